//! Who has which piece of equipment: what visits use and when, and where more visits want one than there are.

use jiff::Timestamp;

use crate::hours::Span;
use crate::placement::{minutes, overlap};
use crate::{Appointment, EquipmentId, EquipmentNeed};

/// What a visit uses, as moments.
pub(crate) fn uses(
    needs: &[EquipmentNeed],
    start: Timestamp,
    length_minutes: u16,
) -> impl Iterator<Item = (EquipmentId, Span)> + '_ {
    needs.iter().filter_map(move |need| {
        let (from, until) = need.minutes(length_minutes)?;
        Some((need.equipment, (start + minutes(from), start + minutes(until))))
    })
}

/// What a booked visit uses.
pub(crate) fn uses_of(visit: &Appointment) -> impl Iterator<Item = (EquipmentId, Span)> + '_ {
    uses(
        &visit.equipment,
        visit.starts_at.instant(),
        visit.length_minutes(),
    )
}

/// A stretch in which every piece is in use already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Full<'v> {
    pub span: Span,
    /// The one of them that was booked last: whoever comes in addition shares its piece.
    pub last: &'v Appointment,
    /// Everybody who has a piece in that stretch, by start.
    pub by: Vec<&'v Appointment>,
}

/// Where in `wanted` all `pieces` are used by others. Stretches that one visit fills together with others are one as long as it
/// is there: whoever decides about that visit has decided about all of them.
pub(crate) fn full<'v>(wanted: Span, users: &[(Span, &'v Appointment)], pieces: u16) -> Vec<Full<'v>> {
    let mut found: Vec<Full<'v>> = Vec::new();
    for (from, until) in segments(wanted, users.iter().map(|(span, _)| *span)) {
        let here: Vec<&Appointment> = users
            .iter()
            .filter(|(span, _)| overlap(*span, (from, until)))
            .map(|(_, visit)| *visit)
            .collect();
        if here.len() < usize::from(pieces) {
            continue;
        }
        let Some(last) = here.iter().max_by_key(|visit| (visit.booked, visit.id)) else {
            continue;
        };
        let known = found
            .iter_mut()
            .find(|known| here.iter().any(|visit| visit.id == known.last.id));
        match known {
            Some(known) => {
                known.span.1 = until;
                known.by.extend(here);
            }
            None => found.push(Full {
                span: (from, until),
                last,
                by: here,
            }),
        }
    }
    for one in &mut found {
        one.by.sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
        one.by.dedup_by_key(|visit| visit.id);
    }
    found
}

/// Cuts a stretch wherever another begins or ends.
pub(crate) fn segments(wanted: Span, others: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut cuts: Vec<Timestamp> = others
        .flat_map(|span| [span.0, span.1])
        .filter(|cut| wanted.0 < *cut && *cut < wanted.1)
        .chain([wanted.0, wanted.1])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}
