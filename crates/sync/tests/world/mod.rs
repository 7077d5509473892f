//! Workstations and a relay in one process, joined by queues that can lose, repeat, reorder and cut. Each desk keeps
//! only what a real one would have in its database; a crash forgets the rest.
#![allow(dead_code)] // each test binary uses its part

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sync::envelope::{Author, Envelope, Seen};
use sync::id::{ChainHash, ClaimKey, EnvelopeId, LetterId, PracticeId, WorkstationId};
use sync::invitation::{InvitationCode, WelcomeParcel};
use sync::keys::{PersonKeys, PracticeKey, PracticeKeys, WorkstationKeys};
use sync::log::genesis;
use sync::mail::{BadLetter, Message};
use sync::membership::{Applied, Membership};
use sync::memory::{ConnectionId, Delivery, MemoryLog, QueueRelay};
use sync::recovery::{Kit, KitPart, Pair};
use sync::relay::{Answer, Limits};
use sync::session::{Alarm, Config, Content, Effect, Event, Link, Quarantine, Session, SyncStatus};
use sync::staff::Note;
use sync::statement::{Capability, Found, Introduction, Statement, WorkstationPublic};
use sync::wire::{Frame, Holder, Refusal, RefusalCode};

pub const PRACTICE: PracticeId = PracticeId([7; 16]);

pub fn bytes<const N: usize>(rng: &mut ChaCha8Rng) -> [u8; N] {
    let mut out = [0; N];
    rng.fill_bytes(&mut out);
    out
}

/// What one workstation has in its database.
pub struct Desk {
    pub name: &'static str,
    pub keys: Arc<WorkstationKeys>,
    pub person: PersonKeys,
    pub practice_keys: PracticeKeys,
    pub admission: Option<Vec<u8>>,
    pub outbox: Vec<Unsent>,
    /// Every entry pulled: the text of changes, the verb of statements, the reason of quarantine.
    pub log: Vec<String>,
    pub cursor: u64,
    pub hash: ChainHash,
    pub membership: Membership,
    pub sequence: u64,
    pub set_aside: Vec<(EnvelopeId, String)>,
    /// Of two parts of a recovery kit, until everything is fetched.
    pub recovering: Option<WorkstationKeys>,
    /// Letters by their ids, and the last number that need not come again.
    pub letters: BTreeMap<LetterId, Message>,
    /// Letters that could not be opened.
    pub unopened: Vec<BadLetter>,
    pub mail_after: u64,
    // Not in the database:
    pub session: Session,
    pub connection: Option<ConnectionId>,
    pub plugged_in: bool,
    pub wake_at: Option<u64>,
    pub status: Option<SyncStatus>,
    pub alarms: Vec<Alarm>,
    pub retention: Option<sync::cover::Retention>,
    pub parcels_stored: usize,
    pub inbox: VecDeque<Event>,
    /// Every answer about a claim.
    pub claimed: Vec<(ClaimKey, Result<Holder, Refusal>)>,
}

pub struct Unsent {
    pub sequence: u64,
    pub id: EnvelopeId,
    pub bytes: Vec<u8>,
    pub position: Option<u64>,
}

/// Chances in a thousand, per message.
#[derive(Clone, Copy, Default, Debug)]
pub struct Faults {
    pub lose: u32,
    pub repeat: u32,
    pub reorder: u32,
    pub cut: u32,
    pub crash: u32,
    pub relay_restart: u32,
    pub disk: u32,
}

pub struct World {
    pub now: u64,
    pub rng: ChaCha8Rng,
    pub relay: Option<QueueRelay<MemoryLog>>,
    pub desks: Vec<Desk>,
    pub faults: Faults,
    next_connection: ConnectionId,
    to_relay: VecDeque<(ConnectionId, Vec<u8>)>,
    to_desk: VecDeque<(ConnectionId, Delivery)>,
    /// Bytes of every frame that went either way.
    pub seen_on_the_wire: Vec<u8>,
}

fn session(
    keys: &Arc<WorkstationKeys>,
    membership: &Membership,
    admission: &Option<Vec<u8>>,
    mail_after: u64,
    seed: u64,
) -> Session {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let config = Config {
        keys: keys.clone(),
        membership: membership.clone(),
        admission: admission.clone(),
        registration_token: None,
        mail_after,
        is_beside: false,
    };
    Session::new(config, Box::new(move || rng.next_u64()))
}

impl Desk {
    fn new(
        name: &'static str,
        keys: WorkstationKeys,
        person: PersonKeys,
        practice_keys: PracticeKeys,
        membership: Membership,
    ) -> Self {
        let keys = Arc::new(keys);
        let session = session(&keys, &membership, &None, 0, 1);
        Self {
            name,
            keys,
            person,
            practice_keys,
            admission: None,
            outbox: Vec::new(),
            log: Vec::new(),
            cursor: 0,
            hash: genesis(PRACTICE),
            membership,
            sequence: 0,
            set_aside: Vec::new(),
            recovering: None,
            letters: BTreeMap::new(),
            unopened: Vec::new(),
            mail_after: 0,
            session,
            connection: None,
            plugged_in: true,
            wake_at: None,
            status: None,
            alarms: Vec::new(),
            retention: None,
            parcels_stored: 0,
            inbox: VecDeque::new(),
            claimed: Vec::new(),
        }
    }

    pub fn waiting(&self) -> u64 {
        self.outbox
            .iter()
            .filter(|unsent| unsent.position.is_none())
            .count() as u64
    }

    pub fn author(&self) -> Author<'_> {
        Author {
            practice: PRACTICE,
            workstation: &self.keys,
            person: &self.person,
            sequence: self.sequence,
            seen: Seen {
                position: self.cursor,
                hash: self.hash,
            },
        }
    }

    pub fn put_in_outbox(&mut self, envelope: Envelope) {
        self.outbox.push(Unsent {
            sequence: envelope.header().sequence,
            id: envelope.id(),
            bytes: envelope.into_bytes(),
            position: None,
        });
        let waiting = self.waiting();
        self.inbox.push_back(Event::Outbox { waiting });
    }

    pub fn write(&mut self, text: &str, nonce: [u8; 24]) {
        self.sequence += 1;
        let key = self.practice_keys.newest().expect("a desk has a key").clone();
        let envelope = Envelope::seal(&self.author(), &key, text.as_bytes(), nonce).expect("short");
        self.put_in_outbox(envelope);
    }

    pub fn say(&mut self, statement: &Statement) -> EnvelopeId {
        self.sequence += 1;
        let epoch = self.practice_keys.newest().expect("a desk has a key").epoch;
        let envelope = Envelope::state(&self.author(), epoch, statement).expect("short");
        let id = envelope.id();
        self.put_in_outbox(envelope);
        id
    }

    fn start(&mut self, seed: u64) {
        self.session = session(
            &self.keys,
            &self.membership,
            &self.admission,
            self.mail_after,
            seed,
        );
        self.connection = None;
        self.wake_at = None;
        self.inbox.clear();
        let started = Event::Started {
            cursor: self.cursor,
            hash: self.hash,
            outbox: self.waiting(),
        };
        self.inbox.push_back(started);
    }

    fn describe(&mut self, content: &Content) -> String {
        match content {
            Content::Own(envelope) | Content::Other(envelope) => match envelope.open(&self.practice_keys) {
                Ok(body) => String::from_utf8(body.to_vec()).expect("tests write text"),
                Err(error) => format!("sealed: {error}"),
            },
            Content::Statement(_, Applied::Followed(statement)) => {
                if let Statement::Rotate(rotate) = statement
                    && let Some(key) = rotate.unwrap_for(PRACTICE, &self.keys).or_else(|| {
                        let pair = self.recovering.as_ref()?;
                        rotate.unwrap_for(PRACTICE, pair)
                    })
                {
                    self.practice_keys.add(key.expect("wrapped for this workstation"));
                }
                format!("({})", statement.verb())
            }
            Content::Statement(_, Applied::NotUnderstood { kind, .. }) => format!("(unknown {kind})"),
            Content::Quarantined {
                reason: Quarantine::Rejected(rejected),
                ..
            } => format!("quarantined: {rejected}"),
            Content::Quarantined { reason, .. } => format!("quarantined: {reason}"),
        }
    }

    pub fn is_in_step(&self) -> bool {
        self.status.is_some_and(|status| status.is_in_step())
    }
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            now: 1_000_000,
            rng: ChaCha8Rng::seed_from_u64(seed),
            relay: Some(QueueRelay::new(MemoryLog::default(), Limits::default())),
            desks: Vec::new(),
            faults: Faults::default(),
            next_connection: 1,
            to_relay: VecDeque::new(),
            to_desk: VecDeque::new(),
            seen_on_the_wire: Vec::new(),
        }
    }

    pub fn relay(&mut self) -> &mut QueueRelay<MemoryLog> {
        self.relay.as_mut().expect("the relay is only taken for a moment")
    }

    /// A relay with these limits, before anybody knows it.
    pub fn limit(&mut self, limits: Limits) {
        self.relay = Some(QueueRelay::new(MemoryLog::default(), limits));
    }

    /// A frame on the open connection of a desk, which did not say it itself. Gives why it was refused.
    pub fn say_raw(&mut self, desk: usize, frame: &Frame) -> Option<RefusalCode> {
        let (now, connection) = (self.now, self.desks[desk].connection.expect("it is connected"));
        let answers = self.relay().receive(now, connection, &frame.to_bytes());
        answers.iter().find_map(|(_, delivery)| match delivery {
            Delivery::Send(bytes) => match Frame::parse(bytes) {
                Ok(Frame::Refused(refusal)) => Some(refusal.code),
                _ => None,
            },
            Delivery::Close => None,
        })
    }

    /// A new practice: its first workstation.
    pub fn found(&mut self, name: &'static str) -> usize {
        let keys = WorkstationKeys::generate(WorkstationId(bytes(&mut self.rng)), bytes(&mut self.rng));
        let person = PersonKeys::generate(bytes(&mut self.rng));
        let key = PracticeKey {
            epoch: 1,
            key: bytes(&mut self.rng),
        };
        let trusted = person.public().fingerprint();
        let membership = Membership::new(PRACTICE, Some(trusted));
        let introduction = Introduction {
            person_id: [1; 16],
            person_name: "Amara Diallo".into(),
            workstation_name: name.into(),
        }
        .seal(&key, &keys, &person, bytes(&mut self.rng));
        let found = Statement::Found(Found {
            founder: person.public(),
            workstation: WorkstationPublic::of(&keys),
            epoch: 1,
            introduction,
        });
        let mut desk = Desk::new(name, keys, person, PracticeKeys::new(key), membership);
        desk.say(&found);
        desk.admission = Some(desk.outbox[0].bytes.clone());
        desk.start(bytes::<1>(&mut self.rng)[0].into());
        self.desks.push(desk);
        self.desks.len() - 1
    }

    /// A member makes an invitation; it is valid once synced.
    pub fn invite(&mut self, by: usize, expires_at: u64) -> InvitationCode {
        let code = InvitationCode::new("wss://relay.example", bytes(&mut self.rng)).expect("a good address");
        let nonce = bytes(&mut self.rng);
        let desk = &mut self.desks[by];
        desk.say(&code.invite(Capability::Member, expires_at, None));
        let welcome = WelcomeParcel {
            practice: PRACTICE,
            practice_name: "Harbour Dental".into(),
            keys: desk.practice_keys.clone(),
            founder: desk
                .membership
                .people()
                .find(|(_, person)| person.since == 1)
                .map_or(desk.person.public(), |(_, p)| p.key)
                .fingerprint(),
            seen: Seen {
                position: desk.cursor,
                hash: desk.hash,
            },
            snapshot: None,
        };
        let parcel = code.parcel(&welcome, expires_at, nonce);
        desk.inbox.push_back(Event::StoreParcel(parcel));
        code
    }

    /// What the relay answers to a code, on a connection of its own.
    pub fn look_up(&mut self, code: &InvitationCode) -> Result<WelcomeParcel, sync::invitation::CannotJoin> {
        let frame = self.ask(&code.ask());
        code.answer(&frame)
    }

    fn ask(&mut self, question: &[u8]) -> Vec<u8> {
        let connection = self.next_connection;
        self.next_connection += 1;
        let (now, nonce) = (self.now, bytes(&mut self.rng));
        let relay = self.relay();
        relay.open(now, connection, nonce);
        let mut deliveries = relay.receive(now, connection, question);
        relay.close(connection);
        match deliveries.swap_remove(0) {
            (_, Delivery::Send(frame)) => frame,
            other => panic!("no answer: {other:?}"),
        }
    }

    /// A new workstation, with what came in the parcel.
    pub fn join(&mut self, name: &'static str, code: &InvitationCode, welcome: &WelcomeParcel) -> usize {
        let keys = WorkstationKeys::generate(WorkstationId(bytes(&mut self.rng)), bytes(&mut self.rng));
        let person = PersonKeys::generate(bytes(&mut self.rng));
        let introduction = Introduction {
            person_id: [2; 16],
            person_name: "Kofi Osei".into(),
            workstation_name: name.into(),
        }
        .seal(
            welcome.keys.newest().expect("it has keys"),
            &keys,
            &person,
            bytes(&mut self.rng),
        );
        let statement = code.join(welcome.practice, &keys, &person, introduction);
        let membership = Membership::new(welcome.practice, Some(welcome.founder));
        let mut desk = Desk::new(name, keys, person, welcome.keys.clone(), membership);
        // It has seen nothing itself yet, but the invitation says where the log stood.
        let (cursor, hash) = (desk.cursor, desk.hash);
        (desk.cursor, desk.hash) = (welcome.seen.position, welcome.seen.hash);
        desk.say(&statement);
        (desk.cursor, desk.hash) = (cursor, hash);
        desk.admission = Some(desk.outbox[0].bytes.clone());
        desk.start(bytes::<1>(&mut self.rng)[0].into());
        self.desks.push(desk);
        self.desks.len() - 1
    }

    /// A member makes a recovery kit of these parts; it is valid once synced.
    pub fn make_kit(&mut self, by: usize, parts: &[KitPart]) {
        let welcome = self.welcome(by);
        let mut pairs = Vec::new();
        for (at, one) in parts.iter().enumerate() {
            for other in &parts[at + 1..] {
                pairs.push(Pair::of(one, other).expect("of one kit"));
            }
        }
        let kit = Kit {
            pairs: pairs.iter().map(Pair::public).collect(),
            card: Note {
                epoch: 1,
                sealed: vec![1],
            },
        };
        self.desks[by].say(&Statement::Kit(kit));
        for pair in pairs {
            let parcel = pair.parcel(&welcome, bytes(&mut self.rng));
            self.desks[by].inbox.push_back(Event::StoreParcel(parcel));
        }
    }

    fn welcome(&self, by: usize) -> WelcomeParcel {
        let desk = &self.desks[by];
        let founder = desk
            .membership
            .people()
            .find(|(_, person)| person.since == 1)
            .map_or(desk.person.public(), |(_, person)| person.key);
        WelcomeParcel {
            practice: PRACTICE,
            practice_name: "Harbour Dental".into(),
            keys: desk.practice_keys.clone(),
            founder: founder.fingerprint(),
            seen: Seen {
                position: desk.cursor,
                hash: desk.hash,
            },
            snapshot: None,
        }
    }

    /// What the relay answers to somebody who holds two parts.
    pub fn look_up_kit(&mut self, pair: &Pair) -> Result<WelcomeParcel, sync::invitation::CannotJoin> {
        let frame = self.ask(&pair.ask());
        pair.answer(&frame)
    }

    /// A new workstation with two parts of the kit and what came in their parcel.
    pub fn recover(&mut self, name: &'static str, pair: Pair, welcome: &WelcomeParcel) -> usize {
        let keys = WorkstationKeys::generate(WorkstationId(bytes(&mut self.rng)), bytes(&mut self.rng));
        let person = PersonKeys::generate(bytes(&mut self.rng));
        let introduction = Introduction {
            person_id: [3; 16],
            person_name: "Amara Diallo".into(),
            workstation_name: name.into(),
        }
        .seal(
            welcome.keys.newest().expect("it has keys"),
            &keys,
            &person,
            bytes(&mut self.rng),
        );
        let statement = pair.recover(welcome.practice, &keys, true, &person, introduction);
        let membership = Membership::new(welcome.practice, Some(welcome.founder));
        let mut desk = Desk::new(name, keys, person, welcome.keys.clone(), membership);
        desk.recovering = Some(pair.keys());
        let (cursor, hash) = (desk.cursor, desk.hash);
        (desk.cursor, desk.hash) = (welcome.seen.position, welcome.seen.hash);
        desk.say(&statement);
        (desk.cursor, desk.hash) = (cursor, hash);
        desk.admission = Some(desk.outbox[0].bytes.clone());
        desk.start(bytes::<1>(&mut self.rng)[0].into());
        self.desks.push(desk);
        self.desks.len() - 1
    }

    /// Two desks in one practice, in step.
    pub fn two_desks(seed: u64) -> Self {
        let mut world = Self::new(seed);
        world.found("Front desk");
        world.settle();
        let code = world.invite(0, u64::MAX);
        world.settle();
        let welcome = world.look_up(&code).expect("the parcel is there");
        world.join("Desk 2", &code, &welcome);
        world.settle();
        assert!(
            world.desks.iter().all(Desk::is_in_step),
            "{:?}",
            world.desks[1].alarms
        );
        world
    }

    pub fn write(&mut self, desk: usize, text: &str) {
        let nonce = bytes(&mut self.rng);
        self.desks[desk].write(text, nonce);
    }

    pub fn rotate(&mut self, by: usize) {
        let (key, random) = (bytes(&mut self.rng), bytes(&mut self.rng));
        let desk = &mut self.desks[by];
        let epoch = desk.membership.epoch().expect("founded") + 1;
        let key = PracticeKey { epoch, key };
        let rotate = desk.membership.rotation(&key, random).expect("good keys");
        desk.say(&Statement::Rotate(rotate));
    }

    pub fn crash(&mut self, desk: usize) {
        let seed = self.rng.next_u64();
        let desk = &mut self.desks[desk];
        if let Some(connection) = desk.connection.take() {
            self.relay.as_mut().expect("there").close(connection);
        }
        desk.start(seed);
    }

    pub fn restart_relay(&mut self) {
        self.relay = self.relay.take().map(QueueRelay::restarted);
        for desk in &mut self.desks {
            if desk.connection.take().is_some() {
                desk.inbox.push_back(Event::Disconnected {
                    why: "the relay went away".into(),
                });
            }
        }
        self.to_desk.clear();
        self.to_relay.clear();
    }

    pub fn unplug(&mut self, desk: usize) {
        self.desks[desk].plugged_in = false;
        self.cut(desk);
    }

    pub fn plug_in(&mut self, desk: usize) {
        self.desks[desk].plugged_in = true;
        self.desks[desk].inbox.push_back(Event::RetryNow);
    }

    fn cut(&mut self, desk: usize) {
        if let Some(connection) = self.desks[desk].connection.take() {
            self.relay().close(connection);
            self.desks[desk].inbox.push_back(Event::Disconnected {
                why: "the cable was pulled".into(),
            });
        }
    }

    fn chance(&mut self, in_a_thousand: u32) -> bool {
        in_a_thousand > 0 && self.rng.random_range(0..1000) < in_a_thousand
    }

    /// One thing happens. False if nothing is left to happen without time passing.
    pub fn step(&mut self) -> bool {
        for index in 0..self.desks.len() {
            let (crash, cut) = (self.faults.crash, self.faults.cut);
            if !self.desks[index].inbox.is_empty() && self.chance(crash) {
                self.crash(index);
            }
            if self.desks[index].connection.is_some() && self.chance(cut) {
                self.cut(index);
            }
            if let Some(event) = self.desks[index].inbox.pop_front() {
                self.feed(index, event);
                return true;
            }
        }
        if self.chance(self.faults.relay_restart) {
            self.restart_relay();
        }
        if self.chance(self.faults.disk) {
            let fail = if self.rng.random() {
                sync::memory::Fail::BeforeFsync
            } else {
                sync::memory::Fail::AfterFsync
            };
            self.relay().log().fail_next = Some(fail);
        }
        if let Some((connection, frame)) = take(&mut self.to_relay, self.faults, &mut self.rng) {
            let now = self.now;
            if self.relay().is_connected(connection) {
                self.seen_on_the_wire.extend_from_slice(&frame);
                let deliveries = self.relay().receive(now, connection, &frame);
                self.to_desk.extend(deliveries);
            }
            return true;
        }
        if let Some((connection, delivery)) = take(&mut self.to_desk, self.faults, &mut self.rng) {
            if let Some(desk) = self
                .desks
                .iter_mut()
                .find(|desk| desk.connection == Some(connection))
            {
                match delivery {
                    Delivery::Send(frame) => {
                        self.seen_on_the_wire.extend_from_slice(&frame);
                        desk.inbox.push_back(Event::Frame(frame));
                    }
                    Delivery::Close => {
                        desk.connection = None;
                        desk.inbox.push_back(Event::Disconnected {
                            why: "closed by the relay".into(),
                        });
                    }
                }
            }
            return true;
        }
        false
    }

    fn feed(&mut self, index: usize, event: Event) {
        let now = self.now;
        let effects = self.desks[index].session.handle(now, event);
        for effect in effects {
            self.carry_out(index, effect);
        }
    }

    fn carry_out(&mut self, index: usize, effect: Effect) {
        let desk = &mut self.desks[index];
        match effect {
            Effect::Connect if desk.plugged_in => {
                let (now, nonce, connection) = (self.now, bytes(&mut self.rng), self.next_connection);
                self.next_connection += 1;
                desk.connection = Some(connection);
                desk.inbox.push_back(Event::Connected);
                self.relay().open(now, connection, nonce);
            }
            Effect::Connect => desk.inbox.push_back(Event::Disconnected {
                why: "no network".into(),
            }),
            Effect::Close { .. } => {
                if let Some(connection) = desk.connection.take() {
                    self.relay().close(connection);
                }
            }
            Effect::Send(frame) => {
                if let Some(connection) = desk.connection {
                    self.to_relay.push_back((connection, frame));
                }
            }
            Effect::NeedOutbox {
                after_sequence,
                limit,
                max_bytes,
            } => {
                let mut size = 0;
                let envelopes = desk
                    .outbox
                    .iter()
                    .filter(|unsent| unsent.position.is_none() && unsent.sequence > after_sequence)
                    .take(limit)
                    .take_while(|unsent| {
                        size += unsent.bytes.len();
                        size <= max_bytes
                    })
                    .map(|unsent| (unsent.id, unsent.bytes.clone()))
                    .collect();
                desk.inbox.push_back(Event::OutboxReady {
                    after_sequence,
                    envelopes,
                });
            }
            Effect::Accepted(accepted) => {
                for (id, position) in accepted {
                    let unsent = desk
                        .outbox
                        .iter_mut()
                        .find(|unsent| unsent.id == id)
                        .expect("its own");
                    assert!(
                        unsent.position.is_none_or(|known| known == position),
                        "a position never changes"
                    );
                    unsent.position = Some(position);
                }
                let waiting = desk.waiting();
                desk.inbox.push_back(Event::Outbox { waiting });
            }
            Effect::SetAside { id, refusal } => {
                desk.outbox.retain(|unsent| unsent.id != id);
                desk.set_aside.push((id, refusal.message));
                let waiting = desk.waiting();
                desk.inbox.push_back(Event::Outbox { waiting });
            }
            Effect::Apply(batch) => {
                for entry in &batch.entries {
                    assert_eq!(
                        entry.position,
                        desk.log.len() as u64 + 1,
                        "{}: no gap, no repeat",
                        desk.name
                    );
                    if let Some(own) = desk.outbox.iter_mut().find(|unsent| unsent.id == entry.id) {
                        assert!(own.position.is_none_or(|known| known == entry.position));
                        own.position = Some(entry.position);
                    }
                    let text = desk.describe(&entry.content);
                    desk.log.push(text);
                }
                (desk.cursor, desk.hash) = (batch.cursor, batch.hash);
                if let Some(membership) = batch.membership {
                    desk.membership =
                        Membership::from_bytes(&membership.to_bytes()).expect("what was written");
                }
                let (position, hash) = (batch.cursor, batch.hash);
                desk.inbox.push_back(Event::Applied { position, hash });
                let waiting = desk.waiting();
                desk.inbox.push_back(Event::Outbox { waiting });
            }
            Effect::ParcelStored { .. } => desk.parcels_stored += 1,
            Effect::ParcelRefused { refusal, .. } => panic!("parcel refused: {refusal:?}"),
            Effect::Claimed { key, holder } => desk.claimed.push((key, holder)),
            Effect::KeepLetters { letters, up_to } => {
                for letter in letters {
                    match sync::mail::open(PRACTICE, &desk.practice_keys, &letter.sealed) {
                        Ok((id, message)) => {
                            desk.letters.entry(id).or_insert(message);
                        }
                        Err(error) => desk.unopened.push(error),
                    }
                }
                desk.mail_after = up_to;
                desk.inbox.push_back(Event::LettersKept { up_to });
            }
            Effect::MailKey { said } => {
                let key = desk.practice_keys.newest().expect("it has one");
                let announced = sync::mail::announce(PRACTICE, key, &desk.keys);
                if said != Some((announced.epoch, announced.public))
                    && said.is_none_or(|(epoch, _)| epoch <= key.epoch)
                {
                    desk.inbox.push_back(Event::MailKey(announced));
                }
            }
            Effect::Status(status) => desk.status = Some(status),
            Effect::Retention(retention) => desk.retention = retention,
            Effect::WakeAt(at) => desk.wake_at = Some(at),
            Effect::Alarm(alarm) => desk.alarms.push(alarm),
        }
    }

    /// Lets `millis` pass, step by step, with everything that happens on the way.
    pub fn run_for(&mut self, millis: u64) {
        let end = self.now + millis;
        loop {
            while self.step() {}
            let next = self.desks.iter().filter_map(|desk| desk.wake_at).min();
            match next {
                Some(at) if at <= end => {
                    self.now = self.now.max(at);
                    let now = self.now;
                    for desk in &mut self.desks {
                        if desk.wake_at.is_some_and(|at| at <= now) {
                            desk.wake_at = None;
                            desk.inbox.push_back(Event::Tick);
                        }
                    }
                }
                _ => {
                    self.now = end;
                    return;
                }
            }
        }
    }

    pub fn claim(&mut self, desk: usize, key: ClaimKey) {
        self.desks[desk].inbox.push_back(Event::Claim(key));
    }

    /// Somebody outside puts a letter in, as the relay's door does.
    pub fn post(&mut self, sealed: Vec<u8>) -> Answer {
        let now = self.now;
        let (answer, deliveries) = self.relay().post(now, PRACTICE, sealed);
        self.to_desk.extend(deliveries);
        answer
    }

    /// Enough time for everything that can be repaired to be repaired.
    pub fn settle(&mut self) {
        self.run_for(3 * sync::session::LONGEST_RETRY + 1_000);
    }

    pub fn relay_log(&mut self) -> Vec<sync::log::LogEntry> {
        self.relay().log().entries(PRACTICE)
    }

    /// All desks show the relay's log, nothing waits, and the badge says so.
    pub fn assert_converged(&mut self) {
        let length = self.relay_log().len();
        for desk in &self.desks {
            assert_eq!(desk.waiting(), 0, "{}: outbox", desk.name);
            assert_eq!(
                desk.log.len(),
                length,
                "{}: {:?} {:?}",
                desk.name,
                desk.status,
                desk.alarms
            );
            assert_eq!(desk.log, self.desks[0].log, "{}", desk.name);
            assert_eq!(
                desk.status.map(|s| (s.link, s.waiting)),
                Some((Link::Live, 0)),
                "{}",
                desk.name
            );
        }
    }
}

/// The next message, unless faults have something else in mind.
fn take<T: Clone>(queue: &mut VecDeque<T>, faults: Faults, rng: &mut ChaCha8Rng) -> Option<T> {
    let mut chance = |in_a_thousand: u32| in_a_thousand > 0 && rng.random_range(0..1000) < in_a_thousand;
    if queue.len() > 1 && chance(faults.reorder) {
        let other = queue.pop_back()?;
        queue.push_front(other);
    }
    if chance(faults.lose) {
        queue.pop_front();
    }
    let message = queue.pop_front()?;
    if chance(faults.repeat) {
        queue.push_front(message.clone());
    }
    Some(message)
}
