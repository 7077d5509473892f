//! Slots, of a template and of a date: what is given changes, what is not given stays.

use clinic::{EmergencyHold, LocationId, SlotWants, TemplateSlotId};
use desk::DeskError;
use desk::api::{
    ChangeDaySlots, ChangeTemplateSlots, Handlers as _, SlotChange, SlotFields, TemplateSlotView,
};

use super::{check_text, day, day_text, detail, drawn, find, minute, on_day, parse};
use crate::answer::{Answer, Outcome};
use crate::args::{DaySlot, Slot, SlotArgs, SlotChangeArgs, SlotDetails};
use crate::names::Practice;

/// One slot of a template, or some that go.
pub fn drawn_one(practice: &Practice, command: Slot) -> Outcome {
    let (template, changes) = match command {
        Slot::Add { template, slot } => {
            let known = find(practice, &template)?;
            let slot = new_slot(practice, known.location, &slot)?;
            (known, vec![SlotChange::Add { slot }])
        }
        Slot::Change { template, id, slot } => {
            let known = find(practice, &template)?;
            let id = parse(&id, "slot")?;
            let present = present(&detail(practice, &known)?.slots, id)?;
            let slot = changed(practice, known.location, present, &slot)?;
            (known, vec![SlotChange::Change { id, slot }])
        }
        Slot::Remove { template, ids } => {
            let known = find(practice, &template)?;
            let ids: Vec<TemplateSlotId> =
                ids.iter().map(|id| parse(id, "slot")).collect::<Result<_, _>>()?;
            (
                known,
                ids.into_iter().map(|id| SlotChange::Remove { id }).collect(),
            )
        }
    };
    let changed = practice.front.change_template_slots(ChangeTemplateSlots {
        template: template.id,
        changes,
    })?;
    Ok(Answer::new(&changed, drawn(practice, &changed.template)))
}

/// Many changes as one step, or only what would be wrong after them.
pub fn from_file(practice: &Practice, template: &str, file: &std::path::Path, only_check: bool) -> Outcome {
    let known = find(practice, template)?;
    let unreadable = |why: String| {
        DeskError::new("bad_file", format!("{} cannot be read: {why}.", file.display()))
            .hint("Write a list of changes as “orcactl help template slots” shows.")
            .field("file")
    };
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
    let request = ChangeTemplateSlots {
        template: known.id,
        changes: serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?,
    };
    if only_check {
        let check = practice.front.check_template_slots(request)?;
        return Ok(Answer::new(&check, check_text(&check)));
    }
    let changed = practice.front.change_template_slots(request)?;
    Ok(Answer::new(&changed, drawn(practice, &changed.template)))
}

/// One slot of one date.
pub fn of_a_day(practice: &Practice, date: &str, location: Option<&str>, command: DaySlot) -> Outcome {
    let request = on_day(practice, Some(date), location)?;
    let change = match command {
        DaySlot::Add { slot } => SlotChange::Add {
            slot: new_slot(practice, request.location, &slot)?,
        },
        DaySlot::Change { id, slot } => {
            let id = parse(&id, "slot")?;
            let day = practice.front.template_day(request.clone())?;
            let known: Vec<TemplateSlotView> = [day.as_drawn, day.dropped].concat();
            SlotChange::Change {
                id,
                slot: changed(practice, request.location, present(&known, id)?, &slot)?,
            }
        }
        DaySlot::Remove { id } => SlotChange::Remove {
            id: parse(&id, "slot")?,
        },
        DaySlot::Reset { id } => SlotChange::Reset {
            id: parse(&id, "slot")?,
        },
    };
    let day = practice.front.change_day_slots(ChangeDaySlots {
        location: request.location,
        date: request.date,
        changes: vec![change],
    })?;
    Ok(Answer::new(&day, day_text(practice, &day)))
}

fn present(slots: &[TemplateSlotView], id: TemplateSlotId) -> Result<SlotFields, DeskError> {
    let found = slots.iter().find(|view| view.id == id);
    found.map(|view| view.slot.clone()).ok_or_else(|| {
        DeskError::new("not_found", "There is no such slot.")
            .hint("“orcactl template show” and “orcactl template day” list them.")
            .field("id")
    })
}

pub fn new_slot(
    practice: &Practice,
    location: LocationId,
    given: &SlotArgs,
) -> Result<SlotFields, DeskError> {
    let plain = SlotFields {
        weekday: None,
        start_minute: minute(&given.at, "at")?,
        length_minutes: given.length,
        operatory: practice.operatory(&given.operatory, Some(location))?,
        provider: None,
        wants: SlotWants::Any,
        capacity: None,
        hold: None,
        label: String::new(),
        hue: None,
        letter: String::new(),
    };
    detailed(practice, plain, &given.details)
}

fn changed(
    practice: &Practice,
    location: LocationId,
    mut slot: SlotFields,
    given: &SlotChangeArgs,
) -> Result<SlotFields, DeskError> {
    if let Some(at) = &given.at {
        slot.start_minute = minute(at, "at")?;
    }
    if let Some(length) = given.length {
        slot.length_minutes = length;
    }
    if let Some(operatory) = &given.operatory {
        slot.operatory = practice.operatory(operatory, Some(location))?;
    }
    if given.no_provider {
        slot.provider = None;
    }
    if given.anything {
        slot.wants = SlotWants::Any;
    }
    if given.no_hold {
        slot.hold = None;
    }
    if given.no_hue {
        slot.hue = None;
    }
    detailed(practice, slot, &given.details)
}

fn detailed(practice: &Practice, mut slot: SlotFields, given: &SlotDetails) -> Result<SlotFields, DeskError> {
    if let Some(text) = &given.day {
        slot.weekday = Some(day(text, "day")?);
    }
    if let Some(text) = &given.provider {
        slot.provider = Some(practice.provider(text)?);
    }
    match (&given.kind, &given.class) {
        (Some(kind), _) => {
            slot.wants = SlotWants::Type {
                id: practice.kind(kind)?,
            };
        }
        (None, Some(name)) => slot.wants = SlotWants::Class { name: name.clone() },
        (None, None) => {}
    }
    slot.capacity = given.capacity.or(slot.capacity);
    match (given.hold, slot.hold, given.release) {
        (None, None, Some(_)) => {
            return Err(DeskError::new("no_hold", "Only a hold is released.")
                .hint("Give --hold too.")
                .field("release"));
        }
        (None, present, release) => {
            slot.hold = present.map(|hold| EmergencyHold {
                release_hours: release.unwrap_or(hold.release_hours),
                ..hold
            });
        }
        (Some(units), present, release) => {
            let kept = present.map_or(0, |hold| hold.release_hours);
            slot.hold = Some(EmergencyHold {
                units,
                release_hours: release.unwrap_or(kept),
            });
        }
    }
    if let Some(label) = &given.label {
        slot.label.clone_from(label);
    }
    slot.hue = given.hue.or(slot.hue);
    if let Some(letter) = &given.letter {
        slot.letter.clone_from(letter);
    }
    Ok(slot)
}
