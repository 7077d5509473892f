//! Following one statement: what it does to the membership, and who may say it.

use super::{
    Applied, Epochs, Invitation, KnownAs, Membership, PersonMember, Rejected, State, WorkstationMember,
};
use crate::envelope::{Envelope, Kind};
use crate::id::WorkstationId;
use crate::keys::{SigningPublic, VerifyingPoint};
use crate::staff::{Note, Staff};
use crate::statement::{Capability, Found, Invite, Join, Revoke, Rotate, Statement, WorkstationPublic};

impl Membership {
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
                self.note_wrapped(rotate);
            }
            Statement::Staff(staff) => {
                let author = self.administrator(envelope)?;
                self.staff(position, author, staff)?;
            }
            Statement::Policy(policy) => {
                self.administrator(envelope)?;
                self.state.policy = Some(policy.table.clone());
                if policy.rules.is_some() {
                    self.state.rules.clone_from(&policy.rules);
                }
            }
            Statement::Login(login) => self.author(envelope)?.login.clone_from(&login.login),
            Statement::Factor(factor) => self.author(envelope)?.factor.clone_from(&factor.factor),
            Statement::Emergency(emergency) => {
                self.author(envelope)?.emergency.clone_from(&emergency.reason);
            }
            // Judged here like all others; whom it lets in is sealed, so only members follow it further.
            Statement::Release(_) => {
                self.administrator(envelope)?;
            }
            Statement::Kit(kit) => self.take_kit(position, envelope, kit)?,
            Statement::Recover(recover) => self.recover(position, envelope, recover)?,
            Statement::Cover(cover) => self.cover(position, envelope, cover)?,
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
    pub(super) fn administrator(&mut self, envelope: &Envelope) -> Result<Capability, Rejected> {
        let capability = self.author(envelope)?.capability;
        if capability.is_administrator() {
            Ok(capability)
        } else {
            Err(Rejected::NotAdministrator)
        }
    }

    /// The person who signed it.
    pub(super) fn author(&mut self, envelope: &Envelope) -> Result<&mut PersonMember, Rejected> {
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
        let header = envelope.header();
        self.epoch_counts(header.epoch)?;
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
        self.is_new_workstation(header.workstation, &join.workstation)?;
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

    pub(super) fn epoch_counts(&self, epoch: u32) -> Result<(), Rejected> {
        self.state.epochs.ok_or(Rejected::NotFounded)?.contain(epoch)
    }

    pub(super) fn is_new_workstation(
        &self,
        id: WorkstationId,
        keys: &WorkstationPublic,
    ) -> Result<(), Rejected> {
        let mut members = self.state.workstations.values();
        let key_is_known =
            members.any(|known| known.keys.signing == keys.signing || known.keys.wrapping == keys.wrapping);
        if key_is_known || self.state.workstations.contains_key(&id) {
            return Err(Rejected::AlreadyKnown);
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

    pub(super) fn admit_person(
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
                factor: None,
            },
        );
        self.person_points.insert(id, point);
    }

    pub(super) fn admit_workstation(
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

pub(super) fn introduced(envelope: &Envelope, introduction: &[u8]) -> (WorkstationId, Note) {
    let header = envelope.header();
    let note = Note {
        epoch: header.epoch,
        sealed: introduction.to_vec(),
    };
    (header.workstation, note)
}
