//! The audit: looking through it, whose data was seen by whom, whether it is whole.

use std::collections::BTreeMap;

use clinic::PatientId;
use jiff::Timestamp;
use jiff::civil::Date;
use store::HistoryFilter;
use store::audit::{AuditEntry, AuditFilter};

use crate::api::{
    self, AuditAnchor, AuditCheck, AuditLine, AuditLog, AuditPatient, PatientAudit, PatientAuditLine,
};
use crate::audit::{action_words, seen};
use crate::desk::{Desk, Reading};
use crate::{DeskError, read, refusals, views};

/// Patients that a line names unless all are wanted.
const NAMED: usize = 20;
/// Looks and changes that a patient's report takes in; more than anybody reads.
const MOST_REPORTED: usize = 100_000;

impl Desk {
    pub fn audit_list(&self, request: api::AuditRequest) -> Result<AuditLog, DeskError> {
        let limit = usize::from(read::bounded(request.limit, 50, 1..=500, "limit")?);
        let day =
            |text: &Option<String>, field| text.as_deref().map(|text| read::date(text, field)).transpose();
        let (from, until) = (day(&request.from, "from")?, day(&request.until, "until")?);
        self.write_all_looks()?;
        self.reading(|reading| {
            let filter = AuditFilter {
                patient: request.patient,
                person: request.person,
                action: request.action.clone(),
                from: from.map(|date| reading.begins(date)).transpose()?,
                until: until.map(|date| reading.ends(date)).transpose()?,
                before: request.before.map(u64::from),
                limit: limit + 1,
            };
            let mut entries = reading.reads().audit(&filter)?;
            let more = entries.len() > limit;
            entries.truncate(limit);
            let named = if request.all_patients { usize::MAX } else { NAMED };
            Ok(AuditLog {
                entries: entries
                    .iter()
                    .map(|entry| reading.audit_line(entry, named))
                    .collect::<Result<_, _>>()?,
                more,
            })
        })
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

    fn audit_line(&self, entry: &AuditEntry, named: usize) -> Result<AuditLine, DeskError> {
        let patients = entry.patients.iter().take(named);
        Ok(AuditLine {
            number: short(entry.number),
            by: views::who(&self.roster, entry.person, self.workstation(), entry.at),
            until: views::instant(entry.until),
            via: entry.via.code().to_owned(),
            action: entry.action.clone(),
            words: action_words(&entry.action),
            object: entry.object.clone(),
            patients: patients
                .map(|id| self.audited_patient(*id))
                .collect::<Result<_, _>>()?,
            patient_count: short(entry.patients.len() as u64),
            reason: entry.reason.clone(),
            times: entry.times,
            is_change: entry.envelope.is_some(),
        })
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
                let date = self.zones.at(first, &self.roster.practice.zone).map_or_else(
                    |_| jiff::tz::Offset::UTC.to_datetime(first).date(),
                    |start| start.date(),
                );
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
                    times: done.times,
                    is_change: doing.is_change,
                })
                .collect(),
        })
    }
}
