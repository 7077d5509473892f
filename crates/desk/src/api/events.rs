//! What the desk tells the screen by itself, in batches.

use clinic::{AppointmentId, LocationId, Op, PatientId, TemplateId, TimeBlockId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    AppointmentCard, Arriving, BackupState, BlockCard, Boot, DowntimeState, Now, PracticeView, RosterView,
    Session, SlotCard, SyncState, UndoState, Who,
};

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "events travel in batches and are read once; a box would only show in the TypeScript"
)]
pub enum Event {
    Changed(Changed),
    Sync {
        state: SyncState,
    },
    Progress {
        job: String,
        done: u32,
        total: u32,
        what: String,
    },
    Boot {
        boot: Boot,
    },
    /// A backup began, was made, or failed.
    Backup {
        state: BackupState,
    },
    /// A downtime pack is being written, was written, or failed.
    Downtime {
        state: DowntimeState,
    },
    /// Somebody signed in, the desk was locked, or what its person may do changed.
    Session {
        session: Session,
    },
    /// More of a new workstation's calendar has come, or all of it.
    Arriving {
        arriving: Option<Arriving>,
    },
    /// The day or the hour turned, or the computer woke up.
    Clock {
        now: Now,
    },
}

/// What changed, from this desk or another: the screen applies it to its mirror and never guesses.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Changed {
    pub op: Op,
    pub by: Who,
    /// Whether this program did it itself just now (its own echo).
    pub is_own: bool,
    /// Visits in their new state; each belongs on the day its `date` and `location` say and nowhere else.
    pub appointments: Vec<AppointmentCard>,
    /// Visits that no longer exist.
    pub removed_appointments: Vec<AppointmentId>,
    /// Days (location, date) whose block-outs changed, with all of that day's block-outs.
    pub blocks: Vec<DayBlocks>,
    pub removed_blocks: Vec<TimeBlockId>,
    /// Days whose template slots changed, with all of that day's slots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<DaySlots>>", optional)]
    pub slots: Vec<DaySlots>,
    /// Templates that changed: their slots, versions, shares or name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<TemplateId>>", optional)]
    pub templates: Vec<TemplateId>,
    pub patients: Vec<PatientId>,
    /// Sent whole when any of it changed.
    pub roster: Option<RosterView>,
    pub practice: Option<PracticeView>,
    pub conflict_count: u32,
    pub undo: UndoState,
    /// More changed than is worth listing: ask again for what is on the screen.
    pub reload: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DayBlocks {
    pub location: LocationId,
    pub date: String,
    pub blocks: Vec<BlockCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DaySlots {
    pub location: LocationId,
    pub date: String,
    pub slots: Vec<SlotCard>,
}
