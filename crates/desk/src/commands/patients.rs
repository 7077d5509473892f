//! Patients: finding, adding, changing, looking at.

use clinic::{Change, Op, Patient, PatientId};
use jiff::civil::Date;

use crate::api::{self, PatientDetail, PatientFields, PatientHit, PatientHits, PatientPage, PatientView};
use crate::audit::seen;
use crate::desk::Desk;
use crate::{DeskError, read, refusals, views};

impl Desk {
    pub fn find_patients(&self, request: api::FindPatients) -> Result<PatientHits, DeskError> {
        let limit = read::bounded(request.limit, 12, 1..=50, "limit")?;
        self.reading(|reading| {
            let today = reading.practice_today();
            let hits = reading
                .search_patients(&request.text, usize::from(limit))?
                .into_iter()
                .map(|(patient, matched)| {
                    let next_visit = reading
                        .next_visit(patient.id)?
                        .map(|visit| views::wall(&visit.starts_at));
                    Ok(hit(&patient, matched, today, next_visit))
                })
                .collect::<Result<_, DeskError>>()?;
            Ok(PatientHits {
                hits,
                is_complete: !self.has_few_patients(),
            })
        })
    }

    pub fn list_patients(&self, request: api::ListPatients) -> Result<PatientPage, DeskError> {
        let limit = usize::from(read::bounded(request.limit, 200, 1..=1000, "limit")?);
        self.reading(|reading| {
            let mut patients = reading.patients_after(request.after, limit + 1)?;
            let more = patients.len() > limit;
            patients.truncate(limit);
            let today = reading.practice_today();
            Ok(PatientPage {
                patients: patients
                    .iter()
                    .map(|patient| views::patient_view(patient, today))
                    .collect(),
                more,
            })
        })
    }

    pub fn patient(&self, request: api::PatientRef) -> Result<PatientDetail, DeskError> {
        self.reading(|reading| {
            let patient = reading.patient(request.id)?;
            let mut visits = reading.visits_of(request.id)?;
            visits.sort_by(|a, b| b.starts_at.cmp(&a.starts_at).then(a.id.cmp(&b.id)));
            let cards = visits
                .iter()
                .map(|visit| reading.card(visit))
                .collect::<Result<_, _>>()?;
            Ok(PatientDetail {
                patient: views::patient_view(&patient, reading.practice_today()),
                visits: cards,
            })
        })
    }

    pub fn add_patient(&self, request: api::AddPatient) -> Result<PatientView, DeskError> {
        let id = PatientId(self.new_id());
        let empty = Patient {
            id,
            chart_number: String::new(),
            family_name: String::new(),
            given_name: String::new(),
            preferred_name: String::new(),
            birth_date: None,
            mobile_phone: String::new(),
            home_phone: String::new(),
            email: String::new(),
            responsible_party: None,
            family: None,
            alert: String::new(),
            note: String::new(),
            is_active: true,
        };
        let patient = with_fields(empty, &request.fields)?;
        if !request.although_similar
            && let Some(twin) = self.reading(|reading| reading.patient_like(&patient))?
        {
            seen::note(twin.id);
            let born = twin
                .birth_date
                .map(|date| format!(", born {date}"))
                .unwrap_or_default();
            return Err(DeskError::new(
                "similar_patient",
                format!("{}{born} is here already.", twin.display_name()),
            )
            .hint("Take the patient who is here, or add this one as a new person anyway.")
            .field("family_name"));
        }
        self.write(Op::AddPatient, |writing| {
            let today = writing.practice_today();
            clinic::validate_patient(&patient, today).map_err(|error| refusals::invalid(&error))?;
            writing.chart_number_is_free(&patient)?;
            let view = views::patient_view(&patient, today);
            writing.record(vec![Change::add(patient.clone())])?;
            Ok(view)
        })
    }

    pub fn update_patient(&self, request: api::UpdatePatient) -> Result<PatientView, DeskError> {
        self.write(Op::UpdatePatient, |writing| {
            let before = writing.patient(request.id)?;
            let mut after = with_fields(before.clone(), &request.fields)?;
            after.is_active = request.is_active.unwrap_or(before.is_active);
            let today = writing.practice_today();
            clinic::validate_patient(&after, today).map_err(|error| refusals::invalid(&error))?;
            writing.chart_number_is_free(&after)?;
            let view = views::patient_view(&after, today);
            if before != after {
                writing.record(vec![Change::edit(before, after)])?;
            }
            Ok(view)
        })
    }
}

fn with_fields(mut patient: Patient, fields: &PatientFields) -> Result<Patient, DeskError> {
    let text = |value: &str| value.trim().to_owned();
    patient.chart_number = text(&fields.chart_number);
    patient.family_name = text(&fields.family_name);
    patient.given_name = text(&fields.given_name);
    patient.preferred_name = text(&fields.preferred_name);
    patient.birth_date = fields
        .birth_date
        .as_deref()
        .filter(|date| !date.trim().is_empty())
        .map(|date| read::date(date, "birth_date"))
        .transpose()?;
    patient.mobile_phone = text(&fields.mobile_phone);
    patient.home_phone = text(&fields.home_phone);
    patient.email = text(&fields.email);
    patient.responsible_party.clone_from(&fields.responsible_party);
    patient.alert = text(&fields.alert);
    patient.note.clone_from(&fields.note);
    Ok(patient)
}

fn hit(patient: &Patient, matched: String, today: Date, next_visit: Option<String>) -> PatientHit {
    let phone = if patient.mobile_phone.is_empty() {
        &patient.home_phone
    } else {
        &patient.mobile_phone
    };
    let responsible = patient.responsible_party.as_ref();
    seen::note(patient.id);
    PatientHit {
        id: patient.id,
        name: patient.display_name(),
        birth_date: patient.birth_date.map(|date| date.to_string()),
        age_years: patient
            .birth_date
            .and_then(|birth| views::age_years(birth, today)),
        phone: match (phone.as_str(), responsible) {
            ("", Some(party)) => party.phone.clone(),
            (phone, _) => phone.to_owned(),
        },
        chart_number: patient.chart_number.clone(),
        responsible: responsible.map(|party| party.name.clone()).unwrap_or_default(),
        matched,
        next_visit,
    }
}
