//! Bringing data in. Long work runs as a job with progress and can be cancelled.

use clinic::{LocationId, ProviderId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    PatientsCsv,
    AppointmentsCsv,
    Calendar,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Import {
    pub kind: ImportKind,
    /// The file's content; the screen reads it, the command line too.
    pub text: String,
    pub dry_run: bool,
    /// Names the job for progress and cancelling; chosen by the caller.
    pub job: String,
    /// Calendar files: where the events belong, and whose time they take if not an appointment.
    #[serde(default)]
    pub location: Option<LocationId>,
    #[serde(default)]
    pub provider: Option<ProviderId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReport {
    pub dry_run: bool,
    pub added: u32,
    /// Were here already.
    pub unchanged: u32,
    pub updated: u32,
    pub failed: u32,
    /// Stopped by a person before the end; what was added before stays.
    pub cancelled: bool,
    /// In the order of the file; what went well is listed too.
    pub lines: Vec<ImportLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportLine {
    /// As an editor counts, from 1; the first line of a record that spans several.
    pub line: u32,
    pub outcome: ImportOutcome,
    /// What it is, or why not.
    pub message: String,
    /// The column that is wrong.
    pub field: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    Added,
    Updated,
    Unchanged,
    Failed,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct JobRef {
    pub job: String,
}
