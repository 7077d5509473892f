//! Paper: days, weeks and route slips as PDF, and the downtime pack.

use data_encoding::BASE64;
use desk::DeskError;
use desk::api::{DowntimeState, Handlers as _, Nothing, PaperSize, PrintBy, PrintRequest, SaveDowntime};
use serde_json::json;

use crate::answer::{Answer, Outcome, count};
use crate::args::{Downtime, Paper, Print, Printed, PrintedBy};
use crate::names::Practice;

/// Typed on no command line, where others could see it.
const PASSWORD: &str = "ORCA_DOWNTIME_PASSWORD";

pub fn print(practice: &Practice, print: &Print) -> Outcome {
    let location = practice.location_or_first(print.location.as_deref())?;
    let date = practice.date(&print.date, Some(location), "date")?;
    let operatories = print.operatories.iter();
    let providers = print.providers.iter();
    let request = PrintRequest {
        location,
        date: date.to_string(),
        by: Some(match print.by {
            PrintedBy::Operatory => PrintBy::Operatory,
            PrintedBy::Provider => PrintBy::Provider,
        }),
        operatories: operatories
            .map(|text| practice.operatory(text, Some(location)))
            .collect::<Result<_, _>>()?,
        providers: providers
            .map(|text| practice.provider(text))
            .collect::<Result<_, _>>()?,
        paper: Some(size(print.paper)),
        is_private: print.private,
    };
    let printed = match print.what {
        Printed::Day => practice.front.print_day_sheet(request),
        Printed::Week => practice.front.print_week(request),
        Printed::Slips => practice.front.print_route_slips(request),
    }?;
    let file = print.out.display().to_string();
    let trouble = |why: String| {
        DeskError::new("cannot_write", format!("{file} cannot be written: {why}."))
            .hint("Name another file.")
            .field("out")
    };
    let pdf = BASE64
        .decode(printed.pdf.as_bytes())
        .map_err(|error| trouble(error.to_string()))?;
    std::fs::write(&print.out, pdf).map_err(|error| trouble(error.to_string()))?;
    let text = format!(
        "{}, {} in {file}.{}\n",
        count(printed.visits as usize, "visit", "visits"),
        count(printed.pages as usize, "page", "pages"),
        match print.private {
            true => "",
            false => " It names patients: keep it as carefully as the practice’s data.",
        }
    );
    let json = json!({ "file": file, "pages": printed.pages, "visits": printed.visits });
    Ok(Answer { json, text })
}

pub fn downtime(practice: &Practice, downtime: &Downtime) -> Outcome {
    let front = &practice.front;
    if downtime.off {
        let state = front.save_downtime(SaveDowntime {
            folder: Some(String::new()),
            ..SaveDowntime::default()
        })?;
        return Ok(Answer::new(&state, described(&state)));
    }
    let locations = downtime.locations.iter().map(|text| practice.location(text));
    let locations = locations.collect::<Result<Vec<_>, _>>()?;
    let request = SaveDowntime {
        folder: downtime.to.as_deref().map(|folder| {
            let whole = std::path::absolute(folder);
            whole.unwrap_or_else(|_| folder.to_owned()).display().to_string()
        }),
        days: downtime.days,
        locations: (!locations.is_empty()).then_some(locations),
        is_private: downtime.private,
        paper: downtime.paper.map(size),
        password: downtime.password.map(password).transpose()?,
    };
    let changes = request.folder.is_some()
        || request.days.is_some()
        || request.locations.is_some()
        || request.is_private.is_some()
        || request.paper.is_some()
        || request.password.is_some();
    if changes {
        front.save_downtime(request)?;
    }
    let state = match downtime.now {
        true => front.write_downtime_now(Nothing {}),
        false => front.downtime_state(Nothing {}),
    }?;
    Ok(Answer::new(&state, described(&state)))
}

fn password(wanted: bool) -> Result<String, DeskError> {
    if !wanted {
        return Ok(String::new());
    }
    std::env::var(PASSWORD)
        .ok()
        .filter(|password| !password.is_empty())
        .ok_or_else(|| {
            DeskError::new("password_missing", format!("{PASSWORD} is not set.")).field("password")
        })
}

fn size(paper: Paper) -> PaperSize {
    match paper {
        Paper::A4 => PaperSize::A4,
        Paper::Letter => PaperSize::Letter,
    }
}

fn described(state: &DowntimeState) -> String {
    let mut text = match &state.settings {
        None => "No downtime pack is written.\n".to_owned(),
        Some(settings) => format!(
            "Every hour to {}, while the window is open: {}{}. {}\n",
            settings.folder,
            count(settings.days as usize, "day", "days"),
            if settings.is_private {
                ", initials only"
            } else {
                ""
            },
            match settings.has_password {
                true => "The PDF opens with its password; calendar files hold initials.",
                false => "The files are not encrypted: keep the folder safe.",
            }
        ),
    };
    if let Some(last) = &state.last {
        text.push_str(&format!(
            "Last {}, in {}: {}, {}.\n",
            last.written_at,
            last.folder,
            count(last.visits as usize, "visit", "visits"),
            count(last.pages as usize, "page", "pages"),
        ));
    } else if state.settings.is_some() {
        text.push_str("None has been written yet.\n");
    }
    if let Some(trouble) = &state.trouble {
        text.push_str(&format!("{trouble}\n"));
    }
    text
}
