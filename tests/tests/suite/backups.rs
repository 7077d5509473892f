//! A workstation comes back from a backup: it catches up with what it had done itself, and nothing clashes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use desk::{Clock, Purpose};
use serde_json::{Value, json};

use crate::clinic_network::{ClinicNetwork, DAY, Window, options};

fn back_up(window: &Window, folder: &Path) -> String {
    window.ok("back_up_now", json!({ "folder": folder }))["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A new computer with nothing but the backup and its passphrase.
fn restore(network: &ClinicNetwork, name: &str, from: &Path, id: &str) -> Window {
    let window = Window::open(&network.folder(name));
    let boot = window.ok("restore_backup", json!({ "folder": from, "id": id }));
    assert_eq!(boot["state"], "ready");
    window
}

/// All have everything and show the same, nothing was set aside, and nothing is wrong inside.
fn agree(windows: &[&Window]) {
    for window in windows {
        window.until_in_step();
    }
    let first = windows[0];
    for window in &windows[1..] {
        window.until("the same day everywhere", |window| {
            (window.day() == first.day()).then_some(())
        });
        assert_eq!(window.conflicts(), first.conflicts());
    }
    for window in windows {
        assert_eq!(window.ok("sync_state", json!({}))["quarantined"], 0);
        let report = window.front.verify(&mut |_, _| ()).unwrap();
        assert_eq!(report.troubles, Vec::<String>::new());
        window.audit_is_sound();
        assert!(window.front.rebuild(true, &mut |_, _| ()).unwrap().is_identical());
    }
}

fn knows(window: &Window, visits: &[&Value]) {
    for visit in visits {
        window.until("a visit", |window| window.card(visit));
    }
}

fn note(window: &Window, visit: &Value, text: &str) {
    window.ok("edit_appointment", json!({ "id": visit, "note": text }));
}

/// A front desk and a second one; a backup of the front desk, made while the relay was away and something was unsent.
struct Practice {
    network: ClinicNetwork,
    front: Window,
    second: Window,
    backup: String,
    patients: [Value; 4],
    before: Value,
    unsent: Value,
}

impl Practice {
    fn backed_up() -> Practice {
        let mut network = ClinicNetwork::start();
        let front = network.found();
        let second = network.join(&front, "Desk 2", "Kofi Osei");
        let patients = [
            ("Rivera", "Ana"),
            ("Mensah", "Kwame"),
            ("Nakamura", "Yui"),
            ("Novak", "Lena"),
        ]
        .map(|(family, given)| front.add_patient(family, given));
        let before = front.book(&patients[0], "Op 1", "08:00");
        agree(&[&front, &second]);
        network.stop_relay();
        front.until_mode("offline");
        let unsent = front.book(&patients[1], "Op 2", "09:00");
        let backup = back_up(&front, &network.folder("backups"));
        network.start_relay();
        agree(&[&front, &second]);
        knows(&second, &[&before, &unsent]);
        Practice {
            network,
            front,
            second,
            backup,
            patients,
            before,
            unsent,
        }
    }
}

#[test]
fn an_older_backup_catches_up_with_what_its_workstation_did_afterwards() {
    let Practice {
        mut network,
        front,
        second,
        backup,
        patients,
        before,
        unsent,
    } = Practice::backed_up();
    // The backup knows none of this; the same records are touched, so that the old incarnation's changes build on it.
    let after = front.book(&patients[2], "Op 3", "10:00");
    note(&front, &before, "braces came off");
    agree(&[&front, &second]);
    let of_others = second.book(&patients[3], "Op 4", "11:00");
    agree(&[&front, &second]);
    front.close();

    // The new computer is used before it can reach the relay: under the same numbers as what it has forgotten.
    network.stop_relay();
    second.until_mode("offline");
    let restored = restore(&network, "new computer", &network.folder("backups"), &backup);
    assert_eq!(restored.card(&after), None, "the backup is older");
    let first = restored.book(&patients[3], "Op 1", "14:00");
    note(&restored, &unsent, "rang back");
    restored.until_mode("offline");
    network.start_relay();
    for window in [&restored, &second] {
        knows(window, &[&before, &unsent, &after, &of_others, &first]);
        window.until("both notes", |window| {
            let text = |visit: &Value| window.ok("appointment", json!({ "id": visit }))["note"].clone();
            (text(&before) == "braces came off" && text(&unsent) == "rang back").then_some(())
        });
    }
    // It goes on as an ordinary workstation, also after another start.
    let then = restored.book(&patients[0], "Op 2", "15:00");
    knows(&second, &[&then]);
    agree(&[&restored, &second]);
    restored.close();
    let restored = Window::open(&network.folder("new computer"));
    note(&second, &then, "wants music");
    restored.until("the note", |window| {
        (window.ok("appointment", json!({ "id": then }))["note"] == "wants music").then_some(())
    });
    agree(&[&restored, &second]);
}

#[test]
fn two_computers_from_one_backup_do_not_clash() {
    let Practice {
        mut network,
        front,
        second,
        backup,
        patients,
        before,
        unsent,
    } = Practice::backed_up();
    front.close();
    let folder = network.folder("backups");
    let one = restore(&network, "one", &folder, &backup);
    let other = restore(&network, "other", &folder, &backup);
    for window in [&one, &other] {
        knows(window, &[&before, &unsent]);
    }
    // Both at once, connected; then both without the relay, under the same numbers, on the same records.
    let of_one = one.book(&patients[0], "Op 3", "10:00");
    let of_other = other.book(&patients[1], "Op 4", "11:00");
    for window in [&one, &other, &second] {
        knows(window, &[&of_one, &of_other]);
    }
    network.stop_relay();
    one.until_mode("offline");
    other.until_mode("offline");
    let alone_one = one.book(&patients[2], "Op 1", "13:00");
    note(&one, &before, "by one");
    let alone_other = other.book(&patients[3], "Op 2", "13:00");
    other.ok(
        "cancel_appointment",
        json!({ "id": unsent, "reason": "Patient ill" }),
    );
    network.start_relay();
    for window in [&one, &other, &second] {
        knows(window, &[&of_one, &of_other, &alone_one, &alone_other]);
        window.until("what each did to the others' visits", |window| {
            let noted = window.ok("appointment", json!({ "id": before }))["note"] == "by one";
            (noted && window.card(&unsent)?["status"] == "cancelled").then_some(())
        });
    }
    agree(&[&one, &other, &second]);
}

#[test]
fn a_window_backs_up_by_itself_and_says_when_it_cannot() {
    let network = ClinicNetwork::start();
    let start: jiff::Timestamp = format!("{DAY}T12:00:00Z").parse().unwrap();
    let clock = Arc::new(AtomicI64::new(start.as_millisecond()));
    let mut with = options(&network.folder("front"), Purpose::Window);
    with.clock = Some(Clock::Manual(clock.clone()));
    let front = Window::with(with);
    front.ok(
        "init_practice",
        json!({ "name": "Harbour Dental", "zone": "America/New_York", "person": "Amara Diallo" }),
    );
    let folder = network.folder("backups");
    let state = front.ok(
        "save_backup_settings",
        json!({ "folder": folder, "every_hours": 4 }),
    );
    assert_eq!(state["has_passphrase"], true);
    let last = |front: &Window| {
        front.ok("backup_state", json!({}))["last"]["id"]
            .as_str()
            .map(str::to_owned)
    };
    let first = front.until("the first backup", last);
    let pass = |hours: i64| clock.fetch_add(hours * 3_600_000, Ordering::Relaxed);
    pass(4);
    let second = front.until("the second backup", |front| last(front).filter(|id| *id != first));
    for id in [&first, &second] {
        front.ok("verify_backup", json!({ "id": id }));
    }

    // The folder goes away: work goes on, and the trouble is shown until it is over.
    let away = network.folder("away");
    std::fs::rename(&folder, &away).unwrap();
    std::fs::write(&folder, "").unwrap();
    pass(4);
    let trouble = front.until("the trouble", |front| {
        front.ok("backup_state", json!({}))["trouble"]
            .as_str()
            .map(str::to_owned)
    });
    assert!(trouble.starts_with("The backup folder "), "{trouble}");
    front.hears("that the backup failed", |event| {
        let desk::Event::Backup { state } = event else {
            return false;
        };
        state.trouble.as_ref() == Some(&trouble) && !state.is_running
    });
    assert_eq!(last(&front), Some(second.clone()));
    front.add_patient("Rivera", "Ana");
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&away, &folder).unwrap();
    pass(1);
    front.until("the third backup", |front| last(front).filter(|id| *id != second));
    assert_eq!(front.ok("backup_state", json!({}))["trouble"], Value::Null);
    let list = front.ok("list_backups", json!({}));
    assert_eq!(list["backups"].as_array().unwrap().len(), 3, "all of today stay");
}
