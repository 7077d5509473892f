//! Letters from outside: kept once each, with how far they reach, whatever happens in between.

use store::Letter;

use crate::world::*;

fn letter(id: u8, number: u64, said: &str) -> Letter {
    Letter {
        id: [id; 16],
        number,
        received_millis: 1_773_000_000_000,
        kind: "page".to_owned(),
        body: said.as_bytes().to_vec(),
        trouble: String::new(),
    }
}

/// One that cannot be opened yet.
fn sealed(id: u8, number: u64) -> Letter {
    Letter {
        kind: String::new(),
        trouble: "its key is not here".to_owned(),
        ..letter(id, number, "#!?")
    }
}

#[test]
fn a_letter_is_kept_once_and_is_there_after_a_restart() {
    let mut desk = Desk::founded();
    assert_eq!(desk.store.reads().mail_after().unwrap(), 0);
    let first = [letter(1, 1, "yes"), letter(2, 2, "no")];
    assert_eq!(desk.store.keep_letters(&first, Some(2)).unwrap(), 2);
    // It came once more, with what is new, and under another number.
    let again = [letter(1, 7, "something else"), letter(3, 8, "perhaps")];
    assert_eq!(desk.store.keep_letters(&again, Some(8)).unwrap(), 1);
    let desk = desk.reopen();
    let reads = desk.store.reads();
    let wanted = [letter(1, 1, "yes"), letter(2, 2, "no"), letter(3, 8, "perhaps")];
    assert_eq!(reads.letters(0, 100).unwrap(), wanted);
    assert_eq!(reads.letters(2, 100).unwrap(), wanted[2..]);
    assert_eq!(reads.letters(0, 1).unwrap(), wanted[..1]);
    assert_eq!(reads.mail_after().unwrap(), 8);
}

#[test]
fn what_could_not_be_read_is_replaced_by_what_can_and_never_the_other_way() {
    let mut desk = Desk::founded();
    let mut junk = sealed(9, 3);
    junk.body.clear();
    desk.store
        .keep_letters(&[sealed(1, 1), letter(2, 2, "hello"), junk.clone()], Some(3))
        .unwrap();
    assert_eq!(
        desk.store.reads().sealed_letters().unwrap(),
        [sealed(1, 1)],
        "junk is not tried again"
    );
    assert_eq!(desk.store.keep_letters(&[sealed(2, 2)], None).unwrap(), 0);
    assert_eq!(
        desk.store
            .keep_letters(&[letter(1, 1, "it opens now")], None)
            .unwrap(),
        1
    );
    let reads = desk.store.reads();
    let wanted = [letter(1, 1, "it opens now"), letter(2, 2, "hello"), junk];
    assert_eq!(reads.letters(0, 100).unwrap(), wanted);
    assert!(reads.sealed_letters().unwrap().is_empty());
    assert_eq!(reads.mail_after().unwrap(), 3, "only what came moves it");
}

#[test]
fn letters_are_no_part_of_what_is_made_anew() {
    let mut desk = Desk::founded();
    desk.store.keep_letters(&[letter(1, 1, "yes")], Some(1)).unwrap();
    desk.assert_sound();
    assert_eq!(desk.store.reads().letters(0, 10).unwrap().len(), 1);
}
