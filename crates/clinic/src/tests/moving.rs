//! Moving and resizing.

use expect_test::{Expect, expect};

use super::{apply, draw, near, outcome, visit};
use crate::drawing::Drawing;
use crate::{
    CannotBook, Entity, Leave, Length, Location, LocationId, MoveRequest, Op, Operatory, OperatoryId, Plan,
    Status, ZoneName, change_length, move_appointment, moved_placement, resized_placement,
};

const SHEET: &str = "
    type crown XX//XX
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera crown    .
    09:30        .               Osei prophy
    10:00        .               Osei prophy
    10:30        # staff meeting # staff meeting
    11:00        .               .
";

/// `Rivera to Op2 9:30 @Chen because …`: whatever is not said stays.
fn move_drawn(drawing: &Drawing, text: &str) -> Result<Plan, CannotBook> {
    let (text, leave) = crate::drawing::leave_of(text);
    let (patient, rest) = text.split_once(" to").expect("write: Rivera to Op2 9:30");
    let mut request = MoveRequest::default();
    for word in rest.split_whitespace() {
        if let Some(name) = word.strip_prefix('@') {
            request.provider = Some(crate::drawing::provider_id(name));
        } else if word.starts_with("Op") {
            request.operatory = Some(crate::drawing::operatory_id(word));
        } else {
            request.wall = Some(drawing.date.to_datetime(crate::drawing::time(word).unwrap()));
        }
    }
    let visit = drawing.visit_of(patient).expect("drawn").clone();
    let placement = moved_placement(&drawing.roster, &drawing.zones, &visit, &request)?;
    let neighbours = near(drawing, &placement)?;
    move_appointment(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &visit,
        &request,
        &leave,
        &drawing.author(5),
    )
}

fn check_move(sheet: &str, request: &str, expected: Expect) {
    let mut drawing = draw(sheet);
    let result = move_drawn(&drawing, request);
    expected.assert_eq(&outcome(&mut drawing, "move", result));
}

fn resize(drawing: &Drawing, patient: &str, length: &Length, leave: &Leave) -> Result<Plan, CannotBook> {
    let visit = drawing.visit_of(patient).expect("drawn").clone();
    let placement = resized_placement(&visit, length)?;
    let neighbours = near(drawing, &placement)?;
    change_length(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &visit,
        length,
        leave,
        &drawing.author(5),
    )
}

#[test]
fn a_visit_moves_in_time_operatory_and_provider() {
    check_move(
        SHEET,
        "Rivera to 9:30",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:30           Rivera crown     Osei prophy
            10:00           .                |
            10:30           # staff meeting  # staff meeting
            11:00           .                .
        "#]],
    );
    check_move(
        SHEET,
        "Rivera to Op2",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:00           .                Rivera crown @Chen
            09:30           .                Osei prophy
            10:30           # staff meeting  # staff meeting
            11:00           .                .
        "#]],
    );
    check_move(
        SHEET,
        "Rivera to Op2 11:00 @Amara",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:30           .                Osei prophy
            10:30           # staff meeting  # staff meeting
            11:00           .                Rivera crown
            11:30           .                .
        "#]],
    );
}

#[test]
fn a_visit_is_not_in_its_own_way() {
    check_move(
        SHEET,
        "Rivera to 9:10",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:10           Rivera crown     .
            09:30           |                Osei prophy
            09:40           .                |
            10:30           # staff meeting  # staff meeting
            11:00           .                .
        "#]],
    );
}

#[test]
fn a_taken_place_refuses() {
    check_move(
        SHEET,
        "Rivera to Op2 9:45",
        expect!["cannot move: Op2 is taken 9:30–10:30 by Osei [chair_taken]"],
    );
    check_move(
        SHEET,
        "Rivera to Op2 9:45 @Amara because twins",
        expect![[r#"
            although Op2 is taken 9:30–10:30 by Osei
            although Amara is needed 9:30–10:30 in Op2 by Osei
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:30           .                Osei prophy
            09:45           .                | + Rivera crown
            10:15           .                |
            10:30           # staff meeting  # staff meeting
            11:00           .                .
        "#]],
    );
}

#[test]
fn the_number_of_the_invitation_rises_with_time_and_place_only() {
    let drawing = draw(SHEET);
    let moved = |text: &str| {
        let plan = move_drawn(&drawing, text).unwrap();
        let Some(Entity::Appointment(visit)) = &plan.changes[0].after else {
            panic!("{plan:?}")
        };
        (plan.op, visit.sequence)
    };
    assert_eq!(moved("Rivera to 9:30"), (Op::MoveAppointment, 1));
    assert_eq!(moved("Rivera to Op2"), (Op::MoveAppointment, 1));
    assert_eq!(moved("Rivera to @Amara"), (Op::ChangeProvider, 0));
    let plan = resize(&drawing, "Rivera", &Length::Minutes(45), &Leave::NONE).unwrap();
    let Some(Entity::Appointment(visit)) = &plan.changes[0].after else {
        panic!("{plan:?}")
    };
    assert_eq!(
        (plan.op, visit.sequence, visit.pattern.to_string()),
        (Op::ChangeLength, 1, "XX//XXXXX".to_owned())
    );
}

#[test]
fn moving_to_where_it_is_changes_nothing() {
    let drawing = draw(SHEET);
    assert!(
        move_drawn(&drawing, "Rivera to Op1 9:00 @Chen")
            .unwrap()
            .is_empty()
    );
    assert!(
        resize(&drawing, "Rivera", &Length::Minutes(30), &Leave::NONE)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_is_over_or_called_off_stays() {
    for status in [Status::Cancelled, Status::NoShow, Status::CheckedOut] {
        let mut drawing = draw(SHEET);
        drawing.appointments[0].status = status;
        let cannot = move_drawn(&drawing, "Rivera to 11:00").unwrap_err();
        assert_eq!(cannot.code(), "not_planned");
        let cannot = resize(&drawing, "Rivera", &Length::Minutes(60), &Leave::NONE).unwrap_err();
        assert_eq!(cannot, CannotBook::NotPlanned { status });
    }
}

#[test]
fn a_longer_visit_runs_into_its_neighbour() {
    let sheet = "
        Tue 3 Mar    Op1 Chen
        09:00        Rivera exam
        09:30        Osei exam
        10:00        .
    ";
    let mut drawing = draw(sheet);
    let result = resize(&drawing, "Rivera", &Length::Minutes(40), &Leave::NONE);
    expect!["cannot change: Op1 is taken 9:30–10:00 by Osei [chair_taken]"].assert_eq(&outcome(
        &mut drawing,
        "change",
        result,
    ));
    let result = resize(
        &drawing,
        "Rivera",
        &Length::Pattern("XX".parse().unwrap()),
        &Leave::NONE,
    );
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Rivera exam
        09:10           .
        09:30           Osei exam
        10:00           .
    "#]]
    .assert_eq(&outcome(&mut drawing, "change", result));
}

#[test]
fn lengths_that_cannot_be_are_refused() {
    let drawing = draw(SHEET);
    for minutes in [0, 1_441, u16::MAX] {
        let cannot = resize(&drawing, "Rivera", &Length::Minutes(minutes), &Leave::NONE).unwrap_err();
        assert_eq!(
            (cannot.code(), cannot.field()),
            ("invalid", Some("length_minutes"))
        );
    }
}

#[test]
fn at_another_location_the_same_wall_time_is_another_moment() {
    let mut drawing = draw(SHEET);
    let west = LocationId(2);
    let mut hours = drawing.roster.locations[&drawing.location].hours.clone();
    hours.iter_mut().for_each(|span| span.location = west);
    let location = Location {
        id: west,
        name: "West".to_owned(),
        zone: ZoneName::new("America/Los_Angeles"),
        hours: hours.clone(),
        ..drawing.roster.locations[&drawing.location].clone()
    };
    drawing.roster.locations.insert(west, location);
    let chair = Operatory {
        id: OperatoryId(9),
        location: west,
        name: "W1".to_owned(),
        usual_provider: None,
        sort: 0,
        is_active: true,
        hours: Vec::new(),
        rota: Default::default(),
    };
    drawing.roster.operatories.insert(chair.id, chair);
    for provider in drawing.roster.providers.values_mut() {
        provider.schedule.hours.extend(hours.clone());
    }
    let visit = visit(&drawing, 1).clone();
    let request = MoveRequest {
        operatory: Some(OperatoryId(9)),
        ..MoveRequest::default()
    };
    let placement = moved_placement(&drawing.roster, &drawing.zones, &visit, &request).unwrap();
    assert_eq!(
        placement.starts_at.to_string(),
        "2026-03-03T09:00:00-08:00[America/Los_Angeles]"
    );
    let neighbours = near(&drawing, &placement).unwrap();
    let author = drawing.author(1);
    let plan = move_appointment(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &visit,
        &request,
        &Leave::NONE,
        &author,
    )
    .unwrap();
    let Some(Entity::Appointment(moved)) = &plan.changes[0].after else {
        panic!("{plan:?}")
    };
    assert_eq!(moved.location, west);
    apply(&mut drawing, &plan.changes);

    // The doctor is one person: 12:00 in the east is 9:00 in the west.
    let (mut request, _) = drawing.booking("Ito exam Op1 12:00").unwrap();
    request.id = crate::AppointmentId(50);
    let cannot = super::book_drawn(&drawing, &request, &Leave::NONE).unwrap_err();
    expect!["cannot book: Chen is needed 12:00–12:10 in W1 by Rivera [doctor_taken]"].assert_eq(&outcome(
        &mut drawing,
        "book",
        Err(cannot),
    ));
}

#[test]
fn deciding_again_about_the_same_two_visits_replaces_the_decision() {
    let mut drawing = draw(SHEET);
    let plan = move_drawn(&drawing, "Rivera to Op2 9:45 @Amara because twins").unwrap();
    let decisions: Vec<_> = plan
        .changes
        .iter()
        .filter_map(|change| match &change.after {
            Some(Entity::AcceptedConflict(decision)) => Some(decision.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(decisions.len(), 2, "the chair and the doctor");
    apply(&mut drawing, &plan.changes);
    let visit = visit(&drawing, 1).clone();
    let request = MoveRequest {
        wall: Some("2026-03-03T10:15".parse().unwrap()),
        ..MoveRequest::default()
    };
    let placement = moved_placement(&drawing.roster, &drawing.zones, &visit, &request).unwrap();
    let neighbours = crate::Neighbours {
        accepted: decisions.clone(),
        held: Vec::new(),
        ..near(&drawing, &placement).unwrap()
    };
    let leave = Leave {
        override_reason: Some("still twins".to_owned()),
        ..Leave::NONE
    };
    let author = drawing.author(9);
    let plan = move_appointment(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        &visit,
        &request,
        &leave,
        &author,
    )
    .unwrap();
    for change in &plan.changes[1..] {
        assert!(change.before.is_some(), "{change:?}");
    }
    assert_eq!(plan.changes.len(), 3);
}
