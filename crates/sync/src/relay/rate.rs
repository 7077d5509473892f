//! A token bucket. A connection may go into debt: whoever sends too fast is read more slowly. Whoever can be told to come
//! again does not.

/// Tokens refill with time; what is taken beyond them is a debt that must be waited out.
#[derive(Debug, Clone)]
pub struct Rate {
    per_second: f64,
    burst: f64,
    tokens: f64,
    at: u64,
}

impl Rate {
    pub(crate) fn new(per_second: u32, burst: u32, now_millis: u64) -> Self {
        let burst = f64::from(burst);
        Self {
            per_second: f64::from(per_second.max(1)),
            burst,
            tokens: burst,
            at: now_millis,
        }
    }

    /// So many a minute in the long run, and as many at once.
    #[must_use]
    pub fn per_minute(number: u32, now_millis: u64) -> Self {
        let number = f64::from(number.max(1));
        Self {
            per_second: number / 60.0,
            burst: number,
            tokens: number,
            at: now_millis,
        }
    }

    /// Takes one token if there is one; else nothing, and gives the milliseconds until there is.
    pub fn try_take(&mut self, now_millis: u64) -> u64 {
        self.take(now_millis, 0);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return 0;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive and small
        let wait = ((1.0 - self.tokens) * 1000.0 / self.per_second).ceil() as u64;
        wait
    }

    /// Takes `cost` tokens; gives the milliseconds to wait before reading on.
    pub(crate) fn take(&mut self, now_millis: u64, cost: usize) -> u64 {
        let passed = now_millis.saturating_sub(self.at);
        self.at = self.at.max(now_millis);
        #[allow(clippy::cast_precision_loss)] // small numbers; a lost millisecond does no harm
        let (passed, cost) = (passed as f64, cost as f64);
        self.tokens = (self.tokens + passed * self.per_second / 1000.0).min(self.burst) - cost;
        if self.tokens >= 0.0 {
            return 0;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive and small
        let wait = (-self.tokens * 1000.0 / self.per_second).ceil() as u64;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn a_burst_is_free_and_debt_is_waited_out() {
        let mut rate = Rate::new(10, 20, 1_000);
        assert_eq!(rate.take(1_000, 20), 0);
        assert_eq!(rate.take(1_000, 5), 500);
        assert_eq!(rate.take(1_500, 0), 0);
        assert_eq!(rate.take(1_500, 1), 100);
        assert_eq!(
            rate.take(60_000, 20),
            0,
            "a long pause fills the bucket, not more"
        );
        assert_eq!(rate.take(60_000, 1), 100);
        assert_eq!(rate.take(0, 0), 100, "a clock that jumps back gives nothing");
    }
}
