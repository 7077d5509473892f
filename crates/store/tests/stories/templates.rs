//! Two desks draw one template and apply it without seeing each other: slots come together, one field twice is a question, and of
//! two applications of a date every desk takes the same one.

use clinic::{
    AppliedWeek, Change, LocationId, Op, OperatoryId, ScheduleTemplate, SlotWants, TemplateApplication,
    TemplateApplicationId, TemplateId, TemplateSlot, TemplateSlotId, TemplateSpan, TemplateVersionId,
    Weekday,
};

use crate::world::*;

const WEEK: TemplateId = TemplateId(900);

fn home(desk: &Desk) -> LocationId {
    *desk.store.roster().locations.keys().next().unwrap()
}

fn slot(id: u128, start: u16, operatory: OperatoryId) -> TemplateSlot {
    TemplateSlot {
        id: TemplateSlotId(id),
        template: WEEK,
        weekday: Some(Weekday::Tuesday),
        start_minute: start,
        length_minutes: 60,
        operatory,
        provider: None,
        wants: SlotWants::Any,
        capacity: 1,
        hold: None,
        label: String::new(),
        hue: None,
        letter: String::new(),
    }
}

/// A template with one slot, on both desks.
fn drawn() -> (Desk, Desk, Relay) {
    let (mut a, mut b, mut relay) = two_desks();
    let template = ScheduleTemplate {
        id: WEEK,
        name: "Week".to_owned(),
        note: String::new(),
        location: home(&a),
        span: TemplateSpan::Week,
        is_archived: false,
        copied_from: None,
    };
    let changes = vec![Change::add(template), Change::add(slot(1, 540, OP_1))];
    a.record(Op::CreateTemplate, changes).unwrap();
    relay.sync(&mut a, &mut b);
    (a, b, relay)
}

fn slots(desk: &Desk) -> Vec<TemplateSlot> {
    desk.store.reads().template_slots(WEEK).unwrap()
}

#[test]
fn two_desks_draw_one_template_slot_by_slot() {
    let (mut a, mut b, mut relay) = drawn();
    a.record(Op::ChangeTemplate, vec![Change::add(slot(2, 660, OP_1))])
        .unwrap();
    let longer = TemplateSlot {
        length_minutes: 90,
        ..slot(1, 540, OP_1)
    };
    a.record(
        Op::ChangeTemplate,
        vec![Change::edit(slot(1, 540, OP_1), longer.clone())],
    )
    .unwrap();
    let named = TemplateSlot {
        label: "long".to_owned(),
        ..slot(1, 540, OP_1)
    };
    b.record(Op::ChangeTemplate, vec![Change::edit(slot(1, 540, OP_1), named)])
        .unwrap();
    b.record(Op::ChangeTemplate, vec![Change::add(slot(3, 720, OP_1))])
        .unwrap();
    relay.sync(&mut a, &mut b);
    assert_eq!(slots(&a), slots(&b));
    let both = TemplateSlot {
        label: "long".to_owned(),
        ..longer
    };
    assert_eq!(slots(&a), [both, slot(2, 660, OP_1), slot(3, 720, OP_1)]);
    assert!(a.store.reads().field_conflicts().unwrap().is_empty());
    a.assert_sound();
    b.assert_sound();
}

#[test]
fn one_field_of_a_slot_twice_is_a_question_and_a_slot_drawn_meanwhile_keeps_its_template() {
    let (mut a, mut b, mut relay) = drawn();
    let to = |start: u16| vec![Change::edit(slot(1, 540, OP_1), slot(1, start, OP_1))];
    a.record(Op::ChangeTemplate, to(600)).unwrap();
    b.record(Op::ChangeTemplate, to(630)).unwrap();
    relay.sync(&mut a, &mut b);
    let conflicts = a.store.reads().field_conflicts().unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].key.field, "start_minute");
    assert_eq!(slots(&a), slots(&b));

    let template = a.store.reads().template(WEEK).unwrap().unwrap();
    a.record(Op::Undo, vec![Change::remove(template)]).unwrap();
    b.record(Op::ChangeTemplate, vec![Change::add(slot(4, 800, OP_1))])
        .unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&a, &b] {
        assert!(desk.store.reads().template(WEEK).unwrap().is_some());
    }
    a.assert_sound();
    b.assert_sound();
}

#[test]
fn of_two_applications_of_a_date_every_desk_takes_the_same() {
    let (mut a, mut b, mut relay) = drawn();
    let day: jiff::civil::Date = "2026-03-03".parse().unwrap();
    let applied = |desk: &mut Desk, id: u128, millis: u64| {
        let workstation = desk.store.workstation();
        let record = TemplateApplication {
            id: TemplateApplicationId(id),
            location: home(desk),
            weeks: vec![AppliedWeek {
                template: WEEK,
                version: TemplateVersionId(1),
            }],
            weeks_from: day,
            from: day,
            until: day,
            weekdays: Weekday::ALL.to_vec(),
            dates: vec![day],
            applied: clinic::Stamp {
                millis,
                counter: 0,
                workstation,
            },
            by: desk.person,
        };
        desk.record(Op::ApplyTemplate, vec![Change::add(record)]).unwrap();
    };
    applied(&mut a, 11, 2_000);
    applied(&mut b, 12, 1_000);
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let holds = desk.store.reads().applied_on(home(desk), day, day).unwrap();
        assert_eq!(holds[&day], TemplateApplicationId(11));
        desk.assert_sound();
    }
    // What names the date follows its record.
    let newest = a
        .store
        .reads()
        .template_application(TemplateApplicationId(11))
        .unwrap()
        .unwrap();
    a.record(Op::RemoveTemplateApplication, vec![Change::remove(newest)])
        .unwrap();
    relay.sync(&mut a, &mut b);
    for desk in [&mut a, &mut b] {
        let holds = desk.store.reads().applied_on(home(desk), day, day).unwrap();
        assert_eq!(holds[&day], TemplateApplicationId(12));
        desk.assert_sound();
    }
}
