//! Pruning in PostgreSQL: each step is one transaction that holds the practice's row, so relays side by side do not disturb
//! each other, and nobody who appends waits for more than one step.

use sync::id::PracticeId;
use sync::relay::Reached;
use tokio_postgres::Error;

use super::session::Session;
use super::{signed, unsigned};
use crate::storage::Step;

pub(super) const PRUNED: &str = "SELECT pruned, gone FROM practice WHERE id = $1";
pub(super) const REACHED: &str = "SELECT workstation, reached.position, at FROM reached \
                                  JOIN practice ON number = practice WHERE practice.id = $1";
pub(super) const WITH_SNAPSHOTS: &str =
    "SELECT id FROM practice WHERE number IN (SELECT practice FROM snapshot) ORDER BY number";

pub(super) async fn note_reached(session: &Session, practice: i64, reached: &Reached) -> Result<(), Error> {
    let sql = "INSERT INTO reached (practice, workstation, position, at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (practice, workstation) DO UPDATE SET position = excluded.position, at = excluded.at \
               WHERE excluded.position >= reached.position";
    let (position, at) = (signed(reached.position), signed(reached.at_millis));
    session
        .execute(sql, &[&practice, &&reached.workstation.0[..], &position, &at])
        .await?;
    Ok(())
}

/// The practice's number and how far it is pruned; its row is this transaction's.
async fn begin(session: &Session, practice: PracticeId) -> Result<Option<(i64, u64)>, Error> {
    session.batch("BEGIN").await?;
    let sql = "SELECT number, pruned FROM practice WHERE id = $1 FOR UPDATE";
    let rows = session.query(sql, &[&&practice.0[..]]).await?;
    Ok(rows.first().map(|row| (row.get(0), unsigned(row, 1))))
}

/// Moves the next envelopes to the cold part.
pub(super) async fn chill(
    session: &Session,
    practice: PracticeId,
    up_to: u64,
    now_millis: u64,
    most: u32,
) -> Result<Step, Error> {
    let Some((number, from)) = begin(session, practice).await? else {
        session.batch("ROLLBACK").await?;
        return Ok(Step::default());
    };
    let look = "SELECT coalesce(max(position), 0), count(*), coalesce(sum(size), 0)::bigint FROM \
                (SELECT position, octet_length(bytes) AS size FROM entry WHERE practice = $1 AND position > $2 \
                 AND position <= $3 AND NOT is_statement ORDER BY position LIMIT $4) AS next";
    let rows = session
        .query(look, &[&number, &signed(from), &signed(up_to), &i64::from(most)])
        .await?;
    let (last, step) = found(&rows);
    let to = if step.envelopes == u64::from(most) {
        last
    } else {
        up_to.max(from)
    };
    let keep = "INSERT INTO cold (practice, position, moved_at, bytes) \
                SELECT practice, position, $4, bytes FROM entry \
                WHERE practice = $1 AND position > $2 AND position <= $3 AND NOT is_statement";
    session
        .execute(keep, &[&number, &signed(from), &signed(to), &signed(now_millis)])
        .await?;
    let empty = "UPDATE entry SET bytes = ''::bytea \
                 WHERE practice = $1 AND position > $2 AND position <= $3 AND NOT is_statement";
    session
        .execute(empty, &[&number, &signed(from), &signed(to)])
        .await?;
    let weigh = "UPDATE practice SET pruned = $2, bytes = bytes - $3 WHERE number = $1";
    session
        .execute(weigh, &[&number, &signed(to), &signed(step.bytes)])
        .await?;
    session.batch("COMMIT").await?;
    Ok(step)
}

/// Deletes the next envelopes of the cold part that have been there since before this time.
pub(super) async fn delete_cold(
    session: &Session,
    practice: PracticeId,
    up_to: u64,
    moved_before: u64,
    most: u32,
) -> Result<Step, Error> {
    let Some((number, _)) = begin(session, practice).await? else {
        session.batch("ROLLBACK").await?;
        return Ok(Step::default());
    };
    let look = "SELECT coalesce(max(position), 0), count(*), coalesce(sum(size), 0)::bigint FROM \
                (SELECT position, octet_length(bytes) AS size FROM cold WHERE practice = $1 AND position <= $2 \
                 AND moved_at < $3 ORDER BY position LIMIT $4) AS next";
    let rows = session
        .query(
            look,
            &[&number, &signed(up_to), &signed(moved_before), &i64::from(most)],
        )
        .await?;
    let (last, step) = found(&rows);
    if step.envelopes > 0 {
        let delete = "DELETE FROM cold WHERE practice = $1 AND position <= $2";
        session.execute(delete, &[&number, &signed(last)]).await?;
        // Between the last one and the next that is left there are only statements.
        let note = "UPDATE practice SET gone = greatest(gone, least(left_from, $2, pruned)) \
                    FROM (SELECT coalesce(min(position) - 1, $2) AS left_from FROM cold WHERE practice = $1) AS cold \
                    WHERE number = $1";
        session.execute(note, &[&number, &signed(up_to)]).await?;
    }
    session.batch("COMMIT").await?;
    Ok(step)
}

fn found(rows: &[tokio_postgres::Row]) -> (u64, Step) {
    rows.first().map_or((0, Step::default()), |row| {
        let step = Step {
            envelopes: unsigned(row, 1),
            bytes: unsigned(row, 2),
        };
        (unsigned(row, 0), step)
    })
}
