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
    /// Write another note beside it, or none with ""
    Note { template: String, note: String },
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
    /// Several changes of slots as one step, from a file
    ///
    /// The file is a JSON list of {"kind": "add", "slot": SLOT}, {"kind": "change", "id": ID, "slot": SLOT} and
    /// {"kind": "remove", "id": ID}; SLOT is what "orcactl --json template show" has under "slot".
    Slots {
        template: String,
        file: std::path::PathBuf,
        /// Only what would be wrong then; changes nothing
        #[arg(long)]
        check: bool,
    },
    /// Slots one after the other until a time
    Fill {
        template: String,
        #[command(flatten)]
        slot: Box<SlotArgs>,
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
        /// This version instead of the draft: its number, name or id
        #[arg(long)]
        version: Option<String>,
        #[command(flatten)]
        mapping: MappingArgs,
    },
    /// What becomes what at another location; changes nothing
    Map {
        template: String,
        #[arg(long)]
        location: String,
        /// This version instead of the draft: its number, name or id
        #[arg(long)]
        version: Option<String>,
        #[command(flatten)]
        mapping: MappingArgs,
    },
    /// Let another location use it
    Share {
        template: String,
        #[arg(long)]
        location: String,
        /// No longer; what is applied there stays
        #[arg(long)]
        end: bool,
        #[command(flatten)]
        mapping: MappingArgs,
    },
    /// What applying would do, day by day; changes nothing
    Plan(Box<ApplyArgs>),
    /// Apply it to dates: days on which everything fits, unless said otherwise
    Apply(Box<ApplyWithArgs>),
    /// What is applied where
    Applications {
        #[arg(long)]
        location: Option<String>,
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        from: Option<String>,
    },
    /// Take an application back, as a whole, from a day on or on some days
    Unapply {
        /// Its id
        id: String,
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        from: Option<String>,
        #[arg(long, value_name = "DATE", value_delimiter = ',', allow_hyphen_values = true)]
        on: Option<Vec<String>>,
    },
    /// The slots of a date
    Day {
        #[arg(allow_hyphen_values = true)]
        date: Option<String>,
        #[arg(long)]
        location: Option<String>,
    },
    /// Change one slot of a date by hand
    DaySlot {
        #[arg(allow_hyphen_values = true)]
        date: String,
        #[arg(long)]
        location: Option<String>,
        #[command(subcommand)]
        command: DaySlot,
    },
    /// Planned, booked and kept visits
    Analytics {
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        from: String,
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
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
        slot: Box<SlotArgs>,
    },
    Change {
        template: String,
        /// The slot’s id
        id: String,
        #[command(flatten)]
        slot: Box<SlotChangeArgs>,
    },
    Remove {
        template: String,
        /// The slots’ ids
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum DaySlot {
    Add {
        #[command(flatten)]
        slot: Box<SlotArgs>,
    },
    Change {
        /// The slot’s id
        id: String,
        #[command(flatten)]
        slot: Box<SlotChangeArgs>,
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

/// A new slot.
#[derive(Debug, Args)]
pub struct SlotArgs {
    #[arg(long, value_name = "HH:MM")]
    pub at: String,
    #[arg(long, value_name = "MIN")]
    pub length: u16,
    #[arg(long)]
    pub operatory: String,
    #[command(flatten)]
    pub details: SlotDetails,
}

/// A slot that is there; what is not given stays.
#[derive(Debug, Args)]
pub struct SlotChangeArgs {
    #[arg(long, value_name = "HH:MM")]
    pub at: Option<String>,
    #[arg(long, value_name = "MIN")]
    pub length: Option<u16>,
    #[arg(long)]
    pub operatory: Option<String>,
    #[command(flatten)]
    pub details: SlotDetails,
    /// For whoever works there
    #[arg(long, conflicts_with = "provider")]
    pub no_provider: bool,
    /// For any kind of visit
    #[arg(long, conflicts_with_all = ["kind", "class"])]
    pub anything: bool,
    /// No longer kept for emergencies
    #[arg(long, conflicts_with_all = ["hold", "release"])]
    pub no_hold: bool,
    /// In the colour of what it is for
    #[arg(long, conflicts_with = "hue")]
    pub no_hue: bool,
}

/// What a slot may say beside when and where.
#[derive(Debug, Args)]
pub struct SlotDetails {
    /// The weekday, in a template of a week
    #[arg(long, value_name = "DAY")]
    pub day: Option<String>,
    #[arg(long)]
    pub provider: Option<String>,
    /// The kind of visit it is for; a new one without kind and class: anything
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
    #[arg(long, value_name = "HOURS")]
    pub release: Option<u16>,
    #[arg(long)]
    pub label: Option<String>,
    /// A colour of its own, 0 to 11
    #[arg(long)]
    pub hue: Option<u8>,
    /// A letter of its own; "" for that of what it is for
    #[arg(long)]
    pub letter: Option<String>,
}

/// What becomes what at the other location, instead of what the names suggest.
#[derive(Debug, Default, Args)]
pub struct MappingArgs {
    /// "Op 1=Op 3", or "Op 1=" to leave its slots out; several times for several
    #[arg(long, value_name = "FROM=TO")]
    pub operatory: Vec<String>,
    /// "Chen=Osei", or "Chen=" for whoever works there
    #[arg(long, value_name = "FROM=TO")]
    pub provider: Vec<String>,
}

/// What is applied to which days, and what was decided about conflicts.
#[derive(Debug, Args)]
pub struct ApplyWithArgs {
    #[command(flatten)]
    pub what: ApplyArgs,
    /// Days with conflicts too
    #[arg(long, conflicts_with = "on")]
    pub all: bool,
    /// These days only
    #[arg(long, value_name = "DATE", value_delimiter = ',', allow_hyphen_values = true)]
    pub on: Vec<String>,
    /// Days before today too: what was planned for them changes, and with it their figures
    #[arg(long)]
    pub past: bool,
    /// The visit goes onto the list for a new time; several times for several
    #[arg(long, value_name = "DATE:VISIT", allow_hyphen_values = true)]
    pub pin: Vec<String>,
    /// That day gets a slot for the visit
    #[arg(long, value_name = "DATE:VISIT", allow_hyphen_values = true)]
    pub add_slot: Vec<String>,
    /// That day goes without the slot
    #[arg(long, value_name = "DATE:SLOT", allow_hyphen_values = true)]
    pub drop_slot: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The template, or several in turn week by week, each as NAME or NAME@VERSION
    #[arg(required = true)]
    pub templates: Vec<String>,
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub from: String,
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub until: String,
    /// Where; several times, or A,B, for several
    #[arg(long, value_delimiter = ',')]
    pub location: Vec<String>,
    /// Only these weekdays: mon-thu
    #[arg(long, value_name = "DAYS")]
    pub days: Option<String>,
    /// A day of a first week of the rotation
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
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
