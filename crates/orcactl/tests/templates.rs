//! Schedule templates, as scripts have them: drawn, kept, applied, changed by hand, taken elsewhere, weighed.

#![allow(clippy::unwrap_used)] // helpers of tests

#[allow(dead_code)] // the other suite uses the rest
mod desk;

use desk::{Desk, Run, plain};
use expect_test::{Expect, expect};
use serde_json::Value;

/// A practice of two locations. Everything is about March 2031, which begins on a Saturday, or about no weekday: nothing depends on
/// the day on which the tests run.
struct Practice(Desk);

impl Practice {
    fn new() -> Practice {
        let practice = Practice(Desk::new());
        for line in [
            "init --practice Lakeside --zone America/New_York --person Maria",
            "settings change type ADJ --class Short",
            "settings add location --name Riverside --zone America/New_York --hours mon-fri~08:00-17:00",
            "settings add operatory --name Chair~A --location Riverside",
            "settings add provider --name Chen --hours Riverside:~mon-fri~08:00-17:00",
        ] {
            practice.ok(line);
        }
        practice
    }

    fn run(&self, line: &str) -> Run {
        let words: Vec<String> = line.split(' ').map(|word| word.replace('~', " ")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.0.run(&words)
    }

    /// `~` stands for a space within a word.
    fn ok(&self, line: &str) -> String {
        let run = self.run(line);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line}");
        run.stdout
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(&format!("--json {line}"))).unwrap()
    }

    fn refused(&self, line: &str) -> (String, String) {
        let run = self.run(&format!("--json {line}"));
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{line}: {}", run.stderr);
        let error = run.error();
        let word = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        (word("code"), word("field"))
    }

    fn check(&self, line: &str, expected: Expect) {
        expected.assert_eq(&plain(&self.ok(line)));
    }

    /// Draws a slot and answers its id.
    fn slot(&self, template: &str, slot: &str) -> String {
        let before = self.slots(template);
        self.ok(&format!("template slot add {template} {slot}"));
        let after = self.slots(template);
        let new = after.iter().find(|one| !before.contains(one)).unwrap();
        new["id"].as_str().unwrap().to_owned()
    }

    fn slots(&self, template: &str) -> Vec<Value> {
        let shown = self.json(&format!("template show {template}"));
        shown["slots"].as_array().unwrap().clone()
    }

    fn book(&self, patient: &str, at: &str, operatory: &str) -> String {
        self.ok(&format!(
            "patients add --given-name {patient} --family-name Rivera"
        ));
        let booked = self.json(&format!(
            "book --patient {patient}~Rivera --type ADJ --at {at} --operatory {operatory} --provider Doctor~1"
        ));
        booked["appointment"]["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_template_is_drawn_changed_kept_and_compared() {
    let practice = Practice::new();
    practice.ok("template new Week --note of~spring");
    practice.ok("template note Week of~summer");
    let id = practice.slot(
        "Week",
        "--day mon --at 9:00 --length 60 --operatory Op~1 --provider Doctor~1 --type ADJ --capacity 2 --hold 1 --release 24 \
         --label early --hue 3 --letter Q",
    );
    let before = practice.slots("Week")[0]["slot"].clone();
    assert_eq!(
        (
            &before["hue"],
            &before["letter"],
            &before["hold"]["release_hours"]
        ),
        (&3.into(), &"Q".into(), &24.into())
    );
    // What is not given stays.
    practice.ok(&format!("template slot change Week {id} --at 10:00"));
    let after = practice.slots("Week")[0]["slot"].clone();
    let mut expected = before.clone();
    expected["start_minute"] = 600.into();
    assert_eq!(after, expected);
    practice.ok(&format!("template slot change Week {id} --release 12"));
    assert_eq!(practice.slots("Week")[0]["slot"]["hold"]["release_hours"], 12);
    practice.ok(&format!(
        "template slot change Week {id} --no-provider --no-hold --no-hue --anything --letter  --label  --length 30"
    ));
    let plain_slot = practice.slots("Week")[0]["slot"].clone();
    for key in ["provider", "hold", "hue"] {
        assert_eq!(plain_slot[key], Value::Null, "{key}");
    }
    assert_eq!(
        (
            &plain_slot["wants"]["kind"],
            &plain_slot["letter"],
            &plain_slot["label"]
        ),
        (&"any".into(), &"".into(), &"".into())
    );
    assert_eq!(plain_slot["capacity"], 2);
    assert_eq!(
        practice.refused(&format!("template slot change Week {id} --release 5")),
        ("no_hold".to_owned(), "release".to_owned())
    );
    assert_eq!(
        practice.refused("template slot change Week 00000000000000000000000001 --at 9:00"),
        ("not_found".to_owned(), "id".to_owned())
    );
    practice.ok(&format!(
        "template slot change Week {id} --class Short --operatory Op~2 --day tue --provider Doctor~1"
    ));
    practice.check(
        "template show Week",
        expect![[r#"
        Week
        of summer
        Tue  10:00–10:30  Op 2  any of Short  id1
        ! Tue 10:00 Op 2, any of Short lasts 30 minutes and needs 60 for 2 visits
    "#]],
    );
    practice.ok("template version save Week first");
    assert_eq!(
        practice.ok("template fill Week --day tue --at 9:00 --length 30 --operatory Op~1 --until 11:00 --gap 10 --also wed"),
        "6 slots drawn, 0 found no place.\n"
    );
    assert_eq!(
        practice.ok(
            "template copy-column Week --from-day tue --from-operatory Op~1 --to-days mon --to-operatory Op~2"
        ),
        "3 slots copied, 0 found no place.\n"
    );
    practice.check(
        "template version diff Week first",
        expect![[r#"
        Mon 9:00 Op 2, anything: added, 30 min
        Mon 9:40 Op 2, anything: added, 30 min
        Mon 10:20 Op 2, anything: added, 30 min
        Tue 9:00 Op 1, anything: added, 30 min
        Tue 9:40 Op 1, anything: added, 30 min
        Tue 10:20 Op 1, anything: added, 30 min
        Wed 9:00 Op 1, anything: added, 30 min
        Wed 9:40 Op 1, anything: added, 30 min
        Wed 10:20 Op 1, anything: added, 30 min
    "#]],
    );
    practice.check(
        "template check Week",
        expect![[r#"
        Tue 10:00 Op 2, any of Short lasts 30 minutes and needs 60 for 2 visits
        Short     1 slots  2 visits  30 min   10 min of the doctor
        anything  9 slots  9 visits  270 min  0 min of the doctor
    "#]],
    );
    let mut ids: Vec<String> = practice
        .slots("Week")
        .iter()
        .map(|slot| slot["id"].as_str().unwrap().to_owned())
        .filter(|one| *one != id)
        .collect();
    ids.truncate(8);
    practice.ok(&format!("template slot remove Week {}", ids.join(" ")));
    assert_eq!(practice.slots("Week").len(), 2, "several went in one step");
    practice.ok("template version restore Week first");
    assert_eq!(
        practice.ok("template version diff Week 1"),
        "They are the same.\n"
    );
    practice.ok("template version save Week first");
    assert_eq!(
        practice.refused("template version diff Week first"),
        ("not_clear".to_owned(), "version".to_owned())
    );
    practice.ok("template rename Week Ideal");
    assert_eq!(practice.ok("template archive Ideal"), "Ideal, out of use\n");
    assert_eq!(practice.ok("template list"), "There are no templates yet.\n");
    assert_eq!(practice.ok("template archive Ideal --back"), "Ideal, in use\n");
    practice.check(
        "template list --location Lakeside",
        expect![[r#"
        Ideal  Lakeside  1 slots  version 2 first  id1
    "#]],
    );
}

#[test]
fn many_changes_are_one_step_from_a_file() {
    let practice = Practice::new();
    practice.ok("template new Week");
    let id = practice.slot(
        "Week",
        "--day mon --at 9:00 --length 60 --operatory Op~1 --type ADJ",
    );
    let slot = practice.slots("Week")[0]["slot"].clone();
    let at = |minute: u64| {
        let mut slot = slot.clone();
        slot["start_minute"] = minute.into();
        slot
    };
    let changes = serde_json::json!([
        { "kind": "change", "id": id, "slot": at(600) },
        { "kind": "add", "slot": at(630) },
        { "kind": "add", "slot": at(720) },
    ]);
    let file = practice.0.file("changes.json", &changes.to_string());
    practice.check(
        &format!("template slots Week {file} --check"),
        expect![[r#"
        Op 1 has Adjustment and Adjustment at the same time, from 10:30 to 11:00
        Adjustment  3 slots  3 visits  180 min  30 min of the doctor
    "#]],
    );
    assert_eq!(practice.slots("Week").len(), 1, "nothing is changed yet");
    practice.ok(&format!("template slots Week {file}"));
    assert_eq!(practice.slots("Week").len(), 3);
    practice.ok("undo");
    assert_eq!(practice.slots("Week").len(), 1, "one step");
    let bad = practice.0.file("bad.json", "[{\"kind\": \"add\"}]");
    assert_eq!(
        practice.refused(&format!("template slots Week {bad}")),
        ("bad_file".to_owned(), "file".to_owned())
    );
}

#[test]
fn it_is_planned_applied_with_decisions_and_taken_back() {
    let practice = Practice::new();
    practice.ok("template new Week");
    for day in ["tue", "wed", "thu"] {
        practice.slot(
            "Week",
            &format!("--day {day} --at 9:00 --length 60 --operatory Op~1 --provider Doctor~1 --type ADJ"),
        );
    }
    practice.ok("template version save Week first");
    // In no slot, on two days.
    let pinned = practice.book("Ana", "2031-03-04T11:00", "Op~1");
    let housed = practice.book("Ben", "2031-03-05T11:00", "Op~2");
    let dates = "--from 2031-03-03 --until 2031-03-07";
    practice.check(
        &format!("template plan Week {dates} --days tue-thu"),
        expect![[r#"
            1 days fit, 2 have conflicts (2 in all).
            2031-03-04 conflicts +1 ~0 -0
              Rivera, Ana 11:00–11:30 in Op 1 is in no slot visit id1
            2031-03-05 conflicts +1 ~0 -0
              Rivera, Ben 11:00–11:30 in Op 2 is in no slot visit id2
            2031-03-06 clean +1 ~0 -0
        "#]],
    );
    let thursday = practice.slots("Week")[2]["id"].as_str().unwrap().to_owned();
    let applied = practice.json(&format!(
        "template apply Week {dates} --all --pin 2031-03-04:{pinned} --add-slot 2031-03-05:{housed} \
         --drop-slot 2031-03-06:{thursday}"
    ));
    assert_eq!(applied["days"], 3, "{applied}");
    let waiting = practice.ok("pinboard");
    assert!(
        waiting.contains("Rivera, Ana") && !waiting.contains("Ben"),
        "{waiting}"
    );
    practice.check(
        "template day 2031-03-05",
        expect![[r#"
        Week (version 1), every day, 3 Mar – 7 Mar
        9:00–10:00   Op 1  Adjustment  0 of 1           id1
        11:00–11:30  Op 2  Adjustment  1 of 1  by hand  id2
    "#]],
    );
    assert_eq!(
        practice.json("template day 2031-03-06")["slots"],
        serde_json::json!([])
    );
    assert_eq!(
        practice.refused(&format!("template apply Week {dates} --pin 2031-03-04")),
        ("not_clear".to_owned(), "pin".to_owned())
    );
    practice.check(
        "template applications --from 2031-03-01",
        expect![[r#"
        Lakeside  Week (version 1), every day, 3 Mar – 7 Mar  3 days  id1
    "#]],
    );
    let id = applied["application"]["id"].as_str().unwrap();
    practice.ok(&format!("template unapply {id} --on 2031-03-04"));
    practice.ok(&format!("template unapply {id} --from 2031-03-05"));
    assert_eq!(practice.ok("template applications"), "Nothing is applied.\n");
}

#[test]
fn dates_are_typed_as_everywhere() {
    let practice = Practice::new();
    practice.ok("template new Day --day");
    let id = practice.slot("Day", "--at 9:00 --length 60 --operatory Op~1");
    practice.ok("template version save Day first");
    let plan = practice.json("template plan Day --from -1d --until +2w --weeks-from yesterday");
    assert_eq!(plan["days"].as_array().unwrap().len(), 16, "{plan}");
    // A week has days on which the location is open.
    let applied = practice.json("template apply Day --from today --until +6d");
    let listed = practice.json("template applications --from -1w");
    assert_eq!(listed["applications"][0]["id"], applied["application"]["id"]);
    practice.ok("template analytics --from -1w --until today");
    practice.ok("template day -1d");
    practice.ok("template day-slot +2w add --at 9:00 --length 60 --operatory Op~1");
    let applied = applied["application"]["id"].as_str().unwrap();
    practice.ok(&format!("template unapply {applied} --from today"));
    practice.ok("absence plan --provider Doctor~1 --from -3d --until -1d");
    practice.ok("absence list --from -1w");
    for (line, field) in [
        ("template plan Day --from soon --until +4d".to_owned(), "from"),
        ("template plan Day --from today --until late".to_owned(), "until"),
        (
            "template plan Day --from today --until +4d --weeks-from never".to_owned(),
            "weeks_from",
        ),
        (
            "template apply Day --from today --until +4d --on never".to_owned(),
            "on",
        ),
        (
            "template apply Day --from today --until +4d --pin never:1".to_owned(),
            "pin",
        ),
        ("template applications --from never".to_owned(), "from"),
        (format!("template unapply {id} --from never"), "from"),
        ("template analytics --from never --until today".to_owned(), "from"),
        ("template day never".to_owned(), "date"),
    ] {
        assert_eq!(
            practice.refused(&line),
            ("bad_date".to_owned(), field.to_owned()),
            "{line}"
        );
    }
}

#[test]
fn a_slot_of_a_date_is_changed_by_hand_and_keeps_the_rest() {
    let practice = Practice::new();
    practice.ok("template new Day --day");
    let id = practice.slot(
        "Day",
        "--at 9:00 --length 60 --operatory Op~1 --provider Doctor~1 --type ADJ --hold 2 --release 30 --label early --hue 3 --letter Q",
    );
    practice.ok("template version save Day first");
    practice.ok("template apply Day --from 2031-03-03 --until 2031-03-07");
    let on = "template day-slot 2031-03-04";
    practice.ok(&format!("{on} change {id} --at 13:00"));
    let day = practice.json("template day 2031-03-04");
    let own = day["as_drawn"][0]["slot"].clone();
    let mut expected = practice.slots("Day")[0]["slot"].clone();
    expected["start_minute"] = 780.into();
    assert_eq!(own, expected);
    assert_eq!(day["slots"][0]["is_by_hand"], true);
    practice.ok(&format!("{on} remove {id}"));
    // What the day goes without can be brought back changed.
    practice.ok(&format!("{on} change {id} --label late"));
    let back = practice.json("template day 2031-03-04")["as_drawn"][0]["slot"].clone();
    assert_eq!((&back["label"], &back["hue"]), (&"late".into(), &3.into()));
    practice.ok(&format!("{on} reset {id}"));
    practice.ok(&format!("{on} add --at 14:00 --length 30 --operatory Op~2"));
    practice.check(
        "template day 2031-03-04",
        expect![[r#"
        Day (version 1), every day, 3 Mar – 7 Mar
        9:00–10:00   Op 1  emergency, 2 units: Adjustment  0 of 1           id1
        14:00–14:30  Op 2  anything                        0 of 1  by hand  id2
    "#]],
    );
    practice.book("Ana", "2031-03-04T14:00", "Op~2");
    practice.check(
        "template analytics --from 2031-03-03 --until 2031-03-07 --by provider",
        expect![[r#"
                                 planned  booked  kept  other slots  no slot  filled
            Doctor 1             5        0       0     0            0        0 %
            whoever works there  1        1       0     0            0        100 %
            All                  6        1       0     0            0        9 %
        "#]],
    );
    let csv = practice.ok("template analytics --from 2031-03-04 --until 2031-03-04 --by class --csv");
    assert!(
        csv.starts_with("key,name,planned visits") && csv.contains("\r\nanything,anything,1,30,1,30,0,"),
        "{csv}"
    );
}

#[test]
fn it_goes_to_another_location_by_copy_and_by_reference() {
    let practice = Practice::new();
    practice.ok("template new Week --location Lakeside");
    practice.slot(
        "Week",
        "--day tue --at 9:00 --length 60 --operatory Op~1 --provider Doctor~1 --type ADJ",
    );
    practice.slot(
        "Week",
        "--day tue --at 9:00 --length 60 --operatory Op~2 --type ADJ",
    );
    practice.ok("template version save Week first");
    practice.check(
        "template map Week --location Riverside",
        expect![[r#"
        Op 1      left out
        Op 2      left out
        Doctor 1  whoever works there
        Op 1 has no counterpart at Riverside: 1 slot is left out
        Op 2 has no counterpart at Riverside: 1 slot is left out
        Doctor 1 has no hours at Riverside: 1 slot is for whoever works there
    "#]],
    );
    practice.check(
        "template map Week --location Riverside --version first --operatory Op~1=Chair~A --provider Doctor~1=Chen",
        expect![[r#"
            Op 1      Chair A
            Op 2      left out
            Doctor 1  Chen
            Op 2 has no counterpart at Riverside: 1 slot is left out
        "#]],
    );
    practice.check(
        "template copy Week --location Riverside --name River --operatory Op~1=Chair~A --operatory Op~2= --provider Doctor~1=",
        expect![[r#"
            River id1
        "#]],
    );
    practice.check(
        "template show River",
        expect![[r#"
        River
        Tue  9:00–10:00  Chair A  Adjustment  id1
    "#]],
    );
    practice.ok("template share Week --location Riverside --operatory Op~1=Chair~A --provider Doctor~1=Chen");
    practice.ok("template apply Week --location Riverside --from 2031-03-03 --until 2031-03-07");
    practice.check(
        "template day 2031-03-04 --location Riverside",
        expect![[r#"
        Week (version 1), every day, 3 Mar – 7 Mar
        9:00–10:00  Chair A  Adjustment  0 of 1    id1
    "#]],
    );
    assert_eq!(
        practice.ok("template share Week --location Riverside --end"),
        "Riverside no longer uses Week.\n"
    );
    assert_eq!(
        practice.refused("template share Week --location Riverside --operatory Op~1"),
        ("not_clear".to_owned(), "operatory".to_owned())
    );
}

#[test]
fn a_block_out_says_when_it_is_and_what_it_recurs_with() {
    let practice = Practice::new();
    let block = practice.json(
        "block add --provider Doctor~1 --at 2031-03-04T12:00 --minutes 60 --title Lunch --every 1 --on tue --times 3",
    );
    let text = block.to_string();
    let blocks = practice.json("day 2031-03-04")["blocks"].clone();
    let id = blocks[0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{text} {blocks}"));
    practice.check(
        &format!("block show {id}"),
        expect![[r#"
        Lunch from 2031-03-04 12:00 for 60 min id1
        one of 3, 2031-03-04 to 2031-03-18
    "#]],
    );
}
