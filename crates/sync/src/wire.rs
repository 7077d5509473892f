//! The frames that workstation and relay exchange over a WebSocket, one binary message each: CBOR
//! `[version, number, content]`. Content lists may grow at their end; new frames get new numbers.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Decoder, Encode};

use crate::cover::Retention;
use crate::id::{ChainHash, LookupId, PracticeId, SetId, WorkstationId};
use crate::keys::SigningPublic;

mod aside;

pub use aside::{AckMail, Claim, Claimed, GetMail, Holder, Letter, Mail, MailKey};

/// The version of the conversation as a whole.
pub const WIRE_VERSION: u8 = 1;
/// No frame is longer.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;
/// Envelopes in one push or one page.
pub const MAX_BATCH_ENVELOPES: usize = 256;
/// Bytes of envelopes in one push or one page, unless it is a single one.
pub const MAX_BATCH_BYTES: usize = 512 * 1024;
/// A sealed welcome parcel.
pub const MAX_PARCEL_BYTES: usize = 16 * 1024;
/// A registration token.
pub const MAX_TOKEN_BYTES: usize = 256;

/// Where a log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Head {
    #[n(0)]
    pub position: u64,
    #[n(1)]
    pub hash: ChainHash,
}

/// A workstation opens the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Hello {
    #[n(0)]
    pub practice: PracticeId,
    #[n(1)]
    pub workstation: WorkstationId,
}

/// The relay asks for proof of the workstation's key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Challenge {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
}

/// The proof; on first contact also the statement by which the workstation comes in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Auth {
    /// Ed25519 over [`auth_message`] with the workstation's key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub signature: [u8; 64],
    /// The envelope with `Found` (registers the practice) or `Join`. Harmless when already known.
    #[n(1)]
    pub admission: Option<ByteVec>,
    /// Where the relay does not let everyone register a practice.
    #[n(2)]
    pub registration_token: Option<String>,
}

/// What the workstation signs to open a connection: bound to this relay connection, practice and workstation.
#[must_use]
pub fn auth_message(nonce: &[u8; 32], practice: PracticeId, workstation: WorkstationId) -> Vec<u8> {
    [b"orca connect 1\0", &nonce[..], &practice.0, &workstation.0].concat()
}

/// The workstation is in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Welcome {
    #[n(0)]
    pub head: Head,
    /// The highest frame number that the relay understands, so that nothing is said to it that would close the
    /// connection. Relays that know only frames 1–19 do not say.
    #[n(1)]
    pub understands: Option<u16>,
    /// What becomes of old parts of the log; none: they are kept for good.
    #[n(2)]
    pub retention: Option<Retention>,
}

/// Envelopes for the log, in the order of writing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Push {
    /// Counts the pushes of this connection from 1. A gap closes the connection, a repeat is ignored:
    /// so a workstation's envelopes reach the log in the order of writing.
    #[n(0)]
    pub batch: u64,
    #[n(1)]
    pub envelopes: Vec<ByteVec>,
}

/// Durable at the relay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Accepted {
    #[n(0)]
    pub batch: u64,
    /// Positions of the push's first envelopes: all of them unless one was refused.
    #[n(1)]
    pub positions: Vec<u64>,
    /// Why the next one is not in the log; it and those after it are not.
    #[n(2)]
    pub refused: Option<Refusal>,
    #[n(3)]
    pub head: Head,
}

/// Asks for a page after a position. When a page reaches the head, what follows comes unasked.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pull {
    #[n(0)]
    pub after: u64,
    /// The chain hash the workstation has at `after`; another one at the relay means another log.
    #[n(1)]
    pub hash: ChainHash,
    #[n(2)]
    pub limit: u32,
}

/// Part of the log, asked for or live.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Entries {
    /// The position before the first of them.
    #[n(0)]
    pub after: u64,
    #[n(1)]
    pub envelopes: Vec<ByteVec>,
    /// The chain hash after the last of them.
    #[n(2)]
    pub hash: ChainHash,
    #[n(3)]
    pub head: u64,
}

/// Keeps a sealed parcel for an invited workstation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PutParcel {
    #[n(0)]
    pub lookup: LookupId,
    /// The invitation's public key: its use deletes the parcel.
    #[n(1)]
    pub invitation: SigningPublic,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// Milliseconds since 1970 UTC, by the relay's clock.
    #[n(3)]
    pub expires_at_millis: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ParcelStored {
    #[n(0)]
    pub lookup: LookupId,
}

/// Asked before any proof: knowing the lookup id is enough, it takes the code to open what comes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GetParcel {
    #[n(0)]
    pub lookup: LookupId,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Parcel {
    #[n(0)]
    pub lookup: LookupId,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// Keeps a pack of a snapshot ([`crate::snapshot`]). Packs count from 1 and may come in any order; number 0 is the index,
/// comes last, and makes the snapshot one that others can fetch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PutPack {
    #[n(0)]
    pub set: SetId,
    #[n(1)]
    pub number: u32,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// Durable at the relay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PackStored {
    #[n(0)]
    pub set: SetId,
    #[n(1)]
    pub number: u32,
}

/// Asks for a pack, or with number 0 for an index.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GetPack {
    #[n(0)]
    pub set: SetId,
    #[n(1)]
    pub number: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pack {
    #[n(0)]
    pub set: SetId,
    #[n(1)]
    pub number: u32,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// Everything up to here is stored at this workstation. Said only to a relay that prunes; answered only if it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Have {
    #[n(0)]
    pub position: u64,
    #[n(1)]
    pub hash: ChainHash,
}

/// Asks for the statements after a position: they stay when the log before them is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GetStatements {
    #[n(0)]
    pub after: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Statements {
    /// Positions, ascending, and envelopes.
    #[n(0)]
    pub entries: Vec<(u64, ByteVec)>,
    /// Whether there are more after the last of these.
    #[n(1)]
    pub has_more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Ping {
    #[n(0)]
    pub number: u64,
}

/// Still there; also says where the log ends, which repairs a live entry that was lost.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pong {
    #[n(0)]
    pub number: u64,
    #[n(1)]
    pub head: u64,
    /// The newest letter's number, to who has asked for mail.
    #[n(2)]
    pub mail: Option<u64>,
}

/// Why the relay says no. A number a newer relay may add to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// The frame or envelope is malformed or too long.
    Malformed,
    /// A frame that does not fit here in the conversation.
    OutOfTurn,
    /// The relay does not know the practice.
    UnknownPractice,
    /// This relay wants a registration token for new practices.
    RegistrationClosed,
    /// The signature for opening the connection is wrong.
    BadAuth,
    /// Not a member.
    NotAMember,
    /// Was a member.
    Revoked,
    /// The statement or envelope is not acceptable to the membership's policy.
    Rejected,
    /// The invitation is used up or withdrawn.
    InvitationUsed,
    InvitationExpired,
    /// No parcel under this lookup id: a mistyped, used or expired code.
    NoParcel,
    /// The workstation has seen another log than this relay has.
    OtherLog,
    /// Too many connections, parcels or requests.
    TooMany,
    /// The relay cannot write at the moment; nothing was lost.
    Unavailable,
    /// The frame's version or number is not known to the relay.
    NotUnderstood,
    /// The practice has filled its place on the relay.
    PracticeFull,
    /// The relay does not have this snapshot, or not any more: fetch the log instead.
    NoSnapshot,
    /// Nobody of the practice has said yet to which key mail is sealed.
    NoMailBox,
    /// The log from there on is deleted: a snapshot says what it said.
    Pruned,
    Other(u16),
}

impl RefusalCode {
    const KNOWN: [(Self, u16); 19] = [
        (Self::Malformed, 1),
        (Self::OutOfTurn, 2),
        (Self::UnknownPractice, 3),
        (Self::RegistrationClosed, 4),
        (Self::BadAuth, 5),
        (Self::NotAMember, 6),
        (Self::Revoked, 7),
        (Self::Rejected, 8),
        (Self::InvitationUsed, 9),
        (Self::InvitationExpired, 10),
        (Self::NoParcel, 11),
        (Self::OtherLog, 12),
        (Self::TooMany, 13),
        (Self::Unavailable, 14),
        (Self::NotUnderstood, 15),
        (Self::PracticeFull, 16),
        (Self::NoSnapshot, 17),
        (Self::NoMailBox, 20),
        (Self::Pruned, 24),
    ];

    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Other(number) => number,
            known => Self::KNOWN
                .iter()
                .find(|(code, _)| *code == known)
                .map_or(0, |(_, number)| *number),
        }
    }

    #[must_use]
    pub fn from_number(number: u16) -> Self {
        Self::KNOWN
            .iter()
            .find(|(_, known)| *known == number)
            .map_or(Self::Other(number), |(code, _)| *code)
    }
}

impl<C> Encode<C> for RefusalCode {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u16(self.number())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for RefusalCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u16().map(Self::from_number)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Refusal {
    #[n(0)]
    pub code: RefusalCode,
    /// For people, in plain words.
    #[n(1)]
    pub message: String,
}

impl Refusal {
    #[must_use]
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

macro_rules! frames {
    ($($name:ident($content:ty) = $number:literal,)*) => {
        /// One message of the conversation. Numbers 20–23 are for claims, 24–27 for sealed mail, 28–31 for pruning.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Frame { $($name($content),)* }

        const NUMBERS: &[u16] = &[$($number),*];
        /// The highest number that [`Frame::parse`] knows.
        pub const LAST_FRAME: u16 = NUMBERS[NUMBERS.len() - 1];

        impl Frame {
            #[must_use]
            pub fn to_bytes(&self) -> Vec<u8> {
                match self {
                    $(Self::$name(content) => minicbor::to_vec((WIRE_VERSION, $number as u16, content)),)*
                }
                .expect("writing to a Vec cannot fail")
            }

            pub fn parse(bytes: &[u8]) -> Result<Self, BadFrame> {
                if bytes.len() > MAX_FRAME_BYTES {
                    return Err(BadFrame::TooLong(bytes.len()));
                }
                let mut decoder = Decoder::new(bytes);
                if decoder.array()? != Some(3) {
                    return Err(BadFrame::Malformed("it is not a list of version, number and content".into()));
                }
                let version = decoder.u8()?;
                if version != WIRE_VERSION {
                    return Err(BadFrame::Version(version));
                }
                let frame = match decoder.u16()? {
                    $($number => Self::$name(decoder.decode()?),)*
                    other => return Err(BadFrame::Unknown(other)),
                };
                if decoder.position() != bytes.len() {
                    return Err(BadFrame::Malformed("there are bytes after its end".into()));
                }
                Ok(frame)
            }

            /// The frame's name, for logs and counters.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }

            /// The frame's number.
            #[must_use]
            pub fn number(&self) -> u16 {
                match self { $(Self::$name(_) => $number,)* }
            }
        }
    };
}

frames! {
    Hello(Hello) = 1,
    Challenge(Challenge) = 2,
    Auth(Auth) = 3,
    Welcome(Welcome) = 4,
    Push(Push) = 5,
    Accepted(Accepted) = 6,
    Pull(Pull) = 7,
    Entries(Entries) = 8,
    PutParcel(PutParcel) = 9,
    ParcelStored(ParcelStored) = 10,
    GetParcel(GetParcel) = 11,
    Parcel(Parcel) = 12,
    Ping(Ping) = 13,
    Pong(Pong) = 14,
    Refused(Refusal) = 15,
    PutPack(PutPack) = 16,
    PackStored(PackStored) = 17,
    GetPack(GetPack) = 18,
    Pack(Pack) = 19,
    Claim(Claim) = 20,
    Claimed(Claimed) = 21,
    PutMailKey(MailKey) = 24,
    GetMail(GetMail) = 25,
    Mail(Mail) = 26,
    AckMail(AckMail) = 27,
    Have(Have) = 28,
    GetStatements(GetStatements) = 29,
    Statements(Statements) = 30,
}

/// Bytes that are not a frame of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    #[error("a frame has at most {MAX_FRAME_BYTES} bytes, this has {0}")]
    TooLong(usize),
    #[error("version {0} of the sync protocol is not understood here: update the program")]
    Version(u8),
    #[error("frame number {0} is not understood here: update the program")]
    Unknown(u16),
    #[error("malformed frame: {0}")]
    Malformed(String),
}

impl From<minicbor::decode::Error> for BadFrame {
    fn from(error: minicbor::decode::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}
