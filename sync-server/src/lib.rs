//! The relay: accepts, authenticates, appends, fans out sealed envelopes it cannot read.
//!
//! The rules are in [`sync::relay`]; this crate gives them sockets ([`connection`]), a disk ([`store`]) and one writer
//! ([`writer`]) that gathers everybody's appends into group commits.

pub mod connection;
pub mod listener;
pub mod metrics;
pub mod store;
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
use crate::metrics::Metrics;
use crate::store::{CannotOpen, DataDir};

/// Connections that read pages from disk at the same time.
const READERS: usize = 4;
/// What each socket may buffer beyond the frame being read or written.
const SOCKET_BUFFER: usize = 4 * 1024;
/// Connections are given this long to end when the relay stops.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How a relay is to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// Port 0 takes any free port.
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub tls: Option<TlsFiles>,
    pub max_connections: usize,
    pub limits: Limits,
}

impl Config {
    /// A relay for one machine: loopback, any free port, open registration.
    #[must_use]
    pub fn loopback(data: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data,
            tls: None,
            max_connections: 10_000,
            limits: Limits::default(),
        }
    }
}

/// Why the relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    #[error(transparent)]
    Data(#[from] CannotOpen),
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
    stop: watch::Sender<bool>,
    writer: std::thread::JoinHandle<()>,
    data: DataDir,
}

impl Relay {
    /// Takes the data directory and the port. Must be called within a tokio runtime.
    pub async fn bind(config: Config) -> Result<Self, CannotStart> {
        let tls = config.tls.as_ref().map(listener::tls).transpose()?;
        let data = DataDir::open(&config.data)?;
        let log = data.writer()?;
        let readers = (0..READERS).map(|_| data.reader()).collect::<Result<_, _>>()?;
        let listen = |source| CannotStart::Listen {
            address: config.listen,
            source,
        };
        let tcp = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = tcp.local_addr().map_err(listen)?;
        let metrics = Arc::new(Metrics::default());
        let listener = Listener::new(tcp, tls, config.max_connections, metrics.clone()).map_err(listen)?;
        let (jobs, queue) = mpsc::channel(writer::QUEUE);
        let for_writer = metrics.clone();
        let writer = std::thread::Builder::new()
            .name("relay-writer".into())
            .spawn(move || writer::run(log, queue, for_writer))
            .map_err(CannotStart::Thread)?;
        let (stop, stopping) = watch::channel(false);
        let limits = Arc::new(config.limits);
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
            stop,
            writer,
            data,
        } = self;
        let (alive, mut all_gone) = mpsc::channel::<()>(1);
        let state = Door {
            shared,
            _alive: alive,
        };
        let mut stopping = state.shared.stopping.clone();
        let router = Router::new()
            .route("/", any(upgrade))
            .route("/sync", any(upgrade))
            .route("/health", get(health))
            .route("/metrics", get(metrics_text))
            .with_state(state);
        let tell = stop.clone();
        let served = axum::serve(listener, router).with_graceful_shutdown(async move {
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

/// Binds and serves in one go.
pub async fn serve(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Relay::bind(config).await?.serve(shutdown).await?;
    Ok(())
}

#[derive(Clone)]
struct Door {
    shared: Arc<Shared>,
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
    let failing = metrics.is_failing.load(Ordering::Relaxed);
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
