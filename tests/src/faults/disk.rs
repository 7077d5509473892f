//! S3: the disk is full, or refuses to write or to sync, from some call on. The command says so in words that a person
//! can act on, what was there stays, and the next command works when the disk is back.

use anyhow::Result;

use super::crash;
use super::day::{Day, Step};
use super::practice;
use super::program::{Ended, Fault, Orcactl, words};
use super::report::{Finding, Tally};
use super::{Amount, Plan, points};

struct Trouble {
    what: &'static str,
    calls: &'static [&'static str],
    /// As `strace` writes it.
    fault: &'static str,
    lasts: bool,
}

const TROUBLES: [Trouble; 4] = [
    Trouble {
        what: "the disk is full from the k-th write on",
        calls: &["pwrite64", "ftruncate"],
        fault: "error=ENOSPC",
        lasts: true,
    },
    Trouble {
        what: "the k-th write fails with an I/O error",
        calls: &["pwrite64", "ftruncate"],
        fault: "error=EIO",
        lasts: false,
    },
    Trouble {
        what: "the k-th sync fails",
        calls: &["fsync", "fdatasync"],
        fault: "error=EIO",
        lasts: false,
    },
    Trouble {
        what: "every sync fails from the k-th on",
        calls: &["fsync", "fdatasync"],
        fault: "error=EIO",
        lasts: true,
    },
];

/// A disk that says it has written and has not: more than any write of ours, so that it counts as whole.
const LIE: &str = "retval=1048576";

const QUICK: [&str; 2] = ["book", "second backup"];

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let orcactl = Orcactl::ready()?;
    let wanted: &[&str] = match plan.amount {
        Amount::Long => &[],
        Amount::Quick => &QUICK,
    };
    let day = Day::play(&orcactl, wanted)?;
    let mut control = Tally::default();
    for step in &day.steps {
        plan.say(&format!("S3 control, {}", step.name));
        let lying = Trouble {
            what: "control",
            calls: &["pwrite64"],
            fault: LIE,
            lasts: true,
        };
        // A handful of points of each command is enough to see that a loss is noticed.
        disturb(&orcactl, &day, step, &lying, plan.every.max(9), &mut control)?;
    }
    let mut findings = Vec::new();
    for trouble in &TROUBLES {
        let mut tally = Tally::default();
        for step in &day.steps {
            plan.say(&format!("S3 {}, {}", trouble.what, step.name));
            disturb(&orcactl, &day, step, trouble, plan.every, &mut tally)?;
        }
        let what = format!(
            "{}, at {}, in a day of {} commands; control: a disk that says it has written and has not",
            trouble.what,
            points(plan.every, "k"),
            day.steps.len()
        );
        findings.push(Finding::new("S3", what, &tally, &control));
    }
    findings.push(reading(plan, &orcactl, &day, &control)?);
    Ok(findings)
}

fn disturb(
    orcactl: &Orcactl,
    day: &Day,
    step: &Step,
    trouble: &Trouble,
    every: usize,
    tally: &mut Tally,
) -> Result<()> {
    let folder = day.home.path().join("trial");
    step.lay_out(&folder)?;
    let calls = orcactl.calls(&folder, &step.words(&folder), trouble.calls)?;
    for (call, count) in calls {
        for at in (1..=count).step_by(every) {
            let fault = Fault {
                call,
                at,
                lasts: trouble.lasts,
                what: trouble.fault,
            };
            step.lay_out(&folder)?;
            let ended = orcactl.run_with(&folder, &step.words(&folder), &fault)?;
            let outcome = match says_what_happened(&ended) {
                Ok(()) => crash::judge(orcactl, &folder, step, &ended)?.map(|kind| named(kind, &ended)),
                Err(why) => Err(why),
            };
            tally.count(|| format!("{}, {call} {at} of {count}", step.name), outcome);
        }
    }
    Ok(())
}

/// Done, or refused with an error that names the disk.
fn says_what_happened(ended: &Ended) -> Result<(), String> {
    match ended.code {
        Some(0) => return Ok(()),
        Some(1) => {}
        other => return Err(format!("it ended with {other:?}: {}", ended.stderr.trim())),
    }
    let message = ended
        .error()
        .map(|error| error["message"].to_string())
        .unwrap_or_default();
    match ["disk", "no room", "folder"]
        .iter()
        .any(|word| message.contains(word))
    {
        true => Ok(()),
        false => Err(format!(
            "it does not say that it is the disk: {}",
            ended.stderr.trim()
        )),
    }
}

fn named(kind: &'static str, ended: &Ended) -> &'static str {
    let code = ended.error().map(|error| error["code"].clone());
    match (kind, ended.is_acknowledged()) {
        (_, true) => "done in spite of it",
        ("with the command done", false) => "refused, yet found done",
        // The words are right, the code and the hint are about something else.
        (_, false) if code.is_some_and(|code| code == "relay_trouble") => {
            "refused and not done, under the code of the relay’s troubles"
        }
        (_, false) => "refused and not done",
    }
}

/// While nothing can be written at all, the practice can still be read.
fn reading(plan: &Plan, orcactl: &Orcactl, day: &Day, control: &Tally) -> Result<Finding> {
    let mut tally = Tally::default();
    let folder = day.home.path().join("trial");
    let lists: [&[&str]; 3] = [
        &["list", "patients"],
        &["day", practice::DAY],
        &["history", "--limit", "20"],
    ];
    let steps = match plan.amount {
        Amount::Long => &day.steps[..],
        Amount::Quick => &day.steps[..1],
    };
    for step in steps {
        plan.say(&format!("S3 reading, {}", step.name));
        for fault in ["error=ENOSPC", "error=EIO"] {
            for list in lists {
                step.lay_out(&folder)?;
                let whole = orcactl.run(&folder, &words(list))?;
                step.lay_out(&folder)?;
                let fault = Fault {
                    call: "pwrite64",
                    at: 1,
                    lasts: true,
                    what: fault,
                };
                let ended = orcactl.run_with(&folder, &words(list), &fault)?;
                let outcome = match ended.stdout == whole.stdout && ended.is_acknowledged() {
                    true => Ok("read"),
                    false => Err(format!("{:?} {}", ended.code, ended.stderr.trim())),
                };
                tally.count(
                    || format!("{} {} before {}", fault.what, list.join(" "), step.name),
                    outcome,
                );
            }
        }
    }
    let what = "reading while every write fails; control as above";
    Ok(Finding::new("S3", what, &tally, control))
}
