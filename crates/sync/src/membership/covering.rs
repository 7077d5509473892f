//! What workstations say that they have of the log, and where two of them say the same.

use super::{Membership, Rejected};
use crate::cover::{Agreed, Cover, Dispute};
use crate::envelope::Envelope;
use crate::id::WorkstationId;

impl Membership {
    /// The furthest that two workstations agreed on. Stays when one of them is removed: by then it was said by two.
    #[must_use]
    pub fn agreed(&self) -> Option<&Agreed> {
        self.state.agreed.as_ref()
    }

    /// What each workstation said last.
    pub fn covers(&self) -> impl Iterator<Item = (WorkstationId, &Cover)> {
        self.state.covers.iter().map(|(id, cover)| (*id, cover))
    }

    /// Members that contradict each other. What one says later takes the place of what it said before, and a member that
    /// was removed contradicts nobody.
    #[must_use]
    pub fn disputes(&self) -> Vec<Dispute> {
        let said: Vec<(WorkstationId, &Cover)> =
            self.covers().filter(|(id, _)| self.is_member(*id)).collect();
        let mut disputes = Vec::new();
        for (at, (one, first)) in said.iter().enumerate() {
            for (other, second) in &said[at + 1..] {
                if first.contradicts(second) {
                    disputes.push(Dispute {
                        position: first.position,
                        between: (*one, *other),
                    });
                }
            }
        }
        disputes
    }

    /// Whether the workstation is of the practice now.
    #[must_use]
    pub fn is_member(&self, id: WorkstationId) -> bool {
        self.workstation(id)
            .is_some_and(|member| member.revoked_at.is_none())
    }

    /// Whether the newest agreement still has both its members, and nobody contradicts anybody: what it covers may go.
    #[must_use]
    pub fn settled(&self) -> Option<&Agreed> {
        self.agreed().filter(|agreed| {
            self.is_member(agreed.first) && self.is_member(agreed.second) && self.disputes().is_empty()
        })
    }

    pub(super) fn cover(&mut self, position: u64, envelope: &Envelope, cover: &Cover) -> Result<(), Rejected> {
        self.author(envelope)?;
        let header = envelope.header();
        if cover.position > header.seen.position {
            return Err(Rejected::SeenAhead {
                position: header.seen.position,
                seen: cover.position,
            });
        }
        let workstation = header.workstation;
        if self
            .state
            .covers
            .get(&workstation)
            .is_some_and(|before| before.position > cover.position)
        {
            // Older than what it said before: nothing new.
            return Ok(());
        }
        self.state.covers.insert(workstation, *cover);
        let is_further = |known: &Agreed| cover.position > known.cover.position;
        if !cover.is_right || !self.agreed().is_none_or(is_further) {
            return Ok(());
        }
        let partner = self
            .covers()
            .find(|(id, said)| *id != workstation && *said == cover && self.is_member(*id))
            .map(|(id, _)| id);
        if let Some(first) = partner {
            self.state.agreed = Some(Agreed {
                cover: *cover,
                first,
                second: workstation,
                since: position,
            });
        }
        Ok(())
    }
}
