//! S9: who may do what. Every command by every role, with every cell of the table of permissions as it is and turned; and
//! everything that people do by every role, where the desk it is done at must agree with all others. Who may what is written
//! here once more and not asked of the program; which permission a command needs stands in the table of commands, which
//! `tests/suite/trust.rs` keeps as it is drawn there.

use anyhow::{Context, Result, anyhow, ensure};
use clinic::{Permission, Role};
use desk::api::{COMMANDS, CommandInfo};
use desk::{Access, DeskError, FrontDesk};
use serde_json::{Value, json};

use super::practice::{self, add_patient, book_at, call, portrait};
use super::report::{Finding, Tally};
use super::{Amount, Plan};
use crate::requests::{NOT_TRIED, request};
use crate::simulation::{self, Broken, PEOPLE, World};

/// The table of roles as the practice's people know it. Super Admin, Clinic Admin, Doctor, Clinical Staff, Front Desk,
/// Billing, Read Only.
const TABLE: [(Permission, &str); 10] = [
    (Permission::ViewCalendar, "xxxxxxx"),
    (Permission::CreateAppointment, "xxxxx.."),
    (Permission::ModifyAppointment, "xxxxx.."),
    (Permission::CancelAppointment, "xxx.x.."),
    (Permission::ManageTemplates, "xx....."),
    (Permission::ApplyTemplates, "xx..x.."),
    (Permission::ManageWaitlist, "xx..x.."),
    (Permission::HandleEmergency, "xxxxx.."),
    (Permission::ViewAnalytics, "xxx...."),
    (Permission::ManageReminders, "xx....."),
];

fn is_in(letters: &str, role: Role) -> bool {
    let at = Role::ALL.iter().position(|known| *known == role);
    at.is_some_and(|at| letters.as_bytes()[at] == b'x')
}

fn may(permission: Permission, role: Role) -> bool {
    TABLE
        .iter()
        .any(|(known, letters)| *known == permission && is_in(letters, role))
}

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    Ok(vec![commands(plan)?, deeds(plan)?])
}

fn everywhere(role: Role) -> Value {
    json!([{ "role": role.code(), "places": "everywhere" }])
}

fn word(role: Role) -> String {
    format!("{} has a passphrase", role.code())
}

/// The practice as it is, and with one cell of the table turned.
fn commands(plan: &Plan) -> Result<Finding> {
    let home = practice::home()?;
    let front = practice::found(&home.path().join("desk"))?;
    let mut people = Vec::new();
    for role in Role::ALL {
        let request = json!({ "name": role.words(), "grants": everywhere(*role), "passphrase": word(*role) });
        let list = call(&front, "add_person", request)?;
        let added = list["people"].as_array().into_iter().flatten();
        let id = added
            .filter(|person| person["name"] == role.words())
            .map(|person| person["id"].clone())
            .next_back()
            .context("the person who was added")?;
        people.push((*role, id));
    }
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    let location = call(&front, "hello", json!({}))?["roster"]["locations"][0]["id"].clone();
    let mut all = |turned: Option<(Permission, Role)>, roles: &[Role]| -> Result<()> {
        for (role, id) in people.iter().filter(|(role, _)| roles.contains(role)) {
            sign_in(&front, *role, id)?;
            for command in COMMANDS
                .iter()
                .filter(|command| !NOT_TRIED.contains(&command.name))
            {
                let place = || match turned {
                    None => format!("{} by {}", command.name, role.words()),
                    Some((permission, of)) => format!(
                        "{} by {}, {} turned for {}",
                        command.name,
                        role.words(),
                        permission.code(),
                        of.words()
                    ),
                };
                let answer = answered(&front, command.name, &location)?;
                tally.count(place, agrees(answer, expected(command, *role, turned)));
                if turned.is_some() {
                    // The weakened variant: the practice’s own table counts for nothing.
                    control.count(place, agrees(answer, expected(command, *role, None)));
                }
            }
        }
        Ok(())
    };
    all(None, Role::ALL)?;
    let permissions = match plan.amount {
        Amount::Long => &TABLE[..],
        Amount::Quick => &TABLE[3..4],
    };
    for (permission, letters) in permissions {
        plan.say(&format!("S9 {} turned", permission.code()));
        for role in Role::ALL {
            let turn = |is_turned: bool| -> Result<()> {
                let (first, id) = &people[0];
                sign_in(&front, *first, id)?;
                let roles: Vec<&str> = Role::ALL
                    .iter()
                    .filter(|known| is_in(letters, **known) != (is_turned && *known == role))
                    .map(|role| role.code())
                    .collect();
                let request = json!({ "permission": permission.code(), "roles": roles });
                call(&front, "set_permission", request)?;
                Ok(())
            };
            turn(true)?;
            // The role whose cell it is, and one that must not notice.
            let other = Role::ALL[(role_number(*role) + 3) % Role::ALL.len()];
            all(Some((*permission, *role)), &[*role, other])?;
            turn(false)?;
        }
    }
    front.close();
    let what = format!(
        "{} commands × {} roles × the table as it is and with each of {} cells turned; control: the practice’s table is not asked",
        COMMANDS.len() - NOT_TRIED.len(),
        Role::ALL.len(),
        permissions.len() * Role::ALL.len()
    );
    Ok(Finding::new("S9", what, &tally, &control))
}

fn role_number(role: Role) -> usize {
    Role::ALL
        .iter()
        .position(|known| *known == role)
        .unwrap_or_default()
}

fn sign_in(front: &FrontDesk, role: Role, id: &Value) -> Result<()> {
    let request = json!({ "person": id, "passphrase": word(role) });
    call(front, "sign_in", request).map(drop)
}

fn answered(front: &FrontDesk, command: &str, location: &Value) -> Result<bool> {
    match front.call(command, request(command, location)) {
        Ok(_) => Ok(true),
        Err(error) => {
            ensure!(
                !["bad_request", "locked"].contains(&error.code.as_str()),
                "{command} cannot be tried: {} (tests/src/requests.rs says what to ask)",
                error.message
            );
            Ok(error.code != "not_allowed")
        }
    }
}

/// What makes super administrators is for them alone.
const FOR_SUPER_ADMINISTRATORS: &[&str] = &["make_recovery_kit"];

fn expected(command: &CommandInfo, role: Role, turned: Option<(Permission, Role)>) -> bool {
    if FOR_SUPER_ADMINISTRATORS.contains(&command.name) {
        return role == Role::SuperAdmin;
    }
    match command.access {
        Access::Anybody | Access::SignedIn => true,
        Access::Administrator => matches!(role, Role::SuperAdmin | Role::ClinicAdmin),
        // Nobody can lock out the last who could undo it.
        Access::Permission(_) if role == Role::SuperAdmin => true,
        Access::Permission(permission) => may(permission, role) != (turned == Some((permission, role))),
        Access::AnyOf(_) if role == Role::SuperAdmin => true,
        Access::AnyOf(permissions) => permissions
            .iter()
            .any(|permission| may(*permission, role) != (turned == Some((*permission, role)))),
    }
}

fn agrees(answer: bool, expected: bool) -> Result<&'static str, String> {
    match (answer, expected) {
        (true, true) => Ok("allowed"),
        (false, false) => Ok("refused"),
        (true, false) => Err("allowed, and should not be".to_owned()),
        (false, true) => Err("refused, and should not be".to_owned()),
    }
}

/// The desk of the administrator, of whoever does something, and of a witness.
const ADMIN: usize = 0;
const AUTHOR: usize = 1;
const WITNESS: usize = 2;
/// Somebody whose role others change.
const LEARNER: &str = "Lena Novak";

/// What there is to work on.
struct Scene {
    patient: Value,
    visit: Value,
    block: Value,
    location: Value,
    operatory: Value,
    round: usize,
}

type Act = fn(&FrontDesk, &Scene) -> Result<Value, DeskError>;

/// What people do, who may, and how.
const DEEDS: [(&str, &str, Act); 16] = [
    ("add a patient", "xxxxx..", |desk, scene| {
        let fields = json!({ "family_name": "Lund", "given_name": given(scene.round) });
        desk.call("add_patient", json!({ "fields": fields }))
    }),
    ("edit a patient", "xxxxx..", |desk, scene| {
        let fields = json!({ "family_name": "Rivera", "given_name": given(scene.round), "alert": "latex" });
        desk.call("update_patient", json!({ "id": scene.patient, "fields": fields }))
    }),
    ("book", "xxxxx..", |desk, scene| {
        book_at(desk, &scene.patient, "Op 4", &at(scene.round, "10:00"))
            .map_err(|error| DeskError::new(&code(&error), error.to_string()))
    }),
    ("move", "xxxxx..", |desk, scene| {
        let request = json!({ "id": scene.visit, "at": at(scene.round, "15:00"), "leave": { "acknowledge_warnings": true } });
        desk.call("move_appointment", request)
    }),
    ("lengthen", "xxxxx..", |desk, scene| {
        let request =
            json!({ "id": scene.visit, "length_minutes": 20, "leave": { "acknowledge_warnings": true } });
        desk.call("change_length", request)
    }),
    ("confirm", "xxxxx..", |desk, scene| {
        desk.call("set_status", json!({ "id": scene.visit, "status": "confirmed" }))
    }),
    ("cancel", "xxx.x..", |desk, scene| {
        desk.call(
            "cancel_appointment",
            json!({ "id": scene.visit, "reason": "ill" }),
        )
    }),
    ("write a note", "xxxxx..", |desk, scene| {
        desk.call("edit_appointment", json!({ "id": scene.visit, "note": "wire" }))
    }),
    ("block out", "xxxxx..", |desk, scene| {
        let request = json!({
            "target": { "kind": "operatory", "id": scene.operatory }, "location": scene.location, "at": at(scene.round, "16:00"),
            "length_minutes": 10, "title": "Cleaning", "policy": { "kind": "warn" },
        });
        desk.call("add_time_block", request)
    }),
    ("rename a block-out", "xxxxx..", |desk, scene| {
        desk.call("change_time_block", json!({ "id": scene.block, "title": "Walk" }))
    }),
    ("remove a block-out", "xxxxx..", |desk, scene| {
        desk.call("remove_time_block", json!({ "id": scene.block }))
    }),
    ("rename the practice", "xx.....", |desk, scene| {
        let request = json!({ "kind": "practice", "name": format!("Harbour {}", scene.round), "email": "", "phone": "", "time_increment_minutes": 10 });
        desk.call("save_setting", request)
    }),
    ("rename a chair", "xx.....", |desk, scene| {
        let request = json!({
            "kind": "operatory", "id": scene.operatory, "location": scene.location, "name": format!("Chair {}", scene.round),
            "usual_provider": null, "is_active": true,
        });
        desk.call("save_setting", request)
    }),
    ("change the table", "xx.....", |desk, scene| {
        let roles = [&["super_admin"][..], &["super_admin", "billing"]][scene.round % 2];
        desk.call(
            "set_permission",
            json!({ "permission": "booking:manage_reminders", "roles": roles }),
        )
    }),
    ("add a person", "xx.....", |desk, scene| {
        let request = json!({ "name": format!("New {}", scene.round), "grants": everywhere(Role::ReadOnly), "passphrase": "long enough to keep" });
        desk.call("add_person", request)
    }),
    ("raise somebody", "xx.....", |desk, scene| {
        let id = person(desk, LEARNER)?;
        let role = [Role::Doctor, Role::FrontDesk][scene.round % 2];
        desk.call("update_person", json!({ "id": id, "grants": everywhere(role) }))
    }),
];

/// Nobody else is called like this.
fn given(round: usize) -> String {
    let parts = ["Am", "Bel", "Cor", "Dan", "El", "Fin", "Gus", "Hal"];
    format!("{}{}", parts[round / 8 % 8], parts[round % 8].to_lowercase())
}

/// Every round has a working day of its own.
fn day(round: usize) -> String {
    let monday = jiff::civil::date(2031, 3, 3);
    let days = i32::try_from(round / 5 * 7 + round % 5).unwrap_or_default();
    (monday + jiff::Span::new().days(days)).to_string()
}

fn at(round: usize, time: &str) -> String {
    format!("{}T{time}", day(round))
}

/// What stands in brackets at the end of a failed call.
fn code(error: &anyhow::Error) -> String {
    let text = error.to_string();
    let code = text.rsplit_once('(').map_or("", |(_, code)| code);
    code.trim_end_matches(')').to_owned()
}

fn person(desk: &FrontDesk, name: &str) -> Result<Value, DeskError> {
    let people = desk.call("people", json!({}))?;
    let found = people["people"].as_array().into_iter().flatten();
    let id = found
        .filter(|person| person["name"] == name)
        .map(|person| person["id"].clone())
        .next();
    id.ok_or_else(|| DeskError::new("nobody", format!("{name} is not among the people.")))
}

fn said(error: DeskError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

/// Everything that counts at a desk.
fn shown(world: &mut World, station: usize, scene: &Scene) -> Result<String> {
    let front = world.running(station).front.clone();
    let request = json!({ "location": scene.location, "date": day(scene.round) });
    let sheet = call(&front, "day_sheet", request)?;
    let shown = portrait(&front).map_err(said)?;
    Ok(format!("{shown}{}\n{}", sheet["appointments"], sheet["blocks"]))
}

/// The same, and who may what as it sees it.
fn picture(world: &mut World, station: usize, scene: &Scene) -> Result<String> {
    let mut people = call(&world.running(station).front, "people", json!({}))?;
    for list in ["people", "workstations"] {
        for entry in people[list].as_array_mut().into_iter().flatten() {
            // Who sits where is not the same everywhere.
            if let Some(entry) = entry.as_object_mut() {
                entry.retain(|name, _| !["is_me", "is_here"].contains(&name.as_str()));
            }
        }
    }
    Ok(format!("{}{people}", shown(world, station, scene)?))
}

fn grant(world: &mut World, name: &str, role: Role) -> Result<()> {
    let front = world.running(ADMIN).front.clone();
    let id = person(&front, name).map_err(said)?;
    call(
        &front,
        "update_person",
        json!({ "id": id, "grants": everywhere(role) }),
    )?;
    world.tell_outbox(ADMIN).map_err(said)
}

fn scene(world: &mut World, round: usize) -> Result<Scene> {
    let front = world.running(ADMIN).front.clone();
    let hello = call(&front, "hello", json!({}))?;
    let location = hello["roster"]["locations"][0]["id"].clone();
    let operatory = hello["roster"]["operatories"][2]["id"].clone();
    let patient = add_patient(&front, "Rivera", &given(round))?;
    let visit = book_at(&front, &patient, "Op 1", &at(round, "08:00"))?;
    let request = json!({
        "target": { "kind": "operatory", "id": operatory }, "location": location, "at": at(round, "12:00"),
        "length_minutes": 10, "title": "Lunch", "policy": { "kind": "warn" },
    });
    let block = call(&front, "add_time_block", request)?["id"].clone();
    world.tell_outbox(ADMIN).map_err(said)?;
    world.until_quiet().map_err(said)?;
    Ok(Scene {
        patient,
        visit,
        block,
        location,
        operatory,
        round,
    })
}

/// Everything by every role: at home, and as all others judge it when the author's desk did not know better.
fn deeds(plan: &Plan) -> Result<Finding> {
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    let deeds = match plan.amount {
        Amount::Long => &DEEDS[..],
        Amount::Quick => &DEEDS[6..8],
    };
    for role in Role::ALL {
        plan.say(&format!("S9 deeds of {}", role.words()));
        let mut world = World::new(&simulation::Plan {
            seed: plan.seed,
            steps: 0,
            workstations: Some(3),
            broken: Broken::Nothing,
        })
        .map_err(|failure| anyhow!("{failure}"))?;
        grant(&mut world, PEOPLE[WITNESS], Role::ClinicAdmin)?;
        let learner = json!({ "name": LEARNER, "grants": everywhere(Role::ReadOnly), "passphrase": "long enough to keep" });
        call(&world.running(ADMIN).front, "add_person", learner)?;
        for (round, (name, letters, act)) in deeds.iter().enumerate() {
            let place = || format!("{name} by {}", role.words());
            let is_allowed = is_in(letters, *role);
            grant(&mut world, PEOPLE[AUTHOR], *role)?;
            let scene_at_home = scene(&mut world, 2 * round)?;
            let front = world.running(AUTHOR).front.clone();
            let at_home = match act(&front, &scene_at_home) {
                Ok(_) => true,
                Err(error) if error.code == "not_allowed" => false,
                Err(error) => return Err(said(error)).with_context(place),
            };
            world.tell_outbox(AUTHOR).map_err(said)?;
            world.until_quiet().map_err(said)?;
            tally.count(|| format!("{}, at home", place()), agrees(at_home, is_allowed));
            let outcome = elsewhere(&mut world, *role, 2 * round + 1, *act).with_context(place)?;
            let elsewhere = || format!("{}, elsewhere", place());
            tally.count(
                elsewhere,
                outcome.clone().and_then(|accepted| agrees(accepted, is_allowed)),
            );
            // The weakened variant: whatever a workstation signs is believed.
            control.count(elsewhere, outcome.and_then(|accepted| agrees(accepted, true)));
        }
    }
    let what = format!(
        "{} deeds × {} roles, at home and judged by two other desks; control: who believes everybody",
        deeds.len(),
        Role::ALL.len()
    );
    Ok(Finding::new("S9", what, &tally, &control))
}

/// The author does it off-line as somebody who may everything, and meanwhile is told to be less. Whether it counts.
fn elsewhere(world: &mut World, role: Role, round: usize, act: Act) -> Result<Result<bool, String>> {
    grant(world, PEOPLE[AUTHOR], Role::SuperAdmin)?;
    let scene = scene(world, round)?;
    world.plug(AUTHOR, false);
    let front = world.running(AUTHOR).front.clone();
    act(&front, &scene).map_err(said)?;
    grant(world, PEOPLE[AUTHOR], role)?;
    world.run_for(60_000).map_err(said)?;
    let before = picture(world, ADMIN, &scene)?;
    world.plug(AUTHOR, true);
    world.tell_outbox(AUTHOR).map_err(said)?;
    world.until_quiet().map_err(said)?;
    let after = picture(world, ADMIN, &scene)?;
    if after != picture(world, WITNESS, &scene)? {
        return Ok(Err("two desks judge differently".to_owned()));
    }
    // A role that may see nothing has nothing to compare.
    if shown(world, ADMIN, &scene)? != shown(world, AUTHOR, &scene)? {
        return Ok(Err(
            "its author’s desk still shows it, or others do not".to_owned()
        ));
    }
    Ok(Ok(after != before))
}
