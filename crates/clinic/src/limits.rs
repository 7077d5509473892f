//! How many visits may begin in an hour: limits that a practice sets for a provider, a type of visit, both, or all together.
//!
//! A limit is about no two visits, so what goes beyond one after a merge makes no conflict card: nobody's place is taken, and
//! which of seven visits is the seventh would be arbitrary. Whoever places the next one is asked.

use jiff::{SignedDuration, Timestamp};

use crate::hours::Span;
use crate::openings::BusyCalendar;
use crate::{
    Appointment, AppointmentTypeId, LocationId, Policy, ProviderId, Roster, Rule, Start, VisitLimit,
};

impl VisitLimit {
    /// Whether a visit with this provider and of this type counts.
    pub fn counts(&self, provider: ProviderId, appointment_type: AppointmentTypeId) -> bool {
        self.provider.is_none_or(|id| id == provider)
            && self.appointment_type.is_none_or(|id| id == appointment_type)
    }
}

/// The hour on the clock in which something begins: from the full hour on the wall before it, sixty minutes that pass.
pub(crate) fn hour_of(start: &Start) -> Span {
    let from = start.instant() - SignedDuration::from_mins(start.wall.minute().into());
    (from, from + SignedDuration::from_hours(1))
}

/// The limits that a visit with this provider and of this type must heed, by their place in the practice's list.
pub(crate) fn limits_of(
    roster: &Roster,
    provider: ProviderId,
    appointment_type: AppointmentTypeId,
) -> impl Iterator<Item = (usize, &VisitLimit)> {
    roster
        .practice
        .visit_limits
        .iter()
        .enumerate()
        .filter(move |(_, limit)| limit.counts(provider, appointment_type))
}

/// How many of these visits at a location begin in an hour and count for a limit.
pub(crate) fn begun<'a>(
    limit: &VisitLimit,
    location: LocationId,
    (from, until): Span,
    visits: impl Iterator<Item = &'a Appointment>,
) -> usize {
    visits
        .filter(|visit| {
            let begin = visit.starts_at.instant();
            visit.takes_time()
                && visit.location == location
                && (from..until).contains(&begin)
                && limit.counts(visit.provider, visit.appointment_type)
        })
        .count()
}

/// An hour of a limit at a location, for plans of several visits: what begins in it shares what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LimitedHour {
    /// The limit's place in the practice's list.
    pub limit: usize,
    pub location: LocationId,
    pub from: Timestamp,
}

/// The hours of limits in which a visit would begin, and how many more may begin in each. `without` is the visit that would move.
pub(crate) fn limited_hours(
    roster: &Roster,
    busy: &BusyCalendar,
    (location, provider): (LocationId, ProviderId),
    appointment_type: AppointmentTypeId,
    start: &Start,
    without: Option<&Appointment>,
) -> Vec<(LimitedHour, u16)> {
    if roster.policy(Rule::VisitsPerHour, appointment_type) == Policy::Allow {
        return Vec::new();
    }
    let hour = hour_of(start);
    let is_here = |id| {
        roster
            .operatory(id)
            .is_some_and(|record| record.location == location)
    };
    limits_of(roster, provider, appointment_type)
        .map(|(at, limit)| {
            let begin = busy.beginning_within(is_here, hour, Some(limit), without);
            let left = limit
                .most
                .saturating_sub(u16::try_from(begin).unwrap_or(u16::MAX));
            let hour = LimitedHour {
                limit: at,
                location,
                from: hour.0,
            };
            (hour, left)
        })
        .collect()
}
