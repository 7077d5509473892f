//! The practice and its rules, pure: no SQL, Automerge, clock, randomness, files or async. Time and
//! ids come in as arguments; the only failures are refusals a receptionist would understand.
//!
//! Rules return *plans* (a list of [`Change`]s) or typed refusals; whoever calls applies the plan
//! through the one door of `store`. What a rule must see is loaded by the caller: a request gives a
//! [`Placement`], its [`Placement::neighbourhood`] says what to load, [`book`] and the others judge.

mod absence;
mod assistants;
mod block_series;
mod blocks;
mod booking;
mod change;
pub mod conflicts;
mod day_of_visit;
mod doctor_time;
#[cfg(any(test, feature = "drawing"))]
pub mod drawing;
mod duplicates;
mod edit;
mod equipment;
pub mod hours;
mod id;
mod limits;
pub mod model;
mod moving;
mod op;
pub mod openings;
mod pattern;
mod placement;
mod procedures;
mod recurrence;
mod refusal;
pub mod rescheduling;
mod retype;
pub mod roles;
mod roster;
mod second;
mod series;
mod stamp;
mod status;
mod steps;
mod swapping;
pub mod templates;
#[cfg(test)]
mod tests;
mod time;
mod validate;
mod violation;

pub use absence::{
    AbsenceRequest, Waits, absence_block, add_absence, change_absence, pin_appointment, remove_absence,
    unpin_appointment, waits,
};
pub use assistants::assistants_there;
pub use block_series::{
    LeftOut, MAX_PASTED, Partly, Paste, Scope, add_block_series, change_block_series, paste_blocks,
    remove_block_series,
};
pub use blocks::{
    BlockEdit, BlockRequest, BlockTime, add_time_block, change_time_block, felt_elsewhere, remove_time_block,
};
pub use booking::{Author, BookRequest, Leave, MAX_NOTE_CHARS, MAX_REASON_CHARS, Plan, book};
pub use change::{Change, DocumentId, Entity, EntityKind, FieldKind};
pub use conflicts::{Conflict, ConflictKind, is_let_stand};
pub use day_of_visit::day_is_over;
pub use duplicates::{duplicates, minds_duplicates};
pub use edit::edit_appointment;
pub use hours::Timetable;
pub use id::*;
pub use model::*;
pub use moving::{
    Length, MoveRequest, change_length, change_procedures, move_appointment, moved_placement,
    resized_placement,
};
pub use op::Op;
pub use openings::{BusyCalendar, Opening, OpeningRequest, Reason};
pub use pattern::{BadPattern, Need, TimePattern};
pub use placement::{
    FIRST_YEAR, LAST_YEAR, Neighbourhood, Neighbours, Placement, Standing, check_placement,
    check_placement_again,
};
pub use procedures::{MAX_ALSO, Together, merged_pattern, procedure_names, procedures_placement, together};
pub use recurrence::{Ends, MAX_OCCURRENCES, MAX_SERIES_YEARS, Recurrence, Repeat, monday_of};
pub use refusal::{CannotBook, CannotChange, What};
pub use retype::{Retyped, follows_type, reshapes, retype};
pub use roles::{Grant, Permission, Rights, Role, RoleTable};
pub use roster::{MAX_BUFFER_MINUTES, Roster};
pub use second::SecondProvider;
pub use series::{
    ChangePick, ChangeSlot, DateTrouble, MAX_SERIES_VISITS, Near, PassedOver, Pick, SeriesChange, SeriesEdit,
    SeriesRequest, SeriesSlot, SeriesSlots, Spot, book_series, cancel_series, change_series, change_slots,
    judge_change, judge_series, near_openings, series_slots, set_series_status,
};
pub use stamp::Stamp;
pub use status::{Status, StatusMove};
pub use steps::{reopen, set_status, take_step};
pub use swapping::{swap_appointments, swapped_placements};
pub use time::{Start, TimeError, ZoneName, Zones};
pub use validate::{
    HUES, Invalid, MAX_ASSISTANTS, MAX_BLOCK_MINUTES, MAX_FOLLOW_UP_WEEKS, MAX_NAME_CHARS,
    MAX_PATIENT_TEXT_CHARS, MAX_PIECES, MAX_SPECIAL_DAYS, MAX_TEXT_CHARS, MAX_TYPE_UNITS, MAX_VISIT_LIMITS,
    MAX_WEEKS, validate_appointment_type, validate_equipment, validate_location, validate_operatory,
    validate_patient, validate_person, validate_practice, validate_provider, validate_time_block,
};
pub use violation::{Clash, OpenSpan, Violation};
