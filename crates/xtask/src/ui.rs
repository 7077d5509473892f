//! The screen: its packages and its scripts.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{Tool, npm};
use crate::{house, setup};

/// Installs the screen's packages if the lock file changed.
pub fn install() -> Result<()> {
    setup::node_packages(&house::ui())
}

/// A script of `ui/package.json`.
///
/// # Errors
/// If there is no script of that name: a suite that silently vanished must not look green.
pub fn script(name: &str) -> Result<Tool> {
    if !has_script(name)? {
        bail!("ui/package.json has no script “{name}”");
    }
    Ok(npm().args(["run", "--silent", name]).dir(house::ui()))
}

/// Whether `ui/package.json` has a script of that name.
pub fn has_script(name: &str) -> Result<bool> {
    let file = house::ui().join("package.json");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let package: Value =
        serde_json::from_str(&text).with_context(|| format!("cannot understand {}", file.display()))?;
    Ok(package["scripts"][name].is_string())
}

/// Builds what the window shows into `ui/dist`. The app embeds it when it is compiled, so this comes first.
pub fn build() -> Result<()> {
    script("build")?.run()
}
