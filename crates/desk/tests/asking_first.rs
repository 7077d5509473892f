//! What a person is asked before it happens: visits under a block-out, with somebody who is taken out of use, on a day that is over,
//! before their day. And that trying a time says what doing it says.

#![allow(clippy::unwrap_used)]

#[path = "support/scene.rs"]
mod scene;

use scene::{DAY, Scene};
use serde_json::{Value, json};

fn meeting(scene: &Scene, at: &str, minutes: u32) -> Value {
    json!({
        "target": { "kind": "provider", "id": scene.id("providers", "Doctor 1") }, "location": scene.location(),
        "at": format!("{DAY}T{at}"), "length_minutes": minutes, "title": "Team meeting", "policy": { "kind": "block" },
    })
}

fn with(mut request: Value, name: &str, value: &str) -> Value {
    request[name] = json!(value);
    request
}

fn waiting(scene: &Scene) -> Vec<String> {
    let board = scene.ok("pinboard", json!({}));
    let entries = board["entries"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries
        .iter()
        .map(|entry| {
            format!(
                "{}: {}",
                text(&entry["visit"]["patient_name"]),
                text(&entry["reason"])
            )
        })
        .collect()
}

fn titles(scene: &Scene) -> Vec<Value> {
    let day = scene.ok("day_sheet", scene.day());
    let blocks = day["blocks"].as_array().unwrap();
    blocks.iter().map(|block| block["title"].clone()).collect()
}

#[test]
fn a_block_out_over_booked_visits_is_laid_only_when_somebody_said_what_becomes_of_them() {
    let scene = Scene::new();
    let asked = scene
        .call("add_time_block", meeting(&scene, "09:00", 150))
        .unwrap_err();
    assert_eq!(
        (asked.code.as_str(), asked.message.as_str()),
        (
            "visits_booked",
            "2 visits are booked then: Rivera, Ana Tue 4 Mar 9:00 Op 1; Osei, Kofi Tue 4 Mar 11:00 Op 2."
        )
    );
    assert_eq!(titles(&scene), ["Lunch"]);
    scene.ok(
        "add_time_block",
        with(meeting(&scene, "09:00", 150), "visits", "keep"),
    );
    assert_eq!((titles(&scene).len(), waiting(&scene)), (2, vec![]));
    // Who looks at such a visit is told.
    let detail = scene.ok("appointment", json!({ "id": scene.visit }));
    assert_eq!(
        detail["under_blocks"],
        json!(["Team meeting 9:00–11:30 (Doctor 1)"])
    );
    scene.ok("undo", json!({}));
    scene.ok(
        "add_time_block",
        with(meeting(&scene, "09:00", 150), "visits", "pin"),
    );
    assert_eq!(
        waiting(&scene),
        ["Rivera, Ana: Team meeting", "Osei, Kofi: Team meeting"]
    );
    scene.ok("undo", json!({}));
    assert_eq!(
        (titles(&scene).len(), waiting(&scene)),
        (1, vec![]),
        "in one step"
    );
    // Over free time, and over what is in the past, nobody is asked.
    scene.ok("add_time_block", meeting(&scene, "15:00", 60));
    scene.wait_minutes(120);
    scene.ok("add_time_block", meeting(&scene, "09:00", 60));
}

#[test]
fn a_block_out_that_changes_is_asked_about_for_those_whom_it_newly_covers() {
    let scene = Scene::new();
    let block = scene.ok(
        "add_time_block",
        with(meeting(&scene, "09:00", 30), "visits", "keep"),
    )["id"]
        .clone();
    scene.ok(
        "change_time_block",
        json!({ "id": block, "title": "Huddle", "length_minutes": 40 }),
    );
    let longer = json!({ "id": block, "length_minutes": 150 });
    let asked = scene.call("change_time_block", longer.clone()).unwrap_err();
    assert_eq!(
        asked.message,
        "1 visit is booked then: Osei, Kofi Tue 4 Mar 11:00 Op 2."
    );
    scene.ok("change_time_block", with(longer, "visits", "keep"));
    let pasted = json!({
        "from": { "kind": "blocks", "ids": [block] }, "to": DAY, "onto_location": scene.location(),
        "onto": { "kind": "operatory", "id": scene.id("operatories", "Op 2") },
    });
    assert_eq!(
        scene.call("paste_blocks", pasted).unwrap_err().code,
        "visits_booked"
    );
    let mut weekly = meeting(&scene, "09:00", 30);
    weekly["recurrence"] = json!({ "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": 2 } });
    assert_eq!(
        scene.call("add_block_series", weekly.clone()).unwrap_err().code,
        "visits_booked"
    );
    assert_eq!(
        scene.ok("add_block_series", with(weekly, "visits", "keep"))["count"],
        2
    );
}

/// A record of the practice as it is saved, out of use.
fn out_of_use(scene: &Scene, list: &str, name: &str, kind: &str) -> Value {
    let roster = scene.ok("hello", json!({}))["roster"].clone();
    let records = roster[list].as_array().unwrap();
    let mut record = records
        .iter()
        .find(|record| record["name"] == name)
        .unwrap()
        .clone();
    record["provider_kind"] = record["kind"].clone();
    record["kind"] = json!(kind);
    record["is_active"] = json!(false);
    record
}

#[test]
fn who_is_booked_with_a_provider_who_leaves_is_named_first() {
    let scene = Scene::new();
    for week in 11..15 {
        scene.book(&scene.yui, "Op 3", &format!("2031-03-{week}T09:00"));
    }
    let leaving = out_of_use(&scene, "providers", "Doctor 1", "provider");
    let asked = scene.call("save_setting", leaving.clone()).unwrap_err();
    assert_eq!(
        (asked.code.as_str(), asked.message.as_str()),
        (
            "visits_booked",
            "6 visits with Doctor 1 are still ahead: Rivera, Ana Tue 4 Mar 9:00 Op 1; Osei, Kofi Tue 4 Mar 11:00 Op 2; \
             Nakamura, Yui Tue 11 Mar 9:00 Op 3; and 3 more."
        )
    );
    scene.ok("save_setting", with(leaving.clone(), "visits", "pin"));
    assert_eq!(waiting(&scene).len(), 6);
    assert_eq!(waiting(&scene)[0], "Rivera, Ana: Doctor 1 is out of use");
    scene.ok("undo", json!({}));
    assert_eq!(waiting(&scene), Vec::<String>::new());
    scene.ok("save_setting", with(leaving.clone(), "visits", "keep"));
    // Saved again nobody leaves: there is nothing to ask.
    scene.ok("save_setting", leaving);
    let chair = out_of_use(&scene, "operatories", "Op 2", "operatory");
    let asked = scene.call("save_setting", chair).unwrap_err();
    assert_eq!(
        asked.message,
        "1 visit in Op 2 is still ahead: Osei, Kofi Tue 4 Mar 11:00 Op 2."
    );
    scene.ok(
        "save_setting",
        out_of_use(&scene, "operatories", "Op 4", "operatory"),
    );
}

#[test]
fn a_day_that_is_over_and_one_that_is_to_come_are_asked_about() {
    let scene = Scene::new();
    let mut booking = json!({
        "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"), "at": "2031-03-03T15:00",
        "operatory": scene.id("operatories", "Op 3"), "provider": scene.id("providers", "Doctor 1"),
    });
    let check = scene.ok("check_placement", booking.clone());
    assert_eq!(check["violations"][0]["message"], "Mon 3 Mar 2031 is over");
    let asked = scene.call("book_appointment", booking.clone()).unwrap_err();
    assert_eq!(
        (asked.code.as_str(), asked.message.as_str()),
        ("needs_acknowledgement", "Mon 3 Mar 2031 is over.")
    );
    booking["leave"] = json!({ "acknowledge_warnings": true });
    scene.ok("book_appointment", booking);
    let back = json!({ "id": scene.visit, "at": "2031-03-03T11:00" });
    assert_eq!(
        scene.call("move_appointment", back).unwrap_err().message,
        "Mon 3 Mar 2031 is over."
    );
    let later = scene.book(&scene.yui, "Op 3", "2031-03-21T09:00");
    let mut done = json!({ "id": later, "status": "checked_out" });
    done["status"] = json!("completed");
    let asked = scene.call("set_status", done.clone()).unwrap_err();
    assert_eq!(
        asked.message,
        "The visit is on Fri 21 Mar 2031, 17 days ahead: nobody can be completed yet."
    );
    done["leave"] = json!({ "acknowledge_warnings": true });
    let changed = scene.ok("set_status", done);
    assert_eq!(changed["warnings"][0]["rule"], "day_of_visit");
    scene.ok("set_status", json!({ "id": scene.visit, "status": "arrived" }));
}

#[test]
fn trying_a_visit_elsewhere_says_what_moving_it_says() {
    let scene = Scene::new();
    // The visit keeps the free minutes that it was booked with, whatever its type has by now.
    let roster = scene.ok("hello", json!({}))["roster"].clone();
    let kinds = roster["appointment_types"].as_array().unwrap();
    let mut kind = kinds
        .iter()
        .find(|kind| kind["name"] == "Consultation")
        .unwrap()
        .clone();
    kind["kind"] = json!("appointment_type");
    kind.as_object_mut().unwrap().remove("follow_up");
    kind["buffer_after_minutes"] = json!(15);
    scene.ok("save_setting", kind);
    // Right before the visit of Kofi, who has no free minutes either.
    let there = json!({ "at": format!("{DAY}T10:15"), "operatory": scene.id("operatories", "Op 2") });
    let mut check = there.clone();
    check["appointment"] = scene.visit.clone();
    check["appointment_type"] = scene.id("appointment_types", "Consultation");
    check["provider"] = scene.id("providers", "Doctor 1");
    assert_eq!(
        scene.ok("check_placement", check.clone())["violations"],
        json!([])
    );
    let mut moving = there;
    moving["id"] = scene.visit.clone();
    scene.ok("move_appointment", moving.clone());
    scene.ok(
        "cancel_appointment",
        json!({ "id": scene.visit, "reason": "ill" }),
    );
    check["at"] = json!(format!("{DAY}T14:00"));
    moving["at"] = check["at"].clone();
    let tried = scene.call("check_placement", check).unwrap_err();
    let moved = scene.call("move_appointment", moving).unwrap_err();
    assert_eq!(
        (tried.code.as_str(), &tried.message),
        ("not_planned", &moved.message)
    );
}

#[test]
fn of_two_equal_times_the_later_one_is_tried_too() {
    let scene = Scene::new();
    // Clocks are set back on Sunday 2 November: half past one comes twice. The first one is taken.
    let sunday = "2031-11-02T01:30";
    scene.book_anyway(&scene.yui, "Op 3", sunday);
    let mut place = json!({
        "patient": scene.kofi, "appointment_type": scene.id("appointment_types", "Consultation"), "at": sunday,
        "operatory": scene.id("operatories", "Op 3"), "provider": scene.id("providers", "Doctor 1"),
    });
    let is_taken = |place: &Value| {
        let check = scene.ok("check_placement", place.clone());
        assert_eq!(check["happens_twice"], true);
        let found = check["violations"].as_array().unwrap();
        found.iter().any(|one| one["rule"] == "operatory_overlap")
    };
    assert!(is_taken(&place));
    place["later_of_two"] = json!(true);
    assert!(!is_taken(&place));
}

#[test]
fn a_visit_made_so_short_that_its_second_provider_is_not_needed_says_so() {
    let scene = Scene::new();
    let roster = scene.ok("hello", json!({}))["roster"].clone();
    let provider = |name: &str| {
        roster["providers"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name)
            .cloned()
    };
    let mut second = provider("Doctor 1").unwrap();
    second["id"] = Value::Null;
    second["provider_kind"] = second["kind"].clone();
    (
        second["kind"],
        second["name"],
        second["short_name"],
        second["letter"],
    ) = (json!("provider"), json!("Dr Osei"), json!("Osei"), json!("O"));
    let roster = scene.ok("save_setting", second)["providers"].clone();
    let second = roster
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Dr Osei")
        .unwrap()["id"]
        .clone();
    let kinds = scene.ok("hello", json!({}))["roster"]["appointment_types"].clone();
    let mut kind = kinds
        .as_array()
        .unwrap()
        .iter()
        .find(|kind| kind["name"] == "Consultation")
        .unwrap()
        .clone();
    let units = kind["pattern"].as_str().unwrap().len();
    kind["kind"] = json!("appointment_type");
    kind.as_object_mut().unwrap().remove("follow_up");
    kind["second_pattern"] = json!(format!("{}X", "/".repeat(units - 1)));
    scene.ok("save_setting", kind);
    let booked = scene.ok(
        "book_appointment",
        json!({
            "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"), "at": format!("{DAY}T15:00"),
            "operatory": scene.id("operatories", "Op 3"), "provider": scene.id("providers", "Doctor 1"), "second_provider": second,
        }),
    )["appointment"]["id"]
        .clone();
    let mut shorter = json!({ "id": booked, "length_minutes": 20 });
    let asked = scene.call("change_length", shorter.clone()).unwrap_err();
    assert_eq!(
        asked.message,
        "Dr Osei is not needed any more: the minutes of the second provider are cut off."
    );
    shorter["leave"] = json!({ "acknowledge_warnings": true });
    let changed = scene.ok("change_length", shorter);
    assert_eq!(changed["appointment"]["second_provider"], Value::Null);
    let detail = scene.ok("appointment", json!({ "id": booked }));
    let words = detail["history"][0]["words"].as_str().unwrap();
    assert!(words.ends_with("45 to 20 minutes, without Dr Osei"), "{words}");
}

#[test]
fn a_reason_and_a_status_are_held_to_what_they_can_be() {
    let scene = Scene::new();
    let refused = scene
        .call(
            "reschedule_visits",
            json!({
                "reason": "x".repeat(501),
                "moves": [{
                    "id": scene.visit, "from": format!("{DAY}T09:00"), "at": format!("{DAY}T15:00"),
                    "operatory": scene.id("operatories", "Op 3"), "provider": scene.id("providers", "Doctor 1"),
                }],
            }),
        )
        .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("invalid", Some("reason"))
    );
    let refused = scene
        .call(
            "change_series",
            json!({ "id": scene.visit, "scope": "this", "status": "confirmed", "picks": [{ "id": scene.visit }] }),
        )
        .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("invalid", Some("status"))
    );
}
