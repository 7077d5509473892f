//! What imported visits have in common, whatever file they come from: their status by the clock, and what they
//! overlap with.

use std::collections::{BTreeSet, HashMap};

use clinic::{
    Appointment, AppointmentId, AppointmentTypeId, ConflictKind, OperatoryId, PatientId, Placement,
    ProviderId, Stamp, Start, Status, TimePattern, check_placement,
};

use jiff::civil::Date;

use super::job::{Job, Refused, Trouble};
use super::patients::Known;

/// A visit as a file describes it.
pub(crate) struct Described {
    pub patient: PatientId,
    pub appointment_type: AppointmentTypeId,
    pub provider: ProviderId,
    pub operatory: OperatoryId,
    pub starts_at: Start,
    pub pattern: TimePattern,
    /// Nothing: completed if it is over, else scheduled.
    pub status: Option<Status>,
    pub cancel_reason: String,
    pub is_asap: bool,
    pub note: String,
    pub source_uid: String,
}

/// Makes the visit. The type's buffers come along.
pub(crate) fn visit(job: &mut Job<'_>, from: Described) -> Result<Appointment, Refused> {
    let about = job
        .roster
        .appointment_type(from.appointment_type)
        .ok_or_else(|| Refused::new("the kind of visit is not known here"))?;
    let chair = job
        .roster
        .operatory(from.operatory)
        .ok_or_else(|| Refused::new("the operatory is not known here"))?;
    let booked: Stamp = (job.next_stamp)();
    let mut visit = Appointment {
        id: AppointmentId((job.next_id)()),
        patient: from.patient,
        appointment_type: from.appointment_type,
        provider: from.provider,
        operatory: from.operatory,
        location: chair.location,
        starts_at: from.starts_at,
        pattern: from.pattern,
        buffer_before_minutes: about.buffer_before_minutes,
        buffer_after_minutes: about.buffer_after_minutes,
        status: Status::Scheduled,
        doctor_needed: false,
        confirmed_at: None,
        arrived_at: None,
        seated_at: None,
        completed_at: None,
        checked_out_at: None,
        broken_at: None,
        cancel_reason: String::new(),
        is_asap: from.is_asap,
        note: from.note,
        booked,
        sequence: 0,
        source_uid: from.source_uid,
        needs_new_time: None,
        series: None,
        planned: None,
        arrive_early_minutes: 0,
        also: Vec::new(),
        equipment: about.equipment.clone(),
        assistant: about.assistant,
        // A file names one provider; whoever comes for the second part is added afterwards.
        second_provider: None,
        second_pattern: about.second_pattern.clone(),
    };
    let is_over = visit.ends_at() <= job.now;
    let status = from.status.unwrap_or(if is_over {
        Status::Completed
    } else {
        Status::Scheduled
    });
    set_status(&mut visit, status, from.cancel_reason, job);
    Ok(visit)
}

/// Sets a status that a file gives, without asking whether the desk could have gone there, with the times that
/// belong to it as far as they can be known.
pub(crate) fn set_status(visit: &mut Appointment, status: Status, cancel_reason: String, job: &Job<'_>) {
    let start = visit.starts_at.instant();
    let end = visit.ends_at();
    visit.status = status;
    match status {
        Status::Scheduled => {}
        Status::Confirmed => visit.confirmed_at = Some(start.min(job.now)),
        Status::Arrived => visit.arrived_at = Some(start.min(job.now)),
        Status::Seated => visit.seated_at = Some(start.min(job.now)),
        Status::Completed => visit.completed_at = Some(end.min(job.now)),
        Status::CheckedOut => {
            visit.completed_at = Some(end.min(job.now));
            visit.checked_out_at = Some(end.min(job.now));
        }
        Status::Cancelled | Status::NoShow => visit.broken_at = Some(start.min(job.now)),
    }
    if status == Status::Cancelled {
        visit.cancel_reason = if cancel_reason.is_empty() {
            "Cancelled before the import".to_owned()
        } else {
            cancel_reason
        };
    }
}

/// Visits planned but not yet in the store.
#[derive(Default)]
pub(crate) struct Unwritten {
    visits: HashMap<AppointmentId, Appointment>,
    by_source: HashMap<String, AppointmentId>,
    by_patient: HashMap<PatientId, BTreeSet<AppointmentId>>,
    by_day: HashMap<Date, BTreeSet<AppointmentId>>,
}

impl Unwritten {
    pub fn put(&mut self, visit: Appointment) {
        self.by_source
            .insert(source_of(&visit.source_uid).to_owned(), visit.id);
        self.by_patient.entry(visit.patient).or_default().insert(visit.id);
        self.by_day
            .entry(visit.starts_at.date())
            .or_default()
            .insert(visit.id);
        self.visits.insert(visit.id, visit);
    }

    pub fn clear(&mut self) {
        *self = Unwritten::default();
    }

    /// The visits of a patient: those in the store as they are about to be, and the new ones.
    pub fn of_patient(&self, job: &Job<'_>, patient: PatientId) -> Result<Vec<Appointment>, Trouble> {
        let stored = job.door.appointments_of(patient)?;
        Ok(self.over(stored, self.by_patient.get(&patient)))
    }

    /// The visit that came from `source`.
    pub fn with_source(&self, job: &Job<'_>, source: &str) -> Result<Option<Appointment>, Trouble> {
        match self.by_source.get(source).and_then(|id| self.visits.get(id)) {
            Some(visit) => Ok(Some(visit.clone())),
            None => Ok(job.door.appointment_from(source)?),
        }
    }

    fn over<'a>(
        &self,
        stored: Vec<Appointment>,
        planned: impl IntoIterator<Item = &'a BTreeSet<AppointmentId>>,
    ) -> Vec<Appointment> {
        let mut all: Vec<Appointment> = stored
            .into_iter()
            .filter(|visit| !self.visits.contains_key(&visit.id))
            .collect();
        all.extend(
            planned
                .into_iter()
                .flatten()
                .filter_map(|id| self.visits.get(id))
                .cloned(),
        );
        all
    }

    /// What the visit overlaps with, in words; empty if nothing. Imports are never refused for it: the
    /// overlap becomes a conflict card.
    pub fn overlaps(&self, job: &Job<'_>, visit: &Appointment, known: &Known) -> Result<String, Trouble> {
        if !visit.takes_time() {
            return Ok(String::new());
        }
        let placement = Placement::of(visit);
        // Inactive chairs and providers, odd years: no rule of overlaps applies.
        let Ok(around) = placement.neighbourhood(job.roster) else {
            return Ok(String::new());
        };
        let mut neighbours = job.door.neighbours(&around)?;
        // A visit of the day before may reach into this one.
        let day = visit.starts_at.date();
        let days = [day.yesterday().unwrap_or(day), day, day.tomorrow().unwrap_or(day)];
        let planned = days.iter().filter_map(|day| self.by_day.get(day));
        neighbours.appointments = self.over(std::mem::take(&mut neighbours.appointments), planned);
        neighbours
            .appointments
            .sort_by_key(|other| (other.starts_at.instant(), other.id));
        neighbours.appointments.dedup_by_key(|other| other.id);
        let Ok(violations) = check_placement(job.roster, job.zones, &neighbours, &placement) else {
            return Ok(String::new());
        };
        let name = |patient| {
            known.get(patient).map_or_else(String::new, |patient| {
                crate::audit::seen::note(patient.id);
                patient.display_name()
            })
        };
        let clashes: Vec<String> = violations
            .iter()
            .filter(|violation| ConflictKind::of(violation).is_some())
            .map(|violation| violation.words(job.roster, &name))
            .collect();
        Ok(match clashes.is_empty() {
            true => String::new(),
            false => format!(". It overlaps: {}", clashes.join("; ")),
        })
    }
}

/// The source a record came from, without the fingerprint of its content.
pub(crate) fn source_of(source_uid: &str) -> &str {
    source_uid
        .rsplit_once('#')
        .map_or(source_uid, |(source, _)| source)
}

/// Whether the record was imported with just this content before.
pub(crate) fn is_same_content(source_uid: &str, fingerprint: &str) -> bool {
    source_uid
        .rsplit_once('#')
        .is_some_and(|(_, known)| known == fingerprint)
}
