//! The components of a calendar file, whatever their wrapping: an event counts if it begins and ends, even
//! without a calendar around it.

use super::lines::{Line, Property, shortened};
use super::{Problem, Severity};

/// An event as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RawEvent {
    /// Line of its `BEGIN:VEVENT`.
    pub line: usize,
    pub properties: Vec<Property>,
}

/// `STANDARD` or `DAYLIGHT`.
pub(crate) type Part = Vec<Property>;

/// A `VTIMEZONE` as it stands in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RawZone {
    pub id: String,
    /// `X-LIC-LOCATION`: its IANA name.
    pub location: Option<String>,
    pub parts: Vec<Part>,
}

/// Everything that matters in a file.
#[derive(Debug, Default)]
pub(crate) struct Components {
    pub method: Option<String>,
    pub product: Option<String>,
    pub name: Option<String>,
    pub events: Vec<RawEvent>,
    pub zones: Vec<RawZone>,
    /// To-dos, journals and the like.
    pub other: usize,
    pub problems: Vec<Problem>,
}

const OF_CALENDAR: [&str; 4] = ["METHOD", "PRODID", "X-WR-CALNAME", "NAME"];
const OF_EVENT: [&str; 19] = [
    "UID",
    "RECURRENCE-ID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "EXRULE",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "ORGANIZER",
    "ATTENDEE",
    "STATUS",
    "TRANSP",
    "SEQUENCE",
    "DTSTAMP",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
];
const OF_ZONE: [&str; 7] = [
    "TZID",
    "X-LIC-LOCATION",
    "DTSTART",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "RRULE",
    "RDATE",
];

/// A component that has begun.
enum Open {
    Event(RawEvent),
    Zone(RawZone),
    Part(Part),
    /// Alarms, to-dos, wrappers: by name.
    Other(String),
}

impl Open {
    fn is(&self, name: &str) -> bool {
        match self {
            Open::Event(_) => name == "VEVENT",
            Open::Zone(_) => name == "VTIMEZONE",
            Open::Part(_) => matches!(name, "STANDARD" | "DAYLIGHT"),
            Open::Other(known) => known == name,
        }
    }
}

/// Sorts lines into components.
pub(crate) fn read_components(lines: Vec<Line>) -> Components {
    let mut found = Components::default();
    let mut open: Vec<Open> = Vec::new();
    let mut saw_begin = false;
    for line in lines {
        let name = line
            .text
            .split([':', ';'])
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_uppercase();
        match name.as_str() {
            "BEGIN" => {
                saw_begin = true;
                let kind = after_colon(&line.text);
                if kind == "VEVENT" || kind == "VCALENDAR" {
                    // Neither can be inside an event or a zone: one that is open has lost its end.
                    while open.iter().any(|component| !matches!(component, Open::Other(_))) {
                        let Some(component) = open.pop() else { break };
                        close(component, &mut open, &mut found, Some(line.number));
                    }
                }
                open.push(match kind.as_str() {
                    "VEVENT" => Open::Event(RawEvent {
                        line: line.number,
                        properties: Vec::new(),
                    }),
                    "VTIMEZONE" => Open::Zone(RawZone::default()),
                    "STANDARD" | "DAYLIGHT" => Open::Part(Part::new()),
                    _ => {
                        found.other +=
                            usize::from(matches!(kind.as_str(), "VTODO" | "VJOURNAL" | "VFREEBUSY"));
                        Open::Other(kind)
                    }
                });
            }
            "END" => {
                let kind = after_colon(&line.text);
                // An end that nothing began is passed over, but a calendar's end ends everything.
                if kind == "VCALENDAR" || open.iter().any(|component| component.is(&kind)) {
                    while let Some(component) = open.pop() {
                        let is_it = component.is(&kind);
                        close(component, &mut open, &mut found, (!is_it).then_some(line.number));
                        if is_it {
                            break;
                        }
                    }
                }
            }
            _ => property(&line, &name, &mut open, &mut found),
        }
    }
    while let Some(component) = open.pop() {
        if let Open::Event(event) = component {
            found.problems.push(Problem::new(
                event.line,
                Severity::Lost,
                "the file ends in the middle of this event",
            ));
        } else {
            close(component, &mut open, &mut found, None);
        }
    }
    if !saw_begin {
        found.problems.push(Problem::new(
            1,
            Severity::Lost,
            "this is not a calendar file: it has no line BEGIN:VCALENDAR or BEGIN:VEVENT",
        ));
    }
    found
}

fn after_colon(text: &str) -> String {
    text.split_once(':')
        .map_or(String::new(), |(_, kind)| kind.trim().to_ascii_uppercase())
}

/// Ends a component; `instead` is the line that ended it in place of its own end.
fn close(component: Open, open: &mut [Open], found: &mut Components, instead: Option<usize>) {
    match component {
        Open::Event(event) => {
            if instead.is_some() {
                found.problems.push(Problem::new(
                    event.line,
                    Severity::Note,
                    "this event has no line END:VEVENT; what there is of it was read",
                ));
            }
            found.events.push(event);
        }
        Open::Zone(zone) => found.zones.push(zone),
        Open::Part(part) => {
            if let Some(Open::Zone(zone)) = open.last_mut() {
                zone.parts.push(part);
            }
        }
        Open::Other(_) => {}
    }
}

fn property(line: &Line, name: &str, open: &mut [Open], found: &mut Components) {
    let wanted: &[&str] = match open.last() {
        Some(Open::Event(_)) => &OF_EVENT,
        Some(Open::Zone(_) | Open::Part(_)) => &OF_ZONE,
        Some(Open::Other(kind)) if kind != "VCALENDAR" => return,
        _ => &OF_CALENDAR,
    };
    if !wanted.contains(&name) {
        // Unknown properties are anybody's right; a line that is none at all is worth a word.
        if !line.text.contains(':') && matches!(open.last(), Some(Open::Event(_))) {
            let reason = format!(
                "“{}” is not a calendar line and was passed over",
                shortened(&line.text)
            );
            found
                .problems
                .push(Problem::new(line.number, Severity::Note, reason));
        }
        return;
    }
    let Some(property) = Property::from_line(line.number, &line.text) else {
        let reason = format!("“{}” cannot be read and was passed over", shortened(&line.text));
        found
            .problems
            .push(Problem::new(line.number, Severity::Note, reason));
        return;
    };
    match open.last_mut() {
        Some(Open::Event(event)) => event.properties.push(property),
        Some(Open::Part(part)) => part.push(property),
        Some(Open::Zone(zone)) if name == "TZID" => zone.id = property.text(),
        Some(Open::Zone(zone)) if name == "X-LIC-LOCATION" => zone.location = Some(property.text()),
        Some(Open::Zone(_)) => {}
        _ if name == "METHOD" => found.method = Some(property.text().to_ascii_uppercase()),
        _ if name == "PRODID" => found.product = Some(property.text()),
        _ => {
            found.name = Some(property.text())
                .filter(|name| !name.is_empty())
                .or(found.name.take())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::lines::unfold;

    fn read(file: &str) -> Components {
        read_components(unfold(file.as_bytes()).0)
    }

    #[test]
    fn events_count_without_or_inside_a_broken_wrapper() {
        for file in [
            "BEGIN:VEVENT\nUID:1\nEND:VEVENT",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT",
            "UID:0\nEND:VCALENDAR\nbegin:vevent\nUID:1\nEnd:VEvent\nEND:VEVENT\n",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nUID:2\nEND:VEVENT\nEND:VCALENDAR",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VCALENDAR\n",
            "BEGIN:X-WRAPPER\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n",
        ] {
            let found = read(file);
            let uids: Vec<_> = found
                .events
                .iter()
                .map(|event| event.properties[0].value.as_str())
                .collect();
            assert_eq!(uids, ["1"], "{file}");
        }
    }

    #[test]
    fn an_event_cut_off_by_the_end_of_the_file_is_reported_and_not_half_read() {
        let found = read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:2026");
        assert!(found.events.is_empty());
        assert_eq!(
            (found.problems[0].line, found.problems[0].severity),
            (2, Severity::Lost)
        );
    }

    #[test]
    fn an_event_that_begins_before_the_last_one_ended_does_not_swallow_it() {
        let found = read("BEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nBEGIN:VEVENT\nUID:2\nEND:VEVENT");
        assert_eq!(found.events.len(), 2);
        assert_eq!(found.problems[0].line, 1);
    }

    #[test]
    fn what_is_no_calendar_says_so() {
        assert_eq!(
            read("<html>\n<body>").problems[0].reason,
            "this is not a calendar file: it has no line BEGIN:VCALENDAR or BEGIN:VEVENT"
        );
    }
}
