//! What happens when a rule is broken, as an administrator sets it: for the practice and for types.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

/// Eight in the evening: the practice is closed.
fn late(scene: &Scene, kind: &str) -> Value {
    json!({
        "patient": scene.yui, "appointment_type": scene.id("appointment_types", kind), "at": format!("{DAY}T20:00"),
        "operatory": scene.id("operatories", "Op 3"), "provider": scene.id("providers", "Doctor 1"),
    })
}

fn policy_of(scene: &Scene, kind: &str) -> Vec<String> {
    let check = scene.ok("check_placement", late(scene, kind));
    let found = check["violations"].as_array().unwrap();
    found
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["rule"].as_str().unwrap(),
                one["policy"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn the_practice_says_what_happens_and_a_type_may_have_it_otherwise() {
    let scene = Scene::new();
    assert_eq!(
        policy_of(&scene, "Consultation"),
        ["outside_location_hours warn", "outside_provider_hours warn"]
    );
    scene.ok(
        "save_setting",
        json!({
            "kind": "practice", "name": "Harbour", "email": "", "phone": "", "time_increment_minutes": 10,
            "policies": [{ "rule": "outside_location_hours", "policy": "refuse" }],
        }),
    );
    let hello = scene.ok("hello", json!({}));
    let policies = hello["practice"]["policies"].as_array().unwrap();
    assert_eq!(policies.len(), clinic::Rule::ALL.len());
    assert!(policies.contains(&json!({ "rule": "outside_location_hours", "policy": "refuse" })));
    let kind = hello["roster"]["appointment_types"]
        .as_array()
        .unwrap()
        .iter()
        .find(|kind| kind["name"] == "Consultation")
        .unwrap()
        .clone();
    let save = |policies: Value| {
        let mut setting = kind.clone();
        setting["kind"] = "appointment_type".into();
        setting["policies"] = policies;
        scene.call("save_setting", setting)
    };
    save(json!([{ "rule": "outside_location_hours", "policy": "allow" }])).unwrap();
    assert_eq!(policy_of(&scene, "Consultation"), ["outside_provider_hours warn"]);
    assert_eq!(
        policy_of(&scene, "Emergency"),
        ["outside_location_hours refuse", "outside_provider_hours warn"]
    );
    let refused = save(json!([{ "rule": "buffer", "policy": "allow" }])).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("invalid", Some("policies"))
    );
    scene.ok("undo", json!({}));
    assert_eq!(
        policy_of(&scene, "Consultation"),
        ["outside_location_hours refuse", "outside_provider_hours warn"]
    );
}

/// A second location half the world away, whose clocks change by half an hour, with one operatory.
fn lord_howe(scene: &Scene) -> (Value, Value) {
    scene.ok(
        "save_setting",
        json!({
            "kind": "location", "id": null, "name": "Lord Howe", "zone": "Australia/Lord_Howe", "address": "", "phone": "",
            "is_active": true, "hours": [],
        }),
    );
    let named = |list: &str, name: &str| {
        let hello = scene.ok("hello", json!({}));
        let all = hello["roster"][list].as_array().unwrap();
        all.iter().find(|record| record["name"] == name).unwrap()["id"].clone()
    };
    let location = named("locations", "Lord Howe");
    scene.ok(
        "save_setting",
        json!({
            "kind": "operatory", "id": null, "location": location, "name": "Far 1", "usual_provider": null, "sort": 9,
            "is_active": true,
        }),
    );
    (location.clone(), named("operatories", "Far 1"))
}

#[test]
fn a_doctor_booked_in_two_zones_clashes_at_the_same_moment() {
    let scene = Scene::new();
    let (_, far) = lord_howe(&scene);
    // 14:00 in UTC; at Lord Howe it is one in the night of the next day, an hour before the clocks go back by half an hour.
    scene.book(&scene.ana, "Op 1", "2031-04-05T10:00");
    let rules = |at: &str| -> Vec<String> {
        let request = json!({
            "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"), "at": at,
            "operatory": far, "provider": scene.id("providers", "Doctor 1"),
        });
        let check = scene.ok("check_placement", request);
        let found = check["violations"].as_array().unwrap().iter();
        found
            .map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    let clash = "doctor_time_overlap".to_owned();
    assert!(rules("2031-04-06T01:00").contains(&clash));
    assert!(
        !rules("2031-04-06T10:00").contains(&clash),
        "the same wall time is another moment"
    );
    assert!(!rules("2031-04-05T01:00").contains(&clash), "a day earlier");
    assert!(!rules("2031-04-06T03:00").contains(&clash), "later that night");
}

#[test]
fn days_of_23_24_and_a_half_and_25_hours_show_wall_times_each_in_its_own_zone() {
    let scene = Scene::new();
    let (lord_howe, far) = lord_howe(&scene);
    let harbour = scene.location();
    let near = scene.id("operatories", "Op 1");
    // From when, for how many minutes that pass, and what the day sheet shows of it.
    let days = [
        (&harbour, &near, "2031-03-09", "01:30", 60, (90, 120)),
        (&harbour, &near, "2031-11-02", "00:30", 180, (30, 120)),
        (&lord_howe, &far, "2031-04-06", "01:00", 120, (60, 90)),
        (&lord_howe, &far, "2031-10-05", "01:00", 120, (60, 150)),
    ];
    for (location, operatory, date, at, minutes, (start, length)) in days {
        scene.ok(
            "add_time_block",
            json!({
                "target": { "kind": "operatory", "id": operatory }, "location": location, "at": format!("{date}T{at}"),
                "length_minutes": minutes, "title": "Night", "policy": { "kind": "block" },
            }),
        );
        // A slot of that day alone, from four to five, and a visit in it.
        let slot = json!({
            "start_minute": 240, "length_minutes": 60, "operatory": operatory, "provider": null, "wants": { "kind": "any" },
        });
        scene.ok(
            "change_day_slots",
            json!({ "location": location, "date": date, "changes": [{ "kind": "add", "slot": slot }] }),
        );
        scene.ok(
            "book_appointment",
            json!({
                "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"),
                "at": format!("{date}T04:00"), "operatory": operatory, "provider": scene.id("providers", "Doctor 1"),
                "leave": { "acknowledge_warnings": true },
            }),
        );
        let sheet = scene.ok("day_sheet", json!({ "location": location, "date": date }));
        let shown = |list: &str| -> Vec<(u64, u64)> {
            let cards = sheet[list].as_array().unwrap().iter();
            let minute = |card: &Value, name: &str| card[name].as_u64().unwrap();
            cards
                .map(|card| (minute(card, "start_minute"), minute(card, "length_minutes")))
                .collect()
        };
        assert_eq!(shown("blocks"), [(start, length)], "{date}");
        assert_eq!(shown("slots"), [(240, 60)], "{date}");
        assert_eq!(shown("appointments")[0].0, 240, "{date}");
        assert_eq!(sheet["slots"][0]["booked"], 1, "{date}");
    }
}
