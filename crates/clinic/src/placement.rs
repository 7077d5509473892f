//! Whether a visit fits at a time and place: the check on which booking, moving and openings all rest.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::assistants::{assistant_spans, assistant_spans_of, assistants_there, short};
use crate::equipment::{full, uses, uses_of};
use crate::hours::{Span, Timetable};
use crate::limits::{begun, hour_of, limits_of};
use crate::templates::{Fit, HeldDay, HeldSlot, judge, wants_words};
use crate::{
    AcceptedConflict, Appointment, AppointmentId, AppointmentType, AppointmentTypeId, AssistantNeed,
    BlockPolicy, BlockTarget, CannotBook, Clash, EquipmentNeed, LocationId, OperatoryId, PatientId, Policy,
    ProviderId, Roster, Rule, Start, TimeBlock, TimePattern, Violation, What, Zones,
};

/// Years in which visits are plausible; anything else is a slip of the keyboard.
pub const FIRST_YEAR: i16 = 1900;
pub const LAST_YEAR: i16 = 2200;

/// A visit at a time and place, existing or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The visit itself, when it exists already and would move; it is not in its own way.
    pub appointment: Option<AppointmentId>,
    /// Unknown while a form is still being filled in: then nobody can be in two places.
    pub patient: Option<PatientId>,
    pub appointment_type: AppointmentTypeId,
    pub provider: ProviderId,
    pub operatory: OperatoryId,
    pub starts_at: Start,
    pub pattern: TimePattern,
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    /// What is done beside the type.
    pub also: Vec<AppointmentTypeId>,
    pub equipment: Vec<EquipmentNeed>,
    pub assistant: AssistantNeed,
    pub second_provider: Option<ProviderId>,
    pub second_pattern: Option<TimePattern>,
}

/// What must be at hand to check a placement: every visit that takes time and every time block that
/// overlaps `[from, until)` and is in the operatory, with one of the providers (as first or second), of the patient, or (blocks; visits that
/// use equipment if this one does; all visits if assistants are counted) at the location. More does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbourhood {
    pub from: Timestamp,
    pub until: Timestamp,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    pub second_provider: Option<ProviderId>,
    pub patient: Option<PatientId>,
    pub location: LocationId,
    /// The visit that would move: decisions about its overlaps are wanted too.
    pub appointment: Option<AppointmentId>,
    /// All visits at the location that take time and begin in this stretch are wanted, too: a limit counts them.
    pub hour: Option<Span>,
    /// Also every visit at the location that uses equipment.
    pub with_equipment: bool,
    /// Also every visit at the location: it may need an assistant.
    pub with_assistants: bool,
}

/// What lies around a placement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbours {
    pub appointments: Vec<Appointment>,
    pub time_blocks: Vec<TimeBlock>,
    /// Whether there is such a patient; asked only when a visit is booked.
    pub patient: Standing,
    /// Earlier decisions about overlaps of the visit that would move; empty for a new one.
    pub accepted: Vec<AcceptedConflict>,
    /// Template slots of the days that the visit touches; days without any may be left out. `appointments` has all visits
    /// that begin in those slots of the operatory that the visit touches.
    pub held: Vec<HeldDay>,
    /// The patient's other visits that day and from now on; wanted only when a visit is booked (see [`crate::duplicates`]).
    pub others: Vec<Appointment>,
}

/// What is known of a patient.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Unknown,
    Inactive,
    Active,
}

impl Neighbourhood {
    /// Whose time it takes, as first or second provider.
    pub fn providers(&self) -> impl Iterator<Item = ProviderId> {
        std::iter::once(self.provider).chain(self.second_provider)
    }
}

impl Placement {
    /// Where the visit is now.
    pub fn of(appointment: &Appointment) -> Placement {
        Placement {
            appointment: Some(appointment.id),
            patient: Some(appointment.patient),
            appointment_type: appointment.appointment_type,
            provider: appointment.provider,
            operatory: appointment.operatory,
            starts_at: appointment.starts_at.clone(),
            pattern: appointment.pattern.clone(),
            buffer_before_minutes: appointment.buffer_before_minutes,
            buffer_after_minutes: appointment.buffer_after_minutes,
            also: appointment.also.clone(),
            equipment: appointment.equipment.clone(),
            assistant: appointment.assistant,
            second_provider: appointment.second_provider,
            second_pattern: appointment.second_pattern.clone(),
        }
    }

    /// Everything that is done in it, its own type first.
    pub fn procedures(&self) -> impl Iterator<Item = AppointmentTypeId> + '_ {
        std::iter::once(self.appointment_type).chain(self.also.iter().copied())
    }

    /// What to load before [`check_placement`].
    pub fn neighbourhood(&self, roster: &Roster) -> Result<Neighbourhood, CannotBook> {
        let operatory = known_operatory(roster, self.operatory)?;
        let reach = roster.longest_buffer_minutes();
        let (from, until) = span_of(&self.starts_at, &self.pattern)?;
        Ok(Neighbourhood {
            from: from - minutes(reach.max(self.buffer_before_minutes.min(crate::MAX_BUFFER_MINUTES))),
            until: until + minutes(reach.max(self.buffer_after_minutes.min(crate::MAX_BUFFER_MINUTES))),
            operatory: self.operatory,
            provider: self.provider,
            second_provider: self.second_provider,
            patient: self.patient,
            location: operatory.location,
            appointment: self.appointment,
            hour: limits_of(roster, self.provider, self.appointment_type)
                .next()
                .map(|_| hour_of(&self.starts_at)),
            with_equipment: !self.equipment.is_empty(),
            with_assistants: self.assistant != AssistantNeed::None
                && roster
                    .location(operatory.location)
                    .is_some_and(|location| !location.assistants.is_empty()),
        })
    }
}

/// How closely to look at the records a placement names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// The provider and operatory are chosen now: they must be active; for a new visit the type too.
    Chosen,
    /// The visit comes back to where it was: those who see it may have been taken out of use since, as those of every other visit
    /// that was booked before.
    Back,
    /// The visit is there already and only changes its length.
    Existing,
}

/// Every rule that the placement breaks and that the practice does not simply allow, in a fixed order. An
/// error is something that no override can help: an unknown or inactive provider, operatory or type, another
/// location's zone, an implausible time.
pub fn check_placement(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    placement: &Placement,
) -> Result<Vec<Violation>, CannotBook> {
    check_with(roster, zones, neighbours, placement, Care::Chosen)
}

/// The same for a visit that takes its time and place again, where provider and operatory may have been taken out of use meanwhile.
pub fn check_placement_again(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    placement: &Placement,
) -> Result<Vec<Violation>, CannotBook> {
    check_with(roster, zones, neighbours, placement, Care::Back)
}

pub(crate) fn check_with(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    placement: &Placement,
    care: Care,
) -> Result<Vec<Violation>, CannotBook> {
    let look = Look::new(roster, zones, placement, care)?;
    let mut found = Vec::new();
    look.types_allowed(&mut found);
    look.hours(&mut found);
    look.blocks(&neighbours.time_blocks, &mut found);
    look.visits(&neighbours.appointments, &mut found);
    look.equipment(&neighbours.appointments, &mut found);
    look.assistants(&neighbours.appointments, &mut found);
    look.slots(&neighbours.held, &neighbours.appointments, &mut found);
    // Nothing begins anew where only a length changes.
    if care != Care::Existing {
        look.limits(&neighbours.appointments, &mut found);
    }
    found.retain(|violation| violation.policy(roster) != Policy::Allow);
    Ok(found)
}

/// A placement with everything about it looked up once.
struct Look<'a> {
    roster: &'a Roster,
    placement: &'a Placement,
    location: &'a crate::Location,
    zone: TimeZone,
    span: Span,
    /// Who is needed in person, and when.
    doctor: Vec<(ProviderId, Span)>,
    reach: u16,
}

impl<'a> Look<'a> {
    fn new(
        roster: &'a Roster,
        zones: &Zones,
        placement: &'a Placement,
        care: Care,
    ) -> Result<Self, CannotBook> {
        let operatory = known_operatory(roster, placement.operatory)?;
        let location = known_location(roster, operatory.location)?;
        let provider = roster
            .provider(placement.provider)
            .ok_or_else(|| CannotBook::unknown(What::Provider, placement.provider))?;
        let kind = roster
            .appointment_type(placement.appointment_type)
            .ok_or_else(|| CannotBook::unknown(What::AppointmentType, placement.appointment_type))?;
        let second = match placement.second_provider {
            Some(id) => Some(
                roster
                    .provider(id)
                    .ok_or_else(|| CannotBook::unknown(What::Provider, id))?,
            ),
            None => None,
        };
        let inactive = |what, name: &str| {
            Err(CannotBook::Inactive {
                what,
                name: name.to_owned(),
            })
        };
        if care == Care::Chosen {
            if !location.is_active {
                return inactive(What::Location, &location.name);
            }
            if !operatory.is_active {
                return inactive(What::Operatory, &operatory.name);
            }
            if !provider.is_active {
                return inactive(What::Provider, &provider.name);
            }
            if placement.second_provider == Some(placement.provider) {
                return Err(same_twice(&provider.name).into());
            }
            if let Some(second) = second
                && !second.is_active
            {
                return inactive(What::Provider, &second.name);
            }
            if placement.appointment.is_none() && !kind.is_active {
                return inactive(What::AppointmentType, &kind.name);
            }
        }
        let start = &placement.starts_at;
        plausible(start.wall)?;
        if start.zone != location.zone {
            return Err(CannotBook::WrongZone {
                zone: start.zone.clone(),
                location: location.zone.clone(),
            });
        }
        let zone = zones.zone(&start.zone)?;
        // What is booked already keeps the offset it was booked with, even if zone data have changed since.
        if placement.appointment.is_none() && zone.to_offset(start.instant()) != start.offset {
            zones.resolve(start.wall, &start.zone)?;
            return Err(CannotBook::WrongOffset {
                starts_at: start.clone(),
            });
        }
        let span = span_of(start, &placement.pattern)?;
        Ok(Self {
            roster,
            placement,
            location,
            zone,
            span,
            doctor: placement.doctor_time().collect(),
            reach: roster.longest_buffer_minutes(),
        })
    }

    /// Whoever does it must be allowed all of it.
    fn types_allowed(&self, found: &mut Vec<Violation>) {
        for id in self.placement.procedures() {
            if let Some(kind) = self.roster.appointment_type(id) {
                self.type_allowed(kind, found);
            }
        }
        if self.placement.second_provider.is_none() && self.placement.wanted_second().is_some() {
            found.push(Violation::SecondProviderMissing {
                appointment_type: self.placement.appointment_type,
            });
        }
    }

    fn type_allowed(&self, kind: &AppointmentType, found: &mut Vec<Violation>) {
        let appointment_type = kind.id;
        let Placement {
            provider, operatory, ..
        } = *self.placement;
        if !kind.providers.is_empty() && !kind.providers.contains(&provider) {
            found.push(Violation::TypeNotAllowedForProvider {
                appointment_type,
                provider,
            });
        }
        if let Some(provider) = self.placement.second_provider
            && !kind.allows_second(provider)
        {
            found.push(Violation::TypeNotAllowedForSecond {
                appointment_type,
                provider,
            });
        }
        if !kind.operatories.is_empty() && !kind.operatories.contains(&operatory) {
            found.push(Violation::TypeNotAllowedForOperatory {
                appointment_type,
                operatory,
            });
        }
        let location = self.location.id;
        if !kind.locations.is_empty() && !kind.locations.contains(&location) {
            found.push(Violation::TypeNotAllowedAtLocation {
                appointment_type,
                location,
            });
        }
    }

    fn hours(&self, found: &mut Vec<Violation>) {
        let location = self.location.id;
        let last = self.start_at(self.span.1 - SignedDuration::from_nanos(1)).date();
        let days = (self.placement.starts_at.date(), last);
        let (from, until) = (&self.placement.starts_at, self.start_at(self.span.1));
        let outside =
            |table: &Option<Timetable>| table.is_some_and(|table| !table.covers(&self.zone, days, self.span));
        let open = |table: &Option<Timetable>| table.map_or_else(Vec::new, |table| table.spans_on(days.0));
        let title = |table: &Option<Timetable>| {
            let day = table.and_then(|table| table.special_day(days.0));
            day.map_or_else(String::new, |day| day.title.clone())
        };
        let place = self.roster.location_timetable(location);
        if outside(&place) {
            found.push(Violation::OutsideLocationHours {
                appointment_type: self.placement.appointment_type,
                location,
                from: from.clone(),
                until: until.clone(),
                open: open(&place),
                title: title(&place),
            });
        }
        let chair = self.roster.operatory_timetable(self.placement.operatory);
        if outside(&chair) {
            found.push(Violation::OutsideOperatoryHours {
                appointment_type: self.placement.appointment_type,
                operatory: self.placement.operatory,
                from: from.clone(),
                until: until.clone(),
                open: open(&chair),
                title: title(&chair),
            });
        }
        let provider = self.placement.provider;
        let rota = self.roster.provider_timetable(provider, location);
        if outside(&rota) {
            found.push(Violation::OutsideProviderHours {
                appointment_type: self.placement.appointment_type,
                provider,
                location,
                from: from.clone(),
                until,
                open: open(&rota),
                title: title(&rota),
            });
        }
        self.second_hours(found);
    }

    /// The second provider must be in for their own minutes only; the first stretch that is outside is named.
    fn second_hours(&self, found: &mut Vec<Violation>) {
        let location = self.location.id;
        let Some(provider) = self.placement.second_provider else {
            return;
        };
        let Some(rota) = self.roster.provider_timetable(provider, location) else {
            return;
        };
        for (from, until) in self.second_spans() {
            let (first, last) = (
                self.start_at(from),
                self.start_at(until - SignedDuration::from_nanos(1)),
            );
            let days = (first.date(), last.date());
            if !rota.covers(&self.zone, days, (from, until)) {
                found.push(Violation::OutsideProviderHours {
                    appointment_type: self.placement.appointment_type,
                    provider,
                    location,
                    from: first,
                    until: self.start_at(until),
                    open: rota.spans_on(days.0),
                    title: rota
                        .special_day(days.0)
                        .map_or_else(String::new, |day| day.title.clone()),
                });
                return;
            }
        }
    }

    /// When the second provider is needed.
    fn second_spans(&self) -> impl Iterator<Item = Span> + '_ {
        let second = self.placement.second_provider;
        self.doctor
            .iter()
            .filter(move |(provider, _)| Some(*provider) == second)
            .map(|(_, span)| *span)
    }

    fn blocks(&self, blocks: &[TimeBlock], found: &mut Vec<Violation>) {
        let first = found.len();
        for block in blocks {
            let span = (block.starts_at.instant(), block.ends_at());
            let concerns = match block.target {
                BlockTarget::Provider(id) if Some(id) == self.placement.second_provider => {
                    self.second_spans().any(|needed| overlap(needed, span))
                }
                BlockTarget::Provider(id) => id == self.placement.provider,
                BlockTarget::Operatory(id) => id == self.placement.operatory,
                BlockTarget::Location(id) => id == self.location.id,
            };
            if !concerns || !overlap(span, self.span) {
                continue;
            }
            let (time_block, target, title) = (block.id, block.target, block.title.clone());
            let (from, until) = (self.start_at(span.0), self.start_at(span.1));
            match &block.policy {
                BlockPolicy::RestrictedTo(types) if types.contains(&self.placement.appointment_type) => {}
                BlockPolicy::RestrictedTo(types) => {
                    let types = types.clone();
                    found.push(Violation::BlockRestricted {
                        appointment_type: self.placement.appointment_type,
                        time_block,
                        target,
                        title,
                        types,
                        from,
                        until,
                    });
                }
                policy @ (BlockPolicy::Block | BlockPolicy::Warn) => {
                    let is_only_warning = *policy == BlockPolicy::Warn;
                    found.push(Violation::Blocked {
                        appointment_type: self.placement.appointment_type,
                        time_block,
                        target,
                        title,
                        from,
                        until,
                        is_only_warning,
                        absence: block.absence,
                    });
                }
            }
        }
        found[first..].sort_by(|a, b| a.times().cmp(&b.times()));
    }

    fn slots(&self, days: &[HeldDay], visits: &[Appointment], found: &mut Vec<Violation>) {
        let operatory = self.placement.operatory;
        let booked = |held: &HeldSlot| {
            visits
                .iter()
                .filter(|visit| {
                    visit.takes_time()
                        && visit.operatory == operatory
                        && Some(visit.id) != self.placement.appointment
                        && held.has(visit.starts_at.instant())
                })
                .count()
        };
        let kind = self.placement.appointment_type;
        let today = self.placement.starts_at.date();
        let is_templated = days
            .iter()
            .any(|day| day.date == today && day.application.is_some());
        let appointment_type = self.placement.appointment_type;
        for fit in judge(
            self.roster,
            days,
            is_templated,
            operatory,
            kind,
            self.span,
            &booked,
        ) {
            let wall = |held: &HeldSlot| (self.start_at(held.span.0), self.start_at(held.span.1));
            found.push(match fit {
                Fit::ForOther(held) => {
                    let (from, until) = wall(held);
                    Violation::SlotForOther {
                        appointment_type,
                        slot: held.slot.id,
                        operatory,
                        wants: wants_words(self.roster, &held.slot),
                        from,
                        until,
                    }
                }
                Fit::Full(held) => {
                    let (from, until) = wall(held);
                    Violation::SlotFull {
                        appointment_type,
                        slot: held.slot.id,
                        operatory,
                        wants: wants_words(self.roster, &held.slot),
                        capacity: held.slot.capacity,
                        from,
                        until,
                    }
                }
                Fit::Held(held) => {
                    let (from, until) = wall(held);
                    Violation::KeptForEmergencies {
                        appointment_type,
                        slot: held.slot.id,
                        operatory,
                        releases_at: self.start_at(held.releases_at.unwrap_or(held.span.0)),
                        from,
                        until,
                    }
                }
                Fit::InNoSlot => Violation::InNoSlot {
                    appointment_type,
                    operatory,
                    from: self.placement.starts_at.clone(),
                    until: self.start_at(self.span.1),
                },
            });
        }
    }

    fn limits(&self, visits: &[Appointment], found: &mut Vec<Violation>) {
        let Placement {
            provider,
            appointment_type,
            appointment,
            ..
        } = *self.placement;
        let hour = hour_of(&self.placement.starts_at);
        for (_, limit) in limits_of(self.roster, provider, appointment_type) {
            let others = visits.iter().filter(|visit| Some(visit.id) != appointment);
            if begun(limit, self.location.id, hour, others) >= usize::from(limit.most) {
                found.push(Violation::HourFull {
                    appointment_type,
                    location: self.location.id,
                    provider: limit.provider,
                    of_type: limit.appointment_type,
                    most: limit.most,
                    from: self.start_at(hour.0),
                    until: self.start_at(hour.1),
                });
            }
        }
    }

    fn visits(&self, visits: &[Appointment], found: &mut Vec<Violation>) {
        let first = found.len();
        for visit in visits {
            if Some(visit.id) == self.placement.appointment || !visit.takes_time() {
                continue;
            }
            let span = (visit.starts_at.instant(), visit.ends_at());
            if visit.operatory == self.placement.operatory {
                self.in_same_operatory(visit, span, found);
            }
            if !overlap(span, self.span) {
                continue;
            }
            for (provider, taken) in self.doctor_clashes(visit) {
                found.push(Violation::DoctorTaken {
                    provider,
                    by: self.clash(visit, taken),
                });
            }
            if Some(visit.patient) == self.placement.patient {
                found.push(Violation::PatientElsewhere {
                    patient: visit.patient,
                    by: self.clash(visit, span),
                });
            }
        }
        // As the policies list them, then by time: the same whatever order the visits came in.
        found[first..].sort_by(|a, b| {
            let key = |violation: &Violation| {
                violation
                    .clash()
                    .map(|by| (violation.rule(), by.from.instant(), by.appointment))
            };
            key(a).cmp(&key(b))
        });
    }

    /// In the order in which the visit names it, then by time.
    fn equipment(&self, visits: &[Appointment], found: &mut Vec<Violation>) {
        let Placement {
            appointment_type,
            ref equipment,
            ref pattern,
            ..
        } = *self.placement;
        let location = self.location.id;
        for (id, span) in uses(equipment, self.span.0, pattern.length_minutes()) {
            let Some(kind) = self.roster.equipment(id).filter(|kind| kind.is_active) else {
                continue;
            };
            let pieces = kind.pieces_at(location);
            if pieces == 0 {
                found.push(Violation::EquipmentMissing {
                    appointment_type,
                    equipment: id,
                    location,
                });
                continue;
            }
            let users: Vec<(Span, &Appointment)> = visits
                .iter()
                .filter(|visit| {
                    visit.takes_time()
                        && visit.location == location
                        && Some(visit.id) != self.placement.appointment
                })
                .flat_map(|visit| uses_of(visit).map(move |(used, span)| (used, span, visit)))
                .filter(|(used, their_span, _)| *used == id && overlap(*their_span, span))
                .map(|(_, span, visit)| (span, visit))
                .collect();
            for stretch in full(span, &users, pieces) {
                let also = stretch
                    .by
                    .iter()
                    .filter(|visit| visit.id != stretch.last.id)
                    .map(|visit| self.clash(visit, stretch.span))
                    .collect();
                found.push(Violation::EquipmentTaken {
                    appointment_type,
                    equipment: id,
                    pieces,
                    by: self.clash(stretch.last, stretch.span),
                    also,
                });
            }
        }
    }

    /// By time.
    fn assistants(&self, visits: &[Appointment], found: &mut Vec<Violation>) {
        let wanted = assistant_spans(self.span.0, &self.placement.pattern, self.placement.assistant);
        let location = self.location.id;
        let Some(there) =
            assistants_there(self.location, &self.zone, self.span).filter(|_| !wanted.is_empty())
        else {
            return;
        };
        let users: Vec<(Span, &Appointment)> = visits
            .iter()
            .filter(|visit| {
                visit.takes_time()
                    && visit.location == location
                    && Some(visit.id) != self.placement.appointment
            })
            .flat_map(|visit| {
                assistant_spans_of(visit)
                    .into_iter()
                    .map(move |span| (span, visit))
            })
            .filter(|(span, _)| overlap(*span, self.span))
            .collect();
        for stretch in wanted.iter().flat_map(|span| short(*span, &there, &users)) {
            found.push(Violation::AssistantsBusy {
                appointment_type: self.placement.appointment_type,
                location,
                there: stretch.there,
                from: self.start_at(stretch.span.0),
                until: self.start_at(stretch.span.1),
                by: stretch
                    .by
                    .iter()
                    .map(|visit| self.clash(visit, stretch.span))
                    .collect(),
            });
        }
    }

    fn in_same_operatory(&self, visit: &Appointment, span: Span, found: &mut Vec<Violation>) {
        let operatory = visit.operatory;
        // Where visits may share an operatory, free minutes between them mean nothing.
        if self.roster.practice.policies.of(Rule::OperatoryOverlap) == Policy::Allow {
            return;
        }
        if overlap(span, self.span) {
            found.push(Violation::OperatoryTaken {
                operatory,
                by: self.clash(visit, span),
            });
            return;
        }
        // The free minutes between two visits serve both: the larger wish counts.
        let (gap, theirs, ours) = if span.1 <= self.span.0 {
            (
                self.span.0.duration_since(span.1),
                visit.buffer_after_minutes,
                self.placement.buffer_before_minutes,
            )
        } else {
            (
                span.0.duration_since(self.span.1),
                visit.buffer_before_minutes,
                self.placement.buffer_after_minutes,
            )
        };
        let wanted_minutes = theirs.min(self.reach).max(ours.min(crate::MAX_BUFFER_MINUTES));
        if gap < SignedDuration::from_mins(wanted_minutes.into()) {
            let free_minutes = u16::try_from(gap.as_mins()).unwrap_or(0);
            let by = self.clash(visit, span);
            found.push(Violation::BufferTooShort {
                operatory,
                by,
                wanted_minutes,
                free_minutes,
            });
        }
    }

    /// For each doctor that both need, the first of the visit's own stretches that this placement needs too.
    fn doctor_clashes(&self, visit: &Appointment) -> Vec<(ProviderId, Span)> {
        let mut clashes: Vec<(ProviderId, Span)> = Vec::new();
        for (provider, theirs) in visit.doctor_time() {
            let is_wanted = |(id, ours): &(ProviderId, Span)| *id == provider && overlap(theirs, *ours);
            if clashes.iter().all(|(known, _)| *known != provider) && self.doctor.iter().any(is_wanted) {
                clashes.push((provider, theirs));
            }
        }
        clashes
    }

    fn clash(&self, visit: &Appointment, (from, until): Span) -> Clash {
        Clash {
            appointment: visit.id,
            patient: visit.patient,
            operatory: visit.operatory,
            from: self.start_at(from),
            until: self.start_at(until),
        }
    }

    fn start_at(&self, instant: Timestamp) -> Start {
        let offset = self.zone.to_offset(instant);
        Start {
            wall: offset.to_datetime(instant),
            offset,
            zone: self.location.zone.clone(),
        }
    }
}

pub(crate) fn same_twice(name: &str) -> crate::Invalid {
    crate::Invalid::new(
        "second_provider",
        format!(
            "{name} cannot be first and second provider of one visit. Choose somebody else for one of the two."
        ),
    )
}

pub(crate) fn minutes(minutes: u16) -> SignedDuration {
    SignedDuration::from_mins(minutes.into())
}

pub(crate) fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// The year is one in which people make appointments, and the time is whole minutes.
pub(crate) fn plausible(wall: jiff::civil::DateTime) -> Result<(), CannotBook> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&wall.year()) {
        return Err(CannotBook::ImplausibleYear { year: wall.year() });
    }
    if wall.second() != 0 || wall.subsec_nanosecond() != 0 {
        return Err(CannotBook::NotWholeMinutes { wall });
    }
    Ok(())
}

fn span_of(start: &Start, pattern: &TimePattern) -> Result<Span, CannotBook> {
    plausible(start.wall)?;
    let from = start.instant();
    Ok((from, from + minutes(pattern.length_minutes())))
}

pub(crate) fn known_operatory(roster: &Roster, id: OperatoryId) -> Result<&crate::Operatory, CannotBook> {
    roster
        .operatory(id)
        .ok_or_else(|| CannotBook::unknown(What::Operatory, id))
}

pub(crate) fn known_location(roster: &Roster, id: LocationId) -> Result<&crate::Location, CannotBook> {
    roster
        .location(id)
        .ok_or_else(|| CannotBook::unknown(What::Location, id))
}
