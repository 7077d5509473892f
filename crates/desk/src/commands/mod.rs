//! The commands of an open practice, by what they are about.

mod absences;
mod appointment_views;
mod appointments;
mod audit;
pub mod backups;
mod block_series;
mod booked_there;
mod calendar;
mod calendar_files;
mod checking;
mod conflicts;
mod families;
pub mod history;
mod imports;
mod letters;
mod past;
mod patients;
mod practice;
pub(crate) mod relay;
mod rescheduling;
mod series;
mod staff;
mod templates;
mod type_changes;
