//! What each command leaves in the audit, one after the other, and how looks are gathered and written down.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use desk::api::COMMANDS;
use desk::{Clock, DeskError, FrontDesk, Ids, Keychain, Options, PassphraseCost, Purpose};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery";
const DAY: &str = "2031-03-04";

fn options(folder: &Path, clock: &Arc<AtomicI64>, purpose: Purpose) -> Options {
    Options {
        passphrase: Some(PASSPHRASE.to_owned()),
        keychain: Keychain::Off,
        clock: Some(Clock::Manual(clock.clone())),
        ids: Ids::counted(1),
        passphrase_cost: PassphraseCost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        },
        purpose,
        ..Options::window(folder)
    }
}

/// A practice with two patients, who have a visit each, and a third who has none.
struct Scene {
    folder: TempDir,
    clock: Arc<AtomicI64>,
    front: FrontDesk,
    hello: Value,
    ana: Value,
    kofi: Value,
    yui: Value,
    visit: Value,
    block: Value,
}

impl Scene {
    fn new(purpose: Purpose) -> Scene {
        let folder = TempDir::new().unwrap();
        let start: jiff::Timestamp = format!("{DAY}T13:00:00Z").parse().unwrap();
        let clock = Arc::new(AtomicI64::new(start.as_millisecond()));
        let front = FrontDesk::start(options(&folder.path().join("data"), &clock, purpose));
        let mut scene = Scene {
            folder,
            clock,
            front,
            hello: Value::Null,
            ana: Value::Null,
            kofi: Value::Null,
            yui: Value::Null,
            visit: Value::Null,
            block: Value::Null,
        };
        scene.ok(
            "init_practice",
            json!({ "name": "Harbour", "zone": "America/New_York", "person": "Amara Diallo" }),
        );
        scene.hello = scene.ok("hello", json!({}));
        scene.ana = scene.add_patient("Rivera", "Ana", "A1");
        scene.kofi = scene.add_patient("Osei", "Kofi", "K1");
        scene.yui = scene.add_patient("Nakamura", "Yui", "Y1");
        scene.visit = scene.book(&scene.ana, "Op 1", "09:00");
        scene.book(&scene.kofi, "Op 2", "11:00");
        let provider = scene.id("providers", "Doctor 1");
        scene.block = scene.ok(
            "add_time_block",
            json!({
                "target": { "kind": "provider", "id": provider }, "location": scene.location(), "at": format!("{DAY}T13:00"),
                "length_minutes": 60, "title": "Lunch", "policy": { "kind": "warn" },
            }),
        )["id"]
            .clone();
        scene
    }

    fn call(&self, name: &str, request: Value) -> Result<Value, DeskError> {
        self.front.call(name, request)
    }

    fn ok(&self, name: &str, request: Value) -> Value {
        self.call(name, request.clone())
            .unwrap_or_else(|error| panic!("{name} {request}: {error:?}"))
    }

    /// Time goes by: what is looked at next is not the same minute.
    fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    fn id(&self, list: &str, name: &str) -> Value {
        let records = self.hello["roster"][list].as_array().unwrap();
        let found = records.iter().find(|record| record["name"] == name);
        found.unwrap_or_else(|| panic!("{name} in {list}"))["id"].clone()
    }

    fn location(&self) -> Value {
        self.hello["roster"]["locations"][0]["id"].clone()
    }

    fn add_patient(&self, family: &str, given: &str, chart: &str) -> Value {
        let fields = json!({ "family_name": family, "given_name": given, "chart_number": chart });
        self.ok("add_patient", json!({ "fields": fields }))["id"].clone()
    }

    fn booking(&self, patient: &Value, operatory: &str, time: &str) -> Value {
        json!({
            "patient": patient,
            "appointment_type": self.id("appointment_types", "Consultation"),
            "at": format!("{DAY}T{time}"),
            "operatory": self.id("operatories", operatory),
            "provider": self.id("providers", "Doctor 1"),
            "leave": { "acknowledge_warnings": true },
        })
    }

    fn book(&self, patient: &Value, operatory: &str, time: &str) -> Value {
        self.ok("book_appointment", self.booking(patient, operatory, time))["appointment"]["id"].clone()
    }

    fn series(&self, operatory: &str, time: &str) -> Value {
        let mut request = self.booking(&self.yui, operatory, time);
        request["recurrence"] = json!({
            "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": 2 },
        });
        request
    }

    /// A slot on a Tuesday, or of a day.
    fn slot(&self, start: u16) -> Value {
        json!({
            "weekday": "tuesday", "start_minute": start, "length_minutes": 60, "operatory": self.id("operatories", "Op 3"),
            "wants": { "kind": "any" },
        })
    }

    /// A week with one slot in an operatory that nobody is booked in, kept as a version.
    fn template(&self) -> Value {
        let fields = json!({ "name": "Week", "location": self.location(), "span": "week" });
        let id = self.ok("create_template", fields)["id"].clone();
        let add = json!({ "kind": "add", "slot": self.slot(540) });
        self.ok(
            "change_template_slots",
            json!({ "template": id, "changes": [add] }),
        );
        self.ok(
            "save_template_version",
            json!({ "template": id, "name": "first" }),
        );
        id
    }

    fn application(&self) -> Value {
        json!({
            "location": self.location(), "weeks": [{ "template": self.template() }], "from": DAY, "until": DAY,
        })
    }

    fn absence(&self) -> Value {
        json!({
            "target": { "kind": "provider", "id": self.id("providers", "Doctor 1") }, "location": self.location(),
            "first": DAY, "last": DAY, "reason": "ill",
        })
    }

    fn day(&self) -> Value {
        json!({ "location": self.location(), "date": DAY })
    }

    /// The number of the newest entry, after everything that waited was written.
    fn mark(&self) -> u64 {
        self.ok("audit_list", json!({ "limit": 1 }))["entries"][0]["number"]
            .as_u64()
            .unwrap_or_default()
    }

    /// Entries after `mark`, oldest first, without the looks at the audit that this takes.
    fn since(&self, mark: u64) -> Vec<String> {
        let log = self.ok("audit_list", json!({ "limit": 500 }));
        let mut entries: Vec<&Value> = log["entries"].as_array().unwrap().iter().collect();
        entries.retain(|entry| entry["number"].as_u64().unwrap() > mark && entry["action"] != "view_audit");
        entries.reverse();
        entries.iter().map(|entry| drawn(entry)).collect()
    }

    fn sound(&self) -> Value {
        let check = self.ok("audit_verify", json!({}));
        assert_eq!(check["troubles"], json!([]), "{check}");
        check
    }
}

/// `view_day_sheet: Osei, Rivera`, with a sign for changes and a count for repeated looks.
fn drawn(entry: &Value) -> String {
    let mut names: Vec<&str> = entry["patients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|patient| patient["name"].as_str().unwrap().split(',').next().unwrap())
        .collect();
    names.sort_unstable();
    let mut text = format!("{}: {}", entry["action"].as_str().unwrap(), names.join(", "));
    if entry["is_change"] == true {
        text.insert(0, '*');
    }
    if entry["times"] != 1 {
        text.push_str(&format!(" x{}", entry["times"]));
    }
    text.trim_end().to_owned()
}

/// A request for a command, and what it leaves. A new command must be tried here.
fn tried(scene: &Scene, command: &str) -> (Value, Vec<&'static str>) {
    let visit = json!({ "id": scene.visit });
    let nothing = Vec::new();
    match command {
        // Before a practice is open; refused or silent now.
        "boot" | "zones" | "now" | "sync_state" | "sync_now" | "backup_state" | "downtime_state" => {
            (json!({}), nothing)
        }
        "unlock" => (json!({ "passphrase": "x" }), nothing),
        "init_practice" => (json!({ "name": "B", "zone": "Etc/UTC", "person": "C" }), nothing),
        "join_practice" => (
            json!({ "code": "ORCA-", "person": "C", "workstation": "D" }),
            nothing,
        ),
        "open_demo" => (json!({}), nothing),
        "restore_backup" => (json!({ "folder": "/nowhere", "id": null }), nothing),
        "cancel_job" => (json!({ "job": "x" }), nothing),
        "set_preferences" => (json!({ "theme": "dark" }), nothing),
        "save_views" => (json!({ "named": [] }), nothing),
        "list_backups" | "verify_backup" => (json!({ "folder": scene.folder.path().join("none") }), nothing),

        // The answer says what undo would take back: the block-out, of nobody.
        "hello" => (json!({}), vec!["open_practice:"]),
        "day_sheet" => (scene.day(), vec!["view_day_sheet: Osei, Rivera"]),
        "day_as_of" => (
            json!({ "location": scene.day()["location"], "date": DAY, "at": format!("{DAY}T08:00") }),
            vec!["view_past_day: Osei, Rivera"],
        ),
        "month_density" => (
            json!({ "location": scene.location(), "from": DAY, "until": DAY }),
            vec!["view_month:"],
        ),
        "appointment" => (visit, vec!["view_appointment: Rivera"]),
        "openings" => (
            json!({ "appointment_type": scene.id("appointment_types", "Consultation") }),
            vec!["find_openings:"],
        ),
        "family_openings" => (
            json!({
                "visits": [
                    { "patient": scene.ana, "appointment_type": scene.id("appointment_types", "Consultation") },
                    { "patient": scene.yui, "appointment_type": scene.id("appointment_types", "Consultation") },
                ],
                "arrangement": "any",
            }),
            vec!["find_openings:"],
        ),
        "ics" => (visit, vec!["export_ics: Rivera"]),
        "print_day_sheet" | "print_week" | "print_route_slips" => (scene.day(), vec!["print: Osei, Rivera"]),
        // No folder was chosen: nothing leaves.
        "write_downtime_now" => (json!({}), nothing),
        "save_downtime" => (
            json!({ "folder": scene.folder.path().join("downtime") }),
            vec!["change_downtime:"],
        ),
        "find_patients" => (json!({ "text": "nak" }), vec!["find_patients: Nakamura"]),
        "list_patients" => (json!({ "limit": 2 }), vec!["list_patients: Osei, Rivera"]),
        "patient" => (json!({ "id": scene.yui }), vec!["view_patient: Nakamura"]),
        "conflicts" => (json!({}), vec!["view_conflicts:"]),
        "history" => (json!({ "limit": 3 }), vec!["view_history: Osei, Rivera"]),
        "letters" => (json!({}), vec!["view_letters:"]),
        "check_placement" => {
            let booking = scene.booking(&scene.yui, "Op 2", "11:00");
            (booking, vec!["check_placement: Osei"])
        }
        "check_change" => (
            json!({ "kind": "length", "id": scene.visit, "length_minutes": 20 }),
            vec!["check_placement: Rivera"],
        ),
        "import" => (
            json!({ "kind": "patients_csv", "text": "family_name,given_name\nNovak,Lena\n", "dry_run": false, "job": "import" }),
            vec!["*import_patients: Novak", "import:"],
        ),
        "back_up_now" => (
            json!({ "folder": scene.folder.path().join("backups"), "passphrase": PASSPHRASE }),
            vec!["back_up:"],
        ),
        "save_backup_settings" => (
            json!({ "folder": scene.folder.path().join("backups"), "every_hours": 4 }),
            vec!["change_backups:"],
        ),
        // There is no relay yet.
        "relay_invite" => (json!({}), nothing),
        "audit_list" => (json!({ "patient": scene.ana }), nothing),
        "audit_patient" => (json!({ "id": scene.ana }), vec!["view_patient_audit: Rivera"]),
        "audit_verify" => (json!({}), vec!["verify_audit:"]),
        "audit_actions" => (json!({}), nothing),
        "audit_export" => (
            json!({ "kind": "patient", "id": scene.ana, "format": "csv" }),
            vec!["export_audit: Rivera"],
        ),

        "book_appointment" => (
            scene.booking(&scene.yui, "Op 3", "15:00"),
            vec!["*book_appointment: Nakamura"],
        ),
        "book_family" => (
            json!({ "visits": [scene.booking(&scene.yui, "Op 3", "15:00"), scene.booking(&scene.ana, "Op 2", "16:00")], "leave": { "acknowledge_warnings": true } }),
            vec!["*book_family: Nakamura, Rivera"],
        ),
        "move_appointment" => (
            json!({ "id": scene.visit, "at": format!("{DAY}T08:00"), "leave": { "acknowledge_warnings": true } }),
            vec!["*move_appointment: Rivera"],
        ),
        "swap_appointments" => (json!({ "id": scene.visit, "with": scene.visit }), nothing),
        "change_length" => (
            json!({ "id": scene.visit, "length_minutes": 20, "leave": { "acknowledge_warnings": true } }),
            vec!["*change_length: Rivera"],
        ),
        "merge_procedures" => (
            json!({ "appointment_type": scene.id("appointment_types", "Adjustment"), "also": [] }),
            nothing,
        ),
        "change_procedures" => (
            json!({ "id": scene.visit, "also": [scene.id("appointment_types", "Adjustment")], "leave": { "acknowledge_warnings": true } }),
            vec!["*change_procedures: Rivera"],
        ),
        "set_status" => (
            json!({ "id": scene.visit, "status": "confirmed" }),
            vec!["*confirm_appointment: Rivera"],
        ),
        "cancel_appointment" => (
            json!({ "id": scene.visit, "reason": "ill" }),
            vec!["*cancel_appointment: Rivera"],
        ),
        "edit_appointment" => (
            json!({ "id": scene.visit, "note": "wire" }),
            vec!["*edit_appointment: Rivera"],
        ),
        "add_patient" => (
            json!({ "fields": { "family_name": "Mensah", "given_name": "Kwame" } }),
            vec!["*add_patient: Mensah"],
        ),
        "update_patient" => (
            json!({ "id": scene.ana, "fields": { "family_name": "Rivera", "given_name": "Anna" } }),
            vec!["*update_patient: Rivera"],
        ),
        "preview_type_change" => (
            json!({
                "id": scene.id("appointment_types", "Consultation"), "pattern": "XXXXXXXXXXXX",
                "buffer_before_minutes": 0, "buffer_after_minutes": 0,
            }),
            vec!["preview_type_change: Osei, Rivera"],
        ),
        "save_setting" => (
            json!({ "kind": "practice", "name": "Harbour 2", "email": "", "phone": "", "time_increment_minutes": 10 }),
            vec!["*update_settings:"],
        ),
        "add_time_block" => (
            json!({
                "target": { "kind": "location", "id": scene.location() }, "location": scene.location(),
                "at": format!("{DAY}T16:00"), "length_minutes": 30, "title": "Meeting", "policy": { "kind": "warn" },
            }),
            vec!["*add_time_block:"],
        ),
        "change_time_block" => (
            json!({ "id": scene.block, "title": "Walk" }),
            vec!["*change_time_block:"],
        ),
        "remove_time_block" => (json!({ "id": scene.block }), vec!["*remove_time_block:"]),
        "time_block" => (json!({ "id": scene.block }), nothing),
        "add_block_series" => (
            json!({
                "target": { "kind": "location", "id": scene.location() }, "location": scene.location(),
                "at": format!("{DAY}T16:00"), "length_minutes": 30, "title": "Meeting", "policy": { "kind": "warn" },
                "recurrence": { "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": 3 } },
            }),
            vec!["*add_block_series:"],
        ),
        "change_block_series" => (
            json!({ "id": scene.block, "scope": "all", "title": "Walk" }),
            vec!["*change_block_series:"],
        ),
        "remove_block_series" => (
            json!({ "id": scene.block, "scope": "this" }),
            vec!["*remove_block_series:"],
        ),
        "paste_blocks" => (
            json!({ "from": { "kind": "blocks", "ids": [scene.block] }, "to": "2031-03-05" }),
            vec!["*paste_blocks:"],
        ),
        "plan_series" => (scene.series("Op 2", "11:00"), vec!["plan_series: Nakamura, Osei"]),
        "book_series" => (scene.series("Op 3", "15:00"), vec!["*book_series: Nakamura"]),
        "visit_series" => (visit, vec!["view_series: Rivera"]),
        "series_ics" => (visit, vec!["export_ics: Rivera"]),
        "plan_series_change" => (
            json!({ "id": scene.visit, "scope": "all", "at": format!("{DAY}T08:00") }),
            vec!["plan_series: Rivera"],
        ),
        "change_series" => (
            json!({ "id": scene.visit, "scope": "all", "status": "confirmed" }),
            vec!["*change_series: Rivera"],
        ),
        "cancel_series" => (
            json!({ "id": scene.visit, "scope": "all", "reason": "ill" }),
            vec!["*cancel_series: Rivera"],
        ),
        "plan_absence" => (scene.absence(), vec!["plan_absence: Osei, Rivera"]),
        // The answer says how many need a new time, not who.
        "enter_absence" => (scene.absence(), vec!["*add_absence:"]),
        // A block-out, but no absence: refused.
        "remove_absence" => (json!({ "id": scene.block }), nothing),
        "absences" => (json!({}), nothing),
        // Templates have no patients in them; who is in the way of one is named by the plan.
        "templates" => (json!({}), nothing),
        "template" => (json!({ "id": scene.template() }), nothing),
        "create_template" => (
            json!({ "name": "Week", "location": scene.location(), "span": "week" }),
            vec!["*create_template:"],
        ),
        "update_template" => (
            json!({ "id": scene.template(), "name": "Summer week" }),
            vec!["*change_template:"],
        ),
        "change_template_slots" => (
            json!({ "template": scene.template(), "changes": [{ "kind": "add", "slot": scene.slot(840) }] }),
            vec!["*change_template:"],
        ),
        "check_template_slots" => (
            json!({ "template": scene.template(), "changes": [{ "kind": "add", "slot": scene.slot(840) }] }),
            nothing,
        ),
        "fill_template" => (
            json!({ "template": scene.template(), "slot": scene.slot(840), "until_minute": 960 }),
            vec!["*change_template:"],
        ),
        "copy_template_column" => (
            json!({ "template": scene.template(), "from_weekday": "tuesday", "to_weekdays": ["friday"] }),
            vec!["*change_template:"],
        ),
        "save_template_version" => (
            json!({ "template": scene.template(), "name": "second" }),
            vec!["*save_template_version:"],
        ),
        // The draft is that already: nothing is written.
        "restore_template_version" => {
            let id = scene.template();
            let version = scene.ok("template", json!({ "id": id }))["versions"][0]["id"].clone();
            (json!({ "template": id, "version": version }), nothing)
        }
        "diff_template" => (json!({ "template": scene.template() }), nothing),
        "map_template" => (
            json!({ "template": scene.template(), "location": scene.location() }),
            nothing,
        ),
        "copy_template" => (
            json!({ "template": scene.template(), "location": scene.location() }),
            vec!["*copy_template:"],
        ),
        // It belongs there: refused.
        "share_template" => (
            json!({ "template": scene.template(), "location": scene.location(), "is_shared": true }),
            nothing,
        ),
        "plan_application" => (scene.application(), vec!["plan_template: Osei, Rivera"]),
        "apply_template" => (
            json!({ "fields": scene.application(), "to": { "kind": "all_days" } }),
            vec!["*apply_template:"],
        ),
        "applications" => (json!({}), nothing),
        "remove_application" => {
            let applied = scene.ok(
                "apply_template",
                json!({ "fields": scene.application(), "to": { "kind": "all_days" } }),
            );
            (
                json!({ "id": applied["application"]["id"] }),
                vec!["*remove_template_application:"],
            )
        }
        "template_day" => (json!({ "location": scene.location(), "date": DAY }), nothing),
        "change_day_slots" => (
            json!({ "location": scene.location(), "date": DAY, "changes": [{ "kind": "add", "slot": scene.slot(840) }] }),
            vec!["*change_day_slots:"],
        ),
        "template_analytics" => (
            json!({ "from": DAY, "until": DAY, "by": "class" }),
            vec!["view_figures:"],
        ),
        "export_template_analytics" => (
            json!({ "from": DAY, "until": DAY, "by": "class" }),
            vec!["export_figures:"],
        ),
        "pinboard" => (json!({}), vec!["view_pinboard:"]),
        "pin_appointment" => (
            json!({ "id": scene.visit, "reason": "too early" }),
            vec!["*pin_appointment: Rivera"],
        ),
        "plan_rescheduling" => (
            json!({ "visits": [scene.visit] }),
            vec!["plan_rescheduling: Rivera"],
        ),
        // It is not where the plan says: refused as a whole, with the name of whom it is about.
        "reschedule_visits" => (
            json!({
                "moves": [{
                    "id": scene.visit, "from": format!("{DAY}T08:10"), "at": format!("{DAY}T14:00"),
                    "operatory": scene.id("operatories", "Op 1"), "provider": scene.id("providers", "Doctor 1"),
                }],
            }),
            vec!["view_while_changing: Rivera"],
        ),
        // It is not there: nothing is written, and the card is shown.
        "unpin_appointment" => (visit, vec!["view_while_changing: Rivera"]),
        // What it takes back is the block-out; what it would take back next is Kofi's booking.
        "undo" => (json!({}), vec!["*undo:", "view_while_changing: Osei"]),
        "redo" => (json!({}), nothing),
        // There is no conflict: refused, and nobody is named.
        "keep_both" => (json!({ "key": "operatory:a:b", "reason": "both" }), nothing),
        "choose_value" => (json!({ "key": "appointments/a/note", "value": "1" }), nothing),
        // Who sits here, and who may what. Nobody has a passphrase yet.
        "session" | "touched" => (json!({}), nothing),
        "sign_in" => (
            json!({ "person": scene.hello["me"]["id"], "passphrase": "wrong" }),
            vec!["sign_in_refused:"],
        ),
        "resume" => (json!({ "pin": "1234" }), vec!["sign_in_refused:"]),
        "lock" => (json!({}), nothing),
        "end_emergency" => (json!({}), vec!["end_emergency:"]),
        "set_lock_after" => (json!({ "minutes": 5 }), vec!["change_lock:"]),
        "set_pin" => (json!({ "pin": "2580" }), nothing),
        "choose_passphrase" => (
            json!({ "passphrase": "long enough to keep" }),
            vec!["choose_passphrase:"],
        ),
        "break_glass" => (json!({ "reason": "nobody else is here" }), vec!["break_glass:"]),
        "people" => (json!({}), vec!["view_people:"]),
        "add_person" => (
            json!({ "name": "Ben Osei", "grants": [{ "role": "front_desk", "places": "everywhere" }], "passphrase": "long enough to keep" }),
            vec!["*update_settings:", "add_person:"],
        ),
        "update_person" => (
            json!({ "id": scene.hello["me"]["id"], "initials": "AMD" }),
            vec!["*update_settings:", "change_person:"],
        ),
        "reset_login" => (
            json!({ "id": scene.hello["me"]["id"], "passphrase": "long enough to keep" }),
            nothing,
        ),
        "set_permission" => (
            json!({ "permission": "booking:view_calendar", "roles": ["front_desk"] }),
            vec!["change_permission:"],
        ),
        // This one cannot remove itself.
        "remove_workstation" => (json!({ "id": scene.hello["workstation"]["id"] }), nothing),
        "set_aside" => (json!({}), vec!["view_set_aside:"]),
        // Nobody has a passphrase yet, to which it would be second.
        "begin_second_factor" => (json!({}), nothing),
        "confirm_second_factor" | "remove_second_factor" => (json!({ "code": "123456" }), nothing),
        "trust_workstation" => (json!({ "is_trusted": true }), nothing),
        "require_second_factor" => (json!({ "is_required": false }), vec!["require_second_factor:"]),
        "recovery_status" | "log_cover" | "cover_log" => (json!({}), nothing),
        // There is no relay to keep anything for it, and none is needed to reset a passphrase.
        "make_recovery_kit" => (json!({ "parts": 2 }), vec!["make_recovery_kit:"]),
        "restore_from_kit" => (
            json!({ "relay": "wss://relay.example", "first": "x", "second": "y", "person": "x", "workstation": "x" }),
            nothing,
        ),
        "reset_with_kit" => (
            json!({ "first": "x", "second": "y", "person": scene.hello["me"]["id"], "passphrase": "long enough to keep" }),
            vec!["sign_in_refused:"],
        ),
        // Nothing was: refused.
        "release_set_aside" => (json!({ "ids": ["abcdef"], "reason": "asked for" }), nothing),
        other => panic!("say here what {other} leaves in the audit"),
    }
}

#[test]
fn every_command_leaves_what_it_should() {
    let mut wrong = Vec::new();
    for command in COMMANDS {
        let scene = Scene::new(Purpose::Command);
        let (request, expected) = tried(&scene, command.name);
        let mark = scene.mark();
        scene.wait(120);
        let answer = scene.call(command.name, request);
        if matches!(&answer, Err(error) if error.code == "bad_request") {
            wrong.push(format!("{}: {answer:?}", command.name));
        }
        let left = scene.since(mark);
        if left != expected {
            wrong.push(format!("{}: {left:?} instead of {expected:?}", command.name));
        }
        scene.sound();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_refusal_names_whom_it_names() {
    let scene = Scene::new(Purpose::Command);
    let mark = scene.mark();
    scene.wait(120);
    let taken = scene.call("book_appointment", scene.booking(&scene.yui, "Op 1", "09:00"));
    assert!(taken.unwrap_err().message.contains("Rivera"));
    scene.wait(120);
    let similar = json!({ "fields": { "family_name": "Osei", "given_name": "Kofi" } });
    assert_eq!(
        scene.call("add_patient", similar).unwrap_err().code,
        "similar_patient"
    );
    scene.wait(120);
    let chart = json!({ "fields": { "family_name": "Novak", "given_name": "Lena", "chart_number": "Y1" } });
    assert_eq!(
        scene.call("add_patient", chart).unwrap_err().code,
        "chart_number_taken"
    );
    scene.wait(120);
    // Nobody is named here.
    let unknown = json!({ "id": scene.block });
    assert_eq!(
        scene.call("patient", unknown).unwrap_err().code,
        "unknown_patient"
    );
    assert_eq!(
        scene.since(mark),
        [
            "view_while_changing: Rivera",
            "view_while_changing: Osei",
            "view_while_changing: Nakamura"
        ]
    );
    scene.sound();
}

#[test]
fn an_import_tells_whom_it_found_here() {
    let scene = Scene::new(Purpose::Command);
    let mark = scene.mark();
    scene.wait(120);
    let text = "family_name,given_name,chart_number\nRivera,Ana,A1\nNovak,Lena,L1\n";
    scene.ok(
        "import",
        json!({ "kind": "patients_csv", "text": text, "dry_run": true, "job": "import" }),
    );
    assert_eq!(scene.since(mark), ["import: Rivera"]);
    let log = scene.ok("audit_list", json!({ "action": "import" }));
    assert_eq!(log["entries"][0]["object"], "patients_csv dry_run");
}

#[test]
fn a_reason_is_kept_and_everybody_it_concerns() {
    let scene = Scene::new(Purpose::Command);
    let mark = scene.mark();
    scene.wait(120);
    let mut booking = scene.booking(&scene.yui, "Op 1", "09:00");
    booking["leave"]["override_reason"] = json!("emergency");
    scene.ok("book_appointment", booking);
    scene.wait(120);
    scene.ok("undo", json!({}));
    assert_eq!(
        scene.since(mark),
        [
            // The decision to let both stand is Ana's too.
            "*book_appointment: Nakamura, Rivera",
            "*undo: Nakamura, Rivera"
        ]
    );
    let log = scene.ok("audit_list", json!({ "action": "book_appointment", "limit": 1 }));
    assert_eq!(log["entries"][0]["reason"], "emergency");
    scene.sound();
}

#[test]
fn looking_again_within_a_minute_is_one_entry_with_a_count() {
    let scene = Scene::new(Purpose::Command);
    let day = scene.day();
    let mark = scene.mark();
    scene.wait(120);
    for _ in 0..5 {
        scene.ok("day_sheet", day.clone());
        scene.wait(5);
    }
    // Somebody new on the sheet is told at once, and only they.
    let booking = scene.booking(&scene.yui, "Op 3", "15:00");
    scene.wait(120);
    scene.ok("day_sheet", day.clone());
    scene.ok("book_appointment", booking);
    scene.ok("day_sheet", day.clone());
    scene.ok("day_sheet", day);
    assert_eq!(
        scene.since(mark),
        [
            "view_day_sheet: Osei, Rivera",
            "view_day_sheet: Osei, Rivera x4",
            "view_day_sheet: Osei, Rivera",
            "*book_appointment: Nakamura",
            "view_day_sheet: Nakamura",
            "view_day_sheet: Nakamura, Osei, Rivera"
        ]
    );
    scene.sound();
}

#[test]
fn what_was_looked_at_comes_before_what_was_written_then() {
    let scene = Scene::new(Purpose::Command);
    scene.wait(120);
    let mark = scene.mark();
    scene.ok("patient", json!({ "id": scene.yui }));
    scene.ok("edit_appointment", json!({ "id": scene.visit, "note": "wire" }));
    scene.ok("patient", json!({ "id": scene.kofi }));
    scene.ok("undo", json!({}));
    assert_eq!(
        scene.since(mark),
        [
            "view_patient: Nakamura",
            "*edit_appointment: Rivera",
            "view_patient: Osei",
            "*undo: Rivera"
        ]
    );
}

#[test]
fn closing_writes_down_what_waits_and_many_looks_do_not_wait() {
    let scene = Scene::new(Purpose::Command);
    scene.wait(120);
    let mark = scene.mark();
    for day in 0..220 {
        let date = jiff::civil::date(2032, 1, 1)
            .checked_add(jiff::Span::new().days(day))
            .unwrap();
        let location = scene.location();
        scene.ok(
            "day_sheet",
            json!({ "location": location, "date": date.to_string() }),
        );
    }
    // Another program on the same file sees what is on the disk.
    let written = |purpose| {
        let other = FrontDesk::start(options(&scene.folder.path().join("data"), &scene.clock, purpose));
        let log = other
            .call("audit_list", json!({ "action": "view_day_sheet", "limit": 500 }))
            .unwrap();
        let entries = log["entries"].as_array().unwrap();
        entries
            .iter()
            .filter(|entry| entry["number"].as_u64().unwrap() > mark)
            .count()
    };
    assert!(
        (200..220).contains(&written(Purpose::Command)),
        "{}",
        written(Purpose::Command)
    );
    scene.front.close();
    assert_eq!(written(Purpose::Command), 220);
}

#[test]
fn a_window_is_told_apart_from_a_command_and_both_write_one_audit() {
    let scene = Scene::new(Purpose::Window);
    let folder = scene.folder.path().join("data");
    scene.ok("patient", json!({ "id": scene.yui }));
    let command = FrontDesk::start(options(&folder, &scene.clock, Purpose::Command));
    command.call("patient", json!({ "id": scene.kofi })).unwrap();
    command.close();
    let log = scene.ok("audit_list", json!({ "action": "view_patient" }));
    let via: Vec<(&str, &str)> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let name = entry["patients"][0]["name"].as_str().unwrap();
            (entry["via"].as_str().unwrap(), name)
        })
        .collect();
    assert_eq!(via.len(), 2, "{log}");
    assert!(
        via.contains(&("window", "Nakamura, Yui")) && via.contains(&("orcactl", "Osei, Kofi")),
        "{via:?}"
    );
    scene.sound();
}

/// Nothing but the window's own watcher writes it down here.
#[test]
fn a_window_writes_down_by_itself_what_was_looked_at() {
    let scene = Scene::new(Purpose::Window);
    let folder = scene.folder.path().join("data");
    let other = FrontDesk::start(options(&folder, &scene.clock, Purpose::Command));
    scene.ok("patient", json!({ "id": scene.yui }));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let is_written = || {
        let log = other
            .call("audit_list", json!({ "action": "view_patient" }))
            .unwrap();
        log["entries"].as_array().unwrap().len() == 1
    };
    while !is_written() {
        assert!(
            std::time::Instant::now() < deadline,
            "the watcher did not write the look down"
        );
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_patient_learns_who_saw_and_changed_their_data() {
    let scene = Scene::new(Purpose::Command);
    scene.wait(120);
    scene.ok("day_sheet", scene.day());
    scene.wait(120);
    scene.ok("day_sheet", scene.day());
    scene.ok("appointment", json!({ "id": scene.visit }));
    scene.ok("edit_appointment", json!({ "id": scene.visit, "note": "wire" }));
    scene.ok("patient", json!({ "id": scene.kofi }));
    let report = scene.ok("audit_patient", json!({ "id": scene.ana }));
    assert_eq!(report["patient"]["name"], "Rivera, Ana");
    let lines: Vec<String> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            assert_eq!(line["person"], "Amara Diallo");
            assert_eq!(line["workstation"], "Front desk");
            format!(
                "{} {} {}",
                line["date"].as_str().unwrap(),
                line["action"].as_str().unwrap(),
                line["times"]
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            format!("{DAY} add_patient 1"),
            format!("{DAY} book_appointment 1"),
            format!("{DAY} edit_appointment 1"),
            format!("{DAY} view_appointment 1"),
            format!("{DAY} view_day_sheet 2"),
        ]
    );
    let nobody = json!({ "id": scene.visit });
    assert_eq!(
        scene.call("audit_patient", nobody).unwrap_err().code,
        "unknown_patient"
    );
}

#[test]
fn a_change_says_what_was_before_and_after() {
    let scene = Scene::new(Purpose::Command);
    let phone = |number: &str| {
        json!({ "id": scene.ana, "fields": {
            "chart_number": "A1", "family_name": "Rivera", "given_name": "Ana", "mobile_phone": number,
        } })
    };
    scene.ok("update_patient", phone("2125550140"));
    scene.ok("update_patient", phone("2125550199"));
    scene.ok(
        "move_appointment",
        json!({ "id": scene.visit, "at": format!("{DAY}T08:00"), "leave": { "acknowledge_warnings": true } }),
    );
    let list = scene.ok("audit_list", json!({ "is_change": true, "limit": 2 }));
    let drawn: Vec<String> = list["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let differences: Vec<String> = entry["differences"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| {
                    let text = |name: &str| one[name].as_str().unwrap().to_owned();
                    format!(
                        "{} | {}: {} > {}",
                        text("subject"),
                        text("field"),
                        text("before"),
                        text("after")
                    )
                })
                .collect();
            format!(
                "{} | {} | {}",
                entry["wall"].as_str().unwrap(),
                entry["told"].as_str().unwrap(),
                differences.join(" / ")
            )
        })
        .collect();
    expect_test::expect![[r#"
        2031-03-04T08:00:00 | Moved Rivera, Ana from Tue 4 Mar 9:00 Op 1 to Tue 4 Mar 8:00 Op 1 | Rivera, Ana, Tue 4 Mar 8:00 | time: Tue 4 Mar 9:00 > Tue 4 Mar 8:00
        2031-03-04T08:00:00 | Edited Rivera, Ana: mobile phone | Rivera, Ana | mobile phone: 2125550140 > 2125550199"#]].assert_eq(&drawn.join("\n"));
    let looks = scene.ok("audit_list", json!({ "is_change": false }));
    assert!(
        looks["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["is_change"] == false && entry["told"] == ""),
        "{looks}"
    );
}

#[test]
fn of_another_workstation_its_changes_are_known() {
    let scene = Scene::new(Purpose::Command);
    let elsewhere = json!("01AN4Z07BY79KA1307SR9X4MV3");
    let here = &scene.hello["workstation"]["id"];
    let count = |request: Value| {
        scene.ok("audit_list", request)["entries"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(json!({ "workstation": elsewhere })), 0);
    assert_eq!(
        count(json!({ "workstation": here, "limit": 500 })),
        count(json!({ "limit": 500 })) - 1,
        "looking at it is an entry, too"
    );
}

#[test]
fn the_audit_is_taken_out_as_a_file() {
    let scene = Scene::new(Purpose::Command);
    let export = |request: Value| scene.ok("audit_export", request);
    let entries =
        |format: &str| json!({ "kind": "entries", "of": { "patient": scene.ana }, "format": format });
    let table = export(entries("csv"));
    assert_eq!(table["name"], format!("audit-{DAY}.csv"));
    let text = table["text"].as_str().unwrap();
    assert_eq!(table["entries"], text.lines().count() - 1);
    assert!(
        text.contains(",\"Booked Rivera, Ana for Tue 4 Mar 9:00 Op 1\","),
        "{text}"
    );
    let json = export(entries("json"));
    let list: Value = serde_json::from_str(json["text"].as_str().unwrap()).unwrap();
    assert_eq!(json["entries"], list.as_array().unwrap().len());
    assert_eq!(list[0]["action"], "export_audit");
    let report = export(json!({ "kind": "patient", "id": scene.ana, "format": "csv" }));
    assert_eq!(report["name"], format!("who-saw-{DAY}.csv"));
    assert!(
        report["text"]
            .as_str()
            .unwrap()
            .contains(",book_appointment,yes,"),
        "{report}"
    );
}

#[test]
fn days_are_the_practices_days() {
    let scene = Scene::new(Purpose::Command);
    // 23:30 in New York, already tomorrow in Greenwich.
    scene.wait((15 * 60 + 30) * 60);
    scene.ok("patient", json!({ "id": scene.yui }));
    let looks = |from: &str, until: &str| {
        let request = json!({ "from": from, "until": until, "action": "view_patient" });
        scene.ok("audit_list", request)["entries"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(looks(DAY, DAY), 1);
    assert_eq!(looks("2031-03-05", "2031-03-05"), 0);
    let all = scene.ok("audit_list", json!({ "limit": 3 }));
    assert_eq!(
        (all["entries"].as_array().unwrap().len(), &all["more"]),
        (3, &json!(true))
    );
}

#[test]
fn an_anchor_must_be_one() {
    let scene = Scene::new(Purpose::Command);
    let head = scene.sound()["head"].clone();
    let text = format!("{}:{}", head["number"], head["hash"].as_str().unwrap());
    assert_eq!(
        scene.ok("audit_verify", json!({ "anchors": [text] }))["troubles"],
        json!([])
    );
    let other = format!("{}:{}", head["number"], "0".repeat(64));
    let check = scene.ok("audit_verify", json!({ "anchors": [other] }));
    assert_eq!(check["troubles"].as_array().unwrap().len(), 1);
    for bad in ["", "12", "12:ab", "x:y"] {
        assert_eq!(
            scene
                .call("audit_verify", json!({ "anchors": [bad] }))
                .unwrap_err()
                .code,
            "bad_anchor"
        );
    }
}

#[test]
fn a_restored_practice_says_so() {
    let scene = Scene::new(Purpose::Command);
    let backups = scene.folder.path().join("backups");
    let made = scene.ok("back_up_now", json!({ "folder": backups }));
    let restored = FrontDesk::start(options(
        &scene.folder.path().join("new"),
        &scene.clock,
        Purpose::Command,
    ));
    restored
        .call("restore_backup", json!({ "folder": backups }))
        .unwrap();
    let log = restored.call("audit_list", json!({ "limit": 1 })).unwrap();
    assert_eq!(log["entries"][0]["action"], "restore_backup");
    let object = log["entries"][0]["object"].as_str().unwrap();
    assert!(object.starts_with(made["id"].as_str().unwrap()), "{object}");
    let check = restored.call("audit_verify", json!({})).unwrap();
    assert_eq!(check["troubles"], json!([]));
}

#[test]
fn who_sits_here_and_emergencies_are_in_it_with_their_reason() {
    let scene = Scene::new(Purpose::Command);
    let me = scene.hello["me"]["id"].clone();
    let mark = scene.mark();
    scene.wait(120);
    let sign_in = |passphrase: &str| {
        let request = json!({ "person": me, "passphrase": passphrase });
        scene.call("sign_in", request)
    };
    scene.ok(
        "choose_passphrase",
        json!({ "passphrase": "long enough to keep" }),
    );
    scene.ok("set_pin", json!({ "pin": "2580" }));
    scene.ok("lock", json!({}));
    assert_eq!(
        scene
            .call("patient", json!({ "id": scene.ana }))
            .unwrap_err()
            .code,
        "locked"
    );
    assert!(sign_in("something else").is_err());
    sign_in("long enough to keep").unwrap();
    scene.ok("break_glass", json!({ "reason": "nobody else is here" }));
    assert_eq!(
        scene.since(mark),
        [
            "choose_passphrase:",
            "choose_pin:",
            "lock:",
            "sign_in_refused:",
            "sign_in:",
            "break_glass:"
        ]
    );
    let taken = scene.ok("audit_list", json!({ "action": "break_glass" }));
    assert_eq!(taken["entries"][0]["reason"], "nobody else is here");
    scene.sound();
}
