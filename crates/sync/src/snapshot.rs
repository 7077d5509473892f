//! A snapshot: the practice as one workstation has it at a position of the log, so that a newcomer need not apply the
//! whole log. It is a set of *packs*, each sealed for itself, and an *index* that lists them. The relay stores all of it and
//! can read none of it but the index's header.
//!
//! ```text
//! pack n:  nonce (24) ‖ XChaCha20-Poly1305 of the content, associated data "orca pack 1\0" ‖ practice ‖ set ‖ u32 n
//!
//! index:
//! 1   format version                     ┐
//! 16  practice                           │
//! 16  workstation                        │ header: in clear, associated data of the ciphertext behind
//! 16  key id of the person               │ "orca snapshot 1\0" (numbers are big-endian)
//! 4   key epoch                          │
//! 8   the position it covers             │
//! 32  chain hash at that position        │
//! 16  set: random, names the packs       │
//! 4   number of packs                    ┘
//! …   nonce (24) ‖ XChaCha20-Poly1305 of the contents (CBOR)
//! 64  Ed25519 signature of the person over domain ‖ all of the above
//! 64  Ed25519 signature of the workstation over domain ‖ all of the above
//! ```
//!
//! Who believes a snapshot believes whoever made it. A newcomer takes the one that its invitation names by hash: from the
//! same person it has the practice's keys.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::aead::{self, NONCE_LENGTH, Nonce, TAG_LENGTH};
use crate::envelope::Seen;
use crate::id::{ChainHash, KeyId, PackHash, PracticeId, SetId, WorkstationId};
use crate::keys::{PersonKeys, PracticeKey, PracticeKeys, SIGNATURE_LENGTH, WorkstationKeys};
use crate::membership::{Membership, Rejected};

/// The only format version there is so far.
pub const FORMAT: u8 = 1;
/// A sealed pack, or an index, has at most so many bytes: both travel in one frame.
pub const MAX_PACK_BYTES: usize = 768 * 1024;
/// Content that surely fits into a pack.
pub const MAX_CONTENT_BYTES: usize = MAX_PACK_BYTES - NONCE_LENGTH - TAG_LENGTH;
/// Packs in one snapshot: some 10 GB.
pub const MAX_PACKS: u32 = 16_384;

const HEADER_LENGTH: usize = 1 + 16 + 16 + 16 + 4 + 8 + 32 + 16 + 4;
const SIGNATURES: usize = 2 * SIGNATURE_LENGTH;
const PERSON_DOMAIN: &[u8] = b"orca snapshot 1 person\0";
const WORKSTATION_DOMAIN: &[u8] = b"orca snapshot 1 workstation\0";

/// Which snapshot exactly, for an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pinned {
    #[n(0)]
    pub set: SetId,
    /// SHA-256 of the index's bytes; they hold the hashes of all packs.
    #[n(1)]
    pub index: PackHash,
}

/// What the relay reads of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub practice: PracticeId,
    pub workstation: WorkstationId,
    pub person: KeyId,
    pub epoch: u32,
    /// Everything up to here is in it, nothing after.
    pub covers: Seen,
    pub set: SetId,
    pub packs: u32,
}

/// What only members read of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// What the packs hold is in the store's form of this version.
    pub data_version: u32,
    /// The policy at the covered position ([`Membership::to_bytes`]).
    pub membership: Vec<u8>,
    /// The maker's hybrid logical clock: what a newcomer writes must come later.
    pub clock_millis: u64,
    pub clock_counter: u32,
    /// Kind of content and hash of each pack, in order. What the kinds are is the store's business.
    pub packs: Vec<Listed>,
    /// How much there is of everything, in the store's order.
    pub counts: Vec<u64>,
    /// The first and the last day whose visits come whole with the first packs: wall dates as yyyymmdd. `None`: its maker's
    /// release did not say.
    pub days: Option<[u32; 2]>,
}

/// One pack in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Listed {
    #[n(0)]
    pub kind: u8,
    #[n(1)]
    pub hash: PackHash,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Stored {
    #[n(0)]
    data_version: u32,
    #[n(1)]
    membership: ByteVec,
    #[n(2)]
    clock_millis: u64,
    #[n(3)]
    clock_counter: u32,
    #[n(4)]
    packs: Vec<Listed>,
    #[n(5)]
    counts: Vec<u64>,
    #[n(6)]
    days: Option<[u32; 2]>,
}

/// Bytes that are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSnapshot {
    #[error("a snapshot's index has {min} to {MAX_PACK_BYTES} bytes, this has {found}")]
    Length { min: usize, found: usize },
    #[error("snapshot format {0} is newer than this program understands: update the program")]
    Version(u8),
    #[error("a snapshot has 1 to {MAX_PACKS} packs, this says {0}")]
    Packs(u32),
    #[error("the snapshot is another one than was promised")]
    Other,
    #[error("the snapshot was altered, or sealed with a key that this workstation does not have")]
    Sealed,
    #[error("the snapshot's index is malformed: {0}")]
    Malformed(String),
}

fn associated(practice: PracticeId, set: SetId, number: u32) -> Vec<u8> {
    [
        b"orca pack 1\0",
        &practice.0[..],
        &set.0[..],
        &number.to_be_bytes()[..],
    ]
    .concat()
}

/// Seals a pack's content, at most [`MAX_CONTENT_BYTES`]. `number` counts from 1; `nonce`: 24 random bytes.
#[must_use]
pub fn seal_pack(
    practice: PracticeId,
    set: SetId,
    number: u32,
    key: &PracticeKey,
    content: &[u8],
    nonce: Nonce,
) -> Vec<u8> {
    aead::seal_with_nonce(&key.key, &nonce, &associated(practice, set, number), content)
}

/// The content of a pack that an index lists.
pub fn open_pack(
    header: &Header,
    contents: &Contents,
    number: u32,
    keys: &PracticeKeys,
    sealed: &[u8],
) -> Result<Vec<u8>, BadSnapshot> {
    let listed = usize::try_from(number)
        .ok()
        .and_then(|number| contents.packs.get(number.checked_sub(1)?))
        .ok_or(BadSnapshot::Other)?;
    if PackHash::of(sealed) != listed.hash {
        return Err(BadSnapshot::Other);
    }
    let key = keys.get(header.epoch).ok_or(BadSnapshot::Sealed)?;
    aead::open_with_nonce(&key.key, &associated(header.practice, header.set, number), sealed)
        .map_err(|_| BadSnapshot::Sealed)
}

impl Header {
    fn to_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_LENGTH);
        out.push(FORMAT);
        out.extend_from_slice(&self.practice.0);
        out.extend_from_slice(&self.workstation.0);
        out.extend_from_slice(&self.person.0);
        out.extend_from_slice(&self.epoch.to_be_bytes());
        out.extend_from_slice(&self.covers.position.to_be_bytes());
        out.extend_from_slice(&self.covers.hash.0);
        out.extend_from_slice(&self.set.0);
        out.extend_from_slice(&self.packs.to_be_bytes());
        out
    }

    fn parse(bytes: &[u8; HEADER_LENGTH]) -> Result<Self, BadSnapshot> {
        let mut rest = &bytes[..];
        let [format] = take::<1>(&mut rest);
        if format != FORMAT {
            return Err(BadSnapshot::Version(format));
        }
        let header = Self {
            practice: PracticeId(take(&mut rest)),
            workstation: WorkstationId(take(&mut rest)),
            person: KeyId(take(&mut rest)),
            epoch: u32::from_be_bytes(take(&mut rest)),
            covers: Seen {
                position: u64::from_be_bytes(take(&mut rest)),
                hash: ChainHash(take(&mut rest)),
            },
            set: SetId(take(&mut rest)),
            packs: u32::from_be_bytes(take(&mut rest)),
        };
        if header.packs == 0 || header.packs > MAX_PACKS {
            return Err(BadSnapshot::Packs(header.packs));
        }
        Ok(header)
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

/// A well-formed index. Being well-formed says nothing about who made it: see [`Index::verify`] and [`Pinned`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    header: Header,
    bytes: Vec<u8>,
}

/// Who makes a snapshot.
#[derive(Clone, Copy)]
pub struct Maker<'a> {
    pub workstation: &'a WorkstationKeys,
    pub person: &'a PersonKeys,
    pub key: &'a PracticeKey,
}

impl Index {
    /// Seals and signs the list of packs. `nonce`: 24 random bytes. Everything of `header` that the maker determines is
    /// put right.
    ///
    /// # Errors
    /// If there are no packs or too many.
    pub fn seal(
        maker: &Maker<'_>,
        practice: PracticeId,
        covers: Seen,
        set: SetId,
        contents: &Contents,
        nonce: Nonce,
    ) -> Result<Self, BadSnapshot> {
        let header = Header {
            practice,
            workstation: maker.workstation.id(),
            person: maker.person.key_id(),
            epoch: maker.key.epoch,
            covers,
            set,
            packs: u32::try_from(contents.packs.len()).unwrap_or(u32::MAX),
        };
        if header.packs == 0 || header.packs > MAX_PACKS {
            return Err(BadSnapshot::Packs(header.packs));
        }
        let stored = Stored {
            data_version: contents.data_version,
            membership: contents.membership.clone().into(),
            clock_millis: contents.clock_millis,
            clock_counter: contents.clock_counter,
            packs: contents.packs.clone(),
            counts: contents.counts.clone(),
            days: contents.days,
        };
        let plain = Zeroizing::new(minicbor::to_vec(&stored).expect("writing to a Vec cannot fail"));
        let mut bytes = header.to_bytes();
        let sealed = aead::seal_with_nonce(&maker.key.key, &nonce, &sealed_behind(&bytes), &plain);
        bytes.extend_from_slice(&sealed);
        let person = maker.person.sign(&[PERSON_DOMAIN, &bytes].concat());
        let workstation = maker.workstation.sign(&[WORKSTATION_DOMAIN, &bytes].concat());
        bytes.extend_from_slice(&person);
        bytes.extend_from_slice(&workstation);
        if bytes.len() > MAX_PACK_BYTES {
            return Err(BadSnapshot::Packs(header.packs));
        }
        Ok(Self { header, bytes })
    }

    /// Reads bytes from the wire or from storage.
    ///
    /// # Errors
    /// If they are not an index of a format that is understood.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, BadSnapshot> {
        let min = HEADER_LENGTH + NONCE_LENGTH + TAG_LENGTH + SIGNATURES;
        if bytes.len() < min || bytes.len() > MAX_PACK_BYTES {
            return Err(BadSnapshot::Length {
                min,
                found: bytes.len(),
            });
        }
        let header = Header::parse(bytes.first_chunk().expect("longer than a header"))?;
        Ok(Self { header, bytes })
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
    pub fn pinned(&self) -> Pinned {
        Pinned {
            set: self.header.set,
            index: PackHash::of(&self.bytes),
        }
    }

    /// Whether members made this: workstation and person may append, and both signatures are theirs.
    ///
    /// # Errors
    /// Why not.
    pub fn verify(&self, membership: &Membership) -> Result<(), Rejected> {
        let header = &self.header;
        if header.practice != membership.practice() {
            return Err(Rejected::OtherPractice);
        }
        let authors = membership.authors_of(header.workstation, header.person, header.epoch)?;
        let (message, signatures) = self.bytes.split_at(self.bytes.len() - SIGNATURES);
        let (by_person, by_workstation) = signatures.split_at(SIGNATURE_LENGTH);
        let by_person = by_person.try_into().expect("split at a signature's length");
        let by_workstation = by_workstation.try_into().expect("two signatures, one split off");
        if !authors
            .workstation
            .verify(&[WORKSTATION_DOMAIN, message].concat(), by_workstation)
        {
            return Err(Rejected::WorkstationSignature);
        }
        if !authors
            .person
            .verify(&[PERSON_DOMAIN, message].concat(), by_person)
        {
            return Err(Rejected::PersonSignature);
        }
        Ok(())
    }

    /// Opens the list. Does not verify who made it.
    ///
    /// # Errors
    /// If it was altered, is sealed with another key, or does not say what its header says.
    pub fn open(&self, keys: &PracticeKeys) -> Result<Contents, BadSnapshot> {
        let key = keys.get(self.header.epoch).ok_or(BadSnapshot::Sealed)?;
        let (header, rest) = self.bytes.split_at(HEADER_LENGTH);
        let sealed = &rest[..rest.len() - SIGNATURES];
        let plain = Zeroizing::new(
            aead::open_with_nonce(&key.key, &sealed_behind(header), sealed)
                .map_err(|_| BadSnapshot::Sealed)?,
        );
        let stored: Stored =
            minicbor::decode(&plain).map_err(|error| BadSnapshot::Malformed(error.to_string()))?;
        if stored.packs.len() as u64 != u64::from(self.header.packs) {
            return Err(BadSnapshot::Malformed(
                "it lists another number of packs than it says".to_owned(),
            ));
        }
        Ok(Contents {
            data_version: stored.data_version,
            membership: stored.membership.into(),
            clock_millis: stored.clock_millis,
            clock_counter: stored.clock_counter,
            packs: stored.packs,
            counts: stored.counts,
            days: stored.days,
        })
    }
}

fn sealed_behind(header: &[u8]) -> Vec<u8> {
    [b"orca snapshot 1\0", header].concat()
}
