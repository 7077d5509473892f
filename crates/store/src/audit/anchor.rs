//! Anchors: what a workstation says of its own audit with every write, and what others keep of it.

use clinic::WorkstationId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::StoreError;
use crate::batch::Batch;
use crate::queries::Reads;

/// How far an audit had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    pub number: u64,
    pub hash: [u8; 32],
    /// Which audit, if the workstation went on from a backup: the beginning of that entry's hash; zeros before the first.
    pub origin: [u8; 8],
}

/// The newest that this workstation heard of another one's audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnchor {
    pub workstation: WorkstationId,
    pub anchor: Anchor,
    /// When it was written there, by the hybrid clock.
    pub at: Timestamp,
}

/// Keeps what a batch says of its author's audit. An audit only grows: a later write with a smaller number, or the same
/// number with another hash, contradicts what was said before and is remembered.
pub(crate) fn keep(connection: &Connection, batch: &Batch) -> Result<(), StoreError> {
    let Some(anchor) = batch.audit else { return Ok(()) };
    let workstation = batch.workstation.to_bytes();
    let kept = connection
        .prepare_cached(
            "SELECT number, hash, stamp_millis, stamp_counter FROM audit_anchors WHERE workstation = ?1 AND origin = ?2",
        )?
        .query_row(params![workstation, anchor.origin], |row| {
            let number = row.get::<_, i64>(0)? as u64;
            let stamp = (row.get::<_, i64>(2)? as u64, row.get::<_, u32>(3)?);
            Ok((number, row.get::<_, [u8; 32]>(1)?, stamp))
        })
        .optional()?;
    let stamp = (batch.stamp.millis, batch.stamp.counter);
    let mut is_newer = true;
    if let Some((number, hash, kept_stamp)) = kept {
        is_newer = stamp > kept_stamp;
        let fits = match anchor.number.cmp(&number) {
            std::cmp::Ordering::Equal => anchor.hash == hash,
            order => (order == std::cmp::Ordering::Greater) == is_newer,
        };
        if !fits {
            connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO audit_breaks (workstation, number, hash, stamp_millis, kept_number, kept_hash)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    workstation,
                    anchor.number as i64,
                    anchor.hash,
                    stamp.0 as i64,
                    number as i64,
                    hash
                ])?;
        }
    }
    if is_newer {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO audit_anchors (workstation, origin, number, hash, stamp_millis, stamp_counter)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                workstation,
                anchor.origin,
                anchor.number as i64,
                anchor.hash,
                stamp.0 as i64,
                stamp.1
            ])?;
    }
    Ok(())
}

impl Reads<'_> {
    /// What is known here of all audits that were told of, own ones from before a restore too.
    pub fn audit_anchors(&self) -> Result<Vec<KeptAnchor>, StoreError> {
        self.all(
            "SELECT workstation, origin, number, hash, stamp_millis FROM audit_anchors ORDER BY workstation, stamp_millis",
            [],
            |row| {
                Ok(KeptAnchor {
                    workstation: WorkstationId::from_bytes(row.get(0)?),
                    anchor: Anchor {
                        origin: row.get(1)?,
                        number: row.get::<_, i64>(2)? as u64,
                        hash: row.get(3)?,
                    },
                    at: Timestamp::from_millisecond(row.get(4)?).map_err(StoreError::corrupt)?,
                })
            },
        )
    }
}
