//! Who did what; taking back and doing again.

use desk::api::{Handlers as _, HistoryEntry, HistoryRequest, Nothing, Undone};

use crate::answer::{Answer, Outcome, columns};
use crate::names::{Practice, appointment_id};

pub fn list(practice: &Practice, appointment: Option<&str>, limit: Option<u16>) -> Outcome {
    let request = HistoryRequest {
        appointment: appointment.map(appointment_id).transpose()?,
        limit,
        ..HistoryRequest::default()
    };
    let history = practice.front.history(request)?;
    let text = if history.entries.is_empty() {
        "Nothing yet.\n".to_owned()
    } else {
        entries(&history.entries)
    };
    Ok(Answer::new(&history, text))
}

/// One line each: when, who, where, what; below it, of one visit, the fields that changed.
pub fn entries(entries: &[HistoryEntry]) -> String {
    let rows: Vec<Vec<String>> = entries
        .iter()
        .flat_map(|entry| {
            let mut words = entry.words.clone();
            if !entry.words.contains(&entry.reason) {
                words.push_str(&format!(" (reason: {})", entry.reason));
            }
            if entry.is_undone {
                words.push_str(" (taken back)");
            }
            let line = vec![
                entry.by.at.clone(),
                entry.by.person.clone(),
                entry.by.workstation.clone(),
                words,
            ];
            std::iter::once(line).chain(entry.differences.iter().map(|one| {
                let what = format!("  {}: {} → {}", one.field, one.before, one.after);
                vec![String::new(), String::new(), String::new(), what]
            }))
        })
        .collect();
    columns(&rows)
}

pub fn undo(practice: &Practice) -> Outcome {
    Ok(done(&practice.front.undo(Nothing {})?))
}

pub fn redo(practice: &Practice) -> Outcome {
    Ok(done(&practice.front.redo(Nothing {})?))
}

fn done(undone: &Undone) -> Answer {
    let mut text = format!("{}\n", undone.words);
    if let Some(next) = &undone.undo.undo {
        text.push_str(&format!("undo would: {next}\n"));
    }
    if let Some(next) = &undone.undo.redo {
        text.push_str(&format!("redo would: {next}\n"));
    }
    Answer::new(undone, text)
}
