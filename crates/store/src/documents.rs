//! Documents on the disk and in memory: saved whole now and then, single changes in between; the newest 500
//! are kept loaded. A document in memory is used only if its file version is still the newest.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use automerge::{ActorId, Automerge, LoadOptions, OnPartialLoad, VerificationMode};
use clinic::DocumentId;
use lru::LruCache;
use rusqlite::{Connection, OptionalExtension, params};

use crate::batch::{document_bytes, document_from_bytes};
use crate::{StoreError, genesis};

/// 500 documents are about 18 MiB.
const KEPT: NonZeroUsize = NonZeroUsize::new(500).expect("500 is not zero");
/// Bits of a chunk's number below the document's number.
const SHIFT: u32 = 24;
const MASK: i64 = (1 << SHIFT) - 1;
/// A document whose single changes exceed either is saved whole again: a patient's of 280 operations loads in 0.3 ms when
/// saved, in 0.65 ms from its changes.
const LOOSE: u32 = 16;
const LOOSE_BYTES: usize = 2048;
/// First bytes of every Automerge chunk, and the kind that follows the checksum.
const SAVED_KIND: u8 = 0;
const KIND_AT: usize = 8;

/// A document in memory, and what is on the disk of it.
pub(crate) struct Loaded {
    pub automerge: Automerge,
    pub number: i64,
    /// Number of the newest chunk; −1: none.
    last: i64,
    /// Chunks since it was saved whole, and their bytes.
    loose: u32,
    loose_bytes: usize,
}

/// The documents of one open store.
pub(crate) struct Documents {
    cache: LruCache<DocumentId, Loaded>,
    pub actor: ActorId,
}

/// Documents that a transaction has in hand. Dropped with it; given back only after the commit.
#[derive(Default)]
pub(crate) struct InHand(pub HashMap<DocumentId, Loaded>);

impl Documents {
    pub fn new(actor: ActorId) -> Documents {
        Documents {
            cache: LruCache::new(KEPT),
            actor,
        }
    }

    /// Takes a document in hand, new if there is none.
    pub fn take<'h>(
        &mut self,
        connection: &Connection,
        in_hand: &'h mut InHand,
        id: DocumentId,
    ) -> Result<&'h mut Loaded, StoreError> {
        use std::collections::hash_map::Entry;
        match in_hand.0.entry(id) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let loaded = match self.cache.pop(&id) {
                    Some(loaded) if newest(connection, loaded.number)? == loaded.last => loaded,
                    _ => match number_of(connection, id)? {
                        Some(number) => load(connection, id, number, &self.actor)?,
                        None => create(connection, id, &self.actor)?,
                    },
                };
                Ok(entry.insert(loaded))
            }
        }
    }

    /// After the commit.
    pub fn give_back(&mut self, in_hand: InHand) {
        for (id, loaded) in in_hand.0 {
            self.cache.put(id, loaded);
        }
    }

    pub fn forget_all(&mut self) {
        self.cache.clear();
    }

    pub fn len(&self) -> usize {
        self.cache.len()
    }
}

impl Loaded {
    /// Stores one change that the document in memory has already.
    pub fn append(
        &mut self,
        connection: &Connection,
        id: DocumentId,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        self.last += 1;
        self.loose += 1;
        self.loose_bytes += bytes.len();
        if self.last > MASK {
            return Err(StoreError::Unfit(format!(
                "the document {id} has too many changes"
            )));
        }
        if self.loose > LOOSE || self.loose_bytes > LOOSE_BYTES {
            if let Some(saved) = save_checked(&self.automerge) {
                return self.replace(connection, &saved);
            }
            // The single changes stay: nothing is lost, and `verify` will tell.
            tracing::error!(document = %id, "a document cannot be loaded after saving; its changes are kept singly");
            (self.loose, self.loose_bytes) = (0, 0);
        }
        self.insert(connection, bytes)
    }

    /// The document as it is in memory, in place of its chunks.
    pub fn rewrite(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let saved = save_checked(&self.automerge)
            .ok_or_else(|| StoreError::corrupt("a document cannot be loaded after saving"))?;
        self.last += 1;
        self.replace(connection, &saved)
    }

    /// The document saved whole, in place of its chunks.
    fn replace(&mut self, connection: &Connection, saved: &[u8]) -> Result<(), StoreError> {
        let first = self.number << SHIFT;
        connection
            .prepare_cached("DELETE FROM document_chunks WHERE chunk BETWEEN ?1 AND ?2")?
            .execute([first, first | self.last])?;
        (self.loose, self.loose_bytes) = (0, 0);
        self.insert(connection, saved)
    }

    fn insert(&self, connection: &Connection, bytes: &[u8]) -> Result<(), StoreError> {
        connection
            .prepare_cached("INSERT INTO document_chunks (chunk, bytes) VALUES (?1, ?2)")?
            .execute(params![self.number << SHIFT | self.last, bytes])?;
        Ok(())
    }
}

/// Saves a document, if the result loads with the same heads. Automerge can save what it cannot load.
pub(crate) fn save_checked(automerge: &Automerge) -> Option<Vec<u8>> {
    let saved = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| automerge.save())).ok()?;
    let again = load_bytes(&saved).ok()?;
    (again.get_heads() == automerge.get_heads()).then_some(saved)
}

/// Loads stored bytes; a panic inside the library is an error like any other.
pub(crate) fn load_bytes(bytes: &[u8]) -> Result<Automerge, String> {
    let options = LoadOptions::new()
        .on_partial_load(OnPartialLoad::Error)
        .verification_mode(VerificationMode::Check);
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        Automerge::load_with_options(bytes, options)
    }))
    .map_err(|_| "loading it fails".to_owned())?
    .map_err(|error| error.to_string())
}

fn newest(connection: &Connection, number: i64) -> Result<i64, StoreError> {
    let first = number << SHIFT;
    let newest: Option<i64> = connection
        .prepare_cached("SELECT max(chunk) FROM document_chunks WHERE chunk BETWEEN ?1 AND ?2")?
        .query_row([first, first | MASK], |row| row.get(0))?;
    Ok(newest.map_or(-1, |chunk| chunk & MASK))
}

pub(crate) fn number_of(connection: &Connection, id: DocumentId) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT number FROM documents WHERE id = ?1")?;
    Ok(statement
        .query_row([document_bytes(id)], |row| row.get(0))
        .optional()?)
}

/// Which document has a number.
pub(crate) fn id_of(connection: &Connection, number: i64) -> Result<Option<DocumentId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id FROM documents WHERE number = ?1")?;
    let bytes: Option<Vec<u8>> = statement.query_row([number], |row| row.get(0)).optional()?;
    bytes
        .map(|bytes| {
            document_from_bytes(&bytes)
                .ok_or_else(|| StoreError::corrupt("a document has an unreadable name"))
        })
        .transpose()
}

fn create(connection: &Connection, id: DocumentId, actor: &ActorId) -> Result<Loaded, StoreError> {
    connection
        .prepare_cached("INSERT INTO documents (id) VALUES (?1)")?
        .execute([document_bytes(id)])?;
    Ok(Loaded {
        automerge: genesis::empty(id, actor),
        number: connection.last_insert_rowid(),
        last: -1,
        loose: 0,
        loose_bytes: 0,
    })
}

pub(crate) fn load(
    connection: &Connection,
    id: DocumentId,
    number: i64,
    actor: &ActorId,
) -> Result<Loaded, StoreError> {
    let first = number << SHIFT;
    let mut statement = connection.prepare_cached(
        "SELECT chunk, bytes FROM document_chunks WHERE chunk BETWEEN ?1 AND ?2 ORDER BY chunk",
    )?;
    let mut rows = statement.query([first, first | MASK])?;
    let mut bytes = Vec::new();
    let (mut last, mut loose, mut loose_bytes) = (-1, 0, 0);
    while let Some(row) = rows.next()? {
        let chunk = row.get_ref(1)?.as_blob().map_err(StoreError::corrupt)?;
        let is_saved = chunk.get(KIND_AT) == Some(&SAVED_KIND);
        if bytes.is_empty() && !is_saved {
            bytes.extend_from_slice(genesis::bytes(id));
        }
        (loose, loose_bytes) = if is_saved {
            (0, 0)
        } else {
            (loose + 1, loose_bytes + chunk.len())
        };
        bytes.extend_from_slice(chunk);
        last = row.get::<_, i64>(0)? & MASK;
    }
    let automerge = match revive(id, &bytes)? {
        None => genesis::empty(id, actor),
        Some(automerge) => automerge.with_actor(actor.clone()),
    };
    Ok(Loaded {
        automerge,
        number,
        last,
        loose,
        loose_bytes,
    })
}

/// The document that stored bytes are; `None`: there is nothing in it yet.
pub(crate) fn revive(id: DocumentId, bytes: &[u8]) -> Result<Option<Automerge>, StoreError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let mut automerge = load_bytes(bytes)
        .map_err(|error| StoreError::corrupt(format!("the document {id} cannot be read: {error}")))?;
    genesis::complete(id, &mut automerge)?;
    Ok(Some(automerge))
}

/// A document as it lies in the file, to be opened anywhere.
pub(crate) struct Stored {
    pub id: DocumentId,
    pub number: i64,
    /// For [`revive`].
    pub bytes: Vec<u8>,
}

/// Goes through all documents in the order in which they lie, until `act` wants no more.
pub(crate) fn for_each_stored(
    connection: &Connection,
    act: &mut dyn FnMut(Stored) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT chunk, bytes FROM document_chunks ORDER BY chunk")?;
    let mut rows = statement.query([])?;
    let mut ahead = rows.next()?;
    for (id, number) in all(connection)? {
        let mut bytes = Vec::new();
        while let Some(row) = ahead {
            let of = row.get::<_, i64>(0)? >> SHIFT;
            if of > number {
                break;
            }
            if of == number {
                let chunk = row.get_ref(1)?.as_blob().map_err(StoreError::corrupt)?;
                if bytes.is_empty() && chunk.get(KIND_AT) != Some(&SAVED_KIND) {
                    bytes.extend_from_slice(genesis::bytes(id));
                }
                bytes.extend_from_slice(chunk);
            }
            ahead = rows.next()?;
        }
        if !act(Stored { id, number, bytes })? {
            return Ok(());
        }
    }
    Ok(())
}

/// Every document, in the order of their numbers.
pub(crate) fn all(connection: &Connection) -> Result<Vec<(DocumentId, i64)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, number FROM documents ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(StoreError::corrupt)?;
        let id = document_from_bytes(bytes)
            .ok_or_else(|| StoreError::corrupt("a document has an unreadable name"))?;
        all.push((id, row.get(1)?));
    }
    Ok(all)
}
