//! Series of visits: planned date by date, booked, changed and called off together.
//!
//! Each visit is a record of its own, so that what two desks do to different ones merges by itself. A date that does not
//! fit is never dropped: the plan says why, [`near_openings`] offers what is free near by, and whoever books decides for
//! each. First [`series_slots`] (or [`change_slots`]) says what would be where; the caller loads the [`Neighbours`] of each
//! place; then [`judge_series`] and [`book_series`] (or [`judge_change`] and [`change_series`]) judge the whole.

mod booking;
mod changing;
mod near;
mod slots;
mod status;

use jiff::civil::{Date, DateTime};

pub use booking::{book_series, judge_series};
pub use changing::{
    ChangePick, ChangeSlot, SeriesChange, SeriesEdit, change_series, change_slots, judge_change,
};
pub use near::{Near, near_openings};
pub use slots::{PassedOver, Pick, SeriesRequest, SeriesSlot, SeriesSlots, series_slots};
pub use status::{cancel_series, set_series_status};

use crate::{Appointment, CannotBook, Neighbours, OperatoryId, ProviderId, Scope};

/// Visits of one series at the most: weekly for almost four years.
pub const MAX_SERIES_VISITS: usize = 200;

/// Another time and place, chosen by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// On the wall clock of the operatory's location.
    pub wall: DateTime,
    /// Where that clock shows the time twice: the later one.
    pub fold_later: bool,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// Who comes for the units of the second pattern; none: whom the others have, or the visit has already.
    pub second_provider: Option<ProviderId>,
}

/// A date of a series that cannot be as it is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTrouble {
    pub date: Date,
    pub why: CannotBook,
}

/// The visits that are meant, seen from one of them, by start.
fn meant<'v>(of_series: &'v [Appointment], visit: &'v Appointment, scope: Scope) -> Vec<&'v Appointment> {
    if scope == Scope::This || visit.series.is_none() {
        return vec![visit];
    }
    let mut meant: Vec<&Appointment> = of_series
        .iter()
        .filter(|other| other.series == visit.series)
        .filter(|other| scope == Scope::All || key(other) >= key(visit))
        .collect();
    meant.sort_by_key(|other| (key(other), other.id));
    meant
}

/// Where a visit stands in its series: a visit moved by hand keeps its place among the others.
fn key(visit: &Appointment) -> DateTime {
    visit
        .planned
        .as_ref()
        .map_or(visit.starts_at.wall, |planned| planned.wall)
}

/// What lies around one place of a plan: what was loaded, without visits that leave, with those that the plan puts there.
fn around(loaded: &Neighbours, leaving: &[&Appointment], placed: &[Appointment]) -> Neighbours {
    let mut around = loaded.clone();
    around
        .appointments
        .retain(|visit| !leaving.iter().any(|other| other.id == visit.id));
    around.appointments.extend(placed.iter().cloned());
    around
}
