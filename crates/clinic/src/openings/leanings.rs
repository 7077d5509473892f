//! What a patient's kept visits say about them: with whom, in which operatory, on which weekday, before or after noon.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{Appointment, OperatoryId, ProviderId, Status, Weekday};

/// Fewer say nothing about a habit.
const FEWEST: usize = 3;

/// A habit, with how many of how many kept visits show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habit<T> {
    pub is: T,
    pub kept: u16,
    pub of: u16,
}

/// What speaks for some openings and against others because of who it is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leanings {
    /// Who treated them most.
    pub provider: Option<ProviderId>,
    pub operatory: Option<OperatoryId>,
    pub weekday: Option<Habit<Weekday>>,
    /// Before noon.
    pub is_morning: Option<Habit<bool>>,
    /// Wall days on which somebody of the family has a visit.
    pub family: Vec<Date>,
}

impl Leanings {
    /// Kept visits that are looked at, the latest ones.
    pub const LOOKED_AT: usize = 12;

    /// From a patient's visits, in any order; only those that took place count, the last [`Self::LOOKED_AT`] of them.
    pub fn of(visits: &[Appointment]) -> Leanings {
        let mut kept: Vec<&Appointment> = visits
            .iter()
            .filter(|visit| matches!(visit.status, Status::Completed | Status::CheckedOut))
            .collect();
        kept.sort_by_key(|visit| std::cmp::Reverse((visit.starts_at.instant(), visit.id)));
        kept.truncate(Self::LOOKED_AT);
        Leanings {
            provider: most(kept.iter().map(|visit| visit.provider)).map(|habit| habit.is),
            operatory: most(kept.iter().map(|visit| visit.operatory)).map(|habit| habit.is),
            weekday: most(kept.iter().map(|visit| Weekday::of(visit.starts_at.date()))).filter(is_habit),
            is_morning: most(kept.iter().map(|visit| visit.starts_at.wall.hour() < 12)).filter(is_habit),
            family: Vec::new(),
        }
    }

    /// `usually on Tuesdays (4 of 5 visits)`: what was learned, for whoever books.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(habit) = self.weekday {
            words.push(format!(
                "usually on {}s ({} of {} visits)",
                weekday_name(habit.is),
                habit.kept,
                habit.of
            ));
        }
        if let Some(habit) = self.is_morning {
            words.push(format!(
                "usually in the {} ({} of {} visits)",
                half_name(habit.is),
                habit.kept,
                habit.of
            ));
        }
        words
    }
}

pub(super) fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

pub(super) fn half_name(is_morning: bool) -> &'static str {
    if is_morning { "morning" } else { "afternoon" }
}

/// Two of three, of three or more.
fn is_habit<T>(habit: &Habit<T>) -> bool {
    usize::from(habit.of) >= FEWEST && habit.kept * 3 >= habit.of * 2
}

/// What comes most often; of two that come as often the one that came last. The latest must be first.
fn most<T: Ord + Copy>(latest_first: impl Iterator<Item = T>) -> Option<Habit<T>> {
    let mut counts: BTreeMap<T, (u16, usize)> = BTreeMap::new();
    let mut of = 0;
    for (at, value) in latest_first.enumerate() {
        counts.entry(value).or_insert((0, at)).0 += 1;
        of += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(_, (count, first))| (*count, std::cmp::Reverse(*first)))
        .map(|(is, (kept, _))| Habit { is, kept, of })
}
