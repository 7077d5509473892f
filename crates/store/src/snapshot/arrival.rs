//! Taking a snapshot in: each pack is one transaction that also notes how far it went, so it can be broken off anywhere and
//! goes on there. Until everything is here nothing can be written.

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::form::{CHUNKS, Form, LOG, forms, is_local, quoted};
use super::pack::{Section, Unpacked};
use super::{Days, Outline};
use crate::StoreError;
use crate::connection::{CACHE_KIB, DATA_VERSION, Unhurried};
use crate::log;
use crate::memory::load_roster;
use crate::queries::Reads;
use crate::store::{Store, count_rebuild, look, set};
use crate::transact::begin;

const ARRIVING: &str = "store.arriving";
/// Its indexes are looked through only when everything is here, and quicker to make then than to keep up with every row.
const LARGEST: &str = "appointments";

/// Pages that gather before they are moved from the write-ahead log into the file: much is written in one go.
const GATHERED_PAGES: u32 = 16_384;
/// KiB of pages in memory meanwhile: as many as the visits of a full practice, so that making indexes over them reads and
/// checks each page once.
const ROOMY: i64 = -98_304;
/// SQLite's own choice.
const USUAL_PAGES: u32 = 1_000;

/// How far a snapshot has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Which: the hash of its index.
    pub snapshot: [u8; 32],
    /// Packs that are here.
    pub packs: u32,
    /// Local numbers of the log's rows are moved by this.
    moved: i64,
    clock_millis: u64,
    clock_counter: u32,
    /// How the indexes are made that are missing meanwhile.
    pub(super) indexes: Vec<String>,
    /// Once the packs of today are here: the days whose visits came with them, as yyyymmdd.
    #[serde(default)]
    days: Option<[u32; 2]>,
}

impl Arrival {
    /// Whether all visits and patients are here, and only what was done when still comes.
    pub fn has_calendar(&self) -> bool {
        self.packs > 0 && self.indexes.is_empty()
    }

    /// The days that are here, each whole, while the others still come.
    pub fn days_here(&self) -> Option<Days> {
        self.days.and_then(Days::from_numbers)
    }
}

pub(crate) fn arriving(connection: &Connection) -> Result<Option<Arrival>, StoreError> {
    let Some(bytes) = Reads::new(connection).setting(ARRIVING)? else {
        return Ok(None);
    };
    Ok(Some(serde_json::from_slice(&bytes)?))
}

fn keep(connection: &Connection, arrival: &Arrival) -> Result<(), StoreError> {
    set(connection, ARRIVING, &serde_json::to_vec(arrival)?)
}

fn not_empty() -> StoreError {
    StoreError::Unfit("there is a calendar here already: a snapshot can only begin one".to_owned())
}

impl Store {
    /// How far a snapshot has arrived that is not here completely; `None` if nothing is on its way.
    pub fn arrival(&self) -> Result<Option<Arrival>, StoreError> {
        arriving(&self.connection)
    }

    /// Whether the practice's records have not begun to come yet, in whichever way.
    pub fn is_blank(&self) -> Result<bool, StoreError> {
        let nothing: bool = self.connection.query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM documents) AND (SELECT cursor FROM relay) = 0",
            [],
            |row| row.get(0),
        )?;
        Ok(nothing)
    }

    /// Gets ready for a snapshot's packs, or for the next of them if this one has begun to arrive. Another one that has begun
    /// is given up.
    ///
    /// # Errors
    /// If there is a calendar here already, or the snapshot was written by a newer release.
    pub fn begin_arrival(&mut self, snapshot: [u8; 32], outline: &Outline) -> Result<Arrival, StoreError> {
        if outline.data_version > DATA_VERSION {
            return Err(StoreError::NewerVersion {
                found: outline.data_version,
                ours: DATA_VERSION,
            });
        }
        match self.arrival()? {
            Some(arrival) if arrival.snapshot == snapshot => return Ok(arrival),
            Some(_) => self.give_up_arrival()?,
            None => {}
        }
        if !self.is_blank()? {
            return Err(not_empty());
        }
        let transaction = begin(&self.connection)?;
        let newest = log::newest(&transaction)?;
        let made =
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL";
        let indexes = Reads::new(&transaction).all(made, [LARGEST], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        for (name, _) in &indexes {
            transaction.execute_batch(&format!("DROP INDEX {name}"))?;
        }
        let arrival = Arrival {
            snapshot,
            packs: 0,
            moved: newest.local,
            clock_millis: newest.clock_millis.max(outline.clock_millis),
            clock_counter: outline.clock_counter.max(newest.clock_counter),
            indexes: indexes.into_iter().map(|(_, sql)| sql).collect(),
            days: None,
        };
        keep(&transaction, &arrival)?;
        transaction.commit()?;
        self.is_arriving = true;
        Ok(arrival)
    }

    /// Takes in the next pack, in order; `number` counts from 1. Gives how far it has come.
    ///
    /// # Errors
    /// If the pack is not of this form, not the next one, or nothing has begun to arrive; nothing of it is kept then.
    pub fn take_pack(&mut self, number: u32, unpacked: Unpacked) -> Result<Arrival, StoreError> {
        // If the computer stops, what is missing is fetched once more.
        let unhurried = Unhurried::new(&self.connection, &self.log_end)?;
        self.connection
            .pragma_update(None, "wal_autocheckpoint", GATHERED_PAGES)?;
        self.connection.pragma_update(None, "cache_size", ROOMY)?;
        let transaction = begin(&self.connection)?;
        let mut arrival = arriving(&transaction)?
            .ok_or_else(|| StoreError::Unfit("no snapshot has begun to arrive".to_owned()))?;
        if number != arrival.packs + 1 {
            return Err(StoreError::Unfit(format!(
                "pack {number} of the snapshot came after {} packs",
                arrival.packs
            )));
        }
        let taking = Taking {
            connection: &transaction,
            forms: forms(),
            arrival: &arrival,
            own: log::newest(&transaction)?.last_own_sequence,
        };
        for section in unpacked.0 {
            taking.section(section)?;
        }
        arrival.packs += 1;
        keep(&transaction, &arrival)?;
        let first = arrival.packs == 1;
        if first {
            // The practice itself: what nobody could work with is not kept.
            load_roster(&transaction, self.practice)?;
        }
        transaction.commit()?;
        drop(unhurried);
        if first {
            self.reload()?;
        }
        Ok(arrival)
    }

    /// The packs of today are here: these days are whole and can be looked at ([`Store::show_today`]).
    ///
    /// # Errors
    /// Of the disk.
    pub fn today_arrived(&mut self, days: Days) -> Result<(), StoreError> {
        let transaction = begin(&self.connection)?;
        if let Some(mut arrival) = arriving(&transaction)? {
            arrival.days = Some(days.to_numbers());
            keep(&transaction, &arrival)?;
        }
        Ok(transaction.commit()?)
    }

    /// Makes the indexes that were left out: the calendar is complete, its history may still come.
    ///
    /// # Errors
    /// Of the disk.
    pub fn calendar_arrived(&mut self) -> Result<(), StoreError> {
        let transaction = begin(&self.connection)?;
        let Some(mut arrival) = arriving(&transaction)? else {
            return Ok(());
        };
        for sql in std::mem::take(&mut arrival.indexes) {
            transaction.execute_batch(&sql)?;
        }
        // There is no need to show less than all of it any more.
        arrival.days = None;
        keep(&transaction, &arrival)?;
        transaction.commit()?;
        Ok(())
    }

    /// Everything is here: from now on this is a practice like any other, at the snapshot's place in the log. In the same
    /// transaction keeps settings that belong to it.
    ///
    /// # Errors
    /// If something is missing: see [`Store::give_up_arrival`].
    pub fn finish_arrival(
        &mut self,
        outline: &Outline,
        settings: &[(&str, &[u8])],
    ) -> Result<(), StoreError> {
        self.calendar_arrived()?;
        let transaction = begin(&self.connection)?;
        if arriving(&transaction)?.is_none() {
            return Ok(());
        }
        for (form, expected) in forms().iter().zip(&outline.counts) {
            let sql = format!("SELECT count(*) FROM {}", form.table);
            let found: i64 = transaction.query_row(&sql, [], |row| row.get(0))?;
            // Its own entry in the log, by which it joined, is not the snapshot's.
            let own = if form.table == LOG {
                let sql = "SELECT count(*) FROM log WHERE own_sequence IS NOT NULL";
                transaction.query_row(sql, [], |row| row.get(0))?
            } else {
                0
            };
            if (found - own) as u64 != *expected {
                return Err(StoreError::Unfit(format!(
                    "the snapshot is incomplete: {} of {expected} rows of {} came",
                    found - own,
                    form.table
                )));
            }
        }
        transaction
            .prepare_cached("UPDATE relay SET cursor = ?1, chain = ?2")?
            .execute(params![outline.cursor.position as i64, outline.cursor.chain])?;
        for (key, value) in settings {
            set(&transaction, key, value)?;
        }
        transaction.execute("DELETE FROM settings WHERE key = ?1", [ARRIVING])?;
        count_rebuild(&transaction)?;
        transaction.commit()?;
        self.connection
            .pragma_update(None, "wal_autocheckpoint", USUAL_PAGES)?;
        self.connection.pragma_update(None, "cache_size", CACHE_KIB)?;
        self.is_arriving = false;
        self.reload()?;
        self.seen = look(&self.connection)?;
        if outline.data_version < DATA_VERSION {
            // Rows as an older release made them; documents say what this one wants.
            self.rebuild(false, &mut |_, _| {})?;
        }
        Ok(())
    }

    /// Takes away what has come of a snapshot: the log can be applied from its beginning.
    ///
    /// # Errors
    /// Of the disk.
    pub fn give_up_arrival(&mut self) -> Result<(), StoreError> {
        self.calendar_arrived()?;
        let transaction = begin(&self.connection)?;
        if arriving(&transaction)?.is_none() {
            return Ok(());
        }
        for form in forms() {
            let which = if form.table == LOG {
                "WHERE own_sequence IS NULL"
            } else {
                ""
            };
            transaction.execute(&format!("DELETE FROM {} {which}", form.table), [])?;
        }
        transaction.execute("DELETE FROM settings WHERE key = ?1", [ARRIVING])?;
        count_rebuild(&transaction)?;
        transaction.commit()?;
        self.is_arriving = false;
        self.reload()?;
        self.seen = look(&self.connection)?;
        Ok(())
    }

    /// Nothing is written into half a calendar.
    pub(crate) fn check_arrived(&self) -> Result<(), StoreError> {
        if self.is_arriving {
            return Err(StoreError::Arriving);
        }
        Ok(())
    }
}

struct Taking<'t> {
    connection: &'t Connection,
    forms: Vec<Form>,
    arrival: &'t Arrival,
    /// The newcomer's own numbering, which every row of its log repeats.
    own: u64,
}

impl Taking<'_> {
    fn section(&self, section: Section) -> Result<(), StoreError> {
        let (table, columns, values) = match section {
            Section::Rows {
                table,
                columns,
                values,
            } => (table, columns, values),
            Section::Continued { chunk, bytes } => return self.go_on(chunk, &bytes),
        };
        let form = self
            .forms
            .iter()
            .find(|form| form.table == table)
            .ok_or_else(|| StoreError::Unfit(format!("the snapshot has an unknown table {table}")))?;
        if let Some(unknown) = columns
            .iter()
            .find(|column| !form.columns.contains(&column.as_str()))
        {
            return Err(StoreError::Unfit(format!(
                "the snapshot has an unknown column {unknown} in {table}"
            )));
        }
        let mut names: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        let mut own: Vec<Value> = Vec::new();
        if table == LOG {
            names.extend(["clock_millis", "clock_counter", "last_own_sequence"].map(str::to_owned));
            own = vec![
                Value::Integer(self.arrival.clock_millis as i64),
                Value::Integer(i64::from(self.arrival.clock_counter)),
                Value::Integer(self.own as i64),
            ];
        }
        let moved: Vec<bool> = columns.iter().map(|column| is_local(column)).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", names.join(", "));
        let mut insert = self.connection.prepare_cached(&sql)?;
        let mut values = values.into_iter();
        loop {
            let row: Vec<Value> = values
                .by_ref()
                .take(columns.len())
                .zip(&moved)
                .map(|(value, moved)| match value {
                    Value::Integer(local) if *moved => Value::Integer(local + self.arrival.moved),
                    value => value,
                })
                .collect();
            if row.is_empty() {
                return Ok(());
            }
            insert.execute(rusqlite::params_from_iter(row.iter().chain(&own)))?;
        }
    }

    fn go_on(&self, chunk: i64, bytes: &[u8]) -> Result<(), StoreError> {
        let sql = format!("UPDATE {CHUNKS} SET bytes = CAST(bytes || ?2 AS BLOB) WHERE chunk = ?1");
        match self
            .connection
            .prepare_cached(&sql)?
            .execute(params![chunk, bytes])?
        {
            1 => Ok(()),
            _ => Err(StoreError::Unfit(
                "the snapshot goes on with a document that has not begun".to_owned(),
            )),
        }
    }
}
