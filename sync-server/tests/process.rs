//! The program itself: started, killed, started again; and what it does when its data is not as it should be.

#[path = "support/process.rs"]
mod process;
mod support;

use std::path::Path;
use std::process::Command;

use orca_relay::storage::sqlite::{CannotOpen, DataDir};
use process::Process;
use support::place::Place;
use support::{Desk, Line, PRACTICE};
use sync::envelope::Envelope;
use sync::id::EnvelopeId;
use sync::log::genesis;

on_both_engines! {
    nothing_acknowledged_is_lost_when_the_relay_is_killed_mid_stream,
}

async fn nothing_acknowledged_is_lost_when_the_relay_is_killed_mid_stream(place: Place) {
    let mut front = Desk::founder();
    let mut unsent: Vec<Envelope> = (0..1_500).map(|n| front.write(&format!("change {n}"))).collect();
    let mut acknowledged: Vec<(EnvelopeId, u64)> = Vec::new();
    for round in 0..4 {
        let mut relay = Process::start(&place);
        let mut line = Line::connect(relay.address, &front).await;
        // Several pushes on their way, killed while they are.
        let batches: Vec<_> = unsent.chunks(40).map(<[_]>::to_vec).collect();
        for batch in &batches {
            line.push(batch).await;
        }
        for batch in batches.iter().take(3 + 4 * round) {
            let Some(accepted) = line.accepted().await else {
                break;
            };
            acknowledged.extend(batch.iter().map(Envelope::id).zip(accepted.positions));
        }
        relay.kill();
        while let Some(accepted) = line.accepted().await {
            // Sent before it died: these count, too.
            let batch = &batches[usize::try_from(accepted.batch).expect("few") - 1];
            acknowledged.extend(batch.iter().map(Envelope::id).zip(accepted.positions));
        }
        let done: std::collections::HashSet<_> = acknowledged.iter().map(|(id, _)| *id).collect();
        unsent.retain(|envelope| !done.contains(&envelope.id()));
    }
    assert!(
        acknowledged.len() >= 480,
        "the rounds got somewhere: {}",
        acknowledged.len()
    );
    let relay = Process::start(&place);
    let mut line = Line::connect(relay.address, &front).await;
    let log = line.pull_all(0, genesis(PRACTICE), 256).await;
    for (id, position) in acknowledged {
        let index = usize::try_from(position).expect("small") - 1;
        assert_eq!(log.get(index), Some(&id), "acknowledged at {position}");
    }
}

fn refused(data: &Path) -> (String, bool) {
    let before = std::fs::read(data.join("relay.sqlite")).ok();
    let output = Command::new(env!("CARGO_BIN_EXE_orca-relay"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .output()
        .expect("it runs");
    assert!(!output.status.success());
    let unchanged = before == std::fs::read(data.join("relay.sqlite")).ok();
    (String::from_utf8(output.stderr).expect("text"), unchanged)
}

#[test]
fn a_second_relay_on_the_same_data_is_refused() {
    let place = Place::sqlite();
    let _first = Process::start(&place);
    let Place::Sqlite(data) = &place else {
        panic!("it is SQLite")
    };
    let (message, _) = refused(data.path());
    assert!(message.contains("another relay is running on"), "{message}");
}

#[test]
fn a_newer_foreign_or_damaged_database_is_left_alone() {
    let data = tempfile::tempdir().expect("a directory");
    let file = data.path().join("relay.sqlite");
    drop(DataDir::open(data.path()).expect("a fresh one"));
    let sound = std::fs::read(&file).expect("there");

    let mut newer = sound.clone();
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&file, &newer).expect("written");
    let (message, unchanged) = refused(data.path());
    assert!(
        message.contains("written by a newer orca-relay") && unchanged,
        "{message}"
    );

    std::fs::write(
        &file,
        b"Dear diary, this is not a database, but it is longer than a header has to be. ".repeat(3),
    )
    .expect("written");
    let (message, unchanged) = refused(data.path());
    assert!(
        message.contains("is not a relay's database") && unchanged,
        "{message}"
    );

    let mut damaged = sound.clone();
    for byte in &mut damaged[100..3000] {
        *byte ^= 0x5a;
    }
    std::fs::write(&file, &damaged).expect("written");
    let (message, unchanged) = refused(data.path());
    assert!(message.contains("is damaged") && unchanged, "{message}");

    std::fs::write(&file, &sound).expect("written");
    drop(DataDir::open(data.path()).expect("the sound one still opens"));
}

#[test]
fn the_directory_is_free_again_after_a_stop() {
    let data = tempfile::tempdir().expect("a directory");
    let first = DataDir::open(data.path()).expect("free");
    assert!(matches!(
        DataDir::open(data.path()),
        Err(CannotOpen::InUse { .. })
    ));
    drop(first);
    DataDir::open(data.path()).expect("free again");
}
