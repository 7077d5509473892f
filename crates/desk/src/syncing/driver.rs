//! Carries out what the session says: reads and writes the practice, opens and closes sockets, keeps time.

use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use sync::session::{Alarm, Batch, Config, Effect, Event, Link, Session};
use sync::wire::{Refusal, RefusalCode};
use sync::{ClaimKey, LookupId};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::socket::{self, Heard};
use super::{ClaimAnswer, Nudge, Practice, Progress, Shown, alarm_words};
use crate::DeskError;

/// Runs until told to stop. A failure to read or write the practice starts over from what is stored, after a pause.
pub fn run(practice: &dyn Practice, mut inbox: UnboundedReceiver<Nudge>, progress: &Progress) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        tracing::error!("the sync thread could not start its runtime");
        return;
    };
    runtime.block_on(async {
        loop {
            let trouble = match Driver::start(practice, progress) {
                Ok(driver) => match driver.talk(&mut inbox).await {
                    Ok(()) => return,
                    Err(error) => error,
                },
                Err(error) => error,
            };
            tracing::warn!(code = trouble.code, "sync starts over");
            let shown = Shown {
                status: None,
                trouble: Some(trouble.message),
                is_removed: false,
                retry_in: Some(START_OVER),
            };
            progress.set(shown.clone());
            practice.show(shown);
            if paused_until_stop(&mut inbox).await {
                return;
            }
        }
    });
}

const START_OVER: Duration = Duration::from_secs(5);

/// Waits before starting over; true: told to stop meanwhile.
async fn paused_until_stop(inbox: &mut UnboundedReceiver<Nudge>) -> bool {
    let deadline = tokio::time::Instant::now() + START_OVER;
    loop {
        match tokio::time::timeout_at(deadline, inbox.recv()).await {
            Err(_) | Ok(Some(Nudge::RetryNow)) => return false,
            Ok(Some(Nudge::Stop) | None) => return true,
            // Whoever waits for an answer hears that there is none.
            Ok(Some(Nudge::Outbox | Nudge::StoreParcel(..) | Nudge::Claim(..) | Nudge::ForgetClaim(_))) => {}
        }
    }
}

/// Frames, or nudges, taken in one turn.
const AT_ONCE: usize = 64;

struct Driver<'a> {
    practice: &'a dyn Practice,
    progress: &'a Progress,
    session: Session,
    relay: String,
    began: Instant,
    /// The open connection: its number and where its frames go.
    connection: Option<(u64, UnboundedSender<Vec<u8>>)>,
    connections: u64,
    heard: UnboundedSender<(u64, Heard)>,
    hears: Option<UnboundedReceiver<(u64, Heard)>>,
    wake_at: Option<u64>,
    parcels: HashMap<LookupId, Sender<Result<(), Refusal>>>,
    claims: HashMap<ClaimKey, Vec<ClaimAnswer>>,
    shown: Shown,
}

impl<'a> Driver<'a> {
    fn start(practice: &'a dyn Practice, progress: &'a Progress) -> Result<Self, DeskError> {
        let setup = practice.sync_setup()?;
        let config = Config {
            keys: setup.keys,
            membership: setup.membership,
            admission: setup.admission,
            registration_token: setup.registration_token,
            mail_after: setup.mail_after,
            is_beside: setup.is_beside,
        };
        let session = Session::new(config, Box::new(|| u64::from_be_bytes(crate::identity::random())));
        let (heard, hears) = unbounded_channel();
        let mut driver = Self {
            practice,
            progress,
            session,
            relay: setup.relay,
            began: Instant::now(),
            connection: None,
            connections: 0,
            heard,
            hears: Some(hears),
            wake_at: None,
            parcels: HashMap::new(),
            claims: HashMap::new(),
            shown: Shown::default(),
        };
        driver.feed(vec![Event::Started {
            cursor: setup.cursor,
            hash: setup.hash,
            outbox: setup.outbox,
        }])?;
        Ok(driver)
    }

    /// Milliseconds since this session began: a clock that never jumps.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn talk(mut self, inbox: &mut UnboundedReceiver<Nudge>) -> Result<(), DeskError> {
        let mut hears = self.hears.take().expect("taken once");
        loop {
            let wake = self
                .wake_at
                .map(|at| tokio::time::Instant::from_std(self.began + Duration::from_millis(at)));
            let sleep = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let (mut nudges, mut frames) = (Vec::new(), Vec::new());
            let mut events = Vec::new();
            tokio::select! {
                count = inbox.recv_many(&mut nudges, AT_ONCE) => if count == 0 { return Ok(()) },
                _ = hears.recv_many(&mut frames, AT_ONCE) => {}
                () = sleep => {
                    self.wake_at = None;
                    events.push(Event::Tick);
                }
            }
            if nudges.iter().any(|nudge| matches!(nudge, Nudge::Stop)) {
                return Ok(());
            }
            self.nudged(nudges, &mut events)?;
            events.extend(
                frames
                    .into_iter()
                    .filter_map(|(number, heard)| self.hear(number, heard)),
            );
            self.feed(events)?;
        }
    }

    /// What was written here while the last turn ran is one event, however much it is.
    fn nudged(&mut self, nudges: Vec<Nudge>, events: &mut Vec<Event>) -> Result<(), DeskError> {
        let mut outbox_grew = false;
        for nudge in nudges {
            match nudge {
                Nudge::Outbox => outbox_grew = true,
                Nudge::RetryNow => events.push(Event::RetryNow),
                Nudge::StoreParcel(parcel, answer) => {
                    self.parcels.insert(parcel.lookup, answer);
                    events.push(Event::StoreParcel(parcel));
                }
                Nudge::Claim(key, answer) => {
                    self.claims.entry(key).or_default().push(answer);
                    events.push(Event::Claim(key));
                }
                Nudge::ForgetClaim(key) => {
                    // Others may wait for the same.
                    if self.claims.get(&key).is_none_or(|waiting| waiting.len() < 2) {
                        self.claims.remove(&key);
                        events.push(Event::ForgetClaim(key));
                    }
                }
                Nudge::Stop => {}
            }
        }
        if outbox_grew {
            events.push(Event::Outbox {
                waiting: self.practice.outbox_len()?,
            });
        }
        Ok(())
    }

    fn hear(&mut self, number: u64, heard: Heard) -> Option<Event> {
        // What an earlier connection still says is of no interest.
        self.connection
            .as_ref()
            .filter(|(current, _)| *current == number)?;
        Some(match heard {
            Heard::Connected => Event::Connected,
            Heard::Frame(bytes) => Event::Frame(bytes),
            Heard::Closed(why) => {
                self.connection = None;
                Event::Disconnected { why }
            }
        })
    }

    fn feed(&mut self, mut events: Vec<Event>) -> Result<(), DeskError> {
        while !events.is_empty() {
            let now = self.now();
            let effects = events
                .drain(..)
                .flat_map(|event| self.session.handle(now, event))
                .collect();
            for effect in one_batch(effects) {
                self.carry_out(effect, &mut events)?;
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect, then: &mut Vec<Event>) -> Result<(), DeskError> {
        match effect {
            Effect::Connect => {
                self.connections += 1;
                let (frames, outgoing) = unbounded_channel();
                self.connection = Some((self.connections, frames));
                tokio::spawn(socket::carry(
                    self.connections,
                    self.relay.clone(),
                    outgoing,
                    self.heard.clone(),
                ));
            }
            // Dropping the sender ends the task, which closes the socket.
            Effect::Close { why: _ } => self.connection = None,
            Effect::Send(frame) => {
                if let Some((_, frames)) = &self.connection {
                    // A task that just ended reports it by itself.
                    let _ = frames.send(frame);
                }
            }
            Effect::NeedOutbox {
                after_sequence,
                limit,
                max_bytes,
            } => {
                let envelopes = self.practice.outbox(after_sequence, limit, max_bytes)?;
                then.push(Event::OutboxReady {
                    after_sequence,
                    envelopes,
                });
            }
            Effect::Accepted(positions) => {
                self.practice.accepted(&positions)?;
                then.push(Event::Outbox {
                    waiting: self.practice.outbox_len()?,
                });
            }
            Effect::SetAside { id, refusal } => {
                tracing::warn!(
                    code = refusal.code.number(),
                    "the relay will not take an envelope; it is set aside"
                );
                self.practice.set_aside(id, &refusal)?;
                then.push(Event::Outbox {
                    waiting: self.practice.outbox_len()?,
                });
            }
            Effect::Apply(batch) => {
                let (position, hash) = (batch.cursor, batch.hash);
                self.practice.apply(batch)?;
                then.push(Event::Applied { position, hash });
            }
            Effect::ParcelStored { lookup } => self.answer_parcel(lookup, Ok(())),
            Effect::ParcelRefused { lookup, refusal } => self.answer_parcel(lookup, Err(refusal)),
            Effect::Claimed { key, holder } => {
                for waiting in self.claims.remove(&key).unwrap_or_default() {
                    let _ = waiting.send(holder.clone());
                }
            }
            Effect::KeepLetters { letters, up_to } => {
                self.practice.keep_letters(letters, up_to)?;
                then.push(Event::LettersKept { up_to });
            }
            Effect::MailKey { said } => {
                then.extend(self.practice.mail_key(said)?.map(Event::MailKey));
            }
            Effect::Retention(retention) => self.practice.retention(retention)?,
            Effect::Status(status) => {
                self.shown.status = Some(status);
                self.shown.retry_in = match status.link {
                    Link::Offline { retry_at, .. } => {
                        Some(Duration::from_millis(retry_at.saturating_sub(self.now())))
                    }
                    _ => None,
                };
                if status.link == Link::Live {
                    self.shown.trouble = None;
                    self.shown.is_removed = false;
                }
                self.tell();
            }
            Effect::WakeAt(at) => self.wake_at = Some(at),
            Effect::Alarm(alarm) => {
                tracing::warn!("sync: {}", alarm_words(&alarm));
                self.shown.trouble = Some(alarm_words(&alarm));
                self.shown.is_removed =
                    matches!(&alarm, Alarm::Refused(refusal) if refusal.code == RefusalCode::Revoked);
                self.tell();
            }
        }
        Ok(())
    }

    fn answer_parcel(&mut self, lookup: LookupId, answer: Result<(), Refusal>) {
        if let Some(waiting) = self.parcels.remove(&lookup) {
            // Whoever asked may have given up.
            let _ = waiting.send(answer);
        }
    }

    fn tell(&self) {
        self.progress.set(self.shown.clone());
        self.practice.show(self.shown.clone());
    }
}

/// Stretches of the log that came one after the other are stored together: one commit instead of many. The later place
/// does no harm, because only [`Event::Applied`] tells the session of it.
fn one_batch(effects: Vec<Effect>) -> Vec<Effect> {
    let mut together: Option<Batch> = None;
    let mut rest = Vec::with_capacity(effects.len());
    for effect in effects {
        match (effect, &mut together) {
            (Effect::Apply(next), Some(batch)) => {
                batch.entries.extend(next.entries);
                batch.cursor = next.cursor;
                batch.hash = next.hash;
                batch.membership = next.membership.or(batch.membership.take());
            }
            (Effect::Apply(first), None) => together = Some(first),
            (other, _) => rest.push(other),
        }
    }
    rest.extend(together.map(Effect::Apply));
    rest
}
