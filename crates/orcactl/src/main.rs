//! `orcactl`: the command line on top of `desk`. It does what the window does, through the same table of commands.
//!
//! Exit codes: 0 done, 1 refused (with an error that says why), 2 the command line cannot be understood.

mod answer;
mod args;
mod commands;
mod names;
mod session;
mod when;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = args::Orcactl::parse();
    let as_json = arguments.json;
    match commands::run(arguments) {
        Ok(answer) => {
            // A reader that has seen enough (`| head`) is no failure.
            let _ = std::io::stdout().write_all(answer.print(as_json).as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = std::io::stderr().write_all(answer::print_error(&error, as_json).as_bytes());
            ExitCode::FAILURE
        }
    }
}
