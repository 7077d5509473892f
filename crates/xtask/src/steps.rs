//! A list of steps with headings, times and a summary at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::house;

enum Outcome {
    Passed,
    Failed(String),
    /// Could not be tried because an earlier step, named here, failed: counts as failed.
    Blocked(&'static str),
}

/// Runs steps one after another; a failing one does not stop the others unless they need it.
pub struct Steps {
    /// Only these names are run, if any are given.
    only: Vec<String>,
    done: Vec<(&'static str, Outcome, Duration)>,
}

impl Steps {
    pub fn new(only: Vec<String>) -> Self {
        Self {
            only,
            done: Vec::new(),
        }
    }

    /// Whether a step of this name would be run.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }

    /// Runs a step, unless another set was asked for.
    pub fn step(&mut self, name: &'static str, about: &str, work: impl FnOnce() -> Result<()>) {
        self.step_after(&[], name, about, work);
    }

    /// Runs a step unless one that it needs has failed.
    pub fn step_after(
        &mut self,
        needs: &[&'static str],
        name: &'static str,
        about: &str,
        work: impl FnOnce() -> Result<()>,
    ) {
        if !self.wants(name) {
            return;
        }
        heading(&format!("{name}: {about}"));
        if let Some(&missing) = needs.iter().find(|needed| self.has_failed(needed)) {
            println!("not tried, because `{missing}` failed");
            self.done.push((name, Outcome::Blocked(missing), Duration::ZERO));
            return;
        }
        let start = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed,
            Err(error) => {
                eprintln!("\n{name} failed");
                Outcome::Failed(format!("{error:#}"))
            }
        };
        self.done.push((name, outcome, start.elapsed()));
    }

    fn has_failed(&self, name: &str) -> bool {
        self.done
            .iter()
            .any(|(done, outcome, _)| *done == name && !matches!(outcome, Outcome::Passed))
    }

    /// Prints what came out.
    ///
    /// # Errors
    /// If any step failed, or none was run.
    pub fn finish(self) -> Result<()> {
        if self.done.is_empty() {
            bail!("no step is called {}; `--list` shows them", self.only.join(", "));
        }
        heading("summary");
        for (name, outcome, took) in &self.done {
            let (mark, why) = match outcome {
                Outcome::Passed => ("ok    ", String::new()),
                Outcome::Failed(why) => ("FAILED", format!("  {}", why.lines().next().unwrap_or_default())),
                Outcome::Blocked(needed) => ("FAILED", format!("  not tried, because `{needed}` failed")),
            };
            println!("{mark} {:>7.1} s  {name}{why}", took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, _, took)| *took).sum();
        let failed = self
            .done
            .iter()
            .filter(|(_, outcome, _)| !matches!(outcome, Outcome::Passed))
            .count();
        println!("       {:>7.1} s  in all\n", total.as_secs_f64());
        println!("{} passed, {failed} failed", self.done.len() - failed);
        // Last of all, because the end of a log is what everybody sees.
        for (name, outcome, _) in &self.done {
            if let Outcome::Failed(why) = outcome {
                println!("\n{name} failed: {why}");
            }
        }
        if failed > 0 {
            // The reason for the exit code goes to standard error.
            bail!("{failed} of {} steps failed", self.done.len());
        }
        Ok(())
    }
}

/// A line that can be found again in a long log.
pub fn heading(text: &str) {
    if house::is_ci() {
        println!("\n=== {text} ===");
    } else {
        println!("\n\x1b[1m=== {text} ===\x1b[0m");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_failure_blocks_what_needs_it_and_nothing_else() {
        let tried = Cell::new(0);
        let try_it = || {
            tried.set(tried.get() + 1);
            Ok(())
        };
        let mut steps = Steps::new(Vec::new());
        steps.step("build", "", || bail!("it does not compile"));
        steps.step_after(&["build"], "journeys", "", try_it);
        steps.step("format", "", try_it);
        assert_eq!(tried.get(), 1, "only the format step can be tried");
        assert_eq!(steps.finish().unwrap_err().to_string(), "2 of 3 steps failed");
    }

    #[test]
    fn a_chosen_step_is_run_alone_and_an_unknown_one_is_an_error() {
        let mut steps = Steps::new(vec!["format".to_owned()]);
        steps.step("build", "", || bail!("must not be run"));
        steps.step("format", "", || Ok(()));
        steps.finish().unwrap();
        let mut steps = Steps::new(vec!["fromat".to_owned()]);
        steps.step("format", "", || Ok(()));
        assert!(steps.finish().unwrap_err().to_string().contains("fromat"));
    }
}
