//! Calling off and confirming visits of a series together. What is over, or has another status by now, stays as it is and
//! is told.

use super::meant;
use crate::violation::type_name;
use crate::{
    Appointment, Author, CannotChange, Invalid, Leave, LeftOut, Op, Partly, Plan, Roster, Scope, Status,
    Zones, set_status, take_step,
};

/// Cancels the visits that are still to take place.
pub fn cancel_series(
    roster: &Roster,
    of_series: &[Appointment],
    visit: &Appointment,
    scope: Scope,
    reason: &str,
    author: &Author,
) -> Result<Partly, CannotChange> {
    each(roster, of_series, visit, scope, Op::CancelSeries, |visit| {
        set_status(visit, Status::Cancelled, None, reason, author)
    })
}

/// Gives the visits another status, where the table of statuses has that step. What happens in the practice happens to one
/// visit at a time: of several only *scheduled* and *confirmed* can be said.
pub fn set_series_status(
    roster: &Roster,
    zones: &Zones,
    of_series: &[Appointment],
    visit: &Appointment,
    scope: Scope,
    to: Status,
    leave: &Leave,
    author: &Author,
) -> Result<Partly, CannotChange> {
    if scope != Scope::This && !matches!(to, Status::Scheduled | Status::Confirmed) {
        return Err(Invalid::new(
            "status",
            format!(
                "Several visits at once can be scheduled or confirmed, not {}.",
                to.words()
            ),
        )
        .into());
    }
    each(roster, of_series, visit, scope, Op::ChangeSeries, |visit| {
        take_step(roster, zones, visit, to, None, leave, author)
    })
}

fn each(
    roster: &Roster,
    of_series: &[Appointment],
    visit: &Appointment,
    scope: Scope,
    op: Op,
    step: impl Fn(&Appointment) -> Result<Plan, CannotChange>,
) -> Result<Partly, CannotChange> {
    let (mut changes, mut warnings, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    let (mut is_so_already, mut first_refusal) = (false, None);
    for one in meant(of_series, visit, scope) {
        match step(one) {
            Ok(plan) => {
                is_so_already |= plan.is_empty();
                changes.extend(plan.changes);
                warnings.extend(plan.warnings);
            }
            Err(cannot @ (CannotChange::Step(_) | CannotChange::NeedsPlacement)) => {
                left_out.push(stays(roster, one));
                first_refusal.get_or_insert(cannot);
            }
            Err(other) => return Err(other),
        }
    }
    match first_refusal {
        Some(refusal) if changes.is_empty() && !is_so_already => Err(refusal),
        _ => Ok(Partly {
            plan: Plan {
                op,
                changes,
                warnings,
            },
            left_out,
        }),
    }
}

/// A visit that its status keeps as it is.
pub(super) fn stays(roster: &Roster, visit: &Appointment) -> LeftOut {
    LeftOut {
        date: visit.starts_at.date(),
        title: type_name(roster, visit.appointment_type).to_owned(),
        why: format!("it is {}", visit.status.words()),
    }
}
