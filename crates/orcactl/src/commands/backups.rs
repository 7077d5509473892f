//! Backups: make, list, check, restore, and when they are made by themselves.

use std::path::{Path, PathBuf};

use desk::DeskError;
use desk::api::{
    BackUpNow, BackupState, Backups, Boot, Handlers as _, ListBackups, Nothing, RestoreBackup,
    SaveBackupSettings, VerifyBackup,
};

use super::practice::{begun, must_be_fresh};
use crate::answer::{Answer, Outcome, columns, count};
use crate::args::{Backup, BackupSchedule};
use crate::names::Practice;
use crate::session::{self, Progress};

pub fn run(practice: &Practice, command: Backup) -> Outcome {
    match command {
        Backup::Create { to } => create(practice, to.as_deref()),
        Backup::List { .. } => {
            let backups = practice.front.list_backups(ListBackups::default())?;
            Ok(listed(&backups))
        }
        Backup::Schedule(schedule) => self::schedule(practice, &schedule),
        Backup::Status => {
            let state = practice.front.backup_state(Nothing {})?;
            let text = described(&state);
            Ok(Answer::new(&state, text))
        }
        Backup::Verify { .. } | Backup::Restore { .. } => {
            unreachable!("these need no practice and were answered before")
        }
    }
}

fn create(practice: &Practice, to: Option<&Path>) -> Outcome {
    let line = Progress::new();
    line.follow(&practice.front);
    session::stop_on_interrupt(&practice.front, "backup");
    let made = practice.front.back_up_now(BackUpNow {
        folder: to.map(whole),
        passphrase: first_passphrase(practice)?,
    });
    line.clear();
    let made = made?;
    let text = made.contents.as_ref().map_or_else(String::new, |contents| {
        format!(
            "{}\n{} in all, {} new; read back and checked.\n",
            made.id,
            size(contents.database_bytes),
            size(contents.written_bytes)
        )
    });
    Ok(Answer::new(&made, text))
}

/// Asked for only where nothing but the keychain opens the practice.
fn first_passphrase(practice: &Practice) -> Result<Option<String>, DeskError> {
    match practice.front.backup_state(Nothing {})?.has_passphrase {
        true => Ok(None),
        false => session::backup_passphrase(),
    }
}

fn schedule(practice: &Practice, schedule: &BackupSchedule) -> Outcome {
    let folder = match (&schedule.to, schedule.off) {
        (_, true) => Some(String::new()),
        (to, false) => to.as_deref().map(whole),
    };
    let passphrase = match schedule.off {
        true => None,
        false => first_passphrase(practice)?,
    };
    let state = practice.front.save_backup_settings(SaveBackupSettings {
        folder,
        every_hours: schedule.every,
        keep_daily: schedule.daily,
        keep_weekly: schedule.weekly,
        passphrase,
    })?;
    let text = described(&state);
    Ok(Answer::new(&state, text))
}

pub fn list_folder(data: Option<PathBuf>, folder: &Path) -> Outcome {
    let backups = session::start(data)?.list_backups(ListBackups {
        folder: Some(whole(folder)),
    })?;
    Ok(listed(&backups))
}

pub fn verify(data: Option<PathBuf>, folder: &Path, id: Option<String>) -> Outcome {
    let front = session::start(data)?;
    // With the practice open its own backups need no passphrase.
    let is_open = matches!(front.boot(Nothing {})?, Boot::Ready);
    let checked = front.verify_backup(VerifyBackup {
        folder: Some(whole(folder)),
        id,
        passphrase: if is_open { None } else { session::passphrase()? },
    });
    front.close();
    let checked = checked?;
    let text = format!(
        "{} is sound: {}, {}, {}.\n",
        checked.id,
        count(checked.envelopes as usize, "envelope", "envelopes"),
        count(checked.documents as usize, "document", "documents"),
        count(checked.records as usize, "record", "records"),
    );
    Ok(Answer::new(&checked, text))
}

pub fn restore(data: Option<PathBuf>, folder: &Path, id: Option<String>) -> Outcome {
    let front = session::start(data)?;
    must_be_fresh(&front)?;
    let boot = front.restore_backup(RestoreBackup {
        folder: whole(folder),
        id,
        passphrase: session::passphrase()?,
    })?;
    begun(front, boot, "Restored")
}

fn whole(folder: &Path) -> String {
    std::path::absolute(folder)
        .unwrap_or_else(|_| folder.to_owned())
        .display()
        .to_string()
}

fn listed(backups: &Backups) -> Answer {
    let rows: Vec<Vec<String>> = backups
        .backups
        .iter()
        .map(|backup| match (&backup.contents, &backup.trouble) {
            (Some(contents), _) => vec![
                backup.id.clone(),
                contents.made_at.clone(),
                size(contents.database_bytes),
                format!("{} new", size(contents.written_bytes)),
                format!("{}, {}", contents.practice, contents.workstation),
            ],
            (None, trouble) => vec![backup.id.clone(), trouble.clone().unwrap_or_default()],
        })
        .collect();
    let text = match rows.is_empty() {
        true => format!("No backups in {}.\n", backups.folder),
        false => columns(&rows),
    };
    Answer::new(backups, text)
}

fn described(state: &BackupState) -> String {
    let mut text = match &state.settings {
        None => "No backups are made by themselves.\n".to_owned(),
        Some(settings) => format!(
            "Every {} to {}, while the window is open; the last of {} and {} stay.\n",
            count(settings.every_hours as usize, "hour", "hours"),
            settings.folder,
            count(settings.keep_daily as usize, "day", "days"),
            count(settings.keep_weekly as usize, "week", "weeks"),
        ),
    };
    match &state.last {
        None => text.push_str("None has been made yet.\n"),
        Some(last) => text.push_str(&format!("Last {}, in {}.\n", last.made_at, last.folder)),
    }
    if state.is_running {
        text.push_str("One is being made.\n");
    }
    if let Some(trouble) = &state.trouble {
        text.push_str(&format!("{trouble}\n"));
    }
    text
}

fn size(bytes: u64) -> String {
    match bytes {
        0..=999_999 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
