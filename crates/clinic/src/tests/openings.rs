//! What is offered, in which order and why.

use expect_test::{Expect, expect};

use super::draw;
use crate::drawing::{Drawing, operatory_id, provider_id};
use crate::{BusyCalendar, OpeningRequest, PatientId, openings};

fn search(drawing: &Drawing, kind: &str) -> OpeningRequest {
    let kind = drawing
        .roster
        .appointment_types
        .values()
        .find(|record| record.code == kind)
        .expect("drawn");
    OpeningRequest {
        days: 1,
        ..OpeningRequest::new(kind.id, drawing.date)
    }
}

fn listed(drawing: &Drawing, request: &OpeningRequest, now: &str) -> String {
    let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
    let found = openings::find(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &crate::templates::HeldDays::default(),
        request,
        now.parse().unwrap(),
    )
    .unwrap();
    let line = |opening: &crate::Opening| {
        let reasons: Vec<String> = opening
            .reasons
            .iter()
            .map(|reason| reason.words(&drawing.roster))
            .collect();
        let chair = &drawing.roster.operatories[&opening.operatory].name;
        let provider = &drawing.roster.providers[&opening.provider].name;
        format!(
            "{} {chair} {provider}: {}\n",
            opening.starts_at.wall.strftime("%a %-H:%M"),
            reasons.join(", ")
        )
    };
    found.iter().map(line).collect()
}

fn check_openings(sheet: &str, kind: &str, change: impl FnOnce(&mut OpeningRequest), expected: Expect) {
    let drawing = draw(sheet);
    let mut request = search(&drawing, kind);
    change(&mut request);
    expected.assert_eq(&listed(&drawing, &request, "2026-01-01T00:00:00Z"));
}

const SHEET: &str = "
    hours 9:00–12:00
    increment 15
    type exam XXXXXX
    type call XXX
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera exam     .
    09:30        .               Osei exam
    10:00        Ito exam        # meeting
    10:30        .               # meeting
    11:15        Berg exam       ? cleaning
    11:45        .               .
    12:00        .               .
";

#[test]
fn what_fills_a_gap_comes_before_what_leaves_one() {
    check_openings(
        SHEET,
        "exam",
        |_| {},
        expect![[r#"
        Tue 9:00 Op2 Amara: earliest day, fills the gap exactly, usual provider of Op2
        Tue 9:30 Op1 Chen: earliest day, fills the gap exactly, usual provider of Op1
        Tue 10:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 10:45 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 10:30 Op1 Amara: earliest day, leaves no short gap
        Tue 10:45 Op1 Amara: earliest day, leaves no short gap
        Tue 11:15 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
        Tue 11:30 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
    "#]],
    );
}

#[test]
fn a_provider_a_chair_a_time_of_day_can_be_asked_for() {
    check_openings(
        SHEET,
        "exam",
        |request| request.provider = Some(provider_id("Amara")),
        expect![[r#"
            Tue 9:00 Op2 Amara: earliest day, fills the gap exactly, usual provider of Op2
            Tue 10:30 Op1 Amara: earliest day, leaves no short gap
            Tue 10:45 Op1 Amara: earliest day, leaves no short gap
            Tue 11:15 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
            Tue 11:30 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
        "#]],
    );
    check_openings(
        SHEET,
        "exam",
        |request| {
            request.operatory = Some(operatory_id("Op1"));
            request.after = Some("10:00".parse().unwrap());
        },
        expect![[r#"
            Tue 10:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
            Tue 10:45 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
            Tue 10:30 Op1 Amara: earliest day, leaves no short gap
            Tue 10:45 Op1 Amara: earliest day, leaves no short gap
        "#]],
    );
    // Over by then, to the minute.
    check_openings(
        SHEET,
        "call",
        |request| request.before = Some("09:15".parse().unwrap()),
        expect![[r#"
            Tue 9:00 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2
        "#]],
    );
    check_openings(
        SHEET,
        "exam",
        |request| request.before = Some("11:00".parse().unwrap()),
        expect![[r#"
            Tue 9:00 Op2 Amara: earliest day, fills the gap exactly, usual provider of Op2
            Tue 9:30 Op1 Chen: earliest day, fills the gap exactly, usual provider of Op1
            Tue 10:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
            Tue 10:30 Op1 Amara: earliest day, leaves no short gap
        "#]],
    );
}

#[test]
fn over_by_a_time_is_meant_on_the_wall_at_the_end() {
    // The clock is set back from 2:00 to 1:00: an hour from any time before that is over by then, after it only from the second 1:00.
    let sheet = "
        hours 1:00–4:00
        type exam XXXXXXXXXXXX
        Sun 1 Nov    Op1 Chen
        01:00        .
        04:00        .
    ";
    check_openings(
        sheet,
        "exam",
        |request| (request.before, request.limit) = (Some("02:00".parse().unwrap()), 20),
        expect![[r#"
            Sun 1:00 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
            Sun 1:00 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
            Sun 1:05 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:10 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:15 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:20 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:25 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:30 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:35 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:40 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:45 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:50 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
            Sun 1:55 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
        "#]],
    );
}

#[test]
fn the_patients_own_visits_are_in_the_way() {
    let drawing = draw(SHEET);
    let mut request = search(&drawing, "exam");
    request.patient = Some(drawing.visit_of("Rivera").unwrap().patient);
    expect![[r#"
        Tue 9:30 Op1 Chen: earliest day, fills the gap exactly, usual provider of Op1
        Tue 10:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 10:45 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 10:30 Op1 Amara: earliest day, leaves no short gap
        Tue 10:45 Op1 Amara: earliest day, leaves no short gap
        Tue 11:15 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
        Tue 11:30 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
    "#]].assert_eq(&listed(&drawing, &request, "2026-01-01T00:00:00Z"));
    request.patient = Some(PatientId(4));
    request.limit = 1;
    expect![[r#"
        Tue 9:00 Op2 Amara: earliest day, fills the gap exactly, usual provider of Op2
    "#]]
    .assert_eq(&listed(&drawing, &request, "2026-01-01T00:00:00Z"));
}

#[test]
fn nothing_is_offered_that_has_begun() {
    let drawing = draw(SHEET);
    let request = search(&drawing, "exam");
    // 10:45 in New York.
    expect![[r#"
        Tue 10:45 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 10:45 Op1 Amara: earliest day, leaves no short gap
        Tue 11:15 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
        Tue 11:30 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
    "#]].assert_eq(&listed(&drawing, &request, "2026-03-03T15:45:00Z"));
    expect![[r#"
        Tue 11:15 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
        Tue 11:30 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2, on the block-out “cleaning”
    "#]].assert_eq(&listed(&drawing, &request, "2026-03-03T15:45:01Z"));
}

#[test]
fn a_visit_that_moves_is_not_in_its_own_way() {
    let drawing = draw(SHEET);
    let mut request = search(&drawing, "exam");
    request.moving = Some(Box::new(drawing.visit_of("Rivera").unwrap().clone()));
    request.operatory = Some(operatory_id("Op1"));
    request.provider = Some(provider_id("Chen"));
    expect![[r#"
        Tue 9:00 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 9:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 10:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 10:45 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 9:15 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
    "#]]
    .assert_eq(&listed(&drawing, &request, "2026-01-01T00:00:00Z"));
}

#[test]
fn later_days_follow_and_a_second_chair_comes_last() {
    let sheet = "
        hours 9:00–10:00
        provider Chen 9:00–10:00
        type exam XXXXXXXXXXXX only Chen
        Tue 3 Mar    Op1 Chen    Op2 Amara
        09:00        .           Osei exam
        10:00        .           .
    ";
    check_openings(
        sheet,
        "exam",
        |request| (request.days, request.limit) = (3, 10),
        expect![[r#"
            Tue 9:00 Op1 Chen: earliest day, fills the gap exactly, usual provider of Op1
            Wed 9:00 Op1 Chen: fills the gap exactly, usual provider of Op1
            Wed 9:00 Op2 Chen: fills the gap exactly
            Thu 9:00 Op1 Chen: fills the gap exactly, usual provider of Op1
            Thu 9:00 Op2 Chen: fills the gap exactly
        "#]],
    );
}

#[test]
fn a_search_that_cannot_be_says_why() {
    let drawing = draw(SHEET);
    let busy = BusyCalendar::default();
    let code = |change: &dyn Fn(&mut OpeningRequest)| {
        let mut request = search(&drawing, "exam");
        change(&mut request);
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        openings::find(
            &drawing.roster,
            &drawing.zones,
            &busy,
            &crate::templates::HeldDays::default(),
            &request,
            now,
        )
        .unwrap_err()
        .code()
    };
    assert_eq!(
        code(&|request| request.appointment_type = crate::AppointmentTypeId(1)),
        "unknown_type"
    );
    assert_eq!(
        code(&|request| request.provider = Some(crate::ProviderId(1))),
        "unknown_provider"
    );
    assert_eq!(
        code(&|request| request.operatory = Some(crate::OperatoryId(1))),
        "unknown_operatory"
    );
    assert_eq!(
        code(&|request| request.location = Some(crate::LocationId(7))),
        "unknown_location"
    );
    assert_eq!(code(&|request| request.days = 0), "invalid");
    assert_eq!(code(&|request| request.days = 367), "invalid");
    assert_eq!(code(&|request| request.from = jiff::civil::Date::MAX), "bad_time");
    assert_eq!(code(&|request| request.from = jiff::civil::Date::MIN), "bad_time");
}
