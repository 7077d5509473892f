//! One import from its first line to its report: plans each record, writes in batches, stops when asked.

use std::collections::HashMap;

use clinic::{
    Appointment, Change, EntityKind, Neighbourhood, Neighbours, Op, Patient, PatientId, Roster, Stamp,
    TimeBlock, Zones,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::DeskError;
use crate::api::{ImportLine, ImportOutcome, ImportReport};

/// What is here already, and the door through which more comes in.
pub trait Door {
    /// Every patient, once at the start of an import.
    fn patients(&self) -> Result<Vec<Patient>, DeskError>;
    /// All visits of one patient.
    fn appointments_of(&self, patient: PatientId) -> Result<Vec<Appointment>, DeskError>;
    /// The visit whose `source_uid` is `source`, or begins with it and goes on with `#`.
    fn appointment_from(&self, source: &str) -> Result<Option<Appointment>, DeskError>;
    /// Every block-out that has a `source_uid`, once at the start of an import.
    fn imported_blocks(&self) -> Result<Vec<TimeBlock>, DeskError>;
    /// What would be in a visit's way.
    fn neighbours(&self, around: &Neighbourhood) -> Result<Neighbours, DeskError>;
    /// Writes a batch as one operation.
    fn write(&mut self, op: Op, changes: Vec<Change>) -> Result<(), DeskError>;
}

/// An import with everything it needs.
pub struct Job<'a> {
    pub door: &'a mut dyn Door,
    pub roster: &'a Roster,
    pub zones: &'a Zones,
    pub now: Timestamp,
    /// The practice's date.
    pub today: Date,
    /// Reports what would happen, writes nothing.
    pub dry_run: bool,
    pub next_id: &'a mut dyn FnMut() -> u128,
    pub next_stamp: &'a mut dyn FnMut() -> Stamp,
    /// Records done, records in all, what is being done.
    pub progress: &'a mut dyn FnMut(u32, u32, &str),
    pub is_cancelled: &'a dyn Fn() -> bool,
}

/// What becomes of one record.
#[derive(Debug)]
pub(crate) struct Planned {
    pub outcome: ImportOutcome,
    pub message: String,
    pub changes: Vec<Change>,
}

/// Why a record is not imported.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub message: String,
    /// The file's own name of the column.
    pub field: Option<String>,
}

impl Refused {
    pub fn new(message: impl Into<String>) -> Refused {
        Refused {
            message: message.into(),
            field: None,
        }
    }

    pub fn column(message: impl Into<String>, field: impl Into<String>) -> Refused {
        Refused {
            message: message.into(),
            field: Some(field.into()),
        }
    }
}

/// A refusal concerns one record; a failure of the store ends the import.
pub(crate) enum Trouble {
    Record(Refused),
    Whole(DeskError),
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Trouble::Record(refused)
    }
}

impl From<DeskError> for Trouble {
    fn from(error: DeskError) -> Self {
        Trouble::Whole(error)
    }
}

/// Decides about records, one at a time, in the order of the file.
pub(crate) trait Planner {
    type Record;
    fn line(record: &Self::Record) -> u32;
    fn plan(&mut self, job: &mut Job<'_>, record: &Self::Record) -> Result<Planned, Trouble>;
    /// What was planned so far is written, and the door knows it.
    fn written(&mut self) {}
}

/// Changes per transaction: few enough that stopping loses little, enough that writing is quick.
const BATCH: usize = 200;

/// Plans and writes all records.
pub(crate) fn run<P: Planner>(
    job: &mut Job<'_>,
    planner: &mut P,
    op: Op,
    what: &str,
    records: &[P::Record],
    notes: Vec<ImportLine>,
) -> Result<ImportReport, DeskError> {
    let mut report = ImportReport {
        dry_run: job.dry_run,
        added: 0,
        unchanged: 0,
        updated: 0,
        failed: 0,
        cancelled: false,
        lines: notes,
    };
    report.failed = report
        .lines
        .iter()
        .filter(|line| line.outcome == ImportOutcome::Failed)
        .count() as u32;
    let total = records.len() as u32;
    let mut batch = Batch::default();
    (job.progress)(0, total, what);
    for (done, record) in records.iter().enumerate() {
        if (job.is_cancelled)() {
            report.cancelled = true;
            break;
        }
        let (outcome, message, field) = match planner.plan(job, record) {
            Ok(planned) => {
                planned.changes.into_iter().for_each(|change| batch.push(change));
                (planned.outcome, planned.message, None)
            }
            Err(Trouble::Record(refused)) => (ImportOutcome::Failed, refused.message, refused.field),
            Err(Trouble::Whole(error)) => return Err(broken_off(error, P::line(record), job.dry_run)),
        };
        match outcome {
            ImportOutcome::Added => report.added += 1,
            ImportOutcome::Updated => report.updated += 1,
            ImportOutcome::Unchanged => report.unchanged += 1,
            ImportOutcome::Failed => report.failed += 1,
        }
        report.lines.push(ImportLine {
            line: P::line(record),
            outcome,
            message,
            field,
        });
        if batch.changes.len() >= BATCH {
            batch
                .write(job, planner, op)
                .map_err(|error| broken_off(error, P::line(record), job.dry_run))?;
        }
        if (done + 1).is_multiple_of(25) {
            (job.progress)(done as u32 + 1, total, what);
        }
    }
    let last = report.lines.last().map_or(1, |line| line.line);
    batch
        .write(job, planner, op)
        .map_err(|error| broken_off(error, last, job.dry_run))?;
    if !report.cancelled {
        (job.progress)(total, total, what);
    }
    report.lines.sort_by_key(|line| line.line);
    Ok(report)
}

/// The store failed in the middle: says how far it came.
fn broken_off(error: DeskError, line: u32, dry_run: bool) -> DeskError {
    if dry_run {
        return error;
    }
    let after = format!(
        "The import stopped near line {line}; what was written before is kept. Import the file again afterwards: nothing is added twice."
    );
    let hint = if error.hint.is_empty() {
        after
    } else {
        format!("{} {after}", error.hint)
    };
    error.hint(hint)
}

/// Changes not written yet; several of the same record become one.
#[derive(Default)]
struct Batch {
    changes: Vec<Change>,
    places: HashMap<(EntityKind, String), usize>,
}

impl Batch {
    fn push(&mut self, change: Change) {
        let key = (change.entity().kind(), change.entity().key());
        match self.places.get(&key) {
            Some(&at) => self.changes[at].after = change.after,
            None => {
                self.places.insert(key, self.changes.len());
                self.changes.push(change);
            }
        }
    }

    fn write<P: Planner>(&mut self, job: &mut Job<'_>, planner: &mut P, op: Op) -> Result<(), DeskError> {
        self.places.clear();
        let mut changes = std::mem::take(&mut self.changes);
        // Added and taken away again within one batch: nothing to write.
        changes.retain(|change| change.before.is_some() || change.after.is_some());
        if job.dry_run || changes.is_empty() {
            return Ok(());
        }
        job.door.write(op, changes)?;
        planner.written();
        Ok(())
    }
}

/// A short stable fingerprint (FNV-1a, 64 bits), to see whether a record of the source has changed since it
/// was imported. Not for secrets.
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0x1f]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
