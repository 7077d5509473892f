//! Claims at the relay: the first workstation that asks for a key has it, for ever.

use super::{Log, Practice, Refusal, Staged, Stop, Write};
use crate::id::{ClaimKey, PracticeId, WorkstationId};
use crate::wire::{Holder, RefusalCode};

/// A workstation that has proved itself asks for a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedClaim {
    pub practice: PracticeId,
    pub workstation: WorkstationId,
    pub key: ClaimKey,
    /// Milliseconds since 1970 UTC, by the relay's clock.
    pub received_at: u64,
}

/// A claim that nobody had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredClaim {
    pub practice: PracticeId,
    pub key: ClaimKey,
    pub holder: Holder,
}

/// Who has it now.
pub(super) fn judge<L: Log>(
    log: &mut L,
    practice: Option<&Practice>,
    asked: AskedClaim,
    staged: &mut Staged,
) -> Result<Holder, Stop> {
    let Some(known) = practice else {
        let message = "this relay does not know the practice";
        return Err(Stop::Refused(Refusal::new(RefusalCode::UnknownPractice, message)));
    };
    // Who was removed gets nothing, not even by a frame that was on its way.
    known.membership.may_connect(asked.workstation)?;
    let AskedClaim { practice, key, .. } = asked;
    if let Some(holder) = staged.claims.get(&(practice, key)) {
        return Ok(*holder);
    }
    if let Some(holder) = log.claim(practice, key)? {
        return Ok(holder);
    }
    let holder = Holder {
        workstation: asked.workstation,
        at_millis: asked.received_at,
    };
    staged.claims.insert((practice, key), holder);
    staged.writes.push(Write::Claim(StoredClaim {
        practice,
        key,
        holder,
    }));
    Ok(holder)
}
