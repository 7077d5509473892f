//! The desktop shell of Orca Front Desk: one window, one command, one stream of events.
//!
//! Everything that the program knows and does lives in `desk`; here is only what needs a desktop.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod bell;
mod files;
mod front;
mod shell;
#[cfg(target_os = "linux")]
mod suspend;
mod viewer;

use std::process::ExitCode;

use arguments::Wish;

fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1), std::env::var_os("ORCA_DATA")) {
        Wish::Open(start) => shell::run(start),
        Wish::Say(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Wish::Refuse(text) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
    }
}
