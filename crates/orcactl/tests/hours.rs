//! Hours, absences, the list of visits that need a new time and recurring block-outs, as scripts give them.

#![allow(clippy::unwrap_used)] // helpers of tests

#[allow(dead_code)] // the other suite uses the rest
mod desk;

use desk::{Desk, plain};
use expect_test::expect;
use serde_json::json;

/// A practice with a visit on Monday 3 March 2031.
fn practice() -> (Desk, String) {
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
    desk.ok(&[
        "patients",
        "add",
        "--given-name",
        "Ana",
        "--family-name",
        "Rivera",
    ]);
    let booked = desk.json(&[
        "book",
        "--patient",
        "Ana Rivera",
        "--type",
        "ADJ",
        "--at",
        "2031-03-03T09:00",
        "--operatory",
        "Op 1",
        "--provider",
        "Doctor 1",
    ]);
    let id = booked["appointment"]["id"].as_str().unwrap().to_owned();
    (desk, id)
}

#[test]
fn a_vacation_displaces_a_visit_and_is_taken_back() {
    let (desk, id) = practice();
    let vacation = [
        "--provider",
        "Doctor 1",
        "--from",
        "2031-03-03",
        "--until",
        "2031-03-07",
        "--reason",
        "vacation",
    ];
    desk.check(
        &[&["absence", "plan"], &vacation[..]].concat(),
        expect![[r#"
            Doctor 1, Mon 3 Mar – Fri 7 Mar displaces 1 visit.
            2031-03-03   9:00–9:30   ADJ  Rivera, Ana  scheduled  Doctor 1  id1  first visit    free 2031-03-10 08:00 Doctor 1
        "#]],
    );
    let entered = plain(&desk.ok(&[&["absence", "add"], &vacation[..]].concat()));
    assert_eq!(
        entered,
        "Doctor 1, Mon 3 Mar – Fri 7 Mar id1\n1 visit needs a new time: see “orcactl pinboard”.\n"
    );
    let board = desk.json(&["pinboard"]);
    assert_eq!(board["entries"][0]["reason"], "Doctor 1 is away (Vacation)");
    assert_eq!(board["entries"][0]["visit"]["id"], id);
    let absence = desk.json(&["absence", "list"])["absences"][0]["id"].clone();
    desk.ok(&["absence", "remove", absence.as_str().unwrap()]);
    assert_eq!(desk.ok(&["pinboard"]), "No visit needs a new time.\n");
    desk.ok(&["pin", &id, "--reason", "wants the afternoon"]);
    let board = desk.json(&["pinboard"]);
    assert_eq!(board["entries"][0]["reason"], "wants the afternoon");
    let refused = desk.refused(&["absence", "add", "--provider", "Doctor 1", "--from", "2031-13-03"]);
    assert_eq!(refused["field"], "from");
}

#[test]
fn hours_alternate_and_block_outs_recur() {
    let (desk, _) = practice();
    let provider = desk.json(&[
        "settings",
        "change",
        "provider",
        "Doctor 1",
        "--week",
        "2: tue-wed 10:00-14:00",
        "--weeks-from",
        "2031-03-03",
        "--special",
        "2031-03-05 closed Course",
    ]);
    assert_eq!(provider["rota"]["other_weeks"][0].as_array().unwrap().len(), 2);
    let hours = |date: &str| {
        desk.json(&["day", date])["provider_hours"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["spans"].to_string())
            .collect::<String>()
    };
    assert_eq!(hours("2031-03-04"), "[{\"from\":480,\"until\":1020}]");
    assert_eq!(hours("2031-03-05"), "");
    assert_eq!(hours("2031-03-11"), "[{\"from\":600,\"until\":840}]");
    let added = desk.ok(&[
        "block",
        "add",
        "--at",
        "2031-03-04T12:00",
        "--minutes",
        "60",
        "--title",
        "Lunch",
        "--operatory",
        "Op 1",
        "--on",
        "tue,thu",
        "--until",
        "2031-03-13",
    ]);
    assert_eq!(added, "Blocked out 4 block-outs.\n");
    let pasted = desk.ok(&["block", "paste", "--week", "2031-03-04", "--to", "2031-03-11"]);
    assert_eq!(
        pasted,
        "Pasted 0 block-outs.\nLeft out:\n2031-03-11  Lunch  it is there already\n2031-03-13  Lunch  it is there already\n"
    );
    let refused = desk.refused(&[
        "settings",
        "change",
        "provider",
        "Doctor 1",
        "--special",
        "2031-03-05 whenever",
    ]);
    assert_eq!(refused["code"], "bad_special_day");
}

#[test]
fn a_month_says_how_full_its_days_are() {
    let (desk, _) = practice();
    let month = desk.json(&["month", "2031-03-17", "--by", "operatory"]);
    let days = month["days"].as_array().unwrap();
    assert_eq!(days.len(), 31, "all of March");
    let monday = &days[2];
    assert_eq!(monday["date"], "2031-03-03");
    assert_eq!(
        (&monday["visits"], &monday["booked_minutes"]),
        (&json!(1), &json!(30))
    );
    let text = desk.ok(&["month", "2031-03-17", "--by", "operatory"]);
    let told: Vec<&str> = text.lines().collect();
    assert_eq!(told[0], "Lakeside, March 2031");
    let at = told
        .iter()
        .position(|line| line.starts_with("2031-03-03"))
        .unwrap();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        words(told[at - 1]).split(' ').next(),
        Some("Op"),
        "parts of Sunday"
    );
    assert_eq!(words(told[at]), "2031-03-03 1 visit 1 %");
    assert_eq!(words(told[at + 1]), "Op 1 1 visit 5 %");
    assert_eq!(words(told[at + 2]), "Op 2 0 visits 0 %");
    assert_eq!(desk.refused(&["month", "someday"])["field"], "date");
}
