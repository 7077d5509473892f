//! What a person decided about the conflicts of the days that are applied.

use clinic::{Change, DaySlot, SlotWants, TemplateId, TemplateSlot, TemplateSlotId};
use jiff::civil::Date;

use super::planning::{PlanDate, date};
use crate::api::{ApplicationFields, FitDecision};
use crate::desk::{Desk, Writing};
use crate::{DeskError, refusals};

/// Why a visit goes to the pinboard.
const PIN_REASON: &str = "Does not fit the template of its day";

impl Desk {
    /// The changes that the decisions ask for; each is about a day that is applied, and about what is there.
    pub(super) fn decided(
        &self,
        writing: &Writing<'_, '_>,
        fields: &ApplicationFields,
        days: &[&PlanDate],
        decisions: &[FitDecision],
    ) -> Result<Vec<Change>, DeskError> {
        let mut changes = Vec::new();
        let mut named = std::collections::BTreeSet::new();
        for decision in decisions {
            let (text, what, place) = match decision {
                FitDecision::PinVisit { date, appointment } | FitDecision::AddSlot { date, appointment } => {
                    let place = writing.visit(*appointment)?.location;
                    (date, format!("visit {appointment}"), place)
                }
                FitDecision::DropSlot { date, slot, location } => {
                    let place = location.unwrap_or(fields.location);
                    (date, format!("slot {slot} at {place}"), place)
                }
            };
            let on = date(text, "decisions")?;
            let is_it = |day: &&&PlanDate| day.date == on && day.location == place;
            let day = days.iter().find(is_it).ok_or_else(|| {
                DeskError::new("not_applied", format!("Nothing is applied on {on}."))
                    .hint("Leave out decisions about days that keep what they have.")
                    .field("decisions")
            })?;
            if !named.insert((on, what)) {
                return Err(
                    DeskError::new("unclear", format!("One thing is decided twice on {on}."))
                        .hint("Decide once about each.")
                        .field("decisions"),
                );
            }
            match decision {
                FitDecision::PinVisit { appointment, .. } => {
                    let visit = visit_on(writing, *appointment, on)?;
                    let plan = clinic::pin_appointment(&visit, PIN_REASON, &writing.author)
                        .map_err(|cannot| writing.refuse_change(&cannot))?;
                    changes.extend(plan.changes);
                }
                FitDecision::AddSlot { appointment, .. } => {
                    let visit = visit_on(writing, *appointment, on)?;
                    let slot = TemplateSlot {
                        id: TemplateSlotId(self.new_id()),
                        template: day.after.template.unwrap_or(TemplateId(0)),
                        weekday: None,
                        start_minute: visit.starts_at.minute_of_day() / 5 * 5,
                        length_minutes: visit.length_minutes(),
                        operatory: visit.operatory,
                        provider: Some(visit.provider),
                        wants: SlotWants::Type {
                            id: visit.appointment_type,
                        },
                        capacity: 1,
                        hold: None,
                        label: String::new(),
                        hue: None,
                        letter: String::new(),
                    };
                    let slot = super::drawing::day_slot_of(&writing.roster, visit.location, None, slot)?;
                    changes.push(Change::add(DaySlot {
                        location: visit.location,
                        date: on,
                        slot: slot.id,
                        content: Some(slot),
                    }));
                }
                FitDecision::DropSlot { slot, .. } => {
                    let known = day.after.slot(*slot).ok_or_else(|| {
                        DeskError::new("unknown_slot", format!("There is no such slot on {on}."))
                            .field("decisions")
                    })?;
                    let location = writing
                        .roster
                        .operatory(known.slot.operatory)
                        .map(|operatory| operatory.location);
                    let Some(location) = location else { continue };
                    changes.extend(dropped(writing, location, on, *slot, known.is_of_template)?);
                }
            }
        }
        Ok(changes)
    }
}

fn visit_on(
    writing: &Writing<'_, '_>,
    id: clinic::AppointmentId,
    on: Date,
) -> Result<clinic::Appointment, DeskError> {
    let visit = writing.visit(id)?;
    if visit.starts_at.date() != on {
        return Err(refusals::no_such_visit().field("decisions"));
    }
    Ok(visit)
}

/// A date goes without a slot: one of the template is marked so, one of the day alone goes.
pub(super) fn dropped(
    writing: &Writing<'_, '_>,
    location: clinic::LocationId,
    on: Date,
    slot: TemplateSlotId,
    is_of_template: bool,
) -> Result<Option<Change>, DeskError> {
    let before = writing
        .reads()
        .day_slots(location, on, on)?
        .into_iter()
        .find(|change| change.slot == slot);
    let after = DaySlot {
        location,
        date: on,
        slot,
        content: None,
    };
    Ok(match (before, is_of_template) {
        (Some(before), true) if before == after => None,
        (Some(before), true) => Some(Change::edit(before, after)),
        (None, true) => Some(Change::add(after)),
        (Some(before), false) => Some(Change::remove(before)),
        (None, false) => None,
    })
}
