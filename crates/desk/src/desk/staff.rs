//! Who may do what, as the practice's log says: the signed membership with its sealed notes opened.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use clinic::roles::Places;
use clinic::{Grant, PersonId, Rights, Role, RoleTable};
use serde::{Deserialize, Serialize};
use sync::keys::SigningPublic;
use sync::membership::{PersonMember, Rejected};
use sync::staff::{Note, Place};
use sync::statement::{Capability, Introduction};
use sync::{Envelope, KeyId, Membership, PracticeKeys, Statement};

use crate::DeskError;
use crate::desk::Desk;
use crate::desk::arriving::MEMBERSHIP_AHEAD;
use crate::desk::relaying::founder;
use crate::identity::{Identity, random};

/// The membership at the cursor, with which it is stored.
pub(crate) const MEMBERSHIP: &str = "sync/membership";

/// What a card in the log says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card {
    pub person: PersonId,
    pub grants: Vec<Grant>,
}

/// One key that may sign, and for whom it stands.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    pub key: SigningPublic,
    /// Unknown only if its card cannot be read.
    pub person: Option<PersonId>,
    pub grants: Vec<Grant>,
    /// The key behind the passphrase, sealed by `wrap_secret`.
    pub login: Option<Vec<u8>>,
    /// Why emergency access was taken, while it lasts.
    pub emergency: Option<EmergencyNote>,
    /// Their second factor, sealed by their own key.
    pub factor: Option<Vec<u8>>,
    pub is_revoked: bool,
}

/// What the practice asks of everybody's log-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Rules {
    /// Administrators need a second factor.
    pub second_factor: bool,
}

/// What a person says when taking emergency access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EmergencyNote {
    pub reason: String,
    /// When it began and should end, in the words of that workstation's clock: instants in UTC.
    pub from: jiff::Timestamp,
    pub until: jiff::Timestamp,
}

/// The people of the practice at a position of its log.
pub(crate) struct Staff {
    pub membership: Membership,
    pub table: Arc<RoleTable>,
    pub rules: Rules,
    signers: HashMap<KeyId, (Signer, Arc<Rights>)>,
}

impl Staff {
    pub fn read(membership: Membership, keys: &PracticeKeys) -> Staff {
        let table: RoleTable = membership
            .policy()
            .and_then(|note| read_note(note, keys, Place::Policy))
            .unwrap_or_default();
        let table = Arc::new(table);
        let rules = membership
            .rules()
            .and_then(|note| read_note(note, keys, Place::Rules))
            .unwrap_or_default();
        let signers = membership
            .people()
            .map(|(id, member)| {
                let signer = signer(member, keys);
                let person = signer.person.unwrap_or(PersonId(0));
                let rights = if signer.is_revoked {
                    Rights::none(person)
                } else {
                    Rights {
                        person,
                        grants: signer.grants.clone(),
                        table: table.clone(),
                        is_emergency: signer.emergency.is_some(),
                    }
                };
                (id, (signer, Arc::new(rights)))
            })
            .collect();
        Staff {
            membership,
            table,
            rules,
            signers,
        }
    }

    /// The people after one more statement.
    pub fn after(&self, position: u64, statement: &Envelope, keys: &PracticeKeys) -> Result<Staff, Rejected> {
        let mut membership = self.membership.clone();
        membership.apply(position, statement)?;
        Ok(Staff::read(membership, keys))
    }

    /// What whoever signs with this key may do.
    pub fn rights(&self, key: KeyId) -> Arc<Rights> {
        match self.signers.get(&key) {
            Some((_, rights)) => rights.clone(),
            None => Arc::new(Rights::none(PersonId(0))),
        }
    }

    pub fn signer(&self, key: KeyId) -> Option<&Signer> {
        self.signers.get(&key).map(|(signer, _)| signer)
    }

    /// Keys with which a person may sign now.
    pub fn keys_of(&self, person: PersonId) -> impl Iterator<Item = &Signer> {
        self.signers
            .values()
            .map(|(signer, _)| signer)
            .filter(move |signer| signer.person == Some(person) && !signer.is_revoked)
    }

    /// The key with which a person logs in.
    pub fn login_of(&self, person: PersonId) -> Option<(&Signer, &[u8])> {
        self.keys_of(person)
            .find_map(|signer| Some((signer, signer.login.as_deref()?)))
    }

    /// What a person may do, whichever of their keys they hold.
    pub fn rights_of(&self, person: PersonId) -> Arc<Rights> {
        match self.keys_of(person).next() {
            Some(signer) => self.rights(signer.key.key_id()),
            None => Arc::new(Rights::none(person)),
        }
    }
}

fn read_note<T: serde::de::DeserializeOwned>(note: &Note, keys: &PracticeKeys, place: Place) -> Option<T> {
    let plain = note.open(keys, place).ok()?;
    serde_json::from_slice(&plain).ok()
}

fn signer(member: &PersonMember, keys: &PracticeKeys) -> Signer {
    let key = member.key;
    let introduced = || {
        let (workstation, note) = member.known_as.introduction.as_ref()?;
        let key_of_epoch = keys.get(note.epoch)?;
        let introduction = Introduction::open(&note.sealed, key_of_epoch, *workstation, key).ok()?;
        Some(PersonId::from_bytes(introduction.person_id))
    };
    let card: Option<Card> = member
        .known_as
        .card
        .as_ref()
        .and_then(|note| read_note(note, keys, Place::Staff(key)));
    let invited = || {
        let (invitation, note) = member.known_as.invited.as_ref()?;
        read_note::<Vec<Grant>>(note, keys, Place::Invited(*invitation))
    };
    let (person, grants) = match card {
        Some(card) => (Some(card.person), Some(card.grants)),
        // A card that cannot be read gives nothing: less is safer than what was before.
        None if member.known_as.card.is_some() => (introduced(), Some(Vec::new())),
        None => (introduced(), invited()),
    };
    Signer {
        key,
        person,
        grants: effective(member.capability, grants),
        login: member
            .login
            .as_ref()
            .and_then(|note| note.open(keys, Place::Login(key)).ok()),
        emergency: member
            .emergency
            .as_ref()
            .and_then(|note| read_note(note, keys, Place::Emergency(key))),
        factor: member
            .factor
            .as_ref()
            .and_then(|note| note.open(keys, Place::Factor(key)).ok()),
        is_revoked: member.revoked_at.is_some(),
    }
}

/// Roles as far as the capability carries them, which the relay knows and guards; without a word about roles, those
/// that a capability has by itself.
fn effective(capability: Capability, grants: Option<Vec<Grant>>) -> Vec<Grant> {
    let Some(grants) = grants else {
        return vec![Grant::everywhere(match capability {
            Capability::SuperAdministrator => Role::SuperAdmin,
            Capability::Administrator => Role::ClinicAdmin,
            Capability::Member | Capability::Other(_) => Role::FrontDesk,
        })];
    };
    grants
        .into_iter()
        .filter(|grant| match grant.role {
            Role::SuperAdmin => capability == Capability::SuperAdministrator,
            Role::ClinicAdmin => capability.is_administrator(),
            _ => true,
        })
        .collect()
}

/// What a person with these roles must be able to say in the log.
pub(crate) fn capability_for(grants: &[Grant]) -> Capability {
    let has = |role: Role| grants.iter().any(|grant| grant.role == role);
    let everywhere = Grant {
        role: Role::SuperAdmin,
        places: Places::Everywhere,
    };
    if grants.contains(&everywhere) {
        Capability::SuperAdministrator
    } else if has(Role::ClinicAdmin) {
        Capability::Administrator
    } else {
        Capability::Member
    }
}

/// As stored with the cursor; else from the statements themselves, because an older release kept it in another form or
/// nothing is kept yet.
fn membership_at_cursor(reads: store::Reads<'_>, identity: &Identity) -> Result<Membership, DeskError> {
    let known = reads
        .setting(MEMBERSHIP)?
        .and_then(|bytes| Membership::from_bytes(&bytes).ok());
    if let Some(known) = known {
        return Ok(known);
    }
    let mut membership = identity.empty_membership(Some(founder(reads)?));
    for (position, bytes) in reads.statements()? {
        let followed = Envelope::parse(bytes)
            .map_err(|error| error.to_string())
            .and_then(|envelope| {
                membership
                    .apply(position, &envelope)
                    .map_err(|error| error.to_string())
            });
        if let Err(why) = followed {
            tracing::debug!(position, why, "a statement has no effect");
        }
    }
    Ok(membership)
}

impl Desk {
    /// Everything the log says here, with what this workstation said and the log does not have yet.
    pub(crate) fn staff(&self) -> Arc<Staff> {
        self.staff.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the person at this desk may do.
    pub fn rights(&self) -> Arc<Rights> {
        self.staff().rights(self.identity().person_keys.key_id())
    }

    /// The people at the read position of the log.
    pub(crate) fn staff_in_the_log(&self) -> Result<Staff, DeskError> {
        let identity = self.identity();
        Ok(Staff::read(
            self.membership_in_the_log()?,
            &identity.practice_keys,
        ))
    }

    /// The membership at the read position of the log.
    pub(crate) fn membership_in_the_log(&self) -> Result<Membership, DeskError> {
        let identity = self.identity();
        membership_at_cursor(self.store().reads(), &identity)
    }

    /// Looks again at what the log says, after it said something new.
    pub(crate) fn look_at_staff(&self) -> Result<(), DeskError> {
        {
            // Whoever looks later sees more: what an earlier look saw must not be kept after it.
            let _one_at_a_time = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
            let identity = self.identity();
            let (membership, cursor, ahead) = {
                // All at once: a statement that gets its place between two looks must not be missed by both.
                let store = self.store();
                let reads = store.reads();
                let ahead = match store.arrival()? {
                    Some(_) => reads.setting(MEMBERSHIP_AHEAD)?,
                    None => None,
                };
                let ahead = ahead.and_then(|bytes| Membership::from_bytes(&bytes).ok());
                (
                    match ahead {
                        Some(ahead) => ahead,
                        None => membership_at_cursor(reads, &identity)?,
                    },
                    reads.cursor()?.position,
                    reads.statements_ahead()?,
                )
            };
            let mut staff = Staff::read(membership, &identity.practice_keys);
            for (position, bytes) in (cursor + 1..).zip(ahead) {
                if let Ok(envelope) = Envelope::parse(bytes)
                    && let Ok(next) = staff.after(position, &envelope, &identity.practice_keys)
                {
                    staff = next;
                }
            }
            *self.staff.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(staff);
        }
        self.tell_session();
        Ok(())
    }

    pub(crate) fn note(&self, identity: &Identity, place: Place, plain: &[u8]) -> Result<Note, DeskError> {
        Ok(Note::seal(identity.newest_key()?, place, plain, random()))
    }

    /// Says in the log who a key stands for and what they may do.
    pub(crate) fn say_staff(&self, key: SigningPublic, card: &Card) -> Result<(), DeskError> {
        self.say_staff_of(&self.identity(), key, card)
    }

    /// Like [`Desk::say_staff`], as another person whose keys are in hand.
    pub(crate) fn say_staff_of(
        &self,
        identity: &Identity,
        key: SigningPublic,
        card: &Card,
    ) -> Result<(), DeskError> {
        let plain = serde_json::to_vec(card).expect("a card is plain data");
        let staff = sync::staff::Staff {
            person: key,
            capability: capability_for(&card.grants),
            card: self.note(identity, Place::Staff(key), &plain)?,
        };
        self.append_statement_of(identity, &Statement::Staff(staff))
    }
}
