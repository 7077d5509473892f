//! Time, wires and misfortunes: everything that happens between what people do.

use std::collections::{HashMap, VecDeque};

use desk::DeskError;
use desk::syncing::Practice;
use serde_json::json;
use sync::memory::{Delivery, Fail};
use sync::session::{Effect, Event};
use sync::statement::Capability;
use sync::wire::Frame;
use sync::{EnvelopeId, PracticeId, invitation::InvitationCode};
use tempfile::TempDir;

use super::acts::Town;
use super::dice::Dice;
use super::relay::{Faults, Relay};
use super::workstation::{Running, Todo, Workstation, text};
use super::{Broken, Failure, Plan, Tally};

const TRACE: usize = 100;
const RELAY: &str = "ws://relay.invalid";
/// Wednesday 22 April 2026, 9:00 in Cairo, two days before its clocks change; a month after Europe's.
const BEGINNING: u64 = 1_776_841_200_000;
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;
const NAMES: [&str; 4] = ["Front desk", "Desk 2", "Consulting room", "Back office"];
pub const PEOPLE: [&str; 4] = ["Amara Diallo", "Kofi Osei", "Mei Tanaka", "Ana Rivera"];

/// Somebody who sits between the relay and the workstations, or is the relay.
pub trait Between {
    /// What a workstation gets to hear instead of this frame.
    fn down(&mut self, station: usize, running: &Running, frame: Vec<u8>) -> Result<Vec<Vec<u8>>, DeskError>;
    /// What the relay gets to hear instead of this frame.
    fn up(&mut self, station: usize, frame: Vec<u8>) -> Vec<Vec<u8>>;
}

pub struct World {
    pub plan: Plan,
    pub dice: Dice,
    /// Milliseconds since 1970 by a clock that is right.
    pub now: u64,
    pub relay: Relay,
    pub stations: Vec<Workstation>,
    pub practice: PracticeId,
    pub town: Town,
    /// Every envelope that a workstation ever gave away.
    pub given: HashMap<EnvelopeId, Vec<u8>>,
    pub tally: Tally,
    pub faults: Faults,
    /// The variant in [`Plan::broken`] has misbehaved.
    pub has_misbehaved: bool,
    pub between: Option<Box<dyn Between>>,
    trace: VecDeque<String>,
    _home: TempDir,
}

/// Memory if there is some to spare: nothing here needs to outlive the run.
fn home() -> std::io::Result<TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    let builder = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix("orca-simulation-");
        builder
    };
    if memory.is_dir()
        && let Ok(home) = builder().tempdir_in(memory)
    {
        return Ok(home);
    }
    builder().tempdir()
}

impl World {
    /// A practice with its workstations, all in step.
    pub fn new(plan: &Plan) -> Result<World, Box<Failure>> {
        let mut dice = Dice::new(plan.seed);
        let count = plan
            .workstations
            .unwrap_or_else(|| 2 + dice.below(3))
            .clamp(2, NAMES.len());
        let home = home().map_err(|error| Box::new(plain(plan, format!("no place to work: {error}"))))?;
        let stations = (0..count)
            .map(|index| Workstation::new(index, NAMES[index], home.path()))
            .collect();
        let mut world = World {
            plan: plan.clone(),
            dice,
            now: BEGINNING,
            relay: Relay::new(),
            stations,
            practice: PracticeId([0; 16]),
            town: Town::default(),
            given: HashMap::new(),
            tally: Tally {
                workstations: count,
                ..Tally::default()
            },
            faults: Faults::default(),
            has_misbehaved: false,
            between: None,
            trace: VecDeque::new(),
            _home: home,
        };
        world.set_clocks();
        world
            .found()
            .map_err(|error| world.failed(format!("the practice could not be set up: {error}")))?;
        Ok(world)
    }

    fn found(&mut self) -> Result<(), DeskError> {
        let zones = [
            "America/New_York",
            "Europe/Berlin",
            "Africa/Cairo",
            "Asia/Kolkata",
        ];
        let zone = zones[self.dice.below(zones.len())];
        let front = self.stations[0].start_program();
        front.call(
            "init_practice",
            json!({ "name": "Harbour Dental", "zone": zone, "person": PEOPLE[0] }),
        )?;
        let desk = front.desk()?;
        desk.set_relay(RELAY, None)?;
        self.practice = desk.identity().sync_practice();
        self.stations[0].running = Some(Running::new(front, desk));
        let first = self.running(0);
        self.town = Town::settle(first)?;
        self.connect(0)?;
        self.until_quiet()?;
        for index in 1..self.stations.len() {
            self.invite(index)?;
        }
        self.until_quiet()
    }

    fn invite(&mut self, index: usize) -> Result<(), DeskError> {
        let code = InvitationCode::new(RELAY, self.dice.bytes())
            .map_err(|error| DeskError::new("bad_relay", error.to_string()))?;
        let expires = self.now + 7 * DAY;
        let nonce = self.dice.bytes();
        self.running(0)
            .desk
            .append_statement(&code.invite(Capability::Member, expires, None))?;
        self.tell_outbox(0)?;
        self.until_quiet()?;
        let welcome = self.running(0).desk.welcome(None)?;
        // Over the wire as a desk does it, then back as a newcomer asks for it.
        let parcel = code.parcel(&welcome, expires, nonce);
        self.running(0).hear(Event::StoreParcel(parcel));
        self.until_quiet()?;
        let connection = u64::MAX - index as u64;
        let (now, nonce) = (self.now, self.dice.bytes());
        self.relay.rules().open(now, connection, nonce);
        let answer = self.relay.rules().receive(now, connection, &code.ask());
        self.relay.rules().close(connection);
        let Some((_, Delivery::Send(answer))) = answer.into_iter().next() else {
            return Err(DeskError::new(
                "no_answer",
                "The relay does not answer a newcomer.",
            ));
        };
        let welcome = code
            .answer(&answer)
            .map_err(|error| DeskError::new("no_welcome", error.to_string()))?;
        let front = self.stations[index].start_program();
        let request = desk::api::JoinPractice {
            code: code.to_string(),
            person: PEOPLE[index].to_owned(),
            workstation: NAMES[index].to_owned(),
            passphrase: None,
        };
        front.enlist(&request, &welcome)?;
        let desk = front.desk()?;
        self.stations[index].running = Some(Running::new(front, desk));
        self.connect(index)?;
        self.until_quiet()?;
        self.running(index).desk.introduce()?;
        self.tell_outbox(index)
    }

    fn connect(&mut self, index: usize) -> Result<(), DeskError> {
        let jitter = self.dice.number();
        if let Some(admission) = self.running(index).begin_conversation(jitter)? {
            self.given.insert(sync::Envelope::id_of(&admission), admission);
        }
        Ok(())
    }

    /// A workstation that runs.
    pub fn running(&mut self, index: usize) -> &mut Running {
        self.stations[index]
            .running
            .as_mut()
            .expect("callers ask for workstations that run")
    }

    pub fn tell_outbox(&mut self, index: usize) -> Result<(), DeskError> {
        let running = self.running(index);
        let waiting = running.desk.outbox_len()?;
        running.hear(Event::Outbox { waiting });
        Ok(())
    }

    pub fn note(&mut self, line: String) {
        if self.trace.len() == TRACE {
            self.trace.pop_front();
        }
        self.trace.push_back(line);
    }

    pub fn failed(&self, what: String) -> Box<Failure> {
        Box::new(Failure {
            trace: self.trace.iter().cloned().collect(),
            ..plain(&self.plan, what)
        })
    }

    pub fn set_clocks(&self) {
        for station in &self.stations {
            station.set_clock(self.now);
        }
    }

    /// People work while things go wrong.
    pub fn misfortunes(&mut self, steps: u32) -> Result<(), Box<Failure>> {
        // Each seed has its own mixture; some have a quiet day.
        let mut often = |most: usize| u32::try_from(self.dice.below(most)).unwrap_or(0);
        self.faults = Faults {
            lose: often(60),
            repeat: often(60),
            reorder: often(60),
            cut: often(20),
            kill: often(12),
            unplug: often(120),
            relay_away: often(60),
            disk: often(40),
            clock: often(100),
        };
        for step in 0..steps {
            let result = self
                .misfortune()
                .and_then(|()| self.somebody_acts(step))
                .and_then(|()| self.bustle());
            result
                .map_err(|error| self.failed(format!("step {step}: {} ({})", error.message, error.code)))?;
        }
        Ok(())
    }

    fn misfortune(&mut self) -> Result<(), DeskError> {
        let faults = self.faults;
        let index = self.dice.below(self.stations.len());
        if self.dice.chance(faults.unplug) {
            let plugged = !self.stations[index].is_plugged_in;
            self.plug(index, plugged);
        }
        if self.dice.chance(faults.relay_away) {
            let away = !self.relay.is_away;
            self.relay_is_away(away);
        }
        if self.dice.chance(faults.disk) {
            let fail = if self.dice.chance(500) {
                Fail::BeforeFsync
            } else {
                Fail::AfterFsync
            };
            self.relay.rules().log().fail_next = Some(fail);
        }
        if self.dice.chance(faults.clock) {
            let spans = [0, 1, 7 * MINUTE, 3 * 60 * MINUTE, 40 * DAY, 3 * 365 * DAY];
            let span = i64::try_from(spans[self.dice.below(spans.len())]).unwrap_or(0);
            let skew = if self.dice.chance(500) { span } else { -span };
            self.stations[index].skew_millis = skew;
            self.note(format!(
                "{}: the clock is off by {} minutes",
                self.stations[index].name,
                skew / 60_000
            ));
        }
        if self.stations[index].running.is_none() && self.dice.chance(400) {
            self.reopen(index)?;
        }
        self.set_clocks();
        Ok(())
    }

    pub fn plug(&mut self, index: usize, plugged: bool) {
        let station = &mut self.stations[index];
        if station.is_plugged_in == plugged {
            return;
        }
        station.is_plugged_in = plugged;
        let name = station.name.clone();
        if plugged {
            if let Some(running) = station.running.as_mut() {
                running.hear(Event::RetryNow);
            }
        } else {
            self.cut(index, "the cable was pulled");
        }
        self.note(format!(
            "{name}: {}",
            if plugged { "plugged in" } else { "unplugged" }
        ));
    }

    pub fn relay_is_away(&mut self, away: bool) {
        if self.relay.is_away == away {
            return;
        }
        self.relay.is_away = away;
        if away {
            for index in 0..self.stations.len() {
                self.cut(index, "the relay went away");
            }
            self.relay.restart();
        }
        self.note(format!("the relay is {}", if away { "away" } else { "back" }));
    }

    fn cut(&mut self, index: usize, why: &str) {
        let Some(running) = self.stations[index].running.as_mut() else {
            return;
        };
        if let Some(connection) = running.connection.take() {
            running.hear(Event::Disconnected { why: why.to_owned() });
            self.relay.hang_up(connection);
            self.tally.cuts += 1;
        }
    }

    pub fn kill(&mut self, index: usize) -> Result<(), DeskError> {
        self.let_go(index);
        self.stations[index].kill().map_err(disk)?;
        self.tally.kills += 1;
        self.note(format!("{}: killed", self.stations[index].name));
        Ok(())
    }

    pub fn let_go(&mut self, index: usize) {
        if let Some(connection) = self.stations[index]
            .running
            .as_mut()
            .and_then(|running| running.connection.take())
        {
            self.relay.hang_up(connection);
        }
    }

    pub fn reopen(&mut self, index: usize) -> Result<(), DeskError> {
        self.stations[index].open()?;
        self.note(format!("{}: opened again", self.stations[index].name));
        self.connect(index)
    }

    /// Some of what the machines do, and some time.
    fn bustle(&mut self) -> Result<(), DeskError> {
        let events = self.dice.below(40);
        for _ in 0..events {
            if !self.event()? {
                break;
            }
        }
        self.now += self.dice.below(20_000) as u64;
        self.ring();
        Ok(())
    }

    /// Wakes whoever asked to be woken by now.
    fn ring(&mut self) {
        self.set_clocks();
        for station in &mut self.stations {
            if let Some(running) = station.running.as_mut()
                && running.wake_at.is_some_and(|at| at <= self.now)
            {
                running.wake_at = None;
                running.hear(Event::Tick);
            }
        }
    }

    /// One thing happens somewhere. False: nothing is left to happen before time passes.
    fn event(&mut self) -> Result<bool, DeskError> {
        enum At {
            Station(usize),
            Up(u64),
            Down(u64),
        }
        let mut ready: Vec<At> = Vec::new();
        for (index, station) in self.stations.iter().enumerate() {
            if station
                .running
                .as_ref()
                .is_some_and(|running| !running.todo.is_empty())
            {
                ready.push(At::Station(index));
            }
        }
        for (connection, wire) in &self.relay.wires {
            if !wire.up.is_empty() {
                ready.push(At::Up(*connection));
            }
            if !wire.down.is_empty() {
                ready.push(At::Down(*connection));
            }
        }
        if ready.is_empty() {
            return Ok(false);
        }
        let chosen = self.dice.below(ready.len());
        match ready[chosen] {
            At::Station(index) => self.next_at(index)?,
            At::Up(connection) => {
                let (now, practice, faults) = (self.now, self.practice, self.faults);
                self.relay
                    .take_in(now, connection, practice, faults, &mut self.dice);
            }
            At::Down(connection) => self.deliver(connection)?,
        }
        Ok(true)
    }

    fn deliver(&mut self, connection: u64) -> Result<(), DeskError> {
        let faults = self.faults;
        let owner = self.stations.iter().position(|station| {
            station
                .running
                .as_ref()
                .is_some_and(|running| running.connection == Some(connection))
        });
        let Some(owner) = owner else {
            self.relay.hang_up(connection);
            return Ok(());
        };
        if self.dice.chance(faults.cut) {
            self.cut(owner, "the line broke");
            return Ok(());
        }
        match self.relay.hand_out(connection, faults, &mut self.dice) {
            Some(Delivery::Send(frame)) => self.tell(owner, frame)?,
            Some(Delivery::Close) => self.cut(owner, "the relay closed the connection"),
            None => {}
        }
        Ok(())
    }

    fn tell(&mut self, owner: usize, frame: Vec<u8>) -> Result<(), DeskError> {
        let frames = match self.between.take() {
            None => vec![frame],
            Some(mut between) => {
                let frames = between.down(owner, self.running(owner), frame);
                self.between = Some(between);
                frames?
            }
        };
        for frame in frames {
            self.running(owner).hear(Event::Frame(frame));
        }
        Ok(())
    }

    fn next_at(&mut self, index: usize) -> Result<(), DeskError> {
        if self.dice.chance(self.faults.kill) {
            return self.kill(index);
        }
        let now = self.now;
        match self.running(index).todo.pop_front() {
            Some(Todo::Hear(event)) => self.running(index).feed(now, event),
            Some(Todo::CarryOut(effect)) => self.carry_out(index, effect)?,
            None => {}
        }
        Ok(())
    }

    fn carry_out(&mut self, index: usize, effect: Effect) -> Result<(), DeskError> {
        match effect {
            Effect::Connect => {
                let is_plugged_in = self.stations[index].is_plugged_in;
                let connection = if is_plugged_in {
                    self.relay.connect(self.now, &mut self.dice)
                } else {
                    None
                };
                let running = self.running(index);
                running.connection = connection;
                running.hear(match connection {
                    Some(_) => Event::Connected,
                    None => Event::Disconnected {
                        why: "no answer".to_owned(),
                    },
                });
            }
            Effect::Close { .. } => {
                if let Some(connection) = self.running(index).connection.take() {
                    self.relay.hang_up(connection);
                }
            }
            Effect::Send(frame) => self.send(index, frame),
            Effect::NeedOutbox {
                after_sequence,
                limit,
                max_bytes,
            } => {
                let running = self.running(index);
                let envelopes = running.desk.outbox(after_sequence, limit, max_bytes)?;
                running.hear(Event::OutboxReady {
                    after_sequence,
                    envelopes,
                });
            }
            Effect::Accepted(positions) => {
                self.running(index).desk.accepted(&positions)?;
                self.tell_outbox(index)?;
            }
            Effect::SetAside { id, refusal } => {
                self.running(index).desk.set_aside(id, &refusal)?;
                self.tell_outbox(index)?;
                let name = &self.stations[index].name;
                self.note(format!(
                    "{name}: the relay set an envelope aside: {}",
                    refusal.message
                ));
            }
            Effect::Apply(batch) => {
                let (position, hash) = (batch.cursor, batch.hash);
                let is_ignored = self.plan.broken == Broken::IgnoreBatch
                    && !self.has_misbehaved
                    && self.tally.done > self.plan.steps / 4
                    && batch
                        .entries
                        .iter()
                        .any(|entry| matches!(entry.content, sync::session::Content::Other(_)));
                if is_ignored {
                    self.has_misbehaved = true;
                } else {
                    self.running(index).desk.apply(batch)?;
                }
                self.running(index).hear(Event::Applied { position, hash });
                self.tell_outbox(index)?;
            }
            Effect::ParcelStored { .. } => {}
            Effect::Retention(retention) => Practice::retention(&*self.running(index).desk, retention)?,
            Effect::ParcelRefused { refusal, .. } => {
                return Err(DeskError::new("parcel_refused", refusal.message));
            }
            Effect::Claimed { .. } => {}
            Effect::KeepLetters { letters, up_to } => {
                self.running(index).desk.keep_letters(letters, up_to)?;
                self.running(index).hear(Event::LettersKept { up_to });
            }
            Effect::MailKey { said } => {
                if let Some(key) = self.running(index).desk.mail_key(said)? {
                    self.running(index).hear(Event::MailKey(key));
                }
            }
            Effect::Status(status) => self.running(index).show(status),
            Effect::WakeAt(at) => self.running(index).wake_at = Some(at),
            Effect::Alarm(alarm) => {
                let name = self.stations[index].name.clone();
                self.note(format!("{name}: {alarm}"));
                self.running(index).alarms.push(alarm);
            }
        }
        Ok(())
    }

    fn send(&mut self, index: usize, frame: Vec<u8>) {
        if let Ok(Frame::Push(push)) = Frame::parse(&frame) {
            for bytes in push.envelopes {
                let bytes = Vec::from(bytes);
                self.given.insert(sync::Envelope::id_of(&bytes), bytes);
            }
        }
        let frames = match self.between.as_mut() {
            None => vec![frame],
            Some(between) => between.up(index, frame),
        };
        if let Some(connection) = self.running(index).connection
            && let Some(wire) = self.relay.wires.get_mut(&connection)
        {
            wire.up.extend(frames);
        }
    }

    /// Nothing goes wrong any more; runs until nothing is left to do.
    pub fn heal(&mut self) -> Result<(), Box<Failure>> {
        self.faults = Faults::default();
        self.relay.lie_once = false;
        self.relay.rules().log().fail_next = None;
        self.note("everything is healed".to_owned());
        self.relay_is_away(false);
        for index in 0..self.stations.len() {
            self.stations[index].skew_millis = 0;
            self.set_clocks();
            self.plug(index, true);
            if self.stations[index].running.is_none() {
                self.reopen(index)
                    .map_err(|error| self.failed(format!("after healing: {error}")))?;
            }
        }
        self.until_quiet()
            .map_err(|error| self.failed(format!("after healing: {error}")))
    }

    /// Runs until everybody is in step, at the longest for an hour of the world's time.
    pub fn until_quiet(&mut self) -> Result<(), DeskError> {
        let deadline = self.now + 60 * MINUTE;
        loop {
            while self.event()? {}
            let head = self.relay.head(self.practice);
            let practice = self.practice;
            let is_quiet = self
                .stations
                .iter()
                .filter_map(|station| station.running.as_ref())
                .all(|running| {
                    running.is_in_step()
                        && running.desk.identity().sync_practice() == practice
                        && running.desk.sync_setup().is_ok_and(|setup| setup.cursor == head)
                });
            if is_quiet {
                return Ok(());
            }
            let next = self
                .stations
                .iter()
                .filter_map(|station| station.running.as_ref()?.wake_at)
                .min();
            match next {
                Some(at) if at <= deadline => self.now = self.now.max(at),
                _ => return Err(DeskError::new("not_quiet", self.restlessness(head))),
            }
            self.ring();
        }
    }

    /// Lets time pass, with everything that happens on the way. Whoever never falls silent is cut short.
    pub fn run_for(&mut self, millis: u64) -> Result<(), DeskError> {
        const MOST_EVENTS: u32 = 20_000;
        let end = self.now + millis;
        let mut events = 0;
        loop {
            while events < MOST_EVENTS && self.event()? {
                events += 1;
            }
            let next = self
                .stations
                .iter()
                .filter_map(|station| station.running.as_ref()?.wake_at)
                .min();
            match next {
                Some(at) if at <= end && events < MOST_EVENTS => self.now = self.now.max(at),
                _ => {
                    self.now = end;
                    return Ok(());
                }
            }
            self.ring();
        }
    }

    fn restlessness(&self, head: u64) -> String {
        let mut lines = vec![format!("there is no quiet; the relay's log ends at {head}")];
        for station in &self.stations {
            let Some(running) = &station.running else { continue };
            let cursor = running.desk.sync_setup().map_or(0, |setup| setup.cursor);
            let alarms: Vec<String> = running.alarms.iter().map(ToString::to_string).collect();
            lines.push(format!(
                "{}: at {cursor}, {:?} {}",
                station.name,
                running.status,
                alarms.join("; ")
            ));
        }
        lines.join("\n")
    }
}

pub fn disk(error: std::io::Error) -> DeskError {
    DeskError::new("disk", error.to_string())
}

fn plain(plan: &Plan, what: String) -> Failure {
    Failure {
        seed: plan.seed,
        what,
        trace: Vec::new(),
        sheets: String::new(),
    }
}

impl Town {
    /// The ids that a list of records has.
    pub fn ids(list: &serde_json::Value) -> Vec<String> {
        list.as_array()
            .into_iter()
            .flatten()
            .map(|record| text(&record["id"]))
            .collect()
    }
}
