//! The ground of a search: for each chair and provider, where a visit of this length could begin.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::OpeningRequest;
use super::assistants;
use super::bits::Bits;
use super::busy::{BusyCalendar, day_of, minute_of};
use super::full_hours::FullHours;
use super::gather::{Field, Rows, Rules, Taken, doctor_minutes};
use super::grid::{DAY_UNITS, Grid, UNIT, Units, open_bits};
use super::pieces;
use super::seconds::Seconds;
use super::slots::{Begins, ChairSlots, chair_slots};
use crate::hours::day_bounds;
use crate::procedures::{Together, too_long};
use crate::templates::HeldDays;
use crate::{
    AppointmentType, BlockPolicy, BlockTarget, CannotBook, EquipmentId, EquipmentNeed, Location, LocationId,
    MAX_BUFFER_MINUTES, Operatory, Policy, Provider, ProviderId, RankingFactor, Roster, Rule, TimePattern,
    Weight, Zones,
};

pub(super) struct Ground<'a> {
    pub roster: &'a Roster,
    pub busy: &'a BusyCalendar,
    pub held: &'a HeldDays,
    pub begins: Begins,
    pub request: &'a OpeningRequest,
    pub span: Units,
    pub length: usize,
    pub buffers: (u32, u32),
    /// The units of the visit in which it needs an assistant.
    pub assisted: Vec<(usize, usize)>,
    /// The shortest visit that the practice offers, in units: what is shorter is lost.
    pub shortest: u32,
    pub places: Vec<Place<'a>>,
    pub chairs: Vec<Chair<'a>>,
    pub providers: Vec<Doctor<'a>>,
    pub seconds: Seconds<'a>,
}

/// A location: its days, and where on them a visit may begin at all.
pub(super) struct Place<'a> {
    pub location: &'a Location,
    pub zone: TimeZone,
    /// Each wall day of the search as `[from, until)` units.
    pub days: Vec<(i64, i64)>,
    /// On the grid, at a wanted time of a wanted day, not past, patient free.
    starts: Bits,
    open: Bits,
    blocked: Bits,
    warned: Bits,
    /// Where a visit would have no assistant, if that only warns.
    pub unassisted: Option<Unassisted>,
}

/// Where assistants are wanting.
pub(super) struct Unassisted {
    /// Units in which all are busy.
    pub busy: Bits,
    /// Where a visit would begin that needs one then.
    pub starts: Bits,
}

/// An operatory: where a visit could begin in it.
pub(super) struct Chair<'a> {
    pub operatory: &'a Operatory,
    pub place: usize,
    pub starts: Bits,
    /// Free, open and not blocked: the ground around an opening.
    pub free: Bits,
    /// Where a visit would lie on a block-out that warns.
    pub warned: Bits,
    pub slots: Option<ChairSlots>,
}

/// A provider: where a visit could begin with them, by place.
pub(super) struct Doctor<'a> {
    pub provider: &'a Provider,
    pub starts: Vec<Option<Bits>>,
    pub warned: Bits,
    /// How many eighths of each day's hours are booked already; empty where that does not count.
    pub loads: Vec<u8>,
}

impl<'a> Ground<'a> {
    /// `None` if there is nowhere to look.
    pub fn lay(
        roster: &'a Roster,
        zones: &Zones,
        busy: &'a BusyCalendar,
        held: &'a HeldDays,
        request: &'a OpeningRequest,
        now: Timestamp,
    ) -> Result<Option<Self>, CannotBook> {
        let Some(kind) = roster.appointment_type(request.appointment_type) else {
            return Ok(None);
        };
        let kinds: Vec<&AppointmentType> = std::iter::once(kind)
            .chain(
                request
                    .also()
                    .iter()
                    .filter_map(|id| roster.appointment_type(*id)),
            )
            .collect();
        let together = Together::of(&kinds).map_err(|_| too_long())?;
        let pattern = request.pattern.as_ref().unwrap_or(&together.pattern);
        // Each type says for itself whether its own limits are meant.
        let limits: Vec<&AppointmentType> = kinds
            .iter()
            .copied()
            .filter(|kind| roster.policy(Rule::TypeNotAllowed, kind.id) != Policy::Allow)
            .collect();
        let rules = Rules::of(roster, request.appointment_type);
        let operatories = operatories(roster, request, &limits);
        let locations: Vec<&Location> = roster
            .locations
            .values()
            .filter(|location| {
                operatories
                    .iter()
                    .any(|operatory| operatory.location == location.id)
            })
            .collect();
        let providers = providers(roster, request, &limits);
        let second_pattern = match request.moving.as_deref() {
            Some(visit) => visit.second_pattern.as_ref(),
            None => together.second_pattern.as_ref(),
        };
        let second_pattern = crate::doctor_time::within(second_pattern, pattern);
        let mut seconds = Seconds::of(roster, request, &kinds, &limits, second_pattern);
        let mut needed: Vec<ProviderId> = providers.iter().map(|record| record.id).collect();
        for record in &seconds.candidates {
            if !needed.contains(&record.id) {
                needed.push(record.id);
            }
        }
        if locations.is_empty() || providers.is_empty() {
            return Ok(None);
        }

        let dates: Vec<Date> = request
            .from
            .series(jiff::Span::new().days(1))
            .take(request.days.into())
            .collect();
        let mut grounds = Vec::with_capacity(locations.len());
        for &location in &locations {
            let zone = zones.zone(&location.zone)?;
            let days: Vec<_> = dates.iter().map(|date| day_bounds(&zone, *date)).collect();
            grounds.push((location, zone, days));
        }
        let minutes = grounds
            .iter()
            .flat_map(|(_, _, days)| days)
            .map(|day| (minute_of(day.0), minute_of(day.1)));
        let (first, last) = minutes.fold((i32::MAX, i32::MIN), |all, day| {
            (all.0.min(day.0), all.1.max(day.1))
        });
        // A day of margin before for buffers; two after for visits that reach over midnight, and buffers.
        let first_day = day_of(first) - 1;
        let span = Units {
            first_day,
            count: ((day_of(last) + 3 - first_day) * DAY_UNITS) as usize,
        };

        let mut field = Field {
            span,
            rules: &rules,
            kind,
            reach: roster.longest_buffer_minutes(),
            chairs: Rows::new(
                operatories.iter().map(|record| record.id).collect(),
                busy.operatories.names(),
                span,
            ),
            doctors: Rows::new(needed, busy.providers.names(), span),
            places: Rows::new(locations.iter().map(|record| record.id).collect(), &[], span),
            patient: Bits::none(span.count),
        };
        field.read(busy, request);

        let length = pattern.units().len();
        let patient_free = Bits::all(span.count).and_not(&field.patient).runs(length);
        let grid = Grid {
            request,
            increment: i32::from(roster.practice.time_increment_minutes.max(1)),
            length_minutes: i32::from(pattern.length_minutes()),
            now: minute_of(now)
                + i32::from(now.as_second().rem_euclid(60) != 0 || now.subsec_nanosecond() > 0),
        };
        let needs: &[EquipmentNeed] = match request.moving.as_deref() {
            _ if !rules.equipment => &[],
            Some(visit) => &visit.equipment,
            None => &together.equipment,
        };
        let need = request
            .moving
            .as_deref()
            .map_or(together.assistant, |visit| visit.assistant);
        let assisted: Vec<(usize, usize)> = assistants::minutes(pattern, need)
            .into_iter()
            .map(|(from, until)| ((from / UNIT) as usize, (until / UNIT) as usize))
            .collect();
        let places: Vec<Place> = grounds
            .into_iter()
            .map(|(location, zone, bounds)| {
                let taken = field.places.take(location.id, span);
                let days: Vec<(i64, i64)> = bounds
                    .iter()
                    .map(|day| (span.ceil(minute_of(day.0)), span.ceil(minute_of(day.1))))
                    .collect();
                let mut starts = grid.starts(&zone, span, &dates, &days).and(&patient_free);
                for need in needs {
                    if let Some((from, until)) = need.units(pattern.length_minutes())
                        && let Some(free) =
                            piece_free(roster, busy, location.id, need.equipment, span, request)
                    {
                        starts = starts.and(&free.runs(until - from).earlier(from));
                    }
                }
                let mut unassisted = None;
                if rules.assistants != Policy::Allow
                    && !assisted.is_empty()
                    && let Some(busy) = assistants_busy(roster, busy, (location, &zone), span, request)
                {
                    let free = Bits::all(span.count).and_not(&busy);
                    let served = assisted.iter().fold(Bits::all(span.count), |all, (from, until)| {
                        all.and(&free.clone().runs(until - from).earlier(*from))
                    });
                    if rules.assistants == Policy::Refuse {
                        starts = starts.and(&served);
                    } else {
                        unassisted = Some(Unassisted {
                            busy,
                            starts: Bits::all(span.count).and_not(&served),
                        });
                    }
                }
                let open = match roster.location_timetable(location.id) {
                    Some(table) if rules.location_hours => open_bits(&table, &zone, &dates, span),
                    _ => Bits::all(span.count),
                };
                Place {
                    location,
                    zone,
                    days,
                    starts,
                    open,
                    blocked: taken.blocked,
                    warned: taken.warned,
                    unassisted,
                }
            })
            .collect();

        let buffer = |minutes: u16| {
            usize::from(
                minutes
                    .min(MAX_BUFFER_MINUTES)
                    .div_ceil(TimePattern::UNIT_MINUTES),
            )
        };
        let moved = request.moving.as_deref();
        let (before, after) = (
            buffer(moved.map_or(together.buffer_before_minutes, |visit| {
                visit.buffer_before_minutes
            })),
            buffer(moved.map_or(together.buffer_after_minutes, |visit| visit.buffer_after_minutes)),
        );
        let begins = if held.0.is_empty() {
            Begins::default()
        } else {
            Begins::of(busy, request, span)
        };
        let chairs = operatories
            .iter()
            .filter_map(|operatory| {
                let place = places
                    .iter()
                    .position(|place| place.location.id == operatory.location)?;
                let taken = field.chairs.take(operatory.id, span);
                let open = match roster.operatory_timetable(operatory.id) {
                    Some(table) if rules.location_hours && table.narrows() => {
                        Some(open_bits(&table, &places[place].zone, &dates, span))
                    }
                    _ => None,
                };
                let slots = if held.0.is_empty() {
                    None
                } else {
                    chair_slots(
                        roster,
                        held,
                        &begins,
                        request,
                        (operatory.location, operatory.id),
                        &dates,
                        &places[place].days,
                        span,
                        length,
                    )
                };
                let chair = chair(
                    operatory,
                    place,
                    &places[place],
                    open,
                    taken,
                    length,
                    (before, after),
                    &rules,
                );
                Some(Chair { slots, ..chair })
            })
            .collect();
        let full_hours = if rules.limits {
            let zones: Vec<_> = places
                .iter()
                .map(|place| (place.location.id, &place.zone))
                .collect();
            FullHours::lay(roster, busy, request, &zones, span)
        } else {
            FullHours::default()
        };
        let of_seconds: Vec<Taken> = seconds
            .candidates
            .iter()
            .map(|record| {
                field
                    .doctors
                    .named(record.id)
                    .map_or_else(|| Taken::new(span.count), |taken| taken.clone())
            })
            .collect();
        seconds.lay(roster, request, &of_seconds, &places, &dates, span, &rules);
        let doctors = providers
            .iter()
            .map(|provider| {
                doctor(
                    roster,
                    &full_hours,
                    &seconds,
                    provider,
                    &places,
                    field.doctors.take(provider.id, span),
                    pattern,
                    &dates,
                    span,
                    &rules,
                )
            })
            .collect();
        let shortest = roster
            .appointment_types
            .values()
            .filter(|kind| kind.is_active)
            .map(|kind| kind.pattern.units().len() as u32)
            .min();
        Ok(Some(Self {
            roster,
            busy,
            held,
            begins,
            request,
            span,
            length,
            buffers: (before as u32, after as u32),
            assisted,
            shortest: shortest.unwrap_or(1),
            places,
            chairs,
            providers: doctors,
            seconds,
        }))
    }

    /// The wall date of a searched day.
    pub fn date(&self, day: usize) -> Date {
        let days = i32::try_from(day).unwrap_or(i32::MAX);
        self.request
            .from
            .checked_add(jiff::Span::new().days(days))
            .unwrap_or(Date::MAX)
    }

    /// The first unit after noon on a date's wall clock.
    pub fn noon(&self, place: &Place, date: Date) -> i64 {
        place
            .zone
            .to_timestamp(date.at(12, 0, 0, 0))
            .map_or(i64::MAX, |noon| self.span.ceil(minute_of(noon)))
    }

    /// The first minutes, on the wall clock, in which a visit that begins at a unit would have no assistant.
    pub fn unassisted_minutes(&self, place: &Place, unit: i64) -> Option<(Time, Time)> {
        let busy = &place.unassisted.as_ref()?.busy;
        let mut stretches = self
            .assisted
            .iter()
            .map(|(from, until)| (unit + *from as i64, unit + *until as i64));
        let (from, last) =
            stretches.find_map(|(from, until)| Some(((from..until).find(|at| busy.get(*at))?, until)))?;
        let until = (from..last).find(|at| !busy.get(*at)).unwrap_or(last);
        let wall = |at: i64| place.zone.to_datetime(self.span.instant(at)).time();
        Some((wall(from), wall(until)))
    }

    /// The title of a warning block-out that an opening would lie on.
    pub fn warning_title(&self, chair: &Chair, provider: &Provider, unit: i64) -> Option<String> {
        let (from, until) = (
            self.span.minutes_at(unit),
            self.span.minutes_at(unit + self.length as i64),
        );
        self.busy
            .days(day_of(from), day_of(until) + 1)
            .flat_map(|day| &day.blocks)
            .find(|block| {
                block.policy == BlockPolicy::Warn
                    && block.from < until
                    && from < block.until
                    && match block.target {
                        BlockTarget::Provider(id) => id == provider.id,
                        BlockTarget::Operatory(id) => id == chair.operatory.id,
                        BlockTarget::Location(id) => id == chair.operatory.location,
                    }
            })
            .map(|block| block.title.clone())
    }
}

/// Where a piece of some equipment is left at a location; `None` if that is never asked.
fn piece_free(
    roster: &Roster,
    busy: &BusyCalendar,
    location: LocationId,
    equipment: EquipmentId,
    span: Units,
    request: &OpeningRequest,
) -> Option<Bits> {
    let kind = roster.equipment(equipment).filter(|kind| kind.is_active)?;
    let within = (span.minute(), span.minutes_at(span.count as i64));
    let pieces = kind.pieces_at(location);
    if pieces == 0 {
        return Some(Bits::none(span.count));
    }
    let uses = pieces::uses(
        roster,
        busy,
        location,
        equipment,
        within,
        request.moving.as_deref(),
    );
    let mut full = Bits::none(span.count);
    for (from, until) in pieces::full(&uses, pieces) {
        full.set(span.floor(from), span.ceil(until));
    }
    Some(Bits::all(span.count).and_not(&full))
}

/// Where all assistants of a location are busy, or none is there; `None` where they are not counted.
fn assistants_busy(
    roster: &Roster,
    busy: &BusyCalendar,
    place: (&Location, &TimeZone),
    span: Units,
    request: &OpeningRequest,
) -> Option<Bits> {
    let within = (span.minute(), span.minutes_at(span.count as i64));
    let mut all_busy = Bits::none(span.count);
    for ((from, until), left) in assistants::left(roster, busy, place, within, request.moving.as_deref())? {
        if left <= 0 {
            all_busy.set(span.floor(from), span.ceil(until));
        }
    }
    Some(all_busy)
}

fn operatories<'a>(
    roster: &'a Roster,
    request: &OpeningRequest,
    limits: &[&AppointmentType],
) -> Vec<&'a Operatory> {
    let suits = |record: &&Operatory| {
        record.is_active
            && roster
                .location(record.location)
                .is_some_and(|location| location.is_active)
            && request.operatory.is_none_or(|id| id == record.id)
            && request.location.is_none_or(|id| id == record.location)
            && limits.iter().all(|kind| {
                (kind.operatories.is_empty() || kind.operatories.contains(&record.id))
                    && (kind.locations.is_empty() || kind.locations.contains(&record.location))
            })
    };
    let mut list: Vec<&Operatory> = roster.operatories.values().filter(suits).collect();
    list.sort_by(|a, b| (a.sort, &a.name, a.id).cmp(&(b.sort, &b.name, b.id)));
    list
}

fn providers<'a>(
    roster: &'a Roster,
    request: &OpeningRequest,
    limits: &[&AppointmentType],
) -> Vec<&'a Provider> {
    let suits = |record: &&Provider| {
        record.is_active
            && request.provider.is_none_or(|id| id == record.id)
            && limits
                .iter()
                .all(|kind| kind.providers.is_empty() || kind.providers.contains(&record.id))
    };
    let mut list: Vec<&Provider> = roster.providers.values().filter(suits).collect();
    list.sort_by(|a, b| (a.sort, &a.name, a.id).cmp(&(b.sort, &b.name, b.id)));
    list
}

fn chair<'a>(
    operatory: &'a Operatory,
    place: usize,
    ground: &Place,
    own_hours: Option<Bits>,
    taken: Taken,
    length: usize,
    (before, after): (usize, usize),
    rules: &Rules,
) -> Chair<'a> {
    let open = match own_hours {
        Some(own) => ground.open.clone().and(&own),
        None => ground.open.clone(),
    };
    let free = open
        .and_not(&ground.blocked)
        .and_not(&taken.blocked)
        .and_not(&taken.with_buffers);
    let mut starts = free.clone().runs(length).and(&ground.starts);
    if rules.buffers && (before > 0 || after > 0) {
        let not_taken = Bits::all(ground.open.units()).and_not(&taken.core);
        starts = starts.and(&not_taken.runs(before + length + after).later(before));
    }
    let calm = Bits::all(ground.open.units())
        .and_not(&ground.warned)
        .and_not(&taken.warned)
        .runs(length);
    let warned = starts.clone().and_not(&calm);
    Chair {
        operatory,
        place,
        starts,
        free,
        warned,
        slots: None,
    }
}

fn doctor<'a>(
    roster: &Roster,
    full_hours: &FullHours,
    seconds: &Seconds<'_>,
    provider: &'a Provider,
    places: &[Place],
    taken: Taken,
    pattern: &TimePattern,
    dates: &[Date],
    span: Units,
    rules: &Rules,
) -> Doctor<'a> {
    let length = pattern.units().len();
    let free = Bits::all(span.count).and_not(&taken.core);
    let mut needed = Bits::all(span.count);
    for (from, until) in doctor_minutes(pattern) {
        let (from, until) = ((from / UNIT) as usize, (until / UNIT) as usize);
        needed = needed.and(&free.clone().runs(until - from).earlier(from));
    }
    let unblocked = Bits::all(span.count).and_not(&taken.blocked);
    let calm = Bits::all(span.count).and_not(&taken.warned).runs(length);
    let weighs_load = roster.practice.weights.of(RankingFactor::Load) != Weight::Off;
    let hours: Vec<Option<Bits>> = places
        .iter()
        .map(|place| {
            roster
                .provider_timetable(provider.id, place.location.id)
                .filter(|table| table.is_ever_open() && (rules.provider_hours || weighs_load))
                .map(|table| open_bits(&table, &place.zone, dates, span))
        })
        .collect();
    let starts = places
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let has_table = roster
                .provider_timetable(provider.id, place.location.id)
                .is_some();
            let in_hours = match &hours[at] {
                Some(hours) if rules.provider_hours => hours.clone(),
                None if rules.provider_hours && has_table => return None,
                _ => Bits::all(span.count),
            };
            let fits = in_hours.and(&unblocked).runs(length).and(&needed);
            let fits = seconds.narrow(provider.id, at, fits);
            Some(
                full_hours
                    .of(provider.id, at)
                    .fold(fits, |fits, full| fits.and_not(full)),
            )
        })
        .collect();
    let loads = if weighs_load {
        loads(&hours, places, &taken.core)
    } else {
        Vec::new()
    };
    Doctor {
        provider,
        starts,
        loads,
        warned: Bits::all(span.count).and_not(&calm),
    }
}

/// Eighths of a provider's hours of each day in which visits need them; a day without hours is full.
fn loads(hours: &[Option<Bits>], places: &[Place], taken: &Bits) -> Vec<u8> {
    let days = places.first().map_or(0, |place| place.days.len());
    let mut all = vec![(0u32, 0u32); days];
    for (place, open) in places.iter().zip(hours) {
        let Some(open) = open else { continue };
        let busy = open.clone().and(taken);
        for (day, (hours, booked)) in place.days.iter().zip(&mut all) {
            *hours += open.count(day.0, day.1);
            *booked += busy.count(day.0, day.1);
        }
    }
    all.into_iter()
        .map(|(hours, booked)| {
            let eighths = (booked * 8).checked_div(hours).unwrap_or(8);
            u8::try_from(eighths).unwrap_or(8)
        })
        .collect()
}
