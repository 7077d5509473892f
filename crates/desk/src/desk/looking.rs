//! Reading an open practice: records as the commands need them, with words for what is missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use clinic::openings::BusyCalendar;
use clinic::{
    Appointment, AppointmentId, CannotBook, Conflict, ConflictKey, Entity, LocationId, Neighbours, Patient,
    PatientId, Placement, Roster, TemplateId, TimeBlock, TimeBlockId, Zones,
};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{DensityBy, FieldConflict, HistoryEntry, HistoryFilter, PatientHead, Reads, Store};

use crate::api::{self, AppointmentCard, History, UndoState, Who};
use crate::audit::seen;
use crate::desk::Desk;
use crate::desk::held::Held;
use crate::desk::writing::not_allowed;
use crate::field_words::differences;
use crate::views::Names;
use crate::{DeskError, read, refusals, views, words};

/// How much is booked on one day.
#[derive(Debug, Clone, Default)]
pub struct Booked {
    pub visits: u32,
    pub booked_minutes: u32,
    pub has_conflict: bool,
    /// Each operatory's or provider's, where asked for: visits and minutes.
    pub parts: BTreeMap<[u8; 16], (u32, u32)>,
}

/// The practice as of the last commit.
pub struct Reading<'a> {
    pub roster: Arc<Roster>,
    pub zones: &'a Zones,
    pub now: Timestamp,
    desk: &'a Desk,
    store: &'a Store,
    reads: Reads<'a>,
}

impl Desk {
    pub(crate) fn reading<T>(
        &self,
        look: impl FnOnce(&Reading<'_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let store = self.store();
        look(&self.reading_of(&store))
    }

    pub(super) fn reading_of<'a>(&'a self, store: &'a Store) -> Reading<'a> {
        Reading {
            roster: store.roster(),
            zones: &self.zones,
            now: self.now(),
            desk: self,
            store,
            reads: store.reads(),
        }
    }
}

impl Reading<'_> {
    /// Whether the person may see the calendar of a location: [`Desk::may_see`] while the practice is being read.
    pub fn may_see(&self, location: LocationId) -> Result<(), DeskError> {
        self.desk
            .rights()
            .check(clinic::Permission::ViewCalendar, Some(location))
            .map_err(|lacks| not_allowed(&lacks, &self.roster))
    }

    /// The one location whose calendar the person may see, if it is one.
    pub fn only_place(&self) -> Option<LocationId> {
        let mut seen = self
            .roster
            .locations
            .keys()
            .filter(|place| self.may_see(**place).is_ok());
        match (seen.next(), seen.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        }
    }
}

pub(super) fn visit(reads: Reads<'_>, id: AppointmentId) -> Result<Appointment, DeskError> {
    reads.appointment(id)?.ok_or_else(refusals::no_such_visit)
}

pub(super) fn patient(reads: Reads<'_>, id: PatientId) -> Result<Patient, DeskError> {
    reads.patient(id)?.ok_or_else(refusals::no_such_patient)
}

pub(super) fn time_block(reads: Reads<'_>, id: TimeBlockId) -> Result<TimeBlock, DeskError> {
    reads
        .time_block(id)?
        .ok_or_else(|| DeskError::new("unknown_time_block", "There is no such block-out.").field("id"))
}

/// What lies around a placement. The patient's other visits are looked for when a visit is booked.
pub(super) fn neighbours(slots: Held<'_>, placement: &Placement) -> Result<Neighbours, DeskError> {
    let is_new = placement.appointment.is_none();
    neighbours_with(slots, placement, is_new)
}

/// The same with the patient's other visits, where somebody wants to hear of them.
pub(super) fn neighbours_taken_up(slots: Held<'_>, placement: &Placement) -> Result<Neighbours, DeskError> {
    neighbours_with(slots, placement, true)
}

fn neighbours_with(
    slots: Held<'_>,
    placement: &Placement,
    with_others: bool,
) -> Result<Neighbours, DeskError> {
    let (reads, roster) = (slots.reads, slots.roster);
    let mut around = placement
        .neighbourhood(roster)
        .map_err(|cannot| refusals::cannot_book(&cannot, roster, &|id| patient_name(reads, id)))?;
    let held = slots.around(placement)?;
    // Whether a slot is full say all visits that begin in it.
    let (from, until) = (around.from, around.until);
    for slot in held.iter().flat_map(|day| &day.slots) {
        if slot.slot.operatory == placement.operatory && slot.span.0 < until && from < slot.span.1 {
            around.from = around.from.min(slot.span.0);
            around.until = around.until.max(slot.span.1);
        }
    }
    let others = match placement.patient {
        Some(patient) if with_others && clinic::minds_duplicates(roster, placement) => {
            reads.visits_that_day_or_ahead(patient, placement.starts_at.date(), slots.now)?
        }
        _ => Vec::new(),
    };
    Ok(Neighbours {
        held,
        others,
        ..reads.neighbours(&around)?
    })
}

/// Where a template is drawn, for whoever judges what a change touches.
pub(super) fn template_home<'r>(reads: Reads<'r>) -> impl Fn(TemplateId) -> Option<LocationId> + use<'r> {
    move |id| reads.template_home(id).ok().flatten()
}

/// A name for words; a patient who is gone has none.
pub(crate) fn patient_name(reads: Reads<'_>, id: PatientId) -> String {
    seen::note(id);
    reads.patient(id).ok().flatten().map_or_else(
        || "a removed patient".to_owned(),
        |patient| patient.display_name(),
    )
}

/// The date at a location.
pub(super) fn today(roster: &Roster, zones: &Zones, location: LocationId, now: Timestamp) -> Date {
    let zone = roster.zone_of(location).unwrap_or(&roster.practice.zone);
    zones.at(now, zone).map_or_else(
        |_| jiff::tz::Offset::UTC.to_datetime(now).date(),
        |start| start.date(),
    )
}

/// The date where the practice has its seat.
pub(super) fn practice_today(roster: &Roster, zones: &Zones, now: Timestamp) -> Date {
    zones.at(now, &roster.practice.zone).map_or_else(
        |_| jiff::tz::Offset::UTC.to_datetime(now).date(),
        |start| start.date(),
    )
}

impl<'a> Reading<'a> {
    pub fn visit(&self, id: AppointmentId) -> Result<Appointment, DeskError> {
        visit(self.reads, id)
    }

    pub fn patient(&self, id: PatientId) -> Result<Patient, DeskError> {
        patient(self.reads, id)
    }

    pub fn time_block(&self, id: TimeBlockId) -> Result<TimeBlock, DeskError> {
        time_block(self.reads, id)
    }

    pub fn neighbours(&self, placement: &Placement) -> Result<Neighbours, DeskError> {
        neighbours(self.slots(), placement)
    }

    pub fn with_names<T>(&self, use_names: impl FnOnce(&dyn Fn(PatientId) -> String) -> T) -> T {
        use_names(&|id| patient_name(self.reads, id))
    }

    pub fn refuse(&self, cannot: &CannotBook) -> DeskError {
        self.with_names(|names| refusals::cannot_book(cannot, &self.roster, names))
    }

    pub fn today(&self, location: LocationId) -> Date {
        today(&self.roster, self.zones, location, self.now)
    }

    pub fn practice_today(&self) -> Date {
        practice_today(&self.roster, self.zones, self.now)
    }

    pub fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, DeskError> {
        Ok(self.reads.setting(name)?)
    }

    pub fn visits_of(&self, patient: PatientId) -> Result<Vec<Appointment>, DeskError> {
        Ok(self.reads.appointments_of(patient)?)
    }

    /// The next visit that takes place.
    pub fn next_visit(&self, patient: PatientId) -> Result<Option<Appointment>, DeskError> {
        let visits = self.reads.appointments_of(patient)?;
        Ok(visits
            .into_iter()
            .filter(|visit| visit.takes_time() && visit.starts_at.instant() >= self.now)
            .min_by(|a, b| a.starts_at.cmp(&b.starts_at)))
    }

    /// What cards need to know about their patient.
    pub fn head(&self, id: PatientId) -> Result<Arc<PatientHead>, DeskError> {
        Ok(self.store.patient_head(id)?.unwrap_or_else(|| {
            Arc::new(PatientHead {
                id,
                name: "(removed patient)".to_owned(),
                has_alert: false,
                first_visit: None,
            })
        }))
    }

    pub fn card(&self, visit: &Appointment) -> Result<AppointmentCard, DeskError> {
        let mut conflicts: Vec<ConflictKey> = self
            .reads
            .conflicts_of(visit.id)?
            .into_iter()
            .map(|conflict| conflict.key)
            .collect();
        conflicts.extend(self.field_conflicts_of(&visit.id.to_string())?);
        let absences = self.reads.absences(visit.starts_at.instant(), visit.ends_at())?;
        Ok(views::card(
            visit,
            self.zones,
            &*self.head(visit.patient)?,
            conflicts,
            self.why_waiting(visit, &absences),
        ))
    }

    fn field_conflicts_of(&self, record: &str) -> Result<Vec<ConflictKey>, DeskError> {
        Ok(self
            .reads
            .field_conflicts_of_visits()?
            .into_iter()
            .filter(|conflict| conflict.key.record == record)
            .map(|conflict| ConflictKey(conflict.key.to_string()))
            .collect())
    }

    /// The cards of a day's visits, in their order. `absences`: at least those that touch any of them.
    pub fn cards_of_day(
        &self,
        visits: &[Appointment],
        absences: &[TimeBlock],
    ) -> Result<Vec<AppointmentCard>, DeskError> {
        let from = visits.iter().map(|visit| visit.starts_at.instant()).min();
        let until = visits.iter().map(Appointment::ends_at).max();
        let Some((from, until)) = from.zip(until) else {
            return Ok(Vec::new());
        };
        // One question for all cards: conflicts are few.
        let mut conflicts: BTreeMap<AppointmentId, Vec<ConflictKey>> = BTreeMap::new();
        for conflict in self.reads.conflicts_between(from, until)? {
            for id in conflict.appointments {
                conflicts.entry(id).or_default().push(conflict.key.clone());
            }
        }
        for conflict in self.reads.field_conflicts_of_visits()? {
            if let Ok(id) = conflict.key.record.parse() {
                conflicts
                    .entry(id)
                    .or_default()
                    .push(ConflictKey(conflict.key.to_string()));
            }
        }
        visits
            .iter()
            .map(|visit| {
                let keys = conflicts.remove(&visit.id).unwrap_or_default();
                let waiting = self.why_waiting(visit, absences);
                let head = self.head(visit.patient)?;
                Ok(views::card(visit, self.zones, &head, keys, waiting))
            })
            .collect()
    }

    /// All visits of a day, cancelled and missed ones too, by start.
    pub fn day_visits(&self, location: LocationId, date: Date) -> Result<Vec<Appointment>, DeskError> {
        Ok(self.reads.visits_on(location, date)?)
    }

    /// Why a visit needs a new time, in words.
    fn why_waiting(&self, visit: &Appointment, absences: &[TimeBlock]) -> Option<String> {
        clinic::waits(visit, absences).map(|why| why.words(&self.roster))
    }

    pub fn zone(&self, location: &clinic::Location) -> Result<jiff::tz::TimeZone, DeskError> {
        self.zones
            .zone(&location.zone)
            .map_err(|error| self.refuse(&CannotBook::Time(error)))
    }

    pub fn refuse_change(&self, cannot: &clinic::CannotChange) -> DeskError {
        self.with_names(|names| refusals::cannot_change(cannot, &self.roster, names))
    }

    /// When somebody or something can be had on a day at a location, in minutes of the day, without absences.
    pub fn open_spans(
        &self,
        target: clinic::BlockTarget,
        location: LocationId,
        date: Date,
    ) -> Result<Vec<api::MinuteSpan>, DeskError> {
        let place = self.roster.location(location).ok_or_else(|| {
            DeskError::new("unknown_location", "There is no such location.").field("location")
        })?;
        let zone = self.zone(place)?;
        let (from, until) = clinic::hours::day_bounds(&zone, date);
        let absences = self.reads.absences(from, until)?;
        let own = absences.iter().filter(|block| block.target == target);
        let table = match target {
            clinic::BlockTarget::Location(id) => self.roster.location_timetable(id),
            clinic::BlockTarget::Operatory(id) => self.roster.operatory_timetable(id),
            clinic::BlockTarget::Provider(id) => self.roster.provider_timetable(id, location),
        };
        Ok(table.map_or_else(Vec::new, |table| {
            views::spans(&table.open_without(&zone, date, own))
        }))
    }

    /// Block-outs that may reach into a day at a location; providers' only where they concern it.
    pub fn blocks_on(&self, location: LocationId, date: Date) -> Result<Vec<TimeBlock>, DeskError> {
        let blocks = self.reads.blocks_around(location, date)?;
        Ok(self.blocks_here(blocks, location))
    }

    /// Block-outs on a location's clock; providers' only where they concern it.
    pub fn blocks_here(&self, mut blocks: Vec<TimeBlock>, location: LocationId) -> Vec<TimeBlock> {
        let zone = self
            .roster
            .zone_of(location)
            .unwrap_or(&self.roster.practice.zone);
        for block in &mut blocks {
            // A provider's block-out entered on another location's clock shows on this one's.
            if block.starts_at.zone != *zone
                && let Ok(here) = self.zones.at(block.starts_at.instant(), zone)
            {
                block.starts_at = here;
            }
        }
        blocks.retain(|block| match block.target {
            clinic::BlockTarget::Provider(_) => true,
            clinic::BlockTarget::Operatory(_) | clinic::BlockTarget::Location(_) => {
                block.location == location
            }
        });
        blocks
    }

    /// A day's records as they were at an instant.
    pub fn past_day(
        &self,
        location: LocationId,
        date: Date,
        at: Timestamp,
    ) -> Result<store::PastDay, DeskError> {
        Ok(self.store.day_as_of(location, date, at)?)
    }

    /// Cards of visits as they were; of conflicts nothing is known then.
    pub fn past_cards(
        &self,
        visits: &[Appointment],
        absences: &[TimeBlock],
    ) -> Result<Vec<AppointmentCard>, DeskError> {
        visits
            .iter()
            .map(|visit| {
                let waiting = self.why_waiting(visit, absences);
                let head = self.head(visit.patient)?;
                Ok(views::card(visit, self.zones, &head, Vec::new(), waiting))
            })
            .collect()
    }

    pub fn density(
        &self,
        location: LocationId,
        from: Date,
        until: Date,
        by: Option<DensityBy>,
    ) -> Result<BTreeMap<Date, Booked>, DeskError> {
        let mut days: BTreeMap<Date, Booked> = BTreeMap::new();
        if let Some(by) = by {
            for part in self.reads.density_parts(location, from, until, by)? {
                let booked = days.entry(part.date).or_default();
                booked.visits += part.visits;
                booked.booked_minutes += part.booked_minutes;
                booked.parts.insert(part.id, (part.visits, part.booked_minutes));
            }
        }
        // The operatories' parts are the day; a provider's own time is not.
        if by != Some(DensityBy::Operatory) {
            for day in self.reads.density(location, from, until)? {
                let booked = days.entry(day.date).or_default();
                (booked.visits, booked.booked_minutes) = (day.visits, day.booked_minutes);
            }
        }
        for date in self.reads.overlapping_days(location, from, until)? {
            if let Some(day) = days.get_mut(&date) {
                day.has_conflict = true;
            }
        }
        Ok(days)
    }

    pub fn with_busy<T>(
        &self,
        search: impl FnOnce(&BusyCalendar) -> Result<T, CannotBook>,
    ) -> Result<T, DeskError> {
        let busy = self.desk.busy(self.store, self.now)?;
        search(&busy).map_err(|cannot| self.refuse(&cannot))
    }

    pub fn search_patients(&self, text: &str, limit: usize) -> Result<Vec<(Patient, String)>, DeskError> {
        let mut found = Vec::new();
        for hit in self.store.search_patients(text, limit)? {
            if let Some(patient) = self.reads.patient(hit.id)? {
                let matched = what_matched(text, &patient);
                found.push((patient, matched.to_owned()));
            }
        }
        Ok(found)
    }

    /// Somebody here who may be the same person: see [`store::Store::similar_patients`].
    pub fn patient_like(&self, wanted: &Patient) -> Result<Option<Patient>, DeskError> {
        for id in self.store.similar_patients(wanted)? {
            if let Some(patient) = self.reads.patient(id)? {
                return Ok(Some(patient));
            }
        }
        Ok(None)
    }

    pub fn patients_after(&self, after: Option<PatientId>, limit: usize) -> Result<Vec<Patient>, DeskError> {
        Ok(self.reads.patients_after(after, limit)?)
    }

    pub fn overlaps(&self) -> Result<Vec<Conflict>, DeskError> {
        Ok(self.reads.conflicts()?)
    }

    pub fn field_conflicts(&self) -> Result<Vec<FieldConflict>, DeskError> {
        Ok(self.reads.field_conflicts()?)
    }

    pub fn conflict_count(&self) -> Result<u32, DeskError> {
        Ok(self.reads.conflict_count()?)
    }

    /// What a field conflict is about: in words, the visit if it is one, and its date.
    pub fn subject_of(
        &self,
        conflict: &FieldConflict,
    ) -> Result<(String, Option<AppointmentId>, Option<String>), DeskError> {
        Ok(
            match self.reads.entity(conflict.key.kind, &conflict.key.record)? {
                Some(Entity::Appointment(visit)) => (
                    format!(
                        "{}, {}",
                        patient_name(self.reads, visit.patient),
                        words::short_when(visit.starts_at.wall)
                    ),
                    Some(visit.id),
                    Some(visit.starts_at.date().to_string()),
                ),
                Some(entity) => {
                    if let Entity::Patient(patient) = &entity {
                        seen::note(patient.id);
                    }
                    let date = match &entity {
                        Entity::DaySlot(slot) => Some(slot.date.to_string()),
                        _ => None,
                    };
                    (words::setting(&entity), None, date)
                }
                None => ("A removed record".to_owned(), None, None),
            },
        )
    }

    /// Who booked a visit: what decides who was first, and the same on every workstation, whatever order the log came in.
    pub fn who_booked(&self, visit: &Appointment) -> Result<Who, DeskError> {
        let filter = HistoryFilter {
            appointment: Some(visit.id),
            limit: 10_000,
            ..HistoryFilter::default()
        };
        let booked = self
            .reads
            .history(&filter)?
            .into_iter()
            .rev()
            .find(|entry| entry.stamp == visit.booked);
        let at = Timestamp::from_millisecond(i64::try_from(visit.booked.millis).unwrap_or(i64::MAX))
            .unwrap_or(self.now);
        Ok(match booked {
            Some(entry) => views::who(&self.roster, entry.person, entry.workstation, entry.at),
            None => views::who_if_known(&self.roster, None, Some(visit.booked.workstation), at),
        })
    }

    pub fn history(&self, request: &api::HistoryRequest) -> Result<History, DeskError> {
        let limit = read::bounded(request.limit, 50, 1..=500, "limit")?;
        let filter = HistoryFilter {
            appointment: request.appointment,
            patient: request.patient,
            before: request.before,
            limit: usize::from(limit),
            ..HistoryFilter::default()
        };
        let entries = self.reads.history(&filter)?;
        Ok(History {
            entries: entries
                .iter()
                .map(|entry| self.history_view(entry, request.appointment))
                .collect(),
        })
    }

    /// `of`: the visit whose differences are wanted, if they are of one.
    pub fn history_view(&self, entry: &HistoryEntry, of: Option<AppointmentId>) -> api::HistoryEntry {
        let names = |id| patient_name(self.reads, id);
        let names = Names {
            roster: &self.roster,
            patients: &names,
        };
        seen::note_changes(&entry.changes);
        let of_visit: Vec<clinic::Change> = entry
            .changes
            .iter()
            .filter(|change| matches!(change.entity(), Entity::Appointment(visit) if Some(visit.id) == of))
            .cloned()
            .collect();
        api::HistoryEntry {
            id: entry.id,
            op: entry.op,
            by: views::who(&self.roster, entry.person, entry.workstation, entry.at),
            words: words::operation(entry.op, &entry.changes, &names),
            differences: differences(&of_visit, &names),
            reason: entry.reason.clone(),
            is_undone: entry.is_undone,
        }
    }

    pub fn undo_state(&self) -> Result<UndoState, DeskError> {
        let state = self.store.undo_state(self.desk.person())?;
        let names = |id| patient_name(self.reads, id);
        let names = Names {
            roster: &self.roster,
            patients: &names,
        };
        let label = |step: Option<store::UndoStep>| {
            step.map(|step| {
                seen::note_changes(&step.changes);
                words::undo_label(step.op, &step.changes, &names)
            })
        };
        Ok(UndoState {
            undo: label(state.undo),
            redo: label(state.redo),
        })
    }

    pub(crate) fn kept_versions(&self) -> &'a store::KeptVersions {
        self.store.kept_versions()
    }

    /// Where this is looked at.
    pub(crate) fn workstation(&self) -> clinic::WorkstationId {
        self.desk.workstation()
    }

    pub(crate) fn reads(&self) -> Reads<'a> {
        self.reads
    }
}

/// Which field a hit was found by: digits are a phone, a date or a chart number, everything else a name.
fn what_matched(text: &str, patient: &Patient) -> &'static str {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let typed = digits(text);
    if typed.is_empty() {
        return "name";
    }
    let phones = [&patient.mobile_phone, &patient.home_phone];
    if patient.chart_number.eq_ignore_ascii_case(text.trim()) {
        "chart_number"
    } else if text.contains(['-', '/', '.'])
        && patient
            .birth_date
            .is_some_and(|date| digits(&date.to_string()).contains(&typed))
    {
        "birth_date"
    } else if phones.iter().any(|phone| digits(phone).contains(&typed)) {
        "phone"
    } else if patient.chart_number.contains(text.trim()) {
        "chart_number"
    } else if patient.birth_date.is_some() && !text.chars().any(char::is_alphabetic) {
        "birth_date"
    } else {
        "name"
    }
}
