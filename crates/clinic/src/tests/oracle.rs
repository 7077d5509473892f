//! Openings against the rules themselves: on small invented practices, in nights in which clocks change and
//! in zones of half and quarter hours, everything that is offered fits, and nothing that fits is missed.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use proptest::prelude::*;

use super::draw;
use crate::templates::{HeldDay, HeldDays, held_day};
use crate::*;

/// Zones with the days on which something happens to their clocks (and one on which nothing does).
const NIGHTS: [(&str, &str); 8] = [
    ("America/New_York", "2026-03-07"),
    ("America/New_York", "2026-10-31"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Asia/Kathmandu", "2026-03-03"),
    ("Asia/Kolkata", "2026-03-03"),
    ("Asia/Beirut", "2026-03-28"),
    ("Europe/London", "2026-10-24"),
];

#[derive(Debug, Clone)]
struct Scene {
    roster: Roster,
    visits: Vec<Appointment>,
    blocks: Vec<TimeBlock>,
    request: OpeningRequest,
    now: jiff::Timestamp,
    held: HeldDays,
}

const TYPE: AppointmentTypeId = AppointmentTypeId(1);
const OTHER_TYPE: AppointmentTypeId = AppointmentTypeId(2);

fn hours() -> impl Strategy<Value = Vec<(usize, i8, i8, i8)>> {
    prop::collection::vec(
        (
            0usize..2,
            0i8..20,
            1i8..14,
            prop::sample::select(vec![0i8, 7, 30]),
        ),
        1..5,
    )
}

/// The same hours on every day; some reach the midnight at the day's end.
fn working(hours: &[(usize, i8, i8, i8)]) -> Vec<WorkingHours> {
    let every_day = |&(location, from, length, minute): &(usize, i8, i8, i8)| {
        let until = if from + length >= 24 {
            Time::midnight()
        } else {
            Time::constant(from + length, minute, 0, 0)
        };
        Weekday::ALL.map(|weekday| WorkingHours {
            location: LocationId(location as u128 + 1),
            weekday,
            from: Time::constant(from, minute, 0, 0),
            until,
        })
    };
    hours.iter().flat_map(every_day).collect()
}

/// What a visit uses of two kinds of equipment, for all its length or parts of it.
fn needs() -> impl Strategy<Value = Vec<EquipmentNeed>> {
    let need =
        (1u128..3, 0u16..5, prop::option::of(1u16..6)).prop_map(|(equipment, from, units)| EquipmentNeed {
            equipment: EquipmentId(equipment),
            from_minute: from * 5,
            until_minute: units.map(|units| (from + units) * 5),
        });
    prop::option::weighted(0.5, prop::collection::vec(need, 1..3)).prop_map(Option::unwrap_or_default)
}

/// How many assistants are there, the same on every day, in one to three periods that begin and end off the grid, too.
fn periods() -> impl Strategy<Value = Vec<AssistantPeriod>> {
    let cut = (0i8..24, prop::sample::select(vec![0i8, 7, 30]));
    let cuts = prop::collection::btree_set(cut, 2..5);
    (
        cuts,
        prop::collection::vec((1u16..3, any::<bool>()), 4),
        any::<bool>(),
    )
        .prop_map(|(cuts, counts, late)| {
            let mut times: Vec<Time> = cuts
                .into_iter()
                .map(|(hour, minute)| Time::constant(hour, minute, 0, 0))
                .collect();
            if late {
                // Until the midnight at the day's end.
                times.push(Time::midnight());
            }
            times
                .windows(2)
                .zip(counts)
                .filter(|(_, (_, is_staffed))| *is_staffed)
                .flat_map(|(pair, (count, _))| {
                    let (from, until) = (pair[0], pair[1]);
                    Weekday::ALL.map(|weekday| AssistantPeriod {
                        weekday,
                        from,
                        until,
                        count,
                    })
                })
                .collect()
        })
}

/// As long as the first, with an `X` where it says so; `None` if it says so nowhere.
fn second_pattern(first: &str, needs: &[bool]) -> Option<TimePattern> {
    let units: String = first
        .chars()
        .zip(needs)
        .map(|(_, is_needed)| if *is_needed { 'X' } else { '/' })
        .collect();
    units.contains('X').then(|| units.parse().unwrap())
}

prop_compose! {
    fn places()(
        first in prop::sample::select(NIGHTS.to_vec()),
        second in prop::sample::select(vec!["America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]),
        opening in hours(),
        rota in prop::collection::vec(hours(), 3),
        increment in prop::sample::select(vec![5u16, 10, 15]),
        policies in prop::collection::vec(prop::option::weighted(0.15, prop::sample::select(vec![Policy::Allow, Policy::Warn, Policy::Refuse])), Rule::ALL.len()),
        limits in prop::collection::vec((prop::option::of(1u128..3), prop::option::of(any::<bool>()), 1u16..4), 0..3),
        pattern in prop::sample::select(vec!["XX//XX", "X", "/X/", "XXXXXXXXXXXX", "//"]),
        beside in (prop::option::weighted(0.5, prop::collection::vec(any::<bool>(), 12)), prop::option::weighted(0.3, 1u128..4)),
        buffers in (0u16..4, 0u16..4),
        chair_hours in prop::option::weighted(0.3, hours()),
        rotas in prop::collection::vec((prop::option::weighted(0.3, hours()), -20i64..20, prop::option::weighted(0.3, (0i64..3, prop::option::of(1u128..3), prop::option::of((0u16..1300, 1u16..900))))), 4),
        shared in (needs(), needs(), prop::collection::vec(0u16..3, 4)),
        (assisted, there) in (
            (prop::sample::select(AssistantNeed::ALL.to_vec()), prop::sample::select(AssistantNeed::ALL.to_vec())),
            prop::collection::vec(prop::option::weighted(0.6, periods()), 2),
        ),
        (only, only_other) in (
            (prop::option::weighted(0.2, 1u128..3), prop::option::weighted(0.2, 1u128..4), prop::option::weighted(0.2, 1u128..3)),
            (prop::option::weighted(0.2, 1u128..3), prop::option::weighted(0.2, 1u128..4), prop::option::weighted(0.2, 1u128..3), any::<bool>()),
        ),
    ) -> (Roster, Date) {
        let mut roster = draw("Tue 3 Mar  Op1 Chen").roster;
        let (provider, chair) = (roster.providers.values().next().unwrap().clone(), roster.operatories.values().next().unwrap().clone());
        let location = roster.locations.values().next().unwrap().clone();
        (roster.providers, roster.operatories, roster.locations) = Default::default();
        roster.practice.time_increment_minutes = increment;
        for (rule, policy) in Rule::ALL.into_iter().zip(policies) {
            if let Some(policy) = policy {
                roster.practice.policies.0.insert(rule, policy);
            }
        }
        roster.practice.visit_limits = limits.iter().map(|&(provider, is_type, most)| VisitLimit {
            provider: provider.map(ProviderId),
            appointment_type: is_type.map(|is_type| if is_type { TYPE } else { OTHER_TYPE }),
            most,
        }).collect();
        for (id, zone) in [(1, first.0), (2, second)] {
            let mut hours = working(&opening);
            hours.iter_mut().for_each(|span| span.location = LocationId(id));
            let assistants = there[id as usize - 1].clone().unwrap_or_default();
            let place = Location { id: LocationId(id), zone: ZoneName::new(zone), hours, assistants, ..location.clone() };
            roster.locations.insert(place.id, place);
        }
        for id in 1..=3u128 {
            let chair = Operatory {
                id: OperatoryId(id),
                location: LocationId(if id == 3 { 2 } else { 1 }),
                usual_provider: Some(ProviderId(id.min(2))),
                ..chair.clone()
            };
            roster.operatories.insert(chair.id, chair);
        }
        for (index, hours) in rota.iter().enumerate() {
            let id = ProviderId(index as u128 + 1);
            let schedule = ProviderSchedule { hours: working(hours) };
            roster.providers.insert(id, Provider { id, schedule, ..provider.clone() });
        }
        let kind = AppointmentType {
            id: TYPE,
            name: "exam".to_owned(),
            code: "exam".to_owned(),
            letter: "E".to_owned(),
            class: String::new(),
            policies: RulePolicies::default(),
            hue: 0,
            pattern: pattern.parse().unwrap(),
            buffer_before_minutes: buffers.0 * 5,
            buffer_after_minutes: buffers.1 * 5,
            providers: only.0.map(ProviderId).into_iter().collect(),
            operatories: only.1.map(OperatoryId).into_iter().collect(),
            locations: only.2.map(LocationId).into_iter().collect(),
            online_text: String::new(),
            reminder_text: String::new(),
            follow_up: None,
            equipment: shared.0,
            assistant: assisted.0,
            second_pattern: beside.0.and_then(|needs| second_pattern(pattern, &needs)),
            second_providers: beside.1.map(ProviderId).into_iter().collect(),
            sort: 0,
            is_active: true,
        };
        // A second week, and a day with hours of its own, for places, a chair and people.
        let date: Date = first.1.parse().unwrap();
        let rota = |index: usize, is_provider: bool, own: u128| {
            let (week, anchor, special) = &rotas[index];
            let mut other_weeks: Vec<Vec<WorkingHours>> = week.iter().map(|hours| working(hours)).collect();
            if !is_provider {
                other_weeks.iter_mut().flatten().for_each(|span| span.location = LocationId(own));
            }
            let special_days = special.iter().map(|(day, location, open)| SpecialDay {
                date: date + jiff::Span::new().days(*day),
                location: location.filter(|_| is_provider).map(LocationId),
                title: String::new(),
                open: open.iter().map(|&(from, length)| OpenSpan::of((from, (from + length).min(1440)))).collect(),
            }).collect();
            Rota { other_weeks, weeks_from: Some(date + jiff::Span::new().days(*anchor)), special_days }
        };
        for (index, place) in roster.locations.values_mut().enumerate() {
            place.rota = rota(index, false, place.id.0);
        }
        if let (Some(hours), Some(chair)) = (&chair_hours, roster.operatories.get_mut(&OperatoryId(2))) {
            chair.hours = working(hours);
            chair.hours.iter_mut().for_each(|span| span.location = chair.location);
            chair.rota = rota(2, false, chair.location.0);
        }
        roster.providers.get_mut(&ProviderId(1)).unwrap().rota = rota(3, true, 0);
        for (id, counts) in [(1, &shared.2[..2]), (2, &shared.2[2..])] {
            let counts = [1, 2].into_iter().zip(counts).map(|(location, pieces)| EquipmentCount { location: LocationId(location), pieces: *pieces });
            let record = Equipment { id: EquipmentId(id), name: String::new(), counts: counts.collect(), sort: 0, is_active: true };
            roster.equipment.insert(record.id, record);
        }
        let mut other = AppointmentType {
            id: OTHER_TYPE,
            buffer_before_minutes: 20,
            equipment: shared.1,
            assistant: assisted.1,
            pattern: "/X/".parse().unwrap(),
            second_pattern: None,
            second_providers: Vec::new(),
            providers: only_other.0.map(ProviderId).into_iter().collect(),
            operatories: only_other.1.map(OperatoryId).into_iter().collect(),
            locations: only_other.2.map(LocationId).into_iter().collect(),
            ..kind.clone()
        };
        if only_other.3 {
            other.policies.0.insert(Rule::TypeNotAllowed, Policy::Allow);
        }
        roster.appointment_types.insert(OTHER_TYPE, other);
        roster.appointment_types.insert(TYPE, kind);
        (roster, date)
    }
}

prop_compose! {
    fn scene()(
        (roster, date) in places(),
        taken in prop::collection::vec((0i32..4000, 1u16..20, 1u128..4, 1u128..3, 1u128..4, prop::sample::select(vec!["X", "/", "XX/"]), (0u16..30, 0u16..30), any::<bool>(), (needs(), prop::sample::select(AssistantNeed::ALL.to_vec())), prop::option::weighted(0.4, (1u128..4, prop::collection::vec(any::<bool>(), 4)))), 0..10),
        blocked in prop::collection::vec((0i32..4000, 1u32..400, 0u8..6, 0u8..4), 0..4),
        wanted in (prop::option::weighted(0.3, 1u128..3), prop::option::weighted(0.2, 1u128..4), prop::option::weighted(0.2, 1u128..3), prop::option::of(1u128..4)),
        who_second in (prop::option::weighted(0.2, 1u128..4), prop::option::weighted(0.2, 1u128..4)),
        window in (prop::option::weighted(0.2, 0i8..24), prop::option::weighted(0.2, 1i8..24)),
        weekday in prop::option::weighted(0.1, 0usize..7),
        days in 1u16..3,
        now_minute in 0i32..1500,
        (moves, also) in (any::<bool>(), prop::bool::weighted(0.35)),
        slots in prop::option::of((prop::collection::vec((0u16..280, 1u16..40, 1u128..4, 0u8..4, 1u16..3, prop::option::weighted(0.3, 0u16..30)), 0..8), [any::<bool>(), any::<bool>()])),
    ) -> Scene {
        let zones = Zones::bundled();
        let base = draw("Tue 3 Mar  Op1 Chen\n09:00  Rivera exam").appointments.remove(0);
        let at = |minute: i32, location: u128| {
            let zone = &roster.locations[&LocationId(location)].zone;
            let noon = zones.resolve(date.at(12, 0, 0, 0), &roster.locations[&LocationId(1)].zone).unwrap();
            let instant = noon.instant() + jiff::SignedDuration::from_mins((minute - 600 - 720).into());
            zones.at(instant, zone).unwrap()
        };
        let visits: Vec<Appointment> = taken.into_iter().enumerate().map(|(index, (minute, units, chair, provider, patient, pattern, buffers, is_odd, (equipment, assistant), second))| {
            let location = if chair == 3 { 2 } else { 1 };
            let pattern: TimePattern = pattern.parse().unwrap();
            let second = second.filter(|(id, _)| *id != provider);
            Appointment {
                second_provider: second.as_ref().map(|(id, _)| ProviderId(*id)),
                second_pattern: second.and_then(|(_, needs)| second_pattern("XXXX", &needs)),
                id: AppointmentId(index as u128 + 1),
                operatory: OperatoryId(chair),
                provider: ProviderId(provider),
                patient: PatientId(patient),
                appointment_type: if index % 3 == 0 { TYPE } else { OTHER_TYPE },
                location: LocationId(location),
                // Some were imported and begin off the grid.
                starts_at: at(if is_odd { minute } else { minute / 5 * 5 }, location),
                pattern: pattern.with_length(units * 5).unwrap(),
                buffer_before_minutes: buffers.0,
                buffer_after_minutes: buffers.1,
                status: if index == 7 { Status::Cancelled } else { Status::Scheduled },
                equipment,
                assistant,
                ..base.clone()
            }
        }).collect();
        let blocks = blocked.into_iter().enumerate().map(|(index, (minute, length_minutes, target, policy))| TimeBlock {
            id: TimeBlockId(index as u128 + 1),
            target: match target {
                0 => BlockTarget::Location(LocationId(1)),
                1 => BlockTarget::Location(LocationId(2)),
                2 => BlockTarget::Provider(ProviderId(1)),
                3 => BlockTarget::Provider(ProviderId(2)),
                _ => BlockTarget::Operatory(OperatoryId(target as u128 - 3)),
            },
            location: LocationId(1),
            starts_at: at(minute, 1),
            length_minutes,
            title: "Meeting".to_owned(),
            policy: match policy {
                0 => BlockPolicy::Block,
                1 => BlockPolicy::Warn,
                2 => BlockPolicy::RestrictedTo(vec![OTHER_TYPE]),
                _ => BlockPolicy::RestrictedTo(vec![TYPE, OTHER_TYPE]),
            },
            source_uid: String::new(),
series: None,
absence: (policy == 0).then_some(AbsenceReason::Ill),
}).collect();
        let moving = visits.first().filter(|_| moves).map(|visit| Box::new(Appointment {
            appointment_type: TYPE,
            also: Vec::from_iter(also.then_some(OTHER_TYPE)),
            ..visit.clone()
        }));
        let request = OpeningRequest {
            provider: wanted.0.map(ProviderId),
            second_provider: who_second.0.filter(|id| wanted.0 != Some(*id)).map(ProviderId),
            away: who_second.1.map(|id| (ProviderId(id), date)),
            operatory: wanted.1.map(OperatoryId),
            location: wanted.2.map(LocationId),
            patient: wanted.3.map(PatientId),
            days,
            after: window.0.map(|hour| Time::constant(hour, 20, 0, 0)),
            before: window.1.map(|hour| Time::constant(hour, 10, 0, 0)),
            weekdays: weekday.map(|day| vec![Weekday::ALL[day], Weekday::ALL[(day + 3) % 7], Weekday::Sunday]),
            limit: usize::MAX,
            moving: moving.clone(),
            also: Vec::from_iter(also.then_some(OTHER_TYPE)),
            ..OpeningRequest::new(TYPE, date)
        };
        let mut visits = visits;
        if let Some(moving) = moving {
            // Its buffers are its own, and like those of any type they come in steps of five.
            visits[0] = *moving;
            visits[0].buffer_before_minutes = visits[0].buffer_before_minutes / 5 * 5;
            visits[0].buffer_after_minutes = visits[0].buffer_after_minutes / 5 * 5;
        }
        let mut request = request;
        request.moving = request.moving.map(|_| Box::new(visits[0].clone()));
        let now = at(now_minute, 1).instant();
        let held = slots.map_or_else(HeldDays::default, |(slots, templated)| held_days(&roster, &zones, date, now, &slots, templated));
        Scene { now, roster, visits, blocks, request, held }
    }
}

/// Start and length in units of five minutes, operatory, what it is for, capacity, hours before which a hold is released.
type Slot = (u16, u16, u128, u8, u16, Option<u16>);

/// The same slots on each of three days; a template is applied at the locations that say so.
fn held_days(
    roster: &Roster,
    zones: &Zones,
    date: Date,
    now: jiff::Timestamp,
    slots: &[Slot],
    templated: [bool; 2],
) -> HeldDays {
    let mut held = HeldDays::default();
    for day in date.series(jiff::Span::new().days(1)).take(4) {
        for (location, is_templated) in [1, 2].into_iter().zip(templated) {
            let location = LocationId(location);
            let zone = zones.zone(&roster.locations[&location].zone).unwrap();
            let by_hand: Vec<DaySlot> = slots
                .iter()
                .enumerate()
                .filter(|(_, slot)| roster.operatories[&OperatoryId(slot.2)].location == location)
                .map(|(index, &(start, length, operatory, wants, capacity, release))| {
                    let id = TemplateSlotId(index as u128);
                    let content = TemplateSlot {
                        id,
                        template: TemplateId(1),
                        weekday: None,
                        start_minute: start * 5,
                        length_minutes: (length * 5).min(1440 - start * 5),
                        operatory: OperatoryId(operatory),
                        provider: None,
                        wants: match wants {
                            0 => SlotWants::Any,
                            1 => SlotWants::Type { id: OTHER_TYPE },
                            _ => SlotWants::Type { id: TYPE },
                        },
                        capacity,
                        hold: release.map(|release_hours| EmergencyHold {
                            units: 1,
                            release_hours,
                        }),
                        label: String::new(),
                        hue: None,
                        letter: String::new(),
                    };
                    DaySlot {
                        location,
                        date: day,
                        slot: id,
                        content: Some(content),
                    }
                })
                .collect();
            let mut held_on = held_day(&zone, day, None, &by_hand, now);
            held_on.application = is_templated.then_some(TemplateApplicationId(1));
            if !held_on.is_empty() {
                held.0.insert((location, day), held_on);
            }
        }
    }
    held
}

/// Slots of a start’s day and the next.
fn held_around(held: &HeldDays, location: LocationId, date: Date) -> Vec<HeldDay> {
    [date, date.tomorrow().unwrap()]
        .into_iter()
        .filter_map(|date| held.on(location, date).cloned())
        .collect()
}

/// Whether a template slot is in the way: then it is offered only if nothing else is.
fn is_foreign(violation: &Violation) -> bool {
    matches!(
        violation,
        Violation::SlotForOther { .. } | Violation::SlotFull { .. } | Violation::KeptForEmergencies { .. }
    )
}

/// Whether the second provider would be needed on the day on which the request says that they are away.
fn is_away(scene: &Scene, second: ProviderId, place: &Placement, zones: &Zones) -> bool {
    let Some((away, day)) = scene.request.away else {
        return false;
    };
    let zone = zones.zone(&place.starts_at.zone).unwrap();
    let (from, until) = crate::hours::day_bounds(&zone, day);
    away == second
        && place
            .doctor_time()
            .any(|(id, span)| id == second && span.0 < until && from < span.1)
}

/// Whether the second provider would be needed on a block-out of theirs that only warns.
fn is_warned(scene: &Scene, second: ProviderId, place: &Placement) -> bool {
    scene.blocks.iter().any(|block| {
        block.policy == BlockPolicy::Warn
            && block.target == BlockTarget::Provider(second)
            && scene.roster.policy(Rule::TimeBlock, TYPE) != Policy::Allow
            && place.doctor_time().any(|(id, span)| {
                id == second && block.starts_at.instant() < span.1 && span.0 < block.ends_at()
            })
    })
}

type Found = BTreeSet<(jiff::Timestamp, OperatoryId, ProviderId)>;

/// Tries every place and every time on the grid with the rules: what slots are meant for it, and only if there is nothing,
/// what lies in others.
fn by_trying(scene: &Scene, zones: &Zones) -> Found {
    let (own, foreign) = tried(scene, zones);
    if own.is_empty() { foreign } else { own }
}

fn tried(scene: &Scene, zones: &Zones) -> (Found, Found) {
    let Scene { roster, request, .. } = scene;
    let asked = crate::procedures::together(roster, TYPE, request.also()).unwrap();
    let neighbours = Neighbours {
        appointments: scene.visits.clone(),
        time_blocks: scene.blocks.clone(),
        patient: Standing::Active,
        accepted: Vec::new(),
        held: Vec::new(),
        others: Vec::new(),
    };
    let (mut found, mut foreign) = (Found::new(), Found::new());
    for date in request
        .from
        .series(jiff::Span::new().days(1))
        .take(request.days.into())
    {
        if request
            .weekdays
            .as_ref()
            .is_some_and(|days| !days.contains(&Weekday::of(date)))
        {
            continue;
        }
        for minute in (0..1440i16).step_by(roster.practice.time_increment_minutes.into()) {
            let time = Time::constant((minute / 60) as i8, (minute % 60) as i8, 0, 0);
            if request.after.is_some_and(|after| time < after) {
                continue;
            }
            for chair in roster.operatories.values() {
                let zone = &roster.locations[&chair.location].zone;
                let wall = date.to_datetime(time);
                let starts: Vec<Start> = [zones.resolve(wall, zone), zones.resolve_later(wall, zone)]
                    .into_iter()
                    .flatten()
                    .collect();
                for provider in roster.providers.values() {
                    for start in &starts {
                        let place = |second_provider| Placement {
                            appointment: request.moving.as_ref().map(|visit| visit.id),
                            patient: request.patient,
                            appointment_type: TYPE,
                            provider: provider.id,
                            operatory: chair.id,
                            starts_at: start.clone(),
                            pattern: asked.pattern.clone(),
                            buffer_before_minutes: request
                                .moving
                                .as_ref()
                                .map_or(asked.buffer_before_minutes, |visit| visit.buffer_before_minutes),
                            buffer_after_minutes: request
                                .moving
                                .as_ref()
                                .map_or(asked.buffer_after_minutes, |visit| visit.buffer_after_minutes),
                            equipment: request
                                .moving
                                .as_ref()
                                .map_or(&asked.equipment, |visit| &visit.equipment)
                                .clone(),
                            assistant: request
                                .moving
                                .as_ref()
                                .map_or(asked.assistant, |visit| visit.assistant),
                            also: request.also().to_vec(),
                            second_provider,
                            second_pattern: request
                                .moving
                                .as_ref()
                                .map_or(&asked.second_pattern, |visit| &visit.second_pattern)
                                .clone(),
                        };
                        let wanted = request.provider.is_none_or(|id| id == provider.id)
                            && request.operatory.is_none_or(|id| id == chair.id)
                            && request.location.is_none_or(|id| id == chair.location)
                            && start.instant() >= scene.now
                            && request.before.is_none_or(|before| {
                                let length =
                                    jiff::SignedDuration::from_mins(asked.pattern.length_minutes().into());
                                let end = zones.at(start.instant() + length, zone).unwrap();
                                end.wall <= date.to_datetime(before)
                            });
                        let fits = |violation: &Violation| {
                            match violation {
                                Violation::InNoSlot { .. } => true,
                                Violation::Blocked { is_only_warning, .. } => *is_only_warning,
                                // Offered after others; refused, it is not.
                                Violation::AssistantsBusy { .. } => violation.policy(roster) == Policy::Warn,
                                _ => false,
                            }
                        };
                        if !wanted {
                            continue;
                        }
                        let neighbours = Neighbours {
                            held: held_around(&scene.held, chair.location, date),
                            ..neighbours.clone()
                        };
                        // Without anybody, and with everybody else of whom nothing would be asked.
                        let nobody = place(None);
                        let wants_second = nobody.wanted_second().is_some();
                        let others = roster.providers.keys().copied().filter(|id| {
                            wants_second
                                && *id != provider.id
                                && request.second_provider.is_none_or(|wanted| wanted == *id)
                                && !is_away(scene, *id, &place(Some(*id)), zones)
                                && !is_warned(scene, *id, &place(Some(*id)))
                        });
                        let alone = (!wants_second || request.second_provider.is_none()).then_some(nobody);
                        for placement in alone.into_iter().chain(others.map(|id| place(Some(id)))) {
                            let violations = check_placement(roster, zones, &neighbours, &placement).unwrap();
                            if violations.iter().all(fits) {
                                found.insert((start.instant(), chair.id, provider.id));
                            } else if violations.iter().all(|each| fits(each) || is_foreign(each)) {
                                foreign.insert((start.instant(), chair.id, provider.id));
                            }
                        }
                    }
                }
            }
        }
    }
    (found, foreign)
}

/// What speaks against an opening: points by weight.
fn points(scene: &Scene, opening: &Opening) -> u32 {
    let times = |factor| scene.roster.practice.weights.of(factor).times();
    let known = &scene.request.leanings;
    let date = opening.starts_at.date();
    let says = |reason: fn(&Reason) -> bool| opening.reasons.iter().any(reason);
    let days = (date - scene.request.from).get_days() as u32;
    // Where it may be gone against, the template is told of and does not count.
    let heeds_template = scene.roster.practice.policies.of(Rule::TemplateMismatch) != Policy::Allow;
    let against = [
        (
            RankingFactor::Template,
            192,
            heeds_template && says(|reason| matches!(reason, Reason::InNoSlot)),
        ),
        (
            RankingFactor::Continuity,
            56,
            known.provider.is_some_and(|id| id != opening.provider),
        ),
        (
            RankingFactor::Continuity,
            4,
            known.operatory.is_some_and(|id| id != opening.operatory),
        ),
        (
            RankingFactor::Preferences,
            20,
            known.weekday.is_some_and(|habit| habit.is != Weekday::of(date)),
        ),
        (
            RankingFactor::Preferences,
            20,
            known
                .is_morning
                .is_some_and(|habit| habit.is != (opening.starts_at.wall.hour() < 12)),
        ),
        (
            RankingFactor::Family,
            24,
            !known.family.is_empty() && !known.family.contains(&date),
        ),
    ];
    let mut points: u32 = against
        .iter()
        .map(|(factor, points, is_so)| if *is_so { times(*factor) * points } else { 0 })
        .sum();
    if scene.roster.practice.weights.of(RankingFactor::LeadTime) != Weight::First {
        points += times(RankingFactor::LeadTime) * 12 * days;
    }
    if says(|reason| matches!(reason, Reason::OnBlockOut(_))) {
        points += 192;
    }
    if says(|reason| matches!(reason, Reason::NoAssistant(..))) {
        points += 192;
    }
    if !says(|reason| matches!(reason, Reason::UsualProvider(_))) {
        points += 16;
    }
    points
}

/// As the list should be: for each provider and time the best operatory of a day, then the others; days one after the other where an earlier
/// day always comes first. One instant may lie in the days of two dates at two locations: then there is a best one in each.
fn in_order(scene: &Scene, openings: Vec<Opening>) -> Vec<Opening> {
    let by_day = scene.roster.practice.weights.of(RankingFactor::LeadTime) == Weight::First;
    // Records here have no order of their own but their ids.
    let key = |opening: &Opening| {
        (
            points(scene, opening),
            opening.starts_at.instant(),
            opening.provider,
            opening.operatory,
        )
    };
    let place = |opening: &Opening| {
        (
            opening.starts_at.date(),
            opening.starts_at.instant(),
            opening.provider,
        )
    };
    let mut best = std::collections::BTreeMap::new();
    for opening in &openings {
        let best = best.entry(place(opening)).or_insert_with(|| key(opening));
        *best = (*best).min(key(opening));
    }
    let mut ordered = openings;
    ordered.sort_by_key(|opening| {
        let is_second = best[&place(opening)] != key(opening);
        let day = by_day.then(|| opening.starts_at.date());
        (day, is_second, key(opening))
    });
    ordered
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]

    #[test]
    fn openings_are_exactly_what_the_rules_let_through(scene in scene()) {
        let zones = Zones::bundled();
        let busy = BusyCalendar::build(&scene.visits, &scene.blocks);
        let openings = openings::find(&scene.roster, &zones, &busy, &scene.held, &scene.request, scene.now).unwrap();
        let found: Found = openings.iter().map(|opening| (opening.starts_at.instant(), opening.operatory, opening.provider)).collect();
        prop_assert_eq!(found.len(), openings.len(), "each once");
        prop_assert_eq!(&found, &by_trying(&scene, &zones));
        for opening in &openings {
            let place = &scene.roster.locations[&opening.location];
            prop_assert_eq!(&zones.at(opening.starts_at.instant(), &place.zone).unwrap(), &opening.starts_at);
        }
        // The earliest day comes first, and a short list is the beginning of the long one.
        prop_assert!(openings.is_sorted_by_key(|opening| opening.starts_at.date()));
        let few = OpeningRequest { limit: 7, ..scene.request.clone() };
        let few = openings::find(&scene.roster, &zones, &busy, &scene.held, &few, scene.now).unwrap();
        prop_assert_eq!(&few[..], &openings[..openings.len().min(7)]);
    }

    /// The order is that of the practice's weights and of what is known of the patient, said once more in the plainest way. Free time torn
    /// apart and the load of doctors are left out here: they have drawings of their own.
    #[test]
    fn openings_come_in_the_order_of_the_weights(
        scene in scene(),
        weights in prop::collection::vec((prop::sample::select(RankingFactor::ALL.to_vec()), prop::sample::select(Weight::ALL.to_vec())), 0..8),
        who in (prop::option::of(1u128..3), prop::option::of(1u128..4)),
        habits in (prop::option::of(0usize..7), prop::option::of(any::<bool>())),
        family in prop::collection::vec(0i64..3, 0..2),
    ) {
        let zones = Zones::bundled();
        let busy = BusyCalendar::build(&scene.visits, &scene.blocks);
        let mut scene = scene;
        scene.roster.practice.weights = RankingWeights(weights.into_iter().collect());
        for factor in [RankingFactor::Fragments, RankingFactor::Load] {
            scene.roster.practice.weights.0.insert(factor, Weight::Off);
        }
        fn habit<T>(is: T) -> openings::Habit<T> {
            openings::Habit { is, kept: 3, of: 3 }
        }
        scene.request.leanings = openings::Leanings {
            provider: who.0.map(ProviderId),
            operatory: who.1.map(OperatoryId),
            weekday: habits.0.map(|day| habit(Weekday::ALL[day])),
            is_morning: habits.1.map(habit),
            family: family.iter().map(|days| scene.request.from + jiff::Span::new().days(*days)).collect(),
        };
        let find = |limit: usize| {
            let request = OpeningRequest { limit, ..scene.request.clone() };
            openings::find(&scene.roster, &zones, &busy, &scene.held, &request, scene.now).unwrap()
        };
        let openings = find(usize::MAX);
        let found: Found = openings.iter().map(|opening| (opening.starts_at.instant(), opening.operatory, opening.provider)).collect();
        prop_assert_eq!(&found, &by_trying(&scene, &zones), "weights take nothing away");
        let expected = in_order(&scene, openings.clone());
        prop_assert_eq!(&openings, &expected);
        for limit in [1, 7] {
            prop_assert_eq!(&find(limit)[..], &openings[..openings.len().min(limit)]);
        }
    }

    /// What is kept in step with changes is what would be built anew.
    #[test]
    fn the_calendar_keeps_in_step(scene in scene(), moved in prop::collection::vec((0usize..10, 0i32..500), 0..8)) {
        let zones = Zones::bundled();
        let mut visits = scene.visits.clone();
        let mut blocks = scene.blocks.clone();
        let mut busy = BusyCalendar::build(&visits, &blocks);
        for (index, minutes) in moved {
            if let Some(visit) = visits.get_mut(index) {
                let after = Appointment {
                    starts_at: zones.after_minutes(&visit.starts_at, minutes).unwrap(),
                    status: if minutes % 4 == 0 { Status::NoShow } else { Status::Scheduled },
                    ..visit.clone()
                };
                busy.apply(&Change::edit(visit.clone(), after.clone()));
                *visit = after;
            }
            if let Some(block) = blocks.pop() {
                busy.apply(&Change::remove(block));
            }
        }
        let anew = BusyCalendar::build(&visits, &blocks);
        prop_assert_eq!(busy.visits(), anew.visits());
        let request = OpeningRequest { moving: None, ..scene.request.clone() };
        prop_assert_eq!(
            openings::find(&scene.roster, &zones, &busy, &scene.held, &request, scene.now).unwrap(),
            openings::find(&scene.roster, &zones, &anew, &scene.held, &request, scene.now).unwrap()
        );
    }
}

/// The scenes above are worth trying: most have openings, and a calendar that has lost a visit is found out.
#[test]
fn a_lost_visit_would_be_noticed() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let zones = Zones::bundled();
    let mut runner = TestRunner::deterministic();
    let (mut with_openings, mut noticed) = (0, 0);
    for _ in 0..160 {
        let scene = scene().new_tree(&mut runner).unwrap().current();
        let request = OpeningRequest {
            moving: None,
            ..scene.request.clone()
        };
        let scene = Scene { request, ..scene };
        let lossy = BusyCalendar::build(scene.visits.iter().skip(1), &scene.blocks);
        let openings = openings::find(
            &scene.roster,
            &zones,
            &lossy,
            &scene.held,
            &scene.request,
            scene.now,
        )
        .unwrap();
        let found: Found = openings
            .iter()
            .map(|opening| (opening.starts_at.instant(), opening.operatory, opening.provider))
            .collect();
        let fits = by_trying(&scene, &zones);
        with_openings += usize::from(!fits.is_empty());
        noticed += usize::from(found != fits);
    }
    assert!(
        with_openings >= 10 && noticed >= 2,
        "{with_openings} with openings, {noticed} noticed"
    );
}
