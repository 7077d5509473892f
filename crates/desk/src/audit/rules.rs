//! What each command is in the audit. A command that is not here fails the test below; a request that does not say what
//! it is about ([`super::About`]) does not compile.

/// What a command leaves in the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// An entry with this action and the patients it showed.
    Looks(&'static str),
    /// The operation's own entry, in its transaction; a look only for others whom the answer or the refusal names.
    Writes,
    /// Like a look, by the person who sits here afterwards; a refusal is an entry too.
    SignsIn(&'static str),
    /// Nothing: it shows nothing of patients or visits, or there is no practice yet.
    ShowsNobody,
}

pub(super) fn rule(command: &str) -> Option<Rule> {
    Some(match command {
        "hello" => Rule::Looks("open_practice"),
        "day_sheet" => Rule::Looks("view_day_sheet"),
        "day_as_of" => Rule::Looks("view_past_day"),
        "month_density" => Rule::Looks("view_month"),
        "appointment" => Rule::Looks("view_appointment"),
        "check_placement" | "check_change" => Rule::Looks("check_placement"),
        "openings" | "family_openings" => Rule::Looks("find_openings"),
        "plan_absence" => Rule::Looks("plan_absence"),
        "preview_type_change" => Rule::Looks("preview_type_change"),
        "plan_series" | "plan_series_change" => Rule::Looks("plan_series"),
        "visit_series" => Rule::Looks("view_series"),
        "plan_application" => Rule::Looks("plan_template"),
        "template_analytics" => Rule::Looks("view_figures"),
        "export_template_analytics" => Rule::Looks("export_figures"),
        "pinboard" => Rule::Looks("view_pinboard"),
        "plan_rescheduling" => Rule::Looks("plan_rescheduling"),
        "ics" | "series_ics" => Rule::Looks("export_ics"),
        "print_day_sheet" | "print_week" | "print_route_slips" => Rule::Looks("print"),
        "find_patients" => Rule::Looks("find_patients"),
        "list_patients" => Rule::Looks("list_patients"),
        "patient" => Rule::Looks("view_patient"),
        "conflicts" => Rule::Looks("view_conflicts"),
        "history" => Rule::Looks("view_history"),
        "letters" => Rule::Looks("view_letters"),
        "import" => Rule::Looks("import"),
        "audit_list" => Rule::Looks("view_audit"),
        "audit_export" => Rule::Looks("export_audit"),
        "audit_patient" => Rule::Looks("view_patient_audit"),
        "audit_verify" => Rule::Looks("verify_audit"),
        // Ways in which data leave the workstation, although nobody sees them.
        "back_up_now" => Rule::Looks("back_up"),
        "save_backup_settings" => Rule::Looks("change_backups"),
        "write_downtime_now" => Rule::Looks("write_downtime_pack"),
        "save_downtime" => Rule::Looks("change_downtime"),
        "relay_invite" => Rule::Looks("invite_workstation"),
        "cover_log" => Rule::Looks("cover_log"),
        // Who may do what, and who sits here.
        "sign_in" => Rule::SignsIn("sign_in"),
        "resume" => Rule::SignsIn("resume"),
        "lock" => Rule::Looks("lock"),
        "set_lock_after" => Rule::Looks("change_lock"),
        "set_pin" => Rule::Looks("choose_pin"),
        "choose_passphrase" => Rule::Looks("choose_passphrase"),
        "break_glass" => Rule::Looks("break_glass"),
        "end_emergency" => Rule::Looks("end_emergency"),
        "people" => Rule::Looks("view_people"),
        "add_person" => Rule::Looks("add_person"),
        "update_person" => Rule::Looks("change_person"),
        "reset_login" => Rule::Looks("reset_log_in"),
        "set_permission" => Rule::Looks("change_permission"),
        "remove_workstation" => Rule::Looks("remove_workstation"),
        "set_aside" => Rule::Looks("view_set_aside"),
        "begin_second_factor" => Rule::Looks("begin_second_factor"),
        "confirm_second_factor" => Rule::Looks("set_up_second_factor"),
        "remove_second_factor" => Rule::Looks("remove_second_factor"),
        "trust_workstation" => Rule::Looks("trust_workstation"),
        "require_second_factor" => Rule::Looks("require_second_factor"),
        "make_recovery_kit" => Rule::Looks("make_recovery_kit"),
        "reset_with_kit" => Rule::SignsIn("reset_with_kit"),
        "release_set_aside" => Rule::Looks("let_in"),

        "save_setting"
        | "book_appointment"
        | "book_family"
        | "move_appointment"
        | "swap_appointments"
        | "change_length"
        | "change_procedures"
        | "set_status"
        | "cancel_appointment"
        | "edit_appointment"
        | "book_series"
        | "change_series"
        | "cancel_series"
        | "add_time_block"
        | "change_time_block"
        | "remove_time_block"
        | "add_block_series"
        | "change_block_series"
        | "remove_block_series"
        | "paste_blocks"
        | "enter_absence"
        | "remove_absence"
        | "pin_appointment"
        | "unpin_appointment"
        | "reschedule_visits"
        | "add_patient"
        | "update_patient"
        | "keep_both"
        | "create_template"
        | "update_template"
        | "change_template_slots"
        | "fill_template"
        | "copy_template_column"
        | "save_template_version"
        | "restore_template_version"
        | "copy_template"
        | "share_template"
        | "apply_template"
        | "remove_application"
        | "change_day_slots"
        | "choose_value"
        | "undo"
        | "redo" => Rule::Writes,

        // Before a practice is open; what opens it next is noted.
        "boot" | "unlock" | "init_practice" | "join_practice" | "open_demo" | "restore_backup"
        | "restore_from_kit" | "zones" | "list_backups" | "verify_backup" => Rule::ShowsNobody,
        // Block-outs and absences, of providers and places.
        "time_block" | "absences" => Rule::ShowsNobody,
        // Templates and slots: no patient is in them.
        "templates"
        | "template"
        | "check_template_slots"
        | "diff_template"
        | "map_template"
        | "applications"
        | "template_day" => Rule::ShowsNobody,
        // What types come to together.
        "merge_procedures" => Rule::ShowsNobody,
        // Clocks, this screen's looks, how things stand.
        "now" | "session" | "touched" | "set_preferences" | "save_views" | "cancel_job" | "sync_state"
        | "sync_now" | "backup_state" | "downtime_state" | "audit_actions" | "recovery_status"
        | "log_cover" => Rule::ShowsNobody,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::COMMANDS;

    #[test]
    fn every_command_says_what_it_is_in_the_audit() {
        let forgotten: Vec<&str> = COMMANDS
            .iter()
            .map(|command| command.name)
            .filter(|name| rule(name).is_none())
            .collect();
        assert_eq!(
            forgotten, [""; 0],
            "say in crates/desk/src/audit/rules.rs what these are"
        );
    }

    #[test]
    fn every_action_has_words() {
        for command in COMMANDS {
            if let Some(Rule::Looks(action) | Rule::SignsIn(action)) = rule(command.name) {
                assert!(
                    super::super::words::LOOKS
                        .iter()
                        .any(|(known, _)| *known == action),
                    "{action}"
                );
            }
        }
    }
}
