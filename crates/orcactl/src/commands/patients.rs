//! Patients: finding, adding, showing, changing.

use clinic::ResponsibleParty;
use desk::api::{
    AddPatient, FindPatients, Handlers as _, PatientDetail, PatientFields, PatientRef, PatientView,
    UpdatePatient,
};

use super::visits::card_row;
use crate::answer::{Answer, Outcome, columns};
use crate::args::{self, Patients};
use crate::names::Practice;

pub fn run(practice: &Practice, command: Patients) -> Outcome {
    match command {
        Patients::Find { text, limit } => find(practice, text, limit),
        Patients::Add {
            fields,
            although_similar,
        } => {
            let mut new = PatientFields::default();
            put(&mut new, *fields);
            let patient = practice.front.add_patient(AddPatient {
                fields: new,
                although_similar,
            })?;
            let text = format!("Added {}.\n{}", patient.name, described(&patient));
            Ok(Answer::new(&patient, text))
        }
        Patients::Show { patient } => {
            let detail = practice.front.patient(PatientRef {
                id: practice.patient(&patient)?,
            })?;
            let text = format!("{}{}", described(&detail.patient), visits(practice, &detail));
            Ok(Answer::new(&detail, text))
        }
        Patients::Change {
            patient,
            fields,
            active,
        } => {
            let before = practice
                .front
                .patient(PatientRef {
                    id: practice.patient(&patient)?,
                })?
                .patient;
            let mut changed = before.fields.clone();
            put(&mut changed, *fields);
            let patient = practice.front.update_patient(UpdatePatient {
                id: before.id,
                fields: changed,
                is_active: active,
            })?;
            let text = format!("Changed {}.\n{}", patient.name, described(&patient));
            Ok(Answer::new(&patient, text))
        }
    }
}

fn find(practice: &Practice, text: String, limit: Option<u16>) -> Outcome {
    let found = practice.front.find_patients(FindPatients {
        text: text.clone(),
        limit,
    })?;
    let rows: Vec<Vec<String>> = found
        .hits
        .iter()
        .map(|hit| {
            vec![
                hit.id.to_string(),
                hit.chart_number.clone(),
                hit.name.clone(),
                hit.birth_date.clone().unwrap_or_default(),
                hit.phone.clone(),
                hit.next_visit
                    .as_ref()
                    .map(|at| format!("next {}", at.replace('T', " ")))
                    .unwrap_or_default(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        format!("Nobody found for “{text}”.\n")
    } else {
        columns(&rows)
    };
    Ok(Answer::new(&found, text))
}

/// What was given replaces what is there.
fn put(fields: &mut PatientFields, given: args::PatientFields) {
    for (field, value) in [
        (&mut fields.chart_number, given.chart_number),
        (&mut fields.family_name, given.family_name),
        (&mut fields.given_name, given.given_name),
        (&mut fields.preferred_name, given.preferred_name),
        (&mut fields.mobile_phone, given.mobile_phone),
        (&mut fields.home_phone, given.home_phone),
        (&mut fields.email, given.email),
        (&mut fields.alert, given.alert),
        (&mut fields.note, given.note),
    ] {
        if let Some(value) = value {
            *field = value;
        }
    }
    if let Some(date) = given.birth_date {
        fields.birth_date = Some(date).filter(|date| !date.is_empty());
    }
    let party = [
        given.responsible_name,
        given.responsible_relationship,
        given.responsible_phone,
        given.responsible_email,
    ];
    if party.iter().all(Option::is_none) {
        return;
    }
    let mut responsible = fields.responsible_party.take().unwrap_or(ResponsibleParty {
        name: String::new(),
        relationship: String::new(),
        phone: String::new(),
        email: String::new(),
    });
    let [name, relationship, phone, email] = party;
    for (field, value) in [
        (&mut responsible.name, name),
        (&mut responsible.relationship, relationship),
        (&mut responsible.phone, phone),
        (&mut responsible.email, email),
    ] {
        if let Some(value) = value {
            *field = value;
        }
    }
    let is_nobody = [&responsible.name, &responsible.phone, &responsible.email]
        .iter()
        .all(|text| text.is_empty());
    fields.responsible_party = (!is_nobody).then_some(responsible);
}

fn described(patient: &PatientView) -> String {
    let fields = &patient.fields;
    let born = match (&fields.birth_date, patient.age_years) {
        (Some(date), Some(age)) => format!("{date} ({age} years)"),
        (Some(date), None) => date.clone(),
        _ => String::new(),
    };
    let responsible = fields.responsible_party.as_ref().map_or(String::new(), |party| {
        [
            party.name.as_str(),
            party.relationship.as_str(),
            party.phone.as_str(),
            party.email.as_str(),
        ]
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(", ")
    });
    let id = patient.id.to_string();
    let rows: Vec<Vec<String>> = [
        ("Name", patient.name.as_str()),
        ("Id", id.as_str()),
        ("Chart number", fields.chart_number.as_str()),
        ("Born", born.as_str()),
        ("Mobile phone", fields.mobile_phone.as_str()),
        ("Home phone", fields.home_phone.as_str()),
        ("E-mail", fields.email.as_str()),
        ("Responsible", responsible.as_str()),
        ("Alert", fields.alert.as_str()),
        ("Note", fields.note.as_str()),
        ("Status", if patient.is_active { "" } else { "no longer comes" }),
    ]
    .iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(what, text)| vec![(*what).to_owned(), (*text).to_owned()])
    .collect();
    columns(&rows)
}

fn visits(practice: &Practice, detail: &PatientDetail) -> String {
    if detail.visits.is_empty() {
        return "\nNo visits.\n".to_owned();
    }
    let rows: Vec<Vec<String>> = detail
        .visits
        .iter()
        .map(|card| {
            let mut row = vec![card.date.clone()];
            row.extend(card_row(practice, card, false));
            row.insert(2, practice.operatory_name(card.operatory).to_owned());
            row
        })
        .collect();
    format!("\n{}", columns(&rows))
}
