//! Equipment in the compact calendar: when a location's pieces are in use, and when all of them are.

use std::collections::HashMap;

use jiff::Timestamp;

use super::busy::{BusyCalendar, DAY_MINUTES, Visit, day_of, minute_of};
use super::grid::UNIT;
use crate::equipment::uses_of;
use crate::{Appointment, AppointmentTypeId, EquipmentId, EquipmentNeed, LocationId, Policy, Roster, Rule};

/// Minutes since 1970 UTC, `[from, until)`.
type Minutes = (i32, i32);

/// When pieces of some equipment are in use at a location, once for each visit, as far as it touches `within`.
pub(super) fn uses(
    roster: &Roster,
    busy: &BusyCalendar,
    location: LocationId,
    equipment: EquipmentId,
    within: Minutes,
    without: Option<&Appointment>,
) -> Vec<Minutes> {
    let is_here: Vec<bool> = busy
        .operatories
        .names()
        .iter()
        .map(|id| {
            roster
                .operatory(*id)
                .is_some_and(|chair| chair.location == location)
        })
        .collect();
    let mut skip = without
        .filter(|visit| visit.takes_time())
        .and_then(|visit| busy.record(visit));
    let mut found = Vec::new();
    // A visit lasts a day at the most.
    for visit in busy
        .days(day_of(within.0) - 1, day_of(within.1) + 1)
        .flat_map(|day| &day.visits)
    {
        if !is_here[visit.operatory as usize] {
            continue;
        }
        if skip.as_ref() == Some(visit) {
            // Another visit just like it would still be in the way.
            skip = None;
            continue;
        }
        found.extend(of_visit(busy, visit, equipment).filter(|span| span.0 < within.1 && within.0 < span.1));
    }
    found
}

fn of_visit<'a>(
    busy: &'a BusyCalendar,
    visit: &'a Visit,
    equipment: EquipmentId,
) -> impl Iterator<Item = Minutes> + 'a {
    let length = busy.patterns.names()[visit.pattern as usize].length_minutes();
    busy.needs_of(visit)
        .iter()
        .filter(move |need| need.equipment == equipment)
        .filter_map(move |need| {
            let (from, until) = need.minutes(length)?;
            Some((visit.minute + i32::from(from), visit.minute + i32::from(until)))
        })
}

/// When as many as all pieces are in use.
pub(super) fn full(uses: &[Minutes], pieces: u16) -> Vec<Minutes> {
    let mut steps: Vec<(i32, i32)> = uses
        .iter()
        .flat_map(|(from, until)| [(*from, 1), (*until, -1)])
        .collect();
    // Who ends gives the piece to who begins.
    steps.sort_unstable();
    let (mut used, mut since) = (0, None);
    let mut found: Vec<Minutes> = Vec::new();
    for (minute, step) in steps {
        used += step;
        match since {
            None if used >= i32::from(pieces) => since = Some(minute),
            Some(from) if used < i32::from(pieces) => {
                match found.last_mut() {
                    // One piece goes from hand to hand.
                    Some((_, until)) if *until == from => *until = minute,
                    _ if from < minute => found.push((from, minute)),
                    _ => {}
                }
                since = None;
            }
            _ => {}
        }
    }
    found
}

/// The most pieces that are in use at once within a stretch.
pub(super) fn most_used(uses: &[Minutes], within: Minutes) -> usize {
    let inside = |minute: i32| {
        uses.iter()
            .filter(|span| span.0 <= minute && minute < span.1)
            .count()
    };
    uses.iter()
        .map(|span| span.0.max(within.0))
        .filter(|minute| *minute < within.1)
        .map(inside)
        .max()
        .unwrap_or(0)
}

/// Five minutes of some equipment at a location, by their first minute since 1970 UTC.
pub(crate) type PieceUnit = (LocationId, EquipmentId, i32);

/// How many pieces are left as things are, for searches that put several visits together. Remembers what it has counted.
pub(crate) struct PiecesLeft<'a> {
    roster: &'a Roster,
    busy: &'a BusyCalendar,
    /// Pieces in use at once, at the most, in each unit of a UTC day.
    used: HashMap<(LocationId, EquipmentId, i32), Vec<usize>>,
}

impl<'a> PiecesLeft<'a> {
    pub fn new(roster: &'a Roster, busy: &'a BusyCalendar) -> Self {
        Self {
            roster,
            busy,
            used: HashMap::new(),
        }
    }

    /// What a visit of a type would take at a location, and how many are left of each. What it has already itself (`moving`), it
    /// does not take once more.
    pub fn taken_by(
        &mut self,
        kind: AppointmentTypeId,
        needs: &[EquipmentNeed],
        location: LocationId,
        (start, length_minutes): (Timestamp, u16),
        moving: Option<&Appointment>,
    ) -> Vec<(PieceUnit, u16)> {
        let mut taken = Vec::new();
        if self.roster.policy(Rule::Equipment, kind) == Policy::Allow {
            return taken;
        }
        for need in needs {
            let Some(equipment) = self
                .roster
                .equipment(need.equipment)
                .filter(|kind| kind.is_active)
            else {
                continue;
            };
            let Some((from, until)) = need.minutes(length_minutes) else {
                continue;
            };
            let pieces = equipment.pieces_at(location);
            let start = minute_of(start);
            let first = (start + i32::from(from)).div_euclid(UNIT) * UNIT;
            for minute in (first..start + i32::from(until)).step_by(UNIT as usize) {
                let is_own = moving.is_some_and(|visit| {
                    visit.takes_time()
                        && visit.location == location
                        && uses_of(visit).any(|(used, (from, until))| {
                            used == equipment.id && minute_of(from) <= minute && minute < minute_of(until)
                        })
                });
                if !is_own {
                    let unit = (location, equipment.id, minute);
                    let left = usize::from(pieces).saturating_sub(self.used(unit));
                    taken.push((unit, u16::try_from(left).unwrap_or(u16::MAX)));
                }
            }
        }
        taken
    }

    fn used(&mut self, (location, equipment, minute): PieceUnit) -> usize {
        let day = day_of(minute);
        let units = self.used.entry((location, equipment, day)).or_insert_with(|| {
            let first = day * DAY_MINUTES;
            let uses = uses(
                self.roster,
                self.busy,
                location,
                equipment,
                (first, first + DAY_MINUTES),
                None,
            );
            (first..first + DAY_MINUTES)
                .step_by(UNIT as usize)
                .map(|minute| most_used(&uses, (minute, minute + UNIT)))
                .collect()
        });
        units
            .get((minute.rem_euclid(DAY_MINUTES) / UNIT) as usize)
            .copied()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_in_use_from_the_last_one_taken_to_the_first_one_given_back() {
        let uses = [(0, 30), (10, 40), (30, 50), (60, 70)];
        assert_eq!(full(&uses, 1), [(0, 50), (60, 70)]);
        assert_eq!(full(&uses, 2), [(10, 40)]);
        assert_eq!(full(&uses, 3), []);
        assert_eq!(most_used(&uses, (0, 10)), 1);
        assert_eq!(most_used(&uses, (0, 60)), 2);
        assert_eq!(most_used(&uses, (50, 60)), 0);
    }
}
