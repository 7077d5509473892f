//! A doctor is ill: whom that displaces is shown before, waits on the list of visits that need a new time, and comes back
//! from it. And two visits change places. All by keyboard.

use anyhow::{Result, ensure};
use orca_tests::driver::{App, By};

use crate::support::practice::{self, CHAIR, OTHER_CHAIR, ZELLER, ZIMBA, ZORN};
use crate::support::sheet::{self, tab_to};

#[tokio::test]
async fn a_doctor_is_ill_and_nobody_is_lost() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = practice::demo("ill", folder.path())?;
    practice::book(&desk, ZELLER, CHAIR, "2026-11-24T14:00")?;
    practice::book(&desk, ZORN, OTHER_CHAIR, "2026-11-24T15:00")?;
    practice::book(&desk, ZIMBA, CHAIR, "2026-11-24T09:00")?;
    let app = App::start(desk).await?;
    sheet::card(&app, &[ZELLER, "14:00 to 14:20"]).await?;
    swapped(&app).await?;
    ill_from_now_on(&app).await?;
    put_back(&app).await
}

/// `Y` on one, `Y` on the other; one step back.
async fn swapped(app: &App) -> Result<()> {
    sheet::walk_to_visit(app, ZELLER).await?;
    app.press("y").await?;
    sheet::said(app, "Swap Zeller, Iris with whom?").await?;
    sheet::walk_to_visit(app, ZORN).await?;
    app.press("y").await?;
    sheet::said(app, "Swapped: Zeller, Iris at").await?;
    sheet::card(app, &[ZELLER, "15:00 to 15:20", OTHER_CHAIR]).await?;
    sheet::card(app, &[ZORN, "14:00 to 14:20", CHAIR]).await?;
    app.picture("swapped").await?;
    app.press("Ctrl+z").await?;
    sheet::card(app, &[ZELLER, "14:00 to 14:20", CHAIR]).await?;
    sheet::card(app, &[ZORN, "15:00 to 15:20", OTHER_CHAIR]).await?;
    sheet::kept(app).await
}

/// Whoever was there already keeps the visit; who still comes needs a new time.
async fn ill_from_now_on(app: &App) -> Result<()> {
    sheet::palette(app, "is ill", "Somebody is ill from now on").await?;
    app.until_focus("combobox", "Who or what").await?;
    sheet::pick(app, "ArrowDown", "Dr Ida Lang").await?;
    app.find(&By::text("2 visits need a new time.")).await?;
    app.picture("displaced").await?;
    sheet::accessible(app, "absence").await?;
    // From the list of people: Enter does what the dialog says.
    app.press("Enter").await?;
    app.until_focus("heading", "Needs a new time").await?;
    ensure!(waiting(app, 2).await? == [ZELLER, ZORN], "by time");
    for patient in [ZELLER, ZORN] {
        sheet::card(app, &[patient, "needs a new time"]).await?;
    }
    let seen = sheet::card(app, &[ZIMBA, "09:00 to 09:20"]).await?;
    ensure!(!seen.contains("needs a new time"), "{seen}");
    app.picture("pinboard").await?;
    sheet::accessible(app, "pinboard").await
}

/// One gets a new time on the next day, the other stays because the doctor comes after all.
async fn put_back(app: &App) -> Result<()> {
    tab_to(app, "button", "Move").await?;
    app.press("Enter").await?;
    app.until_focus("button", "moving Zeller, Iris").await?;
    app.press("]").await?;
    app.find(&By::role("heading", "Wednesday 25 November 2026"))
        .await?;
    app.until_focus("button", "moving Zeller, Iris").await?;
    app.press("Enter").await?;
    let moved = sheet::card(app, &[ZELLER, "14:00 to 14:20", CHAIR]).await?;
    ensure!(!moved.contains("needs a new time"), "{moved}");
    sheet::kept(app).await?;
    ensure!(waiting(app, 1).await? == [ZORN]);

    sheet::palette(app, "visits that need", "Visits that need a new time").await?;
    app.until_focus("heading", "Needs a new time").await?;
    tab_to(app, "button", "It stays").await?;
    app.press("Enter").await?;
    sheet::said(app, "Zorn, Ada stays where they are").await?;
    app.find(&By::text("No visit needs a new time.")).await?;
    app.press("Escape").await?;
    app.press("t").await?;
    app.find(&By::role("heading", "Tuesday 24 November 2026")).await?;
    let stays = sheet::card(app, &[ZORN, "15:00 to 15:20", OTHER_CHAIR]).await?;
    ensure!(!stays.contains("needs a new time"), "{stays}");
    app.press("Ctrl+z").await?;
    sheet::card(app, &[ZORN, "needs a new time"]).await?;
    Ok(())
}

/// Who waits on the list, once there are so many.
async fn waiting(app: &App, count: usize) -> Result<Vec<String>> {
    let script =
        "return [...document.querySelectorAll('[data-part=inspector] article')].map((one) => one.ariaLabel);";
    app.wait(&format!("{count} on the list for a new time"), || async {
        let names: Vec<String> = serde_json::from_value(app.client().execute(script, Vec::new()).await?)?;
        Ok((names.len() == count).then_some(names))
    })
    .await
}
