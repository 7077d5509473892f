//! Snapshots in PostgreSQL: packs, and the indexes of complete ones.

use sync::relay::{KEPT_SNAPSHOTS, StoredIndex, StoredPack};
use tokio_postgres::Error;

use super::session::Session;
use super::signed;

pub(super) const INDEX: &str = "SELECT snapshot.bytes FROM snapshot JOIN practice ON practice.number = practice \
                                WHERE practice.id = $1 AND set_id = $2";
pub(super) const PACK: &str = "SELECT pack.bytes FROM pack JOIN practice ON practice.number = practice \
                               WHERE practice.id = $1 AND set_id = $2 AND pack.number = $3";
pub(super) const COUNT: &str = "SELECT count(*) FROM pack JOIN practice ON practice.number = practice \
                                WHERE practice.id = $1 AND set_id = $2";

/// What a group writes of snapshots, with the practice's number.
pub(super) enum Packs<'a> {
    Put(i64, &'a StoredPack),
    Complete(i64, &'a StoredIndex),
    Tidy {
        practice: i64,
        unfinished_before: u64,
        needed: Vec<Vec<u8>>,
    },
}

impl Packs<'_> {
    pub(super) async fn write(&self, session: &Session) -> Result<(), Error> {
        match self {
            Self::Put(practice, stored) => put(session, *practice, stored).await,
            Self::Complete(practice, index) => complete(session, *practice, index).await,
            Self::Tidy {
                practice,
                unfinished_before,
                needed,
            } => tidy(session, *practice, *unfinished_before, needed).await,
        }
    }
}

/// One that is there already stays as it is.
async fn put(session: &Session, practice: i64, stored: &StoredPack) -> Result<(), Error> {
    let pack = &stored.pack;
    let sql = "WITH new AS (INSERT INTO pack (practice, set_id, number, received_at, bytes) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING octet_length(bytes) AS size) \
               UPDATE practice SET pack_bytes = pack_bytes + new.size FROM new WHERE number = $1";
    let number = i32::try_from(pack.number).unwrap_or(i32::MAX);
    session
        .execute(
            sql,
            &[
                &practice,
                &&pack.set.0[..],
                &number,
                &signed(stored.received_at),
                &pack.bytes,
            ],
        )
        .await?;
    Ok(())
}

async fn complete(session: &Session, practice: i64, index: &StoredIndex) -> Result<(), Error> {
    let sql = "INSERT INTO snapshot (practice, set_id, position, completed_at, bytes) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT DO NOTHING";
    session
        .execute(
            sql,
            &[
                &practice,
                &&index.stored.pack.set.0[..],
                &signed(index.position),
                &signed(index.stored.received_at),
                &index.stored.pack.bytes,
            ],
        )
        .await?;
    Ok(())
}

async fn tidy(
    session: &Session,
    practice: i64,
    unfinished_before: u64,
    needed: &[Vec<u8>],
) -> Result<(), Error> {
    let old = "DELETE FROM snapshot WHERE practice = $1 AND serial NOT IN \
               (SELECT serial FROM snapshot WHERE practice = $1 ORDER BY serial DESC LIMIT $2) \
               AND set_id <> ALL($3::bytea[])";
    session
        .execute(old, &[&practice, &i64::from(KEPT_SNAPSHOTS), &needed])
        .await?;
    let left = "DELETE FROM pack WHERE practice = $1 AND received_at < $2 \
                AND set_id NOT IN (SELECT set_id FROM snapshot WHERE practice = $1)";
    session
        .execute(left, &[&practice, &signed(unfinished_before)])
        .await?;
    let weigh = "UPDATE practice SET pack_bytes = \
                 (SELECT coalesce(sum(octet_length(bytes)), 0) FROM pack WHERE practice = $1) WHERE number = $1";
    session.execute(weigh, &[&practice]).await?;
    Ok(())
}
