//! The one error of the seam.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Violation;

/// What went wrong, for a person and for a program. A code exists only if somebody branches on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeskError {
    /// Stable, for programs: `chair_taken`, `no_such_time`, `wrong_passphrase` …
    pub code: String,
    /// What happened, in the words of a receptionist.
    pub message: String,
    /// What to do about it; empty if there is nothing to say.
    pub hint: String,
    /// The field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub field: Option<String>,
    /// The rules that stand in the way of a booking or move, if that is the trouble.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[ts(optional, as = "Option<Vec<Violation>>")]
    pub violations: Vec<Violation>,
    /// Whether an override with a reason (`override_reason`) or an acknowledgement would let it through.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub way_through: Option<WayThrough>,
}

/// How a refused booking can still be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WayThrough {
    /// Ask “book anyway?” and send again with `acknowledge_warnings`.
    Acknowledge,
    /// Ask for a reason and send again with `override_reason`.
    Override,
}

impl DeskError {
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            hint: String::new(),
            field: None,
            violations: Vec::new(),
            way_through: None,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl std::fmt::Display for DeskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if self.hint.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", self.hint)
        }
    }
}

impl std::error::Error for DeskError {}
