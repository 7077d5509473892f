//! Booking: every rule, its policies, and the nights in which clocks change.

use expect_test::{Expect, expect};

use super::{book_drawn, draw, outcome};
use crate::{CannotBook, Change, Entity, Leave, Op, OperatoryId, PatientId, Standing, TimeError, book};

fn check_book(sheet: &str, request: &str, expected: Expect) {
    let mut drawing = draw(sheet);
    let (request, leave) = drawing.booking(request).unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    expected.assert_eq(&outcome(&mut drawing, "book", result));
}

const MORNING: &str = "
    type crown XX//XX
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera crown    .
    09:30        .               Osei prophy
    10:00        .               Osei prophy
    10:30        # staff meeting # staff meeting
    11:00        .               .
";

#[test]
fn free_time_is_booked() {
    check_book(
        MORNING,
        "Nakamura filling Op1 9:30 60min",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen          Op2 Amara
            09:00           Rivera crown      .
            09:30           Nakamura filling  Osei prophy
            10:30           # staff meeting   # staff meeting
            11:00           .                 .
        "#]],
    );
}

#[test]
fn a_block_out_is_named_with_its_times() {
    check_book(
        MORNING,
        "Nakamura filling Op1 10:00 60min",
        expect!["cannot book: Op1 is blocked out 10:30–11:00 (staff meeting) [blocked]"],
    );
}

#[test]
fn a_taken_operatory_says_by_whom_and_until_when() {
    check_book(
        MORNING,
        "Nakamura filling Op2 9:45 30min",
        expect!["cannot book: Op2 is taken 9:30–10:30 by Osei [chair_taken]"],
    );
}

#[test]
fn time_that_ends_where_the_next_begins_is_free() {
    check_book(
        MORNING,
        "Nakamura filling Op2 9:00 30min",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:00           Rivera crown     Nakamura filling
            09:30           .                Osei prophy
            10:30           # staff meeting  # staff meeting
            11:00           .                .
        "#]],
    );
}

#[test]
fn only_the_doctors_own_minutes_clash_across_operatories() {
    // Chen is in Op1 9:00–9:10 and 9:20–9:30; in between an assistant is.
    check_book(
        MORNING,
        "Nakamura check Op2 9:10 10min @Chen",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:00           Rivera crown     .
            09:10           |                Nakamura check @Chen
            09:20           |                .
            09:30           .                Osei prophy
            10:30           # staff meeting  # staff meeting
            11:00           .                .
        "#]],
    );
    check_book(
        MORNING,
        "Nakamura check Op2 9:10 15min @Chen",
        expect!["cannot book: Chen is needed 9:20–9:30 in Op1 by Rivera [doctor_taken]"],
    );
}

#[test]
fn a_patient_is_not_in_two_places() {
    check_book(
        MORNING,
        "Rivera check Op2 9:00 15min",
        expect!["cannot book: Rivera has another visit 9:00–9:30 in Op1 [patient_elsewhere]"],
    );
}

#[test]
fn an_override_needs_a_reason_and_says_what_it_overrode() {
    check_book(
        MORNING,
        "Nakamura filling Op2 9:45 30min because",
        expect!["cannot book: Op2 is taken 9:30–10:30 by Osei [reason_missing]"],
    );
    check_book(
        MORNING,
        "Nakamura filling Op2 9:45 30min because she is in pain",
        expect![[r#"
            although Op2 is taken 9:30–10:30 by Osei
            although Amara is needed 9:30–10:30 in Op2 by Osei
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:00           Rivera crown     .
            09:30           .                Osei prophy
            09:45           .                | + Nakamura filling
            10:15           .                |
            10:30           # staff meeting  # staff meeting
            11:00           .                .
        "#]],
    );
}

#[test]
fn acknowledging_is_not_enough_where_a_rule_refuses() {
    check_book(
        MORNING,
        "Nakamura filling Op2 9:45 30min anyway",
        expect!["cannot book: Op2 is taken 9:30–10:30 by Osei [chair_taken]"],
    );
}

#[test]
fn hours_of_location_and_provider_are_warned_about() {
    let sheet = "
        hours 8:00–12:00 13:00–17:00
        provider Chen 9:00–12:00
        provider Amara away
        Tue 3 Mar    Op1 Chen    Op2 Amara
        09:00        .           .
    ";
    check_book(
        sheet,
        "Osei exam Op1 8:30",
        expect!["cannot book: Chen works 9:00–12:00 at Main on Tue 3 Mar [needs_acknowledgement]"],
    );
    check_book(
        sheet,
        "Osei exam Op1 11:45",
        expect![
            "cannot book: Main is open 8:00–12:00 and 13:00–17:00 on Tue 3 Mar; Chen works 9:00–12:00 at Main on Tue 3 Mar [needs_acknowledgement]"
        ],
    );
    check_book(
        sheet,
        "Osei exam Op2 9:00",
        expect!["cannot book: Amara does not work at Main on Tuesday 3 Mar [needs_acknowledgement]"],
    );
    check_book(
        sheet,
        "Osei exam Op1 11:45 anyway",
        expect![[r#"
            although Main is open 8:00–12:00 and 13:00–17:00 on Tue 3 Mar
            although Chen works 9:00–12:00 at Main on Tue 3 Mar
            Tue 3 Mar 2026  Op1 Chen   Op2 Amara
            11:45           Osei exam  .
            12:15           .          .
        "#]],
    );
    check_book(
        &sheet.replace("hours 8:00–12:00 13:00–17:00", "hours closed"),
        "Osei exam Op1 9:00",
        expect!["cannot book: Main is closed on Tuesday 3 Mar [needs_acknowledgement]"],
    );
}

#[test]
fn what_the_practice_allows_is_not_even_mentioned() {
    let sheet = "
        hours 8:00–12:00
        rule outside_location_hours allow
        rule outside_provider_hours allow
        rule operatory_overlap allow
        Tue 3 Mar    Op1 Chen
        18:00        Rivera exam
        18:30        .
    ";
    check_book(
        sheet,
        "Osei exam Op1 18:00",
        expect!["cannot book: Chen is needed 18:00–18:30 in Op1 by Rivera [doctor_taken]"],
    );
}

#[test]
fn buffers_of_both_visits_count_and_the_larger_wins() {
    let sheet = "
        type surgery XXXXXX buffer 10/15
        Tue 3 Mar    Op1 Chen        Op2 Amara
        09:00        Rivera surgery  Osei exam
        09:30        .               .
        10:00        .               .
    ";
    check_book(
        sheet,
        "Ito exam Op1 9:40 20min",
        expect![
            "cannot book: Op1 has 10 free minutes next to Rivera (9:00–9:30), 15 are wanted [needs_acknowledgement]"
        ],
    );
    check_book(
        sheet,
        "Ito exam Op1 9:45 15min",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen        Op2 Amara
        09:00           Rivera surgery  Osei exam
        09:30           .               .
        09:45           Ito exam        .
        10:00           .               .
    "#]],
    );
    check_book(
        sheet,
        "Ito surgery Op2 9:35",
        expect![
            "cannot book: Op2 has 5 free minutes next to Osei (9:00–9:30), 10 are wanted [needs_acknowledgement]"
        ],
    );
    check_book(
        sheet,
        "Ito surgery Op2 9:40",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen        Op2 Amara
        09:00           Rivera surgery  Osei exam
        09:30           .               .
        09:40           .               Ito surgery
        10:10           .               .
    "#]],
    );
}

#[test]
fn block_outs_warn_block_or_keep_time_for_types() {
    let sheet = "
        block Chen 12:00–13:00 # lunch
        block Main 16:00–17:00 ? fire drill
        Tue 3 Mar    Op1 Chen         Op2 Amara
        09:00        = crown: crowns  .
        10:00        .                .
    ";
    check_book(
        sheet,
        "Osei exam Op1 9:30",
        expect!["cannot book: Op1 is kept for crown 9:00–10:00 (crowns) [blocked]"],
    );
    check_book(
        sheet,
        "Osei crown Op1 9:30",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen         Op2 Amara
        09:00           = crown: crowns  .
        09:30           | + Osei crown   .
        10:00           .                .
        block Chen 12:00–13:00 # lunch
        block Main 16:00–17:00 ? fire drill
    "#]],
    );
    check_book(
        sheet,
        "Osei exam Op2 12:30 @Chen",
        expect!["cannot book: Chen is blocked out 12:00–13:00 (lunch) [blocked]"],
    );
    check_book(
        sheet,
        "Osei exam Op2 12:30",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:00           = crown: crowns  .
            10:00           .                .
            12:30           .                Osei exam
            13:00           .                .
            block Chen 12:00–13:00 # lunch
            block Main 16:00–17:00 ? fire drill
        "#]],
    );
    check_book(
        sheet,
        "Osei exam Op2 16:45",
        expect!["cannot book: Main is blocked out 16:00–17:00 (fire drill) [needs_acknowledgement]"],
    );
    check_book(
        sheet,
        "Osei exam Op2 16:45 anyway",
        expect![[r#"
            although Main is blocked out 16:00–17:00 (fire drill)
            Tue 3 Mar 2026  Op1 Chen         Op2 Amara
            09:00           = crown: crowns  .
            10:00           .                .
            16:45           .                Osei exam
            17:15           .                .
            block Chen 12:00–13:00 # lunch
            block Main 16:00–17:00 ? fire drill
        "#]],
    );
}

#[test]
fn types_are_done_only_by_some_and_in_some() {
    let sheet = "
        type implant XXXX only Chen Op1
        Tue 3 Mar    Op1 Chen    Op2 Amara
        09:00        .           .
    ";
    check_book(
        sheet,
        "Osei implant Op2 9:00",
        expect![
            "cannot book: implant is not done by Amara; implant is not done in Op2 [needs_acknowledgement]"
        ],
    );
    check_book(
        sheet,
        "Osei implant Op1 9:00",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen      Op2 Amara
        09:00           Osei implant  .
        09:20           .             .
    "#]],
    );
}

#[test]
fn several_obstacles_are_all_named_refusals_first() {
    check_book(
        MORNING,
        "Rivera crown Op2 6:45 200min @Chen",
        expect![
            "cannot book: Op2 is taken 9:30–10:30 by Osei; Chen is needed 9:00–9:10 in Op1 by Rivera; Rivera has another visit 9:00–9:30 in Op1; Main is open 7:00–19:00 on Tue 3 Mar; Chen works 7:00–19:00 at Main on Tue 3 Mar [chair_taken]"
        ],
    );
}

#[test]
fn a_cancelled_visit_takes_no_time() {
    let sheet = "
        cancelled 9:00–9:30 Op1 Rivera exam
        no-show 9:30–10:00 Op1 Osei exam
        Tue 3 Mar    Op1 Chen
        10:00        .
    ";
    check_book(
        sheet,
        "Ito exam Op1 9:00 60min",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Ito exam
        10:00           .
        cancelled 09:00–09:30 Op1 Rivera exam
        no-show 09:30–10:00 Op1 Osei exam
    "#]],
    );
}

/// The clock jumps from 2:00 to 3:00 on 14 March 2027.
#[test]
fn a_time_in_the_gap_is_refused_and_the_next_is_offered() {
    let sheet = "
        hours 0:00–24:00
        Sun 14 Mar 2027    Op1 Chen
        01:30              Rivera exam
        03:30              .
    ";
    check_book(
        sheet,
        "Osei exam Op1 2:15",
        expect![
            "cannot book: 2:15 does not exist on Sun 14 Mar 2027 in America/New_York: the clock jumps ahead. The next time that exists is 3:15 [no_such_time]"
        ],
    );
    // An hour from 1:30 on ends at 3:30 of that night: Rivera's visit is an hour long.
    check_book(
        sheet,
        "Osei exam Op1 3:00",
        expect!["cannot book: Op1 is taken 1:30–3:30 by Rivera [chair_taken]"],
    );
    check_book(
        sheet,
        "Osei exam Op1 3:30",
        expect![[r#"
        Sun 14 Mar 2027  Op1 Chen
        01:30            Rivera exam
        03:30            Osei exam
        04:00            .
    "#]],
    );
}

/// The clock shows 1:00–2:00 twice on 1 November 2026.
#[test]
fn in_the_fold_both_passes_can_be_booked() {
    let sheet = "
        hours 0:00–24:00
        Sun 1 Nov    Op1 Chen
        01:00        Rivera exam
        01:30        .
        01:00        .
    ";
    let drawing = draw(sheet);
    let mut first = drawing.clone();
    let (mut request, leave) = first.booking("Osei exam Op1 1:00").unwrap();
    assert!(matches!(
        book_drawn(&drawing, &request, &leave),
        Err(CannotBook::Refused { .. })
    ));
    request.fold_later = true;
    let result = book_drawn(&drawing, &request, &leave);
    expect![[r#"
        Sun 1 Nov 2026  Op1 Chen
        01:00           Rivera exam
        01:30           .
        01:00           Osei exam
        01:30           .
    "#]]
    .assert_eq(&outcome(&mut first, "book", result));
}

#[test]
fn hours_on_a_day_of_23_hours_are_those_of_the_wall_clock() {
    let sheet = "
        hours 8:00–17:00
        Sun 14 Mar 2027    Op1 Chen
        08:00              .
    ";
    check_book(
        sheet,
        "Osei exam Op1 8:00",
        expect![[r#"
            Sun 14 Mar 2027  Op1 Chen
            08:00            Osei exam
            08:30            .
        "#]],
    );
    check_book(
        sheet,
        "Osei exam Op1 16:45",
        expect![
            "cannot book: Main is open 8:00–17:00 on Sun 14 Mar; Chen works 8:00–17:00 at Main on Sun 14 Mar [needs_acknowledgement]"
        ],
    );
}

#[test]
fn a_visit_may_reach_over_midnight_where_both_days_are_open() {
    let sheet = "
        hours 0:00–24:00
        Tue 3 Mar    Op1 Chen
        09:00        .
    ";
    check_book(
        sheet,
        "Osei exam Op1 23:45",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen
            23:45           Osei exam
            00:15           .
        "#]],
    );
    check_book(
        &sheet.replace("0:00–24:00", "0:00–23:59"),
        "Osei exam Op1 23:45",
        expect![
            "cannot book: Main is open 0:00–23:59 on Tue 3 Mar; Chen works 0:00–23:59 at Main on Tue 3 Mar [needs_acknowledgement]"
        ],
    );
}

#[test]
fn what_no_override_can_help_says_so() {
    let mut drawing = draw(MORNING);
    let (request, _) = drawing.booking("Osei exam Op1 9:30").unwrap();
    let leave = Leave {
        acknowledge_warnings: true,
        override_reason: Some("because".to_owned()),
    };
    let refuse = |change: &dyn Fn(&mut crate::BookRequest, &mut crate::drawing::Drawing)| {
        let (mut request, mut drawing) = (request.clone(), drawing.clone());
        change(&mut request, &mut drawing);
        let result = book_drawn(&drawing, &request, &leave);
        let cannot = result.unwrap_err();
        let text = outcome(&mut drawing, "book", Err(cannot.clone()));
        format!(
            "{text} field {:?}; {}\n",
            cannot.field(),
            cannot.hint(&drawing.roster)
        )
    };
    let chen = request.provider;
    let texts = [
        refuse(&|request, _| request.operatory = OperatoryId(7)),
        refuse(&|request, _| request.provider = crate::ProviderId(7)),
        refuse(&|request, _| request.appointment_type = crate::AppointmentTypeId(7)),
        refuse(&|_, drawing| drawing.roster.providers.get_mut(&chen).unwrap().is_active = false),
        refuse(&|request, drawing| {
            drawing
                .roster
                .operatories
                .get_mut(&request.operatory)
                .unwrap()
                .is_active = false
        }),
        refuse(&|request, drawing| {
            drawing
                .roster
                .appointment_types
                .get_mut(&request.appointment_type)
                .unwrap()
                .is_active = false;
        }),
        refuse(&|_, drawing| {
            drawing
                .roster
                .locations
                .get_mut(&drawing.location)
                .unwrap()
                .is_active = false
        }),
        refuse(&|request, _| request.wall = "2026-03-03T09:30:20".parse().unwrap()),
        refuse(&|request, _| request.wall = "1066-10-14T09:30".parse().unwrap()),
        refuse(&|request, _| request.wall = jiff::civil::DateTime::MAX),
        refuse(&|_, drawing| {
            drawing.roster.locations.get_mut(&drawing.location).unwrap().zone =
                crate::ZoneName::new("Mars/Base");
        }),
        refuse(&|request, _| request.note = "ä".repeat(10_001)),
    ];
    expect![[r#"
        cannot book: There is no operatory “00000000000000000000000007” [unknown_operatory] field Some("operatory"); There are: Op1 and Op2.
        cannot book: There is no provider “00000000000000000000000007” [unknown_provider] field Some("provider"); There are: Chen and Amara.
        cannot book: There is no appointment type “00000000000000000000000007” [unknown_type] field Some("appointment_type"); There are: crown, prophy and exam.
        cannot book: The provider Chen is no longer active [inactive_provider] field Some("provider"); Choose another provider, or make this one active again.
        cannot book: The operatory Op1 is no longer active [inactive_operatory] field Some("operatory"); Choose another operatory, or make this one active again.
        cannot book: The appointment type exam is no longer active [inactive_type] field Some("appointment_type"); Choose another appointment type, or make this one active again.
        cannot book: The location Main is no longer active [inactive_location] field Some("location"); Choose another location, or make this one active again.
        cannot book: 09:30:20 is not a whole minute [bad_time] field Some("at"); Write the wall time as 2026-03-03T09:00.
        cannot book: The year 1066 cannot be right: visits are between 1900 and 2200 [bad_time] field Some("at"); Write the wall time as 2026-03-03T09:00.
        cannot book: The year 9999 cannot be right: visits are between 1900 and 2200 [bad_time] field Some("at"); Write the wall time as 2026-03-03T09:00.
        cannot book: Mars/Base is not a time zone known here (zone data 2026f) [unknown_zone] field Some("at"); Choose a zone by its IANA name, for example America/New_York.
        cannot book: The note is too long: 10000 characters at the most [invalid] field Some("note"); 
    "#]].assert_eq(&texts.concat());
}

#[test]
fn a_patient_must_be_known_and_active() {
    let mut drawing = draw(MORNING);
    let (request, _) = drawing.booking("Osei exam Op1 9:30").unwrap();
    for (standing, code) in [
        (Standing::Unknown, "unknown_patient"),
        (Standing::Inactive, "inactive_patient"),
    ] {
        let placement = request.placement(&drawing.roster, &drawing.zones).unwrap();
        let neighbours = crate::Neighbours {
            patient: standing,
            ..drawing.neighbours(&placement)
        };
        let author = drawing.author(0);
        let cannot = book(
            &drawing.roster,
            &drawing.zones,
            &neighbours,
            &request,
            &Leave::NONE,
            &author,
        )
        .unwrap_err();
        assert_eq!((cannot.code(), cannot.field()), (code, Some("patient")));
    }
}

#[test]
fn a_time_of_another_zone_is_refused() {
    let mut drawing = draw(MORNING);
    let (request, _) = drawing.booking("Osei exam Op1 9:30").unwrap();
    let mut placement = request.placement(&drawing.roster, &drawing.zones).unwrap();
    placement.starts_at = drawing
        .zones
        .resolve(request.wall, &crate::ZoneName::new("America/Chicago"))
        .unwrap();
    let neighbours = drawing.neighbours(&placement);
    let cannot =
        crate::check_placement(&drawing.roster, &drawing.zones, &neighbours, &placement).unwrap_err();
    assert_eq!(cannot.code(), "wrong_zone");
}

#[test]
fn no_such_time_offers_the_next_in_its_hint() {
    let mut drawing = draw("Sun 14 Mar 2027    Op1 Chen\n03:30  .");
    let (request, leave) = drawing.booking("Osei exam Op1 2:15").unwrap();
    let cannot = book_drawn(&drawing, &request, &leave).unwrap_err();
    assert!(matches!(cannot, CannotBook::Time(TimeError::Nonexistent { .. })));
    assert_eq!(cannot.hint(&drawing.roster), "Take 3:15 or later.");
}

#[test]
fn what_was_asked_for_is_what_is_written() {
    let mut drawing = draw(MORNING);
    let (mut request, leave) = drawing.booking("Ito exam Op1 9:30 25min").unwrap();
    request.note = "ring the bell".to_owned();
    request.is_asap = true;
    request.source_uid = "uid@example.org".to_owned();
    let plan = book_drawn(&drawing, &request, &leave).unwrap();
    assert_eq!(plan.op, Op::BookAppointment);
    let [
        Change {
            before: None,
            after: Some(Entity::Appointment(visit)),
        },
    ] = plan.changes.as_slice()
    else {
        panic!("{plan:?}")
    };
    assert_eq!(visit.booked, drawing.author(1_000).stamp);
    assert_eq!(
        (visit.note.as_str(), visit.is_asap, visit.sequence),
        ("ring the bell", true, 0)
    );
    assert_eq!(
        visit.starts_at.to_string(),
        "2026-03-03T09:30:00-05:00[America/New_York]"
    );
    assert_eq!(visit.location, drawing.location);
    assert_eq!(visit.source_uid, "uid@example.org");
}

#[test]
fn without_a_patient_nobody_is_in_two_places() {
    let mut drawing = draw(MORNING);
    let (request, _) = drawing.booking("Rivera exam Op2 9:00").unwrap();
    let mut placement = request.placement(&drawing.roster, &drawing.zones).unwrap();
    let check = |placement: &crate::Placement| {
        let neighbours = drawing.neighbours(placement);
        crate::check_placement(&drawing.roster, &drawing.zones, &neighbours, placement).unwrap()
    };
    assert_eq!(check(&placement).len(), 1);
    placement.patient = None;
    assert!(check(&placement).is_empty());
    placement.patient = Some(PatientId(99));
    assert!(check(&placement).is_empty());
}
