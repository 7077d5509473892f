//! The envelopes: what waits to be sent, how far the relay's log was read, what was set aside.

use clinic::{HistoryId, Op, PersonId, WorkstationId};

use super::Reads;
use crate::StoreError;
use crate::log::{EnvelopeId, history_id};

/// An own envelope that the relay has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    pub own_sequence: u64,
    pub id: EnvelopeId,
    pub bytes: Vec<u8>,
}

/// How far the relay's log has been read, and its hash chain there. Position 0: nothing yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    pub position: u64,
    pub chain: [u8; 32],
}

/// An envelope that is kept but not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedEntry {
    pub entry: HistoryId,
    pub id: EnvelopeId,
    pub position: Option<u64>,
    pub workstation: WorkstationId,
    /// What is wrong with it, in words.
    pub reason: String,
    /// What was inside ([`crate::Batch::decode`]), where it could be opened.
    pub batch: Option<Vec<u8>>,
}

/// An envelope that an administrator let in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedEntry {
    pub id: EnvelopeId,
    /// Of the statement in the relay's log.
    pub position: u64,
    /// Who let it in, and why.
    pub by: PersonId,
    pub reason: String,
    /// Why it could not be applied even so; empty: it counts.
    pub trouble: String,
    /// Whether what it builds on has not come yet.
    pub is_waiting: bool,
    /// Whose work it is, where it is here.
    pub op: Option<Op>,
    pub person: Option<PersonId>,
    pub workstation: Option<WorkstationId>,
}

impl Reads<'_> {
    /// Own envelopes that wait for the relay, oldest first.
    pub fn outbox(&self, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        let sql = "SELECT own_sequence, envelope, bytes FROM log
                   WHERE own_sequence > (SELECT coalesce(max(acknowledged), 0) FROM relay) AND position IS NULL
                   ORDER BY own_sequence LIMIT ?1";
        self.all(sql, [i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok(OutboxEntry {
                own_sequence: row.get::<_, i64>(0)? as u64,
                id: row.get(1)?,
                bytes: row.get(2)?,
            })
        })
    }

    pub fn outbox_len(&self) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM log
                   WHERE own_sequence > (SELECT coalesce(max(acknowledged), 0) FROM relay) AND position IS NULL AND verdict <> 2
                     AND envelope NOT IN (SELECT envelope FROM released)";
        Ok(self.one(sql, [], |row| Ok(row.get(0)?))?.unwrap_or_default())
    }

    /// Own statements that the read part of the relay's log does not have yet, oldest first.
    pub fn statements_ahead(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM log WHERE verdict = 1 AND own_sequence IS NOT NULL
                   AND (position IS NULL OR position > (SELECT coalesce(max(cursor), 0) FROM relay)) ORDER BY local";
        self.all(sql, [], |row| Ok(row.get(0)?))
    }

    /// Statements in the read part of the relay's log, with their positions, in its order.
    pub fn statements(&self) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let sql = "SELECT position, bytes FROM log WHERE verdict = 1
                   AND position <= (SELECT coalesce(max(cursor), 0) FROM relay) ORDER BY position";
        self.all(sql, [], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))
    }

    /// The position of the newest statement that was read; 0 if there is none.
    pub fn newest_statement(&self) -> Result<u64, StoreError> {
        let sql = "SELECT max(position) FROM log WHERE verdict = 1";
        let found: Option<Option<i64>> = self.one(sql, [], |row| Ok(row.get(0)?))?;
        Ok(found.flatten().unwrap_or(0) as u64)
    }

    pub fn cursor(&self) -> Result<Cursor, StoreError> {
        let found = self.one("SELECT cursor, chain FROM relay", [], |row| {
            Ok(Cursor {
                position: row.get::<_, i64>(0)? as u64,
                chain: row.get(1)?,
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// What was set aside, newest first.
    pub fn quarantine(&self, limit: usize) -> Result<Vec<QuarantinedEntry>, StoreError> {
        let sql = "SELECT local, envelope, position, workstation, quarantine.reason, batch FROM quarantine JOIN log USING (local)
                   ORDER BY local DESC LIMIT ?1";
        self.all(sql, [i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok(QuarantinedEntry {
                entry: history_id(row.get(0)?),
                id: row.get(1)?,
                position: row.get::<_, Option<i64>>(2)?.map(|position| position as u64),
                workstation: WorkstationId::from_bytes(row.get(3)?),
                reason: row.get(4)?,
                batch: row.get(5)?,
            })
        })
    }

    /// The bytes of an envelope that was set aside.
    pub fn quarantined_bytes(&self, id: &EnvelopeId) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM quarantine JOIN log USING (local) WHERE envelope = ?1";
        self.one(sql, [id], |row| Ok(row.get(0)?))
    }

    /// What was let in again, newest first.
    pub fn released(&self, limit: usize) -> Result<Vec<ReleasedEntry>, StoreError> {
        let sql = "SELECT released.envelope, released.position, released.person, released.reason, trouble, verdict = 3,
                     op, log.person, workstation
                   FROM released LEFT JOIN log USING (local) ORDER BY released.position DESC LIMIT ?1";
        self.all(sql, [i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            let op: Option<String> = row.get(6)?;
            Ok(ReleasedEntry {
                id: row.get(0)?,
                position: row.get::<_, i64>(1)? as u64,
                by: PersonId::from_bytes(row.get(2)?),
                reason: row.get(3)?,
                trouble: row.get(4)?,
                is_waiting: row.get::<_, Option<bool>>(5)?.unwrap_or(false),
                op: op.as_deref().and_then(Op::from_code),
                person: row.get::<_, Option<[u8; 16]>>(7)?.map(PersonId::from_bytes),
                workstation: row.get::<_, Option<[u8; 16]>>(8)?.map(WorkstationId::from_bytes),
            })
        })
    }

    pub fn quarantine_len(&self) -> Result<u32, StoreError> {
        Ok(self
            .one("SELECT count(*) FROM quarantine", [], |row| Ok(row.get(0)?))?
            .unwrap_or_default())
    }

    /// Envelopes whose predecessors have not come yet.
    pub fn waiting_len(&self) -> Result<u32, StoreError> {
        Ok(self
            .one("SELECT count(*) FROM waiting", [], |row| Ok(row.get(0)?))?
            .unwrap_or_default())
    }

    /// One of the program's own notes (never synced).
    pub fn setting(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.one("SELECT value FROM settings WHERE key = ?1", [key], |row| {
            Ok(row.get(0)?)
        })
    }

    /// What all envelopes of the log weigh, in bytes.
    pub fn bytes_of_the_log(&self) -> Result<u64, StoreError> {
        let bytes = self.one("SELECT coalesce(sum(length(bytes)), 0) FROM log", [], |row| {
            Ok(row.get::<_, i64>(0)?)
        })?;
        Ok(bytes.unwrap_or(0) as u64)
    }

    /// The bytes of an envelope that is known here.
    pub fn envelope_at(&self, position: u64) -> Result<Option<(EnvelopeId, Vec<u8>)>, StoreError> {
        let sql = "SELECT envelope, bytes FROM log WHERE position = ?1";
        self.one(sql, [position as i64], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}
