//! Claims and sealed mail in SQLite.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync::id::{ClaimKey, LetterId, MailBoxId, PracticeId, WorkstationId};
use sync::mail::{MailPublic, box_of};
use sync::relay::{MailBox, MailWrite, NewLetter, StoredClaim, StoredKey};
use sync::wire::{Holder, Letter, MailKey};

use super::{signed, unsigned};

pub(super) fn holder(
    connection: &Connection,
    practice: i64,
    key: ClaimKey,
) -> rusqlite::Result<Option<Holder>> {
    connection
        .prepare_cached("SELECT workstation, claimed_at FROM claim WHERE practice = ?1 AND key = ?2")?
        .query_row(params![practice, &key.0[..]], |row| {
            Ok(Holder {
                workstation: WorkstationId(row.get(0)?),
                at_millis: unsigned(row, 1)?,
            })
        })
        .optional()
}

/// Fails, and the whole group with it, if somebody has it: that was looked up before.
pub(super) fn give(connection: &Connection, practice: i64, claim: &StoredClaim) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO claim (practice, key, workstation, claimed_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            practice,
            &claim.key.0[..],
            &claim.holder.workstation.0[..],
            signed(claim.holder.at_millis)
        ])?;
    connection
        .prepare_cached("UPDATE practice SET claims = claims + 1 WHERE number = ?1")?
        .execute([practice])?;
    Ok(())
}

pub(super) fn mail_box(connection: &Connection, practice: i64) -> rusqlite::Result<MailBox> {
    let sql =
        "SELECT last, acknowledged, epoch, public, workstation, signature FROM mail_box WHERE practice = ?1";
    let found = connection
        .prepare_cached(sql)?
        .query_row([practice], |row| {
            Ok(MailBox {
                last: unsigned(row, 0)?,
                acknowledged: unsigned(row, 1)?,
                key: Some(StoredKey {
                    workstation: WorkstationId(row.get(4)?),
                    key: MailKey {
                        epoch: row.get(2)?,
                        public: MailPublic(row.get(3)?),
                        signature: row.get(5)?,
                    },
                }),
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Letters and bytes that are kept.
pub(super) fn mail_usage(connection: &Connection, practice: i64) -> rusqlite::Result<(u64, u64)> {
    let found = connection
        .prepare_cached("SELECT letters, bytes FROM mail_box WHERE practice = ?1")?
        .query_row([practice], |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub(super) fn practice_of(
    connection: &Connection,
    mail_box: MailBoxId,
) -> rusqlite::Result<Option<PracticeId>> {
    let sql =
        "SELECT practice.id FROM mail_box JOIN practice ON practice.number = practice WHERE mail_box.id = ?1";
    connection
        .prepare_cached(sql)?
        .query_row([&mail_box.0[..]], |row| row.get(0).map(PracticeId))
        .optional()
}

pub(super) fn letter(connection: &Connection, practice: i64, id: LetterId) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT number FROM letter WHERE practice = ?1 AND id = ?2")?
        .query_row(params![practice, &id.0[..]], |row| unsigned(row, 0))
        .optional()
}

pub(super) fn letters(
    connection: &Connection,
    practice: i64,
    after: u64,
    max_letters: usize,
    max_bytes: usize,
) -> rusqlite::Result<Vec<Letter>> {
    let sql = "SELECT number, received_at, bytes FROM letter \
               WHERE practice = ?1 AND number > ?2 AND bytes IS NOT NULL ORDER BY number LIMIT ?3";
    let mut query = connection.prepare_cached(sql)?;
    let limit = i64::try_from(max_letters).unwrap_or(i64::MAX);
    let mut rows = query.query(params![practice, signed(after), limit])?;
    let mut letters = Vec::new();
    let mut size = 0;
    while let Some(row) = rows.next()? {
        let letter = read_letter(row)?;
        size += letter.sealed.len();
        if size > max_bytes && !letters.is_empty() {
            break;
        }
        letters.push(letter);
    }
    Ok(letters)
}

fn read_letter(row: &Row<'_>) -> rusqlite::Result<Letter> {
    Ok(Letter {
        number: unsigned(row, 0)?,
        received_at: unsigned(row, 1)?,
        sealed: row.get(2)?,
    })
}

pub(super) fn write(connection: &Connection, practice: i64, write: &MailWrite) -> rusqlite::Result<()> {
    match write {
        MailWrite::Key {
            practice: id,
            key: StoredKey { workstation, key },
        } => {
            let sql = "INSERT INTO mail_box (practice, id, epoch, public, workstation, signature) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (practice) DO UPDATE SET epoch = excluded.epoch, \
                       public = excluded.public, workstation = excluded.workstation, signature = excluded.signature";
            connection.prepare_cached(sql)?.execute(params![
                practice,
                &box_of(*id).0[..],
                key.epoch,
                &key.public.0[..],
                &workstation.0[..],
                &key.signature[..]
            ])?;
        }
        MailWrite::Letter(new) => put(connection, practice, new)?,
        MailWrite::Acknowledge {
            after,
            up_to,
            at_millis,
            ..
        } => {
            connection
                .prepare_cached(
                    "UPDATE letter SET acknowledged_at = ?4 WHERE practice = ?1 AND number > ?2 AND number <= ?3",
                )?
                .execute(params![practice, signed(*after), signed(*up_to), signed(*at_millis)])?;
            connection
                .prepare_cached("UPDATE mail_box SET acknowledged = ?2 WHERE practice = ?1")?
                .execute(params![practice, signed(*up_to)])?;
        }
        MailWrite::Tidy {
            acknowledged_before, ..
        } => tidy(connection, practice, *acknowledged_before)?,
    }
    Ok(())
}

fn put(connection: &Connection, practice: i64, new: &NewLetter) -> rusqlite::Result<()> {
    let letter = &new.letter;
    connection
        .prepare_cached(
            "INSERT INTO letter (practice, number, id, received_at, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            practice,
            signed(letter.number),
            &new.id.0[..],
            signed(letter.received_at),
            &letter.sealed
        ])?;
    connection
        .prepare_cached(
            "UPDATE mail_box SET last = ?2, letters = letters + 1, bytes = bytes + ?3 WHERE practice = ?1",
        )?
        .execute(params![
            practice,
            signed(letter.number),
            signed(letter.sealed.len() as u64)
        ])?;
    Ok(())
}

fn tidy(connection: &Connection, practice: i64, acknowledged_before: u64) -> rusqlite::Result<()> {
    let gone = connection
        .prepare_cached(
            "UPDATE letter SET bytes = NULL WHERE practice = ?1 AND acknowledged_at < ?2 AND bytes IS NOT NULL",
        )?
        .execute(params![practice, signed(acknowledged_before)])?;
    if gone > 0 {
        connection
            .prepare_cached(
                "UPDATE mail_box SET (letters, bytes) = \
                 (SELECT count(*), coalesce(sum(length(bytes)), 0) FROM letter WHERE practice = ?1 AND bytes IS NOT NULL) \
                 WHERE practice = ?1",
            )?
            .execute([practice])?;
    }
    Ok(())
}
