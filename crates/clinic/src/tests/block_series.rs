//! Block-outs on many days: recurring ones, changed from one on, copied and moved.

use std::fmt::Write;

use super::{apply, draw};
use crate::drawing::Drawing;
use crate::*;

const SHEET: &str = "
    Tue 3 Mar    Op1 Chen  Op2 Amara
    09:00        .         .
";

fn request(wall: &str, title: &str) -> BlockRequest {
    BlockRequest {
        id: TimeBlockId(1),
        target: BlockTarget::Operatory(crate::drawing::operatory_id("Op1")),
        location: LocationId(1),
        time: BlockTime::From {
            wall: wall.parse().unwrap(),
            fold_later: false,
            length_minutes: 60,
        },
        title: title.to_owned(),
        policy: BlockPolicy::Block,
        source_uid: String::new(),
    }
}

fn weekly(count: u32) -> Recurrence {
    Recurrence {
        repeat: Repeat::Weekly {
            every: 1,
            weekdays: Vec::new(),
        },
        ends: Ends::Count(count),
        except: Vec::new(),
    }
}

fn ids(from: u128) -> impl FnMut() -> TimeBlockId {
    let mut next = from;
    move || {
        next += 1;
        TimeBlockId(next)
    }
}

/// A drawing with lunch on some Tuesdays.
fn lunches(count: u32) -> Drawing {
    let mut drawing = draw(SHEET);
    let partly = add_block_series(
        &drawing.roster,
        &drawing.zones,
        &request("2026-03-03T12:00", "Lunch"),
        &weekly(count),
        BlockSeriesId(5),
        ids(100),
    )
    .unwrap();
    assert_eq!(partly.left_out, []);
    apply(&mut drawing, &partly.plan.changes);
    drawing
}

fn list(drawing: &Drawing) -> String {
    let mut blocks: Vec<&TimeBlock> = drawing.time_blocks.iter().collect();
    blocks.sort_by_key(|block| (block.starts_at.clone(), block.id));
    let mut text = String::new();
    for block in blocks {
        let series = block.series.map_or("-".to_owned(), |id| id.0.to_string());
        writeln!(
            text,
            "{} {} {} {series}",
            block.starts_at.wall.strftime("%-d %b %H:%M"),
            block.length_minutes,
            block.title
        )
        .unwrap();
    }
    text
}

#[test]
fn this_one_the_following_and_all() {
    let drawing = lunches(4);
    let second = drawing.time_blocks[1].clone();
    let changed = |scope| {
        let mut drawing = drawing.clone();
        let edit = BlockEdit {
            time: Some(BlockTime::From {
                wall: "2026-03-11T12:30".parse().unwrap(),
                fold_later: false,
                length_minutes: 45,
            }),
            title: Some("Late lunch".to_owned()),
            policy: None,
        };
        let partly = change_block_series(
            &drawing.roster,
            &drawing.zones,
            &drawing.time_blocks,
            &second,
            scope,
            &edit,
            BlockSeriesId(6),
        )
        .unwrap();
        apply(&mut drawing, &partly.plan.changes);
        list(&drawing)
    };
    assert_eq!(
        changed(Scope::This),
        "3 Mar 12:00 60 Lunch 5\n11 Mar 12:30 45 Late lunch 5\n17 Mar 12:00 60 Lunch 5\n24 Mar 12:00 60 Lunch 5\n"
    );
    assert_eq!(
        changed(Scope::Following),
        "3 Mar 12:00 60 Lunch 5\n11 Mar 12:30 45 Late lunch 6\n18 Mar 12:30 45 Late lunch 6\n25 Mar 12:30 45 Late lunch 6\n"
    );
    assert_eq!(
        changed(Scope::All),
        "4 Mar 12:30 45 Late lunch 5\n11 Mar 12:30 45 Late lunch 5\n18 Mar 12:30 45 Late lunch 5\n25 Mar 12:30 45 Late lunch 5\n"
    );
    let left = |scope| {
        let mut drawing = drawing.clone();
        let plan = remove_block_series(&drawing.time_blocks, &second, scope);
        apply(&mut drawing, &plan.changes);
        drawing.time_blocks.len()
    };
    assert_eq!([Scope::This, Scope::Following, Scope::All].map(left), [3, 1, 0]);
}

#[test]
fn a_day_on_which_the_clock_skips_the_time_is_left_out_and_told() {
    let drawing = draw(SHEET);
    let sundays = request("2026-03-01T02:30", "Night shift");
    let partly = add_block_series(
        &drawing.roster,
        &drawing.zones,
        &sundays,
        &weekly(3),
        BlockSeriesId(5),
        ids(100),
    )
    .unwrap();
    assert_eq!(partly.plan.changes.len(), 2);
    let told: Vec<String> = partly
        .left_out
        .iter()
        .map(|day| format!("{} {}: {}", day.date, day.title, day.why))
        .collect();
    assert_eq!(told, ["2026-03-08 Night shift: the clock skips 2:30"]);
}

#[test]
fn nothing_is_done_of_what_is_too_much() {
    let drawing = draw(SHEET);
    let refuse = |recurrence: Recurrence, request: BlockRequest| {
        add_block_series(
            &drawing.roster,
            &drawing.zones,
            &request,
            &recurrence,
            BlockSeriesId(5),
            ids(100),
        )
        .unwrap_err()
        .message(&drawing.roster, &|id| drawing.name(id))
    };
    let lunch = || request("2026-03-03T12:00", "Lunch");
    let mut daily = weekly(1);
    daily.repeat = Repeat::Weekly {
        every: 1,
        weekdays: Weekday::ALL.to_vec(),
    };
    daily.ends = Ends::Until("2036-03-03".parse().unwrap());
    assert_eq!(
        refuse(daily, lunch()),
        "1000 times at the most: choose fewer, or an earlier end."
    );
    let named = BlockRequest {
        title: "x".repeat(201),
        ..lunch()
    };
    assert!(refuse(weekly(3), named).contains("200 characters"));
}

fn pasted(drawing: &mut Drawing, paste: &Paste) -> Vec<String> {
    let (blocks, there) = (drawing.time_blocks.clone(), drawing.time_blocks.clone());
    let partly = paste_blocks(&drawing.roster, &drawing.zones, &blocks, &there, paste, ids(200)).unwrap();
    assert_eq!(partly.plan.op, Op::PasteBlocks);
    apply(drawing, &partly.plan.changes);
    partly
        .left_out
        .iter()
        .map(|day| format!("{}: {}", day.date, day.why))
        .collect()
}

const WEEK_LATER: Paste = Paste {
    days: 7,
    minutes: 0,
    onto: None,
    is_cut: false,
};

#[test]
fn copies_stand_for_themselves_and_are_not_made_twice() {
    let mut drawing = lunches(2);
    // The copy of the first is where the second is already.
    assert_eq!(
        pasted(&mut drawing, &WEEK_LATER),
        ["2026-03-10: it is there already"]
    );
    assert_eq!(
        list(&drawing),
        "3 Mar 12:00 60 Lunch 5\n10 Mar 12:00 60 Lunch 5\n17 Mar 12:00 60 Lunch -\n"
    );
}

#[test]
fn to_another_time_of_the_day() {
    let mut drawing = lunches(1);
    let earlier = Paste {
        days: 1,
        minutes: -90,
        ..WEEK_LATER
    };
    assert_eq!(pasted(&mut drawing, &earlier), [""; 0]);
    assert_eq!(list(&drawing), "3 Mar 12:00 60 Lunch 5\n4 Mar 10:30 60 Lunch -\n");
}

#[test]
fn what_is_cut_moves_as_it_is() {
    let mut drawing = lunches(2);
    let cut = Paste {
        is_cut: true,
        ..WEEK_LATER
    };
    assert_eq!(pasted(&mut drawing, &cut), [""; 0]);
    assert_eq!(
        list(&drawing),
        "10 Mar 12:00 60 Lunch 5\n17 Mar 12:00 60 Lunch 5\n"
    );
    let onto = Paste {
        days: 0,
        minutes: 0,
        onto: Some((
            BlockTarget::Provider(crate::drawing::provider_id("Chen")),
            LocationId(1),
        )),
        is_cut: true,
    };
    assert_eq!(pasted(&mut drawing, &onto), [""; 0]);
    assert!(
        drawing
            .time_blocks
            .iter()
            .all(|block| matches!(block.target, BlockTarget::Provider(_)))
    );
    assert_eq!(drawing.time_blocks.len(), 2);
}

#[test]
fn whole_days_stay_whole_and_gaps_are_told() {
    let mut drawing = draw(SHEET);
    let night = request("2026-03-01T02:30", "Night shift");
    let holiday = BlockRequest {
        id: TimeBlockId(2),
        time: BlockTime::Days {
            first: "2026-03-01".parse().unwrap(),
            days: 1,
        },
        title: "Holiday".to_owned(),
        ..night.clone()
    };
    for request in [night, holiday] {
        let plan = add_time_block(&drawing.roster, &drawing.zones, &request).unwrap();
        apply(&mut drawing, &plan.changes);
    }
    assert_eq!(
        pasted(&mut drawing, &WEEK_LATER),
        ["2026-03-08: the clock skips 2:30"]
    );
    assert_eq!(
        list(&drawing),
        "1 Mar 00:00 1440 Holiday -\n1 Mar 02:30 60 Night shift -\n8 Mar 00:00 1380 Holiday -\n"
    );
}
