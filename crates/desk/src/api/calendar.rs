//! Day sheets, the month's density, block-outs.

use clinic::{
    AbsenceReason, AppointmentId, AppointmentTypeId, AssistantNeed, BlockPolicy, BlockSeriesId, BlockTarget,
    ConflictKey, EquipmentNeed, LocationId, OperatoryId, PatientId, ProviderId, Status, TimeBlockId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{BookedThere, HistoryEntry, SlotCard, ViewBy};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DaySheetRequest {
    pub location: LocationId,
    pub date: String,
}

/// One day at one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DaySheet {
    pub location: LocationId,
    pub date: String,
    /// When the location is open, in minutes of the day; empty: closed.
    pub open: Vec<MinuteSpan>,
    /// Cancelled and missed visits are here too; the screen shows them when asked.
    pub appointments: Vec<AppointmentCard>,
    pub blocks: Vec<BlockCard>,
    /// What an applied template reserves, behind the visits.
    #[serde(default)]
    #[ts(as = "Option<Vec<SlotCard>>", optional)]
    pub slots: Vec<SlotCard>,
    /// When each provider works here today.
    pub provider_hours: Vec<ProviderHours>,
    /// How the clock goes, if it is set that day: 23 or 25 hours. Everything else here is in minutes of the wall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub clock: Option<DayClock>,
}

/// A day on which the clock is set, at one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DayClock {
    /// How many minutes pass from its first moment to its last: 1380, 1500.
    pub minutes: u16,
    /// Between two settings of the clock, in order.
    pub stretches: Vec<ClockStretch>,
}

/// A part of a day in which the clock is not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClockStretch {
    /// Minutes that have passed since the day began.
    pub from: u16,
    /// What the wall shows then, in minutes of its day.
    pub wall: u16,
    /// `EST`.
    pub zone: String,
}

/// A day as its records were at an instant of the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DayAsOfRequest {
    pub location: LocationId,
    pub date: String,
    /// Wall time at the location, on any date: `2026-03-03T08:00`.
    pub at: String,
    /// When the clock shows this time twice: take the later one.
    #[serde(default)]
    pub later_of_two: bool,
}

/// What was written by then, wherever. Names, hours and template slots are today's.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DayAsOf {
    pub sheet: DaySheet,
    /// Wall time at the location.
    pub at: String,
    /// Written elsewhere by then, and certainly not yet known at this workstation; oldest first.
    pub late: Vec<HistoryEntry>,
    /// What was done to the day's visits since; newest first, 100 at the most.
    pub since: Vec<HistoryEntry>,
    /// How many there are in all.
    pub since_count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MinuteSpan {
    pub from: u16,
    pub until: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProviderHours {
    pub provider: ProviderId,
    pub spans: Vec<MinuteSpan>,
}

/// What a card shows at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppointmentCard {
    pub id: AppointmentId,
    pub patient: PatientId,
    /// `Rivera, Ana`.
    pub patient_name: String,
    pub appointment_type: AppointmentTypeId,
    pub provider: ProviderId,
    pub operatory: OperatoryId,
    pub location: LocationId,
    /// Wall date at the location.
    pub date: String,
    pub start_minute: u16,
    /// The clock shows this time twice that day, and the visit is at the second.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub later_of_two: bool,
    pub length_minutes: u16,
    pub pattern: String,
    pub status: Status,
    pub doctor_needed: bool,
    pub is_asap: bool,
    pub has_note: bool,
    /// The patient has an alert.
    pub has_alert: bool,
    /// The patient's first visit here.
    pub is_first_visit: bool,
    /// When the patient came in, for waiting times: RFC 3339 UTC.
    pub arrived_at: Option<String>,
    pub seated_at: Option<String>,
    /// When the treatment was done and when the patient left, for the patient-flow board: RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub completed_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub checked_out_at: Option<String>,
    /// Open conflict cards that it is part of.
    pub conflicts: Vec<ConflictKey>,
    /// Why it needs a new time, if it does: `Dr Mei Chen is away (Vacation)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub needs_new_time: Option<String>,
    /// How many minutes before the visit the patient was asked to come, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub arrive_early_minutes: Option<u16>,
    /// What is done beside its type, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<AppointmentTypeId>>", optional)]
    pub also: Vec<AppointmentTypeId>,
    /// What the visit uses and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<EquipmentNeed>>", optional)]
    pub equipment: Vec<EquipmentNeed>,
    /// In which of its minutes it needs an assistant; left out: while the doctor is away.
    #[serde(default, skip_serializing_if = "is_usual")]
    #[ts(as = "Option<AssistantNeed>", optional)]
    pub assistant: AssistantNeed,
    /// Who is needed in the units of `second_pattern`; none: nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_provider: Option<ProviderId>,
    /// `X` where a second provider is needed, `/` elsewhere; none: one is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_pattern: Option<String>,
}

fn is_usual(need: &AssistantNeed) -> bool {
    *need == AssistantNeed::default()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BlockCard {
    pub id: TimeBlockId,
    pub target: BlockTarget,
    pub location: LocationId,
    pub date: String,
    /// Minutes of this day; a block over several days is cut to each.
    pub start_minute: u16,
    pub length_minutes: u16,
    pub title: String,
    pub policy: BlockPolicy,
    /// What recurs: the same in all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub series: Option<BlockSeriesId>,
    /// Why a provider is away or a place closed, if it is that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub absence: Option<AbsenceReason>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MonthRequest {
    pub location: LocationId,
    /// First and last day, at most 62 days apart.
    pub from: String,
    pub until: String,
    /// Also tell each day's parts.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub by: Option<ViewBy>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MonthDensity {
    pub days: Vec<DayDensity>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DayDensity {
    pub date: String,
    pub visits: u32,
    /// Minutes booked over all operatories.
    pub booked_minutes: u32,
    /// Minutes open times operatories; 0: closed.
    pub capacity_minutes: u32,
    pub has_conflict: bool,
    /// Where asked for: each operatory, or each provider who is in or has visits, in no order.
    pub parts: Vec<DensityPart>,
}

/// One operatory's or provider's part of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DensityPart {
    /// The operatory or provider.
    pub id: String,
    pub visits: u32,
    /// A provider's own time only.
    pub booked_minutes: u32,
    /// Minutes open, or minutes the provider is in.
    pub capacity_minutes: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct AddTimeBlock {
    pub target: BlockTarget,
    pub location: LocationId,
    /// Wall time `2026-03-03T12:00`.
    pub at: String,
    pub length_minutes: u32,
    pub title: String,
    pub policy: BlockPolicy,
    /// What becomes of visits that are booked then; left out: they are asked about (`visits_booked`).
    #[serde(default)]
    pub visits: Option<BookedThere>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ChangeTimeBlock {
    pub id: TimeBlockId,
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub length_minutes: Option<u32>,
    /// Where it ends, wall time at its location, instead of how long it is.
    #[serde(default)]
    pub until: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub policy: Option<BlockPolicy>,
    /// What becomes of visits that are booked then; left out: they are asked about (`visits_booked`).
    #[serde(default)]
    pub visits: Option<BookedThere>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TimeBlockRef {
    pub id: TimeBlockId,
}
