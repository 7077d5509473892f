//! Steps that move several visits at once are taken back at once: each makes room for the others.

#![allow(clippy::unwrap_used)]

use scene::Scene;
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
