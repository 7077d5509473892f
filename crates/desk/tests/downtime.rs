//! The downtime pack: written by itself every hour, whole or not at all, the newest only, and told to the screen.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use desk::Purpose;
use lopdf::{Document, LoadOptions};
use scene::{DAY, Scene};
use serde_json::{Value, json};

#[path = "support/scene.rs"]
mod scene;

/// Nothing takes this long but a hang.
const DEADLINE: Duration = Duration::from_secs(60);

fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < DEADLINE, "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn switch_on(scene: &Scene, more: Value) -> Value {
    let mut request = json!({ "folder": scene.packs() });
    request
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    scene.ok("save_downtime", request)
}

fn write(scene: &Scene) -> PathBuf {
    let state = scene.ok("write_downtime_now", json!({}));
    assert_eq!(state["trouble"], Value::Null, "{state}");
    PathBuf::from(state["last"]["folder"].as_str().unwrap())
}

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn text(pdf: &Path) -> String {
    let document = Document::load(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    document.extract_text(&pages).unwrap()
}

#[test]
fn it_is_off_until_somebody_wants_it() {
    let scene = Scene::new();
    let state = scene.ok("downtime_state", json!({}));
    assert_eq!(
        (&state["settings"], &state["next_at"], &state["last"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let error = scene.call("write_downtime_now", json!({})).unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("no_downtime_folder", Some("folder"))
    );
    let error = scene.call("save_downtime", json!({ "days": 3 })).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("folder"));
}

#[test]
fn a_pack_has_the_next_days_as_pdf_and_a_calendar_for_each_location() {
    let scene = Scene::new();
    scene.book(&scene.yui, "Op 1", "2031-03-06T10:00");
    scene.book(&scene.yui, "Op 1", "2031-03-07T10:00");
    let second = json!({
        "kind": "location", "id": null, "name": "Hill / West", "zone": "America/Denver", "address": "", "phone": "",
        "hours": [], "is_active": true,
    });
    scene.ok("save_setting", second);
    let state = switch_on(&scene, json!({}));
    assert_eq!(state["settings"]["days"], 3);
    let pack = write(&scene);
    assert_eq!(
        pack.file_name().unwrap(),
        format!("downtime-pack-{DAY}-0800").as_str()
    );
    let calendars: Vec<String> = names(&pack)
        .into_iter()
        .filter(|name| name.ends_with(".ics"))
        .collect();
    assert_eq!(calendars, ["Harbour.ics", "Hill - West.ics"]);
    let words = text(&pack.join("days.pdf"));
    for part in [
        "Tuesday 4 March 2031",
        "Wednesday 5 March 2031",
        "Thursday 6 March 2031",
        "Rivera, Ana",
        "Nakamura, Yui",
        "by itself at",
    ] {
        assert!(words.contains(part), "{part} in\n{words}");
    }
    assert!(!words.contains("Friday 7 March"), "today and two more");
    assert!(words.contains("America/Denver (MST)"), "each in its own zone");
    let calendar = fs::read_to_string(pack.join("Harbour.ics")).unwrap();
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 3);
    assert!(
        calendar.contains("SUMMARY:Rivera\\, Ana\\, Consultation"),
        "{calendar}"
    );
    assert!(calendar.contains("DTSTART:20310304T140000Z"), "{calendar}");
    let state = scene.ok("downtime_state", json!({}));
    assert_eq!(
        (&state["last"]["visits"], &state["last"]["written_at"]),
        (&json!(3), &json!("2031-03-04T13:00:00Z"))
    );
    assert_eq!(state["next_at"], "2031-03-04T14:00:00Z");
}

#[test]
fn only_the_newest_is_kept_and_what_people_put_beside_it() {
    let scene = Scene::new();
    switch_on(&scene, json!({}));
    let first = write(&scene);
    fs::write(first.join("my notes.txt"), "keep").unwrap();
    fs::create_dir(scene.packs().join("downtime-pack-of-somebody")).unwrap();
    fs::write(scene.packs().join("holiday.jpg"), "keep").unwrap();
    scene.wait_minutes(60);
    let second = write(&scene);
    scene.wait_minutes(60);
    let third = write(&scene);
    assert_eq!(
        names(&first),
        ["my notes.txt"],
        "a pack's own files go, nothing else"
    );
    assert!(!second.exists());
    assert!(third.join("days.pdf").exists());
    let expected = [
        "downtime-pack-2031-03-04-0800",
        "downtime-pack-2031-03-04-1000",
        "downtime-pack-of-somebody",
        "holiday.jpg",
    ];
    assert_eq!(names(&scene.packs()), expected);
    // Twice in a minute are two names.
    assert_ne!(write(&scene), third);
}

#[test]
fn the_pack_before_stays_when_a_new_one_cannot_be_written() {
    let scene = Scene::new();
    switch_on(&scene, json!({}));
    let first = write(&scene);
    let before = names(&first);
    // Something of somebody's lies where the new one is made.
    let state = scene.ok("hello", json!({}));
    let draft = format!(
        ".downtime-pack-{}.draft",
        state["workstation"]["id"].as_str().unwrap()
    );
    fs::create_dir(scene.packs().join(&draft)).unwrap();
    fs::write(scene.packs().join(&draft).join("foreign"), "x").unwrap();
    scene.wait_minutes(60);
    let error = scene.call("write_downtime_now", json!({})).unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("downtime_folder", Some("folder"))
    );
    assert_eq!(names(&first), before);
    let state = scene.ok("downtime_state", json!({}));
    assert!(
        state["trouble"].as_str().unwrap().contains("cannot be written"),
        "{state}"
    );
    assert_eq!(
        state["last"]["written_at"], "2031-03-04T13:00:00Z",
        "the last whole one"
    );
    assert_eq!(state["next_at"], "2031-03-04T14:05:00Z", "sooner than in an hour");
    fs::remove_dir_all(scene.packs().join(&draft)).unwrap();
    // What a crash left of our own is cleared away.
    fs::create_dir(scene.packs().join(&draft)).unwrap();
    fs::write(scene.packs().join(&draft).join("contents.json"), "{\"torn").unwrap();
    assert!(write(&scene).exists());
    assert!(!scene.packs().join(&draft).exists());
    assert_eq!(scene.ok("downtime_state", json!({}))["trouble"], Value::Null);
}

#[test]
fn a_folder_that_is_a_file_is_said_to_be_none() {
    let scene = Scene::new();
    switch_on(&scene, json!({}));
    fs::write(scene.packs(), "not a folder").unwrap();
    let error = scene.call("write_downtime_now", json!({})).unwrap_err();
    assert_eq!(error.code, "downtime_folder");
    assert!(error.hint.contains("connected"), "{error:?}");
}

#[test]
fn with_initials_no_name_leaves() {
    let scene = Scene::new();
    switch_on(&scene, json!({ "is_private": true }));
    let pack = write(&scene);
    let words = text(&pack.join("days.pdf"));
    let calendar = fs::read_to_string(pack.join("Harbour.ics")).unwrap();
    for secret in ["Rivera", "Ana", "(555)", "Latex", "window"] {
        assert!(!words.contains(secret) && !calendar.contains(secret), "{secret}");
    }
    assert!(calendar.contains("SUMMARY:AR\\, Consultation"), "{calendar}");
}

#[test]
fn with_a_password_the_pdf_is_sealed_and_calendars_have_initials() {
    let scene = Scene::new();
    let error = scene
        .call(
            "save_downtime",
            json!({ "folder": scene.packs(), "password": "short" }),
        )
        .unwrap_err();
    assert_eq!(error.field.as_deref(), Some("password"));
    let state = switch_on(&scene, json!({ "password": "power is out" }));
    assert_eq!(state["settings"]["has_password"], true);
    assert!(!state.to_string().contains("power is out"), "never told again");
    let pack = write(&scene);
    let pdf = fs::read(pack.join("days.pdf")).unwrap();
    assert!(Document::load_mem_with_options(&pdf, LoadOptions::with_password("power is on")).is_err());
    let opened = Document::load_mem_with_options(&pdf, LoadOptions::with_password("power is out")).unwrap();
    assert!(opened.extract_text(&[1]).unwrap().contains("Rivera, Ana"));
    let calendar = fs::read_to_string(pack.join("Harbour.ics")).unwrap();
    assert!(
        calendar.contains("SUMMARY:AR\\, Consultation") && !calendar.contains("Rivera"),
        "{calendar}"
    );
    // What is left out stays; an empty one takes it away.
    assert_eq!(
        scene.ok("save_downtime", json!({ "days": 2 }))["settings"]["has_password"],
        true
    );
    assert_eq!(
        scene.ok("save_downtime", json!({ "password": "" }))["settings"]["has_password"],
        false
    );
    assert!(text(&write(&scene).join("days.pdf")).contains("Rivera, Ana"));
}

#[test]
fn settings_say_what_is_wrong_with_them() {
    let scene = Scene::new();
    let refused = |request: Value| {
        let error = scene.call("save_downtime", request).unwrap_err();
        (error.code, error.field.unwrap_or_default())
    };
    let told = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(
        refused(json!({ "folder": "relative" })),
        told("invalid", "folder")
    );
    for days in [0, 15] {
        assert_eq!(
            refused(json!({ "folder": "/mnt", "days": days })),
            told("invalid", "days")
        );
    }
    assert_eq!(
        refused(json!({ "folder": "/mnt", "locations": [scene.ana] })),
        told("unknown_location", "locations")
    );
    assert_eq!(scene.ok("downtime_state", json!({}))["settings"], Value::Null);
}

#[test]
fn every_hour_a_window_writes_one_by_itself_and_the_screen_hears() {
    let scene = Scene::with(Purpose::Window);
    let heard: Arc<Mutex<Vec<Value>>> = Arc::default();
    let list = heard.clone();
    scene.front.subscribe(Box::new(move |events| {
        let told = events.iter().map(|event| serde_json::to_value(event).unwrap());
        list.lock()
            .unwrap()
            .extend(told.filter(|event| event["event"] == "downtime"));
    }));
    switch_on(&scene, json!({ "days": 1 }));
    let written = |at: &str| {
        until(at, || {
            let state = scene.ok("downtime_state", json!({}));
            (state["last"]["written_at"] == at && state["is_writing"] == false).then_some(state)
        })
    };
    written("2031-03-04T13:00:00Z");
    scene.wait_minutes(59);
    scene.wait_minutes(1);
    let state = written("2031-03-04T14:00:00Z");
    let pack = PathBuf::from(state["last"]["folder"].as_str().unwrap());
    assert_eq!(
        names(&scene.packs()),
        [pack.file_name().unwrap().to_str().unwrap()]
    );
    // A folder that went away is told, and the pack comes when it is back.
    fs::remove_dir_all(scene.packs()).unwrap();
    fs::write(scene.packs(), "the disk is another one").unwrap();
    scene.wait_minutes(60);
    let state = until("trouble", || {
        let state = scene.ok("downtime_state", json!({}));
        state["trouble"].is_string().then_some(state)
    });
    assert_eq!(state["last"]["written_at"], "2031-03-04T14:00:00Z");
    fs::remove_file(scene.packs()).unwrap();
    scene.wait_minutes(5);
    written("2031-03-04T15:05:00Z");
    scene.ok("save_downtime", json!({ "folder": "" }));
    scene.wait_minutes(600);
    assert_eq!(scene.ok("downtime_state", json!({}))["settings"], Value::Null);
    let heard = heard.lock().unwrap();
    let states: Vec<&Value> = heard.iter().map(|event| &event["state"]).collect();
    assert!(states.iter().any(|state| state["is_writing"] == true));
    assert!(states.iter().any(|state| state["trouble"].is_string()));
    // Nobody looked, but patients' data left: it is in the audit.
    let log = scene.ok("audit_list", json!({ "limit": 500 }));
    let mut actions: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in log["entries"].as_array().unwrap() {
        *actions.entry(entry["action"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(actions.get("write_downtime_pack"), Some(&3), "{actions:?}");
}
