//! What a visit is to the slots of its day.

use jiff::Timestamp;

use super::{HeldDay, HeldSlot};
use crate::{AppointmentTypeId, OperatoryId, Roster, SlotWants};

/// How a visit and one slot, or a whole day, do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit<'h> {
    /// It lies on a slot that is meant for something else.
    ForOther(&'h HeldSlot),
    /// It lies on an emergency hold that is not released yet.
    Held(&'h HeldSlot),
    /// It begins in a slot that has all the visits it is meant for.
    Full(&'h HeldSlot),
    /// The day has a template, and it lies in none of its slots.
    InNoSlot,
}

/// Whether a slot is meant for a type, whatever it is held for.
pub fn kind_fits(roster: &Roster, wants: &SlotWants, kind: AppointmentTypeId) -> bool {
    match wants {
        SlotWants::Any => true,
        SlotWants::Type { id } => *id == kind,
        SlotWants::Class { name } => roster
            .appointment_type(kind)
            .is_some_and(|record| record.class == *name),
    }
}

/// Whether a type may be booked in a slot: a released hold takes anything, an unreleased one only what it names.
pub fn slot_fits(roster: &Roster, held: &HeldSlot, kind: AppointmentTypeId) -> bool {
    match (&held.slot.hold, &held.slot.wants) {
        (Some(_), _) if held.is_released => true,
        (Some(_), SlotWants::Any) => false,
        (_, wants) => kind_fits(roster, wants, kind),
    }
}

/// Everything that does not go together. `days`: the day on which the visit begins, if it has any slots, and the next if it
/// reaches into that; `is_templated`: a template is applied to the first of them. `booked` says how many other visits begin
/// in a slot.
pub fn judge<'h>(
    roster: &Roster,
    days: impl IntoIterator<Item = &'h HeldDay>,
    is_templated: bool,
    operatory: OperatoryId,
    kind: AppointmentTypeId,
    span: (Timestamp, Timestamp),
    booked: &dyn Fn(&HeldSlot) -> usize,
) -> Vec<Fit<'h>> {
    let mut found = Vec::new();
    let mut touches = false;
    let slots = days.into_iter().flat_map(|day| &day.slots);
    for held in slots.filter(|held| held.slot.operatory == operatory) {
        if held.span.0 >= span.1 || span.0 >= held.span.1 {
            continue;
        }
        touches = true;
        if !slot_fits(roster, held, kind) {
            found.push(match held.slot.hold {
                Some(_) => Fit::Held(held),
                None => Fit::ForOther(held),
            });
        } else if held.has(span.0) && booked(held) >= usize::from(held.slot.capacity) {
            found.push(Fit::Full(held));
        }
    }
    if !touches && is_templated {
        found.push(Fit::InNoSlot);
    }
    found
}

/// Where a visit belongs for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home<'h> {
    /// In a slot that is meant for it.
    In(&'h HeldSlot),
    /// In a slot that is meant for something else.
    Leaked(&'h HeldSlot),
    Outside,
}

/// The one slot a visit counts for: of those it touches, one that fits it before others, then where it begins, then the first.
pub fn home<'h>(
    roster: &Roster,
    day: &'h HeldDay,
    operatory: OperatoryId,
    kind: AppointmentTypeId,
    span: (Timestamp, Timestamp),
) -> Home<'h> {
    let best = day
        .slots
        .iter()
        .filter(|held| held.slot.operatory == operatory && held.span.0 < span.1 && span.0 < held.span.1)
        .min_by_key(|held| {
            let fits = kind_fits(roster, &held.slot.wants, kind);
            (!fits, !held.has(span.0), held.span.0, held.slot.id)
        });
    match best {
        None => Home::Outside,
        Some(held) if kind_fits(roster, &held.slot.wants, kind) => Home::In(held),
        Some(held) => Home::Leaked(held),
    }
}
