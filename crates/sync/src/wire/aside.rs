//! What travels beside the log: claims, and sealed mail.

use minicbor::{Decode, Encode};

use super::Refusal;
use crate::id::{ClaimKey, WorkstationId};
use crate::mail::MailPublic;

/// A workstation wants to be the one that does something ([`crate::claim`]). Asking again does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Claim {
    #[n(0)]
    pub key: ClaimKey,
}

/// Who has it, for ever. Durable at the relay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Claimed {
    #[n(0)]
    pub key: ClaimKey,
    /// Nobody if the claim was refused: then nothing was stored.
    #[n(1)]
    pub holder: Option<Holder>,
    #[n(2)]
    pub refused: Option<Refusal>,
}

/// The workstation that was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Holder {
    #[n(0)]
    pub workstation: WorkstationId,
    /// Milliseconds since 1970 UTC, by the relay's clock: to be shown, nothing depends on it.
    #[n(1)]
    pub at_millis: u64,
}

/// The key to which mail from outside is sealed, said to the relay by a workstation ([`crate::mail`]).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MailKey {
    /// The epoch of the practice key from which it comes.
    #[n(0)]
    pub epoch: u32,
    #[n(1)]
    pub public: MailPublic,
    /// Ed25519 with the workstation's key over [`crate::mail::key_message`].
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Asks for letters after a number, and from then on for news of the box.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GetMail {
    #[n(0)]
    pub after: u64,
}

/// Letters that were asked for; or unasked, without letters: the box has changed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Mail {
    /// Ascending; what was let go is missing.
    #[n(0)]
    pub letters: Vec<Letter>,
    /// All up to here are in `letters`, were asked for before, or were let go: where to ask on. As large as `last` when there
    /// are no more.
    #[n(1)]
    pub up_to: u64,
    /// The newest letter's number.
    #[n(2)]
    pub last: u64,
    /// Of the key to which mail is sealed at present, if one was said: its epoch and the key.
    #[n(3)]
    pub epoch: Option<u32>,
    #[n(4)]
    pub public: Option<MailPublic>,
}

/// One letter as the relay keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Letter {
    /// Counts the practice's letters from 1, given by the relay.
    #[n(0)]
    pub number: u64,
    /// Milliseconds since 1970 UTC, by the relay's clock.
    #[n(1)]
    pub received_at: u64,
    /// See [`crate::mail::seal`]. Nothing is sure about it but its size.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// Letters up to this number are durable at the workstation, or were not for it: the relay may let them go after its time.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AckMail {
    #[n(0)]
    pub up_to: u64,
}
