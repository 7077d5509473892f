//! The reliability figures: faults are made on purpose, and each harness is run once more over a variant that was
//! weakened on purpose, where it must fail: `cargo xtask faults`.

mod audited;
mod beginning;
mod crash;
mod day;
mod disk;
mod drill;
mod flips;
mod liar;
mod parcel;
mod power;
pub(crate) mod practice;
mod program;
mod recording;
mod relay_here;
mod report;
mod revoked;
mod rights;
mod stolen;

use anyhow::{Context, Result, bail};

pub use report::{Finding, Tally, json, table};

/// How much to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// A few points in seconds: with the ordinary tests.
    Quick,
    /// Every point.
    Long,
}

/// What to try.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Empty: every row.
    pub only: Vec<String>,
    pub is_json: bool,
    pub amount: Amount,
    /// Of the points at which something can happen to a process, every so many-th.
    pub every: usize,
    /// All chance comes from it.
    pub seed: u64,
    /// Tell on standard error where it is.
    pub is_told: bool,
}

type Measure = fn(&Plan) -> Result<Vec<Finding>>;

/// Every row, in the order of the table.
const ROWS: &[(&str, Measure)] = &[
    ("S1", crash::measure),
    ("S2", power::measure),
    ("S3", disk::measure),
    ("S4", flips::measure),
    ("S7", liar::measure),
    ("S8", revoked::measure),
    ("S9", rights::measure),
    ("S10", stolen::measure),
    ("S11", audited::measure),
    ("S14", drill::measure),
];

impl Plan {
    pub fn quick(only: &[&str]) -> Plan {
        Plan {
            only: only.iter().map(|id| (*id).to_owned()).collect(),
            is_json: false,
            amount: Amount::Quick,
            every: 13,
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
            amount: Amount::Long,
            every: 1,
            is_told: true,
            ..Plan::quick(&[])
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--json" => plan.is_json = true,
                "--quick" => (plan.amount, plan.every) = (Amount::Quick, Plan::quick(&[]).every),
                "--every" => {
                    plan.every = value()?
                        .parse()
                        .ok()
                        .filter(|every| *every > 0)
                        .context("--every takes a number from 1 on")?;
                }
                "--seed" => plan.seed = value()?.parse().context("--seed takes a number")?,
                "--only" => plan.only = value()?.split(',').map(|id| id.trim().to_uppercase()).collect(),
                other => {
                    bail!(
                        "unknown argument {other}; there are --only S1,S4 --json --quick --every N --seed N"
                    )
                }
            }
        }
        if let Some(id) = plan
            .only
            .iter()
            .find(|id| ROWS.iter().all(|(known, _)| known != id))
        {
            let known: Vec<&str> = ROWS.iter().map(|(id, _)| *id).collect();
            bail!("there is no row {id}; there are {}", known.join(", "));
        }
        Ok(plan)
    }

    fn say(&self, what: &str) {
        if self.is_told {
            eprintln!("{what}");
        }
    }
}

/// How thoroughly, in words.
fn points(every: usize, calls: &str) -> String {
    match every {
        1 => format!("every {calls}"),
        2 => format!("every second {calls}"),
        3 => format!("every third {calls}"),
        every => format!("every {every}th {calls}"),
    }
}

/// Tries what is wanted.
///
/// # Errors
/// If a harness cannot do its work: that says nothing about what it looks at.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (id, measure) in ROWS {
        if plan.only.is_empty() || plan.only.iter().any(|only| only == id) {
            plan.say(&format!("{id}, SEED={}", plan.seed));
            findings.extend(measure(plan).with_context(|| format!("{id} cannot be tried"))?);
        }
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
        let everything = plan(&[]).unwrap();
        assert!(everything.only.is_empty() && everything.amount == Amount::Long && !everything.is_json);
        let some = plan(&["--only", "s1", "--json", "--quick", "--seed", "9"]).unwrap();
        assert_eq!((some.only, some.seed), (vec!["S1".to_owned()], 9));
        assert!(some.is_json && some.amount == Amount::Quick);
        for (words, part) in [
            (&["--only", "S99"][..], "no row S99"),
            (&["--seed"], "needs a value"),
            (&["-x"], "unknown argument -x"),
        ] {
            let error = plan(words).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
