//! A row of bits, one per five minutes: what is asked of a whole day's minutes costs a few machine words.

/// Bit `n` speaks about unit `n`; bits beyond the end are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub fn none(units: usize) -> Self {
        Self(vec![0; units.div_ceil(64)])
    }

    pub fn all(units: usize) -> Self {
        let mut bits = Self::none(units);
        bits.set(0, units as i64);
        bits
    }

    /// Sets `[from, until)`; what lies outside the row is passed over.
    pub fn set(&mut self, from: i64, until: i64) {
        let from = from.max(0) as usize;
        let until = until.clamp(0, self.0.len() as i64 * 64) as usize;
        if from >= until {
            return;
        }
        let (first, last) = (from / 64, (until - 1) / 64);
        let head = u64::MAX << (from % 64);
        let tail = u64::MAX >> (63 - (until - 1) % 64);
        if first == last {
            self.0[first] |= head & tail;
        } else {
            self.0[first] |= head;
            self.0[first + 1..last].fill(u64::MAX);
            self.0[last] |= tail;
        }
    }

    pub fn units(&self) -> usize {
        self.0.len() * 64
    }

    pub fn put(&mut self, unit: i64) {
        self.set(unit, unit + 1);
    }

    pub fn get(&self, unit: i64) -> bool {
        let at = unit.max(0) as usize;
        unit >= 0 && self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub fn and(mut self, other: &Bits) -> Self {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, with)| *word &= with);
        self
    }

    pub fn and_not(mut self, other: &Bits) -> Self {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, with)| *word &= !with);
        self
    }

    pub fn word(&self, index: usize) -> u64 {
        self.0.get(index).copied().unwrap_or(0)
    }

    /// Bit `n` becomes bit `n + by`.
    pub fn earlier(&self, by: usize) -> Self {
        let (words, bits) = (by / 64, by % 64);
        let at = |index: usize| self.word(index);
        Self(
            (0..self.0.len())
                .map(|index| match bits {
                    0 => at(index + words),
                    _ => at(index + words) >> bits | at(index + words + 1) << (64 - bits),
                })
                .collect(),
        )
    }

    /// Bit `n` becomes bit `n - by`.
    pub fn later(&self, by: usize) -> Self {
        let (words, bits) = (by / 64, by % 64);
        let at = |index: usize, back: usize| index.checked_sub(back).map_or(0, |index| self.word(index));
        Self(
            (0..self.0.len())
                .map(|index| match bits {
                    0 => at(index, words),
                    _ => at(index, words) << bits | at(index, words + 1) >> (64 - bits),
                })
                .collect(),
        )
    }

    /// Where `length` set bits begin: bit `n` of the answer is set when `[n, n + length)` all are.
    pub fn runs(self, length: usize) -> Self {
        let mut runs = self;
        let mut have = 1;
        while have < length {
            let step = have.min(length - have);
            let shifted = runs.earlier(step);
            runs = runs.and(&shifted);
            have += step;
        }
        runs
    }

    /// How many bits right before `unit` are set, `most` (at most 64) at the most.
    pub fn ones_before(&self, unit: i64, most: u32) -> u32 {
        let mut count = 0;
        while count < most && self.get(unit - 1 - i64::from(count)) {
            count += 1;
        }
        count
    }

    /// How many bits of `[from, until)` are set.
    pub fn count(&self, from: i64, until: i64) -> u32 {
        let from = from.max(0) as usize;
        let until = until.clamp(0, self.0.len() as i64 * 64) as usize;
        if from >= until {
            return 0;
        }
        let (first, last) = (from / 64, (until - 1) / 64);
        let head = u64::MAX << (from % 64);
        let tail = u64::MAX >> (63 - (until - 1) % 64);
        (first..=last)
            .map(|word| {
                let head = if word == first { head } else { u64::MAX };
                let tail = if word == last { tail } else { u64::MAX };
                (self.0[word] & head & tail).count_ones()
            })
            .sum()
    }

    /// How many bits from `unit` on are set, `most` at the most.
    pub fn ones_from(&self, unit: i64, most: u32) -> u32 {
        let mut count = 0;
        while count < most && self.get(unit + i64::from(count)) {
            count += 1;
        }
        count
    }
}

/// The set bits of a word, as numbers 0–63.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros())?;
        word &= word - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(bits: &[bool]) -> Bits {
        let mut row = Bits::none(bits.len());
        bits.iter()
            .enumerate()
            .filter(|(_, bit)| **bit)
            .for_each(|(unit, _)| row.put(unit as i64));
        row
    }

    proptest! {
        #[test]
        fn agrees_with_plain_booleans(bits in prop::collection::vec(prop::bool::weighted(0.8), 1..300), by in 0usize..150) {
            let packed = row(&bits);
            let (earlier, later, runs) = (packed.earlier(by), packed.later(by), packed.clone().runs(by.max(1)));
            for unit in 0..bits.len() {
                let at = |index: Option<usize>| index.and_then(|index| bits.get(index)).copied().unwrap_or(false);
                prop_assert_eq!(earlier.get(unit as i64), at(Some(unit + by)));
                prop_assert_eq!(later.get(unit as i64), at(unit.checked_sub(by)));
                prop_assert_eq!(runs.get(unit as i64), (unit..unit + by.max(1)).all(|index| at(Some(index))));
            }
        }

        #[test]
        fn a_range_is_set_and_nothing_else(from in -70i64..300, length in 0i64..300) {
            let mut packed = Bits::none(256);
            packed.set(from, from + length);
            for unit in -5..260 {
                prop_assert_eq!(packed.get(unit), (0..256).contains(&unit) && (from..from + length).contains(&unit));
            }
        }
    }
}
