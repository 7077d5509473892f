//! Records as flat fields: what is left out because it is blank, what differs, and one spelling of nested
//! values for all programs.

use std::sync::OnceLock;

use clinic::{Entity, EntityKind};
use serde_json::{Map, Value, json};

use crate::StoreError;

pub(crate) type Fields = Map<String, Value>;

/// What a field is when a record does not name it. Blank fields are not written, and fields that a newer
/// release added are blank in older records.
pub(crate) fn blank(kind: EntityKind) -> &'static Fields {
    static BLANKS: OnceLock<Vec<Fields>> = OnceLock::new();
    let blanks = BLANKS.get_or_init(|| {
        let object = |value: Value| match value {
            Value::Object(fields) => fields,
            _ => unreachable!("blanks are written as objects"),
        };
        EntityKind::ALL
            .iter()
            .map(|kind| {
                object(match kind {
                    EntityKind::Practice => json!({
                        "email": "", "phone": "", "policies": {}, "visit_limits": [], "weights": {}, "cancel_reasons": [], "is_demo": false
                    }),
                    EntityKind::Person => json!({ "initials": "", "is_active": false }),
                    EntityKind::Workstation => json!({}),
                    EntityKind::AppointmentType => json!({
                        "letter": "", "class": "", "hue": 0, "buffer_before_minutes": 0, "buffer_after_minutes": 0,
                        "providers": [], "operatories": [], "policies": {}, "sort": 0, "is_active": false, "locations": [],
                        "online_text": "", "reminder_text": "", "follow_up": null, "equipment": [],
                        "assistant": "doctor_away", "second_pattern": null, "second_providers": []
                    }),
                    EntityKind::Location => json!({
                        "address": "", "phone": "", "hours": [], "sort": 0, "is_active": false, "other_weeks": [],
                        "weeks_from": null, "special_days": [], "assistants": []
                    }),
                    EntityKind::Operatory => json!({
                        "usual_provider": null, "sort": 0, "is_active": false, "hours": [], "other_weeks": [],
                        "weeks_from": null, "special_days": []
                    }),
                    EntityKind::Provider => json!({
                        "short_name": "", "hue": 0, "letter": "", "schedule": { "hours": [] }, "sort": 0, "is_active": false,
                        "other_weeks": [], "weeks_from": null, "special_days": []
                    }),
                    EntityKind::TimeBlock => json!({ "title": "", "source_uid": "", "series": null, "absence": null }),
                    EntityKind::Patient => json!({
                        "chart_number": "", "family_name": "", "given_name": "", "preferred_name": "", "birth_date": null,
                        "mobile_phone": "", "home_phone": "", "email": "", "responsible_party": null, "family": null,
                        "alert": "", "note": "", "is_active": false
                    }),
                    EntityKind::Appointment => json!({
                        "buffer_before_minutes": 0, "buffer_after_minutes": 0, "doctor_needed": false,
                        "confirmed_at": null, "arrived_at": null, "seated_at": null, "completed_at": null,
                        "checked_out_at": null, "broken_at": null, "cancel_reason": "", "is_asap": false, "note": "",
                        "sequence": 0, "source_uid": "", "needs_new_time": null, "series": null, "planned": null,
                        "arrive_early_minutes": 0, "also": [], "equipment": [], "assistant": "doctor_away",
                        "second_provider": null, "second_pattern": null
                    }),
                    EntityKind::AcceptedConflict => json!({ "reason": "" }),
                    EntityKind::RecurringAppointment => json!({ "passes_over_closed": false }),
                    EntityKind::ScheduleTemplate => json!({ "note": "", "is_archived": false, "copied_from": null }),
                    EntityKind::TemplateSlot => json!({
                        "weekday": null, "provider": null, "hold": null, "label": "", "hue": null, "letter": ""
                    }),
                    EntityKind::TemplateVersion | EntityKind::TemplateApplication => json!({}),
                    EntityKind::TemplateShare => json!({ "operatories": [], "providers": [], "without": [], "is_ended": false }),
                    EntityKind::DaySlot => json!({ "content": null }),
                    EntityKind::Equipment => json!({ "counts": [], "sort": 0, "is_active": false }),
                })
            })
            .collect()
    });
    &blanks[kind as usize]
}

pub(crate) fn is_blank(kind: EntityKind, field: &str, value: &Value) -> bool {
    blank(kind).get(field) == Some(value)
}

/// The record of these fields; what is missing is blank.
pub(crate) fn entity(kind: EntityKind, mut fields: Fields) -> Result<Entity, serde_json::Error> {
    for (name, value) in blank(kind) {
        if !fields.contains_key(name) {
            fields.insert(name.clone(), value.clone());
        }
    }
    Entity::from_fields(kind, fields)
}

/// Names of the fields in which two records of one kind differ.
pub(crate) fn differing(before: &Fields, after: &Fields) -> Vec<String> {
    after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}

/// JSON text with sorted keys: the same for every build, whatever features its libraries have.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            text.push('{');
            for (at, name) in names.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_canonical(&fields[name], text);
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

/// An id's 26 letters from its bytes' number, for keys.
pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, StoreError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(StoreError::corrupt)
}
