//! People, roles and workstations.

use std::collections::BTreeSet;

use clinic::roles::Places;
use clinic::{Grant, Permission, PersonId, Role};
use desk::DeskError;
use desk::api::{
    AddPerson, BreakGlass, ChoosePassphrase, Handlers as _, Nothing, ResetLogin, SetPermission, StaffMember,
    UpdatePerson, WorkstationRef,
};

use crate::answer::{Answer, Outcome, columns};
use crate::args::{People, Workstations};
use crate::names::Practice;
use crate::session;

pub fn run(practice: &Practice, command: People) -> Outcome {
    match command {
        People::List => {
            let people = practice.front.people(Nothing {})?;
            Ok(listed(practice, &people))
        }
        People::Add {
            name,
            roles,
            initials,
        } => {
            let grants = grants(practice, &roles)?;
            let passphrase = session::passphrase_for(&name)?;
            let people = practice.front.add_person(AddPerson {
                name,
                initials,
                grants,
                passphrase,
            })?;
            Ok(listed(practice, &people))
        }
        People::Change {
            who,
            name,
            initials,
            roles,
            active,
        } => {
            let member = member(practice, &who)?;
            let grants = (!roles.is_empty())
                .then(|| grants(practice, &roles))
                .transpose()?;
            let people = practice.front.update_person(UpdatePerson {
                id: member.id,
                name,
                initials,
                grants,
                is_active: active,
            })?;
            Ok(listed(practice, &people))
        }
        People::Passphrase { who } => passphrase(practice, &who),
        People::Permissions { permission: None, .. } => {
            let people = practice.front.people(Nothing {})?;
            Ok(Answer::new(&people.table, table(&people)))
        }
        People::Permissions {
            permission: Some(permission),
            roles,
        } => {
            let permission = permission_called(&permission)?;
            let roles = roles.iter().map(|text| role(text)).collect::<Result<_, _>>()?;
            let people = practice
                .front
                .set_permission(SetPermission { permission, roles })?;
            Ok(Answer::new(&people.table, table(&people)))
        }
    }
}

fn passphrase(practice: &Practice, who: &str) -> Outcome {
    // One's own needs no administrator.
    let me = &practice.hello.me;
    let fits = |text: &str| text.eq_ignore_ascii_case(who);
    if fits(&me.name) || fits(&me.initials) || me.id.to_string() == who {
        let passphrase = session::passphrase_for(&me.name)?;
        let session = practice.front.choose_passphrase(ChoosePassphrase {
            current: session::own_passphrase(),
            passphrase,
        })?;
        return Ok(Answer::new(
            &session,
            format!("{} has a new passphrase.", me.name),
        ));
    }
    let member = member(practice, who)?;
    let passphrase = session::passphrase_for(&member.name)?;
    let people = practice.front.reset_login(ResetLogin {
        id: member.id,
        passphrase,
    })?;
    Ok(Answer::new(
        &people,
        format!("{} has a new passphrase.", member.name),
    ))
}

pub fn workstations(practice: &Practice, command: Workstations) -> Outcome {
    let people = match command {
        Workstations::List => practice.front.people(Nothing {})?,
        Workstations::Remove { which } => {
            let all = practice.front.people(Nothing {})?.workstations;
            let found: Vec<_> = all
                .iter()
                .filter(|machine| {
                    machine.name.eq_ignore_ascii_case(&which) || machine.id.to_string() == which
                })
                .collect();
            let [machine] = found.as_slice() else {
                return Err(unclear("workstation", &which, found.len()));
            };
            practice
                .front
                .remove_workstation(WorkstationRef { id: machine.id })?
        }
    };
    let rows: Vec<Vec<String>> = people
        .workstations
        .iter()
        .map(|machine| {
            let state = match (machine.is_removed, machine.is_here) {
                (true, _) => "removed",
                (false, true) => "this one",
                (false, false) => "",
            };
            vec![machine.name.clone(), state.to_owned(), machine.id.to_string()]
        })
        .collect();
    Ok(Answer::new(&people.workstations, columns(&rows)))
}

pub fn emergency(practice: &Practice, reason: Option<String>) -> Outcome {
    let session = match reason {
        Some(reason) => practice.front.break_glass(BreakGlass { reason })?,
        None => practice.front.end_emergency(Nothing {})?,
    };
    let text = match &session.emergency_until {
        Some(until) => format!("Emergency access until {until}. Everybody is told."),
        None => "Emergency access is given back.".to_owned(),
    };
    Ok(Answer::new(&session, text))
}

/// `front_desk`, or `front_desk@Main Street`.
pub fn grants(practice: &Practice, texts: &[String]) -> Result<Vec<Grant>, DeskError> {
    texts
        .iter()
        .map(|text| match text.split_once('@') {
            None => Ok(Grant::everywhere(role(text)?)),
            Some((name, location)) => Ok(Grant {
                role: role(name)?,
                places: Places::Only(BTreeSet::from([practice.location(location)?])),
            }),
        })
        .collect()
}

fn role(text: &str) -> Result<Role, DeskError> {
    let code = text.trim().to_lowercase().replace([' ', '-'], "_");
    Role::from_code(&code).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        DeskError::new("unknown_role", format!("There is no role “{text}”."))
            .hint(format!("Write one of {}.", all.join(", ")))
            .field("role")
    })
}

fn permission_called(text: &str) -> Result<Permission, DeskError> {
    let with_prefix = format!("booking:{text}");
    Permission::from_code(text)
        .or_else(|| Permission::from_code(&with_prefix))
        .ok_or_else(|| {
            let all: Vec<&str> = Permission::ALL
                .iter()
                .map(|permission| permission.code())
                .collect();
            DeskError::new("unknown_permission", format!("There is no permission “{text}”."))
                .hint(format!("Write one of {}.", all.join(", ")))
                .field("permission")
        })
}

fn member(practice: &Practice, who: &str) -> Result<StaffMember, DeskError> {
    let people = practice.front.people(Nothing {})?.people;
    let id: Option<PersonId> = who.parse().ok();
    let fits = |member: &&StaffMember| {
        Some(member.id) == id
            || member.name.eq_ignore_ascii_case(who)
            || member.initials.eq_ignore_ascii_case(who)
    };
    let found: Vec<_> = people.iter().filter(fits).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        _ => Err(unclear("person", who, found.len())),
    }
}

fn unclear(what: &str, text: &str, count: usize) -> DeskError {
    if count == 0 {
        DeskError::new("unknown_record", format!("There is no {what} “{text}”."))
    } else {
        DeskError::new("unclear", format!("“{text}” names {count} of them.")).hint("Write the id.")
    }
}

fn listed(practice: &Practice, people: &desk::api::People) -> Answer {
    let rows: Vec<Vec<String>> = people
        .people
        .iter()
        .map(|member| {
            let roles: Vec<String> = member.grants.iter().map(|grant| words(practice, grant)).collect();
            let notes = [
                member.is_me.then_some("you"),
                (!member.is_active).then_some("out of use"),
                (!member.has_login).then_some("no passphrase"),
                member.emergency.as_ref().map(|_| "emergency access"),
            ];
            let notes: Vec<&str> = notes.into_iter().flatten().collect();
            vec![
                member.initials.clone(),
                member.name.clone(),
                roles.join(", "),
                notes.join(", "),
            ]
        })
        .collect();
    Answer::new(&people.people, columns(&rows))
}

fn words(practice: &Practice, grant: &Grant) -> String {
    match &grant.places {
        Places::Everywhere => grant.role.words().to_owned(),
        Places::Only(places) => {
            let names: Vec<&str> = places
                .iter()
                .map(|id| {
                    practice
                        .location_view(*id)
                        .map_or("a removed location", |place| place.name.as_str())
                })
                .collect();
            format!("{} at {}", grant.role.words(), names.join(" and "))
        }
    }
}

fn table(people: &desk::api::People) -> String {
    let rows: Vec<Vec<String>> = people
        .table
        .iter()
        .map(|line| {
            let roles: Vec<&str> = line.roles.iter().map(|role| role.code()).collect();
            let mark = if line.is_changed { "*" } else { "" };
            vec![format!("{}{mark}", line.permission.code()), roles.join(" ")]
        })
        .collect();
    format!("{}\n* changed by the practice\n", columns(&rows).trim_end())
}
