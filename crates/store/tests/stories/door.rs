//! The one door: all or nothing, visible inside, the same after a restart.

use clinic::*;
use store::testing::{BrokenSealer, PlainSealer};
use store::*;

use crate::world::*;

#[test]
fn what_was_recorded_is_there_after_a_restart() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let id = desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    desk.move_to(id, "2026-03-04T10:30");
    desk.edit(Op::EditAppointment, id, |visit| {
        visit.note = "brings her own tray".into()
    });
    desk.record(Op::AddTimeBlock, vec![Change::add(lunch())]).unwrap();
    let before = desk.picture();
    let mut desk = desk.reopen();
    assert_eq!(desk.picture(), before);
    assert_eq!(desk.visit(id).sequence, 1);
    assert_eq!(desk.store.reads().outbox_len().unwrap(), 6);
    desk.assert_sound();
}

fn lunch() -> TimeBlock {
    TimeBlock {
        id: TimeBlockId(300),
        target: BlockTarget::Provider(CHEN),
        location: LOCATION,
        starts_at: start("2026-03-03T12:00"),
        length_minutes: 60,
        title: "Lunch".into(),
        policy: BlockPolicy::RestrictedTo(vec![ADJUSTMENT]),
        source_uid: "uid-1".into(),
        series: None,
        absence: None,
    }
}

#[test]
fn the_first_visit_is_the_earliest_that_takes_place() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let bo = desk.add_patient(101, "Bo", "Osei");
    let first_of = |desk: &Desk, patient| desk.store.reads().first_visit_of(patient).unwrap();
    assert_eq!(first_of(&desk, ana), None);
    let later = desk.book(201, ana, "2026-03-05T09:00", OP_1, CHEN);
    desk.book(203, bo, "2026-03-01T09:00", OP_1, CHEN);
    let earlier = desk.book(202, ana, "2026-03-03T09:00", OP_2, CHEN);
    // Two at the same moment: the smaller id, on every workstation.
    let beside = desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    assert_eq!(first_of(&desk, ana), Some(beside));
    desk.edit(Op::CancelAppointment, beside, |visit| {
        visit.status = Status::Cancelled
    });
    assert_eq!(first_of(&desk, ana), Some(earlier));
    desk.edit(Op::MarkNoShow, earlier, |visit| visit.status = Status::NoShow);
    assert_eq!(first_of(&desk, ana), Some(later));
    desk.undo().unwrap();
    assert_eq!(first_of(&desk, ana), Some(earlier));
    desk.move_to(earlier, "2026-03-08T09:00");
    assert_eq!(first_of(&desk, ana), Some(later));
    desk.assert_sound();
}

#[test]
fn a_day_knows_its_own_overlaps() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let bo = desk.add_patient(101, "Bo", "Osei");
    // Over midnight, and on a day of its own; nothing on the 6th clashes.
    desk.book(200, ana, "2026-03-03T23:50", OP_1, CHEN);
    desk.book(201, bo, "2026-03-04T00:00", OP_1, CHEN);
    desk.book(202, ana, "2026-03-10T09:00", OP_1, CHEN);
    desk.book(203, bo, "2026-03-10T09:10", OP_1, CHEN);
    desk.book(204, ana, "2026-03-06T09:00", OP_1, CHEN);
    let date = |day: &str| -> jiff::civil::Date { day.parse().unwrap() };
    let days = |from: &str, until: &str| -> Vec<String> {
        let found = desk
            .store
            .reads()
            .overlapping_days(LOCATION, date(from), date(until));
        found.unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        days("2026-03-01", "2026-03-31"),
        ["2026-03-03", "2026-03-04", "2026-03-10"]
    );
    assert_eq!(days("2026-03-03", "2026-03-03"), ["2026-03-03"]);
    assert_eq!(days("2026-03-04", "2026-03-09"), ["2026-03-04"]);
    let all = desk.store.reads().conflicts().unwrap();
    assert!(!all.is_empty());
    let between = |from: &str, until: &str| {
        let reads = desk.store.reads();
        reads
            .conflicts_between(start(from).instant(), start(until).instant())
            .unwrap()
    };
    assert_eq!(between("2026-03-01T00:00", "2026-04-01T00:00"), all);
    let on_the_tenth = between("2026-03-10T00:00", "2026-03-11T00:00");
    assert!(!on_the_tenth.is_empty() && on_the_tenth.len() < all.len());
    assert_eq!(between("2026-03-05T00:00", "2026-03-10T09:10"), []);
}

#[test]
fn a_day_shows_its_visits_and_the_blocks_around_them() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let first = desk.book(200, ana, "2026-03-03T23:50", OP_1, CHEN);
    desk.book(201, ana, "2026-03-04T09:00", OP_1, CHEN);
    desk.record(Op::AddTimeBlock, vec![Change::add(lunch())]).unwrap();
    let date = "2026-03-03".parse().unwrap();
    let visits = desk.store.reads().visits_on(LOCATION, date).unwrap();
    assert_eq!(visits.iter().map(|visit| visit.id).collect::<Vec<_>>(), [first]);
    assert_eq!(
        desk.store.reads().blocks_around(LOCATION, date).unwrap(),
        [lunch()]
    );

    let density = desk
        .store
        .reads()
        .density(
            LOCATION,
            "2026-03-01".parse().unwrap(),
            "2026-03-31".parse().unwrap(),
        )
        .unwrap();
    assert_eq!(
        density
            .iter()
            .map(|day| (day.date.to_string(), day.visits, day.booked_minutes))
            .collect::<Vec<_>>(),
        [("2026-03-03".to_owned(), 1, 20), ("2026-03-04".to_owned(), 1, 20)]
    );
    let range = |filter: RangeFilter, from: &str, until: &str| -> Vec<u128> {
        let found = desk
            .store
            .reads()
            .range(&filter, start(from).instant(), start(until).instant())
            .unwrap();
        found.into_iter().map(|visit| visit.id.0).collect()
    };
    assert_eq!(
        range(RangeFilter::default(), "2026-03-03T00:00", "2026-03-05T00:00"),
        [200, 201]
    );
    assert_eq!(
        range(RangeFilter::default(), "2026-03-04T00:05", "2026-03-05T00:00"),
        [200, 201],
        "runs past midnight"
    );
    assert_eq!(
        range(RangeFilter::default(), "2026-03-04T00:10", "2026-03-05T00:00"),
        [201]
    );
    let chen = RangeFilter {
        providers: vec![CHEN],
        operatories: vec![OP_1],
        ..RangeFilter::default()
    };
    assert_eq!(range(chen, "2026-03-03T00:00", "2026-03-04T00:00"), [200]);
    let other = RangeFilter {
        operatories: vec![OP_2],
        ..RangeFilter::default()
    };
    assert_eq!(
        range(other, "2026-03-03T00:00", "2026-03-05T00:00"),
        Vec::<u128>::new()
    );
    assert_eq!(
        desk.store.patient_head(ana).unwrap().unwrap().first_visit,
        Some(first)
    );
    assert_eq!(
        desk.store.reads().time_blocks_by_source("uid-1").unwrap().len(),
        1
    );
}

#[test]
fn reads_inside_see_what_was_recorded_and_neighbours_are_found() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let by = desk.by();
    desk.store
        .transact(Op::BookAppointment, &by, &PlainSealer, |tx| {
            let booked = visit(200, ana, "2026-03-03T09:00", OP_1, CHEN);
            tx.record([Change::add(booked.clone())])?;
            assert_eq!(tx.reads().appointment(AppointmentId(200))?, Some(booked.clone()));
            let mut other = Placement::of(&visit(201, PatientId(101), "2026-03-03T09:10", OP_1, OKAFOR));
            other.appointment = None;
            let around = other.neighbourhood(&tx.roster()).expect("a known operatory");
            let neighbours = tx.reads().neighbours(&around)?;
            assert_eq!(neighbours.appointments, [booked]);
            assert_eq!(neighbours.patient, Standing::Unknown);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn an_error_at_any_step_leaves_everything_as_it_was() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    let before = desk.picture();
    let waiting = desk.store.reads().outbox_len().unwrap();
    let by = desk.by();

    let refused: Result<Committed<()>, StoreError> =
        desk.store.transact(Op::BookAppointment, &by, &PlainSealer, |tx| {
            tx.record([Change::add(visit(201, ana, "2026-03-03T10:00", OP_1, CHEN))])?;
            Err(StoreError::Unfit("the receptionist changed her mind".into()))
        });
    assert!(matches!(refused, Err(StoreError::Unfit(_))));
    assert_eq!(desk.picture(), before);

    let unsealed: Result<Committed<()>, StoreError> =
        desk.store
            .transact(Op::BookAppointment, &by, &BrokenSealer, |tx| {
                tx.record([Change::add(visit(201, ana, "2026-03-03T10:00", OP_1, CHEN))])
            });
    assert!(matches!(unsealed, Err(StoreError::Seal(_))));
    assert_eq!(desk.picture(), before);

    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        desk.store.transact(
            Op::BookAppointment,
            &by,
            &PlainSealer,
            |tx| -> Result<(), StoreError> {
                tx.record([Change::add(visit(201, ana, "2026-03-03T10:00", OP_1, CHEN))])?;
                panic!("a bug in a rule");
            },
        )
    }));
    assert!(panicked.is_err());
    assert_eq!(desk.picture(), before);
    assert_eq!(desk.store.reads().outbox_len().unwrap(), waiting);

    // The documents in memory are as good as before: the next operation works, and rows equal documents.
    desk.book(201, ana, "2026-03-03T10:00", OP_1, CHEN);
    desk.assert_sound();
    desk.reopen().assert_sound();
}

#[test]
fn a_plan_made_from_an_old_state_is_refused() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let id = desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    let old = desk.visit(id);
    desk.move_to(id, "2026-03-03T11:00");
    let mut after = old.clone();
    after.note = "x".into();
    let error = desk
        .record(Op::EditAppointment, vec![Change::edit(old.clone(), after)])
        .unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Outdated {
                kind: EntityKind::Appointment,
                ..
            }
        ),
        "{error}"
    );
    let error = desk
        .record(Op::BookAppointment, vec![Change::add(old)])
        .unwrap_err();
    assert!(
        matches!(error, StoreError::Outdated { .. }),
        "added twice: {error}"
    );
    let before = desk.store.reads().patient(ana).unwrap().unwrap();
    let error = desk
        .record(Op::UpdatePatient, vec![Change::remove(before)])
        .unwrap_err();
    assert_eq!(error.to_string(), "the patient still has visits");
}

#[test]
fn stamps_only_rise_even_when_the_clock_goes_back_and_over_restarts() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let mut stamps = Vec::new();
    for (id, minute) in [(200, 500), (201, 3), (202, 3)] {
        desk.minute = minute;
        let id = desk.book(id, ana, &format!("2026-03-03T{}:00", id - 190), OP_1, CHEN);
        stamps.push(desk.visit(id).booked);
    }
    let mut desk = desk.reopen();
    desk.minute = 1;
    let id = desk.book(203, ana, "2026-03-05T10:00", OP_1, CHEN);
    stamps.push(desk.visit(id).booked);
    assert!(stamps.is_sorted_by(|a, b| a < b), "{stamps:?}");
}

#[test]
fn nothing_recorded_writes_nothing() {
    let mut desk = Desk::founded();
    let waiting = desk.store.reads().outbox_len().unwrap();
    let set = desk.record(Op::UpdateSettings, vec![]).unwrap();
    assert!(set.changes.entries.is_empty());
    assert_eq!(desk.store.reads().outbox_len().unwrap(), waiting);
}

#[test]
fn a_long_life_is_compacted_and_stays_the_same() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let id = desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    for round in 0..120 {
        desk.edit(Op::EditAppointment, id, |visit| {
            visit.note = format!("round {round}")
        });
    }
    let before = desk.picture();
    let mut desk = desk.reopen();
    assert_eq!(desk.picture(), before);
    desk.edit(Op::EditAppointment, id, |visit| visit.note.push('!'));
    desk.assert_sound();
}

#[test]
fn another_programs_commit_is_noticed_and_its_documents_are_taken_up() {
    let mut app = Desk::founded();
    let ana = app.add_patient(100, "Ana", "Rivera");
    let id = app.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    assert!(app.store.refresh().unwrap().is_empty());
    assert_eq!(app.store.search_patients("rivera", 5).unwrap().len(), 1);
    let mut command_line = Store::open(app.folder.path(), &key()).unwrap();
    let by = By {
        person: BEN,
        at: at(90),
    };
    let before = command_line.reads().appointment(id).unwrap().unwrap();
    let mut after = before.clone();
    after.note = "from the command line".into();
    let change = Change::edit(before, after);
    let ana_before = command_line.reads().patient(ana).unwrap().unwrap();
    let renamed = Patient {
        family_name: "Morales".into(),
        ..ana_before.clone()
    };
    command_line
        .transact(Op::EditAppointment, &by, &PlainSealer, |tx| {
            tx.record([change, Change::edit(ana_before, renamed)])
        })
        .map(drop)
        .map_err(|error: StoreError| error)
        .unwrap();

    // A write before the refresh: the cached document is old and must not be used.
    assert_eq!(app.store.search_patients("rivera", 5).unwrap().len(), 1);
    app.move_to(id, "2026-03-03T15:00");
    let sets = app.store.refresh().unwrap();
    assert_eq!(sets.len(), 1);
    assert_eq!(
        (sets[0].op, sets[0].person, sets[0].changes.len()),
        (Op::EditAppointment, Some(BEN), 2)
    );
    assert!(app.store.refresh().unwrap().is_empty());
    assert_eq!(app.visit(id).note, "from the command line");
    assert_eq!(app.store.search_patients("morales", 5).unwrap()[0].id, ana);
    assert_eq!(app.store.patient_head(ana).unwrap().unwrap().name, "Morales, Ana");
    app.assert_sound();
    assert_eq!(command_line.refresh().unwrap().len(), 1);
    assert_eq!(picture(&command_line), app.picture());
}

#[test]
fn history_is_found_by_visit_and_patient_newest_first() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let kofi = desk.add_patient(101, "Kofi", "Osei");
    let id = desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    desk.book(201, kofi, "2026-03-03T10:00", OP_1, CHEN);
    desk.move_to(id, "2026-03-03T14:00");
    let ops = |filter: HistoryFilter| -> Vec<Op> {
        desk.store
            .history(&filter)
            .unwrap()
            .into_iter()
            .map(|entry| entry.op)
            .collect()
    };
    let filter = HistoryFilter {
        limit: 50,
        ..HistoryFilter::default()
    };
    assert_eq!(
        ops(HistoryFilter {
            appointment: Some(id),
            ..filter.clone()
        }),
        [Op::MoveAppointment, Op::BookAppointment]
    );
    assert_eq!(
        ops(HistoryFilter {
            patient: Some(ana),
            ..filter.clone()
        }),
        [Op::MoveAppointment, Op::BookAppointment, Op::AddPatient]
    );
    assert_eq!(
        ops(HistoryFilter {
            limit: 2,
            ..filter.clone()
        }),
        [Op::MoveAppointment, Op::BookAppointment]
    );
    let all = desk.store.history(&filter).unwrap();
    assert_eq!(
        desk.store
            .history(&HistoryFilter {
                before: Some(all[1].id),
                ..filter
            })
            .unwrap(),
        all[2..]
    );
    let [
        Change {
            before: Some(Entity::Appointment(before)),
            after: Some(Entity::Appointment(after)),
        },
    ] = &all[0].changes[..]
    else {
        panic!("{all:?}")
    };
    assert_eq!(
        (before.starts_at.clone(), after.starts_at.clone()),
        (start("2026-03-03T09:00"), start("2026-03-03T14:00"))
    );
    assert_eq!((before.sequence, after.sequence), (0, 1));
}

#[test]
fn settings_are_kept_and_never_sent() {
    let mut desk = Desk::founded();
    let waiting = desk.store.reads().outbox_len().unwrap();
    desk.store.set_setting("desk.view", Some(b"day")).unwrap();
    let mut desk = desk.reopen();
    assert_eq!(
        desk.store.reads().setting("desk.view").unwrap().as_deref(),
        Some(&b"day"[..])
    );
    desk.store.set_setting("desk.view", None).unwrap();
    assert_eq!(desk.store.reads().setting("desk.view").unwrap(), None);
    assert_eq!(desk.store.reads().outbox_len().unwrap(), waiting);
}
