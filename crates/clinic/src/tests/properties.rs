//! What holds whatever is asked.

use proptest::prelude::*;

use super::{apply, book_drawn, draw, near};
use crate::drawing::Drawing;
use crate::*;

const SHEET: &str = "
    hours 8:00–18:00
    type crown XX//XX buffer 5/10
    type exam XXX
    type hygiene //XX///
    Sat 7 Mar    Op1 Chen    Op2 Amara    Op3 Chen
    08:00        .           .            .
";

/// A booking, move or resize somewhere on one of two days (the second has 23 hours).
#[derive(Debug, Clone)]
struct Wish {
    act: u8,
    patient: usize,
    kind: &'static str,
    chair: &'static str,
    provider: &'static str,
    minute: i64,
    units: u16,
    leave: u8,
}

prop_compose! {
    fn wish()(
        act in 0u8..3,
        patient in 0usize..5,
        kind in prop::sample::select(vec!["crown", "exam", "hygiene"]),
        chair in prop::sample::select(vec!["Op1", "Op2", "Op3"]),
        provider in prop::sample::select(vec!["Chen", "Amara"]),
        minute in 0i64..2800,
        units in 1u16..20,
        leave in 0u8..4,
    ) -> Wish {
        Wish { act, patient, kind, chair, provider, minute: minute / 5 * 5, units, leave }
    }
}

/// The plan, and whether rules were overridden; `None` if refused.
fn plan(drawing: &mut Drawing, wish: &Wish, leave: &Leave, number: u128) -> Option<Plan> {
    let text = format!(
        "P{} {} {} 9:00 @{}",
        wish.patient, wish.kind, wish.chair, wish.provider
    );
    let (mut request, _) = drawing.booking(&text).unwrap();
    request.id = AppointmentId(number);
    request.wall = drawing.date.to_datetime(jiff::civil::Time::midnight())
        + jiff::SignedDuration::from_mins(wish.minute);
    let known = drawing.appointments.get(wish.patient).cloned();
    let author = drawing.author(number as u64);
    match (wish.act, known) {
        (0, _) | (_, None) => book_drawn(drawing, &request, leave).ok(),
        (1, Some(visit)) => {
            let to = MoveRequest {
                wall: Some(request.wall),
                operatory: Some(request.operatory),
                provider: Some(request.provider),
                ..MoveRequest::default()
            };
            let placement = moved_placement(&drawing.roster, &drawing.zones, &visit, &to).ok()?;
            let neighbours = near(drawing, &placement).unwrap();
            move_appointment(
                &drawing.roster,
                &drawing.zones,
                &neighbours,
                &visit,
                &to,
                leave,
                &author,
            )
            .ok()
        }
        (_, Some(visit)) => {
            let length = Length::Minutes(wish.units * 5);
            let placement = resized_placement(&visit, &length).ok()?;
            let neighbours = near(drawing, &placement).unwrap();
            change_length(
                &drawing.roster,
                &drawing.zones,
                &neighbours,
                &visit,
                &length,
                leave,
                &author,
            )
            .ok()
        }
    }
}

proptest! {
    /// Without an override nothing that the rules let through overlaps anything.
    #[test]
    fn accepted_plans_never_clash(wishes in prop::collection::vec(wish(), 1..25)) {
        let mut drawing = draw(SHEET);
        for (index, wish) in wishes.iter().enumerate() {
            let leave = Leave { acknowledge_warnings: wish.leave > 1, override_reason: None };
            if let Some(plan) = plan(&mut drawing, wish, &leave, 100 + index as u128) {
                apply(&mut drawing, &plan.changes);
            }
        }
        prop_assert_eq!(conflicts::find(&drawing.roster, &drawing.appointments, &[]), vec![]);
    }

    /// With an override, the decision comes along, so that nothing becomes a conflict card; and what is
    /// undone is as it was.
    #[test]
    fn overrides_leave_no_card_and_undo_leaves_no_trace(wishes in prop::collection::vec(wish(), 1..25)) {
        let mut drawing = draw(SHEET);
        for (index, wish) in wishes.iter().enumerate() {
            let leave = Leave { acknowledge_warnings: true, override_reason: Some("asked".to_owned()) };
            // Decisions hold for the times at which they were made: each plan starts from a sheet without overlaps.
            let before = drawing.appointments.clone();
            if let Some(plan) = plan(&mut drawing, wish, &leave, 100 + index as u128) {
                let decisions: Vec<AcceptedConflict> = plan.changes.iter().filter_map(|change| match &change.after {
                    Some(Entity::AcceptedConflict(decision)) => Some(decision.clone()),
                    _ => None,
                }).collect();
                apply(&mut drawing, &plan.changes);
                prop_assert_eq!(conflicts::find(&drawing.roster, &drawing.appointments, &decisions), vec![]);
                let overlaps = plan.warnings.iter().filter(|violation| ConflictKind::of(violation).is_some()).count();
                prop_assert_eq!(overlaps, decisions.len());
                if overlaps > 0 {
                    apply(&mut drawing, &plan.inverse());
                    prop_assert_eq!(&drawing.appointments, &before);
                }
            }
        }
    }

    /// A change is what the busy calendar and the roster take in; its inverse takes it out again.
    #[test]
    fn a_roster_takes_changes_in_and_out(name in "[a-z]{1,8}") {
        let drawing = draw(SHEET);
        let mut roster = drawing.roster.clone();
        let chair = roster.operatories.values().next().unwrap().clone();
        let renamed = Operatory { name, ..chair.clone() };
        let added = Operatory { id: OperatoryId(5), ..chair.clone() };
        let changes = [Change::edit(chair.clone(), renamed), Change::add(added), Change::remove(drawing.roster.operatories.values().last().unwrap().clone())];
        changes.iter().for_each(|change| roster.apply(change));
        prop_assert_ne!(&roster, &drawing.roster);
        changes.into_iter().rev().for_each(|change| roster.apply(&change.inverse()));
        prop_assert_eq!(&roster, &drawing.roster);
    }
}
