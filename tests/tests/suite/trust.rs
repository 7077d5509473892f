//! Who may do what, told from the side of those who may and those who may not: at this desk and at all others.

use std::collections::BTreeMap;

use clinic::Role;
use desk::Purpose;
use desk::api::COMMANDS;
use expect_test::expect;
use orca_tests::requests::{NOT_TRIED, request};
use serde_json::{Value, json};

use crate::clinic_network::{ClinicNetwork, Window, options};

fn everywhere(role: &str) -> Value {
    json!([{ "role": role, "places": "everywhere" }])
}

fn word(role: &str) -> String {
    format!("{role} has a passphrase")
}

/// Adds a person with a role, who signs in with [`word`].
fn add(desk: &Window, name: &str, role: &str) -> Value {
    let people = desk.ok(
        "add_person",
        json!({ "name": name, "grants": everywhere(role), "passphrase": word(role) }),
    );
    person(&people, name)
}

fn person(people: &Value, name: &str) -> Value {
    let list = people["people"].as_array().unwrap();
    list.iter().find(|person| person["name"] == name).unwrap()["id"].clone()
}

fn sign_in(desk: &Window, person: &Value, passphrase: &str) -> Value {
    desk.ok("sign_in", json!({ "person": person, "passphrase": passphrase }))
}

/// How an answer counts: `x` may, `.` may not.
fn mark(desk: &Window, command: &str, location: &Value) -> char {
    match desk.call(command, request(command, location)) {
        Ok(_) => 'x',
        Err(error) => match error.code.as_str() {
            "not_allowed" => '.',
            "locked" => 'L',
            "bad_request" => panic!("{command}: {error:?}"),
            _ => 'x',
        },
    }
}

#[test]
fn every_command_by_every_role() {
    let network = ClinicNetwork::start();
    let desk = network.found();
    let mut people = BTreeMap::new();
    for role in Role::ALL {
        people.insert(*role, add(&desk, role.words(), role.code()));
    }
    let location = desk.ok("hello", json!({}))["roster"]["locations"][0]["id"].clone();
    let mut lines: BTreeMap<&str, String> = BTreeMap::new();
    for role in Role::ALL {
        sign_in(&desk, &people[role], &word(role.code()));
        for command in COMMANDS
            .iter()
            .filter(|command| !NOT_TRIED.contains(&command.name))
        {
            lines
                .entry(command.name)
                .or_default()
                .push(mark(&desk, command.name, &location));
        }
    }
    let drawn: String = COMMANDS
        .iter()
        .filter_map(|command| Some((command.name, lines.get(command.name)?)))
        .map(|(name, line)| format!("{line}  {name}\n"))
        .collect();
    // Super Admin, Clinic Admin, Doctor, Clinical Staff, Front Desk, Billing, Read Only
    expect![[r#"
        xxxxxxx  boot
        xxxxxxx  unlock
        xxxxxxx  init_practice
        xxxxxxx  join_practice
        xxxxxxx  open_demo
        xxxxxxx  zones
        xxxxxxx  hello
        xxxxxxx  now
        xxxxxxx  set_preferences
        xx.....  save_setting
        xxxxxxx  day_sheet
        xxxxxxx  month_density
        xxxxxxx  appointment
        xxxxx..  book_appointment
        xxxxx..  move_appointment
        xxxxx..  change_length
        xxxxx..  set_status
        xxx.x..  cancel_appointment
        xxxxx..  edit_appointment
        xxxxxxx  check_placement
        xxxxxxx  openings
        xxxxxxx  ics
        xxxxx..  add_time_block
        xxxxx..  change_time_block
        xxxxx..  remove_time_block
        xxxxxxx  find_patients
        xxxxxxx  list_patients
        xxxxxxx  patient
        xxxxx..  add_patient
        xxxxx..  update_patient
        xxxxxxx  conflicts
        xxxxx..  keep_both
        xxxxx..  choose_value
        xxxxxxx  history
        xxxxxxx  undo
        xxxxxxx  redo
        xx.....  import
        xxxxxxx  cancel_job
        xxxxxxx  sync_state
        xxxxxxx  backup_state
        xx.....  save_backup_settings
        xxxxxxx  list_backups
        xxxxxxx  verify_backup
        xxxxxxx  restore_backup
        xx.....  relay_invite
        xxxxxxx  session
        xxxxxxx  sign_in
        xxxxxxx  resume
        xxxxxxx  touched
        xx.....  set_lock_after
        xxxxxxx  set_pin
        xxxxxxx  choose_passphrase
        xxxxxxx  break_glass
        xx.....  people
        xx.....  add_person
        xx.....  update_person
        xx.....  reset_login
        xx.....  set_permission
        xx.....  remove_workstation
        xx.....  set_aside
        xx.....  audit_list
        xx.....  audit_patient
        xxxxxxx  audit_verify
    "#]]
    .assert_eq(&drawn);
}

#[test]
fn a_locked_desk_answers_nothing_of_the_practice() {
    let network = ClinicNetwork::start();
    let desk = network.found();
    desk.add_patient("Rivera", "Ana");
    let nobody = desk.refused("lock", json!({}));
    assert_eq!(nobody.code, "no_way_back");
    desk.ok("choose_passphrase", json!({ "passphrase": "a long one of mine" }));
    let location = desk.ok("hello", json!({}))["roster"]["locations"][0]["id"].clone();
    let session = desk.ok("lock", json!({}));
    assert_eq!(session["state"], "locked");
    assert!(!session.to_string().contains("Rivera"));
    for command in COMMANDS {
        let open = [
            "boot",
            "unlock",
            "init_practice",
            "join_practice",
            "open_demo",
            "zones",
            "now",
            "sync_state",
            "sync_now",
            "list_backups",
            "verify_backup",
            "restore_backup",
            "session",
            "sign_in",
            "resume",
            "lock",
            "touched",
        ];
        let answer = desk.call(command.name, request(command.name, &location));
        let is_locked = answer.as_ref().is_err_and(|error| error.code == "locked");
        assert_eq!(
            is_locked,
            !open.contains(&command.name),
            "{}: {answer:?}",
            command.name
        );
        assert!(!format!("{answer:?}").contains("Rivera"), "{}", command.name);
    }
    let me = session["people"][0]["id"].clone();
    let error = desk.refused("sign_in", json!({ "person": me, "passphrase": "not this one" }));
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("wrong_passphrase", Some("passphrase"))
    );
    sign_in(&desk, &me, "a long one of mine");
    desk.book(&desk.add_patient("Novak", "Lena"), "Op 1", "09:00");
}

#[test]
fn wrong_passphrases_are_slowed_down_for_that_person_only() {
    let network = ClinicNetwork::start();
    let desk = network.found();
    let kofi = add(&desk, "Kofi Osei", "front_desk");
    let mei = add(&desk, "Mei Tanaka", "doctor");
    let guess = || {
        desk.refused("sign_in", json!({ "person": kofi, "passphrase": "guess" }))
            .code
    };
    let codes: Vec<String> = (0..4).map(|_| guess()).collect();
    assert_eq!(
        codes,
        [
            "wrong_passphrase",
            "wrong_passphrase",
            "wrong_passphrase",
            "too_many_tries"
        ]
    );
    sign_in(&desk, &mei, &word("doctor"));
}

#[test]
fn a_pin_brings_its_person_back_and_is_forgotten_after_five_wrong_tries() {
    let network = ClinicNetwork::start();
    let desk = network.found();
    let kofi = add(&desk, "Kofi Osei", "front_desk");
    assert_eq!(desk.refused("set_pin", json!({ "pin": "1234" })).code, "no_login");
    sign_in(&desk, &kofi, &word("front_desk"));
    assert_eq!(
        desk.refused("set_pin", json!({ "pin": "12" })).field.as_deref(),
        Some("pin")
    );
    desk.ok("set_pin", json!({ "pin": "2580" }));
    for _ in 0..2 {
        assert_eq!(desk.ok("lock", json!({}))["pin_for"], kofi);
        assert_eq!(desk.refused("resume", json!({ "pin": "0000" })).code, "wrong_pin");
        assert_eq!(desk.ok("resume", json!({ "pin": "2580" }))["me"]["id"], kofi);
    }
    desk.ok("lock", json!({}));
    for _ in 0..5 {
        assert_eq!(desk.refused("resume", json!({ "pin": "0000" })).code, "wrong_pin");
    }
    assert_eq!(desk.refused("resume", json!({ "pin": "2580" })).code, "no_pin");
    sign_in(&desk, &kofi, &word("front_desk"));
}

#[test]
fn who_has_a_passphrase_is_asked_for_it_at_the_next_start() {
    let network = ClinicNetwork::start();
    let desk = network.found();
    let me = desk.ok("session", json!({}))["me"]["id"].clone();
    desk.ok("choose_passphrase", json!({ "passphrase": "a long one of mine" }));
    desk.front.close();
    drop(desk);
    let again = Window::open(&network.folder("front"));
    assert_eq!(again.ok("session", json!({}))["state"], "locked");
    assert_eq!(again.refused("hello", json!({})).code, "locked");
    sign_in(&again, &me, "a long one of mine");
    again.ok("hello", json!({}));
    // A command names its person, or is the workstation's own with their passphrase.
    let own = Window::with(desk::Options {
        person_passphrase: Some("a long one of mine".to_owned()),
        ..options(&network.folder("front"), Purpose::Command)
    });
    own.ok("hello", json!({}));
    let wrong = Window::with(desk::Options {
        person: Some("amara diallo".to_owned()),
        person_passphrase: Some("another".to_owned()),
        ..options(&network.folder("front"), Purpose::Command)
    });
    assert_eq!(wrong.refused("hello", json!({})).code, "wrong_passphrase");
}

#[test]
fn a_person_added_at_one_desk_signs_in_at_another() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    let mei = add(&front, "Mei Tanaka", "doctor");
    second.until("Mei among those who sign in at the second desk", |second| {
        let session = second.ok("session", json!({}));
        let people = session["people"].as_array()?.clone();
        people.iter().any(|person| person["id"] == mei).then_some(())
    });
    let session = sign_in(&second, &mei, &word("doctor"));
    assert_eq!(session["me"]["name"], "Mei Tanaka");
    let ana = second.add_patient("Rivera", "Ana");
    let visit = second.book(&ana, "Op 1", "09:00");
    front.until("what Mei booked", |front| front.card(&visit));
    let history = front.ok("history", json!({ "appointment": visit }));
    assert_eq!(history["entries"][0]["by"]["person"], "Mei Tanaka", "{history}");
    // Out of use: not here, not there.
    front.ok("update_person", json!({ "id": mei, "is_active": false }));
    second.until("being refused", |second| {
        let error = second
            .call(
                "add_patient",
                json!({ "fields": { "family_name": "X", "given_name": "Y" } }),
            )
            .err()?;
        (error.code == "not_allowed").then_some(())
    });
}

#[test]
fn what_a_role_lost_meanwhile_is_set_aside_everywhere() {
    let mut network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    let ana = front.add_patient("Rivera", "Ana");
    second.until("the patient", |second| {
        second.call("patient", json!({ "id": ana })).ok()
    });
    front.until_in_step();
    second.until_in_step();
    let kofi = front.until("Kofi at the front desk", |front| {
        let people = front.ok("people", json!({}));
        let list = people["people"].as_array()?;
        let kofi = list.iter().find(|person| person["name"] == "Kofi Osei")?;
        Some(kofi["id"].clone())
    });
    network.stop_relay();
    front.until_mode("offline");
    second.until_mode("offline");
    front.ok(
        "update_person",
        json!({ "id": kofi, "grants": everywhere("read_only") }),
    );
    let visit = second.book(&ana, "Op 1", "09:00");
    // The front desk's word comes first in the log.
    second.close();
    network.start_relay();
    front.until_in_step();
    let second = Window::open(&network.folder("Desk 2"));
    second.until_in_step();
    front.until("the booking, set aside", |front| {
        let list = front.ok("set_aside", json!({}));
        let reason = list["entries"].as_array()?.first()?["reason"]
            .as_str()?
            .to_owned();
        reason.contains("may not do this").then_some(())
    });
    assert!(front.card(&visit).is_none());
    second.until("the booking to go at its author’s desk, too", |second| {
        second.card(&visit).is_none().then_some(())
    });
    assert_eq!(second.ok("sync_state", json!({}))["quarantined"], 1, "kept");
    let error = second.refused(
        "add_patient",
        json!({ "fields": { "family_name": "X", "given_name": "Y" } }),
    );
    assert_eq!(error.code, "not_allowed");
}

/// A person who was removed while their desk was off-line: the relay does not even take what they wrote.
#[test]
fn what_a_removed_person_wrote_off_line_goes_back_and_the_desk_works_on() {
    let mut network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    let mei = add(&front, "Mei Tanaka", "doctor");
    second.until("Mei at the second desk", |second| {
        second
            .call("sign_in", json!({ "person": mei, "passphrase": word("doctor") }))
            .ok()
    });
    front.until_in_step();
    second.until_in_step();
    network.stop_relay();
    front.until_mode("offline");
    second.until_mode("offline");
    let lena = second.add_patient("Novak", "Lena");
    let visit = second.book(&lena, "Op 1", "09:00");
    front.ok("update_person", json!({ "id": mei, "is_active": false }));
    second.close();
    network.start_relay();
    front.until_in_step();
    let second = Window::open(&network.folder("Desk 2"));
    second.until_in_step();
    second.until("what Mei wrote to go", |second| {
        second.call("patient", json!({ "id": lena })).err()
    });
    assert!(second.card(&visit).is_none());
    // Kofi, whose desk it is, goes on.
    let ana = second.add_patient("Rivera", "Ana");
    let kept = second.book(&ana, "Op 1", "09:00");
    front.until("what Kofi booked", |front| front.card(&kept));
    second.until_in_step();
}

#[test]
fn emergency_access_opens_the_calendar_at_every_desk_until_it_is_given_back() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    let ana = front.add_patient("Rivera", "Ana");
    let billing = add(&front, "Bea Billing", "billing");
    second.until("the patient", |second| {
        second.call("patient", json!({ "id": ana })).ok()
    });
    sign_in(&front, &billing, &word("billing"));
    assert_eq!(
        front
            .refused("break_glass", json!({ "reason": "x" }))
            .field
            .as_deref(),
        Some("reason")
    );
    let session = front.ok(
        "break_glass",
        json!({ "reason": "doctor alone with a bleeding patient" }),
    );
    assert!(session["emergency_until"].is_string());
    let visit = front.book(&ana, "Op 1", "09:00");
    second.until("what was booked in the emergency", |second| second.card(&visit));
    let told = second.until("being told of the emergency", |second| {
        let session = second.ok("session", json!({}));
        session["emergencies"].as_array()?.first().cloned()
    });
    assert_eq!(told["person"]["name"], "Bea Billing");
    assert_eq!(told["reason"], "doctor alone with a bleeding patient");
    let people = second.refused("people", json!({}));
    assert_eq!(people.code, "not_allowed");
    front.ok("end_emergency", json!({}));
    let error = front.refused("edit_appointment", json!({ "id": visit, "note": "x" }));
    assert_eq!(error.code, "not_allowed");
    assert_eq!(second.ok("sync_state", json!({}))["quarantined"], 0);
    second.until("being told that it is over", |second| {
        let session = second.ok("session", json!({}));
        session["emergencies"].as_array()?.is_empty().then_some(())
    });
}

#[test]
fn a_stolen_workstation_is_out_and_cannot_read_on() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let second = network.join(&front, "Laptop", "Kofi Osei");
    let third = network.join(&front, "Desk 3", "Mei Tanaka");
    let machines = front.until("all workstations", |front| {
        let machines = front.ok("people", json!({}))["workstations"].as_array()?.clone();
        (machines.len() == 3).then_some(machines)
    });
    let laptop = machines
        .iter()
        .find(|machine| machine["name"] == "Laptop")
        .unwrap();
    let here = machines
        .iter()
        .find(|machine| machine["is_here"] == true)
        .unwrap();
    assert_eq!(
        front
            .refused("remove_workstation", json!({ "id": here["id"] }))
            .code,
        "this_workstation"
    );
    assert_eq!(
        second
            .refused("remove_workstation", json!({ "id": here["id"] }))
            .code,
        "not_allowed"
    );
    front.ok("remove_workstation", json!({ "id": laptop["id"] }));
    let ana = front.add_patient("Rivera", "Ana");
    let visit = front.book(&ana, "Op 1", "09:00");
    third.until("what is sealed with the new key", |third| third.card(&visit));
    second.until("being refused by the relay", |second| {
        let state = second.ok("sync_state", json!({}));
        state["trouble"].as_str()?.contains("removed").then_some(())
    });
    assert!(second.card(&visit).is_none());
}
