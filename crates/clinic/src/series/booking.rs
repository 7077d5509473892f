//! Booking a series: what stands in the way of each date, and all of it as one operation.

use super::slots::{SeriesRequest, SeriesSlot, SeriesSlots};
use super::{DateTrouble, around};
use crate::booking::{MAX_NOTE_CHARS, accept_overlaps, must_be_active, new_visit, weigh};
use crate::day_of_visit::day_is_over;
use crate::duplicates::duplicates;
use crate::edit::must_be_early;
use crate::placement::{Care, check_with, known_operatory};
use crate::{
    Appointment, AppointmentId, Author, CannotBook, CannotChange, Change, Invalid, Leave, Neighbours, Op,
    Placement, Plan, RecurringAppointment, Roster, Rule, SeriesPlace, Violation, Zones,
};

/// What each slot breaks, in their order; nothing for a time that the clock skips. Visits of the series that would clash
/// with each other are told, too. `neighbours`: of each slot, in their order.
pub fn judge_series(
    roster: &Roster,
    zones: &Zones,
    request: &SeriesRequest,
    slots: &SeriesSlots,
    neighbours: &[Neighbours],
    author: &Author,
) -> Result<Vec<Vec<Violation>>, CannotBook> {
    let mut placed = Vec::with_capacity(slots.slots.len());
    let mut judged = Vec::with_capacity(slots.slots.len());
    for (number, (slot, loaded)) in (0u128..).zip(slots.slots.iter().zip(neighbours)) {
        let Ok(place) = &slot.place else {
            judged.push(Vec::new());
            continue;
        };
        let around = around(loaded, &[], &placed);
        let mut found = check_with(roster, zones, &around, place, Care::Chosen)?;
        found.extend(day_is_over(roster, zones, None, place, author.at)?);
        found.extend(had_already(
            roster,
            zones,
            loaded,
            place,
            placed.is_empty(),
            author,
        )?);
        judged.push(found);
        // Only its time and place are looked at.
        placed.push(visit(
            roster,
            request,
            slot,
            place,
            AppointmentId(number),
            author,
        )?);
    }
    Ok(judged)
}

/// Books every slot, or says which dates do not fit.
pub fn book_series(
    roster: &Roster,
    zones: &Zones,
    request: &SeriesRequest,
    slots: &SeriesSlots,
    neighbours: &[Neighbours],
    leave: &Leave,
    author: &Author,
    mut ids: impl FnMut() -> AppointmentId,
) -> Result<Plan, CannotChange> {
    Invalid::too_long("note", "The note", &request.note, MAX_NOTE_CHARS)?;
    must_be_early(request.arrive_early_minutes)?;
    let Some((first, standing)) = slots.slots.first().zip(neighbours.first()) else {
        return Err(Invalid::new("picks", "Every date of this series is left out.").into());
    };
    must_be_active(standing.patient, request.patient)?;
    let (mut placed, mut changes, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    let mut trouble = Vec::new();
    for (slot, loaded) in slots.slots.iter().zip(neighbours) {
        let place = match &slot.place {
            Ok(place) => place,
            Err(error) => {
                trouble.push(DateTrouble {
                    date: slot.date,
                    why: error.clone().into(),
                });
                continue;
            }
        };
        let around = around(loaded, &[], &placed);
        let mut violations = check_with(roster, zones, &around, place, Care::Chosen)?;
        violations.extend(day_is_over(roster, zones, None, place, author.at)?);
        violations.extend(had_already(
            roster,
            zones,
            loaded,
            place,
            placed.is_empty(),
            author,
        )?);
        let mut booked = visit(roster, request, slot, place, ids(), author)?;
        match weigh(roster, violations, leave) {
            Ok(accepted) => {
                booked.needs_new_time = crate::absence::kept_knowingly(&booked, &accepted, author);
                let decisions = accept_overlaps(&booked, &around, &accepted, leave, author);
                changes.push(Change::add(booked.clone()));
                changes.extend(decisions);
                warnings.extend(accepted);
            }
            Err(why) => trouble.push(DateTrouble { date: slot.date, why }),
        }
        placed.push(booked);
    }
    if !trouble.is_empty() {
        return Err(CannotChange::Dates(trouble));
    }
    let record = RecurringAppointment {
        id: request.series,
        patient: request.patient,
        appointment_type: request.appointment_type,
        provider: request.provider,
        operatory: request.operatory,
        location: known_operatory(roster, request.operatory)?.location,
        wall: request.wall,
        pattern: first
            .place
            .as_ref()
            .map_or_else(|_| placed[0].pattern.clone(), |place| place.pattern.clone()),
        recurrence: request.recurrence.clone(),
        passes_over_closed: request.passes_over_closed,
    };
    changes.insert(0, Change::add(record));
    Ok(Plan {
        op: Op::BookSeries,
        changes,
        warnings,
    })
}

/// What the patient has already; a visit of that type ahead is said of the first date alone, or it would stand at each.
fn had_already(
    roster: &Roster,
    zones: &Zones,
    loaded: &Neighbours,
    place: &Placement,
    is_first: bool,
    author: &Author,
) -> Result<Vec<Violation>, CannotBook> {
    let mut found = duplicates(roster, zones, &loaded.others, place, author.at)?;
    found.retain(|violation| is_first || violation.rule() != Rule::SameTypeAhead);
    Ok(found)
}

fn visit(
    roster: &Roster,
    request: &SeriesRequest,
    slot: &SeriesSlot,
    place: &Placement,
    id: AppointmentId,
    author: &Author,
) -> Result<Appointment, CannotBook> {
    let mut visit = new_visit(roster, id, request.patient, place, author)?;
    visit.note.clone_from(&request.note);
    visit.is_asap = request.is_asap;
    visit.arrive_early_minutes = request.arrive_early_minutes;
    visit.series = Some(request.series);
    visit.planned = Some(SeriesPlace::of(&visit));
    debug_assert!(slot.is_picked || slot.date == visit.starts_at.date());
    Ok(visit)
}
