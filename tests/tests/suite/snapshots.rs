//! Joining with a snapshot over a real relay: the newcomer has what the others have, also where the snapshot is of no use.

use std::path::Path;

use desk::Event;
use serde_json::{Value, json};

use crate::clinic_network::{ClinicNetwork, Window};

/// A demo practice with enough in its log to be worth a snapshot, and its relay.
fn demo() -> (ClinicNetwork, Window, String) {
    let network = ClinicNetwork::start();
    let front = Window::open(&network.folder("front"));
    front.ok("open_demo", json!({}));
    let code = network.invitation(&front);
    (network, front, code)
}

fn join(network: &ClinicNetwork, code: &str, name: &str) -> Window {
    let window = Window::open(&network.folder(name));
    window.ok(
        "join_practice",
        json!({ "code": code, "person": "Kofi Osei", "workstation": name }),
    );
    window.until_all_here();
    window
}

/// Whether the calendar came in packs.
fn came_in_packs(window: &Window) -> bool {
    let is_join = |event: &Event| matches!(event, Event::Progress { job, .. } if job == "join");
    window.heard().iter().any(is_join)
}

/// What people see of a practice: every location's sheets around today, patients, conflicts, history.
pub fn everything(window: &Window) -> Vec<Value> {
    window.until_in_step();
    let hello = window.ok("hello", json!({}));
    let mut seen = vec![
        window.ok("list_patients", json!({})),
        window.ok("conflicts", json!({})),
    ];
    for location in hello["roster"]["locations"].as_array().unwrap() {
        for at in hello["now"]["at"].as_array().unwrap() {
            let today: jiff::civil::Date = at["date"].as_str().unwrap().parse().unwrap();
            for days in -2..=5 {
                let date = today.checked_add(jiff::Span::new().days(days)).unwrap();
                seen.push(window.ok(
                    "day_sheet",
                    json!({ "location": location["id"], "date": date.to_string() }),
                ));
            }
        }
    }
    seen
}

#[test]
fn a_newcomer_begins_with_a_snapshot_and_goes_on_with_the_log() {
    let (network, front, code) = demo();
    // After the snapshot.
    let ana = front.add_patient("Rivera", "Ana");
    front.until_in_step();
    let second = join(&network, &code, "Desk 2");
    assert!(came_in_packs(&second), "the log was applied instead");
    assert_eq!(everything(&front), everything(&second));
    let found = second.ok("find_patients", json!({ "text": "Rivera Ana" }));
    assert!(found.to_string().contains(ana.as_str().unwrap()));

    // Both write on, and what one did before is in the other's history.
    let kofi = second.add_patient("Mensah", "Kofi");
    front.until("the second desk's patient", |front| {
        front.call("patient", json!({ "id": kofi })).ok()
    });
    assert_eq!(everything(&front), everything(&second));
    for window in [&front, &second] {
        window.audit_is_sound();
        let report = window.front.verify(&mut |_, _| {}).unwrap();
        assert!(report.is_sound(), "{report:?}");
    }
    // The same snapshot does for the next.
    let code = network.invitation(&front);
    let third = join(&network, &code, "Desk 3");
    assert!(came_in_packs(&third));
    assert_eq!(everything(&front), everything(&third));
}

/// The relay's database, opened beside it or while it is away.
fn relay_database(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join("relay.sqlite")).unwrap()
}

#[test]
fn a_snapshot_that_is_gone_or_altered_is_no_reason_not_to_join() {
    let (mut network, front, code) = demo();
    let mut codes = vec![code];
    codes.extend((0..2).map(|_| network.invitation(&front)));
    front.until_in_step();
    network.stop_relay();
    let relay = relay_database(&network.relay_dir());
    let number: i64 = relay
        .query_row("SELECT max(number) FROM pack", [], |row| row.get(0))
        .unwrap();
    assert!(number > 1, "{number} packs");
    // The last pack, so that a good part of the calendar has come before it is noticed.
    let altered = relay
        .execute(
            "UPDATE pack SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) WHERE number = ?1",
            [number],
        )
        .unwrap();
    assert_eq!(altered, 1);
    drop(relay);
    network.start_relay();
    let second = join(&network, &codes[0], "Desk 2");
    assert!(came_in_packs(&second), "it began");
    assert_eq!(everything(&front), everything(&second));

    network.stop_relay();
    let relay = relay_database(&network.relay_dir());
    relay
        .execute("DELETE FROM pack WHERE number = ?1", [number])
        .unwrap();
    drop(relay);
    network.start_relay();
    let third = join(&network, &codes[1], "Desk 3");
    assert_eq!(everything(&front), everything(&third));

    network.stop_relay();
    let relay = relay_database(&network.relay_dir());
    relay.execute_batch("DELETE FROM snapshot").unwrap();
    drop(relay);
    network.start_relay();
    let fourth = join(&network, &codes[2], "Desk 4");
    assert!(!came_in_packs(&fourth));
    assert_eq!(everything(&front), everything(&fourth));
    for window in [&second, &third, &fourth] {
        let report = window.front.verify(&mut |_, _| {}).unwrap();
        assert!(report.is_sound(), "{report:?}");
    }
}
