//! The steps of a visit.

use expect_test::expect;

use super::{draw, near, outcome, visit};
use crate::{
    AbsenceReason, AbsenceRequest, Appointment, BlockTarget, CannotChange, Entity, Leave, Op, Placement,
    Plan, Status, TimeBlockId, add_absence, edit_appointment, reopen, set_status, waits,
};

const SHEET: &str = "
    Tue 3 Mar    Op1 Chen
    09:00        Rivera exam
    09:30        .
";

fn stepped(from: &Appointment, to: Status, millis: u64) -> Appointment {
    after(&set_status(from, to, None, "ill", &draw(SHEET).author(millis)).unwrap())
}

fn after(plan: &Plan) -> Appointment {
    match &plan.changes[0].after {
        Some(Entity::Appointment(visit)) => visit.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_normal_day_records_its_times() {
    let drawing = draw(SHEET);
    let at = |millis| Some(drawing.author(millis).at);
    let arrived = stepped(visit(&drawing, 1), Status::Arrived, 1);
    let seated = stepped(&arrived, Status::Seated, 2);
    let out = stepped(&stepped(&seated, Status::Completed, 3), Status::CheckedOut, 4);
    assert_eq!(
        (
            out.confirmed_at,
            out.arrived_at,
            out.seated_at,
            out.completed_at,
            out.checked_out_at
        ),
        (None, at(1), at(2), at(3), at(4))
    );
    assert_eq!(out.sequence, 0);
}

#[test]
fn going_back_forgets_what_came_later_and_keeps_what_was() {
    let drawing = draw(SHEET);
    let at = |millis| Some(drawing.author(millis).at);
    let completed = stepped(
        &stepped(
            &stepped(visit(&drawing, 1), Status::Arrived, 1),
            Status::Seated,
            2,
        ),
        Status::Completed,
        3,
    );
    let seated = stepped(&completed, Status::Seated, 4);
    assert_eq!(
        (seated.arrived_at, seated.seated_at, seated.completed_at),
        (at(1), at(2), None)
    );
    let arrived = stepped(&seated, Status::Arrived, 5);
    assert_eq!((arrived.arrived_at, arrived.seated_at), (at(1), None));
    let scheduled = stepped(&arrived, Status::Scheduled, 6);
    assert_eq!(&scheduled, visit(&drawing, 1));
}

#[test]
fn every_step_is_either_allowed_or_refused_and_says_which() {
    let drawing = draw(SHEET);
    for from in Status::ALL {
        let visit = Appointment {
            status: from,
            ..visit(&drawing, 1).clone()
        };
        for to in Status::ALL {
            let result = set_status(&visit, to, None, "ill", &drawing.author(1));
            match &result {
                Ok(plan) if from == to => assert!(plan.is_empty()),
                Ok(plan) => {
                    assert!(from.next().contains(&to));
                    assert_eq!(after(plan).status, to);
                    let goes_back = to < from && to.takes_time();
                    assert_eq!(plan.op == Op::ReopenAppointment, goes_back, "{from:?} → {to:?}");
                }
                Err(CannotChange::NeedsPlacement) => assert!(!from.takes_time() && to == Status::Scheduled),
                Err(CannotChange::Step(step)) => {
                    assert_eq!((step.from, step.to), (from, to));
                    assert!(!from.next().contains(&to));
                }
                Err(other) => panic!("{from:?} → {to:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_cancellation_needs_a_reason_and_is_a_new_invitation() {
    let drawing = draw(SHEET);
    let cannot = set_status(
        visit(&drawing, 1),
        Status::Cancelled,
        None,
        "  ",
        &drawing.author(1),
    )
    .unwrap_err();
    assert_eq!(
        (cannot.code(), cannot.field()),
        ("reason_missing", Some("reason"))
    );
    let long = "x".repeat(501);
    assert_eq!(
        set_status(
            visit(&drawing, 1),
            Status::Cancelled,
            None,
            &long,
            &drawing.author(1)
        )
        .unwrap_err()
        .code(),
        "invalid"
    );
    let plan = set_status(
        visit(&drawing, 1),
        Status::Cancelled,
        None,
        " ill ",
        &drawing.author(1),
    )
    .unwrap();
    let broken = after(&plan);
    assert_eq!(
        (plan.op, broken.cancel_reason.as_str(), broken.sequence),
        (Op::CancelAppointment, "ill", 1)
    );
    assert_eq!(broken.broken_at, Some(drawing.author(1).at));
    let missed = stepped(visit(&drawing, 1), Status::NoShow, 1);
    assert_eq!(
        (missed.broken_at, missed.sequence),
        (Some(drawing.author(1).at), 0)
    );
}

#[test]
fn the_doctor_is_called_to_a_seated_patient() {
    let drawing = draw(SHEET);
    let author = drawing.author(1);
    let cannot = set_status(visit(&drawing, 1), Status::Arrived, Some(true), "", &author).unwrap_err();
    assert_eq!(cannot.code(), "not_seated");
    let seated = after(&set_status(visit(&drawing, 1), Status::Seated, Some(true), "", &author).unwrap());
    assert!(seated.doctor_needed);
    assert!(
        set_status(&seated, Status::Seated, None, "", &author)
            .unwrap()
            .is_empty()
    );
    let plan = set_status(&seated, Status::Seated, Some(false), "", &author).unwrap();
    assert_eq!(
        (plan.op, after(&plan).doctor_needed),
        (Op::EditAppointment, false)
    );
    assert!(!stepped(&seated, Status::Completed, 2).doctor_needed);
}

#[test]
fn a_cancelled_visit_comes_back_only_if_its_time_is_free() {
    let sheet = "
        cancelled 9:00–9:30 Op1 Rivera exam
        Tue 3 Mar    Op1 Chen
        09:15        Osei exam
        09:45        .
    ";
    let mut drawing = draw(sheet);
    let broken = drawing.visit_of("Rivera").unwrap().clone();
    let neighbours = near(&drawing, &Placement::of(&broken)).unwrap();
    let try_with = |leave: &Leave| {
        reopen(
            &drawing.roster,
            &drawing.zones,
            &neighbours,
            &broken,
            leave,
            &drawing.author(1),
        )
    };
    let cannot = try_with(&Leave::NONE).unwrap_err();
    assert_eq!(cannot.code(), "chair_taken");
    assert_eq!(
        cannot.message(&drawing.roster, &|id| drawing.name(id)),
        "Op1 is taken 9:15–9:45 by Osei."
    );
    let leave = Leave {
        override_reason: Some("both agreed".to_owned()),
        ..Leave::NONE
    };
    let plan = try_with(&leave).unwrap();
    let back = after(&plan);
    assert_eq!(
        (plan.op, back.status, back.broken_at, back.cancel_reason.as_str()),
        (Op::ReopenAppointment, Status::Scheduled, None, "")
    );
    assert_eq!(back.sequence, broken.sequence + 1);
    assert_eq!(plan.changes.len(), 3, "the visit and two decisions");
    expect![[r#"
        although Op1 is taken 9:15–9:45 by Osei
        although Chen is needed 9:15–9:45 in Op1 by Osei
        Tue 3 Mar 2026  Op1 Chen
        09:00           Rivera exam
        09:15           | + Osei exam
        09:30           . + |
        09:45           .
    "#]]
    .assert_eq(&outcome(&mut drawing, "reopen", Ok(plan)));
    let cannot = reopen(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &back,
        &leave,
        &drawing.author(1),
    )
    .unwrap_err();
    assert!(matches!(cannot, CannotChange::Step(_)));
}

#[test]
fn a_refused_step_lists_the_possible_ones() {
    let drawing = draw(SHEET);
    let seated = stepped(visit(&drawing, 1), Status::Seated, 1);
    let cannot = set_status(&seated, Status::Cancelled, None, "ill", &drawing.author(1)).unwrap_err();
    assert_eq!(
        (
            cannot.message(&drawing.roster, &|_| String::new()),
            cannot.hint(&drawing.roster)
        ),
        (
            "A visit that is seated cannot become cancelled.".to_owned(),
            "Possible from here: arrived, completed and checked out. Undo takes back the last step."
                .to_owned()
        )
    );
}

#[test]
fn note_and_asap_change_nothing_else() {
    let drawing = draw(SHEET);
    let plan = edit_appointment(visit(&drawing, 1), Some("hard of hearing"), Some(true), None).unwrap();
    let expected = Appointment {
        note: "hard of hearing".to_owned(),
        is_asap: true,
        ..visit(&drawing, 1).clone()
    };
    assert_eq!(after(&plan), expected);
    assert!(
        edit_appointment(visit(&drawing, 1), None, None, None)
            .unwrap()
            .is_empty()
    );
    let cannot = edit_appointment(visit(&drawing, 1), Some(&"x".repeat(10_001)), None, None).unwrap_err();
    assert_eq!((cannot.code(), cannot.field()), ("invalid", Some("note")));
}

#[test]
fn a_patient_is_asked_to_come_some_minutes_early() {
    let drawing = draw(SHEET);
    let before = visit(&drawing, 1);
    let plan = edit_appointment(before, None, None, Some(10)).unwrap();
    let expected = Appointment {
        arrive_early_minutes: 10,
        ..before.clone()
    };
    assert_eq!(after(&plan), expected);
    assert_eq!(
        expected.starts_at.instant().duration_since(expected.due_at()),
        jiff::SignedDuration::from_mins(10)
    );
    assert!(edit_appointment(before, None, None, Some(0)).unwrap().is_empty());
    for minutes in [3, 35, u16::MAX] {
        let cannot = edit_appointment(before, None, None, Some(minutes)).unwrap_err();
        assert_eq!(
            (cannot.code(), cannot.field()),
            ("invalid", Some("arrive_early_minutes")),
            "{minutes}"
        );
    }
}

#[test]
fn taking_a_visit_up_again_asks_what_booking_asks() {
    let sheet = "
        cancelled 9:00–9:30 Op1 Rivera exam
        Tue 3 Mar    Op1 Chen
        09:30        .
        16:00        Rivera retainer
        16:30        .
    ";
    let drawing = draw(sheet);
    let is_broken = |visit: &&Appointment| !visit.takes_time();
    let broken = drawing.appointments.iter().find(is_broken).unwrap().clone();
    let mut neighbours = near(&drawing, &Placement::of(&broken)).unwrap();
    neighbours.others = drawing.appointments.clone();
    let try_with = |leave: &Leave| {
        reopen(
            &drawing.roster,
            &drawing.zones,
            &neighbours,
            &broken,
            leave,
            &drawing.author(1),
        )
    };
    let cannot = try_with(&Leave::NONE).unwrap_err();
    assert_eq!(
        (
            cannot.code(),
            cannot.message(&drawing.roster, &|id| drawing.name(id))
        ),
        (
            "needs_acknowledgement",
            "Rivera has another visit that day: retainer 16:00–16:30 in Op1.".to_owned()
        )
    );
    let leave = Leave {
        acknowledge_warnings: true,
        ..Leave::NONE
    };
    assert_eq!(after(&try_with(&leave).unwrap()).status, Status::Scheduled);
}

#[test]
fn taken_up_again_knowingly_while_somebody_is_away_it_stays_and_waits_for_nobody() {
    let mut drawing = draw(
        "
        cancelled 9:00–9:30 Op1 Rivera exam
        Tue 3 Mar    Op1 Chen
        09:30        .
        ",
    );
    let request = AbsenceRequest {
        id: TimeBlockId(90),
        target: BlockTarget::Provider(crate::drawing::provider_id("Chen")),
        location: drawing.location,
        first: drawing.date,
        from: None,
        last: drawing.date,
        until: None,
        reason: AbsenceReason::Ill,
        title: String::new(),
    };
    let plan = add_absence(&drawing.roster, &drawing.zones, &request).unwrap();
    super::apply(&mut drawing, &plan.changes);
    let broken = drawing.visit_of("Rivera").unwrap().clone();
    let neighbours = near(&drawing, &Placement::of(&broken)).unwrap();
    let leave = Leave {
        override_reason: Some("she insists".to_owned()),
        ..Leave::NONE
    };
    let plan = reopen(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &broken,
        &leave,
        &drawing.author(1),
    )
    .unwrap();
    let back = after(&plan);
    assert!(back.pin().is_some_and(|mark| mark.is_kept));
    assert_eq!(waits(&back, &drawing.time_blocks), None);
}

#[test]
fn a_provider_and_a_chair_that_are_out_of_use_keep_nobody_from_coming_back() {
    let mut drawing = draw(
        "
        cancelled 9:00–9:30 Op1 Rivera exam
        Tue 3 Mar    Op1 Chen
        09:30        .
        ",
    );
    let broken = drawing.visit_of("Rivera").unwrap().clone();
    let provider = drawing.roster.providers.get_mut(&broken.provider).unwrap();
    provider.is_active = false;
    let chair = drawing.roster.operatories.get_mut(&broken.operatory).unwrap();
    chair.is_active = false;
    let neighbours = near(&drawing, &Placement::of(&broken)).unwrap();
    let plan = reopen(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &broken,
        &Leave::NONE,
        &drawing.author(1),
    )
    .unwrap();
    assert_eq!(after(&plan).status, Status::Scheduled);
}
