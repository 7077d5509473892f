//! Times of many runs, and what to say of them: machines are noisy, so medians count.

use std::time::{Duration, Instant};

/// Measured times in milliseconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Runs `work` and keeps how long it took.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(start.elapsed());
        result
    }

    pub fn add(&mut self, took: Duration) {
        self.0.push(took.as_secs_f64() * 1e3);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The smallest sample that at least `percent` of all do not exceed (nearest rank). Without samples NaN.
    pub fn percentile(&self, percent: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
    }

    /// The times as measured.
    pub fn list(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().copied()
    }

    pub fn median(&self) -> f64 {
        self.percentile(50.0)
    }

    pub fn p99(&self) -> f64 {
        self.percentile(99.0)
    }

    pub fn max(&self) -> f64 {
        self.percentile(100.0)
    }
}

impl Extend<f64> for Samples {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(times: I) -> Self {
        Self(times.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_by_nearest_rank() {
        let hundred: Samples = (1..=100).rev().map(f64::from).collect();
        assert_eq!(
            (hundred.median(), hundred.p99(), hundred.max()),
            (50.0, 99.0, 100.0)
        );
        assert_eq!(hundred.percentile(0.0), 1.0);
        let three: Samples = [3.0, 1.0, 2.0].into_iter().collect();
        assert_eq!((three.median(), three.p99()), (2.0, 3.0));
    }

    #[test]
    fn one_sample_is_everything_and_none_is_no_number() {
        let one: Samples = [7.0].into_iter().collect();
        assert_eq!((one.median(), one.p99(), one.max()), (7.0, 7.0, 7.0));
        assert!(Samples::default().median().is_nan());
    }

    #[test]
    fn what_is_timed_is_kept_and_its_answer_given_back() {
        let mut samples = Samples::default();
        assert_eq!(samples.time(|| 21 * 2), 42);
        assert_eq!(samples.len(), 1);
        assert!(samples.median() >= 0.0);
    }
}
