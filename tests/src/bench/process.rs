//! Processes of our own to measure from outside: this program again, as a relay or as a desk at rest.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use orca_relay::storage::Database;
use orca_relay::storage::postgres::Address;
use orca_relay::{Config, Relay};

use super::{joining, memory};

/// What `--child …` does.
///
/// # Errors
/// If the words are not understood, or what they ask fails.
pub fn child(words: &[String]) -> Result<()> {
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["relay", data, port] => {
            let mut config = Config::loopback(data.into());
            let port = port.parse().context("the port is a number")?;
            config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            serve_relay(config)
        }
        ["relay-on", database] => serve_relay(Config {
            database: Database::Postgres(Address::parse(database, None)?),
            ..Config::loopback("unused".into())
        }),
        ["desk", dir] => memory::rest(Path::new(dir)),
        ["join", dir, code] => joining::join(Path::new(dir), code),
        _ => bail!(
            "--child is for this program itself: relay DIR PORT, relay-on DATABASE, desk DIR, or join DIR CODE"
        ),
    }
}

fn serve_relay(mut config: Config) -> Result<()> {
    // As the released relay sets them: see its `--max-rate`.
    config.limits.rate_per_second = 5_000;
    config.limits.rate_burst = 20_000;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let relay = Relay::bind(config).await?;
        writeln!(std::io::stdout(), "{}", relay.address())?;
        std::io::stdout().flush()?;
        relay.serve(std::future::pending()).await?;
        Ok(())
    })
}

/// A relay as a process; killed when dropped.
pub struct RelayProcess {
    child: Child,
    pub address: SocketAddr,
}

impl RelayProcess {
    /// On a port, or with 0 on any free one.
    pub fn start(data: &Path, port: u16) -> Result<Self> {
        Self::spawned(&["relay", &data.display().to_string(), &port.to_string()])
    }

    fn spawned(words: &[&str]) -> Result<Self> {
        let mut child = this_program(words)?;
        let out = child.stdout.take().context("the relay’s output is piped")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        match line.trim().parse() {
            Ok(address) => Ok(Self { child, address }),
            Err(_) => {
                // It has ended or will not be of use; what counts is that it did not start.
                let _ = child.kill();
                let _ = child.wait();
                bail!("the relay did not start: {}", words.join(" "))
            }
        }
    }

    /// On a PostgreSQL database, any free port.
    pub fn on_postgres(database: &str) -> Result<Self> {
        Self::spawned(&["relay-on", database])
    }

    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    pub fn usage(&self) -> Usage {
        usage(self.child.id())
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program again, with its output piped.
fn this_program(words: &[&str]) -> Result<Child> {
    Command::new(std::env::current_exe()?)
        .arg("--child")
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("this program cannot be started again")
}

/// Runs this program as a child to its end and gives what it printed.
pub fn told_by_child(words: &[&str]) -> Result<String> {
    let output = this_program(words)?.wait_with_output()?;
    if !output.status.success() {
        bail!("the child {words:?} ended with {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// What a process has used so far; unknown where there is no `/proc`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    pub cpu_seconds: Option<f64>,
    pub resident_mib: Option<f64>,
    pub peak_mib: Option<f64>,
}

/// Of a process that runs.
pub fn usage(pid: u32) -> Usage {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let (stat, status) = (read("stat"), read("status"));
    // Linux counts in hundredths of a second on every architecture that we run on.
    let ticks = |field: usize| {
        stat.rsplit(") ")
            .next()?
            .split(' ')
            .nth(field)?
            .parse::<f64>()
            .ok()
    };
    let mib = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
    };
    Usage {
        cpu_seconds: ticks(11)
            .zip(ticks(12))
            .map(|(user, system)| (user + system) / 100.0),
        resident_mib: mib("VmRSS:"),
        peak_mib: mib("VmHWM:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_running_process_has_used_memory_and_a_strange_one_is_unknown() {
        let own = usage(std::process::id());
        assert!(own.resident_mib.unwrap() > 1.0 && own.peak_mib.unwrap() >= own.resident_mib.unwrap());
        assert!(own.cpu_seconds.unwrap() >= 0.0);
        assert!(usage(u32::MAX).cpu_seconds.is_none());
    }

    #[test]
    fn a_child_that_is_not_understood_is_refused() {
        assert!(child(&["nonsense".to_owned()]).is_err());
    }
}
