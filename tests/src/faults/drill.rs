//! S14: the restore drill. A workstation is lost; a new one goes on from the backup, or from the relay alone. How long that
//! takes, and whether every day shows the same.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use desk::demo::DemoSize;
use desk::{DemoPlan, FrontDesk};
use serde_json::{Value, json};

use super::day::joined;
use super::practice::{self, add_patient, call};
use super::relay_here::RelayHere;
use super::report::{Finding, Tally};
use super::{Amount, Plan};

/// The demo's own morning: openings are found from now on.
const NOW: &str = "2026-03-03T07:00";

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let home = practice::home()?;
    let front = practice::start_at(&home.path().join("lost"), Some(NOW));
    let today = jiff::civil::date(2026, 3, 3);
    let days = match plan.amount {
        Amount::Long => {
            let demo = DemoPlan {
                size: DemoSize::Small,
                seed: plan.seed,
                today: Some(today),
                is_furnished: false,
            };
            front
                .make_demo(&demo, &mut |_, _| ())
                .map_err(anyhow::Error::msg)?;
            40
        }
        Amount::Quick => {
            practice::init(&front)?;
            4
        }
    };
    let backups = home.path().join("backups");
    let older = call(&front, "back_up_now", json!({ "folder": backups }))?["id"].clone();
    // What the older backup cannot know.
    let new = add_patient(&front, "Zimmermann", "Ida")?;
    let (visit, day) = match plan.amount {
        Amount::Long => (first_opening(&front, &new, today)?, today),
        Amount::Quick => (
            practice::book(&front, &new, "Op 1", "09:00")?,
            practice::DAY.parse()?,
        ),
    };
    let newest = call(&front, "back_up_now", json!({ "folder": backups }))?["id"].clone();
    let dates: Vec<String> = (-days / 2..=days / 2_i64)
        .map(|more| {
            let day = day.checked_add(jiff::Span::new().days(more))?;
            Ok(day.to_string())
        })
        .collect::<Result<_>>()?;
    let expected = sheets(&front, &dates)?;
    anyhow::ensure!(
        expected
            .iter()
            .any(|(_, sheet)| sheet.contains(&practice::text(&visit))),
        "the last visit is on one of the sheets"
    );
    let from_relay = from_relay(home.path(), &front, &dates, &expected)?;
    let by_kit = by_kit(home.path(), &front, &dates)?;
    front.close();

    let compare = |name: &str, backup: &Value| -> Result<(Tally, f64)> {
        let began = Instant::now();
        let restored = practice::start_at(&home.path().join(name), Some(NOW));
        call(
            &restored,
            "restore_backup",
            json!({ "folder": backups, "id": backup }),
        )?;
        let today = sheets(&restored, &[day.to_string()])?;
        let took = began.elapsed().as_secs_f64();
        drop(today);
        let verified = restored.verify(&mut |_, _| ()).map_err(anyhow::Error::msg)?;
        let mut tally = Tally::default();
        tally.count(
            || "verify".to_owned(),
            match verified.is_sound() {
                true => Ok("checked"),
                false => Err(verified.troubles.join("; ")),
            },
        );
        compared(&expected, &sheets(&restored, &dates)?, &mut tally);
        restored.close();
        Ok((tally, took))
    };
    let (tally, took) = compare("new", &newest)?;
    let (control, _) = compare("older", &older)?;
    let mut finding = Finding::new(
        "S14",
        "day sheets and patients after a restore from backup; control: the backup before the last change",
        &tally,
        &control,
    );
    finding.remarks.insert(
        0,
        format!("from an empty folder to the day’s sheets, the backup checked on the way: {took:.2} s"),
    );
    Ok(vec![finding, from_relay, by_kit])
}

/// The same with nothing left but the relay and an invitation.
fn from_relay(
    home: &Path,
    front: &FrontDesk,
    dates: &[String],
    expected: &[(String, String)],
) -> Result<Finding> {
    let relay = RelayHere::start(&home.join("relay"), None)?;
    let began = Instant::now();
    let joined = joined(front, &home.join("joined"), &relay.url())?;
    let took = began.elapsed().as_secs_f64();
    let shown = sheets(&joined, dates)?;
    let mut tally = Tally::default();
    compared(expected, &shown, &mut tally);
    // What was never sent cannot come back from there.
    add_patient(front, "Yilmaz", "Deniz")?;
    let mut control = Tally::default();
    compared(&sheets(front, dates)?, &shown, &mut control);
    joined.close();
    let mut finding = Finding::new(
        "S14",
        "day sheets and patients on a new desk that has only the relay; control: a patient that was never sent",
        &tally,
        &control,
    );
    finding.remarks.insert(
        0,
        format!("everything sent, invited, joined and in step: {took:.2} s"),
    );
    Ok(finding)
}

/// Every desk and every passphrase is gone: two parts of a printed kit and the relay are left.
fn by_kit(home: &Path, front: &FrontDesk, dates: &[String]) -> Result<Finding> {
    let relay = RelayHere::start(&home.join("relay of the kit"), None)?;
    let lost = practice::start_at(&home.join("lost to the fire"), Some(NOW));
    practice::init(&lost)?;
    let visit = practice::book(&lost, &add_patient(&lost, "Okafor", "Ada")?, "Op 1", "10:00")?;
    call(&lost, "relay_invite", json!({ "relay": relay.url() }))?;
    let kit = call(&lost, "make_recovery_kit", json!({ "parts": 3 }))?;
    let part = |number: usize| -> String {
        let groups = kit["parts"][number]["groups"].as_array();
        groups
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let days: Vec<String> = dates.iter().cloned().chain([practice::DAY.to_owned()]).collect();
    lost.sync_once(std::time::Duration::from_secs(60))
        .map_err(anyhow::Error::msg)?;
    let expected = sheets(&lost, &days)?;
    anyhow::ensure!(
        expected
            .iter()
            .any(|(_, sheet)| sheet.contains(&practice::text(&visit))),
        "the visit is on one of the sheets"
    );
    lost.close();

    let restored = practice::start_at(&home.join("by kit"), Some(NOW));
    let request = |first: usize, second: usize| {
        json!({
            "relay": relay.url(), "first": part(first), "second": part(second), "person": "Amara", "workstation": "New",
        })
    };
    let mut tally = Tally::default();
    tally.count(
        || "one part alone".to_owned(),
        match call(&restored, "restore_from_kit", request(1, 1)) {
            Ok(_) => Err("it opened the practice".to_owned()),
            Err(_) => Ok("refused"),
        },
    );
    let began = Instant::now();
    call(&restored, "restore_from_kit", request(2, 0))?;
    let took = began.elapsed().as_secs_f64();
    let shown = sheets(&restored, &days)?;
    compared(&expected, &shown, &mut tally);
    tally.count(
        || "the same kit once more".to_owned(),
        match call(
            &practice::start_at(&home.join("twice"), Some(NOW)),
            "restore_from_kit",
            request(0, 1),
        ) {
            Ok(_) => Err("it opened the practice".to_owned()),
            Err(_) => Ok("refused"),
        },
    );
    let mut control = Tally::default();
    compared(&sheets(front, &days)?, &shown, &mut control);
    restored.close();
    let mut finding = Finding::new(
        "S14",
        "day sheets and patients after a restore by two parts of the recovery kit and the relay; control: another practice",
        &tally,
        &control,
    );
    finding.remarks.insert(
        0,
        format!("from two parts on paper to being in step: {took:.2} s"),
    );
    Ok(finding)
}

fn compared(expected: &[(String, String)], found: &[(String, String)], tally: &mut Tally) {
    for ((what, before), (_, after)) in expected.iter().zip(found) {
        let outcome = match before == after {
            true => Ok("equal"),
            false => Err("another sheet".to_owned()),
        };
        tally.count(|| what.clone(), outcome);
    }
}

/// A visit of the new patient at the first opening.
fn first_opening(front: &FrontDesk, patient: &Value, from: jiff::civil::Date) -> Result<Value> {
    let hello = call(front, "hello", json!({}))?;
    let kinds = hello["roster"]["appointment_types"]
        .as_array()
        .context("there are kinds of visit")?;
    for kind in kinds {
        let request = json!({ "appointment_type": kind["id"], "patient": patient, "from": from.to_string(), "days": 10, "limit": 1 });
        let openings = call(front, "openings", request)?;
        if let Some(opening) = openings["openings"].as_array().and_then(|list| list.first()) {
            let request = json!({
                "patient": patient, "appointment_type": kind["id"], "at": opening["at"],
                "operatory": opening["operatory"], "provider": opening["provider"],
                "leave": { "acknowledge_warnings": true },
            });
            return Ok(call(front, "book_appointment", request)?["appointment"]["id"].clone());
        }
    }
    anyhow::bail!("there is no opening in ten days")
}

/// Every sheet, and the patients.
fn sheets(front: &FrontDesk, dates: &[String]) -> Result<Vec<(String, String)>> {
    let hello = call(front, "hello", json!({}))?;
    let mut all = Vec::new();
    for location in hello["roster"]["locations"].as_array().into_iter().flatten() {
        for date in dates {
            let sheet = call(
                front,
                "day_sheet",
                json!({ "location": location["id"], "date": date }),
            )?;
            all.push((format!("{} {date}", location["name"]), sheet.to_string()));
        }
    }
    let patients = call(front, "list_patients", json!({ "limit": 1000 }))?;
    // Not their ages: the new desk has today's clock, the demo's stands still.
    let patients: Vec<String> = patients["patients"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|patient| format!("{} {} {}", patient["id"], patient["name"], patient["fields"]))
        .collect();
    all.push(("patients".to_owned(), patients.join("\n")));
    Ok(all)
}
