//! What a practice says of its people in its log: who may sign, which roles they have, how they log in, when they took
//! emergency access. The relay sees keys and capabilities; roles, names and log-ins are sealed notes that only
//! members read.

use minicbor::{Decode, Encode};

use crate::aead::{CannotOpen, Nonce};
use crate::keys::{PracticeKey, PracticeKeys, SigningPublic};
use crate::statement::Capability;

/// Something sealed under the practice key of an epoch, fixed to its place so that it cannot be moved to another.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Note {
    #[n(0)]
    pub epoch: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The roles that go with an invitation.
    Invited(SigningPublic),
    /// Who a key stands for, and their roles.
    Staff(SigningPublic),
    /// The practice's table of permissions.
    Policy,
    /// A person's signing key behind their passphrase.
    Login(SigningPublic),
    /// Why a person takes emergency access.
    Emergency(SigningPublic),
    /// Which envelopes an administrator lets in, and why.
    Release(SigningPublic),
    /// What is to know of a recovery kit.
    Kit(SigningPublic),
    /// A person's second factor.
    Factor(SigningPublic),
    /// What the practice asks of everybody's log-in.
    Rules,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        let (name, key): (&[u8], _) = match self {
            Self::Invited(key) => (b"invited 1", Some(key)),
            Self::Staff(key) => (b"staff 1", Some(key)),
            Self::Policy => (b"policy 1", None),
            Self::Login(key) => (b"login 1", Some(key)),
            Self::Emergency(key) => (b"emergency 1", Some(key)),
            Self::Release(key) => (b"release 1", Some(key)),
            Self::Kit(key) => (b"recovery kit 1", Some(key)),
            Self::Factor(key) => (b"second factor 1", Some(key)),
            Self::Rules => (b"rules 1", None),
        };
        [name, key.as_ref().map_or(&[][..], |key| &key.0)].concat()
    }
}

impl Note {
    /// `nonce`: 24 random bytes, never used before with this key.
    #[must_use]
    pub fn seal(key: &PracticeKey, place: Place, plain: &[u8], nonce: Nonce) -> Self {
        Self {
            epoch: key.epoch,
            sealed: key.seal_note(&place.bytes(), plain, nonce),
        }
    }

    /// Fails without the key of its epoch, or if it was made for another place.
    pub fn open(&self, keys: &PracticeKeys, place: Place) -> Result<Vec<u8>, CannotOpen> {
        keys.get(self.epoch)
            .ok_or(CannotOpen)?
            .open_note(&place.bytes(), &self.sealed)
    }
}

/// A person may sign from now on, or may do something else than before. Said by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Staff {
    #[n(0)]
    pub person: SigningPublic,
    #[n(1)]
    pub capability: Capability,
    /// At [`Place::Staff`].
    #[n(2)]
    pub card: Note,
}

/// The practice's table of permissions is this from now on. Said by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Policy {
    /// At [`Place::Policy`].
    #[n(0)]
    pub table: Note,
    /// At [`Place::Rules`]; none: as they were. Last, so that statements without it are the bytes they always were.
    #[n(1)]
    pub rules: Option<Note>,
}

/// How the author logs in from now on; none: not at all. Said by everybody for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Login {
    /// At [`Place::Login`].
    #[n(0)]
    pub login: Option<Note>,
}

/// The author's second factor from now on; none: they have none. Said by everybody for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Factor {
    /// At [`Place::Factor`]; inside it is sealed once more by the author's own key ([`crate::PersonKeys::seal_private`]).
    #[n(0)]
    pub factor: Option<Note>,
}

/// The author takes emergency access, with a reason; none: gives it back. Said by everybody for themselves; an
/// administrator ends it for others by saying anew what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Emergency {
    /// At [`Place::Emergency`].
    #[n(0)]
    pub reason: Option<Note>,
}
