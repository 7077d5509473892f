//! The store's troubles as errors of the seam.

use store::StoreError;

use crate::DeskError;

/// What happened, what was kept, what to do.
pub fn from_store(error: StoreError) -> DeskError {
    let text = format!("{}.", crate::words::capital(&error.to_string()));
    let (code, hint) = match &error {
        StoreError::NewerVersion { .. } => ("newer_version", "Nothing was touched."),
        StoreError::WrongKey => (
            "wrong_key",
            "Nothing was touched. The key in the keychain belongs to another practice; use the passphrase.",
        ),
        StoreError::WrongPassphrase => ("wrong_passphrase", "Try again; nothing was touched."),
        StoreError::Corrupt { .. } => (
            "corrupt",
            "Nothing was touched. Restore a backup, or join the practice again from another workstation.",
        ),
        StoreError::LogDamaged { .. } => (
            "log_damaged",
            "Nothing was touched, and nothing is overwritten: keep the folder. Go on from the newest backup in another folder; what was sent comes back from the relay.",
        ),
        StoreError::NotThere { .. } => ("no_practice", "Choose another folder with --data."),
        StoreError::AlreadyExists { .. } => ("practice_exists", "Choose an empty folder with --data."),
        StoreError::Busy => ("busy", "Nothing was changed."),
        StoreError::DiskFull => ("disk_full", "Everything that was saved before is safe."),
        StoreError::Io(_) => ("disk_trouble", "Everything that was saved before is safe."),
        StoreError::BackupDamaged { .. } => ("backup_damaged", "Take an older one from the list."),
        StoreError::NoBackup { .. } => ("no_backup", "Look with “orcactl backup list DIR”."),
        StoreError::BackupFolder { .. } => (
            "backup_folder",
            "Look whether the disk or network folder is connected and may be written to. The practice itself is safe.",
        ),
        StoreError::BackupDiskFull { .. } => (
            "backup_disk_full",
            "Make room there, or choose another folder. The practice itself is safe.",
        ),
        StoreError::BackupUnprotected => (
            "passphrase_needed",
            "Choose a passphrase for backups and keep it where it survives this computer.",
        ),
        StoreError::BackupRunning => ("backup_running", "Wait until it is finished."),
        StoreError::BackupStopped => ("cancelled", ""),
        StoreError::Outdated { .. } => ("outdated", "Somebody was quicker."),
        StoreError::Unfit(_) => ("unfit", ""),
        StoreError::Seal(_) => ("cannot_seal", "Nothing was changed."),
        StoreError::Forked { .. } => (
            "chain_broken",
            "Syncing has stopped; your work stays on this workstation.",
        ),
        StoreError::Arriving => (
            "arriving",
            "The rest comes from the relay by itself; try again in a moment.",
        ),
        StoreError::NothingToUndo => ("nothing_to_undo", ""),
        StoreError::NothingToRedo => ("nothing_to_redo", ""),
        StoreError::CannotUndo(_) => ("cannot_undo", "Change it by hand instead."),
    };
    DeskError::new(code, text).hint(hint)
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        from_store(error)
    }
}
