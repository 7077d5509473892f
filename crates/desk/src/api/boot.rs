//! Before a practice is open: first start, unlocking, joining.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::DeskError;

/// What the window shows first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Boot {
    /// Nothing here yet: start a practice, join one, or open the demo.
    Fresh { data_dir: String, keychain: bool },
    /// There is a practice, and its key needs the passphrase.
    NeedsPassphrase { data_dir: String },
    /// The practice is open.
    Ready,
    /// It cannot be opened; nothing was touched.
    Failed { error: DeskError },
}

/// Opens the practice with its passphrase.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Unlock {
    pub passphrase: String,
}

/// Starts a practice on this workstation.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct InitPractice {
    pub name: String,
    /// IANA name of the first location's zone.
    pub zone: String,
    /// The person at this desk, who becomes the founding admin.
    pub person: String,
    /// Needed where there is no keychain; also the way back if the keychain is lost.
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// Joins a practice with an invitation code from another workstation.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct JoinPractice {
    pub code: String,
    /// The person at this desk.
    pub person: String,
    /// What the others call this desk: `Front desk 2`.
    pub workstation: String,
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// Opens the invented demo practice in this (empty) data directory.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct OpenDemo {
    #[serde(default)]
    pub seed: Option<u64>,
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// Time-zone names a person may choose from, most likely first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ZoneList {
    /// The computer's own zone, as a suggestion.
    pub suggested: String,
    pub zones: Vec<String>,
}

/// What of a calendar is here that still comes. Nothing can be written before all of it is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArrivingStage {
    /// Today and the next days can be looked at.
    Today,
    /// Every day and patient can be looked at, as they were when the snapshot was made.
    Calendar,
    /// The snapshot was of no use, so the practice's whole log is applied: nothing can be looked at yet.
    Log,
}

/// How far the calendar of a new workstation has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Arriving {
    pub stage: ArrivingStage,
    /// Which days can be looked at, at the stage of today.
    pub days: Option<ArrivingDays>,
    /// Parts that are here, and parts in all; 0: nobody knows.
    pub done: u32,
    pub total: u32,
    /// Why it does not go on; it is tried again by itself.
    pub trouble: Option<String>,
}

/// Wall dates at the locations, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArrivingDays {
    pub first: String,
    pub last: String,
}
