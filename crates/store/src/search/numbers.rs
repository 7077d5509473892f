//! What digits can mean: a piece of a phone number, a birth date or part of one, a chart number.

use jiff::civil::Date;

use super::fold::{digits, fold};

/// Fewer digits than these are in every phone number.
const LEAST_OF_A_PHONE: usize = 3;

/// One group of digits with what was written between them.
pub(super) struct Number {
    digits: Vec<u8>,
    /// As written, folded: for chart numbers with letters.
    chart: String,
    dates: Vec<PartialDate>,
}

/// A birth date as far as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartialDate {
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub day: Option<i8>,
}

impl Number {
    pub fn parse(text: &str) -> Number {
        Number {
            digits: digits(text).into_bytes(),
            chart: fold(text),
            dates: dates(text),
        }
    }

    /// How loosely it fits; none if not at all.
    pub fn fit(&self, phones: &[Box<[u8]>], birth_date: Option<Date>, chart: &str) -> Option<u16> {
        if chart == self.chart && !chart.is_empty() {
            return Some(0);
        }
        if let Some(date) = birth_date
            && let Some(fit) = self
                .dates
                .iter()
                .filter(|part| part.fits(date))
                .map(PartialDate::looseness)
                .min()
        {
            return Some(fit);
        }
        let mut best = (!self.chart.is_empty() && chart.starts_with(&self.chart)).then_some(2);
        if self.digits.len() >= LEAST_OF_A_PHONE {
            for phone in phones {
                let fit = if **phone == *self.digits {
                    Some(0)
                } else if phone.ends_with(&self.digits) || self.is_longer_form_of(phone) {
                    Some(1)
                } else if phone.starts_with(&self.digits) {
                    Some(2)
                } else {
                    phone
                        .windows(self.digits.len())
                        // Most places differ in the first digit already.
                        .any(|part| part[0] == self.digits[0] && part == self.digits)
                        .then_some(4)
                };
                best = [best, fit].into_iter().flatten().min();
            }
        }
        best
    }

    /// Typed with the country's code, kept without it.
    fn is_longer_form_of(&self, phone: &[u8]) -> bool {
        phone.len() >= 7
            && self.digits.len() - phone.len().min(self.digits.len()) <= 3
            && self.digits.ends_with(phone)
    }
}

impl PartialDate {
    fn fits(&self, date: Date) -> bool {
        self.year.is_none_or(|year| year == date.year())
            && self.month.is_none_or(|month| month == date.month())
            && self.day.is_none_or(|day| day == date.day())
    }

    fn looseness(&self) -> u16 {
        match (self.year, self.month, self.day) {
            (Some(_), Some(_), Some(_)) => 0,
            (Some(_), Some(_), None) => 2,
            (_, Some(_), Some(_)) => 3,
            _ => 4,
        }
    }
}

/// Every date this may be: ISO, American, with dots as in Europe, without separators, or a part of one.
pub(super) fn dates(text: &str) -> Vec<PartialDate> {
    let mut found = Vec::new();
    let mut add = |year: Option<&str>, month: Option<&str>, day: Option<&str>| {
        let year = year.map(full_year);
        let month = month.map(|text| text.parse::<i8>().ok().filter(|month| (1..=12).contains(month)));
        let day = day.map(|text| text.parse::<i8>().ok().filter(|day| (1..=31).contains(day)));
        if let (None | Some(Some(_)), None | Some(Some(_)), None | Some(Some(_))) = (&year, &month, &day) {
            let part = PartialDate {
                year: year.flatten(),
                month: month.flatten(),
                day: day.flatten(),
            };
            if !found.contains(&part) {
                found.push(part);
            }
        }
    };
    let all_digits = |part: &&str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit());
    for (separator, order) in [('-', "ymd"), ('/', "mdy"), ('.', "dmy")] {
        let parts: Vec<&str> = text.split(separator).filter(|part| !part.is_empty()).collect();
        if parts.len() < 2 || parts.len() > 3 || !parts.iter().all(all_digits) {
            continue;
        }
        match (order, &parts[..]) {
            ("ymd", [year, month, day]) if year.len() == 4 => add(Some(year), Some(month), Some(day)),
            ("ymd", [year, month]) if year.len() == 4 => add(Some(year), Some(month), None),
            ("ymd", [month, day, year]) => add(Some(year), Some(month), Some(day)),
            ("mdy", [year, month, day]) if year.len() == 4 => add(Some(year), Some(month), Some(day)),
            ("mdy", [month, day, year]) => add(Some(year), Some(month), Some(day)),
            ("mdy", [month, year]) if year.len() == 4 => add(Some(year), Some(month), None),
            ("mdy", [month, day]) => add(None, Some(month), Some(day)),
            ("dmy", [day, month, year]) => add(Some(year), Some(month), Some(day)),
            ("dmy", [day, month]) => add(None, Some(month), Some(day)),
            _ => {}
        }
    }
    if all_digits(&text) {
        match text.len() {
            4 => add(Some(text), None, None),
            8 => {
                add(Some(&text[..4]), Some(&text[4..6]), Some(&text[6..]));
                add(Some(&text[4..]), Some(&text[..2]), Some(&text[2..4]));
            }
            _ => {}
        }
    }
    found
}

/// Four digits as they are; two are of the last hundred years, as seen from the 2020s to the 2040s.
fn full_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 if (1850..=2200).contains(&year) => Some(year),
        2 if year <= 30 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}
