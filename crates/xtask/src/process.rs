//! Running other programs: what is run is shown, a failure says which command it was and how it ended.

use std::env;
use std::ffi::OsStr;
use std::io::{self, ErrorKind, IsTerminal};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::{echo, house};

/// How long a program may take before it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command line that can be shown as it is run.
pub struct Tool {
    command: Command,
    shown: Vec<String>,
    is_quiet: bool,
}

/// Any program, by name or path.
pub fn tool(program: impl AsRef<OsStr>) -> Tool {
    let program = program.as_ref();
    let mut command = Command::new(program);
    command.current_dir(house::root()).stdin(Stdio::null());
    if house::is_ci() {
        command
            .env("CARGO_TERM_COLOR", "never")
            .env("NO_COLOR", "1")
            .env("FORCE_COLOR", "0");
        command.env("CARGO_INCREMENTAL", "0");
    }
    let name = Path::new(program)
        .file_stem()
        .unwrap_or(program)
        .to_string_lossy()
        .into_owned();
    Tool {
        command,
        shown: vec![name],
        is_quiet: false,
    }
}

/// The same Cargo that runs us.
pub fn cargo() -> Tool {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let compiler = compiler_beside(Path::new(&cargo));
    let tool = tool(cargo);
    // A rustup proxy on the PATH would otherwise obey the `rust-toolchain` file of whichever library it compiles, if Cargo
    // was not started through rustup: `urlpattern` has one, and asks for a toolchain that nobody has.
    match compiler {
        Some(rustc) if env::var_os("RUSTUP_TOOLCHAIN").is_none() && env::var_os("RUSTC").is_none() => {
            tool.env("RUSTC", rustc.as_os_str())
        }
        _ => tool,
    }
}

/// The compiler of the toolchain that a Cargo belongs to.
fn compiler_beside(cargo: &Path) -> Option<PathBuf> {
    let rustc = cargo.with_file_name(format!("rustc{}", env::consts::EXE_SUFFIX));
    (cargo.is_absolute() && rustc.is_file()).then_some(rustc)
}

/// npm, which is a script on Windows.
pub fn npm() -> Tool {
    tool(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// npx, likewise.
pub fn npx() -> Tool {
    tool(if cfg!(windows) { "npx.cmd" } else { "npx" })
}

impl Tool {
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push(arg.as_ref().to_string_lossy().into_owned());
        self.command.arg(arg);
        self
    }

    pub fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Tool::arg)
    }

    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Does not print the command line.
    pub fn quiet(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    /// Runs it with its output on ours.
    ///
    /// # Errors
    /// If it cannot be started or does not end with 0.
    pub fn run(mut self) -> Result<()> {
        self.show();
        if !io::stdout().is_terminal() {
            return self.run_and_tell();
        }
        let status = self.command.status().map_err(|error| self.cannot_start(error))?;
        if status.success() {
            return Ok(());
        }
        bail!("`{}` ended with {status}", self.line());
    }

    /// Nobody watches: what it said stands in the error too, below the first line.
    fn run_and_tell(self) -> Result<()> {
        let line = self.line();
        let name = self.shown[0].clone();
        let (status, said) = echo::run(self.command).map_err(|error| cannot_start(&name, &line, error))?;
        if status.success() {
            return Ok(());
        }
        bail!("`{line}` ended with {status}\n{}", said.join("\n"));
    }

    /// Runs it and gives what it printed.
    ///
    /// # Errors
    /// If it cannot be started or does not end with 0; with what it said on standard error.
    pub fn output(mut self) -> Result<String> {
        let output = self.command.output().map_err(|error| self.cannot_start(error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` ended with {}\n{}", self.line(), output.status, said.trim());
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` printed something that is not text", self.line()))
    }

    /// Whether it can be run and ends with 0; prints nothing.
    pub fn succeeds(mut self) -> bool {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        self.command.status().is_ok_and(|status| status.success())
    }

    /// Starts it and lets it run beside us until the answer is dropped.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(mut self) -> Result<Running> {
        self.show();
        let child = self.command.spawn().map_err(|error| self.cannot_start(error))?;
        Ok(Running {
            child,
            line: self.line(),
        })
    }

    fn show(&self) {
        if !self.is_quiet {
            println!("$ {}", self.line());
        }
    }

    fn line(&self) -> String {
        let quote = |word: &String| {
            if word.is_empty() || word.contains([' ', '"', '$', '*', '(']) {
                format!("'{word}'")
            } else {
                word.clone()
            }
        };
        self.shown.iter().map(quote).collect::<Vec<_>>().join(" ")
    }

    fn cannot_start(&self, error: std::io::Error) -> anyhow::Error {
        cannot_start(&self.shown[0], &self.line(), error)
    }
}

fn cannot_start(name: &str, line: &str, error: std::io::Error) -> anyhow::Error {
    if error.kind() == ErrorKind::NotFound {
        anyhow!("`{name}` is not installed, or not on the PATH (`cargo xtask setup` installs what it can)")
    } else {
        anyhow::Error::new(error).context(format!("cannot start `{line}`"))
    }
}

/// A program that runs beside us; ended when dropped.
pub struct Running {
    child: Child,
    line: String,
}

impl Running {
    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// If it does not end with 0.
    pub fn wait(mut self) -> Result<()> {
        let status = self
            .child
            .wait()
            .with_context(|| format!("cannot wait for `{}`", self.line))?;
        if status.success() {
            return Ok(());
        }
        bail!("`{}` ended with {status}", self.line);
    }

    /// Waits until it takes connections on a port of this computer.
    ///
    /// # Errors
    /// If it ends before that, or takes longer than [`PATIENCE`].
    pub fn answers_at(&mut self, port: u16) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if self.has_ended() {
                bail!("`{}` stopped at once; what it said stands above", self.line);
            }
            if start.elapsed() > PATIENCE {
                bail!("`{}` does not answer at port {port}", self.line);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Whether it has ended already.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a program lies on the PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let names = if cfg!(windows) {
        vec![format!("{program}.exe"), format!("{program}.cmd")]
    } else {
        vec![program.to_owned()]
    };
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)).collect::<Vec<_>>())
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = tool("no-such-program-of-ours")
            .arg("--version")
            .quiet()
            .run()
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`no-such-program-of-ours` is not installed"),
            "{error}"
        );
    }

    #[test]
    fn a_failing_command_is_quoted_with_what_it_said() {
        let error = cargo()
            .args(["no-such-command", "two words"])
            .output()
            .unwrap_err()
            .to_string();
        assert!(error.contains("cargo no-such-command 'two words'"), "{error}");
        assert!(error.contains("no such command"), "{error}");
    }
}
