//! Booking, moving and the life of a visit.

use clinic::{
    AppointmentId, AppointmentTypeId, LocationId, OperatoryId, PatientId, Policy, ProviderId, Rule, Status,
    Weekday,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppointmentCard, HistoryEntry, PatientView, UndoState, VisitSeries};

/// What stands in the way, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Violation {
    pub rule: Rule,
    pub policy: Policy,
    /// `Op 2 is taken 10:00–10:40 by Osei, Kofi`.
    pub message: String,
    /// The visit in the way, if it is one.
    pub appointment: Option<AppointmentId>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct Leave {
    /// The person saw the warnings and wants it anyway.
    pub acknowledge_warnings: bool,
    /// Why a refusing rule is overridden, once.
    pub override_reason: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct BookAppointment {
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    /// Wall time at the operatory's location: `2026-03-03T09:00`.
    pub at: String,
    /// When the clock shows this time twice: take the later one.
    #[serde(default)]
    pub later_of_two: bool,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// Instead of the type's own pattern.
    #[serde(default)]
    pub pattern: Option<String>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub is_asap: bool,
    /// The patient is asked to come so many minutes before the visit: 5 to 30 in steps of five, or 0.
    #[serde(default)]
    pub arrive_early_minutes: Option<u16>,
    #[serde(default)]
    pub leave: Leave,
    /// What is done beside the type; the visit takes the pattern of all of them together, unless one is given.
    #[serde(default)]
    #[ts(as = "Option<Vec<AppointmentTypeId>>", optional)]
    pub also: Vec<AppointmentTypeId>,
    /// Who comes for the units of the second pattern; left out: nobody.
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
}

/// Only what is given changes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct MoveAppointment {
    pub id: AppointmentId,
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub later_of_two: bool,
    #[serde(default)]
    pub operatory: Option<OperatoryId>,
    #[serde(default)]
    pub provider: Option<ProviderId>,
    /// Somebody else for the units of the second pattern.
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
    /// Nobody comes for them any more.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub no_second_provider: bool,
    #[serde(default)]
    pub leave: Leave,
}

/// Each of two visits takes the other's time and operatory, and keeps its length.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SwapAppointments {
    pub id: AppointmentId,
    pub with: AppointmentId,
    /// Each goes to the other's provider, too.
    #[serde(default)]
    pub with_providers: bool,
    #[serde(default)]
    pub leave: Leave,
}

/// Both visits as they are then, in the order of the request.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AppointmentsSwapped {
    pub appointments: Vec<AppointmentCard>,
    /// What was accepted knowingly.
    pub warnings: Vec<Violation>,
    pub undo: UndoState,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangeLength {
    pub id: AppointmentId,
    pub length_minutes: u16,
    #[serde(default)]
    pub leave: Leave,
}

/// What a visit’s own type and others come to in one visit; changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MergeProcedures {
    pub appointment_type: AppointmentTypeId,
    pub also: Vec<AppointmentTypeId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MergedProcedures {
    /// `Adjustment + Retainer check`.
    pub name: String,
    pub pattern: String,
    /// Where a second provider is needed; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_pattern: Option<String>,
    pub length_minutes: u16,
    /// How long the provider is needed.
    pub provider_minutes: u16,
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
}

/// Other things are done beside a visit’s own type; it takes the length of all of them together.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ChangeProcedures {
    pub id: AppointmentId,
    /// All that is done beside the own type, in this order; none: only that.
    pub also: Vec<AppointmentTypeId>,
    /// Instead of the pattern that they make together.
    #[serde(default)]
    pub pattern: Option<String>,
    #[serde(default)]
    pub leave: Leave,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SetStatus {
    pub id: AppointmentId,
    pub status: Status,
    #[serde(default)]
    pub doctor_needed: Option<bool>,
    #[serde(default)]
    pub leave: Leave,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CancelAppointment {
    pub id: AppointmentId,
    pub reason: String,
}

/// Only what is given changes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct EditAppointment {
    pub id: AppointmentId,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub is_asap: Option<bool>,
    /// The patient is asked to come so many minutes before the visit: 5 to 30 in steps of five; 0 takes it back.
    #[serde(default)]
    pub arrive_early_minutes: Option<u16>,
}

/// Would this placement be accepted? For drags and forms; changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CheckPlacement {
    /// The visit that would move, if it exists already.
    #[serde(default)]
    pub appointment: Option<AppointmentId>,
    #[serde(default)]
    pub patient: Option<PatientId>,
    pub appointment_type: AppointmentTypeId,
    pub at: String,
    /// When the clock shows this time twice: the later one is meant.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub later_of_two: bool,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    #[serde(default)]
    pub pattern: Option<String>,
    /// What is done beside the type; as the visit has it if left out.
    #[serde(default)]
    pub also: Option<Vec<AppointmentTypeId>>,
    /// Who comes for the units of the second pattern; as the visit has it if left out.
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
    /// Nobody does, whomever the visit has.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub no_second_provider: bool,
}

/// Would this change of booked visits be accepted? Nothing is changed, and what it says of leave does not matter.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CheckChange {
    Swap(SwapAppointments),
    Length(ChangeLength),
    Procedures(ChangeProcedures),
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PlacementCheck {
    pub violations: Vec<Violation>,
    /// Set when the wall time does not exist: the next one that does.
    pub no_such_time: Option<String>,
    /// The wall time happens twice that night.
    pub happens_twice: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AppointmentRef {
    pub id: AppointmentId,
}

/// What every change of a visit answers.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AppointmentChanged {
    pub appointment: AppointmentCard,
    /// What was acknowledged or overridden.
    pub warnings: Vec<Violation>,
    pub undo: UndoState,
}

/// Everything about one visit, for the inspector.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AppointmentDetail {
    pub card: AppointmentCard,
    /// RFC 9557 with offset and zone.
    pub starts_at: String,
    pub ends_at: String,
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    pub note: String,
    pub cancel_reason: String,
    pub confirmed_at: Option<String>,
    pub arrived_at: Option<String>,
    pub seated_at: Option<String>,
    pub completed_at: Option<String>,
    pub checked_out_at: Option<String>,
    pub broken_at: Option<String>,
    /// Minutes from arriving to being seated; none until both have been.
    pub waited_minutes: Option<u32>,
    /// Minutes from being seated to the end of the treatment.
    pub in_chair_minutes: Option<u32>,
    /// Minutes from arriving to being checked out.
    pub in_house_minutes: Option<u32>,
    /// The steps that the status table allows from here.
    pub next_statuses: Vec<Status>,
    pub patient: PatientView,
    pub history: Vec<HistoryEntry>,
    /// The series that it belongs to, if it belongs to one.
    #[ts(optional = nullable)]
    pub series: Option<VisitSeries>,
    /// Block-outs that lie over it, each in words: `Team meeting 9:00–11:30 (Dr Mei Chen)`. Absences are said by `needs_new_time`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub under_blocks: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct OpeningsRequest {
    pub appointment_type: AppointmentTypeId,
    #[serde(default)]
    pub location: Option<LocationId>,
    #[serde(default)]
    pub provider: Option<ProviderId>,
    #[serde(default)]
    pub operatory: Option<OperatoryId>,
    /// The patient must be free too.
    #[serde(default)]
    pub patient: Option<PatientId>,
    /// First day; today if left out.
    #[serde(default)]
    pub from: Option<String>,
    /// 1 to 366; 28 if left out.
    #[serde(default)]
    pub days: Option<u16>,
    /// `08:00`: the visit begins then or later, on the clock of its location.
    #[serde(default)]
    pub after: Option<String>,
    /// `12:00`: the visit is over by then.
    #[serde(default)]
    pub before: Option<String>,
    /// Empty: every day.
    #[serde(default)]
    pub weekdays: Vec<Weekday>,
    #[serde(default)]
    pub pattern: Option<String>,
    /// 1 to 200; 10 if left out.
    #[serde(default)]
    pub limit: Option<u16>,
    /// What is done beside the type.
    #[serde(default)]
    #[ts(as = "Option<Vec<AppointmentTypeId>>", optional)]
    pub also: Vec<AppointmentTypeId>,
    /// Who should come for the units of the second pattern; left out: whoever is free then.
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpeningView {
    /// Wall time at the location.
    pub at: String,
    /// The clock shows this time twice that night, and this is the later one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub later_of_two: bool,
    pub location: LocationId,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// Who is free for the units of the second pattern; none where the visit needs nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_provider: Option<ProviderId>,
    pub length_minutes: u16,
    /// Why it is where it is in the list.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Openings {
    pub openings: Vec<OpeningView>,
    /// What earlier visits say about the patient, in words: `usually on Tuesdays (4 of 5 visits)`.
    pub learned: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum IcsMethod {
    Request,
    Cancel,
    Publish,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct IcsRequest {
    pub id: AppointmentId,
    /// What fits the visit's status if left out.
    #[serde(default)]
    pub method: Option<IcsMethod>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct IcsFile {
    /// Without patient data: `appointment-2026-03-03.ics`.
    pub file_name: String,
    pub text: String,
}
