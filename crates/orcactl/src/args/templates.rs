//! What can be typed about schedule templates.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Template {
    /// Templates of a location, or all
    List {
        #[arg(long)]
        location: Option<String>,
        /// Those that are out of use too
        #[arg(long)]
        archived: bool,
    },
    /// One template: slots, versions, what is wrong with it
    Show {
        /// Its name or id
        template: String,
        /// The slots of this version: its number, name or id
        #[arg(long)]
        version: Option<String>,
    },
    /// What is wrong with the draft, and what it adds up to
    Check { template: String },
    /// Begin a template
    New {
        name: String,
        #[arg(long)]
        location: Option<String>,
        /// Of one day, for any weekday, instead of a week
        #[arg(long)]
        day: bool,
        #[arg(long)]
        note: Option<String>,
    },
    /// Give it another name
    Rename { template: String, name: String },
    /// Take it out of use; it stays where it is applied
    Archive {
        template: String,
        /// Back into use
        #[arg(long)]
        back: bool,
    },
    /// Add, change or remove a slot
    Slot {
        #[command(subcommand)]
        command: Slot,
    },
    /// Slots one after the other until a time
    Fill {
        template: String,
        #[command(flatten)]
        slot: SlotArgs,
        /// No slot ends later
        #[arg(long, value_name = "HH:MM")]
        until: String,
        /// Minutes between two
        #[arg(long, value_name = "MIN")]
        gap: Option<u16>,
        /// Also on these weekdays: tue,wed
        #[arg(long, value_name = "DAYS")]
        also: Option<String>,
    },
    /// Copy an operatory’s slots or a day onto others
    CopyColumn {
        template: String,
        #[arg(long, value_name = "DAY")]
        from_day: Option<String>,
        #[arg(long)]
        from_operatory: Option<String>,
        #[arg(long, value_name = "DAYS")]
        to_days: Option<String>,
        #[arg(long, value_delimiter = ',')]
        to_operatory: Vec<String>,
        /// What is there goes
        #[arg(long)]
        replace: bool,
    },
    /// Keep, restore and compare versions
    Version {
        #[command(subcommand)]
        command: Version,
    },
    /// Copy it, also to another location
    Copy {
        template: String,
        #[arg(long)]
        location: Option<String>,
        #[arg(long)]
        name: Option<String>,
    },
    /// Let another location use it
    Share {
        template: String,
        #[arg(long)]
        location: String,
        /// No longer; what is applied there stays
        #[arg(long)]
        end: bool,
    },
    /// What applying would do, day by day; changes nothing
    Plan(ApplyArgs),
    /// Apply it to dates: days on which everything fits, unless said otherwise
    Apply {
        #[command(flatten)]
        what: ApplyArgs,
        /// Days with conflicts too
        #[arg(long, conflicts_with = "on")]
        all: bool,
        /// These days only
        #[arg(long, value_name = "YYYY-MM-DD", value_delimiter = ',')]
        on: Vec<String>,
    },
    /// What is applied where
    Applications {
        #[arg(long)]
        location: Option<String>,
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<String>,
    },
    /// Take an application back, as a whole, from a day on or on some days
    Unapply {
        /// Its id
        id: String,
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<String>,
        #[arg(long, value_name = "YYYY-MM-DD", value_delimiter = ',')]
        on: Option<Vec<String>>,
    },
    /// The slots of a date
    Day {
        date: Option<String>,
        #[arg(long)]
        location: Option<String>,
    },
    /// Change one slot of a date by hand
    DaySlot {
        date: String,
        #[arg(long)]
        location: Option<String>,
        #[command(subcommand)]
        command: DaySlot,
    },
    /// Planned, booked and kept visits
    Analytics {
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: String,
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: String,
        #[arg(long, value_enum, default_value = "class")]
        by: By,
        #[arg(long)]
        location: Option<String>,
        /// As a table for other programs
        #[arg(long)]
        csv: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Slot {
    Add {
        template: String,
        #[command(flatten)]
        slot: SlotArgs,
    },
    Change {
        template: String,
        /// The slot’s id
        id: String,
        #[command(flatten)]
        slot: SlotArgs,
    },
    Remove {
        template: String,
        /// The slot’s id
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum DaySlot {
    Add {
        #[command(flatten)]
        slot: SlotArgs,
    },
    Change {
        /// The slot’s id
        id: String,
        #[command(flatten)]
        slot: SlotArgs,
    },
    /// The date goes without it
    Remove { id: String },
    /// As the template has it again
    Reset { id: String },
}

#[derive(Debug, Subcommand)]
pub enum Version {
    /// Keep the draft under a name
    Save { template: String, name: String },
    /// Make a version the draft again
    Restore { template: String, version: String },
    /// How a version and the draft, or two versions, differ
    Diff {
        template: String,
        before: String,
        after: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct SlotArgs {
    /// The weekday, in a template of a week
    #[arg(long, value_name = "DAY")]
    pub day: Option<String>,
    #[arg(long, value_name = "HH:MM")]
    pub at: String,
    #[arg(long, value_name = "MIN")]
    pub length: u16,
    #[arg(long)]
    pub operatory: String,
    #[arg(long)]
    pub provider: Option<String>,
    /// The kind of visit it is for; without kind and class: anything
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "class")]
    pub kind: Option<String>,
    /// Any kind of this class
    #[arg(long)]
    pub class: Option<String>,
    /// How many visits it is meant for
    #[arg(long)]
    pub capacity: Option<u16>,
    /// Kept for emergencies of so many units, 1 to 3
    #[arg(long, value_name = "UNITS")]
    pub hold: Option<u8>,
    /// Hours before its start at which a hold is released
    #[arg(long, value_name = "HOURS", requires = "hold")]
    pub release: Option<u16>,
    #[arg(long)]
    pub label: Option<String>,
}

#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The template, or several in turn week by week, each as NAME or NAME@VERSION
    #[arg(required = true)]
    pub templates: Vec<String>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: String,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: String,
    #[arg(long)]
    pub location: Option<String>,
    /// Only these weekdays: mon-thu
    #[arg(long, value_name = "DAYS")]
    pub days: Option<String>,
    /// A day of a first week of the rotation
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub weeks_from: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum By {
    Class,
    Template,
    Weekday,
    Provider,
    Location,
    Week,
    Month,
}
