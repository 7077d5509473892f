//! Mail addresses as calendar files need them: `mailto:` URIs (RFC 6068).

use std::fmt::Write;

/// Whether a text can be somebody's mail address: one `@` with something before it and a host behind it,
/// and nothing that ends or splits an address in a header. Not proof that mail arrives.
pub(crate) fn is_mail_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "<>()[]\\,;:\"@".contains(c);
    !local.is_empty()
        && !host.is_empty()
        && text.len() <= 254
        && !local.contains(forbidden)
        && host
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && host.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
}

/// The address as a `mailto:` URI; what RFC 6068 reserves is percent-encoded.
pub(crate) fn mailto(address: &str) -> String {
    let mut uri = String::from("mailto:");
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"@.-_~!$'*+^`{|}".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            write!(uri, "%{byte:02X}").expect("writing to a string");
        }
    }
    uri
}

/// The address in a `mailto:` URI, or the text itself where the scheme is missing, as some calendars
/// write it.
pub(crate) fn address_of(uri: &str) -> String {
    let text = calcard::icalendar::utils::strip_mailto_scheme(uri.trim());
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let encoded = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match encoded {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_people_have_are_accepted_and_typing_mistakes_are_not() {
        for good in [
            "ana@example.com",
            "o'brien+dentist@mail.example.co.uk",
            "jörg@bücher.example",
            "desk@localhost",
        ] {
            assert!(is_mail_address(good), "{good}");
        }
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@@example.com",
            "ana @example.com",
            "a@b..c",
            "a@b, c@d",
            "a@-b.c",
            "a\n@b.c",
        ] {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }

    #[test]
    fn an_address_survives_the_way_through_a_uri() {
        for address in [
            "ana@example.com",
            "50%off/q?x=1&y#z@example.com",
            "jörg@bücher.example",
        ] {
            let uri = mailto(address);
            assert!(uri.is_ascii(), "{uri}");
            assert_eq!(address_of(&uri), address);
        }
        assert_eq!(address_of("MAILTO:Ana@example.com"), "Ana@example.com");
        assert_eq!(address_of("100%@example.com"), "100%@example.com");
    }
}
