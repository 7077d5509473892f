//! A patient's reserved time with a provider in an operatory. Lies in the patient's document, so that no
//! move can tear or duplicate it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AppointmentId, AppointmentSeriesId, AppointmentTypeId, AssistantNeed, EquipmentNeed, LocationId,
    OperatoryId, PatientId, PersonId, ProviderId, SeriesPlace, Stamp, Start, Status, TimePattern,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    pub id: AppointmentId,
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    pub provider: ProviderId,
    pub operatory: OperatoryId,
    /// The operatory's location; its zone is the zone of `starts_at`.
    pub location: LocationId,
    pub starts_at: Start,
    /// Its own copy of the type's pattern; carries the length.
    pub pattern: TimePattern,
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    pub status: Status,
    /// While seated: the doctor is wanted at the chair.
    pub doctor_needed: bool,
    pub confirmed_at: Option<Timestamp>,
    pub arrived_at: Option<Timestamp>,
    pub seated_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub checked_out_at: Option<Timestamp>,
    /// When it was cancelled or marked missed.
    pub broken_at: Option<Timestamp>,
    pub cancel_reason: String,
    /// Would come sooner if something opens (the ASAP list).
    pub is_asap: bool,
    /// Free text; concurrent edits merge letter by letter.
    pub note: String,
    /// When it was booked, for deciding who was first.
    pub booked: Stamp,
    /// iCalendar `SEQUENCE`: raised with each change of time, place or cancellation. Merged as a counter, so
    /// concurrent changes both count and the number never falls.
    pub sequence: u32,
    /// `UID` where it was imported from a calendar; empty if it was booked here.
    pub source_uid: String,
    /// What a person decided about its time; see [`Appointment::pin`].
    #[serde(default)]
    pub needs_new_time: Option<NeedsNewTime>,
    /// The same in all visits that were booked as one series.
    #[serde(default)]
    pub series: Option<AppointmentSeriesId>,
    /// Where its series wants it; see [`Appointment::is_exception`].
    #[serde(default)]
    pub planned: Option<SeriesPlace>,
    /// How many minutes before it the patient was asked to come; 0: at its time. See [`MAX_EARLY_MINUTES`].
    #[serde(default)]
    pub arrive_early_minutes: u16,
    /// What is done in it beside its own type, in this order; nothing twice (see [`crate::merged_pattern`]).
    #[serde(default)]
    pub also: Vec<AppointmentTypeId>,
    /// What it uses; a copy of its type's, as the pattern is.
    #[serde(default)]
    pub equipment: Vec<EquipmentNeed>,
    /// In which of its minutes it needs an assistant; a copy of its type's.
    #[serde(default)]
    pub assistant: AssistantNeed,
    /// Who is needed beside the provider in the units of `second_pattern`; `None`: nobody yet, or nobody at all.
    #[serde(default)]
    pub second_provider: Option<ProviderId>,
    /// Its own copy of the type's second pattern; `None`: one provider is enough. See [`Appointment::doctor_time`].
    #[serde(default)]
    pub second_pattern: Option<TimePattern>,
}

/// A patient can be asked to come this much before the visit, in steps of five minutes.
pub const MAX_EARLY_MINUTES: u16 = 30;

/// Somebody put the visit on the pinboard, or decided that it stays although someone is away. It says which time and place
/// it means: a visit that was moved meanwhile, at a desk that could not know of it, is not concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedsNewTime {
    pub starts_at: Start,
    pub provider: ProviderId,
    pub operatory: OperatoryId,
    /// What a person said; may be empty.
    pub reason: String,
    /// Who decided it, when.
    pub by: PersonId,
    pub at: Timestamp,
    /// It stays where it is; else it waits for a new time.
    #[serde(default)]
    pub is_kept: bool,
}

impl NeedsNewTime {
    /// Of concurrent decisions the one that everybody shows: waiting goes before staying, so that nobody is forgotten.
    pub fn merge(marks: impl IntoIterator<Item = NeedsNewTime>) -> Option<NeedsNewTime> {
        marks
            .into_iter()
            .max_by_key(|mark| (!mark.is_kept, mark.at, mark.by, mark.reason.clone()))
    }
}

impl Appointment {
    pub fn length_minutes(&self) -> u16 {
        self.pattern.length_minutes()
    }

    /// The moment it ends (elapsed time after its start).
    pub fn ends_at(&self) -> Timestamp {
        let length = jiff::SignedDuration::from_mins(self.length_minutes().into());
        self.starts_at
            .instant()
            .checked_add(length)
            .unwrap_or(Timestamp::MAX)
    }

    /// When the patient was asked to be there (elapsed time before the start).
    pub fn due_at(&self) -> Timestamp {
        let early = jiff::SignedDuration::from_mins(self.arrive_early_minutes.into());
        self.starts_at
            .instant()
            .checked_sub(early)
            .unwrap_or(Timestamp::MIN)
    }

    /// Everything that is done in it, its own type first.
    pub fn procedures(&self) -> impl Iterator<Item = AppointmentTypeId> + '_ {
        std::iter::once(self.appointment_type).chain(self.also.iter().copied())
    }

    pub fn takes_time(&self) -> bool {
        self.status.takes_time()
    }

    /// Still to take place: neither called off nor begun.
    pub fn is_planned(&self) -> bool {
        matches!(
            self.status,
            Status::Scheduled | Status::Confirmed | Status::Arrived
        )
    }

    /// What a person decided about this time and place, if anybody did.
    pub fn pin(&self) -> Option<&NeedsNewTime> {
        self.needs_new_time.as_ref().filter(|mark| {
            mark.starts_at == self.starts_at
                && mark.provider == self.provider
                && mark.operatory == self.operatory
        })
    }
}

/// Names one overlap for as long as it exists: the same on every workstation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "string"))]
#[serde(transparent)]
pub struct ConflictKey(pub String);

impl fmt::Display for ConflictKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConflictKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person's decision to let two visits overlap: made when overriding a rule, or on a conflict card with
/// *keep both*. Lies in the document of the patient of the visit with the lower id. Holds for the times at which it was made:
/// move either visit, and an overlap that remains is a new question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedConflict {
    pub key: ConflictKey,
    pub patient: PatientId,
    /// Both visits, lower id first.
    pub appointments: [AppointmentId; 2],
    /// Start and end of each at the time of the decision.
    pub times: [(Timestamp, Timestamp); 2],
    pub reason: String,
    pub by: PersonId,
    pub at: Timestamp,
}
