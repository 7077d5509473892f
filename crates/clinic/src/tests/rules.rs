//! What happens when a rule is broken: the practice's word, and a type's own where it has one.

use expect_test::expect;

use super::{book_drawn, draw, outcome};
use crate::openings::{BusyCalendar, OpeningRequest};
use crate::*;

const SHEET: &str = "
    hours 9:00–17:00
    type exam XXX
    type emergency XXX
    Tue 3 Mar    Op1 Chen    Op2 Amara
    09:00        .           # meeting
    09:30        .           .
";

/// A drawing in which emergencies break rules otherwise.
fn drawn(policies: &[(Rule, Policy)]) -> crate::drawing::Drawing {
    let mut drawing = draw(SHEET);
    for kind in drawing
        .roster
        .appointment_types
        .values_mut()
        .filter(|kind| kind.name == "emergency")
    {
        kind.policies = RulePolicies(policies.iter().copied().collect());
    }
    drawing
}

fn booked(policies: &[(Rule, Policy)], text: &str) -> String {
    let mut drawing = drawn(policies);
    let (request, leave) = drawing.booking(text).unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    outcome(&mut drawing, "book", result)
}

#[test]
fn a_type_may_be_let_through_where_others_are_refused() {
    let let_through = [(Rule::TimeBlock, Policy::Allow)];
    expect!["cannot book: Op2 is blocked out 9:00–9:30 (meeting) [blocked]"]
        .assert_eq(&booked(&let_through, "Rivera exam Op2 9:00"));
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen  Op2 Amara
        09:00           .         # meeting + Rivera emergency
        09:15           .         |
        09:30           .         .
    "#]]
    .assert_eq(&booked(&let_through, "Rivera emergency Op2 9:00"));
}

#[test]
fn a_type_may_be_refused_where_others_are_asked_about() {
    let strict = [(Rule::OutsideLocationHours, Policy::Refuse)];
    expect!["cannot book: Main is open 9:00–17:00 on Tue 3 Mar; Chen works 9:00–17:00 at Main on Tue 3 Mar [needs_acknowledgement]"].assert_eq(&booked(&strict, "Rivera exam Op1 8:30"));
    expect!["cannot book: Main is open 9:00–17:00 on Tue 3 Mar; Chen works 9:00–17:00 at Main on Tue 3 Mar [outside_hours]"].assert_eq(&booked(&strict, "Rivera emergency Op1 8:30"));
}

#[test]
fn openings_follow_the_type() {
    let first = |kind: &str| {
        let mut drawing = drawn(&[(Rule::TimeBlock, Policy::Allow)]);
        let (booking, _) = drawing.booking(&format!("Rivera {kind} Op2 9:00")).unwrap();
        let mut busy = BusyCalendar::default();
        drawing
            .time_blocks
            .iter()
            .for_each(|block| busy.add_time_block(block));
        let request = OpeningRequest {
            operatory: Some(booking.operatory),
            days: 1,
            limit: 1,
            ..OpeningRequest::new(booking.appointment_type, drawing.date)
        };
        let found = openings::find(
            &drawing.roster,
            &drawing.zones,
            &busy,
            &crate::templates::HeldDays::default(),
            &request,
            drawing.author(0).at,
        )
        .unwrap();
        found[0].starts_at.wall.time().to_string()
    };
    assert_eq!(
        (first("exam"), first("emergency")),
        ("09:30:00".to_owned(), "09:00:00".to_owned())
    );
}

#[test]
fn rules_about_two_visits_are_the_practices_alone() {
    let drawing = drawn(&[(Rule::OperatoryOverlap, Policy::Allow)]);
    let kind = drawing
        .roster
        .appointment_types
        .values()
        .find(|kind| kind.name == "emergency")
        .unwrap();
    assert_eq!(
        drawing.roster.policy(Rule::OperatoryOverlap, kind.id),
        Policy::Refuse,
        "whatever a newer or broken program wrote"
    );
    assert_eq!(
        validate_appointment_type(kind, &drawing.roster)
            .unwrap_err()
            .message,
        "A type of visit has no rule of its own about two visits in one operatory."
    );
}

/// Two chairs under a template: bondings in the morning, anything short beside, an emergency hold at noon.
const TEMPLATED: &str = "
    hours 9:00–17:00
    type bonding XX////XX class Long
    type exam XXX
    type emergency XXX
    slot Op1 9:00–10:20 bonding x2
    slot Op2 9:00–10:00 class Long
    slot Op2 12:00–13:00 any hold 2h
    slot Op1 13:00–14:00 emergency hold 2h
    Tue 3 Mar    Op1 Chen         Op2 Amara
    09:00        Ito bonding      .
    09:40        .                .
    10:20        .                .
";

fn templated(settings: &str, text: &str) -> String {
    let mut drawing = draw(&format!("{settings}\n{TEMPLATED}"));
    let (request, leave) = drawing.booking(text).unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    outcome(&mut drawing, "book", result)
}

#[test]
fn what_fits_its_slot_is_booked_without_a_word() {
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen        Op2 Amara
        09:00           Ito bonding     .
        09:40           Rivera bonding  .
        10:20           .               .
        slot Op1 09:00–10:20 bonding x2
        slot Op2 09:00–10:00 class Long
        slot Op2 12:00–13:00 any hold 2h
        slot Op1 13:00–14:00 emergency hold 2h
    "#]]
    .assert_eq(&templated("", "Rivera bonding Op1 9:40"));
    assert!(!templated("", "Rivera bonding Op2 9:00 @Amara").contains("cannot"));
}

#[test]
fn a_slot_for_something_else_a_full_one_and_none_at_all_are_asked_about() {
    expect!["cannot book: Op2 is meant for any of Long 9:00–10:00 [needs_acknowledgement]"]
        .assert_eq(&templated("", "Rivera exam Op2 9:00"));
    expect!["cannot book: Op2 10:30–10:45 is in no slot of the template [needs_acknowledgement]"]
        .assert_eq(&templated("", "Rivera exam Op2 10:30"));
    let full = TEMPLATED.replace(" x2", "");
    let mut drawing = draw(&full);
    let (request, leave) = drawing.booking("Rivera bonding Op1 9:40").unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    expect!["cannot book: Op1 has the 1 visit it is meant for 9:00–10:20 (bonding) [needs_acknowledgement]"]
        .assert_eq(&outcome(&mut drawing, "book", result));
    assert!(templated("", "Rivera exam Op2 9:00 anyway").starts_with("although"));
    assert!(!templated("rule template_mismatch allow", "Rivera exam Op2 10:30").contains("cannot"));
    assert!(templated("rule template_mismatch refuse", "Rivera exam Op2 10:30 anyway").contains("cannot"));
}

#[test]
fn a_type_may_be_anywhere_in_a_template_or_nowhere_else() {
    let with = |rule: Rule, policy: Policy, text: &str| {
        let mut drawing = draw(TEMPLATED);
        for kind in drawing.roster.appointment_types.values_mut() {
            if kind.name == "exam" {
                kind.policies.0.insert(rule, policy);
            }
        }
        let (request, leave) = drawing.booking(text).unwrap();
        let result = book_drawn(&drawing, &request, &leave);
        outcome(&mut drawing, "book", result)
    };
    let mismatch = |policy, text| with(Rule::TemplateMismatch, policy, text);
    assert!(!mismatch(Policy::Allow, "Rivera exam Op2 9:00").contains("cannot"));
    assert!(mismatch(Policy::Refuse, "Rivera exam Op2 10:30 anyway").contains("cannot"));
    // Only that type.
    assert!(mismatch(Policy::Allow, "Rivera bonding Op2 10:30").ends_with("[needs_acknowledgement]"));
    let hold = |policy, text| with(Rule::EmergencyHold, policy, text);
    assert!(!hold(Policy::Allow, "Rivera exam Op2 12:00").contains("cannot"));
    assert!(hold(Policy::Allow, "Rivera bonding Op2 12:00").contains("cannot"));
}

#[test]
fn an_emergency_hold_is_refused_until_it_is_released_or_named() {
    let at = |now: &str, text: &str| templated(now, text).lines().next().unwrap_or_default().to_owned();
    let words = [
        at("", "Rivera exam Op2 12:00"),
        at("now 9:59", "Rivera exam Op2 12:00"),
        at("now 10:00", "Rivera exam Op2 12:00"),
        at("", "Rivera exam Op1 13:00"),
        at("", "Rivera emergency Op1 13:00"),
        // What is held for anything is held for nobody in particular.
        at("", "Rivera emergency Op2 12:00"),
        at("", "Rivera exam Op2 12:00 because in pain"),
        at("rule emergency_hold warn", "Rivera exam Op2 12:00 anyway"),
    ];
    expect![[r#"
        cannot book: Op2 12:00–13:00 is kept for emergencies until 10:00 [kept_for_emergencies]
        cannot book: Op2 12:00–13:00 is kept for emergencies until 10:00 [kept_for_emergencies]
        Tue 3 Mar 2026  Op1 Chen     Op2 Amara
        cannot book: Op1 13:00–14:00 is kept for emergencies until 11:00 [kept_for_emergencies]
        Tue 3 Mar 2026  Op1 Chen          Op2 Amara
        cannot book: Op2 12:00–13:00 is kept for emergencies until 10:00 [kept_for_emergencies]
        although Op2 12:00–13:00 is kept for emergencies until 10:00
        although Op2 12:00–13:00 is kept for emergencies until 10:00"#]]
    .assert_eq(&words.join("\n"));
}
