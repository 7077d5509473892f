//! The logs in SQLite: one file, one relay.

mod aside;
mod data_dir;
mod packs;
mod pruning;

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use sync::id::{ChainHash, ClaimKey, EnvelopeId, LetterId, LookupId, MailBoxId, PracticeId, SetId};
use sync::keys::SigningPublic;
use sync::log::LogEntry;
use sync::relay::{
    Log, LogError, MailBox, NewEntry, Page, Pruned, Reached, ReadLog, StoredParcel, Submission, Write,
};
use sync::wire::{Head, Holder, Letter, PutParcel};

use super::{AsideUsage, Step, Storage, Usage, signed};

pub use data_dir::{CannotOpen, DataDir};

/// One connection to the logs.
pub struct SqliteLog {
    connection: Connection,
    numbers: HashMap<PracticeId, i64>,
    /// What the last write stored, for handing on to those who follow the head.
    written: Vec<NewEntry>,
}

fn failed(error: rusqlite::Error) -> LogError {
    LogError(format!("SQLite: {error}"))
}

fn hash(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<ChainHash> {
    row.get::<_, [u8; 32]>(column).map(ChainHash)
}

fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column)
        .map(|number| u64::try_from(number).unwrap_or(0))
}

impl SqliteLog {
    fn over(connection: Connection) -> Self {
        Self {
            connection,
            numbers: HashMap::new(),
            written: Vec::new(),
        }
    }

    fn number(&mut self, practice: PracticeId) -> Result<Option<i64>, LogError> {
        if let Some(number) = self.numbers.get(&practice) {
            return Ok(Some(*number));
        }
        let number: Option<i64> = self
            .connection
            .prepare_cached("SELECT number FROM practice WHERE id = ?1")
            .and_then(|mut query| query.query_row([&practice.0[..]], |row| row.get(0)).optional())
            .map_err(failed)?;
        if let Some(number) = number {
            self.numbers.insert(practice, number);
        }
        Ok(number)
    }
}

impl ReadLog for SqliteLog {
    fn head(&mut self, practice: PracticeId) -> Result<Option<Head>, LogError> {
        let Some(number) = self.number(practice)? else {
            return Ok(None);
        };
        self.connection
            .prepare_cached(
                "SELECT position, hash FROM entry WHERE practice = ?1 ORDER BY position DESC LIMIT 1",
            )
            .and_then(|mut query| {
                query
                    .query_row([number], |row| {
                        Ok(Head {
                            position: unsigned(row, 0)?,
                            hash: hash(row, 1)?,
                        })
                    })
                    .optional()
            })
            .map_err(failed)
    }

    fn statements(&mut self, practice: PracticeId) -> Result<Vec<LogEntry>, LogError> {
        let Some(number) = self.number(practice)? else {
            return Ok(Vec::new());
        };
        let sql =
            "SELECT position, bytes FROM entry WHERE practice = ?1 AND is_statement = 1 ORDER BY position";
        let mut query = self.connection.prepare_cached(sql).map_err(failed)?;
        let rows = query
            .query_map([number], |row| {
                Ok(LogEntry {
                    position: unsigned(row, 0)?,
                    bytes: row.get(1)?,
                })
            })
            .map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn position_of(&mut self, practice: PracticeId, id: EnvelopeId) -> Result<Option<u64>, LogError> {
        let Some(number) = self.number(practice)? else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT position FROM entry WHERE practice = ?1 AND id = ?2")
            .and_then(|mut query| {
                query
                    .query_row(params![number, &id.0[..]], |row| unsigned(row, 0))
                    .optional()
            })
            .map_err(failed)
    }

    fn hash_at(&mut self, practice: PracticeId, position: u64) -> Result<Option<ChainHash>, LogError> {
        let Some(number) = self.number(practice)? else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT hash FROM entry WHERE practice = ?1 AND position = ?2")
            .and_then(|mut query| {
                query
                    .query_row(params![number, signed(position)], |row| hash(row, 0))
                    .optional()
            })
            .map_err(failed)
    }

    fn page(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Page, LogError> {
        let mut page = Page {
            after,
            envelopes: Vec::new(),
            hash: ChainHash([0; 32]),
        };
        let Some(number) = self.number(practice)? else {
            return Ok(page);
        };
        let sql = "SELECT coalesce(cold.bytes, entry.bytes), hash FROM entry LEFT JOIN cold USING (practice, position) \
                   WHERE entry.practice = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
        let mut query = self.connection.prepare_cached(sql).map_err(failed)?;
        let limit = i64::try_from(max_entries).unwrap_or(i64::MAX);
        let mut rows = query
            .query(params![number, signed(after), limit])
            .map_err(failed)?;
        let mut size = 0;
        while let Some(row) = rows.next().map_err(failed)? {
            let bytes: Vec<u8> = row.get(0).map_err(failed)?;
            size += bytes.len();
            if size > max_bytes && !page.envelopes.is_empty() {
                break;
            }
            page.envelopes.push(bytes);
            page.hash = hash(row, 1).map_err(failed)?;
        }
        Ok(page)
    }

    fn parcel(&mut self, lookup: LookupId) -> Result<Option<StoredParcel>, LogError> {
        let sql = "SELECT practice.id, invitation, sealed, expires_at FROM parcel \
                   JOIN practice ON practice.number = parcel.practice WHERE lookup = ?1";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| {
                query
                    .query_row([&lookup.0[..]], |row| {
                        Ok(StoredParcel {
                            practice: PracticeId(row.get(0)?),
                            parcel: PutParcel {
                                lookup,
                                invitation: SigningPublic(row.get(1)?),
                                sealed: row.get(2)?,
                                expires_at_millis: unsigned(row, 3)?,
                            },
                        })
                    })
                    .optional()
            })
            .map_err(failed)
    }

    fn parcels_of(&mut self, practice: PracticeId) -> Result<u64, LogError> {
        let Some(number) = self.number(practice)? else {
            return Ok(0);
        };
        self.connection
            .prepare_cached("SELECT count(*) FROM parcel WHERE practice = ?1")
            .and_then(|mut query| query.query_row([number], |row| unsigned(row, 0)))
            .map_err(failed)
    }

    fn pack(&mut self, practice: PracticeId, set: SetId, number: u32) -> Result<Option<Vec<u8>>, LogError> {
        match self.number(practice)? {
            Some(practice) => packs::read(&self.connection, practice, set, number).map_err(failed),
            None => Ok(None),
        }
    }

    fn packs_of(&mut self, practice: PracticeId, set: SetId) -> Result<u64, LogError> {
        match self.number(practice)? {
            Some(practice) => packs::count(&self.connection, practice, set).map_err(failed),
            None => Ok(0),
        }
    }

    fn claim(&mut self, practice: PracticeId, key: ClaimKey) -> Result<Option<Holder>, LogError> {
        match self.number(practice)? {
            Some(practice) => aside::holder(&self.connection, practice, key).map_err(failed),
            None => Ok(None),
        }
    }

    fn mail_box(&mut self, practice: PracticeId) -> Result<MailBox, LogError> {
        match self.number(practice)? {
            Some(practice) => aside::mail_box(&self.connection, practice).map_err(failed),
            None => Ok(MailBox::default()),
        }
    }

    fn practice_of(&mut self, mail_box: MailBoxId) -> Result<Option<PracticeId>, LogError> {
        aside::practice_of(&self.connection, mail_box).map_err(failed)
    }

    fn letter(&mut self, practice: PracticeId, id: LetterId) -> Result<Option<u64>, LogError> {
        match self.number(practice)? {
            Some(practice) => aside::letter(&self.connection, practice, id).map_err(failed),
            None => Ok(None),
        }
    }

    fn letters(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_letters: usize,
        max_bytes: usize,
    ) -> Result<Vec<Letter>, LogError> {
        match self.number(practice)? {
            Some(practice) => {
                aside::letters(&self.connection, practice, after, max_letters, max_bytes).map_err(failed)
            }
            None => Ok(Vec::new()),
        }
    }

    fn reached(&mut self, practice: PracticeId) -> Result<Vec<Reached>, LogError> {
        match self.number(practice)? {
            Some(practice) => pruning::reached(&self.connection, practice).map_err(failed),
            None => Ok(Vec::new()),
        }
    }

    fn pruned(&mut self, practice: PracticeId) -> Result<Pruned, LogError> {
        match self.number(practice)? {
            Some(practice) => pruning::pruned(&self.connection, practice).map_err(failed),
            None => Ok(Pruned::default()),
        }
    }
}

impl Storage for SqliteLog {
    fn begin(&mut self, _: &[Submission]) -> Result<Vec<(PracticeId, Head)>, LogError> {
        Ok(Vec::new()) // The directory is this process's own: nobody else appends.
    }

    fn finish(&mut self) {}

    fn heads(&mut self, _: &[PracticeId]) -> Result<Vec<(PracticeId, Head)>, LogError> {
        Ok(Vec::new())
    }

    fn usage(&mut self, practice: PracticeId) -> Result<Usage, LogError> {
        let sql = "SELECT bytes, (SELECT max(position) FROM entry WHERE practice = number) - pruned, pack_bytes \
                   FROM practice WHERE id = ?1";
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| {
                query
                    .query_row([&practice.0[..]], |row| {
                        Ok(Usage {
                            bytes: unsigned(row, 0)?,
                            envelopes: unsigned(row, 1)?,
                            pack_bytes: unsigned(row, 2)?,
                        })
                    })
                    .optional()
            })
            .map_err(failed)?;
        Ok(found.unwrap_or_default())
    }

    fn aside_usage(&mut self, practice: PracticeId) -> Result<AsideUsage, LogError> {
        let Some(number) = self.number(practice)? else {
            return Ok(AsideUsage::default());
        };
        let claims = self
            .connection
            .prepare_cached("SELECT claims FROM practice WHERE number = ?1")
            .and_then(|mut query| query.query_row([number], |row| unsigned(row, 0)))
            .map_err(failed)?;
        let (letters, letter_bytes) = aside::mail_usage(&self.connection, number).map_err(failed)?;
        Ok(AsideUsage {
            claims,
            letters,
            letter_bytes,
        })
    }

    fn mail_boxes(&mut self, _: &[PracticeId]) -> Result<Vec<(PracticeId, MailBox)>, LogError> {
        Ok(Vec::new())
    }

    fn take_written(&mut self) -> Vec<NewEntry> {
        std::mem::take(&mut self.written)
    }

    fn with_snapshots(&mut self) -> Result<Vec<PracticeId>, LogError> {
        pruning::with_snapshots(&self.connection).map_err(failed)
    }

    fn chill(
        &mut self,
        practice: PracticeId,
        up_to: u64,
        now_millis: u64,
        most: u32,
    ) -> Result<Step, LogError> {
        match self.number(practice)? {
            Some(practice) => {
                pruning::chill(&mut self.connection, practice, up_to, now_millis, most).map_err(failed)
            }
            None => Ok(Step::default()),
        }
    }

    fn delete_cold(
        &mut self,
        practice: PracticeId,
        up_to: u64,
        moved_before: u64,
        most: u32,
    ) -> Result<Step, LogError> {
        match self.number(practice)? {
            Some(practice) => pruning::delete_cold(&mut self.connection, practice, up_to, moved_before, most)
                .map_err(failed),
            None => Ok(Step::default()),
        }
    }

    /// Moves the write-ahead log into the file.
    fn close(&mut self) {
        let done = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::warn!(%error, "the write-ahead log could not be moved into the file; the next start will do it");
        }
    }
}

impl Log for SqliteLog {
    fn write(&mut self, writes: &[Write]) -> Result<(), LogError> {
        let mut registered = Vec::new();
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(failed)?;
        for write in writes {
            if let Write::Entry(entry) = write
                && entry.position == 1
            {
                transaction
                    .prepare_cached("INSERT INTO practice (id, registered_at) VALUES (?1, ?2)")
                    .and_then(|mut insert| {
                        insert.execute(params![&entry.practice.0[..], signed(entry.received_at)])
                    })
                    .map_err(failed)?;
                registered.push(entry.practice);
                self.numbers
                    .insert(entry.practice, transaction.last_insert_rowid());
            }
            store(&transaction, &self.numbers, write)
                .map_err(failed)
                .inspect_err(|_| {
                    for practice in &registered {
                        self.numbers.remove(practice);
                    }
                })?;
        }
        weigh(&transaction, &self.numbers, writes)
            .and_then(|()| transaction.commit())
            .map_err(failed)
            .inspect_err(|_| {
                for practice in &registered {
                    self.numbers.remove(practice);
                }
            })?;
        self.written.extend(writes.iter().filter_map(|write| match write {
            Write::Entry(entry) => Some(entry.clone()),
            _ => None,
        }));
        Ok(())
    }
}

/// Adds what was written to each practice's weight.
fn weigh(
    transaction: &Connection,
    numbers: &HashMap<PracticeId, i64>,
    writes: &[Write],
) -> rusqlite::Result<()> {
    let mut added: HashMap<PracticeId, u64> = HashMap::new();
    for write in writes {
        if let Write::Entry(entry) = write {
            *added.entry(entry.practice).or_default() += entry.bytes.len() as u64;
        }
    }
    for (practice, bytes) in added {
        transaction
            .prepare_cached("UPDATE practice SET bytes = bytes + ?2 WHERE number = ?1")?
            .execute(params![numbers.get(&practice), signed(bytes)])?;
    }
    Ok(())
}

fn store(
    transaction: &Connection,
    numbers: &HashMap<PracticeId, i64>,
    write: &Write,
) -> rusqlite::Result<()> {
    let number = |practice: &PracticeId| {
        numbers
            .get(practice)
            .copied()
            .ok_or(rusqlite::Error::QueryReturnedNoRows)
    };
    match write {
        Write::Entry(entry) => {
            let sql = "INSERT INTO entry (practice, position, id, hash, is_statement, received_at, bytes) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            transaction.prepare_cached(sql)?.execute(params![
                number(&entry.practice)?,
                signed(entry.position),
                &entry.id.0[..],
                &entry.hash.0[..],
                entry.is_statement,
                signed(entry.received_at),
                &entry.bytes
            ])?;
        }
        Write::Parcel(StoredParcel { practice, parcel }) => {
            let sql = "INSERT INTO parcel (lookup, practice, invitation, sealed, expires_at) \
                       VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (lookup) DO UPDATE \
                       SET sealed = excluded.sealed, expires_at = excluded.expires_at \
                       WHERE practice = excluded.practice";
            transaction.prepare_cached(sql)?.execute(params![
                &parcel.lookup.0[..],
                number(practice)?,
                &parcel.invitation.0[..],
                &parcel.sealed,
                signed(parcel.expires_at_millis)
            ])?;
        }
        Write::DropParcel(invitation) => {
            transaction
                .prepare_cached("DELETE FROM parcel WHERE invitation = ?1")?
                .execute([&invitation.0[..]])?;
        }
        Write::DropExpired(now) => {
            transaction
                .prepare_cached("DELETE FROM parcel WHERE expires_at < ?1")?
                .execute([signed(*now)])?;
        }
        Write::Pack(stored) => packs::put(transaction, number(&stored.practice)?, stored)?,
        Write::Snapshot(index) => packs::complete(transaction, number(&index.stored.practice)?, index)?,
        Write::TidySnapshots {
            practice,
            unfinished_before,
            needed,
        } => packs::tidy(transaction, number(practice)?, *unfinished_before, needed)?,
        Write::Claim(claim) => aside::give(transaction, number(&claim.practice)?, claim)?,
        Write::Mail(mail) => aside::write(transaction, number(&mail.practice())?, mail)?,
        Write::Reached { practice, reached } => {
            pruning::note_reached(transaction, number(practice)?, reached)?;
        }
    }
    Ok(())
}
