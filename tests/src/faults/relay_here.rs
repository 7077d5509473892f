//! A real relay in this process, on loopback.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use orca_relay::{Config, Relay};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct RelayHere {
    runtime: Runtime,
    pub address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<std::io::Result<()>>)>,
}

impl RelayHere {
    /// On what lies in `folder`, at an address it had before or at any free one.
    pub fn start(folder: &Path, address: Option<SocketAddr>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let mut config = Config::loopback(folder.to_owned());
        if let Some(address) = address {
            config.listen = address;
        }
        let relay = runtime.block_on(Relay::bind(config))?;
        let address = relay.address();
        let (stop, stopped) = oneshot::channel();
        let serving = runtime.spawn(relay.serve(until(stopped)));
        Ok(Self {
            runtime,
            address,
            running: Some((stop, serving)),
        })
    }

    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }
}

async fn until(stopped: oneshot::Receiver<()>) {
    // Dropping the sender stops it as well.
    let _ = stopped.await;
}

impl Drop for RelayHere {
    fn drop(&mut self) {
        if let Some((stop, serving)) = self.running.take() {
            // It may have ended already.
            let _ = stop.send(());
            let _ = self.runtime.block_on(serving);
        }
    }
}
