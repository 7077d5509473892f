//! Where things lie in the work tree.

use std::env;
use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask lies two folders below the root")
        .to_owned()
}

/// Where Cargo builds to.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A program of ours, as `cargo build` leaves it.
pub fn binary(profile_dir: &str, name: &str) -> PathBuf {
    target()
        .join(profile_dir)
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The screen's folder.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// Whether a build server runs us: no colours, no questions, no incremental files.
pub fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
