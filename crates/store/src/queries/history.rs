//! Looking back: who did what.

use clinic::{AppointmentId, DocumentId, Entity, HistoryId, Op, PatientId, PersonId, WorkstationId};
use jiff::Timestamp;
use rusqlite::named_params;

use super::Reads;
use crate::log::{self, HistoryEntry};
use crate::{StoreError, documents};

/// Which entries are wanted; newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    pub appointment: Option<AppointmentId>,
    pub patient: Option<PatientId>,
    pub person: Option<PersonId>,
    /// Where it was done.
    pub workstation: Option<WorkstationId>,
    pub op: Option<Op>,
    pub from: Option<Timestamp>,
    /// Earlier than this.
    pub until: Option<Timestamp>,
    /// Older than this entry.
    pub before: Option<HistoryId>,
    pub limit: usize,
}

impl Reads<'_> {
    pub fn history(&self, filter: &HistoryFilter) -> Result<Vec<HistoryEntry>, StoreError> {
        let patient = match (filter.patient, filter.appointment) {
            (Some(patient), _) => Some(patient),
            (None, Some(id)) => self.appointment(id)?.map(|visit| visit.patient),
            (None, None) => None,
        };
        let document = match patient {
            Some(patient) => match documents::number_of(self.connection, DocumentId::Patient(patient))? {
                Some(number) => Some(number),
                None => return Ok(Vec::new()),
            },
            None => None,
        };
        // Without a patient: a visit that is no longer there, as after undoing its booking, or everything.
        let whose = match document {
            Some(_) => "local IN (SELECT local FROM document_entries WHERE document = :document)",
            None => ":document IS NULL AND (:visit IS NULL OR instr(changes, :visit) > 0)",
        };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {} FROM log WHERE op IS NOT NULL AND verdict = 0 AND local < :before AND {whose}
               AND (:person IS NULL OR person = :person) AND (:workstation IS NULL OR workstation = :workstation)
               AND (:op IS NULL OR op = :op) AND at_millis >= :from AND at_millis < :until
             ORDER BY local DESC",
            log::COLUMNS
        ))?;
        let millis = |at: Option<Timestamp>, otherwise| at.map_or(otherwise, Timestamp::as_millisecond);
        let mut given: Vec<(&str, &dyn rusqlite::ToSql)> = Vec::new();
        let before = filter.before.map_or(i64::MAX, log::local);
        let visit = filter.appointment.map(|id| id.to_string());
        let person = filter.person.map(PersonId::to_bytes);
        let workstation = filter.workstation.map(WorkstationId::to_bytes);
        let op = filter.op.map(Op::code);
        let from = millis(filter.from, i64::MIN);
        let until = millis(filter.until, i64::MAX);
        given.extend_from_slice(named_params! {
            ":document": document, ":before": before, ":person": person, ":workstation": workstation,
            ":op": op, ":from": from, ":until": until,
        });
        if document.is_none() {
            given.push((":visit", &visit));
        }
        let mut rows = statement.query(given.as_slice())?;
        let mut found = Vec::new();
        while found.len() < filter.limit
            && let Some(row) = rows.next()?
        {
            let Some(entry) = log::read(row)? else { continue };
            if filter.appointment.is_none_or(|id| mentions(&entry, id)) {
                found.push(entry);
            }
        }
        Ok(found)
    }

    pub fn history_entry(&self, id: HistoryId) -> Result<Option<HistoryEntry>, StoreError> {
        let sql = format!(
            "SELECT {} FROM log WHERE local = ?1 AND op IS NOT NULL",
            log::COLUMNS
        );
        Ok(self.one(&sql, [log::local(id)], log::read)?.flatten())
    }
}

fn mentions(entry: &HistoryEntry, id: AppointmentId) -> bool {
    entry.changes.iter().any(|change| match change.entity() {
        Entity::Appointment(visit) => visit.id == id,
        Entity::AcceptedConflict(decision) => decision.appointments.contains(&id),
        _ => false,
    })
}
