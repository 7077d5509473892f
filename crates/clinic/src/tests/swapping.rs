//! Two visits change places.

use expect_test::{Expect, expect};

use super::{apply, draw, near, outcome, visit};
use crate::drawing::Drawing;
use crate::{CannotBook, Entity, Op, Plan, Status, swap_appointments, swapped_placements};

const SHEET: &str = "
    type crown XX//XX
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera crown    .
    09:30        .               Osei prophy
    10:00        .               Osei prophy
    10:30        Novak crown     .
    11:00        .               .
";

/// `Rivera with Osei because …`; `@` at the end: with their providers.
fn swap_drawn(drawing: &Drawing, text: &str) -> Result<Plan, CannotBook> {
    let (text, leave) = crate::drawing::leave_of(text);
    let with_providers = text.ends_with('@');
    let (first, second) = text
        .trim_end_matches(['@', ' '])
        .split_once(" with ")
        .expect("write: Rivera with Osei");
    let find = |name: &str| drawing.visit_of(name).expect("drawn").clone();
    let visits = [find(first), find(second)];
    let both = [&visits[0], &visits[1]];
    let [one, two] = swapped_placements(&drawing.zones, both, with_providers)?;
    let neighbours = [near(drawing, &one)?, near(drawing, &two)?];
    swap_appointments(
        &drawing.roster,
        &drawing.zones,
        neighbours,
        both,
        with_providers,
        &leave,
        &drawing.author(5),
    )
}

fn check_swap(sheet: &str, request: &str, expected: Expect) {
    let mut drawing = draw(sheet);
    let result = swap_drawn(&drawing, request);
    expected.assert_eq(&outcome(&mut drawing, "swap", result));
}

#[test]
fn each_takes_the_others_time_and_operatory_and_keeps_its_length_and_provider() {
    check_swap(
        SHEET,
        "Rivera with Osei",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen            Op2 Amara
        09:00           Osei prophy @Amara  .
        09:30           |                   Rivera crown @Chen
        10:00           .                   .
        10:30           Novak crown         .
        11:00           .                   .
    "#]],
    );
    check_swap(
        SHEET,
        "Rivera with Osei @",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen     Op2 Amara
        09:00           Osei prophy  .
        09:30           |            Rivera crown
        10:00           .            .
        10:30           Novak crown  .
        11:00           .            .
    "#]],
    );
}

#[test]
fn one_that_follows_upon_the_other_goes_before_it() {
    let sheet = "
        type crown XX//XX
        Tue 3 Mar    Op1 Chen
        09:00        Rivera crown
        09:30        Osei prophy
        10:00        Osei prophy
        10:30        Novak crown
    ";
    check_swap(
        sheet,
        "Rivera with Osei",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Osei prophy
        10:00           Rivera crown
        10:30           Novak crown
        11:00           .
    "#]],
    );
    check_swap(
        sheet,
        "Osei with Rivera",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Osei prophy
        10:00           Rivera crown
        10:30           Novak crown
        11:00           .
    "#]],
    );
}

#[test]
fn neither_is_in_the_others_way_where_it_was_but_others_are() {
    let sheet = "
        type crown XX//XX
        Tue 3 Mar    Op1 Chen        Op2 Amara
        09:00        Rivera crown    .
        09:30        Khan crown      .
        10:00        .               Osei prophy
        10:30        .               Osei prophy
    ";
    check_swap(
        sheet,
        "Rivera with Osei",
        expect!["cannot swap: Op1 is taken 9:30–10:00 by Khan [chair_taken]"],
    );
    check_swap(
        sheet,
        "Rivera with Osei because brothers",
        expect![[r#"
        although Op1 is taken 9:30–10:00 by Khan
        Tue 3 Mar 2026  Op1 Chen            Op2 Amara
        09:00           Osei prophy @Amara  .
        09:30           | + Khan crown      .
        10:00           .                   Rivera crown @Chen
        10:30           .                   .
    "#]],
    );
    // With each other, too: the longer one reaches into where the shorter one would be now.
    let sheet = "
        type crown XX//XX
        Tue 3 Mar    Op1 Chen
        09:00        Osei prophy
        09:30        Osei prophy
        10:00        .
        10:10        Rivera crown
        10:40        .
    ";
    check_swap(
        sheet,
        "Rivera with Osei",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Rivera crown
        09:30           .
        10:10           Osei prophy
        11:10           .
    "#]],
    );
}

#[test]
fn swapping_twice_is_as_before_and_is_one_operation() {
    let mut drawing = draw(SHEET);
    let before = drawing.appointments.clone();
    for _ in 0..2 {
        let plan = swap_drawn(&drawing, "Rivera with Novak").unwrap();
        assert_eq!((plan.op, plan.changes.len()), (Op::SwapAppointments, 2));
        apply(&mut drawing, &plan.changes);
    }
    let places = |visits: &[crate::Appointment]| {
        visits
            .iter()
            .map(|visit| (visit.id, visit.operatory, visit.starts_at.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(places(&drawing.appointments), places(&before));
    assert!(drawing.appointments.iter().all(|visit| visit.sequence % 2 == 0));
}

#[test]
fn itself_and_what_is_over_cannot_be_swapped() {
    let drawing = draw(SHEET);
    let cannot = swap_drawn(&drawing, "Rivera with Rivera").unwrap_err();
    assert_eq!(cannot.code(), "invalid");
    for status in [Status::Cancelled, Status::NoShow, Status::CheckedOut] {
        let mut drawing = draw(SHEET);
        let id = drawing.visit_of("Osei").unwrap().id;
        let osei = drawing.appointments.iter_mut().find(|visit| visit.id == id);
        osei.unwrap().status = status;
        for text in ["Rivera with Osei", "Osei with Rivera"] {
            assert_eq!(
                swap_drawn(&drawing, text).unwrap_err(),
                CannotBook::NotPlanned { status }
            );
        }
    }
}

#[test]
fn who_waited_for_a_new_time_has_one() {
    let mut drawing = draw(SHEET);
    let pinned = crate::pin_appointment(visit(&drawing, 1), "too early", &drawing.author(5)).unwrap();
    apply(&mut drawing, &pinned.changes);
    assert!(drawing.visit_of("Rivera").unwrap().needs_new_time.is_some());
    let plan = swap_drawn(&drawing, "Rivera with Osei").unwrap();
    let Some(Entity::Appointment(after)) = &plan.changes[0].after else {
        panic!("{plan:?}")
    };
    assert_eq!(after.needs_new_time, None);
}

#[test]
fn the_free_minutes_between_two_neighbours_stay_between_them() {
    // Ten minutes are free between them, and the later one is the longer: in the other's place it would reach into its own.
    let sheet = "
        type crown XX//XX
        type prophy XXXXXXXXXXXX
        Tue 3 Mar    Op1 Chen
        09:00        Rivera crown
        09:30        .
        09:40        Osei prophy
        10:40        Novak crown
        11:10        .
    ";
    for request in ["Rivera with Osei", "Osei with Rivera"] {
        let mut drawing = draw(sheet);
        let result = swap_drawn(&drawing, request);
        let swapped = expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Osei prophy
        10:00           .
        10:10           Rivera crown
        10:40           Novak crown
        11:10           .
    "#]];
        swapped.assert_eq(&outcome(&mut drawing, "swap", result));
    }
}

#[test]
fn minutes_that_a_visit_wants_free_go_along_also_where_the_later_one_is_shorter() {
    let sheet = "
        type prophy XXXXXXXXXXXX buffer 0/10
        type crown XX//XX
        Tue 3 Mar    Op1 Chen
        09:00        Osei prophy
        10:00        .
        10:10        Rivera crown
        10:40        .
        11:00        Novak crown
        11:30        .
    ";
    check_swap(
        sheet,
        "Osei with Rivera",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Rivera crown
        09:30           .
        09:40           Osei prophy
        10:40           .
        11:00           Novak crown
        11:30           .
    "#]],
    );
}

#[test]
fn far_from_each_other_each_takes_the_others_time() {
    let sheet = "
        type crown XX//XX
        type prophy XXXXXXXXXXXX
        Tue 3 Mar    Op1 Chen
        09:00        Rivera crown
        09:30        .
        11:00        Osei prophy
        12:00        .
    ";
    check_swap(
        sheet,
        "Rivera with Osei",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen
        09:00           Osei prophy
        10:00           .
        11:00           Rivera crown
        11:30           .
    "#]],
    );
}
