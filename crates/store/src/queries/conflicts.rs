//! Open questions: overlaps, and fields that were set to different values at the same time.

use clinic::{
    AcceptedConflict, AppointmentId, Conflict, ConflictKey, DocumentId, EntityKind, PersonId, WorkstationId,
};
use jiff::Timestamp;
use rusqlite::Row;
use serde_json::Value;

use super::Reads;
use crate::batch::document_from_bytes;
use crate::{StoreError, fields, overlaps};

/// Names one field of one record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldConflictKey {
    pub kind: EntityKind,
    /// [`clinic::Entity::key`].
    pub record: String,
    pub field: String,
}

impl std::fmt::Display for FieldConflictKey {
    /// `field:appointments:<id>:starts_at`; reads back with [`FieldConflictKey::parse`].
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "field:{}:{}:{}",
            self.kind.container(),
            self.record,
            self.field
        )
    }
}

impl FieldConflictKey {
    /// `None` if the text is not such a key.
    pub fn parse(text: &str) -> Option<FieldConflictKey> {
        let (kind, rest) = text.strip_prefix("field:")?.split_once(':')?;
        let (record, field) = rest.rsplit_once(':')?;
        let kind = EntityKind::from_container(kind)?;
        Some(FieldConflictKey {
            kind,
            record: record.to_owned(),
            field: field.to_owned(),
        })
    }
}

/// A field with several values: Automerge shows one until a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldConflict {
    pub key: FieldConflictKey,
    pub document: DocumentId,
    /// At least two, the shown one first, then by id.
    pub values: Vec<FieldValue>,
}

/// One of the values, and who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    /// The same on every workstation.
    pub id: String,
    /// As the record's JSON has it.
    pub value: Value,
    pub is_shown: bool,
    pub person: Option<PersonId>,
    pub workstation: Option<WorkstationId>,
    pub at: Timestamp,
}

const COLUMNS: &str = "kind, record, field, document, value_id, value, is_shown, person, workstation, at";

impl Reads<'_> {
    /// Every overlap that no decision covers, earliest first.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, StoreError> {
        overlaps::list(self.connection)
    }

    /// Those that touch `[from, until)`, earliest first.
    pub fn conflicts_between(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Conflict>, StoreError> {
        overlaps::between(self.connection, from, until)
    }

    pub fn conflict(&self, key: &ConflictKey) -> Result<Option<Conflict>, StoreError> {
        overlaps::by_key(self.connection, key)
    }

    pub fn conflicts_of(&self, visit: AppointmentId) -> Result<Vec<Conflict>, StoreError> {
        overlaps::of(self.connection, visit)
    }

    /// The decision about an overlap, whether it still holds or not.
    pub fn accepted_conflict(&self, key: &ConflictKey) -> Result<Option<AcceptedConflict>, StoreError> {
        overlaps::accepted_of(self.connection, key)
    }

    pub fn field_conflicts(&self) -> Result<Vec<FieldConflict>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM field_conflicts ORDER BY kind, record, field, is_shown DESC, value_id"
        );
        Ok(gather(self.all(&sql, [], read)?))
    }

    /// Fields of visits that were set to different values, by visit and field.
    pub fn field_conflicts_of_visits(&self) -> Result<Vec<FieldConflict>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM field_conflicts WHERE kind = ?1 ORDER BY record, field, is_shown DESC, value_id"
        );
        Ok(gather(self.all(
            &sql,
            [EntityKind::Appointment.container()],
            read,
        )?))
    }

    pub fn field_conflict(&self, key: &FieldConflictKey) -> Result<Option<FieldConflict>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM field_conflicts WHERE kind = ?1 AND record = ?2 AND field = ?3 ORDER BY is_shown DESC, value_id"
        );
        Ok(gather(self.all(&sql, [key.kind.container(), &key.record, &key.field], read)?).pop())
    }

    /// Open overlaps and fields together: the number on the conflict tray.
    pub fn conflict_count(&self) -> Result<u32, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM overlaps) + (SELECT count(*) FROM (SELECT DISTINCT kind, record, field FROM field_conflicts))";
        Ok(self.one(sql, [], |row| Ok(row.get(0)?))?.unwrap_or_default())
    }
}

fn read(row: &Row<'_>) -> Result<(FieldConflictKey, DocumentId, FieldValue), StoreError> {
    let kind: String = row.get(0)?;
    let document: Vec<u8> = row.get(3)?;
    let value: String = row.get(5)?;
    let person: Option<String> = row.get(7)?;
    let workstation: Option<String> = row.get(8)?;
    let bad = || StoreError::corrupt("a field conflict cannot be read");
    let key = FieldConflictKey {
        kind: EntityKind::from_container(&kind).ok_or_else(bad)?,
        record: row.get(1)?,
        field: row.get(2)?,
    };
    let value = FieldValue {
        id: row.get(4)?,
        value: serde_json::from_str(&value)?,
        is_shown: row.get(6)?,
        person: person.map(|id| fields::parse(&id)).transpose()?,
        workstation: workstation.map(|id| fields::parse(&id)).transpose()?,
        at: Timestamp::from_second(row.get(9)?).map_err(StoreError::corrupt)?,
    };
    Ok((key, document_from_bytes(&document).ok_or_else(bad)?, value))
}

fn gather(rows: Vec<(FieldConflictKey, DocumentId, FieldValue)>) -> Vec<FieldConflict> {
    let mut found: Vec<FieldConflict> = Vec::new();
    for (key, document, value) in rows {
        match found.last_mut() {
            Some(last) if last.key == key => last.values.push(value),
            _ => found.push(FieldConflict {
                key,
                document,
                values: vec![value],
            }),
        }
    }
    found
}
