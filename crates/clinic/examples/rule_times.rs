//! How long the rules take on a full practice: openings over 12 providers, 30 operatories, 90 days and 15,000
//! visits (figure P3), a placement check beside its neighbours, and the conflicts of it all.
//!
//! `cargo run --profile bench-fast -p clinic --features drawing --example rule_times`

use std::time::{Duration, Instant};

use clinic::drawing::Drawing;
use clinic::templates::HeldDays;
use clinic::{
    Appointment, AppointmentId, BusyCalendar, Neighbours, OpeningRequest, Operatory, OperatoryId, PatientId,
    Placement, Provider, ProviderId, Roster, Standing, Weekday, Zones, check_placement, conflicts, openings,
};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

const FIRST: Date = date(2026, 9, 14);
const DAYS: i64 = 90;
const NOW: &str = "2026-09-14T00:00:00Z";

fn main() {
    let drawing = Drawing::parse(
        "hours 8:00–18:00
         type crown XX//XX//XX// buffer 5/10
         type exam XXX///
         type check XX
         Mon 14 Sep    Op1 Chen
         08:00         Rivera exam",
    )
    .expect("the drawing is right");
    let (roster, visits) = full(&drawing);
    let zones = &drawing.zones;
    let busy = BusyCalendar::build(&visits, []);
    println!(
        "{} visits, {:.1} bytes each",
        busy.visits(),
        busy.memory_bytes() as f64 / busy.visits() as f64
    );

    for code in ["crown", "check"] {
        let kind = roster
            .appointment_types
            .values()
            .find(|kind| kind.code == code)
            .expect("drawn")
            .id;
        for limit in [10, 200] {
            let request = OpeningRequest {
                days: DAYS as u16,
                limit,
                ..OpeningRequest::new(kind, FIRST)
            };
            let now = NOW.parse().expect("a time");
            let (time, found) = median(|| {
                openings::find(&roster, zones, &busy, &HeldDays::default(), &request, now)
                    .expect("a fair question")
                    .len()
            });
            println!("openings for {code}, the best {limit}: {found} found in {time:?}");
        }
    }
    let (time, found) = median(|| conflicts::find(&roster, &visits, &[]).len());
    println!("conflicts among {}: {found} found in {time:?}", visits.len());
    check(&roster, zones, &visits);
}

/// Twelve providers, thirty operatories, and a calendar about three quarters full.
fn full(drawing: &Drawing) -> (Roster, Vec<Appointment>) {
    let mut roster = drawing.roster.clone();
    let provider = roster.providers.values().next().expect("drawn").clone();
    let chair = roster.operatories.values().next().expect("drawn").clone();
    for number in 1..12 {
        let id = ProviderId(number);
        roster.providers.insert(
            id,
            Provider {
                id,
                sort: number as i32,
                ..provider.clone()
            },
        );
    }
    let providers: Vec<ProviderId> = roster.providers.keys().copied().collect();
    for number in 1..30u128 {
        let usual_provider = Some(providers[number as usize % providers.len()]);
        let id = OperatoryId(number);
        roster.operatories.insert(
            id,
            Operatory {
                id,
                usual_provider,
                sort: number as i32,
                ..chair.clone()
            },
        );
    }
    let operatories: Vec<Operatory> = roster.operatories.values().cloned().collect();
    let kinds: Vec<_> = roster.appointment_types.values().cloned().collect();
    let base = &drawing.appointments[0];
    let mut dice = 1u64;
    let mut roll = |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut visits = Vec::new();
    for day in 0..DAYS {
        let date = FIRST + SignedDuration::from_hours(24 * day);
        for chair in operatories
            .iter()
            .filter(|_| Weekday::of(date) != Weekday::Sunday)
        {
            let mut minute = 8 * 60 + roll(6) as i16 * 5;
            while minute < 17 * 60 + 30 {
                let kind = &kinds[roll(kinds.len() as u64) as usize];
                let wall = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
                visits.push(Appointment {
                    id: AppointmentId(visits.len() as u128 + 1),
                    patient: PatientId(u128::from(roll(20_000))),
                    appointment_type: kind.id,
                    provider: chair.usual_provider.unwrap_or(base.provider),
                    operatory: chair.id,
                    starts_at: drawing
                        .zones
                        .resolve(wall, &base.starts_at.zone)
                        .expect("no gap by day"),
                    pattern: kind.pattern.clone(),
                    ..base.clone()
                });
                minute += kind.pattern.length_minutes() as i16 + roll(16) as i16 * 5;
            }
        }
    }
    visits.truncate(15_000);
    (roster, visits)
}

fn check(roster: &Roster, zones: &Zones, visits: &[Appointment]) {
    let visit = &visits[visits.len() / 2];
    let placement = Placement {
        appointment: None,
        ..Placement::of(visit)
    };
    let place = placement.neighbourhood(roster).expect("drawn");
    let near = |other: &&Appointment| {
        other.starts_at.instant() < place.until
            && place.from < other.ends_at()
            && (other.operatory == place.operatory || other.provider == place.provider)
    };
    let neighbours = Neighbours {
        appointments: visits.iter().filter(near).cloned().collect(),
        patient: Standing::Active,
        ..Neighbours::default()
    };
    let (time, found) = median(|| {
        (0..1_000)
            .map(|_| {
                check_placement(roster, zones, &neighbours, &placement)
                    .expect("a fair question")
                    .len()
            })
            .sum::<usize>()
    });
    let neighbours = neighbours.appointments.len();
    println!(
        "a placement beside {neighbours} neighbours: {} obstacles in {:?}",
        found / 1_000,
        time / 1_000
    );
}

/// The median of 21 runs, and the answer.
fn median<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..21 {
        let start = Instant::now();
        last = Some(run());
        times.push(start.elapsed());
    }
    times.sort();
    (times[10], last.expect("it ran"))
}
