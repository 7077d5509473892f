//! When a visit needs whom in person: the one place that every rule about doctors' time asks, so that none of them reads a
//! provider and a pattern by itself.
//!
//! A second pattern lies over the first from the visit's beginning. Where it is longer than the visit, because somebody made
//! that shorter, what reaches beyond the end does not count; where it is shorter, nobody is needed for the second time.

use jiff::Timestamp;

use crate::hours::Span;
use crate::placement::minutes;
use crate::{Appointment, Need, Placement, ProviderId, TimePattern};

impl Appointment {
    /// Everybody it needs in person, and from when until when: elapsed time, `[from, until)`. First the provider, then the
    /// second one, each by time.
    pub fn doctor_time(&self) -> impl Iterator<Item = (ProviderId, (Timestamp, Timestamp))> + '_ {
        let start = self.starts_at.instant();
        all(
            start,
            (self.provider, &self.pattern),
            (self.second_provider, self.second_pattern.as_ref()),
        )
    }

    /// The units in which a second provider is needed; `None`: nobody is.
    pub fn wanted_second(&self) -> Option<TimePattern> {
        within(self.second_pattern.as_ref(), &self.pattern)
    }
}

impl Placement {
    /// As [`Appointment::doctor_time`], if it were there.
    pub fn doctor_time(&self) -> impl Iterator<Item = (ProviderId, (Timestamp, Timestamp))> + '_ {
        let start = self.starts_at.instant();
        all(
            start,
            (self.provider, &self.pattern),
            (self.second_provider, self.second_pattern.as_ref()),
        )
    }

    /// As [`Appointment::wanted_second`].
    pub fn wanted_second(&self) -> Option<TimePattern> {
        within(self.second_pattern.as_ref(), &self.pattern)
    }
}

/// The doctor time of a visit that begins at `start`.
pub(crate) fn all<'a>(
    start: Timestamp,
    (provider, pattern): (ProviderId, &'a TimePattern),
    (second, second_pattern): (Option<ProviderId>, Option<&TimePattern>),
) -> impl Iterator<Item = (ProviderId, Span)> + 'a {
    let more: Vec<(ProviderId, Span)> = match (second, within(second_pattern, pattern)) {
        (Some(second), Some(units)) => spans(start, &units).map(|span| (second, span)).collect(),
        _ => Vec::new(),
    };
    spans(start, pattern)
        .map(move |span| (provider, span))
        .chain(more)
}

/// A second pattern as far as the first reaches; `None` if nothing of it needs anybody.
pub(crate) fn within(second: Option<&TimePattern>, first: &TimePattern) -> Option<TimePattern> {
    let units = second?.units();
    let units = &units[..units.len().min(first.units().len())];
    if !units.contains(&Need::Provider) {
        return None;
    }
    TimePattern::new(units.to_vec()).ok()
}

/// The stretches of a pattern that need a provider, as moments.
pub(crate) fn spans(start: Timestamp, pattern: &TimePattern) -> impl Iterator<Item = Span> + '_ {
    let units = pattern.units();
    let at = move |unit: usize| start + minutes(unit as u16 * TimePattern::UNIT_MINUTES);
    let mut unit = 0;
    std::iter::from_fn(move || {
        let from = unit + units[unit..].iter().position(|need| *need == Need::Provider)?;
        unit = from
            + units[from..]
                .iter()
                .take_while(|need| **need == Need::Provider)
                .count();
        Some((at(from), at(unit)))
    })
}
