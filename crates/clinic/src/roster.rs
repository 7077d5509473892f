//! What the rules need to know about the practice, always in memory: everything but patients, visits and
//! time blocks.

use std::collections::BTreeMap;

use crate::{
    AppointmentType, AppointmentTypeId, Change, Entity, Equipment, EquipmentId, Location, LocationId,
    Operatory, OperatoryId, Person, PersonId, Policy, Practice, Provider, ProviderId, Rule, Workstation,
    WorkstationId, ZoneName,
};

/// Free minutes that a visit can ask for before or after it, at the most.
pub const MAX_BUFFER_MINUTES: u16 = 240;

/// The practice, its places and its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    pub practice: Practice,
    pub people: BTreeMap<PersonId, Person>,
    pub workstations: BTreeMap<WorkstationId, Workstation>,
    pub appointment_types: BTreeMap<AppointmentTypeId, AppointmentType>,
    pub locations: BTreeMap<LocationId, Location>,
    pub operatories: BTreeMap<OperatoryId, Operatory>,
    pub providers: BTreeMap<ProviderId, Provider>,
    pub equipment: BTreeMap<EquipmentId, Equipment>,
}

impl Roster {
    /// A practice in which there is nothing and nobody yet.
    pub fn new(practice: Practice) -> Self {
        Self {
            practice,
            people: BTreeMap::new(),
            workstations: BTreeMap::new(),
            appointment_types: BTreeMap::new(),
            locations: BTreeMap::new(),
            operatories: BTreeMap::new(),
            providers: BTreeMap::new(),
            equipment: BTreeMap::new(),
        }
    }

    /// From records in any order; those that are not part of a roster are passed over. `None` without a
    /// practice record.
    pub fn from_entities(entities: impl IntoIterator<Item = Entity>) -> Option<Self> {
        let mut rest = Vec::new();
        let mut practice = None;
        for entity in entities {
            match entity {
                Entity::Practice(record) => practice = Some(record),
                other => rest.push(other),
            }
        }
        let mut roster = Self::new(practice?);
        rest.into_iter().for_each(|entity| roster.put(entity));
        Some(roster)
    }

    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    pub fn workstation(&self, id: WorkstationId) -> Option<&Workstation> {
        self.workstations.get(&id)
    }

    pub fn appointment_type(&self, id: AppointmentTypeId) -> Option<&AppointmentType> {
        self.appointment_types.get(&id)
    }

    pub fn location(&self, id: LocationId) -> Option<&Location> {
        self.locations.get(&id)
    }

    pub fn operatory(&self, id: OperatoryId) -> Option<&Operatory> {
        self.operatories.get(&id)
    }

    pub fn provider(&self, id: ProviderId) -> Option<&Provider> {
        self.providers.get(&id)
    }

    pub fn equipment(&self, id: EquipmentId) -> Option<&Equipment> {
        self.equipment.get(&id)
    }

    /// What happens when a visit of a type breaks a rule: the type's own policy, if it has one, else the practice's.
    pub fn policy(&self, rule: Rule, appointment_type: AppointmentTypeId) -> Policy {
        let own = Rule::OF_A_TYPE
            .contains(&rule)
            .then(|| {
                self.appointment_type(appointment_type)?
                    .policies
                    .0
                    .get(&rule)
                    .copied()
            })
            .flatten();
        own.unwrap_or_else(|| self.practice.policies.of(rule))
    }

    /// The zone of a location's wall clock.
    pub fn zone_of(&self, location: LocationId) -> Option<&ZoneName> {
        self.location(location).map(|location| &location.zone)
    }

    /// The longest stretch that any type wants free before or after. No visit's own copy counts for more, so
    /// that nobody has to look further than this for a neighbour.
    pub fn longest_buffer_minutes(&self) -> u16 {
        self.appointment_types
            .values()
            .map(|record| record.buffer_before_minutes.max(record.buffer_after_minutes))
            .max()
            .unwrap_or(0)
            .min(MAX_BUFFER_MINUTES)
    }

    /// Keeps in step with a change; changes of patients, visits and time blocks pass by. A practice record
    /// that is removed stays: there is always a practice.
    pub fn apply(&mut self, change: &Change) {
        match (&change.after, &change.before) {
            (Some(after), _) => self.put_if_ours(after),
            (None, Some(before)) => self.forget(before),
            (None, None) => {}
        }
    }

    fn put_if_ours(&mut self, entity: &Entity) {
        match entity {
            Entity::TimeBlock(_)
            | Entity::Patient(_)
            | Entity::Appointment(_)
            | Entity::AcceptedConflict(_)
            | Entity::RecurringAppointment(_)
            | Entity::ScheduleTemplate(_)
            | Entity::TemplateSlot(_)
            | Entity::TemplateVersion(_)
            | Entity::TemplateShare(_)
            | Entity::TemplateApplication(_)
            | Entity::DaySlot(_) => {}
            ours => self.put(ours.clone()),
        }
    }

    fn put(&mut self, entity: Entity) {
        match entity {
            Entity::Practice(record) => self.practice = record,
            Entity::Person(record) => drop(self.people.insert(record.id, record)),
            Entity::Workstation(record) => drop(self.workstations.insert(record.id, record)),
            Entity::AppointmentType(record) => drop(self.appointment_types.insert(record.id, record)),
            Entity::Location(record) => drop(self.locations.insert(record.id, record)),
            Entity::Operatory(record) => drop(self.operatories.insert(record.id, record)),
            Entity::Provider(record) => drop(self.providers.insert(record.id, record)),
            Entity::Equipment(record) => drop(self.equipment.insert(record.id, record)),
            Entity::TimeBlock(_)
            | Entity::Patient(_)
            | Entity::Appointment(_)
            | Entity::AcceptedConflict(_)
            | Entity::RecurringAppointment(_)
            | Entity::ScheduleTemplate(_)
            | Entity::TemplateSlot(_)
            | Entity::TemplateVersion(_)
            | Entity::TemplateShare(_)
            | Entity::TemplateApplication(_)
            | Entity::DaySlot(_) => {}
        }
    }

    fn forget(&mut self, entity: &Entity) {
        match entity {
            Entity::Person(record) => drop(self.people.remove(&record.id)),
            Entity::Workstation(record) => drop(self.workstations.remove(&record.id)),
            Entity::AppointmentType(record) => drop(self.appointment_types.remove(&record.id)),
            Entity::Location(record) => drop(self.locations.remove(&record.id)),
            Entity::Operatory(record) => drop(self.operatories.remove(&record.id)),
            Entity::Provider(record) => drop(self.providers.remove(&record.id)),
            Entity::Equipment(record) => drop(self.equipment.remove(&record.id)),
            Entity::Practice(_)
            | Entity::TimeBlock(_)
            | Entity::Patient(_)
            | Entity::Appointment(_)
            | Entity::AcceptedConflict(_)
            | Entity::RecurringAppointment(_)
            | Entity::ScheduleTemplate(_)
            | Entity::TemplateSlot(_)
            | Entity::TemplateVersion(_)
            | Entity::TemplateShare(_)
            | Entity::TemplateApplication(_)
            | Entity::DaySlot(_) => {}
        }
    }
}
