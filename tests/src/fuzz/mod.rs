//! S6: malformed input. Whatever comes from outside (envelopes, Automerge changes with valid checksums, frames of the wire,
//! calendar and patient files, backups, invitations) is changed at random, from a seed, and read as it is in the
//! program: `cargo xtask fuzz`. Nothing may panic. What Automerge itself panics on is caught where it is used and counted
//! apart; if such a panic came further, or a document could not be loaded again afterwards, that is a crash.

mod changes;
mod engine;
mod files;
mod frames;
mod mutate;
mod parsers;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::faults::Finding;
use engine::Engine;

/// Something that reads what comes from outside.
trait Target {
    /// Sound input, for the first changes to be made to.
    fn seeds(&self) -> Vec<Vec<u8>>;
    /// Words and numbers that mean something to it.
    fn words(&self) -> &'static [&'static str] {
        &[]
    }
    /// What is to be changed next, where not every seed will do at every time.
    fn next(&self) -> Option<Vec<u8>> {
        None
    }
    /// Makes checksums fit again, where the reader would otherwise look no further.
    fn repair(&self, _input: &mut Vec<u8>) {}
    /// Reads it. What is wrong with what it made of it, if it should not have been taken.
    fn read(&mut self, input: &[u8]) -> Result<Read, String>;
}

/// What came of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    Refused,
    Taken,
}

type Make = fn(u64) -> Result<Box<dyn Target>>;

/// Every target, with what it is in words.
const TARGETS: &[(&str, &str, Make)] = &[
    (
        "envelope",
        "envelopes, parsed, verified and opened",
        parsers::envelope,
    ),
    (
        "statement",
        "statements about people and workstations",
        parsers::statement,
    ),
    ("batch", "what is in an opened envelope", parsers::batch),
    ("frame", "frames of the wire, parsed", parsers::frame),
    (
        "relay",
        "frames that a relay hears, before and after a greeting",
        frames::up,
    ),
    ("desk", "frames that a desk hears", frames::down),
    (
        "changes",
        "Automerge changes with valid checksums in sound envelopes, merged by a desk",
        changes::changes,
    ),
    ("ics", "calendar files", files::ics),
    ("csv", "files of patients and visits, imported", files::csv),
    ("backup", "lists and chunks of backups", files::backup),
    ("invitation", "invitation codes", parsers::invitation),
    (
        "letter",
        "letters from outside, looked at by a relay and opened by a desk",
        parsers::letter,
    ),
];

/// What to try.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Empty: every target.
    pub only: Vec<String>,
    pub amount: Amount,
    pub is_json: bool,
    pub seed: u64,
    pub is_told: bool,
}

/// How much of each target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    Seconds(u64),
    /// The same every time: for the ordinary tests.
    Inputs(u64),
}

impl Plan {
    pub fn quick(only: &[&str]) -> Plan {
        Plan {
            only: only.iter().map(|name| (*name).to_owned()).collect(),
            amount: Amount::Inputs(300),
            is_json: false,
            seed: 1,
            is_told: false,
        }
    }

    /// From the words after the program's name.
    ///
    /// # Errors
    /// If a word is not understood; says what would be.
    pub fn from_words(words: impl IntoIterator<Item = String>) -> Result<Plan> {
        let mut plan = Plan {
            amount: Amount::Seconds(20),
            is_told: true,
            ..Plan::quick(&[])
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--json" => plan.is_json = true,
                "--seconds" => {
                    let seconds = value()?.parse().context("--seconds takes a number")?;
                    plan.amount = Amount::Seconds(seconds);
                }
                "--seed" => plan.seed = value()?.parse().context("--seed takes a number")?,
                "--only" => plan.only = value()?.split(',').map(|name| name.trim().to_owned()).collect(),
                other => {
                    bail!("unknown argument {other}; there are --only NAME --seconds N --json --seed N")
                }
            }
        }
        let known: Vec<&str> = TARGETS.iter().map(|(name, ..)| *name).collect();
        if let Some(name) = plan.only.iter().find(|name| !known.contains(&name.as_str())) {
            bail!("there is no target {name}; there are {}", known.join(", "));
        }
        Ok(plan)
    }
}

/// Inputs that once did harm, and some that are likely to: a folder for each target. Read first, and by the ordinary tests.
fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// Where a new one is left, for a person to look at and to take over into the corpus.
fn finds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz")
}

/// Tries what is wanted.
///
/// # Errors
/// If a target cannot be set up: that says nothing about what it reads.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let control = engine::control(plan)?;
    ensure!(control.failed > 0, "the engine does not find a planted fault");
    let mut findings = Vec::new();
    for (name, what, make) in TARGETS {
        if !plan.only.is_empty() && !plan.only.iter().any(|only| only == name) {
            continue;
        }
        if plan.is_told {
            eprintln!("S6 {name}, SEED={}", plan.seed);
        }
        let target = make(plan.seed).with_context(|| format!("{name} cannot be tried"))?;
        let mut engine = Engine::new(name, target, plan)?;
        engine.run(plan.amount)?;
        let what = format!("{name}: {what}; control: a planted parser that panics");
        findings.push(engine.finding(what, &control));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(words: &[&str]) -> Result<Plan> {
        Plan::from_words(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn words_say_what_is_wanted() {
        let some = plan(&["--only", "ics,frame", "--seconds", "5", "--json", "--seed", "9"]).unwrap();
        assert_eq!(some.only, ["ics", "frame"]);
        assert_eq!(
            (some.amount, some.seed, some.is_json),
            (Amount::Seconds(5), 9, true)
        );
        for (words, part) in [
            (&["--only", "pdf"][..], "no target pdf"),
            (&["--seconds"], "needs a value"),
            (&["-x"], "unknown argument -x"),
        ] {
            let error = plan(words).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn every_target_has_a_corpus() {
        for (name, ..) in TARGETS {
            let files = std::fs::read_dir(corpus(name)).map_or(0, Iterator::count);
            assert!(files > 0, "tests/corpus/{name} is empty");
        }
    }
}
