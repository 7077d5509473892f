//! The front door of the house: `cargo xtask <command>` sets up, runs, tests, checks and measures everything.
//!
//! Depends on no crate of the product, so that it compiles in seconds on a machine that has nothing yet.

mod args;
mod bench;
mod check;
mod codegen;
mod compile;
mod demo;
mod echo;
mod house;
mod packages;
mod process;
mod release;
mod rules;
mod run;
mod setup;
mod steps;
mod tests;
mod ui;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::Args;

struct Command {
    name: &'static str,
    about: &'static str,
    help: &'static str,
    run: fn(Args) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        about: "build and open the app on the demo practice, with a relay on this computer",
        help: run::HELP,
        run: run::run,
    },
    Command {
        name: "test",
        about: "set up and run everything, as CI does",
        help: tests::HELP,
        run: tests::run,
    },
    Command {
        name: "check",
        about: "the quick part: format, lints, types, generated code, house rules",
        help: check::HELP,
        run: check::run,
    },
    Command {
        name: "fix",
        about: "format and apply what the linters can repair themselves",
        help: check::FIX_HELP,
        run: check::fix,
    },
    Command {
        name: "bench",
        about: "measure the performance figures of docs, as one table or JSON",
        help: bench::HELP,
        run: bench::run,
    },
    Command {
        name: "simulate",
        about: "many workstations over a bad network, from a seed",
        help: bench::SIMULATE_HELP,
        run: bench::simulate,
    },
    Command {
        name: "faults",
        about: "kills, power cuts, full disks, flipped bits, a lying relay: what survives",
        help: bench::FAULTS_HELP,
        run: bench::faults,
    },
    Command {
        name: "fuzz",
        about: "malformed input of every kind, from a seed: nothing may panic",
        help: bench::FUZZ_HELP,
        run: bench::fuzz,
    },
    Command {
        name: "demo",
        about: "write a demo practice into a folder",
        help: demo::HELP,
        run: demo::run,
    },
    Command {
        name: "codegen",
        about: "write the screen's TypeScript from the Rust types",
        help: codegen::HELP,
        run: codegen::run,
    },
    Command {
        name: "setup",
        about: "install what building and testing need",
        help: setup::HELP,
        run: setup::run,
    },
    Command {
        name: "release",
        about: "make installers for this platform",
        help: release::HELP,
        run: release::run,
    },
];

fn main() -> ExitCode {
    match front_door(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn front_door(mut words: Vec<String>) -> Result<()> {
    if words.is_empty() || matches!(words[0].as_str(), "-h" | "--help" | "help") {
        println!("{}", overview());
        return Ok(());
    }
    let name = words.remove(0);
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        bail!("there is no command “{name}”.\n\n{}", overview());
    };
    let args = Args::new(words);
    if args.asks_for_help() {
        println!(
            "cargo xtask {}: {}\n\n{}",
            command.name,
            command.about,
            command.help.trim()
        );
        return Ok(());
    }
    (command.run)(args)
}

fn overview() -> String {
    let mut text = String::from("cargo xtask <command>   (each has --help)\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<9} {}\n", command.name, command.about));
    }
    text
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn every_command_explains_itself() {
        let overview = overview();
        for command in COMMANDS {
            assert!(
                overview.contains(command.about),
                "{} is missing from the overview",
                command.name
            );
            assert!(
                command.help.contains("cargo xtask"),
                "the help of {} shows no example",
                command.name
            );
        }
    }

    #[test]
    fn an_unknown_command_names_the_known_ones() {
        let error = front_door(vec!["tset".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("“tset”") && error.contains("simulate"), "{error}");
    }
}
