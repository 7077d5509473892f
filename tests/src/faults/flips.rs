//! S4: bits are flipped, one at a time, in what lies on disks: the workstation's folder, a backup, the relay's log, and
//! what a killed program had not yet written to the main file. Each is noticed or changes nothing that is shown.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rusqlite::Connection;
use serde_json::json;

use super::day::{joined, synced};
use super::practice::{self, add_patient, book, call};
use super::relay_here::RelayHere;
use super::report::{Finding, Tally};
use super::{Amount, Plan, liar};
use crate::simulation::Dice;

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let mut dice = Dice::new(plan.seed);
    let scene = Scene::play()?;
    let mut findings = Vec::new();
    let flips = |long: usize, quick: usize| match plan.amount {
        Amount::Long => long,
        Amount::Quick => quick,
    };

    plan.say("S4 control");
    let control = plain(&scene, &mut dice, flips(1000, 60))?;
    let of = |what: &str, tally: &Tally| {
        let what = format!("{what}; control: the same rows in plain SQLite");
        Finding::new("S4", what, tally, &control)
    };
    plan.say("S4 workstation");
    let tally = workstation(&scene, &scene.closed, &mut dice, flips(2000, 20))?;
    findings.push(of("one bit in the folder of a workstation", &tally));
    plan.say("S4 write-ahead log");
    let tally = write_ahead_log(&scene, &mut dice, flips(500, 10), true)?;
    let forgetful = write_ahead_log(&scene, &mut dice, flips(100, 5), false)?;
    findings.push(Finding::new(
        "S4",
        "one bit in the write-ahead log that a killed program left; control: nothing says where it ended",
        &tally,
        &forgetful,
    ));
    plan.say("S4 backup");
    let tally = backup(&scene, &mut dice, flips(1000, 10))?;
    findings.push(of("one bit in a backup, then checked and restored", &tally));
    plan.say("S4 relay");
    let tally = relay(&scene, &mut dice, flips(300, 4))?;
    findings.push(of("one bit in the relay’s log, then fetched by a desk", &tally));
    plan.say("S4 envelopes");
    let mut tally = Tally::default();
    for seed in plan.seed..plan.seed + flips(100, 2) as u64 {
        tally.count(|| format!("SEED={seed}"), liar::flipped_envelope(seed)?);
    }
    findings.push(of(
        "one bit of each of several envelopes on their way to a desk",
        &tally,
    ));
    Ok(findings)
}

/// A practice of two desks with everything that lies on disks because of it.
struct Scene {
    home: tempfile::TempDir,
    /// A workstation, closed.
    closed: PathBuf,
    /// The same, killed: something lies in its write-ahead log only.
    killed: PathBuf,
    /// A desk that has not yet fetched what is in the log.
    behind: PathBuf,
    backups: PathBuf,
    relay: PathBuf,
    shown: String,
    shown_killed: String,
    shown_behind: String,
    address: std::net::SocketAddr,
}

impl Scene {
    fn play() -> Result<Scene> {
        let home = practice::home()?;
        let at = |name: &str| home.path().join(name);
        let relay = RelayHere::start(&at("relay"), None)?;
        let address = relay.address;
        let front = practice::found(&at("front"))?;
        let second = joined(&front, &at("second"), &relay.url())?;
        let known = add_patient(&second, "Osei", "Kofi")?;
        book(&second, &known, "Op 2", "16:00")?;
        synced(&second)?;
        second.close();
        drop(second);
        synced(&front)?;
        for (number, (family, given)) in PEOPLE.into_iter().enumerate() {
            let patient = add_patient(&front, family, given)?;
            let visit = book(&front, &patient, "Op 1", &format!("{:02}:00", 8 + number))?;
            call(
                &front,
                "edit_appointment",
                json!({ "id": visit, "note": format!("wire {number}, call back") }),
            )?;
        }
        synced(&front)?;
        let backups = at("backups");
        call(&front, "back_up_now", json!({ "folder": backups }))?;
        front.close();
        drop(front);
        practice::copy(&at("front"), &at("closed"))?;
        let front = practice::open(&at("front")).map_err(anyhow::Error::msg)?;
        let late = add_patient(&front, "Lund", "Mia")?;
        book(&front, &late, "Op 3", "16:30")?;
        practice::copy(&at("front"), &at("killed"))?;
        front.close();
        drop(relay);

        let shown = |name: &str| -> Result<String> {
            practice::copy(&at(name), &at("shown"))?;
            practice::examine(&at("shown")).map_err(anyhow::Error::msg)
        };
        anyhow::ensure!(
            shown("killed")? == shown("killed")? && shown("killed")? != shown("closed")?,
            "what was killed shows more than what was closed before, and always the same"
        );
        Ok(Scene {
            shown: shown("closed")?,
            shown_killed: shown("killed")?,
            shown_behind: shown("second")?,
            closed: at("closed"),
            killed: at("killed"),
            behind: at("second"),
            relay: at("relay"),
            backups,
            address,
            home,
        })
    }

    fn trial(&self) -> PathBuf {
        self.home.path().join("trial")
    }
}

const PEOPLE: [(&str, &str); 8] = [
    ("Rivera", "Ana"),
    ("Mensah", "Kwame"),
    ("Nakamura", "Yui"),
    ("Novak", "Lena"),
    ("Haddad", "Noor"),
    ("Tanaka", "Mei"),
    ("Okafor", "Ada"),
    ("Diallo", "Amara"),
];

/// Flips one bit of one file, larger files more often; says where.
fn flip(folder: &Path, is_wanted: impl Fn(&str) -> bool, dice: &mut Dice) -> Result<String> {
    let mut all = Vec::new();
    list(folder, &mut all)?;
    all.sort();
    all.retain(|path| is_wanted(&path.display().to_string()));
    let sizes = all
        .iter()
        .map(|path| Ok(usize::try_from(fs::metadata(path)?.len())?))
        .collect::<Result<Vec<usize>>>()?;
    let mut at = dice.below(sizes.iter().sum());
    let (path, offset) = all
        .iter()
        .zip(sizes)
        .find_map(|(path, size)| {
            if at < size {
                return Some((path, at));
            }
            at -= size;
            None
        })
        .context("there is nothing to flip")?;
    let bit = dice.below(8);
    let mut bytes = fs::read(path)?;
    bytes[offset] ^= 1 << bit;
    fs::write(path, bytes)?;
    let name = path.strip_prefix(folder).unwrap_or(path);
    Ok(format!("{} byte {offset} bit {bit}", name.display()))
}

fn list(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => list(&path, into)?,
            false => into.push(path),
        }
    }
    Ok(())
}

/// A panic is an answer, too, but not one that a person can use.
fn without_panic<T>(look: impl FnOnce() -> Result<T, String>) -> Result<T, Fault> {
    match panic::catch_unwind(AssertUnwindSafe(look)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(noticed)) => Err(Fault::Noticed(noticed)),
        Err(_) => Err(Fault::Panicked),
    }
}

enum Fault {
    Noticed(String),
    Panicked,
}

/// Noticed, or nothing else is shown than before.
fn judged(found: Result<String, Fault>, expected: &str) -> Result<&'static str, String> {
    match found {
        Err(Fault::Noticed(_)) => Ok("noticed"),
        Err(Fault::Panicked) => Err("it panicked".to_owned()),
        Ok(shown) if shown == expected => Ok("harmless"),
        Ok(_) => Err("not noticed, and something else is shown".to_owned()),
    }
}

fn workstation(scene: &Scene, from: &Path, dice: &mut Dice, flips: usize) -> Result<Tally> {
    let mut tally = Tally::default();
    let folder = scene.trial();
    for _ in 0..flips {
        practice::copy(from, &folder)?;
        let place = flip(&folder, |_| true, dice)?;
        let outcome = judged(without_panic(|| practice::examine(&folder)), &scene.shown);
        tally.count(|| place, outcome);
    }
    Ok(tally)
}

/// The practice that a killed program left, with damage in the newest part. Weakened, without the note of its end.
fn write_ahead_log(scene: &Scene, dice: &mut Dice, flips: usize, is_noted: bool) -> Result<Tally> {
    let mut tally = Tally::default();
    let folder = scene.trial();
    for _ in 0..flips {
        practice::copy(&scene.killed, &folder)?;
        if !is_noted {
            fs::remove_file(folder.join("log.end"))?;
        }
        let place = flip(&folder, |name| name.ends_with("-wal"), dice)?;
        let outcome = judged(without_panic(|| practice::examine(&folder)), &scene.shown_killed);
        tally.count(|| place, outcome);
    }
    Ok(tally)
}

fn backup(scene: &Scene, dice: &mut Dice, flips: usize) -> Result<Tally> {
    let mut tally = Tally::default();
    let (folder, backups) = (scene.trial(), scene.home.path().join("flipped-backups"));
    for _ in 0..flips {
        practice::copy(&scene.backups, &backups)?;
        let place = flip(&backups, |_| true, dice)?;
        let outcome = judged(without_panic(|| restored(&backups, &folder)), &scene.shown);
        tally.count(|| place, outcome);
    }
    Ok(tally)
}

/// Checks the newest backup, goes on from it in an empty folder, and says what is shown there.
fn restored(backups: &Path, folder: &Path) -> Result<String, String> {
    let say = |error: desk::DeskError| error.to_string();
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let front = practice::start(folder);
    front
        .call("verify_backup", json!({ "folder": backups }))
        .map_err(say)?;
    front
        .call("restore_backup", json!({ "folder": backups }))
        .map_err(say)?;
    front.close();
    practice::examine(folder)
}

/// A desk fetches from a relay whose log has a flipped bit.
fn relay(scene: &Scene, dice: &mut Dice, flips: usize) -> Result<Tally> {
    let mut tally = Tally::default();
    let (folder, log) = (scene.trial(), scene.home.path().join("flipped-relay"));
    let fetched = |place: Option<String>, dice: &mut Dice| -> Result<Result<String, Fault>> {
        practice::copy(&scene.relay, &log)?;
        practice::copy(&scene.behind, &folder)?;
        let place = match place {
            Some(_) => place,
            None => Some(flip(&log, |name| !name.ends_with("-shm"), dice)?),
        };
        let Ok(relay) = RelayHere::start(&log, Some(scene.address)) else {
            return Ok(Err(Fault::Noticed(place.unwrap_or_default())));
        };
        let found = without_panic(|| fetch(&folder));
        drop(relay);
        Ok(found)
    };
    let whole = match fetched(Some(String::new()), dice)? {
        Ok(shown) => shown,
        Err(Fault::Noticed(why)) => anyhow::bail!("without a flip: {why}"),
        Err(Fault::Panicked) => anyhow::bail!("without a flip it panics"),
    };
    anyhow::ensure!(whole != scene.shown_behind, "there was something to fetch");
    for number in 0..flips {
        let outcome = judged(fetched(None, dice)?, &whole);
        tally.count(|| format!("flip {number}"), outcome);
    }
    Ok(tally)
}

fn fetch(folder: &Path) -> Result<String, String> {
    let front = practice::open(folder).map_err(|error| error.to_string())?;
    let state = front.sync_once(std::time::Duration::from_secs(5));
    let quarantined = front.call("sync_state", json!({}));
    front.close();
    let state = state.map_err(|error| error.to_string())?;
    if state.behind > 0 || state.trouble.is_some() {
        return Err(format!("{state:?}"));
    }
    if quarantined.map_err(|error| error.to_string())?["quarantined"] != 0 {
        return Err("something was set aside".to_owned());
    }
    practice::examine(folder)
}

/// The weakened variant: the same texts in a plain SQLite file, looked at by SQLite's own check.
fn plain(scene: &Scene, dice: &mut Dice, flips: usize) -> Result<Tally> {
    let mut tally = Tally::default();
    let folder = scene.home.path().join("plain");
    fs::create_dir_all(&folder)?;
    let made = folder.join("plain.db");
    let connection = Connection::open(&made)?;
    connection.execute_batch("CREATE TABLE shown (line TEXT NOT NULL) STRICT")?;
    for line in scene.shown.lines() {
        connection.execute("INSERT INTO shown VALUES (?1)", [line])?;
    }
    drop(connection);
    let trial = scene.home.path().join("plain-trial");
    for _ in 0..flips {
        practice::copy(&folder, &trial)?;
        let place = flip(&trial, |_| true, dice)?;
        let outcome = judged(
            without_panic(|| lines(&trial.join("plain.db")).map_err(|error| error.to_string())),
            &scene.shown,
        );
        tally.count(|| place, outcome);
    }
    Ok(tally)
}

fn lines(path: &Path) -> rusqlite::Result<String> {
    let connection = Connection::open(path)?;
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let mut statement = connection.prepare("SELECT line FROM shown ORDER BY rowid")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    lines.map(|line| line.map(|line| line + "\n")).collect()
}
