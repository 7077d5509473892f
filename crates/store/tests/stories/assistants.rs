//! Assistants at a location: what is written of them, read around a placement, and left to stand after a merge.

use clinic::*;
use jiff::civil::time;

use crate::world::*;

fn location(assistants: Vec<AssistantPeriod>) -> Location {
    let record = practice().into_iter().find_map(|entity| match entity {
        Entity::Location(record) => Some(record),
        _ => None,
    });
    Location {
        assistants,
        ..record.unwrap()
    }
}

fn on(weekday: Weekday, count: u16) -> AssistantPeriod {
    AssistantPeriod {
        weekday,
        from: time(8, 0, 0, 0),
        until: time(17, 0, 0, 0),
        count,
    }
}

/// Two desks of a practice with one assistant on Tuesdays.
fn desks() -> (Desk, Desk, Relay) {
    let (mut a, mut b, mut relay) = two_desks();
    a.record(
        Op::UpdateSettings,
        vec![Change::edit(
            location(Vec::new()),
            location(vec![on(Weekday::Tuesday, 1)]),
        )],
    )
    .unwrap();
    for id in 102..104 {
        a.add_patient(id, "P", &format!("{id}"));
    }
    relay.sync(&mut a, &mut b);
    (a, b, relay)
}

/// What the rule says of a visit that stands.
fn too_few(desk: &Desk, id: AppointmentId) -> bool {
    let placement = Placement::of(&desk.visit(id));
    let roster = desk.store.roster();
    let around = placement.neighbourhood(&roster).unwrap();
    let neighbours = desk.store.reads().neighbours(&around).unwrap();
    check_placement(&roster, &Zones::bundled(), &neighbours, &placement)
        .unwrap()
        .iter()
        .any(|one| one.rule() == Rule::Assistants)
}

#[test]
fn the_last_assistant_taken_twice_stands_and_is_told_at_both_desks() {
    let (mut a, mut b, mut relay) = desks();
    b.minute = a.minute + 10;
    let need = |visit: &mut Appointment| visit.assistant = AssistantNeed::WholeVisit;
    let first = a.book(201, PatientId(102), "2026-03-03T09:00", OP_1, CHEN);
    a.edit(Op::EditAppointment, first, need);
    let second = b.book(202, PatientId(103), "2026-03-03T09:10", OP_2, OKAFOR);
    b.edit(Op::EditAppointment, second, need);
    assert!(!too_few(&a, first) && !too_few(&b, second));
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.store.reads().conflicts().unwrap(), [], "about no two visits");
        assert!(too_few(desk, first) && too_few(desk, second));
        assert_eq!(desk.visit(first).assistant, AssistantNeed::WholeVisit);
        desk.assert_sound();
    }
    // Another assistant, and it is over.
    let before = location(vec![on(Weekday::Tuesday, 1)]);
    b.record(
        Op::UpdateSettings,
        vec![Change::edit(before, location(vec![on(Weekday::Tuesday, 2)]))],
    )
    .unwrap();
    relay.sync(&mut a, &mut b);
    assert!(!too_few(&a, first) && !too_few(&a, second));
    b.undo().unwrap();
    relay.sync(&mut a, &mut b);
    assert!(too_few(&a, first));
    a.assert_sound();
}

#[test]
fn numbers_that_two_desks_changed_wait_for_a_person() {
    let (mut a, mut b, mut relay) = desks();
    let before = location(vec![on(Weekday::Tuesday, 1)]);
    for (desk, count) in [(&mut a, 2), (&mut b, 3)] {
        let after = location(vec![on(Weekday::Tuesday, count)]);
        desk.record(Op::UpdateSettings, vec![Change::edit(before.clone(), after)])
            .unwrap();
    }
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    let fields = a.store.reads().field_conflicts().unwrap();
    assert!(
        fields.iter().any(|one| one.key.field == "assistants"),
        "{fields:?}"
    );
}

#[test]
fn a_type_keeps_what_it_says_of_assistants() {
    let mut desk = Desk::founded();
    let roster = desk.store.roster();
    let before = roster.appointment_type(ADJUSTMENT).unwrap().clone();
    assert_eq!(
        before.assistant,
        AssistantNeed::DoctorAway,
        "as every pattern says"
    );
    for need in AssistantNeed::ALL {
        let before = desk.store.roster().appointment_type(ADJUSTMENT).unwrap().clone();
        let after = AppointmentType {
            assistant: need,
            ..before.clone()
        };
        if before != after {
            desk.record(Op::UpdateSettings, vec![Change::edit(before, after)])
                .unwrap();
        }
        let known = desk
            .store
            .roster()
            .appointment_type(ADJUSTMENT)
            .unwrap()
            .assistant;
        assert_eq!(known, need);
        desk.assert_sound();
    }
}
