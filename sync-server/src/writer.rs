//! The one writer: a thread that gathers what all connections submitted while the last commit ran, appends it in one
//! transaction, and answers when that is on disk. Where other relays share the storage it also follows what they append.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sync::id::{PracticeId, WorkstationId};
use sync::log;
use sync::relay::{Answer, LogError, MailAsked, NewEntry, RelayCore, Submission, View, unavailable};
use sync::wire::{Head, RefusalCode};
use tokio::sync::{mpsc, oneshot, watch};

use crate::metrics::{Metrics, add};
use crate::pruning::Round;
use crate::quota::{Filling, Quota};
use crate::recent::{MAX_RECENT_BYTES, Recent, RecentEntry};
use crate::storage::Storage;

/// Jobs that wait for the writer; who submits beyond that waits, too.
pub const QUEUE: usize = 1024;
/// Submissions in one commit.
const GROUP: usize = 256;
/// Envelopes in one commit: bounds how long others wait for it.
const GROUP_ENVELOPES: usize = 4096;

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
    /// Another relay says that it has appended up to this position.
    Grown { practice: PracticeId, position: u64 },
    /// Another relay says that it has put something into this practice's mail box.
    MailCame { practice: PracticeId },
    /// A good moment to let go of mail that has been kept long enough.
    Tidy,
    /// Others may have appended unheard: look up where the logs end.
    LookAround,
    /// One step of pruning; answered with whether there is more to do.
    Prune { reply: oneshot::Sender<bool> },
}

struct Followed {
    view: watch::Sender<Arc<View>>,
    recent: Arc<Recent>,
}

struct Writer<S> {
    core: RelayCore<S>,
    followed: HashMap<PracticeId, Followed>,
    metrics: Arc<Metrics>,
    quota: Quota,
    /// How long what was pruned is kept.
    retention: Duration,
    pruning: Round,
}

/// Runs until every sender of `jobs` is gone; then everything answered is on disk.
pub fn run<S: Storage>(
    storage: S,
    mut jobs: mpsc::Receiver<Job>,
    metrics: Arc<Metrics>,
    quota: Quota,
    retention: Duration,
) {
    let mut writer = Writer {
        core: RelayCore::new(storage),
        followed: HashMap::new(),
        metrics,
        quota,
        retention,
        pruning: Round::default(),
    };
    while let Some(first) = jobs.blocking_recv() {
        let mut submissions = Vec::new();
        let mut replies = Vec::new();
        let mut grown: HashMap<PracticeId, u64> = HashMap::new();
        let mut mail_came = Vec::new();
        let mut tidy = false;
        let mut look_around = false;
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
                        Submission::Admit { .. }
                        | Submission::Parcel(_)
                        | Submission::Claim(_)
                        | Submission::Mail(_)
                        | Submission::Have { .. } => 1,
                        // As long on its way to the disk as many envelopes.
                        Submission::Pack(_) => GROUP_ENVELOPES / 8,
                    };
                    submissions.push(submission);
                    replies.push(reply);
                }
                Job::Grown { practice, position } => {
                    let known = grown.entry(practice).or_default();
                    *known = position.max(*known);
                }
                Job::MailCame { practice } => mail_came.push(practice),
                Job::Tidy => tidy = true,
                Job::LookAround => look_around = true,
                Job::Prune { reply } => {
                    // Nobody waits for an answer if the relay stops.
                    let _ = reply.send(writer.prune());
                }
            }
            if submissions.len() < GROUP && envelopes < GROUP_ENVELOPES {
                next = jobs.try_recv().ok();
            }
        }
        if !submissions.is_empty() {
            writer.append(submissions, replies);
        }
        if tidy {
            writer.tidy();
        }
        writer.look(&grown, look_around);
        writer.look_for_mail(mail_came, look_around);
    }
    writer.core.log().close();
}

impl<S: Storage> Writer<S> {
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
        // Who connects is judged by what the log says now, whichever relay wrote it.
        for (practice, head) in self.core.log().heads(&[practice])? {
            self.follow(practice, head)?;
        }
        self.follow_mail(&[practice])?;
        let Some(view) = self.core.view(practice)? else {
            return Ok(None);
        };
        self.look_at_pruned(practice)?;
        let view = self.core.view(practice)?.unwrap_or(view);
        let followed = self.followed.entry(practice).or_insert_with(|| Followed {
            view: watch::Sender::new(view),
            recent: Arc::default(),
        });
        Ok(Some(Subscription {
            view: followed.view.subscribe(),
            recent: followed.recent.clone(),
        }))
    }

    /// One step of pruning; says whether there is more to do now.
    fn prune(&mut self) -> bool {
        match self.prune_step() {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(%error, "pruning failed and is tried again later");
                false
            }
        }
    }

    fn prune_step(&mut self) -> Result<bool, LogError> {
        let Some(practice) = self.pruning.next(self.core.log())? else {
            return Ok(false);
        };
        // Who belongs is judged by what the log says now, whichever relay wrote it.
        for (practice, head) in self.core.log().heads(&[practice])? {
            self.follow(practice, head)?;
        }
        let (now, retention) = (now_millis(), self.retention);
        let more = self
            .pruning
            .step(&mut self.core, practice, now, retention, &self.metrics)?;
        self.look_at_pruned(practice)?;
        if more {
            return Ok(true);
        }
        if !self.followed.contains_key(&practice) {
            self.core.forget(practice);
        }
        Ok(self.pruning.done(&self.metrics))
    }

    /// Tells those who come in from now on how far the log is pruned.
    fn look_at_pruned(&mut self, practice: PracticeId) -> Result<(), LogError> {
        let news = self.core.look_at_pruned(practice)?;
        if let (Some(view), Some(followed)) = (news, self.followed.get(&practice)) {
            followed.view.send_replace(view);
        }
        Ok(())
    }

    /// Follows other relays to where they said, or wherever they may be.
    fn look(&mut self, grown: &HashMap<PracticeId, u64>, around: bool) {
        let behind = |practice: &PracticeId, followed: &Followed| {
            around
                || grown
                    .get(practice)
                    .is_some_and(|position| *position > followed.view.borrow().head.position)
        };
        let behind: Vec<_> = self
            .followed
            .iter()
            .filter(|(practice, followed)| behind(practice, followed))
            .map(|(practice, _)| *practice)
            .collect();
        if behind.is_empty() {
            return;
        }
        let followed = self
            .core
            .log()
            .heads(&behind)
            .and_then(|heads| heads.into_iter().try_for_each(|(id, head)| self.follow(id, head)));
        if let Err(error) = followed {
            // Looked up again when the database is back, and from time to time.
            tracing::warn!(%error, "cannot follow what other relays append at the moment");
        }
    }

    /// Sees what other relays put into mail boxes: of these practices, or of all that are followed.
    fn look_for_mail(&mut self, came: Vec<PracticeId>, around: bool) {
        let looked_at: Vec<PracticeId> = if around {
            self.followed.keys().copied().collect()
        } else {
            came.into_iter()
                .filter(|practice| self.followed.contains_key(practice))
                .collect()
        };
        if !looked_at.is_empty()
            && let Err(error) = self.follow_mail(&looked_at)
        {
            tracing::warn!(%error, "cannot see what other relays took in as mail at the moment");
        }
    }

    /// Of practices whose workstations are here; others have time.
    fn tidy(&mut self) {
        let received_at = now_millis();
        let practices: Vec<PracticeId> = self.followed.keys().copied().collect();
        for group in practices.chunks(GROUP) {
            let tidy = |practice: &PracticeId| {
                Submission::Mail(MailAsked::Tidy {
                    practice: *practice,
                    received_at,
                })
            };
            // Nobody waits for the answers.
            let replies = group.iter().map(|_| oneshot::channel().0).collect();
            self.append(group.iter().map(tidy).collect(), replies);
        }
    }

    fn follow_mail(&mut self, practices: &[PracticeId]) -> Result<(), LogError> {
        for (practice, mail) in self.core.log().mail_boxes(practices)? {
            if self.core.follow_mail(practice, mail)
                && let (Some(view), Some(followed)) =
                    (self.core.view(practice)?, self.followed.get(&practice))
            {
                publish(followed, view);
            }
        }
        Ok(())
    }

    /// Takes over what other relays appended to a practice up to `head`, and tells those who follow it here.
    fn follow(&mut self, practice: PracticeId, head: Head) -> Result<(), LogError> {
        let known = self
            .followed
            .get(&practice)
            .map(|followed| followed.view.borrow().head);
        if let Some(known) = known.filter(|known| *known != head) {
            self.hand_over(practice, known, head)?;
        }
        let news = self.core.catch_up(practice, head)?;
        if !news && known.is_none_or(|known| known == head) {
            return Ok(());
        }
        add(&self.metrics.followed, 1);
        if let (Some(view), Some(followed)) = (self.core.view(practice)?, self.followed.get(&practice)) {
            publish(followed, view);
        }
        Ok(())
    }

    /// Puts what others appended where this relay's own entries are, so that many followers read it once.
    fn hand_over(&mut self, practice: PracticeId, known: Head, head: Head) -> Result<(), LogError> {
        let Some(followed) = self.followed.get(&practice) else {
            return Ok(());
        };
        if head.position <= known.position {
            followed.recent.clear(); // Put back to an older copy.
            return Ok(());
        }
        let missing = usize::try_from(head.position - known.position).unwrap_or(usize::MAX);
        let page = self
            .core
            .log()
            .page(practice, known.position, missing, MAX_RECENT_BYTES)?;
        if page.envelopes.iter().any(Vec::is_empty) {
            followed.recent.clear(); // So far behind that it was pruned: read from the disk.
            return Ok(());
        }
        let mut hash = known.hash;
        let entries = (known.position + 1..)
            .zip(page.envelopes)
            .map(|(position, bytes)| {
                hash = log::next(hash, sync::envelope::Envelope::id_of(&bytes));
                RecentEntry {
                    position,
                    hash,
                    bytes,
                }
            });
        followed.recent.push(entries);
        Ok(())
    }

    fn append(&mut self, submissions: Vec<Submission>, replies: Vec<oneshot::Sender<Answer>>) {
        let started = Instant::now();
        let practices: Vec<_> = submissions.iter().map(Submission::practice).collect();
        let asked: Vec<_> = submissions.iter().map(Asked::of).collect();
        let begun = self.core.log().begin(&submissions).and_then(|ends| {
            ends.into_iter()
                .try_for_each(|(practice, head)| self.follow(practice, head))
        });
        let answers = match begun {
            Ok(()) => self.judge(submissions),
            Err(error) => {
                tracing::error!(%error, "storage cannot be reached");
                let refuse = |submission: &Submission| submission.refuse(unavailable());
                submissions.iter().map(refuse).collect()
            }
        };
        self.core.log().finish();
        let written = self.core.log().take_written();
        self.count_aside(&asked, &answers);
        let failed = answers.iter().any(|answer| {
            answer
                .refused
                .as_ref()
                .is_some_and(|refusal| refusal.code == RefusalCode::Unavailable)
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
                followed.recent.push(entries.into_iter().map(RecentEntry::from));
            }
        }
        // Answers first: an author hears of its own envelope before everybody is told of it.
        for ((answer, reply), practice) in answers.into_iter().zip(replies).zip(practices) {
            let view = answer.view.clone();
            let _ = reply.send(answer);
            if let (Some(view), Some(followed)) = (view, self.followed.get(&practice)) {
                publish(followed, view);
            }
        }
    }

    fn count_aside(&self, asked: &[Asked], answers: &[Answer]) {
        let metrics = &self.metrics;
        for (asked, answer) in asked.iter().zip(answers) {
            match (asked, answer) {
                (
                    Asked::Claim(workstation),
                    Answer {
                        holder: Some(holder), ..
                    },
                ) => {
                    let counter = if holder.workstation == *workstation {
                        &metrics.claims_given
                    } else {
                        &metrics.claims_lost
                    };
                    add(counter, 1);
                }
                (Asked::Letter, Answer { refused: None, .. }) => add(&metrics.letters, 1),
                (Asked::Letter, _) => add(&metrics.letters_refused, 1),
                _ => {}
            }
        }
    }

    /// Refuses what goes beyond a practice's quota, and has the rest judged and stored.
    fn judge(&mut self, submissions: Vec<Submission>) -> Vec<Answer> {
        let mut filling = Filling::new(self.quota);
        let mut refused = Vec::with_capacity(submissions.len());
        let mut accepted = Vec::with_capacity(submissions.len());
        for submission in submissions {
            match filling.refuses(self.core.log(), &submission) {
                Ok(None) => {
                    refused.push(None);
                    accepted.push(submission);
                }
                Ok(Some(refusal)) => {
                    add(&self.metrics.quota_refusals, 1);
                    tracing::warn!(
                        practice = submission.practice().short(),
                        "a practice has filled its quota"
                    );
                    refused.push(Some(submission.refuse(refusal)));
                }
                Err(error) => {
                    tracing::error!(%error, "a practice's usage cannot be read");
                    refused.push(Some(submission.refuse(unavailable())));
                }
            }
        }
        self.metrics.filled(filling.fullest());
        let mut judged = self.core.append(now_millis(), accepted).into_iter();
        refused
            .into_iter()
            .filter_map(|answer| answer.or_else(|| judged.next()))
            .collect()
    }
}

/// What a submission counts as.
enum Asked {
    Claim(WorkstationId),
    Letter,
    Other,
}

impl Asked {
    fn of(submission: &Submission) -> Self {
        match submission {
            Submission::Claim(asked) => Self::Claim(asked.workstation),
            Submission::Mail(MailAsked::Letter { .. }) => Self::Letter,
            _ => Self::Other,
        }
    }
}

/// Tells followers of a head that they do not know.
fn publish(followed: &Followed, view: Arc<View>) {
    followed.view.send_if_modified(|known| {
        let news = known.head != view.head || known.mail != view.mail;
        if news {
            *known = view;
        }
        news
    });
}
