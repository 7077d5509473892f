//! The recovery kit: parts on paper, any two of which bring the practice back.

use clinic::PersonId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the recovery kit stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecoveryStatus {
    /// None was ever made.
    pub kit: Option<KitView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KitView {
    /// Printed on each of its parts.
    pub name: String,
    pub made_at: String,
    pub by: Option<String>,
    pub parts: u8,
    /// It was used, so it does not count any more: make a new one.
    pub is_used: bool,
    /// The practice's key was changed by a program that does not know kits: make a new one.
    pub is_behind: bool,
    /// Whether the relay keeps what it needs; unknown if the relay was not asked or does not answer.
    pub is_at_relay: Option<bool>,
}

/// How the recovery kit stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct RecoveryCheck {
    /// Asks the relay whether it keeps what the kit needs, and gives it to it again if not.
    pub ask_relay: Option<bool>,
}

/// Makes a recovery kit; the one before does not count any more.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MakeRecoveryKit {
    /// 2 to 5, of which any two are needed.
    pub parts: u8,
}

/// A recovery kit as it is printed. Shown once: nobody keeps it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RecoveryKit {
    pub name: String,
    pub practice: String,
    pub relay: Option<String>,
    pub made_at: String,
    pub parts: Vec<PrintedPart>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PrintedPart {
    pub number: u8,
    /// Eight groups of five letters and digits.
    pub groups: Vec<String>,
    /// The same as a picture, SVG.
    pub qr_svg: String,
}

/// Brings the practice back on a new workstation, with two parts of the recovery kit and the relay.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RestoreFromKit {
    /// As printed on the parts: `wss://relay.example`.
    pub relay: String,
    /// Two different parts, in any order.
    pub first: String,
    pub second: String,
    /// The person at this desk. Named like an administrator of the practice: it is them.
    pub person: String,
    /// What this desk is called.
    pub workstation: String,
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// A new passphrase for an administrator who forgot theirs, with two parts of the recovery kit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ResetWithKit {
    pub first: String,
    pub second: String,
    pub person: PersonId,
    /// At least 8 characters.
    pub passphrase: String,
}
