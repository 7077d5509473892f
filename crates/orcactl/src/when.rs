//! Dates and times as people type them in a terminal.

use desk::DeskError;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// `2026-03-03`, `today`, `tomorrow`, `yesterday`, `+3d`, `-2w`, as an ISO date.
pub fn date(text: &str, today: Date, field: &str) -> Result<Date, DeskError> {
    let bad = || {
        DeskError::new("bad_date", format!("“{text}” is not a date."))
            .hint("Write 2026-03-03, today, tomorrow or +3d.")
            .field(field)
    };
    let days = match text.trim().to_ascii_lowercase().as_str() {
        "today" => 0,
        "tomorrow" => 1,
        "yesterday" => -1,
        relative if relative.starts_with(['+', '-']) => {
            let (at, _) = relative.char_indices().next_back().unwrap_or_default();
            let (number, unit) = relative.split_at(at);
            let number: i32 = number.parse().map_err(|_| bad())?;
            match unit {
                "d" => number,
                "w" => number.checked_mul(7).ok_or_else(bad)?,
                _ => return Err(bad()),
            }
        }
        iso => return iso.parse().map_err(|_| bad()),
    };
    if days.unsigned_abs() > 400_000 {
        return Err(bad());
    }
    today.checked_add(days.days()).map_err(|_| bad())
}

/// A date and a time of day, divided by `T` or a space; the desk reads the time.
pub fn wall(text: &str, today: Date, field: &str) -> Result<String, DeskError> {
    let text = text.trim();
    let split = text.char_indices().find(|(at, letter)| {
        *letter == ' '
            || (matches!(letter, 'T' | 't') && text[at + 1..].starts_with(|next: char| next.is_ascii_digit()))
    });
    let Some((at, _)) = split else {
        return Err(
            DeskError::new("bad_time", format!("“{text}” is not a date and time."))
                .hint("Write 2026-03-03T09:00, or tomorrowT09:00.")
                .field(field),
        );
    };
    let day = date(&text[..at], today, field)?;
    Ok(format!("{day}T{}", text[at + 1..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        jiff::civil::date(2026, 3, 3)
    }

    #[test]
    fn dates_may_be_relative_to_today() {
        for (text, expected) in [
            ("2026-04-01", "2026-04-01"),
            ("today", "2026-03-03"),
            ("Tomorrow", "2026-03-04"),
            ("yesterday", "2026-03-02"),
            ("+3d", "2026-03-06"),
            ("-1w", "2026-02-24"),
        ] {
            assert_eq!(
                date(text, today(), "date").unwrap().to_string(),
                expected,
                "{text}"
            );
        }
        for text in [
            "",
            "+",
            "+3",
            "+d",
            "soon",
            "2026-02-30",
            "+99999999999d",
            "+400001d",
            "+é",
        ] {
            assert_eq!(
                date(text, today(), "from").unwrap_err().field.as_deref(),
                Some("from"),
                "{text}"
            );
        }
    }

    #[test]
    fn times_follow_a_t_or_a_space() {
        assert_eq!(
            wall("2026-03-04T09:00", today(), "at").unwrap(),
            "2026-03-04T09:00"
        );
        assert_eq!(wall("tomorrow 9:30", today(), "at").unwrap(), "2026-03-04T9:30");
        assert_eq!(wall("todayT14:00", today(), "at").unwrap(), "2026-03-03T14:00");
        for text in ["09:00", "tomorrow", "", "2026-03-04"] {
            assert_eq!(
                wall(text, today(), "at").unwrap_err().field.as_deref(),
                Some("at"),
                "{text}"
            );
        }
    }
}
