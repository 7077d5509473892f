//! Which template slots hold on a date: what is applied there, mapped and changed by hand, from rows and kept versions.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use clinic::templates::{Applied, HeldDay, HeldDays, held_day, week_of};
use clinic::{
    DaySlot, LocationId, Placement, Roster, TemplateApplication, TemplateApplicationId, TemplateId,
    TemplateShare, Zones,
};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{KeptVersions, Reads};

use crate::DeskError;
use crate::desk::Reading;

/// Where slots are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    pub reads: Reads<'a>,
    pub versions: &'a KeptVersions,
    /// What is applied may be taken from memory: this does not belong to a transaction that changes it.
    pub is_settled: bool,
    pub roster: &'a Roster,
    pub zones: &'a Zones,
    pub now: Timestamp,
}

impl Held<'_> {
    /// One date of a location.
    pub fn day(self, location: LocationId, date: Date) -> Result<HeldDay, DeskError> {
        let found = self.days(location, date, date)?.pop();
        Ok(found.unwrap_or_else(|| empty(date)))
    }

    /// Dates of a location that have anything, ascending.
    pub fn days(self, location: LocationId, from: Date, until: Date) -> Result<Vec<HeldDay>, DeskError> {
        let applied = self.reads.applied_on(location, from, until)?;
        let mut by_hand: BTreeMap<Date, Vec<DaySlot>> = BTreeMap::new();
        for change in self.reads.day_slots(location, from, until)? {
            by_hand.entry(change.date).or_default().push(change);
        }
        if applied.is_empty() && by_hand.is_empty() {
            return Ok(Vec::new());
        }
        let mut applications: HashMap<TemplateApplicationId, Arc<TemplateApplication>> = HashMap::new();
        for id in applied.values() {
            if !applications.contains_key(id)
                && let Some(application) = self.application(*id)?
            {
                applications.insert(*id, application);
            }
        }
        let mut dates: Vec<Date> = applied.keys().chain(by_hand.keys()).copied().collect();
        dates.sort_unstable();
        dates.dedup();
        let mut shares = Shares::default();
        let mut days = Vec::with_capacity(dates.len());
        for date in dates {
            let application = applied
                .get(&date)
                .and_then(|id| applications.get(id))
                .map(Arc::as_ref);
            let by_hand = by_hand.get(&date).map_or(&[][..], Vec::as_slice);
            days.push(self.held(&mut shares, location, date, application, by_hand)?);
        }
        days.retain(|day| !day.is_empty());
        Ok(days)
    }

    fn application(self, id: TemplateApplicationId) -> Result<Option<Arc<TemplateApplication>>, DeskError> {
        if self.is_settled {
            return Ok(self.versions.application(self.reads, id)?);
        }
        Ok(self.reads.template_application(id)?.map(Arc::new))
    }

    /// One date as it would be under an application, stored or not.
    pub fn held(
        self,
        shares: &mut Shares,
        location: LocationId,
        date: Date,
        application: Option<&TemplateApplication>,
        by_hand: &[DaySlot],
    ) -> Result<HeldDay, DeskError> {
        let Some(zone) = self
            .roster
            .zone_of(location)
            .and_then(|zone| self.zones.zone(zone).ok())
        else {
            return Ok(empty(date));
        };
        let week = application
            .and_then(|application| Some((application, application.weeks.get(week_of(application, date))?)));
        let Some((application, week)) = week else {
            return Ok(held_day(&zone, date, None, by_hand, self.now));
        };
        let version = self.versions.get(self.reads, week.version)?;
        let share = shares.of(self.reads, week.template, location)?;
        let applied = Applied {
            application,
            template: week.template,
            version: version.as_deref(),
            share,
        };
        Ok(held_day(&zone, date, Some(applied), by_hand, self.now))
    }

    /// The days that a visit touches, as far as they have slots.
    pub fn around(self, placement: &Placement) -> Result<Vec<HeldDay>, DeskError> {
        let Some(operatory) = self.roster.operatory(placement.operatory) else {
            return Ok(Vec::new());
        };
        let first = placement.starts_at.date();
        let minutes =
            u32::from(placement.starts_at.minute_of_day()) + u32::from(placement.pattern.length_minutes());
        let last = if minutes > 24 * 60 {
            first.tomorrow().unwrap_or(first)
        } else {
            first
        };
        self.days(operatory.location, first, last)
    }
}

fn empty(date: Date) -> HeldDay {
    HeldDay {
        date,
        application: None,
        template: None,
        slots: Vec::new(),
        dropped: Vec::new(),
    }
}

/// How templates are used at locations that are not their own, looked up once.
#[derive(Default)]
pub(crate) struct Shares(HashMap<(TemplateId, LocationId), Option<TemplateShare>>);

impl Shares {
    fn of(
        &mut self,
        reads: Reads<'_>,
        template: TemplateId,
        location: LocationId,
    ) -> Result<Option<&TemplateShare>, DeskError> {
        use std::collections::hash_map::Entry;
        Ok(match self.0.entry((template, location)) {
            Entry::Occupied(known) => known.into_mut().as_ref(),
            Entry::Vacant(free) => free.insert(reads.template_share(template, location)?).as_ref(),
        })
    }
}

impl Reading<'_> {
    /// Where this looks up the slots of dates.
    pub(crate) fn slots(&self) -> Held<'_> {
        Held {
            reads: self.reads(),
            versions: self.kept_versions(),
            is_settled: true,
            roster: &self.roster,
            zones: self.zones,
            now: self.now,
        }
    }

    /// The slots of a stretch of dates at one location, or at all.
    pub fn held_days(
        &self,
        location: Option<LocationId>,
        from: Date,
        days: u16,
    ) -> Result<HeldDays, DeskError> {
        // A visit may reach over the last midnight.
        let until = from
            .checked_add(jiff::Span::new().days(i32::from(days)))
            .unwrap_or(Date::MAX);
        let mut held = HeldDays::default();
        for place in self.roster.locations.keys() {
            if location.is_none_or(|only| only == *place) {
                for day in self.slots().days(*place, from, until)? {
                    held.0.insert((*place, day.date), day);
                }
            }
        }
        Ok(held)
    }
}
