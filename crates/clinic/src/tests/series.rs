//! Series of visits: what a rule comes to, date by date; booked, changed from one on, called off.

use std::collections::BTreeMap;
use std::fmt::Write;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{apply, draw};
use crate::drawing::Drawing;
use crate::openings::BusyCalendar;
use crate::*;

/// Tuesday; open on all days, Dr Chen works on all of them.
const SHEET: &str = "
    hours 8:00–17:00
    type exam XXX
    type bonding XX//XX
    Tue 3 Mar    Op1 Chen      Op2 Amara
    08:00        .             .
    09:00        .             Osei exam
    09:30        .             .
";

fn request(drawing: &mut Drawing, text: &str, recurrence: Recurrence) -> SeriesRequest {
    let (booking, _) = drawing.booking(text).unwrap();
    SeriesRequest {
        second_provider: None,
        series: AppointmentSeriesId(7),
        patient: booking.patient,
        appointment_type: booking.appointment_type,
        also: booking.also,
        operatory: booking.operatory,
        provider: booking.provider,
        wall: booking.wall,
        fold_later: booking.fold_later,
        recurrence,
        passes_over_closed: false,
        pattern: None,
        note: String::new(),
        is_asap: booking.is_asap,
        arrive_early_minutes: booking.arrive_early_minutes,
        picks: BTreeMap::new(),
    }
}

fn every(repeat: Repeat, times: u32) -> Recurrence {
    Recurrence {
        repeat,
        ends: Ends::Count(times),
        except: Vec::new(),
    }
}

fn weeks(every_weeks: u16, times: u32) -> Recurrence {
    let repeat = Repeat::Weekly {
        every: every_weeks,
        weekdays: Vec::new(),
    };
    every(repeat, times)
}

fn slots(drawing: &Drawing, wanted: &SeriesRequest) -> Result<SeriesSlots, CannotBook> {
    series_slots(&drawing.roster, &drawing.zones, wanted, &drawing.time_blocks)
}

fn around<'p>(
    drawing: &Drawing,
    places: impl Iterator<Item = &'p Result<Placement, TimeError>>,
) -> Vec<Neighbours> {
    places
        .map(|place| match place {
            Ok(place) => super::near(drawing, place).unwrap(),
            Err(_) => Neighbours::default(),
        })
        .collect()
}

fn busy(drawing: &Drawing) -> BusyCalendar {
    let mut busy = BusyCalendar::default();
    for visit in drawing.appointments.iter().filter(|visit| visit.takes_time()) {
        busy.add_appointment(visit);
    }
    drawing
        .time_blocks
        .iter()
        .for_each(|block| busy.add_time_block(block));
    busy
}

/// Each date as the preview shows it, with the two nearest openings of what does not fit.
fn preview(drawing: &Drawing, wanted: &SeriesRequest) -> String {
    let slots = match slots(drawing, wanted) {
        Ok(slots) => slots,
        Err(cannot) => return cannot.message(&drawing.roster, &|id| drawing.name(id)),
    };
    let neighbours = around(drawing, slots.slots.iter().map(|slot| &slot.place));
    let author = drawing.author(0);
    let judged = judge_series(
        &drawing.roster,
        &drawing.zones,
        wanted,
        &slots,
        &neighbours,
        &author,
    )
    .unwrap();
    let mut text = String::new();
    for (slot, violations) in slots.slots.iter().zip(&judged) {
        let words = match &slot.place {
            Err(error) => error.to_string(),
            Ok(_) if violations.is_empty() => "fits".to_owned(),
            Ok(_) => {
                let words: Vec<String> = violations
                    .iter()
                    .map(|one| one.words(&drawing.roster, &|id| drawing.name(id)))
                    .collect();
                words.join("; ")
            }
        };
        writeln!(text, "{}: {words}", slot.date.strftime("%a %-d %b %Y")).unwrap();
        if words != "fits" {
            let near = Near {
                appointment_type: wanted.appointment_type,
                also: wanted.also.clone(),
                patient: wanted.patient,
                provider: wanted.provider,
                location: drawing.location,
                around: slot.date.to_datetime(wanted.wall.time()),
                pattern: together(&drawing.roster, wanted.appointment_type, &wanted.also)
                    .unwrap()
                    .pattern,
                moving: None,
                taken: Vec::new(),
                limit: 2,
            };
            let found = near_openings(
                &drawing.roster,
                &drawing.zones,
                &busy(drawing),
                &crate::templates::HeldDays::default(),
                &near,
                author.at,
            )
            .unwrap();
            for opening in found {
                let reasons: Vec<String> = opening
                    .reasons
                    .iter()
                    .map(|reason| reason.words(&drawing.roster))
                    .collect();
                let when = opening.starts_at.wall.strftime("%a %-d %b %-H:%M");
                writeln!(text, "    {when}: {}", reasons.join(", ")).unwrap();
            }
        }
    }
    for day in &slots.passed_over {
        writeln!(text, "passed over {}: {}", day.date, day.why).unwrap();
    }
    text
}

fn ids(from: u128) -> impl FnMut() -> AppointmentId {
    let mut next = from;
    move || {
        next += 1;
        AppointmentId(next)
    }
}

fn book(drawing: &mut Drawing, wanted: &SeriesRequest, leave: &Leave) -> Result<Plan, CannotChange> {
    let slots = slots(drawing, wanted)?;
    let neighbours = around(drawing, slots.slots.iter().map(|slot| &slot.place));
    let plan = book_series(
        &drawing.roster,
        &drawing.zones,
        wanted,
        &slots,
        &neighbours,
        leave,
        &drawing.author(1_000),
        ids(100),
    )?;
    apply(drawing, &plan.changes);
    Ok(plan)
}

/// Visits of series: when, where, with whom, of which series, and what makes them different.
fn list(drawing: &Drawing) -> String {
    let mut visits: Vec<&Appointment> = drawing
        .appointments
        .iter()
        .filter(|visit| visit.series.is_some())
        .collect();
    visits.sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
    let mut text = String::new();
    for visit in visits {
        let series = visit.series.map_or(0, |series| series.0);
        write!(
            text,
            "{} {}m {} {} {series}",
            visit.starts_at.wall.strftime("%a %-d %b %-H:%M"),
            visit.length_minutes(),
            violation::op_name(&drawing.roster, visit.operatory),
            violation::provider_name(&drawing.roster, visit.provider),
        )
        .unwrap();
        if visit.status != Status::Scheduled {
            write!(text, " ({})", visit.status.words()).unwrap();
        }
        if visit.is_exception() {
            text.push_str(" by hand");
        }
        text.push('\n');
    }
    text
}

fn check(actual: String, expected: Expect) {
    expected.assert_eq(&actual);
}

/// A drawing with Ana’s exams on some Tuesdays at ten.
fn booked(times: u32) -> Drawing {
    let mut drawing = draw(SHEET);
    let wanted = request(&mut drawing, "Rivera exam Op1 10:00", weeks(1, times));
    book(&mut drawing, &wanted, &Leave::NONE).unwrap();
    drawing
}

fn nth(drawing: &Drawing, number: u128) -> Appointment {
    super::visit(drawing, 100 + number).clone()
}

fn all(drawing: &Drawing) -> Vec<Appointment> {
    drawing
        .appointments
        .iter()
        .filter(|visit| visit.series.is_some())
        .cloned()
        .collect()
}

fn record(drawing: &Drawing, wanted: &SeriesRequest) -> RecurringAppointment {
    let slots = slots(drawing, wanted).unwrap();
    let neighbours = around(drawing, slots.slots.iter().map(|slot| &slot.place));
    let author = drawing.author(0);
    let plan = book_series(
        &drawing.roster,
        &drawing.zones,
        wanted,
        &slots,
        &neighbours,
        &Leave::NONE,
        &author,
        ids(900),
    )
    .unwrap();
    match plan.changes[0].after.clone() {
        Some(Entity::RecurringAppointment(record)) => record,
        other => panic!("{other:?}"),
    }
}

fn change(
    drawing: &mut Drawing,
    visit: &Appointment,
    scope: Scope,
    edit: &SeriesEdit,
    leave: &Leave,
) -> Result<Partly, CannotChange> {
    let of_series: Vec<Appointment> = all(drawing)
        .into_iter()
        .filter(|other| other.series == visit.series)
        .collect();
    let change = change_slots(&drawing.roster, &drawing.zones, &of_series, visit, scope, edit)?;
    let neighbours = around(drawing, change.slots.iter().map(|slot| &slot.place));
    let partly = change_series(
        &drawing.roster,
        &drawing.zones,
        None,
        &of_series,
        visit,
        scope,
        AppointmentSeriesId(8),
        &change,
        &neighbours,
        leave,
        &drawing.author(2_000),
    )?;
    apply(drawing, &partly.plan.changes);
    Ok(partly)
}

fn told(partly: &Partly) -> Vec<String> {
    partly
        .left_out
        .iter()
        .map(|day| format!("{}: {}", day.date, day.why))
        .collect()
}

fn to(wall: &str) -> SeriesEdit {
    SeriesEdit {
        wall: Some(wall.parse().unwrap()),
        ..SeriesEdit::default()
    }
}

#[test]
fn each_date_says_how_it_stands_and_what_is_free_near_by() {
    let mut drawing = draw(SHEET);
    let other = request(&mut drawing, "Osei bonding Op1 10:00", weeks(2, 2));
    book(&mut drawing, &other, &Leave::NONE).unwrap();
    let wanted = request(&mut drawing, "Rivera exam Op1 10:10", weeks(1, 3));
    check(
        preview(&drawing, &wanted),
        expect![[r#"
            Tue 3 Mar 2026: Op1 is taken 10:00–10:30 by Osei; Chen is needed 10:20–10:30 in Op1 by Osei
                Tue 3 Mar 10:30: same day, leaves no short gap, usual provider of Op1
                Tue 3 Mar 9:45: same day, leaves no short gap, usual provider of Op1
            Tue 10 Mar 2026: fits
            Tue 17 Mar 2026: Op1 is taken 10:00–10:30 by Osei; Chen is needed 10:20–10:30 in Op1 by Osei
                Tue 17 Mar 10:30: same day, leaves no short gap, usual provider of Op1
                Tue 17 Mar 9:45: same day, leaves no short gap, usual provider of Op1
        "#]],
    );
}

#[test]
fn each_visit_has_everything_that_is_done_in_it() {
    let mut drawing = draw(SHEET);
    let wanted = request(&mut drawing, "Rivera exam+bonding Op1 10:00", weeks(1, 2));
    let other = request(&mut drawing, "Osei exam Op1 10:30", weeks(1, 1));
    book(&mut drawing, &other, &Leave::NONE).unwrap();
    // Longer than the exam alone, which would end before Osei comes; what is free near by is as long.
    check(
        preview(&drawing, &wanted),
        expect![[r#"
        Tue 3 Mar 2026: Op1 is taken 10:30–10:45 by Osei; Chen is needed 10:30–10:45 in Op1 by Osei
            Tue 3 Mar 9:45: same day, leaves no short gap, usual provider of Op1
            Tue 3 Mar 9:40: same day, leaves a short gap, usual provider of Op1
        Tue 10 Mar 2026: fits
    "#]],
    );
    drawing.appointments.clear();
    book(&mut drawing, &wanted, &Leave::NONE).unwrap();
    let told: Vec<String> = all(&drawing)
        .iter()
        .map(|visit| {
            format!(
                "{} {} also {}",
                visit.starts_at.wall,
                visit.pattern,
                visit.also.len()
            )
        })
        .collect();
    check(
        told.join("\n"),
        expect![[r#"
        2026-03-03T10:00:00 XXXXX//XX also 1
        2026-03-10T10:00:00 XXXXX//XX also 1"#]],
    );

    let twice = SeriesRequest {
        also: vec![wanted.appointment_type],
        ..wanted
    };
    check(
        preview(&drawing, &twice),
        expect!["The same is there twice. Name each once."],
    );
}

#[test]
fn closed_days_are_told_or_passed_over() {
    let sheet = SHEET.replace("Tue 3 Mar", "special Main closed # Spring holiday\n    Tue 3 Mar");
    let mut drawing = draw(&sheet);
    let mut wanted = request(&mut drawing, "Rivera exam Op1 10:00", weeks(1, 2));
    let offered = preview(&drawing, &wanted);
    wanted.passes_over_closed = true;
    check(
        offered + "--\n" + &preview(&drawing, &wanted),
        expect![[r#"
            Tue 3 Mar 2026: Main is closed on Tuesday 3 Mar (Spring holiday)
                Mon 2 Mar 10:00: 1 day earlier, leaves no short gap, usual provider of Op1
                Wed 4 Mar 10:00: 1 day later, leaves no short gap, usual provider of Op1
            Tue 10 Mar 2026: fits
            --
            Tue 10 Mar 2026: fits
            Tue 17 Mar 2026: fits
            passed over 2026-03-03: Main is closed (Spring holiday)
        "#]],
    );
}

#[test]
fn a_time_that_the_clock_skips_is_offered_another() {
    let sheet = SHEET
        .replace("8:00–17:00", "0:00–23:00")
        .replace("Tue 3 Mar", "Sun 1 Mar");
    let mut drawing = draw(&sheet);
    let wanted = request(&mut drawing, "Rivera exam Op1 2:30", weeks(1, 3));
    check(
        preview(&drawing, &wanted),
        expect![[r#"
            Sun 1 Mar 2026: fits
            Sun 8 Mar 2026: 2:30 does not exist on Sun 8 Mar 2026 in America/New_York: the clock jumps ahead. The next time that exists is 3:30
                Sun 8 Mar 3:00: same day, leaves no short gap, usual provider of Op1
                Sun 8 Mar 1:55: same day, leaves no short gap, usual provider of Op1
            Sun 15 Mar 2026: fits
        "#]],
    );
}

#[test]
fn each_visit_has_what_was_asked_of_the_first() {
    let sheet = SHEET
        .replace("8:00–17:00", "0:00–23:00")
        .replace("Tue 3 Mar", "Sun 25 Oct");
    let mut drawing = draw(&sheet);
    let mut wanted = SeriesRequest {
        is_asap: true,
        arrive_early_minutes: 10,
        fold_later: true,
        ..request(&mut drawing, "Rivera exam Op1 1:30", weeks(1, 2))
    };
    book(&mut drawing, &wanted, &Leave::NONE).unwrap();
    let told: Vec<String> = all(&drawing)
        .iter()
        .map(|visit| {
            let (sooner, early) = (visit.is_asap, visit.arrive_early_minutes);
            format!("{} sooner {sooner}, {early} minutes early", visit.starts_at)
        })
        .collect();
    // The second date is the one on which the clock is set back.
    check(
        told.join("\n"),
        expect![[r#"
        2026-10-25T01:30:00-04:00[America/New_York] sooner true, 10 minutes early
        2026-11-01T01:30:00-05:00[America/New_York] sooner true, 10 minutes early"#]],
    );

    wanted.arrive_early_minutes = 7;
    let refused = book(&mut drawing, &wanted, &Leave::NONE).unwrap_err();
    assert!(
        matches!(&refused, CannotChange::Invalid(invalid) if invalid.field == "arrive_early_minutes"),
        "{refused:?}"
    );
}

#[test]
fn months_without_the_day_are_passed_over_in_words() {
    let sheet = SHEET.replace("Tue 3 Mar", "Tue 31 Mar");
    let mut drawing = draw(&sheet);
    let by_date = request(
        &mut drawing,
        "Rivera exam Op1 10:00",
        every(Repeat::MonthlyOnDate { every: 1 }, 3),
    );
    let by_weekday = every(
        Repeat::MonthlyOnWeekday {
            every: 1,
            is_last: false,
        },
        2,
    );
    let by_weekday = request(&mut drawing, "Rivera exam Op1 10:00", by_weekday);
    check(
        preview(&drawing, &by_date) + "--\n" + &preview(&drawing, &by_weekday),
        expect![[r#"
            Tue 31 Mar 2026: fits
            Sun 31 May 2026: fits
            Fri 31 Jul 2026: fits
            passed over 2026-04-01: April has no 31st
            passed over 2026-06-01: June has no 31st
            --
            Tue 31 Mar 2026: fits
            Tue 30 Jun 2026: fits
            passed over 2026-04-01: April has no fifth Tuesday
            passed over 2026-05-01: May has no fifth Tuesday
        "#]],
    );
}

#[test]
fn rules_that_make_no_sense_are_refused_in_words() {
    let mut drawing = draw(SHEET);
    let mut says = |recurrence| {
        let wanted = request(&mut drawing, "Rivera exam Op1 10:00", recurrence);
        preview(&drawing, &wanted)
    };
    let until = |date: &str| Recurrence {
        ends: Ends::Until(date.parse().unwrap()),
        ..weeks(1, 1)
    };
    assert_eq!(says(weeks(1, 0)), "It is there at least once.");
    assert_eq!(says(until("2026-03-02")), "It ends before it begins.");
    assert_eq!(
        says(weeks(1, 4_000)),
        "200 times at the most: choose fewer, or an earlier end."
    );
    assert_eq!(
        says(Recurrence {
            ends: Ends::Until("2027-03-03".parse().unwrap()),
            ..every(Repeat::Daily { every: 1 }, 1)
        }),
        "200 times at the most: choose fewer, or an earlier end."
    );
    assert_eq!(
        says(every(Repeat::Daily { every: 0 }, 3)),
        "It comes back every 1 to 366 days."
    );
    let mut wanted = request(&mut drawing, "Rivera exam Op1 10:00", weeks(1, 2));
    wanted.picks.insert("2026-03-04".parse().unwrap(), Pick::LeaveOut);
    assert_eq!(
        preview(&drawing, &wanted),
        "2026-03-04 is not a day of this series."
    );
}

#[test]
fn what_does_not_fit_is_refused_until_each_date_is_decided() {
    let mut drawing = draw(SHEET);
    let other = request(&mut drawing, "Osei exam Op1 10:00", weeks(2, 2));
    book(&mut drawing, &other, &Leave::NONE).unwrap();
    let mut wanted = request(&mut drawing, "Rivera exam Op1 10:00", weeks(1, 3));
    wanted.series = AppointmentSeriesId(9);
    let refused = book(&mut drawing, &wanted, &Leave::NONE).unwrap_err();
    assert_eq!(refused.code(), "series_does_not_fit");
    check(
        refused.message(&drawing.roster, &|id| drawing.name(id)) + "\n" + &refused.hint(&drawing.roster),
        expect![[r#"
            Tue 3 Mar 2026: Op1 is taken 10:00–10:15 by Osei; Tue 17 Mar 2026: Op1 is taken 10:00–10:15 by Osei.
            Take an opening near by for each of them, or leave it out."#]],
    );
    wanted.picks.insert("2026-03-03".parse().unwrap(), Pick::LeaveOut);
    let spot = Spot {
        wall: "2026-03-18T11:00".parse().unwrap(),
        fold_later: false,
        operatory: wanted.operatory,
        provider: wanted.provider,
        second_provider: None,
    };
    wanted
        .picks
        .insert("2026-03-17".parse().unwrap(), Pick::Elsewhere(spot));
    let slots = slots(&drawing, &wanted).unwrap();
    let neighbours = around(&drawing, slots.slots.iter().map(|slot| &slot.place));
    let author = drawing.author(3_000);
    let plan = book_series(
        &drawing.roster,
        &drawing.zones,
        &wanted,
        &slots,
        &neighbours,
        &Leave::NONE,
        &author,
        ids(200),
    )
    .unwrap();
    assert_eq!(plan.op, Op::BookSeries);
    apply(&mut drawing, &plan.changes);
    check(
        list(&drawing),
        expect![[r#"
        Tue 3 Mar 10:00 15m Op1 Chen 7
        Tue 10 Mar 10:00 15m Op1 Chen 9
        Tue 17 Mar 10:00 15m Op1 Chen 7
        Wed 18 Mar 11:00 15m Op1 Chen 9
    "#]],
    );
}

#[test]
fn every_date_left_out_is_no_series() {
    let mut drawing = draw(SHEET);
    let mut wanted = request(&mut drawing, "Rivera exam Op1 10:00", weeks(1, 1));
    wanted.picks.insert("2026-03-03".parse().unwrap(), Pick::LeaveOut);
    let refused = book(&mut drawing, &wanted, &Leave::NONE).unwrap_err();
    assert_eq!(
        refused.message(&drawing.roster, &|id| drawing.name(id)),
        "Every date of this series is left out."
    );
}

#[test]
fn this_and_following_become_a_series_of_their_own() {
    let mut drawing = booked(4);
    let third = nth(&drawing, 3);
    let partly = change(
        &mut drawing,
        &third,
        Scope::Following,
        &to("2026-03-18T11:00"),
        &Leave::NONE,
    )
    .unwrap();
    assert_eq!(partly.plan.op, Op::ChangeSeries);
    check(
        list(&drawing),
        expect![[r#"
        Tue 3 Mar 10:00 15m Op1 Chen 7
        Tue 10 Mar 10:00 15m Op1 Chen 7
        Wed 18 Mar 11:00 15m Op1 Chen 8
        Wed 25 Mar 11:00 15m Op1 Chen 8
    "#]],
    );
}

#[test]
fn all_go_as_many_days_and_what_was_moved_by_hand_stays() {
    let mut drawing = booked(4);
    let (first, second) = (nth(&drawing, 1), nth(&drawing, 2));
    change(
        &mut drawing,
        &second,
        Scope::This,
        &to("2026-03-11T14:00"),
        &Leave::NONE,
    )
    .unwrap();
    let partly = change(
        &mut drawing,
        &first,
        Scope::All,
        &to("2026-03-04T10:00"),
        &Leave::NONE,
    )
    .unwrap();
    check(
        list(&drawing) + &told(&partly).join("\n"),
        expect![[r#"
        Wed 4 Mar 10:00 15m Op1 Chen 7
        Wed 11 Mar 14:00 15m Op1 Chen 7 by hand
        Wed 18 Mar 10:00 15m Op1 Chen 7
        Wed 25 Mar 10:00 15m Op1 Chen 7
        2026-03-11: moved by hand before"#]],
    );
}

#[test]
fn seen_from_an_exception_the_others_follow_from_where_it_was_planned() {
    let mut drawing = booked(3);
    let second = nth(&drawing, 2);
    change(
        &mut drawing,
        &second,
        Scope::This,
        &to("2026-03-11T14:00"),
        &Leave::NONE,
    )
    .unwrap();
    let second = nth(&drawing, 2);
    change(
        &mut drawing,
        &second,
        Scope::All,
        &to("2026-03-12T10:00"),
        &Leave::NONE,
    )
    .unwrap();
    check(
        list(&drawing),
        expect![[r#"
        Thu 5 Mar 10:00 15m Op1 Chen 7
        Thu 12 Mar 10:00 15m Op1 Chen 7
        Thu 19 Mar 10:00 15m Op1 Chen 7
    "#]],
    );
}

#[test]
fn completed_visits_never_change() {
    let mut drawing = booked(3);
    let first = nth(&drawing, 1);
    let done = set_status(&first, Status::Completed, None, "", &drawing.author(5)).unwrap();
    apply(&mut drawing, &done.changes);
    let (first, second) = (nth(&drawing, 1), nth(&drawing, 2));
    let refused = change(
        &mut drawing,
        &first,
        Scope::All,
        &to("2026-03-03T11:00"),
        &Leave::NONE,
    )
    .unwrap_err();
    assert_eq!(
        refused.message(&drawing.roster, &|id| drawing.name(id)),
        "This visit is completed: its time and place stay as they were."
    );
    let partly = change(
        &mut drawing,
        &second,
        Scope::All,
        &to("2026-03-10T11:00"),
        &Leave::NONE,
    )
    .unwrap();
    let told_of_move = told(&partly);
    let gone = cancel_series(
        &drawing.roster,
        &all(&drawing),
        &nth(&drawing, 2),
        Scope::All,
        "moved away",
        &drawing.author(9),
    )
    .unwrap();
    apply(&mut drawing, &gone.plan.changes);
    assert_eq!(told_of_move, told(&gone));
    check(
        list(&drawing) + &told(&gone).join("\n"),
        expect![[r#"
        Tue 3 Mar 10:00 15m Op1 Chen 7 (completed)
        Tue 10 Mar 11:00 15m Op1 Chen 7 (cancelled)
        Tue 17 Mar 11:00 15m Op1 Chen 7 (cancelled)
        2026-03-03: it is completed"#]],
    );
    let again = cancel_series(
        &drawing.roster,
        &all(&drawing),
        &nth(&drawing, 2),
        Scope::All,
        "moved away",
        &drawing.author(9),
    )
    .unwrap();
    assert!(again.plan.is_empty());
}

#[test]
fn a_cancellation_of_several_needs_a_reason_too() {
    let drawing = booked(2);
    let refused = cancel_series(
        &drawing.roster,
        &all(&drawing),
        &nth(&drawing, 1),
        Scope::All,
        " ",
        &drawing.author(9),
    )
    .unwrap_err();
    assert_eq!(refused.code(), "reason_missing");
}

#[test]
fn several_visits_are_confirmed_but_not_seated() {
    let mut drawing = booked(3);
    let confirm = |drawing: &Drawing, to| {
        set_series_status(
            &drawing.roster,
            &drawing.zones,
            &all(drawing),
            &nth(drawing, 2),
            Scope::Following,
            to,
            &Leave::NONE,
            &drawing.author(9),
        )
    };
    let partly = confirm(&drawing, Status::Confirmed).unwrap();
    apply(&mut drawing, &partly.plan.changes);
    check(
        list(&drawing),
        expect![[r#"
        Tue 3 Mar 10:00 15m Op1 Chen 7
        Tue 10 Mar 10:00 15m Op1 Chen 7 (confirmed)
        Tue 17 Mar 10:00 15m Op1 Chen 7 (confirmed)
    "#]],
    );
    let refused = confirm(&drawing, Status::Seated).unwrap_err();
    assert_eq!(
        refused.message(&drawing.roster, &|id| drawing.name(id)),
        "Several visits at once can be scheduled or confirmed, not seated."
    );
}

#[test]
fn somebody_else_or_nobody_comes_second_in_all_of_them() {
    let sheet = "
        hours 8:00–17:00
        provider Patel 8:00–17:00
        provider Diaz 8:00–17:00
        type check XXXX//XX second ////XX//:Patel,Diaz,Chen
        Tue 3 Mar    Op1 Chen      Op2 Patel
        08:00        .             .
    ";
    let mut drawing = draw(sheet);
    let patel = crate::drawing::provider_id("Patel");
    let wanted = SeriesRequest {
        second_provider: Some(patel),
        ..request(&mut drawing, "Rivera check Op1 10:00", weeks(1, 3))
    };
    book(&mut drawing, &wanted, &Leave::NONE).unwrap();
    let seconds = |drawing: &Drawing| -> String {
        let named = |visit: &Appointment| {
            visit
                .second_provider
                .map_or("nobody", |id| violation::provider_name(&drawing.roster, id))
                .to_owned()
        };
        all(drawing).iter().map(named).collect::<Vec<_>>().join(", ")
    };
    let second = nth(&drawing, 2);
    let diaz = SeriesEdit {
        second_provider: SecondProvider::Named(crate::drawing::provider_id("Diaz")),
        ..SeriesEdit::default()
    };
    change(&mut drawing, &second, Scope::Following, &diaz, &Leave::NONE).unwrap();
    assert_eq!(seconds(&drawing), "Patel, Diaz, Diaz");
    // The first provider and the second change places in one step.
    let first = nth(&drawing, 1);
    let exchanged = SeriesEdit {
        provider: Some(patel),
        second_provider: SecondProvider::Named(crate::drawing::provider_id("Chen")),
        ..SeriesEdit::default()
    };
    change(&mut drawing, &first, Scope::This, &exchanged, &Leave::NONE).unwrap();
    assert_eq!(seconds(&drawing), "Chen, Diaz, Diaz");
    let nobody = SeriesEdit {
        second_provider: SecondProvider::Nobody,
        ..SeriesEdit::default()
    };
    // A series of its own since it was changed.
    let second = nth(&drawing, 2);
    let asked = change(&mut drawing, &second, Scope::Following, &nobody, &Leave::NONE).unwrap_err();
    assert!(matches!(asked, CannotChange::Dates(_)), "{asked:?}");
    let knowingly = Leave {
        acknowledge_warnings: true,
        ..Leave::NONE
    };
    change(&mut drawing, &second, Scope::Following, &nobody, &knowingly).unwrap();
    assert_eq!(seconds(&drawing), "Chen, nobody, nobody");
}

#[test]
fn nobody_is_named_second_where_none_of_them_needs_it() {
    let mut drawing = booked(2);
    let first = nth(&drawing, 1);
    let edit = SeriesEdit {
        second_provider: SecondProvider::Named(crate::drawing::provider_id("Amara")),
        ..SeriesEdit::default()
    };
    let refused = change(&mut drawing, &first, Scope::All, &edit, &Leave::NONE).unwrap_err();
    assert!(
        matches!(&refused, CannotChange::Invalid(invalid) if invalid.field == "second_provider"),
        "{refused:?}"
    );
}

#[test]
fn another_type_brings_its_own_length_and_another_provider_their_own_time() {
    let mut drawing = booked(2);
    let first = nth(&drawing, 1);
    let edit = SeriesEdit {
        appointment_type: Some(
            drawing
                .booking("Rivera bonding Op1 10:00")
                .unwrap()
                .0
                .appointment_type,
        ),
        provider: Some(crate::drawing::provider_id("Amara")),
        ..SeriesEdit::default()
    };
    change(&mut drawing, &first, Scope::All, &edit, &Leave::NONE).unwrap();
    check(
        list(&drawing),
        expect![[r#"
        Tue 3 Mar 10:00 30m Op1 Amara 7
        Tue 10 Mar 10:00 30m Op1 Amara 7
    "#]],
    );
    assert!(
        drawing
            .appointments
            .iter()
            .filter(|visit| visit.series.is_some())
            .all(|visit| visit.sequence == 1)
    );
}

#[test]
fn what_a_change_does_not_find_free_is_decided_visit_by_visit() {
    let mut drawing = booked(3);
    let mut other = request(&mut drawing, "Osei exam Op1 11:00", weeks(1, 2));
    other.series = AppointmentSeriesId(9);
    let slots = slots(&drawing, &other).unwrap();
    let neighbours = around(&drawing, slots.slots.iter().map(|slot| &slot.place));
    let plan = book_series(
        &drawing.roster,
        &drawing.zones,
        &other,
        &slots,
        &neighbours,
        &Leave::NONE,
        &drawing.author(1),
        ids(300),
    )
    .unwrap();
    apply(&mut drawing, &plan.changes);
    let first = nth(&drawing, 1);
    let mut edit = to("2026-03-03T11:00");
    let refused = change(&mut drawing, &first, Scope::All, &edit, &Leave::NONE).unwrap_err();
    check(
        refused.message(&drawing.roster, &|id| drawing.name(id)),
        expect![
            "Tue 3 Mar 2026: Op1 is taken 11:00–11:15 by Osei; Tue 10 Mar 2026: Op1 is taken 11:00–11:15 by Osei."
        ],
    );
    let spot = Spot {
        wall: "2026-03-03T13:00".parse().unwrap(),
        fold_later: false,
        operatory: first.operatory,
        provider: first.provider,
        second_provider: None,
    };
    edit.picks.insert(first.id, ChangePick::Elsewhere(spot));
    edit.picks.insert(AppointmentId(102), ChangePick::Stay);
    let partly = change(&mut drawing, &first, Scope::All, &edit, &Leave::NONE).unwrap();
    check(
        list(&drawing) + &told(&partly).join("\n"),
        expect![[r#"
        Tue 3 Mar 11:00 15m Op1 Chen 9
        Tue 3 Mar 13:00 15m Op1 Chen 7
        Tue 10 Mar 10:00 15m Op1 Chen 7
        Tue 10 Mar 11:00 15m Op1 Chen 9
        Tue 17 Mar 11:00 15m Op1 Chen 7
        2026-03-10: left where it is"#]],
    );
}

#[test]
fn a_series_may_move_into_its_own_old_places() {
    let mut drawing = booked(3);
    let first = nth(&drawing, 1);
    change(
        &mut drawing,
        &first,
        Scope::All,
        &to("2026-03-10T10:00"),
        &Leave::NONE,
    )
    .unwrap();
    check(
        list(&drawing),
        expect![[r#"
        Tue 10 Mar 10:00 15m Op1 Chen 7
        Tue 17 Mar 10:00 15m Op1 Chen 7
        Tue 24 Mar 10:00 15m Op1 Chen 7
    "#]],
    );
}

#[test]
fn the_rule_follows_what_was_changed() {
    let mut drawing = draw(SHEET);
    let repeat = Repeat::Weekly {
        every: 1,
        weekdays: vec![Weekday::Tuesday],
    };
    let wanted = request(&mut drawing, "Rivera exam Op1 10:00", every(repeat, 4));
    let record = record(&drawing, &wanted);
    book(&mut drawing, &wanted, &Leave::NONE).unwrap();
    let says = |change: &Change| match &change.after {
        Some(Entity::RecurringAppointment(record)) => {
            format!(
                "{} {} from {}",
                record.id.0,
                record.recurrence.words(record.wall.date()),
                record.wall
            )
        }
        other => panic!("{other:?}"),
    };
    let mut text = format!("{}\n", record.recurrence.words(record.wall.date()));
    for (scope, visit, at) in [
        (Scope::All, nth(&drawing, 2), "2026-03-12T11:00"),
        (Scope::Following, nth(&drawing, 2), "2026-03-12T11:00"),
    ] {
        let change = change_slots(
            &drawing.roster,
            &drawing.zones,
            &all(&drawing),
            &visit,
            scope,
            &to(at),
        )
        .unwrap();
        let neighbours = around(&drawing, change.slots.iter().map(|slot| &slot.place));
        let partly = change_series(
            &drawing.roster,
            &drawing.zones,
            Some(&record),
            &all(&drawing),
            &visit,
            scope,
            AppointmentSeriesId(8),
            &change,
            &neighbours,
            &Leave::NONE,
            &drawing.author(1),
        )
        .unwrap();
        for change in &partly.plan.changes {
            if matches!(change.entity(), Entity::RecurringAppointment(_)) {
                writeln!(text, "{scope:?}: {}", says(change)).unwrap();
            }
        }
    }
    check(
        text,
        expect![[r#"
        every week on Tuesday, 4 times
        All: 7 every week on Thursday, 4 times from 2026-03-05T11:00:00
        Following: 8 every week on Thursday, 3 times from 2026-03-12T11:00:00
        Following: 7 every week on Tuesday, once from 2026-03-03T10:00:00
    "#]],
    );
}

proptest! {
    /// What the rules accept without an override clashes with nothing, and undone it leaves no trace: booked, then changed
    /// from somewhere on.
    #[test]
    fn accepted_series_never_clash_and_undo_leaves_no_trace(
        every_days in 1u16..10,
        times in 1u32..12,
        minute in 0i64..60,
        other_minute in 0i64..60,
        from in 0usize..12,
        shift in -3i64..4,
        scope in prop::sample::select(vec![Scope::This, Scope::Following, Scope::All]),
    ) {
        let mut drawing = draw(SHEET);
        let clock = |minute: i64| jiff::civil::time(8, 0, 0, 0) + jiff::SignedDuration::from_mins(minute * 5);
        let mut first = request(&mut drawing, "Osei bonding Op1 10:00", every(Repeat::Daily { every: 2 }, 8));
        first.series = AppointmentSeriesId(6);
        first.wall = drawing.date.to_datetime(clock(other_minute));
        let _ = book(&mut drawing, &first, &Leave::NONE);
        for visit in &mut drawing.appointments {
            visit.id = AppointmentId(visit.id.0 + 10_000);
        }
        let mut sheets = vec![drawing.appointments.clone()];
        let mut done = Vec::new();
        let mut wanted = request(&mut drawing, "Rivera exam Op1 10:00", every(Repeat::Daily { every: every_days }, times));
        wanted.wall = drawing.date.to_datetime(clock(minute));
        if let Ok(plan) = book(&mut drawing, &wanted, &Leave::NONE) {
            prop_assert_eq!(plan.changes.len(), times as usize + 1);
            done.push(plan);
            sheets.push(drawing.appointments.clone());
            let visit = nth(&drawing, 1 + (from as u128 % u128::from(times)));
            let wall = visit.starts_at.wall + jiff::SignedDuration::from_hours(24 * shift);
            let edit = SeriesEdit { wall: Some(wall), ..SeriesEdit::default() };
            if let Ok(partly) = change(&mut drawing, &visit, scope, &edit, &Leave::NONE) {
                done.push(partly.plan);
                sheets.push(drawing.appointments.clone());
            }
        }
        prop_assert_eq!(conflicts::find(&drawing.roster, &drawing.appointments, &[]), vec![]);
        for plan in done.iter().rev() {
            sheets.pop();
            apply(&mut drawing, &plan.inverse());
            prop_assert_eq!(Some(&drawing.appointments), sheets.last());
        }
    }
}
