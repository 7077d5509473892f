//! Who comes in, who is put out, and that relay and peers judge alike.

mod world;

use sync::envelope::Envelope;
use sync::id::{PracticeId, WorkstationId};
use sync::invitation::{CannotJoin, InvitationCode, WelcomeParcel};
use sync::keys::{PersonKeys, PracticeKey, PracticeKeys, WorkstationKeys};
use sync::log::{ChainBroken, genesis};
use sync::membership::{Applied, Membership, Rejected};
use sync::memory::MemoryLog;
use sync::relay::{ReadLog, RelayCore, View};
use sync::release::{LetIn, Named};
use sync::session::{Alarm, Link};
use sync::statement::{Capability, Introduction, Revoke, Statement};
use sync::wire::RefusalCode;
use world::{PRACTICE, World, bytes};

fn refusal_code(world: &World, desk: usize) -> Option<RefusalCode> {
    world.desks[desk].alarms.iter().find_map(|alarm| match alarm {
        Alarm::Refused(refusal) => Some(refusal.code),
        _ => None,
    })
}

#[test]
fn a_code_admits_one_workstation_once() {
    let mut world = World::new(1);
    world.found("Front desk");
    world.settle();
    let code = world.invite(0, u64::MAX);
    world.settle();
    let welcome = world.look_up(&code).expect("the parcel");
    assert_eq!(welcome.practice_name, "Harbour Dental");
    // Both got the parcel before either joined; the log decides.
    let first = world.join("Desk 2", &code, &welcome);
    world.settle();
    let second = world.join("Desk 3", &code, &welcome);
    world.settle();
    assert!(world.desks[first].is_in_step());
    assert_eq!(refusal_code(&world, second), Some(RefusalCode::InvitationUsed));
    assert!(matches!(world.look_up(&code), Err(CannotJoin::Refused(r)) if r.code == RefusalCode::NoParcel));
    assert_eq!(world.desks[0].membership.workstations().count(), 2);
}

#[test]
fn an_expired_code_is_refused_by_the_relays_clock() {
    let mut world = World::new(2);
    world.found("Front desk");
    world.settle();
    let expires_at = world.now + 1_000_000;
    let code = world.invite(0, expires_at);
    world.settle();
    let welcome = world.look_up(&code).expect("still good");
    world.run_for(1_000_001);
    assert!(matches!(world.look_up(&code), Err(CannotJoin::Refused(r)) if r.code == RefusalCode::NoParcel));
    let late = world.join("Desk 2", &code, &welcome);
    world.settle();
    assert_eq!(refusal_code(&world, late), Some(RefusalCode::InvitationExpired));
}

#[test]
fn a_forged_code_neither_opens_the_parcel_nor_joins() {
    let mut world = World::new(3);
    world.found("Front desk");
    world.settle();
    let code = world.invite(0, u64::MAX);
    world.settle();
    let welcome = world.look_up(&code).expect("the parcel");
    let forged = InvitationCode::new("wss://relay.example", [3; 16]).expect("a good address");
    assert!(matches!(world.look_up(&forged), Err(CannotJoin::Refused(r)) if r.code == RefusalCode::NoParcel));
    // The relay has the parcel, but another secret does not open it.
    let parcel = code.parcel(&welcome, 1, [0; 24]);
    assert!(forged.open(&parcel.sealed).is_err());
    assert!(code.open(&parcel.sealed).is_ok());
    let intruder = world.join("Intruder", &forged, &welcome);
    world.settle();
    assert_eq!(refusal_code(&world, intruder), Some(RefusalCode::Rejected));
    assert_eq!(world.relay_log().len(), 2);
}

#[test]
fn a_join_cannot_be_turned_to_another_workstation() {
    let mut world = World::two_desks(4);
    let code = world.invite(0, u64::MAX);
    world.settle();
    let theirs = WorkstationKeys::generate(WorkstationId([1; 16]), [1; 64]);
    let mine = WorkstationKeys::generate(WorkstationId([2; 16]), [2; 64]);
    let person = PersonKeys::generate([3; 32]);
    let Statement::Join(mut join) = code.join(PRACTICE, &theirs, &person, Vec::new()) else {
        panic!("a join")
    };
    join.workstation = sync::statement::WorkstationPublic::of(&mine);
    let desk = &world.desks[0];
    let author = sync::envelope::Author {
        practice: PRACTICE,
        workstation: &mine,
        person: &person,
        sequence: 1,
        seen: desk.author().seen,
    };
    let envelope = Envelope::state(&author, 1, &Statement::Join(join)).expect("short");
    let mut membership = desk.membership.clone();
    let before = membership.clone();
    assert_eq!(
        membership.apply(desk.cursor + 1, &envelope),
        Err(Rejected::InvitationProof)
    );
    assert_eq!(membership, before, "a rejected statement changes nothing");
}

#[test]
fn only_an_administrator_invites_revokes_and_rotates() {
    let mut world = World::two_desks(5);
    let length = world.relay_log().len();
    let code = InvitationCode::new("wss://relay.example", [5; 16]).expect("a good address");
    let founder = world.desks[0].keys.id();
    world.desks[1].say(&code.invite(Capability::Administrator, u64::MAX, None));
    world.desks[1].say(&Statement::Revoke(Revoke {
        workstation: Some(founder),
        person: None,
        invitation: None,
    }));
    world.rotate(1);
    world.write(1, "ordinary work goes on");
    world.settle();
    world.assert_converged();
    assert_eq!(
        world.desks[1].set_aside.len(),
        3,
        "{:?}",
        world.desks[1].set_aside
    );
    assert!(world.desks[1].set_aside[0].1.contains("only an administrator"));
    assert_eq!(world.relay_log().len(), length + 1);
}

/// An administrator lets in what a removed person wrote; relay and peers judge only who says so.
#[test]
fn only_an_administrator_lets_in_what_was_set_aside() {
    let mut world = World::two_desks(22);
    let kept = {
        let key = world.desks[1].practice_keys.newest().expect("keys").clone();
        Envelope::seal(&world.desks[1].author(), &key, b"set aside", [9; 24]).expect("short")
    };
    let person = world.desks[1].person.key_id();
    world.desks[0].say(&Statement::Revoke(Revoke {
        workstation: None,
        person: Some(person),
        invitation: None,
    }));
    world.settle();
    let membership = world.desks[0].membership.clone();
    assert!(matches!(
        kept.verify(&membership),
        Err(Rejected::PersonRevoked { .. })
    ));
    assert_eq!(membership.verify_once_member(&kept), Ok(()));
    // A signature is a signature, whoever lets it in.
    let mut forged = kept.bytes().to_vec();
    *forged.last_mut().expect("not empty") ^= 1;
    let forged = Envelope::parse(forged).expect("well-formed");
    assert_eq!(
        membership.verify_once_member(&forged),
        Err(Rejected::WorkstationSignature)
    );
    let stranger = (
        WorkstationKeys::generate(WorkstationId([1; 16]), [1; 64]),
        PersonKeys::generate([3; 32]),
    );
    let author = sync::envelope::Author {
        workstation: &stranger.0,
        person: &stranger.1,
        ..world.desks[0].author()
    };
    let key = world.desks[0].practice_keys.newest().expect("keys").clone();
    let foreign = Envelope::seal(&author, &key, b"nobody's", [8; 24]).expect("short");
    assert_eq!(
        membership.verify_once_member(&foreign),
        Err(Rejected::UnknownWorkstation)
    );

    let let_in = LetIn {
        reason: "written before the removal".into(),
        envelopes: vec![Named {
            id: kept.id(),
            bytes: Some(kept.bytes().to_vec().into()),
        }],
    };
    let release = Statement::Release(let_in.seal(&key, world.desks[0].person.public(), [7; 24]));
    let length = world.relay_log().len();
    world.desks[1].say(&release);
    world.settle();
    assert_eq!(world.relay_log().len(), length, "not by one who was removed");
    world.desks[0].say(&release);
    world.settle();
    world.assert_converged();
    let last = world.relay_log().pop().expect("not empty").bytes;
    assert!(
        !last
            .windows(8)
            .any(|window| window == b"removal" || window == &kept.id().0[..8])
    );
    let last = Envelope::parse(last).expect("sound");
    let read = Statement::parse(last.statement_bytes().expect("a statement"));
    assert_eq!(read, Ok(release));
}

#[test]
fn a_revoked_workstation_is_refused_and_cannot_read_on() {
    let mut world = World::two_desks(6);
    let revoked = world.desks[1].keys.id();
    world.unplug(1);
    world.write(1, "written before it knew");
    world.desks[0].say(&Statement::Revoke(Revoke {
        workstation: Some(revoked),
        person: None,
        invitation: None,
    }));
    world.settle();
    world.rotate(0);
    world.settle();
    world.write(0, "after the rotation");
    world.settle();
    assert_eq!(world.desks[0].membership.epoch(), Some(2));
    assert_eq!(
        world.desks[0].log.last().map(String::as_str),
        Some("after the rotation")
    );
    let length = world.relay_log().len();
    world.plug_in(1);
    world.settle();
    assert_eq!(refusal_code(&world, 1), Some(RefusalCode::Revoked));
    assert_eq!(world.desks[1].waiting(), 1, "nothing it wrote is thrown away");
    assert_eq!(world.relay_log().len(), length);
    let last = Envelope::parse(world.relay_log().pop().expect("not empty").bytes).expect("sound");
    assert_eq!(last.header().epoch, 2);
    assert!(last.open(&world.desks[1].practice_keys).is_err());
    // Were its envelope smuggled into the log by the relay, peers would quarantine it.
    let late = Envelope::parse(world.desks[1].outbox.last().expect("one").bytes.clone()).expect("sound");
    assert!(matches!(
        late.verify(&world.desks[0].membership),
        Err(Rejected::WorkstationRevoked { .. })
    ));
}

#[test]
fn a_connected_workstation_is_cut_off_at_once() {
    let mut world = World::two_desks(7);
    let revoked = world.desks[1].keys.id();
    world.desks[0].say(&Statement::Revoke(Revoke {
        workstation: Some(revoked),
        person: None,
        invitation: None,
    }));
    world.run_for(10);
    assert!(matches!(
        world.desks[1].status.expect("shown").link,
        Link::Offline { .. }
    ));
}

#[test]
fn a_relay_that_follows_another_knows_the_same_members() {
    let mut world = World::two_desks(21);
    let older = world.relay().log().clone();
    let mut follower = RelayCore::new(older.clone());
    let view = |relay: &mut RelayCore<MemoryLog>| -> View {
        let view = relay.view(PRACTICE).expect("it reads").expect("registered");
        View::clone(&view)
    };
    let before = view(&mut follower);
    world.write(1, "one");
    let workstation = world.desks[1].keys.id();
    world.desks[0].say(&Statement::Revoke(Revoke {
        workstation: Some(workstation),
        person: None,
        invitation: None,
    }));
    world.settle();

    // Another relay has appended to the storage they share.
    let mut newer = world.relay().log().clone();
    let head = newer.head(PRACTICE).expect("it reads").expect("registered");
    *follower.log() = newer.clone();
    assert_eq!(follower.catch_up(PRACTICE, head), Ok(true));
    assert_eq!(follower.catch_up(PRACTICE, head), Ok(false), "nothing new");
    let (followed, read) = (view(&mut follower), view(&mut RelayCore::new(newer)));
    assert_eq!(
        (followed.head, &followed.membership),
        (read.head, &read.membership)
    );
    let member = followed
        .membership
        .workstation(workstation)
        .expect("was a member");
    assert!(member.revoked_at.is_some());

    // The storage is put back to an older copy: what came after never happened.
    *follower.log() = older;
    assert_eq!(follower.catch_up(PRACTICE, before.head), Ok(true));
    let again = view(&mut follower);
    assert_eq!((again.head, &again.membership), (before.head, &before.membership));
}

#[test]
fn rotation_voids_open_invitations() {
    let mut world = World::two_desks(8);
    let code = world.invite(0, u64::MAX);
    world.settle();
    let welcome = world.look_up(&code).expect("the parcel");
    world.rotate(0);
    world.settle();
    assert_eq!(
        world.desks[1].practice_keys.newest().expect("keys").epoch,
        2,
        "desk 2 unwrapped the new key"
    );
    let late = world.join("Desk 3", &code, &welcome);
    world.settle();
    assert_eq!(refusal_code(&world, late), Some(RefusalCode::InvitationUsed));
    world.write(1, "sealed in epoch 2");
    world.settle();
    assert_eq!(
        world.desks[0].log.last().map(String::as_str),
        Some("sealed in epoch 2")
    );
}

#[test]
fn the_last_administrator_and_the_last_workstation_stay() {
    let mut world = World::new(9);
    world.found("Front desk");
    world.settle();
    let (workstation, person) = (world.desks[0].keys.id(), world.desks[0].person.key_id());
    world.desks[0].say(&Statement::Revoke(Revoke {
        workstation: Some(workstation),
        person: None,
        invitation: None,
    }));
    world.desks[0].say(&Statement::Revoke(Revoke {
        workstation: None,
        person: Some(person),
        invitation: None,
    }));
    world.settle();
    let reasons: Vec<_> = world.desks[0]
        .set_aside
        .iter()
        .map(|(_, why)| why.as_str())
        .collect();
    assert_eq!(
        reasons,
        [
            "the practice would be left without a workstation",
            "the practice would be left without a super administrator"
        ]
    );
}

#[test]
fn statements_of_a_newer_program_are_carried_without_effect() {
    let mut world = World::two_desks(10);
    let bytes = minicbor::to_vec((1_u8, 77_u16, "something new")).expect("to a Vec");
    let statement = Statement::parse(&bytes).expect("well-formed");
    assert!(matches!(statement, Statement::Unknown { kind: 77, .. }));
    world.desks[1].say(&statement);
    world.settle();
    world.assert_converged();
    assert_eq!(
        world.desks[0].log.last().map(String::as_str),
        Some("(unknown 77)")
    );
    assert_eq!(world.desks[0].membership.not_understood(), 1);
    assert_eq!(world.desks[0].membership, world.desks[1].membership);
}

#[test]
fn a_practice_founded_by_someone_else_is_not_trusted() {
    let mut world = World::new(11);
    world.found("Front desk");
    world.settle();
    let founding = Envelope::parse(world.relay_log()[0].bytes.clone()).expect("sound");
    let mut membership = Membership::new(PRACTICE, Some(sync::id::Fingerprint([0; 32])));
    assert_eq!(membership.apply(1, &founding), Err(Rejected::OtherFounder));
    let mut elsewhere = Membership::new(PracticeId([8; 16]), None);
    assert_eq!(elsewhere.apply(1, &founding), Err(Rejected::OtherPractice));
    let mut late = Membership::new(PRACTICE, None);
    assert_eq!(late.apply(2, &founding), Err(Rejected::NotFounded));
    assert!(matches!(
        late.apply(1, &founding),
        Ok(Applied::Followed(Statement::Found(_)))
    ));
    assert_eq!(late.apply(1, &founding), Err(Rejected::AlreadyFounded));
    assert_eq!(Membership::from_bytes(&late.to_bytes()), Ok(late));
}

#[test]
fn a_relay_that_rolls_back_or_forks_stops_the_session() {
    let mut world = World::two_desks(12);
    for n in 0..5 {
        world.write(0, &format!("change {n}"));
    }
    world.settle();
    world.unplug(0);
    world.unplug(1);
    world.settle();
    world.relay().log().truncate(PRACTICE, 6);
    world.restart_relay();
    world.plug_in(0);
    world.settle();
    assert_eq!(
        world.desks[0].alarms,
        [Alarm::ChainBroken(ChainBroken::RolledBack { cursor: 8, head: 6 })],
        "the desk that has seen more says so"
    );
    assert_eq!(world.desks[0].status.expect("shown").link, Link::Stopped);

    // Two relays that went apart after position 3 and one desk that is moved from one to the other.
    let (mut one, mut other) = (World::two_desks(13), World::two_desks(13));
    one.write(0, "only here");
    one.settle();
    other.write(1, "only there");
    other.settle();
    one.unplug(0);
    std::mem::swap(&mut one.relay, &mut other.relay);
    one.plug_in(0);
    one.settle();
    assert!(
        matches!(
            one.desks[0].alarms[..],
            [Alarm::ChainBroken(ChainBroken::Forked { .. })]
        ),
        "{:?}",
        one.desks[0].alarms
    );
}

#[test]
fn names_in_introductions_are_for_members_and_for_these_keys() {
    let mut rng = <rand_chacha::ChaCha8Rng as rand::SeedableRng>::seed_from_u64(14);
    let keys = WorkstationKeys::generate(WorkstationId(bytes(&mut rng)), bytes(&mut rng));
    let person = PersonKeys::generate(bytes(&mut rng));
    let key = PracticeKey {
        epoch: 1,
        key: bytes(&mut rng),
    };
    let introduction = Introduction {
        person_id: [1; 16],
        person_name: "Amara Diallo".into(),
        workstation_name: "Front desk".into(),
    };
    let sealed = introduction.seal(&key, &keys, &person, bytes(&mut rng));
    assert_eq!(
        Introduction::open(&sealed, &key, keys.id(), person.public()),
        Ok(introduction)
    );
    assert!(Introduction::open(&sealed, &key, WorkstationId([0; 16]), person.public()).is_err());
    let secrets = format!("{keys:?} {person:?} {key:?} {:?}", PracticeKeys::new(key.clone()));
    for secret in [data_encoding::HEXLOWER.encode(&key.key), format!("{:?}", key.key)] {
        assert!(!secrets.contains(&secret), "{secrets}");
    }
}

#[test]
fn a_parcel_says_where_the_log_stood() {
    let parcel = WelcomeParcel {
        practice: PRACTICE,
        practice_name: "Harbour Dental".into(),
        keys: PracticeKeys::new(PracticeKey {
            epoch: 3,
            key: [3; 32],
        }),
        founder: sync::id::Fingerprint([4; 32]),
        seen: sync::envelope::Seen {
            position: 5,
            hash: genesis(PRACTICE),
        },
        snapshot: Some(sync::snapshot::Pinned {
            set: sync::SetId([6; 16]),
            index: sync::PackHash([7; 32]),
        }),
    };
    let code = InvitationCode::new("ws://127.0.0.1:7370", [9; 16]).expect("a good address");
    let stored = code.parcel(&parcel, 77, [1; 24]);
    assert_eq!((stored.lookup, stored.invitation), (code.lookup(), code.public()));
    let opened = code.open(&stored.sealed).expect("its own");
    assert_eq!((opened.seen, opened.founder), (parcel.seen, parcel.founder));
    assert_eq!(
        opened.keys.newest().map(|key| (key.epoch, key.key)),
        Some((3, [3; 32]))
    );
}

/// A statement and what builds on it go out one right after the other: the relay must not judge the second by what it
/// knew before the first.
#[test]
fn what_builds_on_a_statement_may_follow_it_at_once() {
    for seed in 0..20 {
        let mut world = World::two_desks(100 + seed);
        world.write(0, "with the old key");
        let (key, epoch) = {
            let desk = &mut world.desks[0];
            let epoch = desk.membership.epoch().expect("founded") + 1;
            let key = sync::PracticeKey {
                epoch,
                key: [epoch as u8; 32],
            };
            let rotate = desk.membership.rotation(&key, [3; 32]).expect("good keys");
            desk.say(&Statement::Rotate(rotate));
            (key, epoch)
        };
        world.desks[0].practice_keys.add(key);
        world.write(0, "with the new key");
        world.settle();
        assert_eq!(world.desks[0].set_aside, [], "epoch {epoch}");
        world.assert_converged();
    }
}
