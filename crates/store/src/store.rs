//! An open practice: its file, the documents and indexes in memory, and what others wrote meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use automerge::ActorId;
use clinic::{Op, PatientId, PracticeId, Roster, WorkstationId};
use rusqlite::{Connection, params};

use crate::changes::{ChangeSet, NetChanges};
use crate::documents::Documents;
use crate::log;
use crate::log_end::LogEnd;
use crate::memory::{Memory, PatientHead};
use crate::queries::{HistoryFilter, Reads};
use crate::search::Found;
use crate::snapshot::arriving;
use crate::vault::random;
use crate::{DatabaseKey, StoreError, audit, connection, genesis};

/// This run of the program as an author of Automerge changes.
pub(crate) struct Incarnation {
    pub bytes: [u8; 16],
    /// Whether the table of actors has it.
    pub is_registered: bool,
}

/// How much of the file this program has taken notice of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub local: i64,
    pub data_version: i64,
    pub rebuilds: i64,
}

/// The practice on this workstation. One per program; several programs may have the same file open.
pub struct Store {
    pub(crate) connection: Connection,
    // After the connection: it is closed first.
    pub(crate) log_end: LogEnd,
    /// Where it lies and what opens it: a backup reads it through a connection of its own.
    pub(crate) directory: PathBuf,
    pub(crate) key: DatabaseKey,
    pub(crate) practice: PracticeId,
    pub(crate) workstation: WorkstationId,
    pub(crate) incarnation: Incarnation,
    pub(crate) documents: Documents,
    pub(crate) memory: Memory,
    pub(crate) audit: audit::Own,
    pub(crate) seen: Seen,
    /// What other programs committed and nobody has asked for yet.
    pub(crate) unread: Vec<Arc<ChangeSet>>,
    /// A snapshot is not here completely.
    pub(crate) is_arriving: bool,
}

const PRACTICE: &str = "store.practice";
const WORKSTATION: &str = "store.workstation";
const REBUILDS: &str = "store.rebuilds";

impl Store {
    /// Makes an empty practice in a directory, which may exist. Nothing is left behind if it fails.
    pub fn create(
        directory: &Path,
        key: &DatabaseKey,
        practice: PracticeId,
        workstation: WorkstationId,
    ) -> Result<Store, StoreError> {
        let (connection, log_end) = connection::create(directory, key)?;
        let transaction = connection.unchecked_transaction()?;
        set(&transaction, PRACTICE, &practice.to_bytes())?;
        set(&transaction, WORKSTATION, &workstation.to_bytes())?;
        transaction.execute(
            "INSERT INTO relay (one, cursor, chain, acknowledged) VALUES (1, 0, zeroblob(32), 0)",
            [],
        )?;
        transaction.commit()?;
        Store::start(connection, log_end, directory, key)
    }

    /// The same practice once more, through a connection of its own: for long reading while others work.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn again(&self) -> Result<Store, StoreError> {
        Store::open(&self.directory, &self.key)
    }

    /// Opens the practice of a directory.
    pub fn open(directory: &Path, key: &DatabaseKey) -> Result<Store, StoreError> {
        let (connection, log_end) = connection::open(directory, key)?;
        let mut store = Store::start(connection, log_end, directory, key)?;
        if store.reads().setting(connection::ROWS_ARE_OLD)?.is_some()
            && let Err(error) = store.bring_rows_up_to_date()
        {
            // What the older program showed is still there; the next start tries again.
            tracing::warn!(%error, "rows could not be brought up to date");
        }
        Ok(store)
    }

    /// Documents may say more than the program that made the rows could understand.
    fn bring_rows_up_to_date(&mut self) -> Result<(), StoreError> {
        self.rebuild(false, &mut |_, _| ())?;
        self.connection
            .execute("DELETE FROM settings WHERE key = ?1", [connection::ROWS_ARE_OLD])?;
        Ok(())
    }

    fn start(
        connection: Connection,
        log_end: LogEnd,
        directory: &Path,
        key: &DatabaseKey,
    ) -> Result<Store, StoreError> {
        let reads = Reads::new(&connection);
        let id = |key: &str| -> Result<[u8; 16], StoreError> {
            let bytes = reads
                .setting(key)?
                .and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
            bytes.ok_or_else(|| StoreError::corrupt("it does not say whose it is"))
        };
        let practice = PracticeId::from_bytes(id(PRACTICE)?);
        let workstation = WorkstationId::from_bytes(id(WORKSTATION)?);
        let bytes = random::<16>()?;
        let actor: ActorId = genesis::actor(workstation, &bytes);
        let memory = Memory::load(&connection, practice)?;
        let seen = look(&connection)?;
        Ok(Store {
            practice,
            workstation,
            incarnation: Incarnation {
                bytes,
                is_registered: false,
            },
            documents: Documents::new(actor),
            memory,
            audit: audit::Own {
                practice,
                workstation,
                via: audit::Via::default(),
                waiting: Vec::new(),
            },
            seen,
            unread: Vec::new(),
            is_arriving: arriving(&connection)?.is_some(),
            connection,
            log_end,
            directory: directory.to_owned(),
            key: key.clone(),
        })
    }

    /// Goes on as this incarnation instead of a random one: for tests that must repeat exactly. Give none that was
    /// used before, and none after the first write.
    pub fn reincarnate(&mut self, bytes: [u8; 16]) {
        self.documents = Documents::new(genesis::actor(self.workstation, &bytes));
        self.incarnation = Incarnation {
            bytes,
            is_registered: false,
        };
    }

    pub fn practice(&self) -> PracticeId {
        self.practice
    }

    pub fn workstation(&self) -> WorkstationId {
        self.workstation
    }

    /// Versions of templates that were read.
    pub fn kept_versions(&self) -> &crate::KeptVersions {
        &self.memory.versions
    }

    /// The practice, its places and people.
    pub fn roster(&self) -> Arc<Roster> {
        self.memory.roster.clone()
    }

    /// Typed queries; see [`Reads`].
    pub fn reads(&self) -> Reads<'_> {
        Reads::new(&self.connection)
    }

    /// What cards show of their patients; kept in memory. `None` if there is no such patient.
    pub fn patient_head(&self, id: PatientId) -> Result<Option<Arc<PatientHead>>, StoreError> {
        self.memory.head(&self.connection, id)
    }

    /// Patients by name in any order, phone, birth date or chart number, as typed so far; best first.
    pub fn search_patients(&self, text: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
        self.memory
            .with_search(&self.connection, |search| search.find(text, limit))
    }

    /// Who is here and may be the same person as somebody who is to be added, the likeliest first: the same names, or similar ones with
    /// the same birth date or telephone number.
    pub fn similar_patients(&self, patient: &clinic::Patient) -> Result<Vec<clinic::PatientId>, StoreError> {
        self.memory
            .with_search(&self.connection, |search| search.similar(patient))
    }

    /// Keeps one of the program's own notes; `None` removes it. Never synced.
    pub fn set_setting(&mut self, key: &str, value: Option<&[u8]>) -> Result<(), StoreError> {
        match value {
            Some(value) => set(&self.connection, key, value),
            None => {
                self.connection
                    .execute("DELETE FROM settings WHERE key = ?1", [key])?;
                Ok(())
            }
        }
    }

    /// How many documents are loaded; at most 500.
    pub fn documents_in_memory(&self) -> usize {
        self.documents.len()
    }

    /// Notices what other programs committed to the same file: memory follows, and what changed is returned
    /// once. Cheap when nothing happened.
    pub fn refresh(&mut self) -> Result<Vec<Arc<ChangeSet>>, StoreError> {
        self.catch_up_if_stale()?;
        Ok(std::mem::take(&mut self.unread))
    }

    pub(crate) fn catch_up_if_stale(&mut self) -> Result<(), StoreError> {
        if data_version(&self.connection)? != self.seen.data_version {
            self.catch_up()
        } else {
            Ok(())
        }
    }

    fn catch_up(&mut self) -> Result<(), StoreError> {
        let before = self.seen;
        let now = look(&self.connection)?;
        if now.rebuilds != before.rebuilds {
            self.reload()?;
            self.unread.push(Arc::new(ChangeSet {
                reload: true,
                ..self.foreign(Vec::new())
            }));
        } else if now.local != before.local && !self.is_arriving {
            // What arrives beside this program is old, and told of when all of it is here.
            self.read_entries(before.local)?;
        }
        self.seen = now;
        Ok(())
    }

    /// Everything in memory anew.
    pub(crate) fn reload(&mut self) -> Result<(), StoreError> {
        self.documents.forget_all();
        self.is_arriving = arriving(&self.connection)?.is_some();
        self.memory = Memory::load(&self.connection, self.practice)?;
        Ok(())
    }

    /// Entries after `local`: one change set for each own one, one for what came in with each merge.
    fn read_entries(&mut self, local: i64) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT {}, own_sequence FROM log WHERE local > ?1 AND verdict = 0 ORDER BY local",
            log::COLUMNS
        );
        let entries = Reads::new(&self.connection).all(&sql, [local], |row| {
            let is_own: bool = row.get::<_, Option<i64>>("own_sequence")?.is_some();
            Ok(log::read(row)?.map(|entry| (entry, is_own)))
        })?;
        let mut merged = self.foreign(Vec::new());
        let mut net = NetChanges::default();
        let mut sets = Vec::new();
        for (entry, is_own) in entries.into_iter().flatten() {
            self.memory.follow(&entry.changes);
            if is_own {
                if !merged.entries.is_empty() {
                    merged.changes = std::mem::take(&mut net).list();
                    sets.push(std::mem::replace(&mut merged, self.foreign(Vec::new())));
                }
                sets.push(ChangeSet {
                    entries: vec![entry.id],
                    op: entry.op,
                    person: Some(entry.person),
                    workstation: entry.workstation,
                    at: entry.at,
                    reason: entry.reason,
                    changes: entry.changes,
                    conflicts_changed: true,
                    undo_state_changed: true,
                    reload: false,
                });
            } else {
                merged.entries.push(entry.id);
                merged.at = entry.at;
                net.add(entry.changes);
            }
        }
        if !merged.entries.is_empty() {
            merged.changes = net.list();
            sets.push(merged);
        }
        self.unread.extend(sets.into_iter().map(Arc::new));
        Ok(())
    }

    fn foreign(&self, changes: Vec<clinic::Change>) -> ChangeSet {
        ChangeSet {
            entries: Vec::new(),
            op: Op::Merge,
            person: None,
            workstation: self.workstation,
            at: jiff::Timestamp::UNIX_EPOCH,
            reason: String::new(),
            changes,
            conflicts_changed: true,
            undo_state_changed: false,
            reload: false,
        }
    }

    /// Newest entries of the history; see [`HistoryFilter`].
    pub fn history(&self, filter: &HistoryFilter) -> Result<Vec<log::HistoryEntry>, StoreError> {
        self.reads().history(filter)
    }
}

fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))?)
}

/// The version is read first: a commit in between is noticed the next time.
pub(crate) fn look(connection: &Connection) -> Result<Seen, StoreError> {
    let data_version = data_version(connection)?;
    let rebuilds = Reads::new(connection)
        .setting(REBUILDS)?
        .and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    Ok(Seen {
        local: log::newest(connection)?.local,
        data_version,
        rebuilds: rebuilds.map_or(0, i64::from_be_bytes),
    })
}

/// Tells other programs on the file that rows were made anew.
pub(crate) fn count_rebuild(connection: &Connection) -> Result<(), StoreError> {
    let rebuilds = look(connection)?.rebuilds + 1;
    set(connection, REBUILDS, &rebuilds.to_be_bytes())
}

pub(crate) fn set(connection: &Connection, key: &str, value: &[u8]) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        )?
        .execute(params![key, value])?;
    Ok(())
}
