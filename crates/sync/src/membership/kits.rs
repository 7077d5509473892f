//! The recovery kit's place in the membership: which pairs of parts count, and what becomes of them.

use minicbor::{Decode, Encode};

use super::{KnownAs, Membership, Rejected, following::introduced};
use crate::envelope::Envelope;
use crate::keys::{self, BadKeys, PracticeKey, SigningPublic};
use crate::recovery::{Kit, KitPair, Recover};
use crate::staff::Note;
use crate::statement::{Capability, Rotate};

/// The newest kit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KnownKit {
    /// Position of the statement.
    #[n(0)]
    pub since: u64,
    #[n(1)]
    pub pairs: Vec<KitPair>,
    /// At [`crate::staff::Place::Kit`] of `author`.
    #[n(2)]
    pub card: Note,
    #[n(3)]
    pub author: SigningPublic,
    /// The newest practice key that whoever holds two parts can get at.
    #[n(4)]
    pub epoch: u32,
    /// Position at which it was used up.
    #[n(5)]
    pub used_at: Option<u64>,
}

impl Membership {
    /// The newest recovery kit, also if it was used.
    #[must_use]
    pub fn kit(&self) -> Option<&KnownKit> {
        self.state.kit.as_ref()
    }

    /// The pairs of parts that can bring the practice back now, for wrapping a new key for them.
    #[must_use]
    pub fn kit_pairs(&self) -> &[KitPair] {
        match &self.state.kit {
            Some(kit) if kit.used_at.is_none() => &kit.pairs,
            _ => &[],
        }
    }

    /// The statement that begins a new epoch: `key` for every workstation that is a member and every pair of the kit.
    /// `random`: 32 random bytes.
    pub fn rotation(&self, key: &PracticeKey, random: [u8; 32]) -> Result<Rotate, BadKeys> {
        let pairs = self.kit_pairs();
        let to = self
            .active_workstations()
            .chain(pairs.iter().map(|pair| (pair.id(), pair.wrapping)));
        let (ephemeral, mut wrapped) = keys::wrap(key, self.practice(), to, random)?;
        let recovery = wrapped.split_off(wrapped.len() - pairs.len());
        Ok(Rotate {
            epoch: key.epoch,
            ephemeral,
            wrapped,
            recovery: (!recovery.is_empty()).then_some(recovery),
        })
    }

    pub(super) fn take_kit(&mut self, position: u64, envelope: &Envelope, kit: &Kit) -> Result<(), Rejected> {
        if self.administrator(envelope)? != Capability::SuperAdministrator {
            return Err(Rejected::NotSuperAdministrator);
        }
        if kit.pairs.is_empty() {
            return Err(Rejected::UnknownKit);
        }
        for pair in &kit.pairs {
            pair.signing.point()?;
            let is_known = self.check_kit(pair.signing).is_ok()
                || self.state.former_kits.iter().any(|(key, _)| *key == pair.signing);
            if is_known {
                return Err(Rejected::AlreadyKnown);
            }
        }
        let author = self.author(envelope)?.key;
        if let Some(former) = self.state.kit.take() {
            let ended = former.pairs.iter().map(|pair| (pair.signing, position));
            // One that was used keeps saying so.
            if former.used_at.is_none() {
                self.state.former_kits.extend(ended);
            } else {
                self.state.used_kits.extend(ended);
            }
        }
        self.state.kit = Some(KnownKit {
            since: position,
            pairs: kit.pairs.clone(),
            card: kit.card.clone(),
            author,
            epoch: envelope.header().epoch,
            used_at: None,
        });
        Ok(())
    }

    /// Whether two parts count now.
    pub fn check_kit(&self, pair: SigningPublic) -> Result<(), Rejected> {
        let current = self
            .state
            .kit
            .as_ref()
            .filter(|kit| kit.pairs.iter().any(|known| known.signing == pair));
        if let Some(kit) = current {
            return match kit.used_at {
                None => Ok(()),
                Some(since) => Err(Rejected::KitUsed { since }),
            };
        }
        let position = |list: &[(SigningPublic, u64)]| {
            let found = list.iter().find(|(known, _)| *known == pair);
            found.map(|(_, since)| *since)
        };
        if let Some(since) = position(&self.state.used_kits) {
            return Err(Rejected::KitUsed { since });
        }
        match position(&self.state.former_kits) {
            Some(since) => Err(Rejected::KitRenewed { since }),
            None => Err(Rejected::UnknownKit),
        }
    }

    pub(super) fn recover(
        &mut self,
        position: u64,
        envelope: &Envelope,
        recover: &Recover,
    ) -> Result<(), Rejected> {
        let header = envelope.header();
        self.epoch_counts(header.epoch)?;
        self.check_kit(recover.pair)?;
        if header.person != recover.person.key_id() {
            return Err(Rejected::UnknownPerson);
        }
        if self.state.people.contains_key(&header.person) {
            return Err(Rejected::AlreadyKnown);
        }
        let person = recover.person.point()?;
        let workstation = match &recover.workstation {
            Some(keys) => {
                self.is_new_workstation(header.workstation, keys)?;
                keys.signing.point()?
            }
            None => *self.may_connect(header.workstation)?,
        };
        envelope.verify_signatures(&person, &workstation)?;
        let signed = recover.signed(header.practice, header.workstation);
        if !recover.pair.point()?.verify(&signed, &recover.proof) {
            return Err(Rejected::KitProof);
        }
        let known_as = KnownAs {
            introduction: Some(introduced(envelope, &recover.introduction)),
            invited: None,
            card: None,
        };
        let capability = Capability::SuperAdministrator;
        self.admit_person(position, recover.person, person, capability, known_as);
        if let Some(keys) = recover.workstation {
            self.admit_workstation(position, header.workstation, keys, workstation);
        }
        if let Some(kit) = &mut self.state.kit {
            kit.used_at = Some(position);
        }
        Ok(())
    }

    /// A kit for which a new key was wrapped can get at it.
    pub(super) fn note_wrapped(&mut self, rotate: &Rotate) {
        let Some(kit) = &mut self.state.kit else { return };
        let wrapped = rotate.recovery.as_deref().unwrap_or_default();
        let has = |pair: &KitPair| wrapped.iter().any(|key| key.workstation == pair.id());
        if kit.epoch + 1 == rotate.epoch && kit.pairs.iter().all(has) {
            kit.epoch = rotate.epoch;
        }
    }
}
