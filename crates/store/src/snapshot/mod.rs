//! The practice as rows in packs, so that a newcomer takes it over instead of applying the whole log: written here from one
//! moment of the file ([`SnapshotSource`]), taken in there pack by pack ([`Store::take_pack`]).
//!
//! Documents travel as they are stored and rows as they are, so neither side opens a document. Today's patients come first,
//! the history last. Nothing of this workstation's own travels: keys, settings, audit, what is not in the log yet.
//! Afterwards rows can be compared with documents as always ([`Store::rebuild`]).

mod arrival;
mod form;
mod pack;
mod shadow;
mod source;

use jiff::civil::Date;

use crate::queries::Cursor;
use crate::rows;

pub use arrival::Arrival;
pub(crate) use arrival::arriving;
pub use pack::{Unpacked, unpack};
pub(crate) use source::is_settled;
pub use source::{NotSettled, SnapshotSource, Written};

/// What is in a pack, in the order in which packs come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackKind {
    /// The practice itself, and everybody who is expected today or soon.
    Today,
    /// Everybody else.
    Calendar,
    /// Who did what, and what was set aside.
    History,
}

impl PackKind {
    /// As it stands in an index.
    pub fn code(self) -> u8 {
        match self {
            PackKind::Today => 1,
            PackKind::Calendar => 2,
            PackKind::History => 3,
        }
    }

    pub fn from_code(code: u8) -> Option<PackKind> {
        [PackKind::Today, PackKind::Calendar, PackKind::History]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// What all packs of a snapshot together are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Where the log stood: everything up to here is in it.
    pub cursor: Cursor,
    /// [`crate::DATA_VERSION`] of whoever wrote it.
    pub data_version: u32,
    /// The hybrid logical clock of whoever wrote it.
    pub clock_millis: u64,
    pub clock_counter: u32,
    /// Rows of each table, in the form's order: what has arrived when it is finished.
    pub counts: Vec<u64>,
    /// The first and the last day whose visits come whole with the packs of today. `None`: nobody knows.
    pub days: Option<Days>,
}

/// Wall dates at the locations, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

impl Days {
    /// As it stands in an index: yyyymmdd.
    pub fn to_numbers(self) -> [u32; 2] {
        // Years of wall dates in use have four digits.
        [self.first, self.last].map(|day| rows::yyyymmdd(day).unsigned_abs() as u32)
    }

    /// `None`: it names no days.
    pub fn from_numbers([first, last]: [u32; 2]) -> Option<Days> {
        let date = |number: u32| {
            let part = |number: u32| i8::try_from(number % 100).ok();
            Date::new(
                i16::try_from(number / 10_000).ok()?,
                part(number / 100)?,
                part(number)?,
            )
            .ok()
        };
        Some(Days {
            first: date(first)?,
            last: date(last)?,
        })
    }

    pub fn has(self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }
}
