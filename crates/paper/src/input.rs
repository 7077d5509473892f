//! What is to be printed, in plain words and numbers.

/// The paper that lies in the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperSize {
    #[default]
    A4,
    Letter,
}

impl PaperSize {
    /// Width and height upright, in points (1/72 inch).
    pub(crate) fn upright(self) -> (f32, f32) {
        match self {
            PaperSize::A4 => (595.28, 841.89),
            PaperSize::Letter => (612.0, 792.0),
        }
    }
}

/// What stands at the head of every page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    pub practice: String,
    pub location: String,
    /// `New York time (EST)`: every time on the sheet is meant in it.
    pub zone: String,
    /// When it was printed, in that zone: `3 March 2026, 14:05`.
    pub printed_at: String,
    pub printed_by: String,
}

/// One day at one location.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DaySheet {
    pub head: Head,
    /// `Tuesday 3 March 2026`.
    pub day: String,
    /// What the columns are: `By operatory`.
    pub by: String,
    pub clock: DayClock,
    /// When the location is open; empty: closed.
    pub open: Vec<Span>,
    pub columns: Vec<Column>,
    /// Minutes between the finest lines; 0 is taken for 15.
    pub increment: u16,
    /// Visits that do not take place (cancelled, missed): for the list only.
    pub broken: Vec<Visit>,
}

/// One operatory or one provider on a day sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub name: String,
    /// Beside the name: who usually works there.
    pub beside: String,
    /// When it is staffed; what lies outside is shaded. None: as the location is open.
    pub hours: Option<Vec<Span>>,
    pub blocks: Vec<Block>,
    /// In any order; overlapping ones stand side by side.
    pub visits: Vec<Visit>,
}

/// From minute to minute of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: u16,
    pub until: u16,
}

/// Time that is not simply free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub span: Span,
    pub title: String,
}

/// Whether five minutes of a visit need the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `X`.
    Provider,
    /// `/`.
    Assistant,
}

/// How far a visit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Progress {
    #[default]
    Unconfirmed,
    Confirmed,
    Here,
    Done,
    /// Cancelled or missed.
    Broken,
}

/// One visit. What is unknown or not to be shown is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visit {
    pub starts: u16,
    pub length: u16,
    pub name: String,
    /// Completed years.
    pub age: Option<u16>,
    pub phone: String,
    /// One letter.
    pub letter: String,
    pub kind: String,
    pub provider: String,
    pub operatory: String,
    pub progress: Progress,
    /// The status as people say it: `confirmed`.
    pub status: String,
    pub is_first: bool,
    /// Would come sooner.
    pub is_asap: bool,
    /// Minutes before the start that the patient was asked to come; 0: at the time.
    pub comes_early: u16,
    /// Overlaps another one, and nobody has decided about it.
    pub has_conflict: bool,
    pub alert: String,
    pub note: String,
    /// Five minutes each.
    pub pattern: Vec<Unit>,
}

impl Visit {
    pub fn ends(&self) -> u16 {
        self.starts.saturating_add(self.length)
    }

    /// `asked to come 10 min early`, if the patient was.
    pub(crate) fn early_words(&self) -> Option<String> {
        (self.comes_early > 0).then(|| format!("asked to come {} min early", self.comes_early))
    }
}

/// What the clock on the wall shows while a day passes. Most days are one stretch; where daylight saving begins or ends
/// the second stretch goes on an hour later or earlier, and the day has 23 or 25 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayClock {
    /// In order, the first from minute 0.
    pub stretches: Vec<Stretch>,
    /// Minutes of the day: 1440, or 1380 and 1500.
    pub minutes: u16,
}

/// A part of a day without a jump of the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Minutes that have passed since midnight.
    pub from: u16,
    /// What the wall shows then, in minutes of its day.
    pub wall: u16,
    /// `EST`; shown only where a day has two.
    pub zone: String,
}

impl Default for DayClock {
    fn default() -> Self {
        Self {
            stretches: vec![Stretch {
                from: 0,
                wall: 0,
                zone: String::new(),
            }],
            minutes: 24 * 60,
        }
    }
}

impl DayClock {
    fn at(&self, minute: u16) -> Option<&Stretch> {
        self.stretches.iter().rev().find(|stretch| stretch.from <= minute)
    }

    /// Minutes on the wall.
    pub(crate) fn wall(&self, minute: u16) -> u16 {
        self.at(minute)
            .map_or(minute, |stretch| minute - stretch.from + stretch.wall)
    }

    /// `9:00`; on a day with a jump `1:30 EST`.
    pub(crate) fn words(&self, minute: u16) -> String {
        let wall = self.wall(minute);
        let time = format!("{}:{:02}", wall / 60 % 24, wall % 60);
        match self.at(minute) {
            Some(stretch) if self.stretches.len() > 1 && !stretch.zone.is_empty() => {
                format!("{time} {}", stretch.zone)
            }
            _ => time,
        }
    }
}

/// Seven days of some providers or operatories.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Week {
    pub head: Head,
    /// `2–8 March 2026`.
    pub week: String,
    pub by: String,
    pub days: Vec<WeekDay>,
    pub rows: Vec<WeekRow>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeekDay {
    /// `Tue 3 Mar`.
    pub name: String,
    pub is_closed: bool,
}

/// One provider or operatory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeekRow {
    pub name: String,
    /// As many as the week has days.
    pub days: Vec<Vec<WeekVisit>>,
}

/// A line of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeekVisit {
    /// `9:00`.
    pub time: String,
    pub length: u16,
    pub name: String,
    pub letter: String,
    pub is_confirmed: bool,
    /// A block-out, not a visit: its title is the name.
    pub is_block: bool,
}

/// A slip for each visit, several on a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RouteSlips {
    pub head: Head,
    pub day: String,
    /// What can be ticked on each.
    pub to_do: Vec<String>,
    pub slips: Vec<Slip>,
}

/// What goes through the practice with a patient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slip {
    /// `9:00–9:30`.
    pub time: String,
    pub visit: Visit,
    /// `12 May 2013`.
    pub born: String,
    pub chart_number: String,
    /// `Rosa Rivera, mother, (555) 010-0199`.
    pub responsible: String,
    /// `Tue 31 March 2026, 10:00, Adjustment`, or when it is due.
    pub next_visit: String,
}
