//! Units of five minutes, and where the wall clock lets a visit begin in them.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::OpeningRequest;
use super::bits::Bits;
use super::busy::{DAY_MINUTES, minute_of};
use crate::hours::{Timetable, merge};
use crate::{TimePattern, Weekday};

pub(super) const UNIT: i32 = TimePattern::UNIT_MINUTES as i32;
pub(super) const DAY_UNITS: i32 = DAY_MINUTES / UNIT;

/// The stretch of time that the rows of bits speak about.
#[derive(Clone, Copy)]
pub(super) struct Units {
    /// Day since 1970 UTC of bit 0.
    pub first_day: i32,
    pub count: usize,
}

impl Units {
    pub fn minute(self) -> i32 {
        self.first_day * DAY_MINUTES
    }

    /// The unit that begins at or before a minute.
    pub fn floor(self, minute: i32) -> i64 {
        i64::from(minute - self.minute()).div_euclid(UNIT.into())
    }

    /// The first unit that begins at or after a minute.
    pub fn ceil(self, minute: i32) -> i64 {
        self.floor(minute + UNIT - 1)
    }

    pub fn instant(self, unit: i64) -> Timestamp {
        let second = (i64::from(self.minute()) + unit * i64::from(UNIT)) * 60;
        Timestamp::from_second(second).expect("plausible years are inside the range of instants")
    }

    pub fn minutes_at(self, unit: i64) -> i32 {
        self.minute() + unit as i32 * UNIT
    }
}

/// Hours of the searched days and the one after (for visits that reach over midnight).
pub(super) fn open_bits(table: &Timetable<'_>, zone: &TimeZone, dates: &[Date], span: Units) -> Bits {
    let mut spans = Vec::with_capacity(dates.len() * 2);
    let next = dates.last().and_then(|last| last.tomorrow().ok());
    for date in dates.iter().copied().chain(next) {
        table.add_spans(zone, date, &mut spans);
    }
    merge(&mut spans);
    let mut bits = Bits::none(span.count);
    for (from, until) in spans {
        bits.set(span.ceil(minute_of(from)), span.floor(minute_of(until)));
    }
    bits
}

/// Where the wall clock shows a time at which a visit may begin.
pub(super) struct Grid<'a> {
    pub request: &'a OpeningRequest,
    pub increment: i32,
    /// How long the visit is.
    pub length_minutes: i32,
    /// Minutes since 1970 UTC, rounded up.
    pub now: i32,
}

impl Grid<'_> {
    pub fn starts(&self, zone: &TimeZone, span: Units, dates: &[Date], days: &[(i64, i64)]) -> Bits {
        let mut bits = Bits::none(span.count);
        for (date, &(from, until)) in dates.iter().zip(days) {
            let wanted = self
                .request
                .weekdays
                .as_ref()
                .is_none_or(|days| days.contains(&Weekday::of(*date)));
            if !wanted || from >= until || span.minutes_at(until) <= self.now {
                continue;
            }
            // The offset changes within a day at most on a few days of the year: then it is asked each time.
            let (begin, end) = (
                zone.to_offset(span.instant(from)),
                zone.to_offset(span.instant(until - 1)),
            );
            let is_even = begin == end && until - from == i64::from(DAY_UNITS);
            let offset_at = |unit: i64| {
                if is_even && unit < until {
                    begin
                } else {
                    zone.to_offset(span.instant(unit))
                }
            };
            for unit in from..until {
                let minute = span.minutes_at(unit);
                let offset = offset_at(unit).seconds();
                if !self.may_begin(minute, offset) {
                    continue;
                }
                let end = || offset_at(unit + i64::from(self.length_minutes / UNIT)).seconds();
                if self.is_over_in_time(minute, offset, end) {
                    bits.put(unit);
                }
            }
        }
        bits
    }

    fn may_begin(&self, minute: i32, offset_seconds: i32) -> bool {
        let wall = wall_minute(minute, offset_seconds).rem_euclid(DAY_MINUTES);
        offset_seconds % 60 == 0
            && wall % self.increment == 0
            && minute >= self.now
            && self
                .request
                .after
                .is_none_or(|after| wall >= minute_of_day(after))
    }

    /// By the clock on the wall when the visit ends, on the day on which it begins.
    fn is_over_in_time(&self, minute: i32, offset_seconds: i32, end_offset: impl FnOnce() -> i32) -> bool {
        let Some(before) = self.request.before else {
            return true;
        };
        let midnight = wall_minute(minute, offset_seconds).div_euclid(DAY_MINUTES) * DAY_MINUTES;
        wall_minute(minute + self.length_minutes, end_offset()) <= midnight + minute_of_day(before)
    }
}

/// Minutes since 1970 on the wall.
fn wall_minute(minute: i32, offset_seconds: i32) -> i32 {
    minute + offset_seconds.div_euclid(60)
}

fn minute_of_day(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}
