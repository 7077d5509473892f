//! The program as scripts see it: what is printed, on which stream, and with which exit code.

#![allow(clippy::unwrap_used)] // helpers of tests

mod desk;

use desk::Desk;
use expect_test::expect;
use serde_json::json;

const GUIDE: &str = include_str!("../../../docs/guide/orcactl.md");

/// A practice built by commands alone, with two patients; on Monday 3 March 2031.
fn small_practice() -> Desk {
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
        "settings",
        "change",
        "provider",
        "Doctor 1",
        "--name",
        "Dr Mei Chen",
        "--short-name",
        "Chen",
        "--letter",
        "C",
    ]);
    desk.ok(&[
        "settings",
        "add",
        "provider",
        "--name",
        "Priya Nair",
        "--kind",
        "hygienist",
        "--hours",
        "mon-fri 08:00-16:00",
    ]);
    desk.ok(&[
        "settings",
        "add",
        "type",
        "--name",
        "Cleaning",
        "--code",
        "CLEAN",
        "--pattern",
        "XXXXXXX/",
        "--providers",
        "Nair",
    ]);
    for (given, family, chart, born) in [
        ("Ana", "Rivera", "P1", "2014-05-09"),
        ("Kofi", "Osei", "P2", "1990-02-14"),
    ] {
        desk.ok(&[
            "patients",
            "add",
            "--given-name",
            given,
            "--family-name",
            family,
            "--chart-number",
            chart,
            "--birth-date",
            born,
            "--email",
            "somebody@example.com",
            "--mobile-phone",
            "(212) 555-0142",
        ]);
    }
    desk.ok(&["settings", "practice", "--email", "desk@lakeside.example.com"]);
    desk
}

fn book(desk: &Desk, patient: &str, at: &str) -> String {
    desk.json(&[
        "book",
        "--patient",
        patient,
        "--type",
        "ADJ",
        "--at",
        at,
        "--operatory",
        "Op 1",
        "--provider",
        "Chen",
    ])["appointment"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_practice_is_built_from_a_script() {
    let desk = small_practice();
    desk.check(
        &["list", "providers"],
        expect![[r#"
        id1  C  Dr Mei Chen  Chen  doctor
        id2  N  Priya Nair   Nair  hygienist
    "#]],
    );
    desk.check(
        &["list", "types"],
        expect![[r#"
        id1  ADJ    Adjustment      30 min  /XX///
        id2  BOND   Bonding         90 min  //XXX////XX///////
        id3  CONS   Consultation    45 min  //XXXX///
        id4  DEB    Debond          60 min  //XX//////XX
        id5  EMER   Emergency       20 min  /XX/
        id6  OBS    Observation     15 min  /XX
        id7  REC    Records         40 min  ////////
        id8  RET    Retainer check  20 min  /X//
        id9  CLEAN  Cleaning        40 min  XXXXXXX/
    "#]],
    );
    desk.check(
        &["list", "operatories"],
        expect![[r#"
        id1  Op 1  Lakeside  Chen
        id2  Op 2  Lakeside  Chen
        id3  Op 3  Lakeside  Chen
        id4  Op 4  Lakeside  Chen
    "#]],
    );
    desk.check(
        &["list", "patients"],
        expect![[r#"
        id1  P1  Rivera, Ana  2014-05-09
        id2  P2  Osei, Kofi   1990-02-14
    "#]],
    );
    desk.check(
        &["patients", "show", "P1"],
        expect![[r#"
        Name          Rivera, Ana
        Id            id1
        Chart number  P1
        Born          2014-05-09 (12 years)
        Mobile phone  (212) 555-0142
        E-mail        somebody@example.com

        No visits.
    "#]],
    );
    let locations = desk.json(&["list", "locations"]);
    assert_eq!(locations[0]["zone"], "America/New_York");
    assert_eq!(locations[0]["hours"].as_array().unwrap().len(), 5);
    let added = desk.json(&[
        "settings",
        "add",
        "location",
        "--name",
        "Westfield",
        "--zone",
        "America/Chicago",
        "--hours",
        "mon,wed 09:00-12:00",
    ]);
    assert_eq!(added["name"], "Westfield");
    assert_eq!(added["hours"].as_array().unwrap().len(), 2);
    let chair = desk.json(&[
        "settings",
        "add",
        "operatory",
        "--name",
        "Op 1",
        "--location",
        "Westfield",
    ]);
    assert_eq!(chair["location"], added["id"]);
    let error = desk.refused(&["openings", "--type", "ADJ", "--operatory", "Op 1"]);
    assert_eq!(
        (error["code"].as_str(), error["field"].as_str()),
        (Some("not_clear"), Some("operatory"))
    );
    assert!(
        error["hint"].as_str().unwrap().contains("Op 1 Westfield"),
        "{error}"
    );
    let closed = desk.json(&[
        "settings",
        "change",
        "operatory",
        "Op 1 Westfield",
        "--active",
        "no",
    ]);
    assert_eq!(closed["is_active"], false);
}

#[test]
fn a_visit_is_booked_moved_and_cancelled() {
    let desk = small_practice();
    desk.check(
        &[
            "book",
            "--patient",
            "Ana Rivera",
            "--type",
            "adjustment",
            "--at",
            "2031-03-03T09:00",
            "--operatory",
            "op1",
            "--provider",
            "Dr. Chen",
        ],
        expect![[r#"
            Booked Rivera, Ana 2031-03-03 9:00–9:30 ADJ Op 1 Chen (scheduled) id1
        "#]],
    );
    let id = desk.json(&["day", "2031-03-03"])["appointments"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.check(
        &["day", "2031-03-03"],
        expect![[r#"
        Lakeside · Monday 3 March 2031 · 8:00–17:00 · 1 visit · America/New_York

        Op 1 · Dr Mei Chen
         9:00–9:30   ADJ  Rivera, Ana  scheduled  Chen  id1  first visit

        Op 2 · Dr Mei Chen
          free

        Op 3 · Dr Mei Chen
          free

        Op 4 · Dr Mei Chen
          free
    "#]],
    );
    desk.check(
        &["move", &id, "--at", "2031-03-04 10:00", "--operatory", "Op 2"],
        expect![[r#"
        Moved Rivera, Ana 2031-03-04 10:00–10:30 ADJ Op 2 Chen (scheduled) id1
    "#]],
    );
    desk.check(
        &["length", &id, "50"],
        expect![[r#"
        Changed Rivera, Ana 2031-03-04 10:00–10:50 ADJ Op 2 Chen (scheduled) id1
    "#]],
    );
    desk.check(
        &["note", &id, "bring the elastics"],
        expect![[r#"
        Noted Rivera, Ana 2031-03-04 10:00–10:50 ADJ Op 2 Chen (scheduled) id1
    "#]],
    );
    desk.check(
        &["early", &id, "15"],
        expect![[r#"
        Changed Rivera, Ana 2031-03-04 10:00–10:50 ADJ Op 2 Chen (scheduled) id1
    "#]],
    );
    let card = desk.json(&["day", "2031-03-04"])["appointments"][0].clone();
    assert_eq!(card["arrive_early_minutes"], 15);
    desk.check(
        &["procedures", &id, "--also", "RET,OBS"],
        expect![[r#"
        Changed Rivera, Ana 2031-03-04 10:00–10:45 ADJ+RET+OBS Op 2 Chen (scheduled) id1
    "#]],
    );
    desk.check(
        &["procedures", &id, "--pattern", "/XX///////"],
        expect![[r#"
        Changed Rivera, Ana 2031-03-04 10:00–10:50 ADJ Op 2 Chen (scheduled) id1
    "#]],
    );
    desk.check(
        &["status", &id, "confirmed"],
        expect![[r#"
        Changed Rivera, Ana 2031-03-04 10:00–10:50 ADJ Op 2 Chen (confirmed) id1
    "#]],
    );
    desk.check(
        &["show", &id],
        expect![[r#"
            Patient       Rivera, Ana
            Chart number  P1
            Kind          ADJ Adjustment
            Starts        2031-03-04T10:00:00-05:00[America/New_York]
            Ends          2031-03-04T10:50:00-05:00[America/New_York]
            Comes         15 min early, at 9:45
            Length        50 min  /XX///////
            Operatory     Op 2, Lakeside
            Provider      Dr Mei Chen
            Status        confirmed
            Next          scheduled, arrived, seated, completed, cancelled, no_show
            Confirmed     <when>
            Note          bring the elastics
            Id            id1

            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: confirmed
                                                             status: scheduled → confirmed
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: Adjustment, 45 to 50 minutes
                                                             what is done besides: Retainer check; Observation → nothing
                                                             length: 45 minutes (/XXXXX///) → 50 minutes (/XX///////)
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: Adjustment + Retainer check + Observation, 50 to 45 minutes
                                                             what is done besides: nothing → Retainer check; Observation
                                                             length: 50 minutes (/XX///////) → 45 minutes (/XXXXX///)
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: asked to come 15 minutes early
                                                             asked to come early: no → by 15 minutes
            <when>  Maria Reyes  Front desk  Edited the note of Rivera, Ana, Tue 4 Mar 10:00 Op 2
                                                             note: nothing → bring the elastics
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: 30 to 50 minutes
                                                             length: 30 minutes (/XX///) → 50 minutes (/XX///////)
            <when>  Maria Reyes  Front desk  Moved Rivera, Ana from Mon 3 Mar 9:00 Op 1 to Tue 4 Mar 10:00 Op 2
                                                             operatory: Op 1 → Op 2
                                                             time: Mon 3 Mar 9:00 → Tue 4 Mar 10:00
            <when>  Maria Reyes  Front desk  Booked Rivera, Ana for Mon 3 Mar 9:00 Op 1
        "#]],
    );
    desk.check(
        &["undo"],
        expect![[r#"
            Took back: Rivera, Ana, Tue 4 Mar 10:00 Op 2: scheduled
            undo would: change what is done in a visit: Rivera, Ana, Tue 4 Mar 10:00
            redo would: confirm a visit: Rivera, Ana, Tue 4 Mar 10:00
        "#]],
    );
    desk.check(
        &["redo"],
        expect![[r#"
        Did again: Rivera, Ana, Tue 4 Mar 10:00 Op 2: confirmed
        undo would: confirm a visit: Rivera, Ana, Tue 4 Mar 10:00
    "#]],
    );
    desk.check(
        &["cancel", &id, "--reason", "Patient ill"],
        expect![[r#"
        Cancelled Rivera, Ana 2031-03-04 10:00–10:50 ADJ Op 2 Chen (cancelled) id1
    "#]],
    );
    desk.check(
        &["history", "--appointment", &id],
        expect![[r#"
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: cancelled (Patient ill)
                                                             cancel reason: nothing → Patient ill
                                                             status: confirmed → cancelled
            <when>  Maria Reyes  Front desk  Did again: Rivera, Ana, Tue 4 Mar 10:00 Op 2: confirmed
                                                             status: scheduled → confirmed
            <when>  Maria Reyes  Front desk  Took back: Rivera, Ana, Tue 4 Mar 10:00 Op 2: scheduled (taken back)
                                                             status: confirmed → scheduled
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: confirmed
                                                             status: scheduled → confirmed
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: Adjustment, 45 to 50 minutes
                                                             what is done besides: Retainer check; Observation → nothing
                                                             length: 45 minutes (/XXXXX///) → 50 minutes (/XX///////)
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: Adjustment + Retainer check + Observation, 50 to 45 minutes
                                                             what is done besides: nothing → Retainer check; Observation
                                                             length: 50 minutes (/XX///////) → 45 minutes (/XXXXX///)
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: asked to come 15 minutes early
                                                             asked to come early: no → by 15 minutes
            <when>  Maria Reyes  Front desk  Edited the note of Rivera, Ana, Tue 4 Mar 10:00 Op 2
                                                             note: nothing → bring the elastics
            <when>  Maria Reyes  Front desk  Rivera, Ana, Tue 4 Mar 10:00 Op 2: 30 to 50 minutes
                                                             length: 30 minutes (/XX///) → 50 minutes (/XX///////)
            <when>  Maria Reyes  Front desk  Moved Rivera, Ana from Mon 3 Mar 9:00 Op 1 to Tue 4 Mar 10:00 Op 2
                                                             operatory: Op 1 → Op 2
                                                             time: Mon 3 Mar 9:00 → Tue 4 Mar 10:00
            <when>  Maria Reyes  Front desk  Booked Rivera, Ana for Mon 3 Mar 9:00 Op 1
        "#]],
    );
    let history = desk.json(&["history", "--limit", "2"]);
    assert_eq!(history["entries"].as_array().unwrap().len(), 2);
    assert_eq!(history["entries"][0]["op"], "cancel_appointment");
    let ics = desk.json(&["ics", &id]);
    assert!(ics["text"].as_str().unwrap().contains("METHOD:CANCEL"), "{ics}");
    assert!(
        !ics["text"].as_str().unwrap().contains("elastics"),
        "a note is nobody else’s business"
    );
}

#[test]
fn a_taken_chair_is_refused_with_what_is_in_the_way() {
    let desk = small_practice();
    let first = book(&desk, "P1", "2031-03-03T09:00");
    let clash = [
        "book",
        "--patient",
        "P2",
        "--type",
        "ADJ",
        "--at",
        "2031-03-03T09:10",
        "--operatory",
        "Op 1",
        "--provider",
        "Chen",
    ];
    let error = desk.refused(&clash);
    assert!(error["message"].as_str().unwrap().contains("Rivera"), "{error}");
    assert_eq!(error["way_through"], "override");
    let example = format!("\"code\": {}", error["code"]);
    assert!(
        GUIDE.contains(&example),
        "the guide shows another code than {example}"
    );
    assert_eq!(error["violations"][0]["rule"], "operatory_overlap");
    assert_eq!(error["violations"][0]["appointment"], json!(first));
    let plain = desk.run(&clash);
    assert_eq!((plain.code, plain.stdout.as_str()), (1, ""));
    assert!(
        plain.stderr.starts_with("orcactl: ") && plain.stderr.contains("--override REASON"),
        "{}",
        plain.stderr
    );
    let overridden: Vec<&str> = clash.iter().copied().chain(["--override", "emergency"]).collect();
    let booked = desk.json(&overridden);
    assert!(!booked["warnings"].as_array().unwrap().is_empty());
    // Decided when it was booked: no card.
    assert_eq!(desk.json(&["conflicts"])["cards"], json!([]));
    // What was decided is done again with it.
    desk.ok(&["undo"]);
    desk.ok(&["redo"]);
    assert_eq!(desk.json(&["conflicts"])["cards"], json!([]));
}

#[test]
fn openings_begin_where_a_chair_is_free_and_can_be_booked() {
    let desk = small_practice();
    book(&desk, "P1", "2031-03-03T08:00");
    let wanted = [
        "openings",
        "--type",
        "ADJ",
        "--provider",
        "Chen",
        "--from",
        "2031-03-03",
        "--days",
        "2",
        "--after",
        "08:00",
        "--before",
        "10:00",
        "--limit",
        "3",
    ];
    let openings = desk.json(&wanted)["openings"].as_array().unwrap().clone();
    assert_eq!(openings.len(), 3);
    for opening in &openings {
        let at = opening["at"].as_str().unwrap();
        assert!(("2031-03-03T08:00".."2031-03-04T10:00").contains(&at), "{at}");
    }
    let text = |key: &str| openings[0][key].as_str().unwrap().to_owned();
    desk.ok(&[
        "book",
        "--patient",
        "P2",
        "--type",
        "ADJ",
        "--at",
        &text("at"),
        "--operatory",
        &text("operatory"),
        "--provider",
        &text("provider"),
    ]);
    let none = desk.ok(&["openings", "--type", "ADJ", "--from", "2031-03-08", "--days", "1"]);
    assert_eq!(none, "No opening.\n");
}

#[test]
fn a_swap_a_length_and_procedures_are_tried_without_being_done() {
    let desk = small_practice();
    let first = book(&desk, "P1", "2031-03-03T08:00");
    let second = book(&desk, "P2", "2031-03-03T08:30");
    let check = |command: &[&str]| desk.json(&[command, &["--check"]].concat());
    let before = desk.json(&["day", "2031-03-03"])["appointments"].clone();
    let longer = check(&["length", &first, "40"]);
    assert_eq!(longer["violations"][0]["rule"], "operatory_overlap", "{longer:#}");
    assert_eq!(check(&["length", &first, "25"])["violations"], json!([]));
    let beside = check(&["procedures", &first, "--also", "RET"]);
    assert_eq!(beside["violations"][0]["rule"], "operatory_overlap", "{beside:#}");
    assert_eq!(check(&["swap", &first, &second])["violations"], json!([]));
    assert_eq!(
        desk.json(&["day", "2031-03-03"])["appointments"],
        before,
        "nothing was done"
    );
    desk.ok(&["cancel", &second, "--reason", "ill"]);
    let refused = desk.refused(&["length", &second, "40", "--check"]);
    assert_eq!(refused["code"], "not_planned", "{refused:#}");
}

#[test]
fn openings_keep_to_weekdays_and_to_the_time_at_which_the_visit_is_over() {
    let desk = small_practice();
    let found = |wanted: &[&str]| {
        let asked = [
            &[
                "openings",
                "--type",
                "ADJ",
                "--from",
                "2031-03-03",
                "--days",
                "14",
            ],
            wanted,
        ]
        .concat();
        desk.json(&asked)["openings"].as_array().unwrap().clone()
    };
    // Two weeks from a Monday on, at the end of which there is none left but on these days.
    let on = found(&["--on", "wed,fri", "--limit", "200", "--before", "08:40"]);
    assert!(!on.is_empty());
    for opening in &on {
        let at: jiff::civil::DateTime = opening["at"].as_str().unwrap().parse().unwrap();
        let day = at.strftime("%a").to_string();
        assert!(["Wed", "Fri"].contains(&day.as_str()), "{at}");
        let end = at + jiff::Span::new().minutes(opening["length_minutes"].as_i64().unwrap());
        assert!(end.time() <= jiff::civil::time(8, 40, 0, 0), "{at} to {end}");
    }
    let told = desk.refused(&["openings", "--type", "ADJ", "--on", "soon"]);
    assert_eq!(told["field"], "on", "{told:#}");

    let family = [
        "family",
        "--visit",
        "P1: ADJ",
        "--visit",
        "P2: ADJ",
        "--from",
        "2031-03-03",
        "--on",
        "thu",
    ];
    let ways = desk.json(&family)["openings"].as_array().unwrap().clone();
    assert!(!ways.is_empty());
    for way in &ways {
        let at: jiff::civil::DateTime = way["visits"][0]["at"].as_str().unwrap().parse().unwrap();
        assert_eq!(at.strftime("%a").to_string(), "Thu", "{at}");
    }
}

#[test]
fn a_family_comes_together() {
    let desk = small_practice();
    let family = [
        "family",
        "--visit",
        "P1: ADJ",
        "--visit",
        "P2: ADJ",
        "--from",
        "2031-03-03",
        "--days",
        "2",
    ];
    let with = |more: &[&'static str]| [family.as_slice(), more].concat();
    let found = desk.json(&with(&["--how", "back-to-back", "--limit", "2"]));
    let [first, second] = [0, 1].map(|at| {
        found["openings"][0]["visits"][at]["at"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    assert_ne!(first, second);
    let booked = desk.json(&with(&["--how", "back-to-back", "--book"]));
    let starts = |at: usize| booked["appointments"][at]["start_minute"].as_u64().unwrap();
    assert_ne!(starts(0), starts(1));
    assert!(desk.ok(&["undo"]).contains("book a family"));
    assert_eq!(desk.refused(&["family", "--visit", "P1: ADJ"])["field"], "visits");
    assert_eq!(
        desk.refused(&["family", "--visit", "P1", "--visit", "P2: ADJ"])["field"],
        "visits"
    );
}

#[test]
fn time_is_blocked_out_and_freed() {
    let desk = small_practice();
    let block = desk.json(&[
        "block",
        "add",
        "--at",
        "2031-03-03T12:00",
        "--minutes",
        "60",
        "--title",
        "Lunch",
        "--provider",
        "Chen",
    ]);
    let id = block["id"].as_str().unwrap();
    let at_noon = [
        "book",
        "--patient",
        "P1",
        "--type",
        "ADJ",
        "--at",
        "2031-03-03T12:10",
        "--operatory",
        "Op 1",
        "--provider",
        "Chen",
    ];
    assert_eq!(desk.refused(&at_noon)["violations"][0]["rule"], "time_block");
    desk.check(
        &["day", "2031-03-03"],
        expect![[r#"
        Lakeside · Monday 3 March 2031 · 8:00–17:00 · 0 visits · America/New_York

        Blocked out
        12:00–13:00  #  Lunch  blocked  Chen  id1

        Op 1 · Dr Mei Chen
          free

        Op 2 · Dr Mei Chen
          free

        Op 3 · Dr Mei Chen
          free

        Op 4 · Dr Mei Chen
          free
    "#]],
    );
    let changed = desk.json(&[
        "block",
        "change",
        id,
        "--title",
        "Late lunch",
        "--at",
        "2031-03-03T13:00",
        "--only",
        "CONS,DEB",
    ]);
    assert_eq!(
        (changed["title"].as_str(), changed["start_minute"].as_u64()),
        (Some("Late lunch"), Some(780))
    );
    assert_eq!(changed["policy"]["kind"], "restricted_to");
    desk.ok(&["block", "remove", id]);
    assert_eq!(desk.json(&["day", "2031-03-03"])["blocks"], json!([]));
    desk.ok(&at_noon);
}

#[test]
fn patients_are_found_shown_and_changed() {
    let desk = small_practice();
    let hits = desk.json(&["patients", "find", "Rivra"]);
    assert_eq!(hits["hits"][0]["name"], "Rivera, Ana");
    let again = desk.refused(&[
        "patients",
        "add",
        "--given-name",
        "Ana",
        "--family-name",
        "Rivera",
        "--birth-date",
        "2014-05-09",
    ]);
    assert_eq!(again["code"], "similar_patient");
    for (given, family) in [("Rivera", "Ana"), ("Ann", "Riviera"), ("ANÁ", "Rivera")] {
        let add = ["patients", "add", "--given-name", given, "--family-name", family];
        let refused = desk.refused(&[add.as_slice(), &["--birth-date", "2014-05-09"]].concat());
        assert_eq!(refused["code"], "similar_patient", "{given} {family}");
        assert!(
            refused["message"].as_str().unwrap().starts_with("Rivera, Ana"),
            "{refused}"
        );
    }
    let hits = desk.json(&["patients", "find", "Ina Rivera"]);
    assert_eq!(hits["hits"][0]["name"], "Rivera, Ana");
    desk.ok(&[
        "patients",
        "add",
        "--given-name",
        "Ana",
        "--family-name",
        "Rivera",
        "--birth-date",
        "2014-05-09",
        "--although-similar",
    ]);
    let unclear = desk.refused(&["patients", "show", "Ana Rivera"]);
    assert_eq!(
        (unclear["code"].as_str(), unclear["field"].as_str()),
        (Some("not_clear"), Some("patient"))
    );
    assert!(
        unclear["hint"].as_str().unwrap().contains("chart P1"),
        "{unclear}"
    );
    let changed = desk.json(&[
        "patients",
        "change",
        "P1",
        "--alert",
        "Latex allergy",
        "--responsible-name",
        "Marta Rivera",
        "--responsible-relationship",
        "mother",
        "--responsible-email",
        "marta@example.com",
        "--email",
        "",
    ]);
    assert_eq!(changed["fields"]["alert"], "Latex allergy");
    assert_eq!(changed["fields"]["email"], "");
    assert_eq!(changed["fields"]["family_name"], "Rivera");
    assert_eq!(changed["fields"]["responsible_party"]["name"], "Marta Rivera");
    assert_eq!(
        desk.refused(&["patients", "show", "Nobody Atall"])["code"],
        "not_found"
    );
}

#[test]
fn files_are_imported_line_by_line_and_never_twice() {
    let desk = small_practice();
    let people = desk.file("people.csv", "\u{feff}Chart #;LName;FName;DOB\r\nP1;Rivera;Ana;5/9/2014\r\nP3;Lund;Mia;31/31/2003\r\nP4;Lund;Sven;3/31/2001\r\n");
    desk.check(
        &["import", "patients", &people, "--dry-run"],
        expect![[r#"
        line 2      unchanged  Rivera, Ana (P1)
        line 3      FAILED     “31/31/2003” is not a date: write 2014-05-09 or 5/9/2014 [DOB]
        line 4      added      Lund, Sven (P4)
        Nothing was written. It would be: 1 added, 0 updated, 1 unchanged, 1 failed
    "#]],
    );
    desk.check(
        &["import", "patients", &people],
        expect![[r#"
        line 2      unchanged  Rivera, Ana (P1)
        line 3      FAILED     “31/31/2003” is not a date: write 2014-05-09 or 5/9/2014 [DOB]
        line 4      added      Lund, Sven (P4)
        1 added, 0 updated, 1 unchanged, 1 failed
    "#]],
    );
    let again = desk.json(&["import", "patients", &people]);
    assert_eq!(
        (
            again["added"].as_u64(),
            again["unchanged"].as_u64(),
            again["failed"].as_u64()
        ),
        (Some(0), Some(2), Some(1))
    );
    assert_eq!(again["lines"][1]["line"], 3);
    assert_eq!(again["lines"][1]["field"], "DOB");

    let visits = desk.file(
        "visits.csv",
        "AptNum,PatNum,AptDateTime,Length,Type,Op\n1,P1,2031-03-10 09:00,40,ADJ,Op 1\n2,P4,3/10/2031 9:20 AM,,ADJ,Op 1\n3,P9,2031-03-10 10:00,30,ADJ,Op 1\n",
    );
    desk.check(&["import", "appointments", &visits], expect![[r#"
        line 2      added      Rivera, Ana (P1) 2031-03-10 09:00
        line 3      added      Lund, Sven (P4) 2031-03-10 09:20. It overlaps: Op 1 is taken 9:00–9:40 by Rivera, Ana
        line 4      FAILED     nobody here has the chart number P9: import the patients first [PatNum]
        2 added, 0 updated, 0 unchanged, 1 failed
    "#]]);
    assert_eq!(desk.json(&["import", "appointments", &visits])["added"], 0);
    let cards = desk.json(&["conflicts"])["cards"].as_array().unwrap().clone();
    assert!(!cards.is_empty(), "imported overlaps are conflicts");
    let key = cards[0]["key"].as_str().unwrap();
    // Way out number 1 moves the one that nobody has confirmed and that was booked later; and it can be taken back.
    assert_eq!(desk.refused(&["conflicts", "take", key, "99"])["field"], "number");
    assert_eq!(
        desk.refused(&["conflicts", "take", "operatory:a:b", "1"])["code"],
        "unknown_conflict"
    );
    let numbers: Vec<_> = cards[0]["details"]["sides"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|side| side["ways_out"].as_array().unwrap())
        .map(|way| way["number"].as_u64().unwrap())
        .collect();
    assert!(
        numbers.len() == 6 && (1..=6).all(|number| numbers.contains(&number)),
        "{numbers:?}"
    );
    let after = desk.json(&["conflicts", "take", key, "1"]);
    assert_eq!(after["cards"].as_array().unwrap().len(), cards.len() - 1);
    desk.ok(&["undo"]);
    let left = desk.json(&["conflicts", "keep", key, "--reason", "siblings, one chair"]);
    assert_eq!(left["cards"].as_array().unwrap().len(), cards.len() - 1);

    let calendar = desk.file(
        "chen.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260901\r\nSUMMARY:Vacation\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    let imported = desk.json(&["import", "ics", &calendar, "--provider", "Chen"]);
    assert_eq!(imported["failed"], 0, "{imported}");
    assert_eq!(
        desk.json(&["import", "ics", &calendar, "--provider", "Chen"])["added"],
        0
    );

    let missing = desk.refused(&["import", "patients", "/nowhere/people.csv"]);
    assert_eq!(
        (missing["code"].as_str(), missing["field"].as_str()),
        (Some("unreadable_file"), Some("file"))
    );
    let nameless = desk.file("nameless.csv", "Sex,Colour\nF,red\n");
    assert_eq!(
        desk.refused(&["import", "patients", &nameless])["code"],
        "missing_column"
    );
}

#[test]
fn what_cannot_be_understood_is_a_usage_error() {
    let desk = Desk::new();
    for line in [
        &["fly"][..],
        &["book", "--patient", "P1"],
        &["openings"],
        &["list", "teeth"],
        &["sync"],
        &["openings", "--type", "ADJ", "--limit", "0"],
        &[],
    ] {
        let run = desk.run(line);
        assert_eq!(run.code, 2, "{line:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    assert_eq!(desk.run(&["--version"]).code, 0);
    assert!(desk.run(&["--help"]).stdout.contains("openings"));
}

#[test]
fn a_folder_without_a_practice_and_a_wrong_passphrase_say_so() {
    let desk = Desk::new();
    let error = desk.refused(&["day", "today"]);
    assert_eq!(error["code"], "no_practice");
    assert!(error["hint"].as_str().unwrap().contains("orcactl init"));
    let unknown = desk.refused(&["init", "--practice", "Lakeside", "--zone", "America/Atlantis"]);
    assert_eq!(unknown["field"], "zone");
    desk.ok(&["init", "--practice", "Lakeside", "--zone", "America/New_York"]);
    assert_eq!(
        desk.refused(&["init", "--practice", "Other", "--zone", "America/New_York"])["code"],
        "practice_exists"
    );
    let wrong = desk.run_with(
        &["--json", "day", "today"],
        &[("ORCA_PASSPHRASE", "something else")],
    );
    assert_eq!(wrong.code, 1);
    assert_eq!(wrong.error()["code"], "wrong_passphrase", "{}", wrong.stderr);
    let locked = desk.run_with(&["--json", "day", "today"], &[("ORCA_PASSPHRASE", "")]);
    assert_eq!(locked.error()["code"], "passphrase_needed", "{}", locked.stderr);
    assert_eq!(desk.refused(&["show", "x"])["code"], "bad_id");
    assert_eq!(desk.refused(&["day", "someday"])["field"], "date");
    assert_eq!(desk.refused(&["undo"])["code"], "nothing_to_undo");
    assert_eq!(desk.refused(&["--as", "Ruth", "undo"])["code"], "unknown_person");
    assert_eq!(desk.refused(&["relay", "invite"])["field"], "relay");
    assert_eq!(desk.json(&["sync", "--status"])["mode"], "alone");
    // How long to try goes with trying.
    let alone = desk.refused(&["sync", "--once", "--timeout", "1"]);
    assert_eq!(alone["code"], "no_relay", "{alone}");
}

#[test]
fn the_demo_stands_still_when_its_clock_does() {
    let desk = Desk::new();
    let now = [("ORCA_NOW", "2026-03-03T10:20")];
    let made = desk.run_with(&["--json", "demo", "--seed", "7", "--today", "2026-03-03"], &now);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let ok = |line: &[&str]| {
        let run = desk.run_with(line, &now);
        assert_eq!(run.code, 0, "{line:?}: {}", run.stderr);
        run.stdout
    };
    let json = |line: &[&str]| -> serde_json::Value {
        serde_json::from_str(&ok(&[&["--json"], line].concat())).unwrap()
    };
    let sheet = json(&["day", "today"]);
    assert_eq!(sheet["date"], "2026-03-03");
    let visits = sheet["appointments"].as_array().unwrap();
    assert!((120..=150).contains(&visits.len()), "{}", visits.len());
    assert!(visits.iter().any(|visit| visit["status"] == "seated"));
    expect![[r#"
        Lakeside · Tuesday 3 March 2026 · 8:00–17:30 · 138 visits · America/New_York

        Blocked out
        12:00–13:00  #  Lunch  blocked  Chen       id1
        12:00–13:00  #  Lunch  blocked  Nair       id2
        12:40–13:40  #  Lunch  blocked  Osei       id3
        13:00–14:00  #  Lunch  blocked  Brennan    id4
        13:00–14:00  #  Lunch  blocked  Ramírez    id5
        13:00–14:00  #  Lunch  blocked  Lindqvist  id6
        13:40–14:40  #  Lunch  blocked  Haddad     id7

        Op 1 · Dr Mei Chen"#]]
    .assert_eq(&desk::plain(
        ok(&["day", "today"])
            .lines()
            .take(12)
            .collect::<Vec<_>>()
            .join("\n")
            .as_str(),
    ));
    expect![[r#"
        Thu  2026-03-05 15:40  30 min  Op 1  Chen  Lakeside  earliest day, leaves no short gap, in a slot for any of Treatment, usual provider of Op 1
        Thu  2026-03-05 17:00  30 min  Op 1  Chen  Lakeside  earliest day, leaves no short gap, in a slot for any of Treatment, usual provider of Op 1
        Thu  2026-03-05 16:10  30 min  Op 1  Chen  Lakeside  earliest day, leaves no short gap, in a slot for any of Treatment, usual provider of Op 1
        Thu  2026-03-05 16:30  30 min  Op 1  Chen  Lakeside  earliest day, leaves no short gap, in a slot for any of Treatment, usual provider of Op 1
    "#]].assert_eq(&desk::plain(&ok(&["openings", "--type", "ADJ", "--provider", "Chen", "--from", "tomorrow", "--limit", "4"])));
    assert_eq!(
        json(&["conflicts"])["cards"],
        json!([]),
        "the invented practice keeps its own rules"
    );
    let rebuilt = json(&["rebuild", "--check"]);
    assert_eq!(rebuilt["difference_count"], 0, "{rebuilt}");
    let verified = json(&["verify"]);
    assert_eq!(verified["troubles"], json!([]), "{verified}");
    let westfield = json(&["day", "+1d", "--location", "Westfield"]);
    assert_eq!(westfield["date"], "2026-03-04");
}

/// A folder as it must be typed.
fn folder(desk: &Desk, name: &str) -> String {
    let file = desk.file(&format!("{name}.txt"), "");
    file.trim_end_matches(".txt").to_owned()
}

#[test]
fn a_backup_is_made_listed_checked_and_restored_with_the_same_day() {
    let desk = small_practice();
    book(&desk, "P1", "2031-03-03T09:00");
    let backups = folder(&desk, "backups");
    let made = desk.json(&["backup", "create", "--to", &backups]);
    let id = made["id"].as_str().unwrap();
    book(&desk, "P2", "2031-03-03T10:00");
    let second = desk.json(&["backup", "create", "--to", &backups]);
    assert!(
        second["contents"]["written_bytes"].as_u64() < second["contents"]["database_bytes"].as_u64(),
        "{second}"
    );
    let list = desk.json(&["backup", "list", &backups]);
    let listed: Vec<_> = list["backups"].as_array().unwrap().iter().collect();
    assert_eq!(listed.len(), 2);
    assert!(
        listed
            .iter()
            .any(|backup| backup["id"] == second["id"] && backup["contents"] == second["contents"])
    );
    assert_eq!(desk.json(&["backup", "verify", &backups, id])["id"], *id);
    assert_eq!(
        desk.json(&["backup", "status"])["last"]["id"],
        second["id"],
        "the last one is known"
    );

    // On a bare machine: another data folder, nothing but the passphrase.
    let newer = folder(&desk, "newer");
    let day = ["day", "2031-03-03"];
    let there = |data: &str, line: &[&str]| desk.json(&[&["--data", data], line].concat());
    let newest = second["id"].as_str().unwrap();
    there(&newer, &["backup", "restore", &backups, newest]);
    assert_eq!(there(&newer, &day), desk.json(&day));
    assert_eq!(there(&newer, &["rebuild", "--check"])["difference_count"], 0);
    there(&newer, &["verify"]);
    let older = folder(&desk, "older");
    there(&older, &["backup", "restore", &backups, id]);
    assert_eq!(there(&older, &day)["appointments"].as_array().unwrap().len(), 1);
    assert_eq!(
        desk.refused(&["--data", &older, "backup", "restore", &backups])["code"],
        "practice_exists"
    );
}

#[test]
fn what_is_wrong_with_a_backup_is_said_in_words_and_codes() {
    let desk = small_practice();
    let backups = folder(&desk, "backups");
    assert_eq!(desk.refused(&["backup", "create"])["code"], "no_backup_folder");
    let file = desk.file("file", "");
    assert_eq!(
        desk.refused(&["backup", "create", "--to", &file])["code"],
        "backup_folder"
    );
    assert_eq!(
        desk.json(&["backup", "status"])["trouble"]
            .as_str()
            .unwrap()
            .find(&file),
        Some("The backup folder ".len())
    );
    desk.ok(&["backup", "create", "--to", &backups]);
    let elsewhere = folder(&desk, "elsewhere");
    let wrong = desk.run_with(
        &["--json", "--data", &elsewhere, "backup", "restore", &backups],
        &[("ORCA_PASSPHRASE", "wrong")],
    );
    assert_eq!(
        (wrong.code, &wrong.error()["code"]),
        (1, &json!("wrong_passphrase"))
    );
    let nobody = desk.run_with(
        &["--json", "--data", &elsewhere, "backup", "verify", &backups],
        &[("ORCA_PASSPHRASE", "")],
    );
    assert_eq!(
        (nobody.code, &nobody.error()["code"]),
        (1, &json!("passphrase_needed"))
    );
    assert_eq!(
        desk.refused(&["backup", "verify", &backups, "20310303T000000Z-00000000"])["code"],
        "no_backup"
    );
    let lists: Vec<_> = walk(backups.as_ref())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    let mut bytes = std::fs::read(&lists[0]).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&lists[0], bytes).unwrap();
    assert_eq!(
        desk.refused(&["backup", "verify", &backups])["code"],
        "backup_damaged"
    );
    assert!(desk.json(&["backup", "list", &backups])["backups"][0]["trouble"].is_string());
}

#[test]
fn the_recovery_kit_is_written_out_once_and_resets_a_forgotten_passphrase() {
    let desk = small_practice();
    assert_eq!(
        desk.ok(&["recovery", "status"]),
        "No recovery kit was ever made: orcactl recovery make.\n"
    );
    assert_eq!(
        desk.refused(&["recovery", "make", "--parts", "1"])["field"],
        "parts"
    );
    let pages = desk.ok(&["recovery", "make", "--parts", "3"]);
    assert_eq!(pages.split('\u{c}').count(), 3, "one page a part");
    assert!(pages.contains("No relay: it only gives an administrator a new passphrase."));
    let kit = desk.json(&["recovery", "make", "--parts", "2"]);
    let part = |number: usize| {
        let groups = kit["parts"][number]["groups"].as_array().unwrap();
        let groups: Vec<&str> = groups.iter().map(|group| group.as_str().unwrap()).collect();
        groups.join("-")
    };
    assert!(desk.ok(&["recovery", "status"]).contains("2 parts, made "));

    let chosen = desk.run_with(
        &["people", "passphrase", "Maria Reyes"],
        &[("ORCA_NEW_PASSPHRASE", "one that she forgets")],
    );
    assert_eq!((chosen.code, chosen.stderr.as_str()), (0, ""));
    assert_eq!(desk.refused(&["recovery", "status"])["code"], "passphrase_needed");
    let (first, second) = (part(0), part(1));
    let reset = |parts: &[&str]| {
        let mut line = vec!["--json", "recovery", "reset", "Maria Reyes"];
        line.extend(parts.iter().flat_map(|part| ["--part", *part]));
        desk.run_with(&line, &[("ORCA_NEW_PASSPHRASE", "one to remember")])
    };
    assert_eq!(reset(&[&first]).error()["code"], "kit_part_needed");
    assert_eq!(reset(&[&first, &first]).error()["code"], "no_pair");
    assert_eq!(reset(&[&second, &first]).code, 0);
    assert_eq!(reset(&[&second, &first]).error()["code"], "kit_refused");
    let status = desk.run_with(
        &["recovery", "status"],
        &[("ORCA_PERSON_PASSPHRASE", "one to remember")],
    );
    assert!(
        status.stdout.contains("It was used"),
        "{} {}",
        status.stdout,
        status.stderr
    );
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(walk(&path));
        } else {
            all.push(path);
        }
    }
    all
}

#[test]
fn the_schedule_is_kept_and_can_be_switched_off() {
    let desk = small_practice();
    let backups = folder(&desk, "backups");
    let state = desk.json(&["backup", "schedule", "--to", &backups, "--every", "2"]);
    assert_eq!(
        state["settings"],
        json!({ "folder": backups, "every_hours": 2, "keep_daily": 7, "keep_weekly": 4 })
    );
    desk.ok(&["backup", "schedule", "--daily", "3"]);
    assert_eq!(desk.json(&["backup", "status"])["settings"]["every_hours"], 2);
    desk.ok(&["backup", "create"]);
    assert_eq!(
        desk.refused(&["backup", "schedule", "--every", "0"])["field"],
        "every_hours"
    );
    assert!(desk.json(&["backup", "schedule", "--off"])["settings"].is_null());
}

#[test]
fn days_weeks_and_slips_are_printed_into_files() {
    let desk = small_practice();
    book(&desk, "P1", "2031-03-03T09:00");
    for what in ["day", "week", "slips"] {
        let file = format!("{}.pdf", folder(&desk, what));
        let line = ["print", what, "--date", "2031-03-03", "--out", &file];
        let printed = desk.json(&line);
        assert_eq!(printed["file"], file);
        assert_eq!(printed["visits"], 1, "{what}: {printed}");
        assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF-"), "{what}");
    }
    let file = format!("{}/missing/day.pdf", folder(&desk, "none"));
    let line = [
        "print",
        "day",
        "--date",
        "2031-03-03",
        "--paper",
        "letter",
        "--by",
        "provider",
        "--provider",
        "Chen",
    ];
    let refused = desk.refused(&[&line[..], &["--out", &file]].concat());
    assert_eq!(
        (&refused["code"], &refused["field"]),
        (&json!("cannot_write"), &json!("out"))
    );
    let unknown = desk.refused(&["print", "day", "--operatory", "Op 77", "--out", &file]);
    assert_eq!(unknown["code"], "not_found");
}

#[test]
fn a_downtime_pack_is_switched_on_written_and_switched_off() {
    let desk = small_practice();
    let packs = folder(&desk, "packs");
    assert_eq!(desk.refused(&["downtime", "--now"])["code"], "no_downtime_folder");
    let state = desk.json(&["downtime", "--to", &packs, "--days", "1", "--now"]);
    assert_eq!(state["settings"]["days"], 1);
    assert_eq!(state["last"]["files"], json!(["days.pdf", "Lakeside.ics"]));
    let pack = std::path::PathBuf::from(state["last"]["folder"].as_str().unwrap());
    assert!(
        std::fs::read(pack.join("days.pdf"))
            .unwrap()
            .starts_with(b"%PDF-")
    );
    let calendar = std::fs::read_to_string(pack.join("Lakeside.ics")).unwrap();
    assert!(calendar.starts_with("BEGIN:VCALENDAR"), "{calendar}");
    assert!(desk.ok(&["downtime"]).contains("not encrypted"));

    assert_eq!(
        desk.refused(&["downtime", "--password", "yes"])["code"],
        "password_missing"
    );
    let sealed = desk.run_with(
        &["downtime", "--password", "yes", "--now"],
        &[("ORCA_DOWNTIME_PASSWORD", "the power is out")],
    );
    assert_eq!(sealed.code, 0, "{}", sealed.stderr);
    let state = desk.json(&["downtime"]);
    assert_eq!(state["settings"]["has_password"], true);
    assert!(!pack.exists(), "only the newest is kept");
    let sealed = std::fs::read(format!("{}/days.pdf", state["last"]["folder"].as_str().unwrap())).unwrap();
    assert!(
        sealed.windows(8).any(|part| part == b"/Encrypt"),
        "the PDF is sealed"
    );

    assert_eq!(desk.refused(&["downtime", "--days", "15"])["field"], "days");
    assert!(desk.json(&["downtime", "--off"])["settings"].is_null());
}

#[test]
fn a_damaged_file_is_refused_in_the_agreed_words_alone() {
    let desk = small_practice();
    let path = desk.file("data/beside", "");
    let database = std::path::Path::new(&path).with_file_name("practice.db");
    let mut bytes = std::fs::read(&database).unwrap();
    for page in bytes.chunks_mut(4096).skip(3) {
        page[100] ^= 1;
    }
    std::fs::write(&database, bytes).unwrap();
    // The whole of standard error must be the error.
    assert_eq!(desk.refused(&["list", "patients"])["code"], "corrupt");
}

#[test]
fn a_time_is_tried_without_booking_it() {
    let desk = small_practice();
    let at = |time: &'static str, operatory: &'static str| {
        [
            "book",
            "--patient",
            "P1",
            "--type",
            "ADJ",
            "--at",
            time,
            "--operatory",
            operatory,
            "--provider",
            "Chen",
        ]
    };
    let before = desk.ok(&["day", "2031-03-04"]);
    let free = desk.ok(&[&at("2031-03-04T09:00", "Op 1")[..], &["--check"]].concat());
    assert_eq!(free, "Nothing stands in the way.\n");
    assert_eq!(desk.ok(&["day", "2031-03-04"]), before, "nothing was booked");
    let id = desk.json(&at("2031-03-04T09:00", "Op 1"))["appointment"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.check(
        &[&at("2031-03-04T09:10", "Op 1")[..], &["--check"]].concat(),
        expect![[r#"
            refused  Op 1 is taken 9:00–9:30 by Rivera, Ana.
            refused  Rivera, Ana has another visit 9:00–9:30 in Op 1.
        "#]],
    );
    desk.check(
        &["move", &id, "--at", "2031-03-09T02:30", "--check"],
        expect![[r#"
            The clock skips this time. The next that exists is 2031-03-09 03:30.
        "#]],
    );
    let stays = desk.json(&["show", &id]);
    assert_eq!(stays["card"]["date"], "2031-03-04", "nothing was moved");
    let both = desk.run(&[&at("2031-03-04T11:00", "Op 1")[..], &["--check", "--yes"]].concat());
    assert_eq!(both.code, 2, "{}", both.stderr);
    for would in ["yes", "no"] {
        desk.ok(&["sooner", &id, would]);
        assert_eq!(desk.json(&["show", &id])["card"]["is_asap"], would == "yes");
    }
}

#[test]
fn a_visit_is_looked_for_and_booked_with_more_than_its_type() {
    let desk = small_practice();
    let wanted = [
        "--type",
        "ADJ",
        "--also",
        "RET",
        "--operatory",
        "Op 1",
        "--provider",
        "Chen",
    ];
    let found = desk.json(&[&["openings", "--from", "2031-03-04", "--limit", "1"][..], &wanted].concat());
    assert_eq!(found["openings"][0]["length_minutes"], 35);
    let at = found["openings"][0]["at"].as_str().unwrap();
    let booked = desk.json(&[&["book", "--patient", "P1", "--at", at][..], &wanted].concat());
    assert_eq!(booked["appointment"]["pattern"], "/XXX///");
    let id = booked["appointment"]["id"].as_str().unwrap();
    let shown = desk.ok(&["show", id]);
    assert!(
        shown.contains("Also") && shown.contains("RET Retainer check"),
        "{shown}"
    );
    let first = [
        &[
            "--patient",
            "P1",
            "--at",
            "2031-05-05T09:00",
            "--every",
            "6",
            "--times",
            "2",
        ][..],
        &wanted,
    ]
    .concat();
    let plan = desk.json(&[&["series", "plan"][..], &first].concat());
    assert_eq!(plan["dates"][0]["length_minutes"], 35);
    let series = desk.json(&[&["series", "book", "--yes"][..], &first].concat());
    let visit = series["appointments"][1].as_str().unwrap();
    assert_eq!(desk.json(&["show", visit])["card"]["pattern"], "/XXX///");
    let unfit = desk.refused(&[&["series", "plan", "--check"][..], &first].concat());
    assert_eq!(unfit["field"], "check");
    let twice = desk.refused(&["procedures", id, "--also", "RET,RET"]);
    assert_eq!(
        (twice["message"].as_str(), twice["field"].as_str()),
        (Some("The same is there twice. Name each once."), Some("also"))
    );
}

/// Whether a source of these crates has a text.
fn is_in_a_source(text: &str) -> bool {
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut folders: Vec<std::path::PathBuf> = ["clinic", "desk", "orcactl", "store"]
        .iter()
        .map(|name| std::path::Path::new(crates).join(name).join("src"))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs")
                && std::fs::read_to_string(&path).unwrap().contains(text)
            {
                return true;
            }
        }
    }
    false
}

#[test]
fn every_code_that_the_guide_names_is_one_of_the_programs() {
    let quoted = GUIDE
        .split("\"code\": \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let in_brackets = GUIDE
        .split("(`")
        .skip(1)
        .filter_map(|rest| rest.split("`)").next());
    let is_code = |text: &&str| {
        text.contains('_')
            && text
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    let codes: Vec<&str> = quoted.chain(in_brackets).filter(is_code).collect();
    assert!(
        codes.contains(&"chair_taken") && codes.contains(&"visits_booked"),
        "{codes:?}"
    );
    for code in codes {
        assert!(is_in_a_source(&format!("\"{code}\"")), "the guide names {code}");
    }
}

#[test]
fn visits_under_a_block_out_or_with_whoever_leaves_are_asked_about() {
    let desk = small_practice();
    book(&desk, "P1", "2031-03-04T09:00");
    let block = [
        "block",
        "add",
        "--at",
        "2031-03-04T08:30",
        "--minutes",
        "120",
        "--title",
        "Meeting",
        "--provider",
        "Chen",
    ];
    let error = desk.refused(&block);
    assert_eq!(
        (error["code"].as_str(), error["field"].as_str()),
        (Some("visits_booked"), Some("visits"))
    );
    assert_eq!(
        error["message"],
        "1 visit is booked then: Rivera, Ana Tue 4 Mar 9:00 Op 1."
    );
    assert!(
        error["hint"].as_str().unwrap().contains("--visits keep"),
        "{error}"
    );
    let with = |given: &[&'static str], more: [&'static str; 2]| -> Vec<&'static str> {
        given.iter().copied().chain(more).collect()
    };
    desk.ok(&with(&block, ["--visits", "pin"]));
    assert_eq!(desk.json(&["pinboard"])["count"], 1);
    desk.ok(&["undo"]);
    desk.ok(&with(&block, ["--visits", "keep"]));
    assert_eq!(desk.json(&["pinboard"])["count"], 0);
    let retire = ["settings", "change", "provider", "Chen", "--active", "no"];
    assert_eq!(
        desk.refused(&retire)["message"],
        "1 visit with Dr Mei Chen is still ahead: Rivera, Ana Tue 4 Mar 9:00 Op 1."
    );
    desk.ok(&with(&retire, ["--visits", "keep"]));
}

#[test]
fn a_day_that_is_over_and_a_step_before_the_day_are_asked_about() {
    let desk = small_practice();
    let past = [
        "book",
        "--patient",
        "P1",
        "--type",
        "ADJ",
        "--at",
        "2020-02-24T10:00",
        "--operatory",
        "Op 1",
        "--provider",
        "Chen",
    ];
    let check: Vec<&str> = past.iter().copied().chain(["--check"]).collect();
    assert_eq!(
        desk.json(&check)["violations"][0]["message"],
        "Mon 24 Feb 2020 is over"
    );
    let error = desk.refused(&past);
    assert_eq!(
        (error["code"].as_str(), error["way_through"].as_str()),
        (Some("needs_acknowledgement"), Some("acknowledge"))
    );
    let knowingly: Vec<&str> = past.iter().copied().chain(["--yes"]).collect();
    desk.ok(&knowingly);
    let ahead = book(&desk, "P2", "2131-03-20T09:00");
    let error = desk.refused(&["status", &ahead, "no_show"]);
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("The visit is on Tue 20 Mar 2131, "),
        "{message}"
    );
    assert!(
        message.ends_with(" days ahead: nobody can be missing yet."),
        "{message}"
    );
    assert_eq!(error["hint"], "Add --yes to do it anyway.");
    desk.ok(&["status", &ahead, "no_show", "--yes"]);
}
