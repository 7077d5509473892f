//! What a request is about, as ids and dates: the object of its entry in the audit. Never a name, and never what was
//! typed into a search.

use crate::api;

/// Every request says it.
pub(crate) trait About {
    /// Empty where there is nothing to say.
    fn object(&self) -> String;

    /// Why, where the request says it and no operation keeps it.
    fn reason(&self) -> String {
        String::new()
    }
}

/// Requests about everything, or about nothing that has a name; looks at the same patients are what counts.
macro_rules! about_nothing {
    ($($request:ident),* $(,)?) => {$(
        impl About for api::$request {
            fn object(&self) -> String {
                String::new()
            }
        }
    )*};
}

/// Requests about one record.
macro_rules! about_an_id {
    ($($request:ident),* $(,)?) => {$(
        impl About for api::$request {
            fn object(&self) -> String {
                self.id.to_string()
            }
        }
    )*};
}

about_nothing! {
    Nothing, Preferences, CalendarViews, SaveSetting, FindPatients, ListPatients, AddPatient, AddTimeBlock, AddBlockSeries, PasteBlocks, AbsencesRequest, AuditRequest, AuditVerify,
    BookFamily, FamilyOpeningsRequest, JobRef, SaveBackupSettings, RecoveryCheck, Code, RelayInvite, CheckPlacement, MergeProcedures, Pin, ChoosePassphrase, AddPerson, TemplatesRequest, CreateTemplate, ApplicationsRequest, RescheduleVisits,
}

about_an_id! {
    AppointmentRef, ChangeSeries, CancelSeries, MoveAppointment, ChangeLength, ChangeProcedures, SetStatus, CancelAppointment, EditAppointment, IcsRequest, TemplateRef, UpdateTemplate, RemoveApplication, SwapAppointments,
    TypeChange, ChangeTimeBlock, ChangeBlockSeries, RemoveBlockSeries, PinAppointment, TimeBlockRef, PatientRef, UpdatePatient, UpdatePerson, ResetLogin, WorkstationRef,
}

impl About for api::CheckChange {
    fn object(&self) -> String {
        match self {
            api::CheckChange::Swap(wanted) => wanted.object(),
            api::CheckChange::Length(wanted) => wanted.object(),
            api::CheckChange::Procedures(wanted) => wanted.object(),
        }
    }
}

/// Requests about one template.
macro_rules! about_a_template {
    ($($request:ident),* $(,)?) => {$(
        impl About for api::$request {
            fn object(&self) -> String {
                self.template.to_string()
            }
        }
    )*};
}

about_a_template! {
    ChangeTemplateSlots, FillTemplate, CopyTemplateColumn, SaveTemplateVersion, TemplateVersionRef, DiffTemplate, CopyTemplate, ShareTemplate,
}

impl About for api::ApplicationFields {
    fn object(&self) -> String {
        let mut places = self.location.to_string();
        for also in &self.also_at {
            places.push_str(&format!(" {also}"));
        }
        format!("{places} {} {}", self.from, self.until)
    }
}

impl About for api::ApplyTemplate {
    fn object(&self) -> String {
        self.fields.object()
    }
}

impl About for api::TemplateDayRequest {
    fn object(&self) -> String {
        format!("{} {}", self.location, self.date)
    }
}

impl About for api::ChangeDaySlots {
    fn object(&self) -> String {
        format!("{} {}", self.location, self.date)
    }
}

impl About for api::AnalyticsRequest {
    fn object(&self) -> String {
        format!("{} {}", self.from, self.until)
    }
}

impl About for api::DaySheetRequest {
    fn object(&self) -> String {
        format!("{} {}", self.location, self.date)
    }
}

impl About for api::DayAsOfRequest {
    fn object(&self) -> String {
        format!("{} {} {}", self.location, self.date, self.at)
    }
}

impl About for api::PrintRequest {
    fn object(&self) -> String {
        format!("{} {}", self.location, self.date)
    }
}

impl About for api::SaveDowntime {
    fn object(&self) -> String {
        self.folder.clone().unwrap_or_default()
    }
}

impl About for api::MonthRequest {
    fn object(&self) -> String {
        format!("{} {} {}", self.location, self.from, self.until)
    }
}

impl About for api::AbsenceFields {
    fn object(&self) -> String {
        let target = match self.target {
            clinic::BlockTarget::Provider(id) => id.to_string(),
            clinic::BlockTarget::Operatory(id) => id.to_string(),
            clinic::BlockTarget::Location(id) => id.to_string(),
        };
        format!("{target} {} {}", self.first, self.last)
    }
}

impl About for api::BookAppointment {
    fn object(&self) -> String {
        self.patient.to_string()
    }
}

impl About for api::SeriesFields {
    fn object(&self) -> String {
        self.patient.to_string()
    }
}

impl About for api::OpeningsRequest {
    fn object(&self) -> String {
        self.patient.map(|id| id.to_string()).unwrap_or_default()
    }
}

impl About for api::LettersRequest {
    fn object(&self) -> String {
        self.after
            .map_or_else(String::new, |after| format!("after {after}"))
    }
}

impl About for api::ReschedulingRequest {
    fn object(&self) -> String {
        match (self.provider, &self.date) {
            (Some(provider), Some(date)) => format!("{provider} {date}"),
            _ => String::new(),
        }
    }
}

impl About for api::HistoryRequest {
    fn object(&self) -> String {
        match (self.appointment, self.patient) {
            (Some(visit), _) => visit.to_string(),
            (None, Some(patient)) => patient.to_string(),
            (None, None) => String::new(),
        }
    }
}

impl About for api::KeepBoth {
    fn object(&self) -> String {
        self.key.to_string()
    }
}

impl About for api::ChooseValue {
    fn object(&self) -> String {
        self.key.to_string()
    }
}

impl About for api::Import {
    fn object(&self) -> String {
        let kind = serde_json::to_value(self.kind)
            .ok()
            .and_then(|kind| kind.as_str().map(str::to_owned))
            .unwrap_or_default();
        match self.dry_run {
            true => format!("{kind} dry_run"),
            false => kind,
        }
    }
}

impl About for api::SignIn {
    fn object(&self) -> String {
        self.person.to_string()
    }
}

impl About for api::BreakGlass {
    fn object(&self) -> String {
        String::new()
    }

    fn reason(&self) -> String {
        self.reason.trim().to_owned()
    }
}

impl About for api::ReleaseSetAside {
    fn object(&self) -> String {
        let short = |id: &String| id.chars().take(16).collect::<String>();
        self.ids.iter().map(short).collect::<Vec<_>>().join(" ")
    }

    fn reason(&self) -> String {
        self.reason.trim().to_owned()
    }
}

impl About for api::ResetWithKit {
    fn object(&self) -> String {
        self.person.to_string()
    }
}

impl About for api::MakeRecoveryKit {
    fn object(&self) -> String {
        format!("{} parts", self.parts)
    }
}

impl About for api::TrustWorkstation {
    fn object(&self) -> String {
        if self.is_trusted { "not asked" } else { "asked" }.to_owned()
    }
}

impl About for api::RequireSecondFactor {
    fn object(&self) -> String {
        if self.is_required {
            "required"
        } else {
            "not required"
        }
        .to_owned()
    }
}

impl About for api::LockAfter {
    fn object(&self) -> String {
        format!("{} minutes", self.minutes)
    }
}

impl About for api::SetPermission {
    fn object(&self) -> String {
        let words = |value: Result<serde_json::Value, _>| {
            value.map_or_else(
                |_: serde_json::Error| String::new(),
                |value| value.to_string().replace('"', ""),
            )
        };
        let (permission, roles) = (
            serde_json::to_value(self.permission),
            serde_json::to_value(&self.roles),
        );
        format!("{} {}", words(permission), words(roles))
    }
}

impl About for api::AuditExport {
    fn object(&self) -> String {
        match self {
            api::AuditExport::Entries { of, .. } => of.patient.map(|id| id.to_string()).unwrap_or_default(),
            api::AuditExport::Patient { id, .. } => id.to_string(),
        }
    }
}

impl About for api::BackUpNow {
    fn object(&self) -> String {
        self.folder.clone().unwrap_or_default()
    }
}
