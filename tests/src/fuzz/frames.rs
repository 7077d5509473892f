//! Frames of the wire: what was said in a small world, and a relay and a desk that hear it changed.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{Result, anyhow};
use desk::DeskError;
use desk::syncing::Practice;
use serde_json::json;
use sync::session::Event;
use sync::{Membership, PracticeKeys};

use super::{Read, Target};
use crate::simulation::workstation::Running;
use crate::simulation::{self, Between, Broken, World};

const MINUTE: u64 = 60_000;

/// A conversation with everything in it.
pub struct Talk {
    pub up: Vec<Vec<u8>>,
    pub down: Vec<Vec<u8>>,
    /// The relay's log.
    pub envelopes: Vec<Vec<u8>>,
    pub membership: Membership,
    pub keys: PracticeKeys,
}

#[derive(Default)]
struct Heard {
    up: Vec<Vec<u8>>,
    down: Vec<Vec<u8>>,
}

/// Writes down what is said.
struct Listener(Rc<RefCell<Heard>>);

impl Between for Listener {
    fn down(&mut self, _: usize, _: &Running, frame: Vec<u8>) -> Result<Vec<Vec<u8>>, DeskError> {
        self.0.borrow_mut().down.push(frame.clone());
        Ok(vec![frame])
    }

    fn up(&mut self, _: usize, frame: Vec<u8>) -> Vec<Vec<u8>> {
        self.0.borrow_mut().up.push(frame.clone());
        vec![frame]
    }
}

fn said(error: DeskError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

/// Two desks that have worked, been away and come back.
pub fn world(seed: u64) -> Result<(World, Talk)> {
    let mut world = World::new(&simulation::Plan {
        seed,
        steps: 0,
        workstations: Some(2),
        broken: Broken::Nothing,
    })
    .map_err(|failure| anyhow!("{failure}"))?;
    let heard = Rc::new(RefCell::new(Heard::default()));
    world.between = Some(Box::new(Listener(heard.clone())));
    for station in [0, 1] {
        for family in ["Abe", "Chan", "Diaz"] {
            let fields = json!({ "family_name": family, "given_name": format!("Noor {station}") });
            let front = world.running(station).front.clone();
            front
                .call("add_patient", json!({ "fields": fields }))
                .map_err(said)?;
            world.tell_outbox(station).map_err(said)?;
        }
        world.plug(station, false);
        world.run_for(MINUTE).map_err(said)?;
        world.plug(station, true);
        world.run_for(MINUTE).map_err(said)?;
    }
    world.until_quiet().map_err(said)?;
    world.between = None;
    let practice = world.practice;
    let envelopes = world.relay.rules().log().entries(practice);
    let setup = world.running(0).desk.sync_setup().map_err(said)?;
    let Heard { up, down } = heard.take();
    let talk = Talk {
        up,
        down,
        envelopes: envelopes.into_iter().map(|entry| entry.bytes).collect(),
        membership: setup.membership,
        keys: world.running(0).desk.identity().practice_keys.clone(),
    };
    Ok((world, talk))
}

pub fn talk(seed: u64) -> Result<Talk> {
    Ok(world(seed)?.1)
}

/// Who hears changed frames.
struct Hearing {
    world: World,
    seeds: Vec<Vec<u8>>,
    heard: u64,
}

/// The relay: in the middle of a conversation, and as a stranger's first words.
struct Relay(Hearing);

impl Target for Relay {
    fn seeds(&self) -> Vec<Vec<u8>> {
        self.0.seeds.clone()
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        let Hearing { world, heard, .. } = &mut self.0;
        *heard += 1;
        let now = world.now;
        let known: Vec<u64> = world.relay.wires.keys().copied().collect();
        let connection = match known.get(*heard as usize % (known.len() + 1)) {
            Some(connection) => *connection,
            None => {
                let stranger = u64::MAX - *heard;
                world.relay.rules().open(now, stranger, [7; 32]);
                stranger
            }
        };
        let before = world.relay.head(world.practice);
        let answers = world.relay.rules().receive(now, connection, input);
        let is_taken = !answers.is_empty();
        world.relay.rules().close(connection);
        world.relay.hang_up(connection);
        if connection < u64::MAX / 2 || heard.is_multiple_of(100) {
            // Whoever lost their line calls again; nothing that was heard may be in their way.
            for station in [0, 1] {
                world.plug(station, false);
                world.plug(station, true);
            }
            world.run_for(10 * MINUTE).map_err(|error| error.to_string())?;
            world
                .until_quiet()
                .map_err(|error| format!("the desks cannot go on: {} ({})", error.message, error.code))?;
        }
        let grown = world.relay.head(world.practice) - before;
        match grown {
            0 if is_taken => Ok(Read::Taken),
            0 => Ok(Read::Refused),
            _ => Err(format!("the log grew by {grown} entries that nobody wrote")),
        }
    }
}

/// A desk that is spoken to by its relay.
struct Desk(Hearing);

impl Target for Desk {
    fn seeds(&self) -> Vec<Vec<u8>> {
        self.0.seeds.clone()
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        let Hearing { world, heard, .. } = &mut self.0;
        *heard += 1;
        let before = patients(world)?;
        world.running(0).hear(Event::Frame(input.to_vec()));
        world.run_for(1000).map_err(|error| error.to_string())?;
        let is_taken = world.running(0).connection.is_some();
        if patients(world)? != before {
            return Err("it shows something that nobody entered".to_owned());
        }
        let has_stopped = world
            .running(0)
            .alarms
            .iter()
            .any(|alarm| matches!(alarm, sync::session::Alarm::ChainBroken(_)));
        if has_stopped {
            // As it should when its relay contradicts itself; a person opens the program again.
            world.let_go(0);
            world.stations[0].running = None;
            world.reopen(0).map_err(|error| error.to_string())?;
        }
        if has_stopped || !is_taken || heard.is_multiple_of(50) {
            world.plug(0, false);
            world.plug(0, true);
            world
                .until_quiet()
                .map_err(|error| format!("the desk cannot go on: {} ({})", error.message, error.code))?;
        }
        Ok(if is_taken { Read::Taken } else { Read::Refused })
    }
}

fn patients(world: &mut World) -> Result<String, String> {
    let list = world
        .running(0)
        .front
        .call("list_patients", json!({ "limit": 100 }));
    list.map(|list| list.to_string())
        .map_err(|error| error.to_string())
}

pub fn up(seed: u64) -> Result<Box<dyn Target>> {
    let (world, talk) = world(seed)?;
    Ok(Box::new(Relay(Hearing {
        world,
        seeds: talk.up,
        heard: 0,
    })))
}

pub fn down(seed: u64) -> Result<Box<dyn Target>> {
    let (world, talk) = world(seed)?;
    Ok(Box::new(Desk(Hearing {
        world,
        seeds: talk.down,
        heard: 0,
    })))
}
