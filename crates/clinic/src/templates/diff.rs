//! How two states of a template differ, slot by slot, in words.

use std::collections::BTreeMap;

use super::words::{clock, slot_words, wants_words};
use crate::violation::{op_name, provider_name};
use crate::{ProviderId, Roster, TemplateSlot, TemplateSlotId};

/// One slot that came, went or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotDifference {
    pub id: TemplateSlotId,
    pub before: Option<TemplateSlot>,
    pub after: Option<TemplateSlot>,
    /// `Mon 9:00 Op 1, Bonding: longer, 60 → 90 min`.
    pub words: String,
}

/// By weekday, time and operatory of the newer side. A slot is the same if it has the same id.
pub fn diff(roster: &Roster, before: &[TemplateSlot], after: &[TemplateSlot]) -> Vec<SlotDifference> {
    let mut pairs: BTreeMap<TemplateSlotId, (Option<&TemplateSlot>, Option<&TemplateSlot>)> = BTreeMap::new();
    for slot in before {
        pairs.entry(slot.id).or_default().0 = Some(slot);
    }
    for slot in after {
        pairs.entry(slot.id).or_default().1 = Some(slot);
    }
    let mut found: Vec<SlotDifference> = pairs
        .into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|(id, (before, after))| SlotDifference {
            id,
            before: before.cloned(),
            after: after.cloned(),
            words: difference(roster, before, after),
        })
        .collect();
    found.sort_by_key(|entry| {
        let slot = entry.after.as_ref().or(entry.before.as_ref());
        slot.map(|slot| (slot.weekday, slot.start_minute, slot.operatory, slot.id))
    });
    found
}

fn difference(roster: &Roster, before: Option<&TemplateSlot>, after: Option<&TemplateSlot>) -> String {
    match (before, after) {
        (None, Some(after)) => format!(
            "{}: added, {} min",
            slot_words(roster, after),
            after.length_minutes
        ),
        (Some(before), None) => format!("{}: removed", slot_words(roster, before)),
        (Some(before), Some(after)) => {
            format!(
                "{}: {}",
                slot_words(roster, after),
                changes(roster, before, after).join("; ")
            )
        }
        (None, None) => String::new(),
    }
}

fn changes(roster: &Roster, before: &TemplateSlot, after: &TemplateSlot) -> Vec<String> {
    let mut parts = Vec::new();
    let when = |slot: &TemplateSlot| {
        let day = slot
            .weekday
            .map_or_else(String::new, |day| format!("{} ", day.short()));
        format!("{day}{}", clock(slot.start_minute))
    };
    let who = |id: Option<ProviderId>| {
        id.map_or_else(
            || "whoever works there".to_owned(),
            |id| provider_name(roster, id).to_owned(),
        )
    };
    if (before.weekday, before.start_minute) != (after.weekday, after.start_minute) {
        parts.push(format!("moved from {}", when(before)));
    }
    if before.operatory != after.operatory {
        parts.push(format!("moved from {}", op_name(roster, before.operatory)));
    }
    let (old, new) = (before.length_minutes, after.length_minutes);
    if old != new {
        let how = if new > old { "longer" } else { "shorter" };
        parts.push(format!("{how}, {old} → {new} min"));
    }
    if (&before.wants, before.hold.map(|hold| hold.units))
        != (&after.wants, after.hold.map(|hold| hold.units))
    {
        parts.push(format!("was for {}", wants_words(roster, before)));
    }
    if let (Some(old), Some(new)) = (before.hold, after.hold)
        && old.release_hours != new.release_hours
    {
        parts.push(format!(
            "released {} → {} hours before",
            old.release_hours, new.release_hours
        ));
    }
    if before.provider != after.provider {
        parts.push(format!(
            "with {}, was {}",
            who(after.provider),
            who(before.provider)
        ));
    }
    if before.capacity != after.capacity {
        parts.push(format!("for {} visits, was {}", after.capacity, before.capacity));
    }
    if before.label != after.label {
        parts.push(if after.label.is_empty() {
            "label taken off".to_owned()
        } else {
            format!("label “{}”", after.label)
        });
    }
    if (before.hue, &before.letter) != (after.hue, &after.letter) {
        parts.push("another colour or letter".to_owned());
    }
    parts
}
