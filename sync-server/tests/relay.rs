//! The relay over real sockets on loopback, on either engine.

mod support;

use orca_relay::Config;
use orca_relay::quota::Quota;
use sync::envelope::{Envelope, MAX_ENVELOPE_BYTES, Seen};
use sync::log::{genesis, next};
use sync::relay::{Limits, Registration};
use sync::snapshot::{Contents, Index, Listed, MAX_PACK_BYTES, Maker, seal_pack};
use sync::wire::{Frame, GetPack, MAX_FRAME_BYTES, Ping, PutPack, RefusalCode};
use sync::{PackHash, SetId};

use support::place::Place;
use support::{Desk, Line, PRACTICE, Running, http, random};

on_both_engines! {
    a_practice_registers_a_second_desk_joins_and_both_see_changes_live,
    what_was_accepted_is_there_after_a_restart_and_nothing_is_stored_twice,
    only_who_proves_to_be_a_member_comes_in,
    registration_needs_the_token_where_there_is_one,
    garbage_and_oversize_close_one_line_and_trouble_nobody_else,
    health_and_metrics_answer_over_http_and_others_are_told_what_this_is,
    a_relay_restored_from_an_older_copy_is_noticed,
    large_envelopes_come_through_and_pages_stay_within_a_frame,
    a_full_practice_reads_but_does_not_write,
    a_snapshot_counts_when_it_is_whole_and_the_newest_three_stay,
}

async fn a_practice_registers_a_second_desk_joins_and_both_see_changes_live(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    let (code, invite, parcel) = front.invite();
    line.push(&[front.admission.clone().expect("it founded"), invite])
        .await;
    assert_eq!(
        line.accepted().await.expect("open").positions,
        [1, 2],
        "the founding is known, the rest new"
    );
    line.send(&parcel).await;
    assert!(matches!(line.receive().await, Some(Frame::ParcelStored(_))));

    let mut asking = Line::open(relay.address).await;
    asking.send_raw(code.ask()).await;
    let answer = asking.receive().await.expect("an answer").to_bytes();
    let welcome = code.answer(&answer).expect("the parcel opens");
    assert_eq!(welcome.practice_name, "Harbour Dental");

    let second = Desk::invited(&code, &welcome);
    let mut their_line = Line::connect(relay.address, &second).await;
    assert_eq!(their_line.pull_all(0, genesis(PRACTICE), 2).await.len(), 3);
    line.push(&[front.write("one"), front.write("two")]).await;
    assert_eq!(line.accepted().await.expect("open").positions, [4, 5]);
    let mut live = Vec::new();
    while live.len() < 2 {
        let Some(Frame::Entries(entries)) = their_line.receive().await else {
            panic!("no live entries")
        };
        assert_eq!(entries.after, 3 + live.len() as u64);
        live.extend(entries.envelopes);
    }
    let texts: Vec<_> = live
        .into_iter()
        .map(|bytes| {
            Envelope::parse(bytes.into())
                .expect("sound")
                .open(&second.practice_keys)
                .expect("opens")
                .to_vec()
        })
        .collect();
    assert_eq!(texts, [b"one".to_vec(), b"two".to_vec()]);

    // The code has done its work.
    let mut again = Line::open(relay.address).await;
    again.send_raw(code.ask()).await;
    assert!(
        matches!(again.receive().await, Some(Frame::Refused(refusal)) if refusal.code == RefusalCode::NoParcel)
    );
    let third = Desk::invited(&code, &welcome);
    let refusal = Line::open(relay.address)
        .await
        .auth(&third, None)
        .await
        .expect_err("used");
    assert_eq!(refusal.code, RefusalCode::InvitationUsed);
    relay.stop().await;
}

async fn what_was_accepted_is_there_after_a_restart_and_nothing_is_stored_twice(place: Place) {
    let mut front = Desk::founder();
    let written: Vec<_> = (0..300).map(|n| front.write(&format!("change {n}"))).collect();
    let relay = Running::start(place.config()).await;
    let mut line = Line::connect(relay.address, &front).await;
    line.push(&written[..200]).await;
    assert_eq!(line.accepted().await.expect("open").positions.len(), 200);
    relay.stop().await;

    let relay = Running::start(place.config()).await;
    let mut line = Line::connect(relay.address, &front).await;
    line.push(&written[150..]).await;
    let positions = line.accepted().await.expect("open").positions;
    assert_eq!(
        positions,
        (152..=301).collect::<Vec<_>>(),
        "known ones keep their position"
    );
    for limit in [1, 7, 100, 256, 10_000] {
        let ids = line.pull_all(0, genesis(PRACTICE), limit).await;
        assert_eq!(ids[1..], written.iter().map(Envelope::id).collect::<Vec<_>>());
    }
    relay.stop().await;
}

async fn only_who_proves_to_be_a_member_comes_in(place: Place) {
    let relay = Running::start(place.config()).await;
    let front = Desk::founder();
    Line::connect(relay.address, &front).await;

    let stranger = Desk::new();
    let refusal = Line::open(relay.address)
        .await
        .auth(&stranger, None)
        .await
        .expect_err("not a member");
    assert_eq!(refusal.code, RefusalCode::NotAMember);

    // The right id, another key.
    let mut impostor = Desk::new();
    impostor.keys = sync::keys::WorkstationKeys::generate(front.keys.id(), random());
    let refusal = Line::open(relay.address)
        .await
        .auth(&impostor, None)
        .await
        .expect_err("wrong key");
    assert_eq!(refusal.code, RefusalCode::BadAuth);

    // A founding of the same practice by someone else.
    let usurper = Desk::founder();
    let refusal = Line::open(relay.address)
        .await
        .auth(&usurper, None)
        .await
        .expect_err("founded already");
    assert_eq!(refusal.code, RefusalCode::NotAMember);

    let mut unproven = Line::open(relay.address).await;
    unproven.push(&[]).await;
    assert!(matches!(unproven.receive().await, Some(Frame::Refused(r)) if r.code == RefusalCode::OutOfTurn));
    assert!(unproven.receive().await.is_none(), "and closed");
    relay.stop().await;
}

async fn registration_needs_the_token_where_there_is_one(place: Place) {
    let limits = Limits {
        registration: Registration::Token("sesame".into()),
        ..Limits::default()
    };
    let relay = Running::start(Config {
        limits,
        ..place.config()
    })
    .await;
    let front = Desk::founder();
    for wrong in [None, Some("open"), Some("")] {
        let refusal = Line::open(relay.address)
            .await
            .auth(&front, wrong)
            .await
            .expect_err("closed");
        assert_eq!(refusal.code, RefusalCode::RegistrationClosed);
    }
    let welcome = Line::open(relay.address)
        .await
        .auth(&front, Some("sesame"))
        .await
        .expect("welcome");
    assert_eq!(welcome.head.position, 1);
    Line::connect(relay.address, &front).await; // known now: no token needed
    relay.stop().await;
}

async fn garbage_and_oversize_close_one_line_and_trouble_nobody_else(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    for garbage in [
        vec![],
        vec![0xff; 40],
        b"GET / HTTP/1.1".to_vec(),
        vec![0x9f; 1000],
    ] {
        let mut other = Line::open(relay.address).await;
        other.send_raw(garbage).await;
        assert!(matches!(other.receive().await, Some(Frame::Refused(r)) if r.code == RefusalCode::Malformed));
        assert!(other.receive().await.is_none());
    }
    let mut other = Line::open(relay.address).await;
    other.send_raw(vec![0; MAX_FRAME_BYTES + 1]).await;
    assert!(
        other.receive().await.is_none(),
        "an oversize frame closes the line"
    );

    // A push with one altered envelope: what came before it counts, it and what follows do not.
    let (good, bad, behind) = (front.write("good"), front.write("bad"), front.write("behind"));
    let mut bytes = bad.into_bytes();
    bytes[200] ^= 1;
    let bad = Envelope::parse(bytes).expect("still well-formed");
    line.push(&[good, bad, behind.clone()]).await;
    line.push(&[behind]).await;
    let accepted = line.accepted().await.expect("open");
    assert_eq!(accepted.positions, [2]);
    assert_eq!(accepted.refused.expect("a refusal").code, RefusalCode::Rejected);
    let accepted = line.accepted().await.expect("open");
    assert!(
        accepted.positions.is_empty(),
        "nothing overtakes what was refused"
    );

    line.send(&Frame::Ping(Ping { number: 5 })).await;
    assert!(matches!(line.receive().await, Some(Frame::Pong(pong)) if pong.number == 5 && pong.head == 2));
    let metrics = http(relay.address, "/metrics").await;
    assert!(
        metrics.contains("orca_relay_refusals_total{code=\"Malformed\"}"),
        "{metrics}"
    );
    relay.stop().await;
}

async fn health_and_metrics_answer_over_http_and_others_are_told_what_this_is(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    line.push(&[front.write("one")]).await;
    line.accepted().await.expect("open");
    let health = http(relay.address, "/health").await;
    assert!(
        health.starts_with("HTTP/1.1 200") && health.contains("\"status\":\"ok\""),
        "{health}"
    );
    assert!(health.contains("\"connections\":1"), "{health}");
    let metrics = http(relay.address, "/metrics").await;
    assert!(metrics.contains("\norca_relay_envelopes_total 2\n"), "{metrics}");
    let person = http(relay.address, "/").await;
    assert!(person.starts_with("HTTP/1.1 426"), "{person}");
    relay.stop().await;
}

async fn a_relay_restored_from_an_older_copy_is_noticed(mut place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    relay.stop().await;
    let old = place.back_up();
    let relay = Running::start(place.config()).await;
    let mut again = Line::connect(relay.address, &front).await;
    again.push(&[front.write("later")]).await;
    again.accepted().await.expect("open");
    let ids = again.pull_all(0, genesis(PRACTICE), 10).await;
    let hash = ids
        .iter()
        .fold(genesis(PRACTICE), |hash, id| sync::log::next(hash, *id));
    relay.stop().await;
    assert!(line.receive().await.is_none());

    place.restore(old);
    let relay = Running::start(place.config()).await;
    let mut line = Line::connect(relay.address, &front).await;
    front.seen = sync::envelope::Seen { position: 2, hash };
    line.push(&[front.write("after what the relay forgot")]).await;
    let refused = line.accepted().await.expect("open").refused.expect("refused");
    assert_eq!(refused.code, RefusalCode::OtherLog);
    line.pull(2, hash, 10).await;
    assert!(matches!(line.receive().await, Some(Frame::Refused(r)) if r.code == RefusalCode::OtherLog));
    relay.stop().await;
}

async fn large_envelopes_come_through_and_pages_stay_within_a_frame(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    let text = "x".repeat(sync::envelope::MAX_BODY_BYTES);
    for _ in 0..5 {
        let envelope = front.write(&text);
        assert!(envelope.bytes().len() <= MAX_ENVELOPE_BYTES);
        line.push(&[envelope]).await;
        assert!(line.accepted().await.expect("open").refused.is_none());
    }
    assert_eq!(line.pull_all(0, genesis(PRACTICE), 256).await.len(), 6);
    relay.stop().await;
}

async fn a_full_practice_reads_but_does_not_write(place: Place) {
    let small = Quota {
        envelopes: 4,
        ..Quota::default()
    };
    let relay = Running::start(Config {
        quota: small,
        ..place.config()
    })
    .await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    let stored = [front.write("two"), front.write("three"), front.write("four")];
    line.push(&stored).await;
    assert_eq!(line.accepted().await.expect("open").positions, [2, 3, 4]);
    line.push(&stored[1..]).await;
    assert_eq!(
        line.accepted().await.expect("open").positions,
        [3, 4],
        "what was stored is said again"
    );
    line.push(&[front.write("five")]).await;
    let refused = line.accepted().await.expect("open").refused.expect("full");
    assert_eq!(refused.code, RefusalCode::PracticeFull);
    assert!(
        refused.message.contains("4 changes of 4") && refused.message.contains("nothing is lost"),
        "{}",
        refused.message
    );
    assert_eq!(line.pull_all(0, genesis(PRACTICE), 256).await.len(), 4);
    let metrics = http(relay.address, "/metrics").await;
    assert!(
        metrics.contains("\norca_relay_quota_refusals_total 1\n"),
        "{metrics}"
    );
    assert!(metrics.contains("\norca_relay_fullest_practice 1\n"), "{metrics}");
    relay.stop().await;

    // The operator gives it more, by weight this time.
    let by_weight = Quota {
        bytes: 1_500,
        ..Quota::default()
    };
    let relay = Running::start(Config {
        quota: by_weight,
        ..place.config()
    })
    .await;
    let mut line = Line::connect(relay.address, &front).await;
    let mut stored = 4;
    loop {
        line.push(&[front.write("more")]).await;
        let accepted = line.accepted().await.expect("open");
        if accepted.refused.is_some() {
            break;
        }
        stored += 1;
        assert!(stored < 20, "an envelope weighs about 300 bytes");
    }
    assert_eq!(line.pull_all(0, genesis(PRACTICE), 256).await.len(), stored);
    relay.stop().await;
}

/// A snapshot of so many packs, each of `size` bytes, as this desk would make it now.
fn snapshot(desk: &Desk, packs: u32, size: usize) -> Vec<Frame> {
    let set = SetId(random());
    let key = desk.practice_keys.newest().expect("one");
    let content = vec![7; size];
    let sealed: Vec<Vec<u8>> = (1..=packs)
        .map(|number| seal_pack(PRACTICE, set, number, key, &content, random()))
        .collect();
    let contents = Contents {
        data_version: 1,
        membership: Vec::new(),
        clock_millis: 0,
        clock_counter: 0,
        packs: sealed
            .iter()
            .map(|pack| Listed {
                kind: 1,
                hash: PackHash::of(pack),
            })
            .collect(),
        counts: Vec::new(),
        days: None,
    };
    let maker = Maker {
        workstation: &desk.keys,
        person: &desk.person,
        key,
    };
    let index = Index::seal(&maker, PRACTICE, desk.seen, set, &contents, random()).expect("some packs");
    (1..)
        .zip(sealed)
        .chain([(0, index.bytes().to_vec())])
        .map(|(number, bytes)| Frame::PutPack(PutPack { set, number, bytes }))
        .collect()
}

async fn put(line: &mut Line, frame: &Frame) -> Result<(), RefusalCode> {
    line.send(frame).await;
    match line.receive().await {
        Some(Frame::PackStored(_)) => Ok(()),
        Some(Frame::Refused(refusal)) => Err(refusal.code),
        other => panic!("neither stored nor refused: {other:?}"),
    }
}

/// The pack as the relay has it.
async fn got(line: &mut Line, frame: &Frame) -> Result<Vec<u8>, RefusalCode> {
    let Frame::PutPack(put) = frame else {
        panic!("a pack")
    };
    line.send(&Frame::GetPack(GetPack {
        set: put.set,
        number: put.number,
    }))
    .await;
    match line.receive().await {
        Some(Frame::Pack(pack)) => {
            assert_eq!((pack.set, pack.number), (put.set, put.number));
            assert_eq!(pack.bytes, put.bytes);
            Ok(pack.bytes)
        }
        Some(Frame::Refused(refusal)) => Err(refusal.code),
        other => panic!("neither pack nor refusal: {other:?}"),
    }
}

async fn a_snapshot_counts_when_it_is_whole_and_the_newest_three_stay(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    let founding = front.admission.clone().expect("it founded");
    front.seen = Seen {
        position: 1,
        hash: next(genesis(PRACTICE), founding.id()),
    };

    let frames = snapshot(&front, 3, 200_000);
    let index = frames.last().expect("an index comes last");
    put(&mut line, &frames[0]).await.expect("a pack");
    put(&mut line, &frames[0]).await.expect("twice does no harm");
    assert_eq!(
        put(&mut line, index).await,
        Err(RefusalCode::Malformed),
        "packs are missing"
    );
    assert_eq!(got(&mut line, index).await, Err(RefusalCode::NoSnapshot));
    for frame in &frames[1..] {
        put(&mut line, frame).await.expect("the rest");
    }
    // Also after a restart.
    drop(line);
    relay.stop().await;
    let relay = Running::start(place.config()).await;
    let mut line = Line::connect(relay.address, &front).await;
    for frame in &frames {
        got(&mut line, frame).await.expect("it is there");
    }

    // Somebody else's index, one of another log, one of a log that is not there yet, an altered one.
    let mut stranger = Desk::new();
    stranger.practice_keys = front.practice_keys.clone();
    stranger.seen = front.seen;
    let mut ahead = front.seen;
    ahead.position = 2;
    let mut forked = front.seen;
    forked.hash = genesis(PRACTICE);
    for (bad, code) in [
        (snapshot(&stranger, 1, 10), RefusalCode::Malformed),
        (
            {
                std::mem::swap(&mut front.seen, &mut ahead);
                let frames = snapshot(&front, 1, 10);
                std::mem::swap(&mut front.seen, &mut ahead);
                frames
            },
            RefusalCode::OtherLog,
        ),
        (
            {
                std::mem::swap(&mut front.seen, &mut forked);
                let frames = snapshot(&front, 1, 10);
                std::mem::swap(&mut front.seen, &mut forked);
                frames
            },
            RefusalCode::OtherLog,
        ),
        (
            {
                let mut frames = snapshot(&front, 1, 10);
                if let Some(Frame::PutPack(index)) = frames.last_mut() {
                    let last = index.bytes.len() - 1;
                    index.bytes[last] ^= 1;
                }
                frames
            },
            RefusalCode::Rejected,
        ),
    ] {
        put(&mut line, &bad[0]).await.expect("packs are not read");
        assert_eq!(put(&mut line, &bad[1]).await, Err(code));
        assert_eq!(got(&mut line, &bad[1]).await, Err(RefusalCode::NoSnapshot));
    }

    // The oldest goes when the fourth comes.
    let mut kept = vec![frames];
    for _ in 0..3 {
        let frames = snapshot(&front, 2, 50_000);
        for frame in &frames {
            put(&mut line, frame).await.expect("room");
        }
        kept.push(frames);
    }
    let index = |at: usize| kept[at].last().expect("an index");
    assert_eq!(got(&mut line, index(0)).await, Err(RefusalCode::NoSnapshot));
    for at in 1..4 {
        got(&mut line, index(at)).await.expect("one of the newest three");
    }

    // Too long for a pack, though not for a frame.
    let long = Frame::PutPack(PutPack {
        set: SetId(random()),
        number: 1,
        bytes: vec![0; MAX_PACK_BYTES + 1],
    });
    assert_eq!(put(&mut line, &long).await, Err(RefusalCode::Malformed));
    // Who has not proved to be a member gets nothing.
    let mut asking = Line::open(relay.address).await;
    assert_eq!(got(&mut asking, index(3)).await, Err(RefusalCode::OutOfTurn));
    relay.stop().await;

    // Snapshots leave room for the log.
    let small = Quota {
        bytes: 600_000,
        ..Quota::default()
    };
    let relay = Running::start(Config {
        quota: small,
        ..place.config()
    })
    .await;
    let mut line = Line::connect(relay.address, &front).await;
    let frames = snapshot(&front, 3, 300_000);
    let mut refused = 0;
    for frame in &frames[..3] {
        refused += usize::from(put(&mut line, frame).await == Err(RefusalCode::PracticeFull));
    }
    assert!(refused >= 2, "{refused} of 3 packs refused");
    line.push(&[front.write("goes on")]).await;
    let accepted = line.accepted().await.expect("open");
    assert_eq!(accepted.refused, None);
    relay.stop().await;
}
