//! Actions of the audit as people say them.

use clinic::Op;

/// Looks, and what begins or restores an audit. Writes have the words of their operation.
pub(super) const LOOKS: &[(&str, &str)] = &[
    (store::audit::BEGIN, "the audit begins"),
    (store::audit::RESTORE, "went on from a backup"),
    ("open_practice", "opened the practice"),
    ("view_day_sheet", "looked at a day"),
    ("view_month", "looked at how full days are"),
    ("view_appointment", "looked at a visit"),
    ("check_placement", "tried a time"),
    ("find_openings", "looked for free times"),
    ("export_ics", "made a calendar file"),
    ("find_patients", "searched patients"),
    ("list_patients", "listed patients"),
    ("view_patient", "looked at a patient"),
    ("view_conflicts", "looked at conflicts"),
    ("view_history", "looked at the history"),
    ("import", "imported a file"),
    ("view_audit", "looked at the audit"),
    ("view_patient_audit", "looked at who saw a patient’s data"),
    ("verify_audit", "checked the audit"),
    ("back_up", "made a backup"),
    ("change_backups", "changed how backups are made"),
    ("invite_workstation", "invited a workstation"),
    (super::WHILE_CHANGING, "saw others while changing something"),
    (super::AS_IT_CAME, "was shown somebody else’s change"),
];

/// An action in words; one that a newer release wrote is shown as it is.
pub(crate) fn action_words(action: &str) -> String {
    if let Some((_, words)) = LOOKS.iter().find(|(known, _)| *known == action) {
        return (*words).to_owned();
    }
    Op::from_code(action).map_or_else(|| action.to_owned(), |op| op.words().to_owned())
}
