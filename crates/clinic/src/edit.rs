//! What changes neither time nor place of a visit: its note and its place on the ASAP list.

use crate::{Appointment, CannotChange, Invalid, MAX_NOTE_CHARS, Op, Plan};

/// Changes what is given; the plan is empty when nothing differs.
pub fn edit_appointment(
    visit: &Appointment,
    note: Option<&str>,
    is_asap: Option<bool>,
) -> Result<Plan, CannotChange> {
    let mut after = visit.clone();
    if let Some(note) = note {
        Invalid::too_long("note", "The note", note, MAX_NOTE_CHARS)?;
        after.note = note.to_owned();
    }
    after.is_asap = is_asap.unwrap_or(visit.is_asap);
    Ok(Plan::edit(Op::EditAppointment, visit.clone(), after))
}
