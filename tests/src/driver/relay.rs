//! The real relay as a process that can be stopped, killed and started again on the same data and port.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use tokio::net::TcpStream;

use super::programs::{free_port, log, program};
use super::wait::until;

/// A relay on this computer; stopped when dropped.
pub struct Relay {
    data_dir: PathBuf,
    address: SocketAddr,
    child: Option<Child>,
}

impl Relay {
    /// Starts a relay on a free port and waits until it answers.
    ///
    /// # Errors
    /// If it is not built, or stops at once.
    pub async fn start(data_dir: &Path) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let mut relay = Self {
            data_dir: data_dir.to_owned(),
            address,
            child: None,
        };
        relay.start_again().await?;
        Ok(relay)
    }

    /// What a workstation calls it.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Starts it after [`Relay::kill`], on the same data and port.
    ///
    /// # Errors
    /// If it stops at once.
    pub async fn start_again(&mut self) -> Result<()> {
        let (out, err) = log("orca-relay")?;
        let child = Command::new(program("orca-relay")?)
            .args(["--listen", &self.address.to_string(), "--data"])
            .arg(&self.data_dir)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .context("the relay cannot be started")?;
        self.child = Some(child);
        let address = self.address;
        let child = self.child.as_mut();
        let mut child = child.context("the relay was just started")?.try_wait();
        if let Ok(Some(status)) = &mut child {
            bail!("the relay stopped at once with {status}");
        }
        until("the relay to answer", || async move {
            Ok(TcpStream::connect(address).await.ok().map(drop))
        })
        .await
    }

    /// Kills it, as a power cut would.
    ///
    /// # Errors
    /// If it does not run.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the relay does not run")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
