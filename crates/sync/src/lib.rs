//! The conversation between workstation and relay: wire types, sealing, signatures, membership; sans-I/O.

pub mod aead;
pub mod envelope;
pub mod id;
pub mod invitation;
pub mod keys;
pub mod log;
pub mod membership;
pub mod memory;
pub mod relay;
pub mod session;
pub mod statement;
pub mod wire;
