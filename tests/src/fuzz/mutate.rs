//! Changes to an input, as chance has it.

use crate::simulation::Dice;

/// Numbers at which programs go wrong.
const EDGES: [u64; 12] = [
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_ffff_ffff,
];

/// Longer ones teach nothing new and take longer.
const LONGEST: usize = 64 * 1024;

/// One to eight changes. `others`: what may be mixed in.
pub fn mutated(input: &[u8], others: &[Vec<u8>], words: &[&str], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let many = 1 << dice.below(4);
    for _ in 0..1 + dice.below(many) {
        change(&mut bytes, others, words, dice);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(bytes: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str], dice: &mut Dice) {
    let at = dice.below(bytes.len());
    // A stretch from there on, mostly a short one.
    let most = bytes.len().saturating_sub(at);
    let long = 1 << dice.below(9);
    let length = dice.below(long).min(most);
    match dice.below(12) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
        1 if !bytes.is_empty() => bytes[at] = dice.bytes::<1>()[0],
        2 if !bytes.is_empty() => bytes[at] = EDGES[dice.below(5)] as u8,
        3 if !bytes.is_empty() => bytes[at] = bytes[at].wrapping_add(1 + dice.below(16) as u8),
        4 => drop(bytes.drain(at..at + length)),
        5 => {
            let copy = bytes[at..at + length].to_vec();
            let to = dice.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        6 => {
            let edge = EDGES[dice.below(EDGES.len())];
            let width = 1 << dice.below(4);
            let number = match dice.chance(500) {
                true => edge.to_be_bytes()[8 - width..].to_vec(),
                false => edge.to_le_bytes()[..width].to_vec(),
            };
            let end = (at + width).min(bytes.len());
            bytes.splice(at..end, number);
        }
        7 => {
            if let Some(word) = dice.pick(words) {
                let end = if dice.chance(500) { at + length } else { at };
                bytes.splice(at..end, word.bytes());
            }
        }
        8 => {
            if let Some(other) = dice.pick(others) {
                let from = dice.below(other.len());
                let until = from + dice.below(other.len() - from + 1);
                let end = if dice.chance(500) { at + length } else { at };
                bytes.splice(at..end, other[from..until].iter().copied());
            }
        }
        9 => bytes.truncate(at),
        10 => {
            let some = dice.bytes::<8>();
            bytes.splice(at..at, some[..dice.below(9)].iter().copied());
        }
        _ => {
            // Two stretches change places.
            let to = dice.below(bytes.len());
            let length = length.min(bytes.len() - to.max(at));
            for step in 0..length {
                bytes.swap(at + step, to + step);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_comes_from_the_seed_and_reaches_everything() {
        let seeds = [b"BEGIN:VEVENT".to_vec(), Vec::new(), vec![0; 300]];
        let all = |seed| -> Vec<Vec<u8>> {
            let mut dice = Dice::new(seed);
            (0..3000)
                .map(|round| mutated(&seeds[round % 3], &seeds, &["END", "\r\n"], &mut dice))
                .collect()
        };
        let some = all(1);
        assert_eq!(some, all(1));
        assert_ne!(some, all(2));
        let of_first: Vec<_> = some.iter().step_by(3).collect();
        assert!(of_first.iter().any(|bytes| bytes.len() < 12));
        assert!(of_first.iter().any(|bytes| bytes.len() > 100));
        let changed = |at: usize| {
            of_first
                .iter()
                .any(|bytes| bytes.len() == 12 && bytes[at] != seeds[0][at])
        };
        assert!((0..12).all(changed));
    }
}
