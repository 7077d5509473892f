//! The fault harnesses, a few points of each: nothing fails, and the weakened variant does. All points: `cargo xtask
//! faults`.

use orca_tests::faults::{Plan, measure, table};

fn met(id: &str) {
    let findings = measure(&Plan::quick(&[id])).unwrap();
    assert!(!findings.is_empty());
    for finding in &findings {
        assert!(finding.met, "{}", table(&findings));
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    met("S1");
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    met("S2");
}

#[test]
fn a_disk_that_refuses_costs_nothing_that_was_there() {
    met("S3");
}

#[test]
fn a_flipped_bit_is_noticed_or_changes_nothing() {
    met("S4");
}

#[test]
fn a_lying_relay_is_noticed_or_changes_nothing() {
    met("S7");
}

#[test]
fn who_is_out_is_refused_by_everybody() {
    met("S8");
}

#[test]
fn every_role_may_what_the_table_says_at_every_desk() {
    met("S9");
}

#[test]
fn a_stolen_disk_tells_nothing() {
    met("S10");
}

#[test]
fn the_audit_has_everything_and_shows_what_was_done_to_it() {
    met("S11");
}

#[test]
fn a_restored_workstation_shows_the_same() {
    met("S14");
}
