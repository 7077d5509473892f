//! Refusals: why a visit cannot be booked, moved or changed, as codes for programs and words for people.

use std::fmt;

use jiff::civil::DateTime;

use crate::violation::list_words;
use crate::{
    DateTrouble, FIRST_YEAR, Invalid, LAST_YEAR, PatientId, Policy, Roster, Start, Status, StatusMove,
    TimeError, Violation, ZoneName,
};

/// A kind of record, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    Patient,
    Provider,
    Operatory,
    Location,
    AppointmentType,
}

impl What {
    pub fn words(self) -> &'static str {
        match self {
            What::Patient => "patient",
            What::Provider => "provider",
            What::Operatory => "operatory",
            What::Location => "location",
            What::AppointmentType => "appointment type",
        }
    }

    /// The field of a request that names such a record.
    pub fn field(self) -> &'static str {
        match self {
            What::AppointmentType => "appointment_type",
            other => other.words(),
        }
    }
}

/// Why a visit cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotBook {
    /// Rules refuse: possible with a reason (`override_reason`). Those that refuse come first, then those
    /// that only warn.
    Refused {
        violations: Vec<Violation>,
    },
    /// Rules warn: possible when acknowledged.
    NeedsAcknowledgement {
        violations: Vec<Violation>,
    },
    /// Overridden, but without saying why.
    ReasonMissing {
        violations: Vec<Violation>,
    },
    /// The wall time does not exist, or the zone is unknown.
    Time(TimeError),
    Unknown {
        what: What,
        id: String,
    },
    Inactive {
        what: What,
        name: String,
    },
    /// The time is meant for another zone than the operatory's.
    WrongZone {
        zone: ZoneName,
        location: ZoneName,
    },
    /// The zone never has this offset at this wall time.
    WrongOffset {
        starts_at: Start,
    },
    NotWholeMinutes {
        wall: DateTime,
    },
    ImplausibleYear {
        year: i16,
    },
    /// The visit is over or called off: it has no time to change.
    NotPlanned {
        status: Status,
    },
    Invalid(Invalid),
}

impl CannotBook {
    pub(crate) fn unknown(what: What, id: impl fmt::Display) -> Self {
        CannotBook::Unknown {
            what,
            id: id.to_string(),
        }
    }

    /// The rules in the way, if that is the trouble.
    pub fn violations(&self) -> &[Violation] {
        match self {
            CannotBook::Refused { violations }
            | CannotBook::NeedsAcknowledgement { violations }
            | CannotBook::ReasonMissing { violations } => violations,
            _ => &[],
        }
    }

    /// Stable name for programs; for rules that of the first in the way, for example `chair_taken`.
    pub fn code(&self) -> &'static str {
        match self {
            CannotBook::Refused { violations } => violations.first().map_or("refused", Violation::code),
            CannotBook::NeedsAcknowledgement { .. } => "needs_acknowledgement",
            CannotBook::ReasonMissing { .. } => "reason_missing",
            CannotBook::Time(TimeError::Nonexistent { .. }) => "no_such_time",
            CannotBook::Time(TimeError::UnknownZone { .. }) => "unknown_zone",
            CannotBook::Time(TimeError::Unreadable(_)) => "bad_time",
            CannotBook::Unknown { what, .. } => match what {
                What::Patient => "unknown_patient",
                What::Provider => "unknown_provider",
                What::Operatory => "unknown_operatory",
                What::Location => "unknown_location",
                What::AppointmentType => "unknown_type",
            },
            CannotBook::Inactive { what, .. } => match what {
                What::Patient => "inactive_patient",
                What::Provider => "inactive_provider",
                What::Operatory => "inactive_operatory",
                What::Location => "inactive_location",
                What::AppointmentType => "inactive_type",
            },
            CannotBook::WrongZone { .. } | CannotBook::WrongOffset { .. } => "wrong_zone",
            CannotBook::NotWholeMinutes { .. } | CannotBook::ImplausibleYear { .. } => "bad_time",
            CannotBook::NotPlanned { .. } => "not_planned",
            CannotBook::Invalid(_) => "invalid",
        }
    }

    /// What is in the way, in whole sentences. `names` gives a patient's name.
    pub fn message(&self, roster: &Roster, names: &dyn Fn(PatientId) -> String) -> String {
        match self {
            CannotBook::Refused { violations }
            | CannotBook::NeedsAcknowledgement { violations }
            | CannotBook::ReasonMissing { violations } => {
                let words: Vec<String> = violations
                    .iter()
                    .filter(|violation| !is_said_already(violation, violations))
                    .map(|violation| violation.words(roster, names))
                    .collect();
                format!("{}.", words.join("; "))
            }
            CannotBook::Time(error) => sentence(&error.to_string()),
            CannotBook::Unknown { what, id } => format!("There is no {} “{id}”.", what.words()),
            CannotBook::Inactive {
                what: What::Patient,
                name,
            } if name.is_empty() => "This patient is no longer active.".to_owned(),
            CannotBook::Inactive { what, name } => {
                format!("The {} {name} is no longer active.", what.words())
            }
            CannotBook::WrongZone { zone, location } => {
                format!("The time is given for {zone}, but the operatory’s clock shows {location}.")
            }
            CannotBook::WrongOffset { starts_at } => {
                format!("{starts_at} is not a time of that zone: its offset is another.")
            }
            CannotBook::NotWholeMinutes { wall } => {
                format!("{} is not a whole minute.", wall.time())
            }
            CannotBook::ImplausibleYear { year } => {
                format!("The year {year} cannot be right: visits are between {FIRST_YEAR} and {LAST_YEAR}.")
            }
            CannotBook::NotPlanned { status } => {
                format!(
                    "This visit is {}: its time and place stay as they were.",
                    status.words()
                )
            }
            CannotBook::Invalid(invalid) => invalid.message.clone(),
        }
    }

    /// What to do about it; empty if there is nothing to say.
    pub fn hint(&self, roster: &Roster) -> String {
        match self {
            CannotBook::Refused { violations } => {
                let refusing = violations
                    .iter()
                    .filter(|violation| violation.policy(roster) == Policy::Refuse)
                    .count();
                let what = if refusing > 1 { "these" } else { "this" };
                format!("Take another time or place, or override {what} with a reason.")
            }
            CannotBook::NeedsAcknowledgement { .. } => {
                "It can be done anyway: say that you have seen this.".to_owned()
            }
            CannotBook::ReasonMissing { .. } => {
                "Say why this is overridden; the reason is kept in the history.".to_owned()
            }
            CannotBook::Time(TimeError::Nonexistent { next, .. }) => {
                format!("Take {} or later.", next.wall.strftime("%-H:%M"))
            }
            CannotBook::Time(TimeError::UnknownZone { .. }) => {
                "Choose a zone by its IANA name, for example America/New_York.".to_owned()
            }
            CannotBook::Time(TimeError::Unreadable(_))
            | CannotBook::NotWholeMinutes { .. }
            | CannotBook::ImplausibleYear { .. } => "Write the wall time as 2026-03-03T09:00.".to_owned(),
            CannotBook::Unknown {
                what: What::AppointmentType,
                ..
            } => choices(
                roster
                    .appointment_types
                    .values()
                    .map(|r| (r.sort, &r.name, r.is_active)),
            ),
            CannotBook::Unknown {
                what: What::Provider, ..
            } => choices(roster.providers.values().map(|r| (r.sort, &r.name, r.is_active))),
            CannotBook::Unknown {
                what: What::Operatory,
                ..
            } => choices(
                roster
                    .operatories
                    .values()
                    .map(|r| (r.sort, &r.name, r.is_active)),
            ),
            CannotBook::Unknown {
                what: What::Location, ..
            } => choices(roster.locations.values().map(|r| (r.sort, &r.name, r.is_active))),
            CannotBook::Unknown {
                what: What::Patient, ..
            } => "Find the patient by name, phone or birth date, or add them.".to_owned(),
            CannotBook::Inactive { what, .. } => {
                format!("Choose another {}, or make this one active again.", what.words())
            }
            CannotBook::WrongZone { .. } | CannotBook::WrongOffset { .. } => {
                "Give the time that the wall clock at the operatory shows.".to_owned()
            }
            CannotBook::NotPlanned { status } => match status {
                Status::Cancelled | Status::NoShow => {
                    "Take the visit up again first, or book a new one.".to_owned()
                }
                _ => "Book a new visit instead.".to_owned(),
            },
            CannotBook::Invalid(_) => String::new(),
        }
    }

    /// The field of the request that is wrong, if it is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            CannotBook::Refused { violations } => match violations.first()? {
                Violation::OperatoryTaken { .. }
                | Violation::TypeNotAllowedForOperatory { .. }
                | Violation::TypeNotAllowedAtLocation { .. }
                | Violation::EquipmentMissing { .. } => Some("operatory"),
                Violation::DoctorTaken { .. }
                | Violation::TypeNotAllowedForProvider { .. }
                | Violation::OutsideProviderHours { .. } => Some("provider"),
                Violation::PatientElsewhere { .. }
                | Violation::SameDayVisit { .. }
                | Violation::SameTypeAhead { .. } => Some("patient"),
                Violation::BeforeItsDay { .. } => Some("status"),
                Violation::SecondNotNeeded { .. } => Some("length_minutes"),
                _ => Some("at"),
            },
            CannotBook::ReasonMissing { .. } => Some("override_reason"),
            CannotBook::Time(_)
            | CannotBook::WrongZone { .. }
            | CannotBook::WrongOffset { .. }
            | CannotBook::NotWholeMinutes { .. }
            | CannotBook::ImplausibleYear { .. } => Some("at"),
            CannotBook::Unknown { what, .. } | CannotBook::Inactive { what, .. } => Some(what.field()),
            CannotBook::Invalid(invalid) => Some(invalid.field),
            CannotBook::NeedsAcknowledgement { .. } | CannotBook::NotPlanned { .. } => None,
        }
    }
}

impl From<TimeError> for CannotBook {
    fn from(error: TimeError) -> Self {
        CannotBook::Time(error)
    }
}

impl From<Invalid> for CannotBook {
    fn from(invalid: Invalid) -> Self {
        CannotBook::Invalid(invalid)
    }
}

/// Why a visit's status, note or flags, or a time block, cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotChange {
    Step(StatusMove),
    /// A cancellation without a reason.
    ReasonMissing,
    /// *Doctor needed* is a flag of a seated patient.
    NotSeated {
        status: Status,
    },
    /// The visit gave up its time: whether that is still free must be checked (see [`crate::reopen`]).
    NeedsPlacement,
    /// The time or place is not to be had.
    Placement(CannotBook),
    /// Dates of a series that cannot be as they are.
    Dates(Vec<DateTrouble>),
    Invalid(Invalid),
}

impl CannotChange {
    pub fn violations(&self) -> Vec<&Violation> {
        match self {
            CannotChange::Placement(cannot) => cannot.violations().iter().collect(),
            CannotChange::Dates(dates) => dates.iter().flat_map(|date| date.why.violations()).collect(),
            _ => Vec::new(),
        }
    }

    /// Stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            CannotChange::Step(_) => "no_such_step",
            CannotChange::ReasonMissing => "reason_missing",
            CannotChange::NotSeated { .. } => "not_seated",
            CannotChange::NeedsPlacement => "needs_placement",
            CannotChange::Placement(cannot) => cannot.code(),
            CannotChange::Dates(_) => "series_does_not_fit",
            CannotChange::Invalid(_) => "invalid",
        }
    }

    pub fn message(&self, roster: &Roster, names: &dyn Fn(PatientId) -> String) -> String {
        match self {
            CannotChange::Step(step) => sentence(&step.to_string()),
            CannotChange::ReasonMissing => "A cancellation needs a reason.".to_owned(),
            CannotChange::NotSeated { status } => {
                format!(
                    "The doctor is called to a seated patient; this visit is {}.",
                    status.words()
                )
            }
            CannotChange::NeedsPlacement => {
                "The visit gave up its time, which may be taken by now.".to_owned()
            }
            CannotChange::Placement(cannot) => cannot.message(roster, names),
            CannotChange::Dates(dates) => dates_words(dates, roster, names),
            CannotChange::Invalid(invalid) => invalid.message.clone(),
        }
    }

    /// What to do about it; empty if there is nothing to say.
    pub fn hint(&self, roster: &Roster) -> String {
        match self {
            CannotChange::Step(step) => {
                let next: Vec<&str> = step.from.next().iter().map(|status| status.words()).collect();
                match next.as_slice() {
                    [] => "Undo takes back the last step.".to_owned(),
                    steps => format!(
                        "Possible from here: {}. Undo takes back the last step.",
                        list_words(steps)
                    ),
                }
            }
            CannotChange::ReasonMissing => "Choose or type why it is cancelled.".to_owned(),
            CannotChange::NotSeated { .. } => "Seat the patient first.".to_owned(),
            CannotChange::NeedsPlacement => "Check the time and take the visit up again.".to_owned(),
            CannotChange::Placement(cannot) => cannot.hint(roster),
            CannotChange::Dates(_) => "Take an opening near by for each of them, or leave it out.".to_owned(),
            CannotChange::Invalid(_) => String::new(),
        }
    }

    pub fn field(&self) -> Option<&'static str> {
        match self {
            CannotChange::Step(_) | CannotChange::NeedsPlacement => Some("status"),
            CannotChange::ReasonMissing => Some("reason"),
            CannotChange::NotSeated { .. } => Some("doctor_needed"),
            CannotChange::Placement(cannot) => cannot.field(),
            CannotChange::Dates(_) => Some("picks"),
            CannotChange::Invalid(invalid) => Some(invalid.field),
        }
    }
}

impl From<StatusMove> for CannotChange {
    fn from(step: StatusMove) -> Self {
        CannotChange::Step(step)
    }
}

impl From<Invalid> for CannotChange {
    fn from(invalid: Invalid) -> Self {
        CannotChange::Invalid(invalid)
    }
}

impl From<CannotBook> for CannotChange {
    fn from(cannot: CannotBook) -> Self {
        CannotChange::Placement(cannot)
    }
}

/// The first few dates of a series that do not fit, each with what is in the way.
fn dates_words(dates: &[DateTrouble], roster: &Roster, names: &dyn Fn(PatientId) -> String) -> String {
    const SHOWN: usize = 3;
    let mut words: Vec<String> = dates
        .iter()
        .take(SHOWN)
        .map(|trouble| {
            let why = trouble.why.message(roster, names);
            format!(
                "{}: {}",
                trouble.date.strftime("%a %-d %b %Y"),
                why.trim_end_matches('.')
            )
        })
        .collect();
    if dates.len() > SHOWN {
        words.push(format!("and {} more dates", dates.len() - SHOWN));
    }
    format!("{}.", words.join("; "))
}

/// That the doctor is busy with the visit that takes the chair anyway need not be said.
fn is_said_already(violation: &Violation, all: &[Violation]) -> bool {
    let takes_chair = |other: &Violation| {
        matches!(other, Violation::OperatoryTaken { .. }) && other.appointment() == violation.appointment()
    };
    matches!(violation, Violation::DoctorTaken { .. }) && all.iter().any(takes_chair)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    let dot = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{dot}", letters.as_str())
}

/// `There are: Crown, Exam.`
fn choices<'a>(records: impl Iterator<Item = (i32, &'a String, bool)>) -> String {
    const SHOWN: usize = 12;
    let mut active: Vec<(i32, &str)> = records
        .filter(|(.., is_active)| *is_active)
        .map(|(sort, name, _)| (sort, name.as_str()))
        .collect();
    active.sort_unstable();
    let names: Vec<&str> = active.into_iter().map(|(_, name)| name).collect();
    match names.len() {
        0 => String::new(),
        n if n > SHOWN => format!("There are: {} and {} more.", names[..SHOWN].join(", "), n - SHOWN),
        _ => format!("There are: {}.", list_words(&names)),
    }
}
