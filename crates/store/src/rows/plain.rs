//! The small tables of the practice, its places and people: one column per field, nested values as JSON.

use clinic::{Entity, EntityKind};
use rusqlite::Row;
use rusqlite::types::Value;
use serde_json::Value as Json;

use crate::StoreError;
use crate::fields::{self, Fields};

#[derive(Clone, Copy)]
enum Column {
    Text,
    Integer,
    Truth,
    Nested,
}

use Column::{Integer, Nested, Text, Truth};

fn shape(kind: EntityKind) -> &'static [Column] {
    match kind {
        EntityKind::Practice => &[
            Text, Text, Text, Text, Text, Integer, Nested, Nested, Integer, Truth, Nested, Nested,
        ],
        EntityKind::Person => &[Text, Text, Text, Truth],
        EntityKind::Workstation => &[Text, Text],
        EntityKind::AppointmentType => &[
            Text, Text, Text, Text, Integer, Text, Integer, Integer, Nested, Nested, Integer, Truth, Text,
            Nested, Nested, Text, Text, Nested, Nested, Text, Text, Nested,
        ],
        EntityKind::Location => &[
            Text, Text, Text, Text, Text, Nested, Integer, Truth, Nested, Text, Nested, Nested,
        ],
        EntityKind::Operatory => &[
            Text, Text, Text, Text, Integer, Truth, Nested, Nested, Text, Nested,
        ],
        EntityKind::Provider => &[
            Text, Text, Text, Text, Integer, Text, Nested, Integer, Truth, Nested, Text, Nested,
        ],
        EntityKind::AcceptedConflict => &[Text, Text, Nested, Nested, Text, Text, Text],
        EntityKind::RecurringAppointment => &[Text, Text, Text, Text, Text, Text, Text, Text, Nested, Truth],
        EntityKind::ScheduleTemplate => &[Text, Text, Text, Text, Text, Truth, Text],
        EntityKind::TemplateSlot => &[
            Text, Text, Text, Integer, Integer, Text, Text, Nested, Integer, Nested, Text, Integer, Text,
        ],
        EntityKind::TemplateVersion => &[Text, Text, Integer, Text, Text, Text, Nested],
        EntityKind::TemplateShare => &[Text, Text, Text, Nested, Nested, Nested, Truth],
        EntityKind::TemplateApplication => {
            &[Text, Text, Nested, Text, Text, Text, Nested, Nested, Nested, Text]
        }
        EntityKind::DaySlot => &[Text, Text, Text, Text, Nested],
        EntityKind::Equipment => &[Text, Text, Nested, Integer, Truth],
        EntityKind::TimeBlock | EntityKind::Patient | EntityKind::Appointment => &[],
    }
}

pub(super) fn columns(kind: EntityKind) -> &'static [&'static str] {
    match kind {
        EntityKind::Practice => &[
            "id",
            "name",
            "zone",
            "email",
            "phone",
            "time_increment_minutes",
            "policies",
            "cancel_reasons",
            "usual_interval_weeks",
            "is_demo",
            "visit_limits",
            "weights",
        ],
        EntityKind::Person => &["id", "name", "initials", "is_active"],
        EntityKind::Workstation => &["id", "name"],
        EntityKind::AppointmentType => &[
            "id",
            "name",
            "code",
            "letter",
            "hue",
            "pattern",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "providers",
            "operatories",
            "sort",
            "is_active",
            "class",
            "policies",
            "locations",
            "online_text",
            "reminder_text",
            "follow_up",
            "equipment",
            "assistant",
            "second_pattern",
            "second_providers",
        ],
        EntityKind::Location => &[
            "id",
            "name",
            "zone",
            "address",
            "phone",
            "hours",
            "sort",
            "is_active",
            "other_weeks",
            "weeks_from",
            "special_days",
            "assistants",
        ],
        EntityKind::Operatory => &[
            "id",
            "location",
            "name",
            "usual_provider",
            "sort",
            "is_active",
            "hours",
            "other_weeks",
            "weeks_from",
            "special_days",
        ],
        EntityKind::Provider => &[
            "id",
            "name",
            "short_name",
            "kind",
            "hue",
            "letter",
            "schedule",
            "sort",
            "is_active",
            "other_weeks",
            "weeks_from",
            "special_days",
        ],
        EntityKind::AcceptedConflict => &[
            "key",
            "patient",
            "appointments",
            "times",
            "reason",
            "\"by\"",
            "at",
        ],
        EntityKind::RecurringAppointment => &[
            "id",
            "patient",
            "appointment_type",
            "provider",
            "operatory",
            "location",
            "wall",
            "pattern",
            "recurrence",
            "passes_over_closed",
        ],
        EntityKind::ScheduleTemplate => &[
            "id",
            "name",
            "note",
            "location",
            "span",
            "is_archived",
            "copied_from",
        ],
        EntityKind::TemplateSlot => &[
            "id",
            "template",
            "weekday",
            "start_minute",
            "length_minutes",
            "operatory",
            "provider",
            "wants",
            "capacity",
            "hold",
            "label",
            "hue",
            "letter",
        ],
        EntityKind::TemplateVersion => &["id", "template", "number", "name", "\"by\"", "at", "slots"],
        EntityKind::TemplateShare => &[
            "key",
            "template",
            "location",
            "operatories",
            "providers",
            "without",
            "is_ended",
        ],
        EntityKind::TemplateApplication => &[
            "id",
            "location",
            "weeks",
            "weeks_from",
            "\"from\"",
            "until",
            "weekdays",
            "dates",
            "applied",
            "\"by\"",
        ],
        EntityKind::DaySlot => &["key", "location", "date", "slot", "content"],
        EntityKind::Equipment => &["id", "name", "counts", "sort", "is_active"],
        EntityKind::TimeBlock | EntityKind::Patient | EntityKind::Appointment => &[],
    }
}

pub(super) fn values(entity: &Entity) -> Vec<Value> {
    let kind = entity.kind();
    let mut record = entity.to_fields();
    // Records whose key is made of other fields; a record that has the field keeps it.
    record.entry("key").or_insert_with(|| Json::from(entity.key()));
    let value = |(name, column): (&&str, &Column)| match (column, record.get(name.trim_matches('"'))) {
        (_, None | Some(Json::Null)) => Value::Null,
        (Column::Text, Some(Json::String(text))) => Value::Text(text.clone()),
        (Column::Integer, Some(number)) => Value::Integer(number.as_i64().unwrap_or_default()),
        (Column::Truth, Some(truth)) => Value::Integer(i64::from(truth == &Json::Bool(true))),
        (Column::Text | Column::Nested, Some(nested)) => Value::Text(fields::canonical(nested)),
    };
    columns(kind).iter().zip(shape(kind)).map(value).collect()
}

pub(super) fn read(kind: EntityKind, row: &Row<'_>) -> Result<Entity, StoreError> {
    let mut record = Fields::new();
    for (at, (name, column)) in columns(kind).iter().zip(shape(kind)).enumerate() {
        let value = match column {
            Column::Text => row.get::<_, Option<String>>(at)?.map_or(Json::Null, Json::from),
            Column::Integer => row.get::<_, Option<i64>>(at)?.map_or(Json::Null, Json::from),
            Column::Truth => Json::from(row.get::<_, bool>(at)?),
            Column::Nested => {
                let text: Option<String> = row.get(at)?;
                text.map(|text| serde_json::from_str(&text))
                    .transpose()?
                    .unwrap_or(Json::Null)
            }
        };
        record.insert(name.trim_matches('"').to_owned(), value);
    }
    Ok(Entity::from_fields(kind, record)?)
}
