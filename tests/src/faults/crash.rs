//! S1: the program is killed at every write, sync, cut, rename and removal of a scripted day. What was acknowledged is
//! there afterwards, nothing is half there, and the next command works.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use super::day::{Day, Step, backups};
use super::practice;
use super::program::{Ended, Fault, Orcactl, words};
use super::report::{Finding, Tally};
use super::{Amount, Plan, beginning, points};

/// What changes files.
pub const CALLS: [&str; 8] = [
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "unlink",
    "unlinkat",
];

/// The part that runs with the ordinary tests.
const QUICK: [&str; 2] = ["book", "second backup"];

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let orcactl = Orcactl::ready()?;
    let wanted: &[&str] = match plan.amount {
        Amount::Long => &[],
        Amount::Quick => &QUICK,
    };
    let day = Day::play(&orcactl, wanted)?;
    let folder = day.home.path().join("trial");
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    let mut kills = 0;
    for step in &day.steps {
        plan.say(&format!("S1 {}", step.name));
        step.lay_out(&folder)?;
        let calls = orcactl.calls(&folder, &step.words(&folder), &CALLS)?;
        for (call, count) in calls {
            for at in (1..=count).step_by(plan.every) {
                let fault = Fault {
                    call,
                    at,
                    lasts: false,
                    what: "signal=SIGKILL",
                };
                step.lay_out(&folder)?;
                let ended = orcactl.run_with(&folder, &step.words(&folder), &fault)?;
                kills += u64::from(ended.is_killed());
                let outcome = judge(&orcactl, &folder, step, &ended)?;
                tally.count(|| format!("{}, {call} {at} of {count}", step.name), outcome);
                // The control costs as much again, so every other point will do.
                if tally.tried % 2 == 1 {
                    step.lay_out(&folder)?;
                    let ended = orcactl.run_with(&folder, &step.words(&folder), &fault)?;
                    forget_the_log(&folder)?;
                    let outcome = judge(&orcactl, &folder, step, &ended)?;
                    control.count(|| format!("{}, {call} {at} of {count}", step.name), outcome);
                }
            }
        }
    }
    // A call that the k-th time came from another thread is not reached; more than a few of these, and nothing was tried.
    ensure!(
        kills * 10 >= tally.tried * 9,
        "only {kills} of {} kills came about",
        tally.tried
    );
    let what = format!(
        "kill at {} of a day of {} commands; control: the write-ahead log is lost with the process",
        points(plan.every, "write, sync, cut, rename and removal"),
        day.steps.len()
    );
    let mut findings = vec![Finding::new("S1", what, &tally, &control)];
    findings.extend(beginning::measure(plan, &orcactl)?);
    Ok(findings)
}

/// A weakened variant: what was not yet in the main file when the process died is gone, as if the log had been kept in
/// memory only.
fn forget_the_log(folder: &Path) -> Result<()> {
    let log = folder.join("practice.db-wal");
    if log.exists() {
        fs::remove_file(log)?;
    }
    Ok(())
}

/// Looks at what is left: all of the step or nothing of it, all of it if it was acknowledged; then goes on working.
pub fn judge(
    orcactl: &Orcactl,
    folder: &Path,
    step: &Step,
    ended: &Ended,
) -> Result<Result<&'static str, String>> {
    let shown = match practice::examine(folder) {
        Ok(shown) => shown,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let is_idle = step.shows_before == step.shows_after;
    let kind = match () {
        () if is_idle && shown == step.shows_after => "with nothing to lose",
        () if shown == step.shows_after => "with the command done",
        () if ended.is_acknowledged() => return Ok(Err("acknowledged, but not there".to_owned())),
        () if shown == step.shows_before => "with the command not done",
        () => return Ok(Err("neither as before nor as after".to_owned())),
    };
    if backups(folder).exists() && step.name == "second backup" {
        // The first one was finished: whatever happened to the second, the newest that counts is sound.
        let verify = words(&["backup", "verify", &backups(folder).display().to_string()]);
        let checked = orcactl.run(folder, &verify)?;
        if !checked.is_acknowledged() {
            return Ok(Err(format!("no sound backup: {}", checked.stderr.trim())));
        }
    }
    // The next command: the same again if it was not done, otherwise another.
    let is_done = !is_idle && shown == step.shows_after;
    let next = match is_done {
        false => step.words(folder),
        true => words(&[
            "patients",
            "add",
            "--family-name",
            "Morrow",
            "--given-name",
            "Ines",
        ]),
    };
    let ended = orcactl.run(folder, &next)?;
    if !ended.is_acknowledged() {
        return Ok(Err(format!("the next command: {}", ended.stderr.trim())));
    }
    if !is_done {
        match practice::examine(folder) {
            Ok(again) if again == step.shows_after => {}
            Ok(_) => return Ok(Err("done again, it does not show what it should".to_owned())),
            Err(trouble) => return Ok(Err(format!("after the next command: {trouble}"))),
        }
    }
    Ok(Ok(kind))
}
