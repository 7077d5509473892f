//! When a visit needs whom in person: the one place that every rule about doctors' time asks, so that none of them reads a
//! provider and a pattern by itself.

use jiff::Timestamp;

use crate::hours::Span;
use crate::placement::minutes;
use crate::{Appointment, Need, Placement, ProviderId, TimePattern};

impl Appointment {
    /// Everybody it needs in person, and from when until when: elapsed time, `[from, until)`.
    pub fn doctor_time(&self) -> impl Iterator<Item = (ProviderId, (Timestamp, Timestamp))> + '_ {
        spans(self.starts_at.instant(), &self.pattern).map(|span| (self.provider, span))
    }
}

impl Placement {
    /// As [`Appointment::doctor_time`], if it were there.
    pub fn doctor_time(&self) -> impl Iterator<Item = (ProviderId, (Timestamp, Timestamp))> + '_ {
        spans(self.starts_at.instant(), &self.pattern).map(|span| (self.provider, span))
    }
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
