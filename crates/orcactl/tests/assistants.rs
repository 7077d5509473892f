//! Assistants by period, as scripts have them.

#![allow(clippy::unwrap_used)] // helpers of tests

#[allow(dead_code)] // the other suite uses the rest
mod desk;

use desk::Desk;

#[test]
fn they_are_entered_needed_by_a_type_and_told_by_time() {
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
    let empty = desk.ok(&["capacity", "2031-03-03"]);
    assert_eq!(empty, "No equipment, and assistants are not counted\n");
    let shown = desk.json(&["settings", "show"]);
    let place = shown["roster"]["locations"][0]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    let change = |typed: &[&'static str]| {
        let mut words = vec!["settings".to_owned(), "change".to_owned(), "location".to_owned()];
        words.push(place.clone());
        for one in typed {
            words.extend(["--assistants".to_owned(), (*one).to_owned()]);
        }
        words
    };
    let run = |words: &[String]| desk.json(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let saved = run(&change(&["mon,wed 08:00-12:00=1", "mon 12:00-17:00=2"]));
    assert_eq!(saved["assistants"].as_array().unwrap().len(), 3, "{saved}");
    desk.ok(&["settings", "change", "type", "ADJ", "--assistant", "whole-visit"]);
    let told = desk.ok(&["type", "show", "ADJ"]);
    assert!(told.contains("an assistant for the whole visit"), "{told}");
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
    let mut second = book("Kofi Osei", "Op 2", "Doctor 2");
    let refused = desk.refused(&second).to_string();
    assert!(
        refused.contains("The only assistant is with Rivera, Ana (Op 1) 9:00–"),
        "{refused}"
    );
    second.push("--yes");
    desk.ok(&second);
    let capacity = desk.ok(&["capacity", "2031-03-03"]);
    assert!(
        capacity.starts_with("Assistants: 1 8:00–12:00, 2 12:00–17:00\n")
            && capacity.contains("2 of 1")
            && capacity.contains("too few")
            && capacity.contains("Osei, Kofi"),
        "{capacity}"
    );
    let told = desk.json(&["capacity", "2031-03-03"]);
    let first = &told["assistants"]["in_use"][0];
    assert_eq!(
        (&first["from"], &first["used"], &first["there"]),
        (&"9:00".into(), &2.into(), &1.into()),
        "{told}"
    );
    // On a Tuesday nobody is there, and a week without numbers counts nobody.
    assert!(
        desk.ok(&["capacity", "2031-03-04"])
            .contains("Assistants: nobody")
    );
    for words in [change(&["mon 08:00-12:00"]), change(&["someday 08:00-12:00=2"])] {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let refused = desk.refused(&words).to_string();
        assert!(refused.contains("mon-fri 08:00-12:00=3"), "{refused}");
    }
    run(&change(&[""]));
    assert_eq!(
        desk.ok(&["capacity", "2031-03-04"]),
        "No equipment, and assistants are not counted\n"
    );
}
