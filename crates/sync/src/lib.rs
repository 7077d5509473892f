//! The conversation between workstation and relay: wire types, sealing, signatures, membership; sans-I/O.

pub mod aead;
pub mod claim;
pub mod courier;
pub mod cover;
pub mod envelope;
pub mod id;
pub mod invitation;
pub mod keys;
pub mod log;
pub mod mail;
pub mod membership;
pub mod memory;
pub mod recovery;
pub mod relay;
pub mod release;
pub mod session;
pub mod snapshot;
pub mod staff;
pub mod statement;
pub mod wire;

pub use envelope::Envelope;
pub use id::{
    ChainHash, ClaimKey, EnvelopeId, Fingerprint, KeyId, LetterId, LookupId, MailBoxId, PackHash, PracticeId,
    SetId, WorkstationId,
};
pub use keys::{PersonKeys, PracticeKey, PracticeKeys, WorkstationKeys};
pub use membership::Membership;
pub use statement::Statement;
