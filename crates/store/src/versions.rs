//! Kept versions of templates, read once: they never change, and every day sheet needs one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use clinic::{TemplateVersion, TemplateVersionId};

use crate::StoreError;
use crate::queries::Reads;

/// More than these are not kept: a practice has a few dozen in use.
const MOST: usize = 200;

/// Versions by id, shared by everything that reads the same file.
#[derive(Debug, Default)]
pub struct KeptVersions(Mutex<HashMap<TemplateVersionId, Arc<TemplateVersion>>>);

impl KeptVersions {
    /// The version, from memory or its row; `None` if there is none, because it was taken back.
    ///
    /// # Errors
    /// Of the disk.
    pub fn get(
        &self,
        reads: Reads<'_>,
        id: TemplateVersionId,
    ) -> Result<Option<Arc<TemplateVersion>>, StoreError> {
        if let Some(version) = self.lock().get(&id) {
            return Ok(Some(version.clone()));
        }
        let Some(version) = reads.template_version(id)? else {
            return Ok(None);
        };
        let version = Arc::new(version);
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(id, version.clone());
        Ok(Some(version))
    }

    pub(crate) fn forget(&self, id: TemplateVersionId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TemplateVersionId, Arc<TemplateVersion>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
