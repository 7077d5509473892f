//! The steps of a visit through its day, with the times the front desk records.

use crate::absence::kept_knowingly;
use crate::booking::{accept_overlaps, weigh};
use crate::day_of_visit::before_its_day;
use crate::duplicates::duplicates;
use crate::placement::{Care, check_with};
use crate::{
    Appointment, Author, CannotBook, CannotChange, Change, Invalid, Leave, MAX_REASON_CHARS, Neighbours, Op,
    Placement, Plan, Roster, Status, StatusMove, Zones,
};

/// Sets the status, or the *doctor needed* flag of a seated patient, or both. `reason` is for a
/// cancellation, where it must not be empty. The step sets its own time and, going back, clears the later
/// ones; times of steps that were skipped stay empty. The plan is empty when everything is already so.
///
/// A visit that was cancelled or missed gave up its time: taking it up again goes through [`reopen`].
pub fn set_status(
    visit: &Appointment,
    to: Status,
    doctor_needed: Option<bool>,
    reason: &str,
    author: &Author,
) -> Result<Plan, CannotChange> {
    if to != visit.status {
        visit.status.step(to)?;
        if !visit.takes_time() && to.takes_time() {
            return Err(CannotChange::NeedsPlacement);
        }
    }
    if doctor_needed == Some(true) && to != Status::Seated {
        return Err(CannotChange::NotSeated { status: to });
    }
    let mut after = if to == visit.status {
        visit.clone()
    } else {
        stepped(visit, to, reason, author)?
    };
    after.doctor_needed = to == Status::Seated && doctor_needed.unwrap_or(after.doctor_needed);
    let op = if to == visit.status {
        Op::EditAppointment
    } else {
        op_of(visit.status, to)
    };
    Ok(Plan::edit(op, visit.clone(), after))
}

/// Takes a step as a person does it: what happens in the practice is asked about before the visit's day. Otherwise as [`set_status`];
/// not for a cancellation, which has its reason.
pub fn take_step(
    roster: &Roster,
    zones: &Zones,
    visit: &Appointment,
    to: Status,
    doctor_needed: Option<bool>,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotChange> {
    let plan = set_status(visit, to, doctor_needed, "", author)?;
    let found = before_its_day(roster, zones, visit, to, author.at)?;
    let warnings = weigh(roster, found.into_iter().collect(), leave)?;
    Ok(Plan { warnings, ..plan })
}

/// Takes a cancelled or missed visit up again at its old time and place, if rules and `leave` let it: the same that is asked when it
/// is booked, but for a provider or operatory that was taken out of use since. `neighbours` is what lies around [`Placement::of`] the
/// visit, with the patient's other visits.
pub fn reopen(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    visit: &Appointment,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotChange> {
    if visit.takes_time() {
        return Err(StatusMove {
            from: visit.status,
            to: Status::Scheduled,
        }
        .into());
    }
    let placement = Placement::of(visit);
    let mut violations = check_with(roster, zones, neighbours, &placement, Care::Back)?;
    violations.extend(
        duplicates(roster, zones, &neighbours.others, &placement, author.at).map_err(CannotBook::from)?,
    );
    let warnings = weigh(roster, violations, leave)?;
    let mut after = stepped(visit, Status::Scheduled, "", author)?;
    after.sequence += 1;
    if let Some(kept) = kept_knowingly(&after, &warnings, author) {
        after.needs_new_time = Some(kept);
    }
    let decisions = accept_overlaps(&after, neighbours, &warnings, leave, author);
    let changes = std::iter::once(Change::edit(visit.clone(), after))
        .chain(decisions)
        .collect();
    Ok(Plan {
        op: Op::ReopenAppointment,
        changes,
        warnings,
    })
}

/// The visit after a step that the table allows.
fn stepped(
    visit: &Appointment,
    to: Status,
    reason: &str,
    author: &Author,
) -> Result<Appointment, CannotChange> {
    let now = Some(author.at);
    let mut after = Appointment {
        status: to,
        doctor_needed: false,
        ..visit.clone()
    };
    match to {
        Status::Cancelled => {
            let reason = reason.trim();
            if reason.is_empty() {
                return Err(CannotChange::ReasonMissing);
            }
            Invalid::too_long("reason", "The reason", reason, MAX_REASON_CHARS)?;
            after.cancel_reason = reason.to_owned();
            after.broken_at = now;
            after.sequence += 1;
            return Ok(after);
        }
        Status::NoShow => {
            after.broken_at = now;
            return Ok(after);
        }
        Status::Scheduled
        | Status::Confirmed
        | Status::Arrived
        | Status::Seated
        | Status::Completed
        | Status::CheckedOut => {}
    }
    after.broken_at = None;
    after.cancel_reason.clear();
    let goes_back = to < visit.status;
    let mut times = [
        (Status::Confirmed, &mut after.confirmed_at),
        (Status::Arrived, &mut after.arrived_at),
        (Status::Seated, &mut after.seated_at),
        (Status::Completed, &mut after.completed_at),
        (Status::CheckedOut, &mut after.checked_out_at),
    ];
    for (step, time) in &mut times {
        if *step > to {
            **time = None;
        } else if *step == to && !(goes_back && time.is_some()) {
            // Back in the chair is since when they were first seated.
            **time = now;
        }
    }
    Ok(after)
}

fn op_of(from: Status, to: Status) -> Op {
    match to {
        Status::Cancelled => Op::CancelAppointment,
        Status::NoShow => Op::MarkNoShow,
        _ if to < from => Op::ReopenAppointment,
        Status::Scheduled => Op::ReopenAppointment,
        Status::Confirmed => Op::ConfirmAppointment,
        Status::Arrived => Op::MarkArrived,
        Status::Seated => Op::SeatPatient,
        Status::Completed => Op::CompleteAppointment,
        Status::CheckedOut => Op::CheckOut,
    }
}
