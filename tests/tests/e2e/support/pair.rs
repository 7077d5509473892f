//! Two desks of one practice with a relay between them, each a real window on its own folder.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use orca_tests::driver::{App, By, Desk, PASSPHRASE, Relay, until};
use tempfile::TempDir;

use super::practice::{self, A_LITTLE_LATER};
use super::sheet;

/// Who sits at the second desk, and what the desk is called.
const BACK_PERSON: &str = "Ruth Adler";
pub const BACK_DESK: &str = "Back office";

/// A desk waits up to a minute between two tries to reach the relay, and a newcomer fetches the whole practice.
const LONG: Duration = Duration::from_secs(90);

pub struct Pair {
    pub relay: Relay,
    /// Where the practice was made.
    pub front: App,
    /// Joined with a code; its clock is five minutes ahead.
    pub back: App,
    /// Gone with the last of them.
    _folder: TempDir,
}

impl Pair {
    /// Makes the practice and prepares it, opens it at one desk, joins it at the other, and waits until both are current.
    pub async fn meet(name: &str, prepare: impl FnOnce(&Desk) -> Result<()>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let relay = Relay::start(&folder.path().join("relay")).await?;
        let front = practice::demo(&format!("{name}-front"), &folder.path().join("front"))?;
        prepare(&front)?;
        let invitation = front.orcactl(&["relay", "invite", "--relay", &relay.url()])?;
        let code = invitation["code"].as_str().context("an invitation has a code")?;
        let front = App::start(front).await?;
        current(&front).await?;
        let back = practice::desk(&format!("{name}-back"), &folder.path().join("back"));
        let back = App::start(back.env("ORCA_NOW", A_LITTLE_LATER)).await?;
        join(&back, code).await?;
        current(&back).await?;
        Ok(Self {
            relay,
            front,
            back,
            _folder: folder,
        })
    }

    pub fn desks(&self) -> [&App; 2] {
        [&self.front, &self.back]
    }

    /// The relay dies as in a power cut, and both desks notice.
    pub async fn part(&mut self) -> Result<()> {
        self.relay.kill()?;
        for app in self.desks() {
            app.gone(&By::exactly("button", "Live")).await?;
        }
        Ok(())
    }

    /// The relay is back. One person asks to try it at once; the other desk finds it by itself.
    pub async fn meet_again(&mut self) -> Result<()> {
        self.relay.start_again().await?;
        sheet::palette(&self.front, "relay now", "Try the relay now").await?;
        for app in self.desks() {
            current(app).await?;
        }
        Ok(())
    }

    /// `kill -9` of the first desk; then somebody starts it again.
    pub async fn front_crashes(self) -> Result<Self> {
        let front = App::start(self.front.kill().await?).await?;
        sheet::opened(&front).await?;
        Ok(Self { front, ..self })
    }

    /// Waits until both screens show the same visits, by their accessible names, and gives those.
    pub async fn same_cards(&self) -> Result<Vec<String>> {
        let [front, back] = self.desks();
        until("both screens to show the same visits", || async {
            let (one, other) = (sheet::cards(front).await?, sheet::cards(back).await?);
            ensure!(one == other, "{}", difference(&one, &other));
            ensure!(!one.is_empty(), "an empty day proves nothing");
            Ok(Some(one))
        })
        .await
    }

    /// Waits until both trays say the same, and gives that: the whole text of each conflict card.
    pub async fn same_tray(&self) -> Result<Vec<String>> {
        let [front, back] = self.desks();
        until("both trays to say the same", || async {
            let (one, other) = (tray(front).await?, tray(back).await?);
            ensure!(one == other, "{}", difference(&one, &other));
            ensure!(!one.is_empty(), "nothing in the trays");
            Ok(Some(one))
        })
        .await
    }
}

/// Joins on the start screen, by keyboard, with a code as somebody reads it out.
pub async fn join(app: &App, code: &str) -> Result<()> {
    app.click(&By::button("Join a practice")).await?;
    for (field, text) in [
        ("Code", code),
        ("Name of this workstation", BACK_DESK),
        ("Your name", BACK_PERSON),
        ("Passphrase", PASSPHRASE),
        ("Once more", PASSPHRASE),
    ] {
        app.until_focus("textbox", field).await?;
        app.type_text(text).await?;
        app.press("Tab").await?;
    }
    app.press("Enter").await?;
    app.wait_within(LONG, "the practice that was joined", || async {
        Ok((!sheet::cards(app).await?.is_empty()).then_some(()))
    })
    .await
}

/// Waits until a desk shows that it is current and that nothing of its own waits.
pub async fn current(app: &App) -> Result<()> {
    let live = By::exactly("button", "Live");
    app.wait_within(LONG, &live.to_string(), || async {
        Ok((app.find_all(&live).await?.len() == 1).then_some(()))
    })
    .await?;
    app.gone(&By::text("waiting to sync")).await
}

/// The conflict cards in the tray, as they are read.
async fn tray(app: &App) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('.tray article')].map((card) => card.innerText);";
    Ok(serde_json::from_value(
        app.client().execute(script, Vec::new()).await?,
    )?)
}

/// What one has and the other has not.
fn difference(one: &[String], other: &[String]) -> String {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these
            .iter()
            .filter(|each| !those.contains(each))
            .cloned()
            .collect()
    };
    format!(
        "only the first: {:#?}; only the second: {:#?}",
        only(one, other),
        only(other, one)
    )
}
