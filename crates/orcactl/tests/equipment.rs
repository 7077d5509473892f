//! Equipment, as scripts have it.

#![allow(clippy::unwrap_used)] // helpers of tests

#[allow(dead_code)] // the other suite uses the rest
mod desk;

use desk::Desk;

#[test]
fn it_is_added_counted_used_by_a_type_and_removed() {
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
    assert_eq!(desk.ok(&["equipment", "list"]), "No equipment\n");
    let added = desk.json(&["equipment", "add", "Scanner", "--pieces", "1"]);
    assert_eq!(added["counts"][0]["pieces"], 1, "{added}");
    desk.ok(&["equipment", "add", "X-ray"]);
    desk.ok(&[
        "equipment",
        "set",
        "x-ray",
        "--name",
        "X-ray unit",
        "--pieces",
        "2",
    ]);
    let list = desk.ok(&["equipment", "list"]);
    assert!(list.contains("Scanner") && list.contains("X-ray unit"), "{list}");

    desk.ok(&[
        "settings",
        "change",
        "type",
        "ADJ",
        "--uses",
        "Scanner:0-10,X-ray unit",
    ]);
    let told = desk.ok(&["type", "show", "ADJ"]);
    assert!(told.contains("Scanner from minute 0 to 10, X-ray unit"), "{told}");
    desk.ok(&[
        "settings",
        "add",
        "provider",
        "--name",
        "Doctor 2",
        "--hours",
        "mon-fri 08:00-17:00",
    ]);
    for (name, family) in [("Ana", "Rivera"), ("Kofi", "Osei")] {
        desk.ok(&["patients", "add", "--given-name", name, "--family-name", family]);
    }
    let book = |patient: &'static str, operatory: &'static str, provider: &'static str| {
        vec![
            "book",
            "--patient",
            patient,
            "--type",
            "ADJ",
            "--at",
            "2031-03-03T09:00",
            "--operatory",
            operatory,
            "--provider",
            provider,
        ]
    };
    desk.ok(&book("Ana Rivera", "Op 1", "Doctor 1"));
    let refused = desk.refused(&book("Kofi Osei", "Op 2", "Doctor 2")).to_string();
    assert!(
        refused.contains("Scanner is in use 9:00–9:10 by Rivera, Ana (Op 1)"),
        "{refused}"
    );
    let capacity = desk.ok(&["capacity", "2031-03-03"]);
    assert!(
        capacity.starts_with("Scanner: 1\n")
            && capacity.contains("9:00–9:10")
            && capacity.contains("none left"),
        "{capacity}"
    );
    let told = desk.json(&["capacity", "2031-03-03"]);
    let scanner = &told["equipment"][0];
    assert_eq!(
        (
            &scanner["pieces"],
            &scanner["in_use"][0]["used"],
            &scanner["in_use"][0]["until"]
        ),
        (&1.into(), &1.into(), &"9:10".into()),
        "{told}"
    );
    desk.ok(&["equipment", "remove", "Scanner"]);
    assert!(desk.ok(&["equipment", "list"]).contains("out of use"));
    desk.ok(&book("Kofi Osei", "Op 2", "Doctor 2"));

    for (words, hint) in [
        (vec!["equipment", "set", "Laser", "--pieces", "1"], "There is: "),
        (
            vec!["equipment", "add", "Laser", "--pieces", "many"],
            "LOCATION=N",
        ),
        (
            vec!["settings", "change", "type", "ADJ", "--uses", "X-ray unit:10"],
            "Scanner:0-15",
        ),
        (
            vec!["settings", "change", "type", "ADJ", "--uses", "X-ray unit:20-10"],
            "earlier to a later",
        ),
    ] {
        let refused = desk.refused(&words).to_string();
        assert!(refused.contains(hint), "{words:?}: {refused}");
    }
    desk.ok(&["settings", "change", "type", "ADJ", "--uses", ""]);
    assert!(desk.ok(&["type", "show", "ADJ"]).contains("no equipment"));
}
