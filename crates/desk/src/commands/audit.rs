//! The audit: looking through it, whose data was seen by whom, whether it is whole.

use std::collections::BTreeMap;

use clinic::{HistoryId, Op, PatientId};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use store::audit::{AuditEntry, AuditFilter};
use store::{HistoryEntry, HistoryFilter};

use crate::api::{
    self, AuditAnchor, AuditCheck, AuditExport, AuditFile, AuditFormat, AuditLine, AuditLog, AuditPatient,
    PatientAudit, PatientAuditLine,
};
use crate::audit::{action_words, all_actions, seen, table};
use crate::desk::looking::patient_name;
use crate::desk::{Desk, Reading};
use crate::field_words::differences;
use crate::views::Names;
use crate::{DeskError, read, refusals, views, words};

/// Patients that a line names unless all are wanted.
const NAMED: usize = 20;
/// Looks and changes that a patient's report takes in; more than anybody reads.
const MOST_REPORTED: usize = 100_000;
/// Entries that one file takes in: some twenty megabytes.
const MOST_EXPORTED: usize = 100_000;
const EXPORTED_AT_ONCE: usize = 500;

impl Desk {
    pub fn audit_list(&self, request: api::AuditRequest) -> Result<AuditLog, DeskError> {
        let limit = usize::from(read::bounded(request.limit, 50, 1..=500, "limit")?);
        let days = Days::of(&request)?;
        self.write_all_looks()?;
        self.reading(|reading| reading.audit_page(&request, days, limit))
    }

    pub fn audit_actions(&self) -> Result<api::AuditActions, DeskError> {
        Ok(all_actions())
    }

    pub fn audit_export(&self, request: AuditExport) -> Result<AuditFile, DeskError> {
        self.write_all_looks()?;
        let (stem, format, made) = match request {
            AuditExport::Entries { of, format } => ("audit", format, self.entries_as(of, format)?),
            AuditExport::Patient { id, format } => {
                let report = self.reading(|reading| reading.patient_audit(id))?;
                let text = match format {
                    AuditFormat::Csv => report.lines.iter().fold(table::PATIENT.to_owned(), |text, line| {
                        text + &table::of_patient(line)
                    }),
                    AuditFormat::Json => as_json(&report)?,
                };
                ("who-saw", format, (text, report.lines.len()))
            }
        };
        let ending = match format {
            AuditFormat::Csv => "csv",
            AuditFormat::Json => "json",
        };
        let today = self.reading(|reading| Ok(reading.wall_of(self.now())))?;
        Ok(AuditFile {
            name: format!("{stem}-{}.{ending}", today.date()),
            text: made.0,
            entries: short(made.1 as u64),
        })
    }

    /// All entries of a search, page by page, so that others get their turn at the store.
    fn entries_as(&self, of: api::AuditRequest, format: AuditFormat) -> Result<(String, usize), DeskError> {
        let days = Days::of(&of)?;
        let mut request = api::AuditRequest {
            all_patients: true,
            before: None,
            ..of
        };
        let job = self.job("audit_export");
        let mut entries: Vec<AuditLine> = Vec::new();
        loop {
            let page = self.reading(|reading| reading.audit_page(&request, days, EXPORTED_AT_ONCE))?;
            request.before = page.entries.last().map(|entry| entry.number);
            entries.extend(page.entries);
            if job.is_cancelled() {
                return Err(DeskError::new("stopped", "The export was stopped."));
            }
            if !page.more {
                break;
            }
            if entries.len() >= MOST_EXPORTED {
                return Err(DeskError::new(
                    "too_many",
                    format!("There are more than {MOST_EXPORTED} entries."),
                )
                .hint("Choose a shorter period, or export with “orcactl audit export”.")
                .field("from"));
            }
            let done = short(entries.len() as u64);
            job.progress(done, done, "Exporting");
        }
        let text = match format {
            AuditFormat::Csv => entries.iter().fold(table::ENTRIES.to_owned(), |text, entry| {
                text + &table::entry(entry)
            }),
            AuditFormat::Json => as_json(&entries)?,
        };
        Ok((text, entries.len()))
    }

    pub fn audit_patient(&self, request: api::PatientRef) -> Result<PatientAudit, DeskError> {
        self.write_all_looks()?;
        self.reading(|reading| reading.patient_audit(request.id))
    }

    pub fn audit_verify(&self, request: api::AuditVerify) -> Result<AuditCheck, DeskError> {
        let held = request
            .anchors
            .iter()
            .map(|text| anchor(text))
            .collect::<Result<Vec<_>, _>>()?;
        self.write_all_looks()?;
        let identity = self.identity();
        let open = |bytes: &[u8]| {
            let envelope = sync::Envelope::parse(bytes.to_vec()).map_err(|error| error.to_string())?;
            let body = envelope
                .open(&identity.practice_keys)
                .map_err(|error| error.to_string())?;
            Ok(body.to_vec())
        };
        let job = self.job("audit_verify");
        let mut shown = 0;
        let report = self.store().verify_audit(&open, &held, &mut |done, total| {
            let percent = (done * 100).checked_div(total).unwrap_or(100) as u32;
            if percent > shown {
                shown = percent;
                job.progress(percent, 100, "Checking the audit");
            }
        })?;
        drop(job);
        let roster = self.roster();
        let here = self.workstation();
        let shown = |workstation, anchor: store::audit::Anchor, at| AuditAnchor {
            workstation: views::who_if_known(&roster, None, Some(workstation), at).workstation,
            number: short(anchor.number),
            hash: data_encoding::HEXLOWER.encode(&anchor.hash),
            at: views::instant(at),
        };
        Ok(AuditCheck {
            entries: short(report.entries),
            looks: short(report.looks),
            changes: short(report.writes),
            head: report.head.map(|anchor| shown(here, anchor, self.now())),
            others: report
                .others
                .iter()
                .map(|kept| shown(kept.workstation, kept.anchor, kept.at))
                .collect(),
            lost: report.lost.map(short),
            troubles: report.troubles,
        })
    }
}

/// Numbers at the seam are small enough for the screen.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn as_json(value: &impl serde::Serialize) -> Result<String, DeskError> {
    serde_json::to_string_pretty(value)
        .map_err(|error| DeskError::new("internal", format!("The file cannot be written: {error}.")))
}

/// `2026-03-03T09:00:12`.
fn wall_words(wall: DateTime) -> String {
    wall.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `120:` and 64 hexadecimal digits.
fn anchor(text: &str) -> Result<(u64, [u8; 32]), DeskError> {
    text.trim()
        .split_once(':')
        .and_then(|(number, hash)| {
            let hash = data_encoding::HEXLOWER_PERMISSIVE.decode(hash.as_bytes()).ok()?;
            Some((number.parse().ok()?, hash.try_into().ok()?))
        })
        .ok_or_else(|| {
            DeskError::new("bad_anchor", format!("“{text}” is not an anchor."))
                .hint("Write the entry’s number, a colon and its hash, as “orcactl audit verify” prints them at another workstation.")
                .field("anchors")
        })
}

/// Who did the same about a patient on one day.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Doing {
    newest_first: std::cmp::Reverse<Date>,
    person: String,
    workstation: String,
    action: String,
    is_change: bool,
}

struct Done {
    first: Timestamp,
    last: Timestamp,
    times: u32,
}

/// First and last day of a search.
#[derive(Clone, Copy)]
struct Days {
    from: Option<Date>,
    until: Option<Date>,
}

impl Days {
    fn of(request: &api::AuditRequest) -> Result<Days, DeskError> {
        let day =
            |text: &Option<String>, field| text.as_deref().map(|text| read::date(text, field)).transpose();
        Ok(Days {
            from: day(&request.from, "from")?,
            until: day(&request.until, "until")?,
        })
    }
}

impl Reading<'_> {
    /// The first instant of a day in the practice's zone.
    fn begins(&self, date: Date) -> Result<Timestamp, DeskError> {
        match self
            .zones
            .resolve(date.at(0, 0, 0, 0), &self.roster.practice.zone)
        {
            Ok(start) => Ok(start.instant()),
            // Where clocks are set forward at midnight, the day begins an hour later.
            Err(clinic::TimeError::Nonexistent { next, .. }) => Ok(next.instant()),
            Err(error) => Err(self.refuse(&clinic::CannotBook::Time(error))),
        }
    }

    fn ends(&self, date: Date) -> Result<Timestamp, DeskError> {
        date.tomorrow()
            .map_or(Ok(Timestamp::MAX), |next| self.begins(next))
    }

    /// What the clock on the practice's wall showed.
    fn wall_of(&self, at: Timestamp) -> DateTime {
        let wall = self
            .zones
            .at(at, &self.roster.practice.zone)
            .map_or_else(|_| jiff::tz::Offset::UTC.to_datetime(at), |start| start.wall);
        wall.with()
            .second(at.as_second().rem_euclid(60) as i8)
            .build()
            .unwrap_or(wall)
    }

    fn audit_page(
        &self,
        request: &api::AuditRequest,
        days: Days,
        limit: usize,
    ) -> Result<AuditLog, DeskError> {
        let from = days.from.map(|date| self.begins(date)).transpose()?;
        let until = days.until.map(|date| self.ends(date)).transpose()?;
        let named = if request.all_patients { usize::MAX } else { NAMED };
        let elsewhere = request.workstation.filter(|id| *id != self.workstation());
        let mut entries = match elsewhere {
            None => {
                let filter = AuditFilter {
                    patient: request.patient,
                    person: request.person,
                    action: request.action.clone(),
                    is_change: request.is_change,
                    from,
                    until,
                    before: request.before.map(u64::from),
                    limit: limit + 1,
                };
                self.reads()
                    .audit(&filter)?
                    .iter()
                    .map(|entry| self.audit_line(entry, named))
                    .collect::<Result<Vec<_>, _>>()?
            }
            Some(workstation) => {
                let op = request.action.as_deref().map(Op::from_code);
                // Looks of another workstation are not known here.
                if request.is_change == Some(false) || op == Some(None) {
                    Vec::new()
                } else {
                    let filter = HistoryFilter {
                        patient: request.patient,
                        person: request.person,
                        workstation: Some(workstation),
                        op: op.flatten(),
                        from,
                        until,
                        before: request.before.map(|number| HistoryId(number.into())),
                        limit: limit + 1,
                        ..HistoryFilter::default()
                    };
                    self.reads()
                        .history(&filter)?
                        .iter()
                        .map(|entry| self.line_from_elsewhere(entry, named))
                        .collect::<Result<Vec<_>, _>>()?
                }
            }
        };
        let more = entries.len() > limit;
        entries.truncate(limit);
        Ok(AuditLog { entries, more })
    }

    fn audit_line(&self, entry: &AuditEntry, named: usize) -> Result<AuditLine, DeskError> {
        let change = match entry.envelope {
            Some(_) => self.reads().audited_write(entry.number)?,
            None => None,
        };
        let (told, differences) = change
            .as_ref()
            .map(|change| self.told(change))
            .unwrap_or_default();
        Ok(AuditLine {
            number: short(entry.number),
            by: views::who(&self.roster, entry.person, self.workstation(), entry.at),
            until: views::instant(entry.until),
            wall: wall_words(self.wall_of(entry.at)),
            until_wall: wall_words(self.wall_of(entry.until)),
            via: entry.via.code().to_owned(),
            action: entry.action.clone(),
            words: action_words(&entry.action),
            told,
            differences,
            object: entry.object.clone(),
            patients: self.audited_patients(&entry.patients, named)?,
            patient_count: short(entry.patients.len() as u64),
            reason: entry.reason.clone(),
            times: entry.times,
            is_change: entry.envelope.is_some(),
        })
    }

    fn line_from_elsewhere(&self, entry: &HistoryEntry, named: usize) -> Result<AuditLine, DeskError> {
        let (told, differences) = self.told(entry);
        let patients = store::audit::patients_of(&entry.changes);
        let wall = wall_words(self.wall_of(entry.at));
        Ok(AuditLine {
            number: u32::try_from(entry.id.0).unwrap_or(u32::MAX),
            by: views::who(&self.roster, entry.person, entry.workstation, entry.at),
            until: views::instant(entry.at),
            wall: wall.clone(),
            until_wall: wall,
            via: String::new(),
            action: entry.op.code().to_owned(),
            words: action_words(entry.op.code()),
            told,
            differences,
            object: String::new(),
            patients: self.audited_patients(&patients, named)?,
            patient_count: short(patients.len() as u64),
            reason: entry.reason.clone(),
            times: 1,
            is_change: true,
        })
    }

    /// What a change did, in a sentence and field by field.
    fn told(&self, change: &HistoryEntry) -> (String, Vec<api::AuditDifference>) {
        // The sentence names three at most, the fields are of a few records.
        let named = &change.changes[..change.changes.len().min(NAMED)];
        seen::note_changes(named);
        let names = |id| patient_name(self.reads(), id);
        let names = Names {
            roster: &self.roster,
            patients: &names,
        };
        (
            words::operation(change.op, &change.changes, &names),
            differences(named, &names),
        )
    }

    fn audited_patients(&self, ids: &[PatientId], named: usize) -> Result<Vec<AuditPatient>, DeskError> {
        ids.iter()
            .take(named)
            .map(|id| self.audited_patient(*id))
            .collect()
    }

    fn audited_patient(&self, id: PatientId) -> Result<AuditPatient, DeskError> {
        seen::note(id);
        Ok(AuditPatient {
            id,
            name: self.head(id)?.name.clone(),
        })
    }

    fn patient_audit(&self, id: PatientId) -> Result<PatientAudit, DeskError> {
        // A patient who was removed still has a past.
        let filter = AuditFilter {
            patient: Some(id),
            limit: MOST_REPORTED,
            ..AuditFilter::default()
        };
        let entries = self.reads().audit(&filter)?;
        let history = self.reads().history(&HistoryFilter {
            patient: Some(id),
            limit: MOST_REPORTED,
            ..HistoryFilter::default()
        })?;
        if entries.is_empty() && history.is_empty() {
            return Err(refusals::no_such_patient());
        }
        let mut done: BTreeMap<Doing, Done> = BTreeMap::new();
        let mut add =
            |who: api::Who, action: &str, is_change, (first, last, times): (Timestamp, Timestamp, u32)| {
                let date = self.wall_of(first).date();
                let doing = Doing {
                    newest_first: std::cmp::Reverse(date),
                    person: who.person,
                    workstation: who.workstation,
                    action: action.to_owned(),
                    is_change,
                };
                let sum = done.entry(doing).or_insert(Done {
                    first,
                    last,
                    times: 0,
                });
                sum.first = sum.first.min(first);
                sum.last = sum.last.max(last);
                sum.times = sum.times.saturating_add(times);
            };
        for look in entries.iter().filter(|entry| entry.envelope.is_none()) {
            let who = views::who(&self.roster, look.person, self.workstation(), look.at);
            add(who, &look.action, false, (look.at, look.until, look.times));
        }
        for change in &history {
            let who = views::who(&self.roster, change.person, change.workstation, change.at);
            add(who, change.op.code(), true, (change.at, change.at, 1));
        }
        Ok(PatientAudit {
            patient: self.audited_patient(id)?,
            lines: done
                .into_iter()
                .map(|(doing, done)| PatientAuditLine {
                    date: doing.newest_first.0.to_string(),
                    person: doing.person,
                    workstation: doing.workstation,
                    words: action_words(&doing.action),
                    action: doing.action,
                    first_at: views::instant(done.first),
                    last_at: views::instant(done.last),
                    first_wall: wall_words(self.wall_of(done.first)),
                    last_wall: wall_words(self.wall_of(done.last)),
                    times: done.times,
                    is_change: doing.is_change,
                })
                .collect(),
        })
    }
}
