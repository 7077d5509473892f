//! Schedule templates: ideal days and weeks, checked while they are drawn, kept as versions, mapped to other locations, applied
//! to dates, and what visits are to the slots of their day.
//!
//! A date has the slots of the newest application that names it, with what people changed by hand on that date over them
//! ([`held_day`]). Nothing here knows the calendar: the caller loads what a question is about.

mod check;
mod diff;
mod draft;
mod figures;
mod fitting;
mod held;
mod mapping;
mod plan;
mod words;

pub use check::{Check, MAX_PROBLEMS, Problem, ProblemKind, Total, check};
pub use diff::{SlotDifference, diff};
pub use draft::{
    Copied, CopyColumn, Fill, MAX_APPLIED_DAYS, MAX_RELEASE_HOURS, MAX_SLOTS, MAX_VERSIONS, copy_column,
    fill, validate_slot, validate_template, validate_version_name,
};
pub use figures::{DayFigures, DoctorTime, Figures, day_figures};
pub use fitting::{Fit, Home, home, judge, kind_fits, slot_fits};
pub use held::{Applied, HeldDay, HeldDays, HeldSlot, held_day, week_of};
pub use mapping::{Mapping, mapped, suggest_mapping};
pub use plan::{DayState, FitKind, FitTrouble, PlannedDay, Situation, plan_day};
pub use words::{clock, look_of, slot_words, span_words, wants_words};
