//! Building our own programs so that nothing is compiled twice.

use std::path::PathBuf;

use anyhow::Result;

use crate::house;
use crate::process::{Tool, cargo};

/// Cargo with the whole house selected.
///
/// Always the whole house, whichever program is wanted: Cargo unites the features of what is selected, and another
/// selection would compile half of the libraries again. Not ourselves: we are running, and Windows locks running programs.
pub fn whole_house(command: &[&str]) -> Tool {
    cargo().args(command).args(["--workspace", "--exclude", "xtask"])
}

/// Builds programs of ours (unoptimised, their libraries optimised where it counts) and says where they lie.
pub fn programs(names: &[&str]) -> Result<Vec<PathBuf>> {
    names
        .iter()
        .fold(whole_house(&["build"]), |tool, name| tool.args(["--bin", name]))
        .run()?;
    Ok(names.iter().map(|name| house::binary("debug", name)).collect())
}

/// Builds one program of ours at full speed and says where it lies.
pub fn fast_program(name: &str) -> Result<PathBuf> {
    whole_house(&["build", "--profile", "bench-fast"])
        .args(["--bin", name])
        .run()?;
    Ok(house::binary("bench-fast", name))
}
