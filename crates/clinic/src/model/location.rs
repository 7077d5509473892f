//! Places: locations and the chairs and rooms in them. Documents `location/<id>`.

use serde::{Deserialize, Serialize};

use crate::{AssistantPeriod, LocationId, OperatoryId, ProviderId, Rota, WorkingHours, ZoneName};

/// A place where the practice sees patients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    pub id: LocationId,
    pub name: String,
    pub zone: ZoneName,
    /// Postal address on one line; goes into calendar files.
    pub address: String,
    pub phone: String,
    /// Opening hours; a weekday without hours is closed. `location` inside is this location.
    pub hours: Vec<WorkingHours>,
    #[serde(flatten)]
    pub rota: Rota,
    pub sort: i32,
    pub is_active: bool,
    /// How many assistants are there when; periods of one weekday do not overlap, and at other times there is nobody. Empty: they are
    /// not counted here.
    #[serde(default)]
    pub assistants: Vec<AssistantPeriod>,
}

/// A chair or room; a column of the day sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operatory {
    pub id: OperatoryId,
    pub location: LocationId,
    /// Short, as painted on the door: `Op 1`.
    pub name: String,
    /// Who usually works here; heads the column and is the first guess when booking.
    pub usual_provider: Option<ProviderId>,
    /// When it can be used; empty: whenever the location is open.
    #[serde(default)]
    pub hours: Vec<WorkingHours>,
    #[serde(flatten)]
    pub rota: Rota,
    pub sort: i32,
    pub is_active: bool,
}
