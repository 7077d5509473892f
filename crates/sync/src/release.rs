//! Letting in what was set aside: an administrator names envelopes and says why. What is named is sealed, so the relay
//! learns no more than that there is such a statement.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::aead::{CannotOpen, Nonce};
use crate::id::EnvelopeId;
use crate::keys::{PracticeKey, PracticeKeys, SigningPublic};
use crate::staff::{Note, Place};

/// Enclosed envelopes of one statement have at most so many bytes together; more is said in several.
pub const MAX_ENCLOSED_BYTES: usize = 192 * 1024;

/// Envelopes that were set aside count from here on as if their author had had every right. Said by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Release {
    /// [`LetIn`], at [`Place::Release`] of who says it.
    #[n(0)]
    pub let_in: Note,
}

/// What is let in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LetIn {
    #[n(0)]
    pub reason: String,
    #[n(1)]
    pub envelopes: Vec<Named>,
}

/// One envelope that is let in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Named {
    #[n(0)]
    pub id: EnvelopeId,
    /// The envelope itself, for those who do not have it: the relay never took it, or they came later. None if it is too
    /// large to enclose; then it is in the log.
    #[n(1)]
    pub bytes: Option<ByteVec>,
}

impl LetIn {
    /// `nonce`: 24 random bytes, never used before with this key.
    #[must_use]
    pub fn seal(&self, key: &PracticeKey, author: SigningPublic, nonce: Nonce) -> Release {
        let plain = minicbor::to_vec(self).expect("writing to a Vec cannot fail");
        Release {
            let_in: Note::seal(key, Place::Release(author), &plain, nonce),
        }
    }
}

impl Release {
    /// `author`: who signed the statement.
    pub fn open(&self, keys: &PracticeKeys, author: SigningPublic) -> Result<LetIn, CannotOpen> {
        let plain = self.let_in.open(keys, Place::Release(author))?;
        minicbor::decode(&plain).map_err(|_| CannotOpen)
    }
}
