//! Two workstations and a relay over queues: whatever is lost, repeated, reordered, cut or crashed, everybody ends
//! up with the same log and nothing that was written is missing.

mod world;

use rand::RngExt;
use world::{Faults, World};

#[test]
fn two_desks_write_and_see_the_same_log() {
    let mut world = World::two_desks(1);
    world.write(0, "book Op 2 at 10:00");
    world.write(1, "book Op 3 at 10:30");
    world.settle();
    world.assert_converged();
    let log = &world.desks[0].log;
    assert_eq!(log[..3], ["(found)", "(invite)", "(join)"]);
    assert_eq!(log.len(), 5);
    assert!(log.contains(&"book Op 2 at 10:00".to_owned()) && log.contains(&"book Op 3 at 10:30".to_owned()));
}

#[test]
fn what_is_written_off_line_arrives_in_the_order_of_writing() {
    let mut world = World::two_desks(2);
    world.unplug(0);
    world.unplug(1);
    let theirs: Vec<String> = (0..700).map(|n| format!("front {n}")).collect();
    for text in &theirs {
        world.write(0, text);
    }
    world.write(1, "desk 2 alone");
    world.settle();
    assert!(
        !world.desks[0].is_in_step(),
        "the badge does not claim what is not so"
    );
    assert_eq!(world.desks[0].waiting(), 700);
    world.plug_in(0);
    world.plug_in(1);
    world.settle();
    world.assert_converged();
    let arrived: Vec<_> = world.desks[1]
        .log
        .iter()
        .filter(|text| text.starts_with("front"))
        .cloned()
        .collect();
    assert_eq!(arrived, theirs);
}

/// A few seeds each time; more with `ORCA_SEEDS`.
fn seeds(first: u64) -> std::ops::Range<u64> {
    let more = std::env::var("ORCA_SEEDS")
        .ok()
        .and_then(|number| number.parse().ok());
    first..first + more.unwrap_or(4)
}

fn storm(seed: u64, faults: Faults) -> World {
    let mut world = World::two_desks(seed);
    world.faults = faults;
    let mut written: Vec<Vec<String>> = vec![Vec::new(); 2];
    for round in 0..30 {
        let desk = usize::from(world.rng.random::<bool>());
        for n in 0..world.rng.random_range(1..40) {
            let text = format!("{desk}/{round}/{n}");
            world.write(desk, &text);
            written[desk].push(text);
        }
        let pause = world.rng.random_range(0..20_000);
        world.run_for(pause);
    }
    world.faults = Faults::default();
    world.relay().log().fail_next = None;
    world.settle();
    world.settle();
    world.assert_converged();
    for (desk, texts) in written.iter().enumerate() {
        let prefix = format!("{desk}/");
        let arrived: Vec<_> = world.desks[1 - desk]
            .log
            .iter()
            .filter(|text| text.starts_with(&prefix))
            .cloned()
            .collect();
        assert_eq!(
            &arrived, texts,
            "seed {seed}: everything once, in the order of writing"
        );
    }
    world
}

#[test]
fn lost_repeated_and_reordered_frames_change_nothing() {
    for seed in seeds(0) {
        storm(
            seed,
            Faults {
                lose: 50,
                repeat: 80,
                reorder: 80,
                ..Faults::default()
            },
        );
    }
}

#[test]
fn cut_cables_and_crashes_half_way_change_nothing() {
    for seed in seeds(100) {
        storm(
            seed,
            Faults {
                cut: 20,
                crash: 20,
                relay_restart: 20,
                ..Faults::default()
            },
        );
    }
}

#[test]
fn a_failing_disk_at_the_relay_changes_nothing() {
    for seed in seeds(200) {
        storm(
            seed,
            Faults {
                disk: 60,
                lose: 10,
                ..Faults::default()
            },
        );
    }
}

#[test]
fn everything_at_once_changes_nothing() {
    for seed in seeds(300) {
        storm(
            seed,
            Faults {
                lose: 30,
                repeat: 40,
                reorder: 40,
                cut: 10,
                crash: 10,
                relay_restart: 10,
                disk: 20,
            },
        );
    }
}

/// Negative control: a world in which frames vanish for ever must fail the same check.
#[test]
#[should_panic(expected = "outbox")]
fn the_check_notices_what_never_arrives() {
    let mut world = World::two_desks(3);
    world.faults = Faults {
        lose: 1000,
        ..Faults::default()
    };
    world.write(0, "lost");
    world.settle();
    world.assert_converged();
}

#[test]
fn the_wire_shows_no_text_and_no_name() {
    let mut world = World::two_desks(4);
    world.write(0, "CANARY-Juniper-Whitlock");
    world.settle();
    world.assert_converged();
    for canary in ["CANARY", "Amara", "Kofi", "Front desk", "Harbour"] {
        let found = world
            .seen_on_the_wire
            .windows(canary.len())
            .any(|part| part == canary.as_bytes());
        assert!(!found, "{canary} went over the wire in clear");
    }
    let relay = world
        .relay_log()
        .iter()
        .flat_map(|entry| entry.bytes.clone())
        .collect::<Vec<_>>();
    assert!(!relay.windows(6).any(|part| part == b"CANARY"));
}
