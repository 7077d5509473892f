//! Long lists, a page at a time.

use std::sync::LazyLock;

use clinic::{Patient, PatientId, TimeBlock};
use rusqlite::params;

use super::{OutboxEntry, Reads};
use crate::StoreError;
use crate::rows::{PATIENT_COLUMNS, TIME_BLOCK_COLUMNS, read_patient, read_time_block};

impl Reads<'_> {
    /// Own envelopes that wait for the relay with a sequence above `after`, oldest first.
    pub fn outbox_after(&self, after: u64, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        let sql = "SELECT own_sequence, envelope, bytes FROM log
                   WHERE own_sequence > max(?1, (SELECT coalesce(max(acknowledged), 0) FROM relay))
                     AND position IS NULL AND verdict <> 2
                     AND envelope NOT IN (SELECT envelope FROM released)
                   ORDER BY own_sequence LIMIT ?2";
        self.all(
            sql,
            params![after as i64, i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| {
                Ok(OutboxEntry {
                    own_sequence: row.get::<_, i64>(0)? as u64,
                    id: row.get(1)?,
                    bytes: row.get(2)?,
                })
            },
        )
    }

    /// Patients in the order of their ids.
    pub fn patients_after(&self, after: Option<PatientId>, limit: usize) -> Result<Vec<Patient>, StoreError> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT {} FROM patients WHERE id > ?1 ORDER BY id LIMIT ?2",
                PATIENT_COLUMNS.join(", ")
            )
        });
        let after = after.map_or_else(Vec::new, |id| id.to_bytes().to_vec());
        self.all(
            &SQL,
            params![after, i64::try_from(limit).unwrap_or(i64::MAX)],
            read_patient,
        )
    }

    /// Block-outs that came from a calendar.
    pub fn imported_time_blocks(&self) -> Result<Vec<TimeBlock>, StoreError> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT {} FROM time_blocks WHERE source_uid <> '' ORDER BY id",
                TIME_BLOCK_COLUMNS.join(", ")
            )
        });
        self.all(&SQL, [], read_time_block)
    }
}
