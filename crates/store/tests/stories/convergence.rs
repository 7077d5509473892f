//! Random histories: whatever two desks do and in whatever order they hear of it, they end with the same rows, and
//! rows equal those rebuilt from documents.

use clinic::*;
use proptest::prelude::*;
use store::*;

use crate::world::*;

#[derive(Debug, Clone)]
enum Step {
    Book {
        desk: usize,
        patient: u128,
        hour: u32,
        operatory: bool,
    },
    Move {
        desk: usize,
        visit: usize,
        hour: u32,
    },
    Note {
        desk: usize,
        visit: usize,
        word: u8,
    },
    Status {
        desk: usize,
        visit: usize,
        status: usize,
    },
    Rename {
        desk: usize,
        patient: u128,
        name: u8,
    },
    Undo {
        desk: usize,
    },
    Redo {
        desk: usize,
    },
    Reopen {
        desk: usize,
    },
    Push {
        desk: usize,
    },
    Pull {
        desk: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let desk = 0..2usize;
    let step = prop_oneof![
        4 => (desk.clone(), 100..102u128, 8..17u32, any::<bool>())
            .prop_map(|(desk, patient, hour, operatory)| Step::Book { desk, patient, hour, operatory }),
        4 => (desk.clone(), 0..6usize, 8..17u32).prop_map(|(desk, visit, hour)| Step::Move { desk, visit, hour }),
        2 => (desk.clone(), 0..6usize, any::<u8>()).prop_map(|(desk, visit, word)| Step::Note { desk, visit, word }),
        3 => (desk.clone(), 0..6usize, 0..8usize).prop_map(|(desk, visit, status)| Step::Status { desk, visit, status }),
        2 => (desk.clone(), 100..102u128, any::<u8>()).prop_map(|(desk, patient, name)| Step::Rename { desk, patient, name }),
        3 => desk.clone().prop_map(|desk| Step::Undo { desk }),
        1 => desk.clone().prop_map(|desk| Step::Redo { desk }),
        1 => desk.clone().prop_map(|desk| Step::Reopen { desk }),
        2 => desk.clone().prop_map(|desk| Step::Push { desk }),
        2 => desk.prop_map(|desk| Step::Pull { desk }),
    ];
    prop::collection::vec(step, 1..40)
}

fn run(steps: &[Step]) {
    let (a, b, mut relay) = two_desks();
    let mut desks = [Some(a), Some(b)];
    let mut booked: Vec<AppointmentId> = Vec::new();
    for step in steps {
        match step {
            Step::Book {
                desk,
                patient,
                hour,
                operatory,
            } => {
                let id = 1000 + booked.len() as u128;
                let desk = desks[*desk].as_mut().unwrap();
                if desk.store.reads().patient(PatientId(*patient)).unwrap().is_none() {
                    continue;
                }
                let operatory = if *operatory { OP_1 } else { OP_2 };
                booked.push(desk.book(
                    id,
                    PatientId(*patient),
                    &format!("2026-03-03T{hour:02}:00"),
                    operatory,
                    CHEN,
                ));
            }
            Step::Move { desk, visit, hour } => {
                edit(&mut desks[*desk], &booked, *visit, Op::MoveAppointment, |visit| {
                    visit.starts_at = start(&format!("2026-03-03T{hour:02}:30"));
                    visit.sequence += 1;
                })
            }
            Step::Note { desk, visit, word } => {
                edit(&mut desks[*desk], &booked, *visit, Op::EditAppointment, |visit| {
                    visit.note.push_str(&format!(" {word}"));
                })
            }
            Step::Status { desk, visit, status } => {
                edit(&mut desks[*desk], &booked, *visit, Op::EditAppointment, |visit| {
                    visit.status = Status::ALL[*status];
                })
            }
            Step::Rename { desk, patient, name } => {
                let desk = desks[*desk].as_mut().unwrap();
                let Some(before) = desk.store.reads().patient(PatientId(*patient)).unwrap() else {
                    continue;
                };
                let after = Patient {
                    preferred_name: format!("N{name}"),
                    ..before.clone()
                };
                desk.record(Op::UpdatePatient, vec![Change::edit(before, after)])
                    .unwrap();
            }
            Step::Undo { desk } => allow_refusal(desks[*desk].as_mut().unwrap().undo()),
            Step::Redo { desk } => allow_refusal(desks[*desk].as_mut().unwrap().redo()),
            Step::Reopen { desk } => desks[*desk] = desks[*desk].take().map(Desk::reopen),
            Step::Push { desk } => relay.push(desks[*desk].as_mut().unwrap()),
            Step::Pull { desk } => drop(relay.pull(desks[*desk].as_mut().unwrap())),
        }
    }
    let [mut a, mut b] = desks.map(Option::unwrap);
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    assert_eq!(
        a.store.reads().quarantine_len().unwrap() + b.store.reads().quarantine_len().unwrap(),
        0
    );
    a.assert_sound();
    b.assert_sound();

    // A third desk that hears of everything at once, and a fourth that hears of it in small pieces.
    let mut at_once = Desk::new(DESK_3, BEN);
    relay.pull(&mut at_once);
    assert_eq!(at_once.picture(), a.picture());
    let mut in_pieces = Desk::new(WorkstationId(74), BEN);
    for until in (0..relay.log.len()).step_by(3).chain([relay.log.len()]) {
        let from = in_pieces.store.reads().cursor().unwrap().position as usize;
        in_pieces
            .store
            .merge(&relay.stretch(WorkstationId(74), from, until))
            .unwrap();
    }
    assert_eq!(in_pieces.picture(), a.picture());
}

fn edit(
    desk: &mut Option<Desk>,
    booked: &[AppointmentId],
    at: usize,
    op: Op,
    change: impl FnOnce(&mut Appointment),
) {
    let desk = desk.as_mut().unwrap();
    let Some(id) = booked.get(at) else { return };
    if desk.store.reads().appointment(*id).unwrap().is_some() {
        desk.edit(op, *id, change);
    }
}

fn allow_refusal(outcome: Result<Committed<HistoryEntry>, StoreError>) {
    match outcome {
        Ok(_) | Err(StoreError::NothingToUndo | StoreError::NothingToRedo | StoreError::CannotUndo(_)) => {}
        Err(error) => panic!("{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn desks_converge_and_rows_equal_documents(steps in steps()) {
        run(&steps);
    }
}
