//! What would stand in the way of a change of booked visits: judged as the change itself is, and not recorded.

use clinic::{Leave, Length, Plan};

use crate::api::{self, CheckChange, PlacementCheck};
use crate::audit::seen;
use crate::desk::{Desk, Reading};
use crate::{DeskError, read, refusals};

impl Desk {
    /// Whether booked visits could be swapped, made longer or shorter, or have other things done.
    ///
    /// # Errors
    /// As the change itself, but for what leave would allow: that is answered.
    pub fn check_change(&self, request: CheckChange) -> Result<PlacementCheck, DeskError> {
        self.reading(|reading| {
            let author = self.author_of(reading);
            // Everything is allowed, so that the plan names all that it would need leave for.
            let leave = Leave {
                acknowledge_warnings: true,
                override_reason: Some("only tried".to_owned()),
            };
            let plan = match &request {
                CheckChange::Swap(wanted) => reading.swap_plan(wanted, &leave, &author)?,
                CheckChange::Length(wanted) => reading.length_plan(wanted, &leave, &author)?,
                CheckChange::Procedures(wanted) => reading.procedures_plan(wanted, &leave, &author)?,
            };
            Ok(PlacementCheck {
                violations: reading
                    .with_names(|names| refusals::violations(&plan.warnings, &reading.roster, names)),
                no_such_time: None,
                happens_twice: false,
            })
        })
    }
}

impl Reading<'_> {
    fn swap_plan(
        &self,
        wanted: &api::SwapAppointments,
        leave: &Leave,
        author: &clinic::Author,
    ) -> Result<Plan, DeskError> {
        let visits = [self.shown_visit(wanted.id)?, self.shown_visit(wanted.with)?];
        let both = [&visits[0], &visits[1]];
        let [first, second] = clinic::swapped_placements(self.zones, both, wanted.with_providers)
            .map_err(|cannot| self.refuse(&cannot))?;
        let neighbours = [self.neighbours(&first)?, self.neighbours(&second)?];
        clinic::swap_appointments(
            &self.roster,
            self.zones,
            neighbours,
            both,
            wanted.with_providers,
            leave,
            author,
        )
        .map_err(|cannot| self.refuse(&cannot))
    }

    fn length_plan(
        &self,
        wanted: &api::ChangeLength,
        leave: &Leave,
        author: &clinic::Author,
    ) -> Result<Plan, DeskError> {
        let visit = self.shown_visit(wanted.id)?;
        let length = Length::Minutes(wanted.length_minutes);
        let place = clinic::resized_placement(&visit, &length).map_err(|cannot| self.refuse(&cannot))?;
        let neighbours = self.neighbours(&place)?;
        clinic::change_length(
            &self.roster,
            self.zones,
            &neighbours,
            &visit,
            &length,
            leave,
            author,
        )
        .map_err(|cannot| self.refuse(&cannot))
    }

    fn procedures_plan(
        &self,
        wanted: &api::ChangeProcedures,
        leave: &Leave,
        author: &clinic::Author,
    ) -> Result<Plan, DeskError> {
        let pattern = wanted
            .pattern
            .as_deref()
            .map(|text| read::pattern(text, "pattern"))
            .transpose()?;
        let visit = self.shown_visit(wanted.id)?;
        let place = clinic::procedures_placement(&self.roster, &visit, &wanted.also, pattern.as_ref())
            .map_err(|cannot| self.refuse(&cannot))?;
        let neighbours = self.neighbours(&place)?;
        clinic::change_procedures(
            &self.roster,
            self.zones,
            &neighbours,
            &visit,
            &place,
            leave,
            author,
        )
        .map_err(|cannot| self.refuse(&cannot))
    }

    fn shown_visit(&self, id: clinic::AppointmentId) -> Result<clinic::Appointment, DeskError> {
        let visit = self.visit(id)?;
        seen::note(visit.patient);
        Ok(visit)
    }
}
