//! A practice's own visits as one calendar file, to be looked at when its computers are not there. Unlike what patients get
//! ([`crate::invite`]) it says whose visits they are, and asks nobody for an answer: there is no `METHOD`.

use calcard::icalendar::{
    ICalendar, ICalendarClassification, ICalendarComponentType, ICalendarProperty, ICalendarStatus,
    ICalendarTransparency, ICalendarValue,
};
use jiff::Timestamp;

use crate::invite::{PRODUCT, add, component, text, utc};

/// One visit that takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledVisit {
    /// See [`crate::uid`].
    pub uid: String,
    pub sequence: u32,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// Who and what.
    pub summary: String,
    /// Where and with whom.
    pub location: String,
    /// May be empty.
    pub description: String,
}

/// The file: CRLF line ends, UTF-8. Times are in UTC, so that no reader's idea of a zone can be wrong (RFC 5545, 3.3.5);
/// `made_at` becomes `DTSTAMP`. A file without visits is one that calendars accept too.
pub fn schedule_file(name: &str, visits: &[ScheduledVisit], made_at: Timestamp) -> String {
    let mut calendar = ICalendar {
        components: vec![component(ICalendarComponentType::VCalendar)],
    };
    calendar.components[0].add_property(ICalendarProperty::Version, text("2.0"));
    calendar.components[0].add_property(ICalendarProperty::Prodid, text(PRODUCT));
    calendar.components[0].add_property(ICalendarProperty::Calscale, text("GREGORIAN"));
    // RFC 7986, 5.1.
    calendar.components[0].add_property(ICalendarProperty::Name, text(name));
    for visit in visits {
        let mut event = component(ICalendarComponentType::VEvent);
        event.add_uid(&visit.uid);
        event.add_sequence(visit.sequence.into());
        event.add_dtstamp(utc(made_at));
        event.add_property(ICalendarProperty::Dtstart, utc(visit.starts_at));
        event.add_property(ICalendarProperty::Dtend, utc(visit.ends_at));
        event.add_property(ICalendarProperty::Summary, text(&visit.summary));
        for (property, words) in [
            (ICalendarProperty::Location, &visit.location),
            (ICalendarProperty::Description, &visit.description),
        ] {
            if !words.trim().is_empty() {
                event.add_property(property, text(words));
            }
        }
        event.add_property(
            ICalendarProperty::Status,
            ICalendarValue::Status(ICalendarStatus::Confirmed),
        );
        event.add_property(
            ICalendarProperty::Transp,
            ICalendarValue::Transparency(ICalendarTransparency::Opaque),
        );
        event.add_property(
            ICalendarProperty::Class,
            ICalendarValue::Classification(ICalendarClassification::Private),
        );
        add(&mut calendar, 0, event);
    }
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use clinic::{ZoneName, Zones};

    use super::*;
    use crate::{ReadOptions, When, read_calendar};

    #[test]
    fn what_was_written_is_read_again() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let visit = ScheduledVisit {
            uid: "v1@p1.orca-front-desk".to_owned(),
            sequence: 3,
            starts_at: at("2026-11-01T05:30:00Z"),
            ends_at: at("2026-11-01T06:15:00Z"),
            summary: "Rivera, Ana; Adjustment".to_owned(),
            location: "Op 1, Dr Chen".to_owned(),
            description: "(555) 010-0100\nLatex allergy".to_owned(),
        };
        let file = schedule_file(
            "Main Street",
            &[
                visit.clone(),
                ScheduledVisit {
                    uid: "v2".to_owned(),
                    ..visit
                },
            ],
            at("2026-10-31T12:00:00Z"),
        );
        assert!(file.starts_with("BEGIN:VCALENDAR\r\n"));
        assert!(file.contains("SUMMARY:Rivera\\, Ana\\; Adjustment\r\n"), "{file}");
        assert!(!file.contains("METHOD") && !file.contains("ORGANIZER"));
        let zone = ZoneName::new("America/New_York");
        let day = |text: &str| text.parse().unwrap();
        let options = ReadOptions {
            zone: &zone,
            from: day("2026-10-31"),
            to: day("2026-11-02"),
            max_events: 9,
        };
        let read = read_calendar(file.as_bytes(), &options, &Zones::bundled()).unwrap();
        assert_eq!(read.name.as_deref(), Some("Main Street"));
        assert_eq!(read.events.len(), 2, "{:?}", read.problems);
        assert_eq!(read.events[0].summary, "Rivera, Ana; Adjustment");
        let When::Timed {
            starts_at,
            length_minutes,
        } = &read.events[0].when
        else {
            panic!("{:?}", read.events[0]);
        };
        assert_eq!((starts_at.instant(), *length_minutes), (visit.starts_at, 45));
    }

    #[test]
    fn a_day_without_visits_is_a_calendar_too() {
        let file = schedule_file("Main Street", &[], Timestamp::UNIX_EPOCH);
        assert!(
            file.contains("NAME:Main Street\r\n") && file.ends_with("END:VCALENDAR\r\n"),
            "{file}"
        );
    }
}
