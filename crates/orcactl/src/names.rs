//! The practice for one command: its roster and clock, and ids for what people call things.

use clinic::{AppointmentId, AppointmentTypeId, LocationId, OperatoryId, PatientId, ProviderId, TimeBlockId};
use desk::api::{
    AppointmentTypeView, FindPatients, Handlers, Hello, LocationView, Nothing, OperatoryView, PatientRef,
    ProviderView,
};
use desk::import::lookup::{Choice, Unclear, pick};
use desk::{DeskError, FrontDesk};
use jiff::civil::Date;

use crate::when;

/// An open practice with what commands look things up in.
pub struct Practice {
    pub front: FrontDesk,
    pub hello: Hello,
}

impl Practice {
    pub fn of(front: FrontDesk) -> Result<Practice, DeskError> {
        let hello = front.hello(Nothing {})?;
        Ok(Practice { front, hello })
    }

    /// The date at a location, or at the first one.
    pub fn today(&self, location: Option<LocationId>) -> Date {
        let here = location.or_else(|| self.active_locations().first().map(|place| place.id));
        let now = self
            .hello
            .now
            .at
            .iter()
            .find(|now| Some(now.location) == here)
            .or(self.hello.now.at.first());
        now.and_then(|now| now.date.parse().ok())
            .unwrap_or(Date::constant(1970, 1, 1))
    }

    pub fn date(&self, text: &str, location: Option<LocationId>, field: &str) -> Result<Date, DeskError> {
        when::date(text, self.today(location), field)
    }

    pub fn wall(&self, text: &str, location: Option<LocationId>, field: &str) -> Result<String, DeskError> {
        when::wall(text, self.today(location), field)
    }

    pub fn active_locations(&self) -> Vec<&LocationView> {
        self.hello
            .roster
            .locations
            .iter()
            .filter(|place| place.is_active)
            .collect()
    }

    pub fn location(&self, text: &str) -> Result<LocationId, DeskError> {
        let choices: Vec<_> = self
            .hello
            .roster
            .locations
            .iter()
            .map(|place| Choice {
                id: place.id,
                label: place.name.clone(),
                names: vec![place.id.to_string(), place.name.clone()],
            })
            .collect();
        pick(text, &choices).map_err(|unclear| not_clear("location", "location", text, &unclear))
    }

    /// The location named, or the first of the day sheet.
    pub fn location_or_first(&self, text: Option<&str>) -> Result<LocationId, DeskError> {
        match text {
            Some(text) => self.location(text),
            None => self
                .active_locations()
                .first()
                .map(|place| place.id)
                .ok_or_else(|| {
                    DeskError::new("not_found", "The practice has no location yet.")
                        .hint("Add one with “orcactl settings add location”.")
                }),
        }
    }

    pub fn operatory(&self, text: &str, location: Option<LocationId>) -> Result<OperatoryId, DeskError> {
        let several = self.active_locations().len() > 1;
        let choices: Vec<_> = self
            .hello
            .roster
            .operatories
            .iter()
            .filter(|chair| location.is_none_or(|place| chair.location == place))
            .map(|chair| {
                let place = self
                    .location_view(chair.location)
                    .map_or("", |place| place.name.as_str());
                Choice {
                    id: chair.id,
                    label: if several {
                        format!("{} {place}", chair.name)
                    } else {
                        chair.name.clone()
                    },
                    names: vec![
                        chair.id.to_string(),
                        chair.name.clone(),
                        format!("{} {place}", chair.name),
                    ],
                }
            })
            .collect();
        pick(text, &choices).map_err(|unclear| not_clear("operatory", "operatory", text, &unclear))
    }

    pub fn provider(&self, text: &str) -> Result<ProviderId, DeskError> {
        let choices: Vec<_> = self
            .hello
            .roster
            .providers
            .iter()
            .map(|who| Choice {
                id: who.id,
                label: who.name.clone(),
                names: vec![who.id.to_string(), who.name.clone(), who.short_name.clone()],
            })
            .collect();
        pick(text, &choices).map_err(|unclear| not_clear("provider", "provider", text, &unclear))
    }

    pub fn kind(&self, text: &str) -> Result<AppointmentTypeId, DeskError> {
        let choices: Vec<_> = self
            .hello
            .roster
            .appointment_types
            .iter()
            .map(|kind| Choice {
                id: kind.id,
                label: format!("{} ({})", kind.code, kind.name),
                names: vec![kind.id.to_string(), kind.code.clone(), kind.name.clone()],
            })
            .collect();
        pick(text, &choices).map_err(|unclear| not_clear("type", "kind of visit", text, &unclear))
    }

    /// A patient by id, chart number, or a name that only one has.
    pub fn patient(&self, text: &str) -> Result<PatientId, DeskError> {
        if let Ok(id) = text.trim().parse::<PatientId>() {
            return Ok(self.front.patient(PatientRef { id })?.patient.id);
        }
        let hits = self
            .front
            .find_patients(FindPatients {
                text: text.to_owned(),
                limit: Some(50),
            })?
            .hits;
        let choices: Vec<_> = hits
            .iter()
            .map(|hit| {
                let mut label = hit.name.clone();
                for (sign, more) in [
                    ("born ", hit.birth_date.as_deref().unwrap_or("")),
                    ("chart ", hit.chart_number.as_str()),
                ] {
                    if !more.is_empty() {
                        label.push_str(&format!(", {sign}{more}"));
                    }
                }
                let mut names = vec![hit.chart_number.clone(), hit.name.clone()];
                if matches!(hit.matched.as_str(), "phone" | "birth_date") {
                    names.push(text.trim().to_owned());
                }
                names.retain(|name| !name.is_empty());
                Choice {
                    id: hit.id,
                    label,
                    names,
                }
            })
            .collect();
        pick(text, &choices).map_err(|unclear| {
            let list = match unclear {
                Unclear::Nothing(list) | Unclear::Several(list) => list,
            };
            match list.is_empty() {
                true => DeskError::new("not_found", format!("Nobody here is “{text}”."))
                    .hint("Give the chart number, the name or the id; “orcactl patients find TEXT” looks around.")
                    .field("patient"),
                false => DeskError::new("not_clear", format!("“{text}” could be several patients."))
                    .hint(format!("Give the chart number or id. Possible: {}", shortened(&list, "; ")))
                    .field("patient"),
            }
        })
    }

    pub fn location_view(&self, id: LocationId) -> Option<&LocationView> {
        self.hello.roster.locations.iter().find(|place| place.id == id)
    }
    pub fn operatory_view(&self, id: OperatoryId) -> Option<&OperatoryView> {
        self.hello.roster.operatories.iter().find(|chair| chair.id == id)
    }
    pub fn provider_view(&self, id: ProviderId) -> Option<&ProviderView> {
        self.hello.roster.providers.iter().find(|who| who.id == id)
    }
    pub fn kind_view(&self, id: AppointmentTypeId) -> Option<&AppointmentTypeView> {
        self.hello
            .roster
            .appointment_types
            .iter()
            .find(|kind| kind.id == id)
    }

    pub fn operatory_name(&self, id: OperatoryId) -> &str {
        self.operatory_view(id).map_or("?", |chair| chair.name.as_str())
    }
    pub fn provider_name(&self, id: ProviderId) -> &str {
        self.provider_view(id).map_or("?", |who| who.short_name.as_str())
    }
    pub fn location_name(&self, id: LocationId) -> &str {
        self.location_view(id).map_or("?", |place| place.name.as_str())
    }
    pub fn kind_code(&self, id: AppointmentTypeId) -> &str {
        self.kind_view(id).map_or("?", |kind| kind.code.as_str())
    }
}

fn shortened(list: &[String], between: &str) -> String {
    let shown = list.iter().take(8).cloned().collect::<Vec<_>>().join(between);
    if list.len() > 8 {
        format!("{shown} and {} more.", list.len() - 8)
    } else {
        format!("{shown}.")
    }
}

fn not_clear(field: &str, what: &str, text: &str, unclear: &Unclear) -> DeskError {
    match unclear {
        Unclear::Nothing(list) if list.is_empty() => {
            DeskError::new("not_found", format!("There is no {what} “{text}”."))
                .hint("There are none yet.")
                .field(field)
        }
        Unclear::Nothing(list) => DeskError::new("not_found", format!("There is no {what} “{text}”."))
            .hint(format!("There are: {}", shortened(list, ", ")))
            .field(field),
        Unclear::Several(list) => DeskError::new("not_clear", format!("“{text}” could be several."))
            .hint(format!("Possible: {}", shortened(list, ", ")))
            .field(field),
    }
}

/// A visit's id.
pub fn appointment_id(text: &str) -> Result<AppointmentId, DeskError> {
    text.trim().parse().map_err(|_| {
        bad_id(
            text,
            "visit",
            "“orcactl day” and “orcactl patients show” list them.",
        )
    })
}

/// A block-out's id.
pub fn block_id(text: &str) -> Result<TimeBlockId, DeskError> {
    text.trim()
        .parse()
        .map_err(|_| bad_id(text, "block-out", "“orcactl day” lists them."))
}

fn bad_id(text: &str, what: &str, hint: &str) -> DeskError {
    DeskError::new(
        "bad_id",
        format!("“{text}” is not a {what}’s id: ids have 26 letters and digits."),
    )
    .hint(hint)
    .field("id")
}
