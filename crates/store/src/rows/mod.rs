//! Records as rows of typed tables, one table per kind: written by column, and only the columns that differ,
//! because every index that is named is a page that is written.

mod appointment;
mod patient;
mod plain;
mod time_block;

pub(crate) use appointment::{COLUMNS as APPOINTMENT_COLUMNS, read as read_appointment, yyyymmdd};
pub(crate) use patient::{COLUMNS as PATIENT_COLUMNS, read as read_patient};
pub(crate) use time_block::{COLUMNS as TIME_BLOCK_COLUMNS, read as read_time_block};

use clinic::{Entity, EntityKind};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::{StoreError, fields};

/// One kind's table: its columns in order, the first being the key.
pub(crate) struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
}

pub(crate) fn table(kind: EntityKind) -> Table {
    let columns = match kind {
        EntityKind::Appointment => appointment::COLUMNS,
        EntityKind::Patient => patient::COLUMNS,
        EntityKind::TimeBlock => time_block::COLUMNS,
        other => plain::columns(other),
    };
    Table {
        name: kind.container(),
        columns,
    }
}

/// The record's row; as long as [`Table::columns`].
pub(crate) fn values(entity: &Entity) -> Vec<Value> {
    match entity {
        Entity::Appointment(record) => appointment::values(record),
        Entity::Patient(record) => patient::values(record),
        Entity::TimeBlock(record) => time_block::values(record),
        other => plain::values(other),
    }
}

/// The record of a row with all columns in order.
pub(crate) fn read(kind: EntityKind, row: &Row<'_>) -> Result<Entity, StoreError> {
    Ok(match kind {
        EntityKind::Appointment => Entity::Appointment(appointment::read(row)?),
        EntityKind::Patient => Entity::Patient(patient::read(row)?),
        EntityKind::TimeBlock => Entity::TimeBlock(time_block::read(row)?),
        other => plain::read(other, row)?,
    })
}

/// A record's key as its table has it.
pub(crate) fn key(kind: EntityKind, key: &str) -> Result<Value, StoreError> {
    Ok(match kind {
        EntityKind::Appointment | EntityKind::Patient | EntityKind::TimeBlock => {
            Value::Blob(fields::parse::<clinic::AppointmentId>(key)?.to_bytes().to_vec())
        }
        _ => Value::Text(key.to_owned()),
    })
}

pub(crate) fn load(
    connection: &Connection,
    kind: EntityKind,
    id: &str,
) -> Result<Option<Entity>, StoreError> {
    let table = table(kind);
    let key_column = table.columns[0];
    let sql = format!(
        "SELECT {} FROM {} WHERE {key_column} = ?1",
        table.columns.join(", "),
        table.name
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_row([key(kind, id)?], |row| Ok(read(kind, row)))
        .optional()?
        .transpose()
}

pub(crate) fn load_all(connection: &Connection, kind: EntityKind) -> Result<Vec<Entity>, StoreError> {
    let table = table(kind);
    let sql = format!("SELECT {} FROM {}", table.columns.join(", "), table.name);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(kind, row)?);
    }
    Ok(all)
}

/// Brings the row in step with the record.
pub(crate) fn write(
    connection: &Connection,
    before: Option<&Entity>,
    after: Option<&Entity>,
) -> Result<(), StoreError> {
    match (before, after) {
        (None, Some(after)) => insert(connection, after),
        (Some(before), Some(after)) => update(connection, before, after),
        (Some(before), None) => delete(connection, before),
        (None, None) => Ok(()),
    }
}

fn insert(connection: &Connection, entity: &Entity) -> Result<(), StoreError> {
    let table = table(entity.kind());
    let marks = vec!["?"; table.columns.len()].join(", ");
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({marks})",
        table.name,
        table.columns.join(", ")
    );
    let inserted = connection
        .prepare_cached(&sql)?
        .execute(rusqlite::params_from_iter(values(entity)));
    match inserted {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
            Err(StoreError::Outdated {
                kind: entity.kind(),
                key: entity.key(),
            })
        }
        other => Ok(other.map(drop)?),
    }
}

fn update(connection: &Connection, before: &Entity, after: &Entity) -> Result<(), StoreError> {
    let table = table(after.kind());
    let mut sql = format!("UPDATE {} SET ", table.name);
    let mut parameters = Vec::new();
    for ((column, old), new) in table.columns.iter().zip(values(before)).zip(values(after)) {
        if old != new {
            if !parameters.is_empty() {
                sql.push_str(", ");
            }
            sql.push_str(column);
            sql.push_str(" = ?");
            parameters.push(new);
        }
    }
    if parameters.is_empty() {
        return Ok(());
    }
    sql.push_str(" WHERE ");
    sql.push_str(table.columns[0]);
    sql.push_str(" = ?");
    parameters.push(key(after.kind(), &after.key())?);
    connection
        .prepare_cached(&sql)?
        .execute(rusqlite::params_from_iter(parameters))?;
    Ok(())
}

fn delete(connection: &Connection, entity: &Entity) -> Result<(), StoreError> {
    let table = table(entity.kind());
    let sql = format!("DELETE FROM {} WHERE {} = ?1", table.name, table.columns[0]);
    connection
        .prepare_cached(&sql)?
        .execute([key(entity.kind(), &entity.key())?])?;
    Ok(())
}

// Building blocks of the typed tables -------------------------------------------------------------------

pub(crate) fn blob(bytes: [u8; 16]) -> Value {
    Value::Blob(bytes.to_vec())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn millis(at: Option<jiff::Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::Integer(at.as_millisecond()))
}

fn id(row: &Row<'_>, column: usize) -> Result<[u8; 16], StoreError> {
    Ok(row.get::<_, [u8; 16]>(column)?)
}

fn timestamp_millis(row: &Row<'_>, column: usize) -> Result<Option<jiff::Timestamp>, StoreError> {
    let millis: Option<i64> = row.get(column)?;
    millis
        .map(|millis| jiff::Timestamp::from_millisecond(millis).map_err(StoreError::corrupt))
        .transpose()
}

/// From the columns `starts`, `utc_offset` and `zone`.
fn start(starts: i64, offset: i32, zone: &str) -> Result<clinic::Start, StoreError> {
    let offset = jiff::tz::Offset::from_seconds(offset).map_err(StoreError::corrupt)?;
    let instant = jiff::Timestamp::from_second(starts).map_err(StoreError::corrupt)?;
    Ok(clinic::Start {
        wall: offset.to_datetime(instant),
        offset,
        zone: clinic::ZoneName::new(zone),
    })
}
