//! From bytes to properties: line ends, folds, letters, then one property per line. Done here rather than
//! by `ical`'s own line reader, which drops spaces at folds and stops at the first byte that is not UTF-8.

use std::borrow::Cow;

use calcard::icalendar::{ICalendarEntry, ICalendarValue};
use calcard::{Entry, Parser};
use ical_reader::PropertyParser;
use jiff::civil::DateTime;

use crate::rule::Rule;

/// One line after unfolding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Of its first physical line, from 1.
    pub number: usize,
    pub text: String,
}

/// What was noticed about the file's letters.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Letters {
    /// First line that is not UTF-8 and was read as Windows-1252.
    pub not_utf8: Option<usize>,
}

/// Unfolds a file. Takes CRLF, LF and CR line ends, a byte-order mark, UTF-16 with one, and folds
/// in the middle of a letter.
pub(crate) fn unfold(file: &[u8]) -> (Vec<Line>, Letters) {
    let utf16;
    let bytes = match file {
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
        [0xFF, 0xFE, rest @ ..] => {
            utf16 = from_utf16(rest, u16::from_le_bytes);
            utf16.as_bytes()
        }
        [0xFE, 0xFF, rest @ ..] => {
            utf16 = from_utf16(rest, u16::from_be_bytes);
            utf16.as_bytes()
        }
        _ => file,
    };
    let line_end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    let mut letters = Letters::default();
    let mut lines = Vec::new();
    let mut open: Option<(usize, Vec<u8>)> = None;
    for (index, physical) in bytes.split(|byte| *byte == line_end).enumerate() {
        let physical = physical.strip_suffix(b"\r").unwrap_or(physical);
        match (physical, &mut open) {
            ([], _) => {}
            ([b' ' | b'\t', rest @ ..], Some((_, text))) => text.extend_from_slice(rest),
            _ => {
                if let Some((number, text)) = open.replace((index + 1, physical.to_vec())) {
                    lines.push(decoded(number, text, &mut letters));
                }
            }
        }
    }
    if let Some((number, text)) = open {
        lines.push(decoded(number, text, &mut letters));
    }
    (lines, letters)
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn decoded(number: usize, bytes: Vec<u8>, letters: &mut Letters) -> Line {
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        letters.not_utf8.get_or_insert(number);
        error.as_bytes().iter().map(|byte| windows_1252(*byte)).collect()
    });
    // A carriage return inside a line would end it for the second reader.
    Line {
        number,
        text: if text.contains('\r') {
            text.replace('\r', " ")
        } else {
            text
        },
    }
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

/// One property: `ical` took the line apart, `calcard` reads the value when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    pub line: usize,
    /// In capitals.
    pub name: String,
    /// Names in capitals, values without their quotes.
    pub params: Vec<(String, Vec<String>)>,
    /// As written: escapes and all.
    pub value: String,
    text: String,
}

impl Property {
    /// Nothing if the line is not a property.
    pub fn from_line(line: usize, text: &str) -> Option<Property> {
        let text = quoted_zone(text.trim_start());
        let read = PropertyParser::from_reader(text.as_bytes()).next()?.ok()?;
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let name = read.name.trim().to_ascii_uppercase();
        is_name(&name).then(|| Property {
            line,
            name,
            params: read.params.unwrap_or_default(),
            value: read.value.unwrap_or_default(),
            text: text.into_owned(),
        })
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        let (_, values) = self.params.iter().find(|(known, _)| known == name)?;
        values.first().map(String::as_str)
    }

    /// The property as `calcard` understands it.
    pub fn entry(&self) -> Option<ICalendarEntry> {
        let component = format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", self.text);
        match Parser::new(&component).entry() {
            Entry::ICalendar(mut calendar) => {
                let mut entries = std::mem::take(&mut calendar.components.first_mut()?.entries);
                (entries.len() == 1).then(|| entries.swap_remove(0))
            }
            _ => None,
        }
    }

    /// The value as text, without escapes.
    pub fn text(&self) -> String {
        let entry = self.entry();
        let read = entry
            .as_ref()
            .and_then(|entry| entry.values.first())
            .and_then(ICalendarValue::as_text);
        read.unwrap_or(&self.value).trim().to_owned()
    }

    /// The value as a recurrence rule; the error says which part is not understood.
    pub fn rule(&self, start: DateTime) -> Result<Rule, String> {
        match self.entry().and_then(|mut entry| entry.values.pop()) {
            Some(ICalendarValue::RecurrenceRule(read)) => Rule::understand(&self.value, &read, start),
            _ => Err(format!("“{}”", shortened(&self.value))),
        }
    }
}

/// Outlook writes `DTSTART;TZID=tzone://Microsoft/Custom:20260303T090000` without the quotes that a colon
/// needs. No date has a colon, so the last one of the line ends the name.
fn quoted_zone(line: &str) -> Cow<'_, str> {
    const PARAM: &str = ";TZID=";
    let capitals = line.as_bytes().windows(PARAM.len()).take(40);
    let Some(at) = capitals
        .enumerate()
        .find(|(_, part)| part.eq_ignore_ascii_case(PARAM.as_bytes()))
        .map(|(at, _)| at)
    else {
        return Cow::Borrowed(line);
    };
    let (before, rest) = line.split_at(at + PARAM.len());
    match rest.rsplit_once(':') {
        Some((zone, value)) if zone.contains(':') && !zone.contains(['"', ';']) => {
            Cow::Owned(format!("{before}\"{zone}\":{value}"))
        }
        _ => Cow::Borrowed(line),
    }
}

/// Enough of a value to recognise it.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &[u8]) -> Vec<String> {
        unfold(file)
            .0
            .into_iter()
            .map(|line| format!("{} {}", line.number, line.text))
            .collect()
    }

    #[test]
    fn every_kind_of_line_end_and_blank_lines_in_between() {
        for file in [
            "A:1\r\nB:2\r\n 3\r\n\r\nC:4",
            "A:1\nB:2\n 3\n\nC:4\n",
            "A:1\rB:2\r 3\r\rC:4\r",
        ] {
            assert_eq!(texts(file.as_bytes()), ["1 A:1", "2 B:23", "5 C:4"]);
        }
    }

    #[test]
    fn a_fold_inside_a_letter_and_spaces_at_a_fold_survive() {
        assert_eq!(
            texts(b"S:Z\xC3\r\n \xA4hne \r\n  und Zahn"),
            ["1 S:Zähne  und Zahn"]
        );
    }

    #[test]
    fn marks_and_foreign_letters() {
        assert_eq!(texts(b"\xEF\xBB\xBFA:1"), ["1 A:1"]);
        assert_eq!(texts(b"\xFF\xFEA\0:\0\xE4\0\n\0B\0:\0"), ["1 A:ä", "2 B:"]);
        let (lines, letters) = unfold(b"A:1\nB:caf\xE9 \x80");
        assert_eq!(lines[1].text, "B:café €");
        assert_eq!(letters.not_utf8, Some(2));
    }

    #[test]
    fn quoted_parameters_and_escaped_text() {
        let property =
            Property::from_line(7, r#"dtstart;TzId="Eastern, Standard: Time":20260303T090000"#).unwrap();
        assert_eq!(
            (property.name.as_str(), property.param("TZID")),
            ("DTSTART", Some("Eastern, Standard: Time"))
        );
        for zone in [
            "tzone://Microsoft/Custom",
            "(UTC-05:00) Eastern Time (US & Canada)",
        ] {
            let property = Property::from_line(7, &format!("EXDATE;tzid={zone}:20260303T090000")).unwrap();
            assert_eq!(
                (property.param("TZID"), property.value.as_str()),
                (Some(zone), "20260303T090000")
            );
        }
        let property = Property::from_line(7, r"SUMMARY;LANGUAGE=en:Lunch\, then\; \nnotes C:\\x").unwrap();
        assert_eq!(property.text(), "Lunch, then; \nnotes C:\\x");
    }

    #[test]
    fn what_is_not_a_property_is_not_one() {
        for text in ["", ":", "no colon", "two words:x", "\u{0}:x"] {
            assert_eq!(Property::from_line(1, text), None, "{text:?}");
        }
    }
}
