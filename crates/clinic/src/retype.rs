//! A type whose usual length, free minutes, equipment, assistant or second pattern change, and the visits of it that are booked already. A visit keeps its own
//! copies of them; only those that still are as the type was may follow it, and only where they fit.

use jiff::{SignedDuration, Timestamp};

use crate::placement::{Care, check_with};
use crate::procedures::together_with;
use crate::{
    Appointment, AppointmentType, CannotBook, Neighbours, Placement, Policy, Roster, Violation, Zones,
};

/// One booked visit and what it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retyped {
    pub before: Appointment,
    pub after: Appointment,
    /// What the changed visit would break that it does not break now; empty: it fits.
    pub broken: Vec<Violation>,
}

impl Retyped {
    pub fn fits(&self) -> bool {
        self.broken.is_empty()
    }

    /// Where the changed visit would be; its [`Placement::neighbourhood`] says what to load for [`retype`].
    pub fn placement(&self) -> Placement {
        Placement::of(&self.after)
    }
}

/// Whether the change is one that booked visits could follow.
pub fn reshapes(before: &AppointmentType, after: &AppointmentType) -> bool {
    before.pattern != after.pattern
        || before.buffer_before_minutes != after.buffer_before_minutes
        || before.buffer_after_minutes != after.buffer_after_minutes
        || before.equipment != after.equipment
        || before.assistant != after.assistant
        || before.second_pattern != after.second_pattern
}

/// The visit as the changed type has it; `None` if it does not follow: it is over, called off or has begun, or a person gave
/// it a length of its own.
///
/// What is done beside a visit's own type counts: it follows any type of which it has the time. `roster` knows the others.
pub fn follows_type(
    roster: &Roster,
    before: &AppointmentType,
    after: &AppointmentType,
    visit: &Appointment,
    now: Timestamp,
) -> Option<Retyped> {
    let has_it = visit.procedures().any(|kind| kind == before.id);
    if !has_it || !visit.is_planned() || visit.starts_at.instant() <= now {
        return None;
    }
    let (was, is) = (
        together_with(roster, visit, before)?,
        together_with(roster, visit, after)?,
    );
    let mut changed = visit.clone();
    let (has_its_pattern, has_its_buffers, has_its_equipment, has_its_assistant, has_its_second) =
        was.is_as_of(visit);
    if has_its_pattern {
        changed.pattern = is.pattern;
    }
    if has_its_buffers {
        (changed.buffer_before_minutes, changed.buffer_after_minutes) =
            (is.buffer_before_minutes, is.buffer_after_minutes);
    }
    if has_its_equipment {
        changed.equipment = is.equipment;
    }
    if has_its_assistant {
        changed.assistant = is.assistant;
    }
    if has_its_second {
        changed.second_pattern = is.second_pattern;
        changed.second_provider = visit
            .second_provider
            .filter(|_| changed.wanted_second().is_some());
    }
    if changed == *visit {
        return None;
    }
    // The patient's calendar learns of another length.
    changed.sequence += u32::from(changed.length_minutes() != visit.length_minutes());
    Some(Retyped {
        before: visit.clone(),
        after: changed,
        broken: Vec::new(),
    })
}

/// Further than any visit with its free minutes reaches.
const REACH: SignedDuration = SignedDuration::from_hours(48);

/// Judges each, in the order given, earliest first: those before it that fit are as they would be, all others as they are. `roster` has the changed type. `neighbours`: of
/// each one's placement, in the same order. What a visit breaks already, without another visit in its way, it may go on to
/// break; a clash with another visit never fits, because only a person can decide about it.
pub fn retype(
    roster: &Roster,
    zones: &Zones,
    visits: Vec<Retyped>,
    neighbours: &[Neighbours],
) -> Result<Vec<Retyped>, CannotBook> {
    let mut judged: Vec<Retyped> = Vec::with_capacity(visits.len());
    for (mut one, loaded) in visits.into_iter().zip(neighbours) {
        let mut around = loaded.clone();
        let near = one.before.starts_at.instant() - REACH;
        for other in judged
            .iter()
            .rev()
            .take_while(|other| other.after.starts_at.instant() >= near)
            .filter(|other| other.fits())
        {
            // One that has grown may be in the way only now, and is not among what was loaded.
            around.appointments.retain(|visit| visit.id != other.after.id);
            around.appointments.push(other.after.clone());
        }
        let check =
            |visit: &Appointment| check_with(roster, zones, &around, &Placement::of(visit), Care::Existing);
        let now = check(&one.before)?;
        one.broken = check(&one.after)?;
        one.broken.retain(|violation| {
            violation.policy(roster) != Policy::Allow
                && (violation.appointment().is_some()
                    || !now.iter().any(|known| known.code() == violation.code()))
        });
        judged.push(one);
    }
    Ok(judged)
}
