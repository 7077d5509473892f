//! Series of visits: planned date by date, booked, changed and called off together.

use clinic::{
    AppointmentId, AppointmentSeriesId, AppointmentTypeId, OperatoryId, PatientId, ProviderId, Status,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Leave, LeftOutView, OpeningView, RecurrenceFields, SeriesScope, UndoState, Violation};

/// A series that somebody wants. Its dates follow from `at` and the rule; `picks` decide single ones otherwise.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SeriesFields {
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    /// Done beside the type in each visit, in this order.
    #[serde(default)]
    pub also: Vec<AppointmentTypeId>,
    /// The first date and the time of day, on the wall clock of the operatory's location: `2026-03-03T09:00`.
    pub at: String,
    /// On a date on which the clock shows this time twice: take the later one.
    #[serde(default)]
    pub later_of_two: bool,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// Instead of the pattern that the type and everything beside it make.
    #[serde(default)]
    pub pattern: Option<String>,
    pub recurrence: RecurrenceFields,
    /// Days on which the location is closed are passed over and do not count.
    #[serde(default)]
    pub passes_over_closed: bool,
    /// The same for all.
    #[serde(default)]
    pub note: String,
    /// The patient would come sooner to each of them.
    #[serde(default)]
    pub is_asap: bool,
    /// The patient is asked to come so many minutes before each visit: 5 to 30 in steps of five, or 0.
    #[serde(default)]
    pub arrive_early_minutes: Option<u16>,
    #[serde(default)]
    pub picks: Vec<SeriesPick>,
    #[serde(default)]
    pub leave: Leave,
    /// Who comes for the units of the type's second pattern, on all dates; left out: nobody.
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
}

/// What becomes of one date: another time or place, or nothing. Without `at` the date is left out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SeriesPick {
    /// The date as the rule has it.
    pub date: String,
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub later_of_two: bool,
    /// Left out: as the others.
    #[serde(default)]
    pub operatory: Option<OperatoryId>,
    #[serde(default)]
    pub provider: Option<ProviderId>,
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
}

/// How one date of a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SeriesState {
    Fits,
    /// Rules warn: possible when acknowledged.
    Warned,
    /// Rules refuse: possible with a reason.
    Refused,
    /// The location is closed all day.
    Closed,
    /// The clock skips the time.
    NoSuchTime,
}

/// One date of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesDate {
    /// As the rule has it; of a visit that is there already, the date on which it is.
    pub date: String,
    /// Wall time at the location where it would be.
    pub at: String,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    pub length_minutes: u16,
    pub state: SeriesState,
    /// What stands in the way, in words; empty if it fits.
    pub words: String,
    pub violations: Vec<Violation>,
    /// Where it does not fit: what is free near by, nearest first.
    pub openings: Vec<OpeningView>,
    /// A person chose this time or place.
    pub is_picked: bool,
    /// The visit, if it is there already.
    pub appointment: Option<AppointmentId>,
}

/// What a rule, or a change of a series, comes to. Nothing has been done yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesPlan {
    /// `every 6 weeks on Tuesday, 12 times`.
    pub rule: String,
    pub dates: Vec<SeriesDate>,
    /// Days that the rule passes over, and visits that stay as they are, with reasons.
    pub passed_over: Vec<LeftOutView>,
    /// Dates that a person left out.
    pub left_out: Vec<String>,
    /// How many dates do not fit as they are.
    pub misfits: u32,
}

/// A series as booked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SeriesBooked {
    pub id: AppointmentSeriesId,
    /// By start.
    pub appointments: Vec<AppointmentId>,
    /// What was acknowledged or overridden.
    pub warnings: Vec<Violation>,
    pub undo: UndoState,
}

/// The series that a visit belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VisitSeries {
    pub id: AppointmentSeriesId,
    /// `every 6 weeks on Tuesday, 12 times`; empty where only the visits are known.
    pub rule: String,
    /// Which one this visit is, from 1.
    pub position: u32,
    /// By start.
    pub visits: Vec<SeriesVisit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesVisit {
    pub id: AppointmentId,
    /// Wall time at its location.
    pub at: String,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    pub status: Status,
    /// A person gave it another time or place than its series wants.
    pub is_exception: bool,
}

/// Changes visits of a series. What is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ChangeSeries {
    /// One of them.
    pub id: AppointmentId,
    pub scope: SeriesScope,
    /// The new wall time of that one; the others go as many days, and to the same time of day if it changes.
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub operatory: Option<OperatoryId>,
    #[serde(default)]
    pub provider: Option<ProviderId>,
    /// Brings its own length and free minutes.
    #[serde(default)]
    pub appointment_type: Option<AppointmentTypeId>,
    /// Somebody else for the units of the second pattern, in those visits that have one.
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
    /// Nobody comes for them any more.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub no_second_provider: bool,
    /// Alone: not together with another time, place, type or provider.
    #[serde(default)]
    pub status: Option<Status>,
    #[serde(default)]
    pub picks: Vec<SeriesVisitPick>,
    #[serde(default)]
    pub leave: Leave,
}

/// What becomes of one visit: another time or place, or (without `at`) what it is now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SeriesVisitPick {
    pub id: AppointmentId,
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub later_of_two: bool,
    /// Left out: as it is.
    #[serde(default)]
    pub operatory: Option<OperatoryId>,
    #[serde(default)]
    pub provider: Option<ProviderId>,
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CancelSeries {
    /// One of them.
    pub id: AppointmentId,
    pub scope: SeriesScope,
    pub reason: String,
}

/// What was done with several visits in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesChanged {
    /// Visits that changed.
    pub count: u32,
    /// Visits that stayed as they were, with reasons.
    pub left_out: Vec<LeftOutView>,
    /// What was acknowledged or overridden.
    pub warnings: Vec<Violation>,
    pub undo: UndoState,
}
