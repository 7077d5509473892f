//! The system's own file dialogs. WebDriver sees only the page in the app's window; what stands beside it is told by the
//! display, and typed into by `xdotool`.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::app::App;

impl App {
    /// Waits for the dialog that asks where to save, types a path there, and presses Enter.
    ///
    /// # Errors
    /// If `xdotool` is missing, or no dialog comes.
    pub async fn save_as(&self, path: &Path) -> Result<()> {
        let process = self.process()?.to_string();
        let dialog = self
            .wait("the system's dialog for saving", || async {
                for window in xdotool(&["search", "--all", "--onlyvisible", "--pid", &process])?.lines() {
                    // The app's own window is named after the program.
                    if !xdotool(&["getwindowname", window])?.starts_with("Orca") {
                        return Ok(Some(window.to_owned()));
                    }
                }
                Ok(None)
            })
            .await?;
        let path = path.to_str().context("the path is text")?;
        xdotool(&["windowfocus", "--sync", &dialog])?;
        xdotool(&["key", "--window", &dialog, "--clearmodifiers", "ctrl+a"])?;
        xdotool(&["type", "--window", &dialog, "--delay", "2", path])?;
        xdotool(&["key", "--window", &dialog, "Return"])?;
        Ok(())
    }
}

/// What it prints; nothing found is nothing printed.
fn xdotool(arguments: &[&str]) -> Result<String> {
    let output = Command::new("xdotool")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("xdotool cannot be started (Debian: xdotool)")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && !said.trim().is_empty() {
        bail!("xdotool {}: {}", arguments.join(" "), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
