//! Appointments: the table that is read and written most.

use clinic::{Appointment, AssistantNeed, Stamp, Status};
use jiff::civil::Date;
use rusqlite::Row;
use rusqlite::types::Value;

use super::{blob, id, millis, start, text, timestamp_millis};
use crate::{StoreError, fields};

pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "patient",
    "appointment_type",
    "provider",
    "operatory",
    "location",
    "date",
    "starts",
    "ends",
    "utc_offset",
    "zone",
    "pattern",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "status",
    "doctor_needed",
    "confirmed_at",
    "arrived_at",
    "seated_at",
    "completed_at",
    "checked_out_at",
    "broken_at",
    "cancel_reason",
    "is_asap",
    "note",
    "booked_millis",
    "booked_counter",
    "booked_workstation",
    "sequence",
    "source_uid",
    "needs_new_time",
    "series",
    "planned",
    "arrive_early_minutes",
    "also",
    "equipment",
    "assistant",
    "second_provider",
    "second_pattern",
];

/// A date as a number that sorts and that a person can read.
pub(crate) fn yyyymmdd(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

pub(super) fn values(record: &Appointment) -> Vec<Value> {
    let starts = record.starts_at.instant().as_second();
    vec![
        blob(record.id.to_bytes()),
        blob(record.patient.to_bytes()),
        blob(record.appointment_type.to_bytes()),
        blob(record.provider.to_bytes()),
        blob(record.operatory.to_bytes()),
        blob(record.location.to_bytes()),
        Value::Integer(yyyymmdd(record.starts_at.date())),
        Value::Integer(starts),
        Value::Integer(starts + i64::from(record.length_minutes()) * 60),
        Value::Integer(record.starts_at.offset.seconds().into()),
        text(record.starts_at.zone.as_str()),
        Value::Text(record.pattern.to_string()),
        Value::Integer(record.buffer_before_minutes.into()),
        Value::Integer(record.buffer_after_minutes.into()),
        text(record.status.code()),
        Value::Integer(record.doctor_needed.into()),
        millis(record.confirmed_at),
        millis(record.arrived_at),
        millis(record.seated_at),
        millis(record.completed_at),
        millis(record.checked_out_at),
        millis(record.broken_at),
        text(&record.cancel_reason),
        Value::Integer(record.is_asap.into()),
        text(&record.note),
        Value::Integer(record.booked.millis as i64),
        Value::Integer(record.booked.counter.into()),
        blob(record.booked.workstation.to_bytes()),
        Value::Integer(record.sequence.into()),
        text(&record.source_uid),
        nested(record.needs_new_time.as_ref()),
        record
            .series
            .map_or(Value::Null, |series| blob(series.to_bytes())),
        nested(record.planned.as_ref()),
        Value::Integer(record.arrive_early_minutes.into()),
        also(record),
        nested(Some(&record.equipment).filter(|needs| !needs.is_empty())),
        text(record.assistant.code()),
        record
            .second_provider
            .map_or(Value::Null, |id| blob(id.to_bytes())),
        record
            .second_pattern
            .as_ref()
            .map_or(Value::Null, |pattern| Value::Text(pattern.to_string())),
    ]
}

/// A list of ids, or nothing: most visits have none, and the index leaves those out.
fn also(record: &Appointment) -> Value {
    if record.also.is_empty() {
        return text("");
    }
    nested(Some(&record.also))
}

/// As canonical JSON.
fn nested<T: serde::Serialize>(value: Option<&T>) -> Value {
    value.map_or(Value::Null, |value| {
        let json = serde_json::to_value(value).expect("a record with text fields is JSON");
        Value::Text(fields::canonical(&json))
    })
}

pub(crate) fn read(row: &Row<'_>) -> Result<Appointment, StoreError> {
    let str_at = |column: usize| -> Result<&str, StoreError> {
        row.get_ref(column)?.as_str().map_err(StoreError::corrupt)
    };
    let needs_new_time: Option<String> = row.get(30)?;
    let series: Option<[u8; 16]> = row.get(31)?;
    let planned: Option<String> = row.get(32)?;
    let equipment: Option<String> = row.get(35)?;
    let second_provider: Option<[u8; 16]> = row.get(37)?;
    let second_pattern: Option<String> = row.get(38)?;
    Ok(Appointment {
        id: clinic::AppointmentId::from_bytes(id(row, 0)?),
        patient: clinic::PatientId::from_bytes(id(row, 1)?),
        appointment_type: clinic::AppointmentTypeId::from_bytes(id(row, 2)?),
        provider: clinic::ProviderId::from_bytes(id(row, 3)?),
        operatory: clinic::OperatoryId::from_bytes(id(row, 4)?),
        location: clinic::LocationId::from_bytes(id(row, 5)?),
        starts_at: start(row.get(7)?, row.get(9)?, str_at(10)?)?,
        pattern: str_at(11)?.parse().map_err(StoreError::corrupt)?,
        buffer_before_minutes: row.get(12)?,
        buffer_after_minutes: row.get(13)?,
        status: Status::from_code(str_at(14)?).ok_or_else(|| StoreError::corrupt("an unknown status"))?,
        doctor_needed: row.get(15)?,
        confirmed_at: timestamp_millis(row, 16)?,
        arrived_at: timestamp_millis(row, 17)?,
        seated_at: timestamp_millis(row, 18)?,
        completed_at: timestamp_millis(row, 19)?,
        checked_out_at: timestamp_millis(row, 20)?,
        broken_at: timestamp_millis(row, 21)?,
        cancel_reason: row.get(22)?,
        is_asap: row.get(23)?,
        note: row.get(24)?,
        booked: Stamp {
            millis: row.get::<_, i64>(25)? as u64,
            counter: row.get(26)?,
            workstation: clinic::WorkstationId::from_bytes(id(row, 27)?),
        },
        sequence: row.get(28)?,
        source_uid: row.get(29)?,
        needs_new_time: needs_new_time.map(|pin| serde_json::from_str(&pin)).transpose()?,
        series: series.map(clinic::AppointmentSeriesId::from_bytes),
        planned: planned.map(|place| serde_json::from_str(&place)).transpose()?,
        arrive_early_minutes: row.get(33)?,
        also: match str_at(34)? {
            "" => Vec::new(),
            list => serde_json::from_str(list)?,
        },
        equipment: equipment
            .map(|needs| serde_json::from_str(&needs))
            .transpose()?
            .unwrap_or_default(),
        assistant: AssistantNeed::read(str_at(36)?)
            .ok_or_else(|| StoreError::corrupt("an unknown need of an assistant"))?,
        second_provider: second_provider.map(clinic::ProviderId::from_bytes),
        second_pattern: second_pattern
            .map(|units| units.parse().map_err(StoreError::corrupt))
            .transpose()?,
    })
}
