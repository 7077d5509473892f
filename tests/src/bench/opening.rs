//! P3: ranked openings, beside a plain scan that asks the booking rules about every time, chair and provider.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use clinic::{
    Appointment, AppointmentType, BlockTarget, Entity, Location, Neighbours, OperatoryId, Placement,
    PracticeId, ProviderId, Roster, TimeBlock, Weekday, WorkstationId, Zones, check_placement,
};
use desk::Purpose;
use desk::api::{Handlers, OpeningsRequest};
use desk::demo::{Demo, DemoSpec, mid_morning};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::Scale;
use super::practice::{self, Practice, TODAY};
use super::report::Figure;
use super::stats::Samples;

const DAYS: u16 = 90;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let days = practice.scale.of(DAYS.into(), 7) as u16;
    let calendar = Calendar::invented(practice.scale)?;
    // The longest visit is the hardest to place.
    let kinds = calendar
        .roster
        .appointment_types
        .values()
        .filter(|kind| kind.is_active);
    let kind = kinds
        .max_by_key(|kind| (kind.length_minutes_with_buffers(), kind.id))
        .context("a kind of visit")?;

    let mut naive = Samples::default();
    let mut fits = naive.time(|| calendar.scan(kind, days))?;
    while naive.len() < 3 && naive.max() < 2_000.0 {
        fits = naive.time(|| calendar.scan(kind, days))?;
    }

    let copy = practice.copy()?;
    let front = copy.open(Purpose::Window)?;
    let mut figures = Vec::new();
    let mut first = Samples::default();
    for limit in [10, 200] {
        let request = OpeningsRequest {
            second_provider: None,
            appointment_type: kind.id,
            location: None,
            provider: None,
            operatory: None,
            patient: None,
            from: Some(TODAY.to_string()),
            days: Some(days),
            after: None,
            before: None,
            weekdays: Vec::new(),
            pattern: None,
            limit: Some(limit),
            also: Vec::new(),
        };
        if first.is_empty() {
            first.time(|| front.openings(request.clone()))?;
        }
        let mut times = Samples::default();
        let mut found = Vec::new();
        for _ in 0..practice.scale.of(41, 5) {
            found = times.time(|| front.openings(request.clone()))?.openings;
        }
        // Both must speak of the same free times, or the comparison is worth nothing.
        for opening in &found {
            let at: DateTime = opening
                .at
                .parse()
                .with_context(|| format!("{} is no time", opening.at))?;
            let known = fits.contains_key(&(at, opening.operatory, opening.provider));
            ensure!(
                known,
                "an opening at {} that the plain scan does not know",
                opening.at
            );
        }
        ensure!(
            !found.is_empty(),
            "the plain scan finds {} openings, the desk none",
            fits.len()
        );
        let what = format!(
            "openings, the best {limit} ranked: {} providers × {days} days for {} min, p50 (p99 {:.2} ms)",
            calendar.roster.providers.len(),
            kind.pattern.length_minutes(),
            times.p99()
        );
        let yardstick = format!("plain scan of the rules in memory, unranked ({} fit)", fits.len());
        figures.push(
            Figure::new("P3", what, times.median(), "ms")
                .at_most(10.0)
                .better_than(&yardstick, naive.median(), 10.0),
        );
    }
    front.close();
    figures.push(Figure::new(
        "P3",
        "the first search after opening: reads the calendar",
        first.max(),
        "ms",
    ));
    Ok(figures)
}

trait WithBuffers {
    fn length_minutes_with_buffers(&self) -> u16;
}

impl WithBuffers for AppointmentType {
    fn length_minutes_with_buffers(&self) -> u16 {
        self.pattern.length_minutes() + self.buffer_before_minutes + self.buffer_after_minutes
    }
}

/// The same practice in memory, as a plain program would have it.
struct Calendar {
    roster: Roster,
    zones: Zones,
    now: Timestamp,
    in_chair: HashMap<(OperatoryId, Date), Vec<Appointment>>,
    with_provider: HashMap<(ProviderId, Date), Vec<Appointment>>,
    blocks: Vec<TimeBlock>,
}

type Fits = HashMap<(DateTime, OperatoryId, ProviderId), ()>;

impl Calendar {
    fn invented(scale: Scale) -> Result<Self> {
        let zones = Zones::bundled();
        let now = mid_morning(TODAY, &zones)?;
        let spec = DemoSpec {
            size: scale.size(),
            seed: desk::DEMO_SEED,
            now,
            practice: PracticeId(1),
            workstation: WorkstationId(1),
            is_furnished: false,
        };
        let demo = Demo::invent(spec, &zones)?;
        let records: Vec<Entity> = demo
            .roster()
            .into_iter()
            .filter_map(|change| change.after)
            .collect();
        let blocks = records.iter().filter_map(|record| match record {
            Entity::TimeBlock(block) => Some(block.clone()),
            _ => None,
        });
        let blocks = blocks.collect();
        let roster = Roster::from_entities(records).context("a practice has a roster")?;
        let mut calendar = Self {
            roster,
            zones,
            now,
            in_chair: HashMap::new(),
            with_provider: HashMap::new(),
            blocks,
        };
        let last = practice::day(i64::from(DAYS) + 1);
        for change in demo.patients().flatten() {
            let Some(Entity::Appointment(visit)) = change.after else {
                continue;
            };
            let date = visit.starts_at.date();
            if visit.takes_time() && date >= practice::day(-1) && date <= last {
                calendar
                    .in_chair
                    .entry((visit.operatory, date))
                    .or_default()
                    .push(visit.clone());
                calendar
                    .with_provider
                    .entry((visit.provider, date))
                    .or_default()
                    .push(visit);
            }
        }
        Ok(calendar)
    }

    /// Every time on the practice’s grid, in every chair, with every provider who is in: does it fit?
    fn scan(&self, kind: &AppointmentType, days: u16) -> Result<Fits> {
        let mut fits = Fits::new();
        for location in self
            .roster
            .locations
            .values()
            .filter(|location| location.is_active)
        {
            for day in 0..days {
                self.scan_day(kind, location, practice::day(day.into()), &mut fits)?;
            }
        }
        Ok(fits)
    }

    fn scan_day(
        &self,
        kind: &AppointmentType,
        location: &Location,
        date: Date,
        fits: &mut Fits,
    ) -> Result<()> {
        let weekday = Weekday::of(date);
        for open in location.hours.iter().filter(|hours| hours.weekday == weekday) {
            let (from, until) = open.minutes();
            for chair in self
                .roster
                .operatories
                .values()
                .filter(|chair| chair.location == location.id && chair.is_active)
            {
                if !kind.operatories.is_empty() && !kind.operatories.contains(&chair.id) {
                    continue;
                }
                for provider in self
                    .roster
                    .providers
                    .values()
                    .filter(|provider| provider.is_active)
                {
                    let is_in = provider
                        .schedule
                        .hours
                        .iter()
                        .any(|hours| hours.location == location.id && hours.weekday == weekday);
                    if !is_in || !kind.providers.is_empty() && !kind.providers.contains(&provider.id) {
                        continue;
                    }
                    let neighbours = self.neighbours(location, chair.id, provider.id, date);
                    for minute in (from..until).step_by(self.roster.practice.time_increment_minutes.into()) {
                        let wall = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
                        let Ok(starts_at) = self.zones.resolve(wall, &location.zone) else {
                            continue;
                        };
                        if starts_at.instant() < self.now {
                            continue;
                        }
                        let placement = Placement {
                            appointment: None,
                            patient: None,
                            appointment_type: kind.id,
                            provider: provider.id,
                            operatory: chair.id,
                            starts_at,
                            pattern: kind.pattern.clone(),
                            buffer_before_minutes: kind.buffer_before_minutes,
                            buffer_after_minutes: kind.buffer_after_minutes,
                            also: Vec::new(),
                            equipment: kind.equipment.clone(),
                            assistant: kind.assistant,
                            second_provider: None,
                            second_pattern: kind.second_pattern.clone(),
                        };
                        let found = check_placement(&self.roster, &self.zones, &neighbours, &placement);
                        // A block-out that only warns is offered too, ranked last.
                        if found.is_ok_and(|found| {
                            found
                                .iter()
                                .all(|violation| violation.policy(&self.roster) == clinic::Policy::Warn)
                        }) {
                            fits.insert((wall, chair.id, provider.id), ());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn neighbours(
        &self,
        location: &Location,
        chair: OperatoryId,
        provider: ProviderId,
        date: Date,
    ) -> Neighbours {
        let in_chair = self.in_chair.get(&(chair, date)).into_iter().flatten();
        let elsewhere = self
            .with_provider
            .get(&(provider, date))
            .into_iter()
            .flatten()
            .filter(|visit| visit.operatory != chair);
        let concerns = |block: &&TimeBlock| match block.target {
            BlockTarget::Provider(id) => id == provider,
            BlockTarget::Operatory(id) => id == chair,
            BlockTarget::Location(id) => id == location.id,
        };
        let days = |block: &&TimeBlock| {
            let first = block.starts_at.date();
            let length = i64::from(block.length_minutes / (24 * 60)) + 1;
            first <= date && date <= first.saturating_add(jiff::Span::new().days(length))
        };
        Neighbours {
            appointments: in_chair.chain(elsewhere).cloned().collect(),
            time_blocks: self
                .blocks
                .iter()
                .filter(concerns)
                .filter(days)
                .cloned()
                .collect(),
            ..Neighbours::default()
        }
    }
}
