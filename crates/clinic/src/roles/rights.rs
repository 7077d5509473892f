//! What one person may do, given their roles and the practice's table.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Need, Permission, Role, RoleTable, Touch, needs_of};
use crate::{LocationId, PersonId, WorkstationId};

/// Where a role counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Places {
    Everywhere,
    /// At these locations only.
    Only(BTreeSet<LocationId>),
}

impl Places {
    pub fn contain(&self, location: LocationId) -> bool {
        match self {
            Places::Everywhere => true,
            Places::Only(locations) => locations.contains(&location),
        }
    }
}

/// One role of one person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Grant {
    pub role: Role,
    pub places: Places,
}

impl Grant {
    pub fn everywhere(role: Role) -> Grant {
        Grant {
            role,
            places: Places::Everywhere,
        }
    }
}

/// Everything that decides what a person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    pub person: PersonId,
    pub grants: Vec<Grant>,
    pub table: Arc<RoleTable>,
    /// Emergency access was taken and not ended yet: sees and places everything at the calendar, wherever it is.
    pub is_emergency: bool,
}

/// What the person would need.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// No role has it.
    #[error("this needs the permission to {}", .0.words())]
    Permission(Permission),
    /// A role has it, for another location.
    #[error("this needs the permission to {} at this location", .permission.words())]
    Place {
        permission: Permission,
        location: LocationId,
    },
    #[error("this needs an administrator of the practice")]
    Administrator,
    #[error("this needs an administrator of this location")]
    AdministratorHere(LocationId),
    #[error("this needs a super admin")]
    SuperAdmin,
}

/// What emergency access allows.
const IN_AN_EMERGENCY: [Permission; 6] = [
    Permission::ViewCalendar,
    Permission::CreateAppointment,
    Permission::ModifyAppointment,
    Permission::CancelAppointment,
    Permission::OverrideRules,
    Permission::HandleEmergency,
];

impl Rights {
    /// Nobody in particular: may nothing.
    pub fn none(person: PersonId) -> Rights {
        Rights {
            person,
            grants: Vec::new(),
            table: Arc::default(),
            is_emergency: false,
        }
    }

    /// Everything everywhere.
    pub fn unlimited(person: PersonId) -> Rights {
        Rights {
            grants: vec![Grant::everywhere(Role::SuperAdmin)],
            ..Rights::none(person)
        }
    }

    /// Whether the permission holds at a location; `None`: anywhere.
    pub fn check(&self, permission: Permission, location: Option<LocationId>) -> Result<(), NotAllowed> {
        if self.is_emergency && IN_AN_EMERGENCY.contains(&permission) {
            return Ok(());
        }
        let mut somewhere = false;
        for grant in &self.grants {
            if self.table.allows(grant.role, permission) {
                somewhere = true;
                if location.is_none_or(|location| grant.places.contain(location)) {
                    return Ok(());
                }
            }
        }
        Err(match location {
            Some(location) if somewhere => NotAllowed::Place { permission, location },
            _ => NotAllowed::Permission(permission),
        })
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.check(permission, None).is_ok()
    }

    /// Whether it matters where something lies.
    pub fn depend_on_places(&self) -> bool {
        self.grants.iter().any(|grant| grant.places != Places::Everywhere)
    }

    /// Whether settings of this location may be changed; `None`: of the practice as a whole.
    pub fn check_administrator(&self, location: Option<LocationId>) -> Result<(), NotAllowed> {
        let holds = |grant: &Grant| match location {
            _ if !grant.role.is_administrator() => false,
            Some(location) => grant.places.contain(location),
            None => grant.places == Places::Everywhere,
        };
        if self.grants.iter().any(holds) {
            return Ok(());
        }
        Err(match location {
            Some(location) if self.is_administrator() => NotAllowed::AdministratorHere(location),
            _ => NotAllowed::Administrator,
        })
    }

    /// Of the whole practice or of a part.
    pub fn is_administrator(&self) -> bool {
        self.grants.iter().any(|grant| grant.role.is_administrator())
    }

    pub fn is_super_admin(&self) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role == Role::SuperAdmin && grant.places == Places::Everywhere)
    }

    pub fn check_need(&self, need: &Need) -> Result<(), NotAllowed> {
        match need {
            Need::Permission(permission, location) => self.check(*permission, *location),
            Need::Administrator(location) => self.check_administrator(*location),
        }
    }

    /// Whether one operation of this person at this workstation may touch all of this.
    pub fn check_touches(&self, workstation: WorkstationId, touches: &[Touch]) -> Result<(), NotAllowed> {
        touches
            .iter()
            .flat_map(|touch| needs_of(touch, self.person, workstation))
            .try_for_each(|need| self.check_need(&need))
    }

    /// Whether this person may make a person with `before` into one with `after`.
    pub fn check_grants(&self, before: &[Grant], after: &[Grant]) -> Result<(), NotAllowed> {
        self.check_administrator(None)?;
        let is_super = |grants: &[Grant]| grants.iter().any(|grant| grant.role == Role::SuperAdmin);
        if (is_super(before) || is_super(after)) && !self.is_super_admin() {
            return Err(NotAllowed::SuperAdmin);
        }
        Ok(())
    }
}
