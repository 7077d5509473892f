//! Writing a snapshot from one moment of the file, through a connection of its own, so that nobody waits for it.

use std::path::PathBuf;

use clinic::EntityKind;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Params};

use super::form::{CHUNKS, DOCUMENTS, Form, LOG, RELEASED, forms, quoted};
use super::pack::Packer;
use super::{Days, Outline, PackKind};
use crate::connection::{DATA_VERSION, connect, database_path};
use crate::cover::{self, Digest};
use crate::queries::{Cursor, Reads};
use crate::store::Store;
use crate::{DatabaseKey, StoreError, log, rows};

/// Days after today whose patients come with the first packs: for as long as an invitation works, the newcomer's today is
/// among them.
const SOON: i8 = 7;

/// What a snapshot needs of an open practice.
#[derive(Clone)]
pub struct SnapshotSource {
    directory: PathBuf,
    key: DatabaseKey,
    with_digest: bool,
}

/// Something that was written here is not in the log yet, or not at the place where the log was read to: a snapshot would
/// have it, and a newcomer would get it once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSettled;

/// What was written beside the packs.
#[derive(Debug, Clone)]
pub struct Written {
    pub outline: Outline,
    /// The settings that were asked for, in that order.
    pub settings: Vec<Option<Vec<u8>>>,
    /// What all of it is, if that was asked for.
    pub digest: Option<Digest>,
}

impl Store {
    pub fn snapshot_source(&self) -> SnapshotSource {
        SnapshotSource {
            directory: self.directory.clone(),
            key: self.key.clone(),
            with_digest: false,
        }
    }
}

impl SnapshotSource {
    /// Also adds up what is written ([`Written::digest`]): every document is opened for that.
    #[must_use]
    pub fn with_digest(mut self) -> Self {
        self.with_digest = true;
        self
    }

    /// Packs everything as of one moment and hands the packs out in order, each of at most
    /// 700 KiB. `today`: whose patients come first. `settings`: read at the same moment, handed out with the outline.
    ///
    /// # Errors
    /// Of the disk, or of `sink`. The inner one: try again when the outbox is empty.
    pub fn write(
        &self,
        today: Date,
        settings: &[&str],
        sink: &mut dyn FnMut(PackKind, Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<Result<Written, NotSettled>, StoreError> {
        // Closed with everything temporary in it.
        let connection = connect(&database_path(&self.directory), &self.key, OpenFlags::empty())?;
        connection.set_prepared_statement_cache_capacity(64);
        let transaction = connection.unchecked_transaction()?;
        let reads = Reads::new(&transaction);
        let cursor = reads.cursor()?;
        if !is_settled(&transaction, cursor.position)? {
            return Ok(Err(NotSettled));
        }
        let settings = settings
            .iter()
            .map(|name| reads.setting(name))
            .collect::<Result<Vec<_>, _>>()?;
        let newest = log::newest(&transaction)?;
        let forms = forms();
        let mut writing = Writing {
            connection: &transaction,
            forms: &forms,
            packer: Packer::new(&forms, sink),
        };
        writing.practice()?;
        let days = Days {
            first: today,
            last: today
                .checked_add(jiff::Span::new().days(SOON))
                .unwrap_or(Date::MAX),
        };
        writing.patients(days)?;
        writing.history(&cursor)?;
        let counts = writing.packer.counts;
        let outline = Outline {
            cursor,
            data_version: DATA_VERSION,
            clock_millis: newest.clock_millis,
            clock_counter: newest.clock_counter,
            counts,
            days: Some(days),
        };
        let digest = self
            .with_digest
            .then(|| cover::digest(&transaction, &outline.cursor))
            .transpose()?;
        Ok(Ok(Written {
            outline,
            settings,
            digest,
        }))
    }
}

pub(crate) fn is_settled(connection: &Connection, cursor: u64) -> Result<bool, StoreError> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM log WHERE own_sequence IS NOT NULL AND verdict = 0
                                  AND (position IS NULL OR position > ?1))";
    Ok(connection.query_row(sql, [cursor as i64], |row| row.get(0))?)
}

struct Writing<'w> {
    connection: &'w Connection,
    forms: &'w [Form],
    packer: Packer<'w>,
}

impl Writing<'_> {
    /// Everything that is not a patient's.
    fn practice(&mut self) -> Result<(), StoreError> {
        for kind in EntityKind::ALL {
            if !matches!(kind, EntityKind::Patient | EntityKind::Appointment) {
                self.rows(rows::table(*kind).name, "", [])?;
            }
        }
        for table in [
            "actors",
            "field_conflicts",
            "overlaps",
            "audit_anchors",
            "audit_breaks",
        ] {
            self.rows(table, "", [])?;
        }
        let ids = self.ids(
            "SELECT id FROM documents WHERE substr(id, 1, 1) <> x'03' ORDER BY number",
            [],
        )?;
        for id in ids {
            self.document(&id)?;
        }
        Ok(())
    }

    fn patients(&mut self, days: Days) -> Result<(), StoreError> {
        self.connection
            .execute_batch("CREATE TEMP TABLE near (patient BLOB PRIMARY KEY) WITHOUT ROWID")?;
        self.connection.execute(
            "INSERT INTO temp.near SELECT DISTINCT patient FROM appointments WHERE date BETWEEN ?1 AND ?2",
            [rows::yyyymmdd(days.first), rows::yyyymmdd(days.last)],
        )?;
        let (patients, visits) = (
            rows::table(EntityKind::Patient).name,
            rows::table(EntityKind::Appointment).name,
        );
        for patient in self.ids("SELECT patient FROM temp.near ORDER BY patient", [])? {
            self.document(&[&[3], &patient[..]].concat())?;
            self.rows(patients, "WHERE id = ?1", [&patient])?;
            self.rows(visits, "WHERE patient = ?1", [&patient])?;
        }
        // Everything in the order of its table, so that whoever takes it in appends and never searches.
        self.packer.turn_to(PackKind::Calendar)?;
        let others = self.ids(
            "SELECT id FROM documents WHERE substr(id, 1, 1) = x'03'
             AND substr(id, 2) NOT IN (SELECT patient FROM temp.near) ORDER BY number",
            [],
        )?;
        for id in others {
            self.document(&id)?;
        }
        self.rows(
            patients,
            "WHERE id NOT IN (SELECT patient FROM temp.near) ORDER BY id",
            [],
        )?;
        self.rows(
            visits,
            "WHERE patient NOT IN (SELECT patient FROM temp.near) ORDER BY location, date, starts, id",
            [],
        )
    }

    fn document(&mut self, id: &[u8]) -> Result<(), StoreError> {
        self.rows(DOCUMENTS, "WHERE id = ?1", [id])?;
        self.rows(
            CHUNKS,
            "WHERE chunk BETWEEN (SELECT number << 24 FROM documents WHERE id = ?1)
             AND (SELECT (number << 24) | 0xffffff FROM documents WHERE id = ?1) ORDER BY chunk",
            [id],
        )
    }

    fn history(&mut self, cursor: &Cursor) -> Result<(), StoreError> {
        self.packer.turn_to(PackKind::History)?;
        let reach = [cursor.position as i64];
        self.rows(LOG, "WHERE position <= ?1 ORDER BY local", reach)?;
        for table in ["document_entries", "quarantine", "waiting"] {
            let which = "WHERE local IN (SELECT local FROM log WHERE position <= ?1)";
            self.rows(table, which, reach)?;
        }
        self.rows(RELEASED, "WHERE position <= ?1", reach)?;
        self.packer.close()
    }

    fn ids(&self, sql: &str, parameters: impl Params) -> Result<Vec<Vec<u8>>, StoreError> {
        Reads::new(self.connection).all(sql, parameters, |row| Ok(row.get(0)?))
    }

    /// Adds a table's rows.
    fn rows(&mut self, table: &str, which: &str, parameters: impl Params) -> Result<(), StoreError> {
        let number = self
            .forms
            .iter()
            .position(|form| form.table == table)
            .expect("every table that is written has a form");
        let columns: Vec<String> = self.forms[number]
            .columns
            .iter()
            .map(|column| match *column {
                // Envelopes are fetched from the log by whoever wants them; statements say who belongs.
                "bytes" if table == LOG => "CASE verdict WHEN 0 THEN x'' ELSE bytes END".to_owned(),
                column => quoted(column),
            })
            .collect();
        let sql = format!("SELECT {} FROM {table} {which}", columns.join(", "));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut found = statement.query(parameters)?;
        while let Some(row) = found.next()? {
            let values = (0..columns.len())
                .map(|at| row.get::<_, Value>(at))
                .collect::<Result<Vec<_>, _>>()?;
            self.packer.add(number, values)?;
        }
        Ok(())
    }
}
