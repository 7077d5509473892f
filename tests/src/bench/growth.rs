//! P11: how the other figures grow with the number of visits. All practices have the same places, people and weeks ahead; older ones
//! have a longer past and more patients.

use anyhow::{Context, Result, ensure};
use clinic::LocationId;
use desk::Purpose;
use desk::api::{FindPatients, Handlers, ListPatients, MoveAppointment, OpeningsRequest};
use jiff::civil::Date;

use super::Scale;
use super::practice::{self, Practice, TODAY, hello};
use super::reading::{day, density};
use super::report::Figure;
use super::searching::kinds;
use super::stats::Samples;
use super::writing::{Work, with_warnings};

/// The full practice has as many; its past is not as even, and its patients are as many.
const FULL: u32 = 250_000;

/// What is measured of each practice, in the order of the table; milliseconds.
const WHAT: [&str; 9] = [
    "book a visit, all durable, p50",
    "move a visit, all durable, p50",
    "cancel a visit, all durable, p50",
    "day sheet everywhere, first look, p50",
    "day sheet everywhere, again, p50",
    "week of 7 days everywhere, p50",
    "density of 31 days everywhere, p50",
    "openings, the best 10 in 90 days, p50",
    "search as you type, p99",
];

pub fn measure(full: &Practice, is_long: bool) -> Result<Vec<Figure>> {
    let sizes: &[u32] = match (full.scale, is_long) {
        (Scale::Small, _) => &[],
        (_, false) => &[10_000, 50_000, FULL],
        (_, true) => &[10_000, 50_000, FULL, 1_000_000],
    };
    if sizes.is_empty() {
        let why = "growth is that of the full practice";
        return Ok(vec![Figure::missing("P11", "growth", "×", why)]);
    }
    let mut columns = Vec::new();
    for visits in sizes {
        eprintln!("measuring P11 at {visits} visits");
        columns.push(if *visits == FULL && full.scale == Scale::Full {
            of(full)?
        } else {
            of(&Practice::ready(full.cache(), Scale::Grown(*visits))?)?
        });
    }
    Ok(rows(sizes, &columns))
}

/// One figure for each thing measured: how many times slower the largest practice is than the smallest. Logarithmic growth is
/// allowed, which between 10,000 and 250,000 is 1.35 times.
fn rows(sizes: &[u32], columns: &[[f64; WHAT.len()]]) -> Vec<Figure> {
    let log = |at: Option<&u32>| at.map_or(f64::NAN, |visits| f64::from(*visits).ln());
    let most = (log(sizes.last()) / log(sizes.first()) * 100.0).round() / 100.0;
    WHAT.iter()
        .enumerate()
        .map(|(row, what)| {
            let times: Vec<String> = sizes
                .iter()
                .zip(columns)
                .map(|(visits, column)| format!("{} k {:.2}", visits / 1_000, column[row]))
                .collect();
            let first = columns.first().map_or(f64::NAN, |column| column[row]);
            let last = columns.last().map_or(f64::NAN, |column| column[row]);
            let what = format!("{what}, ms at so many visits: {}", times.join(" · "));
            Figure::new("P11", what, last / first, "×").at_most(most)
        })
        .collect()
}

fn of(practice: &Practice) -> Result<[f64; WHAT.len()]> {
    let copy = practice.copy()?;
    let front = copy.open(Purpose::Window)?;
    let roster = hello(&front)?.roster;
    let locations: Vec<LocationId> = roster.locations.iter().map(|location| location.id).collect();

    // Reading comes first: nothing has been looked at yet.
    let days: Vec<Date> = (1..57)
        .map(practice::day)
        .filter(|date| date.weekday().to_monday_one_offset() <= 5)
        .collect();
    let (mut fresh, mut again) = (Samples::default(), Samples::default());
    for times in [&mut fresh, &mut again] {
        for date in &days {
            let visits = times.time(|| day(&front, &locations, *date))?;
            ensure!(visits > 0, "nothing is booked on {date}");
        }
    }
    let (mut week, mut month) = (Samples::default(), Samples::default());
    for round in 0..24 {
        week.time(|| {
            (0..7)
                .map(|after| day(&front, &locations, practice::day(round % 8 * 7 + after)))
                .sum::<Result<usize>>()
        })?;
        month.time(|| density(&front, &locations, practice::day(round)))?;
    }

    let kind = roster
        .appointment_types
        .iter()
        .filter(|kind| kind.is_active)
        .max_by_key(|kind| (kind.length_minutes, kind.id))
        .context("a kind of visit")?;
    let request = OpeningsRequest {
        second_provider: None,
        appointment_type: kind.id,
        location: None,
        provider: None,
        operatory: None,
        patient: None,
        from: Some(TODAY.to_string()),
        days: Some(90),
        after: None,
        before: None,
        weekdays: Vec::new(),
        pattern: None,
        limit: Some(10),
        also: Vec::new(),
    };
    let mut openings = Samples::default();
    for round in 0..42 {
        let mut times = Samples::default();
        times.time(|| front.openings(request.clone()))?;
        // The first reads the calendar.
        if round > 0 {
            openings.extend(times.list());
        }
    }

    let patients = front.list_patients(ListPatients {
        after: None,
        limit: Some(1_000),
    })?;
    let mut search = Samples::default();
    for (_, texts) in kinds() {
        for patient in patients.patients.iter().step_by(10) {
            for text in texts(patient) {
                search.time(|| front.find_patients(FindPatients { text, limit: None }))?;
            }
        }
    }

    let work = Work::of(&front)?;
    let (mut book, mut moved, mut cancel) = (Samples::default(), Samples::default(), Samples::default());
    for round in 0..150 {
        let (first, second) = (work.opening(&front, round, 0)?, work.opening(&front, round, 9)?);
        let id = book.time(|| work.book(&front, round, &first))?;
        moved.time(|| {
            front.move_appointment(MoveAppointment {
                second_provider: None,
                no_second_provider: false,
                id,
                at: Some(second.at.clone()),
                later_of_two: false,
                operatory: Some(second.operatory),
                provider: Some(second.provider),
                leave: with_warnings(),
            })
        })?;
        cancel.time(|| work.cancel(&front, id))?;
    }
    front.close();
    Ok([
        book.median(),
        moved.median(),
        cancel.median(),
        fresh.median(),
        again.median(),
        week.median(),
        month.median(),
        openings.median(),
        search.p99(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_the_largest_over_the_smallest_and_may_be_a_logarithm() {
        let (small, large) = ([2.0; WHAT.len()], [2.6; WHAT.len()]);
        let figures = rows(&[10_000, 250_000], &[small, large]);
        assert_eq!(figures.len(), WHAT.len());
        assert_eq!(figures[0].goal.as_deref(), Some("≤ 1.35 ×"));
        assert_eq!(figures[0].met, Some(true));
        assert!(
            figures[0].what.ends_with("10 k 2.00 · 250 k 2.60"),
            "{}",
            figures[0].what
        );
        let figures = rows(&[10_000, 250_000], &[small, [5.0; WHAT.len()]]);
        assert_eq!(figures[8].met, Some(false));
    }
}
