//! Opening and working hours: which stretches of a wall day are open, by alternate weeks and special days, and what
//! moments they are on days of 23, 24 or 25 hours. The one place that answers “when is X open at L on day D”.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::{
    BlockTarget, LocationId, OpenSpan, OperatoryId, ProviderId, Roster, Rota, SpecialDay, TimeBlock, Weekday,
    WorkingHours,
};

/// `[from, until)`.
pub type Span = (Timestamp, Timestamp);

/// Minutes of a wall day, `[from, until)`; 1440 is the midnight at its end.
pub type Minutes = (u16, u16);

const DAY: u16 = 24 * 60;

fn minutes_of(from: Time, until: Time) -> Minutes {
    let minute =
        |time: Time| u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
    let until = minute(until);
    (minute(from), if until == 0 { DAY } else { until })
}

/// A minute of the day as the wall clock shows it; 1440 is 00:00.
fn time_of(minute: u16) -> Time {
    let minute = minute % DAY;
    Time::constant((minute / 60) as i8, (minute % 60) as i8, 0, 0)
}

impl WorkingHours {
    /// Minutes of the wall day `[from, until)`. An `until` of 00:00 is the midnight at the day's end (1440).
    pub fn minutes(&self) -> Minutes {
        minutes_of(self.from, self.until)
    }
}

impl OpenSpan {
    /// Minutes of the wall day `[from, until)`. An `until` of 00:00 is the midnight at the day's end (1440).
    pub fn minutes(&self) -> Minutes {
        minutes_of(self.from, self.until)
    }

    /// The stretch that lasts these minutes of a wall day.
    pub fn of((from, until): Minutes) -> OpenSpan {
        OpenSpan {
            from: time_of(from),
            until: time_of(until),
        }
    }
}

impl Rota {
    /// Which week of the rotation a date is in: 0 for the record's own hours, else one more than the place in
    /// `other_weeks`. Weeks begin on Monday.
    pub fn week_of(&self, date: Date) -> usize {
        let Some(from) = self.weeks_from.filter(|_| !self.other_weeks.is_empty()) else {
            return 0;
        };
        let week = |date: Date| {
            let days = date.duration_since(Date::constant(1970, 1, 5)).as_hours() / 24;
            days.div_euclid(7)
        };
        let weeks = self.other_weeks.len() as i64 + 1;
        (week(date) - week(from)).rem_euclid(weeks) as usize
    }
}

/// When somebody works, or some place is open, at one location.
#[derive(Debug, Clone, Copy)]
pub struct Timetable<'a> {
    location: LocationId,
    /// Hours of the first week; none: open all day whatever the weekday, except on special days.
    hours: Option<&'a [WorkingHours]>,
    rota: &'a Rota,
}

impl Roster {
    /// When a location is open.
    pub fn location_timetable(&self, id: LocationId) -> Option<Timetable<'_>> {
        let record = self.location(id)?;
        Some(Timetable {
            location: id,
            hours: Some(&record.hours),
            rota: &record.rota,
        })
    }

    /// When a chair or room can be used. One without hours of its own can be used whenever its location is open.
    pub fn operatory_timetable(&self, id: OperatoryId) -> Option<Timetable<'_>> {
        let record = self.operatory(id)?;
        let has_own = !record.hours.is_empty() || record.rota.other_weeks.iter().any(|week| !week.is_empty());
        Some(Timetable {
            location: record.location,
            hours: has_own.then_some(&record.hours),
            rota: &record.rota,
        })
    }

    /// When a provider works at a location.
    pub fn provider_timetable(&self, id: ProviderId, location: LocationId) -> Option<Timetable<'_>> {
        let record = self.provider(id)?;
        Some(Timetable {
            location,
            hours: Some(&record.schedule.hours),
            rota: &record.rota,
        })
    }
}

impl Roster {
    /// Minutes of a date in which each operatory in use at a location can be used: while both the location and the operatory are
    /// open and neither is closed by one of `blocks`.
    pub fn operatory_minutes(
        &self,
        location: LocationId,
        zone: &TimeZone,
        date: Date,
        blocks: &[TimeBlock],
    ) -> Vec<(OperatoryId, u32)> {
        let of = |target| blocks.iter().filter(move |block| block.target == target);
        let Some(place) = self.location_timetable(location) else {
            return Vec::new();
        };
        let open = place.open_without(zone, date, of(BlockTarget::Location(location)));
        self.operatories
            .values()
            .filter(|chair| chair.location == location && chair.is_active)
            .filter_map(|chair| {
                let own = self.operatory_timetable(chair.id)?;
                let own = own.open_without(zone, date, of(BlockTarget::Operatory(chair.id)));
                Some((chair.id, common_minutes(&open, &own)))
            })
            .collect()
    }

    /// Minutes of a date in which each provider in use is in at a location; those who are not in are left out.
    pub fn provider_minutes(
        &self,
        location: LocationId,
        zone: &TimeZone,
        date: Date,
        blocks: &[TimeBlock],
    ) -> Vec<(ProviderId, u32)> {
        self.providers
            .values()
            .filter(|provider| provider.is_active)
            .filter_map(|provider| {
                let own = self.provider_timetable(provider.id, location)?;
                let own = own.open_without(
                    zone,
                    date,
                    blocks
                        .iter()
                        .filter(|block| block.target == BlockTarget::Provider(provider.id)),
                );
                let minutes: u32 = own
                    .iter()
                    .map(|span| u32::from(span.1.saturating_sub(span.0)))
                    .sum();
                (minutes > 0).then_some((provider.id, minutes))
            })
            .collect()
    }
}

/// How many minutes are in both.
fn common_minutes(some: &[Minutes], others: &[Minutes]) -> u32 {
    let common = |a: &Minutes, b: &Minutes| u32::from(a.1.min(b.1).saturating_sub(a.0.max(b.0)));
    some.iter()
        .flat_map(|span| others.iter().map(move |other| common(span, other)))
        .sum()
}

impl<'a> Timetable<'a> {
    /// What holds on this date instead of the week's hours, if anything does.
    pub fn special_day(&self, date: Date) -> Option<&'a SpecialDay> {
        self.rota
            .special_days
            .iter()
            .find(|day| day.date == date && day.location.is_none_or(|location| location == self.location))
    }

    /// The open stretches of a date in minutes of its wall day: in order, joined where they touch. Whether somebody is
    /// away is not asked here: see [`Timetable::open_without`].
    pub fn open_on(&self, date: Date) -> Vec<Minutes> {
        let mut open: Vec<Minutes> = match (self.special_day(date), self.hours) {
            (Some(day), _) => day.open.iter().map(OpenSpan::minutes).collect(),
            (None, None) => vec![(0, DAY)],
            (None, Some(hours)) => {
                let weekday = Weekday::of(date);
                let week = match self.rota.week_of(date) {
                    0 => hours,
                    other => &self.rota.other_weeks[other - 1],
                };
                week.iter()
                    .filter(|span| span.location == self.location && span.weekday == weekday)
                    .map(WorkingHours::minutes)
                    .collect()
            }
        };
        open.retain(|span| span.0 < span.1);
        open.sort_unstable();
        join(&mut open);
        open
    }

    /// The open stretches of a date without the absences among `blocks`, in minutes of its wall day. Which blocks concern
    /// this timetable the caller knows.
    pub fn open_without<'b>(
        &self,
        zone: &TimeZone,
        date: Date,
        blocks: impl IntoIterator<Item = &'b TimeBlock>,
    ) -> Vec<Minutes> {
        let mut open = self.open_on(date);
        for block in blocks.into_iter().filter(|block| block.absence.is_some()) {
            let Some((from, until)) = wall_minutes(zone, date, (block.starts_at.instant(), block.ends_at()))
            else {
                continue;
            };
            open = open
                .into_iter()
                .flat_map(|span| [(span.0, span.1.min(from)), (span.0.max(until), span.1)])
                .filter(|span| span.0 < span.1)
                .collect();
        }
        open
    }

    /// The open stretches of a date as the clock shows them.
    pub(crate) fn spans_on(&self, date: Date) -> Vec<OpenSpan> {
        self.open_on(date).into_iter().map(OpenSpan::of).collect()
    }

    /// The open stretches of a weekday in any week of the rotation; special days do not count.
    pub(crate) fn weekly(&self, weekday: Weekday) -> Vec<Minutes> {
        let Some(hours) = self.hours else {
            return vec![(0, DAY)];
        };
        let weeks = hours.iter().chain(self.rota.other_weeks.iter().flatten());
        let mut open: Vec<Minutes> = weeks
            .filter(|span| span.location == self.location && span.weekday == weekday)
            .map(WorkingHours::minutes)
            .filter(|span| span.0 < span.1)
            .collect();
        open.sort_unstable();
        join(&mut open);
        open
    }

    /// Whether there is any date with hours.
    pub(crate) fn is_ever_open(&self) -> bool {
        let here = |span: &WorkingHours| span.location == self.location;
        self.hours.is_none_or(|hours| hours.iter().any(here))
            || self.rota.other_weeks.iter().flatten().any(here)
            || self.rota.special_days.iter().any(|day| !day.open.is_empty())
    }

    /// Whether there is any date on which it is not open all day.
    pub(crate) fn narrows(&self) -> bool {
        self.hours.is_some() || !self.rota.special_days.is_empty()
    }

    /// The open stretches of one wall day as moments, added to `spans` unsorted. Hours that begin or end at a time
    /// that the clock skips do so at the jump; hours over a time that it shows twice hold through both passes.
    pub(crate) fn add_spans(&self, zone: &TimeZone, date: Date, spans: &mut Vec<Span>) {
        let mut bounds = None;
        for (from, until) in self.open_on(date) {
            let (day_from, day_until) = *bounds.get_or_insert_with(|| day_bounds(zone, date));
            let from = moment(zone, date.to_datetime(time_of(from)), Twice::First).max(day_from);
            let until = match until {
                DAY => day_until,
                _ => moment(zone, date.to_datetime(time_of(until)), Twice::Second).min(day_until),
            };
            if from < until {
                spans.push((from, until));
            }
        }
    }

    /// Whether `[from, until)` lies within the hours of the wall days it touches.
    pub(crate) fn covers(&self, zone: &TimeZone, (first, last): (Date, Date), (from, until): Span) -> bool {
        let mut spans = Vec::with_capacity(4);
        let mut date = first;
        loop {
            self.add_spans(zone, date, &mut spans);
            match date.tomorrow() {
                Ok(next) if date < last => date = next,
                _ => break,
            }
        }
        merge(&mut spans);
        spans.iter().any(|span| span.0 <= from && until <= span.1)
    }
}

fn join(sorted: &mut Vec<Minutes>) {
    sorted.dedup_by(|next, kept| {
        let joins = next.0 <= kept.1;
        if joins {
            kept.1 = kept.1.max(next.1);
        }
        joins
    });
}

/// What the clock of a wall day shows while a stretch lasts; none if it does not reach into the day.
fn wall_minutes(zone: &TimeZone, date: Date, (from, until): Span) -> Option<Minutes> {
    let (day_from, day_until) = day_bounds(zone, date);
    let (from, until) = (from.max(day_from), until.min(day_until));
    let minute = |at: Timestamp| {
        let wall = zone.to_datetime(at);
        u16::from(wall.hour().unsigned_abs()) * 60 + u16::from(wall.minute().unsigned_abs())
    };
    (from < until).then(|| (minute(from), if until == day_until { DAY } else { minute(until) }))
}

/// The first and last moment of a wall day: 23, 24 or 25 hours apart, or none at all where a zone skipped
/// the day.
pub fn day_bounds(zone: &TimeZone, date: Date) -> Span {
    let first = moment(zone, date.to_datetime(Time::midnight()), Twice::First);
    let next = date.tomorrow().map_or(Timestamp::MAX, |next| {
        moment(zone, next.to_datetime(Time::midnight()), Twice::First)
    });
    (first, next.max(first))
}

/// The moments of part of a wall day; an `until` of midnight is the day's end. What the clock skips is at the jump, what it
/// shows twice counts both times.
pub(crate) fn wall_span(zone: &TimeZone, date: Date, from: Time, until: Time) -> Span {
    let from = moment(zone, date.to_datetime(from), Twice::First);
    let until = if until == Time::midnight() {
        day_bounds(zone, date).1
    } else {
        moment(zone, date.to_datetime(until), Twice::Second)
    };
    (from, until)
}

/// The same for minutes of the wall day; 1440 is the day's end.
pub(crate) fn wall_minutes_span(zone: &TimeZone, date: Date, (from, until): Minutes) -> Span {
    let from = moment(zone, date.to_datetime(time_of(from)), Twice::First);
    let until = if until >= DAY {
        day_bounds(zone, date).1
    } else {
        moment(zone, date.to_datetime(time_of(until)), Twice::Second)
    };
    (from, until.max(from))
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
    fn table<'a>(hours: &'a [WorkingHours], rota: &'a Rota) -> Timetable<'a> {
        Timetable {
            location: LocationId(1),
            hours: Some(hours),
            rota,
        }
    }
    fn open(hours: &[WorkingHours], day: &str) -> Vec<String> {
        let mut spans = Vec::new();
        table(hours, &Rota::default()).add_spans(&new_york(), date(day), &mut spans);
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

    fn words(open: Vec<Minutes>) -> String {
        let clock = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
        let spans: Vec<String> = open
            .iter()
            .map(|(from, until)| format!("{}–{}", clock(*from), clock(*until)))
            .collect();
        spans.join(" ")
    }

    #[test]
    fn weeks_alternate_from_monday_to_sunday_before_and_after_their_beginning() {
        let first = [sunday("08:00", "12:00")];
        let rota = Rota {
            other_weeks: vec![vec![sunday("13:00", "17:00")], Vec::new()],
            // A Wednesday: its week is the first from its Monday on.
            weeks_from: Some(date("2026-11-04")),
            ..Rota::default()
        };
        let table = table(&first, &rota);
        let sundays = [
            "2026-10-18",
            "2026-10-25",
            "2026-11-01",
            "2026-11-08",
            "2026-11-15",
            "2026-11-22",
            "2026-11-29",
        ];
        assert_eq!(
            sundays.map(|day| words(table.open_on(date(day)))),
            [
                "8:00–12:00",
                "13:00–17:00",
                "",
                "8:00–12:00",
                "13:00–17:00",
                "",
                "8:00–12:00"
            ]
        );
    }

    #[test]
    fn a_special_day_replaces_the_weeks_hours_at_its_location_only() {
        let hours = [sunday("08:00", "12:00")];
        let day = |location| SpecialDay {
            date: date("2026-11-08"),
            location,
            title: "Open house".to_owned(),
            open: vec![OpenSpan::of((600, 660)), OpenSpan::of((660, 1440))],
        };
        let with = |location| Rota {
            special_days: vec![day(location)],
            ..Rota::default()
        };
        let on = |rota: &Rota, day: &str| words(table(&hours, rota).open_on(date(day)));
        assert_eq!(on(&with(None), "2026-11-08"), "10:00–24:00");
        assert_eq!(on(&with(None), "2026-11-15"), "8:00–12:00");
        assert_eq!(on(&with(Some(LocationId(2))), "2026-11-08"), "8:00–12:00");
        let closed = Rota {
            special_days: vec![SpecialDay {
                open: Vec::new(),
                ..day(None)
            }],
            ..Rota::default()
        };
        assert_eq!(on(&closed, "2026-11-08"), "");
    }
}
