//! What changes neither time nor place of a visit: its note, its place on the ASAP list, and when its patient should be there.

use crate::{Appointment, CannotChange, Invalid, MAX_EARLY_MINUTES, MAX_NOTE_CHARS, Op, Plan, TimePattern};

/// Changes what is given; the plan is empty when nothing differs.
pub fn edit_appointment(
    visit: &Appointment,
    note: Option<&str>,
    is_asap: Option<bool>,
    arrive_early_minutes: Option<u16>,
) -> Result<Plan, CannotChange> {
    let mut after = visit.clone();
    if let Some(note) = note {
        Invalid::too_long("note", "The note", note, MAX_NOTE_CHARS)?;
        after.note = note.to_owned();
    }
    after.is_asap = is_asap.unwrap_or(visit.is_asap);
    if let Some(minutes) = arrive_early_minutes {
        must_be_early(minutes)?;
        after.arrive_early_minutes = minutes;
    }
    Ok(Plan::edit(Op::EditAppointment, visit.clone(), after))
}

/// Whether a patient can be asked to come so many minutes before the visit.
pub(crate) fn must_be_early(minutes: u16) -> Result<(), Invalid> {
    if minutes <= MAX_EARLY_MINUTES && minutes.is_multiple_of(TimePattern::UNIT_MINUTES) {
        return Ok(());
    }
    Err(Invalid::new(
        "arrive_early_minutes",
        format!(
            "A patient is asked to come 5 to {MAX_EARLY_MINUTES} minutes early, in steps of five; 0 is at the time."
        ),
    ))
}
