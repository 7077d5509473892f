//! Assistants by period, as people at a desk have them: settings, types, bookings, openings.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

/// The only location as it is, for saving again with these assistants.
fn location(scene: &Scene, assistants: Option<Value>) -> Value {
    let hello = scene.ok("hello", json!({}));
    let mut place = hello["roster"]["locations"][0].clone();
    place["kind"] = "location".into();
    let fields = place.as_object_mut().unwrap();
    fields.remove("rota");
    fields.remove("assistants");
    fields.extend(assistants.map(|list| ("assistants".to_owned(), list)));
    place
}

fn on_tuesday(count: u16) -> Value {
    json!([{ "weekday": "tuesday", "from": "08:00", "until": "17:00", "count": count }])
}

/// Consultations need one for all of the visit, those that are booked, too.
fn for_the_whole_visit(scene: &Scene) {
    let hello = scene.ok("hello", json!({}));
    let kinds = hello["roster"]["appointment_types"].as_array().unwrap();
    let kind = kinds.iter().find(|kind| kind["name"] == "Consultation").unwrap();
    assert_eq!(kind["assistant"], "doctor_away", "as patterns say");
    let mut kind = kind.clone();
    kind["kind"] = "appointment_type".into();
    kind["assistant"] = "whole_visit".into();
    kind["booked"] = "change_those_that_fit".into();
    kind.as_object_mut().unwrap().remove("follow_up");
    scene.ok("save_setting", kind);
}

/// A second doctor, in every day.
fn second_doctor(scene: &Scene) -> Value {
    let hours: Vec<Value> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
        .iter()
        .map(|day| json!({ "location": scene.location(), "weekday": day, "from": "08:00", "until": "17:00" }))
        .collect();
    let roster = scene.ok(
        "save_setting",
        json!({
            "kind": "provider", "id": null, "name": "Doctor 2", "short_name": "Two", "provider_kind": "doctor", "hue": 3,
            "letter": "T", "hours": hours, "is_active": true,
        }),
    );
    let providers = roster["providers"].as_array().unwrap();
    providers.iter().find(|one| one["name"] == "Doctor 2").unwrap()["id"].clone()
}

#[test]
fn they_are_entered_kept_by_other_edits_and_refused_in_words() {
    let scene = Scene::new();
    let two = json!([
        { "weekday": "tuesday", "from": "13:00", "until": "00:00", "count": 1 },
        { "weekday": "monday", "from": "08:00", "until": "12:00", "count": 3 },
    ]);
    let roster = scene.ok("save_setting", location(&scene, Some(two)));
    let sorted = json!([
        { "weekday": "monday", "from": "08:00:00", "until": "12:00:00", "count": 3 },
        { "weekday": "tuesday", "from": "13:00:00", "until": "00:00:00", "count": 1 },
    ]);
    assert_eq!(roster["locations"][0]["assistants"], sorted);
    let mut renamed = location(&scene, None);
    renamed["name"] = "Main Street".into();
    let roster = scene.ok("save_setting", renamed);
    assert_eq!(
        roster["locations"][0]["assistants"], sorted,
        "left out: as they are"
    );
    for (assistants, words) in [
        (
            json!([{ "weekday": "monday", "from": "8", "until": "12:00", "count": 3 }]),
            "8",
        ),
        (
            json!([{ "weekday": "monday", "from": "08:00", "until": "12:00", "count": 0 }]),
            "1 to 99 assistants",
        ),
        (
            json!([
                { "weekday": "monday", "from": "08:00", "until": "12:00", "count": 1 },
                { "weekday": "monday", "from": "11:00", "until": "12:00", "count": 1 },
            ]),
            "overlap",
        ),
    ] {
        let refused = scene
            .call("save_setting", location(&scene, Some(assistants)))
            .unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("assistants"), "{refused:?}");
        assert!(refused.message.contains(words), "{refused:?}");
    }
    let history = scene.ok("history", json!({})).to_string();
    assert!(history.contains("Main Street"), "{history}");
    let roster = scene.ok("save_setting", location(&scene, Some(json!([]))));
    assert_eq!(roster["locations"][0]["assistants"], json!([]));
}

#[test]
fn the_check_openings_and_booking_knowingly_agree() {
    let scene = Scene::new();
    let doctor = second_doctor(&scene);
    for_the_whole_visit(&scene);
    let place = json!({
        "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"), "at": format!("{DAY}T09:05"),
        "operatory": scene.id("operatories", "Op 2"), "provider": doctor, "leave": {},
    });
    let about = |check: &Value| {
        let found = check["violations"].as_array().unwrap().iter();
        found
            .filter(|one| one["rule"] == "assistants")
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        about(&scene.ok("check_placement", place.clone())),
        [] as [Value; 0]
    );
    scene.ok("save_setting", location(&scene, Some(on_tuesday(1))));
    let found = about(&scene.ok("check_placement", place.clone()));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["policy"], "warn");
    let message = found[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("The only assistant is with Rivera, Ana (Op 1) 9:05–"),
        "{message}"
    );

    let openings = || {
        let found = scene.ok(
            "openings",
            json!({
                "appointment_type": scene.id("appointment_types", "Consultation"), "operatory": scene.id("operatories", "Op 2"),
                "provider": doctor, "from": DAY, "days": 1, "limit": 100,
            }),
        );
        let list = found["openings"].as_array().unwrap().clone();
        list.into_iter()
            .map(|one| (one["at"].as_str().unwrap().to_owned(), one["reasons"].to_string()))
            .collect::<Vec<_>>()
    };
    let nine = format!("{DAY}T09:00");
    let offered = openings();
    let first_without = offered
        .iter()
        .position(|(_, reasons)| reasons.contains("no assistant is free"))
        .unwrap();
    assert!(
        offered[first_without..]
            .iter()
            .all(|(_, reasons)| reasons.contains("no assistant is free")),
        "after all others: {offered:?}"
    );
    assert!(offered[first_without..].iter().any(|(at, _)| *at == nine));

    let refused = scene.call("book_appointment", place.clone()).unwrap_err();
    assert_eq!(refused.code, "needs_acknowledgement");
    let mut knowingly = place.clone();
    knowingly["leave"] = json!({ "acknowledge_warnings": true });
    let booked = scene.ok("book_appointment", knowingly);
    assert!(
        booked["warnings"].to_string().contains("The only assistant"),
        "{booked}"
    );
    assert_eq!(booked["appointment"]["assistant"], "whole_visit");
    assert_eq!(scene.ok("hello", json!({}))["conflict_count"], 0);
    scene.ok("undo", json!({}));

    // Refused, it is neither offered nor booked without an override.
    let practice = scene.ok("hello", json!({}))["practice"].clone();
    scene.ok(
        "save_setting",
        json!({
            "kind": "practice", "name": practice["name"], "email": "", "phone": "",
            "time_increment_minutes": practice["time_increment_minutes"],
            "policies": [{ "rule": "assistants", "policy": "refuse" }],
        }),
    );
    assert!(openings().iter().all(|(at, _)| *at != nine));
    let refused = scene.call("book_appointment", place).unwrap_err();
    assert_eq!(refused.code, "no_assistant");
}
