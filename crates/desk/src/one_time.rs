//! One-time codes by time (RFC 6238) as authenticator apps make them: HMAC-SHA-1, six digits, steps of 30 seconds.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

pub(crate) const SECRET_LENGTH: usize = 20;
const STEP_SECONDS: u64 = 30;
const DIGITS: u32 = 6;
/// Steps that a phone's clock may be off, either way.
const TOLERANCE: u64 = 1;

/// The code of a step, with so many digits.
fn code(secret: &[u8], step: u64, digits: u32) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[hash.len() - 1] & 0x0F);
    let number = u32::from_be_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]) & 0x7FFF_FFFF;
    number % 10_u32.pow(digits)
}

/// The step for which this is the code, now or a step away; later than `used`, because each counts once.
/// `now`: seconds since 1970 UTC.
pub(crate) fn step_of(secret: &[u8], typed: &str, now: u64, used: Option<u64>) -> Option<u64> {
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    if typed.len() != DIGITS as usize || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let typed: u32 = typed.parse().ok()?;
    let step = now / STEP_SECONDS;
    // All are computed, so that the time taken tells nothing.
    (step.saturating_sub(TOLERANCE)..=step + TOLERANCE)
        .filter(|step| code(secret, *step, DIGITS) == typed)
        .fold(None, |found, step| found.or(Some(step)))
        .filter(|step| used.is_none_or(|used| *step > used))
}

/// The code that an authenticator app shows at `now`, for tests and whoever wants to be one.
#[cfg(test)]
fn shown(secret: &[u8], now: u64) -> String {
    format!("{:06}", code(secret, now / STEP_SECONDS, DIGITS))
}

/// What an authenticator app scans. Names are for people to tell entries apart.
pub(crate) fn uri(secret: &[u8], practice: &str, person: &str) -> String {
    let (practice, person) = (escaped(practice), escaped(person));
    format!(
        "otpauth://totp/{practice}:{person}?secret={}&issuer={practice}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
        text(secret)
    )
}

/// As people type it.
pub(crate) fn text(secret: &[u8]) -> String {
    data_encoding::BASE32_NOPAD.encode(secret)
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_rfc_6238() {
        for (seconds, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(code(SECRET, seconds / STEP_SECONDS, 8), expected, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_a_step_around_its_own_and_once() {
        let now = 1_234_567_890;
        let typed = shown(SECRET, now);
        let step = now / STEP_SECONDS;
        for (seconds, counts) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let found = step_of(SECRET, &typed, now.saturating_add_signed(seconds), None);
            assert_eq!(found, counts.then_some(step), "{seconds}");
        }
        assert_eq!(
            step_of(SECRET, &format!(" {} {} ", &typed[..3], &typed[3..]), now, None),
            Some(step)
        );
        assert_eq!(step_of(SECRET, &typed, now, Some(step - 1)), Some(step));
        assert_eq!(step_of(SECRET, &typed, now, Some(step)), None, "used");
        for wrong in ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"] {
            assert_eq!(step_of(SECRET, wrong, now, None), None, "{wrong}");
        }
        assert_eq!(step_of(SECRET, &typed, 0, None), None);
    }

    #[test]
    fn apps_read_it() {
        assert_eq!(
            uri(SECRET, "Dr. Osei & Söhne", "Amara Diallo"),
            "otpauth://totp/Dr.%20Osei%20%26%20S%C3%B6hne:Amara%20Diallo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Dr.%20Osei%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }
}
