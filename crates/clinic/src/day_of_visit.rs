//! Whether a visit's day is over or still to come: a booking into the past, and steps that are taken before the day, are mostly slips of
//! the hand.

use jiff::Timestamp;

use crate::{Appointment, CannotBook, Placement, Policy, Roster, Start, Status, Violation, Zones};

/// That the placement is on a day that is over on its own wall clock, if the practice wants to hear of it. `before`: the visit that would
/// move there; who moves one whose day is over already knows that.
pub fn day_is_over(
    roster: &Roster,
    zones: &Zones,
    before: Option<&Appointment>,
    placement: &Placement,
    now: Timestamp,
) -> Result<Option<Violation>, CannotBook> {
    let from = &placement.starts_at;
    let today = zones.at(now, &from.zone)?.date();
    let was_over = before.is_some_and(|visit| visit.starts_at.date() < today);
    if from.date() >= today || was_over {
        return Ok(None);
    }
    let length = placement.pattern.length_minutes();
    let violation = Violation::DayIsOver {
        from: from.clone(),
        until: end_of(zones, from, length)?,
    };
    Ok(Some(violation).filter(|violation| violation.policy(roster) != Policy::Allow))
}

/// That a step which happens in the practice would be taken before the visit's day, if the practice wants to hear of it.
pub(crate) fn before_its_day(
    roster: &Roster,
    zones: &Zones,
    visit: &Appointment,
    to: Status,
    now: Timestamp,
) -> Result<Option<Violation>, CannotBook> {
    let happens_there = match to {
        Status::Arrived | Status::Seated | Status::Completed | Status::CheckedOut | Status::NoShow => true,
        Status::Scheduled | Status::Confirmed | Status::Cancelled => false,
    };
    let from = &visit.starts_at;
    let today = zones.at(now, &from.zone)?.date();
    // Who was marked as there knowingly goes on as on any day.
    let is_to_come = matches!(visit.status, Status::Scheduled | Status::Confirmed);
    if !happens_there || !is_to_come || from.date() <= today {
        return Ok(None);
    }
    let days = from.date().duration_since(today).as_hours() / 24;
    let violation = Violation::BeforeItsDay {
        from: from.clone(),
        until: end_of(zones, from, visit.length_minutes())?,
        to,
        days: u32::try_from(days).unwrap_or(u32::MAX),
    };
    Ok(Some(violation).filter(|violation| violation.policy(roster) != Policy::Allow))
}

fn end_of(zones: &Zones, from: &Start, length_minutes: u16) -> Result<Start, CannotBook> {
    Ok(zones.after_minutes(from, length_minutes.into())?)
}
