//! A type that changes, and the visits of it that are booked: which they are, and the change that takes along those that fit.

use clinic::{AppointmentType, Change, Entity, Neighbours, Op, Placement, Retyped, Roster, Zones};
use jiff::Timestamp;
use store::Reads;

use super::practice::{second_pattern_of, setting_change, unknown};
use crate::api::{RosterView, SaveSetting, TypeChange, TypeChangePreview, TypeChangeVisit};
use crate::desk::Desk;
use crate::{DeskError, read, refusals, views};

/// Visits that a preview names.
const NAMED: usize = 12;
/// Visits that one step changes: it travels as one envelope.
const MOST: usize = 800;

impl Desk {
    pub fn preview_type_change(&self, request: TypeChange) -> Result<TypeChangePreview, DeskError> {
        let pattern = read::pattern(&request.pattern, "pattern")?;
        self.reading(|reading| {
            let before = reading
                .roster
                .appointment_type(request.id)
                .ok_or_else(|| unknown("appointment type"))?;
            let after = AppointmentType {
                pattern,
                buffer_before_minutes: request.buffer_before_minutes,
                buffer_after_minutes: request.buffer_after_minutes,
                equipment: request.equipment.unwrap_or_else(|| before.equipment.clone()),
                assistant: request.assistant.unwrap_or(before.assistant),
                second_pattern: second_pattern_of(request.second_pattern.as_deref(), Some(before))?,
                ..before.clone()
            };
            clinic::validate_appointment_type(&after, &reading.roster)
                .map_err(|error| refusals::invalid(&error))?;
            let roster = with_type(&reading.roster, before, &after);
            let visits = judged(
                (before, &after),
                &roster,
                reading.zones,
                reading.reads(),
                reading.now,
                |placement| reading.neighbours(placement),
            )?;
            let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            Ok(TypeChangePreview {
                count: count(visits.len()),
                fitting: count(visits.iter().filter(|one| one.fits()).count()),
                first: visits
                    .iter()
                    .take(NAMED)
                    .map(|one| {
                        reading.with_names(|names| TypeChangeVisit {
                            id: one.before.id,
                            patient_name: names(one.before.patient),
                            at: views::wall(&one.before.starts_at),
                            operatory: one.before.operatory,
                            length_minutes: one.before.length_minutes(),
                            new_length_minutes: one.after.length_minutes(),
                            reasons: one
                                .broken
                                .iter()
                                .map(|violation| violation.words(&roster, names))
                                .collect(),
                        })
                    })
                    .collect(),
            })
        })
    }

    /// The type and every booked visit that fits as it now is, in one step that one undo takes back.
    pub(super) fn save_type_with_visits(
        &self,
        request: &SaveSetting,
        fresh: u128,
    ) -> Result<RosterView, DeskError> {
        self.write(Op::ChangeType, |writing| {
            let change = setting_change(&writing.roster, writing.zones, fresh, request)?;
            let (Some(Entity::AppointmentType(before)), Some(Entity::AppointmentType(after))) =
                (&change.before, &change.after)
            else {
                // A new type has no visits yet.
                return writing.record(vec![change]);
            };
            let mut changes = Vec::new();
            if before != after {
                changes.push(change.clone());
            }
            if clinic::reshapes(before, after) {
                let roster = with_type(&writing.roster, before, after);
                let visits = judged(
                    (before, after),
                    &roster,
                    writing.zones,
                    writing.reads(),
                    writing.author.at,
                    |placement| writing.neighbours(placement),
                )?;
                let fitting: Vec<Retyped> = visits.into_iter().filter(Retyped::fits).collect();
                in_one_step(fitting.len())?;
                changes.extend(fitting.into_iter().map(|one| Change::edit(one.before, one.after)));
            }
            if changes.is_empty() {
                return Ok(());
            }
            writing.record(changes)
        })?;
        self.reading(|reading| Ok(views::roster_view(&reading.roster, reading.zones, reading.now)))
    }
}

fn in_one_step(visits: usize) -> Result<(), DeskError> {
    if visits <= MOST {
        return Ok(());
    }
    Err(DeskError::new(
        "too_many_visits",
        format!("{visits} booked visits would follow the type; one step changes {MOST} at the most."),
    )
    .hint("Leave them as they are, or make a type of its own for new visits.")
    .field("booked"))
}

/// The practice as it would be: free minutes of the changed type reach further or less far.
fn with_type(roster: &Roster, before: &AppointmentType, after: &AppointmentType) -> Roster {
    let mut changed = roster.clone();
    changed.apply(&Change::edit(before.clone(), after.clone()));
    changed
}

/// Every booked visit that follows the type, judged as it would be.
fn judged(
    (before, after): (&AppointmentType, &AppointmentType),
    roster: &Roster,
    zones: &Zones,
    reads: Reads<'_>,
    now: Timestamp,
    neighbours: impl Fn(&Placement) -> Result<Neighbours, DeskError>,
) -> Result<Vec<Retyped>, DeskError> {
    if !clinic::reshapes(before, after) {
        return Ok(Vec::new());
    }
    let visits: Vec<Retyped> = reads
        .planned_of_type(before.id, now)?
        .iter()
        .filter_map(|visit| clinic::follows_type(roster, before, after, visit, now))
        .collect();
    let around = visits
        .iter()
        .map(|one| neighbours(&one.placement()))
        .collect::<Result<Vec<_>, _>>()?;
    clinic::retype(roster, zones, visits, &around)
        .map_err(|cannot| refusals::cannot_book(&cannot, roster, &|_| String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_too_much_for_one_step_is_refused_in_words() {
        assert!(in_one_step(MOST).is_ok());
        let refused = in_one_step(MOST + 1).unwrap_err();
        assert_eq!(
            refused.message,
            "801 booked visits would follow the type; one step changes 800 at the most."
        );
    }
}
