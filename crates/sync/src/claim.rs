//! Claims: of all workstations of a practice exactly one may do a certain thing, such as sending a reminder. The relay
//! keeps, for each key, the workstation that asked first; it learns neither what is claimed nor about whom.
//!
//! A claim is for ever. If it ended after some time, a workstation that fell asleep between asking and sending would send
//! together with the next one; and a reminder that is missing is better than one that comes twice. So whoever has a claim
//! writes down first that it will act, and after a crash looks there.

use crate::aead;
use crate::id::{ClaimKey, PracticeId};
use crate::keys::PracticeKeys;

/// The key of one thing: `kind` says what is done ("reminder"), `about` with what (any bytes that every workstation makes in
/// the same way). Nothing without practice keys.
///
/// HMAC-SHA-256 (as HKDF, RFC 5869) under the practice's first key: later keys come and go, and with them
/// the same thing would have another name.
#[must_use]
pub fn key(practice: PracticeId, keys: &PracticeKeys, kind: &str, about: &[u8]) -> Option<ClaimKey> {
    let first = keys.iter().next()?;
    let (kind, about) = (aead::sha256(&[kind.as_bytes()]), aead::sha256(&[about]));
    Some(ClaimKey(aead::derive(
        b"orca claim 1",
        &first.key,
        &[&practice.0, &kind, &about],
    )))
}
