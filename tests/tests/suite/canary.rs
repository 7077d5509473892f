//! No patient's name, phone, mail or note is readable in any file of the relay, of a workstation or of its backups, in any frame, or in
//! any line that is logged.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use orca_tests::canaries::{CANARIES, base64, files, found_in};
use serde_json::json;

use crate::clinic_network::{ClinicNetwork, Window};

/// Everything below a folder that gives a canary away.
fn leaks(folder: &Path) -> Vec<(PathBuf, Vec<&'static str>)> {
    let all = files(folder).unwrap();
    assert!(
        !all.is_empty(),
        "there is something to look at in {}",
        folder.display()
    );
    // A file may go while others look; then there is nothing in it.
    let looked = all
        .into_iter()
        .map(|path| (found_in(&fs::read(&path).unwrap_or_default()), path));
    looked
        .filter(|(found, _)| !found.is_empty())
        .map(|(found, path)| (path, found))
        .collect()
}

/// Carries bytes between windows and the relay, and keeps them.
struct Tap {
    address: std::net::SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    fn before(relay: String) -> Tap {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
        let kept = heard.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&relay) else {
                    continue;
                };
                let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (up, down) = (kept.clone(), kept.clone());
                // What the window sends is masked, as WebSockets are; what the relay passes on to others is not.
                std::thread::spawn(move || carry(client, server, &up));
                std::thread::spawn(move || carry(ends.1, ends.0, &down));
            }
        });
        Tap { address, heard }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        kept.lock().unwrap().extend_from_slice(&buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    // The other side may be closed already.
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn nothing_about_a_patient_can_be_read_outside_the_program() {
    let network = ClinicNetwork::start();
    let tap = Tap::before(network.url().trim_start_matches("ws://").to_owned());
    let front = network.found();
    let code = front.ok(
        "relay_invite",
        json!({ "relay": format!("ws://{}", tap.address) }),
    )["code"]
        .clone();
    let second = Window::open(&network.folder("Desk 2"));
    second.ok(
        "join_practice",
        json!({ "code": code, "person": "Kofi Osei", "workstation": "Desk 2" }),
    );

    let patient = front.ok(
        "add_patient",
        json!({ "fields": {
            "family_name": CANARIES[0], "given_name": CANARIES[1], "mobile_phone": CANARIES[2],
            "email": format!("{}.example", CANARIES[3]), "alert": CANARIES[5], "note": CANARIES[4],
        } }),
    )["id"]
        .clone();
    let visit = front.book(&patient, "Op 1", "09:00");
    front.ok("edit_appointment", json!({ "id": visit, "note": CANARIES[4] }));
    let title = json!({
        "target": { "kind": "location", "id": front.id("locations", "Harbour Dental") },
        "location": front.id("locations", "Harbour Dental"), "at": "2031-03-04T12:00", "length_minutes": 30,
        "title": CANARIES[6], "policy": { "kind": "block" },
    });
    front.ok("add_time_block", title);
    second.until("the note", |second| {
        let detail = second.call("appointment", json!({ "id": visit })).ok()?;
        (detail["note"] == CANARIES[4]).then_some(())
    });
    second.ok(
        "cancel_appointment",
        json!({ "id": visit, "reason": CANARIES[4] }),
    );
    front.until("the cancellation", |front| {
        (front.card(&visit)?["status"] == "cancelled").then_some(())
    });
    // What was searched for must not lie around, either.
    let hits = second.ok("find_patients", json!({ "text": CANARIES[0] }));
    assert_eq!(
        hits["hits"].as_array().unwrap().len(),
        1,
        "the patient is really there: {hits}"
    );

    // Backups lie about on other disks.
    front.ok("back_up_now", json!({ "folder": network.folder("backups") }));

    assert_eq!(leaks(network.home.path()), Vec::new(), "while everything is open");
    let frames = tap.heard.lock().unwrap().clone();
    assert!(frames.len() > 2_000, "frames were seen: {} bytes", frames.len());
    assert_eq!(found_in(&frames), Vec::<&str>::new(), "on the wire");
    front.close();
    second.close();
    drop(tap);
    assert_eq!(leaks(network.home.path()), Vec::new(), "after closing");
}

#[test]
fn the_search_finds_what_is_not_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let open = rusqlite::Connection::open(folder.path().join("plain.sqlite")).unwrap();
    open.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE patients (name TEXT);")
        .unwrap();
    open.execute("INSERT INTO patients VALUES (?1)", [CANARIES[0]])
        .unwrap();
    fs::write(
        folder.path().join("utf16.log"),
        CANARIES[1]
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    )
    .unwrap();
    fs::write(
        folder.path().join("mail.txt"),
        [b"xx=".to_vec(), base64(b"to: vixenplume@xerograph.example")].concat(),
    )
    .unwrap();
    let mut found: Vec<&str> = leaks(folder.path())
        .into_iter()
        .flat_map(|(_, words)| words)
        .collect();
    found.sort_unstable();
    found.dedup();
    let mut hidden = vec![CANARIES[0], CANARIES[1], CANARIES[3]];
    hidden.sort_unstable();
    assert_eq!(found, hidden);
}
