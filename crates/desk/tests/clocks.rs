//! Days on which the clock is set: the day sheet says how it goes, and a visit which of two equal times it is at.

#![allow(clippy::unwrap_used)]

use scene::Scene;
use serde_json::{Value, json};

#[path = "support/scene.rs"]
mod scene;

/// In New York the hour from one to two comes twice that Sunday.
const AUTUMN: &str = "2031-11-02";
/// And that Sunday the hour from two to three does not come.
const SPRING: &str = "2032-03-14";

fn sheet(scene: &Scene, date: &str) -> Value {
    scene.ok("day_sheet", json!({ "location": scene.location(), "date": date }))
}

fn book(scene: &Scene, patient: &Value, later: bool) -> Value {
    let leave = json!({ "acknowledge_warnings": true, "override_reason": "An emergency at night" });
    scene.ok(
        "book_appointment",
        json!({
            "patient": patient, "appointment_type": scene.id("appointment_types", "Consultation"), "at": format!("{AUTUMN}T01:30"),
            "later_of_two": later, "operatory": scene.id("operatories", "Op 1"), "provider": scene.id("providers", "Doctor 1"),
            "pattern": "XX", "leave": leave,
        }),
    )["appointment"]
        .clone()
}

#[test]
fn a_day_says_how_its_clock_goes_only_if_it_is_set() {
    let scene = Scene::new();
    assert_eq!(sheet(&scene, scene::DAY)["clock"], Value::Null);
    assert_eq!(
        sheet(&scene, AUTUMN)["clock"],
        json!({ "minutes": 1500, "stretches": [
            { "from": 0, "wall": 0, "zone": "EDT" }, { "from": 120, "wall": 60, "zone": "EST" },
        ] })
    );
    assert_eq!(
        sheet(&scene, SPRING)["clock"],
        json!({ "minutes": 1380, "stretches": [
            { "from": 0, "wall": 0, "zone": "EST" }, { "from": 120, "wall": 180, "zone": "EDT" },
        ] })
    );
}

#[test]
fn two_visits_at_the_same_wall_time_do_not_clash_and_say_which_is_later() {
    let scene = Scene::new();
    let first = book(&scene, &scene.ana, false);
    let second = book(&scene, &scene.kofi, true);
    for (card, later) in [(&first, Value::Null), (&second, json!(true))] {
        assert_eq!(card["start_minute"], 90);
        assert_eq!(card["later_of_two"], later, "{card}");
        assert_eq!(card["conflicts"], json!([]), "{card}");
    }
    let shown = sheet(&scene, AUTUMN);
    let order: Vec<_> = shown["appointments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["id"].clone())
        .collect();
    assert_eq!(order, [first["id"].clone(), second["id"].clone()], "as they pass");

    let moved = scene.ok(
        "move_appointment",
        json!({ "id": first["id"], "at": format!("{AUTUMN}T01:50"), "later_of_two": true,
            "leave": { "acknowledge_warnings": true, "override_reason": "An emergency at night" } }),
    );
    assert_eq!(moved["appointment"]["later_of_two"], true);
    assert_eq!(moved["appointment"]["start_minute"], 110);
}

#[test]
fn an_opening_says_which_of_two_times_it_is_and_what_is_booked_or_moved_there_is_at_that_one() {
    let scene = Scene::new();
    scene.ok(
        "save_setting",
        json!({
            "kind": "practice", "name": "Harbour", "email": "", "phone": "", "time_increment_minutes": 10,
            "policies": [
                { "rule": "outside_location_hours", "policy": "allow" },
                { "rule": "outside_provider_hours", "policy": "allow" },
            ],
        }),
    );
    let kind = scene.id("appointment_types", "Consultation");
    let found = scene.ok(
        "openings",
        json!({
            "appointment_type": kind, "from": AUTUMN, "days": 1, "after": "01:30", "before": "01:40", "pattern": "XX",
            "operatory": scene.id("operatories", "Op 1"), "provider": scene.id("providers", "Doctor 1"),
        }),
    );
    // 1:50 is over at the second 1:00, so that it is over in time, too.
    let openings: Vec<&Value> = found["openings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["at"] == format!("{AUTUMN}T01:30"))
        .collect();
    let told: Vec<(&Value, &Value)> = openings
        .iter()
        .map(|one| (&one["at"], &one["later_of_two"]))
        .collect();
    let at = json!(format!("{AUTUMN}T01:30"));
    assert_eq!(told, [(&at, &Value::Null), (&at, &json!(true))]);

    let later = openings[1];
    let booked = scene.ok(
        "book_appointment",
        json!({
            "patient": scene.ana, "appointment_type": kind, "at": later["at"], "later_of_two": later["later_of_two"],
            "operatory": later["operatory"], "provider": later["provider"], "pattern": "XX",
            "leave": { "acknowledge_warnings": true },
        }),
    );
    assert_eq!(booked["appointment"]["later_of_two"], true);
    // She cannot be in two places then.
    let booked = &booked["appointment"]["id"];
    scene.ok("cancel_appointment", json!({ "id": booked, "reason": "ill" }));
    let from = scene.ok("appointment", json!({ "id": scene.visit }))["card"].clone();
    let (hour, minute) = (
        from["start_minute"].as_i64().unwrap() / 60,
        from["start_minute"].as_i64().unwrap() % 60,
    );
    let moved = scene.ok(
        "reschedule_visits",
        json!({ "moves": [{
            "id": scene.visit, "from": format!("{}T{hour:02}:{minute:02}", from["date"].as_str().unwrap()),
            "at": later["at"], "later_of_two": true, "operatory": scene.id("operatories", "Op 2"), "provider": from["provider"],
        }] }),
    );
    assert_eq!(moved["appointments"][0]["later_of_two"], true, "{moved}");
}
