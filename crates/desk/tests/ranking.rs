//! How many visits may begin in an hour, and what counts how much when openings are ranked: as an administrator sets it, and what a
//! receptionist sees of it.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

fn save(scene: &Scene, more: Value) -> Result<Value, desk::DeskError> {
    let mut setting = json!({ "kind": "practice", "name": "Harbour", "email": "", "phone": "", "time_increment_minutes": 10 });
    for (name, value) in more.as_object().unwrap() {
        setting[name] = value.clone();
    }
    scene.call("save_setting", setting)
}

fn practice(scene: &Scene) -> Value {
    scene.ok("hello", json!({}))["practice"].clone()
}

fn placement(scene: &Scene, time: &str) -> Value {
    json!({
        "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"), "at": format!("{DAY}T{time}"),
        "operatory": scene.id("operatories", "Op 3"), "provider": scene.id("providers", "Doctor 1"),
    })
}

/// What is said about one more visit in an hour.
fn hour_full(scene: &Scene, time: &str) -> Option<Value> {
    let check = scene.ok("check_placement", placement(scene, time));
    let found = check["violations"].as_array().unwrap();
    found.iter().find(|one| one["rule"] == "visits_per_hour").cloned()
}

#[test]
fn a_limit_is_asked_about_and_openings_keep_it() {
    // Ana comes at nine, Kofi at eleven.
    let scene = Scene::new();
    assert_eq!(practice(&scene)["limits"], json!([]), "at first as many as fit");
    assert_eq!(hour_full(&scene, "09:50"), None);
    let doctor = scene.id("providers", "Doctor 1");
    let limit = json!({ "provider": doctor, "appointment_type": null, "most": 1 });
    save(&scene, json!({ "limits": [limit] })).unwrap();
    assert_eq!(practice(&scene)["limits"], json!([limit]));
    let asked = hour_full(&scene, "09:50").unwrap();
    assert_eq!(
        (&asked["policy"], &asked["message"]),
        (
            &json!("warn"),
            &json!("Doctor 1 has the 1 visit that may begin 9:00–10:00")
        )
    );
    assert_eq!(hour_full(&scene, "10:00"), None);
    let refused = scene
        .call("book_appointment", placement(&scene, "09:50"))
        .unwrap_err();
    assert_eq!(refused.code, "needs_acknowledgement");
    let found = scene.ok(
        "openings",
        json!({
            "appointment_type": scene.id("appointment_types", "Consultation"), "provider": doctor, "from": DAY, "days": 1, "limit": 200,
        }),
    );
    let hours: Vec<&str> = found["openings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|opening| &opening["at"].as_str().unwrap()[11..13])
        .collect();
    assert!(
        hours.contains(&"10") && !hours.contains(&"09") && !hours.contains(&"11"),
        "{hours:?}"
    );

    // Other settings leave limits alone, and undo takes them back.
    save(
        &scene,
        json!({ "weights": [{ "factor": "load", "weight": "much" }] }),
    )
    .unwrap();
    assert_eq!(practice(&scene)["limits"], json!([limit]));
    scene.ok("undo", json!({}));
    scene.ok("undo", json!({}));
    assert_eq!(practice(&scene)["limits"], json!([]));
    assert_eq!(hour_full(&scene, "09:50"), None);
}

#[test]
fn a_limit_that_cannot_be_is_told() {
    let scene = Scene::new();
    let told = |limits: Value| {
        let error = save(&scene, json!({ "limits": limits })).unwrap_err();
        (error.code, error.message, error.field)
    };
    let of = |most: u16| json!({ "provider": null, "appointment_type": null, "most": most });
    let field = Some("limits".to_owned());
    assert_eq!(
        told(json!([of(0)])),
        (
            "invalid".to_owned(),
            "A limit goes from 1 to 60 visits an hour.".to_owned(),
            field.clone()
        )
    );
    assert_eq!(told(json!([of(3), of(4)])).2, field);
    let nobody = json!({ "provider": scene.ana, "appointment_type": null, "most": 3 });
    let (code, _, at) = told(json!([nobody]));
    assert_eq!((code.as_str(), at), ("unknown_record", field));
}

#[test]
fn weights_are_listed_and_changed_one_by_one_and_the_audit_says_how() {
    let scene = Scene::new();
    let weights = |scene: &Scene| -> Vec<String> {
        practice(scene)["weights"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                format!(
                    "{} {}",
                    one["factor"].as_str().unwrap(),
                    one["weight"].as_str().unwrap()
                )
            })
            .collect()
    };
    let at_first = [
        "lead_time first",
        "template normal",
        "load little",
        "continuity normal",
        "preferences normal",
        "fragments normal",
        "family normal",
    ];
    assert_eq!(weights(&scene), at_first);
    save(
        &scene,
        json!({ "weights": [{ "factor": "lead_time", "weight": "little" }] }),
    )
    .unwrap();
    save(
        &scene,
        json!({ "weights": [{ "factor": "family", "weight": "off" }] }),
    )
    .unwrap();
    let now = weights(&scene);
    assert_eq!(
        (now[0].as_str(), now[6].as_str()),
        ("lead_time little", "family off")
    );
    assert_eq!(now[1..6], at_first[1..6]);
    let unknown = save(
        &scene,
        json!({ "weights": [{ "factor": "moon", "weight": "off" }] }),
    )
    .unwrap_err();
    assert_eq!(unknown.code, "bad_request");
}

#[test]
fn what_was_learned_of_a_patient_is_said_with_openings() {
    let scene = Scene::new();
    let request = json!({
        "appointment_type": scene.id("appointment_types", "Consultation"), "patient": scene.yui, "days": 14,
    });
    assert_eq!(scene.ok("openings", request.clone())["learned"], json!([]));
    // Three Tuesdays, each kept.
    let mut day: jiff::civil::Date = DAY.parse().unwrap();
    for _ in 0..3 {
        let visit = scene.book(&scene.yui, "Op 3", &format!("{day}T10:00"));
        scene.wait_minutes(180);
        for status in ["arrived", "seated", "completed"] {
            scene.ok("set_status", json!({ "id": visit, "status": status }));
        }
        scene.wait_minutes(7 * 24 * 60 - 180);
        day = day.checked_add(jiff::Span::new().days(7)).unwrap();
    }
    let found = scene.ok("openings", request);
    assert_eq!(
        found["learned"],
        json!([
            "usually on Tuesdays (3 of 3 visits)",
            "usually in the morning (3 of 3 visits)"
        ])
    );
    let best = &found["openings"][0];
    assert_eq!(best["operatory"], scene.id("operatories", "Op 3"), "{best}");
    let reasons: Vec<&str> = best["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for reason in [
        "with Doctor 1 as before",
        "in Op 3 as before",
        "a Tuesday like 3 of 3 visits",
    ] {
        assert!(reasons.contains(&reason), "{reasons:?}");
    }
}
