//! The whole system under test, one binary: each module is one side of it.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod backups;
mod bench;
mod calendar;
mod canary;
mod claims;
mod clinic_network;
// Programs are disturbed with strace.
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod fuzz;
// The readers that judge our calendar files are built with a C compiler and pkg-config.
#[cfg(unix)]
mod ics;
mod mail;
mod one_location;
mod pruning;
mod simulation;
mod snapshots;
mod stories;
mod today_first;
mod trust;
