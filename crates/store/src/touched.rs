//! Which records an Automerge change touches and what it does to them. Found in the change and in the document as its
//! author had it, so that every workstation comes to the same answer whatever else it has.

use std::collections::HashMap;

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Automerge, Change, ChangeHash, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use clinic::roles::{Deed, Touch};
use clinic::{EntityKind, LocationId, Status};

use crate::document::LIFE;

/// One record that a change writes into. By what the change writes, not by what became visible: a losing value belongs
/// to a conflict card, too.
pub(crate) struct Touched {
    pub kind: EntityKind,
    pub key: String,
    is_made: bool,
    life: Option<i64>,
    is_cancelled: bool,
    location: Option<LocationId>,
}

/// The records of a change, found in a document that has it.
pub(crate) fn touched(document: &Automerge, change: &ExpandedChange) -> Vec<Touched> {
    let mut touched: Vec<Touched> = Vec::new();
    let mut seen: HashMap<String, Option<Vec<String>>> = HashMap::new();
    for operation in &change.operations {
        let path = match &operation.obj {
            ObjectId::Root => Some(Vec::new()),
            ObjectId::Id(id) => seen
                .entry(id.to_string())
                .or_insert_with_key(|id| path_of(document, id))
                .clone(),
        };
        let Some(mut path) = path else { continue };
        if let Key::Map(key) = &operation.key {
            path.push(key.to_string());
        }
        let mut path = path.into_iter();
        let (Some(container), Some(key)) = (path.next(), path.next()) else {
            continue;
        };
        let Some(kind) = EntityKind::from_container(&container) else {
            continue;
        };
        let record = match touched
            .iter()
            .position(|record| record.kind == kind && record.key == key)
        {
            Some(at) => &mut touched[at],
            None => touched.push_mut(Touched {
                kind,
                key,
                is_made: false,
                life: None,
                is_cancelled: false,
                location: None,
            }),
        };
        record.note(operation, path.next().as_deref(), path.next().is_some());
    }
    touched
}

impl Touched {
    /// One operation: on the record itself, or on a field of it.
    fn note(&mut self, operation: &Op, field: Option<&str>, is_inside: bool) {
        match (field, &operation.action) {
            (None, OpType::Make(_)) => self.is_made = true,
            (Some(LIFE), OpType::Put(value)) if !is_inside => self.life = value.as_i64(),
            (Some("status"), OpType::Put(ScalarValue::Str(status))) if !is_inside => {
                self.is_cancelled |= status.as_str() == Status::Cancelled.code();
            }
            (Some("location"), OpType::Put(ScalarValue::Str(id))) if !is_inside => {
                self.location = id.parse().ok();
            }
            _ => {}
        }
    }

    /// What it is to those who judge. `change`: the one that touches; it and the changes that its author had are all in
    /// `document`. Places are looked up only if somebody asks for them.
    pub fn touch(&self, document: &Automerge, change: &Change, with_places: bool) -> Touch {
        let seen = change.deps();
        let record = self.record(document);
        let was_there = || {
            let lives = record
                .as_ref()
                .and_then(|record| document.get_all_at(record, LIFE, seen).ok())
                .unwrap_or_default();
            // None yet: nobody edited it since it was made.
            lives.is_empty()
                || lives
                    .iter()
                    .any(|(life, _)| life.as_i64().is_none_or(|life| life >= 0))
        };
        let deed = match self.life {
            Some(life) if life < 0 => Deed::Remove,
            _ if self.is_made || !was_there() => Deed::Add,
            _ if self.is_cancelled && self.kind == EntityKind::Appointment => Deed::Cancel,
            _ => Deed::Edit,
        };
        let mut locations = Vec::new();
        if with_places {
            locations.extend(self.location);
            match self.kind {
                EntityKind::Location => locations.extend(self.key.parse::<LocationId>().ok()),
                // Several desks may have made it, and its author need not have had the one that shows; its key says where it is.
                EntityKind::DaySlot => {
                    let at = self.key.split('/').next();
                    locations.extend(at.and_then(|at| at.parse::<LocationId>().ok()));
                }
                EntityKind::ScheduleTemplate
                | EntityKind::TemplateSlot
                | EntityKind::TemplateVersion
                | EntityKind::TemplateShare => {
                    // Its own location is the template’s or, of a share, where else that is used.
                    locations.clear();
                    locations.extend(template_homes(document, seen));
                    locations.extend(template_homes(document, &[change.hash()]));
                }
                EntityKind::Appointment
                | EntityKind::RecurringAppointment
                | EntityKind::TimeBlock
                | EntityKind::Operatory
                | EntityKind::TemplateApplication => {
                    let before = record
                        .as_ref()
                        .and_then(|record| document.get_at(record, "location", seen).ok().flatten());
                    locations
                        .extend(before.and_then(|(value, _)| value.as_str()?.parse::<LocationId>().ok()));
                }
                _ => locations.clear(),
            }
            locations.sort_unstable();
            locations.dedup();
        }
        Touch {
            kind: self.kind,
            key: self.key.clone(),
            deed,
            locations,
        }
    }

    fn record(&self, document: &Automerge) -> Option<ObjId> {
        let (_, container) = document.get(ROOT, self.kind.container()).ok()??;
        match document.get(&container, self.key.as_str()).ok()?? {
            (automerge::Value::Object(ObjType::Map), record) => Some(record),
            _ => None,
        }
    }
}

/// Where the template of a template's document is drawn, as it was when these were the newest changes.
fn template_homes(document: &Automerge, heads: &[ChangeHash]) -> Vec<LocationId> {
    let container = EntityKind::ScheduleTemplate.container();
    let Ok(Some((_, templates))) = document.get(ROOT, container) else {
        return Vec::new();
    };
    document
        .map_range_at(&templates, .., heads)
        .filter_map(|item| document.get_all_at(item.id(), "location", heads).ok())
        .flatten()
        .filter_map(|(value, _)| value.as_str()?.parse().ok())
        .collect()
}

fn path_of(document: &Automerge, id: &str) -> Option<Vec<String>> {
    let (object, _) = document
        .import_obj(id)
        .and_then(|id| document.object_type(&id).map(|kind| (id, kind)))
        .ok()?;
    let path = document.parents(&object).ok()?.path();
    Some(path.into_iter().map(|(_, step)| step.to_string()).collect())
}
