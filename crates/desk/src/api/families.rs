//! Booking for several patients who come together.

use clinic::openings::Arrangement;
use clinic::{AppointmentTypeId, LocationId, PatientId, ProviderId, Weekday};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppointmentCard, BookAppointment, Leave, OpeningView, UndoState, Violation};

/// What each of them needs.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FamilyVisit {
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    /// Done beside the type, in this order.
    #[serde(default)]
    pub also: Vec<AppointmentTypeId>,
    #[serde(default)]
    pub provider: Option<ProviderId>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FamilyOpeningsRequest {
    /// 2 to 6.
    pub visits: Vec<FamilyVisit>,
    pub arrangement: Arrangement,
    #[serde(default)]
    pub location: Option<LocationId>,
    /// First day; today if left out.
    #[serde(default)]
    pub from: Option<String>,
    /// 1 to 92; 28 if left out.
    #[serde(default)]
    pub days: Option<u16>,
    /// `15:00`: the first visit begins then or later, on the clock of its location.
    #[serde(default)]
    pub after: Option<String>,
    /// `12:00`: all of them are over by then.
    #[serde(default)]
    pub before: Option<String>,
    /// Empty: every day.
    #[serde(default)]
    pub weekdays: Vec<Weekday>,
    /// 1 to 50; 6 if left out.
    #[serde(default)]
    pub limit: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FamilyOpenings {
    /// The earliest day first, there the shortest stay.
    pub openings: Vec<FamilyOpeningView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FamilyOpeningView {
    /// One for each visit, in the order asked for.
    pub visits: Vec<OpeningView>,
    /// Minutes from the first start to the last end.
    pub stay_minutes: u32,
}

/// Books all of them in one step, or none.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BookFamily {
    /// 2 to 6. What each says under `leave` does not count.
    pub visits: Vec<BookAppointment>,
    #[serde(default)]
    pub leave: Leave,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FamilyBooked {
    pub appointments: Vec<AppointmentCard>,
    pub warnings: Vec<Violation>,
    pub undo: UndoState,
}
