//! One `VEVENT` with its values read; zones and recurrences are still open.

use calcard::icalendar::{ICalendarParameterName, ICalendarStatus, ICalendarTransparency, ICalendarValue};
use jiff::Timestamp;

use super::components::RawEvent;
use super::lines::Property;
use super::value::{Length, Moment, duration, list, single};
use super::{EventStatus, Problem, Severity, Transparency};
use crate::address::address_of;
use crate::invite::Party;

/// A point in time with the zone its property names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zoned {
    pub moment: Moment,
    /// `TZID` as written.
    pub zone: Option<String>,
}

/// How an event says when it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Unsaid,
    At(Zoned),
    After(Length),
}

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub line: usize,
    pub uid: String,
    pub recurrence: Option<Zoned>,
    pub summary: String,
    pub description: String,
    pub location: String,
    pub organizer: Option<Party>,
    pub attendees: Vec<Party>,
    pub start: Zoned,
    pub end: End,
    pub rules: Vec<Property>,
    pub extra: Vec<(Zoned, Option<Length>)>,
    pub except: Vec<Zoned>,
    pub status: EventStatus,
    pub transparency: Transparency,
    pub sequence: u32,
    pub stamped_at: Option<Timestamp>,
    /// Outlook's mark on whole days that it writes as midnight to midnight.
    pub is_marked_all_day: bool,
}

impl Event {
    /// Reads the values. Nothing if the event cannot be placed in time; `problems` says why.
    pub fn read(raw: &RawEvent, problems: &mut Vec<Problem>) -> Option<Event> {
        let property = |name: &str| raw.properties.iter().find(|property| property.name == name);
        let text = |name: &str| property(name).map_or(String::new(), Property::text);
        let mut say = |severity, reason: String| problems.push(Problem::new(raw.line, severity, reason));
        let Some(begins) = property("DTSTART") else {
            say(
                Severity::Lost,
                "this event has no DTSTART: it does not say when it takes place".to_owned(),
            );
            return None;
        };
        let start = match zoned(begins) {
            Ok(start) => start,
            Err(reason) => {
                say(Severity::Lost, reason);
                return None;
            }
        };
        let end = match (property("DTEND").map(zoned), property("DURATION").map(duration)) {
            (Some(Ok(end)), _) => End::At(end),
            (_, Some(Ok(length))) => End::After(length),
            (None, None) => End::Unsaid,
            (Some(Err(reason)), _) | (_, Some(Err(reason))) => {
                say(Severity::Lost, reason);
                return None;
            }
        };
        let recurrence = match property("RECURRENCE-ID").map(zoned) {
            None => None,
            Some(Ok(recurrence)) => Some(recurrence),
            Some(Err(reason)) => {
                say(Severity::Lost, reason);
                return None;
            }
        };
        if property("RECURRENCE-ID")
            .and_then(|id| id.param("RANGE"))
            .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"))
        {
            say(
                Severity::Note,
                "this changes one occurrence and all later ones; only the one was changed here".to_owned(),
            );
        }
        if property("EXRULE").is_some() {
            say(Severity::Note, "this event leaves out days by a rule (EXRULE), which is not read here: there may be too many".to_owned());
        }
        let mut extra = Vec::new();
        let mut except = Vec::new();
        for property in &raw.properties {
            let zone = || property.param("TZID").map(str::to_owned);
            let found = match property.name.as_str() {
                "RDATE" | "EXDATE" => list(property),
                _ => continue,
            };
            match found {
                Ok(found) if property.name == "RDATE" => {
                    extra.extend(
                        found
                            .into_iter()
                            .map(|(moment, length)| (Zoned { moment, zone: zone() }, length)),
                    );
                }
                Ok(found) => except.extend(
                    found
                        .into_iter()
                        .map(|(moment, _)| Zoned { moment, zone: zone() }),
                ),
                Err(reason) => problems.push(Problem::new(property.line, Severity::Note, reason)),
            }
        }
        Some(Event {
            line: raw.line,
            uid: Some(text("UID"))
                .filter(|uid| !uid.is_empty())
                .unwrap_or_else(|| made_up_uid(raw)),
            recurrence,
            summary: text("SUMMARY"),
            description: text("DESCRIPTION"),
            location: text("LOCATION"),
            organizer: property("ORGANIZER").and_then(party),
            attendees: raw
                .properties
                .iter()
                .filter(|property| property.name == "ATTENDEE")
                .filter_map(party)
                .collect(),
            start,
            end,
            rules: raw
                .properties
                .iter()
                .filter(|property| property.name == "RRULE")
                .cloned()
                .collect(),
            extra,
            except,
            status: property("STATUS").map_or(EventStatus::Confirmed, status),
            transparency: property("TRANSP").map_or(Transparency::Busy, transparency),
            sequence: text("SEQUENCE").parse().unwrap_or(0),
            stamped_at: property("DTSTAMP").and_then(|stamp| match single(stamp) {
                Ok(Moment::Instant(instant)) => Some(instant),
                _ => None,
            }),
            is_marked_all_day: text("X-MICROSOFT-CDO-ALLDAYEVENT").eq_ignore_ascii_case("TRUE"),
        })
    }

    pub fn repeats(&self) -> bool {
        !self.rules.is_empty() || !self.extra.is_empty()
    }
}

fn zoned(property: &Property) -> Result<Zoned, String> {
    Ok(Zoned {
        moment: single(property)?,
        zone: property.param("TZID").map(str::to_owned),
    })
}

fn party(property: &Property) -> Option<Party> {
    let entry = property.entry()?;
    let email = address_of(entry.calendar_address().unwrap_or(&property.value));
    let name = entry
        .parameter(&ICalendarParameterName::Cn)
        .and_then(|name| name.as_text())
        .unwrap_or("")
        .trim();
    let name = (!name.is_empty() && !name.eq_ignore_ascii_case(&email)).then(|| name.to_owned());
    (!email.is_empty() || name.is_some()).then_some(Party { name, email })
}

fn status(property: &Property) -> EventStatus {
    match property.entry().as_ref().and_then(|entry| entry.values.first()) {
        Some(ICalendarValue::Status(ICalendarStatus::Cancelled)) => EventStatus::Cancelled,
        Some(ICalendarValue::Status(ICalendarStatus::Tentative)) => EventStatus::Tentative,
        // As America writes it.
        _ if property.value.trim().eq_ignore_ascii_case("CANCELED") => EventStatus::Cancelled,
        _ => EventStatus::Confirmed,
    }
}

fn transparency(property: &Property) -> Transparency {
    match property.entry().as_ref().and_then(|entry| entry.values.first()) {
        Some(ICalendarValue::Transparency(ICalendarTransparency::Transparent)) => Transparency::Free,
        _ => Transparency::Busy,
    }
}

/// A name for an event that has none, from what it says (FNV-1a): reading the file again finds the same.
fn made_up_uid(raw: &RawEvent) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for property in raw
        .properties
        .iter()
        .filter(|property| matches!(property.name.as_str(), "DTSTART" | "SUMMARY" | "RRULE"))
    {
        for byte in property.name.bytes().chain(property.value.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("no-uid-{hash:016x}")
}
