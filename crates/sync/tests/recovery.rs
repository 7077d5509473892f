//! The recovery kit: what is on paper, what slips are found, and that two parts bring a practice back while one does nothing.

mod world;

use expect_test::expect;
use proptest::prelude::*;
use sync::envelope::Envelope;
use sync::id::{Fingerprint, PracticeId, WorkstationId};
use sync::invitation::{CannotJoin, WelcomeParcel};
use sync::keys::{PersonKeys, PracticeKey, PracticeKeys, WorkstationKeys};
use sync::membership::Rejected;
use sync::recovery::{BadPart, GROUPS, Kit, KitPart, NoPair, Pair};
use sync::session::Alarm;
use sync::staff::Note;
use sync::statement::{Capability, Revoke, Statement};
use sync::wire::RefusalCode;
use world::{PRACTICE, World};

fn part(number: u8) -> KitPart {
    KitPart::new([0xA3, 0xF0, 0x19], number, [number * 0x11; 16])
}

fn pair(one: u8, other: u8) -> Pair {
    Pair::of(&part(one), &part(other)).expect("of one kit")
}

fn welcome() -> WelcomeParcel {
    WelcomeParcel {
        practice: PracticeId([0x11; 16]),
        practice_name: "Harbour Dental".into(),
        keys: PracticeKeys::new(PracticeKey {
            epoch: 3,
            key: [0x44; 32],
        }),
        founder: Fingerprint([0x55; 32]),
        seen: sync::envelope::Seen {
            position: 7,
            hash: sync::log::genesis(PRACTICE),
        },
        snapshot: None,
    }
}

/// These are on paper in safes: a change here needs a new format version, not a new expectation.
#[test]
fn the_kit_on_paper_is_what_it_was() {
    expect!["26HZ5-068HJ-248H8-248HD-248HP-248HK-248HW-248HS"].assert_eq(&part(1).to_string());
    expect!["2AHZA-0692N-48H20-48H25-48H2Y-48H2V-48H2M-48H2H"].assert_eq(&part(2).to_string());
    assert_eq!(part(1).kit_name(), "A3F019");
    let pair = pair(1, 2);
    expect!["4f0df79c47cb5484b4eca3a61d63375e"].assert_eq(&pair.lookup().to_string());
    expect!["37ed9a439bb0c9430b3b6baa8ca01b43cb6f9bec26f562a41c62e7cef8935413"]
        .assert_eq(&data_encoding::HEXLOWER.encode(&pair.public().signing.0));
    expect!["a923699355ed0bfa6e783aa4637f96093dc3f0f3e8ffe0ccaabdc2e739ccb870"]
        .assert_eq(&data_encoding::HEXLOWER.encode(&pair.public().wrapping.0));
    expect!["666666666666666666666666666666666666666666666666c2c90e6c2cb57024f69249c1d34f4fe9c250c04b0250d4a25c5a47c7dbbca799f8f35fe934d26f327113742b02f87687b7536faef6ce23a1d0344944b7feca408021a821757b006bc993f7bc08f7f71607d5c845163ffd7c05a4b09737eed37f5525f2dc8f97f69ee1a85397adbb5f9f7185649a439790dd8ebc9df649c7a9c22391648746c43e1e29a54a6d1e2e0bbef9c67d076dd492c5deca6584d69e"].assert_eq(&data_encoding::HEXLOWER.encode(&pair.parcel(&welcome(), [0x66; 24]).sealed));
    assert_eq!(pair.keys().signing_public(), pair.public().signing);
    assert_eq!(pair.keys().id(), pair.public().id());
    assert_eq!(
        format!("{:?} {pair:?}", part(1)),
        "KitPart(1 of A3F019, secret) Pair([1, 2] of A3F019, secret)"
    );
}

#[test]
fn the_statements_of_a_kit_are_what_they_were() {
    let card = Note {
        epoch: 1,
        sealed: vec![1, 2, 3],
    };
    let kit = Kit {
        pairs: vec![pair(1, 2).public()],
        card,
    };
    expect!["83010b828182582037ed9a439bb0c9430b3b6baa8ca01b43cb6f9bec26f562a41c62e7cef89354135820a923699355ed0bfa6e783aa4637f96093dc3f0f3e8ffe0ccaabdc2e739ccb870820143010203"].assert_eq(&data_encoding::HEXLOWER.encode(&Statement::Kit(kit).to_bytes()));
    let keys = WorkstationKeys::generate(WorkstationId([0x22; 16]), [0x23; 64]);
    let person = PersonKeys::generate([0x33; 32]);
    let recover = pair(1, 2).recover(PRACTICE, &keys, true, &person, vec![9]);
    expect!["83010c85582037ed9a439bb0c9430b3b6baa8ca01b43cb6f9bec26f562a41c62e7cef893541382582074f85cda34d1c27c4621484731e91579c3d9c6cfc0d94b281aa11e9162058aa958209a4503a98ab10fe8d354c9c42cbd0c9d7944f52e7d14d8ea59775e7dc9e3bf4b582017cb79fb2b4120f2b1ec65e4198d6e08b28e813feb01e4a400839b85e18080ce41095840b641a0e17d2acd01ec99a1de3f3b587889da5954c40df547df8291571e659a022e7232048ec3539e4070eb395f19d444b15cf03989d6504d76abdf151bfdb305"].assert_eq(&data_encoding::HEXLOWER.encode(&recover.to_bytes()));
    assert_eq!(Statement::parse(&recover.to_bytes()), Ok(recover));
}

#[test]
fn parts_are_read_as_people_type_them() {
    let text = part(3).to_string();
    for typed in [
        text.to_lowercase(),
        text.replace('-', " "),
        text.replace('-', ""),
        text.replace('-', "–"),
        format!("  {text}\n"),
        text.replace('0', "O").replace('1', "l"),
    ] {
        assert_eq!(typed.parse::<KitPart>(), Ok(part(3)), "{typed}");
    }
    assert_eq!("".parse::<KitPart>(), Err(BadPart::Length(0)));
    assert_eq!(
        format!("{text}!").parse::<KitPart>(),
        Err(BadPart::Character('!'))
    );
    assert_eq!(
        text[..text.len() - 6].parse::<KitPart>(),
        Err(BadPart::Length(35))
    );
    assert_eq!(
        format!("{text}-00000").parse::<KitPart>(),
        Err(BadPart::Length(45))
    );
}

/// Every wrong letter, every two that changed places, every missing or doubled letter: the group is named.
#[test]
fn slips_are_found_and_their_group_is_named() {
    let letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let text = part(4).to_string();
    let groups: Vec<&str> = text.split('-').collect();
    assert_eq!(groups.len(), GROUPS);
    let mut tried = 0;
    let mut check = |index: usize, group: String| {
        let mut typed: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        if typed[index] == group {
            return;
        }
        typed[index] = group;
        let typed = typed.join(" ");
        assert_eq!(
            typed.parse::<KitPart>(),
            Err(BadPart::Group(index + 1)),
            "{typed}"
        );
        tried += 1;
    };
    for (index, group) in groups.iter().enumerate() {
        for at in 0..group.len() {
            for letter in letters.chars() {
                check(index, format!("{}{letter}{}", &group[..at], &group[at + 1..]));
            }
            check(index, format!("{}{}", &group[..at], &group[at + 1..]));
            check(index, format!("{}{}", &group[..=at], &group[at..]));
            for other in at + 1..group.len() {
                let mut swapped = group.as_bytes().to_vec();
                swapped.swap(at, other);
                check(index, String::from_utf8(swapped).expect("ASCII"));
            }
        }
    }
    assert!(tried > 1_300, "{tried}");
    for first in 0..GROUPS {
        for second in first + 1..GROUPS {
            let mut swapped = groups.clone();
            swapped.swap(first, second);
            if swapped != groups {
                assert_eq!(
                    swapped.join("-").parse::<KitPart>(),
                    Err(BadPart::Group(first + 1))
                );
            }
        }
    }
}

#[test]
fn one_part_is_useless_and_so_are_parts_of_two_kits() {
    assert_eq!(Pair::of(&part(1), &part(1)).err(), Some(NoPair::SamePart));
    let other_kit = KitPart::new([1, 2, 3], 2, [0x22; 16]);
    assert_eq!(Pair::of(&part(1), &other_kit).err(), Some(NoPair::OtherKit));
    let sealed = pair(1, 2).parcel(&welcome(), [0x66; 24]).sealed;
    let opened = pair(2, 1).open(&sealed).expect("in any order");
    assert_eq!(opened.founder, welcome().founder);
    // Whoever has one part and guesses the other, or has another two.
    let guessed = KitPart::new([0xA3, 0xF0, 0x19], 2, [0x23; 16]);
    for wrong in [
        Pair::of(&part(1), &guessed).expect("of one kit"),
        pair(1, 3),
        pair(2, 3),
    ] {
        assert!(wrong.open(&sealed).is_err(), "{wrong:?}");
        assert_ne!(wrong.lookup(), pair(1, 2).lookup());
        assert_ne!(wrong.public(), pair(1, 2).public());
    }
    for bit in 0..sealed.len() * 8 {
        let mut bent = sealed.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(pair(1, 2).open(&bent).is_err(), "bit {bit}");
    }
}

fn refusal(world: &World, desk: usize) -> Option<(RefusalCode, String)> {
    world.desks[desk].alarms.iter().find_map(|alarm| match alarm {
        Alarm::Refused(refusal) => Some((refusal.code, refusal.message.clone())),
        _ => None,
    })
}

/// All desks are gone; keys changed since the kit was made; two of three parts are left.
#[test]
fn two_parts_and_the_relay_bring_everything_back() {
    let mut world = World::two_desks(31);
    world.make_kit(0, &[part(1), part(2), part(3)]);
    world.settle();
    assert_eq!(
        world.desks[0].parcels_stored, 4,
        "one of an invitation, three of the kit"
    );
    world.write(0, "before");
    world.settle();
    for _ in 0..2 {
        world.rotate(0);
        world.settle();
        world.write(1, "after the key changed");
        world.settle();
    }
    let kit = world.desks[1].membership.kit().expect("made").clone();
    assert_eq!((kit.epoch, kit.used_at), (3, None));
    world.unplug(0);
    world.unplug(1);
    let welcome = world.look_up_kit(&pair(3, 2)).expect("the parcel");
    let back = world.recover("New desk", pair(2, 3), &welcome);
    world.settle();
    assert!(world.desks[back].is_in_step(), "{:?}", world.desks[back].alarms);
    let texts: Vec<&str> = world.desks[back].log.iter().map(String::as_str).collect();
    assert_eq!(
        texts
            .iter()
            .filter(|text| **text == "after the key changed")
            .count(),
        2,
        "{texts:?}"
    );
    assert!(!texts.iter().any(|text| text.starts_with("sealed")), "{texts:?}");
    let me = world.desks[back].person.key_id();
    let membership = &world.desks[back].membership;
    assert_eq!(
        membership.person(me).map(|person| person.capability),
        Some(Capability::SuperAdministrator)
    );
    // It is a workstation like any other: goes on, changes the key, puts out the lost ones.
    let lost = world.desks[1].keys.id();
    world.desks[back].say(&Statement::Revoke(Revoke {
        workstation: Some(lost),
        person: None,
        invitation: None,
    }));
    world.settle();
    world.rotate(back);
    world.settle();
    world.write(back, "work goes on");
    world.settle();
    world.plug_in(0);
    world.settle();
    assert_eq!(
        world.desks[0].log.last().map(String::as_str),
        Some("work goes on")
    );
    assert_eq!(world.desks[0].membership, world.desks[back].membership);

    // Used up: the relay has nothing for it any more, and nobody accepts it a second time.
    for pair in [pair(1, 2), pair(1, 3), pair(2, 3)] {
        assert!(
            matches!(world.look_up_kit(&pair), Err(CannotJoin::Refused(refusal)) if refusal.code == RefusalCode::NoParcel)
        );
    }
    let again = world.recover("Another", pair(1, 2), &welcome);
    world.settle();
    let (code, message) = refusal(&world, again).expect("refused");
    assert_eq!(code, RefusalCode::InvitationUsed);
    assert!(message.contains("recovery kit was used already"), "{message}");
}

#[test]
fn a_renewed_kit_does_not_count_and_says_so() {
    let mut world = World::two_desks(32);
    world.make_kit(0, &[part(1), part(2)]);
    world.settle();
    let welcome = world.look_up_kit(&pair(1, 2)).expect("the parcel");
    let newer = |number| KitPart::new([9; 3], number, [number + 0x80; 16]);
    world.make_kit(0, &[newer(1), newer(2)]);
    world.settle();
    assert!(world.look_up_kit(&pair(1, 2)).is_err());
    let late = world.recover("Late", pair(1, 2), &welcome);
    world.settle();
    let (_, message) = refusal(&world, late).expect("refused");
    assert!(message.contains("renewed at log position"), "{message}");
    let newer = Pair::of(&newer(1), &newer(2)).expect("of one kit");
    let welcome = world.look_up_kit(&newer).expect("the new one’s parcel");
    let back = world.recover("Back", newer, &welcome);
    world.settle();
    assert!(world.desks[back].is_in_step());
    // The same two parts are not taken for a kit again.
    world.make_kit(0, &[part(1), part(2)]);
    world.settle();
    let (_, why) = world.desks[0].set_aside.last().expect("refused");
    assert!(why.contains("known already"), "{why}");
}

#[test]
fn only_a_super_administrator_makes_one_and_only_its_holder_uses_it() {
    let mut world = World::two_desks(33);
    world.make_kit(1, &[part(1), part(2)]);
    world.settle();
    assert_eq!(world.desks[0].membership.kit(), None);
    assert!(world.desks[1].set_aside[0].1.contains("administrator"));
    world.make_kit(0, &[part(1), part(2)]);
    world.settle();
    let membership = world.desks[0].membership.clone();
    let judge = |statement: &Statement, keys: &WorkstationKeys, person: &PersonKeys| {
        let author = sync::envelope::Author {
            workstation: keys,
            person,
            sequence: 1,
            ..world.desks[0].author()
        };
        let envelope = Envelope::state(&author, 1, statement).expect("short");
        let mut judged = membership.clone();
        let verdict = judged.apply(world.desks[0].cursor + 1, &envelope);
        assert_eq!(
            verdict.is_err(),
            judged == membership,
            "a rejected statement changes nothing"
        );
        verdict.map(drop)
    };
    let keys = WorkstationKeys::generate(WorkstationId([1; 16]), [1; 64]);
    let person = PersonKeys::generate([3; 32]);
    let good = pair(1, 2).recover(PRACTICE, &keys, true, &person, vec![1]);
    assert_eq!(judge(&good, &keys, &person), Ok(()));
    // Turned to another workstation or person, or the pair's signature under something else.
    let other = WorkstationKeys::generate(WorkstationId([2; 16]), [2; 64]);
    let Statement::Recover(mut turned) = good.clone() else {
        panic!("a recovery")
    };
    turned.workstation = Some(sync::statement::WorkstationPublic::of(&other));
    assert_eq!(
        judge(&Statement::Recover(turned), &other, &person),
        Err(Rejected::KitProof)
    );
    assert_eq!(
        judge(&good, &keys, &PersonKeys::generate([4; 32])),
        Err(Rejected::UnknownPerson)
    );
    let guessed = pair(1, 3).recover(PRACTICE, &keys, true, &person, vec![1]);
    assert_eq!(judge(&guessed, &keys, &person), Err(Rejected::UnknownKit));
    let elsewhere = pair(1, 2).recover(PracticeId([8; 16]), &keys, true, &person, vec![1]);
    assert_eq!(judge(&elsewhere, &keys, &person), Err(Rejected::KitProof));
    // At a workstation that is a member, without a new one; at one that is none, not.
    let here = &world.desks[1].keys;
    let reset = pair(1, 2).recover(PRACTICE, here, false, &person, vec![1]);
    assert_eq!(judge(&reset, here, &person), Ok(()));
    let stranger = pair(1, 2).recover(PRACTICE, &keys, false, &person, vec![1]);
    assert_eq!(
        judge(&stranger, &keys, &person),
        Err(Rejected::UnknownWorkstation)
    );
    // A key that is known gains nothing.
    let known = pair(1, 2).recover(PRACTICE, here, false, &world.desks[1].person, vec![1]);
    assert_eq!(
        judge(&known, here, &world.desks[1].person),
        Err(Rejected::AlreadyKnown)
    );
}

proptest! {
    #[test]
    fn every_part_reads_back(kit in any::<[u8; 3]>(), number in 1_u8..=5, secret in any::<[u8; 16]>()) {
        let part = KitPart::new(kit, number, secret);
        prop_assert_eq!(part.to_string().parse::<KitPart>(), Ok(part));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,80}") {
        let _ = text.parse::<KitPart>();
    }

    #[test]
    fn no_letters_make_the_reader_panic(text in "[0-9A-HJKMNP-TV-Z -]{30,60}") {
        let _ = text.parse::<KitPart>();
    }
}
