//! P2: the day sheet, the week and the month, as the desk answers them.

use anyhow::Result;
use clinic::LocationId;
use desk::api::{DaySheetRequest, Handlers, MonthRequest, ViewBy};
use desk::{FrontDesk, Purpose};
use jiff::civil::Date;

use super::practice::{self, Practice};
use super::report::Figure;
use super::stats::Samples;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let copy = practice.copy()?;
    let front = copy.open(Purpose::Window)?;
    let roster = practice::hello(&front)?.roster;
    let locations: Vec<LocationId> = roster.locations.iter().map(|location| location.id).collect();
    let chairs = roster.operatories.len();
    // Weekdays around today: 12 weeks back to 6 ahead.
    let weeks = practice.scale.of(18, 3) as i64;
    let first = -7 * (weeks * 2 / 3);
    let days: Vec<Date> = (0..7 * weeks)
        .map(|day| practice::day(first + day))
        .filter(|date| date.weekday().to_monday_one_offset() <= 5)
        .collect();

    let mut fresh = Samples::default();
    let mut again = Samples::default();
    let mut visits = Vec::new();
    for times in [&mut fresh, &mut again] {
        visits.clear();
        for date in &days {
            visits.push(times.time(|| day(&front, &locations, *date))?);
        }
    }
    visits.sort_unstable();
    let typical = visits[visits.len() / 2];

    let mut week = Samples::default();
    let mut in_week = Vec::new();
    for start in 0..practice.scale.of(40, 6) as i64 {
        let monday = practice::day(first + start % weeks * 7 - 1);
        in_week.push(week.time(|| {
            (0..7)
                .map(|day_of_week| {
                    day(
                        &front,
                        &locations,
                        monday.saturating_add(jiff::Span::new().days(day_of_week)),
                    )
                })
                .sum::<Result<usize>>()
        })?);
    }
    in_week.sort_unstable();

    let mut month = Samples::default();
    for start in 0..practice.scale.of(40, 6) as i64 {
        month.time(|| density(&front, &locations, practice::day(first + start * 3)))?;
    }
    front.close();

    let (places, p99) = (locations.len(), |times: &Samples| times.p99());
    Ok(vec![
        Figure::new("P2", format!("day sheet, {chairs} operatories ({places} places, {typical} visits), first look, p50 (p99 {:.2} ms)", p99(&fresh)), fresh.median(), "ms").at_most(2.0),
        Figure::new("P2", format!("the same day again, p50 (p99 {:.2} ms)", p99(&again)), again.median(), "ms").at_most(2.0),
        Figure::new("P2", format!("week of {} providers (7 days, {} visits), p50 (p99 {:.2} ms)", roster.providers.len(), in_week[in_week.len() / 2], p99(&week)), week.median(), "ms").at_most(5.0),
        Figure::new("P2", format!("density of 31 days, {places} places, p50 (p99 {:.2} ms)", p99(&month)), month.median(), "ms").at_most(10.0),
    ])
}

/// One day everywhere; how many visits it has.
pub(super) fn day(front: &FrontDesk, locations: &[LocationId], date: Date) -> Result<usize> {
    let mut visits = 0;
    for location in locations {
        visits += front
            .day_sheet(DaySheetRequest {
                location: *location,
                date: date.to_string(),
            })?
            .appointments
            .len();
    }
    Ok(visits)
}

pub(super) fn density(front: &FrontDesk, locations: &[LocationId], from: Date) -> Result<u32> {
    let until = from.saturating_add(jiff::Span::new().days(30));
    let mut visits = 0;
    for location in locations {
        let request = MonthRequest {
            location: *location,
            from: from.to_string(),
            until: until.to_string(),
            by: Some(ViewBy::Operatory),
        };
        visits += front
            .month_density(request)?
            .days
            .iter()
            .map(|day| day.visits)
            .sum::<u32>();
    }
    Ok(visits)
}
