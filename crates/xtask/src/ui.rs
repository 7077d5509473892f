//! The screen: its packages, its scripts, and its tests over a real desk.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{Tool, npm, tool};
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

/// The screens of the guide and the receptionist's journeys, in Chromium over the bridge to a real desk on the demo
/// practice. The invented clinic that the other screen tests run over knows only what its authors thought of.
///
/// # Errors
/// If the desk does not open, or a screen is not as it should be.
pub fn screens_of_a_desk() -> Result<()> {
    let data = house::target().join("screens/desk");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir_all(&data)?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut bridge = tool(house::binary("debug", "orca-bridge"))
        .arg("--data")
        .arg(&data)
        .args(["--port", &port.to_string(), "--demo"])
        .env("BRIDGE_TOKEN", "screens")
        .env("ORCA_KEYCHAIN", "off")
        .env("ORCA_PASSPHRASE", "screens")
        // A Tuesday morning, whenever the tests run.
        .env("ORCA_NOW", "2026-03-03T10:20")
        .start()?;
    bridge.answers_at(port)?;
    script("test:screens")?
        // One after another: they share the desk.
        .args([
            "--",
            "--workers=1",
            "screens/journeys.spec.ts",
            "screens/pictures.spec.ts",
        ])
        .env("BRIDGE_URL", format!("http://127.0.0.1:{port}/?token=screens"))
        .run()
}
