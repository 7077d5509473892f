//! Opens the practice for one command: where it lies, its passphrase, progress, and stopping with Ctrl-C.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use desk::api::{Boot, Event, Handlers as _, JobRef, Nothing, SessionState, Unlock};
use desk::{DeskError, FrontDesk, Options};

/// The folder of the app, which `orcactl` shares if no other is named.
const APP_FOLDER: &str = "health.orca.frontdesk";

/// Where the data lie.
pub fn data_dir(given: Option<PathBuf>) -> Result<PathBuf, DeskError> {
    if let Some(dir) = given.filter(|dir| !dir.as_os_str().is_empty()) {
        return Ok(std::path::absolute(&dir).unwrap_or(dir));
    }
    let base = if cfg!(windows) {
        std::env::var_os("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        std::env::home_dir().map(|home| home.join("Library/Application Support"))
    } else {
        std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
            .or_else(|| std::env::home_dir().map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join(APP_FOLDER)).ok_or_else(|| {
        DeskError::new(
            "no_data_dir",
            "This computer has no usual place for a program’s data.",
        )
        .hint("Say where with --data DIR.")
    })
}

/// Starts the desk without opening a practice: for `init`, `demo` and `relay join`.
pub fn start(data: Option<PathBuf>) -> Result<FrontDesk, DeskError> {
    Ok(FrontDesk::start(Options::command(data_dir(data)?).from_env()))
}

/// Opens the practice that is there, as this person or the workstation's own.
pub fn open(data: Option<PathBuf>, person: Option<String>) -> Result<FrontDesk, DeskError> {
    let options = Options {
        person,
        ..Options::command(data_dir(data)?).from_env()
    };
    let front = opened(FrontDesk::start(options))?;
    if front.session(Nothing {})?.state == SessionState::Locked {
        return Err(DeskError::new(
            "passphrase_needed",
            "This workstation’s own person signs in with a passphrase.",
        )
        .hint("Set ORCA_PERSON_PASSPHRASE, and --as PERSON to act as somebody else.")
        .field("as"));
    }
    Ok(front)
}

/// Opens the practice that is there, also if nobody can sign in.
pub fn open_locked(data: Option<PathBuf>) -> Result<FrontDesk, DeskError> {
    let options = Options {
        // Nobody is to be signed in by what is in the environment for other commands.
        person_passphrase: Some(String::new()),
        ..Options::command(data_dir(data)?).from_env()
    };
    opened(FrontDesk::start(options))
}

/// A code of an authenticator app, typed.
pub fn code() -> Result<String, DeskError> {
    if !std::io::stdin().is_terminal() {
        return Err(
            DeskError::new("code_needed", "A code of the authenticator app is needed.")
                .hint("Run the command in a terminal, or set the second factor up in the window."),
        );
    }
    prompt("The six digits that the app shows now: ")
}

/// One part of the recovery kit: as given, else typed unseen.
pub fn kit_part(given: Option<&String>, words: &str) -> Result<String, DeskError> {
    match given {
        Some(part) => Ok(part.clone()),
        None if std::io::stdin().is_terminal() => prompt(words),
        None => Err(
            DeskError::new("kit_part_needed", "Two parts of the recovery kit are needed.")
                .hint("Give both with --part, or run the command in a terminal.")
                .field("part"),
        ),
    }
}

fn opened(front: FrontDesk) -> Result<FrontDesk, DeskError> {
    match front.boot(Nothing {})? {
        Boot::Ready => Ok(front),
        Boot::Failed { error } => Err(error),
        Boot::NeedsPassphrase { .. } if std::io::stdin().is_terminal() => {
            let passphrase = prompt("Passphrase: ")?;
            match front.unlock(Unlock { passphrase })? {
                Boot::Ready => Ok(front),
                Boot::Failed { error } => Err(error),
                _ => Err(DeskError::new("wrong_passphrase", "The passphrase does not open this practice.")),
            }
        }
        Boot::NeedsPassphrase { .. } => Err(DeskError::new("passphrase_needed", "The practice is locked.")
            .hint("Set ORCA_PASSPHRASE, or run the command in a terminal.")),
        Boot::Fresh { data_dir, .. } => Err(DeskError::new("no_practice", format!("There is no practice in {data_dir}."))
            .hint("Start one with “orcactl init”, join one with “orcactl relay join CODE”, or look at the demo with “orcactl demo”.")),
    }
}

/// A passphrase for a new practice: from the environment, else typed twice; none if there is nobody to ask.
pub fn new_passphrase() -> Result<Option<String>, DeskError> {
    // The environment's passphrase is the desk's own business.
    if std::env::var_os("ORCA_PASSPHRASE").is_some_and(|value| !value.is_empty())
        || !std::io::stdin().is_terminal()
    {
        return Ok(None);
    }
    let first = prompt("New passphrase (empty: only the keychain): ")?;
    if first.is_empty() {
        return Ok(None);
    }
    if prompt("Once more: ")? != first {
        return Err(
            DeskError::new("passphrases_differ", "The two passphrases are not the same.").hint("Try again."),
        );
    }
    Ok(Some(first))
}

/// A passphrase for a person: from the environment, else typed twice.
pub fn passphrase_for(name: &str) -> Result<String, DeskError> {
    let from_env = std::env::var("ORCA_NEW_PASSPHRASE").ok();
    if let Some(passphrase) = from_env.filter(|text| !text.is_empty()) {
        return Ok(passphrase);
    }
    if !std::io::stdin().is_terminal() {
        return Err(
            DeskError::new("passphrase_needed", format!("{name} needs a passphrase."))
                .hint("Set ORCA_NEW_PASSPHRASE, or run the command in a terminal.")
                .field("passphrase"),
        );
    }
    let first = prompt(&format!("New passphrase of {name}: "))?;
    if prompt("Once more: ")? != first {
        return Err(
            DeskError::new("passphrases_differ", "The two passphrases are not the same.").hint("Try again."),
        );
    }
    Ok(first)
}

/// The passphrase of whoever acts.
pub fn own_passphrase() -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    set("ORCA_PERSON_PASSPHRASE").or_else(|| set("ORCA_PASSPHRASE"))
}

/// A passphrase for backups, where the practice has none yet: from the environment, else typed twice.
pub fn backup_passphrase() -> Result<Option<String>, DeskError> {
    if let Some(passphrase) = passphrase_from_env() {
        return Ok(Some(passphrase));
    }
    new_passphrase()
}

/// The passphrase of a backup that is there: from the environment, else typed.
pub fn passphrase() -> Result<Option<String>, DeskError> {
    match passphrase_from_env() {
        None if std::io::stdin().is_terminal() => prompt("Passphrase of the backup: ").map(Some),
        known => Ok(known),
    }
}

fn passphrase_from_env() -> Option<String> {
    std::env::var("ORCA_PASSPHRASE")
        .ok()
        .filter(|text| !text.is_empty())
}

fn prompt(words: &str) -> Result<String, DeskError> {
    rpassword::prompt_password(words).map_err(|error| {
        DeskError::new("no_terminal", format!("The passphrase cannot be read: {error}."))
            .hint("Set ORCA_PASSPHRASE.")
    })
}

/// Progress on standard error while somebody is looking.
#[derive(Clone)]
pub struct Progress(Arc<Line>);

struct Line {
    is_seen: bool,
    is_drawn: AtomicBool,
}

impl Progress {
    pub fn new() -> Progress {
        Progress(Arc::new(Line {
            is_seen: std::io::stderr().is_terminal(),
            is_drawn: AtomicBool::new(false),
        }))
    }

    pub fn show(&self, done: u64, total: u64, what: &str) {
        if !self.0.is_seen {
            return;
        }
        self.0.is_drawn.store(true, Ordering::Relaxed);
        let percent = (done * 100).checked_div(total).unwrap_or(100);
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "\r{what}: {done} of {total} ({percent} %)\u{1b}[K");
        let _ = err.flush();
    }

    /// Takes the line away again.
    pub fn clear(&self) {
        if self.0.is_drawn.swap(false, Ordering::Relaxed) {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }

    /// Shows the progress of a job of the desk.
    pub fn follow(&self, front: &FrontDesk) {
        let progress = self.clone();
        front.subscribe(Box::new(move |events| {
            for event in events {
                if let Event::Progress {
                    done, total, what, ..
                } = event
                {
                    progress.show(u64::from(*done), u64::from(*total), what);
                }
            }
        }));
    }
}

/// Calls `stop` when Ctrl-C is pressed.
pub fn on_interrupt(stop: impl Fn() + Send + 'static) {
    // Without a signal handler Ctrl-C simply ends the program, which loses nothing that was written.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                stop();
            }
        });
    });
}

/// Stops a job of the desk when Ctrl-C is pressed.
pub fn stop_on_interrupt(front: &FrontDesk, job: &str) {
    let (front, job) = (front.clone(), job.to_owned());
    on_interrupt(move || {
        // A job that is over already need not be stopped.
        let _ = front.cancel_job(JobRef { job: job.clone() });
    });
}
