//! Taken time, compact and always in memory: 28 bytes a visit plus its place in a day's list. Kept in step
//! with every change; openings are found in it without asking the store.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use jiff::Timestamp;

use crate::{
    Appointment, AppointmentTypeId, AssistantNeed, BlockPolicy, BlockTarget, Change, Entity, EquipmentNeed,
    OperatoryId, PatientId, ProviderId, TimeBlock, TimePattern, VisitLimit,
};

/// Every visit that takes time and every block-out, by day.
#[derive(Debug, Clone, Default)]
pub struct BusyCalendar {
    pub(super) operatories: Numbers<OperatoryId>,
    pub(super) providers: Numbers<ProviderId>,
    pub(super) patients: Numbers<PatientId>,
    pub(super) patterns: Numbers<TimePattern>,
    kinds: Numbers<AppointmentTypeId>,
    equipment: Numbers<Vec<EquipmentNeed>>,
    /// Second providers with the units in which they are needed.
    pub(super) seconds: Numbers<Option<(ProviderId, TimePattern)>>,
    /// By day since 1970 in UTC. Visits lie in the day in which they begin, blocks in each that they touch.
    days: BTreeMap<i32, Day>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Day {
    pub visits: Vec<Visit>,
    pub blocks: Vec<Block>,
}

/// A visit; people and places by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visit {
    /// Minutes since 1970 UTC.
    pub minute: i32,
    pub operatory: u32,
    pub provider: u32,
    pub patient: u32,
    pub pattern: u32,
    pub before_minutes: u8,
    pub after_minutes: u8,
    /// The type's; beyond sixty-five thousand types all are one.
    pub kind: u16,
    /// There are as many lists as types of visits have had, a few dozen.
    equipment: u16,
    pub assistant: AssistantNeed,
    /// As many as pairs of a provider and a pattern, a few hundred.
    pub second: u16,
}

/// Whom and what a limit counts; `Some(None)` is nobody.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    provider: Option<Option<u32>>,
    kind: Option<Option<u16>>,
}

impl Counted {
    pub fn has(self, visit: &Visit) -> bool {
        self.provider.is_none_or(|number| number == Some(visit.provider))
            && self.kind.is_none_or(|number| number == Some(visit.kind))
    }
}

/// The part of a block-out that lies in one UTC day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Minutes since 1970 UTC: `[from, until)`.
    pub from: i32,
    pub until: i32,
    pub target: BlockTarget,
    pub policy: BlockPolicy,
    pub title: String,
}

pub(super) const DAY_MINUTES: i32 = 24 * 60;

impl BusyCalendar {
    /// From everything there is; what takes no time is passed over.
    pub fn build<'a>(
        appointments: impl IntoIterator<Item = &'a Appointment>,
        time_blocks: impl IntoIterator<Item = &'a TimeBlock>,
    ) -> Self {
        let mut busy = Self::default();
        appointments
            .into_iter()
            .for_each(|visit| busy.add_appointment(visit));
        time_blocks
            .into_iter()
            .for_each(|block| busy.add_time_block(block));
        busy.shrink();
        busy
    }

    /// Gives back what growing lists keep in reserve; worth it once after loading.
    pub fn shrink(&mut self) {
        for day in self.days.values_mut() {
            day.visits.shrink_to_fit();
            day.blocks.shrink_to_fit();
        }
    }

    /// Adds a visit, if it takes time.
    pub fn add_appointment(&mut self, visit: &Appointment) {
        if visit.takes_time() {
            let record = self.number(visit);
            self.days
                .entry(day_of(record.minute))
                .or_default()
                .visits
                .push(record);
        }
    }

    pub fn add_time_block(&mut self, block: &TimeBlock) {
        for (day, part) in parts(block) {
            self.days.entry(day).or_default().blocks.push(part);
        }
    }

    /// Keeps in step with a change; other records pass by.
    pub fn apply(&mut self, change: &Change) {
        match &change.before {
            Some(Entity::Appointment(visit)) if visit.takes_time() => self.remove_appointment(visit),
            Some(Entity::TimeBlock(block)) => self.remove_time_block(block),
            _ => {}
        }
        match &change.after {
            Some(Entity::Appointment(visit)) => self.add_appointment(visit),
            Some(Entity::TimeBlock(block)) => self.add_time_block(block),
            _ => {}
        }
    }

    /// How many visits are in it.
    pub fn visits(&self) -> usize {
        self.days.values().map(|day| day.visits.len()).sum()
    }

    /// Bytes on the heap, about.
    pub fn memory_bytes(&self) -> usize {
        let lists: usize = self
            .days
            .values()
            .map(|day| {
                day.visits.capacity() * size_of::<Visit>()
                    + day.blocks.capacity() * size_of::<Block>()
                    + size_of::<(i32, Day)>()
            })
            .sum();
        lists
            + self.operatories.memory_bytes()
            + self.providers.memory_bytes()
            + self.patients.memory_bytes()
            + self.patterns.memory_bytes()
            + self.kinds.memory_bytes()
            + self.equipment.memory_bytes()
            + self.seconds.memory_bytes()
    }

    fn remove_appointment(&mut self, visit: &Appointment) {
        let record = self.number(visit);
        self.take_out(day_of(record.minute), |day| {
            // Two visits that are alike in all of this are alike for every question asked here.
            if let Some(at) = day.visits.iter().position(|other| *other == record) {
                day.visits.swap_remove(at);
            }
        });
    }

    fn remove_time_block(&mut self, block: &TimeBlock) {
        for (day, part) in parts(block) {
            self.take_out(day, |day| {
                if let Some(at) = day.blocks.iter().position(|other| *other == part) {
                    day.blocks.swap_remove(at);
                }
            });
        }
    }

    fn take_out(&mut self, day: i32, take: impl FnOnce(&mut Day)) {
        if let Some(records) = self.days.get_mut(&day) {
            take(records);
            if records.visits.is_empty() && records.blocks.is_empty() {
                self.days.remove(&day);
            }
        }
    }

    fn number(&mut self, visit: &Appointment) -> Visit {
        Visit {
            minute: minute_of(visit.starts_at.instant()),
            operatory: self.operatories.number(&visit.operatory),
            provider: self.providers.number(&visit.provider),
            patient: self.patients.number(&visit.patient),
            pattern: self.patterns.number(&visit.pattern),
            before_minutes: u8::try_from(visit.buffer_before_minutes).unwrap_or(u8::MAX),
            after_minutes: u8::try_from(visit.buffer_after_minutes).unwrap_or(u8::MAX),
            kind: small(self.kinds.number(&visit.appointment_type)),
            equipment: u16::try_from(self.equipment.number(&visit.equipment)).unwrap_or(u16::MAX),
            assistant: visit.assistant,
            second: small(self.seconds.number(&second_of(visit))),
        }
    }

    /// The record of a visit, if everything about it has been seen before.
    pub(super) fn record(&self, visit: &Appointment) -> Option<Visit> {
        Some(Visit {
            minute: minute_of(visit.starts_at.instant()),
            operatory: self.operatories.find(&visit.operatory)?,
            provider: self.providers.find(&visit.provider)?,
            patient: self.patients.find(&visit.patient)?,
            pattern: self.patterns.find(&visit.pattern)?,
            before_minutes: u8::try_from(visit.buffer_before_minutes).unwrap_or(u8::MAX),
            after_minutes: u8::try_from(visit.buffer_after_minutes).unwrap_or(u8::MAX),
            kind: small(self.kinds.find(&visit.appointment_type)?),
            equipment: u16::try_from(self.equipment.find(&visit.equipment)?).unwrap_or(u16::MAX),
            assistant: visit.assistant,
            second: small(self.seconds.find(&second_of(visit))?),
        })
    }

    /// What a visit uses.
    pub(super) fn needs_of(&self, visit: &Visit) -> &[EquipmentNeed] {
        self.equipment
            .names()
            .get(usize::from(visit.equipment))
            .map_or(&[], Vec::as_slice)
    }

    /// How many visits of some operatories begin in `[from, until)` and count for a limit (none: all), one of them left out.
    pub(crate) fn beginning_within(
        &self,
        is_here: impl Fn(OperatoryId) -> bool,
        (from, until): (Timestamp, Timestamp),
        limit: Option<&VisitLimit>,
        without: Option<&Appointment>,
    ) -> usize {
        let (from, until) = (minute_of(from), minute_of(until));
        let counted = limit.map(|limit| self.counted(limit));
        self.visits_without(day_of(from), day_of(until) + 1, without)
            .filter(|visit| {
                (from..until).contains(&visit.minute)
                    && counted.is_none_or(|counted| counted.has(visit))
                    && is_here(self.operatories.names()[visit.operatory as usize])
            })
            .count()
    }

    /// The visits that begin in the UTC days `[from, until)`, one of them left out.
    pub(super) fn visits_without(
        &self,
        from: i32,
        until: i32,
        without: Option<&Appointment>,
    ) -> impl Iterator<Item = &Visit> {
        let mut skip = without
            .filter(|visit| visit.takes_time())
            .and_then(|visit| self.record(visit));
        self.days(from, until)
            .flat_map(|day| &day.visits)
            .filter(move |visit| {
                let is_it = skip.as_ref() == Some(*visit);
                if is_it {
                    // Another visit just like it counts.
                    skip = None;
                }
                !is_it
            })
    }

    /// A limit in numbers.
    pub(super) fn counted(&self, limit: &VisitLimit) -> Counted {
        // What nobody has booked yet has no number, and no visit counts for it.
        Counted {
            provider: limit.provider.map(|id| self.providers.find(&id)),
            kind: limit.appointment_type.map(|id| self.kinds.find(&id).map(small)),
        }
    }

    /// The UTC days `[from, until)` that have something.
    pub(super) fn days(&self, from: i32, until: i32) -> impl Iterator<Item = &Day> {
        self.days.range(from..until).map(|(_, day)| day)
    }
}

fn second_of(visit: &Appointment) -> Option<(ProviderId, TimePattern)> {
    visit.second_provider.zip(visit.wanted_second())
}

fn small(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn parts(block: &TimeBlock) -> impl Iterator<Item = (i32, Block)> + '_ {
    let (from, until) = (minute_of(block.starts_at.instant()), minute_of(block.ends_at()));
    let last = if until > from {
        day_of(until - 1)
    } else {
        day_of(from) - 1
    };
    (day_of(from)..=last).map(move |day| {
        let part = Block {
            from: from.max(day * DAY_MINUTES),
            until: until.min((day + 1) * DAY_MINUTES),
            target: block.target,
            policy: block.policy.clone(),
            title: block.title.clone(),
        };
        (day, part)
    })
}

pub(super) fn day_of(minute: i32) -> i32 {
    minute.div_euclid(DAY_MINUTES)
}

/// Whole minutes since 1970 UTC. What is nineteen centuries away or more is put there.
pub(super) fn minute_of(instant: Timestamp) -> i32 {
    const FAR: i64 = 1_000_000_000;
    instant.as_second().div_euclid(60).clamp(-FAR, FAR) as i32
}

/// Small numbers for large names, given in order of appearance.
#[derive(Debug, Clone)]
pub(super) struct Numbers<T> {
    by_name: HashMap<T, u32>,
    names: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            by_name: HashMap::new(),
            names: Vec::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    fn number(&mut self, name: &T) -> u32 {
        if let Some(number) = self.by_name.get(name) {
            return *number;
        }
        let number =
            u32::try_from(self.names.len()).expect("a practice has fewer than four thousand million names");
        self.names.push(name.clone());
        self.by_name.insert(name.clone(), number);
        number
    }

    pub fn find(&self, name: &T) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    pub fn names(&self) -> &[T] {
        &self.names
    }

    fn memory_bytes(&self) -> usize {
        self.by_name.capacity() * (size_of::<(T, u32)>() + 1) + self.names.capacity() * size_of::<T>()
    }
}
