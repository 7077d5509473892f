//! From what a commit changed to what the screen is told.

use std::collections::BTreeSet;

use clinic::{Appointment, AppointmentId, Change, Entity, LocationId, TemplateId, TimeBlock};
use jiff::civil::Date;
use store::ChangeSet;

use crate::DeskError;
use crate::api::{AppointmentCard, Changed, DayBlocks, DaySlots, Event, Who};
use crate::desk::{Desk, Reading};
use crate::views;

/// More visits than this in one go are not listed: the screen asks again for what it shows.
const MOST_LISTED: usize = 300;
/// The same of days whose slots changed: two months.
const MOST_SLOT_DAYS: usize = 62;

impl Desk {
    /// Tells the screen. Never fails the operation that was done: what cannot be told in detail is told as “ask again”.
    pub(crate) fn tell_changes(&self, set: &ChangeSet, is_own: bool) {
        if set.changes.is_empty() && !set.conflicts_changed && !set.undo_state_changed && !set.reload {
            return;
        }
        match self.audited_news(is_own, || self.reading(|reading| reading.changed(set, is_own))) {
            Ok(changed) => self.tell(&[Event::Changed(changed)]),
            Err(error) => tracing::warn!(code = error.code, "a change could not be shown"),
        }
    }

    /// Reads what other programs wrote to the same file, and tells the screen and the relay's conversation.
    pub(super) fn hear_others(&self) -> Result<(), DeskError> {
        let sets = {
            let mut store = self.store();
            let sets = store.refresh()?;
            sets.iter().for_each(|set| self.follow_busy(&store, set));
            sets
        };
        for set in &sets {
            self.tell_changes(set, false);
        }
        if !sets.is_empty()
            && let Some(conversation) = self.conversation()
        {
            conversation.outbox_grew();
        }
        Ok(())
    }
}

impl Reading<'_> {
    fn changed(&self, set: &ChangeSet, is_own: bool) -> Result<Changed, DeskError> {
        let mut listed = Listed::of(&set.changes);
        if set.conflicts_changed {
            // A card that came or went shows on both visits, and the other one may not be among the changes.
            for conflict in self.overlaps()? {
                listed.visits.extend(conflict.appointments);
            }
            for id in listed.visits.clone() {
                listed.visits.extend(self.sharing(id)?);
            }
            // Nor is a visit that stayed where another no longer is.
            for change in &set.changes {
                if let Some(Entity::Appointment(was)) = &change.before {
                    let stayed = self.reads().sharing(was)?;
                    listed.visits.extend(stayed.into_iter().map(|visit| visit.id));
                }
            }
        }
        // Whom an absence displaces, or displaces no longer, shows on their cards.
        for change in &set.changes {
            for side in [&change.before, &change.after] {
                if let Some(Entity::TimeBlock(block)) = side
                    && block.absence.is_some()
                {
                    let displaced = self.displaced_by(block)?;
                    listed.visits.extend(displaced.iter().map(|visit| visit.id));
                }
            }
        }
        let reload = set.reload
            || listed.visits.len() > MOST_LISTED
            || listed.block_days.len() > MOST_LISTED
            || listed.slot_days.len() + listed.count_days.len() > MOST_SLOT_DAYS
            || self.moves_slots(&set.changes)?;
        let (appointments, blocks, slots) = if reload {
            Default::default()
        } else {
            (
                self.cards(&listed)?,
                self.blocks(&listed)?,
                self.day_slots(&listed)?,
            )
        };
        Ok(Changed {
            op: set.op,
            by: self.by(set),
            is_own,
            appointments,
            removed_appointments: listed.removed.into_iter().collect(),
            blocks,
            removed_blocks: listed.removed_blocks,
            slots,
            templates: listed.templates.into_iter().collect(),
            patients: listed.patients.into_iter().collect(),
            roster: listed
                .roster
                .then(|| views::roster_view(&self.roster, self.zones, self.now)),
            practice: listed.practice.then(|| views::practice_view(&self.roster)),
            conflict_count: self.conflict_count()?,
            undo: self.undo_state()?,
            reload,
        })
    }

    fn by(&self, set: &ChangeSet) -> Who {
        views::who_if_known(&self.roster, set.person, Some(set.workstation), set.at)
    }

    fn cards(&self, listed: &Listed) -> Result<Vec<AppointmentCard>, DeskError> {
        let mut cards = Vec::with_capacity(listed.visits.len());
        for id in &listed.visits {
            if let Some(visit) = self.reads().appointment(*id)? {
                cards.push(self.card(&visit)?);
            }
        }
        for patient in &listed.patients {
            // A changed name or alert shows on every card of the patient.
            for visit in self.visits_of(*patient)? {
                if !listed.visits.contains(&visit.id) {
                    cards.push(self.card(&visit)?);
                }
            }
        }
        Ok(cards)
    }

    fn blocks(&self, listed: &Listed) -> Result<Vec<DayBlocks>, DeskError> {
        listed
            .block_days
            .iter()
            .map(|(location, date)| {
                Ok(DayBlocks {
                    location: *location,
                    date: date.to_string(),
                    blocks: self.day_blocks(*location, *date)?,
                })
            })
            .collect()
    }

    fn day_slots(&self, listed: &Listed) -> Result<Vec<DaySlots>, DeskError> {
        let mut days = Vec::new();
        for (location, date) in listed.slot_days.union(&listed.count_days) {
            let slots = self.slot_cards(*location, *date, None)?;
            // A visit changes how full slots are, where there are any.
            if !slots.is_empty() || listed.slot_days.contains(&(*location, *date)) {
                days.push(DaySlots {
                    location: *location,
                    date: date.to_string(),
                    slots,
                });
            }
        }
        Ok(days)
    }

    /// Whether slots of dates that are not named changed: a share is mapped otherwise, or an applied version came late.
    fn moves_slots(&self, changes: &[Change]) -> Result<bool, DeskError> {
        for change in changes {
            match (&change.before, &change.after) {
                (Some(Entity::TemplateShare(_)), _) => return Ok(true),
                (_, Some(Entity::TemplateVersion(version)))
                    if self.reads().version_is_applied(version.id)? =>
                {
                    return Ok(true);
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// Other visits at the same time in the same operatory, with the same provider or patient.
    fn sharing(&self, id: AppointmentId) -> Result<Vec<AppointmentId>, DeskError> {
        let Some(visit) = self.reads().appointment(id)? else {
            return Ok(Vec::new());
        };
        Ok(self
            .reads()
            .sharing(&visit)?
            .into_iter()
            .map(|other: Appointment| other.id)
            .collect())
    }
}

/// What a list of changes touches.
#[derive(Default)]
struct Listed {
    visits: BTreeSet<AppointmentId>,
    removed: BTreeSet<AppointmentId>,
    patients: BTreeSet<clinic::PatientId>,
    block_days: BTreeSet<(LocationId, Date)>,
    /// Days whose slots changed.
    slot_days: BTreeSet<(LocationId, Date)>,
    /// Days on which the number of visits in slots may have changed.
    count_days: BTreeSet<(LocationId, Date)>,
    templates: BTreeSet<TemplateId>,
    removed_blocks: Vec<clinic::TimeBlockId>,
    roster: bool,
    practice: bool,
}

impl Listed {
    fn of(changes: &[Change]) -> Listed {
        let mut listed = Listed::default();
        for change in changes {
            listed.note_slots(change);
            match (&change.before, &change.after) {
                (_, Some(Entity::Appointment(visit))) => drop(listed.visits.insert(visit.id)),
                (Some(Entity::Appointment(visit)), None) => drop(listed.removed.insert(visit.id)),
                (_, Some(Entity::Patient(patient))) | (Some(Entity::Patient(patient)), None) => {
                    listed.patients.insert(patient.id);
                }
                (_, Some(Entity::AcceptedConflict(decision)))
                | (Some(Entity::AcceptedConflict(decision)), None) => {
                    listed.visits.extend(decision.appointments);
                }
                // Its visits are told.
                (_, Some(Entity::RecurringAppointment(_)))
                | (Some(Entity::RecurringAppointment(_)), None) => {}
                (_, Some(Entity::Practice(_))) => {
                    listed.practice = true;
                    listed.roster = true;
                }
                (before, after) => {
                    let blocks = [before, after].map(|side| match side {
                        Some(Entity::TimeBlock(block)) => Some(block),
                        _ => None,
                    });
                    match blocks {
                        [None, None] => listed.roster |= !is_about_templates(change.entity()),
                        [Some(gone), None] => {
                            listed.removed_blocks.push(gone.id);
                            listed.block(gone);
                        }
                        blocks => blocks.into_iter().flatten().for_each(|block| listed.block(block)),
                    }
                }
            }
        }
        listed
    }

    fn note_slots(&mut self, change: &Change) {
        for side in [&change.before, &change.after].into_iter().flatten() {
            match side {
                Entity::Appointment(visit) => {
                    self.count_days.insert((visit.location, visit.starts_at.date()));
                }
                Entity::DaySlot(slot) => {
                    self.slot_days.insert((slot.location, slot.date));
                }
                Entity::TemplateApplication(record) => {
                    let days = record.dates.iter().map(|date| (record.location, *date));
                    self.slot_days.extend(days);
                }
                Entity::ScheduleTemplate(record) => drop(self.templates.insert(record.id)),
                Entity::TemplateSlot(record) => drop(self.templates.insert(record.template)),
                Entity::TemplateVersion(record) => drop(self.templates.insert(record.template)),
                Entity::TemplateShare(record) => drop(self.templates.insert(record.template)),
                _ => {}
            }
        }
    }

    fn block(&mut self, block: &TimeBlock) {
        let days = i64::from(block.length_minutes / (24 * 60)) + 2;
        let first = block.starts_at.date();
        for day in 0..days {
            let Ok(date) = first.checked_add(jiff::Span::new().days(day)) else {
                break;
            };
            self.block_days.insert((block.location, date));
        }
    }
}

/// Whether the roster that screens have stays as it is.
fn is_about_templates(entity: &Entity) -> bool {
    matches!(
        entity,
        Entity::ScheduleTemplate(_)
            | Entity::TemplateSlot(_)
            | Entity::TemplateVersion(_)
            | Entity::TemplateShare(_)
            | Entity::TemplateApplication(_)
            | Entity::DaySlot(_)
    )
}
