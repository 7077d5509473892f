//! Patients from a table: recognised by chart number, else by name and birth date.

use std::collections::HashMap;

use clinic::{Change, FamilyId, Patient, PatientId, ResponsibleParty};

use super::columns::{Columns, PATIENT_FIELDS};
use super::fields::{self, DateOrder};
use super::job::{self, Job, Planned, Planner, Refused, Trouble};
use super::lookup::plain;
use super::table::{self, Row, Table};
use crate::DeskError;
use crate::api::{ImportLine, ImportOutcome, ImportReport};
use crate::audit::seen;

/// Imports a patient table.
pub fn import_patients(text: &str, job: &mut Job<'_>) -> Result<ImportReport, DeskError> {
    let table = table::read(text)?;
    let columns = Columns::find(&table, PATIENT_FIELDS);
    columns.require(&["family_name", "given_name", "name"], "who the patient is")?;
    let notes = unused_columns(&columns);
    let order = DateOrder::of_column(columns.cells(&table, "birth_date"));
    let mut planner = Patients {
        columns,
        order,
        known: Known::of(job.door.patients()?),
        families: HashMap::new(),
    };
    let Table { rows, .. } = table;
    job::run(
        job,
        &mut planner,
        clinic::Op::ImportPatients,
        "Importing patients",
        &rows,
        notes,
    )
}

/// Tells of columns that were not understood, so that nothing is dropped in silence.
pub(crate) fn unused_columns(columns: &Columns) -> Vec<ImportLine> {
    if columns.unused.is_empty() {
        return Vec::new();
    }
    vec![ImportLine {
        line: 1,
        outcome: ImportOutcome::Unchanged,
        message: format!("Columns not used: {}", columns.unused.join(", ")),
        field: None,
    }]
}

/// Patients by what they are recognised by.
pub(crate) struct Known {
    patients: HashMap<PatientId, Patient>,
    by_chart: HashMap<String, PatientId>,
    by_name: HashMap<String, Vec<PatientId>>,
}

impl Known {
    pub fn of(patients: Vec<Patient>) -> Known {
        let mut known = Known {
            patients: HashMap::new(),
            by_chart: HashMap::new(),
            by_name: HashMap::new(),
        };
        patients.into_iter().for_each(|patient| known.put(patient));
        known
    }

    pub fn put(&mut self, patient: Patient) {
        if !patient.chart_number.is_empty() {
            self.by_chart.insert(chart_key(&patient.chart_number), patient.id);
        }
        for key in name_keys(&patient) {
            let ids = self.by_name.entry(key).or_default();
            if !ids.contains(&patient.id) {
                ids.push(patient.id);
            }
        }
        self.patients.insert(patient.id, patient);
    }

    pub fn get(&self, id: PatientId) -> Option<&Patient> {
        self.patients.get(&id)
    }

    pub fn by_chart(&self, chart: &str) -> Option<&Patient> {
        self.by_chart
            .get(&chart_key(chart))
            .and_then(|id| self.patients.get(id))
    }

    /// Everyone of that name: all words of it, in any order.
    pub fn by_name(&self, name: &str) -> Vec<&Patient> {
        let ids = self.by_name.get(&name_key(name));
        ids.into_iter()
            .flatten()
            .filter_map(|id| self.patients.get(id))
            .collect()
    }
}

fn chart_key(chart: &str) -> String {
    chart.trim().to_lowercase()
}

/// The words of a name in alphabetical order: `Ana Rivera` and `Rivera, Ana` are the same.
pub(crate) fn name_key(name: &str) -> String {
    let plain = plain(name);
    let mut words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

fn name_keys(patient: &Patient) -> Vec<String> {
    let mut keys = vec![name_key(&format!(
        "{} {}",
        patient.given_name, patient.family_name
    ))];
    if !patient.preferred_name.is_empty() {
        keys.push(name_key(&format!(
            "{} {}",
            patient.preferred_name, patient.family_name
        )));
    }
    keys
}

struct Patients {
    columns: Columns,
    order: DateOrder,
    known: Known,
    /// By what the file calls the family.
    families: HashMap<String, FamilyId>,
}

impl Planner for Patients {
    type Record = Row;

    fn line(row: &Row) -> u32 {
        row.line
    }

    fn plan(&mut self, job: &mut Job<'_>, row: &Row) -> Result<Planned, Trouble> {
        let read = self.read(job, row)?;
        let existing = self.recognise(&read)?;
        let family_key = self.columns.cell(row, "family").to_owned();
        let family = match (&existing, family_key.is_empty()) {
            (_, true) => None,
            (Some(patient), false) if patient.family.is_some() => patient.family,
            _ => Some(
                *self
                    .families
                    .entry(family_key.clone())
                    .or_insert_with(|| FamilyId((job.next_id)())),
            ),
        };
        if let Some(family) = family {
            self.families.insert(family_key, family);
        }
        let planned = match existing {
            None => {
                let patient = Patient {
                    id: PatientId((job.next_id)()),
                    family,
                    ..read
                };
                check(&patient, job, &self.columns)?;
                self.known.put(patient.clone());
                let message = described(&patient);
                Planned {
                    outcome: ImportOutcome::Added,
                    message,
                    changes: vec![Change::add(patient)],
                }
            }
            Some(before) => {
                seen::note(before.id);
                let (mut after, mut changed) = merged(&before, read);
                if after.family.is_none() && family.is_some() {
                    after.family = family;
                    changed.push("family");
                }
                if !self.columns.has("status") || self.columns.cell(row, "status").is_empty() {
                    after.is_active = before.is_active;
                } else if after.is_active != before.is_active {
                    changed.push(if after.is_active {
                        "active again"
                    } else {
                        "no longer active"
                    });
                }
                check(&after, job, &self.columns)?;
                if changed.is_empty() {
                    Planned {
                        outcome: ImportOutcome::Unchanged,
                        message: described(&before),
                        changes: Vec::new(),
                    }
                } else {
                    self.known.put(after.clone());
                    let message = format!("{}: {}", described(&after), changed.join(", "));
                    Planned {
                        outcome: ImportOutcome::Updated,
                        message,
                        changes: vec![Change::edit(before, after)],
                    }
                }
            }
        };
        Ok(planned)
    }
}

/// The practice's own rules about patients, said with the file's column.
fn check(patient: &Patient, job: &Job<'_>, columns: &Columns) -> Result<(), Refused> {
    clinic::validate_patient(patient, job.today)
        .map_err(|invalid| Refused::column(invalid.message, columns.header(invalid.field)))
}

/// Somebody who is here already, for the report.
pub(crate) fn named(patient: &Patient) -> String {
    seen::note(patient.id);
    described(patient)
}

fn described(patient: &Patient) -> String {
    match patient.chart_number.as_str() {
        "" => patient.display_name(),
        chart => format!("{} ({chart})", patient.display_name()),
    }
}

impl Patients {
    /// The row as a patient without an identity.
    fn read(&self, job: &Job<'_>, row: &Row) -> Result<Patient, Refused> {
        if row.extra > 0 {
            return Err(Refused::new(format!(
                "the line has {} more cells than the first line names: is a quote or separator missing?",
                row.extra
            )));
        }
        let cell = |field: &str| self.columns.cell(row, field);
        let (family_name, given_name) = match (cell("family_name"), cell("given_name"), cell("name")) {
            ("", "", "") => {
                return Err(Refused::column(
                    "the name is missing",
                    self.columns.header("family_name"),
                ));
            }
            ("", "", whole) => split_name(whole),
            (family, given, _) => (family.to_owned(), given.to_owned()),
        };
        let birth_date = match cell("birth_date") {
            "" | "0001-01-01" | "01/01/0001" | "1/1/0001" | "0000-00-00" => None,
            text => Some(self.birth_date(job, text)?),
        };
        let responsible = ResponsibleParty {
            name: cell("responsible_name").to_owned(),
            relationship: cell("responsible_relationship").to_lowercase(),
            phone: fields::phone(cell("responsible_phone")),
            email: cell("responsible_email").to_owned(),
        };
        let has_party = !responsible.name.is_empty()
            && plain(&responsible.name) != plain(&format!("{given_name} {family_name}"));
        Ok(Patient {
            id: PatientId(0),
            chart_number: cell("chart_number").to_owned(),
            family_name,
            given_name,
            preferred_name: cell("preferred_name").to_owned(),
            birth_date,
            mobile_phone: fields::phone(cell("mobile_phone")),
            home_phone: fields::phone(cell("home_phone")),
            email: cell("email").to_owned(),
            responsible_party: has_party.then_some(responsible),
            family: None,
            alert: cell("alert").to_owned(),
            note: cell("note").replace("\r\n", "\n"),
            is_active: is_active(cell("status")),
        })
    }

    fn birth_date(&self, job: &Job<'_>, text: &str) -> Result<jiff::civil::Date, Refused> {
        let column = || self.columns.header("birth_date");
        let date = fields::date(text, self.order, job.today.year()).ok_or_else(|| {
            Refused::column(
                format!("“{text}” is not a date: write 2014-05-09 or 5/9/2014"),
                column(),
            )
        })?;
        if date > job.today {
            return Err(Refused::column(
                format!("the birth date {date} lies in the future"),
                column(),
            ));
        }
        Ok(date)
    }

    /// Who the row is about, if they are here already.
    fn recognise(&self, read: &Patient) -> Result<Option<Patient>, Refused> {
        if !read.chart_number.is_empty()
            && let Some(patient) = self.known.by_chart(&read.chart_number)
        {
            return Ok(Some(patient.clone()));
        }
        let digits = |patient: &Patient| -> Vec<String> {
            [&patient.mobile_phone, &patient.home_phone]
                .into_iter()
                .map(|phone| fields::phone_digits(phone))
                .filter(|phone| !phone.is_empty())
                .collect()
        };
        let phones = digits(read);
        let same_phone = |patient: &&Patient| digits(patient).iter().any(|phone| phones.contains(phone));
        let mut alike: Vec<&Patient> = self
            .known
            .by_name(&format!("{} {}", read.given_name, read.family_name));
        // Somebody with another chart number is somebody else.
        alike.retain(|patient| read.chart_number.is_empty() || patient.chart_number.is_empty());
        let mut fitting: Vec<&Patient> = match read.birth_date {
            Some(born) => alike
                .iter()
                .copied()
                .filter(|patient| patient.birth_date == Some(born))
                .collect(),
            None if phones.is_empty() => alike
                .iter()
                .copied()
                .filter(|patient| patient.birth_date.is_none() && digits(patient).is_empty())
                .collect(),
            None => alike.iter().copied().filter(same_phone).collect(),
        };
        if fitting.is_empty() && read.birth_date.is_some() {
            fitting = alike
                .iter()
                .copied()
                .filter(|p| p.birth_date.is_none())
                .filter(same_phone)
                .collect();
        }
        if fitting.len() > 1 {
            let closer: Vec<&Patient> = fitting.iter().copied().filter(same_phone).collect();
            if closer.len() == 1 {
                fitting = closer;
            }
        }
        match fitting.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some((*one).clone())),
            several => Err(Refused::column(
                format!(
                    "{} patients are called {}: give the chart number",
                    several.len(),
                    read.display_name()
                ),
                self.columns.header("chart_number"),
            )),
        }
    }
}

/// `Rivera, Ana` or `Ana Rivera`: family name, given name.
pub(crate) fn split_name(whole: &str) -> (String, String) {
    match whole.split_once(',') {
        Some((family, given)) => (family.trim().to_owned(), given.trim().to_owned()),
        None => match whole.trim().rsplit_once(' ') {
            Some((given, family)) => (family.trim().to_owned(), given.trim().to_owned()),
            None => (whole.trim().to_owned(), String::new()),
        },
    }
}

/// Open Dental counts: 0 patient, 1 non-patient, 2 inactive, 3 archived, 4 deleted, 5 deceased, 6 prospective.
fn is_active(status: &str) -> bool {
    !matches!(
        status.trim().to_lowercase().as_str(),
        "inactive" | "archived" | "deceased" | "deleted" | "no" | "n" | "false" | "2" | "3" | "4" | "5"
    )
}

/// What the file says replaces what is here; what it leaves empty stays. Notes and alerts are only filled in where
/// there are none: people have written in them.
fn merged(before: &Patient, read: Patient) -> (Patient, Vec<&'static str>) {
    let mut after = before.clone();
    let mut changed = Vec::new();
    let mut take = |here: &mut String, new: String, what| {
        if !new.is_empty() && *here != new {
            *here = new;
            changed.push(what);
        }
    };
    take(&mut after.chart_number, read.chart_number, "chart number");
    // Recognised by name: another way of writing it is no change. By chart number: it is.
    if !name_keys(before).contains(&name_key(&format!("{} {}", read.given_name, read.family_name))) {
        take(&mut after.family_name, read.family_name, "family name");
        take(&mut after.given_name, read.given_name, "given name");
    }
    take(&mut after.preferred_name, read.preferred_name, "preferred name");
    for (here, new, what) in [
        (&mut after.mobile_phone, read.mobile_phone, "mobile phone"),
        (&mut after.home_phone, read.home_phone, "home phone"),
    ] {
        if fields::phone_digits(here) != fields::phone_digits(&new) {
            take(here, new, what);
        }
    }
    take(&mut after.email, read.email, "e-mail");
    if after.alert.is_empty() {
        take(&mut after.alert, read.alert, "alert");
    }
    if after.note.is_empty() {
        take(&mut after.note, read.note, "note");
    }
    if let Some(party) = read.responsible_party {
        let mut here = after.responsible_party.take().unwrap_or(ResponsibleParty {
            name: String::new(),
            relationship: String::new(),
            phone: String::new(),
            email: String::new(),
        });
        take(&mut here.name, party.name, "responsible party");
        take(&mut here.relationship, party.relationship, "relationship");
        if fields::phone_digits(&here.phone) != fields::phone_digits(&party.phone) {
            take(&mut here.phone, party.phone, "responsible party’s phone");
        }
        take(&mut here.email, party.email, "responsible party’s e-mail");
        after.responsible_party = Some(here);
    }
    if read.birth_date.is_some() && read.birth_date != before.birth_date {
        after.birth_date = read.birth_date;
        changed.push("birth date");
    }
    after.is_active = read.is_active;
    (after, changed)
}
