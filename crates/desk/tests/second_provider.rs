//! A second provider in a visit, as people at a desk have it: types, bookings, free times, an absent doctor.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

/// Doctors who are in every day.
fn doctor(scene: &Scene, name: &str, letter: &str) -> Value {
    let hours: Vec<Value> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
        .iter()
        .map(|day| json!({ "location": scene.location(), "weekday": day, "from": "08:00", "until": "17:00" }))
        .collect();
    let roster = scene.ok(
        "save_setting",
        json!({
            "kind": "provider", "id": null, "name": name, "short_name": name, "provider_kind": "doctor", "hue": 3,
            "letter": letter, "hours": hours, "is_active": true,
        }),
    );
    let providers = roster["providers"].as_array().unwrap();
    providers.iter().find(|one| one["name"] == name).unwrap()["id"].clone()
}

/// The consultation as it is, for saving again.
fn consultation(scene: &Scene) -> Value {
    let hello = scene.ok("hello", json!({}));
    let kinds = hello["roster"]["appointment_types"].as_array().unwrap();
    let mut kind = kinds
        .iter()
        .find(|kind| kind["name"] == "Consultation")
        .unwrap()
        .clone();
    kind["kind"] = "appointment_type".into();
    kind.as_object_mut().unwrap().remove("follow_up");
    kind
}

/// Consultations in which one of these looks in for the last five minutes.
fn with_check(scene: &Scene, doctors: &[&Value]) -> String {
    let mut kind = consultation(scene);
    let units = kind["pattern"].as_str().unwrap().len();
    let second = format!("{}X", "/".repeat(units - 1));
    kind["second_pattern"] = second.clone().into();
    kind["second_providers"] = json!(doctors);
    scene.ok("save_setting", kind);
    second
}

fn booking(scene: &Scene, first: &Value, second: &Value) -> Value {
    json!({
        "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"), "at": format!("{DAY}T13:00"),
        "operatory": scene.id("operatories", "Op 2"), "provider": first, "second_provider": second,
        "leave": { "acknowledge_warnings": false },
    })
}

#[test]
fn it_is_set_up_booked_asked_about_and_changed() {
    let scene = Scene::new();
    let (one, two, three) = (
        doctor(&scene, "Chen", "C"),
        doctor(&scene, "Patel", "P"),
        doctor(&scene, "Diaz", "D"),
    );
    let second = with_check(&scene, &[&two]);
    let kind = consultation(&scene);
    assert_eq!(
        (&kind["second_pattern"], &kind["second_providers"]),
        (&json!(second), &json!([two]))
    );
    let refused = scene
        .call("book_appointment", booking(&scene, &one, &Value::Null))
        .unwrap_err();
    assert_eq!(refused.code, "needs_acknowledgement");
    assert!(
        refused.message.contains("needs a second provider"),
        "{}",
        refused.message
    );
    let refused = scene
        .call("book_appointment", booking(&scene, &two, &two))
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("second_provider"));
    let refused = scene
        .call("book_appointment", booking(&scene, &one, &three))
        .unwrap_err();
    assert!(
        refused.message.contains("cannot be the second provider"),
        "{}",
        refused.message
    );

    let booked = scene.ok("book_appointment", booking(&scene, &one, &two));
    let card = &booked["appointment"];
    assert_eq!(
        (&card["second_provider"], &card["second_pattern"]),
        (&two, &json!(second))
    );
    let changed = scene.ok(
        "move_appointment",
        json!({ "id": card["id"], "second_provider": three, "leave": { "acknowledge_warnings": true } }),
    );
    assert_eq!(changed["appointment"]["second_provider"], three);
    let shown = scene.ok("appointment", json!({ "id": card["id"] }));
    let done = shown["history"][0]["words"].to_string();
    assert!(done.contains("then with Diaz"), "{}", shown["history"][0]);
    scene.ok("undo", json!({}));
    let shown = scene.ok("appointment", json!({ "id": card["id"] }));
    assert_eq!(shown["card"]["second_provider"], two);

    let nobody = |yes: bool| json!({ "id": card["id"], "no_second_provider": true, "leave": { "acknowledge_warnings": yes } });
    let asked = scene.call("move_appointment", nobody(false)).unwrap_err();
    assert_eq!(asked.code, "needs_acknowledgement");
    let cleared = scene.ok("move_appointment", nobody(true));
    assert_eq!(cleared["appointment"]["second_provider"], Value::Null);
    assert_eq!(cleared["appointment"]["start_minute"], card["start_minute"]);
    let shown = scene.ok("appointment", json!({ "id": card["id"] }));
    let done = shown["history"][0]["words"].to_string();
    assert!(done.contains("without a second provider"), "{done}");
    let both = json!({ "id": card["id"], "no_second_provider": true, "second_provider": two });
    let refused = scene.call("move_appointment", both).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("second_provider"));
}

#[test]
fn a_doctor_who_is_ill_is_replaced_where_they_only_look_in() {
    let scene = Scene::new();
    let (one, two, three) = (
        doctor(&scene, "Chen", "C"),
        doctor(&scene, "Patel", "P"),
        doctor(&scene, "Diaz", "D"),
    );
    with_check(&scene, &[&two, &three]);
    let booked = scene.ok("book_appointment", booking(&scene, &one, &two));
    let id = booked["appointment"]["id"].clone();
    let plan = scene.ok(
        "plan_rescheduling",
        json!({ "provider": two, "date": DAY, "days": 1 }),
    );
    let moves = plan["moves"].as_array().unwrap();
    assert_eq!(moves.len(), 1, "{plan}");
    let to = &moves[0]["to"];
    assert_eq!(
        (&to["at"], &to["provider"], &to["second_provider"]),
        (&json!(format!("{DAY}T13:00")), &one, &three)
    );
    scene.ok(
        "reschedule_visits",
        json!({ "moves": [{
            "id": id, "from": format!("{DAY}T13:00"), "at": to["at"], "operatory": to["operatory"],
            "provider": to["provider"], "second_provider": to["second_provider"],
        }] }),
    );
    let shown = scene.ok("appointment", json!({ "id": id }));
    assert_eq!(shown["card"]["second_provider"], three);
}

#[test]
fn a_series_has_somebody_second_on_each_date_and_a_picked_date_its_own() {
    let scene = Scene::new();
    let (chen, patel) = (doctor(&scene, "Chen", "C"), doctor(&scene, "Patel", "P"));
    with_check(&scene, &[&chen, &patel]);
    let mut wanted = booking(&scene, &scene.id("providers", "Doctor 1"), &chen);
    wanted["at"] = json!(format!("{DAY}T15:00"));
    wanted["recurrence"] = json!({ "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": 3 } });
    let plan = scene.ok("plan_series", wanted.clone());
    assert_eq!(plan["misfits"], 0, "{plan}");
    let second_date = plan["dates"][1]["date"].as_str().unwrap();
    wanted["picks"] =
        json!([{ "date": second_date, "at": format!("{second_date}T16:00"), "second_provider": patel }]);
    let booked = scene.ok("book_series", wanted.clone());
    let seconds: Vec<Value> = booked["appointments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| scene.ok("appointment", json!({ "id": id }))["card"]["second_provider"].clone())
        .collect();
    assert_eq!(seconds, [chen.clone(), patel.clone(), chen]);

    let id = booked["appointments"][0].clone();
    let other = scene.ok(
        "change_series",
        json!({ "id": id, "scope": "all", "second_provider": patel, "picks": [] }),
    );
    assert_eq!(other["count"], 2, "one has her already: {other}");
    let seconds = |scene: &Scene| -> Vec<Value> {
        let ids = booked["appointments"].as_array().unwrap();
        ids.iter()
            .map(|id| scene.ok("appointment", json!({ "id": id }))["card"]["second_provider"].clone())
            .collect()
    };
    assert_eq!(seconds(&scene), [patel.clone(), patel.clone(), patel.clone()]);
    let plan = scene.ok(
        "plan_series_change",
        json!({ "id": id, "scope": "all", "no_second_provider": true, "picks": [] }),
    );
    assert_eq!(plan["misfits"], 3, "each is asked about: {plan}");

    // Nobody named is asked about on each date.
    wanted["second_provider"] = Value::Null;
    wanted["at"] = json!(format!("{DAY}T09:00"));
    let asked = scene.ok("plan_series", wanted);
    let about = asked["dates"][2]["violations"].as_array().unwrap();
    assert!(
        about.iter().any(|one| one["rule"] == "type_not_allowed"),
        "{asked}"
    );
}
