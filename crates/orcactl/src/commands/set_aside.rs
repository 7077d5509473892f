//! What was received and not applied, and letting it in.

use desk::api::{Handlers as _, LetInEntry, Nothing, ReleaseSetAside, SetAsideEntry};

use crate::answer::{Answer, Outcome, columns};
use crate::args::SetAside;
use crate::names::Practice;

/// Digits of an id that tell entries apart well enough.
const SHORT_ID: usize = 10;

pub fn run(practice: &Practice, command: SetAside) -> Outcome {
    let list = match command {
        SetAside::List => practice.front.set_aside(Nothing {})?,
        SetAside::Release { ids, reason } => practice
            .front
            .release_set_aside(ReleaseSetAside { ids, reason })?,
    };
    let mut text = String::new();
    if list.entries.is_empty() {
        text.push_str("Nothing is set aside.\n");
    } else {
        text.push_str(&columns(&list.entries.iter().map(entry).collect::<Vec<_>>()));
    }
    if !list.released.is_empty() {
        text.push_str("\nLet in:\n");
        text.push_str(&columns(&list.released.iter().map(released).collect::<Vec<_>>()));
    }
    Ok(Answer::new(&list, text))
}

fn short(id: &str) -> String {
    id.chars().take(SHORT_ID).collect()
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn entry(entry: &SetAsideEntry) -> Vec<String> {
    let work = entry.work.as_ref().map_or_else(unknown, |work| {
        [work.what.clone(), work.patients.join(" and ")]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(": ")
    });
    let state = match (&entry.let_in, entry.can_let_in) {
        (Some(_), _) => " (let in as soon as the relay has it)",
        (None, true) => "",
        (None, false) => " (cannot be let in)",
    };
    vec![
        short(&entry.id),
        entry
            .position
            .map_or_else(|| "own".to_owned(), |at| at.to_string()),
        entry.workstation.clone().unwrap_or_else(unknown),
        entry
            .work
            .as_ref()
            .and_then(|work| work.person.clone())
            .unwrap_or_else(unknown),
        work,
        format!("{}{state}", entry.reason),
    ]
}

fn released(entry: &LetInEntry) -> Vec<String> {
    let outcome = match (&entry.trouble, entry.is_waiting) {
        (Some(trouble), _) => format!("but {trouble}"),
        (None, true) => "waits for what it builds on".to_owned(),
        (None, false) => String::new(),
    };
    vec![
        short(&entry.id),
        entry.workstation.clone().unwrap_or_else(unknown),
        entry.person.clone().unwrap_or_else(unknown),
        entry.what.clone().unwrap_or_else(unknown),
        format!(
            "by {}: {}",
            entry.why.by.clone().unwrap_or_else(unknown),
            entry.why.reason
        ),
        outcome,
    ]
}
