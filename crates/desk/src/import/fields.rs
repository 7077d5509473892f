//! Cells as dates, times, lengths and marks, in the ways that exports write them.

use jiff::civil::{Date, DateTime, Time};

/// Which of the two small numbers of `3/4/2026` is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// As in the United States; also where nothing in the column says otherwise.
    MonthFirst,
    DayFirst,
}

impl DateOrder {
    /// Decides for a whole column: day first only if some date needs it and none contradicts.
    pub fn of_column<'a>(cells: impl Iterator<Item = &'a str>) -> DateOrder {
        let (mut needs_day_first, mut needs_month_first) = (false, false);
        for cell in cells {
            if let Some((a, b)) = slashed(date_part(cell)) {
                needs_day_first |= a > 12 && b <= 12;
                needs_month_first |= b > 12 && a <= 12;
            }
        }
        if needs_day_first && !needs_month_first {
            DateOrder::DayFirst
        } else {
            DateOrder::MonthFirst
        }
    }
}

/// The two first numbers of `a/b/y` or `a-b-y`.
fn slashed(text: &str) -> Option<(u32, u32)> {
    let parts: Vec<&str> = text.split(['/', '-']).collect();
    match parts.as_slice() {
        [a, b, _] if a.len() <= 2 && b.len() <= 2 => Some((a.trim().parse().ok()?, b.trim().parse().ok()?)),
        _ => None,
    }
}

fn date_part(text: &str) -> &str {
    text.split([' ', 'T']).next().unwrap_or_default()
}

/// A calendar date. Two-digit years lie in the hundred years up to `latest_short_year`.
pub fn date(text: &str, order: DateOrder, latest_short_year: i16) -> Option<Date> {
    let text = text.trim();
    // A time that belongs to a birth date is always midnight and means nothing.
    let day = text
        .split_once(['T', ' '])
        .filter(|(_, rest)| time(rest).is_some())
        .map_or(text, |(day, _)| day);
    let whole = |year: &str| year_number(year, latest_short_year);
    let digits = day.bytes().all(|byte| byte.is_ascii_digit());
    if digits && day.len() == 8 {
        return new_date(day[..4].parse().ok()?, &day[4..6], &day[6..]);
    }
    let parts: Vec<&str> = day
        .split(['/', '-', '.', ' ', ','])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    // A weekday in front says nothing new.
    let parts = match parts.as_slice() {
        [weekday, rest @ ..] if rest.len() == 3 && weekday.chars().all(char::is_alphabetic) => rest,
        all => all,
    };
    let [a, b, c] = parts else { return None };
    if a.len() == 4 && a.bytes().all(|byte| byte.is_ascii_digit()) {
        return match month_name(b) {
            Some(month) => new_date(a.parse().ok()?, &month.to_string(), c),
            None => new_date(a.parse().ok()?, b, c),
        };
    }
    if let Some(month) = month_name(a) {
        return new_date(whole(c)?, &month.to_string(), ordinal(b));
    }
    if let Some(month) = month_name(b) {
        return new_date(whole(c)?, &month.to_string(), ordinal(a));
    }
    let (first, second): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
    // Dots are written day first wherever they are written.
    let day_first = day.contains('.') || first > 12 || (order == DateOrder::DayFirst && second <= 12);
    if day_first {
        new_date(whole(c)?, b, a)
    } else {
        new_date(whole(c)?, a, b)
    }
}

fn new_date(year: i16, month: &str, day: &str) -> Option<Date> {
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

fn year_number(text: &str, latest_short_year: i16) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => {
            let year = latest_short_year - latest_short_year.rem_euclid(100) + year;
            Some(if year > latest_short_year {
                year - 100
            } else {
                year
            })
        }
        _ => None,
    }
}

fn ordinal(text: &str) -> &str {
    text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic())
}

fn month_name(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let text = text.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| {
        text.len() >= 3 && (month.starts_with(&text) || text == "sept" && month.starts_with("sept"))
    })?;
    Some(at as i8 + 1)
}

/// A time of day in 12 or 24 hours, whole minutes: `9:00`, `9am`, `2:30 p.m.`, `0900`, `14.30`, `09:00:00`.
pub fn time(text: &str) -> Option<Time> {
    let text: String = text
        .trim()
        .to_ascii_lowercase()
        .chars()
        .filter(|letter| *letter != ' ')
        .collect();
    let text = text
        .replace("a.m.", "am")
        .replace("p.m.", "pm")
        .replace("a.m", "am")
        .replace("p.m", "pm");
    let (clock, half) = if let Some(clock) = text.strip_suffix("am").or(text.strip_suffix('a')) {
        (clock, Some(0))
    } else if let Some(clock) = text.strip_suffix("pm").or(text.strip_suffix('p')) {
        (clock, Some(12))
    } else {
        (text.as_str(), None)
    };
    let parts: Vec<&str> = clock.split([':', '.']).collect();
    if parts
        .iter()
        .any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let (hour, minute): (i8, i8) = match parts.as_slice() {
        // 0900, 930.
        [all] if (3..=4).contains(&all.len()) => (
            all[..all.len() - 2].parse().ok()?,
            all[all.len() - 2..].parse().ok()?,
        ),
        [hour] if half.is_some() => (hour.parse().ok()?, 0),
        // Seconds and their fractions are of no account.
        [hour, minute] | [hour, minute, _] | [hour, minute, _, _] if minute.len() == 2 => {
            (hour.parse().ok()?, minute.parse().ok()?)
        }
        _ => return None,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// Date and time in one cell.
pub fn date_time(text: &str, order: DateOrder, latest_short_year: i16) -> Option<DateTime> {
    let text = text.trim();
    text.char_indices()
        .filter(|(_, letter)| matches!(letter, ' ' | 'T' | 't'))
        .find_map(|(at, _)| {
            // A comma or a zone mark beside the gap is only decoration.
            let day = date(text[..at].trim_end_matches(','), order, latest_short_year)?;
            let clock = time(text[at + 1..].trim_end_matches('Z'))?;
            Some(day.to_datetime(clock))
        })
}

/// Minutes: `40`, `40 min`, `1:30`, `1h 30m`, `2 hours`.
pub fn minutes(text: &str) -> Option<u16> {
    let text = text.trim().to_ascii_lowercase();
    if let Some((hours, minutes)) = text.split_once(':') {
        let minutes = minutes.split(':').next()?;
        return hours
            .trim()
            .parse::<u16>()
            .ok()?
            .checked_mul(60)?
            .checked_add(minutes.parse().ok()?);
    }
    let mut total: u16 = 0;
    let mut number = String::new();
    let mut unit = String::new();
    let mut units = 0;
    let mut add = |number: &mut String, unit: &mut String| -> Option<()> {
        let value: u16 = std::mem::take(number).parse().ok()?;
        let times = match std::mem::take(unit).as_str() {
            "" | "m" | "min" | "mins" | "minute" | "minutes" => 1,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60,
            _ => return None,
        };
        total = total.checked_add(value.checked_mul(times)?)?;
        units += 1;
        Some(())
    };
    for letter in text.chars().filter(|letter| !matches!(letter, ' ' | '.')) {
        if letter.is_ascii_digit() {
            if !unit.is_empty() {
                add(&mut number, &mut unit)?;
            }
            number.push(letter);
        } else {
            unit.push(letter);
        }
    }
    add(&mut number, &mut unit)?;
    (units > 0).then_some(total)
}

/// Yes or no.
pub fn mark(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "" | "0" | "n" | "no" | "false" | "f" => Some(false),
        "1" | "y" | "yes" | "true" | "t" | "x" | "asap" => Some(true),
        _ => None,
    }
}

/// The digits of a telephone number, without a leading country code 1.
pub fn phone_digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('1') {
        Some(rest) if rest.len() == 10 => rest.to_owned(),
        _ => digits,
    }
}

/// A telephone number as people read it; numbers of other shapes stay as they were.
pub fn phone(text: &str) -> String {
    let text = text.trim();
    let digits = phone_digits(text);
    let is_plain = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || "()-. +".contains(letter));
    match (is_plain, digits.len()) {
        (true, 10) => format!("({}) {}-{}", &digits[..3], &digits[3..6], &digits[6..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn dates_are_read_in_the_ways_exports_write_them() {
        for text in [
            "2026-03-04",
            "2026/3/4",
            "20260304",
            "3/4/2026",
            "03/04/26",
            "3-4-2026",
            "4.3.2026",
            "4 Mar 2026",
            "04-Mar-26",
            "Mar 4, 2026",
            "March 4th, 2026",
            "Wed, 4 March 2026",
            "2026-03-04T00:00:00",
            "3/4/2026 12:00:00 AM",
            "2026-Mar-04",
        ] {
            assert_eq!(
                date(text, DateOrder::MonthFirst, 2056),
                Some(day(2026, 3, 4)),
                "{text}"
            );
        }
        assert_eq!(date("4/3/2026", DateOrder::DayFirst, 2056), Some(day(2026, 3, 4)));
        assert_eq!(
            date("25/3/2026", DateOrder::MonthFirst, 2056),
            Some(day(2026, 3, 25))
        );
        assert_eq!(
            date("3/25/2026", DateOrder::DayFirst, 2056),
            Some(day(2026, 3, 25))
        );
        for text in [
            "",
            "0000-00-00",
            "2026-02-30",
            "tomorrow",
            "13/13/2026",
            "1/2/3",
            "5/2026",
            "12345678901",
            "é/1/2026",
        ] {
            assert_eq!(date(text, DateOrder::MonthFirst, 2056), None, "{text}");
        }
    }

    #[test]
    fn short_years_of_birth_are_in_the_past() {
        assert_eq!(date("5/9/14", DateOrder::MonthFirst, 2026), Some(day(2014, 5, 9)));
        assert_eq!(date("5/9/26", DateOrder::MonthFirst, 2026), Some(day(2026, 5, 9)));
        assert_eq!(date("5/9/27", DateOrder::MonthFirst, 2026), Some(day(1927, 5, 9)));
    }

    #[test]
    fn a_column_decides_about_its_ambiguous_dates() {
        let order = |cells: &[&str]| DateOrder::of_column(cells.iter().copied());
        assert_eq!(order(&["3/4/2026", "25/12/2026"]), DateOrder::DayFirst);
        assert_eq!(
            order(&["3/4/2026", "12/25/2026", "2026-01-02"]),
            DateOrder::MonthFirst
        );
        assert_eq!(order(&["25/12/2026", "12/25/2026"]), DateOrder::MonthFirst);
        assert_eq!(order(&[]), DateOrder::MonthFirst);
    }

    #[test]
    fn times_are_read_in_12_and_24_hours() {
        for (text, minutes) in [
            ("9:00", 540),
            ("09:00:00", 540),
            ("9am", 540),
            ("9:00 a.m.", 540),
            ("0900", 540),
            ("930", 570),
            ("2:30 PM", 870),
            ("2:30p", 870),
            ("14.30", 870),
            ("12:05 AM", 5),
            ("12:05 pm", 725),
            ("14:30:00.000", 870),
        ] {
            let time = time(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                i32::from(time.hour()) * 60 + i32::from(time.minute()),
                minutes,
                "{text}"
            );
        }
        for text in [
            "", "9", "24:00", "9:60", "13:00 PM", "0:30 am", "nine", "9:0", "9::00",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn date_and_time_may_share_a_cell() {
        let expected = day(2026, 3, 4).at(9, 0, 0, 0);
        for text in [
            "2026-03-04T09:00",
            "2026-03-04 09:00:00",
            "3/4/2026 9:00 AM",
            "Mar 4, 2026, 9:00 am",
            "4 Mar 2026 9am",
        ] {
            assert_eq!(
                date_time(text, DateOrder::MonthFirst, 2056),
                Some(expected),
                "{text}"
            );
        }
        assert_eq!(date_time("2026-03-04", DateOrder::MonthFirst, 2056), None);
    }

    #[test]
    fn lengths_are_minutes_or_hours() {
        for (text, expected) in [
            ("40", 40),
            ("40 min", 40),
            ("1:30", 90),
            ("1h 30m", 90),
            ("2 hours", 120),
            ("0:40:00", 40),
            ("1 hr. 5 mins.", 65),
        ] {
            assert_eq!(minutes(text), Some(expected), "{text}");
        }
        for text in ["", "long", "-5", "40 x", "99999999"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }

    #[test]
    fn telephone_numbers_compare_by_digits() {
        for text in [
            "2125550140",
            "(212) 555-0140",
            "+1 212.555.0140",
            "1-212-555-0140",
        ] {
            assert_eq!(phone(text), "(212) 555-0140", "{text}");
            assert_eq!(phone_digits(text), "2125550140");
        }
        assert_eq!(phone("+44 20 7946 0018"), "+44 20 7946 0018");
        assert_eq!(phone("212-555-0140 ext 5"), "212-555-0140 ext 5");
    }
}
