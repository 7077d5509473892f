//! Which openings come first, and why.

use super::bits::ones;
use super::ground::{Chair, Ground};
use super::slots::{days_of, span_of};
use super::{Opening, Reason};
use crate::Start;
use crate::templates::{Fit, judge, slot_fits, wants_words};

/// An opening, small enough to have a hundred thousand of them.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Candidate {
    merit: Merit,
    unit: u32,
    provider: u16,
    chair: u16,
}

/// Better is less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Merit {
    /// In no slot of a day that has a template.
    is_outside: bool,
    is_warned: bool,
    short_gaps: u8,
    /// Touches nothing: it begins and ends in the middle of free time.
    is_loose: bool,
    is_not_usual: bool,
}

impl Candidate {
    /// The order of the list; the last parts only make it the same on every workstation.
    fn key(&self) -> (Merit, u32, u16, u16) {
        (self.merit, self.unit, self.provider, self.chair)
    }
}

pub(super) fn best(ground: &Ground) -> Vec<Opening> {
    let openings = of_all_days(ground, Slots::Own);
    if openings.is_empty() && ground.chairs.iter().any(|chair| chair.slots.is_some()) {
        return of_all_days(ground, Slots::Foreign);
    }
    openings
}

/// Which template slots are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slots {
    /// Those that are meant for the visit, and none at all.
    Own,
    /// Those for something else, full ones, holds.
    Foreign,
}

fn of_all_days(ground: &Ground, slots: Slots) -> Vec<Opening> {
    let limit = ground.request.limit;
    let mut openings = Vec::new();
    let mut first_day = None;
    for day in 0..usize::from(ground.request.days) {
        let (mut firsts, mut seconds) = of_day(ground, day, slots);
        if firsts.is_empty() {
            continue;
        }
        let first_day = *first_day.get_or_insert(day);
        firsts.sort_unstable_by_key(Candidate::key);
        if openings.len() + firsts.len() < limit {
            seconds.sort_unstable_by_key(Candidate::key);
            firsts.append(&mut seconds);
        }
        let wanted = limit - openings.len();
        openings.extend(
            firsts
                .into_iter()
                .take(wanted)
                .map(|candidate| opening(ground, candidate, day == first_day)),
        );
        if openings.len() >= limit {
            break;
        }
    }
    openings
}

/// The openings of one wall day: for each provider and time the best chair, and apart from them the rest.
fn of_day(ground: &Ground, day: usize, slots: Slots) -> (Vec<Candidate>, Vec<Candidate>) {
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    let from = ground
        .places
        .iter()
        .map(|place| place.days[day].0)
        .min()
        .unwrap_or(0);
    let until = ground
        .places
        .iter()
        .map(|place| place.days[day].1)
        .max()
        .unwrap_or(0);
    let mut best_at: Vec<Option<Candidate>> = vec![None; usize::try_from(until - from).unwrap_or(0)];
    for (provider, doctor) in ground.providers.iter().enumerate() {
        best_at.fill(None);
        for (chair_at, chair) in ground.chairs.iter().enumerate() {
            let Some(starts) = &doctor.starts[chair.place] else {
                continue;
            };
            let (first, last) = ground.places[chair.place].days[day];
            let is_not_usual = chair.operatory.usual_provider != Some(doctor.provider.id);
            for word in first.max(0) / 64..=last.max(0) / 64 {
                let foreign = chair
                    .slots
                    .as_ref()
                    .map_or(0, |slots| slots.foreign.word(word as usize));
                let both = chair.starts.word(word as usize)
                    & starts.word(word as usize)
                    & match slots {
                        Slots::Own => !foreign,
                        Slots::Foreign => foreign,
                    };
                for unit in ones(both)
                    .map(|bit| word * 64 + i64::from(bit))
                    .filter(|unit| (first..last).contains(unit))
                {
                    let (short_gaps, is_loose) = gaps(ground, chair, unit);
                    let is_warned = chair.warned.get(unit) || doctor.warned.get(unit);
                    let is_outside = chair.slots.as_ref().is_some_and(|slots| slots.outside.get(unit));
                    let candidate = Candidate {
                        merit: Merit {
                            is_outside,
                            is_warned,
                            short_gaps,
                            is_loose,
                            is_not_usual,
                        },
                        unit: unit as u32,
                        provider: provider as u16,
                        chair: chair_at as u16,
                    };
                    let best = &mut best_at[(unit - from) as usize];
                    match best {
                        Some(known) if known.key() <= candidate.key() => seconds.push(candidate),
                        _ => seconds.extend(best.replace(candidate)),
                    }
                }
            }
        }
        firsts.extend(best_at.iter().flatten().copied());
    }
    (firsts, seconds)
}

/// How many gaps too short for any visit it would leave (0–2), and whether it touches nothing on either side.
fn gaps(ground: &Ground, chair: &Chair, unit: i64) -> (u8, bool) {
    let most = |buffer: u32| ground.shortest.saturating_add(buffer);
    let (before, after) = ground.buffers;
    let left = chair.free.ones_before(unit, most(before)).saturating_sub(before);
    let right = chair
        .free
        .ones_from(unit + ground.length as i64, most(after))
        .saturating_sub(after);
    let is_short = |gap: u32| u8::from(0 < gap && gap < ground.shortest);
    (is_short(left) + is_short(right), left > 0 && right > 0)
}

fn opening(ground: &Ground, candidate: Candidate, is_first_day: bool) -> Opening {
    let chair = &ground.chairs[usize::from(candidate.chair)];
    let provider = ground.providers[usize::from(candidate.provider)].provider;
    let place = &ground.places[chair.place];
    let unit = i64::from(candidate.unit);
    let instant = ground.span.instant(unit);
    let offset = place.zone.to_offset(instant);
    let mut reasons = Vec::new();
    if is_first_day {
        reasons.push(Reason::EarliestDay);
    }
    let (before, after) = ground.buffers;
    let fills = chair.free.ones_before(unit, before + 1) <= before
        && chair.free.ones_from(unit + ground.length as i64, after + 1) <= after;
    match candidate.merit {
        _ if fills => reasons.push(Reason::FillsGap),
        Merit { short_gaps: 0, .. } => reasons.push(Reason::LeavesNoShortGap),
        _ => reasons.push(Reason::LeavesShortGap),
    }
    if chair.slots.is_some() {
        reasons.extend(slot_reason(
            ground,
            chair,
            unit,
            offset.to_datetime(instant).date(),
        ));
    }
    if !candidate.merit.is_not_usual {
        reasons.push(Reason::UsualProvider(chair.operatory.id));
    }
    if candidate.merit.is_warned {
        reasons.push(Reason::OnBlockOut(
            ground.warning_title(chair, provider, unit).unwrap_or_default(),
        ));
    }
    Opening {
        starts_at: Start {
            wall: offset.to_datetime(instant),
            offset,
            zone: place.location.zone.clone(),
        },
        length_minutes: (ground.length as u16) * crate::TimePattern::UNIT_MINUTES,
        location: place.location.id,
        operatory: chair.operatory.id,
        provider: provider.id,
        reasons,
    }
}

/// What the day's template says about it.
fn slot_reason(ground: &Ground, chair: &Chair, unit: i64, date: jiff::civil::Date) -> Option<Reason> {
    let (location, operatory) = (chair.operatory.location, chair.operatory.id);
    let span = span_of(ground.span, unit, ground.length);
    let is_templated = ground
        .held
        .on(location, date)
        .is_some_and(|day| day.application.is_some());
    let kind = ground.request.appointment_type;
    let fits = judge(
        ground.roster,
        days_of(ground.held, location, date),
        is_templated,
        operatory,
        kind,
        span,
        &|held| ground.begins.within(held),
    );
    let words = |held: &crate::templates::HeldSlot| wants_words(ground.roster, &held.slot);
    match fits.first() {
        Some(Fit::ForOther(held)) => Some(Reason::SlotForOther(words(held))),
        Some(Fit::Full(held)) => Some(Reason::SlotFull(words(held))),
        Some(Fit::Held(_)) => Some(Reason::KeptForEmergencies),
        Some(Fit::InNoSlot) => Some(Reason::InNoSlot),
        None => days_of(ground.held, location, date)
            .flat_map(|day| &day.slots)
            .find(|held| {
                held.slot.operatory == operatory
                    && held.span.0 < span.1
                    && span.0 < held.span.1
                    && slot_fits(ground.roster, held, kind)
            })
            .map(|held| Reason::InSlot(words(held))),
    }
}
