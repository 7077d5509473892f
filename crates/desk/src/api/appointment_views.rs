//! Appointment views: which columns of the calendar somebody looks at, and over how many days.

use clinic::{LocationId, OperatoryId, ProviderId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How much of the calendar is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ViewSpan {
    Day,
    Week,
    Month,
    /// The visits of a week as a list.
    List,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ViewBy {
    Operatory,
    Provider,
    Location,
}

/// What somebody looks at. Ids that are no longer in use are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppointmentView {
    pub span: ViewSpan,
    pub by: ViewBy,
    /// Locations side by side, in this order.
    pub locations: Vec<LocationId>,
    /// Empty: all.
    pub operatories: Vec<OperatoryId>,
    /// Empty: all who are in.
    pub providers: Vec<ProviderId>,
    /// Minutes between the lines of the grid: 5, 10 or 15; without it the practice's.
    pub increment_minutes: Option<u16>,
}

/// A view under a name and a function key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NamedView {
    /// F1 to F12.
    pub key: u8,
    pub name: String,
    pub view: AppointmentView,
}

/// A person's views at this workstation; never synced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CalendarViews {
    /// Where they were last.
    pub last: Option<AppointmentView>,
    /// At most one for each function key, in the order of the keys.
    pub named: Vec<NamedView>,
    /// Days are shown without the template that is applied to them.
    pub hides_template: bool,
}
