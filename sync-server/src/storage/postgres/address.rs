//! Where the database is and how it is spoken to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::tls::Tls;

/// A host that does not answer is given up after this long.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A line that carries nothing is probed after this long, so that a host that vanished is noticed.
const PROBE_AFTER: Duration = Duration::from_secs(30);

/// A PostgreSQL database. Shown without its password.
#[derive(Clone)]
pub struct Address {
    pub(super) config: Arc<tokio_postgres::Config>,
    pub(super) tls: Option<Tls>,
}

/// Why an address is not usable.
#[derive(Debug, thiserror::Error)]
pub enum BadAddress {
    // The library's own words may quote the address, and with it the password.
    #[error("--database is not understood: it looks like postgres://user:password@host:5432/database")]
    NotUnderstood,
    #[error("--database says sslmode=require: name the database's certificate authority with --database-ca")]
    NoAuthority,
    #[error("cannot use the certificate authority {path} of --database-ca: {why}")]
    Authority { path: PathBuf, why: String },
}

impl Address {
    /// `authority`: a PEM file; with it, the database must show a certificate that it signed.
    pub fn parse(url: &str, authority: Option<&Path>) -> Result<Self, BadAddress> {
        let mut config: tokio_postgres::Config = url.parse().map_err(|_| BadAddress::NotUnderstood)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(BadAddress::NotUnderstood);
        }
        let tls = authority
            .map(|path| {
                Tls::trusting(path).map_err(|why| BadAddress::Authority {
                    path: path.to_owned(),
                    why,
                })
            })
            .transpose()?;
        match &tls {
            Some(_) => {
                config.ssl_mode(SslMode::Require);
            }
            None if config.get_ssl_mode() == SslMode::Require => return Err(BadAddress::NoAuthority),
            None => {}
        }
        if config.get_application_name().is_none() {
            config.application_name("orca-relay");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WITHIN);
        }
        config
            .keepalives_idle(PROBE_AFTER)
            .tcp_user_timeout(PROBE_AFTER)
            // Of several hosts the one that can write, also after they changed roles.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self {
            config: Arc::new(config),
            tls,
        })
    }

    /// Whether envelopes and password cross a network that anyone may listen to.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.tls.is_none()
            && self.config.get_hosts().iter().any(|host| match host {
                Host::Tcp(name) => {
                    name != "localhost"
                        && !name
                            .parse()
                            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
                }
                #[allow(unreachable_patterns)] // sockets in the file system exist on Unix only
                _ => false,
            })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.config.get_dbname().or(self.config.get_user());
        write!(f, "{}", name.unwrap_or("(no name)"))?;
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            let ports = self.config.get_ports();
            let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
            f.write_str(if index == 0 { " at " } else { ", " })?;
            match host {
                Host::Tcp(name) => write!(f, "{name}:{port}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{} (port {port})", path.display())?,
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_never_shown() {
        let address = Address::parse("postgres://relay:sesame@db.example:5433/orca", None).expect("sound");
        assert_eq!(address.to_string(), "orca at db.example:5433");
        assert!(!format!("{address:?}").contains("sesame"));
        let error =
            Address::parse("postgres://relay:sesame@db/orca?sesame=1", None).expect_err("unknown option");
        assert!(!error.to_string().contains("sesame"), "{error}");
    }

    #[test]
    fn only_what_stays_on_this_computer_may_go_without_tls_in_silence() {
        for (url, exposed) in [
            ("postgres://relay@localhost/orca", false),
            ("postgres://relay@127.0.0.1/orca", false),
            ("postgres:///orca?host=/run/postgresql", false),
            ("postgres://relay@db.example/orca", true),
            ("postgres://relay@10.0.0.7/orca", true),
        ] {
            let address = Address::parse(url, None).expect("sound");
            assert_eq!(address.is_exposed(), exposed, "{url}");
        }
    }

    #[test]
    fn demanded_tls_needs_an_authority() {
        let refused = Address::parse("postgres://db/orca?sslmode=require", None);
        assert!(matches!(refused, Err(BadAddress::NoAuthority)));
        let refused = Address::parse("postgres://db/orca", Some(Path::new("/no/such.pem")));
        assert!(refused.expect_err("no file").to_string().contains("/no/such.pem"));
    }
}
