//! The one clock of the program. Everything below takes the time as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;

/// Where *now* comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Stands still: for tests, pictures and the demo.
    Fixed(Timestamp),
    /// Set by hand, in milliseconds since 1970: for the simulation, whose clocks go wrong.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn now(&self) -> Timestamp {
        match self {
            // Whole milliseconds, as rows keep them: what is read back must equal what was written, or undo
            // would think that somebody else had changed it.
            Clock::System => {
                let now = Timestamp::now();
                Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
            }
            Clock::Fixed(at) => *at,
            Clock::Manual(millis) => {
                Timestamp::from_millisecond(millis.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX)
            }
        }
    }

    pub fn is_fixed(&self) -> bool {
        matches!(self, Clock::Fixed(_))
    }
}

/// Milliseconds since 1970, as stamps count.
pub(crate) fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or(0)
}

/// Where new ids come from.
#[derive(Debug, Clone)]
pub enum Ids {
    /// ULIDs: time and randomness.
    Random,
    /// Countable, for tests; clones count on together.
    Counted(Arc<AtomicU64>),
}

impl Ids {
    pub fn counted(first: u64) -> Ids {
        Ids::Counted(Arc::new(AtomicU64::new(first)))
    }

    /// A new id made at `now`.
    pub fn next(&self, now: Timestamp) -> u128 {
        match self {
            Ids::Random => {
                let mut random = [0; 16];
                getrandom::fill(&mut random).expect("the operating system gives random bytes");
                ulid::Ulid::from_parts(millis(now), u128::from_be_bytes(random)).0
            }
            Ids::Counted(counter) => {
                ulid::Ulid::from_parts(millis(now), counter.fetch_add(1, Ordering::Relaxed).into()).0
            }
        }
    }
}
