//! From a line of text to what somebody asks for.

use super::Drawing;
use super::parse::{kinds_in, operatory_id, patient_id, person, provider_id, time};
use crate::procedures::together;
use crate::{Appointment, AppointmentId, BookRequest, Leave};

impl Drawing {
    /// Reads what somebody asks for: `Nakamura filling Op1 10:00 60min @Chen &Patel`, then `anyway` to acknowledge
    /// warnings, or `because …` to override with a reason. Without a length the type's own. `adj+ret` is both in one visit. Patients and
    /// types that are not on the sheet are made up.
    pub fn booking(&mut self, text: &str) -> Result<(BookRequest, Leave), String> {
        let (text, leave) = leave_of(text);
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let provider = words
            .iter()
            .position(|word| word.starts_with('@'))
            .map(|at| words.remove(at).trim_start_matches('@'));
        let second_provider = words
            .iter()
            .position(|word| word.starts_with('&'))
            .map(|at| provider_id(words.remove(at).trim_start_matches('&')));
        let minutes = words
            .iter()
            .position(|word| word.ends_with("min"))
            .map(|at| words.remove(at).trim_end_matches("min"));
        let &[ref patient @ .., kind, operatory, at] = words.as_slice() else {
            return Err(format!("“{text}”: write patient, type, operatory and time"));
        };
        if patient.is_empty() {
            return Err(format!("“{text}”: write patient, type, operatory and time"));
        }
        let record = self
            .roster
            .operatory(operatory_id(operatory))
            .ok_or(format!("there is no {operatory}"))?;
        let provider = provider
            .map(provider_id)
            .or(record.usual_provider)
            .ok_or("no provider")?;
        let operatory = record.id;
        let (kind, also) = kinds_in(&mut self.roster, kind);
        let pattern = match (minutes, together(&self.roster, kind, &also)) {
            (Some(minutes), Ok(record)) => {
                let minutes = minutes
                    .parse::<u16>()
                    .map_err(|_| format!("{minutes} minutes?"))?;
                Some(
                    record
                        .pattern
                        .with_length(minutes)
                        .map_err(|error| error.to_string())?,
                )
            }
            _ => None,
        };
        let patient = patient.join(" ");
        self.patients
            .entry(patient_id(&patient))
            .or_insert_with(|| person(&patient));
        let request = BookRequest {
            id: AppointmentId(self.appointments.len() as u128 + 1),
            patient: patient_id(&patient),
            appointment_type: kind,
            operatory,
            provider,
            wall: self.date.to_datetime(time(at)?),
            fold_later: false,
            pattern,
            note: String::new(),
            is_asap: false,
            arrive_early_minutes: 0,
            also,
            second_provider,
            source_uid: String::new(),
        };
        Ok((request, leave))
    }

    /// The visit of a patient on the sheet, the first if there are several.
    pub fn visit_of(&self, patient: &str) -> Option<&Appointment> {
        self.appointments
            .iter()
            .find(|visit| visit.patient == patient_id(patient))
    }
}

/// Splits what follows `anyway` or `because` from a request.
pub(crate) fn leave_of(text: &str) -> (&str, Leave) {
    if let Some((text, reason)) = text.split_once(" because") {
        return (
            text,
            Leave {
                acknowledge_warnings: false,
                override_reason: Some(reason.trim().to_owned()),
            },
        );
    }
    match text.trim().strip_suffix(" anyway") {
        Some(text) => (
            text,
            Leave {
                acknowledge_warnings: true,
                override_reason: None,
            },
        ),
        None => (text, Leave::NONE),
    }
}
