//! A practice that is not one yet: made in a folder of its own inside the data directory, and moved into place when it is
//! whole. Whatever breaks off before leaves no practice, and the same can be done again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::backup::sync_folder;
use crate::connection::{database_path, mark_path, sidecar};
use crate::scratch::Scratch;
use crate::vault::key_file;
use crate::{Store, StoreError};

/// A practice in the making. Dropped before [`Draft::move_in`], nothing of it stays.
pub struct Draft {
    directory: PathBuf,
    scratch: Scratch,
}

impl Draft {
    /// Begins one for a data directory without a practice, and removes what an earlier, broken-off one left. Whoever calls
    /// keeps other programs from doing the same at the same time.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] also if only a write-ahead log lies there: it would be taken for the new file's own.
    pub fn begin(directory: &Path) -> Result<Draft, StoreError> {
        let database = database_path(directory);
        if database.exists() || sidecar(&database, "-wal").exists() || sidecar(&database, "-shm").exists() {
            return Err(StoreError::AlreadyExists {
                path: directory.to_owned(),
            });
        }
        Ok(Draft {
            directory: directory.to_owned(),
            scratch: Scratch::new(directory.join("beginning.draft"))?,
        })
    }

    /// Where everything is to be put: the database, its mark, and its key behind a passphrase if there is one.
    pub fn path(&self) -> &Path {
        self.scratch.path()
    }

    /// Makes it the practice of its directory, durably: from one rename on it is there. Its store must be closed
    /// ([`Store::settle`] before).
    ///
    /// # Errors
    /// If something of it is not in the main file, or the disk refuses. There is no practice then.
    pub fn move_in(self) -> Result<(), StoreError> {
        let (from, to) = (self.path(), self.directory.as_path());
        let database = database_path(from);
        // It is named after the file that it belongs to and would be left behind.
        if sidecar(&database, "-wal")
            .metadata()
            .is_ok_and(|log| log.len() > 0)
        {
            return Err(StoreError::Io("the new practice could not be closed".into()));
        }
        for file in [&database, &mark_path(from)] {
            File::open(file)?.sync_all()?;
        }
        if key_file(from).exists() {
            fs::rename(key_file(from), key_file(to))?;
        }
        fs::rename(mark_path(from), mark_path(to))?;
        // Key and mark are of use to nobody without it; with it there is a practice, so they must lie safely before.
        sync_folder(to)?;
        fs::rename(&database, database_path(to))?;
        sync_folder(to)
    }
}

impl Store {
    /// Brings what nobody is in the way of from the log to the main file.
    pub(crate) fn settle_what_goes(&self) -> Result<(), StoreError> {
        let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
        Ok(self.connection.query_row(checkpoint, [], |_| Ok(()))?)
    }

    /// Brings everything into the main file, so that it is whole without its write-ahead log once it is closed.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another program is in the file; what the disk refuses.
    pub fn settle(&self) -> Result<(), StoreError> {
        let is_blocked: bool = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_blocked { Err(StoreError::Busy) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use clinic::{PracticeId, WorkstationId};

    use super::*;
    use crate::DatabaseKey;

    fn store(draft: &Draft, key: &DatabaseKey) -> Store {
        Store::create(draft.path(), key, PracticeId(1), WorkstationId(2)).unwrap()
    }

    #[test]
    fn there_is_a_practice_only_when_it_has_moved_in() {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::from_bytes([7; 32]);
        let draft = Draft::begin(folder.path()).unwrap();
        store(&draft, &key).settle().unwrap();
        assert!(!database_path(folder.path()).exists());
        drop(draft);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing stays of it"
        );

        // One that was broken off is in nobody's way.
        fs::create_dir(folder.path().join("beginning.draft")).unwrap();
        fs::write(database_path(&folder.path().join("beginning.draft")), "half").unwrap();
        let draft = Draft::begin(folder.path()).unwrap();
        store(&draft, &key).settle().unwrap();
        draft.move_in().unwrap();
        assert!(Store::open(folder.path(), &key).is_ok());
        assert!(!folder.path().join("beginning.draft").exists());
        assert!(matches!(
            Draft::begin(folder.path()),
            Err(StoreError::AlreadyExists { .. })
        ));
    }

    #[test]
    fn what_is_only_in_the_log_may_not_move_in() {
        let folder = tempfile::tempdir().unwrap();
        let draft = Draft::begin(folder.path()).unwrap();
        let open = store(&draft, &DatabaseKey::from_bytes([7; 32]));
        assert!(matches!(draft.move_in(), Err(StoreError::Io(_))));
        drop(open);
        assert!(!database_path(folder.path()).exists());
    }

    #[test]
    fn a_log_that_somebody_left_behind_is_not_taken_for_its_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("practice.db-wal"), "old").unwrap();
        assert!(matches!(
            Draft::begin(folder.path()),
            Err(StoreError::AlreadyExists { .. })
        ));
    }
}
