//! `VTIMEZONE` written from the program's own zone data. Other libraries carry older rules, and a file
//! with yesterday's rules moves a visit by an hour (British Columbia, November 2026).

use clinic::{TimeError, ZoneName, Zones};
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// One `STANDARD` or `DAYLIGHT` part: from `onset` on, clocks show `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observance {
    /// Wall time of the change, as clocks showed it before (`from`).
    pub onset: DateTime,
    pub from: Offset,
    pub to: Offset,
    /// `EST`, `CEST`.
    pub name: String,
    pub is_daylight: bool,
    /// If it repeats every year: month and *n*th weekday, −1 for the last.
    pub yearly: Option<(i8, i8, Weekday)>,
}

/// Years after the visit for which irregular rules are written out.
const YEARS_WRITTEN_OUT: i64 = 2;
/// Years looked at to see whether rules are regular.
const YEARS_COMPARED: i64 = 6;

/// The observances that a calendar needs to understand `around` in `zone`. Where the rules are the same
/// every year they are written as rules, so that the patient can move the visit in their own calendar;
/// else each change from the one before the visit to two years after it.
pub(crate) fn observances(
    zone: &ZoneName,
    around: Timestamp,
    zones: &Zones,
) -> Result<Vec<Observance>, TimeError> {
    let tz = zones.zone(zone)?;
    let days = |count: i64| SignedDuration::from_hours(24 * count);
    let begin = around
        .saturating_sub(days(400))
        .expect("a duration without calendar units");
    let end = around
        .saturating_add(days(366 * YEARS_COMPARED))
        .expect("a duration without calendar units");
    let changes: Vec<Observance> = tz
        .following(begin)
        .take_while(|change| change.timestamp() <= end)
        .filter_map(|change| {
            observance(
                &tz,
                change.timestamp(),
                change.abbreviation(),
                change.dst().is_dst(),
            )
        })
        .collect();
    if let Some(regular) = regular(&changes, around) {
        return Ok(regular);
    }
    let last = around
        .saturating_add(days(366 * YEARS_WRITTEN_OUT))
        .expect("a duration without calendar units");
    let mut written = vec![in_force(&tz, begin)];
    written.extend(changes.into_iter().filter(|change| moment(change) <= last));
    Ok(written)
}

fn moment(change: &Observance) -> Timestamp {
    change.from.to_timestamp(change.onset).unwrap_or(Timestamp::MAX)
}

/// The change at `at`, unless clocks only changed their name.
fn observance(tz: &TimeZone, at: Timestamp, name: &str, is_daylight: bool) -> Option<Observance> {
    let from = tz.to_offset(at.checked_sub(SignedDuration::from_secs(1)).ok()?);
    let to = tz.to_offset(at);
    (from != to).then(|| Observance {
        onset: from.to_datetime(at),
        from,
        to,
        name: name.to_owned(),
        is_daylight,
        yearly: None,
    })
}

/// What clocks show at `at`, as an observance that began long before it.
fn in_force(tz: &TimeZone, at: Timestamp) -> Observance {
    let info = tz.to_offset_info(at);
    Observance {
        onset: DateTime::constant(1970, 1, 1, 0, 0, 0, 0),
        from: info.offset(),
        to: info.offset(),
        name: info.abbreviation().to_owned(),
        is_daylight: info.dst().is_dst(),
        yearly: None,
    }
}

/// The two yearly rules behind the changes, if there are exactly two and both hold every year.
fn regular(changes: &[Observance], around: Timestamp) -> Option<Vec<Observance>> {
    let (forward, back): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.to > change.from);
    let mut rules = vec![yearly(&forward, around)?, yearly(&back, around)?];
    rules[0].is_daylight = true;
    rules[1].is_daylight = false;
    rules.sort_by_key(|rule| rule.onset);
    Some(rules)
}

fn yearly(changes: &[&Observance], around: Timestamp) -> Option<Observance> {
    let first = *changes.first()?;
    let holds = changes.len() >= YEARS_COMPARED as usize
        && moment(first) <= around
        && changes
            .windows(2)
            .all(|pair| pair[1].onset.year() == pair[0].onset.year() + 1)
        && changes.iter().all(|change| {
            (change.from, change.to, &change.name) == (first.from, first.to, &first.name)
                && (change.onset.month(), change.onset.weekday(), change.onset.time())
                    == (first.onset.month(), first.onset.weekday(), first.onset.time())
        });
    let nth = |change: &Observance| (change.onset.day() - 1) / 7 + 1;
    let is_last = |change: &Observance| change.onset.day() + 7 > change.onset.date().days_in_month();
    let nth = if changes.iter().all(|change| nth(change) == nth(first)) {
        nth(first)
    } else if changes.iter().all(|change| is_last(change)) {
        -1
    } else {
        return None;
    };
    holds.then(|| Observance {
        yearly: Some((first.onset.month(), nth, first.onset.weekday())),
        ..first.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(zone: &str, around: &str, expected: Expect) {
        let around: Timestamp = around.parse().unwrap();
        let lines: Vec<String> = observances(&ZoneName::new(zone), around, &Zones::bundled())
            .unwrap()
            .into_iter()
            .map(|part| {
                let kind = if part.is_daylight { "daylight" } else { "standard" };
                let rule = part
                    .yearly
                    .map_or(String::new(), |rule| format!(" yearly {rule:?}"));
                format!(
                    "{} {} -> {} {} {kind}{rule}",
                    part.onset, part.from, part.to, part.name
                )
            })
            .collect();
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn rules_that_hold_every_year_are_written_as_rules() {
        check(
            "America/New_York",
            "2026-03-03T14:00:00Z",
            expect![[r#"
            2025-03-09T02:00:00 -05 -> -04 EDT daylight yearly (3, 2, Sunday)
            2025-11-02T02:00:00 -04 -> -05 EST standard yearly (11, 1, Sunday)"#]],
        );
        check(
            "Europe/Berlin",
            "2026-07-03T14:00:00Z",
            expect![[r#"
            2025-10-26T03:00:00 +02 -> +01 CET standard yearly (10, -1, Sunday)
            2026-03-29T02:00:00 +01 -> +02 CEST daylight yearly (3, -1, Sunday)"#]],
        );
        check(
            "Australia/Sydney",
            "2026-07-03T14:00:00Z",
            expect![[r#"
            2025-10-05T02:00:00 +10 -> +11 AEDT daylight yearly (10, 1, Sunday)
            2026-04-05T03:00:00 +11 -> +10 AEST standard yearly (4, 1, Sunday)"#]],
        );
        check(
            "Europe/Dublin",
            "2026-07-03T14:00:00Z",
            expect![[r#"
            2025-10-26T02:00:00 +01 -> +00 GMT standard yearly (10, -1, Sunday)
            2026-03-29T01:00:00 +00 -> +01 IST daylight yearly (3, -1, Sunday)"#]],
        );
    }

    #[test]
    fn british_columbia_keeps_its_summer_time_from_2026() {
        check(
            "America/Vancouver",
            "2026-12-01T17:00:00Z",
            expect![[r#"
            1970-01-01T00:00:00 -07 -> -07 PDT daylight
            2025-11-02T02:00:00 -07 -> -08 PST standard
            2026-03-08T02:00:00 -08 -> -07 PDT daylight"#]],
        );
    }

    #[test]
    fn irregular_rules_are_written_out() {
        check(
            "Africa/Casablanca",
            "2026-03-03T14:00:00Z",
            expect![[r#"
            1970-01-01T00:00:00 +01 -> +01 +01 daylight
            2025-02-23T03:00:00 +01 -> +00 +00 standard
            2025-04-06T02:00:00 +00 -> +01 +01 daylight
            2026-02-15T03:00:00 +01 -> +00 +00 standard
            2026-03-22T02:00:00 +00 -> +01 +01 daylight
            2026-09-20T02:00:00 +01 -> +00 +00 standard"#]],
        );
    }

    #[test]
    fn a_zone_that_never_changes_has_one_part() {
        check(
            "America/Phoenix",
            "2026-03-03T14:00:00Z",
            expect!["1970-01-01T00:00:00 -07 -> -07 MST standard"],
        );
        check(
            "Asia/Kolkata",
            "2026-03-03T14:00:00Z",
            expect!["1970-01-01T00:00:00 +05:30 -> +05:30 IST standard"],
        );
    }
}
