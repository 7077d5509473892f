//! The hash chain over a practice's log: h₀ = SHA-256("orca log 1" ‖ practice), hₙ = SHA-256(hₙ₋₁ ‖ idₙ). It lets
//! every workstation notice a relay that rolls back, forks, drops or reorders.

use std::collections::VecDeque;

use crate::aead;
use crate::envelope::Seen;
use crate::id::{ChainHash, EnvelopeId, PracticeId};

/// The hash before the first entry.
#[must_use]
pub fn genesis(practice: PracticeId) -> ChainHash {
    ChainHash(aead::sha256(&[b"orca log 1", &practice.0]))
}

/// The hash after one more entry.
#[must_use]
pub fn next(before: ChainHash, id: EnvelopeId) -> ChainHash {
    ChainHash(aead::sha256(&[&before.0, &id.0]))
}

/// An envelope with the position the relay gave it; positions start at 1 and have no gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    pub position: u64,
    pub bytes: Vec<u8>,
}

/// The relay's log is not the one this workstation knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainBroken {
    #[error("the relay's log ends at {head}, but this workstation has seen position {cursor}")]
    RolledBack { cursor: u64, head: u64 },
    #[error("the relay's log differs from what this workstation has seen up to position {position}")]
    Forked { position: u64 },
    #[error("the entries the relay sent do not add up to the hash it gave for position {position}")]
    WrongHash { position: u64 },
    #[error("the author of position {position} has seen another log at position {seen}")]
    PeerSawOther { position: u64, seen: u64 },
}

/// Where a workstation stands in the chain, with the newest hashes so that what peers say they have seen can
/// be compared.
#[derive(Debug, Clone)]
pub struct Chain {
    position: u64,
    /// Hashes of the last positions, ending with that of `position`.
    recent: VecDeque<ChainHash>,
}

/// How many hashes are kept for comparing: 256 KiB.
const REMEMBERED: usize = 8192;

impl Chain {
    #[must_use]
    pub fn at(position: u64, hash: ChainHash) -> Self {
        Self {
            position,
            recent: VecDeque::from([hash]),
        }
    }

    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    #[must_use]
    pub fn hash(&self) -> ChainHash {
        *self.recent.back().expect("a chain always knows its last hash")
    }

    pub fn push(&mut self, id: EnvelopeId) {
        let hash = next(self.hash(), id);
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(hash);
        self.position += 1;
    }

    /// The hash at `position`, if it is still remembered.
    #[must_use]
    pub fn hash_at(&self, position: u64) -> Option<ChainHash> {
        let back = usize::try_from(self.position.checked_sub(position)?).ok()?;
        let index = self.recent.len().checked_sub(1 + back)?;
        self.recent.get(index).copied()
    }

    /// Whether what the author of the next entry had seen is this log. What lies too far back is not compared.
    pub fn check_seen(&self, seen: Seen) -> Result<(), ChainBroken> {
        match self.hash_at(seen.position) {
            Some(hash) if hash != seen.hash => Err(ChainBroken::PeerSawOther {
                position: self.position + 1,
                seen: seen.position,
            }),
            _ if seen.position > self.position => Err(ChainBroken::PeerSawOther {
                position: self.position + 1,
                seen: seen.position,
            }),
            _ => Ok(()),
        }
    }
}
