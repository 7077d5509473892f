//! The database at the start: reached, recognised, brought up to date. Several relays may start at the same time.

use tokio_postgres::Error;

use super::address::Address;
use super::session::{Session, told};

/// Numbered, forward-only; the table `orca_relay` says how many were applied. During a rolling update the relays of the
/// release before go on working on what these make of the database.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/relay-postgres/0001_logs.sql"),
    include_str!("../../../../migrations/relay-postgres/0002_snapshots.sql"),
    include_str!("../../../../migrations/relay-postgres/0003_claims_and_mail.sql"),
    include_str!("../../../../migrations/relay-postgres/0004_pruning.sql"),
];
/// Held while migrating. "OrRL", as in the header of the SQLite file.
const MIGRATING: &str = "SELECT pg_advisory_xact_lock(1332892236)";

/// Why the relay does not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CannotUse {
    #[error(
        "cannot reach the PostgreSQL database {database}: {why}. Check that it runs, that --database names the right \
         host, port, user, password and database, and that it lets this computer in (pg_hba.conf)"
    )]
    Unreachable { database: String, why: String },
    #[error(
        "the PostgreSQL database {database} was written by a newer orca-relay (format {found}, this one knows {known}); \
         it was left as it is: update orca-relay"
    )]
    Newer {
        database: String,
        found: i64,
        known: i64,
    },
    #[error(
        "the PostgreSQL database {database} holds other tables ({table}); it was left as it is: give the relay a \
         database of its own"
    )]
    NotOurs { database: String, table: String },
    #[error("cannot use the PostgreSQL database {database}: {why}")]
    Failed { database: String, why: String },
}

/// What was found in the database, before anything is changed.
enum Found {
    Format(i64),
    Foreign(String),
}

/// Checks the database and brings it up to date.
pub(super) async fn open(address: &Address) -> Result<(), CannotUse> {
    let session = Session::open(address, None)
        .await
        .map_err(|error| CannotUse::Unreachable {
            database: address.to_string(),
            why: told(&error),
        })?;
    let failed = |error: Error| CannotUse::Failed {
        database: address.to_string(),
        why: told(&error),
    };
    session.batch("BEGIN").await.map_err(failed)?;
    session.batch(MIGRATING).await.map_err(failed)?;
    let known = i64::try_from(MIGRATIONS.len()).expect("few migrations");
    let applied = match look(&session).await.map_err(failed)? {
        Found::Foreign(table) => {
            return Err(CannotUse::NotOurs {
                database: address.to_string(),
                table,
            });
        }
        Found::Format(found) if found > known => {
            return Err(CannotUse::Newer {
                database: address.to_string(),
                found,
                known,
            });
        }
        Found::Format(found) => found,
    };
    for (format, migration) in (1..).zip(MIGRATIONS).skip(usize::try_from(applied).unwrap_or(0)) {
        session.batch(migration).await.map_err(failed)?;
        let record = "INSERT INTO orca_relay (format) VALUES ($1)";
        let format: i64 = format;
        session.execute(record, &[&format]).await.map_err(failed)?;
    }
    session.batch("COMMIT").await.map_err(failed)?;
    careless(&session).await.map_err(failed)
}

async fn look(session: &Session) -> Result<Found, Error> {
    let exists = session
        .query("SELECT to_regclass('orca_relay') IS NOT NULL", &[])
        .await?;
    if exists.first().is_some_and(|row| row.get(0)) {
        let format = session
            .query("SELECT coalesce(max(format), 0) FROM orca_relay", &[])
            .await?;
        return Ok(Found::Format(format.first().map_or(0, |row| row.get(0))));
    }
    let others = session
        .query(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() LIMIT 1",
            &[],
        )
        .await?;
    if let Some(other) = others.first() {
        return Ok(Found::Foreign(other.get(0)));
    }
    session
        .batch(
            "CREATE TABLE orca_relay (format bigint NOT NULL PRIMARY KEY, \
             applied_at timestamptz NOT NULL DEFAULT now())",
        )
        .await?;
    Ok(Found::Format(0))
}

/// A server that does not wait for its disk loses what was acknowledged when the power fails.
async fn careless(session: &Session) -> Result<(), Error> {
    let off = session
        .query(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'",
            &[],
        )
        .await?;
    for setting in off {
        tracing::error!(
            setting = setting.get::<_, &str>(0),
            "the database server has this turned off: a power cut there can lose what workstations were told is safe"
        );
    }
    Ok(())
}
