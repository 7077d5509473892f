//! Equipment that visits share: what two desks gave away twice, and cards that are the same however they came about.

use clinic::*;
use proptest::prelude::*;
use store::*;

use crate::world::*;

const SCANNER: EquipmentId = EquipmentId(81);
const XRAY: EquipmentId = EquipmentId(82);
const OP_3: OperatoryId = OperatoryId(33);

fn equipment(id: EquipmentId, name: &str, pieces: u16) -> Equipment {
    Equipment {
        id,
        name: name.to_owned(),
        counts: vec![EquipmentCount {
            location: LOCATION,
            pieces,
        }],
        sort: 0,
        is_active: true,
    }
}

fn need(equipment: EquipmentId) -> EquipmentNeed {
    EquipmentNeed {
        equipment,
        from_minute: 0,
        until_minute: None,
    }
}

/// Two desks whose practice has so many scanners, and one X-ray unit.
fn desks(scanners: u16) -> (Desk, Desk, Relay) {
    let (mut a, mut b, mut relay) = two_desks();
    a.record(
        Op::UpdateSettings,
        vec![
            Change::add(equipment(SCANNER, "Scanner", scanners)),
            Change::add(equipment(XRAY, "X-ray", 1)),
        ],
    )
    .unwrap();
    for id in 102..106 {
        a.add_patient(id, "P", &format!("{id}"));
    }
    relay.sync(&mut a, &mut b);
    (a, b, relay)
}

fn book(
    desk: &mut Desk,
    id: u128,
    patient: u128,
    wall: &str,
    chair: OperatoryId,
    needs: &[EquipmentNeed],
) -> AppointmentId {
    let id = desk.book(id, PatientId(patient), wall, chair, ProviderId(400 + patient));
    desk.edit(Op::EditAppointment, id, |visit| visit.equipment = needs.to_vec());
    id
}

fn cards(desk: &Desk) -> Vec<(ConflictKind, [AppointmentId; 2], AppointmentId)> {
    let found = desk.store.reads().conflicts().unwrap();
    found
        .iter()
        .map(|one| (one.kind, one.appointments, one.winner))
        .collect()
}

#[test]
fn the_last_piece_given_away_twice_is_one_card_everywhere() {
    let (mut a, mut b, mut relay) = desks(2);
    let scan = [need(SCANNER)];
    let first = book(&mut a, 203, 100, "2026-03-03T09:00", OP_1, &scan);
    relay.sync(&mut a, &mut b);
    assert_eq!(cards(&a), []);
    // While the cable is out each desk gives away the second one.
    b.minute = a.minute + 10;
    let second = book(&mut a, 202, 101, "2026-03-03T09:10", OP_2, &scan);
    let third = book(&mut b, 201, 102, "2026-03-03T09:10", OP_3, &scan);
    relay.sync(&mut a, &mut b);
    let card = (ConflictKind::Equipment, [third, second], second);
    assert_eq!(
        cards(&a),
        [card],
        "the one who has the last piece, and the one who came after"
    );
    assert_eq!(a.picture(), b.picture());
    // A visit that is no part of the card ends it.
    b.edit(Op::CancelAppointment, first, |visit| {
        visit.status = Status::Cancelled
    });
    relay.sync(&mut a, &mut b);
    assert_eq!(cards(&a), []);
    b.undo().unwrap();
    relay.sync(&mut a, &mut b);
    assert_eq!(cards(&a), [card]);
    // So does another piece, and one that is taken out of use for good.
    let before = equipment(SCANNER, "Scanner", 2);
    a.record(
        Op::UpdateSettings,
        vec![Change::edit(before.clone(), equipment(SCANNER, "Scanner", 3))],
    )
    .unwrap();
    relay.sync(&mut a, &mut b);
    assert_eq!((cards(&a), cards(&b)), (vec![], vec![]));
    a.undo().unwrap();
    relay.sync(&mut a, &mut b);
    assert_eq!(cards(&b), [card]);
    for desk in [&mut a, &mut b] {
        desk.assert_sound();
    }
}

#[test]
fn equipment_added_and_taken_back_goes_out_of_use() {
    let mut desk = Desk::founded();
    desk.record(
        Op::UpdateSettings,
        vec![Change::add(equipment(SCANNER, "Scanner", 1))],
    )
    .unwrap();
    desk.undo().unwrap();
    let kept = desk.store.roster().equipment(SCANNER).cloned().unwrap();
    assert_eq!((kept.is_active, kept.pieces_at(LOCATION)), (false, 1));
    let desk = desk.reopen();
    assert_eq!(desk.store.roster().equipment(SCANNER), Some(&kept));
}

#[derive(Debug, Clone)]
enum Step {
    Book {
        desk: usize,
        hour: u32,
        chair: usize,
        uses: usize,
    },
    Move {
        desk: usize,
        visit: usize,
        hour: u32,
    },
    Status {
        desk: usize,
        visit: usize,
        is_off: bool,
    },
    Uses {
        desk: usize,
        visit: usize,
        uses: usize,
    },
    Keep {
        desk: usize,
    },
    Count {
        desk: usize,
        pieces: u16,
    },
    Undo {
        desk: usize,
    },
    Sync {
        desk: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let desk = 0..2usize;
    let step = prop_oneof![
        8 => (desk.clone(), 0..6u32, 0..3usize, 0..4usize).prop_map(|(desk, hour, chair, uses)| Step::Book { desk, hour, chair, uses }),
        4 => (desk.clone(), 0..8usize, 0..6u32).prop_map(|(desk, visit, hour)| Step::Move { desk, visit, hour }),
        2 => (desk.clone(), 0..8usize, any::<bool>()).prop_map(|(desk, visit, is_off)| Step::Status { desk, visit, is_off }),
        2 => (desk.clone(), 0..8usize, 0..4usize).prop_map(|(desk, visit, uses)| Step::Uses { desk, visit, uses }),
        2 => desk.clone().prop_map(|desk| Step::Keep { desk }),
        1 => (desk.clone(), 0..3u16).prop_map(|(desk, pieces)| Step::Count { desk, pieces }),
        2 => desk.clone().prop_map(|desk| Step::Undo { desk }),
        2 => desk.prop_map(|desk| Step::Sync { desk }),
    ];
    prop::collection::vec(step, 4..30)
}

fn needs(uses: usize) -> Vec<EquipmentNeed> {
    match uses {
        0 => Vec::new(),
        1 => vec![need(SCANNER)],
        2 => vec![EquipmentNeed {
            until_minute: Some(10),
            ..need(SCANNER)
        }],
        _ => vec![need(XRAY), need(SCANNER)],
    }
}

/// Around a midnight at which a week ends in seconds since 1970: overlaps begin in both.
fn wall(hour: u32) -> String {
    [
        "2026-03-04T18:30",
        "2026-03-04T18:40",
        "2026-03-04T18:50",
        "2026-03-04T19:00",
        "2026-03-04T19:10",
        "2026-03-04T19:20",
    ][hour as usize]
        .to_owned()
}

fn run(steps: &[Step]) {
    let (a, b, mut relay) = desks(1);
    let mut desks = [a, b];
    let mut booked: Vec<AppointmentId> = Vec::new();
    let known = |desk: &Desk, booked: &[AppointmentId], at: usize| {
        let id = *booked.get(at)?;
        desk.store.reads().appointment(id).unwrap().map(|visit| visit.id)
    };
    for step in steps {
        match *step {
            Step::Book {
                desk,
                hour,
                chair,
                uses,
            } => {
                let number = booked.len() as u128;
                let patient = PatientId(100 + number % 6);
                // Undone: nobody books for somebody who is not there.
                if desks[desk].store.reads().patient(patient).unwrap().is_none() {
                    continue;
                }
                let chair = [OP_1, OP_2, OP_3][chair];
                let id = desks[desk].book(
                    1000 - number,
                    patient,
                    &wall(hour),
                    chair,
                    ProviderId(400 + number),
                );
                booked.push(id);
                desks[desk].edit(Op::EditAppointment, id, |visit| visit.equipment = needs(uses));
            }
            Step::Move { desk, visit, hour } => {
                if let Some(id) = known(&desks[desk], &booked, visit) {
                    desks[desk].move_to(id, &wall(hour));
                }
            }
            Step::Status { desk, visit, is_off } => {
                if let Some(id) = known(&desks[desk], &booked, visit) {
                    let status = if is_off {
                        Status::Cancelled
                    } else {
                        Status::Scheduled
                    };
                    desks[desk].edit(Op::EditAppointment, id, |visit| visit.status = status);
                }
            }
            Step::Uses { desk, visit, uses } => {
                if let Some(id) = known(&desks[desk], &booked, visit) {
                    desks[desk].edit(Op::EditAppointment, id, |visit| visit.equipment = needs(uses));
                }
            }
            Step::Keep { desk } => {
                let desk = &mut desks[desk];
                if let Some(card) = desk.store.reads().conflicts().unwrap().first() {
                    let [one, other] = card.appointments.map(|id| desk.visit(id));
                    let by = Author {
                        person: desk.person,
                        at: at(1),
                        stamp: one.booked,
                    };
                    let decision = conflicts::keep_both(card.kind, &one, &other, "both", &by);
                    // A decision about other times is there already.
                    drop(desk.record(Op::ResolveConflict, vec![Change::add(decision)]));
                }
            }
            Step::Count { desk, pieces } => {
                let desk = &mut desks[desk];
                let before = desk.store.roster().equipment(SCANNER).cloned().unwrap();
                let after = equipment(SCANNER, "Scanner", pieces);
                if before != after {
                    desk.record(Op::UpdateSettings, vec![Change::edit(before, after)])
                        .unwrap();
                }
            }
            Step::Undo { desk } => match desks[desk].undo() {
                Ok(_) | Err(StoreError::NothingToUndo | StoreError::CannotUndo(_)) => {}
                Err(error) => panic!("{error}"),
            },
            Step::Sync { desk } => {
                relay.push(&mut desks[desk]);
                drop(relay.pull(&mut desks[desk]));
            }
        }
    }
    let [a, b] = &mut desks;
    relay.sync(a, b);
    assert_eq!(a.picture(), b.picture());
    // The cards that were kept in step are those that are derived from all visits at once.
    a.assert_sound();
    b.assert_sound();
    let mut at_once = Desk::new(DESK_3, BEN);
    relay.pull(&mut at_once);
    assert_eq!(at_once.picture(), a.picture());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn cards_are_the_same_whatever_order_things_came_in(steps in steps()) {
        run(&steps);
    }
}
