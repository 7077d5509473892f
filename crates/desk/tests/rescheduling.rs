//! A provider's day moved elsewhere: planned, carried out in one step, taken back in one step, and refused as a whole when the
//! calendar has changed meanwhile.

#![allow(clippy::unwrap_used)]

#[path = "support/scene.rs"]
mod scene;

use scene::{DAY, Scene};
use serde_json::{Value, json};

fn tuesday_of_doctor_1(scene: &Scene, may_change_provider: bool) -> Value {
    json!({ "provider": scene.id("providers", "Doctor 1"), "date": DAY, "may_change_provider": may_change_provider })
}

/// The moves of a plan, as they are carried out.
fn carried_out(plan: &Value) -> Vec<Value> {
    plan["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let minute = one["visit"]["start_minute"].as_u64().unwrap();
            json!({
                "id": one["visit"]["id"], "at": one["to"]["at"], "operatory": one["to"]["operatory"], "provider": one["to"]["provider"],
                "from": format!("{}T{:02}:{:02}", one["visit"]["date"].as_str().unwrap(), minute / 60, minute % 60),
            })
        })
        .collect()
}

fn day(scene: &Scene) -> Vec<(Value, Value, Value)> {
    scene.ok("day_sheet", scene.day())["appointments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            (
                card["patient_name"].clone(),
                card["start_minute"].clone(),
                card["operatory"].clone(),
            )
        })
        .collect()
}

#[test]
fn a_day_is_planned_moved_and_taken_back_in_one_step_each() {
    let scene = Scene::new();
    let before = day(&scene);
    assert_eq!(before.len(), 2);
    let plan = scene.ok("plan_rescheduling", tuesday_of_doctor_1(&scene, false));
    assert_eq!(plan["moves"].as_array().unwrap().len(), 2, "{plan}");
    assert_eq!(
        (&plan["left"], &plan["is_best"]),
        (&json!([]), &json!(true)),
        "{plan}"
    );
    for one in plan["moves"].as_array().unwrap() {
        assert_eq!(one["disturbance"], "1 day later, same time of day", "{one}");
        assert_eq!(one["to"]["provider"], scene.id("providers", "Doctor 1"));
    }
    assert_eq!(plan["words"], "No other plan disturbs less.");
    assert_eq!(day(&scene), before, "a plan changes nothing");

    let done = scene.ok(
        "reschedule_visits",
        json!({ "moves": carried_out(&plan), "reason": "Doctor 1 is ill" }),
    );
    assert_eq!(done["appointments"].as_array().unwrap().len(), 2);
    let undo = done["undo"]["undo"].as_str().unwrap();
    assert!(undo.starts_with("give visits new times: "), "{undo}");
    assert_eq!(day(&scene), []);
    let line = &scene.ok("history", json!({ "limit": 1 }))["entries"][0];
    assert!(
        line["words"]
            .as_str()
            .unwrap()
            .starts_with("Gave 2 visits new times: "),
        "{line}"
    );
    assert_eq!(line["reason"], "Doctor 1 is ill");

    scene.ok("undo", json!({}));
    assert_eq!(day(&scene), before);
    scene.ok("redo", json!({}));
    assert_eq!(day(&scene), []);
}

#[test]
fn some_of_a_plan_can_be_left_out() {
    let scene = Scene::new();
    let plan = scene.ok("plan_rescheduling", tuesday_of_doctor_1(&scene, false));
    let only = vec![carried_out(&plan).remove(1)];
    scene.ok("reschedule_visits", json!({ "moves": only }));
    assert_eq!(day(&scene).len(), 1);
}

#[test]
fn the_pinboard_is_planned_away() {
    let scene = Scene::new();
    scene.ok(
        "pin_appointment",
        json!({ "id": scene.visit, "reason": "cannot come" }),
    );
    let pinned = scene.ok("pinboard", json!({}));
    let visits: Vec<&Value> = pinned["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["visit"]["id"])
        .collect();
    let plan = scene.ok("plan_rescheduling", json!({ "visits": visits }));
    assert_eq!(plan["moves"].as_array().unwrap().len(), 1, "{plan}");
    assert_ne!(
        plan["moves"][0]["to"]["at"],
        json!(format!("{DAY}T09:00")),
        "not where it is"
    );
    scene.ok("reschedule_visits", json!({ "moves": carried_out(&plan) }));
    assert_eq!(scene.ok("pinboard", json!({}))["count"], 0);
}

#[test]
fn a_plan_that_is_old_moves_nobody() {
    let scene = Scene::new();
    let plan = scene.ok("plan_rescheduling", tuesday_of_doctor_1(&scene, false));
    let moves = carried_out(&plan);
    // Somebody took the second place.
    let at = moves[1]["at"].as_str().unwrap();
    let taken = json!({
        "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"), "at": at,
        "operatory": moves[1]["operatory"], "provider": moves[1]["provider"], "leave": { "acknowledge_warnings": true },
    });
    scene.ok("book_appointment", taken);
    let before = day(&scene);
    let refused = scene
        .call("reschedule_visits", json!({ "moves": moves }))
        .unwrap_err();
    assert_eq!(refused.code, "plan_is_old", "{refused:?}");
    assert!(refused.message.contains("Nakamura"), "{refused:?}");
    assert_eq!(refused.way_through, None, "nobody is asked to book it anyway");
    assert_eq!(day(&scene), before, "the first was not moved either");

    // Somebody moved one of the visits.
    let plan = scene.ok("plan_rescheduling", tuesday_of_doctor_1(&scene, false));
    scene.ok(
        "move_appointment",
        json!({ "id": scene.visit, "at": format!("{DAY}T10:00"), "leave": { "acknowledge_warnings": true } }),
    );
    let refused = scene
        .call("reschedule_visits", json!({ "moves": carried_out(&plan) }))
        .unwrap_err();
    assert_eq!(refused.code, "plan_is_old", "{refused:?}");
    assert!(refused.message.contains("moved meanwhile"), "{refused:?}");
}

#[test]
fn what_is_no_plan_is_refused_with_its_field() {
    let scene = Scene::new();
    let doctor = scene.id("providers", "Doctor 1");
    for (request, code, field) in [
        (json!({}), "invalid", "visits"),
        (json!({ "provider": doctor }), "invalid", "visits"),
        (
            json!({ "provider": doctor, "date": DAY, "visits": [scene.visit] }),
            "invalid",
            "visits",
        ),
        (
            json!({ "provider": doctor, "date": "2031-03-09" }),
            "invalid",
            "visits",
        ),
        (json!({ "provider": doctor, "date": "soon" }), "bad_date", "date"),
        (
            json!({ "provider": scene.ana, "date": DAY }),
            "unknown_provider",
            "provider",
        ),
        (
            json!({ "visits": [scene.visit], "days": 93 }),
            "out_of_range",
            "days",
        ),
        (
            json!({ "visits": [scene.visit, scene.visit] }),
            "invalid",
            "visits",
        ),
    ] {
        let refused = scene.call("plan_rescheduling", request.clone()).unwrap_err();
        let found = (refused.code.as_str(), refused.field.as_deref());
        assert_eq!(found, (code, Some(field)), "{request}: {refused:?}");
    }
    let refused = scene
        .call("reschedule_visits", json!({ "moves": [] }))
        .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("invalid", Some("moves"))
    );
}

#[test]
fn two_visits_that_clashed_before_may_clash_again() {
    let scene = Scene::new();
    let at = format!("{DAY}T09:00");
    let booking = |patient: &Value| {
        json!({
            "patient": patient, "appointment_type": scene.id("appointment_types", "Consultation"), "at": at,
            "operatory": scene.id("operatories", "Op 1"), "provider": scene.id("providers", "Doctor 1"),
            "leave": { "override_reason": "twins" },
        })
    };
    let second = scene.ok("book_appointment", booking(&scene.yui))["appointment"]["id"].clone();
    let before = day(&scene);
    // One of the two goes elsewhere; the other has been there all the time.
    let away =
        json!({ "id": second, "at": format!("{DAY}T15:00"), "leave": { "acknowledge_warnings": true } });
    scene.ok("move_appointment", away.clone());
    scene.ok("undo", json!({}));
    assert_eq!(day(&scene), before);
}

#[test]
fn nobody_comes_back_over_a_visit_that_is_newer() {
    let scene = Scene::new();
    let colleague = scene.add_colleague();
    scene.ok(
        "move_appointment",
        json!({ "id": scene.visit, "at": format!("{DAY}T15:00"), "leave": { "acknowledge_warnings": true } }),
    );
    scene.as_colleague(&colleague, || {
        scene.book(&scene.yui, "Op 1", &format!("{DAY}T09:00"));
    });
    let refused = scene.call("undo", json!({})).unwrap_err();
    assert_eq!(refused.code, "cannot_undo", "{refused:?}");
    assert!(refused.message.contains("Nakamura"), "{refused:?}");
}
