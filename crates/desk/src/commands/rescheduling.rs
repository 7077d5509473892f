//! New times for many visits at once: planned to be looked at, carried out in one step that is judged anew.

use clinic::rescheduling::{
    EFFORT, MAX_RESCHEDULED, MAX_RESCHEDULING_DAYS, Rescheduling, ReschedulingPlan, plan_rescheduling,
};
use clinic::{Appointment, CannotBook, Leave, MoveRequest, Op, ProviderId, Status, Violation};
use jiff::civil::Date;

use crate::api::{
    self, LeftVisit, ProposedMove, RescheduleMove, RescheduleProposal, ReschedulingRequest, VisitsRescheduled,
};
use crate::desk::{Desk, Reading, Writing};
use crate::{DeskError, read, refusals, views, words};

impl Desk {
    pub fn plan_rescheduling(&self, request: ReschedulingRequest) -> Result<RescheduleProposal, DeskError> {
        let days = read::bounded(request.days, 28, 1..=MAX_RESCHEDULING_DAYS, "days")?;
        let date =
            |text: &Option<String>, field| text.as_deref().map(|text| read::date(text, field)).transpose();
        let (day, from) = (date(&request.date, "date")?, date(&request.from, "from")?);
        self.reading(|reading| {
            let (visits, away) = match (request.provider, day) {
                (Some(provider), Some(day)) if request.visits.is_empty() => {
                    (self.visits_with(reading, provider, day)?, Some((provider, day)))
                }
                (None, None) if !request.visits.is_empty() => {
                    let mut visits = Vec::new();
                    for id in &request.visits {
                        let visit = reading.visit(*id)?;
                        reading.may_see(visit.location)?;
                        visits.push(visit);
                    }
                    (visits, None)
                }
                _ => {
                    return Err(DeskError::new("invalid", "Say which visits need a new time.")
                        .hint("Name a provider and a day, or the visits.")
                        .field("visits"));
                }
            };
            let first = visits.iter().min_by_key(|visit| visit.starts_at.instant());
            let today = first.map_or_else(|| reading.practice_today(), |visit| reading.today(visit.location));
            let from = from.unwrap_or_else(|| first.map_or(today, |visit| visit.starts_at.date()).max(today));
            let wanted = Rescheduling {
                visits,
                from,
                days,
                away,
                may_change_provider: request.may_change_provider,
                effort: EFFORT,
            };
            reading.proposal(&wanted)
        })
    }

    /// A provider's visits on a day, as first or second provider, that are not over, wherever the person here may look.
    fn visits_with(
        &self,
        reading: &Reading<'_>,
        provider: ProviderId,
        day: Date,
    ) -> Result<Vec<Appointment>, DeskError> {
        if reading.roster.provider(provider).is_none() {
            return Err(DeskError::new("unknown_provider", "There is no such provider.").field("provider"));
        }
        let mut visits = Vec::new();
        for location in reading.roster.locations.keys() {
            if reading.may_see(*location).is_err() {
                continue;
            }
            visits.extend(reading.day_visits(*location, day)?.into_iter().filter(|visit| {
                (visit.provider == provider || visit.doctor_time().any(|(who, _)| who == provider))
                    && visit.takes_time()
                    && !matches!(visit.status, Status::Completed | Status::CheckedOut)
            }));
        }
        visits.sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
        Ok(visits)
    }

    /// All of these moves in one step, or none. A visit that somebody moved since the plan was made, or a place that was taken, refuses
    /// the whole, because the plan was chosen as a whole.
    pub fn reschedule_visits(&self, request: api::RescheduleVisits) -> Result<VisitsRescheduled, DeskError> {
        if !(1..=MAX_RESCHEDULED).contains(&request.moves.len()) {
            return Err(
                DeskError::new("invalid", format!("A plan moves 1 to {MAX_RESCHEDULED} visits."))
                    .field("moves"),
            );
        }
        clinic::Invalid::too_long(
            "reason",
            "The reason",
            request.reason.trim(),
            clinic::MAX_REASON_CHARS,
        )
        .map_err(|invalid| refusals::invalid(&invalid))?;
        let moves = request
            .moves
            .iter()
            .map(|one| {
                let to = MoveRequest {
                    wall: Some(read::wall(&one.at, "at")?),
                    fold_later: one.later_of_two,
                    operatory: Some(one.operatory),
                    provider: Some(one.provider),
                    second_provider: one.second_provider.into(),
                };
                Ok((one, to))
            })
            .collect::<Result<Vec<_>, DeskError>>()?;
        self.write(Op::RescheduleVisits, |writing| {
            for (one, to) in &moves {
                let changes = writing.planned_move(one, to)?;
                writing.record(changes)?;
            }
            if !request.reason.trim().is_empty() {
                writing.reason(&request.reason);
            }
            Ok(())
        })?;
        self.reading(|reading| {
            let card = |(one, _): &(&RescheduleMove, MoveRequest)| reading.card(&reading.visit(one.id)?);
            Ok(VisitsRescheduled {
                appointments: moves.iter().map(card).collect::<Result<_, _>>()?,
                undo: reading.undo_state()?,
            })
        })
    }
}

impl Writing<'_, '_> {
    fn planned_move(&self, one: &RescheduleMove, to: &MoveRequest) -> Result<Vec<clinic::Change>, DeskError> {
        let visit = self.visit(one.id)?;
        let name = || self.with_names(|names| names(visit.patient));
        if views::wall(&visit.starts_at) != one.from {
            return Err(plan_is_old(format!(
                "The visit of {} was moved meanwhile: it is at {} now.",
                name(),
                words::short_when(visit.starts_at.wall)
            )));
        }
        let placement = clinic::moved_placement(&self.roster, self.zones, &visit, to)
            .map_err(|cannot| self.refuse(&cannot))?;
        let neighbours = self.neighbours(&placement)?;
        let judged = |leave: &Leave| {
            clinic::move_appointment(
                &self.roster,
                self.zones,
                &neighbours,
                &visit,
                to,
                leave,
                &self.author,
            )
        };
        let outcome = match judged(&Leave::NONE) {
            // The plan says so where it leaves the template's slots; anything else was not shown to anybody.
            Err(CannotBook::NeedsAcknowledgement { violations })
                if violations
                    .iter()
                    .all(|violation| matches!(violation, Violation::InNoSlot { .. })) =>
            {
                judged(&Leave {
                    acknowledge_warnings: true,
                    override_reason: None,
                })
            }
            other => other,
        };
        outcome.map(|plan| plan.changes).map_err(|cannot| {
            let refused = self.refuse(&cannot);
            plan_is_old(format!(
                "{} cannot go to {} any more. {}",
                name(),
                words::short_when(placement.starts_at.wall),
                refused.message
            ))
        })
    }
}

fn plan_is_old(message: String) -> DeskError {
    DeskError::new("plan_is_old", message)
        .hint("Nothing was moved. Plan again with the calendar as it is now.")
}

impl Reading<'_> {
    fn proposal(&self, wanted: &Rescheduling) -> Result<RescheduleProposal, DeskError> {
        let locations: std::collections::BTreeSet<_> =
            wanted.visits.iter().map(|visit| visit.location).collect();
        let only = (locations.len() == 1)
            .then(|| locations.first().copied())
            .flatten();
        let held = self.held_days(only, wanted.from, wanted.days)?;
        let plan = self
            .with_busy(|busy| plan_rescheduling(&self.roster, self.zones, busy, &held, wanted, self.now))?;
        let card = |id| {
            let visit = wanted.visits.iter().find(|visit| visit.id == id);
            self.card(visit.ok_or_else(crate::refusals::no_such_visit)?)
        };
        let moves = plan
            .placed
            .iter()
            .map(|placed| {
                Ok(ProposedMove {
                    visit: card(placed.visit)?,
                    to: views::opening(&placed.opening, &self.roster, self.zones),
                    disturbance: placed.disturbance.words(),
                    points: placed.disturbance.points(),
                })
            })
            .collect::<Result<Vec<_>, DeskError>>()?;
        let left = plan
            .not_placed
            .iter()
            .map(|left| {
                Ok(LeftVisit {
                    visit: card(left.visit)?,
                    why: left.why.words().to_owned(),
                })
            })
            .collect::<Result<Vec<_>, DeskError>>()?;
        Ok(RescheduleProposal {
            words: goodness(&plan),
            moves,
            left,
            points: plan.points,
            least_points: plan.least_points,
            is_best: plan.is_best,
        })
    }
}

/// Whether another plan could be better.
fn goodness(plan: &ReschedulingPlan) -> String {
    if plan.placed.is_empty() {
        return "No visit can be placed.".to_owned();
    }
    if plan.is_best {
        return "No other plan disturbs less.".to_owned();
    }
    let over = plan.points.saturating_sub(plan.least_points);
    let percent = (over * 100).div_ceil(plan.least_points.max(1));
    format!(
        "Not every combination was tried: another plan could disturb less, by {percent} per cent at the very most."
    )
}
