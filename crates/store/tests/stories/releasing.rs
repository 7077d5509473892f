//! Letting in what was set aside: the same at every desk, in whatever order things come, and never more than what is sound.

use clinic::*;
use store::testing::open_plain;
use store::*;

use crate::world::*;

const VISIT: AppointmentId = AppointmentId(200);

/// Ben may only read since a moment, did not know it, and booked a visit with a note and moved another one.
pub fn refused() -> (Desk, Desk, Relay, Vec<EnvelopeId>) {
    let (mut a, mut b, mut relay) = two_desks();
    a.book(210, PatientId(101), "2026-03-03T11:00", OP_2, CHEN);
    relay.sync(&mut a, &mut b);
    relay.grants.insert(BEN, vec![Grant::everywhere(Role::ReadOnly)]);
    b.book(VISIT.0, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    b.edit(Op::EditAppointment, VISIT, |visit| {
        visit.note = "after school".into()
    });
    b.move_to(AppointmentId(210), "2026-03-04T11:00");
    let from = relay.log.len();
    relay.push(&mut b);
    let ids = relay.log[from..].iter().map(|(id, ..)| *id).collect();
    (a, b, relay, ids)
}

fn counts(desk: &Desk) -> (u32, u32) {
    let reads = desk.store.reads();
    (reads.quarantine_len().unwrap(), reads.waiting_len().unwrap())
}

fn all_agree(desks: &mut [&mut Desk]) {
    let picture = desks[0].picture();
    for desk in desks {
        assert_eq!(desk.picture(), picture);
        assert_eq!(counts(desk), (0, 0));
        assert!(desk.store.reads().outbox_len().unwrap() == 0);
        desk.assert_sound();
    }
}

#[test]
fn what_is_let_in_counts_at_every_desk_and_comes_back_at_its_authors() {
    let (mut a, mut b, mut relay, ids) = refused();
    relay.pull(&mut a);
    relay.pull(&mut b);
    assert!(b.store.reads().appointment(VISIT).unwrap().is_none());
    // The booking alone: the note waited for it and has no better author.
    relay.let_in(&ids[..1]);
    let merged = relay.pull(&mut a);
    assert!(merged.changes.undo_state_changed);
    relay.pull(&mut b);
    for desk in [&a, &b] {
        assert_eq!(desk.visit(VISIT).starts_at, start("2026-03-03T09:00"));
        assert_eq!(desk.visit(VISIT).note, "");
        assert_eq!(
            desk.visit(AppointmentId(210)).starts_at,
            start("2026-03-03T11:00")
        );
    }
    assert_eq!(a.picture(), b.picture());
    assert_eq!(counts(&a), (2, 0));
    relay.let_in(&ids[1..]);
    relay.pull(&mut a);
    relay.pull(&mut b);
    assert_eq!(a.visit(VISIT).note, "after school");
    assert_eq!(a.visit(AppointmentId(210)).starts_at, start("2026-03-04T11:00"));
    // A desk that comes later meets refusals and releases in one go.
    let mut late = Desk::new(DESK_3, AMARA);
    relay.pull(&mut late);
    all_agree(&mut [&mut a, &mut b, &mut late]);
    // Who let it in, and why.
    for desk in [&a, &b, &late] {
        let released = desk.store.reads().released(10).unwrap();
        assert_eq!(released.len(), 3);
        assert!(released.iter().all(|entry| entry.by == AMARA
            && entry.reason == "Ben asked first"
            && entry.trouble.is_empty()
            && entry.person == Some(BEN)));
        let history = desk.store.history(&HistoryFilter {
            appointment: Some(VISIT),
            limit: 9,
            ..HistoryFilter::default()
        });
        assert_eq!(history.unwrap().len(), 2, "it is in the history, too");
    }
    // Work goes on at all of them, also for its author, who may again.
    relay.grants.clear();
    let mut b = b.reopen();
    b.move_to(VISIT, "2026-03-05T09:00");
    a.edit(Op::EditAppointment, VISIT, |visit| visit.note = "ramp".into());
    relay.sync(&mut a, &mut b);
    relay.pull(&mut late);
    all_agree(&mut [&mut a, &mut b, &mut late]);
    assert_eq!(late.visit(VISIT).note, "ramp");
}

/// Stretches of the log of any length, met at once or one after the other: always the same.
#[test]
fn the_order_of_arrival_does_not_matter() {
    let (_, mut b, mut relay, ids) = refused();
    // Later ones first; what they build on comes in the statement after it.
    relay.let_in(&ids[1..2]);
    relay.let_in(&ids[2..]);
    relay.let_in(&ids[..1]);
    // Said twice by two administrators who did not know of each other.
    relay.let_in(&ids[..1]);
    relay.pull(&mut b);
    let end = relay.log.len();
    let mut desks = vec![b];
    for step in [1, 2, 3, end] {
        let mut desk = Desk::new(DESK_3, AMARA);
        let mut at = 0;
        while at < end {
            let until = (at + step).min(end);
            let open = |bytes: &[u8]| open_plain(bytes).map(<[u8]>::to_vec);
            desk.store
                .merge_with(&relay.stretch(DESK_3, at, until), &[], &open)
                .unwrap();
            at = until;
        }
        desks.push(desk);
    }
    all_agree(&mut desks.iter_mut().collect::<Vec<_>>());
    assert_eq!(desks[1].visit(VISIT).note, "after school");
}

/// The relay never took it, because its author was removed: only their desk has it, and the statement brings it along.
#[test]
fn what_only_its_authors_desk_has_comes_to_the_others_enclosed() {
    let (mut a, mut b, mut relay) = two_desks();
    b.book(VISIT.0, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    b.edit(Op::EditAppointment, VISIT, |visit| {
        visit.note = "after school".into()
    });
    let open = |bytes: &[u8]| open_plain(bytes).map(<[u8]>::to_vec);
    let written = b.store.reads().outbox(10).unwrap();
    for entry in &written {
        b.store
            .set_aside(entry.id, "the person was removed", &open)
            .unwrap();
    }
    assert_eq!(counts(&b), (2, 0));
    assert!(b.store.reads().appointment(VISIT).unwrap().is_none());
    let releases: Vec<Release> = written
        .iter()
        .map(|entry| Release {
            content: Ok(enclosed(&entry.bytes, DESK_2)),
            ..relay.release(entry.id)
        })
        .collect();
    relay.let_in(&[]);
    let position = relay.log.len() as u64;
    relay.releases.insert(position, releases);
    relay.pull(&mut a);
    relay.pull(&mut b);
    assert_eq!(
        b.store.reads().outbox_after(0, 9).unwrap(),
        [],
        "the relay would not take it a second time either"
    );
    let mut late = Desk::new(DESK_3, AMARA);
    relay.pull(&mut late);
    all_agree(&mut [&mut a, &mut b, &mut late]);
    assert_eq!(a.visit(VISIT).note, "after school");
    // Everybody builds on it.
    a.move_to(VISIT, "2026-03-05T09:00");
    b.add_patient(102, "Mei", "Tanaka");
    relay.sync(&mut a, &mut b);
    relay.pull(&mut late);
    all_agree(&mut [&mut a, &mut b, &mut late]);
}

#[test]
fn what_is_not_sound_stays_out_whoever_lets_it_in() {
    let (mut a, mut b, mut relay, ids) = refused();
    relay.pull(&mut a);
    relay.pull(&mut b);
    let before = a.picture();
    let release = relay.release(ids[0]);
    let good = release.content.clone().unwrap();
    let other_name = Content {
        person: AMARA,
        ..good.clone()
    };
    let other_desk = Content {
        workstation: DESK_1,
        ..good.clone()
    };
    let mut batch = Batch::decode(&good.batch).unwrap();
    batch.documents[0].1[0].truncate(20);
    let torn = Content {
        batch: batch.encode(),
        ..good.clone()
    };
    let unknown = Content {
        batch: vec![0x80],
        ..good
    };
    for (content, why) in [
        (Ok(other_name), "somebody else"),
        (Ok(other_desk), "another workstation"),
        (Ok(torn), "cannot be read"),
        (Ok(unknown), "not a batch"),
        (Err("its signature is not valid".to_owned()), "signature"),
    ] {
        relay.let_in(&[]);
        let position = relay.log.len() as u64;
        relay.releases.insert(
            position,
            vec![Release {
                content,
                ..release.clone()
            }],
        );
        relay.pull(&mut a);
        assert_eq!(a.picture(), before, "{why}");
        assert_eq!(counts(&a), counts(&b), "{why}: it is still kept");
        let released = a.store.reads().released(1).unwrap();
        assert!(released[0].trouble.contains(why), "{why}: {released:?}");
    }
    // A better one after that counts.
    relay.let_in(&ids);
    relay.pull(&mut a);
    relay.pull(&mut b);
    assert_eq!(counts(&a), (0, 0));
    assert_eq!(a.picture(), b.picture());
    a.assert_sound();
}

/// A window and a command on one file: what one lets in, the other shows.
#[test]
fn another_program_on_the_same_file_notices() {
    let (mut a, mut b, mut relay, ids) = refused();
    relay.pull(&mut a);
    relay.pull(&mut b);
    let mut beside = Store::open(a.folder.path(), &key()).unwrap();
    relay.let_in(&ids);
    relay.pull(&mut a);
    let heard = beside.refresh().unwrap();
    assert!(heard.iter().any(|set| set.reload), "{heard:?}");
    assert_eq!(picture(&beside), a.picture());
    assert_eq!(
        a.store.refresh().unwrap(),
        [],
        "nothing new to the one who did it"
    );
}
