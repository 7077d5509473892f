//! Pruning at the relay, on both engines: what goes, in what steps, what stays, and who can still read what.

mod support;

use std::time::Duration;

use orca_relay::Config;
use orca_relay::pruning::Pruning;
use orca_relay::quota::Quota;
use sync::cover::Cover;
use sync::envelope::{Envelope, Seen};
use sync::id::{EnvelopeId, PackHash, SetId};
use sync::log::{genesis, next};
use sync::snapshot::{Contents, Index, Listed, Maker, seal_pack};
use sync::statement::Statement;
use sync::wire::{Frame, GetPack, GetStatements, Have, PutPack, RefusalCode, Welcome};

use support::place::Place;
use support::{Desk, Line, PRACTICE, Running, http, random};

fn pruning(retention: Duration) -> Option<Pruning> {
    Some(Pruning {
        retention,
        look_every: Duration::from_millis(10),
    })
}

const FOR_LONG: Duration = Duration::from_secs(30 * 24 * 3600);

/// A practice of two workstations in step, with so many changes in its log.
struct Practice {
    front: Desk,
    second: Desk,
    /// Of the whole log, in order.
    ids: Vec<EnvelopeId>,
    invite: Envelope,
}

impl Practice {
    async fn start(relay: &Running, changes: usize) -> (Self, Line, Line) {
        let mut front = Desk::founder();
        let mut line = Line::connect(relay.address, &front).await;
        let (code, invite, parcel) = front.invite();
        line.push(std::slice::from_ref(&invite)).await;
        assert!(line.accepted().await.expect("open").refused.is_none());
        line.send(&parcel).await;
        assert!(matches!(line.receive().await, Some(Frame::ParcelStored(_))));
        let mut asking = Line::open(relay.address).await;
        asking.send_raw(code.ask()).await;
        let answer = asking.receive().await.expect("an answer").to_bytes();
        let second = Desk::invited(&code, &code.answer(&answer).expect("the parcel opens"));
        let their_line = Line::connect(relay.address, &second).await;
        let mut practice = Self {
            front,
            second,
            ids: Vec::new(),
            invite,
        };
        let written: Vec<Envelope> = (0..changes)
            .map(|n| practice.front.write(&format!("change {n}")))
            .collect();
        for part in written.chunks(200) {
            line.push(part).await;
            assert!(line.accepted().await.expect("open").refused.is_none());
        }
        practice.read(&mut line).await;
        (practice, line, their_line)
    }

    /// Both have read everything.
    async fn read(&mut self, line: &mut Line) -> Seen {
        self.ids = line.pull_all(0, genesis(PRACTICE), 256).await;
        let hash = self
            .ids
            .iter()
            .fold(genesis(PRACTICE), |hash, id| next(hash, *id));
        let seen = Seen {
            position: self.ids.len() as u64,
            hash,
        };
        self.front.seen = seen;
        self.second.seen = seen;
        seen
    }

    /// A snapshot by the first workstation at the relay.
    async fn snapshot(&self, line: &mut Line) -> Cover {
        let set = SetId(random());
        let desk = &self.front;
        let key = desk.practice_keys.newest().expect("one");
        let pack = seal_pack(PRACTICE, set, 1, key, b"everything", random());
        let contents = Contents {
            data_version: 1,
            membership: Vec::new(),
            clock_millis: 0,
            clock_counter: 0,
            packs: vec![Listed {
                kind: 1,
                hash: PackHash::of(&pack),
            }],
            counts: Vec::new(),
            days: None,
        };
        let maker = Maker {
            workstation: &desk.keys,
            person: &desk.person,
            key,
        };
        let index = Index::seal(&maker, PRACTICE, desk.seen, set, &contents, random()).expect("a pack");
        for (number, bytes) in [(1, pack), (0, index.bytes().to_vec())] {
            line.send(&Frame::PutPack(PutPack { set, number, bytes })).await;
            loop {
                match line.receive().await {
                    Some(Frame::PackStored(_)) => break,
                    Some(Frame::Entries(_)) => {} // This line follows the log.
                    other => panic!("not stored: {other:?}"),
                }
            }
        }
        Cover {
            position: desk.seen.position,
            hash: desk.seen.hash,
            form: 1,
            digest: PackHash([5; 32]),
            snapshot: index.pinned(),
            is_right: true,
        }
    }
}

async fn said(line: &mut Line, envelope: Envelope) {
    line.push(&[envelope]).await;
    let accepted = line.accepted().await.expect("open");
    assert!(accepted.refused.is_none(), "{:?}", accepted.refused);
}

async fn has(line: &mut Line, seen: Seen) {
    line.send(&Frame::Have(Have {
        position: seen.position,
        hash: seen.hash,
    }))
    .await;
}

/// What a workstation that comes in now is told.
async fn told(relay: &Running, desk: &Desk) -> Welcome {
    let mut line = Line::open(relay.address).await;
    line.auth(desk, None).await.expect("welcome")
}

async fn until_told(relay: &Running, desk: &Desk, wanted: impl Fn(&Welcome) -> bool) -> Welcome {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        let welcome = told(relay, desk).await;
        if wanted(&welcome) {
            return welcome;
        }
        assert!(tokio::time::Instant::now() < deadline, "not in time: {welcome:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn counted(relay: &Running, name: &str) -> u64 {
    let metrics = http(relay.address, "/metrics").await;
    let found = metrics
        .lines()
        .find_map(|line| line.strip_prefix(&format!("orca_relay_{name} ")));
    found.expect("it is counted").parse().expect("a number")
}

/// The relay of the same place with another retention.
async fn again(relay: Running, config: Config) -> Running {
    relay.stop().await;
    Running::start(config).await
}

async fn the_beginning_goes_in_steps_and_what_is_needed_stays(place: Place) {
    let config = |retention| Config {
        pruning: retention,
        ..place.config()
    };
    let relay = Running::start(config(pruning(FOR_LONG))).await;
    // More than one step, and not a whole number of them.
    let (mut practice, mut line, mut their_line) = Practice::start(&relay, 450).await;
    let cover = practice.snapshot(&mut line).await;
    let statement = practice.front.say(&Statement::Cover(cover));
    said(&mut line, statement).await;
    let seen = practice.front.seen;
    has(&mut line, seen).await;
    has(&mut their_line, seen).await;
    let before = told(&relay, &practice.front).await;
    assert_eq!(
        before.retention.map(|known| (known.days, known.pruned)),
        Some((30, 0))
    );
    let statement = practice.second.say(&Statement::Cover(cover));
    said(&mut their_line, statement).await;
    let after = until_told(&relay, &practice.front, |welcome| {
        welcome
            .retention
            .is_some_and(|known| known.pruned >= cover.position)
    })
    .await;
    assert_eq!(
        after.retention.map(|known| (known.pruned, known.gone)),
        Some((cover.position, 0))
    );
    assert_eq!(counted(&relay, "pruned_envelopes_total").await, 450);
    assert_eq!(counted(&relay, "deleted_envelopes_total").await, 0);

    // Cold, it is handed out as ever.
    let mut reading = Line::connect(relay.address, &practice.second).await;
    let ids = reading.pull_all(0, genesis(PRACTICE), 256).await;
    assert_eq!(ids[..practice.ids.len()], practice.ids);
    assert_eq!(ids.len(), practice.ids.len() + 2);

    // Another relay, or this one after it died, deletes it when its time is up.
    drop((line, their_line, reading));
    let relay = again(relay, config(pruning(Duration::ZERO))).await;
    let welcome = until_told(&relay, &practice.front, |welcome| {
        welcome
            .retention
            .is_some_and(|known| known.gone >= cover.position)
    })
    .await;
    assert_eq!(counted(&relay, "deleted_envelopes_total").await, 450);
    let mut line = Line::connect(relay.address, &practice.front).await;
    line.pull(0, genesis(PRACTICE), 256).await;
    match line.receive().await {
        Some(Frame::Refused(refusal)) => assert_eq!(refusal.code, RefusalCode::Pruned),
        other => panic!("not refused: {other:?}"),
    }

    // From the covered position on it goes on, and hashes before it are still compared.
    let mut line = Line::connect(relay.address, &practice.front).await;
    assert_eq!(
        line.pull_all(cover.position, cover.hash, 256).await,
        ids[practice.ids.len()..]
    );
    let early = practice.front.write("by somebody who had read little");
    line.push(&[early]).await;
    let accepted = line.accepted().await.expect("open");
    assert_eq!(accepted.positions, [welcome.head.position + 1]);
    // Known by its id, so it is not taken twice.
    line.push(std::slice::from_ref(&practice.invite)).await;
    assert_eq!(line.accepted().await.expect("open").positions, [2]);
    // Statements stay, all of them.
    line.send(&Frame::GetStatements(GetStatements { after: 0 })).await;
    let statements = loop {
        match line.receive().await {
            Some(Frame::Statements(statements)) => break statements,
            Some(Frame::Entries(_)) => {}
            other => panic!("no statements: {other:?}"),
        }
    };
    assert!(!statements.has_more);
    let positions: Vec<u64> = statements.entries.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, [1, 2, 3, cover.position + 1, cover.position + 2]);
    for (position, bytes) in &statements.entries {
        let at = usize::try_from(*position).expect("small") - 1;
        assert_eq!(Envelope::id_of(bytes), ids[at]);
    }
    relay.stop().await;
}

async fn the_snapshot_that_stands_for_the_beginning_is_not_tidied_away(place: Place) {
    let relay = Running::start(Config {
        pruning: pruning(FOR_LONG),
        ..place.config()
    })
    .await;
    let (mut practice, mut line, mut their_line) = Practice::start(&relay, 3).await;
    let cover = practice.snapshot(&mut line).await;
    let statement = practice.front.say(&Statement::Cover(cover));
    said(&mut line, statement).await;
    let statement = practice.second.say(&Statement::Cover(cover));
    said(&mut their_line, statement).await;
    let mut sets = vec![cover.snapshot.set];
    for _ in 0..4 {
        sets.push(practice.snapshot(&mut line).await.snapshot.set);
    }
    let mut is_there = Vec::new();
    for set in sets {
        let mut asking = Line::connect(relay.address, &practice.second).await;
        asking.send(&Frame::GetPack(GetPack { set, number: 0 })).await;
        is_there.push(matches!(asking.receive().await, Some(Frame::Pack(_))));
    }
    assert_eq!(
        is_there,
        [true, false, true, true, true],
        "and of the others the newest three"
    );
    relay.stop().await;
}

async fn pruning_gives_a_full_practice_its_place_back(place: Place) {
    let config = |quota, retention| Config {
        quota,
        pruning: retention,
        ..place.config()
    };
    let full = Quota {
        envelopes: 20,
        ..Quota::default()
    };
    let relay = Running::start(config(Quota::default(), None)).await;
    let (mut practice, mut line, mut their_line) = Practice::start(&relay, 20).await;
    let cover = practice.snapshot(&mut line).await;
    let statement = practice.front.say(&Statement::Cover(cover));
    said(&mut line, statement).await;
    let statement = practice.second.say(&Statement::Cover(cover));
    said(&mut their_line, statement).await;
    let seen = practice.front.seen;

    let relay = again(relay, config(full, None)).await;
    let mut line = Line::connect(relay.address, &practice.front).await;
    line.push(&[practice.front.write("one too many")]).await;
    let refused = line.accepted().await.expect("open").refused.expect("it is full");
    assert_eq!(refused.code, RefusalCode::PracticeFull);

    let relay = again(relay, config(full, pruning(FOR_LONG))).await;
    for desk in [&practice.front, &practice.second] {
        let mut line = Line::connect(relay.address, desk).await;
        has(&mut line, seen).await;
        // Answered after it.
        line.pull(seen.position, seen.hash, 1).await;
        assert!(matches!(line.receive().await, Some(Frame::Entries(_))));
    }
    until_told(&relay, &practice.front, |welcome| {
        welcome
            .retention
            .is_some_and(|known| known.pruned >= cover.position)
    })
    .await;
    let mut line = Line::connect(relay.address, &practice.front).await;
    line.push(&[practice.front.write("and on it goes")]).await;
    assert!(line.accepted().await.expect("open").refused.is_none());
    relay.stop().await;
}

async fn where_workstations_contradict_each_other_the_operator_sees_it_and_nothing_goes(place: Place) {
    let relay = Running::start(Config {
        pruning: pruning(Duration::ZERO),
        ..place.config()
    })
    .await;
    let (mut practice, mut line, mut their_line) = Practice::start(&relay, 5).await;
    let cover = practice.snapshot(&mut line).await;
    let seen = practice.front.seen;
    has(&mut line, seen).await;
    has(&mut their_line, seen).await;
    let statement = practice.front.say(&Statement::Cover(cover));
    said(&mut line, statement).await;
    let statement = practice.second.say(&Statement::Cover(Cover {
        digest: PackHash([6; 32]),
        ..cover
    }));
    said(&mut their_line, statement).await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while counted(&relay, "prune_disputed").await != 1 {
        assert!(tokio::time::Instant::now() < deadline, "it is never told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let welcome = told(&relay, &practice.front).await;
    assert_eq!(
        welcome.retention.map(|known| (known.pruned, known.gone)),
        Some((0, 0))
    );
    let mut reading = Line::connect(relay.address, &practice.second).await;
    let whole = reading.pull_all(0, genesis(PRACTICE), 256).await;
    assert_eq!(whole.len(), practice.ids.len() + 2);
    relay.stop().await;
}

on_both_engines! {
    the_beginning_goes_in_steps_and_what_is_needed_stays,
    the_snapshot_that_stands_for_the_beginning_is_not_tidied_away,
    pruning_gives_a_full_practice_its_place_back,
    where_workstations_contradict_each_other_the_operator_sees_it_and_nothing_goes,
}
