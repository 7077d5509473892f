//! What becomes of visits where time is blocked out or something is taken out of use.

use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Copy, Args)]
pub struct BookedThereArgs {
    /// What becomes of visits that are booked there; without it they are asked about
    #[arg(long, value_enum, value_name = "KEEP|PIN")]
    pub visits: Option<BookedThere>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum BookedThere {
    /// They stay where they are
    Keep,
    /// They go onto the pinboard: they need a new time
    Pin,
}

impl BookedThereArgs {
    /// As the desk takes it.
    pub fn answer(self) -> Option<desk::api::BookedThere> {
        self.visits.map(|visits| match visits {
            BookedThere::Keep => desk::api::BookedThere::Keep,
            BookedThere::Pin => desk::api::BookedThere::Pin,
        })
    }
}

/// The question about such visits says how it is answered here.
pub fn with_answer(error: desk::DeskError) -> desk::DeskError {
    if error.code == "visits_booked" {
        error.hint("Add --visits keep to let them stay, or --visits pin to put them on the pinboard, from where “orcactl reschedule” plans new times.")
    } else {
        error
    }
}
