//! A colleague comes into the practice: invited to a second desk, signed in there, refused what her role does not allow,
//! given emergency access for a while; in the end her laptop is stolen. All on the screens of two real windows.

use std::time::Duration;

use anyhow::{Result, ensure};
use orca_tests::driver::{App, By, Relay};

use crate::support::pair::{self, BACK_DESK};
use crate::support::practice::{self, A_LITTLE_LATER, CHAIR, LETTER, ZORN};
use crate::support::sheet;

const PASSPHRASE: &str = "calm brave otter";
const EMERGENCY: &str = "Nobody else is in the house";
/// News cross two desks and a relay.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_colleague_is_invited_has_an_emergency_and_loses_the_laptop() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let relay = Relay::start(&folder.path().join("relay")).await?;
    let front = practice::demo("colleague-front", &folder.path().join("front"))?;
    let front = App::start(front).await?;
    sheet::opened(&front).await?;
    let code = invite(&front, &relay).await?;

    let laptop = practice::desk("colleague-laptop", &folder.path().join("laptop"));
    let laptop = App::start(laptop.env("ORCA_NOW", A_LITTLE_LATER)).await?;
    pair::join(&laptop, &code).await?;
    sign_in(&laptop).await?;
    refused(&laptop).await?;
    emergency(&laptop, &front).await?;
    stolen(&front, &laptop).await
}

/// Makes an invitation on the screen and reads its code.
async fn invite(front: &App, relay: &Relay) -> Result<String> {
    sheet::palette(front, "invite", "Invite a workstation").await?;
    front.until_focus("textbox", "Address of the relay").await?;
    front.type_text(&relay.url()).await?;
    // Whoever comes in only looks.
    front.click(&By::role("checkbox", "Front Desk")).await?;
    front.click(&By::role("checkbox", "Read Only")).await?;
    front.until_focus("checkbox", "Read Only").await?;
    front.press("Enter").await?;
    let code = front.find(&By::css("[data-testid=code]")).await?.text().await?;
    front.picture("invitation").await?;
    sheet::accessible(front, "invitation").await?;
    front.press("Escape").await?;
    pair::current(front).await?;
    Ok(code)
}

/// Chooses a passphrase of her own, leaves the desk, and comes back with it.
async fn sign_in(laptop: &App) -> Result<()> {
    sheet::palette(laptop, "choose passphrase", "Choose passphrase…").await?;
    laptop.until_focus("textbox", "New passphrase").await?;
    laptop.type_text(PASSPHRASE).await?;
    laptop.fill(&By::role("textbox", "Once more"), PASSPHRASE).await?;
    laptop.press("Enter").await?;
    sheet::said(laptop, "Your passphrase is chosen").await?;
    laptop.press("Ctrl+l").await?;
    laptop.find(&By::text("Who is there?")).await?;
    laptop.until_focus("textbox", "Passphrase").await?;
    laptop.type_text(PASSPHRASE).await?;
    laptop.press("Enter").await?;
    sheet::opened(laptop).await
}

/// What the role does not allow is explained where it is tried, with the way out.
async fn refused(laptop: &App) -> Result<()> {
    laptop.press("n").await?;
    laptop
        .find_first(&By::text("Your role does not let you book visits"))
        .await?;
    laptop.find(&By::button("Emergency access")).await?;
    Ok(())
}

/// With a reason everything may be done for a while, everybody is told, and afterwards it is over.
async fn emergency(laptop: &App, front: &App) -> Result<()> {
    laptop.click(&By::button("Emergency access")).await?;
    laptop.until_focus("textbox", "What is the emergency?").await?;
    laptop.type_text(EMERGENCY).await?;
    laptop.press("Enter").await?;
    laptop.find_first(&By::text("Emergency access until")).await?;
    told(front, true).await?;
    front.picture("told").await?;
    sheet::accessible(front, "somebody has emergency access").await?;

    sheet::walk_to(laptop, CHAIR, "12:00").await?;
    sheet::book_here(laptop, ZORN, LETTER).await?;
    laptop.picture("booked").await?;
    sheet::card(front, &[ZORN, CHAIR, "12:00"]).await?;

    laptop.click(&By::exactly("button", "give back")).await?;
    laptop.gone(&By::text("Emergency access until")).await?;
    told(front, false).await?;
    laptop.press("n").await?;
    laptop
        .find_first(&By::text("Your role does not let you book visits"))
        .await?;
    Ok(())
}

/// Whether the other desk says who has emergency access and why.
async fn told(front: &App, is_told: bool) -> Result<()> {
    for words in ["Ruth Adler has emergency access until", EMERGENCY] {
        let words = By::text(words);
        front
            .wait_within(LONG, "what is told of the emergency", || async {
                Ok((front.find_all(&words).await?.is_empty() != is_told).then_some(()))
            })
            .await?;
    }
    Ok(())
}

/// Removed at one desk, it says so at the other, and shows nothing any more.
async fn stolen(front: &App, laptop: &App) -> Result<()> {
    let shown = sheet::cards(laptop).await?;
    ensure!(!shown.is_empty(), "an empty day proves nothing");
    sheet::settings(front, "People").await?;
    front.click(&By::button(&format!("Remove {BACK_DESK}"))).await?;
    front.click(&By::exactly("button", "Remove it")).await?;
    sheet::said(front, &format!("{BACK_DESK} is removed")).await?;
    front.picture("removed").await?;

    let says = By::text("This workstation was removed from the practice.");
    laptop
        .wait_within(LONG, &says.to_string(), || async {
            Ok((!laptop.find_all(&says).await?.is_empty()).then_some(()))
        })
        .await?;
    sheet::names_nobody(laptop, &shown).await?;
    laptop.picture("says-so").await?;
    sheet::accessible(laptop, "removed").await
}
