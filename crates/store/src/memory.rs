//! What is kept in memory beside the rows, and follows each commit.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use clinic::{
    AppointmentId, Change, Entity, EntityKind, PatientId, Practice, PracticeId, Roster, RulePolicies,
    ZoneName,
};
use rusqlite::Connection;

use crate::queries::Reads;
use crate::search::Search;
use crate::versions::KeptVersions;
use crate::{StoreError, rows};

/// What a card shows of its patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientHead {
    pub id: PatientId,
    /// `Rivera, Ana`.
    pub name: String,
    pub has_alert: bool,
    /// The first visit that takes or took place.
    pub first_visit: Option<AppointmentId>,
}

pub(crate) struct Memory {
    pub roster: Arc<Roster>,
    heads: RefCell<HashMap<PatientId, Arc<PatientHead>>>,
    /// Made when first asked for.
    search: RefCell<Option<Search>>,
    pub versions: Arc<KeptVersions>,
}

impl Memory {
    pub fn load(connection: &Connection, practice: PracticeId) -> Result<Memory, StoreError> {
        Ok(Memory {
            roster: Arc::new(load_roster(connection, practice)?),
            heads: RefCell::default(),
            search: RefCell::default(),
            versions: Arc::default(),
        })
    }

    /// After a commit.
    pub fn follow(&mut self, changes: &[Change]) {
        for change in changes {
            match change.entity() {
                Entity::Patient(patient) => {
                    self.heads.get_mut().remove(&patient.id);
                    if let Some(search) = self.search.get_mut() {
                        match &change.after {
                            Some(Entity::Patient(after)) => search.put(after),
                            _ => search.remove(patient.id),
                        }
                    }
                }
                Entity::Appointment(visit) => drop(self.heads.get_mut().remove(&visit.patient)),
                Entity::TemplateVersion(version) => self.versions.forget(version.id),
                Entity::TemplateApplication(applied) => self.versions.forget_application(applied.id),
                Entity::TimeBlock(_) | Entity::AcceptedConflict(_) | Entity::RecurringAppointment(_) => {}
                _ => Arc::make_mut(&mut self.roster).apply(change),
            }
        }
    }

    pub fn head(
        &self,
        connection: &Connection,
        id: PatientId,
    ) -> Result<Option<Arc<PatientHead>>, StoreError> {
        if let Some(head) = self.heads.borrow().get(&id) {
            return Ok(Some(head.clone()));
        }
        let reads = Reads::new(connection);
        let Some(patient) = reads.patient(id)? else {
            return Ok(None);
        };
        let head = Arc::new(PatientHead {
            id,
            name: patient.display_name(),
            has_alert: !patient.alert.trim().is_empty(),
            first_visit: reads.first_visit_of(id)?,
        });
        self.heads.borrow_mut().insert(id, head.clone());
        Ok(Some(head))
    }

    pub fn with_search<T>(
        &self,
        connection: &Connection,
        ask: impl FnOnce(&Search) -> T,
    ) -> Result<T, StoreError> {
        let mut slot = self.search.borrow_mut();
        let search = match slot.as_mut() {
            Some(search) => search,
            None => {
                let mut search = Search::default();
                Reads::new(connection).for_each_patient(|patient| search.put(&patient))?;
                slot.insert(search)
            }
        };
        Ok(ask(search))
    }
}

/// Kinds of records that make the roster.
pub(crate) const ROSTER: [EntityKind; 8] = [
    EntityKind::Practice,
    EntityKind::Person,
    EntityKind::Workstation,
    EntityKind::AppointmentType,
    EntityKind::Location,
    EntityKind::Operatory,
    EntityKind::Provider,
    EntityKind::Equipment,
];

pub(crate) fn load_roster(connection: &Connection, practice: PracticeId) -> Result<Roster, StoreError> {
    let mut entities = Vec::new();
    for kind in ROSTER {
        entities.extend(rows::load_all(connection, kind)?);
    }
    let has_practice = entities
        .iter()
        .any(|entity| entity.kind() == EntityKind::Practice);
    if !has_practice {
        entities.push(Entity::Practice(unfounded(practice)));
    }
    Ok(Roster::from_entities(entities).expect("a practice is among the records"))
}

/// Stands in until the practice's own record exists or has come from the relay.
fn unfounded(id: PracticeId) -> Practice {
    Practice {
        id,
        name: String::new(),
        zone: ZoneName::new("Etc/UTC"),
        email: String::new(),
        phone: String::new(),
        time_increment_minutes: 10,
        policies: RulePolicies::default(),
        visit_limits: Vec::new(),
        weights: Default::default(),
        cancel_reasons: Vec::new(),
        usual_interval_weeks: 4,
        is_demo: false,
    }
}
