//! Time patterns: which minutes of a visit need the provider, and which only an assistant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Who is needed during one five-minute unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// `X`: the provider.
    Provider,
    /// `/`: an assistant only.
    Assistant,
}

/// One [`Need`] per five minutes, in the field's own notation: `X` provider, `/` assistant
/// (Open Dental *pattern*). Its length is the appointment's length.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TimePattern(Vec<Need>);

/// Why a text is not a time pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    #[error(
        "a time pattern needs at least one unit: X for the doctor, / for an assistant, five minutes each"
    )]
    Empty,
    #[error("a time pattern has X for the doctor and / for an assistant, not “{0}”")]
    Letter(char),
    #[error("a visit lasts a day at the most (288 units of five minutes), not {0} units")]
    TooLong(usize),
}

impl TimePattern {
    pub const UNIT_MINUTES: u16 = 5;
    /// A day.
    pub const MAX_UNITS: usize = 288;

    pub fn new(units: Vec<Need>) -> Result<Self, BadPattern> {
        match units.len() {
            0 => Err(BadPattern::Empty),
            n if n > Self::MAX_UNITS => Err(BadPattern::TooLong(n)),
            _ => Ok(Self(units)),
        }
    }

    pub fn units(&self) -> &[Need] {
        &self.0
    }

    pub fn length_minutes(&self) -> u16 {
        self.0.len() as u16 * Self::UNIT_MINUTES
    }

    /// The stretches that need the provider, as minutes from the start: `[from, until)`.
    pub fn provider_spans(&self) -> Vec<(u16, u16)> {
        let mut spans: Vec<(u16, u16)> = Vec::new();
        for (index, need) in self.0.iter().enumerate() {
            if *need != Need::Provider {
                continue;
            }
            let from = index as u16 * Self::UNIT_MINUTES;
            match spans.last_mut() {
                Some(last) if last.1 == from => last.1 += Self::UNIT_MINUTES,
                _ => spans.push((from, from + Self::UNIT_MINUTES)),
            }
        }
        spans
    }

    /// The same visit made longer or shorter: it grows by repeating its last unit and shrinks from
    /// its end. Minutes are rounded up to whole units.
    pub fn with_length(&self, minutes: u16) -> Result<Self, BadPattern> {
        let units = usize::from(minutes.div_ceil(Self::UNIT_MINUTES));
        let last = *self.0.last().expect("a pattern is never empty");
        let mut needs = self.0.clone();
        needs.resize(units.min(Self::MAX_UNITS + 1), last);
        Self::new(needs)
    }
}

impl fmt::Display for TimePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|need| f.write_str(if *need == Need::Provider { "X" } else { "/" }))
    }
}

impl fmt::Debug for TimePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for TimePattern {
    type Err = BadPattern;
    fn from_str(text: &str) -> Result<Self, BadPattern> {
        let units = text
            .chars()
            .map(|letter| match letter {
                'X' | 'x' => Ok(Need::Provider),
                '/' => Ok(Need::Assistant),
                other => Err(BadPattern::Letter(other)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(units)
    }
}

impl Serialize for TimePattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> TimePattern {
        text.parse().unwrap()
    }

    #[test]
    fn doctor_time_is_only_the_x_units() {
        assert_eq!(pattern("XX//X").provider_spans(), [(0, 10), (20, 25)]);
        assert_eq!(pattern("///").provider_spans(), []);
    }

    #[test]
    fn a_longer_visit_repeats_its_last_unit_and_a_shorter_one_loses_its_end() {
        assert_eq!(pattern("XX/").with_length(25).unwrap(), pattern("XX///"));
        assert_eq!(pattern("XX/").with_length(10).unwrap(), pattern("XX"));
        assert_eq!(pattern("XX/").with_length(0), Err(BadPattern::Empty));
        assert_eq!(pattern("X").with_length(12).unwrap().length_minutes(), 15);
    }

    #[test]
    fn what_is_not_a_pattern_says_so() {
        assert_eq!("XA".parse::<TimePattern>(), Err(BadPattern::Letter('A')));
        assert_eq!("".parse::<TimePattern>(), Err(BadPattern::Empty));
    }
}
