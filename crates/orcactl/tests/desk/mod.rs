//! A folder in which commands are run, and their answers made comparable.

#![allow(clippy::unwrap_used)] // a test’s own tools

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use expect_test::Expect;
use serde_json::Value;
use tempfile::TempDir;

/// One workstation’s folder.
pub struct Desk {
    dir: TempDir,
}

pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The error of `--json`.
    pub fn error(&self) -> Value {
        serde_json::from_str(&self.stderr).unwrap_or_else(|_| panic!("not JSON: {}", self.stderr))
    }
}

impl Desk {
    pub fn new() -> Desk {
        Desk {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub fn run(&self, line: &[&str]) -> Run {
        self.run_with(line, &[])
    }

    pub fn run_with(&self, line: &[&str], env: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orcactl"));
        command
            .env("ORCA_DATA", self.dir.path().join("data"))
            .env("ORCA_PASSPHRASE", "correct horse battery staple")
            .env("ORCA_KEYCHAIN", "off")
            .env("TZ", "Asia/Tokyo")
            .env("USER", "tester")
            .env_remove("ORCA_NOW")
            .env_remove("ORCA_RELAY_TOKEN");
        env.iter().for_each(|(name, value)| {
            command.env(name, value);
        });
        let output = command.args(line).stdin(Stdio::null()).output().unwrap();
        Run {
            code: output.status.code().expect("the program ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What a command answers that must succeed and be silent otherwise.
    pub fn ok(&self, line: &[&str]) -> String {
        let run = self.run(line);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line:?}");
        run.stdout
    }

    pub fn json(&self, line: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[&["--json"], line].concat())).unwrap()
    }

    /// The error of a command that must be refused, with its agreed parts.
    pub fn refused(&self, line: &[&str]) -> Value {
        let run = self.run(&[&["--json"], line].concat());
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (1, ""),
            "{line:?}: {}",
            run.stderr
        );
        let error = run.error();
        assert!(
            error["code"].is_string() && error["message"].is_string() && error["hint"].is_string(),
            "{error}"
        );
        error
    }

    /// Compares what people see, with ids and moments made comparable.
    pub fn check(&self, line: &[&str], expected: Expect) {
        expected.assert_eq(&plain(&self.ok(line)));
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

/// Ids become `id1`, `id2` in order of appearance, moments `<when>`.
pub fn plain(text: &str) -> String {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut plain = String::new();
    let mut word = String::new();
    for letter in text.chars().chain(['\0']) {
        if letter.is_ascii_alphanumeric() || matches!(letter, '-' | ':' | '.') {
            word.push(letter);
            continue;
        }
        let is_id = word.len() == 26
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        let is_moment =
            word.len() >= 20 && word.starts_with("20") && word.ends_with('Z') && word.contains('T');
        if is_id {
            let next = format!("id{}", seen.len() + 1);
            plain.push_str(seen.entry(std::mem::take(&mut word)).or_insert(next));
        } else if is_moment {
            word.clear();
            plain.push_str("<when>");
        } else {
            plain.push_str(&std::mem::take(&mut word));
        }
        if letter != '\0' {
            plain.push(letter);
        }
    }
    plain
}
