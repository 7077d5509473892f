//! A new workstation shows today while the rest of its calendar still comes, says what is missing, and goes on where it was
//! broken off.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

use desk::Event;
use serde_json::{Value, json};

use crate::clinic_network::{ClinicNetwork, Window};
use crate::snapshots::everything;

/// A line between desks and their relay that brings connections made from now on only so many bytes, then nothing.
struct Line {
    address: SocketAddr,
    state: Arc<(Mutex<Allowed>, Condvar)>,
}

#[derive(Default)]
struct Allowed {
    /// Bytes from the relay, for each connection. `None`: all.
    bytes: Option<usize>,
    /// Connections of an earlier turn are let go, however little they were allowed.
    turn: usize,
}

impl Line {
    fn to(relay: &str) -> Line {
        let relay: SocketAddr = relay.trim_start_matches("ws://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state: Arc<(Mutex<Allowed>, Condvar)> = Arc::default();
        let shared = state.clone();
        std::thread::spawn(move || {
            for desk in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(relay) else {
                    continue;
                };
                let (mut from_desk, mut to_relay) = (desk.try_clone().unwrap(), far.try_clone().unwrap());
                std::thread::spawn(move || {
                    // Either end closes; what counts is that the other one hears of it.
                    let _ = std::io::copy(&mut from_desk, &mut to_relay);
                    let _ = to_relay.shutdown(Shutdown::Both);
                });
                let shared = shared.clone();
                std::thread::spawn(move || bring(far, desk, &shared));
            }
        });
        Line { address, state }
    }

    fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    fn allow(&self, bytes: Option<usize>) {
        let mut allowed = self.state.0.lock().unwrap();
        (allowed.bytes, allowed.turn) = (bytes, allowed.turn + 1);
        self.state.1.notify_all();
    }
}

fn bring(mut relay: TcpStream, mut desk: TcpStream, state: &(Mutex<Allowed>, Condvar)) {
    let (mut left, turn) = {
        let allowed = state.0.lock().unwrap();
        (allowed.bytes, allowed.turn)
    };
    let mut buffer = [0; 4096];
    loop {
        if left == Some(0) {
            // Nothing more comes until the line is as it was.
            let held = state.0.lock().unwrap();
            drop(state.1.wait_while(held, |now| now.turn == turn).unwrap());
            left = None;
        }
        let room = left.map_or(buffer.len(), |left| left.min(buffer.len()));
        match relay.read(&mut buffer[..room]) {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                left = left.map(|left| left - count);
                if desk.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
        }
    }
    // It may be closed already.
    let _ = desk.shutdown(Shutdown::Both);
}

/// A demo practice behind a line, an invitation over it, and the lengths of its snapshot's index and packs.
fn demo() -> (ClinicNetwork, Window, Line, String, Vec<usize>) {
    let network = ClinicNetwork::start();
    let line = Line::to(&network.url());
    let front = Window::open(&network.folder("front"));
    front.ok("open_demo", json!({}));
    let invitation = front.ok("relay_invite", json!({ "relay": line.url() }));
    front.until_in_step();
    let relay = rusqlite::Connection::open(network.relay_dir().join("relay.sqlite")).unwrap();
    let mut packs = relay
        .prepare("SELECT length(bytes) FROM pack ORDER BY number")
        .unwrap();
    let lengths = packs.query_map([], |row| row.get::<_, i64>(0)).unwrap();
    let mut lengths: Vec<usize> = lengths.map(|length| length.unwrap() as usize).collect();
    let index: i64 = relay
        .query_row("SELECT length(bytes) FROM snapshot", [], |row| row.get(0))
        .unwrap();
    lengths.insert(0, index as usize);
    let code = invitation["code"].as_str().unwrap().to_owned();
    drop(packs);
    (network, front, line, code, lengths)
}

fn arriving(window: &Window) -> Value {
    window.ok("hello", json!({}))["arriving"].clone()
}

/// How many packs come for today, for the calendar, for the history: what an undisturbed join tells.
fn parts(window: &Window) -> [usize; 3] {
    let heard = window.heard();
    ["Today’s patients", "The calendar", "The history"].map(|part| {
        let is_it =
            |event: &&Event| matches!(event, Event::Progress { job, what, .. } if job == "join" && what == part);
        heard.iter().filter(is_it).count()
    })
}

#[test]
fn today_comes_first_and_a_window_that_is_closed_meanwhile_goes_on() {
    let (mut network, front, line, code, lengths) = demo();
    let invitation = front.ok("relay_invite", json!({}));
    let first = Window::open(&network.folder("Desk 1"));
    first.ok(
        "join_practice",
        json!({ "code": invitation["code"], "person": "Ana Rivera", "workstation": "Desk 1" }),
    );
    first.until_all_here();
    let [today, calendar, history] = parts(&first);
    assert_eq!(today + calendar + history, lengths.len() - 1);
    assert!(
        today > 0 && calendar > 0 && history > 0,
        "{today} {calendar} {history}"
    );

    // The index, the packs of today and a part of the next one, in which everything else that is said has room.
    line.allow(Some(lengths[..=today].iter().sum::<usize>() + 40_000));
    let folder = network.folder("Desk 2");
    let mut second = Window::open(&folder);
    let request = json!({ "code": code, "person": "Kofi Osei", "workstation": "Desk 2" });
    assert_eq!(second.ok("join_practice", request)["state"], "ready");

    // It is broken off and goes on as often as somebody closes the window; at last without its relay.
    for turn in 0..3 {
        let hello = second.ok("hello", json!({}));
        let shown = &hello["arriving"];
        assert_eq!(shown["stage"], "today", "{shown}");
        today_can_be_looked_at(&front, &second, &hello);
        everything_else_waits(&second, &hello);
        // The connection of before is let go when nobody listens to it any more; the next one gets less than a pack.
        second.close();
        line.allow(Some(40_000));
        if turn == 1 {
            network.stop_relay();
        }
        second = Window::open(&folder);
        assert_eq!(second.ok("boot", json!({}))["state"], "ready");
    }
    second.until("a word about the line", |second| {
        let trouble = arriving(second)["trouble"].clone();
        (!trouble.is_null()).then_some(())
    });
    // What a command beside the window shows is today, too.
    let beside = Window::command(&folder);
    let hello = beside.ok("hello", json!({}));
    today_can_be_looked_at(&front, &beside, &hello);
    everything_else_waits(&beside, &hello);
    beside.close();

    network.start_relay();
    line.allow(None);
    second.until_all_here();
    assert_eq!(everything(&front), everything(&second));
    let found = second.ok("find_patients", json!({ "text": "a" }));
    assert_eq!(found["is_complete"], true);
    let kofi = second.add_patient("Mensah", "Kofi");
    front.until("what the new desk wrote", |front| {
        front.call("patient", json!({ "id": kofi })).ok()
    });
    for window in [&front, &second] {
        window.audit_is_sound();
        let report = window.front.verify(&mut |_, _| {}).unwrap();
        assert!(report.is_sound(), "{report:?}");
    }
}

#[test]
fn a_snapshot_that_turns_out_useless_after_today_was_shown_gives_way_to_the_log() {
    let (network, front, line, code, lengths) = demo();
    let relay = rusqlite::Connection::open(network.relay_dir().join("relay.sqlite")).unwrap();
    let last = lengths.len() - 1;
    let altered = relay
        .execute(
            "UPDATE pack SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) WHERE number = ?1",
            [last as i64],
        )
        .unwrap();
    assert_eq!(altered, 1);
    // Held before the last pack, so that what was shown is seen.
    line.allow(Some(lengths[..last].iter().sum::<usize>() + 40_000));
    let second = Window::open(&network.folder("Desk 2"));
    second.ok(
        "join_practice",
        json!({ "code": code, "person": "Kofi Osei", "workstation": "Desk 2" }),
    );
    second.until("the whole calendar", |second| {
        (arriving(second)["stage"] == "calendar").then_some(())
    });
    let hello = second.ok("hello", json!({}));
    let location = &hello["roster"]["locations"][0]["id"];
    let far = json!({ "location": location, "date": "2031-03-04" });
    second.ok("day_sheet", far.clone());
    assert_eq!(second.refused("history", json!({})).code, "arriving");
    line.allow(None);
    second.hears("that it begins anew", |event| {
        let Event::Arriving { arriving } = event else {
            return false;
        };
        arriving
            .as_ref()
            .is_some_and(|now| now.stage == desk::api::ArrivingStage::Log)
    });
    second.until_all_here();
    assert_eq!(everything(&front), everything(&second));
    let report = second.front.verify(&mut |_, _| {}).unwrap();
    assert!(report.is_sound(), "{report:?}");
}

fn today_can_be_looked_at(front: &Window, second: &Window, hello: &Value) {
    let days = &hello["arriving"]["days"];
    let mut visits = 0;
    for location in hello["roster"]["locations"].as_array().unwrap() {
        for date in [&days["first"], &days["last"]] {
            let request = json!({ "location": location["id"], "date": date });
            let sheet = second.ok("day_sheet", request.clone());
            assert_eq!(sheet, front.ok("day_sheet", request));
            visits += sheet["appointments"].as_array().unwrap().len();
        }
    }
    assert!(visits > 0, "nobody comes on those days");
    assert_eq!(hello["conflict_count"], 0);
    let found = second.ok("find_patients", json!({ "text": "a" }));
    assert_eq!(found["is_complete"], false);
    assert!(!found["hits"].as_array().unwrap().is_empty());
}

fn everything_else_waits(second: &Window, hello: &Value) {
    let location = &hello["roster"]["locations"][0]["id"];
    let far = json!({ "location": location, "date": "2031-03-04" });
    let month = json!({ "location": location, "from": "2031-03-01", "until": "2031-03-31" });
    let patient = json!({ "fields": { "family_name": "Mensah", "given_name": "Kofi" } });
    for (name, request) in [
        ("day_sheet", far),
        ("month_density", month),
        ("history", json!({})),
        ("add_patient", patient),
        ("undo", json!({})),
    ] {
        let refused = second.refused(name, request);
        assert_eq!(refused.code, "arriving", "{name}: {refused:?}");
        assert!(!refused.hint.is_empty());
    }
}
