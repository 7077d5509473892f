//! A course of visits that was entered as one: every six weeks, twelve times. Lies in the patient's document, beside its
//! visits, each of which is a record of its own.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::{
    Appointment, AppointmentSeriesId, AppointmentTypeId, LocationId, OperatoryId, PatientId, ProviderId,
    Recurrence, TimePattern,
};

/// What a series was asked to be. Which visits it has, and where they are now, only the visits say
/// ([`Appointment::series`]): this is for people, and for whoever looks at the rule again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecurringAppointment {
    pub id: AppointmentSeriesId,
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    pub provider: ProviderId,
    pub operatory: OperatoryId,
    /// The operatory's location.
    pub location: LocationId,
    /// The first date and the usual time, on the location's wall clock.
    pub wall: DateTime,
    pub pattern: TimePattern,
    pub recurrence: Recurrence,
    /// Days on which the location is closed were passed over, and did not count.
    #[serde(default)]
    pub passes_over_closed: bool,
}

/// Where a series wants one of its visits. A visit that a person put elsewhere is an exception, and stays where it is when
/// the others move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesPlace {
    /// On the wall clock of the operatory's location.
    pub wall: DateTime,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
}

impl SeriesPlace {
    pub fn of(visit: &Appointment) -> SeriesPlace {
        SeriesPlace {
            wall: visit.starts_at.wall,
            operatory: visit.operatory,
            provider: visit.provider,
        }
    }
}

impl Appointment {
    /// Whether a person gave this visit of a series another time, operatory or provider than its series wants.
    pub fn is_exception(&self) -> bool {
        self.series.is_some()
            && self
                .planned
                .as_ref()
                .is_some_and(|planned| *planned != SeriesPlace::of(self))
    }
}
