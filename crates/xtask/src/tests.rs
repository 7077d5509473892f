//! Everything that must hold before a change lands, from a fresh clone, in order of how soon it fails.

use std::fs;

use anyhow::Result;

use crate::args::Args;
use crate::packages::Purpose;
use crate::process::{Tool, cargo, npm, tool};
use crate::steps::Steps;
use crate::{check, compile, house, setup, ui};

pub const HELP: &str = "
  cargo xtask test                 everything, as CI does
  cargo xtask test --only NAMES    some steps, by the names that the summary shows, with commas
  cargo xtask test --seeds N       how many seeds the simulation tries (default 5)

Sets up what is missing first. A failing step does not stop the others; the summary comes last.";

pub fn run(mut args: Args) -> Result<()> {
    let only: Vec<String> = args
        .value("--only")?
        .map_or_else(Vec::new, |names| names.split(',').map(str::to_owned).collect());
    let seeds = args.value("--seeds")?.unwrap_or_else(|| "5".to_owned());
    args.finish()?;

    let mut steps = Steps::new(only);
    // Always, whichever steps were chosen: they all stand on it.
    setup::everything(Purpose::Test)?;
    check::quick_steps(&mut steps);

    steps.step(
        "peers",
        "what we measure ourselves against can be installed",
        || {
            npm()
                .args(["ci", "--dry-run", "--no-audit", "--no-fund"])
                .dir(house::root().join("tests/peers"))
                .run()
        },
    );
    steps.step("screen units", "vitest", || ui::script("test")?.run());
    steps.step(
        "screen units elsewhere",
        "the same on a computer in Kolkata",
        || ui::script("test")?.env("TZ", ELSEWHERE).run(),
    );
    steps.step_after(&["screen build"], "build", "every program of the house", || {
        compile::whole_house(&["build"])
            .args(["--bins", "--examples"])
            .run()
    });
    steps.step_after(&["build"], "rust", "unit tests, stories, calendar files", || {
        nextest(&[]).run()
    });
    steps.step_after(
        &["build"],
        "rust elsewhere",
        "what deals with time, on a computer in Kolkata",
        || {
            nextest(&["-E", "package(clinic) | package(ical) | package(store)"])
                .env("TZ", ELSEWHERE)
                .run()
        },
    );
    steps.step("house", "the tests of this tool", || {
        cargo().args(["nextest", "run", "--package", "xtask"]).run()
    });
    steps.step_after(&["build"], "screens", "the screens in Chromium", || {
        ui::script("test:screens")?.run()
    });
    steps.step_after(
        &["build"],
        "screens of a desk",
        "the same in Chromium over a real desk",
        ui::screens_of_a_desk,
    );
    steps.step_after(&["build"], "journeys", "the real app", journeys);
    steps.step_after(&["build"], "simulation", "a few seeds", || {
        tool(house::binary("debug", "orca-simulate"))
            .args(["--seeds", &seeds, "--steps", "200"])
            .run()
    });
    steps.finish()
}

/// Half an hour off the full hour, east, no daylight saving: as unlike the demo practice as a zone can be.
const ELSEWHERE: &str = "Asia/Kolkata";

fn nextest(more: &[&str]) -> Tool {
    compile::whole_house(&["nextest", "run", "--no-fail-fast"]).args(more)
}

/// The real app under a display of its own, with a session bus and an unlocked keychain of its own.
fn journeys() -> Result<()> {
    if cfg!(not(target_os = "linux")) {
        println!("journeys through the real app are driven by WebKitWebDriver, which is on Linux only");
        return Ok(());
    }
    // Nothing of the person's own settings and keys is seen or touched.
    let home = house::target().join("e2e/home");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    let unlock = "printf 'test\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null; exec \"$@\"";
    tool("xvfb-run")
        .args(["--auto-servernum", "--server-args", "-screen 0 1920x1080x24"])
        .args(["dbus-run-session", "--", "sh", "-c", unlock, "journeys"])
        .arg(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "nextest",
            "run",
            "--no-fail-fast",
            "--workspace",
            "--exclude",
            "xtask",
        ])
        .args(["--ignore-default-filter", "-E", "binary(e2e)"])
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .run()
}
