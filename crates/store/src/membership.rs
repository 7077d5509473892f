//! Envelopes that are not about the practice's records: statements about who belongs. They are numbered, sent and
//! kept like all others.

use std::sync::Arc;

use clinic::{Op, Rights};
use rusqlite::params;

use crate::apply::Bench;
use crate::batch::Batch;
use crate::changes::{ChangeSet, Sealed};
use crate::log::{self, EnvelopeId, NewEntry, Newest, Standing};
use crate::queries::Reads;
use crate::store::Store;
use crate::transact::begin;
use crate::vault::random;
use crate::withdraw::{OpenOwn, Withdrawn, withdraw};
use crate::{StoreError, merge, overlaps};

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

    /// The relay will never take this own envelope: it is kept, with a reason, and what it changed goes back, with all that
    /// builds on it. `open`: see [`OpenOwn`]; what cannot be opened stays as it is.
    pub fn set_aside(
        &mut self,
        id: EnvelopeId,
        reason: &str,
        open: OpenOwn<'_>,
    ) -> Result<Arc<ChangeSet>, StoreError> {
        self.catch_up_if_stale()?;
        let transaction = begin(&self.connection)?;
        let sql = "SELECT local, bytes FROM log WHERE envelope = ?1 AND own_sequence IS NOT NULL AND position IS NULL AND verdict = 0";
        let found: Option<(i64, Vec<u8>)> =
            Reads::new(&transaction).one(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        transaction
            .prepare_cached("UPDATE log SET verdict = ?2 WHERE envelope = ?1 AND own_sequence IS NOT NULL AND position IS NULL")?
            .execute(params![id, Standing::Quarantined as i64])?;
        let batch = found.and_then(|(local, bytes)| Some((local, open(&bytes)?)));
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO quarantine (local, reason, batch)
                 SELECT local, ?2, coalesce(?3, (SELECT batch FROM waiting WHERE waiting.local = log.local))
                 FROM log WHERE envelope = ?1 AND own_sequence IS NOT NULL AND verdict = 2",
            )?
            .execute(params![id, reason, batch.as_ref().map(|(_, bytes)| bytes)])?;
        // It may have waited for something that went back before it.
        transaction
            .prepare_cached("DELETE FROM waiting WHERE local IN (SELECT local FROM quarantine)")?
            .execute([])?;
        let mut withdrawn = Withdrawn::default();
        let mut took_back = false;
        if let Some((local, bytes)) = batch
            && let Ok(batch) = Batch::decode(&bytes)
        {
            let rights = Rights::none(batch.person);
            let mut bench = Bench::new(&transaction, &mut self.documents, self.workstation)?;
            withdrawn = withdraw(&transaction, &mut bench, local, batch, &rights, open)?;
            took_back = true;
        }
        let mut roster = self.memory.roster.clone();
        for change in &withdrawn.changes {
            Arc::make_mut(&mut roster).apply(change);
        }
        let overlaps_changed = overlaps::follow(&transaction, &roster, &withdrawn.changes)?;
        merge::note_acknowledged(&transaction)?;
        transaction.commit()?;
        if took_back {
            // As after a merge that took something back.
            self.reincarnate(random()?);
        }
        self.memory.follow(&withdrawn.changes);
        Ok(Arc::new(ChangeSet {
            entries: Vec::new(),
            op: Op::Merge,
            person: None,
            workstation: self.workstation,
            at: jiff::Timestamp::UNIX_EPOCH,
            reason: String::new(),
            changes: withdrawn.changes,
            conflicts_changed: overlaps_changed || withdrawn.fields_changed,
            undo_state_changed: took_back,
            reload: false,
        }))
    }
}
