//! Time that is not simply free: lunch, meeting, vacation. A provider's blocks lie in the provider's
//! document, all others in their location's.

use serde::{Deserialize, Serialize};

use crate::{AppointmentTypeId, LocationId, OperatoryId, ProviderId, Start, TimeBlockId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBlock {
    pub id: TimeBlockId,
    pub target: BlockTarget,
    /// Where an operatory's or location's block is; for a provider, the location whose zone it is in.
    pub location: LocationId,
    pub starts_at: Start,
    /// Elapsed minutes; an all-day block covers its location's whole day.
    pub length_minutes: u32,
    /// `Lunch`, `Staff meeting`.
    pub title: String,
    pub policy: BlockPolicy,
    /// `UID` (and `RECURRENCE-ID`) where it was imported from a calendar: a second import adds nothing twice.
    pub source_uid: String,
}

impl TimeBlock {
    /// The moment it ends (elapsed time after its start), 400 days on at the latest: what is longer cannot
    /// have been meant.
    pub fn ends_at(&self) -> jiff::Timestamp {
        let length =
            jiff::SignedDuration::from_mins(self.length_minutes.min(crate::MAX_BLOCK_MINUTES).into());
        self.starts_at
            .instant()
            .checked_add(length)
            .unwrap_or(jiff::Timestamp::MAX)
    }
}

/// What is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum BlockTarget {
    Provider(ProviderId),
    Operatory(OperatoryId),
    Location(LocationId),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "types", rename_all = "snake_case")]
pub enum BlockPolicy {
    Block,
    Warn,
    RestrictedTo(Vec<AppointmentTypeId>),
}
