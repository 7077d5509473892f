//! Journeys through the real app in its real window. `cargo xtask test --only build,journeys` runs them.
#![cfg(target_os = "linux")]

mod absences;
mod booking;
mod colleague;
mod first_start;
mod live;
mod reception;
mod restored;
mod support;
mod templates;
mod trust;
mod two_desks;
mod views;
mod window;
