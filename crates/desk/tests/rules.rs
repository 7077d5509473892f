//! What happens when a rule is broken, as an administrator sets it: for the practice and for types.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

/// Eight in the evening: the practice is closed.
fn late(scene: &Scene, kind: &str) -> Value {
    json!({
        "patient": scene.yui, "appointment_type": scene.id("appointment_types", kind), "at": format!("{DAY}T20:00"),
        "operatory": scene.id("operatories", "Op 3"), "provider": scene.id("providers", "Doctor 1"),
    })
}

fn policy_of(scene: &Scene, kind: &str) -> Vec<String> {
    let check = scene.ok("check_placement", late(scene, kind));
    let found = check["violations"].as_array().unwrap();
    found
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["rule"].as_str().unwrap(),
                one["policy"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn the_practice_says_what_happens_and_a_type_may_have_it_otherwise() {
    let scene = Scene::new();
    assert_eq!(
        policy_of(&scene, "Consultation"),
        ["outside_location_hours warn", "outside_provider_hours warn"]
    );
    scene.ok(
        "save_setting",
        json!({
            "kind": "practice", "name": "Harbour", "email": "", "phone": "", "time_increment_minutes": 10,
            "policies": [{ "rule": "outside_location_hours", "policy": "refuse" }],
        }),
    );
    let hello = scene.ok("hello", json!({}));
    let policies = hello["practice"]["policies"].as_array().unwrap();
    assert_eq!(policies.len(), clinic::Rule::ALL.len());
    assert!(policies.contains(&json!({ "rule": "outside_location_hours", "policy": "refuse" })));
    let kind = hello["roster"]["appointment_types"]
        .as_array()
        .unwrap()
        .iter()
        .find(|kind| kind["name"] == "Consultation")
        .unwrap()
        .clone();
    let save = |policies: Value| {
        let mut setting = kind.clone();
        setting["kind"] = "appointment_type".into();
        setting["policies"] = policies;
        scene.call("save_setting", setting)
    };
    save(json!([{ "rule": "outside_location_hours", "policy": "allow" }])).unwrap();
    assert_eq!(policy_of(&scene, "Consultation"), ["outside_provider_hours warn"]);
    assert_eq!(
        policy_of(&scene, "Emergency"),
        ["outside_location_hours refuse", "outside_provider_hours warn"]
    );
    let refused = save(json!([{ "rule": "buffer", "policy": "allow" }])).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("invalid", Some("policies"))
    );
    scene.ok("undo", json!({}));
    assert_eq!(
        policy_of(&scene, "Consultation"),
        ["outside_location_hours refuse", "outside_provider_hours warn"]
    );
}
