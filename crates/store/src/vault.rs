//! The database's key, and the file that keeps it behind a passphrase. The operating system's keychain is
//! `desk`'s business; this file is also the way back when the keychain is lost.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::StoreError;

/// 32 random bytes that open a practice's database. Wiped from memory when dropped; never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// A fresh one from the operating system's randomness.
    pub fn generate() -> Result<DatabaseKey, StoreError> {
        random().map(DatabaseKey)
    }

    pub fn from_bytes(bytes: [u8; 32]) -> DatabaseKey {
        DatabaseKey(bytes)
    }

    /// The key itself, for the keychain. Handle with care.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 16 bytes of the database, derived from the key: they tell a wrong key from a damaged file.
    pub(crate) fn mark(&self) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(b"orca-front-desk database mark 1")
            .chain_update(self.0)
            .finalize();
        let mut mark = [0; 16];
        mark.copy_from_slice(&digest[..16]);
        mark
    }

    /// SQLCipher's form of a raw key with a salt: 96 hexadecimal digits.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut digits = Zeroizing::new(String::with_capacity(120));
        digits.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter().chain(&self.mark()) {
            digits
                .push(char::from_digit(u32::from(byte >> 4), 16).expect("four bits are a hexadecimal digit"));
            digits
                .push(char::from_digit(u32::from(byte & 15), 16).expect("four bits are a hexadecimal digit"));
        }
        digits.push_str("'\"");
        digits
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

/// What guessing a passphrase costs (Argon2id, RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassphraseCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for PassphraseCost {
    /// RFC 9106's second recommendation, with one lane: 64 MiB, three passes.
    fn default() -> Self {
        PassphraseCost {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

const MAGIC: &[u8; 8] = b"ORCAKEY\x01";
const SALT: usize = 16;
const NONCE: usize = 24;
const SEALED: usize = 32 + 16;
const LENGTH: usize = 8 + 12 + SALT + NONCE + SEALED;
/// Nobody needs more than 4 GiB or 64 passes; a damaged file must not ask for it.
const MOST: PassphraseCost = PassphraseCost {
    memory_kib: 4 * 1024 * 1024,
    passes: 64,
    lanes: 64,
};

/// Where the passphrase file of a data directory lies.
pub fn key_file(directory: &Path) -> PathBuf {
    directory.join("key.orca")
}

/// Writes the key behind a passphrase; replaces an older file as one step.
pub fn write_key_file(
    directory: &Path,
    key: &DatabaseKey,
    passphrase: &str,
    cost: PassphraseCost,
) -> Result<(), StoreError> {
    keep_wrapped_key(directory, &wrap_key(key, passphrase, cost)?)
}

/// Puts an already wrapped key into a directory, as one step.
pub(crate) fn keep_wrapped_key(directory: &Path, wrapped: &[u8]) -> Result<(), StoreError> {
    let target = key_file(directory);
    let draft = target.with_extension("draft");
    {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut draft = options.open(&draft)?;
        draft.write_all(wrapped)?;
        draft.sync_all()?;
    }
    fs::rename(&draft, &target)?;
    Ok(())
}

/// The bytes of a key file.
pub(crate) fn wrap_key(
    key: &DatabaseKey,
    passphrase: &str,
    cost: PassphraseCost,
) -> Result<Vec<u8>, StoreError> {
    wrap_secret(MAGIC, key.expose(), b"", passphrase, cost)
}

/// Puts 32 secret bytes behind a passphrase: `magic`, cost (three big-endian `u32`), salt, nonce, and the secret under
/// XChaCha20-Poly1305 with a key that Argon2id makes. Everything before the nonce, and `context`, are associated data.
pub fn wrap_secret(
    magic: &[u8; 8],
    secret: &[u8; 32],
    context: &[u8],
    passphrase: &str,
    cost: PassphraseCost,
) -> Result<Vec<u8>, StoreError> {
    let mut file = Vec::with_capacity(LENGTH);
    file.extend_from_slice(magic);
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        file.extend_from_slice(&number.to_be_bytes());
    }
    file.extend_from_slice(&random::<SALT>()?);
    let nonce = random::<NONCE>()?;
    let cipher = cipher(passphrase, &file[20..20 + SALT], cost)?;
    let aad = [&file, context].concat();
    let payload = Payload {
        msg: secret,
        aad: &aad,
    };
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| StoreError::Io("the key could not be sealed".into()))?;
    file.extend_from_slice(&nonce);
    file.extend_from_slice(&sealed);
    Ok(file)
}

/// Opens the passphrase file: [`StoreError::WrongPassphrase`] if it does not fit, [`StoreError::NotThere`]
/// without a file, [`StoreError::Corrupt`] if it is not one of ours.
pub fn read_key_file(directory: &Path, passphrase: &str) -> Result<DatabaseKey, StoreError> {
    let path = key_file(directory);
    let file = match fs::read(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::NotThere { path });
        }
        Err(error) => return Err(error.into()),
    };
    unwrap_key(&file, passphrase, &path.display().to_string())
}

/// Opens what [`wrap_key`] made; `name` is what an error calls it.
pub(crate) fn unwrap_key(file: &[u8], passphrase: &str, name: &str) -> Result<DatabaseKey, StoreError> {
    unwrap_secret(MAGIC, file, b"", passphrase, name).map(|secret| DatabaseKey(*secret))
}

/// Opens what [`wrap_secret`] made; `name` is what an error calls it. [`StoreError::WrongPassphrase`] also if it was made
/// for another context.
pub fn unwrap_secret(
    magic: &[u8; 8],
    file: &[u8],
    context: &[u8],
    passphrase: &str,
    name: &str,
) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let damaged = || StoreError::corrupt(format!("{name} is not a key file"));
    if file.len() != LENGTH || !file.starts_with(magic) {
        return Err(damaged());
    }
    let number = |at: usize| u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
    let cost = PassphraseCost {
        memory_kib: number(8),
        passes: number(12),
        lanes: number(16),
    };
    if cost.memory_kib > MOST.memory_kib || cost.passes > MOST.passes || cost.lanes > MOST.lanes {
        return Err(damaged());
    }
    let (associated, rest) = file.split_at(20 + SALT);
    let (nonce, sealed) = rest.split_at(NONCE);
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| damaged())?;
    let cipher = cipher(passphrase, &associated[20..], cost)?;
    let aad = [associated, context].concat();
    let secret = cipher
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: sealed,
                aad: &aad,
            },
        )
        .map_err(|_| StoreError::WrongPassphrase)?;
    let secret = Zeroizing::new(secret);
    <[u8; 32]>::try_from(&secret[..])
        .map(Zeroizing::new)
        .map_err(|_| damaged())
}

fn cipher(passphrase: &str, salt: &[u8], cost: PassphraseCost) -> Result<XChaCha20Poly1305, StoreError> {
    let bad =
        |error: argon2::Error| StoreError::corrupt(format!("the key file's cost cannot be used: {error}"));
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(bad)?;
    let mut wrapping = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut wrapping[..])
        .map_err(bad)?;
    Ok(XChaCha20Poly1305::new(&Key::from(*wrapping)))
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Io(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PassphraseCost = PassphraseCost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };

    #[test]
    fn the_right_passphrase_opens_and_a_wrong_one_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let key = DatabaseKey::generate().unwrap();
        write_key_file(directory.path(), &key, "korrekt pferd", CHEAP).unwrap();
        assert_eq!(
            read_key_file(directory.path(), "korrekt pferd").unwrap().expose(),
            key.expose()
        );
        assert!(matches!(
            read_key_file(directory.path(), "korrekt"),
            Err(StoreError::WrongPassphrase)
        ));
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let key = DatabaseKey::generate().unwrap();
        write_key_file(directory.path(), &key, "x", CHEAP).unwrap();
        let good = fs::read(key_file(directory.path())).unwrap();
        for at in [0, 7, 19, 21, 40, 70, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(key_file(directory.path()), &bad).unwrap();
            assert!(read_key_file(directory.path(), "x").is_err(), "byte {at}");
        }
        fs::write(key_file(directory.path()), &good[..50]).unwrap();
        assert!(matches!(
            read_key_file(directory.path(), "x"),
            Err(StoreError::Corrupt { .. })
        ));
    }

    #[test]
    fn the_key_is_in_no_debug_text() {
        let key = DatabaseKey::from_bytes([7; 32]);
        assert_eq!(format!("{key:?}"), "DatabaseKey(…)");
    }
}
