//! When a relay may prune, over queues: only where two live workstations said the same, nobody contradicts, the snapshot is
//! whole, and everybody has read far enough. And what a workstation makes of a relay that prunes more.

mod world;

use sync::cover::Cover;
use sync::envelope::Seen;
use sync::relay::{Limits, Log, Prunable, Reached, ReadLog, StoredIndex, StoredPack, Write, prunable};
use sync::session::Alarm;
use sync::snapshot::{Contents, Index, Listed, Maker, Pinned, seal_pack};
use sync::statement::{Revoke, Statement};
use sync::wire::{PutPack, RefusalCode};
use sync::{ChainHash, PackHash, SetId};
use world::{PRACTICE, World};

/// Two desks at a relay that prunes, with something in the log.
fn pruning(seed: u64) -> World {
    let mut world = World::new(seed);
    world.limit(Limits {
        retention_days: 30,
        ..Limits::default()
    });
    world.found("Front desk");
    world.settle();
    add_desk(&mut world, "Desk 2");
    for n in 0..4 {
        world.write(n % 2, &format!("change {n}"));
    }
    world.settle();
    world
}

fn add_desk(world: &mut World, name: &'static str) -> usize {
    let code = world.invite(0, u64::MAX);
    world.settle();
    let welcome = world.look_up(&code).expect("the parcel is there");
    let desk = world.join(name, &code, &welcome);
    world.settle();
    desk
}

/// A snapshot by this desk at the relay, and what it would say of it.
fn snapshot(world: &mut World, by: usize) -> Cover {
    let set = SetId(world::bytes(&mut world.rng));
    let (first, second) = (world::bytes(&mut world.rng), world::bytes(&mut world.rng));
    let desk = &world.desks[by];
    let key = desk.practice_keys.newest().expect("it has keys");
    let covers = Seen {
        position: desk.cursor,
        hash: desk.hash,
    };
    let pack = seal_pack(PRACTICE, set, 1, key, b"everything", first);
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
    let index = Index::seal(&maker, PRACTICE, covers, set, &contents, second).expect("one pack");
    let stored = |number, bytes| StoredPack {
        practice: PRACTICE,
        workstation: desk.keys.id(),
        pack: PutPack { set, number, bytes },
        received_at: 0,
    };
    let writes = [
        Write::Pack(stored(1, pack)),
        Write::Snapshot(StoredIndex {
            stored: stored(0, index.bytes().to_vec()),
            position: covers.position,
        }),
    ];
    let pinned = index.pinned();
    world.relay().log().write(&writes).expect("stored");
    Cover {
        position: covers.position,
        hash: covers.hash,
        form: 1,
        digest: PackHash([5; 32]),
        snapshot: pinned,
        is_right: true,
    }
}

fn say(world: &mut World, by: usize, cover: Cover) {
    world.desks[by].say(&Statement::Cover(cover));
    world.settle();
}

fn verdict(world: &mut World) -> Prunable {
    let membership = world.desks[0].membership.clone();
    prunable(world.relay().log(), PRACTICE, &membership).expect("memory does not fail")
}

fn revoke(world: &mut World, workstation: usize) {
    let revoke = Revoke {
        workstation: Some(world.desks[workstation].keys.id()),
        person: None,
        invitation: None,
    };
    world.desks[0].say(&Statement::Revoke(revoke));
    world.settle();
}

#[test]
fn two_that_say_the_same_agree_and_everybody_knows() {
    let mut world = pruning(1);
    let cover = snapshot(&mut world, 0);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
    say(&mut world, 0, cover);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
    say(&mut world, 1, cover);
    assert_eq!(verdict(&mut world), Prunable::UpTo(cover.position));
    for desk in &world.desks {
        let agreed = desk.membership.agreed().expect("they agree");
        assert_eq!(agreed.cover, cover);
        assert_eq!(
            (agreed.first, agreed.second),
            (world.desks[0].keys.id(), world.desks[1].keys.id())
        );
        assert_eq!(desk.retention.map(|known| known.days), Some(30));
        assert!(desk.alarms.is_empty(), "{:?}", desk.alarms);
    }
    // Whoever reads the membership back from its disk knows it, too.
    let stored = world.desks[1].membership.to_bytes();
    let read = sync::Membership::from_bytes(&stored).expect("sound");
    assert_eq!(read, world.desks[1].membership);
}

#[test]
fn one_workstation_that_says_it_twice_makes_no_agreement() {
    let mut world = pruning(2);
    let cover = snapshot(&mut world, 0);
    say(&mut world, 0, cover);
    say(&mut world, 0, cover);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
    // A second person at it does not make it two.
    let other = sync::PersonKeys::generate(world::bytes(&mut world.rng));
    world.desks[0].person = other;
    say(&mut world, 0, cover);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
    say(&mut world, 1, cover);
    assert_eq!(
        verdict(&mut world),
        Prunable::UpTo(cover.position),
        "and with the second one it is"
    );
}

#[test]
fn a_removed_workstation_agrees_with_nobody() {
    // What it said before does not count …
    let mut world = pruning(3);
    let third = add_desk(&mut world, "Desk 3");
    let cover = snapshot(&mut world, 0);
    say(&mut world, third, cover);
    revoke(&mut world, third);
    say(&mut world, 0, cover);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
    assert_eq!(world.desks[0].membership.agreed(), None);
    // … what it says afterwards does not come in …
    world.desks[third].say(&Statement::Cover(cover));
    world.settle();
    assert_eq!(world.desks[0].membership.agreed(), None);
    // … and where it was one of the two, the others agree anew before anything goes.
    say(&mut world, 1, cover);
    assert_eq!(verdict(&mut world), Prunable::UpTo(cover.position));
    revoke(&mut world, 1);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
    assert!(
        world.desks[0].membership.agreed().is_some(),
        "newcomers still begin with it"
    );
}

#[test]
fn whoever_contradicts_stops_everything_until_people_have_decided() {
    for wrong in [
        |cover: &mut Cover| cover.digest = PackHash([6; 32]),
        |cover: &mut Cover| cover.hash = ChainHash([6; 32]),
        |cover: &mut Cover| cover.is_right = false,
    ] {
        let mut world = pruning(4);
        let third = add_desk(&mut world, "Desk 3");
        let cover = snapshot(&mut world, 0);
        say(&mut world, 0, cover);
        let mut other = cover;
        wrong(&mut other);
        say(&mut world, 1, other);
        assert_eq!(verdict(&mut world), Prunable::Disputed);
        // A majority does not decide it, and neither does time.
        say(&mut world, third, cover);
        world.write(0, "later");
        world.settle();
        let later = snapshot(&mut world, 0);
        say(&mut world, 0, later);
        say(&mut world, third, later);
        assert_eq!(verdict(&mut world), Prunable::Disputed);
        let between = world.desks[2].membership.disputes().next().copied();
        let between =
            between.unwrap_or_else(|| panic!("{:?} {:?}", world.desks[2].alarms, world.desks[2].log));
        assert!(between.is_between(world.desks[1].keys.id(), world.desks[0].keys.id()));
        revoke(&mut world, 1);
        assert_eq!(verdict(&mut world), Prunable::UpTo(later.position));
    }
}

#[test]
fn two_that_contradicted_each_other_may_agree_later() {
    let mut world = pruning(5);
    let cover = snapshot(&mut world, 0);
    say(&mut world, 0, cover);
    say(
        &mut world,
        1,
        Cover {
            digest: PackHash([6; 32]),
            ..cover
        },
    );
    assert_eq!(verdict(&mut world), Prunable::Disputed);
    let later = snapshot(&mut world, 0);
    say(&mut world, 0, later);
    say(&mut world, 1, later);
    assert_eq!(verdict(&mut world), Prunable::UpTo(later.position));
}

#[test]
fn other_releases_and_other_snapshots_are_not_compared() {
    let mut world = pruning(6);
    let cover = snapshot(&mut world, 0);
    say(&mut world, 0, cover);
    let newer = Cover {
        form: 2,
        digest: PackHash([6; 32]),
        ..cover
    };
    say(&mut world, 1, newer);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
    let elsewhere = Cover {
        snapshot: Pinned {
            set: SetId([1; 16]),
            index: PackHash([1; 32]),
        },
        ..cover
    };
    say(&mut world, 1, elsewhere);
    assert_eq!(verdict(&mut world), Prunable::NotAgreed);
}

#[test]
fn nobody_speaks_of_what_they_have_not_read() {
    let mut world = pruning(7);
    let mut cover = snapshot(&mut world, 0);
    cover.position += 1_000;
    let before = world.relay_log().len();
    say(&mut world, 0, cover);
    assert_eq!(world.relay_log().len(), before, "the relay does not take it");
    assert_eq!(world.desks[0].set_aside.len(), 1);
}

#[test]
fn without_the_snapshot_nothing_goes() {
    let mut world = pruning(8);
    let cover = snapshot(&mut world, 0);
    say(&mut world, 0, cover);
    say(&mut world, 1, cover);
    let whole = world.relay().log().clone();
    for missing in [
        |world: &mut World, cover: &Cover| world.relay().log().lose_pack(PRACTICE, cover.snapshot.set, 1),
        |world: &mut World, cover: &Cover| world.relay().log().lose_pack(PRACTICE, cover.snapshot.set, 0),
    ] {
        *world.relay().log() = whole.clone();
        assert_eq!(verdict(&mut world), Prunable::UpTo(cover.position));
        missing(&mut world, &cover);
        assert_eq!(verdict(&mut world), Prunable::SnapshotMissing);
    }
    // One that says something else than what was agreed on.
    *world.relay().log() = whole;
    let other = snapshot(&mut world, 1);
    let mixed = Cover {
        snapshot: other.snapshot,
        position: cover.position + 1,
        ..cover
    };
    say(&mut world, 0, mixed);
    say(&mut world, 1, mixed);
    assert_eq!(verdict(&mut world), Prunable::SnapshotMissing);
}

#[test]
fn a_member_that_has_not_read_the_log_holds_it_up() {
    let mut world = pruning(9);
    let third = add_desk(&mut world, "Desk 3");
    let read = world.desks[third].cursor;
    world.unplug(third);
    for n in 0..3 {
        world.write(0, &format!("while it is away {n}"));
    }
    world.settle();
    let cover = snapshot(&mut world, 0);
    say(&mut world, 0, cover);
    say(&mut world, 1, cover);
    let Prunable::UpTo(up_to) = verdict(&mut world) else {
        panic!("what it has may go");
    };
    assert!(up_to <= read && up_to < cover.position, "{up_to} of {read}");
    world.plug_in(third);
    world.settle();
    assert_eq!(verdict(&mut world), Prunable::UpTo(cover.position));
    // One that joined and was not heard of since has nothing.
    let code = world.invite(0, u64::MAX);
    world.settle();
    let welcome = world.look_up(&code).expect("the parcel is there");
    let fourth = world.join("Desk 4", &code, &welcome);
    world.settle();
    let id = world.desks[fourth].keys.id();
    world.relay().log().forget_reached(PRACTICE, id);
    assert_eq!(verdict(&mut world), Prunable::Held(id));
}

#[test]
fn a_workstation_cannot_say_that_it_has_another_log() {
    let mut world = pruning(10);
    let (id, position) = (world.desks[1].keys.id(), world.desks[1].cursor);
    let mut forged = sync::wire::Frame::Have(sync::wire::Have {
        position,
        hash: ChainHash([9; 32]),
    });
    assert_eq!(world.say_raw(1, &forged), Some(RefusalCode::OtherLog));
    forged = sync::wire::Frame::Have(sync::wire::Have {
        position: position + 50,
        hash: world.desks[1].hash,
    });
    assert_eq!(world.say_raw(1, &forged), Some(RefusalCode::OtherLog));
    let known: Vec<Reached> = world
        .relay()
        .log()
        .reached(PRACTICE)
        .expect("memory does not fail");
    let known = known
        .iter()
        .find(|known| known.workstation == id)
        .expect("it said so");
    assert!(known.position <= position);
}

#[test]
fn a_relay_that_keeps_everything_is_told_nothing() {
    let mut world = World::two_desks(11);
    world.write(0, "book Op 2 at 10:00");
    world.settle();
    assert!(
        world
            .relay()
            .log()
            .reached(PRACTICE)
            .expect("memory does not fail")
            .is_empty()
    );
    assert!(world.desks.iter().all(|desk| desk.retention.is_none()));
}

#[test]
fn a_relay_that_deletes_what_nobody_agreed_on_is_noticed() {
    let mut world = pruning(12);
    world.unplug(1);
    let last = world.desks[0].cursor;
    world.relay().log().delete(PRACTICE, last);
    world.restart_relay();
    world.plug_in(1);
    world.settle();
    for desk in &world.desks {
        let alarm = Alarm::PrunedTooMuch {
            pruned: last,
            agreed: 0,
        };
        assert!(desk.alarms.contains(&alarm), "{}: {:?}", desk.name, desk.alarms);
    }
    // Whoever would need it is told that it is gone, and takes nothing else for it.
    let third = add_desk(&mut world, "Desk 3");
    let desk = &world.desks[third];
    assert!(desk.log.is_empty(), "{:?}", desk.log);
    let refused =
        |alarm: &Alarm| matches!(alarm, Alarm::Refused(refusal) if refusal.code == RefusalCode::Pruned);
    assert!(desk.alarms.iter().any(refused), "{:?}", desk.alarms);
}

#[test]
fn what_is_deleted_leaves_its_place_in_the_log() {
    let mut world = pruning(13);
    let first = world.desks[0].outbox[1].id;
    let position = world.desks[0].outbox[1].position;
    let cover = snapshot(&mut world, 0);
    say(&mut world, 0, cover);
    say(&mut world, 1, cover);
    world.relay().log().delete(PRACTICE, cover.position);
    world.restart_relay();
    world.settle();
    // An envelope whose acknowledgement was lost is known again by its id, and is not taken twice.
    let before = world.relay_log().len();
    let own = world.desks[0].outbox.iter_mut().find(|unsent| unsent.id == first);
    own.expect("it wrote it").position = None;
    let waiting = world.desks[0].waiting();
    world.desks[0]
        .inbox
        .push_back(sync::session::Event::Outbox { waiting });
    world.settle();
    assert_eq!(world.relay_log().len(), before);
    let again = world.desks[0].outbox.iter().find(|unsent| unsent.id == first);
    assert_eq!(again.expect("it wrote it").position, position);
    // Everybody works on, and nobody is alarmed.
    world.write(1, "and on it goes");
    world.settle();
    for desk in &world.desks {
        assert!(
            desk.is_in_step() && desk.alarms.is_empty(),
            "{}: {:?}",
            desk.name,
            desk.alarms
        );
        assert_eq!(desk.retention.map(|known| known.gone), Some(cover.position));
    }
}
