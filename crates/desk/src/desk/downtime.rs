//! The downtime pack: the next days as PDF and calendar files in a folder, written every hour, for the day the power fails.
//!
//! A pack is a folder of its own. It is written under another name and renamed when every file in it has reached the disk;
//! only then the one before it goes. So there is always a whole pack, and never more than two.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clinic::{LocationId, PatientId};
use ical::{ScheduledVisit, schedule_file};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use paper::Book;
use serde::{Deserialize, Serialize};

use crate::DeskError;
use crate::api::{self, DowntimePack, DowntimeSettings, DowntimeState, Event, PaperSize};
use crate::audit::seen;
use crate::commands::backups::absolute;
use crate::data_dir::Lock;
use crate::desk::Desk;
use crate::identity::random;
use crate::printing::sealing::sealed;
use crate::printing::{Choice, Letters, Printer, size};
use crate::views;

const SETTINGS: &str = "downtime/settings";
const STATE: &str = "downtime/state";
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// A folder that was away may be back soon.
const RETRY: SignedDuration = SignedDuration::from_mins(5);
const DAYS: u32 = 3;
const MOST_DAYS: u32 = 14;
const SHORTEST_PASSWORD: usize = 8;

/// Lists a pack's files, so that clearing away removes those and nothing that a person put beside them.
const CONTENTS: &str = "contents.json";
const NAME: &str = "downtime-pack";
const PDF: &str = "days.pdf";

/// What is kept in the practice's encrypted file: the password as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    settings: DowntimeSettings,
    password: Option<String>,
}

/// How the last tries went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tries {
    last: Option<DowntimePack>,
    tried_at: Option<Timestamp>,
    trouble: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Contents {
    /// Which workstation's: several may use one folder.
    workstation: String,
    written_at: String,
    files: Vec<String>,
}

/// Whether one is being written.
#[derive(Default)]
pub(super) struct Pack {
    is_writing: Arc<AtomicBool>,
}

struct Writing(Arc<AtomicBool>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// A pack in memory.
struct Made {
    /// `2026-03-03-0600`, at the first location.
    stamp: String,
    files: Vec<(String, Vec<u8>)>,
    pages: u32,
    visits: u32,
    patients: Vec<PatientId>,
}

impl Desk {
    pub fn downtime_state(&self) -> Result<DowntimeState, DeskError> {
        let (kept, tries) = (self.kept_downtime()?, self.downtime_tries()?);
        let next_at = kept.as_ref().map(|_| next_at(&tries, self.now()));
        Ok(DowntimeState {
            settings: kept.map(|kept| kept.settings),
            is_writing: self.pack.is_writing.load(Ordering::Acquire),
            last: tries.last,
            tried_at: tries.tried_at.map(views::instant),
            trouble: tries.trouble,
            next_at: next_at.map(views::instant),
        })
    }

    pub fn save_downtime(&self, request: api::SaveDowntime) -> Result<DowntimeState, DeskError> {
        let old = self.kept_downtime()?;
        let folder = match request.folder.as_deref().map(str::trim) {
            Some("") => {
                self.store().set_setting(SETTINGS, None)?;
                self.keep_downtime_tries(&Tries::default())?;
                self.tell_downtime();
                return self.downtime_state();
            }
            Some(folder) => folder.to_owned(),
            None => old.as_ref().ok_or_else(no_folder)?.settings.folder.clone(),
        };
        absolute(&folder)?;
        let (before, password) = match old.clone() {
            Some(old) => (old.settings, old.password),
            None => (starting(), None),
        };
        let password = match request.password {
            None => password,
            Some(empty) if empty.is_empty() => None,
            Some(short) if short.chars().count() < SHORTEST_PASSWORD => {
                return Err(DeskError::new("invalid", "The password is too short.")
                    .hint(
                        "Take at least eight letters: whoever finds the file can try as often as they like.",
                    )
                    .field("password"));
            }
            Some(password) => Some(password),
        };
        let days = request.days.unwrap_or(before.days);
        if !(1..=MOST_DAYS).contains(&days) {
            let words = format!("{days} is not between 1 and {MOST_DAYS} days.");
            return Err(DeskError::new("invalid", words).field("days"));
        }
        let locations = request.locations.unwrap_or(before.locations);
        let roster = self.roster();
        if locations.iter().any(|id| roster.location(*id).is_none()) {
            return Err(DeskError::new("unknown_location", "There is no such location.").field("locations"));
        }
        let kept = Kept {
            settings: DowntimeSettings {
                folder,
                days,
                locations,
                is_private: request.is_private.unwrap_or(before.is_private),
                paper: request.paper.unwrap_or(before.paper),
                has_password: password.is_some(),
            },
            password,
        };
        self.store().set_setting(
            SETTINGS,
            Some(&serde_json::to_vec(&kept).expect("settings are plain data")),
        )?;
        if old.as_ref() != Some(&kept) {
            // What was written before is not what is wanted now: the next one is due at once.
            self.keep_downtime_tries(&Tries::default())?;
        }
        self.tell_downtime();
        self.downtime_state()
    }

    /// Writes one now and waits for it.
    pub fn write_downtime_now(&self) -> Result<DowntimeState, DeskError> {
        let kept = self.kept_downtime()?.ok_or_else(no_folder)?;
        let Some(writing) = self.begin_writing() else {
            return Err(writing_already());
        };
        self.tell_downtime();
        let written = self.write_pack(&kept);
        self.note_downtime(&written)?;
        drop(writing);
        self.tell_downtime();
        for patient in written? {
            seen::note(patient);
        }
        self.downtime_state()
    }

    /// Starts one beside everything else if it is time. Whoever asks does not wait for it.
    pub(super) fn write_downtime_if_due(self: &Arc<Self>) {
        let due = (|| -> Result<Option<Kept>, DeskError> {
            let Some(kept) = self.kept_downtime()? else {
                return Ok(None);
            };
            let now = self.now();
            Ok((next_at(&self.downtime_tries()?, now) <= now).then_some(kept))
        })();
        let Ok(Some(kept)) = due else { return };
        let Some(writing) = self.begin_writing() else {
            return;
        };
        self.tell_downtime();
        let desk = Arc::downgrade(self);
        let started = std::thread::Builder::new()
            .name("orca-downtime".to_owned())
            .spawn(move || {
                let Some(desk) = desk.upgrade() else { return };
                let written = desk.write_pack(&kept);
                if let Ok(patients) = &written {
                    // Patients' data left the encrypted file, although nobody sat there and looked.
                    let folder = kept.settings.folder.clone();
                    desk.looked("write_downtime_pack", folder, patients.clone());
                }
                if let Err(error) = desk.note_downtime(&written) {
                    tracing::warn!(
                        code = error.code,
                        "what became of a downtime pack could not be noted"
                    );
                }
                drop(writing);
                desk.tell_downtime();
            });
        if let Err(error) = started {
            tracing::warn!(%error, "no thread for a downtime pack");
        }
    }

    fn begin_writing(&self) -> Option<Writing> {
        let is_writing = &self.pack.is_writing;
        (!is_writing.swap(true, Ordering::Acquire)).then(|| Writing(is_writing.clone()))
    }

    /// Whose data it holds.
    fn write_pack(&self, kept: &Kept) -> Result<Vec<PatientId>, DeskError> {
        // Another program on the same practice may be at it.
        let _held = self.dir.lock(Lock::Downtime)?.ok_or_else(writing_already)?;
        let now = self.now();
        let made = self.gather_pack(kept)?;
        let settings = &kept.settings;
        let folder = PathBuf::from(&settings.folder);
        let workstation = self.workstation().to_string();
        let written_at = views::instant(now);
        let place =
            put(&folder, &workstation, &written_at, &made).map_err(|error| cannot_write(&folder, &error))?;
        let pack = DowntimePack {
            written_at,
            folder: place.display().to_string(),
            files: made.files.into_iter().map(|(name, _)| name).collect(),
            pages: made.pages,
            visits: made.visits,
        };
        self.keep_downtime_tries(&Tries {
            last: Some(pack),
            tried_at: Some(now),
            trouble: None,
        })?;
        Ok(made.patients)
    }

    fn gather_pack(&self, kept: &Kept) -> Result<Made, DeskError> {
        let settings = &kept.settings;
        let locations = self.pack_locations(settings);
        let letters = Letters::default();
        let workstation = self.workstation();
        let by = self.reading(|reading| {
            let found = reading.roster.workstations.get(&workstation);
            Ok(found.map_or_else(
                || "itself".to_owned(),
                |found| format!("itself at {}", found.name),
            ))
        })?;
        let choice = |is_private| Choice {
            is_private,
            ..Choice::default()
        };
        let mut sheets = Vec::new();
        let mut calendars: Vec<(String, Vec<ScheduledVisit>)> = Vec::new();
        let mut stamp = None;
        let (gathered, seen) = seen::during(|| -> Result<(), DeskError> {
            for location in &locations {
                let mut visits = Vec::new();
                let (first, name) = self.reading(|reading| {
                    let place = reading.roster.location(*location);
                    stamp.get_or_insert_with(|| {
                        let zone = reading
                            .roster
                            .zone_of(*location)
                            .unwrap_or(&reading.roster.practice.zone);
                        let now = reading.zones.at(reading.now, zone);
                        now.map(|now| now.wall.strftime("%Y-%m-%d-%H%M").to_string())
                            .unwrap_or_default()
                    });
                    let name = place.map(|place| place.name.clone()).unwrap_or_default();
                    Ok((reading.today(*location), name))
                })?;
                // The store is let go between days: people work meanwhile.
                for date in days(first, settings.days) {
                    self.reading(|reading| {
                        let printer = Printer::new(reading, &letters, choice(settings.is_private), &by);
                        sheets.push(printer.day(*location, date)?);
                        let hidden = choice(settings.is_private || kept.password.is_some());
                        let printer = Printer::new(reading, &letters, hidden, &by);
                        visits.extend(printer.scheduled(*location, date)?);
                        Ok(())
                    })?;
                }
                calendars.push((name, visits));
            }
            Ok(())
        });
        gathered?;
        let mut book = Book::new("Downtime pack", size(settings.paper), letters.fonts());
        for sheet in &sheets {
            book.add_day(sheet);
        }
        let mut pdf = book.pdf();
        if let Some(password) = &kept.password {
            pdf = sealed(&pdf, password, &random::<32>())?;
        }
        let visits = calendars.iter().map(|(_, visits)| visits.len()).sum::<usize>();
        let mut files = vec![(PDF.to_owned(), pdf)];
        for (name, visits) in calendars {
            let file = schedule_file(&name, &visits, self.now());
            files.push((free_name(&files, &name), file.into_bytes()));
        }
        Ok(Made {
            stamp: stamp.unwrap_or_default(),
            files,
            pages: u32::try_from(book.pages()).unwrap_or(u32::MAX),
            visits: u32::try_from(visits).unwrap_or(u32::MAX),
            patients: seen.shown,
        })
    }

    /// Those of the settings, or all that are in use, in the order of the screen.
    fn pack_locations(&self, settings: &DowntimeSettings) -> Vec<LocationId> {
        let roster = self.roster();
        let mut found: Vec<_> = roster
            .locations
            .values()
            .filter(|place| match settings.locations.is_empty() {
                true => place.is_active,
                false => settings.locations.contains(&place.id),
            })
            .collect();
        found.sort_by(|one, other| (one.sort, &one.name).cmp(&(other.sort, &other.name)));
        found.into_iter().map(|place| place.id).collect()
    }

    fn note_downtime(&self, written: &Result<Vec<PatientId>, DeskError>) -> Result<(), DeskError> {
        let Err(error) = written else { return Ok(()) };
        tracing::warn!(code = error.code, "a downtime pack could not be written");
        let mut tries = self.downtime_tries()?;
        tries.tried_at = Some(self.now());
        tries.trouble = Some(error.message.clone());
        self.keep_downtime_tries(&tries)
    }

    fn tell_downtime(&self) {
        match self.downtime_state() {
            Ok(state) => self.tell(&[Event::Downtime { state }]),
            Err(error) => tracing::warn!(
                code = error.code,
                "how the downtime pack stands could not be told"
            ),
        }
    }

    fn kept_downtime(&self) -> Result<Option<Kept>, DeskError> {
        let bytes = self.store().reads().setting(SETTINGS)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    fn downtime_tries(&self) -> Result<Tries, DeskError> {
        let bytes = self.store().reads().setting(STATE)?;
        Ok(bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default())
    }

    fn keep_downtime_tries(&self, tries: &Tries) -> Result<(), DeskError> {
        self.set_meta(STATE, &serde_json::to_vec(tries).expect("tries are plain data"))
    }
}

impl Printer<'_> {
    /// The visits of a day as a calendar has them.
    fn scheduled(&self, location: LocationId, date: Date) -> Result<Vec<ScheduledVisit>, DeskError> {
        let roster = &self.reading().roster;
        let visits = self.chosen(location, date)?;
        let mut scheduled = Vec::new();
        for visit in visits.iter().filter(|visit| visit.takes_time()) {
            let facts = self.facts(visit)?;
            scheduled.push(ScheduledVisit {
                uid: ical::uid(visit, &roster.practice),
                sequence: visit.sequence,
                starts_at: visit.starts_at.instant(),
                ends_at: visit.ends_at(),
                summary: format!("{}, {}", facts.name, facts.kind),
                location: joined(&[&facts.operatory, &facts.provider], ", "),
                description: joined(&[&facts.status, &facts.phone, &facts.alert, &facts.note], "\n"),
            });
        }
        Ok(scheduled)
    }
}

fn joined(parts: &[&str], with: &str) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(with)
}

fn starting() -> DowntimeSettings {
    DowntimeSettings {
        folder: String::new(),
        days: DAYS,
        locations: Vec::new(),
        is_private: false,
        paper: PaperSize::default(),
        has_password: false,
    }
}

fn days(first: Date, count: u32) -> Vec<Date> {
    first
        .series(jiff::Span::new().days(1))
        .take(count as usize)
        .collect()
}

/// When the next one is due. A pack from the future tells of a clock that went wrong, not of no need for a new one.
fn next_at(tries: &Tries, now: Timestamp) -> Timestamp {
    let wait = if tries.trouble.is_some() { RETRY } else { EVERY };
    tries
        .tried_at
        .filter(|at| *at <= now)
        .and_then(|at| at.checked_add(wait).ok())
        .unwrap_or(now)
}

/// A location's name as a file name that every system takes, and that no other file has.
fn free_name(files: &[(String, Vec<u8>)], location: &str) -> String {
    let plain: String = location
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || " -_".contains(letter) {
                letter
            } else {
                '-'
            }
        })
        .take(60)
        .collect();
    let stem = match plain.trim_matches([' ', '-']) {
        "" => "location",
        plain => plain,
    };
    let is_taken = |name: &str| {
        files
            .iter()
            .any(|(taken, _)| taken.to_lowercase() == name.to_lowercase())
    };
    (1..)
        .map(|nth| match nth {
            1 => format!("{stem}.ics"),
            nth => format!("{stem} {nth}.ics"),
        })
        .find(|name| !is_taken(name))
        .expect("there are more numbers than files")
}

/// Writes a pack beside the one before it, makes it the newest, and clears older ones of this workstation away.
fn put(folder: &Path, workstation: &str, written_at: &str, made: &Made) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{NAME}-{workstation}.draft"));
    // What a crash left.
    clear(&draft)?;
    let place = (1..)
        .map(|nth| match nth {
            1 => folder.join(format!("{NAME}-{}", made.stamp)),
            nth => folder.join(format!("{NAME}-{}-{nth}", made.stamp)),
        })
        .find(|place| !place.exists())
        .expect("there are more numbers than folders");
    let written = fill(&draft, workstation, written_at, made).and_then(|()| {
        fs::rename(&draft, &place)?;
        sync_folder(folder)
    });
    if let Err(error) = written {
        // The disk may be full: half a pack helps nobody and is in the way of the practice.
        let _ = clear(&draft);
        return Err(error);
    }
    for old in packs(folder, workstation)? {
        if old != place {
            clear(&old)?;
        }
    }
    Ok(place)
}

fn fill(draft: &Path, workstation: &str, written_at: &str, made: &Made) -> io::Result<()> {
    fs::create_dir(draft)?;
    let contents = Contents {
        workstation: workstation.to_owned(),
        written_at: written_at.to_owned(),
        files: made.files.iter().map(|(name, _)| name.clone()).collect(),
    };
    let list = serde_json::to_vec_pretty(&contents).expect("contents are plain data");
    let list = (CONTENTS.to_owned(), list);
    // The list first: whatever is there after a crash can be cleared away by it.
    for (name, bytes) in std::iter::once(&list).chain(&made.files) {
        let mut file = File::create(draft.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    sync_folder(draft)
}

/// Whole packs of this workstation.
fn packs(folder: &Path, workstation: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_pack = entry.file_name().to_string_lossy().starts_with(NAME);
        if is_pack && contents(&entry.path()).is_some_and(|contents| contents.workstation == workstation) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn contents(pack: &Path) -> Option<Contents> {
    serde_json::from_slice(&fs::read(pack.join(CONTENTS)).ok()?).ok()
}

/// Removes what a pack's list names, the list, and the folder if nothing else lies in it.
fn clear(pack: &Path) -> io::Result<()> {
    if !pack.exists() {
        return Ok(());
    }
    let named = contents(pack).map(|contents| contents.files).unwrap_or_default();
    for name in named.iter().map(String::as_str).chain([CONTENTS]) {
        // A list that somebody changed may not lead out of its folder.
        if Path::new(name).file_name() != Some(name.as_ref()) {
            continue;
        }
        match fs::remove_file(pack.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    match fs::remove_dir(pack) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        other => other,
    }
}

/// After a rename the folder itself must reach the disk, where the system can be told so.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Network folders may not be able to.
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            return Err(error);
        }
        _ => {}
    }
    let _ = folder;
    Ok(())
}

fn no_folder() -> DeskError {
    DeskError::new(
        "no_downtime_folder",
        "No folder for downtime packs has been chosen.",
    )
    .hint("Choose one, best on a laptop or a disk that is there when the power is not.")
    .field("folder")
}

fn writing_already() -> DeskError {
    DeskError::new("downtime_running", "A downtime pack is being written already.")
        .hint("Wait until it is finished.")
}

fn cannot_write(folder: &Path, error: &io::Error) -> DeskError {
    let folder = folder.display();
    match error.kind() {
        io::ErrorKind::StorageFull => {
            DeskError::new("downtime_disk_full", format!("There is no room for a downtime pack in {folder}."))
                .hint("Make room there, or choose another folder. The pack before it is still there.")
        }
        _ => DeskError::new(
            "downtime_folder",
            format!("The downtime pack cannot be written to {folder}: {error}."),
        )
        .hint("Look whether the disk or network folder is connected and may be written to. The pack before it is still there."),
    }
    .field("folder")
}
