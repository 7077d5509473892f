//! Actions of the audit as people say them.

use clinic::Op;

use crate::api::{AuditAction, AuditActions};

/// Looks, and what begins or restores an audit. Writes have the words of their operation.
pub(super) const LOOKS: &[(&str, &str)] = &[
    (store::audit::BEGIN, "the audit begins"),
    (store::audit::RESTORE, "went on from a backup"),
    ("open_practice", "opened the practice"),
    ("view_day_sheet", "looked at a day"),
    ("view_past_day", "looked at a day as it was"),
    ("view_month", "looked at how full days are"),
    ("view_appointment", "looked at a visit"),
    ("check_placement", "tried a time"),
    ("find_openings", "looked for free times"),
    ("plan_absence", "looked at whom an absence would displace"),
    (
        "preview_type_change",
        "looked at whom a changed type would concern",
    ),
    ("plan_series", "planned a series of visits"),
    ("view_series", "looked at a series of visits"),
    ("plan_template", "looked at what applying a template would do"),
    ("view_figures", "looked at the figures"),
    ("export_figures", "took the figures out as a file"),
    ("view_pinboard", "looked at the pinboard"),
    ("plan_rescheduling", "looked at a plan of new times"),
    ("export_ics", "made a calendar file"),
    ("print", "printed"),
    ("write_downtime_pack", "wrote a downtime pack"),
    ("change_downtime", "changed how downtime packs are written"),
    ("find_patients", "searched patients"),
    ("list_patients", "listed patients"),
    ("view_patient", "looked at a patient"),
    ("view_conflicts", "looked at conflicts"),
    ("view_history", "looked at the history"),
    ("view_letters", "looked at letters from outside"),
    ("import", "imported a file"),
    ("view_audit", "looked at the audit"),
    ("view_patient_audit", "looked at who saw a patient’s data"),
    ("export_audit", "took the audit out as a file"),
    ("verify_audit", "checked the audit"),
    ("back_up", "made a backup"),
    ("change_backups", "changed how backups are made"),
    ("invite_workstation", "invited a workstation"),
    ("cover_log", "had the log covered by a snapshot"),
    ("sign_in", "signed in"),
    ("resume", "came back with the PIN"),
    (super::REFUSED, "tried to sign in and was refused"),
    ("lock", "locked the desk"),
    ("change_lock", "changed when the desk locks itself"),
    ("choose_pin", "chose a PIN"),
    ("choose_passphrase", "chose a passphrase"),
    ("break_glass", "took emergency access"),
    ("end_emergency", "gave emergency access back"),
    ("view_people", "looked at people and roles"),
    ("add_person", "added a person"),
    ("change_person", "changed a person"),
    ("reset_log_in", "gave a person a new passphrase"),
    ("change_permission", "changed who may do what"),
    ("remove_workstation", "removed a workstation"),
    ("view_set_aside", "looked at what was set aside"),
    ("begin_second_factor", "began to set up a second factor"),
    ("set_up_second_factor", "set up a second factor"),
    ("remove_second_factor", "took their second factor away"),
    (
        "trust_workstation",
        "changed whether a code is asked for at this workstation",
    ),
    (
        "require_second_factor",
        "changed whether administrators need a second factor",
    ),
    ("make_recovery_kit", "made a recovery kit"),
    (
        "restore_from_kit",
        "brought the practice back with the recovery kit",
    ),
    (
        "reset_with_kit",
        "gave themselves a new passphrase with the recovery kit",
    ),
    ("let_in", "let in what was set aside"),
    (super::WHILE_CHANGING, "saw others while changing something"),
    (super::AS_IT_CAME, "was shown somebody else’s change"),
];

/// Every action of a look and every one of a change, in words.
pub(crate) fn all_actions() -> AuditActions {
    let named = |action: &str, words: &str| AuditAction {
        action: action.to_owned(),
        words: words.to_owned(),
    };
    AuditActions {
        looks: LOOKS.iter().map(|(action, words)| named(action, words)).collect(),
        changes: Op::ALL.iter().map(|op| named(op.code(), done(*op))).collect(),
    }
}

/// An action in words; one that a newer release wrote is shown as it is.
pub(crate) fn action_words(action: &str) -> String {
    if let Some((_, words)) = LOOKS.iter().find(|(known, _)| *known == action) {
        return (*words).to_owned();
    }
    Op::from_code(action).map_or_else(|| action.to_owned(), |op| done(op).to_owned())
}

/// An operation that was done; its own words are for what may be done.
fn done(op: Op) -> &'static str {
    match op {
        Op::BookAppointment => "booked a visit",
        Op::BookFamily => "booked a family",
        Op::MoveAppointment => "moved a visit",
        Op::ChangeLength => "changed a visit’s length",
        Op::ChangeProcedures => "changed what is done in a visit",
        Op::ChangeProvider => "changed a visit’s provider",
        Op::SwapAppointments => "swapped two visits",
        Op::ConfirmAppointment => "confirmed a visit",
        Op::MarkArrived => "marked a patient as arrived",
        Op::SeatPatient => "seated a patient",
        Op::CompleteAppointment => "completed a visit",
        Op::CheckOut => "checked a patient out",
        Op::CancelAppointment => "cancelled a visit",
        Op::MarkNoShow => "marked a no-show",
        Op::ReopenAppointment => "took a visit up again",
        Op::EditAppointment => "edited a visit",
        Op::BookSeries => "booked a series of visits",
        Op::ChangeSeries => "changed a series of visits",
        Op::CancelSeries => "cancelled visits of a series",
        Op::AddTimeBlock => "blocked out time",
        Op::ChangeTimeBlock => "changed a block-out",
        Op::RemoveTimeBlock => "removed a block-out",
        Op::AddBlockSeries => "blocked out recurring time",
        Op::ChangeBlockSeries => "changed recurring block-outs",
        Op::RemoveBlockSeries => "removed recurring block-outs",
        Op::PasteBlocks => "pasted block-outs",
        Op::AddAbsence => "entered an absence",
        Op::ChangeAbsence => "changed an absence",
        Op::RemoveAbsence => "removed an absence",
        Op::PinAppointment => "put a visit on the pinboard",
        Op::UnpinAppointment => "took a visit off the pinboard",
        Op::RescheduleVisits => "gave visits new times",
        Op::CreateTemplate => "began a template",
        Op::ChangeTemplate => "changed a template",
        Op::SaveTemplateVersion => "kept a template’s version",
        Op::CopyTemplate => "copied a template",
        Op::ShareTemplate => "changed where a template is shared",
        Op::ApplyTemplate => "applied a template",
        Op::RemoveTemplateApplication => "removed an applied template",
        Op::ChangeDaySlots => "changed a day’s slots",
        Op::AddPatient => "added a patient",
        Op::UpdatePatient => "edited a patient",
        Op::UpdateSettings => "changed settings",
        Op::ChangeType => "changed a type and its visits",
        Op::ResolveConflict => "settled a conflict",
        Op::ImportPatients => "imported patients",
        Op::ImportAppointments => "imported visits",
        Op::ImportCalendar => "imported a calendar",
        Op::FoundPractice => "started the practice",
        Op::Undo => "took a change back",
        Op::Redo => "did a change again",
        Op::Merge => "received changes",
    }
}
