//! What can be typed about types of visits.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum TypeCommand {
    /// Everything about a type of visit
    Show {
        /// Code, name or id
        which: String,
    },
    /// Which booked visits another length would concern; changes nothing
    Preview(TypePreview),
}

#[derive(Debug, Args)]
pub struct TypePreview {
    /// Code, name or id
    pub which: String,
    /// X doctor, / assistant, five minutes each; as it is if left out
    #[arg(long, value_name = "XX//")]
    pub pattern: Option<String>,
    /// Minutes free before
    #[arg(long, value_name = "MINUTES")]
    pub buffer_before: Option<u16>,
    /// Minutes free after
    #[arg(long, value_name = "MINUTES")]
    pub buffer_after: Option<u16>,
    /// What such a visit uses, as in “settings change type”; as it is if left out
    #[arg(long, value_name = "EQUIPMENT[:FROM-TO]", value_delimiter = ',')]
    pub uses: Vec<String>,
    /// When such a visit needs an assistant; as it is if left out
    #[arg(long, value_enum)]
    pub assistant: Option<Assistant>,
    /// X where a second provider is needed, as long as the pattern; "" for nowhere; as it is if left out
    #[arg(long, value_name = "//X/")]
    pub second_pattern: Option<String>,
}

/// When a visit needs an assistant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Assistant {
    /// Never
    None,
    /// While the doctor is away: the / of its pattern
    DoctorAway,
    /// From its beginning to its end
    WholeVisit,
}

impl From<Assistant> for clinic::AssistantNeed {
    fn from(typed: Assistant) -> Self {
        match typed {
            Assistant::None => Self::None,
            Assistant::DoctorAway => Self::DoctorAway,
            Assistant::WholeVisit => Self::WholeVisit,
        }
    }
}

/// What becomes of booked visits when their type changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Booked {
    /// They keep their length and free minutes
    #[default]
    Leave,
    /// Those that fit follow the type, with it as one step
    Change,
}

/// What a type says beside its length.
#[derive(Debug, Args)]
pub struct TypeDetails {
    /// Where it is done; "" for everywhere
    #[arg(long, value_delimiter = ',')]
    pub locations: Vec<String>,
    /// What patients read about it; "" for nothing
    #[arg(long, value_name = "TEXT")]
    pub online_text: Option<String>,
    /// What a reminder says about such a visit; "" for nothing
    #[arg(long, value_name = "TEXT")]
    pub reminder_text: Option<String>,
    /// What comes after it, and how many weeks later: ADJ:6; "" for nothing
    #[arg(long, value_name = "TYPE:WEEKS")]
    pub follow_up: Option<String>,
    /// What becomes of visits that are booked already
    #[arg(long, value_enum, default_value_t)]
    pub booked: Booked,
    /// What such a visit uses: Scanner, or Scanner:0-15 for some of its minutes; "" for nothing
    #[arg(long, value_name = "EQUIPMENT[:FROM-TO]", value_delimiter = ',')]
    pub uses: Vec<String>,
    /// When such a visit needs an assistant
    #[arg(long, value_enum)]
    pub assistant: Option<Assistant>,
    /// X where a second provider is needed, as long as the pattern; "" for nowhere
    #[arg(long, value_name = "//X/")]
    pub second_pattern: Option<String>,
    /// Who can be that second provider; "" for everybody else
    #[arg(long, value_name = "V", value_delimiter = ',')]
    pub second_providers: Vec<String>,
}
