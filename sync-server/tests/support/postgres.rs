//! A PostgreSQL server of a test's own: made, started, killed and started again in a temporary directory, on a free port.
#![allow(dead_code)] // each test binary uses its part

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Starting and stopping takes less, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// PostgreSQL refuses to run as root; these accounts exist where it is installed, or anyway.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// Who runs the server.
#[derive(Clone, Copy)]
enum Account {
    /// Tests do not run as root.
    Ours,
    Other {
        uid: u32,
        gid: u32,
    },
}

impl Account {
    fn choose() -> Self {
        let number = |option: &str, name: &str| -> Option<u32> {
            let output = Command::new("id").args([option, name]).output().expect("id runs");
            String::from_utf8(output.stdout).ok()?.trim().parse().ok()
        };
        let ours = Command::new("id").arg("-u").output().expect("id runs").stdout;
        if ours != b"0\n" {
            return Self::Ours;
        }
        UNPRIVILEGED
            .iter()
            .find_map(|name| {
                let (uid, gid) = (number("-u", name)?, number("-g", name)?);
                Some(Self::Other { uid, gid })
            })
            .expect("an account named postgres or nobody, because PostgreSQL does not run as root")
    }

    /// A program run by this account, which ends when the test's process does, however that ends.
    fn run(self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "QUIT"]);
        if let Self::Other { uid, gid } = self {
            command.args([
                format!("--reuid={uid}"),
                format!("--regid={gid}"),
                "--clear-groups".into(),
            ]);
        }
        command.arg("--").arg(program).current_dir("/");
        command
    }
}

/// Where Debian puts the newest server's programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
            let bin = path.join("bin");
            bin.join("initdb").exists().then_some((version, bin))
        })
        .max()
        .map(|(_, bin)| bin)
        .expect("PostgreSQL's initdb under /usr/lib/postgresql/*/bin: install the package postgresql (cargo xtask setup)")
}

/// A server with a database `orca` that belongs to the user `relay`.
pub struct Cluster {
    home: TempDir,
    account: Account,
    port: u16,
    /// Settings beyond the defaults.
    settings: Vec<String>,
    server: Option<Child>,
}

impl Cluster {
    pub fn start() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let account = Account::choose();
        if let Account::Other { uid, gid } = account {
            chown(home.path(), Some(uid), Some(gid)).expect("root may");
        }
        let made = account
            .run(&programs().join("initdb"))
            .args([
                "--auth=trust",
                "--username=relay",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args(["--no-sync", "--no-instructions", "-D"])
            .arg(home.path().join("data"))
            .output()
            .expect("setpriv (package util-linux) runs");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let mut cluster = Self {
            home,
            account,
            port: free_port(),
            settings: Vec::new(),
            server: None,
        };
        cluster.start_again();
        cluster.sql("postgres", "CREATE DATABASE orca");
        cluster
    }

    /// Starts the server on the same data and port.
    pub fn start_again(&mut self) {
        let log = std::fs::File::create(self.home.path().join("log")).expect("a file");
        let server = self
            .account
            .run(&programs().join("postgres"))
            .arg("-D")
            .arg(self.home.path().join("data"))
            .arg("-k")
            .arg(self.home.path())
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(self.settings.iter().flat_map(|setting| ["-c", setting]))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("it starts");
        self.server = Some(server);
        let deadline = Instant::now() + PATIENCE;
        while !self.answers() {
            let ended = self
                .server
                .as_mut()
                .and_then(|server| server.try_wait().ok().flatten());
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "PostgreSQL does not start: {}",
                std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// From the next start on it speaks TLS, too.
    pub fn with_tls(&mut self, cert: &Path, key: &Path) {
        self.settings.push("ssl=on".into());
        for (setting, from) in [("ssl_cert_file", cert), ("ssl_key_file", key)] {
            let to = self.home.path().join(setting);
            std::fs::copy(from, &to).expect("copied");
            std::fs::set_permissions(&to, Permissions::from_mode(0o600)).expect("ours");
            if let Account::Other { uid, gid } = self.account {
                chown(&to, Some(uid), Some(gid)).expect("root may");
            }
            self.settings.push(format!("{setting}={}", to.display()));
        }
    }

    fn answers(&self) -> bool {
        Command::new(programs().join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .status()
            .expect("it runs")
            .success()
    }

    /// Ends all sessions and writes everything down.
    pub fn stop(&mut self) {
        self.signal("INT");
    }

    /// As a crash: nothing is written down, the next start recovers.
    pub fn crash(&mut self) {
        self.signal("QUIT");
    }

    fn signal(&mut self, signal: &str) {
        let mut server = self.server.take().expect("it runs");
        // setpriv has become the server, so the process is the same.
        let sent = Command::new("kill")
            .args(["-s", signal, &server.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(sent.success());
        server.wait().expect("it ends");
    }

    /// Runs SQL as the superuser.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let output = Command::new(programs().join("psql"))
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "relay"])
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                database,
                "-c",
                sql,
            ])
            .output()
            .expect("psql runs");
        assert!(
            output.status.success(),
            "{sql}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://relay@127.0.0.1:{}/{database}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.crash();
        }
    }
}

fn free_port() -> u16 {
    let socket = TcpListener::bind(("127.0.0.1", 0)).expect("loopback");
    socket.local_addr().expect("bound").port()
}
