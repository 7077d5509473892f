//! Installs what is missing, and only that: system packages, Node packages, Python packages, cargo-nextest.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::packages::{self, Package, Purpose};
use crate::process::{self, cargo, npm, tool};
use crate::{house, ui};

pub const HELP: &str = "
  cargo xtask setup              everything that tests need
  cargo xtask setup --for run    only what building and opening the app need

On Debian and its relatives, missing system packages are installed with apt-get if you are root or sudo asks
no password; otherwise the command to run is printed. Nothing that is there already is touched.";

/// The test runner; exact, so that every machine runs the same one.
const NEXTEST: &str = "0.9.143";
/// What Vite needs.
const NODE: (u32, u32) = (20, 19);

pub fn run(mut args: Args) -> Result<()> {
    let purpose = match args.value("--for")?.as_deref() {
        None | Some("test") => Purpose::Test,
        Some("run") => Purpose::Run,
        Some(other) => bail!("--for takes `run` or `test`, not “{other}”"),
    };
    args.finish()?;
    everything(purpose)?;
    println!("everything is there");
    Ok(())
}

/// What `purpose` needs.
pub fn everything(purpose: Purpose) -> Result<()> {
    system_packages(purpose)?;
    node_is_new_enough()?;
    ui::install()?;
    if purpose == Purpose::Test {
        nextest()?;
        calendar_readers()?;
    }
    Ok(())
}

fn system_packages(purpose: Purpose) -> Result<()> {
    if process::find("dpkg-query").is_none() {
        if cfg!(target_os = "linux") {
            println!("This is not a Debian system; the packages it needs are, by Debian's names:");
            for package in packages::needed(purpose) {
                println!("  {:<24} {}", package.name, package.why);
            }
        }
        return Ok(());
    }
    let missing: Vec<&Package> = packages::needed(purpose)
        .filter(|package| is_missing(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("system packages that are missing:");
    for package in &missing {
        println!("  {:<24} {}", package.name, package.why);
    }
    let names = missing.iter().map(|package| package.name);
    let install: Vec<&str> = ["apt-get", "install", "-y", "--no-install-recommends"]
        .into_iter()
        .chain(names)
        .collect();
    let prefix: &[&str] = if is_root() {
        &[]
    } else if tool("sudo").args(["-n", "true"]).succeeds() {
        &["sudo"]
    } else {
        bail!(
            "please run this once, then try again:\n\n  sudo apt-get update && sudo {}\n",
            install.join(" ")
        );
    };
    let apt = |words: &[&str]| {
        let line: Vec<&str> = prefix
            .iter()
            .copied()
            .chain(["env", "DEBIAN_FRONTEND=noninteractive"])
            .chain(words.iter().copied())
            .collect();
        tool(line[0]).args(&line[1..]).run()
    };
    apt(&["apt-get", "update", "-q"])?;
    apt(&install).context("some system packages could not be installed")
}

fn is_missing(package: &Package) -> bool {
    if package
        .unless
        .is_some_and(|program| process::find(program).is_some())
    {
        return false;
    }
    let state = tool("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package.name])
        .output();
    // An unknown package makes dpkg-query fail.
    !state.is_ok_and(|state| state.trim() == "installed")
}

fn is_root() -> bool {
    tool("id").arg("-u").output().is_ok_and(|id| id.trim() == "0")
}

fn node_is_new_enough() -> Result<()> {
    let version = tool("node")
        .arg("--version")
        .output()
        .context("Node.js is needed to build the screen")?;
    let (major, minor) = NODE;
    if version_of(&version) < Some(NODE) {
        bail!(
            "Node.js {} is too old for the screen's tools; {major}.{minor} or newer is needed",
            version.trim()
        );
    }
    Ok(())
}

fn version_of(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn nextest() -> Result<()> {
    if process::find("cargo-nextest").is_some() {
        return Ok(());
    }
    println!("installing the test runner (a few minutes, once)");
    cargo()
        .args(["install", "cargo-nextest", "--locked", "--version", NEXTEST])
        .run()
}

/// Readers of calendar files that are not ours, for the `.ics` tests: ical.js and Python's icalendar.
fn calendar_readers() -> Result<()> {
    let tools = house::root().join("tests/tools");
    node_packages(&tools)?;

    let requirements = tools.join("requirements.txt");
    let place = house::target().join("tools/python");
    let stamp = place.join("installed.txt");
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing Python's calendar reader into {}", place.display());
    let python = if cfg!(windows) { "python" } else { "python3" };
    tool(python).args(["-m", "venv", "--clear"]).arg(&place).run()?;
    let inside = place.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    tool(inside)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(&requirements)
        .run()?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// `npm ci` in a folder, if its lock file has changed since the last time.
///
/// # Errors
/// If there is no lock file, or npm fails.
pub fn node_packages(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    // Our own copy of the lock file, as npm's differs in form. Times would lie after a checkout.
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    npm().args(["ci", "--no-audit", "--no-fund"]).dir(folder).run()?;
    fs::create_dir_all(folder.join("node_modules"))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version_of("v20.20.2\n"), Some((20, 20)));
        assert!(version_of("v18.20.4") < Some(NODE));
        assert!(version_of("v100.0.0") > Some(NODE));
        assert!(version_of("nonsense") < Some(NODE));
    }
}
