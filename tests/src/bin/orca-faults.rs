//! `orca-faults [--only S1,S4] [--json] [--quick] [--every N] [--seed N]`: makes faults on purpose and looks at what is left.
//! Run by `cargo xtask faults`. Ends with 1 if a row is not met.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<ExitCode> {
    use orca_tests::faults;

    let plan = faults::Plan::from_words(std::env::args().skip(1))?;
    let findings = faults::measure(&plan)?;
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
    eprintln!("orca-faults disturbs programs with strace, which is on Linux only");
    ExitCode::FAILURE
}
