//! People who treat, and when they are in. Documents `provider/<id>`.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::{LocationId, OpenSpan, ProviderId};

/// A person who treats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    pub id: ProviderId,
    /// As patients know them: `Dr Mei Chen`.
    pub name: String,
    /// For column heads and lists: `Chen`.
    pub short_name: String,
    pub kind: ProviderKind,
    /// One of the twelve hues of the screen (0–11), each with a pattern of its own.
    pub hue: u8,
    /// One letter that doubles the hue.
    pub letter: String,
    pub schedule: ProviderSchedule,
    #[serde(flatten)]
    pub rota: Rota,
    pub sort: i32,
    pub is_active: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    Doctor,
    Hygienist,
    Assistant,
}

/// A provider's usual week, over all locations; the first, where weeks alternate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSchedule {
    pub hours: Vec<WorkingHours>,
}

/// What makes hours differ from a usual week: of a provider, a location or an operatory. Fields of the record itself, each
/// merging for itself, so that programs that know only the usual week keep them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Rota {
    /// Hours of the second week, the third … where weeks alternate; empty: every week is like the first.
    #[serde(default)]
    pub other_weeks: Vec<Vec<WorkingHours>>,
    /// A day of a first week; weeks begin on Monday. Without it weeks do not alternate.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub weeks_from: Option<Date>,
    /// Dates with hours of their own, holidays among them; at most one a date and location.
    #[serde(default)]
    pub special_days: Vec<SpecialDay>,
}

/// Hours of one wall date, instead of its weekday's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SpecialDay {
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub date: Date,
    /// Of a provider: only here; none: wherever they work. Of a location or operatory none.
    #[serde(default)]
    pub location: Option<LocationId>,
    /// `Christmas Day`; may be empty.
    #[serde(default)]
    pub title: String,
    /// Empty: closed, or not in.
    #[serde(default)]
    pub open: Vec<OpenSpan>,
}

/// One stretch of one weekday at one location, in that location's wall time: `[from, until)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkingHours {
    pub location: LocationId,
    pub weekday: Weekday,
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub from: Time,
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub until: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// `Mon`.
    pub fn short(self) -> &'static str {
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][self as usize]
    }

    pub fn of(date: jiff::civil::Date) -> Weekday {
        Weekday::ALL[date.weekday().to_monday_zero_offset() as usize]
    }

    /// `Monday`.
    pub fn name(self) -> &'static str {
        match self {
            Weekday::Monday => "Monday",
            Weekday::Tuesday => "Tuesday",
            Weekday::Wednesday => "Wednesday",
            Weekday::Thursday => "Thursday",
            Weekday::Friday => "Friday",
            Weekday::Saturday => "Saturday",
            Weekday::Sunday => "Sunday",
        }
    }
}
