//! Taken time in memory, for finding openings: made when first asked for, then follows every commit.

use std::sync::{Arc, MutexGuard, PoisonError};

use clinic::openings::BusyCalendar;
use jiff::{SignedDuration, Timestamp};
use store::{ChangeSet, Store};

use crate::DeskError;
use crate::desk::Desk;

/// Openings are never in the past, so what ended before is left out, with a day to spare for zones.
const KEPT_BEFORE: SignedDuration = SignedDuration::from_hours(48);

/// The calendar as of the last commit.
pub(super) struct Busy {
    /// Nothing that ended before is in it.
    from: Timestamp,
    calendar: Arc<BusyCalendar>,
}

impl Desk {
    /// Taken time from now on.
    pub(super) fn busy(&self, store: &Store, now: Timestamp) -> Result<Arc<BusyCalendar>, DeskError> {
        let mut slot = self.busy_slot();
        let from = now.checked_sub(KEPT_BEFORE).unwrap_or(Timestamp::MIN);
        // A clock that was wrong and is put back wants to know of times that were left out.
        if let Some(busy) = slot.as_ref().filter(|busy| busy.from <= from) {
            return Ok(busy.calendar.clone());
        }
        let reads = store.reads();
        let mut calendar = BusyCalendar::default();
        reads.for_each_visit_from(from, |visit| calendar.add_appointment(&visit))?;
        for block in reads.time_blocks(from, Timestamp::MAX)? {
            calendar.add_time_block(&block);
        }
        calendar.shrink();
        let calendar = Arc::new(calendar);
        *slot = Some(Busy {
            from,
            calendar: calendar.clone(),
        });
        Ok(calendar)
    }

    /// After a commit, whoever made it; still with the store in hand, so that none is counted twice.
    pub(super) fn follow_busy(&self, _store: &Store, set: &ChangeSet) {
        let mut slot = self.busy_slot();
        if set.reload {
            *slot = None;
        } else if let Some(busy) = slot.as_mut() {
            let calendar = Arc::make_mut(&mut busy.calendar);
            set.changes.iter().for_each(|change| calendar.apply(change));
        }
    }

    /// After rows were made anew.
    pub(super) fn forget_busy(&self, _store: &Store) {
        *self.busy_slot() = None;
    }

    fn busy_slot(&self) -> MutexGuard<'_, Option<Busy>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
