//! P8: memory at rest, of a desk that has been used and of a relay that has nothing to do.

use std::path::Path;

use anyhow::{Context, Result};
use desk::Purpose;
use desk::api::{DaySheetRequest, FindPatients, Handlers, OpeningsRequest};

use super::practice::{self, Practice};
use super::process::{RelayProcess, told_by_child, usage};
use super::report::Figure;

const NO_PROC: &str = "this system has no /proc";

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let copy = practice.copy()?;
    let told = told_by_child(&["desk", &copy.path().display().to_string()])?;
    let mut numbers = told.split_whitespace().map(|number| number.parse::<f64>().ok());
    let (resident, peak) = (numbers.next().flatten(), numbers.next().flatten());
    let relay_data = tempfile::tempdir_in(practice.home())?;
    let relay = RelayProcess::start(relay_data.path(), 0)?.usage().resident_mib;
    Ok(vec![
        figure(
            "desk: practice open, a day shown, patients searched, openings found",
            resident,
            Some(150.0),
        ),
        figure(
            "the same, at its peak (the passphrase alone takes 64 MiB for a moment)",
            peak,
            None,
        ),
        figure("relay, idle", relay, Some(50.0)),
    ])
}

fn figure(what: &str, mib: Option<f64>, most: Option<f64>) -> Figure {
    match (mib, most) {
        (Some(mib), Some(most)) => Figure::new("P8", what, mib, "MB").at_most(most),
        (Some(mib), None) => Figure::new("P8", what, mib, "MB"),
        (None, _) => Figure::missing("P8", what, "MB", NO_PROC),
    }
}

/// The child: works a little, then says how much memory it holds, and held at the most (MiB).
pub fn rest(dir: &Path) -> Result<()> {
    let front = practice::open(dir, Purpose::Window)?;
    let roster = practice::hello(&front)?.roster;
    for location in &roster.locations {
        front.day_sheet(DaySheetRequest {
            location: location.id,
            date: practice::TODAY.to_string(),
        })?;
    }
    for text in ["riv", "rivera", "555", "2012-0"] {
        front.find_patients(FindPatients {
            text: text.to_owned(),
            limit: None,
        })?;
    }
    let kind = roster
        .appointment_types
        .iter()
        .find(|kind| kind.is_active)
        .context("kinds of visit")?
        .id;
    front.openings(OpeningsRequest {
        second_provider: None,
        appointment_type: kind,
        location: None,
        provider: None,
        operatory: None,
        patient: None,
        from: None,
        days: Some(90),
        after: None,
        before: None,
        weekdays: Vec::new(),
        pattern: None,
        limit: None,
        also: Vec::new(),
    })?;
    let used = usage(std::process::id());
    if let (Some(resident), Some(peak)) = (used.resident_mib, used.peak_mib) {
        println!("{resident} {peak}");
    }
    front.close();
    Ok(())
}
