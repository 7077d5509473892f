//! Drawings are read and printed.

use expect_test::expect;

use super::draw;
use crate::drawing::Drawing;

const SHEET: &str = "
    type crown XX//XX buffer 10/5
    block Chen 12:00–13:00 # lunch
    block Main 16:00–24:00 ? closing early
    cancelled 9:00–9:30 Op1 Osei exam
    Tue 3 Mar    Op1 Chen        Op2 Amara
    09:00        Rivera crown    .
    09:30        |               Osei exam (confirmed)
    10:00        .               Osei exam (confirmed)
    10:30        # meeting       Ito exam @Chen + Berg exam
    11:00        ? cleaning      = crown,exam: kept
    11:30        .               .
";

#[test]
fn a_drawing_prints_as_it_was_drawn() {
    let printed = draw(SHEET).print();
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen      Op2 Amara
        09:00           Rivera crown  .
        09:30           |             Osei exam (confirmed)
        10:00           .             |
        10:30           # meeting     Berg exam + Ito exam @Chen
        11:00           ? cleaning    = crown,exam: kept
        11:30           .             .
        cancelled 09:00–09:30 Op1 Osei exam
        block Chen 12:00–13:00 # lunch
        block Main 16:00–24:00 ? closing early
    "#]]
    .assert_eq(&printed);
    let settings = "type crown XX//XX buffer 10/5\n";
    assert_eq!(draw(&format!("{settings}{printed}")).print(), printed);
}

#[test]
fn the_second_pass_of_a_night_is_drawn_below_the_first() {
    let sheet = "
        Sun 1 Nov    Op1 Chen
        01:00        Rivera exam
        01:00        Osei exam
        02:00        .
    ";
    let drawing = draw(sheet);
    let starts: Vec<_> = drawing
        .appointments
        .iter()
        .map(|visit| visit.starts_at.instant().to_string())
        .collect();
    assert_eq!(starts, ["2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"]);
    expect![[r#"
        Sun 1 Nov 2026  Op1 Chen
        01:00           Rivera exam
        01:00           Osei exam
        02:00           .
    "#]]
    .assert_eq(&drawing.print());
}

#[test]
fn what_cannot_be_read_says_where() {
    let error = |text: &str| Drawing::parse(text).unwrap_err().to_string();
    let texts = [
        error("Mon 3 Mar  Op1 Chen"),
        error("Tue 3 Mar  Op1 Chen\n9:00  Rivera exam  Osei exam"),
        error("Tue 3 Mar  Op1 Chen\n9:00  |"),
        error("Tue 3 Mar  Op1\n9:00  Rivera exam"),
        error("Tue 3 Mar  Op1 Chen\nnine  Rivera exam"),
        error("rule gravity refuse"),
        error("slot Op9 9:00–10:00 exam\nTue 3 Mar  Op1 Chen"),
        error("slot Op1 9:00–9:00 exam\nTue 3 Mar  Op1 Chen"),
        error("slot Op1 9:00–10:00 exam soon\nTue 3 Mar  Op1 Chen"),
        error(""),
    ];
    expect![[r#"
        line 1: 2026-03-03 is a Tue, not a Mon
        line 2: 2 cells, but 1 columns
        line 2: nothing to continue at 09:00:00
        line 2: “Rivera exam”: which provider?
        line 2: “nine” is not a time: write 9:00
        line 1: unknown variant `gravity`, expected one of `operatory_overlap`, `doctor_time_overlap`, `patient_overlap`, `outside_location_hours`, `outside_provider_hours`, `time_block`, `buffer`, `type_not_allowed`, `template_mismatch`, `emergency_hold`, `same_day_visit`, `same_type_ahead`, `visits_per_hour`, `equipment`, `assistants`, `day_of_visit`
        line 2: there is no Op9
        line 2: a slot ends after it begins
        line 2: “soon”: a slot has x2, @Chen or hold 2h after what it is for
        line 0: there is no day: begin with Tue 3 Mar    Op1 Chen"#]].assert_eq(&texts.join("\n"));
}
