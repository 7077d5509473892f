//! The table of roles, by every role and every permission, and what each kind of touch needs.

use std::collections::BTreeSet;
use std::sync::Arc;

use expect_test::expect;

use crate::roles::{Deed, NotAllowed, Places, Touch, needs_of, touches_of};
use crate::{
    Change, EntityKind, Grant, LocationId, Permission, Person, PersonId, Rights, Role, RoleTable,
    WorkstationId,
};

const ME: PersonId = PersonId(1);
const HERE: WorkstationId = WorkstationId(2);

fn rights(grants: Vec<Grant>) -> Rights {
    Rights {
        grants,
        ..Rights::none(ME)
    }
}

fn as_role(role: Role) -> Rights {
    rights(vec![Grant::everywhere(role)])
}

fn touch(kind: EntityKind, deed: Deed) -> Touch {
    Touch {
        kind,
        key: "1".to_owned(),
        deed,
        locations: Vec::new(),
    }
}

/// One line a permission, one letter a role: what `mission.md` R says, and who may override a rule.
#[test]
fn the_defaults_are_the_missions_table() {
    let mut drawn = String::new();
    for permission in Permission::ALL {
        let letters: String = Role::ALL
            .iter()
            .map(|role| if as_role(*role).may(*permission) { 'x' } else { '.' })
            .collect();
        drawn += &format!("{letters}  {}\n", permission.code());
    }
    // Super Admin, Clinic Admin, Doctor, Clinical Staff, Front Desk, Billing, Read Only
    expect![[r#"
        xxxxxxx  booking:view_calendar
        xxxxx..  booking:create_appointment
        xxxxx..  booking:modify_appointment
        xxx.x..  booking:cancel_appointment
        xxxxx..  booking:override_rules
        xx.....  booking:manage_templates
        xx..x..  booking:apply_templates
        xx..x..  booking:manage_waitlist
        xxxxx..  booking:handle_emergency
        xxx....  booking:view_analytics
        xx.....  booking:manage_reminders
    "#]]
    .assert_eq(&drawn);
}

/// Every kind of record, every deed, every role.
#[test]
fn what_each_role_may_touch() {
    let mut drawn = String::new();
    for kind in EntityKind::ALL {
        for deed in [Deed::Add, Deed::Edit, Deed::Cancel, Deed::Remove] {
            if deed == Deed::Cancel && *kind != EntityKind::Appointment {
                continue;
            }
            let letters: String = Role::ALL
                .iter()
                .map(
                    |role| match as_role(*role).check_touches(HERE, &[touch(*kind, deed)]) {
                        Ok(()) => 'x',
                        Err(_) => '.',
                    },
                )
                .collect();
            drawn += &format!("{letters}  {deed:?} {}\n", kind.container());
        }
    }
    expect![[r#"
        xx.....  Add practice
        xx.....  Edit practice
        xx.....  Remove practice
        xx.....  Add people
        xx.....  Edit people
        xx.....  Remove people
        xx.....  Add workstations
        xx.....  Edit workstations
        xx.....  Remove workstations
        xx.....  Add appointment_types
        xx.....  Edit appointment_types
        xx.....  Remove appointment_types
        xx.....  Add locations
        xx.....  Edit locations
        xx.....  Remove locations
        xx.....  Add operatories
        xx.....  Edit operatories
        xx.....  Remove operatories
        xx.....  Add providers
        xx.....  Edit providers
        xx.....  Remove providers
        xxxxx..  Add time_blocks
        xxxxx..  Edit time_blocks
        xxxxx..  Remove time_blocks
        xxxxx..  Add patients
        xxxxx..  Edit patients
        xxxxx..  Remove patients
        xxxxx..  Add appointments
        xxxxx..  Edit appointments
        xxx.x..  Cancel appointments
        xxxxx..  Remove appointments
        xxxxx..  Add accepted_conflicts
        xxxxx..  Edit accepted_conflicts
        xxxxx..  Remove accepted_conflicts
        xxxxx..  Add recurring_appointments
        xxxxx..  Edit recurring_appointments
        xxxxx..  Remove recurring_appointments
        xx.....  Add schedule_templates
        xx.....  Edit schedule_templates
        xx.....  Remove schedule_templates
        xx.....  Add template_slots
        xx.....  Edit template_slots
        xx.....  Remove template_slots
        xx.....  Add template_versions
        xx.....  Edit template_versions
        xx.....  Remove template_versions
        xx.....  Add template_shares
        xx.....  Edit template_shares
        xx.....  Remove template_shares
        xx..x..  Add template_applications
        xx..x..  Edit template_applications
        xx..x..  Remove template_applications
        xx..x..  Add day_slots
        xx..x..  Edit day_slots
        xx..x..  Remove day_slots
        xx.....  Add equipment
        xx.....  Edit equipment
        xx.....  Remove equipment
    "#]]
    .assert_eq(&drawn);
}

#[test]
fn whoever_comes_in_may_say_who_they_are_and_nothing_more() {
    let newcomer = rights(Vec::new());
    let person = |id| {
        Change::add(Person {
            id: PersonId(id),
            name: "New".to_owned(),
            initials: "N".to_owned(),
            is_active: true,
        })
    };
    let touches = |id| touches_of(&[person(id)], &|_| None);
    assert_eq!(newcomer.check_touches(HERE, &touches(1)), Ok(()));
    assert_eq!(
        newcomer.check_touches(HERE, &touches(9)),
        Err(NotAllowed::Administrator)
    );
    let edit = Touch {
        key: ME.to_string(),
        ..touch(EntityKind::Person, Deed::Edit)
    };
    assert!(
        !needs_of(&edit, ME, HERE).is_empty(),
        "one’s own record is edited by administrators"
    );
}

#[test]
fn a_role_for_one_place_counts_there_only() {
    let (downtown, uptown) = (LocationId(1), LocationId(2));
    let at = |locations: &[LocationId]| Touch {
        locations: locations.to_vec(),
        ..touch(EntityKind::Appointment, Deed::Edit)
    };
    let only = |role| Grant {
        role,
        places: Places::Only(BTreeSet::from([downtown])),
    };
    let front = rights(vec![only(Role::FrontDesk), Grant::everywhere(Role::ReadOnly)]);
    assert_eq!(front.check_touches(HERE, &[at(&[downtown])]), Ok(()));
    let elsewhere = NotAllowed::Place {
        permission: Permission::ModifyAppointment,
        location: uptown,
    };
    assert_eq!(
        front.check_touches(HERE, &[at(&[uptown])]),
        Err(elsewhere.clone())
    );
    assert_eq!(
        front.check_touches(HERE, &[at(&[downtown, uptown])]),
        Err(elsewhere),
        "moving a visit from one place to another needs both"
    );
    assert_eq!(front.check(Permission::ViewCalendar, Some(uptown)), Ok(()));

    let admin = rights(vec![only(Role::ClinicAdmin)]);
    let operatory = |locations: &[LocationId]| Touch {
        locations: locations.to_vec(),
        ..touch(EntityKind::Operatory, Deed::Edit)
    };
    assert_eq!(admin.check_touches(HERE, &[operatory(&[downtown])]), Ok(()));
    assert_eq!(
        admin.check_touches(HERE, &[operatory(&[uptown])]),
        Err(NotAllowed::AdministratorHere(uptown))
    );
    assert_eq!(admin.check_administrator(None), Err(NotAllowed::Administrator));
}

#[test]
fn an_emergency_opens_the_calendar_and_not_the_settings() {
    let billing = as_role(Role::Billing);
    let emergency = Rights {
        is_emergency: true,
        ..billing.clone()
    };
    let booking = [touch(EntityKind::Appointment, Deed::Add)];
    assert!(billing.check_touches(HERE, &booking).is_err());
    assert_eq!(emergency.check_touches(HERE, &booking), Ok(()));
    assert!(
        emergency
            .check_touches(HERE, &[touch(EntityKind::Provider, Deed::Edit)])
            .is_err()
    );
    assert!(!emergency.may(Permission::ManageTemplates));
}

#[test]
fn the_practice_can_change_every_line_but_super_admins() {
    for permission in Permission::ALL {
        for role in Role::ALL {
            let turned = {
                let mut roles = permission.default_roles();
                if !roles.remove(role) {
                    roles.insert(*role);
                }
                RoleTable::default().with(*permission, roles)
            };
            let changed = Rights {
                table: Arc::new(turned.clone()),
                ..as_role(*role)
            };
            let was = as_role(*role).may(*permission);
            let expected = *role == Role::SuperAdmin || !was;
            assert_eq!(changed.may(*permission), expected, "{role:?} {permission:?}");
            for other in Permission::ALL.iter().filter(|other| *other != permission) {
                assert_eq!(
                    changed.may(*other),
                    as_role(*role).may(*other),
                    "{role:?} {other:?} when {permission:?} changes"
                );
            }
            assert_eq!(
                turned.with(*permission, permission.default_roles()),
                RoleTable::default()
            );
        }
    }
}

#[test]
fn only_super_admins_make_and_unmake_super_admins() {
    let (front, superior) = (
        [Grant::everywhere(Role::FrontDesk)],
        [Grant::everywhere(Role::SuperAdmin)],
    );
    for role in Role::ALL {
        let rights = as_role(*role);
        assert_eq!(
            rights.check_grants(&[], &front).is_ok(),
            role.is_administrator(),
            "{role:?}"
        );
        for (before, after) in [(&front, &superior), (&superior, &front)] {
            let may = rights.check_grants(before, after).is_ok();
            assert_eq!(may, *role == Role::SuperAdmin, "{role:?}");
        }
    }
}

#[test]
fn codes_come_back() {
    for role in Role::ALL {
        assert_eq!(Role::from_code(role.code()), Some(*role));
        assert_eq!(serde_json::to_value(role).unwrap(), role.code());
    }
    for permission in Permission::ALL {
        assert_eq!(Permission::from_code(permission.code()), Some(*permission));
        assert_eq!(serde_json::to_value(permission).unwrap(), permission.code());
    }
}
