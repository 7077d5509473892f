//! Bringing data in from other programs: patients and visits from tables, visits and block-outs from calendars.
//!
//! Pure but for the [`Door`] it is handed: it reads what is here, plans each record, and writes in batches. Good
//! records are imported and bad ones reported, a second import adds nothing twice, and stopping keeps what was done.
//! The format is described in `docs/guide/import.md`.

mod appointments;
mod calendar;
mod columns;
mod fields;
mod job;
pub mod lookup;
mod patients;
mod roster;
mod table;
mod text;
mod visits;

pub use appointments::import_appointments;
pub use calendar::import_calendar;
pub use job::{Door, Job};
pub use patients::import_patients;
pub use text::decode;

use clinic::{LocationId, ProviderId};

use crate::DeskError;
use crate::api::{ImportKind, ImportReport};

/// Runs an import of any kind. `location` and `provider` are for calendars.
pub fn import(
    kind: ImportKind,
    text: &str,
    location: Option<LocationId>,
    provider: Option<ProviderId>,
    job: &mut Job<'_>,
) -> Result<ImportReport, DeskError> {
    match kind {
        ImportKind::PatientsCsv => import_patients(text, job),
        ImportKind::AppointmentsCsv => import_appointments(text, job),
        ImportKind::Calendar => import_calendar(text, location, provider, job),
    }
}

#[cfg(test)]
mod tests;
