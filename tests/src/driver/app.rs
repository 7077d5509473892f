//! One real window: started, asked, pictured, closed, killed.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tokio::net::TcpStream;

use super::programs::{free_port, log, orcactl, output_dir, program};
use super::wait::{PATIENCE, until, until_within};

/// Of every practice that a journey makes.
pub const PASSPHRASE: &str = "a journey's passphrase";

/// How a window is to be started.
#[derive(Debug, Clone)]
pub struct Desk {
    /// What pictures and logs are called by.
    pub name: String,
    pub data_dir: PathBuf,
    /// Set for the app on top of what the test itself has.
    pub env: Vec<(String, String)>,
    /// The app itself; another program only for trying this harness.
    pub program: Option<PathBuf>,
}

impl Desk {
    pub fn new(name: &str, data_dir: impl Into<PathBuf>) -> Self {
        let env = [("ORCA_PASSPHRASE", PASSPHRASE), ("ORCA_KEYCHAIN", "off")];
        Self {
            name: name.to_owned(),
            data_dir: data_dir.into(),
            env: env
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            program: None,
        }
    }

    /// Sets a variable for the app: `ORCA_NOW`, `TZ` …
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.retain(|(other, _)| other != name);
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs `orcactl --json` on the same folder in the same surroundings, and gives its answer.
    ///
    /// # Errors
    /// If it refuses; with what it said.
    pub fn orcactl(&self, arguments: &[&str]) -> Result<Value> {
        orcactl(self, arguments)
    }
}

/// A running app with its window. Dropped, it is killed together with its driver.
pub struct App {
    desk: Desk,
    binary: PathBuf,
    driver: Child,
    client: Client,
    pictures: AtomicU32,
    pub(super) presses: AtomicU32,
}

impl App {
    /// Starts the app on its folder and waits for its window.
    ///
    /// # Errors
    /// If the app or WebKitWebDriver is missing, or no window comes; what they said lies in `target/e2e`.
    pub async fn start(desk: Desk) -> Result<Self> {
        let binary = match &desk.program {
            Some(path) => path.clone(),
            None => program("orca-front-desk")?,
        };
        fs::create_dir_all(&desk.data_dir)?;
        let port = free_port()?;
        let (out, err) = log(&desk.name)?;
        // The driver starts the app, which therefore sees the driver's environment. The first two variables tell
        // Tauri to let itself be driven; they are what tauri-driver sets.
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(desk.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .context("WebKitWebDriver cannot be started (Debian: webkit2gtk-driver)")?;
        let mut half = Half {
            driver: Some(driver),
            binary: binary.clone(),
            data_dir: desk.data_dir.clone(),
        };
        until("WebKitWebDriver to answer", || async move {
            Ok(TcpStream::connect(("127.0.0.1", port)).await.ok().map(drop))
        })
        .await?;

        let options = json!({ "binary": binary, "args": ["--data", desk.data_dir] });
        let mut capabilities = Map::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .with_context(|| {
                format!(
                    "no window came; see {}.log in {}",
                    desk.name,
                    output_dir().unwrap_or_default().display()
                )
            })?;
        let mut timeouts = TimeoutConfiguration::default();
        timeouts.set_script(Some(Duration::from_secs(60)));
        client.update_timeouts(timeouts).await?;
        let driver = half.driver.take().context("the driver was just started")?;
        Ok(Self {
            desk,
            binary,
            driver,
            client,
            pictures: 0.into(),
            presses: 0.into(),
        })
    }

    pub fn name(&self) -> &str {
        &self.desk.name
    }

    pub fn data_dir(&self) -> &Path {
        &self.desk.data_dir
    }

    /// How it was started; its command line works beside the window.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// For what this harness has no word for.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Runs a command through the window's own bridge, past the screen: for looking, not for doing what a person does.
    ///
    /// # Errors
    /// What the desk refused with.
    pub async fn call(&self, name: &str, request: Value) -> Result<Value> {
        let script = "
            const [name, request, done] = arguments;
            window.__TAURI_INTERNALS__.invoke('call', { name, request }).then(
              (answer) => done({ answer }), (error) => done({ error }));";
        let mut said = self
            .client
            .execute_async(script, vec![json!(name), request])
            .await?;
        if !said["error"].is_null() {
            bail!("{name}: {}", said["error"]);
        }
        Ok(said["answer"].take())
    }

    /// Waits for something in this window; if it does not come, a picture shows what was there instead.
    ///
    /// # Errors
    /// After [`PATIENCE`], naming `what` was waited for and where.
    pub async fn wait<T, L, F>(&self, what: &str, look: L) -> Result<T>
    where
        L: FnMut() -> F,
        F: Future<Output = Result<Option<T>>>,
    {
        self.wait_within(PATIENCE, what, look).await
    }

    /// The same with a deadline of its own.
    ///
    /// # Errors
    /// After `patience`, naming `what` was waited for and where.
    pub async fn wait_within<T, L, F>(&self, patience: Duration, what: &str, look: L) -> Result<T>
    where
        L: FnMut() -> F,
        F: Future<Output = Result<Option<T>>>,
    {
        let waited = until_within(
            patience,
            &format!("{what} in the window of {}", self.name()),
            look,
        )
        .await;
        if waited.is_err() {
            // The window may be gone; then there is nothing to see.
            let _ = self.picture("instead").await;
        }
        waited
    }

    /// Waits until a script gives something true.
    ///
    /// # Errors
    /// If it never does.
    pub async fn until(&self, what: &str, script: &str) -> Result<Value> {
        self.wait(what, || async {
            let value = self.client.execute(script, Vec::new()).await?;
            let is_false =
                matches!(value, Value::Null | Value::Bool(false)) || value == json!("") || value == json!(0);
            Ok((!is_false).then_some(value))
        })
        .await
    }

    /// Takes a picture: `target/e2e/NAME-01-LABEL.png`.
    ///
    /// # Errors
    /// If the window does not answer.
    pub async fn picture(&self, label: &str) -> Result<PathBuf> {
        let number = self.pictures.fetch_add(1, Ordering::Relaxed) + 1;
        let path = output_dir()?.join(format!("{}-{number:02}-{label}.png", self.name()));
        fs::write(&path, self.client.screenshot().await?)?;
        Ok(path)
    }

    /// The app's own process.
    ///
    /// # Errors
    /// If it does not run any more.
    pub fn process(&self) -> Result<u32> {
        process_of(&self.binary, self.data_dir())
            .ok_or_else(|| anyhow!("the app of {} does not run", self.name()))
    }

    /// `kill -9`: no time to say or write anything. Gives back how to start it again on the same folder.
    ///
    /// # Errors
    /// If it does not run any more.
    pub async fn kill(self) -> Result<Desk> {
        let process = self.process()?;
        kill(process);
        self.ended(process).await?;
        Ok(self.desk.clone())
    }

    /// Ends the program through its driver, and waits until it is gone: the window goes and the process with it, as when
    /// a session is logged out. Gives back how to start it again on the same folder.
    ///
    /// # Errors
    /// If it does not end.
    pub async fn end(self) -> Result<Desk> {
        let process = self.process()?;
        // The answer may get lost with the window.
        let _ = self.client.close_window().await;
        self.ended(process).await?;
        Ok(self.desk.clone())
    }

    async fn ended(&self, process: u32) -> Result<()> {
        until(&format!("the app of {} to end", self.name()), || async move {
            Ok(has_ended(process).then_some(()))
        })
        .await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        stop(&mut self.driver, &self.binary, &self.desk.data_dir);
    }
}

/// A driver whose window has not come yet: must not stay behind if it never does.
struct Half {
    driver: Option<Child>,
    binary: PathBuf,
    data_dir: PathBuf,
}

impl Drop for Half {
    fn drop(&mut self) {
        if let Some(driver) = &mut self.driver {
            stop(driver, &self.binary, &self.data_dir);
        }
    }
}

fn stop(driver: &mut Child, binary: &Path, data_dir: &Path) {
    if let Some(process) = process_of(binary, data_dir) {
        kill(process);
    }
    let _ = driver.kill();
    let _ = driver.wait();
}

fn kill(process: u32) {
    let _ = Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .stdin(Stdio::null())
        .status();
}

/// Whether a process has let go of its files and locks. Its command line goes a moment earlier, and it stays a zombie
/// for as long as the driver that started it does not look after it.
fn has_ended(process: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return true;
    };
    threads.flatten().all(|thread| {
        let Ok(stat) = fs::read_to_string(thread.path().join("stat")) else {
            return true;
        };
        // `123 (a name (even so)) Z …`
        let state = stat.rsplit_once(") ").and_then(|(_, after)| after.chars().next());
        matches!(state, Some('Z' | 'X'))
    })
}

/// The process of this app on this folder. The driver started it, so we cannot know its number otherwise. A zombie has
/// no command line any more and does not count.
fn process_of(binary: &Path, data_dir: &Path) -> Option<u32> {
    let wanted = [
        binary.to_string_lossy(),
        "--data".into(),
        data_dir.to_string_lossy(),
    ]
    .join("\0")
        + "\0";
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if fs::read(entry.path().join("cmdline")).is_ok_and(|line| line == wanted.as_bytes()) {
            return Some(process);
        }
    }
    None
}
