//! Which column is which: headers by any of the names that practice programs give them.

use super::table::{Row, Table};
use crate::DeskError;

/// A field of ours, and headers that mean it (letters and digits only, lower case), best first.
pub type Field = (&'static str, &'static [&'static str]);

pub const PATIENT_FIELDS: &[Field] = &[
    (
        "chart_number",
        &[
            "chartnumber",
            "chart",
            "chartno",
            "chartnum",
            "patnum",
            "patientid",
            "patid",
            "patientnumber",
            "patientno",
            "patientnum",
            "mrn",
            "recordnumber",
            "id",
        ],
    ),
    (
        "family_name",
        &[
            "familyname",
            "lname",
            "lastname",
            "last",
            "surname",
            "patlname",
            "patientlastname",
            "patientlname",
        ],
    ),
    (
        "given_name",
        &[
            "givenname",
            "fname",
            "firstname",
            "first",
            "forename",
            "patfname",
            "patientfirstname",
            "patientfname",
        ],
    ),
    ("name", &["name", "patientname", "fullname", "patient", "patname"]),
    (
        "preferred_name",
        &[
            "preferredname",
            "preferred",
            "prefname",
            "nickname",
            "goesby",
            "knownas",
        ],
    ),
    (
        "birth_date",
        &[
            "birthdate",
            "dob",
            "dateofbirth",
            "birthday",
            "bdate",
            "born",
            "birth",
            "patientdob",
        ],
    ),
    (
        "mobile_phone",
        &[
            "mobilephone",
            "cell",
            "cellphone",
            "mobile",
            "wirelessphone",
            "wireless",
            "mobilenumber",
            "cellnumber",
            "cellular",
            "phone",
            "phonenumber",
            "telephone",
            "primaryphone",
            "contactnumber",
        ],
    ),
    (
        "home_phone",
        &[
            "homephone",
            "hmphone",
            "home",
            "landline",
            "hometelephone",
            "homenumber",
            "phone",
            "telephone",
        ],
    ),
    ("email", &["email", "emailaddress", "mail", "patientemail"]),
    (
        "responsible_name",
        &[
            "responsibleparty",
            "responsiblepartyname",
            "responsiblename",
            "guarantor",
            "guarantorname",
            "guardian",
            "guardianname",
            "parent",
            "parentname",
            "respparty",
        ],
    ),
    (
        "responsible_relationship",
        &[
            "responsiblerelationship",
            "relationship",
            "guarantorrelationship",
            "relation",
            "responsiblepartyrelationship",
        ],
    ),
    (
        "responsible_phone",
        &[
            "responsiblephone",
            "guarantorphone",
            "parentphone",
            "guardianphone",
            "responsiblepartyphone",
        ],
    ),
    (
        "responsible_email",
        &[
            "responsibleemail",
            "guarantoremail",
            "parentemail",
            "guardianemail",
            "responsiblepartyemail",
        ],
    ),
    (
        "family",
        &[
            "family",
            "familyid",
            "familynumber",
            "familyno",
            "guarantorid",
            "guarantornum",
            "guarantornumber",
            "accountnumber",
        ],
    ),
    (
        "alert",
        &[
            "alert",
            "alerts",
            "medicalalert",
            "medalert",
            "medurgnote",
            "popup",
            "allergies",
        ],
    ),
    (
        "note",
        &["note", "notes", "comment", "comments", "patientnote", "addrnote"],
    ),
    (
        "status",
        &["status", "patstatus", "patientstatus", "active", "isactive"],
    ),
];

pub const APPOINTMENT_FIELDS: &[Field] = &[
    (
        "id",
        &[
            "id",
            "appointmentid",
            "aptnum",
            "apptid",
            "aptid",
            "appointmentnumber",
            "appointmentno",
            "uid",
            "externalid",
        ],
    ),
    (
        "chart_number",
        &[
            "chartnumber",
            "chart",
            "chartno",
            "chartnum",
            "patnum",
            "patientid",
            "patid",
            "patientnumber",
            "patientno",
            "mrn",
        ],
    ),
    (
        "family_name",
        &[
            "familyname",
            "lname",
            "lastname",
            "last",
            "surname",
            "patientlastname",
            "patlname",
        ],
    ),
    (
        "given_name",
        &[
            "givenname",
            "fname",
            "firstname",
            "first",
            "forename",
            "patientfirstname",
            "patfname",
        ],
    ),
    (
        "patient",
        &["patient", "patientname", "name", "fullname", "patname"],
    ),
    (
        "birth_date",
        &["birthdate", "dob", "dateofbirth", "birthday", "patientdob"],
    ),
    (
        "starts_at",
        &[
            "startsat",
            "aptdatetime",
            "datetime",
            "startdatetime",
            "appointmentdatetime",
            "apptdatetime",
            "when",
            "start",
            "begins",
            "at",
        ],
    ),
    (
        "date",
        &[
            "date",
            "aptdate",
            "appointmentdate",
            "apptdate",
            "startdate",
            "day",
            "scheduleddate",
        ],
    ),
    (
        "time",
        &[
            "time",
            "apttime",
            "appointmenttime",
            "appttime",
            "starttime",
            "from",
            "begin",
            "scheduledtime",
        ],
    ),
    (
        "end",
        &[
            "end",
            "endtime",
            "endsat",
            "enddatetime",
            "until",
            "to",
            "finish",
            "ends",
        ],
    ),
    (
        "length_minutes",
        &[
            "lengthminutes",
            "length",
            "minutes",
            "duration",
            "durationminutes",
            "apptlength",
            "aptlength",
            "mins",
            "len",
            "durationmin",
            "lengthmin",
        ],
    ),
    ("pattern", &["pattern", "timepattern"]),
    (
        "type",
        &[
            "type",
            "appointmenttype",
            "apttype",
            "appttype",
            "typecode",
            "visittype",
            "service",
            "procedure",
            "procdescript",
            "reason",
        ],
    ),
    (
        "provider",
        &[
            "provider",
            "prov",
            "providername",
            "provabbr",
            "provnum",
            "doctor",
            "dr",
            "dentist",
            "with",
        ],
    ),
    (
        "operatory",
        &[
            "operatory",
            "op",
            "operatoryname",
            "opnum",
            "chair",
            "room",
            "column",
            "resource",
        ],
    ),
    (
        "location",
        &[
            "location",
            "clinic",
            "office",
            "site",
            "locationname",
            "clinicname",
        ],
    ),
    (
        "status",
        &["status", "aptstatus", "appointmentstatus", "apptstatus", "state"],
    ),
    (
        "note",
        &[
            "note",
            "notes",
            "comment",
            "comments",
            "aptnote",
            "appointmentnote",
        ],
    ),
    ("asap", &["asap", "isasap", "shortcall", "shortnotice"]),
    (
        "cancel_reason",
        &[
            "cancelreason",
            "cancellationreason",
            "brokenreason",
            "reasoncancelled",
        ],
    ),
];

/// Where each field stands.
pub struct Columns {
    found: Vec<(&'static str, usize)>,
    headers: Vec<String>,
    /// Headers that mean nothing here.
    pub unused: Vec<String>,
}

impl Columns {
    pub fn find(table: &Table, fields: &[Field]) -> Columns {
        let plain: Vec<String> = table.headers.iter().map(|header| plain(header)).collect();
        let mut used = vec![false; plain.len()];
        let mut found = Vec::new();
        for (field, names) in fields {
            let column = names.iter().find_map(|name| {
                plain
                    .iter()
                    .enumerate()
                    .position(|(at, header)| !used[at] && header == name)
            });
            if let Some(column) = column {
                used[column] = true;
                found.push((*field, column));
            }
        }
        let unused = table
            .headers
            .iter()
            .zip(&used)
            .filter(|(header, used)| !**used && !header.is_empty())
            .map(|(header, _)| header.clone())
            .collect();
        Columns {
            found,
            headers: table.headers.clone(),
            unused,
        }
    }

    pub fn has(&self, field: &str) -> bool {
        self.column(field).is_some()
    }

    fn column(&self, field: &str) -> Option<usize> {
        self.found
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, column)| *column)
    }

    /// The cell, empty where there is no such column.
    pub fn cell<'a>(&self, row: &'a Row, field: &str) -> &'a str {
        self.column(field).map_or("", |column| row.cells[column].as_str())
    }

    /// The file's own name of the column, for messages.
    pub fn header(&self, field: &str) -> String {
        self.column(field)
            .map_or_else(|| field.to_owned(), |column| self.headers[column].clone())
    }

    pub fn cells<'a>(&self, table: &'a Table, field: &str) -> impl Iterator<Item = &'a str> {
        let column = self.column(field);
        table
            .rows
            .iter()
            .filter_map(move |row| column.map(|column| row.cells[column].as_str()))
    }

    /// Refuses a file in which none of `any_of` is a column.
    pub fn require(&self, any_of: &[&str], what: &str) -> Result<(), DeskError> {
        if any_of.iter().any(|field| self.has(field)) {
            return Ok(());
        }
        Err(
            DeskError::new("missing_column", format!("No column says {what}."))
                .hint(format!(
                    "Name one of the columns in the first line “{}”. The first line now says: {}.",
                    any_of[0],
                    self.headers.join(", ")
                ))
                .field(any_of[0]),
        )
    }
}

/// Letters and digits only, lower case.
fn plain(header: &str) -> String {
    header
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headers: &str) -> Columns {
        Columns::find(&super::super::table::read(headers).unwrap(), PATIENT_FIELDS)
    }

    #[test]
    fn headers_of_other_programs_are_understood_in_any_order() {
        for headers in [
            "PatNum,LName,FName,Birthdate,WirelessPhone",
            "Mobile Phone,DOB,First Name,Last Name,Chart #",
            "\"Last Name\";\"First Name\";\"Date of Birth\";Cell;\"Patient ID\"",
        ] {
            let columns = columns(headers);
            for field in [
                "family_name",
                "given_name",
                "birth_date",
                "mobile_phone",
                "chart_number",
            ] {
                // `Chart #` is `chart` once its sign is gone.
                assert!(columns.has(field), "{field} in {headers}");
            }
            assert!(columns.unused.is_empty(), "{:?}", columns.unused);
        }
    }

    #[test]
    fn one_phone_is_the_mobile_and_a_second_the_home_phone() {
        let one = columns("Name,Phone");
        assert!(one.has("mobile_phone") && !one.has("home_phone"));
        let two = columns("Name,Phone,Cell,Sex");
        assert_eq!(
            (
                two.header("mobile_phone").as_str(),
                two.header("home_phone").as_str()
            ),
            ("Cell", "Phone")
        );
        assert_eq!(two.unused, ["Sex"]);
    }

    #[test]
    fn a_missing_column_is_named_with_what_was_there() {
        let error = columns("Sex,Colour")
            .require(&["family_name", "name"], "who the patient is")
            .unwrap_err();
        assert_eq!(error.field.as_deref(), Some("family_name"));
        assert!(error.hint.contains("Sex, Colour"), "{error}");
    }
}
