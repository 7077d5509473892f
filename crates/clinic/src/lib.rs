//! The practice and its rules, pure: no SQL, Automerge, clock, randomness, files or async. Time and
//! ids come in as arguments; the only failures are refusals a receptionist would understand.
//!
//! Rules return *plans* (a list of [`Change`]s) or typed refusals; whoever calls applies the plan
//! through the one door of `store`.

mod change;
mod id;
pub mod model;
mod op;
mod pattern;
mod stamp;
mod status;
mod time;

pub use change::{Change, DocumentId, Entity, EntityKind, FieldKind};
pub use id::*;
pub use model::*;
pub use op::Op;
pub use pattern::{Need, TimePattern};
pub use stamp::Stamp;
pub use status::{Status, StatusMove};
pub use time::{Start, TimeError, ZoneName, Zones};
