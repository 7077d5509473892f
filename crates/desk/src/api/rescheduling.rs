//! New times for many visits at once: a plan to look at, and carrying it out in one step.

use clinic::{AppointmentId, OperatoryId, ProviderId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppointmentCard, OpeningView, UndoState};

/// Either all visits of a provider on a day, or the visits that are named.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ReschedulingRequest {
    #[serde(default)]
    pub provider: Option<ProviderId>,
    /// The day that the provider cannot keep: `2026-03-03`.
    #[serde(default)]
    pub date: Option<String>,
    /// At most 100.
    #[serde(default)]
    pub visits: Vec<AppointmentId>,
    /// First day of new times; if left out, the day of the first visit, or today if that is over.
    #[serde(default)]
    pub from: Option<String>,
    /// 1 to 92; 28 if left out.
    #[serde(default)]
    pub days: Option<u16>,
    /// Other providers may take over.
    #[serde(default)]
    pub may_change_provider: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RescheduleProposal {
    pub moves: Vec<ProposedMove>,
    /// Visits for which there is no new time.
    pub left: Vec<LeftVisit>,
    /// What the moves disturb together; only for comparing.
    pub points: u32,
    /// No plan that places as many does with less.
    pub least_points: u32,
    /// Everything that could be better was tried.
    pub is_best: bool,
    /// How good the plan is, in words.
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProposedMove {
    /// The visit as it is now.
    pub visit: AppointmentCard,
    pub to: OpeningView,
    /// What changes for the patient: `1 day later, same time of day`.
    pub disturbance: String,
    pub points: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftVisit {
    pub visit: AppointmentCard,
    /// `no free time in these days`.
    pub why: String,
}

/// Carries out a plan, or a part of it, in one step: all of these moves or none.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RescheduleVisits {
    /// 1 to 100.
    pub moves: Vec<RescheduleMove>,
    /// Why, for the history; may be empty.
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RescheduleMove {
    pub id: AppointmentId,
    /// Where the plan saw it, on its location's wall clock: `2026-03-03T09:00`.
    pub from: String,
    /// Where it goes, on the operatory's location's wall clock.
    pub at: String,
    /// Where that clock shows the time twice: the later one.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub later_of_two: bool,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// Who comes for the units of the second pattern; left out: as it is.
    #[serde(default)]
    #[ts(optional)]
    pub second_provider: Option<ProviderId>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitsRescheduled {
    pub appointments: Vec<AppointmentCard>,
    pub undo: UndoState,
}
