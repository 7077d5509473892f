//! Drives the real app from outside, as a person at the keyboard would: windows, keys, pointer, pictures, crashes.
//!
//! Each [`App`] is one real window under a WebKitWebDriver of its own, so several desks can be open at once. Nothing
//! here sleeps for a fixed time: everything waits for a condition, with a deadline. Needs a display (`cargo xtask
//! test --only build,journeys` gives one).

mod app;
mod axe;
mod dialog;
mod find;
mod keys;
mod pointer;
mod programs;
mod relay;
mod wait;

pub use app::{App, Desk, PASSPHRASE};
pub use axe::AxeFinding;
pub use find::By;
pub use pointer::Point;
pub use programs::{free_port, output_dir, program};
pub use relay::Relay;
pub use wait::{PATIENCE, until, until_within};
