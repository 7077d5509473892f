//! Thin names over XChaCha20-Poly1305, HKDF-SHA-256 and SHA-256, so that every use in this crate reads the same.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};

/// Bytes of an XChaCha20 nonce: long enough to be drawn at random for ever.
pub const NONCE_LENGTH: usize = 24;
/// Bytes that authentication adds to a plaintext.
pub const TAG_LENGTH: usize = 16;

pub type Nonce = [u8; NONCE_LENGTH];

/// The ciphertext was changed, cut, put in another place, or belongs to another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this was sealed with another key, or was altered")]
pub struct CannotOpen;

pub(crate) fn seal(key: &[u8; 32], nonce: &Nonce, associated: &[u8], plain: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: plain,
                aad: associated,
            },
        )
        .expect("XChaCha20-Poly1305 fails only above 256 GiB, and sizes are limited far below")
}

pub(crate) fn open(
    key: &[u8; 32],
    nonce: &Nonce,
    associated: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, CannotOpen> {
    XChaCha20Poly1305::new(&Key::from(*key))
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: sealed,
                aad: associated,
            },
        )
        .map_err(|_| CannotOpen)
}

/// `nonce ‖ ciphertext`, for small things that carry their nonce with them.
pub(crate) fn seal_with_nonce(key: &[u8; 32], nonce: &Nonce, associated: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut out = nonce.to_vec();
    out.extend_from_slice(&seal(key, nonce, associated, plain));
    out
}

pub(crate) fn open_with_nonce(
    key: &[u8; 32],
    associated: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, CannotOpen> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(CannotOpen)?;
    open(key, nonce, associated, rest)
}

pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// HKDF-SHA-256 (RFC 5869) with `parts` joined as the info; every caller's parts have fixed lengths.
pub(crate) fn derive<const N: usize>(salt: &[u8], secret: &[u8], parts: &[&[u8]]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand_multi_info(parts, &mut out)
        .expect("HKDF-SHA-256 can expand to 8160 bytes");
    out
}
