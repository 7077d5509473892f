//! Schedule templates as a person works with them: drawn, kept, applied over dates, changed by hand, weighed; and what they say
//! to a booking. By name and JSON.

#![allow(clippy::unwrap_used)]

#[path = "support/scene.rs"]
mod scene;

use scene::{DAY, Scene};
use serde_json::{Value, json};

/// The Tuesday a week later.
const NEXT: &str = "2031-03-11";

trait Templates {
    fn slot(&self, operatory: &str, start: u16, length: u16, kind: &str) -> Value;
    fn template(&self, slots: &[Value]) -> Value;
    fn keep(&self, id: &Value, name: &str) -> Value;
    fn fields(&self, id: &Value, from: &str, until: &str) -> Value;
    fn apply(&self, id: &Value, from: &str, until: &str) -> Value;
    fn words(&self, date: &str) -> Vec<String>;
}

impl Templates for Scene {
    fn slot(&self, operatory: &str, start: u16, length: u16, kind: &str) -> Value {
        json!({
            "weekday": "tuesday", "start_minute": start, "length_minutes": length,
            "operatory": self.id("operatories", operatory), "provider": self.id("providers", "Doctor 1"),
            "wants": { "kind": "type", "id": self.id("appointment_types", kind) },
        })
    }

    fn template(&self, slots: &[Value]) -> Value {
        let fields = json!({ "name": "Week", "location": self.location(), "span": "week" });
        let id = self.ok("create_template", fields)["id"].clone();
        let changes: Vec<Value> = slots
            .iter()
            .map(|slot| json!({ "kind": "add", "slot": slot }))
            .collect();
        self.ok(
            "change_template_slots",
            json!({ "template": id, "changes": changes }),
        );
        id
    }

    fn keep(&self, id: &Value, name: &str) -> Value {
        self.ok("save_template_version", json!({ "template": id, "name": name }))["versions"][0]["id"].clone()
    }

    fn fields(&self, id: &Value, from: &str, until: &str) -> Value {
        json!({ "location": self.location(), "weeks": [{ "template": id }], "from": from, "until": until })
    }

    fn apply(&self, id: &Value, from: &str, until: &str) -> Value {
        let fields = self.fields(id, from, until);
        self.ok(
            "apply_template",
            json!({ "fields": fields, "to": { "kind": "all_days" } }),
        )
    }

    /// The slots of a date: `9:00 Consultation`.
    fn words(&self, date: &str) -> Vec<String> {
        let day = self.ok("day_sheet", json!({ "location": self.location(), "date": date }));
        let slots = day["slots"].as_array().cloned().unwrap_or_default();
        slots
            .iter()
            .map(|slot| {
                let start = slot["start_minute"].as_u64().unwrap();
                let hand = if slot["is_by_hand"] == true {
                    " by hand"
                } else {
                    ""
                };
                format!(
                    "{}:{:02} {}{hand}",
                    start / 60,
                    start % 60,
                    slot["words"].as_str().unwrap()
                )
            })
            .collect()
    }
}

#[test]
fn a_week_is_drawn_kept_compared_and_taken_back() {
    let scene = Scene::new();
    let id = scene.template(&[scene.slot("Op 1", 540, 60, "Consultation")]);
    let first = scene.keep(&id, "first");
    let filled = scene.ok(
        "fill_template",
        json!({ "template": id, "slot": scene.slot("Op 2", 600, 30, "Consultation"), "until_minute": 720 }),
    );
    assert_eq!(filled["added"].as_array().unwrap().len(), 4);
    assert_eq!(filled["template"]["has_unsaved"], true);
    let diff = scene.ok("diff_template", json!({ "template": id, "before": first }));
    assert_eq!(diff["entries"].as_array().unwrap().len(), 4);
    // Undo takes the whole fill back: the draft is the version again.
    scene.ok("undo", json!({}));
    let after = scene.ok("template", json!({ "id": id }));
    assert_eq!(
        (&after["has_unsaved"], after["slots"].as_array().unwrap().len()),
        (&json!(false), 1)
    );
    scene.ok("redo", json!({}));
    let back = scene.ok(
        "restore_template_version",
        json!({ "template": id, "version": first }),
    );
    assert_eq!(back["has_unsaved"], false);
}

#[test]
fn applying_is_planned_first_and_twice_is_once() {
    let scene = Scene::new();
    let id = scene.template(&[scene.slot("Op 1", 540, 60, "Consultation")]);
    scene.keep(&id, "first");
    let plan = scene.ok("plan_application", scene.fields(&id, DAY, NEXT));
    // Kofi sits in Op 2, for which there is no slot.
    assert_eq!(
        (&plan["clean_days"], &plan["conflict_days"]),
        (&json!(1), &json!(1)),
        "{plan}"
    );
    let conflict = &plan["days"][0]["conflicts"][0];
    assert_eq!(conflict["kind"], "outside_slots");
    assert!(
        conflict["words"]
            .as_str()
            .unwrap()
            .starts_with("Osei, Kofi 11:00"),
        "{conflict}"
    );
    assert!(scene.words(DAY).is_empty(), "a plan changes nothing");

    let clean = json!({ "fields": scene.fields(&id, DAY, NEXT), "to": { "kind": "clean_days" } });
    let applied = scene.ok("apply_template", clean);
    assert_eq!((&applied["days"], &applied["left_out"]), (&json!(1), &json!(1)));
    assert_eq!(
        (scene.words(DAY).len(), scene.words(NEXT)),
        (0, vec!["9:00 Consultation".to_owned()])
    );
    let all = scene.apply(&id, DAY, NEXT);
    assert_eq!(all["days"], 1, "the other day has it already");
    assert_eq!(scene.words(DAY).len(), 1);
    let again = scene.apply(&id, DAY, NEXT);
    assert_eq!(again["days"], 0);
    let list = scene.ok("applications", json!({ "location": scene.location() }));
    assert_eq!(list["applications"].as_array().unwrap().len(), 2);
    scene.ok("undo", json!({}));
    assert!(scene.words(DAY).is_empty(), "applying is one step back");
}

#[test]
fn hand_edits_stay_when_a_newer_version_comes_and_removing_takes_all_away() {
    let scene = Scene::new();
    let id = scene.template(&[
        scene.slot("Op 1", 540, 60, "Consultation"),
        scene.slot("Op 1", 660, 60, "Consultation"),
    ]);
    scene.keep(&id, "first");
    scene.apply(&id, NEXT, NEXT);
    let day = json!({ "location": scene.location(), "date": NEXT });
    let slots = scene.ok("template_day", day.clone())["slots"].clone();
    let mut longer = scene.slot("Op 1", 570, 60, "Consultation");
    longer["weekday"] = Value::Null;
    let mut change = day.clone();
    change["changes"] = json!([
        { "kind": "change", "id": slots[0]["id"], "slot": longer },
        { "kind": "remove", "id": slots[1]["id"] },
        { "kind": "add", "slot": scene.slot("Op 2", 900, 30, "Consultation").as_object().map(|slot| {
            let mut slot = slot.clone();
            slot.remove("weekday");
            slot
        }) },
    ]);
    scene.ok("change_day_slots", change);
    let by_hand = ["9:30 Consultation by hand", "15:00 Consultation by hand"];
    assert_eq!(scene.words(NEXT), by_hand);

    let added = scene.slot("Op 3", 480, 30, "Consultation");
    scene.ok(
        "change_template_slots",
        json!({ "template": id, "changes": [{ "kind": "add", "slot": added }] }),
    );
    scene.keep(&id, "second");
    let plan = scene.ok("plan_application", scene.fields(&id, NEXT, NEXT));
    assert_eq!(plan["days"][0]["added"], 1);
    assert_eq!(plan["days"][0]["kept_by_hand"].as_array().unwrap().len(), 3);
    let applied = scene.apply(&id, NEXT, NEXT);
    assert_eq!(scene.words(NEXT), ["8:00 Consultation", by_hand[0], by_hand[1]]);

    // As the template has it again.
    let mut reset = day.clone();
    reset["changes"] = json!([{ "kind": "reset", "id": slots[1]["id"] }]);
    scene.ok("change_day_slots", reset);
    assert_eq!(scene.words(NEXT).len(), 4);
    scene.ok(
        "remove_application",
        json!({ "id": applied["application"]["id"] }),
    );
    assert_eq!(
        scene.words(NEXT),
        [by_hand[1]],
        "only what is the day’s own is left"
    );
    scene.ok("undo", json!({}));
    assert_eq!(scene.words(NEXT).len(), 4);
}

#[test]
fn bookings_hear_what_the_template_says() {
    let scene = Scene::new();
    let mut hold = scene.slot("Op 3", 780, 60, "Consultation");
    hold["wants"] = json!({ "kind": "any" });
    hold["hold"] = json!({ "units": 2, "release_hours": 2 });
    let id = scene.template(&[
        scene.slot("Op 1", 540, 60, "Bonding"),
        hold,
        scene.slot("Op 2", 600, 60, "Consultation"),
    ]);
    scene.keep(&id, "first");
    scene.apply(&id, NEXT, NEXT);
    let try_at = |operatory: &str, at: &str, leave: Value| {
        scene.call(
            "book_appointment",
            json!({
                "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation"),
                "at": format!("{NEXT}T{at}"), "operatory": scene.id("operatories", operatory),
                "provider": scene.id("providers", "Doctor 1"), "leave": leave,
            }),
        )
    };
    let other = try_at("Op 1", "09:00", json!({})).unwrap_err();
    assert_eq!(other.code, "needs_acknowledgement", "{other:?}");
    assert!(
        other.violations[0]
            .message
            .contains("is meant for Bonding 9:00–10:00"),
        "{other:?}"
    );
    let outside = try_at("Op 1", "14:00", json!({})).unwrap_err();
    assert!(
        outside.violations[0].message.contains("in no slot"),
        "{outside:?}"
    );
    let held = try_at("Op 3", "13:00", json!({ "acknowledge_warnings": true })).unwrap_err();
    assert_eq!(held.code, "kept_for_emergencies", "{held:?}");
    assert!(
        held.message.contains("kept for emergencies until 11:00"),
        "{held:?}"
    );
    // Openings lead to the slot that is meant for it.
    let openings = scene.ok(
        "openings",
        json!({ "appointment_type": scene.id("appointment_types", "Consultation"), "location": scene.location(), "from": NEXT, "days": 1 }),
    );
    let first = &openings["openings"][0];
    assert_eq!(first["operatory"], scene.id("operatories", "Op 2"), "{openings}");
    assert!(
        first["reasons"]
            .to_string()
            .contains("in a slot for Consultation"),
        "{first}"
    );
    try_at("Op 2", "10:00", json!({})).unwrap();
    let full = try_at("Op 2", "10:45", json!({})).unwrap_err();
    assert!(
        full.violations
            .iter()
            .any(|violation| violation.message.contains("it is meant for")),
        "{full:?}"
    );
    // Two hours before, anything goes.
    scene.wait_minutes(7 * 24 * 60 + 180);
    try_at("Op 3", "13:00", json!({ "acknowledge_warnings": true })).unwrap();
    let day = scene.ok(
        "template_day",
        json!({ "location": scene.location(), "date": NEXT }),
    );
    let booked: Vec<&Value> = day["slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| &slot["booked"])
        .collect();
    assert_eq!(booked, [&json!(0), &json!(1), &json!(1)], "{day}");
}

#[test]
fn decisions_are_part_of_the_same_step() {
    let scene = Scene::new();
    let id = scene.template(&[scene.slot("Op 1", 540, 60, "Consultation")]);
    scene.keep(&id, "first");
    let plan = scene.ok("plan_application", scene.fields(&id, DAY, DAY));
    let visit = plan["days"][0]["conflicts"][0]["visit"]["id"].clone();
    scene.ok(
        "apply_template",
        json!({
            "fields": scene.fields(&id, DAY, DAY), "to": { "kind": "days", "dates": [DAY] },
            "decisions": [{ "kind": "add_slot", "date": DAY, "appointment": visit }, { "kind": "pin_visit", "date": DAY, "appointment": scene.visit }],
        }),
    );
    assert_eq!(
        scene.words(DAY),
        ["9:00 Consultation", "11:00 Consultation by hand"]
    );
    let board = scene.ok("pinboard", json!({}));
    assert_eq!(board["entries"].as_array().unwrap().len(), 1);
    scene.ok("undo", json!({}));
    assert!(scene.words(DAY).is_empty());
    assert!(
        scene.ok("pinboard", json!({}))["entries"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_cannot_be_is_refused_with_its_field_and_changes_nothing() {
    let scene = Scene::new();
    let id = scene.template(&[scene.slot("Op 1", 540, 60, "Consultation")]);
    let refused = |name: &str, request: Value| {
        let error = scene.call(name, request).unwrap_err();
        (error.code, error.field.unwrap_or_default())
    };
    let pair = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(
        refused("plan_application", scene.fields(&id, DAY, NEXT)),
        pair("no_version", "weeks")
    );
    scene.keep(&id, "first");
    assert_eq!(
        refused("plan_application", scene.fields(&id, NEXT, DAY)),
        pair("empty_range", "until")
    );
    assert_eq!(
        refused("plan_application", scene.fields(&id, DAY, "2041-03-04")),
        pair("out_of_range", "until")
    );
    let empty = scene.template(&[]);
    assert_eq!(
        refused("save_template_version", json!({ "template": empty, "name": "x" })),
        pair("empty_template", "template")
    );
    let long = json!({ "name": "x".repeat(201), "location": scene.location(), "span": "day" });
    assert_eq!(refused("create_template", long), pair("invalid", "name"));
    let right_to_left =
        json!({ "name": "שבוע ".repeat(40).trim(), "location": scene.location(), "span": "day" });
    scene.ok("create_template", right_to_left);
    let slots = |count: usize| -> Vec<Value> {
        let slot = scene.slot("Op 1", 540, 60, "Consultation");
        (0..count)
            .map(|_| json!({ "kind": "add", "slot": slot }))
            .collect()
    };
    let change = |count: usize| json!({ "template": id, "changes": slots(count) });
    assert_eq!(
        refused("change_template_slots", change(701)),
        pair("too_many_at_once", "changes")
    );
    scene.ok("change_template_slots", change(700));
    scene.ok("change_template_slots", change(699));
    let many = scene.ok("change_template_slots", change(600));
    assert_eq!(many["template"]["slots"].as_array().unwrap().len(), 2_000);
    assert_eq!(
        many["template"]["check"]["problems"].as_array().unwrap().len(),
        200
    );
    assert_eq!(
        refused("change_template_slots", change(1)),
        pair("too_many_slots", "changes")
    );
    // All of them are kept in one version, and come back from it.
    let kept = scene.ok("save_template_version", json!({ "template": id, "name": "all" }));
    assert_eq!(kept["versions"][0]["slot_count"], 2_000);
    let first = kept["versions"][1]["id"].clone();
    let back = |version: &Value| {
        let request = json!({ "template": id, "version": version });
        scene.ok("restore_template_version", request)
    };
    assert_eq!(back(&first)["slots"].as_array().unwrap().len(), 1);
    let all = back(&kept["versions"][0]["id"]);
    assert_eq!(
        (&all["has_unsaved"], all["slots"].as_array().unwrap().len()),
        (&json!(false), 2_000)
    );
    // What cannot travel together is said before anything is kept.
    let labelled: Vec<Value> = all["slots"]
        .as_array()
        .unwrap()
        .iter()
        .take(700)
        .enumerate()
        .map(|(at, slot)| {
            let mut fields = scene.slot("Op 1", 540, 60, "Consultation");
            fields["label"] = json!(format!("{at:0>200}"));
            json!({ "kind": "change", "id": slot["id"], "slot": fields })
        })
        .collect();
    scene.ok(
        "change_template_slots",
        json!({ "template": id, "changes": labelled }),
    );
    assert_eq!(
        refused("save_template_version", json!({ "template": id, "name": "x" })),
        pair("version_too_large", "template")
    );
    assert_eq!(
        refused(
            "template_analytics",
            json!({ "from": NEXT, "until": DAY, "by": "week" })
        ),
        pair("empty_range", "until")
    );
}

#[test]
fn figures_compare_what_was_planned_with_what_came() {
    let scene = Scene::new();
    let id = scene.template(&[
        scene.slot("Op 1", 540, 60, "Consultation"),
        scene.slot("Op 2", 660, 60, "Bonding"),
    ]);
    scene.keep(&id, "first");
    scene.apply(&id, DAY, DAY);
    let request = json!({ "from": DAY, "until": DAY, "by": "template" });
    let figures = scene.ok("template_analytics", request.clone());
    let total = &figures["total"];
    assert_eq!(
        (
            &total["planned_visits"],
            &total["booked_visits"],
            &total["leaked_visits"]
        ),
        (&json!(2), &json!(1), &json!(1)),
        "{figures}"
    );
    assert_eq!(figures["rows"].as_array().unwrap().len(), 1);
    assert_eq!(figures["rows"][0]["name"], "Week");
    scene.ok("update_template", json!({ "id": id, "name": "=Week, \"two\"" }));
    let file = scene.ok("export_template_analytics", request);
    assert_eq!(file["file_name"], "templates-by-template-2031-03.csv");
    let csv = file["csv"].as_str().unwrap();
    assert!(csv.contains("\"'=Week, \"\"two\"\"\""), "{csv}");
    assert!(
        csv.lines().all(|line| !line.is_empty()) && csv.ends_with("\r\n"),
        "{csv}"
    );
}

#[test]
fn figures_of_the_past_stay_when_a_provider_goes_out_of_use() {
    let scene = Scene::new();
    let id = scene.template(&[scene.slot("Op 1", 540, 60, "Consultation")]);
    scene.keep(&id, "first");
    scene.apply(&id, DAY, NEXT);
    scene.wait_minutes(14 * 24 * 60);
    let request = json!({ "from": DAY, "until": DAY, "by": "provider" });
    let before = scene.ok("template_analytics", request.clone());
    let idle = |figures: &Value, name: &str| {
        let rows = figures["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["name"] == name);
        row.map_or(0, |row| row["doctor_idle_minutes"].as_u64().unwrap())
    };
    assert!(idle(&before, "Doctor 1") > 0, "{before}");
    let week_later = json!({ "from": NEXT, "until": NEXT, "by": "provider" });
    assert!(idle(&scene.ok("template_analytics", week_later.clone()), "Doctor 1") > 0);

    let hello = scene.ok("hello", json!({}));
    let providers = hello["roster"]["providers"].as_array().unwrap();
    let mut doctor = providers
        .iter()
        .find(|provider| provider["name"] == "Doctor 1")
        .unwrap()
        .clone();
    doctor["provider_kind"] = doctor["kind"].clone();
    doctor["kind"] = json!("provider");
    doctor["is_active"] = json!(false);
    scene.ok("save_setting", doctor);
    assert_eq!(scene.ok("template_analytics", request), before);
    // After the last visit nobody was there to be idle.
    assert_eq!(idle(&scene.ok("template_analytics", week_later), "Doctor 1"), 0);
}

#[test]
fn several_locations_are_planned_and_applied_in_one_step() {
    let scene = Scene::new();
    let location = json!({
        "kind": "location", "id": null, "name": "Hillside", "zone": "America/Chicago", "address": "", "phone": "", "is_active": true,
        "hours": [{ "weekday": "tuesday", "from": "08:00", "until": "17:00" }],
    });
    scene.ok("save_setting", location);
    let hillside = scene.ok("hello", json!({}))["roster"]["locations"]
        .as_array()
        .unwrap()
        .iter()
        .find(|place| place["name"] == "Hillside")
        .unwrap()["id"]
        .clone();
    scene.ok(
        "save_setting",
        json!({ "kind": "operatory", "id": null, "name": "Op 1", "location": hillside, "is_active": true, "hours": [] }),
    );
    let mut slot = scene.slot("Op 1", 540, 60, "Consultation");
    slot["provider"] = Value::Null;
    let id = scene.template(&[slot]);
    scene.keep(&id, "first");
    let mut fields = scene.fields(&id, DAY, NEXT);
    fields["also_at"] = json!([hillside]);
    let refused = scene.call("plan_application", fields.clone()).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("not_shared", Some("also_at"))
    );
    assert!(
        refused.message.contains("not shared with Hillside"),
        "{refused:?}"
    );

    scene.ok(
        "share_template",
        json!({ "template": id, "location": hillside, "is_shared": true }),
    );
    let plan = scene.ok("plan_application", fields.clone());
    let days: Vec<(&Value, &Value)> = plan["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| (&day["location"], &day["date"]))
        .collect();
    let here = scene.location();
    let (day, next) = (json!(DAY), json!(NEXT));
    assert_eq!(
        days,
        [
            (&here, &day),
            (&here, &next),
            (&hillside, &day),
            (&hillside, &next)
        ]
    );
    // A slot of a shared template has one id at both: which place is meant is said.
    let slot = scene.ok("template", json!({ "id": id }))["slots"][0]["id"].clone();
    let applied = scene.ok(
        "apply_template",
        json!({
            "fields": fields,
            "to": { "kind": "days_at", "days": [
                { "location": here, "date": NEXT }, { "location": hillside, "date": DAY }, { "location": hillside, "date": NEXT },
            ] },
            "decisions": [{ "kind": "drop_slot", "date": NEXT, "slot": slot, "location": hillside }],
        }),
    );
    assert_eq!((&applied["days"], &applied["left_out"]), (&json!(3), &json!(1)));
    assert_eq!(
        (
            &applied["application"]["location"],
            &applied["further"][0]["location"]
        ),
        (&here, &hillside)
    );
    let slots = |location: &Value, date: &str| {
        let day = scene.ok("template_day", json!({ "location": location, "date": date }));
        (
            day["slots"].as_array().unwrap().len(),
            day["dropped"].as_array().unwrap().len(),
        )
    };
    assert_eq!((slots(&here, DAY), slots(&here, NEXT)), ((0, 0), (1, 0)));
    assert_eq!((slots(&hillside, DAY), slots(&hillside, NEXT)), ((1, 0), (0, 1)));
    scene.ok("undo", json!({}));
    assert_eq!((slots(&here, NEXT), slots(&hillside, DAY)), ((0, 0), (0, 0)));
}

#[test]
fn the_past_changes_only_if_somebody_says_so() {
    let scene = Scene::new();
    let id = scene.template(&[scene.slot("Op 1", 540, 60, "Consultation")]);
    scene.keep(&id, "first");
    scene.wait_minutes(8 * 24 * 60);
    let fields = scene.fields(&id, DAY, NEXT);
    assert_eq!(scene.ok("plan_application", fields.clone())["past_days"], 2);
    let request = json!({ "fields": fields, "to": { "kind": "all_days" } });
    let refused = scene.call("apply_template", request.clone()).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("changes_the_past", Some("acknowledge_past"))
    );
    assert!(scene.words(DAY).is_empty());
    let mut request = request;
    request["acknowledge_past"] = json!(true);
    assert_eq!(scene.ok("apply_template", request)["days"], 2);
}

#[test]
fn an_application_that_was_taken_over_says_by_which_and_by_whom() {
    let scene = Scene::new();
    let drawn = |name: &str| {
        let id = scene.template(&[scene.slot("Op 1", 540, 60, "Consultation")]);
        scene.ok("update_template", json!({ "id": id, "name": name }));
        scene.keep(&id, "first");
        id
    };
    scene.apply(&drawn("Small"), DAY, NEXT);
    scene.wait_minutes(1);
    scene.apply(&drawn("Big"), NEXT, NEXT);
    let listed = scene.ok("applications", json!({ "location": scene.location() }));
    let told: Vec<(&Value, &Value)> = listed["applications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["days"], &one["replaced"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!(1), &json!([])),
            (&json!(1), &json!(["1 day replaced by Big of Amara Diallo"]))
        ]
    );
}
