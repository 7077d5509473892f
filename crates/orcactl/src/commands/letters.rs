//! Letters from outside the practice.

use desk::api::{Handlers as _, LetterView, LettersRequest};

use crate::answer::{Answer, Outcome, columns};
use crate::names::Practice;

pub fn list(practice: &Practice, after: Option<u64>, limit: Option<u16>) -> Outcome {
    let letters = practice.front.letters(LettersRequest { after, limit })?;
    let rows: Vec<Vec<String>> = letters.letters.iter().map(line).collect();
    let mut text = columns(&rows);
    if rows.is_empty() {
        text = "No letters.\n".to_owned();
    }
    if let (true, Some(last)) = (letters.more, letters.letters.last()) {
        text.push_str(&format!("More: orcactl letters --after {}\n", last.number));
    }
    Ok(Answer::new(&letters, text))
}

/// Number, when, what kind, what it says or why that cannot be read.
fn line(letter: &LetterView) -> Vec<String> {
    let says = match (&letter.trouble, &letter.text) {
        (Some(trouble), _) => format!("(cannot be read: {trouble})"),
        (None, Some(text)) => one_line(text),
        (None, None) => format!("({} bytes that are no text)", letter.bytes),
    };
    vec![
        letter.number.to_string(),
        letter.received_at.clone(),
        letter.kind.clone(),
        says,
    ]
}

/// Somebody unknown wrote it: nothing in it may move the cursor or colour the terminal. As it is it stands in `--json`.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|letter| letter.is_whitespace() || !letter.is_control())
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_one_line_also_if_it_cannot_be_read() {
        let mut letter = LetterView {
            number: 3,
            id: "ab".repeat(16),
            received_at: "2026-03-03T14:00:00Z".to_owned(),
            kind: "page".to_owned(),
            text: Some("Yes,\n at nine.\u{1b}[2J".to_owned()),
            bytes: 13,
            trouble: None,
        };
        assert_eq!(line(&letter)[3], "Yes, at nine.[2J");
        letter.text = None;
        assert_eq!(line(&letter)[3], "(13 bytes that are no text)");
        letter.trouble = Some("its key is not here".to_owned());
        assert_eq!(line(&letter)[3], "(cannot be read: its key is not here)");
    }
}
