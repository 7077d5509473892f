//! The seam: every request, response and event of the program, declared once. The screen's TypeScript is
//! generated from here (`cargo xtask codegen`); the command line and the test bridge use the same types.
//!
//! Conventions: ids are strings; dates are `2026-03-03`; wall times are `2026-03-03T09:00` in the zone of the
//! location they belong to; `start_minute` counts from that day's midnight as the wall clock does; instants
//! are RFC 3339 in UTC. The screen never computes zones.

mod absences;
mod appointment_views;
mod appointments;
mod audit;
mod backups;
mod boot;
mod calendar;
mod commands;
mod conflicts;
mod error;
mod events;
mod families;
mod history;
mod imports;
mod letters;
mod patients;
mod practice;
mod printing;
mod recovery;
mod rescheduling;
mod series;
mod session;
mod staff;
mod syncing;
mod templates;

pub use absences::*;
pub use appointment_views::*;
pub use appointments::*;
pub use audit::*;
pub use backups::*;
pub use boot::*;
pub use calendar::*;
pub(crate) use commands::access_of;
pub use commands::{COMMANDS, CommandInfo, Handlers, dispatch, typescript};
pub use conflicts::*;
pub use error::{DeskError, WayThrough};
pub use events::*;
pub use families::*;
pub use history::*;
pub use imports::*;
pub use letters::*;
pub use patients::*;
pub use practice::*;
pub use printing::*;
pub use recovery::*;
pub use rescheduling::*;
pub use series::*;
pub use session::*;
pub use staff::*;
pub use syncing::*;
pub use templates::*;

/// A request or response with nothing in it: `{}`.
#[derive(Debug, Clone, Copy, Default, serde::Serialize, serde::Deserialize, ts_rs::TS)]
pub struct Nothing {}
