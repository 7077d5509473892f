//! How full the days of a month are.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct Month {
    /// Any day of the month: 2026-03-03, today, +30d
    #[arg(default_value = "today", allow_hyphen_values = true)]
    pub date: String,
    #[arg(long)]
    pub location: Option<String>,
    /// Also each operatory’s or provider’s part of a day
    #[arg(long, value_enum)]
    pub by: Option<Parts>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Parts {
    Operatory,
    Provider,
}
