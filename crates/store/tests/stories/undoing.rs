//! Undo and redo: new operations that look before they leap.

use clinic::*;
use store::*;

use crate::world::*;

#[test]
fn undo_and_redo_walk_back_and_forth_over_restarts() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    let id = desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    desk.move_to(id, "2026-03-03T11:00");

    assert_eq!(desk.undo().unwrap().value.op, Op::MoveAppointment);
    assert_eq!(desk.visit(id).starts_at, start("2026-03-03T09:00"));
    assert_eq!(
        desk.visit(id).sequence,
        2,
        "a calendar must hear of the way back, too"
    );
    let mut desk = desk.reopen();
    assert_eq!(desk.undo().unwrap().value.op, Op::BookAppointment);
    assert_eq!(desk.store.reads().appointment(id).unwrap(), None);
    let state = desk.store.undo_state(AMARA).unwrap();
    assert_eq!(state.undo.unwrap().op, Op::AddPatient);
    assert_eq!(state.redo.unwrap().op, Op::BookAppointment);

    let mut desk = desk.reopen();
    assert_eq!(desk.redo().unwrap().value.op, Op::BookAppointment);
    assert_eq!(desk.redo().unwrap().value.op, Op::MoveAppointment);
    assert_eq!(desk.visit(id).starts_at, start("2026-03-03T11:00"));
    assert!(matches!(desk.redo(), Err(StoreError::NothingToRedo)));
    assert_eq!(
        desk.undo().unwrap().value.op,
        Op::MoveAppointment,
        "what was done again can be taken back again"
    );
    desk.assert_sound();
    let history = desk
        .store
        .history(&HistoryFilter {
            appointment: Some(id),
            limit: 50,
            ..HistoryFilter::default()
        })
        .unwrap();
    let ops: Vec<(Op, bool)> = history.iter().map(|entry| (entry.op, entry.is_undone)).collect();
    assert_eq!(
        ops,
        [
            (Op::Undo, false),
            (Op::Redo, false),
            (Op::Redo, false),
            (Op::Undo, true),
            (Op::Undo, true),
            (Op::MoveAppointment, true),
            (Op::BookAppointment, false),
        ]
    );
}

#[test]
fn a_new_operation_ends_redoing_and_the_founding_stays() {
    let mut desk = Desk::founded();
    desk.add_patient(100, "Ana", "Rivera");
    desk.undo().unwrap();
    desk.add_patient(101, "Kofi", "Osei");
    assert_eq!(desk.store.undo_state(AMARA).unwrap().redo, None);
    assert!(matches!(desk.redo(), Err(StoreError::NothingToRedo)));
    desk.undo().unwrap();
    assert!(matches!(desk.undo(), Err(StoreError::NothingToUndo)));
    assert_eq!(
        desk.store.undo_state(BEN).unwrap(),
        UndoState::default(),
        "another person’s work is not theirs to undo"
    );
}

#[test]
fn what_somebody_changed_since_is_not_undone_and_they_are_named() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    a.move_to(id, "2026-03-03T11:00");
    relay.sync(&mut a, &mut b);
    b.move_to(id, "2026-03-03T15:00");
    relay.sync(&mut a, &mut b);
    let before = a.picture();
    let error = a.undo().unwrap_err();
    let StoreError::CannotUndo(why) = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (why.op, why.field.as_deref(), why.by),
        (Op::MoveAppointment, Some("starts_at"), Some((BEN, DESK_2)))
    );
    assert_eq!(
        error.to_string(),
        "cannot take back “move a visit”: the visit’s starts at changed since"
    );
    assert_eq!(a.picture(), before);
    assert!(matches!(b.store.undo_state(BEN).unwrap().undo, Some(step) if step.op == Op::MoveAppointment));
}

#[test]
fn an_edit_of_another_field_does_not_stand_in_the_way() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    a.move_to(id, "2026-03-03T11:00");
    relay.sync(&mut a, &mut b);
    b.edit(Op::EditAppointment, id, |visit| visit.note = "call first".into());
    relay.sync(&mut a, &mut b);
    a.undo().unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&a, &b] {
        assert_eq!(desk.visit(id).starts_at, start("2026-03-03T09:00"));
        assert_eq!(desk.visit(id).note, "call first");
    }
    assert_eq!(a.picture(), b.picture());
    let undone = |desk: &Desk| -> Vec<(Op, bool)> {
        let filter = HistoryFilter {
            appointment: Some(id),
            limit: 9,
            ..HistoryFilter::default()
        };
        desk.store
            .history(&filter)
            .unwrap()
            .into_iter()
            .map(|entry| (entry.op, entry.is_undone))
            .collect()
    };
    assert_eq!(undone(&a)[2], (Op::MoveAppointment, true));
    assert_eq!(
        undone(&b)[2],
        (Op::MoveAppointment, true),
        "the other desk knows what was taken back"
    );
}

#[test]
fn a_patient_with_visits_is_not_taken_away_by_undo() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.add_patient(150, "Mei", "Lin");
    relay.sync(&mut a, &mut b);
    b.book(200, id, "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    let error = a.undo().unwrap_err();
    assert!(
        matches!(&error, StoreError::CannotUndo(why) if why.kind == EntityKind::Patient && why.field.is_none()),
        "{error}"
    );
    assert!(a.store.reads().patient(id).unwrap().is_some());
}

#[test]
fn a_rule_may_refuse_an_undo() {
    let mut desk = Desk::founded();
    desk.add_patient(100, "Ana", "Rivera");
    let by = desk.by();
    let refused = desk.store.undo(&by, &store::testing::PlainSealer, |changes, _| {
        assert_eq!(changes.len(), 1);
        Err(StoreError::Unfit("not now".into()))
    });
    assert!(matches!(refused, Err(StoreError::Unfit(_))));
    assert!(desk.store.reads().patient(PatientId(100)).unwrap().is_some());
}

#[test]
fn what_others_wrote_meanwhile_is_not_taken_away_by_undo() {
    let (mut a, mut b, mut relay) = two_desks();
    let moved = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    b.move_to(moved, "2026-03-03T15:00");
    b.edit(Op::EditAppointment, moved, |visit| {
        visit.note = "call first".into()
    });
    a.undo().unwrap();
    assert_eq!(a.store.reads().appointment(moved).unwrap(), None);
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(
            desk.visit(moved).starts_at,
            start("2026-03-03T15:00"),
            "the other desk promised the patient this time"
        );
        assert_eq!(desk.visit(moved).note, "call first");
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn what_nobody_else_touched_stays_taken_back_and_comes_back_whole() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    a.edit(Op::EditAppointment, id, |visit| visit.note = "call first".into());
    relay.sync(&mut a, &mut b);
    let booked = a.visit(id);
    a.undo().unwrap();
    a.undo().unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.store.reads().appointment(id).unwrap(), None);
        desk.assert_sound();
    }
    a.redo().unwrap();
    a.redo().unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.visit(id).note, booked.note);
        assert_eq!(desk.visit(id).starts_at, booked.starts_at);
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn a_patient_booked_for_meanwhile_is_not_taken_away_by_undo() {
    let (mut a, mut b, mut relay) = two_desks();
    let mei = a.add_patient(150, "Mei", "Lin");
    relay.sync(&mut a, &mut b);
    let id = b.book(200, mei, "2026-03-03T09:00", OP_1, CHEN);
    a.undo().unwrap();
    assert_eq!(a.store.reads().patient(mei).unwrap(), None);
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.visit(id).patient, mei);
        assert_eq!(
            desk.store
                .reads()
                .patient(mei)
                .unwrap()
                .map(|patient| patient.display_name())
                .as_deref(),
            Some("Lin, Mei")
        );
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn an_operatory_booked_in_meanwhile_only_goes_out_of_use() {
    let (mut a, mut b, mut relay) = two_desks();
    let Some(mut operatory) = a.store.roster().operatory(OP_1).cloned() else {
        panic!("the practice has Op 1")
    };
    operatory.id = OperatoryId(999);
    operatory.name = "Op 9".into();
    a.record(Op::UpdateSettings, vec![Change::add(operatory)])
        .unwrap();
    relay.sync(&mut a, &mut b);
    let id = b.book(200, PatientId(100), "2026-03-03T09:00", OperatoryId(999), CHEN);
    a.undo().unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.visit(id).operatory, OperatoryId(999));
        assert!(!desk.store.roster().operatory(OperatoryId(999)).unwrap().is_active);
        desk.assert_sound();
    }
    a.redo().unwrap();
    assert!(a.store.roster().operatory(OperatoryId(999)).unwrap().is_active);
}
