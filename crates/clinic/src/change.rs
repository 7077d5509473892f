//! Plans: what a rule wants changed, as whole records before and after. The store writes only the fields
//! that differ, so that concurrent edits of other fields merge; swapping before and after is undo.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    AcceptedConflict, Appointment, AppointmentType, BlockTarget, DaySlot, Equipment, Location, LocationId,
    Operatory, Patient, PatientId, Person, Practice, Provider, ProviderId, RecurringAppointment,
    ScheduleTemplate, TemplateApplication, TemplateId, TemplateShare, TemplateSlot, TemplateVersion,
    TimeBlock, Workstation,
};

/// One Automerge document: what people edit as one thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentId {
    Practice,
    Location(LocationId),
    Provider(ProviderId),
    Patient(PatientId),
    Template(TemplateId),
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocumentId::Practice => f.write_str("practice"),
            DocumentId::Location(id) => write!(f, "location/{id}"),
            DocumentId::Provider(id) => write!(f, "provider/{id}"),
            DocumentId::Patient(id) => write!(f, "patient/{id}"),
            DocumentId::Template(id) => write!(f, "template/{id}"),
        }
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DocumentId {
    type Err = crate::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            None if text == "practice" => Ok(DocumentId::Practice),
            Some(("location", id)) => id.parse().map(DocumentId::Location),
            Some(("provider", id)) => id.parse().map(DocumentId::Provider),
            Some(("patient", id)) => id.parse().map(DocumentId::Patient),
            Some(("template", id)) => id.parse().map(DocumentId::Template),
            _ => Err(crate::BadId(text.to_owned())),
        }
    }
}

/// How a field merges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Last writer by Automerge's order is shown; concurrent values are kept and become a conflict card.
    Value,
    /// Free text: letters merge.
    Text,
    /// Whole numbers that only rise: concurrent increments add up.
    Counter,
    /// [`crate::Status::merge`] over all concurrent values.
    Status,
    /// [`crate::NeedsNewTime::merge`] over all concurrent values that are set.
    Mark,
    /// Of concurrent values the one whose text sorts last, the same everywhere: it describes what people did elsewhere, so
    /// that nobody is asked.
    Settled,
}

macro_rules! entities {
    ($($kind:ident, $container:literal;)*) => {
        /// One record of any kind.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "record", rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant, reason = "most records are visits, the largest; a box each would cost more")]
        pub enum Entity { $($kind($kind),)* }

        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum EntityKind { $($kind,)* }

        impl EntityKind {
            pub const ALL: &'static [EntityKind] = &[$(EntityKind::$kind,)*];
            /// The map inside its document that holds records of this kind, by id.
            pub fn container(self) -> &'static str { match self { $(EntityKind::$kind => $container,)* } }
            pub fn from_container(name: &str) -> Option<EntityKind> { match name { $($container => Some(EntityKind::$kind),)* _ => None } }
        }

        impl Entity {
            pub fn kind(&self) -> EntityKind { match self { $(Entity::$kind(_) => EntityKind::$kind,)* } }

            /// The record as a flat JSON object: its fields by name. Reads back with [`Entity::from_fields`].
            pub fn to_fields(&self) -> serde_json::Map<String, serde_json::Value> {
                let value = match self { $(Entity::$kind(record) => serde_json::to_value(record),)* };
                match value {
                    Ok(serde_json::Value::Object(fields)) => fields,
                    _ => unreachable!("records are structs with string keys"),
                }
            }

            /// Reads a record back; says which field is wrong otherwise.
            pub fn from_fields(kind: EntityKind, fields: serde_json::Map<String, serde_json::Value>) -> Result<Entity, serde_json::Error> {
                let value = serde_json::Value::Object(fields);
                match kind { $(EntityKind::$kind => serde_json::from_value(value).map(Entity::$kind),)* }
            }
        }

        $(impl From<$kind> for Entity { fn from(record: $kind) -> Entity { Entity::$kind(record) } })*
    };
}

entities! {
    Practice, "practice";
    Person, "people";
    Workstation, "workstations";
    AppointmentType, "appointment_types";
    Location, "locations";
    Operatory, "operatories";
    Provider, "providers";
    TimeBlock, "time_blocks";
    Patient, "patients";
    Appointment, "appointments";
    AcceptedConflict, "accepted_conflicts";
    RecurringAppointment, "recurring_appointments";
    ScheduleTemplate, "schedule_templates";
    TemplateSlot, "template_slots";
    TemplateVersion, "template_versions";
    TemplateShare, "template_shares";
    TemplateApplication, "template_applications";
    DaySlot, "day_slots";
    Equipment, "equipment";
}

impl EntityKind {
    /// How a field of this kind of record merges.
    pub fn field_kind(self, field: &str) -> FieldKind {
        match (self, field) {
            (EntityKind::Appointment | EntityKind::Patient | EntityKind::ScheduleTemplate, "note") => {
                FieldKind::Text
            }
            (EntityKind::Appointment, "sequence") => FieldKind::Counter,
            (EntityKind::Appointment, "status") => FieldKind::Status,
            (EntityKind::Appointment, "needs_new_time") => FieldKind::Mark,
            (EntityKind::Appointment, "series" | "planned") | (EntityKind::RecurringAppointment, _) => {
                FieldKind::Settled
            }
            _ => FieldKind::Value,
        }
    }
}

impl Entity {
    /// The document it lies in.
    pub fn document(&self) -> DocumentId {
        match self {
            Entity::Practice(_)
            | Entity::Person(_)
            | Entity::Workstation(_)
            | Entity::AppointmentType(_)
            | Entity::Equipment(_) => DocumentId::Practice,
            Entity::Location(record) => DocumentId::Location(record.id),
            Entity::Operatory(record) => DocumentId::Location(record.location),
            Entity::Provider(record) => DocumentId::Provider(record.id),
            Entity::TimeBlock(record) => match record.target {
                BlockTarget::Provider(id) => DocumentId::Provider(id),
                BlockTarget::Operatory(_) | BlockTarget::Location(_) => DocumentId::Location(record.location),
            },
            Entity::Patient(record) => DocumentId::Patient(record.id),
            Entity::Appointment(record) => DocumentId::Patient(record.patient),
            Entity::AcceptedConflict(record) => DocumentId::Patient(record.patient),
            Entity::RecurringAppointment(record) => DocumentId::Patient(record.patient),
            Entity::ScheduleTemplate(record) => DocumentId::Template(record.id),
            Entity::TemplateSlot(record) => DocumentId::Template(record.template),
            Entity::TemplateVersion(record) => DocumentId::Template(record.template),
            Entity::TemplateShare(record) => DocumentId::Template(record.template),
            Entity::TemplateApplication(record) => DocumentId::Location(record.location),
            Entity::DaySlot(record) => DocumentId::Location(record.location),
        }
    }

    /// Its key in its container: the id, or what makes it the only one of its kind.
    pub fn key(&self) -> String {
        match self {
            Entity::Practice(record) => record.id.to_string(),
            Entity::Person(record) => record.id.to_string(),
            Entity::Workstation(record) => record.id.to_string(),
            Entity::AppointmentType(record) => record.id.to_string(),
            Entity::Location(record) => record.id.to_string(),
            Entity::Operatory(record) => record.id.to_string(),
            Entity::Provider(record) => record.id.to_string(),
            Entity::TimeBlock(record) => record.id.to_string(),
            Entity::Patient(record) => record.id.to_string(),
            Entity::Appointment(record) => record.id.to_string(),
            Entity::AcceptedConflict(record) => record.key.to_string(),
            Entity::RecurringAppointment(record) => record.id.to_string(),
            Entity::ScheduleTemplate(record) => record.id.to_string(),
            Entity::TemplateSlot(record) => record.id.to_string(),
            Entity::TemplateVersion(record) => record.id.to_string(),
            Entity::TemplateShare(record) => record.key(),
            Entity::TemplateApplication(record) => record.id.to_string(),
            Entity::DaySlot(record) => record.key(),
            Entity::Equipment(record) => record.id.to_string(),
        }
    }
}

/// One record added, changed or removed. `before` and `after` name the same record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub before: Option<Entity>,
    pub after: Option<Entity>,
}

impl Change {
    pub fn add(after: impl Into<Entity>) -> Change {
        Change {
            before: None,
            after: Some(after.into()),
        }
    }

    pub fn edit(before: impl Into<Entity>, after: impl Into<Entity>) -> Change {
        Change {
            before: Some(before.into()),
            after: Some(after.into()),
        }
    }

    pub fn remove(before: impl Into<Entity>) -> Change {
        Change {
            before: Some(before.into()),
            after: None,
        }
    }

    /// The way back.
    #[must_use]
    pub fn inverse(self) -> Change {
        Change {
            before: self.after,
            after: self.before,
        }
    }

    /// The record it is about, in its newest known state.
    pub fn entity(&self) -> &Entity {
        self.after
            .as_ref()
            .or(self.before.as_ref())
            .expect("a change has a before or an after")
    }
}
