//! Rows made anew from documents, or compared with what documents say; and the full check of everything.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use clinic::{DocumentId, Entity, EntityKind};
use rusqlite::Connection;
use rusqlite::types::Value;
use sha2::{Digest, Sha256};

use crate::apply::{insert_rival, rival_rows};
use crate::comparing::{self, Looked};
use crate::document;
use crate::documents::{self, Loaded, save_checked};
use crate::memory::load_roster;
use crate::queries::Reads;
use crate::store::{Store, count_rebuild, look};
use crate::transact::begin;
use crate::{StoreError, genesis, overlaps, rows};

/// What a rebuild or a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RebuildReport {
    pub documents: u64,
    pub records: u64,
    /// Differences between rows and documents, in words, without names or notes; at most 100 are listed.
    pub differences: Vec<String>,
    pub difference_count: u64,
}

impl RebuildReport {
    pub fn is_identical(&self) -> bool {
        self.difference_count == 0
    }

    fn note(&mut self, difference: impl FnOnce() -> String) {
        self.difference_count += 1;
        if self.differences.len() < 100 {
            self.differences.push(difference());
        }
    }
}

/// What [`Store::verify`] looked at and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    pub envelopes: u64,
    pub documents: u64,
    pub records: u64,
    /// What is wrong, in words; empty: everything is as it should be.
    pub troubles: Vec<String>,
}

impl VerifyReport {
    pub fn is_sound(&self) -> bool {
        self.troubles.is_empty()
    }
}

/// Documents done and documents in all.
pub type Progress<'p> = &'p mut dyn FnMut(u64, u64);

impl Store {
    /// Compares rows with documents, through whatever time that takes, and stops when `going` (documents done, of all) says
    /// no: `None` then. Looks at one moment of the file, and keeps nobody from writing.
    ///
    /// # Errors
    /// Of the disk; if something cannot be read.
    pub fn compare(
        &mut self,
        going: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Option<RebuildReport>, StoreError> {
        self.catch_up_if_stale()?;
        let transaction = self.connection.unchecked_transaction()?;
        compare_while(&transaction, &self.documents.actor, going, false)
    }

    /// Compares rows with documents (`check`), or makes all rows anew. One transaction: other programs see the old
    /// rows or the new ones.
    pub fn rebuild(&mut self, check: bool, progress: Progress<'_>) -> Result<RebuildReport, StoreError> {
        self.catch_up_if_stale()?;
        self.check_arrived()?;
        if check {
            // Looks at one moment of the file, and keeps nobody from writing.
            let transaction = self.connection.unchecked_transaction()?;
            return compare(&transaction, &self.documents.actor, progress, false);
        }
        let transaction = begin(&self.connection)?;
        let report = compare(&transaction, &self.documents.actor, progress, true)?;
        let roster = load_roster(&transaction, self.practice)?;
        overlaps::derive_all(&transaction, &roster)?;
        count_rebuild(&transaction)?;
        transaction.commit()?;
        self.reload()?;
        self.seen = look(&self.connection)?;
        Ok(report)
    }

    /// Checks everything that can be checked without keys of others: the file, every document, rows against
    /// documents, envelopes against their ids, the own numbering, the history.
    pub fn verify(&self, progress: Progress<'_>) -> Result<VerifyReport, StoreError> {
        self.check_arrived()?;
        // Authentication tags are looked at in the main file alone. A power cut may have torn pages there that the log has
        // whole, so they are brought over first; on a full disk that fails and the tags tell.
        if let Err(error) = self.settle_what_goes() {
            tracing::warn!(%error, "the main file is looked at without what the log has");
        }
        let transaction = self.connection.unchecked_transaction()?;
        let mut report = VerifyReport::default();
        check_file(&transaction, &mut report)?;
        check_envelopes(&transaction, &mut report)?;
        check_documents(&transaction, &self.documents.actor, &mut report)?;
        let rows = compare(&transaction, &self.documents.actor, progress, false)?;
        report.documents = rows.documents;
        report.records = rows.records;
        report.troubles.extend(rows.differences);
        Ok(report)
    }
}

/// The same to the end.
fn compare(
    connection: &Connection,
    actor: &automerge::ActorId,
    progress: Progress<'_>,
    repair: bool,
) -> Result<RebuildReport, StoreError> {
    let mut on = |done, all| {
        progress(done, all);
        true
    };
    let report = compare_while(connection, actor, &mut on, repair)?;
    Ok(report.expect("it was never stopped"))
}

/// Goes through all documents; each record is compared with its row, and written if `repair`. `None` if it was stopped.
fn compare_while(
    connection: &Connection,
    actor: &automerge::ActorId,
    going: &mut dyn FnMut(u64, u64) -> bool,
    repair: bool,
) -> Result<Option<RebuildReport>, StoreError> {
    if !repair {
        match comparing::look(connection, going)? {
            Looked::Stopped => return Ok(None),
            Looked::Alike {
                documents,
                records,
                rivals,
            } => return alike(connection, actor, documents, records, &rivals).map(Some),
            Looked::Differ => {}
        }
    }
    let mut report = RebuildReport::default();
    let mut counts: BTreeMap<EntityKind, u64> = BTreeMap::new();
    let mut rivals: BTreeSet<String> = BTreeSet::new();
    let all = documents::all(connection)?;
    let total = all.len() as u64;
    if repair {
        // What is left of records that no document has goes, and what is there is written again.
        for kind in EntityKind::ALL {
            let table = rows::table(*kind);
            remember(connection, &table)?;
        }
        connection.execute("DELETE FROM field_conflicts", [])?;
    }
    for (id, number) in all {
        let loaded = documents::load(connection, id, number, actor)?;
        compare_document(
            connection,
            id,
            &loaded,
            repair,
            &mut counts,
            &mut rivals,
            &mut report,
        )?;
        report.documents += 1;
        if !going(report.documents, total) {
            return Ok(None);
        }
    }
    if repair {
        for kind in EntityKind::ALL {
            let table = rows::table(*kind);
            let gone = forget_unseen(connection, &table)?;
            for _ in 0..gone {
                report.note(|| format!("a row of {} had no record", table.name));
            }
        }
        return Ok(Some(report));
    }
    for kind in EntityKind::ALL {
        let table = rows::table(*kind).name;
        let found: i64 =
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        let expected = counts.get(kind).copied().unwrap_or_default();
        if found as u64 != expected {
            report.note(|| format!("{table} has {found} rows for {expected} records"));
        }
    }
    compare_derived(connection, &rivals, &mut report)?;
    Ok(Some(report))
}

/// All rows are those of the documents; what follows from them is left.
fn alike(
    connection: &Connection,
    actor: &automerge::ActorId,
    documents: u64,
    records: u64,
    with_rivals: &[(DocumentId, i64)],
) -> Result<RebuildReport, StoreError> {
    let mut report = RebuildReport::default();
    let mut rivals = BTreeSet::new();
    for (id, number) in with_rivals {
        let loaded = documents::load(connection, *id, *number, actor)?;
        let counts = &mut BTreeMap::new();
        compare_document(connection, *id, &loaded, false, counts, &mut rivals, &mut report)?;
    }
    compare_derived(connection, &rivals, &mut report)?;
    (report.documents, report.records) = (documents, records);
    Ok(report)
}

fn compare_document(
    connection: &Connection,
    id: DocumentId,
    loaded: &Loaded,
    repair: bool,
    counts: &mut BTreeMap<EntityKind, u64>,
    rivals: &mut BTreeSet<String>,
    report: &mut RebuildReport,
) -> Result<(), StoreError> {
    for kind in genesis::kinds(id) {
        for (key, reading) in document::read_all(&loaded.automerge, kind)? {
            for row in rival_rows(connection, id, kind, &key, &reading.rivals)? {
                if repair {
                    insert_rival(connection, "field_conflicts", &row)?;
                }
                rivals.insert(format!("{row:?}"));
            }
            // What cannot be read has no row; merging does not let such records in.
            let Ok(entity) = reading.entity else {
                report.note(|| format!("a record of {} in {id} cannot be read", kind.container()));
                continue;
            };
            report.records += 1;
            *counts.entry(kind).or_default() += 1;
            let expected = rows::values(&entity);
            let found = raw_row(connection, kind, &key)?;
            if found.as_ref() != Some(&expected) {
                report.note(|| match &found {
                    None => format!("{} {key} has no row", kind.container()),
                    Some(found) => {
                        let columns = rows::table(kind).columns;
                        let differing: Vec<&str> = columns
                            .iter()
                            .zip(found.iter().zip(&expected))
                            .filter(|(_, (found, expected))| found != expected)
                            .map(|(column, _)| *column)
                            .collect();
                        format!("{} {key} differs in {}", kind.container(), differing.join(", "))
                    }
                });
                if repair {
                    write_row(connection, kind, &entity, &expected)?;
                }
            }
            if repair {
                see(connection, &rows::table(kind), rows::key(kind, &key)?)?;
            }
        }
    }
    Ok(())
}

fn compare_derived(
    connection: &Connection,
    rivals: &BTreeSet<String>,
    report: &mut RebuildReport,
) -> Result<(), StoreError> {
    let stored: BTreeSet<String> = Reads::new(connection)
        .all(
            "SELECT kind, record, field, value_id, document, value, is_shown, person, workstation, at FROM field_conflicts",
            [],
            |row| Ok(format!("{:?}", (0..10).map(|at| row.get(at)).collect::<Result<Vec<Value>, _>>()?)),
        )?
        .into_iter()
        .collect();
    for _ in stored.symmetric_difference(rivals) {
        report.note(|| "a field conflict is missing or left over".to_owned());
    }
    let practice =
        Reads::new(connection).all("SELECT id FROM practice", [], |row| Ok(row.get::<_, String>(0)?))?;
    let practice = practice
        .first()
        .map(|id| crate::fields::parse(id))
        .transpose()?
        .unwrap_or(clinic::PracticeId(0));
    let roster = load_roster(connection, practice)?;
    let accepted: Vec<_> = rows::load_all(connection, EntityKind::AcceptedConflict)?
        .into_iter()
        .filter_map(|entity| match entity {
            Entity::AcceptedConflict(record) => Some(record),
            _ => None,
        })
        .collect();
    let mut stored = overlaps::list(connection)?;
    stored.sort_by(|a, b| a.key.cmp(&b.key));
    let misplaced: i64 = connection.query_row(
        "SELECT (SELECT count(*) FROM application_dates) <> (SELECT count(DISTINCT template_applications.id || value) FROM template_applications, json_each(dates))
         OR EXISTS (SELECT 1 FROM template_applications, json_each(dates) AS named WHERE NOT EXISTS
             (SELECT 1 FROM application_dates AS kept WHERE kept.location = template_applications.location
              AND kept.date = named.value AND kept.application = template_applications.id
              AND kept.millis = json_extract(applied, '$.millis') AND kept.counter = json_extract(applied, '$.counter')))",
        [],
        |row| row.get(0),
    )?;
    if misplaced != 0 {
        report.note(|| "the dates of applied templates are not those of their records".to_owned());
    }
    if stored != overlaps::derive(connection, &roster, &accepted)? {
        report.note(|| "the overlaps are not those of the visits".to_owned());
    }
    Ok(())
}

fn raw_row(connection: &Connection, kind: EntityKind, key: &str) -> Result<Option<Vec<Value>>, StoreError> {
    let table = rows::table(kind);
    let sql = format!(
        "SELECT {} FROM {} WHERE {} = ?1",
        table.columns.join(", "),
        table.name,
        table.columns[0]
    );
    Reads::new(connection).one(&sql, [rows::key(kind, key)?], |row| {
        Ok((0..table.columns.len())
            .map(|at| row.get(at))
            .collect::<Result<Vec<Value>, _>>()?)
    })
}

fn write_row(
    connection: &Connection,
    kind: EntityKind,
    entity: &Entity,
    values: &[Value],
) -> Result<(), StoreError> {
    let table = rows::table(kind);
    connection
        .prepare_cached(&format!(
            "DELETE FROM {} WHERE {} = ?1",
            table.name, table.columns[0]
        ))?
        .execute([rows::key(kind, &entity.key())?])?;
    let marks = vec!["?"; values.len()].join(", ");
    connection
        .prepare_cached(&format!(
            "INSERT INTO {} ({}) VALUES ({marks})",
            table.name,
            table.columns.join(", ")
        ))?
        .execute(rusqlite::params_from_iter(values))?;
    Ok(())
}

/// Keys that documents have, in a temporary table (in memory, never on the disk).
fn remember(connection: &Connection, table: &rows::Table) -> Result<(), StoreError> {
    connection.execute_batch(&format!(
        "DROP TABLE IF EXISTS temp.seen_{0}; CREATE TEMP TABLE seen_{0} (key PRIMARY KEY) WITHOUT ROWID;",
        table.name
    ))?;
    Ok(())
}

fn see(connection: &Connection, table: &rows::Table, key: Value) -> Result<(), StoreError> {
    connection
        .prepare_cached(&format!(
            "INSERT OR IGNORE INTO temp.seen_{} (key) VALUES (?1)",
            table.name
        ))?
        .execute([key])?;
    Ok(())
}

fn forget_unseen(connection: &Connection, table: &rows::Table) -> Result<usize, StoreError> {
    let gone = connection.execute(
        &format!(
            "DELETE FROM main.{0} WHERE {1} NOT IN (SELECT key FROM temp.seen_{0})",
            table.name, table.columns[0]
        ),
        [],
    )?;
    connection.execute_batch(&format!("DROP TABLE temp.seen_{}", table.name))?;
    Ok(gone)
}

/// How often a page must look damaged.
const PAGE_LOOKS: usize = 3;

fn check_file(connection: &Connection, report: &mut VerifyReport) -> Result<(), StoreError> {
    let reads = Reads::new(connection);
    let ask = |sql: &str| -> Result<Vec<String>, StoreError> {
        let lines = reads.all(sql, [], |row| Ok(row.get::<_, String>(0)?))?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    };
    // Authentication tags of all pages. They are read past SQLite's locks, so that a page which a checkpoint is just writing looks
    // damaged; one that is damaged looks so every time.
    let mut pages = ask("PRAGMA cipher_integrity_check")?;
    for _ in 1..PAGE_LOOKS {
        if pages.is_empty() {
            break;
        }
        let again = ask("PRAGMA cipher_integrity_check")?;
        pages.retain(|line| again.contains(line));
    }
    // And SQLite's own structure.
    let structure = ask("PRAGMA integrity_check")?;
    let troubles = pages.into_iter().chain(structure);
    report
        .troubles
        .extend(troubles.map(|line| format!("the file is damaged: {line}")));
    let broken = reads.all("PRAGMA foreign_key_check", [], |row| Ok(row.get::<_, String>(0)?))?;
    report.troubles.extend(
        broken
            .into_iter()
            .map(|table| format!("a row of {table} refers to nothing")),
    );
    Ok(())
}

fn check_envelopes(connection: &Connection, report: &mut VerifyReport) -> Result<(), StoreError> {
    let mut statement = connection.prepare(
        "SELECT local, envelope, bytes, own_sequence, verdict, op, position FROM log ORDER BY local",
    )?;
    let mut rows = statement.query([])?;
    let mut next_own = 1;
    let mut ids = HashSet::new();
    while let Some(row) = rows.next()? {
        let local: i64 = row.get(0)?;
        let id: [u8; 32] = row.get(1)?;
        let bytes = row.get_ref(2)?.as_blob().map_err(StoreError::corrupt)?;
        report.envelopes += 1;
        // What came with a snapshot has its envelope in the relay's log only.
        if !bytes.is_empty() && Sha256::digest(bytes)[..] != id {
            report
                .troubles
                .push(format!("the envelope of entry {local} was changed"));
        }
        if !ids.insert(id) {
            report
                .troubles
                .push(format!("the envelope of entry {local} is there twice"));
        }
        if let Some(own) = row.get::<_, Option<i64>>(3)? {
            if own != next_own {
                report
                    .troubles
                    .push(format!("own envelopes {next_own} to {} are missing", own - 1));
            }
            next_own = own + 1;
        }
        if row.get::<_, i64>(4)? == 0
            && row
                .get_ref(5)?
                .as_str_or_null()
                .map_err(StoreError::corrupt)?
                .is_none()
        {
            report.troubles.push(format!("entry {local} has no history"));
        }
    }
    let unlinked: i64 = connection.query_row(
        "SELECT count(*) FROM document_entries WHERE local NOT IN (SELECT local FROM log)",
        [],
        |row| row.get(0),
    )?;
    if unlinked > 0 {
        report
            .troubles
            .push(format!("{unlinked} entries of the history are missing"));
    }
    Ok(())
}

fn check_documents(
    connection: &Connection,
    actor: &automerge::ActorId,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    for (id, number) in documents::all(connection)? {
        match documents::load(connection, id, number, actor) {
            Err(error) => report.troubles.push(error.to_string()),
            Ok(loaded) if save_checked(&loaded.automerge).is_none() => {
                report
                    .troubles
                    .push(format!("the document {id} cannot be loaded after saving"));
            }
            Ok(_) => {}
        }
    }
    Ok(())
}
