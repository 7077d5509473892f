//! What a workstation has at its place in the log, as one number: the same for all who applied the same log, and another one
//! as soon as anything is missing.

use store::snapshot::NotSettled;
use store::testing::open_plain;
use store::*;

use crate::releasing::refused;
use crate::snapshots::{arrive, busy_practice, newcomer, snapshot};
use crate::world::*;

fn covered(desk: &Desk) -> Covered {
    desk.store.covered().unwrap().unwrap()
}

/// A workstation that applies the log from its beginning, so many entries at a time.
fn from_the_log(relay: &Relay, at_once: usize) -> Desk {
    let mut desk = Desk::new(DESK_3, BEN);
    let open = |bytes: &[u8]| open_plain(bytes).map(<[u8]>::to_vec);
    let mut from = 0;
    while from < relay.log.len() {
        let until = (from + at_once).min(relay.log.len());
        let stretch = relay.stretch(DESK_3, from, until);
        desk.store.merge_with(&stretch, &[], &open).unwrap();
        from = until;
    }
    desk
}

#[test]
fn whoever_applied_the_same_log_has_the_same() {
    let (a, b, relay) = busy_practice();
    let expected = covered(&a);
    assert_eq!(expected.cursor.position, relay.log.len() as u64);
    assert_eq!(covered(&b), expected, "who wrote a part of it");
    for at_once in [1, 3, relay.log.len()] {
        assert_eq!(
            covered(&from_the_log(&relay, at_once)),
            expected,
            "{at_once} at a time"
        );
    }
    let taken = snapshot(&a).unwrap();
    let mut c = newcomer();
    arrive(&mut c, &taken);
    assert_eq!(covered(&c), expected, "who began with a snapshot");
    assert_eq!(covered(&a.reopen()), expected);
}

#[test]
fn what_was_taken_back_set_aside_and_let_in_again_is_the_same_at_its_authors() {
    let (mut a, mut b, mut relay, ids) = refused();
    for desk in [&mut a, &mut b] {
        relay.pull(desk);
    }
    assert_eq!(covered(&a), covered(&b));
    assert_eq!(covered(&from_the_log(&relay, 100)), covered(&a));
    let before = covered(&a).digest;
    relay.let_in(&ids[..1]);
    for desk in [&mut a, &mut b] {
        relay.pull(desk);
    }
    assert_eq!(covered(&a), covered(&b));
    assert_eq!(covered(&from_the_log(&relay, 2)), covered(&a));
    assert_ne!(covered(&a).digest, before);
    relay.let_in(&ids[1..]);
    for desk in [&mut a, &mut b] {
        relay.pull(desk);
    }
    assert_eq!(covered(&a), covered(&b));
    assert_eq!(covered(&from_the_log(&relay, 1)), covered(&a));
}

#[test]
fn what_is_not_in_the_log_yet_is_nobodys_to_cover() {
    let (mut a, mut b, mut relay) = two_desks();
    assert!(a.store.covered().unwrap().is_ok());
    a.add_patient(150, "Ada", "Mensah");
    assert_eq!(a.store.covered().unwrap(), Err(NotSettled));
    relay.push(&mut a);
    assert_eq!(
        a.store.covered().unwrap(),
        Err(NotSettled),
        "its place was not read yet"
    );
    relay.sync(&mut a, &mut b);
    assert_eq!(covered(&a), covered(&b));
}

#[test]
fn nothing_can_be_missing_or_different_unnoticed() {
    let (a, b, _) = busy_practice();
    let expected = covered(&a);
    drop(a);
    let Desk { folder, store, .. } = b;
    drop(store);
    for change in [
        "DELETE FROM document_chunks WHERE chunk =
             (SELECT max(chunk) FROM document_chunks GROUP BY chunk >> 24 HAVING count(*) > 1 LIMIT 1)",
        "DELETE FROM documents WHERE number =
             (SELECT chunk >> 24 FROM document_chunks GROUP BY chunk >> 24 HAVING count(*) > 1 LIMIT 1)",
        "DELETE FROM log WHERE position = 3",
        "UPDATE log SET verdict = 2 WHERE position = 3",
        "UPDATE log SET verdict = 0 WHERE verdict = 2",
        "UPDATE log SET reason = 'no reason' WHERE position = 3",
        "UPDATE log SET person = workstation WHERE position = 3",
        "UPDATE log SET at_millis = at_millis + 1 WHERE position = 3",
        "UPDATE log SET envelope = zeroblob(32) WHERE position = 3",
        "INSERT INTO released SELECT envelope, local, position, workstation, '', '' FROM log WHERE position = 3",
    ] {
        let copy = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
        assert_eq!(raw(&copy).execute(change, []).unwrap(), 1, "{change}");
        let store = Store::open(copy.path(), &key()).unwrap();
        let found = store.covered().unwrap().unwrap();
        assert_eq!(found.cursor, expected.cursor);
        assert_ne!(found.digest, expected.digest, "{change}");
    }
}

#[test]
fn the_ids_of_the_log_are_given_only_if_none_is_missing() {
    let (a, _, relay) = busy_practice();
    let last = relay.log.len() as u64;
    let ids = a.store.reads().ids_of_the_log_to(last).unwrap().unwrap();
    assert!(ids.iter().eq(relay.log.iter().map(|(id, ..)| id)));
    assert_eq!(a.store.reads().ids_of_the_log_to(last + 1).unwrap(), None);
    let Desk { folder, store, .. } = a;
    drop(store);
    raw(&folder)
        .execute("DELETE FROM log WHERE position = 3", [])
        .unwrap();
    let store = Store::open(folder.path(), &key()).unwrap();
    assert_eq!(store.reads().ids_of_the_log_to(last).unwrap(), None);
}
