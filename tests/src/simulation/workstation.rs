//! One workstation: a data directory, and while it runs a real desk in it with its side of the conversation.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use desk::syncing::{Practice, Shown};
use desk::{Clock, Desk, DeskError, FrontDesk, Ids, Keychain, Options, PassphraseCost};
use serde_json::{Value, json};
use sync::EnvelopeId;
use sync::memory::ConnectionId;
use sync::session::{Alarm, Config, Effect, Event, Session, SyncStatus};

pub const PASSPHRASE: &str = "thirty-two teeth";
/// Guessing is no danger here; waiting is.
const CHEAP: PassphraseCost = PassphraseCost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

pub struct Workstation {
    pub name: String,
    home: PathBuf,
    generation: u32,
    clock: Arc<AtomicI64>,
    ids: Ids,
    /// How far its clock is off.
    pub skew_millis: i64,
    pub is_plugged_in: bool,
    pub running: Option<Running>,
    /// What a person was told is done, by envelope.
    pub acknowledged: Vec<(EnvelopeId, String)>,
}

/// What a kill ends.
pub struct Running {
    pub front: FrontDesk,
    pub desk: Arc<Desk>,
    session: Option<Session>,
    pub todo: VecDeque<Todo>,
    pub connection: Option<ConnectionId>,
    pub wake_at: Option<u64>,
    pub status: Option<SyncStatus>,
    pub alarms: Vec<Alarm>,
}

/// What is next at a workstation.
pub enum Todo {
    Hear(Event),
    CarryOut(Effect),
}

impl Workstation {
    pub fn new(index: usize, name: &str, home: &Path) -> Self {
        Self {
            name: name.to_owned(),
            home: home.join(format!("w{index}")),
            generation: 0,
            clock: Arc::new(AtomicI64::new(0)),
            // Far enough apart that no two workstations ever count to the same id.
            ids: Ids::counted((index as u64 + 1) << 48),
            skew_millis: 0,
            is_plugged_in: true,
            running: None,
            acknowledged: Vec::new(),
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.join(self.generation.to_string())
    }

    /// The program starts, on whatever lies in its folder.
    pub fn start_program(&self) -> FrontDesk {
        FrontDesk::start(Options {
            passphrase: Some(PASSPHRASE.to_owned()),
            keychain: Keychain::Off,
            clock: Some(Clock::Manual(self.clock.clone())),
            ids: self.ids.clone(),
            passphrase_cost: CHEAP,
            ..Options::command(self.data_dir())
        })
    }

    pub fn set_clock(&self, now: u64) {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        self.clock
            .store(now.saturating_add(self.skew_millis), Ordering::Relaxed);
    }

    /// Opens what lies in the folder.
    pub fn open(&mut self) -> Result<(), DeskError> {
        let front = self.start_program();
        let desk = front.desk()?;
        self.running = Some(Running::new(front, desk));
        Ok(())
    }

    /// The power goes: what was written stays as it was at this moment, without any tidying up.
    pub fn kill(&mut self) -> std::io::Result<()> {
        let before = self.data_dir();
        self.generation += 1;
        copy_folder(&before, &self.data_dir())?;
        self.running = None;
        std::fs::remove_dir_all(before)
    }

    /// A copy of the folder as it is now.
    pub fn photograph(&self) -> std::io::Result<PathBuf> {
        let copy = self.home.join("photograph");
        if copy.exists() {
            std::fs::remove_dir_all(&copy)?;
        }
        copy_folder(&self.data_dir(), &copy)?;
        Ok(copy)
    }

    /// Killed, and what lies there afterwards is an earlier photograph.
    pub fn fall_back_to(&mut self, photograph: &Path) -> std::io::Result<()> {
        let before = self.data_dir();
        self.generation += 1;
        copy_folder(photograph, &self.data_dir())?;
        self.running = None;
        std::fs::remove_dir_all(before)
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        // What SQLite shares between programs is made anew by the first that opens the file.
        if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

impl Running {
    pub fn new(front: FrontDesk, desk: Arc<Desk>) -> Self {
        Self {
            front,
            desk,
            session: None,
            todo: VecDeque::new(),
            connection: None,
            wake_at: None,
            status: None,
            alarms: Vec::new(),
        }
    }

    pub fn call(&self, name: &str, request: Value) -> Result<Value, DeskError> {
        self.front.call(name, request)
    }

    pub fn hear(&mut self, event: Event) {
        self.todo.push_back(Todo::Hear(event));
    }

    /// Begins the conversation from what is stored. Gives the admission, which the relay is shown.
    pub fn begin_conversation(&mut self, jitter: u64) -> Result<Option<Vec<u8>>, DeskError> {
        let setup = self.desk.sync_setup()?;
        let config = Config {
            keys: setup.keys,
            membership: setup.membership,
            admission: setup.admission.clone(),
            registration_token: setup.registration_token,
            mail_after: setup.mail_after,
            is_beside: setup.is_beside,
        };
        let mut random = jitter;
        let jitter = move || {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            random >> 16
        };
        self.session = Some(Session::new(config, Box::new(jitter)));
        self.todo.clear();
        self.wake_at = None;
        self.hear(Event::Started {
            cursor: setup.cursor,
            hash: setup.hash,
            outbox: setup.outbox,
        });
        Ok(setup.admission)
    }

    /// Hands an event to the session; what follows comes before everything that waits.
    pub fn feed(&mut self, now: u64, event: Event) {
        let Some(session) = self.session.as_mut() else {
            return;
        };
        for effect in session.handle(now, event).into_iter().rev() {
            self.todo.push_front(Todo::CarryOut(effect));
        }
    }

    pub fn show(&mut self, status: SyncStatus) {
        self.status = Some(status);
        self.desk.show(Shown {
            status: Some(status),
            ..Shown::default()
        });
    }

    pub fn is_in_step(&self) -> bool {
        self.todo.is_empty() && self.status.is_some_and(|status| status.is_in_step())
    }

    /// The envelope of the newest own write that the relay has not acknowledged.
    pub fn newest_unsent(&self) -> Result<Option<EnvelopeId>, DeskError> {
        Ok(self
            .desk
            .outbox(0, usize::MAX, usize::MAX)?
            .last()
            .map(|(id, _)| *id))
    }

    /// Name by id of everything in the practice's settings.
    pub fn names(&self) -> Result<BTreeMap<String, String>, DeskError> {
        let hello = self.call("hello", json!({}))?;
        let lists = [
            "locations",
            "operatories",
            "providers",
            "appointment_types",
            "people",
            "workstations",
        ];
        let records = lists
            .iter()
            .flat_map(|list| hello["roster"][*list].as_array().into_iter().flatten());
        Ok(records
            .map(|record| (text(&record["id"]), text(&record["name"])))
            .collect())
    }
}

/// A JSON string's text; other values as JSON writes them.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
