//! Types of visits as an administrator edits them: what they say, and what becomes of booked visits.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

/// The consultation as it is, for saving again.
fn consultation(scene: &Scene) -> Value {
    let hello = scene.ok("hello", json!({}));
    let mut kind = hello["roster"]["appointment_types"]
        .as_array()
        .unwrap()
        .iter()
        .find(|kind| kind["name"] == "Consultation")
        .unwrap()
        .clone();
    kind["kind"] = "appointment_type".into();
    kind.as_object_mut().unwrap().remove("follow_up");
    kind
}

fn lengths(scene: &Scene) -> Vec<(String, u64)> {
    let sheet = scene.ok("day_sheet", scene.day());
    sheet["appointments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            (
                card["patient_name"].as_str().unwrap().to_owned(),
                card["length_minutes"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn preview(scene: &Scene, pattern: &str) -> Value {
    let kind = consultation(scene);
    scene.ok(
        "preview_type_change",
        json!({
            "id": kind["id"], "pattern": pattern,
            "buffer_before_minutes": kind["buffer_before_minutes"], "buffer_after_minutes": kind["buffer_after_minutes"],
        }),
    )
}

#[test]
fn booked_visits_stay_unless_an_administrator_says_otherwise() {
    let scene = Scene::new();
    let before = lengths(&scene);
    let length = before[0].1;
    assert_eq!(before.len(), 2);
    let longer = "X".repeat(usize::try_from(length / 5 + 3).unwrap());

    let found = preview(&scene, &longer);
    assert_eq!(
        (&found["count"], &found["fitting"]),
        (&json!(2), &json!(2)),
        "{found}"
    );
    assert_eq!(found["first"][0]["patient_name"], "Rivera, Ana");
    assert_eq!(found["first"][0]["at"], format!("{DAY}T09:00"));
    assert_eq!(found["first"][0]["new_length_minutes"], length + 15);
    assert_eq!(found["first"][0]["reasons"], json!([]));

    let mut setting = consultation(&scene);
    setting["pattern"] = longer.clone().into();
    scene.ok("save_setting", setting.clone());
    assert_eq!(lengths(&scene), before, "left as they are");
    scene.ok("undo", json!({}));

    setting["booked"] = "change_those_that_fit".into();
    scene.ok("save_setting", setting);
    assert!(lengths(&scene).iter().all(|(_, now)| *now == length + 15));
    assert_eq!(consultation(&scene)["pattern"], longer);
    let undone = scene.ok("undo", json!({}));
    assert!(
        undone.to_string().contains("change a type and its visits"),
        "{undone}"
    );
    assert_eq!(lengths(&scene), before, "one step takes all of it back");
    assert_ne!(consultation(&scene)["pattern"], longer);
}

#[test]
fn those_that_do_not_fit_are_told_with_the_reason_and_stay() {
    let scene = Scene::new();
    let length = lengths(&scene)[0].1;
    // Right behind Ana’s visit, in the same chair.
    let minute = 9 * 60 + length;
    let at = format!("{DAY}T{:02}:{:02}", minute / 60, minute % 60);
    scene.book(&scene.yui, "Op 1", &at);
    let longer = "X".repeat(usize::try_from(length / 5 + 3).unwrap());
    let found = preview(&scene, &longer);
    assert_eq!(
        (&found["count"], &found["fitting"]),
        (&json!(3), &json!(2)),
        "{found}"
    );
    let reasons = found["first"][0]["reasons"].to_string();
    assert!(
        reasons.contains("Op 1 is taken") && reasons.contains("Nakamura, Yui"),
        "{reasons}"
    );

    let mut setting = consultation(&scene);
    setting["pattern"] = longer.into();
    setting["booked"] = "change_those_that_fit".into();
    scene.ok("save_setting", setting);
    let now = lengths(&scene);
    let of = |name: &str| {
        now.iter()
            .find(|(patient, _)| patient.starts_with(name))
            .unwrap()
            .1
    };
    assert_eq!(
        (of("Rivera"), of("Nakamura"), of("Osei")),
        (length, length + 15, length + 15)
    );
    assert_eq!(scene.ok("hello", json!({}))["conflict_count"], 0);
}

#[test]
fn what_a_type_says_is_kept_where_a_request_leaves_it_out() {
    let scene = Scene::new();
    let mut setting = consultation(&scene);
    let emergency = scene.id("appointment_types", "Emergency");
    setting["locations"] = json!([scene.location()]);
    setting["online_text"] = "First visit, no treatment.".into();
    setting["reminder_text"] = "Bring your insurance card.".into();
    setting["follow_up"] = json!({ "appointment_type": emergency, "weeks": 6 });
    scene.ok("save_setting", setting.clone());
    for field in ["locations", "online_text", "reminder_text", "follow_up"] {
        setting.as_object_mut().unwrap().remove(field);
    }
    setting["name"] = "First talk".into();
    let roster = scene.ok("save_setting", setting.clone());
    let of = |roster: &Value| {
        let kinds = roster["appointment_types"].as_array().unwrap();
        kinds
            .iter()
            .find(|kind| kind["name"] == "First talk")
            .unwrap()
            .clone()
    };
    let kind = of(&roster);
    assert_eq!(
        kind["follow_up"],
        json!({ "appointment_type": emergency, "weeks": 6 })
    );
    assert_eq!(kind["reminder_text"], "Bring your insurance card.");
    assert_eq!(kind["online_text"], "First visit, no treatment.");
    assert_eq!(kind["locations"], json!([scene.location()]));
    setting["follow_up"] = json!({ "appointment_type": null });
    assert_eq!(of(&scene.ok("save_setting", setting))["follow_up"], Value::Null);
}

#[test]
fn a_length_that_cannot_be_is_refused_with_its_field() {
    let scene = Scene::new();
    for (pattern, code) in [
        ("", "bad_pattern"),
        ("XYX", "bad_pattern"),
        (&"X".repeat(288), "invalid"),
        (&"X".repeat(289), "bad_pattern"),
    ] {
        let mut setting = consultation(&scene);
        setting["pattern"] = pattern.into();
        let refused = scene.call("save_setting", setting).unwrap_err();
        assert_eq!(
            (refused.code.as_str(), refused.field.as_deref()),
            (code, Some("pattern")),
            "{pattern}: {refused:?}"
        );
    }
}
