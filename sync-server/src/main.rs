//! `orca-relay`: see `orca-relay --help`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use orca_relay::listener::TlsFiles;
use orca_relay::mail_door::MailLimits;
use orca_relay::pruning::{LEAST_DAYS, Pruning};
use orca_relay::quota::Quota;
use orca_relay::storage::Database;
use orca_relay::storage::postgres::Address;
use orca_relay::{Config, Relay};
use sync::relay::{Limits, Registration};

/// The relay of Orca Front Desk: keeps the sealed log of each practice and passes it on. It cannot read it.
#[derive(Parser)]
#[command(name = "orca-relay", version)]
struct Arguments {
    /// Address and port to listen on; port 0 takes a free one, which is then printed.
    #[arg(long, env = "ORCA_RELAY_LISTEN", default_value = "127.0.0.1:7370")]
    listen: SocketAddr,
    /// Where the logs are kept, in SQLite.
    #[arg(
        long,
        env = "ORCA_RELAY_DATA",
        required_unless_present = "database",
        conflicts_with = "database"
    )]
    data: Option<PathBuf>,
    /// Keep the logs in PostgreSQL instead, which several relays may share: postgres://user:password@host/database. Set
    /// it in the environment, where other users of this computer cannot see the password.
    #[arg(long, env = "ORCA_RELAY_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Certificate authority (PEM) that the database's certificate must come from; turns TLS to it on.
    #[arg(long, env = "ORCA_RELAY_DATABASE_CA", requires = "database")]
    database_ca: Option<PathBuf>,
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
    /// Megabytes that one practice may store.
    #[arg(long, env = "ORCA_RELAY_MAX_PRACTICE_MEGABYTES", default_value_t = Quota::default().bytes / 1_000_000)]
    max_practice_megabytes: u64,
    /// Envelopes that one practice may store.
    #[arg(long, env = "ORCA_RELAY_MAX_PRACTICE_ENVELOPES", default_value_t = Quota::default().envelopes)]
    max_practice_envelopes: u64,
    /// Claims that one practice may have; they are kept for ever, at about 100 bytes each.
    #[arg(long, env = "ORCA_RELAY_MAX_PRACTICE_CLAIMS", default_value_t = Quota::default().claims)]
    max_practice_claims: u64,
    /// Requests a minute that one address outside may make of mail boxes.
    #[arg(long, env = "ORCA_RELAY_MAX_MAIL_PER_ADDRESS", default_value_t = MailLimits::default().per_address)]
    max_mail_per_address: u32,
    /// A proxy stands in front and says in X-Forwarded-For who knocks at mail boxes. Without a proxy, anyone could say so.
    #[arg(long, env = "ORCA_RELAY_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Prune logs: what two workstations agree that a snapshot covers, and all have read, is kept for so many more days, at
    /// least 30, and then deleted. If not said, logs are kept for good.
    #[arg(long, env = "ORCA_RELAY_RETENTION_DAYS", value_parser = clap::value_parser!(u32).range(i64::from(LEAST_DAYS)..))]
    retention_days: Option<u32>,
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

fn database(arguments: &Arguments) -> anyhow::Result<Database> {
    match (&arguments.database, &arguments.data) {
        (Some(url), _) => {
            let address = Address::parse(url, arguments.database_ca.as_deref())?;
            Ok(Database::Postgres(address))
        }
        (None, Some(data)) => Ok(Database::Sqlite(data.clone())),
        (None, None) => Err(anyhow::Error::msg(
            "say where the logs are kept: --data DIR or --database URL",
        )),
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
        database: database(arguments)?,
        tls: tls.map(|(cert, key)| TlsFiles { cert, key }),
        max_connections: arguments.max_connections,
        limits,
        quota: Quota {
            envelopes: arguments.max_practice_envelopes,
            bytes: arguments.max_practice_megabytes.saturating_mul(1_000_000),
            claims: arguments.max_practice_claims,
            ..Quota::default()
        },
        mail: MailLimits {
            per_address: arguments.max_mail_per_address,
            is_behind_proxy: arguments.behind_proxy,
            ..MailLimits::default()
        },
        pruning: arguments.retention_days.map(Pruning::days),
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
