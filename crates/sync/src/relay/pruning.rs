//! When the beginning of a log may go: two members agree on what a snapshot covers, the snapshot is here, and every member
//! has read further.

use super::{Log, LogError, Practice, Refusal, Stop, Write, hash_at, other_log};
use crate::id::{ChainHash, PackHash, PracticeId, SetId, WorkstationId};
use crate::membership::Membership;
use crate::snapshot::Index;
use crate::wire::RefusalCode;

/// How far a workstation has the log, durably, as it said itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    pub workstation: WorkstationId,
    pub position: u64,
    /// Milliseconds since 1970 UTC, by the relay's clock.
    pub at_millis: u64,
}

/// What is left of a log's beginning. Statements, ids and chain hashes stay in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Envelopes up to here are in the cold part of the log: still handed out, but not counted any more.
    pub cold: u64,
    /// Envelopes up to here are deleted.
    pub gone: u64,
}

/// Whether envelopes may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prunable {
    /// All up to here, but for statements.
    UpTo(u64),
    /// Nothing is agreed on, or it has lost one of its members.
    NotAgreed,
    /// Members contradict each other: nothing goes until people have looked into it.
    Disputed,
    /// Without the snapshot nobody could begin.
    SnapshotMissing,
    /// This member has nothing of what could go, as far as the relay was told.
    Held(WorkstationId),
}

/// How far a practice's log may be pruned now. `membership`: at the end of its log.
///
/// # Errors
/// Of storage.
pub fn prunable(
    log: &mut impl Log,
    practice: PracticeId,
    membership: &Membership,
) -> Result<Prunable, LogError> {
    if membership.disputes().next().is_some() {
        return Ok(Prunable::Disputed);
    }
    let Some(agreed) = membership.settled() else {
        return Ok(Prunable::NotAgreed);
    };
    let cover = agreed.cover;
    if !is_here(log, practice, membership, &cover)? {
        return Ok(Prunable::SnapshotMissing);
    }
    let reached = log.reached(practice)?;
    let mut up_to = cover.position;
    for (workstation, member) in membership.workstations() {
        if member.revoked_at.is_some() {
            continue;
        }
        let known = reached.iter().find(|known| known.workstation == workstation);
        let position = known.map_or(0, |known| known.position);
        if position == 0 {
            return Ok(Prunable::Held(workstation));
        }
        up_to = up_to.min(position);
    }
    Ok(Prunable::UpTo(up_to))
}

/// Whether the relay has all of the snapshot that was agreed on, and its chain is this log's.
fn is_here(
    log: &mut impl Log,
    practice: PracticeId,
    membership: &Membership,
    cover: &crate::cover::Cover,
) -> Result<bool, LogError> {
    let Some(bytes) = log.pack(practice, cover.snapshot.set, 0)? else {
        return Ok(false);
    };
    if PackHash::of(&bytes) != cover.snapshot.index {
        return Ok(false);
    }
    let Ok(index) = Index::parse(bytes) else {
        return Ok(false);
    };
    let header = *index.header();
    let covers = header.covers;
    Ok(index.verify(membership).is_ok()
        && covers.position == cover.position
        && covers.hash == cover.hash
        && hash_at(log, practice, covers.position)? == Some(covers.hash)
        && log.packs_of(practice, header.set)? == u64::from(header.packs))
}

/// Snapshots that must not make room for newer ones: the one that stands for the log's beginning, and those that wait for
/// a second workstation.
pub(super) fn needed(membership: &Membership) -> Vec<SetId> {
    let agreed = membership.agreed().map(|agreed| agreed.cover);
    let reach = agreed.map_or(0, |cover| cover.position);
    let mut sets: Vec<SetId> = agreed.iter().map(|cover| cover.snapshot.set).collect();
    for (id, cover) in membership.covers() {
        let set = cover.snapshot.set;
        if cover.position > reach && membership.is_member(id) && !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

pub(super) fn judge<L: Log>(
    log: &mut L,
    known: Option<&Practice>,
    practice: PracticeId,
    reached: Reached,
    hash: ChainHash,
) -> Result<Write, Stop> {
    let Some(known) = known else {
        let message = "this relay does not know the practice";
        return Err(Stop::Refused(Refusal::new(RefusalCode::UnknownPractice, message)));
    };
    known.membership.may_connect(reached.workstation)?;
    let here = match known.chain.hash_at(reached.position) {
        Some(here) => Some(here),
        None => hash_at(log, practice, reached.position)?,
    };
    if here != Some(hash) {
        return Err(Stop::Refused(other_log(reached.position)));
    }
    Ok(Write::Reached { practice, reached })
}

pub(super) fn pruned(after: u64) -> Refusal {
    Refusal::new(
        RefusalCode::Pruned,
        format!(
            "the relay keeps old changes for a limited time only, and those after position {after} are deleted: this \
             workstation, or the backup it was restored from, was away for too long. Join the practice again with an \
             invitation, in an empty folder, and keep this one: it has everything that was written here"
        ),
    )
}
