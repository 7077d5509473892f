//! What can be typed about new times for many visits.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Reschedule {
    /// Propose new times, and change nothing
    Plan(Rescheduling),
    /// Propose new times and move the visits there, all in one step
    Apply {
        #[command(flatten)]
        what: Rescheduling,
        /// Leave this visit where it is; may be repeated
        #[arg(long, value_name = "ID")]
        without: Vec<String>,
        /// Why, for the history
        #[arg(long, default_value = "")]
        reason: String,
    },
}

#[derive(Debug, Args)]
#[group(id = "which", required = true, multiple = true)]
pub struct Rescheduling {
    /// All visits of this provider on the day of --date
    #[arg(long, value_name = "P", requires = "date", conflicts_with_all = ["visits", "pinboard"])]
    pub provider: Option<String>,
    /// The day that the provider cannot keep
    #[arg(long, value_name = "D", requires = "provider")]
    pub date: Option<String>,
    /// A visit’s id; may be repeated
    #[arg(long = "visit", value_name = "ID", conflicts_with = "pinboard")]
    pub visits: Vec<String>,
    /// All visits of the pinboard
    #[arg(long)]
    pub pinboard: bool,
    /// First day of new times
    #[arg(long, value_name = "D")]
    pub from: Option<String>,
    /// How many days; 28 if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=92))]
    pub days: Option<u16>,
    /// Other providers may take over
    #[arg(long)]
    pub other_providers: bool,
}
