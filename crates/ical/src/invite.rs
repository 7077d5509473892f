//! The calendar file a patient gets when a visit is booked, moved or cancelled (RFC 5545, RFC 5546).
//!
//! Calendars sync to employers and families, so the text says only what the patient's own calendar needs:
//! practice, place, time, telephone. Never the patient's name, the type of visit or a note.

use std::collections::BTreeMap;

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarAction, ICalendarClassification, ICalendarComponent, ICalendarComponentType,
    ICalendarDay, ICalendarDuration, ICalendarFrequency, ICalendarMethod, ICalendarMonth, ICalendarParameter,
    ICalendarParticipationRole, ICalendarParticipationStatus, ICalendarProperty, ICalendarRecurrenceRule,
    ICalendarStatus, ICalendarTransparency, ICalendarUserTypes, ICalendarValue, ICalendarWeekday, Uri,
};
use clinic::{Appointment, Location, Patient, Practice, Start, Status, TimeError, Zones};
use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::Offset;

use crate::address::{is_mail_address, mailto};
use crate::timezone::{Observance, observances};

/// `PRODID` of every file written here.
pub const PRODUCT: &str = "-//Orca Front Desk//Calendar//EN";

/// What the file asks of the calendar that opens it (RFC 5546, 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// An invitation, new or changed: the calendar offers accept and decline.
    Request,
    /// The visit is off.
    Cancel,
    /// For information: no answer is asked, no patient address needed.
    Publish,
}

impl Method {
    /// As the file, the mail header and the command line write it.
    pub fn name(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
            Method::Publish => "PUBLISH",
        }
    }

    /// The `Content-Type` a mail with this file must carry (RFC 6047, 2.4); Outlook and Gmail compare it with
    /// the `METHOD` inside.
    pub fn content_type(self) -> String {
        format!("text/calendar; charset=utf-8; method={}", self.name())
    }
}

/// Somebody in a calendar file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub name: Option<String>,
    /// A mail address without `mailto:`.
    pub email: String,
}

/// One visit as a calendar sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent {
    /// The same for the visit's whole life; see [`uid`].
    pub uid: String,
    /// Higher than in every file sent before with another time, place or status.
    pub sequence: u32,
    /// When this file is made.
    pub stamped_at: Timestamp,
    pub starts_at: Start,
    /// Elapsed minutes.
    pub length_minutes: u32,
    pub summary: String,
    /// Where to go; may be empty.
    pub location: String,
    /// May be empty.
    pub description: String,
    /// Must be the sender of the mail, or Gmail adds a second copy.
    pub organizer: Party,
    pub attendee: Option<Party>,
    /// A reminder on the patient's own device; elapsed minutes before the start.
    pub alarm_minutes_before: Option<u32>,
    pub is_cancelled: bool,
}

/// Why a calendar file cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotInvite {
    #[error(
        "the practice has no mail address, and a calendar file must name its sender: add one in the settings"
    )]
    NoPracticeEmail,
    #[error("the practice's mail address “{0}” is not one: write it like desk@example.com")]
    BadPracticeEmail(String),
    #[error(
        "the patient has no mail address to invite: add one, or make a file without invitation (publish)"
    )]
    NoPatientEmail,
    #[error("the patient's mail address “{0}” is not one: write it like ana@example.com")]
    BadPatientEmail(String),
    #[error(
        "the visit is not cancelled, so no cancellation can be sent: cancel it first, or send the invitation (request)"
    )]
    NotCancelled,
    #[error("the visit is cancelled: send the cancellation (cancel) instead of an invitation")]
    Cancelled,
    #[error("a calendar file needs a visit of at least one minute")]
    NoLength,
    #[error(transparent)]
    Time(#[from] TimeError),
}

impl CannotInvite {
    /// Which field is wrong, as forms and the command line name it.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoPracticeEmail | Self::BadPracticeEmail(_) => "practice.email",
            Self::NoPatientEmail | Self::BadPatientEmail(_) => "patient.email",
            Self::NotCancelled | Self::Cancelled => "method",
            Self::NoLength => "length_minutes",
            Self::Time(_) => "starts_at",
        }
    }
}

/// The `UID` of a visit: from the visit's and the practice's ids alone, so that moving it, another workstation
/// or a restored backup never changes it.
pub fn uid(appointment: &Appointment, practice: &Practice) -> String {
    format!("{}@{}.orca-front-desk", appointment.id, practice.id).to_ascii_lowercase()
}

/// The visit as its patient's calendar should show it. `now` becomes `DTSTAMP`. A missed visit is
/// cancelled as far as calendars are concerned.
pub fn from_appointment(
    appointment: &Appointment,
    practice: &Practice,
    location: &Location,
    patient: &Patient,
    alarm_minutes_before: Option<u32>,
    now: Timestamp,
) -> CalendarEvent {
    let place = [location.name.trim(), location.address.trim()]
        .into_iter()
        .filter(|part| !part.is_empty() && *part != practice.name.trim())
        .collect::<Vec<_>>()
        .join(", ");
    let phone = [&location.phone, &practice.phone]
        .into_iter()
        .map(|text| text.trim())
        .find(|text| !text.is_empty());
    let email = patient.message_email().trim();
    CalendarEvent {
        uid: uid(appointment, practice),
        sequence: appointment.sequence,
        stamped_at: now,
        starts_at: appointment.starts_at.clone(),
        length_minutes: appointment.length_minutes().into(),
        summary: format!("Appointment at {}", practice.name.trim()),
        location: place,
        description: [
            (appointment.arrive_early_minutes > 0)
                .then(|| format!("Please come {} minutes early.", appointment.arrive_early_minutes)),
            phone.map(|phone| format!("To change or cancel, call {phone}.")),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" "),
        organizer: Party {
            name: Some(practice.name.trim().to_owned()),
            email: practice.email.trim().to_owned(),
        },
        attendee: (!email.is_empty()).then(|| Party {
            name: None,
            email: email.to_owned(),
        }),
        alarm_minutes_before,
        is_cancelled: matches!(appointment.status, Status::Cancelled | Status::NoShow),
    }
}

/// The event as the text of an `.ics` file: CRLF line ends, lines of at most 75 octets, UTF-8.
///
/// A request or cancellation needs an attendee; a published file leaves the attendee out.
pub fn calendar_file(event: &CalendarEvent, method: Method, zones: &Zones) -> Result<String, CannotInvite> {
    write(std::slice::from_ref(event), method, zones)
}

/// Several visits as one file for information: an event each, with a `UID` of its own. Only a published calendar may hold
/// events that have nothing to do with each other (RFC 5546, 3.2.1); an invitation is one event.
pub fn published_file(events: &[CalendarEvent], zones: &Zones) -> Result<String, CannotInvite> {
    write(events, Method::Publish, zones)
}

fn write(events: &[CalendarEvent], method: Method, zones: &Zones) -> Result<String, CannotInvite> {
    let mut calendar = ICalendar {
        components: vec![component(ICalendarComponentType::VCalendar)],
    };
    calendar.components[0].add_property(ICalendarProperty::Version, text("2.0"));
    calendar.components[0].add_property(ICalendarProperty::Prodid, text(PRODUCT));
    calendar.components[0].add_property(ICalendarProperty::Calscale, text("GREGORIAN"));
    calendar.components[0].add_property(
        ICalendarProperty::Method,
        ICalendarValue::Method(match method {
            Method::Request => ICalendarMethod::Request,
            Method::Cancel => ICalendarMethod::Cancel,
            Method::Publish => ICalendarMethod::Publish,
        }),
    );
    let mut timed = Vec::with_capacity(events.len());
    for event in events {
        check(event, method)?;
        timed.push((event, Times::of(event, zones)?));
    }
    // One definition of each zone, from the earliest visit in it on.
    let mut first: BTreeMap<&str, &CalendarEvent> = BTreeMap::new();
    for (event, times) in &timed {
        if let Some(zone) = &times.zone {
            let known = first.entry(zone).or_insert(event);
            if event.starts_at.instant() < known.starts_at.instant() {
                *known = event;
            }
        }
    }
    for (zone, event) in first {
        let parent = add(&mut calendar, 0, time_zone(zone));
        for part in observances(&event.starts_at.zone, event.starts_at.instant(), zones)? {
            add(&mut calendar, parent, observance(&part));
        }
    }
    for (event, times) in &timed {
        let visit = add(&mut calendar, 0, vevent(event, method, times));
        if let (Some(minutes), false) = (event.alarm_minutes_before, event.is_cancelled) {
            add(&mut calendar, visit, alarm(minutes, &event.summary));
        }
    }
    Ok(calendar.to_string())
}

fn check(event: &CalendarEvent, method: Method) -> Result<(), CannotInvite> {
    match event.organizer.email.as_str() {
        "" => return Err(CannotInvite::NoPracticeEmail),
        email if !is_mail_address(email) => return Err(CannotInvite::BadPracticeEmail(email.to_owned())),
        _ => {}
    }
    match (&event.attendee, method) {
        (_, Method::Publish) => {}
        (None, _) => return Err(CannotInvite::NoPatientEmail),
        (Some(party), _) if !is_mail_address(&party.email) => {
            return Err(CannotInvite::BadPatientEmail(party.email.clone()));
        }
        _ => {}
    }
    match method {
        Method::Cancel if !event.is_cancelled => Err(CannotInvite::NotCancelled),
        Method::Request if event.is_cancelled => Err(CannotInvite::Cancelled),
        _ if event.length_minutes == 0 => Err(CannotInvite::NoLength),
        _ => Ok(()),
    }
}

/// Start and end as they are written: wall time with a zone, or UTC.
struct Times {
    zone: Option<String>,
    start: PartialDateTime,
    end: PartialDateTime,
}

impl Times {
    fn of(event: &CalendarEvent, zones: &Zones) -> Result<Self, CannotInvite> {
        let minutes = i32::try_from(event.length_minutes).unwrap_or(i32::MAX);
        let end = zones.after_minutes(&event.starts_at, minutes)?;
        // A wall time that happens twice means the first of the two in a calendar file (RFC 5545, 3.3.5), but
        // readers disagree (Python's icalendar takes the first, libical and ical.js the second): both are said in UTC.
        let plain = |start: &Start| {
            zones.resolve(start.wall, &start.zone).as_ref() == Ok(start)
                && zones.fold(start.wall, &start.zone).is_none()
        };
        let is_utc = matches!(event.starts_at.zone.as_str(), "UTC" | "Etc/UTC");
        if !is_utc && plain(&event.starts_at) && plain(&end) {
            Ok(Times {
                zone: Some(event.starts_at.zone.as_str().to_owned()),
                start: wall(event.starts_at.wall),
                end: wall(end.wall),
            })
        } else {
            Ok(Times {
                zone: None,
                start: utc(event.starts_at.instant()),
                end: utc(end.instant()),
            })
        }
    }
}

fn vevent(event: &CalendarEvent, method: Method, times: &Times) -> ICalendarComponent {
    let mut visit = component(ICalendarComponentType::VEvent);
    visit.add_uid(&event.uid);
    visit.add_sequence(event.sequence.into());
    visit.add_dtstamp(utc(event.stamped_at));
    let zone = || {
        times
            .zone
            .iter()
            .map(|zone| ICalendarParameter::tzid(zone.clone()))
    };
    visit.add_property_with_params(ICalendarProperty::Dtstart, zone(), times.start.clone());
    visit.add_property_with_params(ICalendarProperty::Dtend, zone(), times.end.clone());
    visit.add_property(ICalendarProperty::Summary, text(&event.summary));
    if !event.location.trim().is_empty() {
        visit.add_property(ICalendarProperty::Location, text(&event.location));
    }
    if !event.description.trim().is_empty() {
        visit.add_property(ICalendarProperty::Description, text(&event.description));
    }
    visit.add_property_with_params(
        ICalendarProperty::Organizer,
        common_name(&event.organizer),
        address(&event.organizer),
    );
    if let (Some(attendee), true) = (&event.attendee, method != Method::Publish) {
        let mut params = vec![
            ICalendarParameter::cutype(ICalendarUserTypes::Individual),
            ICalendarParameter::role(ICalendarParticipationRole::ReqParticipant),
        ];
        if method == Method::Request {
            params.push(ICalendarParameter::partstat(
                ICalendarParticipationStatus::NeedsAction,
            ));
            params.push(ICalendarParameter::rsvp(true));
        }
        params.extend(common_name(attendee));
        visit.add_property_with_params(ICalendarProperty::Attendee, params, address(attendee));
    }
    visit.add_property(
        ICalendarProperty::Status,
        ICalendarValue::Status(if event.is_cancelled {
            ICalendarStatus::Cancelled
        } else {
            ICalendarStatus::Confirmed
        }),
    );
    visit.add_property(
        ICalendarProperty::Transp,
        ICalendarValue::Transparency(ICalendarTransparency::Opaque),
    );
    visit.add_property(
        ICalendarProperty::Class,
        ICalendarValue::Classification(ICalendarClassification::Private),
    );
    visit
}

fn alarm(minutes: u32, summary: &str) -> ICalendarComponent {
    let mut alarm = component(ICalendarComponentType::VAlarm);
    alarm.add_property(
        ICalendarProperty::Action,
        ICalendarValue::Action(ICalendarAction::Display),
    );
    alarm.add_property(ICalendarProperty::Description, text(summary));
    alarm.add_property(
        ICalendarProperty::Trigger,
        ICalendarDuration {
            neg: true,
            weeks: 0,
            // Not days: a day of 23 or 25 hours would move the alarm.
            days: 0,
            hours: minutes / 60,
            minutes: minutes % 60,
            seconds: 0,
        },
    );
    alarm
}

fn time_zone(id: &str) -> ICalendarComponent {
    let mut zone = component(ICalendarComponentType::VTimezone);
    zone.add_property(ICalendarProperty::Tzid, text(id));
    zone
}

fn observance(part: &Observance) -> ICalendarComponent {
    let mut written = component(if part.is_daylight {
        ICalendarComponentType::Daylight
    } else {
        ICalendarComponentType::Standard
    });
    written.add_property(ICalendarProperty::Dtstart, wall(part.onset));
    written.add_property(ICalendarProperty::Tzoffsetfrom, utc_offset(part.from));
    written.add_property(ICalendarProperty::Tzoffsetto, utc_offset(part.to));
    written.add_property(ICalendarProperty::Tzname, text(&part.name));
    if let Some((month, nth, weekday)) = part.yearly {
        written.add_property(
            ICalendarProperty::Rrule,
            ICalendarRecurrenceRule {
                freq: ICalendarFrequency::Yearly,
                bymonth: vec![ICalendarMonth::new(month.unsigned_abs(), false)],
                byday: vec![ICalendarDay {
                    ordwk: Some(nth.into()),
                    weekday: day(weekday),
                }],
                ..Default::default()
            },
        );
    }
    written
}

pub(crate) fn component(kind: ICalendarComponentType) -> ICalendarComponent {
    ICalendarComponent::new(kind)
}

/// Puts a component into its parent; returns its place.
pub(crate) fn add(calendar: &mut ICalendar, parent: usize, child: ICalendarComponent) -> usize {
    let at = calendar.components.len();
    calendar.components.push(child);
    calendar.components[parent]
        .component_ids
        .push(u32::try_from(at).expect("a file has some hundred components"));
    at
}

/// Text without what no calendar accepts: control characters other than the line feed.
pub(crate) fn text(value: &str) -> ICalendarValue {
    let lines = value.trim().replace("\r\n", "\n").replace('\r', "\n");
    ICalendarValue::Text(
        lines
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| *c == '\n' || !c.is_control())
            .collect(),
    )
}

/// `CN`, where there is a name. A parameter cannot hold a double quote, and readers disagree about
/// backslashes in one, so both become their nearest look-alikes.
fn common_name(party: &Party) -> Option<ICalendarParameter> {
    let name: String = party
        .name
        .as_deref()?
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let name = name.replace('"', "'").replace('\\', "/");
    (!name.is_empty()).then(|| ICalendarParameter::cn(name))
}

fn address(party: &Party) -> ICalendarValue {
    ICalendarValue::Uri(Uri::Location(mailto(&party.email)))
}

fn wall(at: DateTime) -> PartialDateTime {
    PartialDateTime {
        year: Some(at.year().unsigned_abs()),
        month: Some(at.month().unsigned_abs()),
        day: Some(at.day().unsigned_abs()),
        hour: Some(at.hour().unsigned_abs()),
        minute: Some(at.minute().unsigned_abs()),
        second: Some(at.second().unsigned_abs()),
        ..Default::default()
    }
}

pub(crate) fn utc(at: Timestamp) -> PartialDateTime {
    PartialDateTime {
        tz_hour: Some(0),
        tz_minute: Some(0),
        ..wall(Offset::UTC.to_datetime(at))
    }
}

fn utc_offset(offset: Offset) -> PartialDateTime {
    let minutes = offset.seconds().unsigned_abs() / 60;
    PartialDateTime {
        tz_hour: u8::try_from(minutes / 60).ok(),
        tz_minute: u8::try_from(minutes % 60).ok(),
        tz_minus: offset.is_negative(),
        ..Default::default()
    }
}

fn day(weekday: Weekday) -> ICalendarWeekday {
    match weekday {
        Weekday::Monday => ICalendarWeekday::Monday,
        Weekday::Tuesday => ICalendarWeekday::Tuesday,
        Weekday::Wednesday => ICalendarWeekday::Wednesday,
        Weekday::Thursday => ICalendarWeekday::Thursday,
        Weekday::Friday => ICalendarWeekday::Friday,
        Weekday::Saturday => ICalendarWeekday::Saturday,
        Weekday::Sunday => ICalendarWeekday::Sunday,
    }
}
