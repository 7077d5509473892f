//! `orca-fuzz [--only NAME] [--seconds N] [--json] [--seed N]`: malformed input, from a seed. Run by `cargo xtask fuzz`. Ends
//! with 1 if something did harm.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<ExitCode> {
    use orca_tests::{faults, fuzz};

    let plan = fuzz::Plan::from_words(std::env::args().skip(1))?;
    let findings = fuzz::measure(&plan)?;
    if plan.is_json {
        println!("{}", faults::json(&findings));
    } else {
        print!("{}", faults::table(&findings));
    }
    Ok(match findings.iter().all(|finding| finding.met) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("orca-fuzz shares its practices with orca-faults, which is on Linux only");
    ExitCode::FAILURE
}
