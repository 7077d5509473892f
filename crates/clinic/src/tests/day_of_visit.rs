//! Days that are over, and days that are still to come.

use expect_test::expect;

use super::{apply, draw, near, outcome, visit};
use crate::drawing::Drawing;
use crate::*;

const SHEET: &str = "
    Tue 3 Mar    Op1 Chen
    09:00        Rivera exam
    09:30        .
    11:00        .
";

/// Somebody at a desk at noon of a day that is so many days after the sheet's.
fn at(drawing: &Drawing, days: i64) -> Author {
    let noon = drawing.date.at(12, 0, 0, 0) + jiff::ToSpan::days(days);
    let zone = &visit(drawing, 1).starts_at.zone;
    Author {
        at: drawing.zones.resolve(noon, zone).unwrap().instant(),
        ..drawing.author(1)
    }
}

fn booked(drawing: &mut Drawing, days: i64, text: &str) -> String {
    let (request, leave) = drawing.booking(text).unwrap();
    let placement = request.placement(&drawing.roster, &drawing.zones).unwrap();
    let neighbours = near(drawing, &placement).unwrap();
    let (roster, zones) = (&drawing.roster, &drawing.zones);
    let author = at(drawing, days);
    let result = book(roster, zones, &neighbours, &request, &leave, &author);
    outcome(drawing, "book", result)
}

fn moved(drawing: &mut Drawing, days: i64, to_days: i64) -> String {
    let before = visit(drawing, 1).clone();
    let request = MoveRequest {
        wall: Some(before.starts_at.wall + jiff::ToSpan::days(to_days)),
        ..MoveRequest::default()
    };
    let placement = moved_placement(&drawing.roster, &drawing.zones, &before, &request).unwrap();
    let neighbours = near(drawing, &placement).unwrap();
    let result = move_appointment(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &before,
        &request,
        &Leave::NONE,
        &at(drawing, days),
    );
    match result {
        Ok(plan) => {
            apply(drawing, &plan.changes);
            "moved".to_owned()
        }
        Err(cannot) => outcome(drawing, "move", Err(cannot)),
    }
}

#[test]
fn a_booking_on_a_day_that_is_over_is_asked_about() {
    let mut drawing = draw(SHEET);
    expect!["cannot book: Tue 3 Mar 2026 is over [needs_acknowledgement]"].assert_eq(&booked(
        &mut drawing,
        1,
        "Osei exam Op1 9:30 30min",
    ));
    expect![[r#"
        although Tue 3 Mar 2026 is over
        Tue 3 Mar 2026  Op1 Chen
        09:00           Rivera exam
        09:30           Osei exam
        10:00           .
    "#]]
    .assert_eq(&booked(&mut drawing, 1, "Osei exam Op1 9:30 30min anyway"));
}

#[test]
fn this_morning_is_not_over() {
    let mut drawing = draw(SHEET);
    assert!(booked(&mut drawing, 0, "Osei exam Op1 9:30 30min").contains("Osei exam"));
}

#[test]
fn a_practice_that_allows_it_is_not_asked() {
    let mut drawing = draw(SHEET);
    let policies = &mut drawing.roster.practice.policies.0;
    policies.insert(Rule::DayOfVisit, Policy::Allow);
    let told = booked(&mut drawing, 1, "Osei exam Op1 9:30 30min");
    assert!(told.contains("Osei exam") && !told.contains("although"), "{told}");
}

#[test]
fn a_visit_goes_into_the_past_only_knowingly_unless_it_was_there_already() {
    let mut drawing = draw(SHEET);
    expect!["cannot move: Tue 24 Feb 2026 is over [needs_acknowledgement]"].assert_eq(&moved(
        &mut drawing,
        -1,
        -7,
    ));
    assert_eq!(moved(&mut drawing, -1, 7), "moved");
    let mut drawing = draw(SHEET);
    assert_eq!(moved(&mut drawing, 2, -7), "moved", "its day was over already");
}

#[test]
fn what_happens_in_the_practice_is_asked_about_before_the_day() {
    let drawing = draw(SHEET);
    let before = visit(&drawing, 1);
    let step = |days, to, leave: &Leave| {
        let (roster, zones) = (&drawing.roster, &drawing.zones);
        take_step(roster, zones, before, to, None, leave, &at(&drawing, days))
    };
    let words = |days, to| {
        let cannot = step(days, to, &Leave::NONE).unwrap_err();
        assert_eq!(cannot.code(), "needs_acknowledgement");
        cannot.message(&drawing.roster, &|id| drawing.name(id))
    };
    assert_eq!(
        words(-17, Status::Completed),
        "The visit is on Tue 3 Mar 2026, 17 days ahead: nobody can be completed yet."
    );
    for (to, said) in [
        (Status::NoShow, "missing"),
        (Status::Arrived, "arrived"),
        (Status::Seated, "seated"),
    ] {
        assert_eq!(
            words(-1, to),
            format!("The visit is on Tue 3 Mar 2026, tomorrow: nobody can be {said} yet.")
        );
        assert!(step(0, to, &Leave::NONE).is_ok());
        assert!(step(1, to, &Leave::NONE).is_ok());
    }
    assert!(step(-17, Status::Confirmed, &Leave::NONE).is_ok());
    let leave = Leave {
        acknowledge_warnings: true,
        ..Leave::NONE
    };
    let plan = step(-17, Status::Arrived, &leave).unwrap();
    assert_eq!((plan.op, plan.warnings.len()), (Op::MarkArrived, 1));
    // Who is marked as here knowingly goes on as on any day.
    let Some(Entity::Appointment(arrived)) = &plan.changes[0].after else {
        panic!("{plan:?}")
    };
    let (roster, zones) = (&drawing.roster, &drawing.zones);
    let author = at(&drawing, -17);
    assert!(
        take_step(
            roster,
            zones,
            arrived,
            Status::Seated,
            None,
            &Leave::NONE,
            &author
        )
        .is_ok()
    );
}
