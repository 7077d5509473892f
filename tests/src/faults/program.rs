//! `orcactl` as a process, undisturbed or under `strace`, which kills it or refuses it the disk at a chosen call.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::practice::PASSPHRASE;
use super::recording;
use crate::driver;

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// None: killed.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn is_killed(&self) -> bool {
        self.code.is_none()
    }

    /// It told a person that the work is done.
    pub fn is_acknowledged(&self) -> bool {
        self.code == Some(0)
    }

    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON: {}", self.stdout))
    }

    /// The error of a command that was refused.
    pub fn error(&self) -> Option<Value> {
        // SQLCipher may have said something of its own before.
        let begin = self.stderr.find('{')?;
        serde_json::from_str(&self.stderr[begin..]).ok()
    }
}

/// Something that happens to the k-th call of a kind.
#[derive(Debug, Clone)]
pub struct Fault<'a> {
    /// The system call, by its name.
    pub call: &'a str,
    /// Counted from 1, in each thread for itself.
    pub at: u64,
    /// Also to every later one.
    pub lasts: bool,
    /// As `strace` writes it: `signal=SIGKILL`, `error=ENOSPC`.
    pub what: &'a str,
}

pub struct Orcactl {
    program: PathBuf,
    strace: PathBuf,
    /// Where it finds a home, a place for what is temporary, and every folder of its own.
    home: Option<PathBuf>,
}

impl Orcactl {
    /// # Errors
    /// If the program is not built, or `strace` is not installed.
    pub fn ready() -> Result<Orcactl> {
        let strace = Path::new("/usr/bin/strace");
        if !strace.is_file() {
            bail!("strace is not installed: run cargo xtask setup");
        }
        Ok(Orcactl {
            program: driver::program("orcactl")?,
            strace: strace.to_owned(),
            home: None,
        })
    }

    /// With everything that it could write outside the practice's folder kept in one place.
    #[must_use]
    pub fn at_home(mut self, home: &Path) -> Self {
        self.home = Some(home.to_owned());
        self
    }

    /// Runs a command on a folder; JSON is added.
    pub fn run(&self, folder: &Path, words: &[String]) -> Result<Ended> {
        self.finish(Command::new(&self.program), folder, words)
    }

    /// The same, with something happening to one of its calls.
    pub fn run_with(&self, folder: &Path, words: &[String], fault: &Fault<'_>) -> Result<Ended> {
        let mut command = Command::new(&self.strace);
        command
            .args(["-f", "-qq", "-o", "/dev/null", "-e"])
            .arg(format!("trace={}", fault.call))
            .arg("-e")
            .arg(format!(
                "inject={}:{}:when={}{}",
                fault.call,
                fault.what,
                fault.at,
                if fault.lasts { "+" } else { "" }
            ))
            .arg(&self.program);
        self.finish(command, folder, words)
    }

    /// How often a command makes each of these calls, in the thread that makes most of them.
    pub fn calls(
        &self,
        folder: &Path,
        words: &[String],
        calls: &[&'static str],
    ) -> Result<BTreeMap<&'static str, u64>> {
        let log = folder.with_extension("calls");
        let mut command = Command::new(&self.strace);
        command
            .args(["-f", "-qq", "-o"])
            .arg(&log)
            .arg("-e")
            .arg(format!("trace={}", calls.join(",")))
            .arg(&self.program);
        let ended = self.finish(command, folder, words)?;
        if !ended.is_acknowledged() {
            bail!("{words:?} ended with {:?}: {}", ended.code, ended.stderr);
        }
        let text = fs::read_to_string(&log)?;
        fs::remove_file(&log)?;
        Ok(counted(&text, calls))
    }

    /// Runs a command and writes down all it does to files.
    pub fn run_recorded(&self, folder: &Path, words: &[String], log: &Path) -> Result<Ended> {
        let mut command = Command::new(&self.strace);
        command
            .args(["-f", "-qq", "-xx", "-s", "16777216", "-o"])
            .arg(log)
            .arg("-e")
            .arg(format!("trace={}", recording::CALLS))
            .args(["-e", "signal=none"])
            .arg(&self.program);
        self.finish(command, folder, words)
    }

    fn finish(&self, mut command: Command, folder: &Path, words: &[String]) -> Result<Ended> {
        let places = [
            "HOME",
            "TMPDIR",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "XDG_CONFIG_HOME",
        ];
        for place in places {
            if let Some(home) = &self.home {
                command.env(place, home);
            }
        }
        let output = command
            .arg("--json")
            .args(words)
            .env("ORCA_DATA", folder)
            .env("ORCA_PASSPHRASE", PASSPHRASE)
            .env("ORCA_KEYCHAIN", "off")
            .env("USER", "tester")
            .env_remove("ORCA_NOW")
            .env_remove("ORCA_RELAY_TOKEN")
            .stdin(Stdio::null())
            .output()
            .context("orcactl cannot be started")?;
        // strace ends as what it watched has ended.
        let code = match output.status.signal() {
            Some(_) => None,
            None => output.status.code(),
        };
        Ok(Ended {
            code,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

/// Reads a log of strace: `1234 pwrite64(3, …`.
fn counted(log: &str, calls: &[&'static str]) -> BTreeMap<&'static str, u64> {
    let mut by_thread: BTreeMap<(&str, &'static str), u64> = BTreeMap::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let name = rest.trim_start().split('(').next().unwrap_or_default();
        if let Some(call) = calls.iter().find(|call| **call == name) {
            *by_thread.entry((thread, call)).or_default() += 1;
        }
    }
    let mut most = BTreeMap::new();
    for ((_, call), count) in by_thread {
        let known = most.entry(call).or_insert(0);
        *known = count.max(*known);
    }
    most
}

/// Words of a command line.
pub fn words(line: &[&str]) -> Vec<String> {
    line.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_thread() {
        let log = "7 pwrite64(3, \"\", 1, 0) = 1\n7 pwrite64(3, \"\", 1, 0) = 1\n8 pwrite64(3, \"\", 1, 0) = 1\n8 fsync(3) = 0\n7 <... fsync resumed>) = 0\n";
        let counted = counted(log, &["pwrite64", "fsync", "unlink"]);
        assert_eq!(
            counted.into_iter().collect::<Vec<_>>(),
            [("fsync", 1), ("pwrite64", 2)]
        );
    }
}
