//! Several patients who come together: openings for all of them, and their visits booked in one step.

use clinic::openings::{self, FamilyRequest, MAX_FAMILY};
use clinic::{AppointmentId, Op, OpeningRequest};

use super::appointments::booking_of;
use crate::api::{self, FamilyBooked, FamilyOpeningView, FamilyOpenings};
use crate::desk::Desk;
use crate::{DeskError, read, refusals, views};

impl Desk {
    pub fn family_openings(&self, request: api::FamilyOpeningsRequest) -> Result<FamilyOpenings, DeskError> {
        let limit = read::bounded(request.limit, 6, 1..=50, "limit")?;
        let days = read::bounded(request.days, 28, 1..=92, "days")?;
        let time =
            |text: &Option<String>, field| text.as_deref().map(|text| read::time(text, field)).transpose();
        let (after, before) = (time(&request.after, "after")?, time(&request.before, "before")?);
        let from = request
            .from
            .as_deref()
            .map(|text| read::date(text, "from"))
            .transpose()?;
        self.reading(|reading| {
            let from = from.unwrap_or_else(|| {
                request
                    .location
                    .map_or_else(|| reading.practice_today(), |location| reading.today(location))
            });
            let leanings = request
                .visits
                .iter()
                .map(|visit| reading.leanings(visit.patient))
                .collect::<Result<Vec<_>, _>>()?;
            let wanted = FamilyRequest {
                visits: request
                    .visits
                    .iter()
                    .zip(leanings)
                    .map(|(visit, leanings)| OpeningRequest {
                        leanings,
                        provider: visit.provider,
                        location: request.location,
                        patient: Some(visit.patient),
                        days,
                        after,
                        before,
                        also: visit.also.clone(),
                        weekdays: (!request.weekdays.is_empty()).then(|| request.weekdays.clone()),
                        ..OpeningRequest::new(visit.appointment_type, from)
                    })
                    .collect(),
                arrangement: request.arrangement,
                limit: usize::from(limit),
            };
            let held = reading.held_days(request.location, from, days)?;
            let found = reading.with_busy(|busy| {
                openings::find_family(&reading.roster, reading.zones, busy, &held, &wanted, reading.now)
            })?;
            Ok(FamilyOpenings {
                openings: found
                    .iter()
                    .map(|way| FamilyOpeningView {
                        visits: way
                            .visits
                            .iter()
                            .map(|opening| views::opening(opening, &reading.roster, reading.zones))
                            .collect(),
                        stay_minutes: way.stay_minutes,
                    })
                    .collect(),
            })
        })
    }

    /// All of them or none: each is judged with those before it already on the calendar.
    pub fn book_family(&self, request: api::BookFamily) -> Result<FamilyBooked, DeskError> {
        if !(2..=MAX_FAMILY).contains(&request.visits.len()) {
            return Err(
                DeskError::new("invalid", format!("A family has 2 to {MAX_FAMILY} visits here."))
                    .field("visits"),
            );
        }
        let bookings = request
            .visits
            .iter()
            .map(|visit| booking_of(visit, AppointmentId(self.new_id())))
            .collect::<Result<Vec<_>, _>>()?;
        let leave = self.leave(request.leave)?;
        let warnings = self.write(Op::BookFamily, |writing| {
            let mut warnings = Vec::new();
            for booking in &bookings {
                let placement = booking
                    .placement(&writing.roster, writing.zones)
                    .map_err(|cannot| writing.refuse(&cannot))?;
                let neighbours = writing.neighbours(&placement)?;
                let plan = clinic::book(
                    &writing.roster,
                    writing.zones,
                    &neighbours,
                    booking,
                    &leave,
                    &writing.author,
                )
                .map_err(|cannot| writing.refuse(&cannot))?;
                warnings.extend(
                    writing.with_names(|names| refusals::violations(&plan.warnings, &writing.roster, names)),
                );
                writing.record(plan.changes)?;
            }
            if let Some(reason) = &leave.override_reason {
                writing.reason(reason);
            }
            Ok(warnings)
        })?;
        self.reading(|reading| {
            let appointments = bookings
                .iter()
                .map(|booking| reading.card(&reading.visit(booking.id)?))
                .collect::<Result<_, _>>()?;
            Ok(FamilyBooked {
                appointments,
                warnings,
                undo: reading.undo_state()?,
            })
        })
    }
}
