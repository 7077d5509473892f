//! Equipment that visits share, as people at a desk have it: settings, bookings, openings, cards.

#![allow(clippy::unwrap_used)]

mod support {
    pub mod scene;
}

use serde_json::{Value, json};
use support::scene::{DAY, Scene};

/// One scanner at the only location.
fn with_scanner(scene: &Scene, pieces: u16) -> Value {
    let roster = scene.ok(
        "save_setting",
        json!({
            "kind": "equipment", "id": null, "name": " Scanner ", "is_active": true,
            "counts": [{ "location": scene.location(), "pieces": pieces }],
        }),
    );
    roster["equipment"][0].clone()
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

/// Consultations use it from their start for so many minutes; those that are booked do, too, if that is said.
fn uses(scene: &Scene, scanner: &Value, until: Option<u16>, booked: &str) {
    let mut kind = consultation(scene);
    kind["equipment"] = json!([{ "equipment": scanner["id"], "from_minute": 0, "until_minute": until }]);
    kind["booked"] = booked.into();
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

fn booking(scene: &Scene, doctor: &Value, patient: &Value, chair: &str, at: &str) -> Value {
    json!({
        "patient": patient, "appointment_type": scene.id("appointment_types", "Consultation"), "at": format!("{DAY}T{at}"),
        "operatory": scene.id("operatories", chair), "provider": doctor, "leave": { "acknowledge_warnings": true },
    })
}

#[test]
fn it_is_counted_renamed_and_taken_out_of_use() {
    let scene = Scene::new();
    let scanner = with_scanner(&scene, 2);
    assert_eq!(scanner["name"], "Scanner");
    assert_eq!(
        scanner["counts"],
        json!([{ "location": scene.location(), "pieces": 2 }])
    );
    let again =
        json!({ "kind": "equipment", "id": null, "name": "scanner", "counts": [], "is_active": true });
    let refused = scene.call("save_setting", again).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("invalid", Some("name"))
    );
    let roster = scene.ok(
        "save_setting",
        json!({
            "kind": "equipment", "id": scanner["id"], "name": "3D scanner", "is_active": false,
            "counts": [{ "location": scene.location(), "pieces": 0 }],
        }),
    );
    assert_eq!(roster["equipment"][0]["name"], "3D scanner");
    assert_eq!(roster["equipment"][0]["counts"], json!([]), "none is not kept");
    let nobody =
        json!({ "kind": "equipment", "id": scene.ana, "name": "X", "counts": [], "is_active": true });
    assert_eq!(
        scene.call("save_setting", nobody).unwrap_err().code,
        "unknown_record"
    );
    let history = scene.ok("history", json!({}));
    let said = history["entries"][0]["details"].to_string() + &history["entries"][0].to_string();
    assert!(said.contains("3D scanner"), "{history}");
}

#[test]
fn a_changed_type_asks_about_booked_visits_and_takes_those_along_for_which_there_is_a_piece() {
    let scene = Scene::new();
    let doctor = second_doctor(&scene);
    // Ana at nine in Op 1, Yui at the same time in Op 2.
    scene.ok(
        "book_appointment",
        booking(&scene, &doctor, &scene.yui, "Op 2", "09:00"),
    );
    let scanner = with_scanner(&scene, 1);
    let kind = consultation(&scene);
    let change = json!({
        "id": kind["id"], "pattern": kind["pattern"], "buffer_before_minutes": kind["buffer_before_minutes"],
        "buffer_after_minutes": kind["buffer_after_minutes"],
        "equipment": [{ "equipment": scanner["id"], "from_minute": 0 }],
    });
    let found = scene.ok("preview_type_change", change);
    assert_eq!(
        (&found["count"], &found["fitting"]),
        (&json!(3), &json!(2)),
        "{found}"
    );
    let reasons = found["first"].to_string();
    assert!(reasons.contains("Scanner is in use 9:00"), "{reasons}");
    uses(&scene, &scanner, None, "change_those_that_fit");
    // The first of the two has it now; the other stays without.
    let check = scene.ok(
        "check_placement",
        booking(&scene, &doctor, &scene.kofi, "Op 2", "09:05"),
    );
    let violations = check["violations"].as_array().unwrap();
    let about: Vec<&Value> = violations
        .iter()
        .filter(|one| one["rule"] == "equipment")
        .collect();
    assert_eq!(about.len(), 1, "{check}");
    let message = about[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Scanner is in use 9:05–") && message.ends_with(" by Rivera, Ana (Op 1)"),
        "{message}"
    );
    assert_eq!(
        scene.ok("hello", json!({}))["conflict_count"],
        0,
        "nothing became a conflict"
    );
}

#[test]
fn the_check_openings_and_the_override_agree() {
    let scene = Scene::new();
    let doctor = second_doctor(&scene);
    let scanner = with_scanner(&scene, 1);
    uses(&scene, &scanner, Some(10), "change_those_that_fit");
    let place = booking(&scene, &doctor, &scene.yui, "Op 2", "09:05");
    let check = scene.ok("check_placement", place.clone());
    let found = check["violations"].as_array().unwrap();
    let about = found.iter().find(|one| one["rule"] == "equipment").unwrap();
    assert_eq!(about["policy"], "refuse");
    assert_eq!(
        about["message"],
        "Scanner is in use 9:05–9:10 by Rivera, Ana (Op 1)"
    );
    assert_eq!(about["appointment"], scene.visit);

    let openings = scene.ok(
        "openings",
        json!({
            "appointment_type": scene.id("appointment_types", "Consultation"), "operatory": scene.id("operatories", "Op 2"),
            "provider": doctor, "from": DAY, "days": 1, "limit": 100,
        }),
    );
    let at: Vec<&str> = openings["openings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["at"].as_str().unwrap())
        .collect();
    assert!(
        !at.contains(&format!("{DAY}T09:00").as_str()) && !at.contains(&format!("{DAY}T09:05").as_str()),
        "{at:?}"
    );
    assert!(at.contains(&format!("{DAY}T09:10").as_str()), "{at:?}");

    let refused = scene.call("book_appointment", place.clone()).unwrap_err();
    assert_eq!(refused.code, "no_equipment");
    let mut knowingly = place;
    knowingly["leave"] = json!({ "override_reason": "the other practice lends one" });
    let booked = scene.ok("book_appointment", knowingly);
    assert!(
        booked["warnings"].to_string().contains("Scanner is in use"),
        "{booked}"
    );
    assert_eq!(
        scene.ok("hello", json!({}))["conflict_count"],
        0,
        "who decides knowingly is not asked again"
    );

    // Somebody moves it within the stretch: other times, another question, with a way out for each.
    let visit = &booked["appointment"]["id"];
    scene.ok(
        "move_appointment",
        json!({ "id": visit, "at": format!("{DAY}T09:30"), "leave": { "acknowledge_warnings": true } }),
    );
    let by_hand = scene.ok("appointment", json!({ "id": visit }));
    assert_eq!(by_hand["card"]["start_minute"], 9 * 60 + 30);
}

#[test]
fn a_card_says_which_equipment_and_offers_ways_out() {
    let scene = Scene::new();
    let doctor = second_doctor(&scene);
    let scanner = with_scanner(&scene, 2);
    uses(&scene, &scanner, None, "change_those_that_fit");
    scene.ok(
        "book_appointment",
        booking(&scene, &doctor, &scene.yui, "Op 2", "09:00"),
    );
    assert_eq!(scene.ok("conflicts", json!({}))["cards"], json!([]));
    // One breaks: two visits have the one that is left.
    scene.ok(
        "save_setting",
        json!({
            "kind": "equipment", "id": scanner["id"], "name": "Scanner", "is_active": true,
            "counts": [{ "location": scene.location(), "pieces": 1 }],
        }),
    );
    let cards = scene.ok("conflicts", json!({}))["cards"].clone();
    assert_eq!(cards.as_array().unwrap().len(), 1, "{cards}");
    let card = &cards[0];
    let title = card["title"].as_str().unwrap();
    assert!(
        title.starts_with("One Scanner too few Tue 4 Mar 9:00–"),
        "{title}"
    );
    assert_eq!(card["details"]["what"], "equipment");
    let sides = card["details"]["sides"].as_array().unwrap();
    assert_eq!(sides[0]["card"]["patient_name"], "Rivera, Ana", "booked first");
    assert!(!sides[1]["ways_out"].as_array().unwrap().is_empty(), "{card}");
    let kept = scene.ok(
        "keep_both",
        json!({ "key": card["key"], "reason": "one after the other" }),
    );
    assert_eq!(kept["cards"], json!([]));
}
