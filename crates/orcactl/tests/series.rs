//! Series of visits, as scripts give them.

#![allow(clippy::unwrap_used)] // helpers of tests

#[allow(dead_code)] // the other suite uses the rest
mod desk;

use desk::{Desk, plain};
use expect_test::expect;

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
    for family in ["Rivera", "Osei"] {
        desk.ok(&["patients", "add", "--given-name", "Ana", "--family-name", family]);
    }
    desk.ok(&["settings", "practice", "--email", "desk@lakeside.example.com"]);
    desk
}

const FIRST: &[&str] = &[
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
    "--every",
    "6",
    "--times",
    "3",
];

#[test]
fn a_series_is_planned_booked_changed_and_called_off() {
    let desk = practice();
    desk.ok(&[
        "book",
        "--patient",
        "Ana Osei",
        "--type",
        "ADJ",
        "--at",
        "2031-04-14T09:00",
        "--operatory",
        "Op 1",
        "--provider",
        "Doctor 1",
    ]);
    desk.check(
        &[&["series", "plan"], FIRST].concat(),
        expect![[r#"
            every 6 weeks on Monday, 3 times
            2031-03-03 09:00    fits
            2031-04-14 09:00    does not fit  Op 1 is taken 9:00–9:30 by Osei, Ana.
              2031-04-14 08:50  free          Op 2, Doctor 1 (same day)
              2031-04-14 09:10  free          Op 2, Doctor 1 (same day)
              2031-04-14 08:40  free          Op 2, Doctor 1 (same day)
              2031-04-14 09:20  free          Op 2, Doctor 1 (same day)
              2031-04-14 08:30  free          Op 1, Doctor 1 (same day)
            2031-05-26 09:00    fits
        "#]],
    );
    let picked = [
        &["series", "book"],
        FIRST,
        &["--pick", "2031-04-14=2031-04-15T10:00/Op 2/Doctor 1"],
    ]
    .concat();
    let said_of_each = ["--asap", "--come-early", "10", "--later-of-two"];
    let booked = desk.json(&[picked.as_slice(), &said_of_each].concat());
    let id = booked["appointments"][0].as_str().unwrap();
    for visit in booked["appointments"].as_array().unwrap() {
        let card = &desk.json(&["show", visit.as_str().unwrap()])["card"];
        assert_eq!(card["is_asap"], true, "{card:#}");
        assert_eq!(card["arrive_early_minutes"], 10, "{card:#}");
    }
    desk.check(
        &["series", "show", id],
        expect![[r#"
        every 6 weeks on Monday, 3 times
        2031-03-03 09:00  Op 1  Doctor 1  scheduled    id1
        2031-04-15 10:00  Op 2  Doctor 1  scheduled    id2
        2031-05-26 09:00  Op 1  Doctor 1  scheduled    id3
    "#]],
    );
    desk.check(
        &[
            "series",
            "change",
            id,
            "--scope",
            "all",
            "--at",
            "2031-03-04T11:00",
            "--plan",
        ],
        expect![[r#"
            every 6 weeks on Monday, 3 times
            2031-03-04 11:00  fits
            2031-04-16 11:00  fits
            2031-05-27 11:00  fits
        "#]],
    );
    desk.check(
        &["series", "change", id, "--scope", "all", "--status", "confirmed"],
        expect![[r#"
            Changed 3 visits.
        "#]],
    );
    let file = desk.ok(&["series", "ics", id]);
    assert_eq!(file.matches("BEGIN:VEVENT").count(), 3);
    let third = booked["appointments"][2].as_str().unwrap();
    desk.check(
        &[
            "series",
            "cancel",
            third,
            "--scope",
            "following",
            "--reason",
            "moved away",
        ],
        expect![[r#"
            Cancelled 1 visit.
        "#]],
    );
    desk.check(
        &["series", "cancel", id, "--scope", "all", "--reason", "moved away"],
        expect![[r#"
            Cancelled 2 visits.
        "#]],
    );
    desk.ok(&["undo"]);
    assert!(plain(&desk.ok(&["series", "show", id])).contains("confirmed"));
}

#[test]
fn rules_are_listed_and_changed_for_the_practice_and_for_a_type() {
    let desk = practice();
    desk.ok(&["settings", "rules", "buffer=refuse"]);
    desk.check(
        &["settings", "rules", "--type", "ADJ", "time_block=allow"],
        expect![[r#"
            operatory_overlap       refuse  two visits in one operatory
            doctor_time_overlap     refuse  two visits that need one doctor at once
            patient_overlap         refuse  one patient in two places
            outside_location_hours  warn    outside opening hours
            outside_provider_hours  warn    outside a provider’s hours
            time_block              allow   on a block-out                                                  this type only
            buffer                  refuse  too little free time between visits
            type_not_allowed        warn    a provider, operatory or location that the type does not allow
            template_mismatch       warn    not as the template of the day has it
            emergency_hold          refuse  time kept for emergencies
            same_day_visit          warn    a patient who has another visit that day
            same_type_ahead         warn    a patient who has a visit of that type ahead
            visits_per_hour         warn    more visits in an hour than the practice allows
            equipment               refuse  more visits at once than there are pieces of some equipment
            assistants              warn    more visits at once that need an assistant than there are
            day_of_visit            warn    a visit on a day that is over, or marked before its day
        "#]],
    );
    desk.ok(&["settings", "rules", "--type", "ADJ", "time_block=practice"]);
    assert!(
        !desk
            .ok(&["settings", "rules", "--type", "ADJ"])
            .contains("this type only")
    );
}

#[test]
fn limits_and_weights_are_listed_and_changed_one_by_one() {
    let desk = practice();
    desk.check(
        &["settings", "limits"],
        expect![[r#"
        No limits.
    "#]],
    );
    desk.ok(&["settings", "limits", "Doctor 1=6", "/ADJ=2", "all=20"]);
    desk.check(
        &["settings", "limits", "Doctor 1/ADJ=1", "all=none"],
        expect![[r#"
            Doctor 1   every type  6 an hour
            everybody  ADJ         2 an hour
            Doctor 1   ADJ         1 an hour
        "#]],
    );
    let told = desk.refused(&["settings", "limits", "=6"]);
    assert!(told.to_string().contains("Chen=6 for a provider"), "{told}");
    desk.check(
        &["settings", "weights", "load=much", "family=off"],
        expect![[r#"
        lead_time    first   the sooner the better
        template     normal  as the template of the day has it
        load         much    the doctor who has less to do that day
        continuity   normal  the doctor and operatory of earlier visits
        preferences  normal  when the patient usually comes
        fragments    normal  no gaps that are too short for anything
        family       off     on a day on which the family comes
    "#]],
    );
    let told = desk.refused(&["settings", "weights", "load=heavy"]);
    assert!(
        told.to_string().contains("off, little, normal, much or first"),
        "{told}"
    );
}
