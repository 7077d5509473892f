//! The front-desk simulation, a few seeds of it, and whether its checks can fail.

use orca_tests::simulation::{self, Broken, Plan};

#[test]
fn desks_agree_after_every_misfortune() {
    for seed in 1..=10 {
        let tally = simulation::run(&Plan::new(seed, 120)).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(tally.done > 20, "seed {seed}: people got something done: {tally}");
    }
}

#[test]
fn the_same_seed_shows_the_same_day() {
    let plan = Plan::new(3, 80);
    let once = simulation::run(&plan).unwrap_or_else(|failure| panic!("{failure}"));
    let again = simulation::run(&plan).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(once, again);
}

/// A part that misbehaves must be noticed in at least one of a few seeds.
#[test]
fn every_broken_part_is_noticed() {
    for (name, broken) in Broken::ALL {
        let noticed = (1..=4).any(|seed| {
            simulation::run(&Plan {
                broken,
                ..Plan::new(seed, 100)
            })
            .is_err()
        });
        assert!(noticed, "{name} was not noticed");
    }
}
