//! Fills chairs: day by day, time forwards, whoever is due and fits. What comes out keeps the practice's own
//! rules: no chair, doctor's minute or patient twice, nobody outside hours or in a block-out.

use std::collections::BTreeSet;

use clinic::{BlockPolicy, BlockTarget};

use super::blocks::place_of;
use super::courses::Course;
use super::dice::Dice;
use super::families::Person;
use super::kinds::{EMER, KINDS, PROVIDER_BITS, UNITS};
use super::roster::{CLOSE, OPEN, Roster};
use super::{DemoSize, DemoSpec};

/// A visit by index: small, because there may be a quarter of a million.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub day: u32,
    /// Of the day, wall time.
    pub minute: u16,
    pub kind: u8,
    pub location: u8,
    pub operatory: u8,
    pub provider: u8,
    pub fate: Fate,
    /// Uses what its kind needs of the equipment; false in a demo without any.
    pub is_equipped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    Cancelled,
    NoShow,
}

/// Visits start on this grid.
const GRID_MINUTES: u16 = 10;
const UNIT: u16 = 5;
/// A patient is not seen twice within so many days.
const REST_DAYS: u32 = 4;

/// The units of five minutes from the time the doors open, as bits.
fn bits(from: u16, until: u16) -> u128 {
    let unit = |minute: u16| u32::from(minute.clamp(OPEN, CLOSE + 60) - OPEN) / u32::from(UNIT);
    ones(unit(until)) & !ones(unit(from))
}

fn ones(count: u32) -> u128 {
    if count >= 128 { u128::MAX } else { (1 << count) - 1 }
}

/// One location on one day, as it fills up.
struct Day<'a> {
    roster: &'a Roster,
    location: usize,
    day: u32,
    /// By operatory: taken or blocked.
    chairs: Vec<u128>,
    /// By operatory: kept for emergencies.
    kept: Vec<u128>,
    /// By operatory: who usually works there.
    usual: Vec<Option<usize>>,
    /// By provider: not at work here.
    away: Vec<u128>,
    /// By provider: needed at a chair.
    busy: Vec<u128>,
}

impl<'a> Day<'a> {
    fn empty(roster: &'a Roster, location: usize, day: u32) -> Day<'a> {
        let operatories = &roster.operatories[location];
        let mut chairs = vec![!bits(OPEN, CLOSE); operatories.len()];
        let mut kept = vec![0; operatories.len()];
        let mut away: Vec<u128> = (0..roster.providers.len())
            .map(|provider| match place_of(roster, provider, day) {
                Some(place) if place == location => {
                    let until = roster.providers[provider].schedule.hours[0].until;
                    !bits(OPEN, until.hour() as u16 * 60 + until.minute() as u16)
                }
                _ => u128::MAX,
            })
            .collect();
        for block in roster.blocks_on(location, day) {
            let blocked = bits(block.from, block.until);
            match block.target {
                BlockTarget::Location(_) => chairs.iter_mut().for_each(|chair| *chair |= blocked),
                BlockTarget::Provider(id) => {
                    let index = roster
                        .providers
                        .iter()
                        .position(|p| p.id == id)
                        .expect("blocks name providers of the roster");
                    away[index] |= blocked;
                }
                BlockTarget::Operatory(id) => {
                    let index = operatories
                        .iter()
                        .position(|o| o.id == id)
                        .expect("blocks name chairs of the location");
                    match block.policy {
                        BlockPolicy::RestrictedTo(_) => kept[index] |= blocked,
                        _ => chairs[index] |= blocked,
                    }
                }
            }
        }
        let busy = vec![0; roster.providers.len()];
        let usual = operatories
            .iter()
            .map(|chair| {
                chair
                    .usual_provider
                    .and_then(|id| roster.providers.iter().position(|p| p.id == id))
            })
            .collect();
        Day {
            roster,
            location,
            day,
            chairs,
            kept,
            usual,
            away,
            busy,
        }
    }

    fn is_free(&self, chair: usize, minute: u16) -> bool {
        self.chairs[chair] & bits(minute, minute + UNIT) == 0
    }

    /// Who could do this kind of visit there and then; `first` is asked before the others.
    fn provider_for(&self, chair: usize, minute: u16, kind: u8, first: Option<usize>) -> Option<usize> {
        let about = &KINDS[usize::from(kind)];
        let units = UNITS[usize::from(kind)];
        let from = u32::from(minute - OPEN) / u32::from(UNIT);
        let whole = ones(units) << from;
        let buffer = u32::from(about.buffer_after_minutes / UNIT);
        let with_buffer = ones(units + buffer) << from;
        let inside = bits(OPEN, CLOSE);
        if self.chairs[chair] & (with_buffer & inside | whole) != 0
            || (kind != EMER && self.kept[chair] & whole != 0)
        {
            return None;
        }
        let needed = PROVIDER_BITS[usize::from(kind)] << from;
        let usual = self.usual[chair];
        let everybody = 0..self.roster.providers.len();
        first.into_iter().chain(usual).chain(everybody).find(|&provider| {
            about.by.contains(&self.roster.providers[provider].kind)
                && self.away[provider] & whole == 0
                && self.busy[provider] & needed == 0
        })
    }

    fn take(&mut self, chair: usize, minute: u16, kind: u8, provider: usize) {
        let about = &KINDS[usize::from(kind)];
        let from = u32::from(minute - OPEN) / u32::from(UNIT);
        let buffer = u32::from(about.buffer_after_minutes / UNIT);
        self.chairs[chair] |= ones(UNITS[usize::from(kind)] + buffer) << from;
        self.busy[provider] |= PROVIDER_BITS[usize::from(kind)] << from;
    }

    fn visit(&self, chair: usize, minute: u16, kind: u8, provider: usize, fate: Fate) -> Visit {
        Visit {
            day: self.day,
            minute,
            kind,
            location: self.location as u8,
            operatory: chair as u8,
            provider: provider as u8,
            fate,
            is_equipped: false,
        }
    }
}

/// The patients of one location: who is due when.
struct Queue {
    due: BTreeSet<(u32, u32)>,
    /// Patients still to turn up, latest first.
    coming: Vec<u32>,
    everyone: Vec<u32>,
}

struct Filling<'a> {
    roster: &'a Roster,
    people: &'a [Person],
    /// By location.
    doctors: Vec<Vec<usize>>,
    dice: Dice,
    courses: Vec<Course>,
    due: Vec<u32>,
    /// By patient: the day after which they may be seen again.
    rested: Vec<u32>,
    visits: Vec<Vec<Visit>>,
}

/// Every visit, by patient, in order of time.
pub(crate) fn fill(spec: &DemoSpec, roster: &Roster, people: &[Person]) -> Vec<Vec<Visit>> {
    let mut dice = Dice::new(spec.seed, 3);
    let spread = if spec.size == DemoSize::Small { 24 } else { 60 };
    let courses = people
        .iter()
        .map(|person| {
            if person.arrives == 0 {
                Course::under_way(&mut dice)
            } else {
                Course::begin(&mut dice)
            }
        })
        .collect();
    let due: Vec<u32> = people
        .iter()
        .map(|person| {
            if person.arrives == 0 {
                dice.below(spread)
            } else {
                person.arrives
            }
        })
        .collect();
    let mut queues: Vec<Queue> = (0..roster.locations.len())
        .map(|home| {
            let everyone: Vec<u32> = people
                .iter()
                .filter(|p| p.home == home)
                .map(|p| p.index)
                .collect();
            let mut coming: Vec<u32> = everyone
                .iter()
                .copied()
                .filter(|&p| people[p as usize].arrives > 0)
                .collect();
            coming.sort_by_key(|&p| std::cmp::Reverse((people[p as usize].arrives, p)));
            let here = everyone.iter().filter(|&&p| people[p as usize].arrives == 0);
            Queue {
                due: here.map(|&p| (due[p as usize], p)).collect(),
                coming,
                everyone,
            }
        })
        .collect();
    let mut filling = Filling {
        roster,
        people,
        doctors: doctors(roster),
        dice,
        courses,
        due,
        rested: vec![0; people.len()],
        visits: vec![Vec::new(); people.len()],
    };
    let mut wanted = wanted(spec, roster, &mut filling.dice);
    // What did not fit one day is made up for on the next.
    let mut owed = 0;
    for day in (0..roster.window.days()).filter(|day| roster.is_open(*day)) {
        for location in 0..roster.locations.len() {
            let quota = std::mem::take(&mut wanted[location][day as usize]) + owed;
            owed = quota - filling.fill_day(&mut queues[location], location, day, quota);
        }
    }
    filling.visits
}

/// How many visits each location should have each day.
fn wanted(spec: &DemoSpec, roster: &Roster, dice: &mut Dice) -> Vec<Vec<u32>> {
    let today = roster.window.today_index();
    let days = roster.window.days();
    // Hundredths of a visit per chair, before scaling.
    let density = |day: u32| -> u64 {
        match (spec.size, day.cmp(&today)) {
            (DemoSize::Small, std::cmp::Ordering::Less) => 620,
            (DemoSize::Small, std::cmp::Ordering::Equal) => 1150,
            (DemoSize::Small, std::cmp::Ordering::Greater) => 880 - u64::from(day - today) * 13,
            (DemoSize::Full, std::cmp::Ordering::Less) => 280 + 640 * u64::from(day) / u64::from(today),
            (DemoSize::Grown { .. }, std::cmp::Ordering::Less) => 700,
            (DemoSize::Full | DemoSize::Grown { .. }, std::cmp::Ordering::Equal) => 1200,
            (DemoSize::Full | DemoSize::Grown { .. }, std::cmp::Ordering::Greater) => match day - today {
                near @ 1..90 => 900 - u64::from(near) * 9,
                far => 70_u64.saturating_sub(u64::from(far) / 8).max(25),
            },
        }
    };
    let mut shares: Vec<(u32, usize, u64)> = Vec::new();
    for day in (0..days).filter(|day| roster.is_open(*day)) {
        for (location, chairs) in roster.operatories.iter().enumerate() {
            let around = 100 + if day == today { 0 } else { dice.between(-12, 12) };
            shares.push((day, location, density(day) * chairs.len() as u64 * around as u64));
        }
    }
    let sum: u64 = shares.iter().map(|share| share.2).sum();
    let total = match spec.size {
        DemoSize::Small => sum / 10_000,
        DemoSize::Full => 250_000,
        DemoSize::Grown { visits } => visits.into(),
    };
    let mut wanted = vec![vec![0; days as usize]; roster.locations.len()];
    let (mut so_far, mut given) = (0, 0);
    for (day, location, share) in shares {
        so_far += share;
        let until_here = so_far * total / sum;
        wanted[location][day as usize] = (until_here - given) as u32;
        given = until_here;
    }
    wanted
}

impl Filling<'_> {
    /// Places up to `quota` visits; answers how many.
    fn fill_day(&mut self, queue: &mut Queue, location: usize, day: u32, quota: u32) -> u32 {
        while let Some(&next) = queue
            .coming
            .last()
            .filter(|&&p| self.people[p as usize].arrives <= day)
        {
            queue.coming.pop();
            queue.due.insert((self.due[next as usize], next));
        }
        let mut chart = Day::empty(self.roster, location, day);
        let mut chairs: Vec<usize> = (0..chart.chairs.len()).collect();
        let mut placed = 0;
        for minute in (OPEN..CLOSE).step_by(usize::from(GRID_MINUTES)) {
            // Spread over the day, a little ahead of the clock so that the evening need not catch up.
            let pace = quota * u32::from(minute - OPEN + 60) / u32::from(CLOSE - OPEN - 60) + 1;
            self.dice.shuffle(&mut chairs);
            for &chair in &chairs {
                if placed >= quota.min(pace) {
                    break;
                }
                if chart.is_free(chair, minute) && self.place(&mut chart, queue, chair, minute) {
                    placed += 1;
                }
            }
        }
        placed
    }

    /// Finds somebody for a free chair.
    fn place(&mut self, chart: &mut Day<'_>, queue: &mut Queue, chair: usize, minute: u16) -> bool {
        let day = chart.day;
        let is_kept = chart.kept[chair] & bits(minute, minute + UNIT) != 0;
        if is_kept || self.dice.per_mille(25) {
            let patient = *self.dice.pick(&queue.everyone);
            let known = self.people[patient as usize].arrives < day && self.rested[patient as usize] <= day;
            let provider = if known {
                chart.provider_for(chair, minute, EMER, None)
            } else {
                None
            };
            return match provider {
                Some(provider) if !is_kept || self.dice.per_mille(400) => {
                    self.book(chart, chair, minute, EMER, provider, patient, Fate::Kept);
                    true
                }
                _ => false,
            };
        }
        let mut found = None;
        // Kinds for which nobody is free: that does not depend on the patient.
        let mut hopeless = 0_u16;
        for &(due, patient) in queue
            .due
            .iter()
            .filter(|(_, p)| self.rested[*p as usize] <= day)
            .take(24)
        {
            let kind = self.courses[patient as usize].kind();
            if due > day + 45 {
                break;
            }
            if hopeless & (1 << kind) != 0 {
                continue;
            }
            if let Some(provider) =
                chart.provider_for(chair, minute, kind, self.own_doctor(patient, chart.location))
            {
                found = Some((due, patient, kind, provider));
                break;
            }
            hopeless |= 1 << kind;
        }
        let Some((due, patient, kind, provider)) = found else {
            return false;
        };
        let is_past = day <= self.roster.window.today_index();
        let fate = match self.dice.below(1000) {
            0..25 => Fate::Cancelled,
            25..55 if is_past => Fate::NoShow,
            _ => Fate::Kept,
        };
        self.book(chart, chair, minute, kind, provider, patient, fate);
        queue.due.remove(&(due, patient));
        let days = match fate {
            Fate::Kept => self.courses[patient as usize].advance(&mut self.dice),
            Fate::Cancelled | Fate::NoShow => 5 + self.dice.below(9),
        };
        self.due[patient as usize] = day + days.max(REST_DAYS);
        queue.due.insert((self.due[patient as usize], patient));
        true
    }

    fn book(
        &mut self,
        chart: &mut Day<'_>,
        chair: usize,
        minute: u16,
        kind: u8,
        provider: usize,
        patient: u32,
        fate: Fate,
    ) {
        // A chair called off in good time is given to somebody else in half the cases.
        if fate != Fate::Cancelled || self.dice.per_mille(500) {
            chart.take(chair, minute, kind, provider);
        }
        self.visits[patient as usize].push(chart.visit(chair, minute, kind, provider, fate));
        self.rested[patient as usize] = chart.day + REST_DAYS;
    }

    /// Patients keep their doctor where they can.
    fn own_doctor(&self, patient: u32, location: usize) -> Option<usize> {
        let doctors = &self.doctors[location];
        doctors.get(patient as usize / 3 % doctors.len().max(1)).copied()
    }
}

/// The doctors whose home each location is.
fn doctors(roster: &Roster) -> Vec<Vec<usize>> {
    let is_doctor_of = |provider: &clinic::Provider, home| {
        provider.kind == clinic::ProviderKind::Doctor
            && provider
                .schedule
                .hours
                .first()
                .is_some_and(|h| h.location == home)
    };
    roster
        .locations
        .iter()
        .map(|home| {
            (0..roster.providers.len())
                .filter(|&p| is_doctor_of(&roster.providers[p], home.id))
                .collect()
        })
        .collect()
}
