//! Who may append, judged from the signed statements in the log alone: relay and peers come to the same verdict
//! for every position. No clock and no network enters the judgement.

mod covering;
mod following;
mod kits;

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::cover::{Agreed, Cover, Dispute};
use crate::envelope::Header;
use crate::id::{Fingerprint, KeyId, PracticeId, WorkstationId};
use crate::keys::{BadKeys, SigningPublic, VerifyingPoint, WrappingPublic};
use crate::staff::Note;
use crate::statement::{BadStatement, Capability, Statement, WorkstationPublic};

pub use kits::KnownKit;

/// Why an envelope is not accepted at its position. The same on the relay and on every peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    #[error("this belongs to another practice")]
    OtherPractice,
    #[error("the log of this practice does not start with its founding")]
    NotFounded,
    #[error("this practice is founded already")]
    AlreadyFounded,
    #[error("the practice was founded by someone else than the invitation says")]
    OtherFounder,
    #[error("the workstation is not a member of this practice")]
    UnknownWorkstation,
    #[error("the workstation was removed from this practice at log position {since}")]
    WorkstationRevoked { since: u64 },
    #[error("the person is not a member of this practice")]
    UnknownPerson,
    #[error("the person was removed from this practice at log position {since}")]
    PersonRevoked { since: u64 },
    #[error("the workstation's signature is not valid")]
    WorkstationSignature,
    #[error("the person's signature is not valid")]
    PersonSignature,
    #[error("key epoch {found} is not between {first} and {current}")]
    Epoch { first: u32, current: u32, found: u32 },
    #[error("only an administrator of the practice may do this")]
    NotAdministrator,
    #[error("only a super administrator may make and unmake super administrators")]
    NotSuperAdministrator,
    #[error("this invitation is not known")]
    UnknownInvitation,
    #[error("this invitation was used already: ask for a new one")]
    InvitationUsed,
    #[error("this invitation was withdrawn, or the practice's key has changed since: ask for a new one")]
    InvitationVoid,
    #[error("this does not prove that the invitation was meant for this workstation")]
    InvitationProof,
    #[error("the workstation, its key or the invitation is known already")]
    AlreadyKnown,
    #[error("this recovery kit is not known")]
    UnknownKit,
    #[error("this recovery kit was used already, at log position {since}: make a new one")]
    KitUsed { since: u64 },
    #[error("this recovery kit was renewed at log position {since}: only the new one counts")]
    KitRenewed { since: u64 },
    #[error("this does not prove that somebody holds two parts of the recovery kit")]
    KitProof,
    #[error("a key in the statement is not usable")]
    WeakKey,
    #[error("the practice would be left without a super administrator")]
    LastAdministrator,
    #[error("the practice would be left without a workstation")]
    LastWorkstation,
    #[error("the next key epoch is {expected}, not {found}")]
    EpochNotNext { expected: u32, found: u32 },
    #[error("the new key is not wrapped for exactly the workstations that stay")]
    WrappedForOthers,
    #[error("an envelope at position {position} says its author had seen position {seen}")]
    SeenAhead { position: u64, seen: u64 },
    #[error("its author speaks of position {position}, but had read no further than {read}")]
    NotRead { position: u64, read: u64 },
    #[error(transparent)]
    Malformed(#[from] BadStatement),
}

impl From<BadKeys> for Rejected {
    fn from(_: BadKeys) -> Self {
        Self::WeakKey
    }
}

/// What a statement did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // rare: one for each statement, a few in a practice's life
pub enum Applied {
    Followed(Statement),
    /// Signed by members, but said by a newer program: nothing changed here.
    NotUnderstood {
        version: u8,
        kind: u16,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WorkstationMember {
    #[n(0)]
    pub keys: WorkstationPublic,
    /// Position of the statement that admitted it.
    #[n(1)]
    pub since: u64,
    /// Position of the statement that removed it.
    #[n(2)]
    pub revoked_at: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PersonMember {
    #[n(0)]
    pub key: SigningPublic,
    #[n(1)]
    pub capability: Capability,
    #[n(2)]
    pub since: u64,
    #[n(3)]
    pub revoked_at: Option<u64>,
    /// Who it is, in words that only members read.
    #[n(4)]
    pub known_as: KnownAs,
    /// At [`crate::staff::Place::Login`].
    #[n(5)]
    pub login: Option<Note>,
    /// At [`crate::staff::Place::Emergency`], while the person has emergency access.
    #[n(6)]
    pub emergency: Option<Note>,
    /// At [`crate::staff::Place::Factor`].
    #[n(7)]
    pub factor: Option<Note>,
}

/// Where a person's name and roles are said.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KnownAs {
    /// The introduction, and the workstation with which they came in.
    #[n(0)]
    pub introduction: Option<(WorkstationId, Note)>,
    /// The invitation with which they came in, and the roles that went with it.
    #[n(1)]
    pub invited: Option<(SigningPublic, Note)>,
    /// What an administrator said since; counts instead of the others.
    #[n(2)]
    pub card: Option<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Invitation {
    #[n(0)]
    pub capability: Capability,
    #[n(1)]
    pub expires_at_millis: u64,
    #[n(2)]
    pub since: u64,
    #[n(3)]
    pub used_by: Option<WorkstationId>,
    #[n(4)]
    pub void: bool,
    #[n(5)]
    pub roles: Option<Note>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Epochs {
    #[n(0)]
    first: u32,
    #[n(1)]
    current: u32,
}

impl Epochs {
    fn contain(self, epoch: u32) -> Result<(), Rejected> {
        if epoch < self.first || epoch > self.current {
            return Err(Rejected::Epoch {
                first: self.first,
                current: self.current,
                found: epoch,
            });
        }
        Ok(())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct State {
    #[n(0)]
    version: u8,
    #[n(1)]
    practice: PracticeId,
    #[n(2)]
    trusted: Option<Fingerprint>,
    #[n(3)]
    epochs: Option<Epochs>,
    #[n(4)]
    workstations: BTreeMap<WorkstationId, WorkstationMember>,
    #[n(5)]
    people: BTreeMap<KeyId, PersonMember>,
    #[n(6)]
    invitations: BTreeMap<SigningPublic, Invitation>,
    /// Statements of newer programs so far.
    #[n(7)]
    not_understood: u64,
    #[n(8)]
    policy: Option<Note>,
    #[n(9)]
    kit: Option<KnownKit>,
    /// Pairs of parts that count no more, and the positions of the kits after them.
    #[n(10)]
    former_kits: Vec<(SigningPublic, u64)>,
    #[n(11)]
    used_kits: Vec<(SigningPublic, u64)>,
    #[n(12)]
    rules: Option<Note>,
    /// What each workstation said last that it has of the log.
    #[n(13)]
    covers: BTreeMap<WorkstationId, Cover>,
    #[n(14)]
    agreed: Option<Agreed>,
    #[n(15)]
    disputes: Vec<Dispute>,
}

/// 2: what is said of people is kept, too. 3: recovery kits and second factors are
/// kept, and what lets envelopes in is understood. 4: what covers the log is kept.
const STATE_VERSION: u8 = 4;

/// The policy after some position of one practice's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    state: State,
    workstation_points: BTreeMap<WorkstationId, VerifyingPoint>,
    person_points: BTreeMap<KeyId, VerifyingPoint>,
}

/// The checked keys of an envelope's authors.
pub(crate) struct Authors<'a> {
    pub(crate) person: &'a VerifyingPoint,
    pub(crate) workstation: &'a VerifyingPoint,
}

impl Membership {
    /// The policy of an empty log. `trusted`: the fingerprint of the founding person's key where it is known
    /// (from an invitation or one's own founding); a log founded by anyone else is then refused.
    #[must_use]
    pub fn new(practice: PracticeId, trusted: Option<Fingerprint>) -> Self {
        Self {
            state: State {
                version: STATE_VERSION,
                practice,
                trusted,
                epochs: None,
                workstations: BTreeMap::new(),
                people: BTreeMap::new(),
                invitations: BTreeMap::new(),
                not_understood: 0,
                policy: None,
                kit: None,
                former_kits: Vec::new(),
                used_kits: Vec::new(),
                rules: None,
                covers: BTreeMap::new(),
                agreed: None,
                disputes: Vec::new(),
            },
            workstation_points: BTreeMap::new(),
            person_points: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn practice(&self) -> PracticeId {
        self.state.practice
    }

    #[must_use]
    pub fn is_founded(&self) -> bool {
        self.state.epochs.is_some()
    }

    /// The epoch new envelopes should be sealed in; `None` before the founding.
    #[must_use]
    pub fn epoch(&self) -> Option<u32> {
        self.state.epochs.map(|epochs| epochs.current)
    }

    pub fn workstations(&self) -> impl Iterator<Item = (WorkstationId, &WorkstationMember)> {
        self.state.workstations.iter().map(|(id, member)| (*id, member))
    }

    #[must_use]
    pub fn workstation(&self, id: WorkstationId) -> Option<&WorkstationMember> {
        self.state.workstations.get(&id)
    }

    pub fn people(&self) -> impl Iterator<Item = (KeyId, &PersonMember)> {
        self.state.people.iter().map(|(id, member)| (*id, member))
    }

    #[must_use]
    pub fn person(&self, id: KeyId) -> Option<&PersonMember> {
        self.state.people.get(&id)
    }

    #[must_use]
    pub fn invitation(&self, key: SigningPublic) -> Option<&Invitation> {
        self.state.invitations.get(&key)
    }

    /// The practice's table of permissions, at [`crate::staff::Place::Policy`].
    #[must_use]
    pub fn policy(&self) -> Option<&Note> {
        self.state.policy.as_ref()
    }

    /// What the practice asks of everybody's log-in, at [`crate::staff::Place::Rules`].
    #[must_use]
    pub fn rules(&self) -> Option<&Note> {
        self.state.rules.as_ref()
    }

    /// How many statements of newer programs were carried without effect: if not 0, tell people to update.
    #[must_use]
    pub fn not_understood(&self) -> u64 {
        self.state.not_understood
    }

    /// The workstations to wrap a new practice key for, leaving out one that is about to be removed.
    pub fn active_workstations(&self) -> impl Iterator<Item = (WorkstationId, WrappingPublic)> {
        self.workstations()
            .filter(|(_, member)| member.revoked_at.is_none())
            .map(|(id, member)| (id, member.keys.wrapping))
    }

    /// Whether the workstation is a member now, for opening a connection.
    pub(crate) fn may_connect(&self, workstation: WorkstationId) -> Result<&VerifyingPoint, Rejected> {
        let member = self
            .state
            .workstations
            .get(&workstation)
            .ok_or(Rejected::UnknownWorkstation)?;
        if let Some(since) = member.revoked_at {
            return Err(Rejected::WorkstationRevoked { since });
        }
        self.workstation_points.get(&workstation).ok_or(Rejected::WeakKey)
    }

    /// Whether the policy lets this workstation and person append at the next position. Says nothing about
    /// signatures: see [`crate::Envelope::verify`].
    pub fn may_append(&self, header: &Header) -> Result<(), Rejected> {
        self.authors(header).map(|_| ())
    }

    pub(crate) fn authors(&self, header: &Header) -> Result<Authors<'_>, Rejected> {
        if header.practice != self.state.practice {
            return Err(Rejected::OtherPractice);
        }
        self.authors_of(header.workstation, header.person, header.epoch)
    }

    /// The keys of a workstation and a person who may write now, with a practice key of this epoch.
    pub(crate) fn authors_of(
        &self,
        workstation: WorkstationId,
        person: KeyId,
        epoch: u32,
    ) -> Result<Authors<'_>, Rejected> {
        let epochs = self.state.epochs.ok_or(Rejected::NotFounded)?;
        let workstation = self.may_connect(workstation)?;
        let member = self.state.people.get(&person).ok_or(Rejected::UnknownPerson)?;
        if let Some(since) = member.revoked_at {
            return Err(Rejected::PersonRevoked { since });
        }
        epochs.contain(epoch)?;
        let person = self.person_points.get(&person).ok_or(Rejected::WeakKey)?;
        Ok(Authors { person, workstation })
    }

    /// Whether this was written by somebody who may or might once append: also by one who was removed since. For what an
    /// administrator lets in again.
    pub fn verify_once_member(&self, envelope: &crate::Envelope) -> Result<(), Rejected> {
        let header = envelope.header();
        if header.practice != self.state.practice {
            return Err(Rejected::OtherPractice);
        }
        let workstation = self
            .workstation_points
            .get(&header.workstation)
            .ok_or(Rejected::UnknownWorkstation)?;
        let person = self
            .person_points
            .get(&header.person)
            .ok_or(Rejected::UnknownPerson)?;
        envelope.verify_signatures(person, workstation)
    }

    /// What cannot be at `position` whoever signed it: an author who had already seen that position or a later
    /// one has met another log than this.
    pub fn fits_position(header: &Header, position: u64) -> Result<(), Rejected> {
        if header.seen.position >= position {
            return Err(Rejected::SeenAhead {
                position,
                seen: header.seen.position,
            });
        }
        Ok(())
    }

    /// For storage next to the cursor it belongs to.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(&self.state).expect("writing to a Vec cannot fail")
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadMembership> {
        let state: State = minicbor::decode(bytes).map_err(|error| BadMembership(error.to_string()))?;
        if state.version != STATE_VERSION {
            return Err(BadMembership(format!(
                "its version is {}, not {STATE_VERSION}",
                state.version
            )));
        }
        let weak = |_| BadMembership("a key in it is not usable".into());
        let mut workstation_points = BTreeMap::new();
        for (id, member) in &state.workstations {
            workstation_points.insert(*id, member.keys.signing.point().map_err(weak)?);
        }
        let mut person_points = BTreeMap::new();
        for (id, member) in &state.people {
            person_points.insert(*id, member.key.point().map_err(weak)?);
        }
        Ok(Self {
            state,
            workstation_points,
            person_points,
        })
    }
}

/// Stored bytes that are not a membership.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored membership is damaged: {0}")]
pub struct BadMembership(pub String);
