//! An open practice at one workstation: the store behind a lock, who acts, and what is told to whom.

mod agreed;
mod arriving;
mod aside;
pub(crate) mod backing_up;
mod busy;
pub(crate) mod covering;
mod downtime;
mod events;
pub(crate) mod held;
pub(crate) mod joining;
pub(crate) mod kit;
pub(crate) mod looking;
mod relaying;
mod releasing;
pub(crate) mod second_factor;
pub(crate) mod session;
mod snapshots;
pub(crate) mod staff;
mod store_guard;
mod taking_back;
mod watching;
pub(crate) mod writing;

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use clinic::{PersonId, Roster, WorkstationId, Zones};
use jiff::Timestamp;
use store::Store;
use store::audit::Via;

use store_guard::StoreGuard;

use crate::DeskError;
use crate::audit::Looks;
use crate::clock::{Clock, Ids};
use crate::data_dir::DataDir;
use crate::identity::Identity;
use crate::listeners::Listeners;
use crate::opening;
use crate::syncing::{Conversation, Shown};

pub use aside::Claimed;
pub use looking::Reading;
pub use writing::Writing;

/// What a desk is made of.
pub(crate) struct Parts {
    pub dir: DataDir,
    pub store: Store,
    pub identity: Identity,
    pub zones: Zones,
    pub clock: Clock,
    /// What `ORCA_NOW` says, should the practice turn out to be a demo.
    pub demo_now: Option<String>,
    pub ids: Ids,
    pub listeners: Arc<Listeners>,
    /// Through which program people act.
    pub via: Via,
}

/// An open practice.
pub struct Desk {
    dir: DataDir,
    store: Mutex<Store>,
    identity: RwLock<Arc<Identity>>,
    zones: Zones,
    clock: Clock,
    demo_now: Option<String>,
    /// A newcomer's clock, once it is known that the practice is a demo.
    demo_clock: OnceLock<Clock>,
    ids: Ids,
    listeners: Arc<Listeners>,
    conversation: Mutex<Option<Arc<Conversation>>>,
    shown: Mutex<Shown>,
    last_live_at: Mutex<Option<Timestamp>>,
    watcher: Mutex<Option<watching::Watcher>>,
    jobs: Mutex<HashMap<String, Arc<AtomicBool>>>,
    busy: Mutex<Option<busy::Busy>>,
    backing_up: backing_up::BackingUp,
    pack: downtime::Pack,
    checking: Mutex<Option<snapshots::Checking>>,
    covering: covering::Running,
    arrivals: arriving::Arrivals,
    pub(crate) looks: Mutex<Looks>,
    via: Via,
    staff: RwLock<Arc<staff::Staff>>,
    looking: Mutex<()>,
    seat: Mutex<session::Seat>,
    /// The person with whom this workstation came into the practice.
    own_person: Mutex<PersonId>,
}

impl Desk {
    /// Nobody may anything before [`Desk::look_at_staff`].
    pub(crate) fn new(mut parts: Parts) -> Arc<Desk> {
        parts.store.acts_through(parts.via);
        let nobody = staff::Staff::read(
            parts.identity.empty_membership(None),
            &parts.identity.practice_keys,
        );
        Arc::new(Desk {
            own_person: Mutex::new(parts.identity.person),
            staff: RwLock::new(Arc::new(nobody)),
            looking: Mutex::new(()),
            seat: Mutex::new(session::Seat::new(false)),
            dir: parts.dir,
            store: Mutex::new(parts.store),
            identity: RwLock::new(Arc::new(parts.identity)),
            zones: parts.zones,
            clock: parts.clock,
            demo_now: parts.demo_now,
            demo_clock: OnceLock::new(),
            ids: parts.ids,
            listeners: parts.listeners,
            conversation: Mutex::new(None),
            shown: Mutex::new(Shown::default()),
            last_live_at: Mutex::new(None),
            watcher: Mutex::new(None),
            jobs: Mutex::new(HashMap::new()),
            busy: Mutex::new(None),
            backing_up: backing_up::BackingUp::default(),
            pack: downtime::Pack::default(),
            checking: Mutex::new(None),
            covering: covering::Running::default(),
            arrivals: arriving::Arrivals::default(),
            looks: Mutex::default(),
            via: parts.via,
        })
    }

    /// The store, alone. A panic inside a transaction rolled it back, so what is there is whole.
    pub(crate) fn store(&self) -> StoreGuard<'_> {
        StoreGuard::of(&self.store)
    }

    fn clock(&self) -> &Clock {
        self.demo_clock.get().unwrap_or(&self.clock)
    }

    /// A demo's clock may stand still, and whether it is one is only known when its first records are here.
    fn heed_demo_clock(&self) -> Result<(), DeskError> {
        let clock = opening::clock_for(self.demo_now.as_deref(), &self.roster(), &self.zones)?;
        if clock.is_fixed() && !self.clock.is_fixed() {
            // Set before, it is the same.
            let _ = self.demo_clock.set(clock);
        }
        Ok(())
    }

    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    pub fn clock_is_fixed(&self) -> bool {
        self.clock().is_fixed()
    }

    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    pub fn new_id(&self) -> u128 {
        self.ids.next(self.now())
    }

    pub fn identity(&self) -> Arc<Identity> {
        self.identity
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether somebody sits before a window, who sees changes as they come.
    pub(crate) fn has_screen(&self) -> bool {
        self.via == Via::Window
    }

    pub fn person(&self) -> PersonId {
        self.identity().person
    }

    pub fn workstation(&self) -> WorkstationId {
        self.identity().workstation
    }

    /// The practice's settings, places and people.
    pub fn roster(&self) -> Arc<Roster> {
        self.store().roster()
    }

    pub fn set_meta(&self, name: &str, bytes: &[u8]) -> Result<(), DeskError> {
        Ok(self.store().set_setting(name, Some(bytes))?)
    }

    /// A long job that can be cancelled while this is held.
    pub(crate) fn job(&self, name: &str) -> Job<'_> {
        let flag = Arc::new(AtomicBool::new(false));
        self.jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), flag.clone());
        Job {
            desk: self,
            name: name.to_owned(),
            cancelled: flag,
        }
    }

    pub fn cancel_job(&self, name: &str) {
        if let Some(flag) = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            flag.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }

    /// What is told to windows, bridges and tests.
    pub(crate) fn tell(&self, events: &[crate::api::Event]) {
        self.listeners.tell(events);
    }
}

/// A job in progress.
pub(crate) struct Job<'a> {
    desk: &'a Desk,
    name: String,
    cancelled: Arc<AtomicBool>,
}

impl Job<'_> {
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(std::sync::atomic::Ordering::Relaxed)
    }

    pub fn progress(&self, done: u32, total: u32, what: &str) {
        self.desk.tell(&[crate::api::Event::Progress {
            job: self.name.clone(),
            done,
            total,
            what: what.to_owned(),
        }]);
    }
}

impl Drop for Job<'_> {
    fn drop(&mut self) {
        self.desk
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.name);
    }
}
