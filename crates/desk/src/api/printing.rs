//! Paper: day sheets, weeks and route slips as PDF, and the downtime pack for the day the power fails.

use clinic::{LocationId, OperatoryId, ProviderId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PaperSize {
    /// 210 by 297 millimetres.
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

/// What the columns of a day and the rows of a week are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrintBy {
    #[default]
    Operatory,
    Provider,
}

/// What to print of one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct PrintRequest {
    pub location: LocationId,
    /// The day, or any day of the week: weeks begin on Monday.
    pub date: String,
    #[serde(default)]
    pub by: Option<PrintBy>,
    /// Only visits in these. Empty: in all.
    #[serde(default)]
    pub operatories: Vec<OperatoryId>,
    /// Only visits with these. Empty: with all.
    #[serde(default)]
    pub providers: Vec<ProviderId>,
    #[serde(default)]
    pub paper: Option<PaperSize>,
    /// Initials instead of names, and nothing else that tells who it is: no telephone, birth date, alert or note.
    #[serde(default)]
    pub is_private: bool,
}

/// A PDF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PrintedFile {
    /// Names nobody: `day-sheet-2026-03-03.pdf`.
    pub file_name: String,
    /// The file in base64 (RFC 4648, 4).
    pub pdf: String,
    pub pages: u32,
    /// Visits on it that take place.
    pub visits: u32,
}

/// How this workstation's downtime pack stands: the next days as PDF and calendar files in a folder, for when no computer
/// shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DowntimeState {
    /// None: no pack is written.
    pub settings: Option<DowntimeSettings>,
    pub is_writing: bool,
    pub last: Option<DowntimePack>,
    /// When it was last tried: RFC 3339 UTC.
    pub tried_at: Option<String>,
    /// Why the last try failed, if it did; the pack before it is still there.
    pub trouble: Option<String>,
    /// When the next one is due: RFC 3339 UTC. Written only while the window is open.
    pub next_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DowntimeSettings {
    /// Each pack is a folder in it; the newest is kept.
    pub folder: String,
    /// Today and the days after it: 1 to 14.
    pub days: u32,
    /// Empty: all that are in use.
    pub locations: Vec<LocationId>,
    pub is_private: bool,
    pub paper: PaperSize,
    /// The PDF opens with a password only (AES-256, ISO 32000-2, 7.6); calendar files cannot be sealed and then hold initials.
    pub has_password: bool,
}

/// A pack that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DowntimePack {
    /// RFC 3339 UTC.
    pub written_at: String,
    /// The whole path of its folder.
    pub folder: String,
    pub files: Vec<String>,
    /// Pages of the PDF.
    pub pages: u32,
    pub visits: u32,
}

/// Changes what and where; what is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct SaveDowntime {
    /// Empty: none is written any more. The last pack stays where it is.
    pub folder: Option<String>,
    /// 1 to 14.
    pub days: Option<u32>,
    pub locations: Option<Vec<LocationId>>,
    pub is_private: Option<bool>,
    pub paper: Option<PaperSize>,
    /// At least eight letters; empty: the PDF opens without one.
    pub password: Option<String>,
}
