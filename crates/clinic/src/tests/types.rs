//! Types of visits: what a record may say, where it is done, and booked visits that follow a changed one.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{apply, book_drawn, draw, near, outcome};
use crate::drawing::Drawing;
use crate::*;

fn kind(drawing: &Drawing, name: &str) -> AppointmentType {
    let found = drawing
        .roster
        .appointment_types
        .values()
        .find(|kind| kind.name == name);
    found.expect("drawn").clone()
}

/// Gives a type another pattern and free minutes, with the visits that fit; what became of each.
fn retyped(drawing: &mut Drawing, name: &str, pattern: &str, buffers: (u16, u16)) -> Vec<Retyped> {
    let before = kind(drawing, name);
    let mut after = before.clone();
    after.pattern = pattern.parse().unwrap();
    (after.buffer_before_minutes, after.buffer_after_minutes) = buffers;
    let change = Change::edit(before.clone(), after.clone());
    drawing.roster.apply(&change);
    // Before the first visit of the sheet.
    let midnight = drawing.date.at(0, 0, 0, 0);
    let zone = drawing.roster.locations.values().next().unwrap().zone.clone();
    let now = drawing.zones.resolve(midnight, &zone).unwrap().instant();
    let mut visits: Vec<Retyped> = drawing
        .appointments
        .iter()
        .filter_map(|visit| follows_type(&drawing.roster, &before, &after, visit, now))
        .collect();
    visits.sort_by_key(|one| (one.before.starts_at.instant(), one.before.id));
    let neighbours: Vec<Neighbours> = visits
        .iter()
        .map(|one| near(drawing, &one.placement()).unwrap())
        .collect();
    let judged = retype(&drawing.roster, &drawing.zones, visits, &neighbours).unwrap();
    let changes: Vec<Change> = judged
        .iter()
        .filter(|one| one.fits())
        .map(|one| Change::edit(one.before.clone(), one.after.clone()))
        .collect();
    apply(drawing, &changes);
    judged
}

/// What became of each visit, then the sheet.
fn changed(sheet: &str, name: &str, pattern: &str, buffers: (u16, u16)) -> String {
    let mut drawing = draw(sheet);
    let judged = retyped(&mut drawing, name, pattern, buffers);
    let mut text = String::new();
    for one in &judged {
        let words: Vec<String> = one
            .broken
            .iter()
            .map(|violation| violation.words(&drawing.roster, &|id| drawing.name(id)))
            .collect();
        let name = drawing.name(one.before.patient);
        text += &match one.fits() {
            true => format!("{name}: fits\n"),
            false => format!("{name}: {}\n", words.join("; ")),
        };
    }
    text + &drawing.print()
}

proptest! {
    /// Whatever is booked by the rules and however the type changes: who follows is in nobody’s way, in time, chair, doctor
    /// or free minutes, and who does not is as before.
    #[test]
    fn visits_that_follow_clash_with_nobody(
        booked in prop::collection::vec((0usize..6, 0usize..3, 0usize..3, 0i16..40), 1..12),
        (pattern, buffers) in (prop::sample::select(vec!["X", "XX//", "//XX//", "XXXXXXX", "////////", "X//////X"]), (0u16..4, 0u16..4)),
    ) {
        let mut drawing = draw("
            hours 8:00–16:00
            type adj XX// buffer 5/0
            type exam XXX
            Tue 3 Mar    Op1 Chen    Op2 Chen    Op3 Amara
            08:00        .           .           .
        ");
        for (patient, chair, kind, slot) in booked {
            let minute = 8 * 60 + slot * 10;
            let kind = ["adj", "adj", "exam"][kind];
            let text = format!("P{patient} {kind} Op{} {}:{:02}", chair + 1, minute / 60, minute % 60);
            let (mut request, leave) = drawing.booking(&text).unwrap();
            request.id = AppointmentId(drawing.appointments.len() as u128 + 1);
            if let Ok(plan) = book_drawn(&drawing, &request, &leave) {
                apply(&mut drawing, &plan.changes);
            }
        }
        let before = drawing.appointments.clone();
        let judged = retyped(&mut drawing, "adj", pattern, (buffers.0 * 5, buffers.1 * 5));
        prop_assert!(conflicts::find(&drawing.roster, &drawing.appointments, &[]).is_empty(), "{}", drawing.print());
        for one in &judged {
            let now = drawing.appointments.iter().find(|visit| visit.id == one.before.id).unwrap();
            if one.fits() {
                let place = Placement::of(now);
                let around = near(&drawing, &place).unwrap();
                let found = check_placement(&drawing.roster, &drawing.zones, &around, &place).unwrap();
                prop_assert!(found.iter().all(|violation| violation.appointment().is_none()), "{found:?}\n{}", drawing.print());
            } else {
                prop_assert_eq!(now, &one.before);
            }
        }
        let others = before.iter().filter(|visit| judged.iter().all(|one| one.before.id != visit.id));
        for visit in others {
            prop_assert!(drawing.appointments.contains(visit));
        }
    }
}

#[test]
fn visits_that_fit_follow_a_longer_type_and_the_others_stay() {
    expect![[r#"
        Rivera: Op1 is taken 9:20–9:40 by Osei
        Osei: fits
        Novak: Main is open 9:00–12:00 on Tue 3 Mar; Chen works 9:00–12:00 at Main on Tue 3 Mar
        Tue 3 Mar 2026  Op1 Chen
        09:00           Rivera adj
        09:20           Osei adj
        09:50           .
        11:40           Novak adj
        12:00           .
    "#]]
    .assert_eq(&changed(
        "
        hours 9:00–12:00
        type adj XX//
        Tue 3 Mar    Op1 Chen
        09:00        Rivera adj
        09:20        Osei adj
        09:40        .
        11:40        Novak adj
        12:00        .
        ",
        "adj",
        "XXXX//",
        (0, 0),
    ));
}

#[test]
fn who_has_grown_already_is_in_the_way_of_the_next() {
    // Each alone would fit; the free minutes of the second reach into what the first has grown to.
    expect![[r#"
        Rivera: fits
        Osei: Op1 has 5 free minutes next to Rivera (9:00–9:35), 10 are wanted
        Tue 3 Mar 2026  Op1 Chen
        09:00           Rivera adj
        09:35           .
        09:40           Osei adj
        10:00           .
    "#]]
    .assert_eq(&changed(
        "
        type adj XX//
        Tue 3 Mar    Op1 Chen
        09:00        Rivera adj
        09:20        .
        09:40        Osei adj
        10:00        .
        ",
        "adj",
        "XX/////",
        (10, 0),
    ));
}

#[test]
fn a_doctor_who_is_needed_elsewhere_keeps_a_visit_as_it_is() {
    expect![[r#"
        Rivera: Chen is needed 9:10–9:40 in Op2 by Osei
        Tue 3 Mar 2026  Op1 Chen    Op2 Chen
        09:00           Rivera adj  .
        09:10           |           Osei exam
        09:20           .           |
        09:40           .           .
    "#]]
    .assert_eq(&changed(
        "
        type adj XX//
        Tue 3 Mar    Op1 Chen      Op2 Chen
        09:00        Rivera adj    .
        09:10        |             Osei exam
        09:20        .             Osei exam
        09:40        .             .
        ",
        "adj",
        "XXXX",
        (0, 0),
    ));
}

#[test]
fn a_length_of_its_own_what_is_over_and_other_types_stay() {
    let mut drawing = draw(
        "
        type adj XX//
        Tue 3 Mar    Op1 Chen         Op2 Amara
        09:00        Rivera adj       Osei exam
        09:20        Novak adj        |
        09:50        Khan adj         .
        10:10        .                .
        ",
    );
    let before = kind(&drawing, "adj");
    let after = AppointmentType {
        pattern: "X/".parse().unwrap(),
        ..before.clone()
    };
    let khan = drawing.visit_of("Khan").unwrap().id;
    drawing
        .appointments
        .iter_mut()
        .filter(|visit| visit.id == khan)
        .for_each(|visit| visit.status = Status::Cancelled);
    let follows = |now: jiff::Timestamp| -> Vec<String> {
        let mut names: Vec<String> = drawing
            .appointments
            .iter()
            .filter(|visit| follows_type(&drawing.roster, &before, &after, visit, now).is_some())
            .map(|visit| drawing.name(visit.patient))
            .collect();
        names.sort();
        names
    };
    let start = |name: &str| drawing.visit_of(name).unwrap().starts_at.instant();
    // Novak’s half hour was drawn longer than the type; Khan’s visit is called off; Osei’s is an exam.
    assert_eq!(
        follows(start("Rivera") - jiff::SignedDuration::from_mins(1)),
        ["Rivera"]
    );
    // What has begun is past changing.
    assert_eq!(follows(start("Rivera")), Vec::<String>::new());
}

#[test]
fn free_minutes_follow_even_where_the_length_is_a_persons_own() {
    let drawing = draw("type adj XX//\nTue 3 Mar  Op1 Chen\n09:00  Rivera adj\n09:40  .");
    let before = kind(&drawing, "adj");
    let after = AppointmentType {
        pattern: "X/".parse().unwrap(),
        buffer_after_minutes: 10,
        ..before.clone()
    };
    let visit = drawing.visit_of("Rivera").unwrap();
    let retyped = follows_type(
        &drawing.roster,
        &before,
        &after,
        visit,
        jiff::Timestamp::UNIX_EPOCH,
    )
    .unwrap();
    assert_eq!(retyped.after.pattern, visit.pattern);
    assert_eq!(retyped.after.buffer_after_minutes, 10);
    assert_eq!(
        retyped.after.sequence, visit.sequence,
        "the patient’s calendar sees no difference"
    );
}

#[test]
fn a_type_is_done_at_its_locations_only() {
    let mut drawing = draw("type adj XX//\nTue 3 Mar  Op1 Chen\n09:00  .\n10:00  .");
    let mut adjustment = kind(&drawing, "adj");
    adjustment.locations = vec![LocationId(99)];
    drawing
        .roster
        .appointment_types
        .insert(adjustment.id, adjustment.clone());
    let (request, leave) = drawing.booking("Rivera adj Op1 9:00").unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    expect!["cannot book: adj is not done at Main [needs_acknowledgement]"].assert_eq(&outcome(
        &mut drawing,
        "book",
        result,
    ));
    let found = openings::find(
        &drawing.roster,
        &drawing.zones,
        &BusyCalendar::default(),
        &crate::templates::HeldDays::default(),
        &OpeningRequest::new(adjustment.id, drawing.date),
        drawing.author(0).at,
    )
    .unwrap();
    assert_eq!(found, [], "nowhere to look");
}

/// What is wrong with a type: its field and the words, or `right`.
fn check(change: impl FnOnce(&mut AppointmentType), expected: Expect) {
    let drawing = draw("type adj XX//\nTue 3 Mar  Op1 Chen\n09:00  Rivera adj");
    let mut record = kind(&drawing, "adj");
    change(&mut record);
    let words = match validate_appointment_type(&record, &drawing.roster) {
        Ok(()) => "right".to_owned(),
        Err(invalid) => format!("{}: {}", invalid.field, invalid.message),
    };
    expected.assert_eq(&words);
}

#[test]
fn what_a_type_cannot_say_is_refused_with_its_field() {
    let chen = crate::drawing::provider_id("Chen");
    check(|_| {}, expect!["right"]);
    check(
        |kind| {
            kind.pattern = "////".parse().unwrap();
            kind.providers = vec![chen];
        },
        expect![
            "pattern: Only Chen may do this, but no minute of the pattern needs the doctor: put an X where the doctor is needed."
        ],
    );
    // An assistant’s visit that anybody may do needs nobody in person.
    check(|kind| kind.pattern = "////".parse().unwrap(), expect!["right"]);
    check(
        |kind| kind.pattern = TimePattern::new(vec![Need::Provider; 288]).unwrap(),
        expect!["pattern: A type of visit lasts 12 hours at the most, not 1440 minutes."],
    );
    check(
        |kind| kind.pattern = TimePattern::new(vec![Need::Provider; MAX_TYPE_UNITS]).unwrap(),
        expect!["right"],
    );
    check(
        |kind| kind.name = "ä".repeat(201),
        expect!["name: The name is too long: 200 characters at the most."],
    );
    check(|kind| kind.name = "ä".repeat(200), expect!["right"]);
    check(
        |kind| kind.name = " ".to_owned(),
        expect!["name: The name is missing."],
    );
    check(|kind| kind.name = "تعديل 🦷".to_owned(), expect!["right"]);
    check(|kind| kind.letter = "🦷".to_owned(), expect!["right"]);
    check(
        |kind| kind.letter = "AB".to_owned(),
        expect!["letter: The letter that doubles the colour is one letter."],
    );
    check(
        |kind| kind.online_text = "x".repeat(1_001),
        expect!["online_text: The text for patients is too long: 1000 characters at the most."],
    );
    check(
        |kind| kind.reminder_text = "x".repeat(1_001),
        expect!["reminder_text: The text for reminders is too long: 1000 characters at the most."],
    );
    check(
        |kind| kind.locations = vec![LocationId(9)],
        expect!["locations: There is no location “00000000000000000000000009”."],
    );
    let next = |appointment_type, weeks| {
        Some(FollowUp {
            appointment_type,
            weeks,
        })
    };
    check(|kind| kind.follow_up = next(kind.id, 6), expect!["right"]);
    check(
        |kind| kind.follow_up = next(kind.id, 0),
        expect!["follow_up: The next visit comes 1 to 260 weeks later."],
    );
    check(
        |kind| kind.follow_up = next(AppointmentTypeId(9), 6),
        expect!["follow_up: There is no type of visit “00000000000000000000000009”."],
    );
}
