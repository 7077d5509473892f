//! Malformed input, a little of it, and everything that once did harm. More: `cargo xtask fuzz`.

use orca_tests::faults::table;
use orca_tests::fuzz::{Plan, measure};

fn met(targets: &[&str]) {
    let findings = measure(&Plan::quick(targets)).unwrap();
    assert_eq!(findings.len(), targets.len());
    for finding in &findings {
        assert!(finding.met, "{}", table(&findings));
    }
}

#[test]
fn what_comes_over_the_wire_harms_nobody() {
    met(&[
        "envelope",
        "statement",
        "batch",
        "frame",
        "relay",
        "desk",
        "letter",
    ]);
}

#[test]
fn changes_with_valid_checksums_harm_no_document() {
    met(&["changes"]);
}

#[test]
fn files_that_people_bring_harm_nobody() {
    met(&["ics", "csv", "backup", "invitation"]);
}
