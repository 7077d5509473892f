//! A newcomer takes the calendar over from a snapshot instead of applying the log.

use clinic::*;
use sha2::Digest;
use store::snapshot::*;
use store::*;

use crate::world::*;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 3, 3);

/// A snapshot as it lies at the relay.
pub struct Taken {
    packs: Vec<(PackKind, Vec<u8>)>,
    outline: Outline,
}

const ID: [u8; 32] = [5; 32];

pub fn snapshot(desk: &Desk) -> Result<Taken, NotSettled> {
    let mut packs = Vec::new();
    let written = desk
        .store
        .snapshot_source()
        .write(TODAY, &["a setting"], &mut |kind, content| {
            packs.push((kind, content));
            Ok(())
        })
        .unwrap();
    written.map(
        |Written {
             outline, settings, ..
         }| {
            assert_eq!(settings.len(), 1);
            Taken { packs, outline }
        },
    )
}

/// A workstation that has said that it joins, and nothing else.
pub fn newcomer() -> Desk {
    let mut desk = Desk::new(DESK_3, BEN);
    desk.store
        .append_statement(|sequence| {
            assert_eq!(sequence, 1);
            Ok::<_, StoreError>(Sealed {
                id: sha2::Sha256::digest(b"I join").into(),
                bytes: b"I join".to_vec(),
            })
        })
        .unwrap();
    desk
}

pub fn arrive(desk: &mut Desk, taken: &Taken) {
    desk.store.begin_arrival(ID, &taken.outline).unwrap();
    for (number, (_, content)) in (1..).zip(&taken.packs) {
        desk.store.take_pack(number, unpack(content).unwrap()).unwrap();
    }
    desk.store
        .finish_arrival(&taken.outline, &[("membership", b"at the cursor")])
        .unwrap();
}

/// Two desks with visits, moves, an undone move, a quarrel about a field, two visits in one chair, and something refused.
pub fn busy_practice() -> (Desk, Desk, Relay) {
    let (mut a, mut b, mut relay) = two_desks();
    let ana = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    let kofi = a.book(201, PatientId(101), "2026-06-03T09:00", OP_2, OKAFOR);
    a.move_to(kofi, "2026-06-03T10:00");
    a.undo().unwrap();
    relay.sync(&mut a, &mut b);
    a.edit(Op::EditAppointment, ana, |visit| visit.is_asap = true);
    a.edit(Op::MoveAppointment, ana, |visit| {
        visit.operatory = OP_2;
        visit.sequence += 1;
    });
    b.edit(Op::MoveAppointment, ana, |visit| {
        visit.provider = OKAFOR;
        visit.starts_at = start("2026-03-03T11:00");
        visit.sequence += 1;
    });
    a.edit(Op::MoveAppointment, ana, |visit| {
        visit.starts_at = start("2026-03-03T12:00")
    });
    b.book(202, PatientId(101), "2026-06-03T09:10", OP_2, OKAFOR);
    relay.sync(&mut a, &mut b);
    // Refused at every desk but Ben's own.
    let visitor = PersonId(63);
    relay
        .grants
        .insert(visitor, vec![Grant::everywhere(Role::ReadOnly)]);
    b.person = visitor;
    b.add_patient(150, "Not", "Allowed");
    b.person = BEN;
    relay.sync(&mut a, &mut b);
    (a, b, relay)
}

fn history(desk: &Desk) -> Vec<String> {
    let filter = HistoryFilter {
        limit: 1_000,
        ..HistoryFilter::default()
    };
    desk.store
        .history(&filter)
        .unwrap()
        .into_iter()
        .map(|entry| {
            format!(
                "{:?} {:?} {:?} {} {:?} {}",
                entry.op, entry.person, entry.stamp, entry.reason, entry.changes, entry.is_undone
            )
        })
        .collect()
}

#[test]
fn a_newcomer_has_what_the_others_have_and_goes_on() {
    let (mut a, mut b, mut relay) = busy_practice();
    let taken = snapshot(&a).unwrap();
    let mut c = newcomer();
    arrive(&mut c, &taken);

    assert_eq!(c.picture(), a.picture());
    assert_eq!(history(&c), history(&a));
    assert_eq!(c.store.reads().quarantine_len().unwrap(), 1);
    assert_eq!(
        c.store.reads().cursor().unwrap(),
        a.store.reads().cursor().unwrap()
    );
    assert_eq!(
        c.store.reads().setting("membership").unwrap().as_deref(),
        Some(&b"at the cursor"[..])
    );
    c.assert_sound();

    // What follows merges as anywhere, and what it writes comes after everything it has.
    a.move_to(AppointmentId(201), "2026-06-04T10:00");
    relay.push(&mut a);
    relay.pull(&mut c);
    c.add_patient(300, "New", "Here");
    c.move_to(AppointmentId(200), "2026-03-05T08:00");
    let last = HistoryFilter {
        limit: 1,
        ..HistoryFilter::default()
    };
    let newest = &c.store.history(&last).unwrap()[0];
    let before = &a.store.history(&last).unwrap()[0];
    assert!(newest.stamp > before.stamp);
    c.undo().unwrap();
    c.redo().unwrap();
    relay.push(&mut c);
    for desk in [&mut a, &mut b, &mut c] {
        relay.pull(desk);
    }
    assert_eq!(c.picture(), a.picture());
    assert_eq!(b.picture(), a.picture());
    let mut c = c.reopen();
    c.assert_sound();
}

#[test]
fn it_may_be_broken_off_after_every_pack_and_nothing_is_written_meanwhile() {
    let (mut a, mut b, mut relay) = busy_practice();
    for number in 0..64 {
        // Random text, so that there are several packs.
        let text: String = (0..24_000u64)
            .map(|at| {
                char::from(b'a' + ((at + number * 31).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as u8 % 26)
            })
            .collect();
        let mut long = patient(u128::from(1_000 + number), "Long", "Note");
        long.email = text;
        a.record(Op::AddPatient, vec![Change::add(long)]).unwrap();
    }
    relay.sync(&mut a, &mut b);
    let taken = snapshot(&a).unwrap();
    assert!(taken.packs.len() > 3, "{} packs", taken.packs.len());
    assert!(taken.packs.iter().all(|(_, content)| content.len() <= 700 * 1024));
    assert!(
        taken.packs.is_sorted_by_key(|(kind, _)| *kind),
        "today first, history last"
    );

    let mut c = newcomer();
    c.store.begin_arrival(ID, &taken.outline).unwrap();
    for (at, (_, content)) in taken.packs.iter().enumerate() {
        let refused = c.record(Op::AddPatient, vec![Change::add(patient(900, "Too", "Early"))]);
        assert!(matches!(refused, Err(StoreError::Arriving)), "{refused:?}");
        let arrival = c.store.begin_arrival(ID, &taken.outline).unwrap();
        assert_eq!(arrival.packs as usize, at);
        let number = at as u32 + 1;
        let skipped = c.store.take_pack(number + 1, unpack(content).unwrap());
        assert!(skipped.is_err(), "packs come in order");
        c.store.take_pack(number, unpack(content).unwrap()).unwrap();
        if at == 0 {
            let today = c.store.reads().appointment(AppointmentId(200)).unwrap();
            assert!(today.is_some(), "today's patients come first");
            assert!(!c.store.roster().practice.name.is_empty());
        }
        c = c.reopen();
    }
    c.store.finish_arrival(&taken.outline, &[]).unwrap();
    assert_eq!(c.picture(), a.picture());
    c.assert_sound();
}

#[test]
fn a_document_longer_than_a_pack_goes_on_in_the_next() {
    let mut a = Desk::founded();
    let mut relay = Relay::default();
    let ana = a.add_patient(100, "Ana", "Rivera");
    let mut random = 1u64;
    for number in 0..3 {
        let mut long = visit(200 + number, ana, "2026-03-03T09:00", OP_1, CHEN);
        long.cancel_reason = (0..120_000)
            .map(|_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'!' + (random >> 40) as u8 % 90)
            })
            .collect();
        long.status = Status::Cancelled;
        a.record(Op::BookAppointment, vec![Change::add(long)]).unwrap();
    }
    relay.push(&mut a);
    relay.pull(&mut a);
    let taken = snapshot(&a).unwrap();
    assert!(taken.packs.iter().all(|(_, content)| content.len() <= 700 * 1024));
    let mut c = newcomer();
    arrive(&mut c, &taken);
    assert_eq!(c.picture(), a.picture());
    c.assert_sound();
}

#[test]
fn what_is_not_in_the_log_yet_is_in_no_snapshot() {
    let (mut a, _, mut relay) = busy_practice();
    a.move_to(AppointmentId(201), "2026-06-05T10:00");
    assert_eq!(snapshot(&a).err(), Some(NotSettled));
    relay.push(&mut a);
    // In the log, but the log was not read up to there: a newcomer would get it twice.
    assert_eq!(snapshot(&a).err(), Some(NotSettled));
    relay.pull(&mut a);
    assert!(snapshot(&a).is_ok());
}

#[test]
fn a_snapshot_with_something_missing_is_given_up_and_the_log_does() {
    let (a, _, relay) = busy_practice();
    let taken = snapshot(&a).unwrap();
    for missing in 0..taken.packs.len() {
        let mut c = newcomer();
        c.store.begin_arrival(ID, &taken.outline).unwrap();
        let others = taken.packs.iter().enumerate().filter(|(at, _)| *at != missing);
        for (number, (_, (_, content))) in (1..).zip(others) {
            c.store.take_pack(number, unpack(content).unwrap()).unwrap();
        }
        let error = c.store.finish_arrival(&taken.outline, &[]).unwrap_err();
        assert!(error.to_string().contains("incomplete"), "{error}");
        assert!(
            c.store.arrival().unwrap().is_some(),
            "nothing is thrown away by itself"
        );
        c.store.give_up_arrival().unwrap();
        assert!(c.store.is_blank().unwrap());
        relay.pull(&mut c);
        assert_eq!(c.picture(), a.picture());
        c.assert_sound();
    }
}

#[test]
fn a_snapshot_only_begins_a_calendar_and_a_newer_one_is_refused() {
    let (a, mut b, _) = busy_practice();
    let taken = snapshot(&a).unwrap();
    let error = b.store.begin_arrival(ID, &taken.outline).unwrap_err();
    assert!(error.to_string().contains("calendar here already"), "{error}");
    assert!(b.store.take_pack(1, unpack(&taken.packs[0].1).unwrap()).is_err());

    let mut c = newcomer();
    let newer = Outline {
        data_version: DATA_VERSION + 1,
        ..taken.outline.clone()
    };
    assert!(matches!(
        c.store.begin_arrival(ID, &newer),
        Err(StoreError::NewerVersion { .. })
    ));
    // Another snapshot than the one that had begun: that one goes.
    c.store.begin_arrival([6; 32], &taken.outline).unwrap();
    c.store.take_pack(1, unpack(&taken.packs[0].1).unwrap()).unwrap();
    arrive(&mut c, &taken);
    assert_eq!(c.picture(), a.picture());
}

#[test]
fn rows_of_an_older_release_are_made_anew() {
    let (a, ..) = busy_practice();
    let mut taken = snapshot(&a).unwrap();
    taken.outline.data_version -= 1;
    let mut c = newcomer();
    arrive(&mut c, &taken);
    assert_eq!(c.picture(), a.picture());
    c.assert_sound();
}

#[test]
fn what_is_no_pack_is_refused_in_words() {
    let (a, ..) = busy_practice();
    let taken = snapshot(&a).unwrap();
    let content = &taken.packs[0].1;
    for cut in [0, 1, content.len() / 2, content.len() - 1] {
        assert!(unpack(&content[..cut]).is_err(), "cut at {cut}");
    }
    for at in (0..content.len()).step_by(37) {
        let mut altered = content.clone();
        altered[at] ^= 0x40;
        // Sealing notices before; here it must not panic, and never write half a pack.
        if let Ok(unpacked) = unpack(&altered) {
            let mut c = newcomer();
            c.store.begin_arrival(ID, &taken.outline).unwrap();
            if c.store.take_pack(1, unpacked).is_err() {
                assert_eq!(c.store.arrival().unwrap().unwrap().packs, 0);
                assert_eq!(c.store.reads().counts().unwrap().patients, 0);
            }
        }
    }
}
