//! A backup's manifest: JSON that people can read, with two lines behind it. The first is its SHA-256, which finds
//! damage without a key; the second a seal with the practice's key, which finds a forgery.

use data_encoding::HEXLOWER;
use hkdf::Hkdf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::damaged;
use crate::{DatabaseKey, StoreError};

/// What this release writes. A newer one is refused, never guessed at.
pub(super) const FORMAT: u32 = 1;
const CHECKSUM: &str = "sha256 ";
const SEAL: &str = "seal ";

/// What a backup holds. Nothing in it is about a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Sorts by time.
    pub id: String,
    pub made_at: Timestamp,
    pub practice: String,
    pub practice_id: String,
    pub workstation: String,
    pub workstation_id: String,
    pub data_version: u32,
    /// How far the relay's log was read.
    pub position: u64,
    /// Entries of the workstation's own log.
    pub entries: u64,
    pub documents: u64,
    pub database_bytes: u64,
    /// What this backup added to the folder; the rest was there.
    pub written_bytes: u64,
    /// The database key behind the passphrase, as `key.orca` has it, in hexadecimal digits.
    pub(super) key: String,
    pub(super) chunk_bytes: u64,
    /// SHA-256 of each chunk's bytes, and after a blank its keyed mark ([`super::pages`]).
    pub(super) chunks: Vec<String>,
}

/// One chunk of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChunkName {
    pub sha256: String,
    pub mark: String,
}

impl Manifest {
    pub(super) fn to_bytes(&self, key: &DatabaseKey) -> Vec<u8> {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest is plain data");
        text.push('\n');
        let checksum = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        let seal = seal(text.as_bytes(), key);
        text.push_str(&format!("{CHECKSUM}{checksum}\n{SEAL}{seal}\n"));
        text.into_bytes()
    }

    /// Reads a manifest that is whole. Whether it is genuine, [`Manifest::is_genuine`] says.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Manifest, StoreError> {
        let (body, checksum, _) = split(bytes).ok_or_else(|| damaged("its list is incomplete"))?;
        if HEXLOWER.encode(&Sha256::digest(body)) != checksum {
            return Err(damaged("its list was changed"));
        }
        let head: Head = serde_json::from_slice(body).map_err(damaged)?;
        if head.format > FORMAT {
            return Err(StoreError::NewerVersion {
                found: head.format,
                ours: FORMAT,
            });
        }
        let manifest: Manifest = serde_json::from_slice(body).map_err(damaged)?;
        if manifest.chunk_bytes == 0
            || manifest.database_bytes.div_ceil(manifest.chunk_bytes) != manifest.chunks.len() as u64
        {
            return Err(damaged("its list does not fit its size"));
        }
        Ok(manifest)
    }

    /// Whether whoever wrote it had the practice's key.
    pub(super) fn is_genuine(bytes: &[u8], key: &DatabaseKey) -> bool {
        split(bytes).is_some_and(|(body, _, found)| seal(body, key) == found)
    }

    pub(super) fn chunk(&self, at: usize) -> Result<ChunkName, StoreError> {
        let entry = self.chunks.get(at).and_then(|entry| entry.split_once(' '));
        let (sha256, mark) = entry
            .filter(|(sha256, _)| sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .ok_or_else(|| damaged("its list cannot be read"))?;
        Ok(ChunkName {
            sha256: sha256.to_owned(),
            mark: mark.to_owned(),
        })
    }

    pub(super) fn chunk_names(&self) -> impl Iterator<Item = Result<ChunkName, StoreError>> {
        (0..self.chunks.len()).map(|at| self.chunk(at))
    }

    pub(super) fn wrapped_key(&self) -> Result<Vec<u8>, StoreError> {
        HEXLOWER.decode(self.key.as_bytes()).map_err(damaged)
    }
}

/// All that is asked before the format is known to be ours.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The JSON, its checksum, its seal. Exactly these bytes and none besides.
fn split(bytes: &[u8]) -> Option<(&[u8], &str, &str)> {
    let tail = CHECKSUM.len() + 64 + 1 + SEAL.len() + 64 + 1;
    let (body, tail) = bytes.split_at_checked(bytes.len().checked_sub(tail)?)?;
    let tail = std::str::from_utf8(tail).ok()?.strip_suffix('\n')?;
    let (checksum, seal) = tail.split_once('\n')?;
    Some((body, checksum.strip_prefix(CHECKSUM)?, seal.strip_prefix(SEAL)?))
}

/// A key for one purpose, from the database key.
pub(super) fn derived(key: &DatabaseKey, purpose: &str) -> zeroize::Zeroizing<[u8; 32]> {
    let mut derived = zeroize::Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, key.expose())
        .expand(purpose.as_bytes(), &mut derived[..])
        .expect("32 bytes are not too many");
    derived
}

/// HMAC-SHA256, which is what HKDF's first half is.
pub(super) fn keyed(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let (mark, _) = Hkdf::<Sha256>::extract(Some(key), bytes);
    mark.into()
}

fn seal(body: &[u8], key: &DatabaseKey) -> String {
    HEXLOWER.encode(&keyed(&derived(key, "orca backup manifest 1"), body))
}
