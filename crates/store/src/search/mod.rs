//! Finding a patient while the name is being typed: an index in memory, in step with every commit. Every word of
//! the query must fit the patient; names, phones, birth dates and chart numbers may be mixed in any order.

mod alike;
mod fold;
mod numbers;
mod sound;
mod typo;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use clinic::{Patient, PatientId};
use jiff::civil::Date;

pub(crate) use fold::words as fold_words;
use fold::{digits, fold};
use numbers::Number;
use typo::Pattern;

/// A patient that fits, with how well: 0 is exact, higher is looser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub id: PatientId,
    pub looseness: u16,
}

/// Fewer exact hits than this, and misspellings are looked at, too.
const FEW: usize = 4;
/// No fit.
const NONE: u16 = u16::MAX;
const TYPO: u16 = 16;
/// Behind one slip of the finger, before two.
const SOUND: u16 = 24;

struct Entry {
    id: PatientId,
    family: Vec<Box<str>>,
    given: Vec<Box<str>>,
    phones: Vec<Box<[u8]>>,
    birth_date: Option<Date>,
    chart: Box<str>,
    is_active: bool,
    /// Alphabetical order of equally good hits.
    sort: Box<str>,
}

#[derive(Default)]
pub(crate) struct Search {
    places: HashMap<PatientId, usize>,
    entries: Vec<Option<Entry>>,
    free: Vec<usize>,
    /// Every word of every name, with the entries that have it; each entry once.
    words: BTreeMap<Box<str>, Vec<u32>>,
    /// Words by how they sound.
    sounds: HashMap<Box<str>, Vec<Box<str>>>,
}

impl Search {
    pub fn put(&mut self, patient: &Patient) {
        self.remove(patient.id);
        let family = fold_words(&patient.family_name);
        let mut given = fold_words(&patient.given_name);
        given.extend(fold_words(&patient.preferred_name));
        let phones = phones_of(patient);
        let entry = Entry {
            id: patient.id,
            family,
            given,
            phones,
            birth_date: patient.birth_date,
            chart: fold(&patient.chart_number).into(),
            is_active: patient.is_active,
            sort: format!("{}\u{0}{}", fold(&patient.family_name), fold(&patient.given_name)).into(),
        };
        let place = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.entries.len() - 1
        });
        for word in entry.family.iter().chain(&entry.given) {
            let holders = match self.words.get_mut(word) {
                Some(holders) => holders,
                None => {
                    for code in sound::codes(word) {
                        self.sounds.entry(code).or_default().push(word.clone());
                    }
                    self.words.entry(word.clone()).or_default()
                }
            };
            if !holders.contains(&(place as u32)) {
                holders.push(place as u32);
            }
        }
        self.entries[place] = Some(entry);
        self.places.insert(patient.id, place);
    }

    pub fn remove(&mut self, id: PatientId) {
        let Some(place) = self.places.remove(&id) else {
            return;
        };
        let Some(entry) = self.entries[place].take() else {
            return;
        };
        for word in entry.family.iter().chain(&entry.given) {
            if let Some(holders) = self.words.get_mut(word) {
                holders.retain(|holder| *holder != place as u32);
                if holders.is_empty() {
                    self.words.remove(word);
                    for code in sound::codes(word) {
                        if let Some(words) = self.sounds.get_mut(&code) {
                            words.retain(|known| known != word);
                            if words.is_empty() {
                                self.sounds.remove(&code);
                            }
                        }
                    }
                }
            }
        }
        self.free.push(place);
    }

    /// The best `limit` hits; nothing for an empty query.
    pub fn find(&self, text: &str, limit: usize) -> Vec<Found> {
        let query = Query::parse(text);
        if query.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut looseness = self.match_all(&query, false);
        if looseness.iter().filter(|value| **value != NONE).take(FEW).count() < FEW.min(limit)
            && !query.names.is_empty()
        {
            looseness = self.match_all(&query, true);
        }
        self.best(&looseness, limit)
    }

    fn match_all(&self, query: &Query, with_typos: bool) -> Vec<u16> {
        let nothing = || vec![NONE; self.entries.len()];
        let mut fits: Vec<Vec<u16>> = Vec::with_capacity(query.names.len() + query.numbers.len());
        for name in &query.names {
            let mut one = nothing();
            self.match_name(name, with_typos, &mut one);
            fits.push(one);
        }
        for number in &query.numbers {
            let mut one = nothing();
            for (slot, entry) in one.iter_mut().zip(&self.entries) {
                if let Some(entry) = entry {
                    *slot = number
                        .fit(&entry.phones, entry.birth_date, &entry.chart)
                        .unwrap_or(NONE);
                }
            }
            fits.push(one);
        }
        if with_typos && fits.len() > 1 {
            self.forgive_short(&query.names, &mut fits);
        }
        let mut total = vec![0u16; self.entries.len()];
        for one in &fits {
            add(&mut total, one);
        }
        for (value, entry) in total.iter_mut().zip(&self.entries) {
            if entry.is_none() {
                *value = NONE;
            }
        }
        total
    }

    /// A slip in a short word counts where something else of the query fits the same patient: alone such a word is like too
    /// many others. `fits`: of the names and then the numbers.
    fn forgive_short(&self, names: &[Box<str>], fits: &mut [Vec<u16>]) {
        for (at, name) in names.iter().enumerate() {
            if !typo::is_short(name) {
                continue;
            }
            for (place, entry) in self.entries.iter().enumerate() {
                let Some(entry) = entry else { continue };
                let is_known = fits
                    .iter()
                    .enumerate()
                    .any(|(other, fit)| other != at && fit[place] != NONE);
                if fits[at][place] == NONE
                    && is_known
                    && entry
                        .family
                        .iter()
                        .chain(&entry.given)
                        .any(|word| typo::within(name, word, 1))
                {
                    fits[at][place] = TYPO + 1;
                }
            }
        }
    }

    fn match_name(&self, name: &str, with_typos: bool, slots: &mut [u16]) {
        let mut mark = |holders: &[u32], value: u16| {
            for holder in holders {
                let slot = &mut slots[*holder as usize];
                *slot = (*slot).min(value);
            }
        };
        for (word, holders) in self
            .words
            .range::<str, _>((std::ops::Bound::Included(name), std::ops::Bound::Unbounded))
        {
            if !word.starts_with(name) {
                break;
            }
            mark(holders, if word.len() == name.len() { 0 } else { 2 });
        }
        // A chart number may be letters only.
        if with_typos {
            let pattern = Pattern::new(name);
            for (word, holders) in &self.words {
                if let Some(edits) = pattern.prefix_distance(word) {
                    mark(holders, TYPO * edits);
                }
            }
            for code in sound::codes(name) {
                for word in self.sounds.get(&code).into_iter().flatten() {
                    if let Some(holders) = self.words.get(word).filter(|_| **word != *name) {
                        mark(holders, SOUND);
                    }
                }
            }
        }
        for (slot, entry) in slots.iter_mut().zip(&self.entries) {
            let Some(entry) = entry else { continue };
            if *slot == NONE {
                if !entry.chart.is_empty() && entry.chart.starts_with(name) {
                    *slot = 3;
                }
            } else if !entry.family.iter().any(|word| word.starts_with(name)) {
                // Found by the given name: a little behind.
                *slot += 1;
            }
        }
    }

    fn best(&self, looseness: &[u16], limit: usize) -> Vec<Found> {
        let hits = looseness
            .iter()
            .zip(&self.entries)
            .filter(|(value, _)| **value != NONE)
            .filter_map(|(value, entry)| entry.as_ref().map(|entry| (*value, entry)));
        let order = |a: &(u16, &Entry), b: &(u16, &Entry)| -> Ordering {
            (a.0, !a.1.is_active)
                .cmp(&(b.0, !b.1.is_active))
                .then_with(|| a.1.sort.cmp(&b.1.sort))
                .then_with(|| a.1.id.cmp(&b.1.id))
        };
        // Thousands may fit the first digits of a number: each is compared with the last of the best only.
        let mut best: Vec<(u16, &Entry)> = Vec::new();
        for hit in hits {
            if best.len() == limit && best.last().is_some_and(|last| order(&hit, last).is_gt()) {
                continue;
            }
            let at = best.partition_point(|other| order(other, &hit).is_lt());
            best.insert(at, hit);
            best.truncate(limit);
        }
        best.into_iter()
            .map(|(looseness, entry)| Found {
                id: entry.id,
                looseness,
            })
            .collect()
    }
}

/// Digits of all telephone numbers under which the patient may call.
fn phones_of(patient: &Patient) -> Vec<Box<[u8]>> {
    let mut phones = Vec::new();
    let party = patient
        .responsible_party
        .as_ref()
        .map_or("", |party| party.phone.as_str());
    for phone in [patient.mobile_phone.as_str(), patient.home_phone.as_str(), party] {
        let phone = digits(phone).into_bytes().into_boxed_slice();
        if !phone.is_empty() && !phones.contains(&phone) {
            phones.push(phone);
        }
    }
    phones
}

fn add(total: &mut [u16], one: &[u16]) {
    for (total, one) in total.iter_mut().zip(one) {
        *total = if *total == NONE || *one == NONE {
            NONE
        } else {
            total.saturating_add(*one).min(NONE - 1)
        };
    }
}

/// What was typed, taken apart.
struct Query {
    names: Vec<Box<str>>,
    numbers: Vec<Number>,
}

impl Query {
    fn parse(text: &str) -> Query {
        let mut query = Query {
            names: Vec::new(),
            numbers: Vec::new(),
        };
        // Only digits and what people write between them: one phone number, date or chart number.
        let has_letters = text.chars().any(char::is_alphabetic);
        if !has_letters && text.chars().any(|letter| letter.is_ascii_digit()) {
            query.numbers.push(Number::parse(text.trim()));
            return query;
        }
        for word in text.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty()) {
            if word.chars().any(|letter| letter.is_ascii_digit()) {
                query.numbers.push(Number::parse(word));
            } else {
                query.names.extend(fold_words(word));
            }
        }
        query
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty() && self.numbers.is_empty()
    }
}

#[cfg(test)]
mod tests;
