//! Pruning in SQLite: each step is one transaction, so a relay that dies between two of them goes on after the last.

use rusqlite::{Connection, params};
use sync::id::{PracticeId, WorkstationId};
use sync::relay::{Pruned, Reached};

use super::{signed, unsigned};
use crate::storage::Step;

pub(super) fn pruned(connection: &Connection, practice: i64) -> rusqlite::Result<Pruned> {
    connection
        .prepare_cached("SELECT pruned, gone FROM practice WHERE number = ?1")?
        .query_row([practice], |row| {
            Ok(Pruned {
                cold: unsigned(row, 0)?,
                gone: unsigned(row, 1)?,
            })
        })
}

pub(super) fn reached(connection: &Connection, practice: i64) -> rusqlite::Result<Vec<Reached>> {
    connection
        .prepare_cached("SELECT workstation, position, at FROM reached WHERE practice = ?1")?
        .query_map([practice], |row| {
            Ok(Reached {
                workstation: WorkstationId(row.get(0)?),
                position: unsigned(row, 1)?,
                at_millis: unsigned(row, 2)?,
            })
        })?
        .collect()
}

pub(super) fn note_reached(
    connection: &Connection,
    practice: i64,
    reached: &Reached,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO reached (practice, workstation, position, at) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (practice, workstation) DO UPDATE SET position = excluded.position, at = excluded.at \
               WHERE excluded.position >= position";
    connection.prepare_cached(sql)?.execute(params![
        practice,
        &reached.workstation.0[..],
        signed(reached.position),
        signed(reached.at_millis)
    ])?;
    Ok(())
}

pub(super) fn with_snapshots(connection: &Connection) -> rusqlite::Result<Vec<PracticeId>> {
    connection
        .prepare_cached(
            "SELECT id FROM practice WHERE number IN (SELECT practice FROM snapshot) ORDER BY number",
        )?
        .query_map([], |row| row.get(0).map(PracticeId))?
        .collect()
}

/// Moves the next envelopes to the cold part.
pub(super) fn chill(
    connection: &mut Connection,
    practice: i64,
    up_to: u64,
    now_millis: u64,
    most: u32,
) -> rusqlite::Result<Step> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let from = pruned(&transaction, practice)?.cold;
    let (last, step) = transaction
        .prepare_cached(
            "SELECT coalesce(max(position), 0), count(*), coalesce(sum(size), 0) FROM \
             (SELECT position, length(bytes) AS size FROM entry WHERE practice = ?1 AND position > ?2 \
              AND position <= ?3 AND is_statement = 0 ORDER BY position LIMIT ?4)",
        )?
        .query_row(params![practice, signed(from), signed(up_to), most], |row| {
            let step = Step {
                envelopes: unsigned(row, 1)?,
                bytes: unsigned(row, 2)?,
            };
            Ok((unsigned(row, 0)?, step))
        })?;
    let to = if step.envelopes == u64::from(most) {
        last
    } else {
        up_to.max(from)
    };
    let stretch = params![practice, signed(from), signed(to)];
    let moved_at = signed(now_millis);
    transaction
        .prepare_cached(
            "INSERT INTO cold (practice, position, moved_at, bytes) \
             SELECT practice, position, ?4, bytes FROM entry \
             WHERE practice = ?1 AND position > ?2 AND position <= ?3 AND is_statement = 0",
        )?
        .execute(params![practice, signed(from), signed(to), moved_at])?;
    transaction
        .prepare_cached(
            "UPDATE entry SET bytes = x'' \
             WHERE practice = ?1 AND position > ?2 AND position <= ?3 AND is_statement = 0",
        )?
        .execute(stretch)?;
    transaction
        .prepare_cached("UPDATE practice SET pruned = ?2, bytes = bytes - ?3 WHERE number = ?1")?
        .execute(params![practice, signed(to), signed(step.bytes)])?;
    transaction.commit()?;
    Ok(step)
}

/// Deletes the next envelopes of the cold part that have been there since before this time.
pub(super) fn delete_cold(
    connection: &mut Connection,
    practice: i64,
    up_to: u64,
    moved_before: u64,
    most: u32,
) -> rusqlite::Result<Step> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let (last, step) = transaction
        .prepare_cached(
            "SELECT coalesce(max(position), 0), count(*), coalesce(sum(size), 0) FROM \
             (SELECT position, length(bytes) AS size FROM cold WHERE practice = ?1 AND position <= ?2 \
              AND moved_at < ?3 ORDER BY position LIMIT ?4)",
        )?
        .query_row(
            params![practice, signed(up_to), signed(moved_before), most],
            |row| {
                let step = Step {
                    envelopes: unsigned(row, 1)?,
                    bytes: unsigned(row, 2)?,
                };
                Ok((unsigned(row, 0)?, step))
            },
        )?;
    if step.envelopes > 0 {
        transaction
            .prepare_cached("DELETE FROM cold WHERE practice = ?1 AND position <= ?2")?
            .execute(params![practice, signed(last)])?;
        // Between the last one and the next that is left there are only statements.
        let next = transaction
            .prepare_cached("SELECT min(position) FROM cold WHERE practice = ?1")?
            .query_row([practice], |row| row.get::<_, Option<i64>>(0))?;
        let gone = next.map_or(signed(up_to), |next| (next - 1).min(signed(up_to)));
        transaction
            .prepare_cached("UPDATE practice SET gone = max(gone, min(?2, pruned)) WHERE number = ?1")?
            .execute(params![practice, gone])?;
    }
    transaction.commit()?;
    Ok(step)
}
