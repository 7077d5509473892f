//! What is learned from a patient's kept visits, and what the practice's weights make of it.

use expect_test::{Expect, expect};
use jiff::civil::{DateTime, date};

use super::draw;
use crate::drawing::Drawing;
use crate::openings::Leanings;
use crate::{Appointment, AppointmentId, BusyCalendar, OpeningRequest, Status, openings};

const SHEET: &str = "
    hours 9:00–12:00 13:00–16:00
    increment 30
    type exam XXXXXX
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera exam     .
    09:30        .               .
";

/// Rivera's visit on the sheet, kept once more at each of these times.
fn kept(drawing: &Drawing, times: &[DateTime]) -> Vec<Appointment> {
    let base = drawing.visit_of("Rivera").expect("drawn");
    times
        .iter()
        .enumerate()
        .map(|(at, wall)| Appointment {
            id: AppointmentId(100 + at as u128),
            starts_at: drawing
                .zones
                .resolve(*wall, &base.starts_at.zone)
                .expect("no gap"),
            status: Status::CheckedOut,
            ..base.clone()
        })
        .collect()
}

/// Mondays at three in the afternoon, and one Thursday morning.
fn mondays(drawing: &Drawing) -> Vec<Appointment> {
    let days = [
        date(2025, 9, 8),
        date(2025, 10, 6),
        date(2025, 11, 3),
        date(2025, 12, 1),
    ];
    let mut times = days.map(|day| day.at(15, 0, 0, 0)).to_vec();
    times.push(date(2026, 1, 8).at(9, 0, 0, 0));
    kept(drawing, &times)
}

/// The first openings of a week in which the patient has no visit yet, with all reasons.
fn first(sheet: &str, change: impl FnOnce(&Drawing, &mut Leanings), count: usize, expected: Expect) {
    let drawing = draw(sheet);
    let mut leanings = Leanings::of(&mondays(&drawing));
    change(&drawing, &mut leanings);
    let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
    let kind = drawing.visit_of("Rivera").expect("drawn").appointment_type;
    let request = OpeningRequest {
        days: 14,
        limit: count,
        leanings,
        ..OpeningRequest::new(kind, drawing.date)
    };
    let found = openings::find(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &crate::templates::HeldDays::default(),
        &request,
        "2026-01-10T00:00:00Z".parse().unwrap(),
    )
    .unwrap();
    let lines: Vec<String> = found
        .iter()
        .map(|opening| {
            let words: Vec<String> = opening
                .reasons
                .iter()
                .map(|reason| reason.words(&drawing.roster))
                .collect();
            let chair = &drawing.roster.operatories[&opening.operatory].name;
            let provider = &drawing.roster.providers[&opening.provider].name;
            let at = opening.starts_at.wall.strftime("%a %-d %b %-H:%M");
            format!("{at} {chair} {provider}: {}\n", words.join(", "))
        })
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn a_habit_is_two_of_three_kept_visits_and_said_in_words() {
    let drawing = draw(SHEET);
    let learned = Leanings::of(&mondays(&drawing));
    expect![[r#"
        [
            "usually on Mondays (4 of 5 visits)",
            "usually in the afternoon (4 of 5 visits)",
        ]
    "#]]
    .assert_debug_eq(&learned.words());
    let visit = drawing.visit_of("Rivera").unwrap();
    assert_eq!(
        (learned.provider, learned.operatory),
        (Some(visit.provider), Some(visit.operatory))
    );
}

#[test]
fn two_visits_are_no_habit_and_what_did_not_take_place_says_nothing() {
    let drawing = draw(SHEET);
    let mut visits = mondays(&drawing);
    for (visit, status) in visits
        .iter_mut()
        .zip([Status::Cancelled, Status::NoShow, Status::Scheduled])
    {
        visit.status = status;
    }
    let learned = Leanings::of(&visits);
    assert!(learned.words().is_empty(), "{learned:?}");
    assert!(
        learned.provider.is_some(),
        "one kept visit is enough for who treated them"
    );
    assert_eq!(Leanings::of(&[]), Leanings::default());
}

#[test]
fn only_the_last_dozen_visits_count() {
    let drawing = draw(SHEET);
    let day = |at: i64| date(2024, 1, 1).checked_add(jiff::Span::new().days(at)).unwrap();
    // 2024-01-01 was a Monday: first twenty Mondays, then twelve Wednesdays, in no order.
    let mut times: Vec<DateTime> = (0..20).map(|week| day(week * 7).at(9, 0, 0, 0)).collect();
    times.extend((20..32).map(|week| day(week * 7 + 2).at(9, 0, 0, 0)));
    times.rotate_left(25);
    let learned = Leanings::of(&kept(&drawing, &times));
    assert_eq!(
        learned.words(),
        [
            "usually on Wednesdays (12 of 12 visits)",
            "usually in the morning (12 of 12 visits)"
        ]
    );
}

#[test]
fn an_earlier_day_comes_first_until_the_practice_wants_otherwise() {
    first(
        SHEET,
        |_, _| {},
        3,
        expect![[r#"
        Tue 3 Mar 13:00 Op1 Chen: earliest day, with Chen as before, in Op1 as before, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
        Tue 3 Mar 15:30 Op1 Chen: earliest day, with Chen as before, in Op1 as before, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
        Tue 3 Mar 13:30 Op1 Chen: earliest day, with Chen as before, in Op1 as before, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
    "#]],
    );
    let later = format!("weight lead_time little\n{SHEET}");
    first(
        &later,
        |_, _| {},
        3,
        expect![[r#"
        Tue 3 Mar 13:00 Op1 Chen: earliest day, with Chen as before, in Op1 as before, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
        Tue 3 Mar 15:30 Op1 Chen: earliest day, with Chen as before, in Op1 as before, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
        Wed 4 Mar 13:00 Op1 Chen: with Chen as before, in Op1 as before, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
    "#]],
    );
    let by_habit = format!("weight lead_time off\nweight preferences first\n{SHEET}");
    first(
        &by_habit,
        |_, _| {},
        3,
        expect![[r#"
        Mon 9 Mar 13:00 Op1 Chen: with Chen as before, in Op1 as before, a Monday like 4 of 5 visits, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
        Mon 9 Mar 15:30 Op1 Chen: with Chen as before, in Op1 as before, a Monday like 4 of 5 visits, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
        Mon 16 Mar 13:00 Op1 Chen: with Chen as before, in Op1 as before, a Monday like 4 of 5 visits, in the afternoon like 4 of 5 visits, leaves no short gap, usual provider of Op1
    "#]],
    );
}

#[test]
fn a_day_on_which_the_family_comes_is_named_and_preferred() {
    let sheet = format!("weight lead_time little\nweight family first\nweight preferences off\n{SHEET}");
    let with_family = |drawing: &Drawing, leanings: &mut Leanings| {
        leanings.family = vec![drawing.date.checked_add(jiff::Span::new().days(3)).unwrap()];
    };
    first(
        &sheet,
        with_family,
        2,
        expect![[r#"
        Fri 6 Mar 9:00 Op1 Chen: with Chen as before, in Op1 as before, the family comes that day, leaves no short gap, usual provider of Op1
        Fri 6 Mar 11:30 Op1 Chen: with Chen as before, in Op1 as before, the family comes that day, leaves no short gap, usual provider of Op1
    "#]],
    );
}

#[test]
fn what_is_off_says_nothing() {
    let sheet = format!("weight continuity off\nweight preferences off\nweight family off\n{SHEET}");
    let with_family = |drawing: &Drawing, leanings: &mut Leanings| leanings.family = vec![drawing.date];
    first(
        &sheet,
        with_family,
        2,
        expect![[r#"
        Tue 3 Mar 9:00 Op2 Amara: earliest day, leaves no short gap, usual provider of Op2
        Tue 3 Mar 9:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
    "#]],
    );
}

#[test]
fn the_doctor_with_less_to_do_is_preferred_as_much_as_the_practice_wants() {
    let busy = "
        hours 9:00–12:00
        increment 30
        type exam XXXXXX
        type long XXXXXXXXXXXXXXXXXXXXXXXX
        Tue 3 Mar    Op1 Chen        Op2 Amara
        09:00        Rivera long     .
        11:00        .               .
    ";
    let nobody_known = |_: &Drawing, leanings: &mut Leanings| *leanings = Leanings::default();
    // Above a little it is worth waiting for.
    let much = format!("weight load first\n{busy}");
    first(
        &much,
        nobody_known,
        4,
        expect![[r#"
        Tue 3 Mar 9:00 Op2 Amara: earliest day, a light day of Amara, leaves no short gap, usual provider of Op2
        Tue 3 Mar 10:00 Op2 Amara: earliest day, a light day of Amara, leaves no short gap, usual provider of Op2
        Tue 3 Mar 9:30 Op2 Amara: earliest day, a light day of Amara, leaves no short gap, usual provider of Op2
        Wed 4 Mar 9:00 Op1 Chen: a light day of Chen, leaves no short gap, usual provider of Op1
    "#]],
    );
}

#[test]
fn a_little_of_the_load_decides_between_doctors_at_one_time() {
    let sheet = "
        hours 9:00–12:00
        increment 30
        type exam //////
        type long XXXXXXXXXXXXXXXXXXXXXXXX
        provider Amara 9:00–12:00
        provider Chen 9:00–12:00
        Tue 3 Mar    Op1 Chen        Op2
        09:00        Rivera long     .
        11:00        .               .
    ";
    let who = |sheet: &str| -> Vec<String> {
        let drawing = draw(sheet);
        let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
        let mut kinds = drawing.roster.appointment_types.values();
        let kind = kinds.find(|kind| kind.name == "exam").expect("drawn").id;
        let request = OpeningRequest {
            days: 1,
            limit: 2,
            before: Some(jiff::civil::time(9, 30, 0, 0)),
            ..OpeningRequest::new(kind, drawing.date)
        };
        let slots = crate::templates::HeldDays::default();
        let now = "2026-01-10T00:00:00Z".parse().unwrap();
        let found = openings::find(&drawing.roster, &drawing.zones, &busy, &slots, &request, now).unwrap();
        let names = found
            .iter()
            .map(|opening| drawing.roster.providers[&opening.provider].name.clone());
        names.collect()
    };
    assert_eq!(who(sheet), ["Amara", "Chen"]);
    // Without it the order of the settings does: by name, where that says nothing else.
    let busier = sheet.replace("Op1 Chen ", "Op1 Amara");
    assert_eq!(who(&busier), ["Chen", "Amara"]);
    assert_eq!(who(&format!("weight load off\n{busier}")), ["Amara", "Chen"]);
}

#[test]
fn short_gaps_count_as_much_as_the_practice_wants() {
    let sheet = "
        hours 9:00–11:00
        increment 15
        type exam XXXXXX
        Tue 3 Mar    Op1 Chen
        09:00        Rivera exam
        09:30        .
    ";
    let nobody_known = |_: &Drawing, leanings: &mut Leanings| *leanings = Leanings::default();
    first(
        sheet,
        nobody_known,
        3,
        expect![[r#"
        Tue 3 Mar 9:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 3 Mar 10:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 3 Mar 10:00 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
    "#]],
    );
    let off = format!("weight fragments off\n{sheet}");
    first(
        &off,
        nobody_known,
        3,
        expect![[r#"
        Tue 3 Mar 9:30 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
        Tue 3 Mar 9:45 Op1 Chen: earliest day, leaves a short gap, usual provider of Op1
        Tue 3 Mar 10:00 Op1 Chen: earliest day, leaves no short gap, usual provider of Op1
    "#]],
    );
}
