//! Slots in words.

use crate::violation::{op_name, type_name};
use crate::{AppointmentType, Roster, SlotWants, TemplateSlot};

/// Minutes of a day as the wall clock shows them: `9:00`, at the day's end `24:00`.
pub fn clock(minute: u16) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// `9:00–9:40`.
pub fn span_words(slot: &TemplateSlot) -> String {
    let until = slot.start_minute.saturating_add(slot.length_minutes);
    format!("{}–{}", clock(slot.start_minute), clock(until))
}

/// What a slot is for: `Bonding`, `any of Adjustment`, `emergency, 2 units`, `anything`.
pub fn wants_words(roster: &Roster, slot: &TemplateSlot) -> String {
    let wants = match &slot.wants {
        SlotWants::Type { id } => type_name(roster, *id).to_owned(),
        SlotWants::Class { name } => format!("any of {name}"),
        SlotWants::Any => "anything".to_owned(),
    };
    match slot.hold {
        None => wants,
        Some(hold) => {
            let units = if hold.units == 1 { "unit" } else { "units" };
            let words = format!("emergency, {} {units}", hold.units);
            match slot.wants {
                SlotWants::Any => words,
                _ => format!("{words}: {wants}"),
            }
        }
    }
}

/// `Mon 9:00 Op 1, Bonding`; without a weekday in a day template.
pub fn slot_words(roster: &Roster, slot: &TemplateSlot) -> String {
    let day = slot
        .weekday
        .map_or_else(String::new, |day| format!("{} ", day.short()));
    format!(
        "{day}{} {}, {}",
        clock(slot.start_minute),
        op_name(roster, slot.operatory),
        wants_words(roster, slot)
    )
}

/// Hue and letter of a slot: its own, or those of what it wants.
pub fn look_of(roster: &Roster, slot: &TemplateSlot) -> (u8, String) {
    let kind = first_kind(roster, &slot.wants);
    let hue = slot.hue.or(kind.map(|kind| kind.hue)).unwrap_or(0);
    let letter = if slot.letter.is_empty() {
        kind.map_or_else(String::new, |kind| kind.letter.clone())
    } else {
        slot.letter.clone()
    };
    (hue, letter)
}

/// The type that stands for what a slot wants: itself, or the first in use of the class.
pub(super) fn first_kind<'r>(roster: &'r Roster, wants: &SlotWants) -> Option<&'r AppointmentType> {
    match wants {
        SlotWants::Type { id } => roster.appointment_type(*id),
        SlotWants::Class { name } => roster
            .appointment_types
            .values()
            .filter(|kind| kind.is_active && kind.class == *name)
            .min_by(|a, b| (a.sort, &a.name, a.id).cmp(&(b.sort, &b.name, b.id))),
        SlotWants::Any => None,
    }
}
