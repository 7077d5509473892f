//! Reading calendars that people bring along: exports and invitations as Google, Outlook and Apple write
//! them, with their mistakes. Nothing is guessed in silence: what is left out or changed is reported with
//! its line.

pub(crate) mod components;
mod event;
pub(crate) mod lines;
mod occurrence;
mod series;
pub(crate) mod value;
mod zone;

use clinic::{Start, TimeError, ZoneName, Zones};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::invite::Party;
use crate::rule::Budget;

/// What to read of a calendar.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions<'a> {
    /// The location's zone: floating times are in it, and every start is given in it.
    pub zone: &'a ZoneName,
    /// First and last day of interest, inclusive; what lies outside is counted, not returned.
    pub from: Date,
    pub to: Date,
    /// Most events to return.
    pub max_events: usize,
}

/// A calendar file as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedCalendar {
    /// `PUBLISH`, `REQUEST`, `CANCEL`; nothing in a plain export.
    pub method: Option<String>,
    /// The program that wrote it (`PRODID`).
    pub product: Option<String>,
    pub name: Option<String>,
    /// In the order of the file; the occurrences of a series in the order of time.
    pub events: Vec<ImportedEvent>,
    pub problems: Vec<Problem>,
    /// Events and occurrences outside the days asked for.
    pub outside: usize,
    /// Entries that are not events: to-dos, journals.
    pub other: usize,
    /// There was more than `max_events`; the rest is missing.
    pub is_cut: bool,
}

/// One event, or one occurrence of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedEvent {
    /// Line of its `BEGIN:VEVENT`, from 1.
    pub line: usize,
    pub uid: String,
    /// In a series: the start this occurrence has by the rule, as the series' own zone writes it,
    /// `20260303T090000`, `…Z` or `20260303`.
    pub recurrence_id: Option<String>,
    pub kind: EventKind,
    pub summary: String,
    pub description: String,
    pub location: String,
    pub organizer: Option<Party>,
    pub attendees: Vec<Party>,
    pub when: When,
    pub status: EventStatus,
    pub transparency: Transparency,
    pub sequence: u32,
    /// The zone as the file names it; nothing for floating times, UTC and days.
    pub source_zone: Option<String>,
}

impl ImportedEvent {
    /// Names the event or occurrence for good: the same when the calendar is read again.
    pub fn source_key(&self) -> String {
        match &self.recurrence_id {
            Some(id) => format!("{}/{id}", self.uid),
            None => self.uid.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Single,
    /// By the rule of its series.
    Occurrence,
    /// An occurrence that was changed by itself.
    Changed,
}

/// When it takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    Timed {
        /// In the location's zone, whole minutes.
        starts_at: Start,
        /// Elapsed; 0 for an event without end (RFC 5545: it marks a moment).
        length_minutes: u32,
    },
    /// Whole days, wherever one is.
    AllDay { first: Date, days: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    Confirmed,
    Tentative,
    Cancelled,
}

/// Whether it takes its owner's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transparency {
    Busy,
    Free,
}

/// Something that was not read as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1; for an event the line of its `BEGIN:VEVENT`.
    pub line: usize,
    pub severity: Severity,
    /// For people.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// An event, or occurrences of it, are missing because of this.
    Lost,
    /// Read, but not exactly as it stands.
    Note,
}

impl Problem {
    pub(crate) fn new(line: usize, severity: Severity, reason: impl Into<String>) -> Self {
        Self {
            line,
            severity,
            reason: reason.into(),
        }
    }
}

/// Days that the recurrence rules of one file may look at: a practice's calendar takes some hundred thousand.
const DAYS: u64 = 5_000_000;

/// Reads a calendar file. The only error is a location zone that the zone data do not know; everything wrong
/// with the file is in [`ImportedCalendar::problems`].
pub fn read_calendar(
    file: &[u8],
    options: &ReadOptions<'_>,
    zones: &Zones,
) -> Result<ImportedCalendar, TimeError> {
    zones.at(Timestamp::UNIX_EPOCH, options.zone)?;
    let (lines, letters) = lines::unfold(file);
    let components = components::read_components(lines);
    let mut calendar = ImportedCalendar {
        method: components.method,
        product: components.product,
        name: components.name,
        problems: components.problems,
        other: components.other,
        ..ImportedCalendar::default()
    };
    if let Some(line) = letters.not_utf8 {
        let reason = "this line and perhaps others are not UTF-8; they were read as Windows letters";
        calendar.problems.push(Problem::new(line, Severity::Note, reason));
    }
    if let Some(method @ ("REPLY" | "COUNTER" | "DECLINECOUNTER" | "REFRESH")) = calendar.method.as_deref() {
        let reason =
            format!("this file is an answer to an invitation ({method}), not a calendar: nothing was read");
        calendar.problems.push(Problem::new(1, Severity::Lost, reason));
        return Ok(calendar);
    }
    let budget = Budget(DAYS);
    let finder = zone::ZoneFinder::new(
        &components.zones,
        options.to.saturating_add(jiff::Span::new().years(1)),
        zones,
    );
    let mut reading = series::Reading::new(options, zones, finder, budget, calendar);
    reading.read(&components.events);
    Ok(reading.finish())
}
