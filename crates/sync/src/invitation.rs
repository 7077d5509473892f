//! An invitation: a code that a person types or scans, and the sealed parcel it opens. Everything is derived from a
//! 128-bit secret in the code. The relay keeps the parcel but can neither read it nor join with it.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use ed25519_dalek::{Signer, SigningKey};
use minicbor::{Decode, Encode};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::aead::{self, CannotOpen, Nonce};
use crate::envelope::Seen;
use crate::id::{ChainHash, Fingerprint, LookupId, PracticeId};
use crate::keys::{PersonKeys, PracticeKeys, SigningPublic, WorkstationKeys};
use crate::snapshot::Pinned;
use crate::staff::Note;
use crate::statement::{Capability, Invite, Join, Statement, WorkstationPublic};
use crate::wire::{BadFrame, Frame, GetParcel, PutParcel, Refusal};

/// The longest relay address that goes into a code.
pub const MAX_RELAY_LENGTH: usize = 200;
const PREFIX: &str = "ORCA";
const GROUP: usize = 5;
const CHECKSUM_LENGTH: usize = 4;
const SECRET_LENGTH: usize = 16;

/// What is wrong with a typed code, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    #[error("“{0}” does not occur in invitation codes: they have letters and digits")]
    Character(char),
    #[error("this is not an invitation code: one starts with ORCA-")]
    Prefix,
    #[error("a letter or digit is wrong or missing: please compare the code with the invitation")]
    Checksum,
    #[error("this invitation was made by a newer program: update this one")]
    Version,
    #[error(
        "the relay's address must start with ws:// or wss:// and have at most {MAX_RELAY_LENGTH} characters"
    )]
    Relay,
}

/// Crockford's base 32: no I, L, O, U, so that codes can be read aloud and typed.
pub(crate) static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification
        .encoding()
        .expect("the alphabet has 32 different symbols")
});

/// The secret of one invitation and where to use it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct InvitationCode {
    #[zeroize(skip)]
    relay: String,
    secret: [u8; SECRET_LENGTH],
}

impl InvitationCode {
    /// `secret`: 16 random bytes.
    pub fn new(relay: &str, secret: [u8; SECRET_LENGTH]) -> Result<Self, BadCode> {
        let (_, rest) = scheme(relay)?;
        if rest.is_empty() || relay.len() > MAX_RELAY_LENGTH || relay.chars().any(|c| !c.is_ascii_graphic()) {
            return Err(BadCode::Relay);
        }
        Ok(Self {
            relay: relay.to_owned(),
            secret,
        })
    }

    /// The relay's WebSocket address.
    #[must_use]
    pub fn relay(&self) -> &str {
        &self.relay
    }

    fn derive<const N: usize>(&self, purpose: &[u8]) -> [u8; N] {
        aead::derive(b"orca invitation 1", &self.secret, &[purpose])
    }

    /// Where the parcel lies.
    #[must_use]
    pub fn lookup(&self) -> LookupId {
        LookupId(self.derive(b"lookup"))
    }

    fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&Zeroizing::new(self.derive(b"signing")))
    }

    /// The public key that the practice's log knows this invitation by.
    #[must_use]
    pub fn public(&self) -> SigningPublic {
        SigningPublic(self.signing().verifying_key().to_bytes())
    }

    /// The statement that makes this invitation valid. `expires_at_millis`: since 1970 UTC. `roles`: at
    /// [`crate::staff::Place::Invited`] of this invitation.
    #[must_use]
    pub fn invite(&self, capability: Capability, expires_at_millis: u64, roles: Option<Note>) -> Statement {
        Statement::Invite(Invite {
            invitation: self.public(),
            capability,
            expires_at_millis,
            roles,
        })
    }

    /// The statement by which a workstation comes in. `introduction`: see [`crate::statement::Introduction::seal`].
    #[must_use]
    pub fn join(
        &self,
        practice: PracticeId,
        workstation: &WorkstationKeys,
        person: &PersonKeys,
        introduction: Vec<u8>,
    ) -> Statement {
        let mut join = Join {
            invitation: self.public(),
            workstation: WorkstationPublic::of(workstation),
            person: person.public(),
            introduction,
            proof: [0; 64],
        };
        join.proof = self
            .signing()
            .sign(&join.signed(practice, workstation.id()))
            .to_bytes();
        Statement::Join(join)
    }

    /// The parcel as the relay keeps it. `nonce`: 24 random bytes.
    #[must_use]
    pub fn parcel(&self, welcome: &WelcomeParcel, expires_at_millis: u64, nonce: Nonce) -> PutParcel {
        let key = Zeroizing::new(self.derive(b"sealing"));
        let lookup = self.lookup();
        let sealed = aead::seal_with_nonce(&key, &nonce, &lookup.0, &welcome.to_bytes());
        PutParcel {
            lookup,
            invitation: self.public(),
            sealed,
            expires_at_millis,
        }
    }

    /// Opens what [`InvitationCode::parcel`] sealed.
    pub fn open(&self, sealed: &[u8]) -> Result<WelcomeParcel, CannotOpen> {
        let key = Zeroizing::new(self.derive(b"sealing"));
        let plain = Zeroizing::new(aead::open_with_nonce(&key, &self.lookup().0, sealed)?);
        WelcomeParcel::from_bytes(&plain).ok_or(CannotOpen)
    }

    /// The one frame to send to the relay, on a fresh connection, to get the parcel.
    #[must_use]
    pub fn ask(&self) -> Vec<u8> {
        Frame::GetParcel(GetParcel {
            lookup: self.lookup(),
        })
        .to_bytes()
    }

    /// Reads the relay's answer to [`InvitationCode::ask`].
    pub fn answer(&self, frame: &[u8]) -> Result<WelcomeParcel, CannotJoin> {
        match Frame::parse(frame)? {
            Frame::Parcel(parcel) if parcel.lookup == self.lookup() => Ok(self.open(&parcel.sealed)?),
            Frame::Refused(refusal) => Err(CannotJoin::Refused(refusal)),
            other => Err(CannotJoin::OutOfTurn(other.name())),
        }
    }
}

/// Why no welcome came out of the relay's answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotJoin {
    #[error("{}", .0.message)]
    Refused(Refusal),
    #[error("the relay answered with {0} instead of the invitation's parcel")]
    OutOfTurn(&'static str),
    #[error(transparent)]
    Frame(#[from] BadFrame),
    #[error("the invitation's parcel was altered, or belongs to another code")]
    Sealed(#[from] CannotOpen),
}

/// What a new workstation needs to come in and to trust what it finds.
#[derive(Debug, Clone)]
pub struct WelcomeParcel {
    pub practice: PracticeId,
    pub practice_name: String,
    pub keys: PracticeKeys,
    /// Whose founding to trust.
    pub founder: Fingerprint,
    /// Where the log stood when the invitation was made: a relay that shows less hides something.
    pub seen: Seen,
    /// The practice as the inviting workstation had it, to begin with; without it the whole log is applied.
    pub snapshot: Option<Pinned>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct StoredParcel {
    #[n(0)]
    version: u8,
    #[n(1)]
    practice: PracticeId,
    #[n(2)]
    practice_name: String,
    #[cbor(n(3), with = "minicbor::bytes")]
    keys: Vec<u8>,
    #[n(4)]
    founder: Fingerprint,
    #[n(5)]
    position: u64,
    #[n(6)]
    hash: ChainHash,
    #[n(7)]
    snapshot: Option<Pinned>,
}

impl WelcomeParcel {
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut stored = StoredParcel {
            version: 1,
            practice: self.practice,
            practice_name: self.practice_name.clone(),
            keys: self.keys.to_bytes().to_vec(),
            founder: self.founder,
            position: self.seen.position,
            hash: self.seen.hash,
            snapshot: self.snapshot,
        };
        let bytes = minicbor::to_vec(&stored).expect("writing to a Vec cannot fail");
        stored.keys.zeroize();
        Zeroizing::new(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut stored: StoredParcel = minicbor::decode(bytes)
            .ok()
            .filter(|p: &StoredParcel| p.version == 1)?;
        let keys = PracticeKeys::from_bytes(&stored.keys).ok();
        stored.keys.zeroize();
        Some(Self {
            practice: stored.practice,
            practice_name: stored.practice_name,
            keys: keys?,
            founder: stored.founder,
            seen: Seen {
                position: stored.position,
                hash: stored.hash,
            },
            snapshot: stored.snapshot,
        })
    }
}

/// The first byte says format 1 and which scheme, so that the address is as short as can be.
fn scheme(relay: &str) -> Result<(u8, &str), BadCode> {
    relay
        .strip_prefix("wss://")
        .map(|rest| (0x10, rest))
        .or_else(|| relay.strip_prefix("ws://").map(|rest| (0x11, rest)))
        .ok_or(BadCode::Relay)
}

fn checksum(payload: &[u8]) -> [u8; CHECKSUM_LENGTH] {
    let hash = aead::sha256(&[b"orca invitation checksum 1", payload]);
    *hash.first_chunk().expect("a SHA-256 hash has more than 4 bytes")
}

impl fmt::Display for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = scheme(&self.relay).map_err(|_| fmt::Error)?;
        let mut payload = Zeroizing::new(vec![first]);
        payload.extend_from_slice(&self.secret);
        payload.extend_from_slice(rest.as_bytes());
        let check = checksum(&payload);
        payload.extend_from_slice(&check);
        let letters = Zeroizing::new(CROCKFORD.encode(&payload));
        f.write_str(PREFIX)?;
        for group in letters.as_bytes().chunks(GROUP) {
            f.write_str("-")?;
            f.write_str(std::str::from_utf8(group).expect("base 32 is ASCII"))?;
        }
        Ok(())
    }
}

impl FromStr for InvitationCode {
    type Err = BadCode;

    /// Tolerates small letters, any spaces, dashes and dots, and O, I, L for 0, 1, 1.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let mut letters = Zeroizing::new(String::new());
        for letter in text.chars() {
            match letter {
                ' '..='~' if letter.is_ascii_alphanumeric() => {
                    letters.push(match letter.to_ascii_uppercase() {
                        'O' => '0',
                        'I' | 'L' => '1',
                        'U' => return Err(BadCode::Character(letter)),
                        upper => upper,
                    })
                }
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
                other => return Err(BadCode::Character(other)),
            }
        }
        let letters = letters.strip_prefix("0RCA").ok_or(BadCode::Prefix)?;
        let bytes = Zeroizing::new(
            CROCKFORD
                .decode(letters.as_bytes())
                .map_err(|_| BadCode::Checksum)?,
        );
        let (payload, check) = bytes
            .split_last_chunk::<CHECKSUM_LENGTH>()
            .ok_or(BadCode::Checksum)?;
        if checksum(payload) != *check {
            return Err(BadCode::Checksum);
        }
        let (first, payload) = payload.split_first().ok_or(BadCode::Checksum)?;
        let scheme = match first {
            0x10 => "wss://",
            0x11 => "ws://",
            _ => return Err(BadCode::Version),
        };
        let (secret, rest) = payload
            .split_first_chunk::<SECRET_LENGTH>()
            .ok_or(BadCode::Checksum)?;
        let rest = std::str::from_utf8(rest).map_err(|_| BadCode::Relay)?;
        Self::new(&format!("{scheme}{rest}"), *secret)
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvitationCode({}, secret)", self.relay)
    }
}
