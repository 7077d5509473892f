//! The duplicate guard: who has another visit that day or one of the same type ahead is booked only knowingly.

use expect_test::{Expect, expect};

use super::{book_drawn, draw, near, outcome};
use crate::drawing::Drawing;
use crate::{AppointmentTypeId, Leave, Policy, Rule, Status, Violation, book, duplicates};

const DAY: &str = "
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera crown    .
    09:30        .               Osei prophy
    10:00        .               .
";

/// Books with what a store would have found of the patient's other visits.
fn book_knowing(drawing: &mut Drawing, text: &str) -> Result<crate::Plan, crate::CannotBook> {
    let (request, leave) = drawing.booking(text).unwrap();
    let placement = request.placement(&drawing.roster, &drawing.zones)?;
    let mut neighbours = near(drawing, &placement)?;
    neighbours.others = drawing.appointments.clone();
    let (roster, zones) = (&drawing.roster, &drawing.zones);
    book(
        roster,
        zones,
        &neighbours,
        &request,
        &leave,
        &drawing.author(1_000),
    )
}

fn check(sheet: &str, text: &str, expected: Expect) {
    let mut drawing = draw(sheet);
    let result = book_knowing(&mut drawing, text);
    expected.assert_eq(&outcome(&mut drawing, "book", result));
}

#[test]
fn a_second_visit_that_day_is_asked_about() {
    check(
        DAY,
        "Rivera filling Op2 10:00 30min",
        expect![
            "cannot book: Rivera has another visit that day: crown 9:00–9:30 in Op1 [needs_acknowledgement]"
        ],
    );
}

#[test]
fn who_has_seen_it_books_all_the_same() {
    check(
        DAY,
        "Rivera filling Op2 10:00 30min anyway",
        expect![[r#"
            although Rivera has another visit that day: crown 9:00–9:30 in Op1
            Tue 3 Mar 2026  Op1 Chen      Op2 Amara
            09:00           Rivera crown  .
            09:30           .             Osei prophy
            10:00           .             Rivera filling
            10:30           .             .
        "#]],
    );
}

#[test]
fn others_and_overlapping_visits_are_not_said_twice() {
    let mut drawing = draw(DAY);
    let free = book_knowing(&mut drawing, "Nakamura filling Op2 10:00 30min").unwrap();
    assert!(free.warnings.is_empty());
    let both = book_knowing(&mut drawing, "Rivera filling Op2 9:00 30min because twins").unwrap();
    let rules: Vec<Rule> = both.warnings.iter().map(Violation::rule).collect();
    assert_eq!(rules, [Rule::PatientOverlap]);
}

#[test]
fn what_is_called_off_or_missed_does_not_count() {
    for status in [Status::Cancelled, Status::NoShow] {
        let mut drawing = draw(DAY);
        drawing.appointments[0].status = status;
        let plan = book_knowing(&mut drawing, "Rivera filling Op2 10:00 30min").unwrap();
        assert!(plan.warnings.is_empty(), "{status:?}");
    }
}

/// What would be said of a placement that lies some days after the drawing's visits or before them.
fn ahead(drawing: &mut Drawing, days: i64, now_days: i64) -> Vec<String> {
    let (request, _) = drawing.booking("Rivera crown Op1 15:00 30min").unwrap();
    let mut placement = request.placement(&drawing.roster, &drawing.zones).unwrap();
    let wall = placement.starts_at.wall + jiff::ToSpan::days(days);
    placement.starts_at = drawing.zones.resolve(wall, &placement.starts_at.zone).unwrap();
    let now = drawing.appointments[0].starts_at.instant() + jiff::SignedDuration::from_hours(24 * now_days);
    let found = duplicates(
        &drawing.roster,
        &drawing.zones,
        &drawing.appointments,
        &placement,
        now,
    )
    .unwrap();
    found
        .iter()
        .map(|violation| violation.words(&drawing.roster, &|id| drawing.name(id)))
        .collect()
}

#[test]
fn a_visit_of_that_type_ahead_is_told_with_those_after_it() {
    let mut drawing = draw(
        "
        Tue 3 Mar    Op1 Chen
        09:00        Rivera crown
        10:00        .
        11:00        Rivera crown
        13:00        Rivera filling
        15:00        .
        ",
    );
    assert_eq!(
        ahead(&mut drawing, 20, -7),
        [
            "Rivera has a visit of this type already: crown on Tue 3 Mar 2026 at 9:00 in Op1, and 1 more after it"
        ]
    );
    // At nine the first is no longer ahead: it has begun.
    assert_eq!(
        ahead(&mut drawing, 20, 0),
        ["Rivera has a visit of this type already: crown on Tue 3 Mar 2026 at 11:00 in Op1"]
    );
    assert_eq!(
        ahead(&mut drawing, 20, 1),
        Vec::<String>::new(),
        "past visits are no duplicates"
    );
    // The same day is said once, not again as one of the type.
    assert_eq!(ahead(&mut drawing, 0, -7).len(), 3);
    drawing.appointments[0].status = Status::Cancelled;
    drawing.appointments[1].status = Status::NoShow;
    assert_eq!(ahead(&mut drawing, 20, -7), Vec::<String>::new());
}

#[test]
fn the_practice_and_a_type_decide_what_happens() {
    let mut drawing = draw(DAY);
    let policies = &mut drawing.roster.practice.policies.0;
    policies.insert(Rule::SameDayVisit, Policy::Refuse);
    let refused = book_knowing(&mut drawing, "Rivera filling Op2 10:00 30min anyway").unwrap_err();
    assert_eq!(
        (refused.code(), refused.field()),
        ("same_day_visit", Some("patient"))
    );
    let (request, _) = drawing.booking("Rivera filling Op2 10:00 30min").unwrap();
    let kind: AppointmentTypeId = request.appointment_type;
    let record = drawing.roster.appointment_types.get_mut(&kind).unwrap();
    record.policies.0.insert(Rule::SameDayVisit, Policy::Allow);
    let plan = book_knowing(&mut drawing, "Rivera filling Op2 10:00 30min").unwrap();
    assert!(plan.warnings.is_empty());
    assert_eq!(book_drawn(&drawing, &request, &Leave::NONE).unwrap().warnings, []);
}
