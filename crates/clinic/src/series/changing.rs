//! Moving visits of a series together, giving them another provider or type. What a person put elsewhere stays there, what
//! is over stays as it was.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};
use jiff::{Timestamp, ToSpan};

use super::slots::skipped;
use super::status::stays;
use super::{DateTrouble, Spot, around, meant};
use crate::absence::kept_knowingly;
use crate::booking::{accept_overlaps, needs_no_second, start_at, weigh};
use crate::day_of_visit::day_is_over;
use crate::placement::{Care, check_with, known_operatory};
use crate::procedures::together;
use crate::violation::type_name;
use crate::{
    Appointment, AppointmentId, AppointmentSeriesId, AppointmentTypeId, Author, CannotBook, CannotChange,
    Change, Ends, Invalid, Leave, LeftOut, Neighbours, Op, OperatoryId, Partly, Placement, Plan, ProviderId,
    RecurringAppointment, Roster, Scope, SecondProvider, SeriesPlace, TimeError, Violation, What, Zones,
};

/// What should change; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesEdit {
    /// Where the visit that one looks at goes. The others go as many days, and to the same time of day if that changes.
    pub wall: Option<DateTime>,
    pub operatory: Option<OperatoryId>,
    pub provider: Option<ProviderId>,
    /// Brings its own time pattern and free minutes.
    pub appointment_type: Option<AppointmentTypeId>,
    /// Somebody else, or nobody, for the units of the second pattern; of those visits that want somebody.
    pub second_provider: SecondProvider,
    /// What a person decided about single visits.
    pub picks: BTreeMap<AppointmentId, ChangePick>,
}

/// What becomes of one visit instead of what is asked for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangePick {
    /// As it is.
    Stay,
    Elsewhere(Spot),
}

/// One visit that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSlot {
    pub before: Appointment,
    pub is_picked: bool,
    /// Or the time that the clock skips.
    pub place: Result<Placement, TimeError>,
}

/// What would change and what stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesChange {
    /// By their place in the series.
    pub slots: Vec<ChangeSlot>,
    pub left_out: Vec<LeftOut>,
}

/// What each visit would become. Refused if the visit that one looks at cannot change.
pub fn change_slots(
    roster: &Roster,
    zones: &Zones,
    of_series: &[Appointment],
    visit: &Appointment,
    scope: Scope,
    edit: &SeriesEdit,
) -> Result<SeriesChange, CannotChange> {
    if !visit.is_planned() {
        return Err(CannotBook::NotPlanned { status: visit.status }.into());
    }
    if let Some(id) = edit.appointment_type {
        let kind = roster
            .appointment_type(id)
            .ok_or_else(|| CannotBook::unknown(What::AppointmentType, id))?;
        if !kind.is_active {
            let name = kind.name.clone();
            return Err(CannotBook::Inactive {
                what: What::AppointmentType,
                name,
            }
            .into());
        }
    }
    let shift = edit.wall.map(|wall| Shift::new(visit, wall));
    let mut change = SeriesChange {
        slots: Vec::new(),
        left_out: Vec::new(),
    };
    for one in meant(of_series, visit, scope) {
        let moves = shift.is_some() || edit.operatory.is_some() || edit.provider.is_some();
        if !one.is_planned() {
            change.left_out.push(stays(roster, one));
            continue;
        }
        let keeps_place = one.id != visit.id && moves && one.is_exception();
        let spot = match edit.picks.get(&one.id) {
            Some(ChangePick::Stay) => {
                change.left_out.push(kept(roster, one, "left where it is"));
                continue;
            }
            Some(ChangePick::Elsewhere(spot)) => Some(spot.clone()),
            None if keeps_place => {
                change.left_out.push(kept(roster, one, "moved by hand before"));
                if edit.appointment_type.is_none() && edit.second_provider == SecondProvider::AsIs {
                    continue;
                }
                None
            }
            None if !moves => None,
            None => {
                let wall = match &shift {
                    Some(_) if one.id == visit.id => edit.wall.unwrap_or(one.starts_at.wall),
                    Some(shift) => shift.apply(one.starts_at.wall)?,
                    None => one.starts_at.wall,
                };
                Some(Spot {
                    wall,
                    fold_later: false,
                    operatory: edit.operatory.unwrap_or(one.operatory),
                    provider: edit.provider.unwrap_or(one.provider),
                    second_provider: None,
                })
            }
        };
        change.slots.push(ChangeSlot {
            is_picked: edit.picks.contains_key(&one.id),
            place: skipped(place(roster, zones, one, spot.as_ref(), edit))?,
            before: one.clone(),
        });
    }
    let wants_somebody = |slot: &ChangeSlot| {
        slot.place
            .as_ref()
            .is_ok_and(|place| place.wanted_second().is_some())
    };
    if matches!(edit.second_provider, SecondProvider::Named(_)) && !change.slots.iter().any(wants_somebody) {
        return Err(needs_no_second().into());
    }
    Ok(change)
}

/// By how much the others go.
struct Shift {
    days: i64,
    time: Option<Time>,
}

impl Shift {
    /// A visit that was moved by hand goes where it is put; the others go as far as from where the series has it.
    fn new(visit: &Appointment, to: DateTime) -> Shift {
        let from = super::key(visit);
        Shift {
            days: to.date().duration_since(from.date()).as_hours() / 24,
            time: (to.time() != from.time()).then_some(to.time()),
        }
    }

    fn apply(&self, wall: DateTime) -> Result<DateTime, Invalid> {
        let date = wall
            .date()
            .checked_add(self.days.days())
            .map_err(|_| Invalid::new("at", "This date is too far away."))?;
        Ok(date.to_datetime(self.time.unwrap_or(wall.time())))
    }
}

fn place(
    roster: &Roster,
    zones: &Zones,
    visit: &Appointment,
    spot: Option<&Spot>,
    edit: &SeriesEdit,
) -> Result<Placement, CannotBook> {
    let mut place = Placement::of(visit);
    if let Some(kind) = edit.appointment_type.and_then(|id| roster.appointment_type(id))
        && kind.id != visit.appointment_type
    {
        place.appointment_type = kind.id;
        place.also.retain(|id| *id != kind.id);
        let together = together(roster, kind.id, &place.also)?;
        (place.buffer_before_minutes, place.buffer_after_minutes) =
            (together.buffer_before_minutes, together.buffer_after_minutes);
        place.pattern = together.pattern;
        place.equipment = together.equipment;
        place.assistant = together.assistant;
        place.second_pattern = together.second_pattern;
        place.second_provider = place.second_provider.filter(|_| place.wanted_second().is_some());
    }
    if let Some(spot) = spot {
        let location = known_operatory(roster, spot.operatory)?.location;
        // What is booked already keeps the offset it was booked with.
        let stays = spot.wall == visit.starts_at.wall
            && !spot.fold_later
            && roster.zone_of(location) == Some(&visit.starts_at.zone);
        if !stays {
            place.starts_at = start_at(roster, zones, spot.operatory, spot.wall, spot.fold_later)?;
        }
        (place.operatory, place.provider) = (spot.operatory, spot.provider);
    }
    let picked = spot.and_then(|spot| spot.second_provider);
    place.second_provider = match edit.second_provider {
        _ if picked.is_some() => picked,
        SecondProvider::Named(_) if place.wanted_second().is_none() => place.second_provider,
        other => other.after(place.second_provider),
    };
    Ok(place)
}

fn kept(roster: &Roster, visit: &Appointment, why: &str) -> LeftOut {
    LeftOut {
        date: visit.starts_at.date(),
        title: type_name(roster, visit.appointment_type).to_owned(),
        why: why.to_owned(),
    }
}

/// What each changed visit would break, in their order. `neighbours`: of each slot, in their order.
pub fn judge_change(
    roster: &Roster,
    zones: &Zones,
    change: &SeriesChange,
    neighbours: &[Neighbours],
    now: Timestamp,
) -> Result<Vec<Vec<Violation>>, CannotBook> {
    let leaving: Vec<&Appointment> = change.slots.iter().map(|slot| &slot.before).collect();
    let mut placed = Vec::with_capacity(change.slots.len());
    let mut judged = Vec::with_capacity(change.slots.len());
    for (slot, loaded) in change.slots.iter().zip(neighbours) {
        let Ok(place) = &slot.place else {
            judged.push(Vec::new());
            continue;
        };
        let around = around(loaded, &leaving, &placed);
        judged.push(if is_where_it_was(slot, place) {
            Vec::new()
        } else {
            broken(roster, zones, &around, slot, place, now)?
        });
        placed.push(changed(roster, &slot.before, place)?);
    }
    Ok(judged)
}

fn broken(
    roster: &Roster,
    zones: &Zones,
    around: &Neighbours,
    slot: &ChangeSlot,
    place: &Placement,
    now: Timestamp,
) -> Result<Vec<Violation>, CannotBook> {
    let mut found = check_with(roster, zones, around, place, Care::Chosen)?;
    found.extend(day_is_over(roster, zones, Some(&slot.before), place, now)?);
    Ok(found)
}

fn is_where_it_was(slot: &ChangeSlot, place: &Placement) -> bool {
    *place == Placement::of(&slot.before)
}

/// Changes every slot as one operation, or says which do not fit. *This and following* becomes a series of its own
/// (`split`), so that *all* means what looks alike. `record`: the series itself, if it is known here.
pub fn change_series(
    roster: &Roster,
    zones: &Zones,
    record: Option<&RecurringAppointment>,
    of_series: &[Appointment],
    visit: &Appointment,
    scope: Scope,
    split: AppointmentSeriesId,
    change: &SeriesChange,
    neighbours: &[Neighbours],
    leave: &Leave,
    author: &Author,
) -> Result<Partly, CannotChange> {
    let all = meant(of_series, visit, scope);
    let splits = scope == Scope::Following && all.len() < of_series.len();
    let leaving: Vec<&Appointment> = change.slots.iter().map(|slot| &slot.before).collect();
    let (mut placed, mut changes, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    let mut trouble = Vec::new();
    for (slot, loaded) in change.slots.iter().zip(neighbours) {
        let date = slot.before.starts_at.date();
        let place = match &slot.place {
            Ok(place) => place,
            Err(error) => {
                trouble.push(DateTrouble {
                    date,
                    why: error.clone().into(),
                });
                continue;
            }
        };
        let around = around(loaded, &leaving, &placed);
        let mut after = changed(roster, &slot.before, place)?;
        if scope != Scope::This && !is_still_exception(slot, place) {
            after.planned = Some(SeriesPlace::of(&after));
        }
        if splits {
            after.series = Some(split);
        }
        let violations = if is_where_it_was(slot, place) {
            Vec::new()
        } else {
            broken(roster, zones, &around, slot, place, author.at)?
        };
        match weigh(roster, violations, leave) {
            Ok(accepted) => {
                if let Some(mark) = kept_knowingly(&after, &accepted, author) {
                    after.needs_new_time = Some(mark);
                }
                let decisions = accept_overlaps(&after, &around, &accepted, leave, author);
                if after != slot.before {
                    changes.push(Change::edit(slot.before.clone(), after.clone()));
                }
                changes.extend(decisions);
                warnings.extend(accepted);
            }
            Err(why) => trouble.push(DateTrouble { date, why }),
        }
        placed.push(after);
    }
    if !trouble.is_empty() {
        return Err(CannotChange::Dates(trouble));
    }
    if changes.is_empty() {
        return Ok(Partly {
            plan: Plan::new(Op::ChangeSeries, changes),
            left_out: change.left_out.clone(),
        });
    }
    if splits {
        // Those that stay where they are follow the others, too; what is over belongs to the past.
        let follows = |one: &&&Appointment| {
            one.is_planned() && !change.slots.iter().any(|slot| slot.before.id == one.id)
        };
        for one in all.iter().filter(follows) {
            let after = Appointment {
                series: Some(split),
                ..(*one).clone()
            };
            changes.push(Change::edit((*one).clone(), after));
        }
    }
    if scope != Scope::This
        && let Some(record) = record
    {
        let first = placed.iter().find(|after| after.id == visit.id).unwrap_or(visit);
        let counts = (of_series.len() - all.len(), all.len());
        changes.extend(rewritten(
            roster,
            record,
            counts,
            visit,
            first,
            splits.then_some(split),
        )?);
    }
    Ok(Partly {
        plan: Plan {
            op: Op::ChangeSeries,
            changes,
            warnings,
        },
        left_out: change.left_out.clone(),
    })
}

/// Moved by hand, and not put anywhere now: only its type changes.
fn is_still_exception(slot: &ChangeSlot, place: &Placement) -> bool {
    slot.before.is_exception()
        && place.starts_at == slot.before.starts_at
        && place.operatory == slot.before.operatory
        && place.provider == slot.before.provider
}

fn changed(roster: &Roster, before: &Appointment, place: &Placement) -> Result<Appointment, CannotBook> {
    let time_or_place = place.starts_at != before.starts_at || place.operatory != before.operatory;
    let is_elsewhere =
        time_or_place || place.provider != before.provider || place.second_provider != before.second_provider;
    let is_longer_or_shorter = place.pattern.length_minutes() != before.length_minutes();
    Ok(Appointment {
        // It has its new time.
        needs_new_time: before.needs_new_time.clone().filter(|_| !is_elsewhere),
        location: known_operatory(roster, place.operatory)?.location,
        operatory: place.operatory,
        provider: place.provider,
        starts_at: place.starts_at.clone(),
        appointment_type: place.appointment_type,
        pattern: place.pattern.clone(),
        buffer_before_minutes: place.buffer_before_minutes,
        buffer_after_minutes: place.buffer_after_minutes,
        also: place.also.clone(),
        equipment: place.equipment.clone(),
        assistant: place.assistant,
        second_provider: place.second_provider,
        second_pattern: place.second_pattern.clone(),
        sequence: before.sequence + u32::from(time_or_place || is_longer_or_shorter),
        ..before.clone()
    })
}

/// What the series is asked to be from now on, in one record or two.
fn rewritten(
    roster: &Roster,
    record: &RecurringAppointment,
    counts: (usize, usize),
    visit: &Appointment,
    after: &Appointment,
    split: Option<AppointmentSeriesId>,
) -> Result<Vec<Change>, CannotBook> {
    let (from, to) = (super::key(visit), super::key(after));
    let shift = Shift::new(visit, to);
    let place = after.planned.clone().unwrap_or_else(|| SeriesPlace::of(after));
    let mut rewritten = RecurringAppointment {
        appointment_type: after.appointment_type,
        provider: place.provider,
        operatory: place.operatory,
        location: known_operatory(roster, place.operatory)?.location,
        pattern: after.pattern.clone(),
        ..record.clone()
    };
    if to != from {
        rewritten.recurrence.repeat = record.recurrence.repeat.shifted(shift.days);
        rewritten.wall = shift.apply(record.wall)?;
    }
    let Some(split) = split else {
        return Ok(if rewritten == *record {
            Vec::new()
        } else {
            vec![Change::edit(record.clone(), rewritten)]
        });
    };
    let (before_count, following_count) = counts;
    let ends = |visits: usize| Ends::Count(u32::try_from(visits).unwrap_or(u32::MAX));
    rewritten.id = split;
    rewritten.wall = to;
    rewritten.recurrence.ends = ends(following_count);
    let mut shorter = record.clone();
    shorter.recurrence.ends = ends(before_count);
    let mut changes = vec![Change::add(rewritten)];
    if shorter != *record {
        changes.push(Change::edit(record.clone(), shorter));
    }
    Ok(changes)
}
