//! Visits from a table. They are never refused for overlaps: what the other program held true is imported as it
//! is, and overlaps show as conflict cards.

use clinic::{Appointment, Change, LocationId, OperatoryId, Patient, ProviderId, Start, Status, TimePattern};
use jiff::civil::DateTime;

use super::columns::{APPOINTMENT_FIELDS, Columns};
use super::fields::{self, DateOrder};
use super::job::{self, Job, Planned, Planner, Refused, Trouble, fingerprint};
use super::lookup::{Unclear, pick};
use super::patients::{Known, named, split_name, unused_columns};
use super::roster;
use super::table::{self, Row, Table};
use super::visits::{self, Described, Unwritten, is_same_content};
use crate::DeskError;
use crate::api::{ImportOutcome, ImportReport};

/// Imports an appointment table.
pub fn import_appointments(text: &str, job: &mut Job<'_>) -> Result<ImportReport, DeskError> {
    let table = table::read(text)?;
    let columns = Columns::find(&table, APPOINTMENT_FIELDS);
    columns.require(&["chart_number", "patient", "family_name"], "whose visit it is")?;
    columns.require(&["starts_at", "date"], "when the visit is")?;
    columns.require(&["type"], "what kind of visit it is")?;
    columns.require(&["operatory", "provider"], "where or with whom the visit is")?;
    let notes = unused_columns(&columns);
    let order = |field| DateOrder::of_column(columns.cells(&table, field));
    let days = match (order("date"), order("starts_at"), order("end")) {
        (DateOrder::MonthFirst, DateOrder::MonthFirst, DateOrder::MonthFirst) => DateOrder::MonthFirst,
        _ => DateOrder::DayFirst,
    };
    let births = order("birth_date");
    let mut planner = Appointments {
        columns,
        days,
        births,
        known: Known::of(job.door.patients()?),
        unwritten: Unwritten::default(),
    };
    let Table { rows, .. } = table;
    job::run(
        job,
        &mut planner,
        clinic::Op::ImportAppointments,
        "Importing visits",
        &rows,
        notes,
    )
}

struct Appointments {
    columns: Columns,
    days: DateOrder,
    births: DateOrder,
    known: Known,
    unwritten: Unwritten,
}

impl Planner for Appointments {
    type Record = Row;

    fn line(row: &Row) -> u32 {
        row.line
    }

    fn written(&mut self) {
        self.unwritten.clear();
    }

    fn plan(&mut self, job: &mut Job<'_>, row: &Row) -> Result<Planned, Trouble> {
        let patient = self.patient(job, row)?.clone();
        let location = self.location(job, row)?;
        let (operatory, provider) = self.place(job, row, location)?;
        let starts_at = self.start(job, row, operatory)?;
        let content = fingerprint(row.cells.iter().map(String::as_str));
        let source = match self.columns.cell(row, "id") {
            "" => format!("csv:{}/{}", patient.id, starts_at.wall),
            id => format!("csv:{id}"),
        };
        let when = |start: &Start| start.wall.strftime("%Y-%m-%d %H:%M").to_string();
        let existing = match self.unwritten.with_source(job, &source)? {
            Some(visit) => Some(visit),
            None => self
                .unwritten
                .of_patient(job, patient.id)?
                .into_iter()
                .find(|visit| {
                    visit.starts_at == starts_at && (visit.takes_time() || !visit.source_uid.is_empty())
                }),
        };
        if let Some(visit) = existing
            .as_ref()
            .filter(|visit| is_same_content(&visit.source_uid, &content))
        {
            let message = format!("{} {}", named(&patient), when(&visit.starts_at));
            return Ok(Planned {
                outcome: ImportOutcome::Unchanged,
                message,
                changes: Vec::new(),
            });
        }
        let described_visit = self.describe(
            job,
            row,
            &patient,
            operatory,
            provider,
            starts_at,
            format!("{source}#{content}"),
        )?;
        let read = visits::visit(job, described_visit)?;
        let planned = match existing {
            None => {
                let message = format!(
                    "{} {}{}",
                    named(&patient),
                    when(&read.starts_at),
                    self.unwritten.overlaps(job, &read, &self.known)?
                );
                self.unwritten.put(read.clone());
                Planned {
                    outcome: ImportOutcome::Added,
                    message,
                    changes: vec![Change::add(read)],
                }
            }
            Some(before) => {
                let (after, changed) = merged(&before, read, self.columns.cell(row, "status").is_empty());
                let mut message = format!("{} {}", named(&patient), when(&after.starts_at));
                if changed.is_empty() {
                    return Ok(Planned {
                        outcome: ImportOutcome::Unchanged,
                        message,
                        changes: Vec::new(),
                    });
                }
                message.push_str(&format!(
                    ": {}{}",
                    changed.join(", "),
                    self.unwritten.overlaps(job, &after, &self.known)?
                ));
                self.unwritten.put(after.clone());
                Planned {
                    outcome: ImportOutcome::Updated,
                    message,
                    changes: vec![Change::edit(before, after)],
                }
            }
        };
        Ok(planned)
    }
}

impl Appointments {
    fn cell<'a>(&self, row: &'a Row, field: &str) -> &'a str {
        self.columns.cell(row, field)
    }

    fn refuse(&self, field: &str, message: impl Into<String>) -> Refused {
        Refused::column(message, self.columns.header(field))
    }

    fn patient(&self, job: &Job<'_>, row: &Row) -> Result<&Patient, Refused> {
        if row.extra > 0 {
            return Err(Refused::new(format!(
                "the line has {} more cells than the first line names: is a quote or separator missing?",
                row.extra
            )));
        }
        let chart = self.cell(row, "chart_number");
        if !chart.is_empty() {
            if let Some(patient) = self.known.by_chart(chart) {
                return Ok(patient);
            }
            if let Some(patient) = chart.parse().ok().and_then(|id| self.known.get(id)) {
                return Ok(patient);
            }
        }
        let (family, given) = match self.cell(row, "family_name") {
            "" => split_name(self.cell(row, "patient")),
            family => (family.to_owned(), self.cell(row, "given_name").to_owned()),
        };
        if family.is_empty() && given.is_empty() {
            return Err(match chart {
                "" => self.refuse("chart_number", "it does not say whose visit it is"),
                chart => self.refuse(
                    "chart_number",
                    format!("nobody here has the chart number {chart}: import the patients first"),
                ),
            });
        }
        let name = format!("{given} {family}");
        let mut found = self.known.by_name(&name);
        // A chart number that is not here cannot be somebody with another one.
        found.retain(|patient| chart.is_empty() || patient.chart_number.is_empty());
        let birth = self.cell(row, "birth_date");
        if !birth.is_empty() {
            let born = fields::date(birth, self.births, job.today.year()).ok_or_else(|| {
                self.refuse(
                    "birth_date",
                    format!("“{birth}” is not a date: write 2014-05-09 or 5/9/2014"),
                )
            })?;
            found.retain(|patient| patient.birth_date == Some(born));
        }
        let field = if self.columns.has("patient") {
            "patient"
        } else {
            "family_name"
        };
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err(self.refuse(
                field,
                format!("nobody here is called {}: import the patients first", name.trim()),
            )),
            several => Err(self.refuse(
                field,
                format!(
                    "{} patients are called {}: give the chart number or birth date",
                    several.len(),
                    name.trim()
                ),
            )),
        }
    }

    fn location(&self, job: &Job<'_>, row: &Row) -> Result<Option<LocationId>, Refused> {
        match self.cell(row, "location") {
            "" => Ok(None),
            text => pick(text, &roster::locations(job.roster))
                .map(Some)
                .map_err(|unclear| self.unclear("location", "location", text, &unclear)),
        }
    }

    fn unclear(&self, field: &str, what: &str, text: &str, unclear: &Unclear) -> Refused {
        match unclear {
            Unclear::Nothing(_) => self.refuse(field, format!("there is no {what} “{text}”; {unclear}")),
            Unclear::Several(_) => self.refuse(field, format!("“{text}” is not clear; {unclear}")),
        }
    }

    /// Chair and provider; one may be left out where the other has a usual partner.
    fn place(
        &self,
        job: &Job<'_>,
        row: &Row,
        location: Option<LocationId>,
    ) -> Result<(OperatoryId, ProviderId), Refused> {
        let provider = match self.cell(row, "provider") {
            "" => None,
            text => Some(
                pick(text, &roster::providers(job.roster))
                    .map_err(|unclear| self.unclear("provider", "provider", text, &unclear))?,
            ),
        };
        let operatory = match (self.cell(row, "operatory"), provider) {
            ("", None) => {
                return Err(self.refuse("operatory", "it says neither the operatory nor the provider"));
            }
            ("", Some(provider)) => roster::usual_chair(job.roster, provider, location).ok_or_else(|| {
                self.refuse(
                    "operatory",
                    "the operatory is missing, and the provider has no usual one",
                )
            })?,
            (text, _) => pick(text, &roster::operatories(job.roster, location))
                .map_err(|unclear| self.unclear("operatory", "operatory", text, &unclear))?,
        };
        let provider = match provider {
            Some(provider) => provider,
            None => job
                .roster
                .operatory(operatory)
                .and_then(|chair| chair.usual_provider)
                .ok_or_else(|| {
                    self.refuse(
                        "provider",
                        "the provider is missing, and the operatory has no usual one",
                    )
                })?,
        };
        Ok((operatory, provider))
    }

    /// Appointments lie at most thirty years ahead, for two-digit years.
    fn latest_year(job: &Job<'_>) -> i16 {
        job.today.year().saturating_add(30)
    }

    fn wall(&self, job: &Job<'_>, row: &Row) -> Result<DateTime, Refused> {
        let latest = Self::latest_year(job);
        let (both, day, clock) = (
            self.cell(row, "starts_at"),
            self.cell(row, "date"),
            self.cell(row, "time"),
        );
        for text in [both, day] {
            if let Some(wall) = fields::date_time(text, self.days, latest)
                && (clock.is_empty() || text == both)
            {
                return Ok(wall);
            }
        }
        if clock.is_empty() && (day.is_empty() || both.is_empty()) {
            let (field, text) = if day.is_empty() {
                ("starts_at", both)
            } else {
                ("date", day)
            };
            let message =
                format!("“{text}” is not a date and time: write 2026-03-03 09:00 or 3/3/2026 9:00 AM");
            return Err(self.refuse(field, message));
        }
        let (day_field, day) = if day.is_empty() {
            ("starts_at", both)
        } else {
            ("date", day)
        };
        let date = fields::date(day, self.days, latest).ok_or_else(|| {
            self.refuse(
                day_field,
                format!("“{day}” is not a date: write 2026-03-03 or 3/3/2026"),
            )
        })?;
        // Some call the time alone the start.
        let (time_field, clock) = if clock.is_empty() && day != both {
            ("starts_at", both)
        } else {
            ("time", clock)
        };
        let time = fields::time(clock).ok_or_else(|| {
            self.refuse(
                time_field,
                format!("“{clock}” is not a time of day: write 14:30 or 2:30 PM"),
            )
        })?;
        Ok(date.to_datetime(time))
    }

    fn start(&self, job: &Job<'_>, row: &Row, operatory: OperatoryId) -> Result<Start, Refused> {
        let wall = self.wall(job, row)?;
        let field = if self.columns.has("time") {
            "time"
        } else {
            "starts_at"
        };
        if !(clinic::FIRST_YEAR..=clinic::LAST_YEAR).contains(&wall.year()) {
            return Err(self.refuse(field, format!("the year {} is not plausible", wall.year())));
        }
        let place = job
            .roster
            .operatory(operatory)
            .and_then(|chair| job.roster.location(chair.location));
        let zone = place.map_or_else(|| job.roster.practice.zone.clone(), |place| place.zone.clone());
        job.zones
            .resolve(wall, &zone)
            .map_err(|error| self.refuse(field, error.to_string()))
    }

    /// The type's own pattern, stretched or cut to the length that the file gives.
    fn pattern(
        &self,
        job: &Job<'_>,
        row: &Row,
        usual: &TimePattern,
        start: &Start,
    ) -> Result<TimePattern, Refused> {
        let written = self.cell(row, "pattern");
        if !written.is_empty() {
            return written
                .parse()
                .map_err(|error: clinic::BadPattern| self.refuse("pattern", error.to_string()));
        }
        let (length, end) = (self.cell(row, "length_minutes"), self.cell(row, "end"));
        let (field, minutes) = if !length.is_empty() {
            let minutes = fields::minutes(length).ok_or_else(|| {
                self.refuse(
                    "length_minutes",
                    format!("“{length}” is not a length: write minutes, such as 40"),
                )
            })?;
            ("length_minutes", minutes)
        } else if !end.is_empty() {
            let ends = fields::date_time(end, self.days, Self::latest_year(job))
                .or_else(|| fields::time(end).map(|time| start.date().to_datetime(time)))
                .ok_or_else(|| {
                    self.refuse("end", format!("“{end}” is not a time: write 15:10 or 3:10 PM"))
                })?;
            let ends = job
                .zones
                .resolve(ends, &start.zone)
                .map_err(|error| self.refuse("end", error.to_string()))?;
            let minutes = ends.instant().duration_since(start.instant()).as_mins();
            (
                "end",
                u16::try_from(minutes).map_err(|_| self.refuse("end", "the visit ends before it begins"))?,
            )
        } else {
            return Ok(usual.clone());
        };
        usual
            .with_length(minutes)
            .map_err(|error| self.refuse(field, error.to_string()))
    }

    #[allow(clippy::too_many_arguments)]
    fn describe(
        &self,
        job: &Job<'_>,
        row: &Row,
        patient: &Patient,
        operatory: OperatoryId,
        provider: ProviderId,
        starts_at: Start,
        source_uid: String,
    ) -> Result<Described, Refused> {
        let text = self.cell(row, "type");
        let appointment_type = pick(text, &roster::types(job.roster))
            .map_err(|unclear| self.unclear("type", "kind of visit", text, &unclear))?;
        let usual = &job.roster.appointment_types[&appointment_type].pattern;
        let asap = self.cell(row, "asap");
        let note = self.cell(row, "note").replace("\r\n", "\n");
        if note.chars().count() > clinic::MAX_NOTE_CHARS {
            return Err(self.refuse(
                "note",
                format!("the note is longer than {} characters", clinic::MAX_NOTE_CHARS),
            ));
        }
        Ok(Described {
            patient: patient.id,
            appointment_type,
            provider,
            operatory,
            pattern: self.pattern(job, row, usual, &starts_at)?,
            starts_at,
            status: self.status(row)?,
            cancel_reason: self.cell(row, "cancel_reason").to_owned(),
            is_asap: fields::mark(asap)
                .ok_or_else(|| self.refuse("asap", format!("“{asap}” is neither yes nor no")))?,
            note,
            source_uid,
        })
    }

    /// Our words, Open Dental's numbers and words, Dentrix's words.
    fn status(&self, row: &Row) -> Result<Option<Status>, Refused> {
        let text = self.cell(row, "status");
        if let Some(status) = Status::from_code(text) {
            return Ok(Some(status));
        }
        let plain = text.to_lowercase().replace(['_', '-', '’', '\''], " ");
        Ok(Some(match plain.trim() {
            "" => return Ok(None),
            "1" | "sched" | "unconfirmed" | "booked" | "planned" | "pending" | "asap" | "left message"
            | "4" => Status::Scheduled,
            "firm" | "accepted" => Status::Confirmed,
            "here" | "checked in" | "in reception" | "waiting" | "ready" => Status::Arrived,
            "in chair" | "in operatory" | "in treatment" | "treatment room" => Status::Seated,
            "2" | "complete" | "done" | "fulfilled" | "finished" => Status::Completed,
            "dismissed" | "walked out" => Status::CheckedOut,
            "5" | "broken" | "canceled" | "deleted" | "rescheduled" => Status::Cancelled,
            "missed" | "failed" | "noshow" | "did not attend" | "dna" => Status::NoShow,
            "3" | "6" | "7" | "8" | "unschedlist" | "unscheduled" | "ptnote" => {
                return Err(self.refuse("status", format!("“{text}” has no time on the calendar")));
            }
            _ => {
                let known: Vec<&str> = Status::ALL.iter().map(|status| status.code()).collect();
                return Err(self.refuse(
                    "status",
                    format!("“{text}” is not a status; there are: {}", known.join(", ")),
                ));
            }
        }))
    }
}

/// What changed in the source since it was imported, on top of what is here. The status stays if the file does not
/// give one.
fn merged(before: &Appointment, read: Appointment, keep_status: bool) -> (Appointment, Vec<&'static str>) {
    let mut after = before.clone();
    let mut changed = Vec::new();
    let mut moved = false;
    macro_rules! take {
        ($field:ident, $what:literal, $moves:literal) => {
            if after.$field != read.$field {
                after.$field = read.$field.clone();
                changed.push($what);
                moved |= $moves;
            }
        };
    }
    take!(starts_at, "time", true);
    take!(operatory, "operatory", true);
    take!(provider, "provider", false);
    take!(appointment_type, "kind", false);
    // What was done beside another kind may be the kind itself now.
    let kind = after.appointment_type;
    after.also.retain(|id| *id != kind);
    take!(pattern, "length", true);
    take!(is_asap, "ASAP", false);
    after.location = read.location;
    after.buffer_before_minutes = read.buffer_before_minutes;
    after.buffer_after_minutes = read.buffer_after_minutes;
    after.equipment.clone_from(&read.equipment);
    after.assistant = read.assistant;
    if !read.note.is_empty() {
        take!(note, "note", false);
    }
    if !keep_status && after.status != read.status {
        after.status = read.status;
        after.cancel_reason = read.cancel_reason;
        after.confirmed_at = after.confirmed_at.or(read.confirmed_at);
        after.arrived_at = after.arrived_at.or(read.arrived_at);
        after.seated_at = after.seated_at.or(read.seated_at);
        after.completed_at = after.completed_at.or(read.completed_at);
        after.checked_out_at = after.checked_out_at.or(read.checked_out_at);
        after.broken_at = read.broken_at;
        changed.push("status");
        moved |= !after.takes_time();
    }
    if moved {
        after.sequence += 1;
    }
    // Booked here by hand and found in a file: from now on it belongs to both.
    if !changed.is_empty() || before.source_uid.is_empty() {
        after.source_uid = read.source_uid;
    }
    (after, changed)
}
