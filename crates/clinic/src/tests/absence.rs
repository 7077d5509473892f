//! Absences and the pinboard: who is displaced, who waits for a new time, and until when.

use jiff::civil::Date;

use super::{apply, book_drawn, draw, near, visit};
use crate::drawing::Drawing;
use crate::*;

const SHEET: &str = "
    Tue 3 Mar    Op1 Chen              Op2 Amara
    09:00        Rivera exam           Osei exam
    10:00        Ito exam (confirmed)  .
    11:00        Berg exam (seated)    Nakamura exam @Chen
    12:00        .                     .
    cancelled 14:00–14:30 Op1 Kim exam
";

fn away(drawing: &Drawing, target: BlockTarget) -> AbsenceRequest {
    AbsenceRequest {
        id: TimeBlockId(90),
        target,
        location: drawing.location,
        first: drawing.date,
        from: None,
        last: drawing.date,
        until: None,
        reason: AbsenceReason::Vacation,
        title: String::new(),
    }
}

fn chen() -> BlockTarget {
    BlockTarget::Provider(crate::drawing::provider_id("Chen"))
}

/// Who waits, and why.
fn pinboard(drawing: &Drawing) -> Vec<String> {
    drawing
        .appointments
        .iter()
        .filter_map(|visit| {
            let why = waits(visit, &drawing.time_blocks)?.words(&drawing.roster);
            Some(format!("{}: {why}", drawing.name(visit.patient)))
        })
        .collect()
}

fn enter(drawing: &mut Drawing, request: &AbsenceRequest) -> Plan {
    let plan = add_absence(&drawing.roster, &drawing.zones, request).unwrap();
    apply(drawing, &plan.changes);
    plan
}

#[test]
fn an_absence_displaces_who_is_still_to_come() {
    let mut drawing = draw(SHEET);
    let request = away(&drawing, chen());
    let plan = enter(&mut drawing, &request);
    assert_eq!(
        pinboard(&drawing),
        [
            "Rivera: Chen is away (Vacation)",
            "Ito: Chen is away (Vacation)",
            "Nakamura: Chen is away (Vacation)"
        ]
    );
    // Nothing was done to the visits: taking it back brings everything back.
    apply(&mut drawing, &plan.inverse());
    assert_eq!(pinboard(&drawing), [""; 0]);
}

#[test]
fn ill_from_now_leaves_the_morning() {
    let mut drawing = draw(SHEET);
    let request = AbsenceRequest {
        from: Some("09:40".parse().unwrap()),
        reason: AbsenceReason::Ill,
        title: " Flu ".to_owned(),
        ..away(&drawing, chen())
    };
    enter(&mut drawing, &request);
    // The first visit lasts until ten.
    assert_eq!(
        pinboard(&drawing),
        [
            "Rivera: Chen is away (Flu)",
            "Ito: Chen is away (Flu)",
            "Nakamura: Chen is away (Flu)"
        ]
    );
    let later = AbsenceRequest {
        from: Some("10:00".parse().unwrap()),
        ..request
    };
    let mut drawing = draw(SHEET);
    enter(&mut drawing, &later);
    assert_eq!(
        pinboard(&drawing),
        ["Ito: Chen is away (Flu)", "Nakamura: Chen is away (Flu)"]
    );
}

#[test]
fn a_closed_chair_and_a_closed_day_displace_theirs() {
    let mut drawing = draw(SHEET);
    let chair = BlockTarget::Operatory(crate::drawing::operatory_id("Op2"));
    let request = AbsenceRequest {
        reason: AbsenceReason::Repair,
        ..away(&drawing, chair)
    };
    enter(&mut drawing, &request);
    assert_eq!(
        pinboard(&drawing),
        [
            "Osei: Op2 is closed (Out of order)",
            "Nakamura: Op2 is closed (Out of order)"
        ]
    );
    let mut drawing = draw(SHEET);
    let request = away(&drawing, BlockTarget::Location(drawing.location));
    enter(&mut drawing, &request);
    assert_eq!(pinboard(&drawing).len(), 4);
}

#[test]
fn nobody_is_booked_into_an_absence_unless_they_insist() {
    let mut drawing = draw(SHEET);
    let request = away(&drawing, chen());
    enter(&mut drawing, &request);
    let (request, _) = drawing.booking("Kim exam Op1 15:00 30min").unwrap();
    let refused = book_drawn(&drawing, &request, &Leave::NONE).unwrap_err();
    let words = refused.message(&drawing.roster, &|id| drawing.name(id));
    assert_eq!(words, "Chen is away 0:00–24:00 (Vacation).");
    let insists = Leave {
        override_reason: Some("She comes in for this one".to_owned()),
        ..Leave::NONE
    };
    let plan = book_drawn(&drawing, &request, &insists).unwrap();
    apply(&mut drawing, &plan.changes);
    assert!(!pinboard(&drawing).iter().any(|line| line.starts_with("Kim")));
}

#[test]
fn a_visit_waits_until_it_has_a_new_time() {
    let mut drawing = draw(SHEET);
    let request = away(&drawing, chen());
    enter(&mut drawing, &request);
    // Somebody else takes Rivera at the same time; Ito comes another day.
    let moves = [
        (
            1,
            MoveRequest {
                provider: Some(crate::drawing::provider_id("Amara")),
                operatory: Some(crate::drawing::operatory_id("Op1")),
                wall: Some("2026-03-03T10:30".parse().unwrap()),
                ..MoveRequest::default()
            },
        ),
        (
            2,
            MoveRequest {
                wall: Some("2026-03-04T10:00".parse().unwrap()),
                ..MoveRequest::default()
            },
        ),
    ];
    for (number, request) in moves {
        let moved = visit(&drawing, number).clone();
        let placement = moved_placement(&drawing.roster, &drawing.zones, &moved, &request).unwrap();
        let neighbours = near(&drawing, &placement).unwrap();
        let leave = Leave {
            override_reason: Some("squeezed in".to_owned()),
            ..Leave::NONE
        };
        let author = drawing.author(2_000);
        let plan = move_appointment(
            &drawing.roster,
            &drawing.zones,
            &neighbours,
            &moved,
            &request,
            &leave,
            &author,
        );
        apply(&mut drawing, &plan.unwrap().changes);
    }
    assert_eq!(pinboard(&drawing), ["Nakamura: Chen is away (Vacation)"]);
}

#[test]
fn a_person_pins_and_decides_that_a_visit_stays() {
    let mut drawing = draw(SHEET);
    let author = drawing.author(2_000);
    let plan = pin_appointment(visit(&drawing, 1), " wants the afternoon ", &author).unwrap();
    apply(&mut drawing, &plan.changes);
    assert_eq!(pinboard(&drawing), ["Rivera: wants the afternoon"]);
    assert!(
        pin_appointment(visit(&drawing, 1), "wants the afternoon", &author)
            .unwrap()
            .is_empty()
    );
    // Off again: without an absence nothing is left of it.
    let plan = unpin_appointment(visit(&drawing, 1), &drawing.time_blocks, &author);
    apply(&mut drawing, &plan.changes);
    assert_eq!(visit(&drawing, 1).needs_new_time, None);
    // With one, that it stays is a decision.
    let request = away(&drawing, chen());
    enter(&mut drawing, &request);
    let plan = unpin_appointment(visit(&drawing, 1), &drawing.time_blocks, &author);
    apply(&mut drawing, &plan.changes);
    assert!(!pinboard(&drawing).iter().any(|line| line.starts_with("Rivera")));
    let seated = drawing
        .appointments
        .iter()
        .find(|visit| visit.status == Status::Seated);
    let error = pin_appointment(seated.unwrap(), "", &author).unwrap_err();
    assert_eq!(error.code(), "not_planned");
}

#[test]
fn a_mark_means_the_place_and_time_it_was_made_for() {
    let mut drawing = draw(SHEET);
    let author = drawing.author(2_000);
    let plan = pin_appointment(visit(&drawing, 1), "too early", &author).unwrap();
    apply(&mut drawing, &plan.changes);
    // Moved at a desk whose program does not know of marks, or before it heard of this one.
    let mut elsewhere = visit(&drawing, 1).clone();
    elsewhere.starts_at = drawing
        .zones
        .after_minutes(&elsewhere.starts_at, 24 * 60)
        .unwrap();
    assert_eq!(waits(&elsewhere, &[]), None);
}

#[test]
fn waiting_goes_before_staying_when_two_desks_decide_at_once() {
    let drawing = draw(SHEET);
    let base = visit(&drawing, 1);
    let mark = |is_kept, at| {
        let plan = pin_appointment(base, "x", &drawing.author(at)).unwrap();
        let Some(Entity::Appointment(after)) = &plan.changes[0].after else {
            panic!("{plan:?}")
        };
        NeedsNewTime {
            is_kept,
            ..after.needs_new_time.clone().unwrap()
        }
    };
    let (waits, stays) = (mark(false, 1), mark(true, 2));
    for marks in [[waits.clone(), stays.clone()], [stays, waits.clone()]] {
        assert_eq!(NeedsNewTime::merge(marks), Some(waits.clone()));
    }
    assert_eq!(NeedsNewTime::merge([]), None);
}

#[test]
fn absences_last_whole_wall_days_and_end_after_they_begin() {
    let drawing = draw(SHEET);
    let minutes = |first: &str, last: &str| {
        let request = AbsenceRequest {
            first: first.parse().unwrap(),
            last: last.parse().unwrap(),
            ..away(&drawing, chen())
        };
        absence_block(&drawing.roster, &drawing.zones, &request).map(|block| block.length_minutes)
    };
    assert_eq!(minutes("2026-03-08", "2026-03-08").unwrap(), 23 * 60);
    assert_eq!(minutes("2026-11-01", "2026-11-02").unwrap(), 49 * 60);
    let error = minutes("2026-03-09", "2026-03-08").unwrap_err();
    assert_eq!(
        error.message(&drawing.roster, &|id| drawing.name(id)),
        "An absence ends after it begins."
    );
    assert!(
        minutes("2026-03-09", "2036-03-09").is_err(),
        "ten years is a slip"
    );
    let strange = Date::constant(9999, 12, 31).to_string();
    assert!(minutes(&strange, &strange).is_err());
}
