//! What a receptionist is told and asks for while booking: visits that a patient has already, and coming early.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

fn wanted(scene: &Scene, at: &str, operatory: &str) -> Value {
    json!({
        "patient": scene.ana, "appointment_type": scene.id("appointment_types", "Consultation"), "at": at,
        "operatory": scene.id("operatories", operatory), "provider": scene.id("providers", "Doctor 1"),
    })
}

/// Rules that object, each with the visit that it names.
fn told(violations: &Value) -> Vec<(String, Value)> {
    violations
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["rule"].as_str().unwrap().to_owned(),
                one["appointment"].clone(),
            )
        })
        .collect()
}

#[test]
fn who_comes_that_day_already_is_booked_only_knowingly() {
    let scene = Scene::new();
    let second = wanted(&scene, &format!("{DAY}T15:00"), "Op 3");
    let refused = scene.call("book_appointment", second.clone()).unwrap_err();
    assert_eq!(refused.code, "needs_acknowledgement");
    assert_eq!(
        refused.message,
        "Rivera, Ana has another visit that day: Consultation 9:00–9:45 in Op 1."
    );
    let check = scene.ok("check_placement", second.clone());
    assert_eq!(
        told(&check["violations"]),
        [("same_day_visit".to_owned(), scene.visit.clone())],
        "and which visit it is, to go there"
    );
    scene.ok(
        "cancel_appointment",
        json!({ "id": scene.visit, "reason": "ill" }),
    );
    scene.ok("book_appointment", second);
}

#[test]
fn a_visit_of_that_type_ahead_is_told_and_its_own_series_is_not() {
    let scene = Scene::new();
    let check = scene.ok("check_placement", wanted(&scene, "2031-03-18T09:00", "Op 1"));
    assert_eq!(
        told(&check["violations"]),
        [("same_type_ahead".to_owned(), scene.visit.clone())]
    );
    assert_eq!(
        check["violations"][0]["message"],
        "Rivera, Ana has a visit of this type already: Consultation on Tue 4 Mar 2031 at 9:00 in Op 1"
    );
    let mut series = wanted(&scene, "2031-03-18T09:00", "Op 1");
    series["recurrence"] = json!({ "repeat": { "kind": "weekly", "every": 6, "weekdays": [] }, "ends": { "kind": "count", "times": 3 } });
    let plan = scene.call("plan_series", series);
    let plan = plan.unwrap_or_else(|error| panic!("{error:?}"));
    let rules: Vec<Vec<(String, Value)>> = plan["dates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|date| told(&date["violations"]))
        .collect();
    assert_eq!(rules.len(), 3);
    assert_eq!(
        rules[0],
        [("same_type_ahead".to_owned(), scene.visit.clone())],
        "once, at the first date"
    );
    assert!(rules[1..].iter().all(Vec::is_empty), "{rules:?}");
}

#[test]
fn a_moved_visit_is_no_duplicate() {
    let scene = Scene::new();
    scene.book(&scene.ana, "Op 3", "2031-03-11T10:00");
    scene.ok(
        "move_appointment",
        json!({ "id": scene.visit, "at": "2031-03-11T14:00" }),
    );
}

#[test]
fn a_patient_is_asked_to_come_early_and_everybody_reads_it() {
    let scene = Scene::new();
    scene.ok(
        "save_setting",
        json!({ "kind": "practice", "name": "Harbour", "email": "desk@example.com", "phone": "", "time_increment_minutes": 10 }),
    );
    let changed = scene.ok(
        "edit_appointment",
        json!({ "id": scene.visit, "arrive_early_minutes": 10 }),
    );
    assert_eq!(changed["appointment"]["arrive_early_minutes"], 10);
    let detail = scene.ok("appointment", json!({ "id": scene.visit }));
    assert_eq!(
        detail["history"][0]["words"],
        "Rivera, Ana, Tue 4 Mar 9:00 Op 1: asked to come 10 minutes early"
    );
    let refused = scene
        .call(
            "edit_appointment",
            json!({ "id": scene.visit, "arrive_early_minutes": 7 }),
        )
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("arrive_early_minutes"));
    let file = scene.ok("ics", json!({ "id": scene.visit, "method": "publish" }));
    let text = file["text"].as_str().unwrap().replace("\r\n ", "");
    assert!(text.contains("Please come 10 minutes early."), "{text}");
    scene.ok("undo", json!({}));
    let detail = scene.ok("appointment", json!({ "id": scene.visit }));
    assert_eq!(detail["card"]["arrive_early_minutes"], Value::Null);
}

#[test]
fn the_day_is_shown_as_it_was_and_what_was_done_since() {
    let scene = Scene::new();
    scene.wait_minutes(30);
    scene.ok(
        "cancel_appointment",
        json!({ "id": scene.visit, "reason": "ill" }),
    );
    scene.wait_minutes(30);
    let as_of = |at: &str| {
        scene.call(
            "day_as_of",
            json!({ "location": scene.location(), "date": DAY, "at": format!("{DAY}T{at}") }),
        )
    };
    let status_of = |past: &Value| {
        let visits = past["sheet"]["appointments"].as_array().unwrap().clone();
        let visit = visits.iter().find(|card| card["id"] == scene.visit);
        visit.map(|card| card["status"].as_str().unwrap().to_owned())
    };
    let eight = as_of("08:00").unwrap();
    assert_eq!(status_of(&eight).as_deref(), Some("scheduled"));
    assert_eq!(eight["sheet"]["blocks"][0]["title"], "Lunch");
    assert_eq!(eight["since_count"], 1);
    assert_eq!(
        eight["since"][0]["words"],
        "Rivera, Ana, Tue 4 Mar 9:00 Op 1: cancelled (ill)"
    );
    assert_eq!(eight["since"][0]["by"]["person"], "Amara Diallo");
    assert_eq!(eight["late"], json!([]));
    let later = as_of("08:45").unwrap();
    assert_eq!(status_of(&later).as_deref(), Some("cancelled"));
    assert_eq!(later["since_count"], 0);
    let before = as_of("07:00").unwrap();
    assert_eq!(status_of(&before), None);
    assert_eq!(before["sheet"]["blocks"], json!([]), "lunch was entered at eight");
    let now = scene.ok("day_sheet", scene.day());
    assert_eq!(
        as_of("09:00").unwrap()["sheet"]["appointments"],
        now["appointments"]
    );
    let refused = as_of("09:01").unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("not_yet", Some("at"))
    );
}
