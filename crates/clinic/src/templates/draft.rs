//! Drawing: what a slot may say, filling a column, copying columns.

use std::collections::BTreeSet;

use super::words::clock;
use crate::validate::{one_line, required};
use crate::{
    HUES, Invalid, LocationId, MAX_TEXT_CHARS, OperatoryId, Roster, ScheduleTemplate, SlotWants,
    TemplateSlot, TemplateSpan, Weekday,
};

/// Most slots of one template.
pub const MAX_SLOTS: usize = 2_000;
/// Most versions of one template.
pub const MAX_VERSIONS: usize = 100;
/// Most days from the first to the last of an application: two years.
pub const MAX_APPLIED_DAYS: i32 = 731;
/// Longest time before its start at which a hold is released: 90 days.
pub const MAX_RELEASE_HOURS: u16 = 90 * 24;
/// Most visits one slot is meant for.
const MAX_CAPACITY: u16 = 100;
/// Most units of an emergency.
const MAX_UNITS: u8 = 3;
/// Slots begin and end on multiples of this.
const STEP: u16 = 5;
const DAY: u16 = 24 * 60;

/// A template's own fields.
///
/// # Errors
/// The field that cannot be right.
pub fn validate_template(record: &ScheduleTemplate, roster: &Roster) -> Result<(), Invalid> {
    required("name", "The template’s name", &record.name)?;
    Invalid::too_long("note", "The note", &record.note, MAX_TEXT_CHARS)?;
    if roster.location(record.location).is_none() {
        return Err(Invalid::new("location", "There is no such location."));
    }
    Ok(())
}

/// The name of a version.
///
/// # Errors
/// If it is empty, has several lines or more than 200 characters.
pub fn validate_version_name(name: &str) -> Result<(), Invalid> {
    required("name", "The version’s name", name)
}

/// What a slot says, in a template of this span at this location. Whether it makes sense beside the others says
/// [`super::check`].
///
/// # Errors
/// The field that cannot be right.
pub fn validate_slot(
    slot: &TemplateSlot,
    span: TemplateSpan,
    location: LocationId,
    roster: &Roster,
) -> Result<(), Invalid> {
    match (span, slot.weekday) {
        (TemplateSpan::Week, None) => {
            return Err(Invalid::new("weekday", "A slot of a week lies on a weekday."));
        }
        (TemplateSpan::Day, Some(_)) => {
            let message = "A template of one day has no weekdays: leave it out.";
            return Err(Invalid::new("weekday", message));
        }
        _ => {}
    }
    if slot.start_minute >= DAY || !slot.start_minute.is_multiple_of(STEP) {
        let message = "A slot begins between 0:00 and 23:55, on a multiple of five minutes.";
        return Err(Invalid::new("start_minute", message));
    }
    if slot.length_minutes == 0 || !slot.length_minutes.is_multiple_of(STEP) {
        let message = "A slot lasts at least five minutes, in steps of five.";
        return Err(Invalid::new("length_minutes", message));
    }
    if u32::from(slot.start_minute) + u32::from(slot.length_minutes) > u32::from(DAY) {
        let message = format!(
            "The slot at {} would end after midnight: at most {} minutes are left of the day.",
            clock(slot.start_minute),
            DAY - slot.start_minute
        );
        return Err(Invalid::new("length_minutes", message));
    }
    match roster.operatory(slot.operatory) {
        Some(operatory) if operatory.location == location => {}
        Some(operatory) => {
            let message = format!("{} belongs to another location.", operatory.name);
            return Err(Invalid::new("operatory", message));
        }
        None => return Err(Invalid::new("operatory", "There is no such operatory.")),
    }
    if slot.provider.is_some_and(|id| roster.provider(id).is_none()) {
        return Err(Invalid::new("provider", "There is no such provider."));
    }
    match &slot.wants {
        SlotWants::Type { id } if roster.appointment_type(*id).is_none() => {
            return Err(Invalid::new("wants", "There is no such appointment type."));
        }
        SlotWants::Class { name } => required("wants", "The class", name)?,
        SlotWants::Type { .. } | SlotWants::Any => {}
    }
    if !(1..=MAX_CAPACITY).contains(&slot.capacity) {
        let message = format!("A slot is meant for 1 to {MAX_CAPACITY} visits.");
        return Err(Invalid::new("capacity", message));
    }
    if let Some(hold) = slot.hold {
        if !(1..=MAX_UNITS).contains(&hold.units) {
            let message = format!("An emergency takes 1 to {MAX_UNITS} units.");
            return Err(Invalid::new("hold", message));
        }
        if hold.release_hours > MAX_RELEASE_HOURS {
            let message = format!("A hold is released at most {MAX_RELEASE_HOURS} hours (90 days) before.");
            return Err(Invalid::new("hold", message));
        }
    }
    one_line("label", "The label", &slot.label)?;
    if slot.letter.trim().chars().count() > 1 {
        let message = "The letter that doubles the colour is one letter, or none for that of the type.";
        return Err(Invalid::new("letter", message));
    }
    if slot.hue.is_some_and(|hue| hue >= HUES) {
        let message = format!("The colour is one of {HUES} (0–{}).", HUES - 1);
        return Err(Invalid::new("hue", message));
    }
    Ok(())
}

/// Whether two slots of one draft are in one operatory at one time.
fn overlap(a: &TemplateSlot, b: &TemplateSlot) -> bool {
    a.weekday == b.weekday
        && a.operatory == b.operatory
        && a.start_minute < b.start_minute + b.length_minutes
        && b.start_minute < a.start_minute + a.length_minutes
}

/// Slots one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The first; its length is that of each.
    pub slot: TemplateSlot,
    /// Wall minutes of the day; no slot ends later.
    pub until_minute: u16,
    pub gap_minutes: u16,
    /// Also on these weekdays.
    pub weekdays: Vec<Weekday>,
}

/// The slots of a fill that find a place beside those that are there, and how many do not. Ids are those of the first: the
/// caller gives each its own.
///
/// # Errors
/// If nothing could begin at all, or the gap is not in steps of five minutes.
pub fn fill(fill: &Fill, present: &[TemplateSlot]) -> Result<(Vec<TemplateSlot>, usize), Invalid> {
    let first = &fill.slot;
    if !fill.gap_minutes.is_multiple_of(STEP) || fill.gap_minutes >= DAY {
        let message = "The minutes between two slots come in steps of five.";
        return Err(Invalid::new("gap_minutes", message));
    }
    if fill.until_minute > DAY || fill.until_minute < first.start_minute + first.length_minutes {
        let message = format!(
            "Give a time from {} to 24:00, so that at least one slot ends before it.",
            clock(first.start_minute + first.length_minutes)
        );
        return Err(Invalid::new("until_minute", message));
    }
    let mut days: Vec<Option<Weekday>> = vec![first.weekday];
    if first.weekday.is_some() {
        for day in &fill.weekdays {
            if !days.contains(&Some(*day)) {
                days.push(Some(*day));
            }
        }
    } else if !fill.weekdays.is_empty() {
        let message = "A template of one day has no weekdays: leave them out.";
        return Err(Invalid::new("weekdays", message));
    }
    let (mut added, mut left_out) = (Vec::new(), 0);
    for weekday in days {
        let mut start = first.start_minute;
        while start + first.length_minutes <= fill.until_minute {
            let slot = TemplateSlot {
                weekday,
                start_minute: start,
                ..first.clone()
            };
            if present.iter().any(|other| overlap(other, &slot)) {
                left_out += 1;
            } else {
                added.push(slot);
            }
            start += first.length_minutes + fill.gap_minutes;
        }
    }
    Ok((added, left_out))
}

/// A column, a day or both, onto others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyColumn {
    pub from_weekday: Option<Weekday>,
    /// None: all operatories, each onto itself.
    pub from_operatory: Option<OperatoryId>,
    /// Empty: the same day.
    pub to_weekdays: Vec<Weekday>,
    /// Empty: each operatory onto itself.
    pub to_operatories: Vec<OperatoryId>,
    /// What is there goes; otherwise slots that would overlap are left out.
    pub replace: bool,
}

/// What a copy adds and removes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// With the ids of their originals: the caller gives each its own.
    pub added: Vec<TemplateSlot>,
    pub removed: Vec<TemplateSlot>,
    pub left_out: usize,
}

/// Copies slots of a draft onto other columns of it. A column is never copied onto itself.
///
/// # Errors
/// If there is nothing to copy or nowhere to copy it to.
pub fn copy_column(copy: &CopyColumn, present: &[TemplateSlot]) -> Result<Copied, Invalid> {
    let originals: Vec<&TemplateSlot> = present
        .iter()
        .filter(|slot| {
            slot.weekday == copy.from_weekday && copy.from_operatory.is_none_or(|id| id == slot.operatory)
        })
        .collect();
    if originals.is_empty() {
        let field = if copy.from_operatory.is_some() {
            "from_operatory"
        } else {
            "from_weekday"
        };
        return Err(Invalid::new(field, "There is no slot to copy."));
    }
    if copy.from_operatory.is_none() && !copy.to_operatories.is_empty() {
        let message = "Say which operatory is copied onto others.";
        return Err(Invalid::new("from_operatory", message));
    }
    if copy.from_weekday.is_none() && !copy.to_weekdays.is_empty() {
        let message = "Say which weekday is copied onto others; a template of one day has none.";
        return Err(Invalid::new("from_weekday", message));
    }
    let days: BTreeSet<Option<Weekday>> = match copy.to_weekdays.as_slice() {
        [] => BTreeSet::from([copy.from_weekday]),
        days => days.iter().map(|day| Some(*day)).collect(),
    };
    let mut copied = Copied::default();
    let mut targets: BTreeSet<(Option<Weekday>, OperatoryId)> = BTreeSet::new();
    let mut wanted: Vec<TemplateSlot> = Vec::new();
    for weekday in days {
        for slot in &originals {
            let chairs = match copy.to_operatories.as_slice() {
                [] => &[slot.operatory][..],
                chairs => chairs,
            };
            for operatory in chairs {
                if (weekday, *operatory) == (slot.weekday, slot.operatory) {
                    continue;
                }
                targets.insert((weekday, *operatory));
                wanted.push(TemplateSlot {
                    weekday,
                    operatory: *operatory,
                    ..(*slot).clone()
                });
            }
        }
    }
    if targets.is_empty() {
        let message = "Choose a weekday or an operatory other than the one that is copied.";
        return Err(Invalid::new("to_weekdays", message));
    }
    if copy.replace {
        copied.removed = present
            .iter()
            .filter(|slot| targets.contains(&(slot.weekday, slot.operatory)))
            .cloned()
            .collect();
        copied.added = wanted;
        return Ok(copied);
    }
    for slot in wanted {
        if present.iter().any(|other| overlap(other, &slot)) {
            copied.left_out += 1;
        } else {
            copied.added.push(slot);
        }
    }
    Ok(copied)
}
