//! A folder for encrypted work in progress.

use std::path::{Path, PathBuf};

use crate::StoreError;

/// Gone when dropped. What an earlier, broken-off run left is removed.
pub struct Scratch(PathBuf);

impl Scratch {
    /// # Errors
    /// Of the disk.
    pub fn new(path: PathBuf) -> Result<Scratch, StoreError> {
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
        Ok(Scratch(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a folder of work in progress could not be removed");
        }
    }
}
