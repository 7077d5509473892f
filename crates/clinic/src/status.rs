//! The life of a visit, and the small table of who may go where.

use serde::{Deserialize, Serialize};

/// Where a visit stands. Order is the order of a normal day; *doctor needed* is a flag while seated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Scheduled,
    Confirmed,
    Arrived,
    Seated,
    Completed,
    CheckedOut,
    Cancelled,
    NoShow,
}

/// A refused step from one status to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a visit that is {} cannot become {}", from.words(), to.words())]
pub struct StatusMove {
    pub from: Status,
    pub to: Status,
}

impl Status {
    pub const ALL: [Status; 8] = [
        Status::Scheduled,
        Status::Confirmed,
        Status::Arrived,
        Status::Seated,
        Status::Completed,
        Status::CheckedOut,
        Status::Cancelled,
        Status::NoShow,
    ];

    /// As a person says it.
    pub fn words(self) -> &'static str {
        match self {
            Status::Scheduled => "scheduled",
            Status::Confirmed => "confirmed",
            Status::Arrived => "arrived",
            Status::Seated => "seated",
            Status::Completed => "completed",
            Status::CheckedOut => "checked out",
            Status::Cancelled => "cancelled",
            Status::NoShow => "no-show",
        }
    }

    /// As files and the command line write it.
    pub fn code(self) -> &'static str {
        match self {
            Status::CheckedOut => "checked_out",
            Status::NoShow => "no_show",
            other => other.words(),
        }
    }

    pub fn from_code(text: &str) -> Option<Status> {
        let text = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        Status::ALL.into_iter().find(|status| status.code() == text)
    }

    /// Whether the visit takes its operatory, provider and patient: everything but cancelled and missed.
    pub fn takes_time(self) -> bool {
        !matches!(self, Status::Cancelled | Status::NoShow)
    }

    /// Whether the patient is in the practice now.
    pub fn is_here(self) -> bool {
        matches!(self, Status::Arrived | Status::Seated | Status::Completed)
    }

    /// The steps a person may take from here. Steps forward may skip (a patient is seated without the
    /// desk having noted the arrival); the way back is undo, and *scheduled* for a broken visit that is
    /// taken up again.
    pub fn next(self) -> &'static [Status] {
        use Status::*;
        match self {
            Scheduled => &[Confirmed, Arrived, Seated, Completed, Cancelled, NoShow],
            Confirmed => &[Scheduled, Arrived, Seated, Completed, Cancelled, NoShow],
            Arrived => &[Scheduled, Seated, Completed, Cancelled, NoShow],
            Seated => &[Arrived, Completed, CheckedOut],
            Completed => &[Seated, CheckedOut],
            CheckedOut => &[],
            Cancelled | NoShow => &[Scheduled],
        }
    }

    /// Checks the step against the table.
    pub fn step(self, to: Status) -> Result<(), StatusMove> {
        if self.next().contains(&to) {
            Ok(())
        } else {
            Err(StatusMove { from: self, to })
        }
    }

    /// What a visit's status is when workstations set different ones at the same time: what happened in
    /// the room outranks what was planned, and a visit that takes place outranks one called off. The
    /// same on every workstation, whatever the order of arrival.
    pub fn merge(values: impl IntoIterator<Item = Status>) -> Option<Status> {
        values.into_iter().max_by_key(|status| match status {
            Status::Scheduled => 0,
            Status::Confirmed => 1,
            Status::NoShow => 2,
            Status::Cancelled => 3,
            Status::Arrived => 4,
            Status::Seated => 5,
            Status::Completed => 6,
            Status::CheckedOut => 7,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seated_patient_is_neither_cancelled_nor_missed() {
        assert!(Status::Seated.step(Status::Cancelled).is_err());
        assert_eq!(
            Status::Seated.step(Status::NoShow).unwrap_err().to_string(),
            "a visit that is seated cannot become no-show"
        );
    }

    #[test]
    fn a_broken_visit_can_be_taken_up_again() {
        assert!(Status::Cancelled.step(Status::Scheduled).is_ok());
        assert!(Status::NoShow.step(Status::Seated).is_err());
    }

    #[test]
    fn a_patient_seated_on_one_desk_is_not_cancelled_by_another() {
        assert_eq!(
            Status::merge([Status::Cancelled, Status::Seated]),
            Some(Status::Seated)
        );
        assert_eq!(
            Status::merge([Status::Confirmed, Status::Cancelled]),
            Some(Status::Cancelled)
        );
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(Status::from_code("No-Show"), Some(Status::NoShow));
        assert_eq!(Status::from_code("checked out"), Some(Status::CheckedOut));
        assert_eq!(Status::from_code("gone"), None);
    }
}
