//! A backup folder: one subfolder per workstation, because each has a file and a key of its own.

use std::fs;
use std::path::{Path, PathBuf};

use super::in_folder;
use super::manifest::Manifest;
use crate::StoreError;

const ENDING: &str = ".backup.json";

/// A backup that lies in a folder.
#[derive(Debug)]
pub struct FoundBackup {
    pub id: String,
    /// The workstation's subfolder.
    pub(super) folder: PathBuf,
    /// The manifest, or what is wrong with it.
    pub manifest: Result<Manifest, StoreError>,
    pub(super) bytes: Vec<u8>,
}

pub(super) fn manifest_path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}{ENDING}"))
}

/// Every backup of a folder, newest first. `folder` may be the one that was chosen for backups, or one workstation's in it.
pub fn list_backups(folder: &Path) -> Result<Vec<FoundBackup>, StoreError> {
    let mut found = in_workstation_folder(folder)?;
    for entry in fs::read_dir(folder).map_err(in_folder(folder))? {
        let entry = entry.map_err(in_folder(folder))?;
        if entry.path().is_dir() && entry.file_name() != "chunks" {
            found.extend(in_workstation_folder(&entry.path())?);
        }
    }
    // Ids begin with the time.
    found.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(found)
}

/// The backup of this id, or the newest. One that cannot be read is found too, and says why.
pub fn find_backup(folder: &Path, id: Option<&str>) -> Result<FoundBackup, StoreError> {
    list_backups(folder)?
        .into_iter()
        .find(|found| id.is_none_or(|id| found.id == id))
        .ok_or_else(|| StoreError::NoBackup {
            path: match id {
                Some(id) => folder.join(id),
                None => folder.to_owned(),
            },
        })
}

pub(super) fn in_workstation_folder(folder: &Path) -> Result<Vec<FoundBackup>, StoreError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(in_folder(folder))? {
        let entry = entry.map_err(in_folder(folder))?;
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_suffix(ENDING)) else {
            continue;
        };
        let bytes = fs::read(entry.path()).map_err(in_folder(&entry.path()))?;
        let manifest = Manifest::from_bytes(&bytes).and_then(|manifest| {
            if manifest.id == id {
                Ok(manifest)
            } else {
                Err(super::damaged("its list belongs to another backup"))
            }
        });
        found.push(FoundBackup {
            id: id.to_owned(),
            folder: folder.to_owned(),
            manifest,
            bytes,
        });
    }
    Ok(found)
}
