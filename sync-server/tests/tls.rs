//! TLS without a proxy. The key in `tests/tls` is for this test only.

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use orca_relay::listener::TlsFiles;
use orca_relay::{CannotStart, Config, Relay};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use support::{Running, http};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/tls")
        .join(name)
}

fn connector(trusted: bool) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    if trusted {
        roots
            .add(CertificateDer::from_pem_file(file("test-only-cert.pem")).expect("PEM"))
            .expect("a certificate");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

#[tokio::test]
async fn with_a_certificate_the_relay_speaks_tls_and_nothing_else() {
    let data = tempfile::tempdir().expect("a directory");
    let tls = TlsFiles {
        cert: file("test-only-cert.pem"),
        key: file("test-only-key.pem"),
    };
    let relay = Running::start(Config {
        tls: Some(tls),
        ..Config::loopback(data.path().to_owned())
    })
    .await;
    let name = ServerName::try_from("127.0.0.1").expect("an address");

    let stream = TcpStream::connect(relay.address).await.expect("it listens");
    let mut stream = connector(true)
        .connect(name.clone(), stream)
        .await
        .expect("a handshake");
    stream
        .write_all(
            b"GET /sync HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        )
        .await
        .expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 101");

    let stream = TcpStream::connect(relay.address).await.expect("it listens");
    assert!(
        connector(false).connect(name, stream).await.is_err(),
        "who does not trust it does not talk to it"
    );
    let plain = tokio::spawn(http(relay.address, "/health")).await;
    assert!(
        !plain.is_ok_and(|answer| answer.starts_with("HTTP")),
        "no plain text"
    );
    relay.stop().await;
}

#[tokio::test]
async fn a_missing_or_wrong_file_is_named() {
    let data = tempfile::tempdir().expect("a directory");
    let tls = TlsFiles {
        cert: file("no-such-cert.pem"),
        key: file("test-only-key.pem"),
    };
    let refused = Relay::bind(Config {
        tls: Some(tls),
        ..Config::loopback(data.path().to_owned())
    })
    .await;
    let Err(CannotStart::Tls(error)) = refused else {
        panic!("it must not start")
    };
    assert!(
        error.to_string().contains("cannot read the certificate from"),
        "{error}"
    );
    assert!(error.to_string().contains("no-such-cert.pem"), "{error}");
    let tls = TlsFiles {
        cert: file("test-only-cert.pem"),
        key: file("test-only-cert.pem"),
    };
    let refused = Relay::bind(Config {
        tls: Some(tls),
        ..Config::loopback(data.path().to_owned())
    })
    .await;
    let Err(CannotStart::Tls(error)) = refused else {
        panic!("it must not start")
    };
    assert!(error.to_string().contains("cannot read the key from"), "{error}");
}
