//! What a program prints goes on at once, and its telling lines are kept for the summary.
//!
//! A build server shows the end of a long log first, and sometimes only that: why a step failed has to stand there.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Lines kept of a failure, and how much of each.
const LINES: usize = 24;
const WIDTH: usize = 160;
/// What follows a telling line and belongs to it: the place, the values.
const AFTER: usize = 3;
/// A daemon that a program left behind may hold its output open for ever.
const STRAGGLERS: Duration = Duration::from_secs(2);

/// Runs a program with its output on ours; gives how it ended and the lines that tell most.
///
/// # Errors
/// If it cannot be started.
pub fn run(mut command: Command) -> io::Result<(ExitStatus, Vec<String>)> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // Holds the other ends of the pipe.
    drop(command);
    let kept = Arc::new(Mutex::new(Kept::default()));
    let listener = {
        let kept = Arc::clone(&kept);
        thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                // Our own output being gone is no reason to stop the program.
                let _ = io::stdout().write_all(&line);
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .hear(String::from_utf8_lossy(&line).trim_end());
                line.clear();
            }
        })
    };
    let status = child.wait()?;
    let start = Instant::now();
    while !listener.is_finished() && start.elapsed() < STRAGGLERS {
        thread::sleep(Duration::from_millis(5));
    }
    let lines = kept.lock().unwrap_or_else(PoisonError::into_inner).told();
    Ok((status, lines))
}

#[derive(Default)]
struct Kept {
    telling: Vec<String>,
    /// How many more lines belong to the last telling one.
    after: usize,
    last: VecDeque<String>,
}

impl Kept {
    fn hear(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let short: String = line.chars().take(WIDTH).collect();
        if is_telling(line) {
            self.after = AFTER;
            self.keep(short.clone());
        } else if self.after > 0 {
            self.after -= 1;
            self.keep(short.clone());
        }
        if self.last.len() == LINES / 2 {
            self.last.pop_front();
        }
        self.last.push_back(short);
    }

    fn keep(&mut self, line: String) {
        if self.telling.len() < LINES {
            self.telling.push(line);
        }
    }

    /// The telling lines, or the last ones if none told anything.
    fn told(&self) -> Vec<String> {
        if self.telling.is_empty() {
            self.last.iter().cloned().collect()
        } else {
            self.telling.clone()
        }
    }
}

/// Whether a line says what went wrong, in the words of Cargo, the linker, nextest, vitest and Playwright.
fn is_telling(line: &str) -> bool {
    let line = line.trim_start();
    [
        "error",
        "FAIL",
        "TIMEOUT",
        "SIG",
        "Error:",
        "AssertionError",
        "✘",
        "× ",
        "thread '",
    ]
    .iter()
    .any(|start| line.starts_with(start))
        || ["No space left", "signal: ", "cannot find -l", "panicked at"]
            .iter()
            .any(|part| line.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_kept_with_what_belongs_to_it_and_not_the_noise() {
        let mut kept = Kept::default();
        for at in 0..100 {
            kept.hear(&format!("   Compiling crate{at} v1.0.0"));
        }
        kept.hear("error[E0425]: cannot find value `x`");
        kept.hear("  --> src/lib.rs:1:1");
        for at in 0..100 {
            kept.hear(&format!("   Compiling other{at} v1.0.0"));
        }
        let told = kept.told();
        assert_eq!(told[0], "error[E0425]: cannot find value `x`");
        assert_eq!(told[1], "  --> src/lib.rs:1:1");
        assert!(told.len() <= 1 + AFTER);
    }

    #[test]
    fn without_a_telling_line_the_last_ones_are_kept() {
        let mut kept = Kept::default();
        for at in 0..100 {
            kept.hear(&format!("line {at}"));
        }
        let told = kept.told();
        assert_eq!(told.len(), LINES / 2);
        assert_eq!(told.last().unwrap(), "line 99");
    }

    #[cfg(unix)]
    #[test]
    fn a_daemon_left_behind_does_not_hold_us_up() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo error: gone wrong >&2; sleep 30 & exit 3"]);
        let (status, lines) = run(command).unwrap();
        assert_eq!(status.code(), Some(3));
        assert_eq!(lines, ["error: gone wrong"]);
    }
}
