//! Conflict cards: what overlapped or was changed twice while desks could not see each other.

use clinic::{AppointmentId, ConflictKey};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppointmentCard, OpeningView};

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Conflicts {
    pub cards: Vec<ConflictCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictCard {
    pub key: ConflictKey,
    /// `Op 2 is double-booked Tue 3 Mar 10:00–10:40`.
    pub title: String,
    /// Wall date to show on the calendar, where there is one.
    pub date: Option<String>,
    pub details: ConflictDetails,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConflictDetails {
    /// Two visits want the same operatory, doctor time or patient.
    Overlap {
        what: OverlapKind,
        sides: Vec<ConflictSide>,
    },
    /// One field was set to different values at the same time.
    Field {
        /// The visit or patient it is about, in words.
        subject: String,
        appointment: Option<AppointmentId>,
        /// As a person says it: `time`, `operatory`, `mobile phone`.
        field: String,
        values: Vec<FieldValue>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OverlapKind {
    Operatory,
    DoctorTime,
    Patient,
    /// There are not enough pieces of some equipment.
    Equipment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictSide {
    pub card: AppointmentCard,
    pub by: Who,
    /// Was booked first: keeps its place until a person decides.
    pub is_winner: bool,
    /// The patient has said yes to this time.
    pub is_told: bool,
    /// When they did, RFC 3339 UTC, where that is known.
    pub confirmed_at: Option<String>,
    /// Where this one could go instead, nearest first.
    pub ways_out: Vec<WayOut>,
}

/// One visit goes elsewhere, and the conflict is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WayOut {
    /// 1 disturbs least over both sides of the card; the key that takes it.
    pub number: u16,
    /// What changes for the patient, in words: `same day, 40 minutes later`.
    pub disturbance: String,
    #[serde(flatten)]
    pub to: OpeningView,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldValue {
    /// Names this value when choosing it.
    pub id: String,
    /// The value in words: `Op 3`, `Tue 3 Mar 10:00`.
    pub value: String,
    pub by: Who,
    /// The one that shows now.
    pub is_shown: bool,
}

/// Who did it, where and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Who {
    pub person: String,
    pub initials: String,
    pub workstation: String,
    /// RFC 3339 UTC.
    pub at: String,
}

/// Let both visits stand, with a reason.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct KeepBoth {
    pub key: ConflictKey,
    pub reason: String,
}

/// Decide which of the concurrent values holds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChooseValue {
    pub key: ConflictKey,
    /// [`FieldValue::id`].
    pub value: String,
}
