//! What must be done once in the whole practice, however many desks are on: they ask the relay who does it.

use std::sync::Arc;
use std::time::Duration;

use desk::{Claimed, Desk};

use crate::clinic_network::{ClinicNetwork, Window};

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(30);
/// For a relay that is known to be away.
const IMPATIENCE: Duration = Duration::from_millis(100);

fn desk(window: &Window) -> Arc<Desk> {
    window.front.desk().unwrap()
}

fn ask(window: &Window, about: &str) -> Claimed {
    desk(window)
        .claim("reminder", about.as_bytes(), PATIENCE)
        .unwrap()
}

/// Both ask for the same at the same time.
fn race(front: &Window, second: &Window, about: &str) -> (Claimed, Claimed) {
    std::thread::scope(|scope| {
        let one = scope.spawn(|| ask(front, about));
        let two = scope.spawn(|| ask(second, about));
        (one.join().unwrap(), two.join().unwrap())
    })
}

#[test]
fn of_two_desks_that_ask_at_once_exactly_one_may() {
    let mut network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    front.until_in_step();
    second.until_in_step();
    let mut won = Vec::new();
    for visit in 0..25 {
        let about = format!("visit {visit}, two days before");
        let is_front = match race(&front, &second, &about) {
            (Claimed::Mine, Claimed::Theirs { workstation, .. }) => {
                assert_eq!(workstation, desk(&front).workstation());
                true
            }
            (Claimed::Theirs { workstation, .. }, Claimed::Mine) => {
                assert_eq!(workstation, desk(&second).workstation());
                false
            }
            other => panic!("{about}: {other:?}"),
        };
        won.push((about, is_front));
    }

    // Neither the relay's restart nor a desk's changes who it was.
    network.stop_relay();
    network.start_relay();
    let second_folder = network.folder("Desk 2");
    second.close();
    let second = Window::open(&second_folder);
    for (about, is_front) in &won {
        assert_eq!(ask(&front, about) == Claimed::Mine, *is_front, "{about}");
        assert_eq!(ask(&second, about) == Claimed::Mine, !*is_front, "{about}");
    }
}

#[test]
fn who_cannot_ask_may_not_and_leaves_it_to_the_others() {
    let mut network = ClinicNetwork::start();
    let front = network.found();
    assert_eq!(ask(&front, "alone"), Claimed::Mine, "there is nobody else");
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    front.until_in_step();
    second.until_in_step();
    network.stop_relay();
    front.until_mode("offline");
    let unknown = desk(&front).claim("reminder", b"later", IMPATIENCE).unwrap();
    let Claimed::Unknown { why } = unknown else {
        panic!("nobody can know: {unknown:?}")
    };
    assert!(!why.is_empty());
    network.start_relay();
    // The question was not left behind: the other one asks first and has it.
    assert_eq!(ask(&second, "later"), Claimed::Mine);
    assert!(matches!(ask(&front, "later"), Claimed::Theirs { .. }));
    // The same words about something else are something else.
    let other = desk(&front).claim("call", b"later", PATIENCE).unwrap();
    assert_eq!(other, Claimed::Mine);
}

#[test]
fn a_removed_desk_claims_nothing() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    front.until_in_step();
    second.until_in_step();
    let desk_2 = desk(&second);
    front.remove_workstation("Desk 2");
    front.until_in_step();
    let answer = desk_2.claim("reminder", b"mine", Duration::from_secs(2)).unwrap();
    assert!(matches!(answer, Claimed::Unknown { .. }), "{answer:?}");
    assert_eq!(ask(&front, "mine"), Claimed::Mine);
}
