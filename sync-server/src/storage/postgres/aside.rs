//! Claims and sealed mail in PostgreSQL.

use sync::id::{PracticeId, WorkstationId};
use sync::mail::{MailPublic, box_of};
use sync::relay::{LogError, MailBox, MailWrite, NewLetter, StoredClaim, StoredKey};
use sync::wire::{Holder, Letter, MailKey};
use tokio_postgres::{Error, Row};

use super::listen::{CHANNEL, mail_payload};
use super::session::Session;
use super::{fixed, signed, unsigned};

pub(super) const HOLDER: &str = "SELECT workstation, claimed_at FROM claim JOIN practice ON number = practice \
                                 WHERE practice.id = $1 AND key = $2";
pub(super) const BOXES: &str = "SELECT practice.id, last, acknowledged, epoch, public, workstation, signature \
                                FROM mail_box JOIN practice ON number = practice WHERE practice.id = ANY($1)";
pub(super) const PRACTICE_OF: &str =
    "SELECT practice.id FROM mail_box JOIN practice ON number = practice WHERE mail_box.id = $1";
pub(super) const LETTER: &str = "SELECT letter.number FROM letter JOIN practice ON practice.number = practice \
                                 WHERE practice.id = $1 AND letter.id = $2";
/// The database adds up sizes, as for pages of the log.
pub(super) const LETTERS: &str = "SELECT number, received_at, bytes FROM ( \
        SELECT letter.number, received_at, letter.bytes, row_number() OVER (ORDER BY letter.number) AS place, \
               sum(octet_length(letter.bytes)) OVER (ORDER BY letter.number) AS size \
        FROM letter WHERE practice = (SELECT number FROM practice WHERE id = $1) \
            AND letter.number > $2 AND letter.bytes IS NOT NULL ORDER BY letter.number LIMIT $3 \
    ) AS candidate WHERE size <= $4 OR place = 1 ORDER BY number";
pub(super) const USAGE: &str = "SELECT claims, coalesce(letters, 0), coalesce(mail_box.bytes, 0) \
                                FROM practice LEFT JOIN mail_box ON number = practice WHERE practice.id = $1";

pub(super) fn holder(row: &Row) -> Result<Holder, LogError> {
    Ok(Holder {
        workstation: WorkstationId(fixed(row, 0)?),
        at_millis: unsigned(row, 1),
    })
}

/// From a row of [`BOXES`].
pub(super) fn mail_box(row: &Row) -> Result<(PracticeId, MailBox), LogError> {
    let key = MailKey {
        epoch: u32::try_from(row.get::<_, i64>(3)).unwrap_or(0),
        public: MailPublic(fixed(row, 4)?),
        signature: fixed(row, 6)?,
    };
    let state = MailBox {
        last: unsigned(row, 1),
        acknowledged: unsigned(row, 2),
        key: Some(StoredKey {
            workstation: WorkstationId(fixed(row, 5)?),
            key,
        }),
    };
    Ok((PracticeId(fixed(row, 0)?), state))
}

pub(super) fn letter(row: &Row) -> Letter {
    Letter {
        number: unsigned(row, 0),
        received_at: unsigned(row, 1),
        sealed: row.get(2),
    }
}

/// What a group writes of both, with the practice's number.
pub(super) enum Aside<'a> {
    Claim(i64, &'a StoredClaim),
    Mail(i64, &'a MailWrite),
}

impl Aside<'_> {
    pub(super) async fn write(&self, session: &Session) -> Result<(), Error> {
        match self {
            Self::Claim(practice, claim) => give(session, *practice, claim).await,
            Self::Mail(practice, mail) => write(session, *practice, mail).await,
        }
    }
}

/// Fails, and the whole group with it, if somebody has it: that was looked up under the practice's lock.
async fn give(session: &Session, practice: i64, claim: &StoredClaim) -> Result<(), Error> {
    let sql = "WITH new AS (INSERT INTO claim (practice, key, workstation, claimed_at) VALUES ($1, $2, $3, $4) \
                   RETURNING practice) \
               UPDATE practice SET claims = claims + 1 FROM new WHERE number = new.practice";
    session
        .execute(
            sql,
            &[
                &practice,
                &&claim.key.0[..],
                &&claim.holder.workstation.0[..],
                &signed(claim.holder.at_millis),
            ],
        )
        .await?;
    Ok(())
}

async fn write(session: &Session, practice: i64, write: &MailWrite) -> Result<(), Error> {
    match write {
        MailWrite::Key {
            practice: id,
            key: StoredKey { workstation, key },
        } => {
            let sql = "INSERT INTO mail_box (practice, id, epoch, public, workstation, signature) \
                       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (practice) DO UPDATE SET epoch = excluded.epoch, \
                       public = excluded.public, workstation = excluded.workstation, signature = excluded.signature";
            session
                .execute(
                    sql,
                    &[
                        &practice,
                        &&box_of(*id).0[..],
                        &i64::from(key.epoch),
                        &&key.public.0[..],
                        &&workstation.0[..],
                        &&key.signature[..],
                    ],
                )
                .await?;
            tell(session, *id).await
        }
        MailWrite::Letter(new) => put(session, practice, new).await,
        MailWrite::Acknowledge {
            after,
            up_to,
            at_millis,
            ..
        } => {
            let letters =
                "UPDATE letter SET acknowledged_at = $4 WHERE practice = $1 AND number > $2 AND number <= $3";
            let parameters: [i64; 3] = [signed(*after), signed(*up_to), signed(*at_millis)];
            session
                .execute(
                    letters,
                    &[&practice, &parameters[0], &parameters[1], &parameters[2]],
                )
                .await?;
            session
                .execute(
                    "UPDATE mail_box SET acknowledged = $2 WHERE practice = $1",
                    &[&practice, &parameters[1]],
                )
                .await?;
            Ok(())
        }
        MailWrite::Tidy {
            acknowledged_before, ..
        } => tidy(session, practice, *acknowledged_before).await,
    }
}

async fn put(session: &Session, practice: i64, new: &NewLetter) -> Result<(), Error> {
    let letter = &new.letter;
    let number = signed(letter.number);
    session
        .execute(
            "INSERT INTO letter (practice, number, id, received_at, bytes) VALUES ($1, $2, $3, $4, $5)",
            &[
                &practice,
                &number,
                &&new.id.0[..],
                &signed(letter.received_at),
                &letter.sealed,
            ],
        )
        .await?;
    session
        .execute(
            "UPDATE mail_box SET last = $2, letters = letters + 1, bytes = bytes + $3 WHERE practice = $1",
            &[&practice, &number, &signed(letter.sealed.len() as u64)],
        )
        .await?;
    tell(session, new.practice).await
}

async fn tidy(session: &Session, practice: i64, acknowledged_before: u64) -> Result<(), Error> {
    let gone = session
        .execute(
            "UPDATE letter SET bytes = NULL WHERE practice = $1 AND acknowledged_at < $2 AND bytes IS NOT NULL",
            &[&practice, &signed(acknowledged_before)],
        )
        .await?;
    if gone > 0 {
        let weigh = "UPDATE mail_box SET (letters, bytes) = \
                     (SELECT count(*), coalesce(sum(octet_length(letter.bytes)), 0) FROM letter \
                      WHERE practice = $1 AND letter.bytes IS NOT NULL) WHERE practice = $1";
        session.execute(weigh, &[&practice]).await?;
    }
    Ok(())
}

/// Tells the other relays, when this is committed.
async fn tell(session: &Session, practice: PracticeId) -> Result<(), Error> {
    session
        .query("SELECT pg_notify($1, $2)", &[&CHANNEL, &mail_payload(practice)])
        .await?;
    Ok(())
}
