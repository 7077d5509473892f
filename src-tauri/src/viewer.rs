//! Opens a file with the program that the system has for it. Started from Rust only, with one path as its only argument:
//! the page names no program, no option and no address.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Returns as soon as the viewer was started.
///
/// # Errors
/// If the system has nothing that opens files.
pub fn open(path: &Path) -> io::Result<()> {
    let mut command = command();
    let mut child = command
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Waited for beside, or it would stay in the table of processes.
    std::thread::Builder::new()
        .name("orca-viewer".to_owned())
        .spawn(move || child.wait())
        .map(drop)
}

#[cfg(target_os = "windows")]
fn command() -> Command {
    // What a double click does; unlike `start` it knows no shell's special letters.
    let mut command = Command::new("rundll32.exe");
    command.arg("url.dll,FileProtocolHandler");
    command
}

#[cfg(target_os = "macos")]
fn command() -> Command {
    Command::new("open")
}

#[cfg(not(any(target_os = "windows", target_os = "macos")))]
fn command() -> Command {
    Command::new("xdg-open")
}
