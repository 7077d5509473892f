//! Files that nobody should have written: whatever the bytes, reading ends, soon and without a panic.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use clinic::{ZoneName, Zones};
use ical::{ImportedCalendar, ReadOptions, read_calendar};
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::Index;

fn read(file: &[u8]) -> ImportedCalendar {
    let zone = ZoneName::new("America/New_York");
    let options = ReadOptions {
        zone: &zone,
        from: Date::constant(2026, 1, 1),
        to: Date::constant(2027, 12, 31),
        max_events: 20_000,
    };
    read_calendar(file, &options, &Zones::bundled()).unwrap()
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "ics"));
    paths.sort();
    assert!(paths.len() >= 6);
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// One thing that goes wrong with a file.
#[derive(Debug, Clone)]
enum Damage {
    Byte(Index, u8),
    Cut(Index, usize),
    Repeat(Index, usize),
    Insert(Index, &'static str),
    End(Index),
}

const FRAGMENTS: [&str; 22] = [
    "\r\n",
    "\n ",
    "\r",
    ";",
    ":",
    "\"",
    "\\",
    ",",
    "\u{feff}",
    "99999999999999999999",
    "-",
    "=",
    "BEGIN:VEVENT\r\n",
    "END:VEVENT\r\n",
    "END:VCALENDAR\r\n",
    "RRULE:FREQ=DAILY\r\n",
    "\r\nRRULE:FREQ=YEARLY;BYDAY=-53SU;BYSETPOS=-366;INTERVAL=65535\r\n",
    "\r\nDTSTART:99991231T235959Z\r\n",
    "\r\nDTSTART;VALUE=DATE:16010101\r\n",
    "\r\nDURATION:P4294967295W\r\n",
    ";ENCODING=BASE64",
    ";ENCODING=QUOTED-PRINTABLE",
];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (any::<Index>(), 1..60_usize).prop_map(|(at, count)| Damage::Cut(at, count)),
        (any::<Index>(), 1..200_usize).prop_map(|(at, count)| Damage::Repeat(at, count)),
        (any::<Index>(), prop::sample::select(FRAGMENTS.as_slice()))
            .prop_map(|(at, text)| Damage::Insert(at, text)),
        any::<Index>().prop_map(Damage::End),
    ]
}

fn damaged(mut file: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if file.is_empty() {
            break;
        }
        match damage {
            Damage::Byte(at, byte) => {
                let at = at.index(file.len());
                file[at] = *byte;
            }
            Damage::Cut(at, count) => {
                let at = at.index(file.len());
                file.drain(at..(at + count).min(file.len()));
            }
            Damage::Repeat(at, count) => {
                let at = at.index(file.len());
                let part = file[at..(at + count).min(file.len())].to_vec();
                file.splice(at..at, part);
            }
            Damage::Insert(at, text) => {
                let at = at.index(file.len());
                file.splice(at..at, text.bytes());
            }
            Damage::End(at) => {
                // Rarely the whole file, or little would be left to read.
                let at = at.index(file.len());
                file.truncate(file.len() - at / 8);
            }
        }
    }
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_calendar_is_read_or_refused_but_never_a_panic(
        which in any::<Index>(),
        damages in prop::collection::vec(damage(), 1..24),
    ) {
        let fixtures = fixtures();
        let file = damaged(fixtures[which.index(fixtures.len())].clone(), &damages);
        let calendar = read(&file);
        for problem in &calendar.problems {
            prop_assert!(problem.line >= 1 && !problem.reason.is_empty());
        }
    }

    #[test]
    fn any_bytes_at_all(file in prop::collection::vec(any::<u8>(), 0..400)) {
        let calendar = read(&file);
        prop_assert!(calendar.events.is_empty() || file.len() > 20);
    }
}

#[test]
fn a_file_that_repeats_without_measure_is_stopped_and_says_so() {
    let mut file = String::from("BEGIN:VCALENDAR\r\n");
    for number in 0..2000 {
        // Never true, counted, and from long ago: nothing can be left out.
        file += &format!(
            "BEGIN:VEVENT\r\nUID:{number}\r\nDTSTART:16010101T090000\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9\r\nEND:VEVENT\r\n"
        );
    }
    let calendar = read(file.as_bytes());
    assert!(
        calendar
            .problems
            .iter()
            .any(|problem| problem.reason.contains("repeats things too often"))
    );
}

/// A calendar of single events with a long description each, about 700 octets.
fn calendar(events: usize) -> Vec<u8> {
    let mut file = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    for number in 0..events {
        let (day, hour) = (number % 28 + 1, number % 24);
        file += &format!(
            "BEGIN:VEVENT\r\nUID:{number}@example.com\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Eastern Standard Time:202603{day:02}T{hour:02}0000\r\n\
             DTEND;TZID=Eastern Standard Time:202603{day:02}T{hour:02}3000\r\nSUMMARY:Visit\\, number {number}\r\n"
        );
        file += "DESCRIPTION:";
        file += &"text and more\\n\r\n ".repeat(24);
        file += "\r\nEND:VEVENT\r\n";
    }
    file += "END:VCALENDAR\r\n";
    file.into_bytes()
}

#[test]
fn a_file_of_many_events_is_read_whole() {
    let file = calendar(8_000);
    assert!(file.len() > 5_000_000, "{}", file.len());
    assert_eq!(read(&file).events.len(), 8_000);
}
