//! Finding new times for visits that cannot stay: what a move asks of a patient and of the practice, and a plan for many at once
//! that disturbs as little as possible.

mod disturbance;
mod plan;
mod solve;
#[cfg(test)]
mod tests;

pub use disturbance::{Disturbance, is_told};
pub use plan::{
    EFFORT, MAX_RESCHEDULED, MAX_RESCHEDULING_DAYS, NotPlaced, Placed, Rescheduling, ReschedulingPlan,
    WhyNot, plan_rescheduling,
};
