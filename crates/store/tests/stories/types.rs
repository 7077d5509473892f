//! Types of visits that change, with and without the visits that are booked.

use clinic::*;

use crate::world::*;

fn adjustment(desk: &Desk) -> AppointmentType {
    desk.store.roster().appointment_type(ADJUSTMENT).unwrap().clone()
}

fn change_type(desk: &mut Desk, edit: impl FnOnce(&mut AppointmentType)) {
    let before = adjustment(desk);
    let mut after = before.clone();
    edit(&mut after);
    desk.record(Op::UpdateSettings, vec![Change::edit(before, after)])
        .unwrap();
}

#[test]
fn a_type_that_two_desks_change_has_both_changes_and_booked_visits_neither() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    let booked = b.visit(id);

    let next = FollowUp {
        appointment_type: ADJUSTMENT,
        weeks: 6,
    };
    change_type(&mut a, |kind| {
        kind.follow_up = Some(next);
        kind.locations = vec![LOCATION];
        kind.reminder_text = "Bring your retainer".into();
    });
    change_type(&mut b, |kind| {
        kind.pattern = "XXXX//".parse().unwrap();
        kind.online_text = "A look at your brackets".into();
    });
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let kind = adjustment(desk);
        assert_eq!(kind.follow_up, Some(next));
        assert_eq!(kind.locations, [LOCATION]);
        assert_eq!(kind.pattern.to_string(), "XXXX//");
        assert_eq!(
            (kind.online_text.as_str(), kind.reminder_text.as_str()),
            ("A look at your brackets", "Bring your retainer")
        );
        assert_eq!(desk.visit(id), booked);
        desk.assert_sound();
    }
    let again = a.reopen();
    assert_eq!(
        again.store.roster().appointment_type(ADJUSTMENT),
        Some(&adjustment(&b))
    );
}

#[test]
fn a_type_and_many_visits_are_one_step_and_one_envelope_with_room_to_spare() {
    const VISITS: u128 = 100;
    let mut desk = Desk::founded();
    let patients: Vec<Change> = (0..VISITS)
        .map(|number| Change::add(patient(1_000 + number, "Ana", &format!("Rivera {number}"))))
        .collect();
    desk.record(Op::ImportPatients, patients).unwrap();
    let visits: Vec<Appointment> = (0..VISITS)
        .map(|number| {
            let wall = format!(
                "2026-{:02}-{:02}T{:02}:00",
                3 + number / 50,
                1 + number % 25,
                9 + number / 25 % 2
            );
            visit(2_000 + number, PatientId(1_000 + number), &wall, OP_1, CHEN)
        })
        .collect();
    desk.record(
        Op::ImportAppointments,
        visits.iter().cloned().map(Change::add).collect(),
    )
    .unwrap();

    let before = adjustment(&desk);
    let after = AppointmentType {
        pattern: "XX////".parse().unwrap(),
        buffer_after_minutes: 5,
        ..before.clone()
    };
    let longer = visits.iter().map(|visit| {
        let changed = Appointment {
            pattern: after.pattern.clone(),
            buffer_after_minutes: 5,
            sequence: visit.sequence + 1,
            ..visit.clone()
        };
        Change::edit(visit.clone(), changed)
    });
    let changes = std::iter::once(Change::edit(before.clone(), after.clone()))
        .chain(longer)
        .collect();
    desk.record(Op::ChangeType, changes).unwrap();
    // An envelope has 256 KiB; the desk lets one step change 800 visits.
    let newest = desk.store.reads().outbox(100).unwrap().pop().unwrap();
    let each = newest.bytes.len() / VISITS as usize;
    assert!(each * 800 < 240 * 1024, "{each} bytes for each visit");

    assert_eq!(desk.undo().unwrap().value.op, Op::ChangeType);
    assert_eq!(adjustment(&desk), before);
    let back = desk.visit(visits[7].id);
    assert_eq!(back.pattern, visits[7].pattern);
    assert!(
        back.sequence > visits[7].sequence,
        "a calendar hears of the way back, too"
    );
    desk.assert_sound();
}
