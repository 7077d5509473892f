//! Assistants by period: who keeps them busy, when nobody is left, and what is offered then.

use expect_test::expect;
use jiff::civil::{Time, time};

use super::{book_drawn, draw, near, outcome, visit};
use crate::drawing::Drawing;
use crate::openings::{Arrangement, BusyCalendar, FamilyRequest, OpeningRequest, find_family};
use crate::templates::HeldDays;
use crate::*;

/// A bond begins with ten minutes of an assistant alone and ends with five; an exam is the doctor's.
const SHEET: &str = "
    hours 9:00–12:00
    type bond //XXX/
    type exam XXX
    Tue 3 Mar    Op1 Chen      Op2 Amara       Op3 Diaz
    09:00        Rivera bond   .               .
    09:05        |             Osei bond       .
    09:30        .             |               .
    09:45        .             .               .
";

fn period(weekday: Weekday, from: Time, until: Time, count: u16) -> AssistantPeriod {
    AssistantPeriod {
        weekday,
        from,
        until,
        count,
    }
}

/// The sheet with so many assistants from 9:00 to 11:00 that Tuesday, and three until noon; bonds need one in these minutes.
fn drawn(count: u16, need: AssistantNeed) -> Drawing {
    let mut drawing = draw(SHEET);
    let location = drawing.roster.locations.get_mut(&LocationId(1)).unwrap();
    location.assistants = vec![
        period(Weekday::Tuesday, time(9, 0, 0, 0), time(11, 0, 0, 0), count),
        period(Weekday::Tuesday, time(11, 0, 0, 0), time(12, 0, 0, 0), 3),
    ];
    let mut bond = None;
    for kind in drawing.roster.appointment_types.values_mut() {
        if kind.name == "bond" {
            kind.assistant = need;
            bond = Some(kind.id);
        }
    }
    for visit in &mut drawing.appointments {
        if Some(visit.appointment_type) == bond {
            visit.assistant = need;
        }
    }
    drawing
}

fn booked(drawing: &mut Drawing, text: &str) -> String {
    let (request, leave) = drawing.booking(text).unwrap();
    let result = book_drawn(drawing, &request, &leave);
    outcome(drawing, "book", result)
}

const AWAY: AssistantNeed = AssistantNeed::DoctorAway;
const WHOLE: AssistantNeed = AssistantNeed::WholeVisit;

#[test]
fn the_words_say_when_nobody_is_left_and_with_whom_they_are() {
    expect!["cannot book: The only assistant is with Rivera (Op1) and Osei (Op2) 9:00–9:10; The only assistant is with Rivera (Op1) 9:25–9:30 [needs_acknowledgement]"]
        .assert_eq(&booked(&mut drawn(1, AWAY), "Patel bond Op3 9:00"));
    expect![
        "cannot book: Both assistants are with Rivera (Op1) and Osei (Op2) 9:05–9:10 [needs_acknowledgement]"
    ]
    .assert_eq(&booked(&mut drawn(2, AWAY), "Patel bond Op3 9:00"));
    expect![
        "cannot book: Both assistants are with Rivera (Op1) and Osei (Op2) 9:15–9:30 [needs_acknowledgement]"
    ]
    .assert_eq(&booked(&mut drawn(2, WHOLE), "Patel bond Op3 9:15"));
    // Two stretches of one visit are two sentences.
    expect!["cannot book: The only assistant is with Osei (Op2) 9:10–9:15; The only assistant is with Osei (Op2) 9:35–9:40 [needs_acknowledgement]"]
        .assert_eq(&booked(&mut drawn(1, AWAY), "Patel bond Op3 9:10"));
}

#[test]
fn who_is_asked_books_anyway_and_it_stands() {
    let mut drawing = drawn(1, AWAY);
    let after = booked(&mut drawing, "Patel bond Op3 9:00 anyway");
    assert!(after.starts_with("although The only assistant is"), "{after}");
    assert_eq!(drawing.appointments.len(), 3);
    assert_eq!(
        conflicts::find(&drawing.roster, &drawing.appointments, &[]),
        [],
        "how many are there is a matter of no two visits"
    );
}

#[test]
fn where_an_assistant_is_left_nothing_is_asked() {
    for (count, need, text) in [
        (1, AWAY, "Patel bond Op3 9:45"),
        (3, AWAY, "Patel bond Op3 9:00"),
        (3, WHOLE, "Patel bond Op3 9:15"),
        (1, WHOLE, "Patel bond Op3 9:45"),
        (1, AssistantNeed::None, "Patel bond Op3 9:00"),
        (1, WHOLE, "Patel exam Op3 9:00"),
    ] {
        let mut drawing = drawn(count, need);
        let after = booked(&mut drawing, text);
        assert!(after.starts_with("Tue 3 Mar"), "{count} {text}: {after}");
    }
}

#[test]
fn periods_follow_each_other_and_outside_them_nobody_is_there() {
    // From eleven on there are three.
    let mut drawing = drawn(1, WHOLE);
    for text in [
        "Patel bond Op3 11:00",
        "Cole bond Op1 11:00",
        "Ito bond Op2 11:00",
    ] {
        let after = booked(&mut drawing, text);
        assert!(after.starts_with("Tue 3 Mar"), "{after}");
    }
    // Over the change the smaller number holds until it changes.
    let mut drawing = drawn(1, WHOLE);
    assert!(booked(&mut drawing, "Patel bond Op3 10:45").starts_with("Tue"));
    expect!["cannot book: The only assistant is with Patel (Op3) 10:45–11:00 [needs_acknowledgement]"]
        .assert_eq(&booked(&mut drawing, "Cole bond Op1 10:45"));
    let mut drawing = drawn(1, WHOLE);
    let location = drawing.roster.locations.get_mut(&LocationId(1)).unwrap();
    location.assistants.retain(|period| period.count == 3);
    expect!["cannot book: No assistant is at Main 10:00–10:30 [needs_acknowledgement]"]
        .assert_eq(&booked(&mut drawing, "Patel bond Op3 10:00"));
    // Where nothing is entered nobody counts.
    drawing
        .roster
        .locations
        .get_mut(&LocationId(1))
        .unwrap()
        .assistants
        .clear();
    assert!(booked(&mut drawing, "Patel bond Op3 10:00").starts_with("Tue"));
}

#[test]
fn called_off_and_missed_visits_keep_nobody_busy() {
    for status in [Status::Cancelled, Status::NoShow] {
        let mut drawing = drawn(1, WHOLE);
        drawing
            .appointments
            .iter_mut()
            .for_each(|visit| visit.status = status);
        let after = booked(&mut drawing, "Patel bond Op3 9:00");
        assert!(!after.contains("assistant"), "{after}");
    }
}

#[test]
fn practice_and_type_decide_what_happens() {
    let with = |practice: Option<Policy>, own: Option<Policy>| {
        let mut drawing = drawn(1, AWAY);
        let policies = &mut drawing.roster.practice.policies.0;
        policies.extend(practice.map(|policy| (Rule::Assistants, policy)));
        for kind in drawing.roster.appointment_types.values_mut() {
            kind.policies
                .0
                .extend(own.map(|policy| (Rule::Assistants, policy)));
        }
        booked(&mut drawing, "Patel bond Op3 9:00")
    };
    assert!(with(None, None).ends_with("[needs_acknowledgement]"));
    assert!(with(Some(Policy::Refuse), None).ends_with("[no_assistant]"));
    assert!(with(Some(Policy::Refuse), Some(Policy::Allow)).starts_with("Tue 3 Mar"));
    assert!(with(Some(Policy::Allow), Some(Policy::Refuse)).ends_with("[no_assistant]"));
}

#[test]
fn moving_and_stretching_ask_too_and_nobody_is_in_their_own_way() {
    let drawing = drawn(1, WHOLE);
    let osei = visit(&drawing, 2);
    let asked = |drawing: &Drawing, placement: &Placement| {
        let around = near(drawing, placement).unwrap();
        let found = check_placement(&drawing.roster, &drawing.zones, &around, placement).unwrap();
        found.iter().any(|one| one.code() == "no_assistant")
    };
    let to = |wall| MoveRequest {
        wall: Some(wall),
        ..MoveRequest::default()
    };
    let placed = |wall| moved_placement(&drawing.roster, &drawing.zones, osei, &to(wall)).unwrap();
    assert!(asked(&drawing, &placed(drawing.date.at(9, 15, 0, 0))));
    assert!(!asked(&drawing, &placed(drawing.date.at(9, 30, 0, 0))));
    let mut alone = drawing.clone();
    alone.appointments.retain(|one| one.id == osei.id);
    assert!(!asked(&alone, &placed(drawing.date.at(9, 15, 0, 0))));
}

/// First starts that are offered in Op3, with what is said about assistants there.
fn offered(drawing: &mut Drawing) -> Vec<String> {
    let (booking, _) = drawing.booking("Patel bond Op3 9:00").unwrap();
    let busy = BusyCalendar::build(&drawing.appointments, &[]);
    let request = OpeningRequest {
        operatory: Some(booking.operatory),
        provider: Some(booking.provider),
        days: 1,
        limit: 99,
        before: Some(time(10, 0, 0, 0)),
        ..OpeningRequest::new(booking.appointment_type, drawing.date)
    };
    let now = visit(drawing, 1).starts_at.instant();
    openings::find(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &HeldDays::default(),
        &request,
        now,
    )
    .unwrap()
    .iter()
    .map(|opening| {
        let said = opening
            .reasons
            .iter()
            .find(|reason| matches!(reason, Reason::NoAssistant(..)))
            .map(|reason| format!(" {}", reason.words(&drawing.roster)));
        format!(
            "{}{}",
            opening.starts_at.wall.strftime("%-H:%M"),
            said.unwrap_or_default()
        )
    })
    .collect()
}

#[test]
fn openings_without_an_assistant_come_last_and_say_so() {
    let mut drawing = drawn(1, WHOLE);
    drawing.roster.practice.time_increment_minutes = 15;
    expect!["9:00 no assistant is free 9:00–9:30; 9:15 no assistant is free 9:15–9:45; 9:30 no assistant is free 9:30–9:45"].assert_eq(&offered(&mut drawing).join("; "));
    // Refused, they are not offered at all.
    let policies = &mut drawing.roster.practice.policies.0;
    policies.insert(Rule::Assistants, Policy::Refuse);
    assert!(offered(&mut drawing).iter().all(|one| !one.contains("assistant")));
    assert!(!offered(&mut drawing).contains(&"9:00".to_owned()));
    let policies = &mut drawing.roster.practice.policies.0;
    policies.insert(Rule::Assistants, Policy::Allow);
    assert!(offered(&mut drawing).contains(&"9:00".to_owned()));
}

/// Nobody else is on the calendar: whoever comes together must have an assistant each.
#[test]
fn a_family_has_an_assistant_for_everybody_at_once() {
    let ways = |count: u16, arrangement: Arrangement| {
        let mut drawing = drawn(count, WHOLE);
        drawing.appointments.clear();
        let bond = drawing.booking("Patel bond Op3 9:00").unwrap().0.appointment_type;
        let visit = |patient: u128| OpeningRequest {
            days: 1,
            patient: Some(PatientId(patient)),
            before: Some(time(10, 0, 0, 0)),
            ..OpeningRequest::new(bond, drawing.date)
        };
        let request = FamilyRequest {
            visits: vec![visit(901), visit(902)],
            arrangement,
            limit: 4,
        };
        let now = jiff::Timestamp::UNIX_EPOCH;
        let (busy, held) = (BusyCalendar::default(), HeldDays::default());
        let found = find_family(&drawing.roster, &drawing.zones, &busy, &held, &request, now).unwrap();
        found.len()
    };
    assert_eq!(ways(1, Arrangement::SideBySide), 0);
    assert!(ways(1, Arrangement::BackToBack) > 0);
    assert!(ways(2, Arrangement::SideBySide) > 0);
}

/// Two visits to another day on which only one assistant is there: each has her for itself.
#[test]
fn a_plan_counts_the_assistants_that_its_own_visits_need() {
    for count in 1..=2 {
        let mut drawing = drawn(count, WHOLE);
        let location = drawing.roster.locations.get_mut(&LocationId(1)).unwrap();
        location.assistants = vec![period(
            Weekday::Wednesday,
            time(9, 0, 0, 0),
            time(12, 0, 0, 0),
            count,
        )];
        let request = rescheduling::Rescheduling {
            visits: drawing.appointments.clone(),
            from: drawing.date.tomorrow().unwrap(),
            days: 1,
            away: None,
            may_change_provider: true,
            effort: rescheduling::EFFORT,
        };
        let busy = BusyCalendar::build(&drawing.appointments, &[]);
        let (held, now) = (HeldDays::default(), jiff::Timestamp::UNIX_EPOCH);
        let plan =
            rescheduling::plan_rescheduling(&drawing.roster, &drawing.zones, &busy, &held, &request, now)
                .unwrap();
        assert_eq!(plan.placed.len(), 2, "{count}: {plan:?}");
        let starts: Vec<_> = plan
            .placed
            .iter()
            .map(|one| one.opening.starts_at.instant())
            .collect();
        let apart = starts[0].duration_since(starts[1]).abs().as_mins();
        assert_eq!(apart >= 30, count == 1, "{count}: {apart}");
    }
}

#[test]
fn several_procedures_need_one_as_long_as_any_of_them() {
    let drawing = drawn(1, AssistantNeed::None);
    let id = |name: &str| {
        let kind = drawing
            .roster
            .appointment_types
            .values()
            .find(|kind| kind.name == name);
        kind.unwrap().id
    };
    let together = together(&drawing.roster, id("bond"), &[id("exam")]).unwrap();
    assert_eq!(together.assistant, AWAY, "the exam as every type at first");
}

#[test]
fn booked_visits_follow_a_type_only_if_they_need_what_it_needed() {
    let drawing = drawn(1, AWAY);
    let mut kinds = drawing.roster.appointment_types.values();
    let before = kinds.find(|kind| kind.name == "bond").unwrap();
    let after = AppointmentType {
        assistant: WHOLE,
        ..before.clone()
    };
    assert!(reshapes(before, &after));
    let now = jiff::Timestamp::UNIX_EPOCH;
    let follows = follows_type(&drawing.roster, before, &after, visit(&drawing, 1), now).unwrap();
    assert_eq!(follows.after.assistant, WHOLE);
    assert_eq!(
        follows.after.sequence, follows.before.sequence,
        "no patient’s calendar is concerned"
    );
    let own = Appointment {
        assistant: AssistantNeed::None,
        ..visit(&drawing, 1).clone()
    };
    assert_eq!(follows_type(&drawing.roster, before, &after, &own, now), None);
}

#[test]
fn what_is_entered_is_checked() {
    let drawing = drawn(1, AWAY);
    let wrong = |assistants: Vec<AssistantPeriod>| {
        let record = Location {
            assistants,
            ..drawing.roster.location(LocationId(1)).unwrap().clone()
        };
        validate_location(&record, &drawing.roster, &drawing.zones)
            .err()
            .map(|error| (error.field, error.message))
    };
    let on = |from: Time, until: Time, count| period(Weekday::Monday, from, until, count);
    let (eight, noon, end) = (time(8, 0, 0, 0), time(12, 0, 0, 0), Time::midnight());
    assert_eq!(wrong(vec![on(eight, noon, 1), on(noon, end, 99)]), None);
    for (periods, words) in [
        (vec![on(eight, noon, 0)], "1 to 99 assistants"),
        (vec![on(eight, noon, 100)], "1 to 99 assistants"),
        (vec![on(noon, eight, 2)], "Hours go from an earlier to a later"),
        (
            vec![on(eight, end, 2), on(noon, end, 1)],
            "Hours on Monday overlap.",
        ),
    ] {
        let (field, message) = wrong(periods).unwrap();
        assert_eq!(field, "assistants");
        assert!(message.starts_with(words), "{message}");
    }
}

/// On the night in which an hour is there twice both passes are counted, and the periods that meet in it overlap.
#[test]
fn an_hour_that_is_there_twice_is_counted_in_both_passes() {
    let zones = Zones::bundled();
    let mut drawing = drawn(1, WHOLE);
    let location = drawing.roster.locations.get_mut(&LocationId(1)).unwrap();
    location.zone = ZoneName::new("America/New_York");
    location.assistants = vec![
        period(Weekday::Sunday, time(0, 0, 0, 0), time(1, 30, 0, 0), 2),
        period(Weekday::Sunday, time(1, 30, 0, 0), time(3, 0, 0, 0), 1),
    ];
    let zone = zones.zone(&location.zone).unwrap();
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let there = assistants_there(
        location,
        &zone,
        (at("2026-11-01T04:00:00Z"), at("2026-11-01T08:30:00Z")),
    );
    let told: Vec<String> = there
        .unwrap()
        .iter()
        .map(|((from, until), count)| {
            let clock = |at: &jiff::Timestamp| at.strftime("%H:%MZ").to_string();
            format!("{}–{} {count}", clock(from), clock(until))
        })
        .collect();
    // 1:30 is at 5:30 and at 6:30; three o'clock at 8:00.
    expect!["04:00Z–06:30Z 2; 06:30Z–08:00Z 1; 08:00Z–08:30Z 0"].assert_eq(&told.join("; "));
}

#[test]
fn a_swap_is_judged_as_the_day_is_after_it() {
    let sheet = "
        hours 9:00–12:00
        type bond //XXX/
        type exam XXX
        Tue 3 Mar    Op1 Chen      Op2 Amara
        09:00        Rivera bond   .
        09:30        Cole exam     Osei bond
        09:45        .             |
        10:00        Patel exam    .
    ";
    let mut drawing = draw(sheet);
    let location = drawing.roster.locations.get_mut(&LocationId(1)).unwrap();
    location.assistants = vec![period(Weekday::Tuesday, time(9, 0, 0, 0), time(12, 0, 0, 0), 1)];
    for visit in &mut drawing.appointments {
        visit.assistant = match drawing.roster.appointment_types[&visit.appointment_type]
            .name
            .as_str()
        {
            "bond" => WHOLE,
            _ => AssistantNeed::None,
        };
    }
    let swap = |names: [&str; 2]| {
        let [first, second] = names.map(|name| drawing.visit_of(name).unwrap().clone());
        let both = [&first, &second];
        let places = swapped_placements(&drawing.zones, both, false).unwrap();
        let around = [0, 1].map(|at| near(&drawing, &places[at]).unwrap());
        let leave = Leave {
            acknowledge_warnings: true,
            override_reason: None,
        };
        let author = drawing.author(5);
        let plan = swap_appointments(
            &drawing.roster,
            &drawing.zones,
            around,
            both,
            false,
            &leave,
            &author,
        )
        .unwrap();
        let names = |patient| drawing.name(patient);
        let words = plan.warnings.iter();
        words
            .map(|one| one.words(&drawing.roster, &names))
            .collect::<Vec<_>>()
            .join("; ")
    };
    expect!["The only assistant is with Osei (Op2) 9:30–9:45"].assert_eq(&swap(["Rivera", "Cole"]));
    expect![""].assert_eq(&swap(["Rivera", "Patel"]));
}
