//! The calendar, read into rows of bits: what is taken, blocked and warned about.

use jiff::Timestamp;

use super::OpeningRequest;
use super::bits::Bits;
use super::busy::{Block, BusyCalendar, Day, Visit, minute_of};
use super::grid::{DAY_UNITS, Units};
use crate::doctor_time::spans;
use crate::{
    AppointmentType, AppointmentTypeId, BlockPolicy, BlockTarget, LocationId, OperatoryId, Policy,
    ProviderId, Roster, Rule, TimePattern,
};

/// Which rules the practice does not simply allow to be broken.
pub(super) struct Rules {
    pub operatory: bool,
    pub doctor: bool,
    pub patient: bool,
    pub location_hours: bool,
    pub provider_hours: bool,
    pub blocks: bool,
    pub buffers: bool,
    pub limits: bool,
    pub equipment: bool,
    /// Where more visits than assistants only warn, those times are offered, after others.
    pub assistants: Policy,
}

impl Rules {
    /// For visits of a type.
    pub fn of(roster: &Roster, kind: AppointmentTypeId) -> Self {
        let holds = |rule| roster.policy(rule, kind) != Policy::Allow;
        Self {
            operatory: holds(Rule::OperatoryOverlap),
            doctor: holds(Rule::DoctorTimeOverlap),
            patient: holds(Rule::PatientOverlap),
            location_hours: holds(Rule::OutsideLocationHours),
            provider_hours: holds(Rule::OutsideProviderHours),
            blocks: holds(Rule::TimeBlock),
            buffers: holds(Rule::Buffer) && holds(Rule::OperatoryOverlap),
            limits: holds(Rule::VisitsPerHour),
            equipment: holds(Rule::Equipment),
            assistants: roster.policy(Rule::Assistants, kind),
        }
    }
}

/// What is known of a resource while the calendar is read.
#[derive(Clone)]
pub(super) struct Taken {
    pub core: Bits,
    pub with_buffers: Bits,
    pub blocked: Bits,
    pub warned: Bits,
}

impl Taken {
    pub fn new(units: usize) -> Self {
        let none = Bits::none(units);
        Self {
            core: none.clone(),
            with_buffers: none.clone(),
            blocked: none.clone(),
            warned: none,
        }
    }
}

/// What is taken of each thing that the search looks at, found by id or by its number in the calendar.
pub(super) struct Rows<T> {
    pub ids: Vec<T>,
    pub taken: Vec<Taken>,
    /// Place in `ids` by number.
    pub by_number: Vec<Option<usize>>,
}

impl<T: Copy + PartialEq> Rows<T> {
    pub fn new(ids: Vec<T>, numbered: &[T], span: Units) -> Self {
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

    pub fn numbered(&mut self, number: u32) -> Option<&mut Taken> {
        let at = (*self.by_number.get(number as usize)?)?;
        self.taken.get_mut(at)
    }

    pub fn named(&mut self, id: T) -> Option<&mut Taken> {
        let at = self.ids.iter().position(|known| *known == id)?;
        self.taken.get_mut(at)
    }

    /// What was gathered, once.
    pub fn take(&mut self, id: T, span: Units) -> Taken {
        self.named(id).map_or_else(
            || Taken::new(span.count),
            |taken| std::mem::replace(taken, Taken::new(0)),
        )
    }
}

/// A second provider and when they are needed, in minutes from a visit's start.
type Second = Option<(ProviderId, Vec<(i32, i32)>)>;

/// The calendar, as it is being read into rows of bits.
pub(super) struct Field<'a> {
    pub span: Units,
    pub rules: &'a Rules,
    pub kind: &'a AppointmentType,
    pub reach: u16,
    pub chairs: Rows<OperatoryId>,
    pub doctors: Rows<ProviderId>,
    pub places: Rows<LocationId>,
    pub patient: Bits,
}

impl Field<'_> {
    pub fn read(&mut self, busy: &BusyCalendar, request: &OpeningRequest) {
        let days = self.span.count as i32 / DAY_UNITS;
        // A visit lasts a day at the most.
        let (first, last) = (self.span.first_day - 2, self.span.first_day + days + 1);
        let patient = request.patient.and_then(|id| busy.patients.find(&id));
        let moving = request.moving.as_deref().filter(|visit| visit.takes_time());
        let mut skip = moving.and_then(|visit| busy.record(visit));
        let doctors: Vec<Vec<(i32, i32)>> = busy.patterns.names().iter().map(doctor_minutes).collect();
        let seconds: Vec<Second> = busy
            .seconds
            .names()
            .iter()
            .map(|second| {
                second
                    .as_ref()
                    .map(|(id, pattern)| (*id, doctor_minutes(pattern)))
            })
            .collect();
        for Day { visits, blocks } in busy.days(first, last) {
            for visit in visits {
                if skip.as_ref() == Some(visit) {
                    // Another visit just like it would still be in the way.
                    skip = None;
                    continue;
                }
                let second = seconds.get(usize::from(visit.second)).and_then(Option::as_ref);
                self.visit(busy, visit, &doctors[visit.pattern as usize], second, patient);
            }
            if self.rules.blocks {
                blocks.iter().for_each(|block| self.block(block));
            }
        }
    }

    fn visit(
        &mut self,
        busy: &BusyCalendar,
        visit: &Visit,
        doctor: &[(i32, i32)],
        second: Option<&(ProviderId, Vec<(i32, i32)>)>,
        patient: Option<u32>,
    ) {
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
        if self.rules.doctor
            && let Some((provider, minutes)) = second
            && let Some(taken) = self.doctors.named(*provider)
        {
            for (begin, end) in minutes {
                taken.core.set(span.floor(from + begin), span.ceil(from + end));
            }
        }
        if self.rules.patient && patient == Some(visit.patient) {
            self.patient.set(span.floor(from), span.ceil(until));
        }
    }

    pub fn block(&mut self, block: &Block) {
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
pub(super) fn doctor_minutes(pattern: &TimePattern) -> Vec<(i32, i32)> {
    spans(Timestamp::UNIX_EPOCH, pattern)
        .map(|(from, until)| (minute_of(from), minute_of(until)))
        .collect()
}
