//! No patient's name, phone, mail or note is readable in any file of the relay, of a workstation or of its backups, in any frame, or in
//! any line that is logged.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::clinic_network::{ClinicNetwork, Window};

/// Words that occur nowhere else, one for each kind of thing that must stay secret.
const CANARIES: [&str; 7] = [
    "Zyxwandel",
    "Quorbifax",
    "5557319284",
    "vixenplume@xerograph",
    "gnathostome-wire",
    "latexquark",
    "Threlkwine",
];

/// How a text may lie in bytes without being secret.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let mut spellings = Vec::new();
    for word in [word.to_owned(), word.to_lowercase(), word.to_uppercase()] {
        spellings.push(word.as_bytes().to_vec());
        spellings.push(word.encode_utf16().flat_map(u16::to_le_bytes).collect());
        spellings.push(word.encode_utf16().flat_map(u16::to_be_bytes).collect());
        spellings.push(
            word.bytes()
                .flat_map(|byte| format!("{byte:02x}").into_bytes())
                .collect(),
        );
        // Base64 at each of the three places where it may begin; only what is the same whatever surrounds it.
        for shift in 0..3_usize {
            let mut padded = vec![0; shift];
            padded.extend_from_slice(word.as_bytes());
            padded.truncate(padded.len() / 3 * 3);
            let text = base64(&padded);
            spellings.push(text[if shift == 0 { 0 } else { 4 }..].to_vec());
        }
    }
    spellings
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let triples = bytes.chunks_exact(3);
    triples
        .flat_map(|triple| {
            let bits = u32::from(triple[0]) << 16 | u32::from(triple[1]) << 8 | u32::from(triple[2]);
            [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize])
        })
        .collect()
}

/// The canaries that can be read in `bytes`.
fn found_in(bytes: &[u8]) -> Vec<&'static str> {
    let contains = |spelling: &[u8]| bytes.windows(spelling.len()).any(|window| window == spelling);
    CANARIES
        .into_iter()
        .filter(|word| spellings(word).iter().any(|spelling| contains(spelling)))
        .collect()
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into)
        } else {
            into.push(path)
        }
    }
}

/// Everything below a folder that gives a canary away.
fn leaks(folder: &Path) -> Vec<(PathBuf, Vec<&'static str>)> {
    let mut all = Vec::new();
    files(folder, &mut all);
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
