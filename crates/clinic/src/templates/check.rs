//! What is wrong with a template while it is drawn, and what it adds up to.

use std::collections::BTreeMap;

use super::words::{clock, first_kind, slot_words, span_words, wants_words};
use crate::hours::{Minutes, Timetable};
use crate::violation::{location_name, op_name, provider_name};
use crate::{LocationId, ProviderId, Roster, SlotWants, TemplateSlot, TemplateSlotId, Weekday};

/// Most problems that are put in words.
pub const MAX_PROBLEMS: usize = 200;
/// Pairs of slots that are looked at in each other's way; a draft beyond that is told so by its first problems.
const MOST_PAIRS: usize = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// One provider is needed in two slots in the same minutes.
    DoctorTime,
    /// Two slots of one operatory overlap.
    Overlap,
    OutsideLocationHours,
    OutsideProviderHours,
    OutsideOperatoryHours,
    /// Shorter than what it is for.
    TooShort,
    /// Operatory, provider, type or class is no longer in use.
    OutOfUse,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub weekday: Option<Weekday>,
    pub start_minute: u16,
    pub slots: Vec<TemplateSlotId>,
    pub words: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Total {
    pub name: String,
    pub slots: u32,
    pub visits: u32,
    pub minutes: u32,
    pub doctor_minutes: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// By weekday and time; the first [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    pub problem_count: usize,
    /// By class, then name.
    pub totals: Vec<Total>,
}

/// A problem before it is put in words.
struct Found<'a> {
    kind: ProblemKind,
    start_minute: u16,
    slot: &'a TemplateSlot,
    other: Option<&'a TemplateSlot>,
    span: Minutes,
}

/// Looks at the slots of a template that is drawn on a location's operatories. Hours are those of the weekday in any week of
/// the rotation; in a template of one day, those of any weekday.
pub fn check(roster: &Roster, location: LocationId, slots: &[TemplateSlot]) -> Check {
    let mut sorted: Vec<&TemplateSlot> = slots.iter().collect();
    sorted.sort_by_key(|slot| (slot.weekday, slot.start_minute, slot.operatory, slot.id));
    let mut found = Vec::new();
    overlaps(&sorted, &mut found);
    doctor_times(roster, &sorted, &mut found);
    let mut hours = Hours::of(roster, location);
    for slot in &sorted {
        let span = (slot.start_minute, slot.start_minute + slot.length_minutes);
        let mut note = |kind| {
            found.push(Found {
                kind,
                start_minute: slot.start_minute,
                slot,
                other: None,
                span,
            });
        };
        hours.outside(slot, span, &mut note);
        if lacks(roster, slot).is_some() {
            note(ProblemKind::OutOfUse);
        }
        if first_kind(roster, &slot.wants).is_some_and(|kind| {
            u32::from(kind.pattern.length_minutes()) * u32::from(slot.capacity)
                > u32::from(slot.length_minutes)
        }) {
            note(ProblemKind::TooShort);
        }
    }
    found.sort_by_key(|problem| {
        (
            problem.slot.weekday,
            problem.start_minute,
            problem.kind,
            problem.slot.id,
        )
    });
    Check {
        problem_count: found.len(),
        problems: found
            .iter()
            .take(MAX_PROBLEMS)
            .map(|problem| in_words(roster, location, problem))
            .collect(),
        totals: totals(roster, &sorted),
    }
}

fn end(slot: &TemplateSlot) -> u16 {
    slot.start_minute + slot.length_minutes
}

fn overlaps<'a>(sorted: &[&'a TemplateSlot], found: &mut Vec<Found<'a>>) {
    let mut open: BTreeMap<_, Vec<&TemplateSlot>> = BTreeMap::new();
    for slot in sorted {
        let before = open.entry((slot.weekday, slot.operatory)).or_default();
        before.retain(|other| end(other) > slot.start_minute);
        for other in before.iter() {
            if found.len() >= MOST_PAIRS {
                return;
            }
            found.push(Found {
                kind: ProblemKind::Overlap,
                start_minute: slot.start_minute,
                slot: other,
                other: Some(slot),
                span: (slot.start_minute, end(slot).min(end(other))),
            });
        }
        before.push(slot);
    }
}

/// When a slot needs its provider, in wall minutes: its type's pattern, as often as it is meant for and fits.
pub(super) fn doctor_spans(roster: &Roster, slot: &TemplateSlot) -> Vec<Minutes> {
    let Some(kind) = first_kind(roster, &slot.wants) else {
        return Vec::new();
    };
    let length = kind.pattern.length_minutes();
    let mut spans: Vec<Minutes> = Vec::new();
    for turn in 0..slot.capacity {
        let begins = turn.saturating_mul(length);
        // The first is cut short rather than left out: a slot that is too short still needs its doctor.
        if turn > 0 && u32::from(begins) + u32::from(length) > u32::from(slot.length_minutes) {
            break;
        }
        for (from, until) in kind.pattern.provider_spans() {
            let from = slot.start_minute + begins + from;
            let until = (slot.start_minute + begins + until).min(end(slot));
            match spans.last_mut() {
                Some(last) if last.1 == from => last.1 = until,
                _ if from < until => spans.push((from, until)),
                _ => {}
            }
        }
    }
    spans
}

fn doctor_times<'a>(roster: &Roster, sorted: &[&'a TemplateSlot], found: &mut Vec<Found<'a>>) {
    type Needed<'s> = Vec<(Minutes, &'s TemplateSlot)>;
    let mut needed: BTreeMap<(Option<Weekday>, ProviderId), Needed<'_>> = BTreeMap::new();
    for slot in sorted {
        let Some(provider) = slot.provider else { continue };
        let list = needed.entry((slot.weekday, provider)).or_default();
        list.extend(doctor_spans(roster, slot).into_iter().map(|span| (span, *slot)));
    }
    let most = found.len() + MOST_PAIRS;
    for mut list in needed.into_values() {
        list.sort_by_key(|(span, slot)| (*span, slot.id));
        let mut told: BTreeMap<(TemplateSlotId, TemplateSlotId), usize> = BTreeMap::new();
        let mut open: Vec<(Minutes, &TemplateSlot)> = Vec::new();
        for (span, slot) in list {
            open.retain(|(other, _)| other.1 > span.0);
            for (other_span, other) in &open {
                // Two slots of one operatory at one time are told already.
                if other.id == slot.id || other.operatory == slot.operatory {
                    continue;
                }
                let until = span.1.min(other_span.1);
                let pair = (other.id.min(slot.id), other.id.max(slot.id));
                match told.get(&pair) {
                    Some(at) if found[*at].span.1 >= span.0 => {
                        let known: &mut Found<'_> = &mut found[*at];
                        known.span.1 = known.span.1.max(until);
                    }
                    Some(_) => {}
                    None => {
                        if found.len() >= most {
                            return;
                        }
                        told.insert(pair, found.len());
                        found.push(Found {
                            kind: ProblemKind::DoctorTime,
                            start_minute: span.0,
                            slot: other,
                            other: Some(slot),
                            span: (span.0, until),
                        });
                    }
                }
            }
            open.push((span, slot));
        }
    }
}

/// Open stretches by whom and weekday, asked once.
struct Hours<'r> {
    roster: &'r Roster,
    location: LocationId,
    asked: BTreeMap<(Whose, Option<Weekday>), Vec<Vec<Minutes>>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Location,
    Provider(ProviderId),
    Operatory(crate::OperatoryId),
}

impl<'r> Hours<'r> {
    fn of(roster: &'r Roster, location: LocationId) -> Self {
        Self {
            roster,
            location,
            asked: BTreeMap::new(),
        }
    }

    fn outside(&mut self, slot: &TemplateSlot, span: Minutes, note: &mut dyn FnMut(ProblemKind)) {
        if !self.covers(Whose::Location, slot.weekday, span) {
            note(ProblemKind::OutsideLocationHours);
        }
        if !self.covers(Whose::Operatory(slot.operatory), slot.weekday, span) {
            note(ProblemKind::OutsideOperatoryHours);
        }
        if let Some(provider) = slot.provider
            && !self.covers(Whose::Provider(provider), slot.weekday, span)
        {
            note(ProblemKind::OutsideProviderHours);
        }
    }

    fn covers(&mut self, whose: Whose, weekday: Option<Weekday>, span: Minutes) -> bool {
        let (roster, location) = (self.roster, self.location);
        let days = self.asked.entry((whose, weekday)).or_insert_with(|| {
            let table: Option<Timetable<'_>> = match whose {
                Whose::Location => roster.location_timetable(location),
                Whose::Provider(id) => roster.provider_timetable(id, location),
                Whose::Operatory(id) => roster.operatory_timetable(id),
            };
            // Whoever is not known has no hours to be outside of: that is told as out of use.
            let Some(table) = table else {
                return vec![vec![(0, 24 * 60)]];
            };
            match weekday {
                Some(weekday) => vec![table.weekly(weekday)],
                None => Weekday::ALL.map(|weekday| table.weekly(weekday)).into(),
            }
        });
        days.iter()
            .flatten()
            .any(|open| open.0 <= span.0 && span.1 <= open.1)
    }
}

/// What a slot names that is no longer in use, in words.
fn lacks(roster: &Roster, slot: &TemplateSlot) -> Option<String> {
    if !roster
        .operatory(slot.operatory)
        .is_some_and(|record| record.is_active)
    {
        return Some(op_name(roster, slot.operatory).to_owned());
    }
    if let Some(id) = slot.provider
        && !roster.provider(id).is_some_and(|record| record.is_active)
    {
        return Some(provider_name(roster, id).to_owned());
    }
    let is_offered = match &slot.wants {
        SlotWants::Any => true,
        SlotWants::Type { id } => roster
            .appointment_type(*id)
            .is_some_and(|record| record.is_active),
        SlotWants::Class { .. } => first_kind(roster, &slot.wants).is_some(),
    };
    (!is_offered).then(|| match &slot.wants {
        SlotWants::Class { name } => format!("the class {name}"),
        _ => wants_words(
            roster,
            &TemplateSlot {
                hold: None,
                ..slot.clone()
            },
        ),
    })
}

fn in_words(roster: &Roster, location: LocationId, problem: &Found<'_>) -> Problem {
    let slot = problem.slot;
    let place = slot_words(roster, slot);
    let (from, until) = (clock(problem.span.0), clock(problem.span.1));
    let words = match (problem.kind, problem.other) {
        (ProblemKind::DoctorTime, Some(other)) => format!(
            "{} is needed in {} and {} from {from} to {until}",
            slot.provider
                .map_or("somebody", |provider| provider_name(roster, provider)),
            op_name(roster, slot.operatory),
            op_name(roster, other.operatory),
        ),
        (ProblemKind::Overlap, Some(other)) => format!(
            "{} has {} and {} at the same time, from {from} to {until}",
            op_name(roster, slot.operatory),
            wants_words(roster, slot),
            wants_words(roster, other),
        ),
        (ProblemKind::OutsideLocationHours, _) => {
            format!(
                "{place} is outside the hours of {}",
                location_name(roster, location)
            )
        }
        (ProblemKind::OutsideProviderHours, _) => format!(
            "{place} is outside the hours of {}",
            slot.provider
                .map_or("somebody", |provider| provider_name(roster, provider)),
        ),
        (ProblemKind::OutsideOperatoryHours, _) => format!(
            "{place} is outside the hours of {}",
            op_name(roster, slot.operatory)
        ),
        (ProblemKind::TooShort, _) => {
            let needs = first_kind(roster, &slot.wants).map_or(0, |kind| kind.pattern.length_minutes());
            match slot.capacity {
                1 => format!("{place} lasts {} minutes and needs {needs}", slot.length_minutes),
                visits => format!(
                    "{place} lasts {} minutes and needs {} for {visits} visits",
                    slot.length_minutes,
                    u32::from(needs) * u32::from(visits)
                ),
            }
        }
        (ProblemKind::OutOfUse, _) => format!(
            "{} is no longer in use: the slot {} in {}",
            lacks(roster, slot).unwrap_or_default(),
            span_words(slot),
            op_name(roster, slot.operatory)
        ),
        (ProblemKind::DoctorTime | ProblemKind::Overlap, None) => String::new(),
    };
    Problem {
        kind: problem.kind,
        weekday: slot.weekday,
        start_minute: problem.start_minute,
        slots: std::iter::once(slot.id)
            .chain(problem.other.map(|other| other.id))
            .collect(),
        words,
    }
}

fn totals(roster: &Roster, slots: &[&TemplateSlot]) -> Vec<Total> {
    let mut by_name: BTreeMap<(String, String), Total> = BTreeMap::new();
    for slot in slots {
        let key = match &slot.wants {
            _ if slot.hold.is_some() => ("\u{10ffff}".to_owned(), "emergencies".to_owned()),
            SlotWants::Type { id } => {
                let class = roster
                    .appointment_type(*id)
                    .map_or_else(String::new, |kind| kind.class.clone());
                (class, wants_words(roster, slot))
            }
            SlotWants::Class { name } => (name.clone(), name.clone()),
            SlotWants::Any => ("\u{10fffe}".to_owned(), "anything".to_owned()),
        };
        let total = by_name.entry(key.clone()).or_insert_with(|| Total {
            name: key.1,
            ..Total::default()
        });
        total.slots += 1;
        total.visits += u32::from(slot.capacity);
        total.minutes += u32::from(slot.length_minutes);
        total.doctor_minutes += doctor_spans(roster, slot)
            .iter()
            .map(|(from, until)| u32::from(until - from))
            .sum::<u32>();
    }
    by_name.into_values().collect()
}
