//! Changes of other workstations: the same door, with `Op::Merge`. One transaction takes a stretch of the relay's
//! log: raw envelopes, documents, rows, history, conflicts, cursor. An envelope is applied whole or not at all;
//! what cannot be applied is set aside with a reason and never stands in the way of the rest.

mod release;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use clinic::{Op, Rights, WorkstationId};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::apply::{Applied, Bench, Refusal};
use crate::batch::Batch;
use crate::changes::ChangeSet;
use crate::changes::NetChanges;
use crate::connection::Unhurried;
use crate::log::{self, EnvelopeId, NewEntry, Newest, Operation, Standing};
use crate::queries::{Cursor, Reads};
use crate::store::{Store, count_rebuild};
use crate::transact::{begin, link, mark_undone};
use crate::vault::random;
use crate::withdraw::{OpenOwn, withdraw};
use crate::{StoreError, audit, overlaps};

pub use release::{Content, Release};

/// A stretch of the relay's log, in its order.
#[derive(Debug, Clone)]
pub struct MergeBatch {
    pub entries: Vec<Incoming>,
    /// Where the log stands after the last entry.
    pub cursor: Cursor,
}

/// One envelope from the relay.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// From 1; 0: it has no place in the log.
    pub position: u64,
    pub id: EnvelopeId,
    pub bytes: Vec<u8>,
    /// Whose signature it has. A batch that claims another workstation is set aside.
    pub workstation: WorkstationId,
    /// What was inside, once opened ([`Batch::encode`]d).
    pub batch: Option<Vec<u8>>,
    /// What its author may do, at its position.
    pub rights: Arc<Rights>,
    /// An own one: something was said of people since it was written, so its author is judged again.
    pub judge_again: bool,
    pub verdict: Verdict,
}

/// What the policy says of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The author may do this.
    Accepted,
    /// This workstation's own, back from the relay.
    Own,
    /// Not about the practice's records: membership, keys.
    Statement,
    /// A statement that lets in what was set aside.
    Release(Vec<Release>),
    /// Kept, never applied.
    Quarantined { reason: String },
}

/// What a merge did.
#[derive(Debug, Clone)]
pub struct Merged {
    pub changes: Arc<ChangeSet>,
    /// Entries set aside now, with their reasons.
    pub quarantined: Vec<(u64, String)>,
    /// Automerge changes that others refer to and that never came (hashes).
    pub missing: Vec<[u8; 32]>,
}

/// Waiting envelopes are few unless something is wrong; more than this are not kept waiting.
const MOST_WAITING: u32 = 10_000;

impl Store {
    /// Takes in a stretch of the relay's log. What is known already does no harm.
    pub fn merge(&mut self, incoming: &MergeBatch) -> Result<Merged, StoreError> {
        self.merge_with(incoming, &[], &|_| None)
    }

    /// Like [`Store::merge`]; in the same transaction keeps settings that must never be older or newer than the
    /// cursor, such as the membership at it.
    pub fn merge_with(
        &mut self,
        incoming: &MergeBatch,
        settings: &[(&str, &[u8])],
        open: OpenOwn<'_>,
    ) -> Result<Merged, StoreError> {
        self.check_arrived()?;
        self.catch_up_if_stale()?;
        // Own envelopes that come back bring only their positions.
        let only_echo = incoming.entries.iter().all(|entry| entry.verdict == Verdict::Own);
        let unhurried = only_echo
            .then(|| Unhurried::new(&self.connection, &self.log_end))
            .transpose()?;
        let transaction = begin(&self.connection)?;
        let newest = log::newest(&transaction)?;
        if newest.local != self.seen.local {
            drop(transaction);
            drop(unhurried);
            return self.merge_with(incoming, settings, open);
        }
        let mut merge = Merging {
            connection: &transaction,
            bench: Bench::new(&transaction, &mut self.documents, self.workstation)?,
            workstation: self.workstation,
            newest,
            entries: Vec::new(),
            changes: NetChanges::default(),
            fields_changed: false,
            quarantined: Vec::new(),
            at: Timestamp::UNIX_EPOCH,
            own: None,
            open,
            took_back: false,
            released: release::known(&transaction)?,
            let_in: false,
        };
        for entry in &incoming.entries {
            merge.take(entry)?;
        }
        merge.retry_waiting()?;
        let missing = merge.missing()?;
        let Merging {
            bench,
            entries,
            changes,
            fields_changed,
            quarantined,
            at,
            newest,
            took_back,
            let_in,
            ..
        } = merge;
        let in_hand = bench.finish();
        let changes = changes.list();
        let mut roster = self.memory.roster.clone();
        for change in &changes {
            Arc::make_mut(&mut roster).apply(change);
        }
        let overlaps_changed = overlaps::follow(&transaction, &roster, &changes)?;
        transaction
            .prepare_cached("UPDATE relay SET cursor = ?1, chain = ?2 WHERE cursor <= ?1")?
            .execute(params![incoming.cursor.position as i64, incoming.cursor.chain])?;
        note_acknowledged(&transaction)?;
        for (key, value) in settings {
            crate::store::set(&transaction, key, value)?;
        }
        let is_out_of_order = took_back || let_in;
        if is_out_of_order {
            // Other programs on the file look for newer rows only, and these are older ones.
            count_rebuild(&transaction)?;
        }
        transaction.commit()?;
        drop(unhurried);

        let set = ChangeSet {
            entries,
            op: Op::Merge,
            person: None,
            workstation: self.workstation,
            at,
            reason: String::new(),
            changes,
            conflicts_changed: overlaps_changed || fields_changed,
            undo_state_changed: is_out_of_order,
            reload: false,
        };
        if took_back {
            // Its numbers are used: what is written from now on is by another actor, so that what was taken back can
            // still be let in.
            self.reincarnate(random()?);
        } else {
            self.documents.give_back(in_hand);
        }
        self.memory.follow(&set.changes);
        self.seen.local = newest.local;
        self.seen.rebuilds += i64::from(is_out_of_order);
        Ok(Merged {
            changes: Arc::new(set),
            quarantined,
            missing,
        })
    }

    /// The relay has these own envelopes, at these positions. Unknown ones are passed over.
    pub fn mark_accepted(&mut self, accepted: &[(EnvelopeId, u64)]) -> Result<(), StoreError> {
        let _unhurried = Unhurried::new(&self.connection, &self.log_end)?;
        let transaction = begin(&self.connection)?;
        let waiting = unacknowledged(&transaction)?;
        for (id, position) in accepted {
            if let Some(local) = waiting.get(id) {
                set_position(&transaction, *local, *position)?;
            }
        }
        note_acknowledged(&transaction)?;
        transaction.commit()?;
        Ok(())
    }
}

/// Rows of own envelopes without a position, by id.
fn unacknowledged(connection: &Connection) -> Result<HashMap<EnvelopeId, i64>, StoreError> {
    let sql = "SELECT envelope, local FROM log WHERE own_sequence > (SELECT coalesce(max(acknowledged), 0) FROM relay)
               AND position IS NULL";
    let list = Reads::new(connection).all(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(list.into_iter().collect())
}

fn set_position(connection: &Connection, local: i64, position: u64) -> Result<(), StoreError> {
    let result = connection
        .prepare_cached("UPDATE log SET position = ?2 WHERE local = ?1 AND position IS NULL")?
        .execute(params![local, position as i64]);
    match result {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
            Err(StoreError::Forked { position })
        }
        other => Ok(other.map(drop)?),
    }
}

/// Moves the mark below which every own envelope has its position.
pub(crate) fn note_acknowledged(connection: &Connection) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE relay SET acknowledged = coalesce(
               (SELECT min(own_sequence) - 1 FROM log WHERE own_sequence > relay.acknowledged AND position IS NULL),
               (SELECT max(own_sequence) FROM log WHERE own_sequence IS NOT NULL), acknowledged)
             WHERE EXISTS (SELECT 1 FROM log WHERE own_sequence = relay.acknowledged + 1 AND position IS NOT NULL)",
        )?
        .execute([])?;
    Ok(())
}

struct Merging<'t> {
    connection: &'t Connection,
    bench: Bench<'t>,
    workstation: WorkstationId,
    newest: Newest,
    entries: Vec<clinic::HistoryId>,
    changes: NetChanges,
    fields_changed: bool,
    quarantined: Vec<(u64, String)>,
    at: Timestamp,
    /// Own envelopes without a position, by id; read when first needed.
    own: Option<HashMap<EnvelopeId, i64>>,
    open: OpenOwn<'t>,
    took_back: bool,
    /// Envelopes that an administrator let in.
    released: HashSet<EnvelopeId>,
    /// Something that came earlier counts only now.
    let_in: bool,
}

impl Merging<'_> {
    fn take(&mut self, entry: &Incoming) -> Result<(), StoreError> {
        let is_known = self.is_known(entry)?;
        if let Verdict::Release(releases) = &entry.verdict {
            if !is_known {
                self.keep(entry, Standing::Statement, None)?;
            }
            return releases
                .iter()
                .try_for_each(|release| self.let_in(entry.position, release));
        }
        if is_known {
            return Ok(());
        }
        let decoded = match &entry.verdict {
            Verdict::Statement | Verdict::Release(_) => {
                return self.keep(entry, Standing::Statement, None).map(drop);
            }
            Verdict::Quarantined { reason } => return self.set_aside(entry, reason.clone()),
            Verdict::Accepted | Verdict::Own => match entry.batch.as_deref().map(Batch::decode) {
                Some(Ok(batch)) => batch,
                Some(Err(reason)) => return self.set_aside(entry, reason),
                None => return self.set_aside(entry, "it could not be opened".to_owned()),
            },
        };
        if decoded.workstation != entry.workstation {
            return self.set_aside(
                entry,
                "it claims to come from another workstation than the one that signed it".to_owned(),
            );
        }
        let rights = self.rights_of(entry);
        match self.bench.apply(&decoded, &rights)? {
            Ok(applied) => self.accept(entry, &decoded, applied),
            Err(Refusal::Unfit(reason)) => self.set_aside(entry, reason),
            Err(Refusal::Missing(hashes)) => self.keep_waiting(entry, &hashes),
        }
    }

    /// An own envelope gets its position; one that was merged before is passed over.
    fn is_known(&mut self, entry: &Incoming) -> Result<bool, StoreError> {
        let reads = Reads::new(self.connection);
        let at_position = reads.envelope_at(entry.position)?;
        if let Some((id, _)) = at_position {
            if id != entry.id {
                return Err(StoreError::Forked {
                    position: entry.position,
                });
            }
            if entry.workstation == self.workstation {
                self.look_at_own(entry)?;
            }
            return Ok(true);
        }
        let remote = reads.one(
            "SELECT local FROM log WHERE envelope = ?1 AND own_sequence IS NULL",
            [entry.id],
            |row| Ok(row.get::<_, i64>(0)?),
        )?;
        if let Some(local) = remote {
            // It came enclosed in a statement, before its place was known.
            set_position(self.connection, local, entry.position)?;
            return Ok(true);
        }
        if entry.workstation != self.workstation {
            return Ok(false);
        }
        let own = match self.own.as_mut() {
            Some(own) => own,
            None => {
                let own = unacknowledged(self.connection)?;
                self.own.insert(own)
            }
        };
        if let Some(local) = own.remove(&entry.id) {
            set_position(self.connection, local, entry.position)?;
            self.look_at_own(entry)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// An own envelope that has its position: its author may have lost the right before it got there.
    fn look_at_own(&mut self, entry: &Incoming) -> Result<(), StoreError> {
        let is_refused = matches!(entry.verdict, Verdict::Quarantined { .. });
        if !is_refused && !entry.judge_again || self.released.contains(&entry.id) {
            return Ok(());
        }
        let sql = "SELECT local, verdict FROM log WHERE position = ?1 AND own_sequence IS NOT NULL";
        let found: Option<(i64, i64)> =
            Reads::new(self.connection)
                .one(sql, [entry.position as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((local, standing)) = found else {
            return Ok(());
        };
        if standing == Standing::Waiting as i64 {
            // It builds on something that was taken back; judged when that is let in.
            self.connection
                .prepare_cached("UPDATE waiting SET rights = ?2 WHERE local = ?1")?
                .execute(params![local, serde_json::to_string(&*entry.rights)?])?;
        }
        if standing != Standing::Accepted as i64 {
            return Ok(());
        }
        if let Verdict::Quarantined { reason } = &entry.verdict {
            return self.take_back(local, entry, reason);
        }
        let Some(Ok(batch)) = entry.batch.as_deref().map(Batch::decode) else {
            return Ok(());
        };
        match self.bench.judge(&batch, &entry.rights)? {
            Ok(()) => Ok(()),
            Err(reason) => self.take_back(local, entry, &reason),
        }
    }

    fn take_back(&mut self, local: i64, entry: &Incoming, reason: &str) -> Result<(), StoreError> {
        self.note_reason(local, reason, entry.batch.as_deref())?;
        self.quarantined.push((entry.position, reason.to_owned()));
        if let Some(Ok(batch)) = entry.batch.as_deref().map(Batch::decode) {
            self.connection
                .prepare_cached("UPDATE log SET verdict = ?2 WHERE local = ?1")?
                .execute([local, Standing::Quarantined as i64])?;
            let withdrawn = withdraw(
                self.connection,
                &mut self.bench,
                local,
                batch,
                &entry.rights,
                self.open,
            )?;
            self.took_back = true;
            self.fields_changed |= withdrawn.fields_changed;
            self.changes.add(withdrawn.changes);
        }
        Ok(())
    }

    fn accept(&mut self, entry: &Incoming, batch: &Batch, applied: Applied) -> Result<(), StoreError> {
        let local = self.write_entry(entry, batch, &applied)?;
        self.note_applied(local, batch, applied)
    }

    fn note_applied(&mut self, local: i64, batch: &Batch, applied: Applied) -> Result<(), StoreError> {
        link(self.connection, local, &applied.documents)?;
        audit::keep(self.connection, batch)?;
        if let Some(undone) = batch.undoes {
            let found = Reads::new(self.connection).one(
                "SELECT local FROM log WHERE envelope = ?1 AND own_sequence IS NULL",
                [undone],
                |row| Ok(row.get::<_, i64>(0)?),
            )?;
            if let Some(undone) = found {
                self.connection
                    .prepare_cached("UPDATE log SET undoes = ?2 WHERE local = ?1")?
                    .execute([local, undone])?;
                mark_undone(self.connection, batch.op, undone)?;
            }
        }
        self.entries.push(log::history_id(local));
        self.at = self.at.max(batch.at);
        self.fields_changed |= applied.fields_changed;
        self.changes.add(applied.changes);
        Ok(())
    }

    /// The clock hears of every stamp that comes in.
    fn hear(&mut self, batch: &Batch) {
        if (batch.stamp.millis, batch.stamp.counter) > (self.newest.clock_millis, self.newest.clock_counter) {
            (self.newest.clock_millis, self.newest.clock_counter) = (batch.stamp.millis, batch.stamp.counter);
        }
    }

    fn write_entry(&mut self, entry: &Incoming, batch: &Batch, applied: &Applied) -> Result<i64, StoreError> {
        self.hear(batch);
        self.keep(entry, Standing::Accepted, Some((batch, &applied.history)))
    }

    fn keep(
        &mut self,
        entry: &Incoming,
        standing: Standing,
        batch: Option<(&Batch, &str)>,
    ) -> Result<i64, StoreError> {
        let local = log::insert(
            self.connection,
            &NewEntry {
                envelope: &entry.id,
                bytes: &entry.bytes,
                position: (entry.position > 0).then_some(entry.position),
                own_sequence: None,
                standing,
                workstation: entry.workstation,
                operation: batch.map(|(batch, history)| Operation {
                    op: batch.op,
                    person: batch.person,
                    at: batch.at,
                    stamp: batch.stamp,
                    reason: &batch.reason,
                    undoes: None,
                    changes: history,
                }),
                clock: self.newest,
                audit: None,
            },
        )?;
        self.newest.local = local;
        Ok(local)
    }

    fn set_aside(&mut self, entry: &Incoming, reason: String) -> Result<(), StoreError> {
        let local = self.keep(entry, Standing::Quarantined, None)?;
        self.note_reason(local, &reason, entry.batch.as_deref())?;
        tracing::warn!(position = entry.position, reason, "an envelope was set aside");
        self.quarantined.push((entry.position, reason));
        Ok(())
    }

    fn note_reason(&self, local: i64, reason: &str, batch: Option<&[u8]>) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO quarantine (local, reason, batch) VALUES (?1, ?2, ?3)")?
            .execute(params![local, reason, batch])?;
        Ok(())
    }

    fn keep_waiting(&mut self, entry: &Incoming, missing: &[[u8; 32]]) -> Result<(), StoreError> {
        if Reads::new(self.connection).waiting_len()? >= MOST_WAITING {
            return self.set_aside(
                entry,
                "too many changes wait for others that never came".to_owned(),
            );
        }
        let local = self.keep(entry, Standing::Waiting, None)?;
        self.connection
            .prepare_cached("INSERT INTO waiting (local, missing, batch, rights) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                local,
                missing.concat(),
                entry.batch,
                serde_json::to_string(&*self.rights_of(entry))?
            ])?;
        Ok(())
    }

    /// Envelopes that waited for others: again and again until none fits any more.
    fn retry_waiting(&mut self) -> Result<(), StoreError> {
        loop {
            let waiting = Reads::new(self.connection).all(
                "SELECT local, batch, position, rights FROM waiting JOIN log USING (local) ORDER BY local",
                [],
                |row| {
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get::<_, Vec<u8>>(1)?,
                        row.get::<_, Option<i64>>(2)?,
                        row.get::<_, String>(3)?,
                    ))
                },
            )?;
            let mut is_progress = false;
            for (local, bytes, position, rights) in waiting {
                let outcome = match Batch::decode(&bytes) {
                    Ok(batch) => {
                        // Nothing written: it waits since before roles.
                        let rights = match rights.as_str() {
                            "" => Rights::unlimited(batch.person),
                            rights => serde_json::from_str(rights)?,
                        };
                        self.bench.apply(&batch, &rights)?.map(|applied| (batch, applied))
                    }
                    Err(reason) => Err(Refusal::Unfit(reason)),
                };
                match outcome {
                    Err(Refusal::Missing(_)) => continue,
                    Err(Refusal::Unfit(reason)) => {
                        self.settle_waiting(local, Standing::Quarantined)?;
                        self.note_reason(local, &reason, Some(&bytes))?;
                        self.note_trouble(local, &reason)?;
                        self.quarantined.push((position.unwrap_or(0) as u64, reason));
                    }
                    Ok((batch, applied)) => {
                        self.settle_waiting(local, Standing::Accepted)?;
                        self.name_entry(local, &batch, &applied)?;
                        self.note_applied(local, &batch, applied)?;
                    }
                }
                is_progress = true;
            }
            if !is_progress {
                return Ok(());
            }
        }
    }

    fn settle_waiting(&self, local: i64, standing: Standing) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM waiting WHERE local = ?1")?
            .execute([local])?;
        self.connection
            .prepare_cached("UPDATE log SET verdict = ?2 WHERE local = ?1")?
            .execute([local, standing as i64])?;
        Ok(())
    }

    fn name_entry(&mut self, local: i64, batch: &Batch, applied: &Applied) -> Result<(), StoreError> {
        self.hear(batch);
        self.connection
            .prepare_cached(
                "UPDATE log SET op = ?2, person = ?3, at_millis = ?4, stamp_millis = ?5, stamp_counter = ?6, reason = ?7,
                   changes = ?8 WHERE local = ?1",
            )?
            .execute(params![
                local,
                batch.op.code(),
                batch.person.to_bytes(),
                batch.at.as_millisecond(),
                batch.stamp.millis as i64,
                batch.stamp.counter,
                batch.reason,
                applied.history,
            ])?;
        // The clock is kept in the newest row.
        self.connection
            .prepare_cached("UPDATE log SET clock_millis = ?2, clock_counter = ?3 WHERE local = ?1")?
            .execute(params![
                self.newest.local,
                self.newest.clock_millis as i64,
                self.newest.clock_counter
            ])?;
        Ok(())
    }

    fn missing(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        let lists = Reads::new(self.connection).all("SELECT missing FROM waiting", [], |row| {
            Ok(row.get::<_, Vec<u8>>(0)?)
        })?;
        let hashes: BTreeSet<[u8; 32]> = lists
            .iter()
            .flat_map(|list| list.chunks_exact(32))
            .filter_map(|hash| hash.try_into().ok())
            .collect();
        Ok(hashes.into_iter().collect())
    }
}
