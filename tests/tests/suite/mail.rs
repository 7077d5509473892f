//! What somebody outside says to the practice: sealed on their side, kept by a relay that cannot read it, read at every desk.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use desk::Desk;
use orca_tests::canaries::{CANARIES, files, found_in};
use serde_json::{Value, json};
use sync::mail::{MailPublic, Message, box_of, seal};
use sync::{LetterId, MailBoxId};

use crate::clinic_network::{ClinicNetwork, Window};

fn desk(window: &Window) -> Arc<Desk> {
    window.front.desk().unwrap()
}

/// Somebody with a browser: knows the relay's address and the name of the practice's box, nothing else.
struct Patient {
    relay: String,
    mail_box: MailBoxId,
}

impl Patient {
    fn of(network: &ClinicNetwork, window: &Window) -> Patient {
        Patient {
            relay: network.url().trim_start_matches("ws://").to_owned(),
            mail_box: box_of(desk(window).identity().sync_practice()),
        }
    }

    fn http(&self, method: &str, body: &[u8]) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.relay).unwrap();
        let head = format!(
            "{method} /mail/{} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            self.mail_box,
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap())
    }

    fn letter(&self, id: u8, text: &str) -> Vec<u8> {
        let (status, key) = self.http("GET", &[]);
        assert_eq!(status, 200, "{key}");
        let public = data_encoding::HEXLOWER
            .decode(key["public"].as_str().unwrap().as_bytes())
            .unwrap();
        let epoch = u32::try_from(key["epoch"].as_u64().unwrap()).unwrap();
        let message = Message {
            kind: "page".to_owned(),
            body: text.as_bytes().to_vec(),
        };
        let to = MailPublic(public.try_into().unwrap());
        seal(
            self.mail_box,
            epoch,
            to,
            LetterId([id; 16]),
            &message,
            [id ^ 0x5A; 32],
        )
        .unwrap()
    }

    fn sends(&self, letter: &[u8]) {
        let (status, answer) = self.http("POST", letter);
        assert_eq!(status, 202, "{answer}");
    }
}

/// What can be read at a desk, in the order of coming.
fn read(window: &Window) -> Vec<String> {
    let letters = desk(window).letters_after(0, 100).unwrap();
    letters
        .into_iter()
        .map(|letter| {
            assert_eq!((letter.kind.as_str(), letter.trouble.as_str()), ("page", ""));
            String::from_utf8(letter.body).unwrap()
        })
        .collect()
}

fn until_read(window: &Window, wanted: &[&str]) {
    window.until("the letters", |window| (read(window) == wanted).then_some(()));
}

fn has_a_box(patient: &Patient, window: &Window) {
    window.until("the mail key", |_| {
        (patient.http("GET", &[]).0 == 200).then_some(())
    });
}

#[test]
fn a_letter_from_outside_is_read_at_every_desk_and_by_nobody_else() {
    let mut network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    front.until_in_step();
    second.until_in_step();
    let patient = Patient::of(&network, &front);
    has_a_box(&patient, &front);

    let first = patient.letter(1, CANARIES[4]);
    patient.sends(&first);
    until_read(&front, &[CANARIES[4]]);
    until_read(&second, &[CANARIES[4]]);
    let listed = second.ok("letters", json!({}));
    assert_eq!(listed["letters"][0]["text"], CANARIES[4], "{listed}");
    assert_eq!(
        (&listed["letters"][0]["trouble"], &listed["more"]),
        (&Value::Null, &json!(false))
    );
    let number = listed["letters"][0]["number"].clone();
    assert_eq!(
        second.ok("letters", json!({ "after": number }))["letters"],
        json!([])
    );
    assert_eq!(
        second.refused("letters", json!({ "limit": 0 })).field.as_deref(),
        Some("limit")
    );
    patient.sends(&first); // An impatient browser.

    // A desk that is away, and a relay that starts again, lose nothing.
    second.close();
    patient.sends(&patient.letter(2, CANARIES[0]));
    network.stop_relay();
    network.start_relay();
    patient.sends(&patient.letter(3, "and a third"));
    let all = [CANARIES[4], CANARIES[0], "and a third"];
    until_read(&front, &all);
    let second = Window::open(&network.folder("Desk 2"));
    until_read(&second, &all);
    front.close();
    let front = Window::open(&network.folder("front"));
    assert_eq!(read(&front), all, "they are the desk's own now");

    // Neither the relay nor a thief of a desk's files reads them.
    let looked = files(network.home.path()).unwrap();
    assert!(!looked.is_empty());
    for path in looked {
        let found = found_in(&fs::read(&path).unwrap_or_default());
        assert_eq!(found, Vec::<&str>::new(), "in {}", path.display());
    }
}

#[test]
fn after_a_removal_letters_are_sealed_with_a_key_that_the_removed_desk_does_not_have() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    front.until_in_step();
    second.until_in_step();
    let patient = Patient::of(&network, &front);
    has_a_box(&patient, &front);
    let early = patient.letter(1, "written before");
    let before = patient.http("GET", &[]).1;
    let removed = desk(&second);
    front.remove_workstation("Desk 2");
    let after = front.until("a new mail key", |_| {
        let key = patient.http("GET", &[]).1;
        (key != before).then_some(key)
    });
    assert_eq!((&before["epoch"], &after["epoch"]), (&json!(1), &json!(2)));
    patient.sends(&early);
    let late = patient.letter(2, "written after");
    patient.sends(&late);
    until_read(&front, &["written before", "written after"]);
    assert_eq!(removed.letters_after(0, 10).unwrap(), []);
    // Not even if the letter itself falls into its hands.
    let identity = removed.identity();
    let opened = sync::mail::open(identity.sync_practice(), &identity.practice_keys, &late);
    assert_eq!(opened, Err(sync::mail::BadLetter::UnknownEpoch(2)));
}

#[test]
fn what_is_not_for_this_practice_is_shown_as_such_and_harms_nothing() {
    let network = ClinicNetwork::start();
    let front = network.found();
    front.ok("relay_invite", json!({ "relay": network.url() }));
    front.until_in_step();
    let patient = Patient::of(&network, &front);
    has_a_box(&patient, &front);
    let mut forged = patient.letter(1, "hello");
    *forged.last_mut().unwrap() ^= 1;
    patient.sends(&forged);
    let shown = front.until("the forged letter", |front| {
        desk(front).letters_after(0, 10).unwrap().into_iter().next()
    });
    assert_eq!(shown.trouble, "it is for another practice, or was altered");
    assert!(shown.body.is_empty());
    let (status, answer) = patient.http("POST", b"not sealed at all");
    assert_eq!((status, &answer["code"]), (400, &json!("not_a_letter")));
    patient.sends(&patient.letter(2, "hello again"));
    front.until("the next letter", |front| {
        let letters = desk(front).letters_after(shown.number, 10).unwrap();
        (letters.len() == 1 && letters[0].body == b"hello again").then_some(())
    });
}
