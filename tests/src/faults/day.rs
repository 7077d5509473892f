//! A scripted day at the front desk: commands one after another, each with the folder as it lay before it and with
//! what is shown before and after it. Another program has the file open meanwhile, as a window would, so what was
//! written lately lies in the write-ahead log, as it does when the power goes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use desk::FrontDesk;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::practice::{self, DAY, add_patient, book, call, text};
use super::program::{Orcactl, words};
use super::relay_here::RelayHere;

/// One command of the day.
pub struct Step {
    pub name: &'static str,
    words: Vec<String>,
    before: PathBuf,
    pub shows_before: String,
    pub shows_after: String,
}

pub struct Day {
    pub steps: Vec<Step>,
    pub home: TempDir,
    // Steps that sync need it for as long as they are tried.
    _relay: RelayHere,
}

impl Step {
    /// The command line, for a folder.
    pub fn words(&self, folder: &Path) -> Vec<String> {
        let backups = backups(folder).display().to_string();
        self.words
            .iter()
            .map(|word| word.replace("{backups}", &backups))
            .collect()
    }

    /// Lays the folder out as it was before this step.
    pub fn lay_out(&self, folder: &Path) -> Result<()> {
        lay_out(&self.before, folder)
    }
}

/// Where the backups of a folder lie.
pub fn backups(folder: &Path) -> PathBuf {
    folder.with_extension("backups")
}

fn lay_out(from: &Path, to: &Path) -> Result<()> {
    practice::copy(from, to)?;
    if backups(to).exists() {
        fs::remove_dir_all(backups(to))?;
    }
    if backups(from).exists() {
        practice::copy(&backups(from), &backups(to))?;
    }
    Ok(())
}

const PEOPLE: &str =
    "Chart #,LName,FName,DOB\nP1,Lund,Mia,2014-05-09\nP2,Lund,Sven,2011-03-31\nP3,Okafor,Ada,2012-12-01\n";
const VISITS: &str = "AptNum,PatNum,AptDateTime,Length,Type,Op\n1,P1,2031-03-04 13:00,30,Consultation,Op 3\n2,P2,2031-03-04 13:30,30,Consultation,Op 3\n";
const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=America/New_York:20310304T160000\r\nDTEND;TZID=America/New_York:20310304T163000\r\nSUMMARY:Study club\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

struct Builder<'a> {
    orcactl: &'a Orcactl,
    home: &'a Path,
    folder: PathBuf,
    wanted: &'a [&'a str],
    steps: Vec<Step>,
}

impl Builder<'_> {
    /// Runs a command on the practice and keeps how it was before and after.
    fn step(&mut self, name: &'static str, line: &[&str]) -> Result<Value> {
        let number = self.steps.len();
        let before = self
            .home
            .join(format!("before-{number}-{}", name.replace(' ', "-")));
        lay_out(&self.folder, &before)?;
        let mut step = Step {
            name,
            words: words(line),
            before,
            shows_before: String::new(),
            shows_after: String::new(),
        };
        let ended = self.orcactl.run(&self.folder, &step.words(&self.folder))?;
        if !ended.is_acknowledged() {
            bail!("{name} ended with {:?}: {}", ended.code, ended.stderr);
        }
        let answer = ended.json()?;
        if answer["failed"].as_u64().is_some_and(|failed| failed > 0) {
            bail!("{name}: {answer}");
        }
        if self.wanted.is_empty() || self.wanted.contains(&name) {
            step.shows_before = self.shown(&step.before)?;
            let after = self.home.join("after");
            practice::copy(&self.folder, &after)?;
            step.shows_after = self.shown(&after)?;
            self.steps.push(step);
        }
        Ok(answer)
    }

    fn shown(&self, folder: &Path) -> Result<String> {
        let copy = self.home.join("shown");
        practice::copy(folder, &copy)?;
        practice::examine(&copy).map_err(anyhow::Error::msg)
    }
}

impl Day {
    /// Plays the day once, undisturbed. `wanted`: names of the steps to keep; empty: all.
    pub fn play(orcactl: &Orcactl, wanted: &[&str]) -> Result<Day> {
        let home = practice::home()?;
        let relay = RelayHere::start(&home.path().join("relay"), None)?;
        let folder = home.path().join("desk");
        let front = practice::found(&folder)?;
        let second = joined(&front, &home.path().join("second"), &relay.url())?;
        let mut day = Builder {
            orcactl,
            home: home.path(),
            folder,
            wanted,
            steps: Vec::new(),
        };
        day.morning()?;
        day.afternoon()?;
        // Meanwhile the other desk was busy.
        for (at, (family, given)) in [("Osei", "Kofi"), ("Tanaka", "Mei"), ("Haddad", "Noor")]
            .into_iter()
            .enumerate()
        {
            let patient = add_patient(&second, family, given)?;
            book(&second, &patient, "Op 4", &format!("1{at}:00"))?;
        }
        synced(&second)?;
        day.step("sync", &["sync", "--once", "--timeout", "3"])?;
        let steps = day.steps;
        second.close();
        front.close();
        Ok(Day {
            steps,
            home,
            _relay: relay,
        })
    }
}

impl Builder<'_> {
    fn morning(&mut self) -> Result<()> {
        let patient = text(
            &self.step(
                "add a patient",
                &[
                    "patients",
                    "add",
                    "--family-name",
                    "Rivera",
                    "--given-name",
                    "Ana",
                ],
            )?["id"],
        );
        let at = format!("{DAY}T09:00");
        let visit = self.booked("book", &patient, "Op 1", &at)?;
        let other = self.booked("book another", &patient, "Op 2", &format!("{DAY}T11:00"))?;
        self.step(
            "move",
            &[
                "move",
                &visit,
                "--at",
                &format!("{DAY}T10:00"),
                "--operatory",
                "Op 2",
                "--yes",
            ],
        )?;
        self.step("note", &["note", &visit, "wire broke, call the mother"])?;
        self.step("status", &["status", &visit, "confirmed", "--yes"])?;
        self.step("cancel", &["cancel", &other, "--reason", "ill"])?;
        self.step("undo", &["undo"])?;
        self.step("redo", &["redo"])?;
        Ok(())
    }

    fn booked(&mut self, name: &'static str, patient: &str, operatory: &str, at: &str) -> Result<String> {
        let line = [
            "book",
            "--patient",
            patient,
            "--type",
            "Consultation",
            "--at",
            at,
            "--operatory",
            operatory,
            "--provider",
            "Doctor 1",
            "--yes",
        ];
        Ok(text(&self.step(name, &line)?["appointment"]["id"]))
    }

    fn afternoon(&mut self) -> Result<()> {
        let people = self.file("people.csv", PEOPLE)?;
        self.step("import patients", &["import", "patients", &people])?;
        let visits = self.file("visits.csv", VISITS)?;
        self.step("import visits", &["import", "appointments", &visits])?;
        let calendar = self.file("club.ics", CALENDAR)?;
        self.step(
            "import a calendar",
            &["import", "ics", &calendar, "--provider", "Doctor 1"],
        )?;
        self.step(
            "block out",
            &[
                "block",
                "add",
                "--at",
                &format!("{DAY}T12:00"),
                "--minutes",
                "30",
                "--title",
                "Staff meeting",
            ],
        )?;
        self.step("first backup", &["backup", "create", "--to", "{backups}"])?;
        self.step(
            "another patient",
            &[
                "patients",
                "add",
                "--family-name",
                "Novak",
                "--given-name",
                "Lena",
            ],
        )?;
        self.step("second backup", &["backup", "create", "--to", "{backups}"])?;
        Ok(())
    }

    fn file(&self, name: &str, text: &str) -> Result<String> {
        let path = self.home.join(name);
        fs::write(&path, text)?;
        Ok(path.display().to_string())
    }
}

/// A second desk of the practice, in step with it.
pub fn joined(front: &FrontDesk, folder: &Path, url: &str) -> Result<FrontDesk> {
    let invited = call(front, "relay_invite", json!({ "relay": url }))?;
    let second = practice::start(folder);
    let request = json!({ "code": invited["code"], "person": "Kofi Osei", "workstation": "Desk 2" });
    call(&second, "join_practice", request)?;
    synced(&second)?;
    synced(front)?;
    Ok(second)
}

pub fn synced(front: &FrontDesk) -> Result<()> {
    let state = front
        .sync_once(Duration::from_secs(60))
        .map_err(anyhow::Error::msg)
        .context("sync")?;
    if state.waiting > 0 || state.behind > 0 {
        bail!("not in step: {state:?}");
    }
    Ok(())
}
