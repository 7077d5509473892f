//! Inside the one door: what a closure may read and record.

use std::collections::HashMap;
use std::sync::Arc;

use clinic::{Author, Change, Entity, EntityKind, Roster, WorkstationId};
use rusqlite::Connection;

use crate::queries::{FieldConflictKey, Reads};
use crate::versions::KeptVersions;
use crate::{StoreError, rows};

/// A transaction in progress. Reads see what was recorded.
pub struct Tx<'s> {
    pub(crate) connection: &'s Connection,
    pub(crate) author: Author,
    pub(crate) workstation: WorkstationId,
    pub(crate) roster: Arc<Roster>,
    versions: Arc<KeptVersions>,
    pub(crate) nets: Vec<Net>,
    index: HashMap<(EntityKind, String), usize>,
    pub(crate) reason: String,
    /// The entry that is taken back or done again.
    pub(crate) undoes: Option<i64>,
}

/// One record's change over the whole transaction.
pub(crate) struct Net {
    pub before: Option<Entity>,
    pub after: Option<Entity>,
    /// Fields to be written even if unchanged.
    pub forced: Vec<String>,
}

impl Net {
    pub fn is_empty(&self) -> bool {
        self.before == self.after && self.forced.is_empty()
    }

    pub fn entity(&self) -> &Entity {
        self.after
            .as_ref()
            .or(self.before.as_ref())
            .expect("a recorded change has a before or an after")
    }
}

impl<'s> Tx<'s> {
    pub(crate) fn new(
        connection: &'s Connection,
        author: Author,
        workstation: WorkstationId,
        roster: Arc<Roster>,
        versions: Arc<KeptVersions>,
    ) -> Tx<'s> {
        Tx {
            connection,
            author,
            workstation,
            roster,
            versions,
            nets: Vec::new(),
            index: HashMap::new(),
            reason: String::new(),
            undoes: None,
        }
    }

    /// Who acts, when, and the stamp for what is booked now.
    pub fn author(&self) -> &Author {
        &self.author
    }

    pub fn workstation(&self) -> WorkstationId {
        self.workstation
    }

    /// The practice with what was recorded so far.
    pub fn roster(&self) -> Arc<Roster> {
        self.roster.clone()
    }

    /// The rows with what was recorded so far.
    pub fn reads(&self) -> Reads<'_> {
        Reads::new(self.connection)
    }

    /// Versions of templates that were read. One that this transaction makes is not among them before it is committed.
    pub fn kept_versions(&self) -> &KeptVersions {
        &self.versions
    }

    /// Whether this transaction changes what is applied.
    pub fn changes_applications(&self) -> bool {
        self.nets
            .iter()
            .any(|net| net.entity().kind() == EntityKind::TemplateApplication)
    }

    /// What was recorded so far, net.
    pub fn changes(&self) -> Vec<Change> {
        self.nets
            .iter()
            .filter(|net| !net.is_empty())
            .map(|net| Change {
                before: net.before.clone(),
                after: net.after.clone(),
            })
            .collect()
    }

    /// A reason for the history: of an override, a cancellation.
    pub fn reason(&mut self, reason: &str) {
        reason.clone_into(&mut self.reason);
    }

    /// Records a plan. Each `before` must be the record's present state ([`StoreError::Outdated`] otherwise).
    pub fn record(&mut self, changes: impl IntoIterator<Item = Change>) -> Result<(), StoreError> {
        changes
            .into_iter()
            .try_for_each(|change| self.record_one(change, Vec::new()))
    }

    /// Decides a field that has several values, for the one with this id. Nobody else's value is left.
    pub fn settle(&mut self, key: &FieldConflictKey, value_id: &str) -> Result<(), StoreError> {
        let outdated = || StoreError::Outdated {
            kind: key.kind,
            key: key.record.clone(),
        };
        let conflict = self.reads().field_conflict(key)?.ok_or_else(outdated)?;
        let chosen = conflict
            .values
            .into_iter()
            .find(|value| value.id == value_id)
            .ok_or_else(outdated)?;
        let before = self.reads().entity(key.kind, &key.record)?.ok_or_else(outdated)?;
        let mut fields = before.to_fields();
        fields.insert(key.field.clone(), chosen.value);
        let after = Entity::from_fields(key.kind, fields)
            .map_err(|error| StoreError::Unfit(format!("this value cannot be used: {error}")))?;
        self.record_one(
            Change {
                before: Some(before),
                after: Some(after),
            },
            vec![key.field.clone()],
        )
    }

    fn record_one(&mut self, change: Change, forced: Vec<String>) -> Result<(), StoreError> {
        let Change { before, after } = change;
        let (kind, key) = match (&before, &after) {
            (None, None) => return Ok(()),
            (Some(entity), None) | (None, Some(entity)) => (entity.kind(), entity.key()),
            (Some(before), Some(after)) => {
                if before.kind() != after.kind() || before.key() != after.key() {
                    return Err(StoreError::Unfit("a change is about one record".into()));
                }
                if before.document() != after.document() {
                    return Err(StoreError::Unfit(format!(
                        "a {} cannot move to another document: remove it and add a new one",
                        crate::error::words(after.kind())
                    )));
                }
                (after.kind(), after.key())
            }
        };
        self.check_removal(before.as_ref(), after.as_ref())?;
        let place = self.index.get(&(kind, key.clone())).copied();
        if before.is_some() {
            let loaded;
            let present = match place {
                Some(at) => self.nets[at].after.as_ref(),
                None => {
                    loaded = rows::load(self.connection, kind, &key)?;
                    loaded.as_ref()
                }
            };
            if present != before.as_ref() {
                return Err(StoreError::Outdated { kind, key });
            }
        }
        rows::write(self.connection, before.as_ref(), after.as_ref())?;
        if crate::memory::ROSTER.contains(&kind) {
            Arc::make_mut(&mut self.roster).apply(&Change {
                before: before.clone(),
                after: after.clone(),
            });
        }
        match place {
            Some(at) => {
                self.nets[at].after = after;
                self.nets[at].forced.extend(forced);
            }
            None => {
                self.index.insert((kind, key), self.nets.len());
                self.nets.push(Net {
                    before,
                    after,
                    forced,
                });
            }
        }
        Ok(())
    }

    /// A patient's document holds their visits: it cannot go while they are there.
    fn check_removal(&self, before: Option<&Entity>, after: Option<&Entity>) -> Result<(), StoreError> {
        if let (Some(Entity::Patient(patient)), None) = (before, after)
            && !self.reads().appointments_of(patient.id)?.is_empty()
        {
            return Err(StoreError::Unfit("the patient still has visits".into()));
        }
        if let (Some(Entity::TemplateVersion(version)), None) = (before, after)
            && self.reads().version_is_applied(version.id)?
        {
            return Err(StoreError::Unfit(format!(
                "the version “{}” is applied to dates",
                version.name
            )));
        }
        Ok(())
    }
}
