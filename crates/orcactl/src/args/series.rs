//! What can be typed about series of visits.

use clap::{Args, Subcommand};

use super::{Book, Leave, RepeatArgs, ScopeArg};

#[derive(Debug, Subcommand)]
pub enum Series {
    /// What a series comes to, date by date, with openings near those that do not fit; changes nothing
    Plan(Box<SeriesArgs>),
    /// Book a series as one step
    Book(Box<SeriesArgs>),
    /// The series that a visit belongs to
    Show {
        /// The id of one of its visits
        id: String,
    },
    /// Another time, place, kind or status for this visit, this and the following, or all
    Change(Box<ChangeSeriesArgs>),
    /// Cancel this visit, this and the following, or all
    Cancel {
        /// The id of one of its visits
        id: String,
        #[arg(long, value_enum, default_value = "this")]
        scope: ScopeArg,
        #[arg(long)]
        reason: String,
    },
    /// All visits of a series as one calendar file
    Ics {
        /// The id of one of its visits
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct SeriesArgs {
    /// The first visit
    #[command(flatten)]
    pub first: Book,
    #[command(flatten)]
    pub repeat: RepeatArgs,
    /// Pass over days on which the location is closed; they do not count
    #[arg(long)]
    pub pass_closed: bool,
    /// Another time for one date: 2026-04-14=2026-04-15T10:00, or with operatory and provider
    /// 2026-04-14=2026-04-15T10:00/Op 2/Chen
    #[arg(long, value_name = "DATE=TIME")]
    pub pick: Vec<String>,
    /// A date that is left out
    #[arg(long, value_name = "YYYY-MM-DD", value_delimiter = ',')]
    pub leave_out: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ChangeSeriesArgs {
    /// The id of one of its visits
    pub id: String,
    #[arg(long, value_enum, default_value = "this")]
    pub scope: ScopeArg,
    /// Where this visit goes; the others go as many days, and to the same time if that changes
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub at: Option<String>,
    #[arg(long, value_name = "O")]
    pub operatory: Option<String>,
    #[arg(long, value_name = "V")]
    pub provider: Option<String>,
    /// Another kind of visit, with its own length
    #[arg(long = "type", value_name = "T")]
    pub kind: Option<String>,
    /// Who comes for the second part of the visits; none: nobody
    #[arg(long, value_name = "V")]
    pub second: Option<String>,
    /// scheduled or confirmed; alone
    #[arg(long, conflicts_with_all = ["at", "operatory", "provider", "kind", "second"])]
    pub status: Option<String>,
    /// Another time for one visit: ID=2026-04-15T10:00
    #[arg(long, value_name = "ID=TIME")]
    pub pick: Vec<String>,
    /// A visit that stays as it is
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub stay: Vec<String>,
    /// Only say what would happen
    #[arg(long)]
    pub plan: bool,
    #[command(flatten)]
    pub leave: Leave,
}
