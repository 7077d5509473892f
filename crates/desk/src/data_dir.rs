//! The folder that holds a workstation's copy of the practice: who may use it, and what lies in it.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::DeskError;

/// A data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDir(PathBuf);

/// What is known before the key is: no secrets, no names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct VaultFile {
    version: u32,
    /// Names the database key in the keychain.
    vault: String,
}

impl DataDir {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Whether a practice lies here.
    pub fn has_practice(&self) -> bool {
        store::database_path(&self.0).exists()
    }

    pub fn create(&self) -> Result<(), DeskError> {
        fs::create_dir_all(&self.0).map_err(|error| {
            DeskError::new(
                "data_dir",
                format!("The folder {} cannot be made: {error}.", self.0.display()),
            )
            .hint("Choose a folder that you may write to (--data or ORCA_DATA).")
        })
    }

    /// Newer time-zone data than the program's, if an administrator has put it here: a folder `zoneinfo` as
    /// the IANA data compiles to, with its version in a file `+VERSION`.
    pub fn zones(&self) -> clinic::Zones {
        let folder = self.0.join("zoneinfo");
        let version = fs::read_to_string(folder.join("+VERSION")).unwrap_or_default();
        let version = version.trim();
        let bundled = clinic::Zones::bundled();
        if version <= bundled.version() {
            return bundled;
        }
        match jiff::tz::TimeZoneDatabase::from_dir(&folder) {
            Ok(database) => clinic::Zones::newer(database, version),
            Err(_) => bundled,
        }
    }

    /// The name of this practice's key in the keychain; made up on first use.
    pub fn vault(&self) -> Result<String, DeskError> {
        let path = self.0.join("workstation.json");
        if let Ok(text) = fs::read_to_string(&path)
            && let Ok(file) = serde_json::from_str::<VaultFile>(&text)
        {
            return Ok(file.vault);
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("the operating system gives random bytes");
        let file = VaultFile {
            version: 1,
            vault: data_encoding::HEXLOWER.encode(&random),
        };
        let text = serde_json::to_string(&file).expect("two plain fields");
        self.replace(&path, &text).map_err(|error| {
            DeskError::new("data_dir", format!("The folder cannot be written to: {error}."))
        })?;
        Ok(file.vault)
    }

    /// Writes a file whole or not at all: a torn one would lose the name of the only key.
    fn replace(&self, path: &Path, text: &str) -> std::io::Result<()> {
        let draft = path.with_extension("draft");
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    }

    /// Takes one of the folder's locks, held until dropped; none if another program has it.
    pub fn lock(&self, lock: Lock) -> Result<Option<Held>, DeskError> {
        self.create()?;
        let trouble = |error: std::io::Error| {
            DeskError::new("data_dir", format!("The folder cannot be locked: {error}."))
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.0.join(lock.file_name()))
            .map_err(trouble)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(trouble(error)),
        }
    }
}

/// What a lock is for. The operating system frees it when its program ends, however it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// One window per folder; the command line works beside it.
    Window,
    /// One conversation with the relay per folder.
    Sync,
    /// One backup looked at per folder.
    BackupCheck,
    /// One downtime pack written per folder.
    Downtime,
    /// One practice founded, joined or restored per folder.
    Beginning,
    /// One look at whether a snapshot holds the log per folder.
    Covering,
    /// One arrival of a calendar per folder.
    Arriving,
}

impl Lock {
    fn file_name(self) -> &'static str {
        match self {
            Lock::Window => "window.lock",
            Lock::Sync => "sync.lock",
            Lock::BackupCheck => "backup-check.lock",
            Lock::Downtime => "downtime.lock",
            Lock::Beginning => "beginning.lock",
            Lock::Covering => "covering.lock",
            Lock::Arriving => "arriving.lock",
        }
    }
}

/// A lock in hand.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

/// What a second window says.
pub(crate) fn already_running(data_dir: &Path) -> DeskError {
    DeskError::new(
        "already_running",
        format!("Orca Front Desk is already open for {}.", data_dir.display()),
    )
    .hint("Use the window that is open, or choose another folder with --data. Nothing was touched.")
}
