//! Applying one envelope's changes to documents: on copies, behind a filter, with panics caught. Automerge
//! accepts some malformed changes and panics on others, so nothing is kept before everything went well.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{ActorId, Automerge, Change as AutomergeChange, ReadDoc};
use clinic::{Change, DocumentId, Entity, EntityKind, Rights, WorkstationId};
use rusqlite::{Connection, params};

use crate::batch::{Batch, document_bytes};
use crate::document::{self, Reading, Rival};
use crate::documents::{Documents, InHand, Loaded};
use crate::fields::{self, Fields};
use crate::touched;
use crate::transact::workstation_of;
use crate::{StoreError, genesis, log, rows};

/// Why an envelope is not applied.
pub(crate) enum Refusal {
    /// Never will be.
    Unfit(String),
    /// Refers to changes (hashes) that are not here yet.
    Missing(Vec<[u8; 32]>),
}

/// What an envelope changed.
#[derive(Default)]
pub(crate) struct Applied {
    pub changes: Vec<Change>,
    /// [`log::encode_changes`] of them.
    pub history: String,
    /// Numbers of the documents.
    pub documents: Vec<i64>,
    pub fields_changed: bool,
}

/// Documents on which a merge works. Written ones are dropped when they become too many: they are on the
/// disk, inside the same transaction.
pub(crate) struct Bench<'t> {
    connection: &'t Connection,
    documents: &'t mut Documents,
    in_hand: InHand,
    actors: HashSet<ActorId>,
    workstation: WorkstationId,
}

/// More documents in hand than this are put away: 500 are about 18 MiB.
const MOST_IN_HAND: usize = 500;

impl<'t> Bench<'t> {
    pub fn new(
        connection: &'t Connection,
        documents: &'t mut Documents,
        workstation: WorkstationId,
    ) -> Result<Bench<'t>, StoreError> {
        let known = crate::queries::Reads::new(connection).all("SELECT actor FROM actors", [], |row| {
            Ok(ActorId::from(row.get::<_, Vec<u8>>(0)?))
        })?;
        let mut actors: HashSet<ActorId> = known.into_iter().collect();
        actors.insert(genesis::genesis_actor());
        actors.insert(documents.actor.clone());
        Ok(Bench {
            connection,
            documents,
            in_hand: InHand::default(),
            actors,
            workstation,
        })
    }

    /// A document to work on.
    pub fn document(&mut self, id: DocumentId) -> Result<&mut Loaded, StoreError> {
        self.documents.take(self.connection, &mut self.in_hand, id)
    }

    /// Whether its author may do what an own batch did here already.
    pub fn judge(&mut self, batch: &Batch, rights: &Rights) -> Result<Result<(), String>, StoreError> {
        if rights.person != batch.person {
            return Ok(Err("its author is not known any more".to_owned()));
        }
        let with_places = rights.depend_on_places();
        for (id, changes) in &batch.documents {
            let document = &self.document(*id)?.automerge;
            for bytes in changes {
                let Ok(change) = AutomergeChange::from_bytes(bytes.clone()) else {
                    continue;
                };
                for record in touched::touched(document, &change.decode()) {
                    let touch = record.touch(document, &change, with_places);
                    if let Err(lacks) = rights.check_touches(batch.workstation, &[touch]) {
                        return Ok(Err(may_not(&lacks)));
                    }
                }
            }
        }
        Ok(Ok(()))
    }

    pub fn finish(self) -> InHand {
        self.in_hand
    }

    /// Applies all of a batch or nothing of it. `rights`: what its author may do.
    pub fn apply(&mut self, batch: &Batch, rights: &Rights) -> Result<Result<Applied, Refusal>, StoreError> {
        if rights.person != batch.person {
            return Ok(Err(Refusal::Unfit(
                "it says that somebody else did it than who signed it".to_owned(),
            )));
        }
        let actor = genesis::actor(batch.workstation, &batch.incarnation);
        let mut checked: BTreeMap<DocumentId, Vec<AutomergeChange>> = BTreeMap::new();
        for (id, changes) in &batch.documents {
            let list = checked.entry(*id).or_default();
            for bytes in changes {
                match check(bytes, &actor, batch, &self.actors) {
                    Ok(change) => list.push(change),
                    Err(reason) => return Ok(Err(Refusal::Unfit(reason))),
                }
            }
        }
        if self.in_hand.0.len() + checked.len() > MOST_IN_HAND {
            // They are on the disk, inside the transaction; memory may have them only after the commit.
            self.in_hand = InHand::default();
        }

        // On copies first: an envelope counts as a whole.
        let mut trials = Vec::with_capacity(checked.len());
        for (id, changes) in checked {
            let loaded = self.documents.take(self.connection, &mut self.in_hand, id)?;
            let known: Vec<AutomergeChange> = changes
                .into_iter()
                .filter(|change| loaded.automerge.get_change_meta_by_hash(&change.hash()).is_none())
                .collect();
            if known.is_empty() {
                continue;
            }
            match attempt(&loaded.automerge, &known) {
                Ok(trial) => trials.push((id, known, trial)),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        let with_places = rights.depend_on_places();
        let mut readings = Vec::new();
        for (id, changes, trial) in &trials {
            for change in changes {
                for record in touched::touched(trial, &change.decode()) {
                    let touch = record.touch(trial, change, with_places);
                    if let Err(lacks) = rights.check_touches(batch.workstation, &[touch]) {
                        return Ok(Err(Refusal::Unfit(may_not(&lacks))));
                    }
                    let (kind, key) = (record.kind, record.key);
                    if readings
                        .iter()
                        .any(|(d, k, seen, _): &(DocumentId, EntityKind, String, _)| {
                            d == id && *k == kind && *seen == key
                        })
                    {
                        continue;
                    }
                    if !genesis::kinds(*id).any(|known| known == kind) {
                        return Ok(Err(Refusal::Unfit(format!(
                            "it writes {} into the document {id}",
                            kind.container()
                        ))));
                    }
                    let reading = document::read(trial, kind, &key)?;
                    if let Err(reason) = fits(*id, kind, &key, reading.as_ref()) {
                        return Ok(Err(Refusal::Unfit(reason)));
                    }
                    readings.push((*id, kind, key, reading));
                }
            }
        }
        self.keep(batch, &actor, trials, readings).map(Ok)
    }

    fn keep(
        &mut self,
        batch: &Batch,
        actor: &ActorId,
        trials: Vec<(DocumentId, Vec<AutomergeChange>, Automerge)>,
        readings: Vec<(DocumentId, EntityKind, String, Option<Reading>)>,
    ) -> Result<Applied, StoreError> {
        if self.actors.insert(actor.clone()) {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO actors (actor, workstation) VALUES (?1, ?2)")?
                .execute(params![actor.to_bytes(), batch.workstation.to_bytes()])?;
        }
        let mut applied = Applied::default();
        for (id, changes, trial) in trials {
            let loaded = self.documents.take(self.connection, &mut self.in_hand, id)?;
            loaded.automerge = trial;
            for change in changes {
                loaded.append(self.connection, id, change.raw_bytes())?;
            }
            applied.documents.push(loaded.number);
        }
        let mut records: Vec<(EntityKind, Option<Fields>, Option<Fields>)> = Vec::new();
        for (id, kind, key, reading) in readings {
            let before = rows::load(self.connection, kind, &key)?;
            let (after, rivals) = match reading {
                Some(reading) => (reading.entity.ok(), reading.rivals),
                None => (None, Vec::new()),
            };
            applied.fields_changed |= write_rivals(self.connection, id, kind, &key, &rivals)?;
            if before == after {
                continue;
            }
            rows::write(self.connection, before.as_ref(), after.as_ref())?;
            let fields = |entity: &Option<Entity>| entity.as_ref().map(Entity::to_fields);
            records.push((kind, fields(&before), fields(&after)));
            applied.changes.push(Change { before, after });
        }
        applied.history = log::encode_changes(
            records
                .iter()
                .map(|(kind, before, after)| (*kind, before.as_ref(), after.as_ref())),
        );
        tracing::trace!(workstation = %self.workstation, documents = applied.documents.len(), "applied an envelope");
        Ok(applied)
    }
}

fn may_not(lacks: &clinic::roles::NotAllowed) -> String {
    format!("its author may not do this: {lacks}")
}

/// Whether a change is well formed, by its author's actor, and speaks only of known actors.
fn check(
    bytes: &[u8],
    actor: &ActorId,
    batch: &Batch,
    known: &HashSet<ActorId>,
) -> Result<AutomergeChange, String> {
    let change = AutomergeChange::from_bytes(bytes.to_vec())
        .map_err(|error| format!("a change cannot be read: {error}"))?;
    if change.actor_id() != actor {
        return Err("a change was written under another workstation’s name".to_owned());
    }
    if change
        .other_actor_ids()
        .iter()
        .any(|other| other != actor && !known.contains(other))
    {
        return Err("a change speaks of an author nobody knows".to_owned());
    }
    if change.timestamp() != batch.at.as_second()
        || change.message() != Some(batch.person.to_string().as_str())
    {
        return Err("a change names another person or time than its envelope".to_owned());
    }
    // What does not come out of our own encoder the same way was not made by one.
    let is_canonical = catch_unwind(AssertUnwindSafe(|| {
        AutomergeChange::from(change.decode()).hash() == change.hash()
    }));
    match is_canonical {
        Ok(true) => Ok(change),
        Ok(false) | Err(_) => Err("a change is malformed".to_owned()),
    }
}

/// The document with the changes, which none of the originals' faults can reach.
fn attempt(document: &Automerge, changes: &[AutomergeChange]) -> Result<Automerge, Refusal> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut trial = document.clone();
        trial
            .apply_changes(changes.to_vec())
            .map_err(|error| Refusal::Unfit(format!("a change does not fit: {error}")))?;
        let missing = trial.get_missing_deps(&[]);
        if !missing.is_empty() {
            return Err(Refusal::Missing(missing.into_iter().map(|hash| hash.0).collect()));
        }
        // Some changes refer to what never was. Automerge takes them and forgets that they do, and a document that was saved
        // with one cannot be loaded again. What comes out of the document is what went in, or it does not go in.
        let is_kept = |change: &AutomergeChange| {
            let deps = change.deps().iter();
            let newest = deps.map(|dep| trial.get_change_meta_by_hash(dep).map_or(0, |dep| dep.max_op));
            // Numbers of operations that were left out are not kept either.
            if u64::from(change.start_op()) != newest.max().unwrap_or(0) + 1 {
                return false;
            }
            let again = trial.get_change_by_hash(&change.hash());
            again
                .is_some_and(|again| again.hash() == change.hash() && again.raw_bytes() == change.raw_bytes())
        };
        match changes.iter().all(is_kept) {
            true => Ok(trial),
            false => Err(Refusal::Unfit("a change is malformed".to_owned())),
        }
    }));
    outcome.unwrap_or_else(|_| Err(Refusal::Unfit("a change is malformed".to_owned())))
}

/// A record must be readable, lie in its document, and be what its key says.
fn fits(id: DocumentId, kind: EntityKind, key: &str, reading: Option<&Reading>) -> Result<(), String> {
    let Some(reading) = reading else { return Ok(()) };
    let words = crate::error::words(kind);
    match &reading.entity {
        Err(error) => Err(format!(
            "a {words} cannot be understood here ({error}): update this workstation"
        )),
        Ok(entity) if entity.document() != id || entity.key() != key => {
            Err(format!("a {words} lies where it does not belong"))
        }
        Ok(_) => Ok(()),
    }
}

/// Brings the table of field conflicts in step with one record. Says whether that changed anything.
pub(crate) fn write_rivals(
    connection: &Connection,
    id: DocumentId,
    kind: EntityKind,
    key: &str,
    rivals: &[Rival],
) -> Result<bool, StoreError> {
    let before: Vec<(String, String, String, bool)> = crate::queries::Reads::new(connection).all(
        "SELECT field, value_id, value, is_shown FROM field_conflicts WHERE kind = ?1 AND record = ?2 ORDER BY field, value_id",
        [kind.container(), key],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let mut after: Vec<(String, String, String, bool)> = rivals
        .iter()
        .map(|rival| {
            (
                rival.field.clone(),
                rival.id.clone(),
                fields::canonical(&rival.value),
                rival.is_shown,
            )
        })
        .collect();
    after.sort();
    if before == after {
        return Ok(false);
    }
    connection
        .prepare_cached("DELETE FROM field_conflicts WHERE kind = ?1 AND record = ?2")?
        .execute([kind.container(), key])?;
    for row in rival_rows(connection, id, kind, key, rivals)? {
        insert_rival(connection, "field_conflicts", &row)?;
    }
    Ok(true)
}

/// The rows of a record's field conflicts, as values in column order.
pub(crate) fn rival_rows(
    connection: &Connection,
    id: DocumentId,
    kind: EntityKind,
    key: &str,
    rivals: &[Rival],
) -> Result<Vec<Vec<rusqlite::types::Value>>, StoreError> {
    use rusqlite::types::Value;
    let mut names: HashMap<&ActorId, Option<WorkstationId>> = HashMap::new();
    let mut found = Vec::with_capacity(rivals.len());
    for rival in rivals {
        let workstation = match names.get(&rival.actor) {
            Some(known) => *known,
            None => {
                let known = workstation_of(connection, &rival.actor)?;
                names.insert(&rival.actor, known);
                known
            }
        };
        let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
        found.push(vec![
            Value::Text(kind.container().to_owned()),
            Value::Text(key.to_owned()),
            Value::Text(rival.field.clone()),
            Value::Text(rival.id.clone()),
            Value::Blob(document_bytes(id)),
            Value::Text(fields::canonical(&rival.value)),
            Value::Integer(rival.is_shown.into()),
            text(rival.person.clone()),
            text(workstation.map(|id| id.to_string())),
            Value::Integer(rival.at),
        ]);
    }
    Ok(found)
}

pub(crate) fn insert_rival(
    connection: &Connection,
    table: &str,
    row: &[rusqlite::types::Value],
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {table} (kind, record, field, value_id, document, value, is_shown, person, workstation, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    connection
        .prepare_cached(&sql)?
        .execute(rusqlite::params_from_iter(row))?;
    Ok(())
}
