//! The relay prunes what two workstations agree to cover, over a real relay: everybody has the same afterwards, whoever was
//! away, comes anew, or brings the practice back.

use std::path::Path;
use std::time::{Duration, Instant};

use orca_relay::pruning::Pruning;
use serde_json::{Value, json};

use crate::clinic_network::{ClinicNetwork, Window, tamper};
use crate::snapshots::everything;

/// A relay that prunes at once and deletes at once what it pruned.
const AT_ONCE: Pruning = Pruning {
    retention: Duration::ZERO,
    look_every: Duration::from_millis(20),
};
/// A relay that prunes at once and keeps what it pruned for longer than any test.
const AND_KEEPS: Pruning = Pruning {
    retention: Duration::from_secs(30 * 24 * 3600),
    look_every: Duration::from_millis(20),
};
const PATIENCE: Duration = Duration::from_secs(180);

fn relay_database(dir: &Path) -> rusqlite::Connection {
    let relay = rusqlite::Connection::open(dir.join("relay.sqlite")).unwrap();
    relay.busy_timeout(PATIENCE).unwrap();
    relay
}

fn number(network: &ClinicNetwork, sql: &str) -> u64 {
    let relay = relay_database(&network.relay_dir());
    let number: i64 = relay.query_row(sql, [], |row| row.get(0)).unwrap();
    u64::try_from(number).unwrap()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn pruned(network: &ClinicNetwork) -> u64 {
    number(network, "SELECT pruned FROM practice")
}

fn gone(network: &ClinicNetwork) -> u64 {
    number(network, "SELECT gone FROM practice")
}

/// A window of somebody who may also have the log covered from a command.
fn join(network: &ClinicNetwork, front: &Window, name: &str, person: &str) -> Window {
    let grants = json!([{ "role": "clinic_admin", "places": "everywhere" }]);
    let code = front.ok(
        "relay_invite",
        json!({ "relay": network.url(), "grants": grants }),
    )["code"]
        .clone();
    let window = Window::open(&network.folder(name));
    window.ok(
        "join_practice",
        json!({ "code": code, "person": person, "workstation": name }),
    );
    window.until_in_step();
    window
}

/// Two windows of a practice: the demo, whose log is worth a snapshot to newcomers, or a new one.
fn two(pruning: Option<Pruning>, demo: bool) -> (ClinicNetwork, Window, Window) {
    let mut network = ClinicNetwork::start();
    network.pruning = pruning;
    network.stop_relay();
    network.start_relay();
    let front = if demo {
        let front = Window::open(&network.folder("front"));
        front.ok("open_demo", json!({}));
        front
    } else {
        network.found()
    };
    let second = join(&network, &front, "Desk 2", "Kofi Osei");
    (network, front, second)
}

/// How far the first workstation of a practice said that it has the log.
fn said(known: &Value) -> u64 {
    let all = known["said"].as_array().unwrap();
    let front = all.iter().find(|said| said["workstation"] == "Front desk");
    front.unwrap()["position"].as_u64().unwrap_or(0)
}

/// `front` makes a snapshot, `second` says the same of it. Gives the position they agree on.
fn agree(front: &Window, second: &Window) -> u64 {
    front.until_in_step();
    second.until_in_step();
    let made = front.ok("cover_log", json!({}));
    second.until("what was said of the log", |second| {
        (said(&second.ok("log_cover", json!({}))) == said(&made)).then_some(())
    });
    let checked = second.ok("cover_log", json!({}));
    let position = checked["agreed"]["position"].as_u64();
    position.unwrap_or_else(|| panic!("they do not agree: {made} {checked}"))
}

/// Nothing is wrong in these folders, once nobody works on them any more.
fn are_sound(network: &ClinicNetwork, windows: Vec<(&str, Window)>) {
    for (name, window) in windows {
        window.audit_is_sound();
        window.close();
        let alone = Window::command(&network.folder(name));
        let report = alone.front.verify(&mut |_, _| {}).unwrap();
        assert!(report.is_sound(), "{name}: {report:?}");
    }
}

#[test]
fn a_practice_lives_on_when_the_beginning_of_its_log_is_deleted() {
    let (network, front, second) = two(Some(AT_ONCE), true);
    let away = network.join(&front, "Desk 3", "Ana Rivera");
    away.until_in_step();
    away.close();
    front.add_patient("Mensah", "Kofi");
    let position = agree(&front, &second);

    // Nobody told the relay that the third one has all of it.
    let cold = pruned(&network);
    assert!(
        cold < position,
        "{cold} of {position} pruned although a workstation is away"
    );

    // It comes back, reads what it missed, and says so.
    let away = Window::open(&network.folder("Desk 3"));
    away.until_in_step();
    let theirs = away.add_patient("Owusu", "Efua");
    until("the log's beginning to go", || gone(&network) >= position);
    assert_eq!(
        number(
            &network,
            &format!(
                "SELECT count(*) FROM entry WHERE position <= {position} AND is_statement = 0 AND bytes <> x''"
            ),
        ),
        0,
        "all of it is deleted"
    );
    assert_eq!(number(&network, "SELECT count(*) FROM cold"), 0);
    // In one question: a workstation may be writing meanwhile.
    let more_than_is_there = "SELECT bytes - (SELECT sum(length(bytes)) FROM entry) FROM practice";
    assert_eq!(
        number(&network, more_than_is_there),
        0,
        "the practice has its place back"
    );

    // A newcomer begins with the snapshot of its invitation.
    let fourth = network.join(&front, "Desk 4", "Kwame Boateng");
    front.until("the third one's patient", |front| {
        front.call("patient", json!({ "id": theirs })).ok()
    });
    for window in [&second, &away, &fourth] {
        assert_eq!(everything(&front), everything(window));
    }
    let known = second.ok("log_cover", json!({}));
    assert_eq!(known["agreed"]["position"], position);
    assert_eq!(known["retention_days"], 1);
    assert!(fourth.refused("cover_log", json!({})).code == "not_allowed");
    are_sound(
        &network,
        vec![
            ("front", front),
            ("Desk 2", second),
            ("Desk 3", away),
            ("Desk 4", fourth),
        ],
    );
}

#[test]
fn whoever_has_no_usable_snapshot_begins_with_the_one_that_was_agreed_on() {
    let (mut network, front, second) = two(Some(AT_ONCE), true);
    let kit = front.ok("make_recovery_kit", json!({ "parts": 2 }));
    let part = |at: usize| {
        let groups: Vec<&str> = kit["parts"][at]["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| group.as_str().unwrap())
            .collect();
        groups.join(" ")
    };
    // The practice's key changes after the kit was made, so the snapshot is sealed with one that the kit does not hold.
    let third = network.join(&front, "Desk 3", "Ana Rivera");
    third.until_in_step();
    let hello = third.ok("hello", json!({}));
    front.until("the third one to be known", |front| {
        let id = &hello["workstation"]["id"];
        front.call("remove_workstation", json!({ "id": id })).ok()
    });
    drop(third);
    let position = agree(&front, &second);
    until("the log's beginning to go", || gone(&network) >= position);

    // An invitation whose snapshot the relay has no more.
    let code = network.invitation(&front);
    network.stop_relay();
    let relay = relay_database(&network.relay_dir());
    relay
        .execute(
            "DELETE FROM snapshot WHERE position <> ?1",
            [i64::try_from(position).unwrap()],
        )
        .unwrap();
    drop(relay);
    network.start_relay();
    let fourth = Window::open(&network.folder("Desk 4"));
    fourth.ok(
        "join_practice",
        json!({ "code": code, "person": "Kwame Boateng", "workstation": "Desk 4" }),
    );
    front.until_in_step();
    assert_eq!(everything(&front), everything(&fourth));

    // Two parts of the kit, with no other workstation left.
    let before = everything(&front);
    for window in [front, second, fourth] {
        window.close();
    }
    let back = Window::open(&network.folder("back"));
    back.ok(
        "restore_from_kit",
        json!({
            "relay": network.url(), "first": part(0), "second": part(1), "person": "Somebody Else", "workstation": "Back"
        }),
    );
    let after = everything(&back);
    assert_eq!(after.len(), before.len());
    assert_eq!(after, before);
    are_sound(&network, vec![("back", back)]);
}

#[test]
fn what_was_pruned_is_handed_out_until_it_is_deleted() {
    let (mut network, front, second) = two(Some(AND_KEEPS), false);
    let third = network.invitation(&front);
    let position = agree(&front, &second);
    until("the log's beginning to go", || pruned(&network) >= position);
    assert!(number(&network, "SELECT count(*) FROM cold") > 0);
    assert_eq!(gone(&network), 0);
    // Without any snapshot the log does, as always.
    network.stop_relay();
    relay_database(&network.relay_dir())
        .execute_batch("DELETE FROM snapshot")
        .unwrap();
    network.start_relay();
    let window = Window::open(&network.folder("Desk 3"));
    window.ok(
        "join_practice",
        json!({ "code": third, "person": "Ana Rivera", "workstation": "Desk 3" }),
    );
    assert_eq!(everything(&front), everything(&window));
    are_sound(&network, vec![("Desk 3", window)]);
}

#[test]
fn a_relay_that_was_not_told_to_prunes_nothing() {
    let (network, front, second) = two(None, false);
    let position = agree(&front, &second);
    front.add_patient("Mensah", "Kofi");
    front.until_in_step();
    assert!(position > 0);
    assert_eq!(pruned(&network), 0);
    let known = second.ok("log_cover", json!({}));
    assert_eq!(
        (&known["retention_days"], &known["pruned"]),
        (&Value::Null, &json!(0))
    );
}

#[test]
fn workstations_that_do_not_have_the_same_calendar_are_told_and_nothing_is_pruned() {
    let (network, front, second) = two(Some(AT_ONCE), false);
    // A disk that forgets: one document of the second one is an older one.
    let third = join(&network, &front, "Desk 3", "Ana Rivera");
    front.add_patient("Mensah", "Kofi");
    for window in [&front, &second, &third] {
        window.until_in_step();
    }
    second.close();
    third.close();
    forget_a_document(&network.folder("Desk 2"));
    let second = Window::open(&network.folder("Desk 2"));
    second.until_in_step();
    second.ok("cover_log", json!({}));
    front.until("what the second one said", |front| {
        let known = front.ok("log_cover", json!({}));
        known["said"]
            .as_array()
            .unwrap()
            .iter()
            .any(|said| said["workstation"] == "Desk 2" && !said["position"].is_null())
            .then_some(())
    });
    let known = front.ok("cover_log", json!({}));
    assert_eq!(known["agreed"], Value::Null, "{known}");
    let dispute = &known["disputes"][0];
    assert!(dispute["position"].as_u64().unwrap() > 0);
    let trouble = front.ok("sync_state", json!({}))["trouble"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(trouble.contains("Desk 2"), "{trouble}");

    // A third one that says what the first says does not decide it: people do.
    let third = Window::open(&network.folder("Desk 3"));
    let position = agree(&front, &third);
    assert_eq!(pruned(&network), 0);
    let known = third.ok("log_cover", json!({}));
    assert_eq!(known["disputes"].as_array().unwrap().len(), 1);
    let id = second.ok("hello", json!({}))["workstation"]["id"].clone();
    front.ok("remove_workstation", json!({ "id": id }));
    front.until("the removal", |front| {
        (front.ok("log_cover", json!({}))["disputes"] == json!([])).then_some(())
    });
    assert_eq!(front.ok("sync_state", json!({}))["trouble"], Value::Null);
    until("the log's beginning to go", || gone(&network) >= position);
}

/// The newest document: a patient.
fn forget_a_document(folder: &Path) {
    tamper(
        folder,
        "DELETE FROM document_chunks WHERE chunk >> 24 = (SELECT max(number) FROM documents);
         DELETE FROM documents WHERE number = (SELECT max(number) FROM documents)",
    );
}
