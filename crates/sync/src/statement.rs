//! What members say about the membership itself. Statements travel in envelopes of kind *statement*, in clear,
//! so that the relay can follow who may append; names of people and workstations in them are sealed.

use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::aead::CannotOpen;
use crate::cover::Cover;
use crate::id::{KeyId, PracticeId, WorkstationId};
use crate::keys::{
    PersonKeys, PracticeKey, SIGNATURE_LENGTH, SigningPublic, WorkstationKeys, WrappedKey, WrappingPublic,
};
use crate::recovery::{Kit, Recover};
use crate::release::Release;
use crate::staff::{Emergency, Factor, Login, Note, Policy, Staff};

/// The version that every statement starts with.
pub const STATEMENT_VERSION: u8 = 1;

/// What a person may do to the membership. Roles for the work at the desk are not the relay's business
/// and stay sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// May invite, revoke and rotate, and say what others may do.
    Administrator,
    /// May append changes.
    Member,
    /// An administrator who may also make and unmake others like themselves: the founder, at first.
    SuperAdministrator,
    /// Given by a newer program; counts as member here.
    Other(u8),
}

impl Capability {
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Administrator => 1,
            Self::Member => 2,
            Self::SuperAdministrator => 3,
            Self::Other(code) => code,
        }
    }

    #[must_use]
    pub fn is_administrator(self) -> bool {
        matches!(self, Self::Administrator | Self::SuperAdministrator)
    }

    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Administrator,
            2 => Self::Member,
            3 => Self::SuperAdministrator,
            other => Self::Other(other),
        }
    }
}

impl<C> Encode<C> for Capability {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Capability {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u8().map(Self::from_code)
    }
}

/// The keys of a workstation that is to be admitted; its id is that of the envelope's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WorkstationPublic {
    #[n(0)]
    pub signing: SigningPublic,
    #[n(1)]
    pub wrapping: WrappingPublic,
}

impl WorkstationPublic {
    #[must_use]
    pub fn of(keys: &WorkstationKeys) -> Self {
        Self {
            signing: keys.signing_public(),
            wrapping: keys.wrapping_public(),
        }
    }
}

/// The first statement of a log: this practice exists, and this person and workstation are its root.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Found {
    #[n(0)]
    pub founder: SigningPublic,
    #[n(1)]
    pub workstation: WorkstationPublic,
    /// The first epoch of the practice key.
    #[n(2)]
    pub epoch: u32,
    /// An [`Introduction`] under the practice key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub introduction: Vec<u8>,
}

/// Whoever has the secret of this invitation may join, once.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Invite {
    #[n(0)]
    pub invitation: SigningPublic,
    #[n(1)]
    pub capability: Capability,
    /// Milliseconds since 1970 UTC. Only the relay looks at it, by its own clock; peers judge by position.
    #[n(2)]
    pub expires_at_millis: u64,
    /// The roles that whoever comes in will have, at [`crate::staff::Place::Invited`]; none: what a capability has by itself.
    #[n(3)]
    pub roles: Option<Note>,
}

/// A workstation and its person come in with an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Join {
    #[n(0)]
    pub invitation: SigningPublic,
    #[n(1)]
    pub workstation: WorkstationPublic,
    #[n(2)]
    pub person: SigningPublic,
    /// An [`Introduction`] under the practice key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub introduction: Vec<u8>,
    /// Signature of the invitation's key over all of the above, the practice and the workstation's id.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub proof: [u8; SIGNATURE_LENGTH],
}

impl Join {
    /// What the invitation's key signs.
    #[must_use]
    pub(crate) fn signed(&self, practice: PracticeId, workstation: WorkstationId) -> Vec<u8> {
        [
            b"orca join 1\0",
            &practice.0[..],
            &workstation.0,
            &self.invitation.0,
            &self.workstation.signing.0,
            &self.workstation.wrapping.0,
            &self.person.0,
            &crate::aead::sha256(&[&self.introduction]),
        ]
        .concat()
    }
}

/// From the next position on, these may not append any more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Revoke {
    #[n(0)]
    pub workstation: Option<WorkstationId>,
    #[n(1)]
    pub person: Option<KeyId>,
    /// An invitation that nobody has used yet.
    #[n(2)]
    pub invitation: Option<SigningPublic>,
}

/// A new epoch: its key wrapped for each workstation that stays. Voids invitations not yet used, because
/// their parcels hold only older keys.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Rotate {
    #[n(0)]
    pub epoch: u32,
    #[n(1)]
    pub ephemeral: WrappingPublic,
    #[n(2)]
    pub wrapped: Vec<WrappedKey>,
    /// The same key for each pair of parts of the recovery kit; last, so that statements without it are the bytes they
    /// always were.
    #[n(3)]
    pub recovery: Option<Vec<WrappedKey>>,
}

impl Rotate {
    /// The new key, if it is wrapped for this workstation, or for these two parts of the recovery kit
    /// ([`crate::recovery::Pair::keys`]).
    pub fn unwrap_for(
        &self,
        practice: PracticeId,
        keys: &WorkstationKeys,
    ) -> Option<Result<PracticeKey, CannotOpen>> {
        let recovery = self.recovery.as_deref().unwrap_or_default();
        let wrapped = self
            .wrapped
            .iter()
            .chain(recovery)
            .find(|wrapped| wrapped.workstation == keys.id())?;
        Some(crate::keys::unwrap(
            keys,
            practice,
            self.epoch,
            self.ephemeral,
            &wrapped.sealed,
        ))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    Found(Found),
    Invite(Invite),
    Join(Join),
    Revoke(Revoke),
    Rotate(Rotate),
    Staff(Staff),
    Policy(Policy),
    Login(Login),
    Emergency(Emergency),
    Release(Release),
    Kit(Kit),
    Recover(Recover),
    Factor(Factor),
    Cover(Cover),
    /// Said by a newer program: carried, signed and chained like any other, with no effect here.
    Unknown {
        version: u8,
        kind: u16,
        bytes: Vec<u8>,
    },
}

/// Bytes that are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed statement: {0}")]
pub struct BadStatement(pub String);

impl Statement {
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        fn encode<T: Encode<()>>(kind: u16, payload: &T) -> Vec<u8> {
            minicbor::to_vec((STATEMENT_VERSION, kind, payload)).expect("writing to a Vec cannot fail")
        }
        match self {
            Self::Found(found) => encode(1, found),
            Self::Invite(invite) => encode(2, invite),
            Self::Join(join) => encode(3, join),
            Self::Revoke(revoke) => encode(4, revoke),
            Self::Rotate(rotate) => encode(5, rotate),
            Self::Staff(staff) => encode(6, staff),
            Self::Policy(policy) => encode(7, policy),
            Self::Login(login) => encode(8, login),
            Self::Emergency(emergency) => encode(9, emergency),
            Self::Release(release) => encode(10, release),
            Self::Kit(kit) => encode(11, kit),
            Self::Recover(recover) => encode(12, recover),
            Self::Factor(factor) => encode(13, factor),
            Self::Cover(cover) => encode(14, cover),
            Self::Unknown { bytes, .. } => bytes.clone(),
        }
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, BadStatement> {
        let bad = |error: minicbor::decode::Error| BadStatement(error.to_string());
        let mut decoder = Decoder::new(bytes);
        if decoder.array().map_err(bad)? != Some(3) {
            return Err(BadStatement(
                "it is not a list of version, kind and content".into(),
            ));
        }
        let version = decoder.u8().map_err(bad)?;
        let kind = decoder.u16().map_err(bad)?;
        let statement = match (version, kind) {
            (STATEMENT_VERSION, 1) => Self::Found(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 2) => Self::Invite(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 3) => Self::Join(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 4) => Self::Revoke(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 5) => Self::Rotate(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 6) => Self::Staff(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 7) => Self::Policy(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 8) => Self::Login(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 9) => Self::Emergency(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 10) => Self::Release(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 11) => Self::Kit(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 12) => Self::Recover(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 13) => Self::Factor(decoder.decode().map_err(bad)?),
            (STATEMENT_VERSION, 14) => Self::Cover(decoder.decode().map_err(bad)?),
            _ => {
                return Ok(Self::Unknown {
                    version,
                    kind,
                    bytes: bytes.to_vec(),
                });
            }
        };
        if decoder.position() != bytes.len() {
            return Err(BadStatement("there are bytes after its end".into()));
        }
        Ok(statement)
    }

    /// The verb, for logs.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Found(_) => "found",
            Self::Invite(_) => "invite",
            Self::Join(_) => "join",
            Self::Revoke(_) => "revoke",
            Self::Rotate(_) => "rotate",
            Self::Staff(_) => "staff",
            Self::Policy(_) => "policy",
            Self::Login(_) => "login",
            Self::Emergency(_) => "emergency",
            Self::Release(_) => "release",
            Self::Kit(_) => "kit",
            Self::Recover(_) => "recover",
            Self::Factor(_) => "factor",
            Self::Cover(_) => "cover",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// Who a new key stands for. Only members can read it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Introduction {
    /// The person's id in the practice's documents.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub person_id: [u8; 16],
    #[n(1)]
    pub person_name: String,
    #[n(2)]
    pub workstation_name: String,
}

impl Introduction {
    fn place(workstation: WorkstationId, person: SigningPublic) -> Vec<u8> {
        [b"introduction", &workstation.0[..], &person.0].concat()
    }

    /// Sealed for [`Found`] or [`Join`]; readable by members, fixed to these keys.
    #[must_use]
    pub fn seal(
        &self,
        key: &PracticeKey,
        workstation: &WorkstationKeys,
        person: &PersonKeys,
        nonce: crate::aead::Nonce,
    ) -> Vec<u8> {
        let plain = minicbor::to_vec(self).expect("writing to a Vec cannot fail");
        key.seal_note(&Self::place(workstation.id(), person.public()), &plain, nonce)
    }

    pub fn open(
        sealed: &[u8],
        key: &PracticeKey,
        workstation: WorkstationId,
        person: SigningPublic,
    ) -> Result<Self, CannotOpen> {
        let plain = key.open_note(&Self::place(workstation, person), sealed)?;
        minicbor::decode(&plain).map_err(|_| CannotOpen)
    }
}
