//! S1, before there is a day: the program is killed while it founds a practice, joins one or restores one from a backup.
//! The practice is there afterwards, or the same command can be given again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;

use super::crash::CALLS;
use super::day::{backups, synced};
use super::practice::{self, add_patient, call, text};
use super::program::{Fault, Orcactl, words};
use super::relay_here::RelayHere;
use super::report::{Finding, Tally};
use super::{Amount, Plan, points};

/// A way into a practice.
pub struct Way {
    pub name: &'static str,
    pub line: Vec<String>,
    /// The log of the relay that it needs, and where that relay is.
    relay: Option<(PathBuf, std::net::SocketAddr)>,
}

impl Way {
    /// An empty folder, and the relay as it was before: an invitation works once.
    pub fn lay_out(&self, folder: &Path) -> Result<Option<RelayHere>> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        let Some((log, address)) = &self.relay else {
            return Ok(None);
        };
        let copy = folder.with_extension("relay");
        practice::copy(log, &copy)?;
        RelayHere::start(&copy, Some(*address)).map(Some)
    }
}

pub fn ways(home: &Path) -> Result<[Way; 3]> {
    let lost = home.join("lost");
    let front = practice::found(&lost)?;
    add_patient(&front, "Rivera", "Ana")?;
    call(&front, "back_up_now", json!({ "folder": backups(&lost) }))?;
    let log = home.join("log");
    let relay = RelayHere::start(&log, None)?;
    let invited = call(&front, "relay_invite", json!({ "relay": relay.url() }))?;
    synced(&front)?;
    front.close();
    let address = relay.address;
    drop(relay);
    let way = |name, line: &[&str]| Way {
        name,
        line: words(line),
        relay: None,
    };
    let found = [
        "init",
        "--practice",
        "Harbour Dental",
        "--zone",
        "America/New_York",
    ];
    let code = text(&invited["code"]);
    let join = [
        "relay",
        "join",
        code.as_str(),
        "--person",
        "Kofi Osei",
        "--workstation",
        "Desk 2",
    ];
    let from = backups(&lost).display().to_string();
    Ok([
        way("founding a practice", &found),
        Way {
            relay: Some((log, address)),
            ..way("joining a practice", &join)
        },
        way(
            "restoring a backup in an empty folder",
            &["backup", "restore", &from],
        ),
    ])
}

pub fn measure(plan: &Plan, orcactl: &Orcactl) -> Result<Vec<Finding>> {
    let home = practice::home()?;
    let folder = home.path().join("trial");
    // A beginning writes a lot: the quick part tries less of it.
    let (every, wanted) = match plan.amount {
        Amount::Long => (plan.every, &CALLS[..]),
        Amount::Quick => (plan.every * 10, &["pwrite64", "fsync", "rename"][..]),
    };
    let mut findings = Vec::new();
    for way in ways(home.path())? {
        plan.say(&format!("S1 {}", way.name));
        let (mut tally, mut control) = (Tally::default(), Tally::default());
        let relay = way.lay_out(&folder)?;
        let calls = orcactl.calls(&folder, &way.line, wanted)?;
        let whole = practice::examine(&folder).map_err(anyhow::Error::msg)?;
        drop(relay);
        for (call, count) in calls {
            for at in (1..=count).step_by(every) {
                let place = || format!("{}, {call} {at} of {count}", way.name);
                let fault = Fault {
                    call,
                    at,
                    lasts: false,
                    what: "signal=SIGKILL",
                };
                let killed = |is_repeated| -> Result<_> {
                    let _relay = way.lay_out(&folder)?;
                    orcactl.run_with(&folder, &way.line, &fault)?;
                    judge(orcactl, &folder, &way.line, &whole, is_repeated)
                };
                tally.count(place, killed(true)?);
                if tally.tried % 4 == 1 {
                    control.count(place, killed(false)?);
                }
            }
        }
        let what = format!(
            "kill at {} of {}; control: nobody gives the command again",
            points(every, "write, sync, cut, rename and removal"),
            way.name
        );
        findings.push(Finding::new("S1", what, &tally, &control));
    }
    Ok(findings)
}

/// Whether the practice is there, if need be after the same command is given again.
pub fn judge(
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
