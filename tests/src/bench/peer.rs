//! Peers in Node, measured in the same run: automerge-repo with its own sync server for P5, MiniSearch for P9.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

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

/// What `tests/peers/search.mjs` prints.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchPeer {
    /// Name and version.
    pub peer: String,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// How often the patient who was meant was among the first twelve.
    pub found: usize,
    pub asked: usize,
}

/// Measures the peer of P5; the error says what is missing.
pub fn measure(documents: usize, rounds: usize) -> Result<Peer> {
    let (documents, rounds) = (documents.to_string(), rounds.to_string());
    run("measure.mjs", &["--documents", &documents, "--rounds", &rounds])
}

/// Measures the peer of P9 with what the file says.
pub fn search(file: &Path) -> Result<SearchPeer> {
    run("search.mjs", &[&file.display().to_string()])
}

fn run<T: DeserializeOwned>(script: &str, args: &[&str]) -> Result<T> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    ensure!(
        folder.join("node_modules").is_dir(),
        "peer not measured: run npm ci in tests/peers first"
    );
    let output = Command::new("node")
        .arg(folder.join(script))
        .args(args)
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
fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
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
        let peer = read::<Peer>(
            "noise\n{\"peer\":\"p 1\",\"documents\":2,\"wallSeconds\":4.5,\"serverCpuSeconds\":null,\"serverPeakMiB\":1.5,\"seedSeconds\":9}\n",
        );
        let peer = peer.unwrap();
        assert_eq!(
            (peer.peer.as_str(), peer.wall_seconds, peer.server_cpu_seconds),
            ("p 1", 4.5, None)
        );
        assert_eq!(peer.server_peak_mib, Some(1.5));
        assert!(read::<Peer>("").is_err() && read::<Peer>("Error: no").is_err());
        let search: SearchPeer =
            read("{\"peer\":\"s 7\",\"buildMs\":3,\"p50Ms\":0.5,\"p99Ms\":2.5,\"found\":9,\"asked\":10}")
                .unwrap();
        assert_eq!((search.p99_ms, search.found, search.asked), (2.5, 9, 10));
    }
}
