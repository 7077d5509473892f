//! Two workstations that could not see each other, and what becomes of their work.

use std::sync::Arc;

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ROOT};
use clinic::*;
use store::testing::PlainSealer;
use store::*;

use crate::world::*;

#[test]
fn a_moved_time_and_an_edited_note_both_survive() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.move_to(id, "2026-03-05T14:00");
    b.edit(Op::EditAppointment, id, |visit| {
        visit.note = "needs the ramp".into()
    });
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        assert_eq!(desk.visit(id).starts_at, start("2026-03-05T14:00"));
        assert_eq!(desk.visit(id).note, "needs the ramp");
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
    assert_eq!(a.store.reads().conflict_count().unwrap(), 0);
}

#[test]
fn concurrent_edits_of_one_note_merge_letter_by_letter() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    a.edit(Op::EditAppointment, id, |visit| {
        visit.note = "latex allergy".into()
    });
    relay.sync(&mut a, &mut b);
    a.edit(Op::EditAppointment, id, |visit| {
        visit.note = "severe latex allergy".into()
    });
    b.edit(Op::EditAppointment, id, |visit| {
        visit.note = "latex allergy, call mother".into()
    });
    relay.sync(&mut a, &mut b);
    assert_eq!(a.visit(id).note, "severe latex allergy, call mother");
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn concurrent_statuses_merge_by_what_happened_and_both_sequences_count() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.edit(Op::CancelAppointment, id, |visit| {
        visit.status = Status::Cancelled;
        visit.sequence += 1;
    });
    b.edit(Op::SeatPatient, id, |visit| visit.status = Status::Seated);
    b.move_to(id, "2026-03-03T09:30");
    relay.sync(&mut a, &mut b);
    assert_eq!(
        a.visit(id).status,
        Status::Seated,
        "the patient sits in the chair"
    );
    assert_eq!(a.visit(id).sequence, 2);
    assert_eq!(a.picture(), b.picture());
    assert_eq!(a.store.reads().conflict_count().unwrap(), 0);
    // And it goes on from there, on either desk.
    a.edit(Op::CompleteAppointment, id, |visit| {
        visit.status = Status::Completed
    });
    relay.sync(&mut a, &mut b);
    assert_eq!(b.visit(id).status, Status::Completed);
    a.assert_sound();
    b.assert_sound();
}

#[test]
fn one_field_changed_twice_is_a_question_on_both_desks_until_somebody_decides() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.move_to(id, "2026-03-03T11:00");
    b.move_to(id, "2026-03-03T15:00");
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    let conflicts = a.store.reads().field_conflicts().unwrap();
    let [conflict] = &conflicts[..] else {
        panic!("{conflicts:?}")
    };
    assert_eq!(
        conflict.key.to_string(),
        format!("field:appointments:{id}:starts_at")
    );
    assert_eq!(
        FieldConflictKey::parse(&conflict.key.to_string()),
        Some(conflict.key.clone())
    );
    let mut who: Vec<_> = conflict
        .values
        .iter()
        .map(|value| {
            (
                value.workstation.unwrap(),
                value.person.unwrap(),
                value.value.as_str().unwrap().to_owned(),
            )
        })
        .collect();
    who.sort();
    assert_eq!(
        who,
        [
            (DESK_1, AMARA, start("2026-03-03T11:00").to_string()),
            (DESK_2, BEN, start("2026-03-03T15:00").to_string())
        ]
    );
    assert!(conflict.values[0].is_shown && !conflict.values[1].is_shown);
    assert_eq!(serde_json::json!(a.visit(id).starts_at), conflict.values[0].value);

    // Deciding for the value that shows counts as a decision, too.
    for chosen in [1, 0] {
        let conflict = a.store.reads().field_conflict(&conflict.key).unwrap();
        let Some(conflict) = conflict else { break };
        let value = conflict.values[chosen].clone();
        let by = a.by();
        a.store
            .transact(Op::ResolveConflict, &by, &PlainSealer, |tx| {
                tx.settle(&conflict.key, &value.id)
            })
            .map(drop)
            .map_err(|error: StoreError| error)
            .unwrap();
        relay.sync(&mut a, &mut b);
        for desk in [&mut a, &mut b] {
            assert_eq!(desk.store.reads().field_conflicts().unwrap(), []);
            assert_eq!(serde_json::json!(desk.visit(id).starts_at), value.value);
            desk.assert_sound();
        }
    }
}

#[test]
fn deciding_for_the_shown_value_settles_it_everywhere() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.edit(Op::MoveAppointment, id, |visit| visit.operatory = OP_2);
    b.edit(Op::MoveAppointment, id, |visit| visit.operatory = OperatoryId(33));
    relay.sync(&mut a, &mut b);
    let conflict = b.store.reads().field_conflicts().unwrap().remove(0);
    let shown = conflict.values[0].clone();
    let by = b.by();
    let set = b
        .store
        .transact(Op::ResolveConflict, &by, &PlainSealer, |tx| {
            tx.settle(&conflict.key, &shown.id)
        })
        .map_err(|error: StoreError| error)
        .unwrap();
    assert!(set.changes.conflicts_changed);
    assert_eq!(b.store.reads().conflict_count().unwrap(), 0);
    let merged = {
        relay.push(&mut b);
        relay.pull(&mut a)
    };
    assert!(merged.changes.conflicts_changed);
    assert_eq!(a.store.reads().conflict_count().unwrap(), 0);
    a.assert_sound();
    b.assert_sound();
}

#[test]
fn two_bookings_of_one_chair_show_the_same_card_on_both_desks() {
    let (mut a, mut b, mut relay) = two_desks();
    let first = a.book(201, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    b.minute = 50;
    let second = b.book(200, PatientId(101), "2026-03-03T09:10", OP_1, OKAFOR);
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    let conflicts = a.store.reads().conflicts().unwrap();
    let [conflict] = &conflicts[..] else {
        panic!("{conflicts:?}")
    };
    assert_eq!(
        (conflict.kind, conflict.winner, conflict.appointments),
        (ConflictKind::Operatory, first, [second, first])
    );
    assert_eq!(a.store.reads().conflicts_of(second).unwrap(), conflicts);

    // Keeping both is a decision that travels; moving one away ends it as well.
    let visits = (a.visit(second), a.visit(first));
    let by = a.by();
    a.store
        .transact(Op::ResolveConflict, &by, &PlainSealer, |tx| {
            let author = *tx.author();
            tx.record([Change::add(clinic::conflicts::keep_both(
                ConflictKind::Operatory,
                &visits.0,
                &visits.1,
                "siblings",
                &author,
            ))])
        })
        .map(drop)
        .map_err(|error: StoreError| error)
        .unwrap();
    relay.sync(&mut a, &mut b);
    assert_eq!(b.store.reads().conflicts().unwrap(), []);
    b.move_to(second, "2026-03-03T09:05");
    relay.sync(&mut a, &mut b);
    assert_eq!(
        a.store.reads().conflicts().unwrap().len(),
        1,
        "other times, another question"
    );
    b.move_to(second, "2026-03-03T12:00");
    relay.sync(&mut a, &mut b);
    assert_eq!(a.store.reads().conflicts().unwrap(), []);
    a.assert_sound();
    b.assert_sound();
}

#[test]
fn repeats_and_overlapping_stretches_do_no_harm() {
    let (mut a, mut b, mut relay) = two_desks();
    a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    b.book(201, PatientId(101), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    let (before, entries) = (b.picture(), b.store.reads().counts().unwrap());
    for (from, until) in [(0, relay.log.len()), (2, 4), (0, 1)] {
        let merged = b.store.merge(&relay.stretch(DESK_2, from, until)).unwrap();
        assert!(merged.changes.changes.is_empty());
    }
    assert_eq!(b.picture(), before);
    assert_eq!(b.store.reads().counts().unwrap(), entries);
    assert_eq!(
        b.store.reads().cursor().unwrap().position as usize,
        relay.log.len()
    );
    assert_eq!(b.store.reads().outbox_len().unwrap(), 0);

    relay.log.swap(0, 1);
    let forked = b.store.merge(&relay.stretch(DESK_2, 0, 2)).unwrap_err();
    assert!(matches!(forked, StoreError::Forked { position: 1 }), "{forked}");
    assert_eq!(b.picture(), before);
}

#[test]
fn an_own_envelope_may_come_back_before_it_is_acknowledged() {
    let (mut a, mut b, mut relay) = two_desks();
    a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    for entry in a.store.reads().outbox(10).unwrap() {
        relay.log.push((entry.id, entry.bytes, DESK_1));
    }
    relay.pull(&mut a);
    assert_eq!(
        a.store.reads().outbox_len().unwrap(),
        0,
        "seen in the log is as good as acknowledged"
    );
    a.add_patient(160, "Mei", "Lin");
    assert_eq!(a.store.reads().outbox(10).unwrap().len(), 1);
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
}

#[test]
fn changes_that_come_too_early_wait_and_are_asked_for() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    a.move_to(id, "2026-03-03T10:00");
    a.edit(Op::EditAppointment, id, |visit| visit.note = "x".into());
    relay.push(&mut a);
    let all = relay.log.len();
    let mut late = relay.stretch(DESK_2, all - 3, all);
    let first = late.entries.remove(0);
    let merged = b.store.merge(&late).unwrap();
    assert_eq!(merged.missing.len(), 2);
    assert!(merged.quarantined.is_empty() && merged.changes.changes.is_empty());
    assert_eq!(b.store.reads().waiting_len().unwrap(), 2);
    let merged = b
        .store
        .merge(&MergeBatch {
            entries: vec![first],
            cursor: late.cursor,
        })
        .unwrap();
    assert_eq!(merged.missing.len(), 0);
    assert_eq!(b.store.reads().waiting_len().unwrap(), 0);
    assert_eq!(a.picture(), b.picture());
    b.assert_sound();
    let history = b
        .store
        .history(&HistoryFilter {
            appointment: Some(id),
            limit: 9,
            ..HistoryFilter::default()
        })
        .unwrap();
    assert_eq!(history.len(), 3);
}

/// A change that our own encoder makes of something else.
fn rewritten(batch: &mut Batch, edit: impl Fn(&mut automerge::ExpandedChange)) {
    let bytes = &mut batch.documents[0].1[0];
    let mut change = automerge::Change::from_bytes(bytes.clone()).unwrap().decode();
    edit(&mut change);
    change.hash = None;
    *bytes = automerge::Change::from(change).raw_bytes().to_vec();
}

#[test]
fn poison_is_set_aside_and_the_rest_applied() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    a.move_to(id, "2026-03-03T10:00");
    a.add_patient(170, "Noor", "Haddad");
    relay.push(&mut a);
    let all = relay.log.len();
    let mut stretch = relay.stretch(DESK_2, all - 3, all);
    let poison = |position: u64, edit: &dyn Fn(&mut Batch)| {
        let mut batch = Batch::decode(stretch.entries[0].batch.as_ref().unwrap()).unwrap();
        edit(&mut batch);
        let bytes = batch.encode();
        Incoming {
            position,
            id: [position as u8; 32],
            workstation: DESK_1,
            batch: Some(bytes.clone()),
            bytes,
            rights: Arc::new(Rights::unlimited(batch.person)),
            judge_again: false,
            verdict: Verdict::Accepted,
        }
    };
    let foreign = Incoming {
        workstation: DESK_3,
        ..poison(901, &|_| ())
    };
    let mutated = poison(902, &|batch| batch.documents[0].1[0][20] ^= 0x55);
    let truncated = poison(903, &|batch| batch.documents[0].1[0].truncate(30));
    let squatting = poison(904, &|batch| batch.incarnation = [3; 16]);
    let misplaced = poison(905, &|batch| {
        let actor = ActorId::from(&actor(DESK_1, &batch.incarnation)[..]);
        let mut document = Automerge::new().with_actor(actor);
        let mut transaction = document.transaction();
        transaction.put(ROOT, "nonsense", 1).unwrap();
        transaction.commit_with(
            automerge::transaction::CommitOptions::default()
                .with_time(batch.at.as_second())
                .with_message(batch.person.to_string()),
        );
        let bytes = document.get_changes(&[])[0].raw_bytes().to_vec();
        batch.documents[0].1 = vec![bytes];
    });
    // Sound by themselves, and poison for the document: it could not be loaded again.
    let dangling = poison(910, &|batch| {
        rewritten(batch, |change| {
            let nobody = automerge::legacy::OpId::new(1, &change.actor_id);
            change.operations[0].pred = vec![nobody].into();
        });
    });
    let skipping = poison(911, &|batch| {
        rewritten(batch, |change| {
            change.start_op = change.start_op.checked_add(60).unwrap();
        });
    });
    let mut garbage = poison(906, &|_| ());
    garbage.batch = Some(vec![1, 2, 3]);
    let refused = Incoming {
        verdict: Verdict::Quarantined {
            reason: "may not".into(),
        },
        ..poison(907, &|_| ())
    };
    let closed = Incoming {
        batch: None,
        ..poison(908, &|_| ())
    };
    let statement = Incoming {
        verdict: Verdict::Statement,
        batch: None,
        ..poison(909, &|_| ())
    };
    let bad = [
        foreign, mutated, truncated, squatting, misplaced, dangling, skipping, garbage, refused, closed,
    ];
    let count = bad.len();
    for (at, entry) in bad.into_iter().enumerate() {
        stretch.entries.insert(at.min(2), entry);
    }
    stretch.entries.push(statement);
    let merged = b.store.merge(&stretch).unwrap();
    assert_eq!(b.visit(id).starts_at, start("2026-03-03T10:00"));
    assert!(b.store.reads().patient(PatientId(170)).unwrap().is_some());
    let quarantine = b.store.reads().quarantine(100).unwrap();
    let misplaced = merged.quarantined.iter().any(|(position, _)| *position == 905);
    assert_eq!(
        quarantine.len(),
        count - usize::from(!misplaced),
        "{:#?}",
        merged.quarantined
    );
    assert!(quarantine.iter().all(|entry| !entry.reason.is_empty()));
    assert!(
        merged
            .quarantined
            .iter()
            .any(|(position, reason)| *position == 901 && reason.contains("another workstation"))
    );
    b.store
        .reads()
        .envelope_at(909)
        .unwrap()
        .expect("statements are kept");
    // They are remembered, so that a repeat is no news.
    let again = b.store.merge(&stretch).unwrap();
    assert!(again.quarantined.is_empty());
    let report = b.store.rebuild(true, &mut |_, _| ()).unwrap();
    assert!(report.is_identical(), "{report:#?}");
}

fn actor(workstation: WorkstationId, incarnation: &[u8; 16]) -> Vec<u8> {
    use sha2::Digest;
    let digest = sha2::Sha256::new()
        .chain_update(b"orca-front-desk actor 1")
        .chain_update(workstation.to_bytes())
        .chain_update(incarnation)
        .finalize();
    digest[..16].to_vec()
}

#[test]
fn a_crash_between_merge_and_acknowledgement_needs_no_special_case() {
    let (mut a, mut b, mut relay) = two_desks();
    a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    // The relay has it, the acknowledgement was lost with the program.
    for entry in a.store.reads().outbox(10).unwrap() {
        relay.log.push((entry.id, entry.bytes, DESK_1));
    }
    let mut a = a.reopen();
    assert_eq!(a.store.reads().outbox_len().unwrap(), 1);
    relay.sync(&mut a, &mut b);
    assert_eq!(relay.log.len(), 4);
    assert_eq!(a.picture(), b.picture());
    a.book(202, PatientId(101), "2026-03-04T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    b.assert_sound();
}

#[test]
fn a_visit_moved_here_and_asked_to_come_early_there_is_both() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.move_to(id, "2026-03-05T14:00");
    b.edit(Op::EditAppointment, id, |visit| visit.arrive_early_minutes = 15);
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let visit = desk.visit(id);
        assert_eq!(
            (visit.starts_at, visit.arrive_early_minutes),
            (start("2026-03-05T14:00"), 15)
        );
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
    assert_eq!(a.store.reads().conflict_count().unwrap(), 0);
}

#[test]
fn a_visit_moved_here_and_given_more_to_do_there_is_both() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    a.move_to(id, "2026-03-05T14:00");
    b.edit(Op::ChangeProcedures, id, |visit| {
        visit.also = vec![clinic::AppointmentTypeId(77), clinic::AppointmentTypeId(78)];
        visit.pattern = "XX/XX//".parse().unwrap();
    });
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let visit = desk.visit(id);
        assert_eq!(visit.starts_at, start("2026-03-05T14:00"));
        assert_eq!(visit.also, [77, 78].map(clinic::AppointmentTypeId));
        assert_eq!(visit.length_minutes(), 35);
        desk.assert_sound();
    }
    assert_eq!(a.picture(), b.picture());
    assert_eq!(a.store.reads().conflict_count().unwrap(), 0);
}

/// Nobody’s word is lost: what both said about the same visit waits for a person.
#[test]
fn two_desks_that_give_one_visit_different_things_to_do_are_asked_which() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    for (desk, kind, pattern) in [(&mut a, 77, "XXX///"), (&mut b, 78, "XX////")] {
        desk.edit(Op::ChangeProcedures, id, |visit| {
            visit.also = vec![clinic::AppointmentTypeId(kind)];
            visit.pattern = pattern.parse().unwrap();
        });
    }
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    for desk in [&mut a, &mut b] {
        let shown = desk.visit(id);
        assert!([77, 78].map(clinic::AppointmentTypeId).contains(&shown.also[0]));
        assert_eq!(
            desk.store.reads().conflict_count().unwrap(),
            2,
            "what is done, and how long"
        );
        desk.assert_sound();
    }
}

#[test]
fn visits_that_have_a_type_beside_their_own_are_found_with_it() {
    let (mut a, ..) = two_desks();
    let first = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    let second = a.book(201, PatientId(101), "2026-03-04T09:00", OP_1, CHEN);
    a.edit(Op::ChangeProcedures, second, |visit| {
        visit.also = vec![clinic::AppointmentTypeId(77)]
    });
    let found = |desk: &Desk, kind, from: &str| -> Vec<AppointmentId> {
        let reads = desk.store.reads();
        let visits = reads.planned_of_type(clinic::AppointmentTypeId(kind), start(from).instant());
        visits.unwrap().iter().map(|visit| visit.id).collect()
    };
    let own = a.visit(first).appointment_type.0;
    assert_eq!(found(&a, own, "2026-03-01T00:00"), [first, second]);
    assert_eq!(found(&a, 77, "2026-03-01T00:00"), [second]);
    assert_eq!(found(&a, 77, "2026-03-04T09:00"), [], "it has begun");
    assert_eq!(found(&a, 78, "2026-03-01T00:00"), []);
}
