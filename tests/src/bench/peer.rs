//! The peer of P5: automerge-repo with its own sync server, in Node, measured in the same run.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What `tests/peers/measure.mjs` prints.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// Name and version.
    pub peer: String,
    /// One change in each document until all are at the other client; median.
    pub wall_seconds: f64,
    pub server_cpu_seconds: Option<f64>,
    #[serde(rename = "serverPeakMiB")]
    pub server_peak_mib: Option<f64>,
}

/// Measures it; the error says what is missing.
pub fn measure(documents: usize, rounds: usize) -> Result<Peer> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    ensure!(
        folder.join("node_modules").is_dir(),
        "peer not measured: run npm ci in tests/peers first"
    );
    let output = Command::new("node")
        .arg(folder.join("measure.mjs"))
        .args([
            "--documents",
            &documents.to_string(),
            "--rounds",
            &rounds.to_string(),
        ])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("peer not measured: node cannot be started")?;
    ensure!(
        output.status.success(),
        "peer not measured: it ended with {}",
        output.status
    );
    read(&String::from_utf8_lossy(&output.stdout))
}

/// The last line is the result.
fn read(text: &str) -> Result<Peer> {
    let line = text
        .trim()
        .lines()
        .last()
        .context("peer not measured: it printed nothing")?;
    serde_json::from_str(line).context("peer not measured: it printed no result")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_the_last_line() {
        let peer = read(
            "noise\n{\"peer\":\"p 1\",\"documents\":2,\"wallSeconds\":4.5,\"serverCpuSeconds\":null,\"serverPeakMiB\":1.5,\"seedSeconds\":9}\n",
        );
        let peer = peer.unwrap();
        assert_eq!(
            (peer.peer.as_str(), peer.wall_seconds, peer.server_cpu_seconds),
            ("p 1", 4.5, None)
        );
        assert_eq!(peer.server_peak_mib, Some(1.5));
        assert!(read("").is_err() && read("Error: no").is_err());
    }
}
