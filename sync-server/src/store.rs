//! The relay's logs in SQLite: WAL with `synchronous=FULL`, so that what was acknowledged survives a power cut.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use sync::id::{ChainHash, EnvelopeId, LookupId, PracticeId};
use sync::keys::SigningPublic;
use sync::log::LogEntry;
use sync::relay::{Log, LogError, NewEntry, Page, ReadLog, StoredParcel, Write};
use sync::wire::{Head, PutParcel};

/// Numbered, forward-only; the file's `user_version` says how many were applied.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/relay-sqlite/0001_logs.sql")];
/// "OrRL" in the file's header: a relay's log and nothing else.
const APPLICATION_ID: u32 = 0x4f72_524c;
const FILE: &str = "relay.sqlite";
const LOCK: &str = "relay.lock";
/// Larger files are not checked at every start; damage is then noticed when it is read.
const CHECK_UP_TO_BYTES: u64 = 64 * 1024 * 1024;

/// Why the relay does not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    #[error("cannot use {path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("another relay is running on {path}: stop it first, or give this one its own --data")]
    InUse { path: PathBuf },
    #[error("{path} is not a relay's database; it was left as it is")]
    NotOurs { path: PathBuf },
    #[error(
        "{path} was written by a newer orca-relay (format {found}, this one knows {known}); it was left as it is: \
         update orca-relay"
    )]
    Newer { path: PathBuf, found: u32, known: u32 },
    #[error("{path} is damaged ({what}); it was left as it is: restore it from a backup")]
    Damaged { path: PathBuf, what: String },
    #[error("cannot open {path}: {source}")]
    Sqlite { path: PathBuf, source: rusqlite::Error },
}

/// The data directory, held by one process.
#[derive(Debug)]
pub struct DataDir {
    file: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Takes the directory, checks what is in it and brings it up to date.
    pub fn open(directory: &Path) -> Result<Self, CannotOpen> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| CannotOpen::Io { path, source }
        };
        std::fs::create_dir_all(directory).map_err(io(directory))?;
        let lock_path = directory.join(LOCK);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(io(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(CannotOpen::InUse {
                    path: directory.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(CannotOpen::Io {
                    path: lock_path,
                    source,
                });
            }
        }
        let file = directory.join(FILE);
        check_header(&file)?;
        let data = Self { file, _lock: lock };
        data.migrate()?;
        Ok(data)
    }

    fn migrate(&self) -> Result<(), CannotOpen> {
        let sqlite = |source: rusqlite::Error| match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                CannotOpen::Damaged {
                    path: self.file.clone(),
                    what: source.to_string(),
                }
            }
            _ => CannotOpen::Sqlite {
                path: self.file.clone(),
                source,
            },
        };
        let mut connection = connect(&self.file, false).map_err(sqlite)?;
        let applied: u32 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(sqlite)?;
        let known = u32::try_from(MIGRATIONS.len()).expect("few migrations");
        if applied > known {
            return Err(CannotOpen::Newer {
                path: self.file.clone(),
                found: applied,
                known,
            });
        }
        let length = std::fs::metadata(&self.file).map(|file| file.len()).unwrap_or(0);
        if applied > 0 && length <= CHECK_UP_TO_BYTES {
            let verdict: String = connection
                .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
                .map_err(sqlite)?;
            if verdict != "ok" {
                return Err(CannotOpen::Damaged {
                    path: self.file.clone(),
                    what: verdict,
                });
            }
        }
        for (index, migration) in MIGRATIONS.iter().enumerate().skip(applied as usize) {
            let transaction = connection.transaction().map_err(sqlite)?;
            transaction.execute_batch(migration).map_err(sqlite)?;
            transaction
                .pragma_update(
                    None,
                    "user_version",
                    u32::try_from(index + 1).expect("few migrations"),
                )
                .map_err(sqlite)?;
            transaction
                .pragma_update(None, "application_id", APPLICATION_ID)
                .map_err(sqlite)?;
            transaction.commit().map_err(sqlite)?;
        }
        // So that the header, which the next start reads before SQLite does, says the same as the log file.
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(sqlite)?;
        Ok(())
    }

    /// The one connection that writes.
    pub fn writer(&self) -> Result<SqliteLog, CannotOpen> {
        self.log(false)
    }

    pub fn reader(&self) -> Result<SqliteLog, CannotOpen> {
        self.log(true)
    }

    fn log(&self, read_only: bool) -> Result<SqliteLog, CannotOpen> {
        let connection = connect(&self.file, read_only).map_err(|source| CannotOpen::Sqlite {
            path: self.file.clone(),
            source,
        })?;
        Ok(SqliteLog {
            connection,
            numbers: HashMap::new(),
            written: Vec::new(),
        })
    }
}

/// Looks at the first bytes without opening the file as a database, which might already change it.
fn check_header(file: &Path) -> Result<(), CannotOpen> {
    let mut header = Vec::new();
    match File::open(file) {
        Ok(open) => open
            .take(100)
            .read_to_end(&mut header)
            .map_err(|source| CannotOpen::Io {
                path: file.to_owned(),
                source,
            })?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => {
            return Err(CannotOpen::Io {
                path: file.to_owned(),
                source,
            });
        }
    };
    // https://www.sqlite.org/fileformat2.html#the_database_header
    let number = |at: usize| {
        header
            .get(at..at + 4)
            .map(|four| u32::from_be_bytes(four.try_into().expect("four bytes")))
    };
    let (Some(version), Some(application)) = (number(60), number(68)) else {
        if header.is_empty() {
            return Ok(()); // Created, but the first migration never committed.
        }
        return Err(CannotOpen::NotOurs {
            path: file.to_owned(),
        });
    };
    let is_new = version == 0 && application == 0;
    if !header.starts_with(b"SQLite format 3\0") || (application != APPLICATION_ID && !is_new) {
        return Err(CannotOpen::NotOurs {
            path: file.to_owned(),
        });
    }
    let known = u32::try_from(MIGRATIONS.len()).expect("few migrations");
    if version > known {
        return Err(CannotOpen::Newer {
            path: file.to_owned(),
            found: version,
            known,
        });
    }
    Ok(())
}

fn connect(file: &Path, read_only: bool) -> rusqlite::Result<Connection> {
    let flags = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    if !read_only {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
    }
    connection.pragma_update(None, "cache_size", if read_only { -2_000 } else { -16_000 })?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

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

/// Positions and times fit into SQLite's signed integers.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn hash(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<ChainHash> {
    row.get::<_, [u8; 32]>(column).map(ChainHash)
}

fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column)
        .map(|number| u64::try_from(number).unwrap_or(0))
}

impl SqliteLog {
    /// What the last write stored.
    pub fn take_written(&mut self) -> Vec<NewEntry> {
        std::mem::take(&mut self.written)
    }

    /// Moves the write-ahead log into the file, before a clean stop.
    pub fn checkpoint(&mut self) -> Result<(), LogError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(failed)
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
        let sql =
            "SELECT bytes, hash FROM entry WHERE practice = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
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
        transaction.commit().map_err(failed).inspect_err(|_| {
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
    }
    Ok(())
}
