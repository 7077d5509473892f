//! What a commit changed, for whoever shows it.

use std::collections::HashMap;
use std::sync::Arc;

use clinic::{Change, EntityKind, HistoryId, Op, PersonId, WorkstationId};
use jiff::Timestamp;

/// Everything that one commit changed; also what another program on the same file committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    /// The history entries it made; several for a merge, none if nothing changed.
    pub entries: Vec<HistoryId>,
    pub op: Op,
    /// None for a merge, which several people's work may come in with.
    pub person: Option<PersonId>,
    pub workstation: WorkstationId,
    pub at: Timestamp,
    pub reason: String,
    /// Net: each record at most once.
    pub changes: Vec<Change>,
    pub conflicts_changed: bool,
    pub undo_state_changed: bool,
    /// Rows were rebuilt: everything may have changed.
    pub reload: bool,
}

/// A closure's result and what was written.
#[derive(Debug, Clone)]
pub struct Committed<T> {
    pub value: T,
    pub changes: Arc<ChangeSet>,
}

/// Who does it, and when their clock says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    pub person: PersonId,
    pub at: Timestamp,
}

/// Wraps a batch of changes for the way to the other workstations.
pub trait Sealer {
    /// `own_sequence` counts this workstation's envelopes from 1; `head` is the newest position of the relay's
    /// log known here and its hash chain. The text of an error says why it cannot be sealed.
    fn seal(&self, own_sequence: u64, head: &crate::Cursor, batch: &[u8]) -> Result<Sealed, String>;
}

/// An envelope, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256 of `bytes`.
    pub id: crate::EnvelopeId,
    pub bytes: Vec<u8>,
}

/// Changes put together so that each record is named once, from its first state to its last.
#[derive(Default)]
pub(crate) struct NetChanges {
    list: Vec<Change>,
    places: HashMap<(EntityKind, String), usize>,
}

impl NetChanges {
    pub fn add(&mut self, more: Vec<Change>) {
        for change in more {
            let place = (change.entity().kind(), change.entity().key());
            match self.places.get(&place) {
                Some(at) => self.list[*at].after = change.after,
                None => {
                    self.places.insert(place, self.list.len());
                    self.list.push(change);
                }
            }
        }
    }

    pub fn list(mut self) -> Vec<Change> {
        self.list.retain(|change| change.before != change.after);
        self.list
    }
}
