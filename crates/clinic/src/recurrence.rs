//! What recurs: from a rule to dates. The dates become records of their own.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Invalid, Weekday};

/// Occurrences of one series at the most: every working day of four years.
pub const MAX_OCCURRENCES: usize = 1_000;
/// Years that one series covers at the most.
pub const MAX_SERIES_YEARS: i16 = 10;

/// On which dates something is there again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    pub repeat: Repeat,
    pub ends: Ends,
    /// Dates on which it is not.
    #[serde(default)]
    pub except: Vec<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Repeat {
    /// Every nth day.
    Daily { every: u16 },
    /// On weekdays (none: the first date’s) of every nth week; weeks begin on Monday.
    Weekly { every: u16, weekdays: Vec<Weekday> },
    /// On the first date’s day of every nth month; months that lack it are passed over.
    MonthlyOnDate { every: u16 },
    /// On the first date’s weekday of every nth month: the same first to fourth one, or the last.
    MonthlyOnWeekday { every: u16, is_last: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// The last date on which it may be.
    Until(Date),
    /// After so many times; exceptions count.
    Count(u32),
}

/// The dates that a rule comes to, and those that it passes over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleDates {
    /// In order.
    pub dates: Vec<Date>,
    /// Dates of the rule that did not count.
    pub passed_over: Vec<Date>,
    /// First days of months that lack the rule's day (RFC 5545, 3.3.10: such dates are ignored).
    pub months_without: Vec<Date>,
}

impl Recurrence {
    /// The dates from `first` on, in order. At least one, and no more than [`MAX_OCCURRENCES`].
    pub fn dates(&self, first: Date) -> Result<Vec<Date>, Invalid> {
        Ok(self.dates_where(first, MAX_OCCURRENCES, |_| true)?.dates)
    }

    /// The dates from `first` on that `counts` lets count: at least one, and no more than `most`. Others are passed over, so
    /// that twelve times is twelve times.
    pub fn dates_where(
        &self,
        first: Date,
        most: usize,
        mut counts: impl FnMut(Date) -> bool,
    ) -> Result<RuleDates, Invalid> {
        let every = self.repeat.checked_every()?;
        let horizon = first
            .checked_add(MAX_SERIES_YEARS.years())
            .map_err(|_| Invalid::new("until", "This date is too far away."))?;
        let too_many = || {
            Err(Invalid::new(
                "count",
                format!("{most} times at the most: choose fewer, or an earlier end."),
            ))
        };
        let (last, times) = match self.ends {
            Ends::Until(date) if date < first => {
                return Err(Invalid::new("until", "It ends before it begins."));
            }
            Ends::Until(date) if date > horizon => {
                return Err(Invalid::new(
                    "until",
                    format!("What recurs covers {MAX_SERIES_YEARS} years at the most."),
                ));
            }
            Ends::Until(date) => (date, usize::MAX),
            Ends::Count(0) => return Err(Invalid::new("count", "It is there at least once.")),
            Ends::Count(count) if count as usize > most => return too_many(),
            Ends::Count(count) => (horizon, count as usize),
        };
        let mut found = RuleDates::default();
        let mut counted = 0;
        for date in self.all(first, every, last) {
            if counted == times {
                break;
            }
            if !counts(date) {
                found.passed_over.push(date);
                continue;
            }
            counted += 1;
            if counted > most {
                return too_many();
            }
            if !self.except.contains(&date) {
                found.dates.push(date);
            }
        }
        let Some(last) = found.dates.last().copied() else {
            return Err(Invalid::new("until", "There is no such day before it ends."));
        };
        found.passed_over.retain(|date| *date <= last);
        let nth = (first.day() - 1) / 7 + 1;
        let lacks = |month: &Date| match self.repeat {
            Repeat::MonthlyOnDate { .. } => Date::new(month.year(), month.month(), first.day()).is_err(),
            Repeat::MonthlyOnWeekday { is_last: false, .. } => {
                month.nth_weekday_of_month(nth, first.weekday()).is_err()
            }
            _ => false,
        };
        found.months_without = months(first, every, last).filter(lacks).collect();
        Ok(found)
    }

    /// `every 6 weeks on Tuesday, 12 times`. `first`: its first date.
    pub fn words(&self, first: Date) -> String {
        let ends = match self.ends {
            Ends::Until(date) => format!("until {}", date.strftime("%-d %b %Y")),
            Ends::Count(1) => "once".to_owned(),
            Ends::Count(times) => format!("{times} times"),
        };
        format!("{}, {ends}", self.repeat.words(first))
    }

    /// Every date until `last`, exceptions among them.
    fn all(&self, first: Date, every: u16, last: Date) -> Box<dyn Iterator<Item = Date>> {
        match &self.repeat {
            Repeat::Daily { .. } => {
                let days = first.series(i32::from(every).days());
                Box::new(days.take_while(move |date| *date <= last))
            }
            Repeat::Weekly { weekdays, .. } => {
                let weekdays = if weekdays.is_empty() {
                    vec![Weekday::of(first)]
                } else {
                    weekdays.clone()
                };
                let monday = monday_of(first);
                let days = first.series(1.day()).take_while(move |date| *date <= last);
                Box::new(days.filter(move |date| {
                    let weeks = date.duration_since(monday).as_hours() / (24 * 7);
                    weeks % i64::from(every) == 0 && weekdays.contains(&Weekday::of(*date))
                }))
            }
            Repeat::MonthlyOnDate { .. } => {
                let day = first.day();
                Box::new(months(first, every, last).filter_map(move |month| {
                    let date = Date::new(month.year(), month.month(), day).ok()?;
                    (date <= last).then_some(date)
                }))
            }
            Repeat::MonthlyOnWeekday { is_last, .. } => {
                let nth = if *is_last { -1 } else { (first.day() - 1) / 7 + 1 };
                let weekday = first.weekday();
                Box::new(months(first, every, last).filter_map(move |month| {
                    let date = month.nth_weekday_of_month(nth, weekday).ok()?;
                    (first <= date && date <= last).then_some(date)
                }))
            }
        }
    }
}

impl Repeat {
    fn every(&self) -> u16 {
        match self {
            Repeat::Daily { every }
            | Repeat::Weekly { every, .. }
            | Repeat::MonthlyOnDate { every }
            | Repeat::MonthlyOnWeekday { every, .. } => *every,
        }
    }

    fn checked_every(&self) -> Result<u16, Invalid> {
        let (most, message) = match self {
            Repeat::Daily { .. } => (366, "It comes back every 1 to 366 days."),
            _ => (52, "It comes back every 1 to 52 weeks or months."),
        };
        match self.every() {
            every if (1..=most).contains(&every) => Ok(every),
            _ => Err(Invalid::new("every", message)),
        }
    }

    /// The same rule when its first date goes by so many days: named weekdays go along.
    #[must_use]
    pub fn shifted(&self, days: i64) -> Repeat {
        let by = usize::try_from(days.rem_euclid(7)).unwrap_or(0);
        match self {
            Repeat::Weekly { every, weekdays } => Repeat::Weekly {
                every: *every,
                weekdays: weekdays
                    .iter()
                    .map(|day| Weekday::ALL[(*day as usize + by) % Weekday::ALL.len()])
                    .collect(),
            },
            other => other.clone(),
        }
    }

    fn words(&self, first: Date) -> String {
        let every = |unit: &str| match self.every() {
            1 => format!("every {unit}"),
            number => format!("every {number} {unit}s"),
        };
        match self {
            Repeat::Daily { .. } => every("day"),
            Repeat::Weekly { weekdays, .. } => {
                let own = [Weekday::of(first)];
                let days = if weekdays.is_empty() {
                    own.as_slice()
                } else {
                    weekdays
                };
                let names: Vec<&str> = days.iter().map(|day| day.name()).collect();
                format!("{} on {}", every("week"), crate::violation::list_words(&names))
            }
            Repeat::MonthlyOnDate { .. } | Repeat::MonthlyOnWeekday { .. } => {
                format!("{} on the {}", every("month"), self.day_of_month(first))
            }
        }
    }

    /// `31st`, `fifth Monday`.
    pub(crate) fn day_of_month(&self, first: Date) -> String {
        let Repeat::MonthlyOnWeekday { is_last, .. } = self else {
            return ordinal(first.day());
        };
        let nth = match (is_last, (first.day() - 1) / 7) {
            (true, _) => "last",
            (false, 0) => "first",
            (false, 1) => "second",
            (false, 2) => "third",
            (false, 3) => "fourth",
            (false, _) => "fifth",
        };
        format!("{nth} {}", Weekday::of(first).name())
    }
}

/// `31st`.
fn ordinal(day: i8) -> String {
    let ending = match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

/// First days of every nth month from a date’s own until that of another.
fn months(first: Date, every: u16, last: Date) -> impl Iterator<Item = Date> {
    first
        .first_of_month()
        .series(i32::from(every).months())
        .take_while(move |month| *month <= last)
}

/// The Monday with which a date’s week began.
pub fn monday_of(date: Date) -> Date {
    date - i64::from(date.weekday().to_monday_zero_offset()).days()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn dates(repeat: Repeat, ends: Ends, first: &str) -> Vec<String> {
        let rule = Recurrence {
            repeat,
            ends,
            except: Vec::new(),
        };
        let dates = rule.dates(date(first)).unwrap();
        dates.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn weeks_count_from_the_week_of_the_first_date() {
        let weekly = Repeat::Weekly {
            every: 2,
            weekdays: vec![Weekday::Tuesday, Weekday::Thursday],
        };
        // A Wednesday: its Tuesday is past.
        assert_eq!(
            dates(weekly, Ends::Count(4), "2026-03-04"),
            ["2026-03-05", "2026-03-17", "2026-03-19", "2026-03-31"]
        );
        let own_day = Repeat::Weekly {
            every: 1,
            weekdays: Vec::new(),
        };
        assert_eq!(
            dates(own_day, Ends::Until(date("2026-03-18")), "2026-03-04"),
            ["2026-03-04", "2026-03-11", "2026-03-18"]
        );
    }

    #[test]
    fn months_without_the_day_are_passed_over() {
        assert_eq!(
            dates(Repeat::MonthlyOnDate { every: 1 }, Ends::Count(4), "2027-12-31"),
            ["2027-12-31", "2028-01-31", "2028-03-31", "2028-05-31"]
        );
    }

    #[test]
    fn the_same_weekday_of_each_month_or_the_last() {
        let monthly = |is_last| Repeat::MonthlyOnWeekday { every: 1, is_last };
        assert_eq!(
            dates(monthly(false), Ends::Count(3), "2026-03-10"),
            ["2026-03-10", "2026-04-14", "2026-05-12"]
        );
        // The fifth Monday of March is its last; April’s last is the fourth.
        assert_eq!(
            dates(monthly(true), Ends::Count(3), "2026-03-30"),
            ["2026-03-30", "2026-04-27", "2026-05-25"]
        );
    }

    #[test]
    fn what_is_too_much_is_said_at_once() {
        let daily = |ends| Recurrence {
            repeat: Repeat::Weekly {
                every: 1,
                weekdays: Weekday::ALL.to_vec(),
            },
            ends,
            except: Vec::new(),
        };
        let says = |ends| daily(ends).dates(date("2026-03-03")).unwrap_err().message;
        assert_eq!(
            says(Ends::Until(date("2036-03-03"))),
            "1000 times at the most: choose fewer, or an earlier end."
        );
        assert_eq!(
            says(Ends::Until(date("2036-03-04"))),
            "What recurs covers 10 years at the most."
        );
        assert_eq!(
            says(Ends::Count(u32::MAX)),
            "1000 times at the most: choose fewer, or an earlier end."
        );
        assert_eq!(says(Ends::Until(date("2026-03-02"))), "It ends before it begins.");
        assert_eq!(
            daily(Ends::Count(1_000)).dates(date("2026-03-03")).unwrap().len(),
            1_000
        );
    }

    #[test]
    fn exceptions_count_but_are_not_there() {
        let rule = Recurrence {
            repeat: Repeat::Weekly {
                every: 1,
                weekdays: Vec::new(),
            },
            ends: Ends::Count(3),
            except: vec![date("2026-03-11")],
        };
        assert_eq!(
            rule.dates(date("2026-03-04")).unwrap(),
            [date("2026-03-04"), date("2026-03-18")]
        );
    }
}
