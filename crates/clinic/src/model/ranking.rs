//! What counts when openings are ranked, and how much: the practice's weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What can speak for one opening and against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RankingFactor {
    /// The sooner the better.
    LeadTime,
    /// In a slot of the day's template that is meant for it.
    Template,
    /// With the doctor who has less to do that day.
    Load,
    /// With the doctor and in the operatory of the patient's earlier visits.
    Continuity,
    /// On the weekday and in the half of the day in which the patient usually comes.
    Preferences,
    /// No gaps that are too short for anything.
    Fragments,
    /// On a day on which somebody of the family comes.
    Family,
}

impl RankingFactor {
    pub const ALL: [RankingFactor; 7] = [
        RankingFactor::LeadTime,
        RankingFactor::Template,
        RankingFactor::Load,
        RankingFactor::Continuity,
        RankingFactor::Preferences,
        RankingFactor::Fragments,
        RankingFactor::Family,
    ];

    /// As files and the command line write it.
    pub fn code(self) -> &'static str {
        match self {
            RankingFactor::LeadTime => "lead_time",
            RankingFactor::Template => "template",
            RankingFactor::Load => "load",
            RankingFactor::Continuity => "continuity",
            RankingFactor::Preferences => "preferences",
            RankingFactor::Fragments => "fragments",
            RankingFactor::Family => "family",
        }
    }

    /// From its code.
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.code() == code)
    }

    /// As a person says it.
    pub fn words(self) -> &'static str {
        match self {
            RankingFactor::LeadTime => "the sooner the better",
            RankingFactor::Template => "as the template of the day has it",
            RankingFactor::Load => "the doctor who has less to do that day",
            RankingFactor::Continuity => "the doctor and operatory of earlier visits",
            RankingFactor::Preferences => "when the patient usually comes",
            RankingFactor::Fragments => "no gaps that are too short for anything",
            RankingFactor::Family => "on a day on which the family comes",
        }
    }
}

/// How much something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    Off,
    Little,
    Normal,
    Much,
    /// Eight times a little; of the lead time: an earlier day always comes first.
    First,
}

impl Weight {
    pub const ALL: [Weight; 5] = [
        Weight::Off,
        Weight::Little,
        Weight::Normal,
        Weight::Much,
        Weight::First,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Weight::Off => "off",
            Weight::Little => "little",
            Weight::Normal => "normal",
            Weight::Much => "much",
            Weight::First => "first",
        }
    }

    /// From its code.
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|weight| weight.code() == code)
    }

    /// What it multiplies by.
    pub fn times(self) -> u32 {
        match self {
            Weight::Off => 0,
            Weight::Little => 1,
            Weight::Normal => 2,
            Weight::Much => 4,
            Weight::First => 8,
        }
    }
}

/// The practice's weights; what is not listed keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RankingWeights(pub BTreeMap<RankingFactor, Weight>);

impl RankingWeights {
    pub fn of(&self, factor: RankingFactor) -> Weight {
        self.0.get(&factor).copied().unwrap_or(match factor {
            RankingFactor::LeadTime => Weight::First,
            RankingFactor::Load => Weight::Little,
            RankingFactor::Template
            | RankingFactor::Continuity
            | RankingFactor::Preferences
            | RankingFactor::Fragments
            | RankingFactor::Family => Weight::Normal,
        })
    }
}
