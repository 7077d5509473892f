//! Siblings together: found in one search, booked in one step, taken back in one step.

#![allow(clippy::unwrap_used)]

#[path = "support/scene.rs"]
mod scene;

use scene::{DAY, Scene};
use serde_json::{Value, json};

fn search(scene: &Scene, patients: &[&Value], arrangement: &str) -> Value {
    let kind = scene.id("appointment_types", "Consultation");
    let visits: Vec<Value> = patients
        .iter()
        .map(|patient| json!({ "patient": patient, "appointment_type": kind }))
        .collect();
    json!({ "visits": visits, "arrangement": arrangement, "from": DAY, "days": 3, "location": scene.location() })
}

/// The visits of a way, as they are booked.
fn booking(scene: &Scene, patients: &[&Value], way: &Value) -> Value {
    let kind = scene.id("appointment_types", "Consultation");
    let visits: Vec<Value> = patients
        .iter()
        .zip(way["visits"].as_array().unwrap())
        .map(|(patient, opening)| {
            json!({
                "patient": patient, "appointment_type": kind, "at": opening["at"],
                "operatory": opening["operatory"], "provider": opening["provider"],
            })
        })
        .collect();
    // Kofi comes that day already, which is seen.
    json!({ "visits": visits, "leave": { "acknowledge_warnings": true } })
}

fn visits_of(scene: &Scene, patient: &Value) -> usize {
    scene.ok("patient", json!({ "id": patient }))["visits"]
        .as_array()
        .unwrap()
        .len()
}

#[test]
fn a_family_is_found_booked_and_taken_back_in_one_step_each() {
    let scene = Scene::new();
    let patients = [&scene.kofi, &scene.yui];
    let (kofi, yui) = (visits_of(&scene, &scene.kofi), visits_of(&scene, &scene.yui));
    for arrangement in ["any", "back_to_back"] {
        let found = scene.ok("family_openings", search(&scene, &patients, arrangement));
        let way = &found["openings"][0];
        assert_eq!(way["visits"].as_array().unwrap().len(), 2, "{found}");
        let booked = scene.ok("book_family", booking(&scene, &patients, way));
        let warned: Vec<&str> = booked["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["rule"].as_str().unwrap())
            .collect();
        assert!(
            warned
                .iter()
                .all(|rule| ["same_day_visit", "same_type_ahead"].contains(rule)),
            "{warned:?}"
        );
        let undo = booked["undo"]["undo"].as_str().unwrap();
        assert!(undo.starts_with("book a family: "), "{undo}");
        assert_eq!(visits_of(&scene, &scene.kofi), kofi + 1);
        assert_eq!(visits_of(&scene, &scene.yui), yui + 1);
        scene.ok("undo", json!({}));
        assert_eq!(visits_of(&scene, &scene.kofi), kofi);
        assert_eq!(visits_of(&scene, &scene.yui), yui);
    }
}

#[test]
fn what_is_done_beside_each_kind_of_visit_takes_its_time_too() {
    let scene = Scene::new();
    let beside = scene.id("appointment_types", "Observation");
    let patients = [&scene.kofi, &scene.yui];
    let mut wanted = search(&scene, &patients, "back_to_back");
    let alone =
        scene.ok("family_openings", wanted.clone())["openings"][0]["visits"][0]["length_minutes"].clone();
    wanted["visits"][0]["also"] = json!([beside]);
    let found = scene.ok("family_openings", wanted);
    let way = &found["openings"][0];
    assert!(
        way["visits"][0]["length_minutes"].as_u64() > alone.as_u64(),
        "{way}"
    );
    let mut family = booking(&scene, &patients, way);
    family["visits"][0]["also"] = json!([beside]);
    let booked = scene.ok("book_family", family);
    assert_eq!(booked["appointments"][0]["also"], json!([beside]));
    assert_eq!(
        booked["appointments"][0]["length_minutes"],
        way["visits"][0]["length_minutes"]
    );
    assert_eq!(booked["appointments"][1].get("also"), None);
}

#[test]
fn none_is_booked_if_one_cannot_be() {
    let scene = Scene::new();
    let patients = [&scene.kofi, &scene.yui];
    let found = scene.ok("family_openings", search(&scene, &patients, "any"));
    let mut request = booking(&scene, &patients, &found["openings"][0]);
    // Both in one chair at one time: the second is judged with the first already there.
    request["visits"][1]["operatory"] = request["visits"][0]["operatory"].clone();
    request["visits"][1]["at"] = request["visits"][0]["at"].clone();
    let before = visits_of(&scene, &scene.kofi);
    let refused = scene.call("book_family", request).unwrap_err();
    assert_eq!(refused.code, "chair_taken", "{refused:?}");
    assert!(refused.message.contains("Osei"), "{refused:?}");
    assert_eq!(visits_of(&scene, &scene.kofi), before);
}

#[test]
fn what_makes_no_family_is_refused_with_its_field() {
    let scene = Scene::new();
    for (command, request) in [
        ("family_openings", search(&scene, &[&scene.kofi], "any")),
        (
            "family_openings",
            search(&scene, &[&scene.kofi, &scene.kofi], "any"),
        ),
        ("book_family", json!({ "visits": [] })),
    ] {
        let refused = scene.call(command, request).unwrap_err();
        assert_eq!(
            (refused.code.as_str(), refused.field.as_deref()),
            ("invalid", Some("visits")),
            "{refused:?}"
        );
    }
}
