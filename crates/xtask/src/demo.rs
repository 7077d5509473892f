//! A demo practice in a folder of its own.

use anyhow::Result;

use crate::args::Args;
use crate::compile;
use crate::process::tool;

pub const HELP: &str = "
  cargo xtask demo --data DIR [--size small|full] [--seed N]

Invented people only. The practice is protected by the passphrase in ORCA_PASSPHRASE, or by the keychain.
Other words are passed on to `orcactl demo`.";

pub fn run(args: Args) -> Result<()> {
    let orcactl = compile::programs(&["orcactl"])?.remove(0);
    tool(orcactl).arg("demo").args(args.rest()).run()
}
