//! The workstation's side of the conversation as a state machine: events in, effects out. It keeps no promises of
//! its own: what is durable is in the desk's database (cursor, membership, outbox), so a crash at any moment is
//! repaired by starting a new session from what is stored there.
//!
//! How the desk drives it:
//! - make a [`Session`] from what is stored, give it [`Event::Started`], then carry out every effect in order;
//! - after each local write, and after carrying out [`Effect::Accepted`] or [`Effect::SetAside`], tell it the
//!   number of envelopes still unsent with [`Event::Outbox`];
//! - store each [`Effect::Apply`] in one transaction (raw entries, documents, rows, cursor, hash, membership) and
//!   answer [`Event::Applied`]; if that fails, drop the session and start a new one;
//! - call it with [`Event::Tick`] at the time of the latest [`Effect::WakeAt`].

mod aside;
mod incoming;
mod outgoing;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use crate::cover::Retention;
use crate::envelope::{BadEnvelope, Envelope, Seen};
use crate::id::{ChainHash, ClaimKey, EnvelopeId, LookupId};
use crate::keys::WorkstationKeys;
use crate::log::{Chain, ChainBroken};
use crate::mail::MailPublic;
use crate::membership::{Applied, Membership, Rejected};
use crate::wire::{self, Frame, Have, Hello, Holder, Letter, MailKey, PutParcel, Refusal, RefusalCode};

/// Milliseconds of some clock that does not jump back; only differences matter.
pub type Millis = u64;

/// The relay is given this long to answer anything.
pub const ANSWER_WITHIN: Millis = 30_000;
/// After this silence the session asks whether the relay is still there.
pub const PING_AFTER: Millis = 20_000;
/// First wait before connecting again; doubles up to [`LONGEST_RETRY`], with jitter.
pub const FIRST_RETRY: Millis = 500;
pub const LONGEST_RETRY: Millis = 60_000;
/// Wait after the relay refused this workstation as such: people must act, yet it may be put right.
pub const REFUSED_RETRY: Millis = 300_000;
/// Entries the relay is known to have are asked for again if they have not come within this time.
pub const STALLED_AFTER: Millis = 2_000;
/// Pushes on their way at the same time.
pub const PUSH_WINDOW: usize = 4;
/// Envelopes in one push.
pub const PUSH_ENVELOPES: usize = 128;
/// Envelopes asked for in one pull.
pub const PULL_ENVELOPES: u32 = 256;
/// A relay that prunes is told what is stored here as soon as two workstations agreed on more than it was told before, or
/// when it is so much more …
pub const HAVE_ENTRIES: u64 = 1_000;
/// … or anything more after this time.
pub const HAVE_AFTER: Millis = 600_000;
/// Entries handed to the desk and not yet stored; more is pulled later.
pub const MAX_UNAPPLIED: usize = 1024;

/// Who is talking.
pub struct Config {
    pub keys: Arc<WorkstationKeys>,
    /// The policy at the stored cursor; new with a trusted fingerprint if nothing is stored.
    pub membership: Membership,
    /// The bytes of this workstation's own `Found` or `Join` envelope. Give it always: the relay needs it on
    /// first contact and ignores it later.
    pub admission: Option<Vec<u8>>,
    /// For a relay that does not let everyone register a practice.
    pub registration_token: Option<String>,
    /// The number of the last letter that is stored here; 0 if there is none.
    pub mail_after: u64,
    /// Reads the log beside the workstation's own session, into another file: what is stored there says nothing about what
    /// the workstation has.
    pub is_beside: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// What is stored: the last applied position and its chain hash ([`crate::log::genesis`] for 0), and the
    /// number of envelopes in the outbox that have no position yet.
    Started {
        cursor: u64,
        hash: ChainHash,
        outbox: u64,
    },
    /// The socket is open.
    Connected,
    /// The socket is closed or could not be opened. `why` is for people.
    Disconnected { why: String },
    /// One binary message.
    Frame(Vec<u8>),
    /// How many envelopes in the outbox have no position yet.
    Outbox { waiting: u64 },
    /// The answer to [`Effect::NeedOutbox`] with the same `after_sequence`: unsent envelopes in the order of their
    /// sequence; empty if there are none.
    OutboxReady {
        after_sequence: u64,
        envelopes: Vec<(EnvelopeId, Vec<u8>)>,
    },
    /// An [`Effect::Apply`] is durable.
    Applied { position: u64, hash: ChainHash },
    /// Keep this parcel at the relay; answered by [`Effect::ParcelStored`]. Repeat it after a restart.
    StoreParcel(PutParcel),
    /// Ask for this claim, now or when there is a connection; answered by [`Effect::Claimed`].
    Claim(ClaimKey),
    /// Nobody waits for this claim any more: do not ask for it if that has not been done yet.
    ForgetClaim(ClaimKey),
    /// An [`Effect::KeepLetters`] is durable.
    LettersKept { up_to: u64 },
    /// Say this mail key to the relay: the answer to [`Effect::MailKey`] if the relay says another, or none.
    MailKey(MailKey),
    /// A person asks to try now.
    RetryNow,
    /// Time has passed.
    Tick,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Open a socket; answer with [`Event::Connected`] or [`Event::Disconnected`].
    Connect,
    /// Close the socket; no answer needed, a [`Event::Disconnected`] for it does no harm.
    Close { why: String },
    /// Send one binary message.
    Send(Vec<u8>),
    /// Read unsent envelopes with a sequence above this, in order, at most so many and so many bytes (but at
    /// least one); answer with [`Event::OutboxReady`].
    NeedOutbox {
        after_sequence: u64,
        limit: usize,
        max_bytes: usize,
    },
    /// These are durable at the relay, at these positions: mark them.
    Accepted(Vec<(EnvelopeId, u64)>),
    /// The relay will never take this envelope: keep it, take it out of the outbox, show it to people.
    SetAside { id: EnvelopeId, refusal: Refusal },
    /// Store this, then answer [`Event::Applied`].
    Apply(Batch),
    /// A parcel is at the relay.
    ParcelStored { lookup: LookupId },
    /// A parcel was refused.
    ParcelRefused { lookup: LookupId, refusal: Refusal },
    /// Who has the claim, or why the relay does not say.
    Claimed {
        key: ClaimKey,
        holder: Result<Holder, Refusal>,
    },
    /// Store these letters and `up_to` as the last one stored, in one transaction, then answer [`Event::LettersKept`]. Ones
    /// that are there already are passed over. `up_to` may be less than before: the box is another one.
    KeepLetters { letters: Vec<Letter>, up_to: u64 },
    /// The mail key that the relay says to the world: epoch and key.
    MailKey { said: Option<(u32, MailPublic)> },
    /// What the relay does with old parts of the log; `None`: it keeps them for good.
    Retention(Option<Retention>),
    /// Show this.
    Status(SyncStatus),
    /// Call again with [`Event::Tick`] at this time, or later.
    WakeAt(Millis),
    /// Something a person must know.
    Alarm(Alarm),
}

/// Consecutive entries of the log, verified: the chain fits, and each entry is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub entries: Vec<Entry>,
    /// The position of the last entry: the new cursor.
    pub cursor: u64,
    pub hash: ChainHash,
    /// The policy after the last entry, to store with the cursor; `None` if it did not change.
    pub membership: Option<Box<Membership>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub position: u64,
    pub id: EnvelopeId,
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // the usual ones, envelopes, are not much smaller than the largest
pub enum Content {
    /// Written by this workstation. Usually known by its id already and only its position is news; if not
    /// (the database was restored from an older copy), it is to be applied like any other.
    Own(Envelope),
    /// Changes by another workstation, allowed by the policy at this position.
    Other(Envelope),
    /// A statement about the membership that took effect, or was not understood.
    Statement(Envelope, Applied),
    /// Not to be applied; to be kept and shown.
    Quarantined { bytes: Vec<u8>, reason: Quarantine },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Quarantine {
    #[error(transparent)]
    Malformed(#[from] BadEnvelope),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// What the badge on the screen says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncStatus {
    pub link: Link,
    /// Envelopes in the outbox that the relay has not acknowledged.
    pub waiting: u64,
}

impl SyncStatus {
    /// Everything written here is at the relay, everything there is applied here.
    #[must_use]
    pub fn is_in_step(&self) -> bool {
        self.link == Link::Live && self.waiting == 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Offline {
        since: Millis,
        retry_at: Millis,
    },
    Connecting,
    /// Connected; so many entries of the log are not applied here yet.
    Behind {
        entries: u64,
    },
    /// Connected, and everything the relay has is applied here.
    Live,
    /// Stopped after [`Alarm::ChainBroken`]; only a new session goes on.
    Stopped,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Alarm {
    #[error("{0}. Syncing has stopped so that nothing gets mixed up; your work stays on this workstation")]
    ChainBroken(ChainBroken),
    #[error("The relay refused this workstation: {}", .0.message)]
    Refused(Refusal),
    #[error("The relay speaks differently than this program: {0}")]
    Protocol(String),
    #[error(
        "The relay says that it pruned the log up to position {pruned}, but workstations agreed on no more than \
         position {agreed}: it may have lost something. Tell whoever runs the relay, and keep a backup"
    )]
    PrunedTooMuch { pruned: u64, agreed: u64 },
}

enum Phase {
    /// Before [`Event::Started`].
    New,
    Waiting {
        retry_at: Millis,
    },
    Connecting {
        since: Millis,
    },
    Greeting {
        since: Millis,
    },
    Open(Box<Open>),
    Stopped,
}

/// What belongs to one open connection and is forgotten with it.
#[derive(Default)]
struct Open {
    head: u64,
    /// The pull on its way: after which position, and when it was sent.
    pulling: Option<(u64, Millis)>,
    /// Entries passed by that will not come by themselves.
    must_pull: bool,
    /// When the last entries came.
    progress_at: Millis,
    next_batch: u64,
    in_flight: VecDeque<InFlight>,
    /// The sequence of the last envelope sent over this connection.
    sent_sequence: u64,
    /// The `after_sequence` the desk was asked for and has not answered.
    asked_outbox: Option<u64>,
    /// The desk may have more than its last answer gave.
    outbox_may_have_more: bool,
    parcel_since: Option<Millis>,
    aside: aside::Aside,
    /// The relay prunes: what it was last told that is stored here, and when.
    told: Option<(u64, Millis)>,
    /// How much of the log the relay says to have pruned, until that is compared with what was agreed.
    pruned: Option<u64>,
}

struct InFlight {
    batch: u64,
    ids: Vec<EnvelopeId>,
    sent_at: Millis,
}

/// When an open connection needs attention.
struct OpenTimes {
    silent: Millis,
    unanswered: Option<Millis>,
    stalled: Option<Millis>,
    ping: Millis,
}

impl OpenTimes {
    fn of(session: &Session, open: &Open) -> Self {
        let asked = [
            open.pulling.map(|(_, at)| at),
            open.parcel_since,
            open.aside.asked_since(),
            open.in_flight.front().map(|push| push.sent_at),
        ];
        let behind = session.chain.position() < open.head;
        let could_pull = behind && open.pulling.is_none() && session.has_room();
        Self {
            silent: session.last_heard + PING_AFTER + ANSWER_WITHIN,
            unanswered: asked.into_iter().flatten().min().map(|at| at + 2 * ANSWER_WITHIN),
            stalled: could_pull.then_some(open.progress_at + STALLED_AFTER),
            ping: session.last_heard.max(session.last_sent) + PING_AFTER,
        }
    }
}

/// See the module's text.
pub struct Session {
    config: Config,
    jitter: Box<dyn FnMut() -> u64 + Send>,
    phase: Phase,
    chain: Chain,
    membership: Membership,
    applied: u64,
    /// The chain hash there.
    applied_hash: ChainHash,
    /// Batches that the desk has not stored yet: the position of the last entry, and how many entries.
    unapplied: VecDeque<(u64, usize)>,
    waiting: u64,
    parcels: VecDeque<PutParcel>,
    /// Wanted and not answered.
    claims: Vec<ClaimKey>,
    /// The last letter that is stored.
    mail_after: u64,
    /// The policy has changed with something that is not stored yet.
    policy_changed: bool,
    /// Own envelopes acknowledged in this session that have not come back yet: no need to verify them again.
    own: HashSet<EnvelopeId>,
    failures: u32,
    offline_since: Option<Millis>,
    last_heard: Millis,
    last_sent: Millis,
    pings: u64,
    shown: Option<SyncStatus>,
    wake_at: Option<Millis>,
    refused: Option<Refusal>,
    effects: Vec<Effect>,
}

impl Session {
    /// `jitter`: any random numbers; they spread reconnections of many workstations.
    #[must_use]
    pub fn new(config: Config, jitter: Box<dyn FnMut() -> u64 + Send>) -> Self {
        let membership = config.membership.clone();
        let mail_after = config.mail_after;
        let genesis = crate::log::genesis(membership.practice());
        Self {
            config,
            jitter,
            phase: Phase::New,
            chain: Chain::at(0, genesis),
            membership,
            applied: 0,
            applied_hash: genesis,
            unapplied: VecDeque::new(),
            waiting: 0,
            parcels: VecDeque::new(),
            claims: Vec::new(),
            mail_after,
            policy_changed: false,
            own: HashSet::new(),
            failures: 0,
            offline_since: None,
            last_heard: 0,
            last_sent: 0,
            pings: 0,
            shown: None,
            wake_at: None,
            refused: None,
            effects: Vec::new(),
        }
    }

    /// The policy after the last verified entry.
    #[must_use]
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// What the author of the next envelope has seen. It may be ahead of what is applied; the desk normally uses
    /// its stored cursor and hash instead.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen {
            position: self.chain.position(),
            hash: self.chain.hash(),
        }
    }

    /// Takes one event and says what to do, in this order.
    #[must_use]
    pub fn handle(&mut self, now: Millis, event: Event) -> Vec<Effect> {
        match event {
            Event::Started { cursor, hash, outbox } => self.started(now, cursor, hash, outbox),
            Event::Connected => self.connected(now),
            Event::Disconnected { why: _ } => self.disconnected(now),
            Event::Frame(bytes) => self.frame(now, &bytes),
            Event::Outbox { waiting } => {
                self.waiting = waiting;
                if let Phase::Open(open) = &mut self.phase {
                    let on_their_way: usize = open.in_flight.iter().map(|push| push.ids.len()).sum();
                    open.outbox_may_have_more = waiting > on_their_way as u64;
                }
                self.ask_outbox();
            }
            Event::OutboxReady {
                after_sequence,
                envelopes,
            } => {
                self.outbox_ready(now, after_sequence, envelopes);
            }
            Event::Applied { position, hash } => {
                if position >= self.applied {
                    (self.applied, self.applied_hash) = (position, hash);
                }
                while self.unapplied.front().is_some_and(|(last, _)| *last <= position) {
                    self.unapplied.pop_front();
                }
                self.policy_stored();
                self.pull_if_needed(now);
            }
            Event::StoreParcel(parcel) => {
                self.parcels.push_back(parcel);
                self.send_parcel(now);
            }
            Event::Claim(key) => self.claim(now, key),
            Event::ForgetClaim(key) => self.forget_claim(key),
            Event::LettersKept { up_to } => self.letters_kept(now, up_to),
            Event::MailKey(key) => self.put_mail_key(now, key),
            Event::RetryNow => {
                if matches!(self.phase, Phase::Waiting { .. }) {
                    self.connect(now);
                }
            }
            Event::Tick => self.tick(now),
        }
        self.say_what_is_here(now);
        self.show(now);
        std::mem::take(&mut self.effects)
    }

    /// A relay that prunes needs to know what every workstation has. Said when everything is here, and seldom.
    fn say_what_is_here(&mut self, now: Millis) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        if self.applied >= open.head
            && let Some(pruned) = open.pruned.take()
        {
            // What the relay may prune stands in the log, said by two.
            let agreed = self.membership.agreed().map_or(0, |agreed| agreed.cover.position);
            if pruned > agreed {
                let alarm = Alarm::PrunedTooMuch { pruned, agreed };
                self.effects.push(Effect::Alarm(alarm));
            }
        }
        let Some((position, at)) = open.told else { return };
        let grown = self.applied.saturating_sub(position);
        let agreed = self.membership.agreed().map_or(0, |agreed| agreed.cover.position);
        let is_wanted = position == 0 || position < agreed || now >= at + HAVE_AFTER;
        let is_time = grown >= HAVE_ENTRIES || grown > 0 && is_wanted;
        if is_time && self.applied >= open.head {
            open.told = Some((self.applied, now));
            let have = Have {
                position: self.applied,
                hash: self.applied_hash,
            };
            self.send(now, &Frame::Have(have));
        }
    }

    /// Whether the desk keeps up with storing what is handed to it.
    fn has_room(&self) -> bool {
        self.unapplied.iter().map(|(_, entries)| entries).sum::<usize>() < MAX_UNAPPLIED
    }

    fn started(&mut self, now: Millis, cursor: u64, hash: ChainHash, outbox: u64) {
        if !matches!(self.phase, Phase::New) {
            return;
        }
        self.chain = Chain::at(cursor, hash);
        (self.applied, self.applied_hash) = (cursor, hash);
        self.waiting = outbox;
        self.connect(now);
    }

    fn connect(&mut self, now: Millis) {
        self.phase = Phase::Connecting { since: now };
        self.effects.push(Effect::Connect);
    }

    fn connected(&mut self, now: Millis) {
        if !matches!(self.phase, Phase::Connecting { .. }) {
            return;
        }
        self.phase = Phase::Greeting { since: now };
        self.last_heard = now;
        let hello = Hello {
            practice: self.membership.practice(),
            workstation: self.config.keys.id(),
        };
        self.send(now, &Frame::Hello(hello));
    }

    fn disconnected(&mut self, now: Millis) {
        if matches!(
            self.phase,
            Phase::Connecting { .. } | Phase::Greeting { .. } | Phase::Open(_)
        ) {
            self.wait_to_retry(now);
        }
    }

    fn wait_to_retry(&mut self, now: Millis) {
        let pause = if self.refused.is_some() {
            REFUSED_RETRY
        } else {
            let longest = FIRST_RETRY
                .saturating_mul(1 << self.failures.min(16))
                .min(LONGEST_RETRY);
            // Half fixed, half random: never at once, never all together.
            longest / 2 + (self.jitter)() % (longest / 2 + 1)
        };
        self.failures = self.failures.saturating_add(1);
        self.offline_since.get_or_insert(now);
        self.phase = Phase::Waiting {
            retry_at: now + pause,
        };
    }

    /// Gives up this connection and tries again later.
    fn drop_connection(&mut self, now: Millis, why: impl Into<String>) {
        self.effects.push(Effect::Close { why: why.into() });
        self.wait_to_retry(now);
    }

    fn stop(&mut self, broken: ChainBroken) {
        self.effects.push(Effect::Close {
            why: broken.to_string(),
        });
        self.effects.push(Effect::Alarm(Alarm::ChainBroken(broken)));
        self.phase = Phase::Stopped;
    }

    fn send(&mut self, now: Millis, frame: &Frame) {
        self.last_sent = now;
        self.effects.push(Effect::Send(frame.to_bytes()));
    }

    fn refused(&mut self, now: Millis, refusal: Refusal) {
        let lasting = matches!(
            refusal.code,
            RefusalCode::UnknownPractice
                | RefusalCode::RegistrationClosed
                | RefusalCode::BadAuth
                | RefusalCode::NotAMember
                | RefusalCode::Revoked
                | RefusalCode::Rejected
                | RefusalCode::InvitationUsed
                | RefusalCode::InvitationExpired
                | RefusalCode::NotUnderstood
                | RefusalCode::PracticeFull
                | RefusalCode::Pruned
        );
        if refusal.code == RefusalCode::OtherLog {
            return self.stop(ChainBroken::Forked {
                position: self.chain.position(),
            });
        }
        if lasting && self.refused.as_ref() != Some(&refusal) {
            self.effects.push(Effect::Alarm(Alarm::Refused(refusal.clone())));
        }
        let why = refusal.message.clone();
        self.refused = lasting.then_some(refusal);
        self.drop_connection(now, why);
    }

    fn tick(&mut self, now: Millis) {
        match &self.phase {
            Phase::Waiting { retry_at, .. } if now >= *retry_at => self.connect(now),
            Phase::Connecting { since } | Phase::Greeting { since } if now >= since + ANSWER_WITHIN => {
                self.drop_connection(now, "the relay did not answer");
            }
            Phase::Open(open) => {
                let times = OpenTimes::of(self, open);
                if now >= times.silent {
                    self.drop_connection(now, "the relay has fallen silent");
                } else if times.unanswered.is_some_and(|at| now >= at) {
                    self.drop_connection(now, "the relay left a request unanswered");
                } else if times.stalled.is_some_and(|at| now >= at) {
                    self.pull(now);
                } else if now >= times.ping {
                    self.pings += 1;
                    let number = self.pings;
                    self.send(now, &Frame::Ping(wire::Ping { number }));
                }
            }
            _ => {}
        }
    }

    fn next_wake(&self) -> Option<Millis> {
        match &self.phase {
            Phase::Waiting { retry_at, .. } => Some(*retry_at),
            Phase::Connecting { since } | Phase::Greeting { since } => Some(since + ANSWER_WITHIN),
            Phase::Open(open) => {
                let times = OpenTimes::of(self, open);
                [
                    Some(times.silent),
                    times.unanswered,
                    times.stalled,
                    Some(times.ping),
                ]
                .into_iter()
                .flatten()
                .min()
            }
            Phase::New | Phase::Stopped => None,
        }
    }

    fn link(&self) -> Link {
        match &self.phase {
            Phase::New | Phase::Connecting { .. } | Phase::Greeting { .. } => Link::Connecting,
            Phase::Waiting { retry_at } => Link::Offline {
                since: self.offline_since.unwrap_or(*retry_at),
                retry_at: *retry_at,
            },
            Phase::Open(open) if self.applied >= open.head => Link::Live,
            Phase::Open(open) => Link::Behind {
                entries: open.head - self.applied,
            },
            Phase::Stopped => Link::Stopped,
        }
    }

    fn show(&mut self, now: Millis) {
        if let Some(wake_at) = self.next_wake()
            && (self.wake_at != Some(wake_at) || wake_at <= now)
        {
            self.wake_at = Some(wake_at);
            self.effects.push(Effect::WakeAt(wake_at.max(now + 1)));
        }
        let status = SyncStatus {
            link: self.link(),
            waiting: self.waiting,
        };
        if self.shown != Some(status) {
            self.shown = Some(status);
            self.effects.push(Effect::Status(status));
        }
    }
}
