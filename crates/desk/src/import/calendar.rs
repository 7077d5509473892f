//! Calendars as Google, Outlook and Apple write them: an event that names a patient and a kind of visit becomes a
//! visit, any other one a block-out.

use std::collections::HashMap;

use clinic::{
    AppointmentTypeId, BlockPolicy, BlockTarget, Change, LocationId, OperatoryId, Patient, PatientId,
    ProviderId, Start, Status, TimeBlock, TimeBlockId, TimePattern,
};
use ical::{EventStatus, ImportedEvent, ReadOptions, Severity, Transparency, When};
use jiff::ToSpan;

use super::job::{self, Job, Planned, Planner, Refused, Trouble, fingerprint};
use super::lookup::{pick, plain};
use super::patients::{Known, name_key, named};
use super::roster;
use super::visits::{self, Described, Unwritten, is_same_content, source_of};
use crate::DeskError;
use crate::api::{ImportLine, ImportOutcome, ImportReport};

/// Events of one file at the most: a busy practice's ten years.
const MAX_EVENTS: usize = 200_000;

/// Imports a calendar file. `location` says where its events belong (not needed where there is only one), `provider`
/// whose time they take.
pub fn import_calendar(
    text: &str,
    location: Option<LocationId>,
    provider: Option<ProviderId>,
    job: &mut Job<'_>,
) -> Result<ImportReport, DeskError> {
    let location = place(job, location, provider)?;
    let zone = &job.roster.locations[&location].zone;
    let from = job.today.saturating_sub(1.year());
    let to = job.today.saturating_add(2.years());
    let options = ReadOptions {
        zone,
        from,
        to,
        max_events: MAX_EVENTS,
    };
    let calendar = ical::read_calendar(text.as_bytes(), &options, job.zones)
        .map_err(|error| DeskError::new("unknown_zone", format!("{error}.")).field("location"))?;
    let note = |line: usize, outcome, message: String| ImportLine {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        outcome,
        message,
        field: None,
    };
    let mut notes: Vec<ImportLine> = calendar
        .problems
        .iter()
        .map(|problem| {
            let outcome = match problem.severity {
                Severity::Lost => ImportOutcome::Failed,
                Severity::Note => ImportOutcome::Unchanged,
            };
            note(problem.line, outcome, problem.reason.clone())
        })
        .collect();
    if calendar.outside > 0 {
        let message = format!(
            "{} events before {from} or after {to} were left out",
            calendar.outside
        );
        notes.push(note(1, ImportOutcome::Unchanged, message));
    }
    if calendar.other > 0 {
        let message = format!(
            "{} entries that are not events (tasks, notes) were left out",
            calendar.other
        );
        notes.push(note(1, ImportOutcome::Unchanged, message));
    }
    if calendar.is_cut {
        notes.push(note(
            1,
            ImportOutcome::Failed,
            format!("only the first {MAX_EVENTS} events were read"),
        ));
    }
    let patients = job.door.patients()?;
    let mut by_email: HashMap<String, Vec<PatientId>> = HashMap::new();
    for patient in &patients {
        for email in [
            patient.email.as_str(),
            patient
                .responsible_party
                .as_ref()
                .map_or("", |party| party.email.as_str()),
        ] {
            if !email.is_empty() {
                by_email.entry(email.to_lowercase()).or_default().push(patient.id);
            }
        }
    }
    let blocks = job.door.imported_blocks()?;
    let mut planner = Events {
        location,
        provider,
        is_cancelled_file: calendar.method.as_deref() == Some("CANCEL"),
        known: Known::of(patients),
        by_email,
        blocks: blocks
            .into_iter()
            .map(|block| (source_of(&block.source_uid).to_owned(), block))
            .collect(),
        unwritten: Unwritten::default(),
    };
    job::run(
        job,
        &mut planner,
        clinic::Op::ImportCalendar,
        "Importing a calendar",
        &calendar.events,
        notes,
    )
}

/// The location given, the provider's, or the only one.
fn place(
    job: &Job<'_>,
    location: Option<LocationId>,
    provider: Option<ProviderId>,
) -> Result<LocationId, DeskError> {
    if let Some(provider) = provider
        && job.roster.provider(provider).is_none()
    {
        return Err(DeskError::new("not_found", "There is no such provider.").field("provider"));
    }
    let active: Vec<LocationId> = job
        .roster
        .locations
        .values()
        .filter(|place| place.is_active)
        .map(|place| place.id)
        .collect();
    let works_at = |id: ProviderId| {
        job.roster
            .provider(id)
            .and_then(|p| p.schedule.hours.first())
            .map(|span| span.location)
    };
    match (location, provider.and_then(works_at), active.as_slice()) {
        (Some(id), _, _) if job.roster.location(id).is_some() => Ok(id),
        (Some(_), _, _) => Err(DeskError::new("not_found", "There is no such location.").field("location")),
        (None, Some(id), _) => Ok(id),
        (None, None, [only]) => Ok(*only),
        _ => Err(
            DeskError::new("location_needed", "The practice has several locations.")
                .hint("Say where the calendar’s events belong.")
                .field("location"),
        ),
    }
}

struct Events {
    location: LocationId,
    provider: Option<ProviderId>,
    /// The whole file calls events off.
    is_cancelled_file: bool,
    known: Known,
    by_email: HashMap<String, Vec<PatientId>>,
    blocks: HashMap<String, TimeBlock>,
    unwritten: Unwritten,
}

impl Planner for Events {
    type Record = ImportedEvent;

    fn line(event: &ImportedEvent) -> u32 {
        u32::try_from(event.line).unwrap_or(u32::MAX)
    }

    fn written(&mut self) {
        self.unwritten.clear();
    }

    fn plan(&mut self, job: &mut Job<'_>, event: &ImportedEvent) -> Result<Planned, Trouble> {
        let source = format!("ics:{}", event.source_key());
        let content = fingerprint([
            event.summary.as_str(),
            event.description.as_str(),
            event.location.as_str(),
            &format!("{:?} {:?} {:?}", event.when, event.status, event.transparency),
        ]);
        let called_off = self.is_cancelled_file || event.status == EventStatus::Cancelled;
        let block = self.blocks.get(&source).cloned();
        let visit = match block {
            Some(_) => None,
            None => self.unwritten.with_source(job, &source)?,
        };
        let is_known = block
            .as_ref()
            .map(|block| &block.source_uid)
            .or(visit.as_ref().map(|visit| &visit.source_uid));
        let unchanged = |why: &str| {
            let message = if why.is_empty() {
                title(event)
            } else {
                format!("{}: {why}", title(event))
            };
            Ok(Planned {
                outcome: ImportOutcome::Unchanged,
                message,
                changes: Vec::new(),
            })
        };
        if is_known.is_some_and(|uid| is_same_content(uid, &content)) && !called_off {
            return unchanged("");
        }
        let (start, minutes) = self.span(job, event)?;
        let is_nothing = called_off || event.transparency == Transparency::Free || minutes == 0;
        match (block, visit) {
            (None, None) if called_off => unchanged("called off in the calendar"),
            (None, None) if event.transparency == Transparency::Free => {
                unchanged("takes no time in the calendar")
            }
            (None, None) if minutes == 0 => unchanged("has no length"),
            (Some(before), _) if is_nothing => {
                self.blocks.remove(&source);
                let message = format!("{}: removed, it is gone from the calendar", title(event));
                Ok(Planned {
                    outcome: ImportOutcome::Updated,
                    message,
                    changes: vec![Change::remove(before)],
                })
            }
            (Some(before), _) => {
                let mut after = self.block(event, start, minutes, format!("{source}#{content}"), before.id);
                (after.target, after.location) = (before.target, before.location);
                self.blocks.insert(source, after.clone());
                let message = format!("{}: block-out changed", title(event));
                Ok(Planned {
                    outcome: ImportOutcome::Updated,
                    message,
                    changes: vec![Change::edit(before, after)],
                })
            }
            (None, Some(before)) => {
                let mut after = before.clone();
                if is_nothing && !before.takes_time() {
                    return unchanged("called off already");
                }
                if is_nothing && before.status.step(Status::Cancelled).is_err() {
                    return unchanged("called off in the calendar, but the visit has taken place");
                }
                if is_nothing {
                    visits::set_status(
                        &mut after,
                        Status::Cancelled,
                        "Called off in the calendar".to_owned(),
                        job,
                    );
                    after.broken_at = Some(job.now);
                } else {
                    after.pattern = stretched(&before.pattern, minutes)?;
                    after.starts_at = start;
                }
                after.source_uid = format!("{source}#{content}");
                after.sequence += 1;
                let message = format!(
                    "{}: visit changed{}",
                    title(event),
                    self.unwritten.overlaps(job, &after, &self.known)?
                );
                self.unwritten.put(after.clone());
                Ok(Planned {
                    outcome: ImportOutcome::Updated,
                    message,
                    changes: vec![Change::edit(before, after)],
                })
            }
            (None, None) => self.add(job, event, start, minutes, format!("{source}#{content}")),
        }
    }
}

fn title(event: &ImportedEvent) -> String {
    let date = match &event.when {
        When::Timed { starts_at, .. } => starts_at.wall.strftime("%Y-%m-%d %H:%M").to_string(),
        When::AllDay { first, .. } => first.to_string(),
    };
    match event.summary.trim() {
        "" => format!("Busy {date}"),
        summary => format!("{summary} {date}"),
    }
}

/// The type's pattern at the length of the event.
fn stretched(pattern: &TimePattern, minutes: u32) -> Result<TimePattern, Refused> {
    let minutes = u16::try_from(minutes).unwrap_or(u16::MAX);
    pattern
        .with_length(minutes)
        .map_err(|error| Refused::column(error.to_string(), "DTEND"))
}

impl Events {
    fn add(
        &mut self,
        job: &mut Job<'_>,
        event: &ImportedEvent,
        start: Start,
        minutes: u32,
        source: String,
    ) -> Result<Planned, Trouble> {
        if matches!(event.when, When::Timed { .. })
            && minutes <= 24 * 60
            && let Some((kind, patient)) = self.visit_of(job, event)
        {
            let (operatory, provider) = self.seat(job, event)?;
            let about = &job.roster.appointment_types[&kind];
            let read = Described {
                patient: patient.id,
                appointment_type: kind,
                provider,
                operatory,
                pattern: stretched(&about.pattern, minutes)?,
                starts_at: start,
                status: None,
                cancel_reason: String::new(),
                is_asap: false,
                note: event.description.chars().take(clinic::MAX_NOTE_CHARS).collect(),
                source_uid: source,
            };
            let message = format!("{} as {} for {}", title(event), about.name, named(&patient));
            let visit = visits::visit(job, read)?;
            let message = format!("{message}{}", self.unwritten.overlaps(job, &visit, &self.known)?);
            self.unwritten.put(visit.clone());
            return Ok(Planned {
                outcome: ImportOutcome::Added,
                message,
                changes: vec![Change::add(visit)],
            });
        }
        let block = self.block(event, start, minutes, source, TimeBlockId((job.next_id)()));
        clinic::validate_time_block(&block).map_err(|invalid| {
            Refused::column(
                invalid.message,
                if invalid.field == "title" {
                    "SUMMARY"
                } else {
                    "DTEND"
                },
            )
        })?;
        self.blocks
            .insert(source_of(&block.source_uid).to_owned(), block.clone());
        let message = format!("{} as a block-out", title(event));
        Ok(Planned {
            outcome: ImportOutcome::Added,
            message,
            changes: vec![Change::add(block)],
        })
    }

    fn block(
        &self,
        event: &ImportedEvent,
        starts_at: Start,
        length_minutes: u32,
        source_uid: String,
        id: TimeBlockId,
    ) -> TimeBlock {
        let title = match event.summary.split_whitespace().collect::<Vec<_>>().join(" ") {
            empty if empty.is_empty() => "Busy".to_owned(),
            summary => summary.chars().take(clinic::MAX_NAME_CHARS).collect(),
        };
        TimeBlock {
            id,
            target: match self.provider {
                Some(provider) => BlockTarget::Provider(provider),
                None => BlockTarget::Location(self.location),
            },
            location: self.location,
            starts_at,
            length_minutes,
            title,
            policy: BlockPolicy::Block,
            source_uid,
            series: None,
            absence: None,
        }
    }

    /// Start and elapsed minutes at the location; whole days run from midnight to midnight, however long they are.
    fn span(&self, job: &Job<'_>, event: &ImportedEvent) -> Result<(Start, u32), Refused> {
        match &event.when {
            When::Timed {
                starts_at,
                length_minutes,
            } => Ok((starts_at.clone(), *length_minutes)),
            When::AllDay { first, days } => {
                let zone = &job.roster.locations[&self.location].zone;
                // Where the clock jumps at midnight, the day begins after the jump.
                let midnight = |date: jiff::civil::Date| match job.zones.resolve(date.at(0, 0, 0, 0), zone) {
                    Err(clinic::TimeError::Nonexistent { next, .. }) => Ok(next),
                    other => other.map_err(|error| Refused::column(error.to_string(), "DTSTART")),
                };
                let start = midnight(*first)?;
                let end = midnight(first.saturating_add(i64::from(*days).days()))?;
                let minutes = end.instant().duration_since(start.instant()).as_mins();
                Ok((start, u32::try_from(minutes).unwrap_or(0)))
            }
        }
    }

    /// The kind of visit and the patient, if the event names both and there is no doubt about either.
    fn visit_of(&self, job: &Job<'_>, event: &ImportedEvent) -> Option<(AppointmentTypeId, Patient)> {
        let summary = plain(&event.summary);
        let words: Vec<&str> = summary.split(' ').collect();
        // The longest name wins: `Retainer check` over `Check`.
        let mut best: Option<(usize, AppointmentTypeId, Vec<&str>)> = None;
        for kind in job
            .roster
            .appointment_types
            .values()
            .filter(|kind| kind.is_active)
        {
            for name in [&kind.name, &kind.code] {
                let name = plain(name);
                let wanted: Vec<&str> = name.split(' ').collect();
                let Some(at) = words.windows(wanted.len()).position(|window| window == wanted) else {
                    continue;
                };
                if best.as_ref().is_none_or(|(length, ..)| wanted.len() > *length) {
                    let rest = [&words[..at], &words[at + wanted.len()..]].concat();
                    best = Some((wanted.len(), kind.id, rest));
                }
            }
        }
        let (_, kind, rest) = best?;
        let by_name = self.known.by_name(&name_key(&rest.join(" ")));
        let by_mail: Vec<PatientId> = event
            .attendees
            .iter()
            .filter_map(|party| self.by_email.get(&party.email.to_lowercase()))
            .flatten()
            .copied()
            .collect();
        let patient = match (by_name.as_slice(), by_mail.as_slice()) {
            ([one], _) => (*one).clone(),
            // Of several with that name, the one who was invited.
            (several @ [_, _, ..], mails) => {
                let mut invited = several.iter().filter(|patient| mails.contains(&patient.id));
                let one = invited.next()?;
                if invited.next().is_some() {
                    return None;
                }
                (*one).clone()
            }
            ([], [one]) => self.known.get(*one)?.clone(),
            ([], _) => return None,
        };
        Some((kind, patient))
    }

    /// Chair and provider of an event that is a visit.
    fn seat(&self, job: &Job<'_>, event: &ImportedEvent) -> Result<(OperatoryId, ProviderId), Refused> {
        let named = match event.location.trim() {
            "" => None,
            text => pick(text, &roster::operatories(job.roster, Some(self.location))).ok(),
        };
        let provider = self.provider.or_else(|| {
            named
                .and_then(|chair| job.roster.operatory(chair))
                .and_then(|chair| chair.usual_provider)
                .or_else(|| {
                    let mut here = job.roster.providers.values().filter(|provider| {
                        provider.is_active
                            && provider
                                .schedule
                                .hours
                                .iter()
                                .any(|span| span.location == self.location)
                    });
                    let first = here.next()?;
                    here.next().is_none().then_some(first.id)
                })
        });
        let Some(provider) = provider else {
            return Err(Refused::column(
                "it does not say with whom the visit is: say whose calendar this is",
                "provider",
            ));
        };
        let chair = named
            .or_else(|| roster::usual_chair(job.roster, provider, Some(self.location)))
            .or_else(|| {
                let mut chairs: Vec<_> = job
                    .roster
                    .operatories
                    .values()
                    .filter(|c| c.is_active && c.location == self.location)
                    .collect();
                chairs.sort_by_key(|chair| (chair.sort, chair.id));
                chairs.first().map(|chair| chair.id)
            });
        match chair {
            Some(chair) => Ok((chair, provider)),
            None => Err(Refused::column(
                "the location has no operatory for the visit",
                "LOCATION",
            )),
        }
    }
}
