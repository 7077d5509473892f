//! The practice as the screen knows it: small, sent whole.

use clinic::{
    AppointmentId, AppointmentTypeId, AssistantNeed, AssistantPeriod, EquipmentCount, EquipmentId,
    EquipmentNeed, FollowUp, LocationId, OperatoryId, PersonId, Policy, PracticeId, ProviderId, ProviderKind,
    RankingFactor, Rota, Rule, VisitLimit, Weight, WorkingHours, WorkstationId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Arriving, BookedThere, CalendarViews, SyncState, UndoState};

/// Everything the screen needs before its first day sheet.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Hello {
    pub program_version: String,
    /// Version of the time-zone data in use.
    pub zone_data: String,
    pub practice: PracticeView,
    pub me: PersonView,
    pub workstation: WorkstationView,
    pub roster: RosterView,
    pub now: Now,
    pub sync: SyncState,
    pub undo: UndoState,
    pub conflict_count: u32,
    /// How far the calendar of a new workstation has come; none: all of it is here.
    pub arriving: Option<Arriving>,
    pub preferences: Preferences,
    /// How the person here looks at the calendar.
    pub views: CalendarViews,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PracticeView {
    pub id: PracticeId,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub time_increment_minutes: u16,
    pub cancel_reasons: Vec<String>,
    pub usual_interval_weeks: u16,
    pub is_demo: bool,
    /// What happens when a rule is broken: every rule, in the order of the settings.
    #[ts(as = "Option<Vec<RuleSetting>>", optional)]
    pub policies: Vec<RuleSetting>,
    /// How many visits may begin in an hour.
    #[ts(as = "Option<Vec<VisitLimit>>", optional)]
    pub limits: Vec<VisitLimit>,
    /// What counts how much when openings are ranked: everything, in the order of the settings.
    #[ts(as = "Option<Vec<WeightSetting>>", optional)]
    pub weights: Vec<WeightSetting>,
}

/// How much something counts when openings are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WeightSetting {
    pub factor: RankingFactor,
    pub weight: Weight,
}

/// What happens when a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuleSetting {
    pub rule: Rule,
    pub policy: Policy,
}

/// Places, people who treat and kinds of visit; inactive ones included, so that old visits keep their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RosterView {
    pub locations: Vec<LocationView>,
    pub operatories: Vec<OperatoryView>,
    pub providers: Vec<ProviderView>,
    pub appointment_types: Vec<AppointmentTypeView>,
    pub people: Vec<PersonView>,
    pub workstations: Vec<WorkstationView>,
    /// Always there; optional where the screen's own records are written by hand.
    #[ts(as = "Option<Vec<EquipmentView>>", optional)]
    pub equipment: Vec<EquipmentView>,
}

/// A kind of equipment that visits share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EquipmentView {
    pub id: EquipmentId,
    pub name: String,
    /// Locations that have any.
    pub counts: Vec<EquipmentCount>,
    pub is_active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LocationView {
    pub id: LocationId,
    pub name: String,
    pub zone: String,
    /// Short zone name today, for the bar: `EST`, `CET`, `+0530`.
    pub zone_abbreviation: String,
    pub address: String,
    pub phone: String,
    pub hours: Vec<WorkingHours>,
    /// Always there; optional where the screen's own records are written by hand.
    #[ts(as = "Option<Rota>", optional)]
    pub rota: Rota,
    pub is_active: bool,
    /// How many assistants are there when, in its wall time; at other times nobody. Empty: they are not counted.
    #[ts(as = "Option<Vec<AssistantPeriod>>", optional)]
    pub assistants: Vec<AssistantPeriod>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperatoryView {
    pub id: OperatoryId,
    pub location: LocationId,
    pub name: String,
    pub usual_provider: Option<ProviderId>,
    /// Empty: whenever the location is open.
    #[ts(as = "Option<Vec<WorkingHours>>", optional)]
    pub hours: Vec<WorkingHours>,
    /// Always there; optional where the screen's own records are written by hand.
    #[ts(as = "Option<Rota>", optional)]
    pub rota: Rota,
    pub is_active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProviderView {
    pub id: ProviderId,
    pub name: String,
    pub short_name: String,
    pub kind: ProviderKind,
    /// 0–11: one of the twelve hues, each with its own pattern.
    pub hue: u8,
    pub letter: String,
    pub hours: Vec<WorkingHours>,
    /// Always there; optional where the screen's own records are written by hand.
    #[ts(as = "Option<Rota>", optional)]
    pub rota: Rota,
    pub is_active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppointmentTypeView {
    pub id: AppointmentTypeId,
    pub name: String,
    pub code: String,
    pub letter: String,
    /// What kind of work it is: `Bonding`; empty if none.
    #[ts(as = "Option<String>", optional)]
    pub class: String,
    /// 0–11: one of the twelve hues, each with its own pattern.
    pub hue: u8,
    /// `X` doctor, `/` assistant, per five minutes.
    pub pattern: String,
    pub length_minutes: u16,
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    /// Empty: every provider.
    pub providers: Vec<ProviderId>,
    /// Empty: every operatory.
    pub operatories: Vec<OperatoryId>,
    /// Empty: every location.
    #[ts(as = "Option<Vec<LocationId>>", optional)]
    pub locations: Vec<LocationId>,
    /// What patients read where they look at the type themselves.
    #[ts(as = "Option<String>", optional)]
    pub online_text: String,
    /// What a reminder says about such a visit.
    #[ts(as = "Option<String>", optional)]
    pub reminder_text: String,
    /// What usually comes after it.
    #[ts(optional = nullable)]
    pub follow_up: Option<FollowUp>,
    /// Rules for which visits of this type have a policy of their own.
    #[ts(as = "Option<Vec<RuleSetting>>", optional)]
    pub policies: Vec<RuleSetting>,
    pub is_active: bool,
    /// What such a visit uses.
    #[ts(as = "Option<Vec<EquipmentNeed>>", optional)]
    pub equipment: Vec<EquipmentNeed>,
    /// In which of its minutes such a visit needs an assistant. Always there; left out in the screen’s own records: while the doctor is
    /// away.
    #[ts(as = "Option<AssistantNeed>", optional)]
    pub assistant: AssistantNeed,
    /// Where a second provider is needed, as long as `pattern`; none: one is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_pattern: Option<String>,
    /// Who that can be; empty: every other provider.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<ProviderId>>", optional)]
    pub second_providers: Vec<ProviderId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonView {
    pub id: PersonId,
    pub name: String,
    pub initials: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkstationView {
    pub id: WorkstationId,
    pub name: String,
}

/// The desk's clock: the screen adds the time that passed since it asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Now {
    /// RFC 3339, UTC.
    pub instant: String,
    /// Whether the clock stands still (`ORCA_NOW` in a demo practice).
    pub is_fixed: bool,
    pub at: Vec<LocationNow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LocationNow {
    pub location: LocationId,
    /// Wall time there: `2026-11-23T09:41`.
    pub wall: String,
    pub date: String,
    pub minute: u16,
    /// The clock shows this time twice today, and it is the second.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub later_of_two: bool,
}

/// How this workstation likes its screen; never synced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Preferences {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// `dense` or `comfortable`.
    pub density: String,
    pub location: Option<LocationId>,
    pub rail_open: Option<bool>,
    pub inspector_open: Option<bool>,
    /// Pixels per hour of the grid.
    pub hour_height: Option<u16>,
    /// Cards and lists show initials: the screen can be seen by others.
    pub is_private: Option<bool>,
    /// Stronger lines and letters than the theme’s own; without it what the computer asks for.
    pub more_contrast: Option<bool>,
}

/// Adds or changes one record of the practice; which one its `kind` says. Without `id` it is added.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SaveSetting {
    Practice {
        name: String,
        email: String,
        phone: String,
        time_increment_minutes: u16,
        /// What happens when these rules are broken; what is not named stays.
        #[serde(default)]
        #[ts(optional)]
        policies: Option<Vec<RuleSetting>>,
        /// All limits of visits in an hour; left out: as they are.
        #[serde(default)]
        #[ts(optional)]
        limits: Option<Vec<VisitLimit>>,
        /// What counts how much when openings are ranked; what is not named stays.
        #[serde(default)]
        #[ts(optional)]
        weights: Option<Vec<WeightSetting>>,
    },
    Location {
        id: Option<LocationId>,
        name: String,
        zone: String,
        address: String,
        phone: String,
        hours: Vec<HoursSpan>,
        /// Alternate weeks and special days; left out: as they are.
        #[serde(default)]
        #[ts(optional)]
        rota: Option<RotaFields>,
        is_active: bool,
        /// How many assistants are there when; left out: as it is; empty: they are not counted.
        #[serde(default)]
        #[ts(optional)]
        assistants: Option<Vec<AssistantSpan>>,
        /// What becomes of visits ahead where it is taken out of use; left out: they are asked about (`visits_booked`).
        #[serde(default)]
        #[ts(optional)]
        visits: Option<BookedThere>,
    },
    Operatory {
        id: Option<OperatoryId>,
        location: LocationId,
        name: String,
        usual_provider: Option<ProviderId>,
        /// Left out: as they are; empty: whenever the location is open.
        #[serde(default)]
        #[ts(optional)]
        hours: Option<Vec<HoursSpan>>,
        #[serde(default)]
        #[ts(optional)]
        rota: Option<RotaFields>,
        is_active: bool,
        /// What becomes of visits ahead where it is taken out of use; left out: they are asked about (`visits_booked`).
        #[serde(default)]
        #[ts(optional)]
        visits: Option<BookedThere>,
    },
    Provider {
        id: Option<ProviderId>,
        name: String,
        short_name: String,
        provider_kind: ProviderKind,
        hue: u8,
        letter: String,
        hours: Vec<HoursSpan>,
        #[serde(default)]
        #[ts(optional)]
        rota: Option<RotaFields>,
        is_active: bool,
        /// What becomes of visits ahead where it is taken out of use; left out: they are asked about (`visits_booked`).
        #[serde(default)]
        #[ts(optional)]
        visits: Option<BookedThere>,
    },
    AppointmentType {
        id: Option<AppointmentTypeId>,
        name: String,
        code: String,
        letter: String,
        /// What kind of work it is; left out: as it is.
        #[serde(default)]
        #[ts(optional)]
        class: Option<String>,
        hue: u8,
        pattern: String,
        buffer_before_minutes: u16,
        buffer_after_minutes: u16,
        providers: Vec<ProviderId>,
        operatories: Vec<OperatoryId>,
        /// Where, what patients read, what comes next; left out: as they are.
        #[serde(default)]
        #[ts(optional)]
        locations: Option<Vec<LocationId>>,
        #[serde(default)]
        #[ts(optional)]
        online_text: Option<String>,
        #[serde(default)]
        #[ts(optional)]
        reminder_text: Option<String>,
        #[serde(default)]
        #[ts(optional)]
        follow_up: Option<FollowUpFields>,
        /// What becomes of visits that are booked already; left out: they stay as they are.
        #[serde(default)]
        #[ts(optional)]
        booked: Option<BookedVisits>,
        /// All rules with a policy of their own; left out: as they are.
        #[serde(default)]
        #[ts(optional)]
        policies: Option<Vec<RuleSetting>>,
        is_active: bool,
        /// What such a visit uses; left out: as it is.
        #[serde(default)]
        #[ts(optional)]
        equipment: Option<Vec<EquipmentNeed>>,
        /// In which minutes such a visit needs an assistant; left out: as it is.
        #[serde(default)]
        #[ts(optional)]
        assistant: Option<AssistantNeed>,
        /// Where a second provider is needed, as long as `pattern`; empty: nowhere; left out: as it is.
        #[serde(default)]
        #[ts(optional)]
        second_pattern: Option<String>,
        /// Who that can be; left out: as it is.
        #[serde(default)]
        #[ts(optional)]
        second_providers: Option<Vec<ProviderId>>,
    },
    Equipment {
        id: Option<EquipmentId>,
        name: String,
        /// All locations that have any.
        counts: Vec<EquipmentCount>,
        is_active: bool,
    },
}

/// One stretch of one weekday: wall times `08:00`. `location` may be left out for a location's own hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct HoursSpan {
    #[serde(default)]
    pub location: Option<LocationId>,
    pub weekday: clinic::Weekday,
    pub from: String,
    pub until: String,
}

/// So many assistants on a weekday: wall times `08:00`; `00:00` as the end is midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AssistantSpan {
    pub weekday: clinic::Weekday,
    pub from: String,
    pub until: String,
    /// 1 to 99.
    pub count: u16,
}

/// Alternate weeks and special days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RotaFields {
    /// Hours of the second week, the third …; empty: every week is like the first.
    pub other_weeks: Vec<Vec<HoursSpan>>,
    /// A day of a first week.
    pub weeks_from: Option<String>,
    pub special_days: Vec<SpecialDayFields>,
}

/// Hours of one date instead of its weekday's; without any: closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SpecialDayFields {
    pub date: String,
    /// Of a provider: only there.
    #[serde(default)]
    pub location: Option<LocationId>,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub open: Vec<TimeSpan>,
}

/// From a wall time until another: `08:00`; `00:00` is the midnight at the day's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimeSpan {
    pub from: String,
    pub until: String,
}

/// What usually comes after a visit; without a type: nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FollowUpFields {
    #[serde(default)]
    pub appointment_type: Option<AppointmentTypeId>,
    /// Whole weeks after the day of the visit.
    #[serde(default)]
    pub weeks: Option<u16>,
}

/// What becomes of booked visits when their type changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BookedVisits {
    /// They keep their length and free minutes.
    #[default]
    LeaveAsTheyAre,
    /// Those that fit follow the type, with it as one step; the others stay.
    ChangeThoseThatFit,
}

/// A type’s length, free minutes, equipment, assistant and second pattern as they would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TypeChange {
    pub id: AppointmentTypeId,
    /// `X` doctor, `/` assistant, per five minutes.
    pub pattern: String,
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    /// What such a visit uses; left out: as it is.
    #[serde(default)]
    #[ts(optional)]
    pub equipment: Option<Vec<EquipmentNeed>>,
    /// In which minutes such a visit needs an assistant; left out: as it is.
    #[serde(default)]
    #[ts(optional)]
    pub assistant: Option<AssistantNeed>,
    /// Empty: nobody is needed beside the first; left out: as it is.
    #[serde(default)]
    #[ts(optional)]
    pub second_pattern: Option<String>,
}

/// Which future visits a changed type concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TypeChangePreview {
    /// Future visits that still are as the type is now.
    pub count: u32,
    /// Those of them that fit as the type would be.
    pub fitting: u32,
    /// The first of them, earliest first.
    pub first: Vec<TypeChangeVisit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TypeChangeVisit {
    pub id: AppointmentId,
    pub patient_name: String,
    /// Wall time at the visit’s location: `2026-11-23T09:40`.
    pub at: String,
    pub operatory: OperatoryId,
    pub length_minutes: u16,
    pub new_length_minutes: u16,
    /// Why it does not fit; empty: it fits.
    pub reasons: Vec<String>,
}
