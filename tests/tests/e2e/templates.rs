//! A week is designed, kept and applied over three months by somebody who touches no pointer; what does not fit waits with
//! its ways out, one of which is taken. Afterwards the slots lie on the day.

use anyhow::{Result, ensure};
use orca_tests::driver::{App, By};

use crate::support::practice::{self, CHAIR, ZELLER, ZIMBA};
use crate::support::sheet::{self, tab_to};

const NAME: &str = "Check-up week";
/// A visit of our own, at a time for which nobody draws a slot.
const BESIDE: &str = "2027-02-02T11:00";

#[tokio::test]
async fn a_week_is_designed_and_applied_by_keyboard_only() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = practice::demo("templates", folder.path())?;
    practice::book(&desk, ZELLER, CHAIR, BESIDE)?;
    practice::book(&desk, ZIMBA, CHAIR, "2027-02-02T09:00")?;
    let app = App::start(desk).await?;
    sheet::opened(&app).await?;
    design(&app).await?;
    keep(&app).await?;
    apply(&app).await?;
    slots_on_the_day(&app).await?;
    taken_back(&app).await
}

/// Two slots on Monday by the letters of what they are for, filled on, and copied to the other days.
async fn design(app: &App) -> Result<()> {
    app.press("Ctrl+Shift+t").await?;
    app.find(&By::exactly("heading", "Templates")).await?;
    app.press("n").await?;
    app.until_focus("textbox", "Name").await?;
    app.type_text(NAME).await?;
    app.press("Enter").await?;
    app.find(&By::role("group", &format!("Template {NAME}"))).await?;
    app.until_focus("button", "08:00").await?;

    app.press("b").await?;
    app.until_focus("combobox", "Draw").await?;
    app.type_text("Check-up").await?;
    app.until(
        "the kind of visit chosen by its letters",
        "return document.activeElement.selectedOptions?.[0]?.innerText.startsWith('Check-up');",
    )
    .await?;
    app.press("Enter").await?;
    app.until_focus("button", "08:00").await?;
    sheet::walk_to(app, CHAIR, "09:00").await?;
    app.press("Enter").await?;
    slot(app, &["Check-up", CHAIR, "09:00 to 09:20"]).await?;
    app.until_focus("button", "Check-up").await?;

    // Longer, and then one after the other until a quarter past ten.
    app.press("Shift+ArrowDown").await?;
    app.press("Enter").await?;
    slot(app, &["Check-up", "09:00 to 09:30"]).await?;
    app.until_focus("button", "09:00 to 09:30").await?;
    app.press("f").await?;
    app.until_focus("textbox", "Until").await?;
    app.press("Ctrl+a").await?;
    app.type_text("10:30").await?;
    app.find(&By::text("2 slots: 09:30, 10:00")).await?;
    app.press("Enter").await?;
    sheet::said(app, "Drew 2 slots").await?;
    ensure!(sheet::cards(app).await?.len() == 3, "one drawn, two filled");

    app.press("k").await?;
    app.until_focus("radio", CHAIR).await?;
    app.press("ArrowDown").await?;
    app.until_focus("radio", "Monday").await?;
    for day in ["Tuesday", "Wednesday", "Thursday", "Friday"] {
        tab_to(app, "checkbox", day).await?;
        app.press("Space").await?;
    }
    app.press("Enter").await?;
    sheet::said(app, "Copied 12 slots").await?;
    app.press("]").await?;
    app.until(
        "Tuesday on the drawing board",
        "return [...document.querySelectorAll('[aria-pressed=true]')].some((one) => one.innerText.includes('Tuesday'));",
    )
    .await?;
    for times in ["09:00 to 09:30", "09:30 to 10:00", "10:00 to 10:30"] {
        slot(app, &["Check-up", times]).await?;
    }
    app.picture("drawn").await?;
    sheet::accessible(app, "drawing board").await
}

/// Nothing can be applied before a version has a name.
async fn keep(app: &App) -> Result<()> {
    app.press("Ctrl+s").await?;
    app.until_focus("textbox", "Name of the version").await?;
    app.type_text("Spring").await?;
    app.press("Enter").await?;
    sheet::said(app, "Kept Spring as version 1").await?;
    app.gone(&By::role("dialog", "Keep")).await?;
    // The keyboard is on the grid again.
    app.until_focus("button", "").await
}

/// Three months from a day on, what stands in the way is shown day by day; one visit goes on the list for a new time.
async fn apply(app: &App) -> Result<()> {
    app.press("Ctrl+Enter").await?;
    app.until_focus("combobox", "Template").await?;
    tab_to(app, "textbox", "First day").await?;
    app.press("Ctrl+a").await?;
    app.type_text("1.2.2027").await?;
    tab_to(app, "textbox", "Last day").await?;
    app.type_text("30.4.2027").await?;
    app.find(&By::text("with 1 thing that does not fit")).await?;
    app.picture("plan").await?;
    sheet::accessible(app, "plan").await?;

    tab_to(app, "checkbox", "Choose all").await?;
    // The days are one stop; the arrows go from day to day.
    tab_to(app, "checkbox", "Choose Mon 1 Feb").await?;
    app.press("ArrowDown").await?;
    app.until_focus("checkbox", "Choose Tue 2 Feb").await?;
    app.press("Tab").await?;
    app.until_focus("button", "Show what does not fit on Tue 2 Feb")
        .await?;
    app.press("Enter").await?;
    // It says whom it is about.
    tab_to(app, "combobox", &format!("What to do: {ZELLER}")).await?;
    sheet::pick(app, "ArrowUp", "Put it on the list for a new time").await?;
    app.picture("way-out").await?;
    tab_to(app, "button", "All ").await?;
    app.press("Enter").await?;
    sheet::said(app, "Applied to 65 days").await?;
    app.picture("applied").await?;
    Ok(())
}

/// On the calendar each of the slots lies where it was drawn; the visit that did not fit needs a new time.
async fn slots_on_the_day(app: &App) -> Result<()> {
    app.press("Escape").await?;
    sheet::opened(app).await?;
    sheet::go_to(app, "2.2.2027", "Tuesday 2 February 2027").await?;
    let slots = slots(app).await?;
    ensure!(
        slots.len() == 3 && slots.iter().all(|slot| slot.contains("kept for Check-up")),
        "{slots:#?}"
    );
    ensure!(
        slots[0].contains("09:00 to 09:30") && slots[0].contains("1 of 1 booked"),
        "Zimba’s visit is in its slot: {slots:#?}"
    );
    sheet::card(app, &[ZELLER, "11:00 to 11:20", "needs a new time"]).await?;
    app.picture("day").await?;
    sheet::accessible(app, "day with a template").await?;

    // A free slot says what it is for, and books that.
    sheet::walk_to(app, CHAIR, "09:30").await?;
    app.until_focus("button", "kept for Check-up").await?;
    app.press("Enter").await?;
    sheet::choose_patient(app, practice::ZORN).await?;
    // Kind and place are known: nothing but the booking is left.
    app.until_focus("button", "Book").await?;
    app.press("Enter").await?;
    sheet::card(app, &[practice::ZORN, "09:30 to 10:00"]).await?;
    app.until_focus("button", practice::ZORN).await?;
    Ok(())
}

/// One step back for three months.
async fn taken_back(app: &App) -> Result<()> {
    app.press("Ctrl+z").await?;
    sheet::no_card(app, &[practice::ZORN]).await?;
    app.press("Ctrl+z").await?;
    app.wait("the slots to go with their application", || async {
        Ok(slots(app).await?.is_empty().then_some(()))
    })
    .await?;
    let visit = sheet::card(app, &[ZELLER, "11:00 to 11:20"]).await?;
    ensure!(!visit.contains("needs a new time"), "{visit}");
    Ok(())
}

/// Waits for a slot on the drawing board.
async fn slot(app: &App, words: &[&str]) -> Result<String> {
    sheet::card(app, words).await
}

/// The slots behind the visits, as a screen reader is told them, from the top.
async fn slots(app: &App) -> Result<Vec<String>> {
    let script =
        "return [...document.querySelectorAll('[data-slot] .sr-only')].map((slot) => slot.innerText).sort();";
    Ok(serde_json::from_value(
        app.client().execute(script, Vec::new()).await?,
    )?)
}
