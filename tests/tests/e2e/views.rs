//! Named views on function keys, still there after a restart; and the day on paper, saved through the system's own dialog.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use lopdf::Document;
use orca_tests::driver::{App, By};
use serde_json::json;

use crate::support::practice::{self, CHAIR, OTHER_CHAIR, ZELLER, ZORN};
use crate::support::sheet;

#[tokio::test]
async fn views_come_back_and_the_day_is_printed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = practice::demo("views", &folder.path().join("desk"))?;
    practice::book(&desk, ZELLER, CHAIR, "2026-11-24T14:00")?;
    practice::book(&desk, ZORN, OTHER_CHAIR, "2026-11-24T15:00")?;
    let paper = folder.path().join("paper");
    let app = App::start(desk.env("PATH", &viewer(&paper)?)).await?;
    sheet::card(&app, &[ZELLER, "14:00 to 14:20"]).await?;
    named(&app).await?;
    let app = App::start(app.end().await?).await?;
    called_back(&app).await?;
    printed(&app, &paper).await
}

/// The week on F2, the day with only our chair on F3.
async fn named(app: &App) -> Result<()> {
    app.press("Ctrl+2").await?;
    app.find(&By::role("heading", "Week, ")).await?;
    name(app, "F2", "The week").await?;
    app.press("Ctrl+1").await?;
    app.find(&By::role("heading", "Day sheet, ")).await?;
    sheet::opened(app).await?;

    app.press("v").await?;
    let only = format!("Only {CHAIR}");
    sheet::tab_to(app, "button", &only).await?;
    app.press("Enter").await?;
    app.press("Escape").await?;
    columns(app, &[CHAIR]).await?;
    name(app, "F3", "Ida’s chair").await?;
    app.press("F2").await?;
    app.find(&By::role("heading", "Week, ")).await?;
    // Kept once a burst of changes is over.
    app.wait("the week to be what was looked at last", || async {
        let hello = app.call("hello", json!({})).await?;
        Ok((hello["views"]["last"]["span"] == "week").then_some(()))
    })
    .await
}

async fn name(app: &App, key: &str, name: &str) -> Result<()> {
    app.press(&format!("Shift+{key}")).await?;
    app.until_focus("textbox", "Name").await?;
    app.type_text(name).await?;
    app.press("Enter").await?;
    sheet::said(app, &format!("“{name}” is on {key}")).await
}

/// It opens on what was looked at last; the keys bring back the rest.
async fn called_back(app: &App) -> Result<()> {
    app.find(&By::role("heading", "Week, ")).await?;
    app.press("F3").await?;
    app.find(&By::role("heading", "Day sheet, Tuesday 24 November 2026"))
        .await?;
    columns(app, &[CHAIR]).await?;
    sheet::said(app, "Ida’s chair, Tue 24 Nov 2026").await?;
    app.picture("called-back").await?;
    sheet::accessible(app, "a named view").await?;
    app.press("F2").await?;
    app.find(&By::role("heading", "Week, ")).await?;
    app.press("F3").await?;
    columns(app, &[CHAIR]).await
}

/// Waits until the day has exactly these columns.
async fn columns(app: &App, wanted: &[&str]) -> Result<()> {
    let script = "return [...document.querySelectorAll('[data-canvas] > section')].map((one) =>
        document.getElementById(one.getAttribute('aria-labelledby'))?.innerText.split('\\n')[0]);";
    app.wait(&format!("the columns {wanted:?}"), || async {
        let columns: Vec<String> = serde_json::from_value(app.client().execute(script, Vec::new()).await?)?;
        Ok((columns == wanted).then_some(()))
    })
    .await
}

/// `Ctrl P`, Enter, a name in the system's dialog, Enter: a PDF with everybody of the day.
async fn printed(app: &App, folder: &Path) -> Result<()> {
    let file = folder.join("tuesday.pdf");
    app.press("Ctrl+p").await?;
    app.until_focus("combobox", "What").await?;
    app.picture("print").await?;
    sheet::accessible(app, "print").await?;
    app.press("Enter").await?;
    app.save_as(&file).await?;
    sheet::said(app, "Saved day-sheet-2026-11-24.pdf").await?;
    app.gone(&By::role("dialog", "Print")).await?;

    let document = Document::load(&file).context("what was saved is a PDF")?;
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let text = document.extract_text(&pages)?;
    for words in [
        "Tuesday 24 November 2026",
        ZELLER,
        ZORN,
        CHAIR,
        OTHER_CHAIR,
        "Check-up",
    ] {
        ensure!(text.contains(words), "{words} is not in\n{text}");
    }
    let opened = folder.join("opened");
    app.wait("the system's viewer to be started with it", || async {
        let shown = fs::read_to_string(&opened).unwrap_or_default();
        Ok((shown.trim() == file.display().to_string()).then_some(()))
    })
    .await
}

/// Stands in for the system's viewer and notes what it was to show: a real one would stay open.
fn viewer(folder: &Path) -> Result<String> {
    fs::create_dir_all(folder)?;
    let program = folder.join("xdg-open");
    fs::write(
        &program,
        format!(
            "#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n",
            folder.join("opened").display()
        ),
    )?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let path = std::env::var("PATH")?;
    Ok(format!("{}:{path}", folder.display()))
}
