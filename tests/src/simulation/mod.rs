//! The seeded front-desk simulation: several real desks and the relay's real rules in one thread, joined by queues
//! that lose, repeat, reorder and cut. Faults first; then everything is healed, run until quiet, and judged.
//!
//! A seed chooses who does what when and which misfortunes strike. The clock, the ids and the dice come from the
//! seed; only keys and nonces are random, and nothing that is shown depends on them.

mod acts;
mod blocks;
mod checks;
mod dice;
mod portrait;
mod relay;
mod scanner;
pub mod workstation;
mod world;

use std::fmt;
use std::str::FromStr;

pub use dice::Dice;
pub use world::{Between, PEOPLE, World};

/// What to play.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    /// How many things people do.
    pub steps: u32,
    /// 2 to 4; the seed chooses if left out.
    pub workstations: Option<usize>,
    pub broken: Broken,
}

impl Plan {
    pub fn new(seed: u64, steps: u32) -> Self {
        Self {
            seed,
            steps,
            workstations: None,
            broken: Broken::Nothing,
        }
    }
}

/// A part that is made to misbehave, so that we see that the checks would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    Nothing,
    /// The relay acknowledges a push and stores nothing of it.
    LoseAcknowledged,
    /// A workstation says it has stored a batch and has not.
    IgnoreBatch,
    /// A workstation loses its last write when it is killed.
    ForgetWrite,
    /// A workstation does not show one of its conflict cards.
    HideCard,
    /// A workstation does not show one of the visits that need a new time.
    HideDisplaced,
}

impl Broken {
    pub const ALL: [(&'static str, Broken); 5] = [
        ("lose-acknowledged", Broken::LoseAcknowledged),
        ("ignore-batch", Broken::IgnoreBatch),
        ("forget-write", Broken::ForgetWrite),
        ("hide-card", Broken::HideCard),
        ("hide-displaced", Broken::HideDisplaced),
    ];
}

impl FromStr for Broken {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = Self::ALL.map(|(name, _)| name).join(", ");
        let found = Self::ALL.into_iter().find(|(name, _)| *name == text);
        found
            .map(|(_, broken)| broken)
            .ok_or_else(|| format!("there is no variant “{text}”: choose one of {names}"))
    }
}

/// What happened in a run that went well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub workstations: usize,
    pub done: u32,
    pub refused: u32,
    pub envelopes: u64,
    pub kills: u32,
    pub cuts: u32,
    pub relay_restarts: u32,
    pub frames_lost: u32,
    /// Conflict cards open at the end.
    pub cards: usize,
    /// Overlaps that stand by decision at the end.
    pub accepted: usize,
    /// Of everything that is shown at the end: the same for the same seed.
    pub fingerprint: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} workstations, {} done, {} refused, {} envelopes, {} kills, {} cuts, {} relay restarts, {} frames lost, {} cards, {} accepted, {:016x}",
            self.workstations,
            self.done,
            self.refused,
            self.envelopes,
            self.kills,
            self.cuts,
            self.relay_restarts,
            self.frames_lost,
            self.cards,
            self.accepted,
            self.fingerprint
        )
    }
}

/// What a check found, with what led there.
#[derive(Debug)]
pub struct Failure {
    pub seed: u64,
    pub what: String,
    /// The last steps, oldest first.
    pub trace: Vec<String>,
    /// What two workstations show, side by side, where that differs.
    pub sheets: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "{}", self.sheets)?;
        writeln!(f, "SEED={} COMMIT={}", self.seed, commit())?;
        write!(f, "{}", self.what)
    }
}

/// Plays one seed.
pub fn run(plan: &Plan) -> Result<Tally, Box<Failure>> {
    let mut world = World::new(plan)?;
    world.misfortunes(plan.steps)?;
    world.heal()?;
    world.judge()
}

/// The commit that is checked out, as far as it can be told.
fn commit() -> String {
    let output = std::process::Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}
