//! The keys of a workstation, of a person and of the practice; secret parts are wiped when dropped and never printed.

use std::collections::BTreeMap;
use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::aead::{self, CannotOpen};
use crate::id::{Fingerprint, KeyId, PracticeId, WorkstationId};

/// Stored bytes that are not the keys they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    #[error("stored {what} must have {expected} bytes and start with format 1; these have {found}")]
    Format {
        what: &'static str,
        expected: usize,
        found: usize,
    },
    #[error("a public key is not a usable point of its curve")]
    Point,
    #[error("stored practice keys are damaged: {0}")]
    Practice(String),
}

const KEYS_FORMAT: u8 = 1;
pub(crate) const SIGNATURE_LENGTH: usize = 64;

/// A public Ed25519 key, as bytes; whether it is a usable point is checked when it is admitted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct SigningPublic(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// A public X25519 key to which practice keys are wrapped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct WrappingPublic(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl SigningPublic {
    /// The opaque name under which this key appears in envelope headers.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        let hash = aead::sha256(&[b"orca key id 1", &self.0]);
        KeyId(*hash.first_chunk().expect("a SHA-256 hash has more than 16 bytes"))
    }

    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(aead::sha256(&[b"orca founding key 1", &self.0]))
    }

    /// The key as a point, refused if it is none or has a small order (such keys verify anything).
    pub(crate) fn point(&self) -> Result<VerifyingPoint, BadKeys> {
        VerifyingKey::from_bytes(&self.0)
            .ok()
            .filter(|key| !key.is_weak())
            .map(VerifyingPoint)
            .ok_or(BadKeys::Point)
    }
}

/// A public key that was checked and decompressed once, for verifying often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VerifyingPoint(VerifyingKey);

impl VerifyingPoint {
    /// Strict verification (RFC 8032 with canonical points of full order): every peer must come to the
    /// same verdict, which the library's batch equation does not promise for crafted signatures.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> bool {
        self.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

impl fmt::Debug for SigningPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SigningPublic({})",
            data_encoding::HEXLOWER.encode(&self.0[..4])
        )
    }
}

impl fmt::Debug for WrappingPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "WrappingPublic({})",
            data_encoding::HEXLOWER.encode(&self.0[..4])
        )
    }
}

/// What a workstation signs and unwraps with. The id goes with the keys: both are made once, at
/// enrolment, and never change.
pub struct WorkstationKeys {
    id: WorkstationId,
    signing: SigningKey,
    wrapping: StaticSecret,
}

impl WorkstationKeys {
    const STORED: usize = 1 + 16 + 32 + 32;

    /// New keys from 64 random bytes.
    #[must_use]
    pub fn generate(id: WorkstationId, mut random: [u8; 64]) -> Self {
        let (first, second) = random.split_at(32);
        let mut signing: [u8; 32] = first.try_into().expect("half of 64");
        let mut wrapping: [u8; 32] = second.try_into().expect("half of 64");
        let keys = Self {
            id,
            signing: SigningKey::from_bytes(&signing),
            wrapping: StaticSecret::from(wrapping),
        };
        random.zeroize();
        signing.zeroize();
        wrapping.zeroize();
        keys
    }

    #[must_use]
    pub fn id(&self) -> WorkstationId {
        self.id
    }

    #[must_use]
    pub fn signing_public(&self) -> SigningPublic {
        SigningPublic(self.signing.verifying_key().to_bytes())
    }

    #[must_use]
    pub fn wrapping_public(&self) -> WrappingPublic {
        WrappingPublic(PublicKey::from(&self.wrapping).to_bytes())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.signing.sign(message).to_bytes()
    }

    /// Answers a relay's challenge: opens a connection for this workstation, and serves for nothing else.
    #[must_use]
    pub fn prove(&self, nonce: &[u8; 32], practice: PracticeId) -> [u8; SIGNATURE_LENGTH] {
        self.sign(&crate::wire::auth_message(nonce, practice, self.id))
    }

    /// For the encrypted database only.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(Self::STORED));
        out.push(KEYS_FORMAT);
        out.extend_from_slice(&self.id.0);
        out.extend_from_slice(self.signing.as_bytes());
        out.extend_from_slice(self.wrapping.as_bytes());
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadKeys> {
        if bytes.len() != Self::STORED || bytes[0] != KEYS_FORMAT {
            return Err(BadKeys::Format {
                what: "workstation keys",
                expected: Self::STORED,
                found: bytes.len(),
            });
        }
        let id = WorkstationId::try_from(&bytes[1..17]).expect("16 bytes");
        let mut random = [0; 64];
        random.copy_from_slice(&bytes[17..]);
        let keys = Self::generate(id, random);
        random.zeroize();
        Ok(keys)
    }
}

impl fmt::Debug for WorkstationKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkstationKeys({}, secret)", self.id.short())
    }
}

/// What a person signs with; the same person has the same keys on every workstation they use.
pub struct PersonKeys {
    signing: SigningKey,
    id: KeyId,
}

impl PersonKeys {
    const STORED: usize = 1 + 32;

    /// New keys from 32 random bytes.
    #[must_use]
    pub fn generate(mut random: [u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(&random);
        random.zeroize();
        let id = SigningPublic(signing.verifying_key().to_bytes()).key_id();
        Self { signing, id }
    }

    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    #[must_use]
    pub fn public(&self) -> SigningPublic {
        SigningPublic(self.signing.verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.signing.sign(message).to_bytes()
    }

    fn private_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(aead::derive(b"orca private 1", self.signing.as_bytes(), &[]))
    }

    fn private_place(&self, place: &[u8]) -> Vec<u8> {
        [b"orca private 1\0", &self.public().0[..], place].concat()
    }

    /// Something that only this person reads, tied to its place. `nonce`: 24 random bytes. Gives `nonce ‖ ciphertext`.
    #[must_use]
    pub fn seal_private(&self, place: &[u8], plain: &[u8], nonce: aead::Nonce) -> Vec<u8> {
        aead::seal_with_nonce(&self.private_key(), &nonce, &self.private_place(place), plain)
    }

    /// Opens what [`PersonKeys::seal_private`] made.
    pub fn open_private(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        aead::open_with_nonce(&self.private_key(), &self.private_place(place), sealed).map(Zeroizing::new)
    }

    /// For the encrypted database only.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(Self::STORED));
        out.push(KEYS_FORMAT);
        out.extend_from_slice(self.signing.as_bytes());
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadKeys> {
        if bytes.len() != Self::STORED || bytes[0] != KEYS_FORMAT {
            return Err(BadKeys::Format {
                what: "person keys",
                expected: Self::STORED,
                found: bytes.len(),
            });
        }
        let mut random = [0; 32];
        random.copy_from_slice(&bytes[1..]);
        let keys = Self::generate(random);
        random.zeroize();
        Ok(keys)
    }
}

impl fmt::Debug for PersonKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonKeys({}, secret)", self.id.short())
    }
}

/// The symmetric key all workstations of a practice share during one epoch.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PracticeKey {
    #[zeroize(skip)]
    pub epoch: u32,
    pub key: [u8; 32],
}

impl PracticeKey {
    /// A sealed note that only members can read, tied to the place it was made for. Gives `nonce ‖ ciphertext`.
    #[must_use]
    pub fn seal_note(&self, place: &[u8], plain: &[u8], nonce: aead::Nonce) -> Vec<u8> {
        aead::seal_with_nonce(&self.key, &nonce, &[b"orca note 1", place].concat(), plain)
    }

    pub fn open_note(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        aead::open_with_nonce(&self.key, &[b"orca note 1", place].concat(), sealed)
    }
}

impl fmt::Debug for PracticeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PracticeKey(epoch {}, secret)", self.epoch)
    }
}

/// The practice's keys of all epochs: the newest seals, the older ones open what was sealed then.
#[derive(Clone, Default)]
pub struct PracticeKeys {
    by_epoch: BTreeMap<u32, PracticeKey>,
}

impl PracticeKeys {
    #[must_use]
    pub fn new(first: PracticeKey) -> Self {
        let mut keys = Self::default();
        keys.add(first);
        keys
    }

    /// Adds an epoch; the first key learned for an epoch stays. Says whether it was new.
    pub fn add(&mut self, key: PracticeKey) -> bool {
        match self.by_epoch.entry(key.epoch) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(key);
                true
            }
            std::collections::btree_map::Entry::Occupied(_) => false,
        }
    }

    #[must_use]
    pub fn get(&self, epoch: u32) -> Option<&PracticeKey> {
        self.by_epoch.get(&epoch)
    }

    /// The key to seal with.
    #[must_use]
    pub fn newest(&self) -> Option<&PracticeKey> {
        self.by_epoch.last_key_value().map(|(_, key)| key)
    }

    pub fn iter(&self) -> impl Iterator<Item = &PracticeKey> {
        self.by_epoch.values()
    }

    /// For the encrypted database and the sealed parcel only.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(1 + 36 * self.by_epoch.len()));
        out.push(KEYS_FORMAT);
        for key in self.by_epoch.values() {
            out.extend_from_slice(&key.epoch.to_be_bytes());
            out.extend_from_slice(&key.key);
        }
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadKeys> {
        let Some((&KEYS_FORMAT, rest)) = bytes.split_first() else {
            return Err(BadKeys::Practice("they do not start with format 1".into()));
        };
        if rest.is_empty() || !rest.len().is_multiple_of(36) {
            return Err(BadKeys::Practice(format!(
                "{} bytes are not a list of 36-byte keys",
                rest.len()
            )));
        }
        let mut keys = Self::default();
        for chunk in rest.chunks_exact(36) {
            let (epoch, key) = chunk.split_at(4);
            let key = PracticeKey {
                epoch: u32::from_be_bytes(epoch.try_into().expect("4 bytes")),
                key: key.try_into().expect("32 bytes"),
            };
            if !keys.add(key) {
                return Err(BadKeys::Practice("one epoch appears twice".into()));
            }
        }
        Ok(keys)
    }
}

impl fmt::Debug for PracticeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PracticeKeys(epochs {:?}, secret)",
            self.by_epoch.keys().collect::<Vec<_>>()
        )
    }
}

/// One practice key, wrapped so that only one workstation can unwrap it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WrappedKey {
    #[n(0)]
    pub workstation: WorkstationId,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

fn wrap_key(shared: &[u8], ephemeral: &[u8; 32], to: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(aead::derive(b"orca wrap 1", shared, &[ephemeral, to]))
}

fn wrap_place(practice: PracticeId, workstation: WorkstationId, epoch: u32) -> Vec<u8> {
    [&practice.0[..], &workstation.0, &epoch.to_be_bytes()].concat()
}

/// Wraps `key` for each workstation with one ephemeral X25519 key made from 32 random bytes. Gives the
/// ephemeral public key and the wrapped keys.
pub fn wrap(
    key: &PracticeKey,
    practice: PracticeId,
    to: impl IntoIterator<Item = (WorkstationId, WrappingPublic)>,
    random: [u8; 32],
) -> Result<(WrappingPublic, Vec<WrappedKey>), BadKeys> {
    let ephemeral = StaticSecret::from(random);
    let public = PublicKey::from(&ephemeral).to_bytes();
    let mut wrapped = Vec::new();
    for (workstation, their) in to {
        let shared = ephemeral.diffie_hellman(&PublicKey::from(their.0));
        if !shared.was_contributory() {
            return Err(BadKeys::Point);
        }
        // Each wrapping key is derived from another public key and used once, so the nonce may be fixed.
        let sealed = aead::seal(
            &wrap_key(shared.as_bytes(), &public, &their.0),
            &[0; aead::NONCE_LENGTH],
            &wrap_place(practice, workstation, key.epoch),
            &key.key,
        );
        wrapped.push(WrappedKey { workstation, sealed });
    }
    Ok((WrappingPublic(public), wrapped))
}

/// Unwraps what [`wrap`] made for this workstation.
pub fn unwrap(
    keys: &WorkstationKeys,
    practice: PracticeId,
    epoch: u32,
    ephemeral: WrappingPublic,
    sealed: &[u8],
) -> Result<PracticeKey, CannotOpen> {
    let shared = keys.wrapping.diffie_hellman(&PublicKey::from(ephemeral.0));
    if !shared.was_contributory() {
        return Err(CannotOpen);
    }
    let plain = Zeroizing::new(aead::open(
        &wrap_key(shared.as_bytes(), &ephemeral.0, &keys.wrapping_public().0),
        &[0; aead::NONCE_LENGTH],
        &wrap_place(practice, keys.id, epoch),
        sealed,
    )?);
    let key = plain.as_slice().try_into().map_err(|_| CannotOpen)?;
    Ok(PracticeKey { epoch, key })
}
