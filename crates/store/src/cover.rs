//! What this workstation has at its place in the log, as one number: two that applied the same log have the same, whoever
//! wrote what and whenever it came.

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::batch::document_bytes;
use crate::connection::DATA_VERSION;
use crate::log::{EnvelopeId, Standing};
use crate::queries::{Cursor, Reads};
use crate::snapshot::{NotSettled, is_settled};
use crate::store::Store;
use crate::{StoreError, documents, genesis};

/// What is added up, and by which release: only equal ones can be compared, because another release may make something
/// else of an envelope.
pub const COVER_FORM: u32 = (1 << 16) | DATA_VERSION;

/// SHA-256.
pub type Digest = [u8; 32];

/// Everything up to a place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    pub cursor: Cursor,
    pub digest: Digest,
}

impl Store {
    /// Adds everything up. Opens every document: seconds for a small practice, minutes for a large one.
    ///
    /// # Errors
    /// Of the disk; if a document cannot be read. The inner one: something that was written here is not in the log yet.
    pub fn covered(&self) -> Result<Result<Covered, NotSettled>, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let cursor = Reads::new(&transaction).cursor()?;
        if !is_settled(&transaction, cursor.position)? {
            return Ok(Err(NotSettled));
        }
        let digest = digest(&transaction, &cursor)?;
        Ok(Ok(Covered { cursor, digest }))
    }
}

impl Reads<'_> {
    /// Statements up to a position, in its order: their positions and ids.
    ///
    /// # Errors
    /// Of the disk.
    pub fn statement_ids_to(&self, last: u64) -> Result<Vec<(u64, EnvelopeId)>, StoreError> {
        let sql = "SELECT position, envelope FROM log WHERE verdict = 1 AND position <= ?1 ORDER BY position";
        self.all(sql, [last as i64], |row| {
            Ok((row.get::<_, i64>(0)? as u64, row.get::<_, EnvelopeId>(1)?))
        })
    }

    /// The ids of the log's entries up to a position, in order; `None` if one is missing.
    ///
    /// # Errors
    /// Of the disk.
    pub fn ids_of_the_log_to(&self, last: u64) -> Result<Option<Vec<EnvelopeId>>, StoreError> {
        let sql = "SELECT position, envelope FROM log WHERE position <= ?1 ORDER BY position";
        let rows = self.all(sql, [last as i64], |row| {
            Ok((row.get::<_, i64>(0)? as u64, row.get::<_, EnvelopeId>(1)?))
        })?;
        let is_whole = rows.len() as u64 == last && (1..).zip(&rows).all(|(n, (position, _))| n == *position);
        Ok(is_whole.then(|| rows.into_iter().map(|(_, id)| id).collect()))
    }
}

/// Documents by their Automerge heads, which stand for all their changes; every entry of the log with what became of it; what
/// was let in again.
pub(crate) fn digest(connection: &Connection, cursor: &Cursor) -> Result<Digest, StoreError> {
    let mut sum = Sha256::new();
    sum.update(b"orca cover 1\0");
    sum.update(cursor.position.to_be_bytes());
    sum.update(cursor.chain);
    add_documents(connection, &mut sum)?;
    add_log(connection, cursor, &mut sum)?;
    add_released(connection, cursor, &mut sum)?;
    Ok(sum.finalize().into())
}

fn add_documents(connection: &Connection, sum: &mut Sha256) -> Result<(), StoreError> {
    sum.update(b"documents\0");
    let mut all = documents::all(connection)?
        .into_iter()
        .map(|(id, number)| (document_bytes(id), id, number))
        .collect::<Vec<_>>();
    // Numbers are given by each workstation for itself.
    all.sort();
    let actor = genesis::genesis_actor();
    for (name, id, number) in all {
        let mut heads = documents::load(connection, id, number, &actor)?
            .automerge
            .get_heads();
        heads.sort();
        let mut empty = genesis::empty(id, &actor).get_heads();
        empty.sort();
        if heads == empty {
            // Begun for something that was taken back: elsewhere it was never begun.
            continue;
        }
        add(sum, &name);
        sum.update((heads.len() as u64).to_be_bytes());
        for head in heads {
            sum.update(head.0);
        }
    }
    Ok(())
}

fn add_log(connection: &Connection, cursor: &Cursor, sum: &mut Sha256) -> Result<(), StoreError> {
    sum.update(b"log\0");
    let mut statement = connection.prepare(
        "SELECT position, envelope, verdict, op, person, workstation, at_millis, stamp_millis, stamp_counter, reason
         FROM log WHERE position <= ?1 ORDER BY position",
    )?;
    let mut rows = statement.query([cursor.position as i64])?;
    while let Some(row) = rows.next()? {
        let verdict: i64 = row.get(2)?;
        sum.update(row.get::<_, i64>(0)?.to_be_bytes());
        sum.update(row.get::<_, EnvelopeId>(1)?);
        sum.update(verdict.to_be_bytes());
        if verdict != Standing::Accepted as i64 {
            // Who wrote what was not applied is in the envelope.
            continue;
        }
        add(
            sum,
            row.get::<_, Option<String>>(3)?.unwrap_or_default().as_bytes(),
        );
        add(sum, &row.get::<_, Option<Vec<u8>>>(4)?.unwrap_or_default());
        add(sum, &row.get::<_, Vec<u8>>(5)?);
        for column in 6..9 {
            sum.update(row.get::<_, i64>(column)?.to_be_bytes());
        }
        add(sum, row.get::<_, String>(9)?.as_bytes());
    }
    Ok(())
}

fn add_released(connection: &Connection, cursor: &Cursor, sum: &mut Sha256) -> Result<(), StoreError> {
    sum.update(b"released\0");
    let sql = "SELECT envelope, position, trouble = '' FROM released WHERE position <= ?1 ORDER BY envelope";
    let released = Reads::new(connection).all(sql, [cursor.position as i64], |row| {
        Ok((
            row.get::<_, EnvelopeId>(0)?,
            row.get::<_, i64>(1)?,
            row.get::<_, bool>(2)?,
        ))
    })?;
    for (envelope, position, counts) in released {
        sum.update(envelope);
        sum.update(position.to_be_bytes());
        sum.update([u8::from(counts)]);
    }
    Ok(())
}

/// Something of any length, so that it cannot be taken for something else.
fn add(sum: &mut Sha256, bytes: &[u8]) {
    sum.update((bytes.len() as u64).to_be_bytes());
    sum.update(bytes);
}
