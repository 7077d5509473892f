//! Looking after the data.

use desk::DeskError;
use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::names::Practice;
use crate::session::Progress;

/// How many findings an error lists.
const LISTED: usize = 10;

pub fn rebuild(practice: &Practice, check: bool) -> Outcome {
    let line = Progress::new();
    let what = if check {
        "Comparing documents"
    } else {
        "Rebuilding from documents"
    };
    let report = practice
        .front
        .rebuild(check, &mut |done, total| line.show(done, total, what));
    line.clear();
    let report = report?;
    if check && report.difference_count > 0 {
        return Err(DeskError::new(
            "rows_differ",
            format!(
                "{} rows differ from the documents: {}.",
                report.difference_count,
                listed(&report.differences)
            ),
        )
        .hint("“orcactl rebuild” makes them anew; the documents are the truth."));
    }
    let found = match (check, report.difference_count) {
        (true, _) => "the rows are what a rebuild would make".to_owned(),
        (false, 0) => "rebuilt, nothing was different".to_owned(),
        (false, number) => format!(
            "rebuilt, {number} rows were different: {}",
            listed(&report.differences)
        ),
    };
    let json = json!({
        "checked_only": check,
        "documents": report.documents,
        "records": report.records,
        "difference_count": report.difference_count,
        "differences": report.differences,
    });
    let text = format!(
        "{} documents, {} records: {found}.\n",
        report.documents, report.records
    );
    Ok(Answer { json, text })
}

pub fn verify(practice: &Practice) -> Outcome {
    let line = Progress::new();
    let report = practice
        .front
        .verify(&mut |done, total| line.show(done, total, "Verifying"));
    line.clear();
    let report = report?;
    if !report.troubles.is_empty() {
        return Err(DeskError::new(
            "damaged",
            format!(
                "{} things are wrong: {}.",
                report.troubles.len(),
                listed(&report.troubles)
            ),
        )
        .hint("Keep a copy of the folder as it is, and join again from the relay in an empty folder."));
    }
    let json = json!({
        "envelopes": report.envelopes,
        "documents": report.documents,
        "records": report.records,
        "troubles": report.troubles,
    });
    let text = format!(
        "{} envelopes, {} documents, {} records: everything is as it should be.\n",
        report.envelopes, report.documents, report.records
    );
    Ok(Answer { json, text })
}

fn listed(findings: &[String]) -> String {
    let shown = findings
        .iter()
        .take(LISTED)
        .cloned()
        .collect::<Vec<_>>()
        .join("; ");
    if findings.len() > LISTED {
        format!("{shown}; and more")
    } else {
        shown
    }
}
