//! Undo and redo: the store takes back, the rules say whether the world still has room for it.

use std::collections::BTreeMap;

use clinic::{
    AcceptedConflict, Appointment, AppointmentId, Change, ConflictKind, Entity, HistoryId, Neighbours,
    Placement, Violation,
};
use store::{HistoryFilter, Tx};

use crate::api::Undone;
use crate::audit::seen;
use crate::commands::history::TakeBack;
use crate::desk::writing::{Seal, check_changes};
use crate::desk::{Desk, looking};
use crate::views::Names;
use crate::{DeskError, refusals, words};

/// Changes of a visit that are looked through, newest first; whoever changed more often than that is in the way.
const LOOKED_BACK: usize = 500;

impl Desk {
    pub(crate) fn take_back(&self, way: TakeBack) -> Result<Undone, DeskError> {
        let identity = self.identity();
        let by = self.by();
        let committed = {
            let mut store = self.store();
            self.give_looks(&mut store);
            let rights = self.rights();
            // Who was in the way when it was done, and still is, does not keep it from being taken back.
            let since = match way {
                TakeBack::Undo => store.undo_state(by.person)?.undo.map(|step| step.entry),
                TakeBack::Redo => None,
            };
            let check = |changes: &[Change], tx: &Tx<'_>| {
                check_changes(&rights, &self.zones, tx, changes)?;
                self.has_room(tx, changes, since, way)
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

    /// A visit that takes its time and place again must find them free of whatever came there after `since`, the operation that is
    /// taken back. Two visits that clashed before it clash again, as when somebody takes back how a conflict was settled; and what
    /// somebody let stand knowingly stands again.
    fn has_room(
        &self,
        tx: &Tx<'_>,
        changes: &[Change],
        since: Option<HistoryId>,
        way: TakeBack,
    ) -> Result<(), DeskError> {
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
                Some(Entity::Appointment(before)) => is_placed_anew(before, after),
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
            let decisions = decisions_then(changes, &neighbours.accepted);
            let found = clinic::check_placement_again(&roster, &self.zones, &neighbours, &placement)
                .map_err(|cannot| refusals::cannot_book(&cannot, &roster, &names))?;
            // Only what takes the place counts: opening hours were weighed when it was booked.
            let mut in_the_way = Vec::new();
            for violation in found {
                let Some((kind, other)) = ConflictKind::of(&violation).zip(violation.appointment()) else {
                    continue;
                };
                if !is_let_stand(&decisions, kind, after, &violation, &neighbours)
                    && !stood_there(tx.reads(), other, since)?
                {
                    in_the_way.push(violation);
                }
            }
            if !in_the_way.is_empty() {
                let violations = refusals::violations(&in_the_way, &roster, &names);
                let message = violations
                    .iter()
                    .map(|violation| violation.message.clone())
                    .collect::<Vec<_>>()
                    .join("; ");
                return Err(DeskError {
                    violations,
                    ..match way {
                        TakeBack::Undo => DeskError::new(
                            "cannot_undo",
                            format!("This cannot be taken back now: {message}."),
                        ),
                        TakeBack::Redo => DeskError::new(
                            "cannot_redo",
                            format!("This cannot be done again now: {message}."),
                        ),
                    }
                    .hint("Move what is in the way first, or book another time.")
                });
            }
        }
        Ok(())
    }
}

/// The decisions to let visits stand that hold when the changes are done.
fn decisions_then(changes: &[Change], now: &[AcceptedConflict]) -> Vec<AcceptedConflict> {
    let decided = |entity: &Option<Entity>| match entity {
        Some(Entity::AcceptedConflict(decision)) => Some(decision.clone()),
        _ => None,
    };
    let gone: Vec<AcceptedConflict> = changes
        .iter()
        .filter_map(|change| decided(&change.before))
        .collect();
    let stays = |decision: &&AcceptedConflict| gone.iter().all(|gone| gone.key != decision.key);
    now.iter()
        .filter(stays)
        .cloned()
        .chain(changes.iter().filter_map(|change| decided(&change.after)))
        .collect()
}

fn is_let_stand(
    decisions: &[AcceptedConflict],
    kind: ConflictKind,
    visit: &Appointment,
    violation: &Violation,
    neighbours: &Neighbours,
) -> bool {
    let other = violation
        .appointment()
        .and_then(|id| neighbours.appointments.iter().find(|other| other.id == id));
    other.is_some_and(|other| clinic::is_let_stand(decisions, kind, visit, other))
}

/// Whether a visit has had its time and place since before an operation.
fn stood_there(
    reads: store::Reads<'_>,
    visit: AppointmentId,
    since: Option<HistoryId>,
) -> Result<bool, DeskError> {
    let Some(since) = since else {
        return Ok(false);
    };
    let newer = reads.history(&HistoryFilter {
        appointment: Some(visit),
        limit: LOOKED_BACK,
        ..HistoryFilter::default()
    })?;
    let is_all_of_it = newer.len() < LOOKED_BACK || newer.last().is_some_and(|oldest| oldest.id <= since);
    let took_place = |change: &Change| match (&change.before, &change.after) {
        (Some(Entity::Appointment(before)), Some(Entity::Appointment(after))) => {
            after.id == visit && is_placed_anew(before, after)
        }
        (None, Some(Entity::Appointment(after))) => after.id == visit,
        _ => false,
    };
    let came = newer
        .iter()
        .take_while(|entry| entry.id > since)
        .any(|entry| entry.changes.iter().any(took_place));
    Ok(is_all_of_it && !came)
}

/// It takes time that it did not take before.
fn is_placed_anew(before: &Appointment, after: &Appointment) -> bool {
    !before.takes_time()
        || before.starts_at != after.starts_at
        || before.operatory != after.operatory
        || before.provider != after.provider
        || before.second_provider != after.second_provider
        || before.pattern != after.pattern
}
