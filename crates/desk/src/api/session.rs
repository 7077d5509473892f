//! Who sits at the desk.

use clinic::{Permission, PersonId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::PersonView;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Somebody sits here.
    Open,
    /// Nothing of the practice is answered until somebody signs in.
    Locked,
}

/// Who sits at this desk and what they may do. Says nothing about patients, so a locked screen may have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Session {
    pub state: SessionState,
    /// The practice's name, for the sign-in.
    pub practice: String,
    /// Who sits here; nobody while locked.
    pub me: Option<PersonView>,
    /// Who can sign in here.
    pub people: Vec<PersonView>,
    /// Who can come back with the PIN of this shift.
    pub pin_for: Option<PersonId>,
    /// What they may do somewhere, for hiding and explaining; what counts is judged when it is done.
    pub may: Vec<Permission>,
    /// May change settings and people.
    pub is_administrator: bool,
    pub is_super_admin: bool,
    /// Has a passphrase.
    pub has_login: bool,
    /// Minutes without a touch until the desk locks itself; 0: never.
    pub lock_after_minutes: u16,
    /// Emergency access lasts until then (instant).
    pub emergency_until: Option<String>,
    /// Who else has emergency access now, in the whole practice; nobody is named while locked.
    pub emergencies: Vec<EmergencyView>,
}

/// Somebody has emergency access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EmergencyView {
    pub person: PersonView,
    pub reason: String,
    /// When it ends by itself (instant).
    pub until: String,
}

/// Signs a person in with their passphrase.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    pub person: PersonId,
    pub passphrase: String,
}

/// Comes back to a locked desk.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Pin {
    pub pin: String,
}

/// The person at the desk chooses their passphrase.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ChoosePassphrase {
    /// The old one, if there is one.
    #[serde(default)]
    pub current: Option<String>,
    /// At least 8 characters.
    pub passphrase: String,
}

/// Why emergency access is taken.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BreakGlass {
    pub reason: String,
}

/// When this desk locks itself.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LockAfter {
    /// 0: never; else 1 to 240.
    pub minutes: u16,
}
