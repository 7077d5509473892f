//! The program itself, on a free port.
#![allow(dead_code)] // each test binary uses its part

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::support::place::Place;

pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub fn start(place: &Place) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_orca-relay"))
            .args(["--listen", "127.0.0.1:0"])
            .args(place.arguments())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("it says where it listens");
        let address = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the line")
            .parse()
            .expect("an address");
        Self { child, address }
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub fn stop(&mut self) {
        let sent = Command::new("kill")
            .args(["-s", "TERM", &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(sent.success());
        assert!(self.child.wait().expect("it ends").success());
    }

    /// As a crash.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
