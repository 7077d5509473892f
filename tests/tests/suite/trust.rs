//! Who may do what, told from the side of those who may and those who may not: at this desk and at all others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use clinic::Role;
use desk::Purpose;
use desk::api::COMMANDS;
use expect_test::expect;
use hmac::{Hmac, KeyInit as _, Mac as _};
use orca_tests::requests::{NOT_TRIED, request};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::clinic_network::{ClinicNetwork, Window, options, tamper};

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
        xxxxxxx  save_views
        xx.....  save_setting
        xx.....  preview_type_change
        xxxxxxx  day_sheet
        xxxxxxx  day_as_of
        xxxxxxx  month_density
        xxxxxxx  appointment
        xxxxx..  book_appointment
        xxxxxxx  family_openings
        xxxxx..  book_family
        xxxxx..  move_appointment
        xxxxx..  swap_appointments
        xxxxx..  change_length
        xxxxxxx  merge_procedures
        xxxxx..  change_procedures
        xxxxx..  set_status
        xxx.x..  cancel_appointment
        xxxxx..  edit_appointment
        xxxxxxx  check_placement
        xxxxxxx  check_change
        xxxxxxx  openings
        xxxxxxx  ics
        xxxxxxx  plan_series
        xxxxx..  book_series
        xxxxxxx  visit_series
        xxxxxxx  plan_series_change
        xxxxx..  change_series
        xxx.x..  cancel_series
        xxxxxxx  series_ics
        xxxxxxx  print_day_sheet
        xxxxxxx  print_week
        xxxxxxx  print_route_slips
        xxxxxxx  downtime_state
        xx.....  save_downtime
        xx.....  write_downtime_now
        xxxxx..  add_time_block
        xxxxx..  change_time_block
        xxxxx..  remove_time_block
        xxxxxxx  time_block
        xxxxx..  add_block_series
        xxxxx..  change_block_series
        xxxxx..  remove_block_series
        xxxxx..  paste_blocks
        xxxxxxx  plan_absence
        xxxxx..  enter_absence
        xxxxx..  remove_absence
        xxxxxxx  absences
        xxx.x..  templates
        xxx.x..  template
        xx.....  create_template
        xx.....  update_template
        xx.....  change_template_slots
        xx.....  check_template_slots
        xx.....  fill_template
        xx.....  copy_template_column
        xx.....  save_template_version
        xx.....  restore_template_version
        xxx.x..  diff_template
        xx.....  map_template
        xx.....  copy_template
        xx.....  share_template
        xx..x..  plan_application
        xx..x..  apply_template
        xxx.x..  applications
        xx..x..  remove_application
        xxx.x..  template_day
        xx..x..  change_day_slots
        xxx....  template_analytics
        xxx....  export_template_analytics
        xxxxxxx  pinboard
        xxxxx..  pin_appointment
        xxxxx..  unpin_appointment
        xxxxxxx  plan_rescheduling
        xxxxx..  reschedule_visits
        xxxxxxx  find_patients
        xxxxxxx  list_patients
        xxxxxxx  patient
        xxxxx..  add_patient
        xxxxx..  update_patient
        xxxxxxx  conflicts
        xxxxx..  keep_both
        xxxxx..  choose_value
        xxxxxxx  history
        xxxxxxx  letters
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
        xx.....  log_cover
        xx.....  cover_log
        xxxxxxx  restore_from_kit
        xx.....  recovery_status
        x......  make_recovery_kit
        xxxxxxx  reset_with_kit
        xxxxxxx  session
        xxxxxxx  sign_in
        xxxxxxx  resume
        xxxxxxx  touched
        xx.....  set_lock_after
        xxxxxxx  set_pin
        xxxxxxx  choose_passphrase
        xxxxxxx  begin_second_factor
        xxxxxxx  confirm_second_factor
        xxxxxxx  remove_second_factor
        xxxxxxx  trust_workstation
        xx.....  require_second_factor
        xxxxxxx  break_glass
        xx.....  people
        xx.....  add_person
        xx.....  update_person
        xx.....  reset_login
        xx.....  set_permission
        xx.....  remove_workstation
        xx.....  set_aside
        xx.....  release_set_aside
        xx.....  audit_list
        xx.....  audit_actions
        xx.....  audit_export
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
            "restore_from_kit",
            "reset_with_kit",
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
fn a_workstation_remembers_that_others_see_its_screen_and_when_it_locks() {
    let network = ClinicNetwork::start();
    let desk = network.found();
    let mut preferences = desk.ok("hello", json!({}))["preferences"].clone();
    preferences["is_private"] = json!(true);
    desk.ok("set_preferences", preferences);
    desk.ok("set_lock_after", json!({ "minutes": 5 }));
    desk.front.close();
    drop(desk);
    let again = Window::open(&network.folder("front"));
    assert_eq!(again.ok("hello", json!({}))["preferences"]["is_private"], true);
    assert_eq!(again.ok("session", json!({}))["lock_after_minutes"], 5);
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

    // Off-line, with a reason: it counts when everybody can hear of it.
    network.stop_relay();
    front.until_mode("offline");
    let kept = front.ok("set_aside", json!({}))["entries"][0].clone();
    assert_eq!(kept["work"]["person"], "Kofi Osei", "{kept}");
    assert_eq!(kept["work"]["patients"], json!(["Rivera, Ana"]), "{kept}");
    assert_eq!(kept["can_let_in"], true, "{kept}");
    let ids = json!([&kept["id"].as_str().unwrap()[..8]]);
    let error = front.refused("release_set_aside", json!({ "ids": ids, "reason": " " }));
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("reason_needed", Some("reason"))
    );
    let error = front.refused(
        "release_set_aside",
        json!({ "ids": ["12345678"], "reason": "asked for" }),
    );
    assert_eq!(error.code, "unknown_record");
    let list = front.ok(
        "release_set_aside",
        json!({ "ids": ids, "reason": "the mother was told" }),
    );
    assert_eq!(list["entries"][0]["let_in"]["by"], "Amara Diallo", "{list}");
    assert!(front.card(&visit).is_none());
    network.start_relay();
    front.until("what was let in", |front| front.card(&visit));
    second.until("its work to come back to its author", |second| {
        second.card(&visit)
    });
    let third = network.join(&front, "Desk 3", "Mei Tanaka");
    assert!(third.card(&visit).is_some(), "also at a desk that joins later");
    for desk in [&front, &second, &third] {
        assert_eq!(desk.ok("sync_state", json!({}))["quarantined"], 0);
        desk.audit_is_sound();
    }
    let list = third.refused("set_aside", json!({}));
    assert_eq!(list.code, "not_allowed");
    let list = front.ok("set_aside", json!({}));
    let released = &list["released"][0];
    assert_eq!(
        released["why"],
        json!({ "by": "Amara Diallo", "reason": "the mother was told" })
    );
    assert_eq!(released["person"], "Kofi Osei");
    let audit = front.ok("audit_list", json!({}));
    let entry = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["reason"] == "the mother was told");
    assert!(entry.is_some(), "{audit}");
    // Kofi may no more than before.
    assert_eq!(
        second
            .refused("edit_appointment", json!({ "id": visit, "note": "x" }))
            .code,
        "not_allowed"
    );
    let found = std::fs::read_dir(network.relay_dir()).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        bytes.windows(15).any(|window| window == b"mother was told")
    });
    assert!(!found, "the relay does not read the reason");

    // As if an older program had met the statement, which knew nothing of letting in: the next one reads it again.
    front.close();
    forget_what_was_let_in(&network.folder("front"));
    let front = Window::open(&network.folder("front"));
    assert_eq!(front.ok("set_aside", json!({}))["released"], list["released"]);
    assert!(front.card(&visit).is_some());
}

fn forget_what_was_let_in(folder: &std::path::Path) {
    tamper(
        folder,
        "DELETE FROM released; DELETE FROM settings WHERE key = 'releases/read'",
    );
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
    // Nobody else has what Mei wrote; an administrator who sits down at that desk lets it in for all.
    assert_eq!(front.ok("set_aside", json!({}))["entries"], json!([]));
    let cleo = add(&front, "Cleo Marsh", "clinic_admin");
    second.until("Cleo at the second desk", |second| {
        second
            .call(
                "sign_in",
                json!({ "person": cleo, "passphrase": word("clinic_admin") }),
            )
            .ok()
    });
    let entries = second.ok("set_aside", json!({}))["entries"].clone();
    let ids: Vec<Value> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["id"].clone())
        .collect();
    assert_eq!(ids.len(), 2, "{entries}");
    second.ok(
        "release_set_aside",
        json!({ "ids": ids, "reason": "written before she left" }),
    );
    for desk in [&front, &second] {
        desk.until("what Mei wrote", |desk| {
            desk.call("patient", json!({ "id": lena })).ok()?;
            desk.ok("conflicts", json!({}))["cards"]
                .as_array()?
                .first()
                .cloned()
        });
    }
    second.until_in_step();
    assert_eq!(second.ok("sync_state", json!({}))["quarantined"], 0);
    assert_eq!(
        front.day(),
        second.day(),
        "two visits in one chair, on a card everywhere"
    );
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
    // Whoever holds it sees nothing any more.
    assert_eq!(second.ok("sync_state", json!({}))["is_removed"], true);
    assert_eq!(second.ok("session", json!({}))["state"], "locked");
    assert_eq!(second.refused("hello", json!({})).code, "locked");
}

#[test]
fn at_a_removed_workstation_a_passphrase_counts_and_a_pin_does_not() {
    let network = ClinicNetwork::start();
    let front = network.found();
    let laptop = network.join(&front, "Laptop", "Kofi Osei");
    let kofi = laptop.ok("session", json!({}))["me"]["id"].clone();
    laptop.ok("choose_passphrase", json!({ "passphrase": "a long one of mine" }));
    laptop.ok("set_pin", json!({ "pin": "2580" }));
    laptop.ok("lock", json!({}));
    laptop.until_in_step();
    let machine = front.until("the laptop", |front| {
        let people = front.ok("people", json!({}));
        let machines = people["workstations"].as_array()?;
        Some(machines.iter().find(|machine| machine["name"] == "Laptop")?["id"].clone())
    });
    front.ok("remove_workstation", json!({ "id": machine }));
    laptop.until("the PIN to be forgotten", |laptop| {
        (laptop.ok("session", json!({}))["pin_for"] == Value::Null).then_some(())
    });
    assert_eq!(laptop.refused("resume", json!({ "pin": "2580" })).code, "no_pin");
    sign_in(&laptop, &kofi, "a long one of mine");
    laptop.ok("hello", json!({}));
}

/// Two parts of a new kit, as they are typed.
fn kit(desk: &Window, parts: u8) -> Vec<String> {
    let kit = desk.ok("make_recovery_kit", json!({ "parts": parts }));
    let parts = kit["parts"].as_array().unwrap();
    parts
        .iter()
        .map(|part| {
            let groups: Vec<&str> = part["groups"]
                .as_array()
                .unwrap()
                .iter()
                .map(|group| group.as_str().unwrap())
                .collect();
            groups.join(" ")
        })
        .collect()
}

fn restoring(network: &ClinicNetwork, first: &str, second: &str, person: &str) -> Value {
    json!({
        "relay": network.url(), "first": first, "second": second, "person": person, "workstation": "New desk",
    })
}

/// One wrong letter is what the check letters of a group always find; other slips only nearly always.
fn one_letter_else(part: &str, at: usize) -> String {
    let other = if part[at..].starts_with('7') { "8" } else { "7" };
    format!("{}{other}{}", &part[..at], &part[at + 1..])
}

/// Every workstation burned and nobody remembers a passphrase: two of three parts and the relay are left.
#[test]
fn two_parts_of_the_kit_bring_the_practice_back() {
    let network = ClinicNetwork::start();
    let front = network.found();
    front.ok("choose_passphrase", json!({ "passphrase": "a long one of mine" }));
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    assert_eq!(front.ok("recovery_status", json!({}))["kit"], Value::Null);
    let parts = kit(&front, 3);
    let status = front.ok("recovery_status", json!({ "ask_relay": true }))["kit"].clone();
    assert_eq!(
        (
            &status["parts"],
            &status["by"],
            &status["is_used"],
            &status["is_at_relay"]
        ),
        (&json!(3), &json!("Amara Diallo"), &json!(false), &json!(true))
    );
    let ana = front.add_patient("Rivera", "Ana");
    let visit = front.book(&ana, "Op 1", "09:00");
    // The practice's key changes after the kit was made.
    let machines = second.until("the second desk among the machines", |_| {
        let machines = front.ok("people", json!({}))["workstations"].as_array()?.clone();
        machines.into_iter().find(|machine| machine["name"] == "Desk 2")
    });
    front.ok("remove_workstation", json!({ "id": machines["id"] }));
    let later = front.add_patient("Novak", "Lena");
    let moved = front.book(&later, "Op 2", "10:00");
    front.until_in_step();
    assert_eq!(front.ok("recovery_status", json!({}))["kit"]["is_behind"], false);
    let day = front.day();
    front.close();
    second.close();

    let new = Window::open(&network.folder("new"));
    // Slips on the way, each said for what it is.
    let mistyped = one_letter_else(&parts[0].replacen('-', " ", 1), 14);
    let error = new.refused(
        "restore_from_kit",
        restoring(&network, &mistyped, &parts[1], "Amara Diallo"),
    );
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("bad_kit_part", Some("first"))
    );
    assert!(error.message.contains("group 3 is mistyped"), "{error:?}");
    let error = new.refused(
        "restore_from_kit",
        restoring(&network, &parts[0], &parts[0], "Amara Diallo"),
    );
    assert_eq!(error.code, "no_pair");
    assert!(error.message.contains("same part twice"), "{error:?}");
    let nowhere = json!({
        "relay": "ws://127.0.0.1:9", "first": parts[0], "second": parts[2], "person": "x", "workstation": "x",
    });
    assert_eq!(
        new.refused("restore_from_kit", nowhere).field.as_deref(),
        Some("relay")
    );

    new.ok(
        "restore_from_kit",
        restoring(&network, &parts[2], &parts[0], "amara diallo"),
    );
    assert_eq!(new.day(), day);
    assert!(new.card(&visit).is_some() && new.card(&moved).is_some());
    let session = new.ok("session", json!({}));
    assert_eq!(
        (
            &session["me"]["name"],
            &session["is_super_admin"],
            &session["has_login"]
        ),
        (&json!("Amara Diallo"), &json!(true), &json!(false)),
        "the same person, without the passphrase that nobody knows"
    );
    let people = new.ok("people", json!({}));
    assert_eq!(people["people"].as_array().unwrap().len(), 2, "{people}");
    new.ok(
        "choose_passphrase",
        json!({ "passphrase": "one that I write down" }),
    );
    let kept = new.book(&ana, "Op 3", "11:00");
    new.until_in_step();
    new.audit_is_sound();
    new.close();
    let new = Window::open(&network.folder("new"));
    assert_eq!(new.refused("hello", json!({})).code, "locked");
    let me = new.ok("session", json!({}))["people"][0]["id"].clone();
    sign_in(&new, &me, "one that I write down");
    assert!(new.card(&kept).is_some());
    let status = new.ok("recovery_status", json!({ "ask_relay": true }))["kit"].clone();
    assert_eq!(status["is_used"], true, "{status}");

    // Used up, whichever parts; a new one counts.
    let other = Window::open(&network.folder("other"));
    let error = other.refused("restore_from_kit", restoring(&network, &parts[0], &parts[1], "x"));
    assert_eq!(error.code, "kit_refused");
    assert!(error.message.contains("renewed or used"), "{error:?}");
    let renewed = kit(&new, 2);
    let newer = kit(&new, 2);
    let error = other.refused(
        "restore_from_kit",
        restoring(&network, &renewed[0], &renewed[1], "x"),
    );
    assert_eq!(error.code, "kit_refused");
    let error = other.refused(
        "restore_from_kit",
        restoring(&network, &renewed[0], &newer[1], "x"),
    );
    assert_eq!(error.code, "no_pair");
    assert!(
        !network.folder("other").join("practice.db").exists(),
        "nothing is left behind"
    );
    other.ok(
        "restore_from_kit",
        restoring(&network, &newer[0], &newer[1], "Somebody New"),
    );
    assert_eq!(other.ok("session", json!({}))["is_super_admin"], true);
    let joined = network.join(&new, "Desk 3", "Mei Tanaka");
    joined.until("the visit of the restored desk", |joined| joined.card(&kept));
    assert_eq!(joined.ok("sync_state", json!({}))["quarantined"], 0);
    // The desk that burned, were it found again, is put out like any other; its person's old key signs nothing.
    let thief = Window::open(&network.folder("front"));
    let error = thief.call(
        "sign_in",
        json!({ "person": me, "passphrase": "a long one of mine" }),
    );
    thief.until("the old passphrase to count no more", |thief| {
        let error = thief
            .call(
                "sign_in",
                json!({ "person": me, "passphrase": "a long one of mine" }),
            )
            .err()?;
        (error.code == "wrong_passphrase" || error.code == "too_many_tries").then_some(())
    });
    drop(error);
}

/// The desk is there, the administrator's passphrase is not: also off-line.
#[test]
fn the_kit_gives_an_administrator_a_new_passphrase() {
    let mut network = ClinicNetwork::start();
    let front = network.found();
    let me = front.ok("session", json!({}))["me"]["id"].clone();
    let second = network.join(&front, "Desk 2", "Kofi Osei");
    second.until_in_step();
    front.until_in_step();
    let parts = kit(&front, 2);
    front.ok("choose_passphrase", json!({ "passphrase": "a long one of mine" }));
    front.ok("lock", json!({}));
    network.stop_relay();
    front.until_mode("offline");
    let kofi = second.ok("session", json!({}))["me"]["id"].clone();
    let reset = |person: &Value, passphrase: &str| json!({ "first": parts[1], "second": parts[0], "person": person, "passphrase": passphrase });
    assert_eq!(
        front
            .refused("reset_with_kit", reset(&me, "short"))
            .field
            .as_deref(),
        Some("passphrase")
    );
    assert_eq!(
        front.refused("reset_with_kit", reset(&kofi, "long enough")).code,
        "not_an_administrator"
    );
    let error = front.refused(
        "reset_with_kit",
        json!({ "first": parts[1], "second": "12345", "person": me, "passphrase": "long enough" }),
    );
    assert_eq!(error.field.as_deref(), Some("second"));
    let session = front.ok("reset_with_kit", reset(&me, "this time I remember"));
    assert_eq!((&session["state"], &session["me"]["id"]), (&json!("open"), &me));
    assert_eq!(session["is_super_admin"], true);
    let error = front.refused("reset_with_kit", reset(&me, "once more please"));
    assert_eq!(error.code, "kit_refused");
    assert!(error.message.contains("used already"), "{error:?}");
    front.ok("lock", json!({}));
    assert_eq!(
        front
            .refused(
                "sign_in",
                json!({ "person": me, "passphrase": "a long one of mine" })
            )
            .code,
        "wrong_passphrase"
    );
    sign_in(&front, &me, "this time I remember");
    network.start_relay();
    second.until("the new passphrase at the other desk", |second| {
        second
            .call(
                "sign_in",
                json!({ "person": me, "passphrase": "this time I remember" }),
            )
            .ok()
    });
    let ana = second.add_patient("Rivera", "Ana");
    front.until("what was written there", |front| {
        front.call("patient", json!({ "id": ana })).ok()
    });
    for desk in [&front, &second] {
        assert_eq!(desk.ok("sync_state", json!({}))["quarantined"], 0);
        desk.audit_is_sound();
    }
}

/// An authenticator app, beside a desk whose clock is set by hand.
struct Phone {
    secret: Vec<u8>,
    clock: Arc<AtomicI64>,
}

impl Phone {
    /// What the app shows so many seconds from now, computed here by RFC 6238 and nothing of the product.
    fn shows(&self, later: i64) -> String {
        let seconds = self.clock.load(Ordering::Relaxed) / 1000 + later;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).unwrap();
        mac.update(&u64::try_from(seconds / 30).unwrap().to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 0x0F);
        let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7FFF_FFFF;
        format!("{:06}", number % 1_000_000)
    }

    fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

/// A window on this folder whose clock is set by hand.
fn timed(folder: &std::path::Path, clock: &Arc<AtomicI64>) -> Window {
    Window::with(desk::Options {
        clock: Some(desk::Clock::Manual(clock.clone())),
        ..options(folder, Purpose::Window)
    })
}

fn with_code(person: &Value, passphrase: &str, code: &str) -> Value {
    json!({ "person": person, "passphrase": passphrase, "code": code })
}

#[test]
fn a_second_factor_is_asked_for_at_every_desk_and_each_code_once() {
    let mut network = ClinicNetwork::start();
    let clock = Arc::new(AtomicI64::new(1_930_000_000_000));
    let front = timed(&network.folder("front"), &clock);
    front.ok(
        "init_practice",
        json!({ "name": "Harbour Dental", "zone": "America/New_York", "person": "Amara Diallo" }),
    );
    let me = front.ok("session", json!({}))["me"]["id"].clone();
    assert_eq!(front.refused("begin_second_factor", json!({})).code, "no_login");
    assert_eq!(
        front
            .refused("require_second_factor", json!({ "is_required": true }))
            .code,
        "no_second_factor",
        "whoever asks it of others goes first"
    );
    front.ok("choose_passphrase", json!({ "passphrase": word("me") }));
    assert_eq!(
        front
            .refused("confirm_second_factor", json!({ "code": "000000" }))
            .code,
        "not_begun"
    );
    let offer = front.ok("begin_second_factor", json!({}));
    assert!(offer["qr_svg"].as_str().unwrap().contains("<svg"));
    let secret = offer["secret"].as_str().unwrap();
    assert!(offer["uri"].as_str().unwrap().contains(secret));
    let phone = Phone {
        secret: data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap(),
        clock,
    };
    assert_eq!(
        front
            .refused("confirm_second_factor", json!({ "code": phone.shows(120) }))
            .code,
        "wrong_code"
    );
    let set_up = front.ok("confirm_second_factor", json!({ "code": phone.shows(0) }));
    let codes: Vec<&str> = set_up["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 8);
    assert_eq!(
        set_up["session"]["second_factor"],
        json!({ "is_on": true, "is_required": false, "is_trusted_here": false, "backup_codes": 8 })
    );
    front.ok("require_second_factor", json!({ "is_required": true }));
    let clinic_admin = add(&front, "Cleo Marsh", "clinic_admin");
    let second = {
        let code = network.invitation(&front);
        let window = timed(&network.folder("Desk 2"), &phone.clock);
        window.ok(
            "join_practice",
            json!({ "code": code, "person": "Kofi Osei", "workstation": "Desk 2" }),
        );
        window
    };

    // Off-line, at another desk than the one where it was set up.
    network.stop_relay();
    second.until_mode("offline");
    let pass = word("me");
    let error = second.refused("sign_in", json!({ "person": me, "passphrase": pass }));
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("second_factor_needed", Some("code"))
    );
    let error = second.refused("sign_in", with_code(&me, "not this one", &phone.shows(0)));
    assert_eq!(error.code, "wrong_passphrase", "the passphrase comes first");
    for (later, counts) in [(-60, false), (30, true)] {
        let answer = second.call("sign_in", with_code(&me, &pass, &phone.shows(later)));
        assert_eq!(answer.is_ok(), counts, "{later}: {answer:?}");
    }
    second.ok("lock", json!({}));
    assert_eq!(
        second
            .refused("sign_in", with_code(&me, &pass, &phone.shows(30)))
            .code,
        "wrong_code",
        "used here"
    );
    phone.wait(90);
    second.ok("sign_in", with_code(&me, &pass, &phone.shows(0)));
    second.ok("lock", json!({}));
    // A backup code, once; small letters and spaces will do.
    second.ok(
        "sign_in",
        with_code(&me, &pass, &codes[3].to_lowercase().replace('-', " ")),
    );
    assert_eq!(
        second.ok("session", json!({}))["second_factor"]["backup_codes"],
        7
    );
    second.ok("lock", json!({}));
    assert_eq!(
        second.refused("sign_in", with_code(&me, &pass, codes[3])).code,
        "wrong_code"
    );
    network.start_relay();
    front.ok("lock", json!({}));
    front.until("that the backup code is used", |front| {
        let state = front.ok("sync_now", json!({}));
        (state["mode"] == "live" && state["waiting"] == 0).then_some(())?;
        second.ok("sync_now", json!({}));
        let error = front.call("sign_in", with_code(&me, &pass, codes[3])).err()?;
        (error.code == "wrong_code" || error.code == "too_many_tries").then_some(())
    });

    // Not asked for where its person trusts the workstation; anywhere else it is.
    phone.wait(90);
    second.until("the wait after wrong codes to be over", |second| {
        second
            .call("sign_in", with_code(&me, &pass, &phone.shows(0)))
            .ok()
    });
    second.ok("trust_workstation", json!({ "is_trusted": true }));
    second.ok("lock", json!({}));
    second.ok("sign_in", json!({ "person": me, "passphrase": pass }));
    second.ok("trust_workstation", json!({ "is_trusted": false }));
    second.ok("lock", json!({}));
    assert_eq!(
        second
            .refused("sign_in", json!({ "person": me, "passphrase": pass }))
            .code,
        "second_factor_needed"
    );

    // Another administrator may do nothing as such before they have one; others are not asked.
    sign_in(&second, &clinic_admin, &word("clinic_admin"));
    assert_eq!(second.refused("people", json!({})).code, "second_factor_missing");
    second.add_patient("Rivera", "Ana");
    second.ok("begin_second_factor", json!({}));
    assert_eq!(
        second
            .refused("confirm_second_factor", json!({ "code": phone.shows(0) }))
            .code,
        "wrong_code",
        "of somebody else’s phone"
    );
    second.until_in_step();
    assert_eq!(second.ok("sync_state", json!({}))["quarantined"], 0);
    second.audit_is_sound();
}

/// Scripts give a code, or run at a workstation that their person trusts; who lost the phone is helped.
#[test]
fn commands_and_lost_phones_find_a_way() {
    let network = ClinicNetwork::start();
    let clock = Arc::new(AtomicI64::new(1_930_000_000_000));
    let folder = network.folder("front");
    let front = timed(&folder, &clock);
    front.ok(
        "init_practice",
        json!({ "name": "Harbour Dental", "zone": "America/New_York", "person": "Amara Diallo" }),
    );
    let mei = add(&front, "Mei Tanaka", "clinic_admin");
    sign_in(&front, &mei, &word("clinic_admin"));
    let offer = front.ok("begin_second_factor", json!({}));
    let secret = offer["secret"].as_str().unwrap().as_bytes();
    let phone = Phone {
        secret: data_encoding::BASE32_NOPAD.decode(secret).unwrap(),
        clock: clock.clone(),
    };
    let set_up = front.ok("confirm_second_factor", json!({ "code": phone.shows(0) }));
    phone.wait(60);
    let command = |code: Option<String>| {
        Window::with(desk::Options {
            clock: Some(desk::Clock::Manual(clock.clone())),
            person: Some("Mei Tanaka".to_owned()),
            person_passphrase: Some(word("clinic_admin")),
            person_code: code,
            ..options(&folder, Purpose::Command)
        })
    };
    assert_eq!(
        command(None).refused("hello", json!({})).code,
        "second_factor_needed"
    );
    command(Some(phone.shows(0))).ok("people", json!({}));
    assert_eq!(
        command(Some(phone.shows(0))).refused("hello", json!({})).code,
        "wrong_code"
    );
    phone.wait(60);
    command(Some(phone.shows(0))).ok("trust_workstation", json!({ "is_trusted": true }));
    command(None).ok("people", json!({}));

    let people = front.ok("people", json!({}));
    let has = |people: &Value| {
        let list = people["people"].as_array().unwrap();
        list.iter().find(|one| one["id"] == mei).unwrap()["has_second_factor"].clone()
    };
    assert_eq!(has(&people), true);
    let backup = set_up["codes"][0].clone();
    assert_eq!(
        front
            .refused("remove_second_factor", json!({ "code": "000000" }))
            .code,
        "wrong_code"
    );
    front.ok("remove_second_factor", json!({ "code": backup }));
    assert_eq!(front.ok("session", json!({}))["second_factor"]["is_on"], false);
    assert_eq!(has(&front.ok("people", json!({}))), false);
    // With a new passphrase from an administrator the old factor is gone, too.
    front.ok("begin_second_factor", json!({}));
    front.ok("lock", json!({}));
    sign_in(&front, &mei, &word("clinic_admin"));
    assert_eq!(
        front
            .refused("confirm_second_factor", json!({ "code": "000000" }))
            .code,
        "not_begun"
    );
}

#[test]
fn a_rule_that_refuses_is_overridden_by_who_may() {
    let network = ClinicNetwork::start();
    let desk = network.found();
    let (kofi, mei) = (
        add(&desk, "Kofi Osei", "front_desk"),
        add(&desk, "Mei Tanaka", "doctor"),
    );
    desk.book(&desk.add_patient("Rivera", "Ana"), "Op 1", "09:00");
    let lena = desk.add_patient("Novak", "Lena");
    let squeezed = |time: &str| {
        let mut booking = desk.booking(&lena, "Op 1", time);
        booking["leave"] = json!({ "acknowledge_warnings": true, "override_reason": "she drove two hours" });
        booking
    };
    desk.ok(
        "set_permission",
        json!({ "permission": "booking:override_rules", "roles": ["clinic_admin", "doctor"] }),
    );
    sign_in(&desk, &kofi, &word("front_desk"));
    let refused = desk.refused("book_appointment", squeezed("09:00"));
    assert_eq!(refused.code, "not_allowed");
    assert!(refused.message.contains("override a rule"), "{refused:?}");
    assert_eq!(desk.day()["appointments"].as_array().unwrap().len(), 1);
    // What needs no override is booked as before.
    let leave = json!({ "acknowledge_warnings": true });
    let mut plain = squeezed("10:30");
    plain["leave"] = leave;
    desk.ok("book_appointment", plain);
    sign_in(&desk, &mei, &word("doctor"));
    desk.ok("book_appointment", squeezed("09:00"));
}
