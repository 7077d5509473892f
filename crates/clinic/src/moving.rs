//! Moving a visit to another time, operatory or provider, and making it longer or shorter.

use jiff::civil::DateTime;

use crate::absence::kept_knowingly;
use crate::booking::{accept_overlaps, must_want_second, start_at, weigh};
use crate::day_of_visit::day_is_over;
use crate::placement::{Care, check_with, known_operatory};
use crate::{
    Appointment, Author, CannotBook, Change, Invalid, Leave, Neighbours, Op, OperatoryId, Placement, Plan,
    Policy, ProviderId, Roster, SecondProvider, Status, TimePattern, Violation, Zones,
};

/// Where a visit should go; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoveRequest {
    /// On the wall clock of the (new) operatory's location. If it stays while the location's zone changes,
    /// the wall time is kept: ten o'clock here becomes ten o'clock there.
    pub wall: Option<DateTime>,
    /// Where that clock shows the time twice: the later one.
    pub fold_later: bool,
    pub operatory: Option<OperatoryId>,
    pub provider: Option<ProviderId>,
    /// Somebody else, or nobody, for the units of the second pattern.
    pub second_provider: SecondProvider,
}

/// How long a visit should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Length {
    /// Grows by repeating its last unit, shrinks from its end; rounded up to five minutes.
    Minutes(u16),
    Pattern(TimePattern),
}

/// Where and when the visit would be: its [`Placement::neighbourhood`] says what to load for
/// [`move_appointment`].
pub fn moved_placement(
    roster: &Roster,
    zones: &Zones,
    visit: &Appointment,
    request: &MoveRequest,
) -> Result<Placement, CannotBook> {
    must_be_planned(visit)?;
    let operatory = request.operatory.unwrap_or(visit.operatory);
    let location = known_operatory(roster, operatory)?.location;
    let keeps_zone = roster.zone_of(location) == Some(&visit.starts_at.zone);
    let starts_at = match request.wall {
        None if keeps_zone => visit.starts_at.clone(),
        wall => start_at(
            roster,
            zones,
            operatory,
            wall.unwrap_or(visit.starts_at.wall),
            request.fold_later,
        )?,
    };
    Ok(Placement {
        operatory,
        provider: request.provider.unwrap_or(visit.provider),
        second_provider: request.second_provider.after(visit.second_provider),
        starts_at,
        ..Placement::of(visit)
    })
}

/// Moves a visit, or says why not. The plan is empty when it is there already.
pub fn move_appointment(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    visit: &Appointment,
    request: &MoveRequest,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotBook> {
    let placement = moved_placement(roster, zones, visit, request)?;
    if matches!(request.second_provider, SecondProvider::Named(_)) {
        must_want_second(&placement)?;
    }
    let time_or_place = placement.starts_at != visit.starts_at || placement.operatory != visit.operatory;
    let op = if time_or_place {
        Op::MoveAppointment
    } else {
        Op::ChangeProvider
    };
    let is_elsewhere = time_or_place
        || placement.provider != visit.provider
        || placement.second_provider != visit.second_provider;
    let after = Appointment {
        // It has its new time.
        needs_new_time: visit.needs_new_time.clone().filter(|_| !is_elsewhere),
        location: known_operatory(roster, placement.operatory)?.location,
        operatory: placement.operatory,
        provider: placement.provider,
        second_provider: placement.second_provider,
        starts_at: placement.starts_at.clone(),
        sequence: visit.sequence + u32::from(time_or_place),
        ..visit.clone()
    };
    let over = day_is_over(roster, zones, Some(visit), &placement, author.at)?;
    replace(
        roster,
        zones,
        neighbours,
        (op, Care::Chosen, over),
        &placement,
        visit,
        after,
        leave,
        author,
    )
}

/// Where the visit would be with another length: what to load for [`change_length`].
pub fn resized_placement(visit: &Appointment, length: &Length) -> Result<Placement, CannotBook> {
    must_be_planned(visit)?;
    let pattern = match length {
        Length::Pattern(pattern) => pattern.clone(),
        Length::Minutes(minutes) => visit
            .pattern
            .with_length(*minutes)
            .map_err(|_| Invalid::new("length_minutes", "A visit lasts from five minutes to a day."))?,
    };
    let mut place = Placement::of(visit);
    if pattern == place.pattern {
        return Ok(place);
    }
    place.pattern = pattern;
    // Whose minutes are cut off does not come.
    place.second_provider = visit.second_provider.filter(|_| place.wanted_second().is_some());
    Ok(place)
}

/// Makes a visit longer or shorter, or says why not. The plan is empty when it has that length already. Where the minutes of a second
/// provider are cut off, that is asked about, and they are not in the visit any more.
pub fn change_length(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    visit: &Appointment,
    length: &Length,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotBook> {
    let placement = resized_placement(visit, length)?;
    let is_resized = placement.pattern.length_minutes() != visit.length_minutes();
    let after = Appointment {
        pattern: placement.pattern.clone(),
        second_provider: placement.second_provider,
        sequence: visit.sequence + u32::from(is_resized),
        ..visit.clone()
    };
    let cut_off = second_cut_off(roster, visit, &placement);
    replace(
        roster,
        zones,
        neighbours,
        (Op::ChangeLength, Care::Existing, cut_off),
        &placement,
        visit,
        after,
        leave,
        author,
    )
}

/// Does other things beside the visit's own type, or says why not; `placement` is where [`crate::procedures_placement`] has it.
/// The plan is empty when it is so already.
pub fn change_procedures(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    visit: &Appointment,
    placement: &Placement,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotBook> {
    let is_resized = placement.pattern.length_minutes() != visit.length_minutes();
    let after = Appointment {
        also: placement.also.clone(),
        pattern: placement.pattern.clone(),
        buffer_before_minutes: placement.buffer_before_minutes,
        buffer_after_minutes: placement.buffer_after_minutes,
        equipment: placement.equipment.clone(),
        assistant: placement.assistant,
        second_provider: placement.second_provider,
        second_pattern: placement.second_pattern.clone(),
        // The patient's calendar says how long it takes, not what is done.
        sequence: visit.sequence + u32::from(is_resized),
        ..visit.clone()
    };
    replace(
        roster,
        zones,
        neighbours,
        (Op::ChangeProcedures, Care::Existing, None),
        placement,
        visit,
        after,
        leave,
        author,
    )
}

/// That the second provider, who was needed, would not be needed any more.
fn second_cut_off(roster: &Roster, visit: &Appointment, placement: &Placement) -> Option<Violation> {
    let provider = visit
        .second_provider
        .filter(|_| visit.wanted_second().is_some())?;
    let violation = Violation::SecondNotNeeded {
        appointment_type: visit.appointment_type,
        provider,
    };
    let is_asked = violation.policy(roster) != Policy::Allow;
    (placement.wanted_second().is_none() && is_asked).then_some(violation)
}

/// `also`: what is broken beside what [`check_with`] finds.
fn replace(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    (op, care, also): (Op, Care, Option<Violation>),
    placement: &Placement,
    before: &Appointment,
    mut after: Appointment,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotBook> {
    if *before == after {
        return Ok(Plan::new(op, Vec::new()));
    }
    let mut violations = check_with(roster, zones, neighbours, placement, care)?;
    violations.extend(also);
    let warnings = weigh(roster, violations, leave)?;
    if let Some(kept) = kept_knowingly(&after, &warnings, author) {
        after.needs_new_time = Some(kept);
    }
    let decisions = accept_overlaps(&after, neighbours, &warnings, leave, author);
    let changes = std::iter::once(Change::edit(before.clone(), after))
        .chain(decisions)
        .collect();
    Ok(Plan {
        op,
        changes,
        warnings,
    })
}

/// What is over or called off stays where it was.
pub(crate) fn must_be_planned(visit: &Appointment) -> Result<(), CannotBook> {
    match visit.status {
        status @ (Status::Cancelled | Status::NoShow | Status::CheckedOut) => {
            Err(CannotBook::NotPlanned { status })
        }
        _ => Ok(()),
    }
}
