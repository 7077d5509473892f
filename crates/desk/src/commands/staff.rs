//! People and workstations: adding, changing, removing; the table of permissions.

use std::collections::BTreeSet;
use std::sync::Arc;

use clinic::{Change, Grant, Op, Person, PersonId};
use sync::statement::Revoke;
use sync::{PersonKeys, PracticeKey, Statement};

use crate::api::{
    AddPerson, Machine, People, PermissionLine, ResetLogin, SetPermission, StaffMember, UpdatePerson,
    WorkstationRef,
};
use crate::desk::Desk;
use crate::desk::session::check_passphrase;
use crate::desk::staff::{Card, Staff};
use crate::desk::writing::not_allowed;
use crate::identity::random;
use crate::views::initials;
use crate::{DeskError, refusals};

impl Desk {
    pub fn people(&self) -> Result<People, DeskError> {
        let staff = self.staff();
        let roster = self.roster();
        let me = self.person();
        let people = roster.people.values().map(|person| {
            let signer = staff.keys_of(person.id).next();
            StaffMember {
                id: person.id,
                name: person.name.clone(),
                initials: person.initials.clone(),
                is_active: person.is_active && signer.is_some(),
                grants: staff.rights_of(person.id).grants.clone(),
                has_login: staff.login_of(person.id).is_some(),
                has_second_factor: staff.keys_of(person.id).any(|signer| signer.factor.is_some()),
                emergency: signer
                    .and_then(|signer| signer.emergency.as_ref().map(|note| note.reason.clone())),
                is_me: person.id == me,
            }
        });
        let table = clinic::Permission::ALL.iter().map(|permission| PermissionLine {
            permission: *permission,
            words: permission.words().to_owned(),
            roles: staff.table.roles(*permission).into_iter().collect(),
            is_changed: staff.table.0.contains_key(permission),
        });
        let here = self.workstation();
        let workstations = roster.workstations.values().map(|record| {
            let member = staff
                .membership
                .workstation(sync::WorkstationId(record.id.to_bytes()));
            Machine {
                id: record.id,
                name: record.name.clone(),
                is_here: record.id == here,
                is_removed: member.is_some_and(|member| member.revoked_at.is_some()),
            }
        });
        Ok(People {
            people: people.collect(),
            table: table.collect(),
            workstations: workstations.collect(),
        })
    }

    pub fn add_person(&self, request: AddPerson, cost: store::PassphraseCost) -> Result<People, DeskError> {
        check_passphrase(&request.passphrase)?;
        let grants = checked_grants(request.grants)?;
        self.may_give(&[], &grants)?;
        let id = PersonId(self.new_id());
        let name = request.name.trim().to_owned();
        let person = Person {
            id,
            initials: request
                .initials
                .unwrap_or_else(|| initials(&name))
                .trim()
                .to_owned(),
            name,
            is_active: true,
        };
        self.valid_person(&person)?;
        self.admit(id, grants, &request.passphrase, cost)?;
        self.write(Op::UpdateSettings, |writing| {
            writing.record(vec![Change::add(person)])
        })?;
        self.people()
    }

    pub fn update_person(&self, request: UpdatePerson) -> Result<People, DeskError> {
        let roster = self.roster();
        let before = known(&roster, request.id)?;
        let mut after = before.clone();
        if let Some(name) = &request.name {
            name.trim().clone_into(&mut after.name);
        }
        if let Some(initials) = &request.initials {
            initials.trim().clone_into(&mut after.initials);
        }
        after.is_active = request.is_active.unwrap_or(after.is_active);
        self.valid_person(&after)?;
        let staff = self.staff();
        let had = staff.rights_of(request.id).grants.clone();
        let grants = request.grants.map(checked_grants).transpose()?;
        self.may_give(&had, grants.as_deref().unwrap_or(&had))?;
        if request.is_active == Some(true) && !before.is_active {
            return Err(
                DeskError::new("needs_passphrase", "Who comes back needs a new passphrase.")
                    .hint("Give one with “New passphrase”; that makes the person active again.")
                    .field("is_active"),
            );
        }
        if request.is_active == Some(false) {
            if request.id == self.person() {
                return Err(
                    DeskError::new("yourself", "You cannot take yourself out of use.").field("is_active")
                );
            }
            self.revoke_keys(&staff, request.id)?;
        } else if let Some(grants) = grants.filter(|grants| *grants != had) {
            self.check_some_super_admin_stays(&staff, request.id, &grants)?;
            for signer in staff.keys_of(request.id) {
                let card = Card {
                    person: request.id,
                    grants: grants.clone(),
                };
                self.say_staff(signer.key, &card)?;
            }
        }
        if after != *before {
            let before = before.clone();
            self.write(Op::UpdateSettings, |writing| {
                writing.record(vec![Change::edit(before, after)])
            })?;
        }
        self.people()
    }

    /// A new key behind a new passphrase; the old keys count no more.
    pub fn reset_login(&self, request: ResetLogin, cost: store::PassphraseCost) -> Result<People, DeskError> {
        check_passphrase(&request.passphrase)?;
        let roster = self.roster();
        let before = known(&roster, request.id)?.clone();
        let staff = self.staff();
        let grants = match staff.rights_of(request.id).grants.clone() {
            // Comes back after having been out of use: with the least, until somebody says more.
            none if none.is_empty() => vec![Grant::everywhere(clinic::Role::ReadOnly)],
            grants => grants,
        };
        self.may_give(&grants, &grants)?;
        if request.id == self.person() {
            return Err(DeskError::new(
                "yourself",
                "Your own passphrase is changed under “Choose passphrase”.",
            ));
        }
        self.admit(request.id, grants, &request.passphrase, cost)?;
        self.revoke_keys(&staff, request.id)?;
        if !before.is_active {
            let after = Person {
                is_active: true,
                ..before.clone()
            };
            self.write(Op::UpdateSettings, |writing| {
                writing.record(vec![Change::edit(before, after)])
            })?;
        }
        self.people()
    }

    pub fn set_permission(&self, request: SetPermission) -> Result<People, DeskError> {
        self.may_administer()?;
        let roles: BTreeSet<clinic::Role> = request.roles.into_iter().collect();
        let table = self.staff().table.with(request.permission, roles);
        let identity = self.identity();
        let plain = serde_json::to_vec(&table).expect("a table is plain data");
        let table = self.note(&identity, sync::staff::Place::Policy, &plain)?;
        self.append_statement(&Statement::Policy(sync::staff::Policy { table, rules: None }))?;
        self.people()
    }

    /// Removes a workstation and changes the practice's key, so that it cannot read what comes.
    pub fn remove_workstation(&self, request: WorkstationRef) -> Result<People, DeskError> {
        self.may_administer()?;
        if request.id == self.workstation() {
            return Err(
                DeskError::new("this_workstation", "This is the workstation you sit at.")
                    .hint("Remove it from another one.")
                    .field("id"),
            );
        }
        let id = sync::WorkstationId(request.id.to_bytes());
        let staff = self.staff();
        match staff.membership.workstation(id) {
            None => return Err(DeskError::new("unknown_record", "There is no such workstation.").field("id")),
            Some(member) if member.revoked_at.is_some() => return self.people(),
            Some(_) => {}
        }
        self.append_statement(&Statement::Revoke(Revoke {
            workstation: Some(id),
            person: None,
            invitation: None,
        }))?;
        self.change_practice_key()?;
        self.people()
    }

    /// A new key for what is written from now on, for the workstations that stay.
    fn change_practice_key(&self) -> Result<(), DeskError> {
        let membership = &self.staff().membership;
        let epoch = membership.epoch().unwrap_or_default() + 1;
        let key = PracticeKey { epoch, key: random() };
        let rotate = membership.rotation(&key, random()).map_err(|error| {
            DeskError::new(
                "weak_key",
                format!("The new key cannot be given to everybody: {error}."),
            )
        })?;
        self.append_statement(&Statement::Rotate(rotate))?;
        self.take_practice_key(key)
    }

    /// Lets a new key sign for a person, and puts it behind a passphrase.
    fn admit(
        &self,
        person: PersonId,
        grants: Vec<Grant>,
        passphrase: &str,
        cost: store::PassphraseCost,
    ) -> Result<(), DeskError> {
        let keys = Arc::new(PersonKeys::generate(random()));
        self.say_staff(keys.public(), &Card { person, grants })?;
        let theirs = self.identity().acting_as(person, keys);
        self.say_login(&theirs, passphrase, cost)
    }

    fn revoke_keys(&self, staff: &Staff, person: PersonId) -> Result<(), DeskError> {
        for signer in staff.keys_of(person) {
            self.append_statement(&Statement::Revoke(Revoke {
                workstation: None,
                person: Some(signer.key.key_id()),
                invitation: None,
            }))?;
        }
        Ok(())
    }

    fn may_give(&self, before: &[Grant], after: &[Grant]) -> Result<(), DeskError> {
        self.rights()
            .check_grants(before, after)
            .map_err(|lacks| not_allowed(&lacks, &self.roster()))
    }

    pub(crate) fn may_administer(&self) -> Result<(), DeskError> {
        self.rights()
            .check_administrator(None)
            .map_err(|lacks| not_allowed(&lacks, &self.roster()))
    }

    fn check_some_super_admin_stays(
        &self,
        staff: &Staff,
        person: PersonId,
        grants: &[Grant],
    ) -> Result<(), DeskError> {
        let is_super = |grants: &[Grant]| grants.contains(&Grant::everywhere(clinic::Role::SuperAdmin));
        let others = self
            .roster()
            .people
            .keys()
            .any(|other| *other != person && is_super(&staff.rights_of(*other).grants));
        if is_super(grants) || others {
            return Ok(());
        }
        Err(DeskError::new(
            "last_super_admin",
            "The practice would be left without a Super Admin.",
        )
        .hint("Make somebody else Super Admin first.")
        .field("grants"))
    }

    fn valid_person(&self, person: &Person) -> Result<(), DeskError> {
        clinic::validate_person(person).map_err(|error| refusals::invalid(&error))
    }
}

fn known(roster: &clinic::Roster, id: PersonId) -> Result<&Person, DeskError> {
    roster
        .person(id)
        .ok_or_else(|| DeskError::new("unknown_record", "There is no such person.").field("id"))
}

fn checked_grants(mut grants: Vec<Grant>) -> Result<Vec<Grant>, DeskError> {
    grants.sort();
    grants.dedup();
    let nowhere =
        |grant: &Grant| matches!(&grant.places, clinic::roles::Places::Only(places) if places.is_empty());
    if grants.is_empty() || grants.iter().any(nowhere) {
        return Err(
            DeskError::new("invalid", "A person needs a role, and each role a place.")
                .hint("“Read Only” is the least.")
                .field("grants"),
        );
    }
    Ok(grants)
}
