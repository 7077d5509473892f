//! A wall day as it passes: 23, 24 or 25 hours, counted from its first moment.

use clinic::{ZoneName, Zones};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use paper::{DayClock, Span, Stretch};

use crate::DeskError;
use crate::api::{self, MinuteSpan};

pub(crate) struct WallDay {
    date: Date,
    zone: TimeZone,
    from: Timestamp,
    until: Timestamp,
}

impl WallDay {
    pub(crate) fn new(date: Date, zone: &ZoneName, zones: &Zones) -> Result<WallDay, DeskError> {
        let zone = zones
            .zone(zone)
            .map_err(|error| DeskError::new("unknown_zone", format!("{error}.")).field("location"))?;
        // Where the clock jumps at midnight the day begins after the jump.
        let first_moment = |date: Date| zone.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
        let bounds = (|| {
            Some((
                first_moment(date).ok()?,
                first_moment(date.tomorrow().ok()?).ok()?,
            ))
        })();
        let (from, until) = bounds.ok_or_else(|| {
            DeskError::new("out_of_range", format!("{date} is beyond what calendars hold.")).field("date")
        })?;
        Ok(WallDay {
            date,
            zone,
            from,
            until,
        })
    }

    /// `EST`, at noon.
    pub(super) fn abbreviation(&self) -> String {
        let noon = self.from + jiff::SignedDuration::from_hours(12);
        self.zone.to_offset_info(noon).abbreviation().to_owned()
    }

    /// Minutes since the day began, at most its length.
    pub(super) fn minute(&self, at: Timestamp) -> u16 {
        let at = at.clamp(self.from, self.until);
        u16::try_from(at.duration_since(self.from).as_mins()).unwrap_or(u16::MAX)
    }

    /// Part of this day.
    pub(super) fn span(&self, from: Timestamp, until: Timestamp) -> Span {
        Span {
            from: self.minute(from),
            until: self.minute(until),
        }
    }

    /// Hours as the wall shows them. What the clock jumps over begins after the jump.
    pub(super) fn hours(&self, spans: &[MinuteSpan]) -> Vec<Span> {
        let minute = |wall: u16| {
            let (hour, minute) = (wall / 60, wall % 60);
            let time = i8::try_from(hour).ok().zip(i8::try_from(minute).ok());
            let moment = time
                .filter(|(hour, _)| *hour < 24)
                .and_then(|(hour, minute)| self.zone.to_timestamp(self.date.at(hour, minute, 0, 0)).ok());
            moment.map_or_else(|| self.minute(self.until), |moment| self.minute(moment))
        };
        spans
            .iter()
            .map(|span| Span {
                from: minute(span.from),
                until: minute(span.until),
            })
            .filter(|span| span.until > span.from)
            .collect()
    }

    /// The clock as the screen is told it; none on a day like any other.
    pub(crate) fn if_set(&self) -> Option<api::DayClock> {
        let is_usual = self.zone.to_offset(self.from) == self.zone.to_offset(self.until)
            && self.until.duration_since(self.from).as_mins() == 24 * 60;
        if is_usual {
            return None;
        }
        let DayClock { stretches, minutes } = self.clock();
        let stretches = stretches
            .into_iter()
            .map(|Stretch { from, wall, zone }| api::ClockStretch { from, wall, zone })
            .collect();
        Some(api::DayClock { minutes, stretches })
    }

    pub(super) fn clock(&self) -> DayClock {
        let stretch = |at: Timestamp| {
            let info = self.zone.to_offset_info(at);
            let wall = info.offset().to_datetime(at);
            Stretch {
                from: self.minute(at),
                wall: u16::from(wall.hour().unsigned_abs()) * 60 + u16::from(wall.minute().unsigned_abs()),
                zone: info.abbreviation().to_owned(),
            }
        };
        let mut stretches = vec![stretch(self.from)];
        let mut offset = self.zone.to_offset(self.from);
        for change in self.zone.following(self.from) {
            if change.timestamp() >= self.until {
                break;
            }
            // Zones also change their names or rules without the clock moving.
            if change.offset() != offset && change.timestamp() > self.from {
                stretches.push(stretch(change.timestamp()));
            }
            offset = change.offset();
        }
        DayClock {
            stretches,
            minutes: self.minute(self.until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(date: &str, zone: &str) -> WallDay {
        WallDay::new(date.parse().unwrap(), &ZoneName::new(zone), &Zones::bundled()).unwrap()
    }

    fn told(day: &WallDay) -> (u16, Vec<(u16, u16, String)>) {
        let clock = day.clock();
        let stretches = clock.stretches.into_iter();
        (
            clock.minutes,
            stretches.map(|part| (part.from, part.wall, part.zone)).collect(),
        )
    }

    #[test]
    fn days_have_the_hours_that_pass() {
        let part = |from, wall, zone: &str| (from, wall, zone.to_owned());
        let york = "America/New_York";
        assert_eq!(told(&day("2026-03-03", york)), (1440, vec![part(0, 0, "EST")]));
        assert_eq!(
            told(&day("2026-03-08", york)),
            (1380, vec![part(0, 0, "EST"), part(120, 180, "EDT")])
        );
        assert_eq!(
            told(&day("2026-11-01", york)),
            (1500, vec![part(0, 0, "EDT"), part(120, 60, "EST")])
        );
        // The clock goes back half an hour.
        assert_eq!(told(&day("2026-04-05", "Australia/Lord_Howe")).0, 1470);
        // The night in which the clock jumps from midnight to one has no midnight.
        assert_eq!(
            told(&day("2026-09-06", "America/Santiago")),
            (1380, vec![part(0, 60, "-03")])
        );
    }

    #[test]
    fn hours_of_the_wall_are_found_on_both_sides_of_a_jump() {
        let hours = |date: &str, from, until| {
            let spans = day(date, "America/New_York").hours(&[MinuteSpan { from, until }]);
            spans.first().map(|span| (span.from, span.until))
        };
        assert_eq!(hours("2026-03-03", 480, 1020), Some((480, 1020)));
        assert_eq!(hours("2026-03-08", 480, 1020), Some((420, 960)));
        assert_eq!(hours("2026-11-01", 480, 1440), Some((540, 1500)));
        assert_eq!(hours("2026-03-03", 480, 480), None);
    }

    #[test]
    fn the_screen_hears_of_the_clock_only_when_it_is_set() {
        let york = "America/New_York";
        assert_eq!(day("2026-11-24", york).if_set(), None);
        let clock = day("2026-11-01", york).if_set().unwrap();
        assert_eq!(clock.minutes, 1500);
        let told: Vec<_> = clock
            .stretches
            .iter()
            .map(|part| (part.from, part.wall, part.zone.as_str()))
            .collect();
        assert_eq!(told, [(0, 0, "EDT"), (120, 60, "EST")]);
        assert_eq!(day("2026-03-08", york).if_set().unwrap().minutes, 1380);
        assert_eq!(
            day("2026-09-06", "America/Santiago").if_set().unwrap().stretches[0].wall,
            60
        );
    }
}
