//! Series of visits: planned, booked in one step, changed and called off together.

use clinic::{LocationId, Status};
use desk::DeskError;
use desk::api::{
    AppointmentRef, CancelSeries, ChangeSeries, Handlers as _, SeriesChanged, SeriesFields, SeriesPick,
    SeriesPlan, SeriesState, SeriesVisitPick, WayThrough,
};
use serde_json::json;

use super::absences::{recurrence, scope_of};
use super::visits::{kinds, leave, second};
use crate::answer::{Answer, Outcome, columns};
use crate::args::{ChangeSeriesArgs, Series, SeriesArgs};
use crate::names::{Practice, appointment_id};

pub fn run(practice: &Practice, command: Series) -> Outcome {
    match command {
        Series::Plan(given) => {
            let plan = practice.front.plan_series(fields(practice, *given)?)?;
            Ok(Answer::new(&plan, plan_text(practice, &plan)))
        }
        Series::Book(given) => {
            let booked = practice
                .front
                .book_series(fields(practice, *given)?)
                .map_err(with_way)?;
            let mut text = format!("Booked {}.\n", visits(booked.appointments.len()));
            for warning in &booked.warnings {
                text.push_str(&format!("  although: {}\n", warning.message));
            }
            let ids: Vec<Vec<String>> = booked
                .appointments
                .iter()
                .map(|id| vec![id.to_string()])
                .collect();
            text.push_str(&columns(&ids));
            Ok(Answer::new(&booked, text))
        }
        Series::Show { id } => show(practice, &id),
        Series::Change(given) => change(practice, *given),
        Series::Cancel { id, scope, reason } => {
            let changed = practice.front.cancel_series(CancelSeries {
                id: appointment_id(&id)?,
                scope: scope_of(scope),
                reason,
            })?;
            Ok(told("Cancelled", &changed))
        }
        Series::Ics { id } => {
            let file = practice.front.series_ics(AppointmentRef {
                id: appointment_id(&id)?,
            })?;
            // The file itself, so that it can be sent to where it belongs.
            let text = file.text.clone();
            Ok(Answer::new(&file, text))
        }
    }
}

fn show(practice: &Practice, id: &str) -> Outcome {
    let found = practice.front.visit_series(AppointmentRef {
        id: appointment_id(id)?,
    })?;
    let Some(series) = found else {
        return Ok(Answer {
            json: json!(null),
            text: "This visit stands for itself.\n".to_owned(),
        });
    };
    let rows: Vec<Vec<String>> = series
        .visits
        .iter()
        .map(|visit| {
            vec![
                visit.at.replace('T', " "),
                practice
                    .operatory_view(visit.operatory)
                    .map_or_else(String::new, |chair| chair.name.clone()),
                practice.provider_name(visit.provider).to_owned(),
                visit.status.words().to_owned(),
                if visit.is_exception { "moved by hand" } else { "" }.to_owned(),
                visit.id.to_string(),
            ]
        })
        .collect();
    Ok(Answer::new(
        &series,
        format!("{}\n{}", series.rule, columns(&rows)),
    ))
}

fn change(practice: &Practice, given: ChangeSeriesArgs) -> Outcome {
    let id = appointment_id(&given.id)?;
    let place = practice.front.appointment(AppointmentRef { id })?.card.location;
    let mut picks: Vec<SeriesVisitPick> = Vec::new();
    for text in &given.pick {
        let (visit, at) = text
            .split_once('=')
            .ok_or_else(|| unreadable(text, "ID=2026-04-15T10:00"))?;
        picks.push(SeriesVisitPick {
            id: appointment_id(visit)?,
            at: Some(practice.wall(at, Some(place), "picks")?),
            later_of_two: false,
            operatory: None,
            provider: None,
            second_provider: None,
        });
    }
    for visit in &given.stay {
        picks.push(SeriesVisitPick {
            id: appointment_id(visit)?,
            at: None,
            later_of_two: false,
            operatory: None,
            provider: None,
            second_provider: None,
        });
    }
    let status = match &given.status {
        None => None,
        Some(text) => Some(Status::from_code(text).ok_or_else(|| {
            DeskError::new("bad_status", format!("“{text}” is not a status."))
                .hint("Several visits at once can be scheduled or confirmed.")
                .field("status")
        })?),
    };
    let (second_provider, no_second_provider) = second(practice, given.second.as_deref())?;
    let request = ChangeSeries {
        id,
        scope: scope_of(given.scope),
        at: given
            .at
            .as_deref()
            .map(|text| practice.wall(text, Some(place), "at"))
            .transpose()?,
        operatory: given
            .operatory
            .as_deref()
            .map(|text| {
                practice
                    .operatory(text, Some(place))
                    .or_else(|_| practice.operatory(text, None))
            })
            .transpose()?,
        provider: given
            .provider
            .as_deref()
            .map(|text| practice.provider(text))
            .transpose()?,
        appointment_type: given
            .kind
            .as_deref()
            .map(|text| practice.kind(text))
            .transpose()?,
        second_provider,
        no_second_provider,
        status,
        picks,
        leave: leave(given.leave),
    };
    if given.plan {
        let plan = practice.front.plan_series_change(request)?;
        return Ok(Answer::new(&plan, plan_text(practice, &plan)));
    }
    let changed = practice.front.change_series(request).map_err(with_way)?;
    Ok(told("Changed", &changed))
}

fn fields(practice: &Practice, given: SeriesArgs) -> Result<SeriesFields, DeskError> {
    let first = given.first;
    if first.check {
        return Err(
            DeskError::new("bad_request", "--check does not go with a series.")
                .hint("orcactl series plan says what stands in the way of each date.")
                .field("check"),
        );
    }
    let location = first
        .location
        .as_deref()
        .map(|text| practice.location(text))
        .transpose()?;
    let operatory = practice.operatory(&first.operatory, location)?;
    let place = practice
        .operatory_view(operatory)
        .map(|chair| chair.location)
        .ok_or_else(|| DeskError::new("unknown_operatory", "There is no such operatory."))?;
    let mut picks = Vec::new();
    for text in &given.pick {
        picks.push(pick(practice, place, text)?);
    }
    for text in &given.leave_out {
        picks.push(SeriesPick {
            date: practice.date(text, Some(place), "leave_out")?.to_string(),
            at: None,
            later_of_two: false,
            operatory: None,
            provider: None,
            second_provider: None,
        });
    }
    Ok(SeriesFields {
        second_provider: first
            .second
            .as_deref()
            .map(|text| practice.provider(text))
            .transpose()?,
        patient: practice.patient(&first.patient)?,
        appointment_type: practice.kind(&first.kind)?,
        also: kinds(practice, &first.also)?,
        at: practice.wall(&first.at, Some(place), "at")?,
        later_of_two: first.later_of_two,
        operatory,
        provider: practice.provider(&first.provider)?,
        pattern: first.pattern,
        recurrence: recurrence(practice, place, &given.repeat)?,
        passes_over_closed: given.pass_closed,
        note: first.note,
        is_asap: first.asap,
        arrive_early_minutes: first.come_early,
        picks,
        leave: leave(first.leave),
    })
}

/// `2026-04-14=2026-04-15T10:00/Op 2/Chen`.
fn pick(practice: &Practice, place: LocationId, text: &str) -> Result<SeriesPick, DeskError> {
    let (date, spot) = text
        .split_once('=')
        .ok_or_else(|| unreadable(text, "2026-04-14=2026-04-15T10:00"))?;
    let mut parts = spot.split('/').map(str::trim);
    Ok(SeriesPick {
        date: practice.date(date, Some(place), "pick")?.to_string(),
        at: Some(practice.wall(parts.next().unwrap_or_default(), Some(place), "pick")?),
        later_of_two: false,
        operatory: parts
            .next()
            .map(|text| practice.operatory(text, Some(place)))
            .transpose()?,
        provider: parts.next().map(|text| practice.provider(text)).transpose()?,
        second_provider: None,
    })
}

fn unreadable(text: &str, example: &str) -> DeskError {
    DeskError::new("bad_request", format!("“{text}” cannot be read."))
        .hint(format!("Write it like {example}."))
        .field("pick")
}

fn with_way(error: DeskError) -> DeskError {
    let ways = match error.way_through {
        Some(WayThrough::Acknowledge) => " Or add --yes to do it anyway.",
        Some(WayThrough::Override) => " Or add --override REASON to do it anyway.",
        None => return error,
    };
    let hint = format!("{}{ways}", error.hint);
    error.hint(hint)
}

fn plan_text(practice: &Practice, plan: &SeriesPlan) -> String {
    let mut rows = Vec::new();
    for date in &plan.dates {
        let state = match date.state {
            SeriesState::Fits => "fits",
            SeriesState::Warned => "warns",
            SeriesState::Refused => "does not fit",
            SeriesState::Closed => "closed",
            SeriesState::NoSuchTime => "no such time",
        };
        rows.push(vec![
            date.at.replace('T', " "),
            state.to_owned(),
            date.words.clone(),
        ]);
        for opening in &date.openings {
            let chair = practice
                .operatory_view(opening.operatory)
                .map_or("", |chair| &chair.name);
            let why = opening.reasons.first().map_or("", String::as_str);
            rows.push(vec![
                format!("  {}", opening.at.replace('T', " ")),
                "free".to_owned(),
                format!("{chair}, {} ({why})", practice.provider_name(opening.provider)),
            ]);
        }
    }
    let mut text = columns(&rows);
    if !plan.rule.is_empty() {
        text.insert_str(0, &format!("{}\n", plan.rule));
    }
    for day in &plan.passed_over {
        text.push_str(&format!("Passed over {}: {}\n", day.date, day.why));
    }
    text
}

fn told(verb: &str, changed: &SeriesChanged) -> Answer {
    let mut text = format!("{verb} {}.\n", visits(changed.count as usize));
    for day in &changed.left_out {
        text.push_str(&format!("Not {}: {}\n", day.date, day.why));
    }
    for warning in &changed.warnings {
        text.push_str(&format!("  although: {}\n", warning.message));
    }
    Answer::new(changed, text)
}

fn visits(count: usize) -> String {
    match count {
        1 => "1 visit".to_owned(),
        more => format!("{more} visits"),
    }
}
