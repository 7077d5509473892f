//! Template slots as rows of bits: where a visit may begin in a slot that is meant for it, in none, or in one that is not.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::OpeningRequest;
use super::bits::Bits;
use super::busy::{BusyCalendar, minute_of};
use super::grid::{DAY_UNITS, Units};
use crate::templates::{HeldDay, HeldDays, HeldSlot, slot_fits};
use crate::{LocationId, OperatoryId, Policy, Roster, Rule};

/// Where visits begin in the operatories, in minutes since 1970 UTC, ascending; the one that moves is not among them.
#[derive(Default)]
pub(super) struct Begins(HashMap<OperatoryId, Vec<i32>>);

impl Begins {
    pub fn of(busy: &BusyCalendar, request: &OpeningRequest, span: Units) -> Self {
        let moving = request.moving.as_deref().filter(|visit| visit.takes_time());
        let mut skip = moving.and_then(|visit| busy.record(visit));
        let mut begins: HashMap<OperatoryId, Vec<i32>> = HashMap::new();
        let last = span.first_day + span.count as i32 / DAY_UNITS;
        for visit in busy.days(span.first_day, last).flat_map(|day| &day.visits) {
            if skip.as_ref() == Some(visit) {
                skip = None;
                continue;
            }
            let operatory = busy.operatories.names()[visit.operatory as usize];
            begins.entry(operatory).or_default().push(visit.minute);
        }
        begins.values_mut().for_each(|list| list.sort_unstable());
        Self(begins)
    }

    /// How many visits begin in a slot.
    pub fn within(&self, held: &HeldSlot) -> usize {
        let Some(list) = self.0.get(&held.slot.operatory) else {
            return 0;
        };
        let (from, until) = (minute_of(held.span.0), minute_of(held.span.1));
        list.partition_point(|minute| *minute < until) - list.partition_point(|minute| *minute < from)
    }
}

/// One chair's slots: bits where a visit would begin.
pub(super) struct ChairSlots {
    /// It would lie on a slot for something else, on a hold, or begin in a full one.
    pub foreign: Bits,
    /// It would lie in no slot of a day that has a template.
    pub outside: Bits,
}

/// Slots of a chair over all searched days; `None` if there are none to heed.
pub(super) fn chair_slots(
    roster: &Roster,
    held: &HeldDays,
    begins: &Begins,
    request: &OpeningRequest,
    (location, operatory): (LocationId, OperatoryId),
    dates: &[Date],
    days: &[(i64, i64)],
    span: Units,
    length: usize,
) -> Option<ChairSlots> {
    let heeds = |rule| roster.policy(rule, request.appointment_type) != Policy::Allow;
    let (heeds_mismatch, heeds_holds) = (heeds(Rule::TemplateMismatch), heeds(Rule::EmergencyHold));
    let (mut bad, mut full, mut any, mut templated) = (
        Bits::none(span.count),
        Bits::none(span.count),
        Bits::none(span.count),
        Bits::none(span.count),
    );
    let mut has_any = false;
    let next = dates.last().and_then(|last| last.tomorrow().ok());
    for (index, date) in dates.iter().copied().chain(next).enumerate() {
        let Some(day) = held.on(location, date) else {
            continue;
        };
        if let Some((from, until)) = days.get(index).filter(|_| day.application.is_some()) {
            has_any = true;
            templated.set(*from, *until);
        }
        for slot in day.slots.iter().filter(|held| held.slot.operatory == operatory) {
            has_any = true;
            let (from, until) = (
                span.floor(minute_of(slot.span.0)),
                span.ceil(minute_of(slot.span.1)),
            );
            any.set(from, until);
            if !slot_fits(roster, slot, request.appointment_type) {
                let is_heeded = if slot.slot.hold.is_some() {
                    heeds_holds
                } else {
                    heeds_mismatch
                };
                if is_heeded {
                    bad.set(from, until);
                }
            } else if heeds_mismatch && begins.within(slot) >= usize::from(slot.slot.capacity) {
                full.set(from, until);
            }
        }
    }
    if !has_any {
        return None;
    }
    let all = || Bits::all(span.count);
    let calm = all().and_not(&bad).runs(length).and_not(&full);
    let touches_none = all().and_not(&any).runs(length);
    Some(ChairSlots {
        foreign: all().and_not(&calm),
        outside: if heeds_mismatch {
            templated.and(&touches_none)
        } else {
            Bits::none(span.count)
        },
    })
}

/// The days of a visit: that on which it begins, and the next.
pub(super) fn days_of(held: &HeldDays, location: LocationId, date: Date) -> impl Iterator<Item = &HeldDay> {
    let next = date.tomorrow().ok();
    std::iter::once(date)
        .chain(next)
        .filter_map(move |date| held.on(location, date))
}

/// The span of a visit that begins at a unit.
pub(super) fn span_of(span: Units, unit: i64, length: usize) -> (Timestamp, Timestamp) {
    (span.instant(unit), span.instant(unit + length as i64))
}
