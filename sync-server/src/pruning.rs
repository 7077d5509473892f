//! Pruning, as far as it is the relay's business: now and then it looks which logs may lose their beginning, moves that to
//! the cold part of the storage, and deletes it there when its time is up. In small steps between the appends of the one
//! writer, so that nobody waits for it.

use std::time::Duration;

use sync::id::PracticeId;
use sync::relay::{LogError, Prunable, RelayCore, prunable};
use tokio::sync::{mpsc, oneshot, watch};

use crate::metrics::{Metrics, add};
use crate::storage::Storage;
use crate::writer::Job;

/// The shortest time for which what was pruned is kept: holidays, and a computer that was away for repair.
pub const LEAST_DAYS: u32 = 30;
/// How often a relay looks what may go.
pub const LOOK_EVERY: Duration = Duration::from_secs(3600);
/// Envelopes in one step: a few milliseconds.
const STEP: u32 = 200;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Whether and how a relay prunes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruning {
    /// How long what was pruned is still handed out.
    pub retention: Duration,
    pub look_every: Duration,
}

impl Pruning {
    #[must_use]
    pub fn days(days: u32) -> Self {
        Self {
            retention: DAY * days,
            look_every: LOOK_EVERY,
        }
    }

    /// As workstations are told: at least one.
    #[must_use]
    pub fn whole_days(&self) -> u32 {
        u32::try_from(self.retention.as_secs().div_ceil(DAY.as_secs()))
            .unwrap_or(u32::MAX)
            .max(1)
    }
}

/// Asks the writer for one step after the other until there is nothing more to do, and again after a while.
pub async fn run(jobs: mpsc::WeakSender<Job>, pruning: Pruning, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(pruning.look_every) => {}
        }
        loop {
            // Not held while waiting: the writer ends when all senders are gone.
            let Some(jobs) = jobs.upgrade() else { return };
            let (reply, answer) = oneshot::channel();
            if jobs.send(Job::Prune { reply }).await.is_err() {
                return;
            }
            drop(jobs);
            match answer.await {
                Ok(true) if !*stopping.borrow() => {}
                Ok(_) => break,
                Err(_) => return,
            }
        }
    }
}

/// One look at all practices, step by step.
#[derive(Default)]
pub struct Round {
    left: Vec<PracticeId>,
    disputed: usize,
    held: usize,
}

impl Round {
    /// The practice that the next step is about; none: the round is over. Begins a new one if there is none.
    pub fn next(&mut self, log: &mut impl Storage) -> Result<Option<PracticeId>, LogError> {
        if self.left.is_empty() {
            self.left = log.with_snapshots()?;
            (self.disputed, self.held) = (0, 0);
        }
        Ok(self.left.last().copied())
    }

    /// Done with that practice; says whether there is another one.
    pub fn done(&mut self, metrics: &Metrics) -> bool {
        self.left.pop();
        if self.left.is_empty() {
            metrics.prune_round(self.disputed, self.held);
        }
        !self.left.is_empty()
    }

    /// One step with a practice. True: there is more to do with it.
    pub fn step<S: Storage>(
        &mut self,
        core: &mut RelayCore<S>,
        practice: PracticeId,
        now_millis: u64,
        retention: Duration,
        metrics: &Metrics,
    ) -> Result<bool, LogError> {
        let Some(view) = core.view(practice)? else {
            return Ok(false);
        };
        let log = core.log();
        let pruned = log.pruned(practice)?;
        let up_to = match prunable(log, practice, &view.membership)? {
            Prunable::UpTo(up_to) => up_to,
            Prunable::NotAgreed => return Ok(false),
            Prunable::Disputed => {
                self.disputed += 1;
                tracing::error!(
                    practice = practice.short(),
                    "two workstations of a practice do not have the same calendar: nothing of its log is pruned"
                );
                return Ok(false);
            }
            Prunable::SnapshotMissing => {
                self.held += 1;
                tracing::warn!(
                    practice = practice.short(),
                    "the snapshot that was agreed on is not here: nothing is pruned"
                );
                return Ok(false);
            }
            Prunable::Held(workstation) => {
                self.held += 1;
                tracing::info!(
                    practice = practice.short(),
                    workstation = workstation.short(),
                    "a workstation that has not read the log holds up pruning"
                );
                return Ok(false);
            }
        };
        if pruned.cold < up_to {
            let step = log.chill(practice, up_to, now_millis, STEP)?;
            add(
                &metrics.pruned,
                usize::try_from(step.envelopes).unwrap_or(usize::MAX),
            );
            add(
                &metrics.pruned_bytes,
                usize::try_from(step.bytes).unwrap_or(usize::MAX),
            );
            let cold = log.pruned(practice)?.cold;
            if cold >= up_to {
                tracing::info!(practice = practice.short(), position = cold, "a log was pruned");
            }
            return Ok(true);
        }
        let retention = u64::try_from(retention.as_millis()).unwrap_or(u64::MAX);
        let before = now_millis.saturating_sub(retention);
        let step = log.delete_cold(practice, up_to, before, STEP)?;
        add(
            &metrics.deleted,
            usize::try_from(step.envelopes).unwrap_or(usize::MAX),
        );
        Ok(step.envelopes == u64::from(STEP))
    }
}
