//! The letters that came from outside.

use jiff::Timestamp;

use crate::api::{LetterView, Letters, LettersRequest};
use crate::desk::Desk;
use crate::{DeskError, read, views};

impl Desk {
    pub fn letters(&self, request: LettersRequest) -> Result<Letters, DeskError> {
        let limit = usize::from(read::bounded(request.limit, 50, 1..=500, "limit")?);
        let mut letters = self.letters_after(request.after.unwrap_or(0), limit + 1)?;
        let more = letters.len() > limit;
        letters.truncate(limit);
        Ok(Letters {
            letters: letters.into_iter().map(letter_view).collect(),
            more,
        })
    }
}

fn letter_view(letter: store::Letter) -> LetterView {
    let can_be_read = letter.trouble.is_empty();
    let received_at = Timestamp::from_millisecond(letter.received_millis).unwrap_or(Timestamp::MAX);
    LetterView {
        number: letter.number,
        id: data_encoding::HEXLOWER.encode(&letter.id),
        received_at: views::instant(received_at),
        kind: letter.kind,
        bytes: u32::try_from(letter.body.len()).unwrap_or(u32::MAX),
        // What is sealed is nothing to show.
        text: can_be_read.then(|| String::from_utf8(letter.body).ok()).flatten(),
        trouble: (!can_be_read).then_some(letter.trouble),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(kind: &str, body: &[u8], trouble: &str) -> store::Letter {
        store::Letter {
            id: [0xAB; 16],
            number: 7,
            received_millis: 1_770_000_000_000,
            kind: kind.to_owned(),
            body: body.to_vec(),
            trouble: trouble.to_owned(),
        }
    }

    #[test]
    fn what_is_text_is_shown_and_what_is_sealed_is_not() {
        let read = letter_view(letter("page", "Yes, at nine.".as_bytes(), ""));
        assert_eq!(
            (read.kind.as_str(), read.text.as_deref(), read.trouble),
            ("page", Some("Yes, at nine."), None)
        );
        assert_eq!((read.number, read.bytes, read.id), (7, 13, "ab".repeat(16)));
        assert_eq!(read.received_at, "2026-02-02T02:40:00Z");
        let image = letter_view(letter("image", &[0xFF, 0xD8], ""));
        assert_eq!((image.text, image.bytes), (None, 2));
        let sealed = letter_view(letter("", b"sealed, and text by chance", "its key is not here"));
        assert_eq!(
            (sealed.text, sealed.trouble.as_deref()),
            (None, Some("its key is not here"))
        );
    }
}
