//! What can be typed about several patients who come together.

use clap::{Args, ValueEnum};

use super::Leave;

/// How the visits lie to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum How {
    /// Whatever keeps the family here shortest
    #[default]
    Any,
    /// All begin at the same time
    SideBySide,
    /// Each begins when another ends
    BackToBack,
}

#[derive(Debug, Args)]
pub struct Family {
    /// Chart number, name or id of a patient, and code, name or id of the kind of visit; two to six times
    #[arg(long = "visit", value_name = "P: T", required = true)]
    pub visits: Vec<String>,
    #[arg(long, value_enum, default_value_t)]
    pub how: How,
    /// First day; today if left out
    #[arg(long, value_name = "D")]
    pub from: Option<String>,
    /// How many days; 28 if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=92))]
    pub days: Option<u16>,
    /// Not before this time of day
    #[arg(long, value_name = "HH:MM")]
    pub after: Option<String>,
    /// Over by this time of day
    #[arg(long, value_name = "HH:MM")]
    pub before: Option<String>,
    /// On these weekdays: mon,wed or mon-thu; any if left out
    #[arg(long, value_name = "DAYS")]
    pub on: Option<String>,
    #[arg(long, value_name = "L")]
    pub location: Option<String>,
    /// How many to show; 6 if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=50))]
    pub limit: Option<u16>,
    /// Book the first that is found, all in one step
    #[arg(long)]
    pub book: bool,
    #[command(flatten)]
    pub leave: Leave,
}
