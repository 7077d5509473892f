//! The directory with the SQLite file: held by one process, checked, brought up to date. WAL with `synchronous=FULL`, so
//! that what was acknowledged survives a power cut.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::SqliteLog;

/// Numbered, forward-only; the file's `user_version` says how many were applied.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/relay-sqlite/0001_logs.sql"),
    include_str!("../../../../migrations/relay-sqlite/0002_usage.sql"),
    include_str!("../../../../migrations/relay-sqlite/0003_snapshots.sql"),
    include_str!("../../../../migrations/relay-sqlite/0004_claims_and_mail.sql"),
    include_str!("../../../../migrations/relay-sqlite/0005_pruning.sql"),
];
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
        Ok(SqliteLog::over(connection))
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
