//! What can be typed. Every name here is a promise to scripts: see `docs/guide/orcactl.md`.

mod booked_there;
mod equipment;
mod family;
mod hours;
pub mod month;
mod rescheduling;
mod series;
mod templates;
mod types;

use std::path::PathBuf;

pub use booked_there::{BookedThereArgs, with_answer};
pub use equipment::*;
pub use family::*;
pub use hours::*;
pub use rescheduling::{Reschedule, Rescheduling};
pub use series::*;
pub use templates::*;
pub use types::*;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Orca Front Desk from the command line: everything the window does, for scripts and administrators.
#[derive(Debug, Parser)]
#[command(name = "orcactl", version, max_term_width = 100, infer_subcommands = false)]
pub struct Orcactl {
    /// Folder of the practice’s data
    #[arg(long, value_name = "DIR", env = "ORCA_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// Answer as JSON; errors too, on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Who acts: a name, initials or id, with their passphrase in ORCA_PERSON_PASSPHRASE; this workstation’s own person if
    /// left out
    #[arg(long = "as", value_name = "PERSON", env = "ORCA_AS", global = true)]
    pub as_person: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a practice in an empty folder
    Init(Init),
    /// Make the invented demo practice in an empty folder
    Demo(Demo),
    /// List what there is
    List {
        #[arg(value_enum)]
        what: Listed,
    },
    /// Find, add, show and change patients
    Patients {
        #[command(subcommand)]
        command: Patients,
    },
    /// Bring in patients, visits or a calendar from other programs
    Import(Import),
    /// One day at one location
    Day(Day),
    /// How full the days of a month are at one location
    Month(month::Month),
    /// How many pieces of equipment and how many assistants are in use on a day, by time
    Capacity {
        /// 2026-03-03, today, tomorrow, +3d
        #[arg(default_value = "today", allow_hyphen_values = true)]
        date: String,
        #[arg(long)]
        location: Option<String>,
    },
    /// Free times for a kind of visit
    Openings(Openings),
    /// Times at which several patients can come together, and booking them in one step
    Family(Family),
    /// Book a visit
    Book(Book),
    /// Move a visit to another time, operatory or provider
    Move(Move),
    /// Let two visits change places
    Swap(Swap),
    /// Make a visit longer or shorter
    Length(Length),
    /// Change what is done in a visit beside its own kind
    Procedures(Procedures),
    /// Take a visit to another status
    Status(StatusArgs),
    /// Cancel a visit
    Cancel {
        /// The visit’s id
        id: String,
        #[arg(long)]
        reason: String,
    },
    /// Write a visit’s note
    Note {
        /// The visit’s id
        id: String,
        /// Replaces the note; empty clears it
        text: String,
    },
    /// Asks the patient to come some minutes before the visit
    Early {
        /// The visit’s id
        id: String,
        /// 5 to 30 in steps of five; 0: at the time of the visit
        minutes: u16,
    },
    /// Whether the patient would come sooner
    Sooner {
        /// The visit’s id
        id: String,
        #[arg(value_name = "YES|NO", value_parser = yes_or_no, action = clap::ArgAction::Set)]
        would: bool,
    },
    /// Everything about a visit
    Show {
        /// The visit’s id
        id: String,
    },
    /// The visit as a calendar file for the patient
    Ics {
        /// The visit’s id
        id: String,
        #[arg(long, value_enum)]
        method: Option<Method>,
    },
    /// Print a day, a week or route slips as PDF
    Print(Print),
    /// The next days as PDF and calendar files in a folder, for when no computer shows them
    Downtime(Downtime),
    /// Who did what, newest first
    History {
        /// Only this visit
        #[arg(long, value_name = "ID")]
        appointment: Option<String>,
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500))]
        limit: Option<u16>,
    },
    /// What people outside wrote to the practice, in the order of coming
    Letters {
        /// Only what came after this number
        #[arg(long, value_name = "NUMBER")]
        after: Option<u64>,
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500))]
        limit: Option<u16>,
    },
    /// Take back this workstation’s last operation
    Undo,
    /// Do again what was taken back
    Redo,
    /// What overlaps or was changed twice, and deciding about it
    Conflicts {
        #[command(subcommand)]
        command: Option<Conflicts>,
    },
    /// Block out time, or free it again
    Block {
        #[command(subcommand)]
        command: Block,
    },
    /// Enter who is away or what is closed
    Absence {
        #[command(subcommand)]
        command: Absence,
    },
    /// Visits that come again: plan, book and change them together
    Series {
        #[command(subcommand)]
        command: Series,
    },
    /// Types of visits: what one says, and whom a change would concern
    Type {
        #[command(subcommand)]
        command: TypeCommand,
    },
    /// Equipment that visits share: what there is, and how many pieces where
    Equipment {
        #[command(subcommand)]
        command: EquipmentCommand,
    },
    /// Schedule templates: draw, keep, apply, weigh
    Template {
        #[command(subcommand)]
        command: Template,
    },
    /// New times for many visits at once: a provider’s day, the pinboard, or those you name
    Reschedule {
        #[command(subcommand)]
        command: Reschedule,
    },
    /// Visits that need a new time
    Pinboard,
    /// Put a visit on the pinboard; it keeps its time until it has a new one
    Pin {
        /// The visit’s id
        id: String,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take a visit off the pinboard: it stays where it is
    Unpin {
        /// The visit’s id
        id: String,
    },
    /// Invite another workstation, or join with an invitation
    Relay {
        #[command(subcommand)]
        command: Relay,
    },
    /// Exchange changes with the relay
    Sync(Sync),
    /// Make, list, check and restore backups
    Backup {
        #[command(subcommand)]
        command: Backup,
    },
    /// Who looked at or changed what, and whether that record is whole
    Audit {
        #[command(subcommand)]
        command: Audit,
    },
    /// Make the tables again from the documents
    Rebuild {
        /// Only compare: say whether the result would be the same
        #[arg(long)]
        check: bool,
    },
    /// Check the practice’s data from end to end
    Verify,
    /// People, their roles and passphrases
    People {
        #[command(subcommand)]
        command: People,
    },
    /// The practice’s workstations
    Workstations {
        #[command(subcommand)]
        command: Workstations,
    },
    /// Take emergency access for an hour, or give it back
    Emergency {
        /// What the emergency is; everybody is told
        #[arg(long, required_unless_present = "end")]
        reason: Option<String>,
        /// Give it back
        #[arg(long, conflicts_with = "reason")]
        end: bool,
    },
    /// Your second factor: a code from an app beside the passphrase
    SecondFactor {
        #[command(subcommand)]
        command: SecondFactor,
    },
    /// The recovery kit: parts on paper, any two of which bring the practice back
    Recovery {
        #[command(subcommand)]
        command: Recovery,
    },
    /// What was received and not applied, with reasons
    SetAside {
        #[command(subcommand)]
        command: Option<SetAside>,
    },
    /// Show and change the practice’s settings
    Settings {
        #[command(subcommand)]
        command: Settings,
    },
}

#[derive(Debug, Args)]
pub struct Init {
    /// The practice’s name
    #[arg(long, value_name = "NAME")]
    pub practice: String,
    /// Time zone, for example America/New_York
    #[arg(long)]
    pub zone: String,
    /// You: the person who starts it
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
}

#[derive(Debug, Args)]
pub struct Demo {
    #[arg(long, value_enum, default_value = "small")]
    pub size: Size,
    /// The same seed gives the same practice
    #[arg(long)]
    pub seed: Option<u64>,
    /// The day in its middle; today if left out
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
    /// Only places, people and visits: no templates, no equipment, no assistants
    #[arg(long)]
    pub bare: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Size {
    Small,
    Full,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Listed {
    Providers,
    Operatories,
    Types,
    Locations,
    Patients,
}

#[derive(Debug, Subcommand)]
pub enum Patients {
    /// By name (typing errors are forgiven), telephone, birth date or chart number
    Find {
        text: String,
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=50))]
        limit: Option<u16>,
    },
    /// Add a patient
    Add {
        #[command(flatten)]
        fields: Box<PatientFields>,
        /// Add although somebody very like is here already
        #[arg(long)]
        although_similar: bool,
    },
    /// One patient with all visits
    Show { patient: String },
    /// Change what is given, keep the rest; an empty text clears
    Change {
        patient: String,
        #[command(flatten)]
        fields: Box<PatientFields>,
        /// Whether the patient still comes
        #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
        active: Option<bool>,
    },
}

#[derive(Debug, Default, Args)]
pub struct PatientFields {
    #[arg(long, value_name = "NAME")]
    pub family_name: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub given_name: Option<String>,
    /// What they are called, where it differs
    #[arg(long, value_name = "NAME")]
    pub preferred_name: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub birth_date: Option<String>,
    /// The practice’s own number
    #[arg(long, value_name = "TEXT")]
    pub chart_number: Option<String>,
    #[arg(long, value_name = "PHONE")]
    pub mobile_phone: Option<String>,
    #[arg(long, value_name = "PHONE")]
    pub home_phone: Option<String>,
    #[arg(long)]
    pub email: Option<String>,
    /// Who answers for a minor
    #[arg(long, value_name = "NAME")]
    pub responsible_name: Option<String>,
    /// mother, father, guardian …
    #[arg(long, value_name = "TEXT")]
    pub responsible_relationship: Option<String>,
    #[arg(long, value_name = "PHONE")]
    pub responsible_phone: Option<String>,
    #[arg(long, value_name = "EMAIL")]
    pub responsible_email: Option<String>,
    /// Short warning shown wherever the patient is
    #[arg(long, value_name = "TEXT")]
    pub alert: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Debug, Args)]
pub struct Import {
    #[arg(value_enum)]
    pub kind: ImportKind,
    /// The file; - reads standard input
    pub file: PathBuf,
    /// Report what would happen, change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Calendars: where the events belong
    #[arg(long)]
    pub location: Option<String>,
    /// Calendars: whose time they take
    #[arg(long)]
    pub provider: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportKind {
    Patients,
    Appointments,
    Ics,
}

#[derive(Debug, Args)]
pub struct Day {
    /// 2026-03-03, today, tomorrow, +3d
    #[arg(default_value = "today", allow_hyphen_values = true)]
    pub date: String,
    #[arg(long)]
    pub location: Option<String>,
    /// The day as it was then, on the location’s clock: 2026-03-03T08:00, or todayT08:00
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub as_of: Option<String>,
}

#[derive(Debug, Args)]
pub struct Print {
    #[arg(value_enum)]
    pub what: Printed,
    /// The day, or any day of the week: 2026-03-03, today, tomorrow, +3d
    #[arg(long, default_value = "today", allow_hyphen_values = true)]
    pub date: String,
    #[arg(long)]
    pub location: Option<String>,
    /// What the columns of a day and the rows of a week are
    #[arg(long, value_enum, default_value = "operatory")]
    pub by: PrintedBy,
    /// Only these operatories
    #[arg(long = "operatory", value_name = "O")]
    pub operatories: Vec<String>,
    /// Only visits with these providers
    #[arg(long = "provider", value_name = "P")]
    pub providers: Vec<String>,
    #[arg(long, value_enum, default_value = "a4")]
    pub paper: Paper,
    /// Initials instead of names; no telephone, alert or note
    #[arg(long)]
    pub private: bool,
    /// The PDF to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Printed {
    Day,
    Week,
    Slips,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PrintedBy {
    Operatory,
    Provider,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Paper {
    A4,
    Letter,
}

/// Without anything: how it stands.
#[derive(Debug, Args)]
pub struct Downtime {
    /// Write one now
    #[arg(long, conflicts_with = "off")]
    pub now: bool,
    /// Write one every hour into this folder, while the window is open. The files are not encrypted
    #[arg(long, value_name = "DIR", conflicts_with = "off")]
    pub to: Option<PathBuf>,
    /// Today and the days after it: 1 to 14; 3 if never said
    #[arg(long, value_name = "N", conflicts_with = "off")]
    pub days: Option<u32>,
    /// Only these locations
    #[arg(long = "location", value_name = "L", conflicts_with = "off")]
    pub locations: Vec<String>,
    #[arg(long, value_enum, conflicts_with = "off")]
    pub paper: Option<Paper>,
    /// Initials instead of names; no telephone, alert or note
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no, conflicts_with = "off")]
    pub private: Option<bool>,
    /// Whether the PDF opens with a password only, which is then read from ORCA_DOWNTIME_PASSWORD
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no, conflicts_with = "off")]
    pub password: Option<bool>,
    /// None is written any more
    #[arg(long)]
    pub off: bool,
}

#[derive(Debug, Args)]
pub struct Openings {
    /// Id, code or name of the kind of visit
    #[arg(long = "type", value_name = "T")]
    pub kind: String,
    #[arg(long, value_name = "P")]
    pub provider: Option<String>,
    /// Who should come for the second part of the visit; whoever is free then if left out
    #[arg(long, value_name = "V")]
    pub second: Option<String>,
    #[arg(long, value_name = "O")]
    pub operatory: Option<String>,
    /// Somebody who must be free too
    #[arg(long)]
    pub patient: Option<String>,
    /// First day; today if left out
    #[arg(long, value_name = "D")]
    pub from: Option<String>,
    /// How many days; 28 if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
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
    /// How many to show; 10 if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=200))]
    pub limit: Option<u16>,
    /// What is done beside that kind in the same visit, by code, name or id
    #[arg(long, value_name = "T", value_delimiter = ',')]
    pub also: Vec<String>,
    #[arg(long, value_name = "L")]
    pub location: Option<String>,
}

/// How to go past a rule that stands in the way.
#[derive(Debug, Args)]
pub struct Leave {
    /// Book in spite of warnings
    #[arg(long)]
    pub yes: bool,
    /// Book in spite of a rule, for this reason
    #[arg(long = "override", value_name = "REASON")]
    pub override_reason: Option<String>,
}

#[derive(Debug, Args)]
pub struct Book {
    /// Chart number, name or id
    #[arg(long, value_name = "P")]
    pub patient: String,
    /// Code, name or id of the kind of visit
    #[arg(long = "type", value_name = "T")]
    pub kind: String,
    /// Wall time at the operatory: 2026-03-03T09:00, or tomorrowT09:00
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub at: String,
    #[arg(long, value_name = "O")]
    pub operatory: String,
    #[arg(long, value_name = "V")]
    pub provider: String,
    /// Who comes for the second part of the visit, where its kind needs somebody then
    #[arg(long, value_name = "V")]
    pub second: Option<String>,
    /// Narrows operatory names that several locations have
    #[arg(long, value_name = "L")]
    pub location: Option<String>,
    /// Time pattern instead of the type’s own: X doctor, / assistant, five minutes each
    #[arg(long, value_name = "XX//")]
    pub pattern: Option<String>,
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub note: String,
    /// Would come sooner
    #[arg(long)]
    pub asap: bool,
    /// Asks the patient to come so many minutes before the visit: 5 to 30 in steps of five
    #[arg(long, value_name = "MINUTES")]
    pub come_early: Option<u16>,
    /// What is done beside that kind, by code, name or id; the visit gets the time of all together
    #[arg(long, value_name = "T", value_delimiter = ',')]
    pub also: Vec<String>,
    /// When clocks are set back and show the time twice: the later one
    #[arg(long)]
    pub later_of_two: bool,
    /// Only says what stands in the way; nothing is booked
    #[arg(long, conflicts_with_all = ["yes", "override_reason"])]
    pub check: bool,
    #[command(flatten)]
    pub leave: Leave,
}

#[derive(Debug, Args)]
pub struct Move {
    /// The visit’s id
    pub id: String,
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub at: Option<String>,
    #[arg(long, value_name = "O")]
    pub operatory: Option<String>,
    #[arg(long, value_name = "V")]
    pub provider: Option<String>,
    /// Who comes for the second part of the visit; none: nobody
    #[arg(long, value_name = "V")]
    pub second: Option<String>,
    /// When clocks are set back and show the time twice: the later one
    #[arg(long)]
    pub later_of_two: bool,
    /// Only says what stands in the way; nothing is moved
    #[arg(long, conflicts_with_all = ["yes", "override_reason"])]
    pub check: bool,
    #[command(flatten)]
    pub leave: Leave,
}

#[derive(Debug, Args)]
pub struct Swap {
    /// The visit’s id
    pub id: String,
    /// The other visit’s id
    pub with: String,
    /// Each goes to the other’s provider, too
    #[arg(long)]
    pub with_providers: bool,
    /// Only says what stands in the way; nothing is changed
    #[arg(long, conflicts_with_all = ["yes", "override_reason"])]
    pub check: bool,
    #[command(flatten)]
    pub leave: Leave,
}

#[derive(Debug, Args)]
pub struct Length {
    /// The visit’s id
    pub id: String,
    pub minutes: u16,
    /// Only says what stands in the way; nothing is changed
    #[arg(long, conflicts_with_all = ["yes", "override_reason"])]
    pub check: bool,
    #[command(flatten)]
    pub leave: Leave,
}

#[derive(Debug, Args)]
pub struct Procedures {
    /// The visit’s id
    pub id: String,
    /// Everything done beside its own kind, by code, name or id, in this order; without it, only that kind
    #[arg(long, value_name = "T", value_delimiter = ',')]
    pub also: Vec<String>,
    /// Instead of the time pattern that they make together
    #[arg(long)]
    pub pattern: Option<String>,
    /// Only says what stands in the way; nothing is changed
    #[arg(long, conflicts_with_all = ["yes", "override_reason"])]
    pub check: bool,
    #[command(flatten)]
    pub leave: Leave,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The visit’s id
    pub id: String,
    /// scheduled, confirmed, arrived, seated, completed, checked_out, no_show
    pub status: String,
    /// While seated: the doctor is wanted at the chair
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    pub doctor_needed: Option<bool>,
    #[command(flatten)]
    pub leave: Leave,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Method {
    Request,
    Cancel,
    Publish,
}

#[derive(Debug, Subcommand)]
pub enum Conflicts {
    /// Let both visits stand
    Keep {
        key: String,
        #[arg(long)]
        reason: String,
    },
    /// Take one of the ways out: move that visit there
    Take {
        key: String,
        /// As the list numbers them; 1 disturbs least
        number: u16,
    },
    /// Decide between values that were set at the same time
    Choose { key: String, value: String },
}

#[derive(Debug, Subcommand)]
pub enum Block {
    /// Block out time of a provider, an operatory or a whole location
    Add(Box<BlockAdd>),
    /// When one begins and ends, over all its days, and what it recurs with
    Show {
        /// The block-out’s id
        id: String,
    },
    /// Change a block-out
    Change {
        /// The block-out’s id
        id: String,
        #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
        at: Option<String>,
        #[arg(long)]
        minutes: Option<u32>,
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        policy: BlockPolicyArgs,
        #[command(flatten)]
        visits: BookedThereArgs,
        /// Of what recurs: only this one, this and the following, or all
        #[arg(long, value_enum)]
        scope: Option<ScopeArg>,
    },
    /// Free the time again
    Remove {
        /// The block-out’s id
        id: String,
        /// Of what recurs: only this one, this and the following, or all
        #[arg(long, value_enum)]
        scope: Option<ScopeArg>,
    },
    /// Copy or move block-outs to another day or week
    Paste(Box<PasteArgs>),
}

#[derive(Debug, Args)]
pub struct BlockAdd {
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub at: String,
    #[arg(long)]
    pub minutes: u32,
    #[arg(long)]
    pub title: String,
    /// Whose time; without provider and operatory, the location’s
    #[arg(long, conflicts_with = "operatory")]
    pub provider: Option<String>,
    #[arg(long)]
    pub operatory: Option<String>,
    #[arg(long)]
    pub location: Option<String>,
    #[command(flatten)]
    pub policy: BlockPolicyArgs,
    #[command(flatten)]
    pub visits: BookedThereArgs,
    #[command(flatten)]
    pub repeat: RepeatArgs,
}

#[derive(Debug, Args)]
pub struct BlockPolicyArgs {
    /// Only ask, do not refuse
    #[arg(long, conflicts_with = "only")]
    pub warn: bool,
    /// Keep the time for these kinds of visit
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    pub only: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum Relay {
    /// Make an invitation; the first one registers the practice with the relay
    Invite {
        /// wss://relay.example; needed the first time
        #[arg(long, value_name = "URL")]
        relay: Option<String>,
        /// Where the relay asks for one to register a practice
        #[arg(long, value_name = "T", env = "ORCA_RELAY_TOKEN", hide_env_values = true)]
        token: Option<String>,
        /// What whoever comes in may do: a role, or role@location; several times for several
        #[arg(long = "role", value_name = "ROLE", default_value = "front_desk")]
        roles: Vec<String>,
    },
    /// How much of the log two workstations agree that a snapshot covers, and what the relay pruned
    Log {
        /// Make a snapshot of the log so far, or check another workstation’s; takes minutes in a large practice
        #[arg(long)]
        cover: bool,
    },
    /// Join a practice from an empty folder
    Join {
        /// The invitation’s code
        code: String,
        /// You
        #[arg(long, value_name = "NAME")]
        person: Option<String>,
        /// What the others call this workstation
        #[arg(long, value_name = "NAME")]
        workstation: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// What people looked at and changed at this workstation, newest first
    List {
        #[command(flatten)]
        of: AuditOf,
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500))]
        limit: Option<u16>,
    },
    /// The same as a table (CSV), whole
    Export {
        file: PathBuf,
        #[command(flatten)]
        of: AuditOf,
    },
    /// Who saw or changed one patient’s data
    Patient { patient: String },
    /// Check that nothing was changed, removed or put in
    Verify {
        /// What another workstation’s `audit verify` printed for this one
        #[arg(long = "anchor", value_name = "NUMBER:HASH")]
        anchors: Vec<String>,
    },
}

/// Which entries; what is left out does not matter.
#[derive(Debug, Args)]
pub struct AuditOf {
    /// Only what shows or changes this patient’s data
    #[arg(long)]
    pub patient: Option<String>,
    /// Only what this person did
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// First day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// Only this action, for example view_patient
    #[arg(long)]
    pub action: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum People {
    /// Who works here and what they may do
    List,
    /// Add a person who signs in with a passphrase (ORCA_NEW_PASSPHRASE, else typed)
    Add {
        name: String,
        /// A role, or role@location; several times for several
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
        /// One to three letters
        #[arg(long)]
        initials: Option<String>,
    },
    /// Change a person
    Change {
        /// Name, initials or id
        who: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        initials: Option<String>,
        /// Replaces all roles; several times for several
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// false: cannot sign in any more
        #[arg(long, value_name = "BOOL")]
        active: Option<bool>,
    },
    /// Give a passphrase: a new one to somebody else, or change your own (ORCA_NEW_PASSPHRASE, else typed)
    Passphrase {
        /// Name, initials or id
        who: String,
    },
    /// The table of permissions, or one line of it changed
    Permissions {
        /// For example booking:cancel_appointment
        permission: Option<String>,
        /// Who has it; several times for several
        #[arg(long = "role", value_name = "ROLE", requires = "permission")]
        roles: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Workstations {
    /// The practice’s workstations
    List,
    /// Remove one, such as a stolen laptop, and change the practice’s key
    Remove {
        /// Name or id
        which: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum SecondFactor {
    /// Set it up: shows the secret, then asks for a code
    SetUp,
    /// Take it away, with a code or a backup code
    Remove { code: String },
    /// Ask you for no code at this workstation
    Trust,
    /// Ask you for one again
    Distrust,
    /// Whether administrators need one: yes or no
    Require {
        #[arg(action = clap::ArgAction::Set, value_parser = clap::builder::BoolishValueParser::new())]
        administrators: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Recovery {
    /// Make a kit and write it out, once; the one before counts no more
    Make {
        /// 2 to 5, of which any two are needed
        #[arg(long, default_value_t = 3)]
        parts: u8,
    },
    /// When a kit was last made, and whether it still counts
    Status,
    /// Bring the practice back in an empty folder
    Restore(Restoring),
    /// A new passphrase (ORCA_NEW_PASSPHRASE, else typed) for an administrator who forgot theirs
    Reset {
        /// Name or initials
        person: String,
        /// Two parts of the kit; typed unseen if left out
        #[arg(long = "part", value_name = "PART")]
        parts: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct Restoring {
    /// As printed on the parts
    #[arg(long, value_name = "URL")]
    pub relay: String,
    /// Two parts of the kit; typed unseen if left out
    #[arg(long = "part", value_name = "PART")]
    pub parts: Vec<String>,
    /// You; named like an administrator of the practice, you are that person
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// What the others call this workstation
    #[arg(long, value_name = "NAME")]
    pub workstation: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum SetAside {
    /// What was received and not applied, and what was let in again
    List,
    /// Let it in: at every workstation it counts as if its author had been allowed to do it
    Release {
        /// Ids as listed, or as much of each as is needed
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Why; everybody can read it
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Copy what changed since the last one, encrypted, and check the copy
    Create {
        /// Best on another disk; the one of the schedule if left out
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// What lies in a folder, newest first
    List {
        /// The one of the schedule if left out
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Read a backup from end to end
    Verify {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The newest if left out
        id: Option<String>,
    },
    /// Go on from a backup in an empty folder (--data)
    Restore {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The newest if left out
        id: Option<String>,
    },
    /// When backups are made by themselves, while the window is open
    Schedule(BackupSchedule),
    /// When the last one was made, and what is wrong
    Status,
}

#[derive(Debug, Args)]
pub struct BackupSchedule {
    /// Where to; best on another disk
    #[arg(long, value_name = "DIR", conflicts_with = "off")]
    pub to: Option<PathBuf>,
    /// How often; 4 if never said
    #[arg(long, value_name = "HOURS", conflicts_with = "off")]
    pub every: Option<u32>,
    /// How many days keep their last backup; 7 if never said
    #[arg(long, value_name = "DAYS", conflicts_with = "off")]
    pub daily: Option<u32>,
    /// How many weeks keep their last backup; 4 if never said
    #[arg(long, value_name = "WEEKS", conflicts_with = "off")]
    pub weekly: Option<u32>,
    /// None by themselves any more
    #[arg(long)]
    pub off: bool,
}

#[derive(Debug, Args)]
pub struct Sync {
    #[command(flatten)]
    pub what: SyncWhat,
    /// How long to try
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
}

/// What a synchronization does.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct SyncWhat {
    /// Send and fetch until both sides are the same, then stop
    #[arg(long)]
    pub once: bool,
    /// Only say how current this workstation is
    #[arg(long)]
    pub status: bool,
}

#[derive(Debug, Subcommand)]
pub enum Settings {
    /// Everything, as it is
    Show,
    /// The practice itself; what is not given stays
    Practice {
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        email: Option<String>,
        #[arg(long)]
        phone: Option<String>,
        /// The grid: 5, 10 or 15 minutes
        #[arg(long, value_name = "MINUTES")]
        increment: Option<u16>,
    },
    /// What happens when a rule is broken; without changes it lists
    Rules {
        /// Of this type of visit, where it has policies of its own
        #[arg(long = "type", value_name = "T")]
        kind: Option<String>,
        /// time_block=allow; allow, warn, refuse, or for a type practice
        #[arg(value_name = "RULE=POLICY")]
        set: Vec<String>,
    },
    /// How many visits may begin in an hour; without changes it lists
    Limits {
        /// Chen=6 (a provider), /BOND=2 (a type), Chen/BOND=1 (both), all=20 (all together); none takes a limit away
        #[arg(value_name = "WHOM=VISITS")]
        set: Vec<String>,
    },
    /// What counts how much when openings are ranked; without changes it lists
    Weights {
        /// load=much; off, little, normal, much or first
        #[arg(value_name = "FACTOR=WEIGHT")]
        set: Vec<String>,
    },
    /// Add a location, operatory, provider or type
    Add {
        #[command(subcommand)]
        record: Box<Record>,
    },
    /// Change one; what is not given stays
    Change {
        #[command(subcommand)]
        record: Box<ChangedRecord>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Record {
    Location(LocationArgs),
    Operatory(OperatoryArgs),
    Provider(ProviderArgs),
    Type(TypeArgs),
}

#[derive(Debug, Subcommand)]
pub enum ChangedRecord {
    Location {
        /// Name or id
        which: String,
        #[command(flatten)]
        fields: LocationArgs,
    },
    Operatory {
        /// Name or id
        which: String,
        #[command(flatten)]
        fields: OperatoryArgs,
    },
    Provider {
        /// Name or id
        which: String,
        #[command(flatten)]
        fields: ProviderArgs,
    },
    Type {
        /// Code, name or id
        which: String,
        #[command(flatten)]
        fields: TypeArgs,
    },
}

#[derive(Debug, Args)]
pub struct LocationArgs {
    #[arg(long)]
    pub name: Option<String>,
    /// Time zone, for example America/Chicago
    #[arg(long)]
    pub zone: Option<String>,
    #[arg(long)]
    pub address: Option<String>,
    #[arg(long)]
    pub phone: Option<String>,
    /// Opening hours: "mon-fri 08:00-17:00", several times for several stretches
    #[arg(long)]
    pub hours: Vec<String>,
    #[command(flatten)]
    pub rota: RotaArgs,
    /// How many assistants are there when: "mon-fri 08:00-12:00=3", several times; all of them at once. "": they are not counted
    #[arg(long, value_name = "DAYS FROM-UNTIL=N")]
    pub assistants: Vec<String>,
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    pub active: Option<bool>,
    #[command(flatten)]
    pub visits: BookedThereArgs,
}

#[derive(Debug, Args)]
pub struct OperatoryArgs {
    #[arg(long)]
    pub name: Option<String>,
    #[arg(long)]
    pub location: Option<String>,
    /// Who usually works there
    #[arg(long)]
    pub usual_provider: Option<String>,
    /// When it can be used: "mon-fri 08:00-12:00"; "" whenever the location is open
    #[arg(long)]
    pub hours: Vec<String>,
    #[command(flatten)]
    pub rota: RotaArgs,
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    pub active: Option<bool>,
    #[command(flatten)]
    pub visits: BookedThereArgs,
}

#[derive(Debug, Args)]
pub struct ProviderArgs {
    #[arg(long)]
    pub name: Option<String>,
    /// For column heads; the last word of the name if left out
    #[arg(long)]
    pub short_name: Option<String>,
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// 0 to 11
    #[arg(long)]
    pub hue: Option<u8>,
    #[arg(long)]
    pub letter: Option<String>,
    /// Working hours: "mon-fri 08:00-17:00", or with a place "Westfield: tue,thu 08:00-12:00"
    #[arg(long)]
    pub hours: Vec<String>,
    #[command(flatten)]
    pub rota: RotaArgs,
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    pub active: Option<bool>,
    #[command(flatten)]
    pub visits: BookedThereArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    Doctor,
    Hygienist,
    Assistant,
}

#[derive(Debug, Args)]
pub struct TypeArgs {
    #[arg(long)]
    pub name: Option<String>,
    /// Short and unique: ADJ
    #[arg(long)]
    pub code: Option<String>,
    #[arg(long)]
    pub letter: Option<String>,
    /// What kind of work it is: Bonding; "" for none
    #[arg(long)]
    pub class: Option<String>,
    /// 0 to 11
    #[arg(long)]
    pub hue: Option<u8>,
    /// X doctor, / assistant, five minutes each
    #[arg(long, value_name = "XX//")]
    pub pattern: Option<String>,
    /// Minutes free before
    #[arg(long, value_name = "MINUTES")]
    pub buffer_before: Option<u16>,
    /// Minutes free after
    #[arg(long, value_name = "MINUTES")]
    pub buffer_after: Option<u16>,
    /// Who may do it; everybody if left out
    #[arg(long, value_delimiter = ',')]
    pub providers: Vec<String>,
    /// Where it may be done; everywhere if left out
    #[arg(long, value_delimiter = ',')]
    pub operatories: Vec<String>,
    #[command(flatten)]
    pub details: TypeDetails,
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    pub active: Option<bool>,
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("write yes or no".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds_together() {
        use clap::CommandFactory;
        Orcactl::command().debug_assert();
    }
}
