//! Looking back: who did what.

use clinic::{AppointmentId, DocumentId, Entity, HistoryId, PatientId};
use rusqlite::params;

use super::Reads;
use crate::log::{self, HistoryEntry};
use crate::{StoreError, documents};

/// Which entries are wanted; newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    pub appointment: Option<AppointmentId>,
    pub patient: Option<PatientId>,
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
        let before = filter.before.map_or(i64::MAX, log::local);
        let mut found = Vec::new();
        let mut statement;
        let mut rows = match (patient, filter.appointment) {
            (Some(patient), _) => {
                let Some(number) = documents::number_of(self.connection, DocumentId::Patient(patient))?
                else {
                    return Ok(found);
                };
                statement = self.connection.prepare_cached(&format!(
                    "SELECT {} FROM log WHERE op IS NOT NULL AND verdict = 0 AND local IN
                       (SELECT local FROM document_entries WHERE document = ?1 AND local < ?2) ORDER BY local DESC",
                    log::COLUMNS
                ))?;
                statement.query(params![number, before])?
            }
            // A visit that is no longer there, as after undoing its booking.
            (None, Some(id)) => {
                statement = self.connection.prepare_cached(&format!(
                    "SELECT {} FROM log WHERE op IS NOT NULL AND verdict = 0 AND local < ?1 AND instr(changes, ?2) > 0
                     ORDER BY local DESC",
                    log::COLUMNS
                ))?;
                statement.query(params![before, id.to_string()])?
            }
            (None, None) => {
                statement = self.connection.prepare_cached(&format!(
                    "SELECT {} FROM log WHERE op IS NOT NULL AND verdict = 0 AND local < ?1 ORDER BY local DESC",
                    log::COLUMNS
                ))?;
                statement.query([before])?
            }
        };
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
