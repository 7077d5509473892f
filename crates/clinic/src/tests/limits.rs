//! How many visits may begin in an hour.

use expect_test::{Expect, expect};

use super::{book_drawn, draw, near, outcome, visit};
use crate::drawing::Drawing;
use crate::openings::{Arrangement, FamilyRequest, find_family};
use crate::rescheduling::{EFFORT, Rescheduling, plan_rescheduling};
use crate::templates::HeldDays;
use crate::*;

const SHEET: &str = "
    hours 9:00–12:00
    increment 15
    type exam XXX
    type bond XXX
    limit 2 @Chen
    limit 1 bond
    Tue 3 Mar    Op1 Chen        Op2 Amara    Op3 Chen
    09:00        Rivera exam     .            .
    09:15        .               Osei bond    .
    09:30        .               .            Ito exam
    09:45        .               .            .
    10:00        .               .            .
";

const NOW: &str = "2026-01-01T00:00:00Z";

fn booked(sheet: &str, text: &str) -> String {
    let mut drawing = draw(sheet);
    let (request, leave) = drawing.booking(text).unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    outcome(&mut drawing, "book", result)
}

fn check(sheet: &str, text: &str, expected: Expect) {
    expected.assert_eq(&booked(sheet, text));
}

#[test]
fn one_more_than_a_provider_may_begin_is_asked_about() {
    check(
        SHEET,
        "Novak exam Op1 9:45",
        expect!["cannot book: Chen has the 2 visits that may begin 9:00–10:00 [needs_acknowledgement]"],
    );
    check(
        SHEET,
        "Novak exam Op1 9:45 anyway",
        expect![[r#"
        although Chen has the 2 visits that may begin 9:00–10:00
        Tue 3 Mar 2026  Op1 Chen     Op2 Amara  Op3 Chen
        09:00           Rivera exam  .          .
        09:15           .            Osei bond  .
        09:30           .            .          Ito exam
        09:45           Novak exam   .          .
        10:00           .            .          .
    "#]],
    );
    // The next hour is another one, and another provider has no limit.
    check(
        SHEET,
        "Novak exam Op1 10:00",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen     Op2 Amara  Op3 Chen
        09:00           Rivera exam  .          .
        09:15           .            Osei bond  .
        09:30           .            .          Ito exam
        09:45           .            .          .
        10:00           Novak exam   .          .
        10:15           .            .          .
    "#]],
    );
    assert!(booked(SHEET, "Novak exam Op2 9:45").contains("Novak"));
}

#[test]
fn a_type_and_all_together_may_have_a_limit() {
    check(
        SHEET,
        "Novak bond Op2 9:45",
        expect!["cannot book: Main has the 1 visit (bond) that may begin 9:00–10:00 [needs_acknowledgement]"],
    );
    let all = SHEET.replace("limit 2 @Chen", "limit 3");
    check(
        &all,
        "Novak exam Op2 9:45",
        expect!["cannot book: Main has the 3 visits that may begin 9:00–10:00 [needs_acknowledgement]"],
    );
    let both = SHEET.replace("limit 2 @Chen", "limit 1 @Chen exam");
    check(
        &both,
        "Novak exam Op1 9:45",
        expect!["cannot book: Chen has the 1 visit (exam) that may begin 9:00–10:00 [needs_acknowledgement]"],
    );
}

#[test]
fn the_practice_says_what_happens_and_a_type_may_have_it_otherwise() {
    let refused = format!("rule visits_per_hour refuse\n{SHEET}");
    check(
        &refused,
        "Novak exam Op1 9:45 anyway",
        expect!["cannot book: Chen has the 2 visits that may begin 9:00–10:00 [hour_full]"],
    );
    assert!(
        booked(&refused, "Novak exam Op1 9:45 because it hurts").contains("although Chen has the 2 visits")
    );
    let allowed = format!("rule visits_per_hour allow\n{SHEET}");
    assert!(!booked(&allowed, "Novak exam Op1 9:45").contains("although"));
    let mut drawing = draw(SHEET);
    for kind in drawing.roster.appointment_types.values_mut() {
        kind.policies.0.insert(Rule::VisitsPerHour, Policy::Refuse);
    }
    let (request, leave) = drawing.booking("Novak exam Op1 9:45 anyway").unwrap();
    let refusal = book_drawn(&drawing, &request, &leave).unwrap_err();
    assert_eq!(refusal.code(), "hour_full");
}

#[test]
fn called_off_visits_and_other_locations_do_not_count() {
    let mut drawing = draw(SHEET);
    let (request, leave) = drawing.booking("Novak exam Op1 9:45").unwrap();
    drawing.appointments[2].status = Status::Cancelled;
    assert!(book_drawn(&drawing, &request, &leave).is_ok());
    let mut drawing = draw(SHEET);
    drawing.appointments[2].location = LocationId(77);
    assert!(book_drawn(&drawing, &request, &leave).is_ok());
}

fn moved(drawing: &Drawing, number: u128, wall: &str) -> Result<Plan, CannotBook> {
    let visit = visit(drawing, number).clone();
    let request = MoveRequest {
        wall: Some(drawing.date.to_datetime(crate::drawing::time(wall).unwrap())),
        ..MoveRequest::default()
    };
    let placement = moved_placement(&drawing.roster, &drawing.zones, &visit, &request)?;
    let neighbours = near(drawing, &placement)?;
    let author = drawing.author(5);
    move_appointment(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &visit,
        &request,
        &Leave::NONE,
        &author,
    )
}

#[test]
fn a_visit_is_not_in_its_own_way_and_a_longer_one_is_not_asked_about() {
    // Two of two: one of them goes elsewhere in its hour.
    let drawing = draw(SHEET);
    let rivera = drawing.visit_of("Rivera").unwrap().id.0;
    assert!(moved(&drawing, rivera, "9:45").is_ok());
    // Three of two, as somebody wanted it: none may come in, each may last longer.
    let mut drawing = draw(SHEET);
    let (request, leave) = drawing.booking("Novak exam Op1 9:45 anyway").unwrap();
    let plan = book_drawn(&drawing, &request, &leave).unwrap();
    super::apply(&mut drawing, &plan.changes);
    let visit = drawing.visit_of("Rivera").unwrap().clone();
    let length = Length::Minutes(30);
    let placement = resized_placement(&visit, &length).unwrap();
    let neighbours = near(&drawing, &placement).unwrap();
    let author = drawing.author(5);
    let plan = change_length(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &visit,
        &length,
        &Leave::NONE,
        &author,
    );
    assert!(plan.is_ok_and(|plan| plan.warnings.is_empty()));
}

#[test]
fn two_that_change_places_leave_an_hour_as_full_as_it_was() {
    let sheet = format!(
        "{SHEET}    10:15        Berg exam       .            .\n    10:30        .               .            .\n"
    );
    let drawing = draw(&sheet);
    let [first, second] = ["Rivera", "Berg"].map(|name| drawing.visit_of(name).unwrap().clone());
    let both = [&first, &second];
    let places = swapped_placements(&drawing.zones, both, false).unwrap();
    let neighbours = [
        near(&drawing, &places[0]).unwrap(),
        near(&drawing, &places[1]).unwrap(),
    ];
    let author = drawing.author(5);
    let plan = swap_appointments(
        &drawing.roster,
        &drawing.zones,
        neighbours,
        both,
        false,
        &Leave::NONE,
        &author,
    );
    assert!(
        plan.is_ok_and(|plan| plan.warnings.is_empty()),
        "two of two before and after"
    );
}

#[test]
fn the_hour_is_the_one_on_the_wall() {
    // 5:45 ahead of UTC: nine o'clock there is a quarter past three.
    let kathmandu = format!("zone Asia/Kathmandu\n{SHEET}");
    assert!(booked(&kathmandu, "Novak exam Op1 9:45").contains("that may begin 9:00–10:00"));
    assert!(booked(&kathmandu, "Novak exam Op1 10:00").contains("Novak"));
}

#[test]
fn of_an_hour_that_comes_twice_each_counts_alone() {
    let drawing = draw(
        "
        zone America/New_York
        hours 0:00–24:00
        type exam XXX
        limit 1
        Sun 1 Nov 2026    Op1 Chen       Op2 Amara
        00:30             .              .
        00:45             Rivera exam    .
        01:00             .              .
        ",
    );
    let (request, _) = {
        let mut drawing = drawing.clone();
        drawing.booking("Novak exam Op2 1:30").unwrap()
    };
    let first = request.placement(&drawing.roster, &drawing.zones).unwrap();
    let again = BookRequest {
        fold_later: true,
        ..request.clone()
    };
    let second = again.placement(&drawing.roster, &drawing.zones).unwrap();
    let mut taken = drawing.appointments[0].clone();
    taken.starts_at = first.starts_at.clone();
    let neighbours = Neighbours {
        appointments: vec![taken],
        ..Neighbours::default()
    };
    let full = |placement: &Placement| {
        let mut placement = placement.clone();
        placement.operatory = crate::drawing::operatory_id("Op2");
        let found = check_placement(&drawing.roster, &drawing.zones, &neighbours, &placement).unwrap();
        found
            .iter()
            .any(|violation| violation.rule() == Rule::VisitsPerHour)
    };
    assert_eq!((full(&first), full(&second)), (true, false));
}

fn request(drawing: &Drawing, name: &str) -> OpeningRequest {
    let kinds = &drawing.roster.appointment_types;
    let kind = kinds.values().find(|kind| kind.name == name).unwrap().id;
    OpeningRequest {
        days: 1,
        ..OpeningRequest::new(kind, drawing.date)
    }
}

#[test]
fn openings_pass_over_full_hours() {
    let drawing = draw(SHEET);
    let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
    let starts = |name: &str| {
        let wanted = OpeningRequest {
            provider: Some(crate::drawing::provider_id("Chen")),
            limit: 200,
            ..request(&drawing, name)
        };
        let found = openings::find(
            &drawing.roster,
            &drawing.zones,
            &busy,
            &HeldDays::default(),
            &wanted,
            NOW.parse().unwrap(),
        )
        .unwrap();
        found.iter().map(|opening| opening.starts_at.wall.hour()).min()
    };
    assert_eq!((starts("exam"), starts("bond")), (Some(10), Some(10)));
}

#[test]
fn a_family_does_not_fill_an_hour_beyond_its_limit() {
    let sheet = "
        hours 9:00–12:00
        increment 15
        type exam ///
        limit 1
        Tue 3 Mar    Op1 Chen    Op2 Amara
        09:00        .           .
    ";
    let drawing = draw(sheet);
    let busy = BusyCalendar::default();
    let visits = [1, 2].map(|id| OpeningRequest {
        patient: Some(PatientId(900 + id)),
        ..request(&drawing, "exam")
    });
    let ways = find_family(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &HeldDays::default(),
        &FamilyRequest {
            visits: visits.to_vec(),
            arrangement: Arrangement::Any,
            limit: 5,
        },
        NOW.parse().unwrap(),
    )
    .unwrap();
    let hours: Vec<_> = ways
        .iter()
        .map(|way| {
            way.visits
                .iter()
                .map(|opening| opening.starts_at.wall.hour())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        !hours.is_empty() && hours.iter().all(|both| both[0] != both[1]),
        "{hours:?}"
    );
}

#[test]
fn a_plan_for_a_day_spreads_visits_over_hours_with_a_limit() {
    let sheet = "
        hours 9:00–12:00
        increment 15
        type exam XXX
        limit 1 exam
        Tue 3 Mar    Op1 Chen        Op2 Amara
        09:00        Rivera exam     .
        09:15        Osei exam       .
        09:30        Ito exam        .
        09:45        .               .
    ";
    let drawing = draw(sheet);
    let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
    let plan = plan_rescheduling(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &HeldDays::default(),
        &Rescheduling {
            visits: drawing.appointments.clone(),
            from: drawing.date.tomorrow().unwrap(),
            days: 1,
            away: None,
            may_change_provider: true,
            effort: EFFORT,
        },
        NOW.parse().unwrap(),
    )
    .unwrap();
    let mut hours: Vec<_> = plan
        .placed
        .iter()
        .map(|placed| placed.opening.starts_at.wall.hour())
        .collect();
    hours.sort_unstable();
    assert_eq!(hours, [9, 10, 11]);
}

#[test]
fn limits_that_cannot_be_are_told() {
    let limits = |most: u16, provider: Option<ProviderId>| VisitLimit {
        provider,
        appointment_type: None,
        most,
    };
    let mut practice = draw(SHEET).roster.practice;
    practice.visit_limits = vec![limits(0, None)];
    assert_eq!(
        validate_practice(&practice, &Zones::bundled())
            .unwrap_err()
            .message,
        "A limit goes from 1 to 60 visits an hour."
    );
    practice.visit_limits = vec![limits(2, None), limits(3, None)];
    assert_eq!(
        validate_practice(&practice, &Zones::bundled())
            .unwrap_err()
            .message,
        "There are two limits for the same provider and type."
    );
    practice.visit_limits = vec![limits(2, None), limits(60, Some(ProviderId(1)))];
    assert!(validate_practice(&practice, &Zones::bundled()).is_ok());
}
