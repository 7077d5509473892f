//! Hours of special days, of chairs and of alternate weeks: what they let through, and against a clock that is asked minute by
//! minute.

use expect_test::{Expect, expect};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::{book_drawn, draw, outcome};
use crate::hours::Minutes;
use crate::*;

fn check_book(sheet: &str, request: &str, expected: Expect) {
    let mut drawing = draw(sheet);
    let (request, leave) = drawing.booking(request).unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    expected.assert_eq(&outcome(&mut drawing, "book", result));
}

#[test]
fn a_holiday_is_named() {
    check_book(
        "
        special Main closed # Town holiday
        Tue 3 Mar    Op1 Chen
        09:00        .
        ",
        "Osei exam Op1 9:00 30min",
        expect!["cannot book: Main is closed on Tuesday 3 Mar (Town holiday) [needs_acknowledgement]"],
    );
}

#[test]
fn a_provider_comes_later_on_one_day() {
    let sheet = "
        special Chen 10:00–12:00 13:00–15:00 # course
        Tue 3 Mar    Op1 Chen
        09:00        .
        10:00        .
    ";
    check_book(
        sheet,
        "Osei exam Op1 9:00 30min",
        expect![
            "cannot book: Chen works 10:00–12:00 and 13:00–15:00 at Main on Tue 3 Mar (course) [needs_acknowledgement]"
        ],
    );
    check_book(
        sheet,
        "Osei exam Op1 10:00 30min",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen
            10:00           Osei exam
            10:30           .
        "#]],
    );
}

#[test]
fn a_chair_has_hours_of_its_own_inside_its_locations() {
    let sheet = "
        chair Op2 9:00–12:00
        Tue 3 Mar    Op1 Chen  Op2 Chen
        09:00        .         .
        14:00        .         .
    ";
    check_book(
        sheet,
        "Osei exam Op2 14:00 30min",
        expect!["cannot book: Op2 is used 9:00–12:00 on Tue 3 Mar [needs_acknowledgement]"],
    );
    let drawing = draw(sheet);
    let table = |name| {
        drawing
            .roster
            .operatory_timetable(crate::drawing::operatory_id(name))
            .unwrap()
    };
    assert_eq!(table("Op2").open_on(drawing.date), [(540, 720)]);
    assert_eq!(table("Op1").open_on(drawing.date), [(0, 1440)]);
}

#[test]
fn an_absence_is_no_open_time() {
    let drawing = draw(
        "
        hours 8:00–17:00
        away Chen 10:00–12:00 # ill
        away Chen 16:00–24:00 # course
        block Chen 14:00–15:00 # lunch
        Tue 3 Mar    Op1 Chen
        09:00        .
        ",
    );
    let chen = crate::drawing::provider_id("Chen");
    let table = drawing.roster.provider_timetable(chen, drawing.location).unwrap();
    let zone = drawing.zones.zone(&drawing.roster.practice.zone).unwrap();
    assert_eq!(
        table.open_without(&zone, drawing.date, &drawing.time_blocks),
        [(480, 600), (720, 960)]
    );
    let next = drawing.date.tomorrow().unwrap();
    assert_eq!(
        table.open_without(&zone, next, &drawing.time_blocks),
        [(480, 1020)]
    );
}

#[test]
fn rotas_that_cannot_be_right_are_refused() {
    let drawing = draw("Tue 3 Mar  Op1 Chen");
    let provider = drawing.roster.providers.values().next().unwrap();
    let refuse = |rota: Rota| {
        let record = Provider {
            rota,
            ..provider.clone()
        };
        validate_provider(&record, &drawing.roster).unwrap_err().message
    };
    let hours = provider.schedule.hours.clone();
    let day = |date: &str, location: Option<u128>| SpecialDay {
        date: date.parse().unwrap(),
        location: location.map(LocationId),
        title: String::new(),
        open: Vec::new(),
    };
    let special = |special_days| Rota {
        special_days,
        ..Rota::default()
    };
    assert_eq!(
        refuse(Rota {
            other_weeks: vec![hours.clone()],
            ..Rota::default()
        }),
        "Alternate weeks need a day of a first week."
    );
    assert_eq!(
        refuse(Rota {
            other_weeks: vec![hours; MAX_WEEKS],
            weeks_from: Some(drawing.date),
            ..Rota::default()
        }),
        "Weeks alternate over 8 weeks at the most."
    );
    assert_eq!(
        refuse(special(vec![day("2026-12-25", None), day("2026-12-25", Some(1))])),
        "25 Dec 2026 is a special day twice."
    );
    assert_eq!(
        refuse(special(vec![day("9026-12-25", None)])),
        "The year 9026 is not plausible."
    );
    assert_eq!(
        refuse(special(vec![day("2026-12-25", Some(7))])),
        format!("There is no location “{}”.", LocationId(7))
    );
    let overlapping = SpecialDay {
        open: vec![OpenSpan::of((540, 720)), OpenSpan::of((700, 800))],
        ..day("2026-12-24", None)
    };
    assert_eq!(
        refuse(special(vec![overlapping])),
        "Hours on 24 Dec 2026 overlap."
    );
    let many = (0..=MAX_SPECIAL_DAYS as i64).map(|index| SpecialDay {
        date: drawing.date + index.days(),
        ..day("2026-12-24", None)
    });
    assert_eq!(
        refuse(special(many.collect())),
        "400 special days at the most: remove old ones."
    );
}

prop_compose! {
    fn week()(spans in prop::collection::vec((0usize..7, 1u128..3, 0u16..1380, 1u16..600), 0..8)) -> Vec<WorkingHours> {
        spans
            .into_iter()
            .map(|(weekday, location, from, length)| {
                let span = OpenSpan::of((from, (from + length).min(1440)));
                WorkingHours { location: LocationId(location), weekday: Weekday::ALL[weekday], from: span.from, until: span.until }
            })
            .collect()
    }
}

prop_compose! {
    fn rota()(
        first in week(),
        other_weeks in prop::collection::vec(week(), 0..3),
        anchor in -40i64..40,
        special in prop::collection::btree_map(0i64..21, (prop::option::of(1u128..3), prop::collection::vec((0u16..1380, 1u16..600), 0..3)), 0..4),
    ) -> (Vec<WorkingHours>, Rota) {
        let special_days = special.into_iter().map(|(day, (location, open))| SpecialDay {
            date: Date::constant(2026, 3, 2) + day.days(),
            location: location.map(LocationId),
            title: String::new(),
            open: open.into_iter().map(|(from, length)| OpenSpan::of((from, (from + length).min(1440)))).collect(),
        }).collect();
        (first, Rota { other_weeks, weeks_from: Some(Date::constant(2026, 3, 2) + anchor.days()), special_days })
    }
}

/// Whether a minute of a day is open, by going from the first week on day by day.
fn is_open(first: &[WorkingHours], rota: &Rota, date: Date, minute: u16) -> bool {
    let within = |(from, until): Minutes| from <= minute && minute < until;
    for day in &rota.special_days {
        if day.date == date && day.location.is_none_or(|location| location == LocationId(1)) {
            return day.open.iter().any(|span| within(span.minutes()));
        }
    }
    let mut week = 0;
    let mut day = rota.weeks_from.unwrap();
    let weeks = rota.other_weeks.len() + 1;
    while day != date {
        if day < date {
            day = day.tomorrow().unwrap();
            if Weekday::of(day) == Weekday::Monday {
                week = (week + 1) % weeks;
            }
        } else {
            if Weekday::of(day) == Weekday::Monday {
                week = (week + weeks - 1) % weeks;
            }
            day = day.yesterday().unwrap();
        }
    }
    let hours = if week == 0 {
        first
    } else {
        &rota.other_weeks[week - 1]
    };
    hours.iter().any(|span| {
        span.location == LocationId(1) && span.weekday == Weekday::of(date) && within(span.minutes())
    })
}

proptest! {
    #[test]
    fn a_timetable_is_what_the_clock_says_minute_by_minute((first, rota) in rota(), day in 0i64..21) {
        let mut roster = draw("Tue 3 Mar  Op1 Chen").roster;
        let id = *roster.providers.keys().next().unwrap();
        let provider = roster.providers.get_mut(&id).unwrap();
        provider.schedule.hours = first.clone();
        provider.rota = rota.clone();
        let date = Date::constant(2026, 3, 2) + day.days();
        let open = roster.provider_timetable(id, LocationId(1)).unwrap().open_on(date);
        for minute in 0..1440 {
            let found = open.iter().any(|(from, until)| *from <= minute && minute < *until);
            prop_assert_eq!(found, is_open(&first, &rota, date, minute), "{} {}", date, minute);
        }
        prop_assert!(open.windows(2).all(|pair| pair[0].1 < pair[1].0), "in order, and apart");
    }

    /// On days of 23, 24 and 25 hours a visit fits where each of its minutes does.
    #[test]
    fn a_visit_fits_where_each_of_its_minutes_is_open(
        from in 0u16..300, length in 5u16..300, start in 0i64..400, units in 1u16..30, night in 0usize..3,
    ) {
        let date: Date = ["2026-03-08", "2026-11-01", "2026-03-03"][night].parse().unwrap();
        let mut drawing = draw("type exam XXX\nTue 3 Mar  Op1 Chen");
        let span = OpenSpan::of((from, from + length));
        let day = SpecialDay { date, location: None, title: String::new(), open: vec![span] };
        for location in drawing.roster.locations.values_mut() {
            location.rota.special_days = vec![day.clone()];
        }
        let zone = drawing.zones.zone(&drawing.roster.practice.zone).unwrap();
        let (midnight, _) = crate::hours::day_bounds(&zone, date);
        let start = midnight + SignedDuration::from_mins(start / 5 * 5);
        let minute_is_open = |at: jiff::Timestamp| {
            let wall = zone.to_datetime(at).time();
            span.from <= wall && wall < span.until
        };
        let all = (0..i64::from(units) * 5).all(|minute| minute_is_open(start + SignedDuration::from_mins(minute)));
        let (mut request, _) = drawing.booking("Osei exam Op1 9:00").unwrap();
        request.pattern = Some("X".parse::<TimePattern>().unwrap().with_length(units * 5).unwrap());
        let mut placement = request.placement(&drawing.roster, &drawing.zones).unwrap();
        placement.starts_at = drawing.zones.at(start, &drawing.roster.practice.zone).unwrap();
        let violations = check_placement(&drawing.roster, &drawing.zones, &Neighbours::default(), &placement).unwrap();
        let fits = !violations.iter().any(|violation| matches!(violation, Violation::OutsideLocationHours { .. }));
        // Hours over a time that the clock shows twice hold through both passes, the hour between them too.
        let is_fold = night == 1 && from < 120 && from + length > 60;
        if is_fold { prop_assert!(fits || !all) } else { prop_assert_eq!(fits, all) }
        prop_assert_ne!(Time::midnight(), span.until);
    }
}
