//! Dates, times and operations in the words that people read.

use clinic::{Appointment, Change, Entity, Op, Patient, Start, TimeBlock};
use jiff::civil::{Date, DateTime};

use crate::views::Names;

/// `Tue 3 Mar`.
pub fn short_date(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

/// `Tue 3 Mar 9:00`.
pub fn short_when(wall: DateTime) -> String {
    wall.strftime("%a %-d %b %-H:%M").to_string()
}

/// `Tue 3 Mar 11:20 – Thu 5 Mar`, or one day; midnights at both ends go without saying.
pub fn stretch(from: &Start, until: &Start) -> String {
    let (begins, ends) = (from.minute_of_day() == 0, until.minute_of_day() == 0);
    let last = if ends {
        until.date().yesterday().unwrap_or(until.date())
    } else {
        until.date()
    };
    let first = if begins {
        short_date(from.date())
    } else {
        short_when(from.wall)
    };
    match (from.date() == last, ends) {
        (true, true) if begins => first,
        (true, true) => format!("{first}–24:00"),
        (true, false) => format!("{}–{}", short_when(from.wall), clock_time(until)),
        (false, true) => format!("{first} – {}", short_date(last)),
        (false, false) => format!("{first} – {}", short_when(until.wall)),
    }
}

/// `9:00`.
pub fn clock_time(start: &Start) -> String {
    start.wall.strftime("%-H:%M").to_string()
}

/// `Moved Rivera, Ana from Tue 3 Mar 9:00 Op 1 to Wed 4 Mar 10:00 Op 2`: one line of the history.
pub fn operation(op: Op, changes: &[Change], names: &Names<'_>) -> String {
    let visits: Vec<_> = changes.iter().filter_map(visit_change).collect();
    match (op, visits.as_slice()) {
        (Op::Undo, _) => format!("Took back: {}", lower_first(&what_changed(changes, names))),
        (Op::Redo, _) => format!("Did again: {}", lower_first(&what_changed(changes, names))),
        (Op::ImportPatients | Op::ImportAppointments | Op::ImportCalendar, _) => {
            format!("{}: {} records", capital(op.words()), changes.len())
        }
        (Op::BookSeries, [(None, Some(first)), ..]) => format!(
            "Booked {} visits for {}, the first {}",
            visits.len(),
            names.patient(first.patient),
            place(first, names)
        ),
        (Op::RescheduleVisits, [(Some(before), Some(after)), _, ..]) => format!(
            "Gave {} visits new times: {}; and {} more",
            visits.len(),
            lower_first(&edited_visit(before, after, names)),
            visits.len() - 1
        ),
        (Op::FoundPractice, _) => "Started the practice".to_owned(),
        _ => what_changed(changes, names),
    }
}

/// `move Rivera, Ana, Tue 3 Mar 9:00`: what the Undo button says after “Undo”.
pub fn undo_label(op: Op, changes: &[Change], names: &Names<'_>) -> String {
    let first = changes.iter().find_map(|change| match change.entity() {
        Entity::Appointment(visit) => Some(format!(
            "{}: {}, {}",
            op.words(),
            names.patient(visit.patient),
            short_when(visit.starts_at.wall)
        )),
        _ => None,
    });
    first
        .or_else(|| {
            changes.iter().find_map(|change| match change.entity() {
                Entity::Patient(patient) => Some(format!("{}: {}", op.words(), patient.display_name())),
                Entity::TimeBlock(block) => Some(format!("{}: {}", op.words(), block.title)),
                Entity::ScheduleTemplate(template) => Some(format!("{}: {}", op.words(), template.name)),
                _ => None,
            })
        })
        .unwrap_or_else(|| op.words().to_owned())
}

fn visit_change(change: &Change) -> Option<(Option<&Appointment>, Option<&Appointment>)> {
    match (&change.before, &change.after) {
        (Some(Entity::Appointment(before)), Some(Entity::Appointment(after))) => {
            Some((Some(before), Some(after)))
        }
        (None, Some(Entity::Appointment(after))) => Some((None, Some(after))),
        (Some(Entity::Appointment(before)), None) => Some((Some(before), None)),
        _ => None,
    }
}

fn what_changed(changes: &[Change], names: &Names<'_>) -> String {
    let mut parts: Vec<String> = changes
        .iter()
        .filter_map(|change| one_change(change, names))
        .collect();
    const SHOWN: usize = 3;
    if parts.len() > SHOWN {
        let more = parts.len() - SHOWN;
        parts.truncate(SHOWN);
        parts.push(format!("and {more} more"));
    }
    if parts.is_empty() {
        "Nothing that shows".to_owned()
    } else {
        parts.join("; ")
    }
}

fn one_change(change: &Change, names: &Names<'_>) -> Option<String> {
    if let Some((before, after)) = visit_change(change) {
        return Some(match (before, after) {
            (None, Some(after)) => format!(
                "Booked {} for {}",
                names.patient(after.patient),
                place(after, names)
            ),
            (Some(before), None) => format!(
                "Removed {}, {}",
                names.patient(before.patient),
                place(before, names)
            ),
            (Some(before), Some(after)) => edited_visit(before, after, names),
            (None, None) => return None,
        });
    }
    match (&change.before, &change.after) {
        (None, Some(Entity::Patient(patient))) => {
            Some(format!("Added the patient {}", patient.display_name()))
        }
        (Some(Entity::Patient(patient)), None) => {
            Some(format!("Removed the patient {}", patient.display_name()))
        }
        (Some(Entity::Patient(before)), Some(Entity::Patient(after))) => Some(edited_patient(before, after)),
        (None, Some(Entity::TimeBlock(block))) if block.absence.is_some() => {
            Some(format!("Entered the absence {}", block_words(block, names)))
        }
        (Some(Entity::TimeBlock(block)), None) if block.absence.is_some() => {
            Some(format!("Removed the absence {}", block_words(block, names)))
        }
        (None, Some(Entity::TimeBlock(block))) => Some(format!("Blocked out {}", block_words(block, names))),
        (Some(Entity::TimeBlock(block)), None) => {
            Some(format!("Removed the block-out {}", block_words(block, names)))
        }
        (Some(_), Some(Entity::TimeBlock(block))) => {
            Some(format!("Changed the block-out {}", block_words(block, names)))
        }
        // Its visits say what there is to say.
        (_, Some(Entity::RecurringAppointment(_))) => None,
        (before, Some(Entity::AcceptedConflict(decision))) => before
            .is_none()
            .then(|| format!("Kept both visits: {}", decision.reason)),
        (Some(Entity::ScheduleTemplate(template)), None) => {
            Some(format!("Removed the template {}", template.name))
        }
        (Some(Entity::TemplateSlot(slot)), None) => {
            Some(format!("Removed the template slot at {}", slot_when(slot)))
        }
        (Some(Entity::TemplateApplication(record)), None) => Some(format!(
            "Removed the applied template {} – {}",
            short_date(record.from),
            short_date(record.until)
        )),
        (_, None) => None,
        (before, Some(after)) => {
            let verb = if before.is_none() { "Added" } else { "Changed" };
            Some(format!("{verb} {}", setting(after)))
        }
    }
}

fn edited_visit(before: &Appointment, after: &Appointment, names: &Names<'_>) -> String {
    let who = names.patient(after.patient);
    if before.starts_at != after.starts_at || before.operatory != after.operatory {
        return format!(
            "Moved {who} from {} to {}",
            place(before, names),
            place(after, names)
        );
    }
    if before.status != after.status {
        let reason = if after.cancel_reason.is_empty() || after.takes_time() {
            String::new()
        } else {
            format!(" ({})", after.cancel_reason)
        };
        return format!("{who}, {}: {}{reason}", place(after, names), after.status.words());
    }
    if before.also != after.also {
        let done = clinic::procedure_names(names.roster, after.appointment_type, &after.also);
        let (old, new) = (before.length_minutes(), after.length_minutes());
        let length = match old == new {
            true => String::new(),
            false => format!(", {old} to {new} minutes"),
        };
        return format!("{who}, {}: {done}{length}", place(after, names));
    }
    if before.pattern != after.pattern {
        let (old, new) = (before.length_minutes(), after.length_minutes());
        let without = match (before.second_provider, after.second_provider) {
            (Some(second), None) => format!(", without {}", names.provider(second)),
            _ => String::new(),
        };
        return format!("{who}, {}: {old} to {new} minutes{without}", place(after, names));
    }
    if before.provider != after.provider {
        return format!(
            "{who}, {}: now with {}, before with {}",
            place(after, names),
            names.provider(after.provider),
            names.provider(before.provider)
        );
    }
    if before.second_provider != after.second_provider {
        let second = match after.second_provider {
            Some(id) => format!("then with {}", names.provider(id)),
            None => "without a second provider".to_owned(),
        };
        return format!("{who}, {}: {second}", place(after, names));
    }
    if before.needs_new_time != after.needs_new_time {
        let what = match after.pin() {
            Some(mark) if mark.is_kept => "stays where it is",
            Some(_) => "needs a new time",
            None => "does not need a new time any more",
        };
        return format!("{who}, {}: {what}", place(after, names));
    }
    if before.arrive_early_minutes != after.arrive_early_minutes {
        let what = match after.arrive_early_minutes {
            0 => "comes at its time".to_owned(),
            minutes => format!("asked to come {minutes} minutes early"),
        };
        return format!("{who}, {}: {what}", place(after, names));
    }
    if before.is_asap != after.is_asap {
        let what = match after.is_asap {
            true => "would come sooner",
            false => "does not ask to come sooner any more",
        };
        return format!("{who}, {}: {what}", place(after, names));
    }
    if before.note != after.note {
        return format!("Edited the note of {who}, {}", place(after, names));
    }
    format!("Edited {who}, {}", place(after, names))
}

fn edited_patient(before: &Patient, after: &Patient) -> String {
    let (before_fields, after_fields) = (
        Entity::Patient(before.clone()).to_fields(),
        Entity::Patient(after.clone()).to_fields(),
    );
    let fields: Vec<String> = after_fields
        .iter()
        .filter(|(name, value)| before_fields.get(*name) != Some(value))
        .map(|(name, _)| name.replace('_', " "))
        .collect();
    format!("Edited {}: {}", after.display_name(), fields.join(", "))
}

/// `Tue 3 Mar 9:00 Op 1`.
fn place(visit: &Appointment, names: &Names<'_>) -> String {
    format!(
        "{} {}",
        short_when(visit.starts_at.wall),
        names.operatory(visit.operatory)
    )
}

fn block_words(block: &TimeBlock, names: &Names<'_>) -> String {
    format!(
        "“{}” {} {}",
        block.title,
        names.block_target(&block.target),
        short_when(block.starts_at.wall)
    )
}

/// `Mon 9:00`, or without a weekday in a day template.
fn slot_when(slot: &clinic::TemplateSlot) -> String {
    let day = slot
        .weekday
        .map_or_else(String::new, |day| format!("{} ", day.short()));
    format!("{day}{}", clinic::templates::clock(slot.start_minute))
}

pub fn setting(entity: &Entity) -> String {
    match entity {
        Entity::Practice(_) => "the practice’s settings".to_owned(),
        Entity::Person(record) => format!("the person {}", record.name),
        Entity::Workstation(record) => format!("the workstation {}", record.name),
        Entity::AppointmentType(record) => format!("the appointment type {}", record.name),
        Entity::Location(record) => format!("the location {}", record.name),
        Entity::Operatory(record) => format!("the operatory {}", record.name),
        Entity::Provider(record) => format!("the provider {}", record.name),
        Entity::Equipment(record) => format!("the equipment {}", record.name),
        Entity::TimeBlock(record) => format!("the block-out “{}”", record.title),
        Entity::Patient(record) => format!("the patient {}", record.display_name()),
        Entity::Appointment(_) => "a visit".to_owned(),
        Entity::AcceptedConflict(_) => "a decision".to_owned(),
        Entity::RecurringAppointment(record) => {
            format!("the series {}", record.recurrence.words(record.wall.date()))
        }
        Entity::ScheduleTemplate(record) => format!("the template {}", record.name),
        Entity::TemplateSlot(record) => format!("the template slot at {}", slot_when(record)),
        Entity::TemplateVersion(record) => {
            format!("version {} of a template, {}", record.number, record.name)
        }
        Entity::TemplateShare(_) => "the share of a template".to_owned(),
        Entity::TemplateApplication(record) => format!(
            "the applied template {} – {}",
            short_date(record.from),
            short_date(record.until)
        ),
        Entity::DaySlot(record) => format!("a slot on {}", short_date(record.date)),
    }
}

pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn lower_first(text: &str) -> String {
    // A name stays a name: `Rivera, Ana: confirmed`.
    if text.split(' ').next().is_some_and(|word| word.ends_with(',')) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
