//! Several procedures in one visit: the pattern they make together, and what booking and changing them says.

use std::fmt::Write;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{apply, book_drawn, draw, near, outcome};
use crate::drawing::Drawing;
use crate::*;

fn pattern(text: &str) -> TimePattern {
    text.parse().unwrap()
}

fn merged(texts: &[&str]) -> TimePattern {
    let patterns: Vec<TimePattern> = texts.iter().copied().map(pattern).collect();
    merged_pattern(&patterns).unwrap()
}

#[test]
fn preparation_and_clean_up_count_once_and_the_work_comes_in_turn() {
    let table = [
        "/XX///",
        "/XX/// /X//",
        "/X// /XX///",
        "X X",
        "XX/ /XX",
        "//X/ /X////",
        "/X//X/ //XX",
        "//// /X/",
        "/X/ ////",
        "// ///",
        "/X/ /X/ /X/",
        "/XX/ //// /X/",
    ];
    let mut text = String::new();
    for row in table {
        let parts: Vec<&str> = row.split(' ').collect();
        writeln!(text, "{:<15} {}", parts.join(" + "), merged(&parts)).unwrap();
    }
    expect![[r#"
        /XX///          /XX///
        /XX/// + /X//   /XXX///
        /X// + /XX///   /XXX///
        X + X           XX
        XX/ + /XX       /XXXX/
        //X/ + /X////   //XX////
        /X//X/ + //XX   //X//XXX/
        //// + /X/      /////X/
        /X/ + ////      /X/////
        // + ///        /////
        /X/ + /X/ + /X/ /XXX/
        /XX/ + //// + /X/ /XX////X/
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_day_is_the_most_and_nothing_is_no_pattern() {
    let half_a_day = pattern(&"X".repeat(144));
    let whole = merged_pattern([&half_a_day, &half_a_day]).unwrap();
    assert_eq!(whole.length_minutes(), 24 * 60);
    let more = merged_pattern([&half_a_day, &half_a_day, &pattern("X")]);
    assert_eq!(more, Err(BadPattern::TooLong(289)));
    assert_eq!(merged_pattern([]), Err(BadPattern::Empty));
}

fn doctor_units(pattern: &TimePattern) -> usize {
    let needs = pattern.units().iter();
    needs.filter(|need| **need == Need::Provider).count()
}

fn any_pattern() -> impl Strategy<Value = TimePattern> {
    "[X/]{1,20}".prop_map(|text| pattern(&text))
}

/// What a pattern has before its first unit that needs the provider and after its last; nothing where none does.
fn edges(pattern: &TimePattern) -> (usize, usize) {
    let is_provider = |need: &Need| *need == Need::Provider;
    let units = pattern.units();
    match (
        units.iter().position(is_provider),
        units.iter().rposition(is_provider),
    ) {
        (Some(first), Some(last)) => (first, units.len() - 1 - last),
        _ => (0, 0),
    }
}

proptest! {
    #[test]
    fn the_doctor_is_needed_as_long_as_for_all_of_them_and_nothing_gets_longer(
        patterns in prop::collection::vec(any_pattern(), 1..6),
    ) {
        let merged = merged_pattern(&patterns).unwrap();
        let sum: usize = patterns.iter().map(|one| one.units().len()).sum();
        let longest = patterns.iter().map(|one| one.units().len()).max().unwrap();
        prop_assert!((longest..=sum).contains(&merged.units().len()));
        prop_assert_eq!(doctor_units(&merged), patterns.iter().map(doctor_units).sum::<usize>());
        // What is saved is all preparations and clean-ups but the longest.
        let (before, after): (Vec<usize>, Vec<usize>) = patterns.iter().map(edges).unzip();
        let saved = |edges: &[usize]| edges.iter().sum::<usize>() - edges.iter().max().unwrap();
        prop_assert_eq!(merged.units().len(), sum - saved(&before) - saved(&after));
    }

    #[test]
    fn one_pattern_stays_as_it_is(one in any_pattern()) {
        prop_assert_eq!(merged_pattern([&one]).unwrap(), one);
    }

    #[test]
    fn the_order_decides_only_who_is_needed_when(
        (patterns, shuffled) in prop::collection::vec(any_pattern(), 1..6).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let (one, other) = (merged_pattern(&patterns).unwrap(), merged_pattern(&shuffled).unwrap());
        prop_assert_eq!(one.length_minutes(), other.length_minutes());
        prop_assert_eq!(doctor_units(&one), doctor_units(&other));
    }

    /// Which two are put together first does not matter where each needs the provider at some time.
    #[test]
    fn patterns_with_doctor_time_can_be_merged_in_any_grouping(
        patterns in prop::collection::vec("/{0,4}X[X/]{0,10}".prop_map(|text| pattern(&text)), 3..6), at in 1usize..3,
    ) {
        let (first, rest) = patterns.split_at(at);
        let (first, rest) = (merged_pattern(first).unwrap(), merged_pattern(rest).unwrap());
        prop_assert_eq!(merged_pattern([&first, &rest]).unwrap(), merged_pattern(&patterns).unwrap());
    }
}

const SHEET: &str = "
    type adj /XX///
    type ret /X// buffer 5/0
    type photo //
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        .               .
    09:35        Osei adj        .
    10:05        .               .
    11:00        .               .
";

fn check_book(request: &str, expected: Expect) {
    let mut drawing = draw(SHEET);
    let (request, leave) = drawing.booking(request).unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    expected.assert_eq(&outcome(&mut drawing, "book", result));
}

#[test]
fn two_procedures_are_booked_with_the_time_of_both() {
    check_book(
        "Rivera adj+ret Op1 10:10",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen        Op2 Amara
            09:35           Osei adj        .
            10:05           .               .
            10:10           Rivera adj+ret  .
            10:45           .               .
        "#]],
    );
}

#[test]
fn the_time_of_both_must_be_free() {
    check_book(
        "Rivera adj Op1 9:00",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen    Op2 Amara
            09:00           Rivera adj  .
            09:30           .           .
            09:35           Osei adj    .
            10:05           .           .
        "#]],
    );
    check_book(
        "Rivera adj+ret+photo Op1 9:00",
        expect!["cannot book: Op1 is taken 9:35–10:05 by Osei [chair_taken]"],
    );
}

#[test]
fn the_longer_free_minutes_hold() {
    // An adjustment alone wants nothing free before it; the retainer check does.
    check_book(
        "Rivera photo+ret Op1 10:05",
        expect![
            "cannot book: Op1 has 0 free minutes next to Osei (9:35–10:05), 5 are wanted [needs_acknowledgement]"
        ],
    );
}

#[test]
fn everything_that_is_done_must_be_allowed_there() {
    let mut drawing = draw(&SHEET.replace("type ret /X//", "type ret /X// only Amara"));
    let (request, leave) = drawing.booking("Rivera adj+ret Op1 10:10").unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    expect!["cannot book: ret is not done by Chen [needs_acknowledgement]"].assert_eq(&outcome(
        &mut drawing,
        "book",
        result,
    ));
    // The type itself may say that this does not matter.
    let ret = drawing
        .roster
        .appointment_types
        .get_mut(&request.also[0])
        .unwrap();
    ret.policies.0.insert(Rule::TypeNotAllowed, Policy::Allow);
    assert!(book_drawn(&drawing, &request, &leave).is_ok());
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let mut drawing = draw(SHEET);
    let (request, leave) = drawing.booking("Rivera adj+ret Op1 10:10").unwrap();
    let said = |also: Vec<AppointmentTypeId>| {
        let request = BookRequest {
            also,
            ..request.clone()
        };
        let cannot = book_drawn(&drawing, &request, &leave).unwrap_err();
        cannot.message(&drawing.roster, &|id| drawing.name(id))
    };
    let (adj, ret) = (request.appointment_type, request.also[0]);
    assert_eq!(said(vec![adj]), "The same is there twice. Name each once.");
    assert_eq!(said(vec![ret, ret]), "The same is there twice. Name each once.");
    let many: Vec<AppointmentTypeId> = (100..109).map(AppointmentTypeId).collect();
    assert_eq!(said(many), "At most 8 more can be done in one visit.");
    expect!["There is no appointment type “00000000000000000000000007”."]
        .assert_eq(&said(vec![AppointmentTypeId(7)]));
    for kind in drawing.roster.appointment_types.values_mut() {
        kind.pattern = pattern(&"X".repeat(MAX_TYPE_UNITS + 1));
    }
    let too_long = book_drawn(&drawing, &request, &leave).unwrap_err();
    assert_eq!(
        too_long.message(&drawing.roster, &|id| drawing.name(id)),
        "All of this together takes more than a day. Leave something out, or book two visits."
    );
    drawing.roster.appointment_types.get_mut(&ret).unwrap().is_active = false;
    drawing.roster.appointment_types.get_mut(&ret).unwrap().pattern = pattern("X");
    expect!["inactive_type"].assert_eq(book_drawn(&drawing, &request, &leave).unwrap_err().code());
}

/// Gives a visit other procedures.
fn change(
    drawing: &Drawing,
    patient: &str,
    also: &[AppointmentTypeId],
    leave: &Leave,
) -> Result<Plan, CannotBook> {
    let visit = drawing.visit_of(patient).expect("drawn").clone();
    let placement = procedures_placement(&drawing.roster, &visit, also, None)?;
    let neighbours = near(drawing, &placement)?;
    change_procedures(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &visit,
        &placement,
        leave,
        &drawing.author(5),
    )
}

fn type_of(drawing: &Drawing, code: &str) -> AppointmentTypeId {
    let mut kinds = drawing.roster.appointment_types.values();
    kinds.find(|kind| kind.code == code).expect("drawn").id
}

const DAY: &str = "
    type adj /XX///
    type ret /X//
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera adj      .
    09:30        .               .
    09:40        Osei adj        .
    10:10        .               .
";

#[test]
fn a_booked_visit_gets_more_to_do_where_there_is_time() {
    let mut drawing = draw(DAY);
    let ret = type_of(&drawing, "ret");
    let result = change(&drawing, "Rivera", &[ret], &Leave::NONE);
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen        Op2 Amara
        09:00           Rivera adj+ret  .
        09:35           .               .
        09:40           Osei adj        .
        10:10           .               .
    "#]]
    .assert_eq(&outcome(&mut drawing, "change", result));
    let visit = drawing.visit_of("Rivera").unwrap();
    assert_eq!(
        visit.sequence, 1,
        "the patient’s calendar learns of the new length"
    );
    // And back to what it was.
    let result = change(&drawing, "Rivera", &[], &Leave::NONE);
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen    Op2 Amara
        09:00           Rivera adj  .
        09:30           .           .
        09:40           Osei adj    .
        10:10           .           .
    "#]]
    .assert_eq(&outcome(&mut drawing, "change", result));
    assert!(change(&drawing, "Rivera", &[], &Leave::NONE).unwrap().is_empty());
}

#[test]
fn what_does_not_fit_asks_like_a_longer_visit() {
    let mut drawing = draw(
        &DAY.replace("09:40", "09:30")
            .replace("09:30        .               .\n", ""),
    );
    let ret = type_of(&drawing, "ret");
    let result = change(&drawing, "Rivera", &[ret], &Leave::NONE);
    expect!["cannot change: Op1 is taken 9:30–10:10 by Osei [chair_taken]"].assert_eq(&outcome(
        &mut drawing,
        "change",
        result,
    ));
    let leave = Leave {
        acknowledge_warnings: false,
        override_reason: Some("both are quick".to_owned()),
    };
    let plan = change(&drawing, "Rivera", &[ret], &leave).unwrap();
    assert_eq!(plan.op, Op::ChangeProcedures);
    assert_eq!(
        plan.changes.len(),
        2,
        "the visit, and the decision that the overlap stays"
    );
    apply(&mut drawing, &plan.changes);
    apply(&mut drawing, &plan.inverse());
    assert_eq!(drawing.visit_of("Rivera").unwrap().also, []);
}

#[test]
fn visits_over_or_called_off_keep_what_was_done() {
    let drawing = draw(&DAY.replace("Rivera adj ", "Rivera adj (cancelled) "));
    let ret = type_of(&drawing, "ret");
    let refused = change(&drawing, "Rivera", &[ret], &Leave::NONE).unwrap_err();
    assert_eq!(refused.code(), "not_planned");
}

#[test]
fn a_changed_type_takes_along_visits_that_have_it_beside_their_own() {
    let sheet = DAY
        .replace("Rivera adj      .", "Rivera adj+ret  .")
        .replace("09:30 ", "09:35 ");
    let drawing = draw(&sheet);
    let before = drawing.roster.appointment_types[&type_of(&drawing, "ret")].clone();
    let after = AppointmentType {
        pattern: pattern("//XX//"),
        buffer_after_minutes: 5,
        ..before.clone()
    };
    let visit = drawing.visit_of("Rivera").unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let followed = follows_type(&drawing.roster, &before, &after, visit, now).unwrap();
    assert_eq!(followed.after.pattern, pattern("//XXXX///"));
    assert_eq!(followed.after.buffer_after_minutes, 5);
    // Another’s visit has nothing of it; a length given by hand stays.
    let other = drawing.visit_of("Osei").unwrap();
    assert!(follows_type(&drawing.roster, &before, &after, other, now).is_none());
    let by_hand = Appointment {
        pattern: pattern("X"),
        ..visit.clone()
    };
    let followed = follows_type(&drawing.roster, &before, &after, &by_hand, now).unwrap();
    assert_eq!(followed.after.pattern, pattern("X"));
}

#[test]
fn who_has_it_ahead_beside_something_else_is_asked_about() {
    let sheet = DAY
        .replace("Rivera adj      .", "Rivera adj+ret  .")
        .replace("09:30 ", "09:35 ");
    let mut drawing = draw(&sheet);
    let (request, _) = drawing.booking("Rivera ret Op2 11:00").unwrap();
    let visit = drawing.visit_of("Rivera").unwrap().clone();
    let mut placement = request.placement(&drawing.roster, &drawing.zones).unwrap();
    placement.starts_at = drawing
        .zones
        .after_minutes(&placement.starts_at, -24 * 60)
        .unwrap();
    let now = placement.starts_at.instant() - jiff::SignedDuration::from_hours(1);
    let found = duplicates(&drawing.roster, &drawing.zones, &[visit], &placement, now).unwrap();
    let words: Vec<String> = found
        .iter()
        .map(|one| one.words(&drawing.roster, &|id| drawing.name(id)))
        .collect();
    expect![[r#"
        [
            "Rivera has a visit of this type already: ret on Tue 3 Mar 2026 at 9:00 in Op1",
        ]
    "#]]
    .assert_debug_eq(&words);
}
