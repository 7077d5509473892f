//! Making a backup: copy, write what is new, read it back and check it, and only then let it count.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::chunks::{Chunks, sync_folder};
use super::folder::{FoundBackup, in_workstation_folder, manifest_path};
use super::manifest::{FORMAT, Manifest};
use super::pages::{CHUNK, Marker, copy};
use super::restore::check;
use super::{BackupSource, Going, Keep, Scratch, Step, go_on, in_folder};
use crate::connection::{DATA_VERSION, database_path};
use crate::vault::{key_file, random};
use crate::{StoreError, log};

/// A backup to be made.
#[derive(Debug, Clone)]
pub struct NewBackup<'a> {
    /// The folder that was chosen for backups, of this and other workstations.
    pub folder: &'a Path,
    pub made_at: Timestamp,
    pub keep: Keep,
}

impl NewBackup<'_> {
    /// Makes it. Whatever goes wrong, nothing half-made counts as a backup and older ones stay as they are.
    pub fn make(&self, source: &BackupSource, going: Going<'_>) -> Result<Manifest, StoreError> {
        let wrapped = match fs::read(key_file(&source.directory)) {
            Ok(wrapped) => wrapped,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::BackupUnprotected);
            }
            Err(error) => return Err(error.into()),
        };
        fs::create_dir_all(self.folder).map_err(in_folder(self.folder))?;
        let folder = self.folder.join(source.workstation.to_string());
        fs::create_dir_all(&folder).map_err(in_folder(&folder))?;
        // Here: one backup of this file at a time. There: a clone of this workstation may have come to the same folder.
        let _here = lock(&source.directory.join("backup.lock"))?;
        let _there = lock(&folder.join("backup.lock"))?;

        let scratch = Scratch::new(source.directory.join("backup.draft"))?;
        go_on(going, Step::Copying, 0, 1)?;
        copy(source, &scratch)?;
        go_on(going, Step::Copying, 1, 1)?;

        let earlier = in_workstation_folder(&folder)?;
        let mut writing = Writing {
            chunks: Chunks::of(&folder),
            marker: Marker::new(&source.key),
            known: known(&earlier, source),
            new: HashSet::new(),
            names: Vec::new(),
            written: 0,
        };
        let made = writing
            .all(&database_path(scratch.path()), going)
            .and_then(|database_bytes| {
                let report = check(scratch.path(), &source.key, going)?;
                self.list(
                    source,
                    &folder,
                    &writing,
                    database_bytes,
                    wrapped,
                    report.documents,
                    &scratch,
                )
            });
        match made {
            Ok(manifest) => {
                if let Err(error) = self.tidy(&folder, &manifest.id) {
                    tracing::warn!(%error, "older backups could not be tidied away");
                }
                Ok(manifest)
            }
            Err(error) => {
                for sha256 in &writing.new {
                    writing.chunks.remove(sha256);
                }
                Err(error)
            }
        }
    }

    /// Writes the manifest: with its rename the backup counts.
    #[allow(clippy::too_many_arguments, reason = "one call, and each is what it says")]
    fn list(
        &self,
        source: &BackupSource,
        folder: &Path,
        writing: &Writing,
        database_bytes: u64,
        wrapped: Vec<u8>,
        documents: u64,
        scratch: &Scratch,
    ) -> Result<Manifest, StoreError> {
        let copy = crate::Store::open(scratch.path(), &source.key)?;
        let roster = copy.roster();
        let manifest = Manifest {
            format: FORMAT,
            id: format!(
                "{}-{}",
                self.made_at.strftime("%Y%m%dT%H%M%SZ"),
                HEXLOWER.encode(&random::<4>()?)
            ),
            made_at: self.made_at,
            practice: roster.practice.name.clone(),
            practice_id: source.practice.to_string(),
            workstation: roster
                .workstation(source.workstation)
                .map_or_else(String::new, |record| record.name.clone()),
            workstation_id: source.workstation.to_string(),
            data_version: DATA_VERSION,
            position: copy.reads().cursor()?.position,
            entries: log::newest(&copy.connection)?.local as u64,
            documents,
            database_bytes,
            written_bytes: writing.written,
            key: HEXLOWER.encode(&wrapped),
            chunk_bytes: CHUNK,
            chunks: writing.names.clone(),
        };
        drop(copy);
        writing.chunks.sync(&writing.new)?;
        let path = manifest_path(folder, &manifest.id);
        let draft = folder.join("list.draft");
        let bytes = manifest.to_bytes(&source.key);
        let written = (|| {
            let mut file = File::create(&draft)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            drop(file);
            if fs::read(&draft)? != bytes {
                return Err(std::io::Error::other("what was written reads back differently"));
            }
            fs::rename(&draft, &path)
        })();
        if let Err(error) = written {
            // Best effort: the failure that is reported is the first one.
            let _ = fs::remove_file(&draft);
            return Err(in_folder(folder)(error));
        }
        if let Err(error) = sync_folder(folder) {
            // Its chunks go with the failure, so it must not be found, either.
            let _ = fs::remove_file(&path);
            return Err(error);
        }
        Ok(manifest)
    }

    /// Removes generations that are no longer wanted, then chunks that nobody names. While any manifest cannot be read,
    /// nobody knows what it names, and all chunks stay.
    fn tidy(&self, folder: &Path, made: &str) -> Result<(), StoreError> {
        let found = in_workstation_folder(folder)?;
        let times: Vec<(&str, Timestamp)> = found
            .iter()
            .filter_map(|found| Some((found.id.as_str(), found.manifest.as_ref().ok()?.made_at)))
            .collect();
        for id in self.keep.superseded(&times, made) {
            fs::remove_file(manifest_path(folder, id)).map_err(in_folder(folder))?;
        }
        let mut named = HashSet::new();
        for left in in_workstation_folder(folder)? {
            for chunk in left.manifest?.chunk_names() {
                named.insert(chunk?.sha256);
            }
        }
        Chunks::of(folder).sweep(&named).map_err(in_folder(folder))?;
        Ok(())
    }
}

/// The chunks of earlier backups, by mark. Only genuine lists are believed.
fn known(earlier: &[FoundBackup], source: &BackupSource) -> HashMap<String, String> {
    let genuine = earlier
        .iter()
        .filter(|found| Manifest::is_genuine(&found.bytes, &source.key));
    genuine
        .filter_map(|found| found.manifest.as_ref().ok())
        .filter(|manifest| manifest.chunk_bytes == CHUNK)
        .flat_map(Manifest::chunk_names)
        .filter_map(Result::ok)
        .map(|chunk| (chunk.mark, chunk.sha256))
        .collect()
}

struct Writing {
    chunks: Chunks,
    marker: Marker,
    known: HashMap<String, String>,
    /// Written now.
    new: HashSet<String>,
    /// As the manifest lists them.
    names: Vec<String>,
    written: u64,
}

impl Writing {
    /// Brings every chunk of the copy into the folder, and puts into the copy what the folder gives back: what is
    /// checked afterwards is what a restore would find. Answers the size.
    fn all(&mut self, path: &Path, going: Going<'_>) -> Result<u64, StoreError> {
        let mut file = File::options().read(true).write(true).open(path)?;
        let size = file.metadata()?.len();
        let count = size.div_ceil(CHUNK);
        for at in 0..count {
            go_on(going, Step::Writing, at, count)?;
            let mut chunk = vec![0; usize::try_from(CHUNK.min(size - at * CHUNK)).unwrap_or_default()];
            file.seek(SeekFrom::Start(at * CHUNK))?;
            file.read_exact(&mut chunk)?;
            let mark = self.marker.mark(at as usize, &chunk);
            let (sha256, kept) = self.keep(&mark, &chunk)?;
            file.seek(SeekFrom::Start(at * CHUNK))?;
            file.write_all(&kept)?;
            self.names.push(format!("{sha256} {mark}"));
        }
        go_on(going, Step::Writing, count, count)?;
        Ok(size)
    }

    fn keep(&mut self, mark: &str, chunk: &[u8]) -> Result<(String, Vec<u8>), StoreError> {
        // One that was damaged meanwhile is not used: this backup is sound again, whatever happened to the older ones.
        if let Some(sha256) = self.known.get(mark)
            && let Ok(kept) = self.chunks.read(sha256)
            && kept.len() == chunk.len()
        {
            return Ok((sha256.clone(), kept));
        }
        let sha256 = self.chunks.write(chunk)?;
        self.new.insert(sha256.clone());
        self.written += chunk.len() as u64;
        let kept = self.chunks.read(&sha256)?;
        Ok((sha256, kept))
    }
}

fn lock(path: &Path) -> Result<Option<File>, StoreError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(in_folder(path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::BackupRunning),
        // Some network folders know no locks; the workstation's own is held in any case.
        Err(TryLockError::Error(_)) => Ok(None),
    }
}
