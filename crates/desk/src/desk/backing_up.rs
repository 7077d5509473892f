//! Backups of an open practice: one at a time, on a connection of their own, when somebody says so or when they are due.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::backup::{Keep, Manifest, NewBackup, Step};

use crate::DeskError;
use crate::api::{BackupSettings, BackupState, Event, LastBackup};
use crate::desk::Desk;
use crate::views;

const SETTINGS: &str = "backup/settings";
const STATE: &str = "backup/state";
/// A folder that was away may be back soon.
const RETRY: SignedDuration = SignedDuration::from_mins(15);
/// The name of the job, to be cancelled by.
pub(crate) const JOB: &str = "backup";

/// How the last tries went; kept in the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tries {
    last: Option<LastBackup>,
    /// The newest in the folder of the settings: what the schedule counts from.
    scheduled_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
    trouble: Option<String>,
}

/// What is going on now.
#[derive(Default)]
pub(super) struct BackingUp {
    is_running: Arc<AtomicBool>,
    pub(super) stop: Arc<AtomicBool>,
}

/// Held while a backup is made.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl BackingUp {
    fn begin(&self) -> Result<Running, DeskError> {
        if self.is_running.swap(true, Ordering::Acquire) {
            return Err(store::StoreError::BackupRunning.into());
        }
        Ok(Running(self.is_running.clone()))
    }
}

impl Desk {
    pub(crate) fn backup_settings(&self) -> Result<Option<BackupSettings>, DeskError> {
        let bytes = self.store().reads().setting(SETTINGS)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(crate) fn keep_backup_settings(&self, settings: Option<&BackupSettings>) -> Result<(), DeskError> {
        let bytes = settings.map(|settings| serde_json::to_vec(settings).expect("settings are plain data"));
        let is_new_folder =
            self.backup_settings()?.map(|old| old.folder) != settings.map(|new| new.folder.clone());
        self.store().set_setting(SETTINGS, bytes.as_deref())?;
        if is_new_folder {
            // Another folder has nothing yet, and its troubles are its own.
            let mut tries = self.tries()?;
            (tries.scheduled_at, tries.tried_at, tries.trouble) = (None, None, None);
            self.keep_tries(&tries)?;
        }
        Ok(())
    }

    pub fn backup_state(&self) -> Result<BackupState, DeskError> {
        let (settings, tries) = (self.backup_settings()?, self.tries()?);
        let next_at = settings
            .as_ref()
            .map(|settings| next_at(settings, &tries, self.now()));
        Ok(BackupState {
            has_passphrase: self.store().backup_source().has_passphrase(),
            is_running: self.backing_up.is_running.load(Ordering::Acquire),
            last: tries.last,
            tried_at: tries.tried_at.map(views::instant),
            trouble: tries.trouble,
            next_at: next_at.map(views::instant),
            settings,
        })
    }

    /// Makes one now and waits for it; shows progress and can be cancelled.
    pub(crate) fn back_up(&self, folder: &Path, keep: Keep) -> Result<Manifest, DeskError> {
        let running = self.backing_up.begin()?;
        let source = self.store().backup_source();
        let job = self.job(JOB);
        let new = NewBackup {
            folder,
            made_at: self.now(),
            keep,
        };
        let mut shown = None;
        let made = new.make(&source, &mut |step, done, all| {
            let percent = (done * 100).checked_div(all).unwrap_or(100) as u32;
            if shown.replace((step, percent)) != Some((step, percent)) {
                job.progress(percent, 100, words(step));
            }
            !job.is_cancelled()
        });
        drop(job);
        let noted = self.note_backup(folder, &made);
        drop(running);
        self.tell_backup();
        noted?;
        Ok(made?)
    }

    /// Tells the screen how backups stand: whoever sits there need not look for it.
    fn tell_backup(&self) {
        match self.backup_state() {
            Ok(state) => self.tell(&[Event::Backup { state }]),
            Err(error) => tracing::warn!(code = error.code, "how backups stand could not be told"),
        }
    }

    /// Starts one beside everything else if it is time. Whoever asks does not wait for it.
    pub(super) fn back_up_if_due(self: &Arc<Self>) {
        let due = (|| -> Result<Option<BackupSettings>, DeskError> {
            let Some(settings) = self.backup_settings()? else {
                return Ok(None);
            };
            let now = self.now();
            Ok((next_at(&settings, &self.tries()?, now) <= now).then_some(settings))
        })();
        let Ok(Some(settings)) = due else { return };
        let Ok(running) = self.backing_up.begin() else {
            return;
        };
        self.tell_backup();
        let (source, made_at) = (self.store().backup_source(), self.now());
        let (desk, stop) = (Arc::downgrade(self), self.backing_up.stop.clone());
        let started = std::thread::Builder::new()
            .name("orca-backup".to_owned())
            .spawn(move || {
                let folder = PathBuf::from(&settings.folder);
                let new = NewBackup {
                    folder: &folder,
                    made_at,
                    keep: keep_of(&settings),
                };
                // Nobody is left to make it for once the practice is closed.
                let made = new.make(&source, &mut |_, _, _| {
                    !stop.load(Ordering::Relaxed) && desk.strong_count() > 0
                });
                let desk = desk.upgrade();
                if let Some(desk) = &desk
                    && let Err(error) = desk.note_backup(&folder, &made)
                {
                    tracing::warn!(code = error.code, "what became of a backup could not be noted");
                }
                drop(running);
                if let Some(desk) = &desk {
                    desk.tell_backup();
                }
            });
        if let Err(error) = started {
            tracing::warn!(%error, "no thread for a backup");
        }
    }

    fn note_backup(
        &self,
        folder: &Path,
        made: &Result<Manifest, store::StoreError>,
    ) -> Result<(), DeskError> {
        let mut tries = self.tries()?;
        tries.tried_at = Some(self.now());
        match made {
            Ok(manifest) => {
                tries.trouble = None;
                if self
                    .backup_settings()?
                    .is_some_and(|settings| Path::new(&settings.folder) == folder)
                {
                    tries.scheduled_at = Some(manifest.made_at);
                }
                tries.last = Some(LastBackup {
                    id: manifest.id.clone(),
                    made_at: views::instant(manifest.made_at),
                    folder: folder.display().to_string(),
                    database_bytes: manifest.database_bytes,
                    written_bytes: manifest.written_bytes,
                });
            }
            // Stopped on purpose, or because the window was closed: no trouble.
            Err(store::StoreError::BackupStopped) => return Ok(()),
            Err(error) => {
                tracing::warn!("a backup failed");
                tries.trouble = Some(format!("{}.", crate::words::capital(&error.to_string())));
            }
        }
        self.keep_tries(&tries)
    }

    fn tries(&self) -> Result<Tries, DeskError> {
        let bytes = self.store().reads().setting(STATE)?;
        Ok(bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default())
    }

    fn keep_tries(&self, tries: &Tries) -> Result<(), DeskError> {
        self.set_meta(STATE, &serde_json::to_vec(tries).expect("tries are plain data"))
    }
}

pub(crate) fn keep_of(settings: &BackupSettings) -> Keep {
    Keep {
        daily: settings.keep_daily,
        weekly: settings.keep_weekly,
    }
}

/// When the next one is due. A backup from the future tells of a clock that went wrong, not of no need for a new one.
fn next_at(settings: &BackupSettings, tries: &Tries, now: Timestamp) -> Timestamp {
    let after = |at: Option<Timestamp>, wait: SignedDuration| {
        at.filter(|at| *at <= now)
            .and_then(|at| at.checked_add(wait).ok())
            .unwrap_or(now)
    };
    if tries.trouble.is_some() {
        return after(tries.tried_at, RETRY);
    }
    after(
        tries.scheduled_at,
        SignedDuration::from_hours(i64::from(settings.every_hours)),
    )
}

pub(crate) fn words(step: Step) -> &'static str {
    match step {
        Step::Copying => "Copying the practice",
        Step::Writing => "Writing the backup",
        Step::Reading => "Reading the backup",
        Step::Checking => "Checking the backup",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn due_after_so_many_hours_sooner_after_a_failure_and_whatever_the_clock_did() {
        let settings = BackupSettings {
            folder: "/mnt".to_owned(),
            every_hours: 4,
            keep_daily: 7,
            keep_weekly: 4,
        };
        let now = at("2026-03-03T12:00:00Z");
        let due = |tries: &Tries| next_at(&settings, tries, now);
        let mut tries = Tries::default();
        assert_eq!(due(&tries), now, "never made");
        tries.scheduled_at = Some(at("2026-03-03T09:00:00Z"));
        assert_eq!(due(&tries), at("2026-03-03T13:00:00Z"));
        tries.tried_at = Some(at("2026-03-03T11:55:00Z"));
        tries.trouble = Some("Away.".to_owned());
        assert_eq!(due(&tries), at("2026-03-03T12:10:00Z"));
        tries.trouble = None;
        tries.scheduled_at = Some(at("2036-03-03T09:00:00Z"));
        assert_eq!(due(&tries), now, "made in ten years");
    }
}
