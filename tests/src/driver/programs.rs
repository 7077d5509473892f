//! Where our own programs lie, and where tests leave pictures and logs.

use std::env;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::app::Desk;

/// The folder of built programs: beside this test's own.
fn built() -> Result<PathBuf> {
    let me = env::current_exe().context("this test does not know where it lies")?;
    let mut folder = me.parent().context("this test lies nowhere")?.to_owned();
    if folder.ends_with("deps") {
        folder.pop();
    }
    Ok(folder)
}

/// One of our programs.
///
/// # Errors
/// If it has not been built: tests do not build what they look at.
pub fn program(name: &str) -> Result<PathBuf> {
    let path = built()?.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if path.is_file() {
        return Ok(path);
    }
    bail!(
        "{} is not built; `cargo xtask test --only build` builds every program",
        path.display()
    );
}

/// Pictures and logs: `target/e2e`.
///
/// # Errors
/// If it cannot be made.
pub fn output_dir() -> Result<PathBuf> {
    let dir = built()?
        .parent()
        .context("the target folder has no parent")?
        .join("e2e");
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir)
}

/// A new log file for one program of one test.
pub(super) fn log(name: &str) -> Result<(Stdio, Stdio)> {
    let path = output_dir()?.join(format!("{name}.log"));
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok((file.try_clone()?.into(), file.into()))
}

/// Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere).
const PORTS: std::ops::Range<u16> = 10_000..32_000;

/// A loopback port that nobody uses at this moment, and that no outgoing connection takes while a server is being started again.
///
/// # Errors
/// If there is none.
pub fn free_port() -> Result<u16> {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    // Tests run in processes of their own, side by side: each begins elsewhere.
    let asked = ASKED.fetch_add(1, Ordering::Relaxed);
    let first = std::process::id().wrapping_mul(7_919).wrapping_add(asked);
    (0..count)
        .map(|step| PORTS.start + (first.wrapping_add(step) % count) as u16)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .context("no port is free")
}

/// See [`Desk::orcactl`].
pub(super) fn orcactl(desk: &Desk, arguments: &[&str]) -> Result<Value> {
    let output = Command::new(program("orcactl")?)
        .args(arguments)
        .args(["--json", "--data"])
        .arg(&desk.data_dir)
        .envs(desk.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output()
        .context("orcactl cannot be started")?;
    if !output.status.success() {
        bail!(
            "orcactl {} ended with {}: {}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("orcactl {} printed no JSON", arguments.join(" ")))
}
