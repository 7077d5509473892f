//! Snapshots at the relay: packs first, in any order; the index that completes them is judged.

use super::{Log, Practice, Refusal, Stop, Write, hash_at, other_log};
use crate::id::{PracticeId, WorkstationId};
use crate::snapshot::{Index, MAX_PACK_BYTES, MAX_PACKS};
use crate::wire::{PutPack, RefusalCode};

/// Complete snapshots kept of one practice; the oldest go first. Whoever holds an invitation with an older one applies
/// the log instead.
pub const KEPT_SNAPSHOTS: u32 = 3;
/// A snapshot that was begun and not completed is let go after this time.
pub const UNFINISHED_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// A pack as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPack {
    pub practice: PracticeId,
    pub workstation: WorkstationId,
    pub pack: PutPack,
    /// Milliseconds since 1970 UTC, by the relay's clock.
    pub received_at: u64,
}

/// A completed snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredIndex {
    pub stored: StoredPack,
    /// The position it covers.
    pub position: u64,
}

fn malformed(message: impl Into<String>) -> Stop {
    Stop::Refused(Refusal::new(RefusalCode::Malformed, message))
}

/// What is to be written for a pack or an index, unless it is refused.
pub(super) fn judge<L: Log>(
    log: &mut L,
    practice: Option<&mut Practice>,
    stored: StoredPack,
) -> Result<Vec<Write>, Stop> {
    let Some(practice) = practice else {
        let message = "this relay does not know the practice";
        return Err(Stop::Refused(Refusal::new(RefusalCode::UnknownPractice, message)));
    };
    let PutPack { set, number, bytes } = &stored.pack;
    if bytes.len() > MAX_PACK_BYTES || *number > MAX_PACKS {
        return Err(malformed(format!(
            "a pack has at most {MAX_PACK_BYTES} bytes, and a snapshot {MAX_PACKS} of them"
        )));
    }
    if *number > 0 {
        return Ok(vec![Write::Pack(stored)]);
    }
    let index = Index::parse(bytes.clone()).map_err(|error| malformed(error.to_string()))?;
    let header = *index.header();
    if header.set != *set || header.practice != stored.practice || header.workstation != stored.workstation {
        return Err(malformed("this index is another snapshot's"));
    }
    index.verify(&practice.membership)?;
    let covers = header.covers;
    let known = match practice.chain.hash_at(covers.position) {
        Some(known) => Some(known),
        None => hash_at(log, stored.practice, covers.position)?,
    };
    if known != Some(covers.hash) {
        return Err(Stop::Refused(other_log(covers.position)));
    }
    let there = log.packs_of(stored.practice, *set)?;
    if there != u64::from(header.packs) {
        return Err(malformed(format!(
            "{there} of the snapshot's {} packs are here: send the others first",
            header.packs
        )));
    }
    let now = stored.received_at;
    let needed = super::pruning::needed(&practice.membership);
    let practice = stored.practice;
    Ok(vec![
        Write::Snapshot(StoredIndex {
            position: covers.position,
            stored,
        }),
        Write::TidySnapshots {
            practice,
            unfinished_before: now.saturating_sub(UNFINISHED_MILLIS),
            needed,
        },
    ])
}
