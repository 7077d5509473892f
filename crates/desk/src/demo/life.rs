//! What became of each visit by now: its status, the times the front desk noted, notes and flags.

use clinic::{Appointment, AppointmentId, Stamp, Status};
use jiff::{SignedDuration, Timestamp};

use super::DemoSpec;
use super::dice::Dice;
use super::families::Person;
use super::fill::{Fate, Visit};
use super::names::{CANCEL_REASONS, VISIT_NOTES};
use super::roster::Roster;

/// Each patient's visits draw from a stream of their own, so that they can be written in any order.
pub(crate) fn stream(patient: u32) -> u64 {
    1000 + u64::from(patient)
}

pub(crate) fn appointment(
    spec: &DemoSpec,
    roster: &Roster,
    person: &Person,
    visit: &Visit,
    dice: &mut Dice,
) -> Appointment {
    let location = usize::from(visit.location);
    let about = &roster.types[usize::from(visit.kind)];
    let starts_at = roster.start(location, visit.day, visit.minute);
    let start = starts_at.instant();
    let booked = booked_at(spec, start, dice);
    let mut appointment = Appointment {
        id: AppointmentId(dice.id(booked)),
        patient: person.patient.id,
        appointment_type: about.id,
        provider: roster.providers[usize::from(visit.provider)].id,
        operatory: roster.operatories[location][usize::from(visit.operatory)].id,
        location: roster.locations[location].id,
        starts_at,
        pattern: about.pattern.clone(),
        buffer_before_minutes: about.buffer_before_minutes,
        buffer_after_minutes: about.buffer_after_minutes,
        status: Status::Scheduled,
        doctor_needed: false,
        confirmed_at: None,
        arrived_at: None,
        seated_at: None,
        completed_at: None,
        checked_out_at: None,
        broken_at: None,
        cancel_reason: String::new(),
        is_asap: false,
        note: if dice.per_mille(90) {
            (*dice.pick(VISIT_NOTES)).to_owned()
        } else {
            String::new()
        },
        booked: Stamp {
            millis: booked,
            counter: 0,
            workstation: spec.workstation,
        },
        sequence: 0,
        source_uid: String::new(),
        needs_new_time: None,
        series: None,
        planned: None,
        arrive_early_minutes: 0,
        also: Vec::new(),
        equipment: match visit.is_equipped {
            true => about.equipment.clone(),
            false => Vec::new(),
        },
        assistant: Default::default(),
        second_provider: None,
        second_pattern: None,
    };
    live(&mut appointment, spec.now, visit, dice);
    appointment
}

/// Some weeks before the visit, and never after now.
fn booked_at(spec: &DemoSpec, start: Timestamp, dice: &mut Dice) -> u64 {
    let minutes_before = i64::from(dice.between(2, 60)) * 24 * 60 + i64::from(dice.between(0, 480));
    let at = start.as_millisecond() - minutes_before * 60_000;
    let latest = spec.now.as_millisecond() - i64::from(dice.between(10, 9000)) * 60_000;
    u64::try_from(at.min(latest)).unwrap_or(0)
}

fn live(visit: &mut Appointment, now: Timestamp, plan: &Visit, dice: &mut Dice) {
    let start = visit.starts_at.instant();
    let end = visit.ends_at();
    let length = i32::from(visit.length_minutes());
    let minutes = |from: Timestamp, minutes: i32| from + SignedDuration::from_mins(minutes.into());
    let hours_ahead = start.duration_since(now).as_hours();
    let is_confirmed = dice.per_mille(match hours_ahead {
        ..48 => 880,
        48..168 => 560,
        _ => 140,
    });
    // Called some days before, but not in the future.
    let confirmed = minutes(start, -60 * dice.between(20, 70)).min(minutes(now, -dice.between(15, 300)));
    if is_confirmed {
        visit.status = Status::Confirmed;
        visit.confirmed_at = Some(confirmed);
    }
    match plan.fate {
        Fate::Cancelled => {
            visit.status = Status::Cancelled;
            visit.broken_at =
                Some(minutes(start, -60 * dice.between(3, 90)).min(minutes(now, -dice.between(5, 200))));
            visit.cancel_reason = (*dice.pick(CANCEL_REASONS)).to_owned();
            visit.sequence = 1;
            return;
        }
        Fate::NoShow if minutes(start, 20) < now => {
            visit.status = Status::NoShow;
            visit.broken_at = Some(minutes(start, 20));
            return;
        }
        Fate::NoShow | Fate::Kept => {}
    }
    let early = dice.between(1, 14);
    let arrived = minutes(start, -early);
    let wait = dice.between(0, 9);
    let seated = minutes(start, wait - early / 4);
    let completed = minutes(seated, length - dice.between(0, 6));
    let checked_out = minutes(completed, dice.between(2, 9));
    if arrived > now {
        visit.is_asap = hours_ahead > 48 && dice.per_mille(45);
        return;
    }
    visit.status = Status::Arrived;
    visit.arrived_at = Some(arrived);
    if seated > now {
        return;
    }
    visit.status = Status::Seated;
    visit.seated_at = Some(seated);
    if completed > now {
        visit.doctor_needed = end > now && dice.per_mille(220);
        return;
    }
    visit.status = Status::Completed;
    visit.completed_at = Some(completed);
    if checked_out <= now {
        visit.status = Status::CheckedOut;
        visit.checked_out_at = Some(checked_out);
    }
}
