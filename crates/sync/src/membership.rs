//! Who may append, judged from the signed statements in the log alone: relay and peers come to the same verdict
//! for every position. No clock and no network enters the judgement.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::envelope::{Envelope, Header, Kind};
use crate::id::{Fingerprint, KeyId, PracticeId, WorkstationId};
use crate::keys::{BadKeys, SigningPublic, VerifyingPoint, WrappingPublic};
use crate::staff::{Note, Staff};
use crate::statement::{
    BadStatement, Capability, Found, Invite, Join, Revoke, Rotate, Statement, WorkstationPublic,
};

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
}

/// 2: what is said of people is kept, too.
const STATE_VERSION: u8 = 2;

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
    /// signatures: see [`Envelope::verify`].
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
        if epoch < epochs.first || epoch > epochs.current {
            return Err(Rejected::Epoch {
                first: epochs.first,
                current: epochs.current,
                found: epoch,
            });
        }
        let person = self.person_points.get(&person).ok_or(Rejected::WeakKey)?;
        Ok(Authors { person, workstation })
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

    /// Judges the statement in `envelope` at `position` and follows it. Nothing changes if it is rejected.
    ///
    /// # Panics
    /// If the envelope is not a statement.
    pub fn apply(&mut self, position: u64, envelope: &Envelope) -> Result<Applied, Rejected> {
        let header = *envelope.header();
        assert_eq!(
            header.kind,
            Kind::Statement,
            "only statements change the membership"
        );
        if header.practice != self.state.practice {
            return Err(Rejected::OtherPractice);
        }
        Self::fits_position(&header, position)?;
        let statement = Statement::parse(envelope.statement_bytes().expect("it is a statement"))?;
        match &statement {
            Statement::Found(found) => self.found(position, envelope, found)?,
            Statement::Join(join) => self.join(position, envelope, join)?,
            Statement::Invite(invite) => {
                let author = self.administrator(envelope)?;
                may_give(author, invite.capability)?;
                self.invite(position, invite)?;
            }
            Statement::Revoke(revoke) => {
                let author = self.administrator(envelope)?;
                self.revoke(position, author, revoke)?;
            }
            Statement::Rotate(rotate) => {
                self.administrator(envelope)?;
                self.rotate(rotate)?;
            }
            Statement::Staff(staff) => {
                let author = self.administrator(envelope)?;
                self.staff(position, author, staff)?;
            }
            Statement::Policy(policy) => {
                self.administrator(envelope)?;
                self.state.policy = Some(policy.table.clone());
            }
            Statement::Login(login) => self.author(envelope)?.login.clone_from(&login.login),
            Statement::Emergency(emergency) => {
                self.author(envelope)?.emergency.clone_from(&emergency.reason);
            }
            Statement::Unknown { version, kind, .. } => {
                self.signed_by_members(envelope)?;
                self.state.not_understood += 1;
                return Ok(Applied::NotUnderstood {
                    version: *version,
                    kind: *kind,
                });
            }
        }
        Ok(Applied::Followed(statement))
    }

    fn signed_by_members(&self, envelope: &Envelope) -> Result<(), Rejected> {
        let authors = self.authors(envelope.header())?;
        envelope.verify_signatures(authors.person, authors.workstation)
    }

    /// What the author may, if they are an administrator and signed it.
    fn administrator(&mut self, envelope: &Envelope) -> Result<Capability, Rejected> {
        let capability = self.author(envelope)?.capability;
        if capability.is_administrator() {
            Ok(capability)
        } else {
            Err(Rejected::NotAdministrator)
        }
    }

    /// The person who signed it.
    fn author(&mut self, envelope: &Envelope) -> Result<&mut PersonMember, Rejected> {
        self.signed_by_members(envelope)?;
        self.state
            .people
            .get_mut(&envelope.header().person)
            .ok_or(Rejected::UnknownPerson)
    }

    fn found(&mut self, position: u64, envelope: &Envelope, found: &Found) -> Result<(), Rejected> {
        if self.is_founded() {
            return Err(Rejected::AlreadyFounded);
        }
        if position != 1 {
            return Err(Rejected::NotFounded);
        }
        if self
            .state
            .trusted
            .is_some_and(|trusted| trusted != found.founder.fingerprint())
        {
            return Err(Rejected::OtherFounder);
        }
        let header = envelope.header();
        if header.person != found.founder.key_id() {
            return Err(Rejected::UnknownPerson);
        }
        if header.epoch != found.epoch {
            return Err(Rejected::Epoch {
                first: found.epoch,
                current: found.epoch,
                found: header.epoch,
            });
        }
        let person = found.founder.point()?;
        let workstation = found.workstation.signing.point()?;
        envelope.verify_signatures(&person, &workstation)?;
        self.state.epochs = Some(Epochs {
            first: found.epoch,
            current: found.epoch,
        });
        let known_as = KnownAs {
            introduction: Some(introduced(envelope, &found.introduction)),
            invited: None,
            card: None,
        };
        let founder = Capability::SuperAdministrator;
        self.admit_person(position, found.founder, person, founder, known_as);
        self.admit_workstation(position, header.workstation, found.workstation, workstation);
        Ok(())
    }

    fn join(&mut self, position: u64, envelope: &Envelope, join: &Join) -> Result<(), Rejected> {
        let epochs = self.state.epochs.ok_or(Rejected::NotFounded)?;
        let invitation = self
            .state
            .invitations
            .get(&join.invitation)
            .ok_or(Rejected::UnknownInvitation)?
            .clone();
        if invitation.used_by.is_some() {
            return Err(Rejected::InvitationUsed);
        }
        if invitation.void {
            return Err(Rejected::InvitationVoid);
        }
        let header = envelope.header();
        if header.epoch < epochs.first || header.epoch > epochs.current {
            return Err(Rejected::Epoch {
                first: epochs.first,
                current: epochs.current,
                found: header.epoch,
            });
        }
        let key_is_known = |keys: &WorkstationPublic| {
            self.state
                .workstations
                .values()
                .any(|known| known.keys.signing == keys.signing || known.keys.wrapping == keys.wrapping)
        };
        if self.state.workstations.contains_key(&header.workstation) || key_is_known(&join.workstation) {
            return Err(Rejected::AlreadyKnown);
        }
        if header.person != join.person.key_id() {
            return Err(Rejected::UnknownPerson);
        }
        if let Some(since) = self
            .state
            .people
            .get(&header.person)
            .and_then(|known| known.revoked_at)
        {
            return Err(Rejected::PersonRevoked { since });
        }
        let person = join.person.point()?;
        let workstation = join.workstation.signing.point()?;
        envelope.verify_signatures(&person, &workstation)?;
        let signed = join.signed(header.practice, header.workstation);
        if !join.invitation.point()?.verify(&signed, &join.proof) {
            return Err(Rejected::InvitationProof);
        }
        // A person who is known keeps what they have: an invitation admits a workstation, it does not promote.
        if !self.state.people.contains_key(&header.person) {
            let known_as = KnownAs {
                introduction: Some(introduced(envelope, &join.introduction)),
                invited: invitation.roles.map(|roles| (join.invitation, roles)),
                card: None,
            };
            self.admit_person(position, join.person, person, invitation.capability, known_as);
        }
        self.admit_workstation(position, header.workstation, join.workstation, workstation);
        if let Some(invitation) = self.state.invitations.get_mut(&join.invitation) {
            invitation.used_by = Some(header.workstation);
        }
        Ok(())
    }

    fn invite(&mut self, position: u64, invite: &Invite) -> Result<(), Rejected> {
        invite.invitation.point()?;
        if self.state.invitations.contains_key(&invite.invitation) {
            return Err(Rejected::AlreadyKnown);
        }
        self.state.invitations.insert(
            invite.invitation,
            Invitation {
                capability: invite.capability,
                expires_at_millis: invite.expires_at_millis,
                since: position,
                used_by: None,
                void: false,
                roles: invite.roles.clone(),
            },
        );
        Ok(())
    }

    fn staff(&mut self, position: u64, author: Capability, staff: &Staff) -> Result<(), Rejected> {
        may_give(author, staff.capability)?;
        let point = staff.person.point()?;
        let id = staff.person.key_id();
        let Some(known) = self.state.people.get(&id) else {
            let known_as = KnownAs {
                introduction: None,
                invited: None,
                card: Some(staff.card.clone()),
            };
            self.admit_person(position, staff.person, point, staff.capability, known_as);
            return Ok(());
        };
        if let Some(since) = known.revoked_at {
            return Err(Rejected::PersonRevoked { since });
        }
        may_give(author, known.capability)?;
        let mut next = self.state.clone();
        let member = next.people.get_mut(&id).ok_or(Rejected::UnknownPerson)?;
        member.capability = staff.capability;
        member.known_as.card = Some(staff.card.clone());
        member.emergency = None;
        some_super_administrator_stays(&next)?;
        self.state = next;
        Ok(())
    }

    fn revoke(&mut self, position: u64, author: Capability, revoke: &Revoke) -> Result<(), Rejected> {
        let mut next = self.state.clone();
        if let Some(id) = revoke.workstation {
            let member = next
                .workstations
                .get_mut(&id)
                .ok_or(Rejected::UnknownWorkstation)?;
            member.revoked_at.get_or_insert(position);
            if next
                .workstations
                .values()
                .all(|member| member.revoked_at.is_some())
            {
                return Err(Rejected::LastWorkstation);
            }
        }
        if let Some(id) = revoke.person {
            let member = next.people.get_mut(&id).ok_or(Rejected::UnknownPerson)?;
            may_give(author, member.capability)?;
            member.revoked_at.get_or_insert(position);
            some_super_administrator_stays(&next)?;
        }
        if let Some(key) = revoke.invitation {
            next.invitations
                .get_mut(&key)
                .ok_or(Rejected::UnknownInvitation)?
                .void = true;
        }
        self.state = next;
        Ok(())
    }

    fn rotate(&mut self, rotate: &Rotate) -> Result<(), Rejected> {
        let epochs = self.state.epochs.as_mut().ok_or(Rejected::NotFounded)?;
        let expected = epochs.current.saturating_add(1);
        if rotate.epoch != expected {
            return Err(Rejected::EpochNotNext {
                expected,
                found: rotate.epoch,
            });
        }
        let mut wrapped: Vec<_> = rotate.wrapped.iter().map(|wrapped| wrapped.workstation).collect();
        wrapped.sort_unstable();
        let staying = self
            .state
            .workstations
            .iter()
            .filter(|(_, member)| member.revoked_at.is_none());
        if !wrapped.iter().eq(staying.map(|(id, _)| id)) {
            return Err(Rejected::WrappedForOthers);
        }
        epochs.current = rotate.epoch;
        for invitation in self
            .state
            .invitations
            .values_mut()
            .filter(|invited| invited.used_by.is_none())
        {
            invitation.void = true;
        }
        Ok(())
    }

    fn admit_person(
        &mut self,
        since: u64,
        key: SigningPublic,
        point: VerifyingPoint,
        capability: Capability,
        known_as: KnownAs,
    ) {
        let id = key.key_id();
        self.state.people.insert(
            id,
            PersonMember {
                key,
                capability,
                since,
                revoked_at: None,
                known_as,
                login: None,
                emergency: None,
            },
        );
        self.person_points.insert(id, point);
    }

    fn admit_workstation(
        &mut self,
        since: u64,
        id: WorkstationId,
        keys: WorkstationPublic,
        point: VerifyingPoint,
    ) {
        self.state.workstations.insert(
            id,
            WorkstationMember {
                keys,
                since,
                revoked_at: None,
            },
        );
        self.workstation_points.insert(id, point);
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

/// Whether one who may this much may make or unmake somebody who may that much.
fn may_give(author: Capability, capability: Capability) -> Result<(), Rejected> {
    if capability == Capability::SuperAdministrator && author != Capability::SuperAdministrator {
        return Err(Rejected::NotSuperAdministrator);
    }
    Ok(())
}

fn some_super_administrator_stays(state: &State) -> Result<(), Rejected> {
    let stays = |member: &PersonMember| {
        member.revoked_at.is_none() && member.capability == Capability::SuperAdministrator
    };
    if state.people.values().any(stays) {
        Ok(())
    } else {
        Err(Rejected::LastAdministrator)
    }
}

fn introduced(envelope: &Envelope, introduction: &[u8]) -> (WorkstationId, Note) {
    let header = envelope.header();
    let note = Note {
        epoch: header.epoch,
        sealed: introduction.to_vec(),
    };
    (header.workstation, note)
}

/// Stored bytes that are not a membership.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored membership is damaged: {0}")]
pub struct BadMembership(pub String);
