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
