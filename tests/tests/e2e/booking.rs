//! Bookings of more than one visit, by keyboard: a family that comes together, a series of twelve with one exception; taken
//! back after the program was closed and started again. Keystrokes are counted.

use anyhow::{Context, Result, ensure};
use orca_tests::driver::{App, By};
use serde_json::Value;

use crate::support::practice::{self, LETTER, ZELLER, ZIMBA, ZORN};
use crate::support::sheet::{self, tab_to};

const TYPE: &str = "Check-up · 20 min";
const TWELVE: usize = 12;

#[tokio::test]
async fn a_family_and_a_series() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = practice::demo("booking", folder.path())?;
    let app = App::start(desk).await?;
    sheet::opened(&app).await?;

    let before = app.presses();
    family(&app).await?;
    let together = app.presses() - before;

    let before = app.presses();
    let first = series(&app).await?;
    let twelve = app.presses() - before;

    let before = app.presses();
    exception(&app).await?;
    confirm_all(&app).await?;
    let changes = app.presses() - before;
    println!(
        "keystrokes: two of a family {together} and a series of twelve {twelve} beyond the names, \
         one of them later and all confirmed {changes}"
    );
    ensure!(together <= 16 && twelve <= 12 && changes <= 12);

    let app = App::start(app.end().await?).await?;
    taken_back(&app, &first).await
}

/// Two names, what the first needs (the second gets the same), the first opening for both.
async fn family(app: &App) -> Result<()> {
    sheet::palette(app, "family", "Book a family together").await?;
    sheet::choose_patient(app, ZELLER).await?;
    app.until_focus("combobox", "Another one of the family").await?;
    app.press("Shift+Tab").await?;
    app.until_focus("button", "Without Zeller, Iris").await?;
    app.press("Shift+Tab").await?;
    app.until_focus("combobox", "Kind of visit of Zeller, Iris")
        .await?;
    // Letters go to a choice, as everywhere.
    app.press("c").await?;
    app.press("h").await?;
    sheet::pick(app, "ArrowDown", TYPE).await?;
    app.press("Tab").await?;
    app.until_focus("button", "Add a procedure").await?;
    app.press("Tab").await?;
    app.press("Tab").await?;
    app.until_focus("combobox", "Another one of the family").await?;
    app.type_text(ZIMBA).await?;
    sheet::offered(app, ZIMBA).await?;
    app.press("Enter").await?;
    app.find(&By::role("combobox", "Kind of visit of Zimba, Ben"))
        .await?;
    app.until(
        "openings for both",
        "return document.querySelector('[data-next=place]') !== null;",
    )
    .await?;
    tab_to(app, "button", "min in all").await?;
    app.picture("family").await?;
    sheet::accessible(app, "family").await?;
    app.press("Enter").await?;
    // The place is chosen, and the keyboard is where it is booked: a second click on the place would book nothing.
    app.until_focus("button", "Book all 2").await?;
    app.press("Enter").await?;
    for patient in [ZELLER, ZIMBA] {
        sheet::card(app, &[patient, "Check-up 20"]).await?;
    }
    sheet::said(app, "Booked Zeller, Iris; Zimba, Ben").await?;
    sheet::kept(app).await
}

/// Every six weeks, twelve times, from the first opening on. Gives the first visit's id.
async fn series(app: &App) -> Result<String> {
    app.press("n").await?;
    sheet::choose_patient(app, ZORN).await?;
    sheet::choose_type(app, LETTER).await?;
    app.until_focus("button", "Annex").await?;
    app.press("Enter").await?;
    app.until_focus("button", "Book").await?;
    app.press("Tab").await?;
    app.until_focus("button", "Repeat…").await?;
    app.press("Enter").await?;
    app.until_focus("spinbutton", "Every … weeks").await?;
    app.press("Tab").await?;
    app.press("Tab").await?;
    app.until_focus("spinbutton", "Times").await?;
    app.type_text("12").await?;
    app.until(
        "twelve dates, all of them free",
        "const dates = [...document.querySelectorAll('dialog ol > li')];
         return dates.length === 12 && dates.every((one) => one.innerText.includes('fits'));",
    )
    .await?;
    app.picture("series").await?;
    sheet::accessible(app, "series").await?;
    app.press("Enter").await?;
    sheet::said(app, "Booked 12 visits").await?;
    let id = card_id(app, ZORN).await?;
    let times = visits(app, &id)?
        .iter()
        .map(|one| one.at.clone())
        .collect::<Vec<_>>();
    ensure!(
        times.len() == TWELVE && times.iter().all(|at| at[11..] == times[0][11..]),
        "{times:?}"
    );
    Ok(id)
}

/// The second one a little later, by hand.
async fn exception(app: &App) -> Result<()> {
    app.press("w").await?;
    app.find(&By::role("heading", "Tuesday 5 January 2027")).await?;
    sheet::walk_to_visit(app, ZORN).await?;
    app.press("m").await?;
    app.until_focus("button", "moving Zorn, Ada").await?;
    let (_, here) = app.focused().await?;
    app.press("ArrowDown").await?;
    app.wait("the visit to go down", || async {
        let (_, name) = app.focused().await?;
        Ok((name != here && name.contains("moving Zorn, Ada")).then_some(()))
    })
    .await?;
    app.press("Enter").await?;
    sheet::card(app, &[ZORN, "Check-up 20"]).await?;
    sheet::kept(app).await?;
    app.until_focus("button", ZORN).await
}

/// `R` at any of them, all of them, confirm.
async fn confirm_all(app: &App) -> Result<()> {
    app.press("r").await?;
    app.until_focus("combobox", "Which visits").await?;
    sheet::pick(app, "ArrowDown", "all of them").await?;
    app.press("Tab").await?;
    app.until_focus("combobox", "What to do").await?;
    sheet::pick(app, "ArrowDown", "Confirm").await?;
    app.picture("series-confirm").await?;
    app.press("Enter").await?;
    sheet::card(app, &[ZORN, ", confirmed"]).await?;
    sheet::kept(app).await?;
    let all = visits(app, &card_id(app, ZORN).await?)?;
    ensure!(all.iter().all(|one| one.status == "confirmed"), "{all:?}");
    let by_hand: Vec<usize> = (0..all.len()).filter(|&at| all[at].is_exception).collect();
    ensure!(all.len() == TWELVE && by_hand == [1], "{all:?}");
    ensure!(all[1].at[11..] > all[0].at[11..], "{all:?}");
    Ok(())
}

/// Undo knows it all after a restart: the confirmations, the exception, the series.
async fn taken_back(app: &App, first: &str) -> Result<()> {
    sheet::opened(app).await?;
    app.press("Ctrl+z").await?;
    until_taken_back(app, first, |all| all.iter().all(|one| one.status == "scheduled")).await?;
    app.press("Ctrl+z").await?;
    until_taken_back(app, first, |all| all.iter().all(|one| !one.is_exception)).await?;
    app.press("Ctrl+z").await?;
    app.wait("the series to be gone", || async {
        Ok(app.desk().orcactl(&["show", first]).is_err().then_some(()))
    })
    .await?;
    // The family came before and is still there.
    app.press("t").await?;
    sheet::no_card(app, &[ZORN]).await?;
    for patient in [ZELLER, ZIMBA] {
        sheet::card(app, &[patient, "Check-up 20"]).await?;
    }
    Ok(())
}

async fn until_taken_back(app: &App, first: &str, is_so: impl Fn(&[Visit]) -> bool) -> Result<()> {
    app.wait("a step to be taken back", || async {
        let all = visits(app, first)?;
        Ok((all.len() == TWELVE && is_so(&all)).then_some(()))
    })
    .await
}

async fn card_id(app: &App, patient: &str) -> Result<String> {
    let card = app.find(&By::role("button", patient)).await?;
    card.attr("data-card").await?.context("a card knows its visit")
}

#[derive(Debug)]
struct Visit {
    at: String,
    status: String,
    is_exception: bool,
}

/// All visits of the series of one, as another program at this workstation reads them.
fn visits(app: &App, one: &str) -> Result<Vec<Visit>> {
    let shown = app.desk().orcactl(&["show", one])?;
    let all = shown["series"]["visits"]
        .as_array()
        .context("it is one of a series")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("text");
    all.iter()
        .map(|one| {
            Ok(Visit {
                at: text(&one["at"])?,
                status: text(&one["status"])?,
                is_exception: one["is_exception"] == true,
            })
        })
        .collect()
}
