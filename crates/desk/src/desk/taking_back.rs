//! Undo and redo: the store takes back, the rules say whether the world still has room for it.

use std::collections::BTreeMap;

use clinic::{Appointment, AppointmentId, Change, Entity, Placement};
use store::Tx;

use crate::api::Undone;
use crate::audit::seen;
use crate::commands::history::TakeBack;
use crate::desk::writing::{Seal, not_allowed};
use crate::desk::{Desk, looking};
use crate::views::Names;
use crate::{DeskError, refusals, words};

impl Desk {
    pub(crate) fn take_back(&self, way: TakeBack) -> Result<Undone, DeskError> {
        let identity = self.identity();
        let by = self.by();
        let committed = {
            let mut store = self.store();
            self.give_looks(&mut store);
            let rights = self.rights();
            let check = |changes: &[Change], tx: &Tx<'_>| {
                rights
                    .check_touches(
                        tx.workstation(),
                        &clinic::roles::touches_of(changes, &looking::template_home(tx.reads())),
                    )
                    .map_err(|lacks| not_allowed(&lacks, &tx.roster()))?;
                self.has_room(tx, changes)
            };
            let committed = match way {
                TakeBack::Undo => store.undo(&by, &Seal(identity), check)?,
                TakeBack::Redo => store.redo(&by, &Seal(identity), check)?,
            };
            seen::wrote(&committed.changes.changes);
            self.follow_busy(&store, &committed.changes);
            committed
        };
        self.written(&committed.changes);
        let set = committed.changes;
        self.reading(|reading| {
            let words = reading.with_names(|names| {
                let names = Names {
                    roster: &reading.roster,
                    patients: names,
                };
                words::operation(set.op, &set.changes, &names)
            });
            let appointment = set.changes.iter().find_map(|change| match &change.after {
                Some(Entity::Appointment(visit)) => Some(visit.id),
                _ => None,
            });
            Ok(Undone {
                words,
                undo: reading.undo_state()?,
                appointment,
            })
        })
    }

    /// A visit that takes its time and place again must find them free, whatever was overridden before.
    fn has_room(&self, tx: &Tx<'_>, changes: &[Change]) -> Result<(), DeskError> {
        let roster = tx.roster();
        // Visits that go back together make room for each other.
        let together: BTreeMap<AppointmentId, Option<&Appointment>> = changes
            .iter()
            .filter_map(|change| match (&change.before, &change.after) {
                (_, Some(Entity::Appointment(after))) => Some((after.id, Some(after))),
                (Some(Entity::Appointment(before)), None) => Some((before.id, None)),
                _ => None,
            })
            .collect();
        for change in changes {
            let Some(Entity::Appointment(after)) = &change.after else {
                continue;
            };
            let placed_anew = match &change.before {
                Some(Entity::Appointment(before)) => {
                    !before.takes_time()
                        || before.starts_at != after.starts_at
                        || before.operatory != after.operatory
                        || before.provider != after.provider
                        || before.pattern != after.pattern
                }
                _ => true,
            };
            if !after.takes_time() || !placed_anew {
                continue;
            }
            let placement = Placement::of(after);
            let names = |id| looking::patient_name(tx.reads(), id);
            let around = placement
                .neighbourhood(&roster)
                .map_err(|cannot| refusals::cannot_book(&cannot, &roster, &names))?;
            let mut neighbours = tx.reads().neighbours(&around)?;
            neighbours
                .appointments
                .retain(|other| !together.contains_key(&other.id));
            let others = together.values().flatten().filter(|other| other.id != after.id);
            neighbours
                .appointments
                .extend(others.map(|other| (*other).clone()));
            let found = clinic::check_placement(&roster, &self.zones, &neighbours, &placement)
                .map_err(|cannot| refusals::cannot_book(&cannot, &roster, &names))?;
            // Only what takes the place counts: opening hours were weighed when it was booked.
            let in_the_way: Vec<_> = found
                .into_iter()
                .filter(|violation| clinic::ConflictKind::of(violation).is_some())
                .collect();
            if !in_the_way.is_empty() {
                let violations = refusals::violations(&in_the_way, &roster, &names);
                let message = violations
                    .iter()
                    .map(|violation| violation.message.clone())
                    .collect::<Vec<_>>()
                    .join("; ");
                return Err(DeskError {
                    violations,
                    ..DeskError::new(
                        "cannot_undo",
                        format!("This cannot be taken back now: {message}."),
                    )
                    .hint("Move what is in the way first, or book another time.")
                });
            }
        }
        Ok(())
    }
}
