//! Conflict cards and decisions about them.

use clinic::AppointmentId;
use clinic::ConflictKey;
use desk::DeskError;
use desk::api::{
    ChooseValue, ConflictCard, ConflictDetails, Handlers as _, KeepBoth, Leave, MoveAppointment, Nothing,
    WayOut,
};

use super::visits::sentence;
use crate::answer::{Answer, Outcome, count};
use crate::args::Conflicts;
use crate::names::Practice;

pub fn run(practice: &Practice, command: Option<Conflicts>) -> Outcome {
    let taken;
    let (done, conflicts) = match command {
        None => ("", practice.front.conflicts(Nothing {})?),
        Some(Conflicts::Keep { key, reason }) => (
            "Both stay. ",
            practice.front.keep_both(KeepBoth {
                key: ConflictKey(key),
                reason,
            })?,
        ),
        Some(Conflicts::Take { key, number }) => {
            let (id, way) = way_out(practice, &key, number)?;
            let moved = practice.front.move_appointment(MoveAppointment {
                second_provider: way.to.second_provider,
                no_second_provider: false,
                id,
                at: Some(way.to.at),
                later_of_two: way.to.later_of_two,
                operatory: Some(way.to.operatory),
                provider: Some(way.to.provider),
                leave: Leave::default(),
            })?;
            taken = format!("Moved: {}. ", sentence(practice, &moved.appointment));
            (taken.as_str(), practice.front.conflicts(Nothing {})?)
        }
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

/// The visit that moves and where to, by the number that the list shows.
fn way_out(practice: &Practice, key: &str, number: u16) -> Result<(AppointmentId, WayOut), DeskError> {
    let cards = practice.front.conflicts(Nothing {})?.cards;
    let card = cards.into_iter().find(|card| card.key.0 == key).ok_or_else(|| {
        DeskError::new("unknown_conflict", "There is no such open conflict.")
            .hint("`orcactl conflicts` lists them with their keys.")
            .field("key")
    })?;
    let ConflictDetails::Overlap { sides, .. } = card.details else {
        return Err(
            DeskError::new("invalid", "This conflict is about values; nothing has to move.")
                .hint("Decide with `orcactl conflicts choose KEY VALUE`.")
                .field("number"),
        );
    };
    sides
        .into_iter()
        .flat_map(|side| side.ways_out.into_iter().map(move |way| (side.card.id, way)))
        .find(|(_, way)| way.number == number)
        .ok_or_else(|| {
            DeskError::new(
                "invalid",
                format!("This conflict has no way out number {number}."),
            )
            .hint("`orcactl conflicts` lists the ways out with their numbers.")
            .field("number")
        })
}

fn described(practice: &Practice, card: &ConflictCard) -> String {
    let mut text = format!("\n{}\n  key {}\n", card.title, card.key);
    match &card.details {
        ConflictDetails::Overlap { sides, .. } => {
            for side in sides {
                let first = if side.is_winner { " (booked first)" } else { "" };
                text.push_str(&format!(
                    "  {}{first}{}\n    by {} at {}, {}\n",
                    sentence(practice, &side.card),
                    if side.is_told { ", confirmed" } else { "" },
                    side.by.person,
                    side.by.workstation,
                    side.by.at
                ));
                for way in &side.ways_out {
                    text.push_str(&format!(
                        "    {}. could go to {} {} {} ({})\n",
                        way.number,
                        way.to.at.replace('T', " "),
                        practice.operatory_name(way.to.operatory),
                        practice.provider_name(way.to.provider),
                        way.disturbance
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
