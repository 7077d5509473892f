//! Everything a person or a program can do at a desk: commands in, changes out; background loops.
//!
//! [`FrontDesk`] is what shells hold: it knows whether a practice is open and answers the table of commands
//! ([`api::COMMANDS`]). [`Desk`] is an open practice. Rules are `clinic`'s, writing and reading are `store`'s, the
//! conversation with the relay is `sync`'s; this crate puts them together with a clock, ids, keys and sockets.

mod access;
pub mod api;
mod audit;
mod clock;
mod commands;
mod data_dir;
pub mod demo;
mod desk;
mod errors;
mod field_words;
mod front_desk;
mod handlers;
mod identity;
pub mod import;
mod keychain;
mod listeners;
mod one_time;
mod opening;
mod printing;
pub mod qr;
mod read;
mod recovering;
mod refusals;
mod starter;
pub mod syncing;
mod views;
mod words;

pub use access::Access;
pub use api::{DeskError, Event};
pub use audit::table as audit_table;
pub use clock::{Clock, Ids};
pub use desk::{Claimed, Desk};
pub use front_desk::{FrontDesk, Options, Purpose};
pub use keychain::Keychain;
pub use listeners::Listener;
pub use opening::{DEMO_SEED, DemoPlan};
pub use store::PassphraseCost;
