//! Things that visits share and of which there are only so many: a scanner, an X-ray unit. Document `practice`.

use serde::{Deserialize, Serialize};

use crate::{EquipmentId, LocationId, TimePattern};

/// One kind of equipment, and how many pieces of it each location has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equipment {
    pub id: EquipmentId,
    /// `Scanner`; unique among those in use.
    pub name: String,
    /// By location, in the order of their ids; a location that is not listed has none.
    pub counts: Vec<EquipmentCount>,
    pub sort: i32,
    /// What is out of use limits nothing.
    pub is_active: bool,
}

impl Equipment {
    /// How many pieces a location has.
    pub fn pieces_at(&self, location: LocationId) -> u16 {
        self.counts
            .iter()
            .find(|count| count.location == location)
            .map_or(0, |count| count.pieces)
    }
}

/// How many pieces are at one location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EquipmentCount {
    pub location: LocationId,
    pub pieces: u16,
}

/// One piece of some equipment, for a part of a visit or all of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EquipmentNeed {
    pub equipment: EquipmentId,
    /// Minutes from the start of the visit, in steps of five.
    #[serde(default)]
    pub from_minute: u16,
    /// Where the use ends, in minutes from the start of the visit; none: when the visit ends.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub until_minute: Option<u16>,
}

impl EquipmentNeed {
    /// The minutes of a visit of that length in which the piece is used, `[from, until)`; none if the visit is over before.
    pub fn minutes(&self, length_minutes: u16) -> Option<(u16, u16)> {
        let until = self.until_minute.unwrap_or(length_minutes).min(length_minutes);
        (self.from_minute < until).then_some((self.from_minute, until))
    }

    /// The same in units of a time pattern.
    pub(crate) fn units(&self, length_minutes: u16) -> Option<(usize, usize)> {
        let (from, until) = self.minutes(length_minutes)?;
        let unit = TimePattern::UNIT_MINUTES;
        Some((usize::from(from / unit), usize::from(until.div_ceil(unit))))
    }
}
