//! S10: words that occur nowhere else are planted in everything that is known of a patient; none can be read in any
//! file that the program leaves on a disk, however it ended.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rusqlite::Connection;

use super::day::backups;
use super::practice::{self, DAY, text};
use super::program::{Fault, Orcactl, words};
use super::report::{Finding, Tally};
use super::{Amount, Plan};
use crate::canaries::{CANARIES, files, found_in};

const QUICK_KILLS: usize = 2;
const LONG_KILLS: usize = 40;

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let home = practice::home()?;
    // Where programs put what nobody asked for: all of it is looked at.
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir_all(&elsewhere)?;
    let orcactl = Orcactl::ready()?.at_home(&elsewhere);
    let folder = home.path().join("desk");
    let kills = match plan.amount {
        Amount::Long => LONG_KILLS,
        Amount::Quick => QUICK_KILLS,
    };
    let mut tally = Tally::default();
    plant(&orcactl, &folder)?;
    look(home.path(), "closed", &mut tally)?;
    for at in 1..=kills {
        // Each kill a little later in the work, so that logs and half-made files of every stage are seen.
        let line = ["note", "", CANARIES[4]];
        let visit = visit(&orcactl, &folder)?;
        let fault = Fault {
            call: "pwrite64",
            at: at as u64,
            lasts: false,
            what: "signal=SIGKILL",
        };
        let note = words(&[line[0], &visit, &format!("{} {at}", line[2])]);
        orcactl.run_with(&folder, &note, &fault)?;
        look(home.path(), "killed while noting", &mut tally)?;
        let to = backups(&folder).display().to_string();
        let fault = Fault {
            call: "write",
            at: at as u64,
            ..fault
        };
        orcactl.run_with(&folder, &words(&["backup", "create", "--to", &to]), &fault)?;
        look(home.path(), "killed while backing up", &mut tally)?;
    }

    let open = home.path().join("plain");
    fs::create_dir_all(&open)?;
    let connection = Connection::open(open.join("plain.db"))?;
    connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE patients (words TEXT) STRICT;")?;
    for word in CANARIES {
        connection.execute("INSERT INTO patients VALUES (?1)", [word])?;
    }
    let mut control = Tally::default();
    look(&open, "plain SQLite", &mut control)?;
    drop(connection);
    let what = format!(
        "a file of a workstation or a backup × {} planted words, closed and after {} kills; control: plain SQLite",
        CANARIES.len(),
        2 * kills
    );
    Ok(vec![Finding::new("S10", what, &tally, &control)])
}

/// Everything that is known of a patient, through every way in.
fn plant(orcactl: &Orcactl, folder: &Path) -> Result<()> {
    let done = |line: &[&str]| -> Result<serde_json::Value> {
        let ended = orcactl.run(folder, &words(line))?;
        if !ended.is_acknowledged() {
            bail!("{line:?}: {}", ended.stderr);
        }
        ended.json()
    };
    done(&[
        "init",
        "--practice",
        "Harbour Dental",
        "--zone",
        "America/New_York",
    ])?;
    let mail = format!("{}.example", CANARIES[3]);
    let patient = text(
        &done(&[
            "patients",
            "add",
            "--family-name",
            CANARIES[0],
            "--given-name",
            CANARIES[1],
            "--mobile-phone",
            CANARIES[2],
            "--email",
            &mail,
            "--alert",
            CANARIES[5],
            "--note",
            CANARIES[4],
        ])?["id"],
    );
    let at = format!("{DAY}T09:00");
    done(&[
        "book",
        "--patient",
        &patient,
        "--type",
        "Consultation",
        "--at",
        &at,
        "--operatory",
        "Op 1",
        "--provider",
        "Doctor 1",
        "--note",
        CANARIES[4],
        "--yes",
    ])?;
    let noon = format!("{DAY}T12:00");
    done(&[
        "block",
        "add",
        "--at",
        &noon,
        "--minutes",
        "30",
        "--title",
        CANARIES[6],
    ])?;
    let hits = done(&["patients", "find", CANARIES[0]])?;
    if !hits.to_string().contains(CANARIES[0]) {
        bail!("the patient is not there: {hits}");
    }
    done(&["verify"])?;
    done(&["backup", "create", "--to", &backups(folder).display().to_string()])?;
    Ok(())
}

fn visit(orcactl: &Orcactl, folder: &Path) -> Result<String> {
    let day = orcactl.run(folder, &words(&["day", DAY]))?.json()?;
    // A killed command may have left its work for this one to finish; the visit is the only one there is.
    find_id(&day).context("there is no visit on the day")
}

fn find_id(day: &serde_json::Value) -> Option<String> {
    match day {
        serde_json::Value::Object(fields) => match fields.get("appointments") {
            Some(visits) => visits.as_array()?.first().map(|card| text(&card["id"])),
            None => fields.values().find_map(find_id),
        },
        serde_json::Value::Array(items) => items.iter().find_map(find_id),
        _ => None,
    }
}

fn look(folder: &Path, when: &str, tally: &mut Tally) -> Result<()> {
    for path in files(folder)? {
        let found = found_in(&fs::read(&path)?);
        for word in CANARIES {
            let outcome = match found.contains(&word) {
                true => Err(format!("{word} can be read")),
                false => Ok("sealed"),
            };
            tally.count(|| format!("{when}: {}", path.display()), outcome);
        }
    }
    Ok(())
}
