//! Appending, inside somebody's transaction.

use clinic::{PatientId, PersonId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::entry::{Canonical, digest, genesis, joined};
use super::{Anchor, BEGIN, Look, Own, RESTORE, Via};
use crate::StoreError;
use crate::log::{self, EnvelopeId};

/// So many patients lie in the entry itself; more are a set that later entries share.
const FEW: usize = 16;

/// The end of the chain, going forward.
pub(crate) struct Chain<'c> {
    connection: &'c Connection,
    own: &'c Own,
    head: Anchor,
}

/// A write to be noted.
pub(crate) struct Write<'a> {
    pub person: PersonId,
    pub at: Timestamp,
    pub action: &'a str,
    pub reason: &'a str,
    pub envelope: &'a EnvelopeId,
    pub patients: &'a [PatientId],
}

/// What every entry has, whatever it is about.
struct Entry<'a> {
    person: PersonId,
    at: Timestamp,
    until: Timestamp,
    action: &'a str,
    object: &'a str,
    reason: &'a str,
    times: u32,
    envelope: Option<&'a EnvelopeId>,
    patients: &'a [PatientId],
}

/// The newest entry; number 0 before the first.
pub(super) fn head(connection: &Connection, own: &Own) -> Result<Anchor, StoreError> {
    let newest = connection
        .prepare_cached("SELECT number, hash, origin FROM audit ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(Anchor {
                number: row.get::<_, i64>(0)? as u64,
                hash: row.get(1)?,
                origin: row.get(2)?,
            })
        })
        .optional()?;
    Ok(newest.unwrap_or(Anchor {
        number: 0,
        hash: genesis(own.practice, own.workstation),
        origin: [0; 8],
    }))
}

impl<'c> Chain<'c> {
    /// The transaction must be one that writes: nobody else appends meanwhile.
    pub fn open(connection: &'c Connection, own: &'c Own) -> Result<Chain<'c>, StoreError> {
        Ok(Chain {
            connection,
            own,
            head: head(connection, own)?,
        })
    }

    /// How far the audit has come; none if it has not begun.
    pub fn anchor(&self) -> Option<Anchor> {
        (self.head.number > 0).then_some(self.head)
    }

    pub fn append_waiting(&mut self) -> Result<(), StoreError> {
        self.own
            .waiting
            .iter()
            .try_for_each(|look| self.append_look(look))
    }

    fn append_look(&mut self, look: &Look) -> Result<(), StoreError> {
        let number = self.append(&Entry {
            person: look.person,
            at: look.at,
            until: look.until,
            action: &look.action,
            object: &look.object,
            reason: &look.reason,
            times: look.times,
            envelope: None,
            patients: &look.patients,
        })?;
        let patients = joined(&look.patients);
        if patients.len() <= FEW * 16 {
            let mut statement = self
                .connection
                .prepare_cached("INSERT INTO audit_patients (patient, number) VALUES (?1, ?2)")?;
            for patient in patients.chunks_exact(16) {
                statement.execute(params![patient, number])?;
            }
        }
        Ok(())
    }

    /// The number of the entry.
    pub fn append_write(&mut self, write: &Write<'_>) -> Result<i64, StoreError> {
        self.append(&Entry {
            person: write.person,
            at: write.at,
            until: write.at,
            action: write.action,
            object: "",
            reason: write.reason,
            times: 1,
            envelope: Some(write.envelope),
            patients: write.patients,
        })
    }

    fn append(&mut self, entry: &Entry<'_>) -> Result<i64, StoreError> {
        if self.head.number == 0 {
            let before = log::newest(self.connection)?.last_own_sequence.to_string();
            self.insert(&Entry {
                person: entry.person,
                at: entry.at,
                until: entry.at,
                action: BEGIN,
                object: &before,
                reason: "",
                times: 1,
                envelope: None,
                patients: &[],
            })?;
        }
        self.insert(entry)
    }

    fn insert(&mut self, entry: &Entry<'_>) -> Result<i64, StoreError> {
        let patients = joined(entry.patients);
        let via: Via = self.own.via;
        let canonical = Canonical {
            at_millis: entry.at.as_millisecond(),
            until_millis: entry.until.as_millisecond(),
            person: entry.person.to_bytes(),
            object: entry.object,
            reason: entry.reason,
            times: entry.times,
            via: via as u8,
            envelope: entry.envelope.copied(),
            patients: digest(&patients),
            ..Canonical::blank(self.head.number + 1, entry.action)
        };
        let hash = canonical.hash(&self.head.hash);
        let mut origin = self.head.origin;
        if entry.action == RESTORE {
            origin.copy_from_slice(&hash[..8]);
        }
        let number = canonical.number as i64;
        let is_few = patients.len() <= FEW * 16;
        let set = match is_few {
            true => None,
            false => Some(self.set_of(&canonical.patients, &patients)?),
        };
        self.connection
            .prepare_cached(
                "INSERT INTO audit (number, at_millis, until_millis, person, action, object, reason, times, via, envelope,
                   patients, patient_set, origin, hash)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                number,
                canonical.at_millis,
                canonical.until_millis,
                canonical.person,
                canonical.action,
                canonical.object,
                canonical.reason,
                canonical.times,
                canonical.via,
                canonical.envelope,
                is_few.then_some(&patients),
                set,
                origin,
                hash,
            ])?;
        self.head = Anchor {
            number: canonical.number,
            hash,
            origin,
        };
        Ok(number)
    }

    fn set_of(&self, digest: &[u8; 32], patients: &[u8]) -> Result<i64, StoreError> {
        let known = self
            .connection
            .prepare_cached("SELECT id FROM audit_sets WHERE digest = ?1")?
            .query_row([digest], |row| row.get(0))
            .optional()?;
        if let Some(id) = known {
            return Ok(id);
        }
        self.connection
            .prepare_cached("INSERT INTO audit_sets (digest, patients) VALUES (?1, ?2)")?
            .execute(params![digest, patients])?;
        Ok(self.connection.last_insert_rowid())
    }
}
