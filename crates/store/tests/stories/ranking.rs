//! Limits and weights as they are kept, and what is read of a patient's past and family.

use clinic::*;

use crate::world::*;

fn limits() -> Vec<VisitLimit> {
    vec![
        VisitLimit {
            provider: Some(CHEN),
            appointment_type: None,
            most: 6,
        },
        VisitLimit {
            provider: None,
            appointment_type: Some(ADJUSTMENT),
            most: 2,
        },
    ]
}

fn change_practice(desk: &mut Desk, edit: impl FnOnce(&mut Practice)) {
    let before = desk.store.roster().practice.clone();
    let mut after = before.clone();
    edit(&mut after);
    desk.record(Op::UpdateSettings, vec![Change::edit(before, after)])
        .unwrap();
}

#[test]
fn limits_and_weights_of_two_desks_merge_and_stay_after_a_restart() {
    let (mut a, mut b, mut relay) = two_desks();
    relay.sync(&mut a, &mut b);
    change_practice(&mut a, |practice| practice.visit_limits = limits());
    change_practice(&mut b, |practice| {
        practice.weights.0.insert(RankingFactor::Load, Weight::Much);
    });
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let roster = desk.store.roster();
        assert_eq!(roster.practice.visit_limits, limits());
        assert_eq!(roster.practice.weights.of(RankingFactor::Load), Weight::Much);
        assert_eq!(roster.practice.weights.of(RankingFactor::LeadTime), Weight::First);
        desk.assert_sound();
    }
    let again = a.reopen();
    assert_eq!(again.store.roster().practice, b.store.roster().practice);
}

#[test]
fn an_hour_has_all_that_begin_in_it_whoever_they_are_with() {
    let mut desk = Desk::founded();
    change_practice(&mut desk, |practice| practice.visit_limits = limits());
    desk.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    desk.book(201, PatientId(101), "2026-03-03T10:00", OP_1, CHEN);
    let (_, placed) = (
        desk.book(202, PatientId(101), "2026-03-03T09:40", OP_2, OKAFOR),
        visit(300, PatientId(101), "2026-03-03T09:20", OP_1, CHEN),
    );
    let placement = Placement {
        appointment: None,
        ..Placement::of(&placed)
    };
    let around = placement.neighbourhood(&desk.store.roster()).unwrap();
    let found = desk.store.reads().neighbours(&around).unwrap();
    let mut ids: Vec<u128> = found.appointments.iter().map(|visit| visit.id.0).collect();
    ids.sort_unstable();
    assert!(ids.contains(&200) && ids.contains(&202), "{ids:?}");
    // Without a limit nobody looks.
    change_practice(&mut desk, |practice| practice.visit_limits.clear());
    assert_eq!(placement.neighbourhood(&desk.store.roster()).unwrap().hour, None);
}

#[test]
fn a_patients_kept_visits_are_read_latest_first_and_the_familys_days_ahead() {
    let mut desk = Desk::founded();
    let family = Some(FamilyId(7));
    let members = [(500, "Ana"), (501, "Ben"), (502, "Cleo")].map(|(id, name)| Patient {
        family,
        ..patient(id, name, "Rivera")
    });
    let others = patient(503, "Dan", "Osei");
    desk.record(
        Op::ImportPatients,
        members.into_iter().chain([others]).map(Change::add).collect(),
    )
    .unwrap();
    let kept = |id: u128, wall: &str, status: Status| Appointment {
        status,
        ..visit(id, PatientId(500), wall, OP_1, CHEN)
    };
    let ahead = |id: u128, who: u128, wall: &str, status: Status| Appointment {
        status,
        ..visit(id, PatientId(who), wall, OP_2, OKAFOR)
    };
    let visits = vec![
        kept(600, "2025-03-03T09:00", Status::CheckedOut),
        kept(601, "2025-06-03T09:00", Status::NoShow),
        kept(602, "2025-09-03T09:00", Status::Completed),
        kept(603, "2025-12-03T09:00", Status::CheckedOut),
        ahead(604, 501, "2026-03-04T09:00", Status::Scheduled),
        ahead(605, 502, "2026-03-04T10:00", Status::Confirmed),
        ahead(606, 502, "2026-03-05T10:00", Status::Cancelled),
        ahead(607, 501, "2025-12-30T10:00", Status::Scheduled),
        ahead(608, 503, "2026-03-06T10:00", Status::Scheduled),
        ahead(609, 500, "2026-03-07T10:00", Status::Scheduled),
    ];
    desk.record(
        Op::ImportAppointments,
        visits.into_iter().map(Change::add).collect(),
    )
    .unwrap();
    let now = "2026-01-10T12:00:00Z".parse().unwrap();
    let reads = desk.store.reads();
    let ids = |most| -> Vec<u128> {
        let found = reads.kept_visits_of(PatientId(500), now, most).unwrap();
        found.iter().map(|visit| visit.id.0).collect()
    };
    assert_eq!((ids(12), ids(2)), (vec![603, 602, 600], vec![603, 602]));
    // The visit of the 5th is cancelled.
    assert_eq!(
        [CHEN, OKAFOR].map(|provider| reads.last_date_of(provider).unwrap()),
        ["2025-12-03", "2026-03-07"].map(|date| Some(date.parse().unwrap()))
    );
    assert_eq!(reads.last_date_of(ProviderId(999)).unwrap(), None);
    let days = |who: u128| reads.family_dates(PatientId(who), now).unwrap();
    assert_eq!(days(500), ["2026-03-04".parse().unwrap()]);
    assert_eq!(days(503), [], "who has no family waits for nobody");
}
