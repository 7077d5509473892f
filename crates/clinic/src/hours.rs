//! Opening and working hours as moments: what the wall clock says on a weekday, on days of 23, 24 or 25 hours.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::{LocationId, Weekday, WorkingHours};

/// `[from, until)`.
pub(crate) type Span = (Timestamp, Timestamp);

impl WorkingHours {
    /// Minutes of the wall day `[from, until)`. An `until` of 00:00 is the midnight at the day's end (1440).
    pub fn minutes(&self) -> (u16, u16) {
        let minute =
            |time: Time| u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        let until = minute(self.until);
        (minute(self.from), if until == 0 { 24 * 60 } else { until })
    }
}

/// The hours that hold at `location` on `date`, in order. Each is minutes of the wall day.
pub(crate) fn on<'a>(
    hours: &'a [WorkingHours],
    location: LocationId,
    date: Date,
) -> impl Iterator<Item = &'a WorkingHours> + use<'a> {
    let weekday = Weekday::of(date);
    hours
        .iter()
        .filter(move |span| span.location == location && span.weekday == weekday)
}

/// The first and last moment of a wall day: 23, 24 or 25 hours apart, or none at all where a zone skipped
/// the day.
pub(crate) fn day_bounds(zone: &TimeZone, date: Date) -> Span {
    let first = moment(zone, date.to_datetime(Time::midnight()), Twice::First);
    let next = date.tomorrow().map_or(Timestamp::MAX, |next| {
        moment(zone, next.to_datetime(Time::midnight()), Twice::First)
    });
    (first, next.max(first))
}

/// The open stretches of one wall day, added to `spans` unsorted.
pub(crate) fn add_spans(
    hours: &[WorkingHours],
    location: LocationId,
    zone: &TimeZone,
    date: Date,
    spans: &mut Vec<Span>,
) {
    let mut bounds = None;
    for span in on(hours, location, date) {
        let (day_from, day_until) = *bounds.get_or_insert_with(|| day_bounds(zone, date));
        let from = moment(zone, date.to_datetime(span.from), Twice::First).max(day_from);
        let until = match span.minutes().1 {
            1440 => day_until,
            _ => moment(zone, date.to_datetime(span.until), Twice::Second).min(day_until),
        };
        if from < until {
            spans.push((from, until));
        }
    }
}

/// Sorts, and joins what touches or overlaps.
pub(crate) fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let joins = next.0 <= kept.1;
        if joins {
            kept.1 = kept.1.max(next.1);
        }
        joins
    });
}

/// Whether `[from, until)` lies within the hours of the wall days it touches.
pub(crate) fn cover(
    hours: &[WorkingHours],
    location: LocationId,
    zone: &TimeZone,
    (first, last): (Date, Date),
    (from, until): Span,
) -> bool {
    let mut spans = Vec::with_capacity(4);
    let mut date = first;
    loop {
        add_spans(hours, location, zone, date, &mut spans);
        match date.tomorrow() {
            Ok(next) if date < last => date = next,
            _ => break,
        }
    }
    merge(&mut spans);
    spans.iter().any(|span| span.0 <= from && until <= span.1)
}

/// Which of the two, where the wall clock shows a time twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twice {
    First,
    Second,
}

/// When the wall clock reaches `wall`; where it jumps over it, the moment of the jump.
fn moment(zone: &TimeZone, wall: DateTime, twice: Twice) -> Timestamp {
    let at = |offset: jiff::tz::Offset| {
        offset.to_timestamp(wall).unwrap_or(if wall.year() < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    };
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } if twice == Twice::First => at(before),
        AmbiguousOffset::Fold { after, .. } => at(after),
        AmbiguousOffset::Gap { before, after } => {
            // With the new offset the wall time lies before the jump, with the old one after it.
            let early = at(after)
                .checked_sub(SignedDuration::from_secs(1))
                .unwrap_or(Timestamp::MIN);
            zone.following(early)
                .next()
                .map_or_else(|| at(before), |jump| jump.timestamp())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ZoneName, Zones};

    fn new_york() -> TimeZone {
        Zones::bundled().zone(&ZoneName::new("America/New_York")).unwrap()
    }
    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn sunday(from: &str, until: &str) -> WorkingHours {
        WorkingHours {
            location: LocationId(1),
            weekday: Weekday::Sunday,
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        }
    }
    fn open(hours: &[WorkingHours], day: &str) -> Vec<String> {
        let mut spans = Vec::new();
        add_spans(hours, LocationId(1), &new_york(), date(day), &mut spans);
        merge(&mut spans);
        spans
            .iter()
            .map(|(from, until)| format!("{from}–{until}"))
            .collect()
    }

    #[test]
    fn days_last_23_and_25_hours_when_clocks_change() {
        let length = |day| {
            let (from, until) = day_bounds(&new_york(), date(day));
            until.duration_since(from).as_hours()
        };
        assert_eq!(
            [length("2027-03-14"), length("2026-11-01"), length("2026-11-02")],
            [23, 25, 24]
        );
    }

    #[test]
    fn hours_that_begin_or_end_in_the_gap_do_so_at_the_jump() {
        assert_eq!(
            open(&[sunday("02:30", "06:00")], "2027-03-14"),
            ["2027-03-14T07:00:00Z–2027-03-14T10:00:00Z"]
        );
        assert_eq!(
            open(&[sunday("01:00", "02:30")], "2027-03-14"),
            ["2027-03-14T06:00:00Z–2027-03-14T07:00:00Z"]
        );
        assert!(open(&[sunday("02:10", "02:50")], "2027-03-14").is_empty());
    }

    #[test]
    fn hours_over_the_fold_hold_through_both_passes() {
        assert_eq!(
            open(&[sunday("01:00", "02:00")], "2026-11-01"),
            ["2026-11-01T05:00:00Z–2026-11-01T07:00:00Z"]
        );
    }

    #[test]
    fn midnight_at_the_end_is_written_as_zero_hours() {
        assert_eq!(
            open(&[sunday("22:00", "00:00")], "2026-11-08"),
            ["2026-11-09T03:00:00Z–2026-11-09T05:00:00Z"]
        );
    }

    #[test]
    fn stretches_that_touch_are_one() {
        let hours = [
            sunday("10:00", "12:00"),
            sunday("08:00", "10:00"),
            sunday("14:00", "15:00"),
        ];
        assert_eq!(open(&hours, "2026-11-08").len(), 2);
    }
}
