//! Dates, times and lengths in a calendar file.

use calcard::common::PartialDateTime;
use calcard::icalendar::{ICalendarDuration, ICalendarEntry, ICalendarPeriod, ICalendarValue};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::lines::{Property, shortened};

/// A point in time as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Day(Date),
    /// In the zone that the property names, or floating.
    Wall(DateTime),
    /// UTC, or with an offset of its own.
    Instant(Timestamp),
}

/// How long something lasts, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length {
    /// Days of the calendar, 23 to 25 hours long.
    pub days: i64,
    /// Elapsed.
    pub seconds: i64,
}

/// Years that a calendar of a practice can contain.
const YEARS: std::ops::RangeInclusive<i16> = 1601..=2200;

/// A date or date-time that exists in the calendar.
pub(crate) fn moment(read: &PartialDateTime) -> Result<Moment, ()> {
    let number = |part: Option<u8>| part.and_then(|part| i8::try_from(part).ok());
    let year = read
        .year
        .and_then(|year| i16::try_from(year).ok())
        .filter(|year| YEARS.contains(year))
        .ok_or(())?;
    let date = Date::new(year, number(read.month).ok_or(())?, number(read.day).ok_or(())?).map_err(|_| ())?;
    let Some(hour) = number(read.hour) else {
        return Ok(Moment::Day(date));
    };
    let minute = number(read.minute).unwrap_or(0);
    // A leap second is the last of its minute here.
    let second = number(read.second).unwrap_or(0).min(59);
    let wall = jiff::civil::Time::new(hour, minute, second, 0)
        .map_err(|_| ())?
        .on(date.year(), date.month(), date.day());
    let Some(offset_hours) = read.tz_hour else {
        return Ok(Moment::Wall(wall));
    };
    let seconds = i32::from(offset_hours) * 3600 + i32::from(read.tz_minute.unwrap_or(0)) * 60;
    let offset = Offset::from_seconds(if read.tz_minus { -seconds } else { seconds }).map_err(|_| ())?;
    offset.to_timestamp(wall).map(Moment::Instant).map_err(|_| ())
}

/// The value of `DTSTART` and its kind.
pub(crate) fn single(property: &Property) -> Result<Moment, String> {
    match list(property)?.as_slice() {
        [(at, None)] => Ok(*at),
        _ => Err(unreadable(property)),
    }
}

/// The values of `EXDATE` and `RDATE`; a period brings its length.
pub(crate) fn list(property: &Property) -> Result<Vec<(Moment, Option<Length>)>, String> {
    let bad = || unreadable(property);
    let entry: ICalendarEntry = property.entry().ok_or_else(bad)?;
    entry
        .values
        .iter()
        .map(|value| item(value).ok_or_else(bad))
        .collect()
}

fn item(value: &ICalendarValue) -> Option<(Moment, Option<Length>)> {
    match value {
        ICalendarValue::PartialDateTime(at) => Some((moment(at).ok()?, None)),
        ICalendarValue::Period(ICalendarPeriod::Duration { start, duration }) => {
            Some((moment(start).ok()?, Some(length(duration)?)))
        }
        ICalendarValue::Period(ICalendarPeriod::Range { start, end }) => {
            let (from, to) = (moment(start).ok()?, moment(end).ok()?);
            let seconds = match (from, to) {
                (Moment::Wall(from), Moment::Wall(to)) => to.duration_since(from).as_secs(),
                (Moment::Instant(from), Moment::Instant(to)) => to.duration_since(from).as_secs(),
                _ => return None,
            };
            (seconds >= 0).then_some((from, Some(Length { days: 0, seconds })))
        }
        _ => None,
    }
}

/// The value of `DURATION`; a negative one is not a length.
pub(crate) fn duration(property: &Property) -> Result<Length, String> {
    match property.entry().as_ref().and_then(|entry| entry.values.first()) {
        Some(ICalendarValue::Duration(duration)) => length(duration).ok_or_else(|| unreadable(property)),
        _ => Err(unreadable(property)),
    }
}

fn length(duration: &ICalendarDuration) -> Option<Length> {
    let days = i64::from(duration.weeks) * 7 + i64::from(duration.days);
    let seconds =
        i64::from(duration.hours) * 3600 + i64::from(duration.minutes) * 60 + i64::from(duration.seconds);
    let total = days.checked_mul(86_400)?.checked_add(seconds)?;
    // Longer than fifty years is a typing mistake; shorter than nothing is none.
    (total == 0 || !duration.neg)
        .then_some(Length { days, seconds })
        .filter(|_| total < 50 * 366 * 86_400)
}

/// `TZOFFSETFROM` and `TZOFFSETTO`: seconds east of UTC.
pub(crate) fn utc_offset(property: &Property) -> Result<Offset, String> {
    let bad = || unreadable(property);
    let text = property.value.trim();
    let (sign, digits) = match text.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return Err(bad()),
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let pair = |at: usize| {
        digits
            .get(at..at + 2)
            .and_then(|pair| pair.parse::<i32>().ok())
            .unwrap_or(0)
    };
    Offset::from_seconds(sign * (pair(0) * 3600 + pair(2) * 60 + pair(4))).map_err(|_| bad())
}

fn unreadable(property: &Property) -> String {
    format!(
        "{} “{}” is not one that exists or can be read",
        property.name,
        shortened(&property.value)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(text: &str) -> Property {
        Property::from_line(1, text).unwrap()
    }

    #[test]
    fn days_wall_times_and_instants() {
        let wall = |text: &str| Moment::Wall(text.parse().unwrap());
        assert_eq!(
            single(&property("DTSTART;VALUE=DATE:20260303")),
            Ok(Moment::Day(Date::constant(2026, 3, 3)))
        );
        assert_eq!(
            single(&property("DTSTART:20260303")),
            Ok(Moment::Day(Date::constant(2026, 3, 3)))
        );
        assert_eq!(
            single(&property("DTSTART;TZID=X:20260303T0900")),
            Ok(wall("2026-03-03T09:00"))
        );
        assert_eq!(
            single(&property("DTSTART:20260303T090060")),
            Ok(wall("2026-03-03T09:00:59"))
        );
        let instant = Moment::Instant("2026-03-03T09:00:00Z".parse().unwrap());
        assert_eq!(single(&property("DTSTART:20260303T090000Z")), Ok(instant));
        assert_eq!(single(&property("DTSTART:20260303T110000+0200")), Ok(instant));
    }

    #[test]
    fn what_does_not_exist_is_refused_and_named() {
        for text in [
            "20260230",
            "20261303T090000",
            "20260303T250000",
            "2026-03-03",
            "tomorrow",
            "",
            "00010101",
            "99990101T000000Z",
        ] {
            let error = single(&property(&format!("DTSTART:{text}"))).unwrap_err();
            assert!(error.starts_with("DTSTART “"), "{text}: {error}");
        }
    }

    #[test]
    fn lists_and_periods() {
        let found = list(&property("EXDATE;VALUE=DATE:20260303,20260310")).unwrap();
        assert_eq!(found.len(), 2);
        let found = list(&property(
            "RDATE;VALUE=PERIOD:20260303T090000Z/PT30M,20260304T090000Z/20260304T100000Z",
        ))
        .unwrap();
        assert_eq!(
            found
                .iter()
                .map(|(_, length)| length.unwrap().seconds)
                .collect::<Vec<_>>(),
            [1800, 3600]
        );
    }

    #[test]
    fn lengths_and_offsets() {
        let length = |text: &str| duration(&property(&format!("DURATION:{text}")));
        assert_eq!(
            length("P1DT2H"),
            Ok(Length {
                days: 1,
                seconds: 7200
            })
        );
        assert_eq!(length("PT0S"), Ok(Length { days: 0, seconds: 0 }));
        assert!(length("-PT5M").is_err());
        assert!(length("P99999999W").is_err());
        let offset = |text: &str| utc_offset(&property(&format!("TZOFFSETTO:{text}"))).map(Offset::seconds);
        assert_eq!(offset("-0330"), Ok(-12_600));
        assert_eq!(offset("+05:30"), Ok(19_800));
        assert_eq!(offset("-001736"), Ok(-1056));
        assert!(offset("0500").is_err());
        assert!(offset("+99999").is_err());
    }
}
