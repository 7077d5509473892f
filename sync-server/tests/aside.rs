//! Beside the log, over real sockets on either engine: claims, and mail from outside.

#[path = "support/process.rs"]
mod process;
mod support;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use orca_relay::Config;
use orca_relay::mail_door::MailLimits;
use orca_relay::quota::Quota;
use sync::id::{ClaimKey, LetterId, WorkstationId};
use sync::mail::{self, MAX_LETTER_BYTES, Message, box_of, seal};
use sync::statement::{Revoke, Statement};
use sync::wire::{AckMail, Frame, RefusalCode};

use process::Process;
use support::place::Place;
use support::{Desk, Line, PRACTICE, Running, http, post, random, second_desk};

on_both_engines! {
    of_many_that_ask_at_once_one_has_it_and_a_restart_forgets_nothing,
    what_a_killed_relay_gave_away_it_does_not_give_again,
    a_full_practice_claims_nothing_new,
    who_was_removed_claims_nothing,
    a_letter_comes_in_by_the_door_and_out_to_every_desk,
    letters_survive_a_kill_and_come_in_once,
    bad_letters_are_refused_in_words,
    a_full_box_takes_nothing_more_in,
}

fn key(number: u32) -> ClaimKey {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    ClaimKey(key)
}

fn path() -> String {
    format!("/mail/{}", box_of(PRACTICE))
}

fn letter(desk: &Desk, id: u32, text: &str) -> Vec<u8> {
    let mut name = [0; 16];
    name[..4].copy_from_slice(&id.to_be_bytes());
    let key = desk.practice_keys.newest().expect("it has one");
    let message = Message {
        kind: "page".into(),
        body: text.as_bytes().to_vec(),
    };
    let to = mail::public(PRACTICE, key);
    seal(
        box_of(PRACTICE),
        key.epoch,
        to,
        LetterId(name),
        &message,
        random(),
    )
    .expect("short")
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).expect("an HTTP answer")
}

async fn claims_of_all(addresses: &[SocketAddr], desks: &[&Desk], number: u32) -> Vec<WorkstationId> {
    let asking = desks.iter().enumerate().map(|(at, desk)| async move {
        let mut line = Line::connect(addresses[at % addresses.len()], desk).await;
        line.claim(key(number)).await.expect("given")
    });
    futures_util::future::join_all(asking).await
}

async fn of_many_that_ask_at_once_one_has_it_and_a_restart_forgets_nothing(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let (second, _) = second_desk(&mut front, relay.address, relay.address).await;
    let mut first_time = Vec::new();
    for number in 0..10 {
        let holders = claims_of_all(
            &[relay.address],
            &[&front, &second, &second, &front, &second],
            number,
        )
        .await;
        assert!(holders.iter().all(|holder| *holder == holders[0]), "{holders:?}");
        first_time.push(holders[0]);
    }
    relay.stop().await;
    let relay = Running::start(place.config()).await;
    for number in 0..10 {
        let holders = claims_of_all(&[relay.address], &[&second, &front], number).await;
        assert_eq!(holders, [first_time[number as usize]; 2]);
    }
    let metrics = http(relay.address, "/metrics").await;
    for counter in ["orca_relay_claims_total 10", "orca_relay_claims_lost_total 10"] {
        assert!(metrics.lines().any(|line| line == counter), "{metrics}");
    }
    relay.stop().await;
}

async fn what_a_killed_relay_gave_away_it_does_not_give_again(place: Place) {
    let mut front = Desk::founder();
    let mut relay = Process::start(&place);
    let (second, _) = second_desk(&mut front, relay.address, relay.address).await;
    let mut known: BTreeMap<u32, WorkstationId> = BTreeMap::new();
    for round in 0..3_u32 {
        let address = relay.address;
        // Two desks ask for the same, one key after the other, until the relay dies under them.
        let ask = |desk| async move {
            let mut heard = Vec::new();
            let Some(mut line) = Line::try_connect(address, desk).await else {
                return heard;
            };
            for number in round * 1_000..(round + 1) * 1_000 {
                match line.try_claim(key(number)).await {
                    Some(Ok(holder)) => heard.push((number, holder)),
                    _ => break,
                }
            }
            heard
        };
        let killing = async {
            tokio::time::sleep(std::time::Duration::from_millis(60)).await; // Somewhere in the middle.
            tokio::task::spawn_blocking(move || relay.kill())
                .await
                .expect("killed");
        };
        let (one, two, ()) = tokio::join!(ask(&front), ask(&second), killing);
        for (number, holder) in one.into_iter().chain(two) {
            let first = known.entry(number).or_insert(holder);
            assert_eq!(*first, holder, "{number} has two holders");
        }
        relay = Process::start(&place);
    }
    assert!(!known.is_empty(), "something was claimed");
    let mut line = Line::connect(relay.address, &second).await;
    for (number, holder) in known {
        assert_eq!(line.claim(key(number)).await.expect("given"), holder, "{number}");
    }
    relay.stop();
}

async fn a_full_practice_claims_nothing_new(place: Place) {
    let config = Config {
        quota: Quota {
            claims: 3,
            ..Quota::default()
        },
        ..place.config()
    };
    let relay = Running::start(config).await;
    let front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    for number in 0..3 {
        line.claim(key(number)).await.expect("given");
    }
    let refusal = line.claim(key(3)).await.expect_err("full");
    assert_eq!(refusal.code, RefusalCode::PracticeFull);
    assert!(refusal.message.contains("3 claims"), "{}", refusal.message);
    line.claim(key(0)).await.expect("what it has, it has");
    line.push(&[Desk::founder().admission.expect("one")]).await; // The line is open still.
    assert!(line.accepted().await.is_some());
    relay.stop().await;
}

async fn who_was_removed_claims_nothing(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let (second, mut their_line) = second_desk(&mut front, relay.address, relay.address).await;
    their_line.claim(key(1)).await.expect("a member");
    let revoke = front.say(&Statement::Revoke(Revoke {
        workstation: Some(second.keys.id()),
        person: None,
        invitation: None,
    }));
    let mut line = Line::connect(relay.address, &front).await;
    line.push(&[revoke]).await;
    assert!(line.accepted().await.expect("open").refused.is_none());
    let refusal = their_line.claim(key(2)).await.expect_err("removed");
    assert_eq!(refusal.code, RefusalCode::Revoked);
    assert_eq!(line.claim(key(2)).await.expect("given"), front.keys.id());
    assert_eq!(
        line.claim(key(1)).await.expect("given"),
        second.keys.id(),
        "for ever"
    );
    relay.stop().await;
}

async fn a_letter_comes_in_by_the_door_and_out_to_every_desk(place: Place) {
    let relay = Running::start(place.config()).await;
    let mut front = Desk::founder();
    let (second, mut their_line) = second_desk(&mut front, relay.address, relay.address).await;
    let mut line = Line::connect(relay.address, &front).await;
    assert_eq!(
        status(&http(relay.address, &path()).await),
        "404",
        "nothing was said yet"
    );
    line.say_mail_key(&front).await;
    let told = http(relay.address, &path()).await;
    let key = second.practice_keys.newest().expect("one");
    assert!(
        told.contains(&format!("\"box\":\"{}\"", box_of(PRACTICE))),
        "{told}"
    );
    let public: String = mail::public(PRACTICE, key)
        .0
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(told.contains(&public), "{told}");
    assert!(
        !told.contains("0909090909"),
        "the practice's id is not given away"
    );

    assert_eq!(their_line.get_mail(0).await.last, 0);
    let sealed = letter(&front, 1, "yes, I will come");
    let answer = post(relay.address, &path(), "", &sealed).await;
    assert_eq!(status(&answer), "202", "{answer}");
    let news = their_line.mail().await;
    assert_eq!((news.last, news.letters.len()), (1, 0), "told at once");
    for line in [&mut line, &mut their_line] {
        let mail = loop {
            let mail = line.get_mail(0).await;
            if !mail.letters.is_empty() {
                break mail;
            }
        };
        assert_eq!((mail.up_to, mail.last), (1, 1));
        let (id, said) = mail::open(PRACTICE, &second.practice_keys, &mail.letters[0].sealed).expect("opens");
        assert_eq!(said.body, b"yes, I will come");
        assert_eq!(id.0[..4], 1_u32.to_be_bytes());
        line.send(&Frame::AckMail(AckMail { up_to: 1 })).await;
    }
    // Many come in pages.
    for id in 2..=60 {
        let answer = post(
            relay.address,
            &path(),
            "",
            &letter(&front, id, &"x".repeat(13_000)),
        )
        .await;
        assert_eq!(status(&answer), "202", "{answer}");
    }
    let mut after = 1;
    let mut numbers = Vec::new();
    let mut pages = 0;
    let mut fresh = Line::connect(relay.address, &front).await;
    loop {
        let mail = fresh.get_mail(after).await;
        numbers.extend(mail.letters.iter().map(|letter| letter.number));
        pages += 1;
        after = mail.up_to;
        if after >= mail.last {
            break;
        }
    }
    assert_eq!(numbers, (2..=60).collect::<Vec<_>>());
    assert!(pages > 1, "more than a frame holds");
    let metrics = http(relay.address, "/metrics").await;
    assert!(
        metrics.lines().any(|line| line == "orca_relay_letters_total 60"),
        "{metrics}"
    );
    relay.stop().await;
}

async fn letters_survive_a_kill_and_come_in_once(place: Place) {
    let mut relay = Process::start(&place);
    let front = Desk::founder();
    Line::connect(relay.address, &front)
        .await
        .say_mail_key(&front)
        .await;
    let letters: Vec<_> = (1..=20)
        .map(|id| letter(&front, id, &format!("letter {id}")))
        .collect();
    for sealed in &letters[..12] {
        assert_eq!(status(&post(relay.address, &path(), "", sealed).await), "202");
    }
    relay.kill();
    let mut relay = Process::start(&place);
    // The first twelve again: their senders never heard.
    for sealed in &letters {
        assert_eq!(status(&post(relay.address, &path(), "", sealed).await), "202");
    }
    let mut line = Line::connect(relay.address, &front).await;
    let mail = line.get_mail(0).await;
    let sealed: Vec<_> = mail.letters.into_iter().map(|letter| letter.sealed).collect();
    assert_eq!(sealed, letters);
    relay.stop();
}

async fn bad_letters_are_refused_in_words(place: Place) {
    let config = Config {
        mail: MailLimits {
            per_address: 12,
            ..MailLimits::default()
        },
        ..place.config()
    };
    let relay = Running::start(config).await;
    let front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    let sound = letter(&front, 1, "early");
    assert_eq!(
        status(&post(relay.address, &path(), "", &sound).await),
        "404",
        "no box yet"
    );
    line.say_mail_key(&front).await;
    let mut future = sound.clone();
    future[4] = 2;
    for (sent, wanted, code) in [
        (&b"hello"[..], "400", "not_a_letter"),
        (&[], "400", "not_a_letter"),
        (&sound[1..], "400", "not_a_letter"),
        (&future, "409", "wrong_key"),
        (&vec![1; MAX_LETTER_BYTES + 1], "413", "too_long"),
    ] {
        let answer = post(relay.address, &path(), "", sent).await;
        assert_eq!(status(&answer), wanted, "{answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
        assert!(answer.contains("\"message\":\""), "{answer}");
    }
    let elsewhere = format!("/mail/{}", "ab".repeat(16));
    for path in [elsewhere.as_str(), "/mail/x", "/mail/..%2fmetrics"] {
        assert_eq!(status(&post(relay.address, path, "", &sound).await), "404");
    }
    assert_eq!(line.get_mail(0).await.last, 0, "nothing of it came in");
    assert_eq!(status(&post(relay.address, &path(), "", &sound).await), "202");
    // Ten requests were heard so far; what a stranger says of its address counts for nothing.
    let forged = "X-Forwarded-For: 203.0.113.9\r\n";
    let mut refused = None;
    for _ in 0..5 {
        let answer = post(relay.address, &path(), forged, &sound).await;
        if status(&answer) == "429" {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("too often");
    assert!(refused.to_lowercase().contains("retry-after: "), "{refused}");
    assert!(refused.contains("too_often"), "{refused}");
    relay.stop().await;

    // Behind a proxy each is counted for itself.
    let config = Config {
        mail: MailLimits {
            per_address: 1,
            is_behind_proxy: true,
            ..MailLimits::default()
        },
        ..place.config()
    };
    let relay = Running::start(config).await;
    for host in 1..=5 {
        let header = format!("X-Forwarded-For: 198.51.100.7, 203.0.113.{host}\r\n");
        assert_eq!(
            status(&post(relay.address, &path(), &header, &sound).await),
            "202"
        );
        assert_eq!(
            status(&post(relay.address, &path(), &header, &sound).await),
            "429"
        );
    }
    relay.stop().await;
}

async fn a_full_box_takes_nothing_more_in(place: Place) {
    let config = Config {
        quota: Quota {
            letters: 2,
            ..Quota::default()
        },
        ..place.config()
    };
    let relay = Running::start(config).await;
    let front = Desk::founder();
    Line::connect(relay.address, &front)
        .await
        .say_mail_key(&front)
        .await;
    let letters: Vec<_> = (1..=3).map(|id| letter(&front, id, "hello")).collect();
    for sealed in &letters[..2] {
        assert_eq!(status(&post(relay.address, &path(), "", sealed).await), "202");
    }
    let answer = post(relay.address, &path(), "", &letters[2]).await;
    assert_eq!(status(&answer), "507", "{answer}");
    assert!(answer.contains("mail_box_full"), "{answer}");
    assert_eq!(
        status(&post(relay.address, &path(), "", &letters[0]).await),
        "202",
        "what is in is in"
    );
    relay.stop().await;
}

#[tokio::test]
async fn two_relays_on_one_database_give_a_claim_once() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let (second, _) = second_desk(&mut front, one.address, two.address).await;
    let addresses = [one.address, two.address];
    let mut winners: BTreeMap<WorkstationId, u32> = BTreeMap::new();
    for number in 0..40 {
        // Whichever is asked first starts a moment earlier.
        let desks: [&Desk; 4] = if number % 2 == 0 {
            [&front, &second, &front, &second]
        } else {
            [&second, &front, &second, &front]
        };
        let holders = claims_of_all(&addresses, &desks, number).await;
        assert!(holders.iter().all(|holder| *holder == holders[0]), "{holders:?}");
        *winners.entry(holders[0]).or_default() += 1;
    }
    assert_eq!(winners.values().sum::<u32>(), 40);
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn mail_that_comes_in_at_one_relay_is_told_at_the_other() {
    let place = Place::postgres();
    let (one, two) = (
        Running::start(place.config()).await,
        Running::start(place.config()).await,
    );
    let mut front = Desk::founder();
    let mut line = Line::connect(one.address, &front).await;
    let (second, mut their_line) = second_desk(&mut front, one.address, two.address).await;
    assert_eq!(their_line.get_mail(0).await.epoch, None);
    line.say_mail_key(&front).await;
    assert_eq!(their_line.mail().await.epoch, Some(1), "the key is told, too");
    assert_eq!(
        status(&post(one.address, &path(), "", &letter(&front, 1, "hello")).await),
        "202"
    );
    assert_eq!(their_line.mail().await.last, 1);
    let mail = their_line.get_mail(0).await;
    mail::open(PRACTICE, &second.practice_keys, &mail.letters[0].sealed).expect("opens");
    // And the other way, with the same letter at both.
    let again = letter(&front, 1, "hello");
    assert_eq!(status(&post(two.address, &path(), "", &again).await), "202");
    assert_eq!(
        status(&post(two.address, &path(), "", &letter(&front, 2, "and you?")).await),
        "202"
    );
    loop {
        let news = line.mail().await;
        if news.last == 2 {
            break;
        }
    }
    one.stop().await;
    two.stop().await;
}
