//! Ideal days and weeks: templates of slots, their kept versions, and where they are applied. A template's records
//! lie in document `template/<id>`, what is applied in its location's.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    AppointmentTypeId, LocationId, OperatoryId, PersonId, ProviderId, Stamp, TemplateApplicationId,
    TemplateId, TemplateSlotId, TemplateVersionId, Weekday,
};

/// A reusable ideal day or week. What it consists of now are its [`TemplateSlot`]s, the draft; what can be applied are its
/// [`TemplateVersion`]s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleTemplate {
    pub id: TemplateId,
    /// `Bonding week`.
    pub name: String,
    #[serde(default)]
    pub note: String,
    /// Whose operatories it is drawn on.
    pub location: LocationId,
    pub span: TemplateSpan,
    /// Out of use; stays where it was applied.
    #[serde(default)]
    pub is_archived: bool,
    #[serde(default)]
    pub copied_from: Option<TemplateId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TemplateSpan {
    /// One day, for whatever weekday it is applied to.
    Day,
    Week,
}

/// A place that a template reserves for an appointment type or a class of types, in wall minutes of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSlot {
    /// The same in all versions.
    pub id: TemplateSlotId,
    pub template: TemplateId,
    /// Of a week template; none in a day template.
    #[serde(default)]
    pub weekday: Option<Weekday>,
    /// Minutes since midnight as the wall clock shows them.
    pub start_minute: u16,
    pub length_minutes: u16,
    pub operatory: OperatoryId,
    /// None: whoever works there.
    #[serde(default)]
    pub provider: Option<ProviderId>,
    pub wants: SlotWants,
    /// How many visits it is meant for, at least 1.
    pub capacity: u16,
    #[serde(default)]
    pub hold: Option<EmergencyHold>,
    #[serde(default)]
    pub label: String,
    /// 0–11; none: that of what it wants.
    #[serde(default)]
    pub hue: Option<u8>,
    /// Doubles the hue; empty: that of what it wants.
    #[serde(default)]
    pub letter: String,
}

/// What a slot is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SlotWants {
    Type {
        id: AppointmentTypeId,
    },
    /// Every type of this class.
    Class {
        name: String,
    },
    Any,
}

/// Kept for emergencies until it is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EmergencyHold {
    /// 1 to 3, as long as the emergency.
    pub units: u8,
    /// Hours before its start from which anything may be booked there; 0: at its start.
    pub release_hours: u16,
}

/// A template as it was when somebody kept it under a name. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVersion {
    pub id: TemplateVersionId,
    pub template: TemplateId,
    /// From 1; two desks that keep one at the same time both have the same.
    pub number: u32,
    pub name: String,
    pub by: PersonId,
    pub at: Timestamp,
    #[serde(with = "super::packed_slots")]
    pub slots: Vec<TemplateSlot>,
}

/// How a template of one location is used at another, which shares it: applied there, it follows the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateShare {
    pub template: TemplateId,
    /// The other location.
    pub location: LocationId,
    pub operatories: Vec<(OperatoryId, OperatoryId)>,
    /// Who stands in for whom; who is not named stays.
    pub providers: Vec<(ProviderId, ProviderId)>,
    /// Their slots are for whoever works there.
    #[serde(default)]
    pub without: Vec<ProviderId>,
    /// No longer offered there; what is applied there still follows this.
    #[serde(default)]
    pub is_ended: bool,
}

/// A template, or several in turn week by week, applied to dates of a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateApplication {
    pub id: TemplateApplicationId,
    pub location: LocationId,
    pub weeks: Vec<AppliedWeek>,
    /// The Monday of a first week of the rotation.
    pub weeks_from: Date,
    pub from: Date,
    /// The last day, itself included.
    pub until: Date,
    pub weekdays: Vec<Weekday>,
    /// The dates it holds on, ascending. Of several applications of a date the newest by `applied` counts.
    pub dates: Vec<Date>,
    pub applied: Stamp,
    pub by: PersonId,
}

/// What is applied in one week of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppliedWeek {
    pub template: TemplateId,
    pub version: TemplateVersionId,
}

/// What somebody changed by hand on one date: it stays whatever version is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySlot {
    pub location: LocationId,
    pub date: Date,
    /// A slot of the template, or one of this day alone.
    pub slot: TemplateSlotId,
    /// None: there is no such slot on this date.
    pub content: Option<TemplateSlot>,
}

impl TemplateShare {
    /// One for each template and location.
    pub fn key(&self) -> String {
        format!("{}/{}", self.template, self.location)
    }
}

impl DaySlot {
    /// One for each location, date and slot.
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.location, self.date, self.slot)
    }
}
