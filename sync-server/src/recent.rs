//! The newest entries of one practice in memory, so that following the head needs no disk.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use sync::id::ChainHash;
use sync::relay::{NewEntry, Page, ReadRequest};

/// What is kept of each connected practice.
pub const MAX_RECENT_BYTES: usize = 256 * 1024;

/// The newest entries of one practice.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<RecentEntry>>);

pub struct RecentEntry {
    pub position: u64,
    pub hash: ChainHash,
    pub bytes: Vec<u8>,
}

impl From<NewEntry> for RecentEntry {
    fn from(entry: NewEntry) -> Self {
        Self {
            position: entry.position,
            hash: entry.hash,
            bytes: entry.bytes,
        }
    }
}

impl Recent {
    /// Adds entries. The ring has no gaps: what does not continue it starts a new one.
    pub fn push(&self, entries: impl IntoIterator<Item = RecentEntry>) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            if ring
                .back()
                .is_some_and(|last| last.position + 1 != entry.position)
            {
                ring.clear();
            }
            ring.push_back(entry);
        }
        let mut size: usize = ring.iter().map(|entry| entry.bytes.len()).sum();
        while size > MAX_RECENT_BYTES && ring.len() > 1 {
            size -= ring.pop_front().map_or(0, |entry| entry.bytes.len());
        }
    }

    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The page, if all that is needed for it is in memory and the workstation's log is this one.
    pub fn page(&self, request: &ReadRequest) -> Option<Page> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = ring.front()?.position;
        let before = request
            .after
            .checked_sub(first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(expected) = request.expect
            && ring.get(before?)?.hash != expected
        {
            return None;
        }
        let start = usize::try_from((request.after + 1).checked_sub(first)?).ok()?;
        let mut page = Page {
            after: request.after,
            envelopes: Vec::new(),
            hash: ChainHash([0; 32]),
        };
        let mut size = 0;
        for entry in ring.iter().skip(start).take(request.max_entries) {
            size += entry.bytes.len();
            if size > request.max_bytes && !page.envelopes.is_empty() {
                break;
            }
            page.envelopes.push(entry.bytes.clone());
            page.hash = entry.hash;
        }
        (!page.envelopes.is_empty()).then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use sync::id::PracticeId;

    use super::*;

    fn entry(position: u64) -> RecentEntry {
        RecentEntry {
            position,
            hash: ChainHash([u8::try_from(position).expect("small"); 32]),
            bytes: vec![u8::try_from(position).expect("small")],
        }
    }

    fn after(recent: &Recent, after: u64) -> Option<Vec<Vec<u8>>> {
        let request = ReadRequest {
            practice: PracticeId([0; 16]),
            after,
            expect: None,
            max_entries: 10,
            max_bytes: 1_000,
        };
        recent.page(&request).map(|page| page.envelopes)
    }

    #[test]
    fn a_gap_that_another_relay_left_starts_a_new_ring() {
        let recent = Recent::default();
        recent.push([entry(1), entry(2)]);
        assert_eq!(after(&recent, 1), Some(vec![vec![2]]));
        recent.push([entry(5), entry(6)]);
        assert_eq!(after(&recent, 1), None, "3 and 4 must be read from storage");
        assert_eq!(after(&recent, 4), Some(vec![vec![5], vec![6]]));
        recent.push([entry(3)]);
        assert_eq!(after(&recent, 4), None, "the log was put back");
    }
}
