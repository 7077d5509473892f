//! The slots of one date: as they show on its day sheet, and changed by hand.

use std::collections::HashMap;

use clinic::templates::{HeldDay, HeldSlot, look_of, wants_words};
use clinic::{
    Appointment, Change, DaySlot, LocationId, Op, OperatoryId, TemplateId, TemplateSlot, TemplateSlotId,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::decisions::dropped;
use super::drawing::{day_slot_of, named_twice, slot_of};
use super::known_location;
use super::planning::date;
use crate::api::{ChangeDaySlots, HoldState, SlotCard, SlotChange, TemplateDay, TemplateDayRequest};
use crate::desk::{Desk, Reading, Writing};
use crate::{DeskError, views};

/// Most slots that one step changes or one day has of its own.
const MAX_DAY_SLOTS: usize = 500;

impl Desk {
    pub fn template_day(&self, request: TemplateDayRequest) -> Result<TemplateDay, DeskError> {
        self.may_see(request.location)?;
        let on = date(&request.date, "date")?;
        self.reading(|reading| {
            known_location(&reading.roster, request.location, "location")?;
            reading.template_day_view(request.location, on)
        })
    }

    pub fn change_day_slots(&self, request: ChangeDaySlots) -> Result<TemplateDay, DeskError> {
        self.may_see(request.location)?;
        let on = date(&request.date, "date")?;
        if request.changes.len() > MAX_DAY_SLOTS {
            return Err(too_many());
        }
        self.write(Op::ChangeDaySlots, |writing| {
            known_location(&writing.roster, request.location, "location")?;
            let changes = self.changed_day(writing, request.location, on, &request.changes)?;
            writing.record(changes)
        })?;
        self.reading(|reading| reading.template_day_view(request.location, on))
    }

    fn changed_day(
        &self,
        writing: &Writing<'_, '_>,
        location: LocationId,
        on: Date,
        wanted: &[SlotChange],
    ) -> Result<Vec<Change>, DeskError> {
        let day = writing.slots().day(location, on)?;
        let by_hand = writing.reads().day_slots(location, on, on)?;
        let added = wanted
            .iter()
            .filter(|change| matches!(change, SlotChange::Add { .. }));
        if by_hand.len() + added.count() > MAX_DAY_SLOTS {
            return Err(too_many());
        }
        let mut changes = Vec::with_capacity(wanted.len());
        let mut named = std::collections::HashSet::new();
        for change in wanted {
            match change {
                SlotChange::Add { slot } => {
                    let template = day.template.unwrap_or(TemplateId(0));
                    let slot = slot_of(TemplateSlotId(self.new_id()), template, slot);
                    let slot = day_slot_of(&writing.roster, location, None, slot)?;
                    changes.push(Change::add(DaySlot {
                        location,
                        date: on,
                        slot: slot.id,
                        content: Some(slot),
                    }));
                }
                SlotChange::Change { id, slot } => {
                    if !named.insert(*id) {
                        return Err(named_twice());
                    }
                    let present = present(&day, *id)?;
                    let slot = slot_of(*id, present.template, slot);
                    let slot = day_slot_of(&writing.roster, location, present.weekday, slot)?;
                    let before = by_hand.iter().find(|edit| edit.slot == *id).cloned();
                    let after = DaySlot {
                        location,
                        date: on,
                        slot: *id,
                        content: Some(slot),
                    };
                    match before {
                        Some(before) if before == after => {}
                        Some(before) => changes.push(Change::edit(before, after)),
                        None if after.content.as_ref() == Some(present) => {}
                        None => changes.push(Change::add(after)),
                    }
                }
                SlotChange::Remove { id } => {
                    if !named.insert(*id) {
                        return Err(named_twice());
                    }
                    let held = day.slot(*id).ok_or_else(|| no_such_slot(on))?;
                    changes.extend(dropped(writing, location, on, *id, held.is_of_template)?);
                }
                SlotChange::Reset { id } => {
                    if !named.insert(*id) {
                        return Err(named_twice());
                    }
                    let is_own = day.slot(*id).is_some_and(|held| !held.is_of_template);
                    let edit = by_hand.iter().find(|edit| edit.slot == *id);
                    match edit {
                        Some(_) if is_own => {
                            return Err(DeskError::new(
                                "own_slot",
                                "This slot is of this day alone: the template has none to go back to.",
                            )
                            .hint("Remove it instead.")
                            .field("changes"));
                        }
                        Some(edit) => changes.push(Change::remove(edit.clone())),
                        None if day.slot(*id).is_some() => {}
                        None => return Err(no_such_slot(on)),
                    }
                }
            }
        }
        Ok(changes)
    }
}

fn present(day: &HeldDay, id: TemplateSlotId) -> Result<&TemplateSlot, DeskError> {
    day.slot(id)
        .map(|held| &held.slot)
        .or_else(|| day.dropped.iter().find(|slot| slot.id == id))
        .ok_or_else(|| no_such_slot(day.date))
}

fn no_such_slot(on: Date) -> DeskError {
    DeskError::new("unknown_slot", format!("There is no such slot on {on}."))
        .hint("Somebody may have removed it; look at the day again.")
        .field("changes")
}

fn too_many() -> DeskError {
    DeskError::new(
        "too_many_slots",
        format!("One day has at most {MAX_DAY_SLOTS} slots changed by hand."),
    )
    .hint("Change the template instead.")
    .field("changes")
}

impl Reading<'_> {
    /// Slots behind the visits of a day, by start. `visits`: all of that day, where they were read already.
    pub(crate) fn slot_cards(
        &self,
        location: LocationId,
        on: Date,
        visits: Option<&[Appointment]>,
    ) -> Result<Vec<SlotCard>, DeskError> {
        let day = self.slots().day(location, on)?;
        if day.slots.is_empty() {
            return Ok(Vec::new());
        }
        let begins = match visits {
            Some(visits) => visits
                .iter()
                .filter(|visit| visit.takes_time())
                .map(|visit| (visit.operatory, visit.starts_at.instant()))
                .collect(),
            None => self.reads().begins_on(location, on)?,
        };
        Ok(self.cards_of(location, &day, &begins))
    }

    fn cards_of(
        &self,
        location: LocationId,
        day: &HeldDay,
        begins: &[(OperatoryId, Timestamp)],
    ) -> Vec<SlotCard> {
        let mut by_operatory: HashMap<OperatoryId, Vec<Timestamp>> = HashMap::new();
        for (operatory, at) in begins {
            by_operatory.entry(*operatory).or_default().push(*at);
        }
        day.slots
            .iter()
            .map(|held| {
                let booked = by_operatory
                    .get(&held.slot.operatory)
                    .map_or(0, |begins| begins.iter().filter(|at| held.has(**at)).count());
                self.slot_card(location, day.template, held, booked)
            })
            .collect()
    }

    fn slot_card(
        &self,
        location: LocationId,
        template: Option<TemplateId>,
        held: &HeldSlot,
        booked: usize,
    ) -> SlotCard {
        let slot = &held.slot;
        let (hue, letter) = look_of(&self.roster, slot);
        let zone = self
            .roster
            .zone_of(location)
            .unwrap_or(&self.roster.practice.zone);
        let hold = slot
            .hold
            .zip(held.releases_at)
            .map(|(hold, releases_at)| HoldState {
                units: hold.units,
                releases_at: self
                    .zones
                    .at(releases_at, zone)
                    .map_or_else(|_| String::new(), |start| views::wall(&start)),
                is_released: held.is_released,
            });
        SlotCard {
            id: slot.id,
            template: template.filter(|_| held.is_of_template),
            operatory: slot.operatory,
            provider: slot.provider,
            start_minute: slot.start_minute,
            length_minutes: slot.length_minutes,
            wants: slot.wants.clone(),
            words: wants_words(&self.roster, slot),
            label: slot.label.clone(),
            hue,
            letter,
            capacity: slot.capacity,
            booked: u16::try_from(booked).unwrap_or(u16::MAX),
            hold,
            is_by_hand: held.is_by_hand,
        }
    }

    fn template_day_view(&self, location: LocationId, on: Date) -> Result<TemplateDay, DeskError> {
        let day = self.slots().day(location, on)?;
        let application = match day.application {
            None => None,
            Some(id) => match self.reads().template_application(id)? {
                None => None,
                Some(record) => Some(self.application_view(&record)?),
            },
        };
        Ok(TemplateDay {
            location,
            date: on.to_string(),
            application,
            slots: self.cards_of(location, &day, &self.reads().begins_on(location, day.date)?),
            as_drawn: day.slots.iter().map(|held| self.slot_view(&held.slot)).collect(),
            dropped: day.dropped.iter().map(|slot| self.slot_view(slot)).collect(),
            undo: self.undo_state()?,
        })
    }
}
