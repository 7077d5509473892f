//! The practice's places, people and kinds of visit as choices to pick from by what a file calls them.

use clinic::{AppointmentTypeId, LocationId, OperatoryId, ProviderId, Roster};

use super::lookup::Choice;

pub(crate) fn locations(roster: &Roster) -> Vec<Choice<LocationId>> {
    let choices = roster.locations.values().map(|place| Choice {
        id: place.id,
        label: place.name.clone(),
        names: vec![place.id.to_string(), place.name.clone()],
    });
    choices.collect()
}

/// Operatories of one location, or of all.
pub(crate) fn operatories(roster: &Roster, location: Option<LocationId>) -> Vec<Choice<OperatoryId>> {
    let mut chairs: Vec<_> = roster
        .operatories
        .values()
        .filter(|chair| location.is_none_or(|place| chair.location == place))
        .collect();
    chairs.sort_by_key(|chair| {
        (
            roster.location(chair.location).map(|place| place.sort),
            chair.sort,
            chair.id,
        )
    });
    let choices = chairs.into_iter().map(|chair| {
        let place = roster
            .location(chair.location)
            .map_or("", |place| place.name.as_str());
        Choice {
            id: chair.id,
            label: if roster.locations.len() > 1 {
                format!("{} ({place})", chair.name)
            } else {
                chair.name.clone()
            },
            // `3` is `Op 3` where nothing else is.
            names: vec![
                chair.id.to_string(),
                chair.name.clone(),
                format!("{} {place}", chair.name),
            ],
        }
    });
    choices.collect()
}

pub(crate) fn providers(roster: &Roster) -> Vec<Choice<ProviderId>> {
    let mut providers: Vec<_> = roster.providers.values().collect();
    providers.sort_by_key(|provider| (provider.sort, provider.id));
    let choices = providers.into_iter().map(|provider| Choice {
        id: provider.id,
        label: provider.name.clone(),
        names: vec![
            provider.id.to_string(),
            provider.name.clone(),
            provider.short_name.clone(),
        ],
    });
    choices.collect()
}

pub(crate) fn types(roster: &Roster) -> Vec<Choice<AppointmentTypeId>> {
    let mut types: Vec<_> = roster.appointment_types.values().collect();
    types.sort_by_key(|kind| (kind.sort, kind.id));
    let choices = types.into_iter().map(|kind| Choice {
        id: kind.id,
        label: format!("{} {}", kind.code, kind.name),
        names: vec![kind.id.to_string(), kind.code.clone(), kind.name.clone()],
    });
    choices.collect()
}

/// The chair a provider usually works in at a location; else the first one there.
pub(crate) fn usual_chair(
    roster: &Roster,
    provider: ProviderId,
    location: Option<LocationId>,
) -> Option<OperatoryId> {
    let mut chairs: Vec<_> = roster
        .operatories
        .values()
        .filter(|chair| chair.is_active && chair.usual_provider == Some(provider))
        .filter(|chair| location.is_none_or(|place| chair.location == place))
        .collect();
    chairs.sort_by_key(|chair| (chair.sort, chair.id));
    chairs.first().map(|chair| chair.id)
}
