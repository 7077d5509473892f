//! One connection to the database: prepared statements, a limit for every answer, and a new connection when it is lost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sync::relay::LogError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Connection, Error, NoTls, Notification, Row, Socket, Statement};

use super::address::Address;

/// The database answers within this time, or the connection is given up.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What holds for every session. A lock that a vanished relay holds is let go by the server; a commit waits for the disk
/// whatever the server's default says.
const MANNERS: &str = "\
    SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '30s'; \
    SET default_transaction_isolation = 'read committed'; \
    SELECT set_config('synchronous_commit', 'on', false) \
        WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

/// What an error says, with its causes but without the values of a row.
pub(super) fn told(error: &Error) -> String {
    if let Some(database) = error.as_db_error() {
        return format!("{} ({})", database.message(), database.code().code());
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// An open connection.
pub(super) struct Session {
    client: Client,
    carrying: JoinHandle<()>,
    prepared: Mutex<HashMap<&'static str, Statement>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        // The connection would otherwise stay until a pending answer comes.
        self.carrying.abort();
    }
}

impl Session {
    /// `heard`: where notifications go.
    pub(super) async fn open(
        address: &Address,
        heard: Option<mpsc::UnboundedSender<Notification>>,
    ) -> Result<Self, Error> {
        let (client, carrying) = match address.tls.clone() {
            Some(tls) => {
                let (client, connection) = address.config.connect(tls).await?;
                (client, tokio::spawn(carry(connection, heard)))
            }
            None => {
                let (client, connection) = address.config.connect(NoTls).await?;
                (client, tokio::spawn(carry(connection, heard)))
            }
        };
        let session = Self {
            client,
            carrying,
            prepared: Mutex::default(),
        };
        session.client.batch_execute(MANNERS).await?;
        Ok(session)
    }

    /// Several statements without parameters.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    pub(super) async fn query(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql).await?;
        self.client.query(&statement, parameters).await
    }

    pub(super) async fn execute(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        let statement = self.prepared(sql).await?;
        self.client.execute(&statement, parameters).await
    }

    async fn prepared(&self, sql: &'static str) -> Result<Statement, Error> {
        let known = || self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(statement) = known().get(sql).cloned() {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        known().insert(sql, statement.clone());
        Ok(statement)
    }
}

/// Moves bytes between socket and client until one of them is gone.
async fn carry<T: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<Socket, T>,
    heard: Option<mpsc::UnboundedSender<Notification>>,
) {
    loop {
        match std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            Some(Ok(AsyncMessage::Notification(notification))) => {
                if let Some(heard) = &heard {
                    // Nobody listens any more when the relay stops.
                    let _ = heard.send(notification);
                }
            }
            Some(Ok(AsyncMessage::Notice(notice))) => tracing::debug!(%notice, "the database remarks"),
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(error = told(&error), "a connection to the database ended");
                return;
            }
            None => return,
        }
    }
}

/// Grows with each failure and starts over with success.
pub(super) struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(FIRST_PAUSE)
    }
}

impl Pause {
    pub(super) fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}

/// A session for a thread that may block; opened when needed.
pub(super) struct Line {
    address: Address,
    runtime: Handle,
    session: Option<Session>,
    pause: Pause,
    /// While the database is away, who asks is told so at once.
    not_before: Instant,
}

fn lost(why: &str) -> LogError {
    LogError(format!("PostgreSQL: {why}"))
}

impl Line {
    pub(super) fn new(address: Address, runtime: Handle) -> Self {
        Self {
            address,
            runtime,
            session: None,
            pause: Pause::default(),
            not_before: Instant::now(),
        }
    }

    /// Work outside a transaction, which may be done twice: a connection that was lost meanwhile is replaced.
    pub(super) fn ask<T>(&mut self, work: impl AsyncFn(&Session) -> Result<T, Error>) -> Result<T, LogError> {
        let was_open = self.session.is_some();
        self.connect()?;
        match self.step(&work) {
            Err(_) if was_open => {
                self.connect()?;
                self.step(&work)
            }
            result => result,
        }
    }

    /// Work within a transaction. After a failure the session is gone, and with it the transaction.
    pub(super) fn step<T>(
        &mut self,
        work: impl AsyncFnOnce(&Session) -> Result<T, Error>,
    ) -> Result<T, LogError> {
        let Some(session) = &self.session else {
            return Err(lost("the connection was lost in the middle of a transaction"));
        };
        let answered = async { tokio::time::timeout(ANSWER_WITHIN, work(session)).await };
        let result = match self.runtime.block_on(answered) {
            Ok(Ok(result)) => return Ok(result),
            Ok(Err(error)) => lost(&told(&error)),
            Err(_) => lost("no answer in time"),
        };
        self.session = None;
        Err(result)
    }

    /// Ends the session, and with it what it holds.
    pub(super) fn hang_up(&mut self) {
        self.session = None;
    }

    fn connect(&mut self) -> Result<(), LogError> {
        if self
            .session
            .as_ref()
            .is_some_and(|session| session.client.is_closed())
        {
            self.session = None;
        }
        if self.session.is_some() {
            return Ok(());
        }
        if Instant::now() < self.not_before {
            return Err(lost("the database is away"));
        }
        let opening = async { tokio::time::timeout(ANSWER_WITHIN, Session::open(&self.address, None)).await };
        let why = match self.runtime.block_on(opening) {
            Ok(Ok(session)) => {
                self.session = Some(session);
                self.pause = Pause::default();
                return Ok(());
            }
            Ok(Err(error)) => told(&error),
            Err(_) => "no answer in time".into(),
        };
        self.not_before = Instant::now() + self.pause.next();
        Err(lost(&why))
    }
}
