//! Backups: a consistent, encrypted copy of the open practice that writes only what changed, is read back and checked
//! before it counts, and can be opened on a bare machine with a passphrase (docs/adr/0005).
//!
//! A backup is a *manifest* that lists *chunks*: stretches of the encrypted file, kept once however many backups have
//! them. The database key lies in the manifest behind the passphrase, never plainly.

mod chunks;
mod create;
mod folder;
mod keep;
mod manifest;
mod pages;
mod restore;

use std::path::{Path, PathBuf};

use clinic::{PracticeId, WorkstationId};

pub use create::NewBackup;
pub use folder::{FoundBackup, find_backup, list_backups};
pub use keep::Keep;
pub use manifest::Manifest;
pub use restore::{Opener, restore, verify};

pub(crate) use chunks::sync_folder;

use crate::connection;
use crate::scratch::Scratch;
use crate::store::Store;
use crate::vault::{keep_wrapped_key, key_file, wrap_key};
use crate::{DatabaseKey, PassphraseCost, StoreError};

/// What is going on, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Copying,
    Writing,
    Reading,
    Checking,
}

/// Told of every step (done, of all); answers whether to go on.
pub type Going<'p> = &'p mut dyn FnMut(Step, u64, u64) -> bool;

/// What a backup needs of an open practice. It reads through a connection of its own, so nobody waits for it.
///
/// The file must never be opened by any other way than SQLite in a program that has it open: closing such a file
/// would drop SQLite's locks on it (POSIX), and another program might then take away the write-ahead log.
#[derive(Clone)]
pub struct BackupSource {
    directory: PathBuf,
    key: DatabaseKey,
    practice: PracticeId,
    workstation: WorkstationId,
    /// The open practice keeps every other connection out: see [`connection::is_alone`].
    is_alone: bool,
}

impl Store {
    pub fn backup_source(&self) -> BackupSource {
        BackupSource {
            directory: self.directory.clone(),
            key: self.key.clone(),
            practice: self.practice,
            workstation: self.workstation,
            is_alone: connection::is_alone(&self.connection),
        }
    }
}

impl BackupSource {
    /// Whether a passphrase opens the practice: without one a backup could not be opened anywhere else.
    pub fn has_passphrase(&self) -> bool {
        key_file(&self.directory).exists()
    }

    /// Lets a passphrase open the practice and its backups, beside the keychain; one that is there already stays, and
    /// `passphrase` must be it.
    pub fn protect(&self, passphrase: &str, cost: PassphraseCost) -> Result<(), StoreError> {
        if self.has_passphrase() {
            return crate::read_key_file(&self.directory, passphrase).map(drop);
        }
        keep_wrapped_key(&self.directory, &wrap_key(&self.key, passphrase, cost)?)
    }

    pub fn workstation(&self) -> WorkstationId {
        self.workstation
    }

    pub fn opener(&self) -> Opener<'_> {
        Opener::Key(&self.key)
    }
}

/// A trouble in the backup folder, told apart from one on the workstation's own disk.
fn in_folder(path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    use std::io::ErrorKind;
    move |error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StoreError::BackupDiskFull {
                path: path.to_owned(),
            }
        }
        _ => StoreError::BackupFolder {
            path: path.to_owned(),
            detail: error.to_string(),
        },
    }
}

fn go_on(going: Going<'_>, step: Step, done: u64, all: u64) -> Result<(), StoreError> {
    if going(step, done, all) {
        Ok(())
    } else {
        Err(StoreError::BackupStopped)
    }
}

fn damaged(detail: impl std::fmt::Display) -> StoreError {
    StoreError::BackupDamaged {
        detail: detail.to_string(),
    }
}
