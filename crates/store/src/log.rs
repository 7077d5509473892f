//! The log's rows: envelopes, outbox and history in one table.

use clinic::{Change, Entity, EntityKind, HistoryId, Op, PersonId, Stamp, WorkstationId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use crate::StoreError;
use crate::fields::{self, Fields};

/// SHA-256 of an envelope's bytes.
pub type EnvelopeId = [u8; 32];

/// What this workstation thinks of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Accepted = 0,
    Statement = 1,
    Quarantined = 2,
    Waiting = 3,
}

/// One operation as people look back on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Ascends in the order in which this workstation learned of it; not the same on others.
    pub id: HistoryId,
    pub op: Op,
    pub person: PersonId,
    pub workstation: WorkstationId,
    pub at: Timestamp,
    pub stamp: Stamp,
    pub reason: String,
    /// As this workstation saw it.
    pub changes: Vec<Change>,
    /// The entry that this one takes back or does again.
    pub undoes: Option<HistoryId>,
    pub is_undone: bool,
    pub envelope: EnvelopeId,
}

/// Where the clock and the own numbering stand: written into every row, so that the newest row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Newest {
    pub local: i64,
    pub clock_millis: u64,
    pub clock_counter: u32,
    pub last_own_sequence: u64,
}

pub(crate) fn newest(connection: &Connection) -> Result<Newest, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT local, clock_millis, clock_counter, last_own_sequence FROM log ORDER BY local DESC LIMIT 1",
    )?;
    let found = statement.query_row([], |row| {
        Ok(Newest {
            local: row.get(0)?,
            clock_millis: row.get::<_, i64>(1)? as u64,
            clock_counter: row.get(2)?,
            last_own_sequence: row.get::<_, i64>(3)? as u64,
        })
    });
    Ok(found.optional()?.unwrap_or(Newest {
        local: 0,
        clock_millis: 0,
        clock_counter: 0,
        last_own_sequence: 0,
    }))
}

/// A row to be written.
pub(crate) struct NewEntry<'a> {
    pub envelope: &'a EnvelopeId,
    pub bytes: &'a [u8],
    pub position: Option<u64>,
    pub own_sequence: Option<u64>,
    pub standing: Standing,
    pub workstation: WorkstationId,
    pub operation: Option<Operation<'a>>,
    pub clock: Newest,
    /// Its entry in the audit, if it is an own operation.
    pub audit: Option<i64>,
}

/// The part of a row that is history.
pub(crate) struct Operation<'a> {
    pub op: Op,
    pub person: PersonId,
    pub at: Timestamp,
    pub stamp: Stamp,
    pub reason: &'a str,
    pub undoes: Option<i64>,
    pub changes: &'a str,
}

pub(crate) fn insert(connection: &Connection, entry: &NewEntry<'_>) -> Result<i64, StoreError> {
    let operation = entry.operation.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO log (envelope, position, own_sequence, verdict, op, person, workstation, at_millis, stamp_millis,
               stamp_counter, clock_millis, clock_counter, last_own_sequence, undoes, reason, changes, bytes, audit)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            entry.envelope,
            entry.position.map(|position| position as i64),
            entry.own_sequence.map(|sequence| sequence as i64),
            entry.standing as i64,
            operation.map(|operation| operation.op.code()),
            operation.map(|operation| operation.person.to_bytes()),
            entry.workstation.to_bytes(),
            operation.map_or(0, |operation| operation.at.as_millisecond()),
            operation.map_or(0, |operation| operation.stamp.millis as i64),
            operation.map_or(0, |operation| operation.stamp.counter),
            entry.clock.clock_millis as i64,
            entry.clock.clock_counter,
            entry.clock.last_own_sequence as i64,
            operation.and_then(|operation| operation.undoes),
            operation.map_or("", |operation| operation.reason),
            operation.map_or("[]", |operation| operation.changes),
            entry.bytes,
            entry.audit,
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Columns that [`read`] wants, in order.
pub(crate) const COLUMNS: &str = "local, op, person, workstation, at_millis, stamp_millis, stamp_counter, undoes, undone, reason, envelope, changes";

/// A row with [`COLUMNS`]; `None` for one that is no operation.
pub(crate) fn read(row: &Row<'_>) -> Result<Option<HistoryEntry>, StoreError> {
    let Some(op) = row.get_ref(1)?.as_str_or_null().map_err(StoreError::corrupt)? else {
        return Ok(None);
    };
    let op = Op::from_code(op)
        .ok_or_else(|| StoreError::corrupt(format!("the history has an unknown operation {op}")))?;
    let workstation = WorkstationId::from_bytes(row.get(3)?);
    Ok(Some(HistoryEntry {
        id: history_id(row.get(0)?),
        op,
        person: PersonId::from_bytes(row.get(2)?),
        workstation,
        at: Timestamp::from_millisecond(row.get(4)?).map_err(StoreError::corrupt)?,
        stamp: Stamp {
            millis: row.get::<_, i64>(5)? as u64,
            counter: row.get(6)?,
            workstation,
        },
        undoes: row.get::<_, Option<i64>>(7)?.map(history_id),
        is_undone: row.get(8)?,
        reason: row.get(9)?,
        envelope: row.get(10)?,
        changes: decode_changes(row.get_ref(11)?.as_str().map_err(StoreError::corrupt)?)?,
    }))
}

pub(crate) fn history_id(local: i64) -> HistoryId {
    HistoryId(local as u128)
}

pub(crate) fn local(id: HistoryId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

/// Before and after as JSON: the whole newer state, and of the older one only what differed.
pub(crate) fn encode_changes<'a>(
    changes: impl Iterator<Item = (EntityKind, Option<&'a Fields>, Option<&'a Fields>)>,
) -> String {
    let strip = |kind: EntityKind, record: &Fields| -> Fields {
        record
            .iter()
            .filter(|(name, value)| !fields::is_blank(kind, name, value))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect()
    };
    let list: Vec<Value> = changes
        .map(|(kind, before, after)| match (before, after) {
            (Some(before), Some(after)) => {
                let differing: Fields = before
                    .iter()
                    .filter(|(name, value)| after.get(*name) != Some(value))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                json!({ "k": kind.container(), "a": strip(kind, after), "d": differing })
            }
            (None, Some(after)) => json!({ "k": kind.container(), "a": strip(kind, after) }),
            (Some(before), None) => json!({ "k": kind.container(), "b": strip(kind, before) }),
            (None, None) => json!({}),
        })
        .collect();
    Value::Array(list).to_string()
}

fn decode_changes(text: &str) -> Result<Vec<Change>, StoreError> {
    let bad = || StoreError::corrupt("the history has an unreadable entry");
    let Value::Array(list) = serde_json::from_str(text)? else {
        return Err(bad());
    };
    list.into_iter()
        .map(|item| {
            let Value::Object(mut item) = item else {
                return Err(bad());
            };
            let kind = item
                .get("k")
                .and_then(Value::as_str)
                .and_then(EntityKind::from_container)
                .ok_or_else(bad)?;
            let mut take = |name: &str| match item.remove(name) {
                Some(Value::Object(record)) => Some(record),
                _ => None,
            };
            let (after, before, differing) = (take("a"), take("b"), take("d"));
            let read = |record: Fields| -> Result<Entity, StoreError> { Ok(fields::entity(kind, record)?) };
            match (before, after, differing) {
                (None, Some(after), Some(differing)) => {
                    let mut before = after.clone();
                    before.extend(differing);
                    Ok(Change {
                        before: Some(read(before)?),
                        after: Some(read(after)?),
                    })
                }
                (None, Some(after), None) => Ok(Change {
                    before: None,
                    after: Some(read(after)?),
                }),
                (Some(before), None, _) => Ok(Change {
                    before: Some(read(before)?),
                    after: None,
                }),
                _ => Err(bad()),
            }
        })
        .collect()
}
