//! The practice's refusals as errors of the seam.

use clinic::{CannotBook, CannotChange, Invalid, PatientId, Roster};

use crate::DeskError;
use crate::api::{Violation, WayThrough};

/// Looks up patients' names for words.
pub type PatientNames<'a> = &'a dyn Fn(PatientId) -> String;

pub fn violations<'v>(
    found: impl IntoIterator<Item = &'v clinic::Violation>,
    roster: &Roster,
    names: PatientNames<'_>,
) -> Vec<Violation> {
    found
        .into_iter()
        .map(|violation| Violation {
            rule: violation.rule(),
            policy: violation.policy(roster),
            message: violation.words(roster, names),
            appointment: violation.appointment(),
        })
        .collect()
}

pub fn cannot_book(cannot: &CannotBook, roster: &Roster, names: PatientNames<'_>) -> DeskError {
    let violations = violations(cannot.violations(), roster, names);
    DeskError {
        code: cannot.code().to_owned(),
        message: cannot.message(roster, names),
        hint: cannot.hint(roster),
        field: cannot.field().map(str::to_owned),
        violations,
        way_through: way_through(cannot),
    }
}

fn way_through(cannot: &CannotBook) -> Option<WayThrough> {
    match cannot {
        CannotBook::NeedsAcknowledgement { .. } => Some(WayThrough::Acknowledge),
        CannotBook::Refused { .. } | CannotBook::ReasonMissing { .. } => Some(WayThrough::Override),
        _ => None,
    }
}

/// What lets all dates through; nothing if one of them cannot be at all.
fn way_through_all(dates: &[clinic::DateTrouble]) -> Option<WayThrough> {
    let ways: Option<Vec<WayThrough>> = dates.iter().map(|date| way_through(&date.why)).collect();
    ways.map(|ways| {
        if ways.contains(&WayThrough::Override) {
            WayThrough::Override
        } else {
            WayThrough::Acknowledge
        }
    })
}

pub fn cannot_change(cannot: &CannotChange, roster: &Roster, names: PatientNames<'_>) -> DeskError {
    if let CannotChange::Placement(inner) = cannot {
        return cannot_book(inner, roster, names);
    }
    DeskError {
        code: cannot.code().to_owned(),
        message: cannot.message(roster, names),
        hint: cannot.hint(roster),
        field: cannot.field().map(str::to_owned),
        violations: violations(cannot.violations(), roster, names),
        way_through: match cannot {
            CannotChange::Dates(dates) => way_through_all(dates),
            _ => None,
        },
    }
}

pub fn invalid(error: &Invalid) -> DeskError {
    DeskError::new("invalid", error.message.clone()).field(error.field)
}

pub fn no_such_visit() -> DeskError {
    DeskError::new("unknown_appointment", "There is no such visit.")
        .hint("It may have been taken back; look at the day again.")
        .field("id")
}

pub fn no_such_patient() -> DeskError {
    DeskError::new("unknown_patient", "There is no such patient.").field("patient")
}
