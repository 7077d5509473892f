//! Looking through the audit, newest first.

use std::collections::BTreeSet;

use clinic::{DocumentId, PatientId, PersonId};
use jiff::Timestamp;
use rusqlite::{Row, params};

use super::entry::{AuditEntry, Via, split};
use crate::log::{self, HistoryEntry};
use crate::queries::Reads;
use crate::{StoreError, documents};

/// Which entries are wanted; newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Entries that show or change this patient's data.
    pub patient: Option<PatientId>,
    pub person: Option<PersonId>,
    pub action: Option<String>,
    /// Only changes, or only looks.
    pub is_change: Option<bool>,
    pub from: Option<Timestamp>,
    /// Earlier than this.
    pub until: Option<Timestamp>,
    /// Older than this entry.
    pub before: Option<u64>,
    pub limit: usize,
}

/// Columns that [`read`] wants, in order.
const COLUMNS: &str = "audit.number, at_millis, until_millis, person, action, object, reason, times, via, envelope, \
                       coalesce(audit.patients, audit_sets.patients, x''), hash";

impl Reads<'_> {
    pub fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
        let before = filter
            .before
            .map_or(i64::MAX, |number| i64::try_from(number).unwrap_or(i64::MAX));
        let mut found = Vec::new();
        match filter.patient {
            Some(patient) => {
                let sql = format!(
                    "SELECT {COLUMNS} FROM audit LEFT JOIN audit_sets ON audit_sets.id = audit.patient_set WHERE number = ?1"
                );
                for number in self.numbers_of(patient)?.into_iter().rev() {
                    if found.len() >= filter.limit {
                        break;
                    }
                    if number < before
                        && let Some(entry) = self.one(&sql, [number], read)?
                        && filter.takes(&entry)
                    {
                        found.push(entry);
                    }
                }
            }
            None => {
                let mut statement = self.connection.prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM audit LEFT JOIN audit_sets ON audit_sets.id = audit.patient_set
                     WHERE number < ?1 AND (?2 IS NULL OR person = ?2) AND (?3 IS NULL OR action = ?3)
                       AND until_millis >= ?4 AND at_millis < ?5 AND (?6 IS NULL OR (envelope IS NOT NULL) = ?6)
                     ORDER BY number DESC LIMIT ?7"
                ))?;
                let millis =
                    |at: Option<Timestamp>, otherwise| at.map_or(otherwise, Timestamp::as_millisecond);
                let mut rows = statement.query(params![
                    before,
                    filter.person.map(PersonId::to_bytes),
                    filter.action,
                    millis(filter.from, i64::MIN),
                    millis(filter.until, i64::MAX),
                    filter.is_change,
                    i64::try_from(filter.limit).unwrap_or(i64::MAX),
                ])?;
                while let Some(row) = rows.next()? {
                    found.push(read(row)?);
                }
            }
        }
        Ok(found)
    }

    /// The operation of a write's entry. Own writes and their entries are numbered in one order, so it is found by halving
    /// and no write has to keep an index up to date.
    pub fn audited_write(&self, number: u64) -> Result<Option<HistoryEntry>, StoreError> {
        let wanted = i64::try_from(number).unwrap_or(i64::MAX);
        let pair = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        // The first entry says how many own writes there were before; those have none.
        let before = self
            .one("SELECT object FROM audit WHERE number = 1", [], |row| {
                Ok(row.get::<_, String>(0)?)
            })?
            .and_then(|object| object.parse::<i64>().ok());
        let mut first = before.unwrap_or(0) + 1;
        let newest =
            "SELECT own_sequence FROM log WHERE own_sequence IS NOT NULL ORDER BY own_sequence DESC LIMIT 1";
        let mut last = self
            .one(newest, [], |row| Ok(row.get::<_, i64>(0)?))?
            .unwrap_or(0);
        while first <= last {
            let middle = first + (last - first) / 2;
            let found = self.one(
                "SELECT own_sequence, audit FROM log WHERE own_sequence >= ?1 AND audit IS NOT NULL
                 ORDER BY own_sequence LIMIT 1",
                [middle],
                pair,
            )?;
            match found {
                Some((sequence, entry)) if entry == wanted => {
                    let sql = format!("SELECT {} FROM log WHERE own_sequence = ?1", log::COLUMNS);
                    return Ok(self.one(&sql, [sequence], log::read)?.flatten());
                }
                Some((sequence, entry)) if entry < wanted => first = sequence + 1,
                _ => last = middle - 1,
            }
        }
        Ok(None)
    }

    /// Entries about a patient: looks at few by their index, looks at many by the sets they share, writes by the
    /// history of the patient's document.
    fn numbers_of(&self, patient: PatientId) -> Result<BTreeSet<i64>, StoreError> {
        let id = patient.to_bytes();
        let number = |row: &Row<'_>| Ok(row.get::<_, i64>(0)?);
        let mut numbers: BTreeSet<i64> = self
            .all(
                "SELECT number FROM audit_patients WHERE patient = ?1",
                [id],
                number,
            )?
            .into_iter()
            .collect();
        let mut sets = self
            .connection
            .prepare_cached("SELECT id, patients FROM audit_sets")?;
        let mut rows = sets.query([])?;
        while let Some(row) = rows.next()? {
            let patients = row.get_ref(1)?.as_blob().map_err(StoreError::corrupt)?;
            if patients.chunks_exact(16).any(|other| other == id) {
                let set: i64 = row.get(0)?;
                numbers.extend(self.all("SELECT number FROM audit WHERE patient_set = ?1", [set], number)?);
            }
        }
        if let Some(document) = documents::number_of(self.connection, DocumentId::Patient(patient))? {
            numbers.extend(self.all(
                "SELECT audit FROM document_entries JOIN log USING (local) WHERE document = ?1 AND audit IS NOT NULL",
                [document],
                number,
            )?);
        }
        Ok(numbers)
    }
}

impl AuditFilter {
    fn takes(&self, entry: &AuditEntry) -> bool {
        self.person.is_none_or(|person| entry.person == person)
            && self.action.as_ref().is_none_or(|action| entry.action == *action)
            && self
                .is_change
                .is_none_or(|is_change| entry.envelope.is_some() == is_change)
            && self.from.is_none_or(|from| entry.until >= from)
            && self.until.is_none_or(|until| entry.at < until)
    }
}

fn read(row: &Row<'_>) -> Result<AuditEntry, StoreError> {
    let at = |millis| Timestamp::from_millisecond(millis).map_err(StoreError::corrupt);
    Ok(AuditEntry {
        number: row.get::<_, i64>(0)? as u64,
        at: at(row.get(1)?)?,
        until: at(row.get(2)?)?,
        person: PersonId::from_bytes(row.get(3)?),
        action: row.get(4)?,
        object: row.get(5)?,
        reason: row.get(6)?,
        times: row.get(7)?,
        via: Via::from_number(row.get(8)?)?,
        envelope: row.get(9)?,
        patients: split(row.get_ref(10)?.as_blob().map_err(StoreError::corrupt)?),
        hash: row.get(11)?,
    })
}
