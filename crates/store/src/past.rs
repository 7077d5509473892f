//! A day as it was: records at an instant of the past, from the documents' own history.
//!
//! Every Automerge change carries the second at which it was written, which is compared with the operation's when it
//! comes in. A document as of an instant is what its changes up to then come to, each with all that it builds on; so
//! whoever has the same changes sees the same past. What somebody at this desk could not know yet, because it came
//! from elsewhere only later, is part of it and is named. See ADR 16.

use std::collections::{BTreeSet, HashSet};

use automerge::{Automerge, ChangeHash};
use clinic::{
    Appointment, BlockTarget, Change, DocumentId, Entity, EntityKind, LocationId, PatientId, TimeBlock,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use crate::documents;
use crate::log::{self, HistoryEntry};
use crate::store::Store;
use crate::{StoreError, document};

/// Clocks of workstations may differ by this much, and what was changed since is still found.
const SKEW: SignedDuration = SignedDuration::from_hours(24);

/// Entries that are listed, at the most; the newest.
const LISTED: usize = 100;

/// One day at one location as its records were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastDay {
    /// Cancelled and missed visits too, by start.
    pub appointments: Vec<Appointment>,
    /// As of [`crate::Reads::blocks_around`]: some may end just before the day or begin just after it.
    pub time_blocks: Vec<TimeBlock>,
    /// Written elsewhere before the instant, and certainly not known here by then; oldest first.
    pub late: Vec<HistoryEntry>,
    /// What was done to the day's visits since; newest first.
    pub since: Vec<HistoryEntry>,
    /// How many there are in all.
    pub since_count: usize,
}

impl Store {
    /// The visits on a wall date at a location and the block-outs around as they were at an instant, whole seconds.
    /// Opens only documents of what was changed since; everything else is as its row.
    ///
    /// # Errors
    /// Of the disk; a document that cannot be read.
    pub fn day_as_of(&self, location: LocationId, date: Date, at: Timestamp) -> Result<PastDay, StoreError> {
        let reads = self.reads();
        let mut past = PastDay {
            appointments: reads.visits_on(location, date)?,
            time_blocks: reads.blocks_around(location, date)?,
            ..PastDay::default()
        };
        let first = self.first_since(at)?;
        for (number, id) in self.changed_since(first, at, &on_date(date))? {
            let DocumentId::Patient(patient) = id else {
                continue;
            };
            let visits =
                self.records_as_of((number, id), at, EntityKind::Appointment, |entity| match entity {
                    Entity::Appointment(visit) => Some(visit),
                    _ => None,
                })?;
            put_visits(&mut past.appointments, patient, visits, location, date);
        }
        for (number, id) in self.changed_since(first, at, BLOCKS)? {
            let is_here = |block: &TimeBlock| document_of(block) == id;
            past.time_blocks.retain(|block| !is_here(block));
            let blocks =
                self.records_as_of((number, id), at, EntityKind::TimeBlock, |entity| match entity {
                    Entity::TimeBlock(block) => Some(block),
                    _ => None,
                })?;
            past.time_blocks.extend(blocks.into_iter().filter(|block| {
                let until = block.starts_at.offset.to_datetime(block.ends_at()).date();
                block.starts_at.date() <= date.tomorrow().unwrap_or(date)
                    && until >= date.yesterday().unwrap_or(date)
                    && (block.location == location || matches!(block.target, BlockTarget::Provider(_)))
            }));
        }
        past.appointments
            .sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
        past.time_blocks
            .sort_by_key(|block| (block.starts_at.instant(), block.id));
        self.tell_what_differs(&mut past, first, location, date, at)?;
        Ok(past)
    }

    /// The first row of the log that can be about what was written after the instant.
    fn first_since(&self, at: Timestamp) -> Result<i64, StoreError> {
        let before = at.checked_sub(SKEW).unwrap_or(Timestamp::MIN).as_millisecond();
        let sql = "SELECT local FROM log WHERE own_sequence IS NOT NULL AND op IS NOT NULL AND at_millis < ?1
                   ORDER BY own_sequence DESC LIMIT 1";
        Ok(self
            .reads()
            .one(sql, [before], |row| Ok(row.get::<_, i64>(0)?))?
            .unwrap_or(0))
    }

    /// Documents in which something was changed since, as far as the history's text has the words.
    fn changed_since(
        &self,
        first: i64,
        at: Timestamp,
        words: &str,
    ) -> Result<Vec<(i64, DocumentId)>, StoreError> {
        let from = at.checked_sub(SKEW).unwrap_or(Timestamp::MIN).as_millisecond();
        let sql = "SELECT DISTINCT document FROM document_entries JOIN log USING (local)
                   WHERE local > ?1 AND verdict = 0 AND at_millis >= ?2 AND instr(changes, ?3) > 0";
        let numbers: BTreeSet<i64> = self
            .reads()
            .all(sql, params![first, from, words], |row| Ok(row.get::<_, i64>(0)?))?
            .into_iter()
            .collect();
        let mut found = Vec::with_capacity(numbers.len());
        for number in numbers {
            if let Some(id) = documents::id_of(&self.connection, number)? {
                found.push((number, id));
            }
        }
        Ok(found)
    }

    fn records_as_of<T>(
        &self,
        (number, id): (i64, DocumentId),
        at: Timestamp,
        kind: EntityKind,
        pick: impl Fn(Entity) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let loaded = documents::load(&self.connection, id, number, &self.documents.actor)?.automerge;
        let past = as_of(&loaded, at)?;
        let mut found = Vec::new();
        for (_, reading) in document::read_all(past.as_ref().unwrap_or(&loaded), kind)? {
            // A record that cannot be understood has no row either.
            found.extend(reading.entity.ok().and_then(&pick));
        }
        Ok(found)
    }

    fn tell_what_differs(
        &self,
        past: &mut PastDay,
        first: i64,
        location: LocationId,
        date: Date,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let words = on_date(date);
        let (millis, end) = (at.as_millisecond(), end_of(at));
        // The first thing that was done here afterwards: what came behind it came later than the instant.
        let sql = "SELECT min(local) FROM log WHERE local > ?1 AND own_sequence IS NOT NULL AND op IS NOT NULL AND at_millis > ?2";
        let after: Option<i64> = self
            .reads()
            .one(sql, params![first, millis], |row| Ok(row.get(0)?))?
            .flatten();
        if let Some(after) = after {
            let sql = format!(
                "SELECT {} FROM log WHERE local > ?1 AND own_sequence IS NULL AND op IS NOT NULL AND verdict = 0
                   AND at_millis < ?2 AND instr(changes, ?3) > 0 ORDER BY local",
                log::COLUMNS
            );
            let entries = self.reads().all(&sql, params![after, end, words], log::read)?;
            past.late = of_day(entries, location, date);
            past.late.truncate(LISTED);
        }
        let sql = format!(
            "SELECT {} FROM log WHERE local > ?1 AND op IS NOT NULL AND verdict = 0 AND at_millis >= ?2
               AND instr(changes, ?3) > 0 ORDER BY local DESC",
            log::COLUMNS
        );
        let entries = self.reads().all(&sql, params![first, end, words], log::read)?;
        past.since = of_day(entries, location, date);
        past.since_count = past.since.len();
        past.since.truncate(LISTED);
        Ok(())
    }
}

/// Marks a record of a block-out in the history's text.
const BLOCKS: &str = r#""k":"time_blocks""#;

/// How the history's text has a visit that begins on a date: before a change, after it, or both.
fn on_date(date: Date) -> String {
    format!(r#""starts_at":"{date}T"#)
}

/// Milliseconds since 1970 of the second after the instant: what is written within its second belongs to it.
fn end_of(at: Timestamp) -> i64 {
    (at.as_second() + 1) * 1000
}

fn document_of(block: &TimeBlock) -> DocumentId {
    Entity::TimeBlock(block.clone()).document()
}

fn put_visits(
    all: &mut Vec<Appointment>,
    patient: PatientId,
    visits: Vec<Appointment>,
    location: LocationId,
    date: Date,
) {
    all.retain(|visit| visit.patient != patient);
    all.extend(
        visits
            .into_iter()
            .filter(|visit| visit.location == location && visit.starts_at.date() == date),
    );
}

fn of_day(entries: Vec<Option<HistoryEntry>>, location: LocationId, date: Date) -> Vec<HistoryEntry> {
    let concerns = |change: &Change| {
        [&change.before, &change.after].into_iter().flatten().any(|entity| {
            matches!(entity, Entity::Appointment(visit) if visit.location == location && visit.starts_at.date() == date)
        })
    };
    entries
        .into_iter()
        .flatten()
        .filter(|entry| entry.changes.iter().any(concerns))
        .collect()
}

/// The document as its changes up to the instant make it; `None`: nothing was written to it later.
fn as_of(document: &Automerge, at: Timestamp) -> Result<Option<Automerge>, StoreError> {
    let changes = document.get_changes(&[]);
    let mut kept: HashSet<ChangeHash> = HashSet::with_capacity(changes.len());
    let mut heads: BTreeSet<ChangeHash> = BTreeSet::new();
    // Each comes after what it needs.
    for change in &changes {
        let is_in =
            change.timestamp() <= at.as_second() && change.deps().iter().all(|hash| kept.contains(hash));
        if is_in {
            kept.insert(change.hash());
            for hash in change.deps() {
                heads.remove(hash);
            }
            heads.insert(change.hash());
        }
    }
    if kept.len() == changes.len() {
        return Ok(None);
    }
    let heads: Vec<ChangeHash> = heads.into_iter().collect();
    document
        .fork_at(&heads)
        .map(Some)
        .map_err(|error| StoreError::corrupt(format!("document: {error}")))
}
