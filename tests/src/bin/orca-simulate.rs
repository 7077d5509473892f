//! `orca-simulate --seed N [--seeds K] [--steps M] [--workstations W] [--broken VARIANT]`: the front-desk simulation.
//!
//! Plays K seeds from N on. Ends with 1 and prints the seed, the last steps and what differs if a check fails.

use std::process::ExitCode;

use anyhow::{Context, bail};
use orca_tests::simulation::{self, Broken, Plan};

const USAGE: &str =
    "orca-simulate [--seed N] [--seeds K] [--steps M] [--workstations 2–4] [--broken VARIANT]";

fn main() -> anyhow::Result<ExitCode> {
    let (mut seed, mut seeds) = (1_u64, 1_u64);
    let mut plan = Plan::new(seed, 200);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} needs a value: {USAGE}"))
        };
        match argument.as_str() {
            "--seed" => seed = value()?.parse().context("--seed takes a number")?,
            "--seeds" => seeds = value()?.parse().context("--seeds takes a number")?,
            "--steps" => plan.steps = value()?.parse().context("--steps takes a number")?,
            "--workstations" => {
                let count = value()?.parse().context("--workstations takes a number")?;
                if !(2..=4).contains(&count) {
                    bail!("--workstations takes 2 to 4");
                }
                plan.workstations = Some(count);
            }
            "--broken" => plan.broken = value()?.parse::<Broken>().map_err(anyhow::Error::msg)?,
            "--help" => {
                println!("{USAGE}");
                return Ok(ExitCode::SUCCESS);
            }
            other => bail!("unknown argument {other}: {USAGE}"),
        }
    }
    let mut failed = 0_u64;
    for seed in seed..seed.saturating_add(seeds) {
        plan.seed = seed;
        let began = std::time::Instant::now();
        // A panic is a finding, too, and must not hide its seed.
        let result = std::panic::catch_unwind(|| simulation::run(&plan));
        match result {
            Ok(Ok(tally)) => println!("seed {seed}: {tally}, {:.1} s", began.elapsed().as_secs_f64()),
            Ok(Err(failure)) => {
                failed += 1;
                println!("{failure}");
            }
            Err(_) => {
                failed += 1;
                println!("SEED={seed}: the program panicked");
            }
        }
    }
    if failed > 0 {
        println!("{failed} of {seeds} seeds failed");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
