//! From a rule to places: which dates a series has, which it passes over, and where each visit would be.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};

use super::{MAX_SERIES_VISITS, Spot};
use crate::booking::start_at;
use crate::placement::{known_location, known_operatory, plausible};
use crate::procedures::together;
use crate::{
    AppointmentSeriesId, AppointmentTypeId, BlockTarget, CannotBook, Invalid, OperatoryId, PatientId,
    Placement, ProviderId, Recurrence, Roster, TimeBlock, TimeError, TimePattern, Zones,
};

/// A series that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRequest {
    /// Made at the edge.
    pub series: AppointmentSeriesId,
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    /// Done beside the type in each of the visits.
    pub also: Vec<AppointmentTypeId>,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// Who comes for the units of the type's second pattern, the same on all dates.
    pub second_provider: Option<ProviderId>,
    /// The first date and the time of day, on the wall clock of the operatory's location.
    pub wall: DateTime,
    /// On a date on which that clock shows the time twice: the later one.
    pub fold_later: bool,
    pub recurrence: Recurrence,
    /// Days on which the location is closed are passed over and do not count.
    pub passes_over_closed: bool,
    /// Instead of what the type and everything beside it make.
    pub pattern: Option<TimePattern>,
    /// The same for all.
    pub note: String,
    /// Each of the visits would come sooner.
    pub is_asap: bool,
    /// Before each of them; see [`crate::MAX_EARLY_MINUTES`].
    pub arrive_early_minutes: u16,
    /// What a person decided about single dates.
    pub picks: BTreeMap<Date, Pick>,
}

/// What becomes of one date instead of what the rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    LeaveOut,
    Elsewhere(Spot),
}

/// One visit of a series that is being planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesSlot {
    /// As the rule has it.
    pub date: Date,
    /// A person chose another time or place for it.
    pub is_picked: bool,
    /// Or the time that the clock skips.
    pub place: Result<Placement, TimeError>,
}

/// A day or month that the rule passes over, and why, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Of a month its first day.
    pub date: Date,
    pub why: String,
}

/// Everything that a rule comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesSlots {
    /// In the order of the rule's dates.
    pub slots: Vec<SeriesSlot>,
    /// By a person.
    pub left_out: Vec<Date>,
    pub passed_over: Vec<PassedOver>,
}

/// The dates and places of a series. `closures`: absences of the location over the years that the series may cover.
pub fn series_slots(
    roster: &Roster,
    zones: &Zones,
    request: &SeriesRequest,
    closures: &[TimeBlock],
) -> Result<SeriesSlots, CannotBook> {
    plausible(request.wall)?;
    let location = known_location(roster, known_operatory(roster, request.operatory)?.location)?;
    let zone = zones.zone(&location.zone)?;
    let timetable = roster.location_timetable(location.id);
    let own: Vec<&TimeBlock> = closures
        .iter()
        .filter(|block| block.target == BlockTarget::Location(location.id))
        .collect();
    let is_open = |date: Date| {
        !request.passes_over_closed
            || timetable.is_none_or(|table| !table.open_without(&zone, date, own.iter().copied()).is_empty())
    };
    let found = request
        .recurrence
        .dates_where(request.wall.date(), MAX_SERIES_VISITS, is_open)?;
    let known: BTreeSet<Date> = found.dates.iter().copied().collect();
    if let Some(date) = request.picks.keys().find(|date| !known.contains(date)) {
        return Err(Invalid::new("picks", format!("{date} is not a day of this series.")).into());
    }
    let mut slots = Vec::with_capacity(found.dates.len());
    let mut left_out = Vec::new();
    for date in found.dates {
        let spot = match request.picks.get(&date) {
            Some(Pick::LeaveOut) => {
                left_out.push(date);
                continue;
            }
            Some(Pick::Elsewhere(spot)) => spot.clone(),
            None => Spot {
                wall: date.to_datetime(request.wall.time()),
                fold_later: request.fold_later,
                operatory: request.operatory,
                provider: request.provider,
                second_provider: None,
            },
        };
        slots.push(SeriesSlot {
            date,
            is_picked: request.picks.contains_key(&date),
            place: skipped(placement(roster, zones, request, &spot))?,
        });
    }
    let closed = found.passed_over.into_iter().map(|date| PassedOver {
        date,
        why: closed_words(
            &location.name,
            timetable.and_then(|table| table.special_day(date)),
        ),
    });
    let lacking = found.months_without.into_iter().map(|month| PassedOver {
        date: month,
        why: format!(
            "{} has no {}",
            month.strftime("%B"),
            request.recurrence.repeat.day_of_month(request.wall.date())
        ),
    });
    let mut passed_over: Vec<PassedOver> = closed.chain(lacking).collect();
    passed_over.sort_by_key(|day| day.date);
    Ok(SeriesSlots {
        slots,
        left_out,
        passed_over,
    })
}

fn closed_words(location: &str, day: Option<&crate::SpecialDay>) -> String {
    match day {
        Some(day) if !day.title.is_empty() => format!("{location} is closed ({})", day.title),
        _ => format!("{location} is closed"),
    }
}

/// A skipped time concerns one date; everything else is wrong with all of them.
pub(super) fn skipped(
    place: Result<Placement, CannotBook>,
) -> Result<Result<Placement, TimeError>, CannotBook> {
    match place {
        Ok(place) => Ok(Ok(place)),
        Err(CannotBook::Time(error @ TimeError::Nonexistent { .. })) => Ok(Err(error)),
        Err(other) => Err(other),
    }
}

fn placement(
    roster: &Roster,
    zones: &Zones,
    request: &SeriesRequest,
    spot: &Spot,
) -> Result<Placement, CannotBook> {
    let together = together(roster, request.appointment_type, &request.also)?;
    Ok(Placement {
        appointment: None,
        patient: Some(request.patient),
        appointment_type: request.appointment_type,
        provider: spot.provider,
        operatory: spot.operatory,
        starts_at: start_at(roster, zones, spot.operatory, spot.wall, spot.fold_later)?,
        pattern: request.pattern.clone().unwrap_or(together.pattern),
        buffer_before_minutes: together.buffer_before_minutes,
        buffer_after_minutes: together.buffer_after_minutes,
        also: request.also.clone(),
        equipment: together.equipment,
        assistant: together.assistant,
        second_provider: spot.second_provider.or(request.second_provider),
        second_pattern: together.second_pattern,
    })
}
