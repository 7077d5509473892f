//! S8: a workstation that was removed, and a person who was taken out of use. The relay refuses what they write from then
//! on; if the relay is in league with them, every desk sets it aside by itself, whatever their clock says; what
//! they wrote before stays. A removed workstation has no key to what comes after.

use anyhow::{Context, Result, anyhow, ensure};
use desk::DeskError;
use desk::syncing::Practice;
use serde_json::{Value, json};
use sync::envelope::Envelope;
use sync::log;
use sync::relay::{Log, NewEntry, ReadLog, Write};

use super::practice::{add_patient, call};
use super::report::{Finding, Tally};
use super::{Amount, Plan};
use crate::simulation::{self, Broken, PEOPLE, World};

const ADMIN: usize = 0;
/// Who is out.
const OUT: usize = 1;
const WITNESS: usize = 2;
const MINUTE: u64 = 60_000;
const YEARS: i64 = 3 * 365 * 24 * 60 * 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Workstation,
    Person,
    /// Nobody: the weakened variant.
    Nobody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// The work comes first, then they are out.
    Before,
    /// They are out first; the work was done before, and comes after.
    Late,
    /// They are out first; then the work is done, and their clock says that it was years ago.
    BackDated,
    /// The same, and their clock says that it will be in years.
    PostDated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carrier {
    Honest,
    /// Takes what it is given, whoever gives it.
    InLeague,
}

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let rounds = match plan.amount {
        Amount::Long => 10,
        Amount::Quick => 1,
    };
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    for seed in plan.seed..plan.seed + rounds {
        plan.say(&format!("S8 SEED={seed}"));
        for when in [When::Before, When::Late, When::BackDated, When::PostDated] {
            for carrier in [Carrier::Honest, Carrier::InLeague] {
                let name = |who: Who| format!("{who:?} {when:?} {carrier:?} SEED={seed}");
                for who in [Who::Workstation, Who::Person] {
                    let outcome = tried(who, when, carrier, seed).with_context(|| name(who))?;
                    tally.count(|| name(who), outcome);
                }
                if seed == plan.seed {
                    let outcome = tried(Who::Nobody, when, carrier, seed)?;
                    control.count(|| name(Who::Nobody), outcome);
                }
            }
        }
    }
    let what = format!(
        "a workstation removed or a person out of use, with work done before, late, back-dated and post-dated, over an honest relay and one in league with them × {rounds} seeds; control: nobody is out"
    );
    Ok(vec![Finding::new("S8", what, &tally, &control)])
}

fn said(error: DeskError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

/// Whether a desk shows a patient of this name.
fn knows(world: &mut World, station: usize, family: &str) -> Result<bool> {
    let front = world.running(station).front.clone();
    let page = call(&front, "list_patients", json!({ "limit": 1000 }))?;
    let patients = page["patients"].as_array().context("a list of patients")?;
    Ok(patients
        .iter()
        .any(|patient| patient["fields"]["family_name"] == family))
}

fn set_aside(world: &mut World, station: usize) -> Result<u64> {
    let state = call(&world.running(station).front, "sync_state", json!({}))?;
    Ok(state["quarantined"].as_u64().unwrap_or_default())
}

fn works(world: &mut World, station: usize, family: &str) -> Result<()> {
    let front = world.running(station).front.clone();
    add_patient(&front, family, "Noor")?;
    world.tell_outbox(station).map_err(said)
}

/// An administrator says that they are out.
fn revoke(world: &mut World, who: Who) -> Result<()> {
    let front = world.running(ADMIN).front.clone();
    let people = call(&front, "people", json!({}))?;
    let found = |list: &str, name: &str| -> Result<Value> {
        let all = people[list].as_array().into_iter().flatten();
        let mut named = all.filter(|entry| entry["name"] == name);
        Ok(named.next().context("somebody to revoke")?["id"].clone())
    };
    match who {
        Who::Workstation => {
            let id = found("workstations", "Desk 2")?;
            call(&front, "remove_workstation", json!({ "id": id }))?;
        }
        Who::Person => {
            let id = found("people", PEOPLE[OUT])?;
            call(&front, "update_person", json!({ "id": id, "is_active": false }))?;
        }
        Who::Nobody => {}
    }
    world.tell_outbox(ADMIN).map_err(said)?;
    world.run_for(MINUTE).map_err(said)
}

/// Puts everything that waits at the desk of who is out into the log, as a relay could.
fn smuggle(world: &mut World) -> Result<usize> {
    let waiting = world
        .running(OUT)
        .desk
        .outbox(0, usize::MAX, usize::MAX)
        .map_err(said)?;
    let practice = world.practice;
    world.relay_is_away(true);
    let log = world.relay.rules().log();
    let head = log
        .head(practice)
        .map_err(|error| anyhow!("{error:?}"))?
        .context("the practice has a log")?;
    let (mut position, mut hash) = (head.position, head.hash);
    let mut writes = Vec::new();
    for (id, bytes) in &waiting {
        position += 1;
        hash = log::next(hash, *id);
        writes.push(Write::Entry(NewEntry {
            practice,
            position,
            id: *id,
            hash,
            is_statement: false,
            bytes: bytes.clone(),
            received_at: 0,
        }));
    }
    log.write(&writes).map_err(|error| anyhow!("{error:?}"))?;
    world.relay.restart();
    world.relay_is_away(false);
    Ok(waiting.len())
}

fn tried(who: Who, when: When, carrier: Carrier, seed: u64) -> Result<Result<&'static str, String>> {
    let mut world = World::new(&simulation::Plan {
        seed,
        steps: 0,
        workstations: Some(3),
        broken: Broken::Nothing,
    })
    .map_err(|failure| anyhow!("{failure}"))?;
    works(&mut world, OUT, "Before")?;
    world.until_quiet().map_err(said)?;
    let set_aside_before = [set_aside(&mut world, ADMIN)?, set_aside(&mut world, WITNESS)?];
    world.plug(OUT, false);
    if when == When::Late {
        works(&mut world, OUT, "Smuggled")?;
    }
    revoke(&mut world, who)?;
    let end = world.relay.head(world.practice);
    works(&mut world, ADMIN, "Secret")?;
    world.run_for(MINUTE).map_err(said)?;
    ensure!(world.relay.head(world.practice) > end, "the others can work on");
    let skew = match when {
        When::BackDated => -YEARS,
        When::PostDated => YEARS,
        When::Before | When::Late => 0,
    };
    world.stations[OUT].skew_millis = skew;
    world.set_clocks();
    if skew != 0 {
        works(&mut world, OUT, "Smuggled")?;
    }
    let smuggled = match carrier {
        Carrier::InLeague => smuggle(&mut world)?,
        Carrier::Honest => 0,
    };
    world.plug(OUT, true);
    world.run_for(10 * MINUTE).map_err(said)?;
    judge(&mut world, who, when, smuggled, set_aside_before, end)
}

fn judge(
    world: &mut World,
    who: Who,
    when: When,
    smuggled: usize,
    set_aside_before: [u64; 2],
    end: u64,
) -> Result<Result<&'static str, String>> {
    for (station, before) in [ADMIN, WITNESS].into_iter().zip(set_aside_before) {
        let name = PEOPLE[station];
        if !knows(world, station, "Before")? || !knows(world, station, "Secret")? {
            return Ok(Err(format!("{name} lost what was there")));
        }
        if knows(world, station, "Smuggled")? {
            return Ok(Err(format!("{name} shows what came from who is out")));
        }
        let more = set_aside(world, station)? - before;
        if more != smuggled as u64 {
            return Ok(Err(format!("{name} set {more} of {smuggled} entries aside")));
        }
    }
    let keys = world.running(OUT).desk.identity().practice_keys.clone();
    let practice = world.practice;
    let later = world.relay.rules().log().entries(practice);
    let own = world.running(OUT).desk.identity().workstation.to_bytes();
    let mut sealed = 0;
    for entry in later.into_iter().filter(|entry| entry.position > end) {
        let envelope = Envelope::parse(entry.bytes).map_err(|error| anyhow!("{error}"))?;
        if envelope.header().workstation.0 == own {
            if who != Who::Nobody && smuggled == 0 {
                return Ok(Err("the relay took something from who is out".to_owned()));
            }
            continue;
        }
        if envelope.statement_bytes().is_some() {
            continue;
        }
        sealed += 1;
        // A person who is out may still have a desk that belongs: it is read by whoever sits there.
        if who != Who::Person && envelope.open(&keys).is_ok() {
            return Ok(Err("the key of who is out opens what came after".to_owned()));
        }
    }
    ensure!(sealed > 0, "something came after");
    Ok(Ok(match (when, smuggled) {
        (When::Before, _) => "what was there before stays",
        (_, 0) => "refused by the relay",
        _ => "set aside by every desk",
    }))
}
