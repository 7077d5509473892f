//! Drawing a template: beginning one, its slots, filling and copying columns. One command is one step that can be taken back.

use clinic::templates::{self, MAX_SLOTS};
use clinic::{Change, Invalid, Op, ScheduleTemplate, TemplateId, TemplateSlot, TemplateSlotId, TemplateSpan};

use super::views::count;
use super::{known_location, template};
use crate::api::{
    ChangeTemplateSlots, CopyTemplateColumn, CreateTemplate, FillTemplate, SlotChange, SlotFields,
    TemplateCheck, TemplateDetail, TemplateSlotsChanged, UpdateTemplate,
};
use crate::desk::{Desk, Writing};
use crate::{DeskError, refusals};

impl Desk {
    pub fn create_template(&self, request: CreateTemplate) -> Result<TemplateDetail, DeskError> {
        let id = TemplateId(self.new_id());
        self.write(Op::CreateTemplate, |writing| {
            known_location(&writing.roster, request.location, "location")?;
            let record = ScheduleTemplate {
                id,
                name: request.name.trim().to_owned(),
                note: request.note.unwrap_or_default(),
                location: request.location,
                span: request.span,
                is_archived: false,
                copied_from: None,
            };
            templates::validate_template(&record, &writing.roster)
                .map_err(|error| refusals::invalid(&error))?;
            writing.record(vec![Change::add(record)])
        })?;
        self.template_after(id)
    }

    pub fn update_template(&self, request: UpdateTemplate) -> Result<TemplateDetail, DeskError> {
        self.write(Op::ChangeTemplate, |writing| {
            let before = template(writing.reads(), request.id, "id")?;
            let mut after = before.clone();
            if let Some(name) = &request.name {
                name.trim().clone_into(&mut after.name);
            }
            if let Some(note) = &request.note {
                after.note.clone_from(note);
            }
            after.is_archived = request.is_archived.unwrap_or(before.is_archived);
            templates::validate_template(&after, &writing.roster)
                .map_err(|error| refusals::invalid(&error))?;
            if before == after {
                return Ok(());
            }
            writing.record(vec![Change::edit(before, after)])
        })?;
        self.template_after(request.id)
    }

    pub fn change_template_slots(
        &self,
        request: ChangeTemplateSlots,
    ) -> Result<TemplateSlotsChanged, DeskError> {
        self.change_slots(request.template, |draft| {
            let (changes, added) = draft.planned(&request.changes, &mut || TemplateSlotId(self.new_id()))?;
            Ok(Drawn {
                changes,
                added,
                left_out: 0,
            })
        })
    }

    pub fn check_template_slots(&self, request: ChangeTemplateSlots) -> Result<TemplateCheck, DeskError> {
        self.reading(|reading| {
            let record = template(reading.reads(), request.template, "template")?;
            let slots = reading.reads().template_slots(request.template)?;
            let draft = Draft {
                roster: &reading.roster,
                record: &record,
                slots,
            };
            // Nothing is kept: any ids that nobody has will do.
            let mut next = u128::MAX;
            let (changes, _) = draft.planned(&request.changes, &mut || {
                next -= 1;
                TemplateSlotId(next)
            })?;
            let mut after = draft.slots;
            for change in &changes {
                let key = change.entity().key();
                after.retain(|slot| slot.id.to_string() != key);
                if let Some(clinic::Entity::TemplateSlot(slot)) = &change.after {
                    after.push(slot.clone());
                }
            }
            Ok(reading.check_view(record.location, &after))
        })
    }

    pub fn fill_template(&self, request: FillTemplate) -> Result<TemplateSlotsChanged, DeskError> {
        self.change_slots(request.template, |draft| {
            let fill = templates::Fill {
                slot: draft.slot(TemplateSlotId(0), &request.slot)?,
                until_minute: request.until_minute,
                gap_minutes: request.gap_minutes.unwrap_or(0),
                weekdays: request.weekdays.clone().unwrap_or_default(),
            };
            let (slots, left_out) =
                templates::fill(&fill, &draft.slots).map_err(|error| refusals::invalid(&error))?;
            let added = self.with_ids(slots);
            Ok(Drawn {
                added: added.iter().map(|slot| slot.id).collect(),
                changes: added.into_iter().map(Change::add).collect(),
                left_out,
            })
        })
    }

    pub fn copy_template_column(
        &self,
        request: CopyTemplateColumn,
    ) -> Result<TemplateSlotsChanged, DeskError> {
        self.change_slots(request.template, |draft| {
            for operatory in &request.to_operatories {
                draft.check_operatory(*operatory)?;
            }
            let copy = templates::CopyColumn {
                from_weekday: request.from_weekday,
                from_operatory: request.from_operatory,
                to_weekdays: request.to_weekdays.clone(),
                to_operatories: request.to_operatories.clone(),
                replace: request.replace,
            };
            let copied =
                templates::copy_column(&copy, &draft.slots).map_err(|error| refusals::invalid(&error))?;
            let added = self.with_ids(copied.added);
            let removed = copied.removed.into_iter().map(Change::remove);
            Ok(Drawn {
                added: added.iter().map(|slot| slot.id).collect(),
                changes: removed.chain(added.into_iter().map(Change::add)).collect(),
                left_out: copied.left_out,
            })
        })
    }

    /// New slots, each with an id of its own.
    pub(super) fn with_ids(&self, slots: Vec<TemplateSlot>) -> Vec<TemplateSlot> {
        slots
            .into_iter()
            .map(|slot| TemplateSlot {
                id: TemplateSlotId(self.new_id()),
                ..slot
            })
            .collect()
    }

    fn change_slots(
        &self,
        id: TemplateId,
        draw: impl FnOnce(&Draft<'_>) -> Result<Drawn, DeskError>,
    ) -> Result<TemplateSlotsChanged, DeskError> {
        let (added, left_out) = self.write(Op::ChangeTemplate, |writing| {
            let drawn = draw_on(writing, id, draw)?;
            writing.record(drawn.changes)?;
            Ok((drawn.added, drawn.left_out))
        })?;
        Ok(TemplateSlotsChanged {
            template: self.template_after(id)?,
            added,
            left_out: count(left_out),
        })
    }
}

fn draw_on(
    writing: &Writing<'_, '_>,
    id: TemplateId,
    draw: impl FnOnce(&Draft<'_>) -> Result<Drawn, DeskError>,
) -> Result<Drawn, DeskError> {
    let record = template(writing.reads(), id, "template")?;
    let draft = Draft {
        roster: &writing.roster,
        record: &record,
        slots: writing.reads().template_slots(id)?,
    };
    let drawn = draw(&draft)?;
    let gone = drawn
        .changes
        .iter()
        .filter(|change| change.after.is_none())
        .count();
    let come = drawn
        .changes
        .iter()
        .filter(|change| change.before.is_none())
        .count();
    if draft.slots.len() + come > MAX_SLOTS + gone {
        return Err(too_many());
    }
    check_step(drawn.changes.len())?;
    Ok(drawn)
}

/// Most slots that one step changes: what is done in one step travels in one envelope.
pub(super) const MOST_AT_ONCE: usize = 700;

pub(super) fn check_step(changes: usize) -> Result<(), DeskError> {
    if changes <= MOST_AT_ONCE {
        return Ok(());
    }
    Err(DeskError::new(
        "too_many_at_once",
        format!("{changes} slots are more than one step can change: at most {MOST_AT_ONCE}."),
    )
    .hint("Do it in several steps, for example day by day.")
    .field("changes"))
}

pub(super) fn too_many() -> DeskError {
    DeskError::new(
        "too_many_slots",
        format!("A template has at most {MAX_SLOTS} slots."),
    )
    .hint("Remove some, or draw longer slots with a capacity.")
    .field("changes")
}

struct Drawn {
    changes: Vec<Change>,
    added: Vec<TemplateSlotId>,
    left_out: usize,
}

/// A template while it is drawn.
struct Draft<'a> {
    roster: &'a clinic::Roster,
    record: &'a ScheduleTemplate,
    slots: Vec<TemplateSlot>,
}

impl Draft<'_> {
    fn slot(&self, id: TemplateSlotId, fields: &SlotFields) -> Result<TemplateSlot, DeskError> {
        let slot = slot_of(id, self.record.id, fields);
        templates::validate_slot(&slot, self.record.span, self.record.location, self.roster)
            .map_err(|error| refusals::invalid(&error))?;
        Ok(slot)
    }

    fn check_operatory(&self, id: clinic::OperatoryId) -> Result<(), DeskError> {
        match self.roster.operatory(id) {
            Some(operatory) if operatory.location == self.record.location => Ok(()),
            Some(operatory) => Err(refusals::invalid(&Invalid::new(
                "to_operatories",
                format!("{} belongs to another location.", operatory.name),
            ))),
            None => Err(refusals::invalid(&Invalid::new(
                "to_operatories",
                "There is no such operatory.",
            ))),
        }
    }

    fn known(&self, id: TemplateSlotId) -> Result<&TemplateSlot, DeskError> {
        self.slots.iter().find(|slot| slot.id == id).ok_or_else(|| {
            DeskError::new("unknown_slot", "The template has no such slot.")
                .hint("Somebody may have removed it; look at the template again.")
                .field("changes")
        })
    }

    /// What these changes record, and the slots they add. One slot is named once.
    fn planned(
        &self,
        wanted: &[SlotChange],
        next: &mut dyn FnMut() -> TemplateSlotId,
    ) -> Result<(Vec<Change>, Vec<TemplateSlotId>), DeskError> {
        if wanted.len() > MAX_SLOTS {
            return Err(too_many());
        }
        let (mut changes, mut added) = (Vec::with_capacity(wanted.len()), Vec::new());
        let mut named = std::collections::HashSet::new();
        for change in wanted {
            if let SlotChange::Change { id, .. } | SlotChange::Remove { id } = change
                && !named.insert(*id)
            {
                return Err(named_twice());
            }
            match change {
                SlotChange::Add { slot } => {
                    let slot = self.slot(next(), slot)?;
                    added.push(slot.id);
                    changes.push(Change::add(slot));
                }
                SlotChange::Change { id, slot } => {
                    let before = self.known(*id)?.clone();
                    let after = self.slot(*id, slot)?;
                    if before != after {
                        changes.push(Change::edit(before, after));
                    }
                }
                SlotChange::Remove { id } => changes.push(Change::remove(self.known(*id)?.clone())),
                SlotChange::Reset { .. } => {
                    return Err(DeskError::new(
                        "not_on_a_template",
                        "Only a slot of a date can be reset to what the template has.",
                    )
                    .hint("Restore a version to take the draft back.")
                    .field("changes"));
                }
            }
        }
        Ok((changes, added))
    }
}

pub(super) fn named_twice() -> DeskError {
    DeskError::new("unclear", "One slot is changed twice in one step.")
        .hint("Name each slot once.")
        .field("changes")
}

pub(super) fn slot_of(id: TemplateSlotId, template: TemplateId, fields: &SlotFields) -> TemplateSlot {
    TemplateSlot {
        id,
        template,
        weekday: fields.weekday,
        start_minute: fields.start_minute,
        length_minutes: fields.length_minutes,
        operatory: fields.operatory,
        provider: fields.provider,
        wants: fields.wants.clone(),
        capacity: fields.capacity.unwrap_or(1),
        hold: fields.hold,
        label: fields.label.trim().to_owned(),
        hue: fields.hue,
        letter: fields.letter.trim().to_owned(),
    }
}

/// A slot of one date: no weekday, in this location’s operatories.
pub(super) fn day_slot_of(
    roster: &clinic::Roster,
    location: clinic::LocationId,
    weekday: Option<clinic::Weekday>,
    slot: TemplateSlot,
) -> Result<TemplateSlot, DeskError> {
    let plain = TemplateSlot {
        weekday: None,
        ..slot
    };
    templates::validate_slot(&plain, TemplateSpan::Day, location, roster)
        .map_err(|error| refusals::invalid(&error))?;
    // What the version says of the weekday stays, so that a slot put back by hand is the template’s again.
    Ok(TemplateSlot { weekday, ..plain })
}
