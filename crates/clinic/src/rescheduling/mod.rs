//! Finding new times for visits that cannot stay: what a move asks of a patient and of the practice.

mod disturbance;

pub use disturbance::{Disturbance, is_told};
