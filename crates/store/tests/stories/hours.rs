//! Hours, absences and marks: two desks at once, older programs, and rows that say what documents say.

use clinic::*;

use crate::world::*;

fn absence(id: u128, first: &str, days: u32) -> TimeBlock {
    TimeBlock {
        id: TimeBlockId(id),
        target: BlockTarget::Provider(CHEN),
        location: LOCATION,
        starts_at: start(first),
        length_minutes: days * 24 * 60,
        title: "Vacation".into(),
        policy: BlockPolicy::Block,
        source_uid: String::new(),
        series: None,
        absence: Some(AbsenceReason::Vacation),
    }
}

/// Whether the visit waits for a new time at this desk.
fn waits_at(desk: &Desk, id: AppointmentId) -> bool {
    let visit = desk.visit(id);
    let absences = desk
        .store
        .reads()
        .absences(visit.starts_at.instant(), visit.ends_at())
        .unwrap();
    waits(&visit, &absences).is_some()
}

fn pin(desk: &mut Desk, id: AppointmentId, is_kept: bool, reason: &str) {
    let person = desk.person;
    desk.edit(Op::PinAppointment, id, |visit| {
        visit.needs_new_time = Some(NeedsNewTime {
            starts_at: visit.starts_at.clone(),
            provider: visit.provider,
            operatory: visit.operatory,
            reason: reason.into(),
            by: person,
            at: at(1),
            is_kept,
        });
    });
}

#[test]
fn a_visit_booked_at_another_desk_into_an_absence_waits_at_both() {
    let (mut a, mut b, mut relay) = two_desks();
    let known = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.record(
        Op::AddAbsence,
        vec![Change::add(absence(400, "2026-03-03T00:00", 2))],
    )
    .unwrap();
    let unseen = b.book(201, PatientId(100), "2026-03-04T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert!(waits_at(desk, known) && waits_at(desk, unseen));
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
    // Taken back at the desk that entered it: everybody keeps their time.
    a.undo().unwrap();
    relay.sync(&mut a, &mut b);
    assert!(!waits_at(&b, known) && !waits_at(&b, unseen));
}

#[test]
fn a_visit_moved_while_it_was_pinned_elsewhere_has_its_new_time() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.move_to(id, "2026-03-05T14:00");
    pin(&mut b, id, false, "too early");
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.visit(id).starts_at, start("2026-03-05T14:00"));
        assert!(!waits_at(desk, id));
        desk.assert_sound();
    }
    assert_eq!(a.store.reads().conflict_count().unwrap(), 0);
}

#[test]
fn two_marks_at_once_make_no_card_and_waiting_wins() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    pin(&mut a, id, true, "");
    pin(&mut b, id, false, "too early");
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(
            desk.visit(id).pin().map(|mark| mark.reason.as_str()),
            Some("too early")
        );
        assert_eq!(desk.store.reads().field_conflicts().unwrap().len(), 0);
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn an_absence_removed_while_its_days_change_stays() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-04T09:00", OP_1, CHEN);
    let first = absence(400, "2026-03-03T00:00", 1);
    a.record(Op::AddAbsence, vec![Change::add(first.clone())])
        .unwrap();
    relay.sync(&mut a, &mut b);
    a.record(Op::RemoveAbsence, vec![Change::remove(first.clone())])
        .unwrap();
    let longer = TimeBlock {
        length_minutes: 2 * 24 * 60,
        ..first.clone()
    };
    b.record(Op::ChangeTimeBlock, vec![Change::edit(first, longer)])
        .unwrap();
    relay.sync(&mut a, &mut b);
    assert!(waits_at(&a, id) && waits_at(&b, id));
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn one_occurrence_moved_while_all_are_renamed_keeps_both() {
    let (mut a, mut b, mut relay) = two_desks();
    let occurrence = |id: u128, wall: &str| TimeBlock {
        length_minutes: 60,
        title: "Lunch".into(),
        series: Some(BlockSeriesId(5)),
        absence: None,
        ..absence(id, wall, 1)
    };
    let blocks = [
        occurrence(400, "2026-03-03T12:00"),
        occurrence(401, "2026-03-10T12:00"),
    ];
    a.record(
        Op::AddBlockSeries,
        blocks.iter().cloned().map(Change::add).collect(),
    )
    .unwrap();
    relay.sync(&mut a, &mut b);
    let moved = TimeBlock {
        starts_at: start("2026-03-10T13:00"),
        ..blocks[1].clone()
    };
    a.record(Op::ChangeTimeBlock, vec![Change::edit(blocks[1].clone(), moved)])
        .unwrap();
    let renamed = |block: &TimeBlock| TimeBlock {
        title: "Team lunch".into(),
        ..block.clone()
    };
    b.record(
        Op::ChangeBlockSeries,
        blocks
            .iter()
            .map(|block| Change::edit(block.clone(), renamed(block)))
            .collect(),
    )
    .unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let series = desk.store.reads().block_series(BlockSeriesId(5)).unwrap();
        let told: Vec<String> = series
            .iter()
            .map(|block| format!("{} {}", block.starts_at.wall, block.title))
            .collect();
        assert_eq!(
            told,
            ["2026-03-03T12:00:00 Team lunch", "2026-03-10T13:00:00 Team lunch"]
        );
        desk.assert_sound();
    }
    assert_eq!(a.store.reads().conflict_count().unwrap(), 0);
}

#[test]
fn hours_of_other_weeks_and_special_days_come_back_from_the_file() {
    let (mut a, mut b, mut relay) = two_desks();
    let before = a.store.roster().provider(CHEN).cloned().unwrap();
    let mut after = before.clone();
    after.rota = Rota {
        other_weeks: vec![before.schedule.hours[..1].to_vec()],
        weeks_from: Some("2026-03-02".parse().unwrap()),
        special_days: vec![SpecialDay {
            date: "2026-12-24".parse().unwrap(),
            location: Some(LOCATION),
            title: "Christmas Eve".into(),
            open: vec![OpenSpan::of((480, 720))],
        }],
    };
    a.record(
        Op::UpdateSettings,
        vec![Change::edit(before.clone(), after.clone())],
    )
    .unwrap();
    // Meanwhile somebody gives the provider another letter.
    let mut lettered = before.clone();
    lettered.letter = "K".into();
    b.record(Op::UpdateSettings, vec![Change::edit(before, lettered)])
        .unwrap();
    relay.sync(&mut a, &mut b);
    after.letter = "K".into();
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.store.roster().provider(CHEN), Some(&after));
        desk.assert_sound();
    }
    let b = b.reopen();
    assert_eq!(b.store.roster().provider(CHEN), Some(&after));
}

#[test]
fn what_a_newer_desk_wrote_is_there_once_this_one_is_updated() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    let before = a.store.roster().provider(CHEN).cloned().unwrap();
    let mut after = before.clone();
    after.rota.weeks_from = Some("2026-03-02".parse().unwrap());
    a.record(
        Op::UpdateSettings,
        vec![Change::edit(before.clone(), after.clone())],
    )
    .unwrap();
    pin(&mut a, id, false, "too early");
    relay.sync(&mut a, &mut b);
    // The second desk's program was older: its file has no such columns, its documents have what came.
    let Desk {
        folder,
        store,
        person,
        minute,
    } = b;
    drop(store);
    raw(&folder).execute_batch(WITHOUT_HOURS).unwrap();
    let mut b = Desk {
        store: store::Store::open(folder.path(), &key()).unwrap(),
        folder,
        person,
        minute,
    };
    assert_eq!(b.store.roster().provider(CHEN), Some(&after));
    assert!(waits_at(&b, id));
    b.assert_sound();
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn records_of_older_programs_mean_what_they_meant() {
    for kind in [
        EntityKind::Location,
        EntityKind::Operatory,
        EntityKind::Provider,
        EntityKind::TimeBlock,
        EntityKind::Appointment,
        EntityKind::AppointmentType,
        EntityKind::Practice,
    ] {
        let records = practice()
            .into_iter()
            .chain([absence(400, "2026-03-03T00:00", 1).into()])
            .chain([visit(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN).into()]);
        for record in records.filter(|record| record.kind() == kind) {
            let mut fields = record.to_fields();
            let new = [
                "other_weeks",
                "weeks_from",
                "special_days",
                "series",
                "needs_new_time",
                "planned",
                "arrive_early_minutes",
                "also",
                "class",
                "policies",
                "visit_limits",
                "weights",
            ];
            for name in new {
                // The practice had its rules from the beginning.
                if (kind, name) != (EntityKind::Practice, "policies") {
                    fields.remove(name);
                }
            }
            if kind == EntityKind::Operatory {
                fields.remove("hours");
            }
            assert_eq!(Entity::from_fields(kind, fields).unwrap(), record);
        }
    }
    let newer = serde_json::json!("sabbatical");
    assert_eq!(
        serde_json::from_value::<AbsenceReason>(newer).unwrap(),
        AbsenceReason::Other
    );
}
