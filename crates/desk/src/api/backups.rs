//! Backups: making, listing, checking, restoring, and when they are made by themselves.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How this workstation's backups stand.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BackupState {
    /// None: no backups are made by themselves.
    pub settings: Option<BackupSettings>,
    /// Whether a passphrase opens the practice. Without one there can be no backup: choose one with the settings.
    pub has_passphrase: bool,
    pub is_running: bool,
    pub last: Option<LastBackup>,
    /// When it was last tried: RFC 3339 UTC.
    pub tried_at: Option<String>,
    /// Why the last try failed, if it did.
    pub trouble: Option<String>,
    /// When the next one is due: RFC 3339 UTC. Made only while the window is open.
    pub next_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupSettings {
    /// Better on another disk than the practice's.
    pub folder: String,
    pub every_hours: u32,
    /// How many days that have a backup keep their last one.
    pub keep_daily: u32,
    /// How many weeks that have a backup keep their last one.
    pub keep_weekly: u32,
}

/// A backup that was made and checked here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LastBackup {
    pub id: String,
    /// RFC 3339 UTC.
    pub made_at: String,
    pub folder: String,
    #[ts(type = "number")]
    pub database_bytes: u64,
    /// What it added to the folder.
    #[ts(type = "number")]
    pub written_bytes: u64,
}

/// Changes when and where; what is left out stays. Every backup but the last of each day and week goes in time.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct SaveBackupSettings {
    /// Empty: none are made by themselves any more.
    pub folder: Option<String>,
    /// 1 to 168.
    pub every_hours: Option<u32>,
    pub keep_daily: Option<u32>,
    pub keep_weekly: Option<u32>,
    /// Needed if nothing but the keychain opens the practice; from then on it opens the practice and its backups.
    pub passphrase: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct BackUpNow {
    /// The one of the settings if left out.
    pub folder: Option<String>,
    /// As in [`SaveBackupSettings`].
    pub passphrase: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct ListBackups {
    /// The one of the settings if left out.
    pub folder: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Backups {
    pub folder: String,
    /// Newest first, of every workstation that uses the folder.
    pub backups: Vec<BackupView>,
}

/// A backup in a folder, as its list says. Only [`VerifyBackup`] says whether it is sound.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BackupView {
    pub id: String,
    /// None if its list cannot be read.
    pub contents: Option<BackupContents>,
    /// What is wrong with its list.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BackupContents {
    /// RFC 3339 UTC.
    pub made_at: String,
    pub practice: String,
    pub workstation: String,
    pub workstation_id: String,
    /// How far it had read the relay's log.
    #[ts(type = "number")]
    pub position: u64,
    #[ts(type = "number")]
    pub entries: u64,
    #[ts(type = "number")]
    pub documents: u64,
    #[ts(type = "number")]
    pub database_bytes: u64,
    #[ts(type = "number")]
    pub written_bytes: u64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct VerifyBackup {
    /// The one of the settings if left out.
    pub folder: Option<String>,
    /// The newest if left out.
    pub id: Option<String>,
    /// Not needed for this workstation's own.
    pub passphrase: Option<String>,
}

/// What was read from end to end and found sound.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BackupCheck {
    pub id: String,
    /// RFC 3339 UTC.
    pub made_at: String,
    #[ts(type = "number")]
    pub envelopes: u64,
    #[ts(type = "number")]
    pub documents: u64,
    #[ts(type = "number")]
    pub records: u64,
}

/// Makes a backup the practice of this (empty) data directory. The workstation goes on under its own name; what the relay has
/// beyond the backup comes back with the next sync.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RestoreBackup {
    pub folder: String,
    /// The newest if left out.
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub passphrase: Option<String>,
}
