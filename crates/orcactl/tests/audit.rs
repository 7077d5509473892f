//! The audit as administrators see it: what each command left, as a list, a table and a report, and that it is whole.

#![allow(clippy::unwrap_used)] // helpers of tests

#[allow(dead_code)] // the other suite uses the rest
mod desk;

use desk::{Desk, plain};
use expect_test::expect;
use serde_json::{Value, json};

/// Two patients, one of them looked at and booked.
fn practice() -> Desk {
    let desk = Desk::new();
    desk.ok(&[
        "init",
        "--practice",
        "Lakeside",
        "--zone",
        "America/New_York",
        "--person",
        "Maria Reyes",
    ]);
    for (given, family, chart) in [("Ana", "Rivera", "P1"), ("Kofi", "Osei", "P2")] {
        desk.ok(&[
            "patients",
            "add",
            "--given-name",
            given,
            "--family-name",
            family,
            "--chart-number",
            chart,
        ]);
    }
    desk.ok(&["patients", "show", "P1"]);
    desk.ok(&[
        "book",
        "--patient",
        "P1",
        "--type",
        "ADJ",
        "--at",
        "2031-03-04T09:00",
        "--operatory",
        "Op 1",
        "--provider",
        "Doctor 1",
    ]);
    desk.ok(&["day", "2031-03-04"]);
    desk
}

fn actions(log: &Value) -> Vec<&str> {
    let entries = log["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect()
}

#[test]
fn every_command_is_in_the_list_when_it_ends() {
    let desk = practice();
    let log = desk.json(&["audit", "list", "--limit", "100"]);
    let mut actions = actions(&log);
    actions.reverse();
    actions.retain(|action| *action != "open_practice");
    assert_eq!(
        actions,
        [
            "begin_audit",
            "found_practice",
            "add_patient",
            "add_patient",
            "find_patients",
            "view_patient",
            "find_patients",
            "book_appointment",
            "view_day_sheet"
        ]
    );
    assert!(
        log["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["via"] == "orcactl" && entry["by"]["person"] == "Maria Reyes")
    );
    let text = plain(&desk.ok(&["audit", "list", "--action", "view_day_sheet"]));
    let line = text.split_once(' ').unwrap().1.trim_start();
    expect![[r#"
        <when>  Maria Reyes  orcactl  looked at a day  Rivera, Ana
    "#]]
    .assert_eq(line);
}

#[test]
fn the_list_can_be_narrowed() {
    let desk = practice();
    let count = |more: &[&str]| {
        let log = desk.json(&[&["audit", "list", "--limit", "100"], more].concat());
        log["entries"].as_array().unwrap().len()
    };
    assert_eq!(count(&["--action", "book_appointment", "--patient", "P1"]), 1);
    assert_eq!(count(&["--action", "book_appointment", "--patient", "P2"]), 0);
    assert_eq!(
        count(&[
            "--action",
            "add_patient",
            "--person",
            "Reyes",
            "--from",
            "-1d",
            "--until",
            "+1d"
        ]),
        2
    );
    assert_eq!(count(&["--action", "add_patient", "--until", "-2d"]), 0);
    assert_eq!(desk.json(&["audit", "list", "--limit", "1"])["more"], true);
    assert_eq!(
        desk.refused(&["audit", "list", "--person", "Nobody"])["code"],
        "not_found"
    );
    assert_eq!(
        desk.refused(&["audit", "list", "--from", "soon"])["code"],
        "bad_date"
    );
}

#[test]
fn the_whole_audit_is_a_table() {
    let desk = practice();
    let file = desk.file("audit.csv", "");
    let answer = desk.json(&["audit", "export", &file]);
    let table = std::fs::read_to_string(&file).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(answer["entries"], rows.len() - 1);
    assert_eq!(
        rows[0],
        "number,at,until,person,workstation,via,action,change,told,object,patients,reason,times"
    );
    let booked = rows.iter().find(|row| row.contains("book_appointment")).unwrap();
    assert!(
        booked.contains(",Maria Reyes,Front desk,orcactl,book_appointment,yes,\"Booked Rivera, Ana for "),
        "{booked}"
    );
    // Taking it out is in it.
    assert!(actions(&desk.json(&["audit", "list", "--action", "view_audit"])).contains(&"view_audit"));
    assert_eq!(
        desk.refused(&["audit", "export", "/nowhere/at/all.csv"])["code"],
        "cannot_write"
    );
}

#[test]
fn a_patients_report_says_who_saw_what() {
    let desk = practice();
    let report = desk.json(&["audit", "patient", "P1"]);
    assert_eq!(report["patient"]["name"], "Rivera, Ana");
    let lines = report["lines"].as_array().unwrap();
    let has = |action: &str, is_change: bool| {
        lines.iter().any(|line| {
            line["action"] == action
                && line["is_change"] == is_change
                && line["person"] == "Maria Reyes"
                && line["workstation"] == "Front desk"
                && line["times"] == 1
        })
    };
    assert!(
        has("view_patient", false) && has("view_day_sheet", false) && has("book_appointment", true),
        "{report}"
    );
    let text = desk.ok(&["audit", "patient", "P2"]);
    assert!(
        text.starts_with("Osei, Kofi\n") && !text.contains("looked at a day"),
        "{text}"
    );
}

#[test]
fn a_whole_audit_verifies_and_another_ones_anchor_does_not() {
    let desk = practice();
    let check = desk.json(&["audit", "verify"]);
    assert_eq!((&check["troubles"], &check["changes"]), (&json!([]), &json!(4)));
    let head = format!(
        "{}:{}",
        check["head"]["number"],
        check["head"]["hash"].as_str().unwrap()
    );
    let text = desk.ok(&["audit", "verify", "--anchor", &head]);
    assert!(text.contains("everything is as it should be"), "{text}");
    let forged = format!("{}:{}", check["head"]["number"], "ab".repeat(32));
    let error = desk.refused(&["audit", "verify", "--anchor", &head, "--anchor", &forged]);
    assert_eq!(error["code"], "audit_broken");
    assert_eq!(
        desk.refused(&["audit", "verify", "--anchor", "7"])["code"],
        "bad_anchor"
    );
}
