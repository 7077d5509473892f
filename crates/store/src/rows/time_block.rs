//! Time blocks.

use clinic::{BlockTarget, TimeBlock};
use rusqlite::Row;
use rusqlite::types::Value;

use super::{blob, id, start, text};
use crate::{StoreError, fields};

pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "target_kind",
    "target",
    "location",
    "starts",
    "ends",
    "utc_offset",
    "zone",
    "length_minutes",
    "title",
    "policy",
    "source_uid",
    "series",
    "absence",
];

pub(super) fn values(record: &TimeBlock) -> Vec<Value> {
    let (kind, target) = match record.target {
        BlockTarget::Provider(id) => (0, id.to_bytes()),
        BlockTarget::Operatory(id) => (1, id.to_bytes()),
        BlockTarget::Location(id) => (2, id.to_bytes()),
    };
    let starts = record.starts_at.instant().as_second();
    let policy = serde_json::to_value(&record.policy).expect("a list of ids is JSON");
    vec![
        blob(record.id.to_bytes()),
        Value::Integer(kind),
        blob(target),
        blob(record.location.to_bytes()),
        Value::Integer(starts),
        Value::Integer(starts + i64::from(record.length_minutes) * 60),
        Value::Integer(record.starts_at.offset.seconds().into()),
        text(record.starts_at.zone.as_str()),
        Value::Integer(record.length_minutes.into()),
        text(&record.title),
        Value::Text(fields::canonical(&policy)),
        text(&record.source_uid),
        record
            .series
            .map_or(Value::Null, |series| blob(series.to_bytes())),
        record.absence.map_or(Value::Null, |reason| text(reason.code())),
    ]
}

pub(crate) fn read(row: &Row<'_>) -> Result<TimeBlock, StoreError> {
    let target = id(row, 2)?;
    let zone: String = row.get(7)?;
    let policy: String = row.get(10)?;
    let series: Option<[u8; 16]> = row.get(12)?;
    let absence: Option<String> = row.get(13)?;
    Ok(TimeBlock {
        id: clinic::TimeBlockId::from_bytes(id(row, 0)?),
        target: match row.get::<_, i64>(1)? {
            0 => BlockTarget::Provider(clinic::ProviderId::from_bytes(target)),
            1 => BlockTarget::Operatory(clinic::OperatoryId::from_bytes(target)),
            2 => BlockTarget::Location(clinic::LocationId::from_bytes(target)),
            other => return Err(StoreError::corrupt(format!("block-out with target kind {other}"))),
        },
        location: clinic::LocationId::from_bytes(id(row, 3)?),
        starts_at: start(row.get(4)?, row.get(6)?, &zone)?,
        length_minutes: row.get(8)?,
        title: row.get(9)?,
        policy: serde_json::from_str(&policy)?,
        source_uid: row.get(11)?,
        series: series.map(clinic::BlockSeriesId::from_bytes),
        absence: absence.map(|code| clinic::AbsenceReason::from_code(&code)),
    })
}
