//! Envelopes that are not about the practice's records: statements about who belongs. They are numbered, sent and
//! kept like all others.

use rusqlite::params;

use crate::changes::Sealed;
use crate::log::{self, EnvelopeId, NewEntry, Newest, Standing};
use crate::store::Store;
use crate::transact::begin;
use crate::{StoreError, merge};

impl Store {
    /// Puts a statement into the outbox: `sign` makes the envelope for the next own sequence number. Returns its bytes.
    pub fn append_statement<E: From<StoreError>>(
        &mut self,
        sign: impl FnOnce(u64) -> Result<Sealed, E>,
    ) -> Result<Vec<u8>, E> {
        self.catch_up_if_stale()?;
        let transaction = begin(&self.connection)?;
        let newest = log::newest(&transaction)?;
        if newest.local != self.seen.local {
            drop(transaction);
            return self.append_statement(sign);
        }
        let own_sequence = newest.last_own_sequence + 1;
        let sealed = sign(own_sequence)?;
        let entry = NewEntry {
            envelope: &sealed.id,
            bytes: &sealed.bytes,
            position: None,
            own_sequence: Some(own_sequence),
            standing: Standing::Statement,
            workstation: self.workstation,
            operation: None,
            clock: Newest {
                last_own_sequence: own_sequence,
                ..newest
            },
            audit: None,
        };
        let local = log::insert(&transaction, &entry)?;
        transaction.commit().map_err(StoreError::from)?;
        self.seen.local = local;
        Ok(sealed.bytes)
    }

    /// The relay will never take this own envelope: it leaves the outbox, is kept and shown with the reason.
    pub fn set_aside(&mut self, id: EnvelopeId, reason: &str) -> Result<(), StoreError> {
        let transaction = begin(&self.connection)?;
        let changed = transaction
            .prepare_cached("UPDATE log SET verdict = ?2 WHERE envelope = ?1 AND own_sequence IS NOT NULL AND position IS NULL")?
            .execute(params![id, Standing::Quarantined as i64])?;
        if changed > 0 {
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO quarantine (local, reason) SELECT local, ?2 FROM log WHERE envelope = ?1 AND own_sequence IS NOT NULL",
                )?
                .execute(params![id, reason])?;
            merge::note_acknowledged(&transaction)?;
        }
        transaction.commit()?;
        Ok(())
    }
}
