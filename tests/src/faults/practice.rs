//! A small practice in a folder, what it shows, and whether everything in it is sound.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use desk::api::Boot;
use desk::{DeskError, FrontDesk, Keychain, Options, PassphraseCost, Purpose};
use serde_json::{Value, json};

pub const PASSPHRASE: &str = "correct horse battery staple";
/// A Tuesday that is not over soon.
pub const DAY: &str = "2031-03-04";

/// As a command opens a folder: without loops of its own, so that nothing happens that nobody asked for.
pub fn start(folder: &Path) -> FrontDesk {
    start_at(folder, None)
}

/// The same at another time than the computer's, which only a demo practice believes.
pub fn start_at(folder: &Path, now: Option<&str>) -> FrontDesk {
    FrontDesk::start(Options {
        now: now.map(str::to_owned),
        ..options(folder)
    })
}

pub fn options(folder: &Path) -> Options {
    Options {
        passphrase: Some(PASSPHRASE.to_owned()),
        keychain: Keychain::Off,
        // Guessing is no danger here; waiting is.
        passphrase_cost: PassphraseCost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        },
        purpose: Purpose::Command,
        ..Options::window(folder)
    }
}

/// The practice that is there.
pub fn open(folder: &Path) -> Result<FrontDesk, DeskError> {
    let front = start(folder);
    match front.boot_state() {
        Boot::Ready => Ok(front),
        Boot::Failed { error } => Err(error),
        other => Err(DeskError::new(
            "not_ready",
            format!("The practice does not open: {other:?}."),
        )),
    }
}

pub fn found(folder: &Path) -> Result<FrontDesk> {
    let front = start(folder);
    init(&front)?;
    Ok(front)
}

pub fn init(front: &FrontDesk) -> Result<()> {
    let request = json!({ "name": "Harbour Dental", "zone": "America/New_York", "person": "Amara Diallo" });
    call(front, "init_practice", request)?;
    Ok(())
}

pub fn call(front: &FrontDesk, name: &str, request: Value) -> Result<Value> {
    front
        .call(name, request)
        .map_err(|error| anyhow!("{name}: {} ({})", error.message, error.code))
}

pub fn add_patient(front: &FrontDesk, family: &str, given: &str) -> Result<Value> {
    let fields = json!({ "family_name": family, "given_name": given });
    Ok(call(front, "add_patient", json!({ "fields": fields }))?["id"].clone())
}

/// The id of a record of the practice's settings.
fn id(front: &FrontDesk, list: &str, name: &str) -> Result<Value> {
    let hello = call(front, "hello", json!({}))?;
    let found = items(&hello["roster"][list])
        .iter()
        .find(|record| record["name"] == name)
        .map(|record| record["id"].clone());
    found.with_context(|| format!("there is no {name} in {list}"))
}

pub fn book(front: &FrontDesk, patient: &Value, operatory: &str, time: &str) -> Result<Value> {
    book_at(front, patient, operatory, &format!("{DAY}T{time}"))
}

pub fn book_at(front: &FrontDesk, patient: &Value, operatory: &str, at: &str) -> Result<Value> {
    let request = json!({
        "patient": patient,
        "appointment_type": id(front, "appointment_types", "Consultation")?,
        "at": at,
        "operatory": id(front, "operatories", operatory)?,
        "provider": id(front, "providers", "Doctor 1")?,
        "leave": { "acknowledge_warnings": true },
    });
    Ok(call(front, "book_appointment", request)?["appointment"]["id"].clone())
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A JSON string's text; other values as JSON writes them.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a person sees of the practice, without moments and ids: the same work done again looks the same.
pub fn portrait(front: &FrontDesk) -> Result<String, DeskError> {
    let hello = front.call("hello", json!({}))?;
    let roster = &hello["roster"];
    let mut names = std::collections::BTreeMap::new();
    for list in ["locations", "operatories", "providers", "appointment_types"] {
        for record in items(&roster[list]) {
            names.insert(text(&record["id"]), text(&record["name"]));
        }
    }
    let name = |id: &Value| names.get(&text(id)).cloned().unwrap_or_default();
    let mut shown = String::new();
    for location in items(&roster["locations"]) {
        let request = json!({ "location": location["id"], "date": DAY });
        let day = front.call("day_sheet", request)?;
        let mut lines: Vec<String> = items(&day["blocks"])
            .iter()
            .map(|block| {
                format!(
                    "# {} {} {} {}",
                    block["start_minute"],
                    block["length_minutes"],
                    text(&block["title"]),
                    name(&block["target"]["id"])
                )
            })
            .collect();
        for card in items(&day["appointments"]) {
            let detail = front.call("appointment", json!({ "id": card["id"] }))?;
            lines.push(format!(
                "{} {} {} {} {} {} {:?} {:?} conflicts {}",
                card["start_minute"],
                card["length_minutes"],
                name(&card["operatory"]),
                name(&card["provider"]),
                text(&card["patient_name"]),
                text(&card["status"]),
                text(&detail["note"]),
                text(&detail["cancel_reason"]),
                items(&card["conflicts"]).len(),
            ));
        }
        lines.sort();
        let _ = writeln!(shown, "{}\n{}", text(&location["name"]), lines.join("\n"));
    }
    let page = front.call("list_patients", json!({ "limit": 1000 }))?;
    // They come in the order of their ids, which are random.
    let mut patients: Vec<String> = items(&page["patients"])
        .iter()
        .map(|patient| format!("{} {}", text(&patient["name"]), patient["fields"]))
        .collect();
    patients.sort();
    let _ = writeln!(shown, "{}", patients.join("\n"));
    let history = front.call("history", json!({ "limit": 500 }))?;
    for entry in items(&history["entries"]) {
        let _ = writeln!(
            shown,
            "{} {} {} {}",
            text(&entry["by"]["person"]),
            text(&entry["words"]),
            text(&entry["reason"]),
            entry["is_undone"]
        );
    }
    Ok(shown)
}

/// Opens what lies in a folder, checks it from end to end, and says what it shows.
///
/// # Errors
/// What is wrong, in words: that the practice does not open, or what the checks found.
pub fn examine(folder: &Path) -> Result<String, String> {
    let say = |error: DeskError| format!("{}: {}", error.code, error.message);
    let front = open(folder).map_err(say)?;
    let looked = look(&front).map_err(say);
    front.close();
    looked?
}

fn look(front: &FrontDesk) -> Result<Result<String, String>, DeskError> {
    let verified = front.verify(&mut |_, _| ())?;
    if !verified.is_sound() {
        return Ok(Err(format!("verify: {}", verified.troubles.join("; "))));
    }
    let rebuilt = front.rebuild(true, &mut |_, _| ())?;
    if !rebuilt.is_identical() {
        return Ok(Err(format!(
            "rebuild --check: {}",
            rebuilt.differences.join("; ")
        )));
    }
    portrait(front).map(Ok)
}

/// What was on the disk at this moment: the folder as a crash of the whole program would leave it.
///
/// By another program, because this one may have the file open: closing it here by any way but SQLite's would drop
/// SQLite's locks on it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    let copied = Command::new("cp").arg("-R").args([from, to]).status()?;
    if !copied.success() {
        bail!("{} could not be copied to {}", from.display(), to.display());
    }
    // What SQLite shares between programs is made anew by the first that opens the file.
    let shared = to.join("practice.db-shm");
    if shared.exists() {
        fs::remove_file(shared)?;
    }
    Ok(())
}

/// Memory if there is some to spare: nothing here needs to outlive the run, and a killed process leaves the same there.
pub fn home() -> Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("orca-faults-");
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(home) = builder.tempdir_in(memory)
    {
        return Ok(home);
    }
    Ok(builder.tempdir()?)
}
