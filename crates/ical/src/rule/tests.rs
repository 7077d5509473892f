//! Rules as calendars have them, and those that are refused.

use super::*;
use crate::read::lines::Property;
use expect_test::{Expect, expect};

fn rule(text: &str, start: DateTime) -> Result<Rule, String> {
    Property::from_line(1, &format!("RRULE:{text}"))
        .unwrap()
        .rule(start)
}

fn days(text: &str, start: &str, from: &str, to: &str) -> String {
    let start: DateTime = start.parse().unwrap();
    let rule = rule(text, start).unwrap();
    let until = rule.until.as_ref().map(|until| match until {
        Moment::Day(day) => day.at(23, 59, 59, 0),
        Moment::Wall(wall) => *wall,
        Moment::Instant(instant) => jiff::tz::Offset::UTC.to_datetime(*instant),
    });
    let found = rule
        .wall_times(
            start,
            until,
            from.parse().unwrap(),
            to.parse().unwrap(),
            &mut Budget(10_000_000),
        )
        .unwrap();
    found
        .iter()
        .map(|wall| wall.date().to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

fn check(text: &str, start: &str, expected: Expect) {
    expected.assert_eq(&days(text, start, "1990-01-01", "2027-12-31"));
}

#[test]
fn the_rules_people_use() {
    check(
        "FREQ=DAILY;INTERVAL=2;COUNT=4",
        "2026-02-26T09:00",
        expect!["2026-02-26 2026-02-28 2026-03-02 2026-03-04"],
    );
    check(
        "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20260312T090000Z",
        "2026-03-03T09:00",
        expect!["2026-03-03 2026-03-05 2026-03-10 2026-03-12"],
    );
    check(
        "FREQ=WEEKLY;UNTIL=20260317",
        "2026-03-03T09:00",
        expect!["2026-03-03 2026-03-10 2026-03-17"],
    );
    check(
        "FREQ=MONTHLY;BYDAY=2TU;COUNT=3",
        "2026-03-10T09:00",
        expect!["2026-03-10 2026-04-14 2026-05-12"],
    );
    check(
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3",
        "2026-03-27T09:00",
        expect!["2026-03-27 2026-04-24 2026-05-29"],
    );
    check(
        "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3",
        "2026-01-31T09:00",
        expect!["2026-01-31 2026-02-28 2026-03-31"],
    );
    check("FREQ=YEARLY;COUNT=3", "2024-02-29T09:00", expect!["2024-02-29"]);
    check(
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2",
        "2026-11-26T09:00",
        expect!["2026-11-26 2027-11-25"],
    );
}

#[test]
fn rare_parts_and_their_traps() {
    // A month without a 31st has no occurrence; it is not moved to the 30th.
    check(
        "FREQ=MONTHLY;COUNT=3",
        "2026-01-31T09:00",
        expect!["2026-01-31 2026-03-31 2026-05-31"],
    );
    // Last working day of the month.
    check(
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3",
        "2026-01-30T09:00",
        expect!["2026-01-30 2026-02-27 2026-03-31"],
    );
    // Where the week begins matters in every second week.
    check(
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "1997-08-05T09:00",
        expect!["1997-08-05 1997-08-10 1997-08-19 1997-08-24"],
    );
    check(
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "1997-08-05T09:00",
        expect!["1997-08-05 1997-08-17 1997-08-19 1997-08-31"],
    );
    check(
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3",
        "2026-02-13T09:00",
        expect!["2026-02-13 2026-03-13 2026-11-13"],
    );
    check(
        "FREQ=YEARLY;BYDAY=20MO;COUNT=2",
        "2026-05-18T09:00",
        expect!["2026-05-18 2027-05-17"],
    );
    check(
        "FREQ=DAILY;BYMONTH=1;BYDAY=MO;COUNT=3",
        "2026-01-05T09:00",
        expect!["2026-01-05 2026-01-12 2026-01-19"],
    );
}

#[test]
fn the_first_day_counts_even_if_the_rule_does_not_name_it() {
    check(
        "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        "2026-03-02T09:00",
        expect!["2026-03-02 2026-03-03 2026-03-10"],
    );
}

#[test]
fn an_old_rule_is_entered_at_the_window_and_does_not_step_through_the_years() {
    let start = "1995-01-03T09:00".parse().unwrap();
    let rule = rule("FREQ=DAILY", start).unwrap();
    let mut budget = Budget(100);
    let found = rule
        .wall_times(
            start,
            None,
            "2026-03-01".parse().unwrap(),
            "2026-03-05".parse().unwrap(),
            &mut budget,
        )
        .unwrap();
    assert_eq!(found.len(), 5);
    for (text, expected) in [
        ("FREQ=WEEKLY;INTERVAL=3", "2026-03-03 2026-03-24"),
        ("FREQ=MONTHLY;INTERVAL=5", "2026-03-03"),
        ("FREQ=YEARLY;INTERVAL=31;BYMONTH=3", "2026-03-03"),
    ] {
        let all = days(text, "1995-01-03T09:00", "1995-01-01", "2026-03-31");
        let entered = days(text, "1995-01-03T09:00", "2026-03-01", "2026-03-31");
        assert!(
            all.ends_with(&entered),
            "{text}: {entered} is not the end of {all}"
        );
        assert_eq!(entered.is_empty(), !all.contains("2026-03"), "{text} {expected}");
    }
}

#[test]
fn a_rule_that_is_not_understood_is_refused_with_the_part_that_is_not() {
    let start = "2026-03-03T09:00".parse().unwrap();
    for (text, part) in [
        ("FREQ=HOURLY", "FREQ=HOURLY"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO"),
        ("FREQ=DAILY;BYHOUR=9,14", "BYHOUR, BYMINUTE or BYSECOND"),
        ("FREQ=DAILY;INTERVAL=65537", "INTERVAL"),
        ("FREQ=MONTHLY;BYMONTHDAY=257", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=DAILY;X-EVERY=OTHER", "X-EVERY"),
        (
            "FREQ=WEEKLY;BYDAY=2TU",
            "a numbered BYDAY that does not repeat by month or year",
        ),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH"),
    ] {
        assert_eq!(rule(text, start), Err(part.to_owned()), "{text}");
    }
    assert!(rule("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", start).is_ok());
    assert!(rule("freq=weekly;interval=01;byday=+1TU", start).is_err());
    assert!(rule("freq=weekly;interval=01;byday=TU", start).is_ok());
}

#[test]
fn a_rule_without_end_that_never_comes_true_stops() {
    let start = "1970-02-28T09:00".parse().unwrap();
    let rule = rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", start).unwrap();
    let all = rule.wall_times(
        start,
        None,
        "1970-01-01".parse().unwrap(),
        "9000-01-01".parse().unwrap(),
        &mut Budget(1000),
    );
    assert_eq!(all, Err(OutOfBudget));
}
