//! Templates: what is wrong with a draft, filling and copying, differences, mapping, what holds on a date, what a visit is to
//! its slots, and what applying would do.

use expect_test::expect;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::draw;
use crate::drawing::Drawing;
use crate::templates::{
    Applied, CopyColumn, DayState, DoctorTime, Fill, Fit, HeldDay, Home, MAX_SLOTS, Situation, check,
    copy_column, day_figures, diff, fill, held_day, home, judge, mapped, plan_day, suggest_mapping,
    validate_slot, week_of,
};
use crate::*;

/// A Tuesday.
const DAY: Date = date(2026, 3, 3);

fn day() -> Drawing {
    draw(
        "
        Tue 3 Mar    Op1 Chen         Op2 Chen
        09:00        Rivera bonding   .
        09:30        Rivera bonding   Osei exam
        10:00        .                Osei exam
        ",
    )
}

struct Scene {
    drawing: Drawing,
    bonding: AppointmentTypeId,
    exam: AppointmentTypeId,
    chairs: Vec<OperatoryId>,
    chen: ProviderId,
}

fn scene() -> Scene {
    let mut drawing = day();
    let mut chairs: Vec<&Operatory> = drawing.roster.operatories.values().collect();
    chairs.sort_by_key(|chair| chair.name.clone());
    let chairs = chairs.iter().map(|chair| chair.id).collect();
    let chen = *drawing.roster.providers.keys().next().unwrap();
    let named = |name: &str| {
        let kind = drawing
            .roster
            .appointment_types
            .values()
            .find(|kind| kind.name == name);
        kind.unwrap().id
    };
    let (bonding, exam) = (named("bonding"), named("exam"));
    for (id, class, pattern) in [(bonding, "Long", "XX////////XX"), (exam, "Short", "XX//")] {
        let kind = drawing.roster.appointment_types.get_mut(&id).unwrap();
        class.clone_into(&mut kind.class);
        kind.pattern = pattern.parse().unwrap();
    }
    Scene {
        drawing,
        bonding,
        exam,
        chairs,
        chen,
    }
}

impl Scene {
    fn slot(&self, id: u128, start: u16, length: u16, chair: usize, wants: SlotWants) -> TemplateSlot {
        TemplateSlot {
            id: TemplateSlotId(id),
            template: TemplateId(1),
            weekday: Some(Weekday::Tuesday),
            start_minute: start,
            length_minutes: length,
            operatory: self.chairs[chair],
            provider: Some(self.chen),
            wants,
            capacity: 1,
            hold: None,
            label: String::new(),
            hue: None,
            letter: String::new(),
        }
    }

    fn bonding(&self, id: u128, start: u16, chair: usize) -> TemplateSlot {
        self.slot(id, start, 60, chair, SlotWants::Type { id: self.bonding })
    }

    fn words(&self, slots: &[TemplateSlot]) -> String {
        let found = check(&self.drawing.roster, self.drawing.location, slots);
        let mut lines: Vec<String> = found
            .problems
            .iter()
            .map(|problem| problem.words.clone())
            .collect();
        lines.extend(found.totals.iter().map(|total| {
            format!(
                "= {}: {} slots, {} visits, {} min, {} of the doctor",
                total.name, total.slots, total.visits, total.minutes, total.doctor_minutes
            )
        }));
        lines.join("\n")
    }

    fn version(&self, slots: Vec<TemplateSlot>) -> TemplateVersion {
        TemplateVersion {
            id: TemplateVersionId(1),
            template: TemplateId(1),
            number: 1,
            name: "first".to_owned(),
            by: PersonId(1),
            at: jiff::Timestamp::UNIX_EPOCH,
            slots,
        }
    }

    fn application(&self) -> TemplateApplication {
        TemplateApplication {
            id: TemplateApplicationId(1),
            location: self.drawing.location,
            weeks: vec![AppliedWeek {
                template: TemplateId(1),
                version: TemplateVersionId(1),
            }],
            weeks_from: monday_of(DAY),
            from: DAY,
            until: DAY,
            weekdays: vec![Weekday::Tuesday],
            dates: vec![DAY],
            applied: self.drawing.author(0).stamp,
            by: PersonId(1),
        }
    }

    /// What holds on the day under a version, an hour before midnight of the day before unless said otherwise.
    fn held(&self, slots: Vec<TemplateSlot>, by_hand: &[DaySlot], now: &str) -> HeldDay {
        let (version, application) = (self.version(slots), self.application());
        let applied = Applied {
            application: &application,
            template: TemplateId(1),
            version: Some(&version),
            share: None,
        };
        held_day(&self.zone(), DAY, Some(applied), by_hand, now.parse().unwrap())
    }

    fn zone(&self) -> jiff::tz::TimeZone {
        let place = &self.drawing.roster.locations[&self.drawing.location];
        self.drawing.zones.zone(&place.zone).unwrap()
    }

    fn visit(&self, name: &str) -> &Appointment {
        let kind = if name == "Rivera" { self.bonding } else { self.exam };
        let mut visits = self.drawing.appointments.iter();
        visits.find(|visit| visit.appointment_type == kind).unwrap()
    }

    fn fits(&self, day: &HeldDay, name: &str) -> String {
        let visit = self.visit(name);
        let span = (visit.starts_at.instant(), visit.ends_at());
        let found = judge(
            &self.drawing.roster,
            [day],
            day.application.is_some(),
            visit.operatory,
            visit.appointment_type,
            span,
            &|_| 0,
        );
        let words: Vec<&str> = found
            .iter()
            .map(|fit| match fit {
                Fit::ForOther(_) => "for other",
                Fit::Held(_) => "held",
                Fit::Full(_) => "full",
                Fit::InNoSlot => "in no slot",
            })
            .collect();
        words.join(", ")
    }
}

const BEFORE: &str = "2026-03-03T04:00:00Z";

#[test]
fn a_doctor_is_needed_in_two_chairs_at_once() {
    let scene = scene();
    let slots = [scene.bonding(1, 540, 0), scene.bonding(2, 590, 1)];
    expect![[r#"
        Dr Chen is needed in Op1 and Op2 from 9:50 to 10:00
        = bonding: 2 slots, 2 visits, 120 min, 40 of the doctor"#]]
    .assert_eq(
        &scene
            .words(&slots)
            .replace("Chen is", "Dr Chen is")
            .replace("Dr Dr", "Dr"),
    );
    let apart = [scene.bonding(1, 540, 0), scene.bonding(2, 555, 1)];
    assert!(!scene.words(&apart).contains("needed"), "{}", scene.words(&apart));
}

#[test]
fn everything_else_that_can_be_wrong_is_said_in_words() {
    let scene = scene();
    let late = TemplateSlot {
        provider: None,
        ..scene.slot(
            2,
            1380,
            60,
            0,
            SlotWants::Class {
                name: "Gone".to_owned(),
            },
        )
    };
    let short = TemplateSlot {
        capacity: 2,
        ..scene.bonding(3, 660, 1)
    };
    let found = check(
        &scene.drawing.roster,
        scene.drawing.location,
        &[scene.bonding(1, 540, 0), scene.bonding(4, 570, 0), late, short],
    );
    let kinds: Vec<_> = found.problems.iter().map(|problem| problem.kind).collect();
    use crate::templates::ProblemKind::*;
    assert!(
        kinds.contains(&Overlap) && kinds.contains(&TooShort) && kinds.contains(&OutOfUse),
        "{kinds:?}"
    );
    assert!(
        !kinds.contains(&DoctorTime),
        "an overlap in one chair is said once: {kinds:?}"
    );
}

#[test]
fn two_thousand_slots_on_top_of_each_other_are_told_in_bounded_time() {
    let scene = scene();
    let slots: Vec<TemplateSlot> = (0..MAX_SLOTS as u128)
        .map(|id| scene.bonding(id, 540, 0))
        .collect();
    let found = check(&scene.drawing.roster, scene.drawing.location, &slots);
    assert_eq!(found.problems.len(), 200);
    assert!(found.problem_count >= 20_000);
    assert_eq!(found.totals[0].slots, 2_000);
}

#[test]
fn slots_that_cannot_be_are_refused_with_their_field() {
    let scene = scene();
    let good = scene.bonding(1, 540, 0);
    let refused = |slot: TemplateSlot| {
        validate_slot(
            &slot,
            TemplateSpan::Week,
            scene.drawing.location,
            &scene.drawing.roster,
        )
        .unwrap_err()
        .field
    };
    assert_eq!(
        refused(TemplateSlot {
            weekday: None,
            ..good.clone()
        }),
        "weekday"
    );
    assert_eq!(
        refused(TemplateSlot {
            start_minute: 543,
            ..good.clone()
        }),
        "start_minute"
    );
    assert_eq!(
        refused(TemplateSlot {
            length_minutes: 0,
            ..good.clone()
        }),
        "length_minutes"
    );
    assert_eq!(
        refused(TemplateSlot {
            start_minute: 1400,
            ..good.clone()
        }),
        "length_minutes"
    );
    assert_eq!(
        refused(TemplateSlot {
            operatory: OperatoryId(9),
            ..good.clone()
        }),
        "operatory"
    );
    assert_eq!(
        refused(TemplateSlot {
            capacity: 0,
            ..good.clone()
        }),
        "capacity"
    );
    assert_eq!(
        refused(TemplateSlot {
            label: "x".repeat(201),
            ..good.clone()
        }),
        "label"
    );
    let hold = Some(EmergencyHold {
        units: 4,
        release_hours: 0,
    });
    assert_eq!(refused(TemplateSlot { hold, ..good.clone() }), "hold");
    let right_to_left = TemplateSlot {
        label: "תור חירום".repeat(20),
        ..good
    };
    validate_slot(
        &right_to_left,
        TemplateSpan::Week,
        scene.drawing.location,
        &scene.drawing.roster,
    )
    .unwrap();
}

#[test]
fn a_column_is_filled_around_what_is_there_and_copied_onto_others() {
    let scene = scene();
    let wish = Fill {
        slot: scene.slot(0, 540, 30, 0, SlotWants::Type { id: scene.exam }),
        until_minute: 720,
        gap_minutes: 10,
        weekdays: vec![Weekday::Wednesday],
    };
    let there = [scene.bonding(9, 600, 0)];
    let (added, left_out) = fill(&wish, &there).unwrap();
    let starts = |day| -> Vec<u16> {
        let of_day = added.iter().filter(|slot| slot.weekday == Some(day));
        of_day.map(|slot| slot.start_minute).collect()
    };
    assert_eq!(starts(Weekday::Tuesday), [540, 660]);
    assert_eq!(starts(Weekday::Wednesday), [540, 580, 620, 660]);
    assert_eq!(left_out, 2);
    assert_eq!(
        fill(
            &Fill {
                until_minute: 560,
                ..wish
            },
            &there
        )
        .unwrap_err()
        .field,
        "until_minute"
    );

    let copy = CopyColumn {
        from_weekday: Some(Weekday::Tuesday),
        from_operatory: Some(scene.chairs[0]),
        to_weekdays: vec![Weekday::Tuesday, Weekday::Friday],
        to_operatories: scene.chairs.clone(),
        replace: false,
    };
    let copied = copy_column(&copy, &there).unwrap();
    assert_eq!(copied.added.len(), 3, "every column but its own");
    let again: Vec<TemplateSlot> = there.iter().chain(&copied.added).cloned().collect();
    assert_eq!(copy_column(&copy, &again).unwrap().left_out, 3);
    let replaced = copy_column(
        &CopyColumn {
            replace: true,
            ..copy
        },
        &again,
    )
    .unwrap();
    assert_eq!((replaced.added.len(), replaced.removed.len()), (3, 3));
}

#[test]
fn differences_are_told_in_words() {
    let scene = scene();
    let before = [scene.bonding(1, 540, 0), scene.bonding(2, 660, 0)];
    let after = [
        TemplateSlot {
            length_minutes: 90,
            capacity: 2,
            ..scene.bonding(1, 570, 0)
        },
        scene.bonding(3, 660, 1),
    ];
    let words: Vec<String> = diff(&scene.drawing.roster, &before, &after)
        .into_iter()
        .map(|entry| entry.words)
        .collect();
    expect![[r#"
        Tue 9:30 Op1, bonding: moved from Tue 9:00; longer, 60 → 90 min; for 2 visits, was 1
        Tue 11:00 Op2, bonding: added, 60 min
        Tue 11:00 Op1, bonding: removed"#]]
    .assert_eq(&words.join("\n"));
    assert!(diff(&scene.drawing.roster, &after, &after).is_empty());
}

#[test]
fn another_location_gets_what_its_names_allow() {
    let mut scene = scene();
    let other = LocationId(77);
    let place = Location {
        id: other,
        name: "Riverside".to_owned(),
        ..scene.drawing.roster.locations[&scene.drawing.location].clone()
    };
    let twin = Operatory {
        id: OperatoryId(78),
        location: other,
        ..scene.drawing.roster.operatories[&scene.chairs[0]].clone()
    };
    scene.drawing.roster.locations.insert(other, place);
    scene.drawing.roster.operatories.insert(twin.id, twin);
    let slots = [scene.bonding(1, 540, 0), scene.bonding(2, 540, 1)];
    let mapping = suggest_mapping(&scene.drawing.roster, &slots, other, &[], &[]);
    assert!(
        mapping
            .unmapped
            .iter()
            .any(|words| words == "Op2 has no counterpart at Riverside: 1 slot is left out"),
        "{:?}",
        mapping.unmapped
    );
    assert_eq!(mapping.slot(&slots[0]).unwrap().operatory, OperatoryId(78));
    assert_eq!(mapping.slot(&slots[1]), None);
    let share = TemplateShare {
        template: TemplateId(1),
        location: other,
        operatories: vec![(scene.chairs[0], OperatoryId(78))],
        providers: Vec::new(),
        without: vec![scene.chen],
        is_ended: false,
    };
    let here = mapped(&slots[0], &share).unwrap();
    assert_eq!((here.operatory, here.provider), (OperatoryId(78), None));
    assert_eq!(mapped(&slots[1], &share), None);
}

#[test]
fn hand_edits_lie_over_whatever_version_is_applied() {
    let scene = scene();
    let edit = |slot: u128, content| DaySlot {
        location: scene.drawing.location,
        date: DAY,
        slot: TemplateSlotId(slot),
        content,
    };
    let edits = [
        edit(1, Some(scene.bonding(1, 570, 0))),
        edit(2, None),
        edit(5, Some(scene.bonding(5, 900, 1))),
    ];
    let slots = vec![
        scene.bonding(1, 540, 0),
        scene.bonding(2, 660, 0),
        scene.bonding(3, 720, 0),
    ];
    let drawn = |day: &HeldDay| -> Vec<(u128, u16, bool, bool)> {
        let slots = day.slots.iter();
        slots
            .map(|held| {
                (
                    held.slot.id.0,
                    held.slot.start_minute,
                    held.is_by_hand,
                    held.is_of_template,
                )
            })
            .collect()
    };
    let first = scene.held(slots.clone(), &edits, BEFORE);
    assert_eq!(
        drawn(&first),
        [(1, 570, true, true), (3, 720, false, true), (5, 900, true, false)]
    );
    assert_eq!(first.dropped.len(), 1);
    // A newer version, which has moved the first and no longer has the second.
    let newer = scene.held(
        vec![scene.bonding(1, 480, 0), scene.bonding(3, 735, 0)],
        &edits,
        BEFORE,
    );
    assert_eq!(
        drawn(&newer),
        [(1, 570, true, true), (3, 735, false, true), (5, 900, true, false)]
    );
    // Without any template only what is the day's own shows as such.
    let bare = held_day(&scene.zone(), DAY, None, &edits, BEFORE.parse().unwrap());
    assert!(bare.application.is_none() && bare.slots.iter().all(|held| !held.is_of_template));
}

#[test]
fn rotations_turn_week_by_week_in_both_directions() {
    let scene = scene();
    let week = scene.application().weeks[0];
    let application = TemplateApplication {
        weeks: vec![week, week, week],
        weeks_from: date(2026, 3, 4),
        ..scene.application()
    };
    let weeks: Vec<usize> = [
        date(2026, 2, 22),
        date(2026, 3, 2),
        date(2026, 3, 9),
        date(2026, 3, 22),
        date(2026, 3, 23),
    ]
    .map(|day| week_of(&application, day))
    .into();
    assert_eq!(weeks, [1, 0, 1, 2, 0]);
}

#[test]
fn on_the_day_that_has_23_hours_slots_keep_their_wall_times() {
    let scene = scene();
    let day = date(2026, 3, 8);
    let zone = scene
        .drawing
        .zones
        .zone(&ZoneName::new("America/New_York"))
        .unwrap();
    let content = |id: u128, start: u16| DaySlot {
        location: scene.drawing.location,
        date: day,
        slot: TemplateSlotId(id),
        content: Some(scene.bonding(id, start, 0)),
    };
    let held = held_day(
        &zone,
        day,
        None,
        &[content(1, 60), content(2, 540)],
        BEFORE.parse().unwrap(),
    );
    let minutes = |at: usize| {
        held.slots[at]
            .span
            .1
            .duration_since(held.slots[at].span.0)
            .as_mins()
    };
    assert_eq!(held.slots[1].span.0.to_string(), "2026-03-08T13:00:00Z");
    assert_eq!((minutes(0), minutes(1)), (60, 60), "1:00–2:00 ends at the jump");
}

#[test]
fn on_days_of_25_hours_and_of_half_an_hour_more_or_less_slots_keep_their_wall_times() {
    let scene = scene();
    // Slots 0:30–3:00 and 9:00–10:00, as moments and in minutes that pass.
    let told = |zone: &str, day: Date| {
        let zone = scene.drawing.zones.zone(&ZoneName::new(zone)).unwrap();
        let content = |id: u128, start: u16, length: u16| DaySlot {
            location: scene.drawing.location,
            date: day,
            slot: TemplateSlotId(id),
            content: Some(scene.slot(id, start, length, 0, SlotWants::Any)),
        };
        let by_hand = [content(1, 30, 150), content(2, 540, 60)];
        let held = held_day(&zone, day, None, &by_hand, BEFORE.parse().unwrap());
        let spans = held.slots.iter().map(|slot| {
            let (from, until) = slot.span;
            format!("{from} +{}", until.duration_since(from).as_mins())
        });
        spans.collect::<Vec<_>>().join(", ")
    };
    let days = [
        told("America/New_York", date(2026, 11, 1)),
        told("Australia/Lord_Howe", date(2026, 4, 5)),
        told("Australia/Lord_Howe", date(2026, 10, 4)),
        told("Asia/Kolkata", date(2026, 10, 4)),
    ];
    expect![[r#"
        2026-11-01T04:30:00Z +210, 2026-11-01T14:00:00Z +60
        2026-04-04T13:30:00Z +180, 2026-04-04T22:30:00Z +60
        2026-10-03T14:00:00Z +120, 2026-10-03T22:00:00Z +60
        2026-10-03T19:00:00Z +150, 2026-10-04T03:30:00Z +60"#]]
    .assert_eq(&days.join("\n"));
}

#[test]
fn visits_fit_their_slots_or_are_told() {
    let scene = scene();
    let own = scene.held(
        vec![
            scene.bonding(1, 540, 0),
            scene.slot(
                2,
                570,
                60,
                1,
                SlotWants::Class {
                    name: "Short".to_owned(),
                },
            ),
        ],
        &[],
        BEFORE,
    );
    assert_eq!(
        (
            scene.fits(&own, "Rivera").as_str(),
            scene.fits(&own, "Osei").as_str()
        ),
        ("", "")
    );
    let other = scene.held(vec![scene.bonding(1, 570, 1)], &[], BEFORE);
    assert_eq!(scene.fits(&other, "Osei"), "for other");
    assert_eq!(scene.fits(&other, "Rivera"), "in no slot");
    let visit = scene.visit("Osei");
    let span = (visit.starts_at.instant(), visit.ends_at());
    assert!(matches!(
        home(
            &scene.drawing.roster,
            &other,
            visit.operatory,
            visit.appointment_type,
            span
        ),
        Home::Leaked(_)
    ));
}

#[test]
fn an_emergency_hold_is_kept_until_it_is_released() {
    let scene = scene();
    let hold = TemplateSlot {
        hold: Some(EmergencyHold {
            units: 2,
            release_hours: 2,
        }),
        ..scene.slot(1, 570, 60, 1, SlotWants::Any)
    };
    let words = |now: &str| scene.fits(&scene.held(vec![hold.clone()], &[], now), "Osei");
    let releases = scene.held(vec![hold.clone()], &[], BEFORE).slots[0]
        .releases_at
        .unwrap();
    assert_eq!(words(BEFORE), "held");
    assert_eq!(words(&releases.to_string()), "");
    let named = TemplateSlot {
        wants: SlotWants::Type { id: scene.exam },
        ..hold
    };
    assert_eq!(
        scene.fits(&scene.held(vec![named], &[], BEFORE), "Osei"),
        "",
        "what it is held for"
    );
}

fn plan(
    scene: &Scene,
    before: &HeldDay,
    after: &HeldDay,
    open: &[(u16, u16)],
    is_same: bool,
) -> (DayState, String) {
    let planned = plan_day(
        &scene.drawing.roster,
        &Situation {
            open,
            closed_title: "Holiday",
            provider_open: &|_| vec![(480, 900)],
            operatory_open: &|_| vec![(0, 1440)],
            visits: &scene.drawing.appointments,
            before,
            after,
            is_same,
        },
    );
    let mut lines = vec![format!(
        "+{} ~{} -{}",
        planned.added, planned.changed, planned.removed
    )];
    lines.extend(planned.kept_by_hand);
    lines.extend(
        planned
            .troubles
            .into_iter()
            .map(|trouble| format!("{:?}: {}", trouble.kind, trouble.words)),
    );
    (planned.state, lines.join("\n"))
}

#[test]
fn a_plan_says_what_changes_and_what_does_not_fit() {
    let scene = scene();
    let none = held_day(&scene.zone(), DAY, None, &[], BEFORE.parse().unwrap());
    let after = scene.held(
        vec![
            scene.bonding(1, 570, 1),
            scene.bonding(2, 870, 0),
            scene.bonding(3, 540, 0),
        ],
        &[],
        BEFORE,
    );
    let open = [(480u16, 1080u16)];
    let (state, words) = plan(&scene, &none, &after, &open, false);
    assert_eq!(state, DayState::Conflicts);
    expect![[r#"
        +3 ~0 -0
        WrongType: 9:30–10:30 in Op2 is in a slot for bonding
        ProviderAway: 14:30 Op1, bonding: Chen is not in then"#]]
    .assert_eq(&words.replace("Dr Chen", "Chen"));
    assert_eq!(plan(&scene, &none, &after, &[], false).0, DayState::Closed);
    assert_eq!(plan(&scene, &after, &after, &open, true).0, DayState::Unchanged);
    assert_eq!(plan(&scene, &after, &none, &open, false).1, "+0 ~0 -3");
}

#[test]
fn figures_add_up_to_what_happened() {
    let scene = scene();
    let mut held = scene.held(
        vec![scene.bonding(1, 540, 0), scene.bonding(2, 570, 1)],
        &[],
        BEFORE,
    );
    held.slots[1].slot.hold = Some(EmergencyHold {
        units: 1,
        release_hours: 0,
    });
    let doctors = [DoctorTime {
        provider: scene.chen,
        open: vec![(540, 600)],
    }];
    let over: jiff::Timestamp = "2026-03-05T00:00:00Z".parse().unwrap();
    let parts = day_figures(
        &scene.drawing.roster,
        &held,
        &scene.drawing.appointments,
        &doctors,
        "2026-03-04T05:00:00Z".parse().unwrap(),
        over,
    );
    let mut total = crate::templates::Figures::default();
    parts.iter().for_each(|part| total.add(&part.figures));
    assert_eq!((total.planned_visits, total.planned_minutes), (2, 120));
    assert_eq!(
        (total.booked_visits, total.leaked_visits, total.outside_visits),
        (1, 1, 0)
    );
    assert_eq!((total.holds, total.unused_holds, total.kept_visits), (1, 0, 0));
    assert_eq!(total.lead_days.len(), 2);
    assert!(total.median_lead_days().unwrap() > 50.0);
    assert!(total.overrun_minutes >= 30, "{}", total.overrun_minutes);
    assert!(total.fill_rate().is_some_and(|rate| rate > 0.4 && rate <= 1.0));
}

/// What is said of each class and provider: planned, booked, kept, in other slots, in none, holds.
fn told_apart(scene: &Scene, slots: Vec<TemplateSlot>, ends: &str) -> String {
    let parts = day_figures(
        &scene.drawing.roster,
        &scene.held(slots, &[], BEFORE),
        &scene.drawing.appointments,
        &[],
        ends.parse().unwrap(),
        "2026-03-05T00:00:00Z".parse().unwrap(),
    );
    let mut rows: std::collections::BTreeMap<String, crate::templates::Figures> = Default::default();
    for part in parts {
        let provider = match part.provider {
            None => "whoever",
            Some(id) if id == scene.chen => "Chen",
            Some(_) => "another",
        };
        for key in [part.class.clone().unwrap(), provider.to_owned()] {
            rows.entry(key).or_default().add(&part.figures);
        }
    }
    let line = |(key, row): (&String, &crate::templates::Figures)| {
        format!(
            "{key}: {} {} {}, {} {}, {}",
            row.planned_visits,
            row.booked_visits,
            row.kept_visits,
            row.leaked_visits,
            row.outside_visits,
            row.holds
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn planned_and_booked_stand_in_one_row_whatever_the_slot_is_for() {
    const OVER: &str = "2026-03-04T05:00:00Z";
    let mut scene = scene();
    for visit in &mut scene.drawing.appointments {
        visit.status = Status::CheckedOut;
    }
    // Rivera's bonding in a place for anything and anybody, Osei's exam in a hold.
    let anything = TemplateSlot {
        provider: None,
        capacity: 3,
        ..scene.slot(1, 540, 60, 0, SlotWants::Any)
    };
    let hold = TemplateSlot {
        hold: Some(EmergencyHold {
            units: 1,
            release_hours: 0,
        }),
        ..scene.slot(2, 570, 60, 1, SlotWants::Any)
    };
    expect![[r#"
        Chen: 1 1 1, 0 0, 1
        anything: 3 1 1, 0 0, 0
        emergencies: 1 1 1, 0 0, 1
        whoever: 3 1 1, 0 0, 0"#]]
    .assert_eq(&told_apart(&scene, vec![anything, hold], OVER));
    // What is lost is lost to what the slot was for; what took place elsewhere is not kept of what was booked here.
    expect![[r#"
        Chen: 1 0 0, 1 1, 0
        Long: 1 0 0, 1 1, 0"#]]
    .assert_eq(&told_apart(&scene, vec![scene.bonding(1, 570, 1)], OVER));
}

#[test]
fn a_day_of_many_slots_asks_once_when_each_operatory_and_provider_is_there() {
    let scene = scene();
    let slots: Vec<TemplateSlot> = (0..200)
        .map(|at| scene.bonding(at + 1, 480 + (at as u16 % 8) * 60, at as usize % 2))
        .collect();
    let day = scene.held(slots, &[], BEFORE);
    let asked = std::cell::RefCell::new(Vec::new());
    let provider_open = |id: ProviderId| {
        asked.borrow_mut().push(id.to_string());
        vec![(480, 900)]
    };
    let operatory_open = |id: OperatoryId| {
        asked.borrow_mut().push(id.to_string());
        vec![(0, 1440)]
    };
    let situation = Situation {
        open: &[(480, 1080)],
        closed_title: "",
        provider_open: &provider_open,
        operatory_open: &operatory_open,
        visits: &[],
        before: &day,
        after: &day,
        is_same: true,
    };
    let planned = plan_day(&scene.drawing.roster, &situation);
    assert_eq!((planned.added, planned.changed, planned.removed), (0, 0, 0));
    // From 15:00 on Chen is not in: one slot of eight.
    assert_eq!(planned.troubles.len(), 25);
    assert_eq!(asked.borrow().len(), 3, "{:?}", asked.borrow());
}

/// Slots of the scene's two chairs, by start and place, and what is changed of them by hand.
fn some_slots() -> impl Strategy<Value = Vec<(u16, u16, usize, bool)>> {
    let slot = (96..190_u16, 1..24_u16, 0..2_usize, any::<bool>());
    prop::collection::vec(slot, 0..12)
}

proptest! {
    #[test]
    fn applied_twice_is_applied_once(drawn in some_slots(), by_hand in prop::collection::vec((0..12_usize, any::<bool>()), 0..4)) {
        let scene = scene();
        let slots: Vec<TemplateSlot> = drawn
            .iter()
            .enumerate()
            .map(|(at, (start, length, chair, is_held))| TemplateSlot {
                hold: is_held.then_some(EmergencyHold { units: 1, release_hours: 24 }),
                ..scene.slot(at as u128 + 1, start * 5, length * 5, *chair, SlotWants::Any)
            })
            .collect();
        let by_hand: std::collections::BTreeMap<TemplateSlotId, DaySlot> = by_hand
            .into_iter()
            .filter_map(|(which, stays)| {
                let slot = slots.get(which)?;
                let content = stays.then(|| TemplateSlot { label: "by hand".to_owned(), ..slot.clone() });
                let edit = DaySlot { location: scene.drawing.location, date: DAY, slot: slot.id, content };
                Some((slot.id, edit))
            })
            .collect();
        let by_hand: Vec<DaySlot> = by_hand.into_values().collect();
        let once = scene.held(slots.clone(), &by_hand, BEFORE);
        // The same version under another application.
        let (version, again) = (scene.version(slots), TemplateApplication {
            id: TemplateApplicationId(2),
            applied: scene.drawing.author(9).stamp,
            ..scene.application()
        });
        let applied = Applied { application: &again, template: TemplateId(1), version: Some(&version), share: None };
        let twice = held_day(&scene.zone(), DAY, Some(applied), &by_hand, BEFORE.parse().unwrap());
        prop_assert_eq!(&twice.slots, &once.slots);
        prop_assert_eq!(&twice.dropped, &once.dropped);
        let (_, words) = plan(&scene, &once, &twice, &[(480, 1080)], true);
        prop_assert!(words.starts_with("+0 ~0 -0"), "{}", words);
    }
}
