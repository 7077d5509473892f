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

#[test]
fn several_things_done_in_one_visit_are_one_booking_with_the_time_of_all() {
    let scene = Scene::new();
    let kind = |name: &str| scene.id("appointment_types", name);
    let (adjustment, retainer) = (kind("Adjustment"), kind("Retainer check"));
    let together = scene.ok(
        "merge_procedures",
        json!({ "appointment_type": adjustment, "also": [retainer] }),
    );
    assert_eq!(
        together,
        json!({
            "name": "Adjustment + Retainer check", "pattern": "/XXX///", "length_minutes": 35, "provider_minutes": 15,
            "buffer_before_minutes": 0, "buffer_after_minutes": 0,
        })
    );
    let found = scene.ok(
        "openings",
        json!({ "appointment_type": adjustment, "also": [retainer], "from": "2031-03-05", "limit": 1 }),
    );
    assert_eq!(found["openings"][0]["length_minutes"], 35);

    let mut wanted = wanted(&scene, "2031-03-05T09:00", "Op 2");
    wanted["appointment_type"] = adjustment.clone();
    wanted["also"] = json!([retainer]);
    let booked = scene.ok("book_appointment", wanted.clone())["appointment"].clone();
    assert_eq!(
        (&booked["length_minutes"], &booked["also"]),
        (&json!(35), &json!([retainer]))
    );

    // Somebody has the minutes that a third thing would take.
    let mut next = wanted.clone();
    next["patient"] = scene.kofi.clone();
    next["at"] = "2031-03-05T09:35".into();
    next["also"] = json!([]);
    scene.ok("book_appointment", next);
    let more = json!({ "id": booked["id"], "also": [retainer, kind("Observation")] });
    let check = scene.ok(
        "check_placement",
        json!({
            "appointment": booked["id"], "appointment_type": adjustment, "also": more["also"], "at": "2031-03-05T09:00",
            "operatory": wanted["operatory"], "provider": wanted["provider"], "pattern": "/XXXXX///",
        }),
    );
    assert_eq!(check["violations"][0]["rule"], "operatory_overlap", "{check}");
    let refused = scene.call("change_procedures", more.clone()).unwrap_err();
    assert_eq!(refused.code, "chair_taken");
    assert_eq!(refused.message, "Op 2 is taken 9:35–10:05 by Osei, Kofi.");

    let alone = scene.ok("change_procedures", json!({ "id": booked["id"], "also": [] }));
    assert_eq!(alone["appointment"]["length_minutes"], 30);
    assert_eq!(alone["appointment"].get("also"), None);
    assert_eq!(
        alone["undo"]["undo"],
        "change what is done in a visit: Rivera, Ana, Wed 5 Mar 9:00"
    );
    scene.ok("undo", json!({}));
    let detail = scene.ok("appointment", json!({ "id": booked["id"] }));
    assert_eq!(detail["card"]["also"], json!([retainer]));
    let words: Vec<&str> = detail["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["words"].as_str().unwrap())
        .collect();
    assert!(
        words.contains(&"Rivera, Ana, Wed 5 Mar 9:00 Op 2: Adjustment, 35 to 30 minutes"),
        "{words:?}"
    );
    let kept = scene.ok(
        "change_procedures",
        json!({ "id": booked["id"], "also": [retainer, kind("Observation")], "pattern": booked["pattern"] }),
    );
    assert_eq!(
        kept["appointment"]["length_minutes"], 35,
        "somebody said how long"
    );
}

#[test]
fn what_cannot_be_done_in_one_visit_is_refused_in_words() {
    let scene = Scene::new();
    let kind = |name: &str| scene.id("appointment_types", name);
    for (also, message) in [
        (
            json!([kind("Consultation")]),
            "The same is there twice. Name each once.",
        ),
        (
            json!([kind("Records"), kind("Records")]),
            "The same is there twice. Name each once.",
        ),
    ] {
        let refused = scene
            .call("change_procedures", json!({ "id": scene.visit, "also": also }))
            .unwrap_err();
        assert_eq!(
            (refused.message.as_str(), refused.field.as_deref()),
            (message, Some("also"))
        );
    }
}

#[test]
fn a_visits_history_says_what_was_before_and_how_long_each_step_took() {
    let scene = Scene::new();
    let detail = || scene.ok("appointment", json!({ "id": scene.visit }));
    let history = scene.ok("history", json!({ "appointment": scene.visit }));
    let first = history["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(first["op"], "book_appointment");
    assert_eq!(first["differences"], json!([]), "nothing was before");
    scene.ok(
        "edit_appointment",
        json!({ "id": scene.visit, "is_asap": true, "note": "bring the elastics" }),
    );
    let newest = detail()["history"][0].clone();
    assert_eq!(
        newest["words"],
        "Rivera, Ana, Tue 4 Mar 9:00 Op 1: would come sooner"
    );
    let told: Vec<String> = newest["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{}: {} > {}", one["field"], one["before"], one["after"]).replace('"', ""))
        .collect();
    assert_eq!(
        told,
        [
            "would come sooner: no > yes",
            "note: likes the window seat > bring the elastics"
        ]
    );

    let roster = scene.ok(
        "save_setting",
        json!({
            "kind": "provider", "id": null, "name": "Priya Nair", "short_name": "Nair", "provider_kind": "doctor", "hue": 3,
            "letter": "N", "hours": [], "is_active": true,
        }),
    );
    let providers = roster["providers"].as_array().unwrap();
    let another = providers.iter().find(|one| one["name"] == "Priya Nair").unwrap();
    scene.ok(
        "move_appointment",
        json!({ "id": scene.visit, "provider": another["id"],
            "leave": { "acknowledge_warnings": true, "override_reason": "She is here" } }),
    );
    let newest = detail()["history"][0].clone();
    assert_eq!(newest["differences"][0]["field"], "provider");
    assert_eq!(newest["differences"][0]["before"], "Doctor 1");
    assert_eq!(newest["differences"][0]["after"], another["name"]);
    assert!(
        newest["words"]
            .as_str()
            .unwrap()
            .ends_with("before with Doctor 1"),
        "{newest}"
    );
    let all = scene.ok("history", json!({}));
    assert_eq!(all["entries"][0]["differences"], json!([]), "only of one visit");

    scene.wait_minutes(55);
    for (status, minutes) in [
        ("arrived", 12),
        ("seated", 35),
        ("completed", 8),
        ("checked_out", 0),
    ] {
        scene.ok(
            "set_status",
            json!({ "id": scene.visit, "status": status, "leave": { "acknowledge_warnings": true } }),
        );
        scene.wait_minutes(minutes);
    }
    let shown = detail();
    let lasted = ["waited_minutes", "in_chair_minutes", "in_house_minutes"].map(|field| shown[field].clone());
    assert_eq!(lasted, [json!(12), json!(35), json!(55)]);
}
