//! What day sheets need again and again of templates, read once: kept versions, which never change, and what is applied, which is
//! forgotten when it does.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clinic::{TemplateApplication, TemplateApplicationId, TemplateVersion, TemplateVersionId};

use crate::StoreError;
use crate::queries::Reads;

/// More of a kind than these are not kept: a practice has a few dozen in use.
const MOST: usize = 200;

/// Versions and applications by id, shared by everything that reads the same file.
#[derive(Debug, Default)]
pub struct KeptVersions {
    versions: Kept<TemplateVersionId, TemplateVersion>,
    applications: Kept<TemplateApplicationId, TemplateApplication>,
}

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
        self.versions.get(id, || reads.template_version(id))
    }

    /// The same for what is applied. Not for a transaction that changes it: that would see what is not so yet.
    ///
    /// # Errors
    /// Of the disk.
    pub fn application(
        &self,
        reads: Reads<'_>,
        id: TemplateApplicationId,
    ) -> Result<Option<Arc<TemplateApplication>>, StoreError> {
        self.applications.get(id, || reads.template_application(id))
    }

    pub(crate) fn forget(&self, id: TemplateVersionId) {
        self.versions.lock().remove(&id);
    }

    pub(crate) fn forget_application(&self, id: TemplateApplicationId) {
        self.applications.lock().remove(&id);
    }
}

#[derive(Debug)]
struct Kept<K, V>(Mutex<HashMap<K, Arc<V>>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash, V> Kept<K, V> {
    fn get(
        &self,
        id: K,
        read: impl FnOnce() -> Result<Option<V>, StoreError>,
    ) -> Result<Option<Arc<V>>, StoreError> {
        if let Some(record) = self.lock().get(&id) {
            return Ok(Some(record.clone()));
        }
        let Some(record) = read()?.map(Arc::new) else {
            return Ok(None);
        };
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(id, record.clone());
        Ok(Some(record))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
