//! What belongs to what when a template goes to another location. Names decide; what has no counterpart is said, never guessed.

use std::collections::BTreeMap;

use crate::violation::{location_name, op_name, provider_name};
use crate::{LocationId, OperatoryId, ProviderId, Roster, TemplateShare, TemplateSlot};

/// From a template's own operatories and providers to those of another location.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// None: its slots are left out.
    pub operatories: Vec<(OperatoryId, Option<OperatoryId>)>,
    /// None: whoever works there.
    pub providers: Vec<(ProviderId, Option<ProviderId>)>,
    /// What has no counterpart, in sentences.
    pub unmapped: Vec<String>,
}

/// What the names suggest for the operatories and providers that these slots use, with what a person decided instead.
/// Operatories belong together by equal names, providers stay if they have hours at the other location.
pub fn suggest_mapping(
    roster: &Roster,
    slots: &[TemplateSlot],
    to: LocationId,
    operatories: &[(OperatoryId, Option<OperatoryId>)],
    providers: &[(ProviderId, Option<ProviderId>)],
) -> Mapping {
    let mut chairs: BTreeMap<OperatoryId, usize> = BTreeMap::new();
    let mut people: BTreeMap<ProviderId, usize> = BTreeMap::new();
    for slot in slots {
        *chairs.entry(slot.operatory).or_default() += 1;
        if let Some(provider) = slot.provider {
            *people.entry(provider).or_default() += 1;
        }
    }
    let mut mapping = Mapping::default();
    let place = location_name(roster, to);
    let count = |slots: usize, rest: &str| match slots {
        1 => format!("1 slot is {rest}"),
        many => format!("{many} slots are {rest}"),
    };
    let mut by_sort: Vec<_> = chairs.into_iter().collect();
    by_sort.sort_by_key(|(id, _)| (roster.operatory(*id).map_or(i32::MAX, |record| record.sort), *id));
    for (id, slots) in by_sort {
        let told = operatories.iter().find(|(from, _)| *from == id);
        let counterpart = match told {
            Some((_, to)) => *to,
            None => same_name(roster, id, to),
        };
        if counterpart.is_none() && told.is_none() {
            mapping.unmapped.push(format!(
                "{} has no counterpart at {place}: {}",
                op_name(roster, id),
                count(slots, "left out")
            ));
        }
        mapping.operatories.push((id, counterpart));
    }
    for (id, slots) in people {
        let told = providers.iter().find(|(from, _)| *from == id);
        let counterpart = match told {
            Some((_, to)) => *to,
            None => works_at(roster, id, to).then_some(id),
        };
        if counterpart.is_none() && told.is_none() {
            mapping.unmapped.push(format!(
                "{} has no hours at {place}: {}",
                provider_name(roster, id),
                count(slots, "for whoever works there")
            ));
        }
        mapping.providers.push((id, counterpart));
    }
    mapping
}

fn same_name(roster: &Roster, id: OperatoryId, to: LocationId) -> Option<OperatoryId> {
    let record = roster.operatory(id)?;
    if record.location == to {
        return Some(id);
    }
    let fold = |name: &str| name.trim().to_lowercase();
    let name = fold(&record.name);
    roster
        .operatories
        .values()
        .filter(|other| other.location == to && other.is_active && fold(&other.name) == name)
        .min_by_key(|other| (other.sort, other.id))
        .map(|other| other.id)
}

fn works_at(roster: &Roster, id: ProviderId, at: LocationId) -> bool {
    roster.provider(id).is_some_and(|provider| provider.is_active)
        && roster
            .provider_timetable(id, at)
            .is_some_and(|table| table.is_ever_open())
}

impl Mapping {
    /// A slot at the other location; `None` if its operatory has no counterpart.
    pub fn slot(&self, slot: &TemplateSlot) -> Option<TemplateSlot> {
        let operatory = self
            .operatories
            .iter()
            .find(|(from, _)| *from == slot.operatory)?
            .1?;
        let provider = slot.provider.and_then(|id| {
            let told = self.providers.iter().find(|(from, _)| *from == id);
            told.map_or(Some(id), |(_, to)| *to)
        });
        Some(TemplateSlot {
            operatory,
            provider,
            ..slot.clone()
        })
    }
}

/// A template's slot at a location that shares it; `None` if its operatory has no counterpart there.
pub fn mapped(slot: &TemplateSlot, share: &TemplateShare) -> Option<TemplateSlot> {
    let (_, operatory) = share
        .operatories
        .iter()
        .find(|(from, _)| *from == slot.operatory)?;
    let provider = slot.provider.filter(|id| !share.without.contains(id)).map(|id| {
        let told = share.providers.iter().find(|(from, _)| *from == id);
        told.map_or(id, |(_, to)| *to)
    });
    Some(TemplateSlot {
        operatory: *operatory,
        provider,
        ..slot.clone()
    })
}
