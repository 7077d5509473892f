//! Who sits at the desk, in the real window: a passphrase is chosen, the desk locks and holds nothing any more, a wrong
//! passphrase does not open it, and somebody who may only look is told so.

use anyhow::{Result, ensure};
use orca_tests::driver::{App, By};

use crate::support::practice;
use crate::support::sheet;

const MINE: &str = "four words of mine";
const THEIRS: &str = "calm brave otter";

#[tokio::test]
async fn a_desk_is_locked_and_opened_by_somebody_who_may_only_look() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = practice::demo("trust", folder.path())?.env("ORCA_NEW_PASSPHRASE", THEIRS);
    desk.orcactl(&["people", "add", "Rob Reader", "--role", "read_only"])?;
    let app = App::start(desk).await?;
    sheet::opened(&app).await?;
    let shown = sheet::cards(&app).await?;
    ensure!(!shown.is_empty(), "the day has visits");
    sheet::palette(&app, "choose passphrase", "Choose passphrase…").await?;
    app.until_focus("textbox", "New passphrase").await?;
    app.type_text(MINE).await?;
    app.fill(&By::role("textbox", "Once more"), MINE).await?;
    app.press("Enter").await?;
    sheet::said(&app, "Your passphrase is chosen").await?;

    app.press("Ctrl+l").await?;
    app.find(&By::text("Who is there?")).await?;
    sheet::names_nobody(&app, &shown).await?;
    app.picture("locked").await?;
    sheet::accessible(&app, "locked").await?;
    app.until_focus("textbox", "Passphrase").await?;
    app.type_text("four words of somebody").await?;
    app.press("Enter").await?;
    app.find_first(&By::text("This is not the passphrase")).await?;
    app.type_text(MINE).await?;
    app.press("Enter").await?;
    sheet::opened(&app).await?;
    ensure!(sheet::cards(&app).await? == shown, "the same day as before");

    // Switched in two keys and a letter, without a pointer.
    app.press("Ctrl+Shift+l").await?;
    app.find(&By::text("Who is there?")).await?;
    app.press("r").await?;
    app.press("Enter").await?;
    app.until_focus("textbox", "Passphrase").await?;
    app.type_text(THEIRS).await?;
    app.press("Enter").await?;
    sheet::opened(&app).await?;
    ensure!(sheet::cards(&app).await? == shown, "the same day as before");
    app.press("n").await?;
    app.find_first(&By::text("Your role does not let you book visits"))
        .await?;
    app.picture("may-not").await?;
    sheet::accessible(&app, "what one may not do").await?;
    Ok(())
}
