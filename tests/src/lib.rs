//! Whole-system stories, simulation, conformance and end-to-end runs of the real app.

#[cfg(target_os = "linux")]
pub mod driver;
