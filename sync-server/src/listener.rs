//! Accepts TCP connections, with TLS if asked to, up to a number.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::metrics::{Metrics, add};

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Certificate chain and private key, as PEM files.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum BadTls {
    #[error("cannot read {what} from {path}: {why}")]
    File {
        what: &'static str,
        path: PathBuf,
        why: String,
    },
    #[error("certificate and key do not work together: {0}")]
    Pair(#[from] tokio_rustls::rustls::Error),
}

pub fn tls(files: &TlsFiles) -> Result<TlsAcceptor, BadTls> {
    let bad = |what, path: &Path| {
        let path = path.to_owned();
        move |error: tokio_rustls::rustls::pki_types::pem::Error| BadTls::File {
            what,
            path,
            why: error.to_string(),
        }
    };
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(bad("the certificate", &files.cert))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(bad("the key", &files.key))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Hands accepted connections to axum.
pub struct Listener {
    ready: mpsc::Receiver<(Stream, SocketAddr)>,
    address: SocketAddr,
}

impl Listener {
    pub fn new(
        tcp: TcpListener,
        tls: Option<TlsAcceptor>,
        max_connections: usize,
        metrics: Arc<Metrics>,
    ) -> io::Result<Self> {
        let address = tcp.local_addr()?;
        let (sender, ready) = mpsc::channel(64);
        tokio::spawn(accept(tcp, tls, max_connections, metrics, sender));
        Ok(Self { ready, address })
    }
}

async fn accept(
    tcp: TcpListener,
    tls: Option<TlsAcceptor>,
    max_connections: usize,
    metrics: Arc<Metrics>,
    ready: mpsc::Sender<(Stream, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(max_connections));
    loop {
        let (stream, from) = tokio::select! {
            accepted = tcp.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Usually: out of file descriptors. Others must go before anyone can come.
                    tracing::warn!(%error, "cannot accept connections at the moment");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            },
            () = ready.closed() => return,
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            add(&metrics.connections_refused, 1);
            continue;
        };
        // Frames are small and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let ready = ready.clone();
        match &tls {
            None => {
                let stream = Stream {
                    inner: Inner::Plain(stream),
                    _place: place,
                };
                if ready.send((stream, from)).await.is_err() {
                    return;
                }
            }
            Some(tls) => {
                let tls = tls.clone();
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
                        let stream = Stream {
                            inner: Inner::Tls(Box::new(stream)),
                            _place: place,
                        };
                        let _ = ready.send((stream, from)).await;
                    }
                });
            }
        }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// One accepted connection; its place is free again when it is dropped.
pub struct Stream {
    inner: Inner,
    _place: OwnedSemaphorePermit,
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Inner::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Inner::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Inner::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Inner::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
