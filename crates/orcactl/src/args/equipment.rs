//! What can be typed about equipment.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum EquipmentCommand {
    /// What there is, and how many pieces at which location
    List,
    /// Add a kind of equipment
    Add {
        /// As people say it: Scanner
        name: String,
        #[command(flatten)]
        counts: Pieces,
    },
    /// Change its name or how many pieces there are
    Set {
        /// Name or id
        which: String,
        /// A new name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        counts: Pieces,
        /// Whether it is in use
        #[arg(long, value_name = "YES|NO", value_parser = super::yes_or_no)]
        active: Option<bool>,
    },
    /// Take it out of use: it limits nothing any more
    Remove {
        /// Name or id
        which: String,
    },
}

#[derive(Debug, Args)]
pub struct Pieces {
    /// How many are at a location: "Main St=2"; with one location just 2. Others stay as they are
    #[arg(long = "pieces", value_name = "LOCATION=N", value_delimiter = ',')]
    pub pieces: Vec<String>,
}
