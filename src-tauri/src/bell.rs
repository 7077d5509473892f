//! A door bell per data folder: starting the app again for a folder that is open brings its window to the front.
//!
//! The usual single-instance plug-in knows one program, not one folder: two desks with folders of their own on one
//! computer (a trainer's, a test's) would be taken for one. So the open window listens on a loopback port and writes
//! port and secret into its folder; whoever can read the folder may ring. Nothing but the ring travels over it. The
//! lock that really keeps two windows apart is the desk's own; a bell that does not answer only means no shortcut.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How long the other window may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
const ANSWER: &str = "coming";

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("window.bell")
}

/// Rings at the window that has this folder open. True if it answered.
pub fn ring(data_dir: &Path) -> bool {
    try_ring(data_dir).unwrap_or(false)
}

fn try_ring(data_dir: &Path) -> Option<bool> {
    let note = fs::read_to_string(file(data_dir)).ok()?;
    let (port, secret) = note.trim().split_once(' ')?;
    let mut line =
        TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port.parse().ok()?).into(), PATIENCE).ok()?;
    line.set_read_timeout(Some(PATIENCE)).ok()?;
    line.write_all(format!("{secret}\n").as_bytes()).ok()?;
    let mut answer = String::new();
    // Whatever else answers at that port after a crash does not know this answer.
    line.take(64).read_to_string(&mut answer).ok()?;
    Some(answer.trim() == format!("{ANSWER} {secret}"))
}

/// Hangs up a bell in this folder; `on_ring` is called, on a thread of its own, each time it rings.
///
/// # Errors
/// If no port can be had or the folder cannot be written to. The app works without a bell.
pub fn hang(data_dir: &Path, on_ring: impl Fn() + Send + 'static) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    write_for_owner(
        &file(data_dir),
        &format!("{} {secret}\n", listener.local_addr()?.port()),
    )?;
    thread::Builder::new().name("bell".into()).spawn(move || {
        for line in listener.incoming().flatten() {
            // A visitor who says nothing must not keep the door.
            if line.set_read_timeout(Some(PATIENCE)).is_ok() && answers(&line, &secret) {
                on_ring();
            }
        }
    })?;
    Ok(())
}

fn answers(mut line: &TcpStream, secret: &str) -> bool {
    let mut said = String::new();
    let heard = BufReader::new(line.take(64)).read_line(&mut said);
    heard.is_ok()
        && said.trim() == secret
        && line.write_all(format!("{ANSWER} {secret}\n").as_bytes()).is_ok()
}

fn write_for_owner(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_ring_is_answered_only_at_its_own_folder() {
        let [here, there] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (rung, rings) = mpsc::channel();
        hang(here.path(), move || rung.send(()).unwrap()).unwrap();
        assert!(!ring(there.path()), "no window has that folder open");
        assert!(ring(here.path()));
        rings.recv_timeout(PATIENCE).unwrap();
        assert!(ring(here.path()), "it rings as often as one likes");
        rings.recv_timeout(PATIENCE).unwrap();
    }

    #[test]
    fn a_wrong_secret_is_not_answered() {
        let here = tempfile::tempdir().unwrap();
        let (rung, rings) = mpsc::channel();
        hang(here.path(), move || rung.send(()).unwrap()).unwrap();
        let note = fs::read_to_string(file(here.path())).unwrap();
        let (port, _) = note.split_once(' ').unwrap();
        fs::write(
            file(here.path()),
            format!("{port} 00000000000000000000000000000000"),
        )
        .unwrap();
        assert!(!ring(here.path()));
        assert!(rings.try_recv().is_err(), "the window must not come up");
    }

    #[test]
    fn what_a_crash_left_behind_is_no_bell() {
        let here = tempfile::tempdir().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        fs::write(
            file(here.path()),
            format!("{port} 0123456789abcdef0123456789abcdef\n"),
        )
        .unwrap();
        assert!(!ring(here.path()));
        fs::write(file(here.path()), "").unwrap();
        assert!(!ring(here.path()));
    }
}
