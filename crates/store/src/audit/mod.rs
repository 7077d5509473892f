//! The audit: every look and every write at this workstation, in a chain of hashes that starts from the practice and
//! the workstation. A write's entry is part of its transaction; looks are handed over in lots and written together.
//! Every write tells the other workstations how far the audit had come ([`Anchor`]): who rewrites or shortens it
//! afterwards contradicts envelopes that others have.

mod anchor;
mod append;
mod entry;
mod list;
mod verify;

pub use anchor::{Anchor, KeptAnchor};
pub use entry::{AuditEntry, Look, Via};
pub use list::AuditFilter;
pub use verify::{AuditReport, Open};

pub(crate) use anchor::keep;
pub(crate) use append::{Chain, Write};

use clinic::{Change, Entity, PatientId, PracticeId, WorkstationId};

use crate::StoreError;
use crate::store::Store;
use crate::transact::begin;

/// The first entry of every audit: how many own envelopes were written before there was one.
pub const BEGIN: &str = "begin_audit";
/// The workstation went on from a backup: what it wrote and looked at afterwards is not in this audit.
pub const RESTORE: &str = "restore_backup";

/// Note of where the audit ended when looks were last written: number and hash.
const END: &str = "store.audit_end";

/// This workstation's audit as the store keeps it in mind.
pub(crate) struct Own {
    pub practice: PracticeId,
    pub workstation: WorkstationId,
    pub via: Via,
    /// Looks that wait for the next transaction.
    pub waiting: Vec<Look>,
}

impl Store {
    /// Through which program people act here.
    pub fn acts_through(&mut self, via: Via) {
        self.audit.via = via;
    }

    /// Takes looks for the audit. They are written with the next write, or by [`Store::write_looks`].
    pub fn take_looks(&mut self, looks: impl IntoIterator<Item = Look>) {
        self.audit.waiting.extend(looks);
    }

    /// Writes the looks that wait, in one transaction. If it fails, they wait on.
    pub fn write_looks(&mut self) -> Result<(), StoreError> {
        if self.audit.waiting.is_empty() {
            return Ok(());
        }
        let transaction = begin(&self.connection)?;
        let mut chain = Chain::open(&transaction, &self.audit)?;
        chain.append_waiting()?;
        if let Some(end) = chain.anchor() {
            // A write is vouched for by the log, and by what others get; looks after it only by this.
            let bytes = [end.number.to_be_bytes().as_slice(), &end.hash].concat();
            crate::store::set(&transaction, END, &bytes)?;
        }
        transaction.commit()?;
        self.audit.waiting.clear();
        Ok(())
    }
}

/// Whose data these changes are, ascending.
pub fn patients_of<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Vec<PatientId> {
    let sides = changes
        .into_iter()
        .flat_map(|change| [change.before.as_ref(), change.after.as_ref()]);
    let mut patients: Vec<PatientId> = sides
        .flatten()
        .filter_map(|entity| match entity {
            Entity::Patient(patient) => Some(patient.id),
            Entity::Appointment(visit) => Some(visit.patient),
            Entity::AcceptedConflict(decision) => Some(decision.patient),
            Entity::RecurringAppointment(series) => Some(series.patient),
            _ => None,
        })
        .collect();
    patients.sort_unstable();
    patients.dedup();
    patients
}
