//! Planned, booked and kept: what one templated day adds to each figure.

use jiff::Timestamp;

use super::{HeldDay, HeldSlot, Home, home};
use crate::hours::Minutes;
use crate::{Appointment, AppointmentTypeId, ProviderId, Roster, SlotWants, Status, TemplateId};

/// Figures that add up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Capacities of the slots.
    pub planned_visits: u32,
    pub planned_minutes: u32,
    /// Visits in slots that fit them, whatever became of them, cancelled ones excepted.
    pub booked_visits: u32,
    pub booked_minutes: u32,
    /// Of the booked ones: those of days that are over which took place.
    pub kept_visits: u32,
    pub no_shows: u32,
    pub cancelled: u32,
    /// Visits in slots meant for something else: lost to what the slot was meant for.
    pub leaked_visits: u32,
    /// Visits in no slot.
    pub outside_visits: u32,
    /// Of each visit that was not cancelled: days from booking to visit.
    pub lead_days: Vec<f64>,
    pub holds: u32,
    /// Holds in which no visit was, of days that are over.
    pub unused_holds: u32,
    /// Of days that are over: the provider was in and nobody needed them.
    pub doctor_idle_minutes: u32,
    /// Minutes that visits ended after their provider's hours.
    pub overrun_minutes: u32,
}

impl Figures {
    pub fn add(&mut self, other: &Figures) {
        self.planned_visits += other.planned_visits;
        self.planned_minutes += other.planned_minutes;
        self.booked_visits += other.booked_visits;
        self.booked_minutes += other.booked_minutes;
        self.kept_visits += other.kept_visits;
        self.no_shows += other.no_shows;
        self.cancelled += other.cancelled;
        self.leaked_visits += other.leaked_visits;
        self.outside_visits += other.outside_visits;
        self.lead_days.extend(&other.lead_days);
        self.holds += other.holds;
        self.unused_holds += other.unused_holds;
        self.doctor_idle_minutes += other.doctor_idle_minutes;
        self.overrun_minutes += other.overrun_minutes;
    }

    /// Booked of planned minutes; none where nothing was planned.
    pub fn fill_rate(&self) -> Option<f64> {
        (self.planned_minutes > 0).then(|| f64::from(self.booked_minutes) / f64::from(self.planned_minutes))
    }

    /// The middle of all; of two middles their mean. None without visits.
    pub fn median_lead_days(&self) -> Option<f64> {
        let mut days = self.lead_days.clone();
        days.sort_by(f64::total_cmp);
        let middle = days.len() / 2;
        match days.len() {
            0 => None,
            count if count % 2 == 1 => Some(days[middle]),
            _ => Some(f64::midpoint(days[middle - 1], days[middle])),
        }
    }
}

/// One part of a day's figures and what it is told apart by.
#[derive(Debug, Clone, PartialEq)]
pub struct DayFigures {
    /// Of the slot, where there is one, else of the visit: the class, or the type's name if it has none; `None` for a provider's
    /// time.
    pub class: Option<String>,
    pub template: Option<TemplateId>,
    /// Of the slot, where there is one, else of the visit. None: whoever works there.
    pub provider: Option<ProviderId>,
    pub figures: Figures,
}

/// When a provider is in on the day.
pub struct DoctorTime {
    pub provider: ProviderId,
    pub open: Vec<Minutes>,
}

/// What a day adds. `visits`: of the day, cancelled and missed ones too; `now` decides whether it is over.
pub fn day_figures(
    roster: &Roster,
    day: &HeldDay,
    visits: &[Appointment],
    doctors: &[DoctorTime],
    day_ends: Timestamp,
    now: Timestamp,
) -> Vec<DayFigures> {
    let is_over = day_ends <= now;
    let mut parts = Vec::new();
    for held in &day.slots {
        let mut figures = Figures {
            planned_visits: u32::from(held.slot.capacity),
            planned_minutes: u32::from(held.slot.length_minutes),
            ..Figures::default()
        };
        if held.slot.hold.is_some() {
            figures.holds = 1;
            let is_used = visits.iter().any(|visit| {
                visit.takes_time()
                    && visit.operatory == held.slot.operatory
                    && visit.starts_at.instant() < held.span.1
                    && held.span.0 < visit.ends_at()
            });
            figures.unused_holds = u32::from(is_over && !is_used);
        }
        let (class, template, provider) = told_by_slot(roster, day, held);
        parts.push(DayFigures {
            class: Some(class),
            template,
            provider,
            figures,
        });
    }
    for visit in visits {
        let mut figures = Figures::default();
        let home = home(
            roster,
            day,
            visit.operatory,
            visit.appointment_type,
            (visit.starts_at.instant(), visit.ends_at()),
        );
        // What was planned and what came of it are compared, so both are told apart by the slot; only a visit in no slot by itself.
        let (class, template, provider) = match home {
            Home::In(held) | Home::Leaked(held) => told_by_slot(roster, day, held),
            Home::Outside => (
                class_of(roster, visit.appointment_type),
                day.template,
                Some(visit.provider),
            ),
        };
        if visit.status == Status::Cancelled {
            figures.cancelled = 1;
        } else {
            figures.no_shows = u32::from(visit.status == Status::NoShow);
            let took_place = matches!(
                visit.status,
                Status::Arrived | Status::Seated | Status::Completed | Status::CheckedOut
            );
            figures.lead_days.push(lead_days(visit));
            match home {
                Home::In(_) => {
                    figures.booked_visits = 1;
                    figures.booked_minutes = u32::from(visit.length_minutes());
                    figures.kept_visits = u32::from(is_over && took_place);
                }
                Home::Leaked(_) => figures.leaked_visits = 1,
                Home::Outside => figures.outside_visits = 1,
            }
        }
        parts.push(DayFigures {
            class: Some(class),
            template,
            provider,
            figures,
        });
    }
    for doctor in doctors {
        parts.push(DayFigures {
            class: None,
            template: day.template,
            provider: Some(doctor.provider),
            figures: doctor_figures(doctor, visits, is_over),
        });
    }
    parts
}

/// Class, template and provider of a slot.
fn told_by_slot(
    roster: &Roster,
    day: &HeldDay,
    held: &HeldSlot,
) -> (String, Option<TemplateId>, Option<ProviderId>) {
    (
        class_of_slot(roster, &held.slot.wants, held.slot.hold.is_some()),
        held.is_of_template.then_some(day.template).flatten(),
        held.slot.provider,
    )
}

fn class_of_slot(roster: &Roster, wants: &SlotWants, is_hold: bool) -> String {
    match wants {
        SlotWants::Any if is_hold => "emergencies".to_owned(),
        SlotWants::Any => "anything".to_owned(),
        SlotWants::Class { name } => name.clone(),
        SlotWants::Type { id } => class_of(roster, *id),
    }
}

fn class_of(roster: &Roster, kind: AppointmentTypeId) -> String {
    roster.appointment_type(kind).map_or_else(
        || "a removed type".to_owned(),
        |record| match record.class.as_str() {
            "" => record.name.clone(),
            class => class.to_owned(),
        },
    )
}

fn lead_days(visit: &Appointment) -> f64 {
    let booked = i64::try_from(visit.booked.millis).unwrap_or(i64::MAX);
    let millis = visit.starts_at.instant().as_millisecond().saturating_sub(booked);
    (millis as f64 / 86_400_000.0).max(0.0)
}

fn doctor_figures(doctor: &DoctorTime, visits: &[Appointment], is_over: bool) -> Figures {
    let own: Vec<&Appointment> = visits
        .iter()
        .filter(|visit| visit.provider == doctor.provider && visit.takes_time())
        .collect();
    let mut needed: Vec<Minutes> = visits
        .iter()
        .filter(|visit| visit.takes_time())
        .flat_map(|visit| {
            let begins = visit.starts_at.instant();
            let minute = move |at: Timestamp| {
                let after = u16::try_from(at.duration_since(begins).as_mins()).unwrap_or(u16::MAX);
                visit.starts_at.minute_of_day().saturating_add(after)
            };
            visit
                .doctor_time()
                .filter(|(provider, _)| *provider == doctor.provider)
                .map(move |(_, (from, until))| (minute(from), minute(until)))
        })
        .collect();
    needed.sort_unstable();
    let mut idle = 0;
    for (from, until) in &doctor.open {
        let mut at = *from;
        for span in &needed {
            let (begins, ends) = (span.0.clamp(*from, *until), span.1.clamp(*from, *until));
            idle += u32::from(begins.saturating_sub(at));
            at = at.max(ends);
        }
        idle += u32::from(until.saturating_sub(at));
    }
    let closes = doctor.open.iter().map(|open| open.1).max();
    let last = own
        .iter()
        .map(|visit| {
            visit
                .starts_at
                .minute_of_day()
                .saturating_add(visit.length_minutes())
        })
        .max();
    let overrun = match (closes, last) {
        (Some(closes), Some(last)) => last.saturating_sub(closes),
        _ => 0,
    };
    Figures {
        doctor_idle_minutes: if is_over { idle } else { 0 },
        overrun_minutes: u32::from(overrun),
        ..Figures::default()
    }
}
