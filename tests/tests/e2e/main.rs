//! Journeys through the real app in its real window. `cargo xtask test --only build,journeys` runs them.
#![cfg(target_os = "linux")]

mod window;
