//! The ground of a search: for each chair and provider, where a visit of this length could begin.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::OpeningRequest;
use super::bits::Bits;
use super::busy::{Block, BusyCalendar, DAY_MINUTES, Day, Visit, day_of, minute_of};
use crate::hours::{add_spans, day_bounds, merge};
use crate::placement::doctor_spans;
use crate::{
    AppointmentType, BlockPolicy, BlockTarget, CannotBook, Location, LocationId, MAX_BUFFER_MINUTES,
    Operatory, OperatoryId, Policy, Provider, ProviderId, Roster, Rule, TimePattern, Weekday, WorkingHours,
    Zones,
};

pub(super) const UNIT: i32 = TimePattern::UNIT_MINUTES as i32;
const DAY_UNITS: i32 = DAY_MINUTES / UNIT;

pub(super) struct Ground<'a> {
    pub busy: &'a BusyCalendar,
    pub request: &'a OpeningRequest,
    pub span: Units,
    pub length: usize,
    pub buffers: (u32, u32),
    /// The shortest visit that the practice offers, in units: what is shorter is lost.
    pub shortest: u32,
    pub places: Vec<Place<'a>>,
    pub chairs: Vec<Chair<'a>>,
    pub providers: Vec<Doctor<'a>>,
}

/// The stretch of time that the rows of bits speak about.
#[derive(Clone, Copy)]
pub(super) struct Units {
    /// Day since 1970 UTC of bit 0.
    pub first_day: i32,
    pub count: usize,
}

impl Units {
    fn minute(self) -> i32 {
        self.first_day * DAY_MINUTES
    }

    /// The unit that begins at or before a minute.
    fn floor(self, minute: i32) -> i64 {
        i64::from(minute - self.minute()).div_euclid(UNIT.into())
    }

    /// The first unit that begins at or after a minute.
    fn ceil(self, minute: i32) -> i64 {
        self.floor(minute + UNIT - 1)
    }

    pub fn instant(self, unit: i64) -> Timestamp {
        let second = (i64::from(self.minute()) + unit * i64::from(UNIT)) * 60;
        Timestamp::from_second(second).expect("plausible years are inside the range of instants")
    }

    pub fn minutes_at(self, unit: i64) -> i32 {
        self.minute() + unit as i32 * UNIT
    }
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
}

/// A provider: where a visit could begin with them, by place.
pub(super) struct Doctor<'a> {
    pub provider: &'a Provider,
    pub starts: Vec<Option<Bits>>,
    pub warned: Bits,
}

/// What is known of a resource while the calendar is read.
#[derive(Clone)]
struct Taken {
    core: Bits,
    with_buffers: Bits,
    blocked: Bits,
    warned: Bits,
}

impl Taken {
    fn new(units: usize) -> Self {
        let none = Bits::none(units);
        Self {
            core: none.clone(),
            with_buffers: none.clone(),
            blocked: none.clone(),
            warned: none,
        }
    }
}

impl<'a> Ground<'a> {
    /// `None` if there is nowhere to look.
    pub fn lay(
        roster: &'a Roster,
        zones: &Zones,
        busy: &'a BusyCalendar,
        request: &'a OpeningRequest,
        now: Timestamp,
    ) -> Result<Option<Self>, CannotBook> {
        let Some(kind) = roster.appointment_type(request.appointment_type) else {
            return Ok(None);
        };
        let pattern = request.pattern.as_ref().unwrap_or(&kind.pattern);
        let rules = Rules::of(roster);
        let operatories = operatories(roster, request, kind, &rules);
        let locations: Vec<&Location> = roster
            .locations
            .values()
            .filter(|location| {
                operatories
                    .iter()
                    .any(|operatory| operatory.location == location.id)
            })
            .collect();
        let providers = providers(roster, request, kind, &rules);
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
            doctors: Rows::new(
                providers.iter().map(|record| record.id).collect(),
                busy.providers.names(),
                span,
            ),
            places: Rows::new(locations.iter().map(|record| record.id).collect(), &[], span),
            patient: Bits::none(span.count),
        };
        field.read(busy, request);

        let length = pattern.units().len();
        let patient_free = Bits::all(span.count).and_not(&field.patient).runs(length);
        let grid = Grid {
            request,
            increment: i32::from(roster.practice.time_increment_minutes.max(1)),
            now: minute_of(now)
                + i32::from(now.as_second().rem_euclid(60) != 0 || now.subsec_nanosecond() > 0),
        };
        let places: Vec<Place> = grounds
            .into_iter()
            .map(|(location, zone, bounds)| {
                let taken = field.places.take(location.id, span);
                let days: Vec<(i64, i64)> = bounds
                    .iter()
                    .map(|day| (span.ceil(minute_of(day.0)), span.ceil(minute_of(day.1))))
                    .collect();
                let starts = grid.starts(&zone, span, &dates, &days).and(&patient_free);
                let open = if rules.location_hours {
                    open_bits(&location.hours, location.id, &zone, &dates, span)
                } else {
                    Bits::all(span.count)
                };
                Place {
                    location,
                    zone,
                    days,
                    starts,
                    open,
                    blocked: taken.blocked,
                    warned: taken.warned,
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
            buffer(moved.map_or(kind.buffer_before_minutes, |visit| visit.buffer_before_minutes)),
            buffer(moved.map_or(kind.buffer_after_minutes, |visit| visit.buffer_after_minutes)),
        );
        let chairs = operatories
            .iter()
            .filter_map(|operatory| {
                let place = places
                    .iter()
                    .position(|place| place.location.id == operatory.location)?;
                let taken = field.chairs.take(operatory.id, span);
                Some(chair(
                    operatory,
                    place,
                    &places[place],
                    taken,
                    length,
                    (before, after),
                    &rules,
                ))
            })
            .collect();
        let doctors = providers
            .iter()
            .filter_map(|provider| {
                Some(doctor(
                    provider,
                    &places,
                    field.doctors.take(provider.id, span),
                    pattern,
                    &dates,
                    span,
                    &rules,
                ))
            })
            .collect();
        let shortest = roster
            .appointment_types
            .values()
            .filter(|kind| kind.is_active)
            .map(|kind| kind.pattern.units().len() as u32)
            .min();
        Ok(Some(Self {
            busy,
            request,
            span,
            length,
            buffers: (before as u32, after as u32),
            shortest: shortest.unwrap_or(1),
            places,
            chairs,
            providers: doctors,
        }))
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

/// Which rules the practice does not simply allow to be broken.
struct Rules {
    operatory: bool,
    doctor: bool,
    patient: bool,
    location_hours: bool,
    provider_hours: bool,
    blocks: bool,
    buffers: bool,
    types: bool,
}

impl Rules {
    fn of(roster: &Roster) -> Self {
        let holds = |rule| roster.practice.policies.of(rule) != Policy::Allow;
        Self {
            operatory: holds(Rule::OperatoryOverlap),
            doctor: holds(Rule::DoctorTimeOverlap),
            patient: holds(Rule::PatientOverlap),
            location_hours: holds(Rule::OutsideLocationHours),
            provider_hours: holds(Rule::OutsideProviderHours),
            blocks: holds(Rule::TimeBlock),
            buffers: holds(Rule::Buffer) && holds(Rule::OperatoryOverlap),
            types: holds(Rule::TypeNotAllowed),
        }
    }
}

fn operatories<'a>(
    roster: &'a Roster,
    request: &OpeningRequest,
    kind: &AppointmentType,
    rules: &Rules,
) -> Vec<&'a Operatory> {
    let suits = |record: &&Operatory| {
        record.is_active
            && roster
                .location(record.location)
                .is_some_and(|location| location.is_active)
            && request.operatory.is_none_or(|id| id == record.id)
            && request.location.is_none_or(|id| id == record.location)
            && (!rules.types || kind.operatories.is_empty() || kind.operatories.contains(&record.id))
    };
    let mut list: Vec<&Operatory> = roster.operatories.values().filter(suits).collect();
    list.sort_by(|a, b| (a.sort, &a.name, a.id).cmp(&(b.sort, &b.name, b.id)));
    list
}

fn providers<'a>(
    roster: &'a Roster,
    request: &OpeningRequest,
    kind: &AppointmentType,
    rules: &Rules,
) -> Vec<&'a Provider> {
    let suits = |record: &&Provider| {
        record.is_active
            && request.provider.is_none_or(|id| id == record.id)
            && (!rules.types || kind.providers.is_empty() || kind.providers.contains(&record.id))
    };
    let mut list: Vec<&Provider> = roster.providers.values().filter(suits).collect();
    list.sort_by(|a, b| (a.sort, &a.name, a.id).cmp(&(b.sort, &b.name, b.id)));
    list
}

/// What is taken of each thing that the search looks at, found by id or by its number in the calendar.
struct Rows<T> {
    ids: Vec<T>,
    taken: Vec<Taken>,
    /// Place in `ids` by number.
    by_number: Vec<Option<usize>>,
}

impl<T: Copy + PartialEq> Rows<T> {
    fn new(ids: Vec<T>, numbered: &[T], span: Units) -> Self {
        let by_number = numbered
            .iter()
            .map(|id| ids.iter().position(|known| known == id))
            .collect();
        let taken = vec![Taken::new(span.count); ids.len()];
        Self {
            ids,
            taken,
            by_number,
        }
    }

    fn numbered(&mut self, number: u32) -> Option<&mut Taken> {
        let at = (*self.by_number.get(number as usize)?)?;
        self.taken.get_mut(at)
    }

    fn named(&mut self, id: T) -> Option<&mut Taken> {
        let at = self.ids.iter().position(|known| *known == id)?;
        self.taken.get_mut(at)
    }

    /// What was gathered, once.
    fn take(&mut self, id: T, span: Units) -> Taken {
        self.named(id).map_or_else(
            || Taken::new(span.count),
            |taken| std::mem::replace(taken, Taken::new(0)),
        )
    }
}

/// The calendar, as it is being read into rows of bits.
struct Field<'a> {
    span: Units,
    rules: &'a Rules,
    kind: &'a AppointmentType,
    reach: u16,
    chairs: Rows<OperatoryId>,
    doctors: Rows<ProviderId>,
    places: Rows<LocationId>,
    patient: Bits,
}

impl Field<'_> {
    fn read(&mut self, busy: &BusyCalendar, request: &OpeningRequest) {
        let days = self.span.count as i32 / DAY_UNITS;
        // A visit lasts a day at the most.
        let (first, last) = (self.span.first_day - 2, self.span.first_day + days + 1);
        let patient = request.patient.and_then(|id| busy.patients.find(&id));
        let moving = request.moving.as_deref().filter(|visit| visit.takes_time());
        let mut skip = moving.and_then(|visit| busy.record(visit));
        let doctors: Vec<Vec<(i32, i32)>> = busy.patterns.names().iter().map(doctor_minutes).collect();
        for Day { visits, blocks } in busy.days(first, last) {
            for visit in visits {
                if skip.as_ref() == Some(visit) {
                    // Another visit just like it would still be in the way.
                    skip = None;
                    continue;
                }
                self.visit(busy, visit, &doctors[visit.pattern as usize], patient);
            }
            if self.rules.blocks {
                blocks.iter().for_each(|block| self.block(block));
            }
        }
    }

    fn visit(&mut self, busy: &BusyCalendar, visit: &Visit, doctor: &[(i32, i32)], patient: Option<u32>) {
        let span = self.span;
        let length = busy.patterns.names()[visit.pattern as usize].length_minutes();
        let (from, until) = (visit.minute, visit.minute + i32::from(length));
        if self.rules.operatory
            && let Some(taken) = self.chairs.numbered(visit.operatory)
        {
            taken.core.set(span.floor(from), span.ceil(until));
            let buffer = |minutes: u8| i32::from(u16::from(minutes).min(self.reach));
            let (before, after) = if self.rules.buffers {
                (buffer(visit.before_minutes), buffer(visit.after_minutes))
            } else {
                (0, 0)
            };
            taken
                .with_buffers
                .set(span.floor(from - before), span.ceil(until + after));
        }
        if self.rules.doctor
            && let Some(taken) = self.doctors.numbered(visit.provider)
        {
            for (begin, end) in doctor {
                taken.core.set(span.floor(from + begin), span.ceil(from + end));
            }
        }
        if self.rules.patient && patient == Some(visit.patient) {
            self.patient.set(span.floor(from), span.ceil(until));
        }
    }

    fn block(&mut self, block: &Block) {
        let taken = match block.target {
            BlockTarget::Provider(id) => self.doctors.named(id),
            BlockTarget::Operatory(id) => self.chairs.named(id),
            BlockTarget::Location(id) => self.places.named(id),
        };
        let Some(taken) = taken else { return };
        let row = match &block.policy {
            BlockPolicy::RestrictedTo(types) if types.contains(&self.kind.id) => return,
            BlockPolicy::Block | BlockPolicy::RestrictedTo(_) => &mut taken.blocked,
            BlockPolicy::Warn => &mut taken.warned,
        };
        row.set(self.span.floor(block.from), self.span.ceil(block.until));
    }
}

/// When a pattern needs the provider, in minutes from its start.
fn doctor_minutes(pattern: &TimePattern) -> Vec<(i32, i32)> {
    doctor_spans(Timestamp::UNIX_EPOCH, pattern)
        .map(|(from, until)| (minute_of(from), minute_of(until)))
        .collect()
}

fn chair<'a>(
    operatory: &'a Operatory,
    place: usize,
    ground: &Place,
    taken: Taken,
    length: usize,
    (before, after): (usize, usize),
    rules: &Rules,
) -> Chair<'a> {
    let free = ground
        .open
        .clone()
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
    }
}

fn doctor<'a>(
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
    let starts = places
        .iter()
        .map(|place| {
            let in_hours = if rules.provider_hours {
                let here = |hours: &WorkingHours| hours.location == place.location.id;
                if !provider.schedule.hours.iter().any(here) {
                    return None;
                }
                open_bits(
                    &provider.schedule.hours,
                    place.location.id,
                    &place.zone,
                    dates,
                    span,
                )
            } else {
                Bits::all(span.count)
            };
            Some(in_hours.and(&unblocked).runs(length).and(&needed))
        })
        .collect();
    Doctor {
        provider,
        starts,
        warned: Bits::all(span.count).and_not(&calm),
    }
}

/// Hours of the searched days and the one after (for visits that reach over midnight).
fn open_bits(
    hours: &[WorkingHours],
    location: LocationId,
    zone: &TimeZone,
    dates: &[Date],
    span: Units,
) -> Bits {
    let mut spans = Vec::with_capacity(dates.len() * 2);
    let next = dates.last().and_then(|last| last.tomorrow().ok());
    for date in dates.iter().copied().chain(next) {
        add_spans(hours, location, zone, date, &mut spans);
    }
    merge(&mut spans);
    let mut bits = Bits::none(span.count);
    for (from, until) in spans {
        bits.set(span.ceil(minute_of(from)), span.floor(minute_of(until)));
    }
    bits
}

/// Where the wall clock shows a time at which a visit may begin.
struct Grid<'a> {
    request: &'a OpeningRequest,
    increment: i32,
    /// Minutes since 1970 UTC, rounded up.
    now: i32,
}

impl Grid<'_> {
    fn starts(&self, zone: &TimeZone, span: Units, dates: &[Date], days: &[(i64, i64)]) -> Bits {
        let mut bits = Bits::none(span.count);
        for (date, &(from, until)) in dates.iter().zip(days) {
            let wanted = self
                .request
                .weekdays
                .as_ref()
                .is_none_or(|days| days.contains(&Weekday::of(*date)));
            if !wanted || from >= until || span.minutes_at(until) <= self.now {
                continue;
            }
            // The offset changes within a day at most on a few days of the year: then it is asked each time.
            let (begin, end) = (
                zone.to_offset(span.instant(from)),
                zone.to_offset(span.instant(until - 1)),
            );
            let is_even = begin == end && until - from == i64::from(DAY_UNITS);
            for unit in from..until {
                let offset = if is_even {
                    begin
                } else {
                    zone.to_offset(span.instant(unit))
                };
                if self.suits(span.minutes_at(unit), offset.seconds()) {
                    bits.put(unit);
                }
            }
        }
        bits
    }

    fn suits(&self, minute: i32, offset_seconds: i32) -> bool {
        let minute_of = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
        let wall = (minute + offset_seconds.div_euclid(60)).rem_euclid(DAY_MINUTES);
        offset_seconds % 60 == 0
            && wall % self.increment == 0
            && minute >= self.now
            && self.request.after.is_none_or(|after| wall >= minute_of(after))
            && self.request.before.is_none_or(|before| wall < minute_of(before))
    }
}
