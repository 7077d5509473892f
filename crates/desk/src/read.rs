//! Reading what requests write: dates, times, patterns. Each failure names its field and what would be right.

use clinic::TimePattern;
use jiff::civil::{Date, DateTime, Time};

use crate::DeskError;

/// `2026-03-03`.
pub fn date(text: &str, field: &str) -> Result<Date, DeskError> {
    text.trim().parse().map_err(|_| {
        DeskError::new("bad_date", format!("“{text}” is not a date."))
            .hint("Write 2026-03-03.")
            .field(field)
    })
}

/// `2026-03-03T09:00`; a space instead of `T` is fine.
pub fn wall(text: &str, field: &str) -> Result<DateTime, DeskError> {
    let text = text.trim();
    let bad = || {
        DeskError::new("bad_time", format!("“{text}” is not a date and time."))
            .hint("Write 2026-03-03T09:00, in the time of the place.")
            .field(field)
    };
    let (day, clock) = text.split_once(['T', ' ']).ok_or_else(bad)?;
    let day: Date = day.parse().map_err(|_| bad())?;
    let clock = time(clock, field).map_err(|_| bad())?;
    Ok(day.to_datetime(clock))
}

/// `09:00` or `9:00`, whole minutes.
pub fn time(text: &str, field: &str) -> Result<Time, DeskError> {
    let bad = || {
        DeskError::new("bad_time", format!("“{text}” is not a time of day."))
            .hint("Write 09:00, whole minutes.")
            .field(field)
    };
    let (hour, rest) = text.trim().split_once(':').ok_or_else(bad)?;
    let minute = match rest.split_once(':') {
        Some((minute, "00")) => minute,
        Some(_) => return Err(bad()),
        None => rest,
    };
    if minute.len() != 2 || hour.is_empty() || hour.len() > 2 {
        return Err(bad());
    }
    Time::new(
        hour.parse().map_err(|_| bad())?,
        minute.parse().map_err(|_| bad())?,
        0,
        0,
    )
    .map_err(|_| bad())
}

/// `XX//X`.
pub fn pattern(text: &str, field: &str) -> Result<TimePattern, DeskError> {
    text.trim().parse().map_err(|error: clinic::BadPattern| {
        DeskError::new(
            "bad_pattern",
            format!("The time pattern cannot be used: {error}."),
        )
        .hint("Write one X (doctor) or / (assistant) per five minutes, for example XX//X.")
        .field(field)
    })
}

/// A number within bounds, or the default.
pub fn bounded(
    value: Option<u16>,
    default: u16,
    range: std::ops::RangeInclusive<u16>,
    field: &str,
) -> Result<u16, DeskError> {
    let value = value.unwrap_or(default);
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(DeskError::new(
            "out_of_range",
            format!(
                "{field} must be {} to {}, not {value}.",
                range.start(),
                range.end()
            ),
        )
        .field(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_times_are_read_as_people_write_them() {
        let expected = jiff::civil::date(2026, 3, 3).at(9, 0, 0, 0);
        for text in ["2026-03-03T09:00", "2026-03-03 9:00", "2026-03-03T09:00:00"] {
            assert_eq!(wall(text, "at").unwrap(), expected, "{text}");
        }
        for text in [
            "2026-03-03",
            "2026-02-30T09:00",
            "2026-03-03T24:00",
            "2026-03-03T09:0",
            "2026-03-03T09:00:30",
            "",
        ] {
            assert_eq!(
                wall(text, "at").unwrap_err().field.as_deref(),
                Some("at"),
                "{text}"
            );
        }
    }
}

/// A person by id, name or initials, without regard to case.
pub(crate) fn person(roster: &clinic::Roster, text: &str) -> Result<clinic::PersonId, DeskError> {
    let text = text.trim();
    let fits = |person: &clinic::Person| {
        person.id.to_string() == text
            || person.name.to_lowercase() == text.to_lowercase()
            || person.initials.to_lowercase() == text.to_lowercase()
    };
    let found: Vec<_> = roster.people.values().filter(|person| fits(person)).collect();
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => Err(DeskError::new("unknown_person", format!("Nobody here is called “{text}”.")).field("as")),
        [..] => Err(
            DeskError::new("unclear", format!("Several people here are called “{text}”."))
                .hint("Write the whole name, or the id.")
                .field("as"),
        ),
    }
}
