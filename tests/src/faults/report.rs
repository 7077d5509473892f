//! What was tried, what failed, and whether the harness can fail at all: one table for people, one list for programs.

use std::fmt::Write;

use serde::Serialize;

/// How many failures are told in words.
const TOLD: usize = 8;

/// One row of the reliability list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which row of the quality list: `S1`.
    pub id: &'static str,
    pub what: String,
    pub tried: u64,
    pub failed: u64,
    /// Failures of the same harness on a variant that was weakened on purpose; 0: the harness proves nothing.
    pub control_failed: u64,
    /// Something was tried, nothing failed, and the control did.
    pub met: bool,
    /// For people, after the table: the first failures, and what came out how often.
    #[serde(skip)]
    pub remarks: Vec<String>,
}

impl Finding {
    pub fn new(id: &'static str, what: impl Into<String>, tally: &Tally, control: &Tally) -> Self {
        let mut remarks = Vec::new();
        if !tally.kinds.is_empty() {
            let kinds: Vec<String> = tally
                .kinds
                .iter()
                .map(|(kind, count)| format!("{count} {kind}"))
                .collect();
            remarks.push(kinds.join(", "));
        }
        remarks.extend(tally.failures.iter().map(|failure| format!("FAILED {failure}")));
        let otherwise: Vec<String> = control
            .kinds
            .iter()
            .map(|(kind, count)| format!(", {count} {kind}"))
            .collect();
        remarks.push(format!(
            "control: {} of {} failed{}{}",
            control.failed,
            control.tried,
            otherwise.concat(),
            control
                .failures
                .first()
                .map_or(String::new(), |first| format!(", for example: {first}"))
        ));
        Self {
            id,
            what: what.into(),
            tried: tally.tried,
            failed: tally.failed,
            control_failed: control.failed,
            met: tally.tried > 0 && tally.failed == 0 && control.failed > 0,
            remarks,
        }
    }
}

/// Counts trials.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    pub tried: u64,
    pub failed: u64,
    failures: Vec<String>,
    kinds: std::collections::BTreeMap<&'static str, u64>,
}

impl Tally {
    /// One trial: what came of it, or why it failed.
    pub fn count(&mut self, trial: impl FnOnce() -> String, outcome: Result<&'static str, String>) {
        self.tried += 1;
        match outcome {
            Ok(kind) => *self.kinds.entry(kind).or_default() += 1,
            Err(why) => {
                self.failed += 1;
                if self.failures.len() < TOLD {
                    self.failures.push(format!("{}: {why}", trial()));
                }
            }
        }
    }

    /// How often something came out like this.
    pub fn of(&self, kind: &str) -> u64 {
        self.kinds.get(kind).copied().unwrap_or_default()
    }
}

/// The list for programs.
pub fn json(findings: &[Finding]) -> String {
    serde_json::to_string_pretty(findings).expect("texts and whole numbers")
}

/// The table for people, in Markdown, and what is to be said about it.
pub fn table(findings: &[Finding]) -> String {
    let mut text =
        String::from("| # | What | Tried | Failed | Control failed | Met |\n|---|---|--:|--:|--:|---|\n");
    for finding in findings {
        let met = if finding.met { "yes" } else { "**no**" };
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {met} |",
            finding.id, finding.what, finding.tried, finding.failed, finding.control_failed
        )
        .expect("memory takes text");
    }
    for finding in findings {
        writeln!(text, "\n{} {}", finding.id, finding.what).expect("memory takes text");
        for remark in &finding.remarks {
            writeln!(text, "  {remark}").expect("memory takes text");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tally(outcomes: &[Result<&'static str, &str>]) -> Tally {
        let mut tally = Tally::default();
        for outcome in outcomes {
            tally.count(|| "trial".to_owned(), outcome.map_err(str::to_owned));
        }
        tally
    }

    #[test]
    fn a_row_is_met_only_if_the_control_failed() {
        let (good, bad) = (tally(&[Ok("fine")]), tally(&[Err("lost")]));
        let met = |tally: &Tally, control: &Tally| Finding::new("S1", "x", tally, control).met;
        assert!(met(&good, &bad));
        assert!(!met(&good, &good), "a harness that never fails proves nothing");
        assert!(!met(&bad, &bad));
        assert!(!met(&Tally::default(), &bad), "nothing was tried");
    }

    #[test]
    fn programs_get_exactly_the_agreed_fields() {
        let finding = Finding::new(
            "S4",
            "bits",
            &tally(&[Ok("seen"), Ok("seen")]),
            &tally(&[Err("x")]),
        );
        let list: Value = serde_json::from_str(&super::json(std::slice::from_ref(&finding))).unwrap();
        assert_eq!(
            list,
            json!([{ "id": "S4", "what": "bits", "tried": 2, "failed": 0, "control_failed": 1, "met": true }])
        );
        let table = table(&[finding]);
        assert!(
            table.contains("| S4 | bits | 2 | 0 | 1 | yes |") && table.contains("2 seen"),
            "{table}"
        );
    }
}
