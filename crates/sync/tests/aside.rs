//! Beside the log: a claim has one holder whatever happens on the way, and mail from outside comes in once.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use sync::id::{ClaimKey, LetterId, PracticeId, WorkstationId};
use sync::keys::WorkstationKeys;
use sync::mail::{self, BadLetter, MAX_LETTER_BYTES, Message, announce, box_of, seal};
use sync::memory::{Delivery, Fail};
use sync::relay::{KEPT_LETTER_MILLIS, MailAsked, ReadLog, RelayCore, StoredKey, Submission};
use sync::session::{Config, Effect, Event, Session};
use sync::statement::{Revoke, Statement};
use sync::wire::{AckMail, Frame, GetMail, Head, Letter, Mail, RefusalCode, Welcome};
use world::{Faults, PRACTICE, World, bytes};

fn key(number: u8) -> ClaimKey {
    ClaimKey([number; 32])
}

/// Who has a claim, as each answer to a desk said.
fn holders(world: &World, desk: usize, key: ClaimKey) -> Vec<WorkstationId> {
    let answers = world.desks[desk].claimed.iter();
    answers
        .filter(|(claimed, _)| *claimed == key)
        .map(|(_, holder)| holder.as_ref().expect("not refused").workstation)
        .collect()
}

fn message(text: &str) -> Message {
    Message {
        kind: "page".into(),
        body: text.as_bytes().to_vec(),
    }
}

/// A letter for the key that the relay says.
fn letter(world: &mut World, id: u8, text: &str) -> Vec<u8> {
    let random = bytes(&mut world.rng);
    let mail = world.relay().log().mail_box(PRACTICE).expect("memory");
    let key = mail.key.expect("it was said").key;
    seal(
        box_of(PRACTICE),
        key.epoch,
        key.public,
        LetterId([id; 16]),
        &message(text),
        random,
    )
    .expect("short")
}

fn refused(answer: sync::relay::Answer) -> RefusalCode {
    answer.refused.expect("refused").code
}

#[test]
fn the_first_to_ask_has_it_and_asking_again_says_so() {
    let mut world = World::two_desks(1);
    world.claim(0, key(1));
    world.claim(1, key(1));
    world.claim(1, key(2));
    world.settle();
    let first = holders(&world, 0, key(1));
    assert_eq!(first.len(), 1);
    assert_eq!(first, holders(&world, 1, key(1)), "both hear the same");
    let second = world.desks[1].keys.id();
    assert_eq!(holders(&world, 1, key(2)), [second]);

    // The relay and a desk forget what they had in memory.
    world.restart_relay();
    world.crash(1);
    world.settle();
    for desk in [0, 1] {
        world.claim(desk, key(1));
        world.claim(desk, key(2));
    }
    world.settle();
    assert_eq!(holders(&world, 0, key(1)), [first[0], first[0]]);
    assert_eq!(holders(&world, 1, key(2)), [second, second]);
    assert_eq!(holders(&world, 0, key(2)), [second]);
    let when = |desk: usize| {
        let mut answers = world.desks[desk]
            .claimed
            .iter()
            .filter(|(claimed, _)| *claimed == key(1));
        answers.next_back().map(|(_, holder)| holder.clone())
    };
    assert_eq!(when(0), when(1), "also of the time");
}

#[test]
fn nothing_is_claimed_if_the_relay_could_not_store_it() {
    let mut world = World::two_desks(2);
    world.relay().log().fail_next = Some(Fail::BeforeFsync);
    world.claim(0, key(1));
    world.settle();
    let answer = world.desks[0].claimed[0].1.clone();
    assert_eq!(answer.expect_err("refused").code, RefusalCode::Unavailable);
    world.claim(1, key(1));
    world.settle();
    assert_eq!(holders(&world, 1, key(1)), [world.desks[1].keys.id()]);

    // Stored, but nobody heard of it: whoever asked first has it all the same.
    world.relay().log().fail_next = Some(Fail::AfterFsync);
    world.claim(0, key(2));
    world.settle();
    world.claim(1, key(2));
    world.settle();
    assert_eq!(holders(&world, 1, key(2)), [world.desks[0].keys.id()]);
}

#[test]
fn whatever_is_lost_cut_or_killed_a_claim_has_one_holder() {
    for seed in 0..6 {
        let mut world = World::two_desks(100 + seed);
        world.faults = Faults {
            lose: 30,
            repeat: 60,
            reorder: 60,
            cut: 15,
            crash: 5,
            relay_restart: 3,
            disk: 10,
        };
        for number in 0..60 {
            for desk in [0, 1] {
                world.claim(desk, key(number));
            }
            world.run_for(u64::from(number) * 40);
        }
        world.faults = Faults::default();
        world.relay().log().fail_next = None;
        world.settle();
        // A desk that crashed or was refused asks again.
        for number in 0..60 {
            for desk in [0, 1] {
                world.claim(desk, key(number));
            }
        }
        world.settle();
        assert_eq!(given_twice(&world), None, "seed {seed}");
        let heard: BTreeSet<ClaimKey> = world.desks.iter().flat_map(heard_of).collect();
        assert_eq!(heard.len(), 60, "seed {seed}");
        for desk in &world.desks {
            let heard: BTreeSet<ClaimKey> = heard_of(desk).collect();
            assert_eq!(heard.len(), 60, "seed {seed}: {} heard of each", desk.name);
        }
    }
}

/// The claims about which a desk heard who has them.
fn heard_of(desk: &world::Desk) -> impl Iterator<Item = ClaimKey> {
    desk.claimed
        .iter()
        .filter(|(_, holder)| holder.is_ok())
        .map(|(key, _)| *key)
}

/// A claim of which desks heard of two holders.
fn given_twice(world: &World) -> Option<ClaimKey> {
    let mut known: BTreeMap<ClaimKey, WorkstationId> = BTreeMap::new();
    let answers = world.desks.iter().flat_map(|desk| &desk.claimed);
    let mut given = answers.filter_map(|(key, holder)| Some((*key, holder.as_ref().ok()?.workstation)));
    given.find_map(|(key, holder)| (*known.entry(key).or_insert(holder) != holder).then_some(key))
}

/// The control: what looks for claims that are given twice finds one at a relay that forgets.
#[test]
fn a_relay_that_was_put_back_gives_a_claim_twice_and_that_is_seen() {
    let mut world = World::two_desks(7);
    let older = world.relay().log().clone();
    world.claim(0, key(1));
    world.settle();
    assert_eq!(given_twice(&world), None);
    *world.relay().log() = older;
    world.claim(1, key(1));
    world.settle();
    assert_eq!(given_twice(&world), Some(key(1)));
}

#[test]
fn who_was_removed_claims_nothing() {
    let mut world = World::two_desks(3);
    let second = world.desks[1].keys.id();
    // On its way when the removal comes in.
    world.claim(1, key(1));
    let revoke = Revoke {
        workstation: Some(second),
        person: None,
        invitation: None,
    };
    world.desks[0].say(&Statement::Revoke(revoke));
    world.settle();
    world.claim(1, key(2));
    world.settle();
    world.claim(0, key(2));
    world.settle();
    assert_eq!(holders(&world, 0, key(2)), [world.desks[0].keys.id()]);

    let now = world.now;
    let log = world.relay().log().clone();
    let mut core = RelayCore::new(log);
    let asked = sync::relay::AskedClaim {
        practice: PRACTICE,
        workstation: second,
        key: key(3),
        received_at: now,
    };
    let answer = core.append(now, vec![Submission::Claim(asked)]).remove(0);
    assert_eq!(answer.holder, None);
    assert_eq!(refused(answer), RefusalCode::Revoked);
    let stranger = sync::relay::AskedClaim {
        workstation: WorkstationId([0xEE; 16]),
        ..asked
    };
    let elsewhere = sync::relay::AskedClaim {
        practice: PracticeId([0xEE; 16]),
        ..asked
    };
    let answers = core.append(
        now,
        vec![Submission::Claim(stranger), Submission::Claim(elsewhere)],
    );
    let codes: Vec<_> = answers.into_iter().map(refused).collect();
    assert_eq!(codes, [RefusalCode::NotAMember, RefusalCode::UnknownPractice]);
    assert_eq!(core.log().claim(PRACTICE, key(3)).expect("memory"), None);
}

#[test]
fn in_one_group_the_first_wins() {
    let mut world = World::two_desks(4);
    let now = world.now;
    let ids = [world.desks[1].keys.id(), world.desks[0].keys.id()];
    let asked = |workstation| {
        Submission::Claim(sync::relay::AskedClaim {
            practice: PRACTICE,
            workstation,
            key: key(1),
            received_at: now,
        })
    };
    let mut core = RelayCore::new(world.relay().log().clone());
    let answers = core.append(now, vec![asked(ids[0]), asked(ids[1]), asked(ids[0])]);
    let holders: Vec<_> = answers
        .iter()
        .map(|answer| answer.holder.expect("given").workstation)
        .collect();
    assert_eq!(holders, [ids[0]; 3]);
}

/// A session that is connected to a relay which says that it understands so much.
fn connected(world: &mut World, understands: Option<u16>) -> Vec<Effect> {
    let head = Head {
        position: world.desks[0].cursor,
        hash: world.desks[0].hash,
    };
    let session = &mut world.desks[0].session;
    let _ = session.handle(0, Event::Disconnected { why: String::new() });
    let _ = session.handle(1, Event::RetryNow);
    let _ = session.handle(2, Event::Connected);
    let welcome = Frame::Welcome(Welcome {
        head,
        understands,
        retention: None,
    });
    session.handle(3, Event::Frame(welcome.to_bytes()))
}

fn sent(effects: &[Effect]) -> Vec<&'static str> {
    let frames = effects.iter().filter_map(|effect| match effect {
        Effect::Send(bytes) => Some(Frame::parse(bytes).expect("a frame").name()),
        _ => None,
    });
    frames.collect()
}

#[test]
fn an_older_relay_hears_only_what_it_understands() {
    let mut world = World::two_desks(5);
    assert_eq!(sent(&connected(&mut world, None)), ["Pull"]);
    let effects = world.desks[0].session.handle(4, Event::Claim(key(1)));
    assert_eq!(sent(&effects), Vec::<&str>::new());
    let refusal = effects.iter().find_map(|effect| match effect {
        Effect::Claimed {
            holder: Err(refusal), ..
        } => Some(refusal.code),
        _ => None,
    });
    assert_eq!(refusal, Some(RefusalCode::NotUnderstood));

    let mut world = World::two_desks(5);
    assert_eq!(sent(&connected(&mut world, Some(27))), ["Pull", "GetMail"]);
    let effects = world.desks[0].session.handle(4, Event::Claim(key(1)));
    assert_eq!(sent(&effects), ["Claim"]);
}

/// What is read into a file beside the workstation's own leaves its letters alone: acknowledging them would lose them.
#[test]
fn a_session_beside_the_workstations_own_neither_fetches_nor_acknowledges_letters() {
    let mut world = World::two_desks(7);
    let desk = &mut world.desks[0];
    let config = Config {
        keys: desk.keys.clone(),
        membership: desk.membership.clone(),
        admission: None,
        registration_token: None,
        mail_after: 3,
        is_beside: true,
    };
    desk.session = Session::new(config, Box::new(|| 0));
    let (cursor, hash) = (desk.cursor, desk.hash);
    let started = Event::Started {
        cursor,
        hash,
        outbox: 0,
    };
    let _ = desk.session.handle(0, started);
    assert_eq!(sent(&connected(&mut world, Some(30))), ["Pull"]);
    let news = Frame::Mail(Mail {
        letters: Vec::new(),
        up_to: 0,
        last: 9,
        epoch: None,
        public: None,
    });
    let effects = world.desks[0].session.handle(4, Event::Frame(news.to_bytes()));
    assert_eq!(sent(&effects), Vec::<&str>::new());
    let touches_letters =
        |effect: &Effect| matches!(effect, Effect::KeepLetters { .. } | Effect::MailKey { .. });
    assert!(!effects.iter().any(touches_letters), "{effects:?}");
}

#[test]
fn a_claim_that_nobody_waits_for_is_not_asked_later() {
    let mut world = World::two_desks(6);
    world.unplug(0);
    world.settle();
    world.claim(0, key(1));
    world.claim(0, key(2));
    world.settle();
    world.desks[0].inbox.push_back(Event::ForgetClaim(key(1)));
    world.settle();
    world.plug_in(0);
    world.settle();
    assert_eq!(holders(&world, 0, key(2)), [world.desks[0].keys.id()]);
    assert_eq!(world.relay().log().claim(PRACTICE, key(1)).expect("memory"), None);
}

#[test]
fn a_letter_comes_to_every_desk_once_and_goes_after_its_time() {
    let mut world = World::two_desks(10);
    world.unplug(1);
    world.settle();
    let first = letter(&mut world, 1, "yes, I will come");
    assert_eq!(world.post(first.clone()).positions, [1]);
    world.settle();
    let id = LetterId([1; 16]);
    assert_eq!(
        world.desks[0].letters.get(&id),
        Some(&message("yes, I will come"))
    );
    assert!(world.desks[1].letters.is_empty());
    // The webhook heard no answer and sends it again, sealed anew.
    let again = letter(&mut world, 1, "yes, I will come");
    assert_ne!(again, first);
    assert_eq!(world.post(again).positions, [1]);
    assert_eq!(world.relay().log().kept_letters(PRACTICE).len(), 1);

    // It waits for the desk that was away, and then for its time.
    let tidy = |world: &mut World| {
        let asked = MailAsked::Tidy {
            practice: PRACTICE,
            received_at: world.now,
        };
        let mut core = RelayCore::new(world.relay().log().clone());
        let answer = core.append(world.now, vec![Submission::Mail(asked)]).remove(0);
        assert!(answer.refused.is_none());
        *world.relay().log() = core.log().clone();
    };
    world.now += KEPT_LETTER_MILLIS / 2;
    tidy(&mut world);
    world.plug_in(1);
    world.settle();
    assert_eq!(world.desks[1].letters.len(), 1);
    world.now += KEPT_LETTER_MILLIS;
    tidy(&mut world);
    assert!(world.relay().log().kept_letters(PRACTICE).is_empty());

    // Nobody can put it in once more.
    assert_eq!(world.post(first).positions, [1]);
    let next = letter(&mut world, 2, "or rather not");
    assert_eq!(world.post(next).positions, [2]);
    world.settle();
    for desk in &world.desks {
        assert_eq!(desk.letters.len(), 2, "{}", desk.name);
        assert_eq!(desk.unopened, Vec::new());
    }
}

#[test]
fn letters_are_neither_lost_nor_doubled_by_cuts_and_crashes() {
    for seed in 0..5 {
        let mut world = World::two_desks(200 + seed);
        world.faults = Faults {
            lose: 30,
            repeat: 60,
            reorder: 60,
            cut: 20,
            crash: 10,
            relay_restart: 5,
            disk: 10,
        };
        let mut taken = Vec::new();
        for id in 0..120 {
            let sealed = letter(&mut world, id, &format!("letter {id}"));
            // Whoever sends it tries until it is taken.
            for _ in 0..50 {
                if world.post(sealed.clone()).refused.is_none() {
                    taken.push(LetterId([id; 16]));
                    break;
                }
            }
            world.run_for(u64::from(id) * 7);
        }
        world.faults = Faults::default();
        world.relay().log().fail_next = None;
        world.settle();
        world.settle();
        assert_eq!(taken.len(), 120, "seed {seed}");
        for desk in &world.desks {
            assert_eq!(
                desk.letters.keys().copied().collect::<Vec<_>>(),
                taken,
                "seed {seed}"
            );
            assert_eq!(desk.mail_after, 120);
            assert_eq!(desk.unopened, Vec::new());
        }
        let mail = world.relay().log().mail_box(PRACTICE).expect("memory");
        assert_eq!((mail.last, mail.acknowledged), (120, 120));
    }
}

#[test]
fn a_new_epoch_says_a_new_key_and_old_letters_can_still_be_read() {
    let mut world = World::two_desks(11);
    let old = letter(&mut world, 1, "with the old key");
    world.rotate(0);
    world.settle();
    let said = world
        .relay()
        .log()
        .mail_box(PRACTICE)
        .expect("memory")
        .key
        .expect("said");
    assert_eq!(said.key.epoch, 2);
    assert_eq!(world.post(old).positions, [1]);
    let new = letter(&mut world, 2, "with the new one");
    assert_eq!(world.post(new).positions, [2]);
    world.settle();
    for desk in &world.desks {
        assert_eq!(desk.letters.len(), 2, "{}: {:?}", desk.name, desk.unopened);
    }

    // Who was removed has the first key only, and its word counts no more.
    let mut core = RelayCore::new(world.relay().log().clone());
    let now = world.now;
    let mut say = |keys: &WorkstationKeys, epoch: u32, spoil: bool| {
        let practice_key = world.desks[0].practice_keys.get(epoch).expect("known").clone();
        let mut key = announce(PRACTICE, &practice_key, keys);
        key.signature[0] ^= u8::from(spoil);
        let asked = MailAsked::Key {
            practice: PRACTICE,
            key: StoredKey {
                workstation: keys.id(),
                key,
            },
        };
        let answer = core.append(now, vec![Submission::Mail(asked)]).remove(0);
        answer.refused.map(|refusal| refusal.code)
    };
    let member = world.desks[1].keys.clone();
    assert_eq!(say(&member, 2, false), None);
    assert_eq!(
        say(&member, 1, false),
        Some(RefusalCode::Rejected),
        "of another epoch"
    );
    assert_eq!(say(&member, 2, true), Some(RefusalCode::Rejected), "forged");
    let stranger = WorkstationKeys::generate(WorkstationId([9; 16]), [9; 64]);
    assert_eq!(say(&stranger, 2, false), Some(RefusalCode::NotAMember));
}

#[test]
fn what_is_not_for_the_box_is_refused_or_set_aside_with_a_word() {
    let mut world = World::two_desks(12);
    let sound = letter(&mut world, 1, "sound");
    assert_eq!(refused(world.post(Vec::new())), RefusalCode::Malformed);
    assert_eq!(refused(world.post(vec![1; 400])), RefusalCode::Malformed);
    assert_eq!(
        refused(world.post(vec![1; MAX_LETTER_BYTES + 1])),
        RefusalCode::Malformed
    );
    assert_eq!(
        refused(world.post(sound[..sound.len() - 1].to_vec())),
        RefusalCode::Malformed
    );
    let mut future = sound.clone();
    future[4] = 2;
    assert_eq!(refused(world.post(future)), RefusalCode::Rejected);

    // What the relay cannot see, desks do: another practice's box, another id, one bit.
    let key = world
        .relay()
        .log()
        .mail_box(PRACTICE)
        .expect("memory")
        .key
        .expect("said")
        .key;
    let foreign = box_of(PracticeId([1; 16]));
    let foreign = seal(foreign, 1, key.public, LetterId([2; 16]), &message("x"), [7; 32]).expect("short");
    let mut renamed = sound.clone();
    renamed[5] = 0x33;
    let mut flipped = sound.clone();
    *flipped.last_mut().expect("long") ^= 1;
    flipped[5] = 0x44;
    for bad in [foreign, renamed, flipped] {
        assert!(world.post(bad).refused.is_none());
    }
    assert!(world.post(sound).refused.is_none());
    world.settle();
    for desk in &world.desks {
        assert_eq!(
            desk.unopened,
            [
                BadLetter::CannotOpen,
                BadLetter::CannotOpen,
                BadLetter::CannotOpen
            ]
        );
        assert_eq!(desk.letters.len(), 1, "{}", desk.name);
        assert!(desk.alarms.is_empty(), "{:?}", desk.alarms);
    }
}

#[test]
fn nobody_writes_to_a_practice_that_has_said_no_key() {
    let mut world = World::new(13);
    world.found("Front desk");
    world.unplug(0);
    world.settle();
    let key = world.desks[0].practice_keys.newest().expect("one").clone();
    let to = mail::public(PRACTICE, &key);
    let sealed = seal(
        box_of(PRACTICE),
        1,
        to,
        LetterId([1; 16]),
        &message("early"),
        [7; 32],
    )
    .expect("short");
    assert_eq!(refused(world.post(sealed)), RefusalCode::UnknownPractice);
}

#[test]
fn a_relay_that_shuffles_letters_is_hung_up_on() {
    let mut world = World::two_desks(14);
    let _ = connected(&mut world, Some(27));
    let letter = |number| Letter {
        number,
        received_at: 0,
        sealed: vec![1],
    };
    let mut hear = |letters: Vec<Letter>, up_to| {
        let mail = Frame::Mail(Mail {
            letters,
            up_to,
            last: 9,
            epoch: None,
            public: None,
        });
        world.desks[0].session.handle(4, Event::Frame(mail.to_bytes()))
    };
    let effects = hear(vec![letter(3), letter(2)], 3);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Close { .. })),
        "{effects:?}"
    );
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::KeepLetters { .. }))
    );
}

#[test]
fn letters_are_not_handed_out_before_a_greeting() {
    let mut world = World::two_desks(15);
    let now = world.now;
    for frame in [
        Frame::GetMail(GetMail { after: 0 }),
        Frame::AckMail(AckMail { up_to: 1 }),
        Frame::Claim(sync::wire::Claim { key: key(1) }),
    ] {
        let relay = world.relay();
        relay.open(now, 9_999, [1; 32]);
        let answers = relay.receive(now, 9_999, &frame.to_bytes());
        let Some((_, Delivery::Send(bytes))) = answers.first() else {
            panic!("no answer: {answers:?}")
        };
        assert!(
            matches!(Frame::parse(bytes), Ok(Frame::Refused(refusal)) if refusal.code == RefusalCode::OutOfTurn)
        );
        assert_eq!(answers.get(1), Some(&(9_999, Delivery::Close)));
    }
}
