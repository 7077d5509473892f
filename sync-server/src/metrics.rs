//! Counters for the operator, in Prometheus' text format. They name no practice, person or workstation.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sync::wire::RefusalCode;

/// The last counts all codes beyond.
const REFUSALS: usize = 32;
/// Upper bounds in microseconds of the histogram of durable writes.
const WRITE_BOUNDS: [u64; 8] = [250, 500, 1_000, 2_500, 5_000, 25_000, 100_000, 1_000_000];

#[derive(Default)]
pub struct Metrics {
    pub connections: AtomicU64,
    pub connections_total: AtomicU64,
    pub connections_refused: AtomicU64,
    pub frames_in: AtomicU64,
    pub bytes_in: AtomicU64,
    pub frames_out: AtomicU64,
    pub bytes_out: AtomicU64,
    pub envelopes: AtomicU64,
    pub envelope_bytes: AtomicU64,
    pub pages_from_memory: AtomicU64,
    pub pages_from_disk: AtomicU64,
    refusals: [AtomicU64; REFUSALS],
    writes: [AtomicU64; WRITE_BOUNDS.len() + 1],
    write_micros: AtomicU64,
    pub write_failures: AtomicU64,
    /// Whether the last write failed.
    pub is_failing: AtomicBool,
    pub quota_refusals: AtomicU64,
    /// Asked by the workstation that has it, or gets it by that.
    pub claims_given: AtomicU64,
    /// Asked by another one.
    pub claims_lost: AtomicU64,
    /// From outside, taken in or there already.
    pub letters: AtomicU64,
    pub letters_refused: AtomicU64,
    /// The fullest practice that wrote since the start, in thousandths of its quota.
    fullest: AtomicU64,
    /// With PostgreSQL: whether the database is away.
    database_away: AtomicBool,
    database_lost: AtomicU64,
    pub notifications: AtomicU64,
    /// How often other relays' appends were taken over.
    pub followed: AtomicU64,
    /// Envelopes moved to the cold part, their bytes, and envelopes deleted there.
    pub pruned: AtomicU64,
    pub pruned_bytes: AtomicU64,
    pub deleted: AtomicU64,
    /// At the last look.
    prune_disputed: AtomicU64,
    prune_held: AtomicU64,
}

pub fn add(counter: &AtomicU64, number: usize) {
    counter.fetch_add(number as u64, Ordering::Relaxed);
}

impl Metrics {
    pub fn refused(&self, code: RefusalCode) {
        let index = usize::from(code.number()).min(REFUSALS - 1);
        add(&self.refusals[index], 1);
    }

    /// One group of appends reached the disk.
    pub fn written(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = WRITE_BOUNDS
            .iter()
            .position(|bound| micros <= *bound)
            .unwrap_or(WRITE_BOUNDS.len());
        add(&self.writes[bucket], 1);
        self.write_micros.fetch_add(micros, Ordering::Relaxed);
        self.is_failing.store(false, Ordering::Relaxed);
    }

    pub fn write_failed(&self) {
        add(&self.write_failures, 1);
        self.is_failing.store(true, Ordering::Relaxed);
    }

    /// One look at all practices is over.
    pub fn prune_round(&self, disputed: usize, held: usize) {
        self.prune_disputed.store(disputed as u64, Ordering::Relaxed);
        self.prune_held.store(held as u64, Ordering::Relaxed);
    }

    pub fn filled(&self, thousandths: u64) {
        self.fullest.fetch_max(thousandths, Ordering::Relaxed);
    }

    /// The database was reached, or lost. Says whether that is news.
    pub fn database_is(&self, there: bool) -> bool {
        let news = self.database_away.swap(!there, Ordering::Relaxed) == there;
        if there {
            self.is_failing.store(false, Ordering::Relaxed);
        } else if news {
            add(&self.database_lost, 1);
        }
        news
    }

    /// Whether workstations' changes cannot be stored at the moment.
    #[must_use]
    pub fn cannot_store(&self) -> bool {
        self.is_failing.load(Ordering::Relaxed) || self.database_away.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, counter: &AtomicU64| {
            let value = counter.load(Ordering::Relaxed);
            let _ = write!(
                out,
                "# HELP orca_relay_{name} {help}\n# TYPE orca_relay_{name} {kind}\norca_relay_{name} {value}\n"
            );
        };
        metric("connections", "gauge", "Open connections.", &self.connections);
        metric(
            "connections_total",
            "counter",
            "Connections since the start.",
            &self.connections_total,
        );
        metric(
            "connections_refused_total",
            "counter",
            "Refused for their number.",
            &self.connections_refused,
        );
        metric(
            "frames_received_total",
            "counter",
            "Frames from workstations.",
            &self.frames_in,
        );
        metric(
            "received_bytes_total",
            "counter",
            "Bytes of these frames.",
            &self.bytes_in,
        );
        metric(
            "frames_sent_total",
            "counter",
            "Frames to workstations.",
            &self.frames_out,
        );
        metric(
            "sent_bytes_total",
            "counter",
            "Bytes of these frames.",
            &self.bytes_out,
        );
        metric(
            "envelopes_total",
            "counter",
            "Envelopes appended.",
            &self.envelopes,
        );
        metric(
            "envelope_bytes_total",
            "counter",
            "Bytes of these envelopes.",
            &self.envelope_bytes,
        );
        metric(
            "pages_from_memory_total",
            "counter",
            "Pages served from memory.",
            &self.pages_from_memory,
        );
        metric(
            "pages_from_disk_total",
            "counter",
            "Pages served from disk.",
            &self.pages_from_disk,
        );
        metric(
            "write_failures_total",
            "counter",
            "Groups of appends that failed.",
            &self.write_failures,
        );
        metric(
            "quota_refusals_total",
            "counter",
            "Pushes refused because a practice was full.",
            &self.quota_refusals,
        );
        metric(
            "claims_total",
            "counter",
            "Claims answered to the workstation that has them.",
            &self.claims_given,
        );
        metric(
            "claims_lost_total",
            "counter",
            "Claims answered to a workstation that came too late.",
            &self.claims_lost,
        );
        metric(
            "letters_total",
            "counter",
            "Sealed letters taken in, or put in again.",
            &self.letters,
        );
        metric(
            "letters_refused_total",
            "counter",
            "Sealed letters refused, also before they were looked at.",
            &self.letters_refused,
        );
        metric(
            "database_lost_total",
            "counter",
            "Times that PostgreSQL went away.",
            &self.database_lost,
        );
        metric(
            "notifications_total",
            "counter",
            "What relays on the same database said to each other, this one included.",
            &self.notifications,
        );
        metric(
            "followed_total",
            "counter",
            "Times that appends of other relays were taken over.",
            &self.followed,
        );
        metric(
            "pruned_envelopes_total",
            "counter",
            "Envelopes moved to the cold part of the log.",
            &self.pruned,
        );
        metric(
            "pruned_bytes_total",
            "counter",
            "Bytes of these envelopes.",
            &self.pruned_bytes,
        );
        metric(
            "deleted_envelopes_total",
            "counter",
            "Envelopes deleted when their retention time was up.",
            &self.deleted,
        );
        metric(
            "prune_disputed",
            "gauge",
            "Practices whose workstations do not have the same calendar.",
            &self.prune_disputed,
        );
        metric(
            "prune_held",
            "gauge",
            "Practices whose pruning a workstation or a missing snapshot holds up.",
            &self.prune_held,
        );
        let up = AtomicU64::new(u64::from(!self.cannot_store()));
        metric("can_store", "gauge", "1 while changes can be stored.", &up);
        #[allow(clippy::cast_precision_loss)] // thousandths of a quota
        let fullest = self.fullest.load(Ordering::Relaxed) as f64 / 1e3;
        let _ = write!(
            out,
            "# HELP orca_relay_fullest_practice How full the fullest practice is that wrote since the start; 1 is its \
             quota.\n# TYPE orca_relay_fullest_practice gauge\norca_relay_fullest_practice {fullest}\n"
        );
        out.push_str(
            "# HELP orca_relay_refusals_total Refusals by code.\n# TYPE orca_relay_refusals_total counter\n",
        );
        for (code, counter) in self.refusals.iter().enumerate() {
            let value = counter.load(Ordering::Relaxed);
            if value > 0 {
                let code = RefusalCode::from_number(u16::try_from(code).unwrap_or(u16::MAX));
                let _ = writeln!(out, "orca_relay_refusals_total{{code=\"{code:?}\"}} {value}");
            }
        }
        let name = "orca_relay_fsync_seconds";
        let _ = write!(
            out,
            "# HELP {name} Durable group commits.\n# TYPE {name} histogram\n"
        );
        let mut count = 0;
        for (index, counter) in self.writes.iter().enumerate() {
            count += counter.load(Ordering::Relaxed);
            match WRITE_BOUNDS.get(index) {
                Some(micros) => {
                    #[allow(clippy::cast_precision_loss)] // at most a million
                    let seconds = *micros as f64 / 1e6;
                    let _ = writeln!(out, "{name}_bucket{{le=\"{seconds}\"}} {count}");
                }
                None => {
                    let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {count}");
                }
            }
        }
        #[allow(clippy::cast_precision_loss)] // a metric; 2^53 microseconds are 285 years
        let sum = self.write_micros.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = write!(out, "{name}_sum {sum}\n{name}_count {count}\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_and_refusals_have_names() {
        let metrics = Metrics::default();
        metrics.written(Duration::from_micros(300));
        metrics.written(Duration::from_secs(9));
        metrics.refused(RefusalCode::BadAuth);
        metrics.refused(RefusalCode::Other(900));
        let text = metrics.text();
        for line in [
            "orca_relay_fsync_seconds_bucket{le=\"0.00025\"} 0",
            "orca_relay_fsync_seconds_bucket{le=\"0.0005\"} 1",
            "orca_relay_fsync_seconds_bucket{le=\"+Inf\"} 2",
            "orca_relay_fsync_seconds_count 2",
            "orca_relay_refusals_total{code=\"BadAuth\"} 1",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line} is missing in:\n{text}"
            );
        }
    }
}
