//! Whether a patient has what is being booked already: a visit that day, or one of that type ahead. Asked only while
//! somebody books or takes a visit up again; whoever moves a visit knows of it.

use jiff::Timestamp;

use crate::{Appointment, Clash, Placement, Policy, Roster, Rule, Start, TimeError, Violation, Zones};

/// What the patient has already, as far as the practice wants to hear of it: the visits of that day by start, then the next
/// one in which the same is done with the number of those after it. Nothing of what was called off or missed, nothing that
/// overlaps (that is [`Rule::PatientOverlap`]), and nothing twice.
///
/// `others`: the patient's other visits; those on the date of the placement and those from `now` on are enough. Dates are
/// those of each visit's own wall clock.
///
/// # Errors
/// A visit whose zone is not known here.
pub fn duplicates(
    roster: &Roster,
    zones: &Zones,
    others: &[Appointment],
    placement: &Placement,
    now: Timestamp,
) -> Result<Vec<Violation>, TimeError> {
    let appointment_type = placement.appointment_type;
    let from = placement.starts_at.instant();
    let until = from + crate::placement::minutes(placement.pattern.length_minutes());
    let mut others: Vec<&Appointment> = others
        .iter()
        .filter(|visit| Some(visit.patient) == placement.patient && Some(visit.id) != placement.appointment)
        .filter(|visit| visit.takes_time())
        .collect();
    others.sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
    let (today, later): (Vec<&Appointment>, Vec<&Appointment>) = others
        .into_iter()
        .partition(|visit| visit.starts_at.date() == placement.starts_at.date());
    let mut found = Vec::new();
    for visit in today {
        if visit.starts_at.instant() < until && from < visit.ends_at() {
            continue;
        }
        found.push(Violation::SameDayVisit {
            appointment_type,
            other_type: visit.appointment_type,
            by: clash(zones, visit)?,
        });
    }
    let mut said = Vec::new();
    for appointment_type in placement.procedures() {
        let mut ahead = later.iter().filter(|visit| {
            visit.procedures().any(|kind| kind == appointment_type)
                && visit.is_planned()
                && visit.starts_at.instant() > now
        });
        let Some(next) = ahead.next().filter(|visit| !said.contains(&visit.id)) else {
            continue;
        };
        said.push(next.id);
        found.push(Violation::SameTypeAhead {
            appointment_type,
            by: clash(zones, next)?,
            more: u16::try_from(ahead.count()).unwrap_or(u16::MAX),
        });
    }
    found.retain(|violation| violation.policy(roster) != Policy::Allow);
    Ok(found)
}

/// Whether anybody wants to hear of such visits, so that nothing has to be loaded otherwise.
pub fn minds_duplicates(roster: &Roster, placement: &Placement) -> bool {
    let minds = |rule, kind| roster.policy(rule, kind) != Policy::Allow;
    placement.patient.is_some()
        && (minds(Rule::SameDayVisit, placement.appointment_type)
            || placement
                .procedures()
                .any(|kind| minds(Rule::SameTypeAhead, kind)))
}

/// The visit as it is on its own wall clock.
fn clash(zones: &Zones, visit: &Appointment) -> Result<Clash, TimeError> {
    let until: Start = zones.at(visit.ends_at(), &visit.starts_at.zone)?;
    Ok(Clash {
        appointment: visit.id,
        patient: visit.patient,
        operatory: visit.operatory,
        from: visit.starts_at.clone(),
        until,
    })
}
