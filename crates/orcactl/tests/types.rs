//! Types of visits, as scripts edit them.

#![allow(clippy::unwrap_used)] // helpers of tests

#[allow(dead_code)] // the other suite uses the rest
mod desk;

use desk::Desk;

/// A practice with an adjustment in 2031, and another right behind it in the same chair.
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
    for (name, family, at) in [
        ("Ana", "Rivera", "2031-03-03T09:00"),
        ("Kofi", "Osei", "2031-03-03T09:30"),
    ] {
        desk.ok(&["patients", "add", "--given-name", name, "--family-name", family]);
        let patient = format!("{name} {family}");
        desk.ok(&[
            "book",
            "--patient",
            &patient,
            "--type",
            "ADJ",
            "--at",
            at,
            "--operatory",
            "Op 1",
            "--provider",
            "Doctor 1",
        ]);
    }
    desk
}

#[test]
fn a_type_is_edited_shown_and_its_visits_follow_only_when_told() {
    let desk = practice();
    let now = desk.json(&["type", "show", "ADJ"]);
    let pattern = now["pattern"].as_str().unwrap().to_owned();
    assert!(pattern.len() <= 6, "the two visits do not touch: {pattern}");
    let longer = "X".repeat(8);

    let found = desk.json(&["type", "preview", "ADJ", "--pattern", &longer]);
    assert_eq!(
        (&found["count"], &found["fitting"]),
        (&2.into(), &1.into()),
        "{found}"
    );
    let told = desk.ok(&["type", "preview", "ADJ", "--pattern", &longer]);
    assert!(
        told.starts_with("2 booked visits are as the type is now; 1 of them would fit\n"),
        "{told}"
    );
    assert!(told.contains("Op 1 is taken 9:30"), "{told}");

    let change = ["settings", "change", "type", "ADJ", "--pattern", &longer];
    let before = lengths(&desk);
    desk.ok(&change);
    assert_eq!(lengths(&desk), before, "left as they are");
    desk.ok(&["undo"]);
    desk.ok(&[&change[..], &["--booked", "change"]].concat());
    assert_eq!(lengths(&desk), [before[0], 40], "the one that fits");
    desk.ok(&["undo"]);
    assert_eq!(lengths(&desk), before);
}

#[test]
fn what_comes_next_and_where_is_told_and_taken_back() {
    let desk = practice();
    let kind = desk.json(&[
        "settings",
        "change",
        "type",
        "ADJ",
        "--follow-up",
        "ADJ:6",
        "--locations",
        "Lakeside",
        "--reminder-text",
        "Bring your retainer",
    ]);
    assert_eq!(kind["follow_up"]["weeks"], 6);
    assert_eq!(kind["locations"].as_array().unwrap().len(), 1);
    let told = desk.ok(&["type", "show", "ADJ"]);
    for words in ["in 6 weeks", "Bring your retainer", "Lakeside"] {
        assert!(told.contains(words), "{told}");
    }
    let kind = desk.json(&[
        "settings",
        "change",
        "type",
        "ADJ",
        "--follow-up",
        "",
        "--locations",
        "",
    ]);
    assert_eq!(kind["follow_up"], serde_json::Value::Null);
    assert_eq!(kind["locations"], serde_json::json!([]));
    assert_eq!(
        kind["reminder_text"], "Bring your retainer",
        "not given, so it stays"
    );

    let refused = desk.run(&[
        "--json",
        "settings",
        "change",
        "type",
        "ADJ",
        "--follow-up",
        "ADJ",
    ]);
    assert_ne!(refused.code, 0);
    assert_eq!(refused.error()["field"], "follow_up");
    let refused = desk.run(&[
        "--json",
        "settings",
        "change",
        "type",
        "ADJ",
        "--follow-up",
        "ADJ:999",
    ]);
    assert_eq!(refused.error()["field"], "follow_up");
    assert!(
        refused.error()["message"]
            .as_str()
            .unwrap()
            .contains("1 to 260 weeks")
    );
}

#[test]
fn a_second_provider_is_set_up_booked_changed_and_told() {
    let desk = practice();
    for name in ["Doctor 2", "Doctor 3"] {
        desk.ok(&[
            "settings",
            "add",
            "provider",
            "--name",
            name,
            "--hours",
            "mon-fri 08:00-17:00",
        ]);
    }
    let kind = desk.json(&["type", "show", "ADJ"]);
    let length = kind["pattern"].as_str().unwrap().len();
    let second = format!("{}X", "/".repeat(length - 1));
    let change = ["settings", "change", "type", "ADJ"];
    let kind = desk.json(
        &[
            &change[..],
            &[
                "--second-pattern",
                &second,
                "--second-providers",
                "Doctor 2,Doctor 3",
            ],
        ]
        .concat(),
    );
    assert_eq!(kind["second_pattern"], second.as_str());
    assert_eq!(kind["second_providers"].as_array().unwrap().len(), 2);
    let told = desk.ok(&["type", "show", "ADJ"]);
    assert!(told.contains(&format!("{second} by ")), "{told}");
    let refused = desk.run(&[&["--json"], &change[..], &["--second-pattern", "X"]].concat());
    assert_eq!(refused.error()["field"], "second_pattern");

    let book = [
        "book",
        "--patient",
        "Ana Rivera",
        "--type",
        "ADJ",
        "--operatory",
        "Op 2",
        "--provider",
        "Doctor 1",
        "--yes",
    ];
    let refused = desk.run(
        &[
            &["--json"],
            &book[..],
            &["--at", "2031-03-04T09:00", "--second", "Doctor 1"],
        ]
        .concat(),
    );
    assert_eq!(refused.error()["field"], "second_provider");
    let told = desk.ok(&[&book[..], &["--at", "2031-03-04T09:00", "--second", "Doctor 2"]].concat());
    assert!(told.contains(", then "), "{told}");
    let id = told
        .split_whitespace()
        .rev()
        .find(|word| word.len() == 26)
        .unwrap()
        .to_owned();
    let changed = desk.json(&["move", &id, "--second", "Doctor 3", "--yes"]);
    let shown = desk.ok(&["show", &id]);
    assert!(shown.contains("Doctor 3"), "{shown}");
    assert_eq!(changed["appointment"]["second_pattern"], second.as_str());
    let openings = desk.json(&[
        "openings",
        "--type",
        "ADJ",
        "--provider",
        "Doctor 1",
        "--second",
        "Doctor 3",
        "--from",
        "2031-03-04",
    ]);
    let first = &openings["openings"][0];
    assert_eq!(
        first["second_provider"],
        changed["appointment"]["second_provider"]
    );
    let reasons = first["reasons"].to_string();
    assert!(
        reasons.contains("Doctor 3 is free for the second part"),
        "{reasons}"
    );
    // Back to one provider: the pattern goes, and whom it named goes with it.
    let kind = desk.json(&[&change[..], &["--second-pattern", "", "--second-providers", ""]].concat());
    assert_eq!(kind.get("second_pattern"), None);
}

fn lengths(desk: &Desk) -> Vec<u64> {
    let day = desk.json(&["day", "2031-03-03"]);
    let mut visits: Vec<(u64, u64)> = day["appointments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            (
                card["start_minute"].as_u64().unwrap(),
                card["length_minutes"].as_u64().unwrap(),
            )
        })
        .collect();
    visits.sort_unstable();
    visits.into_iter().map(|(_, length)| length).collect()
}
