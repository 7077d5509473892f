//! Somebody is away: whom it displaces, the list of visits that need a new time, undo; hours with exceptions; block-outs on many
//! days. As a person gives the commands, by name and JSON.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use desk::{Clock, DeskError, FrontDesk, Ids, Keychain, Options, PassphraseCost};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A Tuesday; the clock stands at eight in the morning.
const DAY: &str = "2031-03-04";

struct Scene {
    _folder: TempDir,
    front: FrontDesk,
    hello: Value,
}

impl Scene {
    fn new() -> Scene {
        let folder = TempDir::new().unwrap();
        let start: jiff::Timestamp = format!("{DAY}T13:00:00Z").parse().unwrap();
        let front = FrontDesk::start(Options {
            passphrase: Some("correct horse battery".to_owned()),
            keychain: Keychain::Off,
            clock: Some(Clock::Manual(Arc::new(AtomicI64::new(start.as_millisecond())))),
            ids: Ids::counted(1),
            passphrase_cost: PassphraseCost {
                memory_kib: 8,
                passes: 1,
                lanes: 1,
            },
            ..Options::window(folder.path().join("data"))
        });
        let mut scene = Scene {
            _folder: folder,
            front,
            hello: Value::Null,
        };
        scene.ok(
            "init_practice",
            json!({ "name": "Harbour", "zone": "America/New_York", "person": "Amara Diallo" }),
        );
        scene.ok(
            "save_setting",
            json!({
                "kind": "provider", "id": null, "name": "Dr Bello", "short_name": "Bello", "provider_kind": "doctor", "hue": 3,
                "letter": "B", "is_active": true, "hours": [
                    { "location": scene.ok("hello", json!({}))["roster"]["locations"][0]["id"], "weekday": "tuesday", "from": "08:00", "until": "17:00" }
                ],
            }),
        );
        scene.hello = scene.ok("hello", json!({}));
        scene
    }

    fn call(&self, name: &str, request: Value) -> Result<Value, DeskError> {
        self.front.call(name, request)
    }

    fn ok(&self, name: &str, request: Value) -> Value {
        self.call(name, request.clone())
            .unwrap_or_else(|error| panic!("{name} {request}: {error:?}"))
    }

    fn id(&self, list: &str, name: &str) -> Value {
        let records = self.hello["roster"][list].as_array().unwrap();
        let found = records.iter().find(|record| record["name"] == name);
        found.unwrap_or_else(|| panic!("{name} in {list}"))["id"].clone()
    }

    fn location(&self) -> Value {
        self.hello["roster"]["locations"][0]["id"].clone()
    }

    fn book(&self, family: &str, at: &str) -> Value {
        let fields = json!({ "family_name": family, "given_name": "A", "mobile_phone": "555 0100" });
        let patient = self.ok("add_patient", json!({ "fields": fields }))["id"].clone();
        let booking = json!({
            "patient": patient, "appointment_type": self.id("appointment_types", "Consultation"), "at": at,
            "operatory": self.id("operatories", "Op 1"), "provider": self.id("providers", "Doctor 1"), "leave": {},
        });
        self.ok("book_appointment", booking)["appointment"]["id"].clone()
    }

    fn absence(&self, first: &str, last: &str, from: Option<&str>) -> Value {
        json!({
            "target": { "kind": "provider", "id": self.id("providers", "Doctor 1") }, "location": self.location(),
            "first": first, "last": last, "from": from, "reason": "ill",
        })
    }

    /// `Osei, A 11:00: Doctor 1 is away (Ill)` for each visit on the list.
    fn pinboard(&self) -> Vec<String> {
        let board = self.ok("pinboard", json!({}));
        let entries = board["entries"].as_array().unwrap();
        assert_eq!(board["count"], entries.len());
        entries
            .iter()
            .map(|entry| {
                let minute = entry["visit"]["start_minute"].as_u64().unwrap();
                let (name, reason) = (&entry["visit"]["patient_name"], &entry["reason"]);
                assert_eq!(entry["visit"]["needs_new_time"], *reason, "the card says it too");
                format!(
                    "{} {}:{:02}: {}",
                    name.as_str().unwrap(),
                    minute / 60,
                    minute % 60,
                    reason.as_str().unwrap()
                )
            })
            .collect()
    }
}

#[test]
fn a_doctor_is_ill_from_now_and_nobody_is_lost() {
    let scene = Scene::new();
    scene.book("Rivera", &format!("{DAY}T08:30"));
    let osei = scene.book("Osei", &format!("{DAY}T11:00"));
    let ito = scene.book("Ito", &format!("{DAY}T14:00"));
    let request = scene.absence(DAY, DAY, Some("9:40"));

    let plan = scene.ok("plan_absence", request.clone());
    assert_eq!(plan["words"], "Doctor 1, Tue 4 Mar 9:40–24:00");
    assert_eq!(plan["displaced_count"], 2);
    let first = &plan["displaced"][0];
    assert_eq!(first["visit"]["id"], osei);
    assert_eq!(first["others"], json!([scene.id("providers", "Dr Bello")]));
    assert!(first["opening"]["at"].as_str().unwrap() >= DAY, "{first}");
    assert_eq!(
        scene.pinboard(),
        [""; 0],
        "looking at what would be changes nothing"
    );

    let entered = scene.ok("enter_absence", request);
    assert_eq!(entered["displaced_count"], 2);
    assert_eq!(
        scene.pinboard(),
        [
            "Osei, A 11:00: Doctor 1 is away (Ill)",
            "Ito, A 14:00: Doctor 1 is away (Ill)"
        ]
    );
    // One is moved to another provider, for one somebody decides that they stay.
    let leave = json!({ "acknowledge_warnings": true });
    let to_bello = json!({ "id": osei, "provider": scene.id("providers", "Dr Bello"), "leave": leave });
    scene.ok("move_appointment", to_bello);
    scene.ok("unpin_appointment", json!({ "id": ito }));
    assert_eq!(scene.pinboard(), [""; 0]);
    // All of it is taken back, step by step.
    scene.ok("undo", json!({}));
    scene.ok("undo", json!({}));
    assert_eq!(scene.pinboard().len(), 2);
    scene.ok("undo", json!({}));
    assert_eq!(scene.pinboard(), [""; 0]);
    assert_eq!(scene.ok("absences", json!({}))["absences"], json!([]));
    // And done again.
    scene.ok("redo", json!({}));
    assert_eq!(scene.pinboard().len(), 2);
    let absence = scene.ok("absences", json!({}))["absences"][0].clone();
    scene.ok("remove_absence", json!({ "id": absence["id"] }));
    assert_eq!(scene.pinboard(), [""; 0]);
}

#[test]
fn nothing_is_booked_into_an_absence_and_no_opening_lies_there() {
    let scene = Scene::new();
    scene.ok("enter_absence", scene.absence(DAY, "2031-03-05", None));
    let openings = scene.ok(
        "openings",
        json!({
            "appointment_type": scene.id("appointment_types", "Consultation"), "provider": scene.id("providers", "Doctor 1"),
            "from": DAY, "days": 5, "limit": 1,
        }),
    );
    let at = openings["openings"][0]["at"].as_str().unwrap();
    assert!(at.starts_with("2031-03-06"), "{at}");
    let sheet = scene.ok("day_sheet", json!({ "location": scene.location(), "date": DAY }));
    let hours = sheet["provider_hours"].as_array().unwrap();
    let doctor = scene.id("providers", "Doctor 1");
    assert!(hours.iter().all(|one| one["provider"] != doctor), "{hours:?}");
    assert!(hours.iter().any(|one| one["provider"] != doctor), "{hours:?}");
}

#[test]
fn a_holiday_is_entered_once_for_all_locations() {
    let scene = Scene::new();
    scene.ok(
        "save_setting",
        json!({ "kind": "location", "id": null, "name": "Hillside", "zone": "America/Chicago", "address": "", "phone": "", "is_active": true, "hours": [] }),
    );
    let holiday = |target: Value| {
        json!({
            "target": target, "is_everywhere": true, "location": scene.location(), "first": "2031-07-04", "last": "2031-07-04",
            "reason": "holiday", "title": "Independence Day",
        })
    };
    let place = json!({ "kind": "location", "id": scene.location() });
    let plan = scene.ok("plan_absence", holiday(place.clone()));
    assert_eq!(plan["words"], "The whole practice, Fri 4 Jul");
    assert_eq!(scene.ok("absences", json!({}))["absences"], json!([]));
    let entered = scene.ok("enter_absence", holiday(place));
    assert_eq!(entered["absence"]["words"], "The whole practice, Fri 4 Jul");
    let from = || {
        let all = scene.ok("absences", json!({}))["absences"].clone();
        let mut from: Vec<(String, String)> = all
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["words"].to_string(), one["from"].to_string()))
            .collect();
        from.sort();
        from
    };
    let midnight = "\"2031-07-04T00:00\"".to_owned();
    let there = from();
    assert_eq!(there.len(), 2, "{there:?}");
    // Each on its own clock.
    assert!(there.iter().all(|(_, at)| *at == midnight), "{there:?}");
    assert!(
        there.iter().any(|(words, _)| words.contains("Hillside")),
        "{there:?}"
    );
    scene.ok("undo", json!({}));
    assert_eq!(from(), []);
    // Nobody is away everywhere by being one person.
    let error = scene
        .call(
            "enter_absence",
            holiday(json!({ "kind": "provider", "id": scene.id("providers", "Doctor 1") })),
        )
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("invalid", Some("target"))
    );
}

#[test]
fn a_closed_day_has_no_capacity_and_a_special_day_its_own() {
    let scene = Scene::new();
    let capacity = || {
        let month = json!({ "location": scene.location(), "from": DAY, "until": "2031-03-06" });
        let days = scene.ok("month_density", month)["days"].clone();
        let minutes = |day: &Value| day["capacity_minutes"].as_u64().unwrap();
        days.as_array().unwrap().iter().map(minutes).collect::<Vec<_>>()
    };
    // Four chairs, nine hours.
    assert_eq!(capacity(), [2_160, 2_160, 2_160]);
    let place = json!({ "kind": "location", "id": scene.location() });
    scene.ok(
        "enter_absence",
        json!({ "target": place, "location": scene.location(), "first": DAY, "last": DAY, "until": "12:00", "reason": "repair" }),
    );
    let here = scene.hello["roster"]["locations"][0].clone();
    let week: Vec<Value> = here["hours"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| {
            json!({ "weekday": span["weekday"], "from": span["from"].as_str().unwrap()[..5], "until": span["until"].as_str().unwrap()[..5] })
        })
        .collect();
    scene.ok(
        "save_setting",
        json!({
            "kind": "location", "id": here["id"], "name": here["name"], "zone": here["zone"], "address": "", "phone": "",
            "hours": week, "is_active": true,
            "rota": { "special_days": [
                { "date": "2031-03-05", "title": "Founders’ day", "open": [{ "from": "10:00", "until": "12:00" }] },
                { "date": "2031-03-06", "title": "Holiday", "open": [] },
            ] },
        }),
    );
    assert_eq!(capacity(), [4 * 5 * 60, 4 * 2 * 60, 0]);
    let error = scene
        .call(
            "book_appointment",
            json!({
                "patient": scene.ok("add_patient", json!({ "fields": { "family_name": "Ito", "given_name": "A" } }))["id"],
                "appointment_type": scene.id("appointment_types", "Consultation"), "at": "2031-03-06T10:00",
                "operatory": scene.id("operatories", "Op 1"), "provider": scene.id("providers", "Doctor 1"), "leave": {},
            }),
        )
        .unwrap_err();
    assert!(
        error.message.contains("is closed on Thursday 6 Mar (Holiday)"),
        "{}",
        error.message
    );
}

#[test]
fn lunch_recurs_is_moved_from_a_day_on_and_copied_by_the_week() {
    let scene = Scene::new();
    let operatory = json!({ "kind": "operatory", "id": scene.id("operatories", "Op 1") });
    let weekly = json!({ "repeat": { "kind": "weekly", "every": 1, "weekdays": ["tuesday", "thursday"] }, "ends": { "kind": "until", "date": "2031-03-20" } });
    let lunch = |at: &str, recurrence: &Value| {
        json!({
            "target": operatory, "location": scene.location(), "at": at, "length_minutes": 60, "title": "Lunch",
            "policy": { "kind": "block" }, "recurrence": recurrence,
        })
    };
    // The clock skips 2:30 on the second Sunday of March.
    let nights = json!({ "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": 2 } });
    let night = scene.ok("add_block_series", lunch("2031-03-02T02:30", &nights));
    assert_eq!(
        night["left_out"],
        json!([{ "date": "2031-03-09", "title": "Lunch", "why": "the clock skips 2:30" }])
    );
    let added = scene.ok("add_block_series", lunch("2031-03-04T12:00", &weekly));
    assert_eq!((&added["count"], &added["left_out"]), (&json!(6), &json!([])));
    let blocks = |date: &str| -> Vec<(Value, u64)> {
        let sheet = scene.ok("day_sheet", json!({ "location": scene.location(), "date": date }));
        let blocks = sheet["blocks"].as_array().unwrap().clone();
        blocks
            .iter()
            .map(|block| (block["id"].clone(), block["start_minute"].as_u64().unwrap()))
            .collect()
    };
    let third = blocks("2031-03-11")[0].0.clone();
    let detail = scene.ok("time_block", json!({ "id": third }));
    assert_eq!(
        (&detail["series"]["count"], &detail["series"]["first"]),
        (&json!(6), &json!(DAY))
    );
    let later = json!({ "id": third, "scope": "following", "at": "2031-03-11T13:00" });
    assert_eq!(scene.ok("change_block_series", later)["count"], 4);
    assert_eq!(blocks("2031-03-06")[0].1, 12 * 60);
    assert_eq!(blocks("2031-03-20")[0].1, 13 * 60);
    // The week of the 18th onto that of the 26th, by any of its days; a second time nothing is left to do.
    let paste = json!({ "from": { "kind": "week", "location": scene.location(), "date": "2031-03-20" }, "to": "2031-03-26" });
    assert_eq!(scene.ok("paste_blocks", paste.clone())["count"], 2);
    assert_eq!(blocks("2031-03-25")[0].1, 13 * 60);
    let again = scene.ok("paste_blocks", paste);
    assert_eq!(
        (&again["count"], again["left_out"].as_array().unwrap().len()),
        (&json!(0), 2)
    );
    let all = json!({ "id": third, "scope": "all" });
    assert_eq!(scene.ok("remove_block_series", all)["count"], 4);
    assert!(blocks("2031-03-18").is_empty());
    scene.ok("undo", json!({}));
    assert_eq!(blocks("2031-03-18").len(), 1);
}

#[test]
fn what_cannot_be_right_is_refused_whole() {
    let scene = Scene::new();
    let refused = |name: &str, request: Value| {
        let error = scene.call(name, request).unwrap_err();
        (error.field.unwrap_or_default(), error.message)
    };
    assert_eq!(
        refused("enter_absence", scene.absence(DAY, "2031-03-03", None)),
        ("last".to_owned(), "An absence ends after it begins.".to_owned())
    );
    let ten_years = refused("enter_absence", scene.absence(DAY, "2041-03-04", None));
    assert!(ten_years.1.contains("400 days"), "{ten_years:?}");
    let daily = json!({
        "target": { "kind": "location", "id": scene.location() }, "location": scene.location(), "at": format!("{DAY}T12:00"),
        "length_minutes": 30, "title": "x", "policy": { "kind": "warn" },
        "recurrence": {
            "repeat": { "kind": "weekly", "every": 1, "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"] },
            "ends": { "kind": "until", "date": "2041-03-04" },
        },
    });
    assert_eq!(
        refused("add_block_series", daily).1,
        "1000 times at the most: choose fewer, or an earlier end."
    );
    let nothing =
        json!({ "from": { "kind": "day", "location": scene.location(), "date": DAY }, "to": "2031-03-05" });
    assert_eq!(
        refused("paste_blocks", nothing).1,
        "There is no block-out to paste."
    );
    let sheet = scene.ok("day_sheet", json!({ "location": scene.location(), "date": DAY }));
    assert_eq!(sheet["blocks"], json!([]));
}

#[test]
fn an_absence_becomes_longer_or_shorter_and_the_list_follows() {
    let scene = Scene::new();
    scene.book("Osei", &format!("{DAY}T11:00"));
    scene.book("Ito", "2031-03-05T09:00");
    let id = scene.ok("enter_absence", scene.absence(DAY, DAY, None))["absence"]["id"].clone();
    assert_eq!(scene.pinboard().len(), 1);
    let changed = |first: &str, last: &str, from: Option<&str>| {
        let mut request = scene.absence(first, last, from);
        request["changes"] = id.clone();
        request
    };
    // Ill for a day more: nothing is done by looking.
    let plan = scene.ok("plan_absence", changed(DAY, "2031-03-05", None));
    assert_eq!(
        (&plan["displaced_count"], &plan["words"]),
        (&json!(2), &json!("Doctor 1, Tue 4 Mar – Wed 5 Mar"))
    );
    assert_eq!(scene.pinboard().len(), 1);
    let entered = scene.ok("enter_absence", changed(DAY, "2031-03-05", None));
    assert_eq!(
        (&entered["absence"]["id"], &entered["displaced_count"]),
        (&id, &json!(2))
    );
    assert_eq!(entered["undo"]["undo"], "change an absence: Ill");
    assert_eq!(scene.pinboard().len(), 2);
    assert_eq!(
        scene.ok("absences", json!({}))["absences"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // Back at noon of the first day: who had a visit later keeps it.
    let mut at_ten = changed(DAY, DAY, None);
    at_ten["until"] = json!("10:00");
    scene.ok("enter_absence", at_ten);
    assert_eq!(scene.pinboard(), [""; 0]);
    scene.ok("undo", json!({}));
    assert_eq!(scene.pinboard().len(), 2);
    // Whom it is about stays, whatever the wish says.
    let mut other = changed(DAY, DAY, None);
    other["target"] = json!({ "kind": "provider", "id": scene.id("providers", "Dr Bello") });
    assert_eq!(
        scene.ok("enter_absence", other)["absence"]["words"],
        "Doctor 1, Tue 4 Mar"
    );
}

#[test]
fn an_absence_is_not_changed_removed_or_pasted_unseen_nor_entered_twice() {
    let scene = Scene::new();
    scene.book("Osei", &format!("{DAY}T11:00"));
    let id = scene.ok("enter_absence", scene.absence(DAY, "2031-03-05", None))["absence"]["id"].clone();
    for (name, request) in [
        ("change_time_block", json!({ "id": id, "length_minutes": 30 })),
        ("remove_time_block", json!({ "id": id })),
        (
            "change_block_series",
            json!({ "id": id, "scope": "this", "length_minutes": 30 }),
        ),
        ("remove_block_series", json!({ "id": id, "scope": "this" })),
        (
            "paste_blocks",
            json!({ "from": { "kind": "blocks", "ids": [id] }, "to": "2031-03-12", "is_cut": false }),
        ),
    ] {
        let error = scene.call(name, request).unwrap_err();
        assert_eq!(error.code, "is_absence", "{name}: {error:?}");
    }
    assert_eq!(scene.pinboard().len(), 1);
    let error = scene
        .call("enter_absence", scene.absence(DAY, DAY, Some("9:00")))
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("absent_already", Some("first"))
    );
    // Longer than the one that is there: that is new.
    scene.ok("enter_absence", scene.absence("2031-03-05", "2031-03-06", None));
    // An ordinary block-out is none.
    let lunch = scene.ok(
        "add_time_block",
        json!({
            "target": { "kind": "provider", "id": scene.id("providers", "Dr Bello") }, "location": scene.location(),
            "at": format!("{DAY}T12:00"), "length_minutes": 60, "title": "Lunch", "policy": { "kind": "block" },
        }),
    );
    let mut request = scene.absence(DAY, DAY, None);
    request["changes"] = lunch["id"].clone();
    assert_eq!(
        scene.call("enter_absence", request).unwrap_err().code,
        "not_an_absence"
    );
}
