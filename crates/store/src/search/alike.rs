//! Whether somebody who is to be added may be here already, written differently.

use clinic::{Patient, PatientId};

use super::fold::{fold, words};
use super::{Entry, Search, phones_of, sound, typo};

/// Fewer digits than these do not make two telephone numbers one, if only one has the country's code.
const LEAST_OF_A_WHOLE_NUMBER: usize = 7;
/// In words of so many letters two slips are looked for.
const LONG: usize = 8;

impl Search {
    /// Who may be the same person, the likeliest first: of the same names in any order, unless both birth dates are known and differ;
    /// or of similar names and born on the same day, or with a telephone number in common.
    pub fn similar(&self, patient: &Patient) -> Vec<PatientId> {
        let names = name_words(&patient.family_name, &patient.given_name);
        let phones = phones_of(patient);
        let mut found: Vec<(bool, &Entry)> = self
            .entries
            .iter()
            .flatten()
            .filter(|entry| entry.id != patient.id)
            .filter_map(|entry| {
                let is_same_day = entry.birth_date.is_some() && entry.birth_date == patient.birth_date;
                let may_be_same_day =
                    is_same_day || entry.birth_date.is_none() || patient.birth_date.is_none();
                let has_same_name = || {
                    let mut theirs: Vec<Box<str>> = words(&entry.sort);
                    theirs.sort_unstable();
                    theirs == names
                };
                if may_be_same_day && has_same_name() {
                    return Some((false, entry));
                }
                let shares_phone = || {
                    entry
                        .phones
                        .iter()
                        .any(|one| phones.iter().any(|other| is_same_phone(one, other)))
                };
                let theirs = || {
                    entry
                        .family
                        .iter()
                        .chain(&entry.given)
                        .map(AsRef::as_ref)
                        .collect()
                };
                ((is_same_day || shares_phone()) && are_similar(&names, theirs())).then_some((true, entry))
            })
            .collect();
        found.sort_unstable_by(|a, b| (a.0, &a.1.sort, a.1.id).cmp(&(b.0, &b.1.sort, b.1.id)));
        found.into_iter().map(|(_, entry)| entry.id).collect()
    }
}

fn name_words(family: &str, given: &str) -> Vec<Box<str>> {
    let mut all = words(&format!("{} {}", fold(family), fold(given)));
    all.sort_unstable();
    all
}

fn is_same_phone(one: &[u8], other: &[u8]) -> bool {
    let shorter = one.len().min(other.len());
    one == other || (shorter >= LEAST_OF_A_WHOLE_NUMBER && (one.ends_with(other) || other.ends_with(one)))
}

/// Each word of the name with fewer has one of the other that is written or sounds nearly so; two at the least.
fn are_similar(ours: &[Box<str>], theirs: Vec<&str>) -> bool {
    let ours: Vec<&str> = ours.iter().map(AsRef::as_ref).collect();
    let (fewer, mut left) = if ours.len() <= theirs.len() {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    fewer.len() > 1
        && fewer.iter().all(|word| {
            // What is written the same goes together first.
            let at = left
                .iter()
                .position(|other| other == word)
                .or_else(|| left.iter().position(|other| is_nearly(word, other)));
            at.map(|at| left.swap_remove(at)).is_some()
        })
}

fn is_nearly(one: &str, other: &str) -> bool {
    let is_long = one.chars().count().min(other.chars().count()) >= LONG;
    let is_one_letter = one.chars().count().min(other.chars().count()) < 2;
    if is_one_letter {
        return false;
    }
    let sounds = sound::codes(one);
    typo::within(one, other, if is_long { 2 } else { 1 })
        || sound::codes(other).iter().any(|code| sounds.contains(code))
}
