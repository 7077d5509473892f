//! An envelope: one atomic batch of changes, sealed so that only members can read it and signed so that nobody
//! can alter or forge it; or a statement about the membership, which the relay may read too.
//!
//! ```text
//! 1   format version                     ┐
//! 1   kind: 1 changes, 2 statement       │
//! 16  practice                           │
//! 16  workstation                        │ header: in clear, associated data of the ciphertext
//! 16  key id of the person               │ (numbers are big-endian)
//! 8   the workstation's own sequence     │
//! 4   key epoch                          │
//! 8   last log position it had seen      │
//! 32  chain hash at that position        ┘
//! …   changes: nonce (24) ‖ XChaCha20-Poly1305 of (u32 length ‖ body ‖ zeros up to a multiple of 256)
//!     statement: its bytes, see `statement`
//! 64  Ed25519 signature of the person over domain ‖ all of the above
//! 64  Ed25519 signature of the workstation over domain ‖ all of the above
//! ```
//!
//! The layout is fixed, so one envelope has exactly one encoding. Its id is the SHA-256 of all its bytes.

use zeroize::Zeroizing;

use crate::aead::{self, CannotOpen, NONCE_LENGTH, Nonce, TAG_LENGTH};
use crate::id::{ChainHash, EnvelopeId, KeyId, PracticeId, WorkstationId};
use crate::keys::{PersonKeys, PracticeKey, PracticeKeys, SIGNATURE_LENGTH, WorkstationKeys};
use crate::membership::{Membership, Rejected};
use crate::statement::Statement;

/// The only format version there is so far.
pub const FORMAT: u8 = 1;
/// No envelope is longer than this; larger work is split by the workstation.
pub const MAX_ENVELOPE_BYTES: usize = 256 * 1024;
/// Ciphertexts are padded to multiples of this, so that lengths tell little.
pub const PADDING: usize = 256;
/// Bytes of the clear header.
pub const HEADER_LENGTH: usize = 1 + 1 + 16 + 16 + 16 + 8 + 4 + 8 + 32;
const SIGNATURES: usize = 2 * SIGNATURE_LENGTH;
const LENGTH_PREFIX: usize = 4;
/// The longest body that fits into one envelope.
pub const MAX_BODY_BYTES: usize =
    (MAX_ENVELOPE_BYTES - HEADER_LENGTH - NONCE_LENGTH - TAG_LENGTH - SIGNATURES) / PADDING * PADDING
        - LENGTH_PREFIX;

const PERSON_DOMAIN: &[u8] = b"orca envelope 1 person\0";
const WORKSTATION_DOMAIN: &[u8] = b"orca envelope 1 workstation\0";

/// Whether the relay can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Changes,
    Statement,
}

/// The last thing its workstation had seen of the log when it wrote an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// 0 before the first entry.
    pub position: u64,
    pub hash: ChainHash,
}

/// What is readable without keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    pub practice: PracticeId,
    pub workstation: WorkstationId,
    pub person: KeyId,
    /// Counts the workstation's own envelopes from 1. Rises in the order of writing; orders its outbox.
    pub sequence: u64,
    pub epoch: u32,
    pub seen: Seen,
}

impl Header {
    fn to_bytes(self) -> [u8; HEADER_LENGTH] {
        let mut out = Vec::with_capacity(HEADER_LENGTH);
        out.push(FORMAT);
        out.push(match self.kind {
            Kind::Changes => 1,
            Kind::Statement => 2,
        });
        out.extend_from_slice(&self.practice.0);
        out.extend_from_slice(&self.workstation.0);
        out.extend_from_slice(&self.person.0);
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&self.epoch.to_be_bytes());
        out.extend_from_slice(&self.seen.position.to_be_bytes());
        out.extend_from_slice(&self.seen.hash.0);
        out.try_into().expect("the parts add up to the header's length")
    }

    fn parse(bytes: &[u8; HEADER_LENGTH]) -> Result<Self, BadEnvelope> {
        let mut rest = &bytes[..];
        if take::<1>(&mut rest) != [FORMAT] {
            return Err(BadEnvelope::Version(bytes[0]));
        }
        let kind = match take::<1>(&mut rest) {
            [1] => Kind::Changes,
            [2] => Kind::Statement,
            [other] => return Err(BadEnvelope::Kind(other)),
        };
        Ok(Self {
            kind,
            practice: PracticeId(take(&mut rest)),
            workstation: WorkstationId(take(&mut rest)),
            person: KeyId(take(&mut rest)),
            sequence: u64::from_be_bytes(take(&mut rest)),
            epoch: u32::from_be_bytes(take(&mut rest)),
            seen: Seen {
                position: u64::from_be_bytes(take(&mut rest)),
                hash: ChainHash(take(&mut rest)),
            },
        })
    }
}

/// The next `N` bytes of a header whose whole length was checked before.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (head, tail) = rest
        .split_first_chunk::<N>()
        .expect("the header's length is a sum of these parts");
    *rest = tail;
    *head
}

/// Bytes that are not an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEnvelope {
    #[error("an envelope has {min} to {max} bytes, this has {found}")]
    Length { min: usize, max: usize, found: usize },
    #[error("envelope format {0} is newer than this program understands: update the program")]
    Version(u8),
    #[error("envelope kind {0} is unknown: update the program")]
    Kind(u8),
    #[error("the sealed part has {0} bytes, which is not a padded length")]
    Padding(usize),
}

/// The body does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a change of {found} bytes does not fit into an envelope of at most {MAX_BODY_BYTES}: split it")]
pub struct TooLarge {
    pub found: usize,
}

/// Why a sealed body stays closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpenEnvelope {
    #[error("this workstation has no practice key of epoch {0}")]
    NoKey(u32),
    #[error(transparent)]
    Sealed(#[from] CannotOpen),
    #[error("the sealed padding is malformed")]
    Padding,
    #[error("a statement is not sealed")]
    Statement,
}

/// Who writes, and what they had seen.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    pub practice: PracticeId,
    pub workstation: &'a WorkstationKeys,
    pub person: &'a PersonKeys,
    pub sequence: u64,
    pub seen: Seen,
}

impl Author<'_> {
    fn header(&self, kind: Kind, epoch: u32) -> Header {
        Header {
            kind,
            practice: self.practice,
            workstation: self.workstation.id(),
            person: self.person.key_id(),
            sequence: self.sequence,
            epoch,
            seen: self.seen,
        }
    }

    fn sign(&self, header: Header, mut bytes: Vec<u8>) -> Envelope {
        let person = self.person.sign(&signed(PERSON_DOMAIN, &bytes));
        let workstation = self.workstation.sign(&signed(WORKSTATION_DOMAIN, &bytes));
        bytes.extend_from_slice(&person);
        bytes.extend_from_slice(&workstation);
        let id = Envelope::id_of(&bytes);
        Envelope { header, bytes, id }
    }
}

fn signed(domain: &[u8], bytes: &[u8]) -> Vec<u8> {
    [domain, bytes].concat()
}

/// A well-formed envelope. Being well-formed says nothing about who wrote it: see [`Envelope::verify`].
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    header: Header,
    bytes: Vec<u8>,
    id: EnvelopeId,
}

impl Envelope {
    /// Seals and signs a batch of changes. `nonce`: 24 random bytes, never used before with this key.
    pub fn seal(author: &Author<'_>, key: &PracticeKey, body: &[u8], nonce: Nonce) -> Result<Self, TooLarge> {
        if body.len() > MAX_BODY_BYTES {
            return Err(TooLarge { found: body.len() });
        }
        let header = author.header(Kind::Changes, key.epoch);
        let mut bytes = header.to_bytes().to_vec();
        let padded = (LENGTH_PREFIX + body.len()).next_multiple_of(PADDING);
        let mut plain = Zeroizing::new(Vec::with_capacity(padded));
        let length = u32::try_from(body.len()).expect("bounded by MAX_BODY_BYTES");
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(body);
        plain.resize(padded, 0);
        let sealed = aead::seal(&key.key, &nonce, &bytes, &plain);
        bytes.reserve_exact(NONCE_LENGTH + sealed.len() + SIGNATURES);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(author.sign(header, bytes))
    }

    /// Signs a statement about the membership. `epoch`: of the key that sealed the names in it.
    pub fn state(author: &Author<'_>, epoch: u32, statement: &Statement) -> Result<Self, TooLarge> {
        let header = author.header(Kind::Statement, epoch);
        let body = statement.to_bytes();
        if body.len() > MAX_BODY_BYTES {
            return Err(TooLarge { found: body.len() });
        }
        let mut bytes = header.to_bytes().to_vec();
        bytes.extend_from_slice(&body);
        Ok(author.sign(header, bytes))
    }

    /// Reads bytes from the wire or from storage.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, BadEnvelope> {
        let header = Self::check(&bytes)?;
        Ok(Self::checked(bytes, header))
    }

    /// After [`Envelope::check`] of the same bytes gave this header.
    pub(crate) fn checked(bytes: Vec<u8>, header: Header) -> Self {
        let id = Self::id_of(&bytes);
        Self { header, bytes, id }
    }

    /// The id of any bytes in the log, well-formed or not.
    #[must_use]
    pub fn id_of(bytes: &[u8]) -> EnvelopeId {
        EnvelopeId(aead::sha256(&[bytes]))
    }

    /// Whether the bytes are a well-formed envelope, and what its header says.
    pub fn check(bytes: &[u8]) -> Result<Header, BadEnvelope> {
        let min = HEADER_LENGTH + SIGNATURES + 1;
        if bytes.len() < min || bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(BadEnvelope::Length {
                min,
                max: MAX_ENVELOPE_BYTES,
                found: bytes.len(),
            });
        }
        let header = Header::parse(bytes.first_chunk().expect("longer than a header"))?;
        if header.kind == Kind::Changes {
            let sealed = bytes.len() - HEADER_LENGTH - SIGNATURES;
            let padded = sealed.checked_sub(NONCE_LENGTH + TAG_LENGTH);
            if !padded.is_some_and(|length| length > 0 && length.is_multiple_of(PADDING)) {
                return Err(BadEnvelope::Padding(sealed));
            }
        }
        Ok(header)
    }

    #[must_use]
    pub fn id(&self) -> EnvelopeId {
        self.id
    }

    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn payload(&self) -> &[u8] {
        &self.bytes[HEADER_LENGTH..self.bytes.len() - SIGNATURES]
    }

    /// The bytes of a statement; `None` for sealed changes.
    #[must_use]
    pub fn statement_bytes(&self) -> Option<&[u8]> {
        (self.header.kind == Kind::Statement).then(|| self.payload())
    }

    /// Checks that a member wrote this: that workstation and person may append according to `membership`
    /// (the policy just before this envelope's position) and that both signatures are theirs.
    ///
    /// For statements use [`Membership::apply`], which also follows what they say.
    pub fn verify(&self, membership: &Membership) -> Result<(), Rejected> {
        let authors = membership.authors(&self.header)?;
        self.verify_signatures(authors.person, authors.workstation)
    }

    pub(crate) fn verify_signatures(
        &self,
        person: &crate::keys::VerifyingPoint,
        workstation: &crate::keys::VerifyingPoint,
    ) -> Result<(), Rejected> {
        let (message, signatures) = self.bytes.split_at(self.bytes.len() - SIGNATURES);
        let (by_person, by_workstation) = signatures.split_at(SIGNATURE_LENGTH);
        let by_person = by_person.try_into().expect("split at a signature's length");
        let by_workstation = by_workstation.try_into().expect("two signatures, one split off");
        if !workstation.verify(&signed(WORKSTATION_DOMAIN, message), by_workstation) {
            return Err(Rejected::WorkstationSignature);
        }
        if !person.verify(&signed(PERSON_DOMAIN, message), by_person) {
            return Err(Rejected::PersonSignature);
        }
        Ok(())
    }

    /// Opens the sealed body. Does not verify who wrote it.
    pub fn open(&self, keys: &PracticeKeys) -> Result<Zeroizing<Vec<u8>>, CannotOpenEnvelope> {
        if self.header.kind == Kind::Statement {
            return Err(CannotOpenEnvelope::Statement);
        }
        let key = keys
            .get(self.header.epoch)
            .ok_or(CannotOpenEnvelope::NoKey(self.header.epoch))?;
        let plain = Zeroizing::new(aead::open_with_nonce(
            &key.key,
            &self.bytes[..HEADER_LENGTH],
            self.payload(),
        )?);
        let (length, rest) = plain
            .split_first_chunk::<LENGTH_PREFIX>()
            .ok_or(CannotOpenEnvelope::Padding)?;
        let length = u32::from_be_bytes(*length) as usize;
        let body = rest.get(..length).ok_or(CannotOpenEnvelope::Padding)?;
        // Anything but the shortest padding, all zeros, would be a second encoding of the same body.
        let shortest = (LENGTH_PREFIX + length).next_multiple_of(PADDING);
        if plain.len() != shortest || rest[length..].iter().any(|byte| *byte != 0) {
            return Err(CannotOpenEnvelope::Padding);
        }
        Ok(Zeroizing::new(body.to_vec()))
    }
}

impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Envelope")
            .field("id", &self.id)
            .field("header", &self.header)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// Verifies many envelopes against one policy, on up to two threads when there are enough of them. The
/// verdicts are exactly those of [`Envelope::verify`], in order.
#[must_use]
pub fn verify_all(envelopes: &[&Envelope], membership: &Membership) -> Vec<Result<(), Rejected>> {
    const WORTH_A_THREAD: usize = 32;
    let verify = |part: &[&Envelope]| {
        part.iter()
            .map(|envelope| envelope.verify(membership))
            .collect::<Vec<_>>()
    };
    if envelopes.len() < WORTH_A_THREAD {
        return verify(envelopes);
    }
    let (first, second) = envelopes.split_at(envelopes.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| verify(second));
        let mut verdicts = verify(first);
        verdicts.extend(other.join().expect("verification does not panic"));
        verdicts
    })
}
