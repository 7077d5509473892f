//! People, their roles, and workstations.

use clinic::{Grant, Permission, PersonId, Role, WorkstationId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who works here, what each may do, and the table behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct People {
    pub people: Vec<StaffMember>,
    /// One line a permission.
    pub table: Vec<PermissionLine>,
    pub workstations: Vec<Machine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StaffMember {
    pub id: PersonId,
    pub name: String,
    pub initials: String,
    pub is_active: bool,
    pub grants: Vec<Grant>,
    /// Has a passphrase.
    pub has_login: bool,
    /// Is asked for a code when signing in.
    pub has_second_factor: bool,
    /// Why they have emergency access, while they have.
    pub emergency: Option<String>,
    /// The person at this desk.
    pub is_me: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PermissionLine {
    pub permission: Permission,
    /// As a person says it.
    pub words: String,
    pub roles: Vec<Role>,
    /// The practice changed it.
    pub is_changed: bool,
}

/// A workstation of the practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Machine {
    pub id: WorkstationId,
    pub name: String,
    /// This one.
    pub is_here: bool,
    /// Removed: the relay refuses it, and nobody accepts what it signs.
    pub is_removed: bool,
}

/// Adds a person, with a passphrase for the first time.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct AddPerson {
    pub name: String,
    /// One to three letters; made from the name if left out.
    #[serde(default)]
    pub initials: Option<String>,
    pub grants: Vec<Grant>,
    /// At least 8 characters; the person changes it.
    pub passphrase: String,
}

/// Changes a person; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct UpdatePerson {
    pub id: PersonId,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub initials: Option<String>,
    #[serde(default)]
    pub grants: Option<Vec<Grant>>,
    /// `false`: cannot sign in or sign anything any more. To come back, give a new passphrase.
    #[serde(default)]
    pub is_active: Option<bool>,
}

/// A new passphrase for somebody who forgot theirs, or comes back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ResetLogin {
    pub id: PersonId,
    /// At least 8 characters.
    pub passphrase: String,
}

/// Changes one line of the table.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SetPermission {
    pub permission: Permission,
    pub roles: Vec<Role>,
}

/// Removes a workstation, such as a stolen laptop: it may not sync any more, and the practice's key changes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WorkstationRef {
    pub id: WorkstationId,
}

/// What was kept and not applied, newest first, and what was let in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetAside {
    pub entries: Vec<SetAsideEntry>,
    pub released: Vec<LetInEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetAsideEntry {
    /// Of the envelope, in hexadecimal.
    pub id: String,
    pub workstation: Option<String>,
    /// Whose work it is, where it could be read.
    pub work: Option<SetAsideWork>,
    /// What is wrong with it.
    pub reason: String,
    /// Its place in the relay's log.
    #[ts(type = "number | null")]
    pub position: Option<u64>,
    /// Whether an administrator can let it in: a member signed it, and it can be read.
    pub can_let_in: bool,
    /// An administrator lets it in; it counts as soon as the relay has taken that.
    pub let_in: Option<LetInWhy>,
}

/// Work that does not count, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetAsideWork {
    /// As the history says it.
    pub what: String,
    pub person: Option<String>,
    /// When it was done, by that workstation's clock (instant).
    pub at: String,
    /// Whom it is about.
    pub patients: Vec<String>,
}

/// Who let something in, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LetInWhy {
    pub by: Option<String>,
    pub reason: String,
}

/// Something that was let in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LetInEntry {
    /// Of the envelope, in hexadecimal.
    pub id: String,
    pub workstation: Option<String>,
    pub person: Option<String>,
    /// As the history says it.
    pub what: Option<String>,
    pub why: LetInWhy,
    /// What it builds on has not come yet.
    pub is_waiting: bool,
    /// Why it could not be applied even so.
    pub trouble: Option<String>,
}

/// Lets in what was set aside.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReleaseSetAside {
    /// Ids of envelopes, or as much of each as is needed to tell them apart.
    pub ids: Vec<String>,
    /// Everybody can read it.
    pub reason: String,
}
