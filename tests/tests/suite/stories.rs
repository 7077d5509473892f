//! What happens between two desks and a relay, told from the receptionists' side, over real sockets and files.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use desk::api::Boot;
use desk::{Clock, Event, Options, Purpose};
use serde_json::{Value, json};

use crate::clinic_network::{ClinicNetwork, DAY, Window, options};

/// Two windows of one practice, in step.
fn two_desks() -> (ClinicNetwork, Window, Window) {
    let network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    front.until_in_step();
    second.until_in_step();
    (network, front, second)
}

/// Both have everything and show the same day and the same cards.
fn agree(front: &Window, second: &Window) {
    front.until_in_step();
    second.until_in_step();
    front.until("the same day on both", |front| {
        (front.day() == second.day()).then_some(())
    });
    front.until("the same conflict cards on both", |front| {
        (front.conflicts() == second.conflicts()).then_some(())
    });
    for desk in [front, second] {
        desk.audit_is_sound();
    }
}

#[test]
fn desks_vouch_for_each_others_audits_and_what_appears_by_itself_is_a_look() {
    let (_network, front, second) = two_desks();
    let ana = second.add_patient("Rivera", "Ana");
    let visit = second.book(&ana, "Op 1", "09:00");
    front.until("the booking", |front| front.card(&visit));
    front.ok("edit_appointment", json!({ "id": visit, "note": "wire broke" }));
    front.ok(
        "edit_appointment",
        json!({ "id": visit, "note": "wire broke again" }),
    );
    agree(&front, &second);

    // Each holds the other to its word.
    for (desk, other, name) in [(&front, &second, "Desk 2"), (&second, &front, "Front desk")] {
        let kept = desk.ok("audit_verify", json!({}))["others"][0].clone();
        assert_eq!(kept["workstation"], name);
        let anchor = format!("{}:{}", kept["number"], kept["hash"].as_str().unwrap());
        let check = other.ok("audit_verify", json!({ "anchors": [anchor] }));
        assert_eq!(check["troubles"], json!([]));
        // The other one's audit is not mine.
        let check = desk.ok("audit_verify", json!({ "anchors": [anchor] }));
        assert_ne!(check["troubles"], json!([]));
    }

    // The front desk saw the booking come, without asking for it.
    let came = front.ok("audit_list", json!({ "action": "view_change", "patient": ana }));
    assert_ne!(came["entries"], json!([]));
    // A patient's report has the looks of this desk and the changes of both.
    let report = front.ok("audit_patient", json!({ "id": ana }));
    let who = |action: &str| -> Vec<&str> {
        let lines = report["lines"].as_array().unwrap();
        let named = lines.iter().filter(|line| line["action"] == action);
        named.map(|line| line["person"].as_str().unwrap()).collect()
    };
    assert_eq!(who("book_appointment"), ["Kofi Osei"]);
    assert_eq!(who("edit_appointment"), ["Amara Diallo"]);
    assert!(who("view_day_sheet").contains(&"Amara Diallo"));
    // Reading it is for administrators, checking it for everybody.
    assert_eq!(second.refused("audit_list", json!({})).code, "not_allowed");
}

#[test]
fn two_desks_work_on_without_the_relay_and_agree_when_it_is_back() {
    let (mut network, front, second) = two_desks();
    let [ana, kwame, yui, lena] = [
        ("Rivera", "Ana"),
        ("Mensah", "Kwame"),
        ("Nakamura", "Yui"),
        ("Novak", "Lena"),
    ]
    .map(|(family, given)| front.add_patient(family, given));
    let moved = front.book(&ana, "Op 1", "08:00");
    let kept = front.book(&lena, "Op 3", "15:00");
    second.until("what was booked at the front desk", |second| second.card(&kept));
    agree(&front, &second);

    network.stop_relay();
    front.until_mode("offline");
    second.until_mode("offline");
    let first_of_two = front.book(&kwame, "Op 2", "10:00");
    let second_of_two = second.book(&yui, "Op 2", "10:00");
    let operatory = front.id("operatories", "Op 4");
    front.ok(
        "move_appointment",
        json!({ "id": moved, "at": format!("{DAY}T13:00"), "operatory": operatory }),
    );
    second.ok("edit_appointment", json!({ "id": moved, "note": "wire broke" }));
    let regretted = front.book(&lena, "Op 1", "16:00");
    front.ok("undo", json!({}));
    second.ok(
        "cancel_appointment",
        json!({ "id": kept, "reason": "Patient ill" }),
    );
    second.ok("undo", json!({}));
    network.start_relay();
    for window in [&front, &second] {
        window.until("both bookings of the chair", |window| {
            (window.card(&first_of_two).is_some() && window.card(&second_of_two).is_some()).then_some(())
        });
        window.until("the note", |window| {
            (window.ok("appointment", json!({ "id": moved }))["note"] == "wire broke").then_some(())
        });
        window.until("the move", |window| {
            (window.card(&moved)?["operatory"] == operatory).then_some(())
        });
    }
    agree(&front, &second);

    for window in [&front, &second] {
        assert_eq!(window.card(&regretted), None, "what was undone stays undone");
        assert_eq!(
            window.card(&kept).unwrap()["status"],
            "scheduled",
            "the cancellation was undone"
        );
        let card = window.card(&moved).unwrap();
        assert_eq!(
            (&card["start_minute"], &card["operatory"]),
            (&json!(13 * 60), &operatory)
        );
        assert_eq!(
            window.ok("appointment", json!({ "id": moved }))["note"],
            "wire broke"
        );
        let operatory_card = the_operatory_card(window);
        let sides = operatory_card["details"]["sides"].as_array().unwrap();
        let who: Vec<(&Value, &Value)> = sides
            .iter()
            .map(|side| (&side["by"]["person"], &side["by"]["workstation"]))
            .collect();
        assert!(
            who.contains(&(&json!("Amara Diallo"), &json!("Front desk"))),
            "{who:?}"
        );
        assert!(who.contains(&(&json!("Kofi Osei"), &json!("Desk 2"))), "{who:?}");
        assert!(
            sides
                .iter()
                .all(|side| side["by"]["at"].as_str().is_some_and(|at| at.ends_with('Z')))
        );
        assert!(
            operatory_card["title"]
                .as_str()
                .unwrap()
                .starts_with("Op 2 is double-booked"),
            "{operatory_card}"
        );
        let both: Vec<&Value> = sides.iter().map(|side| &side["card"]["id"]).collect();
        assert!(both.contains(&&first_of_two) && both.contains(&&second_of_two));
    }

    // Deciding on one desk settles it on both.
    for card in second.conflicts() {
        second.ok(
            "keep_both",
            json!({ "key": card["key"], "reason": "twins come together" }),
        );
    }
    front.until("no card at the front desk", |front| {
        front.conflicts().is_empty().then_some(())
    });
    agree(&front, &second);
}

fn the_operatory_card(window: &Window) -> Value {
    let cards = window.conflicts();
    let found = cards.iter().find(|card| card["details"]["what"] == "operatory");
    found
        .unwrap_or_else(|| panic!("a double booking among {cards:?}"))
        .clone()
}

#[test]
fn a_field_set_on_two_desks_at_once_is_a_question_until_somebody_answers() {
    let (mut network, front, second) = two_desks();
    let ana = front.add_patient("Rivera", "Ana");
    let patient = |window: &Window| {
        window
            .call("patient", json!({ "id": ana }))
            .ok()
            .map(|found| found["patient"].clone())
    };
    second.until("the patient", patient);
    let ring = |window: &Window, phone: &str| {
        let mut fields = patient(window).unwrap()["fields"].clone();
        fields["mobile_phone"] = json!(phone);
        window.ok("update_patient", json!({ "id": ana, "fields": fields }));
    };
    network.stop_relay();
    ring(&front, "+1 555 010 1111");
    ring(&second, "+1 555 010 2222");
    network.start_relay();
    for window in [&front, &second] {
        window.until("the question", |window| {
            (window.conflicts().len() == 1).then_some(())
        });
    }
    agree(&front, &second);

    let cards = front.conflicts();
    assert_eq!(cards[0]["details"]["kind"], "field");
    let values = cards[0]["details"]["values"].as_array().unwrap();
    let words: Vec<&str> = values
        .iter()
        .map(|value| value["value"].as_str().unwrap())
        .collect();
    assert!(
        words.contains(&"+1 555 010 1111") && words.contains(&"+1 555 010 2222"),
        "{words:?}"
    );

    let chosen = values
        .iter()
        .find(|value| value["value"] == "+1 555 010 1111")
        .unwrap();
    second.ok(
        "choose_value",
        json!({ "key": cards[0]["key"], "value": chosen["id"] }),
    );
    front.until("no question left", |front| {
        front.conflicts().is_empty().then_some(())
    });
    agree(&front, &second);
    for window in [&front, &second] {
        assert_eq!(
            patient(window).unwrap()["fields"]["mobile_phone"],
            "+1 555 010 1111"
        );
    }
}

/// A note is text: what two people wrote at once is kept, all of it, and nobody has to choose.
#[test]
fn notes_written_on_two_desks_at_once_keep_every_word() {
    let (mut network, front, second) = two_desks();
    let ana = front.add_patient("Rivera", "Ana");
    let visit = front.book(&ana, "Op 1", "09:00");
    second.until("the visit", |second| second.card(&visit));
    network.stop_relay();
    front.ok(
        "edit_appointment",
        json!({ "id": visit, "note": "asked for mornings" }),
    );
    second.ok(
        "edit_appointment",
        json!({ "id": visit, "note": "brings a form" }),
    );
    network.start_relay();
    let note = |window: &Window| {
        window.ok("appointment", json!({ "id": visit }))["note"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for window in [&front, &second] {
        window.until("both notes", |window| {
            (note(window).contains("asked for mornings") && note(window).contains("brings a form"))
                .then_some(())
        });
    }
    agree(&front, &second);
    assert_eq!(note(&front), note(&second));
    assert!(front.conflicts().is_empty());
}

#[test]
fn an_invitation_works_once() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let code = network.invitation(&front);
    let second = Window::open(&network.folder("Desk 2"));
    second.ok(
        "join_practice",
        json!({ "code": code, "person": "Kofi Osei", "workstation": "Desk 2" }),
    );
    let third = Window::open(&network.folder("Desk 3"));
    let error = third.refused(
        "join_practice",
        json!({ "code": code, "person": "Mei Tanaka", "workstation": "Desk 3" }),
    );
    assert_eq!(error.code, "invitation_refused", "{error:?}");
    assert!(
        !store::database_path(&network.folder("Desk 3")).exists(),
        "nothing is left behind"
    );
    let known = front.until("the newcomer", |front| {
        let hello = front.ok("hello", json!({}));
        let names: Vec<Value> = hello["roster"]["workstations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|desk| desk["name"].clone())
            .collect();
        names.contains(&json!("Desk 2")).then_some(names)
    });
    assert_eq!(known.len(), 2, "{known:?}");
}

#[test]
fn what_one_desk_does_the_other_hears_without_asking() {
    let (_network, front, second) = two_desks();
    let ana = front.add_patient("Rivera", "Ana");
    let visit = front.book(&ana, "Op 1", "09:00");
    second.hears("the booking", |event| match event {
        Event::Changed(changed) => {
            changed.appointments.iter().any(|card| json!(card.id) == visit) && !changed.is_own
        }
        _ => false,
    });
}

/// The other visit did not change, yet its card must not stay marked.
#[test]
fn moving_one_of_two_that_clash_clears_the_other_on_every_screen() {
    let (mut network, front, second) = two_desks();
    let [ana, kwame] =
        [("Rivera", "Ana"), ("Mensah", "Kwame")].map(|(family, given)| front.add_patient(family, given));
    agree(&front, &second);
    network.stop_relay();
    second.until_mode("offline");
    let moved = front.book(&ana, "Op 2", "10:00");
    let stays = second.book(&kwame, "Op 2", "10:00");
    network.start_relay();
    for window in [&front, &second] {
        window.until("the clash", |window| {
            (!window.conflicts().is_empty()).then_some(())
        });
    }
    let operatory = front.id("operatories", "Op 2");
    let to = json!({ "id": moved, "at": format!("{DAY}T14:00"), "operatory": operatory });
    front.ok("move_appointment", to);
    for window in [&front, &second] {
        window.hears("both visits, without a mark", |event| match event {
            Event::Changed(changed) => [&moved, &stays].into_iter().all(|visit| {
                let card = changed.appointments.iter().find(|card| json!(card.id) == *visit);
                card.is_some_and(|card| card.conflicts.is_empty())
            }),
            _ => false,
        });
    }
    agree(&front, &second);
}

#[test]
fn a_command_beside_the_window_writes_and_the_window_hears_it() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let command = Window::command(&network.folder("front"));
    let ana = command.add_patient("Rivera", "Ana");
    let visit = command.book(&ana, "Op 1", "09:00");
    front.hears("what the command wrote", |event| match event {
        Event::Changed(changed) => changed.appointments.iter().any(|card| json!(card.id) == visit),
        _ => false,
    });
    assert_eq!(front.day(), command.day());
}

#[test]
fn undo_outlives_the_program() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let ana = front.add_patient("Rivera", "Ana");
    let visit = front.book(&ana, "Op 1", "09:00");
    front.ok(
        "cancel_appointment",
        json!({ "id": visit, "reason": "Patient ill" }),
    );
    front.close();
    let front = Window::open(&network.folder("front"));
    front.ok("undo", json!({}));
    assert_eq!(front.card(&visit).unwrap()["status"], "scheduled");
    front.close();
    let front = Window::open(&network.folder("front"));
    front.ok("redo", json!({}));
    assert_eq!(front.card(&visit).unwrap()["status"], "cancelled");
    front.ok("undo", json!({}));
    front.ok("undo", json!({}));
    assert_eq!(front.card(&visit), None, "the booking, too, is taken back");
}

/// Found by the simulation: taken time was gathered by a clock that was years ahead, and kept when it was put back.
#[test]
fn a_clock_that_was_ahead_does_not_free_taken_time() {
    let network = ClinicNetwork::start();
    network.found().close();
    let right = jiff::Timestamp::now().as_millisecond();
    let clock = Arc::new(AtomicI64::new(right));
    let window = Window::with(Options {
        clock: Some(Clock::Manual(clock.clone())),
        ..options(&network.folder("front"), Purpose::Command)
    });
    let ana = window.add_patient("Rivera", "Ana");
    window.book(&ana, "Op 1", "10:00");
    let offered = |window: &Window| {
        let request = json!({
            "appointment_type": window.id("appointment_types", "Consultation"), "operatory": window.id("operatories", "Op 1"),
            "from": DAY, "days": 1, "limit": 200,
        });
        let openings = window.ok("openings", request)["openings"]
            .as_array()
            .unwrap()
            .clone();
        openings
            .iter()
            .any(|opening| opening["at"] == format!("{DAY}T10:00"))
    };
    clock.store(right + 20 * 365 * 24 * 3_600_000, Ordering::Relaxed);
    assert!(!offered(&window), "the past is not offered");
    clock.store(right, Ordering::Relaxed);
    assert!(!offered(&window), "10:00 is taken");
}

/// Every file of a folder with its bytes.
fn bytes_of(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // What programs that look at the file share is not its content.
        .filter(|path| {
            !path.to_string_lossy().ends_with("-shm") && path.extension().is_none_or(|kind| kind != "lock")
        })
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .filter(|(path, bytes)| !(path.to_string_lossy().ends_with("-wal") && bytes.is_empty()))
        .collect();
    files.sort();
    files
}

fn failure(options: Options) -> desk::DeskError {
    match Window::with(options).front.boot_state() {
        Boot::Failed { error } => error,
        other => panic!("should not open, but: {other:?}"),
    }
}

#[test]
fn a_second_window_is_told_that_the_first_is_open() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let error = failure(options(&network.folder("front"), Purpose::Window));
    assert_eq!(error.code, "already_running");
    assert!(error.hint.contains("Nothing was touched"), "{error:?}");
    front.add_patient("Rivera", "Ana");
}

#[test]
fn trying_again_opens_once_the_other_window_is_closed() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let second = Window::open(&network.folder("front"));
    assert_eq!(second.ok("boot", json!({}))["error"]["code"], "already_running");
    front.close();
    assert_eq!(second.ok("boot", json!({}))["state"], "ready");
    assert_eq!(
        second.ok("boot", json!({}))["state"],
        "ready",
        "it is open only once"
    );
    second.add_patient("Rivera", "Ana");
}

#[test]
fn a_wrong_passphrase_touches_nothing() {
    let network = ClinicNetwork::start();
    network.found().close();
    let folder = network.folder("front");
    let before = bytes_of(&folder);
    let wrong = Options {
        passphrase: Some("wrong horse".to_owned()),
        ..options(&folder, Purpose::Window)
    };
    let error = failure(wrong);
    assert_eq!(error.code, "wrong_passphrase", "{error:?}");
    assert!(before == bytes_of(&folder), "nothing was touched");
    assert_eq!(Window::open(&folder).front.boot_state(), Boot::Ready);
}

#[test]
fn a_truncated_file_is_named_and_left_alone() {
    let network = ClinicNetwork::start();
    network.found().close();
    let folder = network.folder("front");
    let database = store::database_path(&folder);
    let bytes = fs::read(&database).unwrap();
    fs::write(&database, &bytes[..bytes.len() / 2]).unwrap();
    for extra in ["-wal", "-shm"] {
        let mut path = database.clone().into_os_string();
        path.push(extra);
        let _ = fs::remove_file(path);
    }
    let before = bytes_of(&folder);
    let error = failure(options(&folder, Purpose::Window));
    assert_eq!(error.code, "corrupt", "{error:?}");
    assert!(error.hint.contains("Nothing was touched"), "{error:?}");
    assert!(before == bytes_of(&folder), "nothing was touched");
}
