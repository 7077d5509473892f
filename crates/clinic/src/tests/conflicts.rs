//! Overlaps that exist.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{draw, visit};
use crate::conflicts::{Resource, affected, find, involving, keep_both, keep_both_plan};
use crate::drawing::Drawing;
use crate::{Appointment, Change, Conflict, ConflictKey, ConflictKind, Policy, Rule, Status};

fn words(drawing: &Drawing, conflict: &Conflict) -> String {
    let name = |id| {
        drawing.name(
            drawing
                .appointments
                .iter()
                .find(|visit| visit.id == id)
                .unwrap()
                .patient,
        )
    };
    let clock = |at| {
        let zone = &drawing.roster.locations[&drawing.location].zone;
        drawing
            .zones
            .at(at, zone)
            .unwrap()
            .wall
            .strftime("%-H:%M")
            .to_string()
    };
    let [a, b] = conflict.appointments.map(name);
    let winner = name(conflict.winner);
    format!(
        "{} {}–{}: {a} and {b}, {winner} first\n",
        conflict.kind,
        clock(conflict.from),
        clock(conflict.until)
    )
}

fn check_conflicts(sheet: &str, expected: Expect) {
    let drawing = draw(sheet);
    let found = find(&drawing.roster, &drawing.appointments, &[]);
    expected.assert_eq(
        &found
            .iter()
            .map(|conflict| words(&drawing, conflict))
            .collect::<String>(),
    );
}

#[test]
fn two_in_one_chair_and_one_doctor_at_two() {
    check_conflicts(
        "
        type crown XX//XX
        Tue 3 Mar    Op1 Chen                    Op2 Amara        Op3 Amara
        09:00        Rivera crown                Ito exam @Chen   .
        09:15        Rivera crown + Osei exam    .                Rivera exam
        09:30        . + Osei exam               .                Rivera exam
        09:45        .                           .                .
        ",
        expect![[r#"
            operatory 9:15–9:30: Rivera and Osei, Rivera first
            doctor_time 9:00–9:10: Rivera and Ito, Rivera first
            patient 9:15–9:30: Rivera and Rivera, Rivera first
        "#]],
    );
}

#[test]
fn a_cancelled_visit_and_touching_visits_are_no_conflict() {
    check_conflicts(
        "
        cancelled 9:00–9:30 Op1 Ito exam
        Tue 3 Mar    Op1 Chen
        09:00        Rivera exam
        09:30        Osei exam
        10:00        .
        ",
        expect![[r#""#]],
    );
}

const DOUBLE: &str = "
    Tue 3 Mar    Op1 Chen
    09:00        Rivera exam
    09:15        Rivera exam + Osei exam @Amara
    09:30        . + Osei exam @Amara
    09:45        .
";

#[test]
fn a_decision_holds_until_one_of_the_two_moves() {
    let mut drawing = draw(DOUBLE);
    let author = drawing.author(1);
    let decision = keep_both(
        ConflictKind::Operatory,
        visit(&drawing, 2),
        visit(&drawing, 1),
        "siblings",
        &author,
    );
    assert_eq!(
        decision.appointments,
        [visit(&drawing, 1).id, visit(&drawing, 2).id]
    );
    assert_eq!(decision.patient, visit(&drawing, 1).patient);
    assert_eq!(find(&drawing.roster, &drawing.appointments, &[]).len(), 1);
    assert!(
        find(
            &drawing.roster,
            &drawing.appointments,
            std::slice::from_ref(&decision)
        )
        .is_empty()
    );
    let zones = drawing.zones.clone();
    let second = &mut drawing.appointments[1];
    second.starts_at = zones.after_minutes(&second.starts_at, 5).unwrap();
    assert_eq!(find(&drawing.roster, &drawing.appointments, &[decision]).len(), 1);
}

#[test]
fn keeping_both_needs_a_reason() {
    let drawing = draw(DOUBLE);
    let author = drawing.author(1);
    let pair = (visit(&drawing, 1), visit(&drawing, 2));
    assert_eq!(
        keep_both_plan(ConflictKind::Operatory, pair, " ", None, &author)
            .unwrap_err()
            .field,
        "reason"
    );
    let plan = keep_both_plan(ConflictKind::Operatory, pair, "siblings", None, &author).unwrap();
    assert_eq!(plan.changes.len(), 1);
}

#[test]
fn what_the_practice_allows_is_no_conflict() {
    let mut drawing = draw(DOUBLE);
    drawing
        .roster
        .practice
        .policies
        .0
        .insert(Rule::OperatoryOverlap, Policy::Allow);
    assert!(find(&drawing.roster, &drawing.appointments, &[]).is_empty());
}

#[test]
fn the_earlier_booking_keeps_its_place_and_ids_settle_ties() {
    let mut drawing = draw(DOUBLE);
    drawing.appointments[0].booked = drawing.author(9).stamp;
    drawing.appointments[1].booked = drawing.author(8).stamp;
    assert_eq!(
        find(&drawing.roster, &drawing.appointments, &[])[0].winner,
        drawing.appointments[1].id
    );
    drawing.appointments[1].booked = drawing.appointments[0].booked;
    assert_eq!(
        find(&drawing.roster, &drawing.appointments, &[])[0].winner,
        drawing.appointments[0].id
    );
}

#[test]
fn a_key_comes_back_in_parts() {
    let drawing = draw(DOUBLE);
    let (a, b) = (visit(&drawing, 1).id, visit(&drawing, 2).id);
    for kind in ConflictKind::ALL {
        let key = ConflictKey::new(kind, b, a);
        assert_eq!(key, ConflictKey::new(kind, a, b));
        assert_eq!(key.parts(), Some((kind, [a, b])));
    }
    for text in ["", "operatory:1:2", "room:a:b", "operatory"] {
        assert_eq!(ConflictKey(text.to_owned()).parts(), None);
    }
}

#[test]
fn only_what_claims_time_is_looked_at_again() {
    let drawing = draw(DOUBLE);
    let first = visit(&drawing, 1).clone();
    let noted = Appointment {
        note: "late".to_owned(),
        status: Status::Arrived,
        ..first.clone()
    };
    assert_eq!(
        affected(&[Change::edit(first.clone(), noted)]),
        crate::conflicts::Affected::default()
    );
    let moved = Appointment {
        operatory: crate::OperatoryId(77),
        ..first.clone()
    };
    let buckets = affected(&[Change::edit(first.clone(), moved)]).buckets;
    let operatories: Vec<_> = buckets
        .iter()
        .filter(|bucket| matches!(bucket.resource, Resource::Operatory(_)))
        .collect();
    assert_eq!((buckets.len(), operatories.len()), (4, 2), "{buckets:?}");
    let mut practice = drawing.roster.practice.clone();
    practice.policies.0.insert(Rule::PatientOverlap, Policy::Allow);
    assert!(affected(&[Change::edit(drawing.roster.practice.clone(), practice)]).everything);
    let decision = keep_both(
        ConflictKind::Patient,
        &first,
        visit(&drawing, 2),
        "x",
        &drawing.author(1),
    );
    assert_eq!(affected(&[Change::add(decision.clone())]).pairs, [decision.key]);
}

/// Start minute, units, operatory, provider, patient, pattern, whether it may be called off.
type Wish = (u32, u16, u128, u128, u128, &'static str, bool);

/// Visits of three chairs, doctors and patients, at random in a day.
fn crowd() -> impl Strategy<Value = Vec<Appointment>> {
    let one = (
        0u32..100,
        1u16..12,
        0u128..3,
        0u128..3,
        0u128..4,
        prop::sample::select(vec!["X", "/", "XX/", "X//X"]),
        any::<bool>(),
    );
    prop::collection::vec(one, 0..14).prop_map(|list| {
        let drawing = draw("Tue 3 Mar  Op1 Chen\n00:00  Rivera exam\n00:30  .");
        let base = visit(&drawing, 1);
        let make = |(index, wish): (usize, Wish)| {
            let (minute, units, operatory, provider, patient, pattern, is_broken) = wish;
            let pattern: crate::TimePattern = pattern.parse().unwrap();
            Appointment {
                id: crate::AppointmentId(index as u128 + 1),
                operatory: crate::OperatoryId(operatory),
                provider: crate::ProviderId(provider),
                patient: crate::PatientId(patient),
                starts_at: drawing
                    .zones
                    .after_minutes(&base.starts_at, minute as i32)
                    .unwrap(),
                pattern: pattern.with_length(units * 5).unwrap(),
                status: if is_broken && index % 3 == 0 {
                    Status::Cancelled
                } else {
                    Status::Scheduled
                },
                booked: drawing.author(u64::from(minute) % 5).stamp,
                ..base.clone()
            }
        };
        list.into_iter().enumerate().map(make).collect()
    })
}

proptest! {
    /// The sweep finds what comparing every two visits finds, in any order.
    #[test]
    fn the_sweep_agrees_with_comparing_all_pairs(visits in crowd(), seed in 0usize..100) {
        let roster = draw("Tue 3 Mar  Op1 Chen").roster;
        let found = find(&roster, &visits, &[]);
        let mut pairs = std::collections::BTreeMap::new();
        for (index, visit) in visits.iter().enumerate() {
            for conflict in involving(&roster, visit, &visits[index..], &[]) {
                pairs.insert((conflict.kind, conflict.appointments), conflict);
            }
        }
        prop_assert_eq!(&found, &pairs.into_values().collect::<Vec<_>>());
        let mut shuffled = visits.clone();
        shuffled.rotate_left(seed % visits.len().max(1));
        shuffled.reverse();
        prop_assert_eq!(&found, &find(&roster, &shuffled, &[]));
        for conflict in &found {
            let minutes = |visit: &Appointment| (visit.starts_at.instant(), visit.ends_at());
            for id in conflict.appointments {
                let (from, until) = minutes(visits.iter().find(|visit| visit.id == id).unwrap());
                prop_assert!(from <= conflict.from && conflict.until <= until);
            }
        }
    }
}
