//! The conversation with the relay, carried out: a thread with a socket on one side and the practice on the
//! other, and `sync`'s state machine between them.

pub(crate) mod carrying;
mod driver;
mod socket;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sync::cover::Retention;
use sync::mail::MailPublic;
use sync::session::{Alarm, Batch, Link, SyncStatus};
use sync::wire::{Holder, Letter, MailKey, PutParcel, Refusal};
use sync::{ChainHash, ClaimKey, EnvelopeId, Membership, WorkstationKeys};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::DeskError;

/// What the conversation needs of the practice. Implemented by [`crate::desk::Desk`]; every call is durable when it returns.
pub trait Practice: Send + Sync + 'static {
    fn sync_setup(&self) -> Result<Setup, DeskError>;
    fn outbox_len(&self) -> Result<u64, DeskError>;
    /// Unsent envelopes above a sequence, in order; at least one if there is one.
    fn outbox(
        &self,
        after: u64,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Vec<(EnvelopeId, Vec<u8>)>, DeskError>;
    fn accepted(&self, positions: &[(EnvelopeId, u64)]) -> Result<(), DeskError>;
    fn set_aside(&self, id: EnvelopeId, refusal: &Refusal) -> Result<(), DeskError>;
    fn apply(&self, batch: Batch) -> Result<(), DeskError>;
    /// What to say of the practice's mail key to a relay that says this one to the world.
    fn mail_key(&self, said: Option<(u32, MailPublic)>) -> Result<Option<MailKey>, DeskError>;
    /// Letters from outside, and the number of the last one that need not come again.
    fn keep_letters(&self, letters: Vec<Letter>, up_to: u64) -> Result<(), DeskError>;
    /// What the relay does with old parts of the log; `None`: it keeps them for good.
    fn retention(&self, retention: Option<Retention>) -> Result<(), DeskError>;
    /// Something to show changed.
    fn show(&self, shown: Shown);
}

/// Where to connect, and from where to go on.
pub struct Setup {
    pub relay: String,
    pub keys: Arc<WorkstationKeys>,
    pub membership: Membership,
    pub admission: Option<Vec<u8>>,
    pub registration_token: Option<String>,
    pub cursor: u64,
    pub hash: ChainHash,
    pub outbox: u64,
    /// The number of the last letter that is stored.
    pub mail_after: u64,
    /// See [`sync::session::Config::is_beside`].
    pub is_beside: bool,
}

/// What the badge shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    pub status: Option<SyncStatus>,
    pub trouble: Option<String>,
    /// The relay says that this workstation is no longer of the practice.
    pub is_removed: bool,
    /// How long from now until it tries again.
    pub retry_in: Option<Duration>,
}

/// What the rest of the program says to the conversation.
pub(crate) enum Nudge {
    /// Something was written here.
    Outbox,
    RetryNow,
    StoreParcel(PutParcel, std::sync::mpsc::Sender<Result<(), Refusal>>),
    Claim(ClaimKey, ClaimAnswer),
    ForgetClaim(ClaimKey),
    Stop,
}

/// Who has a claim, or why the relay does not say.
pub(crate) type ClaimAnswer = std::sync::mpsc::Sender<Result<Holder, Refusal>>;

/// A running conversation.
pub struct Conversation {
    nudges: UnboundedSender<Nudge>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    progress: Arc<Progress>,
}

/// Lets others wait for the state of the conversation.
#[derive(Default)]
pub(crate) struct Progress {
    now: Mutex<Shown>,
    turned: std::sync::Condvar,
}

impl Progress {
    fn set(&self, shown: Shown) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        self.turned.notify_all();
    }

    fn get(&self) -> Shown {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Conversation {
    /// Starts talking. The practice must have a relay.
    pub fn start(practice: Arc<dyn Practice>) -> Conversation {
        let (nudges, inbox) = unbounded_channel();
        let progress = Arc::new(Progress::default());
        let shared = progress.clone();
        let thread = std::thread::Builder::new()
            .name("orca-sync".to_owned())
            .spawn(move || driver::run(&*practice, inbox, &shared))
            .expect("the operating system starts threads");
        Conversation {
            nudges,
            thread: Mutex::new(Some(thread)),
            progress,
        }
    }

    pub(crate) fn nudge(&self, nudge: Nudge) {
        // A conversation that has ended needs no nudge.
        let _ = self.nudges.send(nudge);
    }

    pub fn outbox_grew(&self) {
        self.nudge(Nudge::Outbox);
    }

    pub fn retry_now(&self) {
        self.nudge(Nudge::RetryNow);
    }

    /// Puts an invitation's parcel at the relay and waits for the answer.
    pub fn store_parcel(&self, parcel: PutParcel, patience: Duration) -> Result<(), DeskError> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.nudge(Nudge::StoreParcel(parcel, sender));
        match receiver.recv_timeout(patience) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refusal)) => Err(DeskError::new(
                "relay_refused",
                format!("The relay refused: {}.", refusal.message),
            )),
            Err(_) => Err(self.unreachable()),
        }
    }

    /// Asks for a claim and waits for the answer. Who gives up does not leave the question behind.
    pub(crate) fn claim(
        &self,
        key: ClaimKey,
        patience: Duration,
    ) -> Result<Result<Holder, Refusal>, DeskError> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.nudge(Nudge::Claim(key, sender));
        receiver.recv_timeout(patience).map_err(|_| {
            self.nudge(Nudge::ForgetClaim(key));
            self.unreachable()
        })
    }

    /// Waits until everything written here is at the relay and everything there is here.
    pub fn wait_in_step(&self, patience: Duration) -> Result<(), DeskError> {
        let deadline = Instant::now() + patience;
        let mut shown = self.progress.now.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if shown.status.is_some_and(|status| status.is_in_step()) {
                return Ok(());
            }
            if shown.status.is_some_and(|status| status.link == Link::Stopped) {
                drop(shown);
                return Err(self.unreachable());
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                drop(shown);
                return Err(self.unreachable());
            };
            shown = self
                .progress
                .turned
                .wait_timeout(shown, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Whether it is of no use to wait for it any more.
    pub(crate) fn has_stopped(&self) -> bool {
        let shown = self.progress.get();
        shown.status.is_some_and(|status| status.link == Link::Stopped)
    }

    fn unreachable(&self) -> DeskError {
        let shown = self.progress.get();
        match shown.trouble {
            Some(trouble) => DeskError::new("relay_trouble", trouble),
            None => DeskError::new("relay_unreachable", "The relay does not answer."),
        }
        .hint("Everything written here is safe on this workstation and goes out when the relay answers.")
    }

    pub fn stop(&self) {
        self.nudge(Nudge::Stop);
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A conversation that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn alarm_words(alarm: &Alarm) -> String {
    let text = alarm.to_string();
    if text.ends_with('.') {
        text
    } else {
        format!("{text}.")
    }
}

pub use socket::ask_once;
