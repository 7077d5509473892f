//! One WebSocket: carries frames and requests between a workstation and [`sync::relay::Conversation`].

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use sync::relay::{Conversation, Input, Limits, LogError, Output, ReadRequest, View};
use sync::wire::RefusalCode;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::metrics::{Metrics, add};
use crate::storage::Reader;
use crate::writer::{Job, Subscription, now_millis};

/// A workstation must prove itself within this time.
const PROVE_WITHIN: Duration = Duration::from_secs(20);
/// A workstation pings more often than this; after it, the line is dead.
const SILENT_AFTER: Duration = Duration::from_secs(100);
/// A reader that takes nothing for so long is cut off; it pulls what it missed.
const SEND_WITHIN: Duration = Duration::from_secs(60);

/// Connections for reading, used by a few blocking threads at a time.
pub struct Readers {
    free: Mutex<Vec<Box<dyn Reader>>>,
    permits: Semaphore,
}

impl Readers {
    #[must_use]
    pub fn new(readers: Vec<Box<dyn Reader>>) -> Self {
        Self {
            permits: Semaphore::new(readers.len()),
            free: Mutex::new(readers),
        }
    }

    pub(crate) async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&mut dyn Reader) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let gone = |_| LogError("the relay is stopping".into());
        let _permit = self
            .permits
            .acquire()
            .await
            .map_err(|_| LogError("the relay is stopping".into()))?;
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let mut free = readers.free.lock().unwrap_or_else(PoisonError::into_inner);
            let mut reader = free.pop().ok_or_else(|| LogError("no reader is free".into()))?;
            drop(free);
            let result = read(reader.as_mut());
            readers
                .free
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(reader);
            result
        });
        reading.await.map_err(gone)?
    }
}

/// What all connections share.
pub struct Shared {
    pub jobs: mpsc::Sender<Job>,
    pub readers: Arc<Readers>,
    pub metrics: Arc<Metrics>,
    pub limits: Arc<Limits>,
    /// Turns true when the relay stops.
    pub stopping: watch::Receiver<bool>,
}

struct Connection {
    socket: WebSocket,
    shared: Arc<Shared>,
    conversation: Conversation,
    subscription: Option<Subscription>,
    answers: FuturesOrdered<oneshot::Receiver<sync::relay::Answer>>,
    practice: Option<sync::id::PracticeId>,
    read_after: Instant,
    heard: Instant,
    opened: Instant,
}

/// Whether the connection goes on.
enum Next {
    On,
    Over,
}

enum Happened {
    Answer(Option<Result<sync::relay::Answer, oneshot::error::RecvError>>),
    View(Option<Arc<View>>),
    Message(Option<Result<Message, axum::Error>>),
    Time,
    Stopping,
}

/// Serves one workstation until it goes, misbehaves, or the relay stops.
pub async fn run(socket: WebSocket, shared: Arc<Shared>) {
    let mut nonce = [0; 32];
    if let Err(error) = getrandom::fill(&mut nonce) {
        tracing::error!(%error, "the operating system gave no random numbers; connection dropped");
        return;
    }
    add(&shared.metrics.connections, 1);
    add(&shared.metrics.connections_total, 1);
    let metrics = shared.metrics.clone();
    let now = Instant::now();
    let conversation = Conversation::new(shared.limits.clone(), nonce, now_millis());
    let mut connection = Box::new(Connection {
        socket,
        shared,
        conversation,
        subscription: None,
        answers: FuturesOrdered::new(),
        practice: None,
        read_after: now,
        heard: now,
        opened: now,
    });
    connection.serve().await;
    metrics.connections.fetch_sub(1, Ordering::Relaxed);
}

impl Connection {
    async fn serve(&mut self) {
        let mut stopping = self.shared.stopping.clone();
        loop {
            let wants_frames = self.conversation.wants_frames();
            let limit = if self.conversation.is_open() {
                self.heard + SILENT_AFTER
            } else {
                self.opened + PROVE_WITHIN
            };
            let now = Instant::now();
            let resting = wants_frames && self.read_after > now;
            let wake = if resting {
                self.read_after.min(limit)
            } else {
                limit
            };
            let has_view = self.subscription.is_some();
            let happened = tokio::select! {
                biased;
                _ = stopping.wait_for(|stopping| *stopping) => Happened::Stopping,
                answer = self.answers.next(), if !self.answers.is_empty() => Happened::Answer(answer),
                view = next_view(&mut self.subscription), if has_view => Happened::View(view),
                message = self.socket.recv(), if wants_frames && !resting => Happened::Message(message),
                () = sleep_until(wake) => Happened::Time,
            };
            let next = match happened {
                Happened::Answer(Some(Ok(answer))) => {
                    let registered = answer.view.is_some() && self.subscription.is_none();
                    let mut next = self.tell(Input::Answered(answer)).await;
                    if registered && matches!(next, Next::On) {
                        next = self.subscribe_late().await;
                    }
                    next
                }
                Happened::Answer(Some(Err(_))) => self.tell(Input::StorageFailed).await,
                Happened::Answer(None) | Happened::View(None) => Next::On,
                Happened::View(Some(view)) => self.tell(Input::View(view)).await,
                Happened::Message(message) => self.message(message).await,
                Happened::Time => {
                    if Instant::now() >= limit {
                        self.over(close_code::AWAY, "too long silent").await
                    } else {
                        Next::On
                    }
                }
                Happened::Stopping => self.over(close_code::RESTART, "the relay is stopping").await,
            };
            if matches!(next, Next::Over) {
                return;
            }
        }
    }

    async fn over(&mut self, code: u16, reason: &'static str) -> Next {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        // The other side may be gone already.
        let _ = timeout(
            Duration::from_secs(2),
            self.socket.send(Message::Close(Some(frame))),
        )
        .await;
        Next::Over
    }

    async fn message(&mut self, message: Option<Result<Message, axum::Error>>) -> Next {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Binary(bytes))) => {
                add(&self.shared.metrics.frames_in, 1);
                add(&self.shared.metrics.bytes_in, bytes.len());
                self.tell(Input::Frame(&bytes)).await
            }
            Some(Ok(Message::Text(text))) => self.tell(Input::Frame(text.as_bytes())).await,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Next::On,
            Some(Ok(Message::Close(_))) | None => Next::Over,
            Some(Err(error)) => {
                self.shared.metrics.refused(RefusalCode::Malformed);
                tracing::debug!(%error, "a socket failed");
                self.over(close_code::SIZE, "a frame was too long or malformed")
                    .await
            }
        }
    }

    /// Gives the conversation one input and carries out all that follows from it.
    async fn tell(&mut self, input: Input<'_>) -> Next {
        let mut outputs = VecDeque::from(self.conversation.handle(now_millis(), input));
        while let Some(output) = outputs.pop_front() {
            let follow_up = match output {
                Output::Send(bytes) => {
                    add(&self.shared.metrics.frames_out, 1);
                    add(&self.shared.metrics.bytes_out, bytes.len());
                    match timeout(SEND_WITHIN, self.socket.send(Message::Binary(bytes.into()))).await {
                        Ok(Ok(())) => continue,
                        Ok(Err(_)) | Err(_) => return Next::Over,
                    }
                }
                Output::Close(code) => {
                    self.shared.metrics.refused(code);
                    tracing::info!(
                        ?code,
                        practice = self.practice.map(|id| id.short()),
                        "refused a workstation"
                    );
                    return self.over(close_code::POLICY, "refused").await;
                }
                Output::Wait { millis } => {
                    self.read_after = Instant::now() + Duration::from_millis(millis.min(60_000));
                    continue;
                }
                Output::Load(practice) => {
                    self.practice = Some(practice);
                    match self.subscribe(practice).await {
                        Ok(view) => self.conversation.handle(now_millis(), Input::Practice(view)),
                        Err(error) => self.storage_failed(&error),
                    }
                }
                Output::Submit(submission) => {
                    let (reply, answer) = oneshot::channel();
                    if self
                        .shared
                        .jobs
                        .send(Job::Submit { submission, reply })
                        .await
                        .is_err()
                    {
                        return self.over(close_code::RESTART, "the relay is stopping").await;
                    }
                    self.answers.push_back(answer);
                    continue;
                }
                Output::Read(request) => match self.read(request).await {
                    Ok(page) => self.conversation.handle(now_millis(), Input::Page(page)),
                    Err(error) => self.storage_failed(&error),
                },
                Output::FindParcel(lookup) => {
                    match self.shared.readers.with(move |log| log.parcel(lookup)).await {
                        Ok(parcel) => self.conversation.handle(now_millis(), Input::Parcel(parcel)),
                        Err(error) => self.storage_failed(&error),
                    }
                }
                Output::FindStatements { practice, after } => {
                    let readers = &self.shared.readers;
                    match readers.with(move |log| log.statements(practice, after)).await {
                        Ok(entries) => self.conversation.handle(now_millis(), Input::Statements(entries)),
                        Err(error) => self.storage_failed(&error),
                    }
                }
                Output::FindPack {
                    practice,
                    set,
                    number,
                } => {
                    let readers = &self.shared.readers;
                    match readers.with(move |log| log.pack(practice, set, number)).await {
                        Ok(pack) => self.conversation.handle(now_millis(), Input::Pack(pack)),
                        Err(error) => self.storage_failed(&error),
                    }
                }
                Output::ReadMail(request) => {
                    match self.shared.readers.with(move |log| log.mail(&request)).await {
                        Ok(page) => self.conversation.handle(now_millis(), Input::Mail(page)),
                        Err(error) => self.storage_failed(&error),
                    }
                }
            };
            outputs.extend(follow_up);
        }
        Next::On
    }

    fn storage_failed(&mut self, error: &LogError) -> Vec<Output> {
        tracing::error!(%error, practice = self.practice.map(|id| id.short()), "reading failed");
        self.conversation.handle(now_millis(), Input::StorageFailed)
    }

    async fn subscribe(&mut self, practice: sync::id::PracticeId) -> Result<Option<Arc<View>>, LogError> {
        let stopping = || LogError("the relay is stopping".into());
        let (reply, answer) = oneshot::channel();
        self.shared
            .jobs
            .send(Job::Subscribe { practice, reply })
            .await
            .map_err(|_| stopping())?;
        self.subscription = answer.await.map_err(|_| stopping())??;
        Ok(self
            .subscription
            .as_mut()
            .map(|subscription| subscription.view.borrow_and_update().clone()))
    }

    /// The practice was registered by this very connection.
    async fn subscribe_late(&mut self) -> Next {
        let Some(practice) = self.practice else {
            return Next::On;
        };
        match self.subscribe(practice).await {
            Ok(Some(view)) => self.tell(Input::View(view)).await,
            Ok(None) => Next::On,
            Err(_) => self.tell(Input::StorageFailed).await,
        }
    }

    async fn read(
        &mut self,
        request: ReadRequest,
    ) -> Result<Result<sync::relay::Page, sync::wire::Refusal>, LogError> {
        if let Some(page) = self
            .subscription
            .as_ref()
            .and_then(|found| found.recent.page(&request))
        {
            add(&self.shared.metrics.pages_from_memory, 1);
            return Ok(Ok(page));
        }
        add(&self.shared.metrics.pages_from_disk, 1);
        self.shared.readers.with(move |log| log.page(&request)).await
    }
}

async fn next_view(subscription: &mut Option<Subscription>) -> Option<Arc<View>> {
    let followed = subscription.as_mut()?;
    if followed.view.changed().await.is_err() {
        // The writer is gone; the relay is stopping.
        *subscription = None;
        return None;
    }
    Some(followed.view.borrow_and_update().clone())
}
