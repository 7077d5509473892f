//! Openings near a date that does not fit: the same day first, then the days around it, then by the time of day.

use std::collections::HashSet;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};

use crate::openings::{self, BusyCalendar, Opening, OpeningRequest, Reason};
use crate::templates::HeldDays;
use crate::{
    Appointment, AppointmentTypeId, CannotBook, LocationId, PatientId, ProviderId, Roster, TimePattern, Zones,
};

/// Days before and after that are looked at.
const REACH_DAYS: i16 = 7;
/// Enough for every five minutes of the days with one provider: the nearest may be the last of them.
const LOOKED_AT: usize = 5_000;

/// What is looked for, and around which time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    pub appointment_type: AppointmentTypeId,
    /// Done beside the type.
    pub also: Vec<AppointmentTypeId>,
    pub patient: PatientId,
    /// Preferred: others are offered only where this one has nothing.
    pub provider: ProviderId,
    pub location: LocationId,
    /// On the location's wall clock.
    pub around: DateTime,
    pub pattern: TimePattern,
    /// The visit that would move there.
    pub moving: Option<Box<Appointment>>,
    /// Where the other visits of the series will be: the patient cannot be in two places.
    pub taken: Vec<(Timestamp, Timestamp)>,
    pub limit: usize,
}

impl Near {
    /// First wall day that is looked at, and how many.
    pub fn dates(&self) -> (Date, u16) {
        let day = self.around.date();
        (
            day.checked_sub(REACH_DAYS.days()).unwrap_or(day),
            2 * REACH_DAYS.unsigned_abs() + 1,
        )
    }
}

/// The nearest openings, nearest first; nothing before `now`. `held`: template slots of [`Near::dates`] and the day after.
pub fn near_openings(
    roster: &Roster,
    zones: &Zones,
    busy: &BusyCalendar,
    held: &HeldDays,
    near: &Near,
    now: Timestamp,
) -> Result<Vec<Opening>, CannotBook> {
    let (from, days) = near.dates();
    let request = |provider| OpeningRequest {
        provider,
        location: Some(near.location),
        patient: Some(near.patient),
        days,
        pattern: Some(near.pattern.clone()),
        limit: LOOKED_AT,
        moving: near.moving.clone(),
        also: near.also.clone(),
        ..OpeningRequest::new(near.appointment_type, from)
    };
    let is_known = roster
        .provider(near.provider)
        .is_some_and(|provider| provider.is_active);
    let mut found = Vec::new();
    if is_known {
        found = openings::find(roster, zones, busy, held, &request(Some(near.provider)), now)?;
        found.retain(|opening| is_free(near, opening));
    }
    if found.is_empty() {
        found = openings::find(roster, zones, busy, held, &request(None), now)?;
        found.retain(|opening| is_free(near, opening));
    }
    // What is equally near stays in the order of merit.
    found.sort_by_key(|opening| {
        let wall = opening.starts_at.wall;
        (
            days_apart(near.around, wall).abs(),
            minutes_of_day(near.around).abs_diff(minutes_of_day(wall)),
        )
    });
    // One chair for each time is enough to choose from.
    let mut known = HashSet::new();
    found.retain(|opening| known.insert((opening.starts_at.wall, opening.provider)));
    found.truncate(near.limit);
    for opening in &mut found {
        opening.reasons.retain(|reason| *reason != Reason::EarliestDay);
        let days = days_apart(near.around, opening.starts_at.wall);
        opening.reasons.insert(0, Reason::DaysAway(days));
    }
    Ok(found)
}

fn is_free(near: &Near, opening: &Opening) -> bool {
    let from = opening.starts_at.instant();
    let until = from + crate::placement::minutes(opening.length_minutes);
    !near
        .taken
        .iter()
        .any(|span| crate::placement::overlap(*span, (from, until)))
}

fn days_apart(from: DateTime, to: DateTime) -> i32 {
    i32::try_from(to.date().duration_since(from.date()).as_hours() / 24).unwrap_or(0)
}

fn minutes_of_day(wall: DateTime) -> i32 {
    i32::from(wall.hour()) * 60 + i32::from(wall.minute())
}
