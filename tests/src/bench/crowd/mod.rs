//! P7: a relay with a thousand connected workstations, on either engine; its ceiling; and what is there after it was killed.

mod load;
mod station;
mod yardsticks;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::runtime::Runtime;

use super::practice::Practice;
use super::process::RelayProcess;
use super::report::Figure;
use super::stats::Samples;
use load::{Crowd, Plan};

#[path = "../../../../sync-server/tests/support/postgres.rs"]
mod postgres;

/// Envelopes that the crowd sends each second while delivery is timed.
const RATE: usize = 2_000;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let plan = Plan {
        practices: practice.scale.of(100, 3),
        stations: practice.scale.of(10, 3),
        rate: practice.scale.of(RATE, 30),
        seconds: practice.scale.of(10, 1),
        ceiling: practice.scale.of(60_000, 600),
    };
    more_files();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = tempfile::tempdir_in(practice.home())?;
    let echo = runtime.block_on(yardsticks::echo(&plan))?;
    let append = yardsticks::append(folder.path(), plan.ceiling)?;

    let data = folder.path().join("relay");
    let sqlite = run(&runtime, &plan, &|| RelayProcess::start(&data, 0))?;
    let mut figures = told("SQLite", &plan, &sqlite, Some(&echo), Some(append));
    if Path::new("/usr/lib/postgresql").is_dir() {
        let cluster = postgres::Cluster::start();
        let url = cluster.url("orca");
        let shared = run(&runtime, &plan, &|| RelayProcess::on_postgres(&url))?;
        figures.extend(told("PostgreSQL", &plan, &shared, None, None));
    } else {
        figures.push(Figure::missing(
            "P7",
            "the same on PostgreSQL",
            "",
            "PostgreSQL is not installed here",
        ));
    }
    Ok(figures)
}

/// A thousand sockets here and at the child need more files than some systems allow at first.
fn more_files() {
    // Where it cannot be raised, connecting says so.
    let _ = std::process::Command::new("prlimit")
        .args(["--pid", &std::process::id().to_string(), "--nofile=8192:"])
        .status();
}

/// What one engine did.
struct Outcome {
    /// MiB of the relay before anybody came, with everybody idle, and at the end.
    empty: Option<f64>,
    idle: Option<f64>,
    busy: Option<f64>,
    delivery: Samples,
    delivered: usize,
    expected: usize,
    /// Envelopes a second, by the clock and by the relay's processor.
    ceiling: f64,
    ceiling_of_cpu: Option<f64>,
    acknowledged: usize,
    lost: usize,
}

fn run(runtime: &Runtime, plan: &Plan, start: &dyn Fn() -> Result<RelayProcess>) -> Result<Outcome> {
    let relay = start()?;
    let empty = relay.usage().resident_mib;
    let mut crowd = runtime.block_on(Crowd::gather(relay.address, plan))?;
    // What founding and joining left behind is given back, or it is not.
    std::thread::sleep(Duration::from_secs(1));
    let idle = relay.usage().resident_mib;
    let timed = runtime.block_on(crowd.timed(plan))?;
    let busy = relay.usage().resident_mib;
    let mut founders = crowd.only_founders();
    let before = relay.usage().cpu_seconds;
    let pushed = runtime.block_on(founders.ceiling(plan.ceiling))?;
    let cpu = relay
        .usage()
        .cpu_seconds
        .zip(before)
        .map(|(after, before)| after - before);

    // Once more, killed in the middle; then it starts on what is there.
    let acknowledged = runtime.block_on(founders.until_killed(plan.ceiling / 4, relay))?;
    let relay = start()?;
    let lost = runtime.block_on(founders.look_for(relay.address, &acknowledged))?;
    Ok(Outcome {
        empty,
        idle,
        busy,
        delivered: timed.latencies.len(),
        expected: timed.expected,
        delivery: timed.latencies,
        ceiling: pushed.envelopes as f64 / pushed.took.as_secs_f64(),
        ceiling_of_cpu: cpu.map(|cpu| pushed.envelopes as f64 / cpu),
        acknowledged: acknowledged.iter().map(Vec::len).sum(),
        lost,
    })
}

fn told(
    engine: &str,
    plan: &Plan,
    outcome: &Outcome,
    echo: Option<&Samples>,
    append: Option<f64>,
) -> Vec<Figure> {
    let stations = plan.practices * plan.stations;
    let no_proc = "this system has no /proc";
    let mib = |what: String, value: Option<f64>, most: Option<f64>| match value {
        Some(value) => {
            let figure = Figure::new("P7", what, value, "MB");
            most.into_iter().fold(figure, Figure::at_most)
        }
        None => Figure::missing("P7", what, "MB", no_proc),
    };
    let each = outcome
        .idle
        .zip(outcome.empty)
        .map(|(idle, empty)| (idle - empty) * 1024.0 / stations as f64);
    let delivery = Figure::new(
        "P7",
        format!(
            "{engine}: {stations} workstations, {} envelopes/s to {} others each: delivered, p99",
            plan.rate,
            plan.stations - 1
        ),
        outcome.delivery.p99(),
        "ms",
    );
    let delivery = delivery.at_most(100.0);
    let ceiling = Figure::new(
        "P7",
        format!("{engine}: envelopes verified and stored a second, as fast as they come"),
        outcome.ceiling,
        "/s",
    );
    vec![
        match each {
            Some(each) => Figure::new(
                "P7",
                format!("{engine}: an idle workstation costs the relay"),
                each,
                "KiB",
            )
            .at_most(16.0),
            None => Figure::missing("P7", format!("{engine}: an idle workstation"), "KiB", no_proc),
        },
        mib(
            format!("{engine}: the relay with {stations} idle workstations"),
            outcome.idle,
            Some(64.0),
        ),
        mib(
            format!("{engine}: … and after all that traffic"),
            outcome.busy,
            None,
        ),
        match echo {
            Some(echo) => delivery.beside("a bare WebSocket echo under the same load", echo.p99()),
            None => delivery,
        },
        Figure::new(
            "P7",
            format!("{engine}: delivered, p50"),
            outcome.delivery.median(),
            "ms",
        ),
        Figure::new(
            "P7",
            format!("{engine}: of {} deliveries missing", outcome.expected),
            (outcome.expected - outcome.delivered) as f64,
            "",
        )
        .at_most(0.0),
        match append {
            Some(rows) => ceiling.beside("bare rows into the same engine, as many in one commit", rows),
            None => ceiling,
        },
        match outcome.ceiling_of_cpu {
            Some(rate) => {
                Figure::new("P7", format!("{engine}: … a second of one core"), rate, "/s").at_least(10_000.0)
            }
            None => Figure::missing("P7", format!("{engine}: … a second of one core"), "/s", no_proc),
        },
        Figure::new(
            "P7",
            format!(
                "{engine}: killed in the middle: lost of {} acknowledged",
                outcome.acknowledged
            ),
            outcome.lost as f64,
            "",
        )
        .at_most(0.0),
    ]
}

fn overrun() -> anyhow::Error {
    anyhow::anyhow!("the relay did not answer in time")
}

/// Nothing here takes so long.
const PATIENCE: Duration = Duration::from_secs(120);

async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .map_err(|_| overrun())
        .context("waiting for the relay")?
}
