//! Hybrid logical clock stamps: who was earlier, when clocks disagree.

use serde::{Deserialize, Serialize};

use crate::WorkstationId;

/// A hybrid logical clock reading (Kulkarni et al., 2014): milliseconds since 1970 UTC as the
/// workstation saw them, a counter for ties, and the workstation. Orders bookings deterministically
/// on every workstation; it is never used as a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    pub millis: u64,
    pub counter: u32,
    pub workstation: WorkstationId,
}

impl Stamp {
    /// The next stamp of this workstation: after `self` and not before the wall clock.
    #[must_use]
    pub fn next(self, now_millis: u64, workstation: WorkstationId) -> Stamp {
        if now_millis > self.millis {
            Stamp {
                millis: now_millis,
                counter: 0,
                workstation,
            }
        } else {
            Stamp {
                millis: self.millis,
                counter: self.counter + 1,
                workstation,
            }
        }
    }

    /// What the clock becomes after hearing of another workstation's stamp.
    #[must_use]
    pub fn heard(self, other: Stamp) -> Stamp {
        self.max(Stamp {
            workstation: self.workstation,
            ..other
        })
    }
}
