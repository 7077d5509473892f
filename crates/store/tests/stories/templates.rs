//! Two desks draw one template and apply it without seeing each other: slots come together, one field twice is a question, and of
//! two applications of a date every desk takes the same one.

use clinic::{
    AppliedWeek, Change, DaySlot, LocationId, Op, OperatoryId, ScheduleTemplate, SlotWants,
    TemplateApplication, TemplateApplicationId, TemplateId, TemplateSlot, TemplateSlotId, TemplateSpan,
    TemplateVersionId, Weekday,
};

use proptest::prelude::*;
use store::StoreError;
use store::testing::PlainSealer;

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
fn one_slot_of_a_date_changed_at_two_desks_is_a_question_with_both_answers() {
    let day: jiff::civil::Date = "2026-03-03".parse().unwrap();
    let by_hand = |desk: &Desk, start: Option<u16>| DaySlot {
        location: home(desk),
        date: day,
        slot: TemplateSlotId(1),
        content: start.map(|start| slot(1, start, OP_1)),
    };
    let present = |desk: &Desk| {
        let found = desk.store.reads().day_slots(home(desk), day, day).unwrap();
        let starts = found
            .iter()
            .map(|edit| edit.content.as_ref().map(|slot| slot.start_minute));
        starts.collect::<Vec<_>>()
    };
    let record = |desk: &mut Desk, change| {
        desk.record(Op::ChangeDaySlots, vec![change]).unwrap();
    };
    let settled = |desks: [&mut Desk; 2], starts: &[Option<u16>]| {
        for desk in desks {
            assert_eq!(present(desk), starts);
            assert_eq!(desk.store.reads().field_conflicts().unwrap(), []);
            desk.assert_sound();
        }
    };

    // One moves it, the other lets the day go without it: neither could see the other.
    let (mut a, mut b, mut relay) = drawn();
    let (one, other) = (by_hand(&a, Some(420)), by_hand(&b, None));
    record(&mut a, Change::add(one));
    record(&mut b, Change::add(other));
    relay.sync(&mut a, &mut b);
    assert_eq!(present(&a), present(&b));
    let cards = [&a, &b].map(|desk| desk.store.reads().field_conflicts().unwrap());
    assert_eq!(cards[0], cards[1]);
    let [card] = cards[0].as_slice() else {
        panic!("{cards:?}")
    };
    assert_eq!((card.key.field.as_str(), card.values.len()), ("content", 2));
    let people: Vec<_> = card.values.iter().map(|value| value.workstation).collect();
    assert!(
        people.contains(&Some(a.store.workstation())) && people.contains(&Some(b.store.workstation())),
        "{people:?}"
    );
    a.assert_sound();
    // Whichever does not show is chosen, and then holds at both.
    let hidden = card.values.iter().find(|value| !value.is_shown).unwrap();
    let expected = hidden.value["start_minute"].as_u64().map(|start| start as u16);
    let (key, id) = (card.key.clone(), hidden.id.clone());
    let by = a.by();
    a.store
        .transact(Op::ResolveConflict, &by, &PlainSealer, |tx| tx.settle(&key, &id))
        .map(drop)
        .map_err(|error: StoreError| error)
        .unwrap();
    relay.sync(&mut a, &mut b);
    settled([&mut a, &mut b], &[expected]);

    // The same at both is no question, and one that was put back does not hide the other's.
    let (mut a, mut b, mut relay) = drawn();
    for desk in [&mut a, &mut b] {
        let same = by_hand(desk, Some(600));
        record(desk, Change::add(same));
    }
    relay.sync(&mut a, &mut b);
    settled([&mut a, &mut b], &[Some(600)]);
    for put_back in 0..2 {
        let (mut a, mut b, mut relay) = drawn();
        let [first, second] = [&mut a, &mut b];
        let (back, stays) = if put_back == 0 {
            (first, second)
        } else {
            (second, first)
        };
        let gone = by_hand(back, Some(420));
        record(back, Change::add(gone.clone()));
        record(back, Change::remove(gone));
        let kept = by_hand(stays, Some(780));
        record(stays, Change::add(kept));
        relay.sync(&mut a, &mut b);
        settled([&mut a, &mut b], &[Some(780)]);
        // Putting that back, too, leaves nothing of either.
        let kept = by_hand(&a, Some(780));
        record(&mut a, Change::remove(kept));
        relay.sync(&mut a, &mut b);
        settled([&mut a, &mut b], &[]);
    }
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

/// One thing that somebody does to a template.
#[derive(Debug, Clone)]
enum Stroke {
    Draw(u128),
    Move(usize, u16),
    Label(usize, u8),
    Hold(usize),
    Erase(usize),
}

fn strokes(ids: std::ops::Range<u128>) -> impl Strategy<Value = Vec<Stroke>> {
    let which = 0..6_usize;
    let stroke = prop_oneof![
        ids.prop_map(Stroke::Draw),
        (which.clone(), 0..200_u16).prop_map(|(which, start)| Stroke::Move(which, start * 5)),
        (which.clone(), any::<u8>()).prop_map(|(which, label)| Stroke::Label(which, label)),
        which.clone().prop_map(Stroke::Hold),
        which.prop_map(Stroke::Erase),
    ];
    prop::collection::vec(stroke, 0..8)
}

/// What it changes on this desk; nothing if the template has no such slot, or has it already.
fn change(desk: &Desk, stroke: &Stroke) -> Option<Change> {
    let present = slots(desk);
    let nth = |which: &usize| present.get(*which).cloned();
    let edit = |before: TemplateSlot, edit: &dyn Fn(&mut TemplateSlot)| {
        let mut after = before.clone();
        edit(&mut after);
        (before != after).then(|| Change::edit(before, after))
    };
    match stroke {
        Stroke::Draw(id) => {
            let is_new = present.iter().all(|slot| slot.id != TemplateSlotId(*id));
            is_new.then(|| Change::add(slot(*id, 540, OP_1)))
        }
        Stroke::Move(which, start) => edit(nth(which)?, &|slot| slot.start_minute = *start),
        Stroke::Label(which, label) => edit(nth(which)?, &|slot| slot.label = format!("label {label}")),
        Stroke::Hold(which) => edit(nth(which)?, &|slot| {
            slot.hold = match slot.hold {
                Some(_) => None,
                None => Some(clinic::EmergencyHold {
                    units: 2,
                    release_hours: 24,
                }),
            };
        }),
        Stroke::Erase(which) => nth(which).map(Change::remove),
    }
}

fn draw(desk: &mut Desk, strokes: &[Stroke]) {
    for stroke in strokes {
        if let Some(change) = change(desk, stroke) {
            desk.record(Op::ChangeTemplate, vec![change]).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_drawn_and_taken_back_was_never_drawn(first in strokes(2..9), then in strokes(2..9)) {
        let (mut desk, _, _) = drawn();
        draw(&mut desk, &first);
        for stroke in &then {
            let before = slots(&desk);
            let Some(change) = change(&desk, stroke) else { continue };
            desk.record(Op::ChangeTemplate, vec![change]).unwrap();
            let after = slots(&desk);
            desk.undo().unwrap();
            prop_assert_eq!(&slots(&desk), &before);
            desk.redo().unwrap();
            prop_assert_eq!(slots(&desk), after);
        }
        desk.assert_sound();
    }

    #[test]
    fn two_histories_of_a_template_make_the_same_one_in_either_order(
        of_a in strokes(10..14),
        of_b in strokes(12..16),
    ) {
        let (mut a, mut b, mut relay) = drawn();
        draw(&mut a, &of_a);
        draw(&mut b, &of_b);
        let sent = |desk: &Desk| -> Vec<_> {
            let outbox = desk.store.reads().outbox(10_000).unwrap();
            let workstation = desk.store.workstation();
            outbox.into_iter().map(|entry| (entry.id, entry.bytes, workstation)).collect()
        };
        let (from_a, from_b) = (sent(&a), sent(&b));
        let base = relay.log.clone();
        let seen = |order: [&[_]; 3], number: u128| {
            let relay = Relay { log: order.concat(), ..Relay::default() };
            let mut desk = Desk::new(clinic::WorkstationId(number), BEN);
            relay.pull(&mut desk);
            desk.assert_sound();
            (slots(&desk), desk.store.reads().field_conflicts().unwrap())
        };
        let one = seen([&base, &from_a, &from_b], 83);
        let other = seen([&base, &from_b, &from_a], 84);
        prop_assert_eq!(&one.0, &other.0);
        prop_assert_eq!(&one.1, &other.1);
        // And as the two themselves come to see it.
        relay.sync(&mut a, &mut b);
        prop_assert_eq!(&slots(&a), &one.0);
        prop_assert_eq!(&slots(&b), &one.0);
        a.assert_sound();
        b.assert_sound();
    }
}
