//! A PDF that opens with a password only: AES-256 as in ISO 32000-2, 7.6 (revision 6), which every viewer of the last ten
//! years knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Permissions};

use crate::DeskError;

/// `key`: 32 random bytes, new for each file. The password is what people type; the standard prepares it (SASLprep).
pub(crate) fn sealed(pdf: &[u8], password: &str, key: &[u8; 32]) -> Result<Vec<u8>, DeskError> {
    let trouble = |error: lopdf::Error| {
        DeskError::new(
            "cannot_seal",
            format!("The PDF cannot be sealed with this password: {error}."),
        )
        .hint("Choose another password, of plain letters and digits.")
        .field("password")
    };
    let mut document = Document::load_mem(pdf).map_err(trouble)?;
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let state = EncryptionState::try_from(EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(b"StdCF".to_vec(), filter)]),
        file_encryption_key: key,
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: password,
        user_password: password,
        permissions: Permissions::all(),
    })
    .map_err(trouble)?;
    document.encrypt(&state).map_err(trouble)?;
    let mut bytes = Vec::with_capacity(pdf.len() + 4096);
    document
        .save_to(&mut bytes)
        .map_err(|error| trouble(lopdf::Error::IO(error)))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use lopdf::LoadOptions;
    use paper::{Book, DaySheet, Fonts, PaperSize};

    use super::*;

    #[test]
    fn a_sealed_pdf_tells_nothing_and_opens_with_its_password() {
        let mut book = Book::new("Secret title", PaperSize::A4, Fonts::bundled());
        book.add_day(&DaySheet {
            day: "Tuesday".to_owned(),
            ..DaySheet::default()
        });
        let pdf = book.pdf();
        let sealed = sealed(&pdf, "correct horse", &[7; 32]).unwrap();
        let holds = |bytes: &[u8], words: &[u8]| bytes.windows(words.len()).any(|part| part == words);
        assert!(holds(&pdf, b"Secret title"), "or the next line says nothing");
        assert!(!holds(&sealed, b"Secret title"));
        assert!(Document::load_mem_with_options(&sealed, LoadOptions::with_password("wrong horse")).is_err());
        let opened =
            Document::load_mem_with_options(&sealed, LoadOptions::with_password("correct horse")).unwrap();
        assert!(opened.extract_text(&[1]).unwrap().contains("Tuesday"));
    }
}
