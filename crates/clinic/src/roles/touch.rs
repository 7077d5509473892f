//! From what a change touches to what its author needs. By content, not by what the operation calls itself: a change
//! that says “edit a visit” and takes a provider away needs what taking a provider away needs.

use super::Permission;
use crate::{
    AcceptedConflict, Appointment, Change, DaySlot, Entity, EntityKind, Location, LocationId, Operatory,
    PersonId, RecurringAppointment, ScheduleTemplate, Status, TemplateApplication, TemplateId, TemplateShare,
    TemplateSlot, TemplateVersion, TimeBlock, WorkstationId,
};

/// What happens to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    Add,
    Edit,
    /// An edit that takes a visit to *cancelled*.
    Cancel,
    Remove,
}

/// One record that an operation touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Touch {
    pub kind: EntityKind,
    pub key: String,
    pub deed: Deed,
    /// Where it lies, before and after; empty for what belongs to no location.
    pub locations: Vec<LocationId>,
}

/// What the author of a touch must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    Permission(Permission, Option<LocationId>),
    /// Of this location; `None`: of the practice.
    Administrator(Option<LocationId>),
}

/// What a person at a workstation needs for a touch; nothing for what is their own: coming in as a new person or
/// workstation of the practice.
pub fn needs_of(touch: &Touch, person: PersonId, workstation: WorkstationId) -> Vec<Need> {
    let at_each = |need: &dyn Fn(Option<LocationId>) -> Need| -> Vec<Need> {
        if touch.locations.is_empty() {
            vec![need(None)]
        } else {
            touch
                .locations
                .iter()
                .map(|location| need(Some(*location)))
                .collect()
        }
    };
    let permission = |permission: Permission| at_each(&|location| Need::Permission(permission, location));
    match (touch.kind, touch.deed) {
        (EntityKind::Person, Deed::Add) if touch.key == person.to_string() => Vec::new(),
        (EntityKind::Workstation, Deed::Add) if touch.key == workstation.to_string() => Vec::new(),
        (EntityKind::Appointment, Deed::Cancel) => permission(Permission::CancelAppointment),
        // Only taking back a booking removes a visit.
        (
            EntityKind::Appointment | EntityKind::Patient | EntityKind::RecurringAppointment,
            Deed::Add | Deed::Remove,
        ) => permission(Permission::CreateAppointment),
        (
            EntityKind::Appointment | EntityKind::Patient | EntityKind::RecurringAppointment,
            Deed::Edit | Deed::Cancel,
        )
        | (EntityKind::TimeBlock | EntityKind::AcceptedConflict, _) => {
            permission(Permission::ModifyAppointment)
        }
        (
            EntityKind::ScheduleTemplate
            | EntityKind::TemplateSlot
            | EntityKind::TemplateVersion
            | EntityKind::TemplateShare,
            _,
        ) => permission(Permission::ManageTemplates),
        (EntityKind::TemplateApplication | EntityKind::DaySlot, _) => permission(Permission::ApplyTemplates),
        (EntityKind::Location | EntityKind::Operatory, Deed::Edit | Deed::Cancel) => {
            at_each(&Need::Administrator)
        }
        (EntityKind::Operatory, Deed::Add | Deed::Remove) => at_each(&Need::Administrator),
        (
            EntityKind::Practice
            | EntityKind::Person
            | EntityKind::Workstation
            | EntityKind::AppointmentType
            | EntityKind::Equipment
            | EntityKind::Provider
            | EntityKind::Location,
            _,
        ) => vec![Need::Administrator(None)],
    }
}

/// What planned changes touch. What a template consists of lies where the template does: `home` says where that is, for
/// templates that are not among the changes.
pub fn touches_of<'c>(
    changes: impl IntoIterator<Item = &'c Change>,
    home: &dyn Fn(TemplateId) -> Option<LocationId>,
) -> Vec<Touch> {
    let changes: Vec<&Change> = changes.into_iter().collect();
    let at = |id: TemplateId| {
        let made_here = changes.iter().find_map(|change| match change.entity() {
            Entity::ScheduleTemplate(template) if template.id == id => Some(template.location),
            _ => None,
        });
        made_here.or_else(|| home(id))
    };
    changes.iter().map(|change| touch_of(change, &at)).collect()
}

fn touch_of(change: &Change, home: &dyn Fn(TemplateId) -> Option<LocationId>) -> Touch {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let deed = match (before, after) {
        (None, _) => Deed::Add,
        (Some(_), None) => Deed::Remove,
        (Some(Entity::Appointment(before)), Some(Entity::Appointment(after)))
            if after.status == Status::Cancelled && before.status != Status::Cancelled =>
        {
            Deed::Cancel
        }
        (Some(_), Some(_)) => Deed::Edit,
    };
    let entity = change.entity();
    let mut locations: Vec<LocationId> = [before, after]
        .into_iter()
        .flatten()
        .filter_map(|entity| location_of(entity, home))
        .collect();
    locations.sort_unstable();
    locations.dedup();
    Touch {
        kind: entity.kind(),
        key: entity.key(),
        deed,
        locations,
    }
}

fn location_of(entity: &Entity, home: &dyn Fn(TemplateId) -> Option<LocationId>) -> Option<LocationId> {
    match entity {
        Entity::TemplateSlot(TemplateSlot { template, .. })
        | Entity::TemplateVersion(TemplateVersion { template, .. })
        | Entity::TemplateShare(TemplateShare { template, .. }) => home(*template),
        Entity::Appointment(Appointment { location, .. })
        | Entity::TimeBlock(TimeBlock { location, .. })
        | Entity::Operatory(Operatory { location, .. })
        | Entity::RecurringAppointment(RecurringAppointment { location, .. })
        | Entity::ScheduleTemplate(ScheduleTemplate { location, .. })
        | Entity::TemplateApplication(TemplateApplication { location, .. })
        | Entity::DaySlot(DaySlot { location, .. })
        | Entity::Location(Location { id: location, .. }) => Some(*location),
        Entity::AcceptedConflict(AcceptedConflict { .. })
        | Entity::Practice(_)
        | Entity::Person(_)
        | Entity::Workstation(_)
        | Entity::AppointmentType(_)
        | Entity::Equipment(_)
        | Entity::Provider(_)
        | Entity::Patient(_) => None,
    }
}
