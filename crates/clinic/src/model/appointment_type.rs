//! Kinds of visit. Document `practice`.

use serde::{Deserialize, Serialize};

use crate::{
    AppointmentTypeId, AssistantNeed, EquipmentNeed, LocationId, OperatoryId, ProviderId, RulePolicies,
    TimePattern,
};

/// Name, look, usual time pattern and what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentType {
    pub id: AppointmentTypeId,
    /// `Adjustment`.
    pub name: String,
    /// For cards and the command line: `ADJ`; unique.
    pub code: String,
    /// One letter that doubles the hue.
    pub letter: String,
    /// What kind of work it is, for templates and reports: `Bonding`; free text, empty if none.
    #[serde(default)]
    pub class: String,
    /// One of the twelve hues of the screen (0–11), each with a pattern of its own.
    pub hue: u8,
    pub pattern: TimePattern,
    /// Minutes that should stay free in the operatory before and after.
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    /// Empty: every provider.
    pub providers: Vec<ProviderId>,
    /// Empty: every operatory.
    pub operatories: Vec<OperatoryId>,
    /// Empty: every location.
    #[serde(default)]
    pub locations: Vec<LocationId>,
    /// What patients read where they look at the type themselves; empty: only its name.
    #[serde(default)]
    pub online_text: String,
    /// What a reminder says about such a visit (“bring your retainer”); empty: nothing.
    #[serde(default)]
    pub reminder_text: String,
    /// What usually comes after it.
    #[serde(default)]
    pub follow_up: Option<FollowUp>,
    /// What happens when a visit of this type breaks a rule, instead of what the practice says; only rules of
    /// [`crate::Rule::OF_A_TYPE`] count.
    #[serde(default)]
    pub policies: RulePolicies,
    pub sort: i32,
    pub is_active: bool,
    /// What such a visit uses; no two uses of one kind of equipment overlap.
    #[serde(default)]
    pub equipment: Vec<EquipmentNeed>,
    /// In which of its minutes such a visit needs an assistant.
    #[serde(default)]
    pub assistant: AssistantNeed,
    /// `X` where a second provider is needed beside the first, as long as `pattern`; `None`: one provider is enough.
    #[serde(default)]
    pub second_pattern: Option<TimePattern>,
    /// Who can be that second provider. Empty: every other provider.
    #[serde(default)]
    pub second_providers: Vec<ProviderId>,
}

impl AppointmentType {
    /// Whether this provider may be the second one of such a visit; a type that needs none allows everybody.
    pub fn allows_second(&self, provider: ProviderId) -> bool {
        self.second_pattern.is_none()
            || self.second_providers.is_empty()
            || self.second_providers.contains(&provider)
    }
}

/// The visit that usually comes next: an adjustment, six weeks later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FollowUp {
    pub appointment_type: AppointmentTypeId,
    /// Whole weeks after the day of the visit, by the wall calendar.
    pub weeks: u16,
}
