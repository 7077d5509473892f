//! The audit: looking through it, taking it out as a table, who saw a patient's data, whether it is whole.

use std::fmt::Write as _;
use std::path::Path;

use clinic::{PatientId, PersonId};
use desk::api::{
    AuditAnchor, AuditCheck, AuditLine, AuditRequest, AuditVerify, Handlers as _, PatientAudit, PatientRef,
};
use desk::import::lookup::{Choice, Unclear, pick};
use desk::{DeskError, audit_table};
use serde_json::json;

use crate::answer::{Answer, Outcome, columns, count};
use crate::args::{Audit, AuditOf};
use crate::names::Practice;
use crate::session::Progress;

/// Entries that are fetched at a time.
const PAGE: u16 = 500;
/// How many troubles an error lists.
const LISTED: usize = 10;

pub fn run(practice: &Practice, command: Audit) -> Outcome {
    match command {
        Audit::List { of, limit } => {
            let mut request = wanted(practice, &of)?;
            request.limit = limit;
            let log = practice.front.audit_list(request)?;
            let mut text = lines(&log.entries);
            if log.more {
                text.push_str("…\n");
            }
            Ok(Answer::new(&log, text))
        }
        Audit::Export { file, of } => export(practice, &file, &of),
        Audit::Patient { patient } => {
            let id = patient_id(practice, &patient)?;
            let report = practice.front.audit_patient(PatientRef { id })?;
            let text = reported(&report);
            Ok(Answer::new(&report, text))
        }
        Audit::Verify { anchors } => verify(practice, anchors),
    }
}

/// An id is taken as it is: nobody need be looked up, and a patient who was removed still has a past.
fn patient_id(practice: &Practice, text: &str) -> Result<PatientId, DeskError> {
    match text.trim().parse() {
        Ok(id) => Ok(id),
        Err(_) => practice.patient(text),
    }
}

fn wanted(practice: &Practice, of: &AuditOf) -> Result<AuditRequest, DeskError> {
    let day = |text: &Option<String>, field| {
        text.as_deref()
            .map(|text| practice.date(text, None, field).map(|date| date.to_string()))
            .transpose()
    };
    Ok(AuditRequest {
        patient: of
            .patient
            .as_deref()
            .map(|text| patient_id(practice, text))
            .transpose()?,
        person: of
            .person
            .as_deref()
            .map(|text| person(practice, text))
            .transpose()?,
        action: of.action.clone(),
        from: day(&of.from, "from")?,
        until: day(&of.until, "until")?,
        ..AuditRequest::default()
    })
}

fn person(practice: &Practice, text: &str) -> Result<PersonId, DeskError> {
    let choices: Vec<_> = practice
        .hello
        .roster
        .people
        .iter()
        .map(|person| Choice {
            id: person.id,
            label: person.name.clone(),
            names: vec![
                person.id.to_string(),
                person.name.clone(),
                person.initials.clone(),
            ],
        })
        .collect();
    pick(text, &choices).map_err(|unclear| {
        let (code, message, list) = match unclear {
            Unclear::Nothing(list) => ("not_found", format!("Nobody here is “{text}”."), list),
            Unclear::Several(list) => ("not_clear", format!("“{text}” could be several."), list),
        };
        DeskError::new(code, message)
            .hint(format!("Possible: {}.", list.join(", ")))
            .field("person")
    })
}

/// One line each: when, who, where, what, whose data.
fn lines(entries: &[AuditLine]) -> String {
    if entries.is_empty() {
        return "Nothing.\n".to_owned();
    }
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            let mut what = entry.words.clone();
            if entry.times > 1 {
                let _ = write!(what, " ({} times)", entry.times);
            }
            if !entry.reason.is_empty() {
                let _ = write!(what, " (reason: {})", entry.reason);
            }
            vec![
                entry.number.to_string(),
                entry.by.at.clone(),
                entry.by.person.clone(),
                entry.via.clone(),
                what,
                whose(entry),
            ]
        })
        .collect();
    columns(&rows)
}

/// A few names, or how many they are.
fn whose(entry: &AuditLine) -> String {
    match entry.patient_count {
        0 => entry.object.clone(),
        1..=3 => entry
            .patients
            .iter()
            .map(|patient| patient.name.as_str())
            .collect::<Vec<_>>()
            .join("; "),
        many => format!("{} {}", count(many as usize, "patient", "patients"), entry.object),
    }
}

fn export(practice: &Practice, file: &Path, of: &AuditOf) -> Outcome {
    let mut request = wanted(practice, of)?;
    request.limit = Some(PAGE);
    request.all_patients = true;
    let mut table = audit_table::ENTRIES.to_owned();
    let mut exported = 0;
    let line = Progress::new();
    loop {
        let log = practice.front.audit_list(request.clone())?;
        for entry in &log.entries {
            table.push_str(&audit_table::entry(entry));
            exported += 1;
            request.before = Some(entry.number);
        }
        line.show(exported, exported, "Exporting");
        if !log.more {
            break;
        }
    }
    line.clear();
    std::fs::write(file, &table).map_err(|error| {
        DeskError::new(
            "cannot_write",
            format!("{} cannot be written: {error}.", file.display()),
        )
        .hint("Name another file.")
        .field("file")
    })?;
    let text = format!(
        "{} in {}. The file names patients: keep it as carefully as the practice’s data.\n",
        count(
            usize::try_from(exported).unwrap_or(usize::MAX),
            "entry",
            "entries"
        ),
        file.display()
    );
    let json = json!({ "file": file.display().to_string(), "entries": exported });
    Ok(Answer { json, text })
}

fn reported(report: &PatientAudit) -> String {
    let rows: Vec<Vec<String>> = report
        .lines
        .iter()
        .map(|line| {
            vec![
                line.date.clone(),
                line.person.clone(),
                line.workstation.clone(),
                format!("{}×", line.times),
                line.words.clone(),
            ]
        })
        .collect();
    format!("{}\n{}", report.patient.name, columns(&rows))
}

fn verify(practice: &Practice, anchors: Vec<String>) -> Outcome {
    let line = Progress::new();
    line.follow(&practice.front);
    let check = practice.front.audit_verify(AuditVerify { anchors });
    line.clear();
    let check = check?;
    if !check.troubles.is_empty() {
        let shown: Vec<&str> = check.troubles.iter().take(LISTED).map(String::as_str).collect();
        return Err(DeskError::new(
            "audit_broken",
            format!(
                "{} wrong in the audit: {}.",
                count(check.troubles.len(), "thing is", "things are"),
                shown.join("; ")
            ),
        )
        .hint("Keep a copy of the folder as it is, and ask who has access to this computer."));
    }
    let text = described(&check);
    Ok(Answer::new(&check, text))
}

fn described(check: &AuditCheck) -> String {
    let mut text = format!(
        "{} looks and {} changes in {} entries: everything is as it should be.\n",
        check.looks, check.changes, check.entries
    );
    if let Some(lost) = check.lost {
        let _ = writeln!(
            text,
            "This workstation went on from a backup: what came after it, up to entry {lost} at least, is lost."
        );
    }
    let anchors: Vec<Vec<String>> = check.head.iter().chain(&check.others).map(anchor).collect();
    text + &columns(&anchors)
}

fn anchor(anchor: &AuditAnchor) -> Vec<String> {
    vec![
        anchor.workstation.clone(),
        anchor.at.clone(),
        format!("{}:{}", anchor.number, anchor.hash),
    ]
}
