//! Patients: finding, adding, looking at.

use clinic::{PatientId, ResponsibleParty};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::AppointmentCard;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FindPatients {
    /// Name (typos welcome), phone digits, birth date or chart number.
    pub text: String,
    /// 1 to 50; 12 if left out.
    #[serde(default)]
    pub limit: Option<u16>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PatientHits {
    pub hits: Vec<PatientHit>,
    /// No while a new workstation has only the patients of the next days.
    pub is_complete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PatientHit {
    pub id: PatientId,
    /// `Rivera, Ana`.
    pub name: String,
    pub birth_date: Option<String>,
    pub age_years: Option<u16>,
    pub phone: String,
    pub chart_number: String,
    pub responsible: String,
    /// Which field matched: `name`, `phone`, `birth_date`, `chart_number`.
    pub matched: String,
    /// The next visit, if there is one.
    pub next_visit: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PatientRef {
    pub id: PatientId,
}

/// A patient's own data, as forms show and send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PatientFields {
    pub chart_number: String,
    pub family_name: String,
    pub given_name: String,
    pub preferred_name: String,
    /// `2014-05-09`.
    pub birth_date: Option<String>,
    pub mobile_phone: String,
    pub home_phone: String,
    pub email: String,
    pub responsible_party: Option<ResponsibleParty>,
    pub alert: String,
    pub note: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct AddPatient {
    pub fields: PatientFields,
    /// Add although somebody very like is here already.
    #[serde(default)]
    pub although_similar: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct UpdatePatient {
    pub id: PatientId,
    pub fields: PatientFields,
    #[serde(default)]
    pub is_active: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PatientView {
    pub id: PatientId,
    pub name: String,
    pub age_years: Option<u16>,
    pub fields: PatientFields,
    pub is_active: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PatientDetail {
    pub patient: PatientView,
    /// Newest first, future ones included.
    pub visits: Vec<AppointmentCard>,
}

/// What `list patients` asks.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListPatients {
    #[serde(default)]
    pub after: Option<PatientId>,
    /// 1 to 1,000; 200 if left out.
    #[serde(default)]
    pub limit: Option<u16>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PatientPage {
    pub patients: Vec<PatientView>,
    pub more: bool,
}
