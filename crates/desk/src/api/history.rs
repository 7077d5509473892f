//! Who did what, when, at which workstation; undo and redo.

use clinic::{AppointmentId, HistoryId, Op, PatientId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AuditDifference, Who};

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct HistoryRequest {
    pub appointment: Option<AppointmentId>,
    pub patient: Option<PatientId>,
    /// Older than this entry.
    pub before: Option<HistoryId>,
    /// 1 to 500; 50 if left out.
    pub limit: Option<u16>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct History {
    pub entries: Vec<HistoryEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryEntry {
    pub id: HistoryId,
    pub op: Op,
    pub by: Who,
    /// `Moved Rivera, Ana from Tue 3 Mar 9:00 Op 1 to Wed 4 Mar 10:00 Op 2`.
    pub words: String,
    /// What it changed in the visit whose history was asked for, field by field; empty in the history of more than one visit.
    pub differences: Vec<AuditDifference>,
    pub reason: String,
    pub is_undone: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UndoState {
    /// What *Undo* would take back, in words; none: nothing to undo.
    pub undo: Option<String>,
    pub redo: Option<String>,
}

/// What was taken back or done again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Undone {
    pub words: String,
    pub undo: UndoState,
    /// A visit it touched, to show where it went.
    pub appointment: Option<AppointmentId>,
}
