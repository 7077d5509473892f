//! From events to occurrences: series are played out, changed and cancelled occurrences put in their
//! places, everything moved into the location's zone and cut to the days asked for.

use std::collections::{HashMap, HashSet};

use clinic::{ZoneName, Zones};
use jiff::civil::{Date, DateTime};
use jiff::{Span, Timestamp};

use super::components::RawEvent;
use super::event::{Event, Zoned};
use super::occurrence::Lasts;
use super::value::{Length, Moment};
use super::zone::{SourceZone, ZoneFinder};
use super::{EventKind, ImportedCalendar, ImportedEvent, Problem, ReadOptions, Severity};
use crate::rule::Budget;

/// One file being read.
pub(crate) struct Reading<'a> {
    pub(super) options: &'a ReadOptions<'a>,
    pub(super) zones: &'a Zones,
    finder: ZoneFinder<'a>,
    budget: Budget,
    pub(super) calendar: ImportedCalendar,
}

/// Which occurrence of a series is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    At(Timestamp),
    Day(Date),
}

/// Events with one `UID`.
#[derive(Default)]
struct Family {
    master: Option<Event>,
    changed: Vec<Event>,
}

impl<'a> Reading<'a> {
    pub fn new(
        options: &'a ReadOptions<'a>,
        zones: &'a Zones,
        finder: ZoneFinder<'a>,
        budget: Budget,
        calendar: ImportedCalendar,
    ) -> Self {
        Self {
            options,
            zones,
            finder,
            budget,
            calendar,
        }
    }

    pub fn finish(mut self) -> ImportedCalendar {
        self.calendar.problems.sort_by_key(|problem| problem.line);
        self.calendar
    }

    pub fn read(&mut self, events: &[RawEvent]) {
        let mut order: Vec<String> = Vec::new();
        let mut families: HashMap<String, Family> = HashMap::new();
        for raw in events {
            let Some(event) = Event::read(raw, &mut self.calendar.problems) else {
                continue;
            };
            let family = families.entry(event.uid.clone()).or_insert_with(|| {
                order.push(event.uid.clone());
                Family::default()
            });
            if event.recurrence.is_some() {
                family.changed.push(event);
            } else if let Some(known) = &mut family.master {
                let older = if is_newer(&event, known) {
                    std::mem::replace(known, event)
                } else {
                    event
                };
                self.calendar.problems.push(older_copy(&older));
            } else {
                family.master = Some(event);
            }
        }
        for uid in order {
            let family = families
                .remove(&uid)
                .expect("every name in the order has its family");
            self.family(family);
            if self.calendar.is_cut {
                break;
            }
        }
    }

    fn family(&mut self, family: Family) {
        let master_zone = match &family.master {
            Some(master) => match self.zone_of(&master.start) {
                Ok(zone) => Some(zone),
                Err(reason) => {
                    self.lost(master.line, reason);
                    None
                }
            },
            None => None,
        };
        let mut found: Vec<(Timestamp, ImportedEvent)> = Vec::new();
        let mut taken: HashMap<Place, Event> = HashMap::new();
        for event in family.changed {
            let recurrence = event
                .recurrence
                .clone()
                .expect("only events with a recurrence id are put here");
            let zone = match (&master_zone, self.zone_of(&recurrence)) {
                (_, Ok(zone)) => zone,
                (Some(zone), Err(_)) => zone.clone(),
                (None, Err(reason)) => {
                    self.lost(event.line, reason);
                    continue;
                }
            };
            let is_of_days = family
                .master
                .as_ref()
                .is_some_and(|master| matches!(master.start.moment, Moment::Day(_)));
            let Some(place) = self.place(recurrence.moment, &zone, is_of_days) else {
                self.lost(event.line, "its RECURRENCE-ID is outside the calendar".to_owned());
                continue;
            };
            if let Some(known) = taken.get(&place) {
                let is_newer = is_newer(&event, known);
                let older = if is_newer {
                    taken.insert(place, event)
                } else {
                    Some(event)
                };
                self.calendar.problems.extend(older.as_ref().map(older_copy));
            } else {
                taken.insert(place, event);
            }
        }
        let places: HashSet<Place> = taken.keys().copied().collect();
        for (place, event) in taken {
            let zone = master_zone.as_ref();
            let id = self.recurrence_id(place, family.master.as_ref(), zone, &event);
            match self.zone_of(&event.start) {
                Ok(own_zone) => {
                    let Some(wall) = self.wall(event.start.moment, &own_zone) else {
                        continue;
                    };
                    self.occurrence(
                        &event,
                        wall,
                        &own_zone,
                        None,
                        EventKind::Changed,
                        Some(id),
                        &mut found,
                    );
                }
                Err(reason) => self.lost(event.line, reason),
            }
        }
        if let (Some(master), Some(zone)) = (&family.master, &master_zone) {
            self.master(master, zone, &places, &mut found);
        }
        if found.is_empty() {
            self.calendar.outside += usize::from(family.master.is_some() && master_zone.is_some());
            return;
        }
        found.sort_by(|(a, first), (b, second)| {
            a.cmp(b)
                .then_with(|| first.recurrence_id.cmp(&second.recurrence_id))
        });
        let room = self.options.max_events.saturating_sub(self.calendar.events.len());
        if found.len() > room {
            let reason = format!(
                "there are more than {} events in these days; the rest was not read",
                self.options.max_events
            );
            self.lost(found[room.min(found.len() - 1)].1.line, reason);
            self.calendar.is_cut = true;
        }
        self.calendar
            .events
            .extend(found.into_iter().take(room).map(|(_, event)| event));
    }

    /// The event itself, or all its occurrences that nobody changed.
    fn master(
        &mut self,
        master: &Event,
        zone: &SourceZone,
        changed: &HashSet<Place>,
        found: &mut Vec<(Timestamp, ImportedEvent)>,
    ) {
        let Some(start) = self.wall(master.start.moment, zone) else {
            return;
        };
        if !master.repeats() {
            self.occurrence(master, start, zone, None, EventKind::Single, None, found);
            return;
        }
        let is_of_days = matches!(master.start.moment, Moment::Day(_));
        let except: HashSet<Place> = master
            .except
            .iter()
            .filter_map(|except| {
                let zone = if except.zone.is_some() {
                    self.zone_of(except).unwrap_or_else(|_| zone.clone())
                } else {
                    zone.clone()
                };
                self.place(except.moment, &zone, is_of_days)
            })
            .collect();
        let mut walls = self.by_rules(master, start, zone);
        for (extra, length) in &master.extra {
            let own = self.zone_of(extra).unwrap_or_else(|_| zone.clone());
            let instant = self
                .wall(extra.moment, &own)
                .and_then(|wall| own.instant(wall, self.zones));
            walls.extend(
                instant
                    .and_then(|instant| zone.wall(instant, self.zones))
                    .map(|wall| (wall, *length)),
            );
        }
        walls.sort_by_key(|(wall, _)| *wall);
        walls.dedup_by_key(|(wall, _)| *wall);
        for (wall, length) in walls {
            let Some(instant) = zone.instant(wall, self.zones) else {
                continue;
            };
            let places = [
                if is_of_days {
                    Place::Day(wall.date())
                } else {
                    Place::At(instant)
                },
                Place::Day(wall.date()),
            ];
            if places
                .iter()
                .any(|place| changed.contains(place) || except.contains(place))
            {
                continue;
            }
            let id = written(wall, master.start.moment);
            self.occurrence(master, wall, zone, length, EventKind::Occurrence, Some(id), found);
            if found.len() > self.options.max_events {
                break;
            }
        }
    }

    /// Wall times of a series near the days asked for.
    fn by_rules(
        &mut self,
        master: &Event,
        start: DateTime,
        zone: &SourceZone,
    ) -> Vec<(DateTime, Option<Length>)> {
        let mut walls = vec![(start, None)];
        let days = match self.lasts(master, zone) {
            Ok(Lasts::Days(days)) => days,
            Ok(Lasts::Seconds(seconds)) => seconds / 86_400,
            Ok(Lasts::Wall(length)) => length.days + length.seconds / 86_400,
            Err(_) => 0,
        };
        let from = self.options.from.saturating_sub(Span::new().days(days + 2));
        let to = self.options.to.saturating_add(Span::new().days(2));
        for property in &master.rules {
            let rule = match property.rule(start) {
                Ok(rule) => rule,
                Err(part) => {
                    let reason = format!(
                        "this event repeats by a rule that is not understood here ({part}); only its first day was read"
                    );
                    self.lost(property.line, reason);
                    continue;
                }
            };
            let until = rule.until.and_then(|until| match until {
                Moment::Day(day) => Some(day.at(23, 59, 59, 0)),
                Moment::Wall(wall) => Some(wall),
                Moment::Instant(instant) => zone.wall(instant, self.zones),
            });
            match rule.wall_times(start, until, from, to, &mut self.budget) {
                Ok(found) => walls.extend(found.into_iter().map(|wall| (wall, None))),
                Err(_) => self.lost(
                    property.line,
                    "this file repeats things too often to follow; only the first day of this event was read"
                        .to_owned(),
                ),
            }
        }
        walls
    }

    /// The zone in which a property's wall time is meant; the error is for people.
    pub(super) fn zone_of(&mut self, at: &Zoned) -> Result<SourceZone, String> {
        match (at.moment, &at.zone) {
            (Moment::Instant(_), _) => Ok(SourceZone::Named(ZoneName::new("UTC"))),
            (Moment::Wall(_), Some(id)) => self.finder.find(id, &mut self.budget),
            _ => Ok(SourceZone::Named(self.options.zone.clone())),
        }
    }

    /// The moment as a wall time of `zone`; a day begins at midnight.
    pub(super) fn wall(&self, moment: Moment, zone: &SourceZone) -> Option<DateTime> {
        match moment {
            Moment::Day(day) => Some(day.at(0, 0, 0, 0)),
            Moment::Wall(wall) => Some(wall),
            Moment::Instant(instant) => zone.wall(instant, self.zones),
        }
    }

    fn place(&self, moment: Moment, zone: &SourceZone, is_of_days: bool) -> Option<Place> {
        match (moment, is_of_days) {
            (Moment::Day(day), _) => Some(Place::Day(day)),
            (Moment::Wall(wall), true) => Some(Place::Day(wall.date())),
            // Midnight somewhere as UTC: the day is the location's.
            (Moment::Instant(instant), true) => {
                Some(Place::Day(self.zones.at(instant, self.options.zone).ok()?.date()))
            }
            (Moment::Wall(wall), false) => Some(Place::At(zone.instant(wall, self.zones)?)),
            (Moment::Instant(instant), false) => Some(Place::At(instant)),
        }
    }

    /// The name of a changed occurrence, the same as the occurrence would have unchanged.
    fn recurrence_id(
        &self,
        place: Place,
        master: Option<&Event>,
        zone: Option<&SourceZone>,
        event: &Event,
    ) -> String {
        let own = event
            .recurrence
            .as_ref()
            .map_or(event.start.moment, |recurrence| recurrence.moment);
        match (place, master, zone) {
            (Place::At(instant), Some(master), Some(zone)) => match zone.wall(instant, self.zones) {
                Some(wall) => written(wall, master.start.moment),
                None => instant.strftime("%Y%m%dT%H%M%SZ").to_string(),
            },
            (Place::Day(day), Some(master), Some(zone)) => match self.wall(master.start.moment, zone) {
                Some(start) => written(day.to_datetime(start.time()), master.start.moment),
                None => day.strftime("%Y%m%d").to_string(),
            },
            (Place::Day(day), ..) => day.strftime("%Y%m%d").to_string(),
            (Place::At(instant), ..) => match own {
                Moment::Wall(wall) => wall.strftime("%Y%m%dT%H%M%S").to_string(),
                _ => instant.strftime("%Y%m%dT%H%M%SZ").to_string(),
            },
        }
    }

    pub(super) fn lost(&mut self, line: usize, reason: String) {
        self.calendar
            .problems
            .push(Problem::new(line, Severity::Lost, reason));
    }
}

/// A wall time of a series as the series writes its own start.
fn written(wall: DateTime, like: Moment) -> String {
    let format = match like {
        Moment::Day(_) => "%Y%m%d",
        Moment::Wall(_) => "%Y%m%dT%H%M%S",
        Moment::Instant(_) => "%Y%m%dT%H%M%SZ",
    };
    wall.strftime(format).to_string()
}

/// Which of two copies holds (RFC 5546, 2.1.5): the higher sequence, then the later stamp, then the later in
/// the file.
fn is_newer(event: &Event, than: &Event) -> bool {
    (event.sequence, event.stamped_at) >= (than.sequence, than.stamped_at)
}

fn older_copy(event: &Event) -> Problem {
    Problem::new(
        event.line,
        Severity::Note,
        "the file holds a newer copy of this event; this one was passed over",
    )
}
