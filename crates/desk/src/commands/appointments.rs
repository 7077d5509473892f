//! Booking, moving and the life of a visit: read the request, ask the rule, record its answer.

use clinic::{
    Appointment, AppointmentId, BookRequest, CannotBook, Leave, Length, MoveRequest, Op, PatientId,
    Placement, Plan, SecondProvider, Status, TimePattern,
};
use jiff::Timestamp;

use crate::api::{self, AppointmentChanged, AppointmentDetail, AppointmentsSwapped, PlacementCheck};
use crate::desk::writing::not_allowed;
use crate::desk::{Desk, Reading, Writing};
use crate::{DeskError, read, refusals, views};

impl Desk {
    pub fn book_appointment(&self, request: api::BookAppointment) -> Result<AppointmentChanged, DeskError> {
        let booking = booking_of(&request, AppointmentId(self.new_id()))?;
        let leave = self.leave(request.leave)?;
        self.change_visit(
            Op::BookAppointment,
            booking.id,
            leave.override_reason.as_deref(),
            |writing| {
                let placement = booking
                    .placement(&writing.roster, writing.zones)
                    .map_err(|cannot| writing.refuse(&cannot))?;
                let neighbours = writing.neighbours(&placement)?;
                clinic::book(
                    &writing.roster,
                    writing.zones,
                    &neighbours,
                    &booking,
                    &leave,
                    &writing.author,
                )
                .map_err(|cannot| writing.refuse(&cannot))
            },
        )
    }

    pub fn move_appointment(&self, request: api::MoveAppointment) -> Result<AppointmentChanged, DeskError> {
        let moving = MoveRequest {
            wall: request
                .at
                .as_deref()
                .map(|text| read::wall(text, "at"))
                .transpose()?,
            fold_later: request.later_of_two,
            operatory: request.operatory,
            provider: request.provider,
            second_provider: second(request.second_provider, request.no_second_provider)?,
        };
        let leave = self.leave(request.leave)?;
        let names_somebody = moving.provider.is_some() || moving.second_provider != SecondProvider::AsIs;
        let op = if moving.wall.is_none() && moving.operatory.is_none() && names_somebody {
            Op::ChangeProvider
        } else {
            Op::MoveAppointment
        };
        self.change_visit(op, request.id, leave.override_reason.as_deref(), |writing| {
            let visit = writing.visit(request.id)?;
            let placement = clinic::moved_placement(&writing.roster, writing.zones, &visit, &moving)
                .map_err(|cannot| writing.refuse(&cannot))?;
            let neighbours = writing.neighbours(&placement)?;
            clinic::move_appointment(
                &writing.roster,
                writing.zones,
                &neighbours,
                &visit,
                &moving,
                &leave,
                &writing.author,
            )
            .map_err(|cannot| writing.refuse(&cannot))
        })
    }

    pub fn swap_appointments(
        &self,
        request: api::SwapAppointments,
    ) -> Result<AppointmentsSwapped, DeskError> {
        let leave = self.leave(request.leave)?;
        let warnings = self.write(Op::SwapAppointments, |writing| {
            let visits = [writing.visit(request.id)?, writing.visit(request.with)?];
            let both = [&visits[0], &visits[1]];
            let placements = clinic::swapped_placements(writing.zones, both, request.with_providers)
                .map_err(|cannot| writing.refuse(&cannot))?;
            let neighbours = [
                writing.neighbours(&placements[0])?,
                writing.neighbours(&placements[1])?,
            ];
            let plan = clinic::swap_appointments(
                &writing.roster,
                writing.zones,
                neighbours,
                both,
                request.with_providers,
                &leave,
                &writing.author,
            )
            .map_err(|cannot| writing.refuse(&cannot))?;
            if let Some(reason) = leave.override_reason.as_deref() {
                writing.reason(reason);
            }
            let warnings =
                writing.with_names(|names| refusals::violations(&plan.warnings, &writing.roster, names));
            writing.record(plan.changes)?;
            Ok(warnings)
        })?;
        self.reading(|reading| {
            let card = |id| reading.card(&reading.visit(id)?);
            Ok(AppointmentsSwapped {
                appointments: vec![card(request.id)?, card(request.with)?],
                warnings,
                undo: reading.undo_state()?,
            })
        })
    }

    pub fn change_length(&self, request: api::ChangeLength) -> Result<AppointmentChanged, DeskError> {
        let length = Length::Minutes(request.length_minutes);
        let leave = self.leave(request.leave)?;
        self.change_visit(
            Op::ChangeLength,
            request.id,
            leave.override_reason.as_deref(),
            |writing| {
                let visit = writing.visit(request.id)?;
                let placement =
                    clinic::resized_placement(&visit, &length).map_err(|cannot| writing.refuse(&cannot))?;
                let neighbours = writing.neighbours(&placement)?;
                clinic::change_length(
                    &writing.roster,
                    writing.zones,
                    &neighbours,
                    &visit,
                    &length,
                    &leave,
                    &writing.author,
                )
                .map_err(|cannot| writing.refuse(&cannot))
            },
        )
    }

    /// What is booked together takes this long; for forms, before anything is booked.
    pub fn merge_procedures(
        &self,
        request: api::MergeProcedures,
    ) -> Result<api::MergedProcedures, DeskError> {
        let (own, also) = (request.appointment_type, &request.also);
        self.reading(|reading| {
            let together =
                clinic::together(&reading.roster, own, also).map_err(|cannot| reading.refuse(&cannot))?;
            let spans = together.pattern.provider_spans();
            Ok(api::MergedProcedures {
                name: clinic::procedure_names(&reading.roster, own, also),
                pattern: together.pattern.to_string(),
                second_pattern: together.second_pattern.map(|pattern| pattern.to_string()),
                length_minutes: together.pattern.length_minutes(),
                provider_minutes: spans.iter().map(|(from, until)| until - from).sum(),
                buffer_before_minutes: together.buffer_before_minutes,
                buffer_after_minutes: together.buffer_after_minutes,
            })
        })
    }

    pub fn change_procedures(&self, request: api::ChangeProcedures) -> Result<AppointmentChanged, DeskError> {
        let pattern = request
            .pattern
            .as_deref()
            .map(|text| read::pattern(text, "pattern"))
            .transpose()?;
        let leave = self.leave(request.leave)?;
        self.change_visit(
            Op::ChangeProcedures,
            request.id,
            leave.override_reason.as_deref(),
            |writing| {
                let visit = writing.visit(request.id)?;
                let placement =
                    clinic::procedures_placement(&writing.roster, &visit, &request.also, pattern.as_ref())
                        .map_err(|cannot| writing.refuse(&cannot))?;
                let neighbours = writing.neighbours(&placement)?;
                clinic::change_procedures(
                    &writing.roster,
                    writing.zones,
                    &neighbours,
                    &visit,
                    &placement,
                    &leave,
                    &writing.author,
                )
                .map_err(|cannot| writing.refuse(&cannot))
            },
        )
    }

    pub fn set_status(&self, request: api::SetStatus) -> Result<AppointmentChanged, DeskError> {
        let leave = self.leave(request.leave)?;
        if request.status == Status::Cancelled {
            return Err(DeskError::new("reason_missing", "A cancellation needs a reason.")
                .hint("Cancel the visit with its reason instead.")
                .field("reason"));
        }
        self.change_visit(
            status_op(request.status),
            request.id,
            leave.override_reason.as_deref(),
            |writing| {
                let visit = writing.visit(request.id)?;
                if !visit.takes_time() && request.status == Status::Scheduled {
                    let neighbours = writing.neighbours_taken_up(&Placement::of(&visit))?;
                    return clinic::reopen(
                        &writing.roster,
                        writing.zones,
                        &neighbours,
                        &visit,
                        &leave,
                        &writing.author,
                    )
                    .map_err(|cannot| writing.refuse_change(&cannot));
                }
                clinic::take_step(
                    &writing.roster,
                    writing.zones,
                    &visit,
                    request.status,
                    request.doctor_needed,
                    &leave,
                    &writing.author,
                )
                .map_err(|cannot| writing.refuse_change(&cannot))
            },
        )
    }

    pub fn cancel_appointment(
        &self,
        request: api::CancelAppointment,
    ) -> Result<AppointmentChanged, DeskError> {
        self.change_visit(
            Op::CancelAppointment,
            request.id,
            Some(&request.reason),
            |writing| {
                let visit = writing.visit(request.id)?;
                clinic::set_status(&visit, Status::Cancelled, None, &request.reason, &writing.author)
                    .map_err(|cannot| writing.refuse_change(&cannot))
            },
        )
    }

    pub fn edit_appointment(&self, request: api::EditAppointment) -> Result<AppointmentChanged, DeskError> {
        self.change_visit(Op::EditAppointment, request.id, None, |writing| {
            let visit = writing.visit(request.id)?;
            clinic::edit_appointment(
                &visit,
                request.note.as_deref(),
                request.is_asap,
                request.arrive_early_minutes,
            )
            .map_err(|cannot| writing.refuse_change(&cannot))
        })
    }

    /// Whether a placement would be accepted; for drags and forms.
    pub fn check_placement(&self, request: api::CheckPlacement) -> Result<PlacementCheck, DeskError> {
        let wall = read::wall(&request.at, "at")?;
        let pattern = request
            .pattern
            .as_deref()
            .map(|text| read::pattern(text, "pattern"))
            .transpose()?;
        self.reading(|reading| {
            let zone = reading
                .roster
                .operatory(request.operatory)
                .and_then(|operatory| reading.roster.zone_of(operatory.location))
                .ok_or_else(|| {
                    DeskError::new("unknown_operatory", "There is no such operatory.").field("operatory")
                })?;
            if let Err(clinic::TimeError::Nonexistent { next, .. }) = reading.zones.resolve(wall, zone) {
                return Ok(PlacementCheck {
                    violations: Vec::new(),
                    no_such_time: Some(views::wall(&next)),
                    happens_twice: false,
                });
            }
            let existing = request.appointment.map(|id| reading.visit(id)).transpose()?;
            let second = second(request.second_provider, request.no_second_provider)?;
            let placement = placement_of(reading, existing.as_ref(), &request, wall, pattern, second)
                .map_err(|cannot| reading.refuse(&cannot))?;
            let neighbours = reading.neighbours(&placement)?;
            let mut found = clinic::check_placement(&reading.roster, reading.zones, &neighbours, &placement)
                .map_err(|cannot| reading.refuse(&cannot))?;
            found.extend(
                clinic::duplicates(
                    &reading.roster,
                    reading.zones,
                    &neighbours.others,
                    &placement,
                    reading.now,
                )
                .map_err(|error| reading.refuse(&CannotBook::Time(error)))?,
            );
            found.extend(
                clinic::day_is_over(
                    &reading.roster,
                    reading.zones,
                    existing.as_ref(),
                    &placement,
                    reading.now,
                )
                .map_err(|cannot| reading.refuse(&cannot))?,
            );
            Ok(PlacementCheck {
                violations: reading.with_names(|names| refusals::violations(&found, &reading.roster, names)),
                no_such_time: None,
                happens_twice: reading.zones.fold(wall, zone).is_some(),
            })
        })
    }

    pub fn appointment(&self, request: api::AppointmentRef) -> Result<AppointmentDetail, DeskError> {
        self.reading(|reading| {
            let visit = reading.visit(request.id)?;
            let patient = reading.patient(visit.patient)?;
            let card = reading.card(&visit)?;
            let ends_at = reading
                .zones
                .at(visit.ends_at(), &visit.starts_at.zone)
                .map_err(|error| reading.refuse(&CannotBook::Time(error)))?;
            let history = reading.history(&api::HistoryRequest {
                appointment: Some(visit.id),
                limit: Some(50),
                ..api::HistoryRequest::default()
            })?;
            Ok(AppointmentDetail {
                card,
                starts_at: visit.starts_at.to_string(),
                ends_at: ends_at.to_string(),
                buffer_before_minutes: visit.buffer_before_minutes,
                buffer_after_minutes: visit.buffer_after_minutes,
                note: visit.note.clone(),
                cancel_reason: visit.cancel_reason.clone(),
                confirmed_at: visit.confirmed_at.map(views::instant),
                arrived_at: visit.arrived_at.map(views::instant),
                seated_at: visit.seated_at.map(views::instant),
                completed_at: visit.completed_at.map(views::instant),
                checked_out_at: visit.checked_out_at.map(views::instant),
                broken_at: visit.broken_at.map(views::instant),
                waited_minutes: minutes_between(visit.arrived_at, visit.seated_at),
                in_chair_minutes: minutes_between(visit.seated_at, visit.completed_at),
                in_house_minutes: minutes_between(visit.arrived_at, visit.checked_out_at),
                next_statuses: visit.status.next().to_vec(),
                patient: views::patient_view(&patient, reading.today(visit.location)),
                history: history.entries,
                series: reading.series_of(&visit)?,
                under_blocks: reading.block_outs_over(&visit)?,
            })
        })
    }

    /// One change of one visit: the answer is the visit as it is then.
    pub(super) fn change_visit(
        &self,
        op: Op,
        id: AppointmentId,
        reason: Option<&str>,
        rule: impl FnOnce(&mut Writing<'_, '_>) -> Result<Plan, DeskError>,
    ) -> Result<AppointmentChanged, DeskError> {
        let warnings = self.write(op, |writing| {
            let plan = rule(writing)?;
            if let Some(reason) = reason {
                writing.reason(reason);
            }
            let warnings =
                writing.with_names(|names| refusals::violations(&plan.warnings, &writing.roster, names));
            writing.record(plan.changes)?;
            Ok(warnings)
        })?;
        self.reading(|reading| {
            let visit: Appointment = reading.visit(id)?;
            Ok(AppointmentChanged {
                appointment: reading.card(&visit)?,
                warnings,
                undo: reading.undo_state()?,
            })
        })
    }
}

/// Whole minutes between two steps that have both been taken; none where a clock that was set back makes them less than nothing.
fn minutes_between(from: Option<Timestamp>, until: Option<Timestamp>) -> Option<u32> {
    u32::try_from(until?.duration_since(from?).as_mins()).ok()
}

/// What is asked for, read; the id is made by the caller.
pub(super) fn booking_of(
    request: &api::BookAppointment,
    id: AppointmentId,
) -> Result<BookRequest, DeskError> {
    Ok(BookRequest {
        id,
        patient: request.patient,
        appointment_type: request.appointment_type,
        operatory: request.operatory,
        provider: request.provider,
        wall: read::wall(&request.at, "at")?,
        fold_later: request.later_of_two,
        pattern: request
            .pattern
            .as_deref()
            .map(|text| read::pattern(text, "pattern"))
            .transpose()?,
        note: request.note.clone(),
        is_asap: request.is_asap,
        arrive_early_minutes: request.arrive_early_minutes.unwrap_or(0),
        source_uid: String::new(),
        also: request.also.clone(),
        second_provider: request.second_provider,
    })
}

/// Who comes for the units of the second pattern: somebody, nobody, or whoever it is now.
pub(super) fn second(
    named: Option<clinic::ProviderId>,
    is_nobody: bool,
) -> Result<SecondProvider, DeskError> {
    match (named, is_nobody) {
        (Some(_), true) => Err(DeskError::new(
            "invalid",
            "It names a second provider and says that there is none. Give one of the two.",
        )
        .field("second_provider")),
        (None, true) => Ok(SecondProvider::Nobody),
        (named, false) => Ok(named.into()),
    }
}

/// Where the visit would be, built as booking and moving build it, so that trying says what doing says.
fn placement_of(
    reading: &Reading<'_>,
    existing: Option<&Appointment>,
    request: &api::CheckPlacement,
    wall: jiff::civil::DateTime,
    pattern: Option<TimePattern>,
    second: SecondProvider,
) -> Result<Placement, CannotBook> {
    let (roster, zones) = (&reading.roster, reading.zones);
    let also = request
        .also
        .as_ref()
        .or_else(|| existing.map(|visit| &visit.also))
        .cloned()
        .unwrap_or_default();
    let kind = request.appointment_type;
    let Some(visit) = existing else {
        let booking = BookRequest {
            id: AppointmentId(0),
            // Unknown while a form is still being filled in.
            patient: request.patient.unwrap_or(PatientId(0)),
            appointment_type: kind,
            operatory: request.operatory,
            provider: request.provider,
            wall,
            fold_later: request.later_of_two,
            pattern,
            note: String::new(),
            is_asap: false,
            arrive_early_minutes: 0,
            source_uid: String::new(),
            also,
            second_provider: request.second_provider,
        };
        return Ok(Placement {
            patient: request.patient,
            ..booking.placement(roster, zones)?
        });
    };
    let stays = wall == visit.starts_at.wall && !request.later_of_two;
    let to = MoveRequest {
        wall: (!stays).then_some(wall),
        fold_later: request.later_of_two,
        operatory: Some(request.operatory),
        provider: Some(request.provider),
        second_provider: second,
    };
    let mut placement = clinic::moved_placement(roster, zones, visit, &to)?;
    if kind != visit.appointment_type || also != visit.also {
        let together = clinic::together(roster, kind, &also)?;
        placement = Placement {
            appointment_type: kind,
            also,
            pattern: together.pattern,
            buffer_before_minutes: together.buffer_before_minutes,
            buffer_after_minutes: together.buffer_after_minutes,
            equipment: together.equipment,
            assistant: together.assistant,
            second_pattern: together.second_pattern,
            ..placement
        };
        placement.second_provider = placement
            .second_provider
            .filter(|_| placement.wanted_second().is_some());
    }
    placement.pattern = pattern.unwrap_or(placement.pattern);
    Ok(placement)
}

impl Desk {
    /// What the person is allowed although rules object.
    ///
    /// # Errors
    /// If they would override a rule and no role of theirs may.
    pub(super) fn leave(&self, leave: api::Leave) -> Result<Leave, DeskError> {
        if leave.override_reason.is_some() {
            self.rights()
                .check(clinic::Permission::OverrideRules, None)
                .map_err(|lacks| not_allowed(&lacks, &self.roster()))?;
        }
        Ok(Leave {
            acknowledge_warnings: leave.acknowledge_warnings,
            override_reason: leave.override_reason,
        })
    }
}

fn status_op(to: Status) -> Op {
    match to {
        Status::Scheduled => Op::ReopenAppointment,
        Status::Confirmed => Op::ConfirmAppointment,
        Status::Arrived => Op::MarkArrived,
        Status::Seated => Op::SeatPatient,
        Status::Completed => Op::CompleteAppointment,
        Status::CheckedOut => Op::CheckOut,
        Status::Cancelled => Op::CancelAppointment,
        Status::NoShow => Op::MarkNoShow,
    }
}
