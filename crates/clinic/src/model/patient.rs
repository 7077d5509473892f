//! Patients and the people who answer for them. Documents `patient/<id>`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{FamilyId, PatientId};

/// A person who is treated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    pub id: PatientId,
    /// The practice's own number; unique where given.
    pub chart_number: String,
    pub family_name: String,
    pub given_name: String,
    /// What they are called, where it differs.
    pub preferred_name: String,
    pub birth_date: Option<Date>,
    /// As entered; search compares digits only.
    pub mobile_phone: String,
    pub home_phone: String,
    pub email: String,
    /// Who answers for a minor, pays and gets the messages.
    pub responsible_party: Option<ResponsibleParty>,
    pub family: Option<FamilyId>,
    /// Short warning shown wherever the patient is: allergy, hearing, gate code.
    pub alert: String,
    /// Free text; concurrent edits merge letter by letter.
    pub note: String,
    pub is_active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ResponsibleParty {
    pub name: String,
    /// `mother`, `father`, `guardian` …
    pub relationship: String,
    pub phone: String,
    pub email: String,
}

impl Patient {
    /// `Rivera, Ana`, or `Rivera, Ana “Annie”`: as lists and cards show it.
    pub fn display_name(&self) -> String {
        let name = match (self.family_name.as_str(), self.given_name.as_str()) {
            (family, "") => family.to_owned(),
            ("", given) => given.to_owned(),
            (family, given) => format!("{family}, {given}"),
        };
        if self.preferred_name.is_empty() {
            name
        } else {
            format!("{name} “{}”", self.preferred_name)
        }
    }

    /// Where messages go: the responsible party's address if there is one, else the patient's.
    pub fn message_email(&self) -> &str {
        match &self.responsible_party {
            Some(party) if !party.email.is_empty() => &party.email,
            _ => &self.email,
        }
    }
}
