//! Starting a practice, the demo, and lists of what there is.

use std::path::PathBuf;

use desk::api::{Boot, Handlers as _, InitPractice, ListPatients, PatientView};
use desk::demo::DemoSize;
use desk::{DEMO_SEED, DemoPlan, DeskError, FrontDesk};
use serde_json::json;

use crate::answer::{Answer, Outcome, columns};
use crate::args::{Demo, Init, Listed, Size};
use crate::names::Practice;
use crate::session::{self, Progress};

pub fn init(data: Option<PathBuf>, init: &Init) -> Outcome {
    let front = session::start(data)?;
    must_be_fresh(&front)?;
    let boot = front.init_practice(InitPractice {
        name: init.practice.clone(),
        zone: init.zone.clone(),
        person: init.person.clone().unwrap_or_else(whoever_is_here),
        passphrase: session::new_passphrase()?,
    })?;
    begun(front, boot, "Started")
}

pub fn demo(data: Option<PathBuf>, demo: &Demo) -> Outcome {
    let front = session::start(data)?;
    must_be_fresh(&front)?;
    let today = match &demo.today {
        None => None,
        Some(text) => Some(crate::when::date(text, today_in_the_demo()?, "today")?),
    };
    let plan = DemoPlan {
        size: match demo.size {
            Size::Small => DemoSize::Small,
            Size::Full => DemoSize::Full,
        },
        seed: demo.seed.unwrap_or(DEMO_SEED),
        today,
        is_furnished: !demo.bare,
    };
    let line = Progress::new();
    session::on_interrupt(|| {
        eprintln!("\nStopped. The demo is unfinished: remove its folder before you make it again.");
        std::process::exit(1);
    });
    let boot = front.make_demo(&plan, &mut |done, total| {
        line.show(done as u64, total as u64, "Inventing a practice")
    });
    line.clear();
    begun(front, boot?, "Made")
}

/// The date where the demo practice is, for `tomorrow` and `+3d`.
fn today_in_the_demo() -> Result<jiff::civil::Date, DeskError> {
    let now = jiff::Timestamp::now();
    let there = clinic::Zones::bundled().at(now, &clinic::ZoneName::new("America/New_York"));
    there
        .map(|start| start.date())
        .map_err(|error| DeskError::new("unknown_zone", format!("{error}.")))
}

/// Says at once what is in the way, before anything is asked.
pub fn must_be_fresh(front: &FrontDesk) -> Result<(), DeskError> {
    match front.boot_state() {
        Boot::Fresh { .. } => Ok(()),
        Boot::Failed { error } => Err(error),
        Boot::Ready => Err(taken("There is a practice already.")),
        Boot::NeedsPassphrase { data_dir } => {
            Err(taken(&format!("There is a practice in {data_dir} already.")))
        }
    }
}

fn taken(message: &str) -> DeskError {
    DeskError::new("practice_exists", message)
        .hint("Take an empty folder with --data DIR.")
        .field("data")
}

pub fn whoever_is_here() -> String {
    ["USER", "USERNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "Front desk".to_owned())
}

/// What was begun, for all the ways into a practice.
pub fn begun(front: FrontDesk, boot: Boot, verb: &str) -> Outcome {
    if let Boot::Failed { error } = boot {
        return Err(error);
    }
    let practice = Practice::of(front)?;
    let hello = &practice.hello;
    let active = |flags: usize, what: &str| format!("{flags} {what}");
    let text = format!(
        "{verb} {}: {}, {}, {}, {}.\n",
        hello.practice.name,
        active(hello.roster.locations.len(), "locations"),
        active(hello.roster.operatories.len(), "operatories"),
        active(hello.roster.providers.len(), "providers"),
        active(hello.roster.appointment_types.len(), "kinds of visit"),
    );
    let answer = json!({
        "practice": hello.practice,
        "me": hello.me,
        "workstation": hello.workstation,
    });
    practice.front.close();
    Ok(Answer { json: answer, text })
}

pub fn list(practice: &Practice, what: Listed) -> Outcome {
    let roster = &practice.hello.roster;
    let ended = |is_active: bool| {
        if is_active {
            String::new()
        } else {
            "not in use".to_owned()
        }
    };
    Ok(match what {
        Listed::Locations => {
            let row = |place: &desk::api::LocationView| {
                vec![
                    place.id.to_string(),
                    place.name.clone(),
                    place.zone.clone(),
                    place.address.clone(),
                    ended(place.is_active),
                ]
            };
            Answer::new(
                &roster.locations,
                columns(&roster.locations.iter().map(row).collect::<Vec<_>>()),
            )
        }
        Listed::Operatories => {
            let row = |chair: &desk::api::OperatoryView| {
                let usual = chair.usual_provider.map_or("", |id| practice.provider_name(id));
                vec![
                    chair.id.to_string(),
                    chair.name.clone(),
                    practice.location_name(chair.location).to_owned(),
                    usual.to_owned(),
                    ended(chair.is_active),
                ]
            };
            Answer::new(
                &roster.operatories,
                columns(&roster.operatories.iter().map(row).collect::<Vec<_>>()),
            )
        }
        Listed::Providers => {
            let row = |who: &desk::api::ProviderView| {
                let kind = format!("{:?}", who.kind).to_lowercase();
                vec![
                    who.id.to_string(),
                    who.letter.clone(),
                    who.name.clone(),
                    who.short_name.clone(),
                    kind,
                    ended(who.is_active),
                ]
            };
            Answer::new(
                &roster.providers,
                columns(&roster.providers.iter().map(row).collect::<Vec<_>>()),
            )
        }
        Listed::Types => {
            let row = |kind: &desk::api::AppointmentTypeView| {
                vec![
                    kind.id.to_string(),
                    kind.code.clone(),
                    kind.name.clone(),
                    format!("{} min", kind.length_minutes),
                    kind.pattern.clone(),
                    ended(kind.is_active),
                ]
            };
            Answer::new(
                &roster.appointment_types,
                columns(&roster.appointment_types.iter().map(row).collect::<Vec<_>>()),
            )
        }
        Listed::Patients => {
            let patients = every_patient(practice)?;
            let row = |patient: &PatientView| {
                vec![
                    patient.id.to_string(),
                    patient.fields.chart_number.clone(),
                    patient.name.clone(),
                    patient.fields.birth_date.clone().unwrap_or_default(),
                    ended(patient.is_active),
                ]
            };
            Answer::new(&patients, columns(&patients.iter().map(row).collect::<Vec<_>>()))
        }
    })
}

/// All of them, a page at a time.
fn every_patient(practice: &Practice) -> Result<Vec<PatientView>, DeskError> {
    let mut patients: Vec<PatientView> = Vec::new();
    loop {
        let after = patients.last().map(|patient| patient.id);
        let page = practice.front.list_patients(ListPatients {
            after,
            limit: Some(1000),
        })?;
        let more = page.more && !page.patients.is_empty();
        patients.extend(page.patients);
        if !more {
            return Ok(patients);
        }
    }
}
