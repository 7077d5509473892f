//! Covering the log, so that the relay may prune it: one workstation makes a snapshot and says in the log what it holds;
//! another one applies the log itself, beside its own file, takes the snapshot, and says whether it holds just that.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{COVER_FORM, DatabaseKey, Scratch, Store};
use sync::cover::{Agreed, Cover, Retention};
use sync::mail::MailPublic;
use sync::session::{Batch, Link};
use sync::wire::{Letter, MailKey, Refusal};
use sync::{EnvelopeId, Membership, PackHash, Statement, WorkstationId, log};

use super::agreed::Standing;
use crate::DeskError;
use crate::api::{self, LogCover};
use crate::commands::relay::no_relay;
use crate::data_dir::{DataDir, Held, Lock};
use crate::desk::{Desk, Parts};
use crate::listeners::Listeners;
use crate::syncing::{Conversation, Practice, Setup, Shown};

const RETENTION: &str = "relay/retention";
const TRIED: &str = "cover/tried";
/// Entries since the last agreement that make a new one worth while.
const WORTH_ENTRIES: u64 = 5_000;
/// Between two looks whether there is something to do. The turn of each workstation to check another's snapshot comes so
/// much after that of the one before it, so that not all do the same.
const EVERY: SignedDuration = SignedDuration::from_hours(2);
/// How often, and after what pause, it is tried to find the outbox empty.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);
/// How long the relay may say nothing new while the log is read.
const PATIENCE: Duration = Duration::from_secs(120);
/// Where the log is applied once more; removed afterwards.
const FOLDER: &str = "covering";

/// One at a time.
#[derive(Default)]
pub(super) struct Running {
    is_running: Arc<AtomicBool>,
    pub(super) stop: Arc<AtomicBool>,
}

/// Held while it is done: alone in this program, and alone in the folder.
struct Busy(Arc<AtomicBool>, Option<Held>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// When this workstation last looked, and since when it knows of a snapshot that waits for a second one.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Tried {
    at: Option<Timestamp>,
    waiting: Option<([u8; 16], Timestamp)>,
}

#[derive(Serialize, Deserialize)]
struct Told {
    days: u32,
    pruned: u64,
    gone: u64,
}

/// What there is to do.
enum Work {
    /// Another workstation's snapshot waits for a second one that looks at it.
    Check(Cover),
    Make,
}

impl Desk {
    /// Keeps what the relay said it does with old parts of the log.
    pub(super) fn note_retention(&self, retention: Option<Retention>) -> Result<(), DeskError> {
        let told = retention.map(|known| Told {
            days: known.days,
            pruned: known.pruned,
            gone: known.gone,
        });
        let bytes = told.map(|told| serde_json::to_vec(&told).expect("plain data"));
        let mut store = self.store();
        if store.reads().setting(RETENTION)? != bytes {
            store.set_setting(RETENTION, bytes.as_deref())?;
        }
        Ok(())
    }

    fn retention_told(&self) -> Result<Option<Told>, DeskError> {
        let bytes = self.store().reads().setting(RETENTION)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// How much of the log is covered, and what the relay did with it.
    pub fn log_cover(&self) -> Result<LogCover, DeskError> {
        let membership = self.membership_in_the_log()?;
        let roster = self.roster();
        let name = |id: WorkstationId| {
            let id = clinic::WorkstationId::from_bytes(id.0);
            roster
                .workstation(id)
                .map_or_else(|| id.to_string(), |record| record.name.clone())
        };
        let told = self.retention_told()?;
        let workstations = membership
            .workstations()
            .filter(|(_, member)| member.revoked_at.is_none());
        Ok(LogCover {
            entries: self.cursor()?.0,
            agreed: membership.agreed().map(|agreed| api::AgreedCover {
                position: agreed.cover.position,
                by: vec![name(agreed.first), name(agreed.second)],
            }),
            said: workstations
                .map(|(id, _)| api::SaidCover {
                    workstation: name(id),
                    position: membership
                        .covers()
                        .find(|(by, _)| *by == id)
                        .map(|(_, cover)| cover.position),
                })
                .collect(),
            disputes: membership
                .disputes()
                .map(|dispute| api::CoverDispute {
                    position: dispute.position,
                    between: vec![name(dispute.first), name(dispute.second)],
                })
                .collect(),
            retention_days: told.as_ref().map(|told| told.days).filter(|days| *days > 0),
            pruned: told.as_ref().map_or(0, |told| told.pruned),
            deleted: told.as_ref().map_or(0, |told| told.gone),
        })
    }

    /// What people must know of workstations that do not have the same calendar.
    pub(crate) fn cover_trouble(&self) -> Option<String> {
        let dispute = *self.staff().membership.disputes().next()?;
        let name = |id: WorkstationId| {
            let id = clinic::WorkstationId::from_bytes(id.0);
            let roster = self.roster();
            roster
                .workstation(id)
                .map_or_else(|| id.to_string(), |record| record.name.clone())
        };
        Some(format!(
            "“{}” and “{}” do not have the same calendar at entry {} of the log. Nothing is deleted at the relay until an \
             administrator has looked into it: check the practice on both (orcactl verify), and remove the workstation that \
             is wrong.",
            name(dispute.first),
            name(dispute.second),
            dispute.position
        ))
    }

    /// Does what there is to do so that the log is covered, and waits for it: checks another workstation's snapshot if one
    /// waits for that, else makes one.
    pub fn cover_log(self: &Arc<Self>) -> Result<LogCover, DeskError> {
        if self.relay()?.is_none() {
            return Err(no_relay());
        }
        let running = self.begin_covering()?;
        self.talk(|conversation| {
            conversation.wait_in_step(PATIENCE)?;
            let membership = self.membership_in_the_log()?;
            let said = match self.waiting(&membership) {
                Some(cover) => self.check(&cover, membership.agreed())?,
                None => self.make()?,
            };
            conversation.outbox_grew();
            self.wait_until_said(&said)
        })?;
        drop(running);
        self.log_cover()
    }

    /// Waits until what was said here has come back from the log.
    fn wait_until_said(&self, said: &Cover) -> Result<(), DeskError> {
        let own = self.identity().workstation_keys.id();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let membership = self.membership_in_the_log()?;
            if membership.covers().any(|(id, cover)| id == own && cover == said) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(not_covered(&"the relay does not take what was said of it"));
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn begin_covering(&self) -> Result<Busy, DeskError> {
        let busy =
            || DeskError::new("busy", "This workstation is at it already.").hint("Wait until it is done.");
        if self.covering.is_running.swap(true, Ordering::Acquire) {
            return Err(busy());
        }
        let mut held = Busy(self.covering.is_running.clone(), None);
        held.1 = Some(self.dir.lock(Lock::Covering)?.ok_or_else(busy)?);
        Ok(held)
    }

    /// Another one's snapshot that nobody has looked at yet.
    fn waiting(&self, membership: &Membership) -> Option<Cover> {
        let own = self.identity().workstation_keys.id();
        let reach = membership.agreed().map_or(0, |agreed| agreed.cover.position);
        let said: Vec<&Cover> = membership
            .covers()
            .filter(|(id, _)| *id == own)
            .map(|(_, cover)| cover)
            .collect();
        membership
            .covers()
            .filter(|(id, cover)| {
                let is_new = !said.iter().any(|said| said.position >= cover.position);
                *id != own && membership.is_member(*id) && cover.is_right && cover.position > reach && is_new
            })
            .map(|(_, cover)| *cover)
            .filter(|cover| cover.form == COVER_FORM)
            .max_by_key(|cover| cover.position)
    }

    /// Makes a snapshot and says in the log what it holds.
    fn make(self: &Arc<Self>) -> Result<Cover, DeskError> {
        for _ in 0..TRIES {
            let made = match self
                .make_snapshot(true)
                .map_err(|trouble| not_covered(&trouble))?
            {
                Ok(made) => made,
                Err(store::snapshot::NotSettled) => {
                    std::thread::sleep(PAUSE);
                    continue;
                }
            };
            let digest = made.digest.expect("it was asked for");
            return self.say(Cover {
                position: made.covers.position,
                hash: made.covers.hash,
                form: COVER_FORM,
                digest: PackHash(digest),
                snapshot: made.pinned,
                is_right: true,
            });
        }
        Err(not_covered(&"something is always on its way to the relay"))
    }

    fn say(&self, cover: Cover) -> Result<Cover, DeskError> {
        self.append_statement(&Statement::Cover(cover))?;
        Ok(cover)
    }

    /// Applies the log once more, takes the snapshot in beside it, and says in the log whether both are the same.
    fn check(self: &Arc<Self>, cover: &Cover, agreed: Option<&Agreed>) -> Result<Cover, DeskError> {
        let folder = Scratch::new(self.dir.path().join(FOLDER))?;
        let mine = self.beside(&folder.path().join("log"))?;
        if let Some(agreed) = agreed {
            // What two have agreed on need not be applied again; the relay may not have it any more.
            mine.fetch_snapshot(agreed.cover.snapshot, None, None, None)
                .map_err(|trouble| not_covered(&trouble))?;
        }
        self.read_up_to(&mine, cover.position)?;
        let derived = mine
            .store()
            .covered()?
            .map_err(|_| not_covered(&"the log was not read as a whole"))?;
        if derived.cursor.position != cover.position || derived.cursor.chain != cover.hash.0 {
            return Err(not_covered(&"the snapshot is of another log"));
        }
        let theirs = self.beside(&folder.path().join("snapshot"))?;
        let statements = mine.store().reads().statement_ids_to(cover.position)?;
        let standing = Standing {
            cover: *cover,
            membership: mine.membership_of_statements()?,
            statements: statements
                .into_iter()
                .map(|(position, id)| (position, EnvelopeId(id)))
                .collect(),
        };
        let is_right = match theirs.fetch_snapshot(cover.snapshot, None, Some(&standing), None) {
            Ok(()) => {
                let held = theirs
                    .store()
                    .covered()?
                    .map_err(|_| not_covered(&"the snapshot is incomplete"))?;
                let rows = theirs.store().compare(&mut |_, _| !self.stops())?;
                let rows = rows.ok_or_else(|| not_covered(&"the practice is being closed"))?;
                held == derived && rows.is_identical()
            }
            // Whatever is wrong with it: it is not what a newcomer could begin with. The relay may be at fault, so nothing
            // is said of it.
            Err(trouble) => return Err(not_covered(&trouble)),
        };
        let said = Cover {
            digest: PackHash(derived.digest),
            is_right,
            ..*cover
        };
        if said != *cover {
            tracing::error!(
                position = cover.position,
                "another workstation does not have the same calendar as the log"
            );
        }
        self.say(said)
    }

    fn stops(&self) -> bool {
        self.covering.stop.load(Ordering::Relaxed)
    }

    /// The membership at the cursor from nothing but the statements.
    fn membership_of_statements(&self) -> Result<Membership, DeskError> {
        let entries: Vec<log::LogEntry> = self
            .store()
            .reads()
            .statements()?
            .into_iter()
            .map(|(position, bytes)| log::LogEntry { position, bytes })
            .collect();
        let practice = self.identity().sync_practice();
        Ok(super::agreed::follow(
            practice,
            self.founder()?,
            &entries,
            u64::MAX,
        ))
    }

    /// The same practice in an empty file of its own, with a key that nobody keeps.
    fn beside(&self, folder: &Path) -> Result<Arc<Desk>, DeskError> {
        let identity = (*self.identity()).clone();
        std::fs::create_dir_all(folder).map_err(store::StoreError::from)?;
        let key = DatabaseKey::generate()?;
        let mut store = Store::create(folder, &key, identity.practice, identity.workstation)?;
        for (name, bytes) in identity.to_bytes() {
            store.set_setting(name, Some(&bytes))?;
        }
        let desk = Desk::new(Parts {
            dir: DataDir::new(folder),
            store,
            identity,
            zones: self.zones.clone(),
            clock: self.clock().clone(),
            demo_now: None,
            ids: self.ids.clone(),
            listeners: Arc::new(Listeners::default()),
            via: self.via,
        });
        desk.trust_founder(self.founder()?)?;
        if let Some(relay) = self.relay()? {
            desk.set_relay(&relay, None)?;
        }
        desk.look_at_staff()?;
        Ok(desk)
    }

    /// Applies the relay's log to `beside` up to a position and no further.
    fn read_up_to(&self, beside: &Arc<Desk>, position: u64) -> Result<(), DeskError> {
        let reading = Arc::new(Reading {
            desk: beside.clone(),
            until: position,
            state: Mutex::default(),
            turned: Condvar::new(),
        });
        if beside.cursor()?.0 >= position {
            return Ok(());
        }
        let conversation = Conversation::start(reading.clone());
        let read = reading.wait(&|| self.stops());
        conversation.stop();
        read
    }

    /// Starts what there is to do beside everything else, if it is time and the relay prunes.
    pub(super) fn cover_if_due(self: &Arc<Self>) {
        match self.is_cover_due() {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(
                    code = error.code,
                    "whether the log is covered could not be looked up"
                );
                return;
            }
        }
        let Ok(running) = self.begin_covering() else {
            return;
        };
        let desk = Arc::downgrade(self);
        let started = std::thread::Builder::new()
            .name("orca-cover".to_owned())
            .spawn(move || {
                let _running = running;
                let Some(desk) = desk.upgrade() else { return };
                let done = desk.due().and_then(|work| match work {
                    Some(Work::Check(cover)) => {
                        let membership = desk.membership_in_the_log()?;
                        desk.check(&cover, membership.agreed()).map(drop)
                    }
                    Some(Work::Make) => desk.make().map(drop),
                    None => Ok(()),
                });
                if let Err(error) = done {
                    tracing::warn!(
                        code = error.code,
                        message = error.message,
                        "the log was not covered; tried again later"
                    );
                }
            });
        if let Err(error) = started {
            tracing::warn!(%error, "no thread for covering the log");
        }
    }

    /// Whether it is time to look, and there is something to do. Notes that it looked.
    fn is_cover_due(&self) -> Result<bool, DeskError> {
        let is_live = self
            .shown()
            .status
            .is_some_and(|status| status.link == Link::Live);
        if !is_live || self.retention_told()?.is_none_or(|told| told.days == 0) {
            return Ok(false);
        }
        let (now, mut tried) = (self.now(), self.tried()?);
        let is_time = tried
            .at
            .is_none_or(|at| at > now || now.duration_since(at) >= EVERY);
        if !is_time {
            return Ok(false);
        }
        tried.at = Some(now);
        self.set_meta(TRIED, &serde_json::to_vec(&tried).expect("plain data"))?;
        Ok(self.due()?.is_some())
    }

    fn tried(&self) -> Result<Tried, DeskError> {
        let bytes = self.store().reads().setting(TRIED)?;
        Ok(bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default())
    }

    fn due(&self) -> Result<Option<Work>, DeskError> {
        let membership = self.membership_in_the_log()?;
        let own = self.identity().workstation_keys.id();
        let mut tried = self.tried()?;
        let now = self.now();
        if let Some(cover) = self.waiting(&membership) {
            let set = cover.snapshot.set.0;
            let since = match tried.waiting {
                Some((known, since)) if known == set && since <= now => since,
                _ => {
                    tried.waiting = Some((set, now));
                    self.set_meta(TRIED, &serde_json::to_vec(&tried).expect("plain data"))?;
                    now
                }
            };
            return Ok(
                is_turn(&membership, own, &cover, now.duration_since(since)).then_some(Work::Check(cover))
            );
        }
        // Whoever said something last waits for another one to say the same.
        let newest = membership
            .covers()
            .map(|(_, cover)| cover.position)
            .max()
            .unwrap_or(0);
        let agreed = membership.agreed().map_or(0, |agreed| agreed.cover.position);
        let (cursor, _) = self.cursor()?;
        Ok((cursor.saturating_sub(newest.max(agreed)) >= WORTH_ENTRIES).then_some(Work::Make))
    }
}

/// Members take turns in the order of their ids, beginning with the one after whoever made the snapshot.
fn is_turn(membership: &Membership, own: WorkstationId, cover: &Cover, waited: SignedDuration) -> bool {
    let members: Vec<WorkstationId> = membership
        .workstations()
        .filter(|(_, member)| member.revoked_at.is_none())
        .map(|(id, _)| id)
        .collect();
    let maker = membership
        .covers()
        .find(|(_, said)| *said == cover)
        .and_then(|(id, _)| members.iter().position(|member| *member == id))
        .unwrap_or(0);
    let Some(at) = members.iter().position(|member| *member == own) else {
        return false;
    };
    let turn = (at + members.len() - maker) % members.len();
    let wait = EVERY * i32::try_from(turn.saturating_sub(1)).unwrap_or(i32::MAX);
    waited >= wait
}

fn not_covered(why: &dyn std::fmt::Display) -> DeskError {
    DeskError::new("not_covered", format!("The log could not be covered: {why}."))
        .hint("Nothing is deleted at the relay for it. Try again while the relay answers.")
}

/// The conversation that reads the log for a file beside.
struct Reading {
    desk: Arc<Desk>,
    until: u64,
    state: Mutex<State>,
    turned: Condvar,
}

#[derive(Default)]
struct State {
    is_there: bool,
    trouble: Option<String>,
    moves: u64,
}

impl Reading {
    fn note(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.moves += 1;
        change(&mut state);
        self.turned.notify_all();
    }

    fn wait(&self, stops: &dyn Fn() -> bool) -> Result<(), DeskError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut seen, mut deadline) = (0, Instant::now() + PATIENCE);
        loop {
            if state.is_there {
                return Ok(());
            }
            if state.moves != seen {
                (seen, deadline) = (state.moves, Instant::now() + PATIENCE);
            }
            if stops() || Instant::now() >= deadline {
                let why = state.trouble.take();
                return Err(not_covered(
                    &why.unwrap_or_else(|| "the relay does not answer".to_owned()),
                ));
            }
            state = self
                .turned
                .wait_timeout(state, Duration::from_millis(500))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Practice for Reading {
    fn sync_setup(&self) -> Result<Setup, DeskError> {
        Ok(Setup {
            is_beside: true,
            ..self.desk.sync_setup()?
        })
    }

    fn outbox_len(&self) -> Result<u64, DeskError> {
        Ok(0)
    }

    fn outbox(&self, _: u64, _: usize, _: usize) -> Result<Vec<(EnvelopeId, Vec<u8>)>, DeskError> {
        Ok(Vec::new())
    }

    fn accepted(&self, _: &[(EnvelopeId, u64)]) -> Result<(), DeskError> {
        Ok(())
    }

    fn set_aside(&self, _: EnvelopeId, _: &Refusal) -> Result<(), DeskError> {
        Ok(())
    }

    fn apply(&self, mut batch: Batch) -> Result<(), DeskError> {
        let (cursor, mut hash) = self.desk.cursor()?;
        if cursor >= self.until {
            return Ok(());
        }
        if batch.cursor > self.until {
            batch.entries.retain(|entry| entry.position <= self.until);
            for entry in &batch.entries {
                hash = log::next(hash, entry.id);
            }
            (batch.cursor, batch.hash, batch.membership) = (self.until, hash, None);
        }
        let is_there = batch.cursor == self.until;
        self.desk.apply(batch)?;
        self.note(|state| state.is_there = is_there);
        Ok(())
    }

    fn mail_key(&self, _: Option<(u32, MailPublic)>) -> Result<Option<MailKey>, DeskError> {
        Ok(None)
    }

    fn keep_letters(&self, _: Vec<Letter>, _: u64) -> Result<(), DeskError> {
        Err(DeskError::new(
            "internal",
            "Letters came to where nobody asked for them.",
        ))
    }

    fn retention(&self, _: Option<Retention>) -> Result<(), DeskError> {
        Ok(())
    }

    fn show(&self, shown: Shown) {
        if let Some(trouble) = shown.trouble {
            self.note(|state| state.trouble = Some(trouble));
        }
    }
}
