//! Series of visits as a person gives the commands: planned, booked in one step, changed and called off together.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

fn fields(scene: &Scene, patient: &Value, times: u32) -> Value {
    json!({
        "patient": patient, "appointment_type": scene.id("appointment_types", "Consultation"),
        "at": format!("{DAY}T10:00"), "operatory": scene.id("operatories", "Op 2"),
        "provider": scene.id("providers", "Doctor 1"),
        "recurrence": { "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": times } },
    })
}

fn with(mut request: Value, more: Value) -> Value {
    if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
        request.extend(more);
    }
    request
}

/// `2031-03-04 fits`, with the time of the nearest opening of what does not fit.
fn states(plan: &Value) -> Vec<String> {
    let dates = plan["dates"].as_array().unwrap();
    dates
        .iter()
        .map(|date| {
            let offered = date["openings"].as_array().unwrap();
            let nearest = offered.first().map_or(String::new(), |opening| {
                format!(
                    " → {} ({})",
                    opening["at"].as_str().unwrap(),
                    opening["reasons"][0].as_str().unwrap()
                )
            });
            format!(
                "{} {}{nearest}",
                date["date"].as_str().unwrap(),
                date["state"].as_str().unwrap()
            )
        })
        .collect()
}

fn visits(scene: &Scene, id: &Value) -> Vec<String> {
    let series = scene.ok("visit_series", json!({ "id": id }));
    series["visits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| {
            let by_hand = if visit["is_exception"] == true {
                " by hand"
            } else {
                ""
            };
            format!(
                "{} {}{by_hand}",
                visit["at"].as_str().unwrap(),
                visit["status"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn a_plan_says_what_each_date_is_and_booking_is_one_step() {
    let scene = Scene::new();
    // In the way of the second date.
    scene.book(&scene.kofi, "Op 2", "2031-03-11T10:00");
    let request = fields(&scene, &scene.yui, 3);
    let plan = scene.ok("plan_series", request.clone());
    assert_eq!(plan["rule"], "every week on Tuesday, 3 times");
    assert_eq!(plan["misfits"], 1);
    assert_eq!(
        states(&plan),
        [
            "2031-03-04 fits",
            "2031-03-11 refused → 2031-03-11T09:40 (same day)",
            "2031-03-18 fits"
        ]
    );
    assert_eq!(
        plan["dates"][1]["words"],
        "Op 2 is taken 10:00–10:45 by Osei, Kofi."
    );
    let refused = scene.call("book_series", request.clone()).unwrap_err();
    assert_eq!(refused.code, "series_does_not_fit");
    assert_eq!(
        refused.message,
        "Tue 11 Mar 2031: Op 2 is taken 10:00–10:45 by Osei, Kofi."
    );
    let opening = &plan["dates"][1]["openings"][0];
    let picked = with(
        request,
        json!({ "picks": [{ "date": "2031-03-11", "at": opening["at"], "operatory": opening["operatory"], "provider": opening["provider"] }] }),
    );
    let planned = scene.ok("plan_series", picked.clone());
    assert_eq!(planned["misfits"], 0, "{planned}");
    let booked = scene.ok("book_series", picked);
    let ids = booked["appointments"].as_array().unwrap();
    assert_eq!(
        visits(&scene, &ids[0]),
        [
            "2031-03-04T10:00 scheduled",
            "2031-03-11T09:40 scheduled",
            "2031-03-18T10:00 scheduled"
        ]
    );
    assert_eq!(
        booked["undo"]["undo"],
        "book a series of visits: Nakamura, Yui, Tue 4 Mar 10:00"
    );
    let history = scene.ok("history", json!({ "limit": 1 }));
    assert_eq!(
        history["entries"][0]["words"],
        "Booked 3 visits for Nakamura, Yui, the first Tue 4 Mar 10:00 Op 2"
    );
    scene.ok("undo", json!({}));
    assert_eq!(
        scene
            .call("appointment", json!({ "id": ids[2] }))
            .unwrap_err()
            .code,
        "unknown_appointment"
    );
    scene.ok("redo", json!({}));
    assert_eq!(visits(&scene, &ids[2]).len(), 3);
}

#[test]
fn a_closed_day_and_a_skipped_hour_are_offered_something_else() {
    let scene = Scene::new();
    scene.ok(
        "enter_absence",
        json!({
            "target": { "kind": "location", "id": scene.location() }, "location": scene.location(),
            "first": "2031-03-11", "last": "2031-03-11", "reason": "holiday",
        }),
    );
    let request = fields(&scene, &scene.yui, 2);
    let plan = scene.ok("plan_series", request.clone());
    assert_eq!(
        states(&plan),
        [
            "2031-03-04 fits",
            "2031-03-11 closed → 2031-03-10T10:00 (1 day earlier)"
        ]
    );
    let passing = scene.ok(
        "plan_series",
        with(request.clone(), json!({ "passes_over_closed": true })),
    );
    assert_eq!(states(&passing), ["2031-03-04 fits", "2031-03-18 fits"]);
    assert_eq!(passing["passed_over"][0]["date"], "2031-03-11");
    // Daylight saving begins on Sunday the ninth.
    let night = with(
        request,
        json!({ "at": "2031-03-09T02:30", "recurrence": { "repeat": { "kind": "daily", "every": 7 }, "ends": { "kind": "count", "times": 1 } } }),
    );
    let plan = scene.ok("plan_series", night);
    assert_eq!(plan["dates"][0]["state"], "no_such_time");
    assert_eq!(plan["dates"][0]["at"], "2031-03-09T02:30");
}

#[test]
fn this_following_and_all_move_and_are_called_off() {
    let scene = Scene::new();
    let booked = scene.ok("book_series", fields(&scene, &scene.yui, 4));
    let ids = booked["appointments"].as_array().unwrap();
    let moved = |index: usize, scope: &str, at: &str| json!({ "id": ids[index], "scope": scope, "at": at });
    // By hand, alone.
    scene.ok(
        "move_appointment",
        json!({ "id": ids[1], "at": "2031-03-12T15:00" }),
    );
    let plan = scene.ok("plan_series_change", moved(0, "all", "2031-03-05T10:30"));
    assert_eq!(
        states(&plan),
        ["2031-03-04 fits", "2031-03-18 fits", "2031-03-25 fits"]
    );
    assert_eq!(plan["passed_over"][0]["why"], "moved by hand before");
    let changed = scene.ok("change_series", moved(0, "all", "2031-03-05T10:30"));
    assert_eq!(changed["count"], 3);
    assert_eq!(
        visits(&scene, &ids[0]),
        [
            "2031-03-05T10:30 scheduled",
            "2031-03-12T15:00 scheduled by hand",
            "2031-03-19T10:30 scheduled",
            "2031-03-26T10:30 scheduled"
        ]
    );
    assert_eq!(
        scene.ok("visit_series", json!({ "id": ids[0] }))["rule"],
        "every week on Wednesday, 4 times"
    );
    scene.ok(
        "change_series",
        json!({ "id": ids[2], "scope": "following", "status": "confirmed" }),
    );
    let refused = scene
        .call(
            "change_series",
            json!({ "id": ids[2], "scope": "all", "status": "seated" }),
        )
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("status"));
    let gone = scene.ok(
        "cancel_series",
        json!({ "id": ids[2], "scope": "following", "reason": "Moved away" }),
    );
    assert_eq!(gone["count"], 2);
    assert_eq!(
        visits(&scene, &ids[0])[2..],
        ["2031-03-19T10:30 cancelled", "2031-03-26T10:30 cancelled"]
    );
    scene.ok("undo", json!({}));
    assert_eq!(visits(&scene, &ids[0])[3], "2031-03-26T10:30 confirmed");
}

#[test]
fn a_series_is_one_file_with_an_event_for_each_visit() {
    let scene = Scene::new();
    scene.ok(
        "save_setting",
        json!({ "kind": "practice", "name": "Harbour", "email": "desk@example.com", "phone": "", "time_increment_minutes": 10 }),
    );
    let booked = scene.ok("book_series", fields(&scene, &scene.yui, 3));
    let ids = booked["appointments"].as_array().unwrap();
    scene.ok("cancel_appointment", json!({ "id": ids[1], "reason": "ill" }));
    let file = scene.ok("series_ics", json!({ "id": ids[2] }));
    assert_eq!(file["file_name"], "appointments-2031-03-04.ics");
    let text = file["text"].as_str().unwrap();
    let count = |what: &str| text.matches(what).count();
    assert_eq!(
        (
            count("BEGIN:VEVENT"),
            count("UID:"),
            count("STATUS:CANCELLED"),
            count("METHOD:PUBLISH")
        ),
        (3, 3, 1, 1)
    );
    assert!(!text.contains("Nakamura") && !text.contains("RRULE:FREQ=WEEKLY"));
}

#[test]
fn a_visit_that_stands_for_itself_has_no_series() {
    let scene = Scene::new();
    assert_eq!(
        scene.ok("visit_series", json!({ "id": scene.visit })),
        Value::Null
    );
}
