//! S11: the audit. Whatever an answer shows of a patient and whatever is written is in it, command by command; and
//! whatever somebody with the file's key edits in it, cuts out of it or reorders in it is noticed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result, ensure};
use desk::api::COMMANDS;
use desk::{Clock, FrontDesk, Options};
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use super::practice::{self, DAY, PASSPHRASE, add_patient, book, call};
use super::report::{Finding, Tally};
use super::{Amount, Plan};
use crate::requests::request;
use crate::simulation::Dice;

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    Ok(vec![commands(plan)?, tampering(plan)?])
}

const FAMILIES: [&str; 3] = ["Riverastone", "Oseibrook", "Nakamurafield"];

/// Three patients, two with a visit, on a clock that is moved by hand.
struct Scene {
    front: FrontDesk,
    clock: Arc<AtomicI64>,
    patients: Vec<Value>,
    visit: Value,
    block: Value,
    hello: Value,
    folder: PathBuf,
}

impl Scene {
    fn play(folder: &Path) -> Result<Scene> {
        let start: jiff::Timestamp = format!("{DAY}T13:00:00Z").parse()?;
        let clock = Arc::new(AtomicI64::new(start.as_millisecond()));
        let front = FrontDesk::start(Options {
            clock: Some(Clock::Manual(clock.clone())),
            ..practice::options(folder)
        });
        practice::init(&front)?;
        let hello = call(&front, "hello", json!({}))?;
        let patients = FAMILIES
            .iter()
            .map(|family| add_patient(&front, family, "Noor"))
            .collect::<Result<Vec<_>>>()?;
        let visit = book(&front, &patients[0], "Op 1", "09:00")?;
        book(&front, &patients[1], "Op 2", "11:00")?;
        let roster = &hello["roster"];
        let request = json!({
            "target": { "kind": "provider", "id": roster["providers"][0]["id"] }, "location": roster["locations"][0]["id"],
            "at": format!("{DAY}T13:00"), "length_minutes": 60, "title": "Lunch", "policy": { "kind": "warn" },
        });
        let block = call(&front, "add_time_block", request)?["id"].clone();
        Ok(Scene {
            front,
            clock,
            patients,
            visit,
            block,
            hello,
            folder: folder.to_owned(),
        })
    }

    fn roster(&self, list: &str) -> &Value {
        &self.hello["roster"][list][0]["id"]
    }

    /// What to ask so that there is something to see; for the rest, anything will do.
    fn request(&self, command: &str) -> Value {
        let with = |more: Value| {
            let mut request = json!({ "id": self.visit, "leave": { "acknowledge_warnings": true } });
            if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
                request.extend(more);
            }
            request
        };
        let place = json!({
            "patient": self.patients[2], "appointment_type": self.roster("appointment_types"), "provider": self.roster("providers"),
            "operatory": self.hello["roster"]["operatories"][1]["id"], "at": format!("{DAY}T11:00"),
        });
        match command {
            "appointment" | "ics" => json!({ "id": self.visit }),
            "book_appointment" | "check_placement" => place,
            "move_appointment" => with(json!({ "at": format!("{DAY}T15:00") })),
            "change_length" => with(json!({ "length_minutes": 20 })),
            "check_change" => with(json!({ "kind": "length", "length_minutes": 20 })),
            "merge_procedures" => json!({ "appointment_type": self.roster("appointment_types"), "also": [] }),
            "change_procedures" => {
                let beside = &self.hello["roster"]["appointment_types"][1]["id"];
                with(json!({ "also": [beside] }))
            }
            "set_status" => with(json!({ "status": "confirmed" })),
            "cancel_appointment" => with(json!({ "reason": "ill" })),
            "edit_appointment" => with(json!({ "note": "wire" })),
            "openings" => json!({ "appointment_type": self.roster("appointment_types") }),
            "find_patients" => json!({ "text": &FAMILIES[2][..4] }),
            "patient" | "audit_patient" => json!({ "id": self.patients[1] }),
            "audit_list" => json!({ "patient": self.patients[0] }),
            "add_patient" => json!({ "fields": { "family_name": FAMILIES[0], "given_name": "Noor" } }),
            "update_patient" => {
                json!({ "id": self.patients[0], "fields": { "family_name": FAMILIES[0], "given_name": "Nora" } })
            }
            "change_time_block" => json!({ "id": self.block, "title": "Walk" }),
            "remove_time_block" => json!({ "id": self.block }),
            "import" => json!({
                "kind": "patients_csv", "text": format!("family_name,given_name\n{},Noor\nNovak,Lena\n", FAMILIES[1]),
                "dry_run": false, "job": "x",
            }),
            "back_up_now" => {
                json!({ "folder": self.folder.with_extension("backups"), "passphrase": PASSPHRASE })
            }
            _ => request(command, self.roster("locations")),
        }
    }

    fn entries(&self) -> Result<Vec<Value>> {
        let list = call(&self.front, "audit_list", json!({ "limit": 500 }))?;
        let entries = list["entries"].as_array().context("a list of entries")?;
        // Looking here is in it, too; it is not what is looked for.
        Ok(entries
            .iter()
            .filter(|entry| entry["action"] != "view_audit")
            .cloned()
            .collect())
    }

    fn writes(&self) -> Result<usize> {
        let history = call(&self.front, "history", json!({ "limit": 500 }))?;
        Ok(history["entries"].as_array().map_or(0, Vec::len))
    }
}

/// Which of the patients a text names or points at.
fn named(text: &str, scene: &Scene) -> BTreeSet<&'static str> {
    FAMILIES
        .into_iter()
        .zip(&scene.patients)
        .filter(|(family, id)| text.contains(*family) || text.contains(&practice::text(id)))
        .map(|(family, _)| family)
        .collect()
}

/// Every command: whom its answer names, also in a refusal, is in the audit afterwards, and every write is.
fn commands(plan: &Plan) -> Result<Finding> {
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    plan.say("S11 commands");
    for command in COMMANDS {
        let home = practice::home()?;
        let scene = Scene::play(&home.path().join("desk"))?;
        let (before, writes) = (scene.entries()?.len(), scene.writes()?);
        // A minute later the same look is another one.
        scene.clock.fetch_add(120_000, Ordering::Relaxed);
        let answer = scene.front.call(command.name, scene.request(command.name));
        let text = match &answer {
            Ok(answer) => answer.to_string(),
            Err(error) => {
                ensure!(
                    error.code != "bad_request",
                    "{}: {} (tests/src/requests.rs)",
                    command.name,
                    error.message
                );
                format!("{error:?}")
            }
        };
        let shown = named(&text, &scene);
        // Who is asked about the past needs a desk that is still open.
        if scene.front.call("session", json!({}))?["state"] == "locked" {
            tally.count(String::new, Ok("nothing shown"));
            continue;
        }
        scene.clock.fetch_add(120_000, Ordering::Relaxed);
        let entries = scene.entries()?;
        let new = &entries[..entries.len() - before];
        let written = scene.writes()? - writes;
        let judged = |kept: &dyn Fn(&Value) -> bool| {
            let kept: Vec<&Value> = new.iter().filter(|entry| kept(entry)).collect();
            let text: String = kept.iter().map(|entry| entry.to_string()).collect();
            let of_writes = kept.iter().filter(|entry| is_write(entry)).count();
            if let Some(missing) = shown.difference(&named(&text, &scene)).next() {
                return Err(format!("its answer tells of {missing}, and the audit does not"));
            }
            if of_writes < written {
                return Err(format!("it wrote {written}, and the audit has {of_writes} of it"));
            }
            Ok(match (shown.is_empty(), written) {
                (_, 1..) => "written, and in the audit",
                (false, 0) => "shown, and in the audit",
                (true, 0) => "nothing shown",
            })
        };
        tally.count(|| command.name.to_owned(), judged(&|_| true));
        // The weakened variant: a list of changes only, as many programs have it.
        control.count(|| command.name.to_owned(), judged(&is_write));
        scene.front.close();
    }
    let what = format!(
        "{} commands: whom an answer tells of and what is written is in the audit; control: an audit of changes only",
        COMMANDS.len()
    );
    Ok(Finding::new("S11", what, &tally, &control))
}

fn is_write(entry: &Value) -> bool {
    entry["is_change"] == true
}

/// What somebody with the key does to the tables.
#[derive(Debug, Clone, Copy)]
enum Tampering {
    Edit,
    Cut,
    CutTail,
    Swap,
    CloseGap,
}

const TAMPERINGS: [Tampering; 5] = [
    Tampering::Edit,
    Tampering::Cut,
    Tampering::CutTail,
    Tampering::Swap,
    Tampering::CloseGap,
];

/// Everything in an entry of the audit, and what it is found by.
const COLUMNS: [(&str, &[&str]); 3] = [
    (
        "audit",
        &[
            "at_millis",
            "until_millis",
            "person",
            "action",
            "object",
            "reason",
            "times",
            "via",
            "envelope",
            "patients",
            "patient_set",
            "origin",
            "hash",
        ],
    ),
    ("audit_sets", &["digest", "patients"]),
    ("audit_patients", &["patient", "number"]),
];

fn tampering(plan: &Plan) -> Result<Finding> {
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    let rounds = match plan.amount {
        Amount::Long => 2000,
        Amount::Quick => 15,
    };
    plan.say("S11 tampering");
    let mut dice = Dice::new(plan.seed);
    let home = practice::home()?;
    let (made, trial) = (home.path().join("made"), home.path().join("trial"));
    let scene = Scene::play(&made)?;
    for command in [
        "day_sheet",
        "list_patients",
        "appointment",
        "patient",
        "history",
        "hello",
    ] {
        scene.clock.fetch_add(120_000, Ordering::Relaxed);
        call(&scene.front, command, scene.request(command))?;
    }
    scene.front.close();
    drop(scene);
    let key = store::read_key_file(&made, PASSPHRASE)?;
    ensure!(troubles(&made)? == 0, "an audit that nobody touched is sound");
    while tally.tried < rounds {
        let tampering = TAMPERINGS[dice.below(TAMPERINGS.len())];
        practice::copy(&made, &trial)?;
        let raw = opened(&trial, &key)?;
        let Some(place) = tamper(&raw, tampering, &mut dice)? else {
            continue;
        };
        // The weakened variant: SQLite’s own look at the tables.
        let sound: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        drop(raw);
        let place = || format!("{tampering:?} {place}");
        tally.count(
            place,
            match troubles(&trial)? {
                0 => Err("not noticed".to_owned()),
                _ => Ok("noticed"),
            },
        );
        control.count(
            place,
            match sound.as_str() {
                "ok" => Err("not noticed".to_owned()),
                _ => Ok("noticed"),
            },
        );
    }
    let what = "an edit, a cut, a cut tail, two entries swapped, a gap closed, by somebody with the key; control: SQLite’s own check of the tables";
    Ok(Finding::new("S11", what, &tally, &control))
}

fn opened(folder: &Path, key: &store::DatabaseKey) -> Result<Connection> {
    let connection = Connection::open(folder.join("practice.db"))?;
    let digits: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    // The salt is the file's own.
    connection.execute_batch(&format!("PRAGMA key = \"x'{digits}'\""))?;
    Ok(connection)
}

/// What the program finds wrong with the audit; an audit that cannot be read at all counts as one trouble.
fn troubles(folder: &Path) -> Result<usize> {
    let front = match practice::open(folder) {
        Ok(front) => front,
        Err(_) => return Ok(1),
    };
    let checked = front.call("audit_verify", json!({}));
    front.close();
    Ok(checked.map_or(1, |report| report["troubles"].as_array().map_or(0, Vec::len)))
}

/// None: it could not be done, or changed nothing.
fn tamper(raw: &Connection, tampering: Tampering, dice: &mut Dice) -> Result<Option<String>> {
    let entries: i64 = raw.query_row("SELECT max(number) FROM audit", [], |row| row.get(0))?;
    let mut number = || 1 + dice.below(entries as usize) as i64;
    let (first, second) = (number(), number());
    let sql = match tampering {
        Tampering::Edit => return edit(raw, dice),
        Tampering::Cut => format!("DELETE FROM audit WHERE number = {first}"),
        Tampering::CutTail => {
            format!("DELETE FROM audit WHERE number >= {first}; DELETE FROM audit_patients WHERE number >= {first}")
        }
        Tampering::Swap if first != second => format!(
            "UPDATE audit SET number = -1 WHERE number = {first}; UPDATE audit SET number = {first} WHERE number = {second};
             UPDATE audit SET number = {second} WHERE number = -1"
        ),
        Tampering::Swap => return Ok(None),
        Tampering::CloseGap if first < entries => format!(
            "DELETE FROM audit WHERE number = {first}; UPDATE audit SET number = number - 1 WHERE number > {first};
             UPDATE log SET audit = NULL WHERE audit = {first}; UPDATE log SET audit = audit - 1 WHERE audit > {first};
             DELETE FROM audit_patients WHERE number = {first}; UPDATE audit_patients SET number = number - 1 WHERE number > {first}"
        ),
        Tampering::CloseGap => return Ok(None),
    };
    Ok(raw
        .execute_batch(&sql)
        .is_ok()
        .then(|| format!("{first} {second}")))
}

/// One value somewhere becomes another.
fn edit(raw: &Connection, dice: &mut Dice) -> Result<Option<String>> {
    // Most of what there is lies in the first table.
    let (table, columns) = COLUMNS[[0, 0, 0, 1, 2][dice.below(5)]];
    let column = columns[dice.below(columns.len())];
    let rows: i64 = raw.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
    if rows == 0 {
        return Ok(None);
    }
    let skipped = dice.below(rows as usize);
    // Not every table has row numbers of its own.
    let all = columns.join(", ");
    let sql = format!("SELECT {column} FROM {table} ORDER BY {all} LIMIT 1 OFFSET {skipped}");
    let was: Cell = raw.query_row(&sql, [], |row| row.get(0))?;
    let becomes = match &was {
        Cell::Null => Cell::Blob(vec![0; 32]),
        Cell::Integer(number) => Cell::Integer(number ^ (1 << dice.below(20))),
        Cell::Real(number) => Cell::Real(-number),
        Cell::Text(text) => Cell::Text(format!("{text}x")),
        Cell::Blob(bytes) if bytes.is_empty() => Cell::Blob(vec![0]),
        Cell::Blob(bytes) => {
            let mut bytes = bytes.clone();
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
            Cell::Blob(bytes)
        }
    };
    let sql = format!(
        "UPDATE {table} SET {column} = ?1 WHERE ({all}) = (SELECT {all} FROM {table} ORDER BY {all} LIMIT 1 OFFSET {skipped})"
    );
    // Row values with nothing in them compare as unknown: those are found by the number that every entry has.
    let changed = match table {
        "audit" => raw.execute(
            &format!(
                "UPDATE audit SET {column} = ?1 WHERE number = (SELECT number FROM audit ORDER BY {all} LIMIT 1 OFFSET {skipped})"
            ),
            [&becomes],
        ),
        _ => raw.execute(&sql, [&becomes]),
    };
    // What the table itself refuses nobody can do.
    Ok(changed
        .is_ok_and(|changed| changed == 1)
        .then(|| format!("{table}.{column}: {was:?} became {becomes:?}")))
}
