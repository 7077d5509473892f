//! Writing: one operation through the store's one door, sealed for the relay, told to whoever listens.

use std::sync::Arc;

use clinic::{
    AppointmentId, AcceptedConflict, Author, CannotBook, CannotChange, Change, ConflictKey, Neighbours, Op, Patient, PatientId,
    Placement, Roster, TimeBlock, TimeBlockId, Zones,
};
use jiff::civil::Date;
use store::Tx;
use sync::envelope::Seen;
use sync::ChainHash;

use crate::desk::Desk;
use crate::identity::{Identity, Sealing};
use crate::{DeskError, refusals};

/// What a rule works with while it writes.
pub struct Writing<'a, 's> {
    pub roster: Arc<Roster>,
    pub zones: &'a Zones,
    pub author: Author,
    tx: &'a mut Tx<'s>,
}

/// Seals what the store wants to send, as this workstation and person.
pub(crate) struct Seal(pub Arc<Identity>);

impl store::Sealer for Seal {
    fn seal(&self, sequence: u64, head: store::Head, batch: &[u8]) -> Result<store::Sealed, String> {
        let seen = if head.position == 0 {
            self.0.genesis()
        } else {
            Seen { position: head.position, hash: ChainHash(head.chain) }
        };
        let envelope = self.0.seal(sequence, seen, Sealing::Changes(batch)).map_err(|error| error.message)?;
        Ok(store::Sealed { id: envelope.id().0, bytes: envelope.into_bytes() })
    }
}

impl Desk {
    /// Does one operation: everything that `act` records is durable and on its way when this returns, or nothing is.
    pub(crate) fn write<T>(
        &self,
        op: Op,
        act: impl FnOnce(&mut Writing<'_, '_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let (output, changes) = self.commit(op, act)?;
        self.tell_changes(&changes, true);
        if let Some(conversation) = self.conversation() {
            conversation.outbox_grew();
        }
        Ok(output)
    }

    /// Like [`Desk::write`] without telling anybody: for making a practice that nobody looks at yet.
    pub(crate) fn write_quietly<T>(
        &self,
        op: Op,
        act: impl FnOnce(&mut Writing<'_, '_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        self.commit(op, act).map(|(output, _)| output)
    }

    fn commit<T>(
        &self,
        op: Op,
        act: impl FnOnce(&mut Writing<'_, '_>) -> Result<T, DeskError>,
    ) -> Result<(T, Arc<store::ChangeSet>), DeskError> {
        let identity = self.identity();
        let sealer = Seal(identity.clone());
        let by = store::By { person: identity.person, at: self.now() };
        let mut store = self.store();
        let committed = store.transact(op, &by, &sealer, |tx| {
            let mut writing =
                Writing { roster: tx.roster_or_new(), zones: &self.zones, author: tx.author(), tx };
            act(&mut writing)
        })?;
        Ok((committed.output, committed.changes))
    }
}
