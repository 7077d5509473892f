//! One aggregate as an Automerge document: records are maps of flat fields in containers. Writing touches
//! only what differs, so that edits of other fields merge; reading applies the domain's merge rules.

use std::collections::HashMap;

use automerge::hydrate;
use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{
    ActorId, Automerge, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, ScalarValueRef,
    ValueRef,
};
use clinic::{Entity, EntityKind, FieldKind, NeedsNewTime, PersonId, Status};
use jiff::Timestamp;
use serde_json::Value;

use crate::fields::{self, Fields};
use crate::{StoreError, genesis};

/// A number in each record, 0 at first: every edit raises it, a removal leaves it negative. So a removal and an edit
/// that happened at the same time stand side by side in the document, and the edit wins: what somebody wrote is
/// never taken away by somebody who could not see it. An Automerge deletion would win over the edit instead.
pub(crate) const LIFE: &str = "life";

/// Whether two desks can make one and the same record: its key says what it is about and is nothing that one of them made up. Both
/// maps then stand under one key, and what they say of a field stands side by side as after two edits.
fn is_made_anywhere(kind: EntityKind) -> bool {
    kind == EntityKind::DaySlot
}

/// What is to be written of one record.
pub(crate) struct RecordEdit {
    pub kind: EntityKind,
    pub key: String,
    pub before: Option<Fields>,
    pub after: Option<Fields>,
    /// Fields to be written even if they stay the same: a person decided for the value that shows.
    pub forced: Vec<String>,
}

/// Writes the edits as one Automerge change. `None` if there is nothing to write.
pub(crate) fn write(
    document: &mut Automerge,
    edits: &[RecordEdit],
    person: PersonId,
    at: Timestamp,
) -> Result<Option<Change>, StoreError> {
    let mut transaction = document.transaction();
    for edit in edits {
        write_record(&mut transaction, edit)
            .map_err(|error| StoreError::corrupt(format!("document: {error}")))?;
    }
    // Time and person are in the change itself, so that a conflict card can name them for each value.
    let options = CommitOptions::default()
        .with_time(at.as_second())
        .with_message(person.to_string());
    let (hash, _) = transaction.commit_with(options);
    Ok(hash.and_then(|hash| document.get_change_by_hash(&hash)))
}

fn write_record(
    transaction: &mut Transaction<'_>,
    edit: &RecordEdit,
) -> Result<(), automerge::AutomergeError> {
    let container = match transaction.get(ROOT, edit.kind.container())? {
        Some((_, id)) => id,
        None => transaction.put_object(ROOT, edit.kind.container(), ObjType::Map)?,
    };
    let mut made = made(&*transaction, edit.kind, &container, &edit.key)?;
    let record = made.pop();
    // Whoever writes has seen what all of them say. One that another desk edits meanwhile comes back by its life.
    for other in made {
        let life = newest_life(transaction, &other)?;
        transaction.put(&other, LIFE, -(life + 1))?;
    }
    match (record, &edit.after) {
        (None, None) => Ok(()),
        (Some(record), None) => {
            let life = newest_life(transaction, &record)?;
            transaction.put(&record, LIFE, -(life + 1))
        }
        (None, Some(after)) => {
            let fields = new_record(edit.kind, after, transaction.text_encoding());
            transaction.batch_create_object(&container, edit.key.as_str(), &fields, false)?;
            match edit.kind {
                EntityKind::Appointment => keep(transaction, EntityKind::Patient)?,
                EntityKind::TemplateSlot | EntityKind::TemplateVersion | EntityKind::TemplateShare => {
                    keep(transaction, EntityKind::ScheduleTemplate)?;
                }
                _ => {}
            }
            Ok(())
        }
        (Some(record), Some(after)) => {
            for (name, value) in after {
                let is_different = match &edit.before {
                    Some(before) => before.get(name) != Some(value),
                    // Back after a removal: what is blank and was never written stays so.
                    None => {
                        !fields::is_blank(edit.kind, name, value)
                            || transaction.get(&record, name.as_str())?.is_some()
                    }
                };
                if is_different || edit.forced.contains(name) {
                    write_field(transaction, &record, edit.kind, name, value)?;
                }
            }
            let life = newest_life(transaction, &record)?;
            transaction.put(&record, LIFE, life + 1)
        }
    }
}

/// The maps of a record, that which shows last. More than one only where several desks made it; one that shows is not removed if
/// any is not.
fn made(
    document: &impl ReadDoc,
    kind: EntityKind,
    container: &ObjId,
    key: &str,
) -> Result<Vec<ObjId>, automerge::AutomergeError> {
    let is_map = |value: &automerge::Value<'_>| *value == automerge::Value::Object(ObjType::Map);
    if !is_made_anywhere(kind) {
        let one = document.get(container, key)?;
        return Ok(one
            .filter(|(value, _)| is_map(value))
            .map(|(_, id)| id)
            .into_iter()
            .collect());
    }
    let all = document.get_all(container, key)?;
    let mut maps: Vec<ObjId> = all
        .into_iter()
        .filter(|(value, _)| is_map(value))
        .map(|(_, id)| id)
        .collect();
    if maps.len() > 1 {
        let mut is_there = Vec::with_capacity(maps.len());
        for map in &maps {
            is_there.push(!is_removed(document, map)?);
        }
        if let Some(shown) = is_there.iter().rposition(|is_there| *is_there) {
            let shown = maps.remove(shown);
            maps.push(shown);
        }
    }
    Ok(maps)
}

/// Every life that it has says so.
fn is_removed(document: &impl ReadDoc, record: &ObjId) -> Result<bool, automerge::AutomergeError> {
    let lives = document.get_all(record, LIFE)?;
    Ok(!lives.is_empty()
        && lives
            .iter()
            .all(|(life, _)| life.as_i64().is_some_and(|life| life < 0)))
}

/// How often a record was edited or removed.
fn newest_life(transaction: &Transaction<'_>, record: &ObjId) -> Result<i64, automerge::AutomergeError> {
    let all = transaction.get_all(record, LIFE)?;
    Ok(all
        .iter()
        .filter_map(|(value, _)| value.as_i64())
        .map(i64::abs)
        .max()
        .unwrap_or(0))
}

/// A patient who gets a visit is there, whoever takes them away at the same time; so is a template that gets a slot.
fn keep(transaction: &mut Transaction<'_>, owner: EntityKind) -> Result<(), automerge::AutomergeError> {
    let Some((_, owners)) = transaction.get(ROOT, owner.container())? else {
        return Ok(());
    };
    let keys: Vec<String> = transaction.keys(&owners).collect();
    for key in keys {
        if let Some((_, record)) = transaction.get(&owners, key.as_str())? {
            let life = newest_life(transaction, &record)?;
            transaction.put(&record, LIFE, life + 1)?;
        }
    }
    Ok(())
}

fn new_record(kind: EntityKind, after: &Fields, encoding: automerge::TextEncoding) -> hydrate::Value {
    let mut record: HashMap<String, hydrate::Value> = HashMap::with_capacity(after.len());
    for (name, value) in after {
        let value = match kind.field_kind(name) {
            // Always there from the beginning: two desks that make it later would hide one text.
            FieldKind::Text => hydrate::Value::text(encoding, value.as_str().unwrap_or_default()),
            FieldKind::Counter => {
                hydrate::Value::Scalar(ScalarValue::counter(value.as_i64().unwrap_or_default()))
            }
            _ if fields::is_blank(kind, name, value) => continue,
            FieldKind::Value | FieldKind::Status | FieldKind::Mark | FieldKind::Settled => {
                hydrate::Value::Scalar(scalar(value))
            }
        };
        record.insert(name.clone(), value);
    }
    hydrate::Value::Map(record.into())
}

fn write_field(
    transaction: &mut Transaction<'_>,
    record: &ObjId,
    kind: EntityKind,
    name: &str,
    value: &Value,
) -> Result<(), automerge::AutomergeError> {
    match kind.field_kind(name) {
        FieldKind::Text => {
            let text = match transaction.get(record, name)? {
                Some((automerge::Value::Object(ObjType::Text), id)) => id,
                _ => transaction.put_object(record, name, ObjType::Text)?,
            };
            transaction.update_text(&text, value.as_str().unwrap_or_default())
        }
        FieldKind::Counter => {
            let number = value.as_i64().unwrap_or_default();
            match transaction.get(record, name)? {
                Some((automerge::Value::Scalar(found), _)) if matches!(*found, ScalarValue::Counter(_)) => {
                    transaction.increment(record, name, number - found.as_i64().unwrap_or_default())
                }
                _ => transaction.put(record, name, ScalarValue::counter(number)),
            }
        }
        FieldKind::Value | FieldKind::Status | FieldKind::Mark | FieldKind::Settled => {
            transaction.put(record, name, scalar(value))
        }
    }
}

/// Nested values are bytes of canonical JSON, so that a text that looks like JSON stays a text.
fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Null => ScalarValue::Null,
        Value::Bool(value) => ScalarValue::Boolean(*value),
        Value::String(text) => ScalarValue::Str(text.as_str().into()),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => ScalarValue::Int(number),
            (None, Some(number)) => ScalarValue::Uint(number),
            (None, None) => ScalarValue::F64(number.as_f64().unwrap_or_default()),
        },
        nested => ScalarValue::Bytes(fields::canonical(nested).into_bytes()),
    }
}

fn json(scalar: &ScalarValueRef<'_>) -> Value {
    match scalar {
        ScalarValueRef::Null | ScalarValueRef::Unknown { .. } => Value::Null,
        ScalarValueRef::Boolean(value) => Value::from(*value),
        ScalarValueRef::Str(text) => Value::from(text.as_ref()),
        ScalarValueRef::Int(number) | ScalarValueRef::Counter(number) | ScalarValueRef::Timestamp(number) => {
            Value::from(*number)
        }
        ScalarValueRef::Uint(number) => Value::from(*number),
        ScalarValueRef::F64(number) => Value::from(*number),
        ScalarValueRef::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or(Value::Null),
    }
}

fn json_of(value: &automerge::Value<'_>) -> Value {
    match value {
        automerge::Value::Scalar(scalar) => match scalar.as_ref() {
            ScalarValue::Null | ScalarValue::Unknown { .. } => Value::Null,
            ScalarValue::Boolean(value) => Value::from(*value),
            ScalarValue::Str(text) => Value::from(text.as_str()),
            ScalarValue::Int(number) | ScalarValue::Timestamp(number) => Value::from(*number),
            ScalarValue::Counter(counter) => Value::from(i64::from(counter)),
            ScalarValue::Uint(number) => Value::from(*number),
            ScalarValue::F64(number) => Value::from(*number),
            ScalarValue::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or(Value::Null),
        },
        automerge::Value::Object(_) => Value::Null,
    }
}

/// One of several values that one field has at the same time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rival {
    pub field: String,
    /// The operation that set it: the same on every workstation.
    pub id: String,
    pub value: Value,
    pub is_shown: bool,
    pub actor: ActorId,
    pub person: Option<String>,
    /// Seconds since 1970, as the author's clock said.
    pub at: i64,
}

/// A record as the document has it.
pub(crate) struct Reading {
    /// The error says which field cannot be understood.
    pub entity: Result<Entity, serde_json::Error>,
    pub rivals: Vec<Rival>,
}

/// Reads one record; `None` if it is not there.
pub(crate) fn read(document: &Automerge, kind: EntityKind, key: &str) -> Result<Option<Reading>, StoreError> {
    let Some((_, container)) = get(document, &ROOT, kind.container())? else {
        return Ok(None);
    };
    let maps = made(document, kind, &container, key).map_err(unreadable)?;
    read_made(document, kind, &maps)
}

/// Reads every record of a kind.
pub(crate) fn read_all(document: &Automerge, kind: EntityKind) -> Result<Vec<(String, Reading)>, StoreError> {
    let Some((_, container)) = get(document, &ROOT, kind.container())? else {
        return Ok(Vec::new());
    };
    document
        .map_range(&container, ..)
        .filter(|item| item.value == ValueRef::Object(ObjType::Map))
        .filter_map(|item| {
            let key = item.key.to_string();
            let reading = if item.conflict && is_made_anywhere(kind) {
                made(document, kind, &container, &key)
                    .map_err(unreadable)
                    .and_then(|maps| read_made(document, kind, &maps))
            } else {
                read_record(document, kind, &item.id())
            };
            Some(reading.transpose()?.map(|reading| (key, reading)))
        })
        .collect()
}

fn get(
    document: &Automerge,
    object: &ObjId,
    key: &str,
) -> Result<Option<(automerge::Value<'static>, ObjId)>, StoreError> {
    let found = document.get(object, key).map_err(unreadable)?;
    Ok(found.map(|(value, id)| (value.into_owned(), id)))
}

fn unreadable(error: automerge::AutomergeError) -> StoreError {
    StoreError::corrupt(format!("document: {error}"))
}

/// A record from its maps, that which shows last; what others say differently stands beside it.
fn read_made(document: &Automerge, kind: EntityKind, maps: &[ObjId]) -> Result<Option<Reading>, StoreError> {
    let Some((shown, others)) = maps.split_last() else {
        return Ok(None);
    };
    let Some(mut reading) = read_record(document, kind, shown)? else {
        return Ok(None);
    };
    let mut there = vec![shown.clone()];
    for other in others {
        if !is_removed(document, other).map_err(unreadable)? {
            there.push(other.clone());
        }
    }
    if there.len() > 1 {
        reading.rivals = rivals_of_maps(document, kind, &there)?;
    }
    Ok(Some(reading))
}

/// What several maps say differently, that which shows first.
fn rivals_of_maps(document: &Automerge, kind: EntityKind, maps: &[ObjId]) -> Result<Vec<Rival>, StoreError> {
    let mut names: Vec<String> = maps.iter().flat_map(|map| document.keys(map)).collect();
    names.retain(|name| name != LIFE);
    names.sort_unstable();
    names.dedup();
    let mut rivals = Vec::new();
    for name in names {
        let mut values = Vec::new();
        for map in maps {
            let own = all_values(document, map, &name)?;
            let shown_id = get(document, map, &name)?.map(|(_, id)| id);
            if own.is_empty() {
                // Blank was never written: the map itself says it.
                let blank = fields::blank(kind).get(&name).cloned().unwrap_or_default();
                values.push((blank, map.clone(), map == &maps[0]));
            }
            for (value, id) in own {
                let is_shown = map == &maps[0] && Some(&id) == shown_id.as_ref();
                values.push((value, id, is_shown));
            }
        }
        if values.iter().any(|(value, ..)| *value != values[0].0) {
            let of_field = values
                .into_iter()
                .map(|(value, id, is_shown)| rival(document, &name, value, &id, is_shown));
            rivals.extend(of_field);
        }
    }
    Ok(rivals)
}

/// `None` if it was removed and nobody edited it meanwhile.
fn read_record(
    document: &Automerge,
    kind: EntityKind,
    record: &ObjId,
) -> Result<Option<Reading>, StoreError> {
    let mut found = Fields::new();
    let mut rivals = Vec::new();
    for item in document.map_range(record, ..) {
        let name = item.key.as_ref();
        if name == LIFE {
            if is_removed(document, record).map_err(unreadable)? {
                return Ok(None);
            }
            continue;
        }
        let mut value = match &item.value {
            ValueRef::Object(ObjType::Text) => document.text(item.id()).map(Value::from).unwrap_or_default(),
            ValueRef::Object(_) => Value::Null,
            ValueRef::Scalar(scalar) => json(scalar),
        };
        if item.conflict {
            match kind.field_kind(name) {
                FieldKind::Value => rivals.extend(rivals_of(document, record, name, &value)?),
                FieldKind::Status => value = merged_status(document, record, name)?.unwrap_or(value),
                FieldKind::Mark => value = merged_mark(document, record, name)?,
                FieldKind::Settled => value = last_by_text(document, record, name)?.unwrap_or(value),
                FieldKind::Text | FieldKind::Counter => {}
            }
        }
        found.insert(name.to_owned(), value);
    }
    Ok(Some(Reading {
        entity: fields::entity(kind, found),
        rivals,
    }))
}

fn all_values(document: &Automerge, record: &ObjId, name: &str) -> Result<Vec<(Value, ObjId)>, StoreError> {
    let all = document.get_all(record, name).map_err(unreadable)?;
    Ok(all.into_iter().map(|(value, id)| (json_of(&value), id)).collect())
}

fn merged_status(document: &Automerge, record: &ObjId, name: &str) -> Result<Option<Value>, StoreError> {
    let statuses = all_values(document, record, name)?;
    let statuses = statuses
        .into_iter()
        .filter_map(|(value, _)| serde_json::from_value::<Status>(value).ok());
    Ok(Status::merge(statuses).map(|status| Value::from(status.code())))
}

fn last_by_text(document: &Automerge, record: &ObjId, name: &str) -> Result<Option<Value>, StoreError> {
    let values = all_values(document, record, name)?;
    Ok(values
        .into_iter()
        .map(|(value, _)| value)
        .max_by_key(fields::canonical))
}

fn merged_mark(document: &Automerge, record: &ObjId, name: &str) -> Result<Value, StoreError> {
    let marks = all_values(document, record, name)?
        .into_iter()
        .filter_map(|(value, _)| serde_json::from_value::<NeedsNewTime>(value).ok());
    let shown = NeedsNewTime::merge(marks).map(serde_json::to_value);
    Ok(shown
        .transpose()
        .map_err(StoreError::corrupt)?
        .unwrap_or_default())
}

fn rivals_of(
    document: &Automerge,
    record: &ObjId,
    name: &str,
    shown: &Value,
) -> Result<Vec<Rival>, StoreError> {
    let values = all_values(document, record, name)?;
    if values.iter().all(|(value, _)| value == shown) {
        return Ok(Vec::new());
    }
    let shown_id = get(document, record, name)?.map(|(_, id)| id);
    let rivals = values
        .into_iter()
        .map(|(value, id)| rival(document, name, value, &id, Some(&id) == shown_id.as_ref()));
    Ok(rivals.collect())
}

/// A value and who set it, from the change in which it was written.
fn rival(document: &Automerge, field: &str, value: Value, id: &ObjId, is_shown: bool) -> Rival {
    let hash: Option<ChangeHash> = document.hash_for_opid(id);
    let change = hash.and_then(|hash| document.get_change_meta_by_hash(&hash));
    Rival {
        field: field.to_owned(),
        value,
        is_shown,
        actor: change
            .as_ref()
            .map_or_else(genesis::genesis_actor, |change| change.actor.clone().into_owned()),
        person: change
            .as_ref()
            .and_then(|change| change.message.as_ref().map(|text| text.to_string())),
        at: change.as_ref().map_or(0, |change| change.timestamp),
        id: id.to_string(),
    }
}
