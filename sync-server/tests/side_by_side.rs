//! Several relays on one PostgreSQL database: workstations cannot tell them apart, and one may go at any time.

#[path = "support/process.rs"]
mod process;
mod support;

use std::time::Duration;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use orca_relay::storage::postgres::Address;
use orca_relay::{Config, Relay};
use sync::envelope::Envelope;
use sync::id::EnvelopeId;
use sync::log::genesis;
use sync::statement::{Revoke, Statement};
use sync::wire::{Frame, Ping, RefusalCode};

use process::Process;
use support::place::Place;
use support::{Desk, Line, PRACTICE, Running, deliver, http, until_true};

/// Invites a second workstation at one relay and lets it in at another.
async fn second_desk(front: &mut Desk, at: SocketAddr, joins_at: SocketAddr) -> (Desk, Line) {
    let mut line = Line::connect(at, front).await;
    let (code, invite, parcel) = front.invite();
    line.push(&[invite]).await;
    assert!(line.accepted().await.expect("open").refused.is_none());
    line.send(&parcel).await;
    assert!(matches!(line.receive().await, Some(Frame::ParcelStored(_))));
    let mut asking = Line::open(joins_at).await;
    asking.send_raw(code.ask()).await;
    let answer = asking.receive().await.expect("an answer").to_bytes();
    let second = Desk::invited(&code, &code.answer(&answer).expect("the parcel opens"));
    let line = Line::connect(joins_at, &second).await;
    (second, line)
}

/// The next entries that come unasked, until there are so many.
async fn live(line: &mut Line, number: usize) -> Vec<EnvelopeId> {
    let mut ids = Vec::new();
    while ids.len() < number {
        match line.receive().await {
            Some(Frame::Entries(entries)) => {
                ids.extend(entries.envelopes.iter().map(|bytes| Envelope::id_of(bytes)));
            }
            other => panic!("no live entries, but {other:?}"),
        }
    }
    ids
}

/// Why a push is refused: in its answer, or because its author is cut off before it comes.
async fn refused(line: &mut Line) -> RefusalCode {
    match line.receive().await.expect("a refusal") {
        Frame::Accepted(accepted) => {
            assert!(accepted.positions.is_empty());
            accepted.refused.expect("not accepted").code
        }
        Frame::Refused(refusal) => refusal.code,
        other => panic!("not a refusal: {other:?}"),
    }
}

fn ids(envelopes: &[Envelope]) -> Vec<EnvelopeId> {
    envelopes.iter().map(Envelope::id).collect()
}

#[tokio::test]
async fn what_is_pushed_at_one_relay_is_live_at_the_other() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let mut line = Line::connect(one.address, &front).await;
    let (mut second, mut their_line) = second_desk(&mut front, one.address, two.address).await;
    line.pull_all(0, genesis(PRACTICE), 256).await;
    their_line.pull_all(0, genesis(PRACTICE), 256).await;

    let theirs = [front.write("one"), front.write("two"), front.write("three")];
    line.push(&theirs).await;
    assert_eq!(line.accepted().await.expect("open").positions, [4, 5, 6]);
    assert_eq!(live(&mut their_line, 3).await, ids(&theirs));
    // Its own come back, too, as on one relay.
    assert_eq!(live(&mut line, 3).await, ids(&theirs));

    let ours = [second.write("four")];
    their_line.push(&ours).await;
    assert_eq!(their_line.accepted().await.expect("open").positions, [7]);
    assert_eq!(live(&mut line, 1).await, ids(&ours));
    for relay in [&one, &two] {
        let metrics = http(relay.address, "/metrics").await;
        let heard = metrics
            .lines()
            .find_map(|line| line.strip_prefix("orca_relay_notifications_total "))
            .expect("it is counted");
        assert_ne!(heard, "0", "told, and not only found when looking around");
    }
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn two_relays_that_append_at_the_same_time_leave_no_gap() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    Line::connect(one.address, &front).await;
    let (mut second, mut line) = second_desk(&mut front, one.address, two.address).await;
    let written =
        |desk: &mut Desk| -> Vec<Envelope> { (0..400).map(|n| desk.write(&format!("change {n}"))).collect() };
    let (ours, theirs) = (written(&mut front), written(&mut second));
    let (first, other) = tokio::join!(
        deliver(&front, &ours, || vec![one.address]),
        deliver(&second, &theirs, || vec![two.address]),
    );
    let mut all: Vec<u64> = first.iter().chain(&other).copied().collect();
    all.sort_unstable();
    assert_eq!(
        all,
        (4..=803).collect::<Vec<_>>(),
        "founding, invitation, joining, and these"
    );
    // The chain is verified while pulling, and both relays tell the same log.
    let log = line.pull_all(0, genesis(PRACTICE), 256).await;
    let mut at_one = Line::connect(one.address, &front).await;
    assert_eq!(at_one.pull_all(0, genesis(PRACTICE), 256).await, log);
    for (id, position) in ids(&ours).iter().zip(first).chain(ids(&theirs).iter().zip(other)) {
        let index = usize::try_from(position).expect("small") - 1;
        assert_eq!(log.get(index), Some(id), "acknowledged at {position}");
    }
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn one_practice_is_founded_once_wherever_it_is_tried() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let (first, usurper) = (Desk::founder(), Desk::founder());
    let (mut here, mut there) = (Line::open(one.address).await, Line::open(two.address).await);
    let (here, there) = tokio::join!(here.auth(&first, None), there.auth(&usurper, None));
    assert!(here.is_ok() != there.is_ok(), "one of them: {here:?}, {there:?}");
    let founder = if here.is_ok() { first } else { usurper };
    for relay in [one, two] {
        let mut line = Line::connect(relay.address, &founder).await;
        assert_eq!(line.pull_all(0, genesis(PRACTICE), 256).await.len(), 1);
        relay.stop().await;
    }
}

#[tokio::test]
async fn who_was_removed_at_one_relay_is_out_at_the_other() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let mut line = Line::connect(one.address, &front).await;
    let (mut second, mut their_line) = second_desk(&mut front, one.address, two.address).await;
    let revoke = front.say(&Statement::Revoke(Revoke {
        workstation: Some(second.keys.id()),
        person: None,
        invitation: None,
    }));
    line.push(&[revoke]).await;
    assert!(line.accepted().await.expect("open").refused.is_none());
    // At once, whether the other relay has heard of it or judges by what it finds in the log.
    their_line.push(&[second.write("after I was removed")]).await;
    assert_eq!(refused(&mut their_line).await, RefusalCode::Revoked);
    while let Some(frame) = their_line.receive().await {
        assert!(
            matches!(frame, Frame::Refused(_)),
            "closed without more: {frame:?}"
        );
    }
    let refusal = Line::open(two.address)
        .await
        .auth(&second, None)
        .await
        .expect_err("out");
    assert_eq!(refusal.code, RefusalCode::Revoked);
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn a_relay_that_hears_nothing_still_judges_by_the_log() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let mut line = Line::connect(one.address, &front).await;
    let (mut second, mut their_line) = second_desk(&mut front, one.address, two.address).await;
    let Place::Postgres { cluster, database } = &place else {
        panic!("it is PostgreSQL")
    };
    // Open sessions go on, but nobody gets a new one: relays are cut off from listening, and stay so.
    cluster.sql(
        "postgres",
        &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"),
    );
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";
    cluster.sql("postgres", cut);
    let revoke = front.say(&Statement::Revoke(Revoke {
        workstation: Some(second.keys.id()),
        person: None,
        invitation: None,
    }));
    line.push(&[revoke]).await;
    assert!(line.accepted().await.expect("open").refused.is_none());

    their_line.push(&[second.write("after I was removed")]).await;
    assert_eq!(refused(&mut their_line).await, RefusalCode::Revoked);
    let refusal = Line::open(two.address)
        .await
        .auth(&second, None)
        .await
        .expect_err("out");
    assert_eq!(refusal.code, RefusalCode::Revoked);
    // Who stays writes on where the other relay's log ends.
    let mut line = Line::connect(two.address, &front).await;
    line.push(&[front.write("after the removal")]).await;
    assert_eq!(line.accepted().await.expect("open").positions, [5]);
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn an_invitation_is_used_once_whichever_relay_it_is_shown_to() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let mut line = Line::connect(one.address, &front).await;
    let (code, invite, parcel) = front.invite();
    line.push(&[invite]).await;
    line.accepted().await.expect("open");
    line.send(&parcel).await;
    line.receive().await.expect("stored");
    let mut asking = Line::open(two.address).await;
    asking.send_raw(code.ask()).await;
    let answer = asking.receive().await.expect("an answer").to_bytes();
    let welcome = code.answer(&answer).expect("the parcel opens");
    let (first, other) = (Desk::invited(&code, &welcome), Desk::invited(&code, &welcome));
    let (mut here, mut there) = (Line::open(one.address).await, Line::open(two.address).await);
    let (here, there) = tokio::join!(here.auth(&first, None), there.auth(&other, None));
    let refused = match (here, there) {
        (Ok(_), Err(refusal)) | (Err(refusal), Ok(_)) => refusal,
        both => panic!("one of them comes in: {both:?}"),
    };
    assert_eq!(refused.code, RefusalCode::InvitationUsed);
    one.stop().await;
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_are_restarted_one_after_the_other_and_nothing_is_lost() {
    let place = Place::postgres();
    let mut relays = [Process::start(&place), Process::start(&place)];
    let addresses = Arc::new(Mutex::new(relays.each_ref().map(|relay| relay.address).to_vec()));
    let mut front = Desk::founder();
    Line::connect(relays[0].address, &front).await;
    let (known, delivered) = (addresses.clone(), Arc::new(AtomicUsize::new(0)));
    let (count, stop) = (delivered.clone(), Arc::new(AtomicBool::new(false)));
    let until = stop.clone();
    let pushing = tokio::spawn(async move {
        let (mut expected, mut positions) = (Vec::new(), Vec::new());
        while !until.load(Ordering::Relaxed) {
            let written: Vec<_> = (0..40).map(|n| front.write(&format!("change {n}"))).collect();
            let relays = || known.lock().expect("no panic").clone();
            positions.extend(deliver(&front, &written, relays).await);
            expected.extend(ids(&written));
            count.store(expected.len(), Ordering::Relaxed);
        }
        (front, expected, positions)
    });
    // Three times around, asked to stop, killed, asked to stop: while changes are pushed through whichever is there.
    for round in 0..3 {
        for (index, relay) in relays.iter_mut().enumerate() {
            let before = delivered.load(Ordering::Relaxed);
            until_true("changes get through", || {
                delivered.load(Ordering::Relaxed) > before
            })
            .await;
            if round == 1 {
                relay.kill();
            } else {
                relay.stop();
            }
            *relay = Process::start(&place);
            addresses.lock().expect("no panic")[index] = relay.address;
        }
    }
    stop.store(true, Ordering::Relaxed);
    let (front, expected, positions) = pushing.await.expect("no panic");
    let last = 1 + expected.len() as u64;
    assert_eq!(positions, (2..=last).collect::<Vec<_>>(), "in order, each once");
    for relay in &relays {
        let mut line = Line::connect(relay.address, &front).await;
        let log = line.pull_all(0, genesis(PRACTICE), 256).await;
        assert_eq!(log[1..], expected);
    }
}

#[tokio::test]
async fn a_lost_notification_is_made_up_for() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let mut line = Line::connect(one.address, &front).await;
    let (_second, mut their_line) = second_desk(&mut front, one.address, two.address).await;
    their_line.pull_all(0, genesis(PRACTICE), 256).await;
    let Place::Postgres { cluster, database } = &place else {
        panic!("it is PostgreSQL")
    };
    let mut expected = Vec::new();
    for round in 0..3 {
        // Whoever listens is cut off, so that what is written now is told to nobody.
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";
        cluster.sql(database, cut);
        let written = [front.write(&format!("round {round}"))];
        line.push(&written).await;
        line.accepted().await.expect("open");
        expected.extend(ids(&written));
    }
    assert_eq!(live(&mut their_line, 3).await, expected);
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn the_database_may_restart_and_crash_under_the_relays() {
    let mut place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let mut line = Line::connect(one.address, &front).await;
    let (second, mut their_line) = second_desk(&mut front, one.address, two.address).await;
    let mut expected = their_line.pull_all(0, genesis(PRACTICE), 256).await;
    for crash in [false, true] {
        if crash {
            place.cluster().crash();
        } else {
            place.cluster().stop();
        }
        // While it is away: refused in words, or cut off, but never acknowledged.
        let waiting: Vec<_> = (0..50).map(|n| front.write(&format!("waiting {n}"))).collect();
        line.push(&waiting).await;
        let accepted = line.accepted().await.expect("open");
        assert!(accepted.positions.is_empty());
        assert_eq!(accepted.refused.expect("away").code, RefusalCode::Unavailable);
        assert!(http(one.address, "/health").await.starts_with("HTTP/1.1 503"));
        assert!(Line::try_connect(one.address, &front).await.is_none());

        place.cluster().start_again();
        let addresses = vec![one.address, two.address];
        let positions = deliver(&front, &waiting, || addresses.clone()).await;
        assert_eq!(positions.len(), waiting.len());
        // Who stayed connected to the other relay hears of it without doing anything.
        assert_eq!(live(&mut their_line, waiting.len()).await, ids(&waiting));
        expected.extend(ids(&waiting));
        line = Line::connect(one.address, &front).await;
        assert_eq!(line.pull_all(0, genesis(PRACTICE), 256).await, expected);
        // The changes may have gone through the other one: this one is well when it has its database again.
        let well = async {
            while !http(one.address, "/health").await.starts_with("HTTP/1.1 200") {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), well)
            .await
            .expect("it is well again");
    }
    their_line.send(&Frame::Ping(Ping { number: 1 })).await;
    assert!(matches!(their_line.receive().await, Some(Frame::Pong(pong)) if pong.head == 103));
    drop(second);
    one.stop().await;
    two.stop().await;
}

async fn cannot_start(config: Config) -> String {
    match Relay::bind(config).await {
        Ok(_) => panic!("it must not start"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_newer_foreign_or_absent_database_is_named_and_left_alone() {
    let mut place = Place::postgres();
    place.cluster().sql("orca", "CREATE TABLE diary (day text)");
    let message = cannot_start(place.config()).await;
    assert!(message.contains("holds other tables (diary)"), "{message}");
    place.cluster().sql("orca", "DROP TABLE diary");

    Running::start(place.config()).await.stop().await;
    place
        .cluster()
        .sql("orca", "INSERT INTO orca_relay (format) VALUES (99)");
    let message = cannot_start(place.config()).await;
    assert!(
        message.contains("written by a newer orca-relay (format 99, this one knows 3)"),
        "{message}"
    );
    let formats = place.cluster().sql("orca", "SELECT max(format) FROM orca_relay");
    assert_eq!(formats, "99");

    let nobody = place.cluster().url("no_such_database");
    let message = cannot_start(Config {
        database: orca_relay::storage::Database::Postgres(Address::parse(&nobody, None).expect("an address")),
        ..place.config()
    })
    .await;
    assert!(
        message.contains("cannot reach the PostgreSQL database no_such_database at 127.0.0.1:")
            && message.contains("does not exist"),
        "{message}"
    );
    place.cluster().stop();
    let message = cannot_start(place.config()).await;
    assert!(
        message.contains("cannot reach the PostgreSQL database orca at 127.0.0.1:")
            && message.contains("Connection refused"),
        "{message}"
    );
}
