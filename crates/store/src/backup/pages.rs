//! The encrypted file as chunks, and what tells that a chunk's content is the same although its bytes differ.
//!
//! SQLCipher encrypts a page anew whenever it is written, so a copy shares no bytes with the one before. Each page is
//! complete in itself, though: its own initialisation vector, its own authentication tag that binds it to its number
//! and to the key. Where the *content* of a chunk is what an earlier backup has, the earlier bytes are as good.

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use data_encoding::HEXLOWER;
use rusqlite::OpenFlags;
use rusqlite::backup::{Backup, StepResult};
use zeroize::Zeroizing;

use super::manifest::{derived, keyed};
use super::{BackupSource, Scratch};
use crate::connection::{PAGE, connect, database_path, mark_path};
use crate::{DatabaseKey, StoreError};

/// Small enough that a day's work touches few, large enough that a practice of 300 MiB has under 5,000 files.
pub(super) const CHUNK: u64 = 16 * PAGE;
/// At the end of each page: initialisation vector, then HMAC-SHA512.
const IV: usize = 16;
const RESERVED: usize = IV + 64;
/// The file begins with its salt, which is not encrypted.
const SALT: usize = 16;

/// Copies the practice as of one moment into `scratch`, encrypted with the same key, while others go on writing.
pub(super) fn copy(source: &BackupSource, scratch: &Scratch) -> Result<(), StoreError> {
    if source.is_alone {
        return Err(StoreError::Io(
            "there was no room left on the disk when the practice was opened: make room and start the program again".into(),
        ));
    }
    let from = connect(&database_path(&source.directory), &source.key, OpenFlags::empty())?;
    let mut to = connect(
        &database_path(scratch.path()),
        &source.key,
        OpenFlags::SQLITE_OPEN_CREATE,
    )?;
    // If the computer stops now, the copy is thrown away anyhow.
    to.pragma_update(None, "synchronous", "OFF")?;
    let backup = Backup::new(&from, &mut to)?;
    // In one step: one moment of the file, and no starting over when somebody writes. Writers do not wait for readers.
    match backup.step(-1)? {
        StepResult::Done => {}
        _ => return Err(StoreError::Busy),
    }
    drop(backup);
    to.close().map_err(|(_, error)| error)?;
    std::fs::write(mark_path(scratch.path()), source.key.mark())?;
    Ok(())
}

/// Marks chunks by what is in them. Without the key a mark says nothing, not even that two are alike elsewhere.
pub(super) struct Marker {
    cipher: Zeroizing<[u8; 32]>,
    marks: Zeroizing<[u8; 32]>,
}

impl Marker {
    pub fn new(key: &DatabaseKey) -> Marker {
        Marker {
            // A raw key is SQLCipher's page key as it is.
            cipher: Zeroizing::new(*key.expose()),
            marks: derived(key, "orca backup content 1"),
        }
    }

    /// The mark of the chunk at this place.
    pub fn mark(&self, at: usize, chunk: &[u8]) -> String {
        let mut content = Zeroizing::new(Vec::with_capacity(chunk.len() + 8));
        content.extend_from_slice(&(at as u64).to_be_bytes());
        for (page, bytes) in chunk.chunks_exact(PAGE as usize).enumerate() {
            let skipped = if at == 0 && page == 0 { SALT } else { 0 };
            let (encrypted, reserved) = bytes.split_at(bytes.len() - RESERVED);
            let iv: [u8; IV] = reserved[..IV]
                .try_into()
                .expect("a page's reserve holds its vector");
            let start = content.len();
            content.extend_from_slice(&encrypted[skipped..]);
            let mut decryptor = Decryptor::<Aes256>::new(&(*self.cipher).into(), &iv.into());
            for block in content[start..].chunks_exact_mut(16) {
                decryptor.decrypt_block(block.try_into().expect("a block has 16 bytes"));
            }
        }
        HEXLOWER.encode(&keyed(&self.marks, &content)[..16])
    }
}
