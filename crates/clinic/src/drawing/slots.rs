//! What an applied template reserves on a drawn day: `slot` lines.

use std::fmt::Write;

use jiff::civil::Time;

use super::Drawing;
use super::parse::{kind_in, operatory_id, provider_id, span};
use crate::templates::{Applied, HeldDay, held_day};
use crate::{
    AppliedWeek, EmergencyHold, PersonId, Roster, SlotWants, TemplateApplication, TemplateApplicationId,
    TemplateId, TemplateSlot, TemplateSlotId, TemplateVersion, TemplateVersionId, Weekday, monday_of,
};

const TEMPLATE: TemplateId = TemplateId(1);
const VERSION: TemplateVersionId = TemplateVersionId(1);

/// Minutes of the wall day; the midnight at its end is 1440.
fn minutes((from, until): (Time, Time)) -> (u16, u16) {
    let minute =
        |time: Time| u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
    let until = if until == Time::midnight() {
        24 * 60
    } else {
        minute(until)
    };
    (minute(from), until)
}

/// `Op1 9:00–10:00 crown x2 @Chen`, `Op1 9:00–10:00 class Long` or `Op2 13:00–14:00 any hold 2h`.
pub(super) fn read(roster: &mut Roster, line: &str, number: usize) -> Result<TemplateSlot, String> {
    let mut words = line.split_whitespace();
    let wrong = || format!("“{line}”: write slot Op1 9:00–10:00 crown");
    let (place, times) = (words.next().ok_or_else(wrong)?, words.next().ok_or_else(wrong)?);
    let operatory = operatory_id(place);
    if roster.operatory(operatory).is_none() {
        return Err(format!("there is no {place}"));
    }
    let (from, until) = minutes(span(times)?);
    let length_minutes = until
        .checked_sub(from)
        .filter(|length| *length > 0)
        .ok_or("a slot ends after it begins")?;
    let wants = match words.next().ok_or_else(wrong)? {
        "any" => SlotWants::Any,
        "class" => SlotWants::Class {
            name: words.next().ok_or("which class?")?.to_owned(),
        },
        name => SlotWants::Type {
            id: kind_in(roster, name),
        },
    };
    let mut slot = TemplateSlot {
        id: TemplateSlotId(number as u128),
        template: TEMPLATE,
        weekday: None,
        start_minute: from,
        length_minutes,
        operatory,
        provider: None,
        wants,
        capacity: 1,
        hold: None,
        label: String::new(),
        hue: None,
        letter: String::new(),
    };
    while let Some(word) = words.next() {
        let number = |text: &str| text.parse::<u16>().map_err(|_| format!("{word}?"));
        if word == "hold" {
            let hours = words.next().and_then(|hours| hours.strip_suffix('h'));
            slot.hold = Some(EmergencyHold {
                units: 1,
                release_hours: number(hours.ok_or("write: hold 2h")?)?,
            });
        } else if let Some(name) = word.strip_prefix('@') {
            slot.provider = Some(provider_id(name));
        } else if let Some(times) = word.strip_prefix('x') {
            slot.capacity = number(times)?;
        } else {
            return Err(format!(
                "“{word}”: a slot has x2, @Chen or hold 2h after what it is for"
            ));
        }
    }
    Ok(slot)
}

/// The same lines again, by start, operatory and id.
pub(super) fn print(drawing: &Drawing, text: &mut String) {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let name = |id| {
        let record = drawing.roster.appointment_type(id);
        record.map_or("a removed type", |record| record.code.as_str())
    };
    for slot in &drawing.slots {
        let place = drawing.roster.operatory(slot.operatory);
        let wants = match &slot.wants {
            SlotWants::Any => "any".to_owned(),
            SlotWants::Class { name } => format!("class {name}"),
            SlotWants::Type { id } => name(*id).to_owned(),
        };
        let until = slot.start_minute + slot.length_minutes;
        let _ = write!(
            text,
            "slot {} {}–{} {wants}",
            place.map_or("?", |record| &record.name),
            clock(slot.start_minute),
            clock(until)
        );
        if slot.capacity > 1 {
            let _ = write!(text, " x{}", slot.capacity);
        }
        if let Some(provider) = slot.provider.and_then(|id| drawing.roster.provider(id)) {
            let _ = write!(text, " @{}", provider.short_name);
        }
        if let Some(hold) = slot.hold {
            let _ = write!(text, " hold {}h", hold.release_hours);
        }
        text.push('\n');
    }
}

impl Drawing {
    /// What holds on the day: nothing without `slot` lines. Holds are released or not by the line `now`, and not at all without it.
    pub fn held(&self) -> Option<HeldDay> {
        if self.slots.is_empty() {
            return None;
        }
        let author = self.author(0);
        let application = TemplateApplication {
            id: TemplateApplicationId(1),
            location: self.location,
            weeks: vec![AppliedWeek {
                template: TEMPLATE,
                version: VERSION,
            }],
            weeks_from: monday_of(self.date),
            from: self.date,
            until: self.date,
            weekdays: vec![Weekday::of(self.date)],
            dates: vec![self.date],
            applied: author.stamp,
            by: author.person,
        };
        let version = TemplateVersion {
            id: VERSION,
            template: TEMPLATE,
            number: 1,
            name: "drawn".to_owned(),
            by: PersonId(1),
            at: author.at,
            slots: self.slots.clone(),
        };
        let applied = Applied {
            application: &application,
            template: TEMPLATE,
            version: Some(&version),
            share: None,
        };
        let place = self.roster.location(self.location)?;
        let zone = self.zones.zone(&place.zone).ok()?;
        let now = self.now.map_or(author.at, |now| {
            self.zones
                .resolve(self.date.to_datetime(now), &place.zone)
                .map_or(author.at, |start| start.instant())
        });
        Some(held_day(&zone, self.date, Some(applied), &[], now))
    }
}
