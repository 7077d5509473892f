//! The recovery kit: parts on paper, any two of which together bring a practice back when every workstation and every
//! passphrase is lost. One part alone opens nothing and signs nothing.
//!
//! A part is 20 bytes: format and number of the part (four bits each), three bytes that all parts of a kit share, and 16
//! random secret bytes. They are written in Crockford's base 32 as eight groups of four letters, each with a check letter.
//! Everything else comes from two parts by HKDF-SHA-256: where the parcel lies and its key, a signing key that the practice's
//! log certifies, and a wrapping key for which every later practice key is wrapped.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer, SigningKey};
use minicbor::{Decode, Encode};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::aead::{self, CannotOpen, Nonce};
use crate::id::{LookupId, PracticeId, WorkstationId};
use crate::invitation::{CROCKFORD, CannotJoin, WelcomeParcel};
use crate::keys::{
    PersonKeys, PracticeKey, PracticeKeys, SIGNATURE_LENGTH, SigningPublic, WorkstationKeys, WrappingPublic,
};
use crate::staff::{Note, Place};
use crate::statement::{Statement, WorkstationPublic};
use crate::wire::{Frame, GetParcel, PutParcel};

/// Parts of a kit: two are needed, so more than two may be lost.
pub const MIN_PARTS: u8 = 2;
pub const MAX_PARTS: u8 = 5;
/// Groups on a part.
pub const GROUPS: usize = 8;
const DATA_LETTERS: usize = 4;
const GROUP_LETTERS: usize = DATA_LETTERS + 1;
const FORMAT: u8 = 1;
const PART_LENGTH: usize = 20;
const SALT: &[u8] = b"orca recovery kit 1";
/// The relay keeps a kit's parcels until the kit is renewed or used.
const NEVER: u64 = i64::MAX as u64;

/// The pairs of a new kit's parts count from here on; those of the kit before do not. Said by a super administrator.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Kit {
    #[n(0)]
    pub pairs: Vec<KitPair>,
    /// When it was made and what lies at the relay for it, at [`crate::staff::Place::Kit`] of who says it.
    #[n(1)]
    pub card: Note,
}

/// What everybody knows of two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KitPair {
    #[n(0)]
    pub signing: SigningPublic,
    #[n(1)]
    pub wrapping: WrappingPublic,
}

impl KitPair {
    /// Under which name practice keys are wrapped for it.
    #[must_use]
    pub fn id(&self) -> WorkstationId {
        WorkstationId(self.signing.key_id().0)
    }
}

/// Whoever holds two parts comes in as super administrator; the kit is used up by that.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Recover {
    #[n(0)]
    pub pair: SigningPublic,
    /// The workstation that comes in; none: it is said at one that is a member.
    #[n(1)]
    pub workstation: Option<WorkstationPublic>,
    /// A new key.
    #[n(2)]
    pub person: SigningPublic,
    /// A [`crate::statement::Introduction`] under the practice key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub introduction: Vec<u8>,
    /// Signature of the pair over all of the above, the practice and the workstation's id.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub proof: [u8; SIGNATURE_LENGTH],
}

impl Recover {
    pub(crate) fn signed(&self, practice: PracticeId, workstation: WorkstationId) -> Vec<u8> {
        let (signing, wrapping) = match &self.workstation {
            Some(keys) => (keys.signing.0, keys.wrapping.0),
            None => ([0; 32], [0; 32]),
        };
        [
            b"orca recover 1\0",
            &practice.0[..],
            &workstation.0,
            &self.pair.0,
            &signing,
            &wrapping,
            &self.person.0,
            &aead::sha256(&[&self.introduction]),
        ]
        .concat()
    }
}

/// One printed part.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct KitPart {
    kit: [u8; 3],
    number: u8,
    secret: [u8; 16],
}

/// What is wrong with a typed part, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPart {
    #[error("“{0}” does not occur in a recovery kit: it has letters and digits")]
    Character(char),
    #[error(
        "a part has {GROUPS} groups of {GROUP_LETTERS} letters and digits, this has {0} letters and digits"
    )]
    Length(usize),
    /// Counted from 1.
    #[error("group {0} is mistyped: compare its five letters and digits with the paper")]
    Group(usize),
    #[error("this kit was made by a newer program: update this one")]
    Version,
}

/// Why two parts do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPair {
    #[error("this is the same part twice: two different ones are needed")]
    SamePart,
    #[error("these parts are of two different kits")]
    OtherKit,
}

impl KitPart {
    /// `kit`: three random bytes, the same for all parts. `number`: from 1 to [`MAX_PARTS`]. `secret`: 16 random bytes.
    ///
    /// # Panics
    /// If there is no such part.
    #[must_use]
    pub fn new(kit: [u8; 3], number: u8, secret: [u8; 16]) -> Self {
        assert!(
            (1..=MAX_PARTS).contains(&number),
            "parts count from 1 to {MAX_PARTS}"
        );
        Self { kit, number, secret }
    }

    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// What tells this kit from others, printed on every part; no secret.
    #[must_use]
    pub fn kit_name(&self) -> String {
        kit_name(self.kit)
    }

    /// As it is printed.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(PART_LENGTH));
        bytes.push(FORMAT << 4 | self.number);
        bytes.extend_from_slice(&self.kit);
        bytes.extend_from_slice(&self.secret);
        let letters = Zeroizing::new(CROCKFORD.encode(&bytes));
        letters
            .as_bytes()
            .chunks(DATA_LETTERS)
            .enumerate()
            .map(|(index, data)| {
                let mut group = String::with_capacity(GROUP_LETTERS);
                group.push_str(std::str::from_utf8(data).expect("base 32 is ASCII"));
                group.push(check_letter(index, data));
                group
            })
            .collect()
    }
}

fn kit_name(kit: [u8; 3]) -> String {
    data_encoding::HEXUPPER.encode(&kit)
}

impl fmt::Display for KitPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Zeroizing::new(self.groups().join("-")))
    }
}

impl fmt::Debug for KitPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KitPart({} of {}, secret)", self.number, self.kit_name())
    }
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn value_of(letter: u8) -> u8 {
    let at = ALPHABET.iter().position(|known| *known == letter);
    u8::try_from(at.expect("letters were checked")).expect("there are 32")
}

/// Doubles an element of GF(32), the field of x⁵ + x² + 1.
fn double(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0x20 == 0 {
        doubled
    } else {
        (doubled ^ 0x25) & 0x1F
    }
}

/// A weighted sum over GF(32), so that one wrong letter, two letters that changed places and a group in another group's place
/// never go unnoticed. It finds slips; it protects nothing.
fn check_letter(index: usize, data: &[u8]) -> char {
    let index = u8::try_from(index).expect("there are eight groups");
    let sum = data
        .iter()
        .fold(index, |sum, letter| double(sum) ^ value_of(*letter));
    char::from(ALPHABET[usize::from(double(sum))])
}

impl FromStr for KitPart {
    type Err = BadPart;

    /// Tolerates small letters, any spaces, dashes and dots, and O, I, L for 0, 1, 1.
    fn from_str(text: &str) -> Result<Self, BadPart> {
        let mut letters = Zeroizing::new(Vec::with_capacity(GROUPS * GROUP_LETTERS));
        for letter in text.chars() {
            match letter.to_ascii_uppercase() {
                'O' => letters.push(b'0'),
                'I' | 'L' => letters.push(b'1'),
                'U' => return Err(BadPart::Character(letter)),
                upper if upper.is_ascii_alphanumeric() => letters.push(upper as u8),
                '-'
                | '.'
                | '_'
                | ':'
                | '\u{ad}'
                | '\u{2010}'..='\u{2015}'
                | '\u{2212}'
                | '\u{200b}'
                | '\u{feff}' => {}
                space if space.is_whitespace() => {}
                _ => return Err(BadPart::Character(letter)),
            }
        }
        let mut data = Zeroizing::new(Vec::with_capacity(GROUPS * DATA_LETTERS));
        for (index, group) in letters.chunks(GROUP_LETTERS).enumerate().take(GROUPS) {
            // A group that is complete is judged before a missing one is, so that the first slip is named.
            let Some((check, letters)) = group.split_last().filter(|_| group.len() == GROUP_LETTERS) else {
                break;
            };
            if check_letter(index, letters) != char::from(*check) {
                return Err(if letters_fit(&text_groups(text)) {
                    BadPart::Group(index + 1)
                } else {
                    misplaced(text, index)
                });
            }
            data.extend_from_slice(letters);
        }
        if letters.len() != GROUPS * GROUP_LETTERS {
            if text_groups(text).len() == GROUPS {
                return Err(misplaced(text, GROUPS - 1));
            }
            return Err(BadPart::Length(letters.len()));
        }
        let bytes = Zeroizing::new(CROCKFORD.decode(&data).map_err(|_| BadPart::Version)?);
        let (first, rest) = bytes.split_first().ok_or(BadPart::Version)?;
        let (kit, secret) = rest.split_first_chunk::<3>().ok_or(BadPart::Version)?;
        let number = first & 0x0F;
        if first >> 4 != FORMAT || !(1..=MAX_PARTS).contains(&number) {
            return Err(BadPart::Version);
        }
        Ok(Self {
            kit: *kit,
            number,
            secret: secret.try_into().map_err(|_| BadPart::Version)?,
        })
    }
}

/// Groups as they were typed, if there are spaces or dashes.
fn text_groups(text: &str) -> Vec<usize> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(str::len)
        .filter(|length| *length > 0)
        .collect()
}

fn letters_fit(groups: &[usize]) -> bool {
    groups.len() <= 1 || groups.iter().all(|length| *length == GROUP_LETTERS)
}

/// A letter too many or too few shifts everything after it: the group with the wrong length is the one to look at.
fn misplaced(text: &str, judged: usize) -> BadPart {
    let wrong = text_groups(text)
        .iter()
        .position(|length| *length != GROUP_LETTERS)
        .unwrap_or(judged);
    BadPart::Group(wrong.min(judged) + 1)
}

/// Two parts together.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Pair {
    kit: [u8; 3],
    numbers: [u8; 2],
    secret: [u8; 32],
}

impl Pair {
    /// In any order.
    pub fn of(one: &KitPart, other: &KitPart) -> Result<Self, NoPair> {
        if one.kit != other.kit {
            return Err(NoPair::OtherKit);
        }
        let (first, second) = match one.number.cmp(&other.number) {
            std::cmp::Ordering::Less => (one, other),
            std::cmp::Ordering::Greater => (other, one),
            std::cmp::Ordering::Equal => return Err(NoPair::SamePart),
        };
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(&first.secret);
        secret[16..].copy_from_slice(&second.secret);
        Ok(Self {
            kit: first.kit,
            numbers: [first.number, second.number],
            secret,
        })
    }

    fn derive<const N: usize>(&self, purpose: &[u8; 8]) -> [u8; N] {
        aead::derive(SALT, &self.secret, &[&self.kit, &self.numbers, purpose])
    }

    #[must_use]
    pub fn kit_name(&self) -> String {
        kit_name(self.kit)
    }

    fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&Zeroizing::new(self.derive(b"signing ")))
    }

    /// Unwraps the practice keys that came after the kit was made.
    #[must_use]
    pub fn keys(&self) -> WorkstationKeys {
        let id = WorkstationId(self.signing_public().key_id().0);
        let mut random = [0; 64];
        random[..32].copy_from_slice(&*Zeroizing::new(self.derive::<32>(b"signing ")));
        random[32..].copy_from_slice(&*Zeroizing::new(self.derive::<32>(b"wrapping")));
        WorkstationKeys::generate(id, random)
    }

    fn signing_public(&self) -> SigningPublic {
        SigningPublic(self.signing().verifying_key().to_bytes())
    }

    /// For the statement that certifies the kit.
    #[must_use]
    pub fn public(&self) -> KitPair {
        KitPair {
            signing: self.signing_public(),
            wrapping: self.keys().wrapping_public(),
        }
    }

    /// Where the parcel lies.
    #[must_use]
    pub fn lookup(&self) -> LookupId {
        LookupId(self.derive(b"lookup  "))
    }

    /// What the relay keeps for these two parts. `nonce`: 24 random bytes.
    #[must_use]
    pub fn parcel(&self, welcome: &WelcomeParcel, nonce: Nonce) -> PutParcel {
        let key = Zeroizing::new(self.derive(b"sealing "));
        let lookup = self.lookup();
        PutParcel {
            lookup,
            invitation: self.signing_public(),
            sealed: aead::seal_with_nonce(&key, &nonce, &lookup.0, &welcome.to_bytes()),
            expires_at_millis: NEVER,
        }
    }

    /// Opens what [`Pair::parcel`] sealed.
    pub fn open(&self, sealed: &[u8]) -> Result<WelcomeParcel, CannotOpen> {
        let key = Zeroizing::new(self.derive(b"sealing "));
        let plain = Zeroizing::new(aead::open_with_nonce(&key, &self.lookup().0, sealed)?);
        WelcomeParcel::from_bytes(&plain).ok_or(CannotOpen)
    }

    /// The one frame to send to the relay, on a fresh connection, to get the parcel.
    #[must_use]
    pub fn ask(&self) -> Vec<u8> {
        ask(self.lookup())
    }

    /// Reads the relay's answer to [`Pair::ask`].
    pub fn answer(&self, frame: &[u8]) -> Result<WelcomeParcel, CannotJoin> {
        match Frame::parse(frame)? {
            Frame::Parcel(parcel) if parcel.lookup == self.lookup() => Ok(self.open(&parcel.sealed)?),
            Frame::Refused(refusal) => Err(CannotJoin::Refused(refusal)),
            other => Err(CannotJoin::OutOfTurn(other.name())),
        }
    }

    /// The statement by which a person comes in, with a new workstation (`is_new`) or at one that is a member.
    /// `introduction`: see [`crate::statement::Introduction::seal`].
    #[must_use]
    pub fn recover(
        &self,
        practice: PracticeId,
        workstation: &WorkstationKeys,
        is_new: bool,
        person: &PersonKeys,
        introduction: Vec<u8>,
    ) -> Statement {
        let mut recover = Recover {
            pair: self.signing_public(),
            workstation: is_new.then(|| WorkstationPublic::of(workstation)),
            person: person.public(),
            introduction,
            proof: [0; SIGNATURE_LENGTH],
        };
        recover.proof = self
            .signing()
            .sign(&recover.signed(practice, workstation.id()))
            .to_bytes();
        Statement::Recover(recover)
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pair({:?} of {}, secret)", self.numbers, self.kit_name())
    }
}

/// Asks a relay for a parcel, on a fresh connection.
#[must_use]
pub fn ask(lookup: LookupId) -> Vec<u8> {
    Frame::GetParcel(GetParcel { lookup }).to_bytes()
}

/// Whether the relay's answer to [`ask`] says that it has this very parcel.
#[must_use]
pub fn is_kept(answer: &[u8], parcel: &PutParcel) -> bool {
    matches!(Frame::parse(answer), Ok(Frame::Parcel(kept)) if kept.lookup == parcel.lookup && kept.sealed == parcel.sealed)
}

/// What members know of a kit, sealed in the statement that certifies it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KitCard {
    /// Milliseconds since 1970 UTC, by the clock of the workstation that made it.
    #[n(0)]
    pub made_at_millis: i64,
    /// The person's id in the practice's documents.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub by: [u8; 16],
    #[n(2)]
    pub parts: u8,
    /// See [`KitPart::kit_name`].
    #[n(3)]
    pub name: String,
    /// What lies at the relay for each pair, to be put there again if the relay is another one.
    #[n(4)]
    pub parcels: Vec<PutParcel>,
}

impl KitCard {
    /// `nonce`: 24 random bytes, never used before with this key.
    #[must_use]
    pub fn seal(&self, key: &PracticeKey, author: SigningPublic, nonce: Nonce) -> Note {
        let plain = minicbor::to_vec(self).expect("writing to a Vec cannot fail");
        Note::seal(key, Place::Kit(author), &plain, nonce)
    }

    /// `author`: who signed the statement.
    pub fn open(note: &Note, keys: &PracticeKeys, author: SigningPublic) -> Result<Self, CannotOpen> {
        let plain = note.open(keys, Place::Kit(author))?;
        minicbor::decode(&plain).map_err(|_| CannotOpen)
    }
}
