//! Undo and redo: new operations that check whether the world still looks as expected. They reach back over
//! restarts, never over other people's work.

use clinic::{Change, Entity, EntityKind, FieldKind, HistoryId, Op, PersonId};
use serde_json::Value;

use crate::changes::{By, Committed, Sealer};
use crate::error::CannotUndo;
use crate::log::{self, HistoryEntry};
use crate::queries::{HistoryFilter, Reads};
use crate::store::Store;
use crate::tx::Tx;
use crate::{StoreError, fields};

/// How many of this workstation's newest operations are looked through.
const REACH: i64 = 1_000;

/// What *undo* and *redo* would do for one person at this workstation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UndoState {
    pub undo: Option<UndoStep>,
    pub redo: Option<UndoStep>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoStep {
    /// The operation that would be taken back or done again.
    pub entry: HistoryId,
    pub op: Op,
    pub reason: String,
    pub changes: Vec<Change>,
}

impl Store {
    pub fn undo_state(&self, person: PersonId) -> Result<UndoState, StoreError> {
        let reads = self.reads();
        let step = |entry: HistoryEntry| UndoStep {
            entry: entry.id,
            op: entry.op,
            reason: entry.reason,
            changes: entry.changes,
        };
        let redo = match redoable(reads, person)? {
            Some(undo) => undo
                .undoes
                .map(|first| reads.history_entry(first))
                .transpose()?
                .flatten()
                .map(step),
            None => None,
        };
        Ok(UndoState {
            undo: undoable(reads, person)?.map(step),
            redo,
        })
    }

    /// Takes back this person's newest operation at this workstation. `check` may refuse the changes that would
    /// be made. Returns the operation that was taken back.
    pub fn undo<E: From<StoreError>>(
        &mut self,
        by: &By,
        sealer: &dyn Sealer,
        check: impl FnOnce(&[Change], &Tx<'_>) -> Result<(), E>,
    ) -> Result<Committed<HistoryEntry>, E> {
        self.transact(Op::Undo, by, sealer, |tx| {
            let entry = undoable(tx.reads(), by.person)?.ok_or(StoreError::NothingToUndo)?;
            let changes = inverse(tx.reads(), &entry, &entry)?;
            check(&changes, tx)?;
            tx.record(changes)?;
            tx.undoes = Some(log::local(entry.id));
            Ok(entry)
        })
    }

    /// Does again what this person took back last. Returns the operation that is done again.
    pub fn redo<E: From<StoreError>>(
        &mut self,
        by: &By,
        sealer: &dyn Sealer,
        check: impl FnOnce(&[Change], &Tx<'_>) -> Result<(), E>,
    ) -> Result<Committed<HistoryEntry>, E> {
        self.transact(Op::Redo, by, sealer, |tx| {
            let undo = redoable(tx.reads(), by.person)?.ok_or(StoreError::NothingToRedo)?;
            let first = undo
                .undoes
                .map(|first| tx.reads().history_entry(first))
                .transpose()?
                .flatten();
            let first = first.ok_or(StoreError::NothingToRedo)?;
            let changes = inverse(tx.reads(), &undo, &first)?;
            check(&changes, tx)?;
            tx.record(changes)?;
            tx.undoes = Some(log::local(undo.id));
            Ok(first)
        })
    }
}

/// Follows the index and is read row by row: almost always the first row is the answer, and an entry of an import
/// is half a megabyte. Only the entry that is wanted is read whole.
const NEWEST_OF_A_PERSON: &str = "SELECT local, op, undone FROM log
     WHERE own_sequence > (SELECT max(own_sequence) FROM log WHERE own_sequence IS NOT NULL) - ?1
     AND person = ?2 AND verdict = 0 ORDER BY own_sequence DESC";

/// Own entries of a person, newest first, until `found` says so of an operation and whether it was undone.
fn search(
    reads: Reads<'_>,
    person: PersonId,
    found: impl Fn(Op, bool) -> Option<bool>,
) -> Result<Option<HistoryEntry>, StoreError> {
    let mut statement = reads.connection.prepare_cached(NEWEST_OF_A_PERSON)?;
    let mut rows = statement.query(rusqlite::params![REACH, person.to_bytes()])?;
    while let Some(row) = rows.next()? {
        let code = row.get_ref(1)?.as_str_or_null().map_err(StoreError::corrupt)?;
        let Some(op) = code.and_then(Op::from_code) else {
            continue;
        };
        match found(op, row.get(2)?) {
            Some(true) => return reads.history_entry(log::history_id(row.get(0)?)),
            Some(false) => return Ok(None),
            None => {}
        }
    }
    Ok(None)
}

fn undoable(reads: Reads<'_>, person: PersonId) -> Result<Option<HistoryEntry>, StoreError> {
    search(reads, person, |op, is_undone| match op {
        Op::Undo | Op::Redo | Op::Merge => None,
        // The beginning of a practice stays.
        Op::FoundPractice => Some(false),
        _ => (!is_undone).then_some(true),
    })
}

/// The newest undo that was not done again, unless something new was done since.
fn redoable(reads: Reads<'_>, person: PersonId) -> Result<Option<HistoryEntry>, StoreError> {
    search(reads, person, |op, is_undone| match op {
        Op::Undo => (!is_undone).then_some(true),
        Op::Redo | Op::Merge => None,
        _ => Some(false),
    })
}

/// The way back from `entry`, if everything it changed is still as it left it. `shown` is the operation that a
/// refusal names.
fn inverse(reads: Reads<'_>, entry: &HistoryEntry, shown: &HistoryEntry) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::with_capacity(entry.changes.len());
    // Backwards: what was added last goes first.
    for change in entry.changes.iter().rev() {
        let (kind, key) = (change.entity().kind(), change.entity().key());
        let present = reads.entity(kind, &key)?;
        let refuse = |field: Option<String>| -> Result<StoreError, StoreError> {
            let by = changed_by(reads, entry, kind, &key, field.as_deref())?;
            Ok(CannotUndo {
                op: shown.op,
                kind,
                key: key.clone(),
                field,
                by,
            }
            .into())
        };
        match (&change.before, &change.after, present) {
            (None, Some(after), Some(present)) => {
                if let Some(field) = first_difference(kind, after, &present) {
                    return Err(refuse(Some(field))?);
                }
                if let Entity::Patient(patient) = &present
                    && has_other_visits(reads, entry, patient.id)?
                {
                    return Err(refuse(None)?);
                }
                changes.push(taken_away(present));
            }
            (Some(before), None, None) => changes.push(Change::add(before.clone())),
            (Some(before), Some(after), Some(present)) => {
                let (before, after, now) = (before.to_fields(), after.to_fields(), present.to_fields());
                let mut back = now.clone();
                for field in fields::differing(&before, &after) {
                    if kind.field_kind(&field) == FieldKind::Counter {
                        // A number that only rises: taking back counts as one more change.
                        let raised = now.get(&field).and_then(Value::as_i64).unwrap_or_default() + 1;
                        back.insert(field, Value::from(raised));
                        continue;
                    }
                    if now.get(&field) != after.get(&field) {
                        return Err(refuse(Some(field))?);
                    }
                    back.insert(field.clone(), before.get(&field).cloned().unwrap_or_default());
                }
                let back = Entity::from_fields(kind, back).map_err(StoreError::corrupt)?;
                if back != present {
                    changes.push(Change {
                        before: Some(present),
                        after: Some(back),
                    });
                }
            }
            _ => return Err(refuse(None)?),
        }
    }
    Ok(changes)
}

/// Undoing an addition. What stands in records of other documents stays, out of use: a desk that cannot be seen may
/// just have booked there.
fn taken_away(present: Entity) -> Change {
    let mut after = present.clone();
    match &mut after {
        Entity::Person(record) => record.is_active = false,
        Entity::AppointmentType(record) => record.is_active = false,
        Entity::Location(record) => record.is_active = false,
        Entity::Operatory(record) => record.is_active = false,
        Entity::Provider(record) => record.is_active = false,
        Entity::Equipment(record) => record.is_active = false,
        Entity::TemplateShare(record) => record.is_ended = true,
        Entity::Practice(_)
        | Entity::Workstation(_)
        | Entity::TimeBlock(_)
        | Entity::Patient(_)
        | Entity::Appointment(_)
        | Entity::AcceptedConflict(_)
        | Entity::RecurringAppointment(_)
        | Entity::ScheduleTemplate(_)
        | Entity::TemplateSlot(_)
        | Entity::TemplateVersion(_)
        | Entity::TemplateApplication(_)
        | Entity::DaySlot(_) => return Change::remove(present),
    }
    Change {
        before: Some(present),
        after: Some(after),
    }
}

/// The first field, other than counters, in which two states of a record differ.
fn first_difference(kind: EntityKind, expected: &Entity, present: &Entity) -> Option<String> {
    fields::differing(&expected.to_fields(), &present.to_fields())
        .into_iter()
        .find(|field| kind.field_kind(field) != FieldKind::Counter)
}

fn has_other_visits(
    reads: Reads<'_>,
    entry: &HistoryEntry,
    patient: clinic::PatientId,
) -> Result<bool, StoreError> {
    let added = |id| {
        entry.changes.iter().any(|change| {
            change.before.is_none()
                && matches!(&change.after, Some(Entity::Appointment(visit)) if visit.id == id)
        })
    };
    Ok(reads
        .appointments_of(patient)?
        .into_iter()
        .any(|visit| !added(visit.id)))
}

/// Who last changed a record (or one field of it) after `entry`.
fn changed_by(
    reads: Reads<'_>,
    entry: &HistoryEntry,
    kind: EntityKind,
    key: &str,
    field: Option<&str>,
) -> Result<Option<(PersonId, clinic::WorkstationId)>, StoreError> {
    let newer = reads.history(&HistoryFilter {
        limit: REACH as usize,
        ..HistoryFilter::default()
    })?;
    let touches = |change: &Change| {
        change.entity().kind() == kind
            && change.entity().key() == key
            && match (field, &change.before, &change.after) {
                (Some(field), Some(before), Some(after)) => {
                    before.to_fields().get(field) != after.to_fields().get(field)
                }
                _ => true,
            }
    };
    Ok(newer
        .into_iter()
        .take_while(|newer| newer.id > entry.id)
        .find(|newer| newer.changes.iter().any(touches))
        .map(|newer| (newer.person, newer.workstation)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_for_the_newest_entry_reads_no_more_than_it_must() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection
            .execute_batch(include_str!("../../../migrations/workstation/0001_start.sql"))
            .unwrap();
        let plan: Vec<String> = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {NEWEST_OF_A_PERSON}"))
            .unwrap()
            .query_map(rusqlite::params![REACH, [0u8; 16]], |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(plan.iter().any(|step| step.contains("INDEX log_own")), "{plan:?}");
        assert!(
            plan.iter()
                .all(|step| !step.contains("B-TREE") && !step.starts_with("SCAN log")),
            "{plan:?}"
        );
    }
}
