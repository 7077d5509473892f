//! A real relay in this process and real windows on loopback, for stories.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use desk::{DeskError, Event, FrontDesk, Keychain, Options, PassphraseCost, Purpose};
use orca_relay::pruning::Pruning;
use orca_relay::{Config, Relay};
use orca_tests::driver::free_port;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::oneshot;

pub const PASSPHRASE: &str = "correct horse battery";
/// A Tuesday that is not over soon.
pub const DAY: &str = "2031-03-04";
/// Nothing here takes this long unless it never comes.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct ClinicNetwork {
    runtime: tokio::runtime::Runtime,
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, tokio::task::JoinHandle<std::io::Result<()>>)>,
    pub home: TempDir,
    /// Of the relay that is started next.
    pub pruning: Option<Pruning>,
}

impl ClinicNetwork {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let home = TempDir::new().unwrap();
        let mut network = Self {
            runtime,
            // It is stopped and started again where it was.
            address: SocketAddr::from(([127, 0, 0, 1], free_port().unwrap())),
            running: None,
            home,
            pruning: None,
        };
        network.start_relay();
        network
    }

    pub fn relay_dir(&self) -> PathBuf {
        self.home.path().join("relay")
    }

    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    pub fn start_relay(&mut self) {
        let config = Config {
            listen: self.address,
            pruning: self.pruning,
            ..Config::loopback(self.relay_dir())
        };
        let relay = self.runtime.block_on(Relay::bind(config)).unwrap();
        self.address = relay.address();
        let (stop, stopped) = oneshot::channel();
        let serving = self.runtime.spawn(relay.serve(async move {
            // Dropping the sender stops it as well.
            let _ = stopped.await;
        }));
        self.running = Some((stop, serving));
    }

    pub fn stop_relay(&mut self) {
        let (stop, serving) = self.running.take().unwrap();
        stop.send(()).unwrap();
        self.runtime.block_on(serving).unwrap().unwrap();
    }

    pub fn folder(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A window that founds a practice.
    pub fn found(&self) -> Window {
        let window = Window::open(&self.folder("front"));
        window.ok(
            "init_practice",
            json!({ "name": "Harbour Dental", "zone": "America/New_York", "person": "Amara Diallo" }),
        );
        window
    }

    /// A window that joins with an invitation of `by`.
    pub fn join(&self, by: &Window, name: &str, person: &str) -> Window {
        let code = self.invitation(by);
        let window = Window::open(&self.folder(name));
        window.ok(
            "join_practice",
            json!({ "code": code, "person": person, "workstation": name }),
        );
        window.until_all_here();
        window
    }

    pub fn invitation(&self, by: &Window) -> String {
        by.ok("relay_invite", json!({ "relay": self.url() }))["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

impl Drop for ClinicNetwork {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.stop_relay();
        }
    }
}

type Heard = Arc<(Mutex<Vec<Event>>, Condvar)>;

/// A window, or a command beside one.
pub struct Window {
    pub front: FrontDesk,
    heard: Heard,
}

pub fn options(folder: &Path, purpose: Purpose) -> Options {
    Options {
        passphrase: Some(PASSPHRASE.to_owned()),
        keychain: Keychain::Off,
        passphrase_cost: PassphraseCost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        },
        purpose,
        ..Options::window(folder)
    }
}

impl Window {
    pub fn open(folder: &Path) -> Window {
        Window::with(options(folder, Purpose::Window))
    }

    /// Like `orcactl` on the same folder.
    pub fn command(folder: &Path) -> Window {
        Window::with(options(folder, Purpose::Command))
    }

    pub fn with(options: Options) -> Window {
        let front = FrontDesk::start(options);
        let heard: Heard = Arc::default();
        let sink = heard.clone();
        front.subscribe(Box::new(move |events| {
            sink.0.lock().unwrap().extend_from_slice(events);
            sink.1.notify_all();
        }));
        Window { front, heard }
    }

    pub fn call(&self, name: &str, request: Value) -> Result<Value, DeskError> {
        self.front.call(name, request)
    }

    pub fn ok(&self, name: &str, request: Value) -> Value {
        self.call(name, request.clone())
            .unwrap_or_else(|error| panic!("{name} {request}: {error:?}"))
    }

    pub fn refused(&self, name: &str, request: Value) -> DeskError {
        match self.call(name, request.clone()) {
            Ok(answer) => panic!("{name} {request} should be refused, but: {answer}"),
            Err(error) => error,
        }
    }

    /// Waits for what `look` finds, looking again whenever this window hears something.
    pub fn until<T>(&self, what: &str, mut look: impl FnMut(&Window) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "waited too long for {what}; sync: {}",
                self.ok("sync_state", json!({}))
            );
            let (events, bell) = &*self.heard;
            let guard = events.lock().unwrap();
            // Other windows' news rings no bell here, so it looks again after a moment in any case.
            drop(bell.wait_timeout(guard, Duration::from_millis(50)).unwrap());
        }
    }

    /// Everything this window was told so far.
    pub fn heard(&self) -> Vec<Event> {
        self.heard.0.lock().unwrap().clone()
    }

    pub fn hears(&self, what: &str, wanted: impl Fn(&Event) -> bool) {
        self.until(what, |window| {
            window.heard.0.lock().unwrap().iter().any(&wanted).then_some(())
        });
    }

    /// A new workstation's calendar is here, all of it.
    pub fn until_all_here(&self) {
        self.until("the whole calendar", |window| {
            window.ok("hello", json!({}))["arriving"].is_null().then_some(())
        });
    }

    pub fn until_mode(&self, mode: &str) {
        self.until(mode, |window| {
            (window.ok("sync_state", json!({}))["mode"] == mode).then_some(())
        });
    }

    pub fn until_in_step(&self) {
        self.until("being in step", |window| {
            let state = window.ok("sync_now", json!({}));
            // A locked desk does not say whether its calendar still comes; it did before it was locked.
            let hello = window.call("hello", json!({})).unwrap_or_default();
            let is_here = hello["arriving"].is_null();
            (is_here && state["mode"] == "live" && state["waiting"] == 0).then_some(())
        });
    }

    /// The id of a record of the roster, by list and name.
    pub fn id(&self, list: &str, name: &str) -> Value {
        let hello = self.ok("hello", json!({}));
        let records = hello["roster"][list].as_array().unwrap();
        records
            .iter()
            .find(|record| record["name"] == name)
            .unwrap_or_else(|| panic!("{name} in {list}"))["id"]
            .clone()
    }

    /// Removes the other workstation of this name from the practice.
    pub fn remove_workstation(&self, name: &str) {
        let id = self.until(name, |window| {
            let machines = window.ok("people", json!({}))["workstations"].as_array()?.clone();
            let found = machines.iter().find(|machine| machine["name"] == name)?;
            Some(found["id"].clone())
        });
        // Its record may be here a moment before what makes it a member is.
        self.until("its membership", |window| {
            match window.call("remove_workstation", json!({ "id": id })) {
                Ok(_) => Some(()),
                Err(error) if error.code == "unknown_record" => None,
                Err(error) => panic!("{name} is not removed: {error}"),
            }
        });
    }

    pub fn add_patient(&self, family: &str, given: &str) -> Value {
        self.ok(
            "add_patient",
            json!({ "fields": { "family_name": family, "given_name": given } }),
        )["id"]
            .clone()
    }

    pub fn booking(&self, patient: &Value, operatory: &str, time: &str) -> Value {
        json!({
            "patient": patient,
            "appointment_type": self.id("appointment_types", "Consultation"),
            "at": format!("{DAY}T{time}"),
            "operatory": self.id("operatories", operatory),
            "provider": self.id("providers", "Doctor 1"),
            "leave": { "acknowledge_warnings": true },
        })
    }

    pub fn book(&self, patient: &Value, operatory: &str, time: &str) -> Value {
        self.ok("book_appointment", self.booking(patient, operatory, time))["appointment"]["id"].clone()
    }

    pub fn day(&self) -> Value {
        let hello = self.ok("hello", json!({}));
        let location = &hello["roster"]["locations"][0]["id"];
        self.ok("day_sheet", json!({ "location": location, "date": DAY }))
    }

    pub fn card(&self, visit: &Value) -> Option<Value> {
        self.day()["appointments"]
            .as_array()
            .unwrap()
            .iter()
            .find(|card| card["id"] == *visit)
            .cloned()
    }

    pub fn conflicts(&self) -> Vec<Value> {
        self.ok("conflicts", json!({}))["cards"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// The audit is whole, here and as far as others told of theirs: how many workstations those are.
    pub fn audit_is_sound(&self) -> usize {
        let check = self.ok("audit_verify", json!({}));
        assert_eq!(check["troubles"], json!([]), "{check}");
        check["others"].as_array().unwrap().len()
    }

    pub fn close(self) {
        self.front.close();
    }
}

/// Changes a closed practice's file behind the program's back.
pub fn tamper(folder: &Path, sql: &str) {
    let key = store::read_key_file(folder, PASSPHRASE).unwrap();
    let mark = Sha256::new()
        .chain_update(b"orca-front-desk database mark 1")
        .chain_update(key.expose())
        .finalize();
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let file = rusqlite::Connection::open(store::database_path(folder)).unwrap();
    file.execute_batch(&format!(
        "PRAGMA key = \"x'{}{}'\"; {sql}",
        hex(key.expose()),
        hex(&mark[..16])
    ))
    .unwrap();
}
