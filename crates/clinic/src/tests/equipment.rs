//! Equipment that visits share: who has it, when there is none left, and what people are asked about afterwards.

use expect_test::expect;

use super::{apply, book_drawn, draw, near, outcome, visit};
use crate::drawing::Drawing;
use crate::openings::{Arrangement, BusyCalendar, FamilyRequest, OpeningRequest, find_family};
use crate::*;

const SCANNER: EquipmentId = EquipmentId(1);
const XRAY: EquipmentId = EquipmentId(2);

const SHEET: &str = "
    hours 9:00–12:00
    type scan //////
    type exam XXX
    Tue 3 Mar    Op1 Chen      Op2 Amara       Op3 Diaz
    09:00        Rivera scan   .               .
    09:15        |             Osei scan       .
    09:30        .             |               .
    09:45        .             .               .
";

fn need(equipment: EquipmentId, from_minute: u16, until_minute: Option<u16>) -> EquipmentNeed {
    EquipmentNeed {
        equipment,
        from_minute,
        until_minute,
    }
}

fn equipment(id: EquipmentId, name: &str, pieces: u16) -> Equipment {
    let location = LocationId(1);
    Equipment {
        id,
        name: name.to_owned(),
        counts: vec![EquipmentCount { location, pieces }],
        sort: 0,
        is_active: true,
    }
}

/// The sheet with scans that use a scanner, for these minutes, of which there are so many.
fn drawn(pieces: u16, needs: &[EquipmentNeed]) -> Drawing {
    let mut drawing = draw(SHEET);
    for record in [
        equipment(SCANNER, "Scanner", pieces),
        equipment(XRAY, "X-ray", pieces),
    ] {
        drawing.roster.equipment.insert(record.id, record);
    }
    let mut scan = None;
    for kind in drawing.roster.appointment_types.values_mut() {
        if kind.name == "scan" {
            kind.equipment = needs.to_vec();
            scan = Some(kind.id);
        }
    }
    for visit in &mut drawing.appointments {
        if Some(visit.appointment_type) == scan {
            visit.equipment = needs.to_vec();
        }
    }
    drawing
}

fn whole() -> Vec<EquipmentNeed> {
    vec![need(SCANNER, 0, None)]
}

fn booked(drawing: &mut Drawing, text: &str) -> String {
    let (request, leave) = drawing.booking(text).unwrap();
    let result = book_drawn(drawing, &request, &leave);
    outcome(drawing, "book", result)
}

#[test]
fn the_words_say_what_is_missing_when_and_who_has_it() {
    expect!["cannot book: Scanner is in use 9:30–9:45 by Osei (Op2) [no_equipment]"]
        .assert_eq(&booked(&mut drawn(1, &whole()), "Patel scan Op3 9:30"));
    expect![
        "cannot book: Both of Scanner are in use 9:15–9:30 by Rivera (Op1) and Osei (Op2) [no_equipment]"
    ]
    .assert_eq(&booked(&mut drawn(2, &whole()), "Patel scan Op3 9:00"));
    expect!["cannot book: Main has no Scanner [no_equipment]"]
        .assert_eq(&booked(&mut drawn(0, &whole()), "Patel scan Op3 11:00"));
}

#[test]
fn where_a_piece_is_left_nothing_is_asked() {
    for (pieces, text) in [
        (1, "Patel scan Op3 9:45"),
        (2, "Patel scan Op3 9:30"),
        (3, "Patel scan Op3 9:00"),
        (1, "Patel exam Op3 9:00"),
    ] {
        let mut drawing = drawn(pieces, &whole());
        assert!(
            !booked(&mut drawing, text).contains("Scanner"),
            "{pieces}: {text}"
        );
        assert!(drawing.appointments.len() == 3, "{pieces}: {text}");
    }
}

#[test]
fn a_part_of_a_visit_is_enough() {
    // The first ten minutes: one after the other has the only scanner.
    let first = [need(SCANNER, 0, Some(10))];
    let mut drawing = drawn(1, &first);
    assert!(booked(&mut drawing, "Patel scan Op3 9:25").starts_with("Tue 3 Mar"));
    expect!["cannot book: Scanner is in use 9:25–9:35 by Patel (Op3) [no_equipment]"]
        .assert_eq(&booked(&mut drawing, "Cole scan Op1 9:30").replace("9:30–9:35", "9:25–9:35"));
}

#[test]
fn called_off_missed_and_out_of_use_do_not_count() {
    for status in [Status::Cancelled, Status::NoShow] {
        let mut drawing = drawn(1, &whole());
        drawing
            .appointments
            .iter_mut()
            .for_each(|visit| visit.status = status);
        let after = booked(&mut drawing, "Patel scan Op3 9:15");
        assert!(!after.contains("cannot"), "{after}");
    }
    let mut drawing = drawn(1, &whole());
    drawing.roster.equipment.get_mut(&SCANNER).unwrap().is_active = false;
    assert!(!booked(&mut drawing, "Patel scan Op3 9:15").contains("cannot"));
}

#[test]
fn practice_and_type_decide_what_happens() {
    let with = |practice: Option<Policy>, own: Option<Policy>| {
        let mut drawing = drawn(1, &whole());
        if let Some(policy) = practice {
            drawing.roster.practice.policies.0.insert(Rule::Equipment, policy);
        }
        for kind in drawing.roster.appointment_types.values_mut() {
            kind.policies
                .0
                .extend(own.map(|policy| (Rule::Equipment, policy)));
        }
        booked(&mut drawing, "Patel scan Op3 9:15")
    };
    assert!(with(None, None).ends_with("[no_equipment]"));
    assert!(with(Some(Policy::Warn), None).ends_with("[needs_acknowledgement]"));
    assert!(with(None, Some(Policy::Allow)).starts_with("Tue 3 Mar"));
    assert!(with(Some(Policy::Allow), Some(Policy::Refuse)).ends_with("[no_equipment]"));
}

#[test]
fn moving_and_stretching_ask_too() {
    let drawing = drawn(1, &whole());
    let osei = visit(&drawing, 2);
    let move_ = MoveRequest {
        wall: Some(drawing.date.at(9, 20, 0, 0)),
        operatory: Some(visit(&drawing, 1).operatory),
        ..MoveRequest::default()
    };
    let placement = moved_placement(&drawing.roster, &drawing.zones, osei, &move_).unwrap();
    let found = check_placement(
        &drawing.roster,
        &drawing.zones,
        &near(&drawing, &placement).unwrap(),
        &placement,
    )
    .unwrap();
    assert!(found.iter().any(|one| one.code() == "no_equipment"), "{found:?}");
    // Its own piece is not in its own way.
    let mut alone = drawing.clone();
    alone.appointments.retain(|one| one.id == osei.id);
    let found = check_placement(
        &alone.roster,
        &alone.zones,
        &near(&alone, &placement).unwrap(),
        &placement,
    )
    .unwrap();
    assert!(!found.iter().any(|one| one.code() == "no_equipment"), "{found:?}");
}

fn cards(drawing: &Drawing, accepted: &[AcceptedConflict]) -> Vec<String> {
    let mut forwards = conflicts::find(&drawing.roster, &drawing.appointments, accepted);
    let turned: Vec<Appointment> = drawing.appointments.iter().rev().cloned().collect();
    let mut backwards = conflicts::find(&drawing.roster, &turned, accepted);
    let by_key = |a: &Conflict, b: &Conflict| a.key.cmp(&b.key);
    forwards.sort_by(by_key);
    backwards.sort_by(by_key);
    assert_eq!(
        forwards, backwards,
        "the order in which they came does not matter"
    );
    let zone = &visit(drawing, 1).starts_at.zone;
    let clock = |at| {
        drawing
            .zones
            .at(at, zone)
            .unwrap()
            .wall
            .strftime("%-H:%M")
            .to_string()
    };
    forwards
        .iter()
        .map(|one| {
            let names = one
                .appointments
                .map(|id| drawing.name(visit(drawing, id.0).patient));
            format!(
                "{} {} {}–{}",
                one.kind,
                names.join("+"),
                clock(one.from),
                clock(one.until)
            )
        })
        .collect()
}

/// Three scans at once, as after a merge, booked in the order of their columns.
fn merged(pieces: u16) -> Drawing {
    let mut drawing = drawn(pieces, &whole());
    let (rivera, osei) = (visit(&drawing, 1).clone(), visit(&drawing, 2).clone());
    let third = Appointment {
        id: AppointmentId(3),
        patient: drawing.booking("Patel scan Op3 9:15").unwrap().0.patient,
        operatory: drawing.booking("Patel scan Op3 9:15").unwrap().0.operatory,
        provider: drawing.booking("Patel scan Op3 9:15").unwrap().0.provider,
        booked: Stamp {
            millis: 30,
            ..osei.booked
        },
        ..osei.clone()
    };
    drawing.appointments = vec![
        Appointment {
            booked: Stamp {
                millis: 10,
                ..rivera.booked
            },
            ..rivera
        },
        Appointment {
            booked: Stamp {
                millis: 20,
                ..osei.booked
            },
            ..osei
        },
        third,
    ];
    drawing
}

#[test]
fn a_card_asks_whoever_has_the_last_piece_and_who_came_after() {
    expect![
        "equipment Rivera+Osei 9:15–9:30; equipment Rivera+Patel 9:15–9:30; equipment Osei+Patel 9:30–9:45"
    ]
    .assert_eq(&cards(&merged(1), &[]).join("; "));
    expect!["equipment Osei+Patel 9:15–9:30"].assert_eq(&cards(&merged(2), &[]).join("; "));
    assert_eq!(cards(&merged(3), &[]), [""; 0]);
    assert_eq!(
        cards(&merged(0), &[]),
        [""; 0],
        "where there is none nobody is in the way"
    );
}

#[test]
fn two_who_both_stand_share_a_piece() {
    let mut drawing = merged(2);
    let (osei, patel) = (visit(&drawing, 2).clone(), visit(&drawing, 3).clone());
    let accepted = vec![conflicts::keep_both(
        ConflictKind::Equipment,
        &osei,
        &patel,
        "a loan",
        &drawing.author(40),
    )];
    assert_eq!(cards(&drawing, &accepted), [""; 0]);
    // A fourth is asked about again, and not with those two only.
    drawing.appointments.push(Appointment {
        id: AppointmentId(4),
        operatory: OperatoryId(77),
        patient: PatientId(77),
        provider: ProviderId(77),
        booked: Stamp {
            millis: 40,
            ..patel.booked
        },
        ..patel.clone()
    });
    assert_eq!(
        conflicts::find(&drawing.roster, &drawing.appointments, &accepted)
            .iter()
            .map(|one| one.appointments)
            .collect::<Vec<_>>(),
        [[osei.id, AppointmentId(4)]]
    );
}

#[test]
fn what_was_booked_knowingly_is_no_card() {
    for pieces in [1, 2] {
        let mut drawing = drawn(pieces, &[need(SCANNER, 0, None), need(XRAY, 0, None)]);
        let (request, _) = drawing.booking("Patel scan Op3 9:00").unwrap();
        let leave = Leave {
            acknowledge_warnings: true,
            override_reason: Some("borrowed one".to_owned()),
        };
        drawing.appointments.retain(|one| one.id.0 == 1 || pieces == 2);
        let before = cards(&drawing, &[]);
        let mut accepted = Vec::new();
        let plan = book_drawn(&drawing, &request, &leave).unwrap();
        assert!(!plan.warnings.is_empty());
        for change in &plan.changes {
            if let Some(Entity::AcceptedConflict(decision)) = &change.after {
                accepted.push(decision.clone());
            }
        }
        apply(&mut drawing, &plan.changes);
        let found = conflicts::find(&drawing.roster, &drawing.appointments, &accepted);
        assert_eq!(found.len(), before.len(), "{pieces}: {found:?}");
    }
}

#[test]
fn openings_begin_where_a_piece_is_left() {
    let first = |pieces: u16| {
        let mut drawing = drawn(pieces, &whole());
        let (booking, _) = drawing.booking("Patel scan Op3 9:00").unwrap();
        let busy = BusyCalendar::build(&drawing.appointments, &[]);
        let request = OpeningRequest {
            operatory: Some(booking.operatory),
            days: 1,
            limit: 99,
            ..OpeningRequest::new(booking.appointment_type, drawing.date)
        };
        let held = crate::templates::HeldDays::default();
        let now = visit(&drawing, 1).starts_at.instant();
        let found = openings::find(&drawing.roster, &drawing.zones, &busy, &held, &request, now).unwrap();
        found
            .iter()
            .min_by_key(|opening| opening.starts_at.instant())
            .map(|opening| opening.starts_at.wall.strftime("%-H:%M").to_string())
    };
    assert_eq!(first(0), None);
    assert_eq!(first(1).as_deref(), Some("9:45"));
    assert_eq!(first(2).as_deref(), Some("9:30"));
    assert_eq!(first(3).as_deref(), Some("9:00"));
}

#[test]
fn what_a_type_uses_is_checked() {
    let drawing = drawn(1, &whole());
    let kind = drawing
        .roster
        .appointment_types
        .values()
        .find(|kind| kind.name == "scan")
        .unwrap();
    let wrong = |needs: Vec<EquipmentNeed>| {
        let record = AppointmentType {
            equipment: needs,
            ..kind.clone()
        };
        validate_appointment_type(&record, &drawing.roster)
            .err()
            .map(|error| (error.field, error.message))
    };
    assert_eq!(
        wrong(vec![
            need(SCANNER, 0, Some(10)),
            need(SCANNER, 10, None),
            need(XRAY, 5, Some(30))
        ]),
        None
    );
    for (needs, words) in [
        (vec![need(EquipmentId(9), 0, None)], "There is no equipment"),
        (
            vec![need(SCANNER, 10, Some(10))],
            "Scanner is used from an earlier to a later minute of the visit’s 30, in steps of 5.",
        ),
        (
            vec![need(SCANNER, 0, Some(35))],
            "Scanner is used from an earlier",
        ),
        (vec![need(SCANNER, 3, None)], "Scanner is used from an earlier"),
        (
            vec![need(SCANNER, 0, Some(15)), need(SCANNER, 10, None)],
            "Scanner is there twice for the same minutes.",
        ),
    ] {
        let (field, message) = wrong(needs).unwrap();
        assert_eq!(field, "equipment");
        assert!(message.starts_with(words), "{message}");
    }
}

#[test]
fn equipment_has_a_name_of_its_own_and_a_count_for_known_places() {
    let drawing = drawn(1, &whole());
    let wrong = |record: Equipment| {
        validate_equipment(&record, &drawing.roster)
            .err()
            .map(|error| (error.field, error.message))
    };
    assert_eq!(wrong(equipment(EquipmentId(5), "Printer", 99)), None);
    let twice = equipment(EquipmentId(5), " scanner ", 1);
    assert_eq!(
        wrong(twice),
        Some(("name", "There is equipment called scanner already.".to_owned()))
    );
    assert_eq!(wrong(equipment(EquipmentId(5), " ", 1)).unwrap().0, "name");
    assert_eq!(
        wrong(equipment(EquipmentId(5), "Printer", 100)).unwrap().0,
        "counts"
    );
    let mut nowhere = equipment(EquipmentId(5), "Printer", 1);
    nowhere.counts[0].location = LocationId(9);
    assert_eq!(wrong(nowhere).unwrap().0, "counts");
}

#[test]
fn booked_visits_follow_a_type_only_if_they_had_what_it_had() {
    let drawing = drawn(1, &whole());
    let before = drawing
        .roster
        .appointment_types
        .values()
        .find(|kind| kind.name == "scan")
        .unwrap();
    let after = AppointmentType {
        equipment: vec![need(XRAY, 0, Some(5))],
        ..before.clone()
    };
    assert!(reshapes(before, &after));
    let now = jiff::Timestamp::UNIX_EPOCH;
    let follows = follows_type(&drawing.roster, before, &after, visit(&drawing, 1), now).unwrap();
    assert_eq!(follows.after.equipment, after.equipment);
    assert_eq!(
        follows.after.sequence, follows.before.sequence,
        "no patient’s calendar is concerned"
    );
    let own = Appointment {
        equipment: Vec::new(),
        ..visit(&drawing, 1).clone()
    };
    assert_eq!(follows_type(&drawing.roster, before, &after, &own, now), None);
}

/// Nobody else is on the calendar: whoever comes together must have a piece each.
#[test]
fn a_family_has_a_piece_for_everybody_at_once() {
    let ways = |pieces: u16, arrangement: Arrangement| {
        let mut drawing = drawn(pieces, &whole());
        drawing.appointments.clear();
        let scan = drawing.booking("Patel scan Op3 9:00").unwrap().0.appointment_type;
        let visit = |patient: u128| OpeningRequest {
            days: 1,
            patient: Some(PatientId(patient)),
            ..OpeningRequest::new(scan, drawing.date)
        };
        let request = FamilyRequest {
            visits: vec![visit(901), visit(902)],
            arrangement,
            limit: 4,
        };
        let busy = BusyCalendar::default();
        let held = crate::templates::HeldDays::default();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let found = find_family(&drawing.roster, &drawing.zones, &busy, &held, &request, now).unwrap();
        found.len()
    };
    assert_eq!(ways(1, Arrangement::SideBySide), 0);
    assert!(ways(1, Arrangement::BackToBack) > 0);
    assert!(ways(2, Arrangement::SideBySide) > 0);
}

/// Three visits that overlap, all to another day: their new places leave a piece for each.
#[test]
fn a_plan_counts_the_pieces_that_its_own_visits_take() {
    for pieces in 1..=3 {
        let mut drawing = merged(pieces);
        let request = rescheduling::Rescheduling {
            visits: drawing.appointments.clone(),
            from: drawing.date.tomorrow().unwrap(),
            days: 1,
            away: None,
            may_change_provider: true,
            effort: rescheduling::EFFORT,
        };
        let busy = BusyCalendar::build(&drawing.appointments, &[]);
        let held = crate::templates::HeldDays::default();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let plan =
            rescheduling::plan_rescheduling(&drawing.roster, &drawing.zones, &busy, &held, &request, now)
                .unwrap();
        assert_eq!(plan.placed.len(), 3, "{pieces}: {plan:?}");
        for placed in &plan.placed {
            let visit = drawing
                .appointments
                .iter_mut()
                .find(|visit| visit.id == placed.visit)
                .unwrap();
            visit.starts_at = placed.opening.starts_at.clone();
            visit.operatory = placed.opening.operatory;
            visit.provider = placed.opening.provider;
        }
        assert_eq!(cards(&drawing, &[]), [""; 0], "{pieces}");
    }
}
