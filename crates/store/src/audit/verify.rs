//! Whether the audit is whole: the chain from its beginning, own writes against their entries, and what own envelopes
//! and other workstations' envelopes say about audits.

use std::collections::{BTreeMap, BTreeSet};

use clinic::WorkstationId;
use rusqlite::{Connection, OptionalExtension, Row};

use super::anchor::{Anchor, KeptAnchor};
use super::append::head;
use super::entry::{Canonical, digest, genesis};
use super::{BEGIN, END, Own, RESTORE};
use crate::StoreError;
use crate::batch::Batch;
use crate::queries::Reads;
use crate::rebuild::Progress;
use crate::store::Store;

/// From an envelope's bytes to the batch inside, or why it cannot be opened.
pub type Open<'o> = &'o dyn Fn(&[u8]) -> Result<Vec<u8>, String>;

/// At most so many troubles are told.
const MOST_TOLD: usize = 100;

/// What [`Store::verify_audit`] looked at and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    pub entries: u64,
    pub looks: u64,
    pub writes: u64,
    /// Where the audit stands; others can hold it against this workstation later.
    pub head: Option<Anchor>,
    /// What is known of other workstations' audits.
    pub others: Vec<KeptAnchor>,
    /// The workstation went on from a backup; the newest entry that is known to have been lost with the old file.
    pub lost: Option<u64>,
    /// What is wrong, in words, without names; empty: everything is as it should be.
    pub troubles: Vec<String>,
}

impl AuditReport {
    pub fn is_sound(&self) -> bool {
        self.troubles.is_empty()
    }

    fn note(&mut self, trouble: String) {
        if self.troubles.len() < MOST_TOLD {
            self.troubles.push(trouble);
        }
    }
}

/// What the first pass learns for the next ones.
#[derive(Default)]
struct Walked {
    /// Own envelopes before the audit began.
    before: u64,
    /// Entries that say that the workstation went on from a backup.
    restores: Vec<u64>,
}

impl Store {
    /// Checks the audit from its first entry. `open` gives what an own envelope holds; `held` are anchors (number and
    /// hash) that somebody else kept of this workstation's audit.
    pub fn verify_audit(
        &self,
        open: Open<'_>,
        held: &[(u64, [u8; 32])],
        progress: Progress<'_>,
    ) -> Result<AuditReport, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut report = AuditReport::default();
        let total = count(&transaction, "SELECT coalesce(max(number), 0) FROM audit")?
            + count(&transaction, "SELECT count(*) FROM log WHERE audit IS NOT NULL")?;
        let mut done = 0;
        let mut step = || {
            done += 1;
            if done % 1_000 == 0 {
                progress(done, total);
            }
        };
        let walked = walk(&transaction, &self.audit, &mut report, &mut step)?;
        check_writes(&transaction, &walked, open, &mut report, &mut step)?;
        for (number, hash) in held {
            let here = hash_at(&transaction, &self.audit, *number)?;
            if here.as_ref() != Some(hash) {
                report.note(format!("entry {number} is not the one that others were told of"));
            }
        }
        let end = Reads::new(&transaction).setting(END)?;
        let end = end.as_ref().and_then(|end| end.split_first_chunk::<8>());
        if let Some((number, hash)) = end {
            let here = hash_at(&transaction, &self.audit, u64::from_be_bytes(*number))?;
            if here.as_ref().map(<[u8; 32]>::as_slice) != Some(hash) {
                report.note("the newest entries are missing".to_owned());
            }
        }
        check_anchors(&transaction, &self.audit, &walked, &mut report)?;
        let newest = head(&transaction, &self.audit)?;
        report.head = (newest.number > 0).then_some(newest);
        Ok(report)
    }
}

fn count(connection: &Connection, sql: &str) -> Result<u64, StoreError> {
    let number: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(number.unsigned_abs())
}

/// Every entry follows from the one before; nothing beside the entries says anything else than they do.
fn walk(
    connection: &Connection,
    own: &Own,
    report: &mut AuditReport,
    step: &mut dyn FnMut(),
) -> Result<Walked, StoreError> {
    let mut walked = Walked::default();
    let sets = check_sets(connection, report)?;
    let mut used = BTreeSet::new();
    let mut indexed = 0;
    let mut expected = 1;
    let mut previous = genesis(own.practice, own.workstation);
    let mut origin = [0; 8];
    let mut statement = connection.prepare(
        "SELECT number, at_millis, until_millis, person, action, object, reason, times, via, envelope, patients,
           patient_set, origin, hash FROM audit ORDER BY number",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        step();
        let number = row.get::<_, i64>(0)?.unsigned_abs();
        if number != expected {
            report.note(format!(
                "entries {expected} to {} are missing",
                number.saturating_sub(1)
            ));
        }
        expected = number + 1;
        let text = |column| {
            row.get_ref(column)
                .map(|value| value.as_str().unwrap_or_default())
        };
        let action = text(4)?;
        let set: Option<i64> = row.get(11)?;
        let few = row.get_ref(10)?.as_blob_or_null().map_err(StoreError::corrupt)?;
        let patients = match (few, set) {
            (Some(few), None) => Some(digest(few)),
            (None, Some(set)) => {
                used.insert(set);
                sets.get(&set).copied()
            }
            _ => None,
        };
        let envelope: Option<Vec<u8>> = row.get(9)?;
        let hash: Option<[u8; 32]> = bytes(row, 13)?;
        let expected_hash = (|| {
            let canonical = Canonical {
                at_millis: row.get(1).ok()?,
                until_millis: row.get(2).ok()?,
                person: bytes(row, 3).ok()??,
                object: text(5).ok()?,
                reason: text(6).ok()?,
                times: row.get(7).ok()?,
                via: row.get(8).ok()?,
                envelope: match &envelope {
                    None => None,
                    Some(id) => Some(id.as_slice().try_into().ok()?),
                },
                patients: patients?,
                ..Canonical::blank(number, action)
            };
            Some(canonical.hash(&previous))
        })();
        if expected_hash.is_none() || expected_hash != hash {
            report.note(format!("entry {number} was changed, or what came before it was"));
        }
        if action == RESTORE {
            walked.restores.push(number);
            if let Some(hash) = hash {
                origin.copy_from_slice(&hash[..8]);
            }
        }
        if bytes(row, 12)? != Some(origin) {
            report.note(format!("entry {number} names another beginning"));
        }
        match (number, text(5)?.parse()) {
            (1, Ok(before)) if action == BEGIN => walked.before = before,
            (1, _) => report.note("the first entry is not the beginning".to_owned()),
            _ if action == BEGIN => report.note(format!("entry {number} begins a second time")),
            _ => {}
        }
        report.entries += 1;
        match envelope {
            Some(_) => report.writes += 1,
            None if action != BEGIN => report.looks += 1,
            None => {}
        }
        if let (None, Some(few)) = (envelope, few) {
            indexed += few.len() as u64 / 16;
            check_index(connection, number, few, report)?;
        }
        previous = hash.unwrap_or(previous);
    }
    if count(connection, "SELECT count(*) FROM audit_patients")? != indexed {
        report.note("the index of patients names entries that do not name them".to_owned());
    }
    if report.entries == 0 {
        // Nothing was written since there are audits; otherwise own envelopes speak against it.
        walked.before = u64::MAX;
    }
    if sets.len() != used.len() {
        report.note("there are lists of patients that no entry has".to_owned());
    }
    Ok(walked)
}

fn bytes<const N: usize>(row: &Row<'_>, column: usize) -> Result<Option<[u8; N]>, StoreError> {
    let value = row
        .get_ref(column)?
        .as_blob_or_null()
        .map_err(StoreError::corrupt)?;
    Ok(value.and_then(|value| value.try_into().ok()))
}

fn check_sets(
    connection: &Connection,
    report: &mut AuditReport,
) -> Result<BTreeMap<i64, [u8; 32]>, StoreError> {
    let mut sets = BTreeMap::new();
    let mut statement = connection.prepare("SELECT id, digest, patients FROM audit_sets")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let found = digest(row.get_ref(2)?.as_blob().map_err(StoreError::corrupt)?);
        if bytes(row, 1)? != Some(found) {
            report.note(format!("the list of patients {id} was changed"));
        }
        sets.insert(id, found);
    }
    Ok(sets)
}

fn check_index(
    connection: &Connection,
    number: u64,
    few: &[u8],
    report: &mut AuditReport,
) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM audit_patients WHERE patient = ?1 AND number = ?2")?;
    for patient in few.chunks_exact(16) {
        if !statement.exists(rusqlite::params![patient, number as i64])? {
            report.note(format!("the index of patients does not have entry {number}"));
        }
    }
    Ok(())
}

/// Own operations of the log and entries with an envelope are the same, and what the envelopes say is true.
fn check_writes(
    connection: &Connection,
    walked: &Walked,
    open: Open<'_>,
    report: &mut AuditReport,
    step: &mut dyn FnMut(),
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(
        "SELECT log.own_sequence, log.envelope, log.bytes, audit.number, audit.envelope, audit.action, audit.person,
           audit.at_millis, audit.reason, log.audit
         FROM log LEFT JOIN audit ON audit.number = log.audit
         WHERE log.own_sequence IS NOT NULL AND log.op IS NOT NULL ORDER BY log.own_sequence",
    )?;
    let mut entry_hash = connection.prepare("SELECT hash FROM audit WHERE number = ?1")?;
    let mut rows = statement.query([])?;
    let mut noted = 0;
    while let Some(row) = rows.next()? {
        step();
        let sequence: i64 = row.get(0)?;
        let is_before = sequence.unsigned_abs() <= walked.before;
        let envelope: Vec<u8> = row.get(1)?;
        let number: Option<i64> = row.get(3)?;
        let noted_envelope: Option<Vec<u8>> = row.get(4)?;
        let number = number
            .filter(|_| noted_envelope.as_ref() == Some(&envelope))
            .map(i64::unsigned_abs);
        match number {
            Some(_) => noted += 1,
            None if is_before && row.get::<_, Option<i64>>(9)?.is_none() => {}
            None => report.note(format!("own envelope {sequence} has no entry")),
        }
        let opened = open(row.get_ref(2)?.as_blob().map_err(StoreError::corrupt)?);
        let batch = match opened.and_then(|batch| Batch::decode(&batch)) {
            Ok(batch) => batch,
            Err(reason) => {
                report.note(format!("own envelope {sequence} cannot be read: {reason}"));
                continue;
            }
        };
        let is_same = number.is_none()
            || row.get::<_, String>(5)? == batch.op.code()
                && bytes(row, 6)? == Some(batch.person.to_bytes())
                && row.get::<_, i64>(7)? == batch.at.as_millisecond()
                && row.get::<_, String>(8)? == batch.reason;
        if !is_same {
            report.note(format!(
                "the entry of own envelope {sequence} says something else than the envelope"
            ));
        }
        if let Some(anchor) = batch.audit {
            let here: Option<Vec<u8>> = entry_hash
                .query_row([anchor.number as i64], |row| row.get(0))
                .optional()?;
            // An audit that was begun anew would have to explain what was told of the old one.
            if here.as_deref() != Some(&anchor.hash) || number.is_some_and(|number| anchor.number >= number) {
                report.note(format!(
                    "entry {} is not the one that envelope {sequence} told others of",
                    anchor.number
                ));
            }
        }
    }
    if noted != report.writes {
        report.note("there are entries of writes whose envelopes are not there".to_owned());
    }
    Ok(())
}

/// Anchors of own envelopes that came back from the relay after a restore, and of other workstations.
fn check_anchors(
    connection: &Connection,
    own: &Own,
    walked: &Walked,
    report: &mut AuditReport,
) -> Result<(), StoreError> {
    for kept in Reads::new(connection).audit_anchors()? {
        if kept.workstation != own.workstation {
            report.others.push(kept);
            continue;
        }
        let number = kept.anchor.number;
        if hash_at(connection, own, number)? == Some(kept.anchor.hash) {
            continue;
        }
        match walked.restores.iter().any(|restore| *restore <= number) {
            true => report.lost = report.lost.max(Some(number)),
            false => report.note(format!("entry {number} is not the one that others were told of")),
        }
    }
    let breaks = Reads::new(connection).all(
        "SELECT workstation, number, kept_number FROM audit_breaks ORDER BY rowid",
        [],
        |row| {
            let workstation = WorkstationId::from_bytes(row.get(0)?);
            Ok((workstation, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        },
    )?;
    for (workstation, number, kept) in breaks {
        report.note(format!(
            "the audit of workstation {workstation} contradicts itself: entry {kept} was told of, and then entry {number}"
        ));
    }
    Ok(())
}

fn hash_at(connection: &Connection, own: &Own, number: u64) -> Result<Option<[u8; 32]>, StoreError> {
    if number == 0 {
        return Ok(Some(genesis(own.practice, own.workstation)));
    }
    let found: Option<Vec<u8>> = connection
        .prepare_cached("SELECT hash FROM audit WHERE number = ?1")?
        .query_row([i64::try_from(number).unwrap_or(i64::MAX)], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|hash| hash.try_into().ok()))
}
