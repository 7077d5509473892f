//! Sealed mail: what people outside the practice (a patient on the public page, a telephone company's webhook) say to it.
//! Whoever has the practice's public mail key can write a letter; only the practice's workstations can read it. The relay
//! keeps letters in the practice's box until a workstation has them.
//!
//! The mail key comes from the practice key: so every workstation has it, and it changes with the key's epoch. Letters
//! for older epochs can still be opened, because links and pages with an older key are in patients' hands.
//!
//! A letter has a cipher's strength and no author: who has the key may write anything. What it asks for is for the practice
//! to judge.

use std::fmt;

use minicbor::{Decode, Encode};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::aead;
use crate::envelope::PADDING;
use crate::id::{LetterId, MailBoxId, PracticeId, WorkstationId};
use crate::keys::{PracticeKey, PracticeKeys, WorkstationKeys};
use crate::wire::MailKey;

/// A sealed letter has at most so many bytes.
pub const MAX_LETTER_BYTES: usize = 16 * 1024;
/// The name of a letter's kind has at most so many bytes.
pub const MAX_KIND_BYTES: usize = 64;
const FORMAT: u8 = 1;
const HEADER: usize = 1 + 4 + 16 + 32;
const LENGTH_PREFIX: usize = 4;
/// Of what is said.
pub const MAX_MESSAGE_BYTES: usize =
    (MAX_LETTER_BYTES - HEADER - aead::TAG_LENGTH) / PADDING * PADDING - LENGTH_PREFIX;

/// The public X25519 key to which letters are sealed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct MailPublic(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl fmt::Debug for MailPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailPublic({})", data_encoding::HEXLOWER.encode(&self.0[..4]))
    }
}

/// The name of a practice's box: public, and does not give away the practice's id.
#[must_use]
pub fn box_of(practice: PracticeId) -> MailBoxId {
    let hash = aead::sha256(&[b"orca mail box 1\0", &practice.0]);
    MailBoxId(*hash.first_chunk().expect("a SHA-256 hash has more than 16 bytes"))
}

fn secret(practice: PracticeId, key: &PracticeKey) -> StaticSecret {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(aead::derive(
        b"orca mail secret 1",
        &key.key,
        &[&practice.0, &key.epoch.to_be_bytes()],
    ));
    StaticSecret::from(*bytes)
}

/// The public key of an epoch.
#[must_use]
pub fn public(practice: PracticeId, key: &PracticeKey) -> MailPublic {
    MailPublic(PublicKey::from(&secret(practice, key)).to_bytes())
}

/// What a workstation signs to announce a mail key.
#[must_use]
pub fn key_message(
    practice: PracticeId,
    workstation: WorkstationId,
    epoch: u32,
    public: MailPublic,
) -> Vec<u8> {
    [
        b"orca mail key 1\0",
        &practice.0[..],
        &workstation.0,
        &epoch.to_be_bytes(),
        &public.0,
    ]
    .concat()
}

/// The announcement of an epoch's mail key to the relay.
#[must_use]
pub fn announce(practice: PracticeId, key: &PracticeKey, workstation: &WorkstationKeys) -> MailKey {
    let public = public(practice, key);
    let message = key_message(practice, workstation.id(), key.epoch, public);
    MailKey {
        epoch: key.epoch,
        public,
        signature: workstation.sign(&message),
    }
}

/// What is said in a letter.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Message {
    /// What kind of message this is, so that the practice knows how to read it: “page”, “sms”.
    #[n(0)]
    pub kind: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// Why a letter cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotSeal {
    #[error("a message has at most {MAX_MESSAGE_BYTES} bytes, this has {0}")]
    TooLong(usize),
    #[error("the name of a message's kind has 1 to {MAX_KIND_BYTES} bytes, this has {0}")]
    Kind(usize),
    #[error("the mail key is not a usable point of its curve")]
    Key,
}

/// Why a letter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLetter {
    #[error("a letter has at most {MAX_LETTER_BYTES} bytes, this has {0}")]
    TooLong(usize),
    #[error("a letter of format {0} is not understood here: update the program")]
    Format(u8),
    #[error("this is no letter: {0} bytes are not a sealed length")]
    Length(usize),
    #[error("it is sealed with the mail key of epoch {0}, which is not known here")]
    UnknownEpoch(u32),
    #[error("it is for another practice, or was altered")]
    CannotOpen,
    #[error("what is sealed in it is malformed")]
    Malformed,
}

/// The part of a letter that the relay reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outside {
    pub epoch: u32,
    pub id: LetterId,
}

impl Outside {
    /// Looks at a letter from outside.
    ///
    /// # Errors
    /// If it cannot be a letter.
    pub fn of(sealed: &[u8]) -> Result<Self, BadLetter> {
        Ok(split(sealed)?.0)
    }
}

fn split(sealed: &[u8]) -> Result<(Outside, [u8; 32]), BadLetter> {
    if sealed.len() > MAX_LETTER_BYTES {
        return Err(BadLetter::TooLong(sealed.len()));
    }
    match sealed.first() {
        Some(&FORMAT) => {}
        Some(other) => return Err(BadLetter::Format(*other)),
        None => return Err(BadLetter::Length(0)),
    }
    let padded = sealed.len().checked_sub(HEADER + aead::TAG_LENGTH);
    if !padded.is_some_and(|length| length > 0 && length.is_multiple_of(PADDING)) {
        return Err(BadLetter::Length(sealed.len()));
    }
    let part = |from: usize, to: usize| &sealed[from..to];
    let outside = Outside {
        epoch: u32::from_be_bytes(part(1, 5).try_into().expect("4 bytes")),
        id: LetterId(part(5, 21).try_into().expect("16 bytes")),
    };
    Ok((outside, part(21, HEADER).try_into().expect("32 bytes")))
}

fn letter_key(shared: &[u8], ephemeral: &[u8; 32], to: MailPublic) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(aead::derive(b"orca mail 1", shared, &[ephemeral, &to.0]))
}

fn associated(mail_box: MailBoxId, header: &[u8]) -> Vec<u8> {
    [b"orca mail 1\0", &mail_box.0[..], header].concat()
}

/// Writes a letter: `format ‖ epoch ‖ id ‖ ephemeral public key ‖ XChaCha20-Poly1305(length ‖ message ‖ zeros)`, with
/// the box and all before the ciphertext as associated data. The key is X25519 with a key made for this letter from 32
/// random bytes, then HKDF-SHA-256.
///
/// # Errors
/// If the message is too long, or the key is none.
pub fn seal(
    mail_box: MailBoxId,
    epoch: u32,
    to: MailPublic,
    id: LetterId,
    message: &Message,
    random: [u8; 32],
) -> Result<Vec<u8>, CannotSeal> {
    if message.kind.is_empty() || message.kind.len() > MAX_KIND_BYTES {
        return Err(CannotSeal::Kind(message.kind.len()));
    }
    let said = Zeroizing::new(minicbor::to_vec(message).expect("writing to a Vec cannot fail"));
    if said.len() > MAX_MESSAGE_BYTES {
        return Err(CannotSeal::TooLong(said.len()));
    }
    let ephemeral = StaticSecret::from(random);
    let shared = ephemeral.diffie_hellman(&PublicKey::from(to.0));
    if !shared.was_contributory() {
        return Err(CannotSeal::Key);
    }
    let public = PublicKey::from(&ephemeral).to_bytes();
    let mut plain = Zeroizing::new(Vec::new());
    let length = u32::try_from(said.len()).expect("a short message");
    plain.extend_from_slice(&length.to_be_bytes());
    plain.extend_from_slice(&said);
    let padded = plain.len().next_multiple_of(PADDING);
    plain.resize(padded, 0);
    let mut letter = Vec::with_capacity(HEADER + padded + aead::TAG_LENGTH);
    letter.push(FORMAT);
    letter.extend_from_slice(&epoch.to_be_bytes());
    letter.extend_from_slice(&id.0);
    letter.extend_from_slice(&public);
    // Each key is made from another random key and used once, so the nonce may be fixed.
    let sealed = aead::seal(
        &letter_key(shared.as_bytes(), &public, to),
        &[0; aead::NONCE_LENGTH],
        &associated(mail_box, &letter),
        &plain,
    );
    letter.extend_from_slice(&sealed);
    Ok(letter)
}

/// Opens a letter of this practice's box.
///
/// # Errors
/// If it is not sound, not for this practice, or of an epoch whose key is not here.
pub fn open(
    practice: PracticeId,
    keys: &PracticeKeys,
    sealed: &[u8],
) -> Result<(LetterId, Message), BadLetter> {
    let (Outside { epoch, id }, ephemeral) = split(sealed)?;
    let key = keys.get(epoch).ok_or(BadLetter::UnknownEpoch(epoch))?;
    let secret = secret(practice, key);
    let shared = secret.diffie_hellman(&PublicKey::from(ephemeral));
    if !shared.was_contributory() {
        return Err(BadLetter::CannotOpen);
    }
    let to = MailPublic(PublicKey::from(&secret).to_bytes());
    let (header, ciphertext) = sealed.split_at(HEADER);
    let plain = aead::open(
        &letter_key(shared.as_bytes(), &ephemeral, to),
        &[0; aead::NONCE_LENGTH],
        &associated(box_of(practice), header),
        ciphertext,
    )
    .map(Zeroizing::new)
    .map_err(|_| BadLetter::CannotOpen)?;
    let (length, rest) = plain
        .split_first_chunk::<LENGTH_PREFIX>()
        .ok_or(BadLetter::Malformed)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BadLetter::Malformed)?;
    let said = rest.get(..length).ok_or(BadLetter::Malformed)?;
    let mut decoder = minicbor::Decoder::new(said);
    let message: Message = decoder.decode().map_err(|_| BadLetter::Malformed)?;
    if decoder.position() != said.len() || message.kind.is_empty() || message.kind.len() > MAX_KIND_BYTES {
        return Err(BadLetter::Malformed);
    }
    Ok((id, message))
}
