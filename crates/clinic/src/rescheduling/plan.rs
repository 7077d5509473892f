//! A plan for many visits that cannot stay: candidate openings for each, and the choice among them that disturbs least.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Disturbance;
use super::solve::{LEFT_OUT, Problem, Solution};
use crate::doctor_time::all;
use crate::limits::{LimitedHour, limited_hours};
use crate::openings::{self, BusyCalendar, Opening, OpeningRequest, PieceUnit, PiecesLeft, Reason, Wants};
use crate::placement::{minutes, overlap};
use crate::templates::{HeldDays, slot_fits};
use crate::{
    Appointment, AppointmentId, CannotBook, Invalid, Policy, ProviderId, Roster, Rule, Status,
    TemplateSlotId, Zones,
};

/// Most visits of one plan.
pub const MAX_RESCHEDULED: usize = 100;
/// Most days that a plan looks at.
pub const MAX_RESCHEDULING_DAYS: u16 = 92;
/// Steps of the search: about a tenth of a second for a full day.
pub const EFFORT: usize = 40_000;
/// Openings of a visit that are gathered …
const LOOKED_AT: usize = 5_000;
/// … and those that are weighed at first, nearest first; more where more could help.
const WEIGHED: usize = 40;
/// Options that lie in no slot of a templated day are taken after others that are as near.
const OUTSIDE_SLOTS: u32 = 10;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescheduling {
    /// At most [`MAX_RESCHEDULED`].
    pub visits: Vec<Appointment>,
    /// First wall day of new times.
    pub from: Date,
    /// At most [`MAX_RESCHEDULING_DAYS`].
    pub days: u16,
    /// This provider takes nobody on that date.
    pub away: Option<(ProviderId, Date)>,
    /// Others may take over.
    pub may_change_provider: bool,
    /// Steps of the search: [`EFFORT`].
    pub effort: usize,
}

/// A visit's new time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub visit: AppointmentId,
    pub opening: Opening,
    pub disturbance: Disturbance,
}

/// A visit for which there is no new time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotPlaced {
    pub visit: AppointmentId,
    pub why: WhyNot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// Called off, begun or over.
    NotPlanned(Status),
    /// There is no opening in the days that were looked at.
    NoOpening,
    /// There are openings, but visits that would be harder to place take them.
    TakenByOthers,
}

impl WhyNot {
    pub fn words(self) -> &'static str {
        match self {
            WhyNot::NotPlanned(Status::Cancelled | Status::NoShow) => "is called off",
            WhyNot::NotPlanned(_) => "has begun already",
            WhyNot::NoOpening => "no free time in these days",
            WhyNot::TakenByOthers => "its free times go to others of the plan",
        }
    }
}

/// Every visit has its new time or a reason why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReschedulingPlan {
    /// In the order asked for.
    pub placed: Vec<Placed>,
    pub not_placed: Vec<NotPlaced>,
    /// What the moves disturb together, see [`Disturbance::points`].
    pub points: u32,
    /// No plan that places as many can do with less than this.
    pub least_points: u32,
    /// Everything that could be better was tried.
    pub is_best: bool,
}

/// A candidate with what decides whether it goes together with others.
struct Choice {
    opening: Opening,
    disturbance: Disturbance,
    cost: u32,
    span: (Timestamp, Timestamp),
    /// Who is needed in person, and when.
    doctor: Vec<(ProviderId, (Timestamp, Timestamp))>,
    /// What it takes one place of, and how many are left there.
    shares: Vec<(Share, u16)>,
}

/// Something that only so many visits can have together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Share {
    Slot(TemplateSlotId, Date),
    Hour(LimitedHour),
    Pieces(PieceUnit),
}

/// Proposes new times. Each place is free as things are: moves wait for no other move, so that any part of the plan can be
/// carried out alone. No two of the plan clash. What a visit has now counts as its own only, and is not proposed with the same
/// provider at the same time. `held`: template slots of the searched days and the day after.
///
/// # Errors
/// None or too many visits or days; visits of unknown types.
pub fn plan_rescheduling(
    roster: &Roster,
    zones: &Zones,
    busy: &BusyCalendar,
    held: &HeldDays,
    request: &Rescheduling,
    now: Timestamp,
) -> Result<ReschedulingPlan, CannotBook> {
    check(request)?;
    let (planned, begun): (Vec<&Appointment>, Vec<&Appointment>) =
        request.visits.iter().partition(|visit| visit.is_planned());
    let mut not_placed: Vec<NotPlaced> = begun
        .iter()
        .map(|visit| NotPlaced {
            visit: visit.id,
            why: WhyNot::NotPlanned(visit.status),
        })
        .collect();
    let mut all = Vec::with_capacity(planned.len());
    let mut pieces = PiecesLeft::new(roster, zones, busy);
    for visit in &planned {
        all.push(choices(
            roster,
            zones,
            busy,
            held,
            request,
            visit,
            &mut pieces,
            now,
        )?);
    }
    let heeds_buffers = roster.practice.policies.of(Rule::Buffer) != Policy::Allow;
    let clash = |a: (usize, usize), b: (usize, usize)| {
        clashes(
            (planned[a.0], &all[a.0][a.1]),
            (planned[b.0], &all[b.0][b.1]),
            heeds_buffers,
        )
    };
    let solution = solve(&all, request.effort, clash);
    let (mut placed, mut points) = (Vec::new(), 0);
    for (at, chosen) in solution.chosen.iter().enumerate() {
        match chosen.and_then(|chosen| all[at].get(chosen)) {
            Some(choice) => {
                points += choice.cost;
                placed.push(Placed {
                    visit: planned[at].id,
                    opening: choice.opening.clone(),
                    disturbance: choice.disturbance,
                });
            }
            None => not_placed.push(NotPlaced {
                visit: planned[at].id,
                why: if all[at].is_empty() {
                    WhyNot::NoOpening
                } else {
                    WhyNot::TakenByOthers
                },
            }),
        }
    }
    let left_out = solution.chosen.iter().filter(|chosen| chosen.is_none()).count() as u32;
    Ok(ReschedulingPlan {
        placed,
        not_placed,
        points,
        least_points: solution.least.saturating_sub(left_out * LEFT_OUT),
        is_best: solution.is_best,
    })
}

fn check(request: &Rescheduling) -> Result<(), CannotBook> {
    if request.visits.is_empty() {
        return Err(Invalid::new("visits", "There is no visit to find a new time for.").into());
    }
    if request.visits.len() > MAX_RESCHEDULED {
        return Err(Invalid::new(
            "visits",
            format!("A plan covers {MAX_RESCHEDULED} visits at the most; these are more."),
        )
        .into());
    }
    let mut ids: Vec<AppointmentId> = request.visits.iter().map(|visit| visit.id).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Invalid::new("visits", "The same visit is there twice.").into());
    }
    if !(1..=MAX_RESCHEDULING_DAYS).contains(&request.days) {
        return Err(Invalid::new(
            "days",
            format!("A plan looks at 1 to {MAX_RESCHEDULING_DAYS} days."),
        )
        .into());
    }
    Ok(())
}

/// Solves with the nearest options of each visit, and once more with every option that could still help.
fn solve(
    all: &[Vec<Choice>],
    effort: usize,
    clash: impl Fn((usize, usize), (usize, usize)) -> bool,
) -> Solution {
    let mut room_of: HashMap<Share, usize> = HashMap::new();
    let mut room = Vec::new();
    let quotas: Vec<Vec<Vec<usize>>> = all
        .iter()
        .map(|list| {
            list.iter()
                .map(|choice| {
                    let places = choice.shares.iter().map(|(share, places)| {
                        *room_of.entry(*share).or_insert_with(|| {
                            room.push(*places);
                            room.len() - 1
                        })
                    });
                    places.collect()
                })
                .collect()
        })
        .collect();
    let solve = |counts: &[usize]| {
        let costs: Vec<Vec<u32>> = all
            .iter()
            .zip(counts)
            .map(|(list, count)| list[..*count].iter().map(|choice| choice.cost).collect())
            .collect();
        let quotas: Vec<Vec<Vec<usize>>> = quotas
            .iter()
            .zip(counts)
            .map(|(list, count)| list[..*count].to_vec())
            .collect();
        Problem::new(&costs, &quotas, room.clone(), &clash).solve(effort)
    };
    let mut counts: Vec<usize> = all.iter().map(|list| list.len().min(WEIGHED)).collect();
    let first = solve(&counts);
    // Whoever takes an option costs at least that much more than with its cheapest; what is over the whole gap helps nobody.
    let gap = first.cost - first.least;
    let mut is_wider = false;
    for (count, list) in counts.iter_mut().zip(all) {
        let cheapest = list.first().map_or(0, |choice| choice.cost);
        let useful = list.partition_point(|choice| choice.cost - cheapest < gap);
        if useful > *count {
            // Beyond this the list only grows the search; a visit without a place gets one below.
            *count = useful.min(WEIGHED * 4);
            is_wider = true;
        }
    }
    if !is_wider {
        return first;
    }
    let wider = solve(&counts);
    let is_whole = all.iter().zip(&counts).all(|(list, count)| {
        let cheapest = list.first().map_or(0, |choice| choice.cost);
        list.get(*count)
            .is_none_or(|choice| choice.cost - cheapest >= wider.cost - wider.least)
    });
    let mut best = if wider.cost <= first.cost { wider } else { first };
    best.is_best &= is_whole;
    place_the_rest(&mut best, all, &room, &quotas, &clash);
    best
}

/// Visits that no option among those weighed was left for take the first of all their others that is free.
fn place_the_rest(
    solution: &mut Solution,
    all: &[Vec<Choice>],
    room: &[u16],
    quotas: &[Vec<Vec<usize>>],
    clash: &impl Fn((usize, usize), (usize, usize)) -> bool,
) {
    let mut used = vec![0u16; room.len()];
    for (visit, chosen) in solution.chosen.iter().enumerate() {
        for quota in chosen.iter().flat_map(|chosen| &quotas[visit][*chosen]) {
            used[*quota] += 1;
        }
    }
    for visit in 0..all.len() {
        if solution.chosen[visit].is_some() {
            continue;
        }
        let is_free = |option: &usize| {
            quotas[visit][*option]
                .iter()
                .all(|quota| used[*quota] < room[*quota])
                && solution.chosen.iter().enumerate().all(|(other, chosen)| {
                    chosen.is_none_or(|chosen| !clash((visit, *option), (other, chosen)))
                })
        };
        if let Some(option) = (0..all[visit].len()).find(is_free) {
            quotas[visit][option].iter().for_each(|quota| used[*quota] += 1);
            solution.chosen[visit] = Some(option);
            solution.cost = solution.cost - LEFT_OUT + all[visit][option].cost;
        }
    }
}

/// A visit's openings, what disturbs least first; what disturbs as much in the order of merit.
fn choices(
    roster: &Roster,
    zones: &Zones,
    busy: &BusyCalendar,
    held: &HeldDays,
    request: &Rescheduling,
    visit: &Appointment,
    pieces: &mut PiecesLeft<'_>,
    now: Timestamp,
) -> Result<Vec<Choice>, CannotBook> {
    let is_here = roster
        .provider(visit.provider)
        .is_some_and(|provider| provider.is_active);
    let wanted = OpeningRequest {
        provider: (is_here && !request.may_change_provider).then_some(visit.provider),
        location: Some(visit.location),
        patient: Some(visit.patient),
        days: request.days,
        pattern: Some(visit.pattern.clone()),
        limit: LOOKED_AT,
        moving: Some(Box::new(visit.clone())),
        away: request.away,
        ..OpeningRequest::new(visit.appointment_type, request.from)
    };
    let heeds_slots = roster.policy(Rule::TemplateMismatch, visit.appointment_type) != Policy::Allow;
    let mut list: Vec<Choice> = openings::find(roster, zones, busy, held, &wanted, now)?
        .into_iter()
        .filter(|opening| suits(opening, visit, request))
        .map(|opening| {
            let from = opening.starts_at.instant();
            let disturbance =
                Disturbance::of(visit, opening.starts_at.wall, opening.provider, opening.operatory);
            let is_outside = opening.reasons.contains(&Reason::InNoSlot);
            let place = (opening.location, opening.provider);
            let kind = visit.appointment_type;
            let hours = limited_hours(roster, busy, place, kind, &opening.starts_at, Some(visit));
            let mut shares: Vec<(Share, u16)> = hours
                .into_iter()
                .map(|(hour, left)| (Share::Hour(hour), left))
                .collect();
            let taken = pieces.taken_by(
                Wants {
                    appointment_type: visit.appointment_type,
                    pattern: &visit.pattern,
                    equipment: &visit.equipment,
                    assistant: visit.assistant,
                },
                opening.location,
                from,
                Some(visit),
            );
            shares.extend(taken.into_iter().map(|(unit, left)| (Share::Pieces(unit), left)));
            shares.extend(
                heeds_slots
                    .then(|| slot_of(roster, busy, held, visit, &opening))
                    .flatten(),
            );
            Choice {
                cost: disturbance.points() + if is_outside { OUTSIDE_SLOTS } else { 0 },
                span: (from, from + minutes(opening.length_minutes)),
                doctor: all(
                    from,
                    (opening.provider, &visit.pattern),
                    (opening.second_provider, visit.second_pattern.as_ref()),
                )
                .collect(),
                shares,
                disturbance,
                opening,
            }
        })
        .collect();
    list.sort_by_key(|choice| choice.cost);
    Ok(list)
}

/// Nobody is asked anything about what is proposed: no block-outs that warn, no want of assistants, no slots for something else.
fn suits(opening: &Opening, visit: &Appointment, request: &Rescheduling) -> bool {
    let is_asked = |reason: &Reason| {
        matches!(
            reason,
            Reason::OnBlockOut(_)
                | Reason::NoAssistant(..)
                | Reason::SlotForOther(_)
                | Reason::SlotFull(_)
                | Reason::KeptForEmergencies
        )
    };
    let stays = opening.starts_at == visit.starts_at
        && opening.provider == visit.provider
        && opening.second_provider == visit.second_provider;
    let is_away = request.away == Some((opening.provider, opening.starts_at.date()));
    !stays && !is_away && !opening.reasons.iter().any(is_asked)
}

/// The template's slot in which it would begin, and how many more may.
fn slot_of(
    roster: &Roster,
    busy: &BusyCalendar,
    held: &HeldDays,
    visit: &Appointment,
    opening: &Opening,
) -> Option<(Share, u16)> {
    let (start, date) = (opening.starts_at.instant(), opening.starts_at.date());
    let slot = held
        .on(opening.location, date)?
        .slots
        .iter()
        .find(|slot| slot.slot.operatory == opening.operatory && slot.has(start))?;
    if !slot_fits(roster, slot, visit.appointment_type) {
        return None;
    }
    let operatory = slot.slot.operatory;
    let begin = busy.beginning_within(|id| id == operatory, slot.span, None, Some(visit));
    let left = slot
        .slot
        .capacity
        .saturating_sub(u16::try_from(begin).unwrap_or(u16::MAX));
    Some((Share::Slot(slot.slot.id, date), left))
}

/// Whether two visits cannot both go where they would: chair with the free minutes between, doctor time, the patient.
fn clashes(a: (&Appointment, &Choice), b: (&Appointment, &Choice), heeds_buffers: bool) -> bool {
    let ((one, here), (other, there)) = (a, b);
    if one.patient == other.patient && overlap(here.span, there.span) {
        return true;
    }
    if here.opening.operatory == there.opening.operatory {
        if overlap(here.span, there.span) {
            return true;
        }
        let (gap, after, before) = if here.span.1 <= there.span.0 {
            (
                there.span.0.duration_since(here.span.1),
                one.buffer_after_minutes,
                other.buffer_before_minutes,
            )
        } else {
            (
                here.span.0.duration_since(there.span.1),
                other.buffer_after_minutes,
                one.buffer_before_minutes,
            )
        };
        if heeds_buffers && gap < SignedDuration::from_mins(after.max(before).into()) {
            return true;
        }
    }
    here.doctor.iter().any(|(who, ours)| {
        there
            .doctor
            .iter()
            .any(|(other, theirs)| who == other && overlap(*ours, *theirs))
    })
}
