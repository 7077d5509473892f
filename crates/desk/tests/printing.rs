//! Printing at a desk: what is on the sheets, what is not on private ones, and what a wrong request hears. The sheets
//! themselves are tried in `crates/paper`.

#![allow(clippy::unwrap_used)]

use desk::DeskError;
use lopdf::Document;
use scene::{DAY, Scene};
use serde_json::{Value, json};

#[path = "support/scene.rs"]
mod scene;

/// All text of a printed file.
fn text(printed: &Value) -> String {
    let pdf = data_encoding::BASE64
        .decode(printed["pdf"].as_str().unwrap().as_bytes())
        .unwrap();
    let document = Document::load_mem(&pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    assert_eq!(pages.len() as u64, printed["pages"].as_u64().unwrap());
    // Lines of the reader are stretches of letters; cut texts end in their middle.
    document.extract_text(&pages).unwrap().replace(" \n", "\n")
}

fn refused(scene: &Scene, name: &str, request: Value) -> DeskError {
    scene.call(name, request).unwrap_err()
}

#[test]
fn a_day_by_operatory_has_every_visit_and_block() {
    let scene = Scene::new();
    let printed = scene.ok("print_day_sheet", scene.day());
    assert_eq!(printed["file_name"], format!("day-sheet-{DAY}.pdf"));
    assert_eq!(printed["visits"], 2);
    let text = text(&printed);
    for words in [
        "Tuesday 4 March 2031",
        "By operatory",
        "Harbour",
        "Times: America/New York (EST)",
        "printed 4 March 2031, 8:00 by Amara Diallo",
        "Op 1",
        "Rivera, Ana",
        "Osei, Kofi",
        "Consultation",
        "(555) 010-0100",
        "Latex allergy",
        "window seat",
        "Lunch",
        "All visits by time",
        "shred it",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    assert!(!text.contains("Nakamura"), "no visit that day");
}

#[test]
fn the_same_day_prints_the_same_bytes() {
    let scene = Scene::new();
    let print = || scene.ok("print_day_sheet", scene.day())["pdf"].clone();
    assert_eq!(print(), print());
}

#[test]
fn private_sheets_tell_nobody_who_it_is() {
    let scene = Scene::new();
    for name in ["print_day_sheet", "print_week", "print_route_slips"] {
        let mut request = scene.day();
        request["is_private"] = json!(true);
        let text = text(&scene.ok(name, request));
        for words in [
            "Rivera", "Ana", "Osei", "Kofi", "(555)", "Latex", "window", "A1", "2012", "Rosa",
        ] {
            assert!(!text.contains(words), "{name}: {words} in\n{text}");
        }
        assert!(text.contains("AR") && text.contains("KO"), "{name}:\n{text}");
    }
}

#[test]
fn a_choice_leaves_out_what_was_not_chosen() {
    let scene = Scene::new();
    let mut request = scene.day();
    request["operatories"] = json!([scene.id("operatories", "Op 2")]);
    let printed = scene.ok("print_day_sheet", request.clone());
    let words = text(&printed);
    assert_eq!(printed["visits"], 1);
    assert!(
        words.contains("Osei") && !words.contains("Rivera") && !words.contains("Op 1"),
        "{words}"
    );
    request["operatories"] = json!([]);
    request["by"] = json!("provider");
    request["providers"] = json!([scene.id("providers", "Doctor 1")]);
    let words = text(&scene.ok("print_day_sheet", request));
    assert!(
        words.contains("By provider") && words.contains("Doctor 1"),
        "{words}"
    );
}

#[test]
fn a_week_and_its_slips() {
    let scene = Scene::new();
    let week = scene.ok("print_week", scene.day());
    assert_eq!(week["visits"], 2);
    let words = text(&week);
    assert!(
        words.contains("3–9 March 2031") && words.contains("Tue 4 Mar") && words.contains("Rivera, Ana"),
        "{words}"
    );
    let slips = scene.ok("print_route_slips", scene.day());
    assert_eq!((&slips["visits"], &slips["pages"]), (&json!(2), &json!(1)));
    let words = text(&slips);
    for part in [
        "9:00–9:45",
        "born 12 May 2012",
        "chart A1",
        "Rosa Rivera, mother, (555) 010-0199",
        "not booked; usual after",
        "Next visit booked",
    ] {
        assert!(words.contains(part), "{part} in\n{words}");
    }
    // The next one is told once there is one.
    scene.book(&scene.ana, "Op 1", "2031-04-01T10:00");
    let words = text(&scene.ok("print_route_slips", scene.day()));
    assert!(words.contains("Tue 1 April 2031, 10:00, Consultation"), "{words}");
}

#[test]
fn a_cancelled_visit_is_in_the_list_only() {
    let scene = Scene::new();
    scene.ok(
        "cancel_appointment",
        json!({ "id": scene.visit, "reason": "ill" }),
    );
    let printed = scene.ok("print_day_sheet", scene.day());
    assert_eq!(printed["visits"], 1);
    let words = text(&printed);
    let (grid, list) = words.split_once("All visits by time").unwrap();
    assert!(!grid.contains("Rivera"), "{grid}");
    assert!(
        list.contains("Not taking place") && list.contains("Rivera, Ana") && list.contains("ill"),
        "{list}"
    );
}

#[test]
fn names_in_any_writing_are_printed() {
    let scene = Scene::new();
    for (at, (family, given)) in [("كريم", "ليلى"), ("כהן", "אורי"), ("山田", "太郎"), ("🦷", "🦷")]
        .into_iter()
        .enumerate()
    {
        let id = scene.add_patient(
            json!({ "family_name": family, "given_name": given, "chart_number": format!("X{at}") }),
        );
        scene.book(&id, "Op 3", &format!("{DAY}T{:02}:00", 13 + at));
    }
    let printed = scene.ok("print_day_sheet", scene.day());
    assert_eq!(printed["visits"], 6);
    // What nothing can draw has its chart number beside it.
    assert!(text(&printed).contains("(chart X3)"));
}

#[test]
fn a_day_with_a_jump_of_the_clock_keeps_its_times() {
    let scene = Scene::new();
    // A Sunday, on which the clock jumps at two; nobody is in, but somebody comes.
    scene.book(&scene.yui, "Op 1", "2031-03-09T09:00");
    let printed = scene.ok(
        "print_day_sheet",
        json!({ "location": scene.location(), "date": "2031-03-09" }),
    );
    let words = text(&printed);
    assert!(
        words.contains("9:00 EDT") && words.contains("Nakamura, Yui"),
        "{words}"
    );
}

#[test]
fn a_wrong_request_hears_what_is_wrong() {
    let scene = Scene::new();
    let with = |field: &str, value: Value| {
        let mut request = scene.day();
        request[field] = value;
        request
    };
    for name in ["print_day_sheet", "print_week", "print_route_slips"] {
        let error = refused(&scene, name, with("date", json!("soon")));
        assert_eq!(
            (error.code.as_str(), error.field.as_deref()),
            ("bad_date", Some("date"))
        );
        let error = refused(&scene, name, with("location", scene.ana.clone()));
        assert_eq!(error.field.as_deref(), Some("location"), "{error:?}");
        assert_eq!(
            refused(&scene, name, with("paper", json!("napkin"))).code,
            "bad_request"
        );
    }
    let error = refused(&scene, "print_week", with("date", json!("9999-12-31")));
    assert_eq!(error.code, "out_of_range");
    // A day long ago is a day too.
    assert_eq!(
        scene.ok("print_day_sheet", with("date", json!("0001-01-01")))["visits"],
        0
    );
}
