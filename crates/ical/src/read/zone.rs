//! Which zone a calendar means: IANA names, Windows names, display names, prefixed names, and rules of the
//! file's own (`VTIMEZONE`) where the name says nothing.

use std::collections::HashMap;
use std::rc::Rc;

use clinic::{TimeError, ZoneName, Zones};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::components::{Part, RawZone};
use super::value::{Moment, single, utc_offset};
use crate::rule::Budget;
use crate::windows_zones::iana_zone;

/// The rules by which wall times of an event become instants.
#[derive(Debug, Clone)]
pub(crate) enum SourceZone {
    /// By our own zone data.
    Named(ZoneName),
    /// By the rules in the file.
    Own(Rc<OwnRules>),
}

/// Changes of a zone that only the file knows, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OwnRules {
    changes: Vec<OwnChange>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OwnChange {
    onset: DateTime,
    from: Offset,
    to: Offset,
}

impl SourceZone {
    /// The moment a wall time means. In a gap: later by the gap; in a fold: the earlier one (RFC 5545, 3.3.5).
    pub fn instant(&self, wall: DateTime, zones: &Zones) -> Option<Timestamp> {
        match self {
            Self::Named(zone) => match zones.resolve(wall, zone) {
                Ok(start) => Some(start.instant()),
                Err(TimeError::Nonexistent { next, .. }) => Some(next.instant()),
                Err(_) => None,
            },
            Self::Own(rules) => rules.offset_at_wall(wall).to_timestamp(wall).ok(),
        }
    }

    /// What clocks there show at a moment.
    pub fn wall(&self, instant: Timestamp, zones: &Zones) -> Option<DateTime> {
        match self {
            Self::Named(zone) => Some(zones.at(instant, zone).ok()?.wall),
            Self::Own(rules) => Some(rules.offset_at(instant).to_datetime(instant)),
        }
    }
}

impl OwnRules {
    fn offset_at_wall(&self, wall: DateTime) -> Offset {
        let after = self.changes.partition_point(|change| change.onset <= wall);
        let Some(change) = after.checked_sub(1).map(|at| self.changes[at]) else {
            return self.changes[0].from;
        };
        // Inside the gap the clock has not shown this time; what held before it decides.
        let gap = SignedDuration::from_secs((change.to.seconds() - change.from.seconds()).into());
        if gap.is_positive() && change.onset.checked_add(gap).is_ok_and(|end| wall < end) {
            change.from
        } else {
            change.to
        }
    }

    fn offset_at(&self, instant: Timestamp) -> Offset {
        let has_happened = |change: &OwnChange| {
            change
                .from
                .to_timestamp(change.onset)
                .is_ok_and(|onset| onset <= instant)
        };
        match self.changes.partition_point(has_happened).checked_sub(1) {
            Some(at) => self.changes[at].to,
            None => self.changes[0].from,
        }
    }

    /// The rules in a `VTIMEZONE`, up to the end of `until`; the error says what is wrong with them.
    fn read(zone: &RawZone, until: Date, budget: &mut Budget) -> Result<OwnRules, String> {
        let mut changes = Vec::new();
        for part in &zone.parts {
            let property = |name: &str| {
                part.iter()
                    .find(|property| property.name == name)
                    .ok_or_else(|| format!("its time zone has a part without {name}"))
            };
            let (from, to) = (
                utc_offset(property("TZOFFSETFROM")?)?,
                utc_offset(property("TZOFFSETTO")?)?,
            );
            let Moment::Wall(start) = single(property("DTSTART")?)? else {
                return Err("its time zone has a part that begins at no wall time".to_owned());
            };
            for onset in onsets(part, start, from, until, budget)? {
                changes.push(OwnChange { onset, from, to });
            }
        }
        changes.sort_by_key(|change| change.onset);
        if changes.is_empty() {
            Err("its time zone has no rules".to_owned())
        } else {
            Ok(OwnRules { changes })
        }
    }
}

fn onsets(
    part: &Part,
    start: DateTime,
    from: Offset,
    until: Date,
    budget: &mut Budget,
) -> Result<Vec<DateTime>, String> {
    let in_wall = |moment: Moment| match moment {
        Moment::Wall(wall) => wall,
        Moment::Instant(instant) => from.to_datetime(instant),
        Moment::Day(day) => day.at(23, 59, 59, 0),
    };
    let mut onsets = vec![start];
    for property in part {
        match property.name.as_str() {
            "RDATE" => onsets.extend(
                super::value::list(property)?
                    .into_iter()
                    .map(|(moment, _)| in_wall(moment)),
            ),
            "RRULE" => {
                let rule = property.rule(start).map_err(|part| {
                    format!("its time zone changes by a rule not understood here ({part})")
                })?;
                let last = rule.until.map(in_wall);
                // Outlook's rules begin in 1601; nothing in a practice's calendar is older than this.
                let first = start.date().max(Date::constant(1970, 1, 1));
                let found = rule.wall_times(start, last, first, until, budget);
                onsets.extend(found.map_err(|_| "its time zone has too many changes".to_owned())?);
            }
            _ => {}
        }
    }
    Ok(onsets)
}

/// Finds zones for the `TZID`s of one file.
pub(crate) struct ZoneFinder<'a> {
    zones: &'a Zones,
    written: &'a [RawZone],
    until: Date,
    found: HashMap<String, Result<SourceZone, String>>,
}

impl<'a> ZoneFinder<'a> {
    pub fn new(written: &'a [RawZone], until: Date, zones: &'a Zones) -> Self {
        Self {
            zones,
            written,
            until,
            found: HashMap::new(),
        }
    }

    /// The zone for a `TZID`, or why there is none.
    pub fn find(&mut self, id: &str, budget: &mut Budget) -> Result<SourceZone, String> {
        if let Some(known) = self.found.get(id) {
            return known.clone();
        }
        let found = self.look_up(id, budget);
        self.found.insert(id.to_owned(), found.clone());
        found
    }

    fn look_up(&self, id: &str, budget: &mut Budget) -> Result<SourceZone, String> {
        if let Some(zone) = known_zone(id, self.zones) {
            return Ok(SourceZone::Named(zone));
        }
        let Some(written) = self.written.iter().find(|zone| zone.id.trim() == id.trim()) else {
            return Err(format!(
                "its time zone “{}” is not known, and the file does not say what it is",
                super::lines::shortened(id)
            ));
        };
        if let Some(zone) = written
            .location
            .as_deref()
            .and_then(|name| known_zone(name, self.zones))
        {
            return Ok(SourceZone::Named(zone));
        }
        OwnRules::read(written, self.until, budget).map(|rules| SourceZone::Own(Rc::new(rules)))
    }
}

/// The IANA zone that a name stands for, however a calendar program writes it.
pub(crate) fn known_zone(name: &str, zones: &Zones) -> Option<ZoneName> {
    let name = name.trim().trim_matches('"').trim();
    let iana = |name: &str| {
        let zone = zones.zone(&ZoneName::new(name)).ok()?;
        Some(ZoneName::new(zone.iana_name().unwrap_or(name)))
    };
    if name.is_empty() {
        return None;
    }
    if name.eq_ignore_ascii_case("tzone://Microsoft/Utc") || name.eq_ignore_ascii_case("Z") {
        return iana("UTC");
    }
    // Names that Outlook gives to rules of its own: never guess what they stand for.
    if name.starts_with("tzone://") || name.to_ascii_lowercase().starts_with("customized time zone") {
        return None;
    }
    // `/mozilla.org/20050126_1/America/New_York`: the name is at the end, of one to three parts.
    let tails = || {
        let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
        (1..=3.min(parts.len()))
            .rev()
            .map(move |count| parts[parts.len() - count..].join("/"))
    };
    iana(name)
        .or_else(|| iana_zone(name).and_then(iana))
        .or_else(|| {
            name.starts_with('/')
                .then(|| tails().find_map(|tail| iana(&tail)))
                .flatten()
        })
        .or_else(|| display_name(name).and_then(|zone| iana(&zone)))
}

/// Names that older Outlooks show to people, `(UTC-05:00) Eastern Time (US & Canada)`: only the name is
/// taken from `calcard`'s table, never its rules.
fn display_name(name: &str) -> Option<String> {
    let zone: calcard::common::timezone::Tz = name.parse().ok()?;
    zone.name().map(|name| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::components::read_components;
    use crate::read::lines::unfold;

    fn known(name: &str) -> Option<String> {
        known_zone(name, &Zones::bundled()).map(|zone| zone.to_string())
    }

    #[test]
    fn names_as_programs_write_them() {
        for (name, zone) in [
            ("America/New_York", "America/New_York"),
            ("america/new_york", "America/New_York"),
            ("Eastern Standard Time", "America/New_York"),
            ("\"W. Europe Standard Time\"", "Europe/Berlin"),
            ("/mozilla.org/20050126_1/America/New_York", "America/New_York"),
            (
                "/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires",
                "America/Argentina/Buenos_Aires",
            ),
            ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
            ("tzone://Microsoft/Utc", "UTC"),
            ("UTC", "UTC"),
        ] {
            assert_eq!(known(name).as_deref(), Some(zone), "{name}");
        }
        for name in [
            "",
            "Customized Time Zone",
            "Customized Time Zone 1",
            "tzone://Microsoft/Custom",
            "Our office",
            "/",
        ] {
            assert_eq!(known(name), None, "{name}");
        }
    }

    #[test]
    fn rules_in_the_file_place_gap_and_fold_as_ours_do() {
        let file = "BEGIN:VTIMEZONE\nTZID:Custom\nBEGIN:STANDARD\nDTSTART:16011104T020000\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010311T020000\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
        let read = read_components(unfold(file.as_bytes()).0);
        let zones = Zones::bundled();
        let until = Date::constant(2028, 1, 1);
        let own = ZoneFinder::new(&read.zones, until, &zones)
            .find("Custom", &mut Budget(1_000_000))
            .unwrap();
        assert!(matches!(own, SourceZone::Own(_)));
        let named = SourceZone::Named(ZoneName::new("America/New_York"));
        let mut wall: DateTime = "2025-12-30T00:30".parse().unwrap();
        while wall.year() < 2028 {
            assert_eq!(own.instant(wall, &zones), named.instant(wall, &zones), "{wall}");
            let instant = named.instant(wall, &zones).unwrap();
            assert_eq!(
                own.wall(instant, &zones),
                named.wall(instant, &zones),
                "{instant}"
            );
            wall = wall.checked_add(SignedDuration::from_mins(30)).unwrap();
        }
    }

    #[test]
    fn a_name_nobody_explains_is_an_error() {
        let zones = Zones::bundled();
        let error = ZoneFinder::new(&[], Date::constant(2028, 1, 1), &zones)
            .find("Our office", &mut Budget(10))
            .unwrap_err();
        assert_eq!(
            error,
            "its time zone “Our office” is not known, and the file does not say what it is"
        );
    }
}
