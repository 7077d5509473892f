//! A morning at one desk: everything a receptionist does with visits, by keyboard and by pointer, in the real window.

use anyhow::{Context, Result};
use orca_tests::driver::{App, By, Point};

use crate::support::practice::{self, CHAIR, LETTER, OTHER_CHAIR, ZELLER, ZORN, ZORNS_PHONE};
use crate::support::sheet;

#[tokio::test]
async fn everything_by_keyboard() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = morning("keyboard", folder.path()).await?;

    let before = app.presses();
    book_known_patient(&app).await?;
    let booking = app.presses() - before;

    let before = app.presses();
    move_by_two_weeks(&app).await?;
    let moving = app.presses() - before;

    let before = app.presses();
    who_is_this_number(&app).await?;
    let asking = app.presses() - before;
    app.press("Escape").await?;
    app.press("t").await?;
    app.find(&By::role("heading", "Tuesday 24 November 2026")).await?;

    println!(
        "keystrokes: a booking {booking} beyond the name, two weeks on {moving}, whose number {asking} and the digits"
    );
    assert!(booking <= 12 && moving <= 8 && asking <= 3);

    book_new_patient(&app).await?;
    walk_through_the_visit(&app).await?;
    cancel_and_take_back(app).await
}

#[tokio::test]
async fn a_visit_is_dragged_and_stretched() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = morning("pointer", folder.path()).await?;
    sheet::choose(&app, ZELLER).await?;
    // Its details opened beside the sheet and must not hide it.
    sheet::in_sight(&app, ZELLER).await?;
    // To the far right of the sheet, so that nothing scrolls under the pointer.
    app.press("Ctrl+End").await?;
    app.until_focus("button", OTHER_CHAIR).await?;

    let card = app.find(&By::role("button", ZELLER)).await?;
    let [here, there] = [column(&app, CHAIR).await?, column(&app, OTHER_CHAIR).await?];
    let from = Point::middle_of(&app, &card).await?;
    let twenty_minutes = card.rectangle().await?.3 + 1.0;
    let to = from.by(there.x - here.x, twenty_minutes * 1.5);
    app.drag_to(from, to).await?;
    app.find(&By::text("14:30 – 14:50 · Annex 2")).await?;
    app.picture("in-the-hand").await?;
    app.drop_there().await?;
    sheet::card(&app, &[ZELLER, "14:30 to 14:50", OTHER_CHAIR]).await?;
    sheet::kept(&app).await?;

    let card = app.find(&By::role("button", ZELLER)).await?;
    let foot = Point::foot_of(&app, &card).await?;
    app.drag(foot, foot.by(0.0, twenty_minutes)).await?;
    sheet::card(&app, &[ZELLER, "Check-up 40", "14:30 to 15:10", OTHER_CHAIR]).await?;
    sheet::kept(&app).await?;

    // Escape in the middle of a drag puts the visit back.
    let card = app.find(&By::role("button", ZELLER)).await?;
    let from = Point::middle_of(&app, &card).await?;
    app.drag_to(from, from.by(here.x - there.x, 0.0)).await?;
    app.find(&By::text("14:30 – 15:10 · Annex 1")).await?;
    app.press("Escape").await?;
    app.drop_there().await?;
    sheet::said(&app, "put back to Annex 2").await?;
    sheet::card(&app, &[ZELLER, "14:30 to 15:10", OTHER_CHAIR]).await?;
    Ok(())
}

#[tokio::test]
async fn nothing_bars_the_way_by_light_or_dark() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = morning("axe", folder.path()).await?;
    for theme in ["Light", "Dark"] {
        app.click(&By::button("theme, density, settings")).await?;
        app.click(&By::role("menuitemcheckbox", theme)).await?;
        let set = format!(
            "return document.documentElement.dataset.theme === '{}';",
            theme.to_lowercase()
        );
        app.until(&format!("the {theme} theme"), &set).await?;

        sheet::accessible(&app, &format!("day sheet {theme}")).await?;
        sheet::choose(&app, ZELLER).await?;
        app.find(&By::role("region", "History")).await?;
        sheet::accessible(&app, &format!("visit {theme}")).await?;
        app.picture(&format!("visit-{}", theme.to_lowercase())).await?;
        app.press("n").await?;
        sheet::choose_patient(&app, ZORN).await?;
        sheet::choose_type(&app, LETTER).await?;
        app.find(&By::role("heading", "Openings")).await?;
        sheet::accessible(&app, &format!("booking {theme}")).await?;
        app.picture(&format!("booking-{}", theme.to_lowercase())).await?;
        app.press("Escape").await?;
        app.gone(&By::role("heading", "Openings")).await?;
    }
    Ok(())
}

/// The demo practice with one visit of our own this afternoon.
async fn morning(name: &str, folder: &std::path::Path) -> Result<App> {
    let desk = practice::demo(name, folder)?;
    practice::book(&desk, ZELLER, CHAIR, "2026-11-24T14:00")?;
    let app = App::start(desk).await?;
    sheet::card(&app, &[ZELLER, "14:00 to 14:20"]).await?;
    Ok(app)
}

/// The middle of a chair's column.
async fn column(app: &App, chair: &str) -> Result<Point> {
    Point::middle_of(app, &app.find(&By::role("region", chair)).await?).await
}

/// `N`, the name, Enter, the kind, Enter, Enter for the next opening, Enter to book it.
async fn book_known_patient(app: &App) -> Result<()> {
    app.press("n").await?;
    sheet::choose_patient(app, "Zorn, Ada").await?;
    sheet::choose_type(app, LETTER).await?;
    app.until_focus("button", "Annex").await?;
    app.press("Enter").await?;
    app.until_focus("button", "Book").await?;
    app.press("Enter").await?;
    sheet::card(app, &[ZORN, "Check-up 20"]).await?;
    app.until_focus("button", ZORN).await
}

async fn move_by_two_weeks(app: &App) -> Result<()> {
    app.press("m").await?;
    app.until_focus("button", "moving Zorn, Ada").await?;
    app.press("Shift+]").await?;
    app.find(&By::role("heading", "Tuesday 1 December 2026")).await?;
    app.press("Shift+]").await?;
    app.find(&By::role("heading", "Tuesday 8 December 2026")).await?;
    app.until_focus("button", "moving Zorn, Ada").await?;
    app.press("Enter").await?;
    sheet::card(app, &[ZORN, "Check-up 20"]).await?;
    sheet::kept(app).await
}

async fn who_is_this_number(app: &App) -> Result<()> {
    app.press("Ctrl+k").await?;
    app.until_focus("combobox", "Search").await?;
    app.type_text(ZORNS_PHONE).await?;
    sheet::offered(app, ZORN).await?;
    app.press("Enter").await?;
    app.find(&By::exactly("heading", ZORN)).await?;
    app.find(&By::role("button", "Tue 8 Dec")).await?;
    Ok(())
}

/// Somebody nobody knows yet is added in the booking itself.
async fn book_new_patient(app: &App) -> Result<()> {
    app.press("n").await?;
    app.until_focus("combobox", "Patient").await?;
    app.type_text("Zola Quist").await?;
    sheet::offered(app, "New patient “Zola Quist”").await?;
    app.press("Enter").await?;
    app.until_focus("textbox", "Family name").await?;
    app.press("Tab").await?;
    app.press("Tab").await?;
    app.until_focus("textbox", "Birth date").await?;
    app.type_text("9.5.1988").await?;
    app.find(&By::text("Monday 9 May 1988")).await?;
    app.press("Enter").await?;
    sheet::choose_type(app, LETTER).await?;
    app.until_focus("button", "Annex").await?;
    app.press("Enter").await?;
    app.until_focus("button", "Book").await?;
    app.press("Enter").await?;
    sheet::card(app, &["Quist, Zola", "Check-up 20", "first visit"]).await?;
    app.until_focus("button", "Quist, Zola").await
}

/// From confirmed to checked out, each step one key.
async fn walk_through_the_visit(app: &App) -> Result<()> {
    for (key, status) in [
        ("c", ", confirmed"),
        ("a", "arrived"),
        ("s", "seated"),
        ("d", "completed"),
        ("o", "checked out"),
    ] {
        app.press(key).await?;
        sheet::card(app, &["Quist, Zola", status]).await?;
        sheet::kept(app).await?;
    }
    Ok(())
}

/// Undo brings a cancelled visit back; both ways still work after the program was closed and started again.
async fn cancel_and_take_back(app: App) -> Result<()> {
    sheet::choose(&app, ZELLER).await?;
    app.press("x").await?;
    app.until_focus("textbox", "Another reason").await?;
    app.picture("cancel").await?;
    app.press("1").await?;
    app.press("Enter").await?;
    sheet::no_card(&app, &[ZELLER]).await?;
    sheet::said(&app, "Cancelled Zeller, Iris").await?;
    app.press("Ctrl+z").await?;
    sheet::card(&app, &[ZELLER, "14:00 to 14:20"]).await?;

    let app = App::start(app.end().await?).await?;
    sheet::card(&app, &[ZELLER, "14:00 to 14:20"]).await?;
    app.press("Ctrl+Shift+z").await?;
    sheet::no_card(&app, &[ZELLER]).await?;
    sheet::said(&app, "Did again").await?;
    app.press("Ctrl+z").await?;
    sheet::card(&app, &[ZELLER, "14:00 to 14:20"]).await?;
    let id = app
        .find(&By::role("button", ZELLER))
        .await?
        .attr("data-card")
        .await?;
    let shown = app
        .desk()
        .orcactl(&["show", &id.context("a card knows its visit")?])?;
    assert_eq!(shown["card"]["status"], "scheduled", "{shown:#}");
    Ok(())
}
