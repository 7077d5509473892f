//! Covering the log: a workstation says in the log what it has at a position, and in which snapshot at the relay everybody
//! can get just that. Where two say the same, independently, nobody needs the log before that position any more.

use minicbor::{Decode, Encode};

use crate::id::{ChainHash, PackHash, WorkstationId};
use crate::snapshot::Pinned;

/// What a workstation says that it has. Two that say the same agree; two that say different things of one position do not
/// have the same practice, which a person must look into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Cover {
    /// Of the log; its author had read further than this.
    #[n(0)]
    pub position: u64,
    /// The chain hash there.
    #[n(1)]
    pub hash: ChainHash,
    /// Which version of the digest; only equal ones can be compared.
    #[n(2)]
    pub form: u32,
    /// SHA-256 of everything that the log says up to there, as the store counts it.
    #[n(3)]
    pub digest: PackHash,
    /// The snapshot that was looked at.
    #[n(4)]
    pub snapshot: Pinned,
    /// Whether the snapshot holds exactly this.
    #[n(5)]
    pub is_right: bool,
}

impl Cover {
    /// Whether one of the two must be wrong.
    #[must_use]
    pub fn contradicts(&self, other: &Cover) -> bool {
        let same = self.position == other.position && self.form == other.form;
        let agree = self.hash == other.hash && self.digest == other.digest;
        let snapshots_fit = self.snapshot != other.snapshot || self.is_right == other.is_right;
        same && !(agree && snapshots_fit)
    }
}

/// Two workstations have said the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Agreed {
    #[n(0)]
    pub cover: Cover,
    /// Who said it first, and who second.
    #[n(1)]
    pub first: WorkstationId,
    #[n(2)]
    pub second: WorkstationId,
    /// Position of the second one's statement.
    #[n(3)]
    pub since: u64,
}

/// Two workstations that said different things of one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Dispute {
    #[n(0)]
    pub position: u64,
    /// Who said it first, and who second.
    #[n(1)]
    pub first: WorkstationId,
    #[n(2)]
    pub second: WorkstationId,
}

impl Dispute {
    /// Whether it is between these two.
    #[must_use]
    pub fn is_between(&self, one: WorkstationId, other: WorkstationId) -> bool {
        (self.first, self.second) == (one, other) || (self.first, self.second) == (other, one)
    }
}

/// What the relay does with old parts of logs, as it says when a workstation comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Retention {
    /// Days for which what was pruned is still handed out; 0: this relay prunes no more.
    #[n(0)]
    pub days: u32,
    /// Envelopes up to here were pruned.
    #[n(1)]
    pub pruned: u64,
    /// Envelopes up to here are deleted for good.
    #[n(2)]
    pub gone: u64,
}
