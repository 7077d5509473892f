//! What can be typed about hours, absences and block-outs on many days.

use clap::{Args, Subcommand, ValueEnum};

/// Alternate weeks and special days of a location, operatory or provider; what is not given stays.
#[derive(Debug, Default, Args)]
pub struct RotaArgs {
    /// Hours of another week, where weeks alternate: "2: mon-fri 08:00-12:00", several times for several stretches or weeks
    #[arg(long, value_name = "N: HOURS")]
    pub week: Vec<String>,
    /// A day of a first week
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub weeks_from: Option<String>,
    /// Every week like the first again
    #[arg(long, conflicts_with_all = ["week", "weeks_from"])]
    pub every_week: bool,
    /// A date with hours of its own: "2026-12-25 closed Christmas Day" or "2026-12-24 08:00-12:00 Christmas Eve"; of a
    /// provider at one location "Westfield: 2026-12-12 10:00-14:00"
    #[arg(long, value_name = "DATE HOURS NAME")]
    pub special: Vec<String>,
    /// A special day that is none any more
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub usual: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum Absence {
    /// Who is away and what is closed
    List {
        /// From this day on; today if left out
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        from: Option<String>,
    },
    /// Somebody is away or a place closed; visits then go to the pinboard
    Add(Box<AbsenceArgs>),
    /// Whom it would displace, and what could be done; changes nothing
    Plan(Box<AbsenceArgs>),
    /// Give an absence other days, another reason or title: what is not given stays
    Change {
        /// Its id
        id: String,
        /// First day, or from a time of it on: 2026-03-03 or 2026-03-03T11:20
        #[arg(long, value_name = "DATE[THH:MM]", allow_hyphen_values = true)]
        from: Option<String>,
        /// Last day, or until a time of it
        #[arg(long, value_name = "DATE[THH:MM]", allow_hyphen_values = true)]
        until: Option<String>,
        #[arg(long, value_enum)]
        reason: Option<Reason>,
        /// Instead of the reason’s own words
        #[arg(long)]
        title: Option<String>,
    },
    /// Take an absence back
    Remove {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct AbsenceArgs {
    /// First day, or from a time of it on: 2026-03-03 or 2026-03-03T11:20
    #[arg(long, value_name = "DATE[THH:MM]", allow_hyphen_values = true)]
    pub from: String,
    /// Last day, or until a time of it; the first day if left out
    #[arg(long, value_name = "DATE[THH:MM]", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// Who is away; without provider and operatory the location is closed
    #[arg(long, conflicts_with = "operatory")]
    pub provider: Option<String>,
    #[arg(long)]
    pub operatory: Option<String>,
    #[arg(long)]
    pub location: Option<String>,
    /// Every location of the practice is closed, as on a holiday
    #[arg(long, conflicts_with_all = ["provider", "operatory"])]
    pub everywhere: bool,
    #[arg(long, value_enum, default_value = "other")]
    pub reason: Reason,
    /// Instead of the reason’s own words
    #[arg(long)]
    pub title: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Reason {
    Vacation,
    Ill,
    Course,
    Holiday,
    Repair,
    Other,
}

/// What recurs. Without any of these it is there once.
#[derive(Debug, Default, Args)]
pub struct RepeatArgs {
    /// Every so many weeks, or days with --daily, or months with --monthly
    #[arg(long, value_name = "N")]
    pub every: Option<u16>,
    /// By days instead of weeks
    #[arg(long, conflicts_with_all = ["monthly", "on"])]
    pub daily: bool,
    /// On these weekdays: mon,wed
    #[arg(long, value_name = "DAYS", conflicts_with = "monthly")]
    pub on: Option<String>,
    /// By month instead: the same date, the same weekday, or the last such weekday
    #[arg(long, value_enum)]
    pub monthly: Option<Monthly>,
    /// The last date
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "times")]
    pub until: Option<String>,
    /// How many times
    #[arg(long, value_name = "N")]
    pub times: Option<u32>,
    /// Dates on which it is not
    #[arg(long, value_name = "YYYY-MM-DD", value_delimiter = ',')]
    pub except: Vec<String>,
}

impl RepeatArgs {
    pub fn is_given(&self) -> bool {
        self.every.is_some()
            || self.daily
            || self.on.is_some()
            || self.monthly.is_some()
            || self.until.is_some()
            || self.times.is_some()
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Monthly {
    Date,
    Weekday,
    LastWeekday,
}

/// Which block-outs of a series are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScopeArg {
    This,
    /// This one and later ones
    Following,
    All,
}

/// What is copied or moved.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct PasteWhat {
    /// Block-outs by id
    #[arg(long = "id", value_name = "ID")]
    pub ids: Vec<String>,
    /// All of a day, absences apart
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub day: Option<String>,
    /// All of the week of a day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub week: Option<String>,
}

#[derive(Debug, Args)]
pub struct PasteArgs {
    #[command(flatten)]
    pub what: PasteWhat,
    /// The day, or a day of the week, where they go
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: String,
    /// The first of them begins then; else each keeps its time
    #[arg(long, value_name = "HH:MM")]
    pub at: Option<String>,
    /// They leave where they were
    #[arg(long)]
    pub cut: bool,
    /// Of which location a day or week is taken
    #[arg(long)]
    pub location: Option<String>,
    /// Onto this operatory instead of their own
    #[arg(long, conflicts_with = "onto_provider")]
    pub onto_operatory: Option<String>,
    /// Onto this provider instead of their own
    #[arg(long)]
    pub onto_provider: Option<String>,
    #[command(flatten)]
    pub visits: super::BookedThereArgs,
}
