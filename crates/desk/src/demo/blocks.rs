//! Block-outs of the invented practice: lunches, huddles, a vacation, a chair kept for emergencies.

use clinic::{BlockPolicy, BlockTarget, TimeBlock, TimeBlockId, Weekday};

use super::kinds::EMER;
use super::roster::{CLOSE, OPEN, Roster};
use super::{DemoSize, Window};

/// A block-out of one day, in minutes of it.
pub struct DayBlock {
    pub target: BlockTarget,
    pub from: u16,
    pub until: u16,
    pub title: &'static str,
    pub policy: BlockPolicy,
}

/// Where a provider works that day, by index of the location.
pub fn place_of(roster: &Roster, provider: usize, day: u32) -> Option<usize> {
    let weekday = Weekday::of(roster.window.date(day));
    let location = roster.providers[provider]
        .schedule
        .hours
        .iter()
        .find(|span| span.weekday == weekday)?
        .location;
    roster.locations.iter().position(|place| place.id == location)
}

/// Everything blocked out at a location on a day.
pub fn on(roster: &Roster, location: usize, day: u32) -> Vec<DayBlock> {
    let mut blocks = Vec::new();
    if !roster.is_open(day) {
        return blocks;
    }
    let window = roster.window;
    let weekday = Weekday::of(window.date(day));
    let mut block = |target, from, until, title, policy| {
        blocks.push(DayBlock {
            target,
            from,
            until,
            title,
            policy,
        })
    };
    if weekday == Weekday::Wednesday {
        let here = BlockTarget::Location(roster.locations[location].id);
        block(here, OPEN, OPEN + 30, "Staff huddle", BlockPolicy::Block);
    }
    for (index, provider) in roster.providers.iter().enumerate() {
        if place_of(roster, index, day) != Some(location) {
            continue;
        }
        let who = BlockTarget::Provider(provider.id);
        if is_on_vacation(window, index, day) {
            block(who, OPEN, CLOSE, "Vacation", BlockPolicy::Block);
        } else {
            let lunch = roster.lunches[index];
            block(who, lunch, lunch + 60, "Lunch", BlockPolicy::Block);
        }
    }
    if location == 0 {
        let chairs = &roster.operatories[0];
        let emergencies = BlockPolicy::RestrictedTo(vec![roster.types[usize::from(EMER)].id]);
        block(
            BlockTarget::Operatory(chairs[7].id),
            11 * 60,
            11 * 60 + 40,
            "Kept for emergencies",
            emergencies,
        );
        if day == window.today_index() + 1 {
            let last = BlockTarget::Operatory(chairs[chairs.len() - 1].id);
            block(last, 14 * 60, 16 * 60, "Chair service", BlockPolicy::Block);
        }
    }
    blocks
}

/// The second doctor is away in the second week from today.
fn is_on_vacation(window: Window, provider: usize, day: u32) -> bool {
    provider == 1 && (window.today_index() + 9..window.today_index() + 14).contains(&day)
}

/// The records, for the days people look at: in the full practice a quarter ahead, not five years back.
pub fn records(roster: &Roster, size: DemoSize, id: &mut dyn FnMut() -> u128) -> Vec<TimeBlock> {
    let today = roster.window.today_index();
    let days = match size {
        DemoSize::Small => 0..roster.window.days(),
        DemoSize::Full | DemoSize::Grown { .. } => {
            today.saturating_sub(21)..(today + 91).min(roster.window.days())
        }
    };
    let mut records = Vec::new();
    for day in days {
        for location in 0..roster.locations.len() {
            for block in on(roster, location, day) {
                records.push(TimeBlock {
                    id: TimeBlockId(id()),
                    target: block.target,
                    location: roster.locations[location].id,
                    starts_at: roster.start(location, day, block.from),
                    length_minutes: u32::from(block.until - block.from),
                    title: block.title.to_owned(),
                    policy: block.policy,
                    source_uid: String::new(),
                    series: None,
                    absence: None,
                });
            }
        }
    }
    records
}
