//! Assistants: how many a location has by period, and in which minutes a visit needs one.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::Weekday;

/// So many assistants are at a location on a weekday from one wall time to another. In the document of the location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AssistantPeriod {
    pub weekday: Weekday,
    /// Wall time of the location, whole minutes.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub from: Time,
    /// 00:00 is the midnight at the day’s end.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub until: Time,
    /// 1 to 99.
    pub count: u16,
}

/// In which minutes of a visit one assistant is busy with it. Ordered: what comes later needs one at least as long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AssistantNeed {
    /// In none: the provider works alone.
    None,
    /// While the doctor is away: the `/` units of its pattern.
    #[default]
    DoctorAway,
    /// From its beginning to its end: an assistant stays at the chair beside the doctor, too.
    WholeVisit,
}

impl AssistantNeed {
    pub const ALL: [AssistantNeed; 3] = [
        AssistantNeed::None,
        AssistantNeed::DoctorAway,
        AssistantNeed::WholeVisit,
    ];

    /// As files and the command line write it.
    pub fn code(self) -> &'static str {
        match self {
            AssistantNeed::None => "none",
            AssistantNeed::DoctorAway => "doctor_away",
            AssistantNeed::WholeVisit => "whole_visit",
        }
    }

    /// From its code.
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.code() == code)
    }

    /// `an assistant while the doctor is away`.
    pub fn words(self) -> &'static str {
        match self {
            AssistantNeed::None => "no assistant",
            AssistantNeed::DoctorAway => "an assistant while the doctor is away",
            AssistantNeed::WholeVisit => "an assistant for the whole visit",
        }
    }
}
