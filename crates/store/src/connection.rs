//! The encrypted file: created, opened, told apart from damaged and foreign ones, brought up to date.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::log_end::LogEnd;
use crate::{DatabaseKey, StoreError};

/// The database of a data directory.
pub fn database_path(directory: &Path) -> PathBuf {
    directory.join("practice.db")
}

/// A file that SQLite keeps beside a database: `-wal` or `-shm`.
pub(crate) fn sidecar(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A copy of the database's first 16 bytes: with it a scribbled beginning is not mistaken for a wrong key.
pub(crate) fn mark_path(directory: &Path) -> PathBuf {
    directory.join("practice.mark")
}

/// “ORCA”.
const APPLICATION_ID: i32 = 0x4F52_4341;
pub(crate) const PAGE: u64 = 4096;
/// Pages kept in memory, as SQLite wants it said: negative, in KiB.
pub(crate) const CACHE_KIB: i64 = -65_536;
/// How long a write waits for another program's.
const PATIENCE: Duration = Duration::from_secs(5);

/// In order, forward only; the number of the last one is the file's `user_version`.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_start",
        include_str!("../../../migrations/workstation/0001_start.sql"),
    ),
    (
        "0002_rights",
        include_str!("../../../migrations/workstation/0002_rights.sql"),
    ),
    (
        "0003_audit",
        include_str!("../../../migrations/workstation/0003_audit.sql"),
    ),
    (
        "0004_released",
        include_str!("../../../migrations/workstation/0004_released.sql"),
    ),
    (
        "0005_inbox",
        include_str!("../../../migrations/workstation/0005_inbox.sql"),
    ),
    (
        "0006_hours",
        include_str!("../../../migrations/workstation/0006_hours.sql"),
    ),
    (
        "0007_classes",
        include_str!("../../../migrations/workstation/0007_classes.sql"),
    ),
    (
        "0008_series",
        include_str!("../../../migrations/workstation/0008_series.sql"),
    ),
    (
        "0009_policies_of_types",
        include_str!("../../../migrations/workstation/0009_policies_of_types.sql"),
    ),
    (
        "0010_templates",
        include_str!("../../../migrations/workstation/0010_templates.sql"),
    ),
    (
        "0011_type_details",
        include_str!("../../../migrations/workstation/0011_type_details.sql"),
    ),
    (
        "0012_visits_by_day",
        include_str!("../../../migrations/workstation/0012_visits_by_day.sql"),
    ),
    (
        "0013_arrive_early",
        include_str!("../../../migrations/workstation/0013_arrive_early.sql"),
    ),
    (
        "0014_limits_and_weights",
        include_str!("../../../migrations/workstation/0014_limits_and_weights.sql"),
    ),
    (
        "0015_procedures",
        include_str!("../../../migrations/workstation/0015_procedures.sql"),
    ),
    (
        "0016_equipment",
        include_str!("../../../migrations/workstation/0016_equipment.sql"),
    ),
    (
        "0017_assistants",
        include_str!("../../../migrations/workstation/0017_assistants.sql"),
    ),
    (
        "0018_second_provider",
        include_str!("../../../migrations/workstation/0018_second_provider.sql"),
    ),
];

/// The newest migration that gave records new columns or a new spelling. A file from before it may hold documents in which a newer
/// program wrote such fields already.
const NEWEST_FIELDS: u32 = 18;
/// In the settings while rows are to be made anew for that.
pub(crate) const ROWS_ARE_OLD: &str = "store.rows_are_old";

/// What this release writes.
pub const DATA_VERSION: u32 = MIGRATIONS.len() as u32;

/// Makes the file, with its tables, for [`open`]. Nothing is left behind if it fails.
pub(crate) fn create(directory: &Path, key: &DatabaseKey) -> Result<(Connection, LogEnd), StoreError> {
    let path = database_path(directory);
    if path.exists() {
        return Err(StoreError::AlreadyExists {
            path: directory.to_owned(),
        });
    }
    fs::create_dir_all(directory)?;
    let made = (|| {
        let log_end = LogEnd::admit(directory)?;
        let mut connection = connect(&path, key, OpenFlags::SQLITE_OPEN_CREATE)?;
        log_end.follow(&mut connection)?;
        settings(&connection)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        migrate(&connection, 0)?;
        fs::write(mark_path(directory), key.mark())?;
        Ok((connection, log_end))
    })();
    if made.is_err() {
        for suffix in ["", "-wal", "-shm"] {
            // Best effort: the failure that is reported is the first one.
            let _ = fs::remove_file(sidecar(&path, suffix));
        }
    }
    made
}

/// Opens the file. Before anything is written it is known that key and version fit.
pub(crate) fn open(directory: &Path, key: &DatabaseKey) -> Result<(Connection, LogEnd), StoreError> {
    let path = database_path(directory);
    if !path.exists() {
        return Err(StoreError::NotThere {
            path: directory.to_owned(),
        });
    }
    check_outside(directory, &path, key)?;
    let log_end = LogEnd::admit(directory)?;
    let careful = || {
        let connection = connect(&path, key, OpenFlags::empty())?;
        // Until the version is known to be ours, not even leaving may write.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        Ok::<_, StoreError>(connection)
    };
    let mut connection = careful()?;
    if lacks_room_to_share(&connection) {
        drop(connection);
        connection = careful()?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    let version = read_version(&connection)?;
    if version > DATA_VERSION {
        return Err(StoreError::NewerVersion {
            found: version,
            ours: DATA_VERSION,
        });
    }
    log_end.follow(&mut connection)?;
    settings(&connection)?;
    if version < DATA_VERSION {
        migrate(&connection, version)?;
        if version < NEWEST_FIELDS {
            connection.execute(
                "INSERT OR REPLACE INTO settings (key, value) VALUES (?1, x'01')",
                [ROWS_ARE_OLD],
            )?;
        }
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, log_end))
}

/// What programs share about the write-ahead log lies in a small file that the first of them makes. On a full disk there is
/// no room for it, and nothing could be read. A program that keeps the others out needs no such file: it can show the day,
/// and says that the disk is full when something is to be written.
fn lacks_room_to_share(connection: &Connection) -> bool {
    let looked = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    looked.is_err_and(|error| {
        error
            .sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
    })
}

/// Whether this program keeps every other connection out, because the disk was full when it opened the file. SQLite leaves
/// that only by opening the file again.
pub(crate) fn is_alone(connection: &Connection) -> bool {
    let mode = connection.pragma_query_value(None, "locking_mode", |row| row.get::<_, String>(0));
    mode.is_ok_and(|mode| mode == "exclusive")
}

/// SQLCipher cannot tell a wrong key from a damaged first page. The file's first 16 bytes are derived from
/// the key, so we can.
fn check_outside(directory: &Path, path: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    use std::io::Read;
    let mut head = [0; 16];
    let mut file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    // If the power went while the log was written back, the last page may be torn here, and is whole there.
    let has_log = fs::metadata(sidecar(path, "-wal")).is_ok_and(|log| log.len() > 0);
    if length < PAGE || (length % PAGE != 0 && !has_log) {
        return Err(StoreError::corrupt(format!(
            "it has {length} bytes, which is not a whole number of pages"
        )));
    }
    file.read_exact(&mut head)?;
    if head == key.mark() {
        return Ok(());
    }
    match fs::read(mark_path(directory)) {
        Ok(mark) if mark == key.mark() => Err(StoreError::corrupt("its beginning was overwritten")),
        Ok(mark) if mark.len() == 16 && mark != head => {
            Err(StoreError::corrupt("it is not the file that was made here"))
        }
        _ => Err(StoreError::WrongKey),
    }
}

pub(crate) fn connect(path: &Path, key: &DatabaseKey, create: OpenFlags) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
    let connection = Connection::open_with_flags(path, flags)?;
    // SQLCipher would write to standard error, which belongs to whoever called; what is wrong comes as an error.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.execute_batch(&key.pragma())?;
    connection.busy_timeout(PATIENCE)?;
    // Sorting and temporary tables stay in memory: nothing of a patient reaches another file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

fn settings(connection: &Connection) -> Result<(), StoreError> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Io(format!(
            "the disk cannot keep a write-ahead log (journal mode stayed {mode})"
        )));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", CACHE_KIB)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// As long as this lives, commits do not wait for the disk. Only for what the relay says again if it is lost: a power cut
/// then takes the newest of these commits, whole ones; the next commit that waits takes them along.
pub(crate) struct Unhurried<'c>(&'c Connection, &'c LogEnd);

impl<'c> Unhurried<'c> {
    /// To be made outside a transaction.
    pub fn new(connection: &'c Connection, log_end: &'c LogEnd) -> Result<Self, StoreError> {
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        log_end.is_unhurried.store(true, Ordering::Relaxed);
        Ok(Self(connection, log_end))
    }
}

impl Drop for Unhurried<'_> {
    fn drop(&mut self) {
        match self.0.pragma_update(None, "synchronous", "FULL") {
            Ok(()) => self.1.is_unhurried.store(false, Ordering::Relaxed),
            Err(error) => tracing::error!(%error, "commits no longer wait for the disk"),
        }
    }
}

fn read_version(connection: &Connection) -> Result<u32, StoreError> {
    let readable = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    });
    match readable {
        // The mark fits the key, so the key is right and the page is not.
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(StoreError::corrupt("its first page was overwritten"));
        }
        other => other?,
    };
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if id != APPLICATION_ID || version == 0 {
        return Err(StoreError::corrupt(
            "it was never finished, or another program made it",
        ));
    }
    u32::try_from(version).map_err(StoreError::corrupt)
}

/// The newest tables, empty, for tests of what SQLite makes of a question.
#[cfg(test)]
pub(crate) fn in_memory() -> Connection {
    let connection = Connection::open_in_memory().expect("memory");
    migrate(&connection, 0).expect("migrations that fit each other");
    connection
}

/// Each migration with its number in one transaction: after a crash the file is before it or after it.
fn migrate(connection: &Connection, from: u32) -> Result<(), StoreError> {
    for (number, (name, sql)) in MIGRATIONS.iter().enumerate().skip(from as usize) {
        let transaction =
            rusqlite::Transaction::new_unchecked(connection, rusqlite::TransactionBehavior::Immediate)?;
        // Another program may have been faster.
        let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version as usize > number {
            continue;
        }
        tracing::info!(migration = name, "bringing the practice’s file up to date");
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", number as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
