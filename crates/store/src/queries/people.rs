//! Patients, and how much there is of everything.

use std::sync::LazyLock;

use clinic::{Patient, PatientId};

use super::Reads;
use crate::StoreError;
use crate::rows::{PATIENT_COLUMNS, read_patient};

/// How many of each there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub patients: u64,
    pub appointments: u64,
    pub time_blocks: u64,
    pub documents: u64,
    pub entries: u64,
    pub overlaps: u64,
    pub field_conflicts: u64,
}

static COLUMNS: LazyLock<String> = LazyLock::new(|| PATIENT_COLUMNS.join(", "));

impl Reads<'_> {
    pub fn patient(&self, id: PatientId) -> Result<Option<Patient>, StoreError> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM patients WHERE id = ?1", *COLUMNS));
        self.one(&SQL, [id.to_bytes()], read_patient)
    }

    /// Patients with this chart number: one, unless two desks gave it at the same time.
    pub fn patients_by_chart(&self, chart_number: &str) -> Result<Vec<Patient>, StoreError> {
        let sql = format!(
            "SELECT {} FROM patients WHERE chart_number = ?1 AND chart_number <> '' ORDER BY id",
            *COLUMNS
        );
        self.all(&sql, [chart_number], read_patient)
    }

    /// Every patient, by id.
    pub fn for_each_patient(&self, mut each: impl FnMut(Patient)) -> Result<(), StoreError> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {} FROM patients ORDER BY id", *COLUMNS))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(read_patient(row)?);
        }
        Ok(())
    }

    pub fn counts(&self) -> Result<Counts, StoreError> {
        let count = |table: &str| -> Result<u64, StoreError> {
            let sql = format!("SELECT count(*) FROM {table}");
            Ok(self
                .one(&sql, [], |row| Ok(row.get::<_, i64>(0)?))?
                .unwrap_or_default() as u64)
        };
        Ok(Counts {
            patients: count("patients")?,
            appointments: count("appointments")?,
            time_blocks: count("time_blocks")?,
            documents: count("documents")?,
            entries: count("log")?,
            overlaps: count("overlaps")?,
            field_conflicts: count("(SELECT DISTINCT kind, record, field FROM field_conflicts)")?,
        })
    }
}
