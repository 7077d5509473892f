//! Visits as paper shows them, with names or without.

use std::collections::BTreeSet;

use clinic::{Appointment, AppointmentId, Need, Patient, Status};
use jiff::civil::Date;
use paper::{Progress, Unit, Visit};

use super::sheets::Printer;
use crate::DeskError;
use crate::audit::seen;
use crate::views;

/// Enough of a note for a sheet; the whole one is in the program.
const LONGEST_NOTE: usize = 600;

impl Printer<'_> {
    /// Visits that overlap others without anybody having decided.
    pub(super) fn overlapping(&self) -> Result<BTreeSet<AppointmentId>, DeskError> {
        let overlaps = self.reading.overlaps()?;
        Ok(overlaps
            .into_iter()
            .flat_map(|conflict| conflict.appointments)
            .collect())
    }

    /// Whose visit it is; none if they were removed.
    pub(super) fn patient(&self, visit: &Appointment) -> Option<Patient> {
        seen::note(visit.patient);
        self.reading.patient(visit.patient).ok()
    }

    pub(super) fn name(&self, patient: Option<&Patient>) -> String {
        let Some(patient) = patient else {
            return "(removed patient)".to_owned();
        };
        if self.choice.is_private {
            return initials(patient);
        }
        self.letters
            .or_else(patient.display_name(), || match patient.chart_number.as_str() {
                "" => String::new(),
                number => format!("chart {number}"),
            })
    }

    /// A note, an alert, a telephone number: not on private sheets.
    pub(super) fn unless_private(&self, text: &str) -> String {
        if self.choice.is_private {
            return String::new();
        }
        let short: String = text.chars().take(LONGEST_NOTE).collect();
        self.letters.noting(&short)
    }

    /// A visit's words, for where times are told otherwise.
    pub(crate) fn facts(&self, visit: &Appointment) -> Result<Visit, DeskError> {
        let patient = self.patient(visit);
        let date = visit.starts_at.date();
        self.visit(
            visit,
            patient.as_ref(),
            date,
            visit.starts_at.minute_of_day(),
            &BTreeSet::new(),
        )
    }

    pub(super) fn visit(
        &self,
        visit: &Appointment,
        patient: Option<&Patient>,
        date: Date,
        starts: u16,
        overlapping: &BTreeSet<AppointmentId>,
    ) -> Result<Visit, DeskError> {
        let roster = &self.reading.roster;
        let kind = roster.appointment_types.get(&visit.appointment_type);
        let head = self.reading.head(visit.patient)?;
        let age = patient.and_then(|patient| views::age_years(patient.birth_date?, date));
        Ok(Visit {
            starts,
            length: visit.length_minutes(),
            name: self.name(patient),
            age: age.filter(|_| !self.choice.is_private),
            phone: self.unless_private(&patient.map(phone).unwrap_or_default()),
            letter: kind.map(|kind| kind.letter.clone()).unwrap_or_default(),
            kind: clinic::procedure_names(roster, visit.appointment_type, &visit.also),
            provider: roster
                .provider(visit.provider)
                .map(|provider| provider.short_name.clone())
                .unwrap_or_default(),
            operatory: roster
                .operatory(visit.operatory)
                .map(|operatory| operatory.name.clone())
                .unwrap_or_default(),
            progress: progress(visit.status),
            status: match visit.cancel_reason.as_str() {
                "" => visit.status.words().to_owned(),
                reason => format!("{}: {}", visit.status.words(), self.unless_private(reason))
                    .trim_end_matches(": ")
                    .to_owned(),
            },
            is_first: head.first_visit == Some(visit.id),
            is_asap: visit.is_asap,
            comes_early: visit.arrive_early_minutes,
            has_conflict: overlapping.contains(&visit.id),
            alert: patient
                .map(|patient| self.unless_private(&patient.alert))
                .unwrap_or_default(),
            note: self.unless_private(&visit.note),
            pattern: visit
                .pattern
                .units()
                .iter()
                .map(|need| match need {
                    Need::Provider => Unit::Provider,
                    Need::Assistant => Unit::Assistant,
                })
                .collect(),
        })
    }
}

pub(super) fn initials(patient: &Patient) -> String {
    views::initials(&format!("{} {}", patient.given_name, patient.family_name))
}

/// Where they can be reached, or who answers for them.
fn phone(patient: &Patient) -> String {
    let own = [&patient.mobile_phone, &patient.home_phone];
    if let Some(number) = own.into_iter().find(|number| !number.is_empty()) {
        return number.clone();
    }
    match &patient.responsible_party {
        Some(party) if !party.phone.is_empty() && !party.relationship.is_empty() => {
            format!("{} ({})", party.phone, party.relationship)
        }
        Some(party) => party.phone.clone(),
        None => String::new(),
    }
}

fn progress(status: Status) -> Progress {
    match status {
        Status::Scheduled => Progress::Unconfirmed,
        Status::Confirmed => Progress::Confirmed,
        Status::Arrived | Status::Seated => Progress::Here,
        Status::Completed | Status::CheckedOut => Progress::Done,
        Status::Cancelled | Status::NoShow => Progress::Broken,
    }
}
