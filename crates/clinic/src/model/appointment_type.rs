//! Kinds of visit. Document `practice`.

use serde::{Deserialize, Serialize};

use crate::{AppointmentTypeId, OperatoryId, ProviderId, TimePattern};

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
    pub sort: i32,
    pub is_active: bool,
}
