//! Chance from a seed: the same on every platform, for as long as the demo's own code is the same.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of chance. Each part of the demo has its own, so that one part's draws do not shift another's.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream named `stream` of this seed.
    pub fn new(seed: u64, stream: u64) -> Dice {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Dice(rng)
    }

    /// A whole number in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u32) -> u32 {
        // Multiply and shift: the bias of at most n/2^32 is of no account for invented people.
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// A whole number in `from..=until`.
    pub fn between(&mut self, from: i32, until: i32) -> i32 {
        from + self.below(until.saturating_sub(from).unsigned_abs() + 1) as i32
    }

    /// True in `n` of 1,000 cases.
    pub fn per_mille(&mut self, n: u32) -> bool {
        self.below(1000) < n
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u32) as usize]
    }

    /// One of the weighted choices; the weights must not all be 0.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for index in (1..list.len()).rev() {
            list.swap(index, self.below(index as u32 + 1) as usize);
        }
    }

    /// An id that looks as if it had been made at `millis` (milliseconds since 1970 UTC): a ULID.
    pub fn id(&mut self, millis: u64) -> u128 {
        let random = (u128::from(self.0.next_u32() & 0xffff) << 64) | u128::from(self.0.next_u64());
        (u128::from(millis & 0xffff_ffff_ffff) << 80) | random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_everywhere() {
        // Recorded once; a change here changes every demo practice.
        let mut dice = Dice::new(7, 1);
        let drawn: Vec<u32> = (0..6).map(|_| dice.below(1000)).collect();
        let mut again = Dice::new(7, 1);
        assert_eq!(drawn, (0..6).map(|_| again.below(1000)).collect::<Vec<_>>());
        let mut other = Dice::new(7, 2);
        assert_ne!(drawn, (0..6).map(|_| other.below(1000)).collect::<Vec<_>>());
    }

    #[test]
    fn choices_stay_in_range_and_follow_their_weights() {
        let mut dice = Dice::new(1, 0);
        let mut counts = [0; 3];
        for _ in 0..3000 {
            counts[dice.weighted(&[1, 0, 2])] += 1;
            assert!((3..=5).contains(&dice.between(3, 5)));
        }
        assert_eq!(counts[1], 0);
        assert!(counts[2] > counts[0]);
        assert_eq!(dice.below(0), 0);
    }
}
