//! Patients.

use clinic::Patient;
use rusqlite::Row;
use rusqlite::types::Value;

use super::{blob, id, text};
use crate::{StoreError, fields};

pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "chart_number",
    "family_name",
    "given_name",
    "preferred_name",
    "birth_date",
    "mobile_phone",
    "home_phone",
    "email",
    "responsible_party",
    "family",
    "alert",
    "note",
    "is_active",
];

pub(super) fn values(record: &Patient) -> Vec<Value> {
    let party = record.responsible_party.as_ref().map(|party| {
        let value = serde_json::to_value(party).expect("a record with text fields is JSON");
        Value::Text(fields::canonical(&value))
    });
    vec![
        blob(record.id.to_bytes()),
        text(&record.chart_number),
        text(&record.family_name),
        text(&record.given_name),
        text(&record.preferred_name),
        record
            .birth_date
            .map_or(Value::Null, |date| Value::Text(date.to_string())),
        text(&record.mobile_phone),
        text(&record.home_phone),
        text(&record.email),
        party.unwrap_or(Value::Null),
        record
            .family
            .map_or(Value::Null, |family| blob(family.to_bytes())),
        text(&record.alert),
        text(&record.note),
        Value::Integer(record.is_active.into()),
    ]
}

pub(crate) fn read(row: &Row<'_>) -> Result<Patient, StoreError> {
    let birth_date: Option<String> = row.get(5)?;
    let party: Option<String> = row.get(9)?;
    let family: Option<[u8; 16]> = row.get(10)?;
    Ok(Patient {
        id: clinic::PatientId::from_bytes(id(row, 0)?),
        chart_number: row.get(1)?,
        family_name: row.get(2)?,
        given_name: row.get(3)?,
        preferred_name: row.get(4)?,
        birth_date: birth_date.map(|date| fields::parse(&date)).transpose()?,
        mobile_phone: row.get(6)?,
        home_phone: row.get(7)?,
        email: row.get(8)?,
        responsible_party: party.map(|party| serde_json::from_str(&party)).transpose()?,
        family: family.map(clinic::FamilyId::from_bytes),
        alert: row.get(11)?,
        note: row.get(12)?,
        is_active: row.get(13)?,
    })
}
