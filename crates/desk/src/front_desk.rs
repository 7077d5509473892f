//! The program before and after a practice is open: first start, unlocking, joining, then every command.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::DeskError;
use crate::access::Access;
use crate::api::{self, Boot, Event};
use crate::clock::{Clock, Ids};
use crate::commands::backups;
use crate::data_dir::{DataDir, Held, Lock, already_running};
use crate::desk::Desk;
use crate::keychain::Keychain;
use crate::listeners::{Listener, Listeners};
use crate::opening::{self, DemoPlan, OpenWith};

/// How to start.
#[derive(Debug)]
pub struct Options {
    pub data_dir: PathBuf,
    /// Opens the practice without asking.
    pub passphrase: Option<String>,
    /// What `ORCA_NOW` says: an instant (RFC 3339) or a wall time in the practice's zone. Honoured only in a demo practice.
    pub now: Option<String>,
    /// Another clock than the computer's, for tests.
    pub clock: Option<Clock>,
    pub keychain: Keychain,
    pub purpose: Purpose,
    pub ids: Ids,
    /// How hard the passphrase is to guess; tests take the cheapest.
    pub passphrase_cost: store::PassphraseCost,
    /// Who acts: a name, initials or id. The workstation's own person if left out.
    pub person: Option<String>,
    /// Their passphrase; [`Options::passphrase`] if left out.
    pub person_passphrase: Option<String>,
    /// A code of their second factor, or a backup code.
    pub person_code: Option<String>,
}

/// Who starts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A window: alone in its folder, syncs by itself, hears what others write.
    Window,
    /// A command: works beside a window and syncs only when told.
    Command,
}

impl Options {
    pub fn window(data_dir: impl Into<PathBuf>) -> Self {
        Self::with_purpose(data_dir.into(), Purpose::Window)
    }

    pub fn command(data_dir: impl Into<PathBuf>) -> Self {
        Self::with_purpose(data_dir.into(), Purpose::Command)
    }

    fn with_purpose(data_dir: PathBuf, purpose: Purpose) -> Self {
        Self {
            data_dir,
            passphrase: None,
            now: None,
            clock: None,
            keychain: Keychain::System,
            purpose,
            ids: Ids::Random,
            passphrase_cost: store::PassphraseCost::default(),
            person: None,
            person_passphrase: None,
            person_code: None,
        }
    }

    /// Takes `ORCA_PASSPHRASE`, `ORCA_PERSON_PASSPHRASE`, `ORCA_PERSON_CODE` and `ORCA_NOW`; `ORCA_KEYCHAIN=off` keeps away from the keychain.
    #[must_use]
    pub fn from_env(mut self) -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        self.passphrase = self.passphrase.or_else(|| text("ORCA_PASSPHRASE"));
        self.now = self.now.or_else(|| text("ORCA_NOW"));
        self.person_passphrase = self.person_passphrase.or_else(|| text("ORCA_PERSON_PASSPHRASE"));
        self.person_code = self.person_code.or_else(|| text("ORCA_PERSON_CODE"));
        if text("ORCA_KEYCHAIN").as_deref() == Some("off") {
            self.keychain = Keychain::Off;
        }
        self
    }
}

/// What the shell, the command line and the bridge hold.
#[derive(Clone)]
pub struct FrontDesk(Arc<Inner>);

struct Inner {
    dir: DataDir,
    options: Options,
    listeners: Arc<Listeners>,
    state: Mutex<State>,
    looking: Mutex<()>,
}

struct State {
    boot: Boot,
    desk: Option<Arc<Desk>>,
    /// Held for as long as the window lives.
    window: Option<Held>,
}

impl FrontDesk {
    /// Never fails: what is in the way is what the `boot` command answers.
    pub fn start(options: Options) -> FrontDesk {
        let dir = DataDir::new(&options.data_dir);
        let front = FrontDesk(Arc::new(Inner {
            listeners: Arc::new(Listeners::default()),
            state: Mutex::new(State {
                boot: fresh(&dir, options.keychain),
                desk: None,
                window: None,
            }),
            looking: Mutex::new(()),
            dir,
            options,
        }));
        front.first_look();
        front
    }

    /// What a window shows. Looks again if the way in was barred: the other window may be closed by now, or the disk back.
    pub(crate) fn look_again(&self) -> Boot {
        let _one_at_a_time = self.0.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if self.0.options.purpose == Purpose::Window && matches!(self.boot_state(), Boot::Failed { .. }) {
            self.first_look();
        }
        self.boot_state()
    }

    fn first_look(&self) {
        let inner = &self.0;
        if inner.options.purpose == Purpose::Window && self.state().window.is_none() {
            match inner.dir.lock(Lock::Window) {
                Ok(Some(held)) => self.state().window = Some(held),
                Ok(None) => {
                    self.state().boot = Boot::Failed {
                        error: already_running(inner.dir.path()),
                    };
                    return;
                }
                Err(error) => {
                    self.state().boot = Boot::Failed { error };
                    return;
                }
            }
        }
        if !inner.dir.has_practice() {
            if matches!(self.boot_state(), Boot::Failed { .. }) {
                self.state().boot = fresh(&inner.dir, inner.options.keychain);
            }
            return;
        }
        let boot = match opening::open(&self.with(), inner.options.passphrase.as_deref()) {
            Ok(desk) => self.opened(desk),
            Err(error) if error.code == "passphrase_needed" => Boot::NeedsPassphrase {
                data_dir: inner.dir.path().display().to_string(),
            },
            Err(error) => Boot::Failed { error },
        };
        self.state().boot = boot;
    }

    fn with(&self) -> OpenWith<'_> {
        let inner = &self.0;
        OpenWith {
            dir: &inner.dir,
            options: &inner.options,
            listeners: inner.listeners.clone(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self, desk: Arc<Desk>) -> Boot {
        if self.0.options.purpose == Purpose::Window {
            desk.clone().start_loops();
        }
        self.state().desk = Some(desk);
        Boot::Ready
    }

    /// What the window shows first.
    pub fn boot_state(&self) -> Boot {
        self.state().boot.clone()
    }

    pub(crate) fn enter(
        &self,
        open: impl FnOnce(&OpenWith<'_>) -> Result<Arc<Desk>, DeskError>,
    ) -> Result<Boot, DeskError> {
        if self.state().desk.is_some() {
            return Err(DeskError::new("already_open", "A practice is open already."));
        }
        if let Boot::Failed { error } = self.boot_state() {
            return Err(error);
        }
        let boot = self.opened(open(&self.with())?);
        self.state().boot = boot.clone();
        self.0.listeners.tell(&[Event::Boot { boot: boot.clone() }]);
        Ok(boot)
    }

    /// The folder that was named, or the open practice's.
    pub(crate) fn backup_folder(&self, named: Option<String>) -> Result<PathBuf, DeskError> {
        match self.desk() {
            Ok(desk) => desk.backup_folder(named),
            Err(_) => backups::absolute(&backups::given(named).ok_or_else(backups::no_folder)?),
        }
    }

    pub(crate) fn passphrase(&self) -> Option<&str> {
        self.0.options.passphrase.as_deref()
    }

    pub(crate) fn listeners(&self) -> &Listeners {
        &self.0.listeners
    }

    pub(crate) fn passphrase_cost(&self) -> store::PassphraseCost {
        self.0.options.passphrase_cost
    }

    pub(crate) fn dir(&self) -> &DataDir {
        &self.0.dir
    }

    /// The open practice.
    pub fn desk(&self) -> Result<Arc<Desk>, DeskError> {
        let state = self.state();
        match (&state.desk, &state.boot) {
            (Some(desk), _) => Ok(desk.clone()),
            (None, Boot::Failed { error }) => Err(error.clone()),
            (None, Boot::NeedsPassphrase { .. }) => {
                Err(DeskError::new("passphrase_needed", "The practice is locked.")
                    .hint("Type the passphrase, or set ORCA_PASSPHRASE."))
            }
            (None, _) => Err(DeskError::new(
                "no_practice",
                format!("There is no practice in {}.", self.0.dir.path().display()),
            )
            .hint("Start one with “orcactl init”, join one with “orcactl relay join CODE”, or look at the demo with “orcactl demo”.")),
        }
    }

    /// The open practice, if whoever sits here may give such a command.
    pub(crate) fn desk_for(&self, access: Access) -> Result<Arc<Desk>, DeskError> {
        let desk = self.desk()?;
        desk.check_access(access)?;
        Ok(desk)
    }

    /// Runs a command by name: see [`api::COMMANDS`].
    pub fn call(&self, name: &str, request: Value) -> Result<Value, DeskError> {
        api::dispatch(self, name, request)
    }

    /// Hears everything that changes from now on.
    pub fn subscribe(&self, listener: Listener) {
        self.0.listeners.add(listener);
    }

    /// The demo at any size, with progress (records done, of about so many).
    pub fn make_demo(
        &self,
        plan: &DemoPlan,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Boot, DeskError> {
        self.enter(|with| opening::demo_of(with, plan, None, progress))
    }

    /// Joins a practice without a conversation of its own: with the parcel of `request.code` in hand. The caller carries
    /// the conversation ([`crate::syncing::Practice`]) and introduces this desk when it is in step
    /// ([`Desk::introduce`]).
    pub fn enlist(
        &self,
        request: &api::JoinPractice,
        welcome: &sync::invitation::WelcomeParcel,
    ) -> Result<Boot, DeskError> {
        self.enter(|with| opening::enlist(with, request, welcome))
    }

    /// Syncs until in step with the relay, or says why not: for the command line.
    pub fn sync_once(&self, patience: Duration) -> Result<api::SyncState, DeskError> {
        self.desk()?.sync_once(patience)
    }

    /// Makes all rows anew from the documents; with `check` compares only. Progress: documents done, of all.
    pub fn rebuild(
        &self,
        check: bool,
        progress: store::Progress<'_>,
    ) -> Result<store::RebuildReport, DeskError> {
        self.desk()?.rebuild(check, progress)
    }

    /// Looks for damage: database, documents, rows, envelopes. Changes nothing.
    pub fn verify(&self, progress: store::Progress<'_>) -> Result<store::VerifyReport, DeskError> {
        Ok(self.desk()?.store().verify(progress)?)
    }

    /// Writes down what was looked at, for a command that must not answer if that cannot be done.
    pub fn write_audit(&self) -> Result<(), DeskError> {
        self.desk()?.write_all_looks()
    }

    /// Stops the loops and closes the file. Dropping does it too; this says when it is done.
    pub fn close(&self) {
        let desk = self.state().desk.take();
        if let Some(desk) = desk {
            desk.stop_loops();
            desk.write_last_looks();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(desk) = state.desk.take() {
            // Its thread holds the practice.
            desk.stop_arriving();
        }
    }
}

fn fresh(dir: &DataDir, keychain: Keychain) -> Boot {
    Boot::Fresh {
        data_dir: dir.path().display().to_string(),
        // Asking takes a moment; only a folder without a practice needs to know.
        keychain: !dir.has_practice() && keychain.is_there(),
    }
}
