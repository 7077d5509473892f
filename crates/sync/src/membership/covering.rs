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

    /// Members that contradicted each other and have not agreed since. A member that was removed contradicts nobody.
    pub fn disputes(&self) -> impl Iterator<Item = &Dispute> {
        self.state
            .disputes
            .iter()
            .filter(|dispute| self.is_member(dispute.first) && self.is_member(dispute.second))
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
            self.is_member(agreed.first) && self.is_member(agreed.second) && self.disputes().next().is_none()
        })
    }

    pub(super) fn cover(
        &mut self,
        position: u64,
        envelope: &Envelope,
        cover: &Cover,
    ) -> Result<(), Rejected> {
        self.author(envelope)?;
        let header = envelope.header();
        if cover.position > header.seen.position {
            return Err(Rejected::NotRead {
                position: cover.position,
                read: header.seen.position,
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
        let others: Vec<(WorkstationId, Cover)> = self
            .covers()
            .filter(|(id, _)| *id != workstation && self.is_member(*id))
            .map(|(id, said)| (id, *said))
            .collect();
        let reach = self.agreed().map_or(0, |agreed| agreed.cover.position);
        for (other, said) in others {
            let is_known = |dispute: &Dispute| dispute.is_between(workstation, other);
            if said.contradicts(cover) {
                if !self.state.disputes.iter().any(is_known) {
                    self.state.disputes.push(Dispute {
                        position: cover.position,
                        first: other,
                        second: workstation,
                    });
                }
            } else if said == *cover && cover.is_right {
                self.state.disputes.retain(|dispute| !is_known(dispute));
                if cover.position > reach {
                    self.state.agreed = Some(Agreed {
                        cover: *cover,
                        first: other,
                        second: workstation,
                        since: position,
                    });
                }
            }
        }
        Ok(())
    }
}
