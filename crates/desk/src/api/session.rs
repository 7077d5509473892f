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
    /// The second factor of who sits here.
    pub second_factor: SecondFactor,
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
#[ts(optional_fields = nullable)]
pub struct SignIn {
    pub person: PersonId,
    pub passphrase: String,
    /// Of the second factor, or a backup code; refused with `second_factor_needed` if one is asked for and none given.
    #[serde(default)]
    pub code: Option<String>,
}

/// How the second factor of whoever sits at the desk stands; nothing is said while locked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecondFactor {
    /// A code is asked for when signing in.
    pub is_on: bool,
    /// The practice asks it of administrators, who may do nothing as such before.
    pub is_required: bool,
    /// Not asked for at this workstation.
    pub is_trusted_here: bool,
    /// Backup codes that are left.
    pub backup_codes: u8,
}

/// A second factor to be set up: scan it, then confirm with a code.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SecondFactorOffer {
    /// To type into an authenticator app that cannot scan.
    pub secret: String,
    /// As authenticator apps read it, `otpauth://…`.
    pub uri: String,
    /// The same as a picture, SVG.
    pub qr_svg: String,
}

/// A code of the second factor.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Code {
    pub code: String,
}

/// The second factor is on. Shown once.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BackupCodes {
    /// Each works once, in place of a code.
    pub codes: Vec<String>,
    pub session: Session,
}

/// Whether the person at the desk is asked for a code at this workstation.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TrustWorkstation {
    pub is_trusted: bool,
}

/// Whether administrators need a second factor.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RequireSecondFactor {
    pub is_required: bool,
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
