//! What moving a visit disturbs, as points to compare by and as words to read.

use jiff::civil::DateTime;

use crate::{Appointment, OperatoryId, ProviderId, Status};

/// A patient keeps a day off work rather than a time of day: another day weighs as much as five hours on the same one.
const ANOTHER_DAY: u32 = 20;
const PER_DAY: u32 = 10;
/// Per quarter of an hour, up to [`MOST_TIME_OF_DAY`].
const PER_QUARTER: u32 = 1;
const MOST_TIME_OF_DAY: u32 = 24;
const ANOTHER_PROVIDER: u32 = 40;
const ANOTHER_OPERATORY: u32 = 2;
/// Somebody has to ring, and the patient has arranged themselves already.
const TOLD: u32 = 15;

/// What is different for a visit at another time and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disturbance {
    /// Wall days later; negative: earlier.
    pub days: i32,
    /// How much later on the wall clock of its day, in minutes; negative: earlier.
    pub minutes: i32,
    pub changes_provider: bool,
    pub changes_operatory: bool,
    /// The patient has said yes to the old time.
    pub is_told: bool,
}

impl Disturbance {
    /// Between where a visit is and another wall time of its location, provider and operatory.
    pub fn of(visit: &Appointment, wall: DateTime, provider: ProviderId, operatory: OperatoryId) -> Self {
        let before = visit.starts_at.wall;
        let minutes = |at: DateTime| i32::from(at.hour()) * 60 + i32::from(at.minute());
        Self {
            days: i32::try_from(wall.date().duration_since(before.date()).as_hours() / 24).unwrap_or(0),
            minutes: minutes(wall) - minutes(before),
            changes_provider: provider != visit.provider,
            changes_operatory: operatory != visit.operatory,
            is_told: is_told(visit),
        }
    }

    /// The patient comes at another time or to another person, so that somebody has to tell them.
    pub fn concerns_patient(&self) -> bool {
        self.days != 0 || self.minutes != 0 || self.changes_provider
    }

    /// More is worse. Whole numbers, so that every workstation comes to the same order.
    pub fn points(&self) -> u32 {
        let days = self.days.unsigned_abs();
        let mut points = if days == 0 {
            0
        } else {
            ANOTHER_DAY + PER_DAY * days
        };
        points += (self.minutes.unsigned_abs().div_ceil(15) * PER_QUARTER).min(MOST_TIME_OF_DAY);
        points += if self.changes_provider {
            ANOTHER_PROVIDER
        } else {
            0
        };
        points += if self.changes_operatory {
            ANOTHER_OPERATORY
        } else {
            0
        };
        points
            + if self.is_told && self.concerns_patient() {
                TOLD
            } else {
                0
            }
    }

    /// `2 days later, 40 minutes earlier, with another provider`.
    pub fn words(&self) -> String {
        let direction = |number: i32| if number < 0 { "earlier" } else { "later" };
        let mut parts = Vec::new();
        match self.days {
            0 if self.minutes == 0 => parts.push("same time".to_owned()),
            0 => parts.push("same day".to_owned()),
            days => parts.push(format!(
                "{} {}",
                count(days.unsigned_abs(), "day"),
                direction(days)
            )),
        }
        if self.minutes != 0 {
            parts.push(format!(
                "{} {}",
                long_words(self.minutes.unsigned_abs()),
                direction(self.minutes)
            ));
        } else if self.days != 0 {
            parts.push("same time of day".to_owned());
        }
        if self.changes_provider {
            parts.push("another provider".to_owned());
        }
        if self.changes_operatory {
            parts.push("another operatory".to_owned());
        }
        if self.is_told && self.concerns_patient() {
            parts.push("patient had confirmed".to_owned());
        }
        parts.join(", ")
    }
}

/// Whether the patient has said yes to the time that the visit has.
pub fn is_told(visit: &Appointment) -> bool {
    visit.confirmed_at.is_some() || matches!(visit.status, Status::Confirmed | Status::Arrived)
}

fn count(number: u32, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// `40 minutes`, `2 h`, `2 h 15`.
fn long_words(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => count(minutes, "minute"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes:02}"),
    }
}
