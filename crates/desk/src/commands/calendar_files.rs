//! The visit as a calendar file for the patient.

use clinic::Status;
use ical::invite::{self, CannotInvite, Method};

use crate::DeskError;
use crate::api::{self, IcsFile, IcsMethod};
use crate::audit::seen;
use crate::desk::Desk;

/// The alarm that patients' calendars set: an hour before.
const ALARM_MINUTES_BEFORE: u32 = 60;

impl Desk {
    /// Without a method: what fits. A broken visit is cancelled; a visit is an invitation where there are mail
    /// addresses for one, else for information.
    pub fn ics(&self, request: api::IcsRequest) -> Result<IcsFile, DeskError> {
        self.reading(|reading| {
            let visit = reading.visit(request.id)?;
            let patient = reading.patient(visit.patient)?;
            seen::note(patient.id);
            let practice = &reading.roster.practice;
            let location = reading.roster.location(visit.location).ok_or_else(|| {
                DeskError::new("unknown_location", "The visit’s location is not there any more.")
            })?;
            let event = invite::from_appointment(
                &visit,
                practice,
                location,
                &patient,
                Some(ALARM_MINUTES_BEFORE),
                reading.now,
            );
            let broken = matches!(visit.status, Status::Cancelled | Status::NoShow);
            let text = match request.method {
                Some(method) => invite::calendar_file(&event, method_of(method), reading.zones),
                None if broken => invite::calendar_file(&event, Method::Cancel, reading.zones),
                None => match invite::calendar_file(&event, Method::Request, reading.zones) {
                    Err(CannotInvite::NoPatientEmail | CannotInvite::NoPracticeEmail) => {
                        invite::calendar_file(&event, Method::Publish, reading.zones)
                    }
                    other => other,
                },
            };
            let text = text.map_err(|error| cannot_make(&error))?;
            Ok(IcsFile {
                file_name: format!("appointment-{}.ics", visit.starts_at.date()),
                text,
            })
        })
    }

    /// Every visit of a series in one file, those that were called off too, so that a calendar that took in an earlier file
    /// takes them out. A visit without a series is alone in its file.
    pub fn series_ics(&self, request: api::AppointmentRef) -> Result<IcsFile, DeskError> {
        self.reading(|reading| {
            let visit = reading.visit(request.id)?;
            let patient = reading.patient(visit.patient)?;
            seen::note(patient.id);
            let all = match visit.series {
                Some(series) => reading.reads().appointment_series(series)?,
                None => vec![visit],
            };
            let mut events = Vec::with_capacity(all.len());
            for visit in &all {
                let location = reading.roster.location(visit.location).ok_or_else(|| {
                    DeskError::new("unknown_location", "The visit’s location is not there any more.")
                })?;
                events.push(invite::from_appointment(
                    visit,
                    &reading.roster.practice,
                    location,
                    &patient,
                    Some(ALARM_MINUTES_BEFORE),
                    reading.now,
                ));
            }
            let text = invite::published_file(&events, reading.zones).map_err(|error| cannot_make(&error))?;
            let first = all
                .first()
                .map_or_else(String::new, |visit| visit.starts_at.date().to_string());
            Ok(IcsFile {
                file_name: format!("appointments-{first}.ics"),
                text,
            })
        })
    }
}

fn cannot_make(error: &CannotInvite) -> DeskError {
    DeskError::new(
        "cannot_make_ics",
        format!("{}.", crate::words::capital(&error.to_string())),
    )
    .field(error.field())
}

fn method_of(method: IcsMethod) -> Method {
    match method {
        IcsMethod::Request => Method::Request,
        IcsMethod::Cancel => Method::Cancel,
        IcsMethod::Publish => Method::Publish,
    }
}
