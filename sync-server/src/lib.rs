//! The relay: accepts, authenticates, appends, fans out sealed envelopes it cannot read.
//!
//! The rules are in [`sync::relay`]; this crate gives them sockets ([`connection`]), storage ([`storage`]: SQLite or
//! PostgreSQL) and one writer ([`writer`]) that gathers everybody's appends into group commits.

pub mod connection;
pub mod listener;
pub mod mail_door;
pub mod metrics;
pub mod pruning;
pub mod quota;
pub mod recent;
pub mod storage;
pub mod writer;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use sync::relay::Limits;
use sync::wire::MAX_FRAME_BYTES;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::connection::{Readers, Shared};
use crate::listener::{BadTls, Listener, TlsFiles};
use crate::mail_door::{Knocks, MailLimits, Peer};
use crate::metrics::Metrics;
use crate::pruning::Pruning;
use crate::quota::Quota;
use crate::storage::postgres::{self, CannotUse, Postgres};
use crate::storage::sqlite::{CannotOpen, DataDir};
use crate::storage::{Database, Reader, Storage};

/// Connections that read pages from storage at the same time.
const READERS: usize = 4;
/// What each socket may buffer beyond the frame being read or written.
const SOCKET_BUFFER: usize = 4 * 1024;
/// Connections are given this long to end when the relay stops.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// How often mail that was kept long enough is let go.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);

/// How a relay is to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// Port 0 takes any free port.
    pub listen: SocketAddr,
    pub database: Database,
    pub tls: Option<TlsFiles>,
    pub max_connections: usize,
    pub limits: Limits,
    /// What one practice may store.
    pub quota: Quota,
    /// What the outside world may put into mail boxes.
    pub mail: MailLimits,
    /// None: logs are kept for good.
    pub pruning: Option<Pruning>,
}

impl Config {
    /// A relay for one machine: SQLite in a directory, loopback, any free port, open registration.
    #[must_use]
    pub fn loopback(data: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            database: Database::Sqlite(data),
            tls: None,
            max_connections: 10_000,
            limits: Limits::default(),
            quota: Quota::default(),
            mail: MailLimits::default(),
            pruning: None,
        }
    }
}

/// Why the relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    #[error(transparent)]
    Data(#[from] CannotOpen),
    #[error(transparent)]
    Database(#[from] CannotUse),
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error(transparent)]
    Tls(#[from] BadTls),
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}

/// A relay that listens already; [`Relay::serve`] answers.
pub struct Relay {
    listener: Listener,
    address: SocketAddr,
    shared: Arc<Shared>,
    knocks: Arc<Knocks>,
    stop: watch::Sender<bool>,
    writer: std::thread::JoinHandle<()>,
    /// Held until the last write, where there is one.
    data: Option<DataDir>,
}

impl Relay {
    /// Takes the storage and the port. Must be called within a tokio runtime.
    pub async fn bind(config: Config) -> Result<Self, CannotStart> {
        let tls = config.tls.as_ref().map(listener::tls).transpose()?;
        let metrics = Arc::new(Metrics::default());
        let (jobs, queue) = mpsc::channel(writer::QUEUE);
        let (stop, stopping) = watch::channel(false);
        let start = Start {
            queue,
            metrics: metrics.clone(),
            quota: config.quota,
            retention: config.pruning.map_or(Duration::MAX, |pruning| pruning.retention),
        };
        let (readers, writer, data) = match &config.database {
            Database::Sqlite(directory) => {
                let data = DataDir::open(directory)?;
                let readers = (0..READERS)
                    .map(|_| Ok(Box::new(data.reader()?) as Box<dyn Reader>))
                    .collect::<Result<_, CannotOpen>>()?;
                (readers, start.writer(data.writer()?)?, Some(data))
            }
            Database::Postgres(address) => {
                let database = Postgres::open(address).await?;
                let readers = (0..READERS)
                    .map(|_| Box::new(database.log()) as Box<dyn Reader>)
                    .collect();
                let writer = start.writer(database.log())?;
                let (jobs, stopping) = (jobs.downgrade(), stopping.clone());
                tokio::spawn(postgres::listen(address.clone(), jobs, stopping, metrics.clone()));
                (readers, writer, None)
            }
        };
        let listen = |source| CannotStart::Listen {
            address: config.listen,
            source,
        };
        tokio::spawn(tidy(jobs.downgrade()));
        let tcp = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = tcp.local_addr().map_err(listen)?;
        let listener = Listener::new(tcp, tls, config.max_connections, metrics.clone()).map_err(listen)?;
        let mut limits = config.limits;
        if let Some(pruning) = config.pruning {
            limits.retention_days = pruning.whole_days();
            tokio::spawn(pruning::run(jobs.downgrade(), pruning, stopping.clone()));
        }
        let limits = Arc::new(limits);
        let readers = Arc::new(Readers::new(readers));
        let shared = Arc::new(Shared {
            jobs,
            readers,
            metrics,
            limits,
            stopping,
        });
        tracing::info!(%address, registration = ?shared.limits.registration, "listening");
        Ok(Self {
            listener,
            address,
            shared,
            knocks: Arc::new(Knocks::new(config.mail)),
            stop,
            writer,
            data,
        })
    }

    /// Where it listens; the real port if 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn metrics(&self) -> Arc<Metrics> {
        self.shared.metrics.clone()
    }

    /// Serves until `shutdown`; then says good-bye to everyone, writes what was submitted, and returns.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let Self {
            listener,
            address: _,
            shared,
            knocks,
            stop,
            writer,
            data,
        } = self;
        let (alive, mut all_gone) = mpsc::channel::<()>(1);
        let state = Door {
            shared,
            knocks,
            _alive: alive,
        };
        let mut stopping = state.shared.stopping.clone();
        let router = Router::new()
            .route("/", any(upgrade))
            .route("/sync", any(upgrade))
            .route("/health", get(health))
            .route("/metrics", get(metrics_text))
            .route("/mail/{name}", get(mail_door::key).post(mail_door::post))
            .with_state(state);
        let tell = stop.clone();
        let served = axum::serve(listener, router.into_make_service_with_connect_info::<Peer>())
            .with_graceful_shutdown(async move {
                shutdown.await;
                tracing::info!("stopping");
                // Ends connections at the same moment as the listener.
                tell.send_replace(true);
            });
        let result = tokio::select! {
            result = async { served.await } => result,
            // A peer that keeps an idle HTTP connection open must not keep the relay from stopping.
            () = async {
                let _ = stopping.wait_for(|stopping| *stopping).await;
                tokio::time::sleep(STOP_WITHIN).await;
            } => Ok(()),
        };
        let _ = tokio::time::timeout(STOP_WITHIN, all_gone.recv()).await;
        // The last sender of jobs is gone with the connections; the writer ends after its last commit.
        let _ = tokio::time::timeout(STOP_WITHIN, tokio::task::spawn_blocking(move || writer.join())).await;
        drop((stop, data));
        tracing::info!("stopped");
        result
    }
}

/// What the writer's thread starts with.
struct Start {
    queue: mpsc::Receiver<writer::Job>,
    metrics: Arc<Metrics>,
    quota: Quota,
    retention: Duration,
}

impl Start {
    fn writer(self, storage: impl Storage) -> Result<std::thread::JoinHandle<()>, CannotStart> {
        std::thread::Builder::new()
            .name("relay-writer".into())
            .spawn(move || writer::run(storage, self.queue, self.metrics, self.quota, self.retention))
            .map_err(CannotStart::Thread)
    }
}

/// Binds and serves in one go.
pub async fn serve(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Relay::bind(config).await?.serve(shutdown).await?;
    Ok(())
}

/// Until the relay stops.
async fn tidy(jobs: mpsc::WeakSender<writer::Job>) {
    loop {
        tokio::time::sleep(TIDY_EVERY).await;
        let Some(jobs) = jobs.upgrade() else { return };
        if jobs.send(writer::Job::Tidy).await.is_err() {
            return;
        }
    }
}

#[derive(Clone)]
struct Door {
    shared: Arc<Shared>,
    knocks: Arc<Knocks>,
    /// Every connection holds one: when the last is dropped, all are gone.
    _alive: mpsc::Sender<()>,
}

async fn upgrade(State(door): State<Door>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade
            .read_buffer_size(SOCKET_BUFFER)
            .write_buffer_size(0)
            .max_message_size(MAX_FRAME_BYTES)
            .max_frame_size(MAX_FRAME_BYTES)
            .on_upgrade(async move |socket| {
                connection::run(socket, door.shared.clone()).await;
                drop(door);
            }),
        Err(_) => (
            StatusCode::UPGRADE_REQUIRED,
            "This is an Orca Front Desk relay. Workstations talk to it over a WebSocket; there is nothing to see here.\n",
        )
            .into_response(),
    }
}

async fn health(State(door): State<Door>) -> Response {
    let metrics = &door.shared.metrics;
    let failing = metrics.cannot_store();
    let body = serde_json::json!({
        "status": if failing { "cannot store" } else { "ok" },
        "version": env!("CARGO_PKG_VERSION"),
        "connections": metrics.connections.load(Ordering::Relaxed),
        "envelopes": metrics.envelopes.load(Ordering::Relaxed),
    });
    let status = if failing {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    (status, [("content-type", "application/json")], body.to_string()).into_response()
}

async fn metrics_text(State(door): State<Door>) -> Response {
    (
        [("content-type", "text/plain; version=0.0.4")],
        door.shared.metrics.text(),
    )
        .into_response()
}
