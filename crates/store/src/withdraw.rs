//! Taking back what this workstation wrote and others do not accept: its author lost the right before it reached the log.
//! Documents and rows go back to what everybody has; what was written is kept and can still be let in.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use automerge::{Change as AutomergeChange, ChangeHash};
use clinic::{Change, DocumentId, Rights};
use rusqlite::{Connection, params};

use crate::apply::{self, Bench};
use crate::batch::Batch;
use crate::document;
use crate::log::Standing;
use crate::queries::Reads;
use crate::{StoreError, genesis, rows, touched};

/// Opens an own envelope: its batch as bytes, if the keys are here.
pub type OpenOwn<'o> = &'o dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// What went back.
#[derive(Default)]
pub(crate) struct Withdrawn {
    pub changes: Vec<Change>,
    pub fields_changed: bool,
}

/// An own envelope whose changes go.
struct Going {
    local: i64,
    batch: Batch,
    changes: Vec<ChangeHash>,
}

/// Takes back an own envelope and every later one that builds on it. The later ones wait, as they do everywhere else; what
/// becomes of the first in the log's rows is the caller's business.
pub(crate) fn withdraw(
    connection: &Connection,
    bench: &mut Bench<'_>,
    local: i64,
    batch: Batch,
    rights: &Rights,
    open: OpenOwn<'_>,
) -> Result<Withdrawn, StoreError> {
    let all = everything_that_goes(connection, bench, local, batch, open)?;
    let gone: HashSet<ChangeHash> = all
        .iter()
        .flat_map(|going| going.changes.iter().copied())
        .collect();
    for going in &all {
        connection
            .prepare_cached("DELETE FROM document_entries WHERE local = ?1")?
            .execute([going.local])?;
        if going.local != local {
            wait(connection, going, &gone, rights)?;
        }
    }
    let documents: BTreeSet<DocumentId> = all
        .iter()
        .flat_map(|going| going.batch.documents.iter().map(|(id, _)| *id))
        .collect();
    let mut withdrawn = Withdrawn::default();
    for id in documents {
        put_back(connection, bench, id, &gone, &mut withdrawn)?;
    }
    Ok(withdrawn)
}

fn everything_that_goes(
    connection: &Connection,
    bench: &mut Bench<'_>,
    local: i64,
    batch: Batch,
    open: OpenOwn<'_>,
) -> Result<Vec<Going>, StoreError> {
    let mut found: BTreeMap<i64, Batch> = BTreeMap::from([(local, batch)]);
    let mut all: Vec<Going> = Vec::new();
    let mut gone: HashSet<ChangeHash> = HashSet::new();
    while let Some((local, batch)) = found.pop_first() {
        let mut changes = Vec::new();
        for (id, list) in &batch.documents {
            let hashes: Vec<ChangeHash> = list.iter().filter_map(|bytes| hash_of(bytes)).collect();
            gone.extend(hashes.iter().copied());
            changes.extend(hashes);
            let loaded = bench.document(*id)?;
            let number = loaded.number;
            let building_on = dependents(&loaded.automerge.get_changes(&[]), &gone);
            if building_on.is_empty() {
                continue;
            }
            for (later, bytes) in own_entries_after(connection, number, local)? {
                if found.contains_key(&later) || all.iter().any(|going| going.local == later) {
                    continue;
                }
                let Some(Ok(batch)) = open(&bytes).map(|batch| Batch::decode(&batch)) else {
                    continue;
                };
                let builds_on = batch
                    .documents
                    .iter()
                    .flat_map(|(_, list)| list)
                    .filter_map(|bytes| hash_of(bytes))
                    .any(|hash| building_on.contains(&hash));
                if builds_on {
                    found.insert(later, batch);
                }
            }
        }
        all.push(Going {
            local,
            batch,
            changes,
        });
    }
    Ok(all)
}

fn hash_of(bytes: &[u8]) -> Option<ChangeHash> {
    AutomergeChange::from_bytes(bytes.to_vec())
        .ok()
        .map(|change| change.hash())
}

/// Changes that need one of these, directly or through others. `changes`: each after what it needs.
fn dependents(changes: &[AutomergeChange], gone: &HashSet<ChangeHash>) -> HashSet<ChangeHash> {
    let mut found = HashSet::new();
    for change in changes {
        let needs = |hash: &ChangeHash| gone.contains(hash) || found.contains(hash);
        if !gone.contains(&change.hash()) && change.deps().iter().any(needs) {
            found.insert(change.hash());
        }
    }
    found
}

fn own_entries_after(
    connection: &Connection,
    document: i64,
    local: i64,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let sql = "SELECT local, bytes FROM document_entries JOIN log USING (local)
               WHERE document = ?1 AND local > ?2 AND own_sequence IS NOT NULL AND verdict = 0 ORDER BY local";
    Reads::new(connection).all(sql, [document, local], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Elsewhere such an envelope waits for what it builds on, so it does here.
fn wait(
    connection: &Connection,
    going: &Going,
    gone: &HashSet<ChangeHash>,
    rights: &Rights,
) -> Result<(), StoreError> {
    let missing: Vec<u8> = gone
        .iter()
        .filter(|hash| !going.changes.contains(hash))
        .flat_map(|hash| hash.0)
        .collect();
    connection
        .prepare_cached("UPDATE log SET verdict = ?2 WHERE local = ?1")?
        .execute([going.local, Standing::Waiting as i64])?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO waiting (local, missing, batch, rights) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            going.local,
            missing,
            going.batch.encode(),
            serde_json::to_string(rights)?
        ])?;
    Ok(())
}

/// One document without these changes, and the rows of the records they touched.
fn put_back(
    connection: &Connection,
    bench: &mut Bench<'_>,
    id: DocumentId,
    gone: &HashSet<ChangeHash>,
    withdrawn: &mut Withdrawn,
) -> Result<(), StoreError> {
    let loaded = bench.document(id)?;
    let (going, staying): (Vec<AutomergeChange>, Vec<AutomergeChange>) = loaded
        .automerge
        .get_changes(&[])
        .into_iter()
        .partition(|change| gone.contains(&change.hash()));
    let mut records = BTreeSet::new();
    for change in &going {
        let touched = touched::touched(&loaded.automerge, &change.decode());
        records.extend(touched.into_iter().map(|record| (record.kind, record.key)));
    }
    let mut without = genesis::empty(id, loaded.automerge.get_actor());
    without.apply_changes(staying).map_err(StoreError::corrupt)?;
    loaded.automerge = without;
    loaded.rewrite(connection)?;
    for (kind, key) in records {
        let before = rows::load(connection, kind, &key)?;
        let reading = document::read(&bench.document(id)?.automerge, kind, &key)?;
        let (after, rivals) = match reading {
            Some(reading) => (reading.entity.ok(), reading.rivals),
            None => (None, Vec::new()),
        };
        withdrawn.fields_changed |= apply::write_rivals(connection, id, kind, &key, &rivals)?;
        if before != after {
            rows::write(connection, before.as_ref(), after.as_ref())?;
            withdrawn.changes.push(Change { before, after });
        }
    }
    Ok(())
}
