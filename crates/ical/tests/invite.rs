//! Calendar files for a visit's life, compared with files kept in `golden/` (run with `UPDATE_EXPECT=1` to
//! write them anew, then read the difference).

#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use clinic::{
    Appointment, AppointmentId, AppointmentTypeId, Location, LocationId, OperatoryId, Patient, PatientId,
    Practice, PracticeId, ProviderId, ResponsibleParty, RulePolicies, Stamp, Start, Status, WorkstationId,
    ZoneName, Zones,
};
use ical::{
    CalendarEvent, CannotInvite, Method, Party, ReadOptions, When, calendar_file, from_appointment,
    published_file, read_calendar,
};
use jiff::Timestamp;
use jiff::civil::Date;

fn practice() -> Practice {
    Practice {
        id: PracticeId(7),
        name: "Harbour Dental".into(),
        zone: ZoneName::new("America/New_York"),
        email: "desk@harbourdental.example".into(),
        phone: "+1 212 555 0100".into(),
        time_increment_minutes: 5,
        policies: RulePolicies::default(),
        visit_limits: Vec::new(),
        weights: Default::default(),
        cancel_reasons: Vec::new(),
        usual_interval_weeks: 26,
        is_demo: true,
    }
}

fn location(zone: &str) -> Location {
    Location {
        id: LocationId(1),
        name: "Harbour Dental".into(),
        zone: ZoneName::new(zone),
        address: "12 Quay Street, Suite 4; Floor 2".into(),
        phone: "+1 212 555 0199".into(),
        hours: Vec::new(),
        sort: 0,
        is_active: true,
        rota: Default::default(),
        assistants: Vec::new(),
    }
}

fn patient() -> Patient {
    Patient {
        id: PatientId(3),
        chart_number: "C-17".into(),
        family_name: "Secretname".into(),
        given_name: "Ana".into(),
        preferred_name: String::new(),
        birth_date: None,
        mobile_phone: "+1 917 555 0123".into(),
        home_phone: String::new(),
        email: "ana@example.com".into(),
        responsible_party: None,
        family: None,
        alert: "Latex allergy".into(),
        note: "Fears needles".into(),
        is_active: true,
    }
}

fn appointment(start: &Start) -> Appointment {
    Appointment {
        id: AppointmentId(0x0195_5e1a_22f0_0000_0000_0000_0000_0042),
        patient: PatientId(3),
        appointment_type: AppointmentTypeId(9),
        provider: ProviderId(4),
        operatory: OperatoryId(5),
        location: LocationId(1),
        starts_at: start.clone(),
        pattern: "XX//XXXXXXXX".parse().unwrap(),
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        status: Status::Scheduled,
        doctor_needed: false,
        confirmed_at: None,
        arrived_at: None,
        seated_at: None,
        completed_at: None,
        checked_out_at: None,
        broken_at: None,
        cancel_reason: "Fever".into(),
        is_asap: false,
        note: "Root canal, 2nd visit".into(),
        booked: Stamp {
            millis: 0,
            counter: 0,
            workstation: WorkstationId(1),
        },
        sequence: 0,
        source_uid: String::new(),
        needs_new_time: None,
        series: None,
        planned: None,
        arrive_early_minutes: 0,
        also: Vec::new(),
        equipment: Vec::new(),
        assistant: Default::default(),
        second_provider: None,
        second_pattern: None,
    }
}

fn at(wall: &str, zone: &str) -> Start {
    Zones::bundled()
        .resolve(wall.parse().unwrap(), &ZoneName::new(zone))
        .unwrap()
}

fn stamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A visit of an hour on Tuesday morning, as its patient's calendar should show it.
fn event() -> CalendarEvent {
    let appointment = appointment(&at("2026-03-03T09:00", "America/New_York"));
    from_appointment(
        &appointment,
        &practice(),
        &location("America/New_York"),
        &patient(),
        Some(24 * 60),
        stamp("2026-02-20T15:04:05Z"),
    )
}

/// Compares byte by byte: line ends matter here.
fn check_golden(name: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{name} differs; UPDATE_EXPECT=1 writes it anew");
    check_form(actual);
}

/// What RFC 5545, 3.1 asks of every file.
fn check_form(file: &str) {
    assert!(file.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(
        file.replace("\r\n", "").find(['\r', '\n']),
        None,
        "every line ends with CR LF"
    );
    for line in file.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
    }
}

fn file(event: &CalendarEvent, method: Method) -> String {
    calendar_file(event, method, &Zones::bundled()).unwrap()
}

#[test]
fn booked_moved_and_cancelled_keep_one_uid_and_raise_the_sequence() {
    let zones = Zones::bundled();
    let booked = event();
    check_golden("booked.ics", &file(&booked, Method::Request));

    let mut visit = appointment(&at("2026-03-10T14:30", "America/New_York"));
    visit.sequence = 1;
    let location = location("America/New_York");
    let moved = from_appointment(
        &visit,
        &practice(),
        &location,
        &patient(),
        Some(90),
        stamp("2026-02-21T10:00:00Z"),
    );
    check_golden("moved.ics", &file(&moved, Method::Request));

    visit.sequence = 2;
    visit.status = Status::Cancelled;
    let cancelled = from_appointment(
        &visit,
        &practice(),
        &location,
        &patient(),
        Some(90),
        stamp("2026-02-22T10:00:00Z"),
    );
    check_golden("cancelled.ics", &file(&cancelled, Method::Cancel));

    assert_eq!(booked.uid, moved.uid);
    assert_eq!(moved.uid, cancelled.uid);
    let options = ReadOptions {
        zone: &ZoneName::new("America/New_York"),
        from: Date::constant(2026, 1, 1),
        to: Date::constant(2026, 12, 31),
        max_events: 10,
    };
    for (event, method) in [
        (&booked, Method::Request),
        (&moved, Method::Request),
        (&cancelled, Method::Cancel),
    ] {
        let read = read_calendar(file(event, method).as_bytes(), &options, &zones).unwrap();
        assert_eq!(
            (read.problems.as_slice(), read.method.as_deref()),
            ([].as_slice(), Some(method.name()))
        );
        let [back] = read.events.as_slice() else {
            panic!("one event")
        };
        assert_eq!(back.uid, event.uid);
        assert_eq!(back.sequence, event.sequence);
        assert_eq!(
            back.when,
            When::Timed {
                starts_at: event.starts_at.clone(),
                length_minutes: 60
            }
        );
        assert_eq!(
            (&back.summary, &back.location, &back.description),
            (&event.summary, &event.location, &event.description)
        );
        assert_eq!(back.organizer.as_ref(), Some(&event.organizer));
        assert_eq!(
            back.attendees,
            event.attendee.clone().into_iter().collect::<Vec<_>>()
        );
    }
}

#[test]
fn no_patient_data_beyond_the_address_it_is_sent_to() {
    let all = [file(&event(), Method::Request), file(&event(), Method::Publish)]
        .concat()
        .replace("\r\n ", "");
    for secret in [
        "Secretname",
        "Ana ",
        "allergy",
        "needles",
        "canal",
        "917",
        "C-17",
        "Fever",
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(!file(&event(), Method::Publish).contains("ana@example.com"));
}

#[test]
fn a_minor_s_invitation_goes_to_the_one_who_answers_for_them() {
    let mut child = patient();
    child.responsible_party = Some(ResponsibleParty {
        name: "Maria".into(),
        relationship: "mother".into(),
        phone: String::new(),
        email: "maria@example.com".into(),
    });
    let visit = appointment(&at("2026-03-03T09:00", "America/New_York"));
    let event = from_appointment(
        &visit,
        &practice(),
        &location("America/New_York"),
        &child,
        None,
        stamp("2026-02-20T15:04:05Z"),
    );
    assert_eq!(
        event.attendee,
        Some(Party {
            name: None,
            email: "maria@example.com".into()
        })
    );
    assert!(!file(&event, Method::Request).contains("VALARM"));
}

#[test]
fn days_on_which_clocks_change() {
    // Two hours across the spring jump: the wall clock shows three.
    let mut spring = event();
    spring.starts_at = at("2027-03-14T01:30", "America/New_York");
    spring.length_minutes = 120;
    check_golden("spring.ics", &file(&spring, Method::Request));
    // The second 01:30 of the autumn night exists only in UTC.
    let mut autumn = event();
    autumn.starts_at = Zones::bundled()
        .resolve_later(
            "2026-11-01T01:30".parse().unwrap(),
            &ZoneName::new("America/New_York"),
        )
        .unwrap();
    check_golden("autumn-second.ics", &file(&autumn, Method::Request));
    // So is the first, as readers disagree about which of the two a wall time means.
    autumn.starts_at = at("2026-11-01T01:30", "America/New_York");
    assert!(file(&autumn, Method::Request).contains("DTSTART:20261101T053000Z"));
    // A visit that ends in the doubled hour, too; one that only spans it keeps its wall time.
    autumn.starts_at = at("2026-11-01T00:30", "America/New_York");
    assert!(file(&autumn, Method::Request).contains("DTEND:20261101T053000Z"));
    autumn.length_minutes = 180;
    assert!(file(&autumn, Method::Request).contains("DTEND;TZID=America/New_York:20261101T023000"));
}

#[test]
fn zone_rules_come_from_current_data() {
    let mut vancouver = event();
    vancouver.starts_at = at("2026-12-01T09:00", "America/Vancouver");
    check_golden("vancouver.ics", &file(&vancouver, Method::Publish));
    assert_eq!(vancouver.starts_at.instant(), stamp("2026-12-01T16:00:00Z"));
    let mut casablanca = event();
    casablanca.starts_at = at("2026-03-03T09:00", "Africa/Casablanca");
    check_golden("casablanca.ics", &file(&casablanca, Method::Publish));
    let mut utc = event();
    utc.starts_at = at("2026-03-03T09:00", "UTC");
    assert!(!file(&utc, Method::Publish).contains("TZID"));
}

#[test]
fn long_and_awkward_text_is_escaped_and_folded_between_letters() {
    let mut awkward = event();
    awkward.summary = "Termin bei „Zähne & Söhne“; 予約, Ωμέγα \\ \"quoted\"".into();
    awkward.location = "🦷".repeat(60);
    awkward.description = "First line\r\nsecond, with: colon;\tand tab\u{7}\n\nlast".into();
    awkward.organizer.name =
        Some("Dr. \"Ø\" Weiß; Partner, Söhne: Zahnärzte \\ am Hafen und noch viel mehr Text".into());
    let text = file(&awkward, Method::Request);
    check_golden("awkward.ics", &text);
    let options = ReadOptions {
        zone: &ZoneName::new("America/New_York"),
        from: Date::constant(2026, 1, 1),
        to: Date::constant(2026, 12, 31),
        max_events: 10,
    };
    let read = read_calendar(text.as_bytes(), &options, &Zones::bundled()).unwrap();
    let back = &read.events[0];
    assert_eq!(back.summary, awkward.summary);
    assert_eq!(back.location, awkward.location);
    assert_eq!(
        back.description,
        "First line\nsecond, with: colon; and tab\n\nlast"
    );
    assert_eq!(
        back.organizer.as_ref().unwrap().name.as_deref(),
        Some("Dr. 'Ø' Weiß; Partner, Söhne: Zahnärzte / am Hafen und noch viel mehr Text")
    );
}

#[test]
fn what_cannot_be_sent_says_which_field_is_wrong() {
    let zones = Zones::bundled();
    let check = |change: &dyn Fn(&mut CalendarEvent), method, field: &str, error: CannotInvite| {
        let mut event = event();
        change(&mut event);
        assert_eq!(calendar_file(&event, method, &zones), Err(error.clone()));
        assert_eq!(error.field(), field);
    };
    check(
        &|event| event.attendee = None,
        Method::Request,
        "patient.email",
        CannotInvite::NoPatientEmail,
    );
    check(
        &|event| event.attendee.as_mut().unwrap().email = "ana@".into(),
        Method::Request,
        "patient.email",
        CannotInvite::BadPatientEmail("ana@".into()),
    );
    check(
        &|event| event.organizer.email.clear(),
        Method::Publish,
        "practice.email",
        CannotInvite::NoPracticeEmail,
    );
    check(&|_| {}, Method::Cancel, "method", CannotInvite::NotCancelled);
    check(
        &|event| event.is_cancelled = true,
        Method::Request,
        "method",
        CannotInvite::Cancelled,
    );
    check(
        &|event| event.length_minutes = 0,
        Method::Publish,
        "length_minutes",
        CannotInvite::NoLength,
    );
    let mut event = event();
    event.attendee = None;
    assert!(calendar_file(&event, Method::Publish, &zones).is_ok());
    event.is_cancelled = true;
    assert!(file(&event, Method::Publish).contains("STATUS:CANCELLED"));
}

#[test]
fn the_mail_header_repeats_the_method() {
    assert_eq!(
        Method::Cancel.content_type(),
        "text/calendar; charset=utf-8; method=CANCEL"
    );
}

#[test]
fn a_series_is_published_with_an_event_for_each_visit_and_one_definition_of_its_zone() {
    let mut events: Vec<CalendarEvent> = Vec::new();
    for (number, wall) in ["2026-03-03T09:00", "2026-04-14T09:00", "2026-11-10T09:00"]
        .iter()
        .enumerate()
    {
        let mut visit = appointment(&at(wall, "America/New_York"));
        visit.id = AppointmentId(visit.id.0 + number as u128);
        visit.sequence = number as u32;
        if number == 1 {
            visit.status = Status::Cancelled;
        }
        events.push(from_appointment(
            &visit,
            &practice(),
            &location("America/New_York"),
            &patient(),
            None,
            stamp("2026-02-20T15:04:05Z"),
        ));
    }
    let text = published_file(&events, &Zones::bundled()).unwrap();
    let count = |what: &str| text.lines().filter(|line| line.starts_with(what)).count();
    assert_eq!(count("METHOD:PUBLISH"), 1);
    assert_eq!(count("BEGIN:VEVENT"), 3);
    assert_eq!(count("BEGIN:VTIMEZONE"), 1);
    assert_eq!(count("STATUS:CANCELLED"), 1);
    assert_eq!((count("RECURRENCE-ID"), count("ATTENDEE")), (0, 0));
    let starts: Vec<&str> = text.lines().filter(|line| line.starts_with("DTSTART;")).collect();
    assert_eq!(
        starts,
        [
            "DTSTART;TZID=America/New_York:20260303T090000",
            "DTSTART;TZID=America/New_York:20260414T090000",
            "DTSTART;TZID=America/New_York:20261110T090000"
        ]
    );
    let mut ids: Vec<&str> = text.lines().filter(|line| line.starts_with("UID:")).collect();
    ids.dedup();
    assert_eq!(
        ids.len(),
        3,
        "a visit keeps its name whatever becomes of the others"
    );
}
