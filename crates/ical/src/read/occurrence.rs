//! One occurrence: how long it lasts, when that is at the location, whether it is in the days asked for.

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Span, Timestamp};

use super::event::{End, Event};
use super::series::Reading;
use super::value::{Length, Moment};
use super::zone::SourceZone;
use super::{EventKind, EventStatus, ImportedEvent, When};

/// How long an event lasts, once its zone is known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lasts {
    Days(i64),
    Seconds(i64),
    /// Days of the wall calendar, then seconds.
    Wall(Length),
}

impl Reading<'_> {
    /// Adds one occurrence if it is in the days asked for.
    pub(super) fn occurrence(
        &mut self,
        event: &Event,
        wall: DateTime,
        zone: &SourceZone,
        length: Option<Length>,
        kind: EventKind,
        recurrence_id: Option<String>,
        found: &mut Vec<(Timestamp, ImportedEvent)>,
    ) {
        let lasts = match length.map_or_else(|| self.lasts(event, zone), |length| Ok(Lasts::Wall(length))) {
            Ok(lasts) => lasts,
            Err(reason) => {
                // Once for a series, not once for each day.
                if !self
                    .calendar
                    .problems
                    .iter()
                    .rev()
                    .take(3)
                    .any(|problem| problem.line == event.line && problem.reason == reason)
                {
                    self.lost(event.line, reason);
                }
                return;
            }
        };
        let Some((at, when)) = self.when(event, wall, zone, lasts) else {
            return;
        };
        if !self.is_inside(&when) {
            return;
        }
        let is_cancelled = self.calendar.method.as_deref() == Some("CANCEL");
        let source_zone = matches!(event.start.moment, Moment::Wall(_))
            .then(|| event.start.zone.clone())
            .flatten();
        found.push((
            at,
            ImportedEvent {
                line: event.line,
                uid: event.uid.clone(),
                recurrence_id,
                kind,
                summary: event.summary.clone(),
                description: event.description.clone(),
                location: event.location.clone(),
                organizer: event.organizer.clone(),
                attendees: event.attendees.clone(),
                when,
                status: if is_cancelled {
                    EventStatus::Cancelled
                } else {
                    event.status
                },
                transparency: event.transparency,
                sequence: event.sequence,
                source_zone,
            },
        ));
    }

    fn when(
        &self,
        event: &Event,
        wall: DateTime,
        zone: &SourceZone,
        lasts: Lasts,
    ) -> Option<(Timestamp, When)> {
        let instant = zone.instant(wall, self.zones)?;
        let seconds = match lasts {
            Lasts::Days(days) => {
                return Some((
                    instant,
                    When::AllDay {
                        first: wall.date(),
                        days: u32::try_from(days).ok()?,
                    },
                ));
            }
            Lasts::Seconds(seconds) => seconds,
            Lasts::Wall(length) => {
                let later = wall.checked_add(Span::new().days(length.days)).ok()?;
                zone.instant(later, self.zones)?.duration_since(instant).as_secs() + length.seconds
            }
        };
        let end = instant.checked_add(SignedDuration::from_secs(seconds)).ok()?;
        if event.is_marked_all_day && seconds > 0 {
            let last = zone.wall(end, self.zones)?;
            if wall.time() == Time::midnight() && last.time() == Time::midnight() {
                let days = wall.date().until(last.date()).ok()?.get_days();
                return Some((
                    instant,
                    When::AllDay {
                        first: wall.date(),
                        days: u32::try_from(days).ok()?,
                    },
                ));
            }
        }
        // Our starts are whole minutes; an end in the middle of a minute still takes it.
        let from_minute = instant.as_second().div_euclid(60);
        let to_minute = (end.as_second() + 59).div_euclid(60);
        let starts_at = self
            .zones
            .at(Timestamp::from_second(from_minute * 60).ok()?, self.options.zone)
            .ok()?;
        let length_minutes = if seconds == 0 {
            0
        } else {
            u32::try_from(to_minute - from_minute).ok()?
        };
        Some((
            instant,
            When::Timed {
                starts_at,
                length_minutes,
            },
        ))
    }

    fn is_inside(&self, when: &When) -> bool {
        let (first, last) = match when {
            When::AllDay { first, days } => (
                *first,
                first.saturating_add(Span::new().days(i64::from(*days).saturating_sub(1).max(0))),
            ),
            When::Timed {
                starts_at,
                length_minutes,
            } => {
                // Its last minute, so that an end at midnight is not the next day.
                let minutes = i32::try_from(length_minutes.saturating_sub(1)).unwrap_or(i32::MAX);
                let last = self.zones.after_minutes(starts_at, minutes);
                (
                    starts_at.date(),
                    last.map_or(starts_at.date(), |last| last.date()),
                )
            }
        };
        first <= self.options.to && last >= self.options.from
    }

    pub(super) fn lasts(&mut self, event: &Event, zone: &SourceZone) -> Result<Lasts, String> {
        let backwards = || "this event ends before it begins".to_owned();
        let lasts = match (&event.end, event.start.moment) {
            (End::Unsaid, Moment::Day(_)) => Lasts::Days(1),
            (End::Unsaid, _) => Lasts::Seconds(0),
            (End::After(length), Moment::Day(_)) => {
                Lasts::Days((length.days + (length.seconds + 86_399) / 86_400).max(1))
            }
            (End::After(length), _) => Lasts::Wall(*length),
            (End::At(end), Moment::Day(first)) => {
                let end_zone = self.zone_of(end)?;
                let last = self.wall(end.moment, &end_zone).ok_or_else(backwards)?;
                let extra = i64::from(last.time() != Time::midnight());
                let days = i64::from(first.until(last.date()).map_or(-1, |span| span.get_days())) + extra;
                // An end on the same day is written by programs that count it in.
                if days < 0 {
                    return Err(backwards());
                } else {
                    Lasts::Days(days.max(1))
                }
            }
            (End::At(end), _) => {
                let end_zone = if end.zone.is_none() && !matches!(end.moment, Moment::Instant(_)) {
                    zone.clone()
                } else {
                    self.zone_of(end)?
                };
                let instant = |moment, zone: &SourceZone| {
                    self.wall(moment, zone)
                        .and_then(|wall| zone.instant(wall, self.zones))
                };
                match (instant(event.start.moment, zone), instant(end.moment, &end_zone)) {
                    (Some(start), Some(end)) if end >= start => {
                        Lasts::Seconds(end.duration_since(start).as_secs())
                    }
                    _ => return Err(backwards()),
                }
            }
        };
        Ok(lasts)
    }
}
