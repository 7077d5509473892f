//! The audit as a table for a spreadsheet: RFC 4180, one line an entry.

use crate::api::{AuditLine, PatientAuditLine};

pub const ENTRIES: &str =
    "number,at,until,person,workstation,via,action,change,told,object,patients,reason,times\r\n";
pub const PATIENT: &str = "date,person,workstation,action,change,words,first_at,last_at,times\r\n";

/// One entry.
pub fn entry(entry: &AuditLine) -> String {
    let patients: Vec<String> = entry
        .patients
        .iter()
        .map(|patient| format!("{} {}", patient.id, patient.name))
        .collect();
    line(&[
        &entry.number.to_string(),
        &entry.by.at,
        &entry.until,
        &entry.by.person,
        &entry.by.workstation,
        &entry.via,
        &entry.action,
        yes_or_no(entry.is_change),
        &entry.told,
        &entry.object,
        &patients.join("; "),
        &entry.reason,
        &entry.times.to_string(),
    ])
}

/// What one person did about a patient on one day.
pub fn of_patient(done: &PatientAuditLine) -> String {
    line(&[
        &done.date,
        &done.person,
        &done.workstation,
        &done.action,
        yes_or_no(done.is_change),
        &done.words,
        &done.first_at,
        &done.last_at,
        &done.times.to_string(),
    ])
}

fn yes_or_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// One line of a table (RFC 4180), safe in a spreadsheet.
pub(crate) fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// Quoted where necessary; what a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let text = match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_safe_in_a_spreadsheet() {
        assert_eq!(cell("Rivera, Ana"), "\"Rivera, Ana\"");
        assert_eq!(cell("she said \"no\""), "\"she said \"\"no\"\"\"");
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("plain"), "plain");
    }
}
