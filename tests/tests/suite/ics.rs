//! Our calendar files before judges that are not ours: libical, Python's icalendar and ical.js must read
//! every file without objection and understand the same; dateutil and libical say on which days a rule falls.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clinic::{Start, ZoneName, Zones};
use ical::{CalendarEvent, Method, Party, ReadOptions, When, calendar_file, read_calendar};
use serde::Deserialize;

/// What a reader understood of a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Understood {
    errors: Vec<String>,
    method: String,
    uid: String,
    sequence: u32,
    /// Seconds since 1970 UTC, by the file's own `VTIMEZONE`.
    start: i64,
    end: i64,
    /// `TZID` of the start.
    zone: String,
    summary: String,
    location: String,
    alarms: u32,
}

fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tools")
}

fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; `cargo xtask test` installs what is missing"));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Builds the small program around libical.
fn libical(folder: &Path) -> PathBuf {
    let flags = run(
        Command::new("pkg-config").args(["--cflags", "--libs", "libical"]),
        "",
    );
    let program = folder.join("validate_libical");
    run(
        Command::new("cc")
            .arg("-o")
            .arg(&program)
            .arg(tools().join("validate_libical.c"))
            .args(flags.split_whitespace()),
        "",
    );
    program
}

/// Python with icalendar, where `cargo xtask test` puts it.
fn python() -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut python = Command::new(target.join("tools/python/bin/python"));
    python.arg(tools().join("read_with_icalendar.py"));
    python
}

fn node() -> Command {
    let mut node = Command::new("node");
    node.arg(tools().join("read_with_icaljs.mjs"));
    node
}

/// Shows the files to all three readers; the answers by reader, in the order of the files.
fn judged(files: &[String]) -> BTreeMap<&'static str, Vec<Understood>> {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..files.len())
        .map(|number| folder.path().join(format!("{number}.ics")))
        .collect();
    for (path, file) in paths.iter().zip(files) {
        std::fs::write(path, file).unwrap();
    }
    let readers = [
        ("libical", Command::new(libical(folder.path()))),
        ("icalendar", python()),
        ("ical.js", node()),
    ];
    readers
        .into_iter()
        .map(|(name, mut command)| {
            let answers = run(command.args(&paths), "");
            (
                name,
                answers
                    .lines()
                    .map(|line| serde_json::from_str(line).unwrap())
                    .collect(),
            )
        })
        .collect()
}

fn event(starts_at: Start) -> CalendarEvent {
    CalendarEvent {
        uid: "01jnf1m8qg0000000000000022@practice.orca-front-desk".into(),
        sequence: 3,
        stamped_at: "2026-02-20T15:04:05Z".parse().unwrap(),
        starts_at,
        length_minutes: 40,
        summary: "Appointment at Harbour Dental".into(),
        location: "12 Quay Street, Suite 4; Floor 2".into(),
        description: "To change or cancel, call +1 212 555 0199.".into(),
        organizer: Party {
            name: Some("Harbour Dental".into()),
            email: "desk@harbourdental.example".into(),
        },
        attendee: Some(Party {
            name: None,
            email: "ana@example.com".into(),
        }),
        alarm_minutes_before: Some(1440),
        is_cancelled: false,
    }
}

/// All three readers must agree with what was meant.
fn check(events: &[(CalendarEvent, Method)]) {
    let zones = Zones::bundled();
    let files: Vec<String> = events
        .iter()
        .map(|(event, method)| calendar_file(event, *method, &zones).unwrap())
        .collect();
    for (reader, answers) in judged(&files) {
        assert_eq!(answers.len(), events.len(), "{reader}");
        for ((answer, (event, method)), file) in answers.iter().zip(events).zip(&files) {
            let start = event.starts_at.instant().as_second();
            let zone = if file.contains("DTSTART;TZID=") {
                event.starts_at.zone.as_str()
            } else {
                ""
            };
            let meant = Understood {
                errors: Vec::new(),
                method: method.name().into(),
                uid: event.uid.clone(),
                sequence: event.sequence,
                start,
                end: start + i64::from(event.length_minutes) * 60,
                zone: zone.into(),
                summary: event.summary.clone(),
                location: event.location.clone(),
                alarms: u32::from(event.alarm_minutes_before.is_some() && !event.is_cancelled),
            };
            assert_eq!(*answer, meant, "{reader} reads:\n{file}");
        }
    }
}

fn at(wall: &str, zone: &str) -> Start {
    Zones::bundled()
        .resolve(wall.parse().unwrap(), &ZoneName::new(zone))
        .unwrap()
}

#[test]
fn booked_moved_cancelled_and_published_files_are_understood_by_all() {
    let booked = event(at("2026-03-03T09:00", "America/New_York"));
    let moved = CalendarEvent {
        sequence: 4,
        starts_at: at("2026-11-03T09:00", "America/New_York"),
        ..booked.clone()
    };
    let cancelled = CalendarEvent {
        sequence: 5,
        is_cancelled: true,
        ..moved.clone()
    };
    let plain = CalendarEvent {
        alarm_minutes_before: None,
        attendee: None,
        ..booked.clone()
    };
    check(&[
        (booked, Method::Request),
        (moved, Method::Request),
        (cancelled.clone(), Method::Cancel),
        (cancelled, Method::Publish),
        (plain, Method::Publish),
    ]);
}

#[test]
fn long_and_awkward_text_arrives_as_it_was_meant() {
    let mut events = Vec::new();
    for text in [
        "Termin bei „Zähne & Söhne“; 予約, Ωμέγα \\ \"quoted\" \\n not a line",
        &"🦷é,;\\".repeat(50),
        "BEGIN:VEVENT",
        "a:b;c=d,e",
        &"x".repeat(300),
    ] {
        let mut awkward = event(at("2026-03-03T09:00", "America/New_York"));
        awkward.summary = text.to_owned();
        awkward.location = format!("{text}\nsecond line");
        awkward.organizer.name = Some(text.chars().take(60).collect());
        events.push((awkward, Method::Request));
    }
    check(&events);
}

#[test]
fn every_kind_of_zone_is_written_so_that_others_find_the_same_moment() {
    let zones = Zones::bundled();
    let mut events = Vec::new();
    for zone in [
        "America/New_York",
        "America/Vancouver",
        "America/Edmonton",
        "America/Phoenix",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Santiago",
        "America/Havana",
        "Europe/London",
        "Europe/Dublin",
        "Europe/Berlin",
        "Europe/Lisbon",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Jerusalem",
        "Asia/Gaza",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Tokyo",
        "Australia/Sydney",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "Pacific/Chatham",
        "Pacific/Apia",
        "UTC",
    ] {
        // Around both changes of the year and in between, by the hour of the day on which they differ.
        for wall in [
            "2026-01-15T08:00",
            "2026-03-07T23:30",
            "2026-03-08T03:30",
            "2026-03-29T04:00",
            "2026-04-05T09:00",
            "2026-07-15T08:00",
            "2026-10-24T23:30",
            "2026-10-25T05:00",
            "2026-11-01T06:00",
            "2026-12-01T09:00",
            "2027-06-01T09:00",
        ] {
            // Times in a gap are refused when booking; there are none in files.
            if let Ok(start) = zones.resolve(wall.parse().unwrap(), &ZoneName::new(zone)) {
                events.push((event(start), Method::Request));
            }
        }
    }
    assert!(events.len() > 250);
    check(&events);
}

#[test]
fn both_half_past_ones_of_the_autumn_night() {
    let zones = Zones::bundled();
    let (first, second) = zones
        .fold(
            "2026-11-01T01:30".parse().unwrap(),
            &ZoneName::new("America/New_York"),
        )
        .unwrap();
    let short = CalendarEvent {
        length_minutes: 20,
        ..event(first.clone())
    };
    let long = CalendarEvent {
        length_minutes: 150,
        ..event(first)
    };
    check(&[
        (short, Method::Request),
        (long, Method::Request),
        (event(second), Method::Request),
    ]);
}

#[test]
fn the_judges_object_to_files_that_are_wrong() {
    let file = calendar_file(
        &event(at("2026-03-03T09:00", "America/New_York")),
        Method::Request,
        &Zones::bundled(),
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = libical(folder.path());
    let without = |begin: &str| -> String {
        let unfolded = file.replace("\r\n ", "");
        unfolded
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with(begin))
            .collect()
    };
    for (number, missing) in ["ATTENDEE", "ORGANIZER", "DTSTAMP", "UID"]
        .into_iter()
        .enumerate()
    {
        let path = folder.path().join(format!("{number}.ics"));
        std::fs::write(&path, without(missing)).unwrap();
        let answer = run(Command::new(&program).arg(&path), "");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_ne!(answer["errors"].as_array().unwrap().len(), 0, "without {missing}");
    }
}

/// Rules as calendars have them, in every combination of their parts.
fn rules() -> Vec<String> {
    let mut rules = Vec::new();
    let mut add = |frequency: &str, intervals: &[u32], parts: &[&str]| {
        for interval in intervals {
            for part in parts {
                let semicolon = if part.is_empty() { "" } else { ";" };
                rules.push(format!("FREQ={frequency};INTERVAL={interval}{semicolon}{part}"));
            }
        }
    };
    add(
        "DAILY",
        &[1, 3, 10],
        &[
            "",
            "BYDAY=MO,TU",
            "BYMONTH=1,2",
            "BYMONTHDAY=1,-1",
            "BYMONTH=11;BYDAY=SU",
        ],
    );
    add(
        "WEEKLY",
        &[1, 2, 3],
        &[
            "",
            "BYDAY=TU",
            "BYDAY=MO,WE,FR",
            "BYDAY=SU,TU;WKST=MO",
            "BYDAY=SU,TU;WKST=SU",
            "BYDAY=SA,SU;BYMONTH=3,11",
            "WKST=TH;BYDAY=WE,TH",
        ],
    );
    add(
        "MONTHLY",
        &[1, 2, 5],
        &[
            "",
            "BYMONTHDAY=1,15,-1",
            "BYMONTHDAY=31",
            "BYMONTHDAY=-3",
            "BYDAY=2TU",
            "BYDAY=-1FR",
            "BYDAY=1MO,3MO",
            "BYDAY=5SA",
            "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "BYDAY=SA,SU;BYSETPOS=2,-2",
            "BYDAY=FR;BYMONTHDAY=13",
            "BYMONTH=1,6;BYDAY=WE",
        ],
    );
    add(
        "YEARLY",
        &[1, 2],
        &[
            "",
            "BYMONTH=3,11",
            "BYMONTH=11;BYDAY=4TH",
            "BYMONTHDAY=1,-1",
            "BYDAY=MO",
            "BYDAY=20MO,-1SU",
            "BYMONTH=1;BYDAY=1MO,-1MO",
            "BYMONTH=2;BYMONTHDAY=29",
            "BYMONTH=6;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "BYDAY=SU;BYSETPOS=1,-1",
            "BYMONTH=5;BYDAY=-1MO",
        ],
    );
    rules
}

const FROM: &str = "2023-01-01";
const TO: &str = "2031-12-31";

/// Days on which each rule falls, by our own reader.
fn our_days(rules: &[(String, String)]) -> Vec<Vec<String>> {
    let mut file = String::from("BEGIN:VCALENDAR\r\n");
    for (number, (start, rule)) in rules.iter().enumerate() {
        file += &format!(
            "BEGIN:VEVENT\r\nUID:{number}\r\nDTSTART:{start}\r\nDURATION:PT30M\r\nRRULE:{rule}\r\nEND:VEVENT\r\n"
        );
    }
    file += "END:VCALENDAR\r\n";
    let zone = ZoneName::new("UTC");
    let options = ReadOptions {
        zone: &zone,
        from: FROM.parse().unwrap(),
        to: TO.parse().unwrap(),
        max_events: 1_000_000,
    };
    let calendar = read_calendar(file.as_bytes(), &options, &Zones::bundled()).unwrap();
    assert_eq!(calendar.problems, []);
    let mut days = vec![Vec::new(); rules.len()];
    for event in calendar.events {
        let When::Timed { starts_at, .. } = event.when else {
            panic!("{event:?}")
        };
        days[event.uid.parse::<usize>().unwrap()].push(starts_at.date().strftime("%Y%m%d").to_string());
    }
    days
}

fn asked(command: &mut Command, rules: &[(String, String)]) -> Vec<Vec<String>> {
    let questions: String = rules
        .iter()
        .map(|(start, rule)| format!("{start}\t{rule}\t20311231T235959\n"))
        .collect();
    let answers = run(command.arg("--recur"), &questions);
    answers
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect()
}

/// Where libical 3.0.16 stands alone against dateutil and us: it misses days counted from the end of the month in
/// daily rules, takes a yearly `BYMONTHDAY` for the first month only, and refuses a rule that never comes true.
const LIBICAL_DIFFERS: [&str; 6] = [
    "FREQ=DAILY;INTERVAL=1;BYMONTHDAY=1,-1",
    "FREQ=DAILY;INTERVAL=3;BYMONTHDAY=1,-1",
    "FREQ=DAILY;INTERVAL=10;BYMONTHDAY=1,-1",
    "FREQ=YEARLY;INTERVAL=1;BYMONTHDAY=1,-1",
    "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=1,-1",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
];

#[test]
fn rules_fall_on_the_days_that_others_say() {
    let folder = tempfile::tempdir().unwrap();
    let program = libical(folder.path());
    let starts = ["20240131T090000", "20240229T090000", "20231225T090000"];
    let endless: Vec<(String, String)> = starts
        .iter()
        .flat_map(|start| rules().into_iter().map(|rule| ((*start).to_owned(), rule)))
        .collect();
    // RFC 5545 leaves open what happens to a first day that the rule does not name; we keep it.
    let without_first = |(start, _): &(String, String), days: &[String]| -> Vec<String> {
        days.iter().filter(|day| **day != start[..8]).cloned().collect()
    };
    let ours = our_days(&endless);
    let theirs = asked(&mut python(), &endless);
    let libical_s = asked(&mut Command::new(&program), &endless);
    assert_eq!((theirs.len(), libical_s.len()), (endless.len(), endless.len()));
    let mut differ = std::collections::BTreeSet::new();
    for (number, rule) in endless.iter().enumerate() {
        let ours = without_first(rule, &ours[number]);
        assert_eq!(ours, without_first(rule, &theirs[number]), "dateutil on {rule:?}");
        if ours != without_first(rule, &libical_s[number]) {
            differ.insert(rule.1.as_str());
        }
    }
    let unexpected: Vec<_> = differ
        .iter()
        .filter(|rule| !LIBICAL_DIFFERS.contains(rule))
        .collect();
    assert_eq!(unexpected, Vec::<&&str>::new(), "libical alone says otherwise");
    // With a count: from a first day that the rule names, where everybody counts alike.
    let counted: Vec<(String, String)> = endless
        .iter()
        .zip(&theirs)
        .filter_map(|((_, rule), days)| {
            Some((format!("{}T090000", days.first()?), format!("{rule};COUNT=7")))
        })
        .collect();
    assert!(counted.len() > 200);
    assert_eq!(our_days(&counted), asked(&mut python(), &counted));
}
