//! Series of visits at two desks at once: each visit merges for itself, what describes the series settles by itself.

use clinic::*;

use crate::world::*;

const SERIES: AppointmentSeriesId = AppointmentSeriesId(700);

fn series(id: AppointmentSeriesId, wall: &str, times: u32) -> RecurringAppointment {
    let visit = visit(1, PatientId(100), wall, OP_1, CHEN);
    RecurringAppointment {
        id,
        patient: visit.patient,
        appointment_type: visit.appointment_type,
        provider: visit.provider,
        operatory: visit.operatory,
        location: visit.location,
        wall: visit.starts_at.wall,
        pattern: visit.pattern,
        recurrence: Recurrence {
            repeat: Repeat::Weekly {
                every: 1,
                weekdays: Vec::new(),
            },
            ends: Ends::Count(times),
            except: Vec::new(),
        },
        passes_over_closed: false,
    }
}

fn one(id: u128, wall: &str) -> Appointment {
    let mut visit = visit(id, PatientId(100), wall, OP_1, CHEN);
    visit.series = Some(SERIES);
    visit.planned = Some(SeriesPlace::of(&visit));
    visit
}

const WALLS: [&str; 4] = [
    "2026-03-03T09:00",
    "2026-03-10T09:00",
    "2026-03-17T09:00",
    "2026-03-24T09:00",
];

/// Four Tuesdays, booked as one step.
fn book(desk: &mut Desk) {
    let visits = (201..).zip(WALLS).map(|(id, wall)| Change::add(one(id, wall)));
    let changes = std::iter::once(Change::add(series(SERIES, WALLS[0], 4)))
        .chain(visits)
        .collect();
    desk.record(Op::BookSeries, changes).unwrap();
}

/// Moves visits as a change of the series does: with where the series wants them.
fn shift(desk: &mut Desk, ids: std::ops::RangeInclusive<u128>, time: &str, to: AppointmentSeriesId) {
    let changes = ids
        .map(|id| {
            let before = desk.visit(AppointmentId(id));
            let mut after = before.clone();
            after.starts_at = start(&format!("{}T{time}", before.starts_at.date()));
            after.planned = Some(SeriesPlace::of(&after));
            after.series = Some(to);
            after.sequence += 1;
            Change::edit(before, after)
        })
        .collect();
    desk.record(Op::ChangeSeries, changes).unwrap();
}

fn walls(desk: &Desk) -> Vec<String> {
    let visits = desk.store.reads().appointment_series(SERIES).unwrap();
    visits
        .iter()
        .map(|visit| {
            let status = if visit.takes_time() { "" } else { " off" };
            format!("{}{status}", visit.starts_at.wall.strftime("%-d %-H:%M"))
        })
        .collect()
}

#[test]
fn two_desks_change_one_series_visit_by_visit() {
    let (mut a, mut b, mut relay) = two_desks();
    book(&mut a);
    relay.sync(&mut a, &mut b);
    // One moves this and the following by an hour, the other calls one of them off and moves the first.
    shift(&mut a, 202..=204, "10:00", SERIES);
    b.edit(Op::CancelAppointment, AppointmentId(203), |visit| {
        visit.status = Status::Cancelled;
        visit.cancel_reason = "moved away".into();
    });
    b.move_to(AppointmentId(201), "2026-03-04T11:00");
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(walls(desk), ["4 11:00", "10 10:00", "17 10:00 off", "24 10:00"]);
        assert!(desk.visit(AppointmentId(201)).is_exception());
        assert!(!desk.visit(AppointmentId(202)).is_exception());
        assert_eq!(desk.store.reads().conflict_count().unwrap(), 0);
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn two_desks_that_split_one_series_are_asked_about_times_only() {
    let (mut a, mut b, mut relay) = two_desks();
    book(&mut a);
    relay.sync(&mut a, &mut b);
    shift(&mut a, 203..=204, "10:00", AppointmentSeriesId(701));
    shift(&mut b, 204..=204, "11:00", AppointmentSeriesId(702));
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let fields: Vec<String> = desk
            .store
            .reads()
            .field_conflicts()
            .unwrap()
            .iter()
            .map(|conflict| conflict.key.to_string())
            .collect();
        assert_eq!(
            fields,
            [format!("field:appointments:{}:starts_at", AppointmentId(204))],
            "a person decides about the time; to which series it belongs is the same everywhere"
        );
        assert_eq!(
            desk.visit(AppointmentId(204)).series,
            Some(AppointmentSeriesId(702))
        );
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn what_a_type_lets_through_is_let_through_at_every_desk() {
    let (mut a, mut b, mut relay) = two_desks();
    relay.sync(&mut a, &mut b);
    let before = a.store.roster().appointment_type(ADJUSTMENT).cloned().unwrap();
    let mut after = before.clone();
    after.policies.0.insert(Rule::TimeBlock, Policy::Allow);
    a.record(Op::UpdateSettings, vec![Change::edit(before, after)])
        .unwrap();
    relay.sync(&mut a, &mut b);
    let b = b.reopen();
    for desk in [&a, &b] {
        assert_eq!(
            desk.store.roster().policy(Rule::TimeBlock, ADJUSTMENT),
            Policy::Allow
        );
        assert_eq!(desk.store.roster().policy(Rule::Buffer, ADJUSTMENT), Policy::Warn);
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn two_desks_book_the_first_series_of_one_patient_and_both_are_there() {
    let (mut a, mut b, mut relay) = two_desks();
    book(&mut a);
    let other = AppointmentSeriesId(710);
    let mut visit = visit(301, PatientId(100), "2026-03-05T09:00", OP_2, CHEN);
    visit.series = Some(other);
    b.record(
        Op::BookSeries,
        vec![
            Change::add(series(other, "2026-03-05T09:00", 1)),
            Change::add(visit),
        ],
    )
    .unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        for id in [SERIES, other] {
            assert!(desk.store.reads().recurring_appointment(id).unwrap().is_some());
        }
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn a_series_is_taken_back_as_one_step_unless_somebody_moved_one_meanwhile() {
    let (mut a, mut b, mut relay) = two_desks();
    book(&mut a);
    a.undo().unwrap();
    assert_eq!(walls(&a), [""; 0]);
    assert_eq!(a.store.reads().recurring_appointment(SERIES).unwrap(), None);
    a.redo().unwrap();
    assert_eq!(walls(&a).len(), 4);
    relay.sync(&mut a, &mut b);
    // Off-line: one desk takes the booking back, the other moves a visit. What somebody wrote stays.
    b.move_to(AppointmentId(202), "2026-03-11T09:00");
    a.undo().unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(walls(desk), ["11 9:00"]);
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}
