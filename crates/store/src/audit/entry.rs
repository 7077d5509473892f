//! One entry, and the bytes that its hash covers.

use clinic::{PatientId, PersonId, PracticeId, WorkstationId};
use jiff::Timestamp;
use minicbor::Encode;
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::log::EnvelopeId;

/// Version of the canonical bytes; verifying keeps knowing the older ones.
const VERSION: u8 = 1;

/// Through which program somebody acted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Via {
    #[default]
    Window = 0,
    Command = 1,
}

impl Via {
    pub fn code(self) -> &'static str {
        match self {
            Via::Window => "window",
            Via::Command => "orcactl",
        }
    }

    pub(super) fn from_number(number: i64) -> Result<Via, StoreError> {
        match number {
            0 => Ok(Via::Window),
            1 => Ok(Via::Command),
            _ => Err(StoreError::corrupt("the audit names an unknown program")),
        }
    }
}

/// Somebody looked at something: what the next transaction writes down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub person: PersonId,
    pub at: Timestamp,
    /// The last of several looks.
    pub until: Timestamp,
    /// What was done, in a stable word: `view_day_sheet`.
    pub action: String,
    /// What was looked at: ids and dates, no names.
    pub object: String,
    /// Whose data was shown.
    pub patients: Vec<PatientId>,
    pub reason: String,
    /// How often, from `at` to `until`.
    pub times: u32,
}

/// One entry of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts from 1 without gaps.
    pub number: u64,
    pub at: Timestamp,
    pub until: Timestamp,
    pub person: PersonId,
    pub action: String,
    pub object: String,
    pub patients: Vec<PatientId>,
    pub reason: String,
    pub times: u32,
    pub via: Via,
    /// What was written; none: a look.
    pub envelope: Option<EnvelopeId>,
    pub hash: [u8; 32],
}

/// An entry as it is hashed. In CBOR, an array in this order; `patients` is the SHA-256 of the patients' ids, 16 bytes
/// each, ascending.
#[derive(Encode)]
#[cbor(array)]
pub(super) struct Canonical<'a> {
    #[n(0)]
    pub version: u8,
    #[n(1)]
    pub number: u64,
    #[n(2)]
    pub at_millis: i64,
    #[n(3)]
    pub until_millis: i64,
    #[cbor(n(4), with = "minicbor::bytes")]
    pub person: [u8; 16],
    #[n(5)]
    pub action: &'a str,
    #[n(6)]
    pub object: &'a str,
    #[n(7)]
    pub reason: &'a str,
    #[n(8)]
    pub times: u32,
    #[n(9)]
    pub via: u8,
    #[cbor(n(10), with = "minicbor::bytes")]
    pub envelope: Option<[u8; 32]>,
    #[cbor(n(11), with = "minicbor::bytes")]
    pub patients: [u8; 32],
}

impl<'a> Canonical<'a> {
    /// An entry with nothing in it, to be filled in.
    pub fn blank(number: u64, action: &'a str) -> Canonical<'a> {
        Canonical {
            version: VERSION,
            number,
            at_millis: 0,
            until_millis: 0,
            person: [0; 16],
            action,
            object: "",
            reason: "",
            times: 1,
            via: 0,
            envelope: None,
            patients: digest(&[]),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("writing to memory does not fail")
    }

    /// SHA-256 of the previous entry's hash and these bytes.
    pub fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        Sha256::new()
            .chain_update(previous)
            .chain_update(self.bytes())
            .finalize()
            .into()
    }
}

/// What the first entry follows.
pub(super) fn genesis(practice: PracticeId, workstation: WorkstationId) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"orca-front-desk audit 1")
        .chain_update(practice.to_bytes())
        .chain_update(workstation.to_bytes())
        .finalize()
        .into()
}

pub(super) fn digest(patients: &[u8]) -> [u8; 32] {
    Sha256::digest(patients).into()
}

/// Ids as they are kept and hashed.
pub(super) fn joined(patients: &[PatientId]) -> Vec<u8> {
    let mut sorted = patients.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.iter().flat_map(|id| id.to_bytes()).collect()
}

pub(super) fn split(bytes: &[u8]) -> Vec<PatientId> {
    bytes
        .chunks_exact(16)
        .filter_map(|id| id.try_into().ok())
        .map(PatientId::from_bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, audits that were written before no longer verify: never bless it, make a version 2.
    #[test]
    fn the_hashed_bytes_never_change() {
        let entry = Canonical {
            at_millis: 1_772_546_400_000,
            until_millis: 1_772_546_430_500,
            person: [0x61; 16],
            object: "0000000000000000000000000Z 2026-03-03",
            reason: "phone call",
            times: 3,
            via: 1,
            envelope: Some([0xE0; 32]),
            patients: digest(&joined(&[PatientId(2), PatientId(1), PatientId(2)])),
            ..Canonical::blank(7, "view_day_sheet")
        };
        let start = genesis(PracticeId(1), WorkstationId(71));
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let text = format!(
            "genesis {}\nbytes {}\nhash {}\nblank {}",
            hex(&start),
            hex(&entry.bytes()),
            hex(&entry.hash(&start)),
            hex(&Canonical::blank(1, "x").bytes())
        );
        expect_test::expect![[r#"
            genesis 6e357a21a3f795e34a01048e8c0cf9dbb01dfe9c25d06885d1adb89d2994c6b4
            bytes 8c01071b0000019cb3ff9f001b0000019cb400162450616161616161616161616161616161616e766965775f6461795f73686565747825303030303030303030303030303030303030303030303030305a20323032362d30332d30336a70686f6e652063616c6c03015820e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0582078d68721debb423cf880232869a63e2522c3dd6187159cbeb15b3ee7e15925f8
            hash 7a785026ce725f75e85b37cd6ef589636d332b77adcbec39183ce7d7b8078c05
            blank 8c010100005000000000000000000000000000000000617860600100f65820e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"#]].assert_eq(&text);
    }
}
