//! How the slots of a kept version are written: what repeats is named once, so that a version of 2,000 slots travels in one
//! envelope. A version with its slots written out, as the first programs did, is read as well.

use std::hash::Hash;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{EmergencyHold, SlotWants, TemplateSlot, Weekday};
use crate::{OperatoryId, ProviderId, TemplateId, TemplateSlotId};

#[derive(Serialize, Deserialize)]
struct Packed {
    template: TemplateId,
    operatories: Vec<OperatoryId>,
    providers: Vec<ProviderId>,
    wants: Vec<SlotWants>,
    /// Labels and letters.
    words: Vec<String>,
    slots: Vec<Row>,
}

/// Id; weekday from 0 for Monday; start and length in minutes; operatory, provider and what it wants as places in the lists;
/// capacity; units and release hours of a hold; label; hue; letter.
type Row = (
    TemplateSlotId,
    Option<u8>,
    u16,
    u16,
    usize,
    Option<usize>,
    usize,
    u16,
    Option<(u8, u16)>,
    usize,
    Option<u8>,
    usize,
);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Out(Vec<TemplateSlot>),
    Packed(Packed),
}

/// Values in the order in which they first come.
struct Named<T>(Vec<T>, std::collections::HashMap<T, usize>);

impl<T: Clone + Eq + Hash> Named<T> {
    fn new() -> Self {
        Self(Vec::new(), std::collections::HashMap::new())
    }

    fn place(&mut self, value: &T) -> usize {
        if let Some(place) = self.1.get(value) {
            return *place;
        }
        self.0.push(value.clone());
        self.1.insert(value.clone(), self.0.len() - 1);
        self.0.len() - 1
    }
}

pub(super) fn serialize<S: Serializer>(slots: &[TemplateSlot], serializer: S) -> Result<S::Ok, S::Error> {
    let template = match slots.first() {
        Some(first) if slots.iter().all(|slot| slot.template == first.template) => first.template,
        // Nothing repeats, or they belong to several, which no program writes.
        _ => return slots.serialize(serializer),
    };
    let (mut operatories, mut providers) = (Named::new(), Named::new());
    let (mut wants, mut words) = (Named::new(), Named::new());
    let slots = slots
        .iter()
        .map(|slot| {
            (
                slot.id,
                slot.weekday.map(|day| day as u8),
                slot.start_minute,
                slot.length_minutes,
                operatories.place(&slot.operatory),
                slot.provider.map(|id| providers.place(&id)),
                wants.place(&slot.wants),
                slot.capacity,
                slot.hold.map(|hold| (hold.units, hold.release_hours)),
                words.place(&slot.label),
                slot.hue,
                words.place(&slot.letter),
            )
        })
        .collect();
    let packed = Packed {
        template,
        operatories: operatories.0,
        providers: providers.0,
        wants: wants.0,
        words: words.0,
        slots,
    };
    packed.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TemplateSlot>, D::Error> {
    let packed = match Written::deserialize(deserializer)? {
        Written::Out(slots) => return Ok(slots),
        Written::Packed(packed) => packed,
    };
    let Packed {
        template,
        operatories,
        providers,
        wants,
        words,
        slots,
    } = packed;
    let unpacked = slots.into_iter().map(|row| {
        let (
            id,
            weekday,
            start_minute,
            length_minutes,
            operatory,
            provider,
            wanted,
            capacity,
            hold,
            label,
            hue,
            letter,
        ) = row;
        Some(TemplateSlot {
            id,
            template,
            weekday: match weekday {
                Some(day) => Some(*Weekday::ALL.get(usize::from(day))?),
                None => None,
            },
            start_minute,
            length_minutes,
            operatory: *operatories.get(operatory)?,
            provider: match provider {
                Some(place) => Some(*providers.get(place)?),
                None => None,
            },
            wants: wants.get(wanted)?.clone(),
            capacity,
            hold: hold.map(|(units, release_hours)| EmergencyHold { units, release_hours }),
            label: words.get(label)?.clone(),
            hue,
            letter: words.get(letter)?.clone(),
        })
    });
    unpacked
        .collect::<Option<_>>()
        .ok_or_else(|| D::Error::custom("a slot names something that its version does not list"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{AppointmentTypeId, PersonId, TemplateVersion, TemplateVersionId};

    fn version(slots: Vec<TemplateSlot>) -> TemplateVersion {
        TemplateVersion {
            id: TemplateVersionId(7),
            template: TemplateId(1),
            number: 1,
            name: "first".to_owned(),
            by: PersonId(1),
            at: jiff::Timestamp::UNIX_EPOCH,
            slots,
        }
    }

    prop_compose! {
        fn any_slot()(
            (id, weekday, start, length) in (any::<u128>(), prop::option::of(0..7usize), 0..1440u16, 5..600u16),
            (operatory, provider, wants) in (0..30u128, prop::option::of(0..12u128), 0..9u128),
            (capacity, hold, hue) in (1..20u16, prop::option::of((1..4u8, 0..2161u16)), prop::option::of(0..12u8)),
            (label, letter) in ("[a-zä\u{5d0}]{0,8}", "[A-Z]?"),
        ) -> TemplateSlot {
            TemplateSlot {
                id: TemplateSlotId(id),
                template: TemplateId(1),
                weekday: weekday.map(|day| Weekday::ALL[day]),
                start_minute: start,
                length_minutes: length,
                operatory: OperatoryId(operatory),
                provider: provider.map(ProviderId),
                wants: match wants {
                    0 => SlotWants::Any,
                    1..3 => SlotWants::Class { name: format!("Class {wants}") },
                    _ => SlotWants::Type { id: AppointmentTypeId(wants) },
                },
                capacity,
                hold: hold.map(|(units, release_hours)| EmergencyHold { units, release_hours }),
                label,
                hue,
                letter,
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(slots in prop::collection::vec(any_slot(), 0..40)) {
            let version = version(slots);
            let written = serde_json::to_value(&version).unwrap();
            prop_assert_eq!(&serde_json::from_value::<TemplateVersion>(written.clone()).unwrap(), &version);
            // Written again it is the same text: rows and documents are compared by it.
            let again: TemplateVersion = serde_json::from_value(written.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(&again).unwrap(), written);
        }

        #[test]
        fn slots_written_out_are_read_as_well(slots in prop::collection::vec(any_slot(), 0..10)) {
            let version = version(slots);
            let mut written = serde_json::to_value(&version).unwrap();
            written["slots"] = serde_json::to_value(&version.slots).unwrap();
            prop_assert_eq!(serde_json::from_value::<TemplateVersion>(written).unwrap(), version);
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_refused() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let slot = proptest::strategy::Strategy::new_tree(&any_slot(), &mut runner).unwrap();
        let slot = proptest::strategy::ValueTree::current(&slot);
        let mut written = serde_json::to_value(version(vec![slot])).unwrap();
        written["slots"]["slots"][0][4] = json!(1);
        let error = serde_json::from_value::<TemplateVersion>(written.clone()).unwrap_err();
        assert!(error.to_string().contains("does not list"), "{error}");
        written["slots"]["slots"][0][4] = json!(0);
        written["slots"]["slots"][0][1] = json!(7);
        assert!(serde_json::from_value::<TemplateVersion>(written).is_err());
    }
}
