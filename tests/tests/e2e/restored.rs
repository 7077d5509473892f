//! A backup is made in one window; a new computer goes on from it on the start screen, with the practice's passphrase, and
//! its audit says so.

use std::time::Duration;

use anyhow::Result;
use orca_tests::driver::{App, By, Desk, PASSPHRASE};

use crate::support::practice::{self, CHAIR, NOW, ZELLER};
use crate::support::sheet;

/// A whole practice is copied, read back and checked, or put in place.
const LONG: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_new_computer_goes_on_from_a_backup() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let backups = folder.path().join("backups").display().to_string();
    let desk = practice::demo("backup", &folder.path().join("old"))?;
    practice::book(&desk, ZELLER, CHAIR, &format!("{}T12:00", &NOW[..10]))?;
    let app = App::start(desk).await?;
    sheet::opened(&app).await?;
    back_up(&app, &backups).await?;
    app.end().await?;

    // Neither a keychain nor a script knows the passphrase: the person types it.
    let desk = Desk::new("restored", folder.path().join("new"))
        .env("ORCA_PASSPHRASE", "")
        .env("ORCA_NOW", NOW);
    let app = App::start(desk).await?;
    restore(&app, &backups).await?;
    sheet::card(&app, &[ZELLER, CHAIR, "12:00"]).await?;
    audit_says_so(&app).await
}

async fn back_up(app: &App, folder: &str) -> Result<()> {
    sheet::settings(app, "Backups").await?;
    app.find(&By::text("No backup has been made here yet.")).await?;
    app.fill(&By::role("textbox", "Folder"), folder).await?;
    app.press("Enter").await?;
    sheet::said(app, "Saved").await?;
    // The schedule makes the first one by itself, if the person is not quicker.
    let made = By::text("and is sound.");
    app.wait_within(LONG, &made.to_string(), || async {
        Ok((!app.find_all(&made).await?.is_empty()).then_some(()))
    })
    .await?;
    app.picture("made").await?;
    sheet::accessible(app, "backups").await
}

async fn restore(app: &App, folder: &str) -> Result<()> {
    app.click(&By::button("Restore from a backup")).await?;
    app.until_focus("textbox", "Folder").await?;
    app.type_text(folder).await?;
    app.press("Enter").await?;
    app.until_focus("textbox", "Passphrase").await?;
    app.type_text("not this one").await?;
    app.press("Enter").await?;
    app.find_first(&By::text("The passphrase is not right")).await?;
    app.picture("wrong-passphrase").await?;
    sheet::accessible(app, "restoring").await?;
    app.fill(&By::role("textbox", "Passphrase"), PASSPHRASE).await?;
    app.press("Enter").await?;
    app.wait_within(LONG, "the practice that was restored", || async {
        Ok((!sheet::cards(app).await?.is_empty()).then_some(()))
    })
    .await
}

async fn audit_says_so(app: &App) -> Result<()> {
    sheet::settings(app, "Audit").await?;
    app.find_first(&By::role("option", "Went on from a backup"))
        .await?;
    app.picture("audit").await?;
    sheet::accessible(app, "audit").await?;
    app.click(&By::exactly("button", "Check…")).await?;
    app.find_first(&By::text("everything is as it should be")).await?;
    Ok(())
}
