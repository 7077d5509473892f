//! Whether rows are what documents say, as fast as the computer can: every row has a fingerprint and every record of a document
//! must have that of a row. Documents are opened by several threads. Only where something differs it is looked for one by one
//! ([`crate::rebuild`]), which also says what.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use clinic::{DocumentId, EntityKind};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use crate::documents::Stored;
use crate::{StoreError, document, documents, genesis, rows};

/// Documents that wait for a thread: some megabytes at the most.
const WAITING: usize = 64;
/// More threads than this only wait for the one that reads.
const MOST_THREADS: usize = 4;

/// Half of a SHA-256 over a row's table and values.
type Fingerprint = u128;

/// What a first look at everything found.
pub(crate) enum Looked {
    /// Rows and documents say the same.
    Alike {
        documents: u64,
        records: u64,
        /// Where two values of one field wait for a decision: these are compared singly.
        rivals: Vec<(DocumentId, i64)>,
    },
    /// They do not.
    Differ,
    /// Nobody wants to know any more.
    Stopped,
}

/// What a thread found in one document.
struct Opened {
    id: DocumentId,
    number: i64,
    records: Vec<Fingerprint>,
    has_rivals: bool,
    /// A record that cannot be read, or that calls itself something else than the document does.
    is_odd: bool,
}

/// Looks at one moment of the file: the connection is in a transaction. `going`: documents done, of all.
pub(crate) fn look(
    connection: &Connection,
    going: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Looked, StoreError> {
    let mut of_rows = fingerprints(connection)?;
    let total = documents::all(connection)?.len() as u64;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let (stored_in, stored_out) = sync_channel::<Stored>(WAITING);
        let (opened_in, opened_out) = sync_channel(WAITING);
        let stored_out = Arc::new(Mutex::new(stored_out));
        for _ in 0..threads.min(MOST_THREADS) {
            let opened_in: SyncSender<Result<Opened, StoreError>> = opened_in.clone();
            let stored_out = stored_out.clone();
            scope.spawn(move || {
                while let Some(stored) = next(&stored_out) {
                    if opened_in.send(open(stored)).is_err() {
                        return;
                    }
                }
            });
        }
        // Theirs alone: when the last of them ends, whoever gives or waits notices.
        drop((opened_in, stored_out));
        let (mut documents, mut records, mut rivals) = (0, 0, Vec::new());
        let mut found = Looked::Stopped;
        // What one of the threads has done is taken as it comes, so that neither queue stands still.
        let mut take = |opened: Opened, of_rows: &mut HashSet<Fingerprint>| {
            documents += 1;
            records += opened.records.len() as u64;
            if opened.has_rivals {
                rivals.push((opened.id, opened.number));
            }
            let are_alike = opened.records.iter().all(|record| of_rows.remove(record));
            (are_alike && !opened.is_odd, going(documents, total))
        };
        let mut ended = None;
        let read = documents::for_each_stored(connection, &mut |stored| {
            let mut stored = Some(stored);
            while let Some(waiting) = stored.take() {
                match stored_in.try_send(waiting) {
                    Ok(()) => break,
                    Err(full) => {
                        let std::sync::mpsc::TrySendError::Full(waiting) = full else {
                            return Ok(false);
                        };
                        stored = Some(waiting);
                        let Ok(opened) = opened_out.recv() else {
                            return Ok(false);
                        };
                        match take(opened?, &mut of_rows) {
                            (true, true) => {}
                            (false, _) => {
                                ended = Some(Looked::Differ);
                                return Ok(false);
                            }
                            (true, false) => {
                                ended = Some(Looked::Stopped);
                                return Ok(false);
                            }
                        }
                    }
                }
            }
            Ok(true)
        });
        drop(stored_in);
        read?;
        if ended.is_none() {
            for opened in &opened_out {
                match take(opened?, &mut of_rows) {
                    (true, true) => {}
                    (false, _) => ended = Some(Looked::Differ),
                    (true, false) => ended = Some(Looked::Stopped),
                }
                if ended.is_some() {
                    break;
                }
            }
        }
        // Whoever still has something to say finds nobody.
        drop(opened_out);
        if let Some(ended) = ended {
            found = ended;
        } else if !of_rows.is_empty() {
            found = Looked::Differ;
        } else if documents == total {
            found = Looked::Alike {
                documents,
                records,
                rivals,
            };
        }
        Ok(found)
    })
}

fn next(stored: &Mutex<Receiver<Stored>>) -> Option<Stored> {
    stored.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn open(stored: Stored) -> Result<Opened, StoreError> {
    let Stored { id, number, bytes } = stored;
    let automerge = documents::revive(id, &bytes)?;
    let mut opened = Opened {
        id,
        number,
        records: Vec::new(),
        has_rivals: false,
        is_odd: false,
    };
    let Some(automerge) = automerge else {
        return Ok(opened);
    };
    for kind in genesis::kinds(id) {
        for (key, reading) in document::read_all(&automerge, kind)? {
            opened.has_rivals |= !reading.rivals.is_empty();
            match reading.entity {
                Ok(entity) if entity.key() == key => {
                    let values = rows::values(&entity);
                    let parts = values.iter().map(ValueRef::from);
                    opened.records.push(fingerprint(kind, parts));
                }
                Ok(_) | Err(_) => opened.is_odd = true,
            }
        }
    }
    Ok(opened)
}

/// Of every row that stands for a record.
fn fingerprints(connection: &Connection) -> Result<HashSet<Fingerprint>, StoreError> {
    let mut all = HashSet::new();
    for kind in EntityKind::ALL {
        let table = rows::table(*kind);
        let sql = format!("SELECT {} FROM {}", table.columns.join(", "), table.name);
        let mut statement = connection.prepare_cached(&sql)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let values = (0..table.columns.len())
                .map(|at| row.get_ref(at))
                .collect::<Result<Vec<_>, _>>()?;
            all.insert(fingerprint(*kind, values.into_iter()));
        }
    }
    Ok(all)
}

fn fingerprint<'v>(kind: EntityKind, values: impl Iterator<Item = ValueRef<'v>>) -> Fingerprint {
    let mut bytes = Vec::with_capacity(512);
    bytes.extend_from_slice(kind.container().as_bytes());
    bytes.push(0);
    for value in values {
        let (tag, number, text): (u8, [u8; 8], &[u8]) = match value {
            ValueRef::Null => (0, [0; 8], &[]),
            ValueRef::Integer(number) => (1, number.to_be_bytes(), &[]),
            ValueRef::Real(number) => (2, number.to_be_bytes(), &[]),
            ValueRef::Text(text) => (3, (text.len() as u64).to_be_bytes(), text),
            ValueRef::Blob(blob) => (4, (blob.len() as u64).to_be_bytes(), blob),
        };
        bytes.push(tag);
        bytes.extend_from_slice(&number);
        bytes.extend_from_slice(text);
    }
    let sum = Sha256::digest(&bytes);
    u128::from_be_bytes(*sum.first_chunk().expect("32 bytes have 16"))
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    #[test]
    fn values_that_differ_in_kind_length_or_place_have_other_fingerprints() {
        let of = |values: &[Value]| fingerprint(EntityKind::Patient, values.iter().map(ValueRef::from));
        let text = |text: &str| Value::Text(text.to_owned());
        let all = [
            of(&[]),
            of(&[Value::Null]),
            of(&[Value::Integer(0)]),
            of(&[Value::Real(0.0)]),
            of(&[text("ab"), text("c")]),
            of(&[text("a"), text("bc")]),
            of(&[Value::Blob(b"ab".to_vec()), text("c")]),
            of(&[text("c"), text("ab")]),
            fingerprint(EntityKind::Appointment, std::iter::empty()),
        ];
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        assert_eq!(of(&[text("ab"), text("c")]), all[4]);
    }
}
