//! The relay, invitations, and how current this workstation is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncState {
    pub mode: SyncMode,
    /// Own changes the relay has not acknowledged yet.
    pub waiting: u32,
    /// Changes of others known to exist but not here yet.
    pub behind: u32,
    /// Address of the relay; none: this practice has no relay yet.
    pub relay: Option<String>,
    /// When it was last up to date: RFC 3339 UTC.
    pub last_live_at: Option<String>,
    /// What is wrong, if a person should know.
    pub trouble: Option<String>,
    /// Somebody removed this workstation from the practice, as after a theft: it has locked itself.
    pub is_removed: bool,
    /// When it will try again: RFC 3339 UTC.
    pub retry_at: Option<String>,
    /// Changes that failed verification and are set aside.
    pub quarantined: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// No relay is set up: this workstation works alone.
    Alone,
    Offline,
    Connecting,
    /// Connected and fetching.
    Behind,
    Live,
    /// Stopped for safety: the relay's log does not fit what is known.
    Stopped,
}

/// How much of the relay's log is covered by a snapshot that two workstations agreed on, and what became of that part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogCover {
    /// Entries of the log that are applied here.
    #[ts(type = "number")]
    pub entries: u64,
    pub agreed: Option<AgreedCover>,
    /// Every workstation, and how far it said that it has the log.
    pub said: Vec<SaidCover>,
    /// Workstations that do not have the same calendar: nothing is pruned until an administrator has looked into it.
    pub disputes: Vec<CoverDispute>,
    /// Days for which the relay keeps what it pruned; none: it prunes nothing.
    pub retention_days: Option<u32>,
    /// Entries up to here were pruned at the relay, as it said when this workstation last connected.
    #[ts(type = "number")]
    pub pruned: u64,
    /// … and up to here deleted.
    #[ts(type = "number")]
    pub deleted: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AgreedCover {
    /// Of the log: the snapshot holds everything up to here.
    #[ts(type = "number")]
    pub position: u64,
    /// Names of the two workstations.
    pub by: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaidCover {
    pub workstation: String,
    #[ts(type = "number | null")]
    pub position: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverDispute {
    #[ts(type = "number")]
    pub position: u64,
    /// Names of the two workstations.
    pub between: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct RelayInvite {
    /// `wss://relay.example`, needed the first time; registers the practice with it.
    pub relay: Option<String>,
    /// Where the relay asks for one to register a new practice.
    pub registration_token: Option<String>,
    /// What whoever comes in may do; Front Desk everywhere if left out.
    pub grants: Option<Vec<clinic::Grant>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Invitation {
    /// To type or scan: works once.
    pub code: String,
    /// The same as a picture, SVG.
    pub qr_svg: String,
    /// RFC 3339 UTC.
    pub expires_at: String,
}
