//! People who treat, and when they are in. Documents `provider/<id>`.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::{LocationId, ProviderId};

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

/// A provider's usual week, over all locations. Exceptions by date join it with row C8.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSchedule {
    pub hours: Vec<WorkingHours>,
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

    pub fn of(date: jiff::civil::Date) -> Weekday {
        Weekday::ALL[date.weekday().to_monday_zero_offset() as usize]
    }
}
