//! Rules, drawn as day sheets: a few lines of text, a request, and what a receptionist would see.

mod absence;
mod assistants;
mod block_series;
mod blocks;
mod booking;
mod conflicts;
mod day_of_visit;
mod drawing;
mod duplicates;
mod equipment;
mod family;
mod hours;
mod leanings;
mod limits;
mod moving;
mod openings;
mod oracle;
mod procedures;
mod properties;
mod roles;
mod rules;
mod second_provider;
mod series;
mod steps;
mod swapping;
mod templates;
mod types;

use std::fmt::Write;

use crate::drawing::Drawing;
use crate::{
    Appointment, AppointmentId, BookRequest, CannotBook, Change, Entity, Leave, Placement, Plan, book,
};

/// Reads a drawing; a test with a wrong drawing is a wrong test.
fn draw(text: &str) -> Drawing {
    Drawing::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Puts changes into a drawing, as the store would.
fn apply(drawing: &mut Drawing, changes: &[Change]) {
    for change in changes {
        drawing.roster.apply(change);
        match &change.before {
            Some(Entity::Appointment(visit)) => drawing.appointments.retain(|known| known.id != visit.id),
            Some(Entity::TimeBlock(block)) => drawing.time_blocks.retain(|known| known.id != block.id),
            _ => {}
        }
        match &change.after {
            Some(Entity::Appointment(visit)) => drawing.appointments.push(visit.clone()),
            Some(Entity::TimeBlock(block)) => drawing.time_blocks.push(block.clone()),
            _ => {}
        }
    }
    drawing.appointments.sort_by_key(|visit| visit.id);
    drawing.time_blocks.sort_by_key(|block| block.id);
}

/// What the desk would show: the new sheet below what was overridden, or why not.
fn outcome(drawing: &mut Drawing, verb: &str, result: Result<Plan, CannotBook>) -> String {
    match result {
        Ok(plan) => {
            let mut text = String::new();
            for warning in &plan.warnings {
                let words = warning.words(&drawing.roster, &|id| drawing.name(id));
                writeln!(text, "although {words}").unwrap();
            }
            apply(drawing, &plan.changes);
            text + &drawing.print()
        }
        Err(cannot) => {
            let message = cannot.message(&drawing.roster, &|id| drawing.name(id));
            format!(
                "cannot {verb}: {} [{}]",
                message.trim_end_matches('.'),
                cannot.code()
            )
        }
    }
}

/// Books by the drawing's own neighbours.
fn book_drawn(drawing: &Drawing, request: &BookRequest, leave: &Leave) -> Result<Plan, CannotBook> {
    let placement = request.placement(&drawing.roster, &drawing.zones)?;
    let neighbours = near(drawing, &placement)?;
    book(
        &drawing.roster,
        &drawing.zones,
        &neighbours,
        request,
        leave,
        &drawing.author(1_000),
    )
}

/// Only what the neighbourhood asks for, as a store would load it.
fn near(drawing: &Drawing, placement: &Placement) -> Result<crate::Neighbours, CannotBook> {
    let mut place = placement.neighbourhood(&drawing.roster)?;
    // Whether a slot is full say all visits that begin in it.
    let (from, until) = (place.from, place.until);
    for slot in drawing.held().iter().flat_map(|day| &day.slots) {
        if slot.slot.operatory == placement.operatory && slot.span.0 < until && from < slot.span.1 {
            place.from = place.from.min(slot.span.0);
            place.until = place.until.max(slot.span.1);
        }
    }
    let mut neighbours = drawing.neighbours(placement);
    neighbours.appointments.retain(|visit| {
        let begin = visit.starts_at.instant();
        let meets = begin < place.until
            && place.from < visit.ends_at()
            && (visit.operatory == place.operatory
                || place
                    .providers()
                    .any(|id| id == visit.provider || Some(id) == visit.second_provider)
                || Some(visit.patient) == place.patient
                || (place.with_assistants && visit.location == place.location)
                || (place.with_equipment && visit.location == place.location && !visit.equipment.is_empty()));
        let is_counted = visit.location == place.location
            && place
                .hour
                .is_some_and(|(from, until)| (from..until).contains(&begin));
        visit.takes_time() && (meets || is_counted)
    });
    neighbours.time_blocks.retain(|block| {
        let concerns = match block.target {
            crate::BlockTarget::Operatory(id) => id == place.operatory,
            crate::BlockTarget::Provider(id) => place.providers().any(|known| known == id),
            crate::BlockTarget::Location(id) => id == place.location,
        };
        concerns && block.starts_at.instant() < place.until && place.from < block.ends_at()
    });
    Ok(neighbours)
}

fn visit(drawing: &Drawing, number: u128) -> &Appointment {
    drawing
        .appointments
        .iter()
        .find(|visit| visit.id == AppointmentId(number))
        .expect("drawn")
}
