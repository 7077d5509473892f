//! Assistants in the compact calendar: how many a location has left from minute to minute.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::busy::{BusyCalendar, day_of, minute_of};
use crate::assistants::assistants_there;
use crate::{Appointment, AssistantNeed, Location, Roster, TimePattern};

/// Minutes since 1970 UTC, `[from, until)`.
type Minutes = (i32, i32);

/// How many assistants are not busy, in stretches that follow each other over `within`; below zero where more visits need one than are
/// there. None where the location does not count them.
pub(super) fn left(
    roster: &Roster,
    busy: &BusyCalendar,
    (location, zone): (&Location, &TimeZone),
    within: Minutes,
    without: Option<&Appointment>,
) -> Option<Vec<(Minutes, i32)>> {
    let instant = |minute: i32| Timestamp::from_second(i64::from(minute) * 60).ok();
    let there = assistants_there(location, zone, (instant(within.0)?, instant(within.1)?))?;
    // Where somebody begins or ends, and where the number that is there changes.
    let mut steps: Vec<(i32, i32)> = Vec::new();
    let mut before = 0;
    for ((from, _), count) in there {
        let count = i32::from(count);
        steps.push((minute_of(from), count - before));
        before = count;
    }
    let is_here: Vec<bool> = busy
        .operatories
        .names()
        .iter()
        .map(|id| {
            roster
                .operatory(*id)
                .is_some_and(|chair| chair.location == location.id)
        })
        .collect();
    // A visit lasts a day at the most.
    for visit in busy.visits_without(day_of(within.0) - 1, day_of(within.1) + 1, without) {
        if !is_here[visit.operatory as usize] {
            continue;
        }
        for (from, until) in minutes(&busy.patterns.names()[visit.pattern as usize], visit.assistant) {
            let (from, until) = (
                (visit.minute + from).max(within.0),
                (visit.minute + until).min(within.1),
            );
            if from < until {
                steps.extend([(from, -1), (until, 1)]);
            }
        }
    }
    steps.sort_unstable();
    let mut stretches = Vec::new();
    let (mut now, mut since) = (0, within.0);
    for (minute, step) in steps {
        if since < minute {
            stretches.push(((since, minute), now));
            since = minute;
        }
        now += step;
    }
    if since < within.1 {
        stretches.push(((since, within.1), now));
    }
    Some(stretches)
}

/// When a pattern needs an assistant, in minutes from its start.
pub(super) fn minutes(pattern: &TimePattern, need: AssistantNeed) -> Vec<Minutes> {
    need.minutes(pattern)
        .into_iter()
        .map(|(from, until)| (from.into(), until.into()))
        .collect()
}
