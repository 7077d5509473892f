//! Two visits change places: each takes the other’s time and operatory, and keeps its own length.

use crate::absence::kept_knowingly;
use crate::booking::{accept_overlaps, weigh};
use crate::day_of_visit::day_is_over;
use crate::moving::must_be_planned;
use crate::placement::{Care, check_with, known_operatory, minutes};
use crate::{
    Appointment, Author, CannotBook, Change, Invalid, Leave, Neighbours, Op, Placement, Plan, Roster,
    Violation, Zones,
};

/// Where each of two visits would be: the neighbourhoods of these are what to load for [`swap_appointments`].
/// With `with_providers` each goes to the other’s provider, too. Where one follows upon the other in one operatory, the order is
/// swapped: both together take the time that they took, and the free minutes between them stay between them.
pub fn swapped_placements(
    zones: &Zones,
    visits: [&Appointment; 2],
    with_providers: bool,
) -> Result<[Placement; 2], CannotBook> {
    let [first, second] = visits;
    if first.id == second.id {
        return Err(Invalid::new("with", "A visit cannot be swapped with itself.").into());
    }
    must_be_planned(first)?;
    must_be_planned(second)?;
    let placed = |visit: &Appointment, other: &Appointment| -> Result<Placement, CannotBook> {
        let starts_at = if follows(visit, other) {
            let from = other.ends_at() - minutes(visit.length_minutes());
            zones.at(from, &visit.starts_at.zone)?
        } else {
            other.starts_at.clone()
        };
        Ok(Placement {
            operatory: other.operatory,
            provider: if with_providers {
                other.provider
            } else {
                visit.provider
            },
            starts_at,
            ..Placement::of(visit)
        })
    };
    Ok([placed(first, second)?, placed(second, first)?])
}

/// Whether one visit comes next after the other in its operatory: with no more free minutes between them than they want free, or so near
/// that the longer one does not fit where the shorter one was.
fn follows(visit: &Appointment, next: &Appointment) -> bool {
    let gap = next.starts_at.instant().duration_since(visit.ends_at());
    if next.operatory != visit.operatory || gap.is_negative() {
        return false;
    }
    let wanted = visit.buffer_after_minutes.max(next.buffer_before_minutes);
    let distance = next.starts_at.instant().duration_since(visit.starts_at.instant());
    gap <= minutes(wanted) || minutes(next.length_minutes()) > distance
}

/// Swaps two visits in one step, or says why not: both moves are judged against a day on which both have happened. The plan is
/// empty if both begin at one time in one place already. `neighbours` are of the placements of [`swapped_placements`], in their order.
pub fn swap_appointments(
    roster: &Roster,
    zones: &Zones,
    neighbours: [Neighbours; 2],
    visits: [&Appointment; 2],
    with_providers: bool,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotBook> {
    let placements = swapped_placements(zones, visits, with_providers)?;
    let after = [
        moved(roster, visits[0], &placements[0])?,
        moved(roster, visits[1], &placements[1])?,
    ];
    if after[0] == *visits[0] && after[1] == *visits[1] {
        return Ok(Plan::new(Op::SwapAppointments, Vec::new()));
    }
    let [mut around_first, mut around_second] = neighbours;
    around_first.appointments.retain(|visit| visit.id != visits[1].id);
    around_first.appointments.push(after[1].clone());
    // An overlap of the two with each other is found once.
    around_second
        .appointments
        .retain(|visit| visit.id != visits[0].id);
    let mut found: [Vec<Violation>; 2] = [
        check_with(roster, zones, &around_first, &placements[0], Care::Chosen)?,
        check_with(roster, zones, &around_second, &placements[1], Care::Chosen)?,
    ];
    for at in 0..2 {
        let over = day_is_over(roster, zones, Some(visits[at]), &placements[at], author.at)?;
        found[at].extend(over);
    }
    let warnings = weigh(roster, found.concat(), leave)?;
    let mut changes = Vec::new();
    let around = [around_first, around_second];
    for (at, mut after) in after.into_iter().enumerate() {
        if let Some(kept) = kept_knowingly(&after, &found[at], author) {
            after.needs_new_time = Some(kept);
        }
        changes.push(Change::edit(visits[at].clone(), after.clone()));
        changes.extend(accept_overlaps(&after, &around[at], &found[at], leave, author));
    }
    Ok(Plan {
        op: Op::SwapAppointments,
        changes,
        warnings,
    })
}

fn moved(roster: &Roster, visit: &Appointment, placement: &Placement) -> Result<Appointment, CannotBook> {
    let time_or_place = placement.starts_at != visit.starts_at || placement.operatory != visit.operatory;
    let is_elsewhere = time_or_place || placement.provider != visit.provider;
    Ok(Appointment {
        // It has its new time.
        needs_new_time: visit.needs_new_time.clone().filter(|_| !is_elsewhere),
        location: known_operatory(roster, placement.operatory)?.location,
        operatory: placement.operatory,
        provider: placement.provider,
        starts_at: placement.starts_at.clone(),
        sequence: visit.sequence + u32::from(time_or_place),
        ..visit.clone()
    })
}
