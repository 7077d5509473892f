//! Time that is not simply free: lunch, meeting, vacation. A provider's blocks lie in the provider's
//! document, all others in their location's.

use serde::{Deserialize, Serialize};

use crate::{AppointmentTypeId, BlockSeriesId, LocationId, OperatoryId, ProviderId, Start, TimeBlockId};

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
    /// The same in all blocks that were entered as one that recurs.
    #[serde(default)]
    pub series: Option<BlockSeriesId>,
    /// The provider is away, or the place is closed, and why. Such time does not count as open.
    #[serde(default)]
    pub absence: Option<AbsenceReason>,
}

/// Why somebody is away, or some place is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AbsenceReason {
    Vacation,
    Ill,
    Course,
    Holiday,
    /// A chair out of order, a flooded room.
    Repair,
    /// Also what a newer program calls otherwise.
    #[serde(other)]
    Other,
}

impl AbsenceReason {
    pub const ALL: [AbsenceReason; 6] = [
        AbsenceReason::Vacation,
        AbsenceReason::Ill,
        AbsenceReason::Course,
        AbsenceReason::Holiday,
        AbsenceReason::Repair,
        AbsenceReason::Other,
    ];

    /// Stable name in files and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            AbsenceReason::Vacation => "vacation",
            AbsenceReason::Ill => "ill",
            AbsenceReason::Course => "course",
            AbsenceReason::Holiday => "holiday",
            AbsenceReason::Repair => "repair",
            AbsenceReason::Other => "other",
        }
    }

    /// A reason that a newer program wrote is *other* here: the time is taken all the same.
    pub fn from_code(code: &str) -> AbsenceReason {
        Self::ALL
            .into_iter()
            .find(|reason| reason.code() == code)
            .unwrap_or(AbsenceReason::Other)
    }
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
