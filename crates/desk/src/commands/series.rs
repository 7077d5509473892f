//! Series of visits: what a rule comes to, booking it as one step, and changing or calling off several visits at once.

use std::collections::BTreeMap;

use clinic::{
    Appointment, AppointmentId, AppointmentSeriesId, BlockTarget, CannotBook, CannotChange, Change,
    ChangePick, Entity, Near, Neighbours, Op, Partly, Pick, Placement, Policy, RecurringAppointment, Roster,
    SeriesChange, SeriesEdit, SeriesRequest, SeriesSlots, Spot, TimeBlock, TimeError,
};
use jiff::{Timestamp, ToSpan};
use store::Reads;

use super::appointments::second;
use super::block_series::{recurrence, scope};
use crate::api::{self, LeftOutView, SeriesDate, SeriesPlan, SeriesState, SeriesVisit, VisitSeries};
use crate::audit::seen;
use crate::desk::{Desk, Reading, Writing};
use crate::{DeskError, read, refusals, views};

/// Openings offered for each date that does not fit.
const OFFERED: usize = 5;

impl Desk {
    pub fn plan_series(&self, request: api::SeriesFields) -> Result<SeriesPlan, DeskError> {
        let wanted = self.series_request(&request)?;
        self.reading(|reading| {
            seen::note(wanted.patient);
            let closures = closures(reading.reads(), wanted.wall.date())?;
            let slots = clinic::series_slots(&reading.roster, reading.zones, &wanted, &closures)
                .map_err(|cannot| reading.refuse(&cannot))?;
            let around = around(slots.slots.iter().map(|slot| slot.place.as_ref()), |place| {
                reading.neighbours(place)
            })?;
            let author = self.author_of(reading);
            let judged =
                clinic::judge_series(&reading.roster, reading.zones, &wanted, &slots, &around, &author)
                    .map_err(|cannot| reading.refuse(&cannot))?;
            let usual = Usual {
                appointment_type: wanted.appointment_type,
                also: wanted.also.clone(),
                patient: wanted.patient,
                operatory: wanted.operatory,
                provider: wanted.provider,
            };
            let taken = taken(slots.slots.iter().map(|slot| slot.place.as_ref()), &judged);
            let mut dates = Vec::with_capacity(slots.slots.len());
            for (slot, violations) in slots.slots.iter().zip(&judged) {
                let wall = slot.date.to_datetime(wanted.wall.time());
                let asked = Asked {
                    date: slot.date.to_string(),
                    wall,
                    is_picked: slot.is_picked,
                    visit: None,
                };
                dates.push(reading.series_date(&usual, asked, &slot.place, violations, &taken)?);
            }
            Ok(SeriesPlan {
                rule: wanted.recurrence.words(wanted.wall.date()),
                misfits: misfits(&dates),
                dates,
                passed_over: slots
                    .passed_over
                    .iter()
                    .map(|day| LeftOutView {
                        date: day.date.to_string(),
                        title: String::new(),
                        why: day.why.clone(),
                    })
                    .collect(),
                left_out: slots.left_out.iter().map(ToString::to_string).collect(),
            })
        })
    }

    pub fn book_series(&self, request: api::SeriesFields) -> Result<api::SeriesBooked, DeskError> {
        let wanted = self.series_request(&request)?;
        let leave = self.leave(request.leave)?;
        let (appointments, warnings) = self.write(Op::BookSeries, |writing| {
            let closures = writing.closures(wanted.wall.date())?;
            let slots: SeriesSlots = clinic::series_slots(&writing.roster, writing.zones, &wanted, &closures)
                .map_err(|cannot| writing.refuse(&cannot))?;
            let around = around(slots.slots.iter().map(|slot| slot.place.as_ref()), |place| {
                writing.neighbours(place)
            })?;
            let plan = clinic::book_series(
                &writing.roster,
                writing.zones,
                &wanted,
                &slots,
                &around,
                &leave,
                &writing.author,
                || AppointmentId(self.new_id()),
            )
            .map_err(|cannot| writing.refuse_change(&cannot))?;
            if let Some(reason) = &leave.override_reason {
                writing.reason(reason);
            }
            let warnings =
                writing.with_names(|names| refusals::violations(&plan.warnings, &writing.roster, names));
            let booked = visits_of(&plan.changes);
            writing.record(plan.changes)?;
            Ok((booked, warnings))
        })?;
        self.reading(|reading| {
            Ok(api::SeriesBooked {
                id: wanted.series,
                appointments,
                warnings,
                undo: reading.undo_state()?,
            })
        })
    }

    /// The series of a visit; the visit alone if it has none.
    pub fn visit_series(&self, request: api::AppointmentRef) -> Result<Option<VisitSeries>, DeskError> {
        self.reading(|reading| {
            let visit = reading.visit(request.id)?;
            seen::note(visit.patient);
            reading.series_of(&visit)
        })
    }

    pub fn plan_series_change(&self, request: api::ChangeSeries) -> Result<SeriesPlan, DeskError> {
        let edit = series_edit(&request, |id| self.reading(|reading| reading.visit(id)))?;
        self.reading(|reading| {
            let (visit, all) = of_series(reading.reads(), reading.visit(request.id)?)?;
            seen::note(visit.patient);
            let change = clinic::change_slots(
                &reading.roster,
                reading.zones,
                &all,
                &visit,
                scope(request.scope),
                &edit,
            )
            .map_err(|cannot| reading.refuse_change(&cannot))?;
            let around = around(change.slots.iter().map(|slot| slot.place.as_ref()), |place| {
                reading.neighbours(place)
            })?;
            let judged = clinic::judge_change(&reading.roster, reading.zones, &change, &around, reading.now)
                .map_err(|cannot| reading.refuse(&cannot))?;
            let usual = Usual {
                appointment_type: edit.appointment_type.unwrap_or(visit.appointment_type),
                also: visit
                    .also
                    .iter()
                    .copied()
                    .filter(|id| Some(*id) != edit.appointment_type)
                    .collect(),
                patient: visit.patient,
                operatory: edit.operatory.unwrap_or(visit.operatory),
                provider: edit.provider.unwrap_or(visit.provider),
            };
            let taken = taken(change.slots.iter().map(|slot| slot.place.as_ref()), &judged);
            let mut dates = Vec::with_capacity(change.slots.len());
            for (slot, violations) in change.slots.iter().zip(&judged) {
                let wall = match &slot.place {
                    Ok(place) => place.starts_at.wall,
                    Err(TimeError::Nonexistent { wall, .. }) => *wall,
                    Err(_) => slot.before.starts_at.wall,
                };
                let asked = Asked {
                    date: slot.before.starts_at.date().to_string(),
                    wall,
                    is_picked: slot.is_picked,
                    visit: Some(&slot.before),
                };
                dates.push(reading.series_date(&usual, asked, &slot.place, violations, &taken)?);
            }
            Ok(SeriesPlan {
                rule: reading.rule_of(&visit)?,
                misfits: misfits(&dates),
                dates,
                passed_over: left_out(&change.left_out),
                left_out: Vec::new(),
            })
        })
    }

    pub fn change_series(&self, request: api::ChangeSeries) -> Result<api::SeriesChanged, DeskError> {
        let leave = self.leave(request.leave.clone())?;
        let split = AppointmentSeriesId(self.new_id());
        self.many_visits(Op::ChangeSeries, |writing| {
            let (visit, all) = writing.of_series(request.id)?;
            if let Some(status) = request.status {
                nothing_else(&request)?;
                return clinic::set_series_status(
                    &writing.roster,
                    writing.zones,
                    &all,
                    &visit,
                    scope(request.scope),
                    status,
                    &leave,
                    &writing.author,
                )
                .map_err(|cannot| writing.refuse_change(&cannot));
            }
            let edit = series_edit(&request, |id| writing.visit(id))?;
            let change: SeriesChange = clinic::change_slots(
                &writing.roster,
                writing.zones,
                &all,
                &visit,
                scope(request.scope),
                &edit,
            )
            .map_err(|cannot| writing.refuse_change(&cannot))?;
            let around = around(change.slots.iter().map(|slot| slot.place.as_ref()), |place| {
                writing.neighbours(place)
            })?;
            if let Some(reason) = &leave.override_reason {
                writing.reason(reason);
            }
            let record = writing.series_record(visit.series)?;
            clinic::change_series(
                &writing.roster,
                writing.zones,
                record.as_ref(),
                &all,
                &visit,
                scope(request.scope),
                split,
                &change,
                &around,
                &leave,
                &writing.author,
            )
            .map_err(|cannot: CannotChange| writing.refuse_change(&cannot))
        })
    }

    pub fn cancel_series(&self, request: api::CancelSeries) -> Result<api::SeriesChanged, DeskError> {
        self.many_visits(Op::CancelSeries, |writing| {
            let (visit, all) = writing.of_series(request.id)?;
            writing.reason(&request.reason);
            clinic::cancel_series(
                &writing.roster,
                &all,
                &visit,
                scope(request.scope),
                &request.reason,
                &writing.author,
            )
            .map_err(|cannot| writing.refuse_change(&cannot))
        })
    }

    /// One operation on several visits.
    fn many_visits(
        &self,
        op: Op,
        rule: impl FnOnce(&mut Writing<'_, '_>) -> Result<Partly, DeskError>,
    ) -> Result<api::SeriesChanged, DeskError> {
        let (count, left, warnings) = self.write(op, |writing| {
            let partly = rule(writing)?;
            let count = u32::try_from(visits_of(&partly.plan.changes).len()).unwrap_or(u32::MAX);
            let warnings = writing
                .with_names(|names| refusals::violations(&partly.plan.warnings, &writing.roster, names));
            writing.record(partly.plan.changes)?;
            Ok((count, partly.left_out, warnings))
        })?;
        self.reading(|reading| {
            Ok(api::SeriesChanged {
                count,
                left_out: left_out(&left),
                warnings,
                undo: reading.undo_state()?,
            })
        })
    }

    fn series_request(&self, request: &api::SeriesFields) -> Result<SeriesRequest, DeskError> {
        let mut picks = BTreeMap::new();
        for pick in &request.picks {
            let decided = match &pick.at {
                None => Pick::LeaveOut,
                Some(at) => Pick::Elsewhere(Spot {
                    wall: read::wall(at, "picks")?,
                    fold_later: pick.later_of_two,
                    operatory: pick.operatory.unwrap_or(request.operatory),
                    provider: pick.provider.unwrap_or(request.provider),
                    second_provider: pick.second_provider,
                }),
            };
            picks.insert(read::date(&pick.date, "picks")?, decided);
        }
        Ok(SeriesRequest {
            series: AppointmentSeriesId(self.new_id()),
            patient: request.patient,
            appointment_type: request.appointment_type,
            also: request.also.clone(),
            operatory: request.operatory,
            provider: request.provider,
            second_provider: request.second_provider,
            wall: read::wall(&request.at, "at")?,
            fold_later: request.later_of_two,
            recurrence: recurrence(&request.recurrence)?,
            passes_over_closed: request.passes_over_closed,
            pattern: request
                .pattern
                .as_deref()
                .map(|text| read::pattern(text, "pattern"))
                .transpose()?,
            note: request.note.clone(),
            is_asap: request.is_asap,
            arrive_early_minutes: request.arrive_early_minutes.unwrap_or(0),
            picks,
        })
    }

    /// Who would book: for a plan that is only looked at.
    pub(super) fn author_of(&self, reading: &Reading<'_>) -> clinic::Author {
        clinic::Author {
            person: self.person(),
            at: reading.now,
            stamp: clinic::Stamp {
                millis: 0,
                counter: 0,
                workstation: self.workstation(),
            },
        }
    }
}

/// What the visits of a plan have in common.
struct Usual {
    appointment_type: clinic::AppointmentTypeId,
    also: Vec<clinic::AppointmentTypeId>,
    patient: clinic::PatientId,
    operatory: clinic::OperatoryId,
    provider: clinic::ProviderId,
}

/// One date as it was asked for.
struct Asked<'v> {
    date: String,
    wall: jiff::civil::DateTime,
    is_picked: bool,
    visit: Option<&'v Appointment>,
}

impl Reading<'_> {
    /// The series of a visit, if it has one.
    pub fn series_of(&self, visit: &Appointment) -> Result<Option<VisitSeries>, DeskError> {
        let Some(id) = visit.series else {
            return Ok(None);
        };
        let all = self.reads().appointment_series(id)?;
        let position = all.iter().position(|other| other.id == visit.id).unwrap_or(0) + 1;
        Ok(Some(VisitSeries {
            id,
            rule: self.rule_of(visit)?,
            position: u32::try_from(position).unwrap_or(u32::MAX),
            visits: all
                .iter()
                .map(|other| SeriesVisit {
                    id: other.id,
                    at: views::wall(&other.starts_at),
                    operatory: other.operatory,
                    provider: other.provider,
                    status: other.status,
                    is_exception: other.is_exception(),
                })
                .collect(),
        }))
    }

    fn rule_of(&self, visit: &Appointment) -> Result<String, DeskError> {
        let record = match visit.series {
            Some(id) => self.reads().recurring_appointment(id)?,
            None => None,
        };
        Ok(record.map_or_else(String::new, |record| record.recurrence.words(record.wall.date())))
    }

    fn series_date(
        &self,
        usual: &Usual,
        asked: Asked<'_>,
        place: &Result<Placement, TimeError>,
        violations: &[clinic::Violation],
        taken: &[(Timestamp, Timestamp)],
    ) -> Result<SeriesDate, DeskError> {
        let state = state_of(&self.roster, place, violations);
        let words = match place {
            Err(error) => format!("{}.", crate::words::capital(&error.to_string())),
            Ok(_) if violations.is_empty() => String::new(),
            Ok(_) => {
                let violations = violations.to_vec();
                self.with_names(|names| CannotBook::Refused { violations }.message(&self.roster, names))
            }
        };
        let openings = match state {
            SeriesState::Fits => Vec::new(),
            _ => self.openings_near(usual, &asked, place, taken)?,
        };
        let (operatory, provider) = match place {
            Ok(place) => (place.operatory, place.provider),
            Err(_) => (usual.operatory, usual.provider),
        };
        Ok(SeriesDate {
            date: asked.date,
            at: match place {
                Ok(place) => views::wall(&place.starts_at),
                Err(_) => asked.wall.strftime("%Y-%m-%dT%H:%M").to_string(),
            },
            operatory,
            provider,
            length_minutes: match (place, asked.visit) {
                (Ok(place), _) => place.pattern.length_minutes(),
                (Err(_), Some(visit)) => visit.length_minutes(),
                (Err(_), None) => self
                    .roster
                    .appointment_type(usual.appointment_type)
                    .map_or(0, |kind| kind.pattern.length_minutes()),
            },
            state,
            words,
            violations: self.with_names(|names| refusals::violations(violations, &self.roster, names)),
            openings,
            is_picked: asked.is_picked,
            appointment: asked.visit.map(|visit| visit.id),
        })
    }

    fn openings_near(
        &self,
        usual: &Usual,
        asked: &Asked<'_>,
        place: &Result<Placement, TimeError>,
        taken: &[(Timestamp, Timestamp)],
    ) -> Result<Vec<api::OpeningView>, DeskError> {
        let (Ok(together), Some(operatory)) = (
            clinic::together(&self.roster, usual.appointment_type, &usual.also),
            self.roster.operatory(usual.operatory),
        ) else {
            return Ok(Vec::new());
        };
        let pattern = match (place, asked.visit) {
            (Ok(place), _) => place.pattern.clone(),
            (Err(_), Some(visit)) => visit.pattern.clone(),
            (Err(_), None) => together.pattern,
        };
        let own = place.as_ref().ok().map(span_of);
        let near = Near {
            appointment_type: usual.appointment_type,
            also: usual.also.clone(),
            patient: usual.patient,
            provider: usual.provider,
            location: operatory.location,
            around: asked.wall,
            pattern,
            moving: asked.visit.cloned().map(Box::new),
            taken: taken.iter().copied().filter(|span| Some(*span) != own).collect(),
            limit: OFFERED,
        };
        let (from, days) = near.dates();
        let held = self.held_days(Some(near.location), from, days)?;
        let found = self.with_busy(|busy| {
            clinic::near_openings(&self.roster, self.zones, busy, &held, &near, self.now)
        })?;
        Ok(found
            .iter()
            .map(|opening| views::opening(opening, &self.roster, self.zones))
            .collect())
    }
}

impl Writing<'_, '_> {
    /// A visit and its whole series.
    fn of_series(&self, id: AppointmentId) -> Result<(Appointment, Vec<Appointment>), DeskError> {
        of_series(self.reads(), self.visit(id)?)
    }

    fn series_record(
        &self,
        series: Option<AppointmentSeriesId>,
    ) -> Result<Option<RecurringAppointment>, DeskError> {
        Ok(match series {
            Some(id) => self.reads().recurring_appointment(id)?,
            None => None,
        })
    }

    fn closures(&self, first: jiff::civil::Date) -> Result<Vec<TimeBlock>, DeskError> {
        closures(self.reads(), first)
    }
}

fn of_series(reads: Reads<'_>, visit: Appointment) -> Result<(Appointment, Vec<Appointment>), DeskError> {
    let all = match visit.series {
        Some(series) => reads.appointment_series(series)?,
        None => vec![visit.clone()],
    };
    Ok((visit, all))
}

/// Absences of locations over the years that a series may cover.
fn closures(reads: Reads<'_>, first: jiff::civil::Date) -> Result<Vec<TimeBlock>, DeskError> {
    let utc = |date: jiff::civil::Date| {
        jiff::tz::Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
    };
    let last = first.checked_add((clinic::MAX_SERIES_YEARS + 1).years());
    let (Ok(from), Ok(until)) = (utc(first.yesterday().unwrap_or(first)), last.and_then(utc)) else {
        return Ok(Vec::new());
    };
    let mut blocks = reads.absences(from, until)?;
    blocks.retain(|block| matches!(block.target, BlockTarget::Location(_)));
    Ok(blocks)
}

/// What lies around each place; nothing around a time that the clock skips.
fn around<'p>(
    places: impl Iterator<Item = Result<&'p Placement, &'p TimeError>>,
    mut load: impl FnMut(&Placement) -> Result<Neighbours, DeskError>,
) -> Result<Vec<Neighbours>, DeskError> {
    places
        .map(|place| place.map_or_else(|_| Ok(Neighbours::default()), &mut load))
        .collect()
}

/// When the visits that fit will be.
fn taken<'p>(
    places: impl Iterator<Item = Result<&'p Placement, &'p TimeError>>,
    judged: &[Vec<clinic::Violation>],
) -> Vec<(Timestamp, Timestamp)> {
    places
        .zip(judged)
        .filter(|(_, violations)| violations.is_empty())
        .filter_map(|(place, _)| place.ok().map(span_of))
        .collect()
}

fn span_of(place: &Placement) -> (Timestamp, Timestamp) {
    let from = place.starts_at.instant();
    let length = jiff::SignedDuration::from_mins(place.pattern.length_minutes().into());
    (from, from.checked_add(length).unwrap_or(Timestamp::MAX))
}

fn state_of(
    roster: &Roster,
    place: &Result<Placement, TimeError>,
    violations: &[clinic::Violation],
) -> SeriesState {
    let is_closure = |violation: &clinic::Violation| match violation {
        clinic::Violation::OutsideLocationHours { open, .. } => open.is_empty(),
        clinic::Violation::Blocked { target, absence, .. } => {
            absence.is_some() && matches!(target, BlockTarget::Location(_))
        }
        _ => false,
    };
    match place {
        Err(_) => SeriesState::NoSuchTime,
        Ok(_) if violations.is_empty() => SeriesState::Fits,
        Ok(_) if violations.iter().any(is_closure) => SeriesState::Closed,
        Ok(_) if violations.iter().any(|one| one.policy(roster) == Policy::Refuse) => SeriesState::Refused,
        Ok(_) => SeriesState::Warned,
    }
}

fn misfits(dates: &[SeriesDate]) -> u32 {
    let count = dates
        .iter()
        .filter(|date| date.state != SeriesState::Fits)
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn visits_of(changes: &[Change]) -> Vec<AppointmentId> {
    changes
        .iter()
        .filter_map(|change| match change.entity() {
            Entity::Appointment(visit) => Some(visit.id),
            _ => None,
        })
        .collect()
}

fn left_out(days: &[clinic::LeftOut]) -> Vec<LeftOutView> {
    days.iter()
        .map(|day| LeftOutView {
            date: day.date.to_string(),
            title: day.title.clone(),
            why: day.why.clone(),
        })
        .collect()
}

fn series_edit(
    request: &api::ChangeSeries,
    visit: impl Fn(AppointmentId) -> Result<Appointment, DeskError>,
) -> Result<SeriesEdit, DeskError> {
    let mut picks = BTreeMap::new();
    for pick in &request.picks {
        let decided = match &pick.at {
            None => ChangePick::Stay,
            Some(at) => {
                let now = visit(pick.id)?;
                ChangePick::Elsewhere(Spot {
                    wall: read::wall(at, "picks")?,
                    fold_later: pick.later_of_two,
                    operatory: pick.operatory.unwrap_or(now.operatory),
                    provider: pick.provider.unwrap_or(now.provider),
                    second_provider: pick.second_provider,
                })
            }
        };
        picks.insert(pick.id, decided);
    }
    Ok(SeriesEdit {
        wall: request
            .at
            .as_deref()
            .map(|text| read::wall(text, "at"))
            .transpose()?,
        operatory: request.operatory,
        provider: request.provider,
        appointment_type: request.appointment_type,
        second_provider: second(request.second_provider, request.no_second_provider)?,
        picks,
    })
}

/// A status is given alone, also without a decision about single visits.
fn nothing_else(request: &api::ChangeSeries) -> Result<(), DeskError> {
    let else_wanted = request.at.is_some()
        || request.operatory.is_some()
        || request.provider.is_some()
        || request.second_provider.is_some()
        || request.no_second_provider
        || request.appointment_type.is_some()
        || !request.picks.is_empty();
    if else_wanted {
        return Err(DeskError::new(
            "invalid",
            "Change the status alone, without another time, place, provider, type or choice for single visits.",
        )
        .field("status"));
    }
    Ok(())
}
