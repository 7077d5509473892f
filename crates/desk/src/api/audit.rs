//! The audit: who looked at or changed what, when, at which workstation.

use clinic::{PatientId, PersonId, WorkstationId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Who;

/// Which entries; whatever is left out does not matter.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct AuditRequest {
    /// Entries that show or change this patient's data.
    pub patient: Option<PatientId>,
    pub person: Option<PersonId>,
    /// Whose audit: this one's if left out. Of another workstation only its changes are known here; who looked at what
    /// is written down there.
    pub workstation: Option<WorkstationId>,
    /// [`AuditLine::action`].
    pub action: Option<String>,
    /// Only changes, or only looks.
    pub is_change: Option<bool>,
    /// First day, in the practice's zone.
    pub from: Option<String>,
    /// Last day, in the practice's zone.
    pub until: Option<String>,
    /// Older than the entry with this number.
    pub before: Option<u32>,
    /// 1 to 500; 50 if left out.
    pub limit: Option<u16>,
    /// Names every patient of an entry, not only the first twenty.
    pub all_patients: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AuditLog {
    /// Newest first.
    pub entries: Vec<AuditLine>,
    /// Whether there are older ones.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditLine {
    /// Counts from 1 without gaps; a change of another workstation has its place in the order in which changes arrived here.
    pub number: u32,
    pub by: Who,
    /// The last of several looks; RFC 3339 UTC.
    pub until: String,
    /// When it was by the clock on the practice's wall: `2026-03-03T09:00:12`.
    pub wall: String,
    pub until_wall: String,
    /// `window` or `orcactl`.
    pub via: String,
    /// Stable: `view_day_sheet`; for a change the operation's code.
    pub action: String,
    /// The action as a person says it: `looked at a day`.
    pub words: String,
    /// What a change did: `Moved Rivera, Ana from Tue 3 Mar 9:00 Op 1 to Wed 4 Mar 10:00 Op 2`. Empty for a look.
    pub told: String,
    /// The same field by field.
    pub differences: Vec<AuditDifference>,
    /// What it was about, as ids and dates.
    pub object: String,
    /// Whose data it showed or changed.
    pub patients: Vec<AuditPatient>,
    /// How many they are in all.
    pub patient_count: u32,
    pub reason: String,
    /// How often from `by.at` to `until`.
    pub times: u32,
    /// Whether something was changed; else it was only looked at.
    pub is_change: bool,
}

/// One field of one record, before and after a change, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditDifference {
    /// `Rivera, Ana, Tue 3 Mar 9:00`.
    pub subject: String,
    /// `mobile phone`.
    pub field: String,
    pub before: String,
    pub after: String,
}

/// Everything that an entry of the audit may be.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AuditActions {
    pub looks: Vec<AuditAction>,
    pub changes: Vec<AuditAction>,
}

/// [`AuditLine::action`] and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditAction {
    pub action: String,
    pub words: String,
}

/// What of the audit is taken out as a file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditExport {
    /// The entries of a search; `before` and `limit` do not count.
    Entries { of: AuditRequest, format: AuditFormat },
    /// Who saw or changed one patient's data.
    Patient { id: PatientId, format: AuditFormat },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuditFormat {
    /// A table for a spreadsheet.
    Csv,
    Json,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AuditFile {
    /// Names nobody: `audit-2026-03-03.csv`.
    pub name: String,
    pub text: String,
    pub entries: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditPatient {
    pub id: PatientId,
    pub name: String,
}

/// Who saw or changed a patient's data: looks at this workstation, changes from everywhere.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PatientAudit {
    pub patient: AuditPatient,
    /// Newest day first.
    pub lines: Vec<PatientAuditLine>,
}

/// What one person did about a patient on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PatientAuditLine {
    /// In the practice's zone.
    pub date: String,
    pub person: String,
    pub workstation: String,
    pub action: String,
    pub words: String,
    /// RFC 3339 UTC, as is the next.
    pub first_at: String,
    pub last_at: String,
    /// The same by the clock on the practice's wall: `2026-03-03T09:00:12`.
    pub first_wall: String,
    pub last_wall: String,
    pub times: u32,
    pub is_change: bool,
}

/// What somebody else kept of this workstation's audit, to be compared with it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct AuditVerify {
    /// `120:` and the entry's hash in 64 hexadecimal digits, as [`AuditAnchor`] has them.
    pub anchors: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AuditCheck {
    pub entries: u32,
    pub looks: u32,
    pub changes: u32,
    /// Where this workstation's audit stands; none: it has not begun.
    pub head: Option<AuditAnchor>,
    /// What is known here of the other workstations' audits.
    pub others: Vec<AuditAnchor>,
    /// After a restore from a backup: the newest entry that is known to be lost with the old file.
    pub lost: Option<u32>,
    /// What is wrong, in words; empty: everything is as it should be.
    pub troubles: Vec<String>,
}

/// How far a workstation's audit had come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditAnchor {
    pub workstation: String,
    pub number: u32,
    /// 64 hexadecimal digits.
    pub hash: String,
    /// RFC 3339 UTC.
    pub at: String,
}
