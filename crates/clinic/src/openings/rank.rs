//! Which openings come first, and why.

use jiff::civil::Date;

use super::bits::ones;
use super::ground::{Chair, Ground};
use super::slots::{days_of, span_of};
use super::{Leanings, Opening, Reason};
use crate::templates::{Fit, judge, slot_fits, wants_words};
use crate::{OperatoryId, ProviderId, RankingFactor, Start, Weekday, Weight};

/// A quarter of the day is booked at the most.
const LIGHT_EIGHTHS: u8 = 2;

/// An opening, small enough to have a hundred thousand of them.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Candidate {
    /// Less is better.
    points: u32,
    merit: Merit,
    /// Eighths of the provider's day that are booked.
    load: u8,
    day: u16,
    unit: u32,
    provider: u16,
    chair: u16,
}

/// What speaks against it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Merit {
    /// In no slot of a day that has a template.
    is_outside: bool,
    is_warned: bool,
    /// All assistants are busy for some of it.
    is_unassisted: bool,
    short_gaps: u8,
    /// Touches nothing: it begins and ends in the middle of free time.
    is_loose: bool,
    is_not_usual: bool,
}

impl Candidate {
    /// The order of the list; the last parts only make it the same on every workstation.
    fn key(&self) -> (u32, u32, u8, u16, u16) {
        (self.points, self.unit, self.load, self.provider, self.chair)
    }
}

/// Points for each thing that speaks against an opening, times its weight. Where nothing is known of a patient, and with the weights as
/// they are at first, each is worth more than all after it together: a slot, a warning, short gaps, free time torn apart, the usual
/// provider decide one after the other.
mod points {
    pub const OUTSIDE: u32 = 192;
    /// Whoever books is asked: no weight makes that nothing.
    pub const WARNED: u32 = 192;
    pub const ANOTHER_PROVIDER: u32 = 56;
    pub const SHORT_GAP: u32 = 32;
    pub const NOT_USUAL_DAY: u32 = 20;
    pub const NOT_USUAL_HALF: u32 = 20;
    pub const WITHOUT_FAMILY: u32 = 24;
    pub const LOOSE: u32 = 16;
    pub const NOT_USUAL_PROVIDER: u32 = 16;
    pub const ANOTHER_OPERATORY: u32 = 4;
    pub const EIGHTH_OF_LOAD: u32 = 8;
    pub const DAY: u32 = 12;
}

/// The practice's weights as numbers, and what is known of the patient that counts.
struct Scale<'a> {
    template: u32,
    fragments: u32,
    continuity: u32,
    preferences: u32,
    family: u32,
    /// A little only decides between doctors at one time.
    load: u32,
    decides_by_load: bool,
    /// None: an earlier day always comes first.
    day: Option<u32>,
    leanings: &'a Leanings,
}

impl<'a> Scale<'a> {
    fn of(ground: &Ground<'a>) -> Self {
        let weight = |factor| ground.roster.practice.weights.of(factor);
        let times = |factor| weight(factor).times();
        let load = weight(RankingFactor::Load);
        Self {
            template: times(RankingFactor::Template),
            fragments: times(RankingFactor::Fragments),
            continuity: times(RankingFactor::Continuity),
            preferences: times(RankingFactor::Preferences),
            family: times(RankingFactor::Family),
            load: if load > Weight::Little { load.times() } else { 0 },
            decides_by_load: load != Weight::Off,
            day: match weight(RankingFactor::LeadTime) {
                Weight::First => None,
                weight => Some(weight.times() * points::DAY),
            },
            leanings: &ground.request.leanings,
        }
    }

    /// What speaks against a whole day.
    fn of_day(&self, date: Date, day: usize) -> u32 {
        let mut points = self.day.map_or(0, |each| each * day as u32);
        if self
            .leanings
            .weekday
            .is_some_and(|habit| habit.is != Weekday::of(date))
        {
            points += self.preferences * points::NOT_USUAL_DAY;
        }
        if !self.leanings.family.is_empty() && !self.leanings.family.contains(&date) {
            points += self.family * points::WITHOUT_FAMILY;
        }
        points
    }

    /// What speaks against a chair and a provider, whenever it is.
    fn of_place(&self, chair: &Chair, provider: ProviderId) -> u32 {
        let differs = |known: bool, points: u32| if known { 0 } else { self.continuity * points };
        let leanings = self.leanings;
        differs(
            leanings.provider.is_none_or(|id| id == provider),
            points::ANOTHER_PROVIDER,
        ) + differs(
            leanings.operatory.is_none_or(|id| id == chair.operatory.id),
            points::ANOTHER_OPERATORY,
        )
    }

    fn of_merit(&self, merit: Merit) -> u32 {
        let if_so = |is_so: bool, points: u32| if is_so { points } else { 0 };
        if_so(merit.is_outside, self.template * points::OUTSIDE)
            + if_so(merit.is_warned, points::WARNED)
            + if_so(merit.is_unassisted, points::WARNED)
            + u32::from(merit.short_gaps) * self.fragments * points::SHORT_GAP
            + if_so(merit.is_loose, self.fragments * points::LOOSE)
            + if_so(merit.is_not_usual, points::NOT_USUAL_PROVIDER)
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
    let scale = Scale::of(ground);
    if let Some(each) = scale.day {
        return over_all_days(ground, slots, &scale, each);
    }
    let limit = ground.request.limit;
    let mut openings = Vec::new();
    let mut first_day = None;
    for day in 0..usize::from(ground.request.days) {
        let (mut firsts, mut seconds) = of_day(ground, &scale, day, slots);
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
                .map(|candidate| opening(ground, &scale, candidate, day == first_day)),
        );
        if openings.len() >= limit {
            break;
        }
    }
    openings
}

/// The same where a later day may be better: days are looked at until what is left can only be worse.
fn over_all_days(ground: &Ground, slots: Slots, scale: &Scale, each: u32) -> Vec<Opening> {
    let limit = ground.request.limit;
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    let mut first_day = None;
    for day in 0..usize::from(ground.request.days) {
        if firsts.len() >= limit {
            let worst = worst_of_best(&mut firsts, limit);
            // At one location what begins later is worse if it is only as good; at several their days overlap.
            let is_worse = |least: u32| worst < least || (worst == least && ground.places.len() == 1);
            // Whatever begins on this day or later has at least so many points.
            if is_worse(each * day as u32) {
                break;
            }
            if is_worse(scale.of_day(ground.date(day), day)) {
                continue;
            }
        }
        let (mut of_first, mut of_second) = of_day(ground, scale, day, slots);
        if !of_first.is_empty() {
            first_day.get_or_insert(day as u16);
        }
        firsts.append(&mut of_first);
        seconds.append(&mut of_second);
        if firsts.len() >= limit {
            // Only the best can still be in the list, and the seconds no more.
            worst_of_best(&mut firsts, limit);
            firsts.truncate(limit);
            seconds.clear();
        }
    }
    firsts.sort_unstable_by_key(Candidate::key);
    if firsts.len() < limit {
        seconds.sort_unstable_by_key(Candidate::key);
        firsts.append(&mut seconds);
    }
    firsts
        .into_iter()
        .take(limit)
        .map(|candidate| opening(ground, scale, candidate, Some(candidate.day) == first_day))
        .collect()
}

/// The points of the last that would be in the list; the others of it are put before it.
fn worst_of_best(candidates: &mut [Candidate], limit: usize) -> u32 {
    let (_, last, _) = candidates.select_nth_unstable_by_key(limit - 1, Candidate::key);
    last.points
}

/// The openings of one wall day: for each provider and time the best chair, and apart from them the rest.
fn of_day(ground: &Ground, scale: &Scale, day: usize, slots: Slots) -> (Vec<Candidate>, Vec<Candidate>) {
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
    let date = ground.date(day);
    let of_day = scale.of_day(date, day);
    let mut best_at: Vec<Option<Candidate>> = vec![None; usize::try_from(until - from).unwrap_or(0)];
    for (provider, doctor) in ground.providers.iter().enumerate() {
        best_at.fill(None);
        let load = doctor.loads.get(day).copied().unwrap_or(0);
        let of_load = u32::from(load) * scale.load * points::EIGHTH_OF_LOAD;
        for (chair_at, chair) in ground.chairs.iter().enumerate() {
            let Some(starts) = &doctor.starts[chair.place] else {
                continue;
            };
            let (first, last) = ground.places[chair.place].days[day];
            let unassisted = ground.places[chair.place].unassisted.as_ref();
            let of_place = of_day + of_load + scale.of_place(chair, doctor.provider.id);
            // The unit of noon, where the half of the day matters.
            let half = scale
                .leanings
                .is_morning
                .map(|habit| (habit.is, ground.noon(&ground.places[chair.place], date)));
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
                    let is_unassisted = unassisted.is_some_and(|none| none.starts.get(unit));
                    let is_outside = chair.slots.as_ref().is_some_and(|slots| slots.outside.get(unit));
                    let merit = Merit {
                        is_outside,
                        is_warned,
                        is_unassisted,
                        short_gaps,
                        is_loose,
                        is_not_usual,
                    };
                    let of_half = match half {
                        Some((is_morning, noon)) if is_morning != (unit < noon) => {
                            scale.preferences * points::NOT_USUAL_HALF
                        }
                        _ => 0,
                    };
                    let candidate = Candidate {
                        points: of_place + of_half + scale.of_merit(merit),
                        merit,
                        load: if scale.decides_by_load { load } else { 0 },
                        day: day as u16,
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

fn opening(ground: &Ground, scale: &Scale, candidate: Candidate, is_first_day: bool) -> Opening {
    let chair = &ground.chairs[usize::from(candidate.chair)];
    let provider = ground.providers[usize::from(candidate.provider)].provider;
    let place = &ground.places[chair.place];
    let unit = i64::from(candidate.unit);
    let instant = ground.span.instant(unit);
    let offset = place.zone.to_offset(instant);
    let start = offset.to_datetime(instant);
    let mut reasons = Vec::new();
    if is_first_day {
        reasons.push(Reason::EarliestDay);
    }
    reasons.extend(leaning_reasons(
        scale,
        &candidate,
        start,
        chair.operatory.id,
        provider.id,
    ));
    let (before, after) = ground.buffers;
    let fills = chair.free.ones_before(unit, before + 1) <= before
        && chair.free.ones_from(unit + ground.length as i64, after + 1) <= after;
    match candidate.merit {
        _ if fills => reasons.push(Reason::FillsGap),
        Merit { short_gaps: 0, .. } => reasons.push(Reason::LeavesNoShortGap),
        _ => reasons.push(Reason::LeavesShortGap),
    }
    if chair.slots.is_some() {
        reasons.extend(slot_reason(ground, chair, unit, start.date()));
    }
    if !candidate.merit.is_not_usual {
        reasons.push(Reason::UsualProvider(chair.operatory.id));
    }
    if candidate.merit.is_warned {
        reasons.push(Reason::OnBlockOut(
            ground.warning_title(chair, provider, unit).unwrap_or_default(),
        ));
    }
    if candidate.merit.is_unassisted {
        let minutes = ground.unassisted_minutes(place, unit);
        reasons.extend(minutes.map(|(from, until)| Reason::NoAssistant(from, until)));
    }
    let second_provider = ground.seconds.at(provider.id, chair.place, unit);
    reasons.extend(second_provider.map(Reason::WithSecond));
    Opening {
        starts_at: Start {
            wall: start,
            offset,
            zone: place.location.zone.clone(),
        },
        length_minutes: (ground.length as u16) * crate::TimePattern::UNIT_MINUTES,
        location: place.location.id,
        operatory: chair.operatory.id,
        provider: provider.id,
        second_provider,
        reasons,
    }
}

/// What of the patient's habits and of the provider's day speaks for it.
fn leaning_reasons(
    scale: &Scale,
    candidate: &Candidate,
    start: jiff::civil::DateTime,
    operatory: OperatoryId,
    provider: ProviderId,
) -> Vec<Reason> {
    let leanings = scale.leanings;
    let mut reasons = Vec::new();
    if scale.continuity > 0 && leanings.provider == Some(provider) {
        reasons.push(Reason::SameProvider(provider));
    }
    if scale.continuity > 0 && leanings.operatory == Some(operatory) {
        reasons.push(Reason::SameOperatory(operatory));
    }
    if scale.preferences > 0 {
        let weekday = leanings
            .weekday
            .filter(|habit| habit.is == Weekday::of(start.date()));
        let half = leanings
            .is_morning
            .filter(|habit| habit.is == (start.hour() < 12));
        reasons.extend(weekday.map(Reason::UsualWeekday));
        reasons.extend(half.map(Reason::UsualHalf));
    }
    if scale.family > 0 && leanings.family.contains(&start.date()) {
        reasons.push(Reason::WithFamily);
    }
    if scale.load > 0 && candidate.load <= LIGHT_EIGHTHS {
        reasons.push(Reason::LightDay(provider));
    }
    reasons
}

/// What the day's template says about it.
fn slot_reason(ground: &Ground, chair: &Chair, unit: i64, date: Date) -> Option<Reason> {
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
