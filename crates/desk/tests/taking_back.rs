//! Steps that move several visits at once are taken back at once: each makes room for the others.

#![allow(clippy::unwrap_used)]

use scene::{DAY, Scene};
use serde_json::{Value, json};

#[path = "support/scene.rs"]
mod scene;

/// `Rivera 09:00 Op 1` of every visit of the day, by patient.
fn places(scene: &Scene) -> Vec<String> {
    let day = scene.ok("day_sheet", scene.day());
    let mut places: Vec<String> = day["appointments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            format!(
                "{} {} {}",
                card["patient_name"].as_str().unwrap(),
                card["start_minute"],
                card["operatory"].as_str().unwrap()
            )
        })
        .collect();
    places.sort();
    places
}

fn other_visit(scene: &Scene) -> Value {
    let day = scene.ok("day_sheet", scene.day());
    let cards = day["appointments"].as_array().unwrap();
    cards.iter().find(|card| card["id"] != scene.visit).unwrap()["id"].clone()
}

#[test]
fn two_visits_that_changed_places_change_back() {
    let scene = Scene::new();
    let before = places(&scene);
    let with = other_visit(&scene);
    scene.ok(
        "swap_appointments",
        json!({ "id": scene.visit, "with": with, "leave": { "acknowledge_warnings": true } }),
    );
    let swapped = places(&scene);
    assert_ne!(before, swapped);
    scene.ok("undo", json!({}));
    assert_eq!(places(&scene), before);
    scene.ok("redo", json!({}));
    assert_eq!(places(&scene), swapped);
}

/// Doctor 1 and Op 1, where the scene's visit is.
fn take_out_of_use(scene: &Scene) {
    let roster = scene.ok("hello", json!({}))["roster"].clone();
    let record = |list: &str, name: &str| {
        let records = roster[list].as_array().unwrap();
        records
            .iter()
            .find(|record| record["name"] == name)
            .unwrap()
            .clone()
    };
    let mut provider = record("providers", "Doctor 1");
    provider["kind"] = json!("provider");
    provider["provider_kind"] = record("providers", "Doctor 1")["kind"].clone();
    let mut operatory = record("operatories", "Op 1");
    operatory["kind"] = json!("operatory");
    for mut setting in [provider, operatory] {
        setting["is_active"] = json!(false);
        setting["visits"] = json!("keep");
        scene.ok("save_setting", setting);
    }
}

fn overriding(reason: &str) -> Value {
    json!({ "acknowledge_warnings": true, "override_reason": reason })
}

#[test]
fn a_booking_that_was_overridden_is_done_again() {
    let scene = Scene::new();
    let before = places(&scene);
    scene.ok(
        "book_appointment",
        json!({
            "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"),
            "at": format!("{DAY}T09:00"), "operatory": scene.id("operatories", "Op 1"),
            "provider": scene.id("providers", "Doctor 1"), "leave": overriding("squeezed in"),
        }),
    );
    let squeezed = places(&scene);
    scene.ok("undo", json!({}));
    assert_eq!(places(&scene), before);
    scene.ok("redo", json!({}));
    assert_eq!(places(&scene), squeezed);
    assert_eq!(
        scene.ok("hello", json!({}))["conflict_count"],
        0,
        "nobody is asked about it"
    );
}

#[test]
fn a_move_that_was_overridden_is_done_again_but_not_onto_somebody_else() {
    let scene = Scene::new();
    let colleague = scene.add_colleague();
    let with = other_visit(&scene);
    let move_there = json!({
        "id": with, "at": format!("{DAY}T09:30"), "operatory": scene.id("operatories", "Op 1"),
        "leave": overriding("both agreed"),
    });
    scene.ok("move_appointment", move_there);
    let moved = places(&scene);
    scene.ok("undo", json!({}));
    scene.ok("redo", json!({}));
    assert_eq!(places(&scene), moved);
    // What was let stand is the one visit; another that came meanwhile is in the way.
    scene.ok("undo", json!({}));
    scene.as_colleague(&colleague, || {
        scene.book(&scene.yui, "Op 1", &format!("{DAY}T10:00"));
    });
    let refused = scene.call("redo", json!({})).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.message.as_str()),
        (
            "cannot_redo",
            "This cannot be done again now: Op 1 is taken 10:00–10:45 by Nakamura, Yui."
        )
    );
}

#[test]
fn a_cancelled_visit_comes_back_although_its_provider_or_chair_is_out_of_use() {
    let scene = Scene::new();
    let before = places(&scene);
    take_out_of_use(&scene);
    let cancel = || {
        scene.ok(
            "cancel_appointment",
            json!({ "id": scene.visit, "reason": "ill" }),
        )
    };
    cancel();
    scene.ok("undo", json!({}));
    assert_eq!(places(&scene), before);
    scene.ok("redo", json!({}));
    scene.ok("undo", json!({}));
    cancel();
    scene.ok("set_status", json!({ "id": scene.visit, "status": "scheduled" }));
    assert_eq!(places(&scene), before);
}
