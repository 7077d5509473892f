//! The names things have on the wire: fixed-size, opaque, never a person's or a patient's name.

use std::fmt;

use minicbor::{Decode, Encode};

/// Bytes that do not have the length an id needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {what} has {expected} bytes, this has {found}")]
pub struct WrongLength {
    pub what: &'static str,
    pub expected: usize,
    pub found: usize,
}

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident, $length:literal, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; $length]);

        impl $name {
            pub const LENGTH: usize = $length;

            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// The first four bytes in hexadecimal: enough to tell two apart in a log line.
            #[must_use]
            pub fn short(&self) -> String {
                data_encoding::HEXLOWER.encode(&self.0[..4])
            }
        }
        impl From<[u8; $length]> for $name {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = WrongLength;
            fn try_from(bytes: &[u8]) -> Result<Self, WrongLength> {
                bytes
                    .try_into()
                    .map(Self)
                    .map_err(|_| WrongLength { what: $what, expected: $length, found: bytes.len() })
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }
    )*};
}

opaque! {
    /// The practice as the relay knows it: the name of one log.
    PracticeId, 16, "practice id";
    /// One installation of the program.
    WorkstationId, 16, "workstation id";
    /// Stands for a person's signing key; the relay learns no name from it.
    KeyId, 16, "key id";
    /// SHA-256 of the whole bytes of an envelope.
    EnvelopeId, 32, "envelope id";
    /// The chain hash after some position: what the log was up to there.
    ChainHash, 32, "chain hash";
    /// SHA-256 of a founding person's public key: what an invited workstation trusts.
    Fingerprint, 32, "fingerprint";
    /// Where the relay keeps an invitation's parcel; derived from the secret, does not reveal it.
    LookupId, 16, "lookup id";
    /// One snapshot's packs; drawn at random.
    SetId, 16, "set id";
    /// SHA-256 of a sealed pack, or of an index.
    PackHash, 32, "pack hash";
    /// What is claimed, so that only members know ([`crate::claim`]).
    ClaimKey, 32, "claim key";
    /// Where the outside world puts sealed mail for a practice ([`crate::mail`]).
    MailBoxId, 16, "mail box id";
    /// One letter in it, named by whoever sends it.
    LetterId, 16, "letter id";
}

impl LetterId {
    /// For bytes that are no letter: so that the same ones are the same.
    #[must_use]
    pub fn of_junk(bytes: &[u8]) -> Self {
        let hash = crate::aead::sha256(&[b"orca junk 1\0", bytes]);
        Self(*hash.first_chunk().expect("a SHA-256 hash has more than 16 bytes"))
    }
}

impl PackHash {
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(crate::aead::sha256(&[bytes]))
    }
}
