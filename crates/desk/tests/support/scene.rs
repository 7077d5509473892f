//! A practice with two patients who have a visit each, and a third who has none.

#![allow(dead_code, clippy::unwrap_used, reason = "each test uses some of it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use desk::{Clock, DeskError, FrontDesk, Ids, Keychain, Options, PassphraseCost, Purpose};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A Tuesday.
pub const DAY: &str = "2031-03-04";

pub struct Scene {
    pub folder: TempDir,
    pub clock: Arc<AtomicI64>,
    pub front: FrontDesk,
    hello: Value,
    pub ana: Value,
    pub kofi: Value,
    pub yui: Value,
    pub visit: Value,
}

pub fn options(folder: &Path, clock: &Arc<AtomicI64>, purpose: Purpose) -> Options {
    Options {
        passphrase: Some("correct horse battery".to_owned()),
        keychain: Keychain::Off,
        clock: Some(Clock::Manual(clock.clone())),
        ids: Ids::counted(1),
        passphrase_cost: PassphraseCost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        },
        purpose,
        ..Options::window(folder)
    }
}

impl Scene {
    /// Eight in the morning of [`DAY`], by the command line.
    pub fn new() -> Scene {
        Scene::with(Purpose::Command)
    }

    pub fn with(purpose: Purpose) -> Scene {
        let folder = TempDir::new().unwrap();
        let start: jiff::Timestamp = format!("{DAY}T13:00:00Z").parse().unwrap();
        let clock = Arc::new(AtomicI64::new(start.as_millisecond()));
        let front = FrontDesk::start(options(&folder.path().join("data"), &clock, purpose));
        let mut scene = Scene {
            folder,
            clock,
            front,
            hello: Value::Null,
            ana: Value::Null,
            kofi: Value::Null,
            yui: Value::Null,
            visit: Value::Null,
        };
        scene.ok(
            "init_practice",
            json!({ "name": "Harbour", "zone": "America/New_York", "person": "Amara Diallo" }),
        );
        scene.hello = scene.ok("hello", json!({}));
        scene.ana = scene.add_patient(json!({
            "family_name": "Rivera", "given_name": "Ana", "chart_number": "A1", "birth_date": "2012-05-12",
            "mobile_phone": "(555) 010-0100", "alert": "Latex allergy",
            "responsible_party": { "name": "Rosa Rivera", "relationship": "mother", "phone": "(555) 010-0199", "email": "" },
        }));
        scene.kofi =
            scene.add_patient(json!({ "family_name": "Osei", "given_name": "Kofi", "chart_number": "K1" }));
        scene.yui = scene
            .add_patient(json!({ "family_name": "Nakamura", "given_name": "Yui", "chart_number": "Y1" }));
        scene.visit = scene.book(&scene.ana, "Op 1", &format!("{DAY}T09:00"));
        scene.ok(
            "edit_appointment",
            json!({ "id": scene.visit, "note": "likes the window seat" }),
        );
        scene.book(&scene.kofi, "Op 2", &format!("{DAY}T11:00"));
        scene.ok(
            "add_time_block",
            json!({
                "target": { "kind": "provider", "id": scene.id("providers", "Doctor 1") }, "location": scene.location(),
                "at": format!("{DAY}T13:00"), "length_minutes": 60, "title": "Lunch", "policy": { "kind": "warn" },
            }),
        );
        scene
    }

    pub fn call(&self, name: &str, request: Value) -> Result<Value, DeskError> {
        self.front.call(name, request)
    }

    pub fn ok(&self, name: &str, request: Value) -> Value {
        self.call(name, request.clone())
            .unwrap_or_else(|error| panic!("{name} {request}: {error:?}"))
    }

    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000, Ordering::Relaxed);
    }

    pub fn id(&self, list: &str, name: &str) -> Value {
        let records = self.hello["roster"][list].as_array().unwrap();
        let found = records.iter().find(|record| record["name"] == name);
        found.unwrap_or_else(|| panic!("{name} in {list}"))["id"].clone()
    }

    pub fn location(&self) -> Value {
        self.hello["roster"]["locations"][0]["id"].clone()
    }

    pub fn day(&self) -> Value {
        json!({ "location": self.location(), "date": DAY })
    }

    pub fn add_patient(&self, fields: Value) -> Value {
        self.ok("add_patient", json!({ "fields": fields }))["id"].clone()
    }

    pub fn book(&self, patient: &Value, operatory: &str, at: &str) -> Value {
        let request = json!({
            "patient": patient, "appointment_type": self.id("appointment_types", "Consultation"), "at": at,
            "operatory": self.id("operatories", operatory), "provider": self.id("providers", "Doctor 1"),
            "leave": { "acknowledge_warnings": true },
        });
        self.ok("book_appointment", request)["appointment"]["id"].clone()
    }

    /// Whatever stands in the way.
    pub fn book_anyway(&self, patient: &Value, operatory: &str, at: &str) -> Value {
        let request = json!({
            "patient": patient, "appointment_type": self.id("appointment_types", "Consultation"), "at": at,
            "operatory": self.id("operatories", operatory), "provider": self.id("providers", "Doctor 1"),
            "leave": { "override_reason": "it must be" },
        });
        self.ok("book_appointment", request)["appointment"]["id"].clone()
    }

    /// Kofi Osei, who works at the front desk; from then on people sign in.
    pub fn add_colleague(&self) -> Value {
        self.ok(
            "choose_passphrase",
            json!({ "passphrase": "long enough to keep" }),
        );
        self.ok(
            "add_person",
            json!({
                "name": "Kofi Osei", "passphrase": "also long enough to keep",
                "grants": [{ "role": "front_desk", "places": "everywhere" }],
            }),
        );
        let people = self.ok("people", json!({}));
        let people = people["people"].as_array().unwrap();
        people.iter().find(|one| one["name"] == "Kofi Osei").unwrap()["id"].clone()
    }

    /// What a colleague does, who sits down here for the first time; afterwards the one before sits here again.
    pub fn as_colleague(&self, colleague: &Value, act: impl FnOnce()) {
        let me = self.ok("hello", json!({}))["me"]["id"].clone();
        self.ok("lock", json!({}));
        self.ok(
            "sign_in",
            json!({ "person": colleague, "passphrase": "also long enough to keep" }),
        );
        self.ok(
            "choose_passphrase",
            json!({ "current": "also long enough to keep", "passphrase": "a passphrase of his own" }),
        );
        act();
        self.ok("lock", json!({}));
        self.ok(
            "sign_in",
            json!({ "person": me, "passphrase": "long enough to keep" }),
        );
    }

    pub fn packs(&self) -> PathBuf {
        self.folder.path().join("downtime")
    }
}
