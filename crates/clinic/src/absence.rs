//! Absences: a provider is away, a chair is out of order, a location is closed. An absence is a block-out that says why. Which
//! visits it displaces follows from where they lie, whenever either came in, so that no merge can lose one.

use jiff::civil::{Date, Time};

use crate::hours::{day_bounds, wall_span};
use crate::placement::{known_location, overlap, plausible};
use crate::violation::target_name;
use crate::{
    AbsenceReason, Appointment, Author, BlockPolicy, BlockTarget, CannotBook, CannotChange, Change, Invalid,
    LocationId, MAX_REASON_CHARS, NeedsNewTime, Op, Plan, Policy, Roster, Rule, TimeBlock, TimeBlockId,
    Violation, Zones,
};

/// An absence that somebody enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsenceRequest {
    /// Made at the edge.
    pub id: TimeBlockId,
    pub target: BlockTarget,
    /// For a provider: whose wall clock the days are on; they are away everywhere.
    pub location: LocationId,
    pub first: Date,
    /// On the first day from this time on; none: all day.
    pub from: Option<Time>,
    /// The last day, itself included.
    pub last: Date,
    /// On the last day until this time; none: all day.
    pub until: Option<Time>,
    pub reason: AbsenceReason,
    /// Instead of the reason’s own words; may be empty.
    pub title: String,
}

impl AbsenceReason {
    /// As a person says it: `vacation`.
    pub fn words(self) -> &'static str {
        match self {
            AbsenceReason::Vacation => "vacation",
            AbsenceReason::Ill => "ill",
            AbsenceReason::Course => "course",
            AbsenceReason::Holiday => "holiday",
            AbsenceReason::Repair => "out of order",
            AbsenceReason::Other => "away",
        }
    }
}

/// The block-out that an absence is.
pub fn absence_block(
    roster: &Roster,
    zones: &Zones,
    request: &AbsenceRequest,
) -> Result<TimeBlock, CannotChange> {
    let location = known_location(roster, request.location)?;
    plausible(request.first.at(0, 0, 0, 0))?;
    plausible(request.last.at(0, 0, 0, 0))?;
    let zone = zones.zone(&location.zone).map_err(CannotBook::from)?;
    let from = match request.from {
        Some(time) => wall_span(&zone, request.first, time, Time::midnight()).0,
        None => day_bounds(&zone, request.first).0,
    };
    let until = match request.until {
        Some(time) => wall_span(&zone, request.last, Time::midnight(), time).1,
        None => day_bounds(&zone, request.last).1,
    };
    if until <= from {
        return Err(Invalid::new("last", "An absence ends after it begins.").into());
    }
    let length = until.duration_since(from).as_mins();
    let title = match request.title.trim() {
        "" => {
            let words = request.reason.words();
            words[..1].to_uppercase() + &words[1..]
        }
        title => title.to_owned(),
    };
    let block = TimeBlock {
        id: request.id,
        target: request.target,
        location: request.location,
        starts_at: zones.at(from, &location.zone).map_err(CannotBook::from)?,
        length_minutes: u32::try_from(length).unwrap_or(u32::MAX),
        title,
        policy: BlockPolicy::Block,
        source_uid: String::new(),
        series: None,
        absence: Some(request.reason),
    };
    crate::blocks::check(roster, &block)?;
    Ok(block)
}

/// Enters an absence.
pub fn add_absence(roster: &Roster, zones: &Zones, request: &AbsenceRequest) -> Result<Plan, CannotChange> {
    let block = absence_block(roster, zones, request)?;
    Ok(Plan::new(Op::AddAbsence, vec![Change::add(block)]))
}

/// Gives an absence other days, another reason or title; whom it is about stays. The plan is empty when nothing differs.
pub fn change_absence(
    roster: &Roster,
    zones: &Zones,
    block: &TimeBlock,
    request: &AbsenceRequest,
) -> Result<Plan, CannotChange> {
    let after = absence_block(
        roster,
        zones,
        &AbsenceRequest {
            id: block.id,
            target: block.target,
            location: block.location,
            ..request.clone()
        },
    )?;
    let after = TimeBlock {
        source_uid: block.source_uid.clone(),
        ..after
    };
    Ok(Plan::edit(Op::ChangeAbsence, block.clone(), after))
}

/// Takes an absence back: who had a visit then keeps it.
pub fn remove_absence(block: &TimeBlock) -> Plan {
    Plan::new(Op::RemoveAbsence, vec![Change::remove(block.clone())])
}

impl TimeBlock {
    /// Whether a visit, still to take place, cannot be while this absence lasts.
    pub fn displaces(&self, visit: &Appointment) -> bool {
        self.absence.is_some() && self.concerns(visit)
    }

    /// Whether a visit, still to take place, would be asked about or refused there if it were booked now: one that a block-out is laid
    /// over.
    pub fn covers(&self, roster: &Roster, visit: &Appointment) -> bool {
        let is_meant_for_it = matches!(&self.policy, BlockPolicy::RestrictedTo(types) if types.contains(&visit.appointment_type));
        !is_meant_for_it
            && roster.policy(Rule::TimeBlock, visit.appointment_type) != Policy::Allow
            && self.concerns(visit)
    }

    /// Whether a visit that is still to take place lies there.
    fn concerns(&self, visit: &Appointment) -> bool {
        let span = (self.starts_at.instant(), self.ends_at());
        let concerns = match self.target {
            // Whoever only looks in must be there for that only.
            BlockTarget::Provider(id) if Some(id) == visit.second_provider => visit
                .doctor_time()
                .any(|(provider, needed)| provider == id && overlap(needed, span)),
            BlockTarget::Provider(id) => id == visit.provider,
            BlockTarget::Operatory(id) => id == visit.operatory,
            BlockTarget::Location(id) => id == visit.location,
        };
        concerns && visit.is_planned() && overlap(span, (visit.starts_at.instant(), visit.ends_at()))
    }
}

/// Why a visit waits for a new time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits<'a> {
    /// Somebody put it on the pinboard.
    Pinned(&'a NeedsNewTime),
    /// Somebody is away, or a place is closed.
    Displaced(&'a TimeBlock),
}

impl Waits<'_> {
    /// `Dr Mei Chen is away (Vacation)`, or what the person said.
    pub fn words(&self, roster: &Roster) -> String {
        match self {
            Waits::Pinned(mark) if mark.reason.is_empty() => "put on the pinboard".to_owned(),
            Waits::Pinned(mark) => mark.reason.clone(),
            Waits::Displaced(block) => {
                let state = match block.target {
                    BlockTarget::Provider(_) => "away",
                    BlockTarget::Operatory(_) | BlockTarget::Location(_) => "closed",
                };
                format!(
                    "{} is {state} ({})",
                    target_name(roster, &block.target),
                    block.title
                )
            }
        }
    }
}

/// Whether and why a visit waits for a new time, given the absences around it: until it is moved or called off, the patient is
/// in the chair, or somebody decides that it stays.
pub fn waits<'a>(visit: &'a Appointment, absences: &'a [TimeBlock]) -> Option<Waits<'a>> {
    if !visit.is_planned() {
        return None;
    }
    match visit.pin() {
        Some(mark) if mark.is_kept => None,
        Some(mark) => Some(Waits::Pinned(mark)),
        None => absences
            .iter()
            .find(|block| block.displaces(visit))
            .map(Waits::Displaced),
    }
}

/// Puts a visit on the pinboard: it keeps its time until it has a new one.
pub fn pin_appointment(visit: &Appointment, reason: &str, author: &Author) -> Result<Plan, CannotChange> {
    if !visit.is_planned() {
        let status = visit.status;
        return Err(CannotBook::NotPlanned { status }.into());
    }
    Invalid::too_long("reason", "The reason", reason, MAX_REASON_CHARS)?;
    Ok(marked(Op::PinAppointment, visit, reason, false, author))
}

/// Takes a visit off the pinboard: it stays where it is, although somebody may be away.
pub fn unpin_appointment(visit: &Appointment, absences: &[TimeBlock], author: &Author) -> Plan {
    if absences.iter().any(|block| block.displaces(visit)) {
        return marked(Op::UnpinAppointment, visit, "", true, author);
    }
    let after = Appointment {
        needs_new_time: None,
        ..visit.clone()
    };
    Plan::edit(Op::UnpinAppointment, visit.clone(), after)
}

fn marked(op: Op, visit: &Appointment, reason: &str, is_kept: bool, author: &Author) -> Plan {
    let already = visit
        .pin()
        .is_some_and(|mark| mark.is_kept == is_kept && mark.reason == reason.trim());
    if already {
        return Plan::new(op, Vec::new());
    }
    let mut after = visit.clone();
    after.needs_new_time = Some(mark(visit, reason.trim(), is_kept, author));
    Plan::edit(op, visit.clone(), after)
}

fn mark(visit: &Appointment, reason: &str, is_kept: bool, author: &Author) -> NeedsNewTime {
    NeedsNewTime {
        starts_at: visit.starts_at.clone(),
        provider: visit.provider,
        operatory: visit.operatory,
        reason: reason.to_owned(),
        by: author.person,
        at: author.at,
        is_kept,
    }
}

/// The decision that goes with placing a visit knowingly where somebody is away: it stays there.
pub(crate) fn kept_knowingly(
    visit: &Appointment,
    accepted: &[Violation],
    author: &Author,
) -> Option<NeedsNewTime> {
    let is_absence = |violation: &Violation| matches!(violation, Violation::Blocked { absence: Some(_), .. });
    accepted
        .iter()
        .any(is_absence)
        .then(|| mark(visit, "", true, author))
}
