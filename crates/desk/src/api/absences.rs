//! Absences, the pinboard, and block-outs on many days.

use clinic::{
    AbsenceReason, AppointmentId, BlockPolicy, BlockSeriesId, BlockTarget, LocationId, ProviderId,
    TimeBlockId, Weekday,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppointmentCard, BlockCard, OpeningView, UndoState};

/// Somebody is away, or a place is closed: whole days, or from and until a time of the day.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct AbsenceFields {
    /// An absence that was entered already: this is what becomes of it. Whom it is about, and its location, stay.
    #[serde(default)]
    pub changes: Option<TimeBlockId>,
    pub target: BlockTarget,
    /// With a location as target: every location in use is closed, each on its own clock. A holiday.
    #[serde(default)]
    pub is_everywhere: bool,
    /// For a provider: whose wall clock the days are on; they are away everywhere.
    pub location: LocationId,
    pub first: String,
    /// The last day, itself included.
    pub last: String,
    /// On the first day from `11:20` on.
    #[serde(default)]
    pub from: Option<String>,
    /// On the last day until then.
    #[serde(default)]
    pub until: Option<String>,
    pub reason: AbsenceReason,
    /// Instead of the reason's own words.
    #[serde(default)]
    pub title: String,
}

/// What an absence would do; nothing is changed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AbsencePlan {
    /// `Dr Mei Chen, Tue 3 Mar 11:20 – Thu 5 Mar`.
    pub words: String,
    /// How many visits it displaces, those elsewhere that this person may not see among them.
    pub displaced_count: u32,
    /// The first 200 of them, by time.
    pub displaced: Vec<DisplacedVisit>,
}

/// A visit that cannot be while the absence lasts, and ways out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DisplacedVisit {
    pub visit: AppointmentCard,
    /// Who else could see the patient then and there.
    pub others: Vec<ProviderId>,
    /// The best free time within four weeks; looked for for the first 40 visits.
    pub opening: Option<OpeningView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AbsenceView {
    pub id: TimeBlockId,
    pub target: BlockTarget,
    pub location: LocationId,
    /// Wall times at the location.
    pub from: String,
    pub until: String,
    /// `Dr Mei Chen, Tue 3 Mar 11:20 – Thu 5 Mar`.
    pub words: String,
    pub title: String,
    pub reason: AbsenceReason,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AbsenceEntered {
    pub absence: AbsenceView,
    /// Visits that now need a new time.
    pub displaced_count: u32,
    pub undo: UndoState,
}

/// Absences that last on this day or later.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct AbsencesRequest {
    /// Without it from today.
    #[serde(default)]
    pub from: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Absences {
    pub absences: Vec<AbsenceView>,
}

/// Visits that need a new time: somebody put them here, or is away. By time, at most 500.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pinboard {
    pub count: u32,
    pub entries: Vec<PinboardEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PinboardEntry {
    pub visit: AppointmentCard,
    /// `Dr Mei Chen is away (Vacation)`, or what the person said who put it here.
    pub reason: String,
    /// The absence that displaced it; none if a person put it here.
    pub absence: Option<TimeBlockId>,
    pub phone: String,
    /// The person who put it here, by name; none if an absence did.
    pub put_by: Option<String>,
    /// Whoever asks put it here: on each of their workstations it is among their own.
    pub is_own: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct PinAppointment {
    pub id: AppointmentId,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// On which days something is there again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecurrenceFields {
    pub repeat: RepeatFields,
    pub ends: EndsFields,
    /// Dates on which it is not.
    #[serde(default)]
    pub except: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RepeatFields {
    /// Every nth day.
    Daily { every: u16 },
    /// Of every nth week; without weekdays that of the first date.
    Weekly { every: u16, weekdays: Vec<Weekday> },
    /// The same day of every nth month.
    MonthlyOnDate { every: u16 },
    /// The same first to fourth weekday of every nth month, or the last.
    MonthlyOnWeekday { every: u16, is_last: bool },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EndsFields {
    /// The last date.
    Until { date: String },
    /// After so many times.
    Count { times: u32 },
}

/// What becomes of visits that are booked where time is blocked out, or with somebody or somewhere that is taken out of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BookedThere {
    /// They stay where they are.
    Keep,
    /// They go onto the pinboard, as visits that need a new time.
    Pin,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct AddBlockSeries {
    pub target: BlockTarget,
    pub location: LocationId,
    /// Wall time of the first one: `2026-03-03T12:00`.
    pub at: String,
    pub length_minutes: u32,
    pub title: String,
    pub policy: BlockPolicy,
    pub recurrence: RecurrenceFields,
    /// What becomes of visits that are booked then; left out: they are asked about (`visits_booked`).
    #[serde(default)]
    pub visits: Option<BookedThere>,
}

/// Which block-outs of a series are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SeriesScope {
    This,
    /// This one and later ones.
    Following,
    All,
}

/// Changes block-outs of a series; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ChangeBlockSeries {
    /// One of them.
    pub id: TimeBlockId,
    pub scope: SeriesScope,
    /// The new wall time of that one; the others move by as many days, to the same time.
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub length_minutes: Option<u32>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub policy: Option<BlockPolicy>,
    /// What becomes of visits that are booked then; left out: they are asked about (`visits_booked`).
    #[serde(default)]
    pub visits: Option<BookedThere>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RemoveBlockSeries {
    pub id: TimeBlockId,
    pub scope: SeriesScope,
}

/// What is cut or copied.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PasteFrom {
    Blocks {
        ids: Vec<TimeBlockId>,
    },
    /// Every block-out that begins on this day at this location; absences stay.
    Day {
        location: LocationId,
        date: String,
    },
    /// The same for the week of this day, from Monday on.
    Week {
        location: LocationId,
        date: String,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct PasteBlocks {
    pub from: PasteFrom,
    /// The day (of the first of several block-outs), or a day of the week, where they go.
    pub to: String,
    /// The first of them begins at this time of the day, the others as much later as they were; else each keeps its own.
    #[serde(default)]
    pub at: Option<String>,
    /// They leave where they were.
    #[serde(default)]
    pub is_cut: bool,
    /// Onto this provider, operatory or location instead of their own.
    #[serde(default)]
    pub onto: Option<BlockTarget>,
    /// The location of `onto`, or for a provider's block-out that whose clock it is on.
    #[serde(default)]
    pub onto_location: Option<LocationId>,
    /// What becomes of visits that are booked then; left out: they are asked about (`visits_booked`).
    #[serde(default)]
    pub visits: Option<BookedThere>,
}

/// What was done with many block-outs in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BlocksChanged {
    pub count: u32,
    pub left_out: Vec<LeftOutView>,
    pub undo: UndoState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOutView {
    pub date: String,
    pub title: String,
    /// `the clock skips 2:30`.
    pub why: String,
}

/// One block-out with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BlockDetail {
    pub card: BlockCard,
    /// Wall time at its location, and minutes over all its days.
    pub at: String,
    pub length_minutes: u32,
    /// Where it ends, wall time at its location.
    pub until: String,
    pub series: Option<SeriesView>,
    pub absence: Option<AbsenceReason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesView {
    pub id: BlockSeriesId,
    pub count: u32,
    pub first: String,
    pub last: String,
}
