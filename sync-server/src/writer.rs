//! The one writer: a thread that gathers what all connections submitted while the last commit ran, appends it in one
//! transaction, and answers when that is on disk.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sync::id::{ChainHash, PracticeId};
use sync::relay::{Answer, LogError, NewEntry, Page, ReadRequest, RelayCore, Submission, View};
use tokio::sync::{mpsc, oneshot, watch};

use crate::metrics::{Metrics, add};
use crate::store::SqliteLog;

/// Jobs that wait for the writer; who submits beyond that waits, too.
pub const QUEUE: usize = 1024;
/// Submissions in one commit.
const GROUP: usize = 256;
/// Envelopes in one commit: bounds how long others wait for it.
const GROUP_ENVELOPES: usize = 4096;
/// What is kept in memory of each connected practice, so that following the head needs no disk.
const RECENT_BYTES: usize = 256 * 1024;

/// Milliseconds since 1970 UTC.
#[must_use]
pub fn now_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// What a connection follows.
#[derive(Clone)]
pub struct Subscription {
    pub view: watch::Receiver<Arc<View>>,
    pub recent: Arc<Recent>,
}

pub enum Job {
    Subscribe {
        practice: PracticeId,
        reply: oneshot::Sender<Result<Option<Subscription>, LogError>>,
    },
    Submit {
        submission: Submission,
        reply: oneshot::Sender<Answer>,
    },
}

/// The newest entries of one practice.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<RecentEntry>>);

struct RecentEntry {
    position: u64,
    hash: ChainHash,
    bytes: Vec<u8>,
}

impl Recent {
    fn push(&self, entries: Vec<NewEntry>) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for NewEntry {
            position,
            hash,
            bytes,
            ..
        } in entries
        {
            ring.push_back(RecentEntry {
                position,
                hash,
                bytes,
            });
        }
        let mut size: usize = ring.iter().map(|entry| entry.bytes.len()).sum();
        while size > RECENT_BYTES && ring.len() > 1 {
            size -= ring.pop_front().map_or(0, |entry| entry.bytes.len());
        }
    }

    /// The page, if all that is needed for it is in memory and the workstation's log is this one.
    pub fn page(&self, request: &ReadRequest) -> Option<Page> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = ring.front()?.position;
        let before = request
            .after
            .checked_sub(first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(expected) = request.expect
            && ring.get(before?)?.hash != expected
        {
            return None;
        }
        let start = usize::try_from((request.after + 1).checked_sub(first)?).ok()?;
        let mut page = Page {
            after: request.after,
            envelopes: Vec::new(),
            hash: ChainHash([0; 32]),
        };
        let mut size = 0;
        for entry in ring.iter().skip(start).take(request.max_entries) {
            size += entry.bytes.len();
            if size > request.max_bytes && !page.envelopes.is_empty() {
                break;
            }
            page.envelopes.push(entry.bytes.clone());
            page.hash = entry.hash;
        }
        (!page.envelopes.is_empty()).then_some(page)
    }
}

struct Followed {
    view: watch::Sender<Arc<View>>,
    recent: Arc<Recent>,
}

struct Writer {
    core: RelayCore<SqliteLog>,
    followed: HashMap<PracticeId, Followed>,
    metrics: Arc<Metrics>,
}

/// Runs until every sender of `jobs` is gone; then everything answered is on disk and in the main file.
pub fn run(log: SqliteLog, mut jobs: mpsc::Receiver<Job>, metrics: Arc<Metrics>) {
    let mut writer = Writer {
        core: RelayCore::new(log),
        followed: HashMap::new(),
        metrics,
    };
    while let Some(first) = jobs.blocking_recv() {
        let mut submissions = Vec::new();
        let mut replies = Vec::new();
        let mut envelopes = 0;
        let mut next = Some(first);
        while let Some(job) = next.take() {
            match job {
                Job::Subscribe { practice, reply } => {
                    // Nobody waits for an answer if the connection is gone.
                    let _ = reply.send(writer.subscribe(practice));
                }
                Job::Submit { submission, reply } => {
                    envelopes += match &submission {
                        Submission::Push { envelopes, .. } => envelopes.len(),
                        Submission::Admit { .. } | Submission::Parcel(_) => 1,
                    };
                    submissions.push(submission);
                    replies.push(reply);
                }
            }
            if submissions.len() < GROUP && envelopes < GROUP_ENVELOPES {
                next = jobs.try_recv().ok();
            }
        }
        if !submissions.is_empty() {
            writer.append(submissions, replies);
        }
    }
    if let Err(error) = writer.core.log().checkpoint() {
        tracing::warn!(%error, "the write-ahead log could not be moved into the file; the next start will do it");
    }
}

impl Writer {
    fn subscribe(&mut self, practice: PracticeId) -> Result<Option<Subscription>, LogError> {
        // A good moment to let go of practices that nobody follows any more.
        let core = &mut self.core;
        self.followed.retain(|id, followed| {
            let in_use = followed.view.receiver_count() > 0 || *id == practice;
            if !in_use {
                core.forget(*id);
            }
            in_use
        });
        let Some(view) = self.core.view(practice)? else {
            return Ok(None);
        };
        let followed = self.followed.entry(practice).or_insert_with(|| Followed {
            view: watch::Sender::new(view),
            recent: Arc::default(),
        });
        Ok(Some(Subscription {
            view: followed.view.subscribe(),
            recent: followed.recent.clone(),
        }))
    }

    fn append(&mut self, submissions: Vec<Submission>, replies: Vec<oneshot::Sender<Answer>>) {
        let started = Instant::now();
        let practices: Vec<_> = submissions.iter().map(Submission::practice).collect();
        let answers = self.core.append(now_millis(), submissions);
        let written = self.core.log().take_written();
        let failed = answers.iter().any(|answer| {
            answer
                .refused
                .as_ref()
                .is_some_and(|refusal| refusal.code == sync::wire::RefusalCode::Unavailable)
        });
        if failed {
            self.metrics.write_failed();
            tracing::error!(
                submissions = answers.len(),
                "appending failed; the workstations keep what they have"
            );
        } else if !written.is_empty() {
            self.metrics.written(started.elapsed());
            add(&self.metrics.envelopes, written.len());
            add(
                &self.metrics.envelope_bytes,
                written.iter().map(|entry| entry.bytes.len()).sum(),
            );
        }
        let mut by_practice: HashMap<PracticeId, Vec<NewEntry>> = HashMap::new();
        for entry in written {
            by_practice.entry(entry.practice).or_default().push(entry);
        }
        for (practice, entries) in by_practice {
            if let Some(followed) = self.followed.get(&practice) {
                followed.recent.push(entries);
            }
        }
        // Answers first: an author hears of its own envelope before everybody is told of it.
        for ((answer, reply), practice) in answers.into_iter().zip(replies).zip(practices) {
            let view = answer.view.clone();
            let _ = reply.send(answer);
            if let (Some(view), Some(followed)) = (view, self.followed.get(&practice)) {
                followed.view.send_if_modified(|known| {
                    let news = known.head != view.head;
                    if news {
                        *known = view;
                    }
                    news
                });
            }
        }
    }
}
