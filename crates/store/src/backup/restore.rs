//! Putting a backup together again, to look at it or to go on from it.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::chunks::Chunks;
use super::folder::FoundBackup;
use super::manifest::Manifest;
use super::{Going, Scratch, Step, damaged, go_on};
use crate::connection::{database_path, mark_path};
use crate::vault::{keep_wrapped_key, unwrap_key};
use crate::{DatabaseKey, Draft, Store, StoreError, VerifyReport};

/// What opens a backup.
#[derive(Debug, Clone, Copy)]
pub enum Opener<'a> {
    Key(&'a DatabaseKey),
    Passphrase(&'a str),
}

impl FoundBackup {
    fn key(&self, opener: Opener<'_>) -> Result<(Manifest, DatabaseKey), StoreError> {
        let manifest = Manifest::from_bytes(&self.bytes)?;
        let key = match opener {
            Opener::Key(key) => key.clone(),
            Opener::Passphrase(passphrase) => unwrap_key(
                &manifest.wrapped_key()?,
                passphrase,
                &format!("the key of {}", self.id),
            )?,
        };
        if !Manifest::is_genuine(&self.bytes, &key) {
            return Err(match opener {
                Opener::Key(_) => StoreError::WrongKey,
                Opener::Passphrase(_) => damaged("its list was not written with its key"),
            });
        }
        Ok((manifest, key))
    }
}

/// Reads a backup from end to end and checks all that can be checked, in `scratch`, which must not exist yet.
pub fn verify(
    backup: &FoundBackup,
    opener: Opener<'_>,
    scratch: &Path,
    going: Going<'_>,
) -> Result<VerifyReport, StoreError> {
    let (manifest, key) = backup.key(opener)?;
    let scratch = Scratch::new(scratch.to_owned())?;
    assemble(backup, &manifest, &key, scratch.path(), going)?;
    check(scratch.path(), &key, going)
}

/// Puts a backup together and checks it in a draft, which can move in afterwards, and answers its key for the keychain.
/// What opens it is another incarnation of the workstation ([`Store::open`]): the relay may have changes of the old one
/// that this backup does not know, and no Automerge actor may be used twice.
pub fn restore(
    backup: &FoundBackup,
    passphrase: &str,
    draft: &Draft,
    going: Going<'_>,
) -> Result<DatabaseKey, StoreError> {
    let (manifest, key) = backup.key(Opener::Passphrase(passphrase))?;
    assemble(backup, &manifest, &key, draft.path(), going)?;
    check(draft.path(), &key, going)?;
    keep_wrapped_key(draft.path(), &manifest.wrapped_key()?)?;
    Ok(key)
}

fn assemble(
    backup: &FoundBackup,
    manifest: &Manifest,
    key: &DatabaseKey,
    into: &Path,
    going: Going<'_>,
) -> Result<(), StoreError> {
    let chunks = Chunks::of(&backup.folder);
    let mut file = File::create(database_path(into))?;
    let count = manifest.chunks.len() as u64;
    let mut size = 0;
    for (at, chunk) in manifest.chunk_names().enumerate() {
        go_on(going, Step::Reading, at as u64, count)?;
        let bytes = chunks.read(&chunk?.sha256)?;
        size += bytes.len() as u64;
        file.write_all(&bytes)?;
    }
    if size != manifest.database_bytes {
        return Err(damaged("its size is not what its list says"));
    }
    fs::write(mark_path(into), key.mark())?;
    Ok(())
}

/// Opens what was put together and looks at everything: pages, structure, documents, rows, envelopes.
pub(super) fn check(
    directory: &Path,
    key: &DatabaseKey,
    going: Going<'_>,
) -> Result<VerifyReport, StoreError> {
    let store = Store::open(directory, key)?;
    go_on(going, Step::Checking, 0, 1)?;
    let report = store.verify(&mut |done, all| {
        // Stopping is asked for between steps; this one only says how far it is.
        going(Step::Checking, done, all);
    })?;
    match report.troubles.first() {
        None => Ok(report),
        Some(trouble) => Err(damaged(format!(
            "{trouble}{}",
            match report.troubles.len() {
                1 => String::new(),
                more => format!(" (and {} more)", more - 1),
            }
        ))),
    }
}
