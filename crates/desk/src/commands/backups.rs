//! Backups: what a person may ask of them, with a practice open or before there is one.

use std::path::{Path, PathBuf};

use store::StoreError;
use store::backup::{FoundBackup, Keep, Manifest, Opener, Step, find_backup, list_backups, verify};

use crate::DeskError;
use crate::api::{
    BackUpNow, BackupCheck, BackupContents, BackupSettings, BackupState, BackupView, Backups, Event,
    SaveBackupSettings, VerifyBackup,
};
use crate::data_dir::{DataDir, Lock};
use crate::desk::Desk;
use crate::desk::backing_up::{self, keep_of};
use crate::identity::random;
use crate::listeners::Listeners;
use crate::{errors, views};

/// Names of the jobs, as their progress has them.
const CHECK: &str = "backup_check";
pub(crate) const RESTORE: &str = "restore";
const EVERY_HOURS: u32 = 4;
/// A week; whoever wants fewer does not want backups.
const MOST_HOURS: u32 = 168;
const MOST_KEPT: u32 = 1000;

impl Desk {
    pub fn save_backup_settings(
        &self,
        request: SaveBackupSettings,
        cost: store::PassphraseCost,
    ) -> Result<BackupState, DeskError> {
        let old = self.backup_settings()?;
        let folder = match request.folder.as_deref().map(str::trim) {
            Some("") => {
                self.keep_backup_settings(None)?;
                return self.backup_state();
            }
            Some(folder) => folder.to_owned(),
            None => old.as_ref().ok_or_else(no_folder)?.folder.clone(),
        };
        absolute(&folder)?;
        let defaults = old.unwrap_or(BackupSettings {
            folder: String::new(),
            every_hours: EVERY_HOURS,
            keep_daily: Keep::default().daily,
            keep_weekly: Keep::default().weekly,
        });
        let settings = BackupSettings {
            folder,
            every_hours: request.every_hours.unwrap_or(defaults.every_hours),
            keep_daily: request.keep_daily.unwrap_or(defaults.keep_daily),
            keep_weekly: request.keep_weekly.unwrap_or(defaults.keep_weekly),
        };
        for (field, value, most) in [
            ("every_hours", settings.every_hours, MOST_HOURS),
            ("keep_daily", settings.keep_daily, MOST_KEPT),
            ("keep_weekly", settings.keep_weekly, MOST_KEPT),
        ] {
            let least = u32::from(field == "every_hours");
            if !(least..=most).contains(&value) {
                return Err(
                    DeskError::new("invalid", format!("{value} is not between {least} and {most}."))
                        .field(field),
                );
            }
        }
        self.protect(request.passphrase.as_deref(), cost)?;
        self.keep_backup_settings(Some(&settings))?;
        self.backup_state()
    }

    pub fn back_up_now(
        &self,
        request: BackUpNow,
        cost: store::PassphraseCost,
    ) -> Result<BackupView, DeskError> {
        let settings = self.backup_settings()?;
        let folder = self.backup_folder(request.folder)?;
        self.protect(request.passphrase.as_deref(), cost)?;
        let keep = settings.as_ref().map(keep_of).unwrap_or_default();
        let manifest = self.back_up(&folder, keep)?;
        Ok(BackupView {
            id: manifest.id.clone(),
            contents: Some(contents(&manifest)),
            trouble: None,
        })
    }

    /// The folder that was named, or the one of the settings.
    pub(crate) fn backup_folder(&self, named: Option<String>) -> Result<PathBuf, DeskError> {
        match given(named) {
            Some(folder) => absolute(&folder),
            None => Ok(PathBuf::from(
                self.backup_settings()?.ok_or_else(no_folder)?.folder,
            )),
        }
    }

    /// Makes sure that a backup of this practice could be opened elsewhere.
    fn protect(&self, passphrase: Option<&str>, cost: store::PassphraseCost) -> Result<(), DeskError> {
        let source = self.store().backup_source();
        match passphrase.filter(|text| !text.is_empty()) {
            Some(passphrase) => Ok(source
                .protect(passphrase, cost)
                .map_err(|error| errors::from_store(error).field("passphrase"))?),
            None if source.has_passphrase() => Ok(()),
            None => Err(errors::from_store(StoreError::BackupUnprotected).field("passphrase")),
        }
    }
}

/// What lies in a folder.
pub(crate) fn list(folder: &Path) -> Result<Backups, DeskError> {
    let backups = list_backups(folder)?.iter().map(view).collect();
    Ok(Backups {
        folder: folder.display().to_string(),
        backups,
    })
}

/// Reads a backup from end to end. `desk`: its own backups need no passphrase.
pub(crate) fn check(
    dir: &DataDir,
    desk: Option<&Desk>,
    folder: &Path,
    request: &VerifyBackup,
    passphrase: Option<&str>,
    listeners: &Listeners,
) -> Result<BackupCheck, DeskError> {
    let found = find_backup(folder, request.id.as_deref())?;
    let manifest = match &found.manifest {
        Ok(manifest) => manifest.clone(),
        // Asked again, as errors cannot be copied.
        Err(_) => return Err(damaged(&found)),
    };
    // The work lies beside the practice if there is one, where a later check removes what a crash left.
    let held = match dir.has_practice() {
        true => Some(
            dir.lock(Lock::BackupCheck)?
                .ok_or_else(|| errors::from_store(StoreError::BackupRunning))?,
        ),
        false => None,
    };
    let scratch = match held {
        Some(_) => dir.path().join("backup-check.draft"),
        None => std::env::temp_dir().join(format!(
            "orca-backup-check-{}",
            data_encoding::HEXLOWER.encode(&random::<8>())
        )),
    };
    let source = desk.map(|desk| desk.store().backup_source());
    let own = source
        .as_ref()
        .filter(|source| source.workstation().to_string() == manifest.workstation_id);
    let look = |opener: Opener<'_>| verify(&found, opener, &scratch, &mut shown(CHECK, listeners));
    let report = match (given(request.passphrase.clone()), own, passphrase) {
        (Some(passphrase), _, _) => look(Opener::Passphrase(&passphrase)),
        (None, Some(own), _) => look(own.opener()),
        (None, None, Some(passphrase)) => look(Opener::Passphrase(passphrase)),
        (None, None, None) => return Err(needs_passphrase()),
    };
    let report = match report {
        // A workstation that was restored elsewhere has the same name; another key only if it began anew.
        Err(StoreError::WrongKey) => return Err(needs_passphrase()),
        other => other?,
    };
    Ok(BackupCheck {
        id: manifest.id,
        made_at: views::instant(manifest.made_at),
        envelopes: report.envelopes,
        documents: report.documents,
        records: report.records,
    })
}

/// Tells whoever looks how far a job has come, where there may be no practice yet to tell it.
pub(crate) fn shown(job: &'static str, listeners: &Listeners) -> impl FnMut(Step, u64, u64) -> bool {
    let mut last = None;
    move |step, done, all| {
        let percent = (done * 100).checked_div(all).unwrap_or(100) as u32;
        if last.replace((step, percent)) != Some((step, percent)) {
            listeners.tell(&[Event::Progress {
                job: job.to_owned(),
                done: percent,
                total: 100,
                what: backing_up::words(step).to_owned(),
            }]);
        }
        true
    }
}

fn view(found: &FoundBackup) -> BackupView {
    BackupView {
        id: found.id.clone(),
        contents: found.manifest.as_ref().ok().map(contents),
        trouble: found.manifest.as_ref().err().map(|_| damaged(found).message),
    }
}

fn damaged(found: &FoundBackup) -> DeskError {
    match &found.manifest {
        Err(StoreError::NewerVersion { .. }) => DeskError::new(
            "newer_version",
            format!(
                "The backup {} was made by a newer version of the program.",
                found.id
            ),
        )
        .hint("Install that version and try again."),
        Err(error) => DeskError::new(
            "backup_damaged",
            format!("{} ({}).", crate::words::capital(&error.to_string()), found.id),
        )
        .hint("Take an older one from the list."),
        Ok(_) => DeskError::new("internal", "The backup is not damaged."),
    }
}

fn contents(manifest: &Manifest) -> BackupContents {
    BackupContents {
        made_at: views::instant(manifest.made_at),
        practice: manifest.practice.clone(),
        workstation: manifest.workstation.clone(),
        workstation_id: manifest.workstation_id.clone(),
        position: manifest.position,
        entries: manifest.entries,
        documents: manifest.documents,
        database_bytes: manifest.database_bytes,
        written_bytes: manifest.written_bytes,
    }
}

/// A window has no folder of its own to start from.
pub(crate) fn absolute(folder: &str) -> Result<PathBuf, DeskError> {
    let path = PathBuf::from(folder.trim());
    if path.is_absolute() {
        return Ok(path);
    }
    Err(
        DeskError::new("invalid", format!("“{folder}” does not say where the folder is."))
            .hint("Write the whole path, from the disk's root.")
            .field("folder"),
    )
}

pub(crate) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

pub(crate) fn no_folder() -> DeskError {
    DeskError::new("no_backup_folder", "No folder for backups has been chosen.")
        .hint("Choose one, best on another disk.")
        .field("folder")
}

pub(crate) fn needs_passphrase() -> DeskError {
    DeskError::new("passphrase_needed", "This backup opens with its passphrase only.")
        .hint("Type the passphrase that the practice had when the backup was made.")
        .field("passphrase")
}
