//! Whole-system stories, simulation, conformance and end-to-end runs of the real app.

pub mod bench;
pub mod canaries;
#[cfg(target_os = "linux")]
pub mod driver;
#[cfg(target_os = "linux")]
pub mod faults;
#[cfg(target_os = "linux")]
pub mod fuzz;
pub mod requests;
pub mod simulation;
