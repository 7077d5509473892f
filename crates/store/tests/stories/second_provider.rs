//! Second providers in the file and between desks.

use clinic::*;
use store::*;

use crate::world::*;

fn units(text: &str) -> Option<TimePattern> {
    Some(text.parse().unwrap())
}

/// A visit from nine in which Okafor is wanted for its last ten minutes.
fn looked_in(
    desk: &mut Desk,
    id: u128,
    patient: PatientId,
    chair: OperatoryId,
    second: ProviderId,
) -> AppointmentId {
    let first = ProviderId(400 + id);
    let id = desk.book(id, patient, "2026-03-03T09:00", chair, first);
    desk.edit(Op::EditAppointment, id, |visit| {
        visit.second_provider = Some(second);
        visit.second_pattern = units("//XX");
    });
    id
}

fn visit_at(desk: &Desk, id: AppointmentId) -> Appointment {
    desk.store.reads().appointment(id).unwrap().unwrap()
}

#[test]
fn types_and_visits_keep_their_second_pattern_through_file_and_rebuild() {
    let mut desk = Desk::founded();
    let before = desk.store.roster().appointment_type(ADJUSTMENT).unwrap().clone();
    let after = AppointmentType {
        second_pattern: units("//XX"),
        second_providers: vec![OKAFOR],
        ..before.clone()
    };
    desk.record(Op::UpdateSettings, vec![Change::edit(before, after.clone())])
        .unwrap();
    desk.add_patient(100, "Ana", "Rivera");
    let id = looked_in(&mut desk, 201, PatientId(100), OP_1, OKAFOR);
    let visit = visit_at(&desk, id);
    assert_eq!(
        (visit.second_provider, visit.second_pattern.clone()),
        (Some(OKAFOR), units("//XX"))
    );
    let mut desk = desk.reopen();
    assert_eq!(desk.store.roster().appointment_type(ADJUSTMENT), Some(&after));
    assert_eq!(visit_at(&desk, id), visit);
    desk.assert_sound();
}

#[test]
fn neighbours_and_stretches_find_a_visit_by_its_second_provider() {
    let mut desk = Desk::founded();
    desk.add_patient(100, "Ana", "Rivera");
    desk.add_patient(101, "Kofi", "Osei");
    let id = looked_in(&mut desk, 201, PatientId(100), OP_1, OKAFOR);
    let visit = visit_at(&desk, id);
    let around = |first: ProviderId, second: Option<ProviderId>| {
        let placement = Placement {
            appointment: None,
            patient: Some(PatientId(101)),
            operatory: OP_2,
            provider: first,
            second_provider: second,
            ..Placement::of(&visit)
        };
        let place = placement.neighbourhood(&desk.store.roster()).unwrap();
        let found = desk.store.reads().neighbours(&place).unwrap().appointments;
        found.iter().map(|visit| visit.id).collect::<Vec<_>>()
    };
    assert_eq!(around(OKAFOR, None), [id], "first here, second there");
    assert_eq!(around(CHEN, Some(OKAFOR)), [id], "second in both");
    assert_eq!(
        around(CHEN, Some(visit.provider)),
        [id],
        "second here, first there"
    );
    assert_eq!(around(CHEN, None), []);
    let of = |providers: Vec<ProviderId>, operatories: Vec<OperatoryId>| {
        let filter = RangeFilter {
            providers,
            operatories,
            ..RangeFilter::default()
        };
        let (from, until) = (visit.starts_at.instant(), visit.ends_at());
        desk.store.reads().range(&filter, from, until).unwrap().len()
    };
    assert_eq!(of(vec![OKAFOR], vec![]), 1);
    assert_eq!(
        of(vec![OKAFOR, visit.provider], vec![]),
        1,
        "once, although both are asked for"
    );
    assert_eq!(of(vec![OKAFOR], vec![OP_1]), 1);
    assert_eq!(of(vec![CHEN], vec![OP_1]), 0);
    let day = visit.starts_at.date();
    let parts = desk
        .store
        .reads()
        .density_parts(LOCATION, day, day, DensityBy::Provider)
        .unwrap();
    let minutes: Vec<u32> = [visit.provider, OKAFOR]
        .iter()
        .map(|id| {
            parts
                .iter()
                .find(|part| part.id == id.to_bytes())
                .unwrap()
                .booked_minutes
        })
        .collect();
    assert_eq!(minutes, [10, 10], "each for their own X units");
}

#[test]
fn a_doctor_named_second_at_two_desks_is_one_card_that_a_choice_ends() {
    let (mut a, mut b, mut relay) = two_desks();
    let first = looked_in(&mut a, 201, PatientId(100), OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    b.minute = a.minute + 10;
    let second = looked_in(&mut b, 202, PatientId(101), OP_2, OKAFOR);
    relay.sync(&mut a, &mut b);
    assert_eq!(a.store.reads().conflicts().unwrap(), []);
    // Without each other's knowledge both come to the same doctor.
    a.edit(Op::ChangeProvider, first, |visit| {
        visit.second_provider = Some(OKAFOR)
    });
    relay.sync(&mut a, &mut b);
    for desk in [&a, &b] {
        let found = desk.store.reads().conflicts().unwrap();
        let kinds: Vec<_> = found.iter().map(|card| (card.kind, card.appointments)).collect();
        assert_eq!(kinds, [(ConflictKind::DoctorTime, [first, second])]);
    }
    assert_eq!(a.picture(), b.picture());
    b.edit(Op::ChangeProvider, second, |visit| {
        visit.second_provider = Some(CHEN)
    });
    relay.sync(&mut a, &mut b);
    assert_eq!(a.store.reads().conflicts().unwrap(), []);
    for desk in [&mut a, &mut b] {
        desk.assert_sound();
    }
}

#[test]
fn length_and_second_provider_at_two_desks_are_both_and_two_names_wait_for_a_choice() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = looked_in(&mut a, 201, PatientId(100), OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.edit(Op::ChangeLength, id, |visit| {
        visit.pattern = "XX////".parse().unwrap()
    });
    b.edit(Op::ChangeProvider, id, |visit| {
        visit.second_provider = Some(OKAFOR)
    });
    relay.sync(&mut a, &mut b);
    let visit = visit_at(&a, id);
    assert_eq!(
        (visit.length_minutes(), visit.second_provider),
        (30, Some(OKAFOR))
    );
    assert_eq!(visit.wanted_second(), units("//XX"));
    a.edit(Op::ChangeProvider, id, |visit| visit.second_provider = Some(CHEN));
    b.edit(Op::ChangeProvider, id, |visit| {
        visit.second_provider = Some(ProviderId(409))
    });
    relay.sync(&mut a, &mut b);
    assert_eq!(visit_at(&a, id), visit_at(&b, id));
    for desk in [&a, &b] {
        let waiting = desk.store.reads().field_conflicts().unwrap();
        let fields: Vec<&str> = waiting.iter().map(|one| one.key.field.as_str()).collect();
        assert_eq!(fields, ["second_provider"]);
    }
}
