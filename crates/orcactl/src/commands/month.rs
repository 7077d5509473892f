//! How full the days of a month are.

use desk::api::{DayDensity, Handlers as _, MonthRequest, ViewBy};

use crate::answer::{Answer, Outcome, columns, count};
use crate::args::month::{Month, Parts};
use crate::names::Practice;

pub fn month(practice: &Practice, wanted: &Month) -> Outcome {
    let location = practice.location_or_first(wanted.location.as_deref())?;
    let date = practice.date(&wanted.date, Some(location), "date")?;
    let density = practice.front.month_density(MonthRequest {
        location,
        from: date.first_of_month().to_string(),
        until: date.last_of_month().to_string(),
        by: wanted.by.map(|by| match by {
            Parts::Operatory => ViewBy::Operatory,
            Parts::Provider => ViewBy::Provider,
        }),
    })?;
    let rows: Vec<Vec<String>> = density
        .days
        .iter()
        .flat_map(|day| day_rows(practice, day))
        .collect();
    let title = format!("{}, {}", practice.location_name(location), date.strftime("%B %Y"));
    Ok(Answer::new(&density, format!("{title}\n{}", columns(&rows))))
}

/// The day, then its parts by name.
fn day_rows(practice: &Practice, day: &DayDensity) -> Vec<Vec<String>> {
    let mut rows = vec![vec![
        day.date.clone(),
        visits(day.visits),
        full(day.booked_minutes, day.capacity_minutes),
        if day.has_conflict { "needs attention" } else { "" }.to_owned(),
    ]];
    let mut parts: Vec<Vec<String>> = day
        .parts
        .iter()
        .map(|part| {
            vec![
                format!("  {}", part_name(practice, &part.id)),
                visits(part.visits),
                full(part.booked_minutes, part.capacity_minutes),
                String::new(),
            ]
        })
        .collect();
    parts.sort();
    rows.append(&mut parts);
    rows
}

fn visits(number: u32) -> String {
    count(number as usize, "visit", "visits")
}

/// `52 %`, or `closed`; what is booked although it is closed is told in minutes.
fn full(booked: u32, capacity: u32) -> String {
    match (booked, capacity) {
        (0, 0) => "closed".to_owned(),
        (booked, 0) => format!("closed, {booked} min booked"),
        (booked, capacity) => format!("{} %", booked * 100 / capacity),
    }
}

fn part_name(practice: &Practice, id: &str) -> String {
    let roster = &practice.hello.roster;
    let operatory = roster.operatories.iter().find(|one| one.id.to_string() == id);
    let provider = roster.providers.iter().find(|one| one.id.to_string() == id);
    operatory
        .map(|one| one.name.clone())
        .or_else(|| provider.map(|one| one.name.clone()))
        .unwrap_or_else(|| id.to_owned())
}
