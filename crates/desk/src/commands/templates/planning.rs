//! What applying would do, date by date: the same for a preview and, inside its transaction, for applying.

use std::collections::BTreeMap;

use clinic::hours::day_bounds;
use clinic::openings::OpeningRequest;
use clinic::templates::{
    DayState, FitKind, FitTrouble, HeldDay, HeldDays, MAX_APPLIED_DAYS, PlannedDay, Situation, plan_day,
    week_of,
};
use clinic::{
    AppliedWeek, Appointment, BlockTarget, FIRST_YEAR, LAST_YEAR, LocationId, OperatoryId, PersonId,
    ProviderId, Stamp, TemplateApplication, TemplateApplicationId, TemplateId, TimeBlock, Timetable, Weekday,
    WorkstationId, monday_of,
};
use jiff::civil::Date;
use store::RangeFilter;

use super::{known_location, template};
use crate::api::{
    ApplicationDay, ApplicationDayState, ApplicationFields, ApplicationPlan, FitConflict, FitConflictKind,
    FitWay,
};
use crate::desk::Desk;
use crate::desk::Reading;
use crate::desk::held::{Held, Shares};
use crate::{DeskError, read};

/// Conflicts of one day that a plan lists.
const MOST_OF_A_DAY: usize = 50;
/// Conflicts that it lists at all; the rest is counted.
const MOST_LISTED: usize = 2_000;
/// Those of them for which a free time is looked for.
const MOST_SEARCHED: usize = 20;

/// One date of a plan.
pub(super) struct PlanDate {
    pub location: LocationId,
    pub date: Date,
    pub template: TemplateId,
    /// The application that holds there now.
    pub replaces: Option<TemplateApplicationId>,
    pub state: DayState,
    pub added: u32,
    pub changed: u32,
    pub removed: u32,
    pub kept_by_hand: Vec<String>,
    pub troubles: Vec<Trouble>,
    /// What would hold.
    pub after: HeldDay,
}

/// What does not fit, with the visit if it is about one.
pub(super) struct Trouble {
    pub kind: FitKind,
    pub visit: Option<Appointment>,
    pub slot: Option<clinic::TemplateSlotId>,
    pub words: String,
}

impl PlanDate {
    /// Applying would change what was planned for a day that is over.
    pub fn is_past(&self, today: Date) -> bool {
        self.date < today && matches!(self.state, DayState::Clean | DayState::Conflicts)
    }
}

/// How much of a plan is told one by one, over all its locations.
#[derive(Default)]
struct Looked {
    listed: usize,
    searched: usize,
}

/// What would be applied at a location, and each date it is about.
pub(super) struct Planned {
    /// Without id, author and dates.
    pub wanted: TemplateApplication,
    pub dates: Vec<PlanDate>,
}

impl Desk {
    pub fn plan_application(&self, request: ApplicationFields) -> Result<ApplicationPlan, DeskError> {
        for location in places(&request) {
            self.may_see(location)?;
        }
        self.reading(|reading| reading.plan_view(&plan_all(reading.slots(), &request)?))
    }
}

/// Each location that is meant, once.
pub(super) fn places(request: &ApplicationFields) -> Vec<LocationId> {
    let mut places = vec![request.location];
    for also in &request.also_at {
        if !places.contains(also) {
            places.push(*also);
        }
    }
    places
}

/// The plan of every location that is meant.
pub(super) fn plan_all(slots: Held<'_>, request: &ApplicationFields) -> Result<Vec<Planned>, DeskError> {
    places(request)
        .into_iter()
        .map(|location| plan(slots, request, location))
        .collect()
}

/// Reads what a request asks for at a location.
fn wanted(
    slots: Held<'_>,
    request: &ApplicationFields,
    location: LocationId,
) -> Result<TemplateApplication, DeskError> {
    let field = if location == request.location {
        "location"
    } else {
        "also_at"
    };
    known_location(slots.roster, location, field)?;
    let from = date(&request.from, "from")?;
    let until = date(&request.until, "until")?;
    if until < from {
        return Err(DeskError::new(
            "empty_range",
            format!("The last day, {until}, is before the first, {from}."),
        )
        .hint("Give a last day that is not before the first.")
        .field("until"));
    }
    if (until - from).get_days() >= MAX_APPLIED_DAYS {
        return Err(DeskError::new(
            "out_of_range",
            "A template is applied for two years at the most in one step.",
        )
        .hint("Choose an earlier last day, and apply again when the time comes.")
        .field("until"));
    }
    let weekdays = match &request.weekdays {
        None => Weekday::ALL.to_vec(),
        Some(days) => {
            let mut days = days.clone();
            days.sort_unstable();
            days.dedup();
            days
        }
    };
    if weekdays.is_empty() {
        return Err(DeskError::new("empty_range", "No weekday is chosen.")
            .hint("Choose at least one, or leave the weekdays out for all.")
            .field("weekdays"));
    }
    let weeks = weeks(slots, request, location)?;
    let weeks_from = match &request.weeks_from {
        Some(text) => date(text, "weeks_from")?,
        None => from,
    };
    Ok(TemplateApplication {
        id: TemplateApplicationId(0),
        location,
        weeks,
        weeks_from: monday_of(weeks_from),
        from,
        until,
        weekdays,
        dates: Vec::new(),
        applied: Stamp {
            millis: 0,
            counter: 0,
            workstation: WorkstationId(0),
        },
        by: PersonId(0),
    })
}

/// Most weeks of a rotation. The screen asks for no more either (`MAX_WEEKS` in `ui/src/templates/application.svelte.ts`).
const MAX_WEEKS: usize = 12;

fn weeks(
    slots: Held<'_>,
    request: &ApplicationFields,
    location: LocationId,
) -> Result<Vec<AppliedWeek>, DeskError> {
    if request.weeks.is_empty() || request.weeks.len() > MAX_WEEKS {
        return Err(DeskError::new(
            "invalid",
            format!("A rotation has 1 to {MAX_WEEKS} weeks, each with a template."),
        )
        .field("weeks"));
    }
    let mut weeks = Vec::with_capacity(request.weeks.len());
    for week in &request.weeks {
        let record = template(slots.reads, week.template, "weeks")?;
        if record.is_archived {
            return Err(
                DeskError::new("inactive", format!("{} is no longer in use.", record.name))
                    .hint("Take it back into use, or choose another template.")
                    .field("weeks"),
            );
        }
        if record.location != location
            && slots
                .reads
                .template_share(record.id, location)?
                .is_none_or(|share| share.is_ended)
        {
            let place = |id| {
                let known = slots.roster.location(id);
                known.map_or("another location", |place| place.name.as_str())
            };
            return Err(DeskError::new(
                "not_shared",
                format!(
                    "{} belongs to {} and is not shared with {}.",
                    record.name,
                    place(record.location),
                    place(location)
                ),
            )
            .hint("Share it with that location, or copy it there and apply the copy.")
            .field(if location == request.location {
                "weeks"
            } else {
                "also_at"
            }));
        }
        let version = match week.version {
            Some(id) => super::version(slots.reads, record.id, id, "weeks")?.id,
            None => {
                let newest = slots.reads.template_versions(record.id)?.into_iter().next();
                newest
                    .ok_or_else(|| {
                        DeskError::new(
                            "no_version",
                            format!("{} has no version yet: only versions are applied.", record.name),
                        )
                        .hint("Keep the draft as a version first.")
                        .field("weeks")
                    })?
                    .id
            }
        };
        weeks.push(AppliedWeek {
            template: record.id,
            version,
        });
    }
    Ok(weeks)
}

/// A date that is plausible.
pub(super) fn date(text: &str, field: &str) -> Result<Date, DeskError> {
    let date = read::date(text, field)?;
    if !(FIRST_YEAR..=LAST_YEAR).contains(&date.year()) {
        return Err(
            DeskError::new("bad_date", format!("The year {} cannot be right.", date.year()))
                .hint(format!("Write a year from {FIRST_YEAR} to {LAST_YEAR}."))
                .field(field),
        );
    }
    Ok(date)
}

/// Lays the wanted slots beside what is there.
fn plan(slots: Held<'_>, request: &ApplicationFields, location: LocationId) -> Result<Planned, DeskError> {
    let wanted = wanted(slots, request, location)?;
    let place = known_location(slots.roster, location, "location")?;
    let zone = slots
        .zones
        .zone(&place.zone)
        .map_err(|error| DeskError::new("unknown_zone", format!("{error}.")).field("location"))?;
    let (begins, ends) = (
        day_bounds(&zone, wanted.from).0,
        day_bounds(&zone, wanted.until).1,
    );
    let absences = slots.reads.absences(begins, ends)?;
    let mut visits: BTreeMap<Date, Vec<Appointment>> = BTreeMap::new();
    let filter = RangeFilter {
        locations: vec![location],
        ..RangeFilter::default()
    };
    for visit in slots.reads.range(&filter, begins, ends)? {
        visits.entry(visit.starts_at.date()).or_default().push(visit);
    }
    let mut present: BTreeMap<Date, HeldDay> = slots
        .days(location, wanted.from, wanted.until)?
        .into_iter()
        .map(|day| (day.date, day))
        .collect();
    let mut by_hand: BTreeMap<Date, Vec<clinic::DaySlot>> = BTreeMap::new();
    for change in slots.reads.day_slots(location, wanted.from, wanted.until)? {
        by_hand.entry(change.date).or_default().push(change);
    }
    let holding = Holding::load(slots, &present)?;
    let mut shares = Shares::default();
    let mut dates = Vec::new();
    let mut date = wanted.from;
    loop {
        if wanted.weekdays.contains(&Weekday::of(date)) {
            let before = present.remove(&date).unwrap_or_else(|| HeldDay {
                date,
                application: None,
                template: None,
                slots: Vec::new(),
                dropped: Vec::new(),
            });
            let changes = by_hand.get(&date).map_or(&[][..], Vec::as_slice);
            let after = slots.held(&mut shares, location, date, Some(&wanted), changes)?;
            // A weekday that the template says nothing about stays as it is, unless an earlier version did.
            let says_something =
                after.slots.iter().any(|held| held.is_of_template) || !after.dropped.is_empty();
            if says_something || before.application.is_some() {
                let week = wanted.weeks[week_of(&wanted, date)];
                let open = |table: Option<Timetable<'_>>, target: BlockTarget| {
                    let own = absences
                        .iter()
                        .filter(|block: &&TimeBlock| block.target == target);
                    table.map_or_else(Vec::new, |table| table.open_without(&zone, date, own))
                };
                let table = slots.roster.location_timetable(location);
                let title = table
                    .and_then(|table| table.special_day(date))
                    .map_or("", |day| day.title.as_str());
                let situation = Situation {
                    open: &open(table, BlockTarget::Location(location)),
                    closed_title: title,
                    provider_open: &|id: ProviderId| {
                        open(
                            slots.roster.provider_timetable(id, location),
                            BlockTarget::Provider(id),
                        )
                    },
                    operatory_open: &|id: OperatoryId| {
                        open(slots.roster.operatory_timetable(id), BlockTarget::Operatory(id))
                    },
                    visits: visits.get(&date).map_or(&[], Vec::as_slice),
                    before: &before,
                    after: &after,
                    is_same: holding.is_same(&before, week),
                };
                let planned = plan_day(slots.roster, &situation);
                dates.push(plan_date(
                    (location, date),
                    week.template,
                    before.application,
                    planned,
                    after.clone(),
                ));
            }
        }
        match date.tomorrow() {
            Ok(next) if date < wanted.until => date = next,
            _ => break,
        }
    }
    Ok(Planned { wanted, dates })
}

fn plan_date(
    (location, date): (LocationId, Date),
    template: TemplateId,
    replaces: Option<TemplateApplicationId>,
    planned: PlannedDay<'_>,
    after: HeldDay,
) -> PlanDate {
    PlanDate {
        location,
        date,
        template,
        replaces,
        state: planned.state,
        added: planned.added,
        changed: planned.changed,
        removed: planned.removed,
        kept_by_hand: planned.kept_by_hand,
        troubles: planned
            .troubles
            .into_iter()
            .map(
                |FitTrouble {
                     kind,
                     visit,
                     slot,
                     words,
                 }| Trouble {
                    kind,
                    visit: visit.cloned(),
                    slot,
                    words,
                },
            )
            .collect(),
        after,
    }
}

/// The applications that hold now.
struct Holding(BTreeMap<TemplateApplicationId, TemplateApplication>);

impl Holding {
    fn load(slots: Held<'_>, present: &BTreeMap<Date, HeldDay>) -> Result<Holding, DeskError> {
        let mut known = BTreeMap::new();
        for id in present.values().filter_map(|day| day.application) {
            if !known.contains_key(&id)
                && let Some(record) = slots.reads.template_application(id)?
            {
                known.insert(id, record);
            }
        }
        Ok(Holding(known))
    }

    /// Whether a date has this version already.
    fn is_same(&self, day: &HeldDay, week: AppliedWeek) -> bool {
        day.application
            .and_then(|id| self.0.get(&id))
            .is_some_and(|record| record.weeks.get(week_of(record, day.date)) == Some(&week))
    }
}

impl Reading<'_> {
    fn plan_view(&self, all: &[Planned]) -> Result<ApplicationPlan, DeskError> {
        let mut view = ApplicationPlan {
            days: Vec::with_capacity(all.iter().map(|planned| planned.dates.len()).sum()),
            clean_days: 0,
            conflict_days: 0,
            conflict_count: 0,
            past_days: 0,
        };
        let mut looked = Looked::default();
        for planned in all {
            self.add_to_view(&mut view, planned, &mut looked)?;
        }
        Ok(view)
    }

    fn add_to_view(
        &self,
        view: &mut ApplicationPlan,
        planned: &Planned,
        looked: &mut Looked,
    ) -> Result<(), DeskError> {
        let location = planned.wanted.location;
        let today = self.today(location);
        let mut held: Option<HeldDays> = None;
        for day in &planned.dates {
            view.past_days += u32::from(day.is_past(today));
            match day.state {
                DayState::Clean => view.clean_days += 1,
                DayState::Conflicts => {
                    view.conflict_days += 1;
                    view.conflict_count += super::views::count(day.troubles.len());
                }
                DayState::Closed | DayState::Unchanged => {}
            }
            let room = MOST_OF_A_DAY.min(MOST_LISTED - looked.listed);
            let mut conflicts = Vec::new();
            for trouble in day.troubles.iter().take(room) {
                let mut opening = None;
                if let Some(visit) = &trouble.visit
                    && looked.searched < MOST_SEARCHED
                    && visit.starts_at.instant() > self.now
                {
                    looked.searched += 1;
                    let held = match &held {
                        Some(held) => held,
                        None => held.insert(self.held_after(planned)?),
                    };
                    opening = self.new_time_beside(visit, held, location)?;
                }
                conflicts.push(self.conflict_view(trouble, opening)?);
            }
            looked.listed += conflicts.len();
            view.days.push(ApplicationDay {
                location,
                date: day.date.to_string(),
                state: match day.state {
                    DayState::Clean => ApplicationDayState::Clean,
                    DayState::Conflicts => ApplicationDayState::Conflicts,
                    DayState::Closed => ApplicationDayState::Closed,
                    DayState::Unchanged => ApplicationDayState::Unchanged,
                },
                template: day.template,
                replaces: day.replaces,
                added: day.added,
                changed: day.changed,
                removed: day.removed,
                kept_by_hand: day.kept_by_hand.clone(),
                conflict_count: u32::try_from(day.troubles.len()).unwrap_or(u32::MAX),
                conflicts,
            });
        }
        Ok(())
    }

    /// The slots as they would be: what is planned over what holds.
    fn held_after(&self, planned: &Planned) -> Result<HeldDays, DeskError> {
        let wanted = &planned.wanted;
        let days = (wanted.until - wanted.from).get_days() + i32::from(SEARCHED_DAYS);
        let mut held = self.held_days(
            Some(wanted.location),
            wanted.from,
            u16::try_from(days).unwrap_or(u16::MAX),
        )?;
        for day in &planned.dates {
            if day.state != DayState::Closed {
                held.0.insert((wanted.location, day.date), day.after.clone());
            }
        }
        Ok(held)
    }

    fn new_time_beside(
        &self,
        visit: &Appointment,
        held: &HeldDays,
        location: LocationId,
    ) -> Result<Option<crate::api::OpeningView>, DeskError> {
        let wanted = OpeningRequest {
            patient: Some(visit.patient),
            location: Some(location),
            pattern: Some(visit.pattern.clone()),
            moving: Some(Box::new(visit.clone())),
            days: SEARCHED_DAYS,
            limit: 1,
            ..OpeningRequest::new(
                visit.appointment_type,
                visit.starts_at.date().max(self.today(location)),
            )
        };
        Ok(self.find_openings_in(held, &wanted)?.into_iter().next())
    }

    fn conflict_view(
        &self,
        trouble: &Trouble,
        opening: Option<crate::api::OpeningView>,
    ) -> Result<FitConflict, DeskError> {
        let visit = match &trouble.visit {
            None => None,
            Some(visit) => Some(self.card(visit)?),
        };
        let words = match &visit {
            None => trouble.words.clone(),
            Some(card) => format!("{} {}", card.patient_name, trouble.words),
        };
        let moved = opening.map(|opening| FitWay::Move { opening });
        let mut ways: Vec<FitWay> = Vec::new();
        match trouble.kind {
            FitKind::OutsideSlots => {
                ways.extend(moved);
                ways.extend([FitWay::AddSlot, FitWay::Pin, FitWay::Keep]);
            }
            FitKind::WrongType => {
                ways.extend(moved);
                ways.extend([FitWay::DropSlot, FitWay::Pin, FitWay::Keep]);
            }
            FitKind::OverCapacity => {
                ways.extend(moved);
                ways.extend([FitWay::Pin, FitWay::Keep]);
            }
            FitKind::ProviderAway | FitKind::OperatoryMissing => {
                ways.extend([FitWay::DropSlot, FitWay::Keep]);
            }
            FitKind::ClosedDay => {}
        }
        ways.push(FitWay::LeaveDay);
        Ok(FitConflict {
            kind: match trouble.kind {
                FitKind::OutsideSlots => FitConflictKind::OutsideSlots,
                FitKind::WrongType => FitConflictKind::WrongType,
                FitKind::OverCapacity => FitConflictKind::OverCapacity,
                FitKind::ProviderAway => FitConflictKind::ProviderAway,
                FitKind::OperatoryMissing => FitConflictKind::OperatoryMissing,
                FitKind::ClosedDay => FitConflictKind::ClosedDay,
            },
            words,
            visit,
            slot: trouble.slot,
            ways,
        })
    }
}

/// Days in which a new time for a visit is looked for.
const SEARCHED_DAYS: u16 = 28;
