//! Days drawn as text, for tests and golden sheets: a drawing becomes a practice with its visits
//! ([`Drawing::parse`]), and a day becomes a drawing again ([`print_day`]).
//!
//! ```text
//! zone America/New_York             settings, one per line, all optional
//! hours 8:00–17:00                  opening hours of every day (or `closed`)
//! provider Chen 9:00–12:00 13:00–17:00
//! type crown XX//XX buffer 10/5     pattern, free minutes before/after
//! type exam XXX only Chen Op1       only these providers and operatories
//! type bonding XX//XX class Long
//! type check /X//// second ///X//:Patel    where a second provider is needed, and who that can be
//! rule buffer refuse                a policy: allow, warn or refuse
//! limit 2 @Chen crown               so many visits may begin in an hour: of a provider, a type, both, or (`limit 20`) all
//! weight load much                  what counts how much when openings are ranked
//! increment 10
//! block Chen 12:00–13:00 # lunch    a provider’s or the location’s (`Main`) block-out
//! away Chen 13:00–17:00 # ill       an absence; the same for a chair or `Main`
//! special Chen 10:00–14:00 # course hours of this day only (or `closed`); the same for a chair or `Main`
//! chair Op1 9:00–12:00              an operatory’s own hours
//! cancelled 9:00–9:30 Op1 Osei exam
//! slot Op1 9:00–10:00 crown x2 @Chen    what an applied template reserves; `class Long` or `any` instead of a type
//! slot Op2 13:00–14:00 any hold 2h      an emergency hold that is released two hours before
//! now 11:00                             decides which holds are released; without it none is
//!
//! Tue 3 Mar    Op1 Chen        Op2 Amara
//! 09:00        Rivera crown    .
//! 09:30        |               Osei prophy (confirmed)
//! 10:00        .               Osei prophy (confirmed)
//! 10:30        # meeting       Ito exam @Chen + Berg exam
//! 11:00        ? cleaning      = crown: kept
//! ```
//!
//! Columns stand two spaces apart. `.` is free; `|` or the same words again continue what stands above; a
//! row lasts until the next one, the last as long as the one before. Visits are `patient type`, with
//! `@provider` where it is not the column’s, `&provider` for the second one, and `(status)` where it is not scheduled; two in one chair are
//! joined by ` + `. Block-outs: `#` blocks, `?` warns, `=` is kept for types.

mod parse;
mod print;
mod request;
mod slots;

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

#[cfg(test)]
pub(crate) use parse::{operatory_id, provider_id, time};
pub use print::{print_day, print_day_with};
#[cfg(test)]
pub(crate) use request::leave_of;

use crate::{
    Appointment, Author, LocationId, Patient, PatientId, PersonId, Placement, Roster, Stamp, TemplateSlot,
    TimeBlock, WorkstationId, Zones,
};
use crate::{Neighbours, Standing};

/// A practice of one location, `Main`, and one drawn day.
#[derive(Debug, Clone)]
pub struct Drawing {
    pub roster: Roster,
    pub zones: Zones,
    pub date: Date,
    pub location: LocationId,
    /// Numbered from 1, column by column, in the order in which they begin; booked in that order too.
    pub appointments: Vec<Appointment>,
    pub time_blocks: Vec<TimeBlock>,
    pub patients: BTreeMap<PatientId, Patient>,
    /// What an applied template reserves, in the order of its lines.
    pub slots: Vec<TemplateSlot>,
    /// The wall time at which somebody looks at the day, as far as it matters for holds.
    pub now: Option<Time>,
}

/// Where a drawing cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Unreadable {
    pub line: usize,
    pub problem: String,
}

impl Drawing {
    /// A patient's name; `Somebody` where it is not known.
    pub fn name(&self, id: PatientId) -> String {
        self.patients
            .get(&id)
            .map_or_else(|| "Somebody".to_owned(), Patient::display_name)
    }

    /// The day, drawn.
    pub fn print(&self) -> String {
        let names = |id| self.name(id);
        let mut text = print_day_with(
            &self.roster,
            self.date,
            self.location,
            &self.appointments,
            &self.time_blocks,
            &names,
        );
        slots::print(self, &mut text);
        text
    }

    /// Everything on the sheet as neighbours: more than a placement needs does no harm.
    pub fn neighbours(&self, _placement: &Placement) -> Neighbours {
        Neighbours {
            appointments: self.appointments.clone(),
            time_blocks: self.time_blocks.clone(),
            patient: Standing::Active,
            accepted: Vec::new(),
            held: self.held().into_iter().collect(),
            others: Vec::new(),
        }
    }

    /// Somebody at a desk, on 1 January 2026 and as many milliseconds later as is said.
    pub fn author(&self, millis: u64) -> Author {
        let now = 1_767_225_600_000 + millis;
        Author {
            person: PersonId(1),
            at: jiff::Timestamp::from_millisecond(i64::try_from(now).unwrap_or(i64::MAX))
                .unwrap_or(jiff::Timestamp::MAX),
            stamp: Stamp {
                millis: now,
                counter: 0,
                workstation: WorkstationId(1),
            },
        }
    }
}

/// An id that is the same for the same name: FNV-1a, 128 bits.
pub(crate) fn id_of(kind: &str, name: &str) -> u128 {
    let start = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    kind.bytes()
        .chain([0])
        .chain(name.bytes())
        .fold(start, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        })
}
