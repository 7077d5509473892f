//! Snapshots in SQLite: packs, and the indexes of complete ones.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};
use sync::id::SetId;
use sync::relay::{KEPT_SNAPSHOTS, StoredIndex, StoredPack};

use super::{signed, unsigned};

pub(super) fn read(
    connection: &Connection,
    practice: i64,
    set: SetId,
    number: u32,
) -> rusqlite::Result<Option<Vec<u8>>> {
    if number == 0 {
        return connection
            .prepare_cached("SELECT bytes FROM snapshot WHERE practice = ?1 AND set_id = ?2")?
            .query_row(params![practice, &set.0[..]], |row| row.get(0))
            .optional();
    }
    connection
        .prepare_cached("SELECT bytes FROM pack WHERE practice = ?1 AND set_id = ?2 AND number = ?3")?
        .query_row(params![practice, &set.0[..], number], |row| row.get(0))
        .optional()
}

pub(super) fn count(connection: &Connection, practice: i64, set: SetId) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT count(*) FROM pack WHERE practice = ?1 AND set_id = ?2")?
        .query_row(params![practice, &set.0[..]], |row| unsigned(row, 0))
}

/// One that is there already stays as it is.
pub(super) fn put(connection: &Connection, practice: i64, stored: &StoredPack) -> rusqlite::Result<()> {
    let pack = &stored.pack;
    let sql = "INSERT INTO pack (practice, set_id, number, received_at, bytes) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT DO NOTHING";
    let new = connection.prepare_cached(sql)?.execute(params![
        practice,
        &pack.set.0[..],
        pack.number,
        signed(stored.received_at),
        &pack.bytes
    ])?;
    if new > 0 {
        connection
            .prepare_cached("UPDATE practice SET pack_bytes = pack_bytes + ?2 WHERE number = ?1")?
            .execute(params![practice, signed(pack.bytes.len() as u64)])?;
    }
    Ok(())
}

pub(super) fn complete(connection: &Connection, practice: i64, index: &StoredIndex) -> rusqlite::Result<()> {
    let sql = "INSERT INTO snapshot (practice, set_id, position, completed_at, bytes) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT DO NOTHING";
    connection.prepare_cached(sql)?.execute(params![
        practice,
        &index.stored.pack.set.0[..],
        signed(index.position),
        signed(index.stored.received_at),
        &index.stored.pack.bytes
    ])?;
    Ok(())
}

pub(super) fn tidy(
    connection: &Connection,
    practice: i64,
    unfinished_before: u64,
    needed: &[SetId],
) -> rusqlite::Result<()> {
    let needed: HashSet<[u8; 16]> = needed.iter().map(|set| set.0).collect();
    let old: Vec<(i64, [u8; 16])> = connection
        .prepare_cached(
            "SELECT serial, set_id FROM snapshot WHERE practice = ?1 ORDER BY serial DESC LIMIT -1 OFFSET ?2",
        )?
        .query_map(params![practice, KEPT_SNAPSHOTS], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    for (serial, _) in old.into_iter().filter(|(_, set)| !needed.contains(set)) {
        connection
            .prepare_cached("DELETE FROM snapshot WHERE serial = ?1")?
            .execute([serial])?;
    }
    connection
        .prepare_cached(
            "DELETE FROM pack WHERE practice = ?1 AND received_at < ?2 \
             AND set_id NOT IN (SELECT set_id FROM snapshot WHERE practice = ?1)",
        )?
        .execute(params![practice, signed(unfinished_before)])?;
    connection
        .prepare_cached(
            "UPDATE practice SET pack_bytes = \
             (SELECT coalesce(sum(length(bytes)), 0) FROM pack WHERE practice = ?1) WHERE number = ?1",
        )?
        .execute([practice])?;
    Ok(())
}
