//! Everything a person or a program can do at a desk: commands in, changes out; background loops.

pub mod api;
pub mod demo;
pub mod import;

pub use api::{DeskError, Event};
