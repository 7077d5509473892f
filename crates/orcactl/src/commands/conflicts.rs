//! Conflict cards and decisions about them.

use clinic::ConflictKey;
use desk::api::{ChooseValue, ConflictCard, ConflictDetails, Handlers as _, KeepBoth, Nothing};

use super::visits::sentence;
use crate::answer::{Answer, Outcome, count};
use crate::args::Conflicts;
use crate::names::Practice;

pub fn run(practice: &Practice, command: Option<Conflicts>) -> Outcome {
    let (done, conflicts) = match command {
        None => ("", practice.front.conflicts(Nothing {})?),
        Some(Conflicts::Keep { key, reason }) => (
            "Both stay. ",
            practice.front.keep_both(KeepBoth {
                key: ConflictKey(key),
                reason,
            })?,
        ),
        Some(Conflicts::Choose { key, value }) => (
            "Decided. ",
            practice.front.choose_value(ChooseValue {
                key: ConflictKey(key),
                value,
            })?,
        ),
    };
    let mut text = format!(
        "{done}{}\n",
        count(conflicts.cards.len(), "open conflict", "open conflicts")
    );
    conflicts
        .cards
        .iter()
        .for_each(|card| text.push_str(&described(practice, card)));
    Ok(Answer::new(&conflicts, text))
}

fn described(practice: &Practice, card: &ConflictCard) -> String {
    let mut text = format!("\n{}\n  key {}\n", card.title, card.key);
    match &card.details {
        ConflictDetails::Overlap { sides, .. } => {
            for side in sides {
                let first = if side.is_winner { " (booked first)" } else { "" };
                text.push_str(&format!(
                    "  {}{first}\n    by {} at {}, {}\n",
                    sentence(practice, &side.card),
                    side.by.person,
                    side.by.workstation,
                    side.by.at
                ));
                for way in side.ways_out.iter().take(3) {
                    text.push_str(&format!(
                        "    could go to {} {} {}\n",
                        way.at.replace('T', " "),
                        practice.operatory_name(way.operatory),
                        practice.provider_name(way.provider)
                    ));
                }
            }
        }
        ConflictDetails::Field {
            subject,
            field,
            values,
            ..
        } => {
            text.push_str(&format!("  {field} of {subject}\n"));
            for value in values {
                let shown = if value.is_shown { " (shown now)" } else { "" };
                text.push_str(&format!(
                    "  {}  {}{shown}, by {} at {}, {}\n",
                    value.id, value.value, value.by.person, value.by.workstation, value.by.at
                ));
            }
        }
    }
    text
}
