//! Rules about single source files.

use super::tree::{File, Files};

pub fn broken(files: &Files) -> Vec<String> {
    let mut broken = Vec::new();
    for file in &files.0 {
        let Some(text) = file.text() else { continue };
        broken.extend(carriage_return(file, text));
        if file.path.ends_with(".rs") {
            broken.extend(missing_header(file, text));
            broken.extend(ambient(file, text));
        }
        if file.path.starts_with("ui/src/") {
            broken.extend(tauri_outside_its_folder(file, text));
        }
    }
    broken
}

/// Git turns line ends into each system's own on checkout only where it is told to; our files say LF.
fn carriage_return(file: &File, text: &str) -> Option<String> {
    // Calendar files have CRLF by RFC 5545; import fixtures are as foreign programs wrote them.
    let is_foreign =
        file.path.ends_with(".ics") || file.path.starts_with("tests/fixtures/") || !file.path.contains('.');
    (!is_foreign && text.contains("\r\n")).then(|| format!("{} has Windows line ends", file.path))
}

fn missing_header(file: &File, text: &str) -> Option<String> {
    (!text.starts_with("//!")).then(|| {
        format!(
            "{} does not begin with a //! sentence that says what it is",
            file.path
        )
    })
}

/// Crates that get time, chance and zones as arguments.
const PURE: &[&str] = &[
    "crates/clinic/src/",
    "crates/outreach/src/",
    "crates/insights/src/",
    "crates/ical/src/",
    "crates/paper/src/",
    "crates/sync/src/",
];

/// What asks the computer for the time, its zone or for chance.
const AMBIENT: &[&str] = &[
    "Timestamp::now",
    "Zoned::now",
    "SystemTime::now",
    "Instant::now",
    "TimeZone::system",
    "tz::db()",
    "Ulid::new()",
    "thread_rng",
    "rand::rng()",
    "rand::random",
    "OsRng",
    "getrandom::",
    "std::env::",
    "std::fs::",
    "std::net::",
];

fn ambient(file: &File, text: &str) -> Vec<String> {
    if !PURE.iter().any(|folder| file.path.starts_with(folder)) {
        return Vec::new();
    }
    // Tests at the end of a file, and files of tests, may do as they like.
    if file.path.ends_with("tests.rs") || file.path.contains("/tests/") {
        return Vec::new();
    }
    let product = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let mut broken = Vec::new();
    for (number, line) in product.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for word in AMBIENT.iter().filter(|word| line.contains(**word)) {
            broken.push(format!(
                "{}:{} uses {word}; this crate gets it as an argument",
                file.path,
                number + 1
            ));
        }
    }
    broken
}

fn tauri_outside_its_folder(file: &File, text: &str) -> Option<String> {
    (!file.path.starts_with("ui/src/desk/") && text.contains("@tauri-apps/"))
        .then(|| format!("{} imports Tauri; only ui/src/desk may", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(path: &str, text: &str) -> Vec<String> {
        broken(&Files::invented(&[(path, text)]))
    }

    #[test]
    fn a_clock_in_a_pure_crate_is_found_with_its_line() {
        let text = "//! Rules.\nfn now() -> Timestamp {\n    Timestamp::now()\n}\n";
        assert_eq!(
            one("crates/clinic/src/rules.rs", text),
            ["crates/clinic/src/rules.rs:3 uses Timestamp::now; this crate gets it as an argument"]
        );
        assert!(
            one("crates/desk/src/clock.rs", text).is_empty(),
            "desk may look at the clock"
        );
    }

    #[test]
    fn tests_and_comments_may_speak_of_the_clock() {
        let text = "//! Never Timestamp::now.\n// nor Instant::now\n#[cfg(test)]\nmod tests { fn t() { Instant::now(); } }\n";
        assert!(one("crates/clinic/src/rules.rs", text).is_empty());
    }

    #[test]
    fn only_one_folder_of_the_screen_knows_tauri() {
        let text = "import { invoke } from '@tauri-apps/api/core';\n";
        assert_eq!(one("ui/src/day/Grid.svelte", text).len(), 1);
        assert!(one("ui/src/desk/tauri.ts", text).is_empty());
    }

    #[test]
    fn headers_and_line_ends() {
        assert_eq!(one("crates/desk/src/x.rs", "use std::fs;\n").len(), 1);
        assert_eq!(one("docs/x.md", "a\r\nb\n"), ["docs/x.md has Windows line ends"]);
        assert!(one("tests/golden/visit.ics", "BEGIN:VCALENDAR\r\n").is_empty());
    }
}
