//! Misspelled beginnings of words: how many edits lie between what was typed and the nearest beginning of a
//! word, counting a swap of neighbours as one (restricted Damerau–Levenshtein), with a small bound.

/// What was typed, prepared for many comparisons.
pub(super) struct Pattern {
    letters: Vec<char>,
    mask: u32,
    most: u16,
}

impl Pattern {
    pub fn new(text: &str) -> Pattern {
        let letters: Vec<char> = text.chars().collect();
        let most = match letters.len() {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        Pattern {
            mask: mask(text),
            letters,
            most,
        }
    }

    /// Edits to the nearest beginning of `word`; none if more than the bound, or if nothing is misspelled.
    pub fn prefix_distance(&self, word: &str) -> Option<u16> {
        // Each edit brings at most one letter that the word does not have.
        if self.most == 0 || u32::from(self.most) < (self.mask & !mask(word)).count_ones() {
            return None;
        }
        let edits = self.table(word);
        (1..=self.most).contains(&edits).then_some(edits)
    }

    /// Edits to the nearest beginning of the word.
    fn table(&self, word: &str) -> u16 {
        self.edits(word).0
    }

    /// Edits to the word as a whole; more than the bound may be counted as more than they are.
    fn whole(&self, word: &str) -> u16 {
        self.edits(word).1
    }

    /// To the nearest beginning, and to the whole.
    fn edits(&self, word: &str) -> (u16, u16) {
        let rows = self.letters.len();
        let mut before_last: Vec<u16> = Vec::new();
        let mut last: Vec<u16> = (0..=rows as u16).collect();
        let mut best = last[rows];
        let mut previous = None;
        // One column per letter of the word; the last row is the distance to the word's beginning so far.
        for (column, letter) in word.chars().take(rows + usize::from(self.most)).enumerate() {
            let mut current = Vec::with_capacity(rows + 1);
            current.push(column as u16 + 1);
            for row in 1..=rows {
                let typed = self.letters[row - 1];
                let mut edits = (last[row] + 1)
                    .min(current[row - 1] + 1)
                    .min(last[row - 1] + u16::from(typed != letter));
                if row > 1 && previous == Some(typed) && self.letters[row - 2] == letter {
                    edits = edits.min(before_last[row - 2] + 1);
                }
                current.push(edits);
            }
            best = best.min(current[rows]);
            if current.iter().all(|edits| *edits > self.most) && last.iter().all(|edits| *edits > self.most) {
                return (best, u16::MAX);
            }
            before_last = std::mem::replace(&mut last, current);
            previous = Some(letter);
        }
        (best, last[rows])
    }
}

/// Words in which a slip is looked for only beside others: one letter says nothing.
pub(super) fn is_short(word: &str) -> bool {
    (2..=3).contains(&word.chars().count())
}

/// Whether at most `most` edits lie between two whole words.
pub(super) fn within(one: &str, other: &str, most: u16) -> bool {
    let pattern = Pattern {
        letters: one.chars().collect(),
        mask: mask(one),
        most,
    };
    let length = other.chars().count();
    if pattern.letters.len().abs_diff(length) > usize::from(most)
        || u32::from(most) < (pattern.mask & !mask(other)).count_ones()
    {
        return false;
    }
    // The whole word against all of the other: what follows a beginning counts, too.
    pattern.whole(other) <= most
}

/// Which letters occur.
fn mask(text: &str) -> u32 {
    text.chars()
        .fold(0, |mask, letter| mask | 1 << (letter as u32 % 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_to_the_nearest_beginning() {
        let distance = |typed: &str, word: &str| Pattern::new(typed).prefix_distance(word);
        assert_eq!(distance("rviera", "rivera"), Some(1), "a swap");
        assert_eq!(distance("riverra", "rivera"), Some(1), "one too many");
        assert_eq!(distance("rivra", "rivera"), Some(1), "one missing");
        assert_eq!(distance("rovera", "rivera"), Some(1), "another letter");
        assert_eq!(distance("schn", "schneider"), None, "nothing misspelled");
        assert_eq!(distance("shcneid", "schneider"), Some(1), "within a beginning");
        assert_eq!(distance("xyzera", "rivera"), None);
        assert_eq!(distance("ana", "anna"), None, "short words are taken as typed");
        assert_eq!(distance("mongtomerry", "montgomery"), Some(2));
    }

    #[test]
    fn whole_words_count_to_their_end() {
        assert!(within("kay", "kai", 1));
        assert!(within("jon", "john", 1));
        assert!(within("mai", "mia", 1), "a swap");
        assert!(!within("ann", "annabel", 1), "a beginning is not the word");
        assert!(!within("max", "mia", 1));
        assert!(within("mongtomerry", "montgomery", 2));
    }
}
