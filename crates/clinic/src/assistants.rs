//! Assistants at a location: when a visit needs one, how many are there, and where more visits want one than there are.
//!
//! Which assistant is at which chair nobody plans here: they are counted. So too few of them are, like a limit, a matter of all visits of
//! that moment and of no two of them: whoever places the next one is asked, and what a merge brings together makes no conflict card but
//! shows in the day's line of assistants (see the decision on assistants in `docs/adr`).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::equipment::segments;
use crate::hours::{Span, wall_span};
use crate::placement::{minutes, overlap};
use crate::{Appointment, AssistantNeed, AssistantPeriod, Location, Need, TimePattern};

/// The stretches in which a visit needs an assistant, as moments; no two of them touch.
pub(crate) fn assistant_spans(start: Timestamp, pattern: &TimePattern, need: AssistantNeed) -> Vec<Span> {
    need.minutes(pattern)
        .into_iter()
        .map(|(from, until)| (start + minutes(from), start + minutes(until)))
        .collect()
}

/// The stretches in which a booked visit needs an assistant.
pub(crate) fn assistant_spans_of(visit: &Appointment) -> Vec<Span> {
    assistant_spans(visit.starts_at.instant(), &visit.pattern, visit.assistant)
}

/// How many assistants a location has over a stretch: in pieces that follow each other, touching pieces of one number joined. None where
/// the location does not count them.
pub fn assistants_there(location: &Location, zone: &TimeZone, over: Span) -> Option<Vec<(Span, u16)>> {
    if location.assistants.is_empty() {
        return None;
    }
    let mut periods: Vec<(Span, u16)> = Vec::new();
    let mut date = zone.to_datetime(over.0).date();
    let last = zone.to_datetime(over.1).date();
    while date <= last {
        let today = crate::Weekday::of(date);
        periods.extend(
            location
                .assistants
                .iter()
                .filter(|period| period.weekday == today)
                .map(|period| (wall_span(zone, date, period.from, period.until), period.count)),
        );
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    periods.retain(|(span, _)| overlap(*span, over));
    let mut pieces: Vec<(Span, u16)> = Vec::new();
    for span in segments(over, periods.iter().map(|(span, _)| *span)) {
        // While the clock goes back, two periods that follow each other hold both: then the larger number is there.
        let count = periods
            .iter()
            .filter(|(period, _)| overlap(*period, span))
            .map(|(_, count)| *count)
            .max()
            .unwrap_or(0);
        match pieces.last_mut() {
            Some((known, number)) if *number == count => known.1 = span.1,
            _ => pieces.push((span, count)),
        }
    }
    Some(pieces)
}

/// A stretch in which all assistants that are there are busy with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Short<'v> {
    pub span: Span,
    pub there: u16,
    /// The visits that they are busy with, by start.
    pub by: Vec<&'v Appointment>,
}

/// Where in `wanted` nobody is left. `there`: all of that time; `users`: the other visits that need an assistant, and when.
pub(crate) fn short<'v>(
    wanted: Span,
    there: &[(Span, u16)],
    users: &[(Span, &'v Appointment)],
) -> Vec<Short<'v>> {
    let mut found: Vec<Short<'v>> = Vec::new();
    let cuts = there.iter().map(|(span, _)| *span);
    for span in segments(wanted, cuts.chain(users.iter().map(|(span, _)| *span))) {
        let there = there
            .iter()
            .find(|(piece, _)| overlap(*piece, span))
            .map_or(0, |(_, count)| *count);
        let by: Vec<&Appointment> = users
            .iter()
            .filter(|(theirs, _)| overlap(*theirs, span))
            .map(|(_, visit)| *visit)
            .collect();
        if by.len() < usize::from(there) {
            continue;
        }
        match found.last_mut() {
            Some(known) if known.span.1 == span.0 && known.there == there => {
                known.span.1 = span.1;
                known.by.extend(by);
            }
            _ => found.push(Short { span, there, by }),
        }
    }
    for one in &mut found {
        one.by.sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
        one.by.dedup_by_key(|visit| visit.id);
    }
    found
}

impl AssistantNeed {
    /// The minutes from the start of a visit in which an assistant is busy with it, `[from, until)`; no two stretches touch.
    pub fn minutes(self, pattern: &TimePattern) -> Vec<(u16, u16)> {
        match self {
            AssistantNeed::None => Vec::new(),
            AssistantNeed::WholeVisit => vec![(0, pattern.length_minutes())],
            AssistantNeed::DoctorAway => {
                let (mut stretches, mut until) = (Vec::new(), 0);
                for run in pattern.units().chunk_by(|one, next| one == next) {
                    let from = until;
                    until += run.len() as u16 * TimePattern::UNIT_MINUTES;
                    if run.first() == Some(&Need::Assistant) {
                        stretches.push((from, until));
                    }
                }
                stretches
            }
        }
    }
}

impl AssistantPeriod {
    /// Minutes of the wall day `[from, until)`. An `until` of 00:00 is the midnight at the day's end (1440).
    pub fn minutes(&self) -> (u16, u16) {
        crate::OpenSpan {
            from: self.from,
            until: self.until,
        }
        .minutes()
    }
}
