//! `orca-relay`: see `orca-relay --help`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use orca_relay::listener::TlsFiles;
use orca_relay::{Config, Relay};
use sync::relay::{Limits, Registration};

/// The relay of Orca Front Desk: keeps the sealed log of each practice and passes it on. It cannot read it.
#[derive(Parser)]
#[command(name = "orca-relay", version)]
struct Arguments {
    /// Address and port to listen on; port 0 takes a free one, which is then printed.
    #[arg(long, env = "ORCA_RELAY_LISTEN", default_value = "127.0.0.1:7370")]
    listen: SocketAddr,
    /// Where the logs are kept.
    #[arg(long, env = "ORCA_RELAY_DATA")]
    data: PathBuf,
    /// Who may register a new practice. If not said: everyone on loopback, else who has the token.
    #[arg(long, env = "ORCA_RELAY_ALLOW_REGISTRATION", value_enum)]
    allow_registration: Option<Allow>,
    /// The token that new practices must show. Set it also behind a proxy, which makes everyone look local.
    #[arg(long, env = "ORCA_RELAY_REGISTRATION_TOKEN", hide_env_values = true)]
    registration_token: Option<String>,
    /// Certificate chain (PEM); without it, put a proxy with TLS in front.
    #[arg(long, env = "ORCA_RELAY_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key (PEM).
    #[arg(long, env = "ORCA_RELAY_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Connections at the same time.
    #[arg(long, env = "ORCA_RELAY_MAX_CONNECTIONS", default_value_t = 10_000)]
    max_connections: usize,
    /// Envelopes a second that one workstation may send in the long run; faster ones are slowed down.
    #[arg(long, env = "ORCA_RELAY_MAX_RATE", default_value_t = 5_000)]
    max_rate: u32,
    /// How log lines on standard error look. RUST_LOG chooses how many.
    #[arg(long, env = "ORCA_RELAY_LOG_FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Allow {
    Open,
    Token,
    Closed,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

fn registration(arguments: &Arguments) -> Result<Registration, &'static str> {
    let token = arguments
        .registration_token
        .clone()
        .filter(|token| !token.is_empty());
    match (arguments.allow_registration, token) {
        (Some(Allow::Open), _) => Ok(Registration::Open),
        (Some(Allow::Closed), _) => Ok(Registration::Closed),
        (Some(Allow::Token) | None, Some(token)) => Ok(Registration::Token(token)),
        (Some(Allow::Token), None) => Err("--allow-registration token needs a --registration-token"),
        (None, None) if arguments.listen.ip().is_loopback() => Ok(Registration::Open),
        (None, None) => {
            tracing::warn!(
                "no --registration-token: practices known here can sync, new ones cannot register"
            );
            Ok(Registration::Closed)
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match arguments.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orca-relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let registration = registration(arguments).map_err(anyhow::Error::msg)?;
    let tls = arguments.tls_cert.clone().zip(arguments.tls_key.clone());
    let limits = Limits {
        rate_per_second: arguments.max_rate,
        rate_burst: arguments.max_rate.saturating_mul(4),
        registration,
        ..Limits::default()
    };
    let config = Config {
        listen: arguments.listen,
        data: arguments.data.clone(),
        tls: tls.map(|(cert, key)| TlsFiles { cert, key }),
        max_connections: arguments.max_connections,
        limits,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let relay = Relay::bind(config).await?;
        // One line for people and for programs that asked for port 0.
        writeln!(std::io::stdout(), "listening on {}", relay.address())?;
        std::io::stdout().flush()?;
        relay.serve(asked_to_stop()).await?;
        Ok(())
    })
}

/// Ctrl-C, or SIGTERM where there is one.
async fn asked_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
