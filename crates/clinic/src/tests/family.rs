//! Families: who can come together, and when; and against the rules themselves, pair by pair.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{apply, book_drawn, draw};
use crate::drawing::Drawing;
use crate::openings::{Arrangement, FamilyOpening, FamilyRequest, find_family};
use crate::templates::HeldDays;
use crate::{AppointmentId, BookRequest, BusyCalendar, Leave, Opening, OpeningRequest, PatientId, openings};

const NOW: &str = "2026-01-01T00:00:00Z";

fn request(drawing: &Drawing, kinds: &[&str], arrangement: Arrangement) -> FamilyRequest {
    let of = |(at, code): (usize, &&str)| {
        let kind = drawing
            .roster
            .appointment_types
            .values()
            .find(|record| record.code == *code)
            .expect("drawn");
        OpeningRequest {
            days: 1,
            patient: Some(PatientId(900 + at as u128)),
            ..OpeningRequest::new(kind.id, drawing.date)
        }
    };
    FamilyRequest {
        visits: kinds.iter().enumerate().map(of).collect(),
        arrangement,
        limit: 4,
    }
}

fn found(drawing: &Drawing, request: &FamilyRequest) -> Result<Vec<FamilyOpening>, crate::CannotBook> {
    let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
    find_family(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &HeldDays::default(),
        request,
        NOW.parse().expect("written right"),
    )
}

fn check(sheet: &str, kinds: &[&str], arrangement: Arrangement, expected: Expect) {
    let drawing = draw(sheet);
    let line = |way: &FamilyOpening| {
        let visits: Vec<String> = way
            .visits
            .iter()
            .map(|opening| {
                let chair = &drawing.roster.operatories[&opening.operatory].name;
                let provider = &drawing.roster.providers[&opening.provider].name;
                format!("{} {chair} {provider}", opening.starts_at.wall.strftime("%-H:%M"))
            })
            .collect();
        format!("{} min: {}\n", way.stay_minutes, visits.join(", "))
    };
    let ways = found(&drawing, &request(&drawing, kinds, arrangement)).expect("a sound request");
    expected.assert_eq(&ways.iter().map(line).collect::<String>());
}

const SHEET: &str = "
    hours 9:00–12:00
    increment 15
    type exam XXXXXX
    type wires /X////
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        .               .
    09:30        .               Osei exam
    10:00        Ito exam        # meeting
    10:30        .               # meeting
    11:30        .               .
    12:00        .               .
";

#[test]
fn side_by_side_is_the_shortest_stay() {
    check(
        SHEET,
        &["exam", "exam"],
        Arrangement::Any,
        expect![[r#"
            30 min: 9:00 Op1 Chen, 9:00 Op2 Amara
            30 min: 11:30 Op1 Chen, 11:30 Op2 Amara
            60 min: 10:30 Op1 Chen, 11:00 Op1 Chen
            60 min: 10:45 Op1 Chen, 11:15 Op1 Chen
        "#]],
    );
}

#[test]
fn one_after_the_other_may_keep_the_chair() {
    check(
        SHEET,
        &["exam", "wires"],
        Arrangement::BackToBack,
        expect![[r#"
        60 min: 9:00 Op1 Chen, 9:30 Op1 Chen
        60 min: 10:30 Op1 Chen, 11:00 Op1 Chen
        60 min: 10:45 Op1 Chen, 11:15 Op1 Chen
        60 min: 11:00 Op1 Chen, 11:30 Op1 Chen
    "#]],
    );
}

#[test]
fn one_doctor_serves_two_chairs_only_in_different_minutes() {
    let sheet = "
        hours 9:00–10:00
        increment 5
        type wires /X//
        type exam XXXX
        Tue 3 Mar    Op1 Chen        Op2 Chen
        09:00        .               .
        10:00        .               .
    ";
    check(
        sheet,
        &["exam", "exam"],
        Arrangement::SideBySide,
        expect![[r#""#]],
    );
    check(
        sheet,
        &["exam", "wires"],
        Arrangement::Any,
        expect![[r#"
        40 min: 9:00 Op1 Chen, 9:20 Op1 Chen
        40 min: 9:05 Op1 Chen, 9:25 Op1 Chen
        40 min: 9:10 Op1 Chen, 9:30 Op1 Chen
        40 min: 9:15 Op1 Chen, 9:35 Op1 Chen
    "#]],
    );
}

#[test]
fn what_cannot_be_asked_is_said() {
    let drawing = draw(SHEET);
    let refused = |request: &FamilyRequest| match found(&drawing, request) {
        Err(cannot) => cannot.message(&drawing.roster, &|id| drawing.name(id)),
        Ok(ways) => panic!("{ways:?}"),
    };
    let one = request(&drawing, &["exam"], Arrangement::Any);
    assert_eq!(refused(&one), "A family has 2 to 6 visits here.");
    let seven = request(&drawing, &["exam"; 7], Arrangement::Any);
    assert_eq!(refused(&seven), "A family has 2 to 6 visits here.");
    let mut twice = request(&drawing, &["exam", "exam"], Arrangement::Any);
    twice.visits[1].patient = twice.visits[0].patient;
    assert_eq!(refused(&twice), "The same patient is there twice.");
    let mut apart = request(&drawing, &["exam", "exam"], Arrangement::Any);
    apart.visits[1].days = 7;
    assert_eq!(refused(&apart), "All visits are looked for over the same days.");
}

/// Books openings one after the other, as the desk does; none may break a rule.
fn book_all(drawing: &mut Drawing, request: &FamilyRequest, visits: &[Opening]) -> bool {
    request.visits.iter().zip(visits).all(|(wanted, opening)| {
        let booking = BookRequest {
            second_provider: None,
            id: AppointmentId(drawing.appointments.len() as u128 + 500),
            patient: wanted.patient.expect("given"),
            appointment_type: wanted.appointment_type,
            operatory: opening.operatory,
            provider: opening.provider,
            wall: opening.starts_at.wall,
            fold_later: false,
            pattern: None,
            note: String::new(),
            is_asap: false,
            arrive_early_minutes: 0,
            also: Vec::new(),
            source_uid: String::new(),
        };
        match book_drawn(drawing, &booking, &Leave::NONE) {
            Ok(plan) => {
                apply(drawing, &plan.changes);
                true
            }
            Err(_) => false,
        }
    })
}

prop_compose! {
    /// A morning with two or three chairs, some of it taken.
    fn morning()(
        chairs in prop::sample::select(vec!["Op1 Chen  Op2 Amara", "Op1 Chen  Op2 Chen", "Op1 Chen  Op2 Amara  Op3 Chen"]),
        taken in prop::collection::vec(prop::collection::vec(any::<bool>(), 3), 8),
        first in prop::sample::select(vec!["XXXXXX", "/X////", "X/////X", "//"]),
        second in prop::sample::select(vec!["XXXX", "/XX/", "////"]),
    ) -> String {
        let columns = chairs.matches("Op").count();
        let mut text = format!("hours 9:00–13:00\nincrement 15\ntype exam {first}\ntype wires {second}\ntype call XXX\nTue 3 Mar  {chairs}\n");
        for (row, cells) in taken.iter().enumerate() {
            let time = format!("{:02}:{:02}", 9 + row / 2, row % 2 * 30);
            let cells: Vec<String> = cells.iter().take(columns).enumerate().map(|(at, taken)| if *taken { format!("P{row}{at} call") } else { ".".to_owned() }).collect();
            text += &format!("{time}  {}\n", cells.join("  "));
        }
        text
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    /// What is offered can be booked as it stands; and no pair that could be booked keeps the family here for less time.
    #[test]
    fn nothing_offered_clashes_and_nothing_shorter_is_missed(
        sheet in morning(),
        kinds in prop::sample::select(vec![["exam", "wires"], ["exam", "exam"], ["wires", "wires"]]),
        arrangement in prop::sample::select(vec![Arrangement::Any, Arrangement::SideBySide, Arrangement::BackToBack]),
    ) {
        let Ok(drawing) = Drawing::parse(&sheet) else { return Err(TestCaseError::reject("two call visits of one doctor at once")) };
        let request = request(&drawing, &kinds, arrangement);
        let ways = found(&drawing, &request).expect("a sound request");
        for way in &ways {
            prop_assert!(book_all(&mut drawing.clone(), &request, &way.visits), "{sheet}\n{way:?}");
        }

        let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
        let single = |visit: &OpeningRequest| {
            let all = OpeningRequest { limit: 10_000, ..visit.clone() };
            openings::find(&drawing.roster, &drawing.zones, &busy, &HeldDays::default(), &all, NOW.parse().expect("written right")).expect("a sound request")
        };
        let minute = |opening: &Opening| i64::from(opening.starts_at.wall.hour()) * 60 + i64::from(opening.starts_at.wall.minute());
        let (firsts, seconds) = (single(&request.visits[0]), single(&request.visits[1]));
        let mut shortest = None;
        for one in &firsts {
            for other in &seconds {
                let (a, b) = (minute(one), minute(other));
                let (a_end, b_end) = (a + i64::from(one.length_minutes), b + i64::from(other.length_minutes));
                let follows = |end: i64, start: i64| (0..=15).contains(&(start - end));
                let is_arranged = match arrangement {
                    Arrangement::SideBySide => a == b,
                    Arrangement::BackToBack => follows(a_end, b) || follows(b_end, a),
                    Arrangement::Any => a == b || follows(a_end, b) || follows(b_end, a),
                };
                let stay = a_end.max(b_end) - a.min(b);
                if is_arranged && shortest.is_none_or(|known| stay < known)
                    && book_all(&mut drawing.clone(), &request, &[one.clone(), other.clone()])
                {
                    shortest = Some(stay);
                }
            }
        }
        prop_assert_eq!(ways.first().map(|way| i64::from(way.stay_minutes)), shortest, "{}", sheet);
    }
}
