//! The one door. Everything that changes the practice is one SQLite transaction: rows, Automerge changes, sealed
//! envelope, history, audit. Memory follows only after the commit; an error or a panic leaves everything as it was.

use std::collections::HashMap;
use std::sync::Arc;

use clinic::{Author, Change, DocumentId, Op, Stamp, WorkstationId};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::batch::Batch;
use crate::changes::{By, ChangeSet, Committed, Sealer};
use crate::document::{self, RecordEdit};
use crate::documents::{Documents, InHand};
use crate::fields::{self, Fields};
use crate::log::{self, NewEntry, Newest, Operation, Standing};
use crate::queries::Reads;
use crate::store::{Incarnation, Store};
use crate::tx::{Net, Tx};
use crate::{StoreError, audit, overlaps};

impl Store {
    /// Runs `work` and writes down what it recorded, as one operation of one person. An error from `work`, from
    /// the sealer or from the disk leaves nothing behind; so does a panic.
    pub fn transact<T, E: From<StoreError>>(
        &mut self,
        op: Op,
        by: &By,
        sealer: &dyn Sealer,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<Committed<T>, E> {
        self.check_arrived()?;
        self.catch_up_if_stale()?;
        let transaction = begin(&self.connection)?;
        let newest = log::newest(&transaction)?;
        if newest.local != self.seen.local {
            // Another program wrote in between: once more, with a current roster.
            drop(transaction);
            return self.transact(op, by, sealer, work);
        }
        let mut in_hand = InHand::default();
        let stamp = Stamp {
            millis: newest.clock_millis,
            counter: newest.clock_counter,
            workstation: self.workstation,
        }
        .next(
            u64::try_from(by.at.as_millisecond()).unwrap_or_default(),
            self.workstation,
        );
        let author = Author {
            person: by.person,
            at: by.at,
            stamp,
        };
        let mut tx = Tx::new(
            &transaction,
            author,
            self.workstation,
            self.memory.roster.clone(),
            self.memory.versions.clone(),
        );
        let value = work(&mut tx)?;
        let pen = Pen {
            sealer,
            incarnation: &self.incarnation,
            audit: &self.audit,
        };
        let written = write(tx, op, newest, &pen, &mut self.documents, &mut in_hand)?;
        match written {
            Some(set) => {
                transaction.commit().map_err(StoreError::from)?;
                Ok(Committed {
                    value,
                    changes: self.after_commit(set, in_hand),
                })
            }
            None => {
                drop(transaction);
                let set = ChangeSet {
                    entries: Vec::new(),
                    op,
                    person: Some(by.person),
                    workstation: self.workstation,
                    at: by.at,
                    reason: String::new(),
                    changes: Vec::new(),
                    conflicts_changed: false,
                    undo_state_changed: false,
                    reload: false,
                };
                Ok(Committed {
                    value,
                    changes: Arc::new(set),
                })
            }
        }
    }

    fn after_commit(&mut self, set: ChangeSet, in_hand: InHand) -> Arc<ChangeSet> {
        self.documents.give_back(in_hand);
        self.memory.follow(&set.changes);
        self.incarnation.is_registered = true;
        self.audit.waiting.clear();
        if let Some(last) = set.entries.last() {
            self.seen.local = log::local(*last);
        }
        Arc::new(set)
    }
}

pub(crate) fn begin(connection: &Connection) -> Result<Transaction<'_>, StoreError> {
    Ok(Transaction::new_unchecked(
        connection,
        TransactionBehavior::Immediate,
    )?)
}

/// As whom it is written, and where it is noted.
struct Pen<'a> {
    sealer: &'a dyn Sealer,
    incarnation: &'a Incarnation,
    audit: &'a audit::Own,
}

/// Writes what was recorded into documents, envelope, history and audit. `None` if nothing changed.
fn write(
    tx: Tx<'_>,
    op: Op,
    newest: Newest,
    pen: &Pen<'_>,
    documents: &mut Documents,
    in_hand: &mut InHand,
) -> Result<Option<ChangeSet>, StoreError> {
    let connection = tx.connection;
    let nets: Vec<Net> = tx.nets.into_iter().filter(|net| !net.is_empty()).collect();
    if nets.is_empty() {
        return Ok(None);
    }
    let records: Vec<(Option<Fields>, Option<Fields>)> = nets
        .iter()
        .map(|net| {
            (
                net.before.as_ref().map(|record| record.to_fields()),
                net.after.as_ref().map(|record| record.to_fields()),
            )
        })
        .collect();
    let fields_settled = settle_fields(connection, &nets, &records)?;
    let history = log::encode_changes(
        nets.iter()
            .zip(&records)
            .map(|(net, (before, after))| (net.entity().kind(), before.as_ref(), after.as_ref())),
    );

    let mut order: Vec<DocumentId> = Vec::new();
    let mut edits: HashMap<DocumentId, Vec<RecordEdit>> = HashMap::new();
    let mut changes = Vec::with_capacity(nets.len());
    for (net, (before, after)) in nets.into_iter().zip(records) {
        let entity = net.entity();
        let document = entity.document();
        edits
            .entry(document)
            .or_insert_with(|| {
                order.push(document);
                Vec::new()
            })
            .push(RecordEdit {
                kind: entity.kind(),
                key: entity.key(),
                before,
                after,
                forced: net.forced,
            });
        changes.push(Change {
            before: net.before,
            after: net.after,
        });
    }

    if !pen.incarnation.is_registered {
        connection
            .prepare_cached("INSERT OR IGNORE INTO actors (actor, workstation) VALUES (?1, ?2)")?
            .execute(params![documents.actor.to_bytes(), tx.workstation.to_bytes()])?;
    }
    let mut numbers = Vec::with_capacity(order.len());
    let mut written = Vec::with_capacity(order.len());
    for id in order {
        let loaded = documents.take(connection, in_hand, id)?;
        let Some(change) =
            document::write(&mut loaded.automerge, &edits[&id], tx.author.person, tx.author.at)?
        else {
            continue;
        };
        loaded.append(connection, id, change.raw_bytes())?;
        numbers.push(loaded.number);
        written.push((id, vec![change.raw_bytes().to_vec()]));
    }

    let undoes_envelope = match tx.undoes {
        Some(local) => Reads::new(connection)
            .history_entry(log::history_id(local))?
            .map(|entry| entry.envelope),
        None => None,
    };
    // What was looked at before comes before; the envelope vouches for all of it.
    let mut chain = audit::Chain::open(connection, pen.audit)?;
    chain.append_waiting()?;
    let batch = Batch {
        workstation: tx.workstation,
        incarnation: pen.incarnation.bytes,
        op,
        person: tx.author.person,
        at: tx.author.at,
        stamp: tx.author.stamp,
        reason: tx.reason,
        undoes: undoes_envelope,
        documents: written,
        audit: chain.anchor(),
    };
    let own_sequence = newest.last_own_sequence + 1;
    let head = Reads::new(connection).cursor()?;
    let sealed = pen
        .sealer
        .seal(own_sequence, &head, &batch.encode())
        .map_err(StoreError::Seal)?;
    let audited = chain.append_write(&audit::Write {
        person: tx.author.person,
        at: tx.author.at,
        action: op.code(),
        reason: &batch.reason,
        envelope: &sealed.id,
        patients: &audit::patients_of(&changes),
    })?;
    let local = log::insert(
        connection,
        &NewEntry {
            envelope: &sealed.id,
            bytes: &sealed.bytes,
            position: None,
            own_sequence: Some(own_sequence),
            standing: Standing::Accepted,
            workstation: tx.workstation,
            operation: Some(Operation {
                op,
                person: tx.author.person,
                at: tx.author.at,
                stamp: tx.author.stamp,
                reason: &batch.reason,
                undoes: tx.undoes,
                changes: &history,
            }),
            clock: Newest {
                local: 0,
                clock_millis: tx.author.stamp.millis,
                clock_counter: tx.author.stamp.counter,
                last_own_sequence: own_sequence,
            },
            audit: Some(audited),
        },
    )?;
    link(connection, local, &numbers)?;
    if let Some(undone) = tx.undoes {
        mark_undone(connection, op, undone)?;
    }
    let overlaps_changed = overlaps::follow(connection, &tx.roster, &changes)?;
    Ok(Some(ChangeSet {
        entries: vec![log::history_id(local)],
        op,
        person: Some(tx.author.person),
        workstation: tx.workstation,
        at: tx.author.at,
        reason: batch.reason,
        changes,
        conflicts_changed: overlaps_changed || fields_settled,
        undo_state_changed: true,
        reload: false,
    }))
}

/// Makes an entry part of the history of these documents.
pub(crate) fn link(connection: &Connection, local: i64, numbers: &[i64]) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("INSERT OR IGNORE INTO document_entries (document, local) VALUES (?1, ?2)")?;
    for number in numbers {
        statement.execute([*number, local])?;
    }
    Ok(())
}

/// After *undo* an entry counts as undone, after *redo* it does not; and the *undo* itself counts as redone.
pub(crate) fn mark_undone(connection: &Connection, op: Op, local: i64) -> Result<(), StoreError> {
    let mut mark = connection.prepare_cached("UPDATE log SET undone = ?2 WHERE local = ?1")?;
    mark.execute([local, 1])?;
    if op == Op::Redo {
        // `local` is the undo that is done again; what it had undone stands again.
        let first = Reads::new(connection)
            .history_entry(log::history_id(local))?
            .and_then(|undo| undo.undoes);
        if let Some(first) = first {
            mark.execute([log::local(first), 0])?;
        }
    }
    Ok(())
}

/// A field that is written has one value again. Says whether any had more.
fn settle_fields(
    connection: &Connection,
    nets: &[Net],
    records: &[(Option<Fields>, Option<Fields>)],
) -> Result<bool, StoreError> {
    let any: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM field_conflicts)")?
        .query_row([], |row| row.get(0))?;
    if !any {
        return Ok(false);
    }
    let mut settled = 0;
    for (net, (before, after)) in nets.iter().zip(records) {
        let (kind, record) = (net.entity().kind().container(), net.entity().key());
        match (before, after) {
            (Some(before), Some(after)) => {
                for field in fields::differing(before, after).iter().chain(&net.forced) {
                    settled += connection
                        .prepare_cached(
                            "DELETE FROM field_conflicts WHERE kind = ?1 AND record = ?2 AND field = ?3",
                        )?
                        .execute([kind, &record, field])?;
                }
            }
            _ => {
                settled += connection
                    .prepare_cached("DELETE FROM field_conflicts WHERE kind = ?1 AND record = ?2")?
                    .execute([kind, &record])?;
            }
        }
    }
    Ok(settled > 0)
}

/// Who wrote under this Automerge actor, where that is known.
pub(crate) fn workstation_of(
    connection: &Connection,
    actor: &automerge::ActorId,
) -> Result<Option<WorkstationId>, StoreError> {
    Reads::new(connection).one(
        "SELECT workstation FROM actors WHERE actor = ?1",
        [actor.to_bytes()],
        |row| Ok(WorkstationId::from_bytes(row.get(0)?)),
    )
}
