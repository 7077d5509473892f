//! Booking a visit: from a request to a plan, or to the reasons why not.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::absence::kept_knowingly;
use crate::conflicts::{self, ConflictKind};
use crate::day_of_visit::day_is_over;
use crate::duplicates::duplicates;
use crate::edit::must_be_early;
use crate::placement::{Care, check_with, known_location, known_operatory, plausible};
use crate::procedures::{must_be_in_use, together};
use crate::{
    AcceptedConflict, Appointment, AppointmentId, AppointmentTypeId, CannotBook, Change, Invalid, Neighbours,
    Op, OperatoryId, PatientId, PersonId, Placement, Policy, ProviderId, Roster, Stamp, Standing, Start,
    Status, TimePattern, Violation, What, Zones,
};

/// Longest note of a visit, in characters.
pub const MAX_NOTE_CHARS: usize = 10_000;
/// Longest reason of an override or cancellation, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// Who acts, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    pub person: PersonId,
    pub at: Timestamp,
    /// Orders bookings the same everywhere.
    pub stamp: Stamp,
}

/// What a person has allowed although rules object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leave {
    /// Saw the warnings, wants it anyway.
    pub acknowledge_warnings: bool,
    /// Why refusing rules are overridden this once; covers warnings too.
    pub override_reason: Option<String>,
}

impl Leave {
    /// Nothing is allowed beyond the rules.
    pub const NONE: Leave = Leave {
        acknowledge_warnings: false,
        override_reason: None,
    };

    fn reason(&self) -> Option<&str> {
        self.override_reason
            .as_deref()
            .map(str::trim)
            .filter(|reason| !reason.is_empty())
    }
}

/// What a rule wants done: one entry of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub op: Op,
    /// None when everything is already as asked.
    pub changes: Vec<Change>,
    /// What was acknowledged or overridden.
    pub warnings: Vec<Violation>,
}

impl Plan {
    pub fn new(op: Op, changes: Vec<Change>) -> Self {
        Self {
            op,
            changes,
            warnings: Vec::new(),
        }
    }

    /// One record edited; no change when it stays as it is.
    pub(crate) fn edit<E: Into<crate::Entity> + PartialEq>(op: Op, before: E, after: E) -> Self {
        let changes = if before == after {
            Vec::new()
        } else {
            vec![Change::edit(before, after)]
        };
        Self::new(op, changes)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The way back: the inverse changes in reverse order.
    pub fn inverse(&self) -> Vec<Change> {
        self.changes.iter().rev().cloned().map(Change::inverse).collect()
    }
}

/// A visit that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookRequest {
    /// Made at the edge.
    pub id: AppointmentId,
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// On the wall clock of the operatory's location.
    pub wall: DateTime,
    /// Where that clock shows the time twice: the later one.
    pub fold_later: bool,
    /// Instead of the type's own.
    pub pattern: Option<TimePattern>,
    pub note: String,
    pub is_asap: bool,
    /// How many minutes before the visit the patient should come; see [`crate::MAX_EARLY_MINUTES`].
    pub arrive_early_minutes: u16,
    /// `UID` where it comes from a calendar; else empty.
    pub source_uid: String,
    /// What is done beside the type; the visit takes the pattern of all of them together.
    pub also: Vec<AppointmentTypeId>,
    /// Who comes for the units of the second pattern, where there is one.
    pub second_provider: Option<ProviderId>,
}

impl BookRequest {
    /// Where and when the visit would be. Its [`Placement::neighbourhood`] says what to load for [`book`].
    pub fn placement(&self, roster: &Roster, zones: &Zones) -> Result<Placement, CannotBook> {
        let together = together(roster, self.appointment_type, &self.also)?;
        Ok(Placement {
            appointment: None,
            patient: Some(self.patient),
            appointment_type: self.appointment_type,
            provider: self.provider,
            operatory: self.operatory,
            starts_at: start_at(roster, zones, self.operatory, self.wall, self.fold_later)?,
            pattern: self.pattern.clone().unwrap_or(together.pattern),
            buffer_before_minutes: together.buffer_before_minutes,
            buffer_after_minutes: together.buffer_after_minutes,
            also: self.also.clone(),
            equipment: together.equipment,
            assistant: together.assistant,
            second_provider: self.second_provider,
            second_pattern: together.second_pattern,
        })
    }
}

/// Books a visit, or says why not.
pub fn book(
    roster: &Roster,
    zones: &Zones,
    neighbours: &Neighbours,
    request: &BookRequest,
    leave: &Leave,
    author: &Author,
) -> Result<Plan, CannotBook> {
    must_be_active(neighbours.patient, request.patient)?;
    Invalid::too_long("note", "The note", &request.note, MAX_NOTE_CHARS)?;
    must_be_early(request.arrive_early_minutes)?;
    let placement = request.placement(roster, zones)?;
    must_be_in_use(roster, &placement.also, &[])?;
    must_want_second(&placement)?;
    let mut violations = check_with(roster, zones, neighbours, &placement, Care::Chosen)?;
    violations.extend(duplicates(
        roster,
        zones,
        &neighbours.others,
        &placement,
        author.at,
    )?);
    violations.extend(day_is_over(roster, zones, None, &placement, author.at)?);
    let warnings = weigh(roster, violations, leave)?;
    let mut visit = new_visit(roster, request.id, request.patient, &placement, author)?;
    visit.is_asap = request.is_asap;
    visit.arrive_early_minutes = request.arrive_early_minutes;
    visit.note.clone_from(&request.note);
    visit.source_uid.clone_from(&request.source_uid);
    visit.needs_new_time = kept_knowingly(&visit, &warnings, author);
    let decisions = accept_overlaps(&visit, neighbours, &warnings, leave, author);
    let changes = std::iter::once(Change::add(visit)).chain(decisions).collect();
    Ok(Plan {
        op: Op::BookAppointment,
        changes,
        warnings,
    })
}

pub(crate) fn must_be_active(standing: Standing, patient: PatientId) -> Result<(), CannotBook> {
    match standing {
        Standing::Active => Ok(()),
        Standing::Unknown => Err(CannotBook::unknown(What::Patient, patient)),
        Standing::Inactive => Err(CannotBook::Inactive {
            what: What::Patient,
            name: String::new(),
        }),
    }
}

/// A second provider is named only where one is needed: nobody's day shows them otherwise.
pub(crate) fn must_want_second(placement: &Placement) -> Result<(), Invalid> {
    if placement.second_provider.is_none() || placement.wanted_second().is_some() {
        return Ok(());
    }
    Err(needs_no_second())
}

pub(crate) fn needs_no_second() -> Invalid {
    Invalid::new(
        "second_provider",
        "This visit needs no second provider. Leave that empty, or choose a type with a second pattern.",
    )
}

/// A visit at a place where it may be, scheduled and without a note.
pub(crate) fn new_visit(
    roster: &Roster,
    id: AppointmentId,
    patient: PatientId,
    placement: &Placement,
    author: &Author,
) -> Result<Appointment, CannotBook> {
    Ok(Appointment {
        id,
        patient,
        appointment_type: placement.appointment_type,
        provider: placement.provider,
        operatory: placement.operatory,
        location: known_operatory(roster, placement.operatory)?.location,
        starts_at: placement.starts_at.clone(),
        pattern: placement.pattern.clone(),
        buffer_before_minutes: placement.buffer_before_minutes,
        buffer_after_minutes: placement.buffer_after_minutes,
        status: Status::Scheduled,
        doctor_needed: false,
        confirmed_at: None,
        arrived_at: None,
        seated_at: None,
        completed_at: None,
        checked_out_at: None,
        broken_at: None,
        cancel_reason: String::new(),
        is_asap: false,
        note: String::new(),
        booked: author.stamp,
        sequence: 0,
        source_uid: String::new(),
        needs_new_time: None,
        series: None,
        planned: None,
        arrive_early_minutes: 0,
        also: placement.also.clone(),
        equipment: placement.equipment.clone(),
        assistant: placement.assistant,
        second_provider: placement.second_provider,
        second_pattern: placement.second_pattern.clone(),
    })
}

/// The wall time at an operatory, resolved by its location's zone.
pub(crate) fn start_at(
    roster: &Roster,
    zones: &Zones,
    operatory: OperatoryId,
    wall: DateTime,
    fold_later: bool,
) -> Result<Start, CannotBook> {
    plausible(wall)?;
    let location = known_location(roster, known_operatory(roster, operatory)?.location)?;
    let start = if fold_later {
        zones.resolve_later(wall, &location.zone)
    } else {
        zones.resolve(wall, &location.zone)
    };
    Ok(start?)
}

/// Holds the broken rules against what was allowed: gives back what is knowingly accepted, or refuses.
pub(crate) fn weigh(
    roster: &Roster,
    violations: Vec<Violation>,
    leave: &Leave,
) -> Result<Vec<Violation>, CannotBook> {
    let (refused, warned): (Vec<_>, Vec<_>) = violations
        .into_iter()
        .partition(|violation| violation.policy(roster) == Policy::Refuse);
    if let Some(reason) = leave.reason() {
        Invalid::too_long("override_reason", "The reason", reason, MAX_REASON_CHARS)?;
    }
    let refuses = !refused.is_empty();
    let warns = !warned.is_empty();
    let all: Vec<Violation> = refused.into_iter().chain(warned).collect();
    match (leave.reason(), refuses) {
        (Some(_), _) => Ok(all),
        (None, true) if leave.override_reason.is_some() => Err(CannotBook::ReasonMissing { violations: all }),
        (None, true) => Err(CannotBook::Refused { violations: all }),
        (None, false) if warns && !leave.acknowledge_warnings => {
            Err(CannotBook::NeedsAcknowledgement { violations: all })
        }
        (None, false) => Ok(all),
    }
}

/// For each overlap that was knowingly accepted, the decision that keeps it from becoming a conflict card.
pub(crate) fn accept_overlaps(
    visit: &Appointment,
    neighbours: &Neighbours,
    accepted: &[Violation],
    leave: &Leave,
    author: &Author,
) -> Vec<Change> {
    let reason = leave.reason().unwrap_or("Seen and booked anyway");
    let decision = |violation: &Violation| {
        let kind = ConflictKind::of(violation)?;
        let other = violation.appointment()?;
        let other = neighbours
            .appointments
            .iter()
            .find(|neighbour| neighbour.id == other)?;
        let decision = conflicts::keep_both(kind, visit, other, reason, author);
        let earlier: Option<&AcceptedConflict> = neighbours
            .accepted
            .iter()
            .find(|earlier| earlier.key == decision.key);
        Some(match earlier {
            Some(earlier) => Change::edit(earlier.clone(), decision),
            None => Change::add(decision),
        })
    };
    // Of two kinds of equipment the same visit may have the last piece: that is one decision.
    let mut decided = std::collections::HashSet::new();
    accepted
        .iter()
        .filter_map(decision)
        .filter(|change| decided.insert(change.entity().key()))
        .collect()
}
