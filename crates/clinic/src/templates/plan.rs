//! What applying would do to one date, before it is done.

use std::collections::BTreeMap;

use super::fitting::{Fit, judge};
use super::words::{clock, wants_words};
use super::{HeldDay, HeldSlot};
use crate::hours::Minutes;
use crate::violation::{op_name, provider_name};
use crate::{Appointment, OperatoryId, ProviderId, Roster, TemplateSlotId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayState {
    /// Everything fits.
    Clean,
    Conflicts,
    /// The location is closed.
    Closed,
    /// It holds there already.
    Unchanged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FitKind {
    /// A visit in no slot.
    OutsideSlots,
    /// A visit in a slot for something else.
    WrongType,
    /// More visits than a slot is meant for.
    OverCapacity,
    /// A slot's provider is away or not in.
    ProviderAway,
    /// A slot's operatory is out of use or closed.
    OperatoryMissing,
    ClosedDay,
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitTrouble<'a> {
    pub kind: FitKind,
    pub visit: Option<&'a Appointment>,
    pub slot: Option<TemplateSlotId>,
    /// Without the patient's name, which the caller puts before it where there is a visit.
    pub words: String,
}

/// A date as it is.
pub struct Situation<'a> {
    /// Open stretches of the location, absences and special days taken off.
    pub open: &'a [Minutes],
    /// Why it is closed, if somebody said so; else empty.
    pub closed_title: &'a str,
    /// When a provider is in, and an operatory open, on this date.
    pub provider_open: &'a dyn Fn(ProviderId) -> Vec<Minutes>,
    pub operatory_open: &'a dyn Fn(OperatoryId) -> Vec<Minutes>,
    /// Of the date, by start; those that take no time are passed over.
    pub visits: &'a [Appointment],
    /// What holds there now, and what would.
    pub before: &'a HeldDay,
    pub after: &'a HeldDay,
    /// The same versions hold already.
    pub is_same: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedDay<'a> {
    pub state: DayState,
    pub added: u32,
    pub changed: u32,
    pub removed: u32,
    /// Slots changed by hand that stay, in words.
    pub kept_by_hand: Vec<String>,
    pub troubles: Vec<FitTrouble<'a>>,
}

/// Compares what holds with what would, and the visits of the date with it.
pub fn plan_day<'a>(roster: &Roster, situation: &Situation<'a>) -> PlannedDay<'a> {
    let (before, after) = (situation.before, situation.after);
    let mut planned = PlannedDay {
        state: DayState::Clean,
        added: 0,
        changed: 0,
        removed: 0,
        kept_by_hand: Vec::new(),
        troubles: Vec::new(),
    };
    if situation.open.is_empty() {
        planned.state = DayState::Closed;
        planned.troubles.push(FitTrouble {
            kind: FitKind::ClosedDay,
            visit: None,
            slot: None,
            words: match situation.closed_title {
                "" => "The location is closed".to_owned(),
                title => format!("The location is closed ({title})"),
            },
        });
        return planned;
    }
    let (held_before, held_after) = (by_id(before), by_id(after));
    for held in &after.slots {
        match held_before.get(&held.slot.id) {
            None => planned.added += 1,
            Some(was) if was.slot != held.slot => planned.changed += 1,
            Some(_) => {}
        }
        if held.is_by_hand {
            planned.kept_by_hand.push(held_words(roster, held));
        }
    }
    planned.removed = before
        .slots
        .iter()
        .filter(|held| !held_after.contains_key(&held.slot.id))
        .count() as u32;
    for slot in &after.dropped {
        planned.kept_by_hand.push(format!(
            "without {} {}, {}",
            clock(slot.start_minute),
            op_name(roster, slot.operatory),
            wants_words(roster, slot)
        ));
    }
    visits(roster, situation, &mut planned.troubles);
    slots(roster, situation, &mut planned.troubles);
    planned.state = match (situation.is_same, planned.troubles.is_empty()) {
        (true, _) => DayState::Unchanged,
        (false, true) => DayState::Clean,
        (false, false) => DayState::Conflicts,
    };
    planned
}

/// A day's slots to look up: one may have thousands, and each is looked for in the other day.
fn by_id(day: &HeldDay) -> BTreeMap<TemplateSlotId, &HeldSlot> {
    day.slots.iter().map(|held| (held.slot.id, held)).collect()
}

fn held_words(roster: &Roster, held: &HeldSlot) -> String {
    format!(
        "{} {}, {}",
        clock(held.slot.start_minute),
        op_name(roster, held.slot.operatory),
        wants_words(roster, &held.slot)
    )
}

fn visits<'a>(roster: &Roster, situation: &Situation<'a>, troubles: &mut Vec<FitTrouble<'a>>) {
    let taking: Vec<&Appointment> = situation
        .visits
        .iter()
        .filter(|visit| visit.takes_time())
        .collect();
    for visit in &taking {
        let span = (visit.starts_at.instant(), visit.ends_at());
        let earlier = |held: &HeldSlot| {
            // Whoever came first has the place: the later ones are too many.
            taking
                .iter()
                .filter(|other| {
                    other.operatory == visit.operatory
                        && held.has(other.starts_at.instant())
                        && (other.starts_at.instant(), other.id) < (span.0, visit.id)
                })
                .count()
        };
        let fits = judge(
            roster,
            [situation.after],
            situation.after.application.is_some(),
            visit.operatory,
            visit.appointment_type,
            span,
            &earlier,
        );
        let starts = visit.starts_at.minute_of_day();
        let where_words = format!(
            "{}–{} in {}",
            clock(starts),
            clock(starts.saturating_add(visit.length_minutes())),
            op_name(roster, visit.operatory)
        );
        // One is enough to decide about: the first by start.
        let trouble = fits.first().map(|fit| match fit {
            Fit::InNoSlot => (
                FitKind::OutsideSlots,
                None,
                format!("{where_words} is in no slot"),
            ),
            Fit::ForOther(held) => (
                FitKind::WrongType,
                Some(held.slot.id),
                format!(
                    "{where_words} is in a slot for {}",
                    wants_words(roster, &held.slot)
                ),
            ),
            Fit::Held(held) => (
                FitKind::WrongType,
                Some(held.slot.id),
                format!("{where_words} is in a slot that is kept for emergencies"),
            ),
            Fit::Full(held) => (
                FitKind::OverCapacity,
                Some(held.slot.id),
                format!(
                    "{where_words} is one too many in a slot for {} of {}",
                    held.slot.capacity,
                    wants_words(roster, &held.slot)
                ),
            ),
        });
        if let Some((kind, slot, words)) = trouble {
            troubles.push(FitTrouble {
                kind,
                visit: Some(visit),
                slot,
                words,
            });
        }
    }
}

fn slots<'a>(roster: &Roster, situation: &Situation<'a>, troubles: &mut Vec<FitTrouble<'a>>) {
    let covers =
        |open: &[Minutes], span: Minutes| open.iter().any(|open| open.0 <= span.0 && span.1 <= open.1);
    // A day may have thousands of slots, but few operatories and providers.
    let mut of_operatories: BTreeMap<OperatoryId, Vec<Minutes>> = BTreeMap::new();
    let mut of_providers: BTreeMap<ProviderId, Vec<Minutes>> = BTreeMap::new();
    for held in &situation.after.slots {
        let slot = &held.slot;
        let span = (
            slot.start_minute,
            slot.start_minute.saturating_add(slot.length_minutes),
        );
        let operatory = roster.operatory(slot.operatory);
        let mut note = |kind, words: String| {
            troubles.push(FitTrouble {
                kind,
                visit: None,
                slot: Some(slot.id),
                words: format!("{}: {words}", held_words(roster, held)),
            });
        };
        match operatory {
            Some(record) if record.is_active => {
                let open = of_operatories
                    .entry(record.id)
                    .or_insert_with(|| (situation.operatory_open)(record.id));
                if !covers(open, span) {
                    note(
                        FitKind::OperatoryMissing,
                        format!("{} is closed then", record.name),
                    );
                }
            }
            _ => note(
                FitKind::OperatoryMissing,
                "the operatory is no longer in use".to_owned(),
            ),
        }
        if let Some(provider) = slot.provider {
            let open = of_providers
                .entry(provider)
                .or_insert_with(|| (situation.provider_open)(provider));
            if !covers(open, span) {
                note(
                    FitKind::ProviderAway,
                    format!("{} is not in then", provider_name(roster, provider)),
                );
            }
        }
    }
}
