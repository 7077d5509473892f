//! Letters from outside the practice, kept once each.

use rusqlite::{Row, params};

use crate::queries::Reads;
use crate::transact::begin;
use crate::{Store, StoreError};

const AFTER: &str = "mail/after";

/// One letter, as far as it can be read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Given by the sender.
    pub id: [u8; 16],
    /// Given by the relay; ascends in the order of coming.
    pub number: u64,
    /// Milliseconds since 1970 UTC, by the relay's clock.
    pub received_millis: i64,
    /// What kind of message this is; empty if it cannot be read.
    pub kind: String,
    /// What is said. Of a letter whose key is not here yet, all of it, sealed.
    pub body: Vec<u8>,
    /// Why it cannot be read; empty: it can.
    pub trouble: String,
}

impl Store {
    /// Stores letters, and the number of the last one that the relay need not send again, in one transaction. One that is there
    /// already stays as it is, unless it could not be read and now can. Gives how many are new or can be read now.
    ///
    /// # Errors
    /// If the disk does not take it; then nothing is stored.
    pub fn keep_letters(&mut self, letters: &[Letter], after: Option<u64>) -> Result<usize, StoreError> {
        let transaction = begin(&self.connection)?;
        let mut kept = 0;
        for letter in letters {
            kept += transaction
                .prepare_cached(
                    "INSERT INTO inbox (id, number, received_millis, kind, body, trouble) VALUES (?, ?, ?, ?, ?, ?)
                     ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, body = excluded.body, trouble = ''
                     WHERE inbox.trouble <> '' AND excluded.trouble = ''",
                )?
                .execute(params![
                    letter.id,
                    letter.number as i64,
                    letter.received_millis,
                    letter.kind,
                    letter.body,
                    letter.trouble,
                ])?;
        }
        if let Some(after) = after {
            crate::store::set(&transaction, AFTER, &after.to_be_bytes())?;
        }
        transaction.commit()?;
        Ok(kept)
    }
}

impl Reads<'_> {
    /// Letters that came after a number, in the order of coming.
    pub fn letters(&self, after: u64, limit: usize) -> Result<Vec<Letter>, StoreError> {
        let sql = "SELECT id, number, received_millis, kind, body, trouble FROM inbox
                   WHERE number > ? ORDER BY number, id LIMIT ?";
        self.all(sql, params![after as i64, limit as i64], letter)
    }

    /// Letters whose key was not here when they came.
    pub fn sealed_letters(&self) -> Result<Vec<Letter>, StoreError> {
        let sql = "SELECT id, number, received_millis, kind, body, trouble FROM inbox
                   WHERE trouble <> '' AND body <> x'' ORDER BY number, id";
        self.all(sql, [], letter)
    }

    /// The number of the last letter that the relay need not send again.
    pub fn mail_after(&self) -> Result<u64, StoreError> {
        let bytes = self.setting(AFTER)?.and_then(|bytes| bytes.try_into().ok());
        Ok(bytes.map_or(0, u64::from_be_bytes))
    }
}

fn letter(row: &Row<'_>) -> Result<Letter, StoreError> {
    Ok(Letter {
        id: row.get(0)?,
        number: row.get::<_, i64>(1)? as u64,
        received_millis: row.get(2)?,
        kind: row.get(3)?,
        body: row.get(4)?,
        trouble: row.get(5)?,
    })
}
