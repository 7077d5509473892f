//! Recurrence rules (`RRULE`, RFC 5545, 3.3.10) in wall time. Zones come afterwards: an occurrence whose
//! wall time falls into the spring gap still takes place, later by the length of the gap.
//!
//! `calcard` reads the rule; it is not used to expand it, because it loses such occurrences and carries
//! older zone data. What this reader does not understand it refuses: a rule half understood would put
//! blocks on the wrong days.

use std::collections::BTreeMap;

use calcard::common::IanaString;
use calcard::icalendar::{ICalendarFrequency, ICalendarRecurrenceRule, ICalendarWeekday};
use jiff::Span;
use jiff::civil::{Date, DateTime, Weekday};

use crate::read::value::{Moment, moment};

/// Days on which something repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    frequency: Frequency,
    interval: u32,
    pub count: Option<u32>,
    pub until: Option<Moment>,
    /// With its number in the month or year; 0: every one.
    by_day: Vec<(i16, Weekday)>,
    by_month_day: Vec<i8>,
    by_month: Vec<i8>,
    by_set_position: Vec<i32>,
    week_start: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Days that one file may look at, so that a hostile one cannot keep the program busy.
pub(crate) struct Budget(pub u64);

/// The file asked for more days than any calendar that people keep.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutOfBudget;

impl Budget {
    fn take(&mut self, days: u64) -> Result<(), OutOfBudget> {
        self.0 = self.0.checked_sub(days).ok_or(OutOfBudget)?;
        Ok(())
    }
}

/// The last day that is still computed.
const LAST_YEAR: i16 = 9990;

impl Rule {
    /// The rule as written in the file (`text`), read by `calcard` (`read`), for something that begins at
    /// `start`. The error says which part is not understood.
    pub fn understand(text: &str, read: &ICalendarRecurrenceRule, start: DateTime) -> Result<Rule, String> {
        nothing_lost(text, read)?;
        let frequency = match read.freq {
            ICalendarFrequency::Daily => Frequency::Daily,
            ICalendarFrequency::Weekly => Frequency::Weekly,
            ICalendarFrequency::Monthly => Frequency::Monthly,
            ICalendarFrequency::Yearly => Frequency::Yearly,
            other => return Err(format!("FREQ={}", other.as_str())),
        };
        if !read.byyearday.is_empty() {
            return Err("BYYEARDAY".to_owned());
        }
        if !read.byweekno.is_empty() {
            return Err("BYWEEKNO".to_owned());
        }
        if read.rscale.is_some() || read.skip.is_some() {
            return Err("RSCALE".to_owned());
        }
        // A time of day that only repeats the start's is harmless, and some programs write it.
        let same = |parts: &[u8], of_start: i8| parts.is_empty() || parts == [of_start.unsigned_abs()];
        if !same(&read.byhour, start.hour())
            || !same(&read.byminute, start.minute())
            || !same(&read.bysecond, start.second())
        {
            return Err("BYHOUR, BYMINUTE or BYSECOND".to_owned());
        }
        let by_day: Vec<_> = read
            .byday
            .iter()
            .map(|day| (day.ordwk.unwrap_or(0), weekday(day.weekday)))
            .collect();
        let has_numbers = by_day.iter().any(|(number, _)| *number != 0);
        if has_numbers && matches!(frequency, Frequency::Daily | Frequency::Weekly) {
            return Err("a numbered BYDAY that does not repeat by month or year".to_owned());
        }
        if by_day.iter().any(|(number, _)| number.abs() > 53) {
            return Err("BYDAY".to_owned());
        }
        if frequency == Frequency::Weekly && !read.bymonthday.is_empty() {
            return Err("BYMONTHDAY in a weekly rule".to_owned());
        }
        if read.bymonthday.iter().any(|day| !(1..=31).contains(&day.abs())) {
            return Err("BYMONTHDAY".to_owned());
        }
        if read
            .bymonth
            .iter()
            .any(|month| month.is_leap() || !(1..=12).contains(&month.month()))
        {
            return Err("BYMONTH".to_owned());
        }
        if read.bysetpos.contains(&0) {
            return Err("BYSETPOS".to_owned());
        }
        let until = match &read.until {
            Some(until) => Some(moment(until).map_err(|_| "UNTIL".to_owned())?),
            None => None,
        };
        Ok(Rule {
            frequency,
            interval: read.interval.unwrap_or(1).max(1).into(),
            count: read.count,
            until,
            by_day,
            by_month_day: read.bymonthday.clone(),
            by_month: read
                .bymonth
                .iter()
                .map(|month| i8::try_from(month.month()).unwrap_or(0))
                .collect(),
            by_set_position: read.bysetpos.clone(),
            week_start: read.wkst.map_or(Weekday::Monday, weekday),
        })
    }

    /// Wall times at which it takes place, in order: from `start`, those on the days `from` to `to`
    /// (inclusive) and not after `until`. `start` itself is always the first, whether the rule names
    /// its day or not.
    pub fn wall_times(
        &self,
        start: DateTime,
        until: Option<DateTime>,
        from: Date,
        to: Date,
        budget: &mut Budget,
    ) -> Result<Vec<DateTime>, OutOfBudget> {
        let last = until.map_or(to, |until| until.date().min(to));
        let mut found = Vec::new();
        let mut counted = 0_u32;
        let mut keep = |wall: DateTime| {
            counted += 1;
            if wall.date() >= from && wall.date() <= to {
                found.push(wall);
            }
            self.count.is_none_or(|count| counted < count)
        };
        let mut goes_on = keep(start);
        let mut period = if self.count.is_none() {
            self.periods_before(start.date(), from)
        } else {
            0
        };
        while goes_on {
            budget.take(self.period_days())?;
            let Some((begins, days)) = self.period(start.date(), period) else {
                break;
            };
            if begins > last || begins.year() > LAST_YEAR {
                break;
            }
            for date in days {
                let wall = date.to_datetime(start.time());
                if wall <= start {
                    continue;
                }
                goes_on = goes_on && date <= last && until.is_none_or(|until| wall <= until) && keep(wall);
                if !goes_on {
                    break;
                }
            }
            period += i64::from(self.interval);
        }
        Ok(found)
    }

    /// Days looked at in one period.
    fn period_days(&self) -> u64 {
        match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        }
    }

    /// How many periods can be left out because they lie before `from`; a multiple of the interval.
    fn periods_before(&self, start: Date, from: Date) -> i64 {
        let days = i64::from(start.until(from).map_or(0, |span| span.get_days()));
        let periods = match self.frequency {
            Frequency::Daily => days,
            Frequency::Weekly => days / 7,
            Frequency::Monthly => days / 31,
            Frequency::Yearly => days / 366,
        };
        let interval = i64::from(self.interval);
        ((periods - 1) / interval * interval).max(0)
    }

    /// The `number`th day, week, month or year from the one with `start`: its first day, and the days
    /// that the rule picks from it.
    fn period(&self, start: Date, number: i64) -> Option<(Date, Vec<Date>)> {
        let (begins, mut days) = match self.frequency {
            Frequency::Daily => {
                let day = start.checked_add(Span::new().try_days(number).ok()?).ok()?;
                (day, if self.allows(day) { vec![day] } else { Vec::new() })
            }
            Frequency::Weekly => {
                let back = i64::from(start.weekday().since(self.week_start));
                let first = start
                    .checked_add(Span::new().try_days(number.checked_mul(7)? - back).ok()?)
                    .ok()?;
                let days = (0..7).filter_map(|day| first.checked_add(Span::new().days(day)).ok());
                let is_picked = |day: &Date| {
                    self.allows(*day) && (!self.by_day.is_empty() || day.weekday() == start.weekday())
                };
                (first, days.filter(is_picked).collect())
            }
            Frequency::Monthly => {
                let first = start
                    .first_of_month()
                    .checked_add(Span::new().try_months(number).ok()?)
                    .ok()?;
                (
                    first,
                    if self.allows_month(first) {
                        self.in_month(first, start.day())
                    } else {
                        Vec::new()
                    },
                )
            }
            Frequency::Yearly => {
                let year = i16::try_from(i64::from(start.year()).checked_add(number)?).ok()?;
                let first = Date::new(year, 1, 1).ok()?;
                (first, self.in_year(first, start))
            }
        };
        days.sort_unstable();
        days.dedup();
        Some((begins, self.positions(days)))
    }

    fn allows_month(&self, day: Date) -> bool {
        self.by_month.is_empty() || self.by_month.contains(&day.month())
    }

    /// Whether the parts that only narrow a day down let it through.
    fn allows(&self, day: Date) -> bool {
        self.allows_month(day)
            && (self.by_month_day.is_empty() || self.is_month_day(day))
            && (self.by_day.is_empty() || self.by_day.iter().any(|(_, weekday)| *weekday == day.weekday()))
    }

    fn is_month_day(&self, day: Date) -> bool {
        self.by_month_day
            .iter()
            .any(|wanted| *wanted == day.day() || *wanted == day.day() - day.days_in_month() - 1)
    }

    /// Days of one month; `usual` is the day of the month on which it began.
    fn in_month(&self, first: Date, usual: i8) -> Vec<Date> {
        let last = first.last_of_month();
        let days = (1..=last.day()).filter_map(|day| Date::new(first.year(), first.month(), day).ok());
        days.filter(
            |day| match (self.by_month_day.is_empty(), self.by_day.is_empty()) {
                (true, true) => day.day() == usual,
                (false, true) => self.is_month_day(*day),
                (true, false) => self.is_numbered_weekday(*day, first, last),
                (false, false) => self.is_month_day(*day) && self.is_numbered_weekday(*day, first, last),
            },
        )
        .collect()
    }

    /// Days of one year, for something that began on `start`.
    fn in_year(&self, first: Date, start: Date) -> Vec<Date> {
        let year = first.year();
        let months = |months: &mut dyn Iterator<Item = i8>| -> Vec<Date> {
            months
                .filter_map(|month| Date::new(year, month, 1).ok())
                .flat_map(|month| self.in_month(month, start.day()))
                .collect()
        };
        if !self.by_month.is_empty() {
            return months(&mut self.by_month.iter().copied());
        }
        if !self.by_month_day.is_empty() {
            return months(&mut (1..=12));
        }
        if self.by_day.is_empty() {
            return Date::new(year, start.month(), start.day()).into_iter().collect();
        }
        let last = first.last_of_year();
        let days = (0..i64::from(first.days_in_year()))
            .filter_map(|day| first.checked_add(Span::new().days(day)).ok());
        days.filter(|day| self.is_numbered_weekday(*day, first, last))
            .collect()
    }

    /// Whether the day is one of `BYDAY`, numbers counted from `first` or back from `last`.
    fn is_numbered_weekday(&self, day: Date, first: Date, last: Date) -> bool {
        let number = (day.day_of_year() - first.day_of_year()) / 7 + 1;
        let from_end = -((last.day_of_year() - day.day_of_year()) / 7 + 1);
        self.by_day.iter().any(|(wanted, weekday)| {
            *weekday == day.weekday() && (*wanted == 0 || *wanted == number || *wanted == from_end)
        })
    }

    fn positions(&self, days: Vec<Date>) -> Vec<Date> {
        if self.by_set_position.is_empty() {
            return days;
        }
        let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
        let is_wanted = |at: i64| {
            self.by_set_position
                .iter()
                .any(|wanted| [at + 1, at - count].contains(&i64::from(*wanted)))
        };
        (0..)
            .zip(days)
            .filter(|(at, _)| is_wanted(*at))
            .map(|(_, day)| day)
            .collect()
    }
}

/// Compares the rule in the file with what was read of it, part by part: `calcard` leaves out what it does not
/// know and cuts numbers to size without saying so.
fn nothing_lost(text: &str, read: &ICalendarRecurrenceRule) -> Result<(), String> {
    let written = parts(text);
    let understood = parts(&read.to_string());
    for (name, values) in &written {
        if understood.get(name) != Some(values) && !(name == "INTERVAL" && values == &["1"]) {
            return Err(name.clone());
        }
    }
    Ok(())
}

fn parts(rule: &str) -> BTreeMap<String, Vec<String>> {
    let mut parts = BTreeMap::new();
    for part in rule.split(';').filter(|part| !part.trim().is_empty()) {
        let (name, values) = part.split_once('=').unwrap_or((part, ""));
        let plain = |value: &str| {
            let value: String = value
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect::<String>()
                .to_ascii_uppercase();
            let value = value.strip_prefix('+').unwrap_or(&value);
            match value.strip_prefix('-') {
                Some(rest) => format!("-{}", rest.trim_start_matches('0')),
                None => value.trim_start_matches('0').to_owned(),
            }
        };
        let mut values: Vec<String> = values.split(',').map(plain).collect();
        values.sort_unstable();
        values.dedup();
        parts.insert(plain(name), values);
    }
    parts
}

fn weekday(day: ICalendarWeekday) -> Weekday {
    match day {
        ICalendarWeekday::Monday => Weekday::Monday,
        ICalendarWeekday::Tuesday => Weekday::Tuesday,
        ICalendarWeekday::Wednesday => Weekday::Wednesday,
        ICalendarWeekday::Thursday => Weekday::Thursday,
        ICalendarWeekday::Friday => Weekday::Friday,
        ICalendarWeekday::Saturday => Weekday::Saturday,
        ICalendarWeekday::Sunday => Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests;
