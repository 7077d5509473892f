//! S1, before there is a day: the program is killed while it founds a practice or restores one from a backup. The
//! practice is there afterwards, or the same command can be given again.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::crash::CALLS;
use super::day::backups;
use super::practice::{self, add_patient, call};
use super::program::{Fault, Orcactl, words};
use super::report::{Finding, Tally};
use super::{Amount, Plan, points};

pub fn measure(plan: &Plan, orcactl: &Orcactl) -> Result<Vec<Finding>> {
    let home = practice::home()?;
    let lost = home.path().join("lost");
    let front = practice::found(&lost)?;
    add_patient(&front, "Rivera", "Ana")?;
    call(
        &front,
        "back_up_now",
        serde_json::json!({ "folder": backups(&lost) }),
    )?;
    front.close();
    let folder = home.path().join("trial");
    let from = backups(&lost).display().to_string();
    let beginnings = [
        (
            "founding a practice",
            words(&[
                "init",
                "--practice",
                "Harbour Dental",
                "--zone",
                "America/New_York",
            ]),
        ),
        (
            "restoring a backup in an empty folder",
            words(&["backup", "restore", &from]),
        ),
    ];
    // Founding writes a lot: the quick part tries less of it.
    let every = match plan.amount {
        Amount::Long => plan.every,
        Amount::Quick => plan.every * 5,
    };
    let mut findings = Vec::new();
    for (name, line) in beginnings {
        plan.say(&format!("S1 {name}"));
        let (mut tally, mut control) = (Tally::default(), Tally::default());
        clear(&folder)?;
        let calls = orcactl.calls(&folder, &line, &CALLS)?;
        let whole = practice::examine(&folder).map_err(anyhow::Error::msg)?;
        for (call, count) in calls {
            for at in (1..=count).step_by(every) {
                let place = || format!("{name}, {call} {at} of {count}");
                let fault = Fault {
                    call,
                    at,
                    lasts: false,
                    what: "signal=SIGKILL",
                };
                clear(&folder)?;
                orcactl.run_with(&folder, &line, &fault)?;
                tally.count(place, judge(orcactl, &folder, &line, &whole, true)?);
                if tally.tried % 4 == 1 {
                    clear(&folder)?;
                    orcactl.run_with(&folder, &line, &fault)?;
                    control.count(place, judge(orcactl, &folder, &line, &whole, false)?);
                }
            }
        }
        let what = format!(
            "kill at {} of {name}; control: nobody gives the command again",
            points(every, "write, sync, cut, rename and removal")
        );
        findings.push(Finding::new("S1", what, &tally, &control));
    }
    Ok(findings)
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn judge(
    orcactl: &Orcactl,
    folder: &Path,
    line: &[String],
    whole: &str,
    is_repeated: bool,
) -> Result<Result<&'static str, String>> {
    if practice::examine(folder).is_ok_and(|shown| shown == whole) {
        return Ok(Ok("there"));
    }
    if !is_repeated {
        return Ok(Err("not there".to_owned()));
    }
    let again = orcactl.run(folder, line)?;
    if !again.is_acknowledged() {
        return Ok(Err(format!(
            "neither there nor to be had again: {}",
            again.stderr.trim()
        )));
    }
    match practice::examine(folder) {
        Ok(shown) if shown == whole => Ok(Ok("there after the second time")),
        Ok(_) => Ok(Err("the second time makes something else".to_owned())),
        Err(trouble) => Ok(Err(format!("after the second time: {trouble}"))),
    }
}
