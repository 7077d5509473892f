//! The practice as a whole: its name, its rules, the people who work in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::RankingWeights;
use crate::{AppointmentTypeId, PersonId, PracticeId, ProviderId, WorkstationId, ZoneName};

/// Settings of the practice. Document `practice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practice {
    pub id: PracticeId,
    pub name: String,
    /// Default zone of new locations.
    pub zone: ZoneName,
    /// Sender of calendar files (`ORGANIZER`).
    pub email: String,
    pub phone: String,
    /// The grid: 5, 10 or 15 minutes.
    pub time_increment_minutes: u16,
    pub policies: RulePolicies,
    /// What the cancel dialog offers.
    pub cancel_reasons: Vec<String>,
    /// Weeks that the key `W` jumps ahead.
    pub usual_interval_weeks: u16,
    /// Whether this is the invented practice of `demo`: only then is `ORCA_NOW` honoured.
    pub is_demo: bool,
    /// How many visits may begin in an hour; none: as many as fit.
    #[serde(default)]
    pub visit_limits: Vec<VisitLimit>,
    /// What counts how much when openings are ranked.
    #[serde(default)]
    pub weights: RankingWeights,
}

/// A rule that a practice can loosen or tighten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Two visits in one operatory.
    OperatoryOverlap,
    /// Two visits that need the same provider in the same minutes (their `X` units).
    DoctorTimeOverlap,
    /// One patient in two places.
    PatientOverlap,
    /// Outside the location's opening hours, or on a closed day.
    OutsideLocationHours,
    /// Outside the provider's working hours at this location.
    OutsideProviderHours,
    /// A time block whose own policy is *block* or *restricted to types*.
    TimeBlock,
    /// The minutes that a type wants free before and after.
    Buffer,
    /// Provider, operatory or location that the type does not allow.
    TypeNotAllowed,
    /// A slot of the day's template that is meant for something else or is full, or no slot at all.
    TemplateMismatch,
    /// A slot that is kept for emergencies and not released yet.
    EmergencyHold,
    /// A visit is booked for a patient who comes that day already.
    SameDayVisit,
    /// A visit is booked for a patient who has one of that type ahead.
    SameTypeAhead,
    /// More visits than a limit allows begin in one hour.
    VisitsPerHour,
    /// More visits at once use some equipment than their location has pieces.
    Equipment,
    /// More visits at once need an assistant than are at their location.
    Assistants,
    /// A visit is placed on a day that is over, or marked before its day as if the patient were there.
    DayOfVisit,
}

impl Rule {
    pub const ALL: [Rule; 16] = [
        Rule::OperatoryOverlap,
        Rule::DoctorTimeOverlap,
        Rule::PatientOverlap,
        Rule::OutsideLocationHours,
        Rule::OutsideProviderHours,
        Rule::TimeBlock,
        Rule::Buffer,
        Rule::TypeNotAllowed,
        Rule::TemplateMismatch,
        Rule::EmergencyHold,
        Rule::SameDayVisit,
        Rule::SameTypeAhead,
        Rule::VisitsPerHour,
        Rule::Equipment,
        Rule::Assistants,
        Rule::DayOfVisit,
    ];

    /// Rules that a type of visit can have its own policy for: about one visit, or asked only of the one that is being booked or moved.
    /// The others are the practice’s: most are about two visits, of which each might say something else.
    pub const OF_A_TYPE: [Rule; 11] = [
        Rule::OutsideLocationHours,
        Rule::OutsideProviderHours,
        Rule::TimeBlock,
        Rule::TypeNotAllowed,
        Rule::TemplateMismatch,
        Rule::EmergencyHold,
        Rule::SameDayVisit,
        Rule::SameTypeAhead,
        Rule::VisitsPerHour,
        Rule::Equipment,
        Rule::Assistants,
    ];

    /// As files and the command line write it.
    pub fn code(self) -> &'static str {
        match self {
            Rule::OperatoryOverlap => "operatory_overlap",
            Rule::DoctorTimeOverlap => "doctor_time_overlap",
            Rule::PatientOverlap => "patient_overlap",
            Rule::OutsideLocationHours => "outside_location_hours",
            Rule::OutsideProviderHours => "outside_provider_hours",
            Rule::TimeBlock => "time_block",
            Rule::Buffer => "buffer",
            Rule::TypeNotAllowed => "type_not_allowed",
            Rule::TemplateMismatch => "template_mismatch",
            Rule::EmergencyHold => "emergency_hold",
            Rule::SameDayVisit => "same_day_visit",
            Rule::SameTypeAhead => "same_type_ahead",
            Rule::VisitsPerHour => "visits_per_hour",
            Rule::Equipment => "equipment",
            Rule::Assistants => "assistants",
            Rule::DayOfVisit => "day_of_visit",
        }
    }

    /// What breaking it means: `two visits in one operatory`.
    pub fn words(self) -> &'static str {
        match self {
            Rule::OperatoryOverlap => "two visits in one operatory",
            Rule::DoctorTimeOverlap => "two visits that need one doctor at once",
            Rule::PatientOverlap => "one patient in two places",
            Rule::OutsideLocationHours => "outside opening hours",
            Rule::OutsideProviderHours => "outside a provider’s hours",
            Rule::TimeBlock => "on a block-out",
            Rule::Buffer => "too little free time between visits",
            Rule::TypeNotAllowed => "a provider, operatory or location that the type does not allow",
            Rule::TemplateMismatch => "not as the template of the day has it",
            Rule::EmergencyHold => "time kept for emergencies",
            Rule::SameDayVisit => "a patient who has another visit that day",
            Rule::SameTypeAhead => "a patient who has a visit of that type ahead",
            Rule::VisitsPerHour => "more visits in an hour than the practice allows",
            Rule::Equipment => "more visits at once than there are pieces of some equipment",
            Rule::Assistants => "more visits at once that need an assistant than there are",
            Rule::DayOfVisit => "a visit on a day that is over, or marked before its day",
        }
    }
}

/// What happens when a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Not even mentioned.
    Allow,
    /// Asked once: “book anyway?”
    Warn,
    /// Only with an override: a reason, by someone who may, logged.
    Refuse,
}

/// The practice's policy for each rule; what is not listed keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RulePolicies(pub BTreeMap<Rule, Policy>);

impl RulePolicies {
    pub fn of(&self, rule: Rule) -> Policy {
        self.0.get(&rule).copied().unwrap_or(match rule {
            Rule::OperatoryOverlap
            | Rule::DoctorTimeOverlap
            | Rule::PatientOverlap
            | Rule::TimeBlock
            | Rule::EmergencyHold
            | Rule::Equipment => Policy::Refuse,
            Rule::OutsideLocationHours
            | Rule::OutsideProviderHours
            | Rule::Buffer
            | Rule::TypeNotAllowed
            | Rule::TemplateMismatch
            | Rule::SameDayVisit
            | Rule::SameTypeAhead
            | Rule::VisitsPerHour
            | Rule::Assistants
            | Rule::DayOfVisit => Policy::Warn,
        })
    }
}

/// How many visits may begin in one hour on the clock of a location. What happens beyond is [`Rule::VisitsPerHour`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VisitLimit {
    /// Those of this provider; none: of all together.
    pub provider: Option<ProviderId>,
    /// Those of this type; none: of all.
    pub appointment_type: Option<AppointmentTypeId>,
    /// 1 to 60.
    pub most: u16,
}

/// Someone who works here. Document `practice`. Roles and log-ins attach to this record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// One to three letters, unique enough for a badge.
    pub initials: String,
    pub is_active: bool,
}

/// A desk that takes part. Document `practice`. Its keys are in the signed membership of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Workstation {
    pub id: WorkstationId,
    pub name: String,
}
