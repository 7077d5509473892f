//! The screen's TypeScript, written from the Rust types; and whether the committed file is fresh.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::process::tool;
use crate::{compile, house};

pub const HELP: &str = "
  cargo xtask codegen            writes ui/src/desk/api.ts
  cargo xtask codegen --check    fails if it is not what the Rust types say

The types lie in crates/desk/src/api; the table of commands in its commands.rs.";

/// The generated file, from the root.
const FILE: &str = "ui/src/desk/api.ts";

pub fn run(mut args: Args) -> Result<()> {
    let is_check = args.flag("--check");
    args.finish()?;
    if is_check {
        return check();
    }
    generate(house::root().join(FILE))?;
    println!("wrote {FILE}");
    Ok(())
}

/// # Errors
/// If the committed file differs from what the types say.
pub fn check() -> Result<()> {
    let folder = house::target().join("codegen");
    fs::create_dir_all(&folder)?;
    let fresh = folder.join("api.ts");
    generate(fresh.clone())?;
    let fresh = fs::read_to_string(&fresh).context("the generator wrote nothing")?;
    let committed =
        fs::read_to_string(house::root().join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    match first_difference(&committed, &fresh) {
        None => Ok(()),
        Some(line) => bail!(
            "{FILE} is not fresh (it differs first in line {line}): run `cargo xtask codegen` and commit it"
        ),
    }
}

fn generate(to: std::path::PathBuf) -> Result<()> {
    compile::whole_house(&["build"])
        .args(["--example", "codegen"])
        .run()?;
    tool(house::binary("debug/examples", "codegen")).arg(to).run()
}

/// The first line (from 1) in which two texts differ; ends of lines count alike.
fn first_difference(left: &str, right: &str) -> Option<usize> {
    let (mut left, mut right) = (left.lines(), right.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            _ => return Some(number),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_different_line_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\r\nb\r\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
    }
}
