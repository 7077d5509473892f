//! The app on the demo practice, with a relay on this computer.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::args::Args;
use crate::packages::Purpose;
use crate::process::{Running, tool};
use crate::{compile, house, setup, ui};

pub const HELP: &str = "
  cargo xtask run                  the demo practice, kept under target/demo
  cargo xtask run --data DIR       another practice, or an empty folder for a new demo practice
  cargo xtask run --port N         another port for the relay (default 7370)

Installs what is missing, builds, starts a relay on this computer and opens the app. Closing the window or Ctrl-C
stops both; what was entered is kept. The demo practice is opened with the passphrase `orca-demo`, unless
ORCA_PASSPHRASE says another.";

/// Not a secret: the practice is invented.
const DEMO_PASSPHRASE: &str = "orca-demo";

pub fn run(mut args: Args) -> Result<()> {
    let data = args.value("--data")?.map(PathBuf::from);
    let port: u16 = match args.value("--port")? {
        None => 7370,
        Some(text) => match text.parse() {
            Ok(port) if port > 0 => port,
            _ => bail!("--port takes a number from 1 to 65535, not “{text}”"),
        },
    };
    args.finish()?;
    needs_a_display()?;
    setup::everything(Purpose::Run)?;

    ui::build()?;
    let programs = compile::programs(&["orca-relay", "orcactl", "orca-front-desk"])?;
    let [relay, orcactl, app] = programs.as_slice() else {
        bail!("three programs were asked for")
    };

    let is_demo = data.is_none();
    let data = match data {
        Some(dir) => env::current_dir()?.join(dir),
        None => house::target().join("demo/desk"),
    };
    let relay_data = data.with_file_name(format!(
        "{}-relay",
        data.file_name().unwrap_or_default().to_string_lossy()
    ));
    fs::create_dir_all(&relay_data)?;
    let relay_url = format!("ws://127.0.0.1:{port}");
    let passphrase = env::var_os("ORCA_PASSPHRASE");

    let is_new = is_empty(&data);
    // A practice of somebody's own keeps its own lock; only a demo made here gets the demo's passphrase.
    let passphrase = passphrase.or_else(|| (is_new || is_demo).then(|| DEMO_PASSPHRASE.into()));
    let with_key = |program: &Path| {
        let program = tool(program).env("ORCA_DATA", &data);
        match &passphrase {
            // The demo's key has no business in a person's keychain.
            Some(passphrase) if passphrase == DEMO_PASSPHRASE => program
                .env("ORCA_PASSPHRASE", passphrase)
                .env("ORCA_KEYCHAIN", "off"),
            Some(passphrase) => program.env("ORCA_PASSPHRASE", passphrase),
            None => program,
        }
    };

    if is_new {
        println!("\nmaking the demo practice (invented people) …");
        with_key(orcactl).args(["demo", "--size", "small"]).run()?;
    }
    let mut relay = start_relay(relay, port, &relay_data)?;
    if is_new {
        println!("\nregistering the practice with the relay; the code lets a second desk in:");
        with_key(orcactl)
            .args(["relay", "invite", "--relay", &relay_url])
            .run()?;
    }

    println!("\n  the practice lies in   {}", data.display());
    println!("  the relay keeps its in {}", relay_data.display());
    println!("  the relay answers at   {relay_url}");
    if passphrase.as_deref() == Some(DEMO_PASSPHRASE.as_ref()) {
        println!("  passphrase             {DEMO_PASSPHRASE}");
    }
    println!(
        "  on the command line    ORCA_DATA={} {} day today",
        data.display(),
        orcactl.display()
    );
    println!("\nclose the window or press Ctrl-C to stop\n");

    let opened = with_key(app).start()?.wait();
    if relay.has_ended() {
        println!("note: the relay had stopped before the window was closed");
    }
    opened
}

/// # Errors
/// If there is nothing to open a window on; before anything was started or installed.
fn needs_a_display() -> Result<()> {
    if cfg!(not(target_os = "linux"))
        || env::var_os("DISPLAY").is_some()
        || env::var_os("WAYLAND_DISPLAY").is_some()
    {
        return Ok(());
    }
    bail!(
        "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so nothing was started.\n\
         On a desktop, run it in a terminal there. Over ssh, use `ssh -X`. Without a screen, borrow one:\n\n  \
         sudo apt-get install -y xvfb xauth\n  \
         xvfb-run -a -s '-screen 0 1920x1080x24' cargo xtask run\n"
    );
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

fn start_relay(program: &Path, port: u16, data: &Path) -> Result<Running> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if TcpStream::connect(address).is_ok() {
        bail!(
            "something already answers at {address}: another `cargo xtask run`? Stop it, or choose another port with --port"
        );
    }
    let mut relay = tool(program)
        .args(["--listen", &address.to_string(), "--data"])
        .arg(data)
        .start()?;
    relay.answers_at(port)?;
    Ok(relay)
}
