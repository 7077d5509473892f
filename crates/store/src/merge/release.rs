//! Letting in what was set aside. Every workstation meets the same statement at the same place in the log and applies the
//! named envelopes as if their author had had every right; that they are sound is checked like always.

use std::collections::HashSet;
use std::sync::Arc;

use clinic::{PersonId, Rights, WorkstationId};
use rusqlite::{Connection, params};

use super::{Incoming, Merging, Verdict};
use crate::StoreError;
use crate::apply::Refusal;
use crate::batch::Batch;
use crate::log::{EnvelopeId, Standing};
use crate::queries::Reads;

/// One envelope that an administrator lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub id: EnvelopeId,
    /// Who lets it in, and why.
    pub by: PersonId,
    pub reason: String,
    /// The envelope, or why nobody can make anything of it.
    pub content: Result<Content, String>,
}

/// An envelope whose signatures were checked and that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub bytes: Vec<u8>,
    /// Whose signatures it has.
    pub workstation: WorkstationId,
    pub person: PersonId,
    /// What was inside ([`Batch::encode`]d).
    pub batch: Vec<u8>,
}

/// Envelopes that were let in and count.
pub(super) fn known(connection: &Connection) -> Result<HashSet<EnvelopeId>, StoreError> {
    let sql = "SELECT envelope FROM released WHERE trouble = ''";
    let list = Reads::new(connection).all(sql, [], |row| Ok(row.get(0)?))?;
    Ok(list.into_iter().collect())
}

impl Merging<'_> {
    /// What the author of an entry may do.
    pub(super) fn rights_of(&self, entry: &Incoming) -> Arc<Rights> {
        if self.released.contains(&entry.id) {
            Arc::new(Rights::unlimited(entry.rights.person))
        } else {
            entry.rights.clone()
        }
    }

    /// `position`: of the statement that says so. What counts already does no harm.
    pub(super) fn let_in(&mut self, position: u64, release: &Release) -> Result<(), StoreError> {
        if self.released.contains(&release.id) {
            return Ok(());
        }
        let row = self.row_of(&release.id)?;
        let outcome = match &release.content {
            Ok(content) => self.let_in_content(release.id, content, row)?,
            Err(why) => Err(why.clone()),
        };
        let local = match row {
            Some((local, _)) => Some(local),
            None => self.row_of(&release.id)?.map(|(local, _)| local),
        };
        if let Err(trouble) = &outcome {
            tracing::warn!(position, trouble, "an envelope was let in that cannot be applied");
        }
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO released (envelope, local, position, person, reason, trouble)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                release.id,
                local,
                position as i64,
                release.by.to_bytes(),
                release.reason,
                outcome.as_ref().err().map_or("", String::as_str),
            ])?;
        if outcome.is_ok() {
            self.released.insert(release.id);
        }
        Ok(())
    }

    fn row_of(&self, id: &EnvelopeId) -> Result<Option<(i64, i64)>, StoreError> {
        let reads = Reads::new(self.connection);
        let remote = "SELECT local, verdict FROM log WHERE envelope = ?1 AND own_sequence IS NULL";
        let own = "SELECT local, verdict FROM log WHERE envelope = ?1 AND own_sequence IS NOT NULL";
        match reads.one(remote, [id], |row| Ok((row.get(0)?, row.get(1)?)))? {
            Some(found) => Ok(Some(found)),
            None => reads.one(own, [id], |row| Ok((row.get(0)?, row.get(1)?))),
        }
    }

    /// Says why it cannot be applied.
    fn let_in_content(
        &mut self,
        id: EnvelopeId,
        content: &Content,
        row: Option<(i64, i64)>,
    ) -> Result<Result<(), String>, StoreError> {
        let batch = match Batch::decode(&content.batch) {
            Ok(batch) if batch.workstation == content.workstation => batch,
            Ok(_) => {
                return Ok(Err(
                    "it claims to come from another workstation than the one that signed it".to_owned(),
                ));
            }
            Err(reason) => return Ok(Err(reason)),
        };
        let rights = Rights::unlimited(content.person);
        match row {
            Some((_, verdict)) if verdict == Standing::Accepted as i64 => Ok(Ok(())),
            Some((local, verdict)) if verdict == Standing::Waiting as i64 => {
                self.wait_with(local, &rights)?;
                self.let_in = true;
                Ok(Ok(()))
            }
            Some((local, verdict)) if verdict == Standing::Quarantined as i64 => {
                self.let_in_row(local, &content.batch, &batch, &rights)
            }
            Some(_) => Ok(Err("it is not a change of the practice’s records".to_owned())),
            None => self.let_in_new(id, content, &batch, rights),
        }
    }

    fn wait_with(&self, local: i64, rights: &Rights) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE waiting SET rights = ?2 WHERE local = ?1")?
            .execute(params![local, serde_json::to_string(rights)?])?;
        Ok(())
    }

    fn let_in_row(
        &mut self,
        local: i64,
        bytes: &[u8],
        batch: &Batch,
        rights: &Rights,
    ) -> Result<Result<(), String>, StoreError> {
        let outcome = self.bench.apply(batch, rights)?;
        if let Err(Refusal::Unfit(reason)) = outcome {
            return Ok(Err(reason));
        }
        self.connection
            .prepare_cached("DELETE FROM quarantine WHERE local = ?1")?
            .execute([local])?;
        self.let_in = true;
        match outcome {
            Ok(applied) => {
                self.settle_waiting(local, Standing::Accepted)?;
                self.name_entry(local, batch, &applied)?;
                self.note_applied(local, batch, applied)?;
            }
            Err(Refusal::Missing(missing)) => {
                self.settle_waiting(local, Standing::Waiting)?;
                self.connection
                    .prepare_cached(
                        "INSERT INTO waiting (local, missing, batch, rights) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![
                        local,
                        missing.concat(),
                        bytes,
                        serde_json::to_string(rights)?
                    ])?;
            }
            Err(Refusal::Unfit(_)) => {}
        }
        Ok(Ok(()))
    }

    /// It never came here by itself: the relay did not take it.
    fn let_in_new(
        &mut self,
        id: EnvelopeId,
        content: &Content,
        batch: &Batch,
        rights: Rights,
    ) -> Result<Result<(), String>, StoreError> {
        let entry = Incoming {
            position: 0,
            id,
            bytes: content.bytes.clone(),
            workstation: content.workstation,
            batch: Some(content.batch.clone()),
            rights: Arc::new(rights),
            judge_again: false,
            verdict: Verdict::Accepted,
        };
        match self.bench.apply(batch, &entry.rights)? {
            Ok(applied) => self.accept(&entry, batch, applied).map(Ok),
            Err(Refusal::Missing(missing)) => self.keep_waiting(&entry, &missing).map(Ok),
            Err(Refusal::Unfit(reason)) => {
                self.set_aside(&entry, reason.clone())?;
                Ok(Err(reason))
            }
        }
    }

    /// Something that was let in turned out not to be sound when what it waited for came.
    pub(super) fn note_trouble(&self, local: i64, reason: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE released SET trouble = ?2 WHERE local = ?1")?
            .execute(params![local, reason])?;
        Ok(())
    }
}
