//! Imports, with a report line by line.

use std::io::Read as _;

use desk::DeskError;
use desk::api::{self, Handlers as _, ImportOutcome, ImportReport};

use crate::answer::{Answer, Outcome};
use crate::args::{Import, ImportKind};
use crate::names::Practice;
use crate::session::{self, Progress};

pub fn run(practice: &Practice, import: &Import) -> Outcome {
    if import.kind != ImportKind::Ics && (import.location.is_some() || import.provider.is_some()) {
        return Err(
            DeskError::new("bad_request", "--location and --provider are for calendars.")
                .hint("Tables say it in their columns.")
                .field(if import.location.is_some() {
                    "location"
                } else {
                    "provider"
                }),
        );
    }
    let location = import
        .location
        .as_deref()
        .map(|text| practice.location(text))
        .transpose()?;
    let provider = import
        .provider
        .as_deref()
        .map(|text| practice.provider(text))
        .transpose()?;
    let text = desk::import::decode(&read(import)?);
    let job = format!("orcactl-{}", std::process::id());
    let line = Progress::new();
    line.follow(&practice.front);
    session::stop_on_interrupt(&practice.front, &job);
    let report = practice.front.import(api::Import {
        kind: match import.kind {
            ImportKind::Patients => api::ImportKind::PatientsCsv,
            ImportKind::Appointments => api::ImportKind::AppointmentsCsv,
            ImportKind::Ics => api::ImportKind::Calendar,
        },
        text,
        dry_run: import.dry_run,
        job,
        location,
        provider,
    });
    line.clear();
    let report = report?;
    Ok(Answer::new(&report, as_text(&report)))
}

fn read(import: &Import) -> Result<Vec<u8>, DeskError> {
    let bytes = if import.file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(&import.file)
    };
    bytes.map_err(|error| {
        DeskError::new(
            "unreadable_file",
            format!("{} cannot be read: {error}.", import.file.display()),
        )
        .hint("Check the name of the file.")
        .field("file")
    })
}

fn as_text(report: &ImportReport) -> String {
    let mut text = String::new();
    for line in &report.lines {
        let outcome = match line.outcome {
            ImportOutcome::Added => "added",
            ImportOutcome::Updated => "updated",
            ImportOutcome::Unchanged => "unchanged",
            ImportOutcome::Failed => "FAILED",
        };
        let field = line
            .field
            .as_ref()
            .map(|field| format!(" [{field}]"))
            .unwrap_or_default();
        text.push_str(&format!(
            "line {:<6} {outcome:<10} {}{field}\n",
            line.line, line.message
        ));
    }
    text.push_str(&format!(
        "{}{} added, {} updated, {} unchanged, {} failed{}\n",
        if report.dry_run {
            "Nothing was written. It would be: "
        } else {
            ""
        },
        report.added,
        report.updated,
        report.unchanged,
        report.failed,
        if report.cancelled {
            ". Stopped before the end; what was added stays"
        } else {
            ""
        }
    ));
    text
}
