//! The first start: a practice is founded on the start screen, and afterwards only its passphrase opens it.

use anyhow::Result;
use orca_tests::driver::{App, By, Desk};

use crate::support::sheet;

const PASSPHRASE: &str = "four words are enough";

#[tokio::test]
async fn a_practice_is_founded_and_opened_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    // Neither a keychain nor a script knows the passphrase: the person types it.
    let desk = Desk::new("first-start", folder.path()).env("ORCA_PASSPHRASE", "");
    let app = App::start(desk).await?;

    app.click(&By::button("Start a practice")).await?;
    app.until_focus("textbox", "Name of the practice").await?;
    app.type_text("Lakeside Orthodontics").await?;
    app.fill(&By::role("combobox", "Time zone"), "America/Chicago")
        .await?;
    app.fill(&By::role("textbox", "Your name"), "Maria Reyes").await?;
    app.fill(&By::role("textbox", "Passphrase"), PASSPHRASE).await?;
    app.fill(&By::role("textbox", "Once more"), "four words are not")
        .await?;
    app.find(&By::text("The two are not the same.")).await?;
    app.fill(&By::role("textbox", "Once more"), PASSPHRASE).await?;
    app.picture("founding").await?;
    sheet::accessible(&app, "founding").await?;
    app.press("Enter").await?;
    sheet::opened(&app).await?;

    // Ready to book: a Monday far ahead, because a real practice goes by the real clock.
    a_monday(&app).await?;
    sheet::walk_to(&app, "Op 2", "09:00").await?;
    app.press("Enter").await?;
    app.until_focus("combobox", "Patient").await?;
    app.type_text("Ana Rivera").await?;
    sheet::offered(&app, "New patient").await?;
    app.press("Enter").await?;
    app.until_focus("textbox", "Family name").await?;
    app.press("Enter").await?;
    sheet::choose_type(&app, "A").await?;
    app.until_focus("button", "Book").await?;
    app.press("Enter").await?;
    sheet::card(&app, &["Rivera, Ana", "Op 2", "09:00"]).await?;

    let app = App::start(app.end().await?).await?;
    let field = By::role("textbox", "Passphrase");
    app.until_focus("textbox", "Passphrase").await?;
    app.type_text("four words are wrong").await?;
    app.press("Enter").await?;
    app.find(&By::text("The passphrase is not right")).await?;
    app.picture("wrong-passphrase").await?;
    sheet::accessible(&app, "wrong passphrase").await?;
    app.fill(&field, PASSPHRASE).await?;
    app.press("Enter").await?;
    sheet::opened(&app).await?;
    a_monday(&app).await?;
    sheet::card(&app, &["Rivera, Ana", "Op 2", "09:00"]).await?;
    Ok(())
}

async fn a_monday(app: &App) -> Result<()> {
    sheet::go_to(app, "2031-03-03", "Monday 3 March 2031").await
}
