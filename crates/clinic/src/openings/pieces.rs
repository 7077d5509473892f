//! Equipment in the compact calendar: when a location's pieces are in use, and when all of them are; and, for searches that place several
//! visits, what is left of pieces and assistants.

use std::collections::HashMap;

use jiff::Timestamp;

use super::assistants;
use super::busy::{BusyCalendar, DAY_MINUTES, Visit, day_of, minute_of};
use super::grid::UNIT;
use crate::assistants::assistant_spans_of;
use crate::equipment::uses_of;
use crate::{
    Appointment, AppointmentTypeId, AssistantNeed, EquipmentId, EquipmentNeed, LocationId, Policy, Roster,
    Rule, TimePattern, Zones,
};

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

/// What visits of a location share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shared {
    Equipment(EquipmentId),
    Assistants,
}

/// Five minutes of what a location's visits share, by their first minute since 1970 UTC.
pub(crate) type PieceUnit = (LocationId, Shared, i32);

/// What a visit wants of it.
#[derive(Clone, Copy)]
pub(crate) struct Wants<'a> {
    pub appointment_type: AppointmentTypeId,
    pub pattern: &'a TimePattern,
    pub equipment: &'a [EquipmentNeed],
    pub assistant: AssistantNeed,
}

/// How many pieces and assistants are left as things are, for searches that put several visits together. Remembers what it has counted.
pub(crate) struct PiecesLeft<'a> {
    roster: &'a Roster,
    zones: &'a Zones,
    busy: &'a BusyCalendar,
    /// Left in each unit of a UTC day, at the least; none where they are not counted.
    left: HashMap<(LocationId, Shared, i32), Option<Vec<u16>>>,
}

impl<'a> PiecesLeft<'a> {
    pub fn new(roster: &'a Roster, zones: &'a Zones, busy: &'a BusyCalendar) -> Self {
        Self {
            roster,
            zones,
            busy,
            left: HashMap::new(),
        }
    }

    /// What a visit would take at a location, and how many are left of each. What it has already itself (`moving`), it does not take
    /// once more.
    pub fn taken_by(
        &mut self,
        wants: Wants<'_>,
        location: LocationId,
        start: Timestamp,
        moving: Option<&Appointment>,
    ) -> Vec<(PieceUnit, u16)> {
        let start = minute_of(start);
        let own = moving.filter(|visit| visit.takes_time() && visit.location == location);
        let mut taken = Vec::new();
        for (shared, (from, until)) in self.stretches(wants) {
            let own: Vec<Minutes> = own.map_or_else(Vec::new, |visit| own_minutes(visit, shared));
            let first = (start + from).div_euclid(UNIT) * UNIT;
            for minute in (first..start + until).step_by(UNIT as usize) {
                let is_own = own.iter().any(|span| span.0 <= minute && minute < span.1);
                if !is_own && let Some(left) = self.left((location, shared, minute)) {
                    taken.push(((location, shared, minute), left));
                }
            }
        }
        taken
    }

    /// In which minutes from its start a visit takes what; only what its rules ask about.
    fn stretches(&self, wants: Wants<'_>) -> Vec<(Shared, Minutes)> {
        let heeds = |rule| self.roster.policy(rule, wants.appointment_type) != Policy::Allow;
        let mut stretches = Vec::new();
        if heeds(Rule::Equipment) {
            let length = wants.pattern.length_minutes();
            stretches.extend(
                wants
                    .equipment
                    .iter()
                    .filter(|need| {
                        self.roster
                            .equipment(need.equipment)
                            .is_some_and(|kind| kind.is_active)
                    })
                    .filter_map(|need| {
                        let (from, until) = need.minutes(length)?;
                        Some((
                            Shared::Equipment(need.equipment),
                            (i32::from(from), i32::from(until)),
                        ))
                    }),
            );
        }
        if heeds(Rule::Assistants) {
            let minutes = assistants::minutes(wants.pattern, wants.assistant);
            stretches.extend(minutes.into_iter().map(|minutes| (Shared::Assistants, minutes)));
        }
        stretches
    }

    fn left(&mut self, (location, shared, minute): PieceUnit) -> Option<u16> {
        let day = day_of(minute);
        let (roster, zones, busy) = (self.roster, self.zones, self.busy);
        let units = self.left.entry((location, shared, day)).or_insert_with(|| {
            let within = (day * DAY_MINUTES, (day + 1) * DAY_MINUTES);
            let units = || (within.0..within.1).step_by(UNIT as usize);
            match shared {
                Shared::Equipment(equipment) => {
                    let pieces = roster.equipment(equipment)?.pieces_at(location);
                    let uses = uses(roster, busy, location, equipment, within, None);
                    let used = |minute| most_used(&uses, (minute, minute + UNIT));
                    Some(
                        units()
                            .map(|minute| {
                                let left = usize::from(pieces).saturating_sub(used(minute));
                                u16::try_from(left).unwrap_or(u16::MAX)
                            })
                            .collect(),
                    )
                }
                Shared::Assistants => {
                    let place = roster.location(location)?;
                    let zone = zones.zone(&place.zone).ok()?;
                    let left = assistants::left(roster, busy, (place, &zone), within, None)?;
                    let least = |minute: i32| {
                        left.iter()
                            .filter(|(span, _)| span.0 < minute + UNIT && minute < span.1)
                            .map(|(_, left)| *left)
                            .min()
                            .unwrap_or(0)
                    };
                    Some(
                        units()
                            .map(|minute| u16::try_from(least(minute).max(0)).unwrap_or(u16::MAX))
                            .collect(),
                    )
                }
            }
        });
        units
            .as_ref()?
            .get((minute.rem_euclid(DAY_MINUTES) / UNIT) as usize)
            .copied()
    }
}

/// When a visit takes it where it is.
fn own_minutes(visit: &Appointment, shared: Shared) -> Vec<Minutes> {
    let minutes = |(from, until): crate::hours::Span| (minute_of(from), minute_of(until));
    match shared {
        Shared::Equipment(equipment) => uses_of(visit)
            .filter(|(used, _)| *used == equipment)
            .map(|(_, span)| minutes(span))
            .collect(),
        Shared::Assistants => assistant_spans_of(visit).into_iter().map(minutes).collect(),
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
