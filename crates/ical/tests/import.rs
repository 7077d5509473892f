//! Calendars as Google, Outlook and Apple write them (invented, in `tests/fixtures/import`), read and
//! drawn as a list.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use std::fmt::Write;

use clinic::{ZoneName, Zones};
use expect_test::{Expect, expect};
use ical::{
    EventKind, EventStatus, ImportedCalendar, ImportedEvent, ReadOptions, Severity, Transparency, When,
    read_calendar,
};
use jiff::civil::Date;

fn read_in(zone: &str, file: &[u8]) -> ImportedCalendar {
    let options = ReadOptions {
        zone: &ZoneName::new(zone),
        from: Date::constant(2026, 1, 1),
        to: Date::constant(2027, 12, 31),
        max_events: 1000,
    };
    read_calendar(file, &options, &Zones::bundled()).unwrap()
}

fn read(file: &[u8]) -> ImportedCalendar {
    read_in("America/New_York", file)
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import");
    std::fs::read(folder.join(name)).unwrap()
}

fn drawn(calendar: &ImportedCalendar) -> String {
    let mut list = String::new();
    for event in &calendar.events {
        writeln!(list, "{}", line(event)).unwrap();
    }
    for problem in &calendar.problems {
        let severity = if problem.severity == Severity::Lost {
            "lost"
        } else {
            "note"
        };
        writeln!(list, "line {}: {severity}: {}", problem.line, problem.reason).unwrap();
    }
    list
}

fn line(event: &ImportedEvent) -> String {
    let when = match &event.when {
        When::Timed {
            starts_at,
            length_minutes,
        } => {
            format!(
                "{} {} {length_minutes} min",
                starts_at.wall.strftime("%a %Y-%m-%d %H:%M"),
                starts_at.offset
            )
        }
        When::AllDay { first, days } => format!("{} {days} days", first.strftime("%a %Y-%m-%d")),
    };
    let mut line = format!("{}: {when}: {}", event.line, event.summary.replace('\n', "⏎"));
    match event.kind {
        EventKind::Single => {}
        EventKind::Occurrence => line.push_str(" (series)"),
        EventKind::Changed => line.push_str(" (changed)"),
    }
    match event.status {
        EventStatus::Confirmed => {}
        EventStatus::Tentative => line.push_str(" tentative"),
        EventStatus::Cancelled => line.push_str(" cancelled"),
    }
    if event.transparency == Transparency::Free {
        line.push_str(" free");
    }
    if let Some(zone) = &event.source_zone {
        write!(line, " [{zone}]").unwrap();
    }
    line
}

fn check(name: &str, expected: Expect) {
    expected.assert_eq(&drawn(&read(&fixture(name))));
}

#[test]
fn google() {
    check(
        "google.ics",
        expect![[r#"
        27: Tue 2026-03-03 09:00 -05 60 min: Implant planning with Dr. Osei – long title so that the line has to be folded in the middle of Zähne und Würzburger Straße
        47: Mon 2026-04-06 5 days: Vacation free
        57: Mon 2026-03-02 12:00 -05 60 min: Lunch (series) [America/New_York]
        57: Fri 2026-03-06 12:00 -05 60 min: Lunch (series) [America/New_York]
        70: Mon 2026-03-09 13:00 -04 45 min: Lunch (late) (changed) [America/New_York]
        81: Wed 2026-03-11 12:00 -04 60 min: Lunch (changed) cancelled [America/New_York]
        57: Mon 2026-03-16 12:00 -04 60 min: Lunch (series) [America/New_York]
        57: Wed 2026-03-18 12:00 -04 60 min: Lunch (series) [America/New_York]
        57: Fri 2026-03-20 12:00 -04 60 min: Lunch (series) [America/New_York]
        57: Mon 2026-03-23 12:00 -04 60 min: Lunch (series) [America/New_York]
        57: Wed 2026-03-25 12:00 -04 60 min: Lunch (series) [America/New_York]
        57: Fri 2026-03-27 12:00 -04 60 min: Lunch (series) [America/New_York]
        57: Mon 2026-03-30 12:00 -04 60 min: Lunch (series) [America/New_York]
        57: Wed 2026-04-01 12:00 -04 60 min: Lunch (series) [America/New_York]
    "#]],
    );
    let calendar = read(&fixture("google.ics"));
    assert_eq!(calendar.name.as_deref(), Some("Dr. Chen – Harbour Dental"));
    assert_eq!(
        calendar.events[0].description,
        "Bring X-rays, please\n\nJoin: <b>not needed</b>"
    );
    let keys: Vec<_> = calendar.events.iter().map(ImportedEvent::source_key).collect();
    assert!(
        keys.contains(&"lunch@google.com/20260309T120000".to_owned()),
        "{keys:?}"
    );
    let different: std::collections::HashSet<_> = keys.iter().collect();
    assert_eq!(different.len(), keys.len());
}

#[test]
fn outlook_on_the_desktop() {
    check(
        "outlook-desktop.ics",
        expect![[r#"
        27: Tue 2026-03-10 08:00 -04 60 min: Staff meeting (series) [Eastern Standard Time]
        27: Tue 2026-04-14 08:00 -04 60 min: Staff meeting (series) [Eastern Standard Time]
        27: Tue 2026-05-12 08:00 -04 60 min: Staff meeting (series) [Eastern Standard Time]
        27: Tue 2026-06-09 08:00 -04 60 min: Staff meeting (series) [Eastern Standard Time]
        60: Mon 2026-05-25 1 days: Memorial Day free [Eastern Standard Time]
        71: Thu 2026-03-05 16:30 -05 30 min: Supplier call (series) [Eastern Standard Time]
        71: Thu 2026-03-12 16:30 -04 30 min: Supplier call (series) [Eastern Standard Time]
        71: Thu 2026-03-26 16:30 -04 30 min: Supplier call (series) [Eastern Standard Time]
        71: Thu 2026-04-02 16:30 -04 30 min: Supplier call (series) [Eastern Standard Time]
        71: Tue 2026-04-07 16:30 -04 30 min: Supplier call (series) [Eastern Standard Time]
    "#]],
    );
    let meeting = &read(&fixture("outlook-desktop.ics")).events[0];
    assert_eq!(
        meeting.organizer.as_ref().unwrap().name.as_deref(),
        Some("Desk, Front")
    );
    assert_eq!(meeting.attendees[1].name, None);
    assert_eq!(meeting.attendees[1].email, "kofi.osei@harbourdental.example");
}

#[test]
fn outlook_on_the_web_with_zones_of_its_own() {
    check(
        "outlook-web.ics",
        expect![[r#"
            44: Wed 2026-03-04 10:00 -05 60 min: Mentoring (series) [Customized Time Zone]
            44: Wed 2026-03-18 10:00 -04 60 min: Mentoring (series) [Customized Time Zone]
            64: Thu 2026-03-05 08:30 -05 30 min: Laboratory in Pune [tzone://Microsoft/Custom]
            71: Fri 2026-03-20 10:00 -04 60 min: Congress call tentative [W. Europe Standard Time]
            80: Sat 2026-03-21 11:00 -04 60 min: In UTC by another name [tzone://Microsoft/Utc]
            line 87: lost: its time zone “Harbour Dental Time” is not known, and the file does not say what it is
        "#]],
    );
}

#[test]
fn a_cancellation_cancels_the_occurrence_that_an_import_made() {
    check(
        "outlook-cancellation.ics",
        expect![[r#"
        20: Thu 2026-03-26 16:30 -04 30 min: Canceled: Supplier call (changed) cancelled [Eastern Standard Time]
    "#]],
    );
    let cancelled = &read(&fixture("outlook-cancellation.ics")).events[0];
    let made: Vec<_> = read(&fixture("outlook-desktop.ics"))
        .events
        .iter()
        .map(ImportedEvent::source_key)
        .collect();
    assert!(
        made.contains(&cancelled.source_key()),
        "{} is not in {made:?}",
        cancelled.source_key()
    );
}

#[test]
fn apple_with_floating_times_and_nights_on_which_clocks_change() {
    check(
        "apple.ics",
        expect![[r#"
        24: Fri 2026-03-06 09:00 -05 30 min: Equipment check [America/New_York]
        47: Fri 2026-07-03 2 days: Independence Day weekend (series) free
        47: Sat 2027-07-03 2 days: Independence Day weekend (series) free
        56: Sat 2026-03-07 11:00 -05 45 min: Floating: eleven wherever you are
        63: Sun 2026-03-01 02:30 -05 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Mon 2026-03-02 02:30 -05 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Tue 2026-03-03 02:30 -05 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Wed 2026-03-04 02:30 -05 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Thu 2026-03-05 02:30 -05 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Fri 2026-03-06 02:30 -05 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Sat 2026-03-07 02:30 -05 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Sun 2026-03-08 03:30 -04 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Mon 2026-03-09 02:30 -04 45 min: Night watch over the steriliser (series) [America/New_York]
        63: Tue 2026-03-10 02:30 -04 45 min: Night watch over the steriliser (series) [America/New_York]
        71: Thu 2026-03-26 18:00 -04 30 min: Midnight in Beirut (series) [Asia/Beirut]
        71: Fri 2026-03-27 18:00 -04 30 min: Midnight in Beirut (series) [Asia/Beirut]
        71: Sat 2026-03-28 18:00 -04 30 min: Midnight in Beirut (series) [Asia/Beirut]
        71: Sun 2026-03-29 17:00 -04 30 min: Midnight in Beirut (series) [Asia/Beirut]
    "#]],
    );
    assert_eq!(read(&fixture("apple.ics")).other, 1);
}

#[test]
fn what_is_damaged_is_reported_and_the_rest_is_read() {
    check(
        "damaged.ics",
        expect![[r#"
        18: Wed 2026-03-04 10:00 -05 0 min: Without an end
        23: Thu 2026-03-05 10:00 -05 30 min: Note over several lines
        33: Fri 2026-03-06 10:00 -05 30 min: Nameless
        38: Sat 2026-03-07 10:00 -05 30 min: Every hour (series)
        45: Sun 2026-03-08 15:00 -04 30 min: Newer
        59: Mon 2026-03-09 10:00 -04 30 min: Series (series)
        66: Tue 2026-03-10 11:00 -04 30 min: Series, later (changed)
        59: Wed 2026-03-11 10:00 -04 30 min: Series (series)
        73: Thu 2026-03-12 10:00 -04 0 min: 
        76: Fri 2026-03-13 10:00 -04 30 min: Zahnärzte – Café
        line 3: lost: this event has no DTSTART: it does not say when it takes place
        line 7: lost: this event ends before it begins
        line 13: lost: DTSTART “20260230” is not one that exists or can be read
        line 29: note: “second without a colon” is not a calendar line and was passed over
        line 31: note: “third” is not a calendar line and was passed over
        line 42: lost: this event repeats by a rule that is not understood here (FREQ=HOURLY); only its first day was read
        line 52: note: the file holds a newer copy of this event; this one was passed over
        line 66: note: this changes one occurrence and all later ones; only the one was changed here
        line 73: note: this event has no line END:VEVENT; what there is of it was read
        line 80: note: this line and perhaps others are not UTF-8; they were read as Windows letters
        line 82: lost: the file ends in the middle of this event
    "#]],
    );
}

#[test]
fn every_start_is_in_the_location_s_zone() {
    let calendar = read_in("America/Vancouver", &fixture("outlook-desktop.ics"));
    for event in &calendar.events {
        if let When::Timed { starts_at, .. } = &event.when {
            assert_eq!(starts_at.zone.as_str(), "America/Vancouver");
        }
    }
    assert_eq!(
        line(&calendar.events[0]),
        "27: Tue 2026-03-10 05:00 -07 60 min: Staff meeting (series) [Eastern Standard Time]"
    );
}

#[test]
fn reading_twice_gives_the_same_keys_and_line_ends_do_not_matter() {
    for name in [
        "google.ics",
        "outlook-desktop.ics",
        "outlook-web.ics",
        "apple.ics",
    ] {
        let crlf = fixture(name);
        let text: Vec<u8> = crlf.iter().copied().filter(|byte| *byte != b'\r').collect();
        let keys = |file: &[u8]| {
            read(file)
                .events
                .iter()
                .map(ImportedEvent::source_key)
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&crlf), keys(&text), "{name}");
    }
}

fn calendar_of(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

#[test]
fn days_asked_for_and_a_limit_bound_what_comes_back() {
    let series = calendar_of(
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:19950103T090000\r\nDTEND:19950103T093000\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:2\r\nDTSTART:20250103T090000\r\nDTEND:20250103T093000\r\nEND:VEVENT\r\n",
    );
    let zone = ZoneName::new("America/New_York");
    let mut options = ReadOptions {
        zone: &zone,
        from: Date::constant(2026, 3, 1),
        to: Date::constant(2026, 3, 7),
        max_events: 100,
    };
    let calendar = read_calendar(series.as_bytes(), &options, &Zones::bundled()).unwrap();
    assert_eq!(
        (calendar.events.len(), calendar.outside, calendar.is_cut),
        (7, 1, false)
    );
    options.max_events = 5;
    let calendar = read_calendar(series.as_bytes(), &options, &Zones::bundled()).unwrap();
    assert_eq!((calendar.events.len(), calendar.is_cut), (5, true));
    assert_eq!(
        calendar.problems[0].reason,
        "there are more than 5 events in these days; the rest was not read"
    );
}

#[test]
fn an_event_that_is_under_way_on_the_first_day_is_inside() {
    let night = calendar_of(
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20251231T220000\r\nDTEND:20260101T020000\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:2\r\nDTSTART:20251231T220000\r\nDTEND:20260101T000000\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:3\r\nDTSTART;VALUE=DATE:20251224\r\nDTEND;VALUE=DATE:20260102\r\nRRULE:FREQ=YEARLY;COUNT=2\r\nEND:VEVENT\r\n",
    );
    expect![[r#"
        3: Wed 2025-12-31 22:00 -05 240 min: 
        13: Wed 2025-12-24 9 days:  (series)
        13: Thu 2026-12-24 9 days:  (series)
    "#]]
    .assert_eq(&drawn(&read(night.as_bytes())));
}

#[test]
fn an_occurrence_moved_into_the_days_from_outside_is_there() {
    let moved = calendar_of(
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20251201T090000\r\nDTEND:20251201T093000\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20251202T090000\r\nDTSTART:20260105T090000\r\nDTEND:20260105T093000\r\nEND:VEVENT\r\n",
    );
    expect![[r#"
        9: Mon 2026-01-05 09:00 -05 30 min:  (changed)
    "#]]
    .assert_eq(&drawn(&read(moved.as_bytes())));
}

#[test]
fn a_changed_occurrence_may_be_named_in_utc_or_by_its_day() {
    for (name, exception) in [
        ("20260304T140000Z", "20260305T140000Z"),
        (";VALUE=DATE:20260304", ";VALUE=DATE:20260305"),
    ] {
        let colon = if name.starts_with(';') { "" } else { ":" };
        let file = calendar_of(&format!(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=America/New_York:20260303T090000\r\nDURATION:PT30M\r\n\
             RRULE:FREQ=DAILY;COUNT=3\r\nEXDATE{colon}{exception}\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID{colon}{name}\r\nDTSTART;TZID=America/New_York:20260304T100000\r\n\
             DURATION:PT30M\r\nEND:VEVENT\r\n"
        ));
        let calendar = read(file.as_bytes());
        let ids: Vec<_> = calendar
            .events
            .iter()
            .map(|event| event.recurrence_id.clone().unwrap())
            .collect();
        assert_eq!(ids, ["20260303T090000", "20260304T090000"], "{name}");
        assert_eq!(calendar.events[1].kind, EventKind::Changed);
    }
}

#[test]
fn an_answer_to_an_invitation_is_not_a_calendar() {
    let reply = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260303T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    expect![[r#"
        line 1: lost: this file is an answer to an invitation (REPLY), not a calendar: nothing was read
    "#]]
    .assert_eq(&drawn(&read(reply.as_bytes())));
}

#[test]
fn a_location_in_an_unknown_zone_is_the_caller_s_mistake() {
    let zone = ZoneName::new("Mars/Olympus");
    let options = ReadOptions {
        zone: &zone,
        from: Date::constant(2026, 1, 1),
        to: Date::constant(2026, 1, 2),
        max_events: 1,
    };
    assert!(read_calendar(b"", &options, &Zones::bundled()).is_err());
}
