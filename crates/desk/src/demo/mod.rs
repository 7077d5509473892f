//! The invented practice: an orthodontic office with believable days, made from a seed for trying out, tests,
//! pictures and benchmarks. The same seed, size and moment give the same practice on every platform.

mod blocks;
mod courses;
mod dice;
mod families;
mod fill;
mod furnishing;
mod kinds;
mod life;
mod names;
mod roster;

use clinic::{Author, Change, PracticeId, TimeError, WorkstationId, Zones};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use families::Person;
use fill::Visit;
use furnishing::Furnishing;
use roster::Roster;

/// How big a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoSize {
    /// Two locations, three weeks past and eight ahead, today full: for looking and trying.
    Small,
    /// Three locations in two zones, 12 providers, 30 operatories, 20,000 patients, 250,000 visits over
    /// five years past and one ahead: for measuring.
    Full,
    /// The same places and people with so many visits, at least 10,000: the next 90 days are always the same number, so that what
    /// grows is the past, and with it the patients. For measuring growth.
    Grown { visits: u32 },
}

/// How many visits [`DemoSize::Grown`] has from today on, and on each working day before.
const GROWN_AHEAD: u32 = 9_800;
const GROWN_A_DAY: u32 = 210;

impl DemoSize {
    pub fn from_name(name: &str) -> Option<DemoSize> {
        match name {
            "small" => Some(DemoSize::Small),
            "full" => Some(DemoSize::Full),
            _ => None,
        }
    }
}

/// What to invent.
#[derive(Debug, Clone)]
pub struct DemoSpec {
    pub size: DemoSize,
    pub seed: u64,
    /// The moment that divides past from future: statuses follow from it. Today is its date at the
    /// first location (America/New_York).
    pub now: Timestamp,
    pub practice: PracticeId,
    /// The workstation that is said to have booked everything.
    pub workstation: WorkstationId,
    /// With ideal weeks applied, equipment and assistants, as a practice has them after some months. Without them only the places,
    /// people and visits, which are the same but for what they use.
    pub is_furnished: bool,
}

/// 10:20 on that day at the first location: a good moment to look at a day sheet.
pub fn mid_morning(date: Date, zones: &Zones) -> Result<Timestamp, TimeError> {
    Ok(zones
        .resolve(date.at(10, 20, 0, 0), &roster::first_zone())?
        .instant())
}

/// A whole practice, invented but not yet written anywhere.
pub struct Demo {
    spec: DemoSpec,
    roster: Roster,
    furnishing: Option<Furnishing>,
    people: Vec<Person>,
    /// By patient, in order of time.
    visits: Vec<Vec<Visit>>,
}

/// The days it reaches over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub first: Date,
    pub today: Date,
    pub last: Date,
}

impl Window {
    fn of(size: DemoSize, today: Date) -> Window {
        let (back, ahead) = match size {
            DemoSize::Small => (21.days(), 56.days()),
            DemoSize::Full => (5.years(), 1.year()),
            DemoSize::Grown { visits } => {
                let working_days = visits.saturating_sub(GROWN_AHEAD) / GROWN_A_DAY;
                (((working_days * 7 / 5).max(1) as i32).days(), 90.days())
            }
        };
        let first = today.checked_sub(back).unwrap_or(Date::MIN);
        let last = today.checked_add(ahead).unwrap_or(Date::MAX);
        Window { first, today, last }
    }

    pub fn days(&self) -> u32 {
        days_between(self.first, self.last) as u32 + 1
    }

    pub fn today_index(&self) -> u32 {
        days_between(self.first, self.today) as u32
    }

    pub fn date(&self, index: u32) -> Date {
        self.first.checked_add((index as i32).days()).unwrap_or(self.last)
    }
}

pub(crate) fn days_between(from: Date, until: Date) -> i32 {
    from.until(until).map(|span| span.get_days()).unwrap_or(0)
}

impl Demo {
    /// Invents the practice. Fails only if the zone data lacks the demo's zones.
    pub fn invent(spec: DemoSpec, zones: &Zones) -> Result<Demo, TimeError> {
        let today = zones.at(spec.now, &roster::first_zone())?.date();
        let window = Window::of(spec.size, today);
        let mut roster = Roster::invent(&spec, window, zones)?;
        let founded = u64::try_from(spec.now.as_millisecond()).unwrap_or(0);
        let furnishing = spec
            .is_furnished
            .then(|| furnishing::furnish(&mut roster, spec.seed, founded));
        let people = families::invent(&spec, &roster);
        let mut visits = fill::fill(&spec, &roster, &people);
        if let Some(furnishing) = &furnishing {
            furnishing.lend(&roster, visits.iter_mut().flatten());
        }
        Ok(Demo {
            spec,
            roster,
            furnishing,
            people,
            visits,
        })
    }

    pub fn patient_count(&self) -> usize {
        self.people.len()
    }

    pub fn appointment_count(&self) -> usize {
        self.visits.iter().map(Vec::len).sum()
    }

    /// Practice, people who work here, locations, operatories, providers, kinds of visit, block-outs.
    pub fn roster(&self) -> Vec<Change> {
        let mut changes = self.roster.changes();
        if let Some(furnishing) = &self.furnishing {
            // Types name equipment: it comes first after the practice.
            changes.splice(1..1, furnishing.equipment.iter().cloned().map(Change::add));
        }
        changes
    }

    /// The ideal weeks and where they are applied, as this author keeps them; none in a demo that is not furnished.
    pub fn templates(&mut self, author: &Author) -> Vec<Change> {
        match &mut self.furnishing {
            Some(furnishing) => furnishing.templates(&self.roster, author),
            None => Vec::new(),
        }
    }

    /// Each patient with all visits: one list of changes per patient.
    pub fn patients(&self) -> impl Iterator<Item = Vec<Change>> + '_ {
        self.people.iter().zip(&self.visits).map(|(person, visits)| {
            let mut changes = Vec::with_capacity(1 + visits.len());
            changes.push(Change::add(person.patient.clone()));
            let mut dice = dice::Dice::new(self.spec.seed, life::stream(person.index));
            changes.extend(visits.iter().map(|visit| {
                Change::add(life::appointment(
                    &self.spec,
                    &self.roster,
                    person,
                    visit,
                    &mut dice,
                ))
            }));
            changes
        })
    }

    /// Everything in pieces of about `size` changes: the roster first, then patients, never one patient in two.
    pub fn batches(&self, size: usize) -> impl Iterator<Item = Vec<Change>> + '_ {
        let mut patients = self.patients();
        let grouped = std::iter::from_fn(move || {
            let mut batch = patients.next()?;
            while batch.len() < size {
                match patients.next() {
                    Some(more) => batch.extend(more),
                    None => break,
                }
            }
            Some(batch)
        });
        std::iter::once(self.roster()).chain(grouped)
    }
}

/// Chance for tests elsewhere in this crate.
#[cfg(test)]
pub(crate) fn testing_dice(seed: u64) -> dice::Dice {
    dice::Dice::new(seed, 0)
}

#[cfg(test)]
mod tests;
