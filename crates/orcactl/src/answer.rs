//! What is printed: an answer as text for people or JSON for programs, or an error.

use std::fmt::Write as _;

use desk::DeskError;
use serde::Serialize;
use serde_json::{Value, json};

/// An answer in both forms.
pub struct Answer {
    pub json: Value,
    pub text: String,
}

impl Answer {
    /// `value` as JSON is the seam's own form: the same that the screen gets.
    pub fn new(value: &impl Serialize, text: impl Into<String>) -> Answer {
        let json = serde_json::to_value(value).expect("the seam's types are JSON");
        Answer {
            json,
            text: text.into(),
        }
    }

    pub fn print(&self, as_json: bool) -> String {
        let mut text = match as_json {
            true => serde_json::to_string_pretty(&self.json).expect("JSON values can be written"),
            false => self.text.clone(),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }
}

pub type Outcome = Result<Answer, DeskError>;

/// An error for people, or `{code, message, hint, field?}` for programs.
pub fn print_error(error: &DeskError, as_json: bool) -> String {
    if as_json {
        let mut object = json!({ "code": error.code, "message": error.message, "hint": error.hint });
        if let Some(field) = &error.field {
            object["field"] = json!(field);
        }
        if !error.violations.is_empty() {
            object["violations"] =
                serde_json::to_value(&error.violations).expect("the seam's types are JSON");
        }
        if let Some(way) = &error.way_through {
            object["way_through"] = serde_json::to_value(way).expect("the seam's types are JSON");
        }
        return format!(
            "{}\n",
            serde_json::to_string_pretty(&object).expect("JSON values can be written")
        );
    }
    let mut text = format!("orcactl: {}\n", error.message);
    for violation in error
        .violations
        .iter()
        .filter(|violation| !error.message.contains(&violation.message))
    {
        writeln!(text, "  {}", violation.message).expect("writing to a string cannot fail");
    }
    if !error.hint.is_empty() {
        writeln!(text, "  {}", error.hint).expect("writing to a string cannot fail");
    }
    text
}

/// Columns of text, aligned by the widest cell; the last one runs free.
pub fn columns(rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().count();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|at| {
            rows.iter()
                .filter_map(|row| row.get(at))
                .map(|cell| width(cell))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            line.push_str(cell);
            if at + 1 < row.len() {
                line.push_str(&" ".repeat(widths[at] - width(cell) + 2));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// `one visit`, `3 visits`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_letters() {
        let rows = [
            vec!["é".to_owned(), "1".to_owned()],
            vec!["abc".to_owned(), "2".to_owned()],
        ];
        assert_eq!(columns(&rows), "é    1\nabc  2\n");
    }

    #[test]
    fn errors_say_what_to_do() {
        let error = DeskError::new("chair_taken", "Op 2 is taken.")
            .hint("Take another.")
            .field("operatory");
        assert_eq!(
            print_error(&error, false),
            "orcactl: Op 2 is taken.\n  Take another.\n"
        );
        let json: Value = serde_json::from_str(&print_error(&error, true)).unwrap();
        assert_eq!(
            json,
            json!({"code": "chair_taken", "message": "Op 2 is taken.", "hint": "Take another.", "field": "operatory"})
        );
    }
}
