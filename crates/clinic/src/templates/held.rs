//! The slots of one date, as they hold there: an application's version, mapped if it is shared, under what was changed by hand.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::mapped;
use crate::hours::wall_minutes_span;
use crate::{
    DaySlot, LocationId, TemplateApplication, TemplateApplicationId, TemplateId, TemplateShare, TemplateSlot,
    TemplateSlotId, TemplateVersion, Weekday, monday_of,
};

/// What is applied to a date.
#[derive(Clone, Copy)]
pub struct Applied<'a> {
    pub application: &'a TemplateApplication,
    pub template: TemplateId,
    /// None: it was taken back where nobody could know that it is applied. The date has no slots then.
    pub version: Option<&'a TemplateVersion>,
    /// How the template is used at this location, if it belongs to another one.
    pub share: Option<&'a TemplateShare>,
}

/// A slot on a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSlot {
    /// As it is here: in this location's operatories.
    pub slot: TemplateSlot,
    /// Moments `[from, until)`.
    pub span: (Timestamp, Timestamp),
    /// Of an emergency hold: from when on anything may be booked there.
    pub releases_at: Option<Timestamp>,
    /// True too where nothing is held.
    pub is_released: bool,
    /// Changed on this date, or of this date alone.
    pub is_by_hand: bool,
    /// The applied version has it.
    pub is_of_template: bool,
}

impl HeldSlot {
    pub fn has(&self, instant: Timestamp) -> bool {
        self.span.0 <= instant && instant < self.span.1
    }
}

/// What holds on a date of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDay {
    pub date: Date,
    pub application: Option<TemplateApplicationId>,
    pub template: Option<TemplateId>,
    /// By start, operatory and id.
    pub slots: Vec<HeldSlot>,
    /// Slots of the template that this date goes without, by start.
    pub dropped: Vec<TemplateSlot>,
}

impl HeldDay {
    pub fn slot(&self, id: TemplateSlotId) -> Option<&HeldSlot> {
        self.slots.iter().find(|held| held.slot.id == id)
    }

    /// Nothing is applied and nothing was entered by hand.
    pub fn is_empty(&self) -> bool {
        self.application.is_none() && self.slots.is_empty()
    }
}

/// What holds on many dates of many locations; dates without anything are left out.
#[derive(Debug, Clone, Default)]
pub struct HeldDays(pub BTreeMap<(LocationId, Date), HeldDay>);

impl HeldDays {
    pub fn on(&self, location: LocationId, date: Date) -> Option<&HeldDay> {
        self.0.get(&(location, date))
    }
}

/// Which week of an application's rotation a date is in: a place in its `weeks`.
pub fn week_of(application: &TemplateApplication, date: Date) -> usize {
    let days = (monday_of(date) - monday_of(application.weeks_from)).get_days();
    let weeks = application.weeks.len().max(1) as i32;
    (days / 7).rem_euclid(weeks) as usize
}

/// The slots of a date at a location in `zone`. `by_hand`: what was changed on this date. `now` decides which holds are released.
pub fn held_day(
    zone: &TimeZone,
    date: Date,
    applied: Option<Applied<'_>>,
    by_hand: &[DaySlot],
    now: Timestamp,
) -> HeldDay {
    let mut day = HeldDay {
        date,
        application: applied.map(|applied| applied.application.id),
        template: applied.map(|applied| applied.template),
        slots: Vec::new(),
        dropped: Vec::new(),
    };
    let weekday = Weekday::of(date);
    let of_version = applied
        .and_then(|applied| applied.version)
        .map_or(&[][..], |version| &version.slots);
    let changes: BTreeMap<TemplateSlotId, &DaySlot> =
        by_hand.iter().map(|change| (change.slot, change)).collect();
    let mut seen: BTreeSet<TemplateSlotId> = BTreeSet::new();
    for slot in of_version {
        if slot.weekday.is_some_and(|day| day != weekday) {
            continue;
        }
        let share = applied.and_then(|applied| applied.share);
        let here = match share {
            None => Some(slot.clone()),
            Some(share) => mapped(slot, share),
        };
        let change = changes.get(&slot.id);
        if change.is_some() {
            seen.insert(slot.id);
        }
        match (change, here) {
            (None, Some(slot)) => day.slots.push(held(zone, date, slot, now, false, true)),
            (Some(change), here) => match (&change.content, here) {
                (Some(content), _) => day.slots.push(held(zone, date, content.clone(), now, true, true)),
                (None, Some(slot)) => day.dropped.push(slot),
                (None, None) => {}
            },
            (None, None) => {}
        }
    }
    for change in changes.values().filter(|change| !seen.contains(&change.slot)) {
        if let Some(content) = &change.content {
            day.slots
                .push(held(zone, date, content.clone(), now, true, false));
        }
    }
    day.slots
        .sort_by_key(|held| (held.slot.start_minute, held.slot.operatory, held.slot.id));
    day.dropped
        .sort_by_key(|slot| (slot.start_minute, slot.operatory, slot.id));
    day
}

fn held(
    zone: &TimeZone,
    date: Date,
    slot: TemplateSlot,
    now: Timestamp,
    is_by_hand: bool,
    is_of_template: bool,
) -> HeldSlot {
    let until = slot.start_minute.saturating_add(slot.length_minutes);
    let span = wall_minutes_span(zone, date, (slot.start_minute, until));
    let releases_at = slot.hold.map(|hold| {
        let before = SignedDuration::from_hours(hold.release_hours.into());
        span.0.checked_sub(before).unwrap_or(Timestamp::MIN)
    });
    HeldSlot {
        span,
        releases_at,
        is_released: releases_at.is_none_or(|at| at <= now),
        is_by_hand,
        is_of_template,
        slot,
    }
}
