//! Something to ask with every command of the desk, for whoever wants to know what comes of asking.

use serde_json::{Value, json};

/// A day in the future that is no holiday.
const DAY: &str = "2031-03-04";
const NOBODY: &str = "01AN4Z07BY79KA1307SR9X4MV3";

/// Something to ask with each command. Records that do not exist will do: whether one may is asked first.
pub fn request(command: &str, location: &Value) -> Value {
    match command {
        "day_sheet" | "print_day_sheet" | "print_week" | "print_route_slips" => {
            json!({ "location": location, "date": DAY })
        }
        "day_as_of" => json!({ "location": location, "date": DAY, "at": "2026-01-02T08:00" }),
        "month_density" => json!({ "location": location, "from": DAY, "until": DAY }),
        "unlock" => json!({ "passphrase": "x" }),
        "init_practice" => json!({ "name": "x", "zone": "x", "person": "x" }),
        "join_practice" => json!({ "code": "x", "person": "x", "workstation": "x" }),
        "restore_backup" => json!({ "folder": "/nowhere" }),
        "appointment" | "remove_time_block" | "patient" | "audit_patient" => json!({ "id": NOBODY }),
        "book_appointment" => {
            json!({ "patient": NOBODY, "appointment_type": NOBODY, "provider": NOBODY, "operatory": NOBODY, "at": format!("{DAY}T09:00") })
        }
        "family_openings" => {
            json!({ "visits": [{ "patient": NOBODY, "appointment_type": NOBODY }], "arrangement": "any" })
        }
        "book_family" => json!({ "visits": [] }),
        "move_appointment" => json!({ "id": NOBODY, "at": format!("{DAY}T09:00") }),
        "swap_appointments" => json!({ "id": NOBODY, "with": NOBODY }),
        "change_length" => json!({ "id": NOBODY, "length_minutes": 30 }),
        "merge_procedures" => json!({ "appointment_type": NOBODY, "also": [] }),
        "change_procedures" => json!({ "id": NOBODY, "also": [] }),
        "set_status" => json!({ "id": NOBODY, "status": "confirmed" }),
        "cancel_appointment" => json!({ "id": NOBODY, "reason": "ill" }),
        "edit_appointment" => json!({ "id": NOBODY, "note": "x" }),
        "check_placement" => {
            json!({ "appointment_type": NOBODY, "provider": NOBODY, "operatory": NOBODY, "at": format!("{DAY}T09:00") })
        }
        "check_change" => json!({ "kind": "length", "id": NOBODY, "length_minutes": 30 }),
        "openings" => json!({ "appointment_type": NOBODY, "from": DAY }),
        "ics" | "visit_series" | "series_ics" => json!({ "id": NOBODY }),
        "plan_series" | "book_series" => json!({
            "patient": NOBODY, "appointment_type": NOBODY, "provider": NOBODY, "operatory": NOBODY, "at": format!("{DAY}T09:00"),
            "recurrence": { "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": 2 } }
        }),
        "plan_series_change" | "change_series" => {
            json!({ "id": NOBODY, "scope": "all", "status": "confirmed" })
        }
        "cancel_series" => json!({ "id": NOBODY, "scope": "all", "reason": "ill" }),
        "add_time_block" => {
            json!({ "target": { "kind": "operatory", "id": NOBODY }, "location": NOBODY, "at": format!("{DAY}T09:00"), "length_minutes": 30, "title": "x", "policy": { "kind": "block" } })
        }
        "change_time_block" => json!({ "id": NOBODY }),
        "time_block" | "remove_absence" | "pin_appointment" | "unpin_appointment" => json!({ "id": NOBODY }),
        "add_block_series" => json!({
            "target": { "kind": "operatory", "id": NOBODY }, "location": NOBODY, "at": format!("{DAY}T09:00"),
            "length_minutes": 30, "title": "x", "policy": { "kind": "block" },
            "recurrence": { "repeat": { "kind": "weekly", "every": 1, "weekdays": [] }, "ends": { "kind": "count", "times": 2 } }
        }),
        "change_block_series" | "remove_block_series" => json!({ "id": NOBODY, "scope": "all" }),
        "paste_blocks" => json!({ "from": { "kind": "blocks", "ids": [NOBODY] }, "to": DAY }),
        "plan_absence" | "enter_absence" => json!({
            "target": { "kind": "operatory", "id": NOBODY }, "location": NOBODY, "first": DAY, "last": DAY, "reason": "other"
        }),
        "template" | "update_template" | "remove_application" => json!({ "id": NOBODY }),
        "create_template" => json!({ "name": "", "location": location, "span": "week" }),
        "change_template_slots" | "check_template_slots" => json!({ "template": NOBODY, "changes": [] }),
        "fill_template" => json!({
            "template": NOBODY, "until_minute": 720,
            "slot": { "start_minute": 540, "length_minutes": 30, "operatory": NOBODY, "wants": { "kind": "any" } }
        }),
        "copy_template_column" | "diff_template" => json!({ "template": NOBODY }),
        "save_template_version" => json!({ "template": NOBODY, "name": "x" }),
        "restore_template_version" => json!({ "template": NOBODY, "version": NOBODY }),
        "map_template" | "copy_template" => json!({ "template": NOBODY, "location": location }),
        "share_template" => json!({ "template": NOBODY, "location": location, "is_shared": true }),
        "plan_application" => {
            json!({ "location": location, "weeks": [{ "template": NOBODY }], "from": DAY, "until": DAY })
        }
        "apply_template" => json!({
            "fields": { "location": location, "weeks": [{ "template": NOBODY }], "from": DAY, "until": DAY },
            "to": { "kind": "all_days" }
        }),
        "template_day" => json!({ "location": location, "date": DAY }),
        "change_day_slots" => json!({ "location": location, "date": DAY, "changes": [] }),
        "template_analytics" | "export_template_analytics" => {
            json!({ "from": DAY, "until": DAY, "by": "class" })
        }
        "find_patients" => json!({ "text": "zz" }),
        "add_patient" => json!({ "fields": { "family_name": "", "given_name": "" } }),
        "update_patient" => json!({ "id": NOBODY, "fields": {} }),
        "plan_rescheduling" => json!({ "visits": [NOBODY] }),
        "reschedule_visits" => json!({
            "moves": [{ "id": NOBODY, "from": format!("{DAY}T09:00"), "at": format!("{DAY}T10:00"), "operatory": NOBODY, "provider": NOBODY }],
        }),
        "keep_both" => json!({ "key": "chair", "reason": "x" }),
        "choose_value" => json!({ "key": "chair", "value": "x" }),
        "preview_type_change" => {
            json!({ "id": NOBODY, "pattern": "X", "buffer_before_minutes": 0, "buffer_after_minutes": 0 })
        }
        "save_setting" => {
            json!({ "kind": "practice", "name": "Harbour Dental", "email": "", "phone": "", "time_increment_minutes": 10 })
        }
        "import" => json!({ "kind": "patients_csv", "text": "", "dry_run": true, "job": "x" }),
        "sign_in" => json!({ "person": NOBODY, "passphrase": "x" }),
        "resume" | "set_pin" => json!({ "pin": "x" }),
        "set_lock_after" => json!({ "minutes": 9999 }),
        "choose_passphrase" => json!({ "passphrase": "short" }),
        "break_glass" => json!({ "reason": "x" }),
        "add_person" => json!({ "name": "", "grants": [], "passphrase": "x" }),
        "update_person" => json!({ "id": NOBODY }),
        "reset_login" => json!({ "id": NOBODY, "passphrase": "x" }),
        "set_permission" => json!({ "permission": "booking:manage_reminders", "roles": ["clinic_admin"] }),
        "remove_workstation" => json!({ "id": NOBODY }),
        "confirm_second_factor" | "remove_second_factor" => json!({ "code": "123456" }),
        "trust_workstation" => json!({ "is_trusted": true }),
        "require_second_factor" => json!({ "is_required": false }),
        "restore_from_kit" => {
            json!({ "relay": "x", "first": "x", "second": "x", "person": "x", "workstation": "x" })
        }
        // Too many to be made.
        "make_recovery_kit" => json!({ "parts": 9 }),
        "reset_with_kit" => {
            json!({ "first": "x", "second": "x", "person": NOBODY, "passphrase": "long enough" })
        }
        "release_set_aside" => json!({ "ids": ["abcdef"], "reason": "x" }),
        "audit_export" => json!({ "kind": "patient", "id": NOBODY, "format": "csv" }),
        "save_downtime" => json!({ "folder": "/nowhere", "days": 0 }),
        "save_backup_settings" => json!({ "folder": "/nowhere", "every_hours": 0 }),
        "set_preferences" => json!({ "theme": "neon", "density": "" }),
        "save_views" => {
            json!({ "named": [{ "key": 13, "name": "x", "view": { "span": "day", "by": "operatory", "locations": [], "operatories": [], "providers": [], "increment_minutes": null } }] })
        }
        "history" | "letters" => json!({}),
        "cancel_job" => json!({ "job": "x" }),
        "list_patients" => json!({}),
        "relay_invite" => json!({ "relay": "not an address" }),
        _ => json!({}),
    }
}

/// Commands that would take the desk away from whoever sits there.
pub const NOT_TRIED: [&str; 4] = ["lock", "end_emergency", "sync_now", "back_up_now"];
