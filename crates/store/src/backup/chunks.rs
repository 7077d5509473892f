//! Chunks in the backup folder: files named by the SHA-256 of their bytes, written under another name first.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{damaged, in_folder};
use crate::StoreError;

pub(super) struct Chunks(PathBuf);

impl Chunks {
    /// Of a workstation's folder.
    pub fn of(folder: &Path) -> Chunks {
        Chunks(folder.join("chunks"))
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.0.join(&sha256[..2]).join(&sha256[2..])
    }

    /// The bytes, if they are what their name says.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let path = self.path(sha256);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(damaged(format!("{} is missing", path.display())));
            }
            Err(error) => return Err(in_folder(&path)(error)),
        };
        if HEXLOWER.encode(&Sha256::digest(&bytes)) != sha256 {
            return Err(damaged(format!("{} was changed", path.display())));
        }
        Ok(bytes)
    }

    /// Writes a chunk for good and answers its name. One that is there with other bytes than its name says is replaced.
    pub fn write(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let sha256 = HEXLOWER.encode(&Sha256::digest(bytes));
        let path = self.path(&sha256);
        // One backup writes at a time, so one name will do; what a broken-off one left is written over.
        let draft = self.0.join("chunk.draft");
        let written = (|| {
            fs::create_dir_all(path.parent().expect("a chunk lies in a folder"))?;
            let mut file = File::create(&draft)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            drop(file);
            fs::rename(&draft, &path)
        })();
        if let Err(error) = written {
            // Best effort: the failure that is reported is the first one.
            let _ = fs::remove_file(&draft);
            return Err(in_folder(&self.0)(error));
        }
        Ok(sha256)
    }

    pub fn remove(&self, sha256: &str) {
        // One that stays behind is removed by the next backup.
        let _ = fs::remove_file(self.path(sha256));
    }

    /// Makes sure that the names of what was written last, too, and not only the bytes.
    pub fn sync(&self, names: &HashSet<String>) -> Result<(), StoreError> {
        let folders: HashSet<&str> = names.iter().map(|sha256| &sha256[..2]).collect();
        for folder in folders {
            sync_folder(&self.0.join(folder))?;
        }
        if self.0.exists() {
            sync_folder(&self.0)
        } else {
            Ok(())
        }
    }

    /// Removes what no backup names any more.
    pub fn sweep(&self, named: &HashSet<String>) -> std::io::Result<u64> {
        let mut removed = 0;
        if !self.0.exists() {
            return Ok(0);
        }
        for folder in fs::read_dir(&self.0)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue; // a draft
            }
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let name = format!(
                    "{}{}",
                    folder.file_name().to_string_lossy(),
                    file.file_name().to_string_lossy()
                );
                if !named.contains(&name) {
                    fs::remove_file(file.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

/// After a rename: the folder itself must reach the disk, where the system can be told so.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    match File::open(path).and_then(|folder| folder.sync_all()) {
        // Network folders may not be able to.
        Err(error)
            if !matches!(
                error.kind(),
                std::io::ErrorKind::InvalidInput | std::io::ErrorKind::Unsupported
            ) =>
        {
            return Err(in_folder(path)(error));
        }
        _ => {}
    }
    let _ = path;
    Ok(())
}
