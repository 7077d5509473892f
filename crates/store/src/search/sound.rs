//! Names that sound alike and are written differently: Meyer and Maier, Stephen and Steven. Somebody on the telephone spells
//! nothing, and whoever is here under another spelling must not become a second patient.

use rphonetic::DoubleMetaphone;

/// Shorter words sound like too many others.
const SHORTEST: usize = 4;
/// Long enough to tell names apart, short enough for a name's beginning to decide.
const LETTERS: usize = 6;

/// How a folded word sounds, once or in two ways, after Lawrence Philips' Double Metaphone (C/C++ Users Journal, June 2000); none for
/// what is short or has no letters that it knows.
pub(super) fn codes(word: &str) -> Vec<Box<str>> {
    if word.chars().count() < SHORTEST || !word.is_ascii() {
        return Vec::new();
    }
    let sounds = DoubleMetaphone::new(Some(LETTERS)).double_metaphone(word);
    let mut codes: Vec<Box<str>> = [sounds.primary(), sounds.alternate()]
        .into_iter()
        .filter(|code| code.len() > 1)
        .map(Box::from)
        .collect();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_shares_a_code() {
        for (one, other) in [
            ("meyer", "maier"),
            ("stephen", "steven"),
            ("catherine", "kathryn"),
            ("smith", "schmidt"),
            ("phillips", "filips"),
            ("shaun", "shawn"),
        ] {
            let (one, other) = (codes(one), codes(other));
            assert!(one.iter().any(|code| other.contains(code)), "{one:?} {other:?}");
        }
    }

    #[test]
    fn what_does_not_has_none_in_common() {
        for (one, other) in [
            ("rivera", "sharma"),
            ("montgomery", "murphy"),
            ("adeyemi", "adams"),
        ] {
            let (one, other) = (codes(one), codes(other));
            assert!(!one.iter().any(|code| other.contains(code)), "{one:?} {other:?}");
        }
    }

    #[test]
    fn short_and_foreign_letters_have_no_sound() {
        assert!(codes("ana").is_empty());
        assert!(codes("李小龙李").is_empty());
        assert!(codes("1234").is_empty());
    }
}
