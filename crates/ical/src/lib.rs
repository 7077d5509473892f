//! Calendar files to and from the practice: pure. The time, the zone rules and every id come in as
//! arguments.
//!
//! [`calendar_file`] writes what a patient gets, [`schedule_file`] a practice's own days; [`read_calendar`] reads what a practice brings along
//! from Google, Outlook or Apple. `calcard` writes and reads the values; `ical` takes lines apart; zone rules
//! and recurrences are resolved here, because the zone data of both libraries are older than ours
//! (see `docs/adr`).

mod address;
pub mod invite;
mod read;
mod rule;
mod schedule;
mod timezone;
mod windows_zones;

pub use invite::{
    CalendarEvent, CannotInvite, Method, PRODUCT, Party, calendar_file, from_appointment, published_file, uid,
};
pub use read::{
    EventKind, EventStatus, ImportedCalendar, ImportedEvent, Problem, ReadOptions, Severity, Transparency,
    When, read_calendar,
};
pub use schedule::{ScheduledVisit, schedule_file};
