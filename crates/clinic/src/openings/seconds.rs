//! Who could be the second provider of a visit, and from where on in the search.

use jiff::civil::Date;

use super::OpeningRequest;
use super::bits::Bits;
use super::gather::{Rules, Taken, doctor_minutes};
use super::grid::{UNIT, Units, open_bits};
use super::ground::Place;
use crate::hours::day_bounds;
use crate::openings::busy::minute_of;
use crate::{AppointmentType, Policy, Provider, ProviderId, Roster, Rule, TimePattern};

/// Nobody is needed, or these may be asked.
#[derive(Default)]
pub(super) struct Seconds<'a> {
    /// None: the visit needs no second provider.
    pattern: Option<TimePattern>,
    /// Without one a time is no opening.
    is_needed: bool,
    /// In the order in which they are asked.
    pub candidates: Vec<&'a Provider>,
    /// Of each candidate by place: where a visit could begin.
    starts: Vec<Vec<Bits>>,
}

impl<'a> Seconds<'a> {
    /// `kinds`: everything that is done; `limits`: those of it whose own limits are meant.
    pub fn of(
        roster: &'a Roster,
        request: &OpeningRequest,
        kinds: &[&AppointmentType],
        limits: &[&AppointmentType],
        pattern: Option<TimePattern>,
    ) -> Self {
        if pattern.is_none() {
            return Self::default();
        }
        let suits = |record: &&Provider| {
            record.is_active
                && request.second_provider.is_none_or(|id| id == record.id)
                && limits.iter().all(|kind| kind.allows_second(record.id))
        };
        let mut candidates: Vec<&Provider> = roster.providers.values().filter(suits).collect();
        let own = request.moving.as_deref().and_then(|visit| visit.second_provider);
        candidates.sort_by_key(|record| (Some(record.id) != own, record.sort, &record.name, record.id));
        let asks = kinds
            .first()
            .is_none_or(|kind| roster.policy(Rule::TypeNotAllowed, kind.id) != Policy::Allow);
        Self {
            pattern,
            is_needed: asks || request.second_provider.is_some(),
            candidates,
            starts: Vec::new(),
        }
    }

    /// Fills in where each candidate is free for their minutes, in their hours and on no block-out, not even one that only warns.
    pub fn lay(
        &mut self,
        roster: &Roster,
        request: &OpeningRequest,
        taken: &[Taken],
        places: &[Place],
        dates: &[Date],
        span: Units,
        rules: &Rules,
    ) {
        let Some(pattern) = &self.pattern else { return };
        let minutes = doctor_minutes(pattern);
        let of = |(record, taken): (&&Provider, &Taken)| -> Vec<Bits> {
            let free = Bits::all(span.count)
                .and_not(&taken.core)
                .and_not(&taken.blocked)
                .and_not(&taken.warned);
            let at = |place: &Place| {
                let mut here = free.clone();
                if rules.provider_hours
                    && let Some(table) = roster.provider_timetable(record.id, place.location.id)
                {
                    here = here.and(&open_bits(&table, &place.zone, dates, span));
                }
                if let Some((_, day)) = request.away.filter(|(away, _)| *away == record.id) {
                    let (from, until) = day_bounds(&place.zone, day);
                    let mut away = Bits::none(span.count);
                    away.set(span.floor(minute_of(from)), span.ceil(minute_of(until)));
                    here = here.and_not(&away);
                }
                let mut starts = Bits::all(span.count);
                for (from, until) in &minutes {
                    let (from, until) = ((from / UNIT) as usize, (until / UNIT) as usize);
                    starts = starts.and(&here.clone().runs(until - from).earlier(from));
                }
                starts
            };
            places.iter().map(at).collect()
        };
        self.starts = self.candidates.iter().zip(taken).map(of).collect();
    }

    /// Takes away where nobody else than the first provider is free.
    pub fn narrow(&self, first: ProviderId, place: usize, starts: Bits) -> Bits {
        if self.pattern.is_none() || !self.is_needed {
            return starts;
        }
        let mut nobody = Bits::all(starts.units());
        for (record, free) in self.candidates.iter().zip(&self.starts) {
            if record.id != first {
                nobody = nobody.and_not(&free[place]);
            }
        }
        starts.and_not(&nobody)
    }

    /// Who it would be.
    pub fn at(&self, first: ProviderId, place: usize, unit: i64) -> Option<ProviderId> {
        self.candidates
            .iter()
            .zip(&self.starts)
            .find(|(record, free)| record.id != first && free[place].get(unit))
            .map(|(record, _)| record.id)
    }
}
